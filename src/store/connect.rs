//! Opening a database, and bringing its tables up to date.

use std::borrow::Cow;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgConnection, SqlSafeStr};

use super::engine::{Engine, Pool};
use super::{Step, StoreError};

/// How long a statement waits for a connection.
const WAIT: Duration = Duration::from_secs(10);

/// Pauses between tries to say how a new file is written, milliseconds.
const PAUSES: [u64; 7] = [10, 20, 40, 80, 160, 320, 640];

/// How long it waits for another writer of the same file, which may be importing a large one.
const WAIT_FOR_WRITER: Duration = Duration::from_secs(60);

/// How long a PostgreSQL may take to begin to listen.
const START: Duration = Duration::from_secs(3);

/// How long a question is waited for before it is looked whether anybody is there, and how long that
/// is waited for.
const SILENCE: Duration = Duration::from_millis(500);
const WORD: Duration = Duration::from_millis(2_500);

/// Connections of one server to PostgreSQL.
const CONNECTIONS: u32 = 8;

/// Bytes of a page of a SQLite file that is made: each costs some calls of the system as an import
/// writes it. A file that is there keeps its own.
const PAGE: u32 = 8_192;

/// The step that spreads PostgreSQL's tables over the machines of Citus, where there are any: it may
/// run again, and does nothing where nothing is left to do.
pub(super) const SPREAD: &str = include_str!("../../migrations/postgres/0007_citus.sql");

/// The step that lets the readers' role read, which may have been made since: it may run again, too.
pub(super) const READER: &str = include_str!("../../migrations/postgres/0009_reader.sql");

/// What is meant to be done with a database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A SQLite file that is not there is made.
    Make,
    /// It must be there.
    Use,
    /// It must be there, and nothing of it changes.
    Look,
}

/// Opens the database of a URL and brings its tables up to date.
pub async fn connect(url: &str, purpose: Purpose) -> Result<Pool, StoreError> {
    let pool = reach(url, purpose).await?;
    let error = match updated(&pool, url).await {
        Ok(()) => return Ok(pool),
        Err(error) => error,
    };
    // Nothing is left beside a file that was not used.
    pool.close().await;
    Err(error)
}

/// Runs the steps that are due; where there are none nothing is written, so that who may only read
/// may read.
async fn updated(pool: &Pool, url: &str) -> Result<(), StoreError> {
    if super::steps::due(pool, url).await?.is_empty() {
        return Ok(());
    }
    let migrations = migrator(pool);
    let done = match pool {
        Engine::Sqlite(pool) => alone_in_file(pool, &migrations).await,
        // It keeps others away itself.
        Engine::Postgres(pool) => migrations.run(pool).await,
    };
    match done {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(step)) => Err(newer(url, step)),
        Err(MigrateError::Execute(error)) => match StoreError::from(error) {
            StoreError::Sql(error) => Err(StoreError::Migrate(MigrateError::Execute(error))),
            locked => Err(locked),
        },
        Err(error) => Err(StoreError::Migrate(error)),
    }
}

/// Runs the steps in one transaction, which waits for whoever else brings the file up to date: what is
/// still due is looked up behind it.
async fn alone_in_file(pool: &sqlx::SqlitePool, migrations: &Migrator) -> Result<(), MigrateError> {
    let mut tx = pool.begin_with("begin immediate").await?;
    migrations.run(&mut *tx).await?;
    Ok(tx.commit().await?)
}

/// Opens the database of a URL and leaves its tables as they are.
pub async fn reach(url: &str, purpose: Purpose) -> Result<Pool, StoreError> {
    if is_postgres(url) {
        let pool = postgres(url).await.map_err(open(url))?;
        let encoding: String =
            sqlx::query_scalar("show server_encoding").fetch_one(&pool).await.map_err(open(url))?;
        match encoding.as_str() {
            // Whatever bytes it is given it gives back.
            "UTF8" | "SQL_ASCII" => Ok(Engine::Postgres(pool)),
            _ => Err(StoreError::Encoding { url: without_password(url), encoding }),
        }
    } else if url.contains("://") && !url.starts_with("sqlite://") {
        Err(StoreError::Unsupported(without_password(url)))
    } else {
        Ok(Engine::Sqlite(sqlite(url, purpose).await?))
    }
}

/// The refusal of a database with a step that this version does not know.
pub(super) fn newer(url: &str, step: i64) -> StoreError {
    StoreError::Newer { url: without_password(url), step }
}

/// The refusal of a database of which a step was another one than this version's.
pub(super) fn other(url: &str, step: i64) -> StoreError {
    StoreError::Other { url: without_password(url), step }
}

