//! Which area of a level contains a point: a grid whose cells know the areas that meet them.
//!
//! Most cells lie within one area and answer at once. In the others the point is tested against
//! the few edges of the candidate that cross its latitude, kept in bands of equal height.

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::{BoundingRect, Coord, MultiPolygon, Rect};
use rayon::prelude::*;

use super::Point;

/// Set in a cell's entry where the whole cell lies inside the shape.
const WHOLE: u32 = 1 << 31;

/// Prepared shapes of one level. Shapes are numbered as they were given, and of several that
/// contain a point the lowest number wins.
#[derive(Debug)]
pub struct Locator {
    origin: Coord<f64>,
    /// Cells per degree.
    scale: Coord<f64>,
    columns: u32,
    rows: u32,
    /// Where the entries of each cell begin, and at the end where the last one's end.
    cells: Vec<u32>,
    /// Numbers of shapes that meet the cell, ascending, some with `WHOLE`.
    entries: Vec<u32>,
    shapes: Vec<Bands>,
    /// For every band of every shape where its edges begin, and the end.
    bands: Vec<u32>,
    /// Positions in `corners` at which an edge starts; it ends at the next position.
    edges: Vec<u32>,
    corners: Vec<Coord<f64>>,
}

/// The edges of one shape, by latitude.
#[derive(Clone, Copy, Debug)]
struct Bands {
    south: f64,
    north: f64,
    /// Bands per degree.
    scale: f64,
    first: u32,
    count: u32,
}

