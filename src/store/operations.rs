//! Operations, their revisions and their submissions.

use sqlx::{Row, SqlitePool};

use super::batch::Texts;
use super::{NewSubmission, Stamp, StoreError, Tx};
use crate::domain::{Operation, Revision, Submission, Text};

pub async fn ids(pool: &SqlitePool) -> Result<Vec<Text>, StoreError> {
    let rows = sqlx::query("select operation from operations order by operation").fetch_all(pool);
    let mut texts = Texts::default();
    rows.await?.iter().map(|row| texts.get(row, 0)).collect()
}

pub async fn get(tx: &mut Tx, id: &str) -> Result<Option<(Operation, Revision)>, StoreError> {
    let row = sqlx::query(
        "select operation, name, note, household_size, revision, revised_at
         from operations
         where operation = $1",
    )
    .bind(id.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut texts = Texts::default();
    let operation = Operation {
        id: texts.get(&row, 0)?,
        name: texts.get(&row, 1)?,
        note: texts.opt(&row, 2)?,
        household_size: row.try_get(3)?,
    };
    let revision = Revision { number: row.try_get::<i64, _>(4)? as u64, at: texts.get(&row, 5)? };
    Ok(Some((operation, revision)))
}

/// Moves the operation from `base` to the next revision, or creates it at revision 1 where `base`
/// is 0. False where somebody else was first.
pub async fn advance(
    tx: &mut Tx,
    operation: &Operation,
    base: u64,
    revision: &Revision,
) -> Result<bool, StoreError> {
    let sql = if base == 0 {
        "insert into operations (revision, revised_at, name, note, household_size, operation)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (operation) do nothing"
    } else {
        "update operations
         set revision = $1, revised_at = $2, name = $3, note = $4, household_size = $5
         where operation = $6 and revision = $1 - 1"
    };
    let done = sqlx::query(sql)
        .bind(revision.number as i64)
        .bind(revision.at.clone())
        .bind(operation.name.clone())
        .bind(operation.note.clone())
        .bind(operation.household_size)
        .bind(operation.id.clone())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn add_submission(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    submission: &NewSubmission,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into submissions
           (operation, submission, kind, file_name, sha256, at, revision, report, replaces, undoes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(stamp.operation.clone())
    .bind(submission.id)
    .bind(submission.kind.clone())
    .bind(submission.file_name.clone())
    .bind(submission.sha256.clone())
    .bind(submission.at.clone())
    .bind(stamp.revision as i64)
    .bind(submission.report.clone())
    .bind(submission.replaces)
    .bind(submission.undoes)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn submissions(tx: &mut Tx, id: &Text) -> Result<Vec<Submission>, StoreError> {
    let rows = sqlx::query(
        "select submission, kind, file_name, sha256, at, revision, replaces, undoes
         from submissions
         where operation = $1
         order by submission",
    )
    .bind(id.clone())
    .fetch_all(&mut **tx)
    .await?;
    let mut texts = Texts::default();
    let read = |row| {
        Ok(Submission {
            id: Row::try_get(row, 0)?,
            kind: texts.get(row, 1)?,
            file_name: texts.get(row, 2)?,
            sha256: texts.get(row, 3)?,
            at: texts.get(row, 4)?,
            revision: Row::try_get::<i64, _>(row, 5)? as u64,
            replaces: Row::try_get(row, 6)?,
            undoes: Row::try_get(row, 7)?,
        })
    };
    rows.iter().map(read).collect()
}

pub async fn report(
    pool: &SqlitePool,
    operation: &str,
    submission: u32,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "select report
         from submissions
         where operation = $1 and submission = $2",
    )
    .bind(operation.to_owned())
    .bind(submission)
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}
