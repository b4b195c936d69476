#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;

fn tree(areas: Vec<Area>) -> AreaTree {
    AreaTree::build(&"op".into(), &"Operation".into(), areas)
}

fn square(x: f64, y: f64, side: f64) -> String {
    let (e, n) = (x + side, y + side);
    format!(
        r#"{{"type":"Polygon","coordinates":[[[{x},{y}],[{e},{y}],[{e},{n}],[{x},{n}],[{x},{y}]]]}}"#
    )
}

fn layer(features: &[(&str, String)]) -> String {
    let features: Vec<_> = features
        .iter()
        .map(|(properties, geometry)| {
            format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{geometry}}}"#)
        })
        .collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn import(features: &[(&str, String)], known: &AreaTree) -> (Vec<Area>, Report) {
    areas("a.geojson", layer(features).as_bytes(), known, &Options::default()).unwrap()
}

#[test]
fn level_code_name_and_parent_come_from_cod_ab_names() {
    let row = r#""ADM2_PCODE":"A1","ADM2_EN":" ","admin2Name_ar":"تعز","ADM1_PCODE":"A","ADM0_PCODE":"X""#;
    let (areas, report) = import(&[(row, square(0., 0., 1.))], &tree(Vec::new()));
    assert_eq!((areas[0].level, &*areas[0].pcode, &*areas[0].name), (2, "A1", "تعز"));
    assert_eq!(areas[0].parent.as_deref(), Some("A"));
    assert_eq!(report.counts.accepted, 1);
    assert!(report.remarks[0].contains("not imported yet"), "{:?}", report.remarks);
    assert_eq!(report.column("adm2_pcode").unwrap().header, "ADM2_PCODE");
}

#[test]
fn names_in_other_languages_and_scripts_are_kept_beside_the_one_that_is_shown() {
    let row = r#""ADM1_PCODE":"A","ADM1_EN":"North","ADM1_AR":"الشمال","ADM2_PCODE":"A1","ADM2_AR":"تعز","ADM2_EN":"Taizz","ADM2_FR":"TAIZZ","name":"a map""#;
    let (areas, report) = import(&[(row, square(0., 0., 1.))], &tree(Vec::new()));
    let name = |at: usize| (&*areas[at].name, areas[at].name.others().map(|others| &**others));
    assert_eq!(name(0), ("Taizz", Some("تعز")), "{report:?}");
    assert_eq!(name(1), ("North", Some("الشمال")));
}

