#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::domain::{Area, Operation, PopulationGroup, Rows};

fn known() -> Snapshot {
    let area = |pcode: &str, level: u8, parent: Option<&str>| Area {
        pcode: pcode.into(),
        name: format!("Name {pcode}").as_str().into(),
        level,
        parent: parent.map(Into::into),
        ..Area::default()
    };
    let mut rows = Rows::empty(Operation::new("test", "Test"));
    rows.areas = vec![
        area("A1", 1, None),
        area("A101", 2, Some("A1")),
        area("A102", 2, Some("A1")),
        area("XA11", 2, Some("A1")),
        area("XA12", 2, Some("A1")),
    ];
    Snapshot::build(rows)
}

fn import(name: &str, text: &str) -> Result<(Vec<Need>, Report), Unreadable> {
    needs(name, text.as_bytes(), &known(), &Options::default())
}

const HNO: &str = "Country ISO3,Admin 1 PCode,Admin 1 Name,Admin 2 PCode,Admin 2 Name,Description,Cluster,Category,Population,In Need,Targeted,Affected,Reached,Info
#country+code,#adm1+code,#adm1+name,#adm2+code,#adm2+name,#sector+description,#sector+cluster+code,#category,#population,#inneed,#targeted,#affected,#reached,#meta+info
";

fn hno(rows: &[&str]) -> (Vec<Need>, Report) {
    import("hno_2024_XXX.csv", &format!("{HNO}{}\n", rows.join("\n"))).unwrap()
}

#[test]
fn figures_of_all_sectors_are_known_in_french_and_said_where_they_are_not_clear() {
    let read = |last: &str| {
        let text = format!("Admin2 Pcode,PIN EHA,{last}\nA101,100,250,3\nA102,50,70,2\n");
        import("pin_2025.csv", &text).unwrap()
    };
    for header in ["PIN Intersectoriel", "PIN intersectorielle", "JIAF PIN", "PIN ICC"] {
        let (needs, report) = read(&format!("{header},Sévérité intersectorielle"));
        assert_eq!(in_need(&needs, Some("A101"), Sector::All, Group::ALL), Some(250.0), "{header}");
        assert_eq!(needs.len(), 4, "severity and need in one row");
        assert!(!report.remarks.iter().any(|said| said.contains("(ALL)")), "{:?}", report.remarks);
    }
    let said = |report: &Report, text: &str| report.remarks.iter().any(|one| one.contains(text));
    let (needs, report) = read("Something,Sévérité intersectorielle");
    assert_eq!(in_need(&needs, Some("A101"), Sector::All, Group::ALL), None);
    assert!(said(&report, "not made from the sectors"), "{:?}", report.remarks);
    let (needs, report) = read("PIN multisectoriel,Sévérité intersectorielle");
    assert_eq!(in_need(&needs, Some("A101"), Sector::Ms, Group::ALL), Some(250.0));
    assert!(said(&report, "call it intersectoral"), "{:?}", report.remarks);
}

#[test]
fn a_group_that_nobody_knows_beside_one_that_is_known_is_not_everybody() {
    let labels = "Admin2 Name,Admin2 Pcode";
    for (below, beside) in [
        ("Male,Female,Male,Female", ","),
        ("Male,Female,Male,Female", labels),
        ("Total,Women,Total,Women", ","),
    ] {
        let text = format!(
            "{labels},PIN,,,\n{beside},Camp,,Host,\n{beside},{below}\nx,A101,1,2,3,4\nx,A102,1,2,3,4\n"
        );
        let (needs, report) = import("pin_2025.csv", &text).unwrap();
        let of_all = needs.iter().filter(|need| need.group.population == PopulationGroup::All);
        assert_eq!(of_all.count(), 0, "{below}: {needs:?}");
        let says = |said: &String| said.contains("groups that are not understood");
        assert!(report.remarks.iter().any(says), "{below}: {:?}", report.remarks);
    }
}

