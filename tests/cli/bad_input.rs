//! Bad input of every kind is named, and nothing is lost.

use std::io::Write;

use super::Place;

fn refused(kind: &str, name: &str, bytes: &[u8], words: &[&str]) {
    let place = Place::with_operation();
    place.write(name, bytes);
    let sentence = place.refused(&["import", kind, name, "--operation", "op"]);
    for word in words {
        assert!(sentence.contains(word), "{name}: {sentence}");
    }
    assert!(sentence.len() < 600, "one clear sentence, not a dump: {sentence}");
}

#[test]
fn an_image_renamed_to_a_workbook_is_refused() {
    refused("activities", "5w.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &["5w.xlsx", "image"]);
}

#[test]
fn an_empty_file_is_refused() {
    refused("activities", "5w.csv", b"", &["empty"]);
}

#[test]
fn a_broken_workbook_is_refused() {
    refused("activities", "5w.xlsx", b"PK\x03\x04 and then nothing useful", &["5w.xlsx"]);
}

#[test]
fn a_saved_error_page_is_no_boundary_file() {
    let page = br#"{"error":{"code":400,"message":"Invalid URL"}}"#;
    refused("areas", "adm4.geojson", page, &["adm4.geojson"]);
}

#[test]
fn a_bomb_of_zeros_is_refused_quickly() {
    // A workbook whose sheet unpacks to far more than any spreadsheet holds: its size is a lie.
    let mut bytes = Vec::new();
    let name = b"xl/worksheets/sheet1.xml";
    bytes.extend(b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0");
    bytes.extend([0u8; 4]);
    bytes.extend(100u32.to_le_bytes());
    bytes.extend(0xF000_0000u32.to_le_bytes());
    bytes.extend((name.len() as u16).to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(name);
    bytes.extend([0u8; 100]);
    let directory = bytes.len() as u32;
    bytes.extend(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0");
    bytes.extend([0u8; 4]);
    bytes.extend(100u32.to_le_bytes());
    bytes.extend(0xF000_0000u32.to_le_bytes());
    bytes.extend((name.len() as u16).to_le_bytes());
    bytes.extend([0u8; 16]);
    bytes.extend(name);
    let size = bytes.len() as u32 - directory;
    bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    bytes.extend(size.to_le_bytes());
    bytes.extend(directory.to_le_bytes());
    bytes.extend([0, 0]);
    refused("activities", "bomb.xlsx", &bytes, &["bomb.xlsx"]);
}

#[test]
fn a_polygon_that_crosses_itself_is_repaired_or_named() {
    let place = Place::new();
    let bow = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"adm1_pcode":"XA01","adm1_name":"Bow"},
      "geometry":{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}}]}"#;
    place.write("bow.geojson", bow);
    let said = place.ok(&["import", "areas", "bow.geojson", "--operation", "op"]);
    assert!(said.contains("repaired"), "{said}");
}

#[test]
fn a_latitude_of_95_is_rejected_with_its_row() {
    let place = Place::with_operation();
    let sites = "name,type,sector,latitude,longitude\nGood,water point,WSH,0.5,10.5\nBad,water point,WSH,95,10.5\n";
    place.write("sites.csv", sites);
    let said =
        place.ok(&["import", "sites", "sites.csv", "--operation", "op", "--report", "rows.csv"]);
    let report = std::fs::read_to_string(place.path("rows.csv")).unwrap();
    assert!(
        said.contains("95") && report.lines().nth(2).unwrap().contains("95"),
        "{said}\n{report}"
    );
}

#[test]
fn a_code_that_is_a_number_is_read_as_text_with_a_warning() {
    let place = Place::new();
    let areas = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"adm1_pcode":101,"adm1_name":"One"},
      "geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}"#;
    place.write("areas.geojson", areas);
    let said = place.ok(&["import", "areas", "areas.geojson", "--operation", "op"]);
    assert!(said.contains("101"), "{said}");
}

#[test]
fn an_unknown_sector_level_or_operation_is_named_with_what_would_be_right() {
    let place = Place::with_operation();
    let sentence = place.refused(&["gaps", "--operation", "op", "--sector", "WASHH"]);
    assert!(sentence.contains("sector") && sentence.contains("WSH"), "{sentence}");
    let sentence = place.refused(&["gaps", "--operation", "op", "--level", "9"]);
    assert!(sentence.contains("level"), "{sentence}");
    let sentence = place.refused(&["gaps", "--operation", "nowhere"]);
    assert!(sentence.contains("there is: op"), "{sentence}");
    let sentence = place.refused(&["import", "areas", "adm1.geojson", "--operation", "Not An Id"]);
    assert!(sentence.contains("lower-case"), "{sentence}");
    let sentence = place.refused(&["export", "gap", "--operation", "op"]);
    assert!(sentence.contains("gaps"), "{sentence}");
}

#[test]
fn hostile_nesting_in_a_boundary_file_is_refused() {
    let mut deep = Vec::new();
    deep.write_all(br#"{"type":"FeatureCollection","features":"#).unwrap();
    deep.extend(std::iter::repeat_n(b'[', 200_000));
    refused("areas", "deep.geojson", &deep, &["deep.geojson"]);
}

#[test]
fn a_mistyped_database_is_named_and_not_made() {
    let place = Place::with_operation();
    let sentence = place.refused(&["gaps", "--operation", "op", "--database", "tset.sqlite"]);
    assert!(sentence.contains("there is no database tset.sqlite"), "{sentence}");
    place.ok(&[
        "import",
        "areas",
        "adm1.geojson",
        "--operation",
        "x",
        "--database",
        "tset.sqlite",
        "--dry-run",
    ]);
    assert!(!place.path("tset.sqlite").exists());
}

#[test]
fn a_household_of_nobody_is_refused() {
    let place = Place::with_operation();
    for size in ["0", "-3", "many"] {
        let refused =
            ["import", "activities", "5w.csv", "--operation", "op", "--household-size", size];
        let sentence = place.refused(&refused);
        assert!(sentence.contains("1 to 30"), "{sentence}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_refused_before_anything_is_committed() {
    let place = Place::with_operation();
    let import =
        ["import", "areas", "adm1.geojson", "--operation", "new", "--report", "no/where.csv"];
    assert!(place.refused(&import).contains("no/where.csv"));
    assert!(place.refused(&["gaps", "--operation", "new"]).contains("there is: op"));
}
