//! Coordinate reference systems: the only place that reads their names and WKT, and that moves
//! coordinates to WGS 84 and back.
//!
//! Every system goes through its WKT: that of the file, or that of its EPSG code. Where a WKT does
//! not say how its datum lies to WGS 84, the EPSG registry's mean shift does; it is right to some tens
//! of metres, and the words of the system say so.

use geo::Coord;
use proj4rs::Proj;

use super::sheet::Unreadable;

/// Bytes of a WKT, and brackets inside one another.
const WKT_BYTES: usize = 64 << 10;
const WKT_DEPTH: usize = 32;

/// A known system, and how to get from it to WGS 84.
#[derive(Clone, Debug)]
pub struct Crs {
    /// As people call it, such as `WGS 84 / UTM zone 36S`.
    name: String,
    /// What to know about its datum, empty where there is nothing.
    datum_note: &'static str,
    /// `None` where it is WGS 84 in degrees.
    proj: Option<(Proj, Proj)>,
    /// Coordinates are angles.
    degrees: bool,
}

const MEAN_SHIFT: &str = ", with the mean shift of its datum (right to some tens of metres)";
const NO_SHIFT: &str =
    ", whose datum is not known here (positions may be off by some hundred metres)";

impl Crs {
    /// Longitude and latitude in degrees.
    pub fn wgs84() -> Crs {
        Crs { name: "WGS 84".into(), datum_note: "", proj: None, degrees: true }
    }

    /// The system of an EPSG code.
    pub fn from_epsg(code: u32) -> Result<Crs, Unreadable> {
        let wkt = u16::try_from(code).ok().and_then(crs_definitions::from_code).map(|def| def.wkt);
        Crs::from_wkt(wkt.ok_or_else(|| unknown(&format!("EPSG:{code}")))?)
    }

    /// The system of a name, such as `EPSG:32736` or `urn:ogc:def:crs:OGC:1.3:CRS84`.
    pub fn from_name(name: &str) -> Result<Crs, Unreadable> {
        let upper = name.trim().to_ascii_uppercase();
        let code = upper.rsplit([':', '/', '#']).next().and_then(|code| code.parse::<u32>().ok());
        if upper.contains("ESRI") {
            let known = code.and_then(esri).ok_or_else(|| unknown(name))?;
            return Crs::from_proj(name, known, "");
        }
        if let Some(code) = code {
            return Crs::from_epsg(code);
        }
        let is_wgs84 =
            upper.contains("CRS84") || upper.contains("CRS83") || upper.contains("WGS84");
        if is_wgs84 { Ok(Crs::wgs84()) } else { Crs::from_wkt(name) }
    }

    /// The system that a WKT describes, WKT1 of either kind or WKT2. Of a compound system the
    /// horizontal part counts.
    pub fn from_wkt(text: &str) -> Result<Crs, Unreadable> {
        let wkt = horizontal(text).ok_or_else(|| unknown(text))?;
        let name = quoted_after(wkt, "[").unwrap_or_default();
        let name = if name.is_empty() { "an unnamed system" } else { name };
        let string = match quoted_after(wkt, "EXTENSION[\"PROJ4\",") {
            Some(string) if string.contains("@null") => {
                // The sphere of web maps: its datum is WGS 84 all the same.
                return Crs::from_proj(name, "+proj=webmerc +datum=WGS84", "");
            }
            Some(string) => string.to_owned(),
            None => proj4wkt::wkt_to_projstring(wkt).map_err(|_| unknown(name))?,
        };
        let has = |prefix: &str| string.split_whitespace().any(|word| word.starts_with(prefix));
        let mut words: Vec<String> = string
            .split_whitespace()
            .filter(|word| !word.starts_with("+towgs84=") && !word.starts_with("+datum="))
            .filter(|word| !word.starts_with("+axis=") || *word == "+axis=wsu")
            .map(|word| word.replace("+proj=tmerc", "+proj=etmerc"))
            .collect();
        if has("+datum=") && !has("+ellps=") && !has("+a=") {
            words.extend(ellipsoid(wkt).map(|(a, rf)| format!("+a={a} +rf={rf}")));
        }
        let (shift, datum_note) = shift(wkt);
        words.extend(shift.map(|shift| format!("+towgs84={shift}")));
        Crs::from_proj(name, &words.join(" "), datum_note)
    }

