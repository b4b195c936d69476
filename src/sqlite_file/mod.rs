//! SQLite files, writing: whole tables at once, straight to pages, the same bytes for the same rows.
//! Format: sqlite.org/fileformat2.html. Pages leave memory as they are full; only the first one,
//! which knows where all others are, is written last. Knows nothing of what the tables are about.

mod ordered;

use std::io::{self, BufWriter, Seek, SeekFrom, Write};

pub use ordered::OrderedTable;

/// Bytes of a page; all of them hold content.
const PAGE: usize = 4096;
/// The page with the bytes by which SQLite locks a file, at 1 GiB: nothing is ever on it.
const LOCK_PAGE: u32 = (1 << 30) / PAGE as u32 + 1;
/// Bytes of the file's own head, at the start of the first page.
const HEAD: usize = 100;
/// Bytes of a row that stand in its leaf, at most, and at least where the rest flows over.
const LOCAL: usize = PAGE - 35;
const LOCAL_LEAST: usize = (PAGE - 12) * 32 / 255 - 23;

const TABLE_LEAF: u8 = 0x0d;
const TABLE_INNER: u8 = 0x05;
const INDEX_LEAF: u8 = 0x0a;

/// One column of one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

/// Where a file is written that is not written from its beginning to its end.
pub trait Output: Write + Seek {}

impl<T: Write + Seek> Output for T {}

/// A file that is being written.
pub struct Database<'o> {
    out: BufWriter<&'o mut dyn Output>,
    /// Number of the last page.
    pages: u32,
    /// The first fault of writing: what follows it is of no use, and `finish` says so.
    failed: io::Result<()>,
    /// Type, name, table, root and statement of everything there is.
    schema: Vec<(&'static str, String, String, u32, Option<String>)>,
}

