//! What a file of boundaries has, where nothing in it is known to be a P-code: its sender says which
//! of its properties is.

use super::Offered;
use crate::formats::features::{Budget, Geometry, Layer, Property};
use crate::formats::sniff;
use crate::intake::personal;

/// Properties that are offered.
const PROPERTIES: usize = 100;
/// Features that are searched for different values.
const SEARCHED: usize = 200;
/// Values that are shown of each property.
const VALUES: usize = 3;
/// Characters of a value that are shown.
const LENGTH: usize = 40;

/// The properties of the layer with the most polygons, in its order; none where there is no such layer.
pub(super) fn offered(bytes: &[u8]) -> Vec<Offered> {
    if sniff::is_table(bytes) {
        return Vec::new();
    }
    let Ok(read) = sniff::layers(bytes, Budget::default()) else { return Vec::new() };
    let polygons = |layer: &Layer| {
        let is_polygon = |geometry: &Geometry| matches!(geometry, Geometry::Polygons(_));
        layer.features.iter().filter(|feature| is_polygon(&feature.geometry)).count()
    };
    let most =
        read.layers.iter().map(|layer| (polygons(layer), layer)).max_by_key(|(count, _)| *count);
    let Some((1.., layer)) = most else { return Vec::new() };
    let names = layer.fields.names().iter().take(PROPERTIES);
    names.enumerate().map(|(at, name)| property(layer, at as u16, name)).collect()
}

fn property(layer: &Layer, at: u16, name: &str) -> Offered {
    let mut values: Vec<String> = Vec::new();
    for feature in layer.features.iter().take(SEARCHED) {
        let Some(text) = feature.property(at).and_then(Property::text) else { continue };
        let text = personal::mask(&text).map_or(text, |(kept, _)| kept);
        let text: String = text.chars().take(LENGTH).collect();
        if !text.is_empty() && !values.contains(&text) {
            values.push(text);
        }
        if values.len() == VALUES {
            break;
        }
    }
    Offered { header: name.to_owned(), values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_properties_of_polygons_are_offered_with_different_values() {
        let feature = |id: u8, province: &str| {
            format!(
                r#"{{"type":"Feature","properties":{{"id":"K{id}","province":"{province}"}},"geometry":{{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}}}"#
            )
        };
        let features = [feature(1, "North"), feature(2, "North")].join(",");
        let file = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
        let found = offered(file.as_bytes());
        assert_eq!(found.len(), 2);
        assert_eq!((&*found[0].header, found[0].values.len()), ("id", 2));
        assert_eq!(found[1].values, ["North"]);
        assert_eq!(offered(b"a,b\n1,2\n"), []);
        assert_eq!(offered(b"nothing"), []);
    }
}
