//! Severities in words: the phases of JIAF (minimal, stress, severe, extreme, catastrophic) and of
//! IPC. The words are `data/vocabulary/severities.csv`; a column with words of another scale, such
//! as moderate, is not read, as its "severe" is another one.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::Unreadable;
use super::columns::Mapping;
use super::fields::Field;
use super::table::Found;
use super::values::{self, Decimal};
use super::vocabulary::{List, SeverityWord, list, normalise, severity_word};
use crate::formats::sheet::Sheet;

/// Words beside a phase that say nothing else.
static BESIDE: List = list("beside a severity");
/// Signs that make something else of a phase: `3+`, `<3`, `Severe?`.
const SIGNS: [char; 10] = ['+', '<', '>', '≤', '≥', '%', '?', '~', '±', '='];
/// A longer text is no severity.
const LENGTH: usize = 60;
/// Texts of a column that are looked at.
const TEXTS: usize = 10_000;

/// The phase that a text says, wholly and by nothing else: `Extreme`, `4 - Extrême`, `Phase 3`.
pub fn read(text: &str) -> Option<u8> {
    match of_text(text) {
        Some(SeverityWord::Phase(phase)) => Some(phase),
        _ => None,
    }
}

fn of_text(text: &str) -> Option<SeverityWord> {
    if text.len() > LENGTH || text.contains(SIGNS) {
        return None;
    }
    let words = normalise(text);
    let (mut number, mut rest) = (None, Vec::new());
    for token in words.split(' ').filter(|token| !BESIDE.contains(token)) {
        match token.parse::<u8>() {
            Ok(phase @ 1..=5) if number.is_none() => number = Some(phase),
            Ok(_) => return None,
            Err(_) => rest.push(token),
        }
    }
    if rest.is_empty() {
        return number.map(SeverityWord::Phase);
    }
    let word = severity_word(&rest.join(" ")).or_else(|| of_parts(text))?;
    Some(match (word, number) {
        (SeverityWord::Phase(phase), Some(number)) if phase != number => SeverityWord::Other,
        (word, _) => word,
    })
}

/// A word in two languages, such as `Severe / Sévère`: each part is known, and all are the same.
fn of_parts(text: &str) -> Option<SeverityWord> {
    let parts = text.split(['/', '(', ')', '|', '\n', ':']).flat_map(|part| part.split(" - "));
    let mut found = None;
    for part in parts.map(normalise).filter(|part| !part.is_empty()) {
        if part.parse::<u8>().is_ok() || part.split(' ').all(|word| BESIDE.contains(&word)) {
            continue;
        }
        let known = severity_word(&part)?;
        if found.is_some_and(|found| found != known) {
            return None;
        }
        found = Some(known);
    }
    found
}

/// Looks over the columns of severity: says how words are read, and leaves a column out whose words
/// are of another scale, together with those of its kind.
pub(super) fn settle(
    sheet: &Sheet<'_>,
    found: &Found,
    mapping: &mut Mapping,
) -> Result<(), Unreadable> {
    for column in mapping.columns_of(Field::Severity) {
        let seen = Seen::of(sheet, found, column)?;
        let Some(report) = mapping.columns.iter_mut().find(|one| one.index == column) else {
            continue;
        };
        let title = format!("{} ({})", report.letters, report.title());
        if let Some(other) = seen.other {
            mapping.remarks.push(format!(
                "The severities in column {title} are words of another scale than minimal, stress, severe, extreme and catastrophic, such as \"{other}\": words are not read. Write 1 (minimal) to 5 (catastrophic)."
            ));
            mapping.unread_severities = true;
            if seen.numbers == 0 {
                report.field = None;
                report.confidence = 0.0;
                report.reason =
                    format!("{}, but its words are of another scale: not used", report.reason);
                mapping.column_of[Field::Severity as usize].take_if(|of| *of == column);
                mapping.parts.retain(|part| part.column != column);
            }
        } else if let Some((text, phase)) = seen.example {
            mapping.remarks.push(format!(
                "The severities in column {title} are words: {text} is read as {phase} of 5."
            ));
        }
    }
    Ok(())
}

/// What the texts of a column are.
#[derive(Default)]
struct Seen {
    numbers: u32,
    example: Option<(String, u8)>,
    other: Option<String>,
}

impl Seen {
    fn of(sheet: &Sheet<'_>, found: &Found, column: usize) -> Result<Seen, Unreadable> {
        let mut seen = Seen::default();
        let mut known: HashSet<Box<str>> = HashSet::new();
        sheet.visit(found.first_row, |row| {
            let cell = row.cell(column);
            if values::number(cell, Decimal::Point).is_some() {
                seen.numbers += 1;
                return ControlFlow::Continue(());
            }
            let Some(text) = cell.text().filter(|text| !known.contains(&**text)) else {
                return ControlFlow::Continue(());
            };
            if known.len() < TEXTS {
                known.insert(Box::from(&*text));
            }
            match of_text(&text) {
                Some(SeverityWord::Phase(phase)) if seen.example.is_none() => {
                    seen.example = Some((text.into_owned(), phase));
                }
                Some(SeverityWord::Other) if seen.other.is_none() => {
                    seen.other = Some(text.into_owned())
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })?;
        Ok(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_in_words_are_known_in_five_languages() {
        for (text, phase) in [
            ("Minimal", 1),
            ("None/Minimal", 1),
            ("Stress", 2),
            ("3 - Severe", 3),
            ("Severe (3)", 3),
            ("Phase 4", 4),
            ("JIAF phase 2", 2),
            ("Extrême", 4),
            ("Extremo / Extreme", 4),
            ("Catastrófico", 5),
            ("Niveau 5 : Catastrophique", 5),
            ("Estrés", 2),
            ("Severa", 3),
            ("شديد", 3),
            ("شديد للغاية", 4),
            ("كارثي", 5),
            ("المرحلة 3", 3),
            ("Phase 3: Crisis", 3),
        ] {
            assert_eq!(read(text), Some(phase), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_severity_is_none() {
        for text in [
            "3 - Extreme",
            "4 - Severe",
            "Severe/Extreme",
            "Severe to extreme",
            "3-4",
            "Phase 3+",
            "Phase 3 and above",
            "Phase 6",
            "Phase 3.5",
            "3/5",
            "Severe?",
            "Not severe",
            "Very severe",
            "Severe (12%)",
            "Severe acute malnutrition",
            "Extreme poverty",
            "Moderate",
            "Severe / pending",
            "high",
            "none",
            "phase",
            "6",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
