//! A file with one table whose rows stand in the order of its key: a table without row numbers.

use std::io::{self, Seek, SeekFrom, Write};

use super::{Cells, HEAD, PAGE, TABLE_LEAF, Value, after, head, page, record, varint};

const INDEX_LEAF: u8 = 0x0a;
const INDEX_INNER: u8 = 0x02;

/// Bytes of a row that stand in a page of the tree, at most, and at least where the rest flows over.
const LOCAL: usize = (PAGE - 12) * 64 / 255 - 23;
const LOCAL_LEAST: usize = (PAGE - 12) * 32 / 255 - 23;

/// A file that is being written, a page of each level of its tree in memory.
#[derive(Debug)]
pub struct OrderedTable<W> {
    out: W,
    /// Pages that are written, the first of them still empty.
    pages: u32,
    /// The page of each level that is being filled, leaves first.
    levels: Vec<Cells>,
    cell: Vec<u8>,
}

impl<W: Write + Seek> OrderedTable<W> {
    pub fn new(mut out: W) -> io::Result<OrderedTable<W>> {
        out.write_all(&[0; PAGE])?;
        Ok(OrderedTable { out, pages: 1, levels: vec![Cells::default()], cell: Vec::new() })
    }

    /// Adds a row as a [`super::Record`] wrote it, the columns of the key first. It must come after
    /// all rows before it in the order of the key.
    pub fn add(&mut self, row: &[u8]) -> io::Result<()> {
        let local = match row.len() {
            all if all <= LOCAL => all,
            all => {
                let local = LOCAL_LEAST + (all - LOCAL_LEAST) % (PAGE - 4);
                if local <= LOCAL { local } else { LOCAL_LEAST }
            }
        };
        let mut cell = std::mem::take(&mut self.cell);
        cell.clear();
        varint(&mut cell, row.len() as u64);
        cell.extend_from_slice(&row[..local]);
        let rest = &row[local..];
        if !rest.is_empty() {
            cell.extend_from_slice(&after(self.pages).to_be_bytes());
            let mut parts = rest.chunks(PAGE - 4).peekable();
            while let Some(part) = parts.next() {
                let next = if parts.peek().is_some() { after(after(self.pages)) } else { 0 };
                let mut page = [0; PAGE];
                page[..4].copy_from_slice(&next.to_be_bytes());
                page[4..4 + part.len()].copy_from_slice(part);
                self.write(&page)?;
            }
        }
        self.put(0, &cell)?;
        self.cell = cell;
        Ok(())
    }