/// What is said of a database that lacks a step, where it must not be changed.
pub(super) fn older(url: &str, lacks: Step) -> StoreError {
    StoreError::Older { url: without_password(url), lacks }
}

async fn sqlite(url: &str, purpose: Purpose) -> Result<sqlx::SqlitePool, StoreError> {
    let create = purpose == Purpose::Make;
    let options = if url.starts_with("sqlite:") {
        SqliteConnectOptions::from_str(url).map_err(open(url))?
    } else {
        SqliteConnectOptions::new().filename(url)
    };
    let file = options.get_filename().to_owned();
    if !create && !url.contains(":memory:") && !file.exists() {
        return Err(StoreError::Missing(file.display().to_string()));
    }
    // EXTRA, so that an acknowledged import survives a power cut and not only a kill.
    let options = options
        .create_if_missing(create)
        .synchronous(SqliteSynchronous::Extra)
        .page_size(PAGE)
        .busy_timeout(WAIT_FOR_WRITER)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "memory");
    // Said once, it stays said in the file.
    let is_read_only = file.exists() && is_read_only(&file);
    let options = options.read_only(is_read_only).immutable(is_read_only);
    if purpose != Purpose::Look && !is_read_only {
        with_log(&options).await.map_err(open(url))?;
    }
    pooled(options, url.contains(":memory:")).await.map_err(open(url))
}

/// Whether a database is on a medium that nobody can write to, and whole: SQLite then needs to be told
/// that it has no log beside it.
fn is_read_only(file: &Path) -> bool {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let tried = tempfile::tempfile_in(folder.unwrap_or(Path::new(".")));
    let is_read_only = tried.is_err_and(|error| error.kind() == ErrorKind::ReadOnlyFilesystem);
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    is_read_only && fs::metadata(log).map_or(true, |log| log.len() == 0)
}

async fn pooled(
    options: SqliteConnectOptions,
    in_memory: bool,
) -> Result<sqlx::SqlitePool, sqlx::Error> {
    // A database in memory belongs to its one connection, which therefore must never be closed.
    let pool = SqlitePoolOptions::new()
        .min_connections(u32::from(in_memory))
        .max_connections(if in_memory { 1 } else { 4 })
        .idle_timeout(None)
        .max_lifetime(None)
        .after_release(move |connection, _| {
            // The rows that an import added came from a file of their own.
            let detach = sqlx::query("detach database added");
            Box::pin(async move {
                let _ = detach.execute(&mut *connection).await;
                // Where the disk was full, SQLite has rolled back before sqlx, which goes on
                // counting that transaction: such a connection begins no other.
                Ok(in_memory || !connection.is_in_transaction())
            })
        })
        .connect_with(options.clone())
        .await?;
    // A file that was moved away since is not made anew by a connection that is added.
    pool.set_connect_options(options.create_if_missing(in_memory));
    Ok(pool)
}

/// Has a SQLite file written with a log beside it. Of several that say so at once SQLite refuses some
/// without waiting: they say it again.
async fn with_log(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    for pause in PAUSES {
        let pause = Duration::from_millis(pause);
        let hurried = options.clone().busy_timeout(pause);
        match journal(&hurried, SqliteJournalMode::Wal).await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("5") => {
                tokio::time::sleep(pause).await;
            }
            done => return done,
        }
    }
    journal(options, SqliteJournalMode::Wal).await
}

/// Says how a SQLite file is written; what a connection of its own says holds for all.
async fn journal(
    options: &SqliteConnectOptions,
    mode: SqliteJournalMode,
) -> Result<(), sqlx::Error> {
    let options = options.clone().journal_mode(mode);
    sqlx::SqliteConnection::connect_with(&options).await?.close().await
}

/// Has a SQLite file that nobody else has open written without a log beside it, until somebody opens
/// it: what is added to it is written once and not twice.
pub async fn alone(pool: sqlx::SqlitePool) -> Result<sqlx::SqlitePool, sqlx::Error> {
    let options = (*pool.connect_options()).clone();
    pool.close().await;
    // Refused where others have it open.
    let _ = journal(&options, SqliteJournalMode::Delete).await;
    pooled(options, false).await
}

/// The end of [`alone`]: the file is as others know it.
pub async fn shared(pool: &Pool) {
    if let Engine::Sqlite(pool) = pool {
        // Who opens it next says the same.
        let _ = journal(&pool.connect_options(), SqliteJournalMode::Wal).await;
    }
}

/// Makes a SQLite database that nobody has open one file without a log beside it.
pub async fn seal(url: &str) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(url);
    journal(&options, SqliteJournalMode::Delete).await.map_err(open(url))
}

