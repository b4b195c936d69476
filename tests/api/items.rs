//! `/collections/{c}/items` and `/items/{id}`.

use lacuna::app::collections::COLLECTIONS;
use lacuna::domain::Snapshot;

use crate::fixture::{HOME, Reply, app, ask, get, rows, through};

async fn items(question: &str) -> Reply {
    let reply = get(&format!("/collections/{question}")).await;
    assert_eq!(reply.status, 200, "{question}: {}", reply.text());
    reply
}

#[tokio::test]
async fn every_collection_has_golden_items() {
    for collection in COLLECTIONS {
        let id = collection.id;
        let reply = items(&format!("{id}/items")).await;
        assert_eq!(reply.header("content-type"), "application/geo+json");
        let json = reply.json();
        let features = json["features"].as_array().unwrap();
        assert_eq!(json["numberReturned"], features.len());
        for feature in features {
            assert!(feature["id"].is_string());
            let properties = feature["properties"].as_object().unwrap();
            let names: Vec<&str> = properties.keys().map(String::as_str).collect();
            let fields: Vec<&str> = collection.fields.iter().map(|field| field.name).collect();
            assert_eq!(names, fields, "{id}: the values are not in the order of the fields");
        }
        // Circles have too many points to read; their corners are tested where they are made.
        let shown = match id {
            "service-areas" | "uncovered" | "shared" => {
                items(&format!("{id}/items?skipGeometry=true")).await
            }
            _ => reply,
        };
        insta::assert_snapshot!(format!("items-{id}"), shown.text());
    }
}

#[tokio::test]
async fn a_figure_of_an_answer_finds_its_feature() {
    let mut fractions = 0;
    for collection in COLLECTIONS {
        let id = collection.id;
        let json = items(&format!("{id}/items?skipGeometry=true&limit=3")).await.json();
        for feature in json["features"].as_array().unwrap() {
            for (name, value) in feature["properties"].as_object().unwrap() {
                let Some(figure) = value.as_f64() else { continue };
                fractions += u32::from(figure.fract() != 0.0);
                let asked = format!("{id}/items?skipGeometry=true&filter={name}%3D{figure}");
                let found = items(&asked).await.json();
                let ids: Vec<_> = found["features"].as_array().unwrap().iter().collect();
                assert!(ids.iter().any(|one| one["id"] == feature["id"]), "{asked}");
            }
        }
    }
    assert!(fractions > 10, "{fractions}");
}

#[tokio::test]
async fn the_main_query_follows_the_worked_example() {
    let json = items("gaps/items?level=2&sector=WSH").await.json();
    let west = &json["features"][0];
    assert_eq!(west["id"], "0101");
    let figures = &west["properties"];
    assert_eq!(figures["reached"], 500);
    assert_eq!((&figures["reached_low"], &figures["reached_high"]), (&400.into(), &900.into()));
    assert_eq!(figures["gap"], 500);
    assert_eq!(figures["status"], "partial");
    assert_eq!(figures["partners"], 2);
    assert_eq!(json["features"][1]["properties"]["status"], "present");
    assert_eq!(json["features"][2]["properties"]["status"], "no-need");
    assert_eq!(json["query"]["level"], 2);
    assert_eq!(json["derived"], false);
}

#[tokio::test]
async fn an_area_is_answered_at_its_own_level() {
    let province = items("gaps/items/01?sector=WSH").await.json();
    assert_eq!(province["id"], "01");
    assert_eq!(province["properties"]["level"], 1);
    assert_eq!(province["properties"]["reached_place_unknown"], 50);
    let operation = items("gaps/items/delta").await.json();
    assert_eq!(operation["properties"]["level"], 0);
    assert_eq!(operation["geometry"]["type"], "MultiPolygon");
    assert_eq!(items("areas/items/0201").await.json()["properties"]["parent"], "02");
    assert_eq!(get("/collections/gaps/items/01?level=2").await.status, 404);
}

