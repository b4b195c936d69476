//! Whole layers as files: with their length, and in parts for readers that seek.

use axum::extract::Path;
use axum::response::Response;

use crate::app::collections::{Collection, Params, View};
use crate::formats::csv_write;
use crate::formats::geojson_write::{self, Style};
use crate::formats::layer::{Layer, Matched, Member, Value};

use super::conditional::Kind;
use super::extract::{self, Ask};
use super::items::{about, style};
use super::links::{CSV, GEOJSON};
use super::problem::Problem;

/// Writes a layer whole, with what is to be said about it.
type Write = fn(&Layer<'_>, &Style, &[(&str, Member)]) -> std::io::Result<Vec<u8>>;

/// A format that a layer is written in.
pub(crate) struct Format {
    pub extension: &'static str,
    pub media: &'static str,
    write: Write,
}

/// Every format there is.
pub(crate) const FORMATS: &[Format] = &[
    Format {
        extension: "geojson",
        media: GEOJSON,
        write: |layer, style, members| {
            let mut out = Vec::new();
            geojson_write::write_layer(&mut out, layer, style, members)?;
            Ok(out)
        },
    },
    Format {
        extension: "csv",
        media: CSV,
        write: |layer, style, _| {
            let mut out = Vec::new();
            csv_write::write_layer(&mut out, layer, style.fields.as_deref())?;
            Ok(out)
        },
    },
];

pub(crate) async fn export(
    ask: Ask,
    Path((operation, collection, export)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation)?;
    let collection = extract::collection(&collection)?;
    let extension = export.strip_prefix("export.");
    let format = FORMATS.iter().find(|format| Some(format.extension) == extension);
    let Some(format) = format else {
        let known: Vec<String> =
            FORMATS.iter().map(|format| format!("export.{}", format.extension)).collect();
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
    ask.answer(view, kind, move |view, ask| whole(view, collection, format, ask)).await
}

fn whole(
    view: &View,
    collection: &'static Collection,
    format: &Format,
    ask: &Ask,
) -> Result<Vec<u8>, Problem> {
    let params = ask.params(&collection.export_parameters())?;
    let style = style(collection, &params)?;
    let mut layer = (collection.open)(view, &params)?;
    if let Some(limit) = params.limit()? {
        layer.matched = match layer.matched {
            Matched::All(count) => Matched::All(count.min(limit)),
            Matched::Some(mut rows) => {
                rows.truncate(limit);
                Matched::Some(rows)
            }
        };
    }
    let mut members = vec![
        // The name that GDAL and QGIS show.
        ("name", Member::Text(collection.id.to_owned())),
        ("numberMatched", Member::Integer(layer.matched.len() as i64)),
    ];
    members.extend(about(view, collection));
    if let Some(note) = &view.snapshot.operation.note {
        members.push(("note", Member::Text(note.to_string())));
    }
    members.push(("parameters", Member::Record(given(collection, &params))));
    members.append(&mut layer.members);
    members.push(("sources", collection.sources(&view.snapshot)));
    (format.write)(&layer, &style, &members).map_err(|failed| {
        tracing::error!(%failed, "an export could not be written");
        Problem::internal()
    })
}

/// The parameters as they were given.
fn given(collection: &Collection, params: &Params) -> Vec<(&'static str, Value<'static>)> {
    let own = collection.parameters.iter().map(|parameter| parameter.name);
    let common = ["bbox", "datetime", "limit", "properties", "skipGeometry", "zoom"];
    let names = own.chain(common);
    let pairs = names.filter_map(|name| Some((name, params.get(name)?.to_owned())));
    pairs.map(|(name, value)| (name, Value::Text(value.into()))).collect()
}
