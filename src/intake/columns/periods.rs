//! The same figure in a column for each month, quarter, round or year: `Reached in January`, `Reached
//! in February`, or below the name of each sector. One of them is not the figure, and their sum counts
//! people twice whom several reached: none is read, unless a column without a period or sector
//! counts all of them.

use std::collections::BTreeMap;

use super::{Candidate, Head, TOLD, title};
use crate::intake::Kind;
use crate::intake::fields::Field;
use crate::intake::figures::{Figure, Measure};
use crate::intake::vocabulary::{List, list, month, normalise, sector_words};

/// A longer text is no header.
const LENGTH: usize = 200;
/// Columns that a sentence names.
const NAMED: usize = 4;

/// Takes figures that stand in a column for each period out of the candidates and parts, and says so.
pub(super) fn set_apart(
    kind: Kind,
    heads: &[Head],
    candidates: &mut Vec<Candidate>,
    parts: &mut Vec<(usize, Figure)>,
    notes: &mut [String],
) -> Vec<String> {
    // By figure, whether it is of a part, by what it is divided, and what stands beside that: the
    // columns and their periods or sectors.
    type Key = (Field, bool, By, String);
    let mut found: BTreeMap<Key, Vec<(usize, String)>> = BTreeMap::new();
    let mut see = |field: Field, is_part: bool, at: usize| {
        let period = period_of(&heads[at]).map(|(rest, period)| (By::Period, rest, period));
        let divided = period.or_else(|| {
            let (rest, sector) = sector_of(kind, &heads[at])?;
            Some((By::Sector, rest, sector))
        });
        if let Some((by, rest, which)) = divided {
            let columns = found.entry((field, is_part, by, rest)).or_default();
            if !columns.iter().any(|(known, _)| *known == at) {
                columns.push((at, which));
            }
        }
    };
    for one in candidates.iter().filter(|one| one.field.counts_people()) {
        see(one.field, false, one.column);
    }
    for (at, figure) in parts.iter() {
        if let Some(field) = figure.field(kind, Some(Measure::Reached)) {
            see(field, true, *at);
        }
    }
    let mut apart: BTreeMap<(Field, By), Vec<usize>> = BTreeMap::new();
    for ((field, is_part, by, _), mut columns) in found {
        columns.sort();
        let periods = || columns.iter().map(|(_, period)| period);
        let same = periods().any(|one| periods().filter(|other| *other == one).count() > 1);
        let is_told = |one: &Candidate| one.field == field && one.confidence >= TOLD;
        if columns.len() < 2 || same || candidates.iter().any(is_told) {
            continue;
        }
        let is_one = |column: usize| columns.iter().any(|(at, _)| *at == column);
        match is_part {
            true => parts.retain(|(at, _)| !is_one(*at)),
            false => candidates.retain(|one| one.field != field || !is_one(one.column)),
        }
        for (at, which) in &columns {
            let by = by.word();
            notes[*at] = format!("{} of one {by} only ({which}): not used", field.words());
        }
        apart.entry((field, by)).or_default().extend(columns.iter().map(|(at, _)| *at));
    }
    let mut remarks = Vec::new();
    for ((field, by), mut columns) in apart {
        let is_left = |(_, figure): &(usize, Figure)| {
            figure.field(kind, Some(Measure::Reached)) == Some(field)
        };
        if candidates.iter().any(|one| one.field == field) || parts.iter().any(is_left) {
            continue;
        }
        columns.sort_unstable();
        let mut named: Vec<String> =
            columns.iter().take(NAMED).map(|at| title(&heads[*at])).collect();
        if columns.len() > NAMED {
            named.push(format!("{} more", columns.len() - NAMED));
        }
        let (by, rows) = match by {
            By::Period => ("period by period", "period with its dates"),
            By::Sector => ("sector by sector", "sector"),
        };
        remarks.push(format!(
            "Columns {} give the figure of {} {by}. They are not added up, because the same people may be in several, and none of them is used: say which one counts, or send a row for each {rows}.",
            named.join(", "),
            field.words()
        ));
    }
    remarks
}