/// A pool of a PostgreSQL that is reached when it is first asked.
pub fn lazily(url: &str, wait: Duration) -> Result<sqlx::PgPool, StoreError> {
    if !is_postgres(url) {
        return Err(StoreError::NoReplica);
    }
    let options = PgConnectOptions::from_str(url).map_err(open(url))?.application_name("lacuna");
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(wait);
    Ok(pool.connect_lazy_with(options))
}

fn is_postgres(url: &str) -> bool {
    ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
}

async fn postgres(url: &str) -> Result<sqlx::PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("lacuna");
    answers(&options).await?;
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT)
        .connect_with(options)
        .await
}

/// What a pool answers, or why its server does not, which a pool does not say: it goes on trying. What
/// is waited for is large, and part of nearly every question: it is not kept on the stack.
pub async fn heard<T, E: From<sqlx::Error>>(
    pool: &sqlx::PgPool,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    tokio::select! {
        answer = Box::pin(answer) => answer,
        why = Box::pin(silence(pool)) => Err(why.into()),
    }
}

/// Why a pool has not answered for a while; it does not return where the server can be spoken to,
/// whatever that says.
async fn silence(pool: &sqlx::PgPool) -> sqlx::Error {
    loop {
        tokio::time::sleep(SILENCE).await;
        let options = pool.connect_options();
        if let Err(why @ sqlx::Error::Io(_)) = speak(&options, WORD).await {
            return why;
        }
    }
}

/// Speaks to a server, also to one that is about to start.
async fn answers(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let ends = tokio::time::Instant::now() + START;
    loop {
        let Err(error) = speak(options, WAIT).await else { return Ok(()) };
        // 57P03: it is starting up.
        let starts = match &error {
            sqlx::Error::Io(why) => {
                matches!(why.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound)
            }
            sqlx::Error::Database(said) => said.code().as_deref() == Some("57P03"),
            _ => false,
        };
        if !starts || tokio::time::Instant::now() >= ends {
            return Err(error);
        }
        tokio::time::sleep(START / 10).await;
    }
}

/// Speaks to a server, and says where it was looked for.
async fn speak(options: &PgConnectOptions, wait: Duration) -> Result<(), sqlx::Error> {
    let place = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let says = |kind, why: &str| {
        sqlx::Error::Io(std::io::Error::new(kind, format!("nobody answers at {place}: {why}")))
    };
    match tokio::time::timeout(wait, PgConnection::connect_with(options)).await {
        Ok(Ok(connection)) => connection.close().await,
        Ok(Err(sqlx::Error::Io(why))) => Err(says(why.kind(), &why.to_string())),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(says(ErrorKind::TimedOut, "no word in time")),
    }
}

fn open(url: &str) -> impl FnOnce(sqlx::Error) -> StoreError {
    let url = without_password(url);
    move |why| StoreError::Open { url, why }
}

