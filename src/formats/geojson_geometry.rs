//! Geometry as GeoJSON: coordinates on a grid, rings the right way round, in degrees or in another
//! reference system.

use geo::{BoundingRect, Coord, LineString, MultiPolygon, Polygon, Rect, coord};

use super::geojson_write::number;
use super::layer::Geometry;
use super::reference::Reference;

/// The raster, in millionths of a degree, that coordinates are rounded to. All shapes are rounded
/// to the same one, so neighbours that share a border still share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grid(i64);

impl Grid {
    /// Six decimals, about 0.1 m.
    pub const FULL: Grid = Grid(1);

    /// The deepest zoom that has a grid of its own.
    pub const MAX_ZOOM: u8 = 22;

    /// The coarsest round grid (1, 2 or 5 of some decimal) that is not above one pixel of a web map
    /// with tiles of 512 pixels. A round grid also makes short numbers.
    pub fn zoom(zoom: u8) -> Grid {
        let pixel = 360e6 / (512.0 * f64::from(2u32.pow(u32::from(zoom.min(Grid::MAX_ZOOM)))));
        let mut grid = 1;
        for decade in [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] {
            for step in [1, 2, 5] {
                if (decade * step) as f64 <= pixel {
                    grid = decade * step;
                }
            }
        }
        Grid(grid)
    }

    /// The shape with the coordinates that it is written with; rings of which nothing is left are gone.
    pub fn snapped(self, shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        let mut points = Vec::new();
        let mut ring = |line: &LineString<f64>| {
            let at = |[x, y]: &[i64; 2]| coord! { x: *x as f64 / 1e6, y: *y as f64 / 1e6 };
            snapped_ring(line, self, &mut points).then(|| points.iter().map(at).collect())
        };
        let parts = shape.iter().filter_map(|part| {
            let exterior = ring(part.exterior())?;
            Some(Polygon::new(exterior, part.interiors().iter().filter_map(&mut ring).collect()))
        });
        MultiPolygon(parts.collect())
    }

    /// The same of a shape that is to be found where it is: one that vanishes whole is a small box.
    pub fn written(self, shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        let snapped = self.snapped(shape);
        match small_box(&shape.0).filter(|_| snapped.0.is_empty()) {
            Some(corners) => {
                let at = |[x, y]: [i64; 2]| coord! { x: x as f64 / 1e6, y: y as f64 / 1e6 };
                Polygon::new(corners.into_iter().map(at).collect(), Vec::new()).into()
            }
            None => snapped,
        }
    }

