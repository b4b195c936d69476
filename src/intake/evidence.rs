//! What the values of columns look like, before the columns are mapped.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::columns::{Evidence, Mapping};
use super::fields::Field;
use super::places::Gazetteer;
use super::report::ColumnReport;
use super::table::Found;
use super::vocabulary;
use crate::formats::Unreadable;
use crate::formats::sheet::Sheet;

/// Rows whose values are looked at before columns are mapped.
const EVIDENCE_ROWS: u32 = 400;

/// What the first rows of each column look like.
pub fn evidence(
    sheet: &Sheet<'_>,
    found: &Found,
    gazetteer: &Gazetteer<'_>,
) -> Result<Vec<Evidence>, Unreadable> {
    let mut evidence = vec![Evidence::default(); found.heads.len()];
    let mut rows = 0;
    sheet.visit(found.first_row, |row| {
        for (head, evidence) in found.heads.iter().zip(&mut evidence) {
            let Some(text) = row.cell(head.index).text() else { continue };
            evidence.filled += 1;
            let (code, names) = gazetteer.knows(&text);
            if let Some(level) = code {
                evidence.codes[usize::from(level).min(4)] += 1.0;
            }
            for (share, known) in evidence.names.iter_mut().zip(names) {
                *share += f32::from(u8::from(known));
            }
            evidence.sectors += f32::from(u8::from(vocabulary::sector(&text).is_some()));
            evidence.emails += f32::from(u8::from(is_email(&text)));
            evidence.phones += f32::from(u8::from(is_phone(&text)));
            evidence.mean_length += text.chars().count() as f32;
        }
        rows += 1;
        if rows < EVIDENCE_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    for evidence in &mut evidence {
        let filled = evidence.filled.max(1) as f32;
        let shares = evidence.codes.iter_mut().chain(&mut evidence.names);
        shares.for_each(|share| *share /= filled);
        evidence.sectors /= filled;
        evidence.emails /= filled;
        evidence.phones /= filled;
        evidence.mean_length /= filled;
    }
    Ok(evidence)
}

/// A column of free text about people is no population group: were its few known words taken for
/// groups, their rows would leave the totals. It is left out where most of its cells name none.
pub fn doubt_groups(
    sheet: &Sheet<'_>,
    found: &Found,
    mapping: &mut Mapping,
) -> Result<(), Unreadable> {
    let field = Field::PopulationGroup;
    let Some(column) = mapping.column_of[field as usize] else { return Ok(()) };
    let doubtful = |report: &&mut ColumnReport| report.index == column && report.confidence < 1.0;
    let Some(report) = mapping.columns.iter_mut().find(doubtful) else { return Ok(()) };
    let mut known: HashMap<Box<str>, bool> = HashMap::new();
    let (mut filled, mut named) = (0u32, 0u32);
    sheet.visit(found.first_row, |row| {
        if let Some(text) = row.cell(column).text() {
            filled += 1;
            let is_known = match known.get(&*text) {
                Some(is_known) => *is_known,
                None => {
                    let is_known = vocabulary::population_group(&text).is_some();
                    if known.len() < 10_000 {
                        known.insert(Box::from(&*text), is_known);
                    }
                    is_known
                }
            };
            named += u32::from(is_known);
        }
        ControlFlow::Continue(())
    })?;
    if named * 2 >= filled {
        return Ok(());
    }
    mapping.column_of[field as usize] = None;
    report.field = None;
    report.confidence = 0.0;
    report.reason = format!(
        "{}, but only {named} of its {filled} cells name a population group: not used, rows are about everybody",
        report.reason
    );
    Ok(())
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.trim().split_once('@') else { return false };
    !name.is_empty() && host.contains('.') && !text.trim().contains(char::is_whitespace)
}

fn is_phone(text: &str) -> bool {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.starts_with(['+', '0'])
        && (9..=15).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || " +-()/".contains(c))
}