#[test]
fn a_block_that_nobody_knows_is_not_what_the_one_beside_it_is() {
    let read = |blocks: &str| {
        let text = format!(
            "Admin2 Name,Admin2 Pcode,Sector,{blocks}\n,,,Men,Women,Men,Women\nx,A101,WSH,1,2,3,4\n"
        );
        let (needs, report) = import("2025.csv", &text).unwrap();
        let people = needs.iter().map(|need| (need.targeted.map(|all| all as u32), need.in_need));
        (people.collect::<std::collections::BTreeMap<_, _>>(), report)
    };
    let both = [(Some(3), Some(1.0)), (Some(4), Some(2.0))].into();
    for blocks in [
        "Personas con necesidad,,Meta,",
        "Pessoas em necessidade,,Alvo,",
        "Personnes dans le besoin,,Cible,",
        "المحتاجين,,المستهدف,",
    ] {
        assert_eq!(read(blocks).0, both, "{blocks}");
    }
    let (found, report) = read("Flurbs,,Meta,");
    assert_eq!(found, [(Some(3), None), (Some(4), None)].into());
    let says = |said: &String| said.contains("groups that are not understood");
    assert!(report.remarks.iter().any(says), "{:?}", report.remarks);
}

#[test]
fn parts_below_a_title_are_of_its_measure() {
    let text = "Targets 2026,,,\nAdmin2 Pcode,Sector,Men,Women,Total\nA101,WSH,1,2,3\n";
    let (needs, report) = import("2026.csv", text).unwrap();
    assert!(needs.iter().all(|need| need.in_need.is_none()), "{:?}", report.columns);
    let all = needs.iter().find(|need| need.group == Group::ALL);
    assert_eq!(all.unwrap().targeted, Some(3.0));
}

fn in_need(needs: &[Need], area: Option<&str>, sector: Sector, group: Group) -> Option<f64> {
    let mut found = needs
        .iter()
        .filter(|need| (need.area.as_deref(), need.sector, need.group) == (area, sector, group));
    let need = found.next()?;
    assert!(found.next().is_none(), "one row a cell");
    need.in_need
}

#[test]
fn hno_totals_take_the_overall_row_and_add_caseloads() {
    let (needs, report) = hno(&[
        "XXX,,,A101,Name A101,General Protection,PRO,total,,10,,,,",
        "XXX,,,A101,Name A101,Protection (overall),PRO,total,,15,,,,",
        "XXX,,,A101,Name A101,Protection (overall) Natural Disasters Response,PRO,total,,7,,,,",
        "XXX,,,A101,Name A101,General Protection Natural Disaster,PRO,total,,6,,,,",
        "XXX,,,A102,Name A102,General Protection,PRO,total,,4,,,,",
        "XXX,,,A101,Name A101,Protection (overall),PRO,Female,,8,,,,",
        "XXX,,,A101,Name A101,Protection (overall),PRO,Teachers,,2,,,,",
    ]);
    assert_eq!(in_need(&needs, Some("A101"), Sector::Pro, Group::ALL), Some(22.0));
    assert_eq!(in_need(&needs, Some("A102"), Sector::Pro, Group::ALL), Some(4.0));
    let female = Group { sex: crate::domain::Sex::Female, ..Group::ALL };
    assert_eq!(in_need(&needs, Some("A101"), Sector::Pro, female), Some(8.0));
    assert_eq!((report.count("part-of-overall"), report.count("unread-category")), (2, 1));
    assert_eq!(needs[0].cycle.to_string(), "2024-01-01/2024-12-31");
}

#[test]
fn a_blank_category_counts_only_where_the_total_is_missing() {
    let (needs, report) = hno(&[
        "XXX,,,,,Final caseload,ALL,,500,90,,,80,",
        "XXX,,,,,Final caseload,ALL,total,,91,,,,",
        "XXX,,,,,Camp Management Conflict Response,CCM,,,30,,,,",
        "XXX,,,,,Camp Management Natural Disaster Response,CCM,,,12,,,,",
        "XXX,,,,,Refugees,,,,25,25,,,No cluster for entity 1",
    ]);
    assert_eq!(in_need(&needs, None, Sector::All, Group::ALL), Some(91.0));
    assert_eq!(in_need(&needs, None, Sector::Ccm, Group::ALL), Some(42.0));
    assert_eq!((report.count("older-total"), report.count("no-sector")), (1, 1));
    assert_eq!(report.counts.rejected, 1);
}

#[test]
fn an_unknown_code_rejects_the_row() {
    let (needs, report) = hno(&[
        "XXX,,,A1099,Name A102,Final caseload,ALL,total,,90,,,,",
        "XXX,,,A101,Name A101,Final caseload,ALL,total,,1,,,,",
    ]);
    assert_eq!(needs.len(), 1);
    assert_eq!((report.count("unknown-pcode"), report.counts.rejected), (1, 1));
}

