//! The sender's own rows, with what was said about each: ready to be corrected and sent again.

use std::ops::ControlFlow;

use super::report::{Issue, Note, Outcome, Report, Stretch};
use crate::formats::sheet::{Cell, Sheet as Source, SheetRow, Workbook};
use crate::formats::sniff;
use crate::formats::xlsx_write::{Mark, Rows, Sheet, Writer};

/// Rows above which only those that something was said about are written.
const WHOLE: u32 = 200_000;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the report could not be written as XLSX: {0}")]
pub struct NotWritten(#[from] rust_xlsxwriter::XlsxError);

/// The rows of a table as they were sent, each with its row number, its outcome and the reasons; a
/// second sheet sums up what is wrong. Of a file that is no table, or not there any more, the rows
/// of the report stand instead. Personal data are left out.
pub fn returned(bytes: Option<&[u8]>, report: &Report) -> Result<Vec<u8>, NotWritten> {
    let mut writer = Writer::default();
    let book = bytes.and_then(|bytes| sniff::open(bytes).ok());
    let sheet = book.as_ref().and_then(|book: &Workbook<'_>| {
        book.sheets.iter().find(|sheet| sheet.name == report.sheet)
    });
    match sheet.filter(|_| report.header_row.is_some() || report.hxl_row.is_some()) {
        Some(sheet) => own_rows(&mut writer, sheet, report)?,
        None => report_rows(&mut writer, report)?,
    }
    summary(&mut writer, report)?;
    Ok(writer.finish()?)
}

