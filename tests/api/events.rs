//! New revisions told as they come.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt;
use lacuna::domain::{Revision, Rows, Snapshot};
use tower::ServiceExt;

use crate::fixture::{app, ask, rows};

async fn next(told: &mut BodyDataStream) -> String {
    let next = tokio::time::timeout(Duration::from_secs(20), told.next()).await;
    String::from_utf8(next.unwrap().unwrap().unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn a_new_revision_is_told_to_who_listens() {
    let app = app();
    let router = lacuna::http::router(app.clone(), &Default::default());
    let request = Request::get("/api/delta/events").header("host", "lacuna.test");
    let request = request.header("accept", "text/event-stream");
    let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut told = answer.into_body().into_data_stream();
    let now = rows().revision;
    let first = next(&mut told).await;
    assert!(first.contains(&format!("id: {}\n", now.number)), "{first}");
    for number in [now.number + 1, now.number + 2] {
        let revision = Revision { number, at: "2026-09-01T00:00:00Z".into() };
        app.publish(Snapshot::build(Rows { revision, ..rows() }));
        let event = next(&mut told).await;
        assert!(event.contains("event: revision\n"), "{event}");
        let data = format!("data: {{\"revision\":{number},\"at\":\"2026-09-01T00:00:00Z\"}}");
        assert!(event.contains(&data), "{event}");
    }
}

/// Whoever tries each path that is described would wait for ever.
#[tokio::test]
async fn who_does_not_ask_for_events_by_name_is_told_the_first_one() {
    let reply = ask(&app(), "GET", "/api/delta/events", &[("accept", "*/*")]).await;
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert_eq!(
        (reply.text().matches("event: revision").count(), reply.header("vary")),
        (1, "accept")
    );
}

#[tokio::test]
async fn an_operation_that_is_not_there_has_no_events() {
    assert_eq!(ask(&app(), "GET", "/api/nowhere/events", &[]).await.status, 404);
    assert_eq!(ask(&app(), "GET", "/api/delta/events?x=1", &[]).await.status, 400);
}
