#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::app::import::{Import, Said};
use crate::domain::Activity;
use crate::intake::{Kind, Options};

async fn import(app: &Arc<App>, kind: Kind, text: &str) -> crate::app::import::Outcome {
    let import = Import {
        operation: Said::of("op"),
        kind,
        file_name: "file.csv".into(),
        content: text.to_owned().into(),
        options: Options::default(),
        replaces: None,
        dry_run: false,
        expected: None,
        at: "2026-07-01T00:00:00Z".into(),
    };
    app.import(import, &|_| ()).await.unwrap()
}

const ROWS: &str = "partner,sector,reached
Norwegian Refugee Council,WSH,5
N.R.C. Norway,WSH,7
Other,WSH,1
";

async fn with_rows() -> Arc<App> {
    let app = Arc::new(App::create("sqlite::memory:", Default::default()).await.unwrap());
    import(&app, Kind::Activities, ROWS).await;
    app
}

fn partner(key: &str, value: Option<&str>) -> Decision {
    let (key, value) = (key.into(), value.map(Into::into));
    Decision { kind: DecisionKind::Partner, key, value, note: None, source: Source::default() }
}

async fn decide(app: &Arc<App>, decision: Decision) -> Reviewed {
    app.decide("op", vec![decision.into()], "2026-07-02T00:00:00Z".into()).await.unwrap()
}

fn second(app: &App) -> Activity {
    app.snapshot("op").unwrap().activities[1].clone()
}

#[tokio::test]
async fn rows_of_a_partner_that_is_another_one_become_that_ones_and_go_back_when_it_is_undone() {
    let app = with_rows().await;
    let before = second(&app);
    let (nrc, norway) = ("norwegian refugee council", &*before.partner);
    let done = decide(&app, partner(norway, Some("Norwegian Refugee Council"))).await;
    assert_eq!((done.decisions, done.settled.partners), (1, 1));
    let row = second(&app);
    assert_eq!((&*row.partner, row.reported_as.as_deref()), (nrc, Some(norway)));
    assert_eq!((row.id, row.source), (before.id, before.source));
    let again = decide(&app, partner(norway, Some(nrc))).await;
    assert_eq!((again.decisions, again.committed), (0, None));
    decide(&app, partner(norway, None)).await;
    assert_eq!(second(&app), before);
    // By rollback: of the taking back, then of the decision.
    app.rollback("op", 3, false, "2026-07-03T00:00:00Z".into()).await.unwrap();
    assert_eq!(second(&app).reported_as.as_deref(), Some(norway));
    app.rollback("op", 2, false, "2026-07-03T00:00:00Z".into()).await.unwrap();
    assert_eq!(second(&app), before);
    let stored = app.store.as_ref().unwrap().rows("op").await.unwrap().unwrap();
    assert_eq!(stored.activities[1], before);
}

#[tokio::test]
async fn decisions_that_cannot_be_are_refused_whole() {
    let app = with_rows().await;
    let place = |key: &str, value: &str| Decision {
        kind: DecisionKind::Place,
        ..partner(key, Some(value))
    };
    for (decision, words) in [
        (partner("other", Some("Nobody")), "no organisation \"Nobody\""),
        (place("x", "XA01"), "no key of a place"),
        (place("2|code|XA", "XA01"), "no boundary has the P-code \"XA01\""),
    ] {
        let both = vec![partner("other", Some("n r c norway")).into(), decision.into()];
        let refused = app.decide("op", both, "2026-07-02T00:00:00Z".into()).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
    assert!(app.snapshot("op").unwrap().decisions.is_empty());
}

#[tokio::test]
async fn a_decision_that_is_undone_leaves_its_name_to_wait_as_before() {
    let app = with_rows().await;
    let waiting = app.review("op").await.unwrap().unwrap();
    let before = second(&app);
    let norway = before.partner.clone();
    let undo = || vec![Word::Undone(DecisionKind::Partner, norway.clone())];
    let at = || Text::from("2026-07-02T00:00:00Z");
    assert_eq!(app.decide("op", undo(), at()).await.unwrap().committed, None, "nothing was said");
    for value in [Some("norwegian refugee council"), None] {
        decide(&app, partner(&norway, value)).await;
        let done = app.decide("op", undo(), at()).await.unwrap();
        assert_eq!((done.decisions, done.settled.partners), (1, usize::from(value.is_some())));
        assert!(done.committed.is_some());
        assert_eq!(second(&app), before);
        assert_eq!(app.review("op").await.unwrap().unwrap(), waiting);
        let stored = app.store.as_ref().unwrap().rows("op").await.unwrap().unwrap();
        assert!(stored.decisions.is_empty());
    }
    // Of several words about one name the last holds.
    let mut words = vec![partner(&norway, None).into()];
    words.extend(undo());
    assert_eq!(app.decide("op", words, at()).await.unwrap().committed, None);
}
