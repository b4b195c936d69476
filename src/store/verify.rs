//! Everything that a database holds of an operation, read to be checked, and what the database itself
//! finds wrong with its files.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

use super::checksums::Summed;
use super::engine::{Engine, Record};
use super::{
    KeptGap, Listed, OwnWords, Pruning, Repeats, Store, StoreError, Tx, VERSIONED, Versions,
    activities, batch, checksums, gaps, history, mappings, operations, own_words, packed, places,
    prune,
};
use crate::domain::{Activity, Rows, Text};

/// What the database itself finds wrong that is listed.
const LISTED: usize = 20;

/// What is kept of one operation, at one moment.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The current rows, from their tables and not from the packed copy.
    pub rows: Rows,
    /// Every version of every row, by table, row and first revision.
    pub versions: Vec<Version>,
    /// The row report of each submission, as JSON.
    pub reports: Vec<(u32, String)>,
    /// What each submission says again; `None` where that was not kept.
    pub repeats: Vec<(u32, Option<Repeats>)>,
    pub copy: Option<PackedCopy>,
    /// Words of places that are not those that their hash was made of.
    pub changed_words: usize,
    /// Whether what is said beside the rows is what was written.
    pub own: OwnWords,
    /// What each revision wrote, and what of it is there.
    pub revisions: Vec<Summed>,
    /// The oldest revision that is kept.
    pub oldest: u64,
    pub prunings: Vec<Pruning>,
    /// The revision that the table of gaps shows; `None` where there is none.
    pub gaps_revision: Option<u64>,
    /// Its rows; `None` where the database keeps no such table.
    pub gaps: Option<Vec<KeptGap>>,
    /// Tables that cannot be read, and why: what they hold is missing above.
    pub unreadable: Vec<(&'static str, String)>,
}

/// One version of a row, with what the table says of it, sound or not.
#[derive(Clone, Debug)]
pub struct Version {
    pub table: &'static str,
    /// What tells the row from others, its parts separated by `|`.
    pub key: String,
    pub from_revision: i64,
    /// `None` while it is current.
    pub to_revision: Option<i64>,
    pub submission: i64,
    pub row: i64,
}

/// The packed copy of the activities.
#[derive(Clone, Debug)]
pub struct PackedCopy {
    pub revision: u64,
    /// The current ones as a start makes them of it, by number; `None` where the copy is damaged.
    pub rows: Option<Vec<Activity>>,
}

impl Store {
    /// What the database itself finds wrong with its files, in its own words.
    pub async fn self_check(&self) -> Result<Vec<String>, StoreError> {
        let found = match &self.pool {
            Engine::Sqlite(pool) => sqlite(pool).await,
            Engine::Postgres(pool) => postgres(pool).await,
        };
        match found {
            Err(error) if error.is_damage() => Ok(vec![error.to_string()]),
            found => found,
        }
    }

    /// Everything that is kept of an operation, read in one transaction; `None` where there is no
    /// such operation.
    pub async fn kept(&self, operation: &str) -> Result<Option<Kept>, StoreError> {
        let mut tx = self.pool.read().await?;
        let tx = &mut tx;
        let found = operations::get(tx, &operation.into()).await?;
        let Some(listed) = found else { return Ok(None) };
        let mut parts = Parts::default();
        let own = parts.of("submissions", own_words::check(tx, &listed).await)?;
        let Listed { operation, revision, oldest } = listed;
        let id = operation.id.clone();
        let id = &id;
        let words = Arc::new(parts.of("said_places", places::words(tx, id).await)?);
        let now = Versions::Current;
        let rows = Rows {
            submissions: parts.of("submissions", operations::submissions(tx, id).await)?,
            areas: parts.of("areas", batch::read(tx, id, now, &words).await)?,
            partners: parts.of("partners", batch::read(tx, id, now, &words).await)?,
            activities: parts.of("activities", activities::read(tx, id, now, &words).await)?,
            sites: parts.of("sites", batch::read(tx, id, now, &words).await)?,
            needs: parts.of("needs", batch::read(tx, id, now, &words).await)?,
            populations: parts.of("populations", batch::read(tx, id, now, &words).await)?,
            decisions: parts.of("decisions", batch::read(tx, id, now, &words).await)?,
            mappings: parts.of("mappings", mappings::read(tx, id).await)?,
            operation,
            revision,
        };
        let mut all = Vec::new();
        let mut revisions = parts.of("submissions", checksums::wrote(tx, id).await)?;
        for table in VERSIONED {
            let each = |row: &dyn Record| {
                all.push(version(table.name, row)?);
                Ok(())
            };
            let found = checksums::found(tx, id, table, "true", each).await;
            let found = parts.of(table.name, found)?;
            checksums::note(&mut revisions, table, found);
        }
        let copy = parts.of(
            "packed_activities",
            packed::copy(tx, id, oldest..=rows.revision.number, &words).await,
        )?;
        Ok(Some(Kept {
            rows,
            versions: all,
            reports: parts.of("submissions", reports(tx, id).await)?,
            repeats: parts.of("submissions", history::repeats(tx, id).await)?,
            copy: copy.map(|(revision, rows)| PackedCopy { revision, rows }),
            own,
            changed_words: places::changed(&words),
            revisions,
            oldest,
            prunings: parts.of("prunings", prune::prunings(tx, id).await)?,
            gaps: parts.of("gaps", gaps::kept(tx, id).await)?,
            gaps_revision: parts.of("gaps", gaps_revision(tx, id).await)?,
            unreadable: parts.0,
        }))
    }
}

