//! What a title above a table says of its figures.

use super::tests::read;
use super::*;

/// Group, targeted, reached and the same of households of what a row below a title is read as.
fn figures(title: &str, headers: &str, cells: &str) -> (Vec<String>, Report) {
    let text = format!("{title},,,\nPartner,Sector,Province,{headers}\nIRC,WSH,North,{cells}\n");
    let (rows, report) = read(&text);
    let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), |figure| figure.to_string());
    let line = |row: &Activity| {
        let all = [row.targeted, row.reached, row.households_targeted, row.households_reached]
            .map(figure);
        format!("{} {}", row.group, all.join(" "))
    };
    (rows.iter().map(line).collect(), report)
}

const NOTHING: [&str; 1] = ["all/all/all/all - - - -"];

#[test]
fn columns_that_say_no_measure_have_that_of_the_title() {
    for title in [
        "HRP 2026 TARGETS",
        "5W - Planned activities 2026",
        "Planification 2026",
        "Targets by population group",
        "Personnes ciblées par groupe",
        "Población meta 2026",
        "Response plan 2026 - planned activities",
    ] {
        let (found, report) = figures(title, "Individuals,Households", "9,2");
        assert_eq!(found, ["all/all/all/all 9 - 2 -"], "{title} {:?}", report.columns);
        let (found, _) = figures(title, "IDPs,Host community", "9,2");
        assert_eq!(found.len(), 2, "{title}");
        assert!(found.iter().all(|one| one.ends_with("- - -")), "{title} {found:?}");
        // Those that say one have their own.
        let (found, _) = figures(title, "People reached", "9");
        assert_eq!(found, ["all/all/all/all - 9 - -"], "{title}");
    }
}

#[test]
fn what_a_title_says_of_columns_is_told() {
    let (_, report) = figures("HRP 2026 TARGETS", "Individuals,Households", "9,2");
    let said = "Columns D (Individuals), E (Households) do not say what they count. \"HRP 2026 TARGETS\" does: they are read as targeted.";
    assert!(report.remarks.iter().any(|one| one == said), "{:?}", report.remarks);
}

#[test]
fn below_a_title_of_something_else_they_are_not_read_and_below_one_of_several_as_ever() {
    for title in ["Response gaps: people not reached", "PIN per group"] {
        for headers in ["Individuals,Households", "Girls,Boys"] {
            let (found, report) = figures(title, headers, "9,2");
            assert_eq!(found, NOTHING, "{title} {:?}", report.columns);
            let said = |said: &String| said.to_lowercase().contains("say what they are");
            assert!(report.remarks.iter().any(said), "{:?}", report.remarks);
        }
        let (found, _) = figures(title, "People reached", "9");
        assert_eq!(found, ["all/all/all/all - 9 - -"], "{title}");
    }
    for title in [
        "Targets and people reached 2026",
        "Planned and ongoing activities",
        "Humanitarian Response Plan 2026",
        "People reached by group, 2026",
        "Gap analysis of flood affected areas",
        "People in Need Mozambique",
        "Objetivo 1: salvar vidas",
    ] {
        let (found, report) = figures(title, "Individuals,Households", "9,2");
        assert_eq!(found, ["all/all/all/all - 9 - 2"], "{title} {:?}", report.remarks);
    }
}