/// A URL as it may be shown.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split_once(':').map_or(user, |(user, _)| user);
            format!("{scheme}://{user}@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

/// A migration of each database: the same number and the same name, which together are its file's.
macro_rules! migrations {
    ($pool:expr, $($file:literal),+ $(,)?) => {{
        let is_sqlite = matches!($pool, Engine::Sqlite(_));
        vec![$({
            let sql = if is_sqlite {
                include_str!(concat!("../../migrations/sqlite/", $file, ".sql"))
            } else {
                include_str!(concat!("../../migrations/postgres/", $file, ".sql"))
            };
            let (number, name) = $file.split_once('_').unwrap_or_default();
            let number = number.parse().unwrap_or_default();
            Migration::new(number, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        }),+]
    }};
}

/// The steps that bring tables up to date.
pub(super) fn migrator(pool: &Pool) -> Migrator {
    let migrations = migrations!(
        pool,
        "0001_operations",
        "0002_cycle",
        "0003_packed",
        "0004_maps",
        "0005_spread",
        "0006_pruned",
        "0007_citus",
        "0008_names",
        "0009_reader",
        "0010_checksums",
        "0011_gap_names",
        "0012_sheets",
        "0013_repeats",
        "0014_own_words",
    );
    Migrator { migrations: Cow::Owned(migrations), ..Migrator::DEFAULT }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    use std::time::Instant;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, UnixStream};
    use tokio::task::JoinSet;

    use super::*;
    use crate::store::{Store, databases};

    /// Hands on what goes to and from a server, and nothing while that is said to hang.
    async fn between(listener: TcpListener, server: String, hangs: Arc<AtomicBool>) {
        let mut connections = JoinSet::new();
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = UnixStream::connect(&server).await.unwrap();
            let hangs = hangs.clone();
            connections.spawn(async move {
                let (mut asked, mut answered) = ([0; 8_192], [0; 8_192]);
                loop {
                    let (from_client, count) = tokio::select! {
                        count = client.read(&mut asked) => (true, count.unwrap_or(0)),
                        count = server.read(&mut answered) => (false, count.unwrap_or(0)),
                    };
                    while hangs.load(Relaxed) {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    let done = match from_client {
                        true => server.write_all(&asked[..count]).await,
                        false => client.write_all(&answered[..count]).await,
                    };
                    if count == 0 || done.is_err() {
                        return;
                    }
                }
            });
        }
    }

    #[tokio::test]
    async fn a_postgresql_that_goes_away_or_hangs_is_told_and_one_that_is_busy_is_waited_for() {
        let Some(url) = databases::postgres().await else { return };
        let options = PgConnectOptions::from_str(&url).unwrap();
        let Some(socket) = options.get_socket() else {
            eprintln!("skipped: it is not reached by a socket");
            return;
        };
        let socket = format!("{}/.s.PGSQL.{}", socket.display(), options.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let hangs = Arc::new(AtomicBool::new(false));
        let server = tokio::spawn(between(listener, socket.clone(), hangs.clone()));
        let (user, name) = (options.get_username(), options.get_database().unwrap());
        let schema = url.split_once("options=").unwrap().1;
        let store = format!("postgres://{user}@{address}/{name}?options={schema}");
        let store = Store::create(&store).await.unwrap();
        let is_told = async |within: f64| {
            let begun = Instant::now();
            let read = store.newest("op").await.err();
            let turn = store.turn(&"op".into()).await.err();
            let listed = store.operations().await.err();
            for error in [read, turn, listed] {
                let error = error.unwrap();
                assert!(error.is_away() && error.to_string().contains("nobody answers"), "{error}");
            }
            let took = begun.elapsed().as_secs_f64() / 3.0;
            assert!(took < within, "{took} s each");
        };

        // All connections of the pool are in use, for longer than it takes to see that nobody is there.
        let mut used = Vec::new();
        for _ in 0..CONNECTIONS {
            used.push(store.pool.read().await.unwrap());
        }
        let waits = store.newest("op");
        let leaves = async {
            tokio::time::sleep(SILENCE + WORD + SILENCE).await;
            used.clear();
        };
        assert_eq!(tokio::join!(waits, leaves).0.unwrap(), None);

        hangs.store(true, Relaxed);
        is_told(4.0).await;
        hangs.store(false, Relaxed);
        assert_eq!(store.newest("op").await.unwrap(), None);
        server.abort();
        is_told(2.0).await;
        let again = TcpListener::bind(address).await.unwrap();
        tokio::spawn(between(again, socket, hangs));
        assert_eq!(store.newest("op").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_postgresql_that_does_not_listen_is_named_within_seconds() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|one| one.local_addr());
        let port = free.map(|address| address.port()).unwrap_or(1);
        let begun = std::time::Instant::now();
        let url = format!("postgres://who:secret@127.0.0.1:{port}/lacuna");
        let refused = connect(&url, Purpose::Use).await.err().map(|error| error.to_string());
        let refused = refused.unwrap_or_default();
        assert!(refused.contains(&format!("nobody answers at 127.0.0.1:{port}: ")), "{refused}");
        assert!(!refused.contains("secret"), "{refused}");
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn who_opens_a_new_or_an_older_file_at_once_with_others_waits_for_them() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..12 {
            let file = folder.path().join(format!("{round}.sqlite"));
            let file = file.to_str().unwrap().to_owned();
            if round % 2 == 1 {
                let pool = reach(&file, Purpose::Make).await.unwrap();
                let mut first = migrator(&pool);
                first.migrations.to_mut().truncate(4);
                let Engine::Sqlite(pool) = pool else { unreachable!() };
                first.run(&pool).await.unwrap();
                pool.close().await;
            }
            let open = || {
                let file = file.clone();
                std::thread::spawn(move || {
                    let opened = async { Store::create(&file).await.map(drop) };
                    tokio::runtime::Runtime::new().unwrap().block_on(opened)
                })
            };
            for opened in [(); 6].map(|()| open()) {
                opened.join().unwrap().unwrap();
            }
            assert_eq!(Store::steps_due(&file).await.unwrap(), []);
        }
    }

    #[test]
    fn passwords_are_never_shown() {
        assert_eq!(without_password("postgres://u:p%40@h:1/d?password=p"), "postgres://u@h:1/d");
        assert_eq!(without_password("postgres://h/d"), "postgres://h/d");
        assert_eq!(without_password("some.sqlite"), "some.sqlite");
    }
}
