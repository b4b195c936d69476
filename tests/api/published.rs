//! The counts that OGC 21-065r2 publishes for its examples in CQL2, over data of the same shape: the
//! 243 cities of its tests (`cities.csv`: facts of Natural Earth, which is in the public domain) as
//! sites, whose `capacity_people` is the `pop_other` of the examples. Three of them have dates, as
//! there; what the examples say to the second is said here in days, in the same order.

use std::sync::Arc;

use geo::Point;
use lacuna::app::App;
use lacuna::domain::{Day, Operation, Rows, Site, Snapshot, Source};

use crate::fixture::ask;

/// First and last days of København, Kigali and Funafuti.
type Days = [(&'static str, &'static str); 3];

fn cities(days: Days) -> Arc<App> {
    let mut rows = Rows::empty(Operation::new("cities", "Cities"));
    let day = |text: &str| text.parse::<Day>().unwrap();
    for (at, line) in include_str!("cities.csv").lines().skip(1).enumerate() {
        let (name, line) = match line.strip_prefix('"') {
            Some(rest) => rest.split_once("\",").unwrap(),
            None => line.split_once(',').unwrap(),
        };
        let figures: Vec<f64> = line.split(',').map(|figure| figure.parse().unwrap()).collect();
        let dated = ["København", "Kigali", "Funafuti"].iter().position(|dated| *dated == name);
        rows.sites.push(Site {
            id: at as u64 + 1,
            source: Source { submission: 1, row: at as u32 + 2 },
            name: Some(name.into()),
            point: Some(Point::new(figures[0], figures[1])),
            capacity_people: Some(figures[2]),
            start: dated.map(|at| day(days[at].0)),
            end: dated.map(|at| day(days[at].1)),
            ..Site::default()
        });
    }
    let app = App::default();
    app.publish(Snapshot::build(rows));
    Arc::new(app)
}

