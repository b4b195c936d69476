//! What rows that were rejected for their place said of it, from the report of their file.

use std::collections::BTreeMap;

use super::fields::Field;
use super::problems;
use super::report::{ColumnReport, Report};

/// By row: the codes and names that no boundary knew, each with its level.
pub fn rejected_places(report: &Report) -> BTreeMap<u32, Vec<(u8, &str)>> {
    const UNKNOWN: [&str; 3] =
        [problems::UNKNOWN_CODE.code, problems::NO_BOUNDARIES.code, problems::UNKNOWN_NAME.code];
    let mut rows: BTreeMap<u32, Vec<(u8, &str)>> = BTreeMap::new();
    for note in &report.notes {
        let issue = report.issues.get(usize::from(note.issue));
        if !issue.is_some_and(|issue| issue.rejects && UNKNOWN.contains(&issue.code.as_str())) {
            continue;
        }
        let column = note.column.and_then(|at| report.columns.get(usize::from(at)));
        if let Some(level) = column.and_then(level) {
            rows.entry(note.row).or_default().push((level, &note.value));
        }
    }
    rows
}

/// The level of the areas that a column names.
fn level(column: &ColumnReport) -> Option<u8> {
    let field = Field::from_name(column.field.as_deref()?);
    (1..=4).find(|level| {
        field.is_some() && [Field::area_code(*level), Field::area_name(*level)].contains(&field)
    })
}
