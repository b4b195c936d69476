//! A small map as SVG, drawn from shapes: it needs no script and no other host.

use std::fmt::Write;

use geo::{BoundingRect, MultiPolygon, Rect};

use super::esc;
use crate::app::collections::View;
use crate::formats::layer::Geometry;

/// Size of the drawing; ten units are a pixel.
const WIDTH: f64 = 7200.0;
const HEIGHT: f64 = 4600.0;
const MARGIN: f64 = 120.0;

/// What is drawn above the land.
pub struct Mark {
    pub shape: Geometry,
    pub name: String,
    pub href: String,
    /// Class of its colour.
    pub class: &'static str,
}

/// The land of an operation and nothing above it.
pub fn of_operation(view: &View) -> String {
    drawn(view, &[], view.summary().bbox)
}

/// Marks above the land, all of the operation in view.
pub fn of_marks(view: &View, marks: &[Mark]) -> String {
    drawn(view, marks, view.summary().bbox)
}

/// One mark; an area fills the view, a point is shown within all of the operation.
pub fn of_one(view: &View, mark: Mark) -> String {
    let whole = view.summary().bbox;
    let near = match &mark.shape {
        Geometry::MultiPolygon(shape) => shape.bounding_rect().map(around),
        _ => None,
    };
    // A shape on both sides of the antimeridian has a box around the globe.
    let near = near.filter(|[west, _, east, _]| east - west < 180.0);
    drawn(view, &[mark], near.or(whole))
}

fn around(rect: Rect<f64>) -> [f64; 4] {
    let more = rect.width().max(rect.height()) * 0.3;
    let (min, max) = (rect.min(), rect.max());
    [min.x - more, (min.y - more).max(-90.0), max.x + more, (max.y + more).min(90.0)]
}

/// From degrees to the drawing.
struct Sheet {
    west: f64,
    north: f64,
    /// The extent crosses the antimeridian.
    turns: bool,
    across: f64,
    down: f64,
    left: f64,
    top: f64,
}

impl Sheet {
    fn new([west, south, east, north]: [f64; 4]) -> Sheet {
        let turns = west > east;
        let width = if turns { east + 360.0 - west } else { east - west };
        // Degrees of longitude are shorter away from the equator.
        let shrink = ((south + north) / 2.0).to_radians().cos().max(0.05);
        let (width, height) = ((width * shrink).max(1e-6), (north - south).max(1e-6));
        let down = ((WIDTH - 2.0 * MARGIN) / width).min((HEIGHT - 2.0 * MARGIN) / height);
        let (left, top) = ((WIDTH - width * down) / 2.0, (HEIGHT - height * down) / 2.0);
        Sheet { west, north, turns, across: down * shrink, down, left, top }
    }

    fn at(&self, longitude: f64, latitude: f64) -> (i32, i32) {
        let behind = self.turns && longitude < self.west - 90.0;
        let longitude = if behind { longitude + 360.0 } else { longitude };
        let x = self.left + (longitude - self.west) * self.across;
        let y = self.top + (self.north - latitude) * self.down;
        (x.round().clamp(-1e6, 1e6) as i32, y.round().clamp(-1e6, 1e6) as i32)
    }

    /// A shape as paths of a class, whose inside is `title`: one, or where it may be cut along the
    /// antimeridian one without an outline and one of the outline without the cut.
    fn shape(&self, out: &mut String, shapes: &[&MultiPolygon<f64>], class: &str, title: &str) {
        let outlined = if self.turns { " cut" } else { "" };
        let _ = write!(out, "<path class=\"{class}{outlined}\" d=\"");
        shapes.iter().for_each(|shape| self.path(out, shape));
        let _ = write!(out, "\">{title}</path>");
        if self.turns {
            let _ = write!(out, "<path class=\"{class} outline\" d=\"");
            shapes.iter().for_each(|shape| self.outline(out, shape));
            out.push_str("\"/>");
        }
    }

