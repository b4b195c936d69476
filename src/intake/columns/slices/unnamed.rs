//! Columns called by nothing but months beside a total that is their sum: they are the months of it.

use std::ops::ControlFlow;

use super::about::{By, of_head};
use super::{follow, is_dated, sentence};
use crate::formats::Unreadable;
use crate::formats::sheet::Sheet;
use crate::intake::columns::Mapping;
use crate::intake::fields::Field;
use crate::intake::parts::{Part, Whom};
use crate::intake::slice::{Months, Slice};
use crate::intake::table::Found;
use crate::intake::values::{self, Decimal};
use crate::intake::{Kind, Options};

/// A target that they add up to may be theirs or not.
const TOTALS: [Field; 2] = [Field::Reached, Field::HouseholdsReached];

/// Reads such columns as the months of the one total that they add up to.
pub(super) fn add(
    sheet: &Sheet<'_>,
    found: &Found,
    options: &Options,
    mapping: &mut Mapping,
) -> Result<(), Unreadable> {
    let columns = months(found, mapping);
    let months: Vec<Months> = columns.iter().map(|(_, months)| *months).collect();
    let has = |field: Field| mapping.column_of[field as usize].is_some();
    if months.len() < 2
        || mapping.slices().next().is_some()
        || has(Field::Month)
        || !months.windows(2).all(follow)
        || !is_dated(months.iter().copied(), options, has)
    {
        return Ok(());
    }
    let is_whole = |field: &Field| {
        mapping.parts.iter().all(|part| part.field != *field)
            && mapping.beside_total.iter().all(|beside| beside.field != *field)
    };
    let mut fits: Vec<Field> = Vec::new();
    for field in TOTALS.into_iter().filter(is_whole) {
        let Some(total) = mapping.column_of[field as usize] else { continue };
        if is_sum(sheet, found.first_row, &columns, total)? {
            fits.push(field);
        }
    }
    let [field] = fits[..] else { return Ok(()) };
    for (column, months) in &columns {
        let whom = Whom::all(Slice { months: Some(*months), sector: None });
        mapping.parts.push(Part { column: *column, field, whom });
        let report = mapping.columns.iter_mut().find(|report| report.index == *column);
        if let Some(report) = report {
            report.field = Some(field.name().to_owned());
            report.confidence = 0.8;
            report.group = whom.to_string();
            report.reason = format!("header \"{}\", a part of the total beside it", report.header);
        }
    }
    let is_month = |index: usize| columns.iter().any(|(column, _)| *column == index);
    let heads = found.heads.iter().enumerate();
    let at: Vec<usize> = heads.filter(|(_, head)| is_month(head.index)).map(|(at, _)| at).collect();
    mapping.remarks.push(sentence(&found.heads, &at, field, By::Period));
    Ok(())
}

/// The columns that have nothing but months for a header and are nothing else.
fn months(found: &Found, mapping: &Mapping) -> Vec<(usize, Months)> {
    let is_free = |index: usize| {
        let report = mapping.columns.iter().find(|report| report.index == index);
        report.is_some_and(|report| report.field.is_none() && !report.personal)
    };
    let of_head = |head: &crate::intake::columns::Head| {
        let about = of_head(Kind::Activities, head)?;
        let is_bare = about.rest.is_empty() && head.tag.is_empty();
        let slice = about.slice.filter(|slice| is_bare && slice.sector.is_none())?;
        Some((head.index, slice.months?))
    };
    found.heads.iter().filter(|head| is_free(head.index)).filter_map(of_head).collect()
}

/// Whether a total is the sum of the columns in every row that has either, and of several in some.
fn is_sum(
    sheet: &Sheet<'_>,
    first_row: u32,
    columns: &[(usize, Months)],
    total: usize,
) -> Result<bool, Unreadable> {
    let (mut both, mut sums, mut several, mut alone) = (0u32, 0u32, false, false);
    sheet.visit(first_row, |row| {
        let number = |at: usize| values::number(row.cell(at), Decimal::Point);
        let parts: Vec<f64> = columns.iter().filter_map(|(column, _)| number(*column)).collect();
        let sum: f64 = parts.iter().sum();
        match number(total) {
            Some(total) if !parts.is_empty() => {
                let is_sum = (total - sum).abs() <= 1e-6 * sum.abs().max(1.0);
                both += 1;
                sums += u32::from(is_sum);
                several |= is_sum && parts.iter().filter(|part| **part > 0.0).count() > 1;
            }
            Some(total) => alone |= total > 0.0,
            None => alone |= sum > 0.0,
        }
        ControlFlow::Continue(())
    })?;
    Ok(several && !alone && f64::from(sums) >= super::settle::SUMS * f64::from(both))
}
