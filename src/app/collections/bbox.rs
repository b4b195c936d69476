//! Boxes in degrees, also across the antimeridian.

use geo::{Intersects, MultiPolygon, Rect, coord};

use super::params::{BadParameter, shown};
use crate::app::seam;
use crate::domain::Point;
use crate::formats::geojson_write::Grid;
use crate::formats::reference::Reference;

/// One box, or two where it crosses the antimeridian.
#[derive(Clone, Debug, PartialEq)]
pub struct Bbox {
    /// Its parts, and behind them those of their sides that have another name on the globe.
    boxes: Vec<Rect<f64>>,
    parts: usize,
    /// What it is in truth, where its system is turned against degrees: the boxes are around it.
    outline: Option<MultiPolygon<f64>>,
}

impl Bbox {
    /// Reads four or six comma-separated numbers: west, south, (low,) east, north (, high), in the
    /// axes of a system.
    pub fn parse(text: &str, reference: &Reference) -> Result<Bbox, BadParameter> {
        let bad = |reason: &str| {
            let reason = format!("\"{}\": {reason}", shown(text));
            BadParameter::new("bbox", reason)
        };
        let numbers: Option<Vec<f64>> = text
            .split(',')
            .take(7)
            .map(|part| part.trim().parse().ok().filter(|number: &f64| number.is_finite()))
            .collect();
        let numbers = numbers.ok_or_else(|| {
            bad("not all of it is numbers; give west,south,east,north, such as 34.5,-20,36,-18.5")
        })?;
        let corners = match numbers[..] {
            [west, south, east, north] | [west, south, _, east, north, _] => {
                [west, south, east, north]
            }
            _ => {
                let count = numbers.len();
                let reason = format!("{count} numbers; give four (west,south,east,north) or six");
                return Err(bad(&reason));
            }
        };
        Bbox::between(corners, reference).map_err(|reason| bad(&reason))
    }

    /// The box between two corners, in the axes of a system.
    pub fn between(corners: [f64; 4], reference: &Reference) -> Result<Bbox, String> {
        let [west, south, east, north] = reference.extent(corners)?;
        let refused = |reason: &str| {
            let order = match reference.is_crs84() {
                true => "west,south,east,north",
                false => "the two corners in the order of the axes of the reference system",
            };
            Err(format!("{reason}; give {order}"))
        };
        if !corners.iter().all(|number| number.is_finite()) {
            return refused("not all of it is numbers");
        }
        if south > north {
            return refused("south is above north");
        }
        if !(-90.0..=90.0).contains(&south) || !(-90.0..=90.0).contains(&north) {
            return refused("a latitude is beyond 90 degrees");
        }
        if west.abs() > 540.0 || east.abs() > 540.0 {
            return refused("a longitude is beyond 180 degrees");
        }
        let one =
            |west, east| Rect::new(coord! { x: west, y: south }, coord! { x: east, y: north });
        if east - west >= 360.0 {
            return Ok(Bbox { boxes: vec![one(-180.0, 180.0)], parts: 1, outline: None });
        }
        let (west, east) = (turned(west), turned(east));
        let mut boxes = match west <= east {
            true => vec![one(west, east)],
            false => vec![one(west, 180.0), one(-180.0, east)],
        };
        let outline = match reference.is_turned() && south < north {
            true => {
                let [x1, y1, x2, y2] = corners;
                let whole = Rect::new(coord! { x: x1, y: y1 }, coord! { x: x2, y: y2 });
                Some(reference.polygons_to_wgs84(&[whole.to_polygon()])?)
            }
            false => None,
        };
        let parts = boxes.len();
        let sides = boxes.iter().flat_map(seam::sides);
        let sides = sides.filter(|side| !boxes.iter().any(|one| one.intersects(side)));
        boxes.extend(sides.collect::<Vec<_>>());
        Ok(Bbox { boxes, parts, outline })
    }

    /// What the box is in degrees, where that is no box.
    pub fn outline(&self) -> Option<&MultiPolygon<f64>> {
        self.outline.as_ref()
    }

    /// What is in it is in one of these.
    pub fn boxes(&self) -> &[Rect<f64>] {
        &self.boxes
    }

    /// The boxes that it is, one or two.
    pub fn parts(&self) -> &[Rect<f64>] {
        self.boxes.get(..self.parts).unwrap_or(&self.boxes)
    }

    pub fn has(&self, point: &Point) -> bool {
        self.boxes.iter().any(|one| one.intersects(point))
            && self.outline.as_ref().is_none_or(|outline| outline.intersects(point))
    }

