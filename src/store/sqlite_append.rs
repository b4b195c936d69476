//! Many new rows as a file of their own that SQLite copies in page by page: a quarter of the work
//! of binding every value of every row.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;

use rayon::prelude::*;
use sqlx::{AssertSqlSafe, Row as _, Sqlite, Transaction};

use super::batch::{Columns, Table, Values};
use super::checksums::{Digest, Sum};
use super::{Stamp, StoreError, Written, sqlite_bulk};
use crate::domain::Text;
use crate::sqlite_file::{OrderedTable, Record, Value};

type Tx = Transaction<'static, Sqlite>;

/// Rows from which a file is faster than statements.
const WORTH_IT: usize = 2_000;

/// Rows that are put together before others may use the thread, and those of one processor.
const ROUND: usize = 16_384;
const PART: usize = 2_048;

/// Writes rows of a table of versioned rows as [`sqlite_bulk::insert`] does, and returns their sum.
/// They are in the order of `key`, the first of the columns, which with the operation and the revision
/// is the table's key.
pub async fn append<T: Sync>(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    table: &Table,
    rows: &[T],
    key: impl Fn(&T) -> u64,
    written: Written<'_>,
    values: &(impl Columns<T> + Sync),
) -> Result<Sum, StoreError> {
    let worth_it = rows.len() >= WORTH_IT && rows.is_sorted_by(|a, b| key(a) < key(b));
    let folder = if worth_it { folder(tx).await? } else { None };
    let Some(folder) = folder else {
        sqlite_bulk::insert(tx, stamp, table, rows, written, values).await?;
        return Ok(Sum::of_rows(rows, values));
    };
    let declared = declared(tx, table).await?;
    let file = tempfile::Builder::new().prefix(".lacuna-import-").tempfile_in(folder);
    let (file, path) = file.map_err(StoreError::File)?.into_parts();
    let name = path.to_str().ok_or_else(|| {
        StoreError::File(io::Error::other("the folder of the database has a name that is no text"))
    })?;
    sqlx::query("attach database $1 as added").bind(name.to_owned()).execute(&mut **tx).await?;
    // Open here and there, it needs no name any more: nothing is left behind by a process that dies.
    drop(path);
    let table = table.name;
    let sum = write(&file, stamp, table, &declared, rows, written, values).await;
    let sum = sum.map_err(StoreError::File)?;
    let copy = format!("insert into main.{table} select * from added.{table}");
    sqlx::query(AssertSqlSafe(copy)).execute(&mut **tx).await?;
    Ok(sum)
}

/// The statements that made a table and its indexes of rows that ended, by name: new rows are in
/// none of these. SQLite copies rows as they are only between tables that are declared alike.
struct Declared {
    table: String,
    indexes: Vec<(String, String)>,
}