#[test]
fn our_template_gives_cycles_and_of_two_rows_for_one_cell_the_later_wins() {
    let text = "adm2_pcode,sector,population_group,in_need,severity,cycle_start,cycle_end
A101,WSH,all,100,3,2026-01-01,2026-12-31
A101,WSH,idp,40,9,2026-01-01,2026-12-31
A101,WSH,all,120,4,2026-01-01,2026-12-31
A101,WSH,all,80,4,2025-01-01,2025-12-31
A101,WSH,all,80,4,,
";
    let (needs, report) = import("needs.csv", text).unwrap();
    assert_eq!(needs.len(), 3);
    assert!(needs.iter().any(|need| need.in_need == Some(120.0) && need.severity == Some(4.0)));
    assert_eq!((report.count("superseded"), report.count("bad-severity")), (1, 1));
    assert_eq!((report.count("no-cycle"), report.counts.rejected), (1, 1));
}

#[test]
fn without_a_cycle_the_import_asks() {
    let text = "adm2_pcode,sector,in_need\nA101,WSH,100\n";
    assert!(import("needs.csv", text).unwrap_err().0.contains("--cycle"));
    let options = Options { cycle: Period::year(2026), ..Options::default() };
    let (needs, _) = needs("needs.csv", text.as_bytes(), &known(), &options).unwrap();
    assert_eq!(needs[0].cycle, Period::year(2026).unwrap());
}

#[test]
fn an_ipc_table_gives_food_security_needs() {
    let text = r#"{"DataList":[{"ADM2_PCODE":"A101","phase_class":3,"phase3_num":5,"phase3_plus_num":9,"phase3_plus_perc":50}]}"#;
    let (needs, report) = import("ipc-2022-03.json", text).unwrap();
    assert_eq!(
        (needs[0].sector, needs[0].in_need, needs[0].severity),
        (Sector::Fsc, Some(9.0), Some(3.0))
    );
    assert!(report.remarks.iter().any(|remark| remark.starts_with("IPC")));
}

#[test]
fn phases_in_columns_of_their_own_are_in_need_from_the_third_on() {
    let text = "adm2_pcode,Country population,Population analysed,Phase 1 number,Phase 1 percentage,Phase 2 number,Phase 3 number,Phase 3 percentage,Phase 4 number,Phase 5 number
A101,90000,1000,400,0.4,300,200,0.2,90,10
A102,90000,500,500,1,0,0,0,0,
";
    let (needs, report) = import("ipc_wide_2026.csv", text).unwrap();
    let found: Vec<_> =
        needs.iter().map(|need| (need.sector, need.in_need, need.severity)).collect();
    assert_eq!(found, [(Sector::Fsc, Some(300.0), None), (Sector::Fsc, Some(0.0), None)]);
    assert_eq!(report.counts.rejected, 0, "{:?}", report.notes);
    let remark = report.remarks.iter().find(|remark| remark.starts_with("IPC table")).unwrap();
    assert!(remark.contains("the severity is unknown"), "{remark}");
    assert!(needs.iter().all(|need| need.population.is_none_or(|people| people <= 1000.0)));
    // Without the fifth phase, or beside a column of those in need, nothing is added up.
    let cut = text.replace("Phase 5 number", "Notes");
    let options = Options { sector: Some(Sector::Fsc), ..Options::default() };
    let (needs, _) = super::needs("ipc_wide_2026.csv", cut.as_bytes(), &known(), &options).unwrap();
    assert!(needs.iter().all(|need| need.in_need.is_none()), "{needs:?}");
    let said = text.replace("Population analysed", "People in need");
    let (needs, _) =
        super::needs("ipc_wide_2026.csv", said.as_bytes(), &known(), &options).unwrap();
    assert_eq!(needs[0].in_need, Some(1000.0));
}