impl Locator {
    /// Prepares shapes, in the order in which they win.
    pub fn build<'a>(shapes: impl IntoIterator<Item = Option<&'a MultiPolygon<f64>>>) -> Locator {
        let mut locator = Locator {
            origin: Coord { x: 0.0, y: 0.0 },
            scale: Coord { x: 0.0, y: 0.0 },
            columns: 0,
            rows: 0,
            cells: vec![0],
            entries: Vec::new(),
            shapes: Vec::new(),
            bands: vec![0],
            edges: Vec::new(),
            corners: Vec::new(),
        };
        let mut extents = Vec::new();
        for shape in shapes {
            extents.push(locator.add(shape));
        }
        locator.fill_cells(&extents);
        locator
    }

    /// Sorts the edges of a shape into bands; its extent and its corners.
    fn add(&mut self, shape: Option<&MultiPolygon<f64>>) -> Option<Extent> {
        let mut starts = Vec::new();
        let rings = shape
            .into_iter()
            .flatten()
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        for ring in rings {
            let from = self.corners.len() as u32;
            self.corners.extend(ring.coords().copied());
            starts.extend(from..(self.corners.len() as u32).saturating_sub(1).max(from));
        }
        let none = Bands { south: 0.0, north: -1.0, scale: 0.0, first: 0, count: 0 };
        let Some(rect) = shape.and_then(BoundingRect::bounding_rect) else {
            self.shapes.push(none);
            return None;
        };
        let count = (starts.len() / 4).clamp(1, 4096) as u32;
        let (south, north) = (rect.min().y, rect.max().y);
        let scale = if north > south { f64::from(count) / (north - south) } else { 0.0 };
        let first = (self.bands.len() - 1) as u32;
        let bands = Bands { south, north, scale, first, count };
        let range = |start: &u32| {
            let (a, b) = (self.corners[*start as usize].y, self.corners[*start as usize + 1].y);
            bands.of(a.min(b))..=bands.of(a.max(b))
        };
        // Counting sort by band.
        let mut ends = vec![0u32; count as usize];
        for start in &starts {
            range(start).for_each(|band| ends[band as usize] += 1);
        }
        let mut at = self.edges.len() as u32;
        for end in &mut ends {
            at += std::mem::replace(end, at);
            self.bands.push(at);
        }
        self.edges.resize(at as usize, 0);
        for start in &starts {
            for band in range(start) {
                self.edges[ends[band as usize] as usize] = *start;
                ends[band as usize] += 1;
            }
        }
        self.shapes.push(bands);
        Some(Extent { rect, edges: starts })
    }

    fn fill_cells(&mut self, extents: &[Option<Extent>]) {
        let Some(all) = extents.iter().flatten().map(|extent| extent.rect).reduce(|a, b| {
            let min = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
            let max = Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
            Rect::new(min, max)
        }) else {
            return;
        };
        // About one cell for two corners, at most 4 million.
        let wanted = (self.corners.len() as f64 / 1.5).clamp(16.0, 4e6);
        let (width, height) = (all.width().max(1e-9), all.height().max(1e-9));
        let side = (width * height / wanted).sqrt();
        self.columns = (width / side).ceil().clamp(1.0, 4096.0) as u32;
        self.rows = (height / side).ceil().clamp(1.0, 4096.0) as u32;
        self.origin = all.min();
        self.scale = Coord { x: f64::from(self.columns) / width, y: f64::from(self.rows) / height };

        let numbered = extents.par_iter().enumerate();
        let met: Vec<Vec<(u32, u32)>> = numbered
            .map(|(number, extent)| match extent {
                Some(extent) => self.cells_of(number as u32, extent),
                None => Vec::new(),
            })
            .collect();
        // Counting sort by cell; numbers ascend within a cell because shapes come in order.
        let mut begins = vec![0u32; (self.columns * self.rows) as usize + 1];
        for (cell, _) in met.iter().flatten() {
            begins[*cell as usize + 1] += 1;
        }
        for cell in 1..begins.len() {
            begins[cell] += begins[cell - 1];
        }
        self.entries = vec![0; met.iter().map(Vec::len).sum()];
        let mut free = begins.clone();
        for (cell, entry) in met.into_iter().flatten() {
            self.entries[free[cell as usize] as usize] = entry;
            free[cell as usize] += 1;
        }
        self.cells = begins;
    }

    /// The cells a shape meets, with its entry in each.
    fn cells_of(&self, number: u32, extent: &Extent) -> Vec<(u32, u32)> {
        let (west, east) = (self.column(extent.rect.min().x), self.column(extent.rect.max().x));
        let (south, north) = (self.row(extent.rect.min().y), self.row(extent.rect.max().y));
        let columns = (east - west + 1) as usize;
        let mut border = vec![false; columns * (north - south + 1) as usize];
        for start in &extent.edges {
            let (a, b) = (self.corners[*start as usize], self.corners[*start as usize + 1]);
            let (a, b) = if a.y <= b.y { (a, b) } else { (b, a) };
            let (first, last) = (self.row(a.y), self.row(b.y));
            for row in first..=last {
                // The part of the edge in this row, a little widened against rounding.
                let (mut from_x, mut to_x) = (a.x, b.x);
                if first < last {
                    let x_at = |row: u32| {
                        let y = self.origin.y + f64::from(row) / self.scale.y;
                        let share = ((y - a.y) / (b.y - a.y)).clamp(0.0, 1.0);
                        a.x + share * (b.x - a.x)
                    };
                    from_x = if row == first { a.x } else { x_at(row) };
                    to_x = if row == last { b.x } else { x_at(row + 1) };
                }
                let margin = 1e-2 / self.scale.x;
                let from = self.column(from_x.min(to_x) - margin).clamp(west, east);
                let to = self.column(from_x.max(to_x) + margin).clamp(west, east);
                let base = (row - south) as usize * columns;
                border[base + (from - west) as usize..=base + (to - west) as usize].fill(true);
            }
            // Rounding may put an edge that runs along the line between two rows in the other.
            let margin = 1e-6 / self.scale.y;
            for (row, inside) in [(self.row(a.y - margin), first), (self.row(b.y + margin), last)] {
                if row != inside && (south..=north).contains(&row) {
                    let (from, to) = (a.x.min(b.x), a.x.max(b.x));
                    let from = self.column(from).saturating_sub(1).clamp(west, east);
                    let to = (self.column(to) + 1).clamp(west, east);
                    let base = (row - south) as usize * columns;
                    border[base + (from - west) as usize..=base + (to - west) as usize].fill(true);
                }
            }
        }
        let mut met = Vec::new();
        for row in south..=north {
            // Without an edge between them, neighbours in a row are on the same side.
            let mut known = None;
            for column in west..=east {
                let cell = row * self.columns + column;
                if border[((row - south) as usize) * columns + (column - west) as usize] {
                    met.push((cell, number));
                    known = None;
                    continue;
                }
                let inside = *known.get_or_insert_with(|| {
                    let x = self.origin.x + (f64::from(column) + 0.5) / self.scale.x;
                    let y = self.origin.y + (f64::from(row) + 0.5) / self.scale.y;
                    self.contains(number, Coord { x, y })
                });
                if inside {
                    met.push((cell, number | WHOLE));
                }
            }
        }
        met
    }

    fn column(&self, x: f64) -> u32 {
        (((x - self.origin.x) * self.scale.x) as u32).min(self.columns - 1)
    }

    fn row(&self, y: f64) -> u32 {
        (((y - self.origin.y) * self.scale.y) as u32).min(self.rows - 1)
    }

    fn cell(&self, point: Point) -> Option<u32> {
        let x = (point.x() - self.origin.x) * self.scale.x;
        let y = (point.y() - self.origin.y) * self.scale.y;
        // The last cells reach one cell further, so that rounding never loses the far border.
        let on_grid = x >= -1.0
            && y >= -1.0
            && x <= f64::from(self.columns) + 1.0
            && y <= f64::from(self.rows) + 1.0;
        (on_grid && self.columns > 0)
            .then(|| self.row(point.y()) * self.columns + self.column(point.x()))
    }

    /// Number of the first shape that contains the point; its border belongs to it.
    pub fn locate(&self, point: Point) -> Option<u32> {
        self.locate_in(self.cell(point)?, point)
    }

    fn locate_in(&self, cell: u32, point: Point) -> Option<u32> {
        let from = self.cells[cell as usize] as usize;
        let to = self.cells[cell as usize + 1] as usize;
        let mut entries = self.entries[from..to].iter();
        let found = entries.find(|entry| **entry & WHOLE != 0 || self.contains(**entry, point.0));
        found.map(|entry| entry & !WHOLE)
    }

    /// `locate` for many points at once, in parallel.
    pub fn locate_all(&self, points: &[Point]) -> Vec<Option<u32>> {
        // In the order of the cells, so that neighbours share what is in the processor's cache.
        let mut order: Vec<u64> = (0u64..)
            .zip(points)
            .filter_map(|(number, point)| Some(u64::from(self.cell(*point)?) << 32 | number))
            .collect();
        if order.len() > 5_000 {
            order.par_sort_unstable();
        }
        let found: Vec<_> = order
            .par_iter()
            .with_min_len(1_000)
            .map(|key| self.locate_in((key >> 32) as u32, points[*key as u32 as usize]))
            .collect();
        let mut answer = vec![None; points.len()];
        for (key, found) in order.iter().zip(found) {
            answer[*key as u32 as usize] = found;
        }
        answer
    }

    /// Whether a shape contains a position or has it on its border.
    fn contains(&self, number: u32, at: Coord<f64>) -> bool {
        let bands = &self.shapes[number as usize];
        if at.y < bands.south || at.y > bands.north {
            return false;
        }
        let band = (bands.first + bands.of(at.y)) as usize;
        let edges = &self.edges[self.bands[band] as usize..self.bands[band + 1] as usize];
        // A ray to the east; an edge has its lower end and not its upper one.
        let mut inside = false;
        for start in edges {
            let (a, b) = (self.corners[*start as usize], self.corners[*start as usize + 1]);
            let (a, b) = if a.y <= b.y { (a, b) } else { (b, a) };
            if at.y < a.y || at.y > b.y {
                continue;
            }
            let (west, east) = if a.x <= b.x { (a.x, b.x) } else { (b.x, a.x) };
            if at.x > east {
                continue;
            }
            if a.y == b.y {
                if at.x >= west {
                    return true;
                }
                continue;
            }
            let crosses = if at.x < west {
                true
            } else {
                match RobustKernel::orient2d(a, b, at) {
                    Orientation::Collinear => return true,
                    Orientation::CounterClockwise => true,
                    Orientation::Clockwise => false,
                }
            };
            if crosses && at.y < b.y {
                inside = !inside;
            }
        }
        inside
    }
}

