//! The days of a row.

use std::hash::BuildHasher;
use std::ops::RangeInclusive;

use foldhash::fast::FixedState;

use super::{Reading, Row, problems};
use crate::domain::Day;
use crate::formats::sheet::Cell;
use crate::intake::Kind;
use crate::intake::fields::Field;
use crate::intake::slice::{self, Months, Slice};
use crate::intake::values;
use crate::intake::vocabulary::normalise;

/// Days of activities and sites lie in these years.
pub const YEARS: RangeInclusive<i16> = 1990..=2100;

/// Days that an activity or a site can have.
pub fn plausible_days() -> RangeInclusive<Day> {
    let day = |year, month, day, open| Day::from_ymd(year, month, day).unwrap_or(Day(open));
    day(*YEARS.start(), 1, 1, i32::MIN)..=day(*YEARS.end(), 12, 31, i32::MAX)
}

impl Row<'_, '_> {
    /// A day; of an end date that names only a month, the last day.
    pub fn day(&mut self, field: Field) -> Option<Day> {
        let cell = self.cell(field);
        if cell == Cell::Empty {
            return None;
        }
        let last = matches!(field, Field::End | Field::CycleEnd);
        let serials = self.reading.context.styles[field as usize].serials;
        let day = self.read_day(field, cell, last);
        if let (Some(day), Kind::Activities | Kind::Sites) = (day, self.reading.context.kind)
            && (!self.reading.context.days.contains(&day)
                || (values::serial(cell).is_some() && !serials))
        {
            let text = cell.text().unwrap_or_default();
            self.warn(field, &text, &format!("It would be {day}."), problems::IMPLAUSIBLE_DATE);
            return None;
        }
        if day.is_none() && !cell.is_blank() && !values::is_dash(cell) {
            let text = cell.text().unwrap_or_default();
            self.warn(field, &text, "", problems::NOT_A_DATE);
        }
        day
    }

    /// The day a cell says, plausible or not; nothing is remarked.
    pub fn said_day(&mut self, field: Field) -> Option<Day> {
        let last = matches!(field, Field::End | Field::CycleEnd);
        self.reading.day(field, self.cell(field), last, self.reading.context.year)
    }

    /// The last day of the month that a day begins, where every cell of the column is the first of
    /// a month and its header says that it has months.
    pub fn month_end(&self, field: Field, start: Option<Day>) -> Option<Day> {
        let context = self.reading.context;
        let is_month = context.styles[field as usize].first_days && context.has_months(field);
        let (year, month, day) = start.filter(|_| is_month)?.ymd();
        let last = || (28..=31).rev().find_map(|day| Day::from_ymd(year, month, day));
        (day == 1).then(last).flatten()
    }

    /// First and last day of the months that a column is about, those of the row where it is about
    /// none; `None` where nobody says the year. The row knows it better than the sender, and the
    /// sender better than the name of the file.
    pub fn days_of(
        &mut self,
        slice: Slice,
        of_row: (Option<Day>, Option<Day>),
    ) -> Option<(Option<Day>, Option<Day>)> {
        let Some(months) = slice.months else { return Some(of_row) };
        let year = |day: Option<Day>| day.map(|day| day.ymd().0);
        let (first, last) = (year(of_row.0), year(of_row.1));
        let own = first.filter(|first| last.is_none_or(|last| last == *first)).or_else(|| {
            // Of winter months in a row of two years only one fits.
            let mut fits = (first?..=last?).filter(|year| {
                let days = months.days(*year);
                days.is_some_and(|(start, end)| Some(end) >= of_row.0 && Some(start) <= of_row.1)
            });
            fits.next().filter(|_| fits.next().is_none())
        });
        let context = self.reading.context;
        let known = months.year.or(own).or(context.year);
        let (year, is_of_file) = match (known, context.file_year) {
            (Some(year), _) => (year, false),
            (None, Some(year)) => (year, true),
            (None, None) => return None,
        };
        self.reading.verdict.yearless |= is_of_file;
        months.days(year).map(|(start, end)| (Some(start), Some(end)))
    }

    /// First and last day of the quarter or month that the column of starts names beside one of years:
    /// `Q1`, `2` below `Quarter`, `Jan-Mar`. A start that is a day says itself when.
    pub fn quarter(&mut self) -> Option<(Option<Day>, Option<Day>)> {
        if !self.has(Field::Year) || !self.has(Field::Start) || self.has(Field::End) {
            return None;
        }
        let of_quarters = self.reading.context.quarters;
        let said = normalise(&self.cell(Field::Start).text()?);
        let mut words: Vec<&str> = said.split(' ').filter(|word| !word.is_empty()).collect();
        let is_number = matches!(*words, [one] if matches!(one, "1" | "2" | "3" | "4"));
        let names = words.iter().any(|word| word.starts_with(char::is_alphabetic));
        match is_number && of_quarters {
            true => words.insert(0, "quarter"),
            false if !names || self.said_day(Field::Start).is_some() => return None,
            false => {}
        }
        let year = values::number(self.cell(Field::Year), values::Decimal::Point);
        let year = year.filter(|year| year.fract() == 0.0).map(|year| year.to_string());
        if !words.iter().any(|word| word.len() == 4 && word.parse::<i16>().is_ok()) {
            words.extend(year.as_deref());
        }
        let months = Months::of_words(&words).filter(|months| months.count() < 12)?;
        self.days_of(Slice { months: Some(months), sector: None }, (None, None))
    }

    /// First and last day of the month that a row above says, or the name of the sheet, of a row that
    /// says no day itself; `None` where the year that it says is another.
    pub fn days_around(&mut self, year: Option<i16>) -> Option<(Day, Day)> {
        let context = self.reading.context;
        let above = context.bands.as_ref().and_then(|bands| bands.months(self.cells.number));
        let months = above.or(context.months.map(|(months, _)| months))?;
        if months.year.is_some_and(|own| year.is_some_and(|year| year != own)) {
            return None;
        }
        let known = months.year.or(year).or(context.year);
        self.reading.verdict.by_sheet |= above.is_none();
        self.reading.verdict.yearless |= known.is_none() && context.file_year.is_some();
        months.days(known.or(context.file_year)?)
    }

    /// A cell as a day, written as the column of a field does; a year of the file's name that
    /// stands in is remembered for the report.
    pub fn read_day(&mut self, field: Field, cell: Cell<'_>, last: bool) -> Option<Day> {
        let own = self.reading.day(field, cell, last, self.reading.context.year);
        let Some(named) = self.reading.context.file_year.filter(|_| own.is_none()) else {
            return own;
        };
        let day = self.reading.day(field, cell, last, Some(named));
        self.reading.verdict.yearless |= day.is_some();
        day
    }
}

/// Whether the header of a column says that it has quarters of calendar years.
pub fn has_quarters(header: &str) -> bool {
    let header = normalise(header);
    let words: Vec<&str> = header.split(' ').collect();
    let is_quarter = |word: &&str| word.chars().count() > 2 && slice::is_quarter(word);
    words.iter().any(is_quarter) && !Months::is_fiscal(&words)
}

impl Reading<'_> {
    /// The day of a cell, written as the column of a field does.
    pub(super) fn day(
        &mut self,
        field: Field,
        cell: Cell<'_>,
        last: bool,
        year: Option<i16>,
    ) -> Option<Day> {
        let order = self.context.styles[field as usize].order;
        match cell {
            Cell::Text(text) => {
                let key = FixedState::default().hash_one((text, field as u8, last, year));
                self.days.get(key, || values::day(cell, order, last, year))
            }
            cell => values::day(cell, order, last, year),
        }
    }
}
