//! What a store could not do, and what that means to who asked.

use super::Step;
use crate::domain::Text;

/// What a store could not do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no database {0}: an import makes one, or name another with --database")]
    Missing(String),
    #[error("the database {url} cannot be opened: {}", said(.why))]
    Open { url: String, why: sqlx::Error },
    #[error(
        "the database {url} has the encoding {encoding}, which has no signs for most languages: make one with encoding UTF8"
    )]
    Encoding { url: String, encoding: String },
    #[error(
        "{0} is not the file that was opened: it was moved, removed or replaced, so nothing is written. Start again, with the file that is meant"
    )]
    Replaced(String),
    #[error(
        "{0} is not a database this version can use: give a file path, sqlite://path or postgres://user@host/name"
    )]
    Unsupported(String),
    #[error("the database's tables cannot be brought up to date: {}", refused(.0))]
    Migrate(sqlx::migrate::MigrateError),
    #[error(
        "the database {url} was made by a newer version of Lacuna: step {step} of its tables is not known here. Use the newer lacuna, on every machine that opens this database"
    )]
    Newer { url: String, step: i64 },
    #[error(
        "the database {url} was made by another build of Lacuna: step {step} of its tables is not the one that is known here. Use that build, or import the files again into a new database"
    )]
    Other { url: String, step: i64 },
    #[error(
        "the tables of the database {url} are those of an older version of Lacuna: they lack step {} ({}). Bring them up to date with lacuna migrate",
        .lacks.number, .lacks.name
    )]
    Older { url: String, lacks: Step },
    #[error(
        "operation {operation} was changed by someone else meanwhile (it was at revision {base}): nothing was written, send the file again"
    )]
    Conflict { operation: Text, base: u64 },
    #[error("revision {revision} was pruned; the oldest kept is {oldest}")]
    Pruned { revision: u64, oldest: u64 },
    #[error(
        "what revision {revision} replaced was pruned, so that it cannot be undone; only what came after revision {oldest} can"
    )]
    ReplacedPruned { revision: u64, oldest: u64 },
    #[error("the database refused: {}", said(.0))]
    Sql(sqlx::Error),
    #[error("the database does not answer others either")]
    Away,
    #[error(
        "others ask for revisions of the past, and their turn has not ended in time: ask again in a moment"
    )]
    Busy,
    #[error(
        "a read database is a copy of a PostgreSQL database: a SQLite file is read where it is, without one"
    )]
    NoReplica,
    #[error("the read database is no copy of the database: {0}")]
    NoCopy(String),
    #[error("the database has operations already: give one that is empty")]
    NotEmpty,
    #[error("there is no operation in {0}: nothing is copied")]
    Empty(String),
    #[error("the rows cannot be put into a file beside the database: {0}")]
    File(std::io::Error),
    #[error("{table}: stored value \"{value}\" cannot be read")]
    Corrupt { table: &'static str, value: String },
    #[error(
        "what the table {table} has of operation {operation} cannot be read ({}): lacuna verify says what is wrong, and what to do",
        reason(.why)
    )]
    Unreadable { operation: Text, table: Text, why: Box<StoreError> },
    #[error("another program has the database locked, and did not let go in time: {}", .0.message())]
    Locked(Box<dyn sqlx::error::DatabaseError>),
}

/// An error of a database in its own words, once, and without the line of its source.
fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(refused) if is_pooled(&**refused) => format!(
            "{}: a pooler in between gives every transaction another connection. Let it keep one for each client (PgBouncer: pool_mode = session), or name the database itself",
            refused.message()
        ),
        sqlx::Error::Database(refused) => refused.message().to_owned(),
        other => other.to_string(),
    }
}

/// The same of an error that is part of a sentence.
fn reason(error: &StoreError) -> String {
    match error {
        StoreError::Sql(error) => said(error),
        other => other.to_string(),
    }
}

