//! The same parts below headers that say different things, such as `SAM admissions` and `MAM
//! admissions`: whether they count the same people, nobody says.

use super::Resolved;
use crate::intake::columns::{Head, title};
use crate::intake::fields::Field;
use crate::intake::figures::Figure;

/// Leaves out parts of the same group and figure that stand below different headers.
pub(super) fn leave_out(
    heads: &[Head],
    field: Field,
    columns: &mut Vec<(usize, Figure)>,
    column_of: &mut [Option<usize>],
    resolved: &mut Resolved,
) {
    let whom = |figure: &Figure| (figure.group, figure.word, figure.sector);
    let again = |(at, figure): &(usize, Figure)| {
        columns.iter().any(|(other, same)| {
            whom(same) == whom(figure) && heads[*other].group != heads[*at].group
        })
    };
    let (left, kept): (Vec<_>, Vec<_>) = columns.iter().copied().partition(again);
    let mut groups: Vec<&str> = left.iter().map(|(at, _)| heads[*at].group.as_str()).collect();
    groups.retain(|group| !group.is_empty());
    groups.dedup();
    if groups.len() < 2 {
        return;
    }
    let below: Vec<String> = groups.iter().map(|group| format!("\"{group}\"")).collect();
    // The total below one of them is no total of both.
    let total = column_of[field as usize];
    let total = total.filter(|at| groups.contains(&heads[*at].group.as_str()));
    if let Some(at) = total {
        column_of[field as usize] = None;
        resolved.withdrawn.push(at);
    }
    for at in left.iter().map(|(at, _)| *at).chain(total) {
        let note = format!(
            "a part of {} that stands below {} headers: not used",
            field.words(),
            groups.len()
        );
        resolved.notes.push((at, note));
    }
    let titles: Vec<String> = left.iter().map(|(at, _)| title(&heads[*at])).collect();
    resolved.remarks.push(format!(
        "Columns {} count the same groups below {}: whether these are the same people is not said, and none of them is read as {}. Send the sum of those who are different people as one column.",
        titles.join(", "),
        below.join(" and "),
        field.words()
    ));
    *columns = kept;
}