    /// The edges of a shape that do not run along the antimeridian.
    fn outline(&self, out: &mut String, shape: &MultiPolygon<f64>) {
        use geo::LinesIter;
        let is_cut = |x: f64| x.abs() >= 180.0;
        let mut last = None;
        for line in shape.lines_iter() {
            let (from, to) = (line.start, line.end);
            if is_cut(from.x) && is_cut(to.x) {
                continue;
            }
            let (start, end) = (self.at(from.x, from.y), self.at(to.x, to.y));
            if last != Some(start) {
                let _ = write!(out, "M{} {}", start.0, start.1);
            }
            if start != end {
                let _ = write!(out, "L{} {}", end.0, end.1);
            }
            last = Some(end);
        }
    }

    /// The rings of a shape as the data of a path. What is smaller than a dot is a dot.
    fn path(&self, out: &mut String, shape: &MultiPolygon<f64>) {
        let rings =
            shape.0.iter().flat_map(|one| std::iter::once(one.exterior()).chain(one.interiors()));
        for ring in rings {
            let mut last: Option<(i32, i32)> = None;
            let mut count = 0;
            for position in &ring.0 {
                let at = self.at(position.x, position.y);
                if let Some((x, y)) = last
                    && (at.0 - x).abs() + (at.1 - y).abs() < 8
                {
                    continue;
                }
                last = Some(at);
                let command = if count == 0 { 'M' } else { 'L' };
                let _ = write!(out, "{command}{} {}", at.0, at.1);
                count += 1;
            }
            out.push_str(if count == 1 { "h12v12h-12z" } else { "z" });
        }
    }
}

fn drawn(view: &View, marks: &[Mark], extent: Option<[f64; 4]>) -> String {
    let Some(extent) = extent else { return String::new() };
    let sheet = Sheet::new(extent);
    let mut svg = String::with_capacity(16 * 1024);
    let name = esc(&view.snapshot.operation.name);
    let _ = writeln!(
        svg,
        "<svg class=\"map\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Map of {name}\">"
    );
    let areas = &view.snapshot.areas;
    let coarse = areas.level(areas.deepest().min(1)).iter();
    let land: Vec<_> = coarse.filter_map(|ix| areas.get(*ix).geometry.as_deref()).collect();
    sheet.shape(&mut svg, &land, "land", "");
    svg.push('\n');
    for mark in marks {
        let (href, class) = (esc(&mark.href), mark.class);
        let title = format!("<title>{}</title>", esc(&mark.name));
        let mut shape = String::new();
        match &mark.shape {
            Geometry::Point(at) => {
                let (x, y) = sheet.at(at.x(), at.y());
                let _ = write!(
                    shape,
                    "<circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"45\">{title}</circle>"
                );
            }
            Geometry::MultiPolygon(polygons) => {
                sheet.shape(&mut shape, &[polygons], &format!("area {class}"), &title);
            }
            Geometry::None | Geometry::GeoJson(_) => continue,
        }
        let _ = writeln!(svg, "<a href=\"{href}\">{shape}</a>");
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;

    #[test]
    fn islands_on_both_sides_of_the_antimeridian_are_drawn_side_by_side() {
        let sheet = Sheet::new([177.0, -19.0, -179.0, -16.0]);
        let ((west, _), (east, _)) = (sheet.at(177.5, -17.0), sheet.at(-179.5, -17.0));
        assert!(west < east && f64::from(east) < WIDTH, "{west} {east}");
    }

    #[test]
    fn a_cut_along_the_antimeridian_is_no_border() {
        let sheet = Sheet::new([177.0, -19.0, -179.0, -16.0]);
        let side = |x: f64| polygon![(x: x, y: -18.), (x: 180. * x.signum(), y: -18.), (x: 180. * x.signum(), y: -17.), (x: x, y: -17.)];
        let shape = MultiPolygon::new(vec![side(179.0), side(-179.5)]);
        let (mut filled, mut outline) = (String::new(), String::new());
        sheet.path(&mut filled, &shape);
        sheet.outline(&mut outline, &shape);
        let edges = |path: &str| path.matches('L').count() + path.matches('z').count();
        assert_eq!((edges(&filled), edges(&outline)), (2 * 5, 2 * 3), "{outline}");
    }
}
