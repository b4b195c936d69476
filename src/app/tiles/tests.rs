#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use geo::{Coord, LineString, MultiPolygon, Polygon, Validation};

/// A country of bent districts that share their borders point by point.
fn districts(side: usize, bends: usize) -> Vec<MultiPolygon<f64>> {
    // A border is the same line from both sides: made from its lesser end.
    let noise = |seed: usize| {
        let mixed = (seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((mixed >> 33) % 2000) as f64 / 1000.0 - 1.0
    };
    let node = |x: usize, y: usize| {
        let at = |place: usize, seed: usize| place as f64 + noise(seed) * 0.2;
        Coord { x: 30.0 + at(x, x * 131 + y * 17), y: -5.0 + at(y, x * 57 + y * 311) }
    };
    let line = |(x, y): (usize, usize), (x2, y2): (usize, usize)| {
        let turned = (x2, y2) < (x, y);
        let (from, to) = if turned { ((x2, y2), (x, y)) } else { ((x, y), (x2, y2)) };
        let (a, b) = (node(from.0, from.1), node(to.0, to.1));
        let mut points: Vec<Coord<f64>> = (0..=bends)
            .map(|step| {
                let part = step as f64 / bends as f64;
                let bent = if step == 0 || step == bends { 0.0 } else { 0.008 };
                let seed = from.0 * 7919 + from.1 * 104_729 + to.0 * 31 + step * 13;
                Coord {
                    x: a.x + (b.x - a.x) * part + bent * noise(seed),
                    y: a.y + (b.y - a.y) * part + bent * noise(seed * 3),
                }
            })
            .collect();
        if turned {
            points.reverse();
        }
        points.pop();
        points
    };
    let district = |x: usize, y: usize| {
        let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
        let ring: Vec<_> = (0..4).flat_map(|at| line(corners[at], corners[(at + 1) % 4])).collect();
        MultiPolygon::new(vec![Polygon::new(LineString::new(ring), Vec::new())])
    };
    (0..side * side).map(|at| district(at % side, at / side)).collect()
}

/// What a tile shows of each shape.
fn drawn(mosaic: &Mosaic, shapes: usize, address: Address) -> Vec<Vec<Vec<IntContour<i32>>>> {
    let unit = 1i32 << address.shift();
    let origin = address.origin();
    (0..shapes)
        .map(|shape| {
            let deep = address.zoom > SIMPLIFIED;
            let scale = if deep { f64::from(unit) } else { 1.0 };
            let window = window([f64::from(origin.x) * scale, f64::from(origin.y) * scale], scale);
            match deep {
                true => clip::clip(mosaic.rings(shape), &window),
                false => {
                    let rings = mosaic.shape(shape, address.zoom).iter().flatten();
                    clip::clip(rings.map(|ring| &ring[..]), &window)
                }
            }
        })
        .collect()
}

fn tile_at(zoom: u8, longitude: f64, latitude: f64) -> Address {
    let at = grid::project(Coord { x: longitude, y: latitude });
    let number = |one: i32| ((i64::from(one) + i64::from(EDGE)) >> (31 - u32::from(zoom))) as u32;
    Address { zoom, column: number(at.x), row: number(at.y) }
}

/// As geo sees it; an outer ring and its holes.
fn polygon(rings: &[IntContour<i32>]) -> Polygon<f64> {
    let line = |ring: &IntContour<i32>| {
        let coords = ring.iter().map(|at| Coord { x: f64::from(at.x), y: f64::from(at.y) });
        LineString::new(coords.collect())
    };
    let mut lines = rings.iter().map(line);
    Polygon::new(lines.next().unwrap(), lines.collect())
}

#[test]
fn districts_fill_a_tile_without_cracks_or_overlaps() {
    let side = 12;
    let shapes = districts(side, 40);
    let mosaic = Mosaic::build(shapes.iter().map(Some));
    let whole = 2 * i64::from(EXTENT + 2 * BUFFER).pow(2);
    for zoom in 5..=16 {
        for (x, y) in [(34.13, -1.2), (36.6, 1.77), (33.98, 0.02), (38.2, 2.4)] {
            let address = tile_at(zoom, x, y);
            let [west, south, east, north] = address.degrees();
            if west < 30.5 || south < -4.5 || east > 41.5 || north > 6.5 {
                continue;
            }
            let found = drawn(&mosaic, shapes.len(), address);
            let sum: i64 =
                found.iter().flatten().flatten().map(|ring| grid::doubled_area(ring)).sum();
            // Cuts are rounded to whole units at the window's side, and only there.
            let slack = if zoom > SIMPLIFIED { 8000 } else { 64 };
            assert!((sum - whole).abs() <= slack, "{address:?}: {}", sum - whole);
        }
    }
}

#[test]
fn what_is_drawn_is_valid() {
    let shapes = districts(12, 40);
    let mosaic = Mosaic::build(shapes.iter().map(Some));
    let mut count = 0;
    for zoom in 0..=16 {
        for (x, y) in [(34.13, -1.2), (36.6, 1.77), (33.98, 0.02), (30.0, -5.0), (41.9, 3.0)] {
            let address = tile_at(zoom, x, y);
            for polygons in drawn(&mosaic, shapes.len(), address) {
                for rings in &polygons {
                    assert!(grid::doubled_area(&rings[0]) > 0);
                    assert!(rings[1..].iter().all(|hole| grid::doubled_area(hole) < 0));
                    let polygon = polygon(rings);
                    if let Err(wrong) = polygon.check_validation() {
                        panic!("{address:?}: {wrong} {rings:?}");
                    }
                    count += 1;
                }
            }
        }
    }
    assert!(count > 1000, "{count}");
}

#[test]
fn an_area_across_the_antimeridian_is_drawn_on_both_sides() {
    let part = |west: f64, east: f64| {
        let (min, max) = (Coord { x: west, y: -18.0 }, Coord { x: east, y: -16.0 });
        geo::Rect::new(min, max).to_polygon()
    };
    let shape = MultiPolygon::new(vec![part(177.0, 180.0), part(-180.0, -178.0)]);
    let mosaic = Mosaic::build([Some(&shape)].into_iter());
    for zoom in [0, 3, 6, 10, 14] {
        let last = (1u32 << zoom) - 1;
        let row = tile_at(zoom, 179.99, -17.0).row;
        let west = drawn(&mosaic, 1, Address { zoom, row, column: last }).remove(0);
        let east = drawn(&mosaic, 1, Address { zoom, row, column: 0 }).remove(0);
        // The edge along 180 degrees lies beyond what either tile shows.
        let reach =
            |shape: &[Vec<IntContour<i32>>]| Box2::of(shape.iter().flatten().flatten().copied());
        assert_eq!(reach(&west).max.x, EXTENT + BUFFER, "zoom {zoom}");
        assert_eq!(reach(&east).min.x, -BUFFER, "zoom {zoom}");
    }
}

#[test]
fn what_lies_beyond_web_mercator_ends_at_its_edge() {
    let cap = geo::Rect::new(Coord { x: -90.0, y: 60.0 }, Coord { x: 90.0, y: 90.0 }).to_polygon();
    let pole = geo::Rect::new(Coord { x: 0.0, y: 86.0 }, Coord { x: 9.0, y: 89.0 }).to_polygon();
    let shapes: [MultiPolygon<f64>; 2] = [cap.into(), pole.into()];
    let mosaic = Mosaic::build(shapes.iter().map(Some));
    let world = Address { zoom: 0, row: 0, column: 0 };
    let found = drawn(&mosaic, 2, world);
    assert_eq!(Box2::of(found[0][0][0].iter().copied()).min.y, 0);
    assert!(found[1].is_empty());
}

#[test]
fn features_have_stable_numbers() {
    assert_eq!(feature_id("17"), 17);
    assert_ne!(feature_id("0101"), 101);
    assert_eq!(feature_id("MZ01"), feature_id("MZ01"));
    assert!(feature_id("MZ0101") < 1 << 53 && feature_id("18446744073709551615") < 1 << 53);
    let mut all: Vec<u64> =
        (0..50_000).map(|number| feature_id(&format!("MZ{number:06}"))).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 50_000);
}

#[test]
fn a_shape_without_neighbours_is_valid_on_every_grid() {
    for (at, shape) in districts(6, 40).into_iter().enumerate() {
        for zoom in 0..=12 {
            let grid = crate::formats::geojson_write::Grid::zoom(zoom);
            let simple = mosaic::generalised(&shape, grid);
            assert!(simple.is_valid(), "{at} at zoom {zoom}: {:?}", simple.validation_errors());
            let written = grid.snapped(&simple);
            assert!(written.is_valid(), "{at} at zoom {zoom}, as it is written");
        }
    }
}