/// Cells of the page that is being filled, one after the other.
#[derive(Debug, Default)]
struct Cells {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

/// A table's rows, in the ascending order of their numbers.
pub struct Table<'d, 'o> {
    database: &'d mut Database<'o>,
    leaf: Cells,
    last: i64,
    /// Finished leaves: page, and the number of its last row.
    leaves: Vec<(u32, i64)>,
    record: Vec<u8>,
}

impl<'o> Database<'o> {
    pub fn new(out: &'o mut dyn Output) -> Database<'o> {
        let out = BufWriter::with_capacity(64 * PAGE, out);
        let mut database = Database { out, pages: 0, failed: Ok(()), schema: Vec::new() };
        // The first page is the schema's, written last.
        database.write(&[0; PAGE]);
        database.pages = 1;
        database
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.failed.is_ok() {
            self.failed = self.out.write_all(bytes);
        }
    }

    /// Adds a table: its rows are what `fill` gives. Columns that stand for the row's number are null.
    pub fn table<E>(
        &mut self,
        name: &str,
        statement: &str,
        fill: impl FnOnce(&mut Table<'_, 'o>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (leaf, record) = (Cells::default(), Vec::new());
        let mut table = Table { database: self, leaf, last: 0, leaves: Vec::new(), record };
        fill(&mut table)?;
        let root = table.finish();
        self.declare("table", name, name, root, Some(statement));
        Ok(())
    }

    /// Adds a table of a few rows, numbered from 1.
    pub fn small_table(&mut self, name: &str, statement: &str, rows: &[&[Value<'_>]]) {
        let Ok(()) = self.table(name, statement, |table| {
            for (position, row) in rows.iter().enumerate() {
                table.row(position as i64 + 1, row);
            }
            Ok::<(), std::convert::Infallible>(())
        });
    }

    /// Adds the index that a constraint of a small table makes: its keys by row number. It must fit
    /// in a page.
    pub fn index(&mut self, table: &str, number: u32, mut keys: Vec<(Vec<&str>, i64)>) {
        keys.sort();
        let mut cells = Cells::default();
        for (key, row) in &keys {
            let mut values: Vec<Value<'_>> = key.iter().map(|text| Value::Text(text)).collect();
            values.push(Value::Integer(*row));
            let mut payload = Vec::new();
            record(&mut payload, &values);
            cells.begin();
            varint(&mut cells.bytes, payload.len() as u64);
            cells.bytes.extend_from_slice(&payload);
        }
        let root = self.add(INDEX_LEAF, &cells, None);
        let name = format!("sqlite_autoindex_{table}_{number}");
        self.declare("index", &name, table, root, None);
    }

    /// Adds what has no pages of its own: a virtual table or a trigger.
    pub fn statement(&mut self, kind: &'static str, name: &str, table: &str, statement: &str) {
        self.declare(kind, name, table, 0, Some(statement));
    }

    fn declare(
        &mut self,
        kind: &'static str,
        name: &str,
        table: &str,
        root: u32,
        sql: Option<&str>,
    ) {
        let row = (kind, name.to_owned(), table.to_owned(), root, sql.map(str::to_owned));
        self.schema.push(row);
    }

    /// Ends the file. `application` and `version` are what it says of itself.
    pub fn finish(mut self, application: u32, version: u32) -> io::Result<()> {
        let schema = std::mem::take(&mut self.schema);
        let mut table = Table {
            database: &mut self,
            leaf: Cells::default(),
            last: 0,
            leaves: Vec::new(),
            record: Vec::new(),
        };
        for (position, (kind, name, of, root, sql)) in schema.iter().enumerate() {
            let sql = sql.as_deref().map_or(Value::Null, Value::Text);
            let root = Value::Integer((*root).into());
            let row = [Value::Text(kind), Value::Text(name), Value::Text(of), root, sql];
            table.row(position as i64 + 1, &row);
            // Two leaves at least, as the first page has only room for the one above them.
            if position == 0 {
                table.end_leaf();
            }
        }
        if !table.leaf.starts.is_empty() {
            table.end_leaf();
        }
        let mut level = std::mem::take(&mut table.leaves);
        while level.len() > 200 {
            level = self.inner_pages(&level);
        }
        let (cells, right) = inner(&level);
        let mut first = page(TABLE_INNER, &cells, right, HEAD);
        head(&mut first, self.pages, application, version);
        self.failed?;
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&first)?;
        self.out.flush()
    }

    fn add(&mut self, kind: u8, cells: &Cells, right: Option<u32>) -> u32 {
        let number = self.begin_page();
        self.write(&page(kind, cells, right, 0));
        number
    }

    /// The number of the page whose bytes are written next.
    fn begin_page(&mut self) -> u32 {
        let number = after(self.pages);
        if number > self.pages + 1 {
            self.write(&[0; PAGE]);
        }
        self.pages = number;
        number
    }

    /// One level of pages above another.
    fn inner_pages(&mut self, below: &[(u32, i64)]) -> Vec<(u32, i64)> {
        // Each child takes 15 bytes at most. In even parts, as a page needs two children.
        let parts = below.len().div_ceil(200);
        (0..parts)
            .map(|part| {
                let children = &below[part * below.len() / parts..(part + 1) * below.len() / parts];
                let (cells, right) = inner(children);
                let last = children.last().map_or(0, |(_, last)| *last);
                (self.add(TABLE_INNER, &cells, right), last)
            })
            .collect()
    }
}

impl Cells {
    fn begin(&mut self) {
        self.starts.push(self.bytes.len());
    }
}

impl Table<'_, '_> {
    /// Adds a row.
    pub fn row(&mut self, number: i64, values: &[Value<'_>]) {
        let mut payload = std::mem::take(&mut self.record);
        payload.clear();
        record(&mut payload, values);
        let local = match payload.len() {
            all if all <= LOCAL => all,
            all => {
                let local = LOCAL_LEAST + (all - LOCAL_LEAST) % (PAGE - 4);
                if local <= LOCAL { local } else { LOCAL_LEAST }
            }
        };
        let rest = &payload[local..];
        let size = 18 + local + 4;
        if 8 + self.leaf.bytes.len() + size + 2 * (self.leaf.starts.len() + 1) > PAGE
            && !self.leaf.starts.is_empty()
        {
            self.end_leaf();
        }
        self.leaf.begin();
        varint(&mut self.leaf.bytes, payload.len() as u64);
        varint(&mut self.leaf.bytes, number as u64);
        self.leaf.bytes.extend_from_slice(&payload[..local]);
        if !rest.is_empty() {
            self.leaf.bytes.extend_from_slice(&after(self.database.pages).to_be_bytes());
            let mut parts = rest.chunks(PAGE - 4).peekable();
            while let Some(part) = parts.next() {
                let number = self.database.begin_page();
                let next = if parts.peek().is_some() { after(number) } else { 0 };
                self.database.write(&next.to_be_bytes());
                self.database.write(part);
                self.database.write(&[0; PAGE][..PAGE - 4 - part.len()]);
            }
        }
        self.last = number;
        self.record = payload;
    }

    fn end_leaf(&mut self) {
        let page = self.database.add(TABLE_LEAF, &self.leaf, None);
        self.leaves.push((page, self.last));
        self.leaf.bytes.clear();
        self.leaf.starts.clear();
    }

    /// The page where the table begins.
    fn finish(mut self) -> u32 {
        if !self.leaf.starts.is_empty() || self.leaves.is_empty() {
            self.end_leaf();
        }
        let mut level = self.leaves;
        while level.len() > 1 {
            level = self.database.inner_pages(&level);
        }
        level.first().map_or(0, |(page, _)| *page)
    }
}

/// Cells for all children but the last, and that one.
fn inner(children: &[(u32, i64)]) -> (Cells, Option<u32>) {
    let mut cells = Cells::default();
    let Some((right, rest)) = children.split_last() else { return (cells, None) };
    for (page, last) in rest {
        cells.begin();
        cells.bytes.extend_from_slice(&page.to_be_bytes());
        varint(&mut cells.bytes, *last as u64);
    }
    (cells, Some(right.0))
}

/// The number of the page after another.
fn after(page: u32) -> u32 {
    if page + 1 == LOCK_PAGE { page + 2 } else { page + 1 }
}

/// A page of a tree: cells stand at its end, in their order, and their places at its beginning.
fn page(kind: u8, cells: &Cells, right: Option<u32>, head: usize) -> Vec<u8> {
    let mut page = vec![0; PAGE];
    let start = PAGE - cells.bytes.len();
    page[start..].copy_from_slice(&cells.bytes);
    page[head] = kind;
    page[head + 3..head + 5].copy_from_slice(&(cells.starts.len() as u16).to_be_bytes());
    page[head + 5..head + 7].copy_from_slice(&(start as u16).to_be_bytes());
    let mut at = head + 8;
    if let Some(right) = right {
        page[at..at + 4].copy_from_slice(&right.to_be_bytes());
        at += 4;
    }
    for place in &cells.starts {
        page[at..at + 2].copy_from_slice(&((start + place) as u16).to_be_bytes());
        at += 2;
    }
    page
}

/// The first bytes of a file of so many pages.
fn head(first_page: &mut [u8], count: u32, application: u32, version: u32) {
    let head = &mut first_page[..HEAD];
    head[..16].copy_from_slice(b"SQLite format 3\0");
    head[16..18].copy_from_slice(&(PAGE as u16).to_be_bytes());
    head[18..24].copy_from_slice(&[1, 1, 0, 64, 32, 32]);
    let mut word = |at: usize, number: u32| {
        head[at..at + 4].copy_from_slice(&number.to_be_bytes());
    };
    // Changes, pages, schema changes, schema format 4, UTF-8, the library that wrote it.
    for (at, number) in [(24, 1), (28, count), (40, 1), (44, 4), (56, 1), (92, 1)] {
        word(at, number);
    }
    word(60, version);
    word(68, application);
    word(96, 3_045_000);
}

/// A row that is being put together: the kinds of its columns, and their bytes.
#[derive(Debug, Default)]
pub struct Record {
    kinds: Vec<u8>,
    bytes: Vec<u8>,
}

impl Record {
    /// Adds the next column.
    pub fn push(&mut self, value: Value<'_>) {
        varint(&mut self.kinds, kind(&value));
        match value {
            Value::Null => {}
            Value::Integer(number) => {
                let bytes = number.to_be_bytes();
                self.bytes.extend_from_slice(&bytes[8 - integer_bytes(number)..]);
            }
            Value::Real(number) => self.bytes.extend_from_slice(&number.to_be_bytes()),
            Value::Text(text) => self.bytes.extend_from_slice(text.as_bytes()),
            Value::Blob(bytes) => self.bytes.extend_from_slice(bytes),
        }
    }

    /// Writes the row to `out`, and begins the next.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        // The head counts itself: two bytes hold any number of columns that a table can have.
        let size = self.kinds.len() + if self.kinds.len() < 127 { 1 } else { 2 };
        varint(out, size as u64);
        out.append(&mut self.kinds);
        out.append(&mut self.bytes);
    }
}

fn record(out: &mut Vec<u8>, values: &[Value<'_>]) {
    let mut record = Record::default();
    values.iter().for_each(|value| record.push(*value));
    record.end(out);
}

fn kind(value: &Value<'_>) -> u64 {
    match value {
        Value::Null => 0,
        Value::Integer(0) => 8,
        Value::Integer(1) => 9,
        Value::Integer(number) => match integer_bytes(*number) {
            6 => 5,
            8 => 6,
            bytes => bytes as u64,
        },
        Value::Real(_) => 7,
        Value::Blob(bytes) => 12 + 2 * bytes.len() as u64,
        Value::Text(text) => 13 + 2 * text.len() as u64,
    }
}

fn integer_bytes(number: i64) -> usize {
    let fits = |bytes: u32| {
        let room = 8 * bytes - 1;
        (-(1i64 << room)..1i64 << room).contains(&number)
    };
    match number {
        0 | 1 => 0,
        _ if fits(1) => 1,
        _ if fits(2) => 2,
        _ if fits(3) => 3,
        _ if fits(4) => 4,
        _ if fits(6) => 6,
        _ => 8,
    }
}

/// Seven bits a byte, the highest first; a ninth byte has eight.
fn varint(out: &mut Vec<u8>, number: u64) {
    if number < 0x80 {
        return out.push(number as u8);
    }
    if number >> 56 != 0 {
        out.extend((0..8).map(|part| (number >> (57 - 7 * part)) as u8 | 0x80));
        out.push(number as u8);
        return;
    }
    let parts = (64 - (number | 1).leading_zeros()).div_ceil(7);
    for part in (0..parts).rev() {
        let more = if part > 0 { 0x80 } else { 0 };
        out.push((number >> (7 * part)) as u8 & 0x7f | more);
    }
}

#[cfg(test)]
pub mod tests;
