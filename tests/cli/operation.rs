//! A tiny operation through the command line: import, import again, correct, query, export.

use super::Place;

pub const AREAS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"adm1_pcode":"XA01","adm1_name":"North"},"geometry":{"type":"Polygon","coordinates":[[[10,0],[12,0],[12,1],[10,1],[10,0]]]}},
{"type":"Feature","properties":{"adm1_pcode":"XA02","adm1_name":"South"},"geometry":{"type":"Polygon","coordinates":[[[10,-1],[12,-1],[12,0],[10,0],[10,-1]]]}}]}"#;

pub const DISTRICTS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"adm2_pcode":"XA0101","adm2_name":"Alba","adm1_pcode":"XA01"},"geometry":{"type":"Polygon","coordinates":[[[10,0],[11,0],[11,1],[10,1],[10,0]]]}},
{"type":"Feature","properties":{"adm2_pcode":"XA0102","adm2_name":"Bruma","adm1_pcode":"XA01"},"geometry":{"type":"Polygon","coordinates":[[[11,0],[12,0],[12,1],[11,1],[11,0]]]}},
{"type":"Feature","properties":{"adm2_pcode":"XA0201","adm2_name":"Cala","adm1_pcode":"XA02"},"geometry":{"type":"Polygon","coordinates":[[[10,-1],[12,-1],[12,0],[10,0],[10,-1]]]}}]}"#;

const NEEDS: &str = "adm1_pcode,adm2_pcode,sector,in_need,targeted,cycle_start,cycle_end
XA01,XA0101,WSH,100,80,2026-01-01,2026-12-31
XA01,XA0102,WSH,100,50,2026-01-01,2026-12-31
XA02,XA0201,WSH,1000,600,2026-01-01,2026-12-31
";

/// The example of the counting rules: 180 and 20 of 100 each, 50 somewhere in the province; and a
/// district with two partners' latrines and another's kits.
pub const ACTIVITIES: &str = "activity_id,partner,sector,activity_type,adm1_pcode,adm2_pcode,start_date,end_date,status,reached
1,Alpha,WSH,latrines,XA01,XA0101,2026-03-01,2026-03-31,ongoing,180
2,Beta,WSH,latrines,XA01,XA0102,2026-03-01,2026-03-31,ongoing,20
3,Beta,WSH,latrines,XA01,,2026-03-01,2026-03-31,ongoing,50
4,Alpha,WSH,latrines,XA02,XA0201,2026-03-01,2026-03-31,ongoing,300
5,Beta,WSH,latrines,XA02,XA0201,2026-03-01,2026-03-31,ongoing,200
6,Gamma,WSH,hygiene kits,XA02,XA0201,2026-03-01,2026-03-31,ongoing,400
";

pub fn import_all(place: &Place) {
    place.write("adm1.geojson", AREAS);
    place.write("adm2.geojson", DISTRICTS);
    place.write("needs.csv", NEEDS);
    place.write("5w.csv", ACTIVITIES);
    place.ok(&[
        "import",
        "areas",
        "adm1.geojson",
        "adm2.geojson",
        "--operation",
        "op",
        "--name",
        "Exercise",
    ]);
    place.ok(&["import", "needs", "needs.csv", "--operation", "op"]);
    place.ok(&["import", "activities", "5w.csv", "--operation", "op"]);
}

