//! FlatGeobuf, writing: features along a Hilbert curve behind a packed index of their boxes.

use std::io;

use flatgeobuf::geozero::error::GeozeroError;
use flatgeobuf::geozero::{ColumnValue, FeatureProcessor, GeomProcessor, PropertyProcessor};
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geo::{LineString, MultiPolygon};

use super::about::About;
use super::geojson_write::{Style, iso_date};
use super::layer::{FieldKind, Geometry, GeometryKind, Layer, Value, Want};

/// Writes a whole layer. The index needs a geometry in every feature: a layer with features that
/// have none has no index.
pub fn write_layer(
    out: &mut Vec<u8>,
    layer: &Layer<'_>,
    style: &Style,
    about: &About<'_>,
) -> io::Result<()> {
    let failed = |error: GeozeroError| io::Error::other(error.to_string());
    let drawn = layer.geometry != GeometryKind::None && style.grid.is_some();
    let rows = 0..layer.matched.len();
    let shape = |position: usize| layer.rows.geometry(layer.matched.row(position), Want::Shape);
    let is_empty = |shape: &Geometry| match shape {
        Geometry::MultiPolygon(shape) => shape.0.is_empty(),
        Geometry::Point(_) => false,
        Geometry::None | Geometry::GeoJson(_) => true,
    };
    let indexed = drawn && !rows.is_empty() && !rows.clone().any(|row| is_empty(&shape(row)));
    let mut text = Vec::new();
    about.json(&mut text, layer);
    let text = String::from_utf8_lossy(&text);
    let kind = match (drawn, layer.geometry) {
        (true, GeometryKind::Point) => GeometryType::Point,
        (true, _) => GeometryType::MultiPolygon,
        (false, _) => GeometryType::Unknown,
    };
    let options = FgbWriterOptions {
        write_index: indexed,
        detect_type: false,
        promote_to_multi: false,
        crs: FgbCrs { org: Some("EPSG"), code: 4326, name: Some("WGS 84"), ..FgbCrs::default() },
        title: Some(about.title),
        description: Some(about.description),
        metadata: Some(&text),
        ..FgbWriterOptions::default()
    };
    let mut writer = FgbWriter::create_with_options(layer.name, kind, options)
        .map_err(|error| io::Error::other(error.to_string()))?;
    let fields = about.fields(layer, style);
    let chosen: Vec<_> = fields.iter().filter_map(|at| layer.fields.get(*at)).collect();
    let with_id = !chosen.iter().any(|field| field.name == "id");
    if with_id {
        writer.add_column("id", ColumnType::String, |_, column| column.nullable = false);
    }
    for field in chosen {
        writer.add_column(field.name, column(field.kind), |buffer, column| {
            column.description = Some(buffer.create_string(field.description));
        });
    }
    let mut values = Vec::new();
    for position in rows {
        let row = layer.matched.row(position);
        if drawn {
            draw(&mut writer, &shape(position)).map_err(failed)?;
        }
        if with_id {
            let id = layer.rows.id(row);
            writer.property(0, "id", &ColumnValue::String(&id)).map_err(failed)?;
        }
        values.clear();
        layer.rows.values(row, &mut values);
        let found = fields.iter().filter_map(|at| values.get(*at));
        for (number, value) in found.enumerate() {
            property(&mut writer, number + usize::from(with_id), value).map_err(failed)?;
        }
        writer.feature_end(position as u64).map_err(failed)?;
    }
    writer.write(out).map_err(|error| io::Error::other(error.to_string()))
}

fn column(kind: FieldKind) -> ColumnType {
    match kind {
        FieldKind::Text => ColumnType::String,
        FieldKind::Integer => ColumnType::Long,
        FieldKind::Number => ColumnType::Double,
        FieldKind::Boolean => ColumnType::Bool,
        // The format has no day of its own: a moment without a time is one.
        FieldKind::Date => ColumnType::DateTime,
    }
}

fn property(
    writer: &mut FgbWriter<'_>,
    number: usize,
    value: &Value<'_>,
) -> Result<(), GeozeroError> {
    let date;
    let value = match value {
        Value::Null => return Ok(()),
        Value::Number(figure) if !figure.is_finite() => return Ok(()),
        Value::Text(text) => ColumnValue::String(text),
        Value::Integer(whole) => ColumnValue::Long(*whole),
        Value::Number(figure) => ColumnValue::Double(*figure),
        Value::Boolean(yes) => ColumnValue::Bool(*yes),
        Value::Date(days) => {
            date = iso_date(*days);
            ColumnValue::DateTime(&date)
        }
    };
    writer.property(number, "", &value).map(|_| ())
}

fn draw(writer: &mut FgbWriter<'_>, shape: &Geometry) -> Result<(), GeozeroError> {
    match shape {
        Geometry::None | Geometry::GeoJson(_) => Ok(()),
        Geometry::Point(at) => {
            writer.point_begin(0)?;
            writer.xy(at.x(), at.y(), 0)?;
            writer.point_end(0)
        }
        Geometry::MultiPolygon(shape) => draw_polygons(writer, shape),
    }
}

fn draw_polygons(
    writer: &mut FgbWriter<'_>,
    shape: &MultiPolygon<f64>,
) -> Result<(), GeozeroError> {
    writer.multipolygon_begin(shape.0.len(), 0)?;
    for (position, polygon) in shape.0.iter().enumerate() {
        let rings = 1 + polygon.interiors().len();
        writer.polygon_begin(false, rings, position)?;
        let lines = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        for (number, line) in lines.enumerate() {
            draw_ring(writer, line, number)?;
        }
        writer.polygon_end(false, position)?;
    }
    writer.multipolygon_end(0)
}

fn draw_ring(
    writer: &mut FgbWriter<'_>,
    line: &LineString<f64>,
    number: usize,
) -> Result<(), GeozeroError> {
    writer.linestring_begin(false, line.0.len(), number)?;
    for (position, at) in line.0.iter().enumerate() {
        writer.xy(at.x, at.y, position)?;
    }
    writer.linestring_end(false, number)
}
