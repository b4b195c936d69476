//! A whole database copied into an empty one, of the same kind or the other: backup and restore.
//! Tables and columns are those that a SQLite database has, so one side is always that.

use std::fmt::Write;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Row, SqlitePool};

use super::batch::Values;
use super::engine::{Engine, Record, Tx, on};
use super::moved::Place;
use super::{Store, StoreError, operations, postgres_bulk};
use crate::domain::Text;

/// Rows that are read before they are written.
const ROWS: usize = 2_000;

struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Integer,
    Real,
    Bytes,
}

enum Cell {
    Text(Option<Text>),
    Integer(Option<i64>),
    Real(Option<f64>),
    Bytes(Option<Vec<u8>>),
}

impl Store {
    /// Copies everything, ended rows too, into an empty database, as it is at one moment: others may
    /// go on reading and writing. Returns the number of rows. One of the two must be SQLite.
    pub async fn copy_into(&self, empty: &Store) -> Result<u64, StoreError> {
        if !empty.operations().await?.is_empty() {
            return Err(StoreError::NotEmpty);
        }
        if self.operations().await?.is_empty() {
            let name = self.place.as_ref().map_or_else(|| "the database".to_owned(), Place::name);
            return Err(StoreError::Empty(name));
        }
        let shape = match (&self.pool, &empty.pool) {
            (Engine::Sqlite(pool), _) | (_, Engine::Sqlite(pool)) => tables(pool).await?,
            _ => return Err(StoreError::Unsupported("a copy between two PostgreSQLs".to_owned())),
        };
        let (mut from, mut to) = (self.pool.read().await?, empty.pool.write().await?);
        let mut copied = 0;
        // Operation by operation, so that spread tables are read where they lie.
        for operation in operations::ids(&mut from).await? {
            for table in &shape {
                copied += copy(&mut from, &mut to, table, &operation).await?;
            }
        }
        to.commit().await?;
        Ok(copied)
    }
}

async fn tables(pool: &SqlitePool) -> Result<Vec<Table>, StoreError> {
    let sql = "select one.name, it.name, it.type
         from sqlite_schema one
         join pragma_table_info(one.name) it
         where one.type = 'table' and one.name not like '\\_%' escape '\\'
           and one.name not like 'sqlite%'
         order by one.name, it.cid";
    let mut tables: Vec<Table> = Vec::new();
    for row in sqlx::query(sql).fetch_all(pool).await? {
        let (table, column): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let kind = match row.try_get::<String, _>(2)?.to_ascii_lowercase().as_str() {
            "integer" => Kind::Integer,
            "real" => Kind::Real,
            "blob" => Kind::Bytes,
            _ => Kind::Text,
        };
        match tables.last_mut().filter(|last| last.name == table) {
            Some(last) => last.columns.push((column, kind)),
            None => tables.push(Table { name: table, columns: vec![(column, kind)] }),
        }
    }
    Ok(tables)
}

async fn copy(
    from: &mut Tx,
    to: &mut Tx,
    table: &Table,
    operation: &Text,
) -> Result<u64, StoreError> {
    let columns = table.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
    let sql = format!("select {} from {} where operation = $1", columns.join(", "), table.name);
    let mut copied = 0;
    on!(from, |from| {
        let mut rows =
            sqlx::query(AssertSqlSafe(sql)).bind(operation.to_string()).fetch(&mut **from);
        let mut waiting = Vec::with_capacity(ROWS);
        let of = |error: StoreError| error.of(operation, &table.name);
        while let Some(row) = rows.try_next().await.map_err(|error| of(error.into()))? {
            waiting.push(cells(&row, table).map_err(of)?);
            if waiting.len() == ROWS {
                write(to, table, &columns, &waiting).await?;
                copied += waiting.len() as u64;
                waiting.clear();
            }
        }
        write(to, table, &columns, &waiting).await?;
        copied += waiting.len() as u64;
    });
    Ok(copied)
}

fn cells(row: &dyn Record, table: &Table) -> Result<Vec<Cell>, StoreError> {
    let kinds = table.columns.iter().map(|(_, kind)| kind).enumerate();
    let cell = |(column, kind): (usize, &Kind)| {
        Ok(match kind {
            Kind::Text => Cell::Text(row.text(column)?.map(Text::from)),
            Kind::Integer => Cell::Integer(row.integer(column)?),
            Kind::Real => Cell::Real(row.real(column)?),
            Kind::Bytes => Cell::Bytes(row.bytes(column)?.map(<[u8]>::to_owned)),
        })
    };
    kinds.map(cell).collect()
}

async fn write(
    to: &mut Tx,
    table: &Table,
    columns: &[&str],
    rows: &[Vec<Cell>],
) -> Result<(), StoreError> {
    match to {
        Engine::Postgres(to) => {
            let fill = |values: &mut _, row: &Vec<Cell>| fill(values, row);
            postgres_bulk::copy_in(to, &table.name, columns, rows, &|_| (), fill).await
        }
        Engine::Sqlite(to) => {
            let mut sql = format!("insert into {} ({}) values (", table.name, columns.join(", "));
            for number in 1..=columns.len() {
                let _ = write!(sql, "{}${number}", if number == 1 { "" } else { ", " });
            }
            sql.push(')');
            for row in rows {
                let mut query = sqlx::query(AssertSqlSafe(sql.as_str()));
                for cell in row {
                    query = match cell {
                        Cell::Text(text) => query.bind(text.as_ref().map(ToString::to_string)),
                        Cell::Integer(number) => query.bind(*number),
                        Cell::Real(number) => query.bind(*number),
                        Cell::Bytes(bytes) => query.bind(bytes.clone()),
                    };
                }
                query.execute(&mut **to).await?;
            }
            Ok(())
        }
    }
}

fn fill(values: &mut impl Values, row: &[Cell]) {
    for cell in row {
        match cell {
            Cell::Text(text) => values.text(text.as_ref()),
            Cell::Integer(number) => values.integer(*number),
            Cell::Real(number) => values.real(*number),
            Cell::Bytes(bytes) => values.bytes(bytes.clone()),
        }
    }
}
