//! What a file says beside its rows: about what, of when, from whom, for which question.

use super::geojson_write::{self, Style};
use super::layer::{Layer, Member};

/// What every writer of whole layers is given beside the layer.
#[derive(Clone, Copy, Debug)]
pub struct About<'m> {
    pub title: &'m str,
    pub description: &'m str,
    /// Operation, revision, parameters, sources and the like, by name.
    pub members: &'m [(&'static str, Member)],
    /// How QGIS draws the layer, in its own language.
    pub qml: Option<&'m str>,
}

impl About<'_> {
    /// The fields to write, by position.
    pub fn fields(&self, layer: &Layer<'_>, style: &Style) -> Vec<usize> {
        style.fields.clone().unwrap_or_else(|| (0..layer.fields.len()).collect())
    }

    /// A member that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.iter().find_map(|(known, member)| match member {
            Member::Text(text) if *known == name => Some(&**text),
            _ => None,
        })
    }

    /// What the file says about itself, as one JSON object.
    pub fn json(&self, out: &mut Vec<u8>, layer: &Layer<'_>) {
        out.push(b'{');
        for (name, member) in [("title", self.title), ("description", self.description)] {
            geojson_write::text(out, name);
            out.push(b':');
            geojson_write::text(out, member);
            out.push(b',');
        }
        for (name, member) in self.members {
            geojson_write::text(out, name);
            out.push(b':');
            geojson_write::member(out, member);
            out.push(b',');
        }
        geojson_write::text(out, "fields");
        out.extend_from_slice(b":{");
        for (position, field) in layer.fields.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            geojson_write::text(out, field.name);
            out.push(b':');
            let unit = field.unit.map(|unit| format!(" ({unit})")).unwrap_or_default();
            geojson_write::text(out, &format!("{}{unit}", field.description));
        }
        out.extend_from_slice(b"}}");
    }
}
