#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::analysis::service_areas::SpaceQuery;
use crate::app::collections::View;
use crate::app::import::{Import, ImportError, Said};
use crate::domain::{Group, Period, Sector};
use crate::intake::{Field, Kind, Options};
use crate::store::databases;

const HEAD: &str = "activity_id,partner,sector,activity_type,adm1_name,start_date,status,reached\n";

/// The address of an empty database of each kind, in a folder that must outlive it.
async fn addresses(folder: &tempfile::TempDir) -> Vec<String> {
    let file = folder.path().join("shared.sqlite");
    let mut addresses = vec![file.to_str().unwrap().to_owned()];
    addresses.extend(databases::postgres().await);
    addresses
}

async fn server(address: &str) -> Arc<App> {
    Arc::new(App::create(address, Default::default()).await.unwrap())
}

fn rows(numbers: std::ops::Range<u32>, reached: u32) -> String {
    let row = |n| format!("a{n},Partner,WSH,water,Somewhere,2026-01-01,ongoing,{reached}\n");
    HEAD.to_owned() + &numbers.map(row).collect::<String>()
}

async fn import(app: &Arc<App>, text: String, at: &str) -> Result<u64, ImportError> {
    said(app, Said::of("op"), text, at).await
}

async fn said(app: &Arc<App>, operation: Said, text: String, at: &str) -> Result<u64, ImportError> {
    let import = file(operation, text, at);
    Ok(app.import(import, &|_| ()).await?.committed.map_or(0, |revision| revision.number))
}

fn file(operation: Said, text: String, at: &str) -> Import {
    Import {
        operation,
        kind: Kind::Activities,
        file_name: "file.csv".into(),
        content: text.into(),
        options: Options::default(),
        replaces: None,
        dry_run: false,
        expected: None,
        at: at.into(),
    }
}

const AT: &str = "2026-07-01T00:00:00Z";

fn reached(snapshot: &Snapshot) -> Vec<Option<f64>> {
    snapshot.activities.iter().map(|row| row.reached).collect()
}

#[tokio::test]
async fn a_commit_of_one_server_is_seen_by_the_other_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    for address in addresses(&folder).await {
        let (left, right) = (server(&address).await, server(&address).await);
        let following = tokio::spawn(right.clone().follow());
        assert_eq!(import(&left, rows(1..4, 5), AT).await.unwrap(), 1);
        assert!(right.reaches("op", 1, Duration::from_secs(1)).await.unwrap().is_some());
        // A changed row, an added one, and one that goes with the rest.
        assert_eq!(import(&left, rows(2..5, 6), AT).await.unwrap(), 2);
        let begun = std::time::Instant::now();
        while right.snapshot("op").unwrap().revision.number < 2 {
            assert!(begun.elapsed() < Duration::from_secs(10), "never seen: {address}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (left, right) = (left.snapshot("op").unwrap(), right.snapshot("op").unwrap());
        assert_eq!(left.activities, right.activities);
        assert_eq!(reached(&right), [Some(5.0), Some(6.0), Some(6.0), Some(6.0)]);
        assert_eq!(left.submissions, right.submissions);
        following.abort();
    }
}

#[tokio::test]
async fn a_file_that_is_imported_at_the_same_time_leaves_the_name_that_another_gave() {
    let folder = tempfile::tempdir().unwrap();
    for address in addresses(&folder).await {
        let (left, right) = (server(&address).await, server(&address).await);
        for round in 0..5_u32 {
            let size = Some(f64::from(round + 2));
            let named = Said { household_size: size, ..Said::of("op") };
            let named = said(&left, named, rows(round * 20..round * 20 + 10, 1), AT);
            let plain = import(&right, rows(round * 20 + 10..round * 20 + 20, 2), AT);
            let (named, plain) = tokio::join!(named, plain);
            assert_ne!(named.unwrap(), plain.unwrap());
            let after = server(&address).await.load("op").await.unwrap().unwrap();
            assert_eq!(after.operation.household_size, size, "round {round}");
        }
    }
}

async fn run(address: &str, sql: &'static str) {
    use sqlx::Connection;
    if address.starts_with("postgres") {
        let mut to = sqlx::PgConnection::connect(address).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut to).await.unwrap();
    } else {
        let mut to = sqlx::SqliteConnection::connect(address).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut to).await.unwrap();
    }
}