/// Asks every filter of a table, `count filter` in each line, and names all that differ.
async fn counts(app: &Arc<App>, table: &str) {
    let mut wrong = Vec::new();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (count, filter) = line.split_once(' ').unwrap();
        wrong.extend(differs(app, filter, count.parse().unwrap()).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn differs(app: &Arc<App>, filter: &str, count: u64) -> Option<String> {
    let encoded: String = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let url = format!("/api/cities/collections/sites/items?limit=1&filter={encoded}");
    let reply = ask(app, "GET", &url, &[]).await;
    assert_eq!(reply.status, 200, "{filter}: {}", reply.text());
    let matched = reply.json()["numberMatched"].as_u64();
    (matched != Some(count)).then(|| format!("{filter}: {matched:?} and not {count}"))
}

/// The single days of the examples: before, on and after 16 April 2022.
const SINGLE: Days =
    [("2021-04-16", "2021-04-16"), ("2022-04-16", "2022-04-16"), ("2023-04-16", "2023-04-16")];

/// The intervals of the examples: 10:13:19 is the 16th, 10:15:09 the 19th, 10:15:10 the 20th and
/// 10:16:06 the 26th of April 2022.
const INTERVALS: Days =
    [("2021-04-16", "2022-04-26"), ("2022-04-16", "2023-04-16"), ("2022-04-20", "2022-04-26")];

#[tokio::test]
async fn the_published_counts_of_comparisons_hold() {
    counts(
        &cities(SINGLE),
        "
        243 name IS NOT NULL
        0 name IS NULL
        1 name='København'
        137 name>='København'
        136 name>'København'
        107 name<='København'
        106 name<'København'
        242 name<>'København'
        243 capacity_people IS NOT NULL
        0 capacity_people IS NULL
        1 capacity_people=1038288
        123 capacity_people>=1038288
        122 capacity_people>1038288
        121 capacity_people<=1038288
        120 capacity_people<1038288
        242 capacity_people<>1038288
        3 name LIKE 'B_r%'
        240 name NOT LIKE 'B_r%'
        75 capacity_people between 1000000 and 3000000
        168 capacity_people not between 1000000 and 3000000
        2 name IN ('Kiev','kobenhavn','Berlin','athens','foo')
        241 name NOT IN ('Kiev','kobenhavn','Berlin','athens','foo')
        3 capacity_people in (1038288,1611692,3013258,3013257,3013259)
        240 capacity_people not in (1038288,1611692,3013258,3013257,3013259)
        1 CASEI(name)=casei('KIEV')
        1 CASEI(name)=casei('kiev')
        1 CASEI(name)=casei('Kiev')
        1 CASEI(name)=casei('København')
        1 CASEI(name)=casei('københavn')
        1 CASEI(name)=casei('KØBENHAVN')
        3 CASEI(name) LIKE casei('B_r%')
        3 CASEI(name) LIKE casei('b_r%')
        3 CASEI(name) LIKE casei('B_R%')
        3 CASEI(name) IN (casei('Kiev'), casei('kobenhavn'), casei('Berlin'), casei('athens'), casei('foo'))
        ",
    )
    .await;
}

#[tokio::test]
async fn the_published_counts_of_days_hold() {
    counts(
        &cities(SINGLE),
        r#"
        3 "start_date" IS NOT NULL
        240 "start_date" IS NULL
        1 "start_date"=DATE('2022-04-16')
        2 "start_date">=DATE('2022-04-16')
        1 "start_date">DATE('2022-04-16')
        2 "start_date"<=DATE('2022-04-16')
        1 "start_date"<DATE('2022-04-16')
        2 "start_date"<>DATE('2022-04-16')
        2 "start_date" in (DATE('2021-04-16'),DATE('2022-04-16'),DATE('2022-04-18'))
        1 "start_date" not in (DATE('2021-04-16'),DATE('2022-04-16'),DATE('2022-04-18'))
        1 t_after("start_date",date('2022-04-16'))
        1 t_before("start_date",date('2022-04-16'))
        2 t_disjoint("start_date",date('2022-04-16'))
        1 t_equals("start_date",date('2022-04-16'))
        1 t_intersects("start_date",date('2022-04-16'))
        1 t_after("start_date",interval('2022-01-01','2022-12-31'))
        1 t_before("start_date",interval('2022-01-01','2022-12-31'))
        2 t_disjoint("start_date",interval('2022-01-01','2022-12-31'))
        0 t_equals("start_date",interval('2022-01-01','2022-12-31'))
        1 t_equals("start_date",interval('2022-04-16','2022-04-16'))
        1 t_intersects("start_date",interval('2022-01-01','2022-12-31'))
        "#,
    )
    .await;
}

#[tokio::test]
async fn the_published_counts_of_intervals_hold() {
    let interval = "interval(start_date,end_date)";
    let table = "
        1 T_AFTER(_,interval('..','2022-04-16'))
        2 T_BEFORE(_,interval('2023-01-01','..'))
        1 T_DISJOINT(_,interval('2022-04-16','2022-04-19'))
        1 T_EQUALS(_,interval('2021-04-16','2022-04-26'))
        2 T_INTERSECTS(_,interval('2022-04-16','2022-04-19'))
        1 T_CONTAINS(_,interval('2022-04-16','2022-04-20'))
        1 T_DURING(_,interval('2022-01-01','2022-12-31'))
        1 T_FINISHES(_,interval('2022-04-16','2022-04-26'))
        1 T_FINISHEDBY(_,interval('2022-04-16','2022-04-26'))
        0 T_MEETS(_,interval('2022-04-16','2022-04-20'))
        1 T_METBY(_,interval('2022-04-16','2022-04-20'))
        2 T_OVERLAPPEDBY(_,interval('2020-04-16','2022-04-20'))
        1 T_OVERLAPS(_,interval('2022-04-16','2023-04-16'))
        1 T_STARTEDBY(_,interval('2022-04-16','2022-04-20'))
        0 T_STARTS(_,interval('2022-04-16','2022-04-20'))
    ";
    counts(&cities(INTERVALS), &table.replace("(_,", &format!("({interval},"))).await;
}

#[tokio::test]
async fn the_published_counts_of_shapes_hold() {
    counts(
        &cities(SINGLE),
        "
        7 S_INTERSECTS(geometry,BBOX(0,40,10,50))
        7 S_INTERSECTS(geometry,POLYGON((0 40,10 40,10 50,0 50,0 40)))
        236 S_DISJOINT(geometry,BBOX(0,40,10,50))
        236 S_DISJOINT(geometry,POLYGON((0 40,10 40,10 50,0 50,0 40)))
        1 S_EQUALS(geometry,POINT(6.130003 49.61166))
        74 S_WITHIN(geometry,BBOX(-180,-90,0,90))
        ",
    )
    .await;
}

#[tokio::test]
async fn the_published_counts_of_combinations_hold() {
    counts(
        &cities(INTERVALS),
        "
            1 (NOT (name<>'København') AND capacity_people<>1038288) OR (capacity_people IS NULL and name<'København') or not (capacity_people<>1038288 OR name<'København')
            124 (NOT (capacity_people IS NOT NULL) AND start_date IS NULL) OR (capacity_people IS NOT NULL and capacity_people>1038288) or not (start_date IS NULL OR capacity_people>1038288)
            121 (NOT (capacity_people>1038288) AND capacity_people<1038288) OR (capacity_people IS NULL and start_date<DATE('2022-04-16')) or not (capacity_people<1038288 OR start_date<DATE('2022-04-16'))
            2 (NOT (capacity_people<1038288) AND start_date=DATE('2022-04-16')) OR (start_date=DATE('2022-04-16') and name<>'København') or not (start_date=DATE('2022-04-16') OR name<>'København')
            122 (NOT (capacity_people>1038288) AND start_date IS NULL) OR (start_date IS NOT NULL and name>'København') or not (start_date IS NULL OR name>'København')
            2 (NOT (name<>'København') AND capacity_people<1038288) OR (name='København' and start_date<DATE('2022-04-16')) or not (capacity_people<1038288 OR start_date<DATE('2022-04-16'))
            120 (NOT (name IS NOT NULL) AND start_date>=DATE('2022-04-16')) OR (start_date IS NULL and capacity_people<1038288) or not (start_date>=DATE('2022-04-16') OR capacity_people<1038288)
            3 (NOT (name>'København') AND start_date>=DATE('2022-04-16')) OR (capacity_people=1038288 and name<'København') or not (start_date>=DATE('2022-04-16') OR name<'København')
            62 (NOT (start_date IS NULL) AND capacity_people IS NOT NULL) OR (capacity_people>=1038288 and name>'København') or not (capacity_people IS NOT NULL OR name>'København')
            122 (NOT (capacity_people<1038288) AND name>'København') OR (capacity_people>1038288 and name<='København') or not (name>'København' OR name<='København')
            3 (NOT (start_date>=DATE('2022-04-16')) AND start_date<DATE('2022-04-16')) OR (capacity_people=1038288 and start_date IS NULL) or not (start_date<DATE('2022-04-16') OR start_date IS NULL)
            3 (NOT (name>'København') AND start_date<>DATE('2022-04-16')) OR (start_date<=DATE('2022-04-16') and name IS NOT NULL) or not (start_date<>DATE('2022-04-16') OR name IS NOT NULL)
            122 (NOT (capacity_people=1038288) AND start_date=DATE('2022-04-16')) OR (capacity_people<1038288 and name<>'København') or not (start_date=DATE('2022-04-16') OR name<>'København')
            3 (NOT (start_date<=DATE('2022-04-16')) AND capacity_people<>1038288) OR (start_date IS NOT NULL and start_date=DATE('2022-04-16')) or not (capacity_people<>1038288 OR start_date=DATE('2022-04-16'))
            3 (NOT (capacity_people<1038288) AND name='København') OR (start_date IS NOT NULL and capacity_people<>1038288) or not (name='København' OR capacity_people<>1038288)
            2 (NOT (start_date<>DATE('2022-04-16')) AND name<'København') OR (start_date>DATE('2022-04-16') and start_date=DATE('2022-04-16')) or not (name<'København' OR start_date=DATE('2022-04-16'))
            1 (NOT (capacity_people<1038288) AND capacity_people<=1038288) OR (start_date>DATE('2022-04-16') and capacity_people>1038288) or not (capacity_people<=1038288 OR capacity_people>1038288)
            1 (NOT (start_date IS NOT NULL) AND start_date<>DATE('2022-04-16')) OR (capacity_people>1038288 and capacity_people<1038288) or not (start_date<>DATE('2022-04-16') OR capacity_people<1038288)
            1 (NOT (start_date>=DATE('2022-04-16')) AND start_date>DATE('2022-04-16')) OR (capacity_people IS NULL and capacity_people<=1038288) or not (start_date>DATE('2022-04-16') OR capacity_people<=1038288)
            181 (NOT (name='København') AND capacity_people<1038288) OR (start_date>=DATE('2022-04-16') and name<'København') or not (capacity_people<1038288 OR name<'København')
            1 (NOT (start_date<DATE('2022-04-16')) AND capacity_people<1038288) OR (name IS NULL and capacity_people>=1038288) or not (capacity_people<1038288 OR capacity_people>=1038288)
        ",
    )
    .await;
}