#[test]
fn columns_of_sectors_each_count_the_people_in_need_of_one() {
    let text = "adm2_pcode,Population,Total PIN,WASH PIN,Health PIN,WASH targeted,WASH severity
A101,1000,400,300,250,120,4
A102,500,,80,,,9
";
    let (needs, report) = import("needs_2026.csv", text).unwrap();
    let found = |area: &str, sector: Sector| {
        let mut all = needs.iter();
        let need = all.find(|need| (need.area.as_deref(), need.sector) == (Some(area), sector));
        need.map(|need| (need.population, need.in_need, need.targeted, need.severity))
    };
    assert_eq!(found("A101", Sector::All), Some((Some(1000.0), Some(400.0), None, None)));
    assert_eq!(found("A101", Sector::Wsh), Some((None, Some(300.0), Some(120.0), Some(4.0))));
    assert_eq!(found("A101", Sector::Hea), Some((None, Some(250.0), None, None)));
    assert_eq!(found("A102", Sector::Wsh), Some((None, Some(80.0), None, None)));
    assert_eq!(found("A102", Sector::Hea), None);
    assert_eq!((needs.len(), report.counts.rejected), (5, 0));
    let wash = report.columns.iter().find(|column| column.header == "WASH PIN").unwrap();
    assert_eq!((wash.field.as_deref(), wash.group.as_str()), (Some("in_need"), "WSH"));
}

#[test]
fn columns_of_women_and_men_are_needs_of_their_groups() {
    let text = "adm2_pcode,sector,in_need,Women in need,Girls in need
A101,WSH,400,150,120
";
    let (needs, _) = import("needs_2026.csv", text).unwrap();
    assert_eq!(in_need(&needs, Some("A101"), Sector::Wsh, Group::ALL), Some(400.0));
    assert_eq!(needs.len(), 3);
}

#[test]
fn the_codes_of_older_hpc_files_are_groups_and_sectors() {
    let text = "Admin 2 PCode,Sector,Gender,Age Range,Disabled,Population Group,In Need
#adm2+code,#sector+code,#gender+code,#age+range,#is_disabled,#population_group+code,#inneed
A101,ALL,a,ALL,a,ALL,400
A101,ALL,a,ALL,a,HST,300
A101,ALL,a,ALL,y,ALL,60
A101,PRO_CPM,f,0-17,a,REF,20
";
    let (needs, report) = import("hno_2024.csv", text).unwrap();
    assert_eq!(report.counts.rejected, 0, "{:?}", report.notes);
    let found: Vec<String> =
        needs.iter().map(|need| format!("{} {}", need.sector.code(), need.group)).collect();
    assert_eq!(
        found,
        [
            "ALL all/all/all/all",
            "ALL host/all/all/all",
            "ALL all/all/all/with",
            "PRO-CPN refugee/female/0-17/all"
        ]
    );
}

#[test]
fn of_an_ipc_table_with_a_row_for_each_phase_those_of_three_and_above_are_in_need() {
    let text = "Country,Total country population,adm2_pcode,From,To,Phase,Number,Percentage
#country,#population,#adm2+code,#date+start,#date+end,#severity,#affected+num,#affected+pct
XX,9000,A101,2026-03-01,2026-04-30,all,1000,1.0
XX,9000,A101,2026-03-01,2026-04-30,3+,350,0.35
XX,9000,A101,2026-03-01,2026-04-30,3,250,0.25
XX,9000,A101,2026-03-01,2026-04-30,4,100,0.10
XX,9000,A101,2026-05-01,2026-10-31,3+,400,0.40
";
    let (needs, report) = import("ipc_area_long.csv", text).unwrap();
    let found: Vec<_> = needs.iter().map(|need| (need.sector, need.in_need)).collect();
    assert_eq!(found, [(Sector::Fsc, Some(350.0)), (Sector::Fsc, Some(400.0))]);
    assert!(needs.iter().all(|need| need.severity.is_none() && need.population.is_none()));
    assert!(report.remarks.iter().any(|remark| remark.contains("each phase")));
}

#[test]
fn columns_of_child_protection_are_of_that_sector_and_not_of_children() {
    let text = "adm2_pcode,Affected,Affected
#adm2+code,#inneed+protection,#inneed+protection+child
A101,400,150
";
    let (needs, _) = import("needs_2026.csv", text).unwrap();
    assert_eq!(in_need(&needs, Some("A101"), Sector::ProCpn, Group::ALL), Some(150.0));
}

#[test]
fn a_row_about_the_whole_country_is_held_there_without_a_warning() {
    let text = "adm1_pcode,adm1_name,sector,in_need\n,National,WSH,400\n,Nowhere,WSH,5\n";
    let (needs, report) = import("needs_2026.csv", text).unwrap();
    assert_eq!(in_need(&needs, None, Sector::Wsh, Group::ALL), Some(400.0));
    assert_eq!((needs.len(), report.counts.rejected), (1, 1));
}