/// What columns of the same figure are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Period,
    Sector,
}

impl By {
    fn word(self) -> &'static str {
        match self {
            By::Period => "period",
            By::Sector => "sector",
        }
    }
}

/// The header below the name of a sector, and the sector; tables of needs have sectors in columns.
fn sector_of(kind: Kind, head: &Head) -> Option<(String, String)> {
    let sector = sector_words(&normalise(&head.group)).filter(|_| kind == Kind::Activities)?;
    Some((normalise(&head.header), sector.code().to_owned()))
}

/// What a header says beside a period, and the period; `None` where it names none.
fn period_of(head: &Head) -> Option<(String, String)> {
    let text = format!("{} | {}", head.header, head.group);
    if text.len() > LENGTH {
        return None;
    }
    let words = normalise(&text);
    let words: Vec<&str> = words.split_whitespace().collect();
    let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit());
    let (mut rest, mut period) = (Vec::new(), Vec::new());
    let mut says_when = false;
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let counts = COUNTED.contains(word) && is_number(next);
        if counts || month(word).is_some() || is_year(word) {
            says_when = true;
            period.push(*word);
        } else if is_number(word) && !period.is_empty() {
            period.push(*word);
        } else {
            rest.push(*word);
        }
    }
    says_when.then(|| (rest.join(" "), period.join(" ")))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1990..2100).contains(&year))
}

/// Words for a period that a number follows.
static COUNTED: List = list("numbered period");

#[cfg(test)]
mod tests {
    use super::*;

    fn head(header: &str, group: &str) -> Head {
        Head { header: header.into(), group: group.into(), ..Head::default() }
    }

    #[test]
    fn a_period_is_told_from_what_is_counted() {
        let of = |header: &str, group: &str| period_of(&head(header, group));
        let said = |rest: &str, period: &str| Some((rest.to_owned(), period.to_owned()));
        assert_eq!(of("Jan-26", "People reached"), said("people reached", "jan 26"));
        assert_eq!(of("Reached Q1 2026", ""), said("reached", "q 1 2026"));
        assert_eq!(of("Atteints - Trimestre 2", ""), said("atteints", "trimestre 2"));
        assert_eq!(of("Targeted 2025", ""), said("targeted", "2025"));
        assert_eq!(of("2026-02-01", "People reached"), said("people reached", "2026 02 01"));
        for header in ["Reached", "Reached 0-5", "Women reached", "Phase total reached"] {
            assert_eq!(of(header, ""), None, "{header}");
        }
    }

    fn check(headers: &[&str], left: &[usize], words: &str) {
        let heads: Vec<Head> = headers.iter().map(|header| head(header, "")).collect();
        let one = |column| Candidate {
            column,
            field: Field::Reached,
            confidence: 0.7,
            reason: String::new(),
        };
        let mut candidates: Vec<Candidate> = (0..heads.len()).map(one).collect();
        let mut notes = vec![String::new(); heads.len()];
        let said =
            set_apart(Kind::Activities, &heads, &mut candidates, &mut Vec::new(), &mut notes);
        assert_eq!(candidates.iter().map(|one| one.column).collect::<Vec<_>>(), left);
        assert_eq!(said.first().is_some_and(|said| said.contains(words)), !words.is_empty());
        assert!(said.len() <= 1);
    }

    #[test]
    fn no_month_is_taken_for_the_whole() {
        check(&["Reached January", "Reached February"], &[], "not added up");
        check(&["Reached Jan", "Reached Feb", "Reached"], &[2], "");
        // One alone says of when the figure is.
        check(&["Reached January"], &[0], "");
        check(&["Reached in 2026", "Reached"], &[0, 1], "");
        check(&["Reached round 1", "Assisted round 2"], &[0, 1], "");
    }
}
