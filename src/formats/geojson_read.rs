//! GeoJSON as it comes: coordinates with members to spare, byte order marks, error pages saved as
//! `.geojson`. The file is streamed: a vertex takes 16 bytes, and nothing else of it is kept.

mod stream;

use geo::{MultiPolygon, Point};

use super::Unreadable;

/// What a file may contain at most.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    pub features: usize,
    pub vertices: usize,
}

impl Default for Budget {
    /// Every municipality of a large country, with room to spare.
    fn default() -> Budget {
        Budget { features: 1_000_000, vertices: 20_000_000 }
    }
}

/// The features of a file, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collection {
    pub features: Vec<Feature>,
    /// The text was not UTF-8 and was read as Windows-1252.
    pub reencoded: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// In the order of the file.
    pub properties: Vec<(String, Property)>,
    pub geometry: Geometry,
}

/// A property, or the reason why it is none of the plain kinds is not worth keeping: lists and
/// objects become `Null`.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    Null,
    Text(String),
    /// A JSON number, as it would be written.
    Number(serde_json::Number),
    Boolean(bool),
}

/// The geometry of a feature, by what can be made of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    None,
    Point(Point<f64>),
    /// Polygons as written: not validated, rings closed.
    Polygons(MultiPolygon<f64>),
    /// Lines and sets of points: the GeoJSON type.
    Other(String),
    /// It cannot be read, and why.
    Bad(String),
}

impl Feature {
    /// The property of exactly this name.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl Property {
    /// The value as text, trimmed; `None` where it is null or blank.
    pub fn text(&self) -> Option<String> {
        let text = match self {
            Property::Null => return None,
            Property::Text(text) => text.trim().to_owned(),
            // 31.0 is how some exporters write the whole number 31.
            Property::Number(number) => match number.as_f64() {
                Some(whole) if number.is_f64() && whole.fract() == 0.0 && whole.abs() < 1e15 => {
                    format!("{whole:.0}")
                }
                _ => number.to_string(),
            },
            Property::Boolean(flag) => flag.to_string(),
        };
        (!text.is_empty()).then_some(text)
    }
}

/// Reads a feature collection, or a single feature. Only a file that is no GeoJSON at all is an
/// error; a geometry that makes no sense is `Geometry::Bad` in its feature.
pub fn read(bytes: &[u8], budget: Budget) -> Result<Collection, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(refusal) = super::sniff::not_geojson(bytes) {
        return Err(refusal);
    }
    let refuse = |text: &str| Err(Unreadable::new(text));
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return refuse("The file is empty."),
        Some(b'{') => {}
        Some(b'<') => return refuse("This is a web page or XML, not GeoJSON."),
        Some(b'[') => return refuse("This is a JSON list, not a GeoJSON feature collection."),
        Some(_) => return refuse("This is not GeoJSON: a GeoJSON file begins with {."),
    }
    let decoded = match std::str::from_utf8(bytes) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    let reencoded = matches!(decoded, std::borrow::Cow::Owned(_));

    let (found, read) = stream::stream(&decoded, budget);
    if let Some(refusal) = found.refusal() {
        return Err(Unreadable(refusal));
    }
    read.map_err(|error| Unreadable(format!("The GeoJSON cannot be read: {error}.")))?;
    match (found.features, found.geometry) {
        (Some(features), _) => Ok(Collection { features, reencoded }),
        (None, Some(geometry)) => {
            let feature = Feature { properties: found.properties, geometry };
            Ok(Collection { features: vec![feature], reencoded })
        }
        (None, None) => refuse("This JSON has no \"features\": it is not a GeoJSON layer."),
    }
}

impl stream::Found {
    fn refusal(&self) -> Option<String> {
        if self.kind.as_deref() == Some("Topology") || self.arcs {
            return Some("TopoJSON is not supported yet: convert the file to GeoJSON.".into());
        }
        if let (Some(error), None) = (&self.error, &self.features) {
            return Some(format!("This is a saved server error, not GeoJSON: {error}."));
        }
        let crs = self.crs.as_deref().filter(|crs| !is_wgs84(crs))?;
        Some(format!(
            "The coordinates are in {crs}: export the layer in WGS 84 (EPSG:4326) and send it again."
        ))
    }
}

