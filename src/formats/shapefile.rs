//! Shapefiles, reading: the `.shp` with its `.dbf`, `.prj` and `.cpg`. Records stand one behind the
//! other, so the index beside them is not needed.

use geo::Coord;

use super::crs::Crs;
use super::dbf;
use super::features::{Budget, Feature, Geometry, Layer, point, polygons_of_rings};
use super::sheet::Unreadable;

/// The files of one shapefile; only the shapes must be there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    pub shp: &'a [u8],
    pub dbf: Option<&'a [u8]>,
    pub prj: Option<&'a [u8]>,
    pub cpg: Option<&'a [u8]>,
}

/// Whether bytes begin as a `.shp` does. Its index begins alike, but says where the first record is,
/// which is always behind 50 words, in place of the record's number.
pub fn is_shapes(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 0x27, 0x0a])
        && bytes.get(28..32).is_none_or(|version| version == 1000u32.to_le_bytes())
        && bytes.get(100..104) != Some(&50u32.to_be_bytes())
}

/// Reads one shapefile as a layer in WGS 84.
pub fn read(name: &str, parts: Parts<'_>, budget: &mut Budget) -> Result<Layer, Unreadable> {
    let mut layer = Layer { name: name.to_owned(), ..Layer::default() };
    let shapes = shapes(parts.shp, budget)?;
    let encoding = parts.cpg.map(|cpg| String::from_utf8_lossy(cpg).into_owned());
    let mut rows = match parts.dbf {
        // Rows are the same features again: they are not taken off the budget twice.
        Some(dbf) => {
            let mut again = Budget { features: shapes.len() + 1_000, ..*budget };
            let rows = dbf::read(dbf, encoding.as_deref(), &mut layer, &mut again)?;
            budget.values = again.values;
            rows.into_iter()
        }
        None => Vec::new().into_iter(),
    };
    let feature = |geometry| Feature { properties: rows.next().unwrap_or_default(), geometry };
    layer.features = shapes.into_iter().map(feature).collect();
    match parts.prj.map(String::from_utf8_lossy) {
        Some(prj) if !prj.trim().is_empty() => layer.to_wgs84(&Crs::from_wkt(&prj)?),
        _ if in_degrees(parts.shp) => {
            layer.note = "no .prj file: read as longitude and latitude of WGS 84".into();
        }
        _ => {
            return Err(Unreadable(format!(
                "The shapefile {name} has no .prj file, and its coordinates are no degrees: send it with its .prj."
            )));
        }
    }
    Ok(layer)
}

/// Whether the extent in the head can be degrees.
fn in_degrees(shp: &[u8]) -> bool {
    let number = |at: usize| Some(f64::from_le_bytes(shp.get(at..at + 8)?.try_into().ok()?));
    let within = |at: usize, limit: f64| number(at).is_some_and(|number| number.abs() <= limit);
    within(36, 360.0) && within(44, 90.0) && within(52, 360.0) && within(60, 90.0)
}

fn shapes(shp: &[u8], budget: &mut Budget) -> Result<Vec<Geometry>, Unreadable> {
    if !is_shapes(shp) {
        return Err(Unreadable::new("The .shp file is broken: it does not begin as one."));
    }
    let mut shapes = Vec::new();
    let mut rest = shp.get(100..).unwrap_or_default();
    while rest.len() >= 8 {
        // Numbers of the record head have their first byte first, all others their last.
        let words = u32::from_be_bytes([rest[4], rest[5], rest[6], rest[7]]) as usize;
        let end = words.saturating_mul(2).saturating_add(8);
        budget.feature()?;
        let Some(record) = rest.get(8..end) else {
            shapes.push(Geometry::Bad("the .shp file ends within it".into()));
            break;
        };
        shapes.push(shape(record, budget)?);
        rest = &rest[end..];
    }
    Ok(shapes)
}

fn shape(record: &[u8], budget: &mut Budget) -> Result<Geometry, Unreadable> {
    let u32_at = |at: usize| {
        let four = record.get(at..at + 4)?;
        Some(u32::from_le_bytes(four.try_into().ok()?) as usize)
    };
    let coord = |at: usize| {
        let number = |at: usize| Some(f64::from_le_bytes(record.get(at..at + 8)?.try_into().ok()?));
        Some(Coord { x: number(at)?, y: number(at + 8)? })
    };
    let bad = |reason: &str| Ok(Geometry::Bad(reason.into()));
    match u32_at(0) {
        // A null shape; an empty record is one too.
        None | Some(0) => Ok(Geometry::None),
        // Height and measure come behind the position, so the three kinds of point begin alike.
        Some(1 | 11 | 21) => match coord(4) {
            Some(at) => Ok(point(at.x, at.y)),
            None => bad("its record is cut short"),
        },
        Some(3 | 13 | 23) => Ok(Geometry::Other("line".into())),
        Some(8 | 18 | 28) => match (u32_at(36), coord(40)) {
            (Some(1), Some(at)) => Ok(point(at.x, at.y)),
            _ => Ok(Geometry::Other("set of points".into())),
        },
        Some(5 | 15 | 25) => {
            let (Some(parts), Some(points)) = (u32_at(36), u32_at(40)) else {
                return bad("its record is cut short");
            };
            let begin = parts.saturating_mul(4).saturating_add(44);
            if begin.saturating_add(points.saturating_mul(16)) > record.len() {
                return bad("its record is cut short");
            }
            budget.vertices(points.saturating_add(parts))?;
            let mut rings = Vec::with_capacity(parts);
            for part in 0..parts {
                let from = u32_at(44 + 4 * part).unwrap_or(points);
                let next = if part + 1 < parts { u32_at(48 + 4 * part) } else { None };
                let to = next.unwrap_or(points);
                if from > to || to > points {
                    return bad("its rings overlap in the file");
                }
                rings.push((from..to).filter_map(|at| coord(begin + 16 * at)).collect());
            }
            Ok(polygons_of_rings(rings))
        }
        Some(31) => bad("it is a multipatch, not a polygon"),
        Some(other) => bad(&format!("shape type {other} is not known")),
    }
}

