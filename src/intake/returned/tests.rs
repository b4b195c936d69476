#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::domain::{Operation, Rows as Known, Snapshot};
use crate::intake::{Options, activities};

const WORK: &[u8] = b"Title\nOrganisation,Sector,People reached,Phone number\nA,WASH,12,+258 84 123 4567\nB,WASH,many,+258 84 123 4568\n,WASH,3,+258 84 123 4569\n";

fn known() -> Snapshot {
    let operation =
        Operation { id: "delta".into(), name: "Delta".into(), note: None, household_size: None };
    Snapshot::build(Known::empty(operation))
}

fn rows(bytes: &[u8], sheet: usize) -> Vec<Vec<String>> {
    let book = sniff::open(bytes).unwrap();
    let mut seen = Vec::new();
    book.sheets[sheet]
        .visit(1, |row| {
            seen.push(row.cells().map(|cell| cell.text().unwrap_or_default().into()).collect());
            ControlFlow::Continue(())
        })
        .unwrap();
    seen
}

#[test]
fn the_rows_come_back_with_their_numbers_and_reasons_and_without_personal_data() {
    let (_, report) = activities("a.csv", WORK, &known(), &Options::default()).unwrap();
    let bytes = returned(Some(WORK), &report).unwrap();
    let found = rows(&bytes, 0);
    assert_eq!(
        found[0].join("|"),
        "Row|Organisation|Sector|People reached|Phone number|Outcome|Reasons"
    );
    assert_eq!(found[2][..5].join("|"), "4|B|WASH|many|");
    assert!(found[2][6].contains("People reached: There is no number"), "{:?}", found[2]);
    assert_eq!((found[3][0].as_str(), found[3][5].as_str()), ("5", "rejected"));
    assert!(!found.concat().concat().contains("+258"));
    assert!(rows(&bytes, 1).len() > 1);
    // It goes in again as it is.
    let (read, again) = activities("a.xlsx", &bytes, &known(), &Options::default()).unwrap();
    assert_eq!((read.activities.len(), again.counts.rows), (2, 3));
}

#[test]
fn without_the_file_the_report_stands_instead() {
    let (_, report) = activities("a.csv", WORK, &known(), &Options::default()).unwrap();
    let found = rows(&returned(None, &report).unwrap(), 0);
    assert_eq!(found[0][0], "Row");
    assert!(found.iter().any(|row| row[0] == "4" && row[2] == "many"), "{found:?}");
}
