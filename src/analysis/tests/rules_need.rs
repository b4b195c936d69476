//! METHODS 12, 14 and 17-21 of needs and gaps, with numbers worked by hand.

use super::made::{district, known, operation, query, two_districts};
use crate::analysis::{GapQuery, gaps, lowest_need_level, populations};

#[test]
fn rule_12_needs_are_the_all_row_else_the_sum_of_the_parts() {
    let parts = district().need("D1 WSH pin=30 group=idp").need("D1 WSH pin=50 group=host");
    assert_eq!(parts.figure("D1", "WSH").in_need, Some(80.));
    assert_eq!(parts.figure("D1", "WSH group=idp").in_need, Some(30.));
    let total = parts.need("D1 WSH pin=70");
    assert_eq!(total.figure("D1", "WSH").in_need, Some(70.));
}

#[test]
fn rule_12_some_of_the_parts_are_no_total_of_a_figure_that_the_all_row_leaves_blank() {
    let made = district().need("D1 WSH pin=70").need("D1 WSH pin=30 target=20 group=idp");
    assert_eq!(made.figure("D1", "WSH").targeted, None);
    assert_eq!(made.figure("D1", "WSH group=idp").targeted, Some(20.));
    let parts =
        district().need("D1 WSH pin=30 target=20 group=idp").need("D1 WSH pin=40 group=host");
    assert_eq!(parts.figure("D1", "WSH").targeted, Some(20.));
    // A row with the population only says nothing of needs.
    let people = parts.need("D1 WSH population=900");
    let figure = people.figure("D1", "WSH");
    assert_eq!((figure.in_need, figure.targeted), (Some(70.), Some(20.)));
}

#[test]
fn rule_14_without_intersectoral_rows_pin_and_target_are_the_highest_sectors() {
    let made = two_districts()
        .need("D1 WSH pin=100 target=20 severity=4")
        .need("D1 HEA pin=90 target=60 severity=5")
        .need("D2 HEA pin=30");
    let snapshot = made.snapshot();
    let all = gaps(&snapshot, &GapQuery { level: 2, ..query("ALL") });
    assert!(all.derived);
    let first = &all.figures[0];
    assert_eq!((first.in_need, first.targeted), (Some(100.), Some(60.)));
    assert_eq!((first.severity, first.severity_max), (None, None));
    assert_eq!(made.figure("P", "ALL").in_need, Some(130.));
    let stated = made.need("D1 ALL pin=110 severity=3").snapshot();
    let all = gaps(&stated, &GapQuery { level: 2, ..query("ALL") });
    assert!(!all.derived);
    assert_eq!((all.figures[0].in_need, all.figures[1].in_need), (Some(110.), None));
    // The intersectoral rows are of another year than the query.
    let past = gaps(&stated, &GapQuery { level: 2, ..query("ALL period=2025-01-01/2025-12-31") });
    assert!(!past.derived);
    assert_eq!(past.figures[0].in_need, None);
}

#[test]
fn rule_17_the_latest_cycle_that_meets_the_period_counts_and_cycles_are_never_added() {
    let made = two_districts()
        .need("D1 WSH pin=100 year=2025")
        .need("D1 WSH pin=70 year=2026")
        .need("D1 WSH pin=60 cycle=2026-07-01/2026-12-31")
        .need("D2 WSH pin=40 year=2025");
    let pin = |area: &str, period: &str| made.figure(area, &format!("WSH {period}")).in_need;
    assert_eq!(pin("D1", ""), Some(60.));
    assert_eq!(pin("D1", "period=2026-01-01/2026-06-30"), Some(70.));
    assert_eq!(pin("D1", "period=2025-03-01/2025-03-31"), Some(100.));
    assert_eq!(pin("D1", "period=2024-03-01/2024-03-31"), None);
    // Per area: the second district's latest is of 2025.
    assert_eq!(pin("P", ""), Some(100.));
    // Per group: 2026 says nothing of returnees.
    let made = made.need("D1 WSH pin=9 year=2025 group=returnee");
    assert_eq!(made.figure("D1", "WSH group=returnee").in_need, Some(9.));
    // A later row of one part takes nothing from everybody's.
    let later = made.need("D2 WSH pin=5 year=2026 group=idp");
    assert_eq!(later.figure("D2", "WSH").in_need, Some(40.));
    assert_eq!(later.figure("D2", "WSH group=idp").in_need, Some(5.));
    let period = "WSH period=2026-01-01/2026-12-31";
    assert_eq!(later.figure("D2", period).in_need, Some(5.), "where nothing else meets it");
}

