//! XLSX, written row by row to a temporary file, so that a long table needs little memory. Texts
//! are always texts: nothing a partner wrote can run as a formula.

use std::io::Cursor;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use super::Output;
use super::sheet::Cell;

/// Rows of a sheet, as the format allows.
pub const ROWS: u32 = 1_048_576;
/// Columns of a sheet, as the format allows.
pub const COLUMNS: usize = 16_384;
/// UTF-16 units of a cell, as the format allows.
const UNITS: usize = 32_767;

/// How hard to compress: somebody waits, and a sheet of a million rows is a gigabyte of XML. The usual
/// 6 takes several times as long for a tenth less.
const COMPRESSION: u8 = 2;

/// How a cell looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Plain,
    Header,
    /// Somebody should look at it.
    Warned,
    /// It is wrong.
    Wrong,
}

/// A sheet that is being written. Rows must come in their order.
pub struct Page<'w> {
    sheet: &'w mut Worksheet,
    looks: [Format; 4],
    days: [Format; 4],
}

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written: {0}")]
pub struct Unwritable(pub String);

impl From<XlsxError> for Unwritable {
    fn from(error: XlsxError) -> Unwritable {
        Unwritable(error.to_string())
    }
}

/// What is written on a sheet.
pub type Fill<'f> = Box<dyn FnOnce(&mut Page<'_>) -> Result<(), Unwritable> + 'f>;

/// The bytes of a workbook of sheets, by name.
pub fn write(sheets: Vec<(&str, Fill<'_>)>) -> Result<Vec<u8>, Unwritable> {
    let mut file = Cursor::new(Vec::new());
    book(&mut file, None, sheets)?;
    Ok(file.into_inner())
}

/// A workbook of several sheets, by name. It says that it was made at `made`, as RFC 3339 writes
/// it, so that the same content makes the same bytes.
pub fn book(
    out: &mut (dyn Output + Send),
    made: Option<&str>,
    sheets: Vec<(&str, Fill<'_>)>,
) -> Result<(), Unwritable> {
    let mut book = Workbook::new();
    book.set_zip_compression_level(COMPRESSION);
    let made = made.and_then(|time| ExcelDateTime::parse_from_str(time.get(..19)?).ok());
    if let Some(made) = made {
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    }
    let looks = [
        Format::new(),
        Format::new().set_bold().set_align(FormatAlign::Top),
        Format::new().set_background_color(Color::RGB(0xFFF2CC)),
        Format::new().set_background_color(Color::RGB(0xF8CBAD)),
    ];
    let days = looks.clone().map(|look| look.set_num_format("yyyy-mm-dd"));
    for (name, fill) in sheets {
        let sheet = book.add_worksheet_with_constant_memory()?;
        let plain = |c: char| if "[]:*?/\\'".contains(c) || c.is_control() { ' ' } else { c };
        let name: String = name.chars().map(plain).take(31).collect();
        if !name.trim().is_empty() {
            // A name that is not allowed for another reason leaves the usual one.
            let _ = sheet.set_name(name.trim());
        }
        fill(&mut Page { sheet, looks: looks.clone(), days: days.clone() })?;
    }
    Ok(book.save_to_writer(out)?)
}

impl Page<'_> {
    /// Writes a cell; `row` counts from 1, as a spreadsheet shows it, `column` from 0. What the
    /// format has no room for is cut off.
    pub fn cell(
        &mut self,
        row: u32,
        column: usize,
        cell: Cell<'_>,
        look: Look,
    ) -> Result<(), Unwritable> {
        if row == 0 || row > ROWS || column >= COLUMNS {
            return Ok(());
        }
        let (row, column) = (row - 1, column as u16);
        // Each cell with a format looks it up by all that it says: most cells have none.
        let format = (look != Look::Plain).then(|| &self.looks[look as usize]);
        let sheet = &mut *self.sheet;
        match cell {
            Cell::Empty => {
                format.map(|format| sheet.write_blank(row, column, format)).transpose()?;
            }
            Cell::Number(number) if number.is_finite() => {
                match format {
                    Some(format) => sheet.write_number_with_format(row, column, number, format)?,
                    None => sheet.write_number(row, column, number)?,
                };
            }
            Cell::Bool(truth) => {
                match format {
                    Some(format) => sheet.write_boolean_with_format(row, column, truth, format)?,
                    None => sheet.write_boolean(row, column, truth)?,
                };
            }
            Cell::Date(day) => {
                let (year, month, of_month) = day.ymd();
                let known =
                    ExcelDateTime::from_ymd(year.max(0) as u16, month as u8, of_month as u8);
                let days = &self.days[look as usize];
                match known {
                    Ok(date) => sheet.write_datetime_with_format(row, column, date, days)?,
                    Err(_) => sheet.write_string(row, column, day.to_string())?,
                };
            }
            Cell::Number(number) => {
                sheet.write_string(row, column, number.to_string())?;
            }
            Cell::Text(text) | Cell::Error(text) => {
                let text = fitting(text);
                match format {
                    Some(format) => sheet.write_string_with_format(row, column, text, format)?,
                    None => sheet.write_string(row, column, text)?,
                };
            }
        }
        Ok(())
    }

    /// Merges the cells of a row from one column to another, before they are written.
    pub fn merge(&mut self, row: u32, first: usize, last: usize) -> Result<(), Unwritable> {
        if row == 0 || row > ROWS || first >= last || last >= COLUMNS {
            return Ok(());
        }
        let format = &self.looks[Look::Header as usize];
        self.sheet.merge_range(row - 1, first as u16, row - 1, last as u16, "", format)?;
        Ok(())
    }

    /// Keeps the rows up to this one in sight.
    pub fn freeze(&mut self, row: u32) -> Result<(), Unwritable> {
        if row < ROWS {
            self.sheet.set_freeze_panes(row, 0)?;
        }
        Ok(())
    }

    /// How wide a column is, in characters.
    pub fn width(&mut self, column: usize, characters: f64) -> Result<(), Unwritable> {
        if column < COLUMNS {
            self.sheet.set_column_width(column as u16, characters)?;
        }
        Ok(())
    }
}

/// As much of a text as a cell has room for.
fn fitting(text: &str) -> &str {
    // No text has more units than bytes.
    if text.len() <= UNITS {
        return text;
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > UNITS
    });
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_a_cell_ends_whatever_its_letters() {
        for (letter, room) in [("a", 32_767), ("ü", 32_767), ("水", 32_767), ("😀", 16_383)] {
            let text = letter.repeat(40_000);
            assert_eq!(fitting(&text).chars().count(), room, "{letter}");
            write(vec![(
                "texts",
                Box::new(|page| {
                    page.cell(1, 0, Cell::Text(&text), Look::Plain)?;
                    page.cell(1, 1, Cell::Text(&text), Look::Wrong)
                }),
            )])
            .unwrap();
        }
        assert_eq!(fitting("short"), "short");
    }
}
