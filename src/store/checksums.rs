//! What every revision wrote, as sums of hashes that are kept with its submission: a row that anything
//! else changed, removed or added since does not add up any more.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Add, Sub};

use futures_util::TryStreamExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use xxhash_rust::xxh3::xxh3_64;

use super::batch::{self, Columns, Table, Values};
use super::engine::{Record, Stored, on};
use super::{StoreError, Tx};
use crate::domain::Text;
use crate::sqlite_file::Value;

/// Rows that one processor hashes at a time.
const PART: usize = 4_096;

/// How many rows, and the sum of their hashes: the same in whatever order they are added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "(u64, u64)", from = "(u64, u64)")]
pub struct Sum {
    pub rows: u64,
    pub hashes: u64,
}

/// What a revision did to a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sums {
    /// The rows that it added, whole.
    pub added: Sum,
    /// The keys of the rows that it ended.
    pub ended: Sum,
}

/// The sums of a revision, by the names of the tables that it changed.
pub type Checksums = BTreeMap<String, Sums>;

/// A revision, and what of it is in the tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summed {
    pub submission: u32,
    pub revision: u64,
    /// What it wrote; `None` where that was not kept yet.
    pub wrote: Option<Checksums>,
    pub found: Checksums,
}

impl Summed {
    /// The tables in which something else is than it wrote: what that was, and what is there.
    pub fn differing(&self) -> impl Iterator<Item = (&'static str, Sums, Sums)> {
        let tables = super::VERSIONED.iter().map(|table| table.name);
        tables.filter_map(|table| {
            let of = |sums: &Checksums| sums.get(table).copied().unwrap_or_default();
            let (wrote, found) = (of(self.wrote.as_ref()?), of(&self.found));
            (wrote != found).then_some((table, wrote, found))
        })
    }
}

impl From<Sum> for (u64, u64) {
    fn from(sum: Sum) -> (u64, u64) {
        (sum.rows, sum.hashes)
    }
}

impl From<(u64, u64)> for Sum {
    fn from((rows, hashes): (u64, u64)) -> Sum {
        Sum { rows, hashes }
    }
}

impl Add for Sum {
    type Output = Sum;

    fn add(self, other: Sum) -> Sum {
        let hashes = self.hashes.wrapping_add(other.hashes);
        Sum { rows: self.rows.saturating_add(other.rows), hashes }
    }
}

impl Sub for Sum {
    type Output = Sum;

    fn sub(self, other: Sum) -> Sum {
        let hashes = self.hashes.wrapping_sub(other.hashes);
        Sum { rows: self.rows.saturating_sub(other.rows), hashes }
    }
}

impl Sum {
    pub fn one(hash: u64) -> Sum {
        Sum { rows: 1, hashes: hash }
    }

    /// The sum of rows that are about to be written.
    pub fn of_rows<T: Sync>(rows: &[T], columns: &(impl Columns<T> + Sync)) -> Sum {
        let part = |rows: &[T]| {
            let mut digest = Digest::default();
            let hashes = rows.iter().map(|row| {
                columns.fill(&mut digest, row);
                Sum::one(digest.take())
            });
            hashes.fold(Sum::default(), Sum::add)
        };
        rows.par_chunks(PART).map(part).reduce(Sum::default, Sum::add)
    }

    /// The sum of keys, each its columns separated by `|`.
    pub fn of_keys(keys: impl Iterator<Item = impl AsRef<str>>) -> Sum {
        keys.map(|key| Sum::one(xxh3_64(key.as_ref().as_bytes()))).fold(Sum::default(), Sum::add)
    }
}

/// The bytes of a row that are hashed: its values with the places of their columns. What is missing
/// takes none, so that a column that comes later changes no hash of a row without it.
#[derive(Default)]
pub struct Digest {
    bytes: Vec<u8>,
    column: u8,
}

impl Digest {
    /// The hash of the row whose values were put in, and begins the next.
    pub fn take(&mut self) -> u64 {
        let hash = xxh3_64(&self.bytes);
        self.bytes.clear();
        self.column = 0;
        hash
    }

