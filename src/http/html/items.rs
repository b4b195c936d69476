//! A page of features as a table with a map, and one feature.

use std::fmt::Write;

use super::collections::example;
use super::map::{self, Mark};
use super::{below, below_layer, esc, home, html_of};
use crate::app::collections::params::{DATETIME, FILTER, ParameterKind};
use crate::app::collections::{Collection, Parameter, Params, View};
use crate::domain::words::grouped;
use crate::formats::layer::{FieldKind, GeometryKind, Layer, Value, Want};
use crate::http::extract::Ask;
use crate::http::links::{self, encoded};

/// Features on a page, where nothing is asked.
pub(crate) const LIMIT: usize = 50;

/// A part of a layer, as it was asked for.
pub(crate) struct Page<'p, 'v> {
    pub params: &'p Params,
    pub layer: &'p Layer<'v>,
    /// Positions of the answer, first and behind the last.
    pub first: usize,
    pub last: usize,
    /// Address of the next page.
    pub next: Option<String>,
    /// Address of all of it as CSV.
    pub csv: String,
}

pub(crate) fn items(
    view: &View,
    collection: &Collection,
    ask: &Ask,
    page: &Page<'_, '_>,
) -> String {
    let home = home(view, collection, ask);
    let total = page.layer.matched.len();
    let mut body = String::new();
    let _ = write!(
        body,
        "<h1>{}</h1>\n<p class=\"lead\">{}</p>\n",
        esc(collection.title),
        esc(collection.description)
    );
    body.push_str(&form(collection, page.params));

    let rows: Vec<usize> =
        (page.first..page.last).map(|position| page.layer.matched.row(position)).collect();
    let asked = asked(collection, page.params);
    let address = |row: usize| {
        let id = encoded(&page.layer.rows.id(row));
        format!("{home}/items/{id}?{asked}f=html")
    };
    if collection.geometry != GeometryKind::None && total > 0 {
        let marks: Vec<Mark> =
            rows.iter().map(|row| mark(page.layer, *row, address(*row))).collect();
        body.push_str(&map::of_marks(view, &marks));
        if collection.id == "gaps" {
            body.push_str("<p class=\"soft legend\">Share of people in need who are not reached: <span class=\"k gap-zero\"></span> none <span class=\"k gap-0\"></span> to 20% <span class=\"k gap-1\"></span> to 40% <span class=\"k gap-2\"></span> to 60% <span class=\"k gap-3\"></span> to 80% <span class=\"k gap-4\"></span> more <span class=\"k none\"></span> no need, or not known</p>\n");
        }
    }
    let from = if page.last > page.first { page.first + 1 } else { page.first };
    let _ = write!(
        body,
        "<p class=\"ways\"><strong>{} to {} of {}</strong>",
        grouped(from as i64),
        grouped(page.last as i64),
        grouped(total as i64)
    );
    if page.first > 0 {
        let _ = write!(
            body,
            " <a class=\"button\" href=\"{}\">First page</a>",
            esc(&format!("{home}/items?{asked}f=html"))
        );
    }
    if let Some(next) = &page.next {
        let _ = write!(
            body,
            " <a class=\"button strong\" rel=\"next\" href=\"{}\">Next page</a>",
            esc(next)
        );
    }
    let _ = writeln!(body, " <a class=\"button\" href=\"{}\">All as CSV</a></p>", esc(&page.csv));
    if rows.is_empty() {
        body.push_str("<p class=\"empty\"><strong>Nothing is here</strong>No feature matches what is asked. Take a condition away and ask again.</p>\n");
    } else {
        body.push_str(&table(page.layer, &rows, address));
    }
    below_layer(view, collection, ask, links::GEOJSON, "Features", &body)
}

pub(crate) fn item(
    view: &View,
    collection: &Collection,
    ask: &Ask,
    layer: &Layer<'_>,
    row: usize,
) -> String {
    let home = home(view, collection, ask);
    let own = Mark { class: "plain", ..mark(layer, row, String::new()) };
    let title = own.name.clone();
    let mut body = format!("<h1>{}</h1>\n<div class=\"split\">\n<div>\n", esc(&title));
    let mut values = Vec::new();
    layer.rows.values(row, &mut values);
    body.push_str("<dl class=\"facts\">\n");
    for (field, value) in layer.fields.iter().zip(&values) {
        let unit = field.unit.filter(|_| *value != Value::Null).unwrap_or("");
        let _ = writeln!(
            body,
            "<dt title=\"{}\">{}</dt><dd>{} <span class=\"soft\">{}</span></dd>",
            esc(field.description),
            esc(&spoken(field.name)),
            shown(value),
            esc(unit)
        );
    }
    body.push_str("</dl>\n</div>\n<div>\n");
    if collection.geometry != GeometryKind::None {
        body.push_str(&map::of_one(view, own));
    }
    body.push_str("</div>\n</div>\n");
    let layer = (collection.title.to_owned(), html_of(&home));
    let features = ("Features".to_owned(), html_of(&format!("{home}/items")));
    below(view, ask, links::GEOJSON, &title, [layer, features], &body)
}

/// The query of the collection's own parameters, with an `&` behind it.
fn asked(collection: &Collection, params: &Params) -> String {
    let own = collection.parameters.iter().chain([&DATETIME]);
    let given = own.filter_map(|parameter| Some((parameter.name, params.get(parameter.name)?)));
    let query = links::query(given);
    if query.is_empty() { query } else { format!("{query}&") }
}

