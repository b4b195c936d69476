//! The file as it came, with what is wrong in columns of its own: ready to be corrected and sent
//! back as it is. Every row keeps its number.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::fields::Field;
use super::report::{ColumnReport, Note, Outcome, Report};
use super::{personal, problems};
use crate::formats::sheet::{Cell, Sheet, SheetRow};
use crate::formats::sniff;
use crate::formats::xlsx_write::{self, Fill, Look, Page, Unwritable};

/// The columns that a report adds. An import passes them over.
const OWN: [&str; 4] =
    ["Lacuna row", "Lacuna outcome", "Lacuna reasons", "Lacuna what would be right"];

/// Whether a header is of a column that a report added.
pub fn is_own(header: &str) -> bool {
    OWN.iter().any(|own| header.trim().eq_ignore_ascii_case(own))
}

/// The reports of a file as a workbook, a sheet for each of those that were read: its rows and,
/// behind them, the number, outcome, reasons and remedies of each. Columns without a header are left
/// out, as nobody looked whose data they hold; of personal data only the header stays. A file
/// without a table, such as boundaries, gives a list of the remarks.
pub fn workbook(bytes: &[u8], reports: &[&Report]) -> Result<Vec<u8>, Unwritable> {
    let book = sniff::open(bytes).ok();
    let sheets = book.as_ref().map_or(&[][..], |book| &book.sheets);
    let place = |report: &Report| sheets.iter().position(|sheet| sheet.name == report.sheet);
    let mut reports = reports.to_vec();
    reports.sort_by_key(|report| place(report));
    let page = |report| -> (&str, Fill<'_>) {
        let report: &Report = report;
        match place(report).and_then(|at| sheets.get(at)) {
            Some(sheet) if report.first_row > 0 => {
                (&report.sheet, Box::new(move |page| rows(page, sheet, report)))
            }
            _ => ("report", Box::new(move |page| list(page, report))),
        }
    };
    xlsx_write::write(reports.into_iter().map(page).collect())
}

