//! Months, quarters and sectors in columns of their own.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::tests::read_named;
use super::*;

/// Sector, start, end, targeted and reached of what a file is read as.
fn figures(name: &str, text: &str) -> (Vec<String>, Report) {
    let (rows, report) = read_named(name, text);
    let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), |figure| figure.to_string());
    let day = |day: Option<Day>| day.map_or("-".to_owned(), |day| day.to_string());
    let line = |row: &Activity| {
        let sector = row.sector.map_or("-", |sector| sector.code());
        let (start, end) = (day(row.start), day(row.end));
        let (targeted, reached) = (figure(row.targeted), figure(row.reached));
        format!("{sector} {start} {end} {targeted} {reached}")
    };
    (rows.iter().map(line).collect(), report)
}

fn says(report: &Report, words: &str) -> bool {
    report.remarks.iter().any(|remark| remark.contains(words))
}

#[test]
fn a_column_for_each_month_gives_a_row_for_each_month_with_a_figure() {
    let text = "partner,sector,Target,Reached Jan-26,Reached Feb-26,Reached Mar-26\n\
                a,WSH,100,10,20,\nb,HEA,50,0,,5\n";
    let (found, report) = figures("5w.csv", text);
    let expected = [
        "WSH - - 100 -",
        "WSH 2026-01-01 2026-01-31 - 10",
        "WSH 2026-02-01 2026-02-28 - 20",
        "HEA - - 50 -",
        "HEA 2026-03-01 2026-03-31 - 5",
    ];
    assert_eq!(found, expected);
    assert!(says(&report, "one period each"), "{:?}", report.remarks);
    assert_eq!((report.counts.rows, report.counts.rejected), (2, 0));
    assert_eq!(report.columns[4].group, "February 2026");
}

#[test]
fn months_below_a_title_that_names_the_figure_are_its_months() {
    for (title, months) in [
        ("People reached by month; 2026", "Jan,Feb,Mar"),
        ("Pessoas alcançadas por mês - 2026", "Janeiro,Fevereiro,Março"),
        ("Personnes atteintes par mois en 2026", "Janvier,Février,Mars"),
        ("Beneficiaries reached in 2026", "Jan,Feb,Mar"),
    ] {
        for (total, figure) in [("", ""), (",Total", ",60")] {
            let text = format!(
                "{title},,,,,,,\npartner,sector,activity type,adm1_name,{months}{total}\na,WSH,x,North,10,20,30{figure}\n"
            );
            let (found, report) = figures("5w.csv", &text);
            let expected = [
                "WSH 2026-01-01 2026-01-31 - 10",
                "WSH 2026-02-01 2026-02-28 - 20",
                "WSH 2026-03-01 2026-03-31 - 30",
            ];
            assert_eq!(found, expected, "{title} {total} {:?}", report.columns);
        }
    }
}

#[test]
fn the_year_of_months_is_that_of_the_row_or_of_the_file() {
    let months = "Reached January,Reached February";
    let of = |name: &str, columns: &str, cells: &str| {
        let text = format!("partner,sector,{columns}{months}\na,WSH,{cells}10,20\n");
        figures(name, &text).0
    };
    let in_year = |year: i32| {
        [(1, 31, 10), (2, 28, 20)].map(|(at, last, reached)| {
            format!("WSH {year}-0{at}-01 {year}-0{at}-{last} - {reached}")
        })
    };
    assert_eq!(of("5w_2025.csv", "", ""), in_year(2025));
    assert_eq!(of("5w_2025.csv", "Year,", "2023,"), in_year(2023));
    assert_eq!(of("5w.csv", "Start date,End date,", "2023-01-05,2023-12-31,"), in_year(2023));
    assert_eq!(of("5w.csv", "Start date,End date,", "2025-11-05,2026-06-30,"), in_year(2026));
    // Without a year nobody knows when it was.
    assert_eq!(of("5w.csv", "", ""), ["WSH - - - -"]);
    let text = format!("partner,sector,Year,{months}\na,WSH,2023,10,\nb,WSH,,10,20\n");
    let (found, report) = figures("5w.csv", &text);
    assert_eq!(found, ["WSH 2023-01-01 2023-01-31 - 10", "WSH - - - -"]);
    assert_eq!(report.count("no-year"), 2);
}

#[test]
fn a_total_that_is_the_sum_of_its_months_gives_way_to_them() {
    let text = "partner,sector,Reached Jan 2026,Reached Feb 2026,Total reached\n\
                a,WSH,10,20,30\nb,WSH,5,,5\n";
    let (found, report) = figures("5w.csv", text);
    let expected = [
        "WSH 2026-01-01 2026-01-31 - 10",
        "WSH 2026-02-01 2026-02-28 - 20",
        "WSH 2026-01-01 2026-01-31 - 5",
    ];
    assert_eq!(found, expected);
    assert!(says(&report, "is the sum of column C"), "{:?}", report.remarks);
    // Another total counts people once.
    let text = "partner,sector,Reached Jan 2026,Reached Feb 2026,Total reached\n\
                a,WSH,10,20,22\nb,WSH,5,7,8\n";
    let (found, report) = figures("5w.csv", text);
    assert_eq!(found, ["WSH - - - 22", "WSH - - - 8"]);
    assert!(says(&report, "is not the sum of column C"), "{:?}", report.remarks);
    // A total that stands alone in a row is all that the row says.
    for rows in ["a,WSH,,,22\nb,WSH,,,8\n", "a,WSH,10,12,22\nb,WSH,,,8\n"] {
        let text =
            format!("partner,sector,Reached Jan 2026,Reached Feb 2026,Total reached\n{rows}");
        let (found, report) = figures("5w.csv", &text);
        assert_eq!(found, ["WSH - - - 22", "WSH - - - 8"]);
        assert!(says(&report, "alone in some rows"), "{:?}", report.remarks);
    }
}

