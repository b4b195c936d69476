//! TopoJSON, reading: shared arcs are put together again; each object is a layer.

use std::collections::BTreeMap;
use std::fmt;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::crs::Crs;
use super::features::{Budget, Feature, Geometry, Layer, Layers, Property, collect, point};
use super::geojson_read::crs_name;
use super::json::{self, Shallow, shallow};
use super::sheet::{Unreadable, limits};

#[derive(Deserialize)]
struct Topology {
    #[serde(default)]
    objects: BTreeMap<String, Object>,
    #[serde(default)]
    arcs: Vec<Vec<Position>>,
    transform: Option<Transform>,
    #[serde(default, deserialize_with = "shallow")]
    crs: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

/// Values of a topology: three to a position, and its budget of positions.
const VALUES: usize = 60_000_000;
/// Objects of a topology: a feature and its properties are two.
const OBJECTS: usize = 3_000_000;

/// A geometry, whichever: members that its type does not have are left out.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    #[serde(rename = "type")]
    kind: Option<String>,
    geometries: Vec<Object>,
    arcs: Arcs,
    coordinates: Option<Coordinates>,
    properties: Option<Properties>,
    #[serde(deserialize_with = "shallow")]
    crs: Option<serde_json::Value>,
}

/// Numbers of arcs, nested as deep as the type says.
#[derive(Default)]
enum Arcs {
    #[default]
    Wrong,
    Number(i64),
    Numbers(Vec<i64>),
    List(Vec<Arcs>),
}

/// The coordinates of a point, or those of something that is not read.
struct Coordinates(Option<(f64, f64)>);

/// Names and plain values, in the order of the file.
struct Properties(Vec<(String, Property)>);

impl<'de> Deserialize<'de> for Arcs {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Arcs, D::Error> {
        struct Nested;
        impl<'de> Visitor<'de> for Nested {
            type Value = Arcs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("numbers of arcs")
            }

            fn visit_i64<E>(self, number: i64) -> Result<Arcs, E> {
                Ok(Arcs::Number(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Arcs, E> {
                Ok(i64::try_from(number).map_or(Arcs::Wrong, Arcs::Number))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Arcs, E> {
                Ok(Arcs::Wrong)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Arcs, E> {
                Ok(Arcs::Wrong)
            }

            fn visit_str<E>(self, _: &str) -> Result<Arcs, E> {
                Ok(Arcs::Wrong)
            }

            fn visit_unit<E>(self) -> Result<Arcs, E> {
                Ok(Arcs::Wrong)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Arcs, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Arcs::Wrong)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Arcs, A::Error> {
                let (mut numbers, mut parts) = (Vec::new(), Vec::new());
                while let Some(next) = list.next_element()? {
                    match next {
                        Arcs::Number(number) if parts.is_empty() => numbers.push(number),
                        other => parts.push(other),
                    }
                }
                Ok(match (numbers.is_empty(), parts.is_empty()) {
                    (true, _) => Arcs::List(parts),
                    (_, true) => Arcs::Numbers(numbers),
                    _ => Arcs::Wrong,
                })
            }
        }
        json.deserialize_any(Nested)
    }
}

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Coordinates, D::Error> {
        struct First;
        impl<'de> Visitor<'de> for First {
            type Value = Coordinates;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("coordinates")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Coordinates, A::Error> {
                let mut number = || -> Result<Option<f64>, A::Error> {
                    let value = list.next_element_seed(Shallow { depth: 0 })?;
                    Ok(value.and_then(|value| value.as_f64()))
                };
                let position = number()?.zip(number()?);
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Coordinates(position))
            }
        }
        json.deserialize_seq(First)
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Properties, D::Error> {
        struct Plain;
        impl<'de> Visitor<'de> for Plain {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of properties")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut properties = Vec::new();
                while let Some(name) = map.next_key()? {
                    let value = map.next_value_seed(Shallow { depth: 0 })?;
                    properties.push((name, Property::of_json(value)));
                }
                Ok(Properties(properties))
            }
        }
        json.deserialize_map(Plain)
    }
}

/// The first two numbers of a position; height and the nulls that stand for it are not needed.
struct Position(f64, f64);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Position, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Position;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a position of two numbers")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Position, A::Error> {
                let mut number = || -> Result<f64, A::Error> {
                    let number = list.next_element::<Option<f64>>()?;
                    Ok(number.flatten().unwrap_or(f64::NAN))
                };
                let position = Position(number()?, number()?);
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(position)
            }
        }
        json.deserialize_seq(Numbers)
    }
}

