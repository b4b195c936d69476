//! The same figure in a column for each month, quarter, year or sector: `Reached in January`, `Reached
//! in February`, or `Reached` below the name of each sector. Of activities each such column is read as
//! a row of its own. Where a column is of a round or of months that nobody can date, none is the
//! figure and their sum counts people twice: they are not read.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{Candidate, Head, Mapping, TOLD, title};
use crate::domain::Group;
use crate::formats::Unreadable;
use crate::formats::sheet::Sheet;
use crate::intake::fields::Field;
use crate::intake::figures::{self, Figure, Measure};
use crate::intake::parts::{self, Resolved, Whom};
use crate::intake::slice::{Months, Slice, is_quarter};
use crate::intake::table::Found;
use crate::intake::values::{self, Decimal};
use crate::intake::vocabulary::{List, list, month, normalise, sector_words};
use crate::intake::{Kind, Options};

/// A longer text is no header.
const LENGTH: usize = 200;
/// Columns that a sentence names.
const NAMED: usize = 4;
/// Rows in which a total is the sum of its columns, of those that have both, where it is nothing else.
const SUMS: f64 = 0.9;

/// The columns of one month or sector; positions are those of the heads.
#[derive(Debug, Default)]
struct Sliced {
    wholes: Vec<(usize, Field)>,
    parts: Vec<(usize, Figure)>,
}

/// The columns that are read as rows of their own, and what there is to say of all of them.
#[derive(Debug, Default)]
pub(super) struct Slices {
    columns: BTreeMap<Slice, Sliced>,
    pub remarks: Vec<String>,
}

/// What columns of one figure differ in.
struct Columns {
    field: Field,
    is_part: bool,
    by: By,
    /// Positions in the heads, what the headers say, and what of it can be read.
    columns: Vec<(usize, String, Option<Slice>)>,
}

/// Takes figures that stand in a column for each period or sector out of the candidates and parts.
pub(super) fn set_apart(
    kind: Kind,
    heads: &[Head],
    options: &Options,
    candidates: &mut Vec<Candidate>,
    parts: &mut Vec<(usize, Figure)>,
    notes: &mut [String],
) -> Slices {
    let found = of_heads(kind, heads, candidates, parts);
    let mut slices = Slices::default();
    if found.is_empty() {
        return slices;
    }
    let is_read = kind == Kind::Activities
        && found.iter().all(|one| one.is_readable(options, candidates))
        && slices.take(&found, kind, parts);
    for one in &found {
        let is_one = |column: usize| one.columns.iter().any(|(at, ..)| *at == column);
        match one.is_part {
            true => parts.retain(|(at, _)| !is_one(*at)),
            false => candidates.retain(|other| !is_one(other.column)),
        }
        for (at, which, _) in one.columns.iter().filter(|_| !is_read) {
            let by = one.by.word();
            notes[*at] = format!("{} of one {by} only ({which}): not used", one.field.words());
        }
    }
    if !is_read {
        slices = Slices::default();
    }
    slices.remarks = remarks(kind, heads, &found, is_read, candidates, parts);
    slices
}

/// The figures that several columns have, each of another period or sector.
fn of_heads(
    kind: Kind,
    heads: &[Head],
    candidates: &[Candidate],
    parts: &[(usize, Figure)],
) -> Vec<Columns> {
    // What stands beside the period or sector tells figures apart: `Men reached`.
    type Key = (Field, bool, By, String);
    let mut found: BTreeMap<Key, Vec<(usize, String, Option<Slice>)>> = BTreeMap::new();
    let mut see = |field: Field, is_part: bool, at: usize| {
        let period = period_of(&heads[at]).map(|period| (By::Period, period));
        let told = period.or_else(|| Some((By::Sector, sector_of(kind, &heads[at])?)));
        if let Some((by, (rest, which, slice))) = told {
            let columns = found.entry((field, is_part, by, rest)).or_default();
            if !columns.iter().any(|(known, ..)| *known == at) {
                columns.push((at, which, slice));
            }
        }
    };
    for one in candidates.iter().filter(|one| one.field.counts_people()) {
        see(one.field, false, one.column);
    }
    for (at, figure) in parts {
        if let Some(field) = figure.field(kind, Some(Measure::Reached)) {
            see(field, true, *at);
        }
    }
    let all = found.into_iter().map(|((field, is_part, by, _), mut columns)| {
        columns.sort_by_key(|(at, ..)| *at);
        Columns { field, is_part, by, columns }
    });
    all.filter(|one| one.columns.len() > 1 && one.differ() && !one.is_settled(candidates)).collect()
}

impl Columns {
    fn differ(&self) -> bool {
        let mut said: Vec<&String> = self.columns.iter().map(|(_, which, _)| which).collect();
        said.sort();
        said.windows(2).all(|pair| pair[0] != pair[1])
    }

