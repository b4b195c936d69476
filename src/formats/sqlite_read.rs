//! SQLite files, reading: the rows of plain tables, straight from the pages of the file.
//!
//! A file of a stranger is data here, never a database: nothing of its SQL is run, no view, no
//! trigger, no extension, and nothing is written to disk. Format: sqlite.org/fileformat2.html.

use std::borrow::Cow;
use std::cell::Cell;

use super::sheet::{Unreadable, limits};

/// Pages of a tree between its root and its rows.
const DEPTH: usize = 20;

/// A SQLite file in memory.
pub struct Database<'a> {
    bytes: &'a [u8],
    page_size: usize,
    /// Bytes of a page that hold content.
    usable: usize,
    encoding: Encoding,
    /// Pages that may still be read: each belongs to one row of one table at most, so twice their
    /// number is plenty, and a file that goes in circles is stopped.
    pages_left: Cell<usize>,
    /// Bytes of rows that may still be read: they lie beside each other, so that all of them are no
    /// more than the file, however often a page says that one is there.
    bytes_left: Cell<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Encoding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

/// One column of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Blob(&'a [u8]),
}

/// What is done with each row: its number and its columns.
pub type EachRow<'e> = dyn FnMut(i64, &[Value<'_>]) -> Result<(), Unreadable> + 'e;

/// A table as the file declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    root: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    /// It stands for the row's number, which is not stored in the row.
    pub is_row_number: bool,
}

impl<'a> Value<'a> {
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

impl Table {
    /// Position of a column, upper and lower case alike.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }
}

impl<'a> Database<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Database<'a>, Unreadable> {
        let head = bytes.get(..100).filter(|head| head.starts_with(b"SQLite format 3\0"));
        let head = head.ok_or_else(|| broken("it does not begin as one"))?;
        let page_size = match u16::from_be_bytes([head[16], head[17]]) {
            1 => 65_536,
            size if size >= 512 && size.is_power_of_two() => usize::from(size),
            _ => return Err(broken("its page size is impossible")),
        };
        let usable = page_size - usize::from(head[20]);
        if usable < 480 {
            return Err(broken("its page size is impossible"));
        }
        let encoding = match head[59] {
            2 => Encoding::Utf16Little,
            3 => Encoding::Utf16Big,
            _ => Encoding::Utf8,
        };
        let pages_left = Cell::new(2 * (bytes.len() / page_size) + 16);
        let bytes_left = Cell::new(2 * bytes.len());
        Ok(Database { bytes, page_size, usable, encoding, pages_left, bytes_left })
    }

    /// The plain tables of the file.
    pub fn tables(&self) -> Result<Vec<Table>, Unreadable> {
        let mut tables = Vec::new();
        self.walk(1, DEPTH, &mut |_, row| {
            let [kind, name, _, root, sql, ..] = row else { return Ok(()) };
            if kind.text() != Some("table") || tables.len() >= limits::ZIP_ENTRIES {
                return Ok(());
            }
            let (Some(name), Some(root), Some(sql)) = (name.text(), root.integer(), sql.text())
            else {
                return Ok(());
            };
            // Virtual tables have no pages of their own.
            let root = u32::try_from(root).unwrap_or(0);
            if root > 0 && !sql.to_ascii_uppercase().contains("WITHOUT ROWID") {
                tables.push(Table { name: name.to_owned(), columns: columns(sql), root });
            }
            Ok(())
        })?;
        Ok(tables)
    }

    /// Visits every row of a table with its number, in the order of the numbers. Columns that were
    /// added after a row was written may be missing at its end.
    pub fn rows(&self, table: &Table, each: &mut EachRow<'_>) -> Result<(), Unreadable> {
        self.walk(table.root, DEPTH, each)
    }

    fn walk(&self, number: u32, depth: usize, each: &mut EachRow<'_>) -> Result<(), Unreadable> {
        if depth == 0 {
            return Err(broken("a table is nested too deeply"));
        }
        let page = self.page(number)?;
        let head = if number == 1 { 100 } else { 0 };
        let short = || broken("a page is cut short");
        let cells = usize::from(u16_at(page, head + 3).ok_or_else(short)?);
        let is_leaf = match page.get(head) {
            Some(0x0d) => true,
            Some(0x05) => false,
            _ => return Err(broken("a page of a table is something else")),
        };
        let pointers = head + if is_leaf { 8 } else { 12 };
        for cell in 0..cells {
            let at = usize::from(u16_at(page, pointers + 2 * cell).ok_or_else(short)?);
            let cell = page.get(at..).ok_or_else(short)?;
            if !is_leaf {
                let child = u32_at(cell, 0).ok_or_else(short)?;
                self.walk(child, depth - 1, each)?;
                continue;
            }
            let (size, cell) = varint(cell).ok_or_else(short)?;
            let (row, cell) = varint(cell).ok_or_else(short)?;
            let payload = self.payload(cell, size)?;
            let values = self.record(&payload).ok_or_else(|| broken("a row is cut short"))?;
            each(row, &values)?;
        }
        if is_leaf {
            return Ok(());
        }
        self.walk(u32_at(page, head + 8).ok_or_else(short)?, depth - 1, each)
    }

