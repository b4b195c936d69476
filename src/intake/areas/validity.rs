//! Whether a multipolygon is valid, in n log n: real boundaries have rings of 50,000 vertices.

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{
    BoundingRect, Coord, CoordsIter, Line, LineString, MultiPolygon, Polygon, Relate,
    coordinate_position::CoordPos, coordinate_position::coord_pos_relative_to_ring,
    dimensions::Dimensions,
};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree, RTreeObject};

/// Why a polygon is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("a ring crosses or touches itself")]
    SelfCrossing,
    #[error("two rings cross or share an edge")]
    RingsCross,
    #[error("a hole lies outside its polygon")]
    HoleOutside,
    #[error("two holes or two parts overlap")]
    Overlap,
}

#[derive(Clone, Copy)]
struct Ring<'a> {
    line: &'a LineString<f64>,
    polygon: usize,
    exterior: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Edge {
    ring: u32,
    at: u32,
}

/// Checks rings (closed, without repeated points, four positions or more), their relation within
/// a polygon, and that parts meet at points at most.
pub fn check(shape: &MultiPolygon<f64>) -> Result<(), Invalid> {
    let rings: Vec<Ring<'_>> = shape
        .iter()
        .enumerate()
        .flat_map(|(polygon, part)| {
            let exterior = Ring { line: part.exterior(), polygon, exterior: true };
            let holes = part.interiors().iter();
            let holes = holes.map(move |line| Ring { line, polygon, exterior: false });
            std::iter::once(exterior).chain(holes)
        })
        .collect();
    let touching = check_edges(&rings)?;
    for (a, b) in touching {
        check_touching(&rings[a], &rings[b])?;
    }
    check_nesting(shape, &rings)
}

/// Finds crossings; gives the pairs of rings that merely touch.
fn check_edges(rings: &[Ring<'_>]) -> Result<Vec<(usize, usize)>, Invalid> {
    let edges = |ring: usize| {
        rings[ring].line.lines().enumerate().map(move |(at, line)| {
            GeomWithData::new(line_box(&line), Edge { ring: ring as u32, at: at as u32 })
        })
    };
    let index = RTree::bulk_load((0..rings.len()).flat_map(edges).collect());
    let edge = |edge: Edge| -> Line<f64> {
        let ring = &rings[edge.ring as usize].line.0;
        Line::new(ring[edge.at as usize], ring[edge.at as usize + 1])
    };
    let mut touching = Vec::new();
    for one in &index {
        let a = one.data;
        for other in index.locate_in_envelope_intersecting(&one.envelope()) {
            let b = other.data;
            if b <= a {
                continue;
            }
            let Some(met) = line_intersection(edge(a), edge(b)) else {
                continue;
            };
            let at_a_point = matches!(met, LineIntersection::SinglePoint { is_proper: false, .. });
            if a.ring == b.ring {
                let last = rings[a.ring as usize].line.0.len() as u32 - 2;
                let neighbours = b.at == a.at + 1 || (a.at == 0 && b.at == last);
                if !(neighbours && at_a_point) {
                    return Err(Invalid::SelfCrossing);
                }
            } else if at_a_point {
                touching.push((a.ring as usize, b.ring as usize));
            } else {
                return Err(Invalid::RingsCross);
            }
        }
    }
    touching.sort_unstable();
    touching.dedup();
    Ok(touching)
}

fn line_box(line: &Line<f64>) -> Rectangle<[f64; 2]> {
    let rect = line.bounding_rect();
    Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y])
}

/// Two rings that meet at points: neither may pass through the other there.
fn check_touching(a: &Ring<'_>, b: &Ring<'_>) -> Result<(), Invalid> {
    let alone = |ring: &Ring<'_>| Polygon::new(ring.line.clone(), Vec::new());
    let relation = alone(a).relate(&alone(b));
    let inside = relation.get(CoordPos::Inside, CoordPos::Inside) == Dimensions::TwoDimensional;
    let one_within = relation.is_contains() || relation.is_within();
    if inside && !one_within { Err(Invalid::RingsCross) } else { Ok(()) }
}

