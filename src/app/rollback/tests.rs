#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;

use super::*;
use crate::app::import::{Import, Said};
use crate::app::prune::Policy;
use crate::domain::{Layered, Rows, Source};
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
async fn rows_that_a_later_file_says_too_become_its_rows() {
    let app = app().await;
    import(&app, Kind::Areas, AREAS_FILE, None).await;
    let first = activities(&[(1, 1, 1, 5), (2, 1, 1, 6), (4, 1, 1, 9)]);
    let first = import(&app, Kind::Activities, &first, None).await.unwrap();
    let file = activities(&[(3, 1, 1, 8), (1, 1, 1, 5), (2, 1, 1, 7)]);
    let second = import(&app, Kind::Activities, &file, None).await.unwrap();
    let before = rows(&app).await;
    let at = || "2026-07-02T00:00:00Z".into();
    let would = app.rollback("op", first, true, at()).await.unwrap();
    let said = "Submission 2 (file): 1 of its rows ends, 1 row stays as submission 3 (file) says it too. 1 row was changed by later submissions: what they say now stays.";
    assert_eq!(would.in_words(), said);
    assert!(would.committed.is_none());
    assert_eq!(rows(&app).await, before, "a dry run");
    let undo = roll_back(&app, first).await.committed.map(|_| last(&app)).unwrap();
    let found = |app: &App| {
        let snapshot = app.snapshot("op").unwrap();
        let rows = snapshot.activities.iter();
        let mut found: Vec<(f64, u64, Source)> =
            rows.map(|row| (row.reached.unwrap(), row.id, row.source)).collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found
    };
    // With their numbers, and the rows of the file that says them.
    let of = |row| Source { submission: second, row };
    assert_eq!(found(&app), [(5.0, 1, of(3)), (7.0, 2, of(4)), (8.0, 4, of(2))]);
    let would = app.rollback("op", second, true, at()).await.unwrap();
    assert_eq!((would.rows.ended, would.rows.restored, would.rows.left), (3, 0, 0));
    // That rollback is undone: they are the first file's again.
    let done = roll_back(&app, undo).await;
    assert_eq!(done.passed, [(first, "file".to_owned(), 1)]);
    assert_eq!(rows(&app).await, before);
    roll_back(&app, second).await;
    let reached: Vec<f64> = found(&app).into_iter().map(|(reached, ..)| reached).collect();
    assert_eq!(reached, [5.0, 6.0, 9.0]);
}

#[tokio::test]
async fn what_was_sent_anew_meanwhile_is_not_counted_twice_where_a_rollback_is_undone() {
    let app = app().await;
    import(&app, Kind::Areas, AREAS_FILE, None).await;
    let file = activities(&[(1, 1, 1, 5), (2, 1, 1, 6)]);
    let first = import(&app, Kind::Activities, &file, None).await.unwrap();
    roll_back(&app, first).await;
    let undo = last(&app);
    let corrected = activities(&[(1, 1, 1, 50)]);
    let second = import(&app, Kind::Activities, &corrected, None).await.unwrap();
    let reached = |app: &App| {
        let snapshot = app.snapshot("op").unwrap();
        let mut found: Vec<f64> =
            snapshot.activities.iter().filter_map(|row| row.reached).collect();
        found.sort_by(f64::total_cmp);
        found
    };
    let done = roll_back(&app, undo).await;
    assert_eq!(reached(&app), [6.0, 50.0]);
    assert_eq!((done.rows.restored, done.rows.left), (1, 1));
    let said = "row 2: partner 1, WSH, kits, XA01, 2026-01-01: said anew by submission 4 (file)";
    assert_eq!(done.rows.named, [said]);
    // Once that does not hold, the row of before is there again.
    let done = roll_back(&app, second).await;
    assert_eq!((done.rows.ended, done.rows.restored), (1, 1));
    assert_eq!(reached(&app), [5.0, 6.0]);
}

