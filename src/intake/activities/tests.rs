#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::domain::{Operation, Rows, Sector};

pub(super) fn nowhere() -> Snapshot {
    Snapshot::build(Rows::empty(Operation::new("op", "Operation")))
}

pub(super) fn read(text: &str) -> (Vec<Activity>, Report) {
    read_named("a.csv", text)
}

pub(super) fn read_named(name: &str, text: &str) -> (Vec<Activity>, Report) {
    let read = activities(name, text.as_bytes(), &nowhere(), &Options::default());
    let (intake, report) = read.unwrap();
    (intake.activities, report)
}

fn reached(text: &str) -> (Vec<Option<f64>>, Report) {
    let (rows, report) = read(&format!("partner,sector,reached\n{text}"));
    (rows.iter().map(|row| row.reached).collect(), report)
}

#[test]
fn thousands_written_with_dots_are_thousands_and_the_report_says_so() {
    let (found, report) = reached("a,WSH,1.500\nb,WSH,12.000\nc,WSH,800\n");
    assert_eq!(found, [Some(1500.0), Some(12_000.0), Some(800.0)]);
    assert!(report.remarks.iter().any(|remark| remark.contains("column C (reached)")));
    let (found, report) = reached("a,WSH,1.500\nb,WSH,2.5\n");
    assert_eq!(found, [Some(1.5), Some(2.5)]);
    assert_eq!(report.count("thousands-or-decimals"), 1);
    assert_eq!(report.issues.last().unwrap().examples[0].row, 2);
    assert!(report.notes.iter().any(|note| &*note.detail == "1.500 may mean 1500."));
}

#[test]
fn figures_nobody_can_have_reached_are_unknown() {
    let (found, report) = reached("a,WSH,1e11\nb,WSH,-5\nc,WSH,1e999\nd,WSH,7\n");
    assert_eq!(found, [None, None, None, Some(7.0)]);
    let counts = ["too-many", "negative", "not-a-number"].map(|code| report.count(code));
    assert_eq!(counts, [1, 1, 1]);
    assert!(report.issues.iter().any(|issue| issue.examples[0].column == "reached"));
}

#[test]
fn figures_that_slipped_into_the_dates_are_no_dates() {
    let (rows, report) = read(
        "partner,start_date,end_date\na,2026-01-02,2026-02-01\nb,22000,2109-05-15\nc,1985-01-01,\n\
         d,2026-01-03,2026-03-01\n",
    );
    let days: Vec<_> = rows.iter().map(|row| (row.start.is_some(), row.end.is_some())).collect();
    assert_eq!(days, [(true, true), (false, false), (false, false), (true, true)]);
    assert_eq!(report.count("implausible-date"), 3);
    let (rows, _) = read("partner,start_date\na,01.2026\nb,2026-01-02\nc,20260103\n");
    assert!(rows.iter().all(|row| row.start.is_some()), "months and days written together");
    let (rows, _) = read("partner,start_date\na,46000\nb,46010\n");
    assert!(rows.iter().all(|row| row.start.is_some()), "a column of days as a spreadsheet counts");
}

fn read_as(file: &str, text: &str, options: &Options) -> (Vec<Activity>, Report) {
    let (intake, report) = activities(file, text.as_bytes(), &nowhere(), options).unwrap();
    (intake.activities, report)
}

#[test]
fn a_row_without_a_sector_or_with_two_is_warned_about() {
    let (rows, report) = read(
        "partner,sector,reached\na,WSH,1\nb,,2\nc,WASH/Health,3\nd,WASH; Health,4\ne,Magic,5\n",
    );
    assert_eq!(rows.iter().filter(|row| row.sector.is_some()).count(), 1);
    assert_eq!((report.count("no-sector"), report.count("unknown-sector")), (1, 3));
    let details: Vec<_> = report.notes.iter().map(|note| &*note.detail).collect();
    assert_eq!(details.iter().filter(|detail| detail.contains("WSH and HEA")).count(), 2);
    let sector = Some(crate::domain::Sector::Wsh);
    let told = Options { sector, ..Options::default() };
    assert_eq!(read_as("a.csv", "partner,sector\nb,\n", &told).1.count("no-sector"), 0);
}

#[test]
fn a_month_alone_takes_the_year_of_the_cycle_or_of_the_name_of_the_file() {
    let text = "partner,start_date\na,January\nb,2022-02-03\n";
    let days = |row: &Activity| [row.start, row.end].map(|day| day.map(|day| day.to_string()));
    let january = |year: u16| [Some(format!("{year}-01-01")), Some(format!("{year}-01-31"))];
    let (rows, report) = read_as("3w_20220520_2022.csv", text, &Options::default());
    assert_eq!(days(&rows[0]), january(2022));
    assert_eq!(days(&rows[1]), [Some("2022-02-03".to_owned()), None]);
    assert!(report.remarks.iter().any(|remark| remark.contains("1 row has dates without")));
    let cycle = crate::domain::Period::year(2024);
    let told = Options { cycle, ..Options::default() };
    assert_eq!(days(&read_as("3w_2022.csv", text, &told).0[0]), january(2024));
    let (rows, report) = read_as("3w_2021_2022.csv", text, &Options::default());
    assert_eq!((days(&rows[0]), report.count("not-a-date")), ([None, None], 1));
}