#[test]
fn groups_below_months_are_groups_of_these_months() {
    let text = ",,Jan 2026,,,Feb 2026,,\npartner,sector,Men,Women,Total reached,Men,Women,Total reached\n\
                a,WSH,4,6,10,8,12,20\nb,WSH,4,6,,,,\n";
    let (found, _) = figures("5w.csv", text);
    let expected = [
        "WSH 2026-01-01 2026-01-31 - 10",
        "WSH 2026-02-01 2026-02-28 - 20",
        "WSH 2026-01-01 2026-01-31 - 10",
    ];
    assert_eq!(found, expected, "the total, and the sum of the parts where it is blank");
    let text = "partner,sector,Men reached Jan 2026,Women reached Jan 2026,Men reached Feb 2026,Women reached Feb 2026\n\
                a,WSH,4,6,8,12\n";
    let (rows, _) = read_named("5w.csv", text);
    let found: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {} {:?}", row.start.unwrap(), row.group, row.reached.unwrap()))
        .collect();
    let expected = [
        "2026-01-01 all/male/all/all 4.0",
        "2026-01-01 all/female/all/all 6.0",
        "2026-02-01 all/male/all/all 8.0",
        "2026-02-01 all/female/all/all 12.0",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_column_for_each_sector_gives_a_row_for_each_sector() {
    for text in [
        ",,WASH,Health,Nutrition\npartner,Start,People reached,People reached,People reached\n",
        "partner,Start,WASH reached,Health reached,Nutrition reached\n",
        "partner,Start,People reached (WASH),People reached (Health),People reached (Nutrition)\n",
    ] {
        let (found, report) =
            figures("5w.csv", &format!("{text}a,2026-01-01,10,20,\nb,2026-02-01,,,7\n"));
        let expected = ["WSH 2026-01-01 - - 10", "HEA 2026-01-01 - - 20", "NUT 2026-02-01 - - 7"];
        assert_eq!(found, expected, "{text} {:?}", report.columns);
        assert!(!says(&report, "No column names the sector"), "{:?}", report.remarks);
    }
}

#[test]
fn households_in_months_are_no_people() {
    let text = "partner,sector,Unit,Reached Jan 2026,Reached Feb 2026\n\
                a,WSH,Households,10,20\nb,WSH,kits,10,20\nc,WSH,people,10,20\n";
    let (rows, report) = read_named("5w.csv", text);
    let found: Vec<_> = rows.iter().map(|row| (row.reached, row.households_reached)).collect();
    let households = |figure: f64| (None, Some(figure));
    let people = |figure: f64| (Some(figure), None);
    let expected = [
        households(10.0),
        households(20.0),
        (None, None),
        (None, None),
        people(10.0),
        people(20.0),
    ];
    assert_eq!(found, expected);
    assert_eq!(report.count("not-people"), 2);
}

#[test]
fn columns_that_no_month_tells_apart_are_not_read_and_are_named() {
    for (headers, why) in [
        (
            "Reached Jan 2026 new,Reached Jan 2026 old,Reached Feb 2026 new,Reached Feb 2026 old",
            "two figures",
        ),
        ("Reached Jan 2026,Reached Q2 2026,Reached Jul 2026,Reached Aug 2026", "mixed lengths"),
        ("Reached Nov,Reached Dec,Reached Jan,Reached Feb", "over the end of a year"),
        ("Reached round 1,Reached round 2,Reached round 3,Reached round 4", "rounds"),
        ("Reached FY26 Q1,Reached FY26 Q2,Reached FY26 Q3,Reached FY26 Q4", "fiscal years"),
    ] {
        let (found, report) =
            figures("5w_2026.csv", &format!("partner,sector,{headers}\na,WSH,1,2,3,4\n"));
        assert_eq!(found, ["WSH - - - -"], "{why}");
        assert!(says(&report, "none of them is used"), "{why}: {:?}", report.remarks);
    }
}

#[test]
fn columns_that_the_sender_names_together_are_months() {
    let text = "partner,sector,Jan-26,Feb-26\na,WSH,1,2\n";
    let (found, report) = figures("5w.csv", text);
    assert_eq!(found, ["WSH - - - -"]);
    assert!(says(&report, "hold numbers and are not used"), "{:?}", report.remarks);
    let columns = ["Jan-26", "Feb-26"].map(|name| (name.to_owned(), Field::Reached)).to_vec();
    let options = Options { columns, ..Options::default() };
    let known = super::tests::nowhere();
    let (intake, _) = activities("5w.csv", text.as_bytes(), &known, &options).unwrap();
    let found: Vec<_> = intake.activities.iter().map(|row| row.reached.unwrap()).collect();
    assert_eq!(found, [1.0, 2.0]);
}
