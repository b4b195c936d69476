//! Tables in JSON: a list of objects or of lists, at the top or one or two keys down, such as
//! `{"DataList": [{…}, …]}`.

use std::collections::HashMap;

use serde_json::Value;

use super::sheet::{Cell, Grid, Sheet, SheetData, Unreadable, Workbook, limits};

/// Reads the first list of rows it finds. Objects get a header row of their keys, row 1.
pub fn read(bytes: &[u8]) -> Result<Workbook<'static>, Unreadable> {
    if bytes.len() > limits::JSON_BYTES {
        return Err(Unreadable::new(format!(
            "A JSON table may have {} MB: send a larger one as CSV.",
            limits::JSON_BYTES >> 20
        )));
    }
    let (text, _) = super::csv::decode(bytes);
    let value: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            Unreadable::new(format!("The file begins like JSON but is broken: {error}."))
        })?;
    if value
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind == "Topology" || kind == "FeatureCollection")
    {
        return Err(Unreadable::new(
            "The file is a map layer, not a table: import it as areas or sites.",
        ));
    }
    let Some((name, rows)) = rows_of(&value, 2) else {
        let said = value
            .pointer("/error/message")
            .or_else(|| value.get("message"))
            .or_else(|| value.get("error"));
        let said = said
            .and_then(Value::as_str)
            .map(|said| format!(" It says: \"{said}\"."))
            .unwrap_or_default();
        return Err(Unreadable::new(format!(
            "The file is JSON without a list of rows in it.{said}"
        )));
    };
    let mut grid = Grid::default();
    if rows[0].is_object() {
        objects(rows, &mut grid)?;
    } else {
        for (position, row) in rows.iter().enumerate() {
            for (column, value) in row.as_array().into_iter().flatten().enumerate() {
                push(&mut grid, position as u32 + 1, column, value)?;
            }
        }
    }
    let data = SheetData::Grid(grid.finish());
    let sheet = Sheet { name: name.to_owned(), hidden: false, merges: Vec::new(), data };
    Ok(Workbook { format: "json", note: String::new(), sheets: vec![sheet] })
}

fn objects(rows: &[Value], grid: &mut Grid) -> Result<(), Unreadable> {
    let mut columns: HashMap<&str, usize> = HashMap::new();
    let mut header: Vec<&str> = Vec::new();
    for key in rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys()) {
        columns.entry(key).or_insert_with(|| {
            header.push(key);
            header.len() - 1
        });
    }
    for (column, key) in header.iter().enumerate() {
        grid.push(1, column, Cell::Text(key))?;
    }
    for (position, row) in rows.iter().enumerate() {
        let row = row.as_object().into_iter().flatten();
        let mut cells: Vec<_> = row.map(|(key, value)| (columns[key.as_str()], value)).collect();
        cells.sort_by_key(|(column, _)| *column);
        for (column, value) in cells {
            push(grid, position as u32 + 2, column, value)?;
        }
    }
    Ok(())
}

fn push(grid: &mut Grid, row: u32, column: usize, value: &Value) -> Result<(), Unreadable> {
    match value {
        Value::Null => Ok(()),
        Value::Bool(value) => grid.push(row, column, Cell::Bool(*value)),
        Value::Number(number) => match number.as_f64() {
            Some(number) => grid.push(row, column, Cell::Number(number)),
            None => Ok(()),
        },
        Value::String(text) => grid.push(row, column, Cell::Text(text)),
        other => grid.push(row, column, Cell::Text(&other.to_string())),
    }
}

fn rows_of(value: &Value, depth: u8) -> Option<(&str, &[Value])> {
    match value {
        Value::Array(rows) => {
            let table = rows.first().is_some_and(|row| row.is_object() || row.is_array());
            table.then_some(("", rows.as_slice()))
        }
        Value::Object(members) if depth > 0 => members.iter().find_map(|(key, value)| {
            let (name, rows) = rows_of(value, depth - 1)?;
            Some((if name.is_empty() { key.as_str() } else { name }, rows))
        }),
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    #[test]
    fn objects_in_a_list_become_rows_under_their_keys() {
        let book = read(br#"{"DataList":[{"a":1,"b":"x"},{"b":"y","c":true}]}"#).unwrap();
        assert_eq!(book.sheets[0].name, "DataList");
        let mut rows = Vec::new();
        book.sheets[0]
            .visit(1, |row| {
                rows.push(
                    (0..3)
                        .map(|at| row.cell(at).text().unwrap_or_default().into_owned())
                        .collect::<Vec<_>>(),
                );
                ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!(rows, [["a", "b", "c"], ["1", "x", ""], ["", "y", "true"]]);
    }

    #[test]
    fn a_saved_error_is_refused_with_its_own_words() {
        let refusal = read(br#"{"error":{"code":400,"message":"Invalid URL"}}"#).unwrap_err();
        assert!(refusal.0.contains("Invalid URL"), "{refusal}");
    }
}
