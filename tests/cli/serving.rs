//! The built binary serving: the same figures as the command line, and a clean log.

use super::{Place, real_data};

#[test]
fn the_api_and_the_command_line_give_the_same_figures() {
    let place = Place::with_operation();
    let server = place.serve();
    for query in ["level=1&sector=WSH", "level=2", "level=0&sector=WSH&basis=targeted"] {
        let mut arguments = vec!["gaps".to_owned(), "--operation".into(), "op".into()];
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap();
            arguments.extend([format!("--{name}"), value.to_owned()]);
        }
        arguments.extend(["--format".into(), "geojson".into()]);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let printed: serde_json::Value = serde_json::from_str(&place.ok(&arguments)).unwrap();
        let served = server.json(&format!("/api/op/collections/gaps/items?{query}"));
        assert_eq!(printed["features"], served["features"], "{query}");
        assert!(!served["features"].as_array().unwrap().is_empty());
    }
    let log = server.stop();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}

#[test]
fn the_demo_answers_with_its_map_and_its_gaps() {
    let place = Place::new();
    let server = place.server(&["demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(server.get("/health/ready").0, 200);
    let (status, page) = server.get("/");
    assert!(status == 200 && page.contains("<html"), "{page}");
    let gaps = server.json("/api/demo/collections/gaps/items?level=2&sector=WSH&skipGeometry=true");
    let features = gaps["features"].as_array().unwrap();
    assert!(features.len() > 10);
    for status in ["no-report", "present", "partial", "met"] {
        let found = features.iter().any(|feature| feature["properties"]["status"] == status);
        assert!(found, "the demo shows no area with status {status}");
    }
    let log = server.stop();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}

#[test]
fn bad_requests_are_refused_and_the_server_stays_up() {
    let place = Place::with_operation();
    let server = place.serve();
    let items = "/api/op/collections/gaps/items";
    for (path, status, word) in [
        (format!("{items}?limit=abc"), 400, "limit"),
        (format!("{items}?limit=0"), 400, "limit"),
        (format!("{items}?colour=red"), 400, "colour"),
        (format!("{items}?sector=XYZ"), 400, "sector"),
        (format!("{items}?level=7"), 400, "level"),
        (format!("{items}?datetime=yesterday"), 400, "datetime"),
        (format!("{items}?bbox=1,2,3"), 400, "bbox"),
        (format!("{items}/XX99"), 404, "XX99"),
        ("/api/op/collections/nothing/items".into(), 404, "nothing"),
        ("/api/nowhere".into(), 404, "nowhere"),
        (format!("{items}?{}", "a".repeat(20_000)), 400, ""),
    ] {
        let (found, body) = server.get(&path);
        assert_eq!(found, status, "{path}: {body}");
        assert!(body.contains(word), "{path}: {body}");
    }
    assert_eq!(server.get("/health/live").0, 200);
}

/// The figures of an independent reader for Mozambique 2019, ADM1 and ADM2, HNO 2024, no period.
#[test]
fn mozambique_reaches_what_an_independent_reader_counted() {
    let Some(data) = real_data() else { return };
    let place = Place::new();
    let file = |name: &str| data.join("mozambique").join(name).to_str().unwrap().to_owned();
    let import =
        |kind: &str, name: &str| place.ok(&["import", kind, &file(name), "--operation", "idai"]);
    import("areas", "boundaries/moz_adm1_codtopo_simplified.geojson");
    import("areas", "boundaries/moz_adm2_codtopo_simplified.geojson");
    import("needs", "needs/hno_2024_MOZ.csv");
    let workbook =
        "activities/20190731_ocha_moz_response_tracking_matrix_consolidated_20190909.xlsx";
    import("activities", workbook);
    let again = import("activities", workbook);
    assert!(again.contains("Nothing changed"), "{again}");
    for (sector, reached) in [
        ("CCM", 51_807.0),
        ("EDU", 146_313.5),
        ("FSC", 3_173_688.0),
        ("HEA", 1_185_068.0),
        ("NUT", 640_320.2),
        ("PRO", 39_987.0),
        ("SHL", 650_935.0),
        ("WSH", 2_896_200.0),
        ("ALL", 5_249_483.0),
    ] {
        let arguments = [
            "gaps",
            "--operation",
            "idai",
            "--level",
            "0",
            "--sector",
            sector,
            "--format",
            "geojson",
        ];
        let answer: serde_json::Value = serde_json::from_str(&place.ok(&arguments)).unwrap();
        let found = answer["features"][0]["properties"]["reached"].as_f64().unwrap();
        assert!((found - reached).abs() < 0.5, "{sector}: {found} and not {reached}");
    }
}

#[test]
fn a_server_goes_on_when_nobody_reads_what_it_prints() {
    let place = Place::with_operation();
    let mut server = place.serve();
    drop(server.child.stdout.take());
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(server.get("/health/ready").0, 200);
    assert!(!server.stop().contains("panicked"));
}

#[test]
fn a_command_whose_output_is_cut_off_ends_without_a_word() {
    let place = Place::with_operation();
    for arguments in [&["history", "--operation", "op"][..], &["gaps", "--operation", "op"]] {
        let mut command = place.command(arguments);
        let mut child = command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
}
