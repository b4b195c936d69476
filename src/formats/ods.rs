//! ODS spreadsheets, reading: every sheet of `content.xml`, straight into grids. Repeats are written
//! out only where they have content, and no more of them than a table can have.
//!
//! Format: OASIS OpenDocument 1.3, part 3.

use std::collections::HashMap;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::sheet::{Cell, Grid, Merge, Sheet, SheetData, Unreadable, Workbook, limits};
use super::spreadsheet::{clip, iso};

/// Elements inside one another.
const DEPTH: usize = 256;

/// Reads `content.xml`.
pub fn read(content: impl BufRead) -> Result<Workbook<'static>, Unreadable> {
    let mut reader = Reader::from_reader(content);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = false;
    let mut state = State::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| broken(&error))? {
            Event::Start(element) => state.open(&element)?,
            Event::End(_) => state.close()?,
            Event::Text(text) => state.write(&text)?,
            Event::CData(text) => state.write(&text)?,
            Event::GeneralRef(reference) => {
                let code = reference.resolve_char_ref().ok().flatten().map(String::from);
                let named = quick_xml::escape::resolve_predefined_entity(&reference);
                state.write(code.as_deref().or(named).unwrap_or(" "))?;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(Workbook { format: "ods", note: String::new(), sheets: state.sheets })
}

fn broken(why: &dyn std::fmt::Display) -> Unreadable {
    Unreadable(format!("The ODS file is broken and cannot be opened ({why})."))
}

#[derive(Default)]
struct State {
    sheets: Vec<Sheet<'static>>,
    /// Local names of the open elements.
    path: Vec<String>,
    /// Styles of tables that are not shown.
    hidden: HashMap<String, bool>,
    /// The open style.
    style: String,
    table: Option<Table>,
    cells: usize,
    repeated: u64,
}

/// The open table.
struct Table {
    name: String,
    hidden: bool,
    grid: Grid,
    merges: Vec<Merge>,
    /// Number of the open row, from 1, and how often it comes.
    row: u32,
    rows: u32,
    column: usize,
    /// What the open row holds: column, how often, value.
    filled: Vec<(usize, usize, Value)>,
    cell: Option<OpenCell>,
}

struct OpenCell {
    kind: String,
    is_error: bool,
    is_formula: bool,
    value: Option<String>,
    text: String,
    paragraphs: usize,
    /// Depth of the notes on it that are open.
    notes: usize,
    columns: usize,
}

enum Value {
    Text(String),
    Iso(String),
    Number(f64),
    /// Shown as per cent.
    Share(f64),
    Bool(bool),
    Error(String),
}

impl State {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), Unreadable> {
        if self.path.len() >= DEPTH {
            return Err(broken(&"its elements are nested too deeply"));
        }
        let name = element.local_name().as_ref().to_owned();
        match (name.as_str(), &mut self.table) {
            ("style", None) => self.style = attribute(element, "name").unwrap_or_default(),
            ("table-properties", None) => {
                let hidden = attribute(element, "display").is_some_and(|shown| shown == "false");
                self.hidden.insert(std::mem::take(&mut self.style), hidden);
            }
            ("table", None) => {
                let style = attribute(element, "style-name").unwrap_or_default();
                self.table = Some(Table {
                    name: attribute(element, "name").unwrap_or_default(),
                    hidden: self.hidden.get(&style).copied().unwrap_or(false),
                    grid: Grid::default(),
                    merges: Vec::new(),
                    row: 1,
                    rows: 1,
                    column: 0,
                    filled: Vec::new(),
                    cell: None,
                });
            }
            ("table-row", Some(table)) if table.cell.is_none() => {
                table.rows = count(element, "number-rows-repeated");
                table.column = 0;
                table.filled.clear();
            }
            ("table-cell" | "covered-table-cell", Some(table)) if table.cell.is_none() => {
                table.open_cell(element);
            }
            (_, Some(Table { cell: Some(cell), .. })) => match name.as_str() {
                "annotation" => cell.notes += 1,
                "p" if cell.notes == 0 => {
                    if cell.paragraphs > 0 {
                        cell.text.push('\n');
                    }
                    cell.paragraphs += 1;
                }
                // More blanks than that are no text.
                "s" => cell.write(&" ".repeat(count(element, "c").min(100) as usize))?,
                "tab" => cell.write("\t")?,
                "line-break" => cell.write("\n")?,
                _ => {}
            },
            _ => {}
        }
        self.path.push(name);
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), Unreadable> {
        // Blanks between elements are no text, only those within a paragraph.
        let Some(Table { cell: Some(cell), .. }) = &mut self.table else { return Ok(()) };
        if cell.paragraphs > 0 && self.path.iter().rev().any(|name| name == "p") {
            cell.write(text)?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Unreadable> {
        let Some(name) = self.path.pop() else { return Ok(()) };
        let Some(table) = &mut self.table else { return Ok(()) };
        match name.as_str() {
            "annotation" => {
                if let Some(cell) = &mut table.cell {
                    cell.notes = cell.notes.saturating_sub(1);
                }
            }
            "table-cell" | "covered-table-cell" => {
                self.cells += 1;
                if self.cells > limits::CELLS {
                    return Err(Unreadable(format!("More than {} cells.", limits::CELLS)));
                }
                table.close_cell();
            }
            "table-row" if table.cell.is_none() => table.close_row(&mut self.repeated)?,
            "table" if table.cell.is_none() => {
                let Some(mut table) = self.table.take() else { return Ok(()) };
                table.grid.fill_down(&table.merges);
                let data = SheetData::Grid(table.grid.finish());
                let Table { name, hidden, merges, .. } = table;
                self.sheets.push(Sheet { name, hidden, merges, data });
            }
            _ => {}
        }
        Ok(())
    }
}

impl Table {
    fn open_cell(&mut self, element: &BytesStart<'_>) {
        let columns = count(element, "number-columns-repeated") as usize;
        let (down, across) =
            (count(element, "number-rows-spanned"), count(element, "number-columns-spanned"));
        if (down > 1 || across > 1) && self.merges.len() < limits::MERGES {
            let column = self.column.min(limits::COLUMNS) as u32;
            self.merges.push(Merge {
                rows: (self.row, self.row.saturating_add(down - 1)),
                columns: (column, column.saturating_add(across - 1)),
            });
        }
        let kind = attribute(element, "value-type").unwrap_or_default();
        let value = match kind.as_str() {
            "float" | "percentage" | "currency" => attribute(element, "value"),
            "date" => attribute(element, "date-value"),
            "time" => attribute(element, "time-value"),
            "boolean" => attribute(element, "boolean-value"),
            _ => attribute(element, "string-value"),
        };
        // A program that shows an error says so in an attribute of its own.
        let is_error = element.attributes().with_checks(false).flatten().any(|attribute| {
            attribute.key.as_ref() == "calcext:value-type" && attribute.value == "error"
        });
        let is_formula = attribute(element, "formula").is_some();
        let (text, paragraphs, notes) = (String::new(), 0, 0);
        let open = OpenCell { kind, is_error, is_formula, value, text, paragraphs, notes, columns };
        self.cell = Some(open);
    }

    fn close_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let columns = cell.columns;
        // A result that is empty has a kind.
        let has_no_result = cell.is_formula && cell.kind.is_empty();
        let is_share = cell.kind == "percentage";
        let value = cell.value();
        let is_blank = matches!(&value, Value::Text(text) if Cell::Text(text).is_blank());
        if is_blank && has_no_result {
            self.grid.uncomputed(self.column);
        }
        let value = match value {
            Value::Number(number) if is_share => Value::Share(number),
            value => value,
        };
        if !is_blank {
            self.filled.push((self.column, columns, value));
        }
        self.column = self.column.saturating_add(columns);
    }

    fn close_row(&mut self, repeated: &mut u64) -> Result<(), Unreadable> {
        let (first, rows) = (self.row, self.rows);
        self.row = self.row.saturating_add(rows);
        self.rows = 1;
        if self.filled.is_empty() {
            return Ok(());
        }
        let cells: u64 = self.filled.iter().map(|(_, times, _)| *times as u64).sum();
        let copies = cells.saturating_mul(u64::from(rows)) - self.filled.len() as u64;
        *repeated = repeated.saturating_add(copies);
        if *repeated > limits::REPEATED_CELLS {
            return Err(Unreadable::new("The sheet repeats more cells than a table can have."));
        }
        for row in first..first.saturating_add(rows) {
            for (column, times, value) in &self.filled {
                for at in *column..column.saturating_add(*times) {
                    let cell = match value {
                        Value::Text(text) => Cell::Text(clip(text)?),
                        Value::Iso(text) => iso(text),
                        Value::Number(number) => Cell::Number(*number),
                        Value::Share(number) => {
                            self.grid.share(row, at, *number);
                            Cell::Number(*number)
                        }
                        Value::Bool(flag) => Cell::Bool(*flag),
                        Value::Error(text) => Cell::Error(clip(text)?),
                    };
                    self.grid.push(row, at, cell)?;
                }
            }
        }
        self.filled.clear();
        Ok(())
    }
}

impl OpenCell {
    fn write(&mut self, text: &str) -> Result<(), Unreadable> {
        if self.notes == 0 {
            self.text.push_str(text);
            clip(&self.text)?;
        }
        Ok(())
    }

    /// What the cell says: the value it has, else what it shows.
    fn value(self) -> Value {
        if self.is_error {
            return Value::Error(self.text);
        }
        match (self.kind.as_str(), self.value) {
            ("float" | "percentage" | "currency", Some(value)) => match value.trim().parse() {
                Ok(number) => Value::Number(number),
                Err(_) => Value::Text(value),
            },
            ("date" | "time", Some(value)) => Value::Iso(value),
            ("boolean", Some(value)) => Value::Bool(value == "true"),
            (_, Some(value)) if !value.is_empty() => Value::Text(value),
            _ => Value::Text(self.text),
        }
    }
}

/// An attribute by its local name.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|attribute| {
        // A second value-type beside that of the format is an extension of one program.
        let key = attribute.key;
        key.local_name().as_ref() == name && !key.as_ref().starts_with("calcext:")
    })?;
    let plain = quick_xml::escape::unescape(&found.value);
    Some(plain.map_or_else(|_| found.value.to_string(), |value| value.into_owned()))
}

