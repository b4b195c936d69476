//! METHODS 3-16 with numbers worked by hand.

use super::made::{district, known, operation, two_districts};

#[test]
fn by_hand_1_lines_add_within_a_type_and_the_highest_type_counts() {
    let made = district()
        .need("D1 WSH pin=1000")
        .row("A WSH latrines D1 300")
        .row("B WSH latrines D1 200")
        .row("C WSH kits D1 400");
    assert_eq!(made.reached("D1", "WSH"), known(500., 400., 900.));
    assert_eq!(made.gap("D1", "WSH"), known(500., 100., 600.));
}

#[test]
fn by_hand_2_the_same_line_month_after_month_is_the_same_people() {
    let made = district()
        .row("A WSH latrines D1 300 start=2026-01-10")
        .row("A WSH latrines D1 300 start=2026-02-10");
    assert_eq!(made.reached("D1", "WSH"), known(300., 300., 600.));
    let made = district()
        .row("A WSH latrines D1 150 start=2026-01-10 loc=X")
        .row("A WSH latrines D1 150 start=2026-01-20 loc=Y")
        .row("A WSH latrines D1 300 start=2026-02-10 loc=X");
    assert_eq!(made.figure("D1", "WSH").reached, Some(450.));
}

#[test]
fn by_hand_3_a_surplus_in_one_district_hides_no_gap_in_the_other() {
    let made = two_districts()
        .need("D1 WSH pin=100")
        .need("D2 WSH pin=100")
        .row("A WSH kits D1 180")
        .row("A WSH kits D2 20");
    let province = made.figure("P", "WSH");
    assert_eq!(
        (province.reached, province.gap, province.coverage),
        (Some(200.), Some(80.), Some(1.))
    );
    assert_eq!(province.status.code(), "partial");
}

#[test]
fn by_hand_4_people_reached_at_an_unknown_place_widen_the_interval_below() {
    let made = two_districts()
        .need("D1 WSH pin=100")
        .need("D2 WSH pin=100")
        .row("A WSH kits D1 180")
        .row("A WSH kits D2 20")
        .row("A WSH kits P 50");
    let province = made.figure("P", "WSH");
    assert_eq!((province.reached, province.reached_place_unknown), (Some(250.), Some(50.)));
    assert_eq!((province.gap, province.gap_low), (Some(80.), Some(30.)));
}

#[test]
fn rule_3_the_place_is_the_folded_location_else_the_point_to_a_thousandth_of_a_degree() {
    let same = district()
        .row("A WSH kits D1 100 loc=São-Tomé start=2026-01-01")
        .row("A WSH kits D1 100 loc=SAO-TOME start=2026-02-01");
    assert_eq!(same.figure("D1", "WSH").reached, Some(100.));
    let two = district()
        .row("A WSH kits D1 100 loc=Bairro-1/2 start=2026-01-01")
        .row("A WSH kits D1 100 loc=Bairro-1.2 start=2026-02-01");
    assert_eq!(two.figure("D1", "WSH").reached, Some(200.));
    let near = district()
        .row("A WSH kits D1 100 point=1.0001,2.0001 start=2026-01-01")
        .row("A WSH kits D1 100 point=1.0004,2.0004 start=2026-02-01");
    assert_eq!(near.figure("D1", "WSH").reached, Some(100.));
    let far = district()
        .row("A WSH kits D1 100 point=1.0001,2.0001 start=2026-01-01")
        .row("A WSH kits D1 100 point=1.0011,2.0001 start=2026-02-01");
    assert_eq!(far.figure("D1", "WSH").reached, Some(200.));
    // The location comes before the point.
    let named = district()
        .row("A WSH kits D1 100 loc=x point=1,2 start=2026-01-01")
        .row("A WSH kits D1 100 loc=x point=3,4 start=2026-02-01");
    assert_eq!(named.figure("D1", "WSH").reached, Some(100.));
}

