//! The tile grid: Web Mercator in whole units, and the addresses of tiles.

use geo::Coord;
use i_overlay::i_float::int::point::IntPoint;

use crate::formats::mvt::EXTENT;

/// The deepest zoom there are tiles of.
pub const MAX_ZOOM: u8 = 18;

/// Units that a tile shows of its neighbours on each side, so that lines and symbols at its edge
/// are whole.
pub const BUFFER: i32 = 64;

/// World units from the middle of the world to its edge: at zoom 19 a unit of a tile is one of them,
/// 1.9 cm at the equator.
pub const EDGE: i32 = 1 << 30;

/// How far an edge along the antimeridian is moved out of the world, so that no tile shows it: the
/// area goes on at the other side. More than the buffer of any tile.
const OVERHANG: i32 = 1 << 26;

/// The latitude at which Web Mercator ends; what is beyond lies on it.
const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

/// A tile's place. Row 0 is in the north.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    pub zoom: u8,
    pub column: u32,
    pub row: u32,
}

/// Why there is no such tile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTile {
    #[error("\"{0}\" is not a whole number; a tile is addressed as zoom/row/column")]
    NotANumber(String),
    #[error("there are no tiles of zoom {0}; the deepest is {MAX_ZOOM}")]
    TooDeep(String),
    #[error("{what} {number} is outside the world; at zoom {zoom} there are 0 to {last}")]
    Outside { what: &'static str, number: String, zoom: u8, last: u32 },
}

