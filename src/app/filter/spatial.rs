//! Shapes, and how they lie to one another (DE-9IM, OGC 06-103r4).

use std::sync::Arc;

use geo::{BoundingRect, Geometry, HasDimensions, Intersects, MultiPolygon, Point, Rect, Relate};

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

    fn rect(&self) -> Option<Rect<f64>> {
        match self {
            Shape::Point(point) => Some(point.bounding_rect()),
            Shape::MultiPolygon(shape) => shape.bounding_rect(),
            Shape::Other(shape) => shape.bounding_rect(),
        }
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

    pub fn holds(self, a: &Shape, b: &Shape) -> bool {
        let meets = match (a.rect(), b.rect()) {
            (Some(a), Some(b)) => a.intersects(&b),
            _ => false,
        };
        // Most shapes are nowhere near one another.
        if !meets {
            return self == Relation::Disjoint;
        }
        match self {
            Relation::Intersects => intersects(a, b),
            Relation::Disjoint => !intersects(a, b),
            _ => {
                let matrix = of_shape!(a, a => of_shape!(b, b => a.relate(b)));
                match self {
                    Relation::Contains => matrix.is_contains(),
                    Relation::Crosses => matrix.is_crosses(),
                    Relation::Equals => matrix.is_equal_topo(),
                    Relation::Overlaps => matrix.is_overlaps(),
                    Relation::Touches => matrix.is_touches(),
                    _ => matrix.is_within(),
                }
            }
        }
    }
}

fn intersects(a: &Shape, b: &Shape) -> bool {
    of_shape!(a, a => of_shape!(b, b => a.intersects(b)))
}

/// Whether a shape has a place and, if it is an area, borders that do not cross themselves.
pub fn is_sound(shape: &Geometry<f64>) -> bool {
    use geo::Validation;
    !shape.is_empty() && shape.is_valid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{line_string, polygon};

    #[test]
    fn relations_are_those_of_simple_features() {
        let square = |x: f64| {
            let shape =
                polygon![(x: x, y: 0.), (x: x + 2., y: 0.), (x: x + 2., y: 2.), (x: x, y: 2.)];
            Shape::new(shape.into())
        };
        let line = Shape::new(line_string![(x: -1., y: 1.), (x: 1., y: 1.)].into());
        let corner = Shape::Point(Point::new(2.0, 2.0));
        assert!(Relation::Overlaps.holds(&square(0.), &square(1.)));
        assert!(Relation::Touches.holds(&square(0.), &square(2.)));
        assert!(Relation::Touches.holds(&corner, &square(0.)));
        assert!(Relation::Intersects.holds(&corner, &square(0.)));
        assert!(!Relation::Within.holds(&corner, &square(0.)));
        assert!(Relation::Crosses.holds(&line, &square(0.)));
        assert!(Relation::Equals.holds(&square(0.), &square(0.)));
        assert!(Relation::Contains.holds(&square(0.), &square(0.)));
        assert!(Relation::Disjoint.holds(&square(0.), &square(9.)));
        assert!(!Relation::Equals.holds(&square(0.), &square(9.)));
    }
}
