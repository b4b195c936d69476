//! People of the month beside people from the beginning.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::domain::{Operation, Rows};

fn reached(text: &str, options: &Options) -> (Vec<f64>, Report) {
    let known = Snapshot::build(Rows::empty(Operation::new("op", "Operation")));
    let (intake, report) = activities("a.csv", text.as_bytes(), &known, options).unwrap();
    (intake.activities.iter().filter_map(|row| row.reached).collect(), report)
}

fn tells(report: &Report) -> bool {
    report.remarks.iter().any(|remark| remark.contains("are never added"))
}

#[test]
fn of_people_of_the_month_and_from_the_beginning_one_is_read_and_the_report_names_both() {
    for headers in [
        "Reached this month,Reached to date",
        "Reached to date,Reached this month",
        "Reached,Cumulative reached",
        "Cumulative reached,Reached",
        "Personnes atteintes ce mois,Personnes atteintes (cumulé)",
        "Alcanzados del mes,Alcanzados acumulado",
        "Pessoas alcançadas no mês,Pessoas alcançadas até à data",
        "عدد المستفيدين هذا الشهر,عدد المستفيدين التراكمي",
    ] {
        let text = format!("partner,sector,month,year,{headers}\na,WSH,March,2024,5,40\n");
        let (found, report) = reached(&text, &Options::default());
        assert!(found == [5.0] || found == [40.0], "{headers} {found:?} {:?}", report.columns);
        assert!(tells(&report), "{headers} {:?} {:?}", report.remarks, report.columns);
        let left: Vec<_> = report.columns[4..].iter().filter(|one| one.field.is_none()).collect();
        assert_eq!(left.len(), 1);
        assert!(left[0].reason.contains("counts the people of column"), "{}", left[0].reason);
    }
    let text = "partner,sector,Reached this month,Reached to date\na,WSH,5,40\n";
    let columns = vec![("Reached to date".to_owned(), Field::Reached)];
    let told = Options { columns, ..Options::default() };
    assert_eq!(reached(text, &told).0, [40.0]);
}

#[test]
fn columns_that_are_not_the_same_people_over_time_are_not_told_to_be() {
    for headers in [
        "Reached,Targeted",
        "Reached this month,Targeted to date",
        "Reached,Budget to date",
        "Reached,Kits distributed to date",
        "Reached,% reached to date",
        "Reached,End date to date",
        "Reached,People reached",
        "Reached this month,Reached last week",
        "Reached this month,Cumulative cost",
        "Reached,Reporting month",
    ] {
        let text = format!("partner,sector,{headers}\na,WSH,5,40\n");
        let (found, report) = reached(&text, &Options::default());
        assert_eq!(found, [5.0], "{headers} {:?}", report.columns);
        assert!(!tells(&report), "{headers} {:?}", report.remarks);
    }
    // No day, however large the figure is.
    let text = "partner,sector,Reached to date\na,WSH,43555\n";
    let (found, report) = reached(text, &Options::default());
    assert_eq!((found.len(), report.columns[2].field.as_deref()), (0, None));
    let text = "partner,sector,New beneficiaries this month,Beneficiaries to date\na,WSH,5,43555\n";
    let (found, report) = reached(text, &Options::default());
    assert!(found.is_empty() && report.columns[2..].iter().all(|column| column.field.is_none()));
    let text = "partner,sector,Reached,Valid to date\na,WSH,5,2024-03-31\n";
    let (_, report) = reached(text, &Options::default());
    assert_eq!(report.columns[3].field.as_deref(), Some("end_date"));
    // Parts of the one and the other are not added either.
    let text = "partner,sector,Women reached,Men reached,Women reached to date,Men reached to date\na,WSH,5,6,50,60\n";
    assert_eq!(reached(text, &Options::default()).0.iter().sum::<f64>(), 11.0);
}

