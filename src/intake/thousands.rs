//! Figures in thousands: a column is multiplied where its own header says so (`columns::scale`) and
//! nothing in its rows speaks against it. Where it is not clear it is read as it is written.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::ControlFlow;

use super::Unreadable;
use super::columns::{self, Mapping};
use super::fields::Field;
use super::table::Found;
use super::values::{Decimal, Dots, Habits, in_full, number};
use crate::domain::{Group, Snapshot};
use crate::formats::sheet::{Cell, Sheet, SheetRow, trimmed};

/// So many times the people that there are, or that are a wider circle, are none.
const TIMES: f64 = 2.0;
/// From here on figures are in full, with a fraction or without, however many people there are.
const FULL: f64 = 1000.0;
/// The narrower circle of people first.
const CIRCLES: [Field; 5] =
    [Field::Reached, Field::Targeted, Field::InNeed, Field::Affected, Field::Population];

/// Decides which of the columns that say thousands are multiplied, and says so.
pub(super) fn settle(
    sheet: &Sheet<'_>,
    found: &Found,
    known: &Snapshot,
    mapping: &mut Mapping,
) -> Result<(), Unreadable> {
    let titled = of_title(sheet, found, mapping)?;
    mapping.thousands.extend(&titled);
    if mapping.thousands.is_empty() {
        return Ok(());
    }
    let people = People::of(known);
    let circles = circles(sheet, found, mapping)?;
    let mut fields = std::mem::take(&mut mapping.thousands);
    // The wider circle first: whether it is in full is known then.
    fields.sort_by_key(|field| Reverse(CIRCLES.iter().position(|circle| circle == field)));
    for field in fields {
        let columns = mapping.columns_of(field);
        let marks = Marks::of(sheet, found, &columns)?;
        let doubt = match marks.decimal() {
            None => Some(Doubt::Marks(marks.unclear)),
            Some(decimal) => {
                let mut seen = Seen::default();
                sheet.visit(found.first_row, |row| {
                    for column in &columns {
                        if let Some(figure) = number(row.cell(*column), decimal) {
                            seen.see(figure);
                            if field.counts_people() && figure > 0.0 {
                                seen.compare(figure, people.of_row(row, mapping));
                                seen.compare(figure, wider(row, field, mapping, &circles));
                            }
                        }
                    }
                    ControlFlow::Continue(())
                })?;
                seen.doubt()
            }
        };
        let who = if titled.contains(&field) { "a title above the table" } else { "its header" };
        explain((field, &columns[..], who), marks.example, doubt.as_ref(), mapping);
        if doubt.is_none() {
            mapping.thousands.push(field);
        }
    }
    Ok(())
}

/// Why figures may not be in thousands.
enum Doubt {
    /// A figure with a mark before three digits, where nothing says which mark it is.
    Marks(String),
    TooMany(f64),
}

/// Says of each column what becomes of its figures.
fn explain(
    (field, columns, who): (Field, &[usize], &str),
    example: Option<(usize, String, f64)>,
    doubt: Option<&Doubt>,
    mapping: &mut Mapping,
) {
    for column in mapping.columns.iter_mut().filter(|one| columns.contains(&one.index)) {
        let title = format!("{} ({})", column.letters, column.title());
        mapping.remarks.push(match doubt {
            None => {
                column.reason = format!("{}; in thousands, multiplied by 1,000", column.reason);
                let own = example.as_ref().filter(|(of, ..)| *of == column.index);
                let example = own.map(|(_, from, to)| {
                    format!(", so {from} is read as {to}")
                });
                format!(
                    "The figures in column {title} are multiplied by 1,000, as {who} says{}. If they are not in thousands, say that the column is {}: it is then read as it is written.",
                    example.unwrap_or_default(),
                    field.name()
                )
            }
            Some(Doubt::Marks(text)) => format!(
                "{}, but whether {text} is a fraction or has a sign between thousands is not clear: its figures are read as in any other column, and not multiplied. Write them in full.",
                says(who, &title)
            ),
            Some(Doubt::TooMany(figure)) => {
                let already = if field.counts_people() { "people" } else { "a full figure" };
                format!(
                    "{}, but {figure} looks like {already} already: its figures are read as they are written, and not multiplied. Write them in full, or take the word out there.",
                    says(who, &title)
                )
            }
        });
    }
}

fn says(who: &str, title: &str) -> String {
    match who {
        "its header" => format!("The header of column {title} says thousands"),
        who => format!("For column {title}, {who} says thousands"),
    }
}

