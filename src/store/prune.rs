//! Rows of the past that are removed because somebody asked for it.

use sqlx::AssertSqlSafe;

use super::batch::{self, Table};
use super::engine::on;
use super::{
    Store, StoreError, Turn, Tx, VERSIONED, activities, checksums, operations, sites, watch,
};
use crate::domain::Text;

/// What is to be removed, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pruning {
    /// The oldest revision that can be made again afterwards: rows that had ended by then go.
    pub oldest: u64,
    /// RFC 3339, UTC.
    pub at: Text,
    pub who: Text,
    /// In words.
    pub policy: Text,
    /// Rows that it removed.
    pub removed: u64,
}

impl Turn {
    /// Removes the versions of rows that had ended by the oldest revision that is kept, or with
    /// `dry_run` only counts them. Returns how many, by table.
    pub async fn prune(
        self,
        operation: &Text,
        pruning: &Pruning,
        dry_run: bool,
    ) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let mut tx = self.tx;
        let listed = operations::get(&mut tx, operation).await?;
        if listed.is_none_or(|listed| listed.oldest >= pruning.oldest) {
            return Ok(Vec::new());
        }
        let mut removed = Vec::new();
        for table in VERSIONED {
            let table = table.name;
            let ended = format!("from {table} where operation = $1 and to_revision <= $2");
            let sql = format!("select count(*) {ended}");
            let count: i64 = on!(&mut tx, |tx| {
                let query = sqlx::query_scalar(AssertSqlSafe(sql));
                query
                    .bind(operation.to_string())
                    .bind(pruning.oldest as i64)
                    .fetch_one(&mut **tx)
                    .await?
            });
            removed.push((table, count as u64));
        }
        if dry_run {
            return Ok(removed);
        }
        let count: u64 = removed.iter().map(|(_, count)| count).sum();
        note(&mut tx, operation, &Pruning { removed: count, ..pruning.clone() }).await?;
        let oldest = pruning.oldest;
        checksums::without(&mut tx, operation, &format!("to_revision <= {oldest}")).await?;
        let mut statements: Vec<String> = VERSIONED
            .iter()
            .map(|Table { name, .. }| {
                format!("delete from {name} where operation = $1 and to_revision <= {oldest}")
            })
            .collect();
        // What was changed since an older copy of the activities cannot be told any more.
        statements.push(format!(
            "delete from packed_activities where operation = $1 and revision < {oldest}"
        ));
        statements
            .push(format!("update operations set oldest_revision = {oldest} where operation = $1"));
        for sql in statements {
            on!(&mut tx, |tx| {
                sqlx::query(AssertSqlSafe(sql))
                    .bind(operation.to_string())
                    .execute(&mut **tx)
                    .await?;
            });
        }
        watch::announce(&mut tx, operation).await?;
        tx.commit().await?;
        Ok(removed)
    }
}

impl Store {
    /// What was removed of an operation, the first time first.
    pub async fn prunings(&self, operation: &str) -> Result<Vec<Pruning>, StoreError> {
        prunings(&mut self.pool.read().await?, &operation.into()).await
    }
}

pub async fn prunings(tx: &mut Tx, operation: &Text) -> Result<Vec<Pruning>, StoreError> {
    let sql = "select oldest_revision, at, who, policy, removed
         from prunings
         where operation = $1
         order by pruning";
    batch::rows(tx, operation, sql, |row| {
        Ok(Pruning {
            oldest: batch::integer(row, 0)?,
            at: batch::text(row, 1)?.into(),
            who: batch::text(row, 2)?.into(),
            policy: batch::text(row, 3)?.into(),
            removed: batch::integer(row, 4)?,
        })
    })
    .await
}

