//! Sites.

use geo::Point;

use super::batch::{self, Columns, Table, Texts, Values, Versioned};
use super::checksums::Sums;
use super::engine::Record;
use super::places::{self, Keys, Words};
use super::{Change, Stamp, StoreError, Tx, Written};
use crate::domain::{Day, Sector, Site, SiteStatus, Text};

pub const TABLE: Table = Table {
    name: "sites",
    key: &[("site", true)],
    columns: &[
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
    ],
};

impl Versioned for Site {
    const TABLE: &'static Table = &TABLE;

    fn reader(words: &Words) -> impl FnMut(&dyn Record) -> Result<Site, StoreError> {
        let mut texts = Texts::default();
        move |row: &dyn Record| {
            Ok(Site {
                id: batch::integer(row, 0)?,
                source: batch::source(row, 1)?,
                site_id: texts.opt(row, 3)?,
                name: texts.opt(row, 4)?,
                kind: texts.opt(row, 5)?,
                sector: batch::code_opt(TABLE.name, row, 6, Sector::from_code)?,
                partner: texts.opt(row, 7)?,
                area: texts.opt(row, 8)?,
                point: row.real(9)?.zip(row.real(10)?).map(|(x, y)| Point::new(x, y)),
                status: batch::code_opt(TABLE.name, row, 11, SiteStatus::from_code)?,
                capacity_people: row.real(12)?,
                radius_m: row.real(13)?,
                start: batch::integer_opt(row, 14)?.map(Day),
                end: batch::integer_opt(row, 15)?.map(Day),
                sensitivity: texts.opt(row, 16)?,
                reported_as: texts.opt(row, 17)?,
                placed: places::placed(
                    TABLE.name,
                    words,
                    row.integer(18)?,
                    row.text(19)?,
                    batch::integer_opt(row, 20)?,
                )?,
            })
        }
    }
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Site, u64>,
    written: Written<'_>,
) -> Result<Sums, StoreError> {
    let ended = batch::end(tx, stamp, &TABLE, &change.ended).await?;
    let keys = places::write(tx, stamp, change.added.iter().map(|row| &row.placed)).await?;
    let added = batch::insert(tx, stamp, &TABLE, &change.added, written, &keys).await?;
    Ok(Sums { added, ended })
}

impl Columns<Site> for Keys {
    fn fill(&self, values: &mut impl Values, site: &Site) {
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
        values.integer(self.of(&site.placed));
        values.code(site.placed.method.code());
        values.integer(i64::from(site.placed.confidence));
    }
}

/// The first number no site of the operation ever had.
pub async fn next_number(tx: &mut Tx, operation: &Text) -> Result<u64, StoreError> {
    let sql = "select max(number)
         from (
           select max(site) as number from sites where operation = $1
           union all
           select max(last_site) from prunings where operation = $1
         ) numbers";
    batch::next_number(tx, operation, sql).await
}
