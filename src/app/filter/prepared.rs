//! A shape that an expression writes out, made ready to be held against many others, and what that
//! takes.

mod across;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use geo::coordinate_position::CoordPos;
use geo::dimensions::Dimensions;
use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{
    BoundingRect, Coord, CoordinatePosition, Geometry, Intersects, Line, LineString, LinesIter,
    MultiPolygon, Point, Polygon, Rect,
};
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree, RTreeObject};

use super::spatial::{Placed, Relation, Shape};
use super::steps::WORK;
use crate::app::seam;

/// Steps of building the graph of two shapes, for each of their corners and each two of the edges
/// written out that may cross one another.
const GRAPH: usize = 50;
/// Steps of all graphs that one shape is ever part of. Few shapes need one: those that touch it and
/// nowhere cross it.
const GRAPHS: usize = WORK / 20;

/// A line of a shape, and whether it is part of a ring. A point is a line without length.
type Edge = GeomWithData<Line<f64>, bool>;

/// How the edges of two shapes lie to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contact {
    None,
    /// They meet, and perhaps cross where an edge begins.
    Some,
    /// Two edges cross between their ends.
    Cross,
}

#[derive(Debug)]
pub struct Prepared {
    shape: Shape,
    rect: Rect<f64>,
    /// The boxes around its parts.
    rects: Vec<Rect<f64>>,
    edges: RTree<Edge>,
    /// One position of each part that hangs together, and whether it is of an outer ring.
    starts: Vec<(Coord<f64>, bool)>,
    /// Whether it is polygons and nothing else.
    is_areal: bool,
    dimensions: Dimensions,
    corners: usize,
    /// Pairs of its edges that may cross one another, as far as that matters.
    tangle: OnceLock<usize>,
    /// Steps of the graphs so far.
    graphs: AtomicUsize,
}

/// The parts of a shape, taken apart.
#[derive(Default)]
struct Parts {
    edges: Vec<Edge>,
    starts: Vec<(Coord<f64>, bool)>,
    rects: Vec<Rect<f64>>,
}

impl Parts {
    fn line(&mut self, line: &LineString<f64>, is_ring: bool, is_outer: bool) {
        self.edges.extend(line.lines().map(|edge| GeomWithData::new(edge, is_ring)));
        self.starts.extend(line.0.first().map(|start| (*start, is_outer)));
    }

    fn polygon(&mut self, polygon: &Polygon<f64>) {
        self.line(polygon.exterior(), true, true);
        polygon.interiors().iter().for_each(|hole| self.line(hole, true, false));
        self.rects.extend(polygon.bounding_rect());
    }

    fn add(&mut self, shape: &Geometry<f64>) {
        match shape {
            Geometry::Point(point) => {
                self.edges.push(GeomWithData::new(Line::new(point.0, point.0), false));
                self.starts.push((point.0, false));
                self.rects.push(point.bounding_rect());
            }
            Geometry::LineString(line) => {
                self.line(line, false, false);
                self.rects.extend(line.bounding_rect());
            }
            Geometry::Polygon(polygon) => self.polygon(polygon),
            Geometry::MultiPoint(points) => points.iter().for_each(|one| self.add(&(*one).into())),
            Geometry::MultiLineString(lines) => {
                lines.iter().for_each(|one| self.add(&one.clone().into()));
            }
            Geometry::MultiPolygon(polygons) => polygons.iter().for_each(|one| self.polygon(one)),
            Geometry::GeometryCollection(all) => all.iter().for_each(|one| self.add(one)),
            // What expressions cannot write.
            Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {}
        }
    }
}

impl Prepared {
    /// `None` for a shape without a place.
    pub fn new(shape: Shape) -> Option<Prepared> {
        let mut parts = Parts::default();
        match &shape {
            Shape::Point(point) => parts.add(&(*point).into()),
            Shape::MultiPolygon(shape) => shape.iter().for_each(|one| parts.polygon(one)),
            Shape::Other(shape) => parts.add(shape),
        }
        let Parts { edges, starts, rects } = parts;
        let rect = rects.iter().copied().reduce(|a, b| {
            let (a0, a1, b0, b1) = (a.min(), a.max(), b.min(), b.max());
            Rect::new((a0.x.min(b0.x), a0.y.min(b0.y)), (a1.x.max(b1.x), a1.y.max(b1.y)))
        })?;
        // What lies on their sides may have another name.
        let sides = rects.iter().flat_map(seam::sides).collect::<Vec<_>>();
        let rects = [rects, sides].concat();
        let is_areal = edges.iter().all(|edge| edge.data);
        let corners = edges.len();
        let dimensions = shape.dimensions();
        Some(Prepared {
            graphs: AtomicUsize::new(0),
            tangle: OnceLock::new(),
            dimensions,
            shape,
            rect,
            rects,
            edges: RTree::bulk_load(edges),
            starts,
            is_areal,
            corners,
        })
    }

