//! What stands above each column: header, second language, group, tag.

use super::Top;
use crate::formats::sheet::{Merge, Sheet, limits};
use crate::intake::columns::Head;
use crate::intake::returned::is_own;
use crate::intake::tags::is_tag;

/// Heads from the header rows `first..=last` and the tags.
pub(super) fn heads_of(
    sheet: &Sheet<'_>,
    top: &[Top],
    first: usize,
    last: usize,
    tags: Option<&Top>,
) -> Vec<Head> {
    let tagged_only = tags.is_some_and(|tags| tags.number == top[first].number);
    let rows = if tagged_only { &top[0..0] } else { &top[first..=last] };
    let width = rows.iter().chain(tags).map(|row| row.cells.len()).max().unwrap_or(0);
    let merged_width =
        sheet.merges.iter().filter(|merge| rows.iter().any(|row| merge.rows.0 == row.number));
    let width = merged_width
        .map(|merge| merge.columns.1 as usize + 1)
        .max()
        .unwrap_or(0)
        .max(width)
        .min(limits::COLUMNS);
    let above = (!tagged_only && first > 0)
        .then(|| &top[first - 1])
        .filter(|row| row.number + 1 == top[first].number);
    let text = |row: &Top, column: usize| -> (String, bool) {
        let own = row.cells.get(column).cloned().unwrap_or_default();
        let wide = |merge: &&Merge| {
            merge.rows.0 <= row.number
                && row.number <= merge.rows.1
                && merge.columns.0 as usize <= column
                && column <= merge.columns.1 as usize
                && merge.columns.0 < merge.columns.1
        };
        match sheet.merges.iter().find(wide) {
            Some(merge) => {
                let left = row.cells.get(merge.columns.0 as usize).cloned().unwrap_or_default();
                (left, true)
            }
            None => (own, false),
        }
    };
    let head = |column: usize| {
        let mut head = Head { index: column, ..Head::default() };
        for row in rows {
            let (written, shared) = text(row, column);
            if written.is_empty() {
                continue;
            }
            if head.header.is_empty() {
                (head.header, head.shared) = (written, shared);
            } else if !shared && written != head.header {
                head.others.push(written);
            }
        }
        head.group = above.map(|row| group_of(row, &top[first], column)).unwrap_or_default();
        if let Some(row) = above {
            let (group, shared) = text(row, column);
            if shared && !group.is_empty() && !head.header.is_empty() && !head.shared {
                head.combined.push(format!("{} {}", head.header, group));
                head.combined.push(format!("{group} {}", head.header));
            }
        }
        let tag = tags.and_then(|tags| tags.cells.get(column)).cloned().unwrap_or_default();
        if is_tag(&tag) {
            head.tag = tag;
        } else if !tag.is_empty() && head.header.is_empty() {
            // A word in the row of tags is all the header there is.
            head.header = tag;
        }
        head
    };
    (0..width).map(head).filter(|head| !head.header.is_empty() || !head.tag.is_empty()).collect()
}

/// What stands in the row above a header for a column: its own cell, or the one before it that has
/// nothing but blanks behind it, as a group over several columns is written.
fn group_of(above: &Top, header: &Top, column: usize) -> String {
    if above.filled() * 2 > header.filled() + 1 {
        return String::new();
    }
    let until = above.cells.len().min(column + 1);
    let said = |cell: &&String| !cell.is_empty() && !is_own(cell);
    above.cells[..until].iter().rev().find(said).cloned().unwrap_or_default()
}
