//! What people decided about doubtful matches.

use serde_json::json;
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
    let keys: Vec<_> =
        change.ended.iter().map(|(kind, key)| json!([kind.code(), &**key])).collect();
    batch::end_rows(tx, stamp, TABLE, &[("kind", false), ("key", false)], &keys).await?;
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
