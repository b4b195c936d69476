//! Many rows per statement, and reading codes and shared texts back.

use std::collections::HashSet;

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, Row, Sqlite, Type};

use super::{Stamp, StoreError, Tx, Written};
use crate::domain::{Age, Disability, Group, PopulationGroup, Sex, Source, Text};

/// Bound values of one statement; SQLite refuses above 32,766 and gains nothing above some hundred
/// rows.
const BINDS: usize = 8_000;

/// Numbers of rows that one statement ends.
const ENDED: usize = 50_000;

/// The values of the rows of one statement.
#[derive(Default)]
pub struct Values {
    arguments: SqliteArguments,
    codes: Vec<(&'static str, Text)>,
    refused: Option<sqlx::error::BoxDynError>,
}

impl Values {
    /// The value of the next column.
    pub fn push<'q, T: Encode<'q, Sqlite> + Type<Sqlite> + 'q>(&mut self, value: T) {
        if let Err(error) = self.arguments.add(value) {
            self.refused = Some(error);
        }
    }

    /// A code of a vocabulary, which is copied once and not for every row.
    pub fn code(&mut self, code: Option<&'static str>) {
        let Some(code) = code else { return self.push(None::<Text>) };
        let known = self.codes.iter().find(|(known, _)| std::ptr::eq(*known, code));
        let text = known.map(|(_, text)| text.clone());
        let text = text.unwrap_or_else(|| {
            self.codes.push((code, code.into()));
            code.into()
        });
        self.push(text);
    }

    /// The four columns that [`group`] reads.
    pub fn group(&mut self, group: &Group) {
        self.code(Some(group.population.code()));
        self.code(Some(group.sex.code()));
        match group.age {
            Age::ALL => self.code(Some("all")),
            age => self.push(age.to_string()),
        }
        self.code(Some(group.disability.code()));
    }

    fn take(&mut self) -> Result<SqliteArguments, sqlx::Error> {
        match self.refused.take() {
            Some(error) => Err(sqlx::Error::Encode(error)),
            None => Ok(std::mem::take(&mut self.arguments)),
        }
    }
}

/// Writes rows of a table of versioned rows, in as few statements as is sensible. The operation
/// and the revision the rows are from come first and are the same for all.
pub async fn insert<T>(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    table: &str,
    columns: &[&str],
    rows: &[T],
    written: Written<'_>,
    mut bind: impl FnMut(&mut Values, &T),
) -> Result<(), StoreError> {
    let full = (BINDS / columns.len()).min(rows.len()).max(1);
    let statement = |count: usize| {
        let row = format!("({})", vec!["?"; columns.len()].join(", "));
        let (columns, rows) = (columns.join(", "), vec![row; count].join(", "));
        let sql = format!(
            "insert into {table} (operation, from_revision, {columns})
             select ?, ?, added.* from (values {rows}) added"
        );
        sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(sql))
    };
    let whole = statement(full);
    let mut values = Values::default();
    let mut chunks = rows.chunks(full);
    let mut next = |values: &mut Values| {
        let chunk = chunks.next()?;
        values.push(stamp.operation.clone());
        values.push(stamp.revision as i64);
        chunk.iter().for_each(|row| bind(values, row));
        Some(values.take().map(|arguments| (chunk.len(), arguments)))
    };
    let mut ready = next(&mut values);
    while let Some(chunk) = ready {
        let (count, arguments) = chunk?;
        let sql = if count == full { whole.clone() } else { statement(count) };
        let execute = sqlx::query_with(sql, arguments).execute(&mut **tx);
        // The database works on one statement while the values of the next are put together.
        let (done, prepared) = tokio::join!(execute, async { next(&mut values) });
        done?;
        written(count);
        ready = prepared;
    }
    Ok(())
}

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