/// How often something comes: once where nothing is said.
fn count(element: &BytesStart<'_>, name: &str) -> u32 {
    let count = attribute(element, name).and_then(|count| count.trim().parse().ok());
    count.unwrap_or(1).max(1)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    fn table(rows: &str) -> String {
        format!(
            r#"<office:document-content><office:automatic-styles><style:style style:name="h"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
            <office:body><office:spreadsheet><table:table table:name="A &amp; B" table:style-name="h"> {rows} </table:table></office:spreadsheet></office:body></office:document-content>"#
        )
    }

    fn rows(text: &str) -> Vec<(u32, String)> {
        let book = read(text.as_bytes()).unwrap();
        let mut rows = Vec::new();
        book.sheets[0]
            .visit(1, |row| {
                let cells = row.cells().map(|cell| cell.text().unwrap_or_default().into_owned());
                rows.push((row.number, cells.collect::<Vec<_>>().join("|")));
                ControlFlow::Continue(())
            })
            .unwrap();
        rows
    }

    #[test]
    fn values_texts_and_repeats_are_read_as_shown() {
        let text = table(
            r#"<table:table-row><table:table-cell office:value-type="string"><text:p>Org</text:p></table:table-cell>
              <table:table-cell table:number-columns-repeated="2"/>
              <table:table-cell office:value-type="string" calcext:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>a<text:s text:c="2"/><text:span>b</text:span> &lt;&#233;</text:p><text:p>c</text:p></table:table-cell></table:table-row>
            <table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
            <table:table-row table:number-rows-repeated='2'><table:table-cell office:value-type="float" office:value="12.5" table:number-columns-repeated = '2'><text:p>12,5</text:p></table:table-cell>
              <table:table-cell office:value-type="date" office:date-value="2024-03-01"><text:p>1/3</text:p></table:table-cell>
              <table:table-cell office:value-type="boolean" office:boolean-value="true"/>
              <table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell></table:table-row>
            <table:table-row table:number-rows-repeated="1047573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#,
        );
        let expected = [
            (1, "Org|||a  b <é\nc"),
            (1002, "12.5|12.5|2024-03-01|true|#N/A"),
            (1003, "12.5|12.5|2024-03-01|true|#N/A"),
        ];
        assert_eq!(rows(&text), expected.map(|(number, text)| (number, text.to_owned())));
        let sheet = &read(text.as_bytes()).unwrap().sheets[0];
        assert_eq!((sheet.name.as_str(), sheet.hidden), ("A & B", true));
    }

    #[test]
    fn cells_merged_downwards_speak_for_their_rows() {
        let cell = |text: &str| {
            format!(
                r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
            )
        };
        let merged =
            cell("UNICEF").replace("cell office", r#"cell table:number-rows-spanned="2" office"#);
        let text = table(&format!(
            "<table:table-row>{merged}{}</table:table-row><table:table-row><table:covered-table-cell/>{}</table:table-row>",
            cell("a"),
            cell("b")
        ));
        assert_eq!(rows(&text), [(1, "UNICEF|a".to_owned()), (2, "UNICEF|b".to_owned())]);
    }

    #[test]
    fn a_few_bytes_that_stand_for_millions_of_cells_are_refused() {
        let cell = r#"<table:table-cell table:number-columns-repeated = '1900' office:value-type="string"><text:p>x</text:p></table:table-cell>"#;
        let refusal = |rows: &str| read(table(rows).as_bytes()).unwrap_err().0;
        let across = format!("<table:table-row>{cell}</table:table-row>").repeat(3000);
        assert!(refusal(&across).contains("repeats more cells"));
        let down = format!(
            r#"<table:table-row table:number-rows-repeated="4294967295">{cell}</table:table-row>"#
        );
        assert!(refusal(&down).contains("repeats more cells"));
        assert!(refusal(&"<a>".repeat(100_000)).contains("nested too deeply"));
        let long = format!(
            r#"<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell></table:table-row>"#,
            "x".repeat(limits::CELL_BYTES + 1)
        );
        assert!(refusal(&long).contains("longer than"));
    }
}