    /// Adds the value of the next column.
    pub fn put(&mut self, value: Value<'_>) {
        let number: [u8; 8];
        let (kind, bytes): (u8, &[u8]) = match value {
            Value::Null => (0, &[]),
            Value::Integer(integer) => {
                number = integer.to_le_bytes();
                (1, &number)
            }
            // Whole ones may come back as integers.
            Value::Real(real) if real as i64 as f64 == real => {
                number = (real as i64).to_le_bytes();
                (1, &number)
            }
            // SQLite has no such number.
            Value::Real(real) if real.is_nan() => (0, &[]),
            Value::Real(real) => {
                number = real.to_le_bytes();
                (2, &number)
            }
            Value::Text(text) => (3, text.as_bytes()),
            Value::Blob(blob) => (4, blob),
        };
        if kind > 0 {
            let mut head = [self.column, kind, 0, 0, 0, 0, 0, 0, 0, 0];
            head[2..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
            self.bytes.extend_from_slice(&head);
            self.bytes.extend_from_slice(bytes);
        }
        self.column += 1;
    }
}

impl Values for Digest {
    fn integer(&mut self, value: impl Into<Option<i64>>) {
        self.put(value.into().map_or(Value::Null, Value::Integer));
    }

    fn real(&mut self, value: impl Into<Option<f64>>) {
        self.put(value.into().map_or(Value::Null, Value::Real));
    }

    fn text<'t>(&mut self, value: impl Into<Option<&'t Text>>) {
        self.put(value.into().map_or(Value::Null, |text| Value::Text(text)));
    }

    fn bytes(&mut self, value: Option<Vec<u8>>) {
        self.put(value.as_deref().map_or(Value::Null, Value::Blob));
    }

    fn code(&mut self, value: impl Into<Option<&'static str>>) {
        self.put(value.into().map_or(Value::Null, Value::Text));
    }
}

/// Keeps what a revision wrote instead of what was kept before.
async fn keep(
    tx: &mut Tx,
    operation: &Text,
    revision: u64,
    wrote: &Checksums,
) -> Result<(), StoreError> {
    let sql = "update submissions set checksums = $1 where operation = $2 and revision = $3";
    let wrote = serde_json::to_string(wrote).unwrap_or_default();
    on!(tx, |tx| {
        let query = sqlx::query(sql).bind(wrote).bind(operation.to_string()).bind(revision as i64);
        query.execute(&mut **tx).await?;
    });
    Ok(())
}

/// Notes what of the revisions is in a table.
pub fn note(revisions: &mut [Summed], table: &Table, mut found: BTreeMap<u64, Sums>) {
    // Rows of a revision that nothing made are another finding.
    for one in revisions {
        if let Some(sums) = found.remove(&one.revision) {
            one.found.insert(table.name.to_owned(), sums);
        }
    }
}

/// Takes rows that are about to be removed out of what their revisions wrote, so that what stays adds
/// up as before. `condition` tells them, as SQL.
pub async fn without(tx: &mut Tx, operation: &Text, condition: &str) -> Result<(), StoreError> {
    let mut revisions = wrote(tx, operation).await?;
    let mut changed = BTreeSet::new();
    for table in super::VERSIONED {
        for (revision, removed) in found(tx, operation, table, condition, |_| Ok(())).await? {
            let one = revisions.iter_mut().find(|one| one.revision == revision);
            let Some(wrote) = one.and_then(|one| one.wrote.as_mut()) else { continue };
            let sums = wrote.entry(table.name.to_owned()).or_default();
            sums.added = sums.added - removed.added;
            sums.ended = sums.ended - removed.ended;
            if *sums == Sums::default() {
                wrote.remove(table.name);
            }
            changed.insert(revision);
        }
    }
    for one in revisions.iter().filter(|one| changed.contains(&one.revision)) {
        if let Some(wrote) = &one.wrote {
            keep(tx, operation, one.revision, wrote).await?;
        }
    }
    Ok(())
}

