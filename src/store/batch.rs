//! What the tables have in common: the values of a row, ending rows, shared texts and codes.

use std::collections::HashSet;

use futures_util::TryStreamExt;
use serde_json::json;
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::checksums::{Sum, Sums};
use super::engine::{Record, on};
use super::places::Words;
use super::{Change, Stamp, StoreError, Tx, Versions, Written, dialect};
use crate::domain::{Age, Disability, Group, PopulationGroup, Sex, Source, Text};

/// Rows that one statement ends.
const ENDED: usize = 50_000;

/// A column of a key, and whether it is a number.
pub type KeyColumn = (&'static str, bool);

/// A table whose rows belong to an operation and a range of its revisions.
pub struct Table {
    pub name: &'static str,
    /// What tells a row from others of its operation that are there at the same revision.
    pub key: &'static [KeyColumn],
    /// What a row has beside the operation and its revisions, the key too. What is added later comes
    /// last and may be missing: the checksums of rows say so.
    pub columns: &'static [&'static str],
}

impl Table {
    /// The columns of the key as a list in SQL.
    pub fn key_columns(&self) -> String {
        self.key.iter().map(|(part, _)| *part).collect::<Vec<_>>().join(", ")
    }

    /// The key as one text in SQL, its parts separated by `|`.
    pub fn key_text(&self) -> String {
        let parts: Vec<_> =
            self.key.iter().map(|(part, _)| format!("cast({part} as text)")).collect();
        parts.join(" || '|' || ")
    }
}

/// What tells a row from others of its table that are there at the same revision.
pub trait Key {
    /// The values of the table's key columns, as a list.
    fn values(&self) -> serde_json::Value;

    /// Them as one text, as [`Table::key_text`] has it.
    fn text(&self) -> String {
        let part = |part: &serde_json::Value| match part {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let values = self.values();
        let parts: Vec<String> = values.as_array().into_iter().flatten().map(part).collect();
        parts.join("|")
    }
}

impl Key for u64 {
    fn values(&self) -> serde_json::Value {
        json!([self])
    }
}

impl Key for Text {
    fn values(&self) -> serde_json::Value {
        json!([&**self])
    }
}

/// What the rows of a table are read as.
pub trait Versioned: Sized {
    const TABLE: &'static Table;

    /// Reads one row from the table's columns.
    fn reader(words: &Words) -> impl FnMut(&dyn Record) -> Result<Self, StoreError>;
}

/// The values of rows about to be written, a call for each column.
pub trait Values {
    fn integer(&mut self, value: impl Into<Option<i64>>);
    fn real(&mut self, value: impl Into<Option<f64>>);
    fn text<'t>(&mut self, value: impl Into<Option<&'t Text>>);
    fn bytes(&mut self, value: Option<Vec<u8>>);
    /// A code of a vocabulary.
    fn code(&mut self, value: impl Into<Option<&'static str>>);

    /// The two columns that [`source`] reads.
    fn source(&mut self, source: Source) {
        self.integer(i64::from(source.submission));
        self.integer(i64::from(source.row));
    }

    /// The four columns that [`group`] reads.
    fn group(&mut self, group: &Group) {
        self.code(group.population.code());
        self.code(group.sex.code());
        match group.age {
            Age::ALL => self.code("all"),
            age => self.text(&Text::from(age.to_string())),
        }
        self.code(group.disability.code());
    }
}

/// What a row of a table says, column by column.
pub trait Columns<T> {
    fn fill(&self, values: &mut impl Values, row: &T);
}

/// The columns of rows that say everything themselves.
pub struct Plain;

/// Reads every row of a question about one operation, which is its `$1`.
pub async fn rows<T>(
    tx: &mut Tx,
    operation: &Text,
    sql: impl SqlSafeStr,
    mut read: impl FnMut(&dyn Record) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    on!(tx, |tx| {
        let mut rows = sqlx::query(sql).bind(operation.to_string()).fetch(&mut **tx);
        while let Some(row) = rows.try_next().await? {
            found.push(read(&row)?);
        }
    });
    Ok(found)
}

/// Reads versioned rows, by key and first revision.
pub async fn read<T: Versioned>(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
    words: &Words,
) -> Result<Vec<T>, StoreError> {
    let sql = format!(
        "select {}
         from {}
         where operation = $1 and {versions}
         order by {}, from_revision",
        T::TABLE.columns.join(", "),
        T::TABLE.name,
        T::TABLE.key_columns()
    );
    rows(tx, operation, AssertSqlSafe(sql), T::reader(words)).await
}

/// Writes rows of a table of versioned rows, and returns their sum.
pub async fn insert<T: Sync>(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    table: &Table,
    rows: &[T],
    written: Written<'_>,
    columns: &(impl Columns<T> + Sync),
) -> Result<Sum, StoreError> {
    on!(tx, |tx| bulk::insert(tx, stamp, table, rows, written, columns).await)?;
    Ok(Sum::of_rows(rows, columns))
}

/// Writes what changes of rows that say everything themselves, and returns its sums.
pub async fn write<T: Versioned + Sync, K: Key>(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<T, K>,
    written: Written<'_>,
) -> Result<Sums, StoreError>
where
    Plain: Columns<T>,
{
    let ended = end_rows(tx, stamp, T::TABLE, &change.ended).await?;
    let added = insert(tx, stamp, T::TABLE, &change.added, written, &Plain).await?;
    Ok(Sums { added, ended })
}

/// Ends the current rows of these keys, many per statement, and returns the keys' sum.
pub async fn end_rows(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    table: &Table,
    keys: &[impl Key],
) -> Result<Sum, StoreError> {
    let ended = dialect::rows_among(tx, table.key, "$3");
    let values: Vec<serde_json::Value> = keys.iter().map(Key::values).collect();
    end_those(tx, stamp, table, &ended, &values).await?;
    Ok(Sum::of_keys(keys.iter().map(Key::text)))
}

/// Ends the current rows of these numbers, which are the table's key, and returns their sum. Many per
/// statement: new boundaries may move every row of an operation.
pub async fn end(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    table: &Table,
    numbers: &[u64],
) -> Result<Sum, StoreError> {
    let key = table.key.first().map_or("", |(key, _)| *key);
    let ended = dialect::among(tx, key, "$3");
    end_those(tx, stamp, table, &ended, numbers).await?;
    Ok(Sum::of_keys(numbers.iter().map(u64::to_string)))
}

async fn end_those(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    table: &Table,
    ended: &str,
    keys: &[impl serde::Serialize],
) -> Result<(), StoreError> {
    let sql = format!(
        "update {}
         set to_revision = $1
         where operation = $2 and {ended} and to_revision is null",
        table.name
    );
    for chunk in keys.chunks(ENDED) {
        let chunk = serde_json::to_string(chunk).unwrap_or_default();
        on!(tx, |tx| {
            sqlx::query(AssertSqlSafe(sql.as_str()))
                .bind(stamp.revision as i64)
                .bind(stamp.operation.to_string())
                .bind(chunk)
                .execute(&mut **tx)
                .await?;
        });
    }
    Ok(())
}

/// The number after the highest that a question finds: the first never used.
pub async fn next_number(
    tx: &mut Tx,
    operation: &Text,
    sql: &'static str,
) -> Result<u64, StoreError> {
    let found = rows(tx, operation, sql, |row| Ok(row.integer(0)?)).await?;
    Ok(found.first().copied().flatten().map_or(1, |last| last as u64 + 1))
}

/// Shares equal texts of one read, so that a million rows hold each name once.
#[derive(Default)]
pub struct Texts(HashSet<Text>);

impl Texts {
    pub fn share(&mut self, text: &str) -> Text {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let new = Text::from(text);
        self.0.insert(new.clone());
        new
    }