#[test]
fn what_programs_write_where_there_is_nothing_is_nothing() {
    let text = "partner,sector,adm1_pcode,adm1_name,status\na,WSH,NULL,-,NA\nb,WSH,#N/A,n/a,\n";
    let (rows, report) = read(text);
    assert_eq!(rows.len(), 2);
    assert_eq!((report.count("failed-formula"), report.count("unknown-status")), (1, 0));
    assert!(rows.iter().all(|row| row.area.is_none() && row.status.is_none()));
}

#[test]
fn a_level_without_boundaries_is_said_once() {
    let (rows, report) =
        read("partner,sector,adm1_pcode,adm2_pcode\na,WSH,A1,A101\nb,WSH,A1,A102\nc,WSH,A2,A201\n");
    assert_eq!((rows.len(), report.counts.accepted), (3, 3));
    assert_eq!(
        report.remarks,
        [
            "3 rows name an area of level 2; no boundaries of level 2 are known: they are held at the operation, and move there once these boundaries are imported."
        ]
    );
}

#[test]
fn names_of_a_level_without_boundaries_are_told_like_codes() {
    let (_, report) = read("partner,sector,adm1_name,adm2_name\na,WSH,North,Bor\nb,WSH,North,\n");
    assert_eq!((report.counts.accepted, report.count("no-place")), (2, 0));
    assert!(
        report.remarks[0].starts_with("1 row names an area of level 1"),
        "{:?}",
        report.remarks
    );
}

#[test]
fn a_column_that_is_not_there_is_refused_with_those_that_are() {
    let told = Options { columns: vec![("who".into(), Field::Partner)], ..Options::default() };
    let refusal = activities("a.csv", b"partner,reached\na,1\n", &nowhere(), &told).unwrap_err();
    assert_eq!(refusal.0, "There is no column \"who\": the table has partner, reached.");
}

#[test]
fn a_file_of_another_kind_is_told_which() {
    for (text, kind) in [
        ("adm1_pcode,sector,in_need,severity\nA1,WSH,5,3\n", "needs"),
        ("name,type,latitude,longitude,sector\nPump,borehole,1,2,WSH\n", "sites"),
        ("adm1_pcode,population,sex\nA1,5,female\n", "population"),
    ] {
        let (rows, report) = read(text);
        assert!(rows.is_empty());
        let wanted = format!("If it is, import it as {kind}.");
        assert!(
            report.remarks.iter().any(|remark| remark.ends_with(&wanted)),
            "{kind}: {report:?}"
        );
    }
    let (_, report) = read("partner,sector\na,WSH\n");
    assert!(report.remarks.is_empty());
}

/// Group, targeted and reached of every row.
fn figures(text: &str) -> (Vec<String>, Report) {
    let (rows, report) = read(text);
    let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), |figure| figure.to_string());
    let row =
        |row: &Activity| format!("{} {} {}", row.group, figure(row.targeted), figure(row.reached));
    (rows.iter().map(row).collect(), report)
}

#[test]
fn parts_without_a_total_are_rows_of_their_groups() {
    let (rows, report) = figures(
        "Organisation,Cluster,Women reached,Men reached,Girls reached,Boys reached,Children <5,Targeted\n\
         A,WASH,10,20,30,40,5,120\nB,WASH,,7,,,,\nC,WASH,,,,,,\n",
    );
    assert_eq!(
        rows,
        [
            "all/all/all/all 120 -",
            "all/female/18+/all - 10",
            "all/male/18+/all - 20",
            "all/female/0-17/all - 30",
            "all/male/0-17/all - 40",
            "all/male/18+/all - 7",
            "all/all/all/all - -",
        ]
    );
    // One row of the file is one row of the report, whatever it gave.
    assert_eq!((report.counts.rows, report.counts.rejected), (3, 0));
    let column = report.columns.iter().find(|column| column.header == "Children <5");
    assert!(column.unwrap().reason.contains("shares people with"), "{column:?}");
    assert!(
        report.remarks.iter().any(|remark| remark.contains("No column is the total of reached"))
    );
}

#[test]
fn parts_beside_their_total_are_not_added_to_it() {
    let (rows, report) =
        figures("Org,Sector,People reached,Female,Male\nA,WASH,30,20,10\nB,WASH,5,2,3\n");
    assert_eq!(rows, ["all/all/all/all - 30", "all/all/all/all - 5"]);
    assert!(report.remarks.iter().any(|remark| remark.contains("is the total of reached")));
    let (rows, _) = figures("Org,Sector,Men,Women,Total\nA,WASH,10,20,30\nB,WASH,1,2,3\n");
    assert_eq!(rows, ["all/all/all/all - 30", "all/all/all/all - 3"]);
}

