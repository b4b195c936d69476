//! Days of columns that are written in more than one way.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::super::returned;
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

fn days(day: impl Iterator<Item = Option<Day>>) -> Vec<String> {
    day.map(|day| day.map_or("-".to_owned(), |day| day.to_string())).collect()
}

/// The start days of a table with this header and these cells.
fn starts(header: &str, cells: &[&str]) -> (Vec<String>, Report) {
    let row = |(at, cell): (usize, &&str)| format!("p{at},WSH,{cell}\n");
    let rows: String = cells.iter().enumerate().map(row).collect();
    read(&format!("partner,sector,{header}\n{rows}"))
}

fn read(text: &str) -> (Vec<String>, Report) {
    let read = activities("a.csv", text.as_bytes(), &nowhere(), &Options::default());
    let (intake, report) = read.unwrap();
    (days(intake.activities.iter().map(|row| row.start)), report)
}

#[test]
fn days_of_a_column_that_contradicts_itself_are_read_only_where_they_can_be_one() {
    for (header, cells) in [
        ("start_date", ["13/02/2024", "02/13/2024", "03/04/2024", "05/05/2024", "2024-04-03"]),
        ("Date de début", ["13-02-2024", "02-13-2024", "03-04-2024", "05-05-2024", "3 avril 2024"]),
        ("Fecha de inicio", ["13.2.2024", "2.13.2024", "3.4.2024", "5.5.2024", "3-abr-24"]),
        ("Data de início", ["13/02/24", "02/13/24", "03/04/24", "05/05/24", "20240403"]),
        ("تاريخ البداية", ["١٣/٠٢/٢٠٢٤", "٠٢/١٣/٢٠٢٤", "٠٣/٠٤/٢٠٢٤", "٠٥/٠٥/٢٠٢٤", "٢٠٢٤-٠٤-٠٣"]),
    ] {
        let (found, report) = starts(header, &cells);
        let expected = ["2024-02-13", "2024-02-13", "-", "2024-05-05", "2024-04-03"];
        assert_eq!(found, expected, "{header} {:?}", report.issues);
        let issue = report.issues.iter().find(|one| one.code == "ambiguous-date").unwrap();
        assert_eq!((issue.count, issue.examples[0].row), (1, 4));
        assert_eq!(issue.examples[0].detail, "It may be 2024-04-03 or 2024-03-04.");
        assert!(report.remarks.iter().any(|one| one.contains("every row with one that may be")));
    }
}

#[test]
fn the_start_and_the_end_of_a_table_are_taken_together() {
    let table = |rows: &[(&str, &str)]| {
        let row = |(at, (start, end)): (usize, &(&str, &str))| format!("p{at},WSH,{start},{end}\n");
        let rows: String = rows.iter().enumerate().map(row).collect();
        let text = format!("partner,sector,start_date,end_date\n{rows}");
        let read = activities("a.csv", text.as_bytes(), &nowhere(), &Options::default());
        let (intake, report) = read.unwrap();
        let rows = intake.activities.iter().flat_map(|row| [row.start, row.end]);
        (days(rows), report.count("ambiguous-date"))
    };
    // Only the ends say that the month comes first.
    let (found, unclear) = table(&[("03/04/2024", "03/31/2024"), ("04/05/2024", "04/06/2024")]);
    assert_eq!(found, ["2024-03-04", "2024-03-31", "2024-04-05", "2024-04-06"]);
    assert_eq!(unclear, 0);
    // One is mixed and the other is not.
    let (found, unclear) = table(&[
        ("13/02/2024", "02/28/2024"),
        ("14/02/2024", "28/02/2024"),
        ("03/04/2024", "05/04/2024"),
    ]);
    assert_eq!(found[..4], ["2024-02-13", "2024-02-28", "2024-02-14", "2024-02-28"]);
    assert_eq!((&found[4..], unclear), (&["-".to_owned(), "-".to_owned()][..], 2));
    // Each says something else.
    let (found, unclear) = table(&[("13/02/2024", "02/28/2024"), ("03/04/2024", "2024-04-30")]);
    assert_eq!(found, ["2024-02-13", "2024-02-28", "-", "2024-04-30"]);
    assert_eq!(unclear, 1);
}

#[test]
fn columns_that_do_not_contradict_themselves_are_read_as_they_were() {
    for (cells, expected) in [
        // One way is proved, or none.
        (["13/02/2024", "03/04/2024", "2024-01-05"], ["2024-02-13", "2024-04-03", "2024-01-05"]),
        (["02/13/2024", "03/04/2024", "2024-01-05"], ["2024-02-13", "2024-03-04", "2024-01-05"]),
        (["01/02/2024", "03/04/2024", "05/06/2024"], ["2024-02-01", "2024-04-03", "2024-06-05"]),
        // What begins with the year, or names the month, proves nothing.
        (["2024/02/13", "03/04/2024", "2024-12-31"], ["2024-02-13", "2024-04-03", "2024-12-31"]),
        (
            ["13 Feb 2024", "03/04/2024", "31 March 2024"],
            ["2024-02-13", "2024-04-03", "2024-03-31"],
        ),
        (["Feb-24", "03/04/2024", "Q1 2024"], ["2024-02-01", "2024-04-03", "2024-01-01"]),
        // What is no day proves nothing.
        (["13/13/2024", "03/04/2024", "99/01/2024"], ["-", "2024-04-03", "-"]),
        (["12/2024", "03/04/2024", "01/02/2024"], ["2024-12-01", "2024-04-03", "2024-02-01"]),
        (["45385", "45386", "45387"], ["2024-04-03", "2024-04-04", "2024-04-05"]),
    ] {
        let (found, report) = starts("start_date", &cells);
        assert_eq!(found, expected, "{cells:?}");
        assert_eq!(report.count("ambiguous-date"), 0, "{cells:?}");
        assert!(!report.remarks.iter().any(|one| one.contains("both day first")), "{cells:?}");
    }
    // A slip in a long column: it is not read, and the others are.
    let long: Vec<String> = (0..40).map(|at| format!("{}/01/2024", 13 + at % 15)).collect();
    let mut long: Vec<&str> = long.iter().map(String::as_str).collect();
    long.extend(["01/31/2024", "03/04/2024"]);
    let (found, report) = starts("start_date", &long);
    assert_eq!(found[40..], ["-", "2024-04-03"]);
    assert_eq!((report.count("ambiguous-date"), report.count("not-a-date")), (0, 1));
    // A column of days as ISO beside a mixed one has nothing to say.
    let text = "partner,start_date,end_date\na,2024-01-01,13/02/2024\nb,2024-01-02,02/13/2024\n";
    let (found, report) = read(text);
    assert_eq!(found, ["2024-01-01", "2024-01-02"]);
    assert_eq!(report.remarks.iter().filter(|one| one.contains("both day first")).count(), 1);
}

#[test]
fn a_returned_report_reads_mixed_days_as_the_file_was() {
    let text = "partner,start_date\na,13/02/2024\nb,02/13/2024\nc,03/04/2024\n";
    let (found, report) = read(text);
    let back = returned::workbook(text.as_bytes(), &report).unwrap();
    let (intake, again) = activities("a.xlsx", &back, &nowhere(), &Options::default()).unwrap();
    assert_eq!(days(intake.activities.iter().map(|row| row.start)), found);
    assert_eq!(again.counts, report.counts);
}
