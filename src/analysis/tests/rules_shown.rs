//! METHODS 22-24 and the lines behind a figure, with numbers worked by hand.

use super::made::{Made, district, operation, two_districts};
use crate::analysis::Why;

#[test]
fn rule_22_coverage_is_the_areas_own_reached_over_its_own_base_not_clipped() {
    let made = two_districts().need("D1 WSH pin=100").need("D2 WSH pin=0").row("A WSH a D1 250");
    assert_eq!(made.figure("D1", "WSH").coverage, Some(2.5));
    assert_eq!(made.clone().row("A WSH a D2 5").figure("D2", "WSH").coverage, None);
    assert_eq!(made.figure("D2", "WSH").coverage, None);
    assert_eq!(district().row("A WSH a D1 5").figure("D1", "WSH").coverage, None);
    assert_eq!(district().need("D1 WSH pin=100").figure("D1", "WSH").coverage, None);
}

#[test]
fn rule_23_the_status_is_the_first_that_fits() {
    let status = |made: Made| made.figure("D1", "WSH").status.code();
    let need = || district().need("D1 WSH pin=100");
    assert_eq!(status(district().row("A WSH a D1 50")), "no-data");
    assert_eq!(status(district().need("D1 WSH pin=0").row("A WSH a D1 50")), "no-need");
    assert_eq!(status(need()), "no-report");
    assert_eq!(status(need().row("A WSH a D1 5 status=cancelled")), "no-report");
    assert_eq!(status(need().row("A HEA a D1 5")), "no-report");
    assert_eq!(status(need().row("A WSH a D1 5 status=planned")), "planned-only");
    assert_eq!(status(need().row("A WSH a D1 -")), "present");
    assert_eq!(status(need().row("A WSH a D1 0")), "unreached");
    assert_eq!(status(need().row("A WSH a D1 99")), "partial");
    assert_eq!(status(need().row("A WSH a D1 101")), "exceeded");
    assert_eq!(status(need().row("A WSH a D1 100")), "met");
}

#[test]
fn rule_23_over_need_and_over_population_stand_beside_the_status() {
    let made = district().need("D1 WSH pin=100").population("D1 150");
    let flags = |made: Made| {
        let figure = made.figure("D1", "WSH");
        (figure.over_need, figure.over_population)
    };
    assert_eq!(flags(made.clone().row("A WSH a D1 100")), (false, false));
    assert_eq!(flags(made.clone().row("A WSH a D1 140")), (true, false));
    assert_eq!(flags(made.row("A WSH a D1 151")), (true, true));
}

#[test]
fn rule_24_partners_are_distinct_in_the_area_and_below_and_activities_are_lines() {
    let made = two_districts()
        .row("A WSH a D1 1 start=2026-01-01")
        .row("A WSH a D1 1 start=2026-02-01")
        .row("A WSH b D1 -")
        .row("A WSH a D2 1 group=idp")
        .row("B HEA a P 1")
        .row("C WSH a D2 1 status=planned")
        .row("A WSH a D2 1 status=planned group=idp")
        .row("D WSH a D2 1 status=cancelled");
    let counts = |area: &str, sector: &str| {
        let figure = made.figure(area, sector);
        let planned = (figure.partners_planned, figure.activities_planned);
        (figure.partners, figure.activities, planned)
    };
    assert_eq!(counts("D1", "WSH"), (1, 2, (0, 0)));
    assert_eq!(counts("D2", "WSH"), (1, 1, (2, 2)));
    assert_eq!(counts("P", "WSH"), (1, 3, (2, 2)));
    assert_eq!(counts("op", "ALL"), (2, 4, (2, 2)));
}

#[test]
fn rule_24_severity_above_the_gap_areas_is_the_highest_with_the_pin_living_there() {
    let made = operation(&["P", "P/D1", "P/D2", "P/D3"])
        .need("D1 WSH pin=100 severity=4")
        .need("D2 WSH pin=50 severity=4")
        .need("D3 WSH pin=900 severity=2")
        .need("P WSH pin=1050 severity=3");
    let province = made.figure("P", "WSH");
    assert_eq!((province.severity, province.severity_max), (None, Some(4.)));
    assert_eq!(province.severity_max_in_need, Some(150.));
    assert_eq!(made.figure("D3", "WSH").severity, Some(2.));
}

#[test]
fn the_lines_behind_a_figure_say_what_each_gave_and_why_others_did_not() {
    let made = two_districts()
        .row("A WSH latrines D1 300 start=2026-01-01")
        .row("A WSH latrines D1 250 start=2026-02-01")
        .row("B WSH latrines D1 200")
        .row("C WSH kits D1 400")
        .row("D WSH latrines D1 -")
        .row("E WSH latrines D1 9 status=planned")
        .row("F WSH latrines D1 9 status=cancelled")
        .row("G WSH kits D2 80 group=idp")
        .row("G WSH kits D2 70")
        .row("G HEA visits D2 60")
        .row("H WSH kits D1 9 start=2025-01-01 end=2025-01-02");
    let answer = made.lines("P", "ALL period=2026-01-01/2026-12-31");
    let gave: Vec<_> =
        answer.lines.iter().map(|line| (&*line.partner, line.contribution, line.why)).collect();
    assert_eq!(
        gave,
        [
            ("a", 300., Why::Counts),
            ("b", 200., Why::Counts),
            ("g", 80., Why::Counts),
            ("g", 0., Why::TotalOfParts),
            ("c", 0., Why::OtherType),
            ("g", 0., Why::OtherSector),
            ("d", 0., Why::NoFigure),
            ("e", 0., Why::Planned),
            ("f", 0., Why::Cancelled),
        ]
        .map(|(partner, people, why)| (partner.to_uppercase(), people, why))
        .iter()
        .map(|(partner, people, why)| (partner.as_str(), *people, *why))
        .collect::<Vec<_>>()
    );
    let first = &answer.lines[0];
    assert_eq!((first.standard, first.high, first.months.len()), (Some(300.), Some(550.), 2));
    let rows: Vec<_> = first.rows.iter().map(|row| (row.counts, row.why)).collect();
    assert_eq!(rows, [(true, Why::Counts), (false, Why::OtherMonth)]);
    assert_eq!((answer.total, answer.contributions), (9, 580.));
    let period = "ALL period=2026-01-01/2026-12-31";
    assert_eq!(made.figure("P", period).reached, Some(580.));
}

#[test]
fn a_page_of_lines_is_a_part_of_all_lines() {
    let made = district().row("A WSH a D1 1").row("B WSH a D1 2").row("C WSH a D1 3");
    let snapshot = made.snapshot();
    let query = super::made::query("WSH");
    let area = snapshot.areas.by_pcode("D1").unwrap();
    let page = crate::analysis::lines(&snapshot, &query, area, 1..2);
    assert_eq!((page.total, page.lines.len(), page.lines[0].contribution), (3, 1, 2.));
    assert!(crate::analysis::lines(&snapshot, &query, area, 7..9).lines.is_empty());
}
