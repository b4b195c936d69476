//! Months and sectors on any level of a header, and groups that nobody knows.

use super::tests::read_named;
use super::*;

/// Sector, first day, group and figures of what columns behind a partner are read as: targeted,
/// reached, and both of households.
fn read(rows: &[&str]) -> (Vec<String>, Report) {
    read_below(rows, ",,,")
}

/// What `read` says, where those columns have this in the further rows of the header.
fn read_below(rows: &[&str], blank: &str) -> (Vec<String>, Report) {
    let before = "partner,activity type,status,donor";
    let line = |(at, row): (usize, &&str)| match at {
        0 => format!("{before},{row}\n"),
        at if at + 1 == rows.len() => format!("a,x,,,{row}\n"),
        _ => format!("{blank},{row}\n"),
    };
    let text: String = rows.iter().enumerate().map(line).collect();
    let (rows, report) = read_named("5w.csv", &text);
    let said = rows.iter().map(|row| {
        let sector = row.sector.map_or("-", |sector| sector.code());
        let start = row.start.map_or("-".to_owned(), |day| day.to_string());
        let figures = [row.targeted, row.reached, row.households_targeted, row.households_reached];
        let figures = figures.map(|figure| figure.map_or("-".to_owned(), |one| one.to_string()));
        format!("{sector} {start} {} {}", row.group, figures.join(" "))
    });
    (said.collect(), report)
}

const NOTHING: [&str; 1] = ["- - all/all/all/all - - - -"];

#[test]
fn a_sector_between_target_and_households_is_that_of_the_column() {
    let (found, _) = read(&[
        "Target,,,,Reached,,,",
        "WASH,,Health,,WASH,,Health,",
        "HH,Individuals,HH,Individuals,HH,Individuals,HH,Individuals",
        "1,10,2,20,3,30,4,40",
    ]);
    let expected = ["WSH - all/all/all/all 10 30 1 3", "HEA - all/all/all/all 20 40 2 4"];
    assert_eq!(found, expected);
}

#[test]
fn labels_that_are_said_in_every_row_of_a_header_are_said_once() {
    let below = "partner,activity type,status,donor";
    let (found, report) = read_below(
        &[
            "WASH,,,,Health,,,",
            "Target,,Reached,,Target,,Reached,",
            "HH,Individuals,HH,Individuals,HH,Individuals,HH,Individuals",
            "1,10,2,20,3,30,4,40",
        ],
        below,
    );
    let expected = ["WSH - all/all/all/all 10 20 1 2", "HEA - all/all/all/all 30 40 3 4"];
    assert_eq!(found, expected, "{:?}", report.columns);
    let (found, _) =
        read_below(&["Target,,Reached,", "HH,Individuals,HH,Individuals", "1,10,2,20"], below);
    assert_eq!(found, ["- - all/all/all/all 10 20 1 2"]);
}

#[test]
fn a_group_of_people_between_a_sector_and_a_target_is_that_of_the_figures() {
    let (found, report) = read(&[
        "WASH,,,,,,,,Health,,,,,,,",
        "IDPs,,,,Host,,,,IDPs,,,,Host,,,",
        "Target,,Reached,,Target,,Reached,,Target,,Reached,,Target,,Reached,",
        "Male,Female,Male,Female,Male,Female,Male,Female,Male,Female,Male,Female,Male,Female,Male,Female",
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16",
    ]);
    let mut expected = Vec::new();
    for (sector, from) in [("WSH", 1), ("HEA", 9)] {
        for (group, from) in [("idp", from), ("host", from + 4)] {
            for (sex, from) in [("male", from), ("female", from + 1)] {
                expected.push(format!("{sector} - {group}/{sex}/all/all {from} {} - -", from + 2));
            }
        }
    }
    assert_eq!(found, expected, "{:?}", report.remarks);
}

