//! What became of a file: how it was read, and the outcome of every row.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::personal;
use super::preview::Preview;
use crate::formats::csv_write;
use crate::formats::sheet::column_letters;

/// The report of one file. Counts first, examples next, and every row's outcome for the CSV.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub file: String,
    /// `activities`, `sites`, `needs`, `population` or `areas`.
    pub kind: String,
    /// How the file was read, such as `csv, semicolon separated, windows-1252`.
    pub format: String,
    pub sheet: String,
    /// Row number of the header, where there is one.
    pub header_row: Option<u32>,
    /// Row number of the HXL tags, where there are any.
    pub hxl_row: Option<u32>,
    /// Row number of the first row below the headers.
    pub first_row: u32,
    /// Why this sheet and this row were taken.
    pub choice: String,
    /// Every sheet of the workbook, and why it was taken or not.
    #[serde(default)]
    pub sheets: Vec<SheetReport>,
    pub columns: Vec<ColumnReport>,
    /// Headers of columns that look like personal data; nothing of them is kept.
    pub dropped_personal: Vec<String>,
    pub counts: Counts,
    /// Rows placed, by level; level 0 is the operation.
    pub placed: Vec<u32>,
    /// Remarks about the file as a whole.
    pub remarks: Vec<String>,
    pub issues: Vec<Issue>,
    /// Outcome of every row, as stretches of rows with the same outcome.
    pub outcomes: Vec<Stretch>,
    /// Every remark about a row, in the order of the rows.
    pub notes: Vec<Note>,
    /// The start of the file. It is shown before a commit and never stored.
    #[serde(skip)]
    pub preview: Preview,
}

/// Every row is in exactly one of accepted, accepted with warnings, rejected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub rows: u32,
    pub accepted: u32,
    pub accepted_with_warnings: u32,
    pub rejected: u32,
    /// Of those accepted with warnings: exact copies of an earlier row, which count once.
    pub copies: u32,
}

impl Counts {
    /// Every row was rejected.
    pub fn nothing_accepted(&self) -> bool {
        self.rows > 0 && self.rejected == self.rows
    }
}

/// One sheet of a workbook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetReport {
    pub name: String,
    /// Rows with content, where that is known without reading the sheet.
    pub rows: Option<usize>,
    /// Whether the table was found in it.
    pub chosen: bool,
    /// Why it was taken or not, such as `is a pivot table`.
    pub reason: String,
    /// It has rows below the same headers as the one that was taken, and they stay out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alike: bool,
}

/// How one column was understood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnReport {
    /// From 0.
    pub index: usize,
    pub letters: String,
    pub header: String,
    pub tag: String,
    /// Name of the field, where it was understood.
    pub field: Option<String>,
    /// The group whose part it counts, such as `all/female/0-4/all`; empty where it is no part.
    #[serde(default)]
    pub group: String,
    /// 0 to 1.
    pub confidence: f32,
    pub reason: String,
    /// It is not used and holds numbers.
    #[serde(default)]
    pub numbers: bool,
    /// It looks like personal data: nothing of it is kept. Reports of before know it only by header.
    #[serde(default)]
    pub personal: bool,
    /// What a column that is not used holds: numbers, dates or words; empty where it is used or holds
    /// nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub holds: String,
}

/// All remarks of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    pub code: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What would be right.
    pub remedy: String,
    /// How often; a row may have it in several columns.
    pub count: u32,
    pub rejects: bool,
    pub examples: Vec<Example>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    pub row: u32,
    /// Header of the column, where it is about one.
    pub column: String,
    pub value: String,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Accepted,
    AcceptedWithWarnings,
    Rejected,
}

impl Outcome {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Accepted => "accepted",
            Outcome::AcceptedWithWarnings => "accepted with warnings",
            Outcome::Rejected => "rejected",
        }
    }
}

/// Rows `from` to `to`, both inside, that ended alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    pub from: u32,
    pub to: u32,
    pub outcome: Outcome,
}