impl Bands {
    fn of(&self, y: f64) -> u32 {
        (((y - self.south) * self.scale) as u32).min(self.count - 1)
    }
}

/// What is needed of a shape while the grid is built.
struct Extent {
    rect: Rect<f64>,
    /// Every position in `corners` at which an edge starts.
    edges: Vec<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Intersects, LineString, Polygon, polygon};
    use proptest::prelude::*;

    /// A star around a centre, with a hole where there is room; on a coarse lattice, so that
    /// corners, edges and points often meet exactly.
    fn star() -> impl Strategy<Value = MultiPolygon<f64>> {
        let spokes = proptest::collection::vec(2u32..12, 3..14);
        (0i32..24, 0i32..24, spokes, any::<bool>()).prop_map(|(x, y, spokes, hole)| {
            let ring = |share: f64| {
                let step = std::f64::consts::TAU / spokes.len() as f64;
                let corner = |(k, length): (usize, &u32)| {
                    let (sine, cosine) = (k as f64 * step).sin_cos();
                    let length = f64::from(*length) * share;
                    let lattice = |value: f64| (value * 4.0).round() / 4.0;
                    (f64::from(x) + lattice(length * cosine), f64::from(y) + lattice(length * sine))
                };
                LineString::from_iter(spokes.iter().enumerate().map(corner))
            };
            let holes = if hole { vec![ring(0.4)] } else { Vec::new() };
            Polygon::new(ring(1.0), holes).into()
        })
    }

    fn check(shapes: &[MultiPolygon<f64>], points: &[Point]) {
        let locator = Locator::build(shapes.iter().map(Some));
        let all = locator.locate_all(points);
        for (point, found) in points.iter().zip(all) {
            let expected = shapes.iter().position(|shape| shape.intersects(point));
            assert_eq!(found.map(|number| number as usize), expected, "{point:?}");
            assert_eq!(locator.locate(*point), found);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn it_answers_like_the_plain_test_on_every_shape(
            shapes in proptest::collection::vec(star(), 1..8),
            lattice in proptest::collection::vec((-60i32..160, -60i32..160), 200),
            free in proptest::collection::vec((-15.0..40.0f64, -15.0..40.0f64), 100),
        ) {
            use geo::Validation;
            // Where rings cross, inside is a matter of definition.
            let shapes: Vec<_> = shapes.into_iter().filter(Validation::is_valid).collect();
            let on_lattice = lattice.iter().map(|(x, y)| (f64::from(*x) / 4.0, f64::from(*y) / 4.0));
            let points: Vec<_> = on_lattice.chain(free).map(Point::from).collect();
            check(&shapes, &points);
        }
    }

    #[test]
    fn a_shared_border_belongs_to_the_first_and_a_hole_to_nobody() {
        let square = |from: f64, to: f64| {
            LineString::from(vec![(from, from), (to, from), (to, to), (from, to)])
        };
        let ring = Polygon::new(square(0.0, 4.0), vec![square(1.0, 3.0)]);
        let beside: Polygon =
            polygon![(x: 4., y: 0.), (x: 8., y: 0.), (x: 8., y: 4.), (x: 4., y: 4.)];
        let shapes = [ring.into(), beside.into()];
        let points = [(4.0, 2.0), (2.0, 2.0), (1.0, 2.0), (5.0, 4.0), (9.0, 2.0), (8.0, 4.0)];
        check(&shapes, &points.map(Point::from));
        let locator = Locator::build(shapes.iter().map(Some));
        let found = locator.locate_all(&points.map(Point::from));
        assert_eq!(found, [Some(0), None, Some(0), Some(1), None, Some(1)]);
    }

    #[test]
    fn points_that_are_no_places_and_shapes_that_are_empty_are_nowhere() {
        let locator = Locator::build([None, Some(&MultiPolygon::new(Vec::new()))]);
        assert_eq!(locator.locate(Point::new(0.0, 0.0)), None);
        let square: MultiPolygon =
            polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 1.)].into();
        let locator = Locator::build([None, Some(&square)]);
        let odd = [(f64::NAN, 0.5), (f64::INFINITY, 0.5), (0.5, -1e300), (0.5, 0.5)];
        assert_eq!(locator.locate_all(&odd.map(Point::from)), [None, None, None, Some(1)]);
    }
}