    fn page(&self, number: u32) -> Result<&'a [u8], Unreadable> {
        let left = self.pages_left.get();
        if left == 0 {
            return Err(broken("its pages go in circles"));
        }
        self.pages_left.set(left - 1);
        let begin = (number as usize).checked_sub(1).map(|at| at.saturating_mul(self.page_size));
        let page = begin.and_then(|at| self.bytes.get(at..at.saturating_add(self.page_size)));
        page.ok_or_else(|| broken("a page is missing"))
    }

    /// The bytes of a row, joined where they run over to further pages.
    fn payload<'p>(&self, cell: &'p [u8], size: i64) -> Result<Cow<'p, [u8]>, Unreadable> {
        let short = || broken("a row is cut short");
        let size = usize::try_from(size).ok().filter(|size| *size <= self.bytes.len());
        let size = size.ok_or_else(short)?;
        let left = self.bytes_left.get().checked_sub(size);
        self.bytes_left.set(left.ok_or_else(|| broken("its rows lie over one another"))?);
        let (most, least) = (self.usable - 35, (self.usable - 12) * 32 / 255 - 23);
        if size <= most {
            return Ok(Cow::Borrowed(cell.get(..size).ok_or_else(short)?));
        }
        let here = least + (size - least) % (self.usable - 4);
        let here = if here <= most { here } else { least };
        let mut payload = cell.get(..here).ok_or_else(short)?.to_vec();
        let mut next = u32_at(cell, here).ok_or_else(short)?;
        while payload.len() < size {
            let page = self.page(next)?;
            next = u32_at(page, 0).ok_or_else(short)?;
            let more = (size - payload.len()).min(self.usable - 4);
            payload.extend_from_slice(page.get(4..4 + more).ok_or_else(short)?);
        }
        Ok(Cow::Owned(payload))
    }

    fn record<'p>(&self, payload: &'p [u8]) -> Option<Vec<Value<'p>>> {
        let (head, rest) = varint(payload)?;
        let head = usize::try_from(head).ok()?;
        let mut kinds = payload.get(payload.len() - rest.len()..head)?;
        let mut body = payload.get(head..)?;
        let mut values = Vec::new();
        while !kinds.is_empty() && values.len() < limits::COLUMNS {
            let (kind, more) = varint(kinds)?;
            kinds = more;
            let length = match kind {
                0 | 8 | 9 => 0,
                1..=4 => kind as usize,
                5 => 6,
                6 | 7 => 8,
                12.. => usize::try_from((kind - 12) / 2).ok()?,
                _ => return None,
            };
            let (bytes, more) = body.split_at_checked(length)?;
            body = more;
            values.push(match kind {
                0 => Value::Null,
                8 => Value::Integer(0),
                9 => Value::Integer(1),
                1..=6 => Value::Integer(signed(bytes)),
                7 => Value::Real(f64::from_be_bytes(bytes.try_into().ok()?)),
                _ if kind % 2 == 0 => Value::Blob(bytes),
                _ => Value::Text(self.text(bytes)),
            });
        }
        Some(values)
    }

    fn text<'p>(&self, bytes: &'p [u8]) -> Cow<'p, str> {
        match self.encoding {
            Encoding::Utf8 => String::from_utf8_lossy(bytes),
            Encoding::Utf16Little => encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0,
            Encoding::Utf16Big => encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0,
        }
    }
}

fn broken(why: &str) -> Unreadable {
    Unreadable(format!("The SQLite file is broken: {why}."))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn signed(bytes: &[u8]) -> i64 {
    let first = bytes.first().map_or(0, |byte| i64::from(*byte as i8));
    bytes.iter().skip(1).fold(first, |number, byte| number << 8 | i64::from(*byte))
}

/// A number of one to nine bytes, seven bits in each but the ninth.
fn varint(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut number = 0u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        if at == 8 {
            return Some(((number << 8 | u64::from(*byte)) as i64, &bytes[9..]));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number as i64, &bytes[at + 1..]));
        }
    }
    None
}

