//! The API explained, from the same document that programs read.

use std::fmt::Write;

use serde_json::Value;

use super::{Frame, above_operation, borrowed, esc, map_page, text};
use crate::app::collections::View;
use crate::http::extract::Ask;
use crate::http::links;

/// Filters to learn from: collection, expression, meaning.
pub(super) const FILTERS: &[(&str, &str, &str)] = &[
    ("gaps", "gap > 1000 AND coverage < 0.5", "large gaps, less than half covered"),
    ("gaps", "status IN ('no-report', 'planned-only')", "areas where nobody is known to work yet"),
    ("gaps", "reached > in_need", "more people reported reached than in need"),
    (
        "areas",
        "ACCENTI(CASEI(name)) LIKE accenti(casei('%sao%'))",
        "a name in any case and with any accents",
    ),
    (
        "activities",
        "reached IS NULL AND status <> 'planned'",
        "work under way that states no figure",
    ),
    (
        "activities",
        "T_INTERSECTS(INTERVAL(start_date,end_date), INTERVAL('2026-07-01','..'))",
        "work going on since July 2026",
    ),
    (
        "sites",
        "capacity_people BETWEEN 250 AND 500 OR capacity_people * 2 > 5000",
        "figures can be computed with",
    ),
    (
        "sites",
        "S_INTERSECTS(geometry, BBOX(30,-20,40,-10))",
        "inside a box; also POINT, LINESTRING, POLYGON and their MULTI forms",
    ),
];

pub(crate) fn docs(view: &View, ask: &Ask, document: &Value) -> String {
    let operation = &view.snapshot.operation;
    let home = links::operation(&ask.base, &operation.id);
    let mut body = String::from(
        "<h1>The API</h1>\n<p class=\"lead\">Plain GET requests, answers in JSON. Errors name the parameter and what would be right. Every list can be filtered by <a href=\"https://docs.ogc.org/is/21-065r2/21-065r2.html\">CQL2</a>, paged by its \"next\" links, and saved as a file.</p>\n<h2>To begin with</h2>\n<pre>",
    );
    let gaps = format!("{home}/collections/gaps");
    for line in [
        format!("curl \"{gaps}/items?sector=WSH\""),
        format!(
            "curl -G \"{gaps}/items\" --data-urlencode \"filter=gap > 1000 AND coverage < 0.5\""
        ),
        format!("curl \"{gaps}/export.csv?level=1\""),
        format!("ogrinfo OAPIF:{home}"),
    ] {
        let _ = writeln!(body, "{}", esc(&line));
    }
    body.push_str("</pre>\n<h2>Filters</h2>\n<div class=\"wide\"><table><thead><tr><th>Layer</th><th>filter=</th><th>finds</th></tr></thead><tbody>\n");
    for (collection, filter, finds) in FILTERS {
        let query = links::query([("f", "html"), ("filter", filter)]);
        let href = format!("{home}/collections/{collection}/items?{query}");
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\">{}</th><td><a href=\"{}\"><code>{}</code></a></td><td>{}</td></tr>",
            esc(collection),
            esc(&href),
            esc(filter),
            esc(finds),
        );
    }
    body.push_str("</tbody></table></div>\n");
    let mut tags: Vec<&str> = Vec::new();
    let operations = || {
        let paths = document["paths"].as_object().into_iter().flatten();
        paths.flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.map(move |(method, entry)| (path, method, entry))
        })
    };
    for (_, _, entry) in operations() {
        let tag = entry["tags"][0].as_str().unwrap_or("Other");
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    for tag in tags {
        let _ = writeln!(body, "<h2>{}</h2>", esc(tag));
        for (path, method, entry) in operations() {
            if entry["tags"][0].as_str().unwrap_or("Other") == tag {
                body.push_str(&described(document, path, method, entry));
            }
        }
    }
    let above = above_operation(ask, &operation.name, &operation.id);
    let json = Some((links::OPENAPI, format!("{home}/openapi.json")));
    let map = Some(map_page(ask, &operation.id));
    Frame { base: &ask.base, title: "The API", above: &borrowed(&above), json, map }.around(&body)
}

fn described(document: &Value, path: &str, method: &str, entry: &Value) -> String {
    let mut out = String::new();
    let _ = write!(
        out,
        "<details><summary><code>{} {}</code> {}</summary>\n<p>{}</p>\n",
        esc(&method.to_uppercase()),
        esc(path),
        esc(text(entry, "summary")),
        esc(text(entry, "description"))
    );
    let parameters = entry["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    if !parameters.is_empty() {
        out.push_str("<div class=\"wide\"><table><thead><tr><th>Parameter</th><th>Takes</th><th>Meaning</th></tr></thead><tbody>\n");
        for parameter in parameters {
            let named = parameter["$ref"]
                .as_str()
                .and_then(|at| document.pointer(at.trim_start_matches('#')));
            let parameter = named.unwrap_or(parameter);
            let _ = writeln!(
                out,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td></tr>",
                esc(text(parameter, "name")),
                esc(&takes(&parameter["schema"])),
                esc(text(parameter, "description"))
            );
        }
        out.push_str("</tbody></table></div>\n");
    }
    out.push_str("</details>\n");
    out
}

/// A schema in words.
fn takes(schema: &Value) -> String {
    let mut words = match &schema["enum"] {
        Value::Array(codes) => {
            let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
            codes.join(", ")
        }
        _ => match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
            (Some(from), Some(to)) => format!("{from} to {to}"),
            _ if text(schema, "format") == "date" => "a date".to_owned(),
            _ if text(schema, "type") == "array" => "a list with commas".to_owned(),
            _ => text(schema, "type").to_owned(),
        },
    };
    match &schema["default"] {
        Value::Null => {}
        Value::String(default) => {
            let _ = write!(words, "; without it {default}");
        }
        default => {
            let _ = write!(words, "; without it {default}");
        }
    }
    words
}
