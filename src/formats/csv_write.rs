//! CSV (RFC 4180) with a header row: UTF-8, CRLF, ISO dates, no cell that a spreadsheet would run.

use std::borrow::Cow;
use std::io::{self, Write};

use super::layer::{Geometry, GeometryKind, Layer, Value, Want};
use crate::domain::Day;

/// Writes a whole layer. The first column is `id`, unless a field of its own is called so; a layer of points ends with `longitude` and
/// `latitude`. Unknown values are empty cells. `fields` limits the columns; `hxl` adds a row of tags
/// under the header.
pub fn write_layer(
    to: &mut impl Write,
    layer: &Layer<'_>,
    fields: Option<&[usize]>,
    hxl: bool,
) -> io::Result<()> {
    let all: Vec<usize> = (0..layer.fields.len()).collect();
    let fields = fields.unwrap_or(&all);
    let points = layer.geometry == GeometryKind::Point;
    let mut line = Vec::with_capacity(80 * 1024);
    let names = fields.iter().filter_map(|position| layer.fields.get(*position));
    let mut names: Vec<&str> = names.map(|field| field.name).collect();
    let with_id = !names.contains(&"id");
    if with_id {
        names.insert(0, "id");
    }
    if points {
        names.extend(["longitude", "latitude"]);
    }
    line.extend_from_slice(names.join(",").as_bytes());
    line.extend_from_slice(b"\r\n");
    if hxl {
        let tagged = fields.iter().filter_map(|position| layer.fields.get(*position));
        let mut tags: Vec<&str> = tagged.map(|field| field.hxl.unwrap_or("")).collect();
        if with_id {
            tags.insert(0, "#meta+id");
        }
        if points {
            tags.extend(["#geo+lon", "#geo+lat"]);
        }
        line.extend_from_slice(tags.join(",").as_bytes());
        line.extend_from_slice(b"\r\n");
    }

    let mut values = Vec::with_capacity(layer.fields.len());
    for position in 0..layer.matched.len() {
        let row = layer.matched.row(position);
        if with_id {
            line.extend_from_slice(text(&layer.rows.id(row)).as_bytes());
        }
        values.clear();
        layer.rows.values(row, &mut values);
        let found = fields.iter().filter_map(|position| values.get(*position));
        for (column, found) in found.enumerate() {
            if with_id || column > 0 {
                line.push(b',');
            }
            cell(&mut line, found);
        }
        if points {
            match layer.rows.geometry(row, Want::Shape) {
                Geometry::Point(at) => write!(line, ",{:.6},{:.6}", at.x(), at.y())?,
                _ => line.extend_from_slice(b",,"),
            }
        }
        line.extend_from_slice(b"\r\n");
        if line.len() > 64 * 1024 {
            to.write_all(&line)?;
            line.clear();
        }
    }
    to.write_all(&line)
}

fn cell(out: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Null => {}
        Value::Text(words) => out.extend_from_slice(text(words).as_bytes()),
        Value::Integer(whole) => {
            out.extend_from_slice(itoa::Buffer::new().format(*whole).as_bytes());
        }
        Value::Number(figure) if figure.is_finite() => {
            super::geojson_write::number(out, *figure);
        }
        Value::Number(_) => {}
        Value::Boolean(yes) => out.extend_from_slice(if *yes { b"true" } else { b"false" }),
        Value::Date(days) => out.extend_from_slice(Day(*days).to_string().as_bytes()),
    }
}

/// A text cell, quoted where it has to be. One that a spreadsheet would take for a formula gets an
/// apostrophe before it; a number is none, nor is a sign alone.
pub fn text(words: &str) -> Cow<'_, str> {
    let runs = words.len() > 1
        && words.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
        && words.parse::<f64>().is_err();
    let before = if runs { "'" } else { "" };
    if words.contains(['"', ',', '\n', '\r', ';', '\t']) {
        Cow::Owned(format!("\"{before}{}\"", words.replace('"', "\"\"")))
    } else if runs {
        Cow::Owned(format!("{before}{words}"))
    } else {
        Cow::Borrowed(words)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn check(value: Value<'_>, expected: &str) {
        let mut out = Vec::new();
        cell(&mut out, &value);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_defused() {
        check(Value::Text(Cow::Borrowed("=1+1")), "'=1+1");
        check(Value::Text(Cow::Borrowed("@SUM(A1,A2)")), "\"'@SUM(A1,A2)\"");
        check(Value::Text(Cow::Borrowed("\n=1+1")), "\"'\n=1+1\"");
        check(Value::Text(Cow::Borrowed("-5")), "-5");
        check(Value::Text(Cow::Borrowed("-")), "-");
        check(Value::Number(-5.5), "-5.5");
    }

    #[test]
    fn quotes_commas_and_line_ends_are_quoted() {
        check(Value::Text(Cow::Borrowed("a \"b\", c\nd")), "\"a \"\"b\"\", c\nd\"");
        check(Value::Null, "");
        check(Value::Date(0), "1970-01-01");
        check(Value::Number(f64::NAN), "");
    }
}
