//! What people decided about doubtful matches.

use sqlx::AssertSqlSafe;

use super::batch::{self, Texts};
use super::{Change, Stamp, StoreError, Tx, Versions};
use crate::domain::{Decision, DecisionKind, Text};

const TABLE: &str = "decisions";

pub async fn read(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
) -> Result<Vec<Decision>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "select kind, key, value, note, submission, row
         from decisions
         where operation = $1 and {versions}
         order by kind, key"
    )))
    .bind(operation.clone())
    .fetch_all(&mut **tx)
    .await?;
    let mut texts = Texts::default();
    let read = |row| {
        Ok(Decision {
            kind: batch::code(TABLE, &texts.get(row, 0)?, DecisionKind::from_code)?,
            key: texts.get(row, 1)?,
            value: texts.opt(row, 2)?,
            note: texts.opt(row, 3)?,
            source: batch::source(row, 4)?,
        })
    };
    rows.iter().map(read).collect()
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Decision, (DecisionKind, Text)>,
) -> Result<(), StoreError> {
    for (kind, key) in &change.ended {
        sqlx::query(
            "update decisions
             set to_revision = $1
             where operation = $2 and kind = $3 and key = $4 and to_revision is null",
        )
        .bind(stamp.revision as i64)
        .bind(stamp.operation.clone())
        .bind(kind.code())
        .bind(key.clone())
        .execute(&mut **tx)
        .await?;
    }
    let columns = ["kind", "key", "submission", "row", "value", "note"];
    batch::insert(tx, stamp, TABLE, &columns, &change.added, &|_| (), |values, decision| {
        values.code(decision.kind.code());
        values.text(&decision.key);
        values.source(decision.source);
        values.text(decision.value.as_ref());
        values.text(decision.note.as_ref());
    })
    .await
}