/// Makes a database what it was at revision 1: as a backup does that is put back, or a copy that had
/// not got the rest and took its place.
const BACK: &str = "delete from activities where from_revision > 1;
    update activities set to_revision = null where to_revision > 1;
    delete from submissions where revision > 1;
    update operations set revision = 1, revised_at = '2026-07-01T00:00:00Z';";

#[tokio::test]
async fn a_database_that_went_back_is_believed_and_not_the_memory() {
    let folder = tempfile::tempdir().unwrap();
    for address in addresses(&folder).await {
        let (left, right) = (server(&address).await, server(&address).await);
        import(&left, rows(1..2, 1), AT).await.unwrap();
        let lost = import(&left, rows(2..3, 20), "2026-07-02T00:00:00Z").await.unwrap();
        right.load_all().await.unwrap();
        assert_eq!((lost, reached(&right.snapshot("op").unwrap()).len()), (2, 2));
        run(&address, BACK).await;

        // One looks before it is asked to write, the other does not.
        left.refresh().await.unwrap();
        assert_eq!(reached(&left.snapshot("op").unwrap()), [Some(1.0)], "{address}");
        assert_eq!(left.listed()["op"].revision.number, 1);
        let again = import(&right, rows(2..3, 20), "2026-07-03T00:00:00Z").await.unwrap();
        assert_eq!(again, 2, "what was lost is sent again and is there");
        for app in [&left, &right, &server(&address).await] {
            app.load_all().await.unwrap();
            assert_eq!(reached(&app.snapshot("op").unwrap()), [Some(1.0), Some(20.0)]);
        }

        // Other revisions of the same numbers were made before it is noticed.
        run(&address, BACK).await;
        let fresh = server(&address).await;
        for (number, at) in [(5, "2026-07-04T00:00:00Z"), (6, "2026-07-05T00:00:00Z")] {
            import(&fresh, rows(number..number + 1, number), at).await.unwrap();
        }
        left.refresh().await.unwrap();
        let right = right.current("op").await.unwrap().unwrap();
        for snapshot in [left.snapshot("op").unwrap(), right] {
            assert_eq!(reached(&snapshot), [Some(1.0), Some(5.0), Some(6.0)], "{address}");
        }

        run(&address, "delete from activities; delete from submissions; delete from operations")
            .await;
        left.refresh().await.unwrap();
        assert!(left.snapshot("op").is_none() && !left.listed().contains_key("op"));
    }
}

#[tokio::test]
async fn nothing_is_written_into_a_file_that_was_moved_away() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shared.sqlite");
    let address = file.to_str().unwrap();
    let app = server(address).await;
    import(&app, rows(1..2, 1), AT).await.unwrap();
    // With its log: a new file beside the log of another one would be neither.
    for end in ["", "-wal", "-shm"] {
        let from = folder.path().join(format!("shared.sqlite{end}"));
        std::fs::rename(from, folder.path().join(format!("old.sqlite{end}"))).unwrap();
    }
    let refused = import(&app, rows(2..3, 2), AT).await.unwrap_err().to_string();
    assert!(refused.contains("shared.sqlite is not the file that was opened"), "{refused}");
    assert!(app.refresh().await.is_err());
    assert_eq!(reached(&app.snapshot("op").unwrap()), [Some(1.0)], "reads go on");
    server(address).await;
    assert!(import(&app, rows(2..3, 2), AT).await.is_err(), "nor beside another in its place");
}

