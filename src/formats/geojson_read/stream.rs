//! The visitors that walk the JSON text and keep only features.

use std::cell::{Cell, RefCell};
use std::fmt;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::json::Shallow;
use super::{Budget, Feature, Fields, Geometry, Property, collect};

/// Reads the whole text. What was found before an error is kept, to explain it.
pub(super) fn stream(text: &str, budget: &mut Budget) -> (Found, Result<(), serde_json::Error>) {
    let reader = Reader {
        features_left: Cell::new(budget.features),
        vertices_left: Cell::new(budget.vertices),
        values_left: Cell::new(budget.values),
        found: RefCell::new(Found::default()),
        fields: RefCell::new(Fields::default()),
    };
    // serde_json refuses to nest deeper than 128, so a hostile file cannot exhaust the stack.
    let mut json = serde_json::Deserializer::from_str(text);
    let read = TopLevel(&reader).deserialize(&mut json).and_then(|()| json.end());
    (budget.features, budget.vertices) = (reader.features_left.get(), reader.vertices_left.get());
    budget.values = reader.values_left.get();
    let mut found = reader.found.into_inner();
    found.fields = reader.fields.into_inner();
    (found, read)
}

/// What is left of the budget, and what the top level held.
struct Reader {
    features_left: Cell<usize>,
    vertices_left: Cell<usize>,
    values_left: Cell<usize>,
    found: RefCell<Found>,
    fields: RefCell<Fields>,
}

#[derive(Default)]
pub(super) struct Found {
    pub name: Option<String>,
    pub crs: Option<String>,
    pub error: Option<String>,
    pub fields: Fields,
    pub features: Option<Vec<Feature>>,
    pub geometry: Option<Geometry>,
    pub properties: Vec<(u16, Property)>,
}

/// Implements `DeserializeSeed` by handing any JSON value to the type's own visitor.
macro_rules! seed {
    ($name:ident, $value:ty) => {
        impl<'de> DeserializeSeed<'de> for $name<'_> {
            type Value = $value;
            fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<$value, D::Error> {
                json.deserialize_any(self)
            }
        }
    };
}

#[derive(Clone, Copy)]
struct TopLevel<'a>(&'a Reader);
seed!(TopLevel, ());

impl<'de> Visitor<'de> for TopLevel<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let found = &self.0.found;
            match key.as_str() {
                "features" => {
                    let features = map.next_value_seed(Features(self.0))?;
                    found.borrow_mut().features = features;
                }
                "geometry" => {
                    let geometry = map.next_value_seed(AnyGeometry(self.0))?;
                    found.borrow_mut().geometry = Some(geometry);
                }
                "properties" => {
                    let properties = map.next_value_seed(Properties(self.0))?;
                    found.borrow_mut().properties = properties;
                }
                "name" => found.borrow_mut().name = text_of(&mut map)?,
                "crs" => {
                    found.borrow_mut().crs = crs_name(&map.next_value_seed(Shallow { depth: 3 })?)
                }
                "error" => {
                    let error = map.next_value_seed(Shallow { depth: 3 })?;
                    found.borrow_mut().error = Some(error_text(&error));
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

fn text_of<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<String>, A::Error> {
    let value = map.next_value_seed(Shallow { depth: 0 })?;
    Ok(value.as_str().map(str::to_owned))
}

/// The name in an old `crs` member; a null one says nothing.
pub(crate) fn crs_name(crs: &serde_json::Value) -> Option<String> {
    let properties = crs.get("properties")?;
    match properties.get("name").or_else(|| properties.get("code"))? {
        serde_json::Value::Number(code) => Some(format!("EPSG:{code}")),
        name => name.as_str().map(str::to_owned),
    }
}

fn error_text(error: &serde_json::Value) -> String {
    let message = error.get("message").and_then(serde_json::Value::as_str).or(error.as_str());
    let code = error.get("code").and_then(serde_json::Value::as_i64);
    let text = match (code, message) {
        (Some(code), Some(message)) => format!("{code}, {message}"),
        (Some(code), None) => code.to_string(),
        (None, Some(message)) => message.to_owned(),
        (None, None) => "no message".to_owned(),
    };
    text.trim_end_matches('.').chars().take(200).collect()
}

#[derive(Clone, Copy)]
struct Features<'a>(&'a Reader);
seed!(Features, Option<Vec<Feature>>);

impl<'de> Visitor<'de> for Features<'_> {
    type Value = Option<Vec<Feature>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut features = Vec::new();
        while let Some(feature) = list.next_element_seed(OneFeature(self.0))? {
            spend(&self.0.features_left, "features")?;
            features.push(feature);
        }
        Ok(Some(features))
    }
}

