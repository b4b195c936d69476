//! Whom columns of parts count, and of which total they are the parts.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::tests::read;
use super::*;

/// Groups, targeted and reached of what a row is read as.
fn figures(headers: &str, cells: &str) -> (Vec<String>, Report) {
    let (rows, report) = read(&format!("partner,sector,status,{headers}\na,WSH,,{cells}\n"));
    let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), |figure| figure.to_string());
    let line =
        |row: &Activity| format!("{} {} {}", row.group, figure(row.targeted), figure(row.reached));
    (rows.iter().map(line).collect(), report)
}

#[test]
fn the_same_parts_twice_are_of_the_totals_beside_them() {
    for (headers, cells) in [
        ("Targeted,Male,Female,Reached,Male,Female", "100,40,60,30,10,20"),
        ("Planned,Male,Female,Reached,Male,Female", "100,40,60,30,10,20"),
        ("Bénéficiaires ciblés,H,F,Bénéficiaires atteints,H,F", "100,40,60,30,10,20"),
        ("Male,Female,Total targeted,Male,Female,Total reached", "40,60,100,10,20,30"),
    ] {
        let (found, report) = figures(headers, cells);
        assert_eq!(found, ["all/all/all/all 100 30"], "{headers}");
        assert_eq!(report.count("parts-differ"), 0, "{headers}");
    }
    let (found, _) =
        figures("Population,Male,Female,People reached,Male,Female", "900,400,500,30,10,20");
    assert_eq!(found, ["all/all/all/all - 30"]);
}

#[test]
fn parts_are_of_the_total_that_they_add_up_to() {
    for (headers, cells) in [
        ("Targeted,Male,Female,Reached", "100,40,60,30"),
        ("Reached,Targeted,Male,Female", "30,100,40,60"),
        ("Reached,Male,Female,Targeted", "30,10,20,100"),
        ("Targeted,Reached,Male,Female", "100,30,10,20"),
    ] {
        let (found, report) = figures(headers, cells);
        assert_eq!(found, ["all/all/all/all 100 30"], "{headers}");
        assert_eq!(report.count("parts-differ"), 0, "{headers}");
    }
}

#[test]
fn people_without_disability_are_a_part_and_never_all_or_the_disability_of_the_row() {
    let parts = ["all/all/all/with - 15", "all/all/all/without - 85"];
    for headers in [
        "Reached persons with disabilities,Reached persons without disabilities",
        "Personnes handicapées atteintes,Personnes non handicapées atteintes",
        "Reached: PwD,Reached: non-PwD",
        "Reached,\n,,,With disability,Without disability",
        "Disability: yes,Disability: no",
    ] {
        let (found, report) = figures(headers, "15,85");
        assert_eq!(found, parts, "{headers} {:?}", report.columns);
        let (found, _) = figures(&format!("{headers},Total reached"), "15,85,100");
        assert_eq!(found, ["all/all/all/all - 100"], "{headers}");
    }
    for other in [
        "Personnes non en situation de handicap",
        "Persons not living with a disability",
        "Reached excluding persons with disabilities",
    ] {
        let (found, report) = figures(&format!("Reached PwD,{other}"), "15,85");
        assert_eq!(found, parts[..1], "{other} {:?}", report.columns);
        let reason = &report.columns[4].reason;
        assert!(reason.contains("leave out people with disabilities"), "{reason}");
    }
    // Those are in the figure of all.
    let (found, _) = figures("Reached including persons with disabilities", "100");
    assert_eq!(found, ["all/all/all/all - 100"]);
}

#[test]
fn others_are_a_group_beside_groups_and_never_everybody() {
    let (found, _) = figures("IDPs reached,Host community reached,Others reached", "100,50,200");
    let expected = ["host/all/all/all - 50", "idp/all/all/all - 100", "other/all/all/all - 200"];
    let sorted = |mut found: Vec<String>| {
        found.sort();
        found
    };
    assert_eq!(sorted(found), expected);
    let below = "Reached,,\n,,,IDP,Host,Autres";
    assert_eq!(sorted(figures(below, "100,50,200").0), expected);
    // Who is neither man nor woman is in no group here, and the report says so.
    let (found, report) = figures("Men reached,Women reached,Others reached", "1,2,300");
    let expected = ["all/female/all/all - 2", "all/male/all/all - 1"];
    assert_eq!(sorted(found), expected);
    assert!(report.remarks.iter().any(|said| said.contains("none of the groups")), "{report:?}");
    let (found, _) = figures("Boys reached,Girls reached,Teachers reached", "1,2,300");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(figures("Others reached", "7").0, ["all/all/all/all - 7"]);
}

