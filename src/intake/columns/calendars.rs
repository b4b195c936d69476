//! Days of other calendars: read as ours they would be years wrong.

use super::{Head, title};
use crate::intake::evidence::{Evidence, Trait};
use crate::intake::vocabulary::{List, list, normalise};

/// Words that say another calendar wherever they stand.
static WORDS: List = list("other calendar");
/// Those that do beside the word for it, or by themselves in brackets or behind a comma.
static ETHIOPIAN: List = list("ethiopian calendar");
/// Words of a day beside which a calendar may stand: `Start date EC`.
static DAY: List = list("day of a calendar");

/// Whether a header says that its days are of another calendar, `Date (E.C.)`, and they are not of
/// ours nevertheless. Money of the EC and the Ethiopian Red Cross are no calendars.
pub(super) fn is_other(head: &Head, evidence: &Evidence) -> bool {
    says_other(&head.header) && evidence.share(Trait::Recent) < 0.5
}

fn says_other(header: &str) -> bool {
    let words = normalise(header);
    let words: Vec<&str> = words.split(' ').collect();
    let beside = |two: &[&str]| match two {
        [one, "calendar" | "cal"] => ETHIOPIAN.contains(one),
        ["calendrier", one] => ETHIOPIAN.contains(one),
        ["ethiopian", one] => DAY.contains(one),
        _ => false,
    };
    let behind = match words[..] {
        [.., before, "e", "c"] | [.., before, "ec"] => DAY.contains(&before),
        _ => false,
    };
    let marks = ['(', ')', '[', ']', ',', ';', ':', '/', '\n'];
    let mut parts = header.split(marks).flat_map(|part| part.split(" - ")).skip(1);
    words.iter().any(|word| WORDS.contains(word))
        || words.windows(2).any(beside)
        || behind
        || parts.any(|part| ETHIOPIAN.contains(&normalise(part).as_str()))
}

pub(super) fn remark(head: &Head) -> String {
    format!(
        "Column {} holds dates of another calendar, which are not read: give them in the Gregorian calendar, as 2026-07-01.",
        title(head)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_one_where_it_stands_as_one() {
        for header in [
            "Start date (E.C.)",
            "Date (EC)",
            "Start date EC",
            "Date - E.C.",
            "Start date (Ethiopian)",
            "Ethiopian calendar start",
            "Ethiopian start date",
            "Date (Eth. calendar)",
            "Date (calendrier éthiopien)",
            "Hijri date",
            "تاريخ البدء (هجري)",
        ] {
            assert!(says_other(header), "{header}");
        }
        for header in [
            "EC grant start date",
            "EC start date",
            "Start date (EC-funded)",
            "Start date (Ethiopian Red Cross)",
            "Ethiopian Red Cross start date",
            "Start date of contract with EC",
        ] {
            assert!(!says_other(header), "{header}");
        }
    }

    #[test]
    fn days_that_can_only_be_ours_are_ours() {
        let head = Head { header: "Start date (E.C.)".to_owned(), ..Head::default() };
        assert!(is_other(&head, &Evidence::of(9, 9).with(Trait::Date, 1.0)));
        assert!(!is_other(&head, &Evidence::of(9, 9).with(Trait::Recent, 1.0)));
    }
}
