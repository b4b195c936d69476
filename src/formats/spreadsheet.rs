//! Spreadsheets, reading: XLSX, XLSB, XLS and ODS. Formula cells give their cached value.
//!
//! Every container is unpacked once on the side and counted before a parser sees it, so that a
//! decompression bomb is refused whatever its headers declare.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Ods, Range, Reader, SheetVisible, Xls, Xlsb, Xlsx};

use super::sheet::{Cell, Grid, Merge, Sheet, SheetData, Unreadable, Workbook, limits};
use crate::domain::Day;

/// Reads a zip container that holds a spreadsheet.
pub fn read_zip(bytes: &[u8]) -> Result<Workbook<'static>, Unreadable> {
    let names = weigh(bytes)?;
    let has = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if has("xl/workbook.xml") {
        return guarded(|| read_xlsx(bytes));
    }
    if has("xl/workbook.bin") {
        return guarded(|| read_xlsb(bytes));
    }
    if has("content.xml") {
        return guarded(|| read_ods(bytes));
    }
    if has("word/document.xml") {
        return Err(Unreadable::new(
            "The file is a Word document: copy its table into a spreadsheet.",
        ));
    }
    let inside = names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    Err(Unreadable::new(format!(
        "The zip holds no spreadsheet (it holds {inside}): send the table itself."
    )))
}

/// Reads a legacy Excel workbook; the same container also wraps protected and other documents.
pub fn read_xls(bytes: &[u8]) -> Result<Workbook<'static>, Unreadable> {
    let holds = |stream: &str| {
        let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|window| window == name)
    };
    if holds("EncryptedPackage") {
        return Err(protected());
    }
    if !holds("Workbook") && !holds("Book") {
        return Err(Unreadable::new(
            "The file is an old Office document without a workbook in it: copy its table into a spreadsheet.",
        ));
    }
    guarded(|| {
        let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
            calamine::XlsError::Password => protected(),
            other => broken("XLS", &other),
        })?;
        let sheets = sheets_of(&book);
        let mut filled = Vec::new();
        for (name, hidden) in sheets {
            let range = book.worksheet_range(&name).map_err(|error| broken("XLS", &error))?;
            let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
            filled.push(from_range(name, hidden, merges_of(&merges), &range)?);
        }
        Ok(Workbook { format: "xls", note: String::new(), sheets: filled })
    })
}

fn read_xlsx(bytes: &[u8]) -> Result<Workbook<'static>, Unreadable> {
    let broken = |error: calamine::XlsxError| broken("XLSX", &error);
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let mut sheets = Vec::new();
    for (name, hidden) in sheets_of(&book) {
        let merges = merges_of(&book.merge_cells_by_sheet_name(&name).unwrap_or_default());
        let mut grid = Grid::default();
        // Chart sheets have no cells to read; they are left out.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            let (row, column) = cell.get_position();
            let number = row + 1;
            let at = column as usize;
            match cell.get_value() {
                DataRef::Empty => Ok(()),
                DataRef::Int(value) => grid.push(number, at, Cell::Number(*value as f64)),
                DataRef::Float(value) => grid.push(number, at, Cell::Number(*value)),
                DataRef::String(text) => grid.push(number, at, Cell::Text(clip(text)?)),
                DataRef::SharedString(text) => grid.push(number, at, Cell::Text(clip(text)?)),
                DataRef::Bool(value) => grid.push(number, at, Cell::Bool(*value)),
                DataRef::DateTime(value) => push_date(&mut grid, number, at, value),
                DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                    grid.push(number, at, iso(text))
                }
                DataRef::Error(error) => grid.push(number, at, Cell::Error(&error.to_string())),
            }?;
        }
        grid.fill_down(&merges);
        let data = SheetData::Grid(grid.finish());
        sheets.push(Sheet { name, hidden, merges, data });
    }
    Ok(Workbook { format: "xlsx", note: String::new(), sheets })
}

fn read_xlsb(bytes: &[u8]) -> Result<Workbook<'static>, Unreadable> {
    let mut book = Xlsb::new(Cursor::new(bytes)).map_err(|error| broken("XLSB", &error))?;
    let mut sheets = Vec::new();
    for (name, hidden) in sheets_of(&book) {
        let range = book.worksheet_range(&name).map_err(|error| broken("XLSB", &error))?;
        sheets.push(from_range(name, hidden, Vec::new(), &range)?);
    }
    Ok(Workbook { format: "xlsb", note: String::new(), sheets })
}

