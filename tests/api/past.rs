//! Every address of an operation takes a revision of the past, or refuses it: none answers as if nothing
//! had been asked.

use std::sync::Arc;

use axum::Router;
use lacuna::app::App;
use lacuna::app::import::{Import, Said};
use lacuna::http::{Settings, Token, Writes, router};
use lacuna::intake::{Kind, Options};
use serde_json::Value;

use crate::fixture::{Reply, through};

const BEARER: (&str, &str) = ("authorization", "Bearer a token for the tests");
const AREAS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"adm1_pcode":"XA01","adm1_name":"North"},"geometry":{"type":"Polygon","coordinates":[[[30,2],[32,2],[32,4],[30,4],[30,2]]]}}]}"#;
const NEEDS: &str =
    "adm1_pcode,sector,in_need,cycle_start,cycle_end\nXA01,WSH,1000,2026-01-01,2026-12-31\n";
const SITES: &str = "site_id,name,type,sector,partner,latitude,longitude,status,radius_m\nS1,Well,water point,WSH,Alpha,3,31,functional,500\n";

/// A row that is corrected in the last of five revisions, a day each.
async fn corrected() -> Router {
    let standards = lacuna::intake::standards::built_in();
    let app = Arc::new(App::create("sqlite::memory:", standards).await.unwrap());
    let work = |more: &str| {
        format!(
            "activity_id,partner,sector,activity_type,adm1_name,start_date,status,reached\n{more}"
        )
    };
    let files = [
        (Kind::Areas, "adm1.geojson", AREAS.to_owned()),
        (Kind::Needs, "needs.csv", NEEDS.to_owned()),
        (Kind::Sites, "sites.csv", SITES.to_owned()),
        (Kind::Activities, "5w.csv", work("1,Alpha,WSH,latrines,North,2026-03-01,ongoing,100\n")),
        (
            Kind::Activities,
            "more.csv",
            work(
                "1,Alpha,WSH,latrines,North,2026-03-01,ongoing,\n2,Alpha,WSH,wells,North,2026-03-01,ongoing,5\n",
            ),
        ),
    ];
    for (day, (kind, name, text)) in files.into_iter().enumerate() {
        let import = Import {
            operation: Said::of("delta"),
            kind,
            file_name: name.into(),
            content: text.into(),
            options: Options::default(),
            replaces: None,
            dry_run: false,
            expected: None,
            at: format!("2026-08-0{}T12:00:00Z", day + 1).as_str().into(),
        };
        app.import(import, &|_| ()).await.unwrap().committed.unwrap();
    }
    let now = || "2026-09-01T12:00:00Z".into();
    let writes = Some(Writes { token: Token::new("a token for the tests"), now });
    router(app, &Settings { writes, ..Settings::default() })
}

async fn get(server: &Router, path: &str) -> Reply {
    through(server.clone(), "GET", path, &[BEARER]).await
}

/// Every address that answers a GET, with the values of the examples in it.
async fn addresses(server: &Router) -> Vec<String> {
    let document = get(server, "/api/delta/openapi.json").await.json();
    let mut all = vec!["/qgis/delta.qgs".to_owned()];
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(parameters) = methods["get"]["parameters"].as_array() else { continue };
        // Only as it is now: refused, in a test of its own.
        if path == "/events" {
            continue;
        }
        let mut address = path.clone();
        for one in parameters.iter().filter(|one| one["in"] == "path") {
            let value = match &one["example"] {
                Value::String(text) => text.clone(),
                Value::Null => "1".to_owned(),
                other => other.to_string(),
            };
            let name = one["name"].as_str().unwrap();
            address = address.replace(&format!("{{{name}}}"), &value);
        }
        all.push(format!("/api/delta{address}"));
    }
    all
}

