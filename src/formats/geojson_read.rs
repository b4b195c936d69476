//! GeoJSON as it comes: coordinates with members to spare, byte order marks, error pages saved as
//! `.geojson`. The file is streamed: a vertex takes 16 bytes, and nothing else of it is kept.

use std::borrow::Cow;

mod stream;

use super::crs::Crs;
use super::features::{Budget, Feature, Fields, Geometry, Layer, Layers, Property, collect};
use super::sheet::Unreadable;

pub(super) use stream::crs_name;

/// Reads a feature collection, or a single feature. Only a file that is no GeoJSON at all is an
/// error; a geometry that makes no sense is `Geometry::Bad` in its feature.
pub fn read(bytes: &[u8], budget: &mut Budget) -> Result<Layers, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let refuse = |text: &str| Err(Unreadable::new(text));
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return refuse("The file is empty."),
        Some(b'{') => {}
        Some(b'[') => return refuse("This is a JSON list, not a GeoJSON feature collection."),
        Some(_) => return refuse("This is not GeoJSON: a GeoJSON file begins with {."),
    }
    let decoded = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    let mut layer = Layer::default();
    if matches!(decoded, Cow::Owned(_)) {
        layer.note = "windows-1252".into();
    }
    let (found, read) = stream::stream(&decoded, budget);
    if let (Some(error), None) = (&found.error, &found.features) {
        return Err(Unreadable(format!("This is a saved server error, not GeoJSON: {error}.")));
    }
    read.map_err(|error| Unreadable(format!("The GeoJSON cannot be read: {error}.")))?;
    layer.name = found.name.unwrap_or_default();
    layer.fields = found.fields;
    layer.features = match (found.features, found.geometry) {
        (Some(features), _) => features,
        (None, Some(geometry)) => vec![Feature { properties: found.properties, geometry }],
        (None, None) => {
            return refuse("This JSON has no \"features\": it is not a GeoJSON layer.");
        }
    };
    if let Some(system) = found.crs {
        layer.to_wgs84(&Crs::from_name(&system)?);
    }
    Ok(Layers::one("GeoJSON", layer))
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
        read_one(layer(text).as_bytes()).features.remove(0).geometry
    }

    fn read_one(bytes: &[u8]) -> Layer {
        read(bytes, &mut Budget::default()).unwrap().layers.remove(0)
    }

    fn refusal(bytes: &[u8]) -> String {
        read(bytes, &mut Budget::default()).unwrap_err().to_string()
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
    fn coordinates_of_another_system_are_moved_to_wgs_84() {
        let text = layer(r#"{"type":"Point","coordinates":[695000,7805000]}"#);
        let text = text.replacen(
            '{',
            r#"{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32736"}},"#,
            1,
        );
        let Geometry::Point(point) = read_one(text.as_bytes()).features[0].geometry else {
            panic!("a point")
        };
        assert!(
            (point.x() - 34.862).abs() < 1e-3 && (point.y() + 19.841).abs() < 1e-3,
            "{point:?}"
        );
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
        let marked = read_one(&marked);
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let latin = read_one(&latin);
        assert_eq!((latin.note.as_str(), marked.note.as_str()), ("windows-1252", ""));
        assert_eq!(latin.features, marked.features);
    }

    #[test]
    fn numbers_keep_their_text_and_whole_ones_lose_the_point() {
        let read = read_one(layer("null").as_bytes());
        let feature = &read.features[0];
        assert_eq!(feature.property(1).unwrap().text().as_deref(), Some("31"));
        assert_eq!(feature.property(0).unwrap().text().as_deref(), Some("A"));
    }

    #[test]
    fn what_is_not_geojson_gets_one_clear_sentence() {
        for (bytes, part) in [
            (
                &b"{\"error\":{\"code\":400,\"message\":\"Failed to execute query.\"}}"[..],
                "400, Failed",
            ),
            (b"  ", "empty"),
            (b"[1,2]", "list"),
            (b"{\"a\":1}", "no \"features\""),
            (b"{\"type\":\"FeatureCollection\",\"features\":[{\"type\"", "line 1"),
            (b"{\"crs\":{\"properties\":{\"name\":\"EPSG:1\"}},\"features\":[]}", "EPSG:1"),
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
        let mut tight = Budget { features: 10, vertices: 4, values: 10 };
        assert!(read(wide.as_bytes(), &mut tight).unwrap_err().0.contains("more vertices"));
    }
}
