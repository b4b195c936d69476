//! Sheets that sum up other rows and are no rows themselves: pivot tables, matrices of places by
//! sectors.

use std::collections::BTreeSet;

use super::Top;
use crate::intake::vocabulary::{self, List, Span, list, normalise};

/// Rows in which a pivot table or a matrix shows itself.
const SHOWN_IN: usize = 12;
/// Different sectors that make a row of headers a matrix.
const SECTORS: usize = 4;

/// Words that spreadsheets write on pivot tables.
static PIVOT_WORDS: List = list("on a pivot table");
/// Beginnings of the words on a figure of a pivot table.
static PIVOT_FIGURES: List = list("figure of a pivot table");

/// What a sheet is, where it is a summary.
pub(super) fn of(top: &[Top]) -> Option<&'static str> {
    if is_pivot(top) {
        return Some("a pivot table");
    }
    is_matrix(top).then_some("a matrix of places by clusters")
}

/// Whether a sheet is called as the sum of those beside it: `Total`, `Cumulative 2026`.
pub(super) fn names_sum(name: &str) -> bool {
    let folded = normalise(name);
    let words = folded.split(' ').filter(|word| word.parse::<u16>().is_err());
    let words = words.collect::<Vec<_>>().join(" ");
    vocabulary::total(&words).is_some() || vocabulary::span(&words) == Some(Span::Beginning)
}

fn is_pivot(top: &[Top]) -> bool {
    let cells = top.iter().take(SHOWN_IN).flat_map(|row| &row.cells);
    let cells = cells.filter(|cell| !cell.is_empty() && cell.len() < 80);
    let folded: Vec<String> = cells.map(|cell| normalise(cell)).collect();
    let begins = |cell: &str, start: &str| {
        cell.strip_prefix(start).is_some_and(|rest| rest.starts_with(' '))
    };
    let figure = |cell: &&String| PIVOT_FIGURES.iter().any(|start| begins(cell, start));
    folded.iter().any(|cell| PIVOT_WORDS.contains(&cell.as_str()))
        || folded.iter().filter(figure).count() >= 2
}

/// A row of at least four different sectors over figures.
fn is_matrix(top: &[Top]) -> bool {
    let header = top.iter().take(SHOWN_IN).enumerate().find(|(_, row)| {
        let sector = |cell: &&String| !cell.is_empty() && cell.len() < 60;
        let sectors = row.cells.iter().filter(sector).filter_map(|cell| vocabulary::sector(cell));
        sectors.map(|sector| sector as u8).collect::<BTreeSet<u8>>().len() >= SECTORS
    });
    let Some((at, header)) = header else { return false };
    let columns: Vec<usize> = header
        .cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.is_empty() && vocabulary::sector(cell).is_some())
        .map(|(column, _)| column)
        .collect();
    let below = || top[at + 1..].iter().take(30);
    let cells = below().flat_map(|row| columns.iter().filter_map(|column| row.cells.get(*column)));
    let (mut filled, mut numbers) = (0, 0);
    for cell in cells.filter(|cell| !cell.is_empty()) {
        filled += 1;
        numbers += u32::from(cell.replace([',', ' '], "").parse::<f64>().is_ok());
    }
    filled > 0 && numbers * 10 >= filled * 9
}
