//! Styles as QGIS 3 writes them.

use std::fmt::Write;

use super::{Paint, Rgb, Rule, When};

/// A style file of its own. `label` is the field that names a feature.
pub fn document(rules: &[Rule], label: Option<&str>) -> String {
    let mut out = String::from(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis version=\"3.22.0\" styleCategories=\"Symbology|Labeling\" labelsEnabled=\"0\">\n",
    );
    symbology(&mut out, rules, label);
    out.push_str("</qgis>\n");
    out
}

/// What a style file and a layer of a project have in common.
pub fn symbology(out: &mut String, rules: &[Rule], label: Option<&str>) {
    if !rules.is_empty() {
        renderer(out, rules);
    }
    if let Some(label) = label {
        labels(out, label);
    }
}

fn renderer(out: &mut String, rules: &[Rule]) {
    out.push_str("<renderer-v2 type=\"RuleRenderer\" symbollevels=\"0\" forceraster=\"0\" enableorderby=\"0\">\n<rules key=\"{lacuna-rules}\">\n");
    for (position, rule) in rules.iter().enumerate() {
        let filter: Vec<String> = rule.when.iter().map(condition).collect();
        let filter = match filter.is_empty() {
            true => String::new(),
            false => format!(" filter=\"{}\"", escaped(&filter.join(" AND "))),
        };
        let label = escaped(&rule.label);
        line(
            out,
            &format!(
                "<rule key=\"{{lacuna-{position}}}\" symbol=\"{position}\" label=\"{label}\"{filter}/>"
            ),
        );
    }
    out.push_str("</rules>\n<symbols>\n");
    for (position, rule) in rules.iter().enumerate() {
        symbol(out, position, &rule.paint);
    }
    out.push_str("</symbols>\n</renderer-v2>\n");
}

fn condition(when: &When) -> String {
    match when {
        When::Is(field, value) => format!("\"{field}\" = '{value}'"),
        When::IsNot(field, value) => format!("\"{field}\" != '{value}'"),
        When::Known(field) => format!("\"{field}\" IS NOT NULL"),
        When::Unknown(field) => format!("\"{field}\" IS NULL"),
        When::AtLeast(field, low) if *low == f64::MIN_POSITIVE => format!("\"{field}\" > 0"),
        When::Below(field, high) if *high == f64::MIN_POSITIVE => format!("\"{field}\" <= 0"),
        When::AtLeast(field, low) => format!("\"{field}\" >= {low}"),
        When::Below(field, high) => format!("\"{field}\" < {high}"),
    }
}

fn symbol(out: &mut String, position: usize, paint: &Paint) {
    let kind = if matches!(paint, Paint::Disc { .. }) { "marker" } else { "fill" };
    line(
        out,
        &format!(
            "<symbol name=\"{position}\" type=\"{kind}\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">"
        ),
    );
    let inner = format!("@{position}@0");
    match paint {
        Paint::Fill { colour, opacity, border } => {
            let outline = border.map_or("no", |_| "solid");
            let border = rgba(border.unwrap_or_default(), 1.0);
            let options = [
                ("color", rgba(*colour, *opacity)),
                ("style", "solid".to_owned()),
                ("outline_color", border),
                ("outline_style", outline.to_owned()),
                ("outline_width", "0.2".to_owned()),
                ("outline_width_unit", "MM".to_owned()),
            ];
            layer(out, "SimpleFill", &options, "");
        }
        Paint::Hatch { colour, angle, apart, wide } => {
            let mut line = format!(
                "<symbol name=\"{inner}\" type=\"line\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\n"
            );
            let options = [
                ("line_color", rgba(*colour, 1.0)),
                ("line_width", wide.to_string()),
                ("line_width_unit", "MM".to_owned()),
                ("line_style", "solid".to_owned()),
            ];
            layer(&mut line, "SimpleLine", &options, "");
            line.push_str("</symbol>\n");
            let options = [
                ("angle", angle.to_string()),
                ("distance", apart.to_string()),
                ("distance_unit", "MM".to_owned()),
                ("line_width", wide.to_string()),
                ("color", rgba(*colour, 1.0)),
            ];
            layer(out, "LinePatternFill", &options, &line);
        }
        Paint::Dots { colour } => {
            let mut dot = format!(
                "<symbol name=\"{inner}\" type=\"marker\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\n"
            );
            marker(&mut dot, *colour, *colour, 0.6, "no");
            dot.push_str("</symbol>\n");
            let options = [
                ("distance_x", "2".to_owned()),
                ("distance_y", "2".to_owned()),
                ("displacement_x", "1".to_owned()),
            ];
            layer(out, "PointPatternFill", &options, &dot);
        }
        Paint::Disc { fill, stroke, size } => marker(out, *fill, *stroke, *size, "solid"),
    }
    out.push_str("</symbol>\n");
}

fn marker(out: &mut String, fill: Rgb, stroke: Rgb, size: f64, outline: &str) {
    let options = [
        ("name", "circle".to_owned()),
        ("color", rgba(fill, 1.0)),
        ("outline_color", rgba(stroke, 1.0)),
        ("outline_style", outline.to_owned()),
        ("outline_width", "0.4".to_owned()),
        ("outline_width_unit", "MM".to_owned()),
        ("size", size.to_string()),
        ("size_unit", "MM".to_owned()),
    ];
    layer(out, "SimpleMarker", &options, "");
}

fn layer(out: &mut String, class: &str, options: &[(&str, String)], inner: &str) {
    line(out, &format!("<layer class=\"{class}\" enabled=\"1\" pass=\"0\" locked=\"0\">"));
    out.push_str("<Option type=\"Map\">\n");
    for (name, value) in options {
        line(out, &format!("<Option name=\"{name}\" type=\"QString\" value=\"{value}\"/>"));
    }
    out.push_str("</Option>\n");
    // Before version 3.18 the same stood in other elements.
    for (name, value) in options {
        line(out, &format!("<prop k=\"{name}\" v=\"{value}\"/>"));
    }
    out.push_str(inner);
    out.push_str("</layer>\n");
}

fn labels(out: &mut String, field: &str) {
    line(
        out,
        &format!(
            "<labeling type=\"simple\"><settings calloutType=\"simple\"><text-style fieldName=\"{field}\" fontSize=\"8\" fontSizeUnit=\"Point\"><text-buffer bufferDraw=\"1\" bufferSize=\"0.8\"/></text-style><placement placement=\"0\"/><rendering drawLabels=\"1\" obstacle=\"1\"/></settings></labeling>"
        ),
    );
}

fn rgba([red, green, blue]: Rgb, opacity: f64) -> String {
    format!("{red},{green},{blue},{:.0}", opacity * 255.0)
}

fn line(out: &mut String, text: &str) {
    // A String takes every write.
    let _ = writeln!(out, "{text}");
}

/// Text as it may stand in XML.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(letter),
            _ if letter.is_control() => {}
            _ => out.push(letter),
        }
    }
    out
}
