//! Between a total and the columns of its periods or sectors the values decide.

use std::ops::ControlFlow;

use super::unnamed;
use crate::domain::Group;
use crate::formats::Unreadable;
use crate::formats::sheet::Sheet;
use crate::intake::columns::Mapping;
use crate::intake::fields::Field;
use crate::intake::parts;
use crate::intake::slice::Slice;
use crate::intake::table::Found;
use crate::intake::values::{self, Decimal};
use crate::intake::{Kind, Options};

/// Rows in which a total is the sum of its columns, of those that have both, where it is nothing else.
pub(super) const SUMS: f64 = 0.9;

/// Decides between a total and the columns of its periods or sectors: a mere sum says nothing more
/// than they do and counts people once for each month; another total is a count of its own, such as
/// of different people, and one that some rows have alone is all that these say.
pub fn settle(
    kind: Kind,
    sheet: &Sheet<'_>,
    found: &Found,
    options: &Options,
    mapping: &mut Mapping,
) -> Result<(), Unreadable> {
    if kind != Kind::Activities {
        return Ok(());
    }
    unnamed::add(sheet, found, options, mapping)?;
    let is_slice = |part: &&parts::Part| part.whom.slice != Slice::WHOLE;
    let mut fields: Vec<Field> =
        mapping.parts.iter().filter(is_slice).map(|part| part.field).collect();
    fields.sort();
    fields.dedup();
    for field in fields {
        let Some(total) = mapping.column_of[field as usize] else { continue };
        let of_field = || mapping.parts.iter().filter(is_slice).filter(|part| part.field == field);
        let is_whole = |part: &&parts::Part| part.whom.group == Group::ALL;
        let has_wholes = of_field().any(|part| is_whole(&part));
        let columns: Vec<usize> = of_field().map(|part| part.column).collect();
        let summed: Vec<usize> = of_field()
            .filter(|part| !has_wholes || is_whole(part))
            .map(|part| part.column)
            .collect();
        let (mut both, mut sums, mut alone) = (0u32, 0u32, false);
        sheet.visit(found.first_row, |row| {
            let number = |at: &usize| values::number(row.cell(*at), Decimal::Point);
            let parts = summed.iter().filter_map(number).reduce(|sum, one| sum + one);
            match (number(&total), parts) {
                (Some(total), Some(parts)) => {
                    both += 1;
                    sums += u32::from((total - parts).abs() <= 1e-6 * parts.abs().max(1.0));
                }
                (Some(total), None) => alone |= total > 0.0,
                (None, _) => {}
            }
            ControlFlow::Continue(())
        })?;
        let is_sum = !alone && f64::from(sums) >= SUMS * f64::from(both);
        let name = |at: usize| {
            let report = mapping.columns.iter().find(|report| report.index == at);
            report
                .map(|report| format!("{} ({})", report.letters, report.title()))
                .unwrap_or_default()
        };
        let (total_name, first) = (name(total), name(summed[0]));
        let is = if alone {
            "stands alone in some rows, without figures that it would be"
        } else {
            "is not"
        };
        let (left, reason, remark) = match is_sum {
            true => {
                mapping.column_of[field as usize] = None;
                mapping.beside_total.retain(|beside| beside.total != total);
                (
                    vec![total],
                    format!("the sum of column {first} and those like it: not used"),
                    format!(
                        "Column {total_name} is the sum of column {first} and those like it: they are read instead, each by itself."
                    ),
                )
            }
            false => {
                mapping.parts.retain(|part| !columns.contains(&part.column));
                mapping.beside_total.retain(|beside| !columns.contains(&beside.total));
                (
                    columns,
                    format!("a part of column {total_name}: not used"),
                    format!(
                        "Column {total_name} {is} the sum of column {first} and those like it: the total is read, they are not."
                    ),
                )
            }
        };
        for report in mapping.columns.iter_mut().filter(|report| left.contains(&report.index)) {
            report.field = None;
            report.confidence = 0.0;
            report.group.clear();
            report.reason.clone_from(&reason);
        }
        mapping.remarks.push(remark);
    }
    Ok(())
}
