#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use super::*;
use crate::app::import::{Import, Said};
use crate::app::verify;
use crate::intake::{Kind, Options};
use crate::store::databases;

/// Imports a month's figure of two rows, of which one is always the same.
async fn import(app: &Arc<App>, day: u32) {
    let rows = format!(
        "activity_id,partner,sector,activity_type,adm1_name,start_date,status,reached
         a,Partner,WSH,water,Somewhere,2026-01-01,ongoing,{day}
         b,Partner,WSH,water,Somewhere,2026-01-01,ongoing,5\n"
    );
    let import = Import {
        operation: Said::of("op"),
        kind: Kind::Activities,
        file_name: "file.csv".into(),
        content: rows.replace("\n         ", "\n").into(),
        options: Options::default(),
        replaces: None,
        dry_run: false,
        expected: None,
        at: at(day),
    };
    app.import(import, &|_| ()).await.unwrap().committed.unwrap();
}

fn at(day: u32) -> Text {
    format!("2026-07-{day:02}T12:00:00Z").as_str().into()
}

fn since(day: u32) -> Policy {
    Policy::Since(format!("2026-07-{day:02}T00:00:00Z").parse().unwrap())
}

async fn prune(app: &App, policy: &Policy) -> Option<Pruned> {
    app.prune("op", policy, "Ada", at(30), false).await.unwrap()
}

#[tokio::test]
async fn other_servers_and_rollbacks_know_what_was_pruned() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shared.sqlite").to_str().unwrap().to_owned();
    for address in [Some(file), databases::postgres().await].into_iter().flatten() {
        let server = async || Arc::new(App::create(&address, Default::default()).await.unwrap());
        let (left, right) = (server().await, server().await);
        import(&left, 1).await;
        // The other server stays at the first revision, which it goes on showing.
        right.refresh().await.unwrap();
        assert_eq!(right.load("op").await.unwrap().unwrap().revision.number, 1);
        for day in 2..=5 {
            import(&left, day).await;
        }
        assert_eq!(prune(&left, &since(1)).await.map(|done| done.oldest), None);
        let before = left.at("op", 4, None).await.unwrap().unwrap().snapshot.activities.clone();
        left.at("op", 2, None).await.unwrap().unwrap();
        // The newest before the third day is the second revision.
        let done = prune(&left, &since(3)).await.unwrap();
        assert_eq!((done.oldest, done.newest), (2, 5));
        assert_eq!(done.removed.iter().map(|(_, count)| count).sum::<u64>(), 1);
        let done = prune(&left, &Policy::Newest(2)).await.unwrap();
        assert_eq!((done.oldest, done.newest), (4, 5));
        assert!(prune(&left, &Policy::Newest(3)).await.is_none());

        // Not by what changed since, of which a part is gone.
        right.refresh().await.unwrap();
        let followed = right.snapshot("op").unwrap();
        assert_eq!(followed.activities, left.snapshot("op").unwrap().activities);
        assert_eq!(followed.revision.number, 5);
        for app in [&left, &right] {
            // Also what was kept in memory.
            let refused = app.at("op", 2, None).await.unwrap_err().to_string();
            assert_eq!(refused, "revision 2 was pruned; the oldest kept is 4");
            assert_eq!(app.at("op", 4, None).await.unwrap().unwrap().snapshot.activities, before);
        }
        let refused = right.rollback("op", 4, true, at(31)).await.unwrap_err().to_string();
        assert!(refused.contains("cannot be undone"), "{refused}");
        assert_eq!(right.rollback("op", 5, false, at(31)).await.unwrap().rows.restored, 1);
        let verified = verify::verify(&address, None).await.unwrap();
        assert_eq!(verified.faults(), 0, "{:?}", verified.findings);
        assert_eq!(left.prunings("op").await.unwrap().len(), 2);
        left.close().await;
    }
}
