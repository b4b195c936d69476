//! KML, reading: every placemark, wherever its folder is, with its name, description and extended
//! data. Coordinates are always longitude and latitude of WGS 84.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::features::{Budget, Feature, Geometry, Layer, Layers, Property, collect, point};
use super::sheet::{Unreadable, limits};

/// Elements inside one another.
const DEPTH: usize = 100;

/// Reads a document as one layer; folders become a property.
pub fn read(bytes: &[u8], budget: &mut Budget) -> Result<Layers, Unreadable> {
    let broken =
        |why: &dyn std::fmt::Display| Unreadable(format!("The KML cannot be read: {why}."));
    let (text, _) = super::csv::decode(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().check_end_names = false;
    let mut state = State::default();
    loop {
        match reader.read_event().map_err(|error| broken(&error))? {
            Event::Start(element) => {
                if state.path.len() >= DEPTH {
                    return Err(broken(&"its elements are nested too deeply"));
                }
                state.open(&element);
            }
            Event::Empty(element) => {
                state.open(&element);
                state.close(budget)?;
            }
            Event::End(_) => state.close(budget)?,
            Event::Text(text) => state.write(&text)?,
            Event::CData(text) => state.write(&text)?,
            Event::GeneralRef(reference) => {
                let code = reference.resolve_char_ref().ok().flatten();
                match code.map(String::from) {
                    Some(letter) => state.write(&letter)?,
                    None => state.write(
                        quick_xml::escape::resolve_predefined_entity(&reference).unwrap_or(" "),
                    )?,
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(Layers::one("KML", state.layer))
}

#[derive(Default)]
struct State {
    layer: Layer,
    /// Local names of the open elements.
    path: Vec<String>,
    /// Names of the open folders.
    folders: Vec<String>,
    /// The text of the innermost element so far.
    text: String,
    mark: Option<Placemark>,
    /// The `name` attribute of the open `Data` or `SimpleData`.
    data: String,
}

#[derive(Default)]
struct Placemark {
    properties: Vec<(String, String)>,
    parts: Vec<Geometry>,
    rings: Vec<LineString<f64>>,
}

impl State {
    fn open(&mut self, element: &BytesStart<'_>) {
        let name = element.local_name().as_ref().to_owned();
        match name.as_str() {
            "Folder" if self.mark.is_none() => self.folders.push(String::new()),
            "Placemark" => self.mark = Some(Placemark::default()),
            "Data" | "SimpleData" => {
                let attribute = element.try_get_attribute("name").ok().flatten();
                self.data =
                    attribute.map(|attribute| attribute.value.into_owned()).unwrap_or_default();
            }
            _ => {}
        }
        self.text.clear();
        self.path.push(name);
    }

    fn write(&mut self, text: &str) -> Result<(), Unreadable> {
        let is_cell = self.path.last().is_some_and(|name| name != "coordinates");
        if is_cell && self.text.len() + text.len() > limits::CELL_BYTES {
            return Err(Unreadable(format!(
                "A text of the KML is longer than {} bytes.",
                limits::CELL_BYTES
            )));
        }
        self.text.push_str(text);
        Ok(())
    }

    fn close(&mut self, budget: &mut Budget) -> Result<(), Unreadable> {
        let Some(name) = self.path.pop() else { return Ok(()) };
        let text = std::mem::take(&mut self.text);
        let parent = self.path.last().map_or("", String::as_str);
        let Some(mark) = &mut self.mark else {
            match (name.as_str(), parent) {
                ("name", "Folder") => {
                    if let Some(folder) = self.folders.last_mut() {
                        *folder = text.trim().to_owned();
                    }
                }
                ("name", "Document") => self.layer.name = text.trim().to_owned(),
                ("Folder", _) => drop(self.folders.pop()),
                _ => {}
            }
            return Ok(());
        };
        match (name.as_str(), parent) {
            ("name" | "description" | "address", "Placemark") => {
                budget.values(1)?;
                mark.properties.push((name, text.trim().to_owned()));
            }
            ("begin" | "end" | "when", _) => {
                budget.values(1)?;
                mark.properties.push((name, text.trim().to_owned()));
            }
            ("value", "Data") | ("SimpleData", _) => {
                budget.values(1)?;
                mark.properties.push((self.data.clone(), text.trim().to_owned()));
            }
            ("coordinates", "Point") => {
                budget.vertices(1)?;
                let at = coordinates(&text, budget)?;
                mark.parts.push(at.first().map_or(Geometry::None, |at| point(at.x, at.y)));
            }
            ("coordinates", "LinearRing") => {
                // A ring without positions takes room too.
                budget.vertices(1)?;
                mark.rings.push(LineString(coordinates(&text, budget)?));
            }
            ("LineString" | "Track" | "MultiTrack", _) => {
                budget.vertices(1)?;
                mark.parts.push(Geometry::Other("line".into()));
            }
            ("Model", _) => {
                budget.vertices(1)?;
                mark.parts.push(Geometry::Other("model".into()));
            }
            ("Polygon", _) => {
                budget.vertices(1)?;
                let mut rings = mark.rings.drain(..).filter(|ring| !ring.0.is_empty());
                mark.parts.push(match rings.next() {
                    Some(outer) => {
                        Geometry::Polygons(MultiPolygon(vec![Polygon::new(outer, rings.collect())]))
                    }
                    None => Geometry::None,
                });
            }
            ("Placemark", _) => {
                budget.feature()?;
                let mut mark = self.mark.take().unwrap_or_default();
                if let Some(folder) = self.folders.iter().rev().find(|name| !name.is_empty()) {
                    mark.properties.push(("folder".into(), folder.clone()));
                }
                let mut properties: Vec<(u16, Property)> = Vec::new();
                for (name, text) in mark.properties.into_iter().filter(|(_, text)| !text.is_empty())
                {
                    let field = self.layer.fields.field(&name)?;
                    if !properties.iter().any(|(known, _)| *known == field) {
                        properties.push((field, Property::Text(text)));
                    }
                }
                let geometry = collect(mark.parts);
                self.layer.features.push(Feature { properties, geometry });
            }
            _ => {}
        }
        Ok(())
    }
}

/// Positions separated by blanks, their numbers by commas; some writers put a blank behind a comma.
fn coordinates(text: &str, budget: &mut Budget) -> Result<Vec<Coord<f64>>, Unreadable> {
    let joined;
    let text = if text.contains(", ") {
        joined = text.replace(", ", ",");
        joined.as_str()
    } else {
        text
    };
    let mut positions = Vec::new();
    for position in text.split_whitespace() {
        budget.vertices(1)?;
        let mut numbers = position.split(',').map(|number| number.parse().unwrap_or(f64::NAN));
        let x = numbers.next().unwrap_or(f64::NAN);
        positions.push(Coord { x, y: numbers.next().unwrap_or(f64::NAN) });
    }
    Ok(positions)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
      <kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Sites</name>
      <Style id="s"><LineStyle><color>ff0000ff</color></LineStyle></Style>
      <Folder><name>North</name><Placemark><name>Caf&#233; &amp; well</name>
        <description><![CDATA[<b>open</b>]]></description>
        <ExtendedData><Data name="pcode"><value>XA01</value></Data>
          <SchemaData><SimpleData name="beds">7</SimpleData></SchemaData></ExtendedData>
        <Point><coordinates> 36.5,-1.25,0 </coordinates></Point></Placemark></Folder>
      <Placemark><name>A</name><MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>
        0,0 4,0 4,4 0,4 0,0</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>
        1,1 2,1 2,2 1,1</coordinates></LinearRing></innerBoundaryIs></Polygon></MultiGeometry></Placemark>
      <Placemark><LineString><coordinates>0,0 1,1</coordinates></LineString></Placemark>
      <Placemark><name/></Placemark></Document></kml>"#;

    #[test]
    fn placemarks_become_features_with_their_extended_data() {
        let layers = read(DOCUMENT.as_bytes(), &mut Budget::default()).unwrap();
        let layer = &layers.layers[0];
        assert_eq!(layer.name, "Sites");
        assert_eq!(layer.fields.names(), ["name", "description", "pcode", "beds", "folder"]);
        let texts: Vec<_> =
            layer.features[0].properties.iter().filter_map(|(_, value)| value.text()).collect();
        assert_eq!(texts, ["Café & well", "<b>open</b>", "XA01", "7", "North"]);
        assert_eq!(layer.features[0].geometry, point(36.5, -1.25));
        let Geometry::Polygons(polygons) = &layer.features[1].geometry else { panic!("polygons") };
        assert_eq!(polygons.0[0].interiors().len(), 1);
        assert_eq!(layer.features[2].geometry, Geometry::Other("line".into()));
        assert_eq!(layer.features[3].geometry, Geometry::None);
    }

    #[test]
    fn a_hostile_document_is_refused() {
        let deep = format!("<kml>{}", "<Folder>".repeat(100_000));
        assert!(read(deep.as_bytes(), &mut Budget::default()).unwrap_err().0.contains("deeply"));
        let entities = r#"<!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml><Placemark><name>&b;</name></Placemark></kml>"#;
        let read = read(entities.as_bytes(), &mut Budget::default()).unwrap();
        assert_eq!(read.layers[0].features[0].properties, []);
        for cut in 0..DOCUMENT.len() {
            let Some(start) = DOCUMENT.get(..cut) else { continue };
            let _ = super::read(start.as_bytes(), &mut Budget::default());
        }
    }
}
