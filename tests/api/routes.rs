//! What holds of every path: its methods, its headers, and its links where people know the server by
//! another address.

use lacuna::http::Settings;

use crate::fixture::{Reply, app, ask, through};
use crate::openapi::examples;

/// Every path once, with those that are not in the OpenAPI document.
async fn paths() -> Vec<String> {
    let of_api = examples().await.into_iter().map(|mut questions| questions.swap_remove(0));
    let others = ["/", "/api", "/api/delta", "/pages.css", "/qgis/delta.qgs", "/health/live"];
    let styles = ["/api/delta/collections/gaps/styles/map.json"];
    let all = of_api.chain(others.into_iter().chain(styles).map(str::to_owned));
    all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// A header whose parts may stand in any order.
fn parts(reply: &Reply, name: &str) -> Vec<String> {
    let mut parts: Vec<String> =
        reply.header(name).split(',').map(|one| one.trim().to_ascii_lowercase()).collect();
    parts.sort_unstable();
    parts
}

#[tokio::test]
async fn every_path_knows_its_methods_and_says_what_its_answer_depends_on() {
    let app = app();
    let mut wrong = Vec::new();
    for path in paths().await {
        let mut check = |holds: bool, what: String| {
            if !holds {
                wrong.push(format!("{path}: {what}"));
            }
        };
        let whole = ask(&app, "GET", &path, &[]).await;
        let head = ask(&app, "HEAD", &path, &[]).await;
        check(head.status == whole.status && head.body.is_empty(), format!("HEAD {}", head.status));
        for name in ["content-type", "content-length", "etag", "vary", "cache-control", "link"] {
            let (one, other) = (head.header(name), whole.header(name));
            check(one == other, format!("HEAD has {name} {one:?} and GET {other:?}"));
        }
        let of_api = path.starts_with("/api") || path.starts_with("/qgis");
        check(of_api == (whole.header("access-control-allow-origin") == "*"), "CORS".to_owned());
        if path != "/health/live" {
            let tag = whole.header("etag");
            check(!tag.is_empty(), "has no ETag".to_owned());
            check(parts(&whole, "vary").contains(&"accept-encoding".to_owned()), "Vary".to_owned());
            let known = ask(&app, "GET", &path, &[("if-none-match", tag)]).await;
            check(known.status == 304 && known.body.is_empty(), format!("304: {}", known.status));
            check(known.header("vary") == whole.header("vary"), "Vary of 304".to_owned());
        }
        // What people and programs get differently, says so.
        let page = ask(&app, "GET", &path, &[("accept", "text/html")]).await;
        let varies = parts(&whole, "vary").contains(&"accept".to_owned());
        check(varies == (page.body != whole.body), "Vary: accept".to_owned());

        let options = ask(&app, "OPTIONS", &path, &[]).await;
        let allowed = ["get", "head", "options"];
        check(options.status == 204, format!("OPTIONS {}", options.status));
        check(parts(&options, "allow") == allowed, format!("Allow {}", options.header("allow")));
        check(options.header("access-control-allow-methods").is_empty(), "no preflight".to_owned());
        let preflight = [
            ("origin", "https://dashboard.test"),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "authorization,if-none-match"),
        ];
        let preflight = ask(&app, "OPTIONS", &path, &preflight).await;
        let methods = parts(&preflight, "access-control-allow-methods");
        check(!of_api || methods == allowed, format!("preflight {methods:?}"));
        let refused = ask(&app, "DELETE", &path, &[]).await;
        check(refused.status == 405, format!("DELETE {}", refused.status));
        check(parts(&refused, "allow") == allowed, format!("405: {}", refused.header("allow")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Addresses in an answer that begin otherwise than people know the server.
fn elsewhere(text: &str) -> Vec<&str> {
    let begins = ["href=\"/", "src=\"/", "action=\"/"];
    let own = begins.iter().flat_map(|begin| text.match_indices(begin));
    let own = own.map(|(at, begin)| &text[at + begin.len() - 1..]);
    let own = own.filter(|rest| !rest.starts_with("/lac/"));
    let host = text.match_indices("lacuna.test").map(|(at, _)| &text[at..]);
    own.chain(host).map(|rest| rest.get(..60).unwrap_or(rest)).collect()
}

#[tokio::test]
async fn behind_a_proxy_with_a_path_every_address_has_it() {
    let settings =
        Settings { public_url: Some("https://x.test/lac".to_owned()), ..Default::default() };
    let router = lacuna::http::router(app(), &settings);
    let mut wrong = Vec::new();
    for path in paths().await {
        for accept in ["*/*", "text/html"] {
            let accept = [("accept", accept)];
            let taken_off = through(router.clone(), "GET", &path, &accept).await;
            let left_on = through(router.clone(), "GET", &format!("/lac{path}"), &accept).await;
            assert_eq!(
                (taken_off.status, &taken_off.body),
                (left_on.status, &left_on.body),
                "{path}"
            );
            assert_eq!(
                taken_off.header("access-control-allow-origin"),
                left_on.header("access-control-allow-origin")
            );
            let text = String::from_utf8_lossy(&taken_off.body);
            wrong.extend(elsewhere(&text).into_iter().map(|one| format!("{path}: {one}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let page = through(router.clone(), "GET", "/lac", &[]).await;
    assert!(page.text().contains("/lac/"), "{}", page.text());
    let refused = [("accept", "text/html")];
    let refused = through(router, "GET", "/lac/api/nowhere", &refused).await;
    assert!(refused.text().contains("href=\"/lac/pages.css\""), "{}", refused.text());
}