fn rows(page: &mut Page<'_>, sheet: &Sheet<'_>, report: &Report) -> Result<(), Unwritable> {
    let layout = Layout::of(report);
    for (at, width) in [8.0, 22.0, 60.0, 60.0].into_iter().enumerate() {
        page.width(layout.own + at, width)?;
    }
    page.freeze(report.first_row - 1)?;
    let mut notes = report.notes.iter().peekable();
    let mut stretches = report.outcomes.iter().peekable();
    let mut written = Ok(());
    let visited = sheet.visit(1, |row| {
        let number = row.number;
        if number > xlsx_write::ROWS {
            return ControlFlow::Break(());
        }
        let mut of_row: Vec<&Note> = Vec::new();
        while let Some(note) = notes.next_if(|note| note.row <= number) {
            if note.row == number {
                of_row.push(note);
            }
        }
        while stretches.next_if(|stretch| stretch.to < number).is_some() {}
        let outcome = stretches.peek().filter(|stretch| stretch.from <= number);
        let outcome = outcome.map(|stretch| stretch.outcome);
        let merged = match number < report.first_row {
            true => merge(page, sheet, &layout, number),
            false => Ok(()),
        };
        written = merged.and_then(|()| line(page, &layout, row, &of_row, outcome, report));
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written?;
    visited.map_err(|unreadable| Unwritable(unreadable.0))
}

/// Merges the headers that stand over several columns as the file does: they say what those are.
fn merge(
    page: &mut Page<'_>,
    sheet: &Sheet<'_>,
    layout: &Layout,
    row: u32,
) -> Result<(), Unwritable> {
    let wide = sheet.merges.iter().filter(|merge| merge.rows.0 == row);
    let mut free = 0;
    let mut wide: Vec<(usize, usize)> =
        wide.map(|merge| (merge.columns.0 as usize, merge.columns.1 as usize)).collect();
    wide.sort_unstable();
    for (first, last) in wide {
        // Merges of a broken file may overlap, which no workbook may have.
        if first >= free && first < last && last < layout.own {
            page.merge(row, first, last)?;
            free = last + 1;
        }
    }
    Ok(())
}

/// Which columns are whose.
struct Layout {
    head: u32,
    /// The first column of the report's own.
    own: usize,
    /// Columns of an earlier report that came with the file.
    old: HashSet<usize>,
    /// Columns of personal data: their cells are left out.
    personal: HashSet<usize>,
    /// Columns that are understood.
    mapped: HashSet<usize>,
}

impl Layout {
    fn of(report: &Report) -> Layout {
        let which = |wanted: &dyn Fn(&ColumnReport) -> bool| {
            let columns = report.columns.iter().filter(|column| wanted(column));
            columns.map(|column| column.index).collect::<HashSet<usize>>()
        };
        let old = which(&|column| is_own(&column.header));
        let personal = which(&|column| column.personal);
        let last = report.columns.iter().map(|column| column.index).max();
        let own = old.iter().min().copied().or(last.map(|last| last + 1)).unwrap_or(0);
        let mapped = which(&|column| column.field.is_some());
        let head = report.header_row.or(report.hxl_row).unwrap_or(1);
        Layout { head, own, old, personal, mapped }
    }
}

fn line(
    page: &mut Page<'_>,
    layout: &Layout,
    row: SheetRow<'_>,
    notes: &[&Note],
    outcome: Option<Outcome>,
    report: &Report,
) -> Result<(), Unwritable> {
    let number = row.number;
    let issue = |note: &Note| &report.issues[usize::from(note.issue)];
    let of_column = |index: usize| {
        notes.iter().filter(move |note| {
            let column = note.column.and_then(|at| report.columns.get(usize::from(at)));
            column.is_some_and(|column| column.index == index)
        })
    };
    for (column, cell) in row.cells().enumerate().take(layout.own) {
        let data = outcome.is_some();
        if layout.old.contains(&column) || (data && layout.personal.contains(&column)) {
            continue;
        }
        let is_contact = |note: &&&Note| issue(note).code == problems::PERSONAL_DATA.code;
        let masked = !layout.mapped.contains(&column) || of_column(column).any(|n| is_contact(&n));
        let rejects = of_column(column).any(|note| issue(note).rejects);
        let look = match () {
            _ if number == layout.head => Look::Header,
            _ if rejects => Look::Wrong,
            _ if of_column(column).next().is_some() => Look::Warned,
            _ => Look::Plain,
        };
        match cell {
            Cell::Text(text) if masked && number != layout.head => {
                let known = report.columns.iter().find(|one| one.index == column);
                let field = known.and_then(|one| Field::from_name(one.field.as_deref()?));
                let kept = match field {
                    Some(field) => personal::mask_field(field, text),
                    None => personal::mask(text),
                };
                let kept = kept.map(|(kept, _)| kept);
                page.cell(number, column, Cell::Text(kept.as_deref().unwrap_or(text)), look)?;
            }
            // As text it would be taken for a value.
            Cell::Error(_) => page.cell(number, column, Cell::Empty, look)?,
            cell => page.cell(number, column, cell, look)?,
        }
    }
    if number == layout.head {
        for (at, name) in OWN.iter().enumerate() {
            page.cell(number, layout.own + at, Cell::Text(name), Look::Header)?;
        }
    }
    let Some(outcome) = outcome else { return Ok(()) };
    let look = match outcome {
        Outcome::Accepted => Look::Plain,
        Outcome::AcceptedWithWarnings => Look::Warned,
        Outcome::Rejected => Look::Wrong,
    };
    let (mut reasons, mut remedies) = (Vec::new(), Vec::new());
    for note in notes {
        let column = note.column.and_then(|at| report.columns.get(usize::from(at)));
        let column = column.map(|column| format!("{}: ", column.title())).unwrap_or_default();
        reasons.push(format!("{column}{} {}", issue(note).message, note.detail).trim().to_owned());
        if !remedies.contains(&issue(note).remedy) {
            remedies.push(issue(note).remedy.clone());
        }
    }
    let cells = [
        (Cell::Number(f64::from(number)), Look::Plain),
        (Cell::Text(outcome.name()), look),
        (Cell::Text(&reasons.join("\n")), Look::Plain),
        (Cell::Text(&remedies.join("\n")), Look::Plain),
    ];
    for (at, (cell, look)) in cells.into_iter().enumerate() {
        page.cell(number, layout.own + at, cell, look)?;
    }
    Ok(())
}

/// Every remark, for a file that is no table.
fn list(page: &mut Page<'_>, report: &Report) -> Result<(), Unwritable> {
    let header = ["row", "column", "value", "outcome", "reason", "what would be right"];
    for (at, name) in header.into_iter().enumerate() {
        page.cell(1, at, Cell::Text(name), Look::Header)?;
    }
    page.freeze(1)?;
    for (at, note) in report.notes.iter().enumerate() {
        let Ok(line) = u32::try_from(at + 2) else { break };
        let issue = &report.issues[usize::from(note.issue)];
        let column = note.column.and_then(|at| report.columns.get(usize::from(at)));
        let column = column.map(ColumnReport::title).unwrap_or_default();
        let outcome = if issue.rejects { Outcome::Rejected } else { Outcome::AcceptedWithWarnings };
        let reason = format!("{} {}", issue.message, note.detail);
        page.cell(line, 0, Cell::Number(f64::from(note.row)), Look::Plain)?;
        let texts = [&column, &*note.value, outcome.name(), reason.trim(), &issue.remedy];
        for (column, text) in texts.into_iter().enumerate() {
            page.cell(line, column + 1, Cell::Text(text), Look::Plain)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::{Operation, Rows, Snapshot};
    use crate::intake::{Options, activities};

    fn read(bytes: &[u8]) -> Report {
        let operation = Operation::new("op", "Op");
        let known = Snapshot::build(Rows::empty(operation));
        activities("5w", bytes, &known, &Options::default()).unwrap().1
    }

    fn cells(bytes: &[u8], row: u32) -> Vec<String> {
        let book = sniff::open(bytes).unwrap();
        let mut found = Vec::new();
        let text = |cell: Cell<'_>| cell.text().unwrap_or_default().into_owned();
        let visit = |line: SheetRow<'_>| {
            if line.number == row {
                found = line.cells().map(text).collect();
            }
            ControlFlow::Continue(())
        };
        book.sheets[0].visit(1, visit).unwrap();
        found
    }

    const FILE: &str = "A response,,,,
Organisation,Sector,Reached,Contact phone,Remarks
Alpha,WSH,12,+258 84 123 4567,=1+2
Beta,WSH,21 Kits,+258 84 123 4568,call a@b.org now
Total,,33,,
";

    #[test]
    fn a_returned_file_has_its_rows_under_their_numbers_with_reasons_behind_them() {
        let report = read(FILE.as_bytes());
        let written = workbook(FILE.as_bytes(), &[&report]).unwrap();
        assert_eq!(cells(&written, 1)[0], "A response");
        assert_eq!(cells(&written, 2)[4..7], ["Remarks", "Lacuna row", "Lacuna outcome"]);
        assert_eq!(cells(&written, 3)[..5], ["Alpha", "WSH", "12", "", "=1+2"]);
        let beta = cells(&written, 4);
        assert_eq!((&*beta[3], &*beta[5], &*beta[6]), ("", "4", "accepted with warnings"));
        assert!(!beta[4].contains('@') && beta[7].contains("Reached: "), "{beta:?}");
        assert!(beta[8].contains("digits"), "{beta:?}");
    }

    #[test]
    fn of_two_columns_of_one_header_only_the_personal_one_is_left_out() {
        let file = "Partner,Cluster,Name,Name,Reached\n\
             Alpha,WSH,a@alpha.org,Health post A,12\n\
             Beta,WSH,b@beta.org,Health post B,13\n\
             Gamma,WSH,c@gamma.org,Health post C,14\n";
        let report = read(file.as_bytes());
        let written = workbook(file.as_bytes(), &[&report]).unwrap();
        assert_eq!(cells(&written, 2)[..5], ["Alpha", "WSH", "", "Health post A", "12"]);
        assert_eq!(report.preview.rows[0].cells[2..4], ["•••", "Health post A"]);
        assert_eq!(report.dropped_personal, ["Name"]);
    }

    #[test]
    fn a_returned_file_is_read_as_the_file_was() {
        let report = read(FILE.as_bytes());
        let written = workbook(FILE.as_bytes(), &[&report]).unwrap();
        let again = read(&written);
        assert_eq!(again.counts, report.counts);
        assert_eq!(again.outcomes, report.outcomes);
        let fields = |report: &Report| {
            let columns = report.columns.iter().filter(|column| column.field.is_some());
            columns.map(|column| (column.index, column.field.clone())).collect::<Vec<_>>()
        };
        assert_eq!(fields(&again), fields(&report));
        // And its own report takes the place of the first.
        let twice = workbook(&written, &[&again]).unwrap();
        assert_eq!(cells(&twice, 2), cells(&written, 2));
    }

    #[test]
    fn a_returned_file_with_a_header_in_two_languages_is_read_as_it_was() {
        let file = "Organisation,Bailleur,Secteur,Activité,Personnes ciblées,Personnes atteintes\n\
             Organization,Donor,Sector,Activity,People targeted,People reached\n\
             Alpha,ECHO,WSH,Kits,1500,1250\nBeta,ECHO,WSH,Kits,700,N/D\n";
        let report = read(file.as_bytes());
        let written = workbook(file.as_bytes(), &[&report]).unwrap();
        let again = read(&written);
        let place = |report: &Report| (report.header_row, report.first_row, report.counts);
        assert_eq!(place(&again), place(&report));
        assert_eq!(again.outcomes, report.outcomes);
    }
}