/// Every revision of an operation with what it wrote.
pub async fn wrote(tx: &mut Tx, operation: &Text) -> Result<Vec<Summed>, StoreError> {
    let sql = "select submission, revision, checksums
         from submissions
         where operation = $1
         order by revision";
    batch::rows(tx, operation, sql, |row| {
        let kept = |text: &str| {
            serde_json::from_str(text)
                .map_err(|_| StoreError::Corrupt { table: "submissions", value: text.to_owned() })
        };
        Ok(Summed {
            submission: batch::integer(row, 0)?,
            revision: batch::integer(row, 1)?,
            wrote: row.text(2)?.map(kept).transpose()?,
            found: Checksums::new(),
        })
    })
    .await
}

/// What [`found`] hands on of each row comes first, in this order.
pub const TOLD: [&str; 4] = ["from_revision", "to_revision", "submission", "row"];

/// The sums of a table's rows for which a condition holds, by revision, the rows by key and revision.
/// Rows that end at a revision count there and where they were added. Each row is handed on with its
/// key as a text, first and last revision, submission and row.
pub async fn found(
    tx: &mut Tx,
    operation: &Text,
    table: &Table,
    condition: &str,
    mut each: impl FnMut(&dyn Record) -> Result<(), StoreError>,
) -> Result<BTreeMap<u64, Sums>, StoreError> {
    let sql = format!(
        "select {} as shown, {}, {}
         from {}
         where operation = $1 and {condition}
         order by {}, from_revision",
        table.key_text(),
        TOLD.join(", "),
        table.columns.join(", "),
        table.name,
        table.key_columns()
    );
    let mut found = BTreeMap::<u64, Sums>::new();
    let mut digest = Digest::default();
    on!(tx, |tx| {
        let mut rows = sqlx::query(AssertSqlSafe(sql)).bind(operation.to_string()).fetch(&mut **tx);
        while let Some(row) = rows.try_next().await? {
            for column in 0..table.columns.len() {
                digest.put(row.value(1 + TOLD.len() + column)?);
            }
            // What is no revision at all is another finding.
            let began: i64 = batch::integer(&row, 1)?;
            let added = &mut found.entry(began as u64).or_default().added;
            *added = *added + Sum::one(digest.take());
            if let Some(ended) = row.integer(2)? {
                let ended = &mut found.entry(ended as u64).or_default().ended;
                *ended = *ended + Sum::of_keys(row.text(0)?.into_iter());
            }
            each(&row)?;
        }
    });
    Ok(found)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::store::tests::filled;
    use crate::store::{Pruning, Store, databases};

    async fn revisions(store: &Store) -> Vec<Summed> {
        store.kept("op").await.unwrap().unwrap().revisions
    }

    /// Revisions and tables that do not add up.
    async fn differing(store: &Store) -> Vec<(u64, &'static str)> {
        let revisions = revisions(store).await;
        let of = |one: &Summed| one.differing().map(|(table, ..)| (one.revision, table)).collect();
        revisions.iter().flat_map(|one| -> Vec<_> { of(one) }).collect()
    }

    async fn run(store: &Store, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        on!(&store.pool, |pool| sqlx::raw_sql(sql).execute(pool).await.map(drop)).unwrap();
    }

    #[tokio::test]
    async fn whatever_else_changes_a_row_is_found_in_the_revision_that_wrote_it() {
        for store in databases::stores().await {
            filled(&store).await;
            assert_eq!(differing(&store).await, []);
            let number = "activity = 1 and to_revision is null";
            let cases = [
                ("reached = 98.0", "reached = 99.0", number, 2, "activities"),
                ("donor = null", "donor = 'Donor'", number, 2, "activities"),
                ("row = 10", "row = 9", number, 2, "activities"),
                ("to_revision = null", "to_revision = 3", "activity = 3", 3, "activities"),
                ("to_revision = 3", "to_revision = null", number, 3, "activities"),
                ("capacity_people = 1", "capacity_people = 250", "to_revision = 2", 1, "sites"),
                ("name = 'B'", "name = 'Save All'", "to_revision is null", 2, "partners"),
                ("in_need = 146313.5", "in_need = 1.5", "to_revision is null", 2, "needs"),
                ("people = 9", "people = 10", "to_revision is null", 2, "populations"),
                ("value = 'XA02'", "value = 'XA01'", "to_revision is null", 2, "decisions"),
                ("area_km2 = 12.25", "area_km2 = 12.5", "to_revision is null", 2, "areas"),
                (
                    "geometry = null",
                    "geometry = (select geometry from areas where
                    to_revision = 2)",
                    "to_revision is null",
                    2,
                    "areas",
                ),
            ];
            for (change, back, condition, revision, table) in cases {
                run(&store, &format!("update {table} set {change} where {condition}")).await;
                assert_eq!(differing(&store).await, [(revision, table)], "{change}");
                let condition = condition.replace(
                    "activity = 1 and to_revision is null",
                    "activity = 1 and from_revision = 2",
                );
                run(&store, &format!("update {table} set {back} where {condition}")).await;
                assert_eq!(differing(&store).await, [], "{back}");
            }
            run(&store, "delete from activities where activity = 2").await;
            // It was added by the first revision and ended by the second.
            assert_eq!(differing(&store).await, [(1, "activities"), (2, "activities")]);
        }
    }

    #[tokio::test]
    async fn what_stays_after_a_pruning_adds_up_and_a_change_from_before_it_is_still_found() {
        let [at, who, policy] = ["2026-07-09T00:00:00Z", "Ada", "as agreed"].map(Text::from);
        let pruning = |oldest| Pruning {
            oldest,
            at: at.clone(),
            who: who.clone(),
            policy: policy.clone(),
            removed: 0,
        };
        for store in databases::stores().await {
            filled(&store).await;
            run(&store, "update partners set name = 'B' where to_revision is null").await;
            for oldest in [2, 3] {
                let turn = store.turn(&"op".into()).await.unwrap();
                turn.prune(&"op".into(), &pruning(oldest), false).await.unwrap();
                assert_eq!(differing(&store).await, [(2, "partners")]);
            }
            assert_eq!(
                revisions(&store).await[0].wrote,
                Some(Checksums::new()),
                "all of it is gone"
            );
        }
    }

    #[tokio::test]
    async fn the_sums_are_the_same_on_every_database_and_those_of_older_revisions_are_not_known() {
        let mut all = Vec::new();
        for store in databases::stores().await {
            filled(&store).await;
            let copy = Store::create("sqlite::memory:").await.unwrap();
            store.copy_into(&copy).await.unwrap();
            all.extend([revisions(&store).await, revisions(&copy).await]);
            run(&store, "update submissions set checksums = null where revision = 1").await;
            assert_eq!(differing(&store).await, []);
            assert_eq!(revisions(&store).await[0].wrote, None);
        }
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:#?}");
        // What is in databases that are in use: a version that hashes otherwise would accuse them all.
        let hashes = all[0][0].wrote.as_ref().unwrap()["partners"].added.hashes;
        assert_eq!(hashes, 8_993_695_723_301_310_839);
    }

    #[test]
    fn numbers_are_hashed_as_what_they_are_in_either_database_and_columns_stay_apart() {
        let hash = |values: &[Value<'_>]| {
            let mut digest = Digest::default();
            values.iter().for_each(|value| digest.put(*value));
            digest.take()
        };
        assert_eq!(hash(&[Value::Real(5.0)]), hash(&[Value::Integer(5)]));
        assert_eq!(hash(&[Value::Real(-0.0)]), hash(&[Value::Integer(0)]));
        assert_eq!(hash(&[Value::Real(f64::NAN)]), hash(&[Value::Null]));
        assert_eq!(hash(&[Value::Integer(1)]), hash(&[Value::Integer(1), Value::Null]));
        let apart = [
            hash(&[]),
            hash(&[Value::Real(0.5)]),
            hash(&[Value::Integer(0)]),
            hash(&[Value::Null, Value::Integer(0)]),
            hash(&[Value::Text("ab"), Value::Text("c")]),
            hash(&[Value::Text("a"), Value::Text("bc")]),
            hash(&[Value::Blob(b"ab"), Value::Text("c")]),
            hash(&[Value::Real(f64::INFINITY)]),
            hash(&[Value::Real(1e300)]),
        ];
        let different: BTreeSet<u64> = apart.into_iter().collect();
        assert_eq!(different.len(), apart.len());
    }
}