#[test]
fn figures_under_a_common_header_belong_to_it() {
    let (rows, _) =
        figures(",,Targeted,,Reached,\nOrganisation,Sector,Men,Women,Men,Women\nA,WASH,1,2,3,4\n");
    assert_eq!(rows, ["all/male/all/all 1 3", "all/female/all/all 2 4"]);
}

#[test]
fn the_implementing_organisation_reports_where_no_other_does() {
    let text = "Implementing partner,Type of implementing partner,Sector\nA,INGO,WASH\n";
    let (rows, report) = read(text);
    assert_eq!(&*rows[0].partner, "a");
    assert!(report.remarks.iter().any(|remark| remark.contains("the implementing one")));
    assert_eq!(report.column("partner_type").unwrap().header, "Type of implementing partner");
    let (rows, report) = read("Lead organisation,Implementing partner,Sector\n,A,WASH\nB,C,WASH\n");
    assert_eq!((&*rows[0].partner, &*rows[1].partner), ("a", "b"));
    assert_eq!((rows.len(), report.count("implementer-reports")), (2, 1));
}

#[test]
fn a_place_called_after_a_person_does_not_let_that_person_into_a_description() {
    let (rows, _) = read(
        "Organisation,Sector,Location,Description\n\
         A,WASH,Dr. Tsegay Bekele,Wells\nA,WASH,Camp 2,Dr. Tsegay Bekele\n",
    );
    assert_eq!(rows[0].location.as_deref(), Some("Dr. Tsegay Bekele"));
    assert_eq!(rows[1].description.as_deref(), Some("Dr. [removed]"));
}

#[test]
fn contacts_are_cut_out_of_texts_and_never_shown() {
    let (rows, report) = read(
        "Organisation,Sector,Description,Status,Contact person\n\
         A,WASH,\"Wells, call +252 61 555 0101\",ask me@there.org,Amina\nB,WASH,Wells,ongoing,Ali\n",
    );
    assert_eq!(rows[0].description.as_deref(), Some("Wells, call [removed]"));
    assert_eq!(report.count("personal-data-removed"), 1);
    assert_eq!(report.dropped_personal, ["Contact person"]);
    let whole = format!("{report:?}");
    for secret in ["555 0101", "me@there", "Amina"] {
        assert!(!whole.contains(secret), "{secret}");
    }
}

#[test]
fn a_column_that_is_said_to_be_nothing_is_not_used() {
    let options = Options { unused: vec!["Reached".into()], ..Options::default() };
    let text = b"partner,sector,reached\nA,WASH,5\n";
    let (intake, _) = activities("a.csv", text, &nowhere(), &options).unwrap();
    assert_eq!(intake.activities[0].reached, None);
}

#[test]
fn forms_in_several_languages_are_understood_by_their_words() {
    let mapped = |text: &str| -> String {
        let (_, report) = read(text);
        let field = |column: &crate::intake::report::ColumnReport| {
            column.field.clone().unwrap_or_else(|| "-".to_owned())
        };
        report.columns.iter().map(field).collect::<Vec<_>>().join(" ")
    };
    for (text, expected) in [
        (
            "N\u{b0};Organisation;Type d'organisation;Secteur;R\u{e9}gion;Cercle;Hommes;Femmes;Total\n\
             1;AMSS;ONG nationale;EHA;Gao;Ansongo;1 200;1 350;2 550\n;;;;;Total;1 200;1 350;2 550\n",
            "- partner partner_type sector adm1_name adm2_name - - reached",
        ),
        (
            "Reporting org,Implementing org,Donor,Cluster,District,P-Code,Reached IDPs,Reached Host\n\
             WFP,AAH,ECHO,Food Security,Jere,NG008013,900,450\n",
            "partner implementing_partner donor sector adm2_name adm2_pcode reached reached",
        ),
        (
            "Organizaci\u{f3}n,Sector,Municipio,Personas beneficiadas,Contacto\nACNUR,Salud,Tib\u{fa},12,Ana\n",
            "partner sector adm2_name reached -",
        ),
    ] {
        assert_eq!(mapped(text), expected, "{text}");
    }
}

#[test]
fn formulas_without_their_results_are_said_with_their_columns() {
    let text = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let formula = "<table:table-cell table:formula=\"of:=1+1\"/>".to_owned();
    let rows = [
        row(&["partner", "sector", "reached", "total"].map(text)),
        row(&[text("a"), text("WSH"), formula.clone(), formula.clone()]),
        row(&[text("b"), text("WSH"), formula, text("5")]),
    ];
    let sheet = format!(
        "<office:document-content><office:spreadsheet><table:table table:name=\"A\">{}</table:table></office:spreadsheet></office:document-content>",
        rows.concat()
    );
    let file = crate::formats::archive::made(&[("content.xml", sheet.as_bytes())]);
    let read = activities("a.ods", &file, &nowhere(), &Options::default());
    let (found, report) = read.unwrap();
    assert_eq!(found.activities.len(), 2);
    assert_eq!(
        report.remarks[0],
        "3 cells are formulas without their results, in reached (2), total (1): they are read as empty. Open the file in a spreadsheet program, save it there and send it again."
    );
}

