#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::domain::{Area, Operation, PlaceMethod, Rows};

/// Two provinces of Mozambique, each with districts.
fn known() -> Snapshot {
    let area = |pcode: &str, name: &str, parent: Option<&str>| Area {
        pcode: pcode.into(),
        name: name.into(),
        level: if parent.is_some() { 2 } else { 1 },
        parent: parent.map(Into::into),
        ..Area::default()
    };
    let operation = Operation::new("op", "Op");
    let mut rows = Rows::empty(operation);
    rows.areas = vec![
        area("MZ09", "Sofala", None),
        area("MZ0901", "Buzi", Some("MZ09")),
        area("MZ0902", "Caia", Some("MZ09")),
        area("MZ04", "Grande'Anse", None),
        area("MZ0408", "Petion-Ville", Some("MZ04")),
    ];
    Snapshot::build(rows)
}

fn read(text: &str) -> (Vec<Activity>, Report) {
    let read = activities("a.csv", text.as_bytes(), &known(), &Options::default());
    let (intake, report) = read.unwrap();
    (intake.activities, report)
}

fn areas(text: &str) -> (Vec<Option<String>>, Report) {
    let (rows, report) = read(text);
    (rows.iter().map(|row| row.area.as_deref().map(str::to_owned)).collect(), report)
}

fn at(pcode: &str) -> Option<String> {
    Some(pcode.to_owned())
}

fn everything(rows: &[Activity], report: &Report) -> String {
    format!("{rows:?} {}", serde_json::to_string(report).unwrap())
}

#[test]
fn contacts_in_the_cells_of_places_are_cut_out_before_anything_is_kept() {
    let (rows, report) = read(
        "Partner,Sector,Province,District,Reached
CARE,WSH,Sofala,Bairro Novo (Chefe: Sr. João Tembe +258 84 123 4567),10
CARE,WSH,Sofala,joao.tembe@care.org,20
CARE,WSH,Sofala,Bairro do Sr. António Guterres 841234567,30
",
    );
    let all = everything(&rows, &report);
    for personal in ["4567", "Tembe", "joao.tembe"] {
        assert!(!all.contains(personal), "{personal}: {all}");
    }
    assert!(all.contains("Bairro Novo") && all.contains("António Guterres"), "{all}");
    assert_eq!(report.count("personal-data-removed"), 3);
    let cut = "4 contacts, identity numbers or names of people were cut out of the texts in column District.";
    assert!(report.remarks.iter().any(|remark| remark == cut), "{:?}", report.remarks);
}

#[test]
fn contacts_in_acronyms_ids_and_headers_are_cut_out() {
    let (rows, report) = read(
        "Partner,Acronym,Activity id,Sector,Notes call +258 84 123 4567
CARE,CARE ana@care.org,ana@care.org 7,WSH,x
",
    );
    let all = everything(&rows, &report);
    assert!(!all.contains("ana@") && !all.contains("4567"), "{all}");
    let (rows, _) = read("Partner,Activity id,Sector\nCARE,0123-456-789,WSH\n");
    assert_eq!(rows[0].activity_id.as_deref(), Some("0123-456-789"));
}

#[test]
fn an_organisation_that_is_only_a_contact_is_none() {
    let (rows, report) =
        read("Partner,Sector\nana@oxfam.org,WSH\n+258 84 123 4567,WSH\nOxfam,WSH\n");
    assert_eq!(rows.len(), 1);
    assert_eq!((report.count("no-partner"), report.count("personal-data-removed")), (2, 2));
}

#[test]
fn columns_of_those_who_hold_an_office_are_dropped() {
    for header in ["Village chief", "Donor contact", "Chefe da aldeia", "Régulo", "رئيس المخيم"]
    {
        let (rows, report) = read(&format!("Partner,Sector,{header}\nCARE,WSH,José Tembe\n"));
        assert_eq!(report.dropped_personal, [header]);
        assert!(!everything(&rows, &report).contains("Tembe"), "{header}");
    }
    let (_, report) = read("Partner,Sector,Lead agency,Community leader\nCARE,WSH,NRC,12\n");
    assert!(report.dropped_personal.is_empty(), "{:?}", report.dropped_personal);
}

#[test]
fn rows_of_another_country_are_not_placed_in_areas_of_the_same_name() {
    for header in ["Country", "ADM0_EN", "admin0Pcode", "Admin 0", "ISO3", "Pays"] {
        let (found, report) = areas(&format!(
            "Partner,Sector,{header},Province,District,Reached
CARE,WSH,Mozambique,Sofala,Buzi,1
CARE,WSH,MZ,Sofala,Buzi,2
CARE,WSH,Zimbabwe,Sofala,Buzi,3
CARE,WSH,ZWE,Sofala,Buzi,4
CARE,WSH,somewhere,Sofala,Buzi,5
"
        ));
        let buzi = at("MZ0901");
        assert_eq!(found, [buzi.clone(), buzi.clone(), None, None, buzi], "{header}");
        assert_eq!(report.count("other-country"), 2, "{header}");
        let example = &report.issues[0].examples[0];
        assert_eq!((example.row, example.value.as_str()), (4, "Zimbabwe"));
        assert!(example.detail.contains("Zimbabwe (ZW)") && example.detail.contains("Mozambique"));
    }
}

#[test]
fn a_row_of_another_country_stays_out_when_it_is_placed_again() {
    let (rows, _) = read("Partner,Sector,Country,Province,District\nCARE,WSH,ZW,Sofala,Buzi\n");
    assert_eq!((&rows[0].placed.said, rows[0].placed.method), (&None, PlaceMethod::None));
}

