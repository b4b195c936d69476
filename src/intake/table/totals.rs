//! Rows that sum up other rows and are no data: `Total`, `Sous-total OXFAM`, `Unity Total`.

use super::is_number;
use super::strays::Known;
use crate::formats::sheet::{Cell, SheetRow};
use crate::intake::Kind;
use crate::intake::fields::{Field, Role};
use crate::intake::values::{self, Decimal};
use crate::intake::vocabulary::{self, Total, normalise};

/// A longer text is no name of a sum.
const WORDY: usize = 120;
/// Words that say a sum together at most.
const PHRASE: usize = 3;
/// Texts that are remembered.
const REMEMBERED: usize = 10_000;

/// Whether a row is a sum of other rows, by its first `width` cells: its first text says so, and
/// beside it stand only figures, the same again, and the place or sector that is summed. An
/// organisation called Total does something in every column of words and stays.
pub fn is_total_row(row: SheetRow<'_>, width: usize, fields: &[Option<Field>]) -> bool {
    let field = |column: usize| fields.get(column).copied().flatten();
    let counts = |field: Field| matches!(field.role(), Role::Number | Role::Degrees);
    let mut first: Option<(usize, &str)> = None;
    let (mut beside, mut figures) = (false, false);
    for (column, cell) in row.cells().take(width).enumerate() {
        let field = field(column);
        match cell {
            // Who did what until when, and no sum.
            Cell::Date(_) if field.is_some_and(|field| field.role() == Role::Date) => return false,
            Cell::Text(text) if !values::is_nothing(text) && !is_figure(cell, text) => {
                let text = text.trim();
                match first {
                    _ if field.is_some_and(counts) => {}
                    None if !may_say_total(text) => return false,
                    None => first = Some((column, text)),
                    Some((_, said)) if said == text => {}
                    Some(_) if field.is_some_and(groups) => beside = true,
                    Some((_, said)) if within(text, said) => {}
                    Some(_) => return false,
                }
            }
            Cell::Text(text) => figures |= is_figure(cell, text),
            cell => figures |= is_number(&cell),
        }
    }
    let Some((at, text)) = first else { return false };
    // A column of words that the rows of data fill, and this one does not.
    let is_open = || {
        let words = |column: &usize| field(*column).is_some_and(|field| !counts(field));
        let columns = (0..fields.len().min(width)).filter(words);
        columns.into_iter().any(|column| row.cell(column).is_blank())
    };
    match says_total(text) {
        None => false,
        Some(Says::Only) if !beside => true,
        // Words of a group, such as `Total IDPs`, name whom a row is about.
        Some(Says::Of | Says::Named) if !field(at).is_none_or(names) => false,
        Some(Says::Named) if !beside => true,
        Some(_) => (figures || !beside) && is_open(),
    }
}

/// The columns of a table of activities by which rows are grouped.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Of places, sectors, activity types and days, and what of them a sum names.
    columns: Vec<(usize, Summed)>,
    partners: Vec<usize>,
    words: Vec<usize>,
    days: Vec<usize>,
}

/// What a column of words may name that is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Summed {
    Place,
    /// Of all of them `Tous` says that it is a sum, as it does of days.
    Sector,
    Type,
    Day,
}

impl Groups {
    pub fn of(kind: Kind, width: usize, fields: &[Option<Field>]) -> Groups {
        if kind != Kind::Activities {
            return Groups::default();
        }
        let mapped = fields.iter().take(width).enumerate();
        let mapped: Vec<(usize, Field)> =
            mapped.filter_map(|(column, field)| Some((column, (*field)?))).collect();
        let columns = |is: fn(Field) -> bool| {
            mapped.iter().filter(|(_, field)| is(*field)).map(|(column, _)| *column).collect()
        };
        let summed = |field: Field| match field {
            Field::Sector => Some(Summed::Sector),
            Field::ActivityType => Some(Summed::Type),
            field if is_day(field) => Some(Summed::Day),
            field => groups(field).then_some(Summed::Place),
        };
        let grouped = mapped.iter().filter_map(|(column, field)| Some((*column, summed(*field)?)));
        Groups {
            columns: grouped.collect(),
            partners: columns(|field| matches!(field, Field::Partner | Field::PartnerAcronym)),
            words: columns(|field| field.role() != Role::Number),
            days: columns(is_day),
        }
    }

