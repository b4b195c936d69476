//! The tiles of a layer, and how they cut the world.

use std::fmt::Write;
use std::sync::Arc;

use geo::{MultiPolygon, Rect, coord};
use serde_json::Value;

use super::map::{self, Mark};
use super::{below, below_layer, button, esc, home, html_of, text};
use crate::app::collections::{Collection, View};
use crate::domain::words::grouped;
use crate::formats::layer::Geometry;
use crate::http::extract::Ask;
use crate::http::links;

/// `query` is what is asked of every tile, with its question mark.
pub(crate) fn tilesets(
    view: &View,
    collection: &Collection,
    ask: &Ask,
    query: &str,
    document: &Value,
) -> String {
    let home = home(view, collection, ask);
    let mut body = format!(
        "<h1>{}: tiles</h1>\n<p class=\"lead\">Maps draw a large layer quicker from tiles: each has what is in one square of the map, as exact as its zoom can show.</p>\n<ul class=\"cards\">\n",
        esc(collection.title)
    );
    for one in document["tilesets"].as_array().into_iter().flatten() {
        let set = last(text(one, "tileMatrixSetURI"));
        let _ = writeln!(
            body,
            "<li class=\"card\"><h2><a href=\"{}\">{set}</a></h2><p>Vector tiles (MVT) in Web Mercator, as most maps on the web use them</p></li>",
            esc(&html_of(&format!("{home}/tiles/{set}{query}"))),
        );
    }
    let _ = writeln!(
        body,
        "</ul>\n<p class=\"soft\"><a href=\"{}\">How the world is cut into tiles</a></p>",
        esc(&html_of(&sets(view, ask)))
    );
    below_layer(view, collection, ask, links::JSON, "Tiles", &body)
}

/// `query` as above; `document` is the tileset for programs.
pub(crate) fn tileset(
    view: &View,
    collection: &Collection,
    ask: &Ask,
    query: &str,
    document: &Value,
) -> String {
    let home = home(view, collection, ask);
    let set = last(text(document, "tileMatrixSetURI"));
    let mut body = format!(
        "<h1>{}: vector tiles</h1>\n<p class=\"lead\">{}</p>\n<p class=\"ways\">",
        esc(collection.title),
        esc(collection.description)
    );
    button(&mut body, &ask.in_form("tilejson"), "TileJSON");
    button(&mut body, &format!("{home}/styles/map.json{query}"), "Style for MapLibre");
    button(&mut body, &format!("{home}/styles/map.qml{query}"), "Style for QGIS");
    button(&mut body, &html_of(&format!("{home}/items{query}")), "Features");
    body.push_str("</p>\n<div class=\"split\">\n<div>\n<dl class=\"facts\">\n");
    let mut fact = |name: &str, value: String| {
        let _ = writeln!(body, "<dt>{name}</dt><dd>{value}</dd>");
    };
    let limits = document["tileMatrixSetLimits"].as_array().map_or(&[][..], Vec::as_slice);
    let deepest = limits.last().map_or("", |one| text(one, "tileMatrix"));
    let bounds = view.extent(collection).map(corners);
    fact("Layer in each tile", format!("<code>{}</code>", esc(collection.id)));
    fact("Zooms", format!("{} to {}", document["minzoom"], document["maxzoom"]));
    fact("Tiles are there to zoom", esc(deepest));
    fact("Bounds", bounds.unwrap_or_else(|| "Nothing is in it yet".to_owned()));
    fact("Reference system", format!("<code>{}</code>", esc(text(document, "crs"))));
    let about = esc(&html_of(&format!("{}/{set}", sets(view, ask))));
    fact("Tile matrix set", format!("<a href=\"{about}\">{}</a>", esc(set)));
    fact(
        "Address of a tile",
        format!("<code>{}</code>", esc(document["tiles"][0].as_str().unwrap_or_default())),
    );
    body.push_str("</dl>\n</div>\n<div>\n");
    body.push_str(&extent(view, collection, html_of(&format!("{home}/items{query}"))));
    body.push_str("</div>\n</div>\n<h2>What a feature has in a tile</h2>\n");
    let fields = document["vector_layers"][0]["fields"].as_object().into_iter().flatten();
    body.push_str("<p class=\"codes\">");
    for (name, _) in fields {
        let _ = write!(body, "<code>{}</code> ", esc(name));
    }
    let schema = esc(&html_of(&format!("{home}/schema")));
    let _ = writeln!(body, "</p>\n<p><a href=\"{schema}\">What they mean</a></p>");
    body.push_str("<h2>Where there can be tiles</h2>\n");
    let limits = limits.iter().map(|one| {
        let range = |from: &str, to: &str| match (one[from].as_i64(), one[to].as_i64()) {
            (Some(from), Some(to)) if from == to => grouped(from),
            (from, to) => format!("{} to {}", grouped(from.unwrap_or(0)), grouped(to.unwrap_or(0))),
        };
        [
            text(one, "tileMatrix").to_owned(),
            range("minTileCol", "maxTileCol"),
            range("minTileRow", "maxTileRow"),
        ]
    });
    table(&mut body, ["Zoom", "Columns", "Rows"], limits);
    below_layer(view, collection, ask, links::JSON, "Tileset", &body)
}

