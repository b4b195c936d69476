//! Geodesic circles as polygons in longitude and latitude.

use std::sync::LazyLock;

use geo::{Coord, Destination, Geodesic, LineString, MultiPolygon, Polygon};

use super::measure::{area_km2, circle_area_km2};
use crate::domain::Point;

/// Corners of a circle before it is split at the antimeridian.
pub const SEGMENTS: usize = 64;
const HALF: usize = SEGMENTS / 2;

/// Radii above this are no service areas.
pub const MAX_RADIUS_M: f64 = 2_000_000.0;

/// The geodesic circle of `radius_m` around `centre` as a polygon of the circle's own area
/// (METHODS 26), so its corners stand a little outside the circle and the middles of its edges
/// inside. Valid in longitude and latitude: split at the antimeridian, and closed along the
/// pole's edge where it contains a pole. Exteriors run counter-clockwise.
///
/// `None` where the position or the radius is none: not finite, a latitude beyond a pole, a radius
/// not above 0 or above `MAX_RADIUS_M`.
pub fn geodesic_circle(centre: Point, radius_m: f64) -> Option<MultiPolygon<f64>> {
    let on_earth = centre.x().is_finite() && centre.y().abs() <= 90.0;
    let serves = radius_m > 0.0 && radius_m <= MAX_RADIUS_M;
    if !(on_earth && serves) {
        return None;
    }
    let lon = centre.x() - (centre.x() / 360.0).round() * 360.0;
    let centre = Point::new(lon, centre.y());
    let wanted = circle_area_km2(centre, radius_m);
    // The regular polygon of the circle's area, on a plane.
    let step = std::f64::consts::TAU / SEGMENTS as f64;
    let mut reach = radius_m * (step / step.sin()).sqrt();
    let mut shape = at_reach(centre, reach);
    // On the plane that is it; curvature, and edges straight in degrees near a pole, need more.
    for _ in 0..12 {
        let ratio = wanted / area_km2(&shape);
        if (ratio - 1.0).abs() < 1e-6 || !ratio.is_finite() {
            break;
        }
        reach *= ratio.sqrt();
        shape = at_reach(centre, reach);
    }
    Some(shape)
}

/// The polygon of the places at `reach_m` from the centre.
fn at_reach(centre: Point, reach_m: f64) -> MultiPolygon<f64> {
    // East of the centre from south to north; the west mirrors it. Longitudes relative to the
    // centre are within 0 and 180, so the side of the antimeridian is never a guess.
    let place = |bearing: f64| {
        // Seen from longitude 0 the answer is the relative longitude itself, without loss.
        let place = Geodesic.destination(Point::new(0.0, centre.y()), bearing, reach_m);
        Coord { x: place.x().abs(), y: place.y() }
    };
    let bend = reach_m / 6_371_000.0 * centre.y().to_radians().tan().abs().max(1.0);
    let mut east = if bend < 0.02 {
        let known = std::array::from_fn(|j| place(180.0 - j as f64 * 22.5));
        BETWEEN.apply(&known)
    } else {
        std::array::from_fn(|k| place(180.0 - k as f64 * (360.0 / SEGMENTS as f64)))
    };
    // South and north of the centre the relative longitude is 0, or 180 beyond a pole.
    let over_south = settle(&mut east[0]);
    let over_north = settle(&mut east[HALF]);
    let west = east[1..HALF].iter().rev().map(mirror);
    let mut ring: Vec<_> = east.iter().copied().chain(west).collect();
    for corner in &mut ring {
        corner.x += centre.x();
    }
    match (over_south, over_north) {
        (false, false) => split(ring),
        (false, true) => around_pole(ring, 90.0),
        (true, false) => around_pole(ring, -90.0),
        // Beyond both poles: not at the radii allowed.
        (true, true) => MultiPolygon::new(Vec::new()),
    }
}

/// Weights that give every corner from nine of them. Around a small circle, latitude is a sum of
/// cosines of multiples of the bearing and longitude one of sines, in which each multiple is
/// smaller than the one before by the circle's bend; with a bend below 0.02 those from the eighth
/// on are below 1e-11 of the radius.
static BETWEEN: LazyLock<Between> = LazyLock::new(Between::new);

const KNOWN: usize = 8;

struct Between {
    even: [[f64; KNOWN + 1]; HALF + 1],
    odd: [[f64; KNOWN + 1]; HALF + 1],
}

