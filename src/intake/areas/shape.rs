//! From polygons as written to polygons that every later step can trust: finite, on the globe,
//! split at the antimeridian, valid, rings turned as RFC 7946 wants.

use geo::bool_ops::FillRule;
use geo::orient::Direction;
use geo::{
    Area as _, BooleanOps, BoundingRect, Coord, CoordsIter, LineString, MapCoordsInPlace,
    MultiPolygon, Orient, Polygon, Rect, RemoveRepeatedPoints, unary_union,
};
use rstar::RTree;

use super::validity::{self, Invalid};
use crate::formats::geojson_write::Grid;
use crate::formats::guard::guarded;

/// How often a shape is rounded and repaired.
const ROUNDS: usize = 4;

/// A shape that may be kept, and what had to be done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    pub shape: MultiPolygon<f64>,
    /// What was wrong, where it had to be repaired.
    pub repaired: Option<Repair>,
    /// It was written across 180 degrees and is now split there.
    pub split: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repair {
    pub cause: Invalid,
    /// |area after - area before| / area before, both measured flat in degrees. `None` where parts
    /// of a crossed ring cancelled out before, so that there is nothing to compare with.
    pub area_change: Option<f64>,
}

/// Why a shape cannot be kept.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unusable {
    #[error("a coordinate is not a number")]
    NotFinite,
    #[error("latitude {0} is beyond 90 degrees{hint}", hint = projected(*.0))]
    Latitude(f64),
    #[error("longitude {0} is beyond 360 degrees{hint}", hint = projected(*.0))]
    Longitude(f64),
    #[error("the polygon has no area")]
    Empty,
    #[error("{0}, and it could not be repaired")]
    Beyond(Invalid),
    #[error("{}", Invalid::Tangled)]
    Tangled,
}

fn projected(value: f64) -> &'static str {
    if value.abs() > 1000.0 {
        ": it looks like metres of a projection; export the layer in WGS 84"
    } else {
        ""
    }
}

/// Checks and repairs.
pub fn sound(shape: MultiPolygon<f64>) -> Result<Sound, Unusable> {
    on_the_globe(&shape)?;
    let shape = without_slivers(shape);
    if shape.0.is_empty() {
        return Err(Unusable::Empty);
    }
    let (shape, split) = split_at_antimeridian(shape)?;
    let (shape, repaired) = match validity::check(&shape) {
        Ok(()) => (shape, None),
        Err(Invalid::Tangled) => return Err(Unusable::Tangled),
        Err(cause) => {
            validity::check_crossings(&shape).map_err(|_| Unusable::Tangled)?;
            let before = shape.unsigned_area();
            let shape = repair(&shape).ok_or(Unusable::Beyond(cause))?;
            let after = shape.unsigned_area();
            // Only loops that turn opposite ways can double what a ring encloses.
            let area_change = (2.0 * before > after).then(|| (after - before).abs() / before);
            (shape, Some(Repair { cause, area_change }))
        }
    };
    if shape.unsigned_area() <= 0.0 {
        return Err(Unusable::Empty);
    }
    let shape = valid_as_written(shape);
    Ok(Sound { shape: shape.orient(Direction::Default), repaired, split })
}

fn on_the_globe(shape: &MultiPolygon<f64>) -> Result<(), Unusable> {
    for Coord { x, y } in shape.coords_iter() {
        if !x.is_finite() || !y.is_finite() {
            return Err(Unusable::NotFinite);
        }
        if y.abs() > 90.0 {
            return Err(Unusable::Latitude(y));
        }
        if x.abs() > 360.0 {
            return Err(Unusable::Longitude(x));
        }
    }
    Ok(())
}

