//! FlatGeobuf, writing: features along a Hilbert curve behind a packed index of their boxes. A row
//! without a shape has no geometry at all, and in the index a box with nothing in it, which no question
//! meets.

use std::io::{self, Write};

use flatbuffers::{FlatBufferBuilder, WIPOffset};
use flatgeobuf::packed_r_tree::{NodeItem, PackedRTree, calc_extent, hilbert_sort};
use flatgeobuf::{
    Column, ColumnArgs, ColumnType, Crs, CrsArgs, Feature, FeatureArgs, Geometry as Shape,
    GeometryArgs, GeometryType, Header, HeaderArgs,
};
use geo::MultiPolygon;

use super::about::About;
use super::geojson_write::Style;
use super::layer::{FieldKind, Geometry, GeometryKind, Layer, Value, Want};
use crate::domain::Day;

const MAGIC: [u8; 8] = *b"fgb\x03fgb\x00";

/// Writes a whole layer. Features are written twice: once to know the box and the size of each, and
/// once in the order that follows from these, so that only those stay in memory.
pub fn write_layer(
    out: &mut impl Write,
    layer: &Layer<'_>,
    style: &Style,
    about: &About<'_>,
) -> io::Result<()> {
    let fields = about.fields(layer, style);
    let mut writer = FeatureWriter::new(layer, &fields, style);
    let count = layer.matched.len();
    let (mut boxes, mut sizes) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for position in 0..count {
        let mut around = NodeItem::create(position as u64);
        sizes.push(writer.feature(position, &mut around).len() as u32);
        boxes.push(around);
    }
    let is_box = |item: &NodeItem| item.min_x <= item.max_x;
    let indexed = style.draws(layer) && boxes.iter().any(is_box);
    let extent = calc_extent(&boxes);
    let mut order: Vec<u32> = Vec::new();
    let mut head = MAGIC.to_vec();
    let some_box = is_box(&extent).then_some(&extent);
    header(&mut head, layer, &fields, style, about, count, some_box, indexed);
    out.write_all(&head)?;
    if indexed {
        hilbert_sort(&mut boxes, &extent);
        let mut offset = 0;
        for item in &mut boxes {
            let position = item.offset as u32;
            item.offset = offset;
            offset += u64::from(sizes.get(position as usize).copied().unwrap_or(0));
            order.push(position);
        }
        let failed = |error: flatgeobuf::Error| io::Error::other(error.to_string());
        let tree = PackedRTree::build(&boxes, &extent, PackedRTree::DEFAULT_NODE_SIZE);
        drop((boxes, sizes));
        tree.map_err(failed)?.stream_write(&mut *out)?;
    }
    for position in 0..count {
        let position = order.get(position).map_or(position, |at| *at as usize);
        out.write_all(writer.feature(position, &mut NodeItem::create(0)))?;
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "what a head says is what it is given")]
fn header(
    out: &mut Vec<u8>,
    layer: &Layer<'_>,
    fields: &[usize],
    style: &Style,
    about: &About<'_>,
    count: usize,
    extent: Option<&NodeItem>,
    indexed: bool,
) {
    let mut builder = FlatBufferBuilder::new();
    let mut columns = Vec::new();
    if with_id(layer, fields) {
        let name = Some(builder.create_string("id"));
        let id = ColumnArgs { name, type_: ColumnType::String, ..ColumnArgs::default() };
        columns.push(Column::create(&mut builder, &id));
    }
    for field in fields.iter().filter_map(|at| layer.fields.get(*at)) {
        let unit = field.unit.map(|unit| format!(" ({unit})")).unwrap_or_default();
        let column = ColumnArgs {
            name: Some(builder.create_string(field.name)),
            type_: column(field.kind),
            description: Some(builder.create_string(&format!("{}{unit}", field.description))),
            ..ColumnArgs::default()
        };
        columns.push(Column::create(&mut builder, &column));
    }
    let mut text = Vec::new();
    about.json(&mut text, layer);
    let (code, name) = style.epsg();
    let crs = CrsArgs {
        org: Some(builder.create_string("EPSG")),
        code: code as i32,
        name: Some(builder.create_string(&name)),
        ..CrsArgs::default()
    };
    let geometry_type = match (style.draws(layer), layer.geometry) {
        (true, GeometryKind::Point) => GeometryType::Point,
        (true, _) => GeometryType::MultiPolygon,
        (false, _) => GeometryType::Unknown,
    };
    let args = HeaderArgs {
        name: Some(builder.create_string(layer.name)),
        envelope: extent
            .map(|one| builder.create_vector(&[one.min_x, one.min_y, one.max_x, one.max_y])),
        geometry_type,
        columns: Some(builder.create_vector(&columns)),
        features_count: count as u64,
        index_node_size: if indexed { PackedRTree::DEFAULT_NODE_SIZE } else { 0 },
        crs: Some(Crs::create(&mut builder, &crs)),
        title: Some(builder.create_string(about.title)),
        description: Some(builder.create_string(about.description)),
        metadata: Some(builder.create_string(&String::from_utf8_lossy(&text))),
        ..HeaderArgs::default()
    };
    let header = Header::create(&mut builder, &args);
    builder.finish_size_prefixed(header, None);
    out.extend_from_slice(builder.finished_data());
}

