//! What every reader of tables gives: a workbook of sheets, whose rows are visited one by one.
//!
//! No reader makes a string per cell: delimited text is sliced where it lies, spreadsheets keep one
//! copy of each distinct text. A sheet can be visited as often as needed.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use super::csv::Delimited;
use crate::domain::Day;

/// A file that cannot be read at all, in one sentence for the person who sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Unreadable {
    pub fn new(sentence: impl Into<String>) -> Unreadable {
        Unreadable(sentence.into())
    }
}

/// Budgets on what a stranger can send as a table.
pub mod limits {
    /// Bytes of a file as it comes.
    pub const FILE_BYTES: usize = 2 << 30;
    /// Bytes of everything in a zip container once unpacked.
    pub const UNPACKED_BYTES: u64 = 1 << 30;
    /// Files in a zip container.
    pub const ZIP_ENTRIES: usize = 10_000;
    /// Rows of one sheet.
    pub const ROWS: u32 = 5_000_000;
    /// Columns of one sheet.
    pub const COLUMNS: usize = 2_000;
    /// Bytes of one cell.
    pub const CELL_BYTES: usize = 1 << 20;
    /// Cells with content in a spreadsheet, all sheets together.
    pub const CELLS: usize = 40_000_000;
    /// Cells that the repeat counts of an ODS file may stand for, beyond those that are written.
    pub const REPEATED_CELLS: u64 = 5_000_000;
    /// Merged stretches of cells in one sheet.
    pub const MERGES: usize = 1_000_000;
    /// Bytes of the records of an XLS file, which are parsed whole.
    pub const XLS_BYTES: usize = 128 << 20;
    /// Elements in the list of texts of an XLSX file, and in a part of it that is no sheet.
    pub const TEXT_TAGS: usize = 32_000_000;
    pub const OTHER_TAGS: usize = 2_000_000;
    /// Cells from the first to the last one, over all sheets of an XLS file, empty ones too: the
    /// parser makes room for each, twice. A file of the size that is read has fewer with content.
    pub const SPANNED_CELLS: u64 = 10_000_000;
    /// Bytes of the texts in all cells of an XLS file, those that are the same too.
    pub const COPIED_TEXT_BYTES: u64 = 256 << 20;
    /// Bytes of a JSON table or a topology, which are parsed whole.
    pub const JSON_BYTES: usize = 256 << 20;
    /// Values of a JSON table.
    pub const JSON_VALUES: usize = 5_000_000;
}

/// One cell, as the file has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    Empty,
    Text(&'a str),
    Number(f64),
    Date(Day),
    Bool(bool),
    /// What a spreadsheet shows for a formula that failed, such as `#VALUE!`.
    Error(&'a str),
}

/// One row of a sheet.
#[derive(Clone, Copy, Debug)]
pub struct SheetRow<'a> {
    /// As a spreadsheet shows it, from 1.
    pub number: u32,
    cells: Cells<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Cells<'a> {
    Delimited { input: &'a str, scratch: &'a str, spans: &'a [Span] },
    Grid { columns: &'a [u16], values: &'a [Stored], texts: &'a [Box<str>] },
}

/// Where a cell of delimited text lies: in the input, or unescaped in the scratch text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    pub unescaped: bool,
}

/// Rows of a sheet that lie together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Bytes of delimited text, positions of rows otherwise; `last` is the first one behind it.
    pub first: usize,
    pub last: usize,
    /// Number of its first row.
    pub number: u32,
}

/// A stretch of merged cells; rows from 1, columns from 0, both ends inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

#[derive(Debug)]
pub struct Workbook<'a> {
    /// What the file is, such as `xlsx` or `csv`.
    pub format: &'static str,
    /// How it was read, where there was a choice: delimiter and encoding.
    pub note: String,
    pub sheets: Vec<Sheet<'a>>,
}

#[derive(Debug)]
pub struct Sheet<'a> {
    pub name: String,
    pub hidden: bool,
    pub merges: Vec<Merge>,
    pub data: SheetData<'a>,
}

#[derive(Debug)]
pub enum SheetData<'a> {
    Delimited(Delimited<'a>),
    Grid(Grid),
}

/// A sheet in memory: the cells with content, row after row, and one copy of each distinct text.
#[derive(Debug, Default)]
pub struct Grid {
    rows: Vec<(u32, usize)>,
    columns: Vec<u16>,
    values: Vec<Stored>,
    texts: Vec<Box<str>>,
    seen: HashMap<Box<str>, u32>,
    uncomputed: BTreeMap<usize, u32>,
    shares: BTreeMap<usize, Vec<u32>>,
}