fn read_ods(bytes: &[u8]) -> Result<Workbook<'static>, Unreadable> {
    if repeated_cells(bytes)? > limits::REPEATED_CELLS {
        return Err(Unreadable::new("The sheet repeats more cells than a table can have."));
    }
    let mut book = Ods::new(Cursor::new(bytes)).map_err(|error| broken("ODS", &error))?;
    let mut sheets = Vec::new();
    for (name, hidden) in sheets_of(&book) {
        let range = book.worksheet_range(&name).map_err(|error| broken("ODS", &error))?;
        sheets.push(from_range(name, hidden, Vec::new(), &range)?);
    }
    Ok(Workbook { format: "ods", note: String::new(), sheets })
}

/// Counts what a zip container unpacks to, by its headers first and then in fact; gives the names.
fn weigh(bytes: &[u8]) -> Result<Vec<String>, Unreadable> {
    let broken = |error: zip::result::ZipError| broken("zip", &error);
    let too_much = || {
        Unreadable::new(format!(
            "The file unpacks to more than {} MB, which no table needs.",
            limits::UNPACKED_BYTES >> 20
        ))
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > limits::ZIP_ENTRIES {
        return Err(Unreadable::new("The zip holds too many files to be a spreadsheet."));
    }
    if archive.decompressed_size().is_some_and(|size| size > u128::from(limits::UNPACKED_BYTES)) {
        return Err(too_much());
    }
    let mut names = Vec::with_capacity(archive.len());
    let mut unpacked = 0;
    for position in 0..archive.len() {
        let entry = archive.by_index(position).map_err(broken)?;
        let name = entry.name().map_err(broken)?.into_owned();
        // Pictures and the like are never unpacked by a table reader.
        let picture = name.starts_with("xl/media/") || name.starts_with("Pictures/");
        names.push(name);
        if picture {
            continue;
        }
        let left = limits::UNPACKED_BYTES - unpacked;
        let read = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink())
            .map_err(|error| self::broken("zip", &error))?;
        if read > left {
            return Err(too_much());
        }
        unpacked += read;
    }
    Ok(names)
}

/// Cells that the repeat counts of an ODS file stand for, but for those that end a row: a few bytes
/// can stand for millions, and the parser writes each of them out.
fn repeated_cells(bytes: &[u8]) -> Result<u64, Unreadable> {
    const ATTRIBUTE: &str = "number-columns-repeated=\"";
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken("ODS", &error))?;
    let entry = archive.by_name("content.xml").map_err(|error| broken("ODS", &error))?;
    let mut content = Vec::new();
    entry
        .take(limits::UNPACKED_BYTES)
        .read_to_end(&mut content)
        .map_err(|error| broken("ODS", &error))?;
    let content = String::from_utf8_lossy(&content);
    let mut cells = 0u64;
    for after in content.split(ATTRIBUTE).skip(1) {
        let digits = after.split('"').next().unwrap_or_default();
        let behind = after.split_once('>').map_or("", |(_, behind)| behind.trim_start());
        if !behind.starts_with("</table:table-row") {
            cells = cells.saturating_add(digits.parse::<u64>().unwrap_or(0).min(16_384));
        }
    }
    Ok(cells)
}

fn sheets_of<R: Reader<Cursor<B>>, B: AsRef<[u8]>>(book: &R) -> Vec<(String, bool)> {
    let sheets = book.sheets_metadata().iter();
    sheets.map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).collect()
}

fn merges_of(merges: &[calamine::Dimensions]) -> Vec<Merge> {
    let merge = |merge: &calamine::Dimensions| Merge {
        rows: (merge.start.0 + 1, merge.end.0 + 1),
        columns: (merge.start.1, merge.end.1),
    };
    merges.iter().map(merge).collect()
}

