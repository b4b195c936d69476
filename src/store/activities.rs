//! Reported rows.

use std::sync::Arc;

use sqlx::Row;

use super::batch;
use super::places::{self, Words};
use super::{Change, Stamp, StoreError, Tx, Versions, Written, sqlite_bulk};
use crate::domain::{Activity, Sector, Status, Text};

const TABLE: &str = "activities";

/// What a row has beside the operation and its revisions, in the order of writing.
const COLUMNS: &[&str] = &[
    "activity",
    "submission",
    "row",
    "activity_id",
    "partner",
    "implementing_partner",
    "donor",
    "sector",
    "activity_type",
    "description",
    "area",
    "location",
    "longitude",
    "latitude",
    "start_day",
    "end_day",
    "status",
    "modality",
    "population_group",
    "sex",
    "age",
    "disability",
    "targeted",
    "reached",
    "households_targeted",
    "households_reached",
    "budget_usd",
    "reported_as",
    "said",
    "place_method",
    "place_confidence",
];

/// Rows by number.
pub async fn read(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
    words: &Arc<Words>,
) -> Result<Vec<Activity>, StoreError> {
    sqlite_bulk::read_activities(tx, operation, versions, words).await
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Activity, u64>,
    written: Written<'_>,
) -> Result<(), StoreError> {
    batch::end(tx, stamp, TABLE, "activity", &change.ended).await?;
    let keys = places::write(tx, stamp, change.added.iter().map(|row| &row.placed)).await?;
    batch::insert(tx, stamp, TABLE, COLUMNS, &change.added, written, |values, activity| {
        values.integer(activity.id as i64);
        values.source(activity.source);
        values.text(activity.activity_id.as_ref());
        values.text(&activity.partner);
        values.text(activity.implementing_partner.as_ref());
        values.text(activity.donor.as_ref());
        values.code(activity.sector.map(Sector::code));
        values.text(activity.activity_type.as_ref());
        values.text(activity.description.as_ref());
        values.text(activity.area.as_ref());
        values.text(activity.location.as_ref());
        values.real(activity.point.map(|point| point.x()));
        values.real(activity.point.map(|point| point.y()));
        values.integer(activity.start.map(|day| i64::from(day.0)));
        values.integer(activity.end.map(|day| i64::from(day.0)));
        values.code(activity.status.map(Status::code));
        values.text(activity.modality.as_ref());
        values.group(&activity.group);
        values.real(activity.targeted);
        values.real(activity.reached);
        values.real(activity.households_targeted);
        values.real(activity.households_reached);
        values.real(activity.budget_usd);
        values.text(activity.reported_as.as_ref());
        values.integer(keys.of(&activity.placed));
        values.code(activity.placed.method.code());
        values.integer(i64::from(activity.placed.confidence));
    })
    .await
}

/// The first number no activity of the operation ever had.
pub async fn next_number(tx: &mut Tx, operation: &str) -> Result<u64, StoreError> {
    let row = sqlx::query("select max(activity) from activities where operation = $1")
        .bind(operation.to_owned())
        .fetch_one(&mut **tx)
        .await?;
    Ok(row.try_get::<Option<i64>, _>(0)?.map_or(1, |last| last as u64 + 1))
}