    /// The system of a PROJ string. `datum_note` is what to know about its datum.
    pub fn from_proj(
        name: &str,
        string: &str,
        datum_note: &'static str,
    ) -> Result<Crs, Unreadable> {
        let name = name.replace('_', " ");
        let from = Proj::from_proj_string(string).map_err(|_| unknown(&name))?;
        let to =
            Proj::from_proj_string("+proj=longlat +datum=WGS84").map_err(|_| unknown(&name))?;
        let words: Vec<&str> = string.split_whitespace().collect();
        let same = words.contains(&"+datum=WGS84")
            || words.iter().any(|word| word.strip_prefix("+towgs84=").is_some_and(is_zero));
        let degrees = from.is_latlong();
        let plain = degrees && same && !words.iter().any(|word| word.starts_with("+pm="));
        let proj = (!plain).then_some((from, to));
        Ok(Crs { name, datum_note, proj, degrees })
    }

    /// The system of a PROJ string without a datum, on the datum of a geographic system.
    pub fn on_datum_of(name: &str, string: &str, geographic: u32) -> Result<Crs, Unreadable> {
        let code = u16::try_from(geographic).ok();
        let wkt = code.and_then(crs_definitions::from_code).map(|def| def.wkt);
        let wkt = wkt.ok_or_else(|| unknown(&format!("EPSG:{geographic}")))?;
        let (a, rf) = ellipsoid(wkt).ok_or_else(|| unknown(name))?;
        let (shift, note) = shift(wkt);
        let shift = shift.map(|shift| format!(" +towgs84={shift}")).unwrap_or_default();
        Crs::from_proj(name, &format!("{string} +a={a} +rf={rf}{shift}"), note)
    }

    /// Whether coordinates are longitude and latitude of WGS 84 already, or as good as.
    pub fn is_wgs84(&self) -> bool {
        self.proj.is_none()
    }

    /// Whether coordinates are angles in degrees.
    pub fn is_in_degrees(&self) -> bool {
        self.degrees
    }

    /// Its name, and what to know about its datum.
    pub fn words(&self) -> String {
        format!("{}{}", self.name, self.datum_note)
    }

    /// Longitude and latitude of a position; `None` where it is none in this system.
    pub fn to_wgs84(&self, position: Coord<f64>) -> Option<Coord<f64>> {
        let Some((from, to)) = &self.proj else { return finite(position) };
        moved(position, from, to)
    }

    /// The position of a longitude and latitude; `None` where this system has none for it.
    pub fn from_wgs84(&self, position: Coord<f64>) -> Option<Coord<f64>> {
        let Some((from, to)) = &self.proj else { return finite(position) };
        moved(position, to, from)
    }
}

fn moved(position: Coord<f64>, from: &Proj, to: &Proj) -> Option<Coord<f64>> {
    let Coord { x, y } = finite(position)?;
    let (x, y) = if from.is_latlong() { (x.to_radians(), y.to_radians()) } else { (x, y) };
    let mut at = (x, y, 0.0);
    proj4rs::transform::transform(from, to, &mut at).ok()?;
    let (x, y) = (at.0, at.1);
    let (x, y) = if to.is_latlong() { (x.to_degrees(), y.to_degrees()) } else { (x, y) };
    finite(Coord { x, y })
}

fn finite(position: Coord<f64>) -> Option<Coord<f64>> {
    (position.x.is_finite() && position.y.is_finite()).then_some(position)
}

fn unknown(name: &str) -> Unreadable {
    let name: String = name.trim().chars().take(80).collect();
    let name = if name.is_empty() { "a system without a name".to_owned() } else { name };
    Unreadable(format!(
        "The coordinates are in {name}, which cannot be read: export the layer in WGS 84 (EPSG:4326) and send it again."
    ))
}

/// Systems of ESRI that have no EPSG code and that come in files without their WKT.
fn esri(code: u32) -> Option<&'static str> {
    Some(match code {
        54009 => "+proj=moll +lon_0=0 +datum=WGS84 +units=m",
        54034 => "+proj=cea +lat_ts=0 +lon_0=0 +datum=WGS84 +units=m",
        102022 => "+proj=aea +lat_1=20 +lat_2=-23 +lat_0=0 +lon_0=25 +datum=WGS84 +units=m",
        102100 | 102113 => "+proj=webmerc +datum=WGS84",
        _ => return None,
    })
}

/// The projected or geographic system inside a WKT, brackets balanced and not too deep.
fn horizontal(text: &str) -> Option<&str> {
    const HEADS: &[&str] = &[
        "PROJCS[",
        "PROJCRS[",
        "PROJECTEDCRS[",
        "GEOGCS[",
        "GEOGCRS[",
        "GEODCRS[",
        "GEOGRAPHICCRS[",
        "GEODETICCRS[",
    ];
    if text.len() > WKT_BYTES {
        return None;
    }
    // PROJCS before the GEOGCS that it holds.
    let start = HEADS.iter().filter_map(|head| text.find(head)).min()?;
    let mut depth = 0usize;
    let mut is_quoted = false;
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'[' if !is_quoted => depth += 1,
            b']' if !is_quoted => {
                depth -= 1;
                if depth == 0 {
                    return text.get(start..=at);
                }
            }
            _ => {}
        }
        if depth > WKT_DEPTH {
            return None;
        }
    }
    None
}