fn own_rows(writer: &mut Writer, sheet: &Source<'_>, report: &Report) -> Result<(), NotWritten> {
    let mut header = vec![("Row".to_owned(), 8.0)];
    header.extend(report.columns.iter().map(|column| (column.title(), 18.0)));
    header.extend([("Outcome".to_owned(), 22.0), ("Reasons".to_owned(), 80.0)]);
    let mut rows = writer.sheet(&Sheet { name: "Rows", header: &header })?;
    let mut said = Said { outcomes: &report.outcomes, notes: &report.notes };
    let first = report.hxl_row.filter(|_| report.header_row.is_some());
    let mut failed = None;
    let only_said = report.counts.rows > WHOLE;
    let visited = sheet.visit(first.unwrap_or(report.first_row), |row| {
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        let written = match Some(row.number) == first {
            true => tags(&mut rows, row, report),
            false => {
                let (outcome, notes) = said.of(row.number);
                if outcome.is_none() || (only_said && notes.is_empty()) {
                    return ControlFlow::Continue(());
                }
                own_row(&mut rows, row, report, outcome, notes)
            }
        };
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    // What was read once is read again; if not, the rows so far are better than none.
    let _ = visited;
    if let Some(error) = failed {
        return Err(error.into());
    }
    Ok(rows.end()?)
}

/// The row of HXL tags stays below the header, as it was sent.
fn tags(
    rows: &mut Rows<'_>,
    row: SheetRow<'_>,
    report: &Report,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    let cells = report.columns.iter().map(|column| (row.cell(column.index), Mark::Plain));
    rows.row(std::iter::once((Cell::Empty, Mark::Plain)).chain(cells))
}

fn own_row(
    rows: &mut Rows<'_>,
    row: SheetRow<'_>,
    report: &Report,
    outcome: Option<Outcome>,
    notes: &[Note],
) -> Result<(), rust_xlsxwriter::XlsxError> {
    let reasons = reasons(report, notes);
    let mark_of = |position: usize| {
        let own = notes.iter().filter(|note| note.column == u16::try_from(position).ok());
        own.map(|note| if issue(report, note).rejects { Mark::Wrong } else { Mark::Warned })
            .fold(Mark::Plain, |one, other| if one == Mark::Wrong { one } else { other })
    };
    let cells = report.columns.iter().enumerate().map(|(position, column)| {
        let personal = column.field.is_none() && report.dropped_personal.contains(&column.title());
        let cell = if personal { Cell::Empty } else { row.cell(column.index) };
        (cell, mark_of(position))
    });
    let start = (Cell::Number(f64::from(row.number)), Mark::Plain);
    let mark = match outcome {
        Some(Outcome::Rejected) => Mark::Wrong,
        Some(Outcome::AcceptedWithWarnings) => Mark::Warned,
        _ => Mark::Plain,
    };
    let end = [(Cell::Text(outcome_name(outcome)), mark), (Cell::Text(&reasons), Mark::Long)];
    rows.row(std::iter::once(start).chain(cells).chain(end))
}

/// What was said, where the rows themselves are not at hand.
fn report_rows(writer: &mut Writer, report: &Report) -> Result<(), NotWritten> {
    let header = [
        ("Row", 8.0),
        ("Column", 24.0),
        ("Value", 30.0),
        ("Outcome", 22.0),
        ("Reason", 60.0),
        ("What would be right", 60.0),
    ];
    let header = header.map(|(title, width)| (title.to_owned(), width));
    let mut rows = writer.sheet(&Sheet { name: "Rows", header: &header })?;
    let mut said = Said { outcomes: &report.outcomes, notes: &report.notes };
    for note in &report.notes {
        let outcome = said.of(note.row).0;
        let column = note.column.and_then(|at| report.columns.get(usize::from(at)));
        let column = column.map(|column| column.title()).unwrap_or_default();
        let issue = issue(report, note);
        let reason = format!("{} {}", issue.message, note.detail);
        rows.row([
            (Cell::Number(f64::from(note.row)), Mark::Plain),
            (Cell::Text(&column), Mark::Plain),
            (Cell::Text(&note.value), Mark::Plain),
            (Cell::Text(outcome_name(outcome)), Mark::Plain),
            (Cell::Text(&reason), Mark::Long),
            (Cell::Text(&issue.remedy), Mark::Long),
        ])?;
    }
    Ok(rows.end()?)
}

fn summary(writer: &mut Writer, report: &Report) -> Result<(), NotWritten> {
    let header =
        [("What", 70.0), ("How often", 12.0), ("Outcome", 22.0), ("What would be right", 70.0)];
    let header = header.map(|(title, width)| (title.to_owned(), width));
    let mut rows = writer.sheet(&Sheet { name: "What is wrong", header: &header })?;
    for issue in &report.issues {
        let outcome = if issue.rejects { Outcome::Rejected } else { Outcome::AcceptedWithWarnings };
        rows.row([
            (Cell::Text(&issue.message), Mark::Long),
            (Cell::Number(f64::from(issue.count)), Mark::Plain),
            (Cell::Text(outcome_name(Some(outcome))), Mark::Plain),
            (Cell::Text(&issue.remedy), Mark::Long),
        ])?;
    }
    for remark in &report.remarks {
        rows.row([(Cell::Text(remark), Mark::Long)])?;
    }
    if report.counts.rows > WHOLE {
        let text = format!(
            "The file has more than {WHOLE} rows: those that nothing was said about are left out here."
        );
        rows.row([(Cell::Text(&text), Mark::Long)])?;
    }
    Ok(rows.end()?)
}

/// Walks through outcomes and notes beside the rows, whose numbers only grow.
struct Said<'r> {
    outcomes: &'r [Stretch],
    notes: &'r [Note],
}

impl<'r> Said<'r> {
    fn of(&mut self, row: u32) -> (Option<Outcome>, &'r [Note]) {
        while self.outcomes.first().is_some_and(|stretch| stretch.to < row) {
            self.outcomes = &self.outcomes[1..];
        }
        let stretch = self.outcomes.first().filter(|stretch| stretch.from <= row);
        let before = self.notes.iter().take_while(|note| note.row < row).count();
        self.notes = &self.notes[before..];
        let own = self.notes.iter().take_while(|note| note.row == row).count();
        (stretch.map(|stretch| stretch.outcome), &self.notes[..own])
    }
}

fn issue<'r>(report: &'r Report, note: &Note) -> &'r Issue {
    &report.issues[usize::from(note.issue)]
}

fn reasons(report: &Report, notes: &[Note]) -> String {
    let mut lines = Vec::new();
    for note in notes {
        let issue = issue(report, note);
        let column = note.column.and_then(|at| report.columns.get(usize::from(at)));
        let place = column.map(|column| format!("{}: ", column.title())).unwrap_or_default();
        let detail = if note.detail.is_empty() { "" } else { " " };
        lines.push(format!("{place}{}{detail}{} {}", issue.message, note.detail, issue.remedy));
    }
    lines.join("\n")
}

fn outcome_name(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        None => "",
        Some(Outcome::Accepted) => "accepted",
        Some(Outcome::AcceptedWithWarnings) => "accepted with warnings",
        Some(Outcome::Rejected) => "rejected",
    }
}

#[cfg(test)]
#[path = "returned/tests.rs"]
mod tests;
