//! The copy of the activities that a server starts from; see [`pieces`].

mod pieces;

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use sqlx::AssertSqlSafe;

pub use self::pieces::pack;
use super::engine::on;
use super::places::Words;
use super::{StoreError, Tx, Versions, activities, batch};
use crate::domain::{Activity, Text};

/// The current activities of an operation, of which these revisions are kept: from the copy and what
/// was changed since, or from the rows where there is no copy that can be used.
pub async fn activities(
    tx: &mut Tx,
    operation: &Text,
    kept: RangeInclusive<u64>,
    words: &Arc<Words>,
) -> Result<Vec<Activity>, StoreError> {
    if let Some((revision, pieces)) = read(tx, operation).await?
        && kept.contains(&revision)
    {
        let unpacked = tokio::task::spawn_blocking(move || pieces::unpack(&pieces)).await;
        match unpacked {
            Ok(Ok(rows)) if revision == *kept.end() => return Ok(rows),
            Ok(Ok(rows)) => return since(tx, operation, revision, words, rows).await,
            _ => {
                tracing::warn!(%operation, "the packed copy of the activities is damaged; the rows are read")
            }
        }
    }
    activities::read(tx, operation, Versions::Current, words).await
}

/// What a start makes of the copy, whatever it is worth: the revision it is of, and the current rows
/// in the order of their numbers, where it is of a revision that is kept; `None` for rows of a copy
/// that is damaged.
pub async fn copy(
    tx: &mut Tx,
    operation: &Text,
    kept: RangeInclusive<u64>,
    words: &Arc<Words>,
) -> Result<Option<(u64, Option<Vec<Activity>>)>, StoreError> {
    let Some((revision, pieces)) = read(tx, operation).await? else { return Ok(None) };
    let unpacked = tokio::task::spawn_blocking(move || pieces::unpack(&pieces).ok());
    let mut rows = unpacked.await.unwrap_or_default();
    if let Some(copied) = rows.take_if(|_| revision != *kept.end() && kept.contains(&revision)) {
        rows = Some(since(tx, operation, revision, words, copied).await?);
    }
    if let Some(rows) = &mut rows {
        rows.sort_by_key(|row| row.id);
    }
    Ok(Some((revision, rows)))
}

/// Brings the rows of a revision up to the current one.
async fn since(
    tx: &mut Tx,
    operation: &Text,
    revision: u64,
    words: &Arc<Words>,
    mut rows: Vec<Activity>,
) -> Result<Vec<Activity>, StoreError> {
    let sql = format!(
        "select activity from activities
         where operation = $1 and from_revision <= {revision} and to_revision > {revision}"
    );
    let ended = batch::rows(tx, operation, AssertSqlSafe(sql), |row| batch::integer(row, 0));
    let ended: HashSet<u64> = ended.await?.into_iter().collect();
    rows.retain(|row| !ended.contains(&row.id));
    rows.extend(activities::read(tx, operation, Versions::Since(revision), words).await?);
    Ok(rows)
}

/// The revision that there is a copy of.
pub async fn revision(tx: &mut Tx, operation: &Text) -> Result<Option<u64>, StoreError> {
    let sql = format!(
        "select revision from packed_activities
         where operation = $1 and piece = 0 and format = {}",
        pieces::FORMAT
    );
    let found = batch::rows(tx, operation, AssertSqlSafe(sql), |row| batch::integer(row, 0));
    Ok(found.await?.pop())
}

async fn read(tx: &mut Tx, operation: &Text) -> Result<Option<(u64, Vec<Vec<u8>>)>, StoreError> {
    let Some(revision) = revision(tx, operation).await? else { return Ok(None) };
    let sql = "select bytes from packed_activities where operation = $1 order by piece";
    let pieces =
        batch::rows(tx, operation, sql, |row| Ok(row.bytes(0)?.unwrap_or_default().to_owned()));
    Ok(Some((revision, pieces.await?)))
}

/// Puts a copy in the place of the one before.
pub async fn write(
    tx: &mut Tx,
    operation: &Text,
    revision: u64,
    pieces: Vec<Vec<u8>>,
) -> Result<(), StoreError> {
    on!(tx, |tx| {
        sqlx::query("delete from packed_activities where operation = $1")
            .bind(operation.to_string())
            .execute(&mut **tx)
            .await?;
        for (piece, bytes) in pieces.into_iter().enumerate() {
            sqlx::query(
                "insert into packed_activities (operation, piece, format, revision, bytes)
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(operation.to_string())
            .bind(piece as i64)
            .bind(pieces::FORMAT)
            .bind(revision as i64)
            .bind(bytes)
            .execute(&mut **tx)
            .await?;
        }
    });
    Ok(())
}