    pub fn get(&mut self, row: &dyn Record, column: usize) -> Result<Text, StoreError> {
        Ok(self.share(text(row, column)?))
    }

    pub fn opt(&mut self, row: &dyn Record, column: usize) -> Result<Option<Text>, StoreError> {
        Ok(row.text(column)?.map(|text| self.share(text)))
    }
}

/// A text that is never null.
pub fn text(row: &dyn Record, column: usize) -> Result<&str, StoreError> {
    row.text(column)?.ok_or_else(null)
}

/// A number that is never null.
pub fn real(row: &dyn Record, column: usize) -> Result<f64, StoreError> {
    row.real(column)?.ok_or_else(null)
}

/// An integer that is never null, within the range of its type.
pub fn integer<T: TryFrom<i64>>(row: &dyn Record, column: usize) -> Result<T, StoreError> {
    integer_opt(row, column)?.ok_or_else(null)
}

/// An integer within the range of its type.
pub fn integer_opt<T: TryFrom<i64>>(
    row: &dyn Record,
    column: usize,
) -> Result<Option<T>, StoreError> {
    let Some(found) = row.integer(column)? else { return Ok(None) };
    let beyond = || sqlx::Error::Decode(format!("{found} is beyond its column").into());
    Ok(Some(T::try_from(found).map_err(|_| beyond())?))
}

fn null() -> StoreError {
    sqlx::Error::Decode("a value is missing".into()).into()
}

/// Reads a code through its type's table; a code that no version ever wrote is a corrupt file.
pub fn code<T>(
    table: &'static str,
    text: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    read(text).ok_or_else(|| StoreError::Corrupt { table, value: text.to_owned() })
}

/// Like [`code`], for a column that may be null.
pub fn code_opt<T>(
    table: &'static str,
    row: &dyn Record,
    column: usize,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    row.text(column)?.map(|text| code(table, text, read)).transpose()
}

/// The group in four columns from `first` on: population group, sex, age, disability.
pub fn group(table: &'static str, row: &dyn Record, first: usize) -> Result<Group, StoreError> {
    Ok(Group {
        population: code(table, text(row, first)?, PopulationGroup::from_code)?,
        sex: code(table, text(row, first + 1)?, Sex::from_code)?,
        age: code(table, text(row, first + 2)?, Age::from_code)?,
        disability: code(table, text(row, first + 3)?, Disability::from_code)?,
    })
}

/// Submission and row in two columns from `first` on.
pub fn source(row: &dyn Record, first: usize) -> Result<Source, StoreError> {
    Ok(Source { submission: integer(row, first)?, row: integer(row, first + 1)? })
}