#[test]
fn rule_17_of_two_rows_for_one_cell_and_cycle_the_later_wins() {
    let made = district().need("D1 WSH pin=100").need("D1 WSH pin=80");
    assert_eq!(made.figure("D1", "WSH").in_need, Some(80.));
}

#[test]
fn rule_18_needs_of_the_operation_are_its_own_and_never_spread() {
    let made = district().need("- WSH pin=500");
    assert_eq!(made.figure("op", "WSH").in_need, Some(500.));
    assert_eq!(made.figure("D1", "WSH").in_need, None);
    let unknown_place = district().need("nowhere WSH pin=500");
    assert_eq!(unknown_place.figure("op", "WSH").in_need, None);
}

#[test]
fn rule_19_gaps_are_made_at_the_lowest_areas_with_a_figure_of_each_branch() {
    let made = operation(&["P", "P/D1", "P/D2", "Q", "Q/E1"])
        .need("P WSH pin=999")
        .need("D1 WSH pin=100")
        .need("Q WSH pin=50")
        .row("A WSH a D1 30")
        .row("A WSH a D2 400")
        .row("A WSH a E1 20");
    assert_eq!(made.figure("P", "WSH").gap, Some(70.));
    assert_eq!(made.figure("D2", "WSH").gap, None);
    assert_eq!(made.figure("Q", "WSH").gap, Some(30.));
    assert_eq!(made.figure("E1", "WSH").gap, None);
    assert_eq!(made.figure("op", "WSH").gap, Some(100.));
    assert_eq!(lowest_need_level(&made.snapshot(), &query("WSH")), 2);
    assert_eq!(lowest_need_level(&made.snapshot(), &query("HEA")), 2);
}

#[test]
fn rule_19_gap_low_takes_off_what_is_held_between_and_above_each_step_not_below_0() {
    let made = operation(&["P", "P/D1", "P/D1/X", "P/D2", "P/D2/Y"])
        .need("X WSH pin=100")
        .need("Y WSH pin=100")
        .row("A WSH a X 40")
        .row("A WSH a D1 500")
        .row("A WSH a P 30")
        .row("A WSH a - 10");
    // X alone: 60, less 500 held at D1: 0. Y: 100. P: 0 + 100 - 30, less 10 above.
    assert_eq!(made.gap("X", "WSH"), known(60., 0., 60.));
    assert_eq!(made.gap("D1", "WSH"), known(60., 0., 60.));
    assert_eq!(made.gap("Y", "WSH"), known(100., 60., 100.));
    assert_eq!(made.gap("P", "WSH"), known(160., 60., 160.));
    assert_eq!(made.gap("op", "WSH"), known(160., 60., 160.));
}

#[test]
fn rule_19_what_is_taken_off_is_not_cut_by_population_first() {
    let made = two_districts()
        .need("D1 WSH pin=300")
        .population("P 100")
        .row("A WSH a P 90 start=2026-01-01")
        .row("A WSH a P 90 start=2026-02-01");
    assert_eq!(made.reached("P", "WSH"), known(90., 90., 100.));
    assert_eq!(made.gap("D1", "WSH"), known(300., 120., 300.));
}

