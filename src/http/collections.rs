//! Collections described: links, extent, schema, queryables.

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::app::collections::params::ParameterKind;
use crate::app::collections::{COLLECTIONS, Collection, GEOMETRY, Parameter, View};
use crate::formats::layer::{Field, FieldKind, GeometryKind};
use crate::formats::reference::{CRS84, Reference};

use super::conditional::Kind;
use super::extract::{self, Ask};
use super::html;
use super::landing::written;
use super::links::{self, GEOJSON, HTML, JSON, SCHEMA, link};
use super::problem::Problem;
use super::tiles::TILESETS;
use crate::app::export::FORMATS;

/// The reference system of days.
const GREGORIAN: &str = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian";

pub(crate) async fn all(ask: Ask, Path(operation): Path<String>) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, JSON), move |view, ask| {
        ask.only_page_format()?;
        let home = links::operation(&ask.base, &view.snapshot.operation.id);
        let described = COLLECTIONS.iter().map(|one| described(view, one, &ask.base));
        let all = format!("{home}/collections");
        let document = json!({
            "links": [
                link("self", JSON, "This page", all.clone()),
                link("alternate", HTML, "This page for people", format!("{all}?f=html")),
            ],
            "collections": described.collect::<Vec<_>>(),
        });
        written(form, &document, |document| html::collections(view, ask, document))
    })
    .await
}

pub(crate) async fn one(
    ask: Ask,
    Path((operation, collection)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = extract::collection(&collection)?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, JSON), move |view, ask| {
        ask.only_page_format()?;
        let document = described(view, collection, &ask.base);
        written(form, &document, |document| html::collection(view, collection, ask, document))
    })
    .await
}

/// What features look like (Part 5): QGIS takes types from it instead of guessing.
pub(crate) async fn schema(
    ask: Ask,
    Path((operation, collection)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = extract::collection(&collection)?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, SCHEMA), move |view, ask| {
        ask.only_page_format()?;
        let document = feature_schema(collection, &format!("{}{}", ask.base, ask.path));
        written(form, &document, |document| html::schema(view, collection, ask, document))
    })
    .await
}

/// What a filter may name: the geometry and every field, with their types.
pub(crate) async fn queryables(
    ask: Ask,
    Path((operation, collection)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = extract::collection(&collection)?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, SCHEMA), move |view, ask| {
        ask.only_page_format()?;
        let mut queryables = feature_schema(collection, &format!("{}{}", ask.base, ask.path));
        let shape = match collection.geometry {
            GeometryKind::None => None,
            GeometryKind::Point => Some("Point"),
            GeometryKind::MultiPolygon => Some("MultiPolygon"),
        };
        if let Some(shape) = shape {
            let about = format!("https://geojson.org/schema/{shape}.json");
            queryables["properties"][GEOMETRY]["$ref"] = json!(about);
        }
        written(form, &queryables, |_| html::queryables(view, collection, ask))
    })
    .await
}

fn extent(view: &View, collection: &Collection) -> Value {
    let mut extent = Map::new();
    let bbox = view.extent(collection).filter(|_| collection.geometry != GeometryKind::None);
    if let Some(bbox) = bbox {
        extent.insert("spatial".to_owned(), json!({"bbox": [bbox], "crs": CRS84}));
    }
    if let Some(period) = view.period(collection) {
        // Days are whole: from the first moment of the first to the last of the last.
        let first = period.start.map(|day| format!("{day}T00:00:00Z"));
        let last = period.end.map(|day| format!("{day}T23:59:59Z"));
        extent
            .insert("temporal".to_owned(), json!({"interval": [[first, last]], "trs": GREGORIAN}));
    }
    Value::Object(extent)
}

