//! The sheets of a workbook that have the same headers, such as its months: each is a submission of
//! its own, and their rows are rows of one file (METHODS 2).

use std::collections::HashMap;

use super::earlier::undated;
use crate::domain::{Snapshot, Submission};
use crate::intake::{Kind, Report};

/// What the rows that are known have to do with the sheet that is read, by their submissions; nothing
/// where the workbook has no other sheet like it.
#[derive(Debug, Default)]
pub struct Sheets {
    several: bool,
    relations: HashMap<u32, Relation>,
}

/// In the order in which rows that say the same are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// Of this sheet, read from this very file.
    Read,
    /// Of another sheet of this very file: what it says too counts once.
    Beside,
    /// Of this sheet in another version of the file, or what the file replaces.
    Own,
    /// Of a sheet that only another version of the file has.
    Former,
    /// Of something else.
    Other,
    /// Of another sheet of this file in another version of it: that sheet is read by itself.
    Waiting,
}

impl Sheets {
    pub fn of(
        known: &Snapshot,
        kind: Kind,
        file_name: &str,
        sha256: &str,
        report: &Report,
        replaces: &[u32],
    ) -> Sheets {
        let others: Vec<&str> =
            report.sheets.iter().filter(|one| one.alike).map(|one| one.name.as_str()).collect();
        let name = undated(file_name);
        let of_kind = known.submissions.iter().filter(|one| *one.kind == *kind.name());
        let family = of_kind
            .filter(|one| *one.sha256 == *sha256 || undated(&one.file_name) == name)
            .filter_map(|one| Some((one, one.sheet.as_deref()?)));
        let mut sheets = Sheets { several: !others.is_empty(), ..Sheets::default() };
        let mut read: HashMap<&str, &str> = HashMap::new();
        for (one, sheet) in family {
            // Another version of it had several.
            sheets.several |= *read.entry(&one.sha256).or_insert(sheet) != sheet;
            let relation = match (sheet == report.sheet, *one.sha256 == *sha256) {
                (true, true) => Relation::Read,
                (true, false) => Relation::Own,
                (false, true) => Relation::Beside,
                (false, false) if others.contains(&sheet) => Relation::Waiting,
                (false, false) => Relation::Former,
            };
            sheets.relations.insert(one.id, relation);
        }
        // Whatever the file is called, it is that sheet, and not the others of its workbook.
        for replaced in replaces.iter().filter_map(|id| known.submission(*id)) {
            let is_another = |one: &&Submission| {
                one.sheet.is_some()
                    && one.sheet != replaced.sheet
                    && (&one.kind, &one.sha256) == (&replaced.kind, &replaced.sha256)
            };
            for one in known.submissions.iter().filter(|_| replaced.sheet.is_some()) {
                if is_another(&one) && !replaces.contains(&one.id) {
                    sheets.several = true;
                    sheets.relations.insert(one.id, Relation::Waiting);
                }
            }
        }
        sheets.relations.extend(replaces.iter().map(|id| (*id, Relation::Own)));
        if sheets.several { sheets } else { Sheets::default() }
    }

    pub fn several(&self) -> bool {
        self.several
    }

    /// What a submission has to do with the sheet: all are its own where there is no other sheet.
    pub fn relation(&self, submission: u32) -> Relation {
        match self.several {
            true => self.relations.get(&submission).copied().unwrap_or(Relation::Other),
            false => Relation::Read,
        }
    }

    /// Whether a submission is of another sheet of the workbook, of whatever version.
    pub fn is_another(&self, submission: u32) -> bool {
        use Relation::{Beside, Former, Waiting};
        matches!(self.relation(submission), Beside | Former | Waiting)
    }
}

impl Relation {
    /// Whether a row may say what a row of the sheet says.
    pub fn is_compared(self) -> bool {
        self != Relation::Waiting
    }

    /// Whether a row that says the same stays as it is; else it becomes this sheet's, so that no
    /// other sheet's row takes its place.
    pub fn stays(self) -> bool {
        matches!(self, Relation::Read | Relation::Beside)
    }

    /// Whether a row of the sheet may take its place.
    pub fn is_replaced(self) -> bool {
        matches!(self, Relation::Read | Relation::Own | Relation::Other)
    }

    /// Whether it ends where the sheet no longer has it, under an identity that it has.
    pub fn ends(self) -> bool {
        matches!(self, Relation::Read | Relation::Own)
    }
}
