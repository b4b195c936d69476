//! Figures in thousands or millions, where the header says so: `Reached (in thousands)`,
//! `PIN ('000)`, `Population en milliers`. The words are `data/vocabulary/scales.csv`.

use super::Head;
use crate::intake::fields::Field;
use crate::intake::report::ColumnReport;
use crate::intake::values::{self, Decimal};
use crate::intake::vocabulary::{self, normalise};

/// Words that are read together at most.
const PHRASE: usize = 5;
/// A header that says thousands over figures that would then be more people than live in any country
/// was copied from another form.
const MOST: f64 = 2e9;

/// What a figure of a column is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub column: usize,
    pub factor: f64,
}

/// The factor of a column and its head without the words that say it.
pub(super) fn of_head(head: &Head) -> Option<(f64, Head)> {
    let texts = || std::iter::once(&head.header).chain(&head.others).chain([&head.group]);
    let (factor, _) = texts().find_map(|text| of_text(text))?;
    let without = |text: &String| of_text(text).map_or(text.clone(), |(_, rest)| rest);
    let plain = Head {
        header: without(&head.header),
        others: head.others.iter().map(without).collect(),
        combined: head.combined.iter().map(without).collect(),
        group: without(&head.group),
        ..head.clone()
    };
    Some((factor, plain))
}

/// The factor that a header says, and its other words.
fn of_text(text: &str) -> Option<(f64, String)> {
    let words = normalise(text);
    let tokens: Vec<&str> = words.split(' ').filter(|token| !token.is_empty()).collect();
    for length in (1..=PHRASE.min(tokens.len())).rev() {
        for at in 0..=tokens.len() - length {
            let phrase = tokens[at..at + length].join(" ");
            let Some((factor, alone)) = vocabulary::scale(&phrase) else { continue };
            if alone && !is_part(text, &phrase) {
                continue;
            }
            let rest = [&tokens[..at], &tokens[at + length..]].concat();
            return Some((factor, rest.join(" ")));
        }
    }
    None
}

/// Whether words stand by themselves between brackets or behind a comma.
fn is_part(text: &str, phrase: &str) -> bool {
    text.split(['(', ')', '[', ']', ',', ';']).skip(1).any(|part| normalise(part) == phrase)
}

/// Whether a field can be told in thousands.
pub(super) fn fits(field: Field, factor: f64, largest: f64) -> bool {
    field == Field::BudgetUsd || field.counts_people() && factor * largest <= MOST
}

/// That the figures of a column are multiplied, with one of them.
pub fn remark(column: &ColumnReport, factor: f64, shown: &[String]) -> String {
    let read = |text: &String| {
        let cell = crate::formats::sheet::Cell::Text(text);
        let number =
            values::number(cell, Decimal::Point).or_else(|| values::number(cell, Decimal::Comma));
        number
            .filter(|number| *number > 0.0)
            .map(|number| (text.clone(), (number * factor).round()))
    };
    let example = shown.iter().find_map(read);
    let example = example.map(|(from, to)| format!(": {from} is read as {to}")).unwrap_or_default();
    let thousands = if factor > 1000.0 { "1,000,000" } else { "1,000" };
    format!(
        "The figures in column {} ({}) are multiplied by {thousands}, as the header says{example}.",
        column.letters,
        column.title()
    )
}

/// That a header says thousands and its figures cannot be.
pub(super) fn too_many(title: &str) -> String {
    format!(
        "The header of column {title} says that its figures are in thousands or millions, but then they would be more people than there are: they are read as they are."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_and_millions_are_known_as_people_write_them() {
        for (text, factor, rest) in [
            ("Reached (in thousands)", 1e3, "reached"),
            ("PIN ('000)", 1e3, "pin"),
            ("People in need (000s)", 1e3, "people in need"),
            ("Population x1000", 1e3, "population"),
            ("Population (x 1,000)", 1e3, "population"),
            ("Personnes atteintes (en milliers)", 1e3, "personnes atteintes"),
            ("Población (miles)", 1e3, "poblacion"),
            ("Personas alcanzadas en miles", 1e3, "personas alcanzadas"),
            ("População (mil)", 1e3, "populacao"),
            ("Pessoas em milhares", 1e3, "pessoas"),
            ("السكان بالآلاف", 1e3, "سكان"),
            ("Budget (USD millions)", 1e6, "budget"),
            ("Population (millions)", 1e6, "population"),
        ] {
            assert_eq!(of_text(text), Some((factor, rest.to_owned())), "{text}");
        }
        for text in
            ["Reached", "People within 5 miles", "Women 1000 days", "1000 Hills", "Mil Cruces"]
        {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}
