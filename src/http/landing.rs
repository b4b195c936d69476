//! Where a client begins: the operations, one operation, and what it conforms to.

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::collections::View;

use super::conditional::Kind;
use super::extract::{Ask, Form};
use super::html;
use super::links::{self, HTML, JSON, OPENAPI, link};
use super::problem::Problem;
use super::styles;
use super::tiles::TILING_SCHEMES;

/// Only what works. Not of Part 3 "queryables as query parameters": each property can be asked for by
/// its name, but where a layer has a parameter of its own of that name it finds more than equal values:
/// a sector finds its sub-sectors, a partner is found by its acronym.
const CONFORMANCE: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/core-roles-features",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/datetime",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/tilesetmetadata",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixsetlimits",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
];

/// Every operation.
pub(crate) async fn operations(ask: Ask) -> Result<Response, Problem> {
    let operations = ask.server.app.listed();
    let mut stamp = String::new();
    for one in operations.values() {
        let revision = &one.revision;
        stamp += &format!("{} {} {};", one.operation.id, revision.number, revision.at);
    }
    let form = ask.form();
    ask.answer_at(&stamp, Kind::page(form, JSON), move |ask| {
        ask.only_now("it is asked for one operation, as in /api/{operation}")?;
        ask.only_page_format()?;
        let listed = operations.values().map(|one| {
            let operation = &one.operation;
            let home = links::operation(&ask.base, &operation.id);
            json!({
                "id": &*operation.id,
                "name": &*operation.name,
                "note": operation.note.as_deref(),
                "revision": one.revision.number,
                "revised_at": &*one.revision.at,
                "links": [link("service", JSON, &operation.name, home)],
            })
        });
        let document = json!({"operations": listed.collect::<Vec<_>>()});
        written(form, &document, |document| html::operations(ask, document))
    })
    .await
}

/// The landing page of one operation (OGC API - Features), with what the web page starts from.
pub(crate) async fn landing(ask: Ask, Path(operation): Path<String>) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, JSON), move |view, ask| {
        ask.only_page_format()?;
        let document = landing_page(view, &ask.base);
        written(form, &document, |document| html::landing(view, ask, document))
    })
    .await
}

pub(crate) async fn conformance(
    ask: Ask,
    Path(operation): Path<String>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, JSON), move |view, ask| {
        ask.only_page_format()?;
        let document = json!({"conformsTo": CONFORMANCE});
        written(form, &document, |document| html::conformance(view, ask, document))
    })
    .await
}

fn landing_page(view: &View, base: &str) -> Value {
    let (operation, revision) = (&view.snapshot.operation, &view.snapshot.revision);
    let home = links::operation(base, &operation.id);
    let qgis = links::qgis(base, &operation.id);
    let summary = view.summary();
    let levels = summary.levels.iter();
    let levels = levels
        .map(|one| json!({"level": one.level, "name": one.name, "count": one.areas}))
        .collect::<Vec<_>>();
    let sectors = summary.sectors.iter().map(|one| {
        json!({
            "code": one.sector.code(),
            "name": one.sector.name(),
            "activities": one.activities,
            "needs": one.needs,
        })
    });
    let groups = summary.groups.iter().map(|group| group.code());
    json!({
        "title": &*operation.name,
        "description": operation.note.as_deref().unwrap_or(
            "Who is covered, who is not, who is covered twice, and how sure are we?"
        ),
        "links": [
            link("self", JSON, "This page", home.clone()),
            link("alternate", HTML, "This page for people", format!("{home}?f=html")),
            link("service-desc", OPENAPI, "The API", format!("{home}/openapi.json")),
            link("service-doc", HTML, "The API for people", format!("{home}/docs")),
            link("conformance", JSON, "What it conforms to", format!("{home}/conformance")),
            link("http://www.opengis.net/def/rel/ogc/1.0/conformance", JSON, "What it conforms to", format!("{home}/conformance")),
            link("data", JSON, "Collections", format!("{home}/collections")),
            link("http://www.opengis.net/def/rel/ogc/1.0/data", JSON, "Collections", format!("{home}/collections")),
            link(TILING_SCHEMES, JSON, "Tile matrix sets", format!("{home}/tileMatrixSets")),
            link("related", styles::QGS, "The operation in QGIS", qgis),
        ],
        "id": &*operation.id,
        "revision": revision.number,
        "revised_at": &*revision.at,
        "note": operation.note.as_deref(),
        "bbox": summary.bbox,
        "levels": levels,
        "lowest_need_level": summary.lowest_need_level,
        "sectors": sectors.collect::<Vec<_>>(),
        "months": summary.months.as_ref().map(|(first, last)| json!({"first": first, "last": last})),
        "groups": groups.collect::<Vec<_>>(),
    })
}

/// A document for programs, or the page that people see of it.
pub(crate) fn written(
    form: Form,
    document: &Value,
    page: impl FnOnce(&Value) -> String,
) -> Result<Vec<u8>, Problem> {
    match form {
        Form::Json => bytes(document),
        Form::Html => Ok(page(document).into_bytes()),
    }
}

/// A document as text.
pub(crate) fn bytes(document: &Value) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(document).map_err(|failed| {
        tracing::error!(%failed, "a document could not be written");
        Problem::internal()
    })
}
