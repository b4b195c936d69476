//! Part 3: queryables, filter, features-filter.

use super::{Client, href, id, items};
use crate::fixture::HOME;

#[tokio::test]
async fn every_collection_has_queryables_with_exact_types() {
    let client = Client::new();
    for collection in client.collections().await {
        let path = format!("{HOME}/collections/{}/queryables", id(&collection));
        let rel = "http://www.opengis.net/def/rel/ogc/1.0/queryables";
        assert_eq!(href(&collection["links"], rel, "application/schema+json"), Some(&*path));
        let reply = client.get(&path).await;
        assert_eq!(reply.header("content-type"), "application/schema+json");
        let schema = reply.json();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("http://lacuna.test{path}"));
        assert_eq!(
            (&schema["type"], &schema["additionalProperties"]),
            (&"object".into(), &false.into())
        );
        for (name, about) in schema["properties"].as_object().unwrap() {
            let known = about["type"].is_string()
                || about["$ref"].as_str().is_some_and(|at| at.starts_with("https://geojson.org/"));
            assert!(known, "{name} has no type");
        }
        let has_shape = !schema["properties"]["geometry"].is_null();
        assert_eq!(has_shape, !collection["geometry"].is_null());
    }
}

#[tokio::test]
async fn a_filter_is_text_unless_told_otherwise_and_what_is_none_is_refused() {
    let client = Client::new();
    for collection in client.collections().await {
        let id = id(&collection);
        let all = client.ids(id, &[]).await;
        for pairs in [
            &[("filter", "true")][..],
            &[("filter", "true"), ("filter-lang", "cql2-text")],
            &[("filter", "true"), ("filter-lang", "cql2-json")],
        ] {
            assert_eq!(client.ids(id, pairs).await, all);
        }
        for pairs in [
            &[("filter", "THIS IS NOT A FILTER")][..],
            &[("filter", "{"), ("filter-lang", "cql2-json")],
            &[("filter", "this_is_not_a_queryable IS NULL")],
            &[
                ("filter", r#"{"op":"isNull","args":[{"property":"x"}]}"#),
                ("filter-lang", "cql2-json"),
            ],
        ] {
            assert_eq!(client.refused(&items(id, pairs)).await["parameter"], "filter");
        }
        let bad = [("filter", "true"), ("filter-lang", "ecql")];
        assert_eq!(client.refused(&items(id, &bad)).await["parameter"], "filter-lang");
    }
}

#[tokio::test]
async fn shapes_of_a_filter_are_in_the_default_system_and_filters_join_with_boxes() {
    let client = Client::new();
    for collection in client.collections().await {
        let Some(extent) = collection["extent"]["spatial"]["bbox"][0].as_array() else { continue };
        let id = id(&collection);
        let corners: Vec<String> = extent.iter().map(ToString::to_string).collect();
        let corners = corners.join(",");
        let inside = format!("S_INTERSECTS(geometry,BBOX({corners}))");
        let placed = client.ids(id, &[("filter", "geometry IS NOT NULL")]).await;
        assert_eq!(client.ids(id, &[("filter", &inside)]).await, placed, "{id}");
        assert_eq!(client.ids(id, &[("filter", &inside), ("bbox", &corners)]).await, placed);
        let elsewhere = [("filter", &*inside), ("bbox", "-60,60,-50,70")];
        assert!(client.ids(id, &elsewhere).await.is_empty());
        let beyond = "S_INTERSECTS(geometry,BBOX(1000000,1000000,2000000,2000000))";
        assert_eq!(client.refused(&items(id, &[("filter", beyond)])).await["parameter"], "filter");
    }
}

#[tokio::test]
async fn a_filter_is_kept_from_page_to_page_and_in_exports() {
    let client = Client::new();
    let filter = "activity_type = 'latrines' AND reached >= 10";
    let all = client.ids("activities", &[("filter", filter)]).await;
    assert_eq!(all, ["1", "2", "4", "6"]);
    let mut path = items("activities", &[("filter", filter), ("limit", "3")]);
    let mut seen = Vec::new();
    loop {
        let page = client.get(&path).await;
        seen.extend(page.ids());
        match href(&page.json()["links"], "next", "application/geo+json") {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, all);
    let file = items("activities", &[("filter", filter)]).replace("/items", "/export.geojson");
    let file = client.get(&file).await;
    assert_eq!(file.ids(), all);
    assert_eq!(file.json()["parameters"]["filter"], filter);
}

#[tokio::test]
async fn hostile_filters_are_refused_at_once_and_the_server_stays() {
    let client = Client::new();
    let nested = format!("{}level = 2{}", "(".repeat(10_000), ")".repeat(10_000));
    let list = format!("level IN ({})", vec!["1"; 10_000].join(","));
    let many_nots = format!("{}level = 2", "NOT ".repeat(1_000));
    let wild = format!("name LIKE '{}'", "%a".repeat(3_000));
    let begun = std::time::Instant::now();
    for filter in
        [&*nested, &list, &many_nots, &wild, "1; drop table areas", "' or 1=1 --", "level = 1e999"]
    {
        let refused = client.refused(&items("areas", &[("filter", filter)])).await;
        assert_eq!(refused["parameter"], "filter");
    }
    for broken in ["%ff%fe", "name='%00'", "%"] {
        let reply =
            client.ask("GET", &format!("/collections/areas/items?filter={broken}"), &[]).await;
        assert!(reply.status.is_client_error(), "{broken}");
    }
    let deep = format!("{}true{}", r#"{"op":"not","args":["#.repeat(1_000), "]}".repeat(1_000));
    client.refused(&items("areas", &[("filter", &deep), ("filter-lang", "cql2-json")])).await;
    assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
    assert_eq!(client.ids("areas", &[("filter", "level = 1")]).await, ["01", "02"]);
}
