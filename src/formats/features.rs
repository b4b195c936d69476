//! What every reader of map layers gives: named layers of features with properties and a geometry
//! in WGS 84, and how a layer becomes a sheet, so that its points are read like any table.

use std::collections::HashMap;

use geo::{Coord, LineString, MapCoordsInPlace, MultiPolygon, Point, Polygon};

use super::crs::Crs;
use super::sheet::{Cell, Grid, Sheet, SheetData, Unreadable, Workbook, limits};

/// What a file may contain at most, all layers together.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    pub features: usize,
    pub vertices: usize,
    /// Properties with a value.
    pub values: usize,
}

impl Default for Budget {
    /// Every municipality of a large country, with room to spare.
    fn default() -> Budget {
        Budget { features: 1_000_000, vertices: 20_000_000, values: 20_000_000 }
    }
}

impl Budget {
    /// Takes features off what is left.
    pub fn feature(&mut self) -> Result<(), Unreadable> {
        spend(&mut self.features, 1, "features")
    }

    /// Takes vertices off what is left.
    pub fn vertices(&mut self, count: usize) -> Result<(), Unreadable> {
        spend(&mut self.vertices, count, "vertices")
    }

    /// Takes values of properties off what is left.
    pub fn values(&mut self, count: usize) -> Result<(), Unreadable> {
        spend(&mut self.values, count, "values")
    }
}

fn spend(left: &mut usize, count: usize, what: &str) -> Result<(), Unreadable> {
    match left.checked_sub(count) {
        Some(rest) => {
            *left = rest;
            Ok(())
        }
        None => Err(Unreadable(format!("The file has more {what} than are allowed in one file."))),
    }
}

/// The layers of a file, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layers {
    /// What the file is, such as `GeoJSON` or `Shapefile`.
    pub format: &'static str,
    pub layers: Vec<Layer>,
    /// Remarks of the reader, in a sentence each.
    pub notes: Vec<String>,
}

/// The features of one layer, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// Empty where the format has no layers.
    pub name: String,
    pub fields: Fields,
    pub features: Vec<Feature>,
    /// How it was read: encoding, coordinate reference system.
    pub note: String,
}

/// Names of the properties of a layer, in order of appearance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    names: Vec<String>,
    by_name: HashMap<String, u16>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Position in `fields` and value, in the order of the file.
    pub properties: Vec<(u16, Property)>,
    pub geometry: Geometry,
}

/// A property; lists, objects and bytes become `Null`.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    Null,
    Text(String),
    Whole(i64),
    Number(f64),
    Boolean(bool),
}

/// The geometry of a feature, by what can be made of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    None,
    Point(Point<f64>),
    /// Polygons as written: not validated, rings closed.
    Polygons(MultiPolygon<f64>),
    /// Lines and sets of points: what it is.
    Other(String),
    /// It cannot be read, and why.
    Bad(String),
}

impl Property {
    pub fn of_json(value: serde_json::Value) -> Property {
        match value {
            serde_json::Value::String(text) => Property::Text(text),
            serde_json::Value::Bool(flag) => Property::Boolean(flag),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Property::Whole(whole),
                (None, Some(number)) if number.is_finite() => Property::Number(number),
                _ => Property::Null,
            },
            _ => Property::Null,
        }
    }

    /// The value as text, trimmed; `None` where it is null or blank.
    pub fn text(&self) -> Option<String> {
        let text = match self {
            Property::Null => return None,
            Property::Text(text) => text.trim().to_owned(),
            Property::Whole(whole) => whole.to_string(),
            // 31.0 is how some exporters write the whole number 31.
            Property::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                format!("{number:.0}")
            }
            Property::Number(number) => number.to_string(),
            Property::Boolean(flag) => flag.to_string(),
        };
        (!text.is_empty()).then_some(text)
    }
}

impl Layers {
    /// One layer.
    pub fn one(format: &'static str, layer: Layer) -> Layers {
        Layers { format, layers: vec![layer], notes: Vec::new() }
    }

    /// One sheet for each layer: a row of property names, which is row 0, and one row for each
    /// feature, whose number is its position from 1. Points give the first two columns.
    pub fn workbook(self) -> Result<Workbook<'static>, Unreadable> {
        let mut note: Vec<String> = self.notes;
        let mut sheets = Vec::with_capacity(self.layers.len());
        for layer in self.layers {
            if !layer.note.is_empty() && !note.contains(&layer.note) {
                note.push(layer.note.clone());
            }
            sheets.push(layer.sheet()?);
        }
        Ok(Workbook { format: self.format, note: note.join(", "), sheets })
    }
}

impl Fields {
    /// Position of a property, made where it is new.
    pub fn field(&mut self, name: &str) -> Result<u16, Unreadable> {
        if let Some(known) = self.by_name.get(name) {
            return Ok(*known);
        }
        if self.names.len() >= limits::COLUMNS {
            return Err(Unreadable(format!(
                "The layer has more than {} different properties.",
                limits::COLUMNS
            )));
        }
        let position = self.names.len() as u16;
        self.names.push(name.to_owned());
        self.by_name.insert(name.to_owned(), position);
        Ok(position)
    }