#[tokio::test]
async fn a_rollback_is_undone_though_what_it_undid_is_pruned() {
    let app = app().await;
    import(&app, Kind::Areas, AREAS_FILE, None).await;
    let file = activities(&[(1, 1, 1, 5), (2, 1, 1, 6), (3, 1, 1, 7)]);
    let first = import(&app, Kind::Activities, &file, None).await.unwrap();
    let before = rows(&app).await;
    let corrected = activities(&[(1, 1, 1, 5), (2, 1, 1, 8)]);
    let second = import(&app, Kind::Activities, &corrected, Some(first)).await.unwrap();
    let after = rows(&app).await;
    roll_back(&app, second).await;
    assert_eq!(rows(&app).await, before);
    let undo = last(&app);
    let policy = Policy::Newest(2);
    app.prune("op", &policy, "Ada", "2026-07-03T00:00:00Z".into(), false).await.unwrap().unwrap();
    roll_back(&app, undo).await;
    // The row that the correction had ended was pruned, as it was then.
    assert_eq!(rows(&app).await, after);
}

#[tokio::test]
async fn what_a_file_said_again_goes_with_it_where_another_one_replaces_it() {
    let app = app().await;
    import(&app, Kind::Areas, AREAS_FILE, None).await;
    let first = activities(&[(1, 1, 1, 5)]);
    let first = import(&app, Kind::Activities, &first, None).await.unwrap();
    let second = activities(&[(1, 1, 1, 5), (2, 1, 1, 6)]);
    let second = import(&app, Kind::Activities, &second, None).await.unwrap();
    let third = activities(&[(3, 1, 1, 7)]);
    let third = import(&app, Kind::Activities, &third, Some(second)).await.unwrap();
    let reached = |app: &App| {
        let snapshot = app.snapshot("op").unwrap();
        snapshot.activities.iter().filter_map(|row| row.reached).collect::<Vec<f64>>()
    };
    assert_eq!(reached(&app), [5.0, 7.0]);
    roll_back(&app, first).await;
    assert_eq!(reached(&app), [7.0]);
    // Without the third the second says it.
    roll_back(&app, third).await;
    let mut found = reached(&app);
    found.sort_by(f64::total_cmp);
    assert_eq!(found, [5.0, 6.0]);
    let undo = last(&app);
    roll_back(&app, undo).await;
    assert_eq!(reached(&app), [7.0]);
    // The same where the row had become the second's before.
    let submissions = app.snapshot("op").unwrap().submissions.clone();
    let undo = submissions.iter().find(|one| one.undoes == Some(first)).unwrap().id;
    roll_back(&app, undo).await;
    assert_eq!(reached(&app).len(), 2);
    roll_back(&app, third).await;
    let undo = last(&app);
    roll_back(&app, first).await;
    roll_back(&app, undo).await;
    assert_eq!(reached(&app), [7.0]);
}

#[tokio::test]
async fn a_submission_of_before_repeats_were_kept_is_named_where_rows_end() {
    let app = app().await;
    import(&app, Kind::Areas, AREAS_FILE, None).await;
    let first = import(&app, Kind::Activities, &activities(&[(1, 1, 1, 5)]), None).await.unwrap();
    let file = activities(&[(1, 1, 1, 5), (2, 1, 1, 7)]);
    import(&app, Kind::Activities, &file, None).await.unwrap();
    app.store.as_ref().unwrap().forget_repeats().await;
    let done = roll_back(&app, first).await;
    let said = "Whether later submissions (3) say them too was not kept when they came: send the files again that do.";
    assert!(done.in_words().ends_with(said), "{}", done.in_words());
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
            assert_eq!(done.rows.left, 0);
            assert_eq!(rows(&app).await, before);
            // A rollback is undone the same way.
            let undo = last(&app);
            roll_back(&app, undo).await;
            assert_eq!(rows(&app).await, after);
        });
    }
}

/// What the rows say, and the partners. `says` finds the figure in the row that each is of.
fn told(app: &App, says: impl Fn(Source) -> u16) -> Vec<String> {
    let snapshot = app.snapshot("op").unwrap();
    let activities = snapshot.activities.iter().map(|row| {
        assert_eq!(row.reached, Some(f64::from(says(row.source))));
        format!("{:?} {:?} {:?} {:?}", row.partner, row.area, row.start, row.reached)
    });
    let needs = snapshot.needs.iter().map(|row| {
        assert_eq!(row.in_need, Some(f64::from(says(row.source))));
        format!("{:?} {} {:?}", row.area, row.sector, row.in_need)
    });
    let partners = snapshot.partners.iter().map(|one| one.id.to_string());
    let mut told: Vec<_> = activities.chain(needs).chain(partners).collect();
    told.sort();
    told
}

