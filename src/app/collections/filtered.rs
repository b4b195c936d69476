//! Filters over layers: by CQL2, and by the value of a field given as a parameter of its name.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use rayon::prelude::*;

use super::params::{Parameter, ParameterKind, Params, shown};
use super::{BadParameter, COLLECTIONS, Collection, View};
use crate::app::filter::{
    Column, Filter, Instant, Kind, Language, Placed, Record, Scalar, Shape, WORK,
};
use crate::formats::layer::{
    Field, FieldKind, Geometry, GeometryKind, Layer, Matched, Rows, Value, Want,
};

/// What the geometry is called in a filter.
pub const GEOMETRY: &str = "geometry";

/// Steps of a filter from which on several threads share the work, and what is found is kept for
/// the pages and tiles that follow.
const MANY_STEPS: usize = 20_000;
/// Steps of a question that takes a tenth of a second or more.
const LONG: usize = 5_000_000;

/// Parameters named like fields, by collection. A parameter of the collection's own goes before.
static FIELD_PARAMETERS: LazyLock<HashMap<&str, Vec<Parameter>>> = LazyLock::new(|| {
    let of = |collection: &&'static Collection| {
        let free = collection.fields.iter().filter(|field| is_queryable(collection, field));
        (collection.id, free.map(parameter).collect())
    };
    COLLECTIONS.iter().map(of).collect()
});

/// Whether a parameter of a field's name asks for exactly its value.
pub fn is_queryable(collection: &Collection, field: &Field) -> bool {
    !collection.parameters.iter().any(|own| own.name == field.name)
}

fn parameter(field: &Field) -> Parameter {
    Parameter {
        name: field.name,
        description: field.description,
        kind: ParameterKind::Value(field.kind),
        default: None,
    }
}

impl Collection {
    /// A parameter for each field that has none of its own: only features with this value.
    pub(super) fn field_parameters(&self) -> &'static [Parameter] {
        FIELD_PARAMETERS.get(self.id).map_or(&[], Vec::as_slice)
    }
}

/// All that must be true of a feature; `None` where nothing is asked.
pub fn filter(collection: &Collection, params: &Params) -> Result<Option<Filter>, BadParameter> {
    let mut filters = Vec::new();
    for (position, field) in collection.fields.iter().enumerate() {
        if let Some(given) = params.get(field.name).filter(|_| is_queryable(collection, field)) {
            filters.push(Filter::equals(position, value(field, given)?));
        }
    }
    let codes = Language::TABLE.iter().map(|(_, code)| *code);
    let language = params.choice("filter-lang", Language::from_code, codes)?.unwrap_or_default();
    let reference = params.reference("filter-crs")?;
    if let Some(given) = params.get("filter") {
        let read = Filter::read(given, language, &columns(collection), &reference);
        filters.push(read.map_err(|refused| BadParameter::new("filter", refused.0))?);
    }
    Ok(Filter::all(filters))
}

/// What a filter may name: every field, and the geometry where there is one.
fn columns(collection: &Collection) -> Vec<Column<'static>> {
    let kind = |kind: FieldKind| match kind {
        FieldKind::Text => Kind::Text,
        FieldKind::Integer | FieldKind::Number => Kind::Number,
        FieldKind::Boolean => Kind::Boolean,
        FieldKind::Date => Kind::Date,
    };
    let fields = collection.fields.iter();
    let mut columns: Vec<Column<'static>> =
        fields.map(|field| Column { name: field.name, kind: kind(field.kind) }).collect();
    if collection.geometry != GeometryKind::None {
        columns.push(Column { name: GEOMETRY, kind: Kind::Geometry });
    }
    columns
}

/// The value of a parameter that is named like a field.
fn value(field: &Field, given: &str) -> Result<Scalar<'static>, BadParameter> {
    let (read, example) = match field.kind {
        FieldKind::Text => (Some(Scalar::Text(given.to_owned().into())), ""),
        FieldKind::Integer => {
            let number = given.parse().ok().filter(|number: &f64| number.fract() == 0.0);
            (number.map(Scalar::Number), "a whole number")
        }
        FieldKind::Number => {
            let number = given.parse().ok().filter(|number: &f64| number.is_finite());
            (number.map(Scalar::Number), "a number")
        }
        FieldKind::Boolean => (given.parse().ok().map(Scalar::Boolean), "true or false"),
        FieldKind::Date => (Instant::date(given).map(Scalar::Instant), "a date such as 2026-07-01"),
    };
    read.ok_or_else(|| {
        let reason = format!("\"{}\" does not fit; give {example}", shown(given));
        BadParameter::new(field.name, reason)
    })
}