/// Reads a topology; each of its objects is a layer.
pub fn read(bytes: &[u8], budget: &mut Budget) -> Result<Layers, Unreadable> {
    let broken = |why: String| Unreadable(format!("The TopoJSON cannot be read: {why}."));
    if bytes.len() > limits::JSON_BYTES {
        return Err(broken(format!("it is larger than {} MB", limits::JSON_BYTES >> 20)));
    }
    let (text, encoding) = super::csv::decode(bytes);
    json::weigh(&text, VALUES, OBJECTS)?;
    // serde_json refuses to nest deeper than 128, so a hostile file cannot exhaust the stack.
    let topology: Topology = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| broken(error.to_string()))?;
    let Topology { objects, mut arcs, transform, crs } = topology;
    if let Some(transform) = &transform {
        arcs.iter_mut().for_each(|arc| unpack(arc, transform));
    }
    let reader = Reader { arcs, transform };
    let mut layers = Vec::with_capacity(objects.len());
    for (name, object) in objects {
        let mut layer = Layer { name, ..Layer::default() };
        if encoding != "UTF-8" {
            layer.note = encoding.to_lowercase();
        }
        let system = object.crs.as_ref().or(crs.as_ref()).and_then(crs_name);
        let is_feature = object.properties.is_some() || object.geometries.is_empty();
        let features = if is_feature { vec![object] } else { object.geometries };
        for object in features {
            budget.feature()?;
            let geometry = reader.geometry(&object, budget)?;
            let mut properties = Vec::new();
            for (name, value) in object.properties.into_iter().flat_map(|named| named.0) {
                budget.values(1)?;
                properties.push((layer.fields.field(&name)?, value));
            }
            layer.features.push(Feature { properties, geometry });
        }
        if let Some(system) = system {
            layer.to_wgs84(&Crs::from_name(&system)?);
        }
        layers.push(layer);
    }
    if layers.is_empty() {
        return Err(Unreadable::new("The TopoJSON has no objects."));
    }
    Ok(Layers { format: "TopoJSON", layers, notes: Vec::new() })
}

/// From steps on a grid to coordinates.
fn unpack(arc: &mut [Position], Transform { scale, translate }: &Transform) {
    let (mut x, mut y) = (0.0, 0.0);
    for position in arc {
        x += position.0;
        y += position.1;
        *position = Position(x * scale[0] + translate[0], y * scale[1] + translate[1]);
    }
}

struct Reader {
    arcs: Vec<Vec<Position>>,
    transform: Option<Transform>,
}

impl Reader {
    fn geometry(&self, object: &Object, budget: &mut Budget) -> Result<Geometry, Unreadable> {
        let Some(kind) = object.kind.as_deref() else { return Ok(Geometry::None) };
        let bad = || Geometry::Bad(format!("its arcs are not those of a {kind}"));
        Ok(match kind {
            "Point" => self.point(object.coordinates.as_ref()),
            "Polygon" => match self.polygon(&object.arcs, budget)? {
                Some(polygon) => made(vec![polygon]),
                None => bad(),
            },
            "MultiPolygon" => {
                let mut polygons = Vec::new();
                let parts = match &object.arcs {
                    Arcs::List(parts) => parts.as_slice(),
                    Arcs::Numbers(_) => return Ok(bad()),
                    _ => &[],
                };
                for part in parts {
                    budget.vertices(1)?;
                    match self.polygon(part, budget)? {
                        Some(polygon) => polygons.push(polygon),
                        None => return Ok(bad()),
                    }
                }
                made(polygons)
            }
            "GeometryCollection" => {
                let mut parts = Vec::new();
                for part in &object.geometries {
                    budget.vertices(1)?;
                    parts.push(self.geometry(part, budget)?);
                }
                collect(parts)
            }
            "LineString" | "MultiLineString" => Geometry::Other("line".into()),
            "MultiPoint" => Geometry::Other("set of points".into()),
            other => Geometry::Bad(format!("\"{other}\" is not a TopoJSON geometry")),
        })
    }

    fn point(&self, coordinates: Option<&Coordinates>) -> Geometry {
        let Some(Coordinates(Some((x, y)))) = coordinates else { return Geometry::None };
        match &self.transform {
            Some(Transform { scale, translate }) => {
                point(x * scale[0] + translate[0], y * scale[1] + translate[1])
            }
            None => point(*x, *y),
        }
    }

