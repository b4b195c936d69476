//! Databases for tests: an empty one of each kind.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::Connection;

use super::Store;

/// The variable that holds the address of a PostgreSQL database that tests may fill.
const POSTGRES: &str = "LACUNA_TEST_POSTGRES";

/// The address of an empty database in PostgreSQL, where the tests have one: a schema of its own.
pub(crate) async fn postgres() -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var(POSTGRES) else {
        eprintln!("skipped on PostgreSQL: {POSTGRES} is not set, tests/postgres sets it");
        return None;
    };
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("test_{}_{number}", std::process::id());
    let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
    let sql = format!("create schema {schema}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    let joint = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{joint}options=-csearch_path%3D{schema},public"))
}

/// An empty store of each kind.
pub(crate) async fn stores() -> Vec<Store> {
    let mut stores = vec![Store::create("sqlite::memory:").await.unwrap()];
    if let Some(url) = postgres().await {
        stores.push(Store::create(&url).await.unwrap());
    }
    stores
}