    /// The position of exactly this name.
    pub fn position(&self, name: &str) -> Option<u16> {
        self.by_name.get(name).copied()
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }
}

impl Layer {
    /// Moves every geometry to WGS 84; one that cannot be moved says so.
    pub fn to_wgs84(&mut self, crs: &Crs) {
        if crs.is_wgs84() {
            return;
        }
        for feature in &mut self.features {
            let geometry = std::mem::replace(&mut feature.geometry, Geometry::None);
            feature.geometry = moved(geometry, crs);
        }
        self.note = match self.note.as_str() {
            "" => crs.words(),
            note => format!("{note}, {}", crs.words()),
        };
    }

    fn sheet(mut self) -> Result<Sheet<'static>, Unreadable> {
        let has_points =
            self.features.iter().any(|feature| matches!(feature.geometry, Geometry::Point(_)));
        let first = if has_points { 2 } else { 0 };
        let mut grid = Grid::default();
        if has_points {
            grid.push(0, 0, Cell::Text("latitude"))?;
            grid.push(0, 1, Cell::Text("longitude"))?;
        }
        for (column, name) in self.fields.names().iter().enumerate() {
            grid.push(0, first + column, Cell::Text(name))?;
        }
        for (position, feature) in self.features.iter_mut().enumerate() {
            let row = u32::try_from(position + 1).unwrap_or(u32::MAX);
            if let Geometry::Point(point) = &feature.geometry {
                grid.push(row, 0, Cell::Number(point.y()))?;
                grid.push(row, 1, Cell::Number(point.x()))?;
            }
            feature.properties.sort_by_key(|(field, _)| *field);
            for (field, value) in &feature.properties {
                let cell = match value {
                    Property::Null => continue,
                    Property::Text(text) => Cell::Text(super::spreadsheet::clip(text)?),
                    Property::Whole(whole) => Cell::Number(*whole as f64),
                    Property::Number(number) => Cell::Number(*number),
                    Property::Boolean(flag) => Cell::Bool(*flag),
                };
                grid.push(row, first + usize::from(*field), cell)?;
            }
        }
        let data = SheetData::Grid(grid.finish());
        Ok(Sheet { name: self.name, hidden: false, merges: Vec::new(), data })
    }
}

impl Feature {
    /// The property of a field.
    pub fn property(&self, field: u16) -> Option<&Property> {
        self.properties.iter().find(|(known, _)| *known == field).map(|(_, value)| value)
    }
}

fn moved(geometry: Geometry, crs: &Crs) -> Geometry {
    match geometry {
        Geometry::Point(point) => match crs.to_wgs84(point.0) {
            Some(coord) => Geometry::Point(coord.into()),
            None => Geometry::Bad(lost(point.0, crs)),
        },
        Geometry::Polygons(mut polygons) => {
            let bad = std::cell::Cell::new(None);
            polygons.map_coords_in_place(|coord| {
                crs.to_wgs84(coord).unwrap_or_else(|| {
                    bad.set(Some(coord));
                    Coord { x: f64::NAN, y: f64::NAN }
                })
            });
            match bad.get() {
                Some(coord) => Geometry::Bad(lost(coord, crs)),
                None => Geometry::Polygons(polygons),
            }
        }
        other => other,
    }
}

fn lost(Coord { x, y }: Coord<f64>, crs: &Crs) -> String {
    format!("the coordinate {x}, {y} is no place in {}", crs.words())
}

/// A point that is somewhere; a position that is not a number is no place.
pub fn point(x: f64, y: f64) -> Geometry {
    match x.is_finite() && y.is_finite() {
        true => Geometry::Point(Point::new(x, y)),
        false => Geometry::Bad("a coordinate is not a number".into()),
    }
}

/// Corners and rings that are looked at to find the polygons of all holes of one shape: a shape of
/// a thousand islands with a thousand lakes takes a million or two.
const RING_LOOKS: usize = 500_000_000;

