//! The meridian that has two names, -180 and 180: what lies on it lies on both sides of a map.

use geo::coordinate_position::CoordPos;
use geo::{Coord, Line, LinesIter, Rect};
use rstar::{AABB, RTreeObject};

use super::{Contact, Placed, Prepared, Relation, Shape, met, of_position};
use crate::app::seam;

impl Prepared {
    /// The same where both come to the meridian that has two names. Polygons that have no position
    /// in common but on it touch; a point on it may lie between two parts of one area.
    pub(super) fn holds_across(
        &self,
        relation: Relation,
        a: &Placed,
        rect: &Rect<f64>,
    ) -> Option<bool> {
        if let (Shape::Point(point), true) = (&a.shape, self.is_areal) {
            return Some(of_position(relation, self.position_across(point.0)));
        }
        let here = self.holds_here(relation, a, rect)?;
        let across = || self.meets_across(&a.shape);
        Some(match (relation, &a.shape) {
            (Relation::Intersects, _) => here || across(),
            (Relation::Disjoint, _) => here && !across(),
            (Relation::Touches, Shape::MultiPolygon(_)) if self.is_areal => {
                here || (!self.meets(&a.shape, rect) && across())
            }
            _ => here,
        })
    }

    /// Whether a shape that is on the meridian with two names meets it by the other name.
    fn meets_across(&self, shape: &Shape) -> bool {
        let meets = |line: Line<f64>| {
            let mut near = self.edges.locate_in_envelope_intersecting(&line.envelope());
            near.any(|edge| met(edge.geom(), &line) != Contact::None)
        };
        match shape {
            Shape::Point(point) => {
                let other = seam::other_side(point.0);
                other.is_some_and(|at| self.position(at) != CoordPos::Outside)
            }
            Shape::MultiPolygon(shape) => {
                shape.lines_iter().any(|line| seam::other_sides(&line).any(meets))
            }
            // No record has another shape.
            Shape::Other(_) => false,
        }
    }

    /// Where a position is, whichever of its two names it has. Polygons end on the meridian; where
    /// edges run along it by both names, they go on behind it.
    fn position_across(&self, at: Coord<f64>) -> CoordPos {
        let Some(other) = seam::other_side(at) else { return self.position(at) };
        match [at, other].map(|at| self.position(at)) {
            [CoordPos::Outside, CoordPos::Outside] => CoordPos::Outside,
            [CoordPos::Inside, _] | [_, CoordPos::Inside] => CoordPos::Inside,
            _ if self.goes_along(at) && self.goes_along(other) => CoordPos::Inside,
            _ => CoordPos::OnBoundary,
        }
    }

    /// Whether edges go along a position's meridian, both to the north and to the south of it.
    fn goes_along(&self, at: Coord<f64>) -> bool {
        let near = self.edges.locate_in_envelope_intersecting(&AABB::from_point(at.into()));
        let along = near.map(|edge| edge.geom()).filter(|edge| edge.start.x == edge.end.x);
        let (north, south) = along.filter(|edge| edge.start.x == at.x).fold(
            (false, false),
            |(north, south), edge| {
                let (low, high) = (edge.start.y.min(edge.end.y), edge.start.y.max(edge.end.y));
                (north || (low <= at.y && at.y < high), south || (low < at.y && at.y <= high))
            },
        );
        north && south
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::{MultiPolygon, Point, Validation, polygon};
    use proptest::prelude::*;

    /// Squares and slopes at the antimeridian, on either side of it or both.
    fn isles() -> impl Strategy<Value = MultiPolygon<f64>> {
        let isle = (0i32..3, 1i32..4, 0i32..6, 1i32..4, any::<bool>(), any::<bool>());
        let isle = isle.prop_map(|(off, width, south, height, is_east, is_slope)| {
            let side = if is_east { -1.0 } else { 1.0 };
            let x = |off: i32| side * (180.0 - f64::from(off));
            let (south, north) = (f64::from(south), f64::from(south + height));
            let (near, far) = (x(off), x(off + width));
            let top = if is_slope { x(off + 1) } else { near };
            polygon![(x: near, y: south), (x: top, y: north), (x: far, y: north), (x: far, y: south)]
        });
        let many = proptest::collection::vec(isle, 1..4);
        many.prop_map(MultiPolygon::new).prop_filter("valid", Validation::is_valid)
    }

    /// The same in degrees from 0 to 360, of one piece where it goes on behind the line.
    fn unrolled(shape: &MultiPolygon<f64>) -> Shape {
        use geo::{BooleanOps, MapCoords};
        let east = |at: Coord<f64>| Coord { x: if at.x < 0.0 { at.x + 360.0 } else { at.x }, ..at };
        let parts = shape.map_coords(east);
        let nothing = MultiPolygon::new(Vec::new());
        let whole = parts.iter().fold(nothing, |whole, part| whole.union(part));
        Shape::new(whole.into())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        /// On the globe, unrolled around its back, the line is no line.
        #[test]
        fn what_lies_across_the_antimeridian_lies_as_on_a_globe(a in isles(), b in isles(), y in -1i32..8, turned in any::<bool>()) {
            let prepared = Prepared::new(Shape::new(b.clone().into())).unwrap();
            let own = Placed::new(Shape::new(a.clone().into()));
            let (a, b) = (unrolled(&a), unrolled(&b));
            for (relation, name) in Relation::TABLE {
                prop_assert_eq!(
                    prepared.holds(*relation, &own), relation.of(&a, &b), "{} {:?} {:?}", name, a, b
                );
            }
            let point = Point::new(if turned { -180.0 } else { 180.0 }, f64::from(y));
            let placed = Placed::new(Shape::Point(point));
            let point = Placed::new(Shape::Point(Point::new(180.0, point.y())));
            let whole = Prepared::new(b).unwrap();
            for (relation, name) in Relation::TABLE {
                prop_assert_eq!(
                    prepared.holds(*relation, &placed), whole.holds(*relation, &point), "{} {} {:?}", name, y, whole
                );
            }
        }
    }
}
