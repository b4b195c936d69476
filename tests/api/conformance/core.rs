//! Part 1: Core, GeoJSON, OpenAPI 3.0.

use super::{Client, href, id, items};
use crate::fixture::HOME;

#[tokio::test]
async fn the_landing_page_links_to_api_conformance_and_data() {
    let client = Client::new();
    let page = client.get("/").await.json();
    for (rel, kind) in [
        ("self", "application/json"),
        ("alternate", "text/html"),
        ("service-desc", "application/vnd.oai.openapi+json;version=3.0"),
        ("service-doc", "text/html"),
        ("conformance", "application/json"),
        ("data", "application/json"),
    ] {
        let href = href(&page["links"], rel, kind);
        let reply = client.get(href.unwrap_or_else(|| panic!("no link {rel}"))).await;
        assert!(reply.header("content-type").starts_with(kind), "{rel}");
    }
}

#[tokio::test]
async fn the_conformance_declaration_lists_the_classes_of_core() {
    let declared = Client::new().get("/conformance").await.json();
    for class in ["core", "geojson", "html", "oas30"] {
        let uri = format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{class}");
        assert!(declared["conformsTo"].as_array().unwrap().contains(&uri.into()), "{class}");
    }
}

#[tokio::test]
async fn every_path_without_an_id_of_the_openapi_document_is_answered() {
    let client = Client::new();
    let document = client.get("/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.0."));
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(entry) = methods.get("get") else { continue };
        for parameter in entry["parameters"].as_array().into_iter().flatten() {
            if let Some(at) = parameter["$ref"].as_str() {
                assert!(document.pointer(at.trim_start_matches('#')).is_some(), "{path}: {at}");
            }
        }
        let needs_token = !entry["security"].is_null();
        if !path.contains('{') && !needs_token {
            let reply = client.get(path).await;
            let known = entry["responses"]["200"]["content"].as_object().unwrap();
            let media = reply.header("content-type");
            let says = known.keys().any(|kind| media.starts_with(kind.as_str()));
            assert!(says, "{path} is {media}, not {known:?}");
        }
    }
}

#[tokio::test]
async fn every_collection_is_described_the_same_in_the_list_and_alone() {
    let client = Client::new();
    for listed in client.collections().await {
        let alone = client.get(&format!("/collections/{}", id(&listed))).await.json();
        assert_eq!(alone, listed);
        assert!(listed["title"].is_string() && listed["itemType"] == "feature");
        let items = href(&listed["links"], "items", "application/geo+json");
        assert_eq!(items, Some(&*format!("{HOME}/collections/{}/items", id(&listed))));
        for link in listed["links"].as_array().unwrap() {
            let href = link["href"].as_str().unwrap().strip_prefix("http://lacuna.test").unwrap();
            let reply = client.get(href).await;
            let kind = link["type"].as_str().unwrap();
            assert!(reply.header("content-type").starts_with(kind), "{href} is not {kind}");
        }
    }
}

#[tokio::test]
async fn a_page_of_features_has_its_links_and_its_counts() {
    let client = Client::new();
    for collection in client.collections().await {
        let reply = client.get(&items(id(&collection), &[("limit", "2")])).await;
        assert_eq!(reply.header("content-type"), "application/geo+json");
        let page = reply.json();
        let features = page["features"].as_array().unwrap();
        assert_eq!(page["type"], "FeatureCollection");
        assert_eq!(page["numberReturned"], features.len());
        assert!(page["numberMatched"].as_u64().unwrap() >= features.len() as u64);
        // It may be left out; where it is there, it is the time of the answer itself.
        assert!(page["timeStamp"].is_null() && page["revised_at"] == "2026-08-01T12:00:00Z");
        assert!(href(&page["links"], "self", "application/geo+json").is_some());
        let people = href(&page["links"], "alternate", "text/html").unwrap();
        client.get(people).await;
        for feature in features {
            assert_eq!(feature["type"], "Feature");
            let family = &feature["geometry"]["type"];
            assert!(family.is_null() || *family == collection["geometry"], "{family}");
        }
    }
}

