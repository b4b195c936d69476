//! The layers of an operation, and one layer.

use std::fmt::Write;

use serde_json::Value;

use super::schema::fields;
use super::{below, button, esc, html_of, text};
use crate::app::collections::{Collection, Parameter, View};
use crate::app::export::FORMATS;
use crate::domain::Day;
use crate::formats::layer::{FieldKind, GeometryKind};
use crate::http::extract::Ask;
use crate::http::links;

pub(crate) fn collections(view: &View, ask: &Ask, document: &Value) -> String {
    let operation = &view.snapshot.operation;
    let mut body = String::from("<h1>Layers</h1>\n<ul class=\"cards\">\n");
    for one in document["collections"].as_array().into_iter().flatten() {
        let home = links::collection(&ask.base, &operation.id, text(one, "id"));
        let _ = writeln!(
            body,
            "<li class=\"card\"><h2><a href=\"{}\">{}</a></h2><p>{}</p><p><a href=\"{}\">Features</a></p></li>",
            esc(&html_of(&home)),
            esc(text(one, "title")),
            esc(text(one, "description")),
            esc(&html_of(&format!("{home}/items"))),
        );
    }
    body.push_str("</ul>\n");
    below(view, ask, links::JSON, "Layers", [], &body)
}

pub(crate) fn collection(
    view: &View,
    collection: &Collection,
    ask: &Ask,
    document: &Value,
) -> String {
    let operation = &view.snapshot.operation;
    let home = links::collection(&ask.base, &operation.id, collection.id);
    let mut body = String::new();
    let _ = write!(
        body,
        "<h1>{}</h1>\n<p class=\"lead\">{}</p>\n<p class=\"ways\"><a class=\"button strong\" href=\"{}\">Features</a>",
        esc(collection.title),
        esc(collection.description),
        esc(&html_of(&format!("{home}/items")))
    );
    for format in FORMATS.iter().filter(|format| format.holds(collection)) {
        let href = format!("{home}/export.{}", format.extension);
        button(&mut body, &href, &format.extension.to_uppercase());
    }
    button(&mut body, &html_of(&format!("{home}/queryables")), "Queryables");
    button(&mut body, &html_of(&format!("{home}/schema")), "Schema");
    if collection.geometry != GeometryKind::None {
        button(&mut body, &html_of(&format!("{home}/tiles")), "Tiles");
        button(&mut body, &html_of(&format!("{home}/styles")), "Styles");
    }
    body.push_str("</p>\n");

    if let Some(period) = view.period(collection) {
        let day = |day: Option<Day>| day.map_or_else(|| "open".to_owned(), |day| day.to_string());
        let (first, last) = (day(period.start), day(period.end));
        let _ = writeln!(body, "<p>Days of its features: {first} to {last}</p>");
    }
    if !collection.parameters.is_empty() {
        body.push_str("<h2>Parameters of its own</h2>\n<div class=\"wide\"><table><thead><tr><th>Name</th><th>Meaning</th><th>Default</th></tr></thead><tbody>\n");
        for Parameter { name, description, default, .. } in collection.parameters {
            let default = default.unwrap_or("");
            let _ = writeln!(
                body,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td></tr>",
                esc(name),
                esc(description),
                esc(default)
            );
        }
        body.push_str("</tbody></table></div>\n");
    }
    body.push_str("<h2>Properties</h2>\n<p>Each can stand in a filter, such as <code>?filter=");
    body.push_str(&esc(&example(collection)));
    body.push_str("</code>, or be asked for by its name.</p>\n");
    body.push_str(&fields(collection));
    body.push_str("<h2>Reference systems</h2>\n<ul class=\"plain\">\n");
    for crs in document["crs"].as_array().into_iter().flatten() {
        let _ = writeln!(body, "<li><code>{}</code></li>", esc(crs.as_str().unwrap_or_default()));
    }
    body.push_str("</ul>\n");
    let all = format!("{}/collections", links::operation(&ask.base, &operation.id));
    below(view, ask, links::JSON, collection.title, [("Layers".to_owned(), html_of(&all))], &body)
}

/// A filter that this layer takes.
pub fn example(collection: &Collection) -> String {
    let of = |kind: FieldKind| collection.fields.iter().find(|field| field.kind == kind);
    match (of(FieldKind::Number), of(FieldKind::Text)) {
        (Some(number), _) => format!("{} > 1000", number.name),
        (None, Some(text)) => format!("{} LIKE 'A%'", text.name),
        _ => "true".to_owned(),
    }
}