pub fn gaps(place: &Place, more: &[&str]) -> Vec<Vec<String>> {
    let mut arguments = vec!["gaps", "--operation", "op", "--format", "csv"];
    arguments.extend(more);
    let text = place.ok(&arguments);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = ["pcode", "in_need", "reached", "gap", "gap_low", "gap_high", "status"];
    let header = reader.headers().unwrap().clone();
    let at = columns.map(|column| header.iter().position(|name| name == column).unwrap());
    let row = |row: csv::StringRecord| at.iter().map(|at| row[*at].to_owned()).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn the_examples_of_the_counting_rules_come_out_by_hand() {
    let place = Place::with_operation();
    let provinces = gaps(&place, &["--level", "1", "--sector", "WSH"]);
    assert_eq!(provinces[0], ["XA01", "200", "250", "80", "30", "80", "partial"]);
    assert_eq!(provinces[1], ["XA02", "1000", "500", "500", "100", "600", "partial"]);
    let districts = gaps(&place, &["--sector", "WSH"]);
    assert_eq!(districts.len(), 3, "the default level is the lowest with need figures");
    assert_eq!(districts[1], ["XA0102", "100", "20", "80", "30", "80", "partial"]);
}

#[test]
fn a_period_without_reports_is_no_report_and_not_zero() {
    let place = Place::with_operation();
    let april = gaps(&place, &["--sector", "WSH", "--datetime", "2026-04-01/2026-04-30"]);
    assert_eq!(april[2], ["XA0201", "1000", "", "1000", "1000", "1000", "no-report"]);
}

#[test]
fn the_same_file_again_changes_nothing_and_says_so() {
    let place = Place::with_operation();
    for (kind, file) in
        [("areas", "adm2.geojson"), ("needs", "needs.csv"), ("activities", "5w.csv")]
    {
        let said = place.ok(&["import", kind, file, "--operation", "op"]);
        assert!(said.contains("Nothing changed"), "{kind}: {said}");
    }
}

#[test]
fn a_dry_run_says_what_would_change_and_changes_nothing() {
    let place = Place::with_operation();
    place.write("5w.csv", ACTIVITIES.replace(",400", ",900"));
    let said = place.ok(&["import", "activities", "5w.csv", "--operation", "op", "--dry-run"]);
    assert!(said.contains("0 new, 1 changed, 5 unchanged"), "{said}");
    assert_eq!(gaps(&place, &["--level", "1", "--sector", "WSH"])[1][2], "500");
}

#[test]
fn a_corrected_row_replaces_and_a_new_month_adds() {
    let place = Place::with_operation();
    let more = "7,Gamma,WSH,hygiene kits,XA02,XA0201,2026-04-01,2026-04-30,ongoing,100\n";
    place.write("5w.csv", ACTIVITIES.replace(",400", ",900") + more);
    let said = place.ok(&["import", "activities", "5w.csv", "--operation", "op"]);
    assert!(said.contains("1 new, 1 changed, 5 unchanged"), "{said}");
    // The highest month of the line counts: 900, above the 500 of latrines.
    assert_eq!(gaps(&place, &["--level", "1", "--sector", "WSH"])[1][2], "900");
}

#[test]
fn every_row_has_an_outcome_in_the_report_file() {
    let place = Place::with_operation();
    let rows = ACTIVITIES.to_owned()
        + "8,Beta,WSH,latrines,XA01,XA0199,2026-03-01,2026-03-31,ongoing,21 Kits\n";
    place.write("5w.csv", rows);
    place.ok(&["import", "activities", "5w.csv", "--operation", "op", "--report", "rows.csv"]);
    let report = std::fs::read_to_string(place.path("rows.csv")).unwrap();
    // A row with two remarks has two lines.
    let row = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
    let mut rows: Vec<_> = report.lines().skip(1).map(row).collect();
    rows.dedup();
    assert_eq!(rows, ["2", "3", "4", "5", "6", "7", "8"], "{report}");
    assert!(report.contains("XA0199") && report.contains("21 Kits"), "{report}");
}

#[test]
fn templates_import_as_they_are() {
    let place = Place::new();
    for kind in ["areas", "activities", "sites", "needs", "population"] {
        let template = place.ok(&["template", kind]);
        let mut lines = template.lines();
        assert_eq!(
            lines.next().unwrap().split(',').count(),
            lines.next().unwrap().split(',').count()
        );
    }
}

#[test]
fn an_export_holds_the_whole_collection() {
    let place = Place::with_operation();
    let csv = place.ok(&["export", "activities", "--operation", "op", "--format", "csv"]);
    assert_eq!(csv.lines().count(), 7, "{csv}");
    place.ok(&["export", "gaps", "--operation", "op", "-p", "level=1", "-o", "gaps.geojson"]);
    let layer: serde_json::Value =
        serde_json::from_slice(&std::fs::read(place.path("gaps.geojson")).unwrap()).unwrap();
    assert_eq!(layer["features"].as_array().unwrap().len(), 2);
}

#[test]
fn rows_move_when_finer_boundaries_arrive_and_never_count_twice() {
    let place = Place::new();
    place.write("adm1.geojson", AREAS);
    place.write("adm2.geojson", DISTRICTS);
    place.write("needs.csv", NEEDS);
    place.write("5w.csv", ACTIVITIES);
    place.ok(&["import", "areas", "adm1.geojson", "--operation", "op"]);
    place.ok(&["import", "activities", "5w.csv", "--operation", "op"]);
    let said = place.ok(&["import", "areas", "adm2.geojson", "--operation", "op"]);
    assert!(said.contains("or at no area: 5 activities."), "{said}");
    place.ok(&["import", "needs", "needs.csv", "--operation", "op"]);
    // A changed file is compared with the rows where they are now.
    place.write("5w.csv", ACTIVITIES.replace(",400", ",900"));
    let said = place.ok(&["import", "activities", "5w.csv", "--operation", "op"]);
    assert!(said.contains("0 new, 1 changed, 5 unchanged, 0 gone"), "{said}");
    place.write("5w.csv", ACTIVITIES);
    let said = place.ok(&["import", "activities", "5w.csv", "--operation", "op"]);
    assert!(said.contains("0 new, 1 changed, 5 unchanged, 0 gone"), "{said}");
    let said = place.ok(&["import", "activities", "5w.csv", "--operation", "op"]);
    assert!(said.contains("Nothing changed: 0 new, 0 changed, 6 unchanged, 0 gone"), "{said}");
    let provinces = gaps(&place, &["--level", "1", "--sector", "WSH"]);
    assert_eq!(provinces[0], ["XA01", "200", "250", "80", "30", "80", "partial"]);
    assert_eq!(provinces[1], ["XA02", "1000", "500", "500", "100", "600", "partial"]);
}

#[test]
fn need_figures_of_different_cycles_are_said_to_be() {
    let place = Place::with_operation();
    let said = place.ok(&["gaps", "--operation", "op", "--sector", "WSH"]);
    assert!(said.contains("Need figures of 2026-01-01/2026-12-31\n"), "{said}");
    place.write(
        "later.csv",
        "adm2_pcode,sector,in_need,cycle_start,cycle_end\nXA0102,WSH,70,2027-01-01,2027-12-31\n",
    );
    place.ok(&["import", "needs", "later.csv", "--operation", "op"]);
    let said = place.ok(&["gaps", "--operation", "op", "--sector", "WSH"]);
    assert!(said.contains("different cycles") && said.contains("2027-12-31"), "{said}");
    let of_2026 =
        ["gaps", "--operation", "op", "--sector", "WSH", "--datetime", "2026-01-01/2026-12-31"];
    assert!(place.ok(&of_2026).contains("Need figures of 2026-01-01/2026-12-31\n"));
}
