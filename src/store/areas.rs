//! Administrative areas; geometry as WKB beside its bounding box.

use std::sync::Arc;

use geo::{BoundingRect, Coord, LineString, MultiPolygon, Polygon};

use super::StoreError;
use super::batch::{self, Columns, Plain, Table, Texts, Values, Versioned};
use super::engine::Record;
use super::places::Words;
use crate::domain::{Area, AreaName};

pub const TABLE: Table = Table {
    name: "areas",
    key: &[("pcode", false)],
    columns: &[
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
        "other_names",
    ],
};

impl Versioned for Area {
    const TABLE: &'static Table = &TABLE;

    fn reader(_words: &Words) -> impl FnMut(&dyn Record) -> Result<Area, StoreError> {
        let mut texts = Texts::default();
        move |row: &dyn Record| {
            let geometry = row.bytes(11)?.map(from_wkb).transpose()?;
            Ok(Area {
                pcode: texts.get(row, 0)?,
                source: batch::source(row, 1)?,
                name: AreaName::of(texts.get(row, 3)?, texts.opt(row, 12)?),
                level: batch::integer(row, 4)?,
                parent: texts.opt(row, 5)?,
                area_km2: row.real(6)?,
                geometry: geometry.map(Arc::new),
            })
        }
    }
}

impl Columns<Area> for Plain {
    fn fill(&self, values: &mut impl Values, area: &Area) {
        let rect = area.geometry.as_ref().and_then(|shape| shape.bounding_rect());
        values.text(&area.pcode);
        values.source(area.source);
        values.text(area.name.shown());
        values.integer(i64::from(area.level));
        values.text(area.parent.as_ref());
        values.real(area.area_km2);
        values.real(rect.map(|rect| rect.min().x));
        values.real(rect.map(|rect| rect.min().y));
        values.real(rect.map(|rect| rect.max().x));
        values.real(rect.map(|rect| rect.max().y));
        values.bytes(area.geometry.as_ref().map(|shape| to_wkb(shape)));
        values.text(area.name.others());
    }
}

fn to_wkb(shape: &MultiPolygon<f64>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(wkb::writer::multi_polygon_wkb_size(shape));
    // Writing to memory cannot fail; a short write would be refused when it is read.
    let _ =
        wkb::writer::write_multi_polygon(&mut bytes, shape, &wkb::writer::WriteOptions::default());
    bytes
}

/// What [`to_wkb`] wrote. A damaged file may hold anything: no count is believed before there are as
/// many bytes.
fn from_wkb(bytes: &[u8]) -> Result<MultiPolygon<f64>, StoreError> {
    let mut reader = Reader(bytes);
    let shape = reader.shape().filter(|_| reader.0.is_empty());
    shape.ok_or_else(|| {
        let value = format!("a geometry of {} bytes", bytes.len());
        StoreError::Corrupt { table: TABLE.name, value }
    })
}

/// The bytes of a geometry that are not read yet; all numbers are little-endian.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    const POLYGON: u32 = 3;
    const MULTI_POLYGON: u32 = 6;

    fn shape(&mut self) -> Option<MultiPolygon<f64>> {
        let parts = self.begin(Reader::MULTI_POLYGON)?;
        let parts = (0..parts).map(|_| {
            let rings = self.begin(Reader::POLYGON)?;
            let rings = (0..rings).map(|_| self.ring());
            let mut rings = rings.collect::<Option<Vec<_>>>()?.into_iter();
            let exterior = rings.next().unwrap_or_else(LineString::empty);
            Some(Polygon::new(exterior, rings.collect()))
        });
        parts.collect()
    }

    /// The beginning of a geometry of a type, and the number of its parts.
    fn begin(&mut self, kind: u32) -> Option<u32> {
        let little_endian = self.take::<1>()? == [1];
        (little_endian && self.number()? == kind).then(|| self.number())?
    }

    fn ring(&mut self) -> Option<LineString<f64>> {
        let count = self.number()? as usize;
        let (points, rest) = self.0.split_at_checked(count.checked_mul(16)?)?;
        self.0 = rest;
        let mut points = Reader(points);
        let point = |_| {
            let (x, y) = (points.take()?, points.take()?);
            Some(Coord { x: f64::from_le_bytes(x), y: f64::from_le_bytes(y) })
        };
        (0..count).map(point).collect::<Option<Vec<_>>>().map(LineString)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::wkt;

    #[test]
    fn a_shape_reads_back_and_one_that_is_damaged_is_refused() {
        let shape = wkt!(MULTIPOLYGON(
            ((0. 0., 9. 0., 9. 9., 0. 9., 0. 0.), (1. 1., 1. 8., 8. 8., 1. 1.)),
            ((20. 0., 21. 0., 21. 1., 20. 0.))
        ));
        let bytes = to_wkb(&shape);
        assert_eq!(from_wkb(&bytes).unwrap(), shape);
        assert!((0..bytes.len()).all(|length| from_wkb(&bytes[..length]).is_err()));
        let longer = [&bytes[..], &[0]].concat();
        assert!(from_wkb(&longer).is_err());
        // Counts and types that are not there: whatever is made of them, it ends.
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] = 0xFF;
            let _ = from_wkb(&changed);
        }
        let mut changed = bytes;
        changed[5..9].fill(0xFF);
        assert!(from_wkb(&changed).is_err());
    }
}