    /// The boxes around its parts: of those of a box across the antimeridian there are two. What
    /// meets it meets one of them.
    pub fn rects(&self) -> &[Rect<f64>] {
        &self.rects
    }

    /// Steps that it takes to find out how a shape lies to this one, of which the box and the number
    /// of corners are known.
    pub fn steps(&self, relation: Relation, rect: &Rect<f64>, corners: usize) -> usize {
        if self.excludes(relation, rect) {
            return if seam::faces(&self.rect, rect) { corners } else { 0 };
        }
        let starts = self.starts.iter().filter(|(at, _)| rect.intersects(at)).count();
        corners * (starts + usize::from(self.is_near(rect)))
    }

    /// Whether so many shapes touch it that it gave up finding out how.
    pub fn is_exhausted(&self) -> bool {
        self.graphs.load(Ordering::Relaxed) > GRAPHS
    }

    /// The same from the graph of all edges, as long as the budget allows.
    fn of_graph(&self, relation: Relation, shape: &Shape) -> Option<bool> {
        let steps = GRAPH * (shape.corners() + self.corners + self.tangle());
        let before = self.graphs.fetch_add(steps, Ordering::Relaxed);
        (before <= GRAPHS).then(|| relation.of(shape, &self.shape)).flatten()
    }

    fn tangle(&self) -> usize {
        *self.tangle.get_or_init(|| {
            let mut pairs = 0;
            for edge in &self.edges {
                // Each meets itself and those before and after it.
                let met = self.edges.locate_in_envelope_intersecting(&edge.envelope());
                pairs += met.count().saturating_sub(3);
                if pairs > GRAPHS / GRAPH {
                    break;
                }
            }
            pairs / 2
        })
    }

    /// Whether `a` lies so to this; `None` where that cannot be worked out.
    pub fn holds(&self, relation: Relation, a: &Placed) -> Option<bool> {
        let Some(rect) = &a.rect else { return Some(relation == Relation::Disjoint) };
        match seam::faces(&self.rect, rect) {
            true => self.holds_across(relation, &a.as_written(), rect),
            false if self.excludes(relation, rect) => Some(relation == Relation::Disjoint),
            false => self.holds_here(relation, &a.as_written(), rect),
        }
    }

    /// As if degrees were a plane.
    fn holds_here(&self, relation: Relation, a: &Placed, rect: &Rect<f64>) -> Option<bool> {
        if self.excludes(relation, rect) {
            return Some(relation == Relation::Disjoint);
        }
        // What is wider lies in nothing narrower, and only likes are equal or overlap.
        let (own, other) = (a.shape.dimensions(), self.dimensions);
        let never = match relation {
            Relation::Within => own > other,
            Relation::Contains => own < other,
            Relation::Equals | Relation::Overlaps => own != other,
            _ => false,
        };
        if never {
            return Some(false);
        }
        match (relation, &a.shape) {
            (Relation::Intersects, shape) => Some(self.meets(shape, rect)),
            (Relation::Disjoint, shape) => Some(!self.meets(shape, rect)),
            (_, Shape::Point(point)) if self.is_areal => {
                Some(of_position(relation, self.position(point.0)))
            }
            (_, Shape::MultiPolygon(shape)) => self
                .of_polygons(relation, shape, rect)
                .or_else(|| self.of_graph(relation, &a.shape)),
            (_, shape) => self.of_graph(relation, shape),
        }
    }

    /// Whether the boxes alone say that a shape does not lie so; of disjoint ones, that it does.
    fn excludes(&self, relation: Relation, rect: &Rect<f64>) -> bool {
        !self.rect.intersects(rect)
            || match relation {
                Relation::Within => !holds_box(&self.rect, rect),
                Relation::Contains => !holds_box(rect, &self.rect),
                Relation::Equals => self.rect != *rect,
                _ => false,
            }
    }

    /// Whether an edge may run through the box.
    fn is_near(&self, rect: &Rect<f64>) -> bool {
        let envelope = AABB::from_corners(rect.min().into(), rect.max().into());
        self.edges.locate_in_envelope_intersecting(&envelope).next().is_some()
    }

    /// How the edges of the polygons lie to its own; the first contact if any is enough to know.
    fn contact(&self, shape: &MultiPolygon<f64>, rect: &Rect<f64>, any: bool) -> Contact {
        let mut found = Contact::None;
        if !self.is_near(rect) {
            return found;
        }
        for line in shape.lines_iter() {
            if !self.rect.intersects(&line.bounding_rect()) {
                continue;
            }
            for edge in self.edges.locate_in_envelope_intersecting(&line.envelope()) {
                match met(edge.geom(), &line) {
                    Contact::Cross => return Contact::Cross,
                    Contact::Some if any => return Contact::Some,
                    Contact::Some => found = Contact::Some,
                    Contact::None => {}
                }
            }
        }
        found
    }

