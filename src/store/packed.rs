//! The copy of the activities that a server starts from; see [`pieces`].

mod pieces;

use std::collections::HashSet;
use std::sync::Arc;

use sqlx::Row;

pub use self::pieces::pack;
use super::places::Words;
use super::{StoreError, Tx, Versions, activities};
use crate::domain::{Activity, Revision, Text};

/// The current activities of an operation: from the copy and what was changed since, or from the
/// rows where there is no copy that can be used.
pub async fn activities(
    tx: &mut Tx,
    operation: &Text,
    current: &Revision,
    words: &Arc<Words>,
) -> Result<Vec<Activity>, StoreError> {
    if let Some((revision, pieces)) = read(tx, operation).await?
        && revision <= current.number
    {
        let unpacked = tokio::task::spawn_blocking(move || pieces::unpack(&pieces)).await;
        match unpacked {
            Ok(Ok(rows)) if revision == current.number => return Ok(rows),
            Ok(Ok(rows)) => return since(tx, operation, revision, words, rows).await,
            _ => {
                tracing::warn!(%operation, "the packed copy of the activities is damaged; the rows are read")
            }
        }
    }
    activities::read(tx, operation, Versions::Current, words).await
}

/// Brings the rows of a revision up to the current one.
async fn since(
    tx: &mut Tx,
    operation: &Text,
    revision: u64,
    words: &Arc<Words>,
    mut rows: Vec<Activity>,
) -> Result<Vec<Activity>, StoreError> {
    let ended = sqlx::query(
        "select activity from activities
         where operation = $1 and from_revision <= $2 and to_revision > $2",
    )
    .bind(operation.clone())
    .bind(revision as i64)
    .fetch_all(&mut **tx)
    .await?;
    let ended = ended.iter().map(|row| Ok(row.try_get::<i64, _>(0)? as u64));
    let ended: HashSet<u64> = ended.collect::<Result<_, StoreError>>()?;
    rows.retain(|row| !ended.contains(&row.id));
    rows.extend(activities::read(tx, operation, Versions::Since(revision), words).await?);
    Ok(rows)
}

/// The revision that there is a copy of.
pub async fn revision(tx: &mut Tx, operation: &str) -> Result<Option<u64>, StoreError> {
    let row = sqlx::query(
        "select revision from packed_activities
         where operation = $1 and piece = 0 and format = $2",
    )
    .bind(operation.to_owned())
    .bind(pieces::FORMAT)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get::<i64, _>(0)? as u64)).transpose()
}

async fn read(tx: &mut Tx, operation: &str) -> Result<Option<(u64, Vec<Vec<u8>>)>, StoreError> {
    let Some(revision) = revision(tx, operation).await? else { return Ok(None) };
    let rows =
        sqlx::query("select bytes from packed_activities where operation = $1 order by piece")
            .bind(operation.to_owned())
            .fetch_all(&mut **tx)
            .await?;
    let pieces = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    Ok(Some((revision, pieces)))
}

/// Puts a copy in the place of the one before.
pub async fn write(
    tx: &mut Tx,
    operation: &Text,
    revision: u64,
    pieces: Vec<Vec<u8>>,
) -> Result<(), StoreError> {
    sqlx::query("delete from packed_activities where operation = $1")
        .bind(operation.clone())
        .execute(&mut **tx)
        .await?;
    for (piece, bytes) in pieces.into_iter().enumerate() {
        sqlx::query(
            "insert into packed_activities (operation, piece, format, revision, bytes)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(operation.clone())
        .bind(piece as i64)
        .bind(pieces::FORMAT)
        .bind(revision as i64)
        .bind(bytes)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
