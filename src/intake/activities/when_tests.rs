//! When a row was, where no column says it.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::tests::{nowhere, read, read_named};
use super::*;

const HEADER: &str = "Partner,Sector,Activity,Location,People reached";

/// One sheet of a workbook with other sheets of the same headers.
fn sheet(file: &str, name: &str, header: &str, rows: &[&str]) -> (Vec<Activity>, Report) {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = |row: &str| {
        let cells: String = row.split(',').map(cell).collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let rows: String = std::iter::once(&header).chain(rows).map(|text| row(text)).collect();
    let sheets = [name, "Other"];
    let sheets =
        sheets.map(|name| format!("<table:table table:name=\"{name}\">{rows}</table:table>"));
    let content = format!(
        "<office:document-content><office:spreadsheet>{}</office:spreadsheet></office:document-content>",
        sheets.concat()
    );
    let bytes = crate::formats::archive::made(&[("content.xml", content.as_bytes())]);
    let options = Options { sheet: Some(name.to_owned()), every_sheet: true, ..Options::default() };
    let (intake, report) = activities(file, &bytes, &nowhere(), &options).unwrap();
    (intake.activities, report)
}

fn days(rows: &[Activity]) -> Vec<String> {
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    rows.iter().map(|row| format!("{}/{}", day(row.start), day(row.end))).collect()
}

#[test]
fn rows_without_a_date_are_of_the_month_that_their_sheet_is_called_by() {
    let rows = ["IRC,WSH,Water,Abs,5"];
    for (file, name) in [("a.ods", "Feb 2025"), ("a.ods", "2025-02"), ("5W 2025.ods", "February")] {
        let (found, report) = sheet(file, name, HEADER, &rows);
        assert_eq!(days(&found), ["2025-02-01/2025-02-28"], "{name}");
        let said = report.remarks.iter().any(|remark| remark.ends_with("as the sheet is called."));
        assert!(said, "{:?}", report.remarks);
    }
    for name in ["February", "Sofala", "Sheet2", "2025", "WASH 2025", "Feb 2025 (final)"] {
        let (found, report) = sheet("a.ods", name, HEADER, &rows);
        assert_eq!(days(&found), ["/"], "{name}");
        let said = report.remarks.iter().any(|remark| remark.contains("taken to be of one time"));
        assert!(said, "{name}: {:?}", report.remarks);
    }
    // What a row says itself comes first, and a date that is none is no blank.
    let header = "Partner,Sector,Activity,Start date,People reached";
    let rows = ["IRC,WSH,Water,2024-03-05,5", "IRC,WSH,Water,,5", "IRC,WSH,Water,soon,5"];
    let (found, report) = sheet("a.ods", "Feb 2025", header, &rows);
    assert_eq!(days(&found), ["2024-03-05/", "2025-02-01/2025-02-28", "/"]);
    assert!(report.remarks.iter().any(|remark| remark.starts_with("1 row has no date")));
    let header = "Partner,Sector,Activity,Year,People reached";
    let rows = ["IRC,WSH,Water,2025,5", "IRC,WSH,Water,2024,5"];
    let (found, _) = sheet("a.ods", "Feb 2025", header, &rows);
    assert_eq!(days(&found), ["2025-02-01/2025-02-28", "2024-01-01/2024-12-31"]);
}

#[test]
fn rows_of_a_table_without_dates_are_of_the_one_period_that_its_title_or_file_names() {
    let import = |file: &str, title: &str, more: &str| {
        let text = format!(
            "{title},,,,\n{HEADER}{more}\nIRC,WSH,Water,Abs,5{}\n",
            &more[..more.len().min(1)]
        );
        read_named(file, &text)
    };
    let march = ["2026-03-01/2026-03-31"];
    for (file, title, who) in [
        ("a.csv", "5W report - March 2026", "as the title says"),
        ("a.csv", "Rapport mensuel: mars 2026", "as the title says"),
        ("5W_March_2026.csv", "5W report", "as the file is called"),
        ("5W_Mar-2026_v2.csv", "5W report - March 2026", "as the title says"),
    ] {
        let (found, report) = import(file, title, "");
        assert_eq!(days(&found), march, "{file} {title}");
        let said = format!("1 row has no date: it is of March 2026, {who}.");
        assert!(report.remarks.contains(&said), "{:?}", report.remarks);
    }
    let (found, _) = import("a.csv", "5W report - Q1 2026", "");
    assert_eq!(days(&found), ["2026-01-01/2026-03-31"]);
    for title in [
        "5W report",
        "5W report 2026",
        "5W of 1 April 2026",
        "Updated 2026-03-31",
        "People reached as of 31 March 2026",
        "Cumulative to March 2026",
        "Rows may change in 2026 or 2027",
    ] {
        assert_eq!(days(&import("a.csv", title, "").0), ["/"], "{title}");
    }
    let (found, report) = import("5W_April_2026.csv", "5W report - March 2026", "");
    assert_eq!(days(&found), ["/"]);
    let said = |one: &String| one.contains("name different periods");
    assert!(report.remarks.iter().any(said), "{:?}", report.remarks);
    // A column of dates says it, also where it is blank.
    let (found, _) = import("a.csv", "5W report - March 2026", ",Start date");
    assert_eq!(days(&found), ["/"]);
}

#[test]
fn months_in_rows_of_their_own_are_of_the_rows_below_them_where_nothing_else_says_when() {
    let text = |first: &str, second: &str| {
        format!(
            "{HEADER}\n{first},,,,\nIRC,WSH,Water,Abs,5\n{second},,,,\nIRC,WSH,Water,Abs,5\nIRC,WSH,Water,Midi,7\n"
        )
    };
    let (found, report) = read(&text("JANUARY 2025", "Feb 2025"));
    let months = ["2025-01-01/2025-01-31", "2025-02-01/2025-02-28", "2025-02-01/2025-02-28"];
    assert_eq!(days(&found), months);
    assert_eq!(report.counts.rejected, 2);
    let said = |report: &Report, text: &str| report.remarks.iter().any(|one| one.contains(text));
    assert!(said(&report, "are read for those below them"), "{:?}", report.remarks);
    // A sector between them has no month.
    let (found, report) = read(&text("JANUARY 2025", "Health"));
    assert_eq!(days(&found), ["/", "/", "/"]);
    assert!(said(&report, "no date and are taken to be of one time"), "{:?}", report.remarks);
    let (found, _) = read_named("a.csv", &text("MARS", "AVSI"));
    assert_eq!(found.len(), 4, "organisations, and a copy");
}

#[test]
fn a_title_in_the_column_of_organisations_reports_the_rows_below_it_where_these_name_none() {
    let rows = |first: &str, own: &str| {
        format!(
            "{HEADER}\n{first},,,,\n,WSH,Water,Abs,5\n,WSH,Water,Midi,6\nTotal,,,,11\nNRC,,,,\n{own},WSH,Water,Abs,5\n"
        )
    };
    let who = |text: &str| -> Vec<(String, Option<f64>)> {
        read(text).0.iter().map(|row| (row.partner.to_string(), row.reached)).collect()
    };
    let one = |partner: &str, reached: f64| (partner.to_owned(), Some(reached));
    let expected = [one("unicef", 5.0), one("unicef", 6.0), one("nrc", 5.0)];
    for first in ["UNICEF", "Partner: UNICEF"] {
        assert_eq!(who(&rows(first, "")), expected, "{first}");
    }
    let (_, report) = read(&rows("UNICEF", ""));
    assert!(report.remarks.iter().any(|remark| remark.contains("Column A (Partner) is blank")));
    // One row names its own: what stands alone is an organisation that says no more.
    assert_eq!(who(&rows("UNICEF", "DRC")).len(), 3);
    // A sector is no organisation.
    assert_eq!(who(&rows("WASH", "")), [("nrc".to_owned(), None)]);
}

#[test]
fn quarters_beside_a_column_of_years_are_three_months() {
    let days = |headers: &str, cells: &str| {
        let (rows, _) = read(&format!("partner,sector,reached,{headers}\na,WSH,5,{cells}\n"));
        let day = |day: Option<Day>| day.map_or("-".to_owned(), |day| day.to_string());
        format!("{} {}", day(rows[0].start), day(rows[0].end))
    };
    for (headers, cells, expected) in [
        ("Quarter,Year", "Q1,2026", "2026-01-01 2026-03-31"),
        ("Año,Trimestre", "2026,T2", "2026-04-01 2026-06-30"),
        ("Year,Quarter", "2026,2", "2026-04-01 2026-06-30"),
        ("Year,Quarter", "2026,Jul-Sep", "2026-07-01 2026-09-30"),
        ("Year,Quarter", "2026,Q4 2025", "2025-10-01 2025-12-31"),
        ("Year,Quarter", "2026,5", "- -"),
    ] {
        assert_eq!(days(headers, cells), expected, "{headers}: {cells}");
    }
}
