#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use geo::{MultiPolygon, Point, polygon};

use sqlx::Row;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use super::databases::{self, stores};
use super::engine::{Engine, on};
use super::*;
use crate::domain::{
    Age, AreaName, Day, Group, PartnerType, Period, PlaceMethod, Placed, PopulationGroup,
    SaidPlace, Sector, Sex, SiteStatus, Source, Status,
};

pub(super) fn operation() -> Operation {
    Operation { id: "op".into(), name: "Op".into(), note: None, household_size: Some(5.0) }
}

impl Store {
    async fn commit(
        &self,
        operation: &Operation,
        base: u64,
        submission: &NewSubmission,
        changes: &Changes,
        written: Written<'_>,
    ) -> Result<Revision, StoreError> {
        let turn = self.turn(&operation.id).await?;
        turn.commit(operation, &revision(base), submission, changes, written).await
    }
}

/// Of the submissions below, which are all of one moment.
pub(super) fn revision(number: u64) -> Revision {
    Revision { number, at: "2026-07-01T00:00:00Z".into() }
}

pub(super) fn submission(id: u32) -> NewSubmission {
    NewSubmission {
        id,
        kind: "activities".into(),
        file_name: "5w.xlsx".into(),
        sha256: "00".into(),
        at: "2026-07-01T00:00:00Z".into(),
        report: "{}".into(),
        replaces: (id > 1).then(|| id - 1),
        ..NewSubmission::default()
    }
}

/// Words of a place by code and name; equal ones are shared only within a row.
fn placed(code: &str) -> Placed {
    let codes = [Some("XA01".into()), Some(code.into()), None, None];
    let names = [None, None, None, Some("Bairro".into())];
    let said = Some(Arc::new(SaidPlace { codes, names }));
    Placed { said, method: PlaceMethod::RepairedCode, confidence: 90 }
}

pub(super) fn activity(id: u64, reached: f64) -> Activity {
    Activity {
        id,
        source: Source { submission: 1, row: id as u32 + 8 },
        activity_id: Some("A-1".into()),
        partner: "save all".into(),
        reported_as: Some("save".into()),
        placed: placed("01"),
        implementing_partner: None,
        donor: Some("Donor".into()),
        sector: Some(Sector::ProGbv),
        activity_type: Some("latrines".into()),
        description: None,
        area: Some("XA01".into()),
        location: Some("Village".into()),
        point: Some(Point::new(34.5, -19.25)),
        start: Some(Day(20_000)),
        end: None,
        status: Some(Status::Ongoing),
        modality: None,
        group: Group {
            population: PopulationGroup::Idp,
            sex: Sex::Female,
            age: Age { from: 60, to: Age::OPEN },
            ..Group::ALL
        },
        targeted: None,
        reached: Some(reached),
        households_targeted: Some(0.1),
        households_reached: None,
        budget_usd: Some(1e9),
    }
}

/// Every version of a table's rows.
async fn count(store: &Store, table: &str) -> usize {
    let sql = sqlx::AssertSqlSafe(format!("select 1 from {table}"));
    on!(&store.pool, |pool| sqlx::query(sql).fetch_all(pool).await.unwrap().len())
}

