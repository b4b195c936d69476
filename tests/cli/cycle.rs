//! The life of a submission: corrected files, rollback, decisions, what is remembered.

use super::Place;
use super::operation::{ACTIVITIES, gaps};

const IMPORT: [&str; 5] = ["import", "activities", "5w.csv", "--operation", "op"];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    IMPORT.iter().chain(more).copied().collect()
}

/// The file of the tiny operation without its row 3.
fn without_row_3() -> String {
    let lines = ACTIVITIES.lines().enumerate().filter(|(at, _)| *at != 2);
    lines.map(|(_, line)| format!("{line}\n")).collect()
}

#[test]
fn a_corrected_file_ends_the_rows_it_no_longer_has_only_when_told_to() {
    let place = Place::with_operation();
    place.write("5w.csv", without_row_3().replace(",400", ",450"));
    let said = place.ok(&with(&["--dry-run"]));
    assert!(said.contains("0 new, 1 changed, 4 unchanged, 0 gone"), "{said}");
    assert!(said.contains("reached: \"400\" -> \"450\""), "{said}");
    assert!(said.contains("correction of submission 4 (5w.csv of"), "{said}");
    assert!(said.contains("has 5 of that one's rows and lacks 1"), "{said}");
    let said = place.ok(&with(&["--dry-run", "--replaces", "last"]));
    assert!(said.contains("0 new, 1 changed, 4 unchanged, 1 gone"), "{said}");
    assert!(said.contains("gone, row 3: beta, WSH, latrines, XA0102"), "{said}");
    let said = place.ok(&with(&["--replaces", "4"]));
    assert!(said.contains("Committed") && said.contains("1 gone"), "{said}");
    assert_eq!(gaps(&place, &["--sector", "WSH"])[1][2], "");
    // A correction of the correction reaches what the first one left as it was.
    place.write("5w.csv", "partner,sector,reached\nAlpha,WSH,1\n");
    let said = place.ok(&with(&["--replaces", "last", "--dry-run"]));
    assert!(said.contains("1 new, 0 changed, 0 unchanged, 5 gone"), "{said}");
}

#[test]
fn what_cannot_be_replaced_is_named_with_what_can() {
    let place = Place::with_operation();
    let sentence = place.refused(&with(&["--replaces", "3"]));
    assert!(sentence.contains("the last one is 4"), "{sentence}");
    assert!(place.refused(&with(&["--replaces", "x"])).contains("or last"));
}

#[test]
fn a_submission_is_rolled_back_and_history_says_so() {
    let place = Place::with_operation();
    let before = gaps(&place, &[]);
    place.write("5w.csv", ACTIVITIES.replace(",400", ",900"));
    place.ok(&IMPORT);
    let changed = gaps(&place, &[]);
    assert_ne!(changed, before);
    let roll_back = ["rollback", "5", "--operation", "op"];
    let said = place.ok(&["rollback", "5", "--operation", "op", "--dry-run"]);
    assert!(said.contains("1 of its rows end, 1 rows come back"), "{said}");
    assert_eq!(gaps(&place, &[]), changed);
    let said = place.ok(&roll_back);
    assert!(said.contains("Committed as revision 6"), "{said}");
    assert_eq!(gaps(&place, &[]), before);
    assert!(place.refused(&roll_back).contains("rolled back already"));
    let said = place.ok(&["history", "--operation", "op"]);
    let line = |number: usize| said.lines().nth(number).unwrap().to_owned();
    assert!(line(4).contains("5w.csv") && line(4).contains("  6  "), "{said}");
    assert!(line(5).ends_with("rolled back"), "{said}");
    assert!(line(6).contains("rollback") && line(6).ends_with("undoes 5"), "{said}");
    assert!(place.refused(&["rollback", "9", "--operation", "op"]).contains("no submission 9"));
}