/// Imports files, undoes submissions one after the other, each the one at a position among those that
/// hold, and compares with a new database into which only the files that hold are imported.
async fn compare_with_the_files_that_hold(files: &[Vec<Line>], undo: &[usize], of_needs: bool) {
    let (kind, text): (_, fn(&[Line]) -> String) =
        if of_needs { (Kind::Needs, needs) } else { (Kind::Activities, activities) };
    let (app, again) = (app().await, self::app().await);
    import(&app, Kind::Areas, AREAS_FILE, None).await;
    import(&again, Kind::Areas, AREAS_FILE, None).await;
    let mut ids = Vec::new();
    for file in files {
        // A file that says nothing new makes no submission.
        ids.extend(import(&app, kind, &text(file), None).await.map(|id| (id, file)));
    }
    for at in undo {
        let snapshot = app.snapshot("op").unwrap();
        let undone = undone(&snapshot.submissions);
        let holds = snapshot.submissions[1..].iter().filter(|one| !undone.contains(&one.id));
        let holds: Vec<u32> = holds.map(|one| one.id).collect();
        roll_back(&app, holds[at % holds.len()]).await;
    }
    rows(&app).await;
    let undone = undone(&app.snapshot("op").unwrap().submissions);
    ids.retain(|(id, _)| !undone.contains(id));
    let mut others = Vec::new();
    for (_, file) in &ids {
        others.push((import(&again, kind, &text(file), None).await, *file));
    }
    let says = |source: Source| {
        let holds = ids.iter().find(|(id, _)| *id == source.submission);
        holds.unwrap().1[source.row as usize - 2].3
    };
    let made = |source: Source| {
        let holds = others.iter().find(|(id, _)| *id == Some(source.submission));
        holds.unwrap().1[source.row as usize - 2].3
    };
    assert_eq!(told(&app, says), told(&again, made));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_stands_after_rollbacks_is_what_the_files_that_hold_say(
        files in prop::collection::vec(file(), 2..5),
        undo in prop::collection::vec(0..6_usize, 1..6),
        of_needs: bool,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(compare_with_the_files_that_hold(&files, &undo, of_needs));
    }
}

/// Found by the property above: rows about the same of which one was said again by a file that the
/// other one was not there for.
#[tokio::test]
async fn rows_about_the_same_wait_for_each_other_in_whatever_order_files_are_undone() {
    type Case = (&'static [&'static [Line]], &'static [usize]);
    let cases: [Case; 4] = [
        (
            &[&[(1, 1, 2, 2), (1, 1, 2, 3)], &[(1, 1, 2, 2)], &[(1, 1, 2, 2), (1, 2, 1, 1)]],
            &[0, 0, 1, 2, 1],
        ),
        (
            &[&[(3, 2, 2, 3), (3, 2, 2, 1)], &[(3, 2, 2, 1)], &[(1, 1, 1, 1)], &[(3, 2, 2, 2)]],
            &[0, 3, 1, 2],
        ),
        (
            &[
                &[(1, 1, 1, 1)],
                &[(1, 2, 1, 1), (1, 2, 1, 3)],
                &[(1, 2, 1, 3)],
                &[(1, 2, 1, 3), (2, 1, 1, 1)],
            ],
            &[1, 0, 0, 1, 1],
        ),
        (&[&[(1, 1, 2, 1), (1, 1, 2, 2)], &[(1, 1, 2, 1)], &[(1, 1, 2, 2)]], &[1, 1, 2, 1, 3]),
    ];
    for (files, undo) in cases {
        let files: Vec<Vec<Line>> = files.iter().map(|file| file.to_vec()).collect();
        compare_with_the_files_that_hold(&files, undo, false).await;
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
    assert_eq!((done.rows.ended, done.rows.restored, done.rows.left), (1, 0, 1));
    assert!(done.rows.named[0].contains("changed by submission 3"), "{:?}", done.rows.named);
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
    assert_eq!((done.rows.ended, done.rows.left, done.rows.settled.activities_moved), (1, 0, 1));
    assert_eq!(area(&app).as_deref(), Some("XA01"));
    assert_eq!(rows(&app).await, before);
    // Rows that moved since are still rows of their file.
    import(&app, Kind::Areas, DISTRICTS, None).await;
    assert_eq!(roll_back(&app, rows_of).await.rows.ended, 1);
    // And they come back to where they belong by now.
    let undo = last(&app);
    import(&app, Kind::Areas, &DISTRICTS.replace("Alba", "Bruma"), None).await;
    roll_back(&app, undo).await;
    assert_eq!(area(&app).as_deref(), Some("XA0101"));
}
