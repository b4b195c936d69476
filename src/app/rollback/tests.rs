#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;

use super::*;
use crate::app::import::{Import, Said};
use crate::domain::Layered;
use crate::formats::layer::Member;
use crate::intake::{Kind, Options};

const AREAS_FILE: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"adm1_pcode":"XA01","adm1_name":"North"},"geometry":{"type":"Polygon","coordinates":[[[10,0],[12,0],[12,1],[10,1],[10,0]]]}},
{"type":"Feature","properties":{"adm1_pcode":"XA02","adm1_name":"South"},"geometry":{"type":"Polygon","coordinates":[[[10,-1],[12,-1],[12,0],[10,0],[10,-1]]]}}]}"#;

const DISTRICTS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"adm2_pcode":"XA0101","adm2_name":"Alba","adm1_pcode":"XA01"},"geometry":{"type":"Polygon","coordinates":[[[10,0],[11,0],[11,1],[10,1],[10,0]]]}}]}"#;

/// Partner or sector, area, month, figure.
type Line = (u8, u8, u8, u16);

async fn app() -> Arc<App> {
    Arc::new(App::create("sqlite::memory:", Default::default()).await.unwrap())
}

async fn import(app: &Arc<App>, kind: Kind, text: &str, replaces: Option<u32>) -> Option<u32> {
    let import = Import {
        operation: Said::of("op"),
        kind,
        file_name: "file".into(),
        content: text.to_owned().into(),
        options: Options::default(),
        replaces,
        dry_run: false,
        expected: None,
        at: "2026-07-01T00:00:00Z".into(),
    };
    let outcome = app.import(import, &|_| ()).await.unwrap();
    outcome.committed.map(|_| last(app))
}

fn last(app: &App) -> u32 {
    app.snapshot("op").unwrap().submissions.last().unwrap().id
}

async fn roll_back(app: &Arc<App>, submission: u32) -> RolledBack {
    app.rollback("op", submission, false, "2026-07-02T00:00:00Z".into()).await.unwrap()
}

/// Every current row of the database, in an order of its own; also that the snapshot has the same.
async fn rows(app: &App) -> String {
    let mut rows = app.store.as_ref().unwrap().rows("op").await.unwrap().unwrap();
    let snapshot = app.snapshot("op").unwrap();
    rows.activities.sort_by_key(|row| row.id);
    assert_eq!(Layered::from(rows.activities.clone()), snapshot.activities);
    assert_eq!(rows.sites, *snapshot.sites);
    assert_eq!(rows.areas.len() + 1, snapshot.areas.len());
    assert_eq!(rows.decisions.len(), snapshot.decisions.len());
    let Rows { areas, partners, activities, sites, needs, populations, decisions, .. } = rows;
    format!(
        "{areas:#?}{partners:#?}{activities:#?}{sites:#?}{needs:#?}{populations:#?}{decisions:#?}"
    )
}

#[tokio::test]
async fn rows_that_a_later_file_said_again_are_pointed_out_as_they_end() {
    let app = app().await;
    import(&app, Kind::Areas, AREAS_FILE, None).await;
    let first = activities(&[(1, 1, 1, 5), (2, 1, 1, 6)]);
    let first = import(&app, Kind::Activities, &first, None).await.unwrap();
    let file = activities(&[(1, 1, 1, 5), (2, 1, 1, 7), (3, 1, 1, 8)]);
    let second = import(&app, Kind::Activities, &file, None).await.unwrap();
    let at = || "2026-07-02T00:00:00Z".into();
    let would = app.rollback("op", first, true, at()).await.unwrap();
    let said = "Up to 1 row of it was in submission 3 (file) too, unchanged, and ends as well: send that again to have it back.";
    assert!(would.in_words().contains(said), "{}", would.in_words());
    let would = app.rollback("op", second, true, at()).await.unwrap();
    assert!(would.said_again.is_empty(), "{}", would.in_words());
    let before = rows(&app).await;
    let undone = roll_back(&app, first).await.committed.map(|_| last(&app)).unwrap();
    import(&app, Kind::Activities, &file, None).await;
    let snapshot = app.snapshot("op").unwrap();
    let mut reached: Vec<_> = snapshot.activities.iter().filter_map(|row| row.reached).collect();
    reached.sort_by(f64::total_cmp);
    assert_eq!(reached, [5.0, 7.0, 8.0], "all back");
    roll_back(&app, last(&app)).await;
    roll_back(&app, undone).await;
    assert_eq!(rows(&app).await, before);
    // Where the later one does not hold any more, there is nothing to point out.
    roll_back(&app, second).await;
    assert!(roll_back(&app, first).await.said_again.is_empty());
}

fn activities(rows: &[Line]) -> String {
    let mut text = "partner,sector,activity_type,adm1_pcode,start_date,reached\n".to_owned();
    for (partner, area, month, reached) in rows {
        text += &format!("Partner {partner},WSH,kits,XA0{area},2026-0{month}-01,{reached}\n");
    }
    text
}

fn needs(rows: &[Line]) -> String {
    let mut text = "adm1_pcode,sector,in_need,cycle_start,cycle_end\n".to_owned();
    for (sector, area, _, in_need) in rows {
        let sector = ["WSH", "HEA", "FSC"][usize::from(*sector) % 3];
        text += &format!("XA0{area},{sector},{in_need},2026-01-01,2026-12-31\n");
    }
    text
}

