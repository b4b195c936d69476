//! The figures of a row: how many people, and what it is that is counted.

use std::borrow::Cow;

use super::{Row, Said, problems};
use crate::domain::Group;
use crate::formats::sheet::Cell;
use crate::intake::Problem;
use crate::intake::fields::Field;
use crate::intake::merged::Merged;
use crate::intake::parts::{Part, Whom};
use crate::intake::severities;
use crate::intake::units::{self, Counted};
use crate::intake::values;

/// No figure of people can be higher; the world has about 8 billion.
const EVERYBODY: f64 = 1e10;
/// Sums of shares of people differ by less.
const ROUNDING: f64 = 1e-6;

impl<'r> Row<'r, '_> {
    /// Whether the table counts parts of everybody in columns of their own.
    pub fn has_parts(&self) -> bool {
        !self.reading.context.parts.is_empty()
    }

    /// Whether the table has columns of any of these figures, whole or in parts.
    pub fn has_figures(&self, fields: [Field; 2]) -> bool {
        let parts = &self.reading.context.parts;
        fields.iter().any(|field| self.has(*field) || parts.iter().any(|part| part.field == *field))
    }

    /// Whether the table counts the people in need by IPC phase.
    pub fn is_by_phase(&self) -> bool {
        self.reading.context.by_phase
    }

    /// Whether it counts the people in need of several sectors in columns of their own.
    pub fn has_sectors(&self) -> bool {
        self.reading.context.parts.iter().any(|part| part.whom.slice.sector.is_some())
    }

    /// The figures of the columns that each count a part, by their groups within the row's own, in
    /// the order of the columns. Blank cells are left out.
    pub fn parts(&mut self, own: Group) -> Vec<(Whom, Field, f64)> {
        let mut found = Vec::new();
        for at in 0..self.reading.context.parts.len() {
            let Part { column, field, whom } = self.reading.context.parts[at];
            if let Some(figure) = self.larger_in(field, column) {
                let whom = Whom { group: whom.group.within(own), ..whom };
                found.push((whom, field, figure));
            }
        }
        found
    }

    /// A number that is zero or more; anything else is unknown and warned about, a dash is blank.
    pub fn quantity(&mut self, field: Field) -> Option<f64> {
        let column = self.reading.context.column_of[field as usize]?;
        self.quantity_in(field, column)
    }

    /// The figure of a field: its total or the sum of its parts, whichever is larger (METHODS 12).
    pub fn larger(&mut self, field: Field) -> Option<f64> {
        let column = self.reading.context.column_of[field as usize]?;
        self.larger_in(field, column)
    }

    fn larger_in(&mut self, field: Field, total_column: usize) -> Option<f64> {
        let total = self.quantity_in(field, total_column);
        let style = self.reading.context.styles[field as usize];
        let beside = self.reading.context.beside_total.iter();
        let beside = beside.filter(|one| one.total == total_column && one.field == field);
        let columns = beside.map(|one| one.column);
        let columns = columns.filter(|column| self.merged(*column).is_none());
        let columns = columns.filter(|column| !self.is_share(*column));
        let figures = columns.filter_map(|column| style.figure(self.cells.cell(column)));
        let figures = figures.filter(|figure| (0.0..=EVERYBODY).contains(figure));
        let sum = figures.reduce(|sum, figure| sum + figure).filter(|sum| *sum <= EVERYBODY);
        let Some(sum) = sum else { return total };
        match total {
            Some(total) if sum <= total + ROUNDING => Some(total),
            Some(total) => {
                let detail = format!("The parts add up to {sum}, the total is {total}.");
                self.warn_at(total_column, &total.to_string(), &detail, problems::PARTS_DIFFER);
                Some(sum)
            }
            None => {
                let detail = format!("The parts add up to {sum}.");
                self.warn_at(total_column, "", &detail, problems::NO_TOTAL);
                Some(sum)
            }
        }
    }

    /// Why the figure of a cell that is merged with others is not that of this row.
    fn merged(&self, column: usize) -> Option<Problem> {
        let number = self.cells.number;
        let here =
            |one: &&Merged| one.column == column && (one.rows.0..=one.rows.1).contains(&number);
        let merged = self.reading.context.merged.iter().find(here)?;
        match (merged.one_place, number == merged.rows.0) {
            (false, _) => Some(problems::MERGED_FIGURE),
            (true, false) => Some(problems::FIGURE_ABOVE),
            (true, true) => None,
        }
    }

    /// Whether the cell of a column of people is shown as per cent.
    fn is_share(&self, column: usize) -> bool {
        let mut shares = self.reading.context.shares.iter().filter(|(at, _)| *at == column);
        shares.any(|(_, rows)| rows.binary_search(&self.cells.number).is_ok())
    }

    fn quantity_in(&mut self, field: Field, column: usize) -> Option<f64> {
        let cell = self.cells.cell(column);
        if cell == Cell::Empty {
            return None;
        }
        if let Some(problem) = self.merged(column) {
            let text = cell.text().unwrap_or_default();
            self.warn_at(column, &text, "", problem);
            return None;
        }
        if field.counts_people()
            && let Cell::Number(share) = cell
            && self.is_share(column)
        {
            let shown = format!("{} %", (share * 1e4).round() / 100.0);
            self.warn_at(column, &shown, "", problems::SHARE);
            return None;
        }
        let style = self.reading.context.styles[field as usize];
        let plain = match cell {
            Cell::Text(text) if field == Field::BudgetUsd => {
                Cell::Text(values::without_dollars(text))
            }
            cell => cell,
        };
        match style.figure(plain) {
            Some(number) if field.counts_people() && number > EVERYBODY => {
                let text = cell.text().unwrap_or_default();
                self.warn_at(column, &text, "", problems::TOO_MANY);
                None
            }
            Some(number) if number >= 0.0 => {
                if let Cell::Text(text) = cell
                    && style.is_doubtful(text)
                {
                    let whole = text.trim().replace(['.', ','], "");
                    let detail = format!("{text} may mean {whole}.");
                    self.warn_at(column, text, &detail, problems::THOUSANDS_OR_DECIMALS);
                }
                Some(number)
            }
            Some(number) => {
                self.warn_at(column, &number.to_string(), "", problems::NEGATIVE);
                None
            }
            None if cell.is_blank() || values::is_dash(cell) => None,
            None if field == Field::Severity => self.phase_in(column, cell),
            None => {
                let text = cell.text().unwrap_or_default();
                self.warn_at(column, &text, "", problems::NOT_A_NUMBER);
                None
            }
        }
    }

    /// The phase that the words of a cell say.
    fn phase_in(&mut self, column: usize, cell: Cell<'_>) -> Option<f64> {
        let text = cell.text()?;
        let read = !self.reading.context.unread_severities;
        let phase = self.reading.word(Field::Severity, &text, severities::read).filter(|_| read);
        if phase.is_none() {
            self.warn_at(column, &text, "", problems::BAD_SEVERITY);
        }
        phase.map(f64::from)
    }

    /// The unit of the row and what it counts, where it says so.
    pub fn unit(&mut self) -> Option<(Cow<'r, str>, Counted)> {
        let text = self.text(Field::Unit)?;
        let read = |text: &str| units::of_unit(text).map(|counts| counts as u8);
        let found = self.reading.word(Field::Unit, &text, read)?;
        Some((text, Counted::from_number(found)))
    }

    /// Whether the unit of the row may say that a figure of people is one of households.
    pub fn may_be_households(&self, field: Field) -> bool {
        !self.reading.context.never_households.contains(&field)
    }

    /// The indicator of the row and what it clearly counts.
    pub fn indicator(&mut self) -> Option<(Cow<'r, str>, Counted)> {
        if let Some(text) = self.text(Field::ActivityType) {
            let read = |text: &str| units::of_indicator(text).map(|counts| counts as u8);
            if let Some(found) = self.reading.word(Field::ActivityType, &text, read) {
                return Some((text, Counted::from_number(found)));
            }
        }
        // Descriptions are too many to be remembered.
        let text = self.text(Field::Description)?;
        let found = units::of_indicator(&text)?;
        Some((text, found))
    }

    /// What the header of a figure says of it.
    pub fn header_says(&self, field: Field) -> Said {
        self.reading.context.said[field as usize]
    }
}
