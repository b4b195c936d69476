//! The API described (OpenAPI 3.0), from the registry: paths with literal collection ids and
//! `components.parameters.limit`, because QGIS and GDAL read them.

mod examples;
mod imported;
mod imports;
mod schemas;
mod shapes;

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::app::collections::params::{
    BBOX, BBOX_CRS, CRS, DATETIME, FILTER_CRS, FILTER_LANG, FORMAT, LIMIT, PAGE_FORMAT,
    ParameterKind, SKIP_GEOMETRY,
};
use crate::app::collections::{COLLECTIONS, Collection, Parameter, View};

use super::collections::parameter_schema;
use super::conditional::Kind;
use super::extract::{Ask, DRAFT};
use super::html;
use super::landing::bytes;
use super::lines;
use super::links::{self, GEOJSON, HTML, HTML_UTF8, JSON, OPENAPI, SCHEMA};
use super::problem::Problem;
use super::revision::MIN_REVISION;
use super::styles;
use super::tiles::SET_FORMAT;
use crate::app::export::FORMATS;
use crate::app::past::{AS_OF, REVISION};
use crate::formats::layer::GeometryKind;
use crate::formats::mvt;
use crate::formats::reference::Reference;

pub(crate) async fn document(ask: Ask, Path(operation): Path<String>) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    ask.answer(view, Kind::fresh(OPENAPI), |view, ask| {
        ask.only_format()?;
        bytes(&described(view, &ask.base))
    })
    .await
}

/// The one format of the page.
const DOCS_FORMAT: Parameter =
    Parameter { kind: ParameterKind::Choice(|| vec!["html"]), default: Some("html"), ..FORMAT };

/// The same as a page.
pub(crate) async fn docs(ask: Ask, Path(operation): Path<String>) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    ask.answer(view, Kind::fresh(HTML_UTF8), |view, ask| {
        ask.params(&[&DOCS_FORMAT])?.one_of_codes(&DOCS_FORMAT)?;
        Ok(html::docs(view, ask, &described(view, &ask.base)).into_bytes())
    })
    .await
}

fn described(view: &View, base: &str) -> Value {
    let operation = &view.snapshot.operation;
    let format = [&FORMAT];
    let mut paths = Map::new();
    let mut path = |at: String, entry: Value| {
        paths.insert(at, json!({"get": entry}));
    };
    let page = [&PAGE_FORMAT];
    let landing = get("landing", "The operation", JSON, &page, true);
    path("/".to_owned(), answering(landing, JSON, shapes::refers("Operation")));
    path("/conformance".to_owned(), get("conformance", "What it conforms to", JSON, &page, true));
    path("/collections".to_owned(), get("collections", "Collections", JSON, &page, true));
    path("/openapi.json".to_owned(), get("openapi", "This document", OPENAPI, &format, true));
    path("/docs".to_owned(), get("docs", "The API for people", HTML, &[&DOCS_FORMAT], true));
    for collection in COLLECTIONS {
        let home = format!("/collections/{}", collection.id);
        let named = |what: &str| format!("{what}-{}", collection.id);
        let title = collection.title;
        path(home.clone(), get(&named("about"), title, JSON, &page, true));
        path(format!("{home}/schema"), get(&named("schema"), "Schema", SCHEMA, &page, true));
        let queryables = get(&named("queryables"), "Queryables", SCHEMA, &page, true);
        path(format!("{home}/queryables"), queryables);
        let items = get(&named("items"), title, GEOJSON, &collection.item_parameters(), false);
        let items = answering(items, GEOJSON, schemas::items(collection));
        path(format!("{home}/items"), described_by(items, collection));
        let item = one(&named("item"), collection);
        let item = answering(item, GEOJSON, schemas::one(collection));
        path(format!("{home}/items/{{featureId}}"), item);
        if collection.geometry != GeometryKind::None {
            paths_of_tiles(&mut path, &home, collection);
        }
        for format in FORMATS.iter().filter(|format| format.holds(collection)) {
            let known = format.all_parameters(collection);
            let name = named(&format!("export-{}", format.extension));
            let entry = get(&name, "All of it as one file", format.media, &known, false);
            path(format!("{home}/export.{}", format.extension), entry);
        }
    }
    let mut behind =
        get("lines-gaps", "The lines and rows behind a figure", JSON, &lines::parameters(), false);
    with_feature_id(&mut behind);
    let behind = answering(behind, JSON, shapes::refers("Lines"));
    path("/collections/gaps/items/{featureId}/lines".to_owned(), behind);
    let mut path = |at: &str, entry: Value| paths.insert(at.to_owned(), json!({"get": entry}));
    path("/events", events());
    path("/tileMatrixSets", get("tile-matrix-sets", "Tile matrix sets", JSON, &page, true));
    let set = get("tile-matrix-set", "Web Mercator", JSON, &page, true);
    path("/tileMatrixSets/WebMercatorQuad", set);
    paths.extend(imports::paths().into_iter().map(|(at, entry)| (at.to_owned(), entry)));
    examples::put(view, &mut paths);
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": &*operation.name,
            "description": operation.note.as_deref().unwrap_or("Humanitarian gap analysis."),
            "version": env!("CARGO_PKG_VERSION"),
        },
        "servers": [{"url": links::operation(base, &operation.id)}],
        "paths": paths,
        "components": {
            "securitySchemes": imports::security_schemes(),
            "schemas": schemas::schemas(),
            "parameters": shared(view),
            "responses": {
                "Problem": {
                    "description": "A refusal that names what is wrong and what would be right",
                    "content": {
                        "application/problem+json": {"schema": shapes::refers("Problem")},
                        // To who asks for pages.
                        HTML: {"schema": {"type": "string"}},
                    },
                },
            },
        },
    })
}

