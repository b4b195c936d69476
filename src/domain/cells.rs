//! Which share of each cell of a raster lies in a polygon, exactly.
//!
//! Every edge of the polygon says for the cells that it crosses how much of each lies to its right;
//! summed from the left along a row that is the share of every cell, and between edges the share
//! does not change, so that the inside of a polygon costs nothing.

use std::ops::Range;

use geo::{Coord, LineString, MultiPolygon};

/// How far, in cells, a straight edge of a polygon may bend in the raster's own system before it is
/// divided.
const BEND: f64 = 0.01;
const DIVISIONS: u8 = 10;

/// The edges of a polygon on the grid of a raster: columns to the right, rows downwards, the first
/// cell from 0 to 1.
#[derive(Clone, Debug)]
pub struct Footprint {
    /// From, to; turned so that the inside of the polygon is counted positive.
    edges: Vec<[Coord<f64>; 2]>,
    rows: Range<f64>,
    area: f64,
}

/// What the edges in one row and column say: the share of that cell to the right of them, and how
/// much of the row's height they cross.
#[derive(Clone, Copy, Debug)]
pub struct Crossing {
    row: u32,
    column: u32,
    share: f64,
    height: f64,
}

impl Footprint {
    /// Puts a polygon on a grid. `place` gives the column and row of a position, and `None` where
    /// there is none; edges are divided where it bends them. `None` where a position has no place.
    pub fn new(
        shape: &MultiPolygon<f64>,
        place: &impl Fn(Coord<f64>) -> Option<Coord<f64>>,
    ) -> Option<Footprint> {
        let mut footprint = Footprint { edges: Vec::new(), rows: f64::MAX..f64::MIN, area: 0.0 };
        for polygon in shape {
            footprint.ring(polygon.exterior(), true, place)?;
            for hole in polygon.interiors() {
                footprint.ring(hole, false, place)?;
            }
        }
        Some(footprint)
    }

    /// Area in cells, also outside the raster.
    pub fn area(&self) -> f64 {
        self.area
    }

    /// Whether it reaches into these rows.
    pub fn meets(&self, rows: &Range<u32>) -> bool {
        self.rows.start < f64::from(rows.end) && self.rows.end > f64::from(rows.start)
    }

    fn ring(
        &mut self,
        ring: &LineString<f64>,
        is_outer: bool,
        place: &impl Fn(Coord<f64>) -> Option<Coord<f64>>,
    ) -> Option<()> {
        let first = self.edges.len();
        let mut at = match ring.0.first() {
            Some(start) => (*start, place(*start)?),
            None => return Some(()),
        };
        for next in ring.0.iter().skip(1) {
            let to = (*next, place(*next)?);
            self.edge(at, to, DIVISIONS, place)?;
            at = to;
        }
        // An edge downwards has the inside to its right.
        let own = &mut self.edges[first..];
        let area: f64 = own.iter().map(|[a, b]| (a.x + b.x) / 2.0 * (a.y - b.y)).sum();
        if (area > 0.0) != is_outer {
            own.iter_mut().for_each(|edge| edge.swap(0, 1));
        }
        self.area += if is_outer { area.abs() } else { -area.abs() };
        for [a, b] in own {
            self.rows.start = self.rows.start.min(a.y).min(b.y);
            self.rows.end = self.rows.end.max(a.y).max(b.y);
        }
        Some(())
    }

    fn edge(
        &mut self,
        from: (Coord<f64>, Coord<f64>),
        to: (Coord<f64>, Coord<f64>),
        divisions: u8,
        place: &impl Fn(Coord<f64>) -> Option<Coord<f64>>,
    ) -> Option<()> {
        let middle = (from.0 + to.0) / 2.0;
        let placed = place(middle)?;
        let straight = (from.1 + to.1) / 2.0;
        if divisions > 0 && (placed - straight).x.hypot((placed - straight).y) > BEND {
            self.edge(from, (middle, placed), divisions - 1, place)?;
            return self.edge((middle, placed), to, divisions - 1, place);
        }
        if from.1.y != to.1.y {
            self.edges.push([from.1, to.1]);
        }
        Some(())
    }

