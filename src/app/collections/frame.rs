//! Where an area's name goes on a map, and how far the area reaches.

use geo::{BoundingRect, LineString, MultiPolygon, Point, Polygon};

use super::summary::around;

/// The frame of an area, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// West, south, east, north; west is above east where it crosses the antimeridian.
    pub bbox: [f64; 4],
    /// A point inside the largest polygon, where a name has room.
    pub name_at: Point<f64>,
    /// Degrees of longitude that are free there.
    pub name_width: f64,
}

/// Heights of the cuts that are tried, as shares of the height of the polygon: the middle first.
const CUTS: [f64; 7] = [0.5, 0.42, 0.58, 0.34, 0.66, 0.25, 0.75];

/// A later cut must be so much wider than the best one so far: names near the middle look right.
const CLEARLY_WIDER: f64 = 1.25;

/// The frame of a shape; none where it has no ground. The name goes to the middle of the widest
/// stretch inside its largest polygon, of a few cuts from west to east.
pub fn frame(shape: &MultiPolygon<f64>) -> Option<Frame> {
    let rects = shape.0.iter().filter_map(BoundingRect::bounding_rect);
    let boxes = rects.map(|rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y]);
    let bbox = around(boxes.collect())?;
    let by_size = |a: &&Polygon<f64>, b: &&Polygon<f64>| size(a).total_cmp(&size(b));
    let largest = shape.0.iter().max_by(by_size)?;
    let bounds = largest.bounding_rect()?;
    let mut best: Option<(Point<f64>, f64)> = None;
    let mut cuts = Vec::new();
    for share in CUTS {
        let y = bounds.min().y + bounds.height() * share;
        cuts.clear();
        crossings(largest.exterior(), y, &mut cuts);
        largest.interiors().iter().for_each(|hole| crossings(hole, y, &mut cuts));
        cuts.sort_by(f64::total_cmp);
        for pair in cuts.chunks_exact(2) {
            let (from, to) = (pair[0], pair[1]);
            if best.is_none_or(|(_, width)| to - from > width * CLEARLY_WIDER) {
                best = Some((Point::new((from + to) / 2.0, y), to - from));
            }
        }
    }
    let (name_at, name_width) = best?;
    Some(Frame { bbox, name_at, name_width })
}

/// The plane area of a polygon without its holes, in square degrees.
fn size(polygon: &Polygon<f64>) -> f64 {
    let lines = polygon.exterior().lines();
    lines.map(|line| line.start.x * line.end.y - line.end.x * line.start.y).sum::<f64>().abs() / 2.0
}

/// Where a ring crosses a parallel.
fn crossings(ring: &LineString<f64>, y: f64, out: &mut Vec<f64>) {
    out.extend(ring.lines().filter(|line| (line.start.y > y) != (line.end.y > y)).map(|line| {
        let share = (y - line.start.y) / (line.end.y - line.start.y);
        line.start.x + share * (line.end.x - line.start.x)
    }));
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use geo::{Rect, coord, polygon};

    use super::*;

    #[test]
    fn a_name_is_placed_inside_a_hollow_shape() {
        // A U: its middle is not in it.
        let u = polygon![
            (x: 0.0, y: 0.0), (x: 6.0, y: 0.0), (x: 6.0, y: 6.0), (x: 4.0, y: 6.0),
            (x: 4.0, y: 2.0), (x: 2.0, y: 2.0), (x: 2.0, y: 6.0), (x: 0.0, y: 6.0),
        ];
        let found = frame(&MultiPolygon(vec![u])).unwrap();
        assert_eq!(found.bbox, [0.0, 0.0, 6.0, 6.0]);
        assert_eq!((found.name_at, found.name_width), (Point::new(3.0, 1.5), 6.0));
    }

    #[test]
    fn an_area_on_both_sides_of_the_antimeridian_has_a_narrow_box_and_its_name_on_the_larger() {
        let east = Rect::new(coord! {x: 178.0, y: -18.0}, coord! {x: 180.0, y: -16.0});
        let west = Rect::new(coord! {x: -180.0, y: -17.0}, coord! {x: -179.0, y: -16.0});
        let found = frame(&MultiPolygon(vec![west.to_polygon(), east.to_polygon()])).unwrap();
        assert_eq!(found.bbox, [178.0, -18.0, -179.0, -16.0]);
        assert_eq!((found.name_at, found.name_width), (Point::new(179.0, -17.0), 2.0));
    }

    #[test]
    fn an_area_without_ground_has_no_frame() {
        assert_eq!(frame(&MultiPolygon(Vec::new())), None);
        let point = polygon![(x: 1.0, y: 1.0), (x: 1.0, y: 1.0), (x: 1.0, y: 1.0)];
        assert_eq!(frame(&MultiPolygon(vec![point])), None);
    }
}