/// Polygons from rings that know only which way they turn, as shapefiles have them: clockwise rings
/// are outer ones, and each other ring is a hole in the smallest outer one around it.
pub fn polygons_of_rings(rings: Vec<Vec<Coord<f64>>>) -> Geometry {
    use geo::{Area, BoundingRect, Contains};
    let mut looks_left = RING_LOOKS;
    let rings = rings.into_iter().filter(|ring| !ring.is_empty()).map(LineString);
    let mut outer: Vec<(Polygon<f64>, f64)> = Vec::new();
    let mut holes: Vec<LineString<f64>> = Vec::new();
    for ring in rings {
        let polygon = Polygon::new(ring, Vec::new());
        let area = polygon.signed_area();
        if area > 0.0 {
            holes.push(polygon.into_inner().0);
        } else {
            outer.push((polygon, -area));
        }
    }
    if outer.is_empty() {
        // Writers that turn every ring the other way.
        let flipped = holes.drain(..).map(|ring| Polygon::new(ring, Vec::new()));
        return match flipped.collect::<Vec<_>>() {
            none if none.is_empty() => Geometry::None,
            polygons => Geometry::Polygons(MultiPolygon(polygons)),
        };
    }
    if let [(only, _)] = outer.as_mut_slice() {
        holes.into_iter().for_each(|hole| only.interiors_push(hole));
    } else if !holes.is_empty() {
        let boxes: Vec<_> = outer.iter().map(|(polygon, _)| polygon.bounding_rect()).collect();
        let shells: Vec<Polygon<f64>> = outer.iter().map(|(polygon, _)| polygon.clone()).collect();
        for hole in holes {
            let Some(first) = hole.0.first().copied() else { continue };
            let rect = hole.bounding_rect();
            let mut around = |at: &usize| {
                let boxed = boxes[*at].zip(rect).is_some_and(|(a, b)| a.contains(&b) || a == b);
                let looks = if boxed { 1 + shells[*at].exterior().0.len() } else { 1 };
                looks_left = looks_left.saturating_sub(looks);
                boxed && looks_left > 0 && geo::Intersects::intersects(&shells[*at], &Point(first))
            };
            let found = (0..shells.len())
                .filter(|at| around(at))
                .min_by(|a, b| outer[*a].1.total_cmp(&outer[*b].1));
            if looks_left == 0 {
                return Geometry::Bad("it has too many rings within rings".into());
            }
            match found {
                Some(at) => outer[at].0.interiors_push(hole),
                // In no outer ring: an outer ring turned the wrong way.
                None => outer.push((Polygon::new(hole, Vec::new()), f64::INFINITY)),
            }
        }
    }
    Geometry::Polygons(MultiPolygon(outer.into_iter().map(|(polygon, _)| polygon).collect()))
}

/// A set of geometries: its polygons where there are any, else its only point, else its first part.
pub fn collect(parts: Vec<Geometry>) -> Geometry {
    if let Some(bad) = parts.iter().find(|part| matches!(part, Geometry::Bad(_))) {
        return bad.clone();
    }
    let mut polygons = Vec::new();
    let mut first = Geometry::None;
    for part in parts {
        match part {
            Geometry::Polygons(more) => polygons.extend(more.0),
            other if first == Geometry::None => first = other,
            _ => {}
        }
    }
    if polygons.is_empty() { first } else { Geometry::Polygons(MultiPolygon(polygons)) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    #[test]
    fn a_layer_of_points_becomes_a_sheet_whose_rows_are_its_features() {
        let mut layer = Layer { name: "places".into(), ..Layer::default() };
        let (name, beds) =
            (layer.fields.field("name").unwrap(), layer.fields.field("beds").unwrap());
        let feature = |properties, geometry| Feature { properties, geometry };
        layer.features = vec![
            feature(
                vec![(beds, Property::Whole(7)), (name, Property::Text("A".into()))],
                point(36.5, -1.25),
            ),
            feature(vec![(name, Property::Text("B".into()))], Geometry::None),
        ];
        let book = Layers::one("GeoJSON", layer).workbook().unwrap();
        let mut rows = Vec::new();
        book.sheets[0]
            .visit(0, |row| {
                let cells = row.cells().map(|cell| cell.text().unwrap_or_default().into_owned());
                rows.push((row.number, cells.collect::<Vec<_>>().join("|")));
                ControlFlow::Continue(())
            })
            .unwrap();
        let expected = [(0, "latitude|longitude|name|beds"), (1, "-1.25|36.5|A|7"), (2, "||B")];
        assert_eq!(rows, expected.map(|(number, text)| (number, text.to_owned())));
    }

    #[test]
    fn rings_find_their_polygon_by_the_way_they_turn() {
        let square = |x: f64, side: f64, clockwise: bool| {
            let mut ring: Vec<Coord<f64>> = [(0., 0.), (0., 1.), (1., 1.), (1., 0.), (0., 0.)]
                .map(|(a, b)| Coord { x: x + a * side, y: x + b * side })
                .to_vec();
            if !clockwise {
                ring.reverse();
            }
            ring
        };
        let rings = vec![
            square(0., 10., true),
            square(1., 8., false),
            square(2., 2., true),
            square(20., 5., true),
            square(21., 1., false),
        ];
        let Geometry::Polygons(polygons) = polygons_of_rings(rings) else { panic!("polygons") };
        let holes: Vec<_> = polygons.iter().map(|polygon| polygon.interiors().len()).collect();
        assert_eq!(holes, [1, 0, 1]);
        // Holes outside of every outer ring are outer rings turned the wrong way.
        let lost = vec![
            square(0., 1., true),
            square(5., 1., true),
            square(20., 1., false),
            square(30., 1., false),
        ];
        let Geometry::Polygons(found) = polygons_of_rings(lost) else { panic!("polygons") };
        assert_eq!(found.0.len(), 4);
        let Geometry::Polygons(flipped) = polygons_of_rings(vec![square(0., 1., false)]) else {
            panic!("polygons")
        };
        assert_eq!(flipped.0.len(), 1);
    }
}
