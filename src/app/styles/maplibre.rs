//! Styles for MapLibre: the layers of one collection over its own vector tiles. The language has no
//! hatching without pictures, so patterns are dashed borders here.

use serde_json::{Value, json};

use super::{Paint, Rgb, Rule, When};

/// A whole style. `tiles` is the address of the tileset.
pub fn document(name: &str, title: &str, tiles: &str, rules: &[Rule]) -> Value {
    let mut layers = Vec::new();
    for (position, rule) in rules.iter().enumerate() {
        let id = format!("{name}-{position}");
        let filter = filter(&rule.when);
        let mut layer = |id: String, kind: &str, paint: Value| {
            layers.push(json!({
                "id": id,
                "type": kind,
                "source": name,
                "source-layer": name,
                "filter": filter.clone(),
                "metadata": {"label": rule.label},
                "paint": paint,
            }));
        };
        match &rule.paint {
            Paint::Fill { colour, opacity, border } => {
                layer(
                    id.clone(),
                    "fill",
                    json!({"fill-color": hex(*colour), "fill-opacity": opacity}),
                );
                if let Some(border) = border {
                    layer(
                        format!("{id}-border"),
                        "line",
                        json!({"line-color": hex(*border), "line-width": 0.8}),
                    );
                }
            }
            Paint::Hatch { colour, wide, .. } => {
                let paint = json!({
                    "line-color": hex(*colour),
                    "line-width": (wide * 4.0).max(1.0),
                    "line-dasharray": [3, 2],
                });
                layer(id, "line", paint);
            }
            Paint::Dots { colour } => {
                let paint = json!({"line-color": hex(*colour), "line-width": 1.5, "line-dasharray": [0.5, 2]});
                layer(id, "line", paint);
            }
            Paint::Disc { fill, stroke, size } => {
                let paint = json!({
                    "circle-radius": size * 1.5,
                    "circle-color": hex(*fill),
                    "circle-stroke-color": hex(*stroke),
                    "circle-stroke-width": 1.2,
                });
                layer(id, "circle", paint);
            }
        }
    }
    json!({
        "version": 8,
        "name": title,
        "sources": {name: {"type": "vector", "url": tiles}},
        "layers": layers,
    })
}

fn filter(when: &[When]) -> Value {
    let one = |when: &When| match when {
        When::Is(field, value) => json!(["==", ["get", field], value]),
        When::IsNot(field, value) => json!(["!=", ["get", field], value]),
        When::Known(field) => json!(["has", field]),
        When::Unknown(field) => json!(["!", ["has", field]]),
        When::AtLeast(field, low) if *low == f64::MIN_POSITIVE => number(">", field, 0.0),
        When::Below(field, high) if *high == f64::MIN_POSITIVE => number("<=", field, 0.0),
        When::AtLeast(field, low) => number(">=", field, *low),
        When::Below(field, high) => number("<", field, *high),
    };
    let all = std::iter::once(json!("all")).chain(when.iter().map(one));
    Value::Array(all.collect())
}

/// What is unknown is below everything, and meets no lower bound.
fn number(how: &str, field: &str, limit: f64) -> Value {
    json!([how, ["coalesce", ["get", field], -1], limit])
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
