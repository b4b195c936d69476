//! Where the rows of real files are placed, by code and by name.

use std::collections::BTreeMap;

use lacuna::domain::{Activity, AreaTree, PlaceMethod, Rows, Snapshot};
use lacuna::intake::{self, Options, Report};

use crate::{assert_complete, empty, file, name_of, snapshot};

/// Reads a file of activities over areas that are known.
fn read(path: &str, known: &Snapshot, options: &Options) -> Option<(Vec<Activity>, Report)> {
    let bytes = file(path)?;
    let (intake, report) = intake::activities(name_of(path), &bytes, known, options).unwrap();
    assert_complete(&report);
    Some((intake.activities, report))
}

/// Every distinct wording with the area it was placed in.
fn pairs(
    rows: &[Activity],
    known: &Snapshot,
) -> BTreeMap<String, (String, PlaceMethod, u8, usize)> {
    let mut pairs: BTreeMap<String, (String, PlaceMethod, u8, usize)> = BTreeMap::new();
    for row in rows {
        let words = row.placed.said.as_ref().map_or(String::new(), |said| {
            let words = said.codes.iter().chain(&said.names).flatten();
            words.map(|word| word.trim()).collect::<Vec<_>>().join(" | ")
        });
        let place = row.area.as_ref().map_or("-".to_owned(), |pcode| {
            let area = known.areas.get(known.areas.by_pcode(pcode).unwrap());
            format!("{pcode} {}", area.name)
        });
        let entry =
            pairs.entry(words).or_insert((place, row.placed.method, row.placed.confidence, 0));
        entry.3 += 1;
    }
    pairs
}

#[test]
fn explore() {
    let path = std::env::var("EXPLORE").unwrap_or_default();
    if path.is_empty() {
        return;
    }
    let mut parts = path.split(',');
    let activities = parts.next().unwrap();
    let bounds: Vec<&str> = parts.collect();
    let Some(known) = snapshot(&bounds) else { return };
    for level in 1..=4 {
        eprintln!("level {level}: {}", known.areas.level(level).len());
    }
    let Some((rows, report)) = read(activities, &known, &Options::default()) else { return };
    for column in &report.columns {
        eprintln!(
            "{:3} {:22} {:.2} {:?} {}",
            column.letters,
            column.field.as_deref().unwrap_or("-"),
            column.confidence,
            column.title(),
            column.reason
        );
    }
    eprintln!("{} {:?}", report.sheet, report.counts);
    eprintln!("placed {:?}", report.placed);
    for issue in &report.issues {
        eprintln!("{:6} {} {:?}", issue.count, issue.code, issue.examples.first());
    }
    for remark in &report.remarks {
        eprintln!("REMARK {remark}");
    }
    let mut methods: BTreeMap<PlaceMethod, usize> = BTreeMap::new();
    for row in &rows {
        *methods.entry(row.placed.method).or_default() += 1;
    }
    eprintln!("{methods:?}");
    for (words, (place, method, confidence, count)) in pairs(&rows, &known) {
        if *(&method) != PlaceMethod::Code {
            eprintln!("{count:5} {words} -> {place} {} {confidence}", method.code());
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for note in &report.notes {
        let issue = &report.issues[usize::from(note.issue)];
        if [
            "waits-for-review",
            "unknown-place-name",
            "unknown-pcode",
            "code-and-name-disagree",
            "codes-disagree",
            "near-place-name",
        ]
        .contains(&issue.code.as_str())
            && seen.insert((issue.code.clone(), note.value.clone(), note.detail.clone()))
            && seen.len() < 250
        {
            eprintln!("  {} {:?} {}", issue.code, note.value, note.detail);
        }
    }
}
