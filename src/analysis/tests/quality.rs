//! Completeness and timeliness, by hand.

use super::made::operation;
use crate::analysis::quality;
use crate::domain::{Month, Snapshot, Submission};

fn submission(id: u32, at: &str) -> Submission {
    Submission {
        id,
        kind: "activities".into(),
        file_name: "5w.csv".into(),
        sha256: "00".into(),
        at: at.into(),
        revision: u64::from(id),
        replaces: None,
        undoes: None,
        sheet: None,
    }
}

#[test]
fn a_partner_of_four_rows_two_of_them_with_a_group_is_nine_tenths_complete() {
    let made = operation(&["P"])
        .row("A WSH kits P 1 start=2026-01-05")
        .row("A WSH kits P 1 start=2026-01-06")
        .row("A WSH kits P 1 start=2026-03-01 group=idp")
        .row("A WSH kits P 1 start=2026-03-02 group=host")
        .row("A WSH kits P 1 status=cancelled")
        .row("B WSH kits - - status=planned start=2026-09-01");
    let scores = quality(&Snapshot::build(made.rows));
    let (a, b) = (&scores[1], &scores[0]);
    assert_eq!((a.rows, a.with_group), (4, 0.5));
    assert!((a.completeness - 0.9).abs() < 1e-12);
    // January and March of the three months from January on: what is planned is no month yet.
    assert_eq!((a.months, a.months_of_operation), (2, 3));
    assert_eq!((b.months, b.days_late, b.with_place, b.with_figure), (0, None, 0.0, 0.0));
}

#[test]
fn lateness_is_the_median_of_the_months_by_the_first_import_of_each() {
    let mut made = operation(&["P"])
        .row("A WSH kits P 1 start=2026-01-05")
        .row("A WSH kits P 2 start=2026-01-06")
        .row("A WSH kits P 3 start=2026-02-01");
    let days = ["2026-02-05T00:00:00Z", "2026-06-01T00:00:00Z", "2026-03-15T10:00:00Z"];
    for (at, day) in days.into_iter().enumerate() {
        made.rows.submissions.push(submission(at as u32 + 1, day));
        made.rows.activities[at].source.submission = at as u32 + 1;
    }
    // January after 5 days, though a row came in June; February after 15.
    assert_eq!(quality(&Snapshot::build(made.rows))[0].days_late, Some(10.0));
}

#[test]
fn the_last_day_of_a_month_is_the_one_before_the_next() {
    for (month, day) in
        [((2024 - 1970) * 12 + 1, "2024-02-29"), (11, "1970-12-31"), (-1, "1969-12-31")]
    {
        assert_eq!(Month(month).last_day().to_string(), day);
    }
}
