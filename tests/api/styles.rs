//! `/collections/{c}/styles` and `/qgis/{operation}.qgs`.

use lacuna::app::collections::COLLECTIONS;
use lacuna::formats::layer::GeometryKind;

use crate::fixture::{HOME, app, ask, get, rows};

/// Fails where the text is no XML.
fn is_xml(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    while reader.read_event().unwrap_or_else(|bad| panic!("{bad} in {text}"))
        != quick_xml::events::Event::Eof
    {}
}

#[tokio::test]
async fn every_layer_has_a_style_in_both_languages() {
    for collection in COLLECTIONS {
        let home = format!("/collections/{}/styles", collection.id);
        let list = get(&home).await.json();
        let qml = get(&format!("{home}/map.qml")).await;
        if collection.geometry == GeometryKind::None {
            assert_eq!((list["styles"].as_array().unwrap().len(), qml.status.as_u16()), (0, 404));
            continue;
        }
        assert_eq!(list["default"], "map");
        is_xml(qml.text());
        assert!(qml.text().contains("RuleRenderer"), "{}", collection.id);
        let style = get(&format!("{home}/map.json")).await.json();
        assert_eq!(style["version"], 8);
        let layer = &style["layers"][0];
        assert_eq!(layer["source-layer"], collection.id);
        let tiles = style["sources"][collection.id]["url"].as_str().unwrap();
        assert!(tiles.ends_with(&format!("/{}/tiles/WebMercatorQuad", collection.id)), "{tiles}");
    }
}

#[tokio::test]
async fn classes_of_the_gaps_follow_the_question() {
    let style = get("/collections/gaps/styles/map.json?sector=WSH&level=2").await.json();
    let text = style.to_string();
    // The colours are the map's own.
    let theme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/web/src/theme.css"));
    let middle = theme
        .unwrap()
        .lines()
        .find_map(|line| line.trim().strip_prefix("--gap-2: ").map(str::to_owned));
    assert!(text.contains(middle.unwrap().trim_end_matches(';')), "{text}");
    assert!(text.contains("tiles/WebMercatorQuad?sector=WSH&level=2"), "{text}");
    assert!(text.contains("Nobody reported"));
}

#[tokio::test]
async fn the_project_has_every_collection_with_its_address() {
    let project = ask(&app(), "GET", "/qgis/delta.qgs", &[]).await;
    assert_eq!(project.status, 200);
    assert_eq!(project.header("content-disposition"), "attachment; filename=\"delta.qgs\"");
    let text = project.text();
    is_xml(text);
    for collection in COLLECTIONS {
        let by_address = format!("http://lacuna.test/api/delta/collections/{}/", collection.id);
        let by_name = format!("typename=&apos;{}&apos;", collection.id);
        assert!(text.contains(&by_address) || text.contains(&by_name), "{}", collection.id);
    }
    assert!(text.contains("Nobody reported") && text.contains("LinePatternFill"));
    assert!(text.contains("- datetime: A day (2026-07-01) or a period"), "filters are explained");
    assert_eq!(ask(&app(), "GET", "/qgis/delta.qgz", &[]).await.status, 404);
    assert_eq!(ask(&app(), "GET", "/qgis/other.qgs", &[]).await.status, 404);
}

/// QGIS before 3.44 would take them for tables without columns.
#[tokio::test]
async fn layers_without_features_are_reached_where_their_types_are_written() {
    let app = lacuna::app::App::default();
    let rows = lacuna::domain::Rows { sites: Vec::new(), ..rows() };
    app.publish(lacuna::domain::Snapshot::build(rows));
    let project = ask(&std::sync::Arc::new(app), "GET", "/qgis/delta.qgs", &[]).await;
    for collection in ["sites", "service-areas"] {
        let source =
            format!("/vsicurl/http://lacuna.test{HOME}/collections/{collection}/export.fgb<");
        assert!(project.text().contains(&source), "{collection}: {}", project.text());
    }
    let by_name = "typename=&apos;activities&apos;";
    assert!(project.text().contains(by_name), "{}", project.text());
}

/// GeoJSON would make texts of columns that nobody filled in.
#[tokio::test]
async fn layers_that_are_a_question_are_reached_where_their_types_are_written() {
    let full = ask(&app(), "GET", "/qgis/delta.qgs", &[]).await;
    let sources = full.text().split("<datasource>").skip(1);
    let sources: Vec<&str> = sources.map(|rest| rest.split('<').next().unwrap()).collect();
    let by_address: Vec<_> = sources.iter().filter(|one| one.contains("/vsicurl/")).collect();
    assert!(by_address.len() > 6, "{sources:?}");
    assert!(by_address.iter().all(|one| one.contains("/export.fgb")), "{by_address:?}");
    assert!(by_address.iter().any(|one| one.ends_with("gaps/export.fgb?sector=WSH")));
    for name in ["sites", "activities"] {
        let by_name = format!("typename=&apos;{name}&apos;");
        assert!(sources.iter().any(|one| one.contains(&by_name)), "{name}: {sources:?}");
    }
}