/// Tables that could not be read.
#[derive(Default)]
struct Parts(Vec<(&'static str, String)>);

impl Parts {
    /// What was read, or nothing and a note where it cannot be read. PostgreSQL answers nothing more
    /// in a transaction in which something failed.
    fn of<T: Default>(
        &mut self,
        table: &'static str,
        read: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match read {
            Err(error) if error.is_damage() || !self.0.is_empty() => {
                if self.0.iter().all(|(known, _)| *known != table) {
                    self.0.push((table, error.to_string()));
                }
                Ok(T::default())
            }
            read => read,
        }
    }
}

pub fn version(table: &'static str, row: &dyn Record) -> Result<Version, StoreError> {
    Ok(Version {
        table,
        key: batch::text(row, 0)?.to_owned(),
        from_revision: batch::integer(row, 1)?,
        to_revision: row.integer(2)?,
        submission: batch::integer(row, 3)?,
        row: batch::integer(row, 4)?,
    })
}

async fn reports(tx: &mut Tx, operation: &Text) -> Result<Vec<(u32, String)>, StoreError> {
    let sql = "select submission, report
         from submissions
         where operation = $1
         order by submission";
    let read = batch::rows(tx, operation, sql, |row| {
        Ok((batch::integer(row, 0)?, batch::text(row, 1)?.to_owned()))
    });
    read.await
}

async fn gaps_revision(tx: &mut Tx, operation: &Text) -> Result<Option<u64>, StoreError> {
    if matches!(tx, Engine::Sqlite(_)) {
        return Ok(None);
    }
    let sql = "select max(from_revision) from gaps where operation = $1";
    let found = batch::rows(tx, operation, sql, |row| batch::integer_opt(row, 0)).await?;
    Ok(found.into_iter().next().flatten())
}

/// Every page, every index against its table; then rows that name what is not there.
async fn sqlite(pool: &SqlitePool) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let sql = format!("pragma integrity_check({LISTED})");
    let said: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await?;
    let lines = said.iter().flat_map(|text| text.lines());
    let lines: Vec<&str> = lines.filter(|line| *line != "ok" && !line.starts_with("***")).collect();
    if !lines.is_empty() {
        // It speaks of trees by the number of their first page.
        let sql = "select rootpage, tbl_name from sqlite_schema where rootpage is not null";
        let trees: Vec<(i64, String)> =
            sqlx::query_as(sql).fetch_all(pool).await.unwrap_or_default();
        let trees: HashMap<i64, String> = trees.into_iter().collect();
        found.extend(lines.into_iter().take(LISTED).map(|line| {
            let tree = line.strip_prefix("Tree ").and_then(|rest| rest.split(' ').next());
            match tree.and_then(|tree| trees.get(&tree.parse().ok()?)) {
                Some(table) => format!("{line} (table {table})"),
                None => line.to_owned(),
            }
        }));
    }
    // A damaged file may end this with an error, after it has been found to be damaged.
    if found.is_empty() {
        let sql = "select 'a row of ' || \"table\" || ' names a row of ' || parent
             || ' that is not there'
           from pragma_foreign_key_check
           limit 20";
        found.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(pool).await?);
    }
    Ok(found)
}