#[test]
fn groups_that_nobody_knows_below_a_target_are_no_people_reached() {
    for groups in ["Camp,,Out of camp,,Camp,,Out of camp,", "Blue,,Red,,Blue,,Red,"] {
        for below in [
            "HH,Individuals,HH,Individuals,HH,Individuals,HH,Individuals",
            "Beneficiaries,Kits,Beneficiaries,Kits,Beneficiaries,Kits,Beneficiaries,Kits",
            "Male,Female,Male,Female,Male,Female,Male,Female",
        ] {
            let (found, report) =
                read(&["Target,,,,Reached,,,", groups, below, "1,10,2,20,3,30,4,40"]);
            assert_eq!(found, NOTHING, "{below} {:?}", report.columns);
            let says = |said: &String| said.contains("groups that are not understood");
            assert!(report.remarks.iter().any(says), "{:?}", report.remarks);
        }
    }
    // Beside one that is known it is not that.
    let (found, report) = read(&["Blue,,Reached,", "Male,Female,Male,Female", "1,2,3,4"]);
    let expected = ["- - all/male/all/all - 3 - -", "- - all/female/all/all - 4 - -"];
    assert_eq!(found, expected, "{:?}", report.columns);
    // One of them alone is what the measure above it says.
    let (found, _) = read(&["Target,,Reached,", "Camp,,Camp,", "HH,People,HH,People", "1,10,2,20"]);
    assert_eq!(found, ["- - all/all/all/all 10 20 1 2"]);
    let (found, _) = read(&["First list,,Total,", "Target,Reached,Target,Reached", "1,2,3,4"]);
    assert_eq!(found, ["- - all/all/all/all 3 4 - -"]);
}

#[test]
fn months_and_sectors_are_read_on_every_level() {
    let (found, _) = read(&[
        "January 2025,,,,February 2025,,,",
        "Target,,Reached,,Target,,Reached,",
        "Male,Female,Male,Female,Male,Female,Male,Female",
        "1,2,3,4,5,6,7,8",
    ]);
    let expected = [
        "- 2025-01-01 all/male/all/all 1 3 - -",
        "- 2025-01-01 all/female/all/all 2 4 - -",
        "- 2025-02-01 all/male/all/all 5 7 - -",
        "- 2025-02-01 all/female/all/all 6 8 - -",
    ];
    assert_eq!(found, expected);
    let (found, _) =
        read(&["Beneficiaries reached,,,", "Health,,WASH,", "Male,Female,Male,Female", "1,2,3,4"]);
    let expected = [
        "HEA - all/male/all/all - 1 - -",
        "HEA - all/female/all/all - 2 - -",
        "WSH - all/male/all/all - 3 - -",
        "WSH - all/female/all/all - 4 - -",
    ];
    assert_eq!(found, expected);
    let (found, _) = read(&["2025,,,", "Q1,,Q2,", "Target,Reached,Target,Reached", "1,2,3,4"]);
    let expected = ["- 2025-01-01 all/all/all/all 1 2 - -", "- 2025-04-01 all/all/all/all 3 4 - -"];
    assert_eq!(found, expected);
}

#[test]
fn quarters_are_read_as_they_are_written_and_other_numbers_are_no_months() {
    for groups in [
        "1er Trimestre 2025,,2do Trimestre 2025,",
        "Primer Trimestre 2025,,Segundo Trimestre 2025,",
        "1st Quarter 2025,,2nd quarter 2025,",
        "I Trimestre 2025,,II Trimestre 2025,",
        "1º Trimestre 2025,,2º Trimestre 2025,",
        "Trim. 1 2025,,Trim. 2 2025,",
    ] {
        let (found, report) = read(&[groups, "Meta,Alcanzado,Meta,Alcanzado", "1,2,3,4"]);
        let expected =
            ["- 2025-01-01 all/all/all/all 1 2 - -", "- 2025-04-01 all/all/all/all 3 4 - -"];
        assert_eq!(found, expected, "{groups} {:?}", report.columns);
    }
    for groups in ["Jan'25,,Feb'25,", "202501,,202502,", "01/2025,,02/2025,"] {
        let (found, _) = read(&[groups, "Meta,Alcanzado,Meta,Alcanzado", "1,2,3,4"]);
        let expected =
            ["- 2025-01-01 all/all/all/all 1 2 - -", "- 2025-02-01 all/all/all/all 3 4 - -"];
        assert_eq!(found, expected, "{groups}");
    }
    for (one, two) in [
        ("Semestre 1 2025", "Semestre 2 2025"),
        ("S1 2025", "S2 2025"),
        ("H1 2025", "H2 2025"),
        ("Dist. 1 (2025)", "Dist. 2 (2025)"),
        ("Allocation 1 2025", "Allocation 2 2025"),
        ("HRP 1 2025", "HRP 2 2025"),
        ("R1 2025", "R2 2025"),
        ("Au 31/01/2025", "Au 28/02/2025"),
    ] {
        for headers in
            [format!("{one} reached,{two} reached"), format!("Reached {one},Reached {two}")]
        {
            assert_eq!(read(&[&headers, "1,2"]).0, NOTHING, "{headers}");
        }
    }
}

