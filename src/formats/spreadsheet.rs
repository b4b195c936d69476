//! Spreadsheets, reading: XLSX, XLSB, XLS and ODS. Formula cells give their cached value.
//!
//! Every container is unpacked once on the side and counted before a parser sees it, so that a
//! decompression bomb is refused whatever its headers declare; and what makes the parser take more
//! memory than the file gives reason for is refused there too.

use std::io::{BufReader, Cursor, Read, Seek};

use calamine::{Data, DataRef, ExcelDateTime, Range, Reader, SheetVisible, Xls, Xlsb, Xlsx};

mod weigh;

use super::sheet::{Cell, Grid, Merge, Sheet, SheetData, Unreadable, Workbook, limits};
use super::{archive, guard, ods, xls_stream};
use crate::domain::Day;
use weigh::{Patient, weigh};

/// Reads a zip container that holds a spreadsheet.
/// `left` is how many bytes may still be unpacked.
pub fn read_zip(bytes: &[u8], left: &mut u64) -> Result<Workbook<'static>, Unreadable> {
    let names = weigh(bytes, left)?;
    let has = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if has("xl/workbook.xml") {
        return guarded(|| read_xlsx(Patient::new(bytes)));
    }
    if has("xl/workbook.bin") {
        return guarded(|| read_xlsb(Patient::new(bytes)));
    }
    if has("content.xml") {
        return read_ods(bytes);
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
    let cleaned = xls_stream::clean(bytes)?;
    guarded(|| {
        let mut book = Xls::new(Cursor::new(cleaned)).map_err(|error| match error {
            calamine::XlsError::Password => protected(),
            other => broken("XLS", &other),
        })?;
        let sheets = sheets_of(&book);
        let mut filled = Vec::new();
        for (name, hidden) in sheets {
            let range = book.worksheet_range(&name).map_err(|error| broken("XLS", &error))?;
            let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
            filled.push(from_range(name, hidden, merges_of(&merges)?, &range)?);
        }
        Ok(Workbook { format: "xls", note: String::new(), sheets: filled })
    })
}

fn read_xlsx(file: impl Read + Seek) -> Result<Workbook<'static>, Unreadable> {
    let broken = |error: calamine::XlsxError| broken("XLSX", &error);
    let mut book = Xlsx::new(file).map_err(broken)?;
    let mut sheets = Vec::new();
    for (name, hidden) in sheets_of(&book) {
        let merges = merges_of(&book.merge_cells_by_sheet_name(&name).unwrap_or_default())?;
        let mut grid = Grid::default();
        // Chart sheets have no cells to read; they are left out.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(broken)? {
            if cell.formula.is_some() && cell.value == DataRef::Empty {
                grid.uncomputed(cell.pos.1 as usize);
            }
            push(&mut grid, cell.pos, &cell.value)?;
        }
        let styles: Vec<bool> = cells.styles().iter().map(is_share).collect();
        drop(cells);
        if styles.contains(&true) {
            shares(&mut book, &name, &styles, &mut grid).map_err(broken)?;
        }
        grid.fill_down(&merges);
        let data = SheetData::Grid(grid.finish());
        sheets.push(Sheet { name, hidden, merges, data });
    }
    Ok(Workbook { format: "xlsx", note: String::new(), sheets })
}

/// Whether a style shows numbers as per cent.
fn is_share(style: &calamine::Style) -> bool {
    let format = style.number_format.as_ref();
    format.is_some_and(|format| format.format_code.contains('%'))
}

/// Notes the cells that are shown as per cent. Few workbooks have any, and are read once more.
fn shares<F: Read + Seek>(
    book: &mut Xlsx<F>,
    name: &str,
    styles: &[bool],
    grid: &mut Grid,
) -> Result<(), calamine::XlsxError> {
    let mut cells = book.worksheet_cells_reader(name)?;
    while let Some((cell, style)) = cells.next_cell_with_style_id()? {
        let number = match cell.get_value() {
            DataRef::Float(number) => Some(*number),
            DataRef::Int(number) => Some(*number as f64),
            _ => None,
        };
        if let Some(number) = number.filter(|_| styles.get(style) == Some(&true)) {
            let (row, column) = cell.get_position();
            grid.share(row.saturating_add(1), column as usize, number);
        }
    }
    Ok(())
}

fn read_xlsb(file: impl Read + Seek) -> Result<Workbook<'static>, Unreadable> {
    let broken = |error: calamine::XlsbError| broken("XLSB", &error);
    let mut book = Xlsb::new(file).map_err(broken)?;
    let mut sheets = Vec::new();
    for (name, hidden) in sheets_of(&book) {
        let mut grid = Grid::default();
        let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            push(&mut grid, cell.get_position(), cell.get_value())?;
        }
        let data = SheetData::Grid(grid.finish());
        sheets.push(Sheet { name, hidden, merges: Vec::new(), data });
    }
    Ok(Workbook { format: "xlsb", note: String::new(), sheets })
}

fn read_ods(bytes: &[u8]) -> Result<Workbook<'static>, Unreadable> {
    let broken = |error: zip::result::ZipError| broken("ODS", &error);
    let mut archive = archive::zip(bytes)?;
    if let Ok(manifest) = archive.by_name("META-INF/manifest.xml") {
        let mut text = String::new();
        let read = manifest.take(limits::CELL_BYTES as u64).read_to_string(&mut text);
        if read.is_ok() && text.contains("encryption-data") {
            return Err(protected());
        }
    }
    ods::read(BufReader::new(archive.by_name("content.xml").map_err(broken)?))
}