/// Writes down what is about to be removed. Numbers that rows had are not given again.
async fn note(tx: &mut Tx, operation: &Text, pruning: &Pruning) -> Result<(), StoreError> {
    let activity = activities::next_number(tx, operation).await?;
    let site = sites::next_number(tx, operation).await?;
    let sql = "select max(pruning) from prunings where operation = $1";
    let number = batch::next_number(tx, operation, sql).await?;
    on!(tx, |tx| {
        sqlx::query(
            "insert into prunings
           (operation, pruning, oldest_revision, at, who, policy, removed, last_activity, last_site)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(operation.to_string())
        .bind(number as i64)
        .bind(pruning.oldest as i64)
        .bind(pruning.at.to_string())
        .bind(pruning.who.to_string())
        .bind(pruning.policy.to_string())
        .bind(pruning.removed as i64)
        .bind(activity as i64 - 1)
        .bind(site as i64 - 1)
        .execute(&mut **tx)
        .await?;
    });
    Ok(())
}

/// Refuses a revision that cannot be made again.
pub async fn kept(tx: &mut Tx, operation: &Text, revision: u64) -> Result<(), StoreError> {
    let listed = operations::get(tx, operation).await?;
    match listed.map(|listed| listed.oldest).filter(|oldest| revision < *oldest) {
        Some(oldest) => Err(StoreError::Pruned { revision, oldest }),
        None => Ok(()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::store::databases;
    use crate::store::pack;
    use crate::store::tests::filled;

    fn pruning(oldest: u64) -> Pruning {
        let [at, who, policy] = ["2026-07-09T00:00:00Z", "Ada", "as agreed"].map(Text::from);
        Pruning { oldest, at, who, policy, removed: 0 }
    }

    async fn prune(store: &Store, oldest: u64, dry_run: bool) -> Vec<(&'static str, u64)> {
        let turn = store.turn(&"op".into()).await.unwrap();
        turn.prune(&"op".into(), &pruning(oldest), dry_run).await.unwrap()
    }

    #[tokio::test]
    async fn what_had_ended_goes_and_every_revision_that_is_kept_is_made_again() {
        for store in databases::stores().await {
            filled(&store).await;
            let first = store.rows_at("op", 1).await.unwrap().unwrap();
            store.keep_packed(&"op".into(), 1, pack(first.activities.iter())).await.unwrap();
            let at = async |number| format!("{:?}", store.rows_at("op", number).await.unwrap());
            let (second, third) = (at(2).await, at(3).await);
            let (now, numbers) = (store.rows("op").await.unwrap(), store.next_numbers("op").await);
            let since = store.since("op", 2).await.unwrap();

            let counted = prune(&store, 2, true).await;
            let each = |table: &str| if table == "activities" { 2 } else { 1 };
            assert_eq!(counted.len(), VERSIONED.len());
            assert!(counted.iter().all(|(table, count)| *count == each(table)), "{counted:?}");
            assert_eq!(store.prunings("op").await.unwrap(), []);
            assert!(store.rows_at("op", 1).await.unwrap().is_some(), "a dry run");

            assert_eq!(prune(&store, 2, false).await, counted);
            assert_eq!((at(2).await, at(3).await), (second, third.clone()));
            let again = store.rows("op").await.unwrap();
            assert_eq!(format!("{again:?}"), format!("{now:?}"), "not from a copy that is too old");
            let refused = store.rows_at("op", 1).await.unwrap_err().to_string();
            assert_eq!(refused, "revision 1 was pruned; the oldest kept is 2");
            // What changed since is told from there on.
            assert!(store.since("op", 1).await.unwrap().is_none());
            assert_eq!(format!("{:?}", store.since("op", 2).await.unwrap()), format!("{since:?}"));
            for number in [1, 2] {
                let refused = store.can_be_undone("op", number).await;
                let refused = refused.unwrap_err().to_string();
                assert!(refused.contains("only what came after revision 2 can"), "{refused}");
            }
            store.can_be_undone("op", 3).await.unwrap();
            // A copy that somebody else was still making.
            store.keep_packed(&"op".into(), 1, pack(first.activities.iter())).await.unwrap();
            let again = store.rows("op").await.unwrap();
            assert_eq!(format!("{again:?}"), format!("{now:?}"));

            assert_eq!(prune(&store, 3, false).await[2], ("activities", 1));
            assert_eq!(prune(&store, 2, false).await, [], "nothing comes back");
            assert_eq!(at(3).await, third);
            let after = store.next_numbers("op").await.unwrap();
            assert_eq!((after, after.0), (numbers.unwrap(), 4), "no number is given twice");
            let noted = store.prunings("op").await.unwrap();
            let removed: u64 = counted.iter().map(|(_, count)| count).sum();
            assert_eq!(
                noted,
                [Pruning { removed, ..pruning(2) }, Pruning { removed: 1, ..pruning(3) }]
            );

            let copy = Store::create("sqlite::memory:").await.unwrap();
            store.copy_into(&copy).await.unwrap();
            assert_eq!(copy.operations().await.unwrap()[0].oldest, 3);
            assert_eq!(copy.prunings("op").await.unwrap(), noted);
            assert_eq!(copy.next_numbers("op").await.unwrap(), after);
        }
    }
}