    /// Whether a row is the sum of those above it although it names who did what: its place, sector,
    /// activity or month is `Total`, or its organisation `All partners`, or its place `Sofala Total`
    /// with no words and no day behind it.
    pub fn is_sum(&self, row: SheetRow<'_>, known: &mut Known) -> bool {
        let undated = || self.days.iter().all(|column| row.cell(*column).is_blank());
        let sums = self.columns.iter().any(|(column, summed)| {
            let Cell::Text(text) = row.cell(*column) else { return false };
            let is_group = matches!(summed, Summed::Place | Summed::Sector);
            let mut behind = self.words.iter().filter(|at| *at > column).peekable();
            let ends =
                is_group && behind.peek().is_some() && behind.all(|at| row.cell(*at).is_blank());
            // Nearly every row has words behind its place, and names none that begins as sums do.
            let begins = text
                .bytes()
                .next()
                .is_some_and(|first| !first.is_ascii() || vocabulary::begins_total(first));
            (begins || ends)
                && may_sum(text, known)
                && match (vocabulary::total(&normalise(text)), summed) {
                    (Some(Total::Beside), _) => true,
                    (Some(Total::Named), Summed::Sector | Summed::Day) => true,
                    (Some(Total::Alone), Summed::Day) => true,
                    (Some(_), _) => false,
                    (None, _) => ends && says_total(text).is_some() && undated(),
                }
        });
        sums || self.partners.iter().any(|column| {
            let Cell::Text(text) = row.cell(*column) else { return false };
            may_sum(text, known) && vocabulary::total(&normalise(text)) == Some(Total::Partners)
        })
    }
}

/// Fields of when a row is.
fn is_day(field: Field) -> bool {
    field.role() == Role::Date || field == Field::Month
}

/// Whether a text of a column of many words is worth a closer look.
fn may_sum(text: &str, known: &mut Known) -> bool {
    if text.is_ascii() {
        return text.len() <= WORDY && vocabulary::may_be_total(text);
    }
    if let Some(found) = known.get(text) {
        return *found;
    }
    let found = says_total(text).is_some();
    if known.len() < REMEMBERED {
        known.insert(text.into(), found);
    }
    found
}

/// `1 545` and `1.690,5` are figures as well.
fn is_figure(cell: Cell<'_>, text: &str) -> bool {
    is_number(&cell)
        || text.trim_start().starts_with(|c: char| c.is_ascii_digit())
            && [Decimal::Point, Decimal::Comma]
                .iter()
                .any(|decimal| values::number(cell, *decimal).is_some())
}

/// Fields by which rows are grouped and summed.
fn groups(field: Field) -> bool {
    field.is_area() || matches!(field, Field::Sector | Field::Pcode)
}

/// Fields in which what is summed is named.
fn names(field: Field) -> bool {
    let who = matches!(
        field,
        Field::Partner | Field::PartnerAcronym | Field::ImplementingPartner | Field::Donor
    );
    let what = matches!(
        field,
        Field::ActivityId
            | Field::ActivityType
            | Field::Location
            | Field::Name
            | Field::PartnerType
            | Field::SiteId
    );
    who || what || groups(field)
}

/// Whether a text is part of what the first one says, as `OXFAM` of `Total OXFAM`.
fn within(text: &str, said: &str) -> bool {
    let (text, said) = (normalise(text), normalise(said));
    !text.is_empty() && format!(" {said} ").contains(&format!(" {text} "))
}

enum Says {
    /// `Grand total`, `Total:`.
    Only,
    /// `Tous`, which may also be everybody.
    Named,
    /// `Total Mopti`, `CARE Total`.
    Of,
}

/// Whether a text is worth a closer look: that of nearly every row is not.
fn may_say_total(text: &str) -> bool {
    text.len() <= WORDY
        && (!text.is_ascii() || text.contains('\'') || vocabulary::may_be_total(text))
}

