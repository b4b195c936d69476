//! Corrected files whose rows are other rows than before (METHODS 2): they are pointed out.

use super::Place;

const HEAD: &str = "partner,sector,activity_type,adm2_pcode,start_date";

fn reached(place: &Place) -> f64 {
    let rows = place.ok(&["export", "activities", "--operation", "op", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let at = reader.headers().unwrap().iter().position(|name| name == "reached").unwrap();
    let of_delta = |row: &csv::StringRecord| row.iter().any(|cell| cell.contains("elta"));
    let rows = reader.records().map(|row| row.unwrap()).filter(of_delta);
    rows.map(|row| row[at].parse::<f64>().unwrap()).sum()
}

#[test]
fn what_the_hint_says_ends_the_rows_after_the_commit_too() {
    let place = Place::with_operation();
    let total = |head: &str, cells: &str| {
        format!("{HEAD},{head}\nDelta,PRO,legal,XA0101,2026-03-01,{cells}\n")
    };
    place.write("one.csv", total("Men reached,Women reached", "60,50"));
    place.write("two.csv", total("Men reached,Women reached,Total reached", "50,40,90"));
    for file in ["one.csv", "two.csv"] {
        place.ok(&["import", "activities", file, "--operation", "op"]);
    }
    assert_eq!(reached(&place), 200.0);
    let again = ["import", "activities", "two.csv", "--operation", "op", "--replaces", "5"];
    let said = place.ok(&again);
    assert!(said.contains("2 gone") && !said.contains("looks like"), "{said}");
    assert_eq!(reached(&place), 90.0);
}

/// What is said of a second file of a kind after a first one.
fn said_of(kind: &str, first: (&str, &str), second: (&str, &str)) -> String {
    let place = Place::with_operation();
    for (name, text) in [first, second] {
        place.write(name, text);
    }
    place.ok(&["import", kind, first.0, "--operation", "op"]);
    let import = ["import", kind, second.0, "--operation", "op"];
    let dry = place.ok(&[&import[..], &["--dry-run"]].concat());
    let said = place.ok(&import);
    let hint = |text: &str| {
        let at = text.find("It looks like a correction");
        at.map(|at| text[at..].lines().next().unwrap_or_default().to_owned())
    };
    assert_eq!(hint(&dry), hint(&said));
    hint(&said).unwrap_or_default()
}

fn of_activities(first: String, second: String) -> String {
    said_of("activities", ("one.csv", &first), ("other.csv", &second))
}

#[test]
fn parts_that_a_total_takes_the_place_of_are_pointed_out_and_the_other_way() {
    let parts =
        format!("{HEAD},Men reached,Women reached\nDelta,PRO,legal,XA0101,2026-03-01,60,50\n");
    let total = format!(
        "{HEAD},Men reached,Women reached,Total reached\nDelta,PRO,legal,XA0101,2026-03-01,50,40,90\n"
    );
    let said = of_activities(parts.clone(), total.clone());
    assert!(said.contains("has 2 of that one's rows (all but for the group: those stay"), "{said}");
    assert!(!said.contains("lacks") && said.contains("--replaces 5"), "{said}");
    let said = of_activities(total, parts);
    assert!(said.contains("has 1 of that one's rows (all but for the group: those stay"), "{said}");
}

#[test]
fn ids_and_locations_that_a_corrected_file_has_and_the_first_had_not_are_pointed_out() {
    let plain = format!(
        "{HEAD},reached\nDelta,PRO,legal,XA0101,2026-03-01,110\nEcho,WSH,well,XA0102,2026-03-01,10\n"
    );
    let ids = format!(
        "activity_id,{HEAD},reached\nA1,Delta,PRO,Legal,XA0101,2026-03-01,110\nA2,Echo,WSH,well,XA0102,2026-03-01,10\n"
    );
    let places = format!(
        "location,{HEAD},reached\nLumo,Delta,PRO,legal,XA0101,2026-03-01,110\nTiba,Echo,WSH,well,XA0102,2026-03-01,10\n"
    );
    for (second, differs) in [(&ids, "activity id:"), (&places, "location:")] {
        let said = of_activities(plain.clone(), second.clone());
        assert!(said.contains(&format!("(all but for the {differs}")), "{said}");
        let said = of_activities(second.clone(), plain.clone());
        assert!(said.contains(&format!("(all but for the {differs}")), "{said}");
    }
    let said = of_activities(ids, places);
    assert!(said.contains("(all but for the activity id and location:"), "{said}");
}

#[test]
fn other_work_is_no_correction_of_what_is_there() {
    let plain = format!(
        "{HEAD},reached\nDelta,PRO,legal,XA0101,2026-03-01,110\nEcho,WSH,well,XA0102,2026-03-01,10\n"
    );
    let ids = |row: &str| format!("activity_id,{HEAD},reached\n{row}\n");
    for row in [
        "A1,Delta,PRO,legal,XA0101,2026-04-01,110",
        "A1,Delta,HEA,legal,XA0101,2026-03-01,110",
        "A1,Foxtrot,PRO,legal,XA0101,2026-03-01,110",
        "A1,Delta,PRO,legal,XA0102,2026-03-01,110",
        "A1,Delta,PRO,training,XA0101,2026-03-01,110",
    ] {
        assert_eq!(of_activities(plain.clone(), ids(row)), "", "{row}");
    }
    // Other ids, other locations, other parts.
    let first = ids("A1,Delta,PRO,legal,XA0101,2026-03-01,110");
    assert_eq!(of_activities(first, ids("A2,Delta,PRO,legal,XA0101,2026-03-01,110")), "");
    let of = |part: &str| format!("{HEAD},{part} reached\nDelta,PRO,legal,XA0101,2026-03-01,60\n");
    assert_eq!(of_activities(of("Men"), of("Women")), "");
    // Planned work is not what was done.
    let planned = format!("{HEAD},status,targeted\nDelta,PRO,legal,XA0101,2026-03-01,planned,60\n");
    assert_eq!(of_activities(planned, of("Women")), "");
    // One row of many.
    let many = plain + "Echo,WSH,well,XA0201,2026-03-01,10\n";
    assert_eq!(of_activities(many, ids("A1,Delta,PRO,legal,XA0101,2026-03-01,110")), "");
}

#[test]
fn a_site_that_moves_is_pointed_out_where_its_name_is_its_own() {
    let sites =
        |rows: &[&str]| format!("name,type,adm2_pcode,latitude,longitude\n{}\n", rows.join("\n"));
    let of = |first: &[&str], second: &[&str]| {
        said_of("sites", ("one.csv", &sites(first)), ("other.csv", &sites(second)))
    };
    let first = ["Lumo,camp,XA0101,0.5,10.5", "Tiba,camp,XA0101,0.6,10.6"];
    let said = of(&first, &["Lumo,camp,XA0101,0.51,10.51"]);
    assert!(said.contains("(all but for the coordinates"), "{said}");
    assert!(said.contains("lacks 1"), "{said}");
    assert_eq!(of(&first, &["Saro,camp,XA0101,0.51,10.51"]), "");
    assert_eq!(of(&first, &["Lumo,camp,XA0102,0.51,11.51"]), "");
    let wells = ["Well,water_point,XA0101,0.5,10.5", "Well,water_point,XA0101,0.6,10.6"];
    assert_eq!(of(&wells, &["Well,water_point,XA0101,0.7,10.7"]), "");
}
