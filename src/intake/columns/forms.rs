//! What a form service writes about the form itself, such as Kobo: when it was filled in says nothing
//! of when the work was done.

use super::Head;
use crate::intake::Kind;
use crate::intake::evidence::{Evidence, Trait};
use crate::intake::fields::{Field, Role};
use crate::intake::headers::{is_of_form, lookup};

/// Begun, sent, and the day: names of the service for its own columns.
const FILLED_IN: [&str; 3] = ["start", "end", "today"];

/// Whether a column is of the form itself. A plain `start` is one only beside others of the form and
/// a column that says when the work was done.
pub(super) fn is_own<'e>(
    kind: Kind,
    heads: &[Head],
    at: usize,
    seen: &impl Fn(usize) -> &'e Evidence,
) -> bool {
    is_of_form(&heads[at].header)
        || is_filled_in(&heads[at])
            && heads.iter().any(|head| is_of_form(&head.header))
            && (0..heads.len()).any(|other| says_when(kind, &heads[other], seen(other)))
}

fn is_filled_in(head: &Head) -> bool {
    FILLED_IN.contains(&head.header.trim())
}

fn says_when(kind: Kind, head: &Head, evidence: &Evidence) -> bool {
    let is_time = |field: Field| field.role() == Role::Date || field == Field::Month;
    let named = || lookup(kind, &head.header).iter().any(|(field, _)| is_time(*field));
    let days = evidence.share(Trait::Date).max(evidence.share(Trait::Month));
    let moments = evidence.share(Trait::Moment);
    days >= 0.5 && moments < 0.5 && !is_of_form(&head.header) && !is_filled_in(head) && named()
}