    /// Visits every stretch of cells within `rows` and `width` that the polygon has a share of: row,
    /// columns, the share of each of them. `crossings` is memory to work in.
    pub fn visit(
        &self,
        rows: Range<u32>,
        width: u32,
        crossings: &mut Vec<Crossing>,
        mut each: impl FnMut(u32, Range<u32>, f64),
    ) {
        crossings.clear();
        for edge in &self.edges {
            cross(edge, &rows, width, crossings);
        }
        crossings.sort_unstable_by_key(|crossing| (crossing.row, crossing.column));
        let mut rest = crossings.as_slice();
        while let Some(first) = rest.first() {
            let row = first.row;
            let (in_row, below) = rest.split_at(rest.partition_point(|next| next.row == row));
            rest = below;
            let mut inside = 0.0;
            let mut column = 0;
            for cell in in_row.chunk_by(|a, b| a.column == b.column) {
                let at = cell[0].column;
                if inside != 0.0 && column < at {
                    each(row, column..at, inside);
                }
                let share: f64 = cell.iter().map(|crossing| crossing.share).sum();
                each(row, at..at + 1, inside + share);
                inside += cell.iter().map(|crossing| crossing.height).sum::<f64>();
                // What edges leave of nothing is rounding, not a share of the rest of the row.
                if inside.abs() < 1e-12 {
                    inside = 0.0;
                }
                column = at + 1;
            }
            if inside != 0.0 && column < width {
                each(row, column..width, inside);
            }
        }
    }
}

/// Adds what one edge says about the rows.
fn cross([from, to]: &[Coord<f64>; 2], rows: &Range<u32>, width: u32, out: &mut Vec<Crossing>) {
    let (top, bottom, sign) = if from.y < to.y { (from, to, 1.0) } else { (to, from, -1.0) };
    let (first, last) = (f64::from(rows.start), f64::from(rows.end));
    if bottom.y <= first || top.y >= last {
        return;
    }
    let slope = (bottom.x - top.x) / (bottom.y - top.y);
    let at = |y: f64| match y {
        y if y == top.y => top.x,
        y if y == bottom.y => bottom.x,
        y => top.x + (y - top.y) * slope,
    };
    let (begin, end) = (top.y.max(first), bottom.y.min(last));
    let mut y = begin;
    let mut x = at(begin);
    let mut row = begin.floor();
    while y < end {
        let next_y = (row + 1.0).min(end);
        let next_x = at(next_y);
        let (left, right) = if x < next_x { (x, next_x) } else { (next_x, x) };
        cross_row(row as u32, left, right, (next_y - y) * sign, width, out);
        (x, y, row) = (next_x, next_y, row + 1.0);
    }
}