    fn meets(&self, shape: &Shape, rect: &Rect<f64>) -> bool {
        match shape {
            Shape::Point(point) => self.position(point.0) != CoordPos::Outside,
            Shape::MultiPolygon(shape) => {
                self.contact(shape, rect, true) != Contact::None
                    || outer_starts(shape).any(|at| self.position(at) == CoordPos::Inside)
                    || self.starts.iter().any(|(at, _)| rect.intersects(at) && shape.intersects(at))
            }
            Shape::Other(_) => shape.meets(&self.shape),
        }
    }

    /// Polygons whose edges cross those of others overlap them. Those whose edges meet none lie
    /// wholly inside, out of, around or beside them. `None` where that is not enough to know.
    fn of_polygons(
        &self,
        relation: Relation,
        shape: &MultiPolygon<f64>,
        rect: &Rect<f64>,
    ) -> Option<bool> {
        if !self.is_areal {
            return None;
        }
        match self.contact(shape, rect, false) {
            Contact::Cross => return Some(relation == Relation::Overlaps),
            Contact::Some => return None,
            Contact::None => {}
        }
        let is_inside = |at: Coord<f64>| self.position(at) == CoordPos::Inside;
        let around = |(at, _): &&(Coord<f64>, bool)| {
            rect.intersects(at) && shape.coordinate_position(at) == CoordPos::Inside
        };
        let inside = outer_starts(shape).filter(|at| is_inside(*at)).count();
        let around = self.starts.iter().filter(around).count();
        if inside == 0 && around == 0 {
            return Some(false);
        }
        if inside == shape.0.len() && around == 0 {
            return Some(relation == Relation::Within);
        }
        let mut holes = shape.iter().flat_map(|polygon| polygon.interiors());
        let has_hole = holes.any(|hole| hole.0.first().is_some_and(|at| is_inside(*at)));
        if inside == 0 && around == self.starts.len() && !has_hole {
            return Some(relation == Relation::Contains);
        }
        None
    }

    /// Where a position is: on an edge, in one of its polygons, or neither.
    fn position(&self, at: Coord<f64>) -> CoordPos {
        // A ray to the east; an edge has its lower end and not its upper one.
        let end = Point::new(self.rect.max().x.max(at.x), at.y);
        let ray = AABB::from_corners(Point(at), end);
        let mut inside = false;
        for edge in self.edges.locate_in_envelope_intersecting(&ray) {
            let Line { start, end } = *edge.geom();
            let (a, b) = if start.y <= end.y { (start, end) } else { (end, start) };
            let side = RobustKernel::orient2d(a, b, at);
            if side == Orientation::Collinear {
                if Rect::new(a, b).intersects(&at) {
                    return CoordPos::OnBoundary;
                }
            } else if edge.data
                && side == Orientation::CounterClockwise
                && a.y <= at.y
                && at.y < b.y
            {
                inside = !inside;
            }
        }
        if inside { CoordPos::Inside } else { CoordPos::Outside }
    }
}

/// Whether a point lies so to polygons, by where it is.
fn of_position(relation: Relation, position: CoordPos) -> bool {
    match relation {
        Relation::Intersects => position != CoordPos::Outside,
        Relation::Disjoint => position == CoordPos::Outside,
        Relation::Within => position == CoordPos::Inside,
        Relation::Touches => position == CoordPos::OnBoundary,
        // A point is too small for all others.
        _ => false,
    }
}

/// How two edges lie to one another.
fn met(a: &Line<f64>, b: &Line<f64>) -> Contact {
    let side = |line: &Line<f64>, at| RobustKernel::orient2d(line.start, line.end, at);
    let parts = |sides: [Orientation; 2]| {
        sides.contains(&Orientation::Clockwise) && sides.contains(&Orientation::CounterClockwise)
    };
    let (of_b, of_a) = ([side(a, b.start), side(a, b.end)], [side(b, a.start), side(b, a.end)]);
    match parts(of_b) && parts(of_a) {
        true => Contact::Cross,
        false if a.intersects(b) => Contact::Some,
        false => Contact::None,
    }
}

fn holds_box(outer: &Rect<f64>, inner: &Rect<f64>) -> bool {
    outer.intersects(&inner.min()) && outer.intersects(&inner.max())
}

