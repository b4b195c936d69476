//! Days of other calendars: read as ours they would be years wrong.

use super::{Head, title};
use crate::intake::vocabulary::normalise;

/// Words of a header that say another calendar.
const WORDS: &[&str] =
    &["ec", "ethiopian", "ethiopien", "hijri", "hijriah", "hegire", "hegira", "هجري", "هجريه"];

/// Whether a header says that its days are of another calendar: `Date (E.C.)`.
pub(super) fn is_other(head: &Head) -> bool {
    let words = normalise(&head.header);
    let words: Vec<&str> = words.split(' ').collect();
    words.iter().any(|word| WORDS.contains(word))
        || words.windows(2).any(|two| matches!(two, ["e", "c"] | ["eth", "calendar" | "cal"]))
}

pub(super) fn remark(head: &Head) -> String {
    format!(
        "Column {} holds dates of another calendar, which are not read: give them in the Gregorian calendar, as 2026-07-01.",
        title(head)
    )
}
