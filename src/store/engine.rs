//! The two databases: enums of the native types, and a macro that expands one body for both.

use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Postgres, Row, Sqlite, Transaction, TypeInfo, ValueRef};

use super::{StoreError, connect};
use crate::sqlite_file::Value;

/// What each database has of its own type.
#[derive(Clone, Copy, Debug)]
pub enum Engine<S, P> {
    Sqlite(S),
    Postgres(P),
}

pub type Pool = Engine<SqlitePool, PgPool>;

pub type Tx = Engine<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>;

/// Expands a body for the database at hand: `on!(tx, |tx| …)`, where `tx` inside is the native
/// value. The body's module `bulk` is that database's way of moving many rows.
macro_rules! on {
    ($engine:expr, |$native:ident| $body:expr) => {
        match $engine {
            $crate::store::engine::Engine::Sqlite($native) => {
                #[allow(unused_imports, reason = "only bodies that move many rows use it")]
                use $crate::store::sqlite_bulk as bulk;
                $body
            }
            $crate::store::engine::Engine::Postgres($native) => {
                #[allow(unused_imports, reason = "only bodies that move many rows use it")]
                use $crate::store::postgres_bulk as bulk;
                $body
            }
        }
    };
}
pub(super) use on;

/// A row that was read. Every stored value is one of four kinds, the same on both databases.
pub trait Record {
    fn text(&self, column: usize) -> Result<Option<&str>, sqlx::Error>;
    fn integer(&self, column: usize) -> Result<Option<i64>, sqlx::Error>;
    fn real(&self, column: usize) -> Result<Option<f64>, sqlx::Error>;
    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, sqlx::Error>;
}

/// A row of which the database knows what each value is.
pub trait Stored {
    fn value(&self, column: usize) -> Result<Value<'_>, sqlx::Error>;
}

macro_rules! record {
    ($row:ty) => {
        impl Record for $row {
            fn text(&self, column: usize) -> Result<Option<&str>, sqlx::Error> {
                self.try_get(column)
            }
            fn integer(&self, column: usize) -> Result<Option<i64>, sqlx::Error> {
                self.try_get(column)
            }
            fn real(&self, column: usize) -> Result<Option<f64>, sqlx::Error> {
                self.try_get(column)
            }
            fn bytes(&self, column: usize) -> Result<Option<&[u8]>, sqlx::Error> {
                self.try_get(column)
            }
        }

        impl Stored for $row {
            fn value(&self, column: usize) -> Result<Value<'_>, sqlx::Error> {
                let raw = self.try_get_raw(column)?;
                if raw.is_null() {
                    return Ok(Value::Null);
                }
                Ok(match raw.type_info().name() {
                    "INTEGER" | "INT8" => Value::Integer(self.try_get(column)?),
                    "REAL" | "FLOAT8" => Value::Real(self.try_get(column)?),
                    "BLOB" | "BYTEA" => Value::Blob(self.try_get(column)?),
                    _ => Value::Text(self.try_get(column)?),
                })
            }
        }
    };
}
record!(SqliteRow);
record!(PgRow);

impl Pool {
    /// A transaction that reads all tables at one moment.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Engine::Sqlite(pool) => Engine::Sqlite(pool.begin().await?),
            Engine::Postgres(pool) => {
                let begin = "begin isolation level repeatable read, read only";
                Engine::Postgres(connect::heard(pool, pool.begin_with(begin)).await?)
            }
        })
    }

    /// The same for who cannot wait as long as somebody may have a table of PostgreSQL for himself: on
    /// SQLite nobody who reads waits.
    pub async fn read_soon(&self) -> Result<Tx, StoreError> {
        let Engine::Postgres(pool) = self else { return self.read().await };
        let begin =
            "begin isolation level repeatable read, read only; set local lock_timeout = '10s'";
        Ok(Engine::Postgres(connect::heard(pool, pool.begin_with(begin)).await?))
    }

    /// A transaction that writes. SQLite has one writer at a time; on PostgreSQL those who write to
    /// one operation wait for each other at its row.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Engine::Sqlite(pool) => Engine::Sqlite(pool.begin_with("begin immediate").await?),
            // Whatever is usual there: who waited for another writer must see what that one wrote.
            Engine::Postgres(pool) => {
                let begin = "begin isolation level read committed";
                Engine::Postgres(connect::heard(pool, pool.begin_with(begin)).await?)
            }
        })
    }

    pub async fn close(&self) {
        on!(self, |pool| pool.close().await);
    }
}

impl Tx {
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(on!(self, |tx| tx.commit().await)?)
    }
}