#[test]
fn rule_3_the_operation_is_level_0_and_holds_rows_without_a_usable_place() {
    let made =
        district().need("D1 WSH pin=100").row("A WSH kits - 30").row("A WSH kits nowhere 30");
    let whole = made.figure("op", "WSH");
    // Both rows are one line at the operation, in the month of rows without a date.
    assert_eq!((whole.reached, whole.gap, whole.gap_low), (Some(60.), Some(100.), Some(40.)));
    assert_eq!(made.figure("D1", "WSH").reached, None);
}

#[test]
fn rule_4_rows_of_a_line_add_within_a_month_and_undated_ones_are_a_month_of_their_own() {
    let made = district()
        .row("A WSH kits D1 100 start=2026-01-01")
        .row("A WSH kits D1 50 start=2026-01-31")
        .row("A WSH kits D1 120 start=2026-02-01")
        .row("A WSH kits D1 70")
        .row("A WSH kits D1 90");
    assert_eq!(made.reached("D1", "WSH"), known(160., 120., 430.));
}

#[test]
fn rule_4_a_missing_activity_type_is_a_type_of_its_own() {
    let made = district().row("A WSH - D1 100").row("B WSH - D1 50").row("A WSH kits D1 120");
    assert_eq!(made.figure("D1", "WSH").reached, Some(150.));
}

#[test]
fn rule_5_both_ends_of_the_period_are_inside_and_a_missing_bound_is_open() {
    let made = district()
        .row("A WSH a D1 1 start=2026-01-01 end=2026-01-31")
        .row("B WSH a D1 10 start=2026-02-28 end=2026-02-01")
        .row("C WSH a D1 100 end=2026-01-15")
        .row("D WSH a D1 1000");
    let reached = |period: &str| made.figure("D1", &format!("WSH period={period}")).reached;
    assert_eq!(reached("2026-01-31"), Some(1001.));
    assert_eq!(reached("2026-02-01/2026-02-27"), Some(1000.));
    assert_eq!(reached("2026-02-28/.."), Some(1010.));
    assert_eq!(reached("../2026-01-15"), Some(1101.));
    assert_eq!(made.figure("D1", "WSH").reached, Some(1111.));
}

#[test]
fn rule_6_planned_and_cancelled_rows_never_count_as_reached() {
    let made = district()
        .row("A WSH a D1 1 status=ongoing")
        .row("B WSH a D1 10 status=completed")
        .row("C WSH a D1 100 status=suspended")
        .row("D WSH a D1 1000")
        .row("E WSH a D1 5000 status=planned")
        .row("F WSH a D1 7000 status=cancelled");
    assert_eq!(made.reached("D1", "WSH"), known(1111., 1000., 1111.));
}

#[test]
fn rule_7_households_are_people_only_with_a_household_size() {
    let made = district().row("A WSH a D1 - households=20");
    let figure = made.figure("D1", "WSH");
    assert_eq!((figure.reached, figure.rows_without_figures), (None, 1));
    assert!(!figure.reached_converted);
    let figure = made.household_size(4.5).figure("D1", "WSH");
    assert_eq!((figure.reached, figure.rows_without_figures), (Some(90.), 0));
    assert!(figure.reached_converted);
}

#[test]
fn rule_8_sub_sectors_are_further_activity_types_of_their_sector_and_needs_use_exact_codes() {
    let made = district()
        .need("D1 PRO pin=500")
        .need("D1 PRO-GBV pin=80")
        .row("A PRO cases D1 100")
        .row("A PRO-GBV cases D1 60")
        .row("B PRO-GBV cases D1 70");
    assert_eq!(made.reached("D1", "PRO"), known(130., 100., 230.));
    assert_eq!(made.figure("D1", "PRO").in_need, Some(500.));
    assert_eq!(made.reached("D1", "PRO-GBV"), known(130., 70., 130.));
    assert_eq!(made.figure("D1", "PRO-GBV").in_need, Some(80.));
}

