//! Figures in cells that are merged over several rows. Of words and days every row has what its merged
//! cell says; a figure is that of all the rows together and counts once.

use std::ops::ControlFlow;

use super::fields::Field;
use crate::formats::Unreadable;
use crate::formats::sheet::{Sheet, SheetRow};

/// A cell of a figure that is merged over rows.
#[derive(Clone, Debug)]
pub struct Merged {
    pub column: usize,
    /// First and last row.
    pub rows: (u32, u32),
    /// All of its rows are about one place.
    pub one_place: bool,
}

/// The merged cells of figures of people and money below the header.
pub(super) fn figures(
    sheet: &Sheet<'_>,
    first_row: u32,
    mapped: &[(Field, usize)],
) -> Result<Vec<Merged>, Unreadable> {
    let figures = mapped.iter().filter(|(of, _)| of.counts_people() || *of == Field::BudgetUsd);
    let figures: Vec<usize> = figures.map(|(_, column)| *column).collect();
    let tall = sheet.merges.iter().filter(|merge| {
        merge.rows.0 < merge.rows.1
            && merge.rows.0 >= first_row
            && figures.contains(&(merge.columns.0 as usize))
    });
    let mut found: Vec<(Merged, Option<Vec<String>>)> = tall
        .map(|merge| {
            let column = merge.columns.0 as usize;
            (Merged { column, rows: merge.rows, one_place: true }, None)
        })
        .collect();
    found.sort_by_key(|(merged, _)| merged.rows);
    let Some(last) = found.iter().map(|(merged, _)| merged.rows.1).max() else {
        return Ok(Vec::new());
    };
    let places: Vec<usize> =
        mapped.iter().filter(|(of, _)| names_a_place(*of)).map(|(_, column)| *column).collect();
    let place = |row: SheetRow<'_>| -> Vec<String> {
        let text = |column: &usize| row.cell(*column).text().unwrap_or_default().into_owned();
        places.iter().map(text).collect()
    };
    let mut begun = 0;
    sheet.visit(first_row, |row| {
        while found.get(begun).is_some_and(|(merged, _)| merged.rows.1 < row.number) {
            begun += 1;
        }
        let here = found[begun..].iter_mut().take_while(|(merged, _)| merged.rows.0 <= row.number);
        for (merged, first) in here.filter(|(merged, _)| row.number <= merged.rows.1) {
            let own = place(row);
            merged.one_place &= first.get_or_insert_with(|| own.clone()) == &own;
        }
        if row.number < last { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(found.into_iter().map(|(merged, _)| merged).collect())
}

fn names_a_place(field: Field) -> bool {
    let point = matches!(field, Field::Latitude | Field::Longitude | Field::Coordinates);
    field.is_area() || point || matches!(field, Field::Location | Field::Name | Field::SiteId)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::formats::csv;
    use crate::formats::sheet::Merge;

    #[test]
    fn a_figure_over_rows_of_one_place_is_told_from_one_over_several() {
        let text = "place,month,reached\nBuzi,1,300\nBuzi,2,\nBuzi,3,50\nCaia,4,\nCaia,5,7\n";
        let mut book = csv::read(text.as_bytes()).unwrap();
        let merge = |rows, column| Merge { rows, columns: (column, column) };
        let merges = [merge((4, 5), 2), merge((2, 3), 2), merge((2, 4), 1), merge((1, 1), 2)];
        book.sheets[0].merges = merges.to_vec();
        let mapped = [(Field::Adm2Name, 0), (Field::Month, 1), (Field::Reached, 2)];
        let found = figures(&book.sheets[0], 2, &mapped).unwrap();
        let said: Vec<_> = found.iter().map(|one| (one.column, one.rows, one.one_place)).collect();
        assert_eq!(said, [(2, (2, 3), true), (2, (4, 5), false)]);
        book.sheets[0].merges.clear();
        assert!(figures(&book.sheets[0], 2, &mapped).unwrap().is_empty());
    }
}
