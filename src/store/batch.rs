//! Many rows per statement, and reading codes and shared texts back.

use std::collections::HashSet;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row};

pub use super::sqlite_bulk::insert;
use super::{Stamp, StoreError, Tx};
use crate::domain::{Age, Disability, Group, PopulationGroup, Sex, Source, Text};

/// Numbers of rows that one statement ends.
const ENDED: usize = 50_000;

/// Ends the current rows of these numbers, many per statement: new boundaries may move every row of
/// an operation.
pub async fn end(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    table: &str,
    key: &str,
    numbers: &[u64],
) -> Result<(), StoreError> {
    let sql = format!(
        "update {table}
         set to_revision = $1
         where operation = $2 and {key} in (select value from json_each($3))
           and to_revision is null"
    );
    for chunk in numbers.chunks(ENDED) {
        sqlx::query(AssertSqlSafe(sql.as_str()))
            .bind(stamp.revision as i64)
            .bind(stamp.operation.clone())
            .bind(serde_json::to_string(chunk).unwrap_or_default())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
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

    pub fn get(&mut self, row: &SqliteRow, column: usize) -> Result<Text, StoreError> {
        Ok(self.share(row.try_get::<&str, _>(column)?))
    }

    pub fn opt(&mut self, row: &SqliteRow, column: usize) -> Result<Option<Text>, StoreError> {
        let text = row.try_get::<Option<&str>, _>(column)?;
        Ok(text.map(|text| self.share(text)))
    }
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
    row: &SqliteRow,
    column: usize,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    let text = row.try_get::<Option<&str>, _>(column)?;
    text.map(|text| code(table, text, read)).transpose()
}

/// The group in four columns from `first` on: population group, sex, age, disability.
pub fn group(table: &'static str, row: &SqliteRow, first: usize) -> Result<Group, StoreError> {
    Ok(Group {
        population: code(table, row.try_get(first)?, PopulationGroup::from_code)?,
        sex: code(table, row.try_get(first + 1)?, Sex::from_code)?,
        age: code(table, row.try_get(first + 2)?, Age::from_code)?,
        disability: code(table, row.try_get(first + 3)?, Disability::from_code)?,
    })
}

/// Submission and row in two columns from `first` on.
pub fn source(row: &SqliteRow, first: usize) -> Result<Source, StoreError> {
    Ok(Source { submission: row.try_get(first)?, row: row.try_get(first + 1)? })
}