#[tokio::test]
async fn an_operation_that_cannot_be_read_keeps_no_other_back() {
    use sqlx::Connection;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shared.sqlite");
    let address = file.to_str().unwrap();
    let (left, right) = (server(address).await, server(address).await);
    for id in ["bad", "op"] {
        said(&left, Said::of(id), rows(1..3, 5), AT).await.unwrap();
    }
    right.load_all().await.unwrap();
    assert!(right.unreadable().is_empty());
    let damage = "insert into mappings (operation, mapping, kind, file_name, at, headers, columns)
          values ('bad', 1, 'activities', 'f', '', 'no list', '[]');
        update operations set revision = 2 where operation = 'bad'";
    let mut connection = sqlx::SqliteConnection::connect(address).await.unwrap();
    sqlx::raw_sql(damage).execute(&mut connection).await.unwrap();
    import(&left, rows(1..4, 5), AT).await.unwrap();
    right.refresh().await.unwrap();
    assert_eq!(right.snapshot("op").unwrap().revision.number, 2);
    assert_eq!(right.snapshot("bad").unwrap().revision.number, 1);
    assert_eq!(right.unreadable(), [Text::from("bad")]);
    let fresh = server(address).await;
    fresh.load_all().await.unwrap();
    assert!(fresh.snapshot("op").is_some() && fresh.snapshot("bad").is_none());
    assert_eq!(fresh.unreadable(), [Text::from("bad")]);
    // Where somebody mends it, whoever asks for what it is now reads it again.
    let mended = "delete from mappings where operation = 'bad'";
    sqlx::raw_sql(mended).execute(&mut connection).await.unwrap();
    right.refresh().await.unwrap();
    assert_eq!(right.snapshot("bad").unwrap().revision.number, 1, "read at every look");
    assert_eq!(right.current("bad").await.unwrap().unwrap().revision.number, 2);
    assert!(right.unreadable().is_empty());
}

#[tokio::test]
async fn a_file_that_is_imported_elsewhere_is_read_as_it_is_after_a_mapping_was_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    for address in addresses(&folder).await {
        let (left, right) = (server(&address).await, server(&address).await);
        import(&left, rows(1..3, 5), AT).await.unwrap();
        let mapped = Import {
            options: Options {
                columns: vec![("reached".into(), Field::from_name("targeted").unwrap())],
                ..Options::default()
            },
            ..file(Said::of("op"), rows(3..5, 5), AT)
        };
        left.import(mapped, &|_| ()).await.unwrap();
        let known = right.current("op").await.unwrap().unwrap();
        let number = known.mappings.first().unwrap().id;
        assert!(left.forget_mapping("op", number).await.unwrap());
        assert!(right.current("op").await.unwrap().unwrap().mappings.is_empty());
        assert!(right.snapshot("op").unwrap().mappings.is_empty());
    }
}

#[tokio::test]
async fn two_servers_import_into_one_operation_at_once_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    for address in addresses(&folder).await {
        let (left, right) = (server(&address).await, server(&address).await);
        for round in 0..5_u32 {
            let mine = import(&left, rows(round * 20..round * 20 + 10, 1), AT);
            let theirs = import(&right, rows(round * 20 + 10..round * 20 + 20, 2), AT);
            let (mine, theirs) = tokio::join!(mine, theirs);
            assert_ne!(mine.unwrap(), theirs.unwrap());
        }
        let fresh = server(&address).await;
        let all = fresh.load("op").await.unwrap().unwrap();
        assert_eq!((all.revision.number, all.activities.len()), (10, 100));
        for app in [left, right] {
            let known = app.current("op").await.unwrap().unwrap();
            assert_eq!(known.activities, all.activities);
        }
    }
}