    /// Degrees between two of its lines.
    pub fn step(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// A position with the coordinates that it is written with.
    pub fn position(self, at: Coord<f64>) -> Coord<f64> {
        let [x, y] = self.point(at);
        coord! { x: x as f64 / 1e6, y: y as f64 / 1e6 }
    }

    /// The box around a shape as it is written.
    pub fn rect(self, rect: &Rect<f64>) -> Rect<f64> {
        Rect::new(self.position(rect.min()), self.position(rect.max()))
    }

    fn snap(self, degrees: f64) -> i64 {
        let micro = degrees * 1e6;
        if self.0 == 1 {
            micro.round() as i64
        } else {
            (micro / self.0 as f64).round() as i64 * self.0
        }
    }

    fn point(self, coord: Coord<f64>) -> [i64; 2] {
        [self.snap(coord.x), self.snap(coord.y)]
    }
}

/// A GeoJSON geometry object, or `null`.
pub fn geometry(out: &mut Vec<u8>, shape: &Geometry, grid: Grid) {
    geometry_in(out, shape, grid, None);
}

/// The same with coordinates of a system; `null` where it has none for a position.
pub fn geometry_in(out: &mut Vec<u8>, shape: &Geometry, grid: Grid, reference: Option<&Reference>) {
    let start = out.len();
    let mut pen = Pen { out, reference, is_lost: false };
    match shape {
        Geometry::None => pen.out.extend_from_slice(b"null"),
        Geometry::GeoJson(written) => pen.out.extend_from_slice(written),
        Geometry::Point(at) => {
            pen.out.extend_from_slice(b"{\"type\":\"Point\",\"coordinates\":");
            pen.position(Grid::FULL.point(at.0));
            pen.out.push(b'}');
        }
        Geometry::MultiPolygon(shape) => pen.multi_polygon(shape, grid),
    }
    if pen.is_lost {
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}

/// Outer rings counter-clockwise, holes clockwise. Rings that vanish on the grid are left out; a
/// shape that vanishes whole keeps one small box, so that it can still be found.
pub fn multi_polygon(out: &mut Vec<u8>, shape: &MultiPolygon<f64>, grid: Grid) {
    Pen { out, reference: None, is_lost: false }.multi_polygon(shape, grid);
}

/// Writes coordinates.
struct Pen<'o> {
    out: &'o mut Vec<u8>,
    /// `None` is degrees, longitude first.
    reference: Option<&'o Reference>,
    /// A position has no coordinates in the system.
    is_lost: bool,
}

impl Pen<'_> {
    fn multi_polygon(&mut self, shape: &MultiPolygon<f64>, grid: Grid) {
        if shape.0.is_empty() {
            self.out.extend_from_slice(b"null");
            return;
        }
        self.out.extend_from_slice(b"{\"type\":\"MultiPolygon\",\"coordinates\":[");
        let start = self.out.len();
        let mut points = Vec::new();
        for polygon in &shape.0 {
            if !snapped_ring(polygon.exterior(), grid, &mut points) {
                continue;
            }
            if self.out.len() > start {
                self.out.push(b',');
            }
            self.out.push(b'[');
            self.ring(&points, true);
            for hole in polygon.interiors() {
                if snapped_ring(hole, grid, &mut points) {
                    self.out.push(b',');
                    self.ring(&points, false);
                }
            }
            self.out.push(b']');
        }
        if self.out.len() == start
            && let Some(small) = small_box(&shape.0)
        {
            self.out.push(b'[');
            self.ring(&small, true);
            self.out.push(b']');
        }
        self.out.extend_from_slice(b"]}");
    }

    fn ring(&mut self, points: &[[i64; 2]], counter_clockwise: bool) {
        self.out.push(b'[');
        let is_so = ring_doubled_area(points) > 0;
        let first = points.first();
        if is_so == counter_clockwise {
            points.iter().chain(first).for_each(|point| {
                self.position(*point);
                self.out.push(b',');
            });
        } else {
            // The first point stays first.
            first.into_iter().chain(points.iter().rev()).for_each(|point| {
                self.position(*point);
                self.out.push(b',');
            });
        }
        self.out.pop();
        self.out.push(b']');
    }

    /// Takes millionths of a degree, longitude first.
    fn position(&mut self, [x, y]: [i64; 2]) {
        let Some(reference) = self.reference else { return self.pair(x, y) };
        let at = coord! { x: x as f64 / 1e6, y: y as f64 / 1e6 };
        match reference.from_wgs84(at) {
            None => self.is_lost = true,
            Some(at) if reference.is_in_degrees() => {
                let [x, y] = Grid::FULL.point(at);
                self.pair(x, y);
            }
            Some(at) => {
                // Millimetres.
                self.out.push(b'[');
                number(self.out, (at.x * 1e3).round() / 1e3);
                self.out.push(b',');
                number(self.out, (at.y * 1e3).round() / 1e3);
                self.out.push(b']');
            }
        }
    }

    fn pair(&mut self, x: i64, y: i64) {
        self.out.push(b'[');
        degrees(self.out, x);
        self.out.push(b',');
        degrees(self.out, y);
        self.out.push(b']');
    }
}

/// The ring on the grid without its closing point, in `points`; false where nothing is left of it.
/// On a coarse grid the middle of three points in line is dropped, which moves no border.
fn snapped_ring(line: &LineString<f64>, grid: Grid, points: &mut Vec<[i64; 2]>) -> bool {
    points.clear();
    for coord in &line.0 {
        let next = grid.point(*coord);
        if points.last() == Some(&next) {
            continue;
        }
        if grid != Grid::FULL {
            while let [.., before, middle] = points[..]
                && doubled_area(before, middle, next) == 0
            {
                points.pop();
            }
            if points.last() == Some(&next) {
                continue;
            }
        }
        points.push(next);
    }
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    points.len() > 2 && ring_doubled_area(points) != 0
}