/// One remark about one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    pub row: u32,
    /// Position in `columns`, where it is about one column.
    pub column: Option<u16>,
    /// Position in `issues`.
    pub issue: u16,
    pub value: Box<str>,
    pub detail: Box<str>,
}

/// A kind of remark: its code, what is wrong, what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: &'static str,
    pub message: &'static str,
    pub remedy: &'static str,
}

impl Late {
    pub fn warning(problem: Problem, detail: String) -> Late {
        Late { problem, detail, rejects: false }
    }

    pub fn rejection(problem: Problem) -> Late {
        Late { problem, detail: String::new(), rejects: true }
    }
}

/// Collects a report while the rows go by.
#[derive(Debug, Default)]
pub struct Recorder {
    pub report: Report,
    /// Examples kept for each kind of remark.
    pub examples: usize,
    by_code: HashMap<(&'static str, bool), u16>,
    column_of: HashMap<usize, u16>,
    /// Rows that are exact copies, and the row that each is one of.
    copies: Vec<(u32, u32)>,
    warned: bool,
    rejected: bool,
}

/// What is said of a row once all rows are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Late {
    pub problem: Problem,
    pub detail: String,
    pub rejects: bool,
}

impl Recorder {
    pub fn new(report: Report, examples: usize) -> Recorder {
        let numbered = report.columns.iter().enumerate();
        let column_of = numbered.map(|(at, column)| (column.index, at as u16)).collect();
        Recorder { report, examples, column_of, ..Recorder::default() }
    }

    /// The row is accepted, but somebody should look at it.
    pub fn warn(
        &mut self,
        row: u32,
        column: Option<usize>,
        value: &str,
        detail: &str,
        problem: Problem,
    ) {
        self.warned = true;
        self.note(row, column, value, detail, problem, false);
    }

    /// The row is rejected.
    pub fn reject(
        &mut self,
        row: u32,
        column: Option<usize>,
        value: &str,
        detail: &str,
        problem: Problem,
    ) {
        self.rejected = true;
        self.note(row, column, value, detail, problem, true);
    }

    pub fn is_rejected(&self) -> bool {
        self.rejected
    }

    /// The row is an exact copy of an accepted one.
    pub fn copy(&mut self, row: u32, first: u32, problem: Problem) {
        self.warn(row, None, "", &format!("Same as row {first}."), problem);
        self.report.counts.copies += 1;
        self.copies.push((row, first));
    }

    /// Ends a row: it is counted, once, under its outcome.
    pub fn close(&mut self, row: u32) {
        let outcome = match (self.rejected, self.warned) {
            (true, _) => Outcome::Rejected,
            (false, true) => Outcome::AcceptedWithWarnings,
            (false, false) => Outcome::Accepted,
        };
        (self.rejected, self.warned) = (false, false);
        self.report.counts.rows += 1;
        self.report.ends(row, outcome);
    }

    /// Says what only all rows together tell of some of them. Copies of a row that is rejected now
    /// are no better than it.
    pub fn look_back(&mut self, mut late: BTreeMap<u32, Late>) {
        if late.is_empty() {
            return;
        }
        for (copy, first) in &self.copies {
            if let Some(same) = late.get(first).filter(|late| late.rejects).cloned() {
                late.insert(*copy, same);
                self.report.counts.copies -= 1;
            }
        }
        for (row, Late { problem, detail, rejects }) in &late {
            self.note(*row, None, "", detail, *problem, *rejects);
        }
        let report = &mut self.report;
        report.notes.sort_by_key(|note| note.row);
        let stretches = std::mem::take(&mut report.outcomes);
        let Counts { rows, copies, .. } = report.counts;
        report.counts = Counts { rows, copies, ..Counts::default() };
        for Stretch { from, to, outcome } in stretches {
            for row in from..=to {
                let outcome = match (late.get(&row), outcome) {
                    (None, outcome) => outcome,
                    (Some(Late { rejects: false, .. }), Outcome::Accepted) => {
                        Outcome::AcceptedWithWarnings
                    }
                    (Some(Late { rejects: false, .. }), outcome) => outcome,
                    (Some(_), _) => Outcome::Rejected,
                };
                report.ends(row, outcome);
            }
        }
    }

