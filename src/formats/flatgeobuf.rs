//! FlatGeobuf, reading: its one layer, feature by feature, without the index.

use std::io::Cursor;

use flatgeobuf::packed_r_tree::PackedRTree;
use flatgeobuf::{ColumnType, FallibleStreamingIterator, FgbReader, GeometryType};
use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::crs::Crs;
use super::features::{Budget, Feature, Geometry, Layer, Layers, Property, collect, point};
use super::guard::guarded;
use super::sheet::{Unreadable, limits};

/// Geometries inside one another.
const DEPTH: u8 = 8;

/// Whether bytes begin as FlatGeobuf of any version does.
pub fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"fgb") && bytes.get(4..7) == Some(b"fgb")
}

/// Reads the layer in WGS 84.
pub fn read(bytes: &[u8], budget: &mut Budget) -> Result<Layers, Unreadable> {
    weigh(bytes).ok_or_else(|| broken(&"its parts are longer than the file"))?;
    guarded(|| features(bytes, budget))
        .unwrap_or_else(|| Err(broken(&"its reader does not survive it")))
}

fn broken(why: &dyn std::fmt::Display) -> Unreadable {
    Unreadable(format!("The FlatGeobuf cannot be read: {why}."))
}

/// Checks that the head lies within the file, so that no length is believed that is not there.
fn weigh(bytes: &[u8]) -> Option<()> {
    let length = u32::from_le_bytes(bytes.get(8..12)?.try_into().ok()?) as usize;
    bytes.get(12..length.checked_add(12)?).map(|_| ())
}

/// What follows the head and the index of a file whose head lies within it.
fn behind_index(bytes: &[u8], features: u64, node_size: u16) -> Option<&[u8]> {
    let length = u32::from_le_bytes(bytes.get(8..12)?.try_into().ok()?) as usize;
    let rest = bytes.get(length.checked_add(12)?..)?;
    if node_size == 0 || features == 0 {
        return Some(rest);
    }
    let features = usize::try_from(features).ok()?;
    if node_size < 2 || features > rest.len() {
        return None;
    }
    rest.get(PackedRTree::index_size(features, node_size)..)
}

