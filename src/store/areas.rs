//! Administrative areas; geometry as WKB beside its bounding box.

use std::sync::Arc;

use geo::{BoundingRect, Geometry, MultiPolygon};
use geo_traits::to_geo::ToGeoGeometry;
use sqlx::AssertSqlSafe;

use super::batch::{self, Texts, Values};
use super::engine::on;
use super::{Change, Stamp, StoreError, Tx, Versions, Written};
use crate::domain::{Area, Text};

const TABLE: &str = "areas";

pub async fn read(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
) -> Result<Vec<Area>, StoreError> {
    let sql = format!(
        "select pcode, submission, row, name, level, parent, area_km2, geometry
         from areas
         where operation = $1 and {versions}
         order by pcode"
    );
    let mut texts = Texts::default();
    batch::rows(tx, operation, AssertSqlSafe(sql), |row| {
        let geometry = row.bytes(7)?.map(from_wkb).transpose()?;
        Ok(Area {
            pcode: texts.get(row, 0)?,
            source: batch::source(row, 1)?,
            name: texts.get(row, 3)?,
            level: batch::integer(row, 4)?,
            parent: texts.opt(row, 5)?,
            area_km2: row.real(6)?,
            geometry: geometry.map(Arc::new),
        })
    })
    .await
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Area, Text>,
    written: Written<'_>,
) -> Result<(), StoreError> {
    for pcode in &change.ended {
        on!(tx, |tx| {
            sqlx::query(
                "update areas
             set to_revision = $1
             where operation = $2 and pcode = $3 and to_revision is null",
            )
            .bind(stamp.revision as i64)
            .bind(stamp.operation.clone())
            .bind(pcode.clone())
            .execute(&mut **tx)
            .await?;
        });
    }
    on!(tx, |tx| bulk::insert(tx, stamp, TABLE, COLUMNS, &change.added, written, values).await)
}

const COLUMNS: &[&str] = &[
    "pcode",
    "submission",
    "row",
    "name",
    "level",
    "parent",
    "area_km2",
    "min_x",
    "min_y",
    "max_x",
    "max_y",
    "geometry",
];

fn values(values: &mut impl Values, area: &Area) {
    let rect = area.geometry.as_ref().and_then(|shape| shape.bounding_rect());
    values.text(&area.pcode);
    values.source(area.source);
    values.text(&area.name);
    values.integer(i64::from(area.level));
    values.text(area.parent.as_ref());
    values.real(area.area_km2);
    values.real(rect.map(|rect| rect.min().x));
    values.real(rect.map(|rect| rect.min().y));
    values.real(rect.map(|rect| rect.max().x));
    values.real(rect.map(|rect| rect.max().y));
    values.bytes(area.geometry.as_ref().map(|shape| to_wkb(shape)));
}

fn to_wkb(shape: &MultiPolygon<f64>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(wkb::writer::multi_polygon_wkb_size(shape));
    // Writing to memory cannot fail; a short write would be refused when it is read.
    let _ =
        wkb::writer::write_multi_polygon(&mut bytes, shape, &wkb::writer::WriteOptions::default());
    bytes
}

fn from_wkb(bytes: &[u8]) -> Result<MultiPolygon<f64>, StoreError> {
    let corrupt = |value: String| StoreError::Corrupt { table: TABLE, value };
    let read = wkb::reader::read_wkb(bytes).map_err(|error| corrupt(error.to_string()))?;
    match read.to_geometry() {
        Geometry::MultiPolygon(shape) => Ok(shape),
        other => Err(corrupt(format!("{other:?}").chars().take(40).collect())),
    }
}