    /// Counts a row as placed at a level.
    pub fn placed(&mut self, level: u8) {
        let level = usize::from(level);
        if self.report.placed.len() <= level {
            self.report.placed.resize(level + 1, 0);
        }
        self.report.placed[level] += 1;
    }

    pub fn finish(self) -> Report {
        self.report
    }

    fn note(
        &mut self,
        row: u32,
        column: Option<usize>,
        value: &str,
        detail: &str,
        problem: Problem,
        rejects: bool,
    ) {
        let issues = &mut self.report.issues;
        let issue = *self.by_code.entry((problem.code, rejects)).or_insert_with(|| {
            issues.push(Issue {
                code: problem.code.to_owned(),
                message: problem.message.to_owned(),
                remedy: problem.remedy.to_owned(),
                count: 0,
                rejects,
                examples: Vec::new(),
            });
            issues.len() as u16 - 1
        });
        let column = column.and_then(|index| self.column_of.get(&index).copied());
        // A report goes to many people: what an unreadable cell held of a contact stays out of it.
        let masked = personal::mask(value).map(|(kept, _)| kept);
        let value = clip(masked.as_deref().unwrap_or(value));
        let masked = personal::mask(detail).map(|(kept, _)| kept);
        let detail = masked.as_deref().unwrap_or(detail);
        let entry = &mut self.report.issues[usize::from(issue)];
        entry.count += 1;
        if entry.examples.len() < self.examples {
            let header = column.map(|at| self.report.columns[usize::from(at)].title());
            entry.examples.push(Example {
                row,
                column: header.unwrap_or_default(),
                value: value.to_owned(),
                detail: detail.to_owned(),
            });
        }
        let (value, detail) = (value.into(), detail.into());
        self.report.notes.push(Note { row, column, issue, value, detail });
    }
}

impl ColumnReport {
    /// The header as written, or the tag, or the letters.
    pub fn title(&self) -> String {
        let written = [&self.header, &self.tag].into_iter().find(|text| !text.is_empty());
        written.cloned().unwrap_or_else(|| format!("column {}", column_letters(self.index)))
    }
}

impl Report {
    fn ends(&mut self, row: u32, outcome: Outcome) {
        let counts = &mut self.counts;
        match outcome {
            Outcome::Accepted => counts.accepted += 1,
            Outcome::AcceptedWithWarnings => counts.accepted_with_warnings += 1,
            Outcome::Rejected => counts.rejected += 1,
        }
        match self.outcomes.last_mut() {
            Some(last) if last.outcome == outcome && last.to + 1 == row => last.to = row,
            _ => self.outcomes.push(Stretch { from: row, to: row, outcome }),
        }
    }

    /// How often a kind of remark was made.
    pub fn count(&self, code: &str) -> u32 {
        self.issues.iter().filter(|issue| issue.code == code).map(|issue| issue.count).sum()
    }

    /// The mapping of a field, where a column was understood as it.
    pub fn column(&self, field: &str) -> Option<&ColumnReport> {
        self.columns.iter().find(|column| column.field.as_deref() == Some(field))
    }

    /// Every row with its outcome and every reason, as CSV: row number, column, value, outcome,
    /// code, reason, what would be right. Cells that a spreadsheet would run as formulas are
    /// disarmed with an apostrophe.
    pub fn to_csv(&self) -> String {
        let mut out = String::from(HEADER);
        self.lines(&mut out, &[]);
        out
    }

    /// The same of several files or sheets, with the names of both before each row.
    pub fn all_to_csv(reports: &[Report]) -> String {
        let mut out = format!("file,sheet,{HEADER}");
        reports.iter().for_each(|report| report.lines(&mut out, &[&report.file, &report.sheet]));
        out
    }

