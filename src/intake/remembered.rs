//! What was corrected for a source once is used for its next file.

use std::collections::BTreeSet;

use super::columns::{Head, REMEMBERED};
use super::report::Report;
use super::table::{self, Found};
use super::vocabulary::normalise;
use super::{Field, Kind, Options, Unreadable};
use crate::domain::{Mapping, Snapshot};
use crate::formats::sheet::Workbook;

/// Finds the table of a file, with what is remembered of its source. What the sender says wins.
/// Gives the options to read the table by, and the mapping they are from.
pub fn find<'k>(
    book: &Workbook<'_>,
    kind: Kind,
    known: &'k Snapshot,
    options: &Options,
) -> Result<(Found, Options, Option<&'k Mapping>), Unreadable> {
    let of_kind = known.mappings.iter().rev().filter(|mapping| *mapping.kind == *kind.name());
    for mapping in of_kind {
        for wanted in readings(book, mapping, options) {
            if let Ok(found) = table::find(book, kind, &wanted)
                && mapping.fits(&headers(found.heads.iter().map(|head| head.header.as_str())))
            {
                let wanted = with_columns(wanted, mapping, &found.heads);
                return Ok((found, wanted, Some(mapping)));
            }
        }
    }
    Ok((table::find(book, kind, options)?, options.clone(), None))
}

/// Where the table may be: where it was, in the sheet that looks like it, or anywhere.
fn readings(book: &Workbook<'_>, mapping: &Mapping, options: &Options) -> Vec<Options> {
    let is_there = |name: &&String| {
        book.sheets.iter().any(|sheet| sheet.name.trim().eq_ignore_ascii_case(name.trim()))
    };
    let mut readings = Vec::new();
    if options.sheet.is_none() && options.header_row.is_none() && !options.every_sheet {
        let sheet = mapping.sheet.as_ref().filter(is_there).cloned();
        let header_row = mapping.header_row;
        readings.push(Options { sheet: sheet.clone(), header_row, ..options.clone() });
        readings.push(Options { header_row, ..options.clone() });
        readings.push(Options { sheet, ..options.clone() });
    }
    readings.push(options.clone());
    readings.dedup_by(|a, b| (&a.sheet, a.header_row) == (&b.sheet, b.header_row));
    readings
}

/// The options with the remembered meaning of columns that the sender says nothing of. Columns that
/// are no longer there are passed over.
fn with_columns(mut options: Options, mapping: &Mapping, heads: &[Head]) -> Options {
    let there = headers(heads.iter().map(|head| head.header.as_str()));
    let said: Vec<String> = options.columns.iter().map(|(name, _)| normalise(name)).collect();
    let unused: Vec<String> = options.unused.iter().map(|name| normalise(name)).collect();
    for (header, field) in &mapping.columns {
        let name = normalise(header);
        if !there.contains(&name) || said.contains(&name) || unused.contains(&name) {
            continue;
        }
        match field.as_deref().map(Field::from_name) {
            Some(Some(field)) => options.columns.push((header.clone(), field)),
            Some(None) => {}
            None => options.unused.push(header.clone()),
        }
    }
    options
}

/// Says in a report what was remembered.
pub fn tell(report: &mut Report, mapping: &Mapping) {
    let day = mapping.at.get(..10).unwrap_or(&mapping.at);
    let from = format!("mapping remembered from {} of {day}", mapping.file_name);
    for column in &mut report.columns {
        let name = normalise(&column.header);
        let remembered = mapping.columns.iter().any(|(header, _)| normalise(header) == name);
        if remembered && super::columns::is_said(&column.reason) {
            column.reason = format!("{REMEMBERED} ({from})");
        }
    }
    report.remarks.push(format!(
        "The table is read as it was corrected before: {from}. It is correction {} of those that are remembered, and can be forgotten.",
        mapping.id
    ));
}

/// What there is to remember of a file that was read: `None` where nothing was corrected.
/// What a fitting mapping said of sheet and header row stays, where the sender says nothing of it.
pub fn of_report(
    kind: Kind,
    known: &Snapshot,
    options: &Options,
    report: &Report,
) -> Option<Mapping> {
    let sheet = options.sheet.as_ref().filter(|_| !options.every_sheet);
    let told = !options.columns.is_empty()
        || !options.unused.is_empty()
        || sheet.is_some()
        || options.header_row.is_some();
    if !told || kind == Kind::Areas {
        return None;
    }
    let corrected = report.columns.iter().filter(|column| {
        super::columns::is_said(&column.reason) || column.reason.starts_with(REMEMBERED)
    });
    let headers = headers(report.columns.iter().map(|column| column.header.as_str()));
    let mut of_kind = known.mappings.iter().rev().filter(|one| *one.kind == *kind.name());
    let told = sheet.is_some() || options.header_row.is_some();
    let before = of_kind.find(|one| !told && one.fits(&headers));
    let named = corrected.filter(|column| !column.header.is_empty());
    Some(Mapping {
        id: 0,
        kind: kind.name().into(),
        file_name: report.file.as_str().into(),
        at: "".into(),
        headers,
        sheet: before.map_or(sheet.cloned(), |before| before.sheet.clone()),
        header_row: before.map_or(options.header_row, |before| before.header_row),
        columns: named.map(|column| (column.header.clone(), column.field.clone())).collect(),
    })
}

fn headers<'h>(headers: impl Iterator<Item = &'h str>) -> BTreeSet<String> {
    let headers = headers.filter(|header| !super::returned::is_own(header));
    headers.map(normalise).filter(|header| !header.is_empty()).collect()
}
