//! What people decided about doubtful matches.

use serde_json::{Value, json};

use super::batch::{self, Columns, Key, Plain, Table, Texts, Values, Versioned};
use super::checksums::Sums;
use super::engine::Record;
use super::places::Words;
use super::{Change, Stamp, StoreError, Tx};
use crate::domain::{Decision, DecisionKind, Text};

pub const TABLE: Table = Table {
    name: "decisions",
    key: &[("kind", false), ("key", false)],
    columns: &["kind", "key", "submission", "row", "value", "note"],
};

impl Versioned for Decision {
    const TABLE: &'static Table = &TABLE;

    fn reader(_words: &Words) -> impl FnMut(&dyn Record) -> Result<Decision, StoreError> {
        let mut texts = Texts::default();
        move |row: &dyn Record| {
            Ok(Decision {
                kind: batch::code(TABLE.name, batch::text(row, 0)?, DecisionKind::from_code)?,
                key: texts.get(row, 1)?,
                source: batch::source(row, 2)?,
                value: texts.opt(row, 4)?,
                note: texts.opt(row, 5)?,
            })
        }
    }
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Decision, (DecisionKind, Text)>,
) -> Result<Sums, StoreError> {
    let ended = batch::end_rows(tx, stamp, &TABLE, &change.ended).await?;
    let added = batch::insert(tx, stamp, &TABLE, &change.added, &|_| (), &Plain).await?;
    Ok(Sums { added, ended })
}

impl Key for (DecisionKind, Text) {
    fn values(&self) -> Value {
        let (kind, key) = self;
        json!([kind.code(), &**key])
    }
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
