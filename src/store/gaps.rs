//! The current gaps as a table, for programs that read the database themselves; PostgreSQL only.

use sqlx::AssertSqlSafe;

use super::batch::{self, Values};
use super::engine::{Engine, Record};
use super::{Store, StoreError, Tx, postgres_bulk};
use crate::domain::{Sector, Text};

/// The figures of one area and sector, in the order of the table's columns.
#[derive(Clone, Debug)]
pub struct GapRow {
    pub sector: Sector,
    pub pcode: Text,
    pub level: u8,
    /// Its code.
    pub status: &'static str,
    /// By the names of [`GapRow::FIGURES`].
    pub figures: [Option<f64>; GapRow::FIGURES.len()],
    /// By the names of [`GapRow::COUNTS`].
    pub counts: [u32; GapRow::COUNTS.len()],
}

/// A row of that table as it is kept.
#[derive(Clone, Debug)]
pub struct KeptGap {
    pub sector: Text,
    pub pcode: Text,
    pub level: i64,
    pub status: Text,
    pub figures: [Option<f64>; GapRow::FIGURES.len()],
    pub counts: [i64; GapRow::COUNTS.len()],
}

impl GapRow {
    pub const FIGURES: [&str; 20] = [
        "in_need",
        "in_need_published",
        "targeted",
        "affected",
        "population",
        "severity",
        "severity_max",
        "severity_max_in_need",
        "reached",
        "reached_low",
        "reached_high",
        "reached_place_unknown",
        "reached_place_unknown_above",
        "gap",
        "gap_low",
        "gap_high",
        "coverage",
        "pin_reached",
        "pin_targeted_not_reached",
        "pin_never_targeted",
    ];
    pub const COUNTS: [&str; 5] = [
        "rows_without_figures",
        "partners",
        "activities",
        "partners_planned",
        "activities_planned",
    ];
}

impl Store {
    /// The revision whose gaps the table has; `None` where this database keeps no such table or it
    /// has none of the operation.
    pub async fn gaps_revision(&self, operation: &str) -> Result<Option<u64>, StoreError> {
        let Engine::Postgres(pool) = &self.pool else { return Ok(None) };
        let sql = "select max(from_revision) from gaps where operation = $1";
        let found: Option<i64> =
            sqlx::query_scalar(sql).bind(operation.to_owned()).fetch_one(pool).await?;
        Ok(found.map(|revision| revision as u64))
    }

    /// Whether this database keeps the gaps as a table.
    pub fn keeps_gaps(&self) -> bool {
        self.is_postgres()
    }

    /// Puts the gaps of a revision in the place of older ones. Where newer ones are there already,
    /// or come at the same moment, these are not needed.
    pub async fn keep_gaps(
        &self,
        operation: &Text,
        revision: u64,
        rows: &[GapRow],
    ) -> Result<(), StoreError> {
        let Engine::Postgres(pool) = &self.pool else { return Ok(()) };
        let mut tx = pool.begin().await?;
        // Nobody else writes them meanwhile; commits go on.
        sqlx::query("select pg_advisory_xact_lock(hashtext('lacuna gaps'), hashtext($1))")
            .bind(operation.to_string())
            .execute(&mut *tx)
            .await?;
        let sql = "select max(from_revision) from gaps where operation = $1";
        let found: Option<i64> =
            sqlx::query_scalar(sql).bind(operation.to_string()).fetch_one(&mut *tx).await?;
        if found.is_some_and(|found| found as u64 >= revision) {
            return Ok(());
        }
        sqlx::query("delete from gaps where operation = $1")
            .bind(operation.to_string())
            .execute(&mut *tx)
            .await?;
        let columns: Vec<&str> =
            ["operation", "from_revision", "sector", "pcode", "level", "status"]
                .into_iter()
                .chain(GapRow::FIGURES)
                .chain(GapRow::COUNTS)
                .collect();
        postgres_bulk::copy_in(&mut tx, "gaps", &columns, rows, &|_| (), |to, row| {
            to.text(operation);
            to.integer(revision as i64);
            values(to, row);
        })
        .await?;
        Ok(tx.commit().await?)
    }
}

/// The rows of an operation, whatever revision they are of; `None` where no such table is kept.
pub async fn kept(tx: &mut Tx, operation: &Text) -> Result<Option<Vec<KeptGap>>, StoreError> {
    if matches!(tx, Engine::Sqlite(_)) {
        return Ok(None);
    }
    let columns: Vec<&str> = ["sector", "pcode", "level", "status"]
        .into_iter()
        .chain(GapRow::FIGURES)
        .chain(GapRow::COUNTS)
        .collect();
    let sql = format!("select {} from gaps where operation = $1", columns.join(", "));
    let first = columns.len() - GapRow::FIGURES.len() - GapRow::COUNTS.len();
    let read = |row: &dyn Record| {
        let mut kept = KeptGap {
            sector: batch::text(row, 0)?.into(),
            pcode: batch::text(row, 1)?.into(),
            level: batch::integer(row, 2)?,
            status: batch::text(row, 3)?.into(),
            figures: [None; GapRow::FIGURES.len()],
            counts: [0; GapRow::COUNTS.len()],
        };
        for (at, figure) in kept.figures.iter_mut().enumerate() {
            *figure = row.real(first + at)?;
        }
        for (at, count) in kept.counts.iter_mut().enumerate() {
            *count = batch::integer(row, first + GapRow::FIGURES.len() + at)?;
        }
        Ok(kept)
    };
    batch::rows(tx, operation, AssertSqlSafe(sql), read).await.map(Some)
}

fn values(values: &mut impl Values, row: &GapRow) {
    values.code(row.sector.code());
    values.text(&row.pcode);
    values.integer(i64::from(row.level));
    values.code(row.status);
    row.figures.iter().for_each(|figure| values.real(*figure));
    row.counts.iter().for_each(|count| values.integer(i64::from(*count)));
}
