//! Many rows into PostgreSQL and out of it: COPY in its binary form, both ways.

use std::sync::Arc;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Postgres, Transaction};

use super::batch::{self, Columns, Table, Versioned};
use super::checksums::Sum;
use super::engine::Record;
use super::places::Words;
use super::{Stamp, StoreError, Versions, Written, activities};
use crate::domain::{Activity, Text};

type Tx = Transaction<'static, Postgres>;

/// What begins a binary COPY: its signature, no flags, no further header.
const HEADER: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Bytes that are sent, or handed on to be read, at once.
const CHUNK: usize = 1 << 20;

/// Rows in the form of a binary COPY.
#[derive(Default)]
pub struct Values {
    bytes: Vec<u8>,
    refused: Option<&'static str>,
}

impl batch::Values for Values {
    fn integer(&mut self, value: impl Into<Option<i64>>) {
        self.field(value.into().map(i64::to_be_bytes).as_ref().map(|bytes| bytes.as_slice()));
    }

    fn real(&mut self, value: impl Into<Option<f64>>) {
        self.field(value.into().map(f64::to_be_bytes).as_ref().map(|bytes| bytes.as_slice()));
    }

    fn text<'t>(&mut self, value: impl Into<Option<&'t Text>>) {
        let value = value.into().map(|text| text.as_bytes());
        if value.is_some_and(|bytes| memchr::memchr(0, bytes).is_some()) {
            self.refused = Some("a text has a NUL character in it");
        }
        self.field(value);
    }

    fn bytes(&mut self, value: Option<Vec<u8>>) {
        self.field(value.as_deref());
    }

    fn code(&mut self, value: impl Into<Option<&'static str>>) {
        self.field(value.into().map(str::as_bytes));
    }
}

impl Values {
    fn row(&mut self, columns: usize) {
        self.bytes.extend_from_slice(&(columns as i16).to_be_bytes());
    }

    fn field(&mut self, value: Option<&[u8]>) {
        let length = value.map_or(-1, |bytes| bytes.len() as i32);
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(value.unwrap_or_default());
    }
}

/// The same for rows in the order of a key, for which SQLite has a way of its own.
pub async fn append<T: Sync>(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    table: &Table,
    rows: &[T],
    _key: impl Fn(&T) -> u64,
    written: Written<'_>,
    values: &(impl Columns<T> + Sync),
) -> Result<Sum, StoreError> {
    insert(tx, stamp, table, rows, written, values).await?;
    Ok(Sum::of_rows(rows, values))
}

/// Writes rows of a table of versioned rows. The operation and the revision the rows are from come
/// first and are the same for all.
pub async fn insert<T>(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    table: &Table,
    rows: &[T],
    written: Written<'_>,
    values: &impl Columns<T>,
) -> Result<(), StoreError> {
    let columns: Vec<&str> =
        ["operation", "from_revision"].iter().chain(table.columns).copied().collect();
    copy_in(tx, table.name, &columns, rows, written, |to, row| {
        batch::Values::text(to, stamp.operation);
        batch::Values::integer(to, stamp.revision as i64);
        values.fill(to, row);
    })
    .await
}

/// Writes rows of any table.
pub async fn copy_in<T>(
    tx: &mut Tx,
    table: &str,
    columns: &[&str],
    rows: &[T],
    written: Written<'_>,
    mut bind: impl FnMut(&mut Values, &T),
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let names = columns.join(", ");
    let sql = format!("copy {table} ({names}) from stdin (format binary)");
    let mut copy = tx.copy_in_raw(&sql).await?;
    let mut values = Values::default();
    values.bytes.extend_from_slice(HEADER);
    let mut waiting = 0;
    for row in rows {
        values.row(columns.len());
        bind(&mut values, row);
        waiting += 1;
        if values.bytes.len() >= CHUNK {
            copy.send(values.bytes.as_slice()).await?;
            values.bytes.clear();
            written(std::mem::take(&mut waiting));
        }
    }
    if let Some(refused) = values.refused {
        copy.abort(refused).await?;
        return Err(sqlx::Error::Encode(refused.into()).into());
    }
    values.bytes.extend_from_slice(&(-1_i16).to_be_bytes());
    copy.send(values.bytes.as_slice()).await?;
    copy.finish().await?;
    written(waiting);
    Ok(())
}