#[test]
fn groups_that_do_not_say_what_they_count_count_what_stands_before_them() {
    let text = "adm2_pcode,Population,Men,Women,Total PIN,WASH PIN
A101,1000,480,520,400,300
";
    let (needs, _) = import("needs_2026.csv", text).unwrap();
    let men = needs.iter().find(|need| need.group.to_string() == "all/male/all/all").unwrap();
    assert_eq!((men.population, men.in_need), (Some(480.0), None));
    let text = "adm2_pcode,sector,IDPs,in_need
A101,WSH,900,400
";
    let (needs, report) = import("needs_2026.csv", text).unwrap();
    assert_eq!((needs.len(), needs[0].in_need), (1, Some(400.0)));
    assert!(report.columns[2].reason.contains("does not say"), "{:?}", report.columns[2]);
}

/// In the order in which needs are sorted here.
const SECTORS: [&str; 4] = ["EDU", "HEA", "NUT", "WSH"];

fn severities(text: &str) -> (Vec<Option<f64>>, Report) {
    let (mut needs, report) = import("needs_2024.csv", text).unwrap();
    needs.sort_by_key(|need| (need.source.row, need.sector));
    (needs.iter().map(|need| need.severity).collect(), report)
}

#[test]
fn severities_in_words_are_phases() {
    for (header, cells) in [
        ("sector,in_need,severity", ["Extreme", "Stress", "Severe"]),
        ("Secteur,in_need,Niveau de sévérité", ["4 - Extrême", "2 - Stress", "Sévère"]),
        ("Sector,in_need,Severidad", ["Extremo", "Estrés", "Severo"]),
        ("Setor,in_need,Gravidade", ["Extrema (4)", "Estresse (2)", "Severa (3)"]),
        ("sector,in_need,الشدة", ["شديد للغاية", "ضغط", "شديد"]),
        ("sector,in_need,JIAF severity", ["Phase 4", "Phase 2", "3"]),
    ] {
        let row = |(at, cell): (usize, &&str)| format!("A101,{},5,{cell}\n", SECTORS[at]);
        let rows: String = cells.iter().enumerate().map(row).collect();
        let (found, report) = severities(&format!("adm2_pcode,{header}\n{rows}"));
        assert_eq!(found, [Some(4.0), Some(2.0), Some(3.0)], "{header} {:?}", report.columns);
        assert_eq!(report.counts.accepted, 3, "{:?}", report.issues);
        assert!(report.remarks.iter().any(|one| one.contains("is read as 4 of 5")));
    }
    let (found, _) = severities(
        "adm2_pcode,adm2_name,severity,WASH PIN,WASH severity\nA101,,,5,Severe\nA102,,,6,Stress\nA102,,,6,3\n",
    );
    assert_eq!(found, [Some(3.0), Some(3.0)]);
}

#[test]
fn words_that_are_no_phase_leave_the_severity_unknown() {
    let of = |cells: [&str; 4]| {
        let row = |(at, cell): (usize, &str)| format!("A101,{},5,{cell}\n", SECTORS[at]);
        let rows: String = cells.into_iter().enumerate().map(row).collect();
        severities(&format!("adm2_pcode,sector,in_need,severity\n{rows}"))
    };
    let (found, report) = of(["Extreme", "3 or 4", "Severe?", "2"]);
    assert_eq!(found.iter().flatten().count(), 2);
    assert_eq!(report.count("bad-severity"), 2);
    // Of another scale: severe is not 3 there.
    for other in ["Moderate", "4 - Severe", "Medium", "Critical"] {
        let (found, report) = of(["Severe", other, "Extreme", "Severe"]);
        assert_eq!(found, [None; 4], "{other}");
        assert_eq!(report.columns[3].field, None);
        assert_eq!(report.counts.accepted, 4, "{:?}", report.issues);
        let (found, report) = of(["Severe", other, "4", "3"]);
        assert_eq!(found.into_iter().flatten().collect::<Vec<_>>().len(), 2, "{other}");
        assert_eq!(report.count("bad-severity"), 2);
        assert!(report.remarks.iter().any(|one| one.contains("another scale")));
    }
    // Beside numbers words are nothing.
    for (headers, row) in [
        ("severity,severity score", "Severe,3.4"),
        ("severity score,severity", "3.4,Severe"),
        ("severity,Final severity", "Severe,3.4"),
    ] {
        let rows: String = SECTORS.iter().map(|one| format!("A101,{one},5,{row}\n")).collect();
        let (found, _) = severities(&format!("adm2_pcode,sector,in_need,{headers}\n{rows}"));
        assert_eq!(found, [Some(3.4); 4], "{headers}");
    }
    let text = "adm2_pcode,WASH PIN,severity,WASH severity,Severity WASH\n";
    let rows = ["A101", "A102", "A1"].map(|area| format!("{area},5,,Severe,3.4\n")).concat();
    let (found, _) = severities(&format!("{text}{rows}"));
    assert_eq!(found, [Some(3.4); 3]);
    // Numbers are read as before, and words elsewhere are nothing to it.
    assert_eq!(of(["1", "2.5", "7", ""]).0, of(["1", "2.5", "n/a", ""]).0);
    let (found, report) = severities(
        "adm2_pcode,sector,in_need,Remarks,Status\nA101,WSH,5,Severe,Extreme\nA102,WSH,5,Severe,Extreme\nA102,HEA,5,Severe,Extreme\n",
    );
    assert_eq!(found, [None; 3]);
    assert!(report.columns.iter().all(|column| column.field.as_deref() != Some("severity")));
}

