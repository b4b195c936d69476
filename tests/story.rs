//! One story on both databases: import, query, edit, roll back, reproduce, export. Every export is
//! the same to the byte on SQLite and PostgreSQL.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use lacuna::app::collections::{COLLECTIONS, Collection, Params, View};
use lacuna::app::export::{FORMATS, Format, export};
use lacuna::app::import::{Import, Said};
use lacuna::app::{App, demo};
use lacuna::domain::{Decision, DecisionKind, Source};
use lacuna::intake::{Kind, Options, standards};
use sqlx::Connection;

/// What was exported at each turn of the story: the turn, the collection and the format, and bytes.
type Told = BTreeMap<(&'static str, String), Vec<u8>>;

#[tokio::test]
async fn the_story_is_the_same_to_the_byte_on_both_databases() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("story.sqlite");
    let sqlite = told(file.to_str().unwrap()).await;
    let exports = exports().count();
    for turn in ["imported", "edited", "rolled back", "reopened", "made again"] {
        assert_eq!(sqlite.keys().filter(|(of, _)| *of == turn).count(), exports, "{turn}");
    }
    let differing = |one: &'static str, other: &'static str| -> Vec<&str> {
        let of = |turn: &'static str| sqlite.iter().filter(move |((of, _), _)| *of == turn);
        let differs = of(one).zip(of(other)).filter(|((_, one), (_, other))| one != other);
        differs.map(|(((_, file), _), _)| file.as_str()).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(differing("imported", "made again"), none, "a past revision is not as it was");
    assert_eq!(differing("rolled back", "reopened"), none, "the database is not the memory");
    assert_ne!(differing("imported", "edited"), none);

    let Some(address) = postgres().await else { return };
    let postgres = told(&address).await;
    for (key, bytes) in &sqlite {
        assert!(postgres.get(key) == Some(bytes), "{key:?} differs");
    }
    assert_eq!(postgres.len(), sqlite.len());
}

/// A schema of its own, where the tests have a PostgreSQL.
async fn postgres() -> Option<String> {
    let Ok(server) = std::env::var("LACUNA_TEST_POSTGRES") else {
        eprintln!("skipped on PostgreSQL: LACUNA_TEST_POSTGRES is not set, tests/postgres sets it");
        return None;
    };
    let schema = format!("story_{}", std::process::id());
    let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
    let sql = sqlx::AssertSqlSafe(format!("create schema {schema}"));
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    let joint = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{joint}options=-csearch_path%3D{schema},public"))
}

async fn open(address: &str) -> Arc<App> {
    Arc::new(App::create(address, standards::built_in()).await.unwrap())
}

async fn told(address: &str) -> Told {
    let mut told = Told::new();
    let app = open(address).await;
    demo::load(&app, "2026-07-01T00:00:00Z".into()).await.unwrap();
    let first = app.snapshot("demo").unwrap();
    tell(&mut told, "imported", &app, None);

    let mut edit = Import {
        operation: Said::of("demo"),
        kind: Kind::Activities,
        file_name: "corrected.csv".to_owned(),
        content: corrected().into(),
        options: Options::default(),
        replaces: None,
        dry_run: false,
        expected: None,
        at: "2026-07-02T00:00:00Z".into(),
    };
    // The operation's own words change too: households count otherwise from here on.
    edit.operation.household_size = Some(4.0);
    let outcome = app.import(edit, &|_| ()).await.unwrap();
    assert!(outcome.counts.changed > 100 && outcome.counts.new > 0, "{:?}", outcome.counts);
    let edited = app.snapshot("demo").unwrap().submissions.last().unwrap().id;
    let source = Source::default();
    let decision = Decision {
        kind: DecisionKind::Partner,
        key: app.snapshot("demo").unwrap().partners[0].id.clone(),
        value: Some(app.snapshot("demo").unwrap().partners[1].id.clone()),
        note: None,
        source,
    };
    app.decide("demo", vec![decision.into()], "2026-07-03T00:00:00Z".into()).await.unwrap();
    tell(&mut told, "edited", &app, None);

    app.rollback("demo", edited, false, "2026-07-04T00:00:00Z".into()).await.unwrap();
    tell(&mut told, "rolled back", &app, None);
    app.close().await;

    let app = open(address).await;
    app.load_all().await.unwrap();
    tell(&mut told, "reopened", &app, None);
    let again = app.at("demo", first.revision.number, None).await.unwrap();
    tell(&mut told, "made again", &app, again);
    app.close().await;
    told
}

fn tell(told: &mut Told, turn: &'static str, app: &App, view: Option<Arc<View>>) {
    let current = || Arc::new(View::new(app.snapshot("demo").unwrap(), app.standards.clone()));
    let view = view.unwrap_or_else(current);
    for (collection, format) in exports() {
        let mut file = std::io::Cursor::new(Vec::new());
        export(&view, collection, format, &Params::default(), &mut file).unwrap();
        let name = format!("{}.{}", collection.id, format.extension);
        told.insert((turn, name), file.into_inner());
    }
}

/// Every collection in every format that holds it.
fn exports() -> impl Iterator<Item = (&'static Collection, &'static Format)> {
    COLLECTIONS.iter().flat_map(|collection| {
        let formats = FORMATS.iter().filter(|format| format.holds(collection));
        formats.map(move |format| (*collection, format))
    })
}

/// Some of the activities with other figures, and one that is new.
fn corrected() -> Vec<u8> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/data/demo/activities.csv");
    let mut rows = csv::Reader::from_path(file).unwrap();
    let header = rows.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (reached, id, modality) = (at("reached"), at("activity_id"), at("modality"));
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(&header).unwrap();
    for (number, row) in rows.records().take(401).enumerate() {
        let mut cells: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
        if number > 0 {
            cells[modality] = "vouchers".to_owned();
            if !cells[reached].is_empty() {
                cells[reached] = format!("{}", number * 7);
            }
        }
        if number == 400 {
            cells[id] = "NEW-1".to_owned();
        }
        out.write_record(&cells).unwrap();
    }
    out.into_inner().unwrap()
}