fn is_wgs84(crs: &str) -> bool {
    let crs = crs.to_ascii_uppercase();
    crs.ends_with("CRS84") || crs.ends_with(":4326") || crs.contains("WGS84")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn layer(geometry: &str) -> String {
        format!(
            r#"{{"type":"FeatureCollection","features":[
            {{"type":"Feature","properties":{{"pcode":"A","n":31.0}},"geometry":{geometry}}}]}}"#
        )
    }

    fn geometry(text: &str) -> Geometry {
        let mut read = read(layer(text).as_bytes(), Budget::default()).unwrap();
        read.features.remove(0).geometry
    }

    fn refusal(bytes: &[u8]) -> String {
        read(bytes, Budget::default()).unwrap_err().to_string()
    }

    const SQUARE: &str = "[[0,0],[1,0],[1,1],[0,1],[0,0]]";

    #[test]
    fn coordinates_may_have_members_to_spare() {
        let plain = geometry(&format!(r#"{{"type":"Polygon","coordinates":[{SQUARE}]}}"#));
        let spare = SQUARE.replace("],", ",0,null],").replace("]]", ",0,null]]");
        let spare = geometry(&format!(r#"{{"coordinates":[{spare}],"type":"Polygon"}}"#));
        assert!(matches!(plain, Geometry::Polygons(_)));
        assert_eq!(plain, spare);
    }

    #[test]
    fn a_geometry_collection_gives_its_polygons() {
        let read = geometry(&format!(
            r#"{{"type":"GeometryCollection","geometries":[
            {{"type":"Point","coordinates":[1,2]}},
            {{"type":"Polygon","coordinates":[{SQUARE}]}},
            {{"type":"MultiPolygon","coordinates":[[{SQUARE}]]}}]}}"#
        ));
        assert!(matches!(read, Geometry::Polygons(polygons) if polygons.0.len() == 2));
    }

    #[test]
    fn one_bad_geometry_does_not_spoil_the_file() {
        for text in [
            r#"{"type":"Polygon","coordinates":[[["0",0],[1,0],[1,1]]]}"#,
            r#"{"type":"Polygon","coordinates":[[0,0],[1,0],[1,1]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1],[1,1]]]}"#,
            r#"{"type":"Circle","coordinates":[0,0]}"#,
        ] {
            assert!(matches!(geometry(text), Geometry::Bad(_)), "{text}");
        }
        assert_eq!(geometry("null"), Geometry::None);
        assert_eq!(geometry(r#"{"type":"Polygon","coordinates":[]}"#), Geometry::None);
    }

    #[test]
    fn a_byte_order_mark_and_another_encoding_are_read() {
        let text = layer("null").replace("\"A\"", "\"São\"");
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let marked = read(&marked, Budget::default()).unwrap();
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let latin = read(&latin, Budget::default()).unwrap();
        assert!(latin.reencoded && !marked.reencoded);
        assert_eq!(latin.features, marked.features);
    }

    #[test]
    fn numbers_keep_their_text_and_whole_ones_lose_the_point() {
        let read = read(layer("null").as_bytes(), Budget::default()).unwrap();
        let feature = &read.features[0];
        assert_eq!(feature.property("n").unwrap().text().as_deref(), Some("31"));
        assert_eq!(feature.property("pcode").unwrap().text().as_deref(), Some("A"));
    }

    #[test]
    fn what_is_not_geojson_gets_one_clear_sentence() {
        for (bytes, part) in [
            (
                &b"{\"error\":{\"code\":400,\"message\":\"Failed to execute query.\"}}"[..],
                "400, Failed",
            ),
            (b"{\"type\":\"Topology\",\"arcs\":[]}", "TopoJSON"),
            (b"<!doctype html>", "web page"),
            (b"PK\x03\x04", "not GeoJSON"),
            (b"  ", "empty"),
            (b"[1,2]", "list"),
            (b"{\"a\":1}", "no \"features\""),
            (b"{\"type\":\"FeatureCollection\",\"features\":[{\"type\"", "line 1"),
            (b"{\"crs\":{\"properties\":{\"name\":\"EPSG:32736\"}},\"features\":[]}", "EPSG:32736"),
        ] {
            let text = refusal(bytes);
            assert!(text.contains(part) && !text.contains('\n'), "{text}");
        }
    }

    #[test]
    fn a_hostile_file_is_refused_before_it_costs_anything() {
        let deep = layer(&format!(r#"{{"type":"Polygon","coordinates":{}"#, "[".repeat(100_000)));
        assert!(refusal(deep.as_bytes()).contains("recursion limit"));
        let wide = layer(&format!(r#"{{"type":"Polygon","coordinates":[{SQUARE}]}}"#));
        let tight = Budget { features: 10, vertices: 4 };
        assert!(read(wide.as_bytes(), tight).unwrap_err().0.contains("more vertices"));
    }
}