#[test]
fn a_part_behind_a_dash_is_a_part() {
    for headers in [
        "Students reached - boys,Students reached - girls",
        "Goat keepers reached - boys,Goat keepers reached - girls",
        "Reached pupils: boys,Reached pupils: girls",
    ] {
        let (found, _) = figures(headers, "410,390");
        let expected = ["all/female/0-17/all - 390", "all/male/0-17/all - 410"];
        let mut sorted = found;
        sorted.sort();
        assert_eq!(sorted, expected, "{headers}");
    }
    let headers =
        "# of farmers reached - male,# of farmers reached - female,# of farmers reached - total";
    assert_eq!(figures(headers, "410,390,800").0, ["all/all/all/all - 800"]);
    let (found, _) = figures("Kits distributed - boys,Kits distributed - girls", "4,5");
    assert_eq!(found, ["all/all/all/all - -"]);
}

#[test]
fn beside_children_and_the_elderly_grown_ups_are_those_between() {
    let (found, _) = figures("Boys,Girls,Men,Women,Elderly men,Elderly women", "1,2,3,4,5,6");
    let mut sorted = found;
    sorted.sort();
    let expected = [
        "all/female/0-17/all - 2",
        "all/female/18-59/all - 4",
        "all/female/60+/all - 6",
        "all/male/0-17/all - 1",
        "all/male/18-59/all - 3",
        "all/male/60+/all - 5",
    ];
    assert_eq!(sorted, expected);
    // Where the table has a band for those between, women are all of them.
    let headers = "Girls,Women,Girls 0-19,Women 20-59,Women 60+";
    let (found, _) = figures(headers, "2,10,2,4,6");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn what_stands_below_households_counts_households() {
    for (households, individuals) in [
        ("Households", "Individuals"),
        ("HH", "Ind."),
        ("# of households", "# of individuals"),
        ("Familles", "Personnes"),
        ("Ménages", "Individus"),
    ] {
        for (target, reached) in [("Target", "Reached"), ("Planned", "Actual")] {
            let header = format!(
                "partner,sector,{households},,{individuals},\n,,{target},{reached},{target},{reached}\n"
            );
            let (rows, report) = read(&format!("{header}a,WSH,8,7,40,35\nb,WSH,9,6,41,33\n"));
            let row = &rows[0];
            assert_eq!(row.households_targeted, Some(8.0), "{header} {report:?}");
            assert_eq!(row.households_reached, Some(7.0), "{header}");
            assert_eq!((row.targeted, row.reached), (Some(40.0), Some(35.0)), "{header}");
        }
        let header = format!("partner,sector,{households},\n,,Target,Reached\n");
        let (rows, _) = read(&format!("{header}a,WSH,8,7\nb,WSH,9,6\n"));
        assert_eq!((rows[0].targeted, rows[0].reached), (None, None), "{header}");
        assert_eq!(rows[0].households_reached, Some(7.0), "{header}");
    }
}

#[test]
fn a_total_is_found_among_its_parts_and_behind_others() {
    for (headers, cells) in [
        ("Women,Men,Girls,Boys,Total,PwD", "10,20,30,40,100,5"),
        ("Women,Men,Girls,Boys,Others,Total", "10,20,30,40,7,107"),
        ("Women,Men,Girls,Boys,Others,Total,of which PwD", "10,20,30,40,7,107,5"),
        ("IDPs,Returnees,Host,Others,Total", "10,20,30,7,67"),
    ] {
        let total = cells.split(',').filter_map(|cell| cell.parse().ok()).fold(0.0, f64::max);
        let all = vec![format!("all/all/all/all - {total}")];
        let (found, report) = figures(headers, cells);
        assert_eq!(found, all, "{headers} {:?}", report.columns);
        // And where only the total is filled.
        let alone = cells.split(',').map(|cell| if cell.parse() == Ok(total) { cell } else { "" });
        let (found, _) = figures(headers, &alone.collect::<Vec<_>>().join(","));
        assert_eq!(found, all, "{headers}");
    }
}

#[test]
fn of_totals_of_some_parts_none_is_the_total_of_all() {
    let (found, _) = figures("Men,Women,Total,Boys,Girls,Total", "1,2,3,4,5,9");
    assert_eq!(found.len(), 4, "{found:?}");
    let (found, _) = figures("Men,Women,Total,Boys,Girls,Total,Grand total", "1,2,3,4,5,9,12");
    assert_eq!(found, ["all/all/all/all - 12"]);
}

#[test]
fn the_same_parts_of_several_things_are_not_read_as_those_of_the_first() {
    for (one, other) in [
        ("SAM admissions (6-59 months)", "MAM admissions (6-59 months)"),
        ("New arrivals reached", "People reached with repeat assistance"),
        ("Cash", "In-kind"),
    ] {
        let header =
            format!("partner,sector,{one},,,{other},,\n,,Boys,Girls,Total,Boys,Girls,Total\n");
        let (rows, report) = read(&format!("{header}a,WSH,1,2,3,40,50,90\nb,WSH,4,3,7,60,20,80\n"));
        let reached: Vec<_> = rows.iter().filter_map(|row| row.reached).collect();
        assert_eq!(reached, [0.0; 0], "{header}");
        assert_eq!(report.count("parts-differ"), 0, "{header}");
        let said = |remark: &String| remark.contains(one);
        assert!(report.remarks.iter().any(said), "{:?}", report.remarks);
    }
}

#[test]
fn households_are_no_total_of_people_beside_them() {
    for header in [
        "partner,sector,Target IDPs,,Target Host,,Reached IDPs,,Reached Host,\n,,HH,Individuals,HH,Individuals,HH,Individuals,HH,Individuals\n",
        "partner,sector,Target,,,,Reached,,,\n,,IDPs,,Host,,IDPs,,Host,\n,,HH,Individuals,HH,Individuals,HH,Individuals,HH,Individuals\n",
    ] {
        let text = format!("{header}a,WSH,2,10,3,15,1,5,4,20\nb,WSH,4,20,6,30,2,10,8,40\n");
        let (rows, report) = read(&text);
        assert_eq!(report.count("parts-differ"), 0, "{header}");
        let found: Vec<_> = rows[..2]
            .iter()
            .map(|row| (row.group.population, row.households_reached, row.targeted, row.reached))
            .collect();
        use crate::domain::PopulationGroup::{Host, Idp};
        let expected =
            [(Idp, Some(1.0), Some(10.0), Some(5.0)), (Host, Some(4.0), Some(15.0), Some(20.0))];
        for one in expected {
            assert!(found.contains(&one), "{found:?} {:?}", report.columns);
        }
    }
    let text = "partner,sector,IDPs,,Host,,Total,\n,,HH,Ind.,HH,Ind.,HH,Ind.\na,WSH,2,10,3,15,5,25\nb,WSH,4,20,6,30,10,50\n";
    let (rows, report) = read(text);
    let found = (rows[0].group.to_string(), rows[0].households_reached, rows[0].reached);
    assert_eq!(
        found,
        ("all/all/all/all".to_owned(), Some(5.0), Some(25.0)),
        "{:?}",
        report.columns
    );
}

#[test]
fn a_cell_that_is_shown_as_per_cent_is_no_number_of_people() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let share = rust_xlsxwriter::Format::new().set_num_format("0%");
    let sheet = book.add_worksheet();
    for (column, header) in ["Partner", "Sector", "Targeted", "Reached"].into_iter().enumerate() {
        sheet.write(0, column as u16, header).unwrap();
    }
    for (row, partner) in [(1, "IRC"), (2, "PSI")] {
        sheet.write(row, 0, partner).unwrap();
        sheet.write(row, 1, "WASH").unwrap();
        sheet.write(row, 2, 100).unwrap();
    }
    sheet.write_with_format(1, 3, 0.8, &share).unwrap();
    sheet.write(2, 3, 40).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let snapshot = super::tests::nowhere();
    let (intake, report) = activities("a.xlsx", &bytes, &snapshot, &Options::default()).unwrap();
    let found: Vec<_> = intake.activities.iter().map(|row| row.reached).collect();
    assert_eq!(found, [None, Some(40.0)]);
    assert_eq!(report.count(problems::SHARE.code), 1);
    let issue = report.issues.iter().find(|issue| issue.code == problems::SHARE.code).unwrap();
    assert_eq!(issue.examples[0].value, "80 %");
}