#[tokio::test]
async fn who_waited_for_others_that_the_database_did_not_answer_is_refused_like_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shared.sqlite");
    let app = server(file.to_str().unwrap()).await;
    import(&app, rows(1..3, 5), AT).await.unwrap();
    app.reachable.store(false, Relaxed);
    let turn = app.past.turn(&"op".into());
    let (looking, writing) = (turn.lock().await, app.writing.lock().await);
    let after = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop((looking, writing));
    };
    let past = app.at("op", 1, None);
    let (past, written, ()) = tokio::join!(past, import(&app, rows(3..4, 5), AT), after);
    assert!(past.unwrap_err().is_away());
    assert!(matches!(written.unwrap_err(), ImportError::Store(away) if away.is_away()));
    // Whoever comes first looks for itself.
    assert!(app.at("op", 1, None).await.unwrap().is_some());
    assert_eq!(import(&app, rows(3..4, 5), AT).await.unwrap(), 2);
}

#[tokio::test]
async fn a_revision_whose_table_somebody_has_locked_is_waited_for_a_while_and_the_lock_is_said() {
    use sqlx::Connection;
    let Some(address) = databases::postgres().await else { return };
    let app = server(&address).await;
    import(&app, rows(1..3, 5), AT).await.unwrap();
    import(&app, rows(2..4, 6), "2026-07-02T00:00:00Z").await.unwrap();
    let mut other = sqlx::PgConnection::connect(&address).await.unwrap();
    let lock = "begin; lock table activities in access exclusive mode";
    sqlx::raw_sql(lock).execute(&mut other).await.unwrap();
    let refused = app.at("op", 1, None).await.unwrap_err();
    assert!(refused.is_locked() && !refused.is_late(), "{refused}");
    assert!(refused.to_string().contains("another program has the database locked"));
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    // The connections are as good as before.
    for number in 3..9 {
        assert!(app.at("op", 1, None).await.unwrap().is_some());
        let at = format!("2026-07-0{number}T00:00:00Z");
        assert_eq!(import(&app, rows(3..4, number), &at).await.unwrap(), u64::from(number));
        app.past.forget();
    }
}

#[tokio::test]
async fn a_revision_of_the_past_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    for address in addresses(&folder).await {
        let app = server(&address).await;
        import(&app, rows(1..3, 5), AT).await.unwrap();
        let before = app.snapshot("op").unwrap();
        import(&app, rows(2..4, 6), "2026-07-02T00:00:00Z").await.unwrap();
        let then = app.at("op", 1, None).await.unwrap().unwrap();
        assert_eq!(then.snapshot.activities, before.activities);
        assert_eq!(then.snapshot.revision, before.revision);
        assert_eq!(then.snapshot.submissions, before.submissions);
        assert_eq!(then.snapshot.operation, before.operation);
        assert!(app.at("op", 3, None).await.unwrap().is_none());
        assert!(app.at("other", 1, None).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_revision_of_the_past_shares_the_boundaries_that_are_still_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shared.sqlite");
    let app = server(file.to_str().unwrap()).await;
    const AREAS: &str = r#"{"type":"Feature","properties":{"adm1_pcode":"XA01","adm1_name":"Somewhere"},"geometry":{"type":"Polygon","coordinates":[[[10,0],[12,0],[12,1],[10,1],[10,0]]]}}"#;
    let areas = Import { kind: Kind::Areas, ..self::file(Said::of("op"), AREAS.into(), AT) };
    app.import(areas, &|_| ()).await.unwrap();
    import(&app, rows(1..3, 5), AT).await.unwrap();
    let current = Arc::new(View::new(app.snapshot("op").unwrap(), Default::default()));
    let then = app.at("op", 1, Some(current.clone())).await.unwrap().unwrap();
    assert!(then.snapshot.activities.is_empty());
    let mosaic = |view: &View| Arc::as_ptr(view.mosaic_of_level(1).unwrap());
    assert_eq!(mosaic(&then), mosaic(&current));
}

/// What takes seconds to work out at size is worked out again only where what it follows from changed.
#[tokio::test]
async fn an_edit_of_activities_leaves_what_sites_cover_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.sqlite");
    let app = server(path.to_str().unwrap()).await;
    let query =
        SpaceQuery { level: 1, sector: Sector::All, period: Period::ALWAYS, group: Group::ALL };
    const AREAS: &str = r#"{"type":"Feature","properties":{"adm1_pcode":"XA01","adm1_name":"Somewhere"},"geometry":{"type":"Polygon","coordinates":[[[10,0],[12,0],[12,1],[10,1],[10,0]]]}}"#;
    let send = |kind, text: String| {
        let import = Import { kind, ..self::file(Said::of("op"), text, AT) };
        let app = app.clone();
        async move { app.import(import, &|_| ()).await.unwrap().committed.unwrap() }
    };
    let site = |lon: f64| {
        format!("site_name,site_type,latitude,longitude,radius_m\nWell,water point,0.5,{lon},900\n")
    };
    send(Kind::Areas, AREAS.into()).await;
    send(Kind::Sites, site(11.0)).await;
    import(&app, rows(1..3, 5), AT).await.unwrap();
    let first = View::new(app.snapshot("op").unwrap(), Default::default());
    let (covered, serving) = (first.coverage(&query), first.service_areas(&query));
    assert_eq!(serving.areas.len(), 1);

    import(&app, rows(2..4, 6), AT).await.unwrap();
    let edited = first.next(app.snapshot("op").unwrap(), Default::default());
    assert!(Arc::ptr_eq(&covered, &edited.coverage(&query)));
    assert!(Arc::ptr_eq(&serving, &edited.service_areas(&query)));

    send(Kind::Sites, site(11.5)).await;
    let moved = edited.next(app.snapshot("op").unwrap(), Default::default());
    assert_eq!(moved.service_areas(&query).areas.len(), 2);
    let needs = "adm1_pcode,sector,in_need,from,to\nXA01,WSH,100,2026-01-01,2026-12-31\n";
    send(Kind::Needs, needs.into()).await;
    let needed = moved.next(app.snapshot("op").unwrap(), Default::default());
    assert!(!Arc::ptr_eq(&moved.coverage(&query), &needed.coverage(&query)));
}

