//! The reference systems that answers are given in: their names in URLs, and the order of their axes.

use geo::{Coord, coord};

use super::crs::Crs;

mod degrees;

/// A system that coordinates of a question or an answer are in.
#[derive(Clone, Debug)]
pub struct Reference {
    code: Code,
    /// `None` where coordinates are degrees of WGS 84.
    crs: Option<Crs>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    Crs84,
    Epsg(u32),
}

/// Longitude and latitude of WGS 84, in this order.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
/// Metres of Web Mercator from the meridian of Greenwich to the antimeridian.
const HALF_THE_WORLD: f64 = 20_037_508.342_789_244;
/// Degrees between the middle of a zone and a corner of a box, at most.
const REACH: f64 = 60.0;
/// Positions along a side of a box.
const STEPS: u32 = 64;
const EPSG: &str = "http://www.opengis.net/def/crs/EPSG/0/";

impl Reference {
    pub fn crs84() -> Reference {
        Reference { code: Code::Crs84, crs: None }
    }

    /// The system of a URI: CRS84, EPSG:4326, EPSG:3857 and the UTM zones of WGS 84.
    pub fn from_uri(uri: &str) -> Option<Reference> {
        if uri == CRS84 {
            return Some(Reference::crs84());
        }
        let code: u32 = uri.strip_prefix(EPSG)?.parse().ok()?;
        let code = matches!(code, 4326 | 3857 | 32601..=32660 | 32701..=32760).then_some(code)?;
        let crs = if code == 4326 { None } else { Some(Crs::from_epsg(code).ok()?) };
        Some(Reference { code: Code::Epsg(code), crs })
    }

    pub fn uri(&self) -> String {
        match self.code {
            Code::Crs84 => CRS84.to_owned(),
            Code::Epsg(code) => format!("{EPSG}{code}"),
        }
    }

    /// The same as a URN.
    pub fn urn(&self) -> String {
        match self.code {
            Code::Crs84 => "urn:ogc:def:crs:OGC:1.3:CRS84".to_owned(),
            Code::Epsg(code) => format!("urn:ogc:def:crs:EPSG::{code}"),
        }
    }

    /// The system as files have it, whose readers expect longitude before latitude; `None` where
    /// it is the usual one.
    pub fn of_files(&self) -> Option<Reference> {
        self.crs.is_some().then(|| self.clone())
    }

    /// Its EPSG code and name, whatever the order of its axes.
    pub fn epsg(&self) -> (u32, String) {
        match (self.code, &self.crs) {
            (Code::Epsg(code), Some(crs)) => (code, crs.words()),
            _ => (4326, "WGS 84".to_owned()),
        }
    }