    /// Writes what is left, and the first page: `statement` is the one that makes the table, which
    /// must be without row numbers. `empty_indexes` are indexes that have none of its rows, by name
    /// and statement.
    pub fn finish(
        mut self,
        name: &str,
        statement: &str,
        empty_indexes: &[(String, String)],
    ) -> io::Result<W> {
        let mut below = None;
        for (level, cells) in std::mem::take(&mut self.levels).iter().enumerate() {
            below = Some(self.write(&page(kind(level), cells, below, 0))?);
        }
        let mut schema = vec![("table", name, below.unwrap_or_default(), statement)];
        for (index, statement) in empty_indexes {
            let root = self.write(&page(INDEX_LEAF, &Cells::default(), None, 0))?;
            schema.push(("index", index, root, statement));
        }
        let mut cells = Cells::default();
        for (position, (kind, own, root, statement)) in schema.into_iter().enumerate() {
            let root = Value::Integer(root.into());
            let texts = [kind, own, name].map(Value::Text);
            let mut row = Vec::new();
            record(&mut row, &[&texts[..], &[root, Value::Text(statement)]].concat());
            cells.begin();
            varint(&mut cells.bytes, row.len() as u64);
            varint(&mut cells.bytes, position as u64 + 1);
            cells.bytes.extend_from_slice(&row);
        }
        if HEAD + 8 + 2 * cells.starts.len() + cells.bytes.len() > PAGE {
            return Err(io::Error::other("the statements that make the table are too long"));
        }
        let mut first = page(TABLE_LEAF, &cells, None, HEAD);
        head(&mut first, self.pages, 0, 0);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&first)?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// Puts a cell on the page of a level. Of a page that is full the last cell goes up a level,
    /// with the page at its left, so that no page is ever empty.
    fn put(&mut self, level: usize, cell: &[u8]) -> io::Result<()> {
        if level == self.levels.len() {
            self.levels.push(Cells::default());
        }
        let cells = &mut self.levels[level];
        let room = if level == 0 { 8 } else { 12 };
        if room + cells.bytes.len() + cell.len() + 2 * (cells.starts.len() + 1) > PAGE {
            let mut full = std::mem::take(cells);
            let mut last = full.bytes.split_off(full.starts.pop().unwrap_or_default());
            let (right, last) = match level {
                0 => (None, last),
                _ => {
                    let left = last.first_chunk().map_or(0, |left| u32::from_be_bytes(*left));
                    (Some(left), last.split_off(4))
                }
            };
            let written = self.write(&page(kind(level), &full, right, 0))?;
            self.put(level + 1, &[&written.to_be_bytes()[..], &last].concat())?;
        }
        let cells = &mut self.levels[level];
        cells.begin();
        cells.bytes.extend_from_slice(cell);
        Ok(())
    }

    /// Appends a page, and gives its number.
    fn write(&mut self, page: &[u8]) -> io::Result<u32> {
        let number = after(self.pages);
        if number > self.pages + 1 {
            self.out.write_all(&[0; PAGE])?;
        }
        self.out.write_all(page)?;
        self.pages = number;
        Ok(number)
    }
}

fn kind(level: usize) -> u8 {
    if level == 0 { INDEX_LEAF } else { INDEX_INNER }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::io::Cursor;

    use super::super::Record;
    use super::super::tests::asked;
    use super::*;

    fn check(rows: i64, length: usize) {
        let mut table = OrderedTable::new(Cursor::new(Vec::new())).unwrap();
        let (text, mut record, mut row) = ("é".repeat(length / 2), Record::default(), Vec::new());
        for number in 1..=rows {
            record.push(Value::Text("op"));
            record.push(Value::Integer(number));
            record.push(Value::Text(&text));
            record.push(Value::Real(0.5));
            row.clear();
            record.end(&mut row);
            table.add(&row).unwrap();
        }
        let statement = "create table t (o text not null, t text, n integer not null, r real,
            primary key (o, n)) strict, without rowid";
        let index = "create index i on t (n) where n < 0".to_owned();
        let bytes = table.finish("t", statement, &[("i".into(), index)]).unwrap().into_inner();
        let found = asked(
            &bytes,
            &[
                "pragma integrity_check",
                "select count(*) || ' ' || coalesce(sum(n), 0) || ' ' || coalesce(sum(length(t)), 0) from t",
                "select count(*) || '' from t where o = 'op' and n between 2 and 6 and r = 0.5",
            ],
        );
        assert_eq!(found[0], ["ok"], "{rows} rows of {length}");
        let characters = rows * (length / 2) as i64;
        assert_eq!(found[1], [format!("{rows} {} {characters}", rows * (rows + 1) / 2)]);
        assert_eq!(found[2], [(rows - 1).clamp(0, 5).to_string()]);
    }

    #[test]
    fn sqlite_finds_nothing_wrong_with_trees_of_any_height() {
        for rows in [0, 1, 2, 200, 201, 5_000, 60_000] {
            check(rows, 30);
        }
        check(2_000, 900);
    }

    #[test]
    fn long_rows_flow_over() {
        for length in [960, 980, 990, 1_000, 1_010, 4_080, 5_080, 9_000, 100_000] {
            check(7, length);
        }
    }
}