#[test]
fn a_month_is_all_of_it_in_figures_and_as_its_first_day() {
    let days = |text: &str| -> Vec<String> {
        let (rows, _) = super::tests::read(text);
        let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        rows.iter().map(|row| format!("{} {}", day(row.start), day(row.end))).collect()
    };
    let found = days("partner,sector,year,month,reached\na,WSH,2024,1,5\na,WSH,2024,12,6\n");
    assert_eq!(found, ["2024-01-01 2024-01-31", "2024-12-01 2024-12-31"]);
    for header in ["Reporting month", "month", "Mois"] {
        let found = days(&format!(
            "partner,sector,{header},reached\na,WSH,2024-01-01,5\na,WSH,2024-02-01,6\n"
        ));
        assert_eq!(found, ["2024-01-01 2024-01-31", "2024-02-01 2024-02-29"], "{header}");
    }
    let found = days("partner,sector,start date,reached\na,WSH,2024-01-01,5\na,WSH,2024-02-01,6\n");
    assert_eq!(found, ["2024-01-01 ", "2024-02-01 "], "a day is a day");
    let found = days(
        "partner,sector,year,month,reached\na,WSH,2024,1. January,5\na,WSH,2024,02-Feb,6\na,WSH,2024,3 - March,7\n",
    );
    assert_eq!(found, ["2024-01-01 2024-01-31", "2024-02-01 2024-02-29", "2024-03-01 2024-03-31"]);
    let found = days("partner,sector,start,end\na,WSH,01/02/2024,01/31/2024\n");
    assert_eq!(found, ["2024-01-02 2024-01-31"], "the other column says the order");
    let found = days("partner,sector,month,reached\na,WSH,2024-01-01,5\na,WSH,2024-02-15,6\n");
    assert_eq!(found[1], "2024-02-15 2024-02-15", "not all are the first");
    let found = days("partner,sector,Reporting month,reached\na,WSH,Nov-23 to Jan-24,5\n");
    assert_eq!(found, ["2023-11-01 2024-01-31"]);
}

#[test]
fn an_order_of_day_and_month_that_no_date_says_is_said() {
    let remarks = |start: &str, end: &str| {
        let text = format!("partner,sector,start date,end date\na,WSH,{start},{end}\n");
        super::tests::read(&text).1.remarks
    };
    assert!(remarks("15/01/2024", "20/01/2024").is_empty());
    assert!(remarks("01/01/2024", "02/02/2024").is_empty());
    assert!(remarks("01/05/2024", "20/12/2024").is_empty(), "the other column says it");
    let said = remarks("01/05/2024", "");
    assert!(said.len() == 1 && said[0].contains("column C (start date)"), "{said:?}");
    assert!(remarks("01/05/2024", "12/20/2024").is_empty(), "also where months come first");
    let said = remarks("01/15/2024", "20/05/2024");
    assert!(said.iter().any(|said| said.contains("different orders")), "{said:?}");
}

#[test]
fn days_of_another_calendar_are_not_read() {
    for header in ["Date (E.C.)", "Start date - Hijri"] {
        let text = format!("partner,sector,{header},reached\na,WSH,16/06/2016,5\n");
        let (rows, report) = super::tests::read(&text);
        assert_eq!((rows[0].start, rows[0].end), (None, None), "{header}");
        assert!(report.remarks.iter().any(|said| said.contains("another calendar")), "{header}");
    }
}

#[test]
fn several_countries_and_no_sector_are_said_once() {
    let text = "Country,partner,State,reached\nChad,a,Lac,5\nNiger,a,Diffa,6\n";
    let (_, report) = super::tests::read(text);
    let says = |words: &str| report.remarks.iter().filter(|said| said.contains(words)).count();
    assert_eq!((says("more than one country"), says("--sector WSH")), (1, 1));
}

