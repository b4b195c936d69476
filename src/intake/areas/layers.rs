//! Which layers of a file are boundaries: those of polygons with P-codes, one for each level.

use super::{Columns, Layer, Options, Unreadable};
use crate::formats::features::{Geometry, Layers};
use crate::intake::gazetteers::Table;

/// The layers that are read, the coarsest level first.
pub(super) struct Chosen {
    pub parts: Vec<Part>,
    /// How the file was read.
    pub format: String,
    /// Names of the layers.
    pub name: String,
    /// What was left out, and why.
    pub remarks: Vec<String>,
}

pub(super) struct Part {
    pub layer: Layer,
    pub columns: Columns,
}

/// Chooses the layers of boundaries: the one that the sender names, else every layer of polygons
/// whose P-codes are known, and of several of one level the one with the most areas.
pub(super) fn choose(read: Layers, options: &Options) -> Result<Chosen, Unreadable> {
    let Layers { format, layers, notes } = read;
    let mut remarks: Vec<String> = notes.iter().map(|note| sentence(note)).collect();
    let all: Vec<String> = layers.iter().map(|layer| layer.name.clone()).collect();
    let wanted = |layer: &Layer| {
        options
            .sheet
            .as_ref()
            .is_none_or(|name| name.trim().eq_ignore_ascii_case(layer.name.trim()))
    };
    let (layers, _): (Vec<Layer>, Vec<Layer>) = layers.into_iter().partition(wanted);
    if let (Some(name), true) = (&options.sheet, layers.is_empty()) {
        return Err(Unreadable(format!(
            "There is no layer \"{name}\": the file has {}.",
            all.join(", ")
        )));
    }
    let layers: Vec<Layer> =
        layers.into_iter().filter(|layer| !layer.features.is_empty()).collect();
    if layers.is_empty() {
        return Err(Unreadable::new("The file has no features."));
    }
    let several = layers.len() > 1;
    let named = |layer: &Layer, why: &str| match several {
        true => format!("Layer {}: {why}", layer.name),
        false => why.to_owned(),
    };
    let mut parts: Vec<Part> = Vec::new();
    let mut refused: Option<String> = None;
    let mut left = Vec::new();
    for layer in layers {
        if let Some(kind) = no_polygons(&layer) {
            let why = format!("The features are {kind}s, not polygons: boundaries are polygons.");
            left.push(format!("{} ({kind}s)", layer.name));
            refused = refused.or(Some(named(&layer, &why)));
            continue;
        }
        match Columns::find(&layer, &[], None, options) {
            Ok(columns) => parts.push(Part { layer, columns }),
            Err(Unreadable(why)) => {
                if several {
                    remarks.push(format!("Layer {} was left out: {why}", layer.name));
                }
                // Why polygons are not understood says more than that there are lines besides.
                refused = Some(named(&layer, &why));
            }
        }
    }
    if parts.is_empty() {
        return Err(Unreadable(refused.unwrap_or_else(|| "The file has no features.".into())));
    }
    if !left.is_empty() {
        remarks.push(format!("Layers left out, as they hold no polygons: {}.", left.join(", ")));
    }
    // Of one level the layer with the most areas, of these the first.
    parts.sort_by_key(|part| (part.columns.level, std::cmp::Reverse(part.layer.features.len())));
    let mut chosen: Vec<Part> = Vec::new();
    for mut part in parts {
        match chosen.last() {
            Some(last) if last.columns.level == part.columns.level => remarks.push(format!(
                "Layer {} was left out: layer {} holds the same level; name the layer to use another.",
                part.layer.name, last.layer.name
            )),
            last => {
                part.columns.before = last.map_or(0, |last| last.columns.before + last.columns.all.len());
                chosen.push(part);
            }
        }
    }
    if chosen.len() > 1 {
        let mut row = 1;
        for Part { layer, columns } in &chosen {
            let last = row + layer.features.len() - 1;
            remarks.push(format!(
                "Rows {row} to {last} are layer {}, level {}.",
                layer.name, columns.level
            ));
            row = last + 1;
        }
    }
    let names: Vec<&str> = chosen.iter().map(|part| part.layer.name.as_str()).collect();
    let mut format = format.to_owned();
    let mut notes: Vec<&str> = chosen.iter().map(|part| part.layer.note.as_str()).collect();
    notes.dedup();
    for note in notes.into_iter().filter(|note| !note.is_empty()) {
        format.push_str(", ");
        format.push_str(note);
    }
    Ok(Chosen { format, name: names.join(", "), parts: chosen, remarks })
}

/// The table of a gazetteer as the one layer of a file.
pub(super) fn of_table(
    layer: Layer,
    table: &Table,
    options: &Options,
) -> Result<Chosen, Unreadable> {
    if layer.features.is_empty() {
        return Err(Unreadable::new("The table of areas has no rows."));
    }
    let columns = Columns::find(&layer, &table.known, table.level, options)?;
    let remark = "The file is a table: its areas have no polygons. They hold rows and are found by name; import boundaries to draw them.";
    let (format, name) = (table.format.clone(), layer.name.clone());
    let parts = vec![Part { layer, columns }];
    Ok(Chosen { parts, format, name, remarks: vec![remark.to_owned()] })
}

/// What a layer without a single polygon holds instead; a layer without any geometry may still hold
/// areas that are not drawn.
fn no_polygons(layer: &Layer) -> Option<&str> {
    let mut instead = None;
    for feature in &layer.features {
        match &feature.geometry {
            Geometry::Polygons(_) | Geometry::Bad(_) => return None,
            Geometry::Point(_) => instead = instead.or(Some("point")),
            Geometry::Other(kind) => instead = instead.or(Some(kind)),
            Geometry::None => {}
        }
    }
    instead
}

/// A remark as a sentence.
fn sentence(note: &str) -> String {
    let mut letters = note.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if note.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