#[tokio::test]
async fn every_address_takes_a_revision_or_refuses_it() {
    let server = corrected().await;
    let addresses = addresses(&server).await;
    assert!(addresses.len() > 100, "only {} addresses", addresses.len());
    for must in ["/quality", "/review", "/imports", "/imports/1", "/imports/1/report"] {
        assert!(addresses.contains(&format!("/api/delta{must}")), "{must} is not described");
    }
    for path in addresses {
        for (asked, parameter) in
            [("revision=99", "revision"), ("revision=x", "revision"), ("as-of=1990-01-01", "as-of")]
        {
            let reply = get(&server, &format!("{path}?{asked}")).await;
            assert_eq!(reply.status, 400, "{path}?{asked}: {}", reply.header("content-type"));
            assert_eq!(reply.json()["parameter"], parameter, "{path}?{asked}");
        }
        for (asked, revision) in
            [("revision=4", "4"), ("as-of=2026-08-04", "4"), ("revision=5", "5")]
        {
            let reply = get(&server, &format!("{path}?{asked}")).await;
            assert!(
                [200, 204].contains(&reply.status.as_u16()),
                "{path}?{asked}: {}",
                reply.status
            );
            assert_eq!(reply.header("lacuna-revision"), revision, "{path}?{asked}");
        }
    }
}

#[tokio::test]
async fn what_is_only_as_it_is_now_refuses_another_time() {
    let server = corrected().await;
    for path in ["/api", "/api/delta/events"] {
        for (parameter, value) in [("revision", "4"), ("as-of", "2026-08-04"), ("draft", "d-1")] {
            let reply = get(&server, &format!("{path}?{parameter}={value}")).await;
            assert_eq!(
                (reply.status.as_u16(), &reply.json()["parameter"]),
                (400, &parameter.into())
            );
        }
    }
    for path in ["/api/delta/imports", "/api/delta/imports/1", "/api/delta/imports/1/report"] {
        let reply = get(&server, &format!("{path}?draft=d-1")).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["parameter"]), (400, &"draft".into()));
    }
}

#[tokio::test]
async fn imports_and_quality_are_those_of_the_revision() {
    let server = corrected().await;
    let body = "partner,sector,activity_type,adm1_name,start_date,reached\nBeta,WSH,wells,North,2026-03-01,7\n";
    let sent = crate::fixture::with_body(
        server.clone(),
        "POST",
        "/api/delta/imports?file=draft.csv",
        &[BEARER],
        body.into(),
    );
    let draft = sent.await.json()["id"].as_str().unwrap().to_owned();
    let listed = async |query: &str| {
        let list = get(&server, &format!("/api/delta/imports{query}")).await.json();
        let rows = |one: &Value| one["rows_current"].as_u64();
        list["imports"].as_array().unwrap().iter().map(rows).collect::<Vec<_>>()
    };
    assert_eq!(listed("").await, [None, Some(2), Some(0), Some(1), Some(1), Some(1)]);
    assert_eq!(listed("?revision=4").await, [Some(1), Some(1), Some(1), Some(1)]);
    assert_eq!(listed("?as-of=2026-08-01").await, [Some(1)]);
    let later = get(&server, "/api/delta/imports/5?revision=4").await;
    assert_eq!(later.status, 404, "{}", later.text());
    let draft = get(&server, &format!("/api/delta/imports/{draft}?revision=4")).await;
    assert_eq!((draft.status.as_u16(), &draft.json()["parameter"]), (400, &"revision".into()));
    for query in ["imports/5/rollback?revision=4", "review?as-of=2026-08-01"] {
        let path = format!("/api/delta/{query}");
        let sent = crate::fixture::with_body(server.clone(), "POST", &path, &[BEARER], "[]".into());
        let refused = sent.await;
        let parameter = query.split(['?', '=']).nth(1).unwrap();
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["parameter"]),
            (400, &parameter.into())
        );
    }
    let quality = async |query: &str| {
        let partners = get(&server, &format!("/api/delta/quality{query}")).await.json();
        partners["partners"][0]["rows"].as_u64()
    };
    assert_eq!((quality("").await, quality("?revision=4").await), (Some(2), Some(1)));
}