impl Address {
    /// Reads the parts of an address.
    pub fn parse(zoom: &str, row: &str, column: &str) -> Result<Address, NoTile> {
        let digits = |text: &str| {
            (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        for part in [zoom, row, column] {
            if !digits(part) {
                return Err(NoTile::NotANumber(super::super::collections::params::shown(part)));
            }
        }
        let known = zoom.parse().ok().filter(|zoom| *zoom <= MAX_ZOOM);
        let zoom: u8 = known.ok_or_else(|| NoTile::TooDeep(zoom.to_owned()))?;
        let last = (1u32 << zoom) - 1;
        let inside = |what: &'static str, text: &str| {
            let known = text.parse().ok().filter(|number| *number <= last);
            known.ok_or_else(|| NoTile::Outside { what, number: text.to_owned(), zoom, last })
        };
        Ok(Address { zoom, row: inside("row", row)?, column: inside("column", column)? })
    }

    /// World units of a unit of the tile, as a power of two.
    pub fn shift(self) -> u32 {
        shift(self.zoom)
    }

    /// The tile's north-west corner, in units of its zoom.
    pub fn origin(self) -> IntPoint {
        let middle = EDGE >> self.shift();
        let at = |number: u32| number as i32 * EXTENT - middle;
        IntPoint::new(at(self.column), at(self.row))
    }

    /// West, south, east and north in degrees, with the buffer.
    pub fn degrees(self) -> [f64; 4] {
        let origin = self.origin();
        let unit = f64::from(1u32 << self.shift());
        let (low, high) = (f64::from(-BUFFER), f64::from(EXTENT + BUFFER));
        let longitude = |x: f64| (f64::from(origin.x) + x) * unit / f64::from(EDGE) * 180.0;
        let latitude = |y: f64| {
            let north = -(f64::from(origin.y) + y) * unit / f64::from(EDGE);
            (north * std::f64::consts::PI).sinh().atan().to_degrees()
        };
        [longitude(low), latitude(high), longitude(high), latitude(low)]
    }
}

/// World units of a unit of a tile of this zoom, as a power of two.
pub fn shift(zoom: u8) -> u32 {
    19 - u32::from(zoom)
}

/// A position in world units: x to the east, y to the south.
pub fn project(at: Coord<f64>) -> IntPoint {
    let edge = f64::from(EDGE);
    let x = (at.x.clamp(-180.0, 180.0) / 180.0 * edge).round();
    let latitude = at.y.clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians();
    let y = (-latitude.tan().asinh() / std::f64::consts::PI * edge).round();
    IntPoint::new(x as i32, (y as i32).clamp(-EDGE, EDGE))
}

/// A position in units of a zoom, in degrees. What hangs over the antimeridian ends at it.
pub fn unproject(at: IntPoint, shift: u32) -> Coord<f64> {
    let part =
        |one: i32| (f64::from(one) * f64::from(1u32 << shift) / f64::from(EDGE)).clamp(-1.0, 1.0);
    let latitude = (-part(at.y) * std::f64::consts::PI).sinh().atan().to_degrees();
    Coord { x: part(at.x) * 180.0, y: latitude }
}

/// A position in world units, in units of a zoom. Rounds the same everywhere, so that what two
/// areas share stays shared.
pub fn coarse(at: IntPoint, shift: u32) -> IntPoint {
    if shift == 0 {
        return at;
    }
    let half = 1 << (shift - 1);
    IntPoint::new((at.x + half) >> shift, (at.y + half) >> shift)
}

/// A closed ring in world units, without its closing point and without repeated points. Edges along
/// the antimeridian are moved out of sight.
pub fn ring(line: &geo::LineString<f64>) -> Vec<IntPoint> {
    let mut points: Vec<IntPoint> = line.coords().map(|at| project(*at)).collect();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    if !points.iter().any(|at| at.x.abs() == EDGE) {
        return points;
    }
    let count = points.len();
    let mut out = Vec::with_capacity(count + 4);
    for (position, at) in points.iter().enumerate() {
        let along = |other: usize| at.x.abs() == EDGE && points[other % count].x == at.x;
        let beyond = IntPoint::new(at.x + at.x.signum() * OVERHANG, at.y);
        match (along(position + count - 1), along(position + 1)) {
            (false, false) => out.push(*at),
            (false, true) => out.extend([*at, beyond]),
            (true, false) => out.extend([beyond, *at]),
            (true, true) => out.push(beyond),
        }
    }
    out
}

/// Twice the area; positive where the ring turns from x to y.
pub fn doubled_area(ring: &[IntPoint]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    // Relative to the first point the products stay small.
    let Some(origin) = ring.first() else { return 0 };
    let part = |(a, b): (&IntPoint, &IntPoint)| {
        let (ax, ay) = (i128::from(a.x - origin.x), i128::from(a.y - origin.y));
        let (bx, by) = (i128::from(b.x - origin.x), i128::from(b.y - origin.y));
        ax * by - bx * ay
    };
    let sum: i128 = ring.iter().zip(next).map(part).sum();
    sum.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_world_is_one_tile_at_zoom_0() {
        let world = Address::parse("0", "0", "0").unwrap();
        assert_eq!(world.origin(), IntPoint::new(-2048, -2048));
        assert_eq!(project(Coord { x: 180.0, y: -90.0 }), IntPoint::new(EDGE, EDGE));
        assert_eq!(project(Coord { x: -180.0, y: 90.0 }), IntPoint::new(-EDGE, -EDGE));
        assert_eq!(coarse(project(Coord { x: 0.0, y: 0.0 }), 19), IntPoint::ZERO);
    }

    #[test]
    fn a_tile_knows_its_degrees() {
        let tile = Address { zoom: 1, column: 1, row: 0 };
        let [west, south, east, north] = tile.degrees();
        assert!(west < 0.0 && west > -3.0 && east > 180.0 && south < 0.0 && north > 85.0);
    }

    #[test]
    fn there_and_back_is_the_same_place() {
        for (x, y) in [(0.0, 0.0), (179.9, -17.5), (-60.0, 80.0), (35.2, -18.9)] {
            let back = unproject(project(Coord { x, y }), 0);
            assert!((back.x - x).abs() < 1e-6 && (back.y - y).abs() < 1e-6, "{back:?}");
        }
        assert_eq!(unproject(IntPoint::new(EDGE / 2 * 3, 0), 0).x, 180.0);
    }

    #[test]
    fn what_is_no_tile_is_refused() {
        for bad in [["a", "0", "0"], ["-1", "0", "0"], ["1", "0", "1.5"], ["", "0", "0"]] {
            let [z, y, x] = bad;
            assert!(matches!(Address::parse(z, y, x), Err(NoTile::NotANumber(_))), "{bad:?}");
        }
        assert!(matches!(Address::parse("19", "0", "0"), Err(NoTile::TooDeep(_))));
        let refused = Address::parse("1", "2", "0").unwrap_err().to_string();
        assert_eq!(refused, "row 2 is outside the world; at zoom 1 there are 0 to 1");
        assert!(Address::parse("3", "0", "99999999999999999999").is_err());
    }

    #[test]
    fn an_edge_along_the_antimeridian_leaves_the_world() {
        let west = geo::LineString::from(vec![(180., 0.), (180., 2.), (178., 1.), (180., 0.)]);
        let ring = ring(&west);
        assert_eq!(ring.len(), 5);
        assert_eq!(ring.iter().filter(|at| at.x > EDGE).count(), 2);
        let touching = geo::LineString::from(vec![(180., 0.), (178., 2.), (178., 0.), (180., 0.)]);
        assert_eq!(super::ring(&touching).len(), 3);
    }
}
