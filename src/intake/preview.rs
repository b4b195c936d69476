//! The start of a file as its sender sees it: the first rows, a few values of each column.
//! What looks like personal data is masked here too.

use std::ops::ControlFlow;

use super::report::{ColumnReport, SheetReport};
use super::table::Found;
use super::{Unreadable, personal};
use crate::formats::features::Layer;
use crate::formats::sheet::{Cell, Workbook};

/// Rows that are shown.
const ROWS: usize = 20;
/// Rows that are searched for different values of a column.
const SEARCHED: usize = 500;
/// Values that are shown of a column.
const VALUES: usize = 4;
/// Columns that are shown.
const COLUMNS: usize = 200;
/// Characters of a cell that are shown.
const LENGTH: usize = 80;
/// What stands in place of personal data.
const MASK: &str = "•••";

/// The start of a file. It is shown and not kept: a stored report has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// The first rows below the headers.
    pub rows: Vec<RowSeen>,
    /// A few different values of each column, by position in the report's columns.
    pub values: Vec<Vec<String>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowSeen {
    /// As a spreadsheet shows it.
    pub row: u32,
    /// By position in the report's columns.
    pub cells: Vec<String>,
}

/// The start of a table.
pub fn of_table(
    book: &Workbook<'_>,
    found: &Found,
    columns: &[ColumnReport],
) -> Result<Preview, Unreadable> {
    let mut preview = Preview::begin(columns);
    let mut seen = 0;
    book.sheets[found.sheet].visit(found.first_row, |row| {
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        let cell = |column: &ColumnReport| match row.cell(column.index) {
            Cell::Empty => None,
            cell => cell.text().map(|text| text.into_owned()),
        };
        preview.see(row.number, columns, cell);
        seen += 1;
        if seen < SEARCHED { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(preview)
}

/// A layer of a map as a sheet of a workbook.
pub fn sheet(layer: &Layer) -> SheetReport {
    let rows = Some(layer.features.len());
    SheetReport { name: layer.name.clone(), rows, chosen: true, ..SheetReport::default() }
}

/// The start of map layers: their features are rows, their properties columns. With each layer comes
/// the number of columns before it.
pub fn of_layers<'a>(
    layers: impl Iterator<Item = (&'a Layer, usize)>,
    columns: &[ColumnReport],
) -> Preview {
    let mut preview = Preview::begin(columns);
    let mut row = 0;
    for (layer, before) in layers {
        for (position, feature) in layer.features.iter().take(SEARCHED).enumerate() {
            let cell = |column: &ColumnReport| {
                let field = u16::try_from(column.index.checked_sub(before)?).ok()?;
                feature.property(field)?.text()
            };
            preview.see(row + position as u32 + 1, columns, cell);
        }
        row += layer.features.len() as u32;
    }
    preview
}

impl Preview {
    fn begin(columns: &[ColumnReport]) -> Preview {
        Preview { values: vec![Vec::new(); columns.len().min(COLUMNS)], ..Preview::default() }
    }

    fn see(
        &mut self,
        number: u32,
        columns: &[ColumnReport],
        cell: impl Fn(&ColumnReport) -> Option<String>,
    ) {
        let mut cells = Vec::new();
        for (column, values) in columns.iter().zip(&mut self.values) {
            let kept = |text: String| personal::mask(&text).map_or(text, |(kept, _)| kept);
            let text = cell(column).map(|text| match column.personal {
                true => MASK.to_owned(),
                false => clip(kept(text)),
            });
            let text = text.unwrap_or_default();
            if values.len() < VALUES && !text.is_empty() && !values.contains(&text) {
                values.push(text.clone());
            }
            cells.push(text);
        }
        if self.rows.len() < ROWS {
            self.rows.push(RowSeen { row: number, cells });
        }
    }
}

fn clip(text: String) -> String {
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_are_masked_and_values_differ() {
        let column = |index: usize, header: &str| ColumnReport {
            index,
            header: header.to_owned(),
            ..ColumnReport::default()
        };
        let phone = ColumnReport { personal: true, ..column(1, "Phone") };
        let columns = [column(0, "Partner"), phone];
        let mut preview = Preview::begin(&columns);
        for (row, partner) in ["A", "A", "B"].into_iter().enumerate() {
            let cells = [partner, "+258 84"];
            preview.see(row as u32, &columns, |at| Some(cells[at.index].to_owned()));
        }
        assert_eq!(preview.values, [vec!["A", "B"], vec![MASK]]);
        assert_eq!(preview.rows[2].cells, ["B", MASK]);
    }
}