#[tokio::test]
async fn pages_are_followed_to_the_end_without_losing_or_repeating_a_feature() {
    let client = Client::new();
    for collection in client.collections().await {
        let all = client.ids(id(&collection), &[]).await;
        let (mut seen, mut path) = (Vec::new(), items(id(&collection), &[("limit", "1")]));
        loop {
            let page = client.get(&path).await;
            seen.extend(page.ids());
            let page = page.json();
            assert_eq!(page["numberMatched"], all.len());
            match href(&page["links"], "next", "application/geo+json") {
                Some(next) => path = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, all);
    }
}

#[tokio::test]
async fn limits_are_kept_and_what_is_no_limit_is_refused() {
    let client = Client::new();
    for collection in client.collections().await {
        let id = id(&collection);
        assert!(client.ids(id, &[("limit", "1")]).await.len() <= 1);
        client.get(&items(id, &[("limit", "10000")])).await;
        client.get(&items(id, &[("limit", "10001")])).await;
        for bad in ["0", "-1", "one", "1.5"] {
            assert_eq!(client.refused(&items(id, &[("limit", bad)])).await["parameter"], "limit");
        }
    }
}

#[tokio::test]
async fn a_box_finds_what_meets_it_and_what_is_no_box_is_refused() {
    let client = Client::new();
    for collection in client.collections().await {
        let id = id(&collection);
        let all = client.ids(id, &[]).await;
        let world = client.ids(id, &[("bbox", "-180,-90,180,90")]).await;
        let far = client.ids(id, &[("bbox", "-60,60,-50,70")]).await;
        let nowhere = client.ids_of_nowhere(id).await;
        assert_eq!((world, far), (all.clone(), nowhere.clone()), "{id}");
        let world = all;
        let polar = client.ids(id, &[("bbox", "-180,70,180,90")]).await;
        assert_eq!(polar, nowhere, "{id}");
        // Heights are there and say nothing.
        assert_eq!(client.ids(id, &[("bbox", "-180,-90,0,180,90,99")]).await, world);
        assert_eq!(client.ids(id, &[("bbox", "29,-1,33,5")]).await, world, "{id}");
        assert_eq!(client.ids(id, &[("bbox", "29,-1,-170,5")]).await, world, "{id}");
        for bad in ["1,2,3", "1,2,3,4,5", "a,b,c,d", "0,9,1,5", "0,0,1,91", ""] {
            assert_eq!(client.refused(&items(id, &[("bbox", bad)])).await["parameter"], "bbox");
        }
    }
}

#[tokio::test]
async fn instants_and_periods_open_at_either_end_are_understood() {
    let client = Client::new();
    let found = |datetime: &'static str| {
        let client = &client;
        async move { client.ids("activities", &[("datetime", datetime)]).await }
    };
    // Rows without a last day go on.
    assert_eq!(found("2026-01-10").await, ["1"]);
    assert_eq!(found("2026-01-11T12:00:00Z").await, ["1"]);
    for open in ["../2026-01-15", "/2026-01-15"] {
        assert_eq!(found(open).await, ["1", "2"], "{open}");
    }
    for open in ["2026-01-01/..", "2026-01-01/", "../..", "2026-01-01T00:00:00Z/.."] {
        assert_eq!(found(open).await.len(), 7, "{open}");
    }
    assert_eq!(found("2026-01-10/2026-01-31").await, ["1", "2"]);
    for collection in client.collections().await {
        let id = id(&collection);
        client.get(&items(id, &[("datetime", "2018-02-12T00:00:00Z/2018-03-18T12:31:12Z")])).await;
        for bad in ["yesterday", "2026-13-01", "2026-02-01/2026-01-01", "2026-02-30"] {
            let refused = client.refused(&items(id, &[("datetime", bad)])).await;
            assert_eq!(refused["parameter"], "datetime");
        }
    }
}

#[tokio::test]
async fn unknown_parameters_and_formats_are_refused_everywhere() {
    let client = Client::new();
    let mut paths: Vec<String> =
        ["/", "/conformance", "/collections", "/openapi.json", "/docs"].map(str::to_owned).into();
    for collection in client.collections().await {
        let home = format!("/collections/{}", id(&collection));
        let below = ["", "/items", "/schema", "/queryables", "/export.csv", "/export.geojson"];
        paths.extend(below.map(|below| format!("{home}{below}")));
        if let Some(feature) = client.ids(id(&collection), &[]).await.first() {
            paths.push(format!("{home}/items/{}", super::encoded(feature)));
        }
    }
    for path in paths {
        assert_eq!(client.refused(&format!("{path}?unknown=1")).await["parameter"], "unknown");
        assert_eq!(client.refused(&format!("{path}?f=xml")).await["parameter"], "f", "{path}");
    }
}

#[tokio::test]
async fn every_feature_is_found_alone_and_links_to_its_collection() {
    let client = Client::new();
    for collection in client.collections().await {
        let page = client.get(&items(id(&collection), &[])).await.json();
        for listed in page["features"].as_array().unwrap() {
            let feature = super::encoded(listed["id"].as_str().unwrap());
            let path = format!("/collections/{}/items/{feature}", id(&collection));
            let reply = client.get(&path).await;
            assert_eq!(reply.header("content-type"), "application/geo+json");
            let alone = reply.json();
            assert_eq!(alone["id"], listed["id"]);
            assert_eq!(alone["properties"], listed["properties"]);
            assert_eq!(alone["geometry"], listed["geometry"]);
            for (rel, kind) in [
                ("self", "application/geo+json"),
                ("alternate", "text/html"),
                ("collection", "application/json"),
            ] {
                client.get(href(&alone["links"], rel, kind).unwrap()).await;
            }
        }
        let gone = format!("/collections/{}/items/there-is-none", id(&collection));
        assert_eq!(client.ask("GET", &gone, &[]).await.status, 404);
    }
}

