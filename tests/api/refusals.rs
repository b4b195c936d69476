//! Bad input of every kind: refused by name, with what would be right.

use axum::response::IntoResponse;
use lacuna::app::import::ImportError;
use lacuna::http::Problem;
use lacuna::store::StoreError;

use crate::fixture::{app, ask, get};

/// Where, which parameter is blamed, and words that must be in the detail.
const BAD: &[(&str, &str, &[&str])] = &[
    ("gaps/items?levle=2", "levle", &["closest", "\"level\""]),
    ("gaps/items?foo=1", "foo", &["known"]),
    ("areas/items?limit=abc", "limit", &["abc", "1 to 10000"]),
    ("areas/items?limit=0", "limit", &["1 to 10000"]),
    ("areas/items?limit=-5", "limit", &["1 to 10000"]),
    ("areas/items?limit=NaN", "limit", &["1 to 10000"]),
    ("areas/items?limit=", "limit", &["no value"]),
    ("areas/items?limit=1&limit=2", "limit", &["twice"]),
    ("areas/items?bbox=1,2,3", "bbox", &["3 numbers", "four"]),
    ("areas/items?bbox=a,b,c,d", "bbox", &["numbers"]),
    ("areas/items?bbox=0,5,1,4", "bbox", &["south is above north"]),
    ("areas/items?bbox=0,0,1,95", "bbox", &["90"]),
    ("areas/items?bbox=NaN,0,1,1", "bbox", &["numbers"]),
    ("activities/items?datetime=yesterday", "datetime", &["2026-07-01"]),
    ("activities/items?datetime=2026-02-30", "datetime", &["not a date"]),
    ("gaps/items?datetime=2026-09-30/2026-07-01", "datetime", &["ends before it starts"]),
    ("gaps/items?sector=XYZ", "sector", &["XYZ", "WSH", "PRO-GBV"]),
    ("gaps/items?level=7", "level", &["too deep", "0 to 2"]),
    ("gaps/items?level=two", "level", &["0 to 2"]),
    ("gaps/items?basis=both", "basis", &["in-need", "targeted"]),
    ("gaps/items?group=men", "group", &["refugee"]),
    ("gaps/items?age=old", "age", &["60+"]),
    ("gaps/items?zoom=23", "zoom", &["0 to 22"]),
    ("gaps/items?skipGeometry=maybe", "skipGeometry", &["true"]),
    ("gaps/items?properties=gapp", "properties", &["\"gap\""]),
    ("gaps/items?f=xml", "f", &["json", "html"]),
    ("activities/items?partner=hilf", "partner", &["hilfe"]),
    ("activities/items?area=9999", "area", &["P-code", "9999"]),
    ("activities/items?zoom=3", "zoom", &["known"]),
    ("areas/export.csv?next=3", "next", &["known"]),
    ("areas/export.gpkg?zoom=3", "zoom", &["known"]),
    ("gaps/items/0101/lines?next=x", "next", &["link"]),
    ("areas/items?next=0101", "next", &["link"]),
    ("areas/items?next=0101.00000000", "next", &["link"]),
    ("activities/items?next=garbage%27%22", "next", &["link"]),
    ("areas/items?parent=", "parent", &["no value"]),
    ("areas/items?revision=", "revision", &["no value"]),
    ("areas/items?as-of=%20", "as-of", &["no value"]),
    ("areas/items?filter=%20", "filter", &["no value"]),
    ("gaps/items/0101?bbox=0,0,1,1", "bbox", &["known"]),
    ("areas?foo=1", "foo", &["\"f\""]),
    ("activities/items?row=0.5", "row", &["whole number"]),
    ("gaps/tiles?level=9", "level", &["levels 0 to 2"]),
    ("gaps/tiles?sites=many", "sites", &["whole number"]),
    ("areas/tiles?west=left", "west", &["a number"]),
];