/// Whether a statement that was prepared is not there, or one that was not is: on PostgreSQL that
/// happens only where another connection answers.
fn is_pooled(refused: &dyn sqlx::error::DatabaseError) -> bool {
    refused.code().is_some_and(|code| ["42P05", "26000"].contains(&&*code))
}

fn refused(error: &sqlx::migrate::MigrateError) -> String {
    match error {
        sqlx::migrate::MigrateError::Execute(error)
        | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => said(error),
        other => other.to_string(),
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> StoreError {
        StoreError::Migrate(error)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        match error {
            // SQLite's SQLITE_BUSY, in whatever form.
            sqlx::Error::Database(refused)
                if of_sqlite(&*refused).is_some_and(|code| code & 0xff == 5) =>
            {
                StoreError::Locked(refused)
            }
            error => StoreError::Sql(error),
        }
    }
}

/// SQLite's number of an error; PostgreSQL's have five signs.
fn of_sqlite(refused: &dyn sqlx::error::DatabaseError) -> Option<u16> {
    refused.code().filter(|code| code.len() < 5)?.parse().ok()
}

impl StoreError {
    /// The same of what is stored of an operation in a table, where it is damage.
    pub fn of(self, operation: &Text, table: &str) -> StoreError {
        match self {
            StoreError::Unreadable { .. } => self,
            damage if damage.is_damage() => StoreError::Unreadable {
                operation: operation.clone(),
                table: table.into(),
                why: Box::new(damage),
            },
            other => other,
        }
    }

    /// The same of a reading that waited for a table: nobody locks one for what may be read beside it.
    pub fn of_reading(self) -> StoreError {
        match self {
            // PostgreSQL's lock_not_available.
            StoreError::Sql(sqlx::Error::Database(refused))
                if refused.code().as_deref() == Some("55P03") =>
            {
                StoreError::Locked(refused)
            }
            other => other,
        }
    }

    /// Whether somebody else has the database, or a table, for himself, so that the same may succeed
    /// later.
    pub fn is_locked(&self) -> bool {
        matches!(self, StoreError::Locked(_))
    }

    /// Whether others, who come first, kept it too long, so that the same may succeed later.
    pub fn is_busy(&self) -> bool {
        matches!(self, StoreError::Busy)
    }

    /// Whether there was no room left where the database is, so that the same may succeed later.
    pub fn is_full(&self) -> bool {
        match self {
            StoreError::File(error) => error.kind() == std::io::ErrorKind::StorageFull,
            StoreError::Sql(sqlx::Error::Database(refused)) => {
                // SQLite's SQLITE_FULL, PostgreSQL's disk_full.
                refused.code().is_some_and(|code| ["13", "53100"].contains(&&*code))
            }
            _ => false,
        }
    }

    /// Whether the database can only be read: a file where nobody may write, or a standby.
    pub fn is_read_only(&self) -> bool {
        let StoreError::Sql(sqlx::Error::Database(refused)) = self else { return false };
        // SQLite's SQLITE_READONLY in whatever form, PostgreSQL's read_only_sql_transaction.
        of_sqlite(&**refused).is_some_and(|code| code & 0xff == 8)
            || refused.code().as_deref() == Some("25006")
    }

    /// Whether what was asked for was removed because somebody said so.
    pub fn is_pruned(&self) -> bool {
        matches!(self, StoreError::Pruned { .. } | StoreError::ReplacedPruned { .. })
    }

    /// Whether the database cannot keep a text: it has a NUL character, or is too long for a key.
    pub fn is_unfit(&self) -> bool {
        match self {
            StoreError::Sql(sqlx::Error::Encode(_)) => true,
            // PostgreSQL's character_not_in_repertoire, program_limit_exceeded.
            StoreError::Sql(sqlx::Error::Database(refused)) => {
                refused.code().is_some_and(|code| ["22021", "54000"].contains(&&*code))
            }
            _ => false,
        }
    }

    /// Whether the database gave up waiting, as it was told to, or took another one's turn first, so
    /// that the same may succeed later.
    pub fn is_late(&self) -> bool {
        let StoreError::Sql(sqlx::Error::Database(refused)) = self else { return false };
        // PostgreSQL's lock_not_available, query_canceled, the end of an idle transaction, and
        // serialization_failure and deadlock_detected.
        let late = ["55P03", "57014", "25P03", "40001", "40P01"];
        refused.code().is_some_and(|code| late.contains(&&*code))
    }

    /// The operation whose rows are damaged, where that is known.
    pub fn damaged_operation(&self) -> Option<&Text> {
        match self {
            StoreError::Unreadable { operation, .. } => Some(operation),
            _ => None,
        }
    }

    /// Whether the database could not be reached, so that the same may succeed later.
    pub fn is_away(&self) -> bool {
        let StoreError::Sql(error) = self else {
            return matches!(
                self,
                StoreError::Replaced(_) | StoreError::Away | StoreError::Locked(_)
            );
        };
        match error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
            // A connection that was cut in the middle of a word.
            sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Tls(_) => true,
            sqlx::Error::Database(refused) => {
                // Nobody is let in, or not us: connections, authorization, database, operators, too
                // many.
                let classes = ["08", "28", "3D", "57", "53300", "55000"];
                let of_postgres =
                    |code: &str| code.len() == 5 && classes.iter().any(|one| code.starts_with(one));
                refused.code().is_some_and(|code| of_postgres(&code))
            }
            _ => false,
        }
    }

    /// Whether what is stored cannot be read, now or later: a damaged file, or a value that no
    /// version ever wrote.
    pub fn is_damage(&self) -> bool {
        use sqlx::Error;
        use sqlx::migrate::MigrateError::Execute;
        let error = match self {
            StoreError::Corrupt { .. } | StoreError::Unreadable { .. } => return true,
            StoreError::Sql(error) | StoreError::Open { why: error, .. } => error,
            StoreError::Migrate(Execute(error)) => error,
            _ => return false,
        };
        match error {
            Error::Decode(_) | Error::ColumnDecode { .. } | Error::ColumnNotFound(_) => true,
            Error::Database(refused) => match refused.code().as_deref() {
                Some("XX001" | "XX002") => true,
                // SQLite's: a page, or the whole file, whatever follows the last byte; what cannot be
                // read from the disk, but not what cannot be written.
                Some(code) if code.len() < 5 => code.parse::<u32>().is_ok_and(|code| {
                    [11, 26].contains(&(code & 0xff)) || [266, 522, 8202, 8458].contains(&code)
                }),
                _ => false,
            },
            _ => false,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use sqlx::{Connection, PgConnection};

    use super::*;
    use crate::store::databases;

    #[tokio::test]
    async fn a_file_that_another_program_has_locked_is_said_to_be() {
        use sqlx::SqliteConnection;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.sqlite");
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let mut other = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql("begin immediate").execute(&mut other).await.unwrap();
        let options = options.busy_timeout(std::time::Duration::ZERO);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let refused = sqlx::raw_sql("begin immediate").execute(&mut connection).await;
        let refused = StoreError::from(refused.unwrap_err());
        assert!(refused.is_locked() && refused.is_away() && !refused.is_damage());
        assert!(refused.to_string().contains("another program has the database locked"));
    }

    #[tokio::test]
    async fn a_pooler_that_forgets_statements_is_said_to_be_in_between() {
        let Some(url) = databases::postgres().await else { return };
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let why = sqlx::raw_sql("execute another_connection").execute(&mut connection).await;
        let why = why.unwrap_err();
        assert!(said(&why).contains("pool_mode = session"), "{why}");
        let other = sqlx::raw_sql("select nothing").execute(&mut connection).await.unwrap_err();
        assert!(!said(&other).contains("pool"), "{other}");
        let shown = StoreError::from(why).to_string();
        assert!(shown.contains("does not exist: a pooler in between"), "{shown}");
    }
}