#[derive(Clone, Copy, Debug)]
enum Stored {
    Text(u32),
    Number(f64),
    Date(Day),
    Bool(bool),
    Error(u32),
}

impl<'a> Cell<'a> {
    /// No content, blanks and non-breaking blanks included.
    #[inline]
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => trimmed(text).is_empty(),
            _ => false,
        }
    }

    /// The content as trimmed text; `None` where blank.
    #[inline]
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match *self {
            Cell::Empty => None,
            Cell::Text(text) => {
                let text = trimmed(text);
                (!text.is_empty()).then_some(Cow::Borrowed(text))
            }
            Cell::Number(number) => Some(Cow::Owned(number.to_string())),
            Cell::Date(day) => Some(Cow::Owned(day.to_string())),
            Cell::Bool(true) => Some(Cow::Borrowed("true")),
            Cell::Bool(false) => Some(Cow::Borrowed("false")),
            Cell::Error(error) => Some(Cow::Borrowed(error)),
        }
    }
}

/// Blanks that spreadsheets are full of: white space, zero-width marks, byte order marks.
pub fn blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{202a}'..='\u{202e}')
}

/// A text without the blanks around it.
#[inline]
pub fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        // Most cells have none, and need not be taken apart into characters to see it.
        [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] => text,
        _ => text.trim_matches(blank),
    }
}

impl<'a> SheetRow<'a> {
    pub fn delimited(
        number: u32,
        input: &'a str,
        scratch: &'a str,
        spans: &'a [Span],
    ) -> SheetRow<'a> {
        SheetRow { number, cells: Cells::Delimited { input, scratch, spans } }
    }

    /// One more than the position of the last cell that may have content.
    pub fn width(&self) -> usize {
        match self.cells {
            Cells::Delimited { spans, .. } => spans.len(),
            Cells::Grid { columns, .. } => columns.last().map_or(0, |last| usize::from(*last) + 1),
        }
    }

    #[inline]
    pub fn cell(&self, column: usize) -> Cell<'a> {
        match self.cells {
            Cells::Delimited { input, scratch, spans } => match spans.get(column) {
                Some(span) if span.start < span.end => {
                    let text = if span.unescaped { scratch } else { input };
                    Cell::Text(&text[span.start..span.end])
                }
                _ => Cell::Empty,
            },
            Cells::Grid { columns, values, texts } => {
                // Most rows are full from the left, so the cell is nearly always at its own position.
                let found = match columns.get(column) {
                    Some(at) if usize::from(*at) == column => Some(column),
                    _ => columns.binary_search_by_key(&column, |at| usize::from(*at)).ok(),
                };
                found.map_or(Cell::Empty, |position| match values[position] {
                    Stored::Text(text) => Cell::Text(&texts[text as usize]),
                    Stored::Number(number) => Cell::Number(number),
                    Stored::Date(day) => Cell::Date(day),
                    Stored::Bool(value) => Cell::Bool(value),
                    Stored::Error(text) => Cell::Error(&texts[text as usize]),
                })
            }
        }
    }

    pub fn cells(&self) -> impl Iterator<Item = Cell<'a>> + use<'a> {
        let row = *self;
        (0..row.width()).map(move |column| row.cell(column))
    }

    pub fn is_blank(&self) -> bool {
        self.cells().all(|cell| cell.is_blank())
    }
}

