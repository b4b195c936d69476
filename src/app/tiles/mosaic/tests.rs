#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use geo::{LineString, Polygon, polygon};

fn square(x: f64, y: f64) -> MultiPolygon<f64> {
    polygon![(x: x, y: y), (x: x + 1., y: y), (x: x + 1., y: y + 1.), (x: x, y: y + 1.)].into()
}

#[test]
fn what_is_too_small_is_one_small_box() {
    let tiny = polygon![(x: 5., y: 5.), (x: 5.0001, y: 5.), (x: 5.0001, y: 5.0001)];
    let mosaic = Mosaic::build([Some(&tiny.into()), None].into_iter());
    let [shape] = mosaic.shape(0, 3) else { unreachable!() };
    assert_eq!(doubled_area(&shape[0]), 8);
    assert!(mosaic.shape(1, 3).is_empty() && mosaic.bounds(1).is_none());
    assert!(mosaic.shape(9, 3).is_empty());
}

#[test]
fn outer_rings_are_positive_however_they_were_drawn() {
    let ring = vec![(0., 0.), (0., 10.), (10., 10.), (10., 0.), (0., 0.)];
    let hole: Vec<_> = vec![(2., 2.), (4., 2.), (4., 4.), (2., 4.), (2., 2.)];
    for turned in [false, true] {
        let (mut ring, mut hole) = (ring.clone(), hole.clone());
        if turned {
            ring.reverse();
            hole.reverse();
        }
        let shape = Polygon::new(LineString::from(ring), vec![LineString::from(hole)]);
        let mosaic = Mosaic::build([Some(&shape.into())].into_iter());
        let [shape] = mosaic.shape(0, 5) else { unreachable!() };
        let signs: Vec<_> = shape.iter().map(|ring| doubled_area(ring).signum()).collect();
        assert_eq!(signs, [1, -1]);
    }
}

#[test]
fn an_enclave_fills_its_hole_at_every_zoom() {
    // A round enclave, given from another point than the hole that it fills.
    let round = |from: usize| -> Vec<(f64, f64)> {
        let at = |step: usize| {
            let angle = ((step + from) % 200) as f64 / 200.0 * std::f64::consts::TAU;
            (5.0 + angle.cos() + 0.03 * (angle * 31.0).sin(), 5.0 + angle.sin())
        };
        (0..=200).map(at).collect()
    };
    let outer = vec![(0., 0.), (10., 0.), (10., 10.), (0., 10.), (0., 0.)];
    let mut hole = round(60);
    hole.reverse();
    let around = Polygon::new(LineString::from(outer), vec![LineString::from(hole)]);
    let inside = Polygon::new(LineString::from(round(0)), vec![]);
    let mosaic = Mosaic::build([Some(&around.into()), Some(&inside.into())].into_iter());
    for zoom in 2..=SIMPLIFIED {
        let hole = &mosaic.shape(0, zoom)[0][1];
        let inside = &mosaic.shape(1, zoom)[0][0];
        assert_eq!(doubled_area(hole), -doubled_area(inside), "zoom {zoom}");
    }
    assert!(mosaic.shape(1, 2)[0][0].len() < mosaic.shape(1, 8)[0][0].len());
}

#[test]
fn a_border_crossed_by_a_third_area_keeps_the_corner() {
    let left =
        polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 0.4), (x: 1., y: 1.), (x: 0., y: 1.)];
    let low = polygon![(x: 1., y: 0.), (x: 2., y: 0.), (x: 2., y: 0.4), (x: 1., y: 0.4)];
    let high = polygon![(x: 1., y: 0.4), (x: 2., y: 0.4), (x: 2., y: 1.), (x: 1., y: 1.)];
    let shapes: [MultiPolygon<f64>; 3] = [left.into(), low.into(), high.into()];
    let mosaic = Mosaic::build(shapes.iter().map(Some));
    let sum: i64 = (0..3).map(|shape| doubled_area(&mosaic.shape(shape, 6)[0][0])).sum();
    let all = Box2::of((0..3).flat_map(|shape| mosaic.shape(shape, 6)[0][0].clone()));
    let (w, h) = (i64::from(all.max.x - all.min.x), i64::from(all.max.y - all.min.y));
    assert_eq!(sum, 2 * w * h);
}

#[test]
fn a_long_arc_is_weighed_in_no_time() {
    let arc: Vec<IntPoint> =
        (0..200_000).map(|x| IntPoint::new(x * 50, x % 97 * (x % 89))).collect();
    let weights = arc_weights(&arc);
    assert_eq!(weights.len(), arc.len() - 2);
    let counts: Vec<usize> =
        (0..=SIMPLIFIED).map(|zoom| weights.iter().filter(|from| **from <= zoom).count()).collect();
    assert!(counts.is_sorted(), "{counts:?}");
}

#[test]
fn neighbours_that_do_not_touch_do_not_mind_each_other() {
    let shapes = [square(0., 0.), square(5., 5.)];
    let both = Mosaic::build(shapes.iter().map(Some));
    let alone = Mosaic::build(shapes[1..].iter().map(Some));
    assert_eq!(both.shape(1, 4), alone.shape(0, 4));
    assert_eq!(both.rings(1).next().unwrap().len(), 4);
}

/// A ring that comes back to one of its corners, around a bay that nothing else opens: as rounding
/// to the units of a zoom leaves it.
#[test]
fn a_bay_that_is_closed_by_one_corner_is_a_hole() {
    let around = |count: i32, [x, y]: [f64; 2], radius: f64| {
        (0..count).map(move |step| {
            let angle = f64::from(step) / f64::from(count) * std::f64::consts::TAU;
            IntPoint::new(
                (x + radius * angle.cos()).round() as i32,
                (y + radius * angle.sin()).round() as i32,
            )
        })
    };
    for corner in 0..12 {
        let outer: Vec<IntPoint> = around(12, [0.0, 0.0], 100.0).collect();
        let at = outer[corner];
        // A bay of six corners towards the middle, the other way round.
        let middle = [f64::from(at.x) * 0.6, f64::from(at.y) * 0.6];
        let mut bay: Vec<IntPoint> = around(7, middle, 25.0).collect();
        bay.reverse();
        let far = |spot: &IntPoint| i64::from(spot.x * at.x + spot.y * at.y);
        let nearest = (0..7).max_by_key(|spot| far(&bay[*spot])).unwrap();
        bay.rotate_left(nearest);
        bay[0] = at;
        let hole: Vec<IntPoint> = {
            let middle = [-f64::from(at.x) * 0.3, -f64::from(at.y) * 0.3];
            let mut ring: Vec<IntPoint> = around(5, middle, 15.0).collect();
            ring.reverse();
            ring
        };
        for start in 0..12 {
            let mut ring: Vec<IntPoint> = outer[..=corner].to_vec();
            ring.extend(&bay[1..]);
            ring.extend(&outer[corner..]);
            ring.rotate_left(start);
            let area = |ring: &[IntPoint]| doubled_area(ring);
            let [shape] = &valid(&[ring.clone(), hole.clone()])[..] else { unreachable!() };
            let mut found: Vec<i64> = shape.iter().map(|ring| area(ring)).collect();
            let mut wanted = vec![area(&outer), area(&bay), area(&hole)];
            assert!(wanted[0] > 0 && wanted[1] < 0 && wanted[2] < 0);
            found[1..].sort_unstable();
            wanted[1..].sort_unstable();
            assert_eq!(found, wanted, "{corner} {start}");
        }
    }
}