/// Whether a figure of the columns has a fraction.
fn has_parts(sheet: &Sheet<'_>, found: &Found, columns: &[usize]) -> Result<bool, Unreadable> {
    let marks = Marks::of(sheet, found, columns)?;
    let Some(decimal) = marks.decimal() else { return Ok(false) };
    let mut in_parts = false;
    sheet.visit(found.first_row, |row| {
        let figures = columns.iter().filter_map(|column| number(row.cell(*column), decimal));
        in_parts = figures.into_iter().any(|figure| figure.fract() != 0.0);
        if in_parts { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(in_parts)
}

/// The people of a table below a title that says thousands: a row above the headers with nothing else
/// in it. A group of columns is no title, and whole numbers may be about something else.
fn of_title(
    sheet: &Sheet<'_>,
    found: &Found,
    mapping: &mut Mapping,
) -> Result<Vec<Field>, Unreadable> {
    const PEOPLE: [Field; 7] = [
        Field::Reached,
        Field::Targeted,
        Field::HouseholdsReached,
        Field::HouseholdsTargeted,
        Field::InNeed,
        Field::Affected,
        Field::Population,
    ];
    let headers = found.header_row.unwrap_or(found.first_row);
    let mut is_said = false;
    sheet.visit(1, |row| {
        if row.number >= headers {
            return ControlFlow::Break(());
        }
        let mut texts = row.cells().filter_map(|cell| cell.text());
        let title = texts.next();
        let alone = texts.all(|text| Some(&text) == title.as_ref());
        is_said |= alone && title.is_some_and(|title| columns::says_thousands(&title));
        ControlFlow::Continue(())
    })?;
    let is_open = |field: &Field| {
        !mapping.thousands.contains(field) && !mapping.columns_of(*field).is_empty()
    };
    let told = |field: &Field| {
        let columns = mapping.columns_of(*field);
        let mut reports = mapping.columns.iter().filter(|one| columns.contains(&one.index));
        reports.any(|report| columns::is_said(&report.reason))
    };
    let fields: Vec<Field> =
        PEOPLE.into_iter().filter(|field| is_said && is_open(field) && !told(field)).collect();
    if fields.is_empty() {
        return Ok(fields);
    }
    let columns: Vec<usize> = fields.iter().flat_map(|field| mapping.columns_of(*field)).collect();
    if has_parts(sheet, found, &columns)? {
        return Ok(fields);
    }
    mapping.remarks.push(
        "A title above the table says thousands. Its figures of people are whole numbers and are read as they are written: if they are in thousands, write it in the headers of their columns."
            .to_owned(),
    );
    Ok(Vec::new())
}

/// The signs in the figures of a field as they are written.
#[derive(Default)]
struct Marks {
    /// Figures in which a point, a comma, is a decimal sign and nothing else.
    decimals: [u32; 2],
    /// Figures in which it stands before three digits and may be either.
    either: [u32; 2],
    unclear: String,
    /// Column, text and value of the first figure.
    example: Option<(usize, String, f64)>,
}

impl Marks {
    fn of(sheet: &Sheet<'_>, found: &Found, columns: &[usize]) -> Result<Marks, Unreadable> {
        let mut marks = Marks::default();
        sheet.visit(found.first_row, |row| {
            for column in columns {
                if let Cell::Text(text) = row.cell(*column) {
                    marks.see(trimmed(text));
                }
            }
            ControlFlow::Continue(())
        })?;
        let Some(decimal) = marks.decimal() else { return Ok(marks) };
        sheet.visit(found.first_row, |row| {
            marks.example = columns.iter().find_map(|column| {
                let cell = row.cell(*column);
                let figure = number(cell, decimal).filter(|figure| *figure > 0.0)?;
                Some((*column, cell.text()?.into_owned(), in_full(figure)))
            });
            if marks.example.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(marks)
    }

    fn see(&mut self, text: &str) {
        let Some((at, mark)) = text.rmatch_indices(['.', ',']).next() else { return };
        let which = usize::from(mark == ",");
        let tail = &text[at + 1..];
        if tail.is_empty() || !tail.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        if tail.len() != 3 {
            self.decimals[which] += 1;
        } else {
            self.either[which] += 1;
            if self.unclear.is_empty() {
                text.clone_into(&mut self.unclear);
            }
        }
    }

    /// `None` where it is not clear.
    fn decimal(&self) -> Option<Decimal> {
        match (self.decimals, self.either) {
            ([_, 0], [0, 0]) => Some(Decimal::Point),
            ([0, _], [0, 0]) => Some(Decimal::Comma),
            ([1..=u32::MAX, 0], [_, 0]) => Some(Decimal::Point),
            ([0, 1..=u32::MAX], [0, _]) => Some(Decimal::Comma),
            _ => None,
        }
    }
}

/// What the rows say of the figures of a field.
#[derive(Default)]
struct Seen {
    figures: u32,
    largest: f64,
    /// Those that end in three zeros.
    round: u32,
    fits: u32,
    against: u32,
}

impl Seen {
    fn see(&mut self, figure: f64) {
        self.figures += 1;
        self.largest = self.largest.max(figure);
        self.round += u32::from(figure >= 1000.0 && figure % 1000.0 == 0.0);
    }

    fn compare(&mut self, figure: f64, most: Option<f64>) {
        let Some(most) = most else { return };
        match figure * 1000.0 > TIMES * most {
            true => self.against += 1,
            false => self.fits += 1,
        }
    }

    fn doubt(&self) -> Option<Doubt> {
        let refuted = self.largest >= FULL
            || self.round > 0 && self.round * 2 >= self.figures
            || self.against * 10 > self.fits;
        refuted.then_some(Doubt::TooMany(self.largest))
    }
}

/// A circle of people, its column and the decimal sign there.
type Circle = (Field, usize, Decimal);

/// The circles that a table has, the narrower first, without those in which a dot may be either.
fn circles(sheet: &Sheet<'_>, found: &Found, mapping: &Mapping) -> Result<Vec<Circle>, Unreadable> {
    let mut circles = Vec::new();
    for field in CIRCLES {
        let Some(column) = mapping.column_of[field as usize] else { continue };
        let columns = mapping.columns_of(field);
        let mut habits = Habits::default();
        sheet.visit(found.first_row, |row| {
            columns.iter().for_each(|column| habits.see_people(row.cell(*column)));
            ControlFlow::Continue(())
        })?;
        let style = habits.style();
        if style.dots != Dots::Ambiguous {
            circles.push((field, column, style.decimal));
        }
    }
    Ok(circles)
}

/// The people of a wider circle in a row, counted in full: those in need beside those reached.
fn wider(row: SheetRow<'_>, field: Field, mapping: &Mapping, circles: &[Circle]) -> Option<f64> {
    let place = |field: Field| CIRCLES.iter().position(|circle| *circle == field);
    let at = place(field)?;
    let wider = circles.iter().filter(|(circle, ..)| place(*circle) > Some(at));
    let in_full = wider.filter(|(circle, ..)| !mapping.thousands.contains(circle));
    let mut figures =
        in_full.filter_map(|(_, column, decimal)| number(row.cell(*column), *decimal));
    figures.find(|figure| *figure > 0.0)
}

/// How many people live where, as far as the operation knows.
struct People<'k> {
    by_area: HashMap<&'k str, f64>,
    /// In the whole operation: nowhere are more.
    all: Option<f64>,
}

impl<'k> People<'k> {
    fn of(known: &'k Snapshot) -> People<'k> {
        let counted = known.populations.iter().map(|row| (&row.area, row.group, Some(row.people)));
        let needs = known.needs.iter().map(|row| (&row.area, row.group, row.population));
        let mut by_area: HashMap<&str, f64> = HashMap::new();
        let mut all: HashMap<Option<u8>, f64> = HashMap::new();
        for (area, group, people) in counted.chain(needs) {
            let Some(people) = people.filter(|_| group == Group::ALL) else { continue };
            let Some(code) = area.as_deref() else {
                let whole = all.entry(None).or_default();
                *whole = whole.max(people);
                continue;
            };
            let most = by_area.entry(code).or_default();
            *most = most.max(people);
        }
        for (code, people) in &by_area {
            let Some(area) = known.areas.by_pcode(code) else { continue };
            *all.entry(Some(known.areas.get(area).level)).or_default() += people;
        }
        People { by_area, all: all.into_values().reduce(f64::max) }
    }

    fn of_row(&self, row: SheetRow<'_>, mapping: &Mapping) -> Option<f64> {
        let codes = (1..=4u8).rev().filter_map(Field::area_code);
        let columns = codes.filter_map(|field| mapping.column_of[field as usize]);
        let mut cells = columns.filter_map(|column| row.cell(column).text());
        cells.next().and_then(|code| self.by_area.get(&*code).copied()).or(self.all)
    }
}

#[cfg(test)]
mod tests;