/// What the server's own books say: pages that were not as they were written, constraints and
/// indexes that do not hold.
async fn postgres(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    let sql = "
        select checksum_failures || ' pages were read that are not as they were written'
        from pg_stat_database
        where datname = current_database() and checksum_failures > 0
        union all
        select 'constraint ' || conname || ' of ' || conrelid::regclass || ' was never checked'
        from pg_constraint
        where connamespace = current_schema()::regnamespace and not convalidated
        union all
        select 'index ' || indexrelid::regclass || ' of ' || indrelid::regclass || ' is not complete'
        from pg_index
        join pg_class on pg_class.oid = indrelid
        where relnamespace = current_schema()::regnamespace and not indisvalid
        union all
        select 'table ' || own.oid::regclass || ' has lost its primary key: rows may be there twice'
        from pg_class as own
        join pg_attribute on attrelid = own.oid and attname = 'operation'
        where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
          and not exists (select from pg_index where indrelid = own.oid and indisprimary)
        union all
        select 'column ' || attname || ' of ' || own.oid::regclass
          || ' has lost its spatial index: what is drawn of it is slow'
        from pg_class as own
        join pg_attribute as shape on attrelid = own.oid
          and atttypid = to_regtype('geometry') and not attisdropped
        where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
          and exists (select from pg_attribute where attrelid = own.oid and attname = 'operation')
          and not exists (select from pg_index where indrelid = own.oid and attnum = any (indkey))";
    Ok(sqlx::query_scalar(sql).fetch_all(pool).await?)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::{Operation, Revision};
    use crate::store::databases;
    use crate::store::engine::on;
    use crate::store::{Changes, NewSubmission};

    async fn commit(store: &Store, base: u64) {
        let operation = Operation::new("op", "Op");
        let submission = NewSubmission {
            id: base as u32 + 1,
            kind: "review".into(),
            file_name: "".into(),
            sha256: "".into(),
            at: "2026-07-01T00:00:00Z".into(),
            report: "{}".into(),
            ..NewSubmission::default()
        };
        let turn = store.turn(&operation.id).await.unwrap();
        let base = Revision { number: base, at: submission.at.clone() };
        turn.commit(&operation, &base, &submission, &Changes::default(), &|_| ()).await.unwrap();
    }

    #[tokio::test]
    async fn everything_is_read_that_can_be_and_the_rest_is_named() {
        for store in databases::stores().await {
            assert!(store.kept("op").await.unwrap().is_none());
            commit(&store, 0).await;
            store.keep_gaps(&"op".into(), 1, &[]).await.unwrap();
            store.keep_packed(&"op".into(), 1, vec![vec![1, 2]]).await.unwrap();
            let kept = store.kept("op").await.unwrap().unwrap();
            assert_eq!((kept.reports.len(), kept.unreadable.len()), (1, 0));
            assert_eq!(kept.copy.map(|copy| (copy.revision, copy.rows)), Some((1, None)));
            let sql = "
                insert into partners (operation, partner, from_revision, submission, row, name, type)
                values ('op', 'alpha', 1, 1, 2, 'Alpha', 'a kind of the future');
                insert into said_places (operation, said, from_revision, adm1_code)
                values ('op', 12, 1, 'XA01');";
            on!(&store.pool, |pool| sqlx::raw_sql(sql).execute(pool).await.map(drop)).unwrap();
            let kept = store.kept("op").await.unwrap().unwrap();
            assert_eq!((kept.changed_words, kept.versions.len()), (1, 1));
            assert_eq!(kept.versions[0].key, "alpha");
            let [(table, why)] = &kept.unreadable[..] else { panic!("{:?}", kept.unreadable) };
            assert!(*table == "partners" && why.contains("a kind of the future"), "{why}");
            assert_eq!(store.self_check().await.unwrap(), Vec::<String>::new());
        }
    }

    #[tokio::test]
    async fn keys_and_spatial_indexes_that_were_dropped_are_found() {
        for store in databases::stores().await {
            let Engine::Postgres(pool) = &store.pool else { continue };
            let sql = "alter table sites drop constraint sites_pkey cascade; drop index areas_geom";
            sqlx::raw_sql(sql).execute(pool).await.unwrap();
            let found = store.self_check().await.unwrap();
            let is_said = |what: &str| found.iter().any(|one| one.contains(what));
            assert!(is_said("sites has lost its primary key"), "{found:?}");
            assert!(is_said("geom of areas has lost its spatial index"), "{found:?}");
            assert_eq!(found.len(), 2, "{found:?}");
        }
    }
}