    /// Its description as WKT of the first version, as registered.
    pub fn wkt(&self) -> Option<&'static str> {
        let code = u16::try_from(self.epsg().0).ok()?;
        crs_definitions::from_code(code).map(|known| known.wkt)
    }

    /// The systems that fit an extent (west, south, east, north; west above east across the
    /// antimeridian), the usual ones first.
    pub fn fitting(extent: Option<[f64; 4]>) -> Vec<String> {
        let mut uris = vec![CRS84.to_owned()];
        uris.extend([4326, 3857].map(|code| format!("{EPSG}{code}")));
        let Some([west, south, east, north]) = extent else { return uris };
        // The projection is not used near the poles.
        if south > 84.0 || north < -80.0 {
            return uris;
        }
        let zone = |longitude: f64| ((longitude + 180.0) / 6.0).floor().clamp(0.0, 59.0) as u32;
        let (first, last) = (zone(west), zone(east));
        let last = if west > east { last + 60 } else { last };
        for number in first..=last.min(first + 59) {
            let number = number % 60 + 1;
            uris.extend((north >= 0.0).then(|| format!("{EPSG}{}", 32600 + number)));
            uris.extend((south < 0.0).then(|| format!("{EPSG}{}", 32700 + number)));
        }
        uris
    }

    pub fn is_crs84(&self) -> bool {
        self.code == Code::Crs84
    }

    /// Whether coordinates are degrees, in whatever order.
    pub fn is_in_degrees(&self) -> bool {
        self.crs.is_none()
    }

    /// Whether latitude comes before longitude.
    fn is_swapped(&self) -> bool {
        self.code == Code::Epsg(4326)
    }

    /// Longitude and latitude of a position.
    pub fn to_wgs84(&self, position: Coord<f64>) -> Result<Coord<f64>, String> {
        let Coord { x, y } = position;
        let at = match &self.crs {
            None if self.is_swapped() => Some(coord! { x: y, y: x }),
            None => Some(position),
            Some(crs) => crs.to_wgs84(position),
        };
        // A hair over is the noise of a projection.
        at.filter(|at| at.x.abs() <= 180.0 + 1e-9 && at.y.abs() <= 90.0 + 1e-9).ok_or_else(|| {
            let order = match (&self.crs, self.is_swapped()) {
                (Some(_), _) => "easting and northing in metres",
                (None, true) => "latitude (-90 to 90), then longitude (-180 to 180)",
                (None, false) => "longitude (-180 to 180), then latitude (-90 to 90)",
            };
            format!("{x} {y} is no position; give {order}, or another reference system")
        })
    }

    /// The position of a longitude and latitude; `None` where this system has none for it.
    pub fn from_wgs84(&self, at: Coord<f64>) -> Option<Coord<f64>> {
        match &self.crs {
            None if self.is_swapped() => Some(coord! { x: at.y, y: at.x }),
            None => Some(at),
            Some(crs) => crs.from_wgs84(at),
        }
    }

    /// Whether a box of this system is no box in degrees.
    pub fn is_turned(&self) -> bool {
        !self.is_in_degrees() && self.code != Code::Epsg(3857)
    }

    /// West, south, east and north in degrees of a box between two corners. East may be above 180,
    /// or west above east, where it crosses the antimeridian.
    pub fn extent(&self, [x1, y1, x2, y2]: [f64; 4]) -> Result<[f64; 4], String> {
        if self.is_in_degrees() {
            return Ok(if self.is_swapped() { [y1, x1, y2, x2] } else { [x1, y1, x2, y2] });
        }
        if x1 > x2 || y1 > y2 {
            return Err("the first corner is not the south-western one".to_owned());
        }
        if !self.is_turned() {
            return self.extent_of_mercator([x1, y1, x2, y2]);
        }
        // The sides of the box are no straight lines in degrees: around them, without jumps.
        let part = |step: u32| f64::from(step) / f64::from(STEPS);
        let along = |from: f64, to: f64| {
            (0..STEPS).map(move |step| from + (to - from) * part(step)).collect::<Vec<_>>()
        };
        let south = along(x1, x2).into_iter().map(|x| (x, y1));
        let east = along(y1, y2).into_iter().map(|y| (x2, y));
        let north = along(x2, x1).into_iter().map(|x| (x, y2));
        let west = along(y2, y1).into_iter().map(|y| (x1, y));
        let mut extent: Option<[f64; 4]> = None;
        let mut before: Option<f64> = None;
        for (x, y) in south.chain(east).chain(north).chain(west) {
            let at = self.near_its_zone(coord! { x: x, y: y })?;
            // Beyond the antimeridian longitudes go on.
            let turns = before.map_or(0.0, |before| ((before - at.x) / 360.0).round());
            let x = at.x + turns * 360.0;
            before = Some(x);
            extent = Some(match extent {
                None => [x, at.y, x, at.y],
                Some([west, south, east, north]) => {
                    [west.min(x), south.min(at.y), east.max(x), north.max(at.y)]
                }
            });
        }
        extent.ok_or_else(|| "it is no box".to_owned())
    }

    /// The same of Web Mercator, whose meridians are straight.
    fn extent_of_mercator(&self, [x1, y1, x2, y2]: [f64; 4]) -> Result<[f64; 4], String> {
        let degrees = |x: f64| x / HALF_THE_WORLD * 180.0;
        let latitude = |y: f64| Ok::<f64, String>(self.to_wgs84(coord! { x: 0.0, y: y })?.y);
        let (west, east) = (degrees(x1), degrees(x2));
        let (west, east) = if east - west >= 360.0 { (-180.0, 180.0) } else { (west, east) };
        // By name within the world, where it is not around its edge.
        let turns = ((west + 180.0) / 360.0).floor() * 360.0;
        Ok([west - turns, latitude(y1)?, east - turns, latitude(y2)?])
    }

    /// Longitude and latitude of a position that is near enough to the middle of its zone: far from it
    /// the sides of a box are around other places than what is in it.
    fn near_its_zone(&self, position: Coord<f64>) -> Result<Coord<f64>, String> {
        let at = self.to_wgs84(position)?;
        let middle = match self.code {
            Code::Epsg(code) => f64::from(code % 100) * 6.0 - 183.0,
            Code::Crs84 => at.x,
        };
        let away = (at.x - middle).rem_euclid(360.0);
        match away.min(360.0 - away) <= REACH {
            true => Ok(at),
            false => {
                let Coord { x, y } = position;
                Err(format!(
                    "{x} {y} is farther away than this reference system reaches; give a smaller box, or one in degrees"
                ))
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn epsg(code: u32) -> Reference {
        Reference::from_uri(&format!("{EPSG}{code}")).unwrap()
    }

    #[test]
    fn the_zones_are_those_of_the_extent() {
        let codes = |extent| -> Vec<String> {
            let fitting = Reference::fitting(Some(extent)).into_iter().skip(3);
            fitting.map(|uri| uri.rsplit('/').next().unwrap().to_owned()).collect()
        };
        assert_eq!(codes([30.2, -26.9, 40.8, -10.4]), ["32736", "32737"]);
        assert_eq!(codes([29.0, -1.0, 30.5, 1.0]), ["32635", "32735", "32636", "32736"]);
        assert_eq!(codes([177.0, -19.0, -179.0, -16.0]), ["32760", "32701"]);
        assert_eq!(codes([0.0, 85.0, 1.0, 86.0]), Vec::<String>::new());
    }

    #[test]
    fn every_system_that_is_offered_is_known_and_comes_back() {
        for uri in Reference::fitting(Some([-180.0, -80.0, 180.0, 84.0])) {
            let reference = Reference::from_uri(&uri).unwrap();
            assert_eq!(reference.uri(), uri);
            let at = coord! { x: 178.5, y: -17.5 };
            let Some(there) = reference.from_wgs84(at) else { continue };
            let Ok(back) = reference.to_wgs84(there) else { continue };
            let near = (back.y - at.y).abs() < 1e-6;
            assert!(near || (there.x - 500_000.0).abs() > 2e6, "{uri} {back:?}");
        }
        assert!(Reference::from_uri("http://www.opengis.net/def/crs/EPSG/0/1").is_none());
        assert!(Reference::from_uri("EPSG:4326").is_none());
    }

    #[test]
    fn the_axes_of_4326_are_latitude_and_longitude() {
        assert_eq!(
            epsg(4326).from_wgs84(coord! { x: 34.8, y: -19.8 }),
            Some(coord! { x: -19.8, y: 34.8 })
        );
        assert_eq!(
            epsg(4326).extent([-20.0, 34.0, -19.0, 35.0]).unwrap(),
            [34.0, -20.0, 35.0, -19.0]
        );
        assert!(
            epsg(4326).to_wgs84(coord! { x: 178.0, y: -17.0 }).unwrap_err().contains("latitude")
        );
    }

    #[test]
    fn a_box_in_metres_may_be_as_wide_as_the_world() {
        let mercator = epsg(3857);
        let near = |found: [f64; 4], wanted: [f64; 4]| {
            found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 0.01)
        };
        for (corners, wanted) in [
            ([-20037508.0, -2e6, 1e7, 2e6], [-180.0, -17.68, 89.83, 17.68]),
            ([-2e7, -2e7, 2e7, 2e7], [-179.66, -85.02, 179.66, 85.02]),
            ([-19017765.0, -3563873.0, 1659606.0, 13174475.0], [-170.84, -30.47, 14.91, 75.55]),
            ([-3e8, -2e7, 3e8, 2e7], [-180.0, -85.02, 180.0, 85.02]),
        ] {
            let found = mercator.extent(corners).unwrap();
            assert!(near(found, wanted), "{corners:?}: {found:?}");
        }
        // A zone has no places so far away, and says so.
        let zone = epsg(32741);
        assert!(zone.extent([-1e7, 0.0, 1e7, 2e7]).unwrap_err().contains("reaches"));
        let [west, south, east, north] = zone.extent([-5e5, 8e6, 1.5e6, 9e6]).unwrap();
        assert!(west > 52.0 && west < 54.0 && east > 72.0 && east < 74.0, "{west} {east}");
        assert!(south < -18.0 && north > -9.1, "{south} {north}");
    }

    #[test]
    fn a_box_of_a_zone_at_the_antimeridian_crosses_it() {
        let zone = epsg(32701);
        let [west, south, east, north] =
            zone.extent([100_000.0, 7_900_000.0, 500_000.0, 8_200_000.0]).unwrap();
        let width = if west > east { east + 360.0 - west } else { east - west };
        assert!((3.0..6.0).contains(&width) && south < north, "{west} {east}");
        let mercator = epsg(3857);
        let [west, _, east, _] =
            mercator.extent([19_900_000.0, -2e6, 20_200_000.0, -1.9e6]).unwrap();
        assert!((east - west).rem_euclid(360.0) < 4.0, "{west} {east}");
    }
}