/// Activities by number. They are taken apart while the database sends the next ones.
pub async fn read_activities(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
    words: &Arc<Words>,
) -> Result<Vec<Activity>, StoreError> {
    let Table { name: table, columns, .. } = activities::TABLE;
    let selected = columns.join(", ");
    let sql = format!(
        "copy (
           select {selected}
           from {table}
           where operation = {} and {versions}
           order by activity
         ) to stdout (format binary)",
        literal(operation)?
    );
    let corrupt = move |value: &str| StoreError::Corrupt { table, value: value.to_owned() };
    let words = words.clone();
    let (chunks, mut received) = tokio::sync::mpsc::channel::<Vec<u8>>(2);
    let reading = tokio::task::spawn_blocking(move || {
        let (mut read, mut found) = (Activity::reader(&words), Vec::new());
        let mut copied = Copied::default();
        while let Some(chunk) = received.blocking_recv() {
            copied.push(&chunk);
            while let Some(row) = copied.next(columns.len()).map_err(corrupt)? {
                found.push(read(&row)?);
            }
        }
        Ok(found)
    });
    // What is refused here leaves a good connection; a copy that is refused at its begin does not, as the
    // library leaves the end of that answer unread.
    let first = format!("select 1 from {table} where operation = $1 limit 1");
    sqlx::query(AssertSqlSafe(first)).bind(operation.to_string()).execute(&mut **tx).await?;
    let mut messages = tx.copy_out_raw(&sql).await?;
    let mut chunk = Vec::with_capacity(CHUNK + CHUNK / 8);
    while let Some(message) = messages.try_next().await? {
        chunk.extend_from_slice(&message);
        // Where reading has failed the rest is still received, so that the connection stays good.
        if chunk.len() >= CHUNK && chunks.send(std::mem::take(&mut chunk)).await.is_ok() {
            chunk.reserve(CHUNK + CHUNK / 8);
        }
    }
    let _ = chunks.send(chunk).await;
    drop(chunks);
    reading.await.map_err(|_| corrupt("reading stopped"))?
}

/// The id of an operation as SQL: COPY takes no parameters.
fn literal(operation: &str) -> Result<String, StoreError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    match operation.bytes().all(plain) {
        true => Ok(format!("'{operation}'")),
        false => Err(StoreError::Corrupt { table: "operations", value: operation.to_owned() }),
    }
}

/// A binary COPY that is being received.
#[derive(Default)]
struct Copied {
    bytes: Vec<u8>,
    at: usize,
    begun: bool,
}

/// The fields of one of its rows.
struct Fields<'c>(Vec<Option<&'c [u8]>>);

impl Copied {
    fn push(&mut self, chunk: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(chunk);
    }

    /// The next row, where all of it has been received.
    fn next(&mut self, columns: usize) -> Result<Option<Fields<'_>>, &'static str> {
        let mut rest = &self.bytes[self.at..];
        if !self.begun {
            let Some((header, after)) = rest.split_at_checked(HEADER.len()) else {
                return Ok(None);
            };
            if header != HEADER {
                return Err("not a binary copy");
            }
            (rest, self.begun) = (after, true);
            self.at += HEADER.len();
        }
        let Some((count, mut rest)) = rest.split_first_chunk() else { return Ok(None) };
        match i16::from_be_bytes(*count) {
            -1 => return Ok(None),
            count if count as usize != columns => return Err("a row of another table"),
            _ => {}
        }
        let mut fields = Vec::with_capacity(columns);
        for _ in 0..columns {
            let Some((length, after)) = rest.split_first_chunk() else { return Ok(None) };
            let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
                fields.push(None);
                rest = after;
                continue;
            };
            let Some((field, after)) = after.split_at_checked(length) else { return Ok(None) };
            fields.push(Some(field));
            rest = after;
        }
        self.at = self.bytes.len() - rest.len();
        Ok(Some(Fields(fields)))
    }
}

impl Fields<'_> {
    fn number(&self, column: usize) -> Result<Option<[u8; 8]>, sqlx::Error> {
        let bytes = self.bytes(column)?.map(<[u8; 8]>::try_from).transpose();
        bytes.map_err(|error| sqlx::Error::Decode(error.into()))
    }
}

impl Record for Fields<'_> {
    fn text(&self, column: usize) -> Result<Option<&str>, sqlx::Error> {
        let text = self.bytes(column)?.map(std::str::from_utf8).transpose();
        text.map_err(|error| sqlx::Error::Decode(error.into()))
    }

    fn integer(&self, column: usize) -> Result<Option<i64>, sqlx::Error> {
        Ok(self.number(column)?.map(i64::from_be_bytes))
    }

    fn real(&self, column: usize) -> Result<Option<f64>, sqlx::Error> {
        Ok(self.number(column)?.map(f64::from_be_bytes))
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, sqlx::Error> {
        self.0
            .get(column)
            .copied()
            .ok_or(sqlx::Error::ColumnIndexOutOfBounds { index: column, len: self.0.len() })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use batch::Values as _;

    #[test]
    fn a_copy_is_read_back_wherever_it_is_cut() {
        let mut values = Values::default();
        values.bytes.extend_from_slice(HEADER);
        for number in 0..3_i64 {
            values.row(4);
            values.integer(number);
            values.real(0.1);
            values.text(&Text::from("Área"));
            values.code(None);
        }
        values.bytes.extend_from_slice(&(-1_i16).to_be_bytes());
        for size in 1..values.bytes.len() {
            let (mut copied, mut rows) = (Copied::default(), 0);
            for chunk in values.bytes.chunks(size) {
                copied.push(chunk);
                while let Some(row) = copied.next(4).unwrap() {
                    assert_eq!(row.integer(0).unwrap(), Some(rows));
                    assert_eq!(row.real(1).unwrap(), Some(0.1));
                    assert_eq!(row.text(2).unwrap(), Some("Área"));
                    assert_eq!(row.text(3).unwrap(), None);
                    assert!(row.text(4).is_err() && row.integer(2).is_err());
                    rows += 1;
                }
            }
            assert_eq!(rows, 3);
        }
    }

    #[test]
    fn an_id_is_never_anything_but_a_literal() {
        assert_eq!(literal("floods-2026").unwrap(), "'floods-2026'");
        assert!(literal("x' or '1'='1").is_err());
    }
}
