//! Headers written again in each cell that they stand over, as a spreadsheet fills in cells that were
//! merged: labels down, groups to the right. They are read as one cell that stands there once.

use super::Top;
use super::levels::is_word;
use crate::formats::sheet::{Merge, Sheet};
use crate::intake::Kind;
use crate::intake::headers::words;

/// The rows with what is merged or written again in the first of its cells only.
pub(super) fn once(sheet: &Sheet<'_>, top: &[Top], kind: Kind) -> Vec<Top> {
    groups_once(labels_once(sheet, top, kind))
}

/// Labels that stand in several rows in the first of these only.
fn labels_once(sheet: &Sheet<'_>, top: &[Top], kind: Kind) -> Vec<Top> {
    let has_words = |row: &Top| row.numbers * 3 <= row.filled();
    let once = |at: usize| {
        let row = &top[at];
        let above = at.checked_sub(1).map(|above| &top[above]);
        let above = above
            .filter(|above| above.number + 1 == row.number && has_words(above) && has_words(row));
        let again = |column: &usize| {
            let cell = &row.cells[*column];
            let above = above.and_then(|above| above.cells.get(*column));
            !cell.is_empty() && above == Some(cell)
        };
        let mut again: Vec<usize> = (0..row.cells.len()).filter(again).collect();
        let known = again.iter().filter(|column| words(kind, &row.cells[**column]).is_some());
        if known.count() < 2 {
            let is_tall = |merge: &Merge, column: usize| {
                let columns = merge.columns.0 as usize..=merge.columns.1 as usize;
                columns.contains(&column) && merge.rows.0 < row.number && row.number <= merge.rows.1
            };
            again.retain(|column| sheet.merges.iter().any(|merge| is_tall(merge, *column)));
        }
        let mut cells = row.cells.clone();
        again.into_iter().for_each(|column| cells[column].clear());
        Top { number: row.number, cells, numbers: row.numbers }
    };
    (0..top.len()).map(once).collect()
}

/// Groups that stand in several cells in the first of these only: cells that are the same in one row
/// and have words below them, where nothing but labels and such words stands in the row below.
fn groups_once(mut top: Vec<Top>) -> Vec<Top> {
    for at in 1..top.len() {
        let (above, below) = top.split_at(at);
        let (Some(row), Some(below)) = (above.last(), below.first()) else { continue };
        let outer = above.iter().rev().nth(1).filter(|outer| outer.number + 1 == row.number);
        let again: Vec<usize> =
            (1..row.cells.len()).filter(|at| is_again(row, outer, *at)).collect();
        let is_group = |at: &usize| again.contains(at) || again.contains(&(at + 1));
        let fits = |at: usize| {
            let (own, below) = (cell(row, at), cell(below, at));
            match is_group(&at) {
                true => !below.is_empty() && is_word(below),
                false => own.is_empty() || below.is_empty() || below == own,
            }
        };
        let width = row.cells.len().max(below.cells.len());
        if row.number + 1 == below.number && !again.is_empty() && (0..width).all(fits) {
            let row = &mut top[at - 1];
            again.into_iter().for_each(|at| row.cells[at].clear());
        }
    }
    top
}

/// Whether a cell is the same as that before it, below the same group.
fn is_again(row: &Top, outer: Option<&Top>, at: usize) -> bool {
    let group = |at: usize| outer.map_or("", |outer| cell(outer, at));
    let same = !cell(row, at).is_empty() && cell(row, at) == cell(row, at - 1);
    same && is_word(cell(row, at)) && (group(at).is_empty() || group(at) == group(at - 1))
}

fn cell(row: &Top, at: usize) -> &str {
    row.cells.get(at).map_or("", String::as_str)
}