    /// Whether the shape itself, as it is written, meets the box; `rect` is the box around it.
    pub fn meets(&self, shape: &MultiPolygon<f64>, rect: &Rect<f64>) -> bool {
        let rect = &Grid::FULL.rect(rect);
        if !self.boxes.iter().any(|one| one.intersects(rect)) {
            return false;
        }
        let inside = |one: &Rect<f64>| {
            one.min().x <= rect.min().x
                && one.min().y <= rect.min().y
                && one.max().x >= rect.max().x
                && one.max().y >= rect.max().y
        };
        if self.outline.is_none() && self.boxes.iter().any(inside) {
            return true;
        }
        let shape = &Grid::FULL.written(shape);
        let meets = |one: &Rect<f64>| {
            one.intersects(rect)
                && (inside(one) || shape.0.iter().any(|polygon| polygon.intersects(one)))
        };
        self.boxes.iter().any(meets)
            && self.outline.as_ref().is_none_or(|outline| outline.intersects(shape))
    }
}

/// The same meridian within -180 to 180.
fn turned(longitude: f64) -> f64 {
    match longitude {
        _ if longitude > 180.0 => longitude - 360.0,
        _ if longitude < -180.0 => longitude + 360.0,
        _ => longitude,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Bbox, BadParameter> {
        Bbox::parse(text, &Reference::crs84())
    }

    #[test]
    fn a_box_across_the_antimeridian_has_two_parts() {
        let fiji = parsed("177,-20,-178,-15").unwrap();
        assert_eq!(fiji.boxes().len(), 2);
        assert!(fiji.has(&Point::new(179.0, -17.0)));
        assert!(fiji.has(&Point::new(-179.0, -17.0)));
        assert!(!fiji.has(&Point::new(0.0, -17.0)));
        assert_eq!(parsed("177,-20,182,-15").unwrap(), fiji);
        assert_eq!(parsed("177,-20,0,-178,-15,9").unwrap(), fiji);
    }

    #[test]
    fn a_box_of_a_zone_has_what_lies_in_it_in_metres() {
        let zone = |code: u32| format!("http://www.opengis.net/def/crs/EPSG/0/{code}");
        for (code, corners) in [
            (32741, [800_000.0, 8_550_000.0, 900_000.0, 8_650_000.0]),
            (32736, [562_961.64, 7_721_247.03, 777_335.34, 8_497_671.49]),
            (32760, [780_000.0, 8_000_000.0, 860_000.0, 8_200_000.0]),
        ] {
            let reference = Reference::from_uri(&zone(code)).unwrap();
            let bbox = Bbox::between(corners, &reference).unwrap();
            let [x1, y1, x2, y2] = corners;
            let mut seen = [0, 0];
            for step in 0..1_600 {
                let (column, row) = (f64::from(step % 40) / 39.0, f64::from(step / 40) / 39.0);
                // From a tenth outside on every side, never within metres of a side.
                let x = x1 + (x2 - x1) * (column * 1.2 - 0.1) + 7.0;
                let y = y1 + (y2 - y1) * (row * 1.2 - 0.1) + 7.0;
                let at = reference.to_wgs84(coord! { x: x, y: y }).unwrap();
                let inside = (x1..=x2).contains(&x) && (y1..=y2).contains(&y);
                seen[usize::from(inside)] += 1;
                assert_eq!(bbox.has(&Point::from(at)), inside, "{code}: {x} {y}");
            }
            assert!(seen.iter().all(|count| *count > 100), "{seen:?}");
        }
    }

    #[test]
    fn a_box_that_ends_at_the_antimeridian_has_what_lies_on_it_by_either_name() {
        let area = |west: f64, east: f64| {
            let rect = Rect::new(coord! {x: west, y: -18.}, coord! {x: east, y: -16.});
            (MultiPolygon::from(rect.to_polygon()), rect)
        };
        for (text, far) in [("170,-20,180,-15", 170.0), ("-180,-20,-170,-15", -170.0)] {
            let bbox = parsed(text).unwrap();
            assert_eq!((bbox.parts().len(), bbox.boxes().len()), (1, 2));
            for longitude in [-180.0, 180.0, far] {
                assert!(bbox.has(&Point::new(longitude, -17.0)), "{text} {longitude}");
                assert!(!bbox.has(&Point::new(longitude, -21.0)), "{text} {longitude}");
            }
            for ((shape, rect), meets) in [
                (area(-180.0, -179.0), true),
                (area(179.0, 180.0), true),
                (area(-far.signum() * 179.5, -far.signum() * 178.0), false),
            ] {
                assert_eq!(bbox.meets(&shape, &rect), meets, "{text} {rect:?}");
            }
        }
        assert_eq!(parsed("-180,-20,180,-15").unwrap().boxes().len(), 1);
    }

    #[test]
    fn what_is_not_a_box_is_refused() {
        for bad in ["1,2,3", "1,2,3,4,5", "a,b,c,d", "0,10,1,5", "0,0,1,95", "NaN,0,1,1", ""] {
            assert!(parsed(bad).is_err(), "{bad}");
        }
    }
}