type PeopleAndHouseholds = (Option<f64>, Option<f64>);

/// Reached people and households of each row.
fn counted(text: &str) -> (Vec<PeopleAndHouseholds>, Report) {
    let (rows, report) = read(text);
    (rows.iter().map(|row| (row.reached, row.households_reached)).collect(), report)
}

#[test]
fn figures_of_other_units_are_not_people() {
    let (found, report) = counted(
        "Organization,Cluster,Activity,Unit,Achieved\na,FSL,Seeds,HHs,450\n\
         b,FSL,Training,Individuals,58\nc,WASH,Water,m3,850\nd,WASH,Wells,Boreholes,4\n\
         e,WASH,Soap,%,80\nf,WASH,Talks,,12\ng,WASH,Talks,gadgets,13\n",
    );
    let unknown = (None, None);
    let people = |figure| (Some(figure), None);
    let expected = [(None, Some(450.0)), people(58.0), unknown, unknown, unknown, people(12.0)];
    assert_eq!(found[..6], expected);
    assert_eq!(found[6], unknown);
    assert_eq!(report.count("not-people"), 4);
    let details = report.notes.iter().map(|note| &*note.detail);
    let details: Vec<&str> = details.filter(|detail| !detail.is_empty()).collect();
    assert!(details.contains(&"850 m3 are not people: not counted."), "{details:?}");
    // Beside a column of quantities the unit is not that of people.
    let (found, _) =
        counted("Organization,Unit,Quantity,People reached\na,Kits,30,120\nb,Kits,40,160\n");
    assert_eq!(found, [people(120.0), people(160.0)]);
    let (found, _) = counted("Organization,Unit,People reached\na,Kits,120\nb,Kits,160\n");
    assert_eq!(found, [unknown, unknown]);
}

#[test]
fn long_tables_of_indicators_count_people_only_where_they_say_so() {
    let (rows, report) = read(
        "Organization,Cluster,Indicator,Target,Achieved\nA,WASH,# of latrines constructed,50,40\n\
         A,WASH,# of people reached with safe water,5000,4100\n\
         A,WASH,% of water points functional,90,85\n\
         A,FSL,Quantity of seeds distributed (MT),200,190\n\
         A,FSL,# of HHs receiving seeds,400,390\nA,FSL,Farmers trained,40,40\n",
    );
    let found: Vec<_> = rows.iter().map(|row| (row.reached, row.households_reached)).collect();
    let (unknown, people) = ((None, None), |figure| (Some(figure), None));
    let expected = [unknown, people(4100.0), unknown, unknown, (None, Some(390.0)), people(40.0)];
    assert_eq!(found, expected);
    assert_eq!(rows[0].activity_type.as_deref(), Some("# of latrines constructed"));
    assert_eq!(report.count("not-people"), 6);
    let (found, _) = counted(
        "Partner Name,Indicator Name,Indicator Units,Indicator Category,Quantity\n\
         NRC,# of families receiving kits,Families,Shelter,120\n\
         IRC,# of individuals receiving aid,Individuals,Protection,340\n\
         IRC,# of centres rehabilitated,Centres,Protection,3\n\
         IRC,Follow up,,Protection,7\n",
    );
    assert_eq!(found, [(None, Some(120.0)), people(340.0), unknown, unknown]);
    // The header names people itself.
    let (found, _) = counted("Organization,Indicator,People reached\nA,# of latrines,500\n");
    assert_eq!(found, [people(500.0)]);
}

#[test]
fn rows_that_sum_others_are_no_activities() {
    let (rows, report) = read(
        "Organization,Cluster,Activity,State,Reached\nCARE,WASH,Kits,Unity,100\n\
         Subtotal CARE,,,,100\nCARE Total,,,,\n,,,Unity Total,300\nTotal WASH,WASH,,,100\n\
         Total Energies,WASH,Wells,Unity,7\nTotal,WASH,Wells,Unity,9\n",
    );
    let names: Vec<_> = rows.iter().map(|row| row.reached).collect();
    assert_eq!(names, [Some(100.0), Some(7.0), Some(9.0)]);
    assert_eq!(report.count("total-row"), 4);
}