impl Between {
    fn new() -> Between {
        let half_turn = std::f64::consts::PI;
        let end = |k: usize| if k == 0 || k == KNOWN { 0.5 } else { 1.0 };
        let weights = |corner: usize, known: usize| {
            let at = corner as f64 * half_turn / HALF as f64;
            let from = known as f64 * half_turn / KNOWN as f64;
            let (mut even, mut odd) = (0.0, 0.0);
            for k in 0..=KNOWN {
                let multiple = k as f64;
                even += end(k) * (multiple * from).cos() * (multiple * at).cos();
                odd += end(k) * (multiple * from).sin() * (multiple * at).sin();
            }
            let share = 2.0 / KNOWN as f64;
            (share * end(known) * even, share * odd)
        };
        let table = |part: fn((f64, f64)) -> f64| {
            std::array::from_fn(|k| std::array::from_fn(|j| part(weights(k, j))))
        };
        Between { even: table(|(even, _)| even), odd: table(|(_, odd)| odd) }
    }

    fn apply(&self, known: &[Coord<f64>; KNOWN + 1]) -> [Coord<f64>; HALF + 1] {
        std::array::from_fn(|k| {
            let mut corner = Coord { x: 0.0, y: 0.0 };
            for (j, at) in known.iter().enumerate() {
                corner.x += self.odd[k][j] * at.x;
                // Relative to the southernmost, so that small circles lose no digits.
                corner.y += self.even[k][j] * (at.y - known[0].y);
            }
            Coord { x: corner.x, y: corner.y + known[0].y }
        })
    }
}

/// The polygon between a chain of corners around a pole and the pole's edge. The corners meet
/// every meridian once, so their order is that of their longitudes.
fn around_pole(mut chain: Vec<Coord<f64>>, pole: f64) -> MultiPolygon<f64> {
    for corner in &mut chain {
        corner.x -= ((corner.x + 180.0) / 360.0).floor() * 360.0;
    }
    chain.sort_by(|a, b| a.x.total_cmp(&b.x));
    let (Some(first), Some(last)) = (chain.first().copied(), chain.last().copied()) else {
        return MultiPolygon::new(Vec::new());
    };
    let share = (180.0 - last.x) / (first.x + 360.0 - last.x);
    let y = last.y + share * (first.y - last.y);
    let mut ring = vec![Coord { x: -180.0, y: pole }, Coord { x: -180.0, y }];
    ring.extend(chain.into_iter().filter(|corner| corner.x > -180.0));
    ring.extend([Coord { x: 180.0, y }, Coord { x: 180.0, y: pole }]);
    if pole < 0.0 {
        ring.reverse();
    }
    Polygon::new(LineString(ring), Vec::new()).into()
}

fn mirror(corner: &Coord<f64>) -> Coord<f64> {
    Coord { x: -corner.x, y: corner.y }
}

/// Sets the exact longitude of a place due south or north; true where it is beyond the pole.
fn settle(corner: &mut Coord<f64>) -> bool {
    let beyond = corner.x > 90.0;
    corner.x = if beyond { 180.0 } else { 0.0 };
    beyond
}

/// Cuts a ring within -360 and 360 at the antimeridian and turns the parts back into it. Vertical
/// lines meet these rings in one stretch only, so cutting gives whole parts.
fn split(ring: Vec<Coord<f64>>) -> MultiPolygon<f64> {
    let (west, east) = ring.iter().fold((f64::MAX, f64::MIN), |(west, east), corner| {
        (west.min(corner.x), east.max(corner.x))
    });
    if west >= -180.0 && east <= 180.0 {
        return Polygon::new(LineString(ring), Vec::new()).into();
    }
    let mut parts = Vec::with_capacity(2);
    for (from, turn) in [(-180.0, 0.0), (180.0, -360.0), (-540.0, 360.0)] {
        if from >= east || from + 360.0 <= west {
            continue;
        }
        let above = cut(&ring, 0, from, true);
        let mut part = cut(&above, 0, from + 360.0, false);
        if part.len() < 3 {
            continue;
        }
        for corner in &mut part {
            corner.x += turn;
        }
        let polygon = Polygon::new(LineString(part), Vec::new());
        // A circle that only touches the antimeridian leaves a part without area.
        if area_km2(&MultiPolygon::new(vec![polygon.clone()])) > 0.0 {
            parts.push(polygon);
        }
    }
    MultiPolygon::new(parts)
}