/// Whether the feature's own id needs a column.
fn with_id(layer: &Layer<'_>, fields: &[usize]) -> bool {
    !fields.iter().filter_map(|at| layer.fields.get(*at)).any(|field| field.name == "id")
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

/// Writes features one at a time, and reuses its buffers.
struct FeatureWriter<'l, 'a> {
    layer: &'l Layer<'a>,
    fields: &'l [usize],
    with_id: bool,
    style: &'l Style,
    builder: FlatBufferBuilder<'static>,
    values: Vec<Value<'a>>,
    properties: Vec<u8>,
}

impl<'l, 'a> FeatureWriter<'l, 'a> {
    fn new(layer: &'l Layer<'a>, fields: &'l [usize], style: &'l Style) -> FeatureWriter<'l, 'a> {
        let (builder, values, properties) = (FlatBufferBuilder::new(), Vec::new(), Vec::new());
        let with_id = with_id(layer, fields);
        FeatureWriter { layer, fields, with_id, style, builder, values, properties }
    }

    /// The feature at a position of the answer; `around` grows to have it inside.
    fn feature(&mut self, position: usize, around: &mut NodeItem) -> &[u8] {
        let (layer, builder) = (self.layer, &mut self.builder);
        let row = layer.matched.row(position);
        builder.reset();
        self.properties.clear();
        if self.with_id {
            property(&mut self.properties, 0, &Value::Text(layer.rows.id(row)));
        }
        self.values.clear();
        layer.rows.values(row, &mut self.values);
        let found = self.fields.iter().filter_map(|at| self.values.get(*at));
        for (number, value) in found.enumerate() {
            property(&mut self.properties, number + usize::from(self.with_id), value);
        }
        let shape = match self.style.draws(layer) {
            true => self.style.placed(layer.rows.geometry(row, Want::Shape)),
            false => Geometry::None,
        };
        let geometry = match &shape {
            Geometry::None | Geometry::GeoJson(_) => None,
            Geometry::Point(at) => {
                around.expand_xy(at.x(), at.y());
                let xy = Some(builder.create_vector(&[at.x(), at.y()]));
                Some(Shape::create(builder, &GeometryArgs { xy, ..GeometryArgs::default() }))
            }
            Geometry::MultiPolygon(shape) => Some(polygons(builder, shape, around)),
        };
        let properties = Some(builder.create_vector(&self.properties));
        let args = FeatureArgs { geometry, properties, ..FeatureArgs::default() };
        let feature = Feature::create(builder, &args);
        builder.finish_size_prefixed(feature, None);
        builder.finished_data()
    }
}

fn polygons<'b>(
    builder: &mut FlatBufferBuilder<'b>,
    shape: &MultiPolygon<f64>,
    around: &mut NodeItem,
) -> WIPOffset<Shape<'b>> {
    let mut parts = Vec::with_capacity(shape.0.len());
    let (mut xy, mut ends) = (Vec::new(), Vec::new());
    for polygon in &shape.0 {
        xy.clear();
        ends.clear();
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            for at in &ring.0 {
                xy.extend([at.x, at.y]);
                around.expand_xy(at.x, at.y);
            }
            ends.push((xy.len() / 2) as u32);
        }
        let args = GeometryArgs {
            // One ring has no need to say where it ends.
            ends: (ends.len() > 1).then(|| builder.create_vector(&ends)),
            xy: Some(builder.create_vector(&xy)),
            type_: GeometryType::Polygon,
            ..GeometryArgs::default()
        };
        parts.push(Shape::create(builder, &args));
    }
    let parts = Some(builder.create_vector(&parts));
    let type_ = GeometryType::MultiPolygon;
    Shape::create(builder, &GeometryArgs { parts, type_, ..GeometryArgs::default() })
}

/// A value behind the number of its column; nothing of what is unknown.
fn property(out: &mut Vec<u8>, column: usize, value: &Value<'_>) {
    let number = (column as u16).to_le_bytes();
    let mut text = |words: &str| {
        out.extend_from_slice(&number);
        out.extend_from_slice(&(words.len() as u32).to_le_bytes());
        out.extend_from_slice(words.as_bytes());
    };
    match value {
        Value::Null => {}
        Value::Number(figure) if !figure.is_finite() => {}
        Value::Text(words) => text(words),
        Value::Date(days) => text(&Day(*days).to_string()),
        Value::Integer(whole) => {
            out.extend_from_slice(&number);
            out.extend_from_slice(&whole.to_le_bytes());
        }
        Value::Number(figure) => {
            out.extend_from_slice(&number);
            out.extend_from_slice(&figure.to_le_bytes());
        }
        Value::Boolean(yes) => {
            out.extend_from_slice(&number);
            out.push((*yes).into());
        }
    }
}
