//! What the server says about itself.

use crate::fixture::{Reply, app, ask, through};
use crate::revisions;

/// The value of a line that begins so.
fn value(reply: &Reply, name: &str) -> Option<f64> {
    let line = reply.text().lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().parse().ok()
}

#[tokio::test]
async fn requests_are_counted_by_what_was_asked_and_how_it_ended() {
    let router = lacuna::http::router(app(), &Default::default());
    for path in ["gaps/items?sector=WSH", "gaps/items?sector=HEA", "gaps/items?sector=XXX"] {
        let path = format!("/api/delta/collections/{path}");
        through(router.clone(), "GET", &path, &[]).await;
    }
    let reply = through(router, "GET", "/metrics", &[]).await;
    assert!(reply.header("content-type").starts_with("application/openmetrics-text"));
    let of = |class: &str| format!("lacuna_requests_total{{asked=\"items\",status=\"{class}\"}}");
    assert_eq!(value(&reply, &of("2xx")), Some(2.0), "{}", reply.text());
    assert_eq!(value(&reply, &of("4xx")), Some(1.0));
    assert_eq!(value(&reply, "lacuna_request_seconds_count{asked=\"items\"}"), Some(3.0));
    assert_eq!(value(&reply, "lacuna_rows{operation=\"delta\",table=\"areas\"}"), Some(5.0));
    assert!(reply.text().ends_with("# EOF\n"));
}

#[tokio::test]
async fn what_is_kept_for_the_next_question_is_counted() {
    let router = lacuna::http::router(app(), &Default::default());
    let held = async || {
        let reply = through(router.clone(), "GET", "/metrics", &[]).await;
        let kept = value(&reply, "lacuna_kept_bytes{operation=\"delta\"}");
        kept.unwrap_or(0.0) + value(&reply, "lacuna_answer_bytes").unwrap()
    };
    assert_eq!(held().await, 0.0);
    for collection in ["uncovered", "gaps"] {
        let path = format!("/api/delta/collections/{collection}/items");
        through(router.clone(), "GET", &path, &[]).await;
    }
    // What is counted is brought up to date by the next that is asked.
    let mut bytes = 0.0;
    for _ in 0..200 {
        bytes = held().await;
        if bytes > 0.0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        through(router.clone(), "GET", "/api/delta/collections/gaps/items?limit=1", &[]).await;
    }
    assert!(bytes > 0.0);
}

#[tokio::test]
async fn revisions_and_imports_are_counted() {
    let app = revisions::app().await;
    let reply = ask(&app, "GET", "/metrics", &[]).await;
    let imports = "lacuna_imports_total{kind=\"activities\",outcome=\"done\"}";
    assert_eq!(value(&reply, imports), Some(2.0), "{}", reply.text());
    let seconds = "lacuna_import_seconds_total{kind=\"activities\",outcome=\"done\"}";
    assert!(value(&reply, seconds).is_some_and(|seconds| seconds > 0.0));
    assert_eq!(value(&reply, "lacuna_revision{operation=\"delta\"}"), Some(2.0));
    assert_eq!(value(&reply, "lacuna_revisions_behind{operation=\"delta\"}"), Some(0.0));
    assert_eq!(value(&reply, "lacuna_database_up"), Some(1.0));
}