/// Rings that do not cross are apart or nested: holes in their exterior and nowhere else.
fn check_nesting(shape: &MultiPolygon<f64>, rings: &[Ring<'_>]) -> Result<(), Invalid> {
    let boxed = |(at, ring): (usize, &Ring<'_>)| {
        let rect = ring.line.bounding_rect()?;
        let corners = ([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
        Some(GeomWithData::new(Rectangle::from_corners(corners.0, corners.1), at))
    };
    let index = RTree::bulk_load(rings.iter().enumerate().filter_map(boxed).collect());
    for (at, ring) in rings.iter().enumerate() {
        let Some(rect) = ring.line.bounding_rect() else {
            continue;
        };
        if !ring.exterior && !within(ring.line, shape.0[ring.polygon].exterior()) {
            return Err(Invalid::HoleOutside);
        }
        let envelope =
            AABB::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
        for other in index.locate_in_envelope_intersecting(&envelope) {
            let outer = &rings[other.data];
            if other.data == at || outer.exterior != ring.exterior {
                continue;
            }
            let clash = if ring.exterior {
                // A part may lie in a hole of another: an island in a lake.
                within(ring.line, outer.line)
                    && !shape.0[outer.polygon]
                        .interiors()
                        .iter()
                        .any(|hole| within(ring.line, hole))
            } else {
                outer.polygon == ring.polygon && within(ring.line, outer.line)
            };
            if clash {
                return Err(Invalid::Overlap);
            }
        }
    }
    Ok(())
}

/// Whether a ring that does not cross `outer` lies within it: by the first of its points, or of
/// the middles of its edges, that is not on the border.
fn within(ring: &LineString<f64>, outer: &LineString<f64>) -> bool {
    let middle = |line: Line<f64>| Coord {
        x: (line.start.x + line.end.x) / 2.0,
        y: (line.start.y + line.end.y) / 2.0,
    };
    for point in ring.coords_iter().chain(ring.lines().map(middle)) {
        match coord_pos_relative_to_ring(point, outer) {
            CoordPos::Inside => return true,
            CoordPos::Outside => return false,
            CoordPos::OnBoundary => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    #[test]
    fn valid_shapes_pass() {
        for shape in [
            wkt!(MULTIPOLYGON(((0. 0., 4. 0., 4. 4., 0. 4., 0. 0.)))),
            // A hole that touches its border at a point.
            wkt!(MULTIPOLYGON(((0. 0., 4. 0., 4. 4., 0. 4., 0. 0.), (0. 2., 2. 1., 3. 2., 2. 3., 0. 2.)))),
            // An island in a lake, and two parts that meet at a corner.
            wkt!(MULTIPOLYGON(((0. 0., 9. 0., 9. 9., 0. 9., 0. 0.), (1. 1., 1. 8., 8. 8., 8. 1., 1. 1.)), ((2. 2., 3. 2., 3. 3., 2. 2.)))),
            wkt!(MULTIPOLYGON(((0. 0., 1. 0., 1. 1., 0. 1., 0. 0.)), ((1. 1., 2. 1., 2. 2., 1. 2., 1. 1.)))),
        ] {
            assert_eq!(check(&shape), Ok(()));
        }
    }

    #[test]
    fn invalid_shapes_say_why() {
        for (shape, why) in [
            (wkt!(MULTIPOLYGON(((0. 0., 2. 2., 2. 0., 0. 2., 0. 0.)))), Invalid::SelfCrossing),
            // A spike.
            (
                wkt!(MULTIPOLYGON(((0. 0., 4. 0., 6. 2., 4. 0., 4. 4., 0. 0.)))),
                Invalid::SelfCrossing,
            ),
            // A ring that touches itself at a vertex.
            (
                wkt!(MULTIPOLYGON(((0. 0., 4. 0., 4. 4., 2. 2., 0. 4., 2. 2., 0. 0.)))),
                Invalid::SelfCrossing,
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0., 4. 0., 4. 4., 0. 4., 0. 0.), (7. 7., 8. 7., 8. 8., 7. 7.)))),
                Invalid::HoleOutside,
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0., 4. 0., 4. 4., 0. 4., 0. 0.)), ((1. 1., 2. 1., 2. 2., 1. 1.)))),
                Invalid::Overlap,
            ),
            (
                wkt!(MULTIPOLYGON(((0. 0., 4. 0., 4. 4., 0. 4., 0. 0.)), ((2. 1., 6. 1., 6. 2., 2. 1.)))),
                Invalid::RingsCross,
            ),
            // Two parts that share an edge.
            (
                wkt!(MULTIPOLYGON(((0. 0., 1. 0., 1. 1., 0. 1., 0. 0.)), ((1. 0., 2. 0., 2. 1., 1. 1., 1. 0.)))),
                Invalid::RingsCross,
            ),
        ] {
            assert_eq!(check(&shape), Err(why));
        }
    }
}