    fn polygon(
        &self,
        rings: &Arcs,
        budget: &mut Budget,
    ) -> Result<Option<Polygon<f64>>, Unreadable> {
        let mut read = Vec::new();
        let Arcs::List(rings) = rings else { return Ok(None) };
        for ring in rings {
            match self.ring(ring, budget)? {
                Some(ring) => read.push(ring),
                None => return Ok(None),
            }
        }
        let mut read = read.into_iter();
        let exterior = read.next().unwrap_or_else(|| LineString(Vec::new()));
        Ok(Some(Polygon::new(exterior, read.collect())))
    }

    /// A ring of arcs end to end; the position where two meet is kept once. A negative number is an
    /// arc backwards: `-1` the first, `-2` the second.
    fn ring(
        &self,
        numbers: &Arcs,
        budget: &mut Budget,
    ) -> Result<Option<LineString<f64>>, Unreadable> {
        let numbers = match numbers {
            Arcs::Numbers(numbers) => numbers.as_slice(),
            Arcs::List(none) if none.is_empty() => &[],
            _ => return Ok(None),
        };
        let mut ring: Vec<Coord<f64>> = Vec::new();
        for number in numbers.iter().copied() {
            let at = if number < 0 { !number } else { number };
            let Some(arc) = usize::try_from(at).ok().and_then(|at| self.arcs.get(at)) else {
                return Ok(None);
            };
            budget.vertices(arc.len().max(1))?;
            let skipped = usize::from(!ring.is_empty());
            let coord = |position: &Position| Coord { x: position.0, y: position.1 };
            if number < 0 {
                ring.extend(arc.iter().rev().skip(skipped).map(coord));
            } else {
                ring.extend(arc.iter().skip(skipped).map(coord));
            }
        }
        Ok(Some(LineString(ring)))
    }
}

fn made(polygons: Vec<Polygon<f64>>) -> Geometry {
    let some = polygons.into_iter().filter(|polygon| !polygon.exterior().0.is_empty());
    match some.collect::<Vec<_>>() {
        none if none.is_empty() => Geometry::None,
        polygons => Geometry::Polygons(MultiPolygon(polygons)),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::Area;

    /// Two squares that share an arc, on a grid of tenths; a null height as real files have it.
    const TWO: &str = r#"{"type":"Topology","transform":{"scale":[0.1,0.1],"translate":[10,20]},
        "objects":{"adm":{"type":"GeometryCollection","crs":{"type":"name","properties":{"name":"EPSG:4326"}},"geometries":[
          {"type":"Polygon","properties":{"pcode":"A","n":3},"arcs":[[0,1]]},
          {"type":"MultiPolygon","properties":{"pcode":"B"},"arcs":[[[2,-1]]]},
          {"type":null,"properties":{"pcode":"C"}},
          {"type":"Polygon","properties":{"pcode":"D"},"arcs":[[9]]},
          {"type":"Point","properties":{},"coordinates":[5,5]}]}},
        "arcs":[[[10,0,0,null],[0,10]],[[10,10],[-10,0],[0,-10],[10,0]],[[10,0],[10,0],[0,10],[-10,0]]]}"#;

    #[test]
    fn arcs_are_put_together_forwards_and_backwards() {
        let layers = read(TWO.as_bytes(), &mut Budget::default()).unwrap();
        let layer = &layers.layers[0];
        assert_eq!(
            (layer.name.as_str(), layer.fields.names()),
            ("adm", &["pcode".to_owned(), "n".to_owned()][..])
        );
        for feature in &layer.features[..2] {
            let Geometry::Polygons(polygons) = &feature.geometry else { panic!("{feature:?}") };
            assert!((polygons.unsigned_area() - 1.0).abs() < 1e-9, "{polygons:?}");
            assert!(polygons.0[0].exterior().is_closed());
        }
        assert_eq!(layer.features[2].geometry, Geometry::None);
        assert!(matches!(layer.features[3].geometry, Geometry::Bad(_)));
        assert_eq!(layer.features[4].geometry, point(10.5, 20.5));
        assert_eq!(layer.features[0].property(1), Some(&Property::Whole(3)));
    }

    #[test]
    fn an_arc_used_a_million_times_is_refused_by_the_budget() {
        let mut tight = Budget { features: 100, vertices: 5, values: 9 };
        assert!(read(TWO.as_bytes(), &mut tight).unwrap_err().0.contains("vertices"));
        let mut tight = Budget { features: 2, vertices: 100, values: 9 };
        assert!(read(TWO.as_bytes(), &mut tight).unwrap_err().0.contains("features"));
        let deep = format!(
            r#"{{"type":"Topology","objects":{{"a":{}"#,
            r#"{"geometries":["#.repeat(10_000)
        );
        assert!(read(deep.as_bytes(), &mut Budget::default()).unwrap_err().0.contains("recursion"));
    }
}
