//! Boxes in degrees, also across the antimeridian.

use geo::{Intersects, MultiPolygon, Rect, coord};

use super::params::{BadParameter, shown};
use crate::domain::Point;
use crate::formats::reference::Reference;

/// One box, or two where it crosses the antimeridian.
#[derive(Clone, Debug, PartialEq)]
pub struct Bbox(Vec<Rect<f64>>);

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
            return Ok(Bbox(vec![one(-180.0, 180.0)]));
        }
        let (west, east) = (turned(west), turned(east));
        Ok(Bbox(match west <= east {
            true => vec![one(west, east)],
            false => vec![one(west, 180.0), one(-180.0, east)],
        }))
    }

    /// The boxes, one or two.
    pub fn boxes(&self) -> &[Rect<f64>] {
        &self.0
    }

    pub fn has(&self, point: &Point) -> bool {
        self.0.iter().any(|one| one.intersects(point))
    }

    /// Whether the shape itself meets the box, of which `rect` is the box around it.
    pub fn meets(&self, shape: &MultiPolygon<f64>, rect: &Rect<f64>) -> bool {
        let inside = |one: &Rect<f64>| {
            one.min().x <= rect.min().x
                && one.min().y <= rect.min().y
                && one.max().x >= rect.max().x
                && one.max().y >= rect.max().y
        };
        self.0.iter().any(|one| {
            one.intersects(rect)
                && (inside(one) || shape.0.iter().any(|polygon| polygon.intersects(one)))
        })
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
    fn what_is_not_a_box_is_refused() {
        for bad in ["1,2,3", "1,2,3,4,5", "a,b,c,d", "0,10,1,5", "0,0,1,95", "NaN,0,1,1", ""] {
            assert!(parsed(bad).is_err(), "{bad}");
        }
    }
}
