//! Figures by month, in thousands, from the beginning.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::domain::{Operation, Rows};

fn nowhere() -> Snapshot {
    Snapshot::build(Rows::empty(Operation {
        id: "op".into(),
        name: "Operation".into(),
        note: None,
        household_size: None,
    }))
}

fn read(file: &str, text: &str) -> (Vec<Activity>, Report) {
    let read = activities(file, text.as_bytes(), &nowhere(), &Options::default());
    let (intake, report) = read.unwrap();
    (intake.activities, report)
}

/// Row, start and people reached of each record.
fn reached(rows: &[Activity]) -> Vec<String> {
    let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), |figure| figure.to_string());
    let start = |row: &Activity| row.start.map_or("-".to_owned(), |day| day.to_string());
    let line =
        |row: &Activity| format!("{} {} {}", row.source.row, start(row), figure(row.reached));
    rows.iter().map(line).collect()
}

fn said(report: &Report, words: &str) -> bool {
    report.remarks.iter().any(|remark| remark.contains(words))
}

fn reason<'r>(report: &'r Report, header: &str) -> &'r str {
    &report.columns.iter().find(|column| column.header == header).unwrap().reason
}

#[test]
fn months_in_columns_give_one_record_for_each_month_with_a_figure() {
    let files: [(&str, &str); 7] = [
        (
            "5w_2024.csv",
            "Organisation,Sector,District,Jan,Feb,Mar,Total\nA,WASH,X,10,20,,30\nB,WASH,Y,,,5,5\n",
        ),
        (
            "5w.csv",
            "Partenaire;Secteur;District;janv.-24;févr.-24;mars-24;Cumul\nA;EHA;X;10;20;;30\nB;EHA;Y;;;5;5\n",
        ),
        (
            "5w.csv",
            "Organización,Sector,Municipio,Personas alcanzadas enero 2024,Personas alcanzadas febrero 2024,Personas alcanzadas marzo 2024,Total personas alcanzadas\nA,WASH,X,10,20,,30\nB,WASH,Y,,,5,5\n",
        ),
        (
            "5w.csv",
            "Organization,Sector,District,2024-01-01,2024-02-01,2024-03-01\nA,WASH,X,10,20,\nB,WASH,Y,,,5\n",
        ),
        (
            "5w.csv",
            "Organization,Sector,District,Year,Reached Jan,Reached Feb,Reached Mar,Reached (total)\nA,WASH,X,2024,10,20,,30\nB,WASH,Y,2024,,,5,5\n",
        ),
        (
            "5w.csv",
            ",,,2024,,\nOrganization,Sector,District,January,February,March\nA,WASH,X,10,20,\nB,WASH,Y,,,5\n",
        ),
        (
            "5w.csv",
            "الجهة المنفذة,القطاع,المحافظة,يناير 2024,فبراير 2024,مارس 2024,المجموع\nA,WASH,X,10,20,,30\nB,WASH,Y,,,5,5\n",
        ),
    ];
    for (file, text) in files {
        let (rows, report) = read(file, text);
        let header = u32::from(text.starts_with(','));
        let expected = [
            format!("{} 2024-01-01 10", 2 + header),
            format!("{} 2024-02-01 20", 2 + header),
            format!("{} 2024-03-01 5", 3 + header),
        ];
        assert_eq!(reached(&rows), expected, "{text}\n{:?}\n{:?}", report.remarks, report.columns);
        assert_eq!(rows[1].end.unwrap().to_string(), "2024-02-29");
        assert_eq!((report.counts.rows, report.counts.rejected), (2, 0));
        assert!(said(&report, "one record for each of them"), "{:?}", report.remarks);
    }
}

#[test]
fn quarters_are_read_and_beside_their_months_they_are_sums() {
    let (rows, _) = read("a_2023.csv", "partner,sector,district,Q1,Q2,Q3,Q4\na,WSH,X,1,2,3,4\n");
    assert_eq!(
        reached(&rows),
        ["2 2023-01-01 1", "2 2023-04-01 2", "2 2023-07-01 3", "2 2023-10-01 4"]
    );
    let (rows, report) = read(
        "a_2023.csv",
        "partner,sector,district,Jan,Feb,Mar,Q1,Apr,May,Jun,Q2,YTD\na,WSH,X,1,2,3,6,4,5,6,15,21\n",
    );
    assert_eq!(rows.iter().filter_map(|row| row.reached).sum::<f64>(), 21.0);
    assert!(reason(&report, "Q1").contains("same months"), "{}", reason(&report, "Q1"));
    assert!(reason(&report, "YTD").contains("a sum of the months"), "{}", reason(&report, "YTD"));
}

#[test]
fn targets_and_sexes_by_month_stay_apart_and_what_is_said_once_counts_once() {
    let (rows, _) = read(
        "a.csv",
        "partner,sector,district,budget_usd,Targeted,Jan 2024 women,Jan 2024 men,Feb 2024 women,Feb 2024 men\na,WSH,X,500,90,1,2,3,4\n",
    );
    assert_eq!(rows.len(), 4);
    assert_eq!(rows.iter().filter_map(|row| row.budget_usd).collect::<Vec<_>>(), [500.0]);
    assert_eq!(rows.iter().filter_map(|row| row.targeted).collect::<Vec<_>>(), [90.0]);
    let text = ",,,January 2024,,February 2024,\npartner,sector,district,Target,Reached,Target,Reached\na,WSH,X,5,4,7,6\n";
    let (rows, _) = read("a.csv", text);
    assert_eq!(reached(&rows), ["3 2024-01-01 4", "3 2024-02-01 6"]);
    assert_eq!(rows.iter().filter_map(|row| row.targeted).collect::<Vec<_>>(), [5.0, 7.0]);
}

