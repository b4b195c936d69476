//! GeoJSON (RFC 7946), written straight to bytes: no tree of values in between.

use std::io::{self, Write};
use std::sync::Arc;

use geo::{Coord, MapCoords};

use super::geojson_geometry::geometry_in;
use super::layer::{Field, Geometry, GeometryKind, Layer, Member, Value, Want, published};
use super::reference::Reference;
use crate::domain::Day;

pub use super::geojson_geometry::{Grid, geometry, multi_polygon};

/// How features are written.
#[derive(Clone, Debug)]
pub struct Style {
    /// `None` leaves geometry out (`"geometry":null`).
    pub grid: Option<Grid>,
    /// Positions of the fields to write; `None` writes all.
    pub fields: Option<Vec<usize>>,
    /// The system coordinates are in; `None` is degrees, longitude first.
    pub reference: Option<Arc<Reference>>,
}

impl Style {
    pub const FULL: Style = Style { grid: Some(Grid::FULL), fields: None, reference: None };

    /// Whether the shapes of a layer are written.
    pub fn draws(&self, layer: &Layer<'_>) -> bool {
        layer.geometry != GeometryKind::None && self.grid.is_some()
    }

    /// A shape in the system that coordinates are written in; none where it has none for a position.
    pub fn placed(&self, shape: Geometry) -> Geometry {
        let Some(reference) = &self.reference else { return shape };
        let at = |at: Coord<f64>| reference.from_wgs84(at).ok_or(());
        let placed = match shape {
            Geometry::Point(point) => point.try_map_coords(at).map(Geometry::Point),
            Geometry::MultiPolygon(shape) => {
                shape.try_map_coords(at).map(|shape| Geometry::MultiPolygon(Arc::new(shape)))
            }
            Geometry::None | Geometry::GeoJson(_) => Ok(shape),
        };
        placed.unwrap_or(Geometry::None)
    }

    /// The EPSG code and the name of the system of files, longitude or easting first.
    pub fn epsg(&self) -> (u32, String) {
        self.reference.as_ref().map_or_else(|| Reference::crs84().epsg(), |one| one.epsg())
    }

    fn want(&self) -> Want {
        match (self.grid, &self.reference) {
            (None, _) => Want::Nothing,
            (Some(grid), None) => Want::GeoJson(grid),
            // What a layer keeps is written in degrees.
            (Some(_), Some(_)) => Want::Shape,
        }
    }
}

/// Writes features one after the other, and reuses its buffers.
pub struct FeatureWriter<'l, 'a> {
    layer: &'l Layer<'a>,
    style: &'l Style,
    /// `"name":` of each field, escaped once.
    keys: Vec<Vec<u8>>,
    values: Vec<Value<'a>>,
}

impl<'l, 'a> FeatureWriter<'l, 'a> {
    pub fn new(layer: &'l Layer<'a>, style: &'l Style) -> FeatureWriter<'l, 'a> {
        let keys = layer.fields.iter().map(key).collect();
        FeatureWriter { layer, style, keys, values: Vec::with_capacity(layer.fields.len()) }
    }

    /// Writes one row of the layer as a Feature, without its closing brace, so that a caller may
    /// add members.
    pub fn open(&mut self, out: &mut Vec<u8>, row: usize) {
        let rows = &self.layer.rows;
        out.extend_from_slice(b"{\"type\":\"Feature\",\"id\":");
        text(out, &rows.id(row));
        out.extend_from_slice(b",\"geometry\":");
        match self.style.grid {
            None => out.extend_from_slice(b"null"),
            Some(grid) => {
                let shape = rows.geometry(row, self.style.want());
                geometry_in(out, &shape, grid, self.style.reference.as_deref());
            }
        }
        out.extend_from_slice(b",\"properties\":{");
        self.values.clear();
        rows.values(row, &mut self.values);
        let mut first = true;
        let mut property = |position: usize| {
            let (Some(key), Some(found)) = (self.keys.get(position), self.values.get(position))
            else {
                return;
            };
            if !first {
                out.push(b',');
            }
            first = false;
            out.extend_from_slice(key);
            value(out, found);
        };
        match &self.style.fields {
            Some(fields) => fields.iter().copied().for_each(&mut property),
            None => (0..self.layer.fields.len()).for_each(&mut property),
        }
        out.push(b'}');
    }

    pub fn write(&mut self, out: &mut Vec<u8>, row: usize) {
        self.open(out, row);
        out.push(b'}');
    }
}

