//! How the files of a source are read, as it was corrected once.

use super::batch::{self, Texts};
use super::engine::on;
use super::{StoreError, Tx, own_words};
use crate::domain::{Mapping, Text};

const TABLE: &str = "mappings";

/// The mappings of an operation, the oldest first.
pub async fn read(tx: &mut Tx, operation: &Text) -> Result<Vec<Mapping>, StoreError> {
    let sql = "select mapping, kind, file_name, at, headers, sheet, header_row, columns
         from mappings
         where operation = $1
         order by mapping";
    let mut texts = Texts::default();
    batch::rows(tx, operation, sql, |row| {
        Ok(Mapping {
            id: batch::integer(row, 0)?,
            kind: texts.get(row, 1)?,
            file_name: texts.get(row, 2)?,
            at: texts.get(row, 3)?,
            headers: json(batch::text(row, 4)?)?,
            sheet: row.text(5)?.map(str::to_owned),
            header_row: batch::integer_opt(row, 6)?,
            columns: json(batch::text(row, 7)?)?,
        })
    })
    .await
}

/// Keeps a mapping; one for the very same headers is replaced.
pub async fn add(tx: &mut Tx, operation: &Text, mapping: &Mapping) -> Result<(), StoreError> {
    let headers = serde_json::to_string(&mapping.headers).unwrap_or_default();
    let sql = "delete from mappings
         where operation = $1 and kind = $2 and headers = $3
         returning mapping";
    let mut gone = Vec::new();
    on!(tx, |tx| {
        let query = sqlx::query(sql).bind(operation.to_string()).bind(mapping.kind.to_string());
        for row in query.bind(headers.to_string()).fetch_all(&mut **tx).await? {
            gone.push(batch::integer(&row, 0)?);
        }
    });
    on!(tx, |tx| {
        sqlx::query(
            "insert into mappings
           (operation, mapping, kind, file_name, at, headers, sheet, header_row, columns)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(operation.to_string())
        .bind(i64::from(mapping.id))
        .bind(mapping.kind.to_string())
        .bind(mapping.file_name.to_string())
        .bind(mapping.at.to_string())
        .bind(headers)
        .bind(mapping.sheet.clone())
        .bind(mapping.header_row.map(i64::from))
        .bind(serde_json::to_string(&mapping.columns).unwrap_or_default())
        .execute(&mut **tx)
        .await?;
    });
    own_words::remember(tx, operation, mapping.id, &gone).await
}

/// Forgets a mapping, also one that something else removed; false where there was none of this number.
pub async fn forget(tx: &mut Tx, operation: &Text, mapping: u32) -> Result<bool, StoreError> {
    let sql = "delete from mappings where operation = $1 and mapping = $2";
    let done = on!(&mut *tx, |tx| {
        let query = sqlx::query(sql).bind(operation.to_string()).bind(i64::from(mapping));
        query.execute(&mut **tx).await?.rows_affected()
    });
    Ok(own_words::forget(tx, operation, mapping).await? || done == 1)
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|_| StoreError::Corrupt { table: TABLE, value: text.chars().take(40).collect() })
}
