//! The same answers as pages that people read: written here, without a script, in the colours of
//! the map page. Every text from outside goes through [`esc`].

mod collections;
mod docs;
mod items;
mod landing;
mod map;
mod problem;
mod schema;
mod styles;
mod tiles;

use std::fmt::Write;
use std::sync::LazyLock;

use axum::response::Response;
use serde_json::Value;

use super::conditional::{Effort, Kind};
use super::extract::Ask;
use super::links::{self, encoded};
use super::problem::Problem;
use super::public::root;
use crate::app::collections::{Collection, View};

pub(crate) use collections::{collection, collections};
pub(crate) use docs::docs;
pub(crate) use items::{LIMIT, Page, item, items};
pub(crate) use landing::{conformance, landing, operations};
pub(crate) use problem::problem;
pub(crate) use schema::{queryables, schema};
pub(crate) use styles::styles;
pub(crate) use tiles::{matrix_set, matrix_sets, tileset, tilesets};

/// Where the style sheet of these pages is.
const STYLE: &str = "/pages.css";

/// The colours and sizes of the map page, without what it imports, and the layout of these pages.
static SHEET: LazyLock<String> = LazyLock::new(|| {
    let theme = include_str!("../../../web/src/theme.css");
    let own = theme.lines().filter(|line| !line.starts_with("@import"));
    let variables = own.collect::<Vec<_>>().join("\n");
    // Without a script nothing chooses the dark colours: the reader's own setting does.
    let dark = variables.split(":root[data-theme=\"dark\"] {").nth(1);
    let dark = dark.and_then(|rest| rest.split('}').next()).unwrap_or_default();
    let wanted = format!("@media (prefers-color-scheme: dark) {{\n:root {{{dark}}}\n}}\n");
    format!("{variables}\n{wanted}{}", include_str!("page.css"))
});

/// The style sheet of these pages.
pub(crate) async fn style(ask: Ask) -> Result<Response, Problem> {
    let kind = Kind { effort: Effort::Thorough, ..Kind::fresh("text/css; charset=utf-8") };
    let ask = Ask { base: String::new(), query: String::new(), ..ask };
    ask.answer_at("style", kind, |_| Ok(SHEET.as_bytes().to_vec())).await
}

/// What stands around every page.
struct Frame<'a> {
    base: &'a str,
    title: &'a str,
    /// Names and addresses of the pages above.
    above: &'a [(&'a str, String)],
    /// The same for programs: media type and address.
    json: Option<(&'static str, String)>,
    /// The map of the operation.
    map: Option<String>,
}

impl Frame<'_> {
    fn around(&self, body: &str) -> String {
        let mut page = String::with_capacity(body.len() + 2048);
        let (title, root) = (esc(self.title), esc(root(self.base)));
        page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
        let _ = write!(
            page,
            "<title>{title} · Lacuna</title>\n<link rel=\"icon\" href=\"{root}/assets/icon.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"{root}{STYLE}\">\n"
        );
        if let Some((media, json)) = &self.json {
            let (media, json) = (esc(media), esc(json));
            let _ = writeln!(page, "<link rel=\"alternate\" type=\"{media}\" href=\"{json}\">");
        }
        page.push_str("</head>\n<body>\n<a class=\"skip\" href=\"#content\">To the content</a>\n");
        let _ = write!(page, "<header class=\"bar\">\n<a class=\"brand\" href=\"{root}/\">");
        let _ = writeln!(
            page,
            "<img src=\"{root}/assets/icon.svg\" alt=\"\" width=\"28\" height=\"28\">Lacuna</a>"
        );
        page.push_str("<nav aria-label=\"Pages above\"><ol class=\"path\">");
        for (name, href) in self.above {
            let _ = write!(page, "<li><a href=\"{}\">{}</a></li>", esc(href), esc(name));
        }
        let _ =
            write!(page, "<li aria-current=\"page\">{title}</li></ol></nav>\n<div class=\"ways\">");
        if let Some(map) = &self.map {
            let _ = write!(page, "<a class=\"button\" href=\"{}\">Map</a>", esc(map));
        }
        if let Some((_, json)) = &self.json {
            let _ = write!(page, "<a class=\"button\" href=\"{}\">JSON</a>", esc(json));
        }
        page.push_str("</div>\n</header>\n<main id=\"content\">\n");
        page.push_str(body);
        page.push_str("</main>\n<footer>Boundaries and names shown imply no endorsement.</footer>\n</body>\n</html>\n");
        page
    }
}

/// A page of what an operation has, of which programs get `media`; `between` are the pages from the
/// operation's own down to it.
fn below(
    view: &View,
    ask: &Ask,
    media: &'static str,
    title: &str,
    between: impl IntoIterator<Item = (String, String)>,
    body: &str,
) -> String {
    let operation = &view.snapshot.operation;
    let mut above = above_operation(ask, &operation.name, &operation.id);
    above.extend(between);
    let json = Some((media, ask.in_form("json")));
    let map = Some(map_page(ask, &operation.id));
    Frame { base: &ask.base, title, above: &borrowed(&above), json, map }.around(body)
}

/// The same of what a layer has.
fn below_layer(
    view: &View,
    collection: &Collection,
    ask: &Ask,
    media: &'static str,
    title: &str,
    body: &str,
) -> String {
    let layer = (collection.title.to_owned(), html_of(&home(view, collection, ask)));
    below(view, ask, media, title, [layer], body)
}

/// The address of a layer.
fn home(view: &View, collection: &Collection, ask: &Ask) -> String {
    links::collection(&ask.base, &view.snapshot.operation.id, collection.id)
}

/// Adds a link that looks like a button.
fn button(body: &mut String, href: &str, label: &str) {
    let _ = write!(body, " <a class=\"button\" href=\"{}\">{}</a>", esc(href), esc(label));
}

/// The map page of an operation.
fn map_page(ask: &Ask, operation: &str) -> String {
    format!("{}/?operation={}", root(&ask.base), encoded(operation))
}

/// Names and addresses of the pages above what an operation has.
fn above_operation(ask: &Ask, name: &str, id: &str) -> Vec<(String, String)> {
    vec![
        ("Operations".to_owned(), html_of(&format!("{}/api", ask.base))),
        (name.to_owned(), html_of(&links::operation(&ask.base, id))),
    ]
}

fn borrowed(above: &[(String, String)]) -> Vec<(&str, String)> {
    above.iter().map(|(name, href)| (name.as_str(), href.clone())).collect()
}

/// The address of the page for people.
pub(crate) fn html_of(href: &str) -> String {
    let mark = if href.contains('?') { '&' } else { '?' };
    format!("{href}{mark}f=html")
}

/// Text as it may stand anywhere in a page.
fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(esc("<a href='x'>\"&\""), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;");
    }

    #[test]
    fn the_style_has_the_colours_of_the_map_page_and_imports_nothing() {
        assert!(SHEET.contains("--gap-4") && SHEET.contains("prefers-color-scheme: dark"));
        assert!(!SHEET.contains("@import"));
    }
}
