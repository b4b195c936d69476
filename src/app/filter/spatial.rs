//! Shapes, and how they lie to one another (DE-9IM, OGC 06-103r4).

use std::sync::Arc;

use geo::coordinate_position::CoordPos;
use geo::dimensions::Dimensions;
use geo::{
    BoundingRect, CoordinatePosition, CoordsIter, Geometry, HasDimensions, Intersects,
    MultiPolygon, Point, Rect, Relate,
};

use crate::formats::geojson_write::Grid;

/// A shape in degrees, WGS 84. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Shape {
    Point(Point<f64>),
    MultiPolygon(Arc<MultiPolygon<f64>>),
    Other(Arc<Geometry<f64>>),
}

/// Evaluates an expression with `$bound` as whatever a shape is.
macro_rules! of_shape {
    ($shape:expr, $bound:ident => $body:expr) => {
        match $shape {
            Shape::Point($bound) => $body,
            Shape::MultiPolygon($bound) => {
                let $bound = $bound.as_ref();
                $body
            }
            Shape::Other($bound) => {
                let $bound = $bound.as_ref();
                $body
            }
        }
    };
}

impl Shape {
    pub fn new(geometry: Geometry<f64>) -> Shape {
        match geometry {
            Geometry::Point(point) => Shape::Point(point),
            Geometry::MultiPolygon(shape) => Shape::MultiPolygon(Arc::new(shape)),
            Geometry::Polygon(polygon) => Shape::MultiPolygon(Arc::new(polygon.into())),
            other => Shape::Other(Arc::new(other)),
        }
    }

    /// Whether they have a position in common.
    pub fn meets(&self, other: &Shape) -> bool {
        of_shape!(self, a => of_shape!(other, b => a.intersects(b)))
    }

    pub fn dimensions(&self) -> Dimensions {
        of_shape!(self, shape => shape.dimensions())
    }

    /// Number of its corners.
    pub fn corners(&self) -> usize {
        of_shape!(self, shape => shape.coords_count())
    }
}

/// The shape of a record and the box around it.
#[derive(Clone, Debug)]
pub struct Placed {
    pub shape: Shape,
    pub rect: Option<Rect<f64>>,
}

impl Placed {
    pub fn new(shape: Shape) -> Placed {
        let rect = match &shape {
            Shape::Point(point) => Some(point.bounding_rect()),
            Shape::MultiPolygon(shape) => shape.bounding_rect(),
            Shape::Other(shape) => shape.bounding_rect(),
        };
        Placed { shape, rect }
    }

    /// The same with the box around the shape as it is written.
    pub fn with_box_as_written(self) -> Placed {
        Placed { rect: self.rect.map(|rect| Grid::FULL.rect(&rect)), ..self }
    }

    /// The same with the corners as they are written: what is found is what was answered. Points are
    /// written already.
    pub fn as_written(&self) -> Placed {
        let shape = match &self.shape {
            Shape::MultiPolygon(shape) => Shape::MultiPolygon(Grid::FULL.written(shape).into()),
            other => other.clone(),
        };
        Placed { shape, rect: self.rect }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Contains,
    Crosses,
    Disjoint,
    Equals,
    Intersects,
    Overlaps,
    Touches,
    Within,
}

impl Relation {
    pub const TABLE: &'static [(Relation, &'static str)] = &[
        (Relation::Contains, "s_contains"),
        (Relation::Crosses, "s_crosses"),
        (Relation::Disjoint, "s_disjoint"),
        (Relation::Equals, "s_equals"),
        (Relation::Intersects, "s_intersects"),
        (Relation::Overlaps, "s_overlaps"),
        (Relation::Touches, "s_touches"),
        (Relation::Within, "s_within"),
    ];

    pub fn from_name(name: &str) -> Option<Relation> {
        let same = |known: &str| known.eq_ignore_ascii_case(name);
        Relation::TABLE.iter().find(|(_, known)| same(known)).map(|(found, _)| *found)
    }

    /// Whether `a` lies so to `b`, worked out from all their edges; `None` where it cannot be.
    pub fn of(self, a: &Shape, b: &Shape) -> Option<bool> {
        match (self, a, b) {
            (Relation::Intersects, ..) => Some(a.meets(b)),
            (Relation::Disjoint, ..) => Some(!a.meets(b)),
            (_, Shape::Point(point), _) => Some(self.of_point(point, b)),
            (_, _, Shape::Point(point)) => Some(self.turned().of_point(point, a)),
            _ if !a.meets(b) => Some(false),
            _ => self.of_shapes(a, b),
        }
    }

    /// Whether a shape lies so to itself.
    pub fn of_itself(self) -> bool {
        use Relation::{Contains, Equals, Intersects, Within};
        matches!(self, Contains | Equals | Intersects | Within)
    }

    /// The relation of `b` to `a` where this one is of `a` to `b`.
    pub fn turned(self) -> Relation {
        match self {
            Relation::Contains => Relation::Within,
            Relation::Within => Relation::Contains,
            same => same,
        }
    }

    /// Of a single point, which needs no graph of edges: a million of them are asked in a moment.
    fn of_point(self, point: &Point<f64>, other: &Shape) -> bool {
        let position = || of_shape!(other, other => other.coordinate_position(&point.0));
        match self {
            Relation::Within => position() == CoordPos::Inside,
            Relation::Touches => position() == CoordPos::OnBoundary,
            Relation::Contains | Relation::Equals => {
                of_shape!(other, other => other.coords_iter().all(|at| at == point.0))
            }
            // A point is too small to cross anything or to overlap it.
            _ => false,
        }
    }

    fn of_shapes(self, a: &Shape, b: &Shape) -> Option<bool> {
        // Shapes are sound, but borders that lie a hair's breadth apart have surprised better code.
        let relate = || of_shape!(a, a => of_shape!(b, b => a.relate(b)));
        let matrix = std::panic::catch_unwind(std::panic::AssertUnwindSafe(relate)).ok()?;
        Some(match self {
            Relation::Contains => matrix.is_contains(),
            Relation::Crosses => matrix.is_crosses(),
            Relation::Equals => matrix.is_equal_topo(),
            Relation::Overlaps => matrix.is_overlaps(),
            Relation::Touches => matrix.is_touches(),
            _ => matrix.is_within(),
        })
    }
}