fn features(bytes: &[u8], budget: &mut Budget) -> Result<Layers, Unreadable> {
    let reader = FgbReader::open(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let header = reader.header();
    let mut layer =
        Layer { name: header.name().unwrap_or_default().to_owned(), ..Layer::default() };
    let mut columns = Vec::new();
    for column in header.columns().into_iter().flatten() {
        columns.push((layer.fields.field(column.name())?, column.type_()));
    }
    let kind = header.geometry_type();
    let crs = match header.crs() {
        None => Crs::wgs84(),
        Some(crs) => match (crs.wkt(), u32::try_from(crs.code())) {
            (_, Ok(4326)) => Crs::wgs84(),
            (Some(wkt), _) if !wkt.is_empty() => Crs::from_wkt(wkt)?,
            (_, Ok(code)) if code > 0 => Crs::from_epsg(code)?,
            _ => Crs::wgs84(),
        },
    };
    // Features stand behind the head and the index; each is as long as the number before it says.
    let mut sizes = behind_index(bytes, header.features_count(), header.index_node_size())
        .ok_or_else(|| broken(&"its index is longer than the file"))?;
    let mut found = reader.select_all_seq().map_err(|error| broken(&error))?;
    while let Some(length) = sizes.get(..4) {
        let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
        sizes = sizes
            .get(4..)
            .and_then(|rest| rest.get(length..))
            .ok_or_else(|| broken(&"a feature is longer than the file"))?;
        let Some(feature) = found.next().map_err(|error| broken(&error))? else { break };
        budget.feature()?;
        let feature = feature.fbs_feature();
        let geometry = match feature.geometry() {
            Some(geometry) => shape(&geometry, kind, DEPTH, budget)?,
            None => Geometry::None,
        };
        let bytes = feature.properties().map(|bytes| bytes.bytes()).unwrap_or_default();
        let properties = properties(bytes, &columns);
        budget.values(properties.len())?;
        layer.features.push(Feature { properties, geometry });
    }
    layer.to_wgs84(&crs);
    Ok(Layers::one("FlatGeobuf", layer))
}

fn shape(
    geometry: &flatgeobuf::Geometry<'_>,
    kind: GeometryType,
    depth: u8,
    budget: &mut Budget,
) -> Result<Geometry, Unreadable> {
    // A layer of mixed kinds says the kind with each geometry.
    let kind = if kind == GeometryType::Unknown { geometry.type_() } else { kind };
    if depth == 0 {
        return Ok(Geometry::Bad("geometries are nested too deeply".into()));
    }
    let numbers = || geometry.xy().into_iter().flat_map(|xy| xy.iter());
    Ok(match kind {
        GeometryType::Point => {
            let mut numbers = numbers();
            match (numbers.next(), numbers.next()) {
                (Some(x), Some(y)) => point(x, y),
                _ => Geometry::None,
            }
        }
        GeometryType::Polygon => {
            let count = geometry.xy().map_or(0, |xy| xy.len() / 2);
            budget.vertices(count)?;
            let mut numbers = numbers();
            let mut coords = Vec::with_capacity(count);
            while let (Some(x), Some(y)) = (numbers.next(), numbers.next()) {
                coords.push(Coord { x, y });
            }
            // A ring takes memory even where it has no vertex.
            budget.vertices(geometry.ends().map_or(0, |ends| ends.len()))?;
            let mut rings = Vec::new();
            let mut from = 0;
            for to in geometry.ends().into_iter().flat_map(|ends| ends.iter()) {
                let to = to as usize;
                let Some(ring) = coords.get(from..to) else {
                    return Ok(Geometry::Bad("its rings overlap in the file".into()));
                };
                rings.push(LineString(ring.to_vec()));
                from = to;
            }
            if rings.is_empty() {
                rings.push(LineString(coords));
            }
            let mut rings = rings.into_iter().filter(|ring| !ring.0.is_empty());
            match rings.next() {
                Some(outer) => {
                    Geometry::Polygons(MultiPolygon(vec![Polygon::new(outer, rings.collect())]))
                }
                None => Geometry::None,
            }
        }
        GeometryType::MultiPolygon | GeometryType::GeometryCollection => {
            let inner = if kind == GeometryType::MultiPolygon {
                GeometryType::Polygon
            } else {
                GeometryType::Unknown
            };
            let mut parts = Vec::new();
            for part in geometry.parts().into_iter().flatten() {
                budget.vertices(1)?;
                parts.push(shape(&part, inner, depth - 1, budget)?);
            }
            collect(parts)
        }
        GeometryType::MultiPoint => {
            let mut numbers = numbers();
            match (numbers.next(), numbers.next(), numbers.next()) {
                (Some(x), Some(y), None) => point(x, y),
                _ => Geometry::Other("set of points".into()),
            }
        }
        GeometryType::LineString | GeometryType::MultiLineString => Geometry::Other("line".into()),
        _ => Geometry::Bad("it is curved: export it with straight edges".into()),
    })
}

/// Properties as they lie: the number of a column, then its value.
fn properties(mut bytes: &[u8], columns: &[(u16, ColumnType)]) -> Vec<(u16, Property)> {
    let mut properties = Vec::new();
    // A feature has each property once, however often its bytes say one.
    while properties.len() < limits::COLUMNS
        && let Some((number, rest)) = bytes.split_at_checked(2)
    {
        let column = columns.get(usize::from(u16::from_le_bytes([number[0], number[1]])));
        let Some((field, kind)) = column else { break };
        let Some((value, rest)) = property(rest, *kind) else { break };
        bytes = rest;
        properties.push((*field, value));
    }
    properties
}

fn property(bytes: &[u8], kind: ColumnType) -> Option<(Property, &[u8])> {
    macro_rules! number {
        ($kind:ty) => {{
            let (number, rest) = bytes.split_at_checked(size_of::<$kind>())?;
            (<$kind>::from_le_bytes(number.try_into().ok()?), rest)
        }};
    }
    macro_rules! whole {
        ($kind:ty) => {{
            let (number, rest) = number!($kind);
            (i64::try_from(number).map_or(Property::Null, Property::Whole), rest)
        }};
    }
    let text = |bytes| {
        let (length, rest) = <[u8]>::split_at_checked(bytes, 4)?;
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        rest.split_at_checked(length)
    };
    let real = |number: f64| {
        if number.is_finite() { Property::Number(number) } else { Property::Null }
    };
    Some(match kind {
        ColumnType::Byte => whole!(i8),
        ColumnType::UByte => whole!(u8),
        ColumnType::Short => whole!(i16),
        ColumnType::UShort => whole!(u16),
        ColumnType::Int => whole!(i32),
        ColumnType::UInt => whole!(u32),
        ColumnType::Long => whole!(i64),
        ColumnType::ULong => whole!(u64),
        ColumnType::Float => {
            let (number, rest) = number!(f32);
            // As it would be written, 0.1 and not 0.10000000149.
            (number.to_string().parse().map_or(Property::Null, real), rest)
        }
        ColumnType::Double => {
            let (number, rest) = number!(f64);
            (real(number), rest)
        }
        ColumnType::Bool => {
            let (flag, rest) = bytes.split_at_checked(1)?;
            (Property::Boolean(flag[0] != 0), rest)
        }
        ColumnType::String | ColumnType::DateTime => {
            let (text, rest) = text(bytes)?;
            (Property::Text(String::from_utf8_lossy(text).into_owned()), rest)
        }
        // JSON and bytes.
        _ => (Property::Null, text(bytes)?.1),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use flatgeobuf::geozero::{
        self, ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor,
    };
    use flatgeobuf::{FgbCrs, FgbWriter, FgbWriterOptions};
    use geo::Area;

    type Rings = &'static [&'static [(f64, f64)]];

    const FRAME: Rings = &[
        &[(0., 0.), (4., 0.), (4., 4.), (0., 4.), (0., 0.)],
        &[(1., 1.), (1., 2.), (2., 2.), (1., 1.)],
    ];
    const SQUARE: Rings = &[&[(4., 0.), (8., 0.), (8., 4.), (4., 4.), (4., 0.)]];

    /// A polygon of rings, written as a multipolygon.
    struct Written(Rings);

    impl GeozeroGeometry for Written {
        fn process_geom<P: GeomProcessor>(&self, out: &mut P) -> geozero::error::Result<()> {
            out.multipolygon_begin(1, 0)?;
            out.polygon_begin(false, self.0.len(), 0)?;
            for (ring, positions) in self.0.iter().enumerate() {
                out.linestring_begin(false, positions.len(), ring)?;
                for (at, (x, y)) in positions.iter().enumerate() {
                    out.xy(*x, *y, at)?;
                }
                out.linestring_end(false, ring)?;
            }
            out.polygon_end(false, 0)?;
            out.multipolygon_end(0)
        }
    }

    /// Two polygons, one with a hole, and a name each; in the system of a code.
    fn made(code: i32, index: bool) -> Vec<u8> {
        let crs = FgbCrs { code, ..FgbCrs::default() };
        let options = FgbWriterOptions { crs, write_index: index, ..FgbWriterOptions::default() };
        let mut writer =
            FgbWriter::create_with_options("adm", GeometryType::MultiPolygon, options).unwrap();
        writer.add_column("pcode", ColumnType::String, |_, _| {});
        writer.add_column("n", ColumnType::Int, |_, _| {});
        for (name, rings) in [("A", FRAME), ("B", SQUARE)] {
            writer
                .add_feature_geom(Written(rings), |feature| {
                    feature.property(0, "pcode", &ColumnValue::String(name)).unwrap();
                    feature.property(1, "n", &ColumnValue::Int(-7)).unwrap();
                })
                .unwrap();
        }
        let mut bytes = Vec::new();
        writer.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn features_come_with_their_properties_with_and_without_an_index() {
        for index in [true, false] {
            let read = read(&made(4326, index), &mut Budget::default()).unwrap();
            let layer = &read.layers[0];
            assert_eq!((layer.name.as_str(), layer.features.len()), ("adm", 2));
            let areas: f64 = layer
                .features
                .iter()
                .map(|feature| match &feature.geometry {
                    Geometry::Polygons(polygons) => polygons.unsigned_area(),
                    other => panic!("{other:?}"),
                })
                .sum();
            assert_eq!(areas, 31.5);
            let mut names: Vec<_> = layer
                .features
                .iter()
                .map(|feature| feature.property(0).unwrap().text().unwrap())
                .collect();
            names.sort();
            assert_eq!(names, ["A", "B"]);
            assert_eq!(layer.features[0].property(1), Some(&Property::Whole(-7)));
        }
        let moved = read(&made(32736, true), &mut Budget::default()).unwrap();
        assert!(moved.layers[0].note.contains("UTM zone 36S"));
    }

    #[test]
    fn a_file_cut_anywhere_or_with_false_lengths_is_survived() {
        let bytes = made(4326, true);
        for cut in 0..bytes.len() {
            let _ = read(&bytes[..cut], &mut Budget::default());
        }
        for at in 0..bytes.len() {
            let mut bent = bytes.clone();
            bent[at] ^= 0xff;
            let _ = read(&bent, &mut Budget::default());
        }
    }
}