#[test]
fn french_letters_and_totals_of_the_sexes_are_understood_together() {
    let header = "Organisation,Secteur,Activité";
    let total = |columns: &str, line: &str| {
        let (rows, report) = read(&format!("{header},{columns}\nA,WSH,C,{line}\n"));
        let figures: Vec<_> = rows.iter().map(|row| (row.group.to_string(), row.reached)).collect();
        (figures, report)
    };
    let whole = |figure| vec![("all/all/all/all".to_owned(), Some(figure))];
    for (columns, line) in [
        ("H,F,G,Fi,Total", "10,12,8,9,39"),
        ("H,F,G,F,Total", "10,12,8,9,39"),
        ("M,F,B,G,Total", "10,12,8,9,39"),
        ("Total H,Total F,Total Général", "20,19,39"),
        ("Hommes,Femmes,Garçons,Filles,Ensemble", "10,12,8,9,39"),
    ] {
        assert_eq!(total(columns, line).0, whole(39.0), "{columns}");
    }
    let of = |figures: &[(&str, f64)]| -> Vec<(String, Option<f64>)> {
        figures.iter().map(|(group, figure)| ((*group).to_owned(), Some(*figure))).collect()
    };
    let (found, _) = total("H,F,G,Fi", "10,12,8,9");
    let expected = [
        ("all/male/18+/all", 10.0),
        ("all/female/18+/all", 12.0),
        ("all/male/0-17/all", 8.0),
        ("all/female/0-17/all", 9.0),
    ];
    assert_eq!(found, of(&expected));
    let (found, _) = total("H,M", "10,12");
    assert_eq!(found, of(&[("all/male/all/all", 10.0), ("all/female/all/all", 12.0)]));
    let (found, report) = total("X,F", "10,12");
    assert_eq!(found, [("all/all/all/all".to_owned(), None)]);
    assert!(report.columns.iter().any(|column| column.reason.contains("one letter")));
    let (found, _) = total("Total Hommes,Total Femmes,Femmes 60+", "10,12,3");
    assert_eq!(found, of(&[("all/male/all/all", 10.0), ("all/female/all/all", 12.0)]));
}

#[test]
fn the_larger_of_total_and_parts_counts() {
    let (found, report) = counted(
        "Organization,Male,Female,Total reached\na,80,90,100\nb,80,90,\nc,0,0,500\n\
         d,80,90,170\ne,,,\n",
    );
    let people: Vec<_> = found.iter().map(|(people, _)| *people).collect();
    assert_eq!(people, [Some(170.0), Some(170.0), Some(500.0), Some(170.0), None]);
    assert_eq!((report.count("parts-differ"), report.count("no-total")), (1, 1));
}

#[test]
fn months_and_quarters_as_columns_are_said_or_their_total_is_taken() {
    let (rows, report) =
        read("Partner,Cluster,Activity,Jan,Feb\nA,WASH,Kits,100,200\nB,WASH,Kits,10,\n");
    assert!(rows.iter().all(|row| row.reached.is_none()));
    let said = "columns D (Jan), E (Feb) hold numbers and are not used";
    assert!(report.remarks.iter().any(|remark| remark.contains(said)), "{:?}", report.remarks);
    let (rows, report) = read(
        ",,Q1 2024,,Total 2024,\nPartner,Cluster,Target,Reached,Target,Reached\n\
         A,WASH,100,90,300,240\n",
    );
    assert_eq!((rows[0].targeted, rows[0].reached), (Some(300.0), Some(240.0)));
    assert!(report.remarks.iter().any(|remark| remark.contains("E (Target) and C (Target)")));
}

#[test]
fn the_same_figure_in_another_column_is_no_copy() {
    let (rows, report) = read(
        "Organization,Cluster,Activity,Targeted,Reached\nA,WASH,Kits,100,\nA,WASH,Kits,,100\n\
         a,WASH,kits,100.0,\n",
    );
    assert_eq!((rows.len(), report.counts.copies), (2, 1));
    // Words of one meaning are one, and places with and without diacritics; ids are as written.
    let (rows, report) = read(
        "Organization,Activity ID,Status,Population group,Sex,Location,Reached\n\
         A,x,ongoing,IDP,female,Camp Rose,100\nA,x,Ongoing,IDPs,F,Camp Ros\u{e9},100\n\
         A,X,ongoing,IDP,female,Camp Rose,100\n",
    );
    assert_eq!((rows.len(), report.counts.copies), (2, 1));
    // Two words for one sector may be two pieces of work.
    let (rows, _) = read("Organization,Cluster,Reached\nA,Sant\u{e9},100\nA,Chol\u{e9}ra,100\n");
    assert_eq!(rows.len(), 2);
}

#[test]
fn columns_that_cannot_be_read_are_named_with_what_they_hold() {
    let text = "partner,sector,Reached,As of\na,WSH,~500,13/01/2024\nb,WSH,~50,14/01/2024\nc,WSH,~5,15/01/2024\n";
    let (_, report) = read(text);
    let said = |words: &str| report.remarks.iter().any(|remark| remark.contains(words));
    assert!(said("Column C (Reached)") && said("as in \"~500\""), "{:?}", report.remarks);
    assert!(said("column D (As of) holds dates and is not used"), "{:?}", report.remarks);
    let lines = crate::intake::unused::by_reason(&report.columns);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(lines[1], "D (As of): holds dates; no known header or tag");
}

