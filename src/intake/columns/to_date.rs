//! People counted from the beginning beside those of the month: `Reached this month`, `Reached to
//! date`. Those are read whose time is that of the rows (METHODS 4): of the month where the rows are
//! of single months, else of all the time that the rows are about.

use std::ops::ControlFlow;

use super::{Assigned, Head, Mapping, title};
use crate::formats::Unreadable;
use crate::formats::sheet::Sheet;
use crate::intake::Kind;
use crate::intake::fields::Field;
use crate::intake::figures::{self, Figure};
use crate::intake::table::Found;
use crate::intake::values::{self, Order};

/// Rows whose dates are looked at.
const ROWS: usize = 400;
/// Days of a month and some more, as people write a period.
const MONTH: i32 = 35;

/// Two columns of the same people, positions in the heads.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    field: Field,
    /// `None` where the table has only those counted from the beginning.
    of_month: Option<usize>,
    to_date: usize,
}

/// The columns of people that are counted from the beginning, and those of the month beside them.
/// The latter have the field until [`settle`] has seen the rows.
pub(super) fn find(
    kind: Kind,
    heads: &[Head],
    free: impl Fn(usize) -> bool,
    assigned: &mut Assigned,
) -> Vec<Pair> {
    const FIELDS: [Field; 4] =
        [Field::Reached, Field::Targeted, Field::HouseholdsReached, Field::HouseholdsTargeted];
    if kind != Kind::Activities {
        return Vec::new();
    }
    let figures: Vec<Option<Figure>> = heads.iter().map(of_head).collect();
    let mut pairs = Vec::new();
    for field in FIELDS {
        let Some(used) = assigned.column_of[field as usize] else { continue };
        if assigned.taken[used].as_ref().is_none_or(|one| one.confidence >= super::TOLD) {
            continue;
        }
        let is_field =
            |figure: &Figure| !figure.is_part() && figure.field(kind, None) == Some(field);
        let of = |at: usize| {
            let usable = at == used || free(at) && assigned.taken[at].is_none();
            figures[at].as_ref().filter(|figure| usable && is_field(figure))
        };
        let first = |wanted: &dyn Fn(&Figure) -> bool| {
            (0..heads.len()).find(|at| of(*at).is_some_and(wanted))
        };
        let Some(to_date) = first(&|figure| figure.cumulative) else { continue };
        let of_month = first(&|figure| figure.period && !figure.cumulative)
            .or_else(|| first(&|figure| !figure.cumulative && !figure.total));
        if let Some(of_month) = of_month.filter(|of_month| *of_month != used) {
            assigned.column_of[field as usize] = Some(of_month);
            let candidate = assigned.taken[used].take();
            assigned.taken[of_month] = candidate.map(|one| super::Candidate {
                column: of_month,
                reason: super::because(&heads[of_month]),
                ..one
            });
        }
        pairs.push(Pair { field, of_month, to_date });
    }
    pairs
}

fn of_head(head: &Head) -> Option<Figure> {
    let figure = figures::of_header(&head.header)?;
    let above = figures::of_header(&head.group);
    Some(Figure {
        measure: figure.measure.or(above.and_then(|above| above.measure)),
        cumulative: figure.cumulative || above.is_some_and(|above| above.cumulative),
        period: figure.period || above.is_some_and(|above| above.period),
        ..figure
    })
}

/// Decides by the dates of the rows, and says so.
pub fn settle(sheet: &Sheet<'_>, found: &Found, mapping: &mut Mapping) -> Result<(), Unreadable> {
    if mapping.to_date.is_empty() {
        return Ok(());
    }
    let by_month = is_by_month(sheet, found, mapping)?;
    for Pair { field, of_month, to_date } in std::mem::take(&mut mapping.to_date) {
        let name = field.words();
        let whole = title(&found.heads[to_date]);
        let Some(of_month) = of_month else {
            if by_month {
                mapping.remarks.push(format!(
                    "Column {whole} counts people {name} from the beginning, and the rows are of single months: the standard figure takes the highest month, but the upper one (high) adds months that are within one another. A column of those of the month alone is better."
                ));
            }
            continue;
        };
        let month = title(&found.heads[of_month]);
        let (used, left, why) = match by_month {
            true => (
                of_month,
                to_date,
                format!(
                    "counts from the beginning, while the rows are of single months, whose people are those of column {month}: not used"
                ),
            ),
            false => (
                to_date,
                of_month,
                format!(
                    "counts a part of the time that the rows are about, whose people are those of column {whole}: not used"
                ),
            ),
        };
        let (used_title, left_title) = (title(&found.heads[used]), title(&found.heads[left]));
        mapping.remarks.push(format!(
            "Columns {used_title} and {left_title} count the same people: the first is read as {name}; the second {why}."
        ));
        mapping.column_of[field as usize] = Some(found.heads[used].index);
        if let Some(before) = mapping.columns[left].field.take() {
            let confidence = std::mem::take(&mut mapping.columns[left].confidence);
            let one = &mut mapping.columns[used];
            (one.field, one.confidence) = (Some(before), confidence);
            one.reason = super::because(&found.heads[used]);
        }
        mapping.columns[left].reason = why;
    }
    Ok(())
}

/// Whether the rows are of single months: a column names the month, or a day without an end, or
/// most begin and end within one.
fn is_by_month(sheet: &Sheet<'_>, found: &Found, mapping: &Mapping) -> Result<bool, Unreadable> {
    let column = |field: Field| mapping.column_of[field as usize];
    let (start, end) = match (column(Field::Start), column(Field::End)) {
        (None, None) => return Ok(column(Field::Month).is_some()),
        (Some(_), None) => return Ok(true),
        (None, Some(_)) => return Ok(false),
        (Some(start), Some(end)) => (start, end),
    };
    let (mut short, mut long, mut seen) = (0, 0, 0);
    sheet.visit(found.first_row, |row| {
        let day = |column: usize, last| values::day(row.cell(column), Order::DayFirst, last, None);
        match (day(start, false), day(end, true)) {
            (Some(start), Some(end)) if end.0 - start.0 <= MONTH => short += 1,
            (Some(_), Some(_)) => long += 1,
            _ => {}
        }
        seen += 1;
        if seen < ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(short > long)
}
