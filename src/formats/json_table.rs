//! Tables in JSON: a list of objects or of lists, at the top or one or two keys down, such as
//! `{"DataList": [{…}, …]}`.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use super::sheet::{Cell, Grid, Sheet, SheetData, Unreadable, Workbook, limits};

/// Levels of objects within a row that give columns of their own, such as `org.name`.
const NESTED: u8 = 3;
/// Levels of objects that a list of rows may be inside of.
const DEPTH: u8 = 4;

/// Reads the longest list of rows it finds. Objects get a header row of their keys, row 1.
pub fn read(bytes: &[u8]) -> Result<Workbook<'static>, Unreadable> {
    if bytes.len() > limits::JSON_BYTES {
        return Err(Unreadable::new(format!(
            "A JSON table may have {} MB: send a larger one as CSV.",
            limits::JSON_BYTES >> 20
        )));
    }
    let (text, _) = super::csv::decode(bytes);
    super::json::weigh(&text, limits::JSON_VALUES, limits::JSON_VALUES)?;
    let value = parse(text.trim_start_matches('\u{feff}'))?;
    if value
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind == "Topology" || kind == "FeatureCollection")
    {
        return Err(Unreadable::new(
            "The file is a map layer, not a table: import it as areas or sites.",
        ));
    }
    let Some(Table { name, columns, rows, .. }) = longest(&value) else {
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
        for (column, name) in columns.into_iter().flatten().enumerate() {
            push(&mut grid, 1, column, name)?;
        }
        let first = if columns.is_some() { 2 } else { 1 };
        for (position, row) in rows.iter().enumerate() {
            for (column, value) in row.as_array().into_iter().flatten().enumerate() {
                push(&mut grid, position as u32 + first, column, value)?;
            }
        }
    }
    let data = SheetData::Grid(grid.finish());
    let sheet = Sheet { name: name.to_owned(), hidden: false, merges: Vec::new(), data };
    Ok(Workbook { format: "json", note: String::new(), sheets: vec![sheet] })
}

/// One JSON document, or one on each line.
fn parse(text: &str) -> Result<Value, Unreadable> {
    let whole = serde_json::from_str(text);
    let error = match whole {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match serde_json::from_str::<Value>(line) {
            Ok(value) if value.is_object() || value.is_array() => lines.push(value),
            _ => {
                return Err(Unreadable::new(format!(
                    "The file begins like JSON but is broken: {error}."
                )));
            }
        }
    }
    Ok(Value::Array(lines))
}

fn objects(rows: &[Value], grid: &mut Grid) -> Result<(), Unreadable> {
    let mut columns: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut header: Vec<Cow<'_, str>> = Vec::new();
    for (key, _) in rows.iter().flat_map(members) {
        columns.entry(key.clone()).or_insert_with(|| {
            header.push(key);
            header.len() - 1
        });
    }
    for (column, key) in header.iter().enumerate() {
        grid.push(1, column, Cell::Text(key))?;
    }
    for (position, row) in rows.iter().enumerate() {
        let row = members(row).into_iter();
        let mut cells: Vec<_> = row.map(|(key, value)| (columns[&*key], value)).collect();
        cells.sort_by_key(|(column, _)| *column);
        cells.dedup_by_key(|(column, _)| *column);
        for (column, value) in cells {
            push(grid, position as u32 + 2, column, value)?;
        }
    }
    Ok(())
}

/// The members of a row with their names; those of an object within it with both names.
fn members(row: &Value) -> Vec<(Cow<'_, str>, &Value)> {
    let mut all = Vec::new();
    for (key, value) in row.as_object().into_iter().flatten() {
        nested(Cow::Borrowed(key), value, NESTED, &mut all);
    }
    all
}

fn nested<'a>(
    name: Cow<'a, str>,
    value: &'a Value,
    depth: u8,
    all: &mut Vec<(Cow<'a, str>, &'a Value)>,
) {
    match value {
        Value::Object(members) if depth > 0 => {
            for (key, value) in members {
                nested(format!("{name}.{key}").into(), value, depth - 1, all);
            }
        }
        // What is deeper is no cell.
        Value::Object(_) => {}
        value => all.push((name, value)),
    }
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

/// A list of rows within a document.
struct Table<'a> {
    name: &'a str,
    /// Names of the columns, where they stand beside rows that are lists.
    columns: Option<&'a Vec<Value>>,
    rows: &'a [Value],
    depth: u8,
}

/// The list with the most rows; of equals the outermost and first.
fn longest(value: &Value) -> Option<Table<'_>> {
    let mut tables = Vec::new();
    collect("", None, value, 0, &mut tables);
    tables.into_iter().reduce(|best, next| {
        let longer = next.rows.len() > best.rows.len();
        if longer && next.depth <= best.depth { next } else { best }
    })
}

fn collect<'a>(
    name: &'a str,
    columns: Option<&'a Vec<Value>>,
    value: &'a Value,
    depth: u8,
    tables: &mut Vec<Table<'a>>,
) {
    match value {
        Value::Array(rows) if rows.first().is_some_and(|row| row.is_object() || row.is_array()) => {
            tables.push(Table { name, columns, rows, depth });
        }
        Value::Object(members) if depth < DEPTH => {
            let named = ["columns", "fields", "headers"];
            let columns = named.iter().find_map(|key| members.get(*key)?.as_array());
            let columns = columns.filter(|names| names.iter().all(Value::is_string));
            for (key, value) in members {
                collect(key, columns, value, depth + 1, tables);
            }
        }
        _ => {}
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

    fn cells(text: &str) -> Vec<Vec<String>> {
        let book = read(text.as_bytes()).unwrap();
        let mut rows = Vec::new();
        let text = |cell: Cell<'_>| cell.text().unwrap_or_default().into_owned();
        book.sheets[0]
            .visit(1, |row| {
                rows.push(row.cells().map(text).collect());
                ControlFlow::Continue(())
            })
            .unwrap();
        rows
    }

    #[test]
    fn a_document_on_each_line_and_columns_beside_the_rows_are_tables() {
        let lines = "{\"a\":1,\"b\":2}\n{\"a\":3}\n";
        assert_eq!(cells(lines), [vec!["a", "b"], vec!["1", "2"], vec!["3"]]);
        let split = r#"{"meta":{"tags":[{"x":1}]},"columns":["a","b"],"data":[[1,2],[3,4]]}"#;
        assert_eq!(cells(split), [["a", "b"], ["1", "2"], ["3", "4"]]);
        assert!(read(b"{\"a\":1}\nnonsense\n").unwrap_err().0.contains("broken"));
    }

    #[test]
    fn a_few_bytes_for_each_of_many_values_are_refused() {
        for text in ["[0,", "[[],", "[{},"] {
            let long = format!("{text}{}", text[1..].repeat(limits::JSON_VALUES));
            assert!(read(long.as_bytes()).unwrap_err().0.contains("more than 5000000 values"));
        }
    }

    #[test]
    fn a_saved_error_is_refused_with_its_own_words() {
        let refusal = read(br#"{"error":{"code":400,"message":"Invalid URL"}}"#).unwrap_err();
        assert!(refusal.0.contains("Invalid URL"), "{refusal}");
    }
}