fn from_range(
    name: String,
    hidden: bool,
    merges: Vec<Merge>,
    range: &Range<Data>,
) -> Result<Sheet<'static>, Unreadable> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut grid = Grid::default();
    for (row, column, value) in range.used_cells() {
        let (number, at) = (row as u32 + first_row + 1, column + first_column as usize);
        match value {
            Data::Empty => Ok(()),
            Data::Int(value) => grid.push(number, at, Cell::Number(*value as f64)),
            Data::Float(value) => grid.push(number, at, Cell::Number(*value)),
            Data::String(text) => grid.push(number, at, Cell::Text(clip(text)?)),
            Data::Bool(value) => grid.push(number, at, Cell::Bool(*value)),
            Data::DateTime(value) => push_date(&mut grid, number, at, value),
            Data::DateTimeIso(text) | Data::DurationIso(text) => grid.push(number, at, iso(text)),
            Data::Error(error) => grid.push(number, at, Cell::Error(&error.to_string())),
        }?;
    }
    grid.fill_down(&merges);
    Ok(Sheet { name, hidden, merges, data: SheetData::Grid(grid.finish()) })
}

/// A date cell; a time of day or a duration is not a day and stays text.
fn push_date(
    grid: &mut Grid,
    row: u32,
    column: usize,
    value: &ExcelDateTime,
) -> Result<(), Unreadable> {
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    let date = Day::from_ymd(year as i16, month as i8, day as i8);
    match date {
        Some(day) if value.is_datetime() && year >= 1900 => grid.push(row, column, Cell::Date(day)),
        _ => grid.push(row, column, Cell::Text(&format!("{hour:02}:{minute:02}:{second:02}"))),
    }
}

fn iso(text: &str) -> Cell<'_> {
    text.parse().map_or(Cell::Text(text), Cell::Date)
}

pub(super) fn clip(text: &str) -> Result<&str, Unreadable> {
    if text.len() > limits::CELL_BYTES {
        return Err(Unreadable::new(format!(
            "A cell is longer than {} bytes.",
            limits::CELL_BYTES
        )));
    }
    Ok(text)
}

fn protected() -> Unreadable {
    Unreadable::new(
        "The workbook is protected with a password: save it without one and send it again.",
    )
}

fn broken(format: &str, error: &dyn std::fmt::Display) -> Unreadable {
    Unreadable::new(format!("The {format} file is broken and cannot be opened ({error})."))
}

/// A parser that panics on a file nobody has seen yet refuses that file, and nothing else.
fn guarded<T>(read: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(Unreadable::new("The spreadsheet is broken in a way its reader does not survive: save it anew and send it again."))
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use std::io::Write;

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, content) in files {
            writer.start_file(*name, options).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn refusal(bytes: &[u8]) -> String {
        read_zip(bytes).err().map(|refusal| refusal.0).unwrap_or_default()
    }

    #[test]
    fn a_zip_without_a_spreadsheet_says_what_it_holds() {
        assert!(refusal(&zipped(&[("notes.txt", b"hello")])).contains("notes.txt"));
        assert!(refusal(b"PK\x03\x04 and then nothing").contains("broken"));
    }

    #[test]
    fn a_protected_workbook_is_refused_with_what_to_do() {
        let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert!(read_xls(&bytes).unwrap_err().0.contains("password"));
    }

    #[test]
    fn a_bomb_is_refused_by_what_it_declares() {
        // One entry whose headers declare 10 GB: the sizes of a real, small one are overwritten.
        let mut bytes = zipped(&[("xl/workbook.xml", &[b' '; 64])]);
        let declared = 4_000_000_000u32.to_le_bytes();
        let central = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        bytes[central + 24..central + 28].copy_from_slice(&declared);
        assert!(refusal(&bytes).contains("unpacks to more than"), "{}", refusal(&bytes));
    }

    #[test]
    fn repeated_cells_of_an_ods_file_are_counted_before_it_is_parsed() {
        let cell = r#"<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>"#;
        let end = r#"<table:table-cell table:number-columns-repeated="16000"/>"#;
        let row = format!("<table:table-row>{cell}{end}</table:table-row>");
        let bytes = zipped(&[("content.xml", row.repeat(1000).as_bytes())]);
        assert_eq!(repeated_cells(&bytes).unwrap(), 16_384_000);
        assert!(refusal(&bytes).contains("repeats more cells"));
    }
}