    /// Whether the sender said which column has the figure, and not that several have.
    fn is_settled(&self, candidates: &[Candidate]) -> bool {
        let told = |one: &&Candidate| one.field == self.field && one.confidence >= TOLD;
        let is_here = |one: &Candidate| self.columns.iter().any(|(at, ..)| *at == one.column);
        let told: Vec<bool> = candidates.iter().filter(told).map(is_here).collect();
        told.len() == 1 || told.contains(&false)
    }

    /// Whether every column can be read as a row of its own.
    fn is_readable(&self, options: &Options, candidates: &[Candidate]) -> bool {
        let slices: Option<Vec<Slice>> = self.columns.iter().map(|(.., slice)| *slice).collect();
        let Some(slices) = slices else { return false };
        let is_here = |column: usize| self.columns.iter().any(|(at, ..)| *at == column);
        let has =
            |field: Field| candidates.iter().any(|one| one.field == field && !is_here(one.column));
        let months: Option<Vec<Months>> = slices.iter().map(|slice| slice.months).collect();
        let Some(months) = months else { return !has(Field::Sector) };
        let is_dated = months[0].year.is_some()
            || options.cycle.is_some()
            || options.named_year.is_some()
            || [Field::Year, Field::Start, Field::End].into_iter().any(has);
        let follow = |pair: &[Months]| {
            pair[0].year.is_some() == pair[1].year.is_some()
                && pair[0].count() == pair[1].count()
                && pair[0].is_before(&pair[1])
        };
        is_dated && !has(Field::Month) && months.windows(2).all(follow)
    }
}

impl Slices {
    /// Puts the columns together by what they are of; false where two columns would be the same.
    fn take(&mut self, found: &[Columns], kind: Kind, parts: &[(usize, Figure)]) -> bool {
        for one in found {
            for (at, _, slice) in &one.columns {
                let Some(slice) = slice else { return false };
                let of = self.columns.entry(*slice).or_default();
                let figure = parts.iter().find(|(part, _)| part == at).map(|(_, figure)| *figure);
                let is_new = match figure.filter(|_| one.is_part) {
                    Some(figure) => {
                        let is_new = of.parts.iter().all(|(_, known)| *known != figure);
                        of.parts.push((*at, figure));
                        is_new
                    }
                    None => {
                        let is_new = of.wholes.iter().all(|(_, known)| *known != one.field);
                        of.wholes.push((*at, one.field));
                        is_new
                    }
                };
                if !is_new || !kind.accepts(one.field) {
                    return false;
                }
            }
        }
        true
    }

    /// Adds the columns to those of parts.
    pub fn resolve(&self, kind: Kind, heads: &[Head], resolved: &mut Resolved) {
        let first = |sliced: &Sliced| {
            let wholes = sliced.wholes.iter().map(|(at, _)| *at);
            wholes.chain(sliced.parts.iter().map(|(at, _)| *at)).min()
        };
        let mut in_order: Vec<_> = self.columns.iter().collect();
        in_order.sort_by_key(|(_, sliced)| first(sliced));
        for (slice, sliced) in in_order {
            let mut column_of = vec![None; Field::COUNT];
            for (at, field) in &sliced.wholes {
                column_of[*field as usize] = Some(*at);
            }
            let own = parts::resolve(kind, heads, &sliced.parts, &mut column_of);
            let whole = Some(Whom::all(*slice));
            let wholes = sliced.wholes.iter().map(|(at, field)| (*at, *field, 0.85, whole));
            resolved.used.extend(wholes);
            resolved.used.extend(own.used.into_iter().map(|(at, field, sure, whom)| {
                let group = whom.map_or(Group::ALL, |whom| whom.group);
                (at, field, sure, Some(Whom { slice: *slice, group }))
            }));
            resolved.beside_total.extend(own.beside_total);
            resolved.notes.extend(own.notes);
        }
    }
}

/// What there is to say of the columns of each figure.
fn remarks(
    kind: Kind,
    heads: &[Head],
    found: &[Columns],
    is_read: bool,
    candidates: &[Candidate],
    parts: &[(usize, Figure)],
) -> Vec<String> {
    let mut by_field: BTreeMap<(Field, By), Vec<usize>> = BTreeMap::new();
    for one in found {
        let columns = one.columns.iter().map(|(at, ..)| *at);
        by_field.entry((one.field, one.by)).or_default().extend(columns);
    }
    let mut remarks = Vec::new();
    for ((field, by), mut columns) in by_field {
        let is_left = |(_, figure): &(usize, Figure)| {
            figure.field(kind, Some(Measure::Reached)) == Some(field)
        };
        let has_total =
            candidates.iter().any(|one| one.field == field) || parts.iter().any(is_left);
        if has_total && !is_read {
            continue;
        }
        columns.sort_unstable();
        let named = named(heads, &columns);
        let field = field.words();
        remarks.push(match (by, is_read) {
            (By::Period, true) => format!(
                "Columns {named} are {field} of one period each: a row is read as one for each period that it has a figure of."
            ),
            (By::Sector, true) => format!(
                "Columns {named} are {field} of one sector each: a row is read as one for each sector that it has a figure of."
            ),
            (By::Period, false) => format!(
                "Columns {named} give the figure of {field} period by period. They are not added up, because the same people may be in several, and none of them is used: say which one counts, or send a row for each period with its dates."
            ),
            (By::Sector, false) => format!(
                "Columns {named} give the figure of {field} sector by sector. They are not added up, because the same people may be in several, and none of them is used: say which one counts, or send a row for each sector."
            ),
        });
    }
    remarks
}

