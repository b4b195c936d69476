//! What holds for every operation, and the engine against the reference.

use proptest::prelude::*;
use proptest::sample::select;

use super::made::{Made, operation, query};
use super::reference::reference;
use crate::analysis::{GapFigure, GapQuery, gaps, lines};
use crate::domain::{AreaIx, Snapshot};

const AREAS: &[&str] = &["P", "P/D1", "P/D1/X", "P/D1/Y", "P/D2", "Q", "Q/E1"];
const PLACES: &[&str] = &["-", "P", "D1", "X", "Y", "D2", "Q", "E1", "D1", "X", "nowhere"];
const GROUPS: &[&str] = &[
    "",
    "",
    "",
    "group=idp",
    "group=host",
    "sex=female",
    "group=idp sex=male",
    "age=0-17",
    "age=0-4",
    "age=5-17",
    "age=15-49",
    "group=idp disability=with",
    "disability=without",
];

fn row() -> impl Strategy<Value = String> {
    let what = (
        select(&["A", "B", "C"]),
        select(&["WSH", "WSH", "HEA", "PRO", "PRO-GBV", "PRO-CPN", "ALL", "-"]),
        select(&["a", "á", "b", "-"]),
        select(PLACES),
    );
    let people =
        prop_oneof![4 => (0..30_u32).prop_map(|n| (n * 10).to_string()), 1 => Just("-".into())];
    let when = select(&[
        "",
        "start=2026-01-05",
        "start=2026-01-25 end=2026-02-10",
        "start=2026-02-05",
        "start=2026-02-10 end=2026-01-01",
        "end=2026-01-15",
        "start=2025-06-01 end=2025-06-30",
    ]);
    let place = select(&["", "", "loc=v", "loc=V", "loc=w", "point=1.0001,2", "point=1.5,2"]);
    let status = select(&["", "", "", "status=ongoing", "status=planned", "status=cancelled"]);
    let households = select(&["", "", "households=3"]);
    (what, people, when, place, status, select(GROUPS), households).prop_map(
        |((partner, sector, kind, area), people, when, place, status, group, households)| {
            format!(
                "{partner} {sector} {kind} {area} {people} {when} {place} {status} {group} {households}"
            )
        },
    )
}

fn need() -> impl Strategy<Value = String> {
    let figure = |name: &'static str| {
        prop_oneof![
            1 => Just(String::new()),
            2 => (0..20_u32).prop_map(move |n| format!("{name}={}", n * 25)),
        ]
    };
    let cycle = select(&["", "", "year=2025", "cycle=2026-01-01/2026-06-30"]);
    let sector = select(&["WSH", "WSH", "WSH", "HEA", "PRO", "PRO-GBV"]);
    (
        (select(PLACES), sector, cycle, select(GROUPS)),
        (figure("pin"), figure("target"), figure("people"), figure("affected")),
        select(&["", "severity=3", "severity=4"]),
    )
        .prop_map(
            |((area, sector, cycle, group), (pin, target, people, affected), severity)| {
                format!(
                    "{area} {sector} {cycle} {group} {pin} {target} {people} {affected} {severity}"
                )
            },
        )
}

fn population() -> impl Strategy<Value = String> {
    let year = select(&["", "year=2025", "year=2026"]);
    (select(PLACES), 0..40_u32, year, select(&["", "", "group=idp"]))
        .prop_map(|(area, people, year, group)| format!("{area} {} {year} {group}", people * 50))
}

fn made() -> impl Strategy<Value = Made> {
    let all = prop::collection::vec(need().prop_map(|text| text.replacen("WSH", "ALL", 1)), 0..3);
    let all = prop_oneof![2 => Just(vec![]), 1 => all];
    (
        prop::collection::vec(row(), 0..25),
        prop::collection::vec(need(), 0..14),
        all,
        prop::collection::vec(population(), 0..5),
        any::<bool>(),
    )
        .prop_map(|(rows, needs, all, populations, households)| {
            let mut made = operation(AREAS);
            made = rows.iter().fold(made, |made, row| made.row(row));
            made = needs.iter().chain(&all).fold(made, |made, need| made.need(need));
            made = populations.iter().fold(made, |made, people| made.population(people));
            if households { made.household_size(5.0) } else { made }
        })
}

fn asked() -> impl Strategy<Value = GapQuery> {
    let sector = select(&["WSH", "WSH", "ALL", "ALL", "PRO", "PRO-GBV", "HEA"]);
    let period = select(&["", "", "period=2026-01-01/2026-01-31", "period=2025-01-01/2025-12-31"]);
    let basis = select(&["", "", "basis=targeted"]);
    let group = select(&["", "", "", "", "group=idp", "sex=female", "age=0-17"]);
    (sector, period, group, basis).prop_map(|(sector, period, group, basis)| {
        query(&format!("{sector} {period} {group} {basis}"))
    })
}