pub(super) fn changes() -> Changes {
    let source = Source { submission: 1, row: 2 };
    let square = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 0.)];
    let area = Area {
        pcode: "XA01".into(),
        name: AreaName::new("Área", ["المنطقة"]),
        level: 1,
        parent: None,
        geometry: Some(Arc::new(MultiPolygon(vec![square]))),
        area_km2: Some(12.5),
        source,
    };
    let partner = Partner {
        id: "save all".into(),
        name: "Save All".into(),
        acronym: Some("SA".into()),
        kind: Some(PartnerType::LocalNgo),
        source,
    };
    let site = Site {
        id: 1,
        source,
        name: Some("Pump".into()),
        kind: Some("water_point".into()),
        sector: Some(Sector::Wsh),
        reported_as: Some("dwb".into()),
        placed: Placed { said: None, ..placed("") },
        status: Some(SiteStatus::Partial),
        capacity_people: Some(250.0),
        end: Some(Day(-3)),
        ..Site::default()
    };
    let need = Need {
        source,
        sector: Sector::All,
        group: Group::ALL,
        cycle: Period::year(2026).unwrap(),
        in_need: Some(146_313.5),
        targeted: Some(0.0),
        severity: Some(4.0),
        ..Need::default()
    };
    let people = Population {
        source,
        area: Some("XA01".into()),
        group: Group::ALL,
        people: 9.0,
        year: None,
    };
    let decision = Decision {
        kind: DecisionKind::Place,
        key: "2|code|01".into(),
        value: Some("XA01".into()),
        note: None,
        source,
    };
    Changes {
        decisions: Change { added: vec![decision], ..Change::default() },
        areas: Change { added: vec![area], ..Change::default() },
        partners: Change { added: vec![partner], ..Change::default() },
        activities: Change {
            added: vec![activity(1, 10.0), activity(2, 0.0)],
            ..Change::default()
        },
        sites: Change { added: vec![site], ..Change::default() },
        needs: Change { added: vec![need], ..Change::default() },
        populations: Change { added: vec![people], ..Change::default() },
    }
}