fn file() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec((1..4_u8, 1..3_u8, 1..3_u8, 1..4_u16), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn rolling_back_the_last_import_gives_the_rows_before_it(
        first in file(), second in file(), replaces: bool, of_needs: bool,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let app = app().await;
            import(&app, Kind::Areas, AREAS_FILE, None).await;
            let (kind, text): (_, fn(&[Line]) -> String) =
                if of_needs { (Kind::Needs, needs) } else { (Kind::Activities, activities) };
            let a = import(&app, kind, &text(&first), None).await.unwrap();
            let before = rows(&app).await;
            let Some(b) = import(&app, kind, &text(&second), replaces.then_some(a)).await else {
                return;
            };
            let after = rows(&app).await;
            let done = roll_back(&app, b).await;
            assert_eq!(done.left, 0);
            assert_eq!(rows(&app).await, before);
            // A rollback is undone the same way.
            let undo = last(&app);
            roll_back(&app, undo).await;
            assert_eq!(rows(&app).await, after);
        });
    }
}

#[tokio::test]
async fn submissions_are_undone_in_any_order() {
    let figures = async |order: &[usize]| {
        let app = app().await;
        import(&app, Kind::Areas, AREAS_FILE, None).await.unwrap();
        let mut ids = Vec::new();
        // The first partner is in all three files, the others in one or two.
        for lines in [
            &[(1, 1, 1, 10), (2, 1, 1, 5)][..],
            &[(1, 1, 1, 100), (3, 1, 1, 6)],
            &[(1, 1, 1, 1000), (2, 1, 1, 7), (3, 1, 1, 8)],
        ] {
            ids.push(import(&app, Kind::Activities, &activities(lines), None).await.unwrap());
        }
        for number in order {
            roll_back(&app, ids[*number]).await;
        }
        let snapshot = app.snapshot("op").unwrap();
        let mut found: Vec<(String, f64)> = snapshot
            .activities
            .iter()
            .map(|row| (row.partner.to_string(), row.reached.unwrap()))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.into_iter().map(|(_, reached)| reached).collect::<Vec<f64>>()
    };
    assert_eq!(figures(&[]).await, [1000.0, 7.0, 8.0]);
    for order in [[1, 2], [2, 1]] {
        assert_eq!(figures(&order).await, [10.0, 5.0], "{order:?}");
    }
    for order in [[0, 2], [2, 0]] {
        assert_eq!(figures(&order).await, [100.0, 6.0], "{order:?}");
    }
    for order in [[0, 1], [1, 0]] {
        assert_eq!(figures(&order).await, [1000.0, 7.0, 8.0], "{order:?}");
    }
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert!(figures(&order).await.is_empty(), "{order:?}");
    }
}

#[tokio::test]
async fn rows_that_a_later_file_changed_are_left_and_named() {
    let app = app().await;
    import(&app, Kind::Areas, AREAS_FILE, None).await;
    let b = import(&app, Kind::Activities, &activities(&[(1, 1, 1, 5), (2, 1, 1, 5)]), None).await;
    import(&app, Kind::Activities, &activities(&[(1, 1, 1, 9)]), None).await;
    let done = roll_back(&app, b.unwrap()).await;
    assert_eq!((done.ended, done.restored, done.left), (1, 0, 1));
    assert!(done.named[0].contains("changed by submission 3"), "{:?}", done.named);
    let snapshot = app.snapshot("op").unwrap();
    assert_eq!(snapshot.activities.len(), 1);
    assert_eq!(snapshot.partners.len(), 1, "a partner goes with the last row that names it");
    let gaps = crate::app::collections::find("gaps").unwrap();
    let Member::Records(sources) = gaps.sources(&snapshot) else { unreachable!() };
    let kind = |source: &Vec<(_, _)>| format!("{:?}", source[1].1);
    let kinds: Vec<String> = sources.iter().map(kind).collect();
    assert!(kinds.len() == 2 && kinds[0].contains("areas"), "{kinds:?}");
    let again = app.rollback("op", 2, false, "2026-07-02T00:00:00Z".into()).await;
    assert!(matches!(again, Err(ImportError::AlreadyUndone(2))), "{again:?}");
}

#[tokio::test]
async fn boundaries_that_are_rolled_back_let_rows_fall_back_to_the_coarser_area() {
    let app = app().await;
    import(&app, Kind::Areas, AREAS_FILE, None).await;
    let file = "partner,sector,adm1_pcode,adm2_pcode,reached\nA,WSH,XA01,XA0101,5\n";
    let rows_of = import(&app, Kind::Activities, file, None).await.unwrap();
    let before = rows(&app).await;
    let finer = import(&app, Kind::Areas, DISTRICTS, None).await.unwrap();
    let area = |app: &App| app.snapshot("op").unwrap().activities[0].area.clone();
    assert_eq!(area(&app).as_deref(), Some("XA0101"));
    let done = roll_back(&app, finer).await;
    assert_eq!((done.ended, done.left, done.settled.activities_moved), (1, 0, 1));
    assert_eq!(area(&app).as_deref(), Some("XA01"));
    assert_eq!(rows(&app).await, before);
    // Rows that moved since are still rows of their file.
    import(&app, Kind::Areas, DISTRICTS, None).await;
    assert_eq!(roll_back(&app, rows_of).await.ended, 1);
    // And they come back to where they belong by now.
    let undo = last(&app);
    import(&app, Kind::Areas, &DISTRICTS.replace("Alba", "Bruma"), None).await;
    roll_back(&app, undo).await;
    assert_eq!(area(&app).as_deref(), Some("XA0101"));
}
