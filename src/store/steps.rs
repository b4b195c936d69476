//! The steps that make and change the tables: which a database lacks, and running them.

use std::borrow::Cow;
use std::collections::HashMap;

use sqlx::migrate::{Migrate, Migration};

use super::connect::{self, Purpose};
use super::engine::{Engine, Pool, on};
use super::{Store, StoreError};

/// A step that brings tables up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub number: i64,
    /// What it is about, in a word.
    pub name: String,
}

impl Store {
    /// Brings the tables of a database that is there up to date, spreads them where Citus came after
    /// them, and lets readers read. Returns the steps it lacked.
    pub async fn migrate(url: &str) -> Result<Vec<Step>, StoreError> {
        let lacked = Store::steps_due(url).await?;
        let store = Store::open(url).await?;
        let again = async {
            if let Engine::Postgres(pool) = &store.pool {
                sqlx::raw_sql(connect::SPREAD).execute(pool).await?;
                sqlx::raw_sql(connect::READER).execute(pool).await?;
            }
            Ok::<(), sqlx::Error>(())
        };
        let again = again.await;
        store.close().await;
        again?;
        Ok(lacked)
    }

    /// The steps that a database lacks, in their order. Nothing of it changes.
    pub async fn steps_due(url: &str) -> Result<Vec<Step>, StoreError> {
        let pool = connect::reach(url, Purpose::Look).await?;
        let due = due(&pool, url).await;
        pool.close().await;
        due
    }
}

pub(super) async fn due(pool: &Pool, url: &str) -> Result<Vec<Step>, StoreError> {
    let known = connect::migrator(pool);
    // Who names a schema means that one, also where another one on its path has tables.
    let done = done(pool, &known.table_name, url.contains("search_path")).await?;
    if let Some(unknown) = done.keys().filter(|step| !known.version_exists(**step)).min() {
        return Err(connect::newer(url, *unknown));
    }
    let other =
        |step: &&Migration| done.get(&step.version).is_some_and(|sum| *sum != step.checksum);
    if let Some(other) = known.iter().find(other) {
        return Err(connect::other(url, other.version));
    }
    let due = known.iter().filter(|step| !done.contains_key(&step.version));
    Ok(due.map(|one| Step { number: one.version, name: one.description.to_string() }).collect())
}

/// The numbers of the steps that were run, with the checksums of what was.
async fn done(
    pool: &Pool,
    table: &str,
    in_first_schema: bool,
) -> Result<HashMap<i64, Cow<'static, [u8]>>, StoreError> {
    let sql = match pool {
        Engine::Sqlite(_) => "select count(*) from sqlite_schema where name = $1",
        Engine::Postgres(_) if in_first_schema => {
            "select count(*) from pg_catalog.pg_tables
             where tablename = $1 and schemaname = current_schema()"
        }
        Engine::Postgres(_) => "select count(to_regclass($1))",
    };
    on!(pool, |pool| {
        let mut connection = pool.acquire().await?;
        let found: i64 = sqlx::query_scalar(sql).bind(table).fetch_one(&mut *connection).await?;
        if found == 0 {
            return Ok(HashMap::new());
        }
        let done = connection.list_applied_migrations(table).await?;
        Ok(done.into_iter().map(|step| (step.version, step.checksum)).collect())
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::store::databases;

    #[tokio::test]
    async fn a_schema_that_is_named_has_tables_of_its_own() {
        let Some(url) = databases::postgres().await else { return };
        Store::create(&url).await.unwrap().close().await;
        let Engine::Postgres(pool) = connect::reach(&url, Purpose::Use).await.unwrap() else {
            unreachable!()
        };
        let first: String =
            sqlx::query_scalar("select current_schema()").fetch_one(&pool).await.unwrap();
        let own = format!("{first}_own");
        let make = format!("create schema \"{own}\"");
        sqlx::query(sqlx::AssertSqlSafe(make)).execute(&pool).await.unwrap();
        let before = url.split_once("options=").map_or(&*url, |(before, _)| before);
        let mark = if before.ends_with(['?', '&']) { "" } else { "?" };
        let path = format!("{before}{mark}options=-csearch_path%3D{own},{first},public");
        assert!(!Store::steps_due(&path).await.unwrap().is_empty());
        Store::create(&path).await.unwrap().close().await;
        let tables =
            "select count(*) from pg_tables where tablename = 'operations' and schemaname = $1";
        let count: i64 = sqlx::query_scalar(tables).bind(&own).fetch_one(&pool).await.unwrap();
        assert_eq!(count, 1);
        let drop = format!("drop schema \"{own}\" cascade");
        sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&pool).await.unwrap();
    }

    #[tokio::test]
    async fn steps_are_said_before_they_run_and_newer_ones_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("old.sqlite");
        std::fs::write(&file, "").unwrap();
        let file = file.to_str().unwrap().to_owned();
        for url in [Some(file), databases::postgres().await].into_iter().flatten() {
            let pool = connect::reach(&url, Purpose::Use).await.unwrap();
            let known = connect::migrator(&pool);
            let mut first = connect::migrator(&pool);
            first.migrations.to_mut().truncate(2);
            on!(&pool, |pool| first.run(pool).await).unwrap();
            let due = Store::steps_due(&url).await.unwrap();
            assert_eq!(due.len(), known.migrations.len() - 2);
            assert_eq!(due[0], Step { number: 3, name: "packed".to_owned() });
            assert_eq!(Store::steps_due(&url).await.unwrap(), due, "nothing was run");
            assert_eq!(Store::migrate(&url).await.unwrap(), due);
            assert_eq!(Store::migrate(&url).await.unwrap(), []);

            let checksum = match pool {
                Engine::Sqlite(_) => {
                    "update _sqlx_migrations set checksum = x'00' where version = 3"
                }
                Engine::Postgres(_) => {
                    "update _sqlx_migrations set checksum = '\\x00' where version = 3"
                }
            };
            on!(&pool, |pool| sqlx::query(checksum).execute(pool).await.map(drop)).unwrap();
            for refused in
                [Store::steps_due(&url).await.map(drop), Store::open(&url).await.map(drop)]
            {
                let said = refused.unwrap_err().to_string();
                assert!(said.contains("step 3") && said.contains("another"), "{said}");
            }

            let sql = "update _sqlx_migrations set version = 4000 where version = 3";
            on!(&pool, |pool| sqlx::query(sql).execute(pool).await.map(drop)).unwrap();
            let refusals = [
                Store::steps_due(&url).await.map(drop),
                Store::migrate(&url).await.map(drop),
                Store::open(&url).await.map(drop),
                Store::create(&url).await.map(drop),
            ];
            for refused in refusals {
                let said = refused.unwrap_err().to_string();
                assert!(said.contains("step 4000") && said.contains("newer lacuna"), "{said}");
            }
        }
    }
}
