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

#[test]
fn the_first_of_two_tables_is_read_where_the_second_has_the_better_words() {
    let (rows, report) = read(
        "Agency,Cluster,State,County,No. of beneficiaries\n\
         IRC,WASH,Unity,Leer,10\nCARE,WASH,Unity,Leer,20\n\
         Partner,Sector,State,County,People reached\nNRC,WASH,Unity,Leer,30\n",
    );
    assert_eq!(rows.len() as u32 + report.counts.rejected, 4, "every row is told of");
    assert_eq!(rows.iter().map(|row| &*row.partner).collect::<Vec<_>>()[..2], ["irc", "care"]);
    let (rows, _) = read(
        "Organisation,Sector,Month\nIRC,WASH,3\n\n\
         Partner,Activity,State,County,People reached\nNRC,Kits,Unity,Leer,30\n",
    );
    assert_eq!(who(&rows), [("nrc", None, Some(30.0))], "a form says of what the table is");
}

#[test]
fn headers_that_come_again_with_another_figure_or_order_begin_another_table() {
    let head = "Organisation,Sector,Activity,State,County";
    for (first, second) in [
        ("People targeted", "People reached"),
        ("Targeted,Reached", "Reached,Targeted"),
        ("People reached", "Households reached"),
    ] {
        let (rows, report) = read(&format!(
            "{head},{first}\nIRC,WASH,Kits,Unity,Leer,100,90\n{head},{second}\nCARE,WASH,Kits,Unity,Leer,40,30\n"
        ));
        assert_eq!(rows.len(), 1, "{second}");
        assert_eq!(count(&report, problems::OTHER_TABLE), 1);
    }
    let (rows, _) = read(&format!(
        "{head},People reached\nIRC,WASH,Kits,Unity,Leer,100\n\
         Organization,Cluster,Activity,State,County,Beneficiaries reached\nCARE,WASH,Kits,Unity,Leer,40\n"
    ));
    assert_eq!(who(&rows)[1], ("care", None, Some(40.0)), "the same in other words");
}

#[test]
fn organisations_are_no_titles_and_no_examples() {
    let head = "Organisation,Sector,Activity,State,County,People reached";
    let block = |name: &str, people: u32| {
        format!("{name},,,,,\n{head}\n{name},WASH,Kits,Unity,Leer,{people}\n")
    };
    let names = ["CARE", "Plan International", "Reach Initiative", "Results Lakes", "NRC"];
    let text: String = names.iter().map(|name| block(name, 100)).collect();
    let (rows, _) = read(&text);
    let reached = rows.iter().filter(|row| row.reached == Some(100.0));
    assert_eq!(reached.count(), names.len());
    for name in ["Example Foundation", "EG Aid", "Exemplo Vivo", "Ejemplo de Amor", "مثال للتنمية"]
    {
        let row = format!("{name},WASH,Kits,Unity,Leer,100\n");
        let (rows, _) = read(&format!("{head}\n{row}{row}"));
        assert_eq!(rows.len(), 1, "{name}");
    }
    for name in
        ["Example: CARE", "(example) CARE", "e.g. CARE", "Eg. CARE", "Example NGO", "Ejemplo"]
    {
        let (rows, _) = read(&format!("{head}\n{name},WASH,Kits,Unity,Leer,100\n"));
        assert!(rows.is_empty(), "{name}");
    }
    let (rows, _) = read(&format!(
        "No,{head}\nExample,ACTED,WASH,Kits,Unity,Leer,100\n1,CARE,WASH,Kits,Unity,Leer,5\n"
    ));
    assert_eq!(who(&rows), [("care", None, Some(5.0))]);
    for note in ["Last updated 3 March 2024", "Prepared by OCHA", "Dernière mise à jour : mars"] {
        let (rows, _) = read(&format!("{head}\nNRC,WASH,Kits,Unity,Leer,5\n{note},,,,,\n"));
        assert_eq!(rows.len(), 1, "{note}");
    }
    let (rows, _) = read(&format!("{head}\nREACH,,,,,\nPlan,,,,,\nNRC,WASH,Kits,Unity,Leer,5\n"));
    assert_eq!(rows.len(), 3);
}

#[test]
fn sectors_that_stand_above_their_rows_are_those_of_the_rows() {
    let head = "Partner,Sector,Activity,Date,Reached";
    let band = |text: &str| format!("{text}\nDRC,,Kits,2026-03-01,10\n");
    let bands = [",WASH,,,", "Sector: Protection,,,,", "Health cluster,,,,"].map(band).concat();
    let (rows, report) = read(&format!("{head}\n{bands}"));
    let sectors: Vec<_> = rows.iter().map(|row| row.sector.map(|sector| sector.code())).collect();
    assert_eq!(sectors, [Some("WSH"), Some("PRO"), Some("HEA")]);
    assert_eq!((report.counts.copies, report.counts.rejected), (0, 3));
    assert!(report.remarks.iter().any(|remark| remark.contains("is blank in every row")));
    // Where another row says its own, nothing is carried, and nothing is taken for a copy.
    let own = "NRC,Nutrition,Kits,2026-03-01,10\n";
    let (rows, report) = read(&format!("{head}\n{own}{bands}"));
    assert_eq!(rows.iter().filter(|row| row.sector.is_none()).count(), 3);
    assert_eq!((report.counts.copies, report.counts.rejected), (0, 3));
}

#[test]
fn a_date_or_a_sector_alone_is_no_organisation() {
    let head = "Partner,Sector,Activity,County,Reached";
    for note in ["Date: 15/03/2026", "WASH cluster", "Fecha: 3 de marzo"] {
        let (rows, report) = read(&format!("{head}\nNRC,WASH,Kits,Leer,5\n{note},,,,\n"));
        assert_eq!((rows.len(), report.count("title-row")), (1, 1), "{note}");
    }
}

#[test]
fn sums_that_repeat_who_did_what_until_when_are_no_rows() {
    let (rows, report) = read(
        "Province,District,Partner,Sector,Month,Reached\n\
         Sofala,Dondo,IRC,WASH,2026-01,80\nSofala,Caia,IRC,WASH,2026-01,40\n\
         Sofala,Total,IRC,WASH,2026-01,120\nSofala,Dondo,IRC,Total,2026-01,120\n\
         Sofala,Dondo,IRC,WASH,Total,120\nSofala,,All partners,WASH,,120\n",
    );
    assert_eq!(who(&rows), [("irc", None, Some(80.0)), ("irc", None, Some(40.0))]);
    assert_eq!(count(&report, problems::TOTAL_ROW), 4);
}

#[test]
fn a_row_that_numbers_the_columns_is_no_row() {
    for numbers in ["1,2,3,4,5", "(1),(2),(3),(4),(5)=(4)/(3)", "a,b,c,d,e", "A,B,C,D,E"] {
        let text =
            format!("Partner,Sector,District,Targeted,Reached\n{numbers}\nIRC,WASH,Dondo,100,80\n");
        let (rows, report) = read(&text);
        assert_eq!(who(&rows), [("irc", Some(100.0), Some(80.0))], "{numbers}");
        assert_eq!(count(&report, problems::NUMBERING_ROW), 1, "{numbers}");
    }
}