/// Parameters that say how features are shown, not which.
const SHOWN_BY: &[&str] =
    &["next", "limit", "f", "crs", "properties", "skipGeometry", "zoom", "draft"];

/// The rows of a layer that a filter keeps. What it takes is known before it is begun, and refused
/// where it is too much.
pub fn kept(
    view: &View,
    layer: &Layer<'_>,
    filter: &Filter,
    params: &Params,
) -> Result<Matched, BadParameter> {
    let rows = &*layer.rows;
    // Where an index knows which rows a shape of the filter may meet, no other is looked at.
    let near = filter.boxes().and_then(|boxes| rows.near(&boxes));
    let asked = near.map(|near| layer.matched.among(near));
    let asked = asked.as_ref().unwrap_or(&layer.matched);
    let steps = steps(view, layer, asked, filter).ok_or_else(|| too_much(asked.len(), filter))?;
    let keep = |position: usize| {
        let row = asked.row(position);
        filter.keeps(&Row { view, rows, row }).then_some(row as u32)
    };
    if steps < MANY_STEPS {
        let found = (0..asked.len()).filter_map(keep).collect();
        return used(filter, found).map(Matched::Some).ok_or_else(|| too_much(asked.len(), filter));
    }
    let given = params.pairs().iter().filter(|(name, _)| !SHOWN_BY.contains(&name.as_str()));
    let question = format!("{} {:?}", layer.name, given.collect::<Vec<_>>());
    let found = view.filtered(question, || {
        // Long ones follow one another, so that other questions find a processor.
        static TURN: Mutex<()> = Mutex::new(());
        let turn = (steps >= LONG).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner));
        let _turn = turn;
        view.prepare_points();
        used(filter, (0..asked.len()).into_par_iter().with_min_len(64).filter_map(keep).collect())
    });
    let found = found.ok_or_else(|| too_much(asked.len(), filter))?;
    Ok(Matched::Some(found.to_vec()))
}

/// What was found, unless the filter gave up.
fn used(filter: &Filter, found: Vec<u32>) -> Option<Vec<u32>> {
    (!filter.is_exhausted()).then_some(found)
}

/// Steps that a filter takes at most; `None` where they are more than there may be.
fn steps(view: &View, layer: &Layer<'_>, asked: &Matched, filter: &Filter) -> Option<usize> {
    let rows = &*layer.rows;
    let within = |steps: usize| (steps <= WORK).then_some(steps);
    let mut steps = within(filter.steps().saturating_mul(asked.len()))?;
    if layer.geometry == GeometryKind::MultiPolygon && filter.is_spatial() {
        for position in 0..asked.len() {
            let placed = Row { view, rows, row: asked.row(position) }.shape();
            let Some(Placed { shape, rect: Some(rect) }) = placed else { continue };
            let more = filter.steps_of_polygon(&rect, shape.corners());
            steps = within(steps.saturating_add(more))?;
        }
    }
    Some(steps)
}

fn too_much(features: usize, filter: &Filter) -> BadParameter {
    let shapes = if filter.is_spatial() { ", or shapes with fewer corners" } else { "" };
    let reason = format!(
        "this takes more work than one question may, as {features} features are asked; write fewer conditions{shapes}, or put a bbox or another parameter beside it, so that fewer features are asked"
    );
    BadParameter::new("filter", reason)
}

struct Row<'l, 'a> {
    view: &'l View,
    rows: &'l (dyn Rows<'a> + 'a),
    row: usize,
}

impl Record for Row<'_, '_> {
    fn value(&self, column: usize) -> Scalar<'_> {
        match self.rows.value(self.row, column) {
            Value::Null => Scalar::Null,
            Value::Text(text) => Scalar::Text(text),
            Value::Integer(number) => Scalar::Number(number as f64),
            Value::Number(number) if number.is_finite() => Scalar::Number(number),
            Value::Number(_) => Scalar::Null,
            Value::Boolean(yes) => Scalar::Boolean(yes),
            Value::Date(day) => Scalar::Instant(Instant::Day(day)),
        }
    }

    fn shape(&self) -> Option<Placed> {
        let shape = match self.rows.geometry(self.row, Want::Shape) {
            Geometry::Point(point) => Shape::Point(point),
            Geometry::MultiPolygon(shape) if !shape.0.is_empty() => Shape::MultiPolygon(shape),
            Geometry::None | Geometry::MultiPolygon(_) | Geometry::GeoJson(_) => return None,
        };
        Some(
            match self.rows.area(self.row) {
                // The box around an area is known.
                Some(area) => Placed { shape, rect: self.view.rect(area) },
                None => Placed::new(shape),
            }
            .with_box_as_written(),
        )
    }
}