/// How a table is declared; its columns must be those that [`Row`] writes.
async fn declared(tx: &mut Tx, table: &Table) -> Result<Declared, StoreError> {
    let Table { name: table, columns, .. } = *table;
    let found = sqlx::query("select name from pragma_table_info($1) order by cid")
        .bind(table.to_owned())
        .fetch_all(&mut **tx)
        .await?;
    let found = found.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    let (first, rest) = columns.split_first().unwrap_or((&"", &[]));
    let expected = ["operation", first, "from_revision", "to_revision"].into_iter();
    if !found.iter().map(String::as_str).eq(expected.chain(rest.iter().copied())) {
        return Err(StoreError::Corrupt { table: "sqlite_schema", value: found.join(", ") });
    }
    let rows = sqlx::query(
        "select name, sql from main.sqlite_schema
         where tbl_name = $1 and (type = 'table' or sql like '%where to_revision is not null')
         order by type = 'index', name",
    )
    .bind(table.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    let mut rows = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    let missing = || StoreError::Corrupt { table: "sqlite_schema", value: table.to_owned() };
    let (_, table) = rows.next().ok_or_else(missing)??;
    Ok(Declared { table, indexes: rows.collect::<Result<_, sqlx::Error>>()? })
}

/// The folder of the database, where there must be room for the rows anyway; `None` where the
/// database is in memory, and everything that is attached to it would be too.
async fn folder(tx: &mut Tx) -> Result<Option<PathBuf>, StoreError> {
    let row = sqlx::query("select file from pragma_database_list where name = 'main'")
        .fetch_one(&mut **tx)
        .await?;
    let file: Option<String> = row.try_get(0)?;
    Ok(file.and_then(|file| PathBuf::from(file).parent().map(PathBuf::from)))
}

async fn write<T: Sync>(
    file: &File,
    stamp: Stamp<'_>,
    table: &str,
    declared: &Declared,
    rows: &[T],
    written: Written<'_>,
    values: &(impl Columns<T> + Sync),
) -> io::Result<Sum> {
    let mut file = OrderedTable::new(BufWriter::with_capacity(1 << 20, file))?;
    let records = |rows: &[T]| -> Vec<Records> {
        rows.par_chunks(PART).map(|part| records(stamp, part, values)).collect()
    };
    let mut sum = Sum::default();
    let mut rounds = rows.chunks(ROUND);
    let mut ready = rounds.next().map(records);
    while let Some(round) = ready {
        // One round goes into the file while the next is put together.
        let next = || rounds.next().map(records);
        let add = || round.iter().try_for_each(|part| part.add_to(&mut file));
        let (added, next) = rayon::join(add, next);
        added?;
        ready = next;
        sum = round.iter().fold(sum, |sum, part| sum + part.sum);
        written(round.iter().map(|part| part.ends.len()).sum());
        tokio::task::yield_now().await;
    }
    file.finish(table, &declared.table, &declared.indexes)?;
    Ok(sum)
}

/// Rows one after the other, where each ends, and their sum.
struct Records {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    sum: Sum,
}

impl Records {
    fn add_to(&self, file: &mut OrderedTable<BufWriter<&File>>) -> io::Result<()> {
        let mut start = 0;
        self.ends
            .iter()
            .try_for_each(|end| file.add(&self.bytes[std::mem::replace(&mut start, *end)..*end]))
    }
}

fn records<T>(stamp: Stamp<'_>, rows: &[T], values: &impl Columns<T>) -> Records {
    let bytes = Vec::with_capacity(rows.len() * 256);
    let mut records = Records { bytes, ends: Vec::new(), sum: Sum::default() };
    let mut row = Row { stamp, record: Record::default(), digest: Digest::default(), columns: 0 };
    for one in rows {
        row.columns = 0;
        row.record.push(Value::Text(stamp.operation));
        values.fill(&mut row, one);
        row.record.end(&mut records.bytes);
        records.ends.push(records.bytes.len());
        records.sum = records.sum + Sum::one(row.digest.take());
    }
    records
}

/// A row as SQLite keeps it: operation, key, first and last revision, then the other columns.
struct Row<'s> {
    stamp: Stamp<'s>,
    record: Record,
    digest: Digest,
    columns: usize,
}

impl Row<'_> {
    fn push(&mut self, value: Value<'_>) {
        self.record.push(value);
        self.digest.put(value);
        if self.columns == 0 {
            self.record.push(Value::Integer(self.stamp.revision as i64));
            self.record.push(Value::Null);
        }
        self.columns += 1;
    }
}

impl Values for Row<'_> {
    fn integer(&mut self, value: impl Into<Option<i64>>) {
        self.push(value.into().map_or(Value::Null, Value::Integer));
    }

    /// A number without a fraction is kept as a whole one, as SQLite itself does.
    fn real(&mut self, value: impl Into<Option<f64>>) {
        let short =
            |real: f64| real.abs() < 1e14 && (real as i64 as f64).to_bits() == real.to_bits();
        self.push(match value.into().filter(|real: &f64| !real.is_nan()) {
            None => Value::Null,
            Some(real) if short(real) => Value::Integer(real as i64),
            Some(real) => Value::Real(real),
        });
    }

    fn text<'t>(&mut self, value: impl Into<Option<&'t Text>>) {
        self.push(value.into().map_or(Value::Null, |text| Value::Text(text)));
    }

    fn bytes(&mut self, value: Option<Vec<u8>>) {
        self.push(value.as_deref().map_or(Value::Null, Value::Blob));
    }

    fn code(&mut self, value: impl Into<Option<&'static str>>) {
        self.push(value.into().map_or(Value::Null, Value::Text));
    }
}
