//! Tables written as XLSX: a header that stays in sight, cells that can be marked. Texts are written
//! as texts, so that none is run as a formula.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::sheet::Cell;

/// Rows that a sheet can hold, its header included.
pub const ROWS: u32 = 1_048_576;
/// Characters that a cell can hold.
const CHARACTERS: usize = 32_767;

/// How a cell is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    #[default]
    Plain,
    /// Something should be looked at.
    Warned,
    /// Something is wrong.
    Wrong,
    /// A long text, over several lines.
    Long,
}

/// A sheet and how wide its columns are, in characters.
pub struct Sheet<'a> {
    pub name: &'a str,
    pub header: &'a [(String, f64)],
}

/// A workbook that is being written.
pub struct Writer {
    book: Workbook,
    formats: [Format; 4],
    head: Format,
}

/// A sheet that is being written, row after row.
pub struct Rows<'w> {
    sheet: &'w mut Worksheet,
    formats: &'w [Format; 4],
    next: u32,
    columns: u16,
}

impl Default for Writer {
    fn default() -> Writer {
        let top = || Format::new().set_align(FormatAlign::Top);
        let head = top().set_bold().set_background_color(Color::RGB(0xDC_EC_EA));
        Writer {
            book: Workbook::new(),
            formats: [
                top(),
                top().set_background_color(Color::RGB(0xFD_F0_D9)),
                top().set_background_color(Color::RGB(0xFB_E4_E2)),
                top().set_text_wrap(),
            ],
            head: head.set_text_wrap().set_border_bottom(FormatBorder::Thin),
        }
    }
}

impl Writer {
    /// Begins a sheet.
    pub fn sheet(&mut self, sheet: &Sheet<'_>) -> Result<Rows<'_>, XlsxError> {
        let page = self.book.add_worksheet();
        page.set_name(sheet.name)?;
        page.set_freeze_panes(1, 0)?;
        for (column, (title, width)) in (0u16..).zip(sheet.header) {
            page.set_column_width(column, *width)?;
            page.write_string_with_format(0, column, title, &self.head)?;
        }
        let columns = sheet.header.len() as u16;
        Ok(Rows { sheet: page, formats: &self.formats, next: 1, columns })
    }

    /// The whole as bytes.
    pub fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.book.save_to_buffer()
    }
}

impl Rows<'_> {
    /// Writes a row; rows that the sheet cannot hold are left out.
    pub fn row<'c>(
        &mut self,
        cells: impl IntoIterator<Item = (Cell<'c>, Mark)>,
    ) -> Result<(), XlsxError> {
        if self.next >= ROWS {
            return Ok(());
        }
        for (column, (cell, mark)) in (0u16..).zip(cells) {
            let format = &self.formats[mark as usize];
            match cell {
                Cell::Empty if mark == Mark::Plain => {}
                Cell::Empty => {
                    self.sheet.write_blank(self.next, column, format)?;
                }
                Cell::Number(number) if number.is_finite() => {
                    self.sheet.write_number_with_format(self.next, column, number, format)?;
                }
                other => {
                    let text = other.text().unwrap_or_default();
                    let end = text.char_indices().nth(CHARACTERS).map_or(text.len(), |(at, _)| at);
                    self.sheet.write_string_with_format(self.next, column, &text[..end], format)?;
                }
            };
        }
        self.next += 1;
        Ok(())
    }

    /// Ends the sheet: its rows can be filtered by each column.
    pub fn end(self) -> Result<(), XlsxError> {
        if self.next > 1 && self.columns > 0 {
            self.sheet.autofilter(0, 0, self.next - 1, self.columns - 1)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::formats::sniff;

    #[test]
    fn what_is_written_can_be_read_and_formulas_stay_texts() {
        let mut writer = Writer::default();
        let header = [("Name".to_owned(), 20.0), ("People".to_owned(), 10.0)];
        let mut rows = writer.sheet(&Sheet { name: "Rows", header: &header }).unwrap();
        rows.row([(Cell::Text("=1+1"), Mark::Wrong), (Cell::Number(4.5), Mark::Plain)]).unwrap();
        rows.end().unwrap();
        let bytes = writer.finish().unwrap();
        let book = sniff::open(&bytes).unwrap();
        assert_eq!(book.sheets[0].name, "Rows");
        let mut seen = Vec::new();
        book.sheets[0]
            .visit(1, |row| {
                seen.push((
                    row.cell(0).text().unwrap().into_owned(),
                    row.cell(1).text().unwrap().into_owned(),
                ));
                std::ops::ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!(seen[0], ("Name".to_owned(), "People".to_owned()));
        assert_eq!(seen[1], ("=1+1".to_owned(), "4.5".to_owned()));
    }
}
