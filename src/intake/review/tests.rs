#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::domain::{Area, Decision, Operation, Rows, Source};
use crate::intake::{Options, activities};

fn area(pcode: &str, name: &str, parent: Option<&str>) -> Area {
    Area {
        pcode: pcode.into(),
        name: name.into(),
        level: if parent.is_some() { 2 } else { 1 },
        parent: parent.map(Into::into),
        ..Area::default()
    }
}

fn decision(kind: DecisionKind, key: &str, value: Option<&str>) -> Decision {
    let value = value.map(Into::into);
    Decision { kind, key: key.into(), value, note: None, source: Source::default() }
}

/// The snapshot after a file of activities was imported under these decisions.
fn imported(text: &str, decisions: Vec<Decision>) -> Snapshot {
    let operation = Operation::new("test", "Test");
    let mut rows = Rows::empty(operation);
    rows.areas = vec![
        area("A", "Aleph", None),
        area("B", "Beth", None),
        area("A1", "Kebkabiya", Some("A")),
        area("A2", "Springfield", Some("A")),
        area("B1", "Ancuabe", Some("B")),
    ];
    rows.decisions = decisions;
    let known = Snapshot::build(Rows {
        areas: rows.areas.clone(),
        decisions: rows.decisions.clone(),
        ..Rows::empty(rows.operation.clone())
    });
    let (read, _) = activities("3w.csv", text.as_bytes(), &known, &Options::default()).unwrap();
    (rows.activities, rows.partners) = (read.activities, read.partners);
    for (at, row) in rows.activities.iter_mut().enumerate() {
        row.id = at as u64 + 1;
    }
    Snapshot::build(rows)
}

const FILE: &str = "organisation,sector,adm1_name,adm2_name,adm2_pcode,reached
Norwegian Refugee Council,WSH,Aleph,Springfield,,10
Norwegian Refugee Council,WSH,Aleph,Springfield,,20
NRC,WSH,Aleph,kabkabiya,,5
NRC,HEA,Aleph,Ancuabe,,7
NRC,HEA,Aleph,ANCUABE,,1
NRC,HEA,Beth,,B9,2
";

fn told(snapshot: &Snapshot) -> Vec<(String, ReviewState, usize, f64, Vec<String>)> {
    let told = items(snapshot).into_iter().map(|item| {
        let candidates = item.candidates.iter().map(|one| one.value.to_string()).collect();
        (item.key.to_string(), item.state, item.rows, item.people, candidates)
    });
    told.collect()
}

fn item(
    key: &str,
    state: ReviewState,
    rows: usize,
    people: f64,
    candidates: &[&str],
) -> (String, ReviewState, usize, f64, Vec<String>) {
    let candidates = candidates.iter().map(|one| (*one).to_owned()).collect();
    (key.to_owned(), state, rows, people, candidates)
}

#[test]
fn what_waits_comes_first_with_the_rows_and_people_that_depend_on_it() {
    let snapshot = imported(FILE, Vec::new());
    assert_eq!(
        told(&snapshot),
        [
            item("norwegian refugee council", ReviewState::Waits, 2, 30.0, &["nrc"]),
            item("2|A|ancuabe", ReviewState::Waits, 2, 8.0, &["B1"]),
            item("2|code|B9", ReviewState::Waits, 1, 2.0, &[]),
            item("2|A|kabkabiya", ReviewState::Used, 1, 5.0, &["A1"]),
        ]
    );
    let all = items(&snapshot);
    let place = all.iter().find(|item| &*item.key == "2|A|ancuabe").unwrap();
    assert_eq!((&*place.said, place.within.as_deref()), ("ANCUABE", Some("Aleph")));
    assert_eq!(
        (place.candidates[0].method, place.candidates[0].parent.as_deref()),
        ("outside", Some("Beth"))
    );
}

#[test]
fn what_was_decided_is_used_and_can_be_undone() {
    let (place, partner) = (DecisionKind::Place, DecisionKind::Partner);
    let snapshot = imported(
        FILE,
        vec![
            decision(place, "2|A|ancuabe", Some("A2")),
            decision(place, "2|code|B9", Some("B1")),
            decision(place, "2|A|kabkabiya", None),
            decision(partner, "nrc", Some("norwegian refugee council")),
        ],
    );
    let placed: Vec<_> = snapshot.activities.iter().map(|row| row.area.as_deref()).collect();
    assert_eq!(placed, [Some("A2"), Some("A2"), Some("A"), Some("A2"), Some("A2"), Some("B1")]);
    let merged = |row: &crate::domain::Activity| &*row.partner == "norwegian refugee council";
    assert!(snapshot.activities.iter().all(merged));
    let reported =
        snapshot.activities.iter().filter(|row| row.reported_as.as_deref() == Some("nrc"));
    assert_eq!(reported.count(), 4);
    assert_eq!(
        told(&snapshot),
        [
            item("nrc", ReviewState::Confirmed, 4, 15.0, &["norwegian refugee council"]),
            item("2|A|ancuabe", ReviewState::Confirmed, 2, 8.0, &["A2"]),
            item("2|code|B9", ReviewState::Confirmed, 1, 2.0, &["B1"]),
            item("2|A|kabkabiya", ReviewState::Dismissed, 1, 5.0, &[]),
        ]
    );
    let dismissed = imported(FILE, vec![decision(partner, "nrc", None)]);
    let pairs = told(&dismissed).into_iter().filter(|(_, state, _, _, candidates)| {
        *state == ReviewState::Waits && candidates.iter().any(|one| one == "nrc")
    });
    assert_eq!(pairs.count(), 0);
}
