//! The current gaps written into the database, for programs that read it themselves: every level and
//! sector, all time, all people, against people in need.

use super::App;
use crate::analysis::gaps::{GapFigure, gaps};
use crate::analysis::{Basis, GapQuery};
use crate::domain::{Group, Period, Sector, Snapshot};
use crate::store::{GapRow, Store, StoreError};

impl App {
    /// Brings the table of the gaps of an operation to its newest revision, where the database keeps
    /// one. It takes longer than a commit of few rows and is done after it: the table says which
    /// revision it shows.
    pub async fn keep_gaps(&self, operation: &str) -> Result<(), StoreError> {
        let Some(store) = self.store.as_ref().filter(|store| store.keeps_gaps()) else {
            return Ok(());
        };
        // An operation without any figure has no row that says its revision.
        let newest = store.newest(operation).await?.map(|newest| newest.number);
        if newest.is_none() || store.gaps_revision(operation).await? >= newest {
            return Ok(());
        }
        let Some(snapshot) = self.current(operation).await? else { return Ok(()) };
        let of = snapshot.clone();
        let Ok(rows) = tokio::task::spawn_blocking(move || rows(&of)).await else {
            return Ok(());
        };
        store.keep_gaps(&snapshot.operation.id, snapshot.revision.number, &rows).await
    }

    /// The same of every operation of the database.
    pub async fn keep_all_gaps(&self) -> Result<(), StoreError> {
        if self.store.as_ref().is_some_and(Store::keeps_gaps) {
            self.refresh().await?;
            for operation in self.listed().keys() {
                self.keep_gaps(operation).await?;
            }
        }
        Ok(())
    }
}

/// Areas and sectors about which anything is known: for the others there is no row.
pub(super) fn rows(snapshot: &Snapshot) -> Vec<GapRow> {
    let mut rows = Vec::new();
    for (sector, ..) in Sector::TABLE {
        for level in 0..=snapshot.areas.deepest() {
            let (group, basis) = (Group::ALL, Basis::InNeed);
            let query = GapQuery { level, sector: *sector, period: Period::ALWAYS, group, basis };
            let figures = gaps(snapshot, &query).figures;
            let told = figures.iter().filter(|one| {
                one.in_need.is_some() || one.activities > 0 || one.activities_planned > 0
            });
            rows.extend(told.map(|figure| row(snapshot, &query, figure)));
        }
    }
    rows
}

fn row(snapshot: &Snapshot, query: &GapQuery, figure: &GapFigure) -> GapRow {
    GapRow {
        sector: query.sector,
        pcode: snapshot.areas.get(figure.area).pcode.clone(),
        level: query.level,
        status: figure.status.code(),
        figures: [
            figure.in_need,
            figure.in_need_published,
            figure.targeted,
            figure.affected,
            figure.population,
            figure.severity,
            figure.severity_max,
            figure.severity_max_in_need,
            figure.reached,
            figure.reached_low,
            figure.reached_high,
            figure.reached_place_unknown,
            figure.reached_place_unknown_above,
            figure.gap,
            figure.gap_low,
            figure.gap_high,
            figure.coverage,
            figure.pin_reached,
            figure.pin_targeted_not_reached,
            figure.pin_never_targeted,
        ],
        counts: [
            figure.rows_without_figures,
            figure.partners,
            figure.activities,
            figure.partners_planned,
            figure.activities_planned,
        ],
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::sync::Arc;

    use sqlx::Connection;

    use super::*;
    use crate::app::demo;
    use crate::store::databases;

    #[tokio::test]
    async fn gaps_that_could_not_be_written_are_written_later() {
        let Some(address) = databases::postgres().await else { return };
        let app = Arc::new(App::create(&address, Default::default()).await.unwrap());
        let change = async |sql: &'static str| {
            let mut connection = sqlx::PgConnection::connect(&address).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        };
        demo::load(&app, "2026-07-01T00:00:00Z".into()).await.unwrap();
        change("alter table gaps rename to gaps_away").await;
        for _ in 0..2 {
            assert!(!app.keep_due_gaps().await);
        }
        change("alter table gaps_away rename to gaps").await;
        assert!(app.keep_due_gaps().await);
        let newest = app.snapshot("demo").unwrap().revision.number;
        let store = app.store.as_ref().unwrap();
        assert_eq!(store.gaps_revision("demo").await.unwrap(), Some(newest));
    }
}
