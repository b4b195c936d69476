//! Many rows per statement, and reading codes and shared texts back.

use std::collections::HashSet;

use sqlx::query_builder::Separated;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::{StoreError, Tx, Written};
use crate::domain::{Age, Disability, Group, PopulationGroup, Sex, Source, Text};

/// Bound values of one statement; SQLite refuses above 32,766 and gains nothing above some hundred
/// rows.
const BINDS: usize = 8_000;

/// Writes `insert into table (columns) values …` for all rows, in as few statements as is sensible.
pub async fn insert<T>(
    tx: &mut Tx,
    table: &str,
    columns: &[&str],
    rows: &[T],
    written: Written<'_>,
    mut bind: impl FnMut(&mut Separated<'_, Sqlite, &'static str>, &T),
) -> Result<(), StoreError> {
    for chunk in rows.chunks(BINDS / columns.len()) {
        let mut query = QueryBuilder::<Sqlite>::new("insert into ");
        query.push(table).push(" (").push(columns.join(", ")).push(") ");
        query.push_values(chunk, |mut values, row| bind(&mut values, row));
        query.build().execute(&mut **tx).await?;
        written(chunk.len());
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

/// Binds the four columns that [`group`] reads.
pub fn bind_group(values: &mut Separated<'_, Sqlite, &'static str>, group: &Group) {
    values.push_bind(group.population.code());
    values.push_bind(group.sex.code());
    values.push_bind(group.age.to_string());
    values.push_bind(group.disability.code());
}

/// Submission and row in two columns from `first` on.
pub fn source(row: &SqliteRow, first: usize) -> Result<Source, StoreError> {
    Ok(Source { submission: row.try_get(first)?, row: row.try_get(first + 1)? })
}