/// The columns that a `create table` statement names.
fn columns(sql: &str) -> Vec<Column> {
    let Some(open) = sql.find('(') else { return Vec::new() };
    let mut columns = Vec::new();
    for part in parts(&sql[open + 1..]) {
        let part = part.trim();
        let (name, rest) = name(part);
        let upper = rest.to_ascii_uppercase();
        let first = part.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        let constraint = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
        if constraint.iter().any(|word| first.eq_ignore_ascii_case(word)) || name.is_empty() {
            break;
        }
        let is_row_number =
            upper.trim_start().starts_with("INTEGER") && upper.contains("PRIMARY KEY");
        columns.push(Column { name, is_row_number });
    }
    columns
}

/// What lies between the commas of the outermost bracket.
fn parts(body: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut quote) = (0, 0, None);
    for (at, letter) in body.char_indices() {
        match (quote, letter) {
            (Some(end), _) if letter == end => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(letter),
            (None, '[') => quote = Some(']'),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => {
                parts.push(&body[start..at]);
                return parts;
            }
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&body[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts
}

/// A name, quoted or not, and what follows it.
fn name(part: &str) -> (String, &str) {
    let end = match part.chars().next() {
        Some('[') => ']',
        Some(quote @ ('"' | '`' | '\'')) => quote,
        _ => {
            let end = part.find(|c: char| c.is_whitespace()).unwrap_or(part.len());
            return (part[..end].to_owned(), &part[end..]);
        }
    };
    let inner = &part[1..];
    match inner.find(end) {
        Some(at) => (inner[..at].to_owned(), &inner[at + 1..]),
        None => (String::new(), ""),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_our_own_is_read() {
        use crate::sqlite_file::Value::{Integer, Text};
        let mut file = std::io::Cursor::new(Vec::new());
        let mut database = crate::sqlite_file::Database::new(&mut file);
        database.small_table("t", "create table t (a, b)", &[&[Text("x"), Integer(i64::MIN)]]);
        database.finish(0, 0).unwrap();
        let bytes = file.into_inner();
        assert_eq!(Database::open(&bytes).unwrap().tables().unwrap()[0].name, "t");
    }

    #[test]
    fn the_columns_of_a_declaration_are_found() {
        let sql = r#"CREATE TABLE "a (b" ( "fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "geom, x" MULTIPOLYGON, [adm 1] TEXT(60) DEFAULT ',', n REAL CHECK (n > 0 AND n < 5), CONSTRAINT x UNIQUE (n))"#;
        // The name of the table holds a bracket, which real layers do not.
        let found = columns(&sql.replace("a (b", "ab"));
        let names: Vec<_> = found.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["fid", "geom, x", "adm 1", "n"]);
        assert!(found[0].is_row_number && !found[3].is_row_number);
    }

    #[test]
    fn rows_that_lie_over_one_another_are_refused() {
        // One page of a table whose cells are all at the same place.
        let mut file = vec![0; 4096];
        file[..16].copy_from_slice(b"SQLite format 3\0");
        file[16..18].copy_from_slice(&4096u16.to_be_bytes());
        file[100] = 0x0d;
        file[103..105].copy_from_slice(&500u16.to_be_bytes());
        for cell in 0..500 {
            file[108 + 2 * cell..110 + 2 * cell].copy_from_slice(&2000u16.to_be_bytes());
        }
        // 1,000 bytes, row 1, a head of three bytes, one text.
        file[2000..2006].copy_from_slice(&[0x87, 0x68, 1, 3, 0x8f, 0x57]);
        let refusal = Database::open(&file).and_then(|base| base.tables()).err();
        assert!(refusal.is_some_and(|refusal| refusal.0.contains("over one another")));
    }

    #[test]
    fn numbers_have_the_length_that_they_need() {
        assert_eq!(varint(&[0x81, 0x00, 7]), Some((128, &[7u8][..])));
        assert_eq!(varint(&[0xff; 9]).map(|(number, _)| number), Some(-1));
        assert_eq!(varint(&[0x80]), None);
        assert_eq!(signed(&[0xff, 0xfe]), -2);
        assert_eq!(signed(&[0x01, 0x00, 0x00]), 65_536);
    }
}
