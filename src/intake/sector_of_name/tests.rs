#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::domain::{Activity, Operation, Rows};
use crate::formats::archive;
use crate::intake::{Report, activities, needs, returned};

fn known() -> Snapshot {
    Snapshot::build(Rows::empty(Operation {
        id: "idai-2019".into(),
        name: "Mozambique Idai response".into(),
        note: None,
        household_size: None,
    }))
}

fn read_bytes(file: &str, bytes: &[u8], options: &Options) -> (Vec<Activity>, Report) {
    let (intake, report) = activities(file, bytes, &known(), options).unwrap();
    (intake.activities, report)
}

fn sectors(file: &str, text: &str) -> (Vec<Option<&'static str>>, Report) {
    let (rows, report) = read_bytes(file, text.as_bytes(), &Options::default());
    (rows.iter().map(|row| row.sector.map(Sector::code)).collect(), report)
}

const TEXT: &str = "partner,district,reached\na,X,5\n";

#[test]
fn a_name_that_is_wholly_a_sector_says_it() {
    for (name, sector) in [
        ("WASH", Sector::Wsh),
        ("Santé", Sector::Hea),
        ("5W_WASH_2024", Sector::Wsh),
        ("3W Health Cluster", Sector::Hea),
        ("Educación 2024", Sector::Edu),
        ("5W Mozambique Nutrition", Sector::Nut),
        ("Idai_WASH", Sector::Wsh),
        ("Protection - GBV", Sector::ProGbv),
        ("GBV", Sector::ProGbv),
        ("القطاع الصحة", Sector::Hea),
        ("Água, Saneamento e Higiene", Sector::Wsh),
    ] {
        let operation = normalise("idai-2019 Mozambique Idai response");
        assert_eq!(said(name, &operation), Said::Sector(sector, false), "{name}");
    }
    assert_eq!(said("WASH March", ""), Said::Sector(Sector::Wsh, true));
    assert_eq!(said("5W_WASH_2024-03", ""), Said::Sector(Sector::Wsh, true));
    let (found, report) = sectors("5W_WASH_2024.csv", TEXT);
    assert_eq!(found, [Some("WSH")]);
    assert!(report.remarks.iter().any(|one| one.contains("from the name of the file")));
    let text = b"adm2_pcode,in_need,severity\nA101,5,\n";
    let (found, _) = needs("PIN.csv", text, &known(), &Options::default()).unwrap_or_default();
    assert!(found.is_empty());
    let said = crate::domain::Period::year(2024);
    let options = Options { cycle: said, ..Options::default() };
    let text = b"adm1_name,in_need,severity\n,5,\n";
    let (_, report) = needs("Santé_2024.csv", text, &known(), &options).unwrap();
    assert!(report.remarks.iter().any(|one| one.contains("taken for HEA")), "{report:?}");
}

#[test]
fn a_name_that_says_anything_else_says_nothing() {
    for name in [
        "excluding WASH",
        "Protection International",
        "WASH and Health",
        "WASH Health",
        "All sectors",
        "Refugees",
        "WASH partners",
        "No WASH",
        "WASH & others",
        "Save the Children Education",
        "change log",
        "log",
        "LOG",
        "es",
        "Cash",
        "gbv list",
        "Data",
        "Sheet1",
        "5W",
        "2024",
        "Mozambique",
        "",
    ] {
        assert!(!matches!(super::said(name, ""), Said::Sector(..)), "{name}");
        assert_eq!(sectors(&format!("{name}.csv"), TEXT).0, [None], "{name}");
    }
    // The table has sectors, or a column that is called so, or values that are.
    for text in [
        "partner,sector,reached\na,,5\n",
        "partner,Cluster,reached\na,?,5\n",
        "partner,Secteur (voir liste),reached\na,Magic,5\nb,Magic,5\nc,More,6\n",
        "partner,Programme,reached\na,Health,5\nb,Education,6\nc,Other,7\n",
        "partner,#sector,reached\n#org,#sector,#reached\na,,5\n",
    ] {
        let (found, report) = sectors("WASH.csv", text);
        assert!(!found.contains(&Some("WSH")), "{text}");
        assert!(!report.remarks.iter().any(|one| one.contains("taken for")), "{text}");
    }
    // What the sender says comes first; sites have sectors of their own.
    let told = Options { sector: Some(Sector::Hea), ..Options::default() };
    let (rows, report) = read_bytes("WASH.csv", TEXT.as_bytes(), &told);
    assert_eq!(rows[0].sector, Some(Sector::Hea));
    assert!(!report.remarks.iter().any(|one| one.contains("taken for")));
}

/// A workbook with one sheet of this name.
fn ods(sheet: &str, text: &str) -> Vec<u8> {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = |line: &str| {
        let cells: String = line.split(',').map(cell).collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let rows: String = text.lines().map(row).collect();
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet><table:table table:name=\"{sheet}\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    archive::made(&[("content.xml", content.as_bytes())])
}

#[test]
fn the_name_of_the_sheet_comes_before_that_of_the_file() {
    let read = |file: &str, sheet: &str| {
        let (rows, report) = read_bytes(file, &ods(sheet, TEXT), &Options::default());
        (rows[0].sector.map(Sector::code), report)
    };
    let (found, report) = read("Health.ods", "WASH");
    assert_eq!(found, Some("WSH"));
    assert!(report.remarks.iter().any(|one| one.contains("from the name of the sheet, \"WASH\"")));
    assert_eq!(read("Health.ods", "Data").0, Some("HEA"));
    assert_eq!(read("Health.ods", "All sectors").0, None);
    assert_eq!(read("Health.ods", "without WASH").0, None);
    assert_eq!(read("Health.ods", "camp management list").0, None);
    assert_eq!(read("Health.ods", "WASH and Health").0, None);
}

#[test]
fn months_without_dates_keep_their_rows_without_a_sector_as_they_were() {
    let of = |sheet: &str, text: &str| {
        let (rows, _) = read_bytes("5w.ods", &ods(sheet, text), &Options::default());
        rows[0].sector.map(Sector::code)
    };
    assert_eq!(of("WASH January", TEXT), None);
    assert_eq!(of("WASH 2024-01", TEXT), None);
    let dated = "partner,start_date,reached\na,2024-01-05,5\n";
    assert_eq!(of("WASH January", dated), Some("WSH"));
    assert_eq!(of("WASH 2024", TEXT), Some("WSH"));
}

#[test]
fn a_returned_report_has_the_sector_of_the_file_it_is_about() {
    let check = |file: &str, bytes: &[u8]| {
        let (_, report) = read_bytes(file, bytes, &Options::default());
        let back = returned::workbook(bytes, &report).unwrap();
        let (rows, again) = read_bytes("report (1).xlsx", &back, &Options::default());
        assert_eq!(rows[0].sector, Some(Sector::Wsh), "{file} {:?}", again.sheets);
        assert_eq!(again.counts, report.counts);
        // And once more.
        let twice = returned::workbook(&back, &again).unwrap();
        let (rows, _) = read_bytes("report (2).xlsx", &twice, &Options::default());
        assert_eq!(rows[0].sector, Some(Sector::Wsh), "{file}");
    };
    check("WASH_2024.csv", TEXT.as_bytes());
    check("data.ods", &ods("WASH", TEXT));
    check("5W WASH.ods", &ods("Data", TEXT));
}
