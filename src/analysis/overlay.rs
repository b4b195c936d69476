//! Cuts one polygon by the circles near it: what is covered, what is not, what is shared.
//!
//! All of it happens on one grid of whole numbers over the polygon's own box, so that the parts
//! meet exactly: a billionth of the polygon's width is one step.

use geo::{BoundingRect, Coord, LineString, MultiPolygon, Polygon, Rect};
use i_overlay::core::extract::BooleanExtractionBuffer;
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::Solver;
use i_overlay::i_float::int::point::IntPoint;
use i_overlay::i_shape::int::shape::IntShapes;
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::circle::cut;
use super::measure::{polygon_area_km2, ring_area_km2};
use super::service_areas::ServiceArea;

/// The service areas as rings, with an index and with what is known of them in advance.
pub struct Pieces {
    pieces: Vec<Piece>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
}

struct Piece {
    /// Counter-clockwise, without the closing position.
    ring: Vec<Coord<f64>>,
    rect: Rect<f64>,
    partner: u32,
    convex: bool,
    /// Inside another piece: nothing is covered by it alone.
    hidden: bool,
    /// Inside another piece of its partner, or inside pieces of two others: neither what is
    /// covered nor what is shared changes without it.
    needless: bool,
}

/// A polygon's parts. The three areas are those of the geometries but for rounding; covered and
/// uncovered add up to the polygon's own area.
#[derive(Default)]
pub struct Parts {
    pub covered_km2: f64,
    pub uncovered_km2: f64,
    pub shared_km2: f64,
    /// Empty where geometry was not asked for; so the next two.
    pub covered: Vec<Polygon<f64>>,
    pub uncovered: Vec<Polygon<f64>>,
    pub shared: Vec<Polygon<f64>>,
}

/// Working memory for one polygon after the other.
pub struct Cutter {
    main: Overlay<i32>,
    union: Overlay<i32>,
    buffer: BooleanExtractionBuffer<i32>,
}

impl Pieces {
    pub fn build(areas: &[ServiceArea]) -> Pieces {
        let rings = areas
            .iter()
            .flat_map(|area| area.polygon.iter().map(|polygon| (area.partner, polygon.exterior())));
        let mut pieces: Vec<Piece> = rings
            .filter_map(|(partner, ring)| {
                let rect = ring.bounding_rect()?;
                let mut ring = ring.0.clone();
                ring.pop();
                let convex = is_convex(&ring);
                Some(Piece { ring, rect, partner, convex, hidden: false, needless: false })
            })
            .collect();
        let boxes = (0u32..)
            .zip(&pieces)
            .map(|(number, piece)| GeomWithData::new(rectangle(&piece.rect), number));
        let tree = RTree::bulk_load(boxes.collect());
        let hidden: Vec<_> = (0..pieces.len())
            .into_par_iter()
            .with_min_len(64)
            .map(|number| hidden(&pieces, &tree, number))
            .collect();
        for (piece, (hidden, needless)) in pieces.iter_mut().zip(hidden) {
            (piece.hidden, piece.needless) = (hidden, needless);
        }
        Pieces { pieces, tree }
    }

    /// Pieces whose box meets a box, in their own order.
    fn near(&self, rect: &Rect<f64>) -> Vec<&Piece> {
        let envelope = AABB::from_corners(rect.min().into(), rect.max().into());
        let found = self.tree.locate_in_envelope_intersecting(&envelope);
        let mut numbers: Vec<u32> = found.map(|found| found.data).collect();
        numbers.sort_unstable();
        numbers.into_iter().map(|number| &self.pieces[number as usize]).collect()
    }
}

