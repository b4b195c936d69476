//! What people decided about doubtful matches.

use sqlx::AssertSqlSafe;

use super::batch::{self, Texts, Values};
use super::engine::on;
use super::{Change, Stamp, StoreError, Tx, Versions};
use crate::domain::{Decision, DecisionKind, Text};

const TABLE: &str = "decisions";

pub async fn read(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
) -> Result<Vec<Decision>, StoreError> {
    let sql = format!(
        "select kind, key, value, note, submission, row
         from decisions
         where operation = $1 and {versions}
         order by kind, key"
    );
    let mut texts = Texts::default();
    batch::rows(tx, operation, AssertSqlSafe(sql), |row| {
        Ok(Decision {
            kind: batch::code(TABLE, batch::text(row, 0)?, DecisionKind::from_code)?,
            key: texts.get(row, 1)?,
            value: texts.opt(row, 2)?,
            note: texts.opt(row, 3)?,
            source: batch::source(row, 4)?,
        })
    })
    .await
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Decision, (DecisionKind, Text)>,
) -> Result<(), StoreError> {
    for (kind, key) in &change.ended {
        on!(tx, |tx| {
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
        });
    }
    on!(tx, |tx| bulk::insert(tx, stamp, TABLE, COLUMNS, &change.added, &|_| (), values).await)
}

const COLUMNS: &[&str] = &["kind", "key", "submission", "row", "value", "note"];

fn values(values: &mut impl Values, decision: &Decision) {
    values.code(decision.kind.code());
    values.text(&decision.key);
    values.source(decision.source);
    values.text(decision.value.as_ref());
    values.text(decision.note.as_ref());
}