/// Drops repeated points, and rings that then enclose nothing.
fn without_slivers(shape: MultiPolygon<f64>) -> MultiPolygon<f64> {
    let encloses = |ring: &LineString<f64>| ring.0.len() >= 4;
    let parts = shape.0.into_iter().map(|part| part.remove_repeated_points());
    let parts = parts.filter(|part| encloses(part.exterior())).map(|part| {
        let (exterior, mut holes) = part.into_inner();
        holes.retain(encloses);
        Polygon::new(exterior, holes)
    });
    MultiPolygon(parts.collect())
}

/// Repairs each part by the even-odd rule, then unites parts that overlap: even-odd over the whole
/// would turn an overlap into a hole.
fn repair(shape: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
    // The overlay is not ours: if it fails on a shape, that shape alone is refused.
    let attempt = || {
        let mut parts = Vec::new();
        for part in shape {
            let whole = MultiPolygon(vec![part.clone()]);
            match validity::check(&whole) {
                Ok(()) => parts.extend(whole),
                Err(_) => parts.extend(untangle(&whole)),
            }
        }
        let parts = MultiPolygon(parts);
        if validity::check(&parts).is_ok() {
            return Some(parts);
        }
        let united = without_slivers(unary_union(&parts));
        [on_vertices_of(&united, shape), united]
            .into_iter()
            .find(|united| validity::check(united).is_ok())
    };
    guarded(attempt).flatten().filter(|shape| !shape.0.is_empty())
}

/// Coordinates are written rounded, by which a corner near an edge can come to lie on it or beyond:
/// such a shape is kept rounded and repaired, so that what is written is valid too.
fn valid_as_written(shape: MultiPolygon<f64>) -> MultiPolygon<f64> {
    let mut written = Grid::FULL.snapped(&shape);
    if validity::check(&written).is_ok() {
        return shape;
    }
    // A repair brings corners that have to be rounded in their turn.
    for _ in 0..ROUNDS {
        let Some(repaired) = repair(&written) else { break };
        written = Grid::FULL.snapped(&repaired);
        if validity::check(&written).is_ok() && !written.0.is_empty() {
            return written;
        }
    }
    shape
}

/// The even-odd inside of a tangled part.
fn untangle(part: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let nothing = MultiPolygon(Vec::new());
    let clean = without_slivers(part.union_with_fill_rule(&nothing, FillRule::EvenOdd));
    let exact = on_vertices_of(&clean, part);
    if validity::check(&exact).is_ok() { exact } else { clean }
}

/// The overlay works on a grid of about a millimetre; this puts its vertices back on the ones they
/// came from, so that neighbours keep a common border.
fn on_vertices_of(shape: &MultiPolygon<f64>, original: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    const NEAR: f64 = 1e-7;
    let index = RTree::bulk_load(original.coords_iter().map(|c| [c.x, c.y]).collect());
    let mut shape = shape.clone();
    shape.map_coords_in_place(|Coord { x, y }| match index.nearest_neighbor(&[x, y]) {
        Some([near_x, near_y]) if (near_x - x).abs() < NEAR && (near_y - y).abs() < NEAR => {
            Coord { x: *near_x, y: *near_y }
        }
        _ => Coord { x, y },
    });
    without_slivers(shape)
}

/// Splits parts that cross 180 degrees: those written beyond it, and those that jump from one side
/// to the other. The result lies within -180 to 180.
fn split_at_antimeridian(shape: MultiPolygon<f64>) -> Result<(MultiPolygon<f64>, bool), Unusable> {
    let mut split = false;
    let mut parts = Vec::with_capacity(shape.0.len());
    for part in shape.0 {
        let unrolled = unroll(&part);
        let Some(rect) = unrolled.bounding_rect() else {
            continue;
        };
        if rect.min().x >= -180.0 && rect.max().x <= 180.0 {
            parts.push(unrolled);
            continue;
        }
        split = true;
        let alone = MultiPolygon(vec![unrolled.clone()]);
        validity::check_crossings(&alone).map_err(|_| Unusable::Tangled)?;
        for turn in -2..=2 {
            let west = -180.0 + 360.0 * f64::from(turn);
            let (from, to) = (rect.min().x.max(west), rect.max().x.min(west + 360.0));
            if from >= to {
                continue;
            }
            let window = Rect::new((from, rect.min().y), (to, rect.max().y)).to_polygon();
            let mut pieces = if (from, to) == (rect.min().x, rect.max().x) {
                MultiPolygon(vec![unrolled.clone()])
            } else {
                without_slivers(unrolled.intersection(&window))
            };
            let shift = 360.0 * f64::from(turn);
            pieces.map_coords_in_place(|Coord { x, y }| {
                // Clipping may miss the meridian by a rounding error.
                let x = if (x - west).abs() < 1e-7 { west } else { x };
                let x = if (x - west - 360.0).abs() < 1e-7 { west + 360.0 } else { x };
                Coord { x: x - shift, y }
            });
            parts.extend(without_slivers(pieces));
        }
    }
    Ok((MultiPolygon(parts), split))
}

