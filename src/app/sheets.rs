//! The sheets of a workbook that have the same headers, such as its months: each is a submission of
//! its own, and their rows are rows of one file (METHODS 2).

use std::collections::BTreeSet;

use super::earlier::undated;
use crate::domain::Snapshot;
use crate::intake::{Kind, Report};

/// The submissions of this sheet and of the others, of this workbook and of earlier versions of it.
#[derive(Debug, Default)]
pub struct Sheets {
    /// The workbook has several.
    pub several: bool,
    /// Those of this sheet.
    pub own: BTreeSet<u32>,
    /// Those of the others.
    pub beside: BTreeSet<u32>,
}

impl Sheets {
    pub fn of(
        known: &Snapshot,
        kind: Kind,
        file_name: &str,
        sha256: &str,
        report: &Report,
    ) -> Sheets {
        let mut sheets = Sheets::default();
        let others: Vec<&str> =
            report.sheets.iter().filter(|one| one.alike).map(|one| one.name.as_str()).collect();
        if others.is_empty() {
            return sheets;
        }
        sheets.several = true;
        let name = undated(file_name);
        for one in &known.submissions {
            let is_of_it = *one.sha256 == *sha256 || undated(&one.file_name) == name;
            match one.sheet.as_deref().filter(|_| *one.kind == *kind.name() && is_of_it) {
                Some(sheet) if sheet == report.sheet => sheets.own.insert(one.id),
                Some(sheet) if others.contains(&sheet) => sheets.beside.insert(one.id),
                _ => continue,
            };
        }
        sheets
    }

    /// Whether a row that says what one of this sheet says is of none of them: it becomes this
    /// sheet's, so that no other sheet's row takes its place.
    pub fn takes(&self, submission: u32) -> bool {
        self.several && !self.own.contains(&submission) && !self.beside.contains(&submission)
    }
}