impl Sheet<'_> {
    /// Cells that are formulas without their results, by column: the program that saved the file
    /// computed none, and they read as empty.
    pub fn uncomputed(&self) -> Vec<(usize, u32)> {
        match &self.data {
            SheetData::Delimited(_) => Vec::new(),
            SheetData::Grid(grid) => {
                grid.uncomputed.iter().map(|(column, count)| (*column, *count)).collect()
            }
        }
    }

    /// The rows whose cells of a column are shown as per cent, from above: 0.85 is 85 %.
    pub fn shares(&self, column: usize) -> &[u32] {
        match &self.data {
            SheetData::Delimited(_) => &[],
            SheetData::Grid(grid) => grid.shares.get(&column).map_or(&[], Vec::as_slice),
        }
    }

    /// Number of rows with content, where that is known without reading the sheet.
    pub fn rows(&self) -> Option<usize> {
        match &self.data {
            SheetData::Delimited(_) => None,
            SheetData::Grid(grid) => Some(grid.rows.len()),
        }
    }

    /// Visits every row from row number `from` on, until told to stop. Rows without content may be
    /// left out.
    pub fn visit(
        &self,
        from: u32,
        mut each: impl FnMut(SheetRow<'_>) -> ControlFlow<()>,
    ) -> Result<(), Unreadable> {
        match &self.data {
            SheetData::Delimited(text) => text.visit(from, each),
            SheetData::Grid(grid) => {
                let first = grid.rows.partition_point(|(number, _)| *number < from);
                for position in first..grid.rows.len() {
                    if each(grid.row(position)).is_break() {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    /// The rows from row number `from` on, in parts of at most `rows` that can be visited side by
    /// side.
    pub fn parts(&self, from: u32, rows: u32) -> Result<Vec<Part>, Unreadable> {
        match &self.data {
            SheetData::Delimited(text) => text.parts(from, rows),
            SheetData::Grid(grid) => {
                let end = grid.rows.len();
                let first = grid.rows.partition_point(|(number, _)| *number < from);
                let part = |first: usize| {
                    let last = end.min(first + rows as usize);
                    Part { first, last, number: grid.rows[first].0 }
                };
                Ok((first..end).step_by(rows as usize).map(part).collect())
            }
        }
    }

    /// Visits the rows of one part, in order.
    pub fn visit_part(
        &self,
        part: &Part,
        mut each: impl FnMut(SheetRow<'_>) -> ControlFlow<()>,
    ) -> Result<(), Unreadable> {
        match &self.data {
            SheetData::Delimited(text) => text.visit_part(part, each),
            SheetData::Grid(grid) => {
                for position in part.first..part.last {
                    if each(grid.row(position)).is_break() {
                        break;
                    }
                }
                Ok(())
            }
        }
    }
}

impl Grid {
    /// Adds a cell; cells come row by row, from left to right. Others are left out, as are blanks.
    pub fn push(&mut self, row: u32, column: usize, cell: Cell<'_>) -> Result<(), Unreadable> {
        if cell.is_blank() {
            return Ok(());
        }
        if row > limits::ROWS || column >= limits::COLUMNS {
            return Err(Unreadable::new(format!(
                "The sheet is larger than {} rows by {} columns.",
                limits::ROWS,
                limits::COLUMNS
            )));
        }
        if self.values.len() >= limits::CELLS {
            return Err(Unreadable::new(format!("More than {} filled cells.", limits::CELLS)));
        }
        match self.rows.last() {
            Some((last, _)) if *last == row => {}
            Some((last, _)) if *last > row => return Ok(()),
            _ => self.rows.push((row, self.values.len())),
        }
        let begin = self.rows.last().map_or(0, |(_, begin)| *begin);
        if self.columns[begin..].last().is_some_and(|last| usize::from(*last) >= column) {
            return Ok(());
        }
        let stored = match cell {
            Cell::Empty => return Ok(()),
            Cell::Text(text) => Stored::Text(self.intern(text)),
            Cell::Number(number) => Stored::Number(number),
            Cell::Date(day) => Stored::Date(day),
            Cell::Bool(value) => Stored::Bool(value),
            Cell::Error(text) => Stored::Error(self.intern(text)),
        };
        self.columns.push(column as u16);
        self.values.push(stored);
        Ok(())
    }

    /// Counts a cell that is a formula without its result.
    pub fn uncomputed(&mut self, column: usize) {
        if column < limits::COLUMNS {
            *self.uncomputed.entry(column).or_default() += 1;
        }
    }

    /// Notes a cell that is shown as per cent; 1,000 % and more is no share that anybody writes.
    pub fn share(&mut self, row: u32, column: usize, number: f64) {
        if column < limits::COLUMNS && number.abs() <= 10.0 {
            let rows = self.shares.entry(column).or_default();
            if rows.last().is_none_or(|last| *last < row) {
                rows.push(row);
            }
        }
    }

    fn intern(&mut self, text: &str) -> u32 {
        if let Some(known) = self.seen.get(text) {
            return *known;
        }
        let position = self.texts.len() as u32;
        self.texts.push(text.into());
        self.seen.insert(text.into(), position);
        position
    }

    /// Gives every row of a cell merged downwards what its first row says, as a reader sees it. Only
    /// the first column of a merge has content, and only rows that exist are filled.
    pub fn fill_down(&mut self, merges: &[Merge]) {
        let down = |merge: &&Merge| merge.rows.0 < merge.rows.1;
        let mut merges: Vec<&Merge> = merges.iter().filter(down).collect();
        if merges.is_empty() {
            return;
        }
        merges.sort_by_key(|merge| merge.rows.0);
        let (rows, columns, values) = (
            std::mem::take(&mut self.rows),
            std::mem::take(&mut self.columns),
            std::mem::take(&mut self.values),
        );
        // Last row, column and content of the merges that the current row is in, one for a column.
        let mut open: Vec<(u32, u16, Stored)> = Vec::new();
        let mut waiting = merges.into_iter().peekable();
        for (position, (number, begin)) in rows.iter().enumerate() {
            let end = rows.get(position + 1).map_or(values.len(), |(_, next)| *next);
            let own = &columns[*begin..end];
            let mut row: Vec<(u16, Stored)> =
                own.iter().zip(&values[*begin..end]).map(|(at, value)| (*at, *value)).collect();
            open.retain(|(last, ..)| last >= number);
            for (_, column, value) in &open {
                let is_free = own.binary_search(column).is_err();
                if is_free && self.values.len() + row.len() < limits::CELLS {
                    row.push((*column, *value));
                }
            }
            row.sort_by_key(|(at, _)| *at);
            while let Some(merge) = waiting.next_if(|merge| merge.rows.0 <= *number) {
                let column = merge.columns.0 as u16;
                let found = row.binary_search_by_key(&column, |(at, _)| *at);
                if let Ok(at) = found
                    && merge.rows.0 == *number
                {
                    open.retain(|(_, other, _)| *other != column);
                    open.push((merge.rows.1, column, row[at].1));
                }
            }
            self.rows.push((*number, self.values.len()));
            self.columns.extend(row.iter().map(|(at, _)| *at));
            self.values.extend(row.iter().map(|(_, value)| *value));
        }
    }

    /// Frees what was only needed while the sheet was filled.
    pub fn finish(mut self) -> Grid {
        self.seen = HashMap::new();
        self
    }

    fn row(&self, position: usize) -> SheetRow<'_> {
        let (number, begin) = self.rows[position];
        let end = self.rows.get(position + 1).map_or(self.values.len(), |(_, next)| *next);
        let (columns, values) = (&self.columns[begin..end], &self.values[begin..end]);
        SheetRow { number, cells: Cells::Grid { columns, values, texts: &self.texts } }
    }
}

/// The letters a spreadsheet shows for a column counted from 0: `A`, `Z`, `AA`.
pub fn column_letters(column: usize) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = (rest - 1) % 26;
        letters.insert(0, char::from(b'A' + digit as u8));
        rest = (rest - 1) / 26;
    }
    letters
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_grid_gives_back_its_cells_and_leaves_blanks_out() {
        let mut grid = Grid::default();
        grid.push(2, 0, Cell::Text("a")).unwrap();
        grid.push(2, 1, Cell::Text(" \u{a0}")).unwrap();
        grid.push(2, 3, Cell::Number(4.5)).unwrap();
        grid.push(5, 1, Cell::Text("a")).unwrap();
        let grid = grid.finish();
        let row = grid.row(0);
        assert_eq!((row.number, row.width()), (2, 4));
        assert_eq!(row.cell(3), Cell::Number(4.5));
        assert_eq!(row.cell(1), Cell::Empty);
        assert_eq!(grid.row(1).cell(1), Cell::Text("a"));
        assert_eq!(grid.texts.len(), 1);
    }

    #[test]
    fn a_cell_merged_downwards_speaks_for_all_its_rows() {
        let mut grid = Grid::default();
        for (row, column, text) in
            [(1, 0, "title"), (2, 1, "UNICEF"), (2, 2, "x"), (3, 0, "a"), (3, 2, "y"), (4, 0, "b")]
        {
            grid.push(row, column, Cell::Text(text)).unwrap();
        }
        let merge = |rows, columns| Merge { rows, columns };
        grid.fill_down(&[merge((1, 1), (0, 2)), merge((2, 3), (1, 1)), merge((9, 12), (0, 0))]);
        let text = |row: usize| -> Vec<_> {
            grid.row(row).cells().map(|cell| cell.text().unwrap_or_default().into_owned()).collect()
        };
        assert_eq!(text(2), ["a", "UNICEF", "y"]);
        assert_eq!(text(3), ["b"]);
    }

    #[test]
    fn columns_have_the_letters_of_a_spreadsheet() {
        assert_eq!(column_letters(0), "A");
        assert_eq!(column_letters(25), "Z");
        assert_eq!(column_letters(26), "AA");
        assert_eq!(column_letters(701), "ZZ");
    }
}