#[test]
fn people_counted_from_the_beginning_are_not_those_of_a_month() {
    for headers in [
        "Cumulative reached by end of Jan 2025,Cumulative reached by end of Feb 2025",
        "Total reached as of Jan 2025,Total reached as of Feb 2025",
        "By end of Jan 2025 reached,By end of Feb 2025 reached",
        "Cum. Jan 2025 reached,Cum. Feb 2025 reached",
        "YTD Jan 2025 reached,YTD Feb 2025 reached",
        "Cumul atteints janv. 2025,Cumul atteints févr. 2025",
        "Total at 31 Jan 2025 reached,Total at 28 Feb 2025 reached",
    ] {
        let (found, report) = read(&[headers, "1,2"]);
        assert_eq!(found, NOTHING, "{headers}");
        let says = |said: &String| said.contains("from the beginning until different times");
        assert!(report.remarks.iter().any(says), "{:?}", report.remarks);
    }
    let (found, _) = read(&[
        "Monthly reached,,Cumulative reached,",
        "Jan 2025,Feb 2025,Jan 2025,Feb 2025",
        "1,2,1,3",
    ]);
    let expected = ["- 2025-01-01 all/all/all/all - 1 - -", "- 2025-02-01 all/all/all/all - 2 - -"];
    assert_eq!(found, expected);
}

#[test]
fn a_group_over_months_or_sectors_is_that_of_the_figures() {
    for (group, code) in [
        ("Children reached", "all/all/0-17/all"),
        ("Women reached", "all/female/all/all"),
        ("IDPs reached", "idp/all/all/all"),
    ] {
        let (found, _) = read(&[&format!("{group},"), "Jan 2025,Feb 2025", "1,2"]);
        let expected = [("01", 1), ("02", 2)]
            .map(|(month, figure)| format!("- 2025-{month}-01 {code} - {figure} - -"));
        assert_eq!(found, expected, "{group}");
        let (found, _) = read(&[&format!("{group},"), "Health,Nutrition", "1,2"]);
        let expected = [("HEA", 1), ("NUT", 2)]
            .map(|(sector, figure)| format!("{sector} - {code} - {figure} - -"));
        assert_eq!(found, expected, "{group}");
    }
    let headers = "Women reached with health,Men reached with health,Women reached with nutrition,Men reached with nutrition";
    let expected = [
        "HEA - all/female/all/all - 1 - -",
        "HEA - all/male/all/all - 2 - -",
        "NUT - all/female/all/all - 3 - -",
        "NUT - all/male/all/all - 4 - -",
    ];
    assert_eq!(read(&[headers, "1,2,3,4"]).0, expected);
}