fn says_total(text: &str) -> Option<Says> {
    if text.len() > WORDY {
        return None;
    }
    let words = normalise(text);
    match vocabulary::total(&words) {
        Some(Total::Named) => return Some(Says::Named),
        Some(_) => return Some(Says::Only),
        None => {}
    }
    let tokens: Vec<&str> = words.split(' ').collect();
    let beside = |phrase: &[&str]| vocabulary::total(&phrase.join(" ")) == Some(Total::Beside);
    let mut lengths = 1..=PHRASE.min(tokens.len());
    let says =
        lengths.any(|length| beside(&tokens[..length]) || beside(&tokens[tokens.len() - length..]));
    says.then_some(Says::Of)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::formats::csv;
    use std::ops::ControlFlow;

    const FIELDS: [Option<Field>; 7] = [
        Some(Field::Partner),
        Some(Field::Sector),
        Some(Field::ActivityType),
        Some(Field::Adm1Name),
        Some(Field::Adm2Name),
        Some(Field::Start),
        Some(Field::Reached),
    ];

    /// Of columns partner, sector, activity type, level 1, level 2, start, reached.
    fn check(line: &str) -> bool {
        let text = format!("a,b,c,d,e,f,g\n{line}\n");
        let book = csv::read(text.as_bytes()).unwrap();
        let mut found = false;
        let visit = |row: SheetRow<'_>| {
            found = is_total_row(row, 7, &FIELDS);
            ControlFlow::Continue(())
        };
        book.sheets[0].visit(2, visit).unwrap();
        found
    }

    #[test]
    fn sums_are_told_from_organisations_of_that_name() {
        for line in [
            "Total,,,,,,330",
            "TOTAL:,,,,,,330",
            "Grand Total 2024,,,,,,330",
            "Total général,,,,,,\"1 500\"",
            "Sous-total OXFAM,,,,,,4 050",
            "Sub-total,,,,,,100",
            "CARE Total,,,,,,300",
            "CARE Total,,,,,,",
            "CARE Total",
            "Total WASH,WASH,,,,,100",
            "Total,WASH,,,,,100",
            "Total Unity,,,Unity,,,100",
            ",,,Unity Total,,,300",
            "All partners,WASH,,South Sudan,,,330",
            "المجموع الكلي,,,,,,330",
            "Zwischensumme Nord,,,,,,5",
            "Total CARE,,Total CARE,,,,100",
            "Tous,Tous,,,,,260",
            "Todos,WASH,,,,,260",
            "\u{3a3},,,,,,311",
        ] {
            assert!(check(line), "{line}");
        }
        for line in [
            "Total,WASH,Kits,Unity,Leer,2024-03-01,100",
            "Total,WASH,Kits,,,,100",
            "Total,WASH,,Unity,Leer,2024-03-01,100",
            "Total Energies Foundation,,Kits,Unity,,,100",
            "CARE,,,,,,100",
            "Sum of us,,,,,,100",
            "CARE,WASH,Total sanitation,Unity,,,100",
            "Tous pour un,WASH,,,,,100",
        ] {
            assert!(!check(line), "{line}");
        }
    }

    #[test]
    fn sums_of_a_group_are_told_where_the_row_names_who_did_what() {
        let check = |line: &str| {
            let text = format!("a,b,c,d,e,f,g\n{line}\n");
            let book = csv::read(text.as_bytes()).unwrap();
            let mut found = false;
            let visit = |row: SheetRow<'_>| {
                found = Groups::of(Kind::Activities, 7, &FIELDS).is_sum(row, &mut Known::default());
                ControlFlow::Continue(())
            };
            book.sheets[0].visit(2, visit).unwrap();
            found
        };
        for line in [
            "CARE,WASH,Kits,Unity,Total,,300",
            "CARE,WASH,,Unity,Sub-total,,300",
            "CARE,WASH,,Total,,,300",
            "CARE,WASH,Total,Unity,Leer,,300",
            "CARE,Total,,Unity,Leer,,300",
            "CARE,WASH,,Unity Total,,,300",
            "CARE,WASH Total,,,,,300",
            "CARE,WASH,Kits,Unity,Total,2024-03-01,300",
            "CARE,Total,Kits,Unity,Leer,2024-03-01,300",
            "CARE,Tous,Kits,Unity,Leer,2024-03-01,300",
            "CARE,WASH,Kits,Unity,Leer,Total,300",
            "CARE,WASH,Total,Unity,Leer,2024-03-01,300",
            "All partners,WASH,Kits,Unity,Leer,2024-03-01,300",
            "CARE,WASH,Kits,Unity,\u{627}\u{644}\u{645}\u{62c}\u{645}\u{648}\u{639},,300",
        ] {
            assert!(check(line), "{line}");
        }
        for line in [
            "CARE,WASH,Total sanitation,Unity,Leer,,300",
            "CARE,WASH,Total sanitation,,,,300",
            "CARE,WASH,Kits,Soma,Soma,,300",
            "CARE,WASH,Kits,Unity Total,Leer,,300",
            "CARE,WASH,Kits,Tous,Leer,2024-03-01,300",
            "Total,WASH,Kits,Unity,Leer,2024-03-01,300",
        ] {
            assert!(!check(line), "{line}");
        }
    }
}
