//! The features that a first page begins with. Programs that read no schema take the kind of a layer's
//! geometry and the types of its fields from the first features they get: a field that has nothing
//! there becomes a text, in which 995 is more than 250,000.

use crate::formats::layer::{FieldKind, Geometry, GeometryKind, Layer, Value, Want};

/// Features that such a program looks at: QGIS before 3.44, and GDAL.
pub const LOOKED_AT: usize = 10;
/// Rows that are searched for values.
const SEARCHED: usize = 10_000;

/// Something of a feature that has a type to be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Field(usize),
    Place,
}

/// Rows to begin with, so that the features which are looked at have a value in every field and a
/// place, where any has; none where the first ones do anyway.
pub fn foremost(layer: &Layer<'_>) -> Vec<usize> {
    let count = layer.matched.len();
    if count <= LOOKED_AT {
        return Vec::new();
    }
    let mut missing = to_be_seen(layer);
    let all = missing.clone();
    for position in 0..LOOKED_AT {
        take_seen(layer, layer.matched.row(position), &mut missing);
    }
    if chosen(layer, LOOKED_AT, &mut missing).is_empty() {
        return Vec::new();
    }
    let mut wanted = all;
    wanted.retain(|one| !missing.contains(one));
    chosen(layer, 0, &mut wanted)
}

fn to_be_seen(layer: &Layer<'_>) -> Vec<Seen> {
    // A field that has nothing is taken for a text.
    let fields = layer.fields.iter().enumerate();
    let fields = fields.filter(|(_, field)| field.nullable && field.kind != FieldKind::Text);
    let place = (layer.geometry != GeometryKind::None).then_some(Seen::Place);
    fields.map(|(at, _)| Seen::Field(at)).chain(place).collect()
}

/// Rows that have what is missing, from a position on; what none of those searched has stays missing.
fn chosen(layer: &Layer<'_>, from: usize, missing: &mut Vec<Seen>) -> Vec<usize> {
    let count = layer.matched.len();
    let mut rows = Vec::new();
    for position in (from..count).step_by(count.div_ceil(SEARCHED).max(1)) {
        if missing.is_empty() || rows.len() == LOOKED_AT {
            break;
        }
        let row = layer.matched.row(position);
        if take_seen(layer, row, missing) {
            rows.push(row);
        }
    }
    rows
}

/// Takes what a row has out of what is missing; whether it had any of it.
fn take_seen(layer: &Layer<'_>, row: usize, missing: &mut Vec<Seen>) -> bool {
    let before = missing.len();
    missing.retain(|one| match one {
        Seen::Field(at) => match layer.rows.value(row, *at) {
            Value::Null => true,
            Value::Number(figure) => !figure.is_finite(),
            _ => false,
        },
        Seen::Place => matches!(layer.rows.geometry(row, Want::Shape), Geometry::None),
    });
    missing.len() < before
}