/// Three revisions: everything is added, changed, and the newest activity ends.
pub(super) async fn filled(store: &Store) {
    let first = changes();
    let mut second = changes();
    second.areas.ended = vec!["XA01".into()];
    second.partners.ended = vec!["save all".into()];
    second.activities.ended = vec![1, 2];
    second.activities.added = vec![activity(1, 99.0), activity(3, 5.0)];
    second.sites.ended = vec![1];
    second.needs.ended = first.needs.added.clone();
    second.needs.added[0].in_need = Some(1.5);
    second.populations.ended = first.populations.added.clone();
    second.populations.added[0].people = 10.0;
    let decision = &first.decisions.added[0];
    second.decisions.ended = vec![(decision.kind, decision.key.clone())];
    let ends = Change { ended: vec![3], ..Change::default() };
    let third = Changes { activities: ends, ..Changes::default() };
    for (base, changes) in [first, second, third].iter().enumerate() {
        let submission = submission(base as u32 + 1);
        store.commit(&operation(), base as u64, &submission, changes, &|_| ()).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_committed_reads_back_the_same() {
    for store in stores().await {
        let changes = changes();
        let revision =
            store.commit(&operation(), 0, &submission(1), &changes, &|_| ()).await.unwrap();
        assert_eq!(revision.number, 1);
        let rows = store.rows("op").await.unwrap().unwrap();
        assert_eq!(rows.operation, operation());
        assert_eq!(rows.revision, revision);
        assert_eq!(rows.areas, changes.areas.added);
        assert_eq!(rows.partners, changes.partners.added);
        assert_eq!(rows.activities, changes.activities.added);
        assert_eq!(rows.sites, changes.sites.added);
        assert_eq!(rows.needs, changes.needs.added);
        assert_eq!(rows.populations, changes.populations.added);
        assert_eq!(rows.decisions, changes.decisions.added);
        assert_eq!(rows.submissions[0].file_name.as_str(), "5w.xlsx");
        assert_eq!(store.next_numbers("op").await.unwrap(), (3, 2));
        assert!(store.rows("other").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_changed_row_is_ended_and_kept_and_only_the_new_one_is_current() {
    for store in stores().await {
        store.commit(&operation(), 0, &submission(1), &changes(), &|_| ()).await.unwrap();
        let change = Changes {
            activities: Change {
                added: vec![activity(1, 99.0)],
                ended: vec![1, 2],
                ..Change::default()
            },
            ..Changes::default()
        };
        store.commit(&operation(), 1, &submission(2), &change, &|_| ()).await.unwrap();
        let rows = store.rows("op").await.unwrap().unwrap();
        assert_eq!(rows.activities, [activity(1, 99.0)]);
        assert_eq!(rows.submissions[1].replaces, Some(1));
        let added = store.added("op", 2).await.unwrap().unwrap();
        assert_eq!(added.activities, [activity(1, 99.0)]);
        assert!(added.needs.is_empty());
        assert_eq!(store.next_numbers("op").await.unwrap().0, 3, "numbers are never used again");
        assert_eq!(count(&store, "activities").await, 3);
    }
}

#[tokio::test]
async fn a_commit_against_an_old_revision_is_refused_and_writes_nothing() {
    for store in stores().await {
        store.commit(&operation(), 0, &submission(1), &changes(), &|_| ()).await.unwrap();
        for base in [0, 5] {
            let refused =
                store.commit(&operation(), base, &submission(2), &changes(), &|_| ()).await;
            assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        }
        let other = Revision { at: "2026-06-30T00:00:00Z".into(), ..revision(1) };
        let turn = store.turn(&operation().id).await.unwrap();
        let refused = turn.commit(&operation(), &other, &submission(2), &changes(), &|_| ()).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        let rows = store.rows("op").await.unwrap().unwrap();
        assert_eq!((rows.revision.number, rows.activities.len()), (1, 2));
    }
}

#[tokio::test]
async fn who_has_the_turn_is_not_overtaken_and_the_next_one_conflicts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("turns.sqlite").display().to_string();
    for url in [Some(file), databases::postgres().await].into_iter().flatten() {
        let [first, second] =
            [Store::create(&url).await.unwrap(), Store::open(&url).await.unwrap()];
        first.commit(&operation(), 0, &submission(1), &changes(), &|_| ()).await.unwrap();
        let turn = first.turn(&"op".into()).await.unwrap();
        let (operation, two, three) = (operation(), submission(2), submission(3));
        let none = Changes::default();
        let other = second.commit(&operation, 1, &three, &none, &|_| ());
        let own = async {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            // What is there can be read while somebody has the turn.
            assert_eq!(second.newest("op").await.unwrap().unwrap().number, 1);
            turn.commit(&operation, &revision(1), &two, &none, &|_| ()).await
        };
        let (refused, done) = tokio::join!(other, own);
        assert_eq!(done.unwrap().number, 2);
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        first.close().await;
        second.close().await;
    }
}

#[tokio::test]
async fn another_kind_of_database_is_refused_in_words() {
    let refused = Store::open("mysql://localhost/x").await.unwrap_err();
    assert!(refused.to_string().contains("sqlite://path"), "{refused}");
}

#[tokio::test]
async fn every_figure_reads_back_to_the_last_bit() {
    for store in stores().await {
        let mut figures = vec![0.1 + 0.2, 1.0 / 3.0, 2f64.powi(53) - 1.0, 640_320.2, 1e15 / 7.0];
        figures.extend((1..2000).map(|n| f64::from(n).powi(4) * std::f64::consts::PI));
        let rows = figures.iter().enumerate().map(|(at, figure)| activity(at as u64 + 1, *figure));
        let activities = Change { added: rows.collect(), ..Change::default() };
        let changes = Changes { activities, ..Changes::default() };
        store.commit(&operation(), 0, &submission(1), &changes, &|_| ()).await.unwrap();
        let read = store.rows("op").await.unwrap().unwrap().activities;
        let read: Vec<_> = read.iter().filter_map(|row| row.reached).collect();
        assert_eq!(read, figures);
    }
}

#[tokio::test]
async fn reading_never_makes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("typo.sqlite");
    let refused = Store::open(file.to_str().unwrap()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Missing(_)), "{refused}");
    assert!(!file.exists());
}

#[tokio::test]
async fn words_about_places_are_kept_once_and_shared_when_read() {
    for store in stores().await {
        let mut rows: Vec<_> = (1..=4).map(|id| activity(id, 1.0)).collect();
        rows[3].placed = placed("02");
        let activities = Change { added: rows, ..Change::default() };
        let changes = Changes { activities, ..Changes::default() };
        store.commit(&operation(), 0, &submission(1), &changes, &|_| ()).await.unwrap();
        let again = Change { added: vec![activity(5, 1.0)], ..Change::default() };
        let changes = Changes { activities: again, ..Changes::default() };
        store.commit(&operation(), 1, &submission(2), &changes, &|_| ()).await.unwrap();
        assert_eq!(count(&store, "said_places").await, 2);
        let read = store.rows("op").await.unwrap().unwrap().activities;
        let said = |at: usize| read[at].placed.said.as_ref().unwrap();
        assert!(Arc::ptr_eq(said(0), said(4)) && !Arc::ptr_eq(said(0), said(3)));
    }
}

#[tokio::test]
async fn a_database_of_the_first_version_is_brought_up_to_date_and_keeps_its_places() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.sqlite");
    let old = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let pool = SqlitePool::connect_with(old).await.unwrap();
    let mut first = connect::migrator(&Engine::Sqlite(pool.clone()));
    first.migrations.to_mut().truncate(1);
    first.run(&pool).await.unwrap();
    sqlx::raw_sql(
        "insert into operations values ('op', 'Op', null, null, 1, '2026-01-01T00:00:00Z');
         insert into activities (operation, activity, from_revision, submission, row, partner,
           area, population_group, sex, age, disability)
         values ('op', 1, 1, 1, 2, 'who', 'XA01', 'all', 'all', 'all', 'all');",
    )
    .execute(&pool)
    .await
    .unwrap();
    pool.close().await;
    let store = Store::open(file.to_str().unwrap()).await.unwrap();
    let rows = store.rows("op").await.unwrap().unwrap();
    assert_eq!(rows.activities[0].area.as_deref(), Some("XA01"));
    assert_eq!(rows.activities[0].placed, Placed::default());
}

#[tokio::test]
async fn many_rows_end_in_one_go() {
    for store in stores().await {
        let count = 50_001;
        let rows = |reached: f64| (1..=count).map(|id| activity(id, reached)).collect::<Vec<_>>();
        let activities = Change { added: rows(1.0), ..Change::default() };
        let changes = Changes { activities, ..Changes::default() };
        store.commit(&operation(), 0, &submission(1), &changes, &|_| ()).await.unwrap();
        let activities =
            Change { added: rows(2.0), ended: (1..=count).collect(), ..Change::default() };
        let changes = Changes { activities, ..Changes::default() };
        store.commit(&operation(), 1, &submission(2), &changes, &|_| ()).await.unwrap();
        let rows = store.rows("op").await.unwrap().unwrap();
        assert_eq!(rows.activities.len() as u64, count);
        assert!(rows.activities.iter().all(|row| row.reached == Some(2.0)));
    }
}

#[tokio::test]
async fn many_figures_of_people_end_in_one_go() {
    for store in stores().await {
        let first = changes();
        let (need, people) = (&first.needs.added[0], &first.populations.added[0]);
        let area = |number: u32| Some(format!("XA{number:05}").as_str().into());
        let of = |count: u32, in_need: f64| -> Vec<Need> {
            let need = |n| Need { area: area(n), in_need: Some(in_need), ..need.clone() };
            (0..count).map(need).chain([self::changes().needs.added.remove(0)]).collect()
        };
        let people = |count: u32, year: Option<i16>| -> Vec<Population> {
            (0..count).map(|n| Population { area: area(n), year, ..people.clone() }).collect()
        };
        let count = 20_000;
        let both = [people(count, None), people(count, Some(2026))].concat();
        let needs = Change { added: of(count, 1.0), ..Change::default() };
        let populations = Change { added: both, ..Change::default() };
        let first = Changes { needs, populations, ..Changes::default() };
        store.commit(&operation(), 0, &submission(1), &first, &|_| ()).await.unwrap();
        // All but the last area's, and only the figures without a year.
        let needs =
            Change { added: of(0, 2.0), ended: [of(count - 1, 1.0)].concat(), ..Change::default() };
        let populations = Change { ended: people(count - 1, None), ..Change::default() };
        let second = Changes { needs, populations, ..Changes::default() };
        let begun = std::time::Instant::now();
        store.commit(&operation(), 1, &submission(2), &second, &|_| ()).await.unwrap();
        let took = begun.elapsed();
        let rows = store.rows("op").await.unwrap().unwrap();
        let areas: Vec<_> = rows.needs.iter().map(|row| row.area.as_deref()).collect();
        assert_eq!(areas, [None, Some("XA19999")]);
        assert_eq!(rows.populations.len(), count as usize + 1);
        assert_eq!(rows.populations.iter().filter(|row| row.year.is_none()).count(), 1);
        eprintln!("{} figures ended in {took:?}", 2 * count - 1);
        assert!(took.as_secs() < 20, "{took:?}");
    }
}

#[tokio::test]
async fn a_packed_copy_and_what_changed_since_read_as_the_rows_themselves() {
    for store in stores().await {
        store.commit(&operation(), 0, &submission(1), &changes(), &|_| ()).await.unwrap();
        let rows = store.rows("op").await.unwrap().unwrap();
        assert_eq!(store.packed_revision("op").await.unwrap(), None);
        let id = operation().id;
        store.keep_packed(&id, 1, pack(rows.activities.iter())).await.unwrap();
        assert_eq!(store.packed_revision("op").await.unwrap(), Some(1));
        assert_eq!(store.rows("op").await.unwrap().unwrap().activities, rows.activities);

        let last = rows.activities.iter().map(|row| row.id).max().unwrap();
        let change = Change {
            added: vec![activity(last, 77.0), activity(last + 1, 78.0)],
            ended: rows.activities.iter().map(|row| row.id).collect(),
            ..Change::default()
        };
        let more = Changes { activities: change.clone(), ..Changes::default() };
        store.commit(&operation(), 1, &submission(2), &more, &|_| ()).await.unwrap();
        assert_eq!(store.rows("op").await.unwrap().unwrap().activities, change.added);

        store.keep_packed(&id, 2, vec![vec![1, 2, 3]]).await.unwrap();
        let read = store.rows("op").await.unwrap().unwrap().activities;
        assert_eq!(read, change.added, "a damaged copy is not believed");
    }
}

#[tokio::test]
async fn of_two_commits_at_once_one_is_whole_and_the_other_refused() {
    for store in stores().await {
        store.commit(&operation(), 0, &submission(1), &changes(), &|_| ()).await.unwrap();
        let other = |reached: f64| Changes {
            activities: Change {
                added: vec![activity(1, reached)],
                ended: vec![1],
                ..Change::default()
            },
            ..Changes::default()
        };
        let (left, right, second) = (other(1.0), other(2.0), submission(2));
        let operation = operation();
        let commit = |changes| store.commit(&operation, 1, &second, changes, &|_| ());
        let (left, right) = tokio::join!(commit(&left), commit(&right));
        assert!(left.is_ok() != right.is_ok(), "{left:?} {right:?}");
        let refused = left.err().or(right.err()).unwrap();
        assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
        let rows = store.rows("op").await.unwrap().unwrap();
        assert_eq!((rows.revision.number, rows.activities.len()), (2, 2));
    }
}

#[tokio::test]
async fn a_text_that_postgresql_cannot_hold_is_refused_and_nothing_is_written() {
    let Some(url) = databases::postgres().await else { return };
    let store = Store::create(&url).await.unwrap();
    let mut changes = changes();
    changes.activities.added[1].location = Some("Vil\0lage".into());
    let refused = store.commit(&operation(), 0, &submission(1), &changes, &|_| ()).await;
    assert!(refused.unwrap_err().to_string().contains("NUL"));
    assert!(store.rows("op").await.unwrap().is_none());
    changes.activities.added[1].location = None;
    store.commit(&operation(), 0, &submission(1), &changes, &|_| ()).await.unwrap();
}

/// What a question to PostgreSQL about its own catalogue answers, a text per row.
async fn asked(store: &Store, sql: &'static str) -> Vec<String> {
    let Engine::Postgres(pool) = &store.pool else { return Vec::new() };
    let rows = sqlx::query(sql).fetch_all(pool).await.unwrap();
    rows.iter().map(|row| sqlx::Row::get(row, 0)).collect()
}

#[tokio::test]
async fn operations_can_be_spread_over_machines() {
    let Some(url) = databases::postgres().await else { return };
    let store = Store::create(&url).await.unwrap();
    // What a distributed table refuses: a key that does not begin with the operation, a constraint
    // or unique index without it, a sequence, a trigger.
    let wrong = "
        select c.conname || ' of ' || t.relname
        from pg_constraint c
        join pg_class t on t.oid = c.conrelid
        join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
        where t.relnamespace = current_schema()::regnamespace and t.relname not like '\\_sqlx%'
          and c.contype in ('p', 'f', 'u', 'x') and a.attname <> 'operation'
        union all
        select 'index ' || i.indexrelid::regclass
        from pg_index i
        join pg_class t on t.oid = i.indrelid
        where t.relnamespace = current_schema()::regnamespace and t.relname not like '\\_sqlx%'
          and i.indisunique and not exists (
            select from pg_attribute a
            where a.attrelid = t.oid and a.attname = 'operation' and a.attnum = i.indkey[0])
        union all
        select 'without primary key: ' || t.relname
        from pg_class t
        where t.relnamespace = current_schema()::regnamespace and t.relname not like '\\_sqlx%'
          and t.relkind = 'r' and not exists (
            select from pg_constraint c where c.conrelid = t.oid and c.contype = 'p')
        union all
        select 'sequence ' || t.relname
        from pg_class t
        where t.relnamespace = current_schema()::regnamespace and t.relkind = 'S'
        union all
        select 'trigger ' || g.tgname
        from pg_trigger g
        join pg_class t on t.oid = g.tgrelid
        where t.relnamespace = current_schema()::regnamespace and not g.tgisinternal";
    assert_eq!(asked(&store, wrong).await, Vec::<String>::new());
    let tables = "
        select relname::text from pg_class
        where relnamespace = current_schema()::regnamespace and relkind = 'r'
          and relname not like '\\_sqlx%'
        order by 1";
    let tables = asked(&store, tables).await;
    assert_eq!(tables.len(), 14);
    for table in tables {
        assert!(connect::SPREAD.contains(&format!("'{table}'")), "{table} is not spread");
    }
}

#[tokio::test]
async fn a_desktop_gis_finds_typed_layers_and_a_role_that_only_reads() {
    let Some(url) = databases::postgres().await else { return };
    let store = Store::create(&url).await.unwrap();
    store.commit(&operation(), 0, &submission(1), &changes(), &|_| ()).await.unwrap();
    let layers = "
        select f_table_name || ' ' || type || ' ' || srid
        from geometry_columns
        where f_table_schema = current_schema() and f_table_name like 'current%'
        order by 1";
    let expected = [
        "current_activities POINT 4326",
        "current_areas MULTIPOLYGON 4326",
        "current_gaps MULTIPOLYGON 4326",
        "current_sites POINT 4326",
    ];
    assert_eq!(asked(&store, layers).await, expected);
    let areas = "select id || ' ' || name || ' ' || st_astext(geom) from current_areas";
    let expected = ["op/XA01 Área MULTIPOLYGON(((0 0,1 0,1 1,0 0)))"];
    assert_eq!(asked(&store, areas).await, expected);
    let activities = "
        select partner || ' ' || area || ' ' || start_date || ' ' || st_astext(geom)
        from current_activities
        order by id limit 1";
    let expected = ["Save All Área 2024-10-04 POINT(34.5 -19.25)"];
    assert_eq!(asked(&store, activities).await, expected);
    let gap = |pcode: &str, level| GapRow {
        sector: Sector::Wsh,
        pcode: pcode.into(),
        level,
        status: "no_data",
        figures: Default::default(),
        counts: Default::default(),
    };
    let rows = [gap("", 0), gap("XA01", 1), gap("XA09", 1)];
    store.keep_gaps(&"op".into(), 1, &rows).await.unwrap();
    let names = "select coalesce(name, 'none') from current_gaps order by pcode collate \"C\"";
    assert_eq!(asked(&store, names).await, ["Op", "Área", "none"]);
    let rights = "
        select table_name || ' ' || privilege_type
        from information_schema.role_table_grants
        where grantee = 'lacuna_reader' and table_schema = current_schema()
        order by 1";
    let rights = asked(&store, rights).await;
    assert!(rights.iter().all(|right| right.ends_with(" SELECT")));
    let (views, tables): (Vec<_>, Vec<_>) =
        rights.iter().partition(|right| right.starts_with("current_"));
    // Citus asks with the rights of who asks, also for what a view is of.
    let citus = "select extname::text from pg_extension where extname = 'citus'";
    let citus = asked(&store, citus).await.len();
    assert_eq!((views.len(), tables.len()), (4, 6 * citus), "{rights:?}");
}

#[tokio::test]
async fn many_rows_come_in_as_a_file_that_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lacuna.sqlite");
    let store = Store::create(file.to_str().unwrap()).await.unwrap();
    let row = |id: u64| Activity {
        description: id.is_multiple_of(3).then(|| "é".repeat(id as usize).as_str().into()),
        reached: (!id.is_multiple_of(5)).then_some(id as f64 / 4.0),
        point: (!id.is_multiple_of(7)).then(|| Point::new(-0.0, id as f64)),
        start: Some(Day(-(id as i32))),
        ..activity(id, 0.0)
    };
    let mut expected = Vec::new();
    // Into a table that is empty, then into one that is not.
    for (base, ids) in [(0, 1..3_000), (1, 3_000..6_000)] {
        let added: Vec<Activity> = ids.map(row).collect();
        expected.extend(added.clone());
        let changes =
            Changes { activities: Change { added, ..Change::default() }, ..Changes::default() };
        let submission = submission(base as u32 + 1);
        store.commit(&operation(), base, &submission, &changes, &|_| ()).await.unwrap();
        assert_eq!(store.rows("op").await.unwrap().unwrap().activities, expected);
    }
    let engine::Engine::Sqlite(pool) = &store.pool else { panic!("a file is SQLite's") };
    let found = sqlx::query("pragma integrity_check").fetch_all(pool).await.unwrap();
    assert_eq!(found[0].get::<String, _>(0), "ok");
    let attached = sqlx::query("select name from pragma_database_list").fetch_all(pool).await;
    assert_eq!(attached.unwrap().len(), 1);
    let files = std::fs::read_dir(folder.path()).unwrap();
    let names: Vec<_> = files.map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| name.to_string_lossy().starts_with("lacuna.sqlite")));
}

