//! What was said of the rows that submissions had to do with, to tell what stands where one of them
//! does not hold.

use std::collections::BTreeSet;

use super::batch::{self, Table};
use super::checksums::TOLD;
use super::repeats::Repeats;
use super::verify::{Version, version};
use super::{Listed, Store, StoreError, Tx, VERSIONED, Versions, operations, places, read};
use crate::domain::{Partner, Rows, Text};
use sqlx::AssertSqlSafe;

/// What was said of some rows.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Every version of these rows and of all partners, by table, key and first revision.
    pub versions: Vec<Version>,
    /// What the partners said in each of theirs.
    pub partners: Vec<Partner>,
    /// The oldest revision that is kept.
    pub oldest: u64,
    /// What each submission says again; `None` where that was not kept.
    pub repeats: Vec<(u32, Option<Repeats>)>,
}

/// The rows that a history is about.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Those that one of these revisions began or ended.
    pub revisions: BTreeSet<u64>,
    /// Those that one of these ended and put nothing in their place.
    pub vanished: BTreeSet<u64>,
    /// Those of these submissions, and those of undone ones that these say again.
    pub submissions: BTreeSet<u32>,
    pub undone: BTreeSet<u32>,
}

impl Store {
    /// What was said of some rows; `None` where there is no such operation.
    pub async fn history(
        &self,
        operation: &str,
        about: &About,
    ) -> Result<Option<History>, StoreError> {
        let mut tx = self.pool.read().await?;
        let tx = &mut tx;
        let Some(Listed { operation, oldest, .. }) = operations::get(tx, &operation.into()).await?
        else {
            return Ok(None);
        };
        let id = &operation.id;
        let repeats = repeats(tx, id).await?;
        let own = repeats.iter().filter(|(by, _)| about.submissions.contains(by));
        let own: Vec<&Repeats> = own.filter_map(|(_, repeats)| repeats.as_ref()).collect();
        let mut versions = Vec::new();
        for table in VERSIONED {
            let again = own.iter().filter_map(|own| own.get(table.name)).flatten();
            let again = again.map(|run| run.of).filter(|of| about.undone.contains(of));
            let submissions = again.chain(about.submissions.iter().copied()).collect();
            let condition = if table.name == super::partners::TABLE.name {
                "true".to_owned()
            } else {
                about.condition(table, &list(&submissions))
            };
            let sql = format!(
                "select {}, {}
                 from {}
                 where operation = $1 and {condition}
                 order by {}, from_revision",
                table.key_text(),
                TOLD.join(", "),
                table.name,
                table.key_columns()
            );
            let sql = AssertSqlSafe(sql);
            versions.extend(batch::rows(tx, id, sql, |row| version(table.name, row)).await?);
        }
        let words = places::words(tx, id).await?;
        let partners = batch::read(tx, id, Versions::All, &words).await?;
        Ok(Some(History { versions, partners, oldest, repeats }))
    }

    /// The rows that a revision added and that are kept; `None` where there is no such operation.
    pub async fn added(&self, operation: &str, number: u64) -> Result<Option<Rows>, StoreError> {
        let (pool, operation) = (self.pool.clone(), operation.to_owned());
        let reading = async move {
            read(&mut pool.read_soon().await?, &operation, Versions::Added(number)).await
        };
        super::to_the_end(reading).await
    }

    /// Refuses a revision of which rows that it ended may be pruned.
    pub async fn can_be_undone(&self, operation: &str, revision: u64) -> Result<(), StoreError> {
        let listed = operations::get(&mut self.pool.read().await?, &operation.into()).await?;
        match listed.map_or(1, |listed| listed.oldest) {
            oldest if oldest > 1 && revision <= oldest => {
                Err(StoreError::ReplacedPruned { revision, oldest })
            }
            _ => Ok(()),
        }
    }
}

impl About {
    /// The condition that it is about a row. `submissions` are those whose rows it is about.
    fn condition(&self, table: &Table, submissions: &str) -> String {
        let (key, name) = (table.key_columns(), table.name);
        let (revisions, vanished) = (list(&self.revisions), list(&self.vanished));
        let same: Vec<String> =
            table.key.iter().map(|(part, _)| format!("next.{part} = one.{part}")).collect();
        let same = same.join(" and ");
        format!(
            "({key}) in (
               select {key}
               from {name} one
               where operation = $1 and (from_revision in ({revisions})
                 or to_revision in ({revisions}) or submission in ({submissions})
                 or to_revision in ({vanished}) and not exists (
                   select 1
                   from {name} next
                   where next.operation = $1 and {same}
                     and next.from_revision = one.to_revision)))"
        )
    }
}

/// Numbers as a list in SQL. PostgreSQL takes no empty one, and nothing is equal to null.
fn list(numbers: &BTreeSet<impl ToString>) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    if numbers.is_empty() { "null".to_owned() } else { numbers.join(", ") }
}

/// What each submission of an operation says again; `None` where that was not kept yet.
pub async fn repeats(
    tx: &mut Tx,
    operation: &Text,
) -> Result<Vec<(u32, Option<Repeats>)>, StoreError> {
    let sql = "select submission, repeats
         from submissions
         where operation = $1
         order by submission";
    batch::rows(tx, operation, sql, |row| {
        let kept = |text: &str| {
            serde_json::from_str::<Repeats>(text)
                .map_err(|_| StoreError::Corrupt { table: "submissions", value: text.to_owned() })
        };
        Ok((batch::integer(row, 0)?, row.text(1)?.map(kept).transpose()?))
    })
    .await
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
impl Store {
    /// As in a database that earlier builds wrote.
    pub(crate) async fn forget_repeats(&self) {
        let sql = "update submissions set repeats = null";
        super::engine::on!(&self.pool, |pool| sqlx::raw_sql(sql).execute(pool).await.map(drop))
            .unwrap();
    }
}