#[tokio::test]
async fn bad_parameters_are_named_with_what_would_be_right() {
    for (question, parameter, words) in BAD {
        let reply = get(&format!("/collections/{question}")).await;
        assert_eq!(reply.status, 400, "{question}: {}", reply.text());
        assert_eq!(reply.header("content-type"), "application/problem+json", "{question}");
        let json = reply.json();
        assert_eq!(json["parameter"], *parameter, "{question}");
        let detail = json["detail"].as_str().unwrap();
        for word in *words {
            assert!(detail.contains(word), "{question}: \"{word}\" is not in: {detail}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_404_with_what_is() {
    let detail = |reply: crate::fixture::Reply| {
        assert_eq!(reply.status, 404, "{}", reply.text());
        reply.json()["detail"].as_str().unwrap().to_owned()
    };
    assert!(detail(ask(&app(), "GET", "/api/nowhere", &[]).await).contains("delta"));
    assert!(detail(get("/collections/gap/items").await).contains("service-areas"));
    assert!(detail(get("/collections/gaps/items/9999").await).contains("9999"));
    assert!(detail(get("/collections/gaps/export.shp").await).contains("export.csv"));
    assert!(detail(get("/nothing").await).contains("/api"));
    detail(get("/collections/activities/items/x").await);
}

#[tokio::test]
async fn people_are_refused_by_a_page_that_says_the_same() {
    let browser = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    for path in [
        "/api/delta/collections/gaps/items?sector=%3Cb%3E",
        "/api/delta/collections/gaps/export.csv?level=9",
        "/api/delta/collections/nothing",
        "/api/nowhere",
        "/nothing",
    ] {
        let (json, page) =
            (ask(&app(), "GET", path, &[]).await, ask(&app(), "GET", path, &[browser]).await);
        assert_eq!(json.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!((page.status, page.header("vary")), (json.status, "accept"), "{path}");
        let detail = json.json()["detail"].as_str().unwrap().to_owned();
        let detail = detail.replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
        assert!(page.text().contains(&detail), "{path}: {detail} is not in {}", page.text());
        assert!(page.text().contains("/pages.css"), "{path}");
    }
    // As asked for by name; and to programs as ever.
    let named = |form| async move {
        let reply = get(&format!("/collections/gaps/items?limit=0&f={form}")).await;
        reply.header("content-type").to_owned()
    };
    assert_eq!(named("html").await, "text/html; charset=utf-8");
    assert_eq!(named("json").await, "application/problem+json");
    let not_allowed = ask(&app(), "POST", "/api/delta/collections", &[browser]).await;
    assert_eq!(
        (not_allowed.status.as_u16(), not_allowed.header("allow")),
        (405, "GET, HEAD, OPTIONS")
    );
    assert!(not_allowed.text().contains("Method not allowed"), "{}", not_allowed.text());
}

/// A form without a script sends what was left empty, too.
#[tokio::test]
async fn what_a_form_leaves_empty_is_not_asked() {
    let page = get("/collections/areas/items?f=html&level=1&parent=&datetime=&filter=").await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("1 to 2 of 2"), "{}", page.text());
    let json = "/collections/areas/items?level=1&amp;f=json";
    assert!(page.text().contains(json), "{}", page.text());
}

#[tokio::test]
async fn hostile_requests_are_refused_and_the_server_stays() {
    let app = app();
    let long = format!("/api/delta/collections/areas/items?bbox={}", "1,".repeat(32_000));
    let refused = ask(&app, "GET", &long, &[]).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("63488 bytes"), "{}", refused.text());
    let odd = "/api/delta/collections/areas/items?parent=%00%ff%0a";
    assert_eq!(ask(&app, "GET", odd, &[]).await.status, 400);
    let no_text = ask(&app, "GET", "/api/delta/collections/areas/items?name=%ED%B3%BF", &[]).await;
    assert_eq!(no_text.status, 400);
    assert!(no_text.text().contains("UTF-8"), "{}", no_text.text());
    let odd_text = "/api/delta/collections/areas/items?name=Rel%EF%BF%BDve";
    assert_eq!(ask(&app, "GET", odd_text, &[]).await.status, 200);
    let script = "/api/delta/collections/areas/items?parent=<script>";
    let encoded = script.replace('<', "%3C").replace('>', "%3E");
    let reply = ask(&app, "GET", &encoded, &[]).await;
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    let path = "/api/%ff%fe/collections";
    assert!(ask(&app, "GET", path, &[]).await.status.is_client_error());
    assert_eq!(
        ask(&app, "POST", "/api/delta/collections", &[("content-length", "99999999")])
            .await
            .status
            .as_u16()
            / 100,
        4
    );
    assert_eq!(ask(&app, "GET", "/health/live", &[]).await.status, 200);
}

#[test]
fn who_waited_too_long_for_the_past_is_told_to_ask_again() {
    let problem = Problem::from(ImportError::Store(StoreError::Busy));
    assert!(problem.detail.starts_with("Others ask for revisions of the past"), "{problem:?}");
    let response = problem.into_response();
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
}