#[test]
fn no_column_is_said_to_be_used_that_is_not() {
    let text = "partner,sector,Target group,Target population,reached\na,WSH,Farmers of the valley,People,1\nb,WSH,Fishers,Others,2\nc,WSH,Bakers,Others,3\n";
    let (_, report) = read(text);
    let used = report.column("population_group").map(|column| column.index);
    assert_eq!(used, Some(3), "{:?}", report.columns);
    let left = &report.columns[2].reason;
    assert!(left.contains("only 0 of its 3 cells name a population group"), "{left}");
    assert!(!report.remarks.iter().any(|remark| remark.contains("the first is used")));
    assert!(!report.columns[3].reason.contains("which is column"), "{}", report.columns[3].reason);
}

#[test]
fn a_row_that_says_target_is_targeted_and_one_that_says_achieved_is_reached() {
    let figures = |text: &str| -> Vec<_> {
        let (rows, _) = read(text);
        rows.iter().map(|row| (row.targeted, row.reached)).collect()
    };
    for (header, target, reached) in [
        ("Type", "Target", "Achieved"),
        ("Category", "Planned", "Reached"),
        ("Data type", "Prévu", "Réalisé"),
        ("Figure", "Meta", "Alcanzado"),
        ("النوع", "المستهدف", "المحقق"),
    ] {
        let found = figures(&format!(
            "partner,sector,{header},Individuals\na,WSH,{target},100\na,WSH,{reached},100\nb,WSH,{target},50\n"
        ));
        let expected = [(Some(100.0), None), (None, Some(100.0)), (Some(50.0), None)];
        assert_eq!(found, expected, "{header}");
    }
    let found = figures("partner,sector,Type,Boys,Girls\na,WSH,Target,1,2\na,WSH,Reached,3,4\n");
    assert_eq!(found[0], (Some(1.0), None));
    assert_eq!(found[3], (None, Some(4.0)));
    let found = figures("partner,sector,Type,People\na,WSH,PiN,9\na,WSH,Reached,3\na,WSH,,4\n");
    assert_eq!(found, [(None, None), (None, Some(3.0)), (None, None)]);
    let found = figures("partner,Type,People reached\na,Reached,9\na,Reached,3\n");
    assert_eq!(found, [(None, Some(9.0)), (None, Some(3.0))]);
    let both = figures("partner,Type,Targeted,Reached\na,Planned,9,1\na,Actual,3,2\n");
    assert_eq!(both, [(Some(9.0), Some(1.0)), (Some(3.0), Some(2.0))]);
}

#[test]
fn a_header_that_says_targeted_or_reached_is_not_overruled_by_a_column_of_stages() {
    let figures = |text: &str| -> Vec<_> {
        let (rows, _) = read(text);
        rows.iter().map(|row| (row.targeted, row.reached)).collect()
    };
    for header in [
        "Stage",
        "Avancement",
        "Etapa",
        "Phase",
        "Progress",
        "State of implementation",
        "Type of activity",
        "Reporting type",
        "Type",
    ] {
        let rows = "a,WSH,Planned,500\nb,WSH,Delivered,300\nc,WSH,,200\n";
        for figure in ["People targeted", "Nombre de personnes ciblées", "Girls targeted"] {
            let found = figures(&format!("partner,sector,{header},{figure}\n{rows}"));
            let expected = [500.0, 300.0, 200.0].map(|figure| (Some(figure), None));
            assert_eq!(found, expected, "{header} {figure}");
        }
        for figure in ["People reached", "Personas alcanzadas", "Boys reached"] {
            let found = figures(&format!("partner,sector,{header},{figure}\n{rows}"));
            let expected = [500.0, 300.0, 200.0].map(|figure| (None, Some(figure)));
            assert_eq!(found, expected, "{header} {figure}");
        }
    }
    for (header, target, result) in
        [("Niveau", "Objectif", "Résultat"), ("Tipo de indicador", "Meta", "Logro")]
    {
        let found = figures(&format!(
            "partner,sector,{header},People targeted\na,WSH,{target},5\nb,WSH,{result},3\n"
        ));
        assert_eq!(found, [(Some(5.0), None), (Some(3.0), None)], "{header}");
    }
    let (rows, report) = read(
        "partner,sector,Stage,People reached\na,WSH,Planned,5\nb,WSH,Completed,3\nb,WSH,Planned,2\n",
    );
    let statuses = rows.iter().filter(|row| row.status.is_some()).count();
    assert_eq!(statuses, 3, "{:?}", report.columns);
    let grouped =
        figures(",,,Reached,\npartner,sector,Type,Men,Women\na,WSH,Target,1,2\na,WSH,Actual,3,4\n");
    assert!(grouped.iter().all(|(targeted, _)| targeted.is_none()), "{grouped:?}");
}

