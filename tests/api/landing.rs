//! `/api`, the landing page, conformance, OpenAPI, health.

use lacuna::app::collections::COLLECTIONS;

use crate::fixture::{app, ask, get};

#[tokio::test]
async fn operations_are_listed() {
    let reply = ask(&app(), "GET", "/api", &[]).await;
    let json = reply.json();
    assert_eq!(json["operations"][0]["id"], "delta");
    assert_eq!(json["operations"][0]["links"][0]["href"], "http://lacuna.test/api/delta");
}

#[tokio::test]
async fn the_landing_page_says_what_the_operation_has() {
    let reply = get("").await;
    insta::assert_snapshot!("landing", serde_json::to_string_pretty(&reply.json()).unwrap());
    assert_eq!(get("/").await.json()["id"], "delta");
}

#[tokio::test]
async fn every_link_of_the_landing_page_leads_somewhere() {
    let app = app();
    for link in get("").await.json()["links"].as_array().unwrap() {
        let href = link["href"].as_str().unwrap().strip_prefix("http://lacuna.test").unwrap();
        let reply = ask(&app, "GET", href, &[]).await;
        assert_eq!(reply.status, 200, "{href}");
        let kind = link["type"].as_str().unwrap();
        assert!(reply.header("content-type").starts_with(kind), "{href}");
    }
}

#[tokio::test]
async fn the_openapi_document_has_what_qgis_and_gdal_read() {
    let json = get("/openapi.json").await.json();
    assert_eq!(json["components"]["parameters"]["limit"]["schema"]["maximum"], 10_000);
    assert_eq!(json["servers"][0]["url"], "http://lacuna.test/api/delta");
    for collection in COLLECTIONS {
        let path = format!("/collections/{}/items", collection.id);
        let known = json["paths"][&path]["get"]["parameters"].as_array().unwrap();
        assert_eq!(known.len(), collection.item_parameters().len());
    }
}

#[tokio::test]
async fn conformance_declares_only_what_works() {
    let json = get("/conformance").await.json();
    let declared = json["conformsTo"].as_array().unwrap();
    let has = |part: &str| declared.iter().any(|class| class.as_str().unwrap().contains(part));
    assert!(has("features-2/1.0/conf/crs") && has("cql2/1.0/conf/cql2-text"));
    for absent in ["array-functions", "conf/functions", "query-parameters", "features-4"] {
        assert!(!has(absent), "{absent} is declared");
    }
}

#[tokio::test]
async fn probes_are_answered() {
    let app = app();
    assert_eq!(ask(&app, "GET", "/health/live", &[]).await.status, 200);
    assert_eq!(ask(&app, "GET", "/health/ready", &[]).await.json()["operations"], 1);
}

#[tokio::test]
async fn a_host_that_is_none_is_never_repeated() {
    let reply = ask(&app(), "GET", "/api", &[("host", "a\"b/<x>")]).await;
    assert!(!reply.text().contains("<x>"));
}

#[tokio::test]
async fn a_path_that_a_trusted_proxy_took_off_stands_in_links_and_pages() {
    use axum::extract::ConnectInfo;
    let settings = lacuna::http::Settings {
        trusted_proxies: vec!["10.0.0.1".parse().unwrap()],
        ..Default::default()
    };
    let under = |peer: &'static str, prefix: &'static str, path: &'static str| {
        let peer = ConnectInfo(peer.parse::<std::net::SocketAddr>().unwrap());
        let router = lacuna::http::router(app(), &settings).layer(axum::Extension(peer));
        let headers = [("x-forwarded-prefix", prefix)];
        async move { crate::fixture::through(router, "GET", path, &headers).await.text().to_owned() }
    };
    let landing = "/api/delta?f=json";
    let text = under("10.0.0.1:9", "/gaps/", landing).await;
    assert!(text.contains("\"http://lacuna.test/gaps/api/delta/"), "{text}");
    let page = under("10.0.0.1:9", "/gaps", "/api/delta?f=html").await;
    assert!(page.contains("\"/gaps/?operation=delta"), "{page}");
    for (peer, prefix) in [
        ("10.0.0.2:9", "/gaps"),
        ("10.0.0.1:9", "gaps"),
        ("10.0.0.1:9", "//gaps.test"),
        ("10.0.0.1:9", "/<b>"),
    ] {
        let text = under(peer, prefix, landing).await;
        assert!(text.contains("\"http://lacuna.test/api/delta/"), "{peer} {prefix}: {text}");
    }
}

#[tokio::test]
async fn links_begin_with_the_public_address_and_only_trusted_proxies_say_another() {
    use axum::extract::ConnectInfo;
    let first_link = |settings: lacuna::http::Settings, peer: &'static str| async move {
        let peer = ConnectInfo(peer.parse::<std::net::SocketAddr>().unwrap());
        let router = lacuna::http::router(app(), &settings).layer(axum::Extension(peer));
        let headers = [("x-forwarded-host", "gaps.test"), ("x-forwarded-proto", "https")];
        let page = crate::fixture::through(router, "GET", "/api/delta", &headers).await.json();
        page["links"][0]["href"].as_str().unwrap().to_owned()
    };
    let settings = lacuna::http::Settings::default;
    assert_eq!(first_link(settings(), "10.0.0.1:9").await, "http://lacuna.test/api/delta");
    let trusting = || lacuna::http::Settings {
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        ..settings()
    };
    assert_eq!(first_link(trusting(), "10.0.0.1:9").await, "https://gaps.test/api/delta");
    assert_eq!(first_link(trusting(), "11.0.0.1:9").await, "http://lacuna.test/api/delta");
    let public = || lacuna::http::Settings {
        public_url: Some("https://a.test/gaps".to_owned()),
        ..trusting()
    };
    assert_eq!(first_link(public(), "10.0.0.1:9").await, "https://a.test/gaps/api/delta");
}