/// Whether a piece is hidden, and whether it is needless. Of equal ones the first stays. What
/// hides a piece may be hidden itself, and then by something larger that hides both.
fn hidden(
    pieces: &[Piece],
    tree: &RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    number: usize,
) -> (bool, bool) {
    let piece = &pieces[number];
    let mut by = None;
    for found in tree.locate_all_at_point(&piece.rect.center().into()) {
        let other = &pieces[found.data as usize];
        if by == Some(other.partner) || !holds(&other.rect, &piece.rect) {
            continue;
        }
        let equal = other.rect == piece.rect && other.ring == piece.ring;
        let earlier = (found.data as usize) < number;
        if (equal && earlier) || (!equal && other.contains(&piece.ring)) {
            if by.is_some() || other.partner == piece.partner {
                return (true, true);
            }
            by = Some(other.partner);
        }
    }
    (by.is_some(), false)
}

impl Piece {
    /// Whether all the positions are inside; only convex pieces know.
    fn contains(&self, positions: &[Coord<f64>]) -> bool {
        self.convex && positions.iter().all(|at| inside_convex(&self.ring, *at))
    }
}

impl Default for Cutter {
    fn default() -> Cutter {
        Cutter::new()
    }
}

impl Cutter {
    pub fn new() -> Cutter {
        let overlay = || Overlay::new_custom(1024, IntOverlayOptions::ogc(), Solver::AUTO);
        Cutter { main: overlay(), union: overlay(), buffer: BooleanExtractionBuffer::default() }
    }

    /// The parts of every polygon of a shape.
    pub fn parts(&mut self, shape: &MultiPolygon<f64>, pieces: &Pieces, geometry: bool) -> Parts {
        let mut all = Parts::default();
        for polygon in shape {
            let parts = self.cut(polygon, pieces, geometry);
            all.covered_km2 += parts.covered_km2;
            all.uncovered_km2 += parts.uncovered_km2;
            all.shared_km2 += parts.shared_km2;
            all.covered.extend(parts.covered);
            all.uncovered.extend(parts.uncovered);
            all.shared.extend(parts.shared);
        }
        all
    }

    fn cut(&mut self, polygon: &Polygon<f64>, pieces: &Pieces, geometry: bool) -> Parts {
        let total = polygon_area_km2(polygon);
        let whole = || if geometry { vec![polygon.clone()] } else { Vec::new() };
        let Some(rect) = polygon.bounding_rect() else { return Parts::default() };
        let near = pieces.near(&rect);
        let uncovered = || Parts { uncovered_km2: total, uncovered: whole(), ..Parts::default() };
        let Some(first) = near.first() else { return uncovered() };
        let several = near.iter().any(|piece| piece.partner != first.partner);
        let corners = &polygon.exterior().0;
        let mut around = near
            .iter()
            .filter(|piece| holds(&piece.rect, &rect) && piece.contains(corners))
            .map(|piece| piece.partner);
        if let Some(one) = around.next() {
            let covered = Parts { covered_km2: total, covered: whole(), ..Parts::default() };
            if !several {
                return covered;
            }
            if around.any(|partner| partner != one) {
                return Parts { shared_km2: total, shared: whole(), ..covered };
            }
        }
        let Some(grid) = Grid::over(&rect) else { return uncovered() };

        // With several partners each gets one layer, its own overlaps dissolved, so that the
        // number of layers over a place is the number of partners there.
        self.main.clear();
        if several {
            let mut kept: Vec<_> = near.iter().filter(|piece| !piece.needless).collect();
            kept.sort_by_key(|piece| piece.partner);
            for layer in kept.chunk_by(|a, b| a.partner == b.partner) {
                self.add_layer(layer, &grid);
            }
        } else {
            for piece in near.iter().filter(|piece| !piece.hidden) {
                self.main.add_contour(&grid.ring(piece), ShapeType::Subject);
            }
        }
        grid.add_polygon(&mut self.main, polygon);
        let (mut covered, mut uncovered) = (IntShapes::new(), IntShapes::new());
        if let Some(graph) = self.main.build_graph_view(FillRule::Positive) {
            covered = graph.extract_shapes(OverlayRule::Intersect, &mut self.buffer);
            uncovered = graph.extract_shapes(OverlayRule::InverseDifference, &mut self.buffer);
        }
        let mut shared = IntShapes::new();
        if several && !covered.is_empty() {
            // One layer taken off everywhere, what is left is under two or more.
            self.main.add_contour(&grid.outline_clockwise(), ShapeType::Subject);
            shared = self.main.overlay(OverlayRule::Intersect, FillRule::Positive);
        }
        grid.measured(total, covered, uncovered, shared, geometry)
    }