#[test]
fn groups_beside_people_targeted_are_not_said_to_be_in_need() {
    for total in ["Total targeted", "Total cible"] {
        let text = format!("Admin2 Pcode,Sector,IDPs,Returnees,{total}\nA101,WSH,10,20,30\n");
        let (needs, report) = import("targets_2024.csv", &text).unwrap();
        assert!(needs.iter().all(|need| need.in_need.is_none()), "{total}");
        assert_eq!(needs.iter().filter_map(|need| need.targeted).collect::<Vec<_>>(), [30.0]);
        let reason = &report.columns[2].reason;
        assert!(reason.contains("does not say that they are in need"), "{reason}");
    }
}

#[test]
fn figures_of_places_that_no_column_names_are_no_figures_of_the_operation() {
    let (needs, report) = import("needs_2025.csv", "sector,pin\nWSH,100\nWSH,10\nEDU,5\n").unwrap();
    assert_eq!(in_need(&needs, None, Sector::Edu, Group::ALL), Some(5.0));
    assert_eq!((needs.len(), report.count("no-places")), (1, 2));
    // What repeats one of them is no better than it.
    let (needs, report) =
        import("needs_2025.csv", "sector,pin\nWSH,300\nWSH,200\nWSH,100\nWSH,200\n").unwrap();
    let counts = report.counts;
    assert_eq!((needs.len(), counts.rows, counts.rejected, counts.copies), (0, 4, 4, 0));
    // Two codes are enough to know a column by.
    let (needs, _) =
        import("needs_2025.csv", "Pcode,sector,pin\nXA11,WSH,100\nXA12,WSH,10\n").unwrap();
    assert_eq!(in_need(&needs, Some("XA12"), Sector::Wsh, Group::ALL), Some(10.0));
}

#[test]
fn codes_of_several_levels_in_one_column_are_codes() {
    let text = "Pcode,Name,Cluster,PIN\nXA,Land,WSH,600\nA1,Name A1,WSH,300\nA101,Name A101,WSH,200\nA102,Name A102,WSH,100\nA1,Name A1,HEA,30\n";
    let (needs, report) = import("hno_2024_XXX.csv", text).unwrap();
    let found = |area, sector| in_need(&needs, area, sector, Group::ALL);
    assert_eq!(found(Some("A1"), Sector::Wsh), Some(300.0));
    assert_eq!(found(Some("A101"), Sector::Wsh), Some(200.0));
    assert_eq!(found(Some("A1"), Sector::Hea), Some(30.0));
    let column = &report.columns[0];
    assert_eq!(column.field.as_deref(), Some("adm2_pcode"), "{column:?}");
    assert!(column.reason.contains("levels 1, 2"), "{column:?}");
}

#[test]
fn a_severity_below_a_sector_is_of_that_sector() {
    let text = "adm2_pcode,Population,WASH,,,Health,,\n,,PiN,Target,Severity,PiN,Target,Severity\nA101,900,400,90,4,300,70,3\nA102,900,200,50,3,100,30,2\n";
    let (needs, _) = import("needs_2026.csv", text).unwrap();
    let found = |sector: Sector| {
        let need = needs.iter().find(|need| need.sector == sector).unwrap();
        (need.in_need, need.targeted, need.severity)
    };
    assert_eq!(found(Sector::Wsh), (Some(400.0), Some(90.0), Some(4.0)));
    assert_eq!(found(Sector::Hea), (Some(300.0), Some(70.0), Some(3.0)));
    assert_eq!(found(Sector::All), (None, None, None));
}

