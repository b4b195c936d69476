//! `/collections`, `/collections/{c}`, `/schema`, `/queryables`, and the registry itself.

use lacuna::app::collections::COLLECTIONS;
use lacuna::formats::layer::FieldKind;

use crate::fixture::get;

#[test]
fn every_collection_says_what_it_and_its_fields_are() {
    let mut ids: Vec<_> = COLLECTIONS.iter().map(|collection| collection.id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id is there twice");
    for collection in COLLECTIONS {
        let id = collection.id;
        assert!(!collection.title.is_empty() && collection.description.len() > 20, "{id}");
        assert!(!collection.fields.is_empty(), "{id}");
        // Readers have the README, and nothing else.
        let fields = collection.fields.iter().map(|field| field.description);
        let parameters = collection.parameters.iter().map(|parameter| parameter.description);
        let mut all = fields.chain(parameters).chain([collection.description]);
        assert!(all.all(|text| !text.contains("METHODS")), "{id}");
        let mut tags = std::collections::BTreeSet::new();
        for field in collection.fields {
            assert!(field.description.len() > 2, "{id}.{} says nothing", field.name);
            let tag = field.hxl.unwrap_or_default();
            assert!(tag.starts_with('#'), "{id}.{} has no tag", field.name);
            assert!(tags.insert(tag), "{id}: {tag} is there twice");
            // A figure has a unit; a number that is only a position, a level or a class has none.
            if field.kind == FieldKind::Number {
                assert!(field.unit.is_some(), "{id}.{} has no unit", field.name);
            }
        }
        let mut names = vec!["draft"];
        for parameter in collection.item_parameters() {
            assert!(parameter.description.len() > 3, "{id}: {}", parameter.name);
            assert!(!names.contains(&parameter.name), "{id}: {} is there twice", parameter.name);
            names.push(parameter.name);
        }
    }
}

#[tokio::test]
async fn every_collection_is_listed_and_has_a_golden_schema() {
    let listed = get("/collections").await.json();
    let listed: Vec<&str> = listed["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    let known: Vec<&str> = COLLECTIONS.iter().map(|collection| collection.id).collect();
    assert_eq!(listed, known);
    for id in known {
        let one = get(&format!("/collections/{id}")).await;
        assert_eq!(one.json()["id"], id);
        let schema = get(&format!("/collections/{id}/schema")).await;
        assert_eq!(schema.header("content-type"), "application/schema+json");
        let text = serde_json::to_string_pretty(&schema.json()).unwrap();
        insta::assert_snapshot!(format!("schema-{id}"), text);
        let queryables = get(&format!("/collections/{id}/queryables")).await;
        assert_eq!(queryables.status, 200);
    }
}

#[tokio::test]
async fn extents_are_west_south_east_north() {
    let areas = get("/collections/areas").await.json();
    assert_eq!(areas["extent"]["spatial"]["bbox"], serde_json::json!([[30, 0, 32, 4]]));
    assert!(get("/collections/partners").await.json().get("extent").is_none());
}
