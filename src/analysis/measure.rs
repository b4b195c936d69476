//! Areas and distances on the WGS 84 ellipsoid. The only file that chooses a projection.
//!
//! Edges of polygons are straight in longitude and latitude (RFC 7946, METHODS 26). In the
//! cylindrical equal-area projection x is the longitude itself and y grows with the area of the
//! zone below a latitude, so the area between such an edge and the equator is an integral with a
//! closed form. It is exact for edges of any length, at the antimeridian and at the poles, and it
//! needs no centre: the figures of two operations can be compared and added.

use geo::{Coord, Distance, Geodesic, InteriorPoint, LineString, MultiPolygon};

use crate::domain::Point;

/// Semi-major axis of WGS 84 in kilometres.
const AXIS_KM: f64 = 6_378.137;
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// Square of the first eccentricity.
const ECCENTRICITY_2: f64 = FLATTENING * (2.0 - FLATTENING);

/// The zone function q(lat) = 2 (1 - e2) * integral of cos / (1 - e2 sin2)2 as a sine series,
/// whose term j belongs to sin((2 j + 1) lat). Each term is about 600 times smaller than the one
/// before; what is left out is below 1e-16.
const ZONE: [f64; 6] = zone_series();

/// Area in square kilometres; never negative. Rings may wind either way.
///
/// The whole ellipsoid as one polygon of 360 by 180 degrees has 510,065,621.7 km2.
pub fn area_km2(shape: &MultiPolygon<f64>) -> f64 {
    shape.iter().map(polygon_area_km2).sum()
}

/// Area of one polygon with its holes taken off, in square kilometres.
pub fn polygon_area_km2(polygon: &geo::Polygon<f64>) -> f64 {
    let ring = |ring: &LineString<f64>| ring_area_km2(ring.0.iter().copied()).abs();
    ring(polygon.exterior()) - polygon.interiors().iter().map(ring).sum::<f64>()
}

/// Signed area of a ring in square kilometres, positive where it runs counter-clockwise. The last
/// position may repeat the first or not.
pub fn ring_area_km2(ring: impl Iterator<Item = Coord<f64>> + Clone) -> f64 {
    let Some(first) = ring.clone().next() else { return 0.0 };
    let lowest_and_highest = ring
        .clone()
        .fold((first.y, first.y), |(south, north), at| (south.min(at.y), north.max(at.y)));
    // Around a ring the widths of its edges cancel, so a constant may be taken off the zone.
    let twice = match NearZone::between(lowest_and_highest) {
        Some(zone) => sum_of_edges(first, ring, |from, to| zone.mean(from, to)),
        None => sum_of_edges(first, ring, zone_mean),
    };
    twice * (AXIS_KM * AXIS_KM / 2.0)
}

/// Twice the area between a ring and the equator on an ellipsoid of axis 1, from the mean zone of
/// an edge by its latitudes in degrees.
fn sum_of_edges(
    first: Coord<f64>,
    ring: impl Iterator<Item = Coord<f64>>,
    mean: impl Fn(f64, f64) -> f64,
) -> f64 {
    let mut sum = 0.0;
    let mut last = first;
    for next in ring.skip(1).chain([first]) {
        if last.x != next.x {
            sum += (last.x - next.x) * mean(last.y, next.y);
        }
        last = next;
    }
    sum.to_radians()
}

/// Geodesic distance in kilometres.
pub fn distance_km(from: Point, to: Point) -> f64 {
    Geodesic.distance(from, to) / 1000.0
}

/// A point inside the shape, where a label or a generalised position may stand.
pub fn interior_point(shape: &MultiPolygon<f64>) -> Option<Point> {
    shape.interior_point()
}

/// Area of the geodesic circle of a radius around a point, in square kilometres: that of a cap
/// of the sphere which has the ellipsoid's curvature at the centre. Against the exact area the
/// error grows with the fourth power of the radius and is below 1e-6 up to 500 km, below 1e-4
/// up to 2,000 km.
pub fn circle_area_km2(centre: Point, radius_m: f64) -> f64 {
    let sine = centre.y().to_radians().sin();
    // Gauss's radius, the root of the product of the two principal radii of curvature.
    let radius_km = AXIS_KM * (1.0 - ECCENTRICITY_2).sqrt() / (1.0 - ECCENTRICITY_2 * sine * sine);
    let half = (radius_m / 1000.0 / radius_km / 2.0).sin();
    4.0 * std::f64::consts::PI * radius_km * radius_km * half * half
}