#[tokio::test]
async fn next_links_never_skip_or_repeat_also_while_data_change() {
    let app = app();
    let router = lacuna::http::router(app.clone(), &Default::default());
    let mut seen = Vec::new();
    let mut url = format!("{HOME}/collections/activities/items?limit=2");
    loop {
        let page = through(router.clone(), "GET", &url, &[]).await;
        seen.extend(page.ids());
        let json = page.json();
        let links = json["links"].as_array().unwrap();
        let Some(next) = links.iter().find(|link| link["rel"] == "next") else { break };
        url = next["href"].as_str().unwrap().strip_prefix("http://lacuna.test").unwrap().to_owned();
        if seen.len() == 4 {
            // The last row shown goes away, and one that was passed comes in.
            let mut changed = rows();
            changed.revision.number += 1;
            changed.activities.retain(|activity| activity.id != 4);
            app.publish(Snapshot::build(changed));
        }
    }
    assert_eq!(seen, ["1", "2", "3", "4", "5", "6", "10"]);
}

#[tokio::test]
async fn a_first_page_has_values_in_every_field_and_no_feature_comes_twice() {
    let mut all = rows();
    let like = all.activities.remove(0);
    all.activities = (1..=40)
        .map(|id| {
            let mut row = like.clone();
            (row.id, row.targeted, row.area, row.end) = (id, None, None, None);
            match id {
                30 => row.targeted = Some(250_000.0),
                35 => row.area = like.area.clone(),
                38 => row.end = row.start,
                _ => {}
            }
            row
        })
        .collect();
    let app = app();
    app.publish(Snapshot::build(all.clone()));
    for (limit, first) in [(10, ["30", "35", "38"]), (2, ["1", "2", "3"]), (25, ["30", "35", "38"])]
    {
        let mut url = format!("{HOME}/collections/activities/items?limit={limit}");
        let mut seen = Vec::new();
        loop {
            let page = ask(&app, "GET", &url, &[]).await;
            let (ids, json) = (page.ids(), page.json());
            assert_eq!(
                (json["numberReturned"].as_u64(), ids.len()),
                (Some(ids.len() as u64), ids.len().min(limit))
            );
            seen.extend(ids);
            let links = json["links"].as_array().unwrap();
            let Some(next) = links.iter().find(|link| link["rel"] == "next") else { break };
            let next = next["href"].as_str().unwrap().strip_prefix("http://lacuna.test");
            url = next.unwrap().to_owned();
        }
        let numbers =
            |ids: &[String]| ids.iter().map(|id| id.parse().unwrap()).collect::<Vec<u32>>();
        let mut found = numbers(&seen);
        found.sort_unstable();
        assert_eq!(found, (1..=40).collect::<Vec<u32>>(), "{limit}");
        let mut begin = numbers(&seen[..10]);
        begin.sort_unstable();
        let wanted = numbers(&first.map(str::to_owned));
        assert!(wanted.iter().all(|id| numbers(&seen[..10]).contains(id)), "{limit}: {begin:?}");
    }
}

#[tokio::test]
async fn limits_above_the_maximum_are_clamped() {
    assert_eq!(items("areas/items?limit=999999999999999999999").await.ids().len(), 5);
    assert_eq!(items("areas/items?limit=1").await.json()["numberMatched"], 5);
}

#[tokio::test]
async fn boxes_select_by_geometry_also_across_the_antimeridian() {
    let ids = |question: &'static str| async move { items(question).await.ids() };
    assert_eq!(ids("areas/items?level=2&bbox=31.5,2.5,31.6,2.6").await, ["0102"]);
    assert_eq!(ids("areas/items?bbox=177,-10,-178,10").await, Vec::<String>::new());
    assert_eq!(ids("areas/items?level=1&bbox=31.9,-10,-178,1").await, ["02"]);
    assert_eq!(ids("sites/items?bbox=30.4,2,30.51,4").await, ["1"]);
    // The tenth is nowhere, as needs are: what has no place is in every box.
    assert_eq!(ids("activities/items?bbox=30,0,31,1.5").await, ["6", "10"]);
    let needs = ids("needs/items").await;
    assert_eq!(ids("needs/items?bbox=31.5,2.5,0,31.6,2.6,9").await, needs);
    assert_eq!(ids("gaps/items?bbox=31.5,2.5,31.6,2.6").await, ["0102"]);
    assert_eq!(ids("service-areas/items?bbox=31,2,32,4").await, Vec::<String>::new());
}

