//! Which revision an answer is of: shown, asked for by number and by time, and at least one.

use std::sync::Arc;

use lacuna::app::App;
use lacuna::app::import::{Import, Said};
use lacuna::intake::{Kind, Options};

use crate::fixture::{Reply, ask};

/// One row that is corrected a day later.
pub async fn app() -> Arc<App> {
    let app = Arc::new(App::create("sqlite::memory:", Default::default()).await.unwrap());
    for (reached, at) in [(100, "2026-08-01T12:00:00Z"), (175, "2026-08-02T12:00:00Z")] {
        let text = format!(
            "activity_id,partner,sector,activity_type,adm1_name,start_date,status,reached\n\
             1,Alpha,WSH,latrines,North,2026-03-01,ongoing,{reached}\n"
        );
        let import = Import {
            operation: Said { name: Some("Delta".into()), ..Said::of("delta") },
            kind: Kind::Activities,
            file_name: "5w.csv".into(),
            content: text.into(),
            options: Options::default(),
            replaces: None,
            dry_run: false,
            expected: None,
            at: at.into(),
        };
        app.import(import, &|_| ()).await.unwrap();
    }
    app
}

async fn reached(app: &Arc<App>, query: &str) -> (Reply, f64) {
    let path = format!("/api/delta/collections/activities/items?{query}");
    let reply = ask(app, "GET", &path, &[]).await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.text());
    let reached = reply.json()["features"][0]["properties"]["reached"].as_f64().unwrap();
    (reply, reached)
}

#[tokio::test]
async fn a_figure_of_the_past_is_made_again() {
    let app = app().await;
    let (now, figure) = reached(&app, "limit=10").await;
    assert_eq!((now.header("lacuna-revision"), figure), ("2", 175.0));
    for past in ["revision=1", "as-of=2026-08-02T11:59:59Z", "as-of=2026-08-01"] {
        let (then, figure) = reached(&app, past).await;
        assert_eq!((then.header("lacuna-revision"), figure), ("1", 100.0), "{past}");
        assert_ne!(then.header("etag"), now.header("etag"));
    }
    for current in ["revision=2", "as-of=2026-08-02", "as-of=2026-08-02T14:00:00%2B02:00"] {
        assert_eq!(reached(&app, current).await.1, 175.0, "{current}");
    }
    let export = "/api/delta/collections/activities/export.geojson?revision=1";
    let export = ask(&app, "GET", export, &[]).await;
    assert_eq!(export.json()["revision"], 1);
}

#[tokio::test]
async fn a_revision_that_is_named_may_be_kept_by_caches() {
    let app = app().await;
    let home = "/api/delta/collections/activities";
    for (path, of, kept) in [
        (format!("{home}/items?revision=1"), "1", true),
        (format!("{home}/items?revision=2&limit=5"), "2", true),
        (format!("{home}/export.csv?revision=1"), "1", true),
        (format!("{home}/export.geojson?revision=1"), "1", true),
        ("/api/delta/tileMatrixSets/WebMercatorQuad?revision=1".to_owned(), "1", true),
        (format!("{home}/items"), "2", false),
        // Another one may be dated before it yet.
        (format!("{home}/items?as-of=2026-08-01"), "1", false),
        (format!("{home}/items?min-revision=1"), "2", false),
    ] {
        let reply = ask(&app, "GET", &path, &[]).await;
        assert_eq!((reply.status.as_u16(), reply.header("lacuna-revision")), (200, of), "{path}");
        let expected = if kept { "public, max-age=86400" } else { "public, no-cache" };
        assert_eq!(reply.header("cache-control"), expected, "{path}");
        let tag = reply.header("etag").to_owned();
        let again = ask(&app, "GET", &path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status.as_u16(), again.header("cache-control")), (304, expected));
    }
    let refused = ask(&app, "GET", &format!("{home}/items?revision=9"), &[]).await;
    assert_eq!((refused.status.as_u16(), refused.header("cache-control")), (400, "no-store"));
}

#[tokio::test]
async fn a_clock_that_was_set_back_dates_every_revision_after_the_last() {
    let app = app().await;
    let done = app.rollback("delta", 2, false, "2026-08-01T18:00:00Z".into()).await.unwrap();
    assert_eq!(&*done.committed.unwrap().at, "2026-08-02T12:00:00.001Z");
    // Of one moment, too, each has a time of its own.
    let at = "2026-08-03T12:00:00Z";
    for (submission, dated) in [(3, at), (4, "2026-08-03T12:00:00.001Z")] {
        let done = app.rollback("delta", submission, false, at.into()).await.unwrap();
        assert_eq!(&*done.committed.unwrap().at, dated);
    }
    let asked = [
        ("2026-08-01T12:00:00Z", "1"),
        ("2026-08-01T23:00:00Z", "1"),
        ("2026-08-02T12:00:00Z", "2"),
        ("2026-08-02T12:00:00.001Z", "3"),
        ("2026-08-03T11:59:59Z", "3"),
        ("2026-08-03T12:00:00Z", "4"),
        // Still to come: the newest, for whoever asks now.
        ("2999-01-01", "5"),
    ];
    for (time, revision) in asked {
        let reply = reached(&app, &format!("as-of={time}")).await.0;
        assert_eq!(reply.header("lacuna-revision"), revision, "{time}");
        assert_eq!(reply.header("cache-control"), "public, no-cache", "{time}");
    }
}

#[tokio::test]
async fn a_revision_that_there_is_not_is_refused_by_name() {
    let app = app().await;
    let bad = [
        ("revision=3", "revision", "from 1 to 2"),
        ("revision=first", "revision", "from 1 to 2"),
        ("as-of=2026-07-31", "as-of", "the first was 2026-08-01T12:00:00Z"),
        ("as-of=yesterday", "as-of", "2026-07-01T12:00:00Z"),
        ("revision=1&as-of=2026-08-01", "as-of", "not both"),
        ("min-revision=x", "min-revision", "whole number"),
    ];
    for (query, parameter, words) in bad {
        let path = format!("/api/delta/collections/activities/items?{query}");
        let reply = ask(&app, "GET", &path, &[]).await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.text());
        assert_eq!(reply.json()["parameter"], parameter);
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(words), "{detail}");
    }
}

#[tokio::test]
async fn an_answer_is_never_older_than_what_was_seen() {
    let app = app().await;
    assert_eq!(reached(&app, "min-revision=2").await.1, 175.0);
    let path = "/api/delta/collections/activities/items";
    let header = [("lacuna-min-revision", "3")];
    // The revision comes while the answer waits for it.
    let (waits, later) = (ask(&app, "GET", path, &header), async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        app.rollback("delta", 2, false, "2026-08-03T12:00:00Z".into()).await.unwrap();
    });
    let (reply, ()) = tokio::join!(waits, later);
    assert_eq!((reply.status.as_u16(), reply.header("lacuna-revision")), (200, "3"));
    let header = [("lacuna-min-revision", "9")];
    let reply = ask(&app, "GET", path, &header).await;
    assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, "1"));
    assert!(reply.text().contains("revision 9"), "{}", reply.text());
}