#[test]
fn rule_9_what_looks_like_a_duplicate_counts_until_it_is_confirmed() {
    let made = district().row("A WSH a D1 100 loc=x").row("B WSH a D1 100 loc=x");
    assert_eq!(made.figure("D1", "WSH").reached, Some(200.));
}

#[test]
fn rule_10_standard_adds_places_and_partners_within_the_highest_type() {
    let made = district()
        .row("A WSH a D1 10 loc=x")
        .row("A WSH a D1 20 loc=y")
        .row("B WSH a D1 30 loc=x")
        .row("B WSH b D1 55");
    assert_eq!(made.figure("D1", "WSH").reached, Some(60.));
}

#[test]
fn rule_11_low_is_the_highest_single_row_of_any_group_and_high_the_sum_of_all() {
    let made = district()
        .row("A WSH a D1 100 loc=x start=2026-01-01 group=idp")
        .row("A WSH a D1 90 loc=y start=2026-01-01")
        .row("A WSH a D1 80 loc=y start=2026-02-01");
    assert_eq!(made.reached("D1", "WSH"), known(190., 100., 270.));
}

#[test]
fn rule_11_high_applies_totals_and_parts_to_the_sums_over_all_months() {
    // Total: 100 in January. Parts: 60 in each of two months, standard 60, high 120.
    let made = district()
        .row("A WSH a D1 100 start=2026-01-01")
        .row("A WSH a D1 60 start=2026-01-01 group=idp")
        .row("A WSH a D1 60 start=2026-02-01 group=idp");
    assert_eq!(made.reached("D1", "WSH"), known(100., 100., 120.));
}

#[test]
fn rule_12_all_is_the_reported_total_or_the_sum_of_its_parts_whichever_is_larger() {
    let parts = district().row("A WSH a D1 60 group=idp").row("A WSH a D1 30 group=host");
    assert_eq!(parts.reached("D1", "WSH"), known(90., 60., 90.));
    let total = parts.clone().row("A WSH a D1 100");
    assert_eq!(total.reached("D1", "WSH"), known(100., 100., 100.));
    let small = parts.clone().row("A WSH a D1 80");
    assert_eq!(small.reached("D1", "WSH"), known(90., 80., 90.));
    // Another partner's total is not the total of these parts.
    let other = parts.row("B WSH a D1 100");
    assert_eq!(other.figure("D1", "WSH").reached, Some(190.));
}

#[test]
fn rule_12_a_specific_group_sees_only_its_own_rows() {
    let made = district()
        .row("A WSH a D1 100")
        .row("A WSH a D1 60 group=idp")
        .row("A WSH a D1 20 group=idp sex=female")
        .row("A WSH a D1 45 group=idp sex=male");
    assert_eq!(made.figure("D1", "WSH group=idp").reached, Some(65.));
    assert_eq!(made.figure("D1", "WSH group=idp sex=male").reached, Some(45.));
    assert_eq!(made.figure("D1", "WSH sex=female").reached, Some(20.));
    assert_eq!(made.figure("D1", "WSH group=host").reached, None);
    assert_eq!(made.figure("D1", "WSH").reached, Some(100.));
}

#[test]
fn rule_13_standard_and_high_add_upward_and_low_is_the_larger_of_own_and_below() {
    let made = two_districts()
        .row("A WSH a D1 100")
        .row("B WSH a D2 50")
        .row("C WSH a P 120")
        .row("D WSH a P 10");
    // Low: own 120, below 100 + 50.
    assert_eq!(made.reached("P", "WSH"), known(280., 150., 280.));
}

