//! Organisations.

use serde_json::json;
use sqlx::AssertSqlSafe;

use super::batch::{self, Columns, Plain, Table, Texts, Values};
use super::checksums::Sums;
use super::{Change, Stamp, StoreError, Tx, Versions, Written};
use crate::domain::{Partner, PartnerType, Text};

pub const TABLE: Table = Table {
    name: "partners",
    key: &[("partner", false)],
    columns: &["partner", "submission", "row", "name", "acronym", "type"],
};

pub async fn read(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
) -> Result<Vec<Partner>, StoreError> {
    let sql = format!(
        "select partner, submission, row, name, acronym, type
         from partners
         where operation = $1 and {versions}
         order by partner"
    );
    let mut texts = Texts::default();
    batch::rows(tx, operation, AssertSqlSafe(sql), |row| {
        Ok(Partner {
            id: texts.get(row, 0)?,
            source: batch::source(row, 1)?,
            name: texts.get(row, 3)?,
            acronym: texts.opt(row, 4)?,
            kind: batch::code_opt(TABLE.name, row, 5, PartnerType::from_code)?,
        })
    })
    .await
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Partner, Text>,
    written: Written<'_>,
) -> Result<Sums, StoreError> {
    let keys: Vec<_> = change.ended.iter().map(|partner| json!([&**partner])).collect();
    let ended = batch::end_rows(tx, stamp, &TABLE, &keys).await?;
    let added = batch::insert(tx, stamp, &TABLE, &change.added, written, &Plain).await?;
    Ok(Sums { added, ended })
}

impl Columns<Partner> for Plain {
    fn fill(&self, values: &mut impl Values, partner: &Partner) {
        values.text(&partner.id);
        values.source(partner.source);
        values.text(&partner.name);
        values.text(partner.acronym.as_ref());
        values.code(partner.kind.map(PartnerType::code));
    }
}