#[tokio::test]
async fn what_is_not_asked_for_leaves_when_the_memory_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shared.sqlite");
    let app = App::create(file.to_str().unwrap(), Default::default()).await.unwrap();
    let app = Arc::new(app.within(Some(1)));
    import(&app, rows(1..3, 5), AT).await.unwrap();
    app.clock.fetch_add(1, Relaxed);
    let operation = Said::of("other").after(None);
    app.publish(Snapshot::build(Rows::empty(operation)));
    app.make_room(0);
    assert!(app.snapshot("other").is_some() && app.snapshot("op").is_none());
    assert_eq!(app.listed().len(), 2);
    assert_eq!(reached(&app.load("op").await.unwrap().unwrap()), [Some(5.0), Some(5.0)]);
    assert_eq!(app.loaded().len(), 1, "the other one went before this was made");
    app.store.as_ref().unwrap().close().await;
    assert!(app.load("other").await.is_err() && app.snapshot("op").is_some());
}

#[tokio::test]
async fn who_asks_for_the_past_waits_for_others_not_long_and_not_for_those_of_another_operation() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shared.sqlite");
    let mut app = App::create(file.to_str().unwrap(), Default::default()).await.unwrap();
    app.past.patience = Duration::from_millis(50);
    let app = Arc::new(app);
    for id in ["op", "other", "third"] {
        said(&app, Said::of(id), rows(1..3, 5), AT).await.unwrap();
    }
    let turn = app.past.turn(&"op".into());
    let held = turn.lock().await;
    assert!(app.at("op", 1, None).await.unwrap_err().is_busy());
    assert!(app.at("other", 1, None).await.unwrap().is_some());
    drop(held);
    let two_others = app.past.permits.acquire_many(2).await.unwrap();
    for id in ["op", "third"] {
        let refused = app.at(id, 1, None).await.unwrap_err();
        assert!(refused.is_busy() && !refused.is_away() && !refused.is_damage(), "{refused}");
    }
    assert!(app.at("other", 1, None).await.unwrap().is_some(), "what is kept waits for nobody");
    drop(two_others);
    assert!(app.at("op", 1, None).await.unwrap().is_some());
}