#[test]
fn rule_19_silent_partners_may_have_reached_everyone_and_nobody_has_reached_nobody() {
    let made = two_districts().need("D1 WSH pin=100").need("D2 WSH pin=50").row("A WSH a D1 -");
    assert_eq!(made.gap("D1", "WSH"), known(100., 0., 100.));
    assert_eq!(made.gap("D2", "WSH"), known(50., 50., 50.));
    assert_eq!(made.gap("P", "WSH"), known(150., 50., 150.));
    let silent = |area: &str| made.figure(area, "WSH").rows_without_figures;
    assert_eq!((silent("D1"), silent("D2"), silent("P")), (1, 0, 1));
    let one_speaks = made.row("B WSH a D1 30");
    assert_eq!(one_speaks.gap("D1", "WSH"), known(70., 70., 70.));
    assert_eq!(one_speaks.figure("D1", "WSH").rows_without_figures, 1);
}

#[test]
fn rule_20_in_need_above_is_the_sum_and_a_differing_published_figure_is_kept_apart() {
    let made = two_districts().need("D1 WSH pin=100").need("D2 WSH pin=50").need("P WSH pin=170");
    let published = |made: &super::made::Made, area| {
        let figure = made.figure(area, "WSH");
        (figure.in_need, figure.in_need_published)
    };
    assert_eq!(published(&made, "P"), (Some(150.), Some(170.)));
    assert_eq!(published(&made, "op"), (Some(150.), None));
    assert_eq!(published(&made, "D1"), (Some(100.), None));
    let same = two_districts().need("D1 WSH pin=100").need("D2 WSH pin=50").need("P WSH pin=150");
    assert_eq!(published(&same, "P"), (Some(150.), None));
}

#[test]
fn rule_21_on_the_basis_of_the_target_gap_areas_are_the_lowest_with_a_target() {
    let made = two_districts()
        .need("D1 WSH pin=100 target=60")
        .need("D2 WSH pin=100")
        .row("A WSH a D1 70")
        .row("A WSH a D2 20");
    let first = made.figure("D1", "WSH basis=targeted");
    assert_eq!((first.gap, first.status.code(), first.over_need), (Some(0.), "exceeded", false));
    let second = made.figure("D2", "WSH basis=targeted");
    assert_eq!((second.gap, second.status.code()), (None, "no-data"));
    let province = made.figure("P", "WSH basis=targeted");
    assert_eq!((province.targeted, province.in_need), (Some(60.), Some(200.)));
    assert_eq!((province.coverage, province.reached), (Some(1.5), Some(90.)));
    let above = two_districts().need("D1 WSH pin=100").need("P WSH target=80").row("A WSH a D1 30");
    assert_eq!(above.figure("P", "WSH basis=targeted").gap, Some(50.));
    assert_eq!(above.figure("P", "WSH").gap, Some(70.));
}

#[test]
fn rule_21_pin_is_split_in_three_at_the_gap_areas_and_added_upward() {
    let made = two_districts()
        .need("D1 WSH pin=100 target=60")
        .need("D2 WSH pin=100")
        .row("A WSH a D1 45")
        .row("A WSH a D2 130");
    let split = |area: &str| {
        let figure = made.figure(area, "WSH");
        [figure.pin_reached, figure.pin_targeted_not_reached, figure.pin_never_targeted]
    };
    assert_eq!(split("D1"), known(45., 15., 40.));
    assert_eq!(split("D2"), known(100., 0., 0.));
    assert_eq!(split("P"), known(145., 15., 40.));
    let dirty = district().need("D1 WSH pin=100 target=300").figure("D1", "WSH");
    assert_eq!((dirty.pin_targeted_not_reached, dirty.pin_never_targeted), (Some(100.), Some(0.)));
}

#[test]
fn populations_are_added_upward() {
    let made = two_districts()
        .need("D1 WSH pin=100 people=10")
        .need("D2 WSH pin=50 people=20")
        .need("P WSH pin=170");
    let snapshot = made.snapshot();
    let at = |pcode: &str| snapshot.areas.by_pcode(pcode).unwrap().at();
    let people = populations(&snapshot, &query("WSH"));
    assert_eq!((people[0], people[at("P")], people[at("D2")]), (Some(30.), Some(30.), Some(20.)));
}