#[test]
fn a_figure_that_names_people_or_stands_beside_households_stays_one_of_people() {
    let read = |text: &str| -> Vec<_> {
        let (rows, _) = read(text);
        rows.iter().map(|row| (row.reached, row.households_reached)).collect()
    };
    for header in ["Beneficiary type", "Type de bénéficiaires", "Unit", "Target beneficiaries"] {
        let rows = "a,WSH,Households,20,100\nb,WSH,Individuals,,200\nc,WSH,Households,7,30\n";
        let text =
            format!("partner,sector,{header},Households reached,Individuals reached\n{rows}");
        let expected = [(Some(100.0), Some(20.0)), (Some(200.0), None), (Some(30.0), Some(7.0))];
        assert_eq!(read(&text), expected, "{header}");
    }
    for figure in ["Individuals reached", "People reached", "Nombre de personnes atteintes"] {
        let rows = "a,WSH,Households,500\nb,WSH,Individuals,200\nc,WSH,Households,7\n";
        let found = read(&format!("partner,sector,Beneficiary type,{figure}\n{rows}"));
        let expected = [500.0, 200.0, 7.0].map(|figure| (Some(figure), None));
        assert_eq!(found, expected, "{figure}");
        let found = read(&format!("partner,sector,Beneficiary type,Beneficiaries\n{rows}"));
        assert_eq!(found[0], (None, Some(500.0)));
    }
}

#[test]
fn a_type_of_beneficiaries_that_says_households_makes_no_people_of_them() {
    for header in ["Beneficiary type", "Unité", "Type de bénéficiaires"] {
        let text = format!(
            "partner,sector,{header},Targeted,Reached\na,WSH,Households,10,9\nb,WSH,Individuals,100,90\nc,WSH,Households,5,4\n"
        );
        let (rows, _) = read(&text);
        let found: Vec<_> = rows.iter().map(|row| (row.reached, row.households_reached)).collect();
        let expected = [(None, Some(9.0)), (Some(90.0), None), (None, Some(4.0))];
        assert_eq!(found, expected, "{header}");
    }
    let (rows, _) = read("partner,Targeting,Reached\na,Household,10\nb,Individual,20\n");
    assert_eq!(rows[0].reached, Some(10.0), "no word of who is counted");
}

#[test]
fn days_of_our_years_are_read_whoever_pays_for_them() {
    let starts = |header: &str, day: &str| -> bool {
        let row = format!("a,WSH,{day}\n");
        let (rows, _) = read(&format!("partner,sector,{header}\n{}", row.repeat(3)));
        rows.iter().all(|row| row.start.is_some_and(|start| start.to_string() == day))
    };
    for header in
        ["EC grant start date", "Start date (EC-funded)", "Start date (Ethiopian Red Cross)"]
    {
        assert!(starts(header, "2024-01-05") && starts(header, "2019-01-05"), "{header}");
    }
    for header in ["Start date (E.C.)", "Start date (Ethiopian calendar)", "Start date (Hijri)"] {
        assert!(starts(header, "2024-01-05") && !starts(header, "2016-04-26"), "{header}");
    }
}

#[test]
fn budgets_of_which_every_cell_has_a_sign_of_dollars_are_read() {
    let read = |cells: &str| {
        read(&format!("partner,Budget USD\n{cells}")).0.into_iter().map(|row| row.budget_usd)
    };
    let found: Vec<_> = read("a,\"$12,500.50\"\nb,$500\nc,\"$1,000\"\n").collect();
    assert_eq!(found, [Some(12_500.5), Some(500.0), Some(1000.0)]);
    let found: Vec<_> = read("a,USD 500\nb,600 USD\nc,US$ 700\n").collect();
    assert_eq!(found, [Some(500.0), Some(600.0), Some(700.0)]);
    let (rows, report) = super::tests::read("partner,reached\na,$500\nb,$600\nc,$700\n");
    assert!(rows.iter().all(|row| row.reached.is_none()), "dollars are no people");
    assert!(report.remarks.iter().any(|remark| remark.contains("none of its values is a number")));
}

#[test]
fn of_dates_in_two_orders_it_is_said_whether_most_decide() {
    let said = |cells: &[&str]| {
        let rows: String = cells.iter().map(|cell| format!("a,{cell}\n")).collect();
        let (_, report) = read(&format!("partner,start_date\n{rows}"));
        let said = report.remarks.into_iter().find(|remark| remark.contains("both day first"));
        said.unwrap_or_default()
    };
    let neither = "neither is clearly the rule: read day first";
    assert!(said(&["13/04/2026", "04/14/2026"]).contains(neither));
    assert!(said(&["13/04/2026", "04/14/2026", "04/15/2026"]).contains(neither));
    assert!(said(&["13/04/2026", "14/04/2026", "04/15/2026"]).contains("most decide: day first"));
    let months = ["13/04/2026", "04/15/2026", "04/16/2026", "04/17/2026"];
    assert!(said(&months).contains("most decide: month first"));
}

