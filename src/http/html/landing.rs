//! The operations, one operation, and what it conforms to.

use std::fmt::Write;

use serde_json::Value;

use super::{Frame, below, esc, html_of, map, map_page, text};
use crate::app::collections::{COLLECTIONS, View};
use crate::domain::words::grouped;
use crate::http::extract::Ask;
use crate::http::links;

pub(crate) fn operations(ask: &Ask, document: &Value) -> String {
    let mut body = String::from("<h1>Operations</h1>\n<ul class=\"cards\">\n");
    let all = document["operations"].as_array().map_or(&[][..], Vec::as_slice);
    for operation in all {
        let home = html_of(&links::operation(&ask.base, text(operation, "id")));
        let (name, note) = (esc(text(operation, "name")), esc(text(operation, "note")));
        let revision = &operation["revision"];
        let at = esc(text(operation, "revised_at"));
        let _ = writeln!(
            body,
            "<li class=\"card\"><h2><a href=\"{}\">{name}</a></h2><p>{note}</p><p class=\"soft\">Revision {revision}, {at}</p></li>",
            esc(&home)
        );
    }
    body.push_str("</ul>\n");
    if all.is_empty() {
        body.push_str("<p class=\"empty\">Nothing has been imported yet.</p>\n");
    }
    let json = Some((links::JSON, ask.in_form("json")));
    Frame { base: &ask.base, title: "Operations", above: &[], json, map: None }.around(&body)
}

pub(crate) fn landing(view: &View, ask: &Ask, document: &Value) -> String {
    let operation = &view.snapshot.operation;
    let home = links::operation(&ask.base, &operation.id);
    let mut body = String::new();
    let _ = write!(
        body,
        "<h1>{}</h1>\n<p class=\"lead\">{}</p>\n",
        esc(&operation.name),
        esc(text(document, "description"))
    );
    let revision = &view.snapshot.revision;
    let _ =
        writeln!(body, "<p class=\"soft\">Revision {}, {}</p>", revision.number, esc(&revision.at));

    body.push_str("<div class=\"split\">\n<div>\n<h2>Layers</h2>\n<ul class=\"cards\">\n");
    for collection in COLLECTIONS {
        let at = html_of(&format!("{home}/collections/{}/items", collection.id));
        let about = html_of(&format!("{home}/collections/{}", collection.id));
        let _ = writeln!(
            body,
            "<li class=\"card\"><h3><a href=\"{}\">{}</a></h3><p>{}</p><p><a href=\"{}\">About this layer</a></p></li>",
            esc(&at),
            esc(collection.title),
            esc(collection.description),
            esc(&about)
        );
    }
    body.push_str("</ul>\n</div>\n<div>\n");
    body.push_str(&map::of_operation(view));
    body.push_str("<h2>What there is</h2>\n<dl class=\"facts\">\n");
    for level in &view.summary().levels {
        let _ =
            writeln!(body, "<dt>{}</dt><dd>{}</dd>", esc(&level.name), grouped(level.areas as i64));
    }
    for sector in &view.summary().sectors {
        let _ = writeln!(
            body,
            "<dt>{}</dt><dd>{} activities, {} needs</dd>",
            esc(sector.sector.name()),
            grouped(sector.activities as i64),
            grouped(sector.needs as i64)
        );
    }
    body.push_str("</dl>\n<h2>For programs</h2>\n<ul class=\"plain\">\n");
    let _ = writeln!(
        body,
        "<li><a href=\"{}\">The API, explained</a></li>",
        esc(&format!("{home}/docs"))
    );
    let _ = writeln!(
        body,
        "<li><a href=\"{}\">OpenAPI document</a></li>",
        esc(&format!("{home}/openapi.json"))
    );
    let _ = writeln!(
        body,
        "<li><a href=\"{}\">Standards it conforms to</a></li>",
        esc(&html_of(&format!("{home}/conformance")))
    );
    let _ = writeln!(
        body,
        "<li><a href=\"{}\">Every layer with its links</a></li>",
        esc(&html_of(&format!("{home}/collections")))
    );
    let _ = writeln!(
        body,
        "<li><a href=\"{}\">How the world is cut into tiles</a></li>",
        esc(&html_of(&format!("{home}/tileMatrixSets")))
    );
    let _ = writeln!(
        body,
        "</ul>\n<h2>In QGIS</h2>\n<p><a class=\"button strong\" href=\"{}\">QGIS project</a></p>\n<p>Save the project and open it in QGIS (Project, Open): it has every layer, styled and up to date as often as it is opened. For single layers, add one of type WFS / OGC API - Features with the address <code>{}</code></p>\n</div>\n</div>",
        esc(&links::qgis(&ask.base, &operation.id)),
        esc(&home)
    );
    let above = [("Operations", html_of(&format!("{}/api", ask.base)))];
    let json = Some((links::JSON, ask.in_form("json")));
    let map = Some(map_page(ask, &operation.id));
    Frame { base: &ask.base, title: &operation.name, above: &above, json, map }.around(&body)
}

pub(crate) fn conformance(view: &View, ask: &Ask, document: &Value) -> String {
    let mut body = String::from(
        "<h1>Standards</h1>\n<p class=\"lead\">The conformance classes of OGC API that this server declares. What is not listed is not offered.</p>\n<ul class=\"plain\">\n",
    );
    for class in document["conformsTo"].as_array().into_iter().flatten() {
        let _ = writeln!(body, "<li><code>{}</code></li>", esc(class.as_str().unwrap_or_default()));
    }
    body.push_str("</ul>\n");
    below(view, ask, links::JSON, "Standards", [], &body)
}