#[tokio::test]
async fn own_parameters_select() {
    let ids = |question: &'static str| async move { items(question).await.ids() };
    assert_eq!(ids("activities/items?partner=HLF&area=01").await, ["1", "3", "5"]);
    assert_eq!(ids("activities/items?partner=Mercy%20LOCAL&area=delta").await, ["2", "10"]);
    assert_eq!(ids("activities/items?status=planned").await, ["6"]);
    assert_eq!(ids("activities/items?datetime=../2026-01-11").await, ["1"]);
    assert_eq!(ids("sites/items?type=Water%20Point&sector=wsh").await.len(), 4);
    assert_eq!(ids("areas/items?parent=01").await, ["0101", "0102"]);
    assert_eq!(ids("areas/items?parent=delta").await, ["01", "02"]);
    assert_eq!(ids("needs/items?sector=HEA").await.len(), 1);
    assert_eq!(ids("gaps/items?level=1").await, ["01", "02"]);
}

#[tokio::test]
async fn properties_geometry_and_zoom_are_chosen() {
    let json = items("gaps/items?properties=gap,pcode&skipGeometry=true").await.json();
    let first = &json["features"][0];
    assert_eq!(first["properties"].as_object().unwrap().len(), 2);
    assert!(first["geometry"].is_null());
    let coarse = items("areas/items?zoom=0&level=1").await;
    assert!(coarse.text().contains("[32,2]"), "{}", coarse.text());
}

#[tokio::test]
async fn the_same_question_is_answered_from_its_tag_and_tags_differ_by_encoding() {
    let app = app();
    let url = format!("{HOME}/collections/gaps/items");
    let plain = ask(&app, "GET", &url, &[]).await;
    let gzip = ask(&app, "GET", &url, &[("accept-encoding", "gzip")]).await;
    let zstd = ask(&app, "GET", &url, &[("accept-encoding", "gzip, deflate, br, zstd")]).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert_eq!(zstd.header("content-encoding"), "zstd");
    let tags = [plain.header("etag"), gzip.header("etag"), zstd.header("etag")];
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
    assert!(tags.iter().all(|tag| tag.starts_with('"')), "a weak tag: {tags:?}");
    assert_eq!(plain.header("vary"), "accept, accept-encoding");
    assert_eq!(zstd::bulk::decompress(&zstd.body, 1 << 20).unwrap(), plain.body);

    let known = [("if-none-match", tags[0])];
    let again = ask(&app, "GET", &url, &known).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), tags[0]);

    let mut changed = rows();
    changed.revision.number += 1;
    app.publish(Snapshot::build(changed));
    assert_eq!(ask(&app, "GET", &url, &known).await.status, 200);
}

#[tokio::test]
async fn head_and_options_are_answered() {
    let app = app();
    let url = format!("{HOME}/collections/areas/items");
    let whole = ask(&app, "GET", &url, &[]).await;
    let head = ask(&app, "HEAD", &url, &[]).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), whole.body.len().to_string());
    let asked = [("access-control-request-method", "GET"), ("origin", "http://elsewhere.test")];
    let options = ask(&app, "OPTIONS", &url, &asked).await;
    assert_eq!(options.status, 204);
    assert_eq!(options.header("allow"), "GET, HEAD, OPTIONS");
    assert_eq!(options.header("access-control-allow-origin"), "*");
    assert_eq!(options.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
    assert_eq!(ask(&app, "DELETE", &url, &[]).await.status, 405);
}