#[derive(Clone, Copy)]
struct OneFeature<'a>(&'a Reader);
seed!(OneFeature, Feature);

impl<'de> Visitor<'de> for OneFeature<'_> {
    type Value = Feature;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feature")
    }

    fn visit_unit<E>(self) -> Result<Feature, E> {
        let geometry = Geometry::Bad("the feature is null".into());
        Ok(Feature { properties: Vec::new(), geometry })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Feature, A::Error> {
        let mut feature = Feature { properties: Vec::new(), geometry: Geometry::None };
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "geometry" => feature.geometry = map.next_value_seed(AnyGeometry(self.0))?,
                "properties" => feature.properties = map.next_value_seed(Properties(self.0))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(feature)
    }
}

#[derive(Clone, Copy)]
struct Properties<'a>(&'a Reader);
seed!(Properties, Vec<(u16, Property)>);

impl<'de> Visitor<'de> for Properties<'_> {
    type Value = Vec<(u16, Property)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of properties")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut properties = Vec::with_capacity(map.size_hint().unwrap_or(8));
        while let Some(name) = map.next_key::<String>()? {
            let field = self.0.fields.borrow_mut().field(&name);
            let field = field.map_err(serde::de::Error::custom)?;
            spend(&self.0.values_left, "values")?;
            let value = map.next_value_seed(Shallow { depth: 0 })?;
            properties.push((field, Property::of_json(value)));
        }
        Ok(properties)
    }
}

#[derive(Clone, Copy)]
struct AnyGeometry<'a>(&'a Reader);
seed!(AnyGeometry, Geometry);

impl<'de> Visitor<'de> for AnyGeometry<'_> {
    type Value = Geometry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a geometry")
    }

    fn visit_unit<E>(self) -> Result<Geometry, E> {
        Ok(Geometry::None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Geometry, A::Error> {
        let mut kind = None;
        let mut coordinates = None;
        let mut parts = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => kind = text_of(&mut map)?,
                "coordinates" => coordinates = Some(map.next_value_seed(Coordinates(self.0))?),
                "geometries" => parts = Some(map.next_value_seed(Parts(self.0))?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let Some(kind) = kind else {
            return Ok(Geometry::Bad("the geometry has no type".into()));
        };
        Ok(match parts {
            Some(parts) => collect(parts),
            None => assemble(&kind, coordinates.unwrap_or(Nested::Nothing)),
        })
    }
}

#[derive(Clone, Copy)]
struct Parts<'a>(&'a Reader);
seed!(Parts, Vec<Geometry>);

impl<'de> Visitor<'de> for Parts<'_> {
    type Value = Vec<Geometry>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of geometries")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = list.next_element_seed(AnyGeometry(self.0))? {
            spend(&self.0.vertices_left, "geometries")?;
            parts.push(part);
        }
        Ok(parts)
    }
}

/// `coordinates` at any depth, before the type is known.
enum Nested {
    Nothing,
    Number(f64),
    Wrong,
    Position(Coord<f64>),
    Positions(Vec<Coord<f64>>),
    List(Vec<Nested>),
}

#[derive(Clone, Copy)]
struct Coordinates<'a>(&'a Reader);
seed!(Coordinates, Nested);