/// New revisions as they come: an answer that has no end.
fn events() -> Value {
    let mut entry = get("events", "New revisions, as they come", super::events::MEDIA, &[], true);
    entry["description"] = json!(
        "Server-sent events: the revision that is answered from, at once and whenever it is another one. Each event is called \"revision\"; its data are JSON with \"revision\" and \"at\". With \"Accept: text/event-stream\", as browsers send it, the answer ends only with the server; without it, behind the first event."
    );
    if let Some(responses) = entry["responses"].as_object_mut() {
        responses.retain(|status, _| ["200", "400", "404", "500"].contains(&status.as_str()));
    }
    entry["responses"]["503"] = json!({"$ref": "#/components/responses/Problem"});
    entry
}

/// Parameters that every collection takes in the same way, described once.
const SHARED: &[&Parameter] = &[
    &BBOX,
    &DATETIME,
    &LIMIT,
    &SKIP_GEOMETRY,
    &CRS,
    &BBOX_CRS,
    &FILTER_LANG,
    &FILTER_CRS,
    &DRAFT,
    &REVISION,
    &AS_OF,
    &MIN_REVISION,
];

fn shared(view: &View) -> Map<String, Value> {
    let one = |one: &&Parameter| {
        let mut described = parameter(one);
        if [CRS.name, BBOX_CRS.name, FILTER_CRS.name].contains(&one.name) {
            described["schema"]["enum"] = json!(Reference::fitting(view.summary().bbox));
        }
        if let Some(example) = examples::shared(view, one.name) {
            described["example"] = example;
        }
        (one.name.to_owned(), described)
    };
    SHARED.iter().map(one).collect()
}

