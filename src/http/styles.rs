//! Styles to download: how each layer looks, for QGIS and for MapLibre; and the QGIS project.

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::collections::{Collection, View};
use crate::app::styles::{label, maplibre, project, qml, rules};
use crate::formats::layer::GeometryKind;

use super::conditional::Kind;
use super::extract::{self, Ask};
use super::html;
use super::landing::{bytes, written};
use super::links::{self, HTML, JSON, link};
use super::problem::Problem;

pub(crate) const QML: &str = "application/vnd.qgis.qml+xml";
pub(crate) const QGS: &str = "application/x-qgis-project";
pub(crate) const MAPLIBRE: &str = "application/vnd.mapbox.style+json";

/// The languages that a style is written in.
pub(crate) async fn all(
    ask: Ask,
    Path((operation, collection)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = extract::collection(&collection)?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, JSON), move |view, ask| {
        ask.only_page_format()?;
        let home = links::collection(&ask.base, &view.snapshot.operation.id, collection.id);
        let mut styles = Vec::new();
        if collection.geometry != GeometryKind::None {
            styles
                .push(json!({"id": "map", "title": collection.title, "links": style_links(&home)}));
        }
        let document = json!({
            "default": styles.first().map(|_| "map"),
            "styles": styles,
            "links": [
                link("self", JSON, "This page", format!("{home}/styles")),
                link("alternate", HTML, "This page for people", format!("{home}/styles?f=html")),
            ],
        });
        written(form, &document, |_| html::styles(view, collection, ask))
    })
    .await
}

/// Links to a collection's style, in each language.
pub(crate) fn style_links(home: &str) -> Vec<Value> {
    vec![
        link("stylesheet", QML, "Style for QGIS", format!("{home}/styles/map.qml")),
        link("stylesheet", MAPLIBRE, "Style for MapLibre", format!("{home}/styles/map.json")),
    ]
}

/// One style. It takes the collection's own parameters, as classes are made of its figures.
pub(crate) async fn one(
    ask: Ask,
    Path((operation, collection, style)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = extract::collection(&collection)?;
    let no_geometry = collection.geometry == GeometryKind::None;
    match &*style {
        "map.qml" if !no_geometry => {
            let file_name = Some(format!("{}.qml", collection.id));
            let kind = Kind { file_name, ..Kind::fresh(QML) };
            ask.answer(view, kind, move |view, ask| {
                let params = ask.params(&collection.tile_parameters())?;
                let layer = collection.read(view, &params)?;
                Ok(qml::document(&rules(&layer), label(layer.name)).into_bytes())
            })
            .await
        }
        "map.json" if !no_geometry => {
            ask.answer(view, Kind::fresh(MAPLIBRE), move |view, ask| {
                map_style(view, collection, ask)
            })
            .await
        }
        _ => Err(Problem::not_found(
            "There is no style of this name; a collection with geometry has map.qml and map.json.",
        )),
    }
}

fn map_style(view: &View, collection: &'static Collection, ask: &Ask) -> Result<Vec<u8>, Problem> {
    let params = ask.params(&collection.tile_parameters())?;
    let layer = collection.read(view, &params)?;
    let home = links::collection(&ask.base, &view.snapshot.operation.id, collection.id);
    let given = params.pairs().iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let query = links::query(given);
    let mark = if query.is_empty() { "" } else { "?" };
    let tiles = format!("{home}/tiles/WebMercatorQuad{mark}{query}");
    bytes(&maplibre::document(collection.id, collection.title, &tiles, &rules(&layer)))
}

/// A project of the whole operation for QGIS.
pub(crate) async fn qgis(ask: Ask, Path(file): Path<String>) -> Result<Response, Problem> {
    let Some(operation) = file.strip_suffix(".qgs") else {
        return Err(Problem::not_found(
            "A QGIS project is called as its operation, with .qgs behind it.",
        ));
    };
    let view = ask.view(operation).await?;
    let kind = Kind { file_name: Some(file.clone()), ..Kind::fresh(QGS) };
    ask.answer(view, kind, |view, ask| {
        ask.params(&[])?;
        let home = links::operation(&ask.base, &view.snapshot.operation.id);
        Ok(project::project(view, &home)?.into_bytes())
    })
    .await
}
