//! The polygons of a layer, ready to be drawn at any zoom without cracks between neighbours.
//!
//! Where areas share a border they share its points. A point whose neighbours are not the same in
//! every ring is a node; between nodes run the arcs, and each arc is one border of one or two
//! areas. How much every point of an arc matters is found once for the arc (Visvalingam and Whyatt,
//! "Line generalisation by repeated elimination of points", 1993: the area of the triangle that is
//! lost without the point), so both areas leave out the same points at the same zoom.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use geo::{Coord, LineString, MultiPolygon, Polygon, coord};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::IntOverlayOptions;
use i_overlay::core::simplify::Simplify;
use i_overlay::i_float::int::point::IntPoint;
use i_overlay::i_shape::int::shape::{IntContour, IntShapes};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::grid::{coarse, doubled_area, ring, shift, unproject};
use crate::formats::geojson_write::Grid;

/// The deepest zoom for which shapes are simplified, once; beyond it every point counts.
pub const SIMPLIFIED: u8 = 12;

/// The triangle, in units of a tile, below which a point is left out: a quarter of a pixel of a
/// tile that is shown at 512 pixels.
const LOST: f64 = 16.0;

/// Number of the zooms with simplified shapes, and the mark of points that none of them has.
const ZOOMS: usize = SIMPLIFIED as usize + 1;

/// Polygons in world units, numbered as they were given.
pub struct Mosaic {
    /// Rings without their closing points. Outer rings have a positive area.
    rings: Vec<Ring>,
    /// Where the rings of each shape begin, and the end.
    first: Vec<usize>,
    boxes: Vec<Box2>,
    index: OnceLock<RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>>,
    zooms: [OnceLock<Vec<OnceLock<IntShapes<i32>>>>; ZOOMS],
}

struct Ring {
    points: Vec<IntPoint>,
    /// The coarsest zoom that has the point.
    from_zoom: Vec<u8>,
}

/// A box of whole units, both ends inside; empty where the ends are crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Box2 {
    pub min: IntPoint,
    pub max: IntPoint,
}

impl Box2 {
    const EMPTY: Box2 = Box2 {
        min: IntPoint { x: i32::MAX, y: i32::MAX },
        max: IntPoint { x: i32::MIN, y: i32::MIN },
    };

    pub fn of(points: impl IntoIterator<Item = IntPoint>) -> Box2 {
        points.into_iter().fold(Box2::EMPTY, |known, at| Box2 {
            min: IntPoint::new(known.min.x.min(at.x), known.min.y.min(at.y)),
            max: IntPoint::new(known.max.x.max(at.x), known.max.y.max(at.y)),
        })
    }

    pub fn meets(&self, other: &Box2) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }

    pub fn holds(&self, other: &Box2) -> bool {
        self.min.x <= other.min.x
            && other.max.x <= self.max.x
            && self.min.y <= other.min.y
            && other.max.y <= self.max.y
    }
}