pub(crate) fn matrix_sets(view: &View, ask: &Ask, document: &Value) -> String {
    let mut body = String::from(
        "<h1>Tile matrix sets</h1>\n<p class=\"lead\">The ways in which the world is cut into tiles. Every layer with geometry has its tiles in them.</p>\n<ul class=\"cards\">\n",
    );
    for one in document["tileMatrixSets"].as_array().into_iter().flatten() {
        let id = text(one, "id");
        let _ = writeln!(
            body,
            "<li class=\"card\"><h2><a href=\"{}\">{}</a></h2><p>{}</p><p><code>{}</code></p></li>",
            esc(&html_of(&format!("{}/{id}", sets(view, ask)))),
            esc(id),
            esc(text(one, "title")),
            esc(text(one, "crs"))
        );
    }
    body.push_str("</ul>\n");
    below(view, ask, links::JSON, "Tile matrix sets", [], &body)
}

pub(crate) fn matrix_set(view: &View, ask: &Ask, document: &Value) -> String {
    let id = text(document, "id");
    let mut body = format!(
        "<h1>{}</h1>\n<p class=\"lead\">{}</p>\n<dl class=\"facts\">\n",
        esc(id),
        esc(text(document, "title"))
    );
    for (name, member) in
        [("Name", "uri"), ("Reference system", "crs"), ("Well-known scales", "wellKnownScaleSet")]
    {
        let _ =
            writeln!(body, "<dt>{name}</dt><dd><code>{}</code></dd>", esc(text(document, member)));
    }
    body.push_str("<dt>Counted from</dt><dd>the top left corner, columns to the east and rows to the south</dd>\n</dl>\n<h2>Zooms</h2>\n");
    let matrices = document["tileMatrices"].as_array().into_iter().flatten().map(|one| {
        let number = |name: &str| one[name].as_f64().unwrap_or_default();
        [
            text(one, "id").to_owned(),
            format!("1:{}", grouped(number("scaleDenominator").round() as i64)),
            match number("cellSize") {
                size if size >= 100.0 => grouped(size.round() as i64),
                size => format!("{size:.2}"),
            },
            format!(
                "{}\u{a0}×\u{a0}{}",
                grouped(number("matrixWidth") as i64),
                grouped(number("matrixHeight") as i64)
            ),
        ]
    });
    table(&mut body, ["Zoom", "Scale", "Metres of a pixel", "Columns × rows"], matrices);
    let all = ("Tile matrix sets".to_owned(), html_of(&sets(view, ask)));
    below(view, ask, links::JSON, id, [all], &body)
}

fn sets(view: &View, ask: &Ask) -> String {
    format!("{}/tileMatrixSets", links::operation(&ask.base, &view.snapshot.operation.id))
}

/// The last part of a URI.
fn last(uri: &str) -> &str {
    uri.rsplit('/').next().unwrap_or(uri)
}

/// West, south, east and north as people write them.
fn corners([west, south, east, north]: [f64; 4]) -> String {
    let degrees = |at: f64, [above, below]: [&str; 2]| {
        format!("{:.2}° {}", at.abs(), if at < 0.0 { below } else { above })
    };
    let (ew, ns) = (["E", "W"], ["N", "S"]);
    format!(
        "{} to {}, {} to {}",
        degrees(west, ew),
        degrees(east, ew),
        degrees(south, ns),
        degrees(north, ns)
    )
}

/// The box around a layer above the land.
fn extent(view: &View, collection: &Collection, href: String) -> String {
    let Some([west, south, east, north]) = view.extent(collection) else { return String::new() };
    let side = |west: f64, east: f64| {
        Rect::new(coord! {x: west, y: south}, coord! {x: east, y: north}).to_polygon()
    };
    let sides = match west <= east {
        true => vec![side(west, east)],
        false => vec![side(west, 180.0), side(-180.0, east)],
    };
    let shape = Geometry::MultiPolygon(Arc::new(MultiPolygon::new(sides)));
    let name = format!("{}: {}", collection.title, corners([west, south, east, north]));
    map::of_marks(view, &[Mark { shape, name, href, class: "plain outline" }])
}

fn table<const N: usize>(
    body: &mut String,
    heads: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    body.push_str("<div class=\"wide\"><table><thead><tr>");
    for head in heads {
        let _ = write!(body, "<th scope=\"col\">{head}</th>");
    }
    body.push_str("</tr></thead><tbody>\n");
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            let tag = if at == 0 { "<tr><th scope=\"row\">" } else { "<td>" };
            let end = if at == 0 { "</th>" } else { "</td>" };
            let _ = write!(body, "{tag}{}{end}", esc(cell));
        }
        body.push_str("</tr>\n");
    }
    body.push_str("</tbody></table></div>\n");
}