/// The part of a ring on one side of a line along an axis (0: x, 1: y), where the coordinate is
/// above the limit or else below it.
pub(super) fn cut(ring: &[Coord<f64>], axis: u8, limit: f64, above: bool) -> Vec<Coord<f64>> {
    let value = |corner: &Coord<f64>| if axis == 0 { corner.x } else { corner.y };
    let inside = |corner: &Coord<f64>| {
        if above { value(corner) >= limit } else { value(corner) <= limit }
    };
    let mut kept = Vec::with_capacity(ring.len() + 4);
    let Some(mut last) = ring.last().copied() else { return kept };
    for corner in ring.iter().copied() {
        if inside(&corner) != inside(&last) {
            let share = (limit - value(&last)) / (value(&corner) - value(&last));
            let mut crossing = Coord {
                x: last.x + share * (corner.x - last.x),
                y: last.y + share * (corner.y - last.y),
            };
            if axis == 0 {
                crossing.x = limit
            } else {
                crossing.y = limit
            }
            if kept.last() != Some(&crossing) {
                kept.push(crossing);
            }
        }
        if inside(&corner) && kept.last() != Some(&corner) {
            kept.push(corner);
        }
        last = corner;
    }
    kept
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::{Distance, Intersects, Validation};
    use proptest::prelude::*;

    /// Area of the circle from a polygon of so many corners that its edges do not matter, on the
    /// cylinder of `measure`.
    fn dense_area_km2(centre: Point, radius_m: f64) -> f64 {
        let seen_from = Point::new(0.0, centre.y());
        let corner = |k: u32| {
            let bearing = 180.0 - f64::from(k) * 180.0 / 4096.0;
            let place = Geodesic.destination(seen_from, bearing, radius_m);
            Coord { x: place.x().abs(), y: place.y() }
        };
        let half: Vec<_> = (0..=4096).map(corner).collect();
        2.0 * super::super::measure::ring_area_km2(half.into_iter())
    }

    #[test]
    fn a_circle_has_the_area_of_the_dense_circle() {
        for lat in [0.0, -19.8, 45.0, 75.0] {
            for radius_m in [30.0, 500.0, 5_000.0, 50_000.0, 500_000.0] {
                let centre = Point::new(34.8, lat);
                let found = area_km2(&geodesic_circle(centre, radius_m).unwrap());
                let expected = dense_area_km2(centre, radius_m);
                assert!(
                    (found / expected - 1.0).abs() < 1e-5,
                    "{lat} {radius_m} {found} {expected}"
                );
            }
        }
    }

    #[test]
    fn a_circle_across_the_antimeridian_is_two_parts_of_the_same_area() {
        let inland = geodesic_circle(Point::new(100.0, -17.0), 20_000.0).unwrap();
        for lon in [179.95, -179.95, 180.0, -180.0] {
            let across = geodesic_circle(Point::new(lon, -17.0), 20_000.0).unwrap();
            assert_eq!(across.0.len(), 2);
            assert!(across.is_valid());
            assert!((area_km2(&across) / area_km2(&inland) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_circle_around_a_pole_contains_it() {
        for (lat, pole) in [(89.9, 90.0), (-89.99, -90.0), (90.0, 90.0)] {
            let circle = geodesic_circle(Point::new(40.0, lat), 30_000.0).unwrap();
            assert!(circle.is_valid(), "{circle:?}");
            for lon in [-180.0, -77.0, 0.0, 140.0] {
                assert!(circle.intersects(&Point::new(lon, pole)));
            }
        }
    }

    #[test]
    fn what_is_no_circle_is_refused() {
        for radius_m in [0.0, -5.0, f64::NAN, f64::INFINITY] {
            assert_eq!(geodesic_circle(Point::new(0.0, 0.0), radius_m), None);
        }
        assert_eq!(geodesic_circle(Point::new(f64::NAN, 0.0), 10.0), None);
        assert_eq!(geodesic_circle(Point::new(0.0, 95.0), 10.0), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_circle_is_valid_and_has_the_circles_area_to_1e_4(
            lon in -180.0..180.0f64,
            lat in prop_oneof![-90.0..90.0f64, 89.0..90.0f64, -90.0..-89.0f64],
            radius_m in prop_oneof![20.0..20_000.0f64, 20_000.0..1_000_000.0f64],
        ) {
            let centre = Point::new(lon, lat);
            let circle = geodesic_circle(centre, radius_m).unwrap();
            prop_assert!(circle.is_valid(), "{:?}", circle);
            let wanted = circle_area_km2(centre, radius_m);
            prop_assert!((area_km2(&circle) / wanted - 1.0).abs() < 1e-4);
        }

        #[test]
        fn away_from_the_poles_corners_stand_just_outside_the_radius(
            lat in -80.0..80.0f64, radius_m in 20.0..20_000.0f64,
        ) {
            let centre = Point::new(10.0, lat);
            let circle = geodesic_circle(centre, radius_m).unwrap();
            let first_m = Geodesic.distance(centre, Point::from(circle.0[0].exterior().0[0]));
            for corner in circle.0[0].exterior().coords() {
                let distance_m = Geodesic.distance(centre, Point::from(*corner));
                prop_assert!(distance_m > radius_m && distance_m < radius_m * 1.002);
                prop_assert!((distance_m / first_m - 1.0).abs() < 1e-8);
            }
        }
    }
}