#[test]
fn a_pattern_of_dates_makes_no_month_of_a_day_and_the_last_month_ends_on_its_last_day() {
    for header in ["Start date (day/month/year)", "Date de début (jj/mois/année)"] {
        let text = format!("partner,{header},reached\na,01/01/2024,5\nb,01/02/2024,6\n");
        let (rows, _) = super::tests::read(&text);
        assert_eq!(rows[0].end, None, "{header}");
    }
    for (start, end) in [("Start month", "End month"), ("Mois de début", "Mois de fin")] {
        for (from, to) in [("Jan 2024", "June 2024"), ("2024-01-01", "2024-06-01")] {
            let text = format!("partner,{start},{end},reached\na,{from},{to},5\n");
            let (rows, _) = super::tests::read(&text);
            let day = |month, day| Day::from_ymd(2024, month, day);
            assert_eq!((rows[0].start, rows[0].end), (day(1, 1), day(6, 30)), "{end} {to}");
        }
    }
}

#[test]
fn parts_below_groups_are_of_those_groups() {
    let parts = |heads: &str, row: &str| {
        let text = format!("partner,sector,activity type,status,donor,{heads}\na,WSH,,,,{row}\n");
        let (rows, report) = super::tests::read(&text);
        let said: Vec<String> =
            rows.iter().filter_map(|row| Some(format!("{} {}", row.group, row.reached?))).collect();
        (said, report)
    };
    let below = "IDPs reached,,Host community reached,\n,,,,,Male,Female,Male,Female";
    let expected = [
        "idp/male/all/all 10",
        "idp/female/all/all 20",
        "host/male/all/all 5",
        "host/female/all/all 15",
    ];
    assert_eq!(parts(below, "10,20,5,15").0, expected);
    let below = "Reached 0-17,,Reached 18+,\n,,,,,M,F,M,F";
    let (found, _) = parts(below, "1,2,4,8");
    assert_eq!(found.len(), 4, "{found:?}");
    assert_eq!(found[3], "all/female/18+/all 8");
    // The same people again are named.
    let (found, report) = parts("reached male,reached female,reached male", "1,2,4");
    assert_eq!(found, ["all/male/all/all 1", "all/female/all/all 2"]);
    let again = &report.columns[7];
    assert!(again.numbers && again.reason.contains("shares people with column F"), "{again:?}");
    let below = "January 2025,,February 2025,\n,,,,,male reached,female reached,male reached,female reached";
    let (found, report) = parts(below, "1,2,4,8");
    let expected = ["male/all/all 1", "female/all/all 2", "male/all/all 4", "female/all/all 8"];
    assert_eq!(found, expected.map(|part| format!("all/{part}")));
    assert!(report.remarks.iter().any(|said| said.contains("one period each")), "{report:?}");
}

#[test]
fn people_of_the_time_before_give_way_to_those_of_the_month() {
    let text = "partner,sector,Previous reports,,This month,\n,,Targeted,Reached,Targeted,Reached\na,WSH,1000,900,100,80\n";
    let (rows, report) = super::tests::read(text);
    assert_eq!((rows[0].targeted, rows[0].reached), (Some(100.0), Some(80.0)));
    let said = &report.columns[3].reason;
    assert!(said.contains("of the time before"), "{said}");
}

#[test]
fn figures_below_the_names_of_sectors_are_of_those_sectors() {
    let text = "partner,activity type,status,donor,WASH,,Health,\n,,,,Targeted,Reached,Targeted,Reached\na,x,,,100,80,200,150\n";
    let (rows, report) = super::tests::read(text);
    let found: Vec<_> = rows.iter().map(|row| (row.targeted, row.reached)).collect();
    assert_eq!(found, [(Some(100.0), Some(80.0)), (Some(200.0), Some(150.0))]);
    let said = report.remarks.iter().filter(|said| said.contains("one sector each")).count();
    assert_eq!(said, 2, "{:?}", report.remarks);
    // A title says of which sector all of them are.
    let text = "WASH,,,\npartner,activity type,status,Reached\na,x,,80\n";
    assert_eq!(super::tests::read(text).0[0].reached, Some(80.0));
}
