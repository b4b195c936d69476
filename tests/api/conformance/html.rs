//! Part 1: HTML. Pages for people, without a script and without another host.

use super::{Client, encoded, id};
use crate::fixture::HOME;

async fn pages(client: &Client) -> Vec<String> {
    let own = ["", "/conformance", "/collections", "/tileMatrixSets"];
    let mut pages: Vec<String> = own.map(|path| format!("{HOME}{path}")).into();
    pages.extend(["/api".to_owned(), format!("{HOME}/tileMatrixSets/WebMercatorQuad")]);
    for collection in client.collections().await {
        let home = format!("/api/delta/collections/{}", id(&collection));
        let below = ["", "/items", "/schema", "/queryables", "/styles"];
        pages.extend(below.map(|path| format!("{home}{path}")));
        if !collection["geometry"].is_null() {
            pages.extend(["tiles", "tiles/WebMercatorQuad"].map(|path| format!("{home}/{path}")));
        }
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

/// All that the API describes: what is JSON is a page as well, and the description says so.
#[tokio::test]
async fn every_answer_in_json_is_a_page_as_well() {
    let client = Client::new();
    let document = client.get("/openapi.json").await.json();
    let mut pages = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let content = &methods["get"]["responses"]["200"]["content"];
        let json = ["application/json", "application/schema+json", "application/geo+json"];
        // Imports need the token, files are files, and a page says what is behind a figure.
        let others = ["/imports", "/review", "/quality", "/events", "/export."];
        if json.iter().all(|kind| content[kind].is_null())
            || others.iter().any(|other| path.contains(other))
            || path.ends_with("/lines")
        {
            continue;
        }
        assert_eq!(content["text/html"]["schema"]["type"], "string", "{path}");
        let parameters = methods["get"]["parameters"].as_array().unwrap();
        let format = parameters.iter().find(|parameter| parameter["name"] == "f").unwrap();
        let formats = format["schema"]["enum"].as_array().unwrap();
        assert!(formats.contains(&"html".into()) && formats.contains(&"json".into()), "{path}");
        if path.contains('{') {
            continue;
        }
        let path = format!("{HOME}{}", path.trim_end_matches('/'));
        let browser = ("accept", "text/html");
        let page = client.ask("GET", &path, &[browser]).await;
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        let head = client.ask("HEAD", &path, &[browser]).await;
        assert_eq!(head.header("content-length"), page.body.len().to_string(), "{path}");
        let known = [browser, ("if-none-match", page.header("etag"))];
        assert_eq!(client.ask("GET", &path, &known).await.status, 304, "{path}");
        assert_eq!(client.ask("GET", &format!("{path}?f=xml"), &[]).await.status, 400, "{path}");
        pages += 1;
    }
    assert!(pages > 50, "{pages}");
}

#[tokio::test]
async fn what_can_be_asked_for_and_what_features_have_are_tables() {
    let client = Client::new();
    for collection in client.collections().await {
        for about in ["queryables", "schema"] {
            let path = format!("/collections/{}/{about}", id(&collection));
            let document = client.get(&path).await.json();
            let page = client.get(&format!("{path}?f=html")).await;
            let text = page.text();
            let properties = document["properties"].as_object().unwrap();
            assert_eq!(text.matches("<th scope=\"row\">").count(), properties.len(), "{path}");
            for (name, property) in properties {
                assert!(text.contains(&format!("<code>{name}</code>")), "{path}: {name}");
                for code in property["enum"].as_array().into_iter().flatten() {
                    let code = code.as_str().unwrap();
                    assert!(text.contains(&format!("<code>{code}</code>")), "{path}: {code}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_page_of_a_tileset_keeps_the_question() {
    let client = Client::new();
    let home = "/collections/gaps/tiles";
    let list = client.get(&format!("{home}?f=html&level=1&sector=WSH")).await;
    let one = "/collections/gaps/tiles/WebMercatorQuad?level=1&amp;sector=WSH&amp;f=html";
    assert!(list.text().contains(one), "{}", list.text());
    let page = client.get(&one.replace("&amp;", "&")).await;
    let text = page.text();
    for part in [
        "{z}/{y}/{x}?level=1&amp;sector=WSH</code>",
        "/styles/map.json?level=1&amp;sector=WSH\"",
        "WebMercatorQuad?level=1&amp;sector=WSH&amp;f=tilejson\"",
        "30.00° E to 32.00° E, 0.00° N to 4.00° N",
        "<svg",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    client.refused(&format!("{home}?f=tilejson")).await;
    let refused = client.ask("GET", &format!("{home}/WebMercatorQuad?level=9&f=html"), &[]).await;
    assert_eq!(refused.status, 400);
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

/// What a page links to as itself for programs has the type that is said of it.
#[tokio::test]
async fn what_a_page_is_for_programs_has_the_type_that_is_said() {
    let client = Client::new();
    let mut all = pages(&client).await;
    all.push("/api/delta/docs".to_owned());
    for page in all {
        let reply = client.ask("GET", &page, &[("accept", "text/html")]).await;
        let link = reply.text().split("<link rel=\"alternate\"").nth(1).unwrap();
        let link = link.split('>').next().unwrap().replace("&amp;", "&");
        let part =
            |name: &str| link.split(name).nth(1).unwrap().split('"').next().unwrap().to_owned();
        let (kind, href) = (part("type=\""), part("href=\""));
        let path = href.strip_prefix("http://lacuna.test").unwrap();
        let found = client.ask("GET", path, &[]).await;
        assert_eq!(found.header("content-type"), kind, "{page} to {path}");
    }
}

#[tokio::test]
async fn units_that_a_name_has_are_not_said_again() {
    let client = Client::new();
    let text = client.get("/collections/sites/items?f=html").await.text().to_owned();
    assert!(text.contains(">capacity people</th>") && text.contains(">radius m</th>"), "{text}");
}

#[tokio::test]
async fn the_page_of_an_operation_has_its_qgis_project() {
    let page = Client::new().get("?f=html").await;
    assert!(page.text().contains("href=\"http://lacuna.test/qgis/delta.qgs\""), "{}", page.text());
}