    /// Adds the pieces of one partner as one layer.
    fn add_layer(&mut self, layer: &[&&Piece], grid: &Grid) {
        let apart = layer.iter().enumerate().all(|(number, piece)| {
            layer[..number].iter().all(|other| !meet(&piece.rect, &other.rect))
        });
        if apart {
            for piece in layer {
                self.main.add_contour(&grid.ring(piece), ShapeType::Subject);
            }
            return;
        }
        self.union.clear();
        for piece in layer {
            self.union.add_contour(&grid.ring(piece), ShapeType::Subject);
        }
        let dissolved = self.union.overlay(OverlayRule::Subject, FillRule::Positive);
        self.main.add_source(&dissolved, ShapeType::Subject);
    }
}

/// Whole numbers for the positions in and just around a box.
struct Grid {
    /// The box itself; nothing that is kept leaves it.
    rect: Rect<f64>,
    /// A little more than the box: rings are cut to this.
    outer: Rect<f64>,
    centre: Coord<f64>,
    /// Steps per degree.
    scale: f64,
}

impl Grid {
    fn over(rect: &Rect<f64>) -> Option<Grid> {
        let margin = rect.width().max(rect.height()) / 64.0;
        if !(margin > 0.0 && margin.is_finite()) {
            return None;
        }
        let (min, max) = (rect.min(), rect.max());
        let outer = Rect::new(
            Coord { x: min.x - margin, y: min.y - margin },
            Coord { x: max.x + margin, y: max.y + margin },
        );
        let half = outer.width().max(outer.height()) / 2.0;
        // Products of two differences must stay within 64 bits, so steps stay below 2^30.
        let scale = 1e9 / half;
        Some(Grid { rect: *rect, outer, centre: outer.center(), scale })
    }

    fn step(&self, at: &Coord<f64>) -> IntPoint {
        let x = ((at.x - self.centre.x) * self.scale).round() as i32;
        let y = ((at.y - self.centre.y) * self.scale).round() as i32;
        IntPoint::new(x, y)
    }

    fn place(&self, at: &IntPoint) -> Coord<f64> {
        let x = self.centre.x + f64::from(at.x) / self.scale;
        let y = self.centre.y + f64::from(at.y) / self.scale;
        let (min, max) = (self.rect.min(), self.rect.max());
        // Half a step beyond the box would be beyond the antimeridian for some.
        Coord { x: x.clamp(min.x, max.x), y: y.clamp(min.y, max.y) }
    }

    /// A piece's ring, cut to the grid.
    fn ring(&self, piece: &Piece) -> Vec<IntPoint> {
        let (min, max) = (self.outer.min(), self.outer.max());
        let sides = [
            (piece.rect.min().x < min.x, 0, min.x, true),
            (piece.rect.max().x > max.x, 0, max.x, false),
            (piece.rect.min().y < min.y, 1, min.y, true),
            (piece.rect.max().y > max.y, 1, max.y, false),
        ];
        let mut ring = std::borrow::Cow::Borrowed(&piece.ring);
        for (beyond, axis, limit, above) in sides {
            if beyond {
                ring = std::borrow::Cow::Owned(cut(&ring, axis, limit, above));
            }
        }
        ring.iter().map(|at| self.step(at)).collect()
    }

    /// Adds a polygon, its exterior counter-clockwise and its holes clockwise.
    fn add_polygon(&self, overlay: &mut Overlay<i32>, polygon: &Polygon<f64>) {
        for (number, ring) in
            std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate()
        {
            let mut steps: Vec<_> = ring.coords().map(|at| self.step(at)).collect();
            steps.pop();
            let counter_clockwise = ring_area_km2(ring.0.iter().copied()) > 0.0;
            if counter_clockwise != (number == 0) {
                steps.reverse();
            }
            overlay.add_contour(&steps, ShapeType::Clip);
        }
    }

