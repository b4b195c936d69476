//! The row that numbers the columns of a form, right below its header: `1 2 3`, `(a) (b) (c)`,
//! `(7)=(6)/(5)`.

use crate::formats::sheet::SheetRow;

/// Fewer numbers in a row may be figures.
const COLUMNS: usize = 3;

/// How columns are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Number,
    Letter,
}

/// Whether the first `width` cells of a row do nothing but count the columns, one by one.
pub fn is_numbering(row: SheetRow<'_>, width: usize) -> bool {
    let mut counted: Option<(Style, usize, usize)> = None;
    let (mut filled, mut by_cell, mut by_column) = (0, true, true);
    for (column, cell) in row.cells().take(width).enumerate() {
        let Some(text) = cell.text() else { continue };
        let Some((style, number)) = mark(&text) else { return false };
        let (first_style, first, at) = *counted.get_or_insert((style, number, column));
        by_cell &= number == first + filled;
        by_column &= number == first + (column - at);
        filled += 1;
        if style != first_style || !(by_cell || by_column) || !(first <= 1 || first == at + 1) {
            return false;
        }
    }
    filled >= COLUMNS
}

/// The number that a cell gives its column, whatever it is computed from.
fn mark(text: &str) -> Option<(Style, usize)> {
    let text = text.split('=').next()?;
    let text = text.trim().trim_matches(|c: char| "()[].:".contains(c) || c.is_whitespace());
    let is_number = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(number) = text.parse().ok().filter(|_| is_number) {
        return Some((Style::Number, number));
    }
    let is_letters = matches!(text.len(), 1 | 2) && text.bytes().all(|c| c.is_ascii_alphabetic());
    let digit = |letter: u8| usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    let number = text.bytes().filter(|_| is_letters).fold(0, |sum, c| sum * 26 + digit(c));
    is_letters.then_some((Style::Letter, number))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::formats::csv;
    use std::ops::ControlFlow;

    fn check(line: &str) -> bool {
        let text = format!("a,b,c,d,e,f,g\n{line}\n");
        let book = csv::read(text.as_bytes()).unwrap();
        let mut found = false;
        let visit = |row: SheetRow<'_>| {
            found = is_numbering(row, 7);
            ControlFlow::Continue(())
        };
        book.sheets[0].visit(2, visit).unwrap();
        found
    }

    #[test]
    fn a_row_that_counts_the_columns_is_told_from_one_of_figures() {
        for line in [
            "1,2,3,4,5,6,7",
            "(1),(2),(3),(4),(5),(6),(7)=(6)/(5)",
            "0,1,2,3,4,5,6",
            "A,B,C,D,E,F,G",
            "(a),(b),(c),(d),(e),f=e-d,(g)",
            "1,2,3,4,,,",
            ",2,3,4,5,6,7",
            "1,,2,3,4,5,6",
            "1.,2.,3.,4.,5.,6.,7.",
        ] {
            assert!(check(line), "{line}");
        }
        for line in [
            "1,2,3,4,5,7,6",
            "CARE,1,2,3,4,5,6",
            "5,6,7,8,9,10,11",
            "1,2",
            "1,b,3,4,5,6,7",
            "2026,2027,2028,2029,,,",
            "",
        ] {
            assert!(!check(line), "{line}");
        }
    }
}