#[test]
fn arabic_headers_of_dates_years_and_sectors_are_known() {
    let (rows, _) = read("المنظمة,القطاع,التاريخ\nأ,المياه والإصحاح,2026-03-05\n");
    assert_eq!((rows[0].sector, rows[0].start.is_some()), (Some(Sector::Wsh), true));
    let (rows, _) = read("المنظمة,القطاع,الشهر,السنة\nأ,المياه,مارس,2026\n");
    assert_eq!(rows[0].start.map(|day| day.to_string()).as_deref(), Some("2026-03-01"));
}

#[test]
fn a_letter_of_a_sex_beside_an_age_is_read_with_the_letters_of_the_other_columns() {
    let groups = |headers: &str| -> Vec<String> {
        let (rows, _) = read(&format!("partner,sector,{headers}\na,WSH,1,2\n"));
        rows.iter().map(|row| row.group.to_string()).collect()
    };
    assert_eq!(
        groups("Personnes âgées (F),Personnes âgées (H)"),
        ["all/female/60+/all", "all/male/60+/all"]
    );
    assert_eq!(groups("Adultos H,Adultos M"), ["all/male/18-59/all", "all/female/18-59/all"]);
    assert_eq!(groups("Children M,Children F"), ["all/male/0-17/all", "all/female/0-17/all"]);
}

#[test]
fn figures_below_a_measure_a_group_and_a_sex_are_of_all_three() {
    let text = "Partner,Sector,Targeted,,,,Reached,,,\n,,IDPs,,Host,,IDPs,,Host,\n,,M,F,M,F,M,F,M,F\nA,PRO,10,20,30,40,1,2,3,4\n";
    let (rows, report) = read(text);
    assert_eq!(report.counts.rejected, 0);
    let said = |row: &Activity| (row.group.to_string(), row.targeted, row.reached);
    let of = |group: &str, targeted, reached| {
        (format!("{group}/all/all"), Some(targeted), Some(reached))
    };
    let expected = [
        of("idp/male", 10.0, 1.0),
        of("idp/female", 20.0, 2.0),
        of("host/male", 30.0, 3.0),
        of("host/female", 40.0, 4.0),
    ];
    assert_eq!(rows.iter().map(said).collect::<Vec<_>>(), expected);
}

#[test]
fn a_part_with_few_figures_is_read_and_one_with_nearly_none_says_why_not() {
    let head = "partner,sector,Targeted,,Reached,\n,,Men,Women,Men,Women\n";
    let (rows, report) = read(&format!("{head}a,WSH,1,2,3,x\nb,WSH,10,20,30,40\nc,WSH,1,2,3,x\n"));
    let of_b = rows.iter().filter(|row| &*row.partner == "b").filter_map(|row| row.reached);
    assert_eq!((of_b.sum::<f64>(), report.count("not-a-number")), (70.0, 2));
    let (_, report) = read("partner,sector,Men,Women\na,WSH,3,x\nb,WSH,30,x\nc,WSH,3,4\n");
    let reason = &report.columns[3].reason;
    assert!(reason.contains("few of its values are numbers"), "{reason}");
}

#[test]
fn ranges_below_a_figure_are_no_ages() {
    for (column, ages) in [("", ["", "", "", ""]), (",Age group", [",0-17"; 4])] {
        let [a, b, c, d] = ages;
        let (rows, report) = read(&format!(
            "partner,sector,People reached{column}\na,WSH,10-20{a}\nb,WSH,5-10{b}\nc,WSH,50-100{c}\nd,WSH,0-50{d}\n"
        ));
        let age = if column.is_empty() { "all" } else { "0-17" };
        assert!(rows.iter().all(|row| row.group.age.to_string() == age));
        assert!(
            report
                .remarks
                .iter()
                .any(|remark| remark.contains("is a column of figures by its name"))
        );
    }
    let (rows, _) = read("partner,sector,Beneficiaries\na,WSH,0-17\nb,WSH,18-59\nc,WSH,60+\n");
    assert_eq!(rows[1].group.age.to_string(), "18-59");
}

#[test]
fn a_group_in_words_nobody_knows_does_not_hide_the_measure_above_it() {
    let text = "Partner,Sector,Targeted,,,,Reached,,,\n,,IDPs,,Zzz,,IDPs,,Zzz,\n,,M,F,M,F,M,F,M,F\nA,PRO,10,20,30,40,1,2,3,4\n";
    let (rows, report) = read(text);
    let sum = |of: fn(&Activity) -> Option<f64>| rows.iter().filter_map(of).sum::<f64>();
    assert_eq!((sum(|row| row.targeted), sum(|row| row.reached)), (30.0, 3.0));
    let reason = &report.columns[4].reason;
    assert!(reason.contains("of \"Zzz\" only, which is not understood"), "{reason}");
}
