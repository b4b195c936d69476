//! Where a client begins: the operations, one operation, and what it conforms to.

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::collections::View;

use super::conditional::{Kind, stamp};
use super::extract::Ask;
use super::links::{self, JSON, OPENAPI, link};
use super::problem::Problem;
use super::styles;
use super::tiles::TILING_SCHEMES;

/// Only what works.
const CONFORMANCE: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/core-roles-features",
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
    let operations = ask.server.app.operations();
    let mut stamp = String::new();
    for snapshot in operations.values() {
        let revision = &snapshot.revision;
        stamp += &format!("{} {} {};", snapshot.operation.id, revision.number, revision.at);
    }
    ask.answer_at(&stamp, Kind::fresh(JSON), move |ask| {
        ask.only_format()?;
        let listed = operations.values().map(|snapshot| {
            let operation = &snapshot.operation;
            let home = links::operation(&ask.base, &operation.id);
            json!({
                "id": &*operation.id,
                "name": &*operation.name,
                "note": operation.note.as_deref(),
                "revision": snapshot.revision.number,
                "revised_at": &*snapshot.revision.at,
                "links": [link("service", JSON, &operation.name, home)],
            })
        });
        bytes(&json!({"operations": listed.collect::<Vec<_>>()}))
    })
    .await
}

/// The landing page of one operation (OGC API - Features), with what the web page starts from.
pub(crate) async fn landing(ask: Ask, Path(operation): Path<String>) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    ask.answer(view, Kind::fresh(JSON), |view, ask| {
        ask.only_format()?;
        bytes(&landing_page(view, &ask.base))
    })
    .await
}

pub(crate) async fn conformance(
    ask: Ask,
    Path(operation): Path<String>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    ask.answer_at(&stamp(&view), Kind::fresh(JSON), |ask| {
        ask.only_format()?;
        bytes(&json!({"conformsTo": CONFORMANCE}))
    })
    .await
}

fn landing_page(view: &View, base: &str) -> Value {
    let (operation, revision) = (&view.snapshot.operation, &view.snapshot.revision);
    let home = links::operation(base, &operation.id);
    let qgis = format!("{base}/qgis/{}.qgs", links::encoded(&operation.id));
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
            link("service-desc", OPENAPI, "The API", format!("{home}/openapi.json")),
            link("conformance", JSON, "What it conforms to", format!("{home}/conformance")),
            link("data", JSON, "Collections", format!("{home}/collections")),
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

/// A document as text.
pub(crate) fn bytes(document: &Value) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(document).map_err(|failed| {
        tracing::error!(%failed, "a document could not be written");
        Problem::internal()
    })
}
