//! Reported rows.

use futures_util::TryStreamExt;
use geo::Point;
use sqlx::Row;

use super::batch::{self, Texts};
use super::{Change, Stamp, StoreError, Tx, Written};
use crate::domain::{Activity, Day, Sector, Status, Text};

const TABLE: &str = "activities";

pub async fn current(tx: &mut Tx, operation: &Text) -> Result<Vec<Activity>, StoreError> {
    let mut rows = sqlx::query(
        "select activity, submission, row, activity_id, partner, implementing_partner, donor,
           sector, activity_type, description, area, location, longitude, latitude, start_day,
           end_day, status, modality, population_group, sex, age, disability, targeted, reached,
           households_targeted, households_reached, budget_usd
         from activities
         where operation = $1 and to_revision is null
         order by activity",
    )
    .bind(operation.clone())
    .fetch(&mut **tx);
    let (mut texts, mut activities) = (Texts::default(), Vec::new());
    while let Some(row) = rows.try_next().await? {
        let position = row.try_get::<Option<f64>, _>(12)?.zip(row.try_get::<Option<f64>, _>(13)?);
        activities.push(Activity {
            id: row.try_get::<i64, _>(0)? as u64,
            source: batch::source(&row, 1)?,
            activity_id: texts.opt(&row, 3)?,
            partner: texts.get(&row, 4)?,
            implementing_partner: texts.opt(&row, 5)?,
            donor: texts.opt(&row, 6)?,
            sector: batch::code_opt(TABLE, &row, 7, Sector::from_code)?,
            activity_type: texts.opt(&row, 8)?,
            description: texts.opt(&row, 9)?,
            area: texts.opt(&row, 10)?,
            location: texts.opt(&row, 11)?,
            point: position.map(|(longitude, latitude)| Point::new(longitude, latitude)),
            start: row.try_get::<Option<i32>, _>(14)?.map(Day),
            end: row.try_get::<Option<i32>, _>(15)?.map(Day),
            status: batch::code_opt(TABLE, &row, 16, Status::from_code)?,
            modality: texts.opt(&row, 17)?,
            group: batch::group(TABLE, &row, 18)?,
            targeted: row.try_get(22)?,
            reached: row.try_get(23)?,
            households_targeted: row.try_get(24)?,
            households_reached: row.try_get(25)?,
            budget_usd: row.try_get(26)?,
        });
    }
    Ok(activities)
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Activity, u64>,
    written: Written<'_>,
) -> Result<(), StoreError> {
    for activity in &change.ended {
        sqlx::query(
            "update activities
             set to_revision = $1
             where operation = $2 and activity = $3 and to_revision is null",
        )
        .bind(stamp.revision as i64)
        .bind(stamp.operation.clone())
        .bind(*activity as i64)
        .execute(&mut **tx)
        .await?;
    }
    let columns = [
        "operation",
        "activity",
        "from_revision",
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
    ];
    batch::insert(tx, TABLE, &columns, &change.added, written, |values, activity| {
        values.push_bind(stamp.operation.clone());
        values.push_bind(activity.id as i64);
        values.push_bind(stamp.revision as i64);
        values.push_bind(activity.source.submission);
        values.push_bind(activity.source.row);
        values.push_bind(activity.activity_id.clone());
        values.push_bind(activity.partner.clone());
        values.push_bind(activity.implementing_partner.clone());
        values.push_bind(activity.donor.clone());
        values.push_bind(activity.sector.map(Sector::code));
        values.push_bind(activity.activity_type.clone());
        values.push_bind(activity.description.clone());
        values.push_bind(activity.area.clone());
        values.push_bind(activity.location.clone());
        values.push_bind(activity.point.map(|point| point.x()));
        values.push_bind(activity.point.map(|point| point.y()));
        values.push_bind(activity.start.map(|day| day.0));
        values.push_bind(activity.end.map(|day| day.0));
        values.push_bind(activity.status.map(Status::code));
        values.push_bind(activity.modality.clone());
        batch::bind_group(values, &activity.group);
        values.push_bind(activity.targeted);
        values.push_bind(activity.reached);
        values.push_bind(activity.households_targeted);
        values.push_bind(activity.households_reached);
        values.push_bind(activity.budget_usd);
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
