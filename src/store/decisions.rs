//! What people decided about doubtful matches.

use serde_json::json;
use sqlx::AssertSqlSafe;

use super::batch::{self, Columns, Plain, Table, Texts, Values};
use super::checksums::Sums;
use super::{Change, Stamp, StoreError, Tx, Versions};
use crate::domain::{Decision, DecisionKind, Text};

pub const TABLE: Table = Table {
    name: "decisions",
    key: &[("kind", false), ("key", false)],
    columns: &["kind", "key", "submission", "row", "value", "note"],
};

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
            kind: batch::code(TABLE.name, batch::text(row, 0)?, DecisionKind::from_code)?,
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
) -> Result<Sums, StoreError> {
    let keys: Vec<_> =
        change.ended.iter().map(|(kind, key)| json!([kind.code(), &**key])).collect();
    let ended = batch::end_rows(tx, stamp, &TABLE, &keys).await?;
    let added = batch::insert(tx, stamp, &TABLE, &change.added, &|_| (), &Plain).await?;
    Ok(Sums { added, ended })
}

impl Columns<Decision> for Plain {
    fn fill(&self, values: &mut impl Values, decision: &Decision) {
        values.code(decision.kind.code());
        values.text(&decision.key);
        values.source(decision.source);
        values.text(decision.value.as_ref());
        values.text(decision.note.as_ref());
    }
}
