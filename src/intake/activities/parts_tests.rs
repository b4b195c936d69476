//! Whom columns of parts count, and of which total they are the parts.

use super::tests::read;
use super::*;

/// Groups, targeted and reached of what a row is read as.
fn figures(headers: &str, cells: &str) -> (Vec<String>, Report) {
    let (rows, report) = read(&format!("partner,sector,status,{headers}\na,WSH,,{cells}\n"));
    let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), |figure| figure.to_string());
    let line =
        |row: &Activity| format!("{} {} {}", row.group, figure(row.targeted), figure(row.reached));
    (rows.iter().map(line).collect(), report)
}

#[test]
fn the_same_parts_twice_are_of_the_totals_beside_them() {
    for (headers, cells) in [
        ("Targeted,Male,Female,Reached,Male,Female", "100,40,60,30,10,20"),
        ("Planned,Male,Female,Reached,Male,Female", "100,40,60,30,10,20"),
        ("Bénéficiaires ciblés,H,F,Bénéficiaires atteints,H,F", "100,40,60,30,10,20"),
        ("Male,Female,Total targeted,Male,Female,Total reached", "40,60,100,10,20,30"),
    ] {
        let (found, report) = figures(headers, cells);
        assert_eq!(found, ["all/all/all/all 100 30"], "{headers}");
        assert_eq!(report.count("parts-differ"), 0, "{headers}");
    }
    let (found, _) =
        figures("Population,Male,Female,People reached,Male,Female", "900,400,500,30,10,20");
    assert_eq!(found, ["all/all/all/all - 30"]);
}

#[test]
fn parts_are_of_the_total_that_they_add_up_to() {
    for (headers, cells) in [
        ("Targeted,Male,Female,Reached", "100,40,60,30"),
        ("Reached,Targeted,Male,Female", "30,100,40,60"),
        ("Reached,Male,Female,Targeted", "30,10,20,100"),
        ("Targeted,Reached,Male,Female", "100,30,10,20"),
    ] {
        let (found, report) = figures(headers, cells);
        assert_eq!(found, ["all/all/all/all 100 30"], "{headers}");
        assert_eq!(report.count("parts-differ"), 0, "{headers}");
    }
}

#[test]
fn others_are_a_group_beside_groups_and_never_everybody() {
    let (found, _) = figures("IDPs reached,Host community reached,Others reached", "100,50,200");
    let expected = ["host/all/all/all - 50", "idp/all/all/all - 100", "other/all/all/all - 200"];
    let sorted = |mut found: Vec<String>| {
        found.sort();
        found
    };
    assert_eq!(sorted(found), expected);
    let below = "Reached,,\n,,,IDP,Host,Autres";
    assert_eq!(sorted(figures(below, "100,50,200").0), expected);
    // Who is neither man nor woman is in no group here, and the report says so.
    let (found, report) = figures("Men reached,Women reached,Others reached", "1,2,300");
    let expected = ["all/female/all/all - 2", "all/male/all/all - 1"];
    assert_eq!(sorted(found), expected);
    assert!(report.remarks.iter().any(|said| said.contains("none of the groups")), "{report:?}");
    let (found, _) = figures("Boys reached,Girls reached,Teachers reached", "1,2,300");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(figures("Others reached", "7").0, ["all/all/all/all - 7"]);
}

#[test]
fn a_part_behind_a_dash_is_a_part() {
    for headers in [
        "Students reached - boys,Students reached - girls",
        "Goat keepers reached - boys,Goat keepers reached - girls",
        "Reached pupils: boys,Reached pupils: girls",
    ] {
        let (found, _) = figures(headers, "410,390");
        let expected = ["all/female/0-17/all - 390", "all/male/0-17/all - 410"];
        let mut sorted = found;
        sorted.sort();
        assert_eq!(sorted, expected, "{headers}");
    }
    let headers =
        "# of farmers reached - male,# of farmers reached - female,# of farmers reached - total";
    assert_eq!(figures(headers, "410,390,800").0, ["all/all/all/all - 800"]);
    let (found, _) = figures("Kits distributed - boys,Kits distributed - girls", "4,5");
    assert_eq!(found, ["all/all/all/all - -"]);
}

#[test]
fn beside_children_and_the_elderly_grown_ups_are_those_between() {
    let (found, _) = figures("Boys,Girls,Men,Women,Elderly men,Elderly women", "1,2,3,4,5,6");
    let mut sorted = found;
    sorted.sort();
    let expected = [
        "all/female/0-17/all - 2",
        "all/female/18-59/all - 4",
        "all/female/60+/all - 6",
        "all/male/0-17/all - 1",
        "all/male/18-59/all - 3",
        "all/male/60+/all - 5",
    ];
    assert_eq!(sorted, expected);
    // Where the table has a band for those between, women are all of them.
    let headers = "Girls,Women,Girls 0-19,Women 20-59,Women 60+";
    let (found, _) = figures(headers, "2,10,2,4,6");
    assert_eq!(found.len(), 2, "{found:?}");
}