/// The titles of columns, the first few.
fn named(heads: &[Head], columns: &[usize]) -> String {
    let mut named: Vec<String> = columns.iter().take(NAMED).map(|at| title(&heads[*at])).collect();
    if columns.len() > NAMED {
        named.push(format!("{} more", columns.len() - NAMED));
    }
    named.join(", ")
}

/// Decides between a total and the columns of its periods or sectors: a mere sum says nothing more
/// than they do and counts people once for each month; another total is a count of its own, such as
/// of different people, and one that some rows have alone is all that these say.
pub fn settle(
    kind: Kind,
    sheet: &Sheet<'_>,
    found: &Found,
    mapping: &mut Mapping,
) -> Result<(), Unreadable> {
    if kind != Kind::Activities {
        return Ok(());
    }
    let is_slice = |part: &&parts::Part| part.whom.slice != Slice::WHOLE;
    let mut fields: Vec<Field> =
        mapping.parts.iter().filter(is_slice).map(|part| part.field).collect();
    fields.sort();
    fields.dedup();
    for field in fields {
        let Some(total) = mapping.column_of[field as usize] else { continue };
        let of_field = || mapping.parts.iter().filter(is_slice).filter(|part| part.field == field);
        let is_whole = |part: &&parts::Part| part.whom.group == Group::ALL;
        let has_wholes = of_field().any(|part| is_whole(&part));
        let columns: Vec<usize> = of_field().map(|part| part.column).collect();
        let summed: Vec<usize> = of_field()
            .filter(|part| !has_wholes || is_whole(part))
            .map(|part| part.column)
            .collect();
        let (mut both, mut sums, mut alone) = (0u32, 0u32, false);
        sheet.visit(found.first_row, |row| {
            let number = |at: &usize| values::number(row.cell(*at), Decimal::Point);
            let parts = summed.iter().filter_map(number).reduce(|sum, one| sum + one);
            match (number(&total), parts) {
                (Some(total), Some(parts)) => {
                    both += 1;
                    sums += u32::from((total - parts).abs() <= 1e-6 * parts.abs().max(1.0));
                }
                (Some(total), None) => alone |= total > 0.0,
                (None, _) => {}
            }
            ControlFlow::Continue(())
        })?;
        let is_sum = !alone && f64::from(sums) >= SUMS * f64::from(both);
        let name = |at: usize| {
            let report = mapping.columns.iter().find(|report| report.index == at);
            report
                .map(|report| format!("{} ({})", report.letters, report.title()))
                .unwrap_or_default()
        };
        let (total_name, first) = (name(total), name(summed[0]));
        let is = if alone {
            "stands alone in some rows, without figures that it would be"
        } else {
            "is not"
        };
        let (left, reason, remark) = match is_sum {
            true => {
                mapping.column_of[field as usize] = None;
                mapping.beside_total.retain(|beside| beside.total != total);
                (
                    vec![total],
                    format!("the sum of column {first} and those like it: not used"),
                    format!(
                        "Column {total_name} is the sum of column {first} and those like it: they are read instead, each by itself."
                    ),
                )
            }
            false => {
                mapping.parts.retain(|part| !columns.contains(&part.column));
                mapping.beside_total.retain(|beside| !columns.contains(&beside.total));
                (
                    columns,
                    format!("a part of column {total_name}: not used"),
                    format!(
                        "Column {total_name} {is} the sum of column {first} and those like it: the total is read, they are not."
                    ),
                )
            }
        };
        for report in mapping.columns.iter_mut().filter(|report| left.contains(&report.index)) {
            report.field = None;
            report.confidence = 0.0;
            report.group.clear();
            report.reason.clone_from(&reason);
        }
        mapping.remarks.push(remark);
    }
    Ok(())
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

/// What stands beside a sector in a header or above it, and the sector; tables of needs read
/// sectors themselves.
fn sector_of(kind: Kind, head: &Head) -> Option<(String, String, Option<Slice>)> {
    if kind != Kind::Activities {
        return None;
    }
    let (rest, sector) = match sector_words(&normalise(&head.group)) {
        Some(sector) => (normalise(&head.header), sector),
        None => {
            let figure = figures::of_header_in(Kind::Needs, &head.header)?;
            let sector = figure.sector?;
            let rest = Figure { sector: None, ..figure };
            (format!("{rest:?} {}", normalise(&head.group)), sector)
        }
    };
    let slice = Slice { sector: Some(sector), months: None };
    Some((rest, sector.code().to_owned(), Some(slice)))
}

/// What a header says beside a period, the period, and its months where it has any; `None` where it
/// names none.
fn period_of(head: &Head) -> Option<(String, String, Option<Slice>)> {
    let text = format!("{} | {}", head.header, head.group);
    if text.len() > LENGTH {
        return None;
    }
    let words = normalise(&text);
    let words: Vec<&str> = words.split_whitespace().collect();
    let (rest, period) = split(&words);
    if period.is_empty() {
        return None;
    }
    let months = Months::of_words(&period).filter(|_| !Months::is_fiscal(&words));
    let slice = months.map(|months| Slice { months: Some(months), sector: None });
    Some((rest.join(" "), period.join(" "), slice))
}

/// The head without its period, for what is counted in it.
pub(super) fn without_period(kind: Kind, head: &Head) -> Option<Head> {
    if kind != Kind::Activities || head.header.len() > LENGTH {
        return None;
    }
    let words = normalise(&figures::signs_to_words(&head.header));
    let words: Vec<&str> = words.split_whitespace().collect();
    let (rest, period) = split(&words);
    let header = rest.join(" ");
    let is_plain = period.is_empty() || header.is_empty() || Months::of_words(&period).is_none();
    (!is_plain).then(|| Head { header, ..head.clone() })
}

/// The words of a header beside a period, and those of the period.
fn split<'w>(words: &[&'w str]) -> (Vec<&'w str>, Vec<&'w str>) {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_digit());
    let (mut rest, mut period) = (Vec::new(), Vec::new());
    let mut says_when = false;
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let counts = (COUNTED.contains(word) || is_quarter(word)) && is_number(next);
        // `02/2026`
        let of_year = is_number(word) && word.len() <= 2 && is_year(next);
        if counts || of_year || month(word).is_some() || is_year(word) {
            says_when = true;
            period.push(*word);
        } else if is_number(word) && !period.is_empty() {
            period.push(*word);
        } else {
            rest.push(*word);
        }
    }
    if says_when { (rest, period) } else { (words.to_vec(), Vec::new()) }
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
        let of = |header: &str, group: &str| {
            let (rest, which, slice) = period_of(&head(header, group))?;
            let months = slice.map(|slice| slice.to_string()).unwrap_or_default();
            Some((rest, which, months))
        };
        let said = |rest: &str, period: &str, months: &str| {
            Some((rest.to_owned(), period.to_owned(), months.to_owned()))
        };
        for (header, group, expected) in [
            ("Jan-26", "People reached", said("people reached", "jan 26", "January 2026")),
            ("Reached in Feb", "", said("reached in", "feb", "February")),
            ("Reached Q1 2026", "", said("reached", "q 1 2026", "January to March 2026")),
            ("Atteints - Trimestre 2", "", said("atteints", "trimestre 2", "April to June")),
            (
                "Alcanzados ene-mar 2026",
                "",
                said("alcanzados", "ene mar 2026", "January to March 2026"),
            ),
            ("Targeted 2025", "", said("targeted", "2025", "2025")),
            ("2026-02-01", "People reached", said("people reached", "2026 02 01", "February 2026")),
            ("2026-02-28", "People reached", said("people reached", "2026 02 28", "February 2026")),
            ("02/2026", "People reached", said("people reached", "02 2026", "February 2026")),
            // Days, rounds and years that begin in another month are no months.
            ("2026-02-03", "People reached", said("people reached", "2026 02 03", "")),
            ("Reached Jan 5", "", said("reached", "jan 5", "")),
            ("Reached round 2", "", said("reached", "round 2", "")),
            ("Reached T1", "", said("reached", "t 1", "")),
            ("Reached FY26 Q1", "", said("reached fy 26", "q 1", "")),
        ] {
            assert_eq!(of(header, group), expected, "{header}");
        }
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
        let (options, mut parts) = (Options::default(), Vec::new());
        let slices =
            set_apart(Kind::Activities, &heads, &options, &mut candidates, &mut parts, &mut notes);
        assert_eq!(candidates.iter().map(|one| one.column).collect::<Vec<_>>(), left);
        let said = slices.remarks;
        assert_eq!(said.first().is_some_and(|said| said.contains(words)), !words.is_empty());
        assert!(said.len() <= 1 && slices.columns.is_empty());
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