    /// A line for each reason, and for each row without one, `before` at its beginning.
    fn lines(&self, out: &mut String, before: &[&str]) {
        let mut notes = self.notes.iter().peekable();
        for stretch in &self.outcomes {
            let outcome = stretch.outcome.name();
            for row in stretch.from..=stretch.to {
                let mut said = false;
                while let Some(note) = notes.next_if(|note| note.row <= row) {
                    said = true;
                    let issue = &self.issues[usize::from(note.issue)];
                    let column = note.column.and_then(|at| self.columns.get(usize::from(at)));
                    let column = column.map(ColumnReport::title).unwrap_or_default();
                    let reason = match &*note.detail {
                        "" => issue.message.clone(),
                        detail => format!("{} {detail}", issue.message),
                    };
                    let cells =
                        [&column, &*note.value, outcome, &issue.code, &reason, &issue.remedy];
                    line(out, before, row, &cells);
                }
                if !said {
                    line(out, before, row, &["", "", outcome, "", "", ""]);
                }
            }
        }
    }
}

const HEADER: &str = "row,column,value,outcome,code,reason,remedy\n";

fn line(out: &mut String, before: &[&str], row: u32, cells: &[&str]) {
    let row = row.to_string();
    let cells = before.iter().copied().chain([&*row]).chain(cells.iter().copied());
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&csv_write::text(cell));
    }
    out.push('\n');
}

/// The start of a long value: enough to find the cell.
pub fn clip(value: &str) -> &str {
    match value.char_indices().nth(120) {
        Some((end, _)) => &value[..end],
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: Problem = Problem { code: "odd", message: "Odd.", remedy: "Even." };

    #[test]
    fn every_row_ends_in_exactly_one_outcome() {
        let mut recorder = Recorder::new(Report::default(), 1);
        recorder.close(2);
        recorder.warn(3, None, "x", "", ODD);
        recorder.reject(3, None, "=y", "Twice.", ODD);
        recorder.close(3);
        recorder.warn(5, None, "-12", "", ODD);
        recorder.close(5);
        let report = recorder.finish();
        let Counts { rows, accepted, accepted_with_warnings, rejected, .. } = report.counts;
        assert_eq!((rows, accepted, accepted_with_warnings, rejected), (3, 1, 1, 1));
        assert_eq!(report.count("odd"), 3);
        assert_eq!(report.issues[0].examples.len(), 1);
        let csv = report.to_csv();
        assert!(csv.contains("2,,,accepted,,,\n"), "{csv}");
        assert!(csv.contains("3,,'=y,rejected,odd,Odd. Twice.,Even.\n"), "{csv}");
        assert!(csv.contains("5,,-12,accepted with warnings,odd,Odd.,Even.\n"), "{csv}");
    }

    #[test]
    fn what_is_said_of_a_row_at_last_changes_its_outcome_and_that_of_its_copies() {
        let mut recorder = Recorder::new(Report::default(), 1);
        for row in 2..=6 {
            if row == 5 {
                recorder.copy(5, 3, ODD);
            }
            recorder.close(row);
        }
        let late = [(3, Late::rejection(ODD)), (4, Late::warning(ODD, String::new()))];
        recorder.look_back(BTreeMap::from(late));
        let report = recorder.finish();
        let Counts { rows, accepted, accepted_with_warnings, rejected, copies } = report.counts;
        assert_eq!((rows, accepted, accepted_with_warnings, rejected, copies), (5, 2, 1, 2, 0));
        let ends: Vec<_> =
            report.outcomes.iter().map(|one| (one.from, one.to, one.outcome)).collect();
        let (accepted, rejected) = (Outcome::Accepted, Outcome::Rejected);
        let warned = Outcome::AcceptedWithWarnings;
        let expected = [
            (2, 2, accepted),
            (3, 3, rejected),
            (4, 4, warned),
            (5, 5, rejected),
            (6, 6, accepted),
        ];
        assert_eq!(ends, expected);
        let noted: Vec<u32> = report.notes.iter().map(|note| note.row).collect();
        assert_eq!(noted, [3, 4, 5, 5]);
    }
}