#[test]
fn what_is_counted_over_months_is_read_as_it_is_without_them() {
    for (group, expected) in [
        ("Beneficiaries", "- 1 - -"),
        ("Individuals", "- 1 - -"),
        ("People", "- 1 - -"),
        ("Households", "- - - 1"),
        ("Number of HHs assisted", "- - - 1"),
    ] {
        let (found, _) = read(&[&format!("{group},"), "Jan 2025,Feb 2025", "1,2"]);
        assert_eq!(found[0], format!("- 2025-01-01 all/all/all/all {expected}"), "{group}");
        assert_eq!(found.len(), 2, "{group}");
    }
    for groups in ["Target,,Achieved,", "Cible,,Atteint,", "Meta,,Alcanzado,", "Plan,,Actual,"] {
        let (found, _) = read(&[groups, "Jan 2025,Feb 2025,Jan 2025,Feb 2025", "1,2,3,4"]);
        let expected =
            ["- 2025-01-01 all/all/all/all 1 3 - -", "- 2025-02-01 all/all/all/all 2 4 - -"];
        assert_eq!(found, expected, "{groups}");
    }
    let (found, _) = read(&["Jan 2025,,Feb 2025,", "Plan,Actual,Plan,Actual", "1,2,3,4"]);
    assert_eq!(found[0], "- 2025-01-01 all/all/all/all 1 2 - -");
    let (found, _) = read(&["Jan 2025,,Feb 2025,", "HH,Ind.,HH,Ind.", "1,2,3,4"]);
    assert_eq!(found[0], "- 2025-01-01 all/all/all/all - 2 - 1");
}

#[test]
fn the_total_of_a_month_stands_beside_its_groups() {
    let rows = ["Jan 2025,,,Feb 2025,,", "Men,Women,Total,Men,Women,Total"];
    let of = |cells: &str| read(&[rows[0], rows[1], cells]).0;
    let both = |first: i32, second: i32| {
        [("01", first), ("02", second)]
            .map(|(month, one)| format!("- 2025-{month}-01 all/all/all/all - {one} - -"))
    };
    assert_eq!(of("1,2,3,4,5,9"), both(3, 9));
    assert_eq!(of(",,3,,,9"), both(3, 9));
    assert_eq!(of("1,2,,4,5,"), both(3, 9));
    // That of all months is none of the last month's.
    let (found, _) = read(&["Jan 2025,,Feb 2025,,Total", "Men,Women,Men,Women,", "1,2,4,5,12"]);
    assert_eq!(found[0], "- 2025-01-01 all/male/all/all - 1 - -");
    assert_eq!(found.len(), 4, "{found:?}");
}

#[test]
fn months_that_add_up_to_those_reached_are_the_months_of_them() {
    let (found, report) = read(&["Jan-24,Feb-24,Mar-24,Total beneficiaries reached", "1,2,,3"]);
    let expected = ["- 2024-01-01 all/all/all/all - 1 - -", "- 2024-02-01 all/all/all/all - 2 - -"];
    assert_eq!(found, expected);
    let says = |said: &String| said.contains("is the sum of column");
    assert!(report.remarks.iter().any(says), "{:?}", report.remarks);
    for (headers, cells, figure) in [
        ("Jan-24,Feb-24,Total reached", "1,2,4", "- 4"),
        ("Jan-24,Feb-24,Total reached", "1,,1", "- 1"),
        ("Jan,Feb,Total reached", "1,2,3", "- 3"),
        ("Jan-24,Feb-24,Target 2024", "1,2,3", "3 -"),
    ] {
        let (found, _) = read(&[headers, cells]);
        assert_eq!(found, [format!("- - all/all/all/all {figure} - -")], "{headers}");
    }
}

#[test]
fn a_target_is_never_said_to_count_those_reached() {
    let (found, report) = read(&[
        "Annual Target (individuals),Reached Jan 2025,Reached Feb 2025,Cumulative reached",
        "9,1,2,3",
    ]);
    let expected = [
        "- - all/all/all/all 9 - - -",
        "- 2025-01-01 all/all/all/all - 1 - -",
        "- 2025-02-01 all/all/all/all - 2 - -",
    ];
    assert_eq!(found, expected);
    assert!(!report.remarks.iter().any(|said| said.contains("the same people")), "{report:?}");
}
