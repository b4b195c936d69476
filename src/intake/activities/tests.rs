#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::domain::{Operation, Rows};

fn nowhere() -> Snapshot {
    Snapshot::build(Rows::empty(Operation {
        id: "op".into(),
        name: "Operation".into(),
        note: None,
        household_size: None,
    }))
}

fn read(text: &str) -> (Vec<Activity>, Report) {
    let read = activities("a.csv", text.as_bytes(), &nowhere(), &Options::default());
    let (intake, report) = read.unwrap();
    (intake.activities, report)
}

fn reached(text: &str) -> (Vec<Option<f64>>, Report) {
    let (rows, report) = read(&format!("partner,sector,reached\n{text}"));
    (rows.iter().map(|row| row.reached).collect(), report)
}

#[test]
fn thousands_written_with_dots_are_thousands_and_the_report_says_so() {
    let (found, report) = reached("a,WSH,1.500\nb,WSH,12.000\nc,WSH,800\n");
    assert_eq!(found, [Some(1500.0), Some(12_000.0), Some(800.0)]);
    assert!(report.remarks.iter().any(|remark| remark.contains("column C (reached)")));
    let (found, report) = reached("a,WSH,1.500\nb,WSH,2.5\n");
    assert_eq!(found, [Some(1.5), Some(2.5)]);
    assert_eq!(report.count("thousands-or-decimals"), 1);
    assert_eq!(report.issues.last().unwrap().examples[0].row, 2);
    assert!(report.notes.iter().any(|note| &*note.detail == "1.500 may mean 1500."));
}

#[test]
fn figures_nobody_can_have_reached_are_unknown() {
    let (found, report) = reached("a,WSH,1e11\nb,WSH,-5\nc,WSH,1e999\nd,WSH,7\n");
    assert_eq!(found, [None, None, None, Some(7.0)]);
    let counts = ["too-many", "negative", "not-a-number"].map(|code| report.count(code));
    assert_eq!(counts, [1, 1, 1]);
    assert!(report.issues.iter().any(|issue| issue.examples[0].column == "reached"));
}

#[test]
fn figures_that_slipped_into_the_dates_are_no_dates() {
    let (rows, report) = read(
        "partner,start_date,end_date\na,2026-01-02,2026-02-01\nb,22000,2109-05-15\nc,1985-01-01,\n\
         d,2026-01-03,2026-03-01\n",
    );
    let days: Vec<_> = rows.iter().map(|row| (row.start.is_some(), row.end.is_some())).collect();
    assert_eq!(days, [(true, true), (false, false), (false, false), (true, true)]);
    assert_eq!(report.count("implausible-date"), 3);
    let (rows, _) = read("partner,start_date\na,46000\nb,46010\n");
    assert!(rows.iter().all(|row| row.start.is_some()), "a column of days as a spreadsheet counts");
}