/// The first quoted text behind a mark, where it comes right behind it.
fn quoted_after<'a>(wkt: &'a str, mark: &str) -> Option<&'a str> {
    let rest = wkt[wkt.find(mark)? + mark.len()..].trim_start().strip_prefix('"')?;
    Some(&rest[..rest.find('"')?])
}

fn datum_name(wkt: &str) -> Option<&str> {
    ["DATUM[", "ENSEMBLE[", "TRF["].iter().find_map(|mark| quoted_after(wkt, mark))
}

/// Semi-major axis in metres and inverse flattening.
fn ellipsoid(wkt: &str) -> Option<(f64, f64)> {
    let mark = ["SPHEROID[", "ELLIPSOID["].iter().find_map(|mark| wkt.find(mark))?;
    let mut numbers = wkt[mark..].split(',').skip(1);
    let mut number = || numbers.next()?.trim_matches([' ', ']']).parse::<f64>().ok();
    Some((number()?, number()?))
}

/// The `TOWGS84` of a WKT.
fn stated_shift(wkt: &str) -> Option<String> {
    let numbers = &wkt[wkt.find("TOWGS84[")? + "TOWGS84[".len()..];
    let numbers = numbers[..numbers.find(']')?].split(',').map(|number| number.trim().parse());
    let numbers = numbers.collect::<Result<Vec<f64>, _>>().ok()?;
    let words: Vec<String> = numbers.iter().map(f64::to_string).collect();
    matches!(numbers.len(), 3 | 7).then(|| words.join(","))
}

/// How the datum of a WKT lies to WGS 84: what the WKT says, else what the EPSG registry does.
fn shift(wkt: &str) -> (Option<String>, &'static str) {
    if let Some(stated) = stated_shift(wkt) {
        return (Some(stated), "");
    }
    if let Some(shift) = datum_name(wkt).and_then(known_shift) {
        return if is_zero(&shift) { (Some(shift), "") } else { (Some(shift), MEAN_SHIFT) };
    }
    // Every modern datum lies within a metre or two of WGS 84, and has its ellipsoid or that of 1980.
    let modern = ellipsoid(wkt)
        .is_some_and(|(a, rf)| (a - 6_378_137.0).abs() < 0.5 && (rf - 298.2572).abs() < 0.001);
    if modern { (Some("0,0,0".into()), "") } else { (None, NO_SHIFT) }
}

fn is_zero(shift: &str) -> bool {
    shift.split(',').all(|number| number.parse::<f64>() == Ok(0.0))
}

/// The shift of a datum by its name: that of the EPSG registry's geographic systems.
fn known_shift(datum: &str) -> Option<String> {
    let plain = |name: &str| -> String {
        let kept = name.trim_start_matches("D_").chars().filter(char::is_ascii_alphanumeric);
        kept.map(|c| c.to_ascii_lowercase()).collect()
    };
    let wanted = plain(datum);
    let wanted = OTHER_NAMES
        .iter()
        .find(|(esri, _)| *esri == wanted)
        .map_or(wanted.as_str(), |(_, name)| name);
    if wanted == "northamericandatum1927" {
        // The registry has grids for it, which are not here: the mean of NIMA TR 8350.2 for the
        // contiguous United States, right to 10 m there.
        return Some("-8,160,176".into());
    }
    let same = |wkt: &&str| datum_name(wkt).is_some_and(|name| plain(name) == wanted);
    GEOGRAPHIC_CODES
        .filter_map(|code| crs_definitions::from_code(code).map(|def| def.wkt))
        .filter(same)
        .find_map(stated_shift)
}

/// Codes of geographic systems in the EPSG registry.
const GEOGRAPHIC_CODES: std::ops::Range<u16> = 4120..5000;