/// The tiles of a collection, as `/tileMatrixSets` counts them.
fn paths_of_tiles(path: &mut impl FnMut(String, Value), home: &str, collection: &Collection) {
    let known = collection.tile_parameters();
    let named = |what: &str| format!("{what}-{}", collection.id);
    let set = format!("{home}/tiles/WebMercatorQuad");
    let with = |format| -> Vec<&Parameter> { known.iter().copied().chain([format]).collect() };
    let sets = get(&named("tilesets"), "Tilesets", JSON, &with(&PAGE_FORMAT), true);
    path(format!("{home}/tiles"), sets);
    let one = get(&named("tileset"), "Tileset and TileJSON", JSON, &with(&SET_FORMAT), true);
    path(set.clone(), one);
    let mut tile = get(&named("tile"), "A tile", mvt::MEDIA, &known, false);
    tile["responses"]["200"]["content"][mvt::MEDIA]["schema"] =
        json!({"type": "string", "format": "binary"});
    tile["responses"]["204"] = json!({"description": "Nothing is there"});
    if let Some(parameters) = tile["parameters"].as_array_mut() {
        let parts = ["tileCol", "tileRow", "tileMatrix"];
        for name in parts {
            let schema = json!({"type": "integer", "minimum": 0});
            parameters
                .insert(0, json!({"name": name, "in": "path", "required": true, "schema": schema}));
        }
    }
    path(format!("{set}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"), tile);
    path(format!("{home}/styles"), get(&named("styles"), "Styles", JSON, &[&PAGE_FORMAT], true));
    let qml = get(&named("style-qgis"), "Style for QGIS", styles::QML, &known, true);
    path(format!("{home}/styles/map.qml"), qml);
    let json = get(&named("style-maplibre"), "Style for MapLibre", styles::MAPLIBRE, &known, true);
    path(format!("{home}/styles/map.json"), json);
}

/// A GET. A refusal of its parameters is 400; of its address, 404; of a revision that was pruned, 410.
fn get(id: &str, summary: &str, media: &str, known: &[&Parameter], plain: bool) -> Value {
    let is_shared = |one: &Parameter| {
        let same =
            |shared: &&&Parameter| (shared.name, shared.description) == (one.name, one.description);
        SHARED.iter().find(same).is_some()
    };
    let parameters: Vec<Value> = known
        .iter()
        .map(|one| match is_shared(one) {
            true => json!({"$ref": format!("#/components/parameters/{}", one.name)}),
            false => parameter(one),
        })
        .collect();
    let schema = if media.starts_with("text/") {
        json!({"type": "string"})
    } else {
        json!({"type": "object"})
    };
    let refused = json!({"$ref": "#/components/responses/Problem"});
    let mut content = json!({media: {"schema": schema}});
    if known.iter().any(|one| one.name == "f" && one.description == PAGE_FORMAT.description) {
        content[HTML] = json!({"schema": {"type": "string"}});
    }
    json!({
        "operationId": id,
        "summary": summary,
        "tags": [if plain { "About" } else { "Data" }],
        "parameters": parameters,
        "responses": {
            "200": {"description": summary, "content": content},
            "304": {"description": "Not changed since the ETag that was sent"},
            "400": refused,
            "404": refused,
            "410": refused,
            "500": refused,
        },
    })
}

/// The same with what its answer looks like.
fn answering(mut entry: Value, media: &str, schema: Value) -> Value {
    entry["responses"]["200"]["content"][media]["schema"] = schema;
    entry
}

fn one(id: &str, collection: &Collection) -> Value {
    let mut entry = get(id, "One feature", GEOJSON, &collection.item_parameters_of_one(), false);
    with_feature_id(&mut entry);
    described_by(entry, collection)
}

fn described_by(mut entry: Value, collection: &Collection) -> Value {
    entry["description"] = json!(collection.description);
    entry
}

fn with_feature_id(entry: &mut Value) {
    let id = json!({
        "name": "featureId",
        "in": "path",
        "required": true,
        "description": "The feature's id.",
        "schema": {"type": "string", "minLength": 1},
    });
    if let Some(parameters) = entry["parameters"].as_array_mut() {
        parameters.insert(0, id);
    }
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": "query",
        "required": false,
        "style": "form",
        "explode": false,
        "description": parameter.description,
        "schema": parameter_schema(parameter),
    })
}
