//! Part 1: HTML. Pages for people, without a script and without another host.

use super::{Client, encoded, id};

async fn pages(client: &Client) -> Vec<String> {
    let mut pages: Vec<String> =
        ["/api", "/api/delta", "/api/delta/conformance", "/api/delta/collections"]
            .map(str::to_owned)
            .into();
    for collection in client.collections().await {
        let home = format!("/api/delta/collections/{}", id(&collection));
        pages.extend([home.clone(), format!("{home}/items")]);
        for feature in client.ids(id(&collection), &[("limit", "2")]).await {
            pages.push(format!("{home}/items/{}", encoded(&feature)));
        }
    }
    pages
}

#[tokio::test]
async fn every_page_is_html_for_browsers_and_json_for_programs() {
    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let client = Client::new();
    for page in pages(&client).await {
        for (accept, kind) in [
            (BROWSER, "text/html; charset=utf-8"),
            ("text/html", "text/html; charset=utf-8"),
            ("*/*", "application/"),
            ("application/json", "application/"),
            ("application/geo+json, application/json", "application/"),
            ("text/html;q=0.1, application/json", "application/"),
        ] {
            let reply = client.ask("GET", &page, &[("accept", accept)]).await;
            assert_eq!(reply.status, 200, "{page}: {}", reply.text());
            assert!(reply.header("content-type").starts_with(kind), "{page} for {accept}");
            assert_eq!(reply.header("vary"), "accept, accept-encoding");
        }
        // What is asked for by name goes before what the browser likes.
        let html = client.ask("GET", &format!("{page}?f=html"), &[("accept", "*/*")]).await;
        let json = client.ask("GET", &format!("{page}?f=json"), &[("accept", BROWSER)]).await;
        assert!(html.text().starts_with("<!doctype html>") && json.text().starts_with('{'));
        assert_ne!(html.header("etag"), json.header("etag"));
    }
}

#[tokio::test]
async fn pages_hold_no_script_and_ask_no_other_host() {
    let client = Client::new();
    let mut all = pages(&client).await;
    all.push("/api/delta/docs".to_owned());
    for page in all {
        let reply = client.ask("GET", &page, &[("accept", "text/html")]).await;
        let text = reply.text();
        assert!(!text.contains("<script") && !text.contains(" style="), "{page}");
        for part in text.split("src=\"").skip(1).chain(text.split("<link ").skip(1)) {
            assert!(
                !part.split('>').next().unwrap().contains("//") || part.contains("lacuna.test"),
                "{page}"
            );
        }
        // The name of an area of the fixture has quotes in it.
        assert!(!text.contains("South \"Delta\""), "{page}");
    }
    let style = client.0.clone();
    let style = crate::fixture::through(style, "GET", "/pages.css", &[]).await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
}

#[tokio::test]
async fn every_link_of_every_page_leads_somewhere() {
    let client = Client::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut all = pages(&client).await;
    all.push("/api/delta/docs".to_owned());
    for page in all {
        let reply = client.ask("GET", &page, &[("accept", "text/html")]).await;
        for part in reply.text().split("href=\"").skip(1) {
            let href = part.split('"').next().unwrap().replace("&amp;", "&");
            let Some(path) = href.strip_prefix("http://lacuna.test") else { continue };
            if seen.insert(path.to_owned()) {
                let reply = client.ask("GET", path, &[]).await;
                assert_eq!(reply.status, 200, "{page} links to {path}: {}", reply.text());
            }
        }
    }
    assert!(seen.len() > 50, "{}", seen.len());
}

#[tokio::test]
async fn a_page_of_features_has_a_table_a_map_and_the_next_page() {
    let client = Client::new();
    let page = client.get("/collections/activities/items?f=html&limit=2&sector=WSH").await;
    let text = page.text();
    assert_eq!(text.matches("<tr>").count(), 3, "{text}");
    assert!(text.contains("<svg") && text.contains("<circle"));
    assert!(text.contains("1 to 2 of 7") && text.contains("rel=\"next\""));
    assert!(text.contains("<option value=\"WSH\" selected>"));
    let none = client.get("/collections/activities/items?f=html&filter=false").await;
    assert!(none.text().contains("Nothing is here"));
    let escaped = client.get("/collections/areas/items?f=html&filter=name%3D'%3Cscript%3E'").await;
    assert!(!escaped.text().contains("<script>"));
}