/// One position of each polygon's outer ring.
fn outer_starts(shape: &MultiPolygon<f64>) -> impl Iterator<Item = Coord<f64>> {
    shape.iter().filter_map(|polygon| polygon.exterior().0.first().copied())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::{Validation, polygon};
    use proptest::prelude::*;

    /// A star with a hole where there is room, on a coarse lattice, so that edges often meet.
    fn star() -> impl Strategy<Value = Polygon<f64>> {
        let spokes = proptest::collection::vec(2u32..9, 3..9);
        (0i32..16, 0i32..16, spokes, any::<bool>()).prop_map(|(x, y, spokes, hole)| {
            let ring = |share: f64| {
                let step = std::f64::consts::TAU / spokes.len() as f64;
                let corner = |(k, length): (usize, &u32)| {
                    let (sine, cosine) = (k as f64 * step).sin_cos();
                    let length = f64::from(*length) * share;
                    (
                        f64::from(x) + (length * cosine).round(),
                        f64::from(y) + (length * sine).round(),
                    )
                };
                LineString::from_iter(spokes.iter().enumerate().map(corner))
            };
            let holes = if hole { vec![ring(0.4)] } else { Vec::new() };
            Polygon::new(ring(1.0), holes)
        })
    }

    fn shapes() -> impl Strategy<Value = MultiPolygon<f64>> {
        let many = proptest::collection::vec(star(), 1..3);
        many.prop_map(MultiPolygon::new).prop_filter("valid", Validation::is_valid)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// Ways around the full graph of edges lead to its answers.
        #[test]
        fn it_answers_as_the_full_relation_does(a in shapes(), b in shapes()) {
            let (a, b) = (Shape::new(a.into()), Shape::new(b.into()));
            let prepared = Prepared::new(b.clone()).unwrap();
            let placed = Placed::new(a.clone());
            for (relation, name) in Relation::TABLE {
                prop_assert_eq!(
                    prepared.holds(*relation, &placed), relation.of(&a, &b), "{}", name
                );
            }
        }

        #[test]
        fn points_and_lines_meet_polygons_as_the_plain_test_says(
            area in shapes(),
            line in proptest::collection::vec((-8i32..24, -8i32..24), 2..6),
        ) {
            let coords = line.iter().map(|(x, y)| (f64::from(*x), f64::from(*y)));
            let line = LineString::from_iter(coords.clone());
            let others: Vec<Geometry<f64>> = vec![
                line.into(),
                geo::MultiPoint::from_iter(coords.clone()).into(),
                Point::from(coords.clone().next().unwrap()).into(),
            ];
            let area = Shape::new(area.into());
            for other in others {
                let other = Shape::new(other);
                for (a, b) in [(&area, &other), (&other, &area)] {
                    let found = Prepared::new(b.clone()).unwrap();
                    let found = found.holds(Relation::Intersects, &Placed::new(a.clone()));
                    prop_assert_eq!(found, Some(a.meets(b)), "{:?} {:?}", a, b);
                }
            }
        }
    }

    #[test]
    fn graphs_end_where_their_budget_does() {
        let square = |x: f64| {
            let shape =
                polygon![(x: x, y: 0.), (x: x + 1., y: 0.), (x: x + 1., y: 1.), (x: x, y: 1.)];
            Shape::new(shape.into())
        };
        let one = Prepared::new(square(0.0)).unwrap();
        let beside = Placed::new(square(1.0));
        assert_eq!(one.holds(Relation::Touches, &beside), Some(true));
        one.graphs.store(GRAPHS + 1, Ordering::Relaxed);
        assert!(one.is_exhausted());
        assert_eq!(one.holds(Relation::Touches, &beside), None);
        assert_eq!(one.holds(Relation::Overlaps, &Placed::new(square(0.5))), None);
        assert_eq!(one.holds(Relation::Intersects, &beside), Some(true));
    }

    #[test]
    fn what_boxes_exclude_takes_no_steps_and_what_lies_inside_takes_few() {
        let square = |x: f64, side: f64| -> MultiPolygon<f64> {
            polygon![(x: x, y: 0.), (x: x + side, y: 0.), (x: x + side, y: side), (x: x, y: side)]
                .into()
        };
        let big = Prepared::new(Shape::new(square(0.0, 10.0).into())).unwrap();
        let rect = |low: f64, high: f64| Rect::new((low, 1.0), (high, 2.0));
        assert_eq!(big.steps(Relation::Touches, &rect(20.0, 21.0), 1000), 0);
        assert_eq!(big.steps(Relation::Within, &rect(9.0, 11.0), 1000), 0);
        assert_eq!(big.steps(Relation::Within, &rect(3.0, 4.0), 1000), 0);
        assert_eq!(big.steps(Relation::Intersects, &rect(9.0, 11.0), 1000), 1000);
        assert_eq!(big.steps(Relation::Touches, &rect(9.0, 11.0), 1000), 1000);
    }
}