#[tokio::test]
async fn a_reader_that_leaves_in_the_midst_leaves_a_good_connection() {
    for store in stores().await {
        let added = (1..=3000).map(|number| activity(number, 1.0)).collect();
        let activities = Change { added, ..Change::default() };
        let many = Changes { activities, ..changes() };
        store.commit(&operation(), 0, &submission(1), &many, &|_| ()).await.unwrap();
        let again = Changes::default();
        for number in 1..40 {
            let wait = std::time::Duration::from_micros(number * 150);
            let _ = tokio::time::timeout(wait, store.rows_at("op", 1)).await;
            let rows = store.rows_at("op", 1).await.unwrap().unwrap();
            assert_eq!(rows.activities.len(), 3000);
            let next = submission(u32::try_from(number).unwrap() + 1);
            store.commit(&operation(), number, &next, &again, &|_| ()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_backup_comes_back_on_either_database_with_every_revision() {
    for store in stores().await {
        store.commit(&operation(), 0, &submission(1), &changes(), &|_| ()).await.unwrap();
        let activities =
            Change { added: vec![activity(1, 0.1 + 0.2)], ended: vec![1], ..Change::default() };
        let change = Changes { activities, ..Changes::default() };
        store.commit(&operation(), 1, &submission(2), &change, &|_| ()).await.unwrap();
        let backup = Store::create("sqlite::memory:").await.unwrap();
        let copied = store.copy_into(&backup).await.unwrap();
        for empty in stores().await {
            assert_eq!(backup.copy_into(&empty).await.unwrap(), copied);
            let (was, is) = (store.rows("op").await.unwrap(), empty.rows("op").await.unwrap());
            assert_eq!(format!("{was:?}"), format!("{is:?}"));
            let (was, is) = (store.rows_at("op", 1).await, empty.rows_at("op", 1).await);
            assert_eq!(format!("{:?}", was.unwrap()), format!("{:?}", is.unwrap()));
            assert!(matches!(backup.copy_into(&empty).await, Err(StoreError::NotEmpty)));
        }
    }
}