/// Datums that ESRI calls otherwise than the EPSG registry.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("northamerican1927", "northamericandatum1927"),
    ("european1950", "europeandatum1950"),
    ("provisionalsamerican1956", "provisionalsouthamericandatum1956"),
    ("southamerican1969", "southamericandatum1969"),
    ("mgi", "militargeographischeinstitut"),
    ("ntf", "nouvelletriangulationfrancaise"),
];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    /// Where a position lies, and that it comes back.
    fn check(crs: &Crs, (x, y): (f64, f64), (lon, lat): (f64, f64), degrees: f64) {
        let at = crs.to_wgs84(Coord { x, y }).unwrap();
        let near = (at.x - lon).abs() < degrees && (at.y - lat).abs() < degrees;
        assert!(near, "{}: {at:?}", crs.words());
        let back = crs.from_wgs84(at).unwrap();
        let size = x.abs().max(y.abs());
        assert!((back.x - x).hypot(back.y - y) < 1e-7 * size, "{}: {back:?}", crs.words());
    }

    #[test]
    fn projected_systems_come_by_their_code_and_agree_with_published_positions() {
        // Beira lighthouse area, in three systems; figures of PROJ 9.
        check(
            &Crs::from_epsg(32736).unwrap(),
            (695_000.0, 7_805_000.0),
            (34.862_039, -19.841_341),
            1e-5,
        );
        check(
            &Crs::from_epsg(3857).unwrap(),
            (3_880_000.0, -2_255_000.0),
            (34.854_633, -19.847_720),
            1e-5,
        );
        check(
            &Crs::from_epsg(2154).unwrap(),
            (652_000.0, 6_862_000.0),
            (2.345_812, 48.856_248),
            1e-5,
        );
        assert!(Crs::from_epsg(4326).unwrap().is_wgs84());
        assert!(Crs::from_epsg(4258).unwrap().is_wgs84());
        assert!(Crs::from_epsg(32737).unwrap().words().contains("UTM zone 37S"));
    }

    #[test]
    fn an_old_datum_is_shifted_and_says_how_well() {
        let nad27 = Crs::from_epsg(26713).unwrap();
        // With the grid that surveyors use: -103.868472, 44.501603; the mean shift is 10 m off.
        check(&nad27, (590_000.0, 4_928_000.0), (-103.868_47, 44.501_60), 3e-4);
        assert!(nad27.words().contains("mean shift"), "{}", nad27.words());
        let arc = Crs::from_epsg(21037).unwrap();
        let plain = Crs::from_epsg(32737).unwrap();
        let at = |crs: &Crs| crs.to_wgs84(Coord { x: 258_000.0, y: 9_857_000.0 }).unwrap();
        let metres = (at(&arc).y - at(&plain).y) * 110_600.0;
        assert!((200.0..400.0).contains(&metres.abs()), "{metres}");
    }

    #[test]
    fn the_prj_files_of_esri_are_understood() {
        let wgs84 = r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
        assert!(Crs::from_wkt(wgs84).unwrap().is_wgs84());
        let projected = |projection: &str, parameters: &str| {
            Crs::from_wkt(&format!(r#"PROJCS["Some_Name",{wgs84},PROJECTION["{projection}"],{parameters}UNIT["Meter",1.0]]"#)).unwrap()
        };
        let zero = r#"PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],"#;
        check(
            &projected("Mollweide", zero),
            (3_000_000.0, -2_000_000.0),
            (30.697_428, -16.259_169),
            1e-5,
        );
        check(
            &projected("Mercator_Auxiliary_Sphere", zero),
            (3_880_000.0, -2_255_000.0),
            (34.854_633, -19.847_720),
            1e-5,
        );
        check(
            &projected(
                "Cylindrical_Equal_Area",
                &format!(r#"{zero}PARAMETER["Standard_Parallel_1",0.0],"#),
            ),
            (3_000_000.0, 1_000_000.0),
            (26.949_459, 9.080_657),
            1e-5,
        );
        let arc = wgs84
            .replace("D_WGS_1984", "D_Arc_1960")
            .replace("6378137.0,298.257223563", "6378249.145,293.465");
        assert!(Crs::from_wkt(&arc).unwrap().words().contains("mean shift"));
        let nowhere = arc.replace("Arc_1960", "Lost_1907");
        assert!(Crs::from_wkt(&nowhere).unwrap().words().contains("not known here"));
    }

    #[test]
    fn names_codes_and_compound_systems_are_understood() {
        for name in [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "EPSG:4326",
            "urn:ogc:def:crs:EPSG::4326",
            "http://www.opengis.net/def/crs/EPSG/0/4326",
        ] {
            assert!(Crs::from_name(name).unwrap().is_wgs84(), "{name}");
        }
        assert!(!Crs::from_name("ESRI:54009").unwrap().is_wgs84());
        let wkt = crs_definitions::from_code(32736).unwrap().wkt;
        let compound = format!(r#"COMPOUNDCRS["both",{wkt},VERTCRS["up",VDATUM["x"]]]"#);
        assert!(Crs::from_wkt(&compound).unwrap().words().contains("36S"));
    }

    #[test]
    fn what_is_no_system_is_refused_in_one_sentence() {
        for name in ["EPSG:1", "EPSG:999999", "GEOGCS[", "", "moon", &"PROJCS[".repeat(9000)] {
            let refusal = Crs::from_name(name).unwrap_err().0;
            assert!(refusal.contains("WGS 84") && refusal.len() < 300, "{refusal}");
        }
        assert_eq!(Crs::from_epsg(32736).unwrap().to_wgs84(Coord { x: f64::NAN, y: 0.0 }), None);
    }
}