fn mark(layer: &Layer<'_>, row: usize, href: String) -> Mark {
    let value = |name: &str| {
        let field = layer.fields.iter().position(|field| field.name == name)?;
        Some(layer.rows.value(row, field))
    };
    let named = ["name", "activity_type", "area_name"].iter().find_map(|name| match value(name) {
        Some(Value::Text(text)) => Some(text.into_owned()),
        _ => None,
    });
    let name = named.unwrap_or_else(|| layer.rows.id(row).into_owned());
    let class = match (value("gap"), value("in_need")) {
        (Some(Value::Number(gap)), Some(Value::Number(need))) if need > 0.0 => match gap / need {
            share if share <= 0.0 => "gap-zero",
            share if share <= 0.2 => "gap-0",
            share if share <= 0.4 => "gap-1",
            share if share <= 0.6 => "gap-2",
            share if share <= 0.8 => "gap-3",
            _ => "gap-4",
        },
        (Some(_), _) => "none",
        (None, _) => "plain",
    };
    Mark { shape: layer.rows.geometry(row, Want::Shape), name, href, class }
}

/// The properties that some row has, each row with a link to its own page.
fn table(layer: &Layer<'_>, rows: &[usize], address: impl Fn(usize) -> String) -> String {
    let mut all: Vec<Vec<Value<'_>>> = Vec::with_capacity(rows.len());
    for row in rows {
        let mut values = Vec::with_capacity(layer.fields.len());
        layer.rows.values(*row, &mut values);
        all.push(values);
    }
    let known: Vec<usize> = (0..layer.fields.len())
        .filter(|field| {
            all.iter().any(|row| row.get(*field).is_some_and(|one| *one != Value::Null))
        })
        .collect();
    let mut out = String::from("<div class=\"wide\"><table><thead><tr><th scope=\"col\">Id</th>");
    for field in known.iter().filter_map(|field| layer.fields.get(*field)) {
        let number = matches!(field.kind, FieldKind::Integer | FieldKind::Number);
        let class = if number { " class=\"end\"" } else { "" };
        // `capacity_people` says it already.
        let is_said = |unit: &str| field.name.rsplit('_').next() == Some(unit);
        let unit = field.unit.filter(|unit| !is_said(unit));
        let unit = unit.map(|unit| format!(" <span class=\"soft\">{}</span>", esc(unit)));
        let _ = write!(
            out,
            "<th scope=\"col\"{class} title=\"{}\">{}{}</th>",
            esc(field.description),
            esc(&spoken(field.name)),
            unit.unwrap_or_default()
        );
    }
    out.push_str("</tr></thead><tbody>\n");
    for (row, values) in rows.iter().zip(&all) {
        let _ = write!(
            out,
            "<tr><th scope=\"row\"><a href=\"{}\">{}</a></th>",
            esc(&address(*row)),
            esc(&layer.rows.id(*row))
        );
        for value in known.iter().filter_map(|field| values.get(*field)) {
            let class = match value {
                Value::Integer(_) | Value::Number(_) => " class=\"end\"",
                Value::Text(text) if text.len() > 24 => " class=\"words\"",
                _ => "",
            };
            let _ = write!(out, "<td{class}>{}</td>", shown(value));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
    out
}

fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Null => "<span class=\"soft\">–</span>".to_owned(),
        Value::Text(text) => esc(text),
        Value::Integer(number) => grouped(*number),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            grouped(*number as i64)
        }
        Value::Number(number) => {
            let digits = format!("{:.2}", number.abs());
            let (whole, part) = digits.split_once('.').unwrap_or((&digits, "00"));
            let sign = if *number < 0.0 { "-" } else { "" };
            format!("{sign}{}.{part}", grouped(whole.parse::<i64>().unwrap_or(0)))
        }
        Value::Boolean(true) => "yes".to_owned(),
        Value::Boolean(false) => "no".to_owned(),
        Value::Date(day) => crate::domain::Day(*day).to_string(),
    }
}

/// What can be asked for: the collection's own parameters, time, and a filter.
fn form(collection: &Collection, params: &Params) -> String {
    let mut out = String::from(
        "<form class=\"ask\" method=\"get\"><input type=\"hidden\" name=\"f\" value=\"html\">\n",
    );
    for parameter in collection.parameters.iter().chain([&DATETIME, &FILTER]) {
        let name = parameter.name;
        let given = params.get(name).unwrap_or("");
        let description = esc(parameter.description);
        let _ = write!(out, "<label title=\"{description}\"><span>{}</span>", esc(name));
        match parameter.kind {
            ParameterKind::Choice(codes) => {
                let _ = write!(out, "<select name=\"{}\">", esc(name));
                let any = parameter.default.is_none().then_some("");
                for code in any.into_iter().chain(codes()) {
                    let chosen =
                        code == given || (given.is_empty() && Some(code) == parameter.default);
                    let chosen = if chosen { " selected" } else { "" };
                    let label = if code.is_empty() { "any" } else { code };
                    let _ = write!(
                        out,
                        "<option value=\"{}\"{chosen}>{}</option>",
                        esc(code),
                        esc(label)
                    );
                }
                out.push_str("</select>");
            }
            _ => {
                let hint = match *parameter {
                    Parameter { name: "filter", .. } => example(collection),
                    Parameter { name: "datetime", .. } => "2026-07-01/2026-09-30".to_owned(),
                    Parameter { default, .. } => default.unwrap_or("").to_owned(),
                };
                let _ = write!(
                    out,
                    "<input name=\"{}\" value=\"{}\" placeholder=\"{}\">",
                    esc(name),
                    esc(given),
                    esc(&hint)
                );
            }
        }
        out.push_str("</label>\n");
    }
    out.push_str("<button class=\"button strong\">Show</button>\n</form>\n");
    out
}