impl Mosaic {
    pub fn build<'s>(shapes: impl Iterator<Item = Option<&'s MultiPolygon<f64>>>) -> Mosaic {
        let shapes: Vec<_> = shapes.collect();
        let projected: Vec<Vec<IntContour<i32>>> = shapes.into_par_iter().map(projected).collect();
        let boxes = projected.iter().map(|rings| Box2::of(rings.iter().flatten().copied()));
        let boxes = boxes.collect();
        let mut first = vec![0];
        for rings in &projected {
            first.push(first[first.len() - 1] + rings.len());
        }
        let rings: Vec<IntContour<i32>> = projected.into_iter().flatten().collect();
        let nodes = nodes(&rings);
        let weighed = |points: Vec<IntPoint>| {
            let from_zoom = weights(&points, &nodes);
            Ring { points, from_zoom }
        };
        let rings = rings.into_par_iter().map(weighed).collect();
        Mosaic { rings, first, boxes, index: OnceLock::new(), zooms: Default::default() }
    }

    /// Bytes it takes at most, with the shapes of all zooms.
    pub fn bytes(&self) -> usize {
        let points: usize = self.rings.iter().map(|ring| ring.points.len()).sum();
        // Each coarser zoom has about half the points of the one before.
        points * 3 * size_of::<IntPoint>() + self.boxes.len() * ZOOMS * 64 + self.rings.len() * 128
    }

    /// The box around a shape, in world units.
    pub fn bounds(&self, shape: usize) -> Option<Box2> {
        self.boxes.get(shape).copied().filter(|found| found.min.x <= found.max.x)
    }

    /// The shapes whose boxes meet one, ascending.
    pub fn near(&self, one: &Box2) -> Vec<u32> {
        let corner = |at: IntPoint| [f64::from(at.x), f64::from(at.y)];
        let corners = |one: &Box2| (corner(one.min), corner(one.max));
        let index = self.index.get_or_init(|| {
            let shapes = (0u32..).zip(&self.boxes).filter(|(_, own)| own.min.x <= own.max.x);
            let entry = |(shape, own): (u32, &Box2)| {
                let (min, max) = corners(own);
                GeomWithData::new(Rectangle::from_corners(min, max), shape)
            };
            RTree::bulk_load(shapes.map(entry).collect())
        });
        let (min, max) = corners(one);
        let envelope = AABB::from_corners(min, max);
        let met = index.locate_in_envelope_intersecting(&envelope);
        let mut found: Vec<u32> = met.map(|entry| entry.data).collect();
        found.sort_unstable();
        found
    }

    /// The rings of a shape in world units, with every point.
    pub fn rings(&self, shape: usize) -> impl Iterator<Item = &[IntPoint]> {
        let bounds = self.first.get(shape).zip(self.first.get(shape + 1));
        let range = bounds.map_or(0..0, |(first, end)| *first..*end);
        self.rings[range].iter().map(|ring| &ring.points[..])
    }

    /// A shape at a zoom, in units of that zoom: valid polygons, outer rings first. A shape that
    /// is too small for the zoom is one small box. Only for zooms up to `SIMPLIFIED`.
    pub fn shape(&self, shape: usize, zoom: u8) -> &[Vec<IntContour<i32>>] {
        let Some(at_zoom) = self.zooms.get(usize::from(zoom)) else { return &[] };
        let fresh = || (0..self.boxes.len()).map(|_| OnceLock::new()).collect();
        let places = at_zoom.get_or_init(fresh);
        let Some(place) = places.get(shape) else { return &[] };
        place.get_or_init(|| self.simplified(shape, zoom))
    }

    /// A shape at a zoom, in degrees; nothing where the zoom has every point.
    pub fn degrees(&self, shape: usize, zoom: u8) -> Option<MultiPolygon<f64>> {
        if zoom > SIMPLIFIED {
            return None;
        }
        let line = |ring: &IntContour<i32>| {
            let mut coords: Vec<_> = ring.iter().map(|at| unproject(*at, shift(zoom))).collect();
            coords.extend(coords.first().copied());
            LineString::new(coords)
        };
        let polygon = |rings: &Vec<IntContour<i32>>| {
            let mut lines = rings.iter().map(line);
            Some(Polygon::new(lines.next()?, lines.collect()))
        };
        Some(self.shape(shape, zoom).iter().filter_map(polygon).collect())
    }

    fn simplified(&self, shape: usize, zoom: u8) -> IntShapes<i32> {
        let (Some(first), Some(end)) = (self.first.get(shape), self.first.get(shape + 1)) else {
            return Vec::new();
        };
        let mut contours: Vec<IntContour<i32>> = Vec::with_capacity(end - first);
        for ring in &self.rings[*first..*end] {
            let kept = ring.points.iter().zip(&ring.from_zoom).filter(|(_, from)| **from <= zoom);
            let mut points: IntContour<i32> =
                kept.map(|(at, _)| coarse(*at, shift(zoom))).collect();
            if closed(&mut points) {
                contours.push(points);
            }
        }
        let shapes = valid(&contours);
        match (shapes.is_empty(), self.bounds(shape)) {
            (true, Some(bounds)) => vec![vec![small_box(&bounds, zoom)]],
            _ => shapes,
        }
    }
}