/// The figures of every area of every level.
fn all_figures(snapshot: &Snapshot, query: &GapQuery) -> Vec<GapFigure> {
    let levels = 0..=snapshot.areas.deepest();
    let at = |level| gaps(snapshot, &GapQuery { level, ..query.clone() }).figures;
    levels.flat_map(at).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_engine_gives_the_reference_s_figures(made in made(), query in asked()) {
        let snapshot = made.snapshot();
        let figures = all_figures(&snapshot, &query);
        prop_assert_eq!(figures.len(), snapshot.areas.len());
        for figure in figures {
            let expected = reference(&snapshot, &query, figure.area);
            let pcode = &snapshot.areas.get(figure.area).pcode;
            prop_assert_eq!(&figure, &expected, "{}", pcode);
        }
    }

    #[test]
    fn the_order_of_rows_never_matters(made in made(), query in asked(), seed in any::<u64>()) {
        let mut shuffled = made.clone();
        let mut state = seed | 1;
        for row in &mut shuffled.rows.activities {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            row.id = state >> 20;
        }
        shuffled.rows.activities.reverse();
        shuffled.rows.needs.reverse();
        shuffled.rows.populations.reverse();
        shuffled.rows.areas.reverse();
        let figures = all_figures(&made.snapshot(), &query);
        prop_assert_eq!(figures, all_figures(&shuffled.snapshot(), &query));
    }

    #[test]
    fn bounds_enclose_the_figures(made in made(), query in asked()) {
        for figure in all_figures(&made.snapshot(), &query) {
            prop_assert_eq!(figure.reached.is_some(), figure.reached_low.is_some());
            prop_assert_eq!(figure.reached.is_some(), figure.reached_high.is_some());
            prop_assert!(figure.reached_low <= figure.reached);
            prop_assert!(figure.reached <= figure.reached_high);
            prop_assert!(figure.gap_low <= figure.gap && figure.gap <= figure.gap_high);
            if let (Some(a), Some(b), Some(c)) =
                (figure.pin_reached, figure.pin_targeted_not_reached, figure.pin_never_targeted)
            {
                prop_assert!(a >= 0. && b >= 0. && c >= 0.);
                prop_assert_eq!(Some(a + b + c), figure.in_need);
            }
        }
    }

    #[test]
    fn a_surplus_never_hides_a_gap(made in made(), query in asked()) {
        let snapshot = made.snapshot();
        let figures = all_figures(&snapshot, &query);
        for figure in &figures {
            let children = figures.iter().filter(|child| {
                child.area != AreaIx::OPERATION && snapshot.areas.parent(child.area) == figure.area
            });
            let below = children.filter_map(|child| child.gap).reduce(|a, b| a + b);
            if below.is_some() {
                prop_assert_eq!(figure.gap, below);
            }
        }
    }

    #[test]
    fn contributions_of_lines_add_up_to_reached(made in made(), query in asked()) {
        let snapshot = made.snapshot();
        for figure in all_figures(&snapshot, &query) {
            let answer = lines(&snapshot, &query, figure.area, 0..usize::MAX);
            let sum: f64 = answer.lines.iter().map(|line| line.contribution).sum();
            prop_assert_eq!(sum, figure.reached.unwrap_or(0.));
            prop_assert_eq!(sum, answer.contributions);
            let in_rows: f64 = answer
                .lines
                .iter()
                .flat_map(|line| &line.rows)
                .filter(|row| row.counts)
                .filter_map(|row| row.reached)
                .sum();
            prop_assert_eq!(in_rows, sum);
            let counted = answer.lines.iter().filter(|line| line.months.iter().any(|m| m.rows > 0));
            prop_assert_eq!(counted.count() as u32, figure.activities);
        }
    }

    #[test]
    fn all_sectors_is_at_least_each_sector(made in made(), asked in asked()) {
        let snapshot = made.snapshot();
        let of = |sector| {
            let query = GapQuery { sector, ..asked.clone() };
            all_figures(&snapshot, &query)
        };
        let all = of(crate::domain::Sector::All);
        for (sector, ..) in crate::domain::Sector::TABLE {
            for (one, all) in of(*sector).iter().zip(&all) {
                prop_assert!(one.reached <= all.reached && one.reached_low <= all.reached_low);
            }
        }
    }

    #[test]
    fn another_row_never_lowers_what_is_reached(
        made in made(), query in asked(), row in row(),
    ) {
        let before = all_figures(&made.snapshot(), &query);
        let after = all_figures(&made.row(&row).snapshot(), &query);
        for (before, after) in before.iter().zip(&after) {
            prop_assert!(before.reached <= after.reached);
            prop_assert!(before.reached_low <= after.reached_low);
            prop_assert!(before.reached_high <= after.reached_high);
        }
    }

    #[test]
    fn two_disjoint_areas_add(made in made(), query in asked()) {
        // Nothing is held at the operation itself, so it is the sum of its provinces.
        let mut made = made;
        made.rows.activities.retain(|row| row.area.as_deref().is_some_and(|area| area != "nowhere"));
        made.rows.needs.retain(|need| need.area.is_some());
        made.rows.populations.clear();
        for need in &mut made.rows.needs {
            need.population = None;
        }
        let snapshot = made.snapshot();
        let whole = &gaps(&snapshot, &GapQuery { level: 0, ..query.clone() }).figures[0];
        let parts = gaps(&snapshot, &GapQuery { level: 1, ..query }).figures;
        let sum = |read: fn(&GapFigure) -> Option<f64>| {
            parts.iter().filter_map(read).reduce(|a, b| a + b)
        };
        prop_assert_eq!(whole.reached, sum(|part| part.reached));
        prop_assert_eq!(whole.reached_low, sum(|part| part.reached_low));
        prop_assert_eq!(whole.reached_high, sum(|part| part.reached_high));
        prop_assert_eq!(whole.in_need, sum(|part| part.in_need));
        prop_assert_eq!(whole.gap, sum(|part| part.gap));
        prop_assert_eq!(whole.gap_low, sum(|part| part.gap_low));
        prop_assert_eq!(whole.activities, parts.iter().map(|part| part.activities).sum::<u32>());
    }
}