/// A `.shp` of records as they lie, for tests.
#[cfg(test)]
pub(super) fn made(kind: u32, extent: [f64; 4], records: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0x27, 0x0a];
    bytes.resize(28, 0);
    bytes.extend(1000u32.to_le_bytes());
    bytes.extend(kind.to_le_bytes());
    bytes.extend(extent.iter().flat_map(|number| number.to_le_bytes()));
    bytes.resize(100, 0);
    for (at, record) in records.iter().enumerate() {
        bytes.extend((at as u32 + 1).to_be_bytes());
        bytes.extend((record.len() as u32 / 2).to_be_bytes());
        bytes.extend(record);
    }
    bytes
}

/// The record of a polygon of rings, for tests.
#[cfg(test)]
pub(super) fn polygon_record(rings: &[&[(f64, f64)]]) -> Vec<u8> {
    let mut bytes = 5u32.to_le_bytes().to_vec();
    bytes.extend([0; 32]);
    let points: usize = rings.iter().map(|ring| ring.len()).sum();
    bytes.extend((rings.len() as u32).to_le_bytes());
    bytes.extend((points as u32).to_le_bytes());
    let mut first = 0u32;
    for ring in rings {
        bytes.extend(first.to_le_bytes());
        first += ring.len() as u32;
    }
    for (x, y) in rings.iter().flat_map(|ring| ring.iter()) {
        bytes.extend(x.to_le_bytes());
        bytes.extend(y.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::Area;

    const SQUARE: &[(f64, f64)] = &[(0., 0.), (0., 4.), (4., 4.), (4., 0.), (0., 0.)];
    const HOLE: &[(f64, f64)] = &[(1., 1.), (2., 1.), (2., 2.), (1., 2.), (1., 1.)];

    #[test]
    fn shapes_meet_their_attributes_and_null_shapes_keep_their_place() {
        let null = 0u32.to_le_bytes().to_vec();
        let shp = made(5, [0., 0., 4., 4.], &[polygon_record(&[SQUARE, HOLE]), null]);
        let dbf = dbf::made(&[("PCODE", b'C', 4)], &[b"A1", b"A2"]);
        let parts = Parts { shp: &shp, dbf: Some(&dbf), ..Parts::default() };
        let layer = read("adm", parts, &mut Budget::default()).unwrap();
        assert_eq!(layer.features.len(), 2);
        let Geometry::Polygons(polygons) = &layer.features[0].geometry else { panic!("polygons") };
        assert_eq!(polygons.unsigned_area(), 15.0);
        assert_eq!(layer.features[1].geometry, Geometry::None);
        assert_eq!(layer.features[1].property(0).unwrap().text().as_deref(), Some("A2"));
        assert!(layer.note.contains("no .prj"));
    }

    #[test]
    fn metres_without_a_prj_are_refused_and_with_one_moved() {
        let far = [(3e6, -2e6), (3e6, -1e6), (4e6, -1e6), (3e6, -2e6)];
        let shp = made(5, [3e6, -2e6, 4e6, -1e6], &[polygon_record(&[&far])]);
        let parts = Parts { shp: &shp, ..Parts::default() };
        let refusal = read("adm", parts, &mut Budget::default()).unwrap_err();
        assert!(refusal.0.contains(".prj"), "{refusal}");
        let prj = br#"PROJCS["World_Mollweide",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mollweide"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],UNIT["Meter",1.0]]"#;
        let parts = Parts { shp: &shp, prj: Some(prj), ..Parts::default() };
        let layer = read("adm", parts, &mut Budget::default()).unwrap();
        let Geometry::Polygons(polygons) = &layer.features[0].geometry else { panic!("polygons") };
        let first = polygons.0[0].exterior().0[0];
        assert!((first.x - 30.697).abs() < 0.01 && (first.y + 16.259).abs() < 0.01, "{first:?}");
        assert!(layer.note.contains("World Mollweide"), "{}", layer.note);
    }

    #[test]
    fn a_file_cut_anywhere_or_with_false_counts_is_survived() {
        let mut record = polygon_record(&[SQUARE]);
        let shp = made(5, [0., 0., 4., 4.], &[record.clone()]);
        for cut in 0..shp.len() {
            let _ = shapes(&shp[..cut], &mut Budget::default());
        }
        record[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
        let shp = made(5, [0., 0., 4., 4.], &[record]);
        let bad = shapes(&shp, &mut Budget::default()).unwrap();
        assert!(matches!(&bad[0], Geometry::Bad(_)), "{bad:?}");
    }
}