/// Whether a shape has a place and, if it is an area, borders that do not cross themselves.
pub fn is_sound(shape: &Geometry<f64>) -> bool {
    use geo::Validation;
    !shape.is_empty() && shape.is_valid()
}

#[cfg(test)]
mod tests {
    use super::super::prepared::Prepared;
    use super::*;
    use geo::{line_string, polygon};

    fn holds(relation: Relation, a: &Shape, b: &Shape) -> Option<bool> {
        Prepared::new(b.clone())?.holds(relation, &Placed::new(a.clone()))
    }

    #[test]
    fn relations_are_those_of_simple_features() {
        let square = |x: f64| {
            let shape =
                polygon![(x: x, y: 0.), (x: x + 2., y: 0.), (x: x + 2., y: 2.), (x: x, y: 2.)];
            Shape::new(shape.into())
        };
        let line = Shape::new(line_string![(x: -1., y: 1.), (x: 1., y: 1.)].into());
        let corner = Shape::Point(Point::new(2.0, 2.0));
        assert_eq!(holds(Relation::Overlaps, &square(0.), &square(1.)), Some(true));
        assert_eq!(holds(Relation::Touches, &square(0.), &square(2.)), Some(true));
        assert_eq!(holds(Relation::Touches, &corner, &square(0.)), Some(true));
        assert_eq!(holds(Relation::Intersects, &corner, &square(0.)), Some(true));
        assert_eq!(holds(Relation::Within, &corner, &square(0.)), Some(false));
        assert_eq!(holds(Relation::Crosses, &line, &square(0.)), Some(true));
        assert_eq!(holds(Relation::Equals, &square(0.), &square(0.)), Some(true));
        assert_eq!(holds(Relation::Contains, &square(0.), &square(0.)), Some(true));
        assert_eq!(holds(Relation::Disjoint, &square(0.), &square(9.)), Some(true));
        assert_eq!(holds(Relation::Equals, &square(0.), &square(9.)), Some(false));
    }

    /// A point is asked without a graph of edges: the answers are those of the graph all the same.
    #[test]
    fn a_point_lies_as_the_full_relation_says() {
        let point = Point::new(1.0, 1.0);
        let others: Vec<Geometry<f64>> = vec![
            polygon![(x: 0., y: 0.), (x: 2., y: 0.), (x: 2., y: 2.), (x: 0., y: 2.)].into(),
            polygon![(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.)].into(),
            polygon![(x: 1., y: 0.), (x: 2., y: 0.), (x: 2., y: 3.), (x: 1., y: 3.)].into(),
            line_string![(x: 0., y: 0.), (x: 2., y: 2.)].into(),
            line_string![(x: 1., y: 1.), (x: 2., y: 2.)].into(),
            line_string![(x: 0., y: 1.), (x: 0., y: 3.)].into(),
            Point::new(1.0, 1.0).into(),
            Point::new(1.0, 1.5).into(),
            geo::MultiPoint::new(vec![point, Point::new(3.0, 3.0)]).into(),
            geo::MultiPoint::new(vec![point, point]).into(),
        ];
        let own = Shape::Point(point);
        for other in others {
            let shape = Shape::new(other.clone());
            for (relation, name) in Relation::TABLE {
                let is_simple = matches!(relation, Relation::Intersects | Relation::Disjoint);
                for (a, b) in [(&own, &shape), (&shape, &own)] {
                    if !is_simple {
                        assert_eq!(
                            holds(*relation, a, b),
                            relation.of_shapes(a, b),
                            "{name} {other:?}"
                        );
                    }
                }
            }
        }
    }
}