/// The zone function as powers of the distance from a latitude, for rings within half a degree
/// of it: nearly all are, and no edge needs a sine then.
struct NearZone {
    /// Degrees.
    centre: f64,
    /// Coefficients of the powers 1 to 6; the constant is left out.
    powers: [f64; 6],
}

impl NearZone {
    fn between((south, north): (f64, f64)) -> Option<NearZone> {
        if north - south > 1.0 {
            return None;
        }
        let centre = (south + north) / 2.0;
        let (sine, cosine) = centre.to_radians().sin_cos();
        let twice = 2.0 * (cosine * cosine - sine * sine);
        let (mut sine_before, mut sine) = (-sine, sine);
        let (mut cosine_before, mut cosine) = (cosine, cosine);
        let mut powers = [0.0; 6];
        for (term, coefficient) in ZONE.iter().enumerate() {
            // Derivatives of sin(m lat) go round through cosine and sine, times m each.
            let multiple = (2 * term + 1) as f64;
            let mut factor = *coefficient;
            for (order, derivative) in
                [cosine, -sine, -cosine, sine, cosine, -sine].iter().enumerate()
            {
                factor *= multiple / (order + 1) as f64;
                powers[order] += factor * derivative;
            }
            (sine_before, sine) = (sine, twice * sine - sine_before);
            (cosine_before, cosine) = (cosine, twice * cosine - cosine_before);
        }
        Some(NearZone { centre, powers })
    }

    fn at(&self, degrees: f64) -> f64 {
        let x = degrees.to_radians();
        self.powers.iter().rev().fold(0.0, |sum, power| (sum + power) * x)
    }

    /// Mean between two latitudes by Gauss's rule of three points, exact up to the fifth power.
    fn mean(&self, from: f64, to: f64) -> f64 {
        const OFF: f64 = 0.774_596_669_241_483_4;
        let middle = (from + to) / 2.0 - self.centre;
        let half = (to - from) / 2.0 * OFF;
        (8.0 * self.at(middle) + 5.0 * (self.at(middle - half) + self.at(middle + half))) / 18.0
    }
}

/// Mean of the zone function between two latitudes in degrees. The mean of sin(m lat) is
/// sin(m middle) sin(m half) / (m half).
fn zone_mean(from: f64, to: f64) -> f64 {
    let middle = ((from + to) / 2.0).to_radians();
    let half = ((to - from) / 2.0).to_radians();
    // The sines of the odd multiples come from the two before them.
    let (sine, cosine) = middle.sin_cos();
    let twice = 2.0 * (cosine * cosine - sine * sine);
    let (mut before, mut now) = (-sine, sine);
    let mut mean = 0.0;
    for (term, coefficient) in ZONE.iter().enumerate() {
        let multiple = (2 * term + 1) as f64;
        mean += coefficient * now * sinc(multiple * half);
        (before, now) = (now, twice * now - before);
    }
    mean
}

/// sin(x) / x.
fn sinc(x: f64) -> f64 {
    let x2 = x * x;
    if x2 < 0.01 {
        // The next term is below 3e-14 of the whole here, and below 1e-17 for edges under a
        // degree.
        1.0 - x2 / 6.0 * (1.0 - x2 / 20.0 * (1.0 - x2 / 42.0 * (1.0 - x2 / 72.0)))
    } else {
        x.sin() / x
    }
}

