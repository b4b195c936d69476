//! Rows between the rows of a table that name what those below are of: a sector, a place, or what
//! stands in a cell merged over the whole table. They are no rows of data.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

mod sections;

use super::strays::{Known, Strays};
use super::totals;
use crate::formats::Unreadable;
use crate::formats::sheet::Sheet;
use crate::intake::Kind;
use crate::intake::fields::{Field, Role};
use crate::intake::headers::words;
use crate::intake::places::Gazetteer;
use crate::intake::profile::Alone;
use crate::intake::slice::Months;
use crate::intake::vocabulary;

/// A text before a colon that is less surely a header is part of a name.
const SURE: f32 = 0.85;
/// `Date` alone does not say of what.
const DATED: f32 = 0.6;

/// Such rows of a table, in their order.
#[derive(Clone, Debug, Default)]
pub struct Bands {
    rows: Vec<Band>,
    /// What they say in place of a column, which is blank in all other rows.
    pub carried: Option<(Field, usize)>,
    /// All of them say months, and nothing else says when.
    by_months: bool,
}

/// A row with one text.
#[derive(Clone, Debug)]
struct Band {
    row: u32,
    column: usize,
    /// What it says of the rows below; `None` where that is not known.
    said: Option<String>,
}

impl Bands {
    /// Of the rows of a table that have one text each.
    pub fn of(
        sheet: &Sheet<'_>,
        first_row: u32,
        mapped: &[(Field, usize)],
        strays: &Strays,
        gazetteer: &Gazetteer<'_>,
        alone: &[Alone],
    ) -> Result<Bands, Unreadable> {
        if !strays.tells_titles() {
            return Ok(Bands::default());
        }
        let columns = || mapped.iter().map(|(_, column)| *column as u32);
        let (first, last) = (columns().min().unwrap_or(0), columns().max().unwrap_or(0));
        let over_all = sheet
            .merges
            .iter()
            .filter(|merge| merge.columns.0 <= first && merge.columns.1 >= last && first < last);
        let over_all: BTreeSet<u32> = over_all.map(|merge| merge.rows.0).collect();
        let said = |one: &Alone| {
            let (header, said) = match one.text.split_once(':') {
                Some((before, said)) => (is_header(before), said.trim()),
                None => (false, one.text.trim()),
            };
            let said = if header { said } else { one.text.trim() };
            let known = header
                || over_all.contains(&one.row)
                || vocabulary::sector(said).is_some()
                || Months::of_text(said).is_some_and(|months| months.year.is_some())
                || is_place(gazetteer, said, None);
            known.then(|| said.to_owned())
        };
        let band = |one: &Alone| Band { row: one.row, column: one.column, said: said(one) };
        let rows = alone.iter().map(band).collect();
        let mut bands = Bands { rows, ..Bands::default() };
        if let Some((column, names)) =
            sections::organisations(sheet, first_row, mapped, strays, gazetteer, alone)?
        {
            for (band, name) in bands.rows.iter_mut().zip(names) {
                band.said = name;
            }
            bands.carried = Some((Field::Partner, column));
            return Ok(bands);
        }
        if bands.rows.iter().any(|band| band.said.is_some()) {
            bands.carried = bands.carries(sheet, first_row, mapped, strays, gazetteer)?;
        }
        Ok(bands)
    }

