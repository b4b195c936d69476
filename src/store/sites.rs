//! Sites.

use geo::Point;
use sqlx::{AssertSqlSafe, Row};

use super::batch::{self, Texts};
use super::places::{self, Words};
use super::{Change, Stamp, StoreError, Tx, Versions, Written};
use crate::domain::{Day, Sector, Site, SiteStatus, Text};

const TABLE: &str = "sites";

pub async fn read(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
    words: &Words,
) -> Result<Vec<Site>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "select site, submission, row, site_id, name, type, sector, partner, area, longitude,
           latitude, status, capacity_people, radius_m, start_day, end_day, sensitivity,
           reported_as, said, place_method, place_confidence
         from sites
         where operation = $1 and {versions}
         order by site"
    )))
    .bind(operation.clone())
    .fetch_all(&mut **tx)
    .await?;
    let mut texts = Texts::default();
    let read = |row| {
        let longitude = Row::try_get::<Option<f64>, _>(row, 9)?;
        let position = longitude.zip(Row::try_get::<Option<f64>, _>(row, 10)?);
        Ok(Site {
            id: Row::try_get::<i64, _>(row, 0)? as u64,
            source: batch::source(row, 1)?,
            site_id: texts.opt(row, 3)?,
            name: texts.opt(row, 4)?,
            kind: texts.opt(row, 5)?,
            sector: batch::code_opt(TABLE, row, 6, Sector::from_code)?,
            partner: texts.opt(row, 7)?,
            reported_as: texts.opt(row, 17)?,
            area: texts.opt(row, 8)?,
            placed: places::placed(
                TABLE,
                words,
                Row::try_get(row, 18)?,
                Row::try_get(row, 19)?,
                Row::try_get(row, 20)?,
            )?,
            point: position.map(|(longitude, latitude)| Point::new(longitude, latitude)),
            status: batch::code_opt(TABLE, row, 11, SiteStatus::from_code)?,
            capacity_people: Row::try_get(row, 12)?,
            radius_m: Row::try_get(row, 13)?,
            start: Row::try_get::<Option<i32>, _>(row, 14)?.map(Day),
            end: Row::try_get::<Option<i32>, _>(row, 15)?.map(Day),
            sensitivity: texts.opt(row, 16)?,
        })
    };
    rows.iter().map(read).collect()
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Site, u64>,
    written: Written<'_>,
) -> Result<(), StoreError> {
    batch::end(tx, stamp, TABLE, "site", &change.ended).await?;
    let columns = [
        "site",
        "submission",
        "row",
        "site_id",
        "name",
        "type",
        "sector",
        "partner",
        "area",
        "longitude",
        "latitude",
        "status",
        "capacity_people",
        "radius_m",
        "start_day",
        "end_day",
        "sensitivity",
        "reported_as",
        "said",
        "place_method",
        "place_confidence",
    ];
    let keys = places::write(tx, stamp, change.added.iter().map(|row| &row.placed)).await?;
    batch::insert(tx, stamp, TABLE, &columns, &change.added, written, |values, site| {
        values.integer(site.id as i64);
        values.source(site.source);
        values.text(site.site_id.as_ref());
        values.text(site.name.as_ref());
        values.text(site.kind.as_ref());
        values.code(site.sector.map(Sector::code));
        values.text(site.partner.as_ref());
        values.text(site.area.as_ref());
        values.real(site.point.map(|point| point.x()));
        values.real(site.point.map(|point| point.y()));
        values.code(site.status.map(SiteStatus::code));
        values.real(site.capacity_people);
        values.real(site.radius_m);
        values.integer(site.start.map(|day| i64::from(day.0)));
        values.integer(site.end.map(|day| i64::from(day.0)));
        values.text(site.sensitivity.as_ref());
        values.text(site.reported_as.as_ref());
        values.integer(keys.of(&site.placed));
        values.code(site.placed.method.code());
        values.integer(i64::from(site.placed.confidence));
    })
    .await
}

/// The first number no site of the operation ever had.
pub async fn next_number(tx: &mut Tx, operation: &str) -> Result<u64, StoreError> {
    let row = sqlx::query("select max(site) from sites where operation = $1")
        .bind(operation.to_owned())
        .fetch_one(&mut **tx)
        .await?;
    Ok(row.try_get::<Option<i64>, _>(0)?.map_or(1, |last| last as u64 + 1))
}