#[test]
fn a_code_of_this_operation_wins_over_another_country_and_the_country_of_origin_is_none() {
    let (found, report) = areas("Partner,Sector,Country,adm2_pcode\nCARE,WSH,Zimbabwe,MZ0901\n");
    assert_eq!((found, report.count("country-and-code-disagree")), (vec![at("MZ0901")], 1));
    let (found, _) = areas("Partner,Sector,Country of origin,Province\nCARE,WSH,Zimbabwe,Sofala\n");
    assert_eq!(found, [at("MZ09")]);
}

#[test]
fn the_code_and_the_name_of_one_cell_are_both_read() {
    for header in ["Admin2 Pcode", "District"] {
        for cell in
            ["MZ0901 - Buzi", "Buzi (MZ0901)", "[MZ0901] Buzi", "MZ0901_Buzi", "MZ0901: Buzi"]
        {
            let (found, report) = areas(&format!(
                "Partner,Sector,Province,{header}\nCARE,WSH,Sofala,{cell}\nNRC,WSH,Sofala,{cell}\n"
            ));
            assert_eq!(found, [at("MZ0901"), at("MZ0901")], "{header}: {cell}");
            assert_eq!(report.counts.accepted, 2, "{header}: {cell} {:?}", report.issues);
        }
        let (found, report) =
            areas(&format!("Partner,Sector,Province,{header}\nCARE,WSH,Sofala,MZ0901 - Caia\n"));
        assert_eq!((found, report.count("code-and-name-disagree")), (vec![at("MZ0901")], 1));
    }
    let (found, _) = areas("Partner,Sector,Province,District\nCARE,WSH,Sofala,Zone 12\n");
    assert_eq!(found, [at("MZ09")]);
}

#[test]
fn a_row_with_several_districts_is_held_above_them() {
    let (found, report) = areas(
        "Partner,Sector,Province,District 1,District 2,District 3,Reached
CARE,WSH,Sofala,Buzi,Caia,,300
CARE,WSH,Sofala,Buzi,,,200
CARE,WSH,Sofala,,Caia,,100
CARE,WSH,Sofala,Buzi,Buzi,,50
",
    );
    assert_eq!(found, [at("MZ09"), at("MZ0901"), at("MZ0902"), at("MZ0901")]);
    assert_eq!(report.count("several-places"), 1);
    assert_eq!(report.notes[0].value.as_ref(), "Buzi; Caia");
}

#[test]
fn blanks_and_hyphens_do_not_part_a_name_from_itself() {
    let (found, report) = areas(
        "Partner,Sector,Province,District
CARE,WSH,Grande Anse,Pétionville
CARE,WSH,Grande-Anse,Petion Ville
",
    );
    assert_eq!(found, [at("MZ0408"), at("MZ0408")]);
    assert_eq!(report.counts.accepted, 2, "{:?}", report.issues);
}

#[test]
fn the_name_that_is_not_known_is_the_one_that_is_told() {
    let (found, report) = areas("Partner,Sector,Province,District\nCARE,WSH,Nowhere,Buzi\n");
    assert_eq!(found, [None]);
    let unknown = report.issues.iter().find(|issue| issue.code == "unknown-place-name").unwrap();
    assert_eq!(unknown.examples[0].value, "Nowhere");
}

#[test]
fn organisations_that_wait_in_the_review_are_said_once() {
    let (_, report) = read("Partner,Sector\nNRC,WSH\nNorwegian Refugee Council,WSH\nCARE,WSH\n");
    let waits = "1 organisation may be another one under another name; it waits in the review (lacuna review) and counts apart until confirmed.";
    assert_eq!(report.remarks.iter().filter(|remark| *remark == waits).count(), 1);
    let (_, report) = read("Partner,Sector\nNRC,WSH\nCARE,WSH\n");
    assert!(!report.remarks.iter().any(|remark| remark.contains("review")));
}

#[test]
fn objects_within_a_row_are_columns_of_their_own() {
    let row = r#"{"org":{"name":"Oxfam"},"sector":"WSH","location":{"pcode":"MZ0901"}}"#;
    let text = format!("[{row},{row},{row}]");
    let read = activities("a.json", text.as_bytes(), &known(), &Options::default());
    let (intake, report) = read.unwrap();
    let row = &intake.activities[0];
    assert_eq!(
        (&*row.partner, row.area.as_deref()),
        ("oxfam", Some("MZ0901")),
        "{:?}",
        report.columns
    );
}

#[test]
fn all_districts_are_a_row_of_their_own_only_where_they_are_no_sum_of_others() {
    let text = |all: &str| {
        format!(
            "Partner,Sector,Province,District,Start date,Targeted,Reached
IRC,WASH,Sofala,Buzi,2026-01-01,100,80
IRC,WASH,Sofala,Caia,2026-01-01,50,40
{all}
"
        )
    };
    for (all, rows, rejected) in [
        ("IRC,WASH,Sofala,All districts,2026-01-01,150,120", 2, 1),
        ("IRC,WASH,Sofala,Todos os distritos,2026-01-01,150,120", 2, 1),
        ("IRC,WASH,Sofala,All districts,2026-01-01,150,130", 3, 0),
        ("PSI,WASH,Sofala,All districts,2026-01-01,150,120", 3, 0),
        ("IRC,WASH,Sofala,,2026-01-01,150,120", 3, 0),
    ] {
        let (found, report) = read(&text(all));
        assert_eq!((found.len(), report.counts.rejected), (rows, rejected), "{all}");
        assert_eq!(report.count("total-row"), rejected, "{all}");
    }
}
