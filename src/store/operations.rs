//! Operations, their revisions and their submissions.

use sqlx::AssertSqlSafe;

use super::batch::{self, Texts};
use super::engine::{Engine, Pool, Record, on};
use super::{Checksums, Listed, NewSubmission, Repeats, Stamp, StoreError, Tx, own_words};
use crate::domain::{Operation, Revision, Submission, Text};

/// Every operation by id: the one question that is about all of them.
pub async fn all(pool: &Pool) -> Result<Vec<Listed>, StoreError> {
    let sql = "select operation, name, note, household_size, revision, revised_at, oldest_revision
         from operations
         order by operation";
    let mut texts = Texts::default();
    on!(pool, |pool| {
        let rows = sqlx::query(sql).fetch_all(pool).await?;
        rows.iter().map(|row| one(row, &mut texts)).collect()
    })
}

/// Every operation's id, at the moment of a transaction.
pub async fn ids(tx: &mut Tx) -> Result<Vec<Text>, StoreError> {
    let mut found = Vec::new();
    on!(tx, |tx| {
        let sql = "select operation from operations order by operation";
        for row in sqlx::query(sql).fetch_all(&mut **tx).await? {
            found.push(Text::from(batch::text(&row, 0)?));
        }
    });
    Ok(found)
}

pub async fn get(tx: &mut Tx, id: &Text) -> Result<Option<Listed>, StoreError> {
    let sql = "select operation, name, note, household_size, revision, revised_at, oldest_revision
         from operations
         where operation = $1";
    let mut texts = Texts::default();
    Ok(batch::rows(tx, id, sql, |row| one(row, &mut texts)).await?.pop())
}

fn one(row: &dyn Record, texts: &mut Texts) -> Result<Listed, StoreError> {
    let operation = Operation {
        id: texts.get(row, 0)?,
        name: texts.get(row, 1)?,
        note: texts.opt(row, 2)?,
        household_size: row.real(3)?,
    };
    let revision = Revision { number: batch::integer(row, 4)?, at: texts.get(row, 5)? };
    Ok(Listed { operation, revision, oldest: batch::integer(row, 6)? })
}

/// The operation's own words as a revision left them; `None` where that was not kept yet.
pub async fn at(tx: &mut Tx, id: &Text, revision: u64) -> Result<Option<Operation>, StoreError> {
    let sql = format!(
        "select operation_name, operation_note, household_size
         from submissions
         where operation = $1 and revision = {revision} and operation_name is not null"
    );
    let found = batch::rows(tx, id, AssertSqlSafe(sql), |row| {
        Ok(Operation {
            id: id.clone(),
            name: batch::text(row, 0)?.into(),
            note: row.text(1)?.map(Text::from),
            household_size: row.real(2)?,
        })
    });
    Ok(found.await?.pop())
}

/// Waits until nobody else changes the operation, and keeps others from it until the transaction
/// ends. On SQLite a transaction that writes has done so already.
pub async fn hold(tx: &mut Tx, id: &Text) -> Result<(), StoreError> {
    if let Engine::Postgres(tx) = tx {
        let sql = "select revision from operations where operation = $1 for update";
        sqlx::query(sql).bind(id.to_string()).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Moves the operation from `base` to the next revision, or creates it at revision 1 where `base`
/// is number 0. False where somebody else was first, or its base is another one of that number.
pub async fn advance(
    tx: &mut Tx,
    operation: &Operation,
    base: &Revision,
    revision: &Revision,
) -> Result<bool, StoreError> {
    let is_new = base.number == 0;
    let sql = if is_new {
        "insert into operations
           (revision, revised_at, name, note, household_size, operation, mapping_hashes)
         values ($1, $2, $3, $4, $5, $6, '{}')
         on conflict (operation) do nothing"
    } else {
        "update operations
         set revision = $1, revised_at = $2, name = $3, note = $4, household_size = $5
         where operation = $6 and revision = $1 - 1 and revised_at = $7"
    };
    let done = on!(tx, |tx| {
        let query = sqlx::query(sql)
            .bind(revision.number as i64)
            .bind(revision.at.to_string())
            .bind(operation.name.to_string())
            .bind(operation.note.as_deref().map(str::to_owned))
            .bind(operation.household_size)
            .bind(operation.id.to_string());
        let query = if is_new { query } else { query.bind(base.at.to_string()) };
        query.execute(&mut **tx).await?.rows_affected()
    });
    Ok(done == 1)
}

pub async fn add_submission(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    operation: &Operation,
    submission: &NewSubmission,
    wrote: &Checksums,
    repeats: &Repeats,
) -> Result<(), StoreError> {
    let repeats = serde_json::to_string(repeats).unwrap_or_default();
    let hash = own_words::submission(stamp, operation, submission, &repeats);
    on!(tx, |tx| {
        sqlx::query(
            "insert into submissions
           (operation, submission, kind, file_name, sha256, at, revision, report, replaces, undoes,
            operation_name, operation_note, household_size, sheet, checksums, repeats, own_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        )
        .bind(stamp.operation.to_string())
        .bind(i64::from(submission.id))
        .bind(submission.kind.to_string())
        .bind(submission.file_name.to_string())
        .bind(submission.sha256.to_string())
        .bind(submission.at.to_string())
        .bind(stamp.revision as i64)
        .bind(submission.report.clone())
        .bind(submission.replaces.map(i64::from))
        .bind(submission.undoes.map(i64::from))
        .bind(operation.name.to_string())
        .bind(operation.note.as_deref().map(str::to_owned))
        .bind(operation.household_size)
        .bind(submission.sheet.as_deref().map(str::to_owned))
        .bind(serde_json::to_string(wrote).unwrap_or_default())
        .bind(repeats)
        .bind(hash as i64)
        .execute(&mut **tx)
        .await?;
    });
    Ok(())
}

pub async fn submissions(tx: &mut Tx, id: &Text) -> Result<Vec<Submission>, StoreError> {
    let sql = "select submission, kind, file_name, sha256, at, revision, replaces, undoes, sheet
         from submissions
         where operation = $1
         order by submission";
    let mut texts = Texts::default();
    batch::rows(tx, id, sql, |row| {
        Ok(Submission {
            id: batch::integer(row, 0)?,
            kind: texts.get(row, 1)?,
            file_name: texts.get(row, 2)?,
            sha256: texts.get(row, 3)?,
            at: texts.get(row, 4)?,
            revision: batch::integer(row, 5)?,
            replaces: batch::integer_opt(row, 6)?,
            undoes: batch::integer_opt(row, 7)?,
            sheet: texts.opt(row, 8)?,
        })
    })
    .await
}

pub async fn report(
    tx: &mut Tx,
    operation: &str,
    submission: u32,
) -> Result<Option<String>, StoreError> {
    let sql = "select report
         from submissions
         where operation = $1 and submission = $2";
    on!(tx, |tx| {
        let query = sqlx::query(sql).bind(operation.to_owned()).bind(i64::from(submission));
        let row = query.fetch_optional(&mut **tx).await?;
        row.map(|row| Ok(batch::text(&row, 0)?.to_owned())).transpose()
    })
}