fn push(grid: &mut Grid, (row, column): (u32, u32), value: &DataRef<'_>) -> Result<(), Unreadable> {
    let (number, at) = (row.saturating_add(1), column as usize);
    match value {
        DataRef::Empty => Ok(()),
        DataRef::Int(value) => grid.push(number, at, Cell::Number(*value as f64)),
        DataRef::Float(value) => grid.push(number, at, Cell::Number(*value)),
        DataRef::String(text) => grid.push(number, at, Cell::Text(clip(text)?)),
        DataRef::SharedString(text) => grid.push(number, at, Cell::Text(clip(text)?)),
        DataRef::Bool(value) => grid.push(number, at, Cell::Bool(*value)),
        DataRef::DateTime(value) => push_date(grid, number, at, value),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => grid.push(number, at, iso(text)),
        DataRef::Error(error) => grid.push(number, at, Cell::Error(&error.to_string())),
    }
}

fn sheets_of<F: Read + Seek, R: Reader<F>>(book: &R) -> Vec<(String, bool)> {
    let sheets = book.sheets_metadata().iter();
    sheets.map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).collect()
}

fn merges_of(merges: &[calamine::Dimensions]) -> Result<Vec<Merge>, Unreadable> {
    if merges.len() > limits::MERGES {
        return Err(Unreadable(format!("A sheet has more than {} merged cells.", limits::MERGES)));
    }
    let merge = |merge: &calamine::Dimensions| Merge {
        rows: (merge.start.0.saturating_add(1), merge.end.0.saturating_add(1)),
        columns: (merge.start.1, merge.end.1),
    };
    Ok(merges.iter().map(merge).collect())
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

pub(super) fn iso(text: &str) -> Cell<'_> {
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

pub(super) fn broken(format: &str, error: &dyn std::fmt::Display) -> Unreadable {
    Unreadable::new(format!("The {format} file is broken and cannot be opened ({error})."))
}

/// A parser that panics on a file nobody has seen yet refuses that file, and nothing else.
fn guarded<T>(read: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    guard::guarded(read).unwrap_or_else(|| {
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

    /// A workbook of one sheet, with the styles that its cells name.
    fn workbook(sheet: &str, styles: &str) -> Workbook<'static> {
        const TYPE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let related = |to: &[(&str, &str)]| {
            let one = |(kind, target): &(&str, &str)| {
                format!(r#"<Relationship Id="{kind}" Type="{TYPE}/{kind}" Target="{target}"/>"#)
            };
            let all: String = to.iter().map(one).collect();
            format!("<Relationships>{all}</Relationships>")
        };
        let book = r#"<workbook><sheets><sheet name="A" sheetId="1" r:id="worksheet"/></sheets></workbook>"#;
        let rels = related(&[("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")]);
        let top = related(&[("officeDocument", "xl/workbook.xml")]);
        let files: [(&str, &[u8]); 5] = [
            ("_rels/.rels", top.as_bytes()),
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", rels.as_bytes()),
            ("xl/styles.xml", styles.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ];
        read_zip(&zipped(&files), &mut limits::UNPACKED_BYTES.clone()).unwrap()
    }

    #[test]
    fn formulas_without_their_results_are_counted_by_column() {
        let book = workbook(
            r#"<worksheet><sheetData><row r="1"><c r="A1"><f>B1</f><v></v></c><c r="C1"><f>1+1</f><v>2</v></c><c r="D1" s="0"/></row>
            <row r="2"><c r="A2"><f>B2</f></c><c r="B2" t="str"><f>""</f><v></v></c><c r="C2"><f t="shared" si="0" ref="C2:C3">1</f><v/></c></row></sheetData></worksheet>"#,
            "<styleSheet/>",
        );
        assert_eq!(book.sheets[0].uncomputed(), [(0, 2), (2, 1)]);
        assert_eq!(book.sheets[0].rows(), Some(1));
    }

    #[test]
    fn cells_that_are_shown_as_per_cent_are_known_by_column_and_row() {
        let book = workbook(
            r#"<worksheet><sheetData><row r="1"><c r="A1" s="1"><v>0.85</v></c><c r="B1"><v>0.85</v></c><c r="C1" s="1"/><c r="D1" s="2"><v>1</v></c></row>
            <row r="2"><c r="A2" s="1"><v>1200</v></c><c r="B2" s="0"><v>3</v></c><c r="D2" s="2"><v>0.5</v></c></row></sheetData></worksheet>"#,
            r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="9" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>"#,
        );
        let shares: Vec<&[u32]> = (0..4).map(|column| book.sheets[0].shares(column)).collect();
        assert_eq!(shares, [&[1][..], &[], &[], &[1, 2]]);
    }

    fn refusal(bytes: &[u8]) -> String {
        read_zip(bytes, &mut limits::UNPACKED_BYTES.clone())
            .err()
            .map(|refusal| refusal.0)
            .unwrap_or_default()
    }

    #[test]
    fn a_zip_without_a_spreadsheet_says_what_it_holds() {
        assert!(refusal(&zipped(&[("notes.txt", b"hello")])).contains("notes.txt"));
        assert!(refusal(b"PK\x03\x04 and then nothing").contains("cut off"));
        assert!(refusal(b"PK\x03\x04 PK\x05\x06 and then nothing").contains("broken"));
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
}
