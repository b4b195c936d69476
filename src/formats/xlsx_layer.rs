//! XLSX of a whole layer: its rows in typed cells, and a sheet that says what they are.

use super::Output;
use super::about::About;
use super::geojson_write::{self, Style};
use super::layer::{Geometry, GeometryKind, Layer, Member, Value, Want};
use super::sheet::Cell;
use super::xlsx_write::{Fill, Look, Page, ROWS, Unwritable, book};

pub const MEDIA: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Rows of a layer that fit under the header.
pub const MOST_ROWS: usize = ROWS as usize - 1;

/// Writes a whole layer; a layer of points ends with `longitude` and `latitude`.
pub fn write_layer(
    out: &mut (dyn Output + Send),
    layer: &Layer<'_>,
    style: &Style,
    about: &About<'_>,
) -> Result<(), Unwritable> {
    let fields = about.fields(layer, style);
    let sheets: Vec<(_, Fill<'_>)> = vec![
        (layer.name, Box::new(|page: &mut Page<'_>| rows(page, layer, style, &fields))),
        ("readme", Box::new(|page: &mut Page<'_>| readme(page, layer, style, about, &fields))),
    ];
    let made = about.members.iter().find_map(|(name, member)| match member {
        Member::Text(text) if *name == "revised_at" => Some(text.as_str()),
        _ => None,
    });
    book(out, made, sheets)
}

/// A column: name, meaning, unit and HXL tag.
type Described<'d> = (&'d str, &'d str, &'d str, &'d str);

const ID: Described<'static> = ("id", "Id of the row, as the API has it", "", "#meta+id");
/// The columns that a layer of points ends with.
const PLACE: [Described<'static>; 2] = [
    ("longitude", "East of Greenwich, WGS 84", "degrees", "#geo+lon"),
    ("latitude", "North of the equator, WGS 84", "degrees", "#geo+lat"),
];

/// Whether the row's own id needs a column.
fn with_id(layer: &Layer<'_>, fields: &[usize]) -> bool {
    !fields.iter().filter_map(|at| layer.fields.get(*at)).any(|field| field.name == ID.0)
}

fn has_points(layer: &Layer<'_>, style: &Style) -> bool {
    layer.geometry == GeometryKind::Point && style.grid.is_some()
}

fn rows(
    page: &mut Page<'_>,
    layer: &Layer<'_>,
    style: &Style,
    fields: &[usize],
) -> Result<(), Unwritable> {
    let chosen = fields.iter().filter_map(|at| layer.fields.get(*at));
    let mut names: Vec<&str> = chosen.map(|field| field.name).collect();
    let (with_id, points) = (with_id(layer, fields), has_points(layer, style));
    if with_id {
        names.insert(0, ID.0);
    }
    if points {
        names.extend(PLACE.map(|(name, ..)| name));
    }
    for (column, name) in names.iter().enumerate() {
        page.width(column, name.chars().count().clamp(8, 28) as f64 + 2.0)?;
    }
    page.freeze(1)?;
    for (column, name) in names.iter().enumerate() {
        page.cell(1, column, Cell::Text(name), Look::Header)?;
    }
    let mut values = Vec::new();
    for position in 0..layer.matched.len().min(MOST_ROWS) {
        let (row, line) = (layer.matched.row(position), position as u32 + 2);
        let mut column = 0;
        if with_id {
            page.cell(line, 0, Cell::Text(&layer.rows.id(row)), Look::Plain)?;
            column = 1;
        }
        values.clear();
        layer.rows.values(row, &mut values);
        for value in fields.iter().filter_map(|at| values.get(*at)) {
            page.cell(line, column, cell(value), Look::Plain)?;
            column += 1;
        }
        if points && let Geometry::Point(at) = layer.rows.geometry(row, Want::Shape) {
            page.cell(line, column, Cell::Number(at.x()), Look::Plain)?;
            page.cell(line, column + 1, Cell::Number(at.y()), Look::Plain)?;
        }
    }
    Ok(())
}

fn cell<'c>(value: &'c Value<'_>) -> Cell<'c> {
    match value {
        Value::Null => Cell::Empty,
        Value::Text(text) => Cell::Text(text),
        Value::Integer(whole) => Cell::Number(*whole as f64),
        Value::Number(figure) if figure.is_finite() => Cell::Number(*figure),
        Value::Number(_) => Cell::Empty,
        Value::Boolean(yes) => Cell::Bool(*yes),
        Value::Date(days) => Cell::Date(crate::domain::Day(*days)),
    }
}

fn readme(
    page: &mut Page<'_>,
    layer: &Layer<'_>,
    style: &Style,
    about: &About<'_>,
    fields: &[usize],
) -> Result<(), Unwritable> {
    for (column, width) in [28.0, 60.0, 14.0, 26.0].into_iter().enumerate() {
        page.width(column, width)?;
    }
    let mut line = 0;
    let mut row = |page: &mut Page<'_>, cells: &[&str], look: Look| {
        line += 1;
        for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let look = if column == 0 { look } else { Look::Plain };
            page.cell(line, column, Cell::Text(text), look)?;
        }
        Ok::<(), Unwritable>(())
    };
    row(page, &[about.title, about.description], Look::Header)?;
    for (name, member) in about.members {
        match member {
            Member::Text(text) | Member::Crs(text) => row(page, &[name, text], Look::Plain)?,
            Member::Boolean(yes) => row(page, &[name, &yes.to_string()], Look::Plain)?,
            Member::Integer(number) => row(page, &[name, &number.to_string()], Look::Plain)?,
            Member::Record(entries) => {
                for (entry, value) in entries {
                    row(page, &[&format!("{name}: {entry}"), &words(value)], Look::Plain)?;
                }
            }
            Member::Records(records) => {
                for entries in records {
                    let parts =
                        entries.iter().map(|(entry, value)| format!("{entry} {}", words(value)));
                    row(page, &[name, &parts.collect::<Vec<_>>().join(", ")], Look::Plain)?;
                }
            }
        }
    }
    row(page, &[""], Look::Plain)?;
    row(page, &["Column", "Meaning", "Unit", "HXL tag"], Look::Header)?;
    let mut column = |(name, meaning, unit, hxl): Described<'_>| {
        row(page, &[name, meaning, unit, hxl], Look::Plain)
    };
    if with_id(layer, fields) {
        column(ID)?;
    }
    for field in fields.iter().filter_map(|at| layer.fields.get(*at)) {
        let (unit, hxl) = (field.unit.unwrap_or(""), field.hxl.unwrap_or(""));
        column((field.name, field.description, unit, hxl))?;
    }
    if has_points(layer, style) {
        PLACE.into_iter().try_for_each(column)?;
    }
    Ok(())
}

fn words(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Null => String::new(),
        other => {
            let mut out = Vec::new();
            geojson_write::value(&mut out, other);
            String::from_utf8_lossy(&out).trim_matches('"').to_owned()
        }
    }
}