    fn outline_clockwise(&self) -> [IntPoint; 4] {
        let (min, max) = (self.outer.min(), self.outer.max());
        let (low, high) = (self.step(&min), self.step(&max));
        [low, IntPoint::new(low.x, high.y), high, IntPoint::new(high.x, low.y)]
    }

    fn measured(
        &self,
        total: f64,
        covered: IntShapes<i32>,
        uncovered: IntShapes<i32>,
        shared: IntShapes<i32>,
        geometry: bool,
    ) -> Parts {
        // The part with fewer corners is measured and the other is the rest, so that the two add
        // up; an empty one is nought.
        let corners =
            |shapes: &IntShapes<i32>| shapes.iter().flatten().map(Vec::len).sum::<usize>();
        let by_covered = corners(&covered) < corners(&uncovered);
        let measured = self.area_km2(if by_covered { &covered } else { &uncovered }).min(total);
        let covered_km2 = if by_covered { measured } else { total - measured };
        let uncovered_km2 = if by_covered { total - measured } else { measured };
        let shared_km2 = self.area_km2(&shared).min(covered_km2);
        let [covered, uncovered, shared] = [covered, uncovered, shared]
            .map(|shapes| if geometry { self.polygons(shapes) } else { Vec::new() });
        Parts { covered_km2, uncovered_km2, shared_km2, covered, uncovered, shared }
    }

    fn area_km2(&self, shapes: &IntShapes<i32>) -> f64 {
        let rings = shapes.iter().flatten();
        let signed = rings.map(|ring| ring_area_km2(ring.iter().map(|at| self.place(at))));
        signed.sum::<f64>().max(0.0)
    }

    fn polygons(&self, shapes: IntShapes<i32>) -> Vec<Polygon<f64>> {
        let polygon = |shape: Vec<Vec<IntPoint>>| {
            let mut rings = shape
                .into_iter()
                .map(|ring| LineString::from_iter(ring.iter().map(|at| self.place(at))));
            let exterior = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
            Polygon::new(exterior, rings.collect())
        };
        shapes.into_iter().map(polygon).collect()
    }
}

fn rectangle(rect: &Rect<f64>) -> Rectangle<[f64; 2]> {
    Rectangle::from_corners(rect.min().into(), rect.max().into())
}

/// Whether one box has the other inside, borders included.
fn holds(outer: &Rect<f64>, inner: &Rect<f64>) -> bool {
    outer.min().x <= inner.min().x
        && outer.min().y <= inner.min().y
        && outer.max().x >= inner.max().x
        && outer.max().y >= inner.max().y
}

fn meet(a: &Rect<f64>, b: &Rect<f64>) -> bool {
    a.min().x <= b.max().x
        && b.min().x <= a.max().x
        && a.min().y <= b.max().y
        && b.min().y <= a.max().y
}

/// Positive where `at` is left of the line from `a` to `b`.
fn left_of(a: Coord<f64>, b: Coord<f64>, at: Coord<f64>) -> f64 {
    (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x)
}

/// Whether a counter-clockwise ring turns left at every corner.
fn is_convex(ring: &[Coord<f64>]) -> bool {
    let count = ring.len();
    count >= 3
        && (0..count).all(|k| left_of(ring[k], ring[(k + 1) % count], ring[(k + 2) % count]) > 0.0)
}

/// Whether a position is inside a convex ring, its border excluded.
fn inside_convex(ring: &[Coord<f64>], at: Coord<f64>) -> bool {
    let last = ring.len() - 1;
    if left_of(ring[0], ring[1], at) <= 0.0 || left_of(ring[last], ring[0], at) <= 0.0 {
        return false;
    }
    // The wedge at the first corner that has the position in it.
    let (mut low, mut high) = (1, last);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if left_of(ring[0], ring[middle], at) >= 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    left_of(ring[low], ring[high], at) > 0.0
}

#[cfg(test)]
mod tests;