#[test]
fn rule_13_high_is_cut_at_the_population_but_never_below_standard() {
    let made = two_districts()
        .row("A WSH a D1 100 start=2026-01-01")
        .row("A WSH a D1 100 start=2026-02-01")
        .row("B WSH a D2 70 start=2026-01-01")
        .row("B WSH a D2 70 start=2026-02-01")
        .row("C WSH a P 40 start=2026-01-01")
        .row("C WSH a P 40 start=2026-02-01")
        .population("D1 150")
        .population("D2 60");
    assert_eq!(made.reached("D1", "WSH"), known(100., 100., 150.));
    assert_eq!(made.reached("D2", "WSH"), known(70., 70., 70.));
    // The province's population is the sum of its districts', 210: just the standard.
    assert_eq!(made.reached("P", "WSH"), known(210., 170., 210.));
    let known_above = made.population("P 250").population("- 230");
    assert_eq!(known_above.reached("P", "WSH"), known(210., 170., 250.));
    assert_eq!(known_above.reached("op", "WSH"), known(210., 170., 230.));
}

#[test]
fn rule_13_population_is_the_tables_else_the_sectors_else_alls_else_the_largest_else_the_sum() {
    let people = |made: &super::made::Made, asked| made.figure("P", asked).population;
    let made = two_districts().need("D1 WSH people=10").need("D2 WSH people=20");
    assert_eq!(people(&made, "WSH"), Some(30.));
    let made = made.need("P HEA people=41").need("P SHL people=44");
    assert_eq!(people(&made, "WSH"), Some(44.));
    let made = made.need("P ALL people=42");
    assert_eq!(people(&made, "WSH"), Some(42.));
    let made = made.need("P WSH people=43");
    assert_eq!(people(&made, "WSH"), Some(43.));
    let made =
        made.population("P 50 year=2024").population("P 55 year=2025").population("P 5 group=idp");
    assert_eq!(people(&made, "WSH"), Some(55.));
    assert_eq!(people(&made, "WSH group=idp"), Some(5.));
    let one_unknown = two_districts().population("D1 10");
    assert_eq!(people(&one_unknown, "WSH"), None);
}

#[test]
fn rule_14_all_is_the_highest_sector_where_rows_are_held_separately_for_each_bound() {
    let made = two_districts()
        .row("A WSH a D1 100 start=2026-01-01")
        .row("A WSH a D1 100 start=2026-02-01")
        .row("A HEA a D1 60")
        .row("B HEA a D1 60")
        .row("A HEA a D2 30")
        .row("A - a D2 40");
    assert_eq!(made.reached("D1", "ALL"), known(120., 100., 200.));
    assert_eq!(made.reached("D2", "ALL"), known(40., 40., 40.));
    assert_eq!(made.reached("P", "ALL"), known(160., 140., 240.));
}

#[test]
fn rule_15_reached_is_null_where_no_row_has_a_figure_and_0_only_where_0_was_reported() {
    let made = two_districts().row("A WSH a D1 -").row("A WSH a D2 0");
    assert_eq!(made.reached("D1", "WSH"), [None; 3]);
    assert_eq!(made.reached("D2", "WSH"), known(0., 0., 0.));
    assert_eq!(made.reached("P", "WSH"), known(0., 0., 0.));
    let planned = district().row("A WSH a D1 5 status=planned");
    assert_eq!(planned.reached("D1", "WSH"), [None; 3]);
}

#[test]
fn rule_16_reached_at_an_unknown_place_stays_where_it_is_held() {
    let made = operation(&["P", "P/D1", "P/D1/X"])
        .need("D1 WSH pin=100")
        .row("A WSH a - 7")
        .row("A WSH a P 5")
        .row("A WSH a D1 3")
        .row("A WSH a X 2");
    let unknown = |area: &str| {
        let figure = made.figure(area, "WSH");
        (figure.reached, figure.reached_place_unknown, figure.reached_place_unknown_above)
    };
    assert_eq!(unknown("op"), (Some(17.), Some(7.), None));
    assert_eq!(unknown("P"), (Some(10.), Some(5.), Some(7.)));
    // No need area lies below the district, so its own rows are where they belong.
    assert_eq!(unknown("D1"), (Some(5.), None, Some(12.)));
    assert_eq!(unknown("X"), (Some(2.), None, Some(12.)));
}
