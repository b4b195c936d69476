//! Which column called only `Total` is that of parts.

use crate::intake::columns::{Head, counts_others};
use crate::intake::fields::Field;
use crate::intake::figures::{self, Figure};
use crate::intake::tags::split_tag;
use crate::intake::vocabulary::normalise;

/// How many columns of no figure may stand between the parts and their total.
const BETWEEN: usize = 3;

/// A column called only `Total` behind the parts, before them, or the only one among them. One behind
/// them that is called as another among them is of some parts only, as that one is.
pub(super) fn beside(
    heads: &[Head],
    field: Field,
    columns: &[(usize, Figure)],
    found: &[(usize, Figure)],
    column_of: &[Option<usize>],
) -> Option<usize> {
    let (first, last) = (columns.first()?.0, columns.last()?.0);
    let fits = |at: &usize| {
        let is_part = found.iter().any(|(part, _)| part == at);
        !is_part && !column_of.contains(&Some(*at)) && is_total(heads, *at, field, columns)
    };
    let among: Vec<usize> = (first..last).filter(fits).collect();
    let same = |at: usize| among.iter().any(|other| called(heads, at) == called(heads, *other));
    let others = |at: &usize| {
        let head = heads.get(*at);
        head.is_some_and(|head| counts_others(&head.header) || counts_other_unit(head, field))
            || same(*at) && fits(at)
    };
    let behind = (last + 1..=last + BETWEEN).find(|at| !others(at)).filter(fits);
    behind.or_else(|| match among[..] {
        [] => first.checked_sub(1).filter(fits),
        // One more behind the parts is the total of those behind it, as this is of those before.
        [one] => Some(one).filter(|_| !(last + 1..=last + BETWEEN).any(|at| same(at) && fits(&at))),
        _ => None,
    })
}

/// What a total is called, with what stands above it.
fn called(heads: &[Head], at: usize) -> String {
    heads.get(at).map(|head| normalise(&head.header)).unwrap_or_default()
}

/// Households beside people, and people beside households.
fn counts_other_unit(head: &Head, field: Field) -> bool {
    let figure = figures::of_header(&head.header).filter(|figure| figure.measure.is_none());
    figure.is_some_and(|figure| match field.counts_households() {
        true => figure.people,
        false => figure.households,
    })
}

fn is_total(heads: &[Head], at: usize, field: Field, columns: &[(usize, Figure)]) -> bool {
    let Some(head) = heads.get(at) else { return false };
    let figure = figures::of_header(&head.header);
    let plain = figure.is_some_and(|figure| !figure.is_part() && figure.measure.is_none());
    // A running number is no total.
    let numbers = ["n", "nos", "nrs", "nro"].contains(&normalise(&head.header).as_str());
    let above = figures::of_header(&head.group).is_some_and(|figure| figure.total);
    let beside = columns.iter().any(|(part, _)| heads[*part].group == head.group);
    let all = head.group.is_empty() || above || beside;
    plain && all && !numbers && !counts_other_unit(head, field) && split_tag(&head.tag).0.is_empty()
}
