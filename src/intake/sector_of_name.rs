//! The sector of a table without a column of sectors, where the name of its sheet, or else of its
//! file, is wholly that of one: `WASH`, `5W Santé 2024`. A name that says anything else beside it
//! says nothing: `excluding WASH`, `Protection International`.

use super::columns::Mapping;
use super::evidence::{Evidence, Trait};
use super::row::YEARS;
use super::table::Found;
use super::vocabulary::{self, normalise};
use super::{Field, Kind, Options, headers, tags};
use crate::domain::{Sector, Snapshot};

/// Words that name a sector and as a name are mostly something else, such as a log of changes.
const OTHER: &[&str] = &[
    "log", "pro", "es", "ms", "cp", "she", "ame", "mre", "ma", "cash", "mine", "food", "recovery",
];
/// Words of a sector.
const PHRASE: usize = 6;
/// A shorter word is a sector only in capitals.
const SHORT: usize = 4;

/// A sector that a name says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    pub sector: Sector,
    pub by_file: bool,
    name: String,
}

/// What a name says.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    /// One sector, and perhaps a month.
    Sector(Sector, bool),
    /// Something about sectors.
    Unclear,
    Nothing,
}

impl Named {
    pub fn remark(&self) -> String {
        let what = if self.by_file { "file" } else { "sheet" };
        format!(
            "No column names the sector: every row is taken for {}, from the name of the {what}, \"{}\". If it is another, say it (--sector), add a column or rename the {what}.",
            self.sector.code(),
            self.name
        )
    }
}

/// The sector of the rows of a table, where neither the sender nor a column says one.
pub(super) fn find(
    (kind, file): (Kind, &str),
    sheet: &str,
    table: (&Found, &[Evidence], &Mapping),
    known: &Snapshot,
    options: &Options,
) -> Option<Named> {
    let (found, evidence, mapping) = table;
    let of_kind = matches!(kind, Kind::Activities | Kind::Needs);
    if !of_kind || options.sector.is_some() || has_sectors(kind, found, evidence, mapping) {
        return None;
    }
    let operation = normalise(&format!("{} {}", known.operation.id, known.operation.name));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let (name, said, by_file) = match said(sheet, &operation) {
        Said::Nothing => (stem, said(stem, &operation), true),
        said => (sheet, said, false),
    };
    let Said::Sector(sector, of_month) = said else { return None };
    // Months without dates would be taken for one another, as rows of the same sector are.
    const DATES: [Field; 4] = [Field::Start, Field::End, Field::Month, Field::Year];
    let dated = DATES.iter().any(|field| mapping.column_of[*field as usize].is_some());
    let apart = dated || !of_month || kind == Kind::Needs;
    apart.then(|| Named { sector, by_file, name: name.trim().to_owned() })
}

/// Whether columns say sectors, understood or not.
fn has_sectors(kind: Kind, found: &Found, evidence: &[Evidence], mapping: &Mapping) -> bool {
    let says = |text: &String| {
        headers::lookup(kind, text).iter().any(|(field, _)| *field == Field::Sector)
    };
    let of_head = found.heads.iter().any(|head| {
        std::iter::once(&head.header).chain(&head.others).any(says)
            || tags::of_tag(kind, &head.tag).0.contains(&Field::Sector)
    });
    let of_values = evidence.iter().any(|seen| seen.share(Trait::Sector) >= 0.3);
    mapping.column_of[Field::Sector as usize].is_some()
        || mapping.parts.iter().any(|part| part.whom.sector.is_some())
        || mapping.by_phase
        || of_head
        || of_values
}

fn said(name: &str, operation: &str) -> Said {
    let words = normalise(name);
    let tokens: Vec<&str> = words.split(' ').filter(|token| !token.is_empty()).collect();
    let mut of_month = false;
    let mut kept: Vec<&str> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| tokens[before]);
        let is_form = *token == "w" && before.is_some_and(|digit| ["3", "4", "5"].contains(&digit));
        let is_month = vocabulary::month(token).is_some();
        of_month |= is_month;
        let is_number = token.bytes().all(|byte| byte.is_ascii_digit());
        // A number that is no year may be a month: 2024-03.
        let is_form_number = tokens.get(at + 1) == Some(&"w") && token.len() == 1;
        let is_year = token.len() == 4 && YEARS.contains(&token.parse().unwrap_or_default());
        of_month |= is_number && !is_form_number && !is_year;
        let is_place = vocabulary::is_country(token)
            || token.len() > 2 && operation.split(' ').any(|word| word == *token);
        let is_cluster = ["cluster", "sector", "secteur", "setor", "قطاع"].contains(token);
        if !is_form && !is_month && !is_number && !is_place && !is_cluster {
            kept.push(token);
        }
    }
    let whole = kept.join(" ");
    let clear = || whole.chars().count() >= SHORT || !whole.is_ascii() || in_capitals(name, &whole);
    match vocabulary::sector_words(&whole) {
        Some(Sector::All | Sector::Ms) => Said::Unclear,
        Some(sector) if !OTHER.contains(&whole.as_str()) && clear() => {
            Said::Sector(sector, of_month)
        }
        Some(_) => Said::Unclear,
        None if (1..=PHRASE).any(|length| tokens.windows(length).any(names_sector)) => {
            Said::Unclear
        }
        None => Said::Nothing,
    }
}

fn names_sector(words: &[&str]) -> bool {
    vocabulary::sector_words(&words.join(" ")).is_some()
}

fn in_capitals(name: &str, word: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|one| one.chars().all(char::is_uppercase) && normalise(one) == word)
}

#[cfg(test)]
#[path = "sector_of_name/tests.rs"]
mod tests;