/// A shape that has no neighbours, on a grid in degrees: rounded, and parted where its rings cross then.
pub fn generalised(shape: &MultiPolygon<f64>, grid: Grid) -> MultiPolygon<f64> {
    let step = grid.step();
    let there =
        |at: &Coord<f64>| IntPoint::new((at.x / step).round() as i32, (at.y / step).round() as i32);
    let back = |at: &IntPoint<i32>| coord! { x: f64::from(at.x) * step, y: f64::from(at.y) * step };
    let contours = rings(Some(shape), |line| {
        let mut points = line.coords().map(there).collect();
        if closed(&mut points) { points } else { Vec::new() }
    });
    let ring = |points: &IntContour<i32>| -> LineString<f64> {
        let mut line: LineString<f64> = points.iter().map(back).collect();
        line.close();
        line
    };
    let polygons = valid(&contours).into_iter().filter_map(|rings| {
        let (exterior, interiors) = rings.split_first()?;
        Some(Polygon::new(ring(exterior), interiors.iter().map(ring).collect()))
    });
    MultiPolygon(polygons.collect())
}

/// Polygons as valid ones: rings that cross or touch are parted, those without area are left out.
pub fn valid(contours: &[IntContour<i32>]) -> IntShapes<i32> {
    match contours {
        [] => Vec::new(),
        _ => contours.simplify(FillRule::NonZero, IntOverlayOptions::ogc()),
    }
}

/// Takes repeated points away; false where no area is left.
pub fn closed(points: &mut IntContour<i32>) -> bool {
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    points.len() > 2 && doubled_area(points) != 0
}

fn small_box(bounds: &Box2, zoom: u8) -> IntContour<i32> {
    let middle = |low: i32, high: i32| ((i64::from(low) + i64::from(high)) / 2) as i32;
    let at = IntPoint::new(middle(bounds.min.x, bounds.max.x), middle(bounds.min.y, bounds.max.y));
    let IntPoint { x, y } = coarse(at, shift(zoom));
    [[x - 1, y - 1], [x + 1, y - 1], [x + 1, y + 1], [x - 1, y + 1]]
        .map(|[x, y]| IntPoint::new(x, y))
        .to_vec()
}

/// The rings of a shape as tiles have them.
fn projected(shape: Option<&MultiPolygon<f64>>) -> Vec<IntContour<i32>> {
    rings(shape, ring)
}

/// The rings of a shape, outer ones with a positive area and holes with a negative one.
fn rings(
    shape: Option<&MultiPolygon<f64>>,
    ring: impl Fn(&LineString<f64>) -> IntContour<i32>,
) -> Vec<IntContour<i32>> {
    let polygons = shape.map_or(&[][..], |shape| &shape.0);
    let turned = |line: &LineString<f64>, positive: bool| {
        let mut points = ring(line);
        let area = if points.len() > 2 { doubled_area(&points) } else { 0 };
        if (area > 0) != positive {
            points.reverse();
        }
        (area != 0).then_some(points)
    };
    let rings = polygons.iter().flat_map(|polygon| {
        let holes = polygon.interiors().iter().filter_map(|hole| turned(hole, false));
        turned(polygon.exterior(), true).into_iter().chain(holes).collect::<Vec<_>>()
    });
    rings.collect()
}

type Around = HashMap<IntPoint, Option<(IntPoint, IntPoint)>, RandomState>;

/// For every point its two neighbours, the lesser first, or nothing where it is a node.
fn nodes(rings: &[IntContour<i32>]) -> Around {
    let count = rings.iter().map(Vec::len).sum();
    let mut around = Around::with_capacity_and_hasher(count, RandomState::default());
    for ring in rings {
        let count = ring.len();
        for (position, at) in ring.iter().enumerate() {
            let (a, b) = (ring[(position + count - 1) % count], ring[(position + 1) % count]);
            let own = if key(a) <= key(b) { (a, b) } else { (b, a) };
            let known = around.entry(*at).or_insert(Some(own));
            if *known != Some(own) {
                *known = None;
            }
        }
    }
    around
}

