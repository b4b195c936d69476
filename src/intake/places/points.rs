//! Coordinates as evidence: how far a point lies outside the area its row names, and whether it
//! would lie inside had the degrees been written in their places.

use geo::{Closest, ClosestPoint, Distance, Haversine, Intersects};

use crate::domain::{Area, AreaIx, AreaTree, Point};

/// Boundaries are simplified for the screen and points are rounded: a point this near to its area,
/// in kilometres, is not said to be outside unless it lies in another one.
const NEAR_KM: f64 = 0.1;

/// What would put a point into its area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    Swapped,
    Longitude,
    Latitude,
}

impl Slip {
    pub fn sentence(self) -> &'static str {
        match self {
            Slip::Swapped => "With latitude and longitude exchanged it lies inside.",
            Slip::Longitude => "With the other sign of the longitude it lies inside.",
            Slip::Latitude => "With the other sign of the latitude it lies inside.",
        }
    }
}

/// Kilometres from a point to an area it lies outside of, and the slip that would explain it;
/// `None` inside, at its border, or without a polygon.
pub fn outside(tree: &AreaTree, ix: AreaIx, point: Point) -> Option<(f64, Option<Slip>)> {
    let area = tree.get(ix);
    area.geometry.as_ref()?;
    // The prepared polygons of the level answer most points at once.
    let located = tree.locate(area.level, point);
    if located == Some(ix) {
        return None;
    }
    let km = km_outside(area, point).filter(|km| located.is_some() || *km > NEAR_KM)?;
    let shape = area.geometry.as_ref()?;
    let (x, y) = (point.x(), point.y());
    let slips = [
        (Slip::Swapped, Point::new(y, x)),
        (Slip::Longitude, Point::new(-x, y)),
        (Slip::Latitude, Point::new(x, -y)),
    ];
    let slip = slips.into_iter().find(|(_, point)| shape.intersects(point)).map(|(slip, _)| slip);
    Some((km, slip))
}

/// Whether a point lies in no area at all, nor within a step of one, and the slip that would explain
/// it. Only where every area of some level has its polygon: else nobody knows.
pub fn outside_all(tree: &AreaTree, point: Point) -> Option<Option<Slip>> {
    /// Some hundred metres, in degrees: coasts and borders are simplified.
    const STEP: f64 = 0.002;
    let known = |x: f64, y: f64| tree.locate_deepest(Point::new(x, y)).is_some();
    let (x, y) = (point.x(), point.y());
    let steps = [-STEP, 0.0, STEP];
    if steps.iter().any(|dx| steps.iter().any(|dy| known(x + dx, y + dy))) {
        return None;
    }
    let slips = [(Slip::Swapped, (y, x)), (Slip::Longitude, (-x, y)), (Slip::Latitude, (x, -y))];
    Some(slips.into_iter().find(|(_, (x, y))| known(*x, *y)).map(|(slip, _)| slip))
}

fn km_outside(area: &Area, point: Point) -> Option<f64> {
    let shape = area.geometry.as_ref()?;
    if shape.intersects(&point) {
        return None;
    }
    match shape.closest_point(&point) {
        Closest::SinglePoint(near) | Closest::Intersection(near) => {
            Some(Haversine.distance(point, near) / 1000.0)
        }
        Closest::Indeterminate => None,
    }
}
