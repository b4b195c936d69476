//! Whole layers as files: with their length, and in parts for readers that seek.

use axum::extract::Path;
use axum::response::Response;
use tempfile::SpooledTempFile;

use crate::app::collections::{Collection, View};
use crate::app::export::{self as app, ExportError, FORMATS, Format};

use super::conditional::Kind;
use super::extract::{self, Ask};
use super::problem::Problem;

pub(crate) async fn export(
    ask: Ask,
    Path((operation, collection, export)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = extract::collection(&collection)?;
    let extension = export.strip_prefix("export.");
    let format = extension.and_then(app::format).filter(|format| format.holds(collection));
    let Some(format) = format else {
        let known = FORMATS.iter().filter(|format| format.holds(collection));
        let known: Vec<String> =
            known.map(|format| format!("export.{}", format.extension)).collect();
        let known = known.join(", ");
        return Err(Problem::not_found(format!(
            "There is nothing of this name in a collection; known are items, schema, queryables, {known}."
        )));
    };
    let revision = view.snapshot.revision.number;
    let operation = &view.snapshot.operation.id;
    let name = format!("{operation}-{}-r{revision}.{}", collection.id, format.extension);
    let kind = Kind { file_name: Some(name), ranges: true, ..Kind::fresh(format.media) };
    // The file has no links in it: it is the same whatever the server is called.
    let ask = Ask { base: String::new(), ..ask };
    let write = move |view: &View, ask: &Ask, file: &mut SpooledTempFile| {
        whole(view, collection, format, ask, file)
    };
    ask.answer_file(view, kind, write).await
}

fn whole(
    view: &View,
    collection: &'static Collection,
    format: &'static Format,
    ask: &Ask,
    file: &mut SpooledTempFile,
) -> Result<(), Problem> {
    let params = ask.params(&format.all_parameters(collection))?;
    app::export(view, collection, format, &params, file).map_err(|refused| match refused {
        ExportError::Parameter(parameter) => parameter.into(),
        ExportError::Write(failed) => {
            tracing::error!(%failed, "an export could not be written");
            Problem::internal()
        }
    })
}
