//! `/` and the files of the page.

use crate::fixture::{app, ask};

#[tokio::test]
async fn the_page_is_there_with_its_safety_headers() {
    let reply = ask(&app(), "GET", "/", &[]).await;
    assert_eq!(reply.status, 200);
    assert!(reply.text().starts_with("<!doctype html>"), "{}", reply.text());
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(reply.header("content-security-policy").starts_with("default-src 'self'"));
    assert!(!reply.header("x-request-id").is_empty());
}

#[tokio::test]
async fn a_file_that_is_not_there_is_404() {
    for path in ["/assets/nothing.js", "/../Cargo.toml", "/index.html.gz"] {
        let reply = ask(&app(), "GET", path, &[]).await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
    assert_eq!(ask(&app(), "POST", "/", &[]).await.status, 405);
}

#[tokio::test]
async fn the_callers_request_id_is_kept_where_it_is_harmless() {
    let kept = ask(&app(), "GET", "/health/live", &[("x-request-id", "abc-1")]).await;
    assert_eq!(kept.header("x-request-id"), "abc-1");
    let replaced = ask(&app(), "GET", "/health/live", &[("x-request-id", "a b\"c")]).await;
    assert_ne!(replaced.header("x-request-id"), "a b\"c");
}