/// Adds what an edge from `left` to `right`, of a height within its row, says about the cells.
fn cross_row(row: u32, left: f64, right: f64, height: f64, width: u32, out: &mut Vec<Crossing>) {
    let edge = f64::from(width);
    if left >= edge {
        return;
    }
    let span = right - left;
    let part = |from: f64, to: f64| if span > 0.0 { height * (to - from) / span } else { height };
    let mut x = left;
    if left < 0.0 {
        // All of the row lies to the right of what is left of the raster.
        let height = part(left, right.min(0.0));
        out.push(Crossing { row, column: 0, share: height, height });
        if right <= 0.0 {
            return;
        }
        x = 0.0;
    }
    let end = right.min(edge);
    let mut column = x.floor().min(edge - 1.0);
    loop {
        let next = (column + 1.0).min(end);
        let height = part(x, next);
        let share = height * (1.0 - ((x + next) / 2.0 - column));
        out.push(Crossing { row, column: column as u32, share, height });
        if next >= end {
            return;
        }
        (x, column) = (next, column + 1.0);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::{Area, BooleanOps, MapCoords, Rect, polygon};
    use proptest::prelude::*;

    const SIZE: u32 = 8;

    fn shares(shape: &MultiPolygon<f64>) -> Vec<f64> {
        let footprint = Footprint::new(shape, &Some).unwrap();
        let mut shares = vec![0.0; (SIZE * SIZE) as usize];
        // In two bands, as a raster comes.
        for rows in [0..3, 3..SIZE] {
            footprint.visit(rows, SIZE, &mut Vec::new(), |row, columns, share| {
                columns.for_each(|column| shares[(row * SIZE + column) as usize] += share);
            });
        }
        shares
    }

    /// The shares by cutting the polygon with every cell.
    fn cut(shape: &MultiPolygon<f64>) -> Vec<f64> {
        let cell = |at: u32| {
            let (x, y) = (f64::from(at % SIZE), f64::from(at / SIZE));
            shape.intersection(&Rect::new((x, y), (x + 1.0, y + 1.0)).to_polygon()).unsigned_area()
        };
        (0..SIZE * SIZE).map(cell).collect()
    }

    fn check(shape: &MultiPolygon<f64>) {
        for (at, (share, expected)) in shares(shape).into_iter().zip(cut(shape)).enumerate() {
            assert!((share - expected).abs() < 1e-6, "cell {at}: {share}, not {expected}");
        }
    }

    /// A star around a middle, with as many corners as there are distances.
    fn star(x: f64, y: f64, distances: &[f64]) -> MultiPolygon<f64> {
        let corner = |(at, distance): (usize, &f64)| {
            let angle = at as f64 / distances.len() as f64 * std::f64::consts::TAU;
            Coord { x: x + distance * angle.cos(), y: y + distance * angle.sin() }
        };
        let ring: Vec<_> = distances.iter().enumerate().map(corner).collect();
        MultiPolygon(vec![geo::Polygon::new(LineString(ring), Vec::new())])
    }

    #[test]
    fn a_triangle_has_half_of_the_cells_on_its_long_side() {
        let triangle: MultiPolygon<f64> =
            polygon![(x: 0., y: 0.), (x: 4., y: 4.), (x: 0., y: 4.)].into();
        let shares = shares(&triangle);
        assert_eq!((shares[0], shares[1], shares[8], shares[9]), (0.5, 0.0, 1.0, 0.5));
        assert_eq!(shares.iter().sum::<f64>(), 8.0);
    }

    #[test]
    fn holes_and_what_hangs_over_the_border_are_left_out() {
        let ring = polygon![
            exterior: [(x: -3., y: -3.), (x: 20., y: -2.5), (x: 11.3, y: 12.), (x: -5., y: 6.5)],
            interiors: [[(x: 1.2, y: 1.5), (x: 5.7, y: 2.2), (x: 3.1, y: 5.9)]],
        ];
        check(&ring.clone().into());
        // The way the rings turn does not matter.
        check(&ring.map_coords(|Coord { x, y }| Coord { x: 8.0 - x, y }).into());
    }

    #[test]
    fn an_edge_that_the_raster_bends_is_divided() {
        let square: MultiPolygon<f64> =
            polygon![(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 0., y: 4.)].into();
        let bent = |at: Coord<f64>| Some(Coord { x: at.x, y: at.y + at.x * at.x / 4.0 });
        let footprint = Footprint::new(&square, &bent).unwrap();
        // Every column moves down as a whole, so the area stays.
        assert!((footprint.area() - 16.0).abs() < 0.02, "{}", footprint.area());
        assert!(Footprint::new(&square, &|_| None).is_none());
    }

    proptest! {
        #[test]
        fn shares_are_those_of_cutting(
            x in -1.0..9.0, y in -1.0..9.0,
            distances in prop::collection::vec(0.3..5.0, 3..12),
        ) {
            check(&star(x, y, &distances));
        }

        #[test]
        fn the_parts_of_a_divided_polygon_share_what_it_has(
            x in 1.0..7.0, y in 1.0..7.0, cut in -2.0..10.0,
            distances in prop::collection::vec(0.3..5.0, 3..12),
        ) {
            let whole = star(x, y, &distances);
            let left = whole.intersection(&Rect::new((-99.0, -99.0), (cut, 99.0)).to_polygon());
            let right = whole.intersection(&Rect::new((cut, -99.0), (99.0, 99.0)).to_polygon());
            let (left, right) = (shares(&left), shares(&right));
            for (at, share) in shares(&whole).into_iter().enumerate() {
                prop_assert!((left[at] + right[at] - share).abs() < 1e-6);
                prop_assert!((-1e-9..1.0 + 1e-9).contains(&share));
            }
        }

        #[test]
        fn a_polygon_moved_by_whole_cells_has_its_shares_moved(
            distances in prop::collection::vec(0.3..1.9, 3..9),
            right in 0u32..4, down in 0u32..4,
        ) {
            let here = shares(&star(2.0, 2.0, &distances));
            let there = shares(&star(2.0 + f64::from(right), 2.0 + f64::from(down), &distances));
            for (row, column) in (0..4).flat_map(|row| (0..4).map(move |column| (row, column))) {
                let moved = there[((row + down) * SIZE + column + right) as usize];
                prop_assert!((here[(row * SIZE + column) as usize] - moved).abs() < 1e-9);
            }
        }
    }
}
