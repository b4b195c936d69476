//! Whether a multipolygon is valid, in n log n: real boundaries have rings of 50,000 vertices.

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{
    BoundingRect, Coord, CoordsIter, Line, LineString, LinesIter, MultiPolygon, Polygon, Relate,
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
    /// Not looked at to the end: it would take for ever.
    #[error("its lines cross, touch or run beside each other more often than can be looked at")]
    Tangled,
}

/// What is looked at of one shape: pairs of edges whose boxes meet, and crossings, for each edge;
/// pairs of rings that touch; corners, to tell which ring lies within which. A border of 50,000
/// corners has some ten pairs to an edge, and a few hundred rings that touch.
const PAIRS: (usize, usize) = (200, 100_000);
const CROSSINGS: (usize, usize) = (4, 10_000);
const TOUCHES: usize = 20_000;
const CORNERS: usize = 1_000_000_000;

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
    if touching.len() > TOUCHES {
        return Err(Invalid::Tangled);
    }
    for (a, b) in touching {
        check_touching(&rings[a], &rings[b])?;
    }
    check_nesting(shape, &rings)
}

/// Whether a shape crosses itself few times enough to be repaired or cut: an overlay keeps every
/// crossing, and a few thousand edges can have millions.
pub fn check_crossings(shape: &MultiPolygon<f64>) -> Result<(), Invalid> {
    let lines: Vec<Line<f64>> = shape.iter().flat_map(|part| part.lines_iter()).collect();
    let boxed = |(at, line): (usize, &Line<f64>)| GeomWithData::new(line_box(line), at);
    let index = RTree::bulk_load(lines.iter().enumerate().map(boxed).collect());
    let (mut pairs, mut crossings) = (0, 0);
    for one in &index {
        for other in index.locate_in_envelope_intersecting(&one.envelope()) {
            pairs += 1;
            let (a, b) = (one.data, other.data);
            if a < b && line_intersection(lines[a], lines[b]).is_some() {
                crossings += 1;
            }
            let most = |(each, base): (usize, usize)| each * lines.len() + base;
            // Each pair is seen twice, and each edge meets its neighbours.
            if pairs > 2 * most(PAIRS) || crossings > most(CROSSINGS) {
                return Err(Invalid::Tangled);
            }
        }
    }
    Ok(())
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
    let mut pairs_left = PAIRS.0 * index.size() + PAIRS.1;
    for one in &index {
        let a = one.data;
        for other in index.locate_in_envelope_intersecting(&one.envelope()) {
            let b = other.data;
            if b <= a {
                continue;
            }
            pairs_left = pairs_left.checked_sub(1).ok_or(Invalid::Tangled)?;
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
    let mut corners_left = CORNERS;
    let mut within = |ring: &LineString<f64>, outer: &LineString<f64>| {
        corners_left = corners_left.checked_sub(outer.0.len()).ok_or(Invalid::Tangled)?;
        Ok(within(ring, outer))
    };
    for (at, ring) in rings.iter().enumerate() {
        let Some(rect) = ring.line.bounding_rect() else {
            continue;
        };
        if !ring.exterior && !within(ring.line, shape.0[ring.polygon].exterior())? {
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
                let mut is_inside = within(ring.line, outer.line)?;
                if is_inside {
                    for hole in shape.0[outer.polygon].interiors() {
                        is_inside &= !within(ring.line, hole)?;
                    }
                }
                is_inside
            } else {
                outer.polygon == ring.polygon && within(ring.line, outer.line)?
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

    /// A ring that goes to and fro, along the diagonal or across itself.
    fn zigzag(turns: usize, other: impl Fn(f64) -> (f64, f64)) -> MultiPolygon<f64> {
        let corners = (0..turns).flat_map(|turn| {
            let at = turn as f64 / turns as f64;
            [(at, -at), other(at)]
        });
        // Back to the beginning, around all of it.
        let corners = corners.chain([(12.0, 8.0), (1.0, -3.0), (-1.0, -1.0)]);
        MultiPolygon(vec![Polygon::new(corners.collect(), Vec::new())])
    }

    #[test]
    fn shapes_that_would_take_for_ever_are_left() {
        // Long edges side by side, none of which crosses another.
        let beside = zigzag(1_000, |at| (at + 10.0, 10.0 - at));
        assert_eq!(check(&beside), Err(Invalid::Tangled));
        // Spokes of a wheel without an end.
        let across = zigzag(1_000, |at| (10.0 - 20.0 * at, 10.0));
        assert_eq!(check(&across), Err(Invalid::SelfCrossing));
        assert_eq!(check_crossings(&across), Err(Invalid::Tangled));
        // Petals that meet in one point.
        let petal = |turn: usize| {
            let at = |turn: f64| ((turn / 160.0).cos(), (turn / 160.0).sin());
            let corners = [(0.0, 0.0), at(turn as f64), at(turn as f64 + 0.5)];
            Polygon::new(LineString::from(corners.to_vec()), Vec::new())
        };
        let flower = MultiPolygon((0..300).map(petal).collect());
        assert_eq!(check(&flower), Err(Invalid::Tangled));
        assert_eq!(check_crossings(&zigzag(100, |at| (at, 1.0))), Ok(()));
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