impl<'de> Visitor<'de> for Coordinates<'_> {
    type Value = Nested;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("coordinates")
    }

    fn visit_f64<E>(self, number: f64) -> Result<Nested, E> {
        Ok(Nested::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Nested, E> {
        Ok(Nested::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Nested, E> {
        Ok(Nested::Number(number as f64))
    }

    fn visit_unit<E>(self) -> Result<Nested, E> {
        Ok(Nested::Nothing)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Nested, E> {
        Ok(Nested::Wrong)
    }

    fn visit_str<E>(self, _: &str) -> Result<Nested, E> {
        Ok(Nested::Wrong)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Nested, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Nested::Wrong)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Nested, A::Error> {
        let Some(first) = list.next_element_seed(self)? else {
            return Ok(Nested::List(Vec::new()));
        };
        spend(&self.0.vertices_left, "vertices")?;
        match first {
            Nested::Number(x) => {
                let second = list.next_element_seed(self)?;
                // Height, measure and the nulls that stand for them are not needed.
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(match second {
                    Some(Nested::Number(y)) => Nested::Position(Coord { x, y }),
                    _ => Nested::Wrong,
                })
            }
            Nested::Position(first) => {
                let mut positions = vec![first];
                let mut wrong = false;
                while let Some(next) = list.next_element_seed(self)? {
                    match next {
                        Nested::Position(position) => positions.push(position),
                        _ => wrong = true,
                    }
                }
                Ok(if wrong { Nested::Wrong } else { Nested::Positions(positions) })
            }
            first => {
                let mut parts = vec![first];
                while let Some(next) = list.next_element_seed(self)? {
                    spend(&self.0.vertices_left, "vertices")?;
                    parts.push(next);
                }
                Ok(Nested::List(parts))
            }
        }
    }
}

fn spend<E: serde::de::Error>(left: &Cell<usize>, what: &str) -> Result<(), E> {
    match left.get().checked_sub(1) {
        Some(rest) => {
            left.set(rest);
            Ok(())
        }
        None => Err(E::custom(format!("it has more {what} than are allowed in one file"))),
    }
}

fn assemble(kind: &str, coordinates: Nested) -> Geometry {
    let bad = || Geometry::Bad(format!("the coordinates are not those of a {kind}"));
    match (kind, coordinates) {
        ("Polygon" | "MultiPolygon" | "Point", Nested::Nothing) => Geometry::None,
        (_, Nested::List(parts)) if parts.is_empty() => Geometry::None,
        ("Point", Nested::Position(position)) => Geometry::Point(position.into()),
        ("MultiPoint", Nested::Positions(positions)) if positions.len() == 1 => {
            Geometry::Point(positions[0].into())
        }
        ("Polygon", Nested::List(rings)) => match polygon(rings) {
            Some(polygon) => Geometry::Polygons(MultiPolygon(vec![polygon])),
            None => bad(),
        },
        ("MultiPolygon", Nested::List(parts)) => {
            let polygons: Option<Vec<_>> = parts
                .into_iter()
                .map(|part| match part {
                    Nested::List(rings) => polygon(rings),
                    _ => None,
                })
                .collect();
            polygons.map_or_else(bad, |polygons| Geometry::Polygons(MultiPolygon(polygons)))
        }
        ("Point" | "Polygon" | "MultiPolygon", _) => bad(),
        ("MultiPoint", _) => Geometry::Other("set of points".into()),
        ("LineString" | "MultiLineString", _) => Geometry::Other("line".into()),
        _ => Geometry::Bad(format!("\"{kind}\" is not a GeoJSON geometry")),
    }
}

fn polygon(rings: Vec<Nested>) -> Option<Polygon<f64>> {
    let mut rings = rings.into_iter().map(|ring| match ring {
        Nested::Positions(positions) => Some(LineString(positions)),
        // An empty ring is no ring; a polygon's first must not be one.
        Nested::List(parts) if parts.is_empty() => Some(LineString(Vec::new())),
        _ => None,
    });
    let exterior = rings.next()??;
    let interiors: Option<Vec<_>> = rings.collect();
    Some(Polygon::new(exterior, interiors?))
}
