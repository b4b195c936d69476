//! Well-known binary, reading: OGC, ISO and PostGIS flavours, with height and measure left out.
//! Counts are believed only as far as the bytes go.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::features::{Budget, Geometry, collect, point};
use super::sheet::Unreadable;

/// Geometry collections inside one another.
const DEPTH: u8 = 8;

/// Reads one geometry. Bytes that make no sense are `Geometry::Bad`; only a spent budget is an error.
pub fn read(bytes: &[u8], budget: &mut Budget) -> Result<Geometry, Unreadable> {
    let mut reader = Reader { bytes, budget, refused: None };
    let read = reader.geometry(DEPTH);
    match reader.refused {
        Some(refusal) => Err(refusal),
        None => Ok(read.unwrap_or_else(|| Geometry::Bad("its bytes are cut short".into()))),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    budget: &'a mut Budget,
    refused: Option<Unreadable>,
}

impl Reader<'_> {
    fn geometry(&mut self, depth: u8) -> Option<Geometry> {
        let (little, kind, size) = self.head()?;
        let bad = |reason: &str| Some(Geometry::Bad(reason.into()));
        match kind {
            1 => {
                let Coord { x, y } = self.coord(little, size)?;
                // An empty point is written as two numbers that are none.
                Some(if x.is_nan() && y.is_nan() { Geometry::None } else { point(x, y) })
            }
            3 => {
                let polygon = self.polygon(little, size)?;
                Some(match polygon.exterior().0.is_empty() {
                    true => Geometry::None,
                    false => Geometry::Polygons(MultiPolygon(vec![polygon])),
                })
            }
            2 | 5 => Some(Geometry::Other("line".into())),
            4 | 6 | 7 if depth == 0 => bad("geometries are nested too deeply"),
            4 => {
                let count = self.count(little, 5)?;
                if count == 1 {
                    return self.geometry(depth - 1);
                }
                Some(match count {
                    0 => Geometry::None,
                    _ => Geometry::Other("set of points".into()),
                })
            }
            6 | 7 => {
                let count = self.count(little, 5)?;
                let mut parts = Vec::new();
                for _ in 0..count {
                    self.spend(1)?;
                    let part = self.geometry(depth - 1)?;
                    let unread = matches!(part, Geometry::Other(_));
                    parts.push(part);
                    if unread {
                        // What follows a part that is not read cannot be found.
                        break;
                    }
                }
                Some(collect(parts))
            }
            8..=14 => bad("it is curved: export it with straight edges"),
            other => bad(&format!("geometry type {other} is not known")),
        }
    }

    /// Byte order, type and numbers to a position.
    fn head(&mut self) -> Option<(bool, u32, usize)> {
        let little = self.take(1)?[0] == 1;
        let code = self.u32(little)?;
        let mut size = 2 + (code >> 30 & 1) as usize + (code >> 31) as usize;
        if code >> 29 & 1 == 1 {
            self.u32(little)?;
        }
        let code = code & 0x0fff_ffff;
        size += match code / 1000 {
            1 | 2 => 1,
            3 => 2,
            _ => 0,
        };
        Some((little, code % 1000, size))
    }

    fn polygon(&mut self, little: bool, size: usize) -> Option<Polygon<f64>> {
        let count = self.count(little, 4)?;
        let mut rings = Vec::with_capacity(count);
        for _ in 0..count {
            let points = self.count(little, 8 * size)?;
            self.spend(points + 1)?;
            let ring: Option<Vec<_>> = (0..points).map(|_| self.coord(little, size)).collect();
            rings.push(LineString(ring?));
        }
        let mut rings = rings.into_iter();
        let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
        Some(Polygon::new(exterior, rings.filter(|ring| !ring.0.is_empty()).collect()))
    }

    fn coord(&mut self, little: bool, size: usize) -> Option<Coord<f64>> {
        let bytes = self.take(8 * size)?;
        let number = |at: usize| {
            let eight: [u8; 8] = bytes[at..at + 8].try_into().unwrap_or_default();
            if little { f64::from_le_bytes(eight) } else { f64::from_be_bytes(eight) }
        };
        Some(Coord { x: number(0), y: number(8) })
    }

    /// A count of things of at least `each` bytes, which must be there.
    fn count(&mut self, little: bool, each: usize) -> Option<usize> {
        let count = self.u32(little)? as usize;
        (count.checked_mul(each)? <= self.bytes.len()).then_some(count)
    }

    fn spend(&mut self, vertices: usize) -> Option<()> {
        self.budget.vertices(vertices).map_err(|refusal| self.refused = Some(refusal)).ok()
    }

    fn u32(&mut self, little: bool) -> Option<u32> {
        let four: [u8; 4] = self.take(4)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn polygon(code: u32, size: usize) -> Vec<u8> {
        let mut bytes = vec![1];
        bytes.extend(code.to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
        bytes.extend(4u32.to_le_bytes());
        for (x, y) in [(0., 0.), (1., 0.), (1., 1.), (0., 0.)] {
            let position = [x, y, 9.0, 9.0];
            bytes.extend(position[..size].iter().flat_map(|number: &f64| number.to_le_bytes()));
        }
        bytes
    }

    #[test]
    fn heights_and_measures_are_left_out_in_every_flavour() {
        for (code, size) in [(3, 2), (1003, 3), (2003, 3), (3003, 4), (0x8000_0003, 3)] {
            let read = read(&polygon(code, size), &mut Budget::default()).unwrap();
            let Geometry::Polygons(polygons) = read else { panic!("{code}: {read:?}") };
            assert_eq!(polygons.0[0].exterior().0[2], Coord { x: 1., y: 1. });
        }
    }

    #[test]
    fn counts_that_the_bytes_cannot_hold_are_not_believed() {
        let mut bytes = polygon(3, 2);
        bytes[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
        let bad = read(&bytes, &mut Budget::default()).unwrap();
        assert!(matches!(bad, Geometry::Bad(_)));
        let mut tight = Budget { features: 1, vertices: 3, values: 1 };
        assert!(read(&polygon(3, 2), &mut tight).unwrap_err().0.contains("vertices"));
        // A collection of a collection of a collection, and so on.
        let mut deep = Vec::new();
        for _ in 0..100 {
            deep.push(1);
            deep.extend(7u32.to_le_bytes());
            deep.extend(1u32.to_le_bytes());
        }
        let deep = read(&deep, &mut Budget::default()).unwrap();
        assert!(matches!(deep, Geometry::Bad(reason) if reason.contains("deeply")));
    }
}
