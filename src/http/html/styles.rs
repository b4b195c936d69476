//! How a layer looks, to be taken into other programs.

use std::fmt::Write;

use super::{below_layer, esc, home};
use crate::app::collections::{Collection, View};
use crate::formats::layer::GeometryKind;
use crate::http::extract::Ask;
use crate::http::links;

pub(crate) fn styles(view: &View, collection: &Collection, ask: &Ask) -> String {
    let home = home(view, collection, ask);
    let mut body = format!("<h1>{}: styles</h1>\n", esc(collection.title));
    if collection.geometry == GeometryKind::None {
        body.push_str("<p class=\"empty\">This layer has no geometry, and so no style.</p>\n");
    } else {
        body.push_str("<p class=\"lead\">The look of this layer on our map. The classes are made of its figures: a style takes the parameters that the layer takes.</p>\n<ul class=\"cards\">\n");
        for (file, name, about) in [
            ("map.qml", "QGIS", "Save it, then load it in the layer's properties."),
            ("map.json", "MapLibre", "A style document whose source are the tiles of this layer."),
        ] {
            let _ = writeln!(
                body,
                "<li class=\"card\"><h2><a href=\"{}\">{name}</a></h2><p>{about}</p></li>",
                esc(&format!("{home}/styles/{file}"))
            );
        }
        body.push_str("</ul>\n");
    }
    below_layer(view, collection, ask, links::JSON, "Styles", &body)
}
