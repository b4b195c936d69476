//! Reported rows.

use std::sync::Arc;

use geo::Point;

use super::batch::{self, Columns, Table, Texts, Values, Versioned};
use super::checksums::Sums;
use super::engine::{Record, on};
use super::places::{self, Keys, Words};
use super::{Change, Stamp, StoreError, Tx, Versions, Written};
use crate::domain::{Activity, Day, Sector, Status, Text};

/// Its columns are the key first, then in the order that SQLite's table has them.
pub const TABLE: Table = Table {
    name: "activities",
    key: &[("activity", true)],
    columns: &[
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
        "said",
        "place_method",
        "place_confidence",
        "reported_as",
    ],
};

/// Rows by number.
pub async fn read(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
    words: &Arc<Words>,
) -> Result<Vec<Activity>, StoreError> {
    on!(tx, |tx| bulk::read_activities(tx, operation, versions, words).await)
}

impl Versioned for Activity {
    const TABLE: &'static Table = &TABLE;

    fn reader(words: &Words) -> impl FnMut(&dyn Record) -> Result<Activity, StoreError> {
        let mut texts = Texts::default();
        move |row: &dyn Record| {
            Ok(Activity {
                id: batch::integer(row, 0)?,
                source: batch::source(row, 1)?,
                activity_id: texts.opt(row, 3)?,
                partner: texts.get(row, 4)?,
                implementing_partner: texts.opt(row, 5)?,
                donor: texts.opt(row, 6)?,
                sector: batch::code_opt(TABLE.name, row, 7, Sector::from_code)?,
                activity_type: texts.opt(row, 8)?,
                description: texts.opt(row, 9)?,
                area: texts.opt(row, 10)?,
                location: texts.opt(row, 11)?,
                point: row.real(12)?.zip(row.real(13)?).map(|(x, y)| Point::new(x, y)),
                start: batch::integer_opt(row, 14)?.map(Day),
                end: batch::integer_opt(row, 15)?.map(Day),
                status: batch::code_opt(TABLE.name, row, 16, Status::from_code)?,
                modality: texts.opt(row, 17)?,
                group: batch::group(TABLE.name, row, 18)?,
                targeted: row.real(22)?,
                reached: row.real(23)?,
                households_targeted: row.real(24)?,
                households_reached: row.real(25)?,
                budget_usd: row.real(26)?,
                reported_as: texts.opt(row, 30)?,
                placed: places::placed(
                    TABLE.name,
                    words,
                    row.integer(27)?,
                    row.text(28)?,
                    batch::integer_opt(row, 29)?,
                )?,
            })
        }
    }
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Activity, u64>,
    written: Written<'_>,
) -> Result<Sums, StoreError> {
    let ended = batch::end(tx, stamp, &TABLE, &change.ended).await?;
    let keys = places::write(tx, stamp, change.added.iter().map(|row| &row.placed)).await?;
    let rows = &change.added;
    let added =
        on!(tx, |tx| bulk::append(tx, stamp, &TABLE, rows, |row| row.id, written, &keys).await)?;
    Ok(Sums { added, ended })
}

impl Columns<Activity> for Keys {
    fn fill(&self, values: &mut impl Values, activity: &Activity) {
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
        values.integer(self.of(&activity.placed));
        values.code(activity.placed.method.code());
        values.integer(i64::from(activity.placed.confidence));
        values.text(activity.reported_as.as_ref());
    }
}

/// The first number no activity of the operation ever had.
pub async fn next_number(tx: &mut Tx, operation: &Text) -> Result<u64, StoreError> {
    let sql = "select max(number)
         from (
           select max(activity) as number from activities where operation = $1
           union all
           select max(last_activity) from prunings where operation = $1
         ) numbers";
    batch::next_number(tx, operation, sql).await
}
