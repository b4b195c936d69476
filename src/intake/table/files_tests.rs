//! Workbooks and archives with several tables.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::formats::archive::made;
use crate::formats::sniff;

const LINES: &str = "Organization,Sector,District,Reached\n";

fn found(bytes: &[u8], sheet: Option<&str>) -> (Found, String) {
    let book = sniff::open(bytes).unwrap();
    let options = Options { sheet: sheet.map(str::to_owned), ..Options::default() };
    let found = find(&book, Kind::Activities, &options).unwrap();
    let said = found.left_out().into_iter().chain(book.left_out.iter().cloned());
    let said = said.collect::<Vec<_>>().join(" ");
    let name = book.sheets[found.sheet].name.clone();
    (found, format!("{name}: {said}"))
}

fn table(rows: usize) -> String {
    let row = |at: usize| format!("Org {at},WASH,Buzi,{at}\n");
    LINES.to_owned() + &(0..rows).map(row).collect::<String>()
}

#[test]
fn of_the_files_of_a_zip_the_fullest_is_read_and_the_others_are_named() {
    let zip = made(&[
        ("readme.csv", b"Sheet,What\n5w,the list\n"),
        ("lists.csv", b"Organization,Acronym,Type\nA,B,UN\n"),
        ("5w.csv", table(30).as_bytes()),
        ("needs.csv", b"adm1_pcode,sector,in_need\nA1,WSH,5\n"),
    ]);
    let (_, said) = found(&zip, None);
    assert!(said.starts_with("5w: The file also has \"readme\" (2 rows), \"lists\" (1 row) and \"needs\" (1 row), which are not read: name one at a time"), "{said}");
    assert!(found(&zip, Some("lists")).1.starts_with("lists: "));
}

#[test]
fn of_the_months_of_a_zip_the_latest_is_read() {
    let zip = made(&[
        ("5W/5W_mars_2024.csv", table(3).as_bytes()),
        ("5W/5W_janvier_2024.csv", table(9).as_bytes()),
        ("5W/5W_fevrier_2024.csv", table(5).as_bytes()),
        ("5W/notes.xlsx", b"PK\x03\x04 broken"),
    ]);
    let (found, said) = found(&zip, None);
    assert!(said.starts_with("5W_mars_2024: The sheets \"5W_janvier_2024\" (9 rows) and \"5W_fevrier_2024\" (5 rows) have the same headers"), "{said}");
    assert!(said.contains("notes.xlsx of the zip was left out"), "{said}");
    assert!(found.choice.contains("the latest (2024-03)"), "{}", found.choice);
}

#[test]
fn files_of_the_same_name_are_told_apart() {
    let zip = made(&[
        ("north/5w.csv", table(3).as_bytes()),
        ("south/5w.csv", table(4).as_bytes()),
        ("list.csv", table(2).as_bytes()),
        ("list.txt", table(2).as_bytes()),
    ]);
    let book = sniff::open(&zip).unwrap();
    let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["north/5w", "south/5w", "list.csv", "list.txt"]);
    assert!(found(&zip, Some("south/5w")).1.starts_with("south/5w"));
}

/// A workbook whose sheets have the same headers and so many rows.
fn xlsx(sheets: &[(&str, usize)], active: usize) -> Vec<u8> {
    let mut files: Vec<(String, String)> = Vec::new();
    let (mut list, mut rels) = (String::new(), String::new());
    for (at, (name, rows)) in sheets.iter().enumerate() {
        list += &format!("<sheet name=\"{name}\" sheetId=\"{}\" r:id=\"r{at}\"/>", at + 1);
        rels += &format!(
            "<Relationship Id=\"r{at}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>"
        );
        let text = table(*rows);
        let row = |(number, line): (usize, &str)| {
            let cell = |(column, value): (usize, &str)| {
                let column = ["A", "B", "C", "D"][column];
                format!(
                    "<c r=\"{column}{}\" t=\"inlineStr\"><is><t>{value}</t></is></c>",
                    number + 1
                )
            };
            let cells: String = line.split(',').enumerate().map(cell).collect();
            format!("<row r=\"{}\">{cells}</row>", number + 1)
        };
        let rows: String = text.lines().enumerate().map(row).collect();
        files.push((
            format!("xl/worksheets/sheet{at}.xml"),
            format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        ));
    }
    let view = format!("<bookViews><workbookView activeTab=\"{active}\"/></bookViews>");
    files.push((
        "xl/workbook.xml".into(),
        format!("<workbook>{view}<sheets>{list}</sheets></workbook>"),
    ));
    files.push((
        "xl/_rels/workbook.xml.rels".into(),
        format!("<Relationships>{rels}</Relationships>"),
    ));
    files.push(("_rels/.rels".into(), "<Relationships><Relationship Id=\"r\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".into()));
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    made(&files)
}

#[test]
fn the_sheet_that_was_open_comes_before_another_with_the_same_headers() {
    let (found, said) = found(&xlsx(&[("Nord", 9), ("Sud", 8), ("Est", 7)], 2), None);
    assert!(said.starts_with("Est: "), "{said}");
    assert!(found.choice.contains("was open when the file was saved"), "{}", found.choice);
    let of = |sheets: &[(&str, usize)], active| {
        let book = xlsx(sheets, active);
        super::files_tests::found(&book, None).1.split(':').next().unwrap().to_owned()
    };
    assert_eq!(of(&[("Data", 900), ("Exemple", 2)], 1), "Data");
    assert_eq!(of(&[("Enero", 9), ("Febrero", 8), ("Marzo", 0)], 2), "Febrero");
    assert_eq!(of(&[("Q1", 9), ("Q2", 8), ("Année", 17)], 0), "Année");
    assert_eq!(of(&[("Nord", 9), ("Sud", 9)], 0), "Nord");
}

#[test]
fn the_table_that_was_open_in_an_ods_is_known() {
    let sheet = |name: &str, who: &str| {
        let row = |cells: [&str; 4]| {
            let cell = |text: &str| {
                format!(
                    "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
                )
            };
            format!("<table:table-row>{}</table:table-row>", cells.map(cell).concat())
        };
        let rows = row(["Organization", "Sector", "District", "Reached"])
            + &row([who, "WASH", "Buzi", "5"]);
        format!("<table:table table:name=\"{name}\">{rows}</table:table>")
    };
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet>{}{}</office:spreadsheet></office:body></office:document-content>",
        sheet("Nord", "A"),
        sheet("Sud", "B")
    );
    let settings = "<office:document-settings xmlns:office=\"o\" xmlns:config=\"c\"><config:config-item config:name=\"ActiveTable\" config:type=\"string\">Sud</config:config-item></office:document-settings>";
    let ods = made(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("settings.xml", settings.as_bytes()),
    ]);
    let (_, said) = found(&ods, None);
    assert!(said.starts_with("Sud: "), "{said}");
}
