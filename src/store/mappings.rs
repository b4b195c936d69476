//! How the files of a source are read, as it was corrected once.

use sqlx::{Row, SqlitePool};

use super::batch::Texts;
use super::{StoreError, Tx};
use crate::domain::{Mapping, Text};

const TABLE: &str = "mappings";

/// The mappings of an operation, the oldest first.
pub async fn read(tx: &mut Tx, operation: &Text) -> Result<Vec<Mapping>, StoreError> {
    let rows = sqlx::query(
        "select mapping, kind, file_name, at, headers, sheet, header_row, columns
         from mappings
         where operation = $1
         order by mapping",
    )
    .bind(operation.clone())
    .fetch_all(&mut **tx)
    .await?;
    let mut texts = Texts::default();
    let read = |row| {
        Ok(Mapping {
            id: Row::try_get(row, 0)?,
            kind: texts.get(row, 1)?,
            file_name: texts.get(row, 2)?,
            at: texts.get(row, 3)?,
            headers: json(Row::try_get(row, 4)?)?,
            sheet: Row::try_get(row, 5)?,
            header_row: Row::try_get(row, 6)?,
            columns: json(Row::try_get(row, 7)?)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Keeps a mapping; one for the very same headers is replaced.
pub async fn add(tx: &mut Tx, operation: &Text, mapping: &Mapping) -> Result<(), StoreError> {
    let headers = serde_json::to_string(&mapping.headers).unwrap_or_default();
    sqlx::query(
        "delete from mappings
         where operation = $1 and kind = $2 and headers = $3",
    )
    .bind(operation.clone())
    .bind(mapping.kind.clone())
    .bind(headers.clone())
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "insert into mappings
           (operation, mapping, kind, file_name, at, headers, sheet, header_row, columns)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(operation.clone())
    .bind(mapping.id)
    .bind(mapping.kind.clone())
    .bind(mapping.file_name.clone())
    .bind(mapping.at.clone())
    .bind(headers)
    .bind(mapping.sheet.clone())
    .bind(mapping.header_row)
    .bind(serde_json::to_string(&mapping.columns).unwrap_or_default())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets a mapping; false where there is none of this number.
pub async fn forget(pool: &SqlitePool, operation: &str, mapping: u32) -> Result<bool, StoreError> {
    let done = sqlx::query("delete from mappings where operation = $1 and mapping = $2")
        .bind(operation.to_owned())
        .bind(mapping)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|_| StoreError::Corrupt { table: TABLE, value: text.chars().take(40).collect() })
}