fn key(at: IntPoint) -> (i32, i32) {
    (at.x, at.y)
}

/// The coarsest zoom that has each point of a ring.
fn weights(ring: &[IntPoint], nodes: &Around) -> Vec<u8> {
    let count = ring.len();
    let is_node = |position: &usize| matches!(nodes.get(&ring[*position]), Some(None));
    let mut cuts: Vec<usize> = (0..count).filter(is_node).collect();
    if cuts.is_empty() {
        // A ring of its own, or the hole that an enclave fills: both begin at the same point.
        let least = (0..count).min_by_key(|position| key(ring[*position]));
        cuts.extend(least);
    }
    let mut from_zoom = vec![0; count];
    for (number, from) in cuts.iter().enumerate() {
        let to = match cuts.get(number + 1) {
            Some(next) => *next,
            None => cuts[0] + count,
        };
        let mut positions: Vec<usize> = (*from..=to).map(|at| at % count).collect();
        // The same arc in the other area runs the other way.
        let end = |a: usize, b: usize| (key(ring[positions[a]]), key(ring[positions[b]]));
        let last = positions.len() - 1;
        if end(last, last - 1) < end(0, 1) {
            positions.reverse();
        }
        let arc: Vec<IntPoint> = positions.iter().map(|at| ring[*at]).collect();
        for (at, zoom) in positions[1..last].iter().zip(arc_weights(&arc)) {
            from_zoom[*at] = zoom;
        }
    }
    from_zoom
}

/// The coarsest zoom that has each inner point of an arc.
fn arc_weights(arc: &[IntPoint]) -> Vec<u8> {
    let inner = arc.len().saturating_sub(2);
    let mut weights = vec![0; inner];
    let mut before: Vec<u32> = (0..arc.len() as u32).map(|at| at.wrapping_sub(1)).collect();
    let mut after: Vec<u32> = (0..arc.len() as u32).map(|at| at + 1).collect();
    let triangle = |a: u32, b: u32, c: u32| {
        let [a, b, c] = [a, b, c].map(|at| arc[at as usize]);
        let cross = f64::from(b.x - a.x) * f64::from(c.y - a.y)
            - f64::from(b.y - a.y) * f64::from(c.x - a.x);
        // The bits of positive numbers sort as the numbers do.
        cross.abs().to_bits()
    };
    let mut now: Vec<u64> = vec![0; arc.len()];
    let mut queue = BinaryHeap::with_capacity(inner);
    for at in 1..=inner as u32 {
        now[at as usize] = triangle(at - 1, at, at + 1);
        queue.push(Reverse((now[at as usize], at)));
    }
    let mut highest = 0.0f64;
    while let Some(Reverse((area, at))) = queue.pop() {
        if now[at as usize] != area {
            continue;
        }
        now[at as usize] = u64::MAX;
        // A point never goes before those that went earlier.
        highest = highest.max(f64::from_bits(area));
        weights[at as usize - 1] = coarsest(highest / 2.0);
        let (a, c) = (before[at as usize], after[at as usize]);
        after[a as usize] = c;
        before[c as usize] = a;
        for moved in [a, c] {
            if moved > 0 && (moved as usize) <= inner {
                let fresh = triangle(before[moved as usize], moved, after[moved as usize]);
                now[moved as usize] = fresh;
                queue.push(Reverse((fresh, moved)));
            }
        }
    }
    weights
}

/// The coarsest zoom at which a triangle of this many square world units is not too small.
fn coarsest(area: f64) -> u8 {
    let shown = |zoom: &u8| {
        let unit = f64::from(1u32 << shift(*zoom));
        area >= LOST * unit * unit
    };
    (0..=SIMPLIFIED).find(shown).unwrap_or(SIMPLIFIED + 1)
}

#[cfg(test)]
mod tests;