#[tokio::test]
async fn head_and_options_are_answered_everywhere() {
    let client = Client::new();
    for collection in client.collections().await {
        for path in ["", "/items", "/queryables", "/schema", "/export.geojson"] {
            let path = format!("/collections/{}{path}", id(&collection));
            let head = client.ask("HEAD", &path, &[]).await;
            assert_eq!((head.status.as_u16(), head.body.len()), (200, 0), "{path}");
            let options = client.ask("OPTIONS", &path, &[]).await;
            assert_eq!(options.header("allow"), "GET, HEAD, OPTIONS", "{path}");
            let refused = client.ask("PUT", &path, &[]).await;
            assert_eq!(refused.status, 405, "{path}");
        }
    }
}

#[tokio::test]
async fn a_property_can_be_asked_for_by_its_name() {
    let client = Client::new();
    let found = |collection: &'static str, name: &'static str, value: &'static str| {
        let client = &client;
        async move { client.ids(collection, &[(name, value)]).await }
    };
    assert_eq!(found("areas", "pcode", "0101").await, ["0101"]);
    assert_eq!(found("areas", "name", "South \"Delta\"").await, ["0201"]);
    assert_eq!(found("activities", "reached", "300").await, ["1"]);
    assert_eq!(found("activities", "start_date", "2026-02-01").await, ["3", "5", "10"]);
    assert_eq!(found("gaps", "over_need", "true").await, Vec::<String>::new());
    for (path, name) in [
        ("activities/items?reached=many", "reached"),
        ("activities/items?start_date=soon", "start_date"),
        ("gaps/items?over_need=maybe", "over_need"),
    ] {
        let refused = client.refused(&format!("/collections/{path}")).await;
        assert_eq!(refused["parameter"], name);
    }
}

#[tokio::test]
async fn boxes_at_the_poles_and_around_the_world_are_boxes() {
    let client = Client::new();
    for collection in client.collections().await {
        let id = id(&collection);
        let all = client.ids(id, &[]).await;
        for world in ["-180,-90,180,90", "-180,-90,0,180,90,9", "0,-90,360,90", "-200,-90,200,90"] {
            assert_eq!(client.ids(id, &[("bbox", world)]).await, all, "{id} {world}");
        }
        let nowhere = client.ids_of_nowhere(id).await;
        for polar in ["-180,66,180,90", "-180,-90,180,-66", "170,80,-170,90", "0,90,0,90"] {
            assert_eq!(client.ids(id, &[("bbox", polar)]).await, nowhere, "{id} {polar}");
        }
    }
}

/// A collection whose features have days says from when to when: RFC 3339, null for an open end.
#[tokio::test]
async fn collections_with_days_declare_their_period() {
    let client = Client::new();
    let mut declared = Vec::new();
    for collection in client.collections().await {
        let Some([period]) =
            collection["extent"]["temporal"]["interval"].as_array().map(Vec::as_slice)
        else {
            continue;
        };
        let ends: Vec<String> = period
            .as_array()
            .unwrap()
            .iter()
            .map(|end| end.as_str().unwrap_or("..").to_owned())
            .collect();
        let all = client.ids(id(&collection), &[("limit", "1000")]).await;
        let within = [("limit", "1000"), ("datetime", &*ends.join("/"))];
        assert_eq!(client.ids(id(&collection), &within).await, all, "{ends:?}");
        declared.push(format!("{} {}", id(&collection), ends.join("/")));
    }
    assert_eq!(
        declared,
        ["activities 2026-01-10T00:00:00Z/..", "needs 2026-01-01T00:00:00Z/2026-12-31T23:59:59Z"]
    );
    let page = client.get("/collections/activities?f=html").await;
    assert!(page.text().contains("2026-01-10 to open"), "{}", page.text());
}

/// QGIS writes an open end as the last day there is.
#[tokio::test]
async fn moments_of_any_year_with_four_digits_are_understood() {
    let client = Client::new();
    let open = client.ids("activities", &[("datetime", "2026-03-01/..")]).await;
    for ends in [
        "2026-03-01/9999-12-31T00:00:00Z",
        "2026-03-01T00:00:00Z/9999-12-31T23:59:59Z",
        "2026-03-01/9999-12-31",
    ] {
        assert_eq!(client.ids("activities", &[("datetime", ends)]).await, open, "{ends}");
    }
    let before = client.ids("activities", &[("datetime", "../2026-01-11")]).await;
    for start in ["0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01"] {
        let period = format!("{start}/2026-01-11");
        assert_eq!(client.ids("activities", &[("datetime", &*period)]).await, before, "{start}");
    }
    for at in ["0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"] {
        let filter = format!("start_date < TIMESTAMP('{at}')");
        client.ids("activities", &[("filter", &*filter)]).await;
    }
}

#[tokio::test]
async fn a_slash_at_the_end_of_an_address_changes_nothing() {
    let client = Client::new();
    for path in ["", "/collections", "/collections/sites", "/collections/sites/items", "/docs"] {
        let (with, without) = (
            client.get(&format!("{path}/?f=html")).await,
            client.get(&format!("{path}?f=html")).await,
        );
        assert_eq!(with.text(), without.text(), "{path}");
    }
}
