//! What features of a layer have, and what a filter may name of it.

use std::fmt::Write;

use serde_json::Value;

use super::collections::example;
use super::docs::FILTERS;
use super::{below_layer, button, esc, home, html_of, text};
use crate::app::collections::{Collection, GEOMETRY, View};
use crate::formats::layer::{FieldKind, GeometryKind};
use crate::http::extract::Ask;
use crate::http::links;

pub(crate) fn queryables(view: &View, collection: &Collection, ask: &Ask) -> String {
    let home = home(view, collection, ask);
    let mut body = headed(
        collection,
        "queryables",
        "What a filter may name, and of which type it is. Filters are CQL2, as text or as JSON.",
    );
    button(&mut body, &html_of(&format!("{home}/items")), "Features");
    button(&mut body, &html_of(&format!("{home}/schema")), "Schema");
    body.push_str("</p>\n");
    body.push_str(&fields(collection));
    body.push_str("<h2>Filters to begin with</h2>\n<ul class=\"plain\">\n");
    let known = FILTERS.iter().filter(|(id, ..)| *id == collection.id);
    let known = known.map(|(_, filter, finds)| ((*filter).to_owned(), *finds));
    for (filter, finds) in [(example(collection), "")].into_iter().chain(known) {
        let query = links::query([("f", "html"), ("filter", filter.as_str())]);
        let _ = writeln!(
            body,
            "<li><a href=\"{}\"><code>{}</code></a> <span class=\"soft\">{}</span></li>",
            esc(&format!("{home}/items?{query}")),
            esc(&filter),
            esc(finds)
        );
    }
    body.push_str("</ul>\n");
    below_layer(view, collection, ask, links::SCHEMA, "Queryables", &body)
}

/// `document` is the same for programs.
pub(crate) fn schema(view: &View, collection: &Collection, ask: &Ask, document: &Value) -> String {
    let home = home(view, collection, ask);
    let mut body = headed(
        collection,
        "schema",
        "What features have. For programs this is a JSON Schema, with units and HXL tags.",
    );
    button(&mut body, &html_of(&format!("{home}/items")), "Features");
    button(&mut body, &html_of(&format!("{home}/queryables")), "Queryables");
    body.push_str("</p>\n");
    body.push_str(&fields(collection));
    let roles = document["properties"].as_object().into_iter().flatten();
    let mut roles = roles.filter_map(|(name, one)| Some((name, role(text(one, "x-ogc-role"))?)));
    if let Some(first) = roles.next() {
        body.push_str("<h2>Roles</h2>\n<dl class=\"facts\">\n");
        for (name, role) in [first].into_iter().chain(roles) {
            let _ = writeln!(body, "<dt><code>{}</code></dt><dd>{}</dd>", esc(name), esc(role));
        }
        body.push_str("</dl>\n");
    }
    below_layer(view, collection, ask, links::SCHEMA, "Schema", &body)
}

fn headed(collection: &Collection, what: &str, lead: &str) -> String {
    let title = esc(collection.title);
    format!("<h1>{title}: {what}</h1>\n<p class=\"lead\">{}</p>\n<p class=\"ways\">", esc(lead))
}

fn role(name: &str) -> Option<&'static str> {
    match name {
        "primary-geometry" => Some("the shape that is drawn, and that bbox is compared with"),
        "primary-interval-start" => Some("first day of the period that datetime is compared with"),
        "primary-interval-end" => Some("last day of the period that datetime is compared with"),
        _ => None,
    }
}

/// The properties of a layer as a table.
pub(super) fn fields(collection: &Collection) -> String {
    let mut out = String::from("<div class=\"wide\"><table><thead><tr>");
    for head in ["Name", "Type", "Unit", "Meaning", "Values", "HXL"] {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead><tbody>\n");
    let shape = match collection.geometry {
        GeometryKind::None => None,
        GeometryKind::Point => Some("point"),
        GeometryKind::MultiPolygon => Some("multipolygon"),
    };
    if let Some(shape) = shape {
        let about = "Where it is, for the spatial functions of filters.";
        row(&mut out, GEOMETRY, [shape, "", about, ""], &[]);
    }
    for field in collection.fields {
        let cells = [
            kind(field.kind),
            field.unit.unwrap_or(""),
            field.description,
            field.hxl.unwrap_or(""),
        ];
        row(&mut out, field.name, cells, &field.codes.map_or_else(Vec::new, |codes| codes()));
    }
    out.push_str("</tbody></table></div>\n");
    out
}

fn row(out: &mut String, name: &str, [kind, unit, about, hxl]: [&str; 4], codes: &[&str]) {
    let _ = write!(
        out,
        "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td><td class=\"words\">{}</td><td{}>",
        esc(name),
        esc(kind),
        esc(unit),
        esc(about),
        if codes.is_empty() { "" } else { " class=\"codes\"" }
    );
    let codes: Vec<String> =
        codes.iter().map(|code| format!("<code>{}</code>", esc(code))).collect();
    let _ = writeln!(out, "{}</td><td>{}</td></tr>", codes.join(" "), esc(hxl));
}

fn kind(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Integer => "whole number",
        FieldKind::Number => "number",
        FieldKind::Boolean => "true or false",
        FieldKind::Date => "date",
    }
}
