//! Rows that are no rows, and tables below tables.

use super::tests::read;
use super::*;

fn who(rows: &[Activity]) -> Vec<(&str, Option<f64>, Option<f64>)> {
    rows.iter().map(|row| (&*row.partner, row.targeted, row.reached)).collect()
}

fn count(report: &Report, problem: crate::intake::Problem) -> u32 {
    report.count(problem.code)
}

#[test]
fn a_table_below_another_is_not_read_under_its_headers() {
    let (rows, report) = read(
        "Organisation,Sector,State,County,Activity,People reached\n\
         IRC,Health,Lakes,Awerial,Clinic,100\n\
         \n\
         State,County,Organisation,Sector,Activity,People targeted\n\
         Lakes,Awerial,Medair,Nutrition,OTP,50\n",
    );
    assert_eq!(who(&rows), [("irc", None, Some(100.0))]);
    assert_eq!(count(&report, problems::OTHER_TABLE), 1);
    assert!(report.remarks.iter().any(|remark| remark.starts_with("Row 4 has headers")));
}

#[test]
fn the_same_headers_below_another_title_are_of_other_figures() {
    let text = |first: &str, title: &str| {
        format!(
            "{first},,,,\nPartner,Cluster,State,County,Beneficiaries\nIRC,Health,Lakes,Awerial,1000\n\
             {title},,,,\nPartner,Cluster,State,County,Beneficiaries\nMedair,Health,Lakes,Awerial,700\n"
        )
    };
    let (rows, report) = read(&text("PLANNED", "REACHED"));
    assert_eq!(who(&rows).len(), 1);
    assert_eq!(count(&report, problems::TITLE_ROW), 1);
    assert_eq!(count(&report, problems::HEADER_ROW), 1);
    let (rows, report) = read(&text("Submission from IRC", "Submission from Medair"));
    let names: Vec<&str> = rows.iter().map(|row| &*row.partner).collect();
    assert_eq!(names, ["irc", "medair"]);
    assert!(report.remarks.iter().all(|remark| !remark.starts_with("Row")));
    let (rows, _) = read(&text("PLANNED", "Submission from Medair"));
    assert_eq!(rows.len(), 1, "whether these are planned is not said");
}

#[test]
fn titles_notes_examples_and_instructions_are_no_organisations() {
    let (rows, report) = read(
        "Organisation,Sector,State,County,Start date,People reached,Status\n\
         Select from list,Select from list,Select from list,Free text,dd/mm/yyyy,Number,Select from list\n\
         e.g. ACTED,WASH,Unity,Rubkona,2024-01-01,450,Ongoing\n\
         NRC,WASH,Lakes,Awerial,2024-05-15,90,Ongoing\n\
         ,,,,,,Planned\n\
         Organisation,Sector,State,County,Start date,People reached,Status\n\
         Text Book Centre,Education,Lakes,Awerial,2024-05-15,10,Ongoing\n\
         * Figures are provisional and include 300 people in Koch,,,,,,\n",
    );
    let found: Vec<_> = rows.iter().map(|row| row.reached).collect();
    assert_eq!(found, [Some(90.0), Some(10.0)]);
    for (problem, rows) in [
        (problems::INSTRUCTION_ROW, 1),
        (problems::EXAMPLE_ROW, 1),
        (problems::HEADER_ROW, 1),
        (problems::TITLE_ROW, 2),
    ] {
        assert_eq!(count(&report, problem), rows, "{}", problem.code);
    }
}