/// q as powers of the sine is 2 (1 - e2) * sum of (k + 1) / (2 k + 1) e2^k sin^(2 k + 1); each
/// odd power is a sum of sines of multiples with binomial coefficients.
const fn zone_series() -> [f64; 6] {
    let mut series = [0.0; 6];
    let mut power = 1.0;
    let mut k = 0;
    while k < 12 {
        let factor = 2.0 * (1.0 - ECCENTRICITY_2) * (k + 1) as f64 / (2 * k + 1) as f64 * power;
        let mut j = 0;
        while j <= k && j < 6 {
            let mut binomial = 1.0;
            let mut i = 0;
            while i < k - j {
                binomial = binomial * (2 * k + 1 - i) as f64 / (i + 1) as f64;
                i += 1;
            }
            let sign = if j % 2 == 0 { 1.0 } else { -1.0 };
            series[j] += factor * sign * binomial / (1u64 << (2 * k)) as f64;
            j += 1;
        }
        power *= ECCENTRICITY_2;
        k += 1;
    }
    series
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::{GeodesicArea, Intersects, Polygon, Rect, coord, polygon};

    fn rect(west: f64, south: f64, east: f64, north: f64) -> MultiPolygon<f64> {
        let rect = Rect::new(coord! { x: west, y: south }, coord! { x: east, y: north });
        rect.to_polygon().into()
    }

    /// Zone function by its closed form (Snyder 1987, 3-12).
    fn zone(lat: f64) -> f64 {
        let (e, s) = (ECCENTRICITY_2.sqrt(), lat.to_radians().sin());
        (1.0 - ECCENTRICITY_2) * (s / (1.0 - ECCENTRICITY_2 * s * s) + (e * s).atanh() / e)
    }

    fn check_close(found: f64, expected: f64, relative: f64) {
        assert!((found / expected - 1.0).abs() <= relative, "{found} is not {expected}");
    }

    #[test]
    fn the_whole_ellipsoid_has_its_published_area() {
        check_close(area_km2(&rect(-180., -90., 180., 90.)), 510_065_621.724, 1e-11);
    }

    #[test]
    fn a_rectangle_has_the_area_of_its_zone() {
        for (west, south, east, north) in [
            (10., 0., 11., 1.),
            (-180., 60., -170., 88.),
            (30., -90., 40., -89.9),
            (0., -5., 9., 7.),
        ] {
            let expected = AXIS_KM * AXIS_KM / 2.0
                * f64::to_radians(east - west)
                * (zone(north) - zone(south));
            check_close(area_km2(&rect(west, south, east, north)), expected, 1e-10);
        }
    }

    #[test]
    fn small_polygons_agree_with_the_geodesic_area() {
        for (x, y) in [(39.6, -19.8), (0., 0.), (-179.9, 65.), (177., -17.)] {
            let small: Polygon = polygon![
                (x: x, y: y), (x: x + 0.011, y: y + 0.002), (x: x + 0.009, y: y + 0.012),
                (x: x + 0.001, y: y + 0.008)];
            let expected = small.geodesic_area_unsigned() / 1e6;
            // Edges of a kilometre already bend by some centimetres in 65 degrees north.
            check_close(area_km2(&small.into()), expected, 3e-5);
        }
    }

    #[test]
    fn a_slanted_edge_is_straight_in_degrees_not_a_geodesic() {
        // Cutting the polygon along its own edges must not change its area.
        let triangle: MultiPolygon =
            polygon![(x: 0., y: 0.), (x: 40., y: 0.), (x: 40., y: 60.)].into();
        let cut: MultiPolygon = vec![
            polygon![(x: 0., y: 0.), (x: 10., y: 0.), (x: 10., y: 15.)],
            polygon![(x: 10., y: 0.), (x: 40., y: 0.), (x: 40., y: 60.), (x: 10., y: 15.)],
        ]
        .into();
        check_close(area_km2(&cut), area_km2(&triangle), 1e-13);
    }

    #[test]
    fn short_and_long_rings_are_measured_alike() {
        // Eleven slices of 0.9 degrees, each near enough for powers, and the whole which is not.
        for west in [0.0, 100.0] {
            for south in [-90.0, -50.0, -3.0, 20.0, 80.1] {
                let slices = (0..11).map(|k| {
                    let from = south + 0.9 * f64::from(k);
                    area_km2(&rect(west, from, west + 2.0, from + 0.9))
                });
                let whole = area_km2(&rect(west, south, west + 2.0, south + 9.9));
                check_close(slices.sum(), whole, 1e-12);
            }
        }
    }

    #[test]
    fn a_hole_is_taken_off_whichever_way_it_winds() {
        let outer = rect(0., 0., 2., 2.).0.remove(0).into_inner().0;
        let inner = rect(0.5, 0.5, 1., 1.).0.remove(0).into_inner().0;
        let mut reversed = inner.clone();
        reversed.0.reverse();
        let expected = area_km2(&rect(0., 0., 2., 2.)) - area_km2(&rect(0.5, 0.5, 1., 1.));
        for hole in [inner, reversed] {
            check_close(area_km2(&Polygon::new(outer.clone(), vec![hole]).into()), expected, 1e-12);
        }
    }

    #[test]
    fn an_interior_point_is_inside() {
        let shape: MultiPolygon =
            polygon![(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 3., y: 0.5)].into();
        assert!(shape.intersects(&interior_point(&shape).unwrap()));
    }
}