#[test]
fn parents_are_found_by_code_prefix_and_by_place() {
    let coarse = [
        (r#""adm1_pcode":"MZ07","adm1_name":"N""#, square(0., 0., 4.)),
        (r#""adm1_pcode":"MZ08","adm1_name":"S""#, square(4., 0., 4.)),
    ];
    let (coarse, _) = import(&coarse, &tree(Vec::new()));
    let fine = [
        (r#""adm2_pcode":"MZ0709","adm2_name":"a""#, square(0., 0., 1.)),
        (r#""adm2_pcode":"Q1","adm2_name":"b""#, square(5., 1., 1.)),
        (r#""adm2_pcode":"Q2","adm2_name":"c""#, square(50., 1., 1.)),
    ];
    let (fine, report) = import(&fine, &tree(coarse));
    let parents: Vec<_> = fine.iter().map(|area| area.parent.as_deref()).collect();
    assert_eq!(parents, [Some("MZ07"), Some("MZ08"), None]);
    assert_eq!(report.remarks.len(), 3);
}

#[test]
fn several_levels_may_come_in_one_file() {
    let rows = [
        (r#""level":2,"pcode":"A1","name":"a","parent_pcode":"A""#, square(0., 0., 1.)),
        (r#""level":1,"pcode":"A","name":"A","parent_pcode":null"#, square(0., 0., 2.)),
        (r#""level":0,"pcode":"X","name":"X""#, square(0., 0., 2.)),
    ];
    let (areas, report) = import(&rows, &tree(Vec::new()));
    assert_eq!(areas.len(), 2);
    assert_eq!((areas[0].parent.as_deref(), areas[1].parent.as_deref()), (Some("A"), None));
    assert_eq!(report.count("bad-level"), 1);
}

#[test]
fn bad_areas_are_rejected_one_by_one_with_the_reason() {
    let bowtie = r#"{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}"#;
    let north = r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,95],[0,0]]]}"#;
    let rows = [
        (r#""adm1_pcode":"A","adm1_name":"a""#, bowtie.to_owned()),
        (r#""adm1_pcode":"B","adm1_name":"b""#, north.to_owned()),
        (r#""adm1_pcode":7,"adm1_name":"c""#, square(0., 0., 1.)),
        (r#""adm1_pcode":"A","adm1_name":"d""#, square(3., 0., 1.)),
        (r#""adm1_pcode":null,"adm1_name":"e""#, square(4., 0., 1.)),
        (
            r#""adm1_pcode":"F","adm1_name":"f""#,
            r#"{"type":"Point","coordinates":[0,0]}"#.to_owned(),
        ),
        (r#""adm1_pcode":"G""#, "null".to_owned()),
    ];
    let (areas, report) = import(&rows, &tree(Vec::new()));
    let codes: Vec<_> = areas.iter().map(|area| &*area.pcode).collect();
    assert_eq!(codes, ["A", "7", "G"]);
    assert_eq!((report.counts.rows, report.counts.rejected), (7, 4));
    assert_eq!(report.counts.accepted_with_warnings, 3);
    for code in
        ["repaired", "numeric-pcode", "duplicate-pcode", "no-pcode", "no-polygon", "no-name"]
    {
        assert_eq!(report.count(code), 1, "{code}");
    }
    let details: Vec<_> = report.notes.iter().map(|note| &*note.detail).collect();
    assert!(details.contains(&"latitude 95 is beyond 90 degrees."), "{details:?}");
    assert!(details.contains(&"Rows 1 and 4."), "{details:?}");
}

#[test]
fn other_names_need_the_senders_word() {
    let rows = [(r#""district_n":"Galle","district_code":"31""#, square(0., 0., 1.))];
    let none = tree(Vec::new());
    let text = layer(&rows);
    let refusal = areas("a", text.as_bytes(), &none, &Options::default()).unwrap_err();
    assert!(refusal.0.contains("district_n, district_code"), "{refusal}");
    let mut options = Options::default();
    options.columns.push(("district_code".into(), Field::Pcode));
    options.columns.push(("district_n".into(), Field::Name));
    let refusal = areas("a", text.as_bytes(), &none, &options).unwrap_err();
    assert!(refusal.0.contains("level"), "{refusal}");
    options.level = Some(2);
    let (areas, _) = areas("a", text.as_bytes(), &none, &options).unwrap();
    assert_eq!((&*areas[0].pcode, &*areas[0].name, areas[0].level), ("31", "Galle", 2));
}

#[test]
fn a_plain_code_and_name_do_not_replace_those_of_the_level() {
    let row = r#""code":"X9","name":"layer","ADM1_PCODE":"A","ADM1_EN":"Alpha""#;
    let (areas, _) = import(&[(row, square(0., 0., 1.))], &tree(Vec::new()));
    assert_eq!((&*areas[0].pcode, &*areas[0].name), ("A", "Alpha"));
}

#[test]
fn the_area_of_a_crossed_ring_is_not_compared_and_a_double_property_is_named() {
    let bowtie = r#"{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}"#;
    let row = r#""ADM1_PCODE":"A","adm1_pcode":"B","ADM1_EN":"a""#;
    let (areas, report) = import(&[(row, bowtie.to_owned())], &tree(Vec::new()));
    assert_eq!(&*areas[0].pcode, "A");
    let details: Vec<_> = report.notes.iter().map(|note| &*note.detail).collect();
    assert!(
        details[0].contains("cannot be compared") && !details[0].contains("inf"),
        "{details:?}"
    );
    assert!(report.remarks.iter().any(|remark| remark.contains("cannot be compared")));
    assert!(report.remarks.iter().any(|remark| remark.contains("adm1_pcode is not")));
    assert_eq!(report.columns[1].field, None);
}

#[test]
fn a_zip_of_levels_is_read_at_once_and_other_layers_are_left_out() {
    let adm1 = layer(&[(r#""adm1_pcode":"A","adm1_name":"a""#, square(0., 0., 4.))]);
    let adm2 = layer(&[
        (r#""adm2_pcode":"A1","adm2_name":"x","adm1_pcode":"A""#, square(0., 0., 1.)),
        (r#""adm2_pcode":"A2","adm2_name":"y","adm1_pcode":"A""#, square(1., 0., 1.)),
    ]);
    let simple = layer(&[(r#""adm2_pcode":"A1","adm2_name":"x""#, square(0., 0., 1.))]);
    let country = layer(&[(r#""adm0_pcode":"X","adm0_name":"x""#, square(0., 0., 4.))]);
    let lines =
        layer(&[(r#""id":1"#, r#"{"type":"LineString","coordinates":[[0,0],[1,1]]}"#.to_owned())]);
    let zipped = crate::formats::archive::made(&[
        ("b/adm2.geojson", adm2.as_bytes()),
        ("b/adm1.geojson", adm1.as_bytes()),
        ("b/adm2_simple.geojson", simple.as_bytes()),
        ("b/adm0.geojson", country.as_bytes()),
        ("b/lines.geojson", lines.as_bytes()),
    ]);
    let none = tree(Vec::new());
    let (areas, report) = super::areas("adm.zip", &zipped, &none, &Options::default()).unwrap();
    let codes: Vec<_> = areas.iter().map(|area| (&*area.pcode, area.source.row)).collect();
    assert_eq!(codes, [("A", 1), ("A1", 2), ("A2", 3)]);
    assert_eq!((report.counts.rows, report.sheet.as_str()), (3, "adm1, adm2"));
    let remarks = report.remarks.join(" ");
    for words in [
        "lines (lines)",
        "Layer adm0 was left out",
        "Layer adm2_simple was left out",
        "Rows 2 to 3 are layer adm2",
    ] {
        assert!(remarks.contains(words), "{words}: {remarks}");
    }
    let named = Options { sheet: Some("ADM2_simple".into()), ..Options::default() };
    let (areas, _) = super::areas("adm.zip", &zipped, &none, &named).unwrap();
    assert_eq!(areas.len(), 1);
    let named = Options { sheet: Some("adm9".into()), ..Options::default() };
    let refusal = super::areas("adm.zip", &zipped, &none, &named).unwrap_err();
    assert!(refusal.0.contains("There is no layer \"adm9\": the file has adm2, adm1"), "{refusal}");
    let refusal = super::areas("l", lines.as_bytes(), &none, &Options::default()).unwrap_err();
    assert_eq!(refusal.0, "The features are lines, not polygons: boundaries are polygons.");
}

#[test]
fn a_file_that_covers_a_part_or_several_countries_says_so() {
    let coarse = [
        (r#""adm1_pcode":"TCD01","adm1_name":"N""#, square(0., 0., 4.)),
        (r#""adm1_pcode":"NER02","adm1_name":"S""#, square(4., 0., 4.)),
    ];
    let (coarse, report) = import(&coarse, &tree(Vec::new()));
    let remarks = report.remarks.join(" ");
    assert!(remarks.contains("2 countries by their P-codes (NER 1, TCD 1)"), "{remarks}");
    let fine = [(r#""adm2_pcode":"TCD0101","adm2_name":"a""#, square(0., 0., 1.))];
    let (_, report) = import(&fine, &tree(coarse));
    let remarks = report.remarks.join(" ");
    assert!(remarks.contains("Only 1 of 2 areas of level 1 have areas of level 2"), "{remarks}");
}

#[test]
fn boundaries_of_gadm_are_read_with_their_own_codes_and_that_is_said() {
    let row = r#""GID_2":"MOZ.1.1_1","GID_0":"MOZ","COUNTRY":"Mozambique","GID_1":"MOZ.1_1","NAME_1":"Cabo Delgado","NL_NAME_1":"NA","NAME_2":"Ancuabe","VARNAME_2":"NA","TYPE_2":"Distrito","CC_2":"NA","HASC_2":"MZ.CD.AN""#;
    let (areas, report) = import(&[(row, square(0., 0., 1.))], &tree(Vec::new()));
    let area = |at: usize| (areas[at].level, &*areas[at].pcode, &*areas[at].name);
    assert_eq!(area(0), (2, "MOZ.1.1_1", "Ancuabe"), "{report:?}");
    assert_eq!(area(1), (1, "MOZ.1_1", "Cabo Delgado"));
    assert_eq!(areas[0].parent.as_deref(), Some("MOZ.1_1"));
    assert!(report.remarks.iter().any(|said| said.contains("those of GADM")), "{report:?}");
}

#[test]
fn boundaries_of_geoboundaries_are_read_with_their_level_and_found_in_what_is_above() {
    let coarse = [(r#""adm1_pcode":"A","adm1_name":"N""#, square(0., 0., 4.))];
    let (coarse, _) = import(&coarse, &tree(Vec::new()));
    let row = r#""shapeName":"Ancuabe","shapeISO":"","shapeID":"5251B5021","shapeGroup":"MOZ","shapeType":"ADM2""#;
    let (areas, report) = import(&[(row, square(1., 1., 1.))], &tree(coarse));
    assert_eq!((areas[0].level, &*areas[0].pcode, &*areas[0].name), (2, "5251B5021", "Ancuabe"));
    assert_eq!(areas[0].parent.as_deref(), Some("A"));
    assert!(report.remarks.iter().any(|said| said.contains("geoBoundaries")), "{report:?}");
}
