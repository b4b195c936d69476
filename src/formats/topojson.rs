//! TopoJSON, reading: shared arcs are put together again; each object is a layer.

use std::collections::BTreeMap;
use std::fmt;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::crs::Crs;
use super::features::{Budget, Feature, Geometry, Layer, Layers, Property, collect, point};
use super::geojson_read::crs_name;
use super::sheet::{Unreadable, limits};

#[derive(Deserialize)]
struct Topology {
    #[serde(default)]
    objects: BTreeMap<String, Object>,
    #[serde(default)]
    arcs: Vec<Vec<Position>>,
    transform: Option<Transform>,
    crs: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

/// A geometry, whichever: members that its type does not have are left out.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    #[serde(rename = "type")]
    kind: Option<String>,
    geometries: Vec<Object>,
    /// Numbers of arcs, nested as deep as the type says.
    arcs: serde_json::Value,
    coordinates: serde_json::Value,
    properties: Option<serde_json::Map<String, serde_json::Value>>,
    crs: Option<serde_json::Value>,
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
            for (name, value) in object.properties.into_iter().flatten() {
                properties.push((layer.fields.field(&name)?, Property::of_json(value)));
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
            "Point" => self.point(&object.coordinates),
            "Polygon" => match self.polygon(&object.arcs, budget)? {
                Some(polygon) => made(vec![polygon]),
                None => bad(),
            },
            "MultiPolygon" => {
                let mut polygons = Vec::new();
                for part in object.arcs.as_array().into_iter().flatten() {
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

    fn point(&self, coordinates: &serde_json::Value) -> Geometry {
        let number = |at: usize| coordinates.get(at).and_then(serde_json::Value::as_f64);
        let (Some(x), Some(y)) = (number(0), number(1)) else { return Geometry::None };
        match &self.transform {
            Some(Transform { scale, translate }) => {
                point(x * scale[0] + translate[0], y * scale[1] + translate[1])
            }
            None => point(x, y),
        }
    }

    fn polygon(
        &self,
        rings: &serde_json::Value,
        budget: &mut Budget,
    ) -> Result<Option<Polygon<f64>>, Unreadable> {
        let mut read = Vec::new();
        let Some(rings) = rings.as_array() else { return Ok(None) };
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
        numbers: &serde_json::Value,
        budget: &mut Budget,
    ) -> Result<Option<LineString<f64>>, Unreadable> {
        let Some(numbers) = numbers.as_array() else { return Ok(None) };
        let mut ring: Vec<Coord<f64>> = Vec::new();
        for number in numbers {
            let Some(number) = number.as_i64() else { return Ok(None) };
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
        let mut tight = Budget { features: 100, vertices: 5 };
        assert!(read(TWO.as_bytes(), &mut tight).unwrap_err().0.contains("vertices"));
        let mut tight = Budget { features: 2, vertices: 100 };
        assert!(read(TWO.as_bytes(), &mut tight).unwrap_err().0.contains("features"));
        let deep = format!(
            r#"{{"type":"Topology","objects":{{"a":{}"#,
            r#"{"geometries":["#.repeat(10_000)
        );
        assert!(read(deep.as_bytes(), &mut Budget::default()).unwrap_err().0.contains("recursion"));
    }
}