/// Rings whose neighbours are never half the globe apart; a ring that goes around a pole, or spans
/// the globe on purpose, stays as it is.
fn unroll(part: &Polygon<f64>) -> Polygon<f64> {
    let jumps =
        |ring: &LineString<f64>| ring.lines().any(|line| (line.end.x - line.start.x).abs() > 180.0);
    if !jumps(part.exterior()) {
        return part.clone();
    }
    let Some(exterior) = unroll_ring(part.exterior()) else {
        return part.clone();
    };
    let Some(rect) = exterior.bounding_rect() else {
        return part.clone();
    };
    let middle = rect.center().x;
    let holes = part.interiors().iter().map(|hole| {
        let mut hole = unroll_ring(hole).unwrap_or_else(|| hole.clone());
        let at = hole.bounding_rect().map_or(middle, |rect| rect.center().x);
        let shift = ((middle - at) / 360.0).round() * 360.0;
        hole.map_coords_in_place(|Coord { x, y }| Coord { x: x + shift, y });
        hole
    });
    Polygon::new(exterior, holes.collect())
}

fn unroll_ring(ring: &LineString<f64>) -> Option<LineString<f64>> {
    let mut shift = 0.0;
    let mut last = ring.0.first()?.x;
    let mut unrolled = Vec::with_capacity(ring.0.len());
    for Coord { x, y } in &ring.0 {
        if x - last > 180.0 {
            shift -= 360.0;
        } else if last - x > 180.0 {
            shift += 360.0;
        }
        last = *x;
        unrolled.push(Coord { x: x + shift, y: *y });
    }
    let unrolled = LineString(unrolled).remove_repeated_points();
    let closes = shift == 0.0;
    let has_area = Polygon::new(unrolled.clone(), Vec::new()).unsigned_area() > 0.0;
    (closes && has_area).then_some(unrolled)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::{Contains, Point, Winding, wkt};

    fn check(shape: MultiPolygon<f64>) -> Sound {
        let sound = sound(shape).unwrap();
        assert_eq!(validity::check(&sound.shape), Ok(()));
        for part in &sound.shape {
            assert!(part.exterior().is_ccw());
            assert!(part.interiors().iter().all(|hole| hole.is_cw()));
        }
        sound
    }

    #[test]
    fn a_valid_shape_is_only_turned() {
        let clockwise = wkt!(MULTIPOLYGON(((0. 0., 0. 1., 1. 1., 1. 0., 0. 0.))));
        let sound = check(clockwise.clone());
        assert_eq!(sound.repaired, None);
        assert!(!sound.split);
        assert_eq!(sound.shape.unsigned_area(), clockwise.unsigned_area());
    }

    #[test]
    fn a_polygon_that_crosses_itself_is_repaired() {
        let bowtie = wkt!(MULTIPOLYGON(((0. 0., 2. 2., 2. 0., 0. 2., 0. 0.))));
        let sound = check(bowtie);
        let cause = Invalid::SelfCrossing;
        assert_eq!(sound.repaired, Some(Repair { cause, area_change: None }));
        assert!((sound.shape.unsigned_area() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_corner_that_rounding_would_put_on_or_across_an_edge_is_repaired_with_it() {
        let shapes = [
            wkt!(MULTIPOLYGON(((0. 0., 1. 0., 1. 1., 0.5 0.0000004, 0. 1., 0. 0.)))),
            wkt!(MULTIPOLYGON((
                (0. 0., 1. 0.0000004, 1. 1., 0.7 0.0000004, 0.4 0.0000003, 0. 1., 0. 0.)
            ))),
            wkt!(MULTIPOLYGON((
                (0. 0., 1. 0., 1. 1., 0. 1., 0. 0.),
                (0.3 0.0000004, 0.3 0.5, 0.6 0.5, 0.3 0.0000004)
            ), ((0.2 1.0000004, 0.8 1.0000004, 0.5 2., 0.2 1.0000004)))),
        ];
        for shape in shapes {
            assert_eq!(validity::check(&shape), Ok(()));
            assert_ne!(validity::check(&Grid::FULL.snapped(&shape)), Ok(()));
            let sound = check(shape.clone());
            assert_eq!(validity::check(&Grid::FULL.snapped(&sound.shape)), Ok(()), "{sound:?}");
            assert!((sound.shape.unsigned_area() - shape.unsigned_area()).abs() < 1e-5);
            assert_eq!(sound.repaired, None, "nothing was wrong with what was sent");
        }
    }

    #[test]
    fn overlapping_parts_are_united_not_cut_out() {
        let parts = wkt!(MULTIPOLYGON(
            ((0. 0., 2. 0., 2. 2., 0. 2., 0. 0.)),
            ((1. 0., 3. 0., 3. 2., 1. 2., 1. 0.))
        ));
        assert!((check(parts).shape.unsigned_area() - 6.0).abs() < 1e-9);
    }

    #[test]
    fn coordinates_off_the_globe_are_refused() {
        let north = wkt!(MULTIPOLYGON(((0. 0., 1. 0., 1. 95., 0. 0.))));
        assert_eq!(sound(north), Err(Unusable::Latitude(95.0)));
        let metres = wkt!(MULTIPOLYGON(((0. 0., 1. 0., 500000. 1., 0. 0.))));
        assert!(sound(metres).unwrap_err().to_string().contains("projection"));
        let line = wkt!(MULTIPOLYGON(((0. 0., 1. 0., 0. 0., 0. 0.))));
        assert_eq!(sound(line), Err(Unusable::Empty));
    }

    #[test]
    fn a_polygon_across_the_antimeridian_is_split_there() {
        let jumping = wkt!(MULTIPOLYGON(((179. 0., -179. 0., -179. 1., 179. 1., 179. 0.))));
        let beyond = wkt!(MULTIPOLYGON(((179. 0., 181. 0., 181. 1., 179. 1., 179. 0.))));
        for shape in [jumping, beyond] {
            let sound = check(shape);
            assert!(sound.split);
            assert_eq!(sound.shape.0.len(), 2);
            assert!((sound.shape.unsigned_area() - 2.0).abs() < 1e-6);
            assert!(sound.shape.contains(&Point::new(179.5, 0.5)));
            assert!(sound.shape.contains(&Point::new(-179.5, 0.5)));
            assert!(!sound.shape.contains(&Point::new(0.0, 0.5)));
            assert!(sound.shape.coords_iter().all(|c| c.x.abs() <= 180.0));
        }
    }

    #[test]
    fn a_ring_around_the_pole_stays_as_it_is() {
        let pole = wkt!(MULTIPOLYGON(
            ((-180. - 80., 0. - 70., 180. - 80., 180. - 90., -180. - 90., -180. - 80.))
        ));
        let sound = check(pole.clone());
        assert!(!sound.split);
        assert_eq!(sound.shape.unsigned_area(), pole.unsigned_area());
    }
}