/// Writes a whole layer as one FeatureCollection; `members` come before the features.
pub fn write_layer(
    to: &mut impl Write,
    layer: &Layer<'_>,
    style: &Style,
    members: &[(&str, Member)],
) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(80 * 1024);
    open_collection(&mut buffer, members);
    let mut writer = FeatureWriter::new(layer, style);
    for position in 0..layer.matched.len() {
        if position > 0 {
            buffer.push(b',');
        }
        // One feature a line, so that a person and a line tool can read the file.
        buffer.push(b'\n');
        writer.write(&mut buffer, layer.matched.row(position));
        if buffer.len() > 64 * 1024 {
            to.write_all(&buffer)?;
            buffer.clear();
        }
    }
    buffer.extend_from_slice(b"\n]}\n");
    to.write_all(&buffer)
}

/// Writes the head of a FeatureCollection up to and with the `[` of its features.
pub fn open_collection(out: &mut Vec<u8>, members: &[(&str, Member)]) {
    out.extend_from_slice(b"{\"type\":\"FeatureCollection\"");
    for (name, about) in members {
        out.push(b',');
        text(out, name);
        out.push(b':');
        member(out, about);
    }
    out.extend_from_slice(b",\"features\":[");
}

pub fn member(out: &mut Vec<u8>, about: &Member) {
    match about {
        Member::Text(words) => text(out, words),
        Member::Boolean(yes) => value(out, &Value::Boolean(*yes)),
        Member::Integer(number) => value(out, &Value::Integer(*number)),
        Member::Record(entries) => record(out, entries),
        Member::Crs(urn) => {
            out.extend_from_slice(b"{\"type\":\"name\",\"properties\":{\"name\":");
            text(out, urn);
            out.extend_from_slice(b"}}");
        }
        Member::Records(records) => {
            out.push(b'[');
            for (position, entries) in records.iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                record(out, entries);
            }
            out.push(b']');
        }
    }
}

pub fn record(out: &mut Vec<u8>, entries: &[(&'static str, Value<'_>)]) {
    out.push(b'{');
    for (position, (name, found)) in entries.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        text(out, name);
        out.push(b':');
        value(out, found);
    }
    out.push(b'}');
}

pub fn value(out: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Text(words) => text(out, words),
        Value::Integer(whole) => {
            out.extend_from_slice(itoa::Buffer::new().format(*whole).as_bytes());
        }
        Value::Number(figure) => decimal(out, *figure),
        Value::Boolean(true) => out.extend_from_slice(b"true"),
        Value::Boolean(false) => out.extend_from_slice(b"false"),
        Value::Date(days) => {
            // A Vec takes every write.
            let _ = write!(out, "\"{}\"", Day(*days));
        }
    }
}

/// A figure as it is published. What is not finite is unknown.
pub fn number(out: &mut Vec<u8>, figure: f64) {
    if !figure.is_finite() {
        out.extend_from_slice(b"null");
    } else if figure.fract() == 0.0 && figure.abs() < 9e15 {
        out.extend_from_slice(itoa::Buffer::new().format(figure as i64).as_bytes());
    } else {
        // A Vec takes every write; `{}` is the shortest text that reads back the same.
        let _ = write!(out, "{}", published(figure));
    }
}

/// A figure that may have a fraction, with a point even where it has none: programs that take the
/// type of a column from its first values would cut off the fractions of the others.
pub fn decimal(out: &mut Vec<u8>, figure: f64) {
    let start = out.len();
    number(out, figure);
    if out[start..].iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') {
        out.extend_from_slice(b".0");
    }
}

/// A JSON string with its quotes.
pub fn text(out: &mut Vec<u8>, words: &str) {
    out.push(b'"');
    let bytes = words.as_bytes();
    let mut clean = 0;
    for (position, byte) in bytes.iter().enumerate() {
        let escaped: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 => b"",
            _ => continue,
        };
        out.extend_from_slice(&bytes[clean..position]);
        clean = position + 1;
        if escaped.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.extend_from_slice(escaped);
        }
    }
    out.extend_from_slice(&bytes[clean..]);
    out.push(b'"');
}

fn key(field: &Field) -> Vec<u8> {
    let mut key = Vec::new();
    text(&mut key, field.name);
    key.push(b':');
    key
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_numbers_carry_no_noise() {
        let mut out = Vec::new();
        text(&mut out, "a\"b\\c\n\u{1}é");
        for figure in [0.1 + 0.2, 5.0, -0.0, 1e20, f64::NAN, 12345678.25] {
            out.push(b' ');
            number(&mut out, figure);
        }
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\"a\\\"b\\\\c\\n\\u0001é\" 0.3 5 0 100000000000000000000 null 12345678.25"
        );
    }
}