    /// The rows that are known to be none of data.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().filter(|band| band.said.is_some()).map(|band| band.row)
    }

    /// What the rows above say of a row.
    pub fn above(&self, row: u32) -> Option<&str> {
        let next = self.rows.partition_point(|band| band.row <= row);
        self.rows[..next].last()?.said.as_deref()
    }

    /// The months that the rows above say of a row.
    pub fn months(&self, row: u32) -> Option<Months> {
        self.above(row).filter(|_| self.by_months).and_then(Months::of_text)
    }

    /// Has the months that they say carried down where nothing else says when and the year is known;
    /// what there is to say of it.
    pub fn carry_months(&mut self, is_dated: bool, year: Option<i16>) -> Option<String> {
        let said = self.rows.iter().filter_map(|band| Some((band, band.said.as_deref()?)));
        let said: Vec<_> =
            said.map(|(band, said)| (band.row, said, Months::of_text(said))).collect();
        let (row, text, _) = said.iter().find(|(.., months)| months.is_some())?;
        if is_dated {
            return None;
        }
        let is_sure = |months: &Months| months.year.or(year).is_some();
        self.by_months = said.iter().all(|(.., months)| months.as_ref().is_some_and(is_sure));
        Some(match self.by_months {
            true => format!(
                "No column says when: rows that say nothing but months, such as row {row} (\"{text}\"), are read for those below them."
            ),
            false => format!(
                "Rows such as row {row} (\"{text}\") name months, which are not read for the rows below them: these have no date and are taken to be of one time. Give the month in a column."
            ),
        })
    }

    /// What they say in place of a blank cell.
    pub fn carried(&self, column: usize, row: u32) -> Option<&str> {
        self.carried.filter(|(_, carried)| *carried == column).and_then(|_| self.above(row))
    }

    /// Whether the rows below take what a row says.
    pub fn is_carried(&self, row: u32) -> bool {
        (self.carried.is_some() || self.by_months) && self.numbers().any(|band| band == row)
    }

    /// The column that all of them are about, where no other row has anything in it.
    fn carries(
        &self,
        sheet: &Sheet<'_>,
        first_row: u32,
        mapped: &[(Field, usize)],
        strays: &Strays,
        gazetteer: &Gazetteer<'_>,
    ) -> Result<Option<(Field, usize)>, Unreadable> {
        let said = || self.rows.iter().filter_map(|band| Some((band, band.said.as_deref()?)));
        let is_of = |(field, column): &&(Field, usize)| match *field {
            Field::Sector => said().all(|(_, said)| vocabulary::sector(said).is_some()),
            field => match (1..=4u8).find(|level| {
                Field::area_name(*level) == Some(field) || Field::area_code(*level) == Some(field)
            }) {
                Some(level) => said().all(|(band, said)| {
                    band.column == *column && is_place(gazetteer, said, Some(level))
                }),
                None => false,
            },
        };
        let Some((field, column)) = mapped.iter().find(is_of).copied() else { return Ok(None) };
        let mut fields = vec![None; mapped.iter().map(|(_, at)| at + 1).max().unwrap_or(0)];
        mapped.iter().for_each(|(field, at)| fields[*at] = Some(*field));
        let (mut known, mut is_open) = (Known::default(), true);
        sheet.visit(first_row, |row| {
            let mut is_data = || {
                let alone = strays.title_of(row);
                alone.is_none()
                    && strays.of_row(row, alone, &mut known).is_none()
                    && !totals::is_total_row(row, usize::MAX, &fields)
            };
            is_open = row.cell(column).is_blank() || !is_data();
            if is_open { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(is_open.then_some((field, column)))
    }
}

/// Whether a text before a colon is what a column would be called: `Sector: WASH`, `Date: 3 March`.
fn is_header(text: &str) -> bool {
    words(Kind::Activities, text).is_some_and(|(field, confidence)| {
        confidence >= if field.role() == Role::Date { DATED } else { SURE }
    })
}

/// Whether a text is an area, of a level where one is asked for.
fn is_place(gazetteer: &Gazetteer<'_>, text: &str, level: Option<u8>) -> bool {
    let (code, names) = gazetteer.knows(text);
    match level {
        Some(level) => code == Some(level) || names[usize::from(level)],
        None => code.is_some() || names.contains(&true),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::{Area, Operation, Rows, Snapshot, Source};
    use crate::formats::csv;
    use crate::formats::sheet::Merge;
    use crate::intake::Options;
    use crate::intake::table::find;

    fn known() -> Snapshot {
        let name = "Test".into();
        let operation = Operation { id: "test".into(), name, note: None, household_size: None };
        let mut rows = Rows::empty(operation);
        rows.areas = vec![Area {
            pcode: "BF56".into(),
            name: "Sahel".into(),
            level: 1,
            parent: None,
            geometry: None,
            area_km2: None,
            source: Source::default(),
        }];
        Snapshot::build(rows)
    }

    /// Of columns partner, sector, level 1 and reached.
    fn check(rows: &str, merged: &[u32]) -> Bands {
        let text = format!("Partner,Sector,Admin1,Reached\n{rows}");
        let mut book = csv::read(text.as_bytes()).unwrap();
        let merge = |row: &u32| Merge { rows: (*row, *row), columns: (0, 3) };
        book.sheets[0].merges = merged.iter().map(merge).collect();
        let found = find(&book, Kind::Activities, &Options::default()).unwrap();
        let mapped =
            [(Field::Partner, 0), (Field::Sector, 1), (Field::Adm1Name, 2), (Field::Reached, 3)];
        let strays = Strays::of(Kind::Activities, &found, &mapped);
        let mut alone = Vec::new();
        book.sheets[0]
            .visit(2, |row| {
                if let Some((column, text)) = strays.title_of(row) {
                    alone.push(Alone { row: row.number, column, text: text.to_owned() });
                }
                ControlFlow::Continue(())
            })
            .unwrap();
        let known = known();
        let gazetteer = Gazetteer::new(&known.areas, &known.decisions);
        Bands::of(&book.sheets[0], 2, &mapped, &strays, &gazetteer, &alone).unwrap()
    }

    fn rows(bands: &Bands) -> Vec<u32> {
        bands.numbers().collect()
    }

    #[test]
    fn sectors_places_and_cells_over_the_whole_table_say_what_the_rows_below_are_of() {
        let text = "Sahel,,,\nDRC,WSH,Sahel,1\nWASH cluster,,,\nNRC,WSH,Sahel,2\nSomething,,,\nDate: 15/03/2026,,,\n";
        let bands = check(text, &[]);
        assert_eq!(rows(&bands), [2, 4, 7]);
        assert_eq!(rows(&check(text, &[6])), [2, 4, 6, 7]);
        assert_eq!(bands.carried, None);
        assert_eq!(
            [bands.above(3), bands.above(5), bands.above(6)],
            [Some("Sahel"), Some("WASH cluster"), None]
        );
    }

    #[test]
    fn what_they_say_is_carried_down_only_where_the_column_is_blank_in_all_other_rows() {
        let own = ",WASH,,\nDRC,,Sahel,1\n,Health,,\nDRC,,Sahel,1\nTotal,,,2\n";
        assert_eq!(check(own, &[]).carried, Some((Field::Sector, 1)));
        assert_eq!(check(own, &[]).carried(1, 5), Some("Health"));
        assert_eq!(check(own, &[]).carried(2, 5), None);
        let told = "Sector: WASH,,,\nDRC,,Sahel,1\n";
        assert_eq!(check(told, &[]).carried(1, 3), Some("WASH"));
        let places = ",,Sahel,\nDRC,WSH,,1\n";
        assert_eq!(check(places, &[]).carried(2, 3), Some("Sahel"));
        for text in [
            // One row says its own.
            ",WASH,,\nDRC,,Sahel,1\nNRC,Health,Sahel,1\n",
            // A place in another column may be any part of one.
            "Sahel,,,\nDRC,WSH,,1\n",
            // Not all are of one thing.
            ",WASH,,\nDRC,,,1\n,,Sahel,\nDRC,,,1\n",
        ] {
            assert_eq!(check(text, &[]).carried, None, "{text}");
        }
        // What stands below something unknown is not of the sector above it.
        let other = ",WASH,,\nDRC,,Sahel,1\n,Something,,\nDRC,,Sahel,1\n";
        assert_eq!([3, 5].map(|row| check(other, &[]).carried(1, row).is_some()), [true, false]);
    }
}