#[test]
fn codes_of_areas_beside_one_figure_make_a_table() {
    let options =
        Options { cycle: Period::year(2026), sector: Some(Sector::Wsh), ..Options::default() };
    let text = "Pcode,PiN\nXA11,100\nXA12,10\n";
    let (found, _) = needs("needs.csv", text.as_bytes(), &known(), &options).unwrap();
    assert_eq!(in_need(&found, Some("XA12"), Sector::Wsh, Group::ALL), Some(10.0));
    for text in [
        "Pcode,Households,Population\nXA11,20,100\nXA12,2,10\n",
        "Pcode,Men,Women,Total\nXA11,40,60,100\nXA12,4,6,10\n",
        "Admin2 Pcode,Admin2,Male,Female,Total\nXA11,Name XA11,40,60,100\nXA12,Name XA12,4,6,10\n",
    ] {
        let people =
            crate::intake::population("people.csv", text.as_bytes(), &known(), &Options::default());
        let (rows, _) = people.unwrap();
        let all = rows.iter().filter(|row| row.group == Group::ALL).map(|row| row.people);
        assert_eq!(all.sum::<f64>(), 110.0, "{text}");
    }
    let work = "Partner,Sector,Pcode,Men,Women\nA,WSH,XA11,4,6\nB,WSH,XA12,4,6\n";
    assert!(
        crate::intake::population("w.csv", work.as_bytes(), &known(), &Options::default()).is_err()
    );
}

#[test]
fn of_years_above_the_sectors_the_one_of_the_cycle_is_read() {
    let text = "Admin2 Pcode,2024,,,,2025,,,\n,WASH,,Health,,WASH,,Health,\n\
                ,PIN,Target,PIN,Target,PIN,Target,PIN,Target\nA101,1,2,3,4,5,6,7,8\n";
    let of = |year: i16| {
        let options = Options { cycle: Period::year(year), ..Options::default() };
        let (found, _) = needs("pin.csv", text.as_bytes(), &known(), &options).ok()?;
        let mut found: Vec<_> = found.iter().map(|need| (need.in_need, need.targeted)).collect();
        found.sort_by(|a, b| a.partial_cmp(b).unwrap());
        Some(found)
    };
    let both = |pin: f64| (Some(pin), Some(pin + 1.0));
    assert_eq!(of(2024), Some(vec![both(1.0), both(3.0)]));
    assert_eq!(of(2025), Some(vec![both(5.0), both(7.0)]));
    assert_eq!(of(2026), None, "none of them is of it");
}

#[test]
fn figures_of_several_camps_of_one_area_are_not_those_of_the_area() {
    let cycle = "2026-01-01,2026-12-31";
    let head = "Admin2 Pcode,Camp,Sector,PIN,cycle_start,cycle_end";
    let text = format!(
        "{head}\nA101,North,HEA,300,{cycle}\nA101,South,HEA,200,{cycle}\nA101,East,HEA,200,{cycle}\n\
         A102,North,HEA,50,{cycle}\nXA11,Total,HEA,70,{cycle}\nXA11,West,HEA,70,{cycle}\n"
    );
    let (needs, report) = import("camps.csv", &text).unwrap();
    let figures: Vec<_> =
        needs.iter().map(|need| (need.area.as_deref().unwrap(), need.in_need)).collect();
    assert_eq!(figures, [("A102", Some(50.0)), ("XA11", Some(70.0))]);
    assert_eq!((report.count("finer-place"), report.counts.rejected), (4, 4));

    let text = "Admin2 Pcode,Village,Population\nA101,a,300\nA101,b,500\nA102,,70\nA102,c,10\n";
    let read =
        crate::intake::population("v.csv", text.as_bytes(), &known(), &Options::default()).unwrap();
    let figures: Vec<_> =
        read.0.iter().map(|row| (row.area.as_deref().unwrap(), row.people)).collect();
    assert_eq!((figures, read.1.count("finer-place")), (vec![("A102", 70.0)], 3));
}