fn doubled_area(a: [i64; 2], b: [i64; 2], c: [i64; 2]) -> i64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Twice the signed area; positive is counter-clockwise.
fn ring_doubled_area(points: &[[i64; 2]]) -> i128 {
    let next = points.iter().cycle().skip(1);
    let edges = points.iter().zip(next);
    edges
        .map(|(a, b)| i128::from(a[0]) * i128::from(b[1]) - i128::from(b[0]) * i128::from(a[1]))
        .sum()
}

fn small_box(polygons: &[Polygon<f64>]) -> Option<[[i64; 2]; 4]> {
    let boxes = polygons.iter().filter_map(BoundingRect::bounding_rect);
    let rect =
        boxes.max_by(|a, b| (a.width() * a.height()).total_cmp(&(b.width() * b.height())))?;
    let [west, south] = Grid::FULL.point(rect.min());
    let [east, north] = Grid::FULL.point(rect.max());
    let (east, north) = (east.max(west + 1), north.max(south + 1));
    Some([[west, south], [east, south], [east, north], [west, north]])
}

/// Millionths of a degree as a decimal number without trailing zeros.
fn degrees(out: &mut Vec<u8>, micro: i64) {
    if micro < 0 {
        out.push(b'-');
    }
    let micro = micro.unsigned_abs();
    out.extend_from_slice(itoa::Buffer::new().format(micro / 1_000_000).as_bytes());
    let mut rest = micro % 1_000_000;
    if rest == 0 {
        return;
    }
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let end = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    out.push(b'.');
    out.extend_from_slice(&digits[..end]);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::polygon;

    fn written(shape: &MultiPolygon<f64>, grid: Grid) -> String {
        let mut out = Vec::new();
        multi_polygon(&mut out, shape, grid);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn outer_rings_run_counter_clockwise_and_holes_clockwise() {
        let clockwise = polygon!(
            exterior: [(x: 0., y: 0.), (x: 0., y: 4.), (x: 4., y: 4.), (x: 4., y: 0.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.), (x: 1., y: 2.)]],
        );
        assert_eq!(
            written(&clockwise.into(), Grid::FULL),
            concat!(
                r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[4,0],[4,4],[0,4],[0,0]],"#,
                r#"[[1,1],[1,2],[2,2],[2,1],[1,1]]]]}"#
            )
        );
    }

    #[test]
    fn coordinates_have_six_decimals_at_most() {
        let mut out = Vec::new();
        for x in [-0.1234567, 12.5, -180.0, 1e-9] {
            degrees(&mut out, Grid::FULL.snap(x));
            out.push(b' ');
        }
        assert_eq!(String::from_utf8(out).unwrap(), "-0.123457 12.5 -180 0 ");
    }

    #[test]
    fn neighbours_share_their_border_on_every_grid() {
        let border = [(1.003, 0.0), (1.2049, 0.31), (0.9951, 0.62), (1.0042, 1.0)];
        let mut west: Vec<_> = border.to_vec();
        west.extend([(0.0, 1.0), (0.0, 0.0)]);
        let mut east: Vec<_> = border.iter().rev().copied().collect();
        east.extend([(2.0, 0.0), (2.0, 1.0)]);
        for zoom in 0..=Grid::MAX_ZOOM {
            let total: i128 = [&west, &east]
                .map(|ring| {
                    let mut points = Vec::new();
                    let line = LineString::from(ring.clone());
                    snapped_ring(&line, Grid::zoom(zoom), &mut points);
                    ring_doubled_area(&points).abs()
                })
                .iter()
                .sum();
            let corner = |degrees: f64| i128::from(Grid::zoom(zoom).snap(degrees));
            assert_eq!(total, 2 * corner(2.0) * corner(1.0), "zoom {zoom}");
        }
    }

    #[test]
    fn a_shape_smaller_than_the_grid_stays_findable() {
        let tiny = polygon![(x: 0.01, y: 0.01), (x: 0.02, y: 0.01), (x: 0.02, y: 0.02)];
        let text = written(&tiny.into(), Grid::zoom(0));
        assert!(text.contains("[0.01,0.01],[0.02,0.01]"), "{text}");
    }

    #[test]
    fn grids_are_round_and_shrink_with_the_zoom() {
        let grids: Vec<i64> = [0, 5, 10, 22].map(|zoom| Grid::zoom(zoom).0).into();
        assert_eq!(grids, [500_000, 20_000, 500, 1]);
    }
}