#[test]
fn months_that_are_no_people_or_have_no_year_are_told_and_left() {
    let (rows, report) = read("a.csv", "partner,sector,district,Jan,Feb\na,WSH,X,10,20\n");
    assert_eq!((rows.len(), rows[0].reached), (1, None));
    assert!(said(&report, "do not name their year"), "{:?}", report.remarks);
    let (rows, report) =
        read("a_2024.csv", "partner,sector,district,Nov,Dec,Jan\na,WSH,X,10,20,30\n");
    assert_eq!((rows.len(), rows[0].reached), (1, None));
    assert!(said(&report, "over the end of a year"), "{:?}", report.remarks);
    // A plan of work.
    let (rows, _) = read("a_2024.csv", "partner,sector,district,Reached,Jan,Feb\na,WSH,X,10,1,1\n");
    assert_eq!(reached(&rows), ["2 - 10"]);
    // Months of something else than the people beside them.
    let text = "partner,sector,district,Reached,Jan,Feb\na,WSH,X,1000,3,4\nb,WSH,Y,10,30,4\n";
    let (rows, report) = read("a_2024.csv", text);
    assert_eq!(reached(&rows), ["2 - 1000", "3 - 10"]);
    assert!(reason(&report, "Jan").contains("do not add up"), "{}", reason(&report, "Jan"));
    let (rows, _) = read(
        "a_2024.csv",
        "partner,sector,district,Unit,Jan,Feb\na,WSH,X,households,3,4\nb,WSH,Y,kits,30,4\n",
    );
    assert_eq!(rows.iter().filter_map(|row| row.households_reached).sum::<f64>(), 7.0);
    assert!(rows.iter().all(|row| row.reached.is_none()));
}

#[test]
fn figures_in_thousands_are_multiplied_and_the_report_says_so() {
    for header in [
        "Reached (in thousands)",
        "Reached ('000)",
        "People reached x1000",
        "Personnes atteintes (en milliers)",
        "Personas alcanzadas (miles)",
        "Pessoas alcançadas em milhares",
        "عدد المستفيدين (بالآلاف)",
    ] {
        let text =
            format!("partner,sector,district,{header}\na,WSH,X,1.5\nb,WSH,Y,12.25\nc,WSH,Z,1\n");
        let (rows, report) = read("a.csv", &text);
        let found: Vec<_> = rows.iter().filter_map(|row| row.reached).collect();
        assert_eq!(found, [1500.0, 12_250.0, 1000.0], "{header} {:?}", report.columns);
        assert!(said(&report, "multiplied by 1,000"), "{:?}", report.remarks);
        assert!(said(&report, "1.5 is read as 1500"), "{:?}", report.remarks);
    }
    let (rows, report) =
        read("a.csv", "partner,sector,district,Reached (in thousands)\na,WSH,X,12500000\n");
    assert_eq!(rows[0].reached, Some(12_500_000.0));
    assert!(said(&report, "read as they are"), "{:?}", report.remarks);
}

#[test]
fn people_of_the_month_count_where_the_rows_are_of_months() {
    for text in [
        "partner,sector,district,month,year,Reached this month,Reached to date\na,WSH,X,March,2024,5,40\n",
        "partner,sector,district,month,year,Cumulative reached,Reached\na,WSH,X,March,2024,40,5\n",
        "Organisation,Secteur,District,Mois,Année,Personnes atteintes (cumulé),Personnes atteintes ce mois\na,WSH,X,mars,2024,40,5\n",
        "Organización,Sector,Municipio,Fecha inicio,Fecha fin,Alcanzados del mes,Alcanzados acumulado\na,WSH,X,2024-03-01,2024-03-31,5,40\n",
        "Organização,Setor,Distrito,Mês,Ano,Pessoas alcançadas no mês,Pessoas alcançadas até à data\na,WSH,X,março,2024,5,40\n",
    ] {
        let (rows, report) = read("a.csv", text);
        assert_eq!(rows[0].reached, Some(5.0), "{text} {:?}", report.columns);
        assert!(said(&report, "count the same people"), "{:?}", report.remarks);
    }
    for text in [
        "partner,sector,district,start_date,end_date,Reached this month,Reached to date\na,WSH,X,2024-01-01,2024-12-31,5,40\n",
        "partner,sector,district,Reached this month,Reached to date\na,WSH,X,5,40\n",
    ] {
        let (rows, report) = read("a.csv", text);
        assert_eq!(rows[0].reached, Some(40.0), "{text} {:?}", report.columns);
        assert!(reason(&report, "Reached this month").contains("a part of the time"));
    }
    let (rows, report) = read(
        "a.csv",
        "partner,sector,district,month,year,Reached to date\na,WSH,X,March,2024,40\n",
    );
    assert_eq!(rows[0].reached, Some(40.0));
    assert!(said(&report, "from the beginning"), "{:?}", report.remarks);
}