fn described(view: &View, collection: &Collection, base: &str) -> Value {
    let home = links::collection(base, &view.snapshot.operation.id, collection.id);
    let mut links = vec![
        link("self", JSON, collection.title, home.clone()),
        link("alternate", HTML, "This page for people", format!("{home}?f=html")),
        link("items", GEOJSON, "Features", format!("{home}/items")),
        link("items", HTML, "Features for people", format!("{home}/items?f=html")),
        link(
            "http://www.opengis.net/def/rel/ogc/1.0/schema",
            SCHEMA,
            "What features look like",
            format!("{home}/schema"),
        ),
        link(
            "http://www.opengis.net/def/rel/ogc/1.0/queryables",
            SCHEMA,
            "By what they can be asked for",
            format!("{home}/queryables"),
        ),
    ];
    if collection.geometry != GeometryKind::None {
        links.push(link(TILESETS, JSON, "Vector tiles", format!("{home}/tiles")));
        links.extend(super::styles::style_links(&home));
    }
    links.extend(FORMATS.iter().filter(|format| format.holds(collection)).map(|format| {
        let href = format!("{home}/export.{}", format.extension);
        link("enclosure", format.media, "All of it as one file", href)
    }));
    let mut described = json!({
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
        "itemType": "feature",
        "crs": Reference::fitting(view.summary().bbox),
        "storageCrs": CRS84,
        "geometry": match collection.geometry {
            GeometryKind::None => Value::Null,
            GeometryKind::Point => json!("Point"),
            GeometryKind::MultiPolygon => json!("MultiPolygon"),
        },
        "parameters": collection.parameters.iter().map(|parameter| json!({
            "name": parameter.name,
            "description": parameter.description,
            "schema": parameter_schema(parameter),
        })).collect::<Vec<_>>(),
        "links": links,
    });
    let extent = extent(view, collection);
    if extent.as_object().is_some_and(|extent| !extent.is_empty()) {
        described["extent"] = extent;
    }
    described
}

/// JSON Schema of a feature's properties and geometry.
pub(crate) fn feature_schema(collection: &Collection, id: &str) -> Value {
    let mut properties = Map::new();
    match collection.geometry {
        GeometryKind::None => {}
        GeometryKind::Point => {
            let role = json!({"x-ogc-role": "primary-geometry", "format": "geometry-point"});
            properties.insert(GEOMETRY.to_owned(), role);
        }
        GeometryKind::MultiPolygon => {
            let role = json!({"x-ogc-role": "primary-geometry", "format": "geometry-multipolygon"});
            properties.insert(GEOMETRY.to_owned(), role);
        }
    }
    for (position, field) in collection.fields.iter().enumerate() {
        let mut schema = field_schema(field);
        schema["x-ogc-propertySeq"] = json!(position + 1);
        properties.insert(field.name.to_owned(), schema);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": id,
        "title": collection.title,
        "description": collection.description,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// JSON Schema of a property.
pub(crate) fn field_schema(field: &Field) -> Value {
    let mut schema = type_schema(field.kind);
    if let Some(codes) = field.codes {
        schema["enum"] = json!(codes());
    }
    // So that a client knows which dates a period is compared with.
    match field.name {
        "start_date" | "cycle_start" => {
            schema["x-ogc-role"] = json!("primary-interval-start");
        }
        "end_date" | "cycle_end" => schema["x-ogc-role"] = json!("primary-interval-end"),
        _ => {}
    }
    schema["title"] = json!(field.name.replace('_', " "));
    schema["description"] = json!(field.description);
    if let Some(unit) = field.unit {
        schema["x-ogc-unit"] = json!(unit);
    }
    if let Some(hxl) = field.hxl {
        schema["x-hxl-tag"] = json!(hxl);
    }
    schema
}

fn type_schema(kind: FieldKind) -> Value {
    match kind {
        FieldKind::Text => json!({"type": "string"}),
        FieldKind::Integer => json!({"type": "integer"}),
        FieldKind::Number => json!({"type": "number"}),
        FieldKind::Boolean => json!({"type": "boolean"}),
        FieldKind::Date => json!({"type": "string", "format": "date"}),
    }
}

/// JSON Schema of a parameter's value.
pub(crate) fn parameter_schema(parameter: &Parameter) -> Value {
    let mut schema = match parameter.kind {
        ParameterKind::Text | ParameterKind::Value(FieldKind::Text) => {
            json!({"type": "string", "minLength": 1})
        }
        ParameterKind::Integer { minimum, maximum } => {
            json!({"type": "integer", "minimum": minimum, "maximum": maximum})
        }
        ParameterKind::Boolean => json!({"type": "boolean"}),
        ParameterKind::Choice(codes) => json!({"type": "string", "enum": codes()}),
        ParameterKind::Numbers => json!({
            "type": "array",
            "items": {"type": "number"},
            "minItems": 4,
            "maxItems": 6,
            "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
        }),
        ParameterKind::Names => {
            json!({"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1})
        }
        ParameterKind::Value(kind) => type_schema(kind),
    };
    if let Some(default) = parameter.default {
        schema["default"] = match parameter.kind {
            ParameterKind::Integer { .. } => json!(default.parse::<u32>().unwrap_or_default()),
            ParameterKind::Boolean => json!(default == "true"),
            _ => json!(default),
        };
    }
    schema
}
