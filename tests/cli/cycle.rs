//! The life of a submission: corrected files, rollback, decisions, what is remembered.

use super::Place;
use super::operation::{ACTIVITIES, gaps};

const IMPORT: [&str; 5] = ["import", "activities", "5w.csv", "--operation", "op"];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    IMPORT.iter().chain(more).copied().collect()
}

/// The file of the tiny operation without its row 3.
fn without_row_3() -> String {
    let lines = ACTIVITIES.lines().enumerate().filter(|(at, _)| *at != 2);
    lines.map(|(_, line)| format!("{line}\n")).collect()
}

#[test]
fn a_corrected_file_ends_the_rows_it_no_longer_has_only_when_told_to() {
    let place = Place::with_operation();
    place.write("5w.csv", without_row_3().replace(",400", ",450"));
    let said = place.ok(&with(&["--dry-run"]));
    assert!(said.contains("0 new, 1 changed, 4 unchanged, 0 gone"), "{said}");
    assert!(said.contains("reached: \"400\" -> \"450\""), "{said}");
    assert!(said.contains("correction of submission 4 (5w.csv of"), "{said}");
    assert!(said.contains("has 5 of that one's rows and lacks 1"), "{said}");
    let said = place.ok(&with(&["--dry-run", "--replaces", "last"]));
    assert!(said.contains("0 new, 1 changed, 4 unchanged, 1 gone"), "{said}");
    assert!(said.contains("gone, row 3: beta, WSH, latrines, XA0102"), "{said}");
    let said = place.ok(&with(&["--replaces", "4"]));
    assert!(said.contains("Committed") && said.contains("1 gone"), "{said}");
    assert_eq!(gaps(&place, &["--sector", "WSH"])[1][2], "");
    // A correction of the correction reaches what the first one left as it was.
    place.write("5w.csv", "partner,sector,reached\nAlpha,WSH,1\n");
    let said = place.ok(&with(&["--replaces", "last", "--dry-run"]));
    assert!(said.contains("1 new, 0 changed, 0 unchanged, 5 gone"), "{said}");
}

#[test]
fn the_same_file_read_in_another_way_is_said_to_be_there_already() {
    let place = Place::with_operation();
    let before = "imported before, as submission 4 (5w.csv, revision 4)";
    assert!(!place.ok(&with(&["--dry-run"])).contains("imported before"));
    let otherwise = ["--column", "reached=targeted"];
    let said = place.ok(&with(&[&otherwise[..], &["--dry-run"]].concat()));
    assert!(said.contains(before), "{said}");
    let said = place.ok(&with(&[&otherwise[..], &["--replaces", "4", "--dry-run"]].concat()));
    assert!(!said.contains("imported before"), "{said}");
    place.write("5w.csv", ACTIVITIES.replace(",400", ",450"));
    assert!(!place.ok(&with(&["--dry-run"])).contains("imported before"));
}

#[test]
fn what_cannot_be_replaced_is_named_with_what_can() {
    let place = Place::with_operation();
    let sentence = place.refused(&with(&["--replaces", "3"]));
    assert!(sentence.contains("the last one is 4"), "{sentence}");
    assert!(place.refused(&with(&["--replaces", "x"])).contains("or last"));
}

#[test]
fn a_correction_without_a_row_ends_nothing() {
    let place = Place::with_operation();
    let before = gaps(&place, &[]);
    let head = without_row_3().lines().next().unwrap().to_owned();
    for file in
        [format!("{head}\n"), format!("{head}\n{}\n", ",".repeat(head.matches(',').count()))]
    {
        place.write("5w.csv", file);
        let sentence = place.refused(&with(&["--replaces", "last"]));
        assert!(sentence.contains("it would end the 6 that submission 4 left"), "{sentence}");
    }
    assert_eq!(gaps(&place, &[]), before);
}

#[test]
fn a_submission_is_rolled_back_and_history_says_so() {
    let place = Place::with_operation();
    let before = gaps(&place, &[]);
    place.write("5w.csv", ACTIVITIES.replace(",400", ",900"));
    place.ok(&IMPORT);
    let changed = gaps(&place, &[]);
    assert_ne!(changed, before);
    let roll_back = ["rollback", "5", "--operation", "op"];
    let said = place.ok(&["rollback", "5", "--operation", "op", "--dry-run"]);
    assert!(said.contains("1 of its rows ends, 1 row comes back"), "{said}");
    assert_eq!(gaps(&place, &[]), changed);
    let said = place.ok(&roll_back);
    assert!(said.contains("Committed as revision 6"), "{said}");
    assert_eq!(gaps(&place, &[]), before);
    assert!(place.refused(&roll_back).contains("rolled back already"));
    let said = place.ok(&["history", "--operation", "op"]);
    let line = |number: usize| said.lines().nth(number).unwrap().to_owned();
    assert!(line(4).contains("5w.csv") && line(4).contains("  6  "), "{said}");
    assert!(line(5).ends_with("rolled back"), "{said}");
    assert!(line(6).contains("rollback") && line(6).ends_with("undoes 5"), "{said}");
    assert!(place.refused(&["rollback", "9", "--operation", "op"]).contains("no submission 9"));
}

#[test]
fn a_corrected_mapping_is_remembered_for_the_next_file_of_its_source() {
    let place = Place::with_operation();
    let month = |month: u8, people: u32| {
        format!(
            "Month {month}\nWho,Cluster,Adm1 Pcode,Start date,Heads,Kits\nAlpha,WSH,XA02,2026-0{month}-01,{people},7\n"
        )
    };
    place.write("may.csv", month(5, 700));
    let may = ["import", "activities", "may.csv", "--operation", "op"];
    let said = place.ok(&[&may[..], &["--column", "Heads=reached"]].concat());
    assert!(said.contains("you said so"), "{said}");
    place.write("june.csv", month(6, 800).replace("Kits", "Kits given"));
    let june = ["import", "activities", "june.csv", "--operation", "op", "--dry-run"];
    let said = place.ok(&june);
    assert!(said.contains("mapping remembered from may.csv of 20"), "{said}");
    assert!(said.contains("as corrected before"), "{said}");
    assert!(said.contains("1 new"), "{said}");
    // What is said now wins.
    let said = place.ok(&[&june[..], &["--column", "Heads=targeted"]].concat());
    assert!(said.contains("Heads") && said.contains("targeted"), "{said}");
    let listed = place.ok(&["mappings", "--operation", "op"]);
    assert!(listed.contains("Heads is reached"), "{listed}");
    let listed = place.ok(&["mappings", "--operation", "op", "--forget", "1"]);
    assert!(!listed.contains("Heads"), "{listed}");
    assert!(!place.ok(&june).contains("remembered"));
    assert!(place.refused(&["mappings", "--operation", "op", "--forget", "1"]).contains("no map"));
}

#[test]
fn partners_are_decided_one_by_one_or_from_a_file_and_taken_back() {
    let place = Place::with_operation();
    let decide =
        |more: &[&'static str]| place.ok(&[&["decide", "--operation", "op"], more].concat());
    let rows = || place.ok(&["export", "activities", "--operation", "op", "--format", "csv"]);
    let before = rows();
    let said = decide(&["beta=Alpha"]);
    assert!(said.contains("1 decision. Another partner's now: 3 rows."), "{said}");
    assert!(before.contains("Beta") && !rows().contains("Beta"));
    // A file that is sent again is that partner's too.
    let said = place.ok(&IMPORT);
    assert!(said.contains("Nothing changed"), "{said}");
    place.write("decided.csv", "key,what,value,note\nbeta,Beta,none,asked them\nother,Other,,\n");
    let said = decide(&["--file", "decided.csv"]);
    assert!(said.contains("3 rows"), "{said}");
    assert_eq!(rows(), before);
    let review = || place.ok(&["review", "--operation", "op", "--format", "csv"]);
    assert!(review().contains("dismissed"));
    let said = decide(&["beta=undo"]);
    assert!(said.contains("Committed as revision"), "{said}");
    assert!(!review().contains("dismissed"));
    let sentence = place.refused(&["decide", "--operation", "op", "beta=Nobody"]);
    assert!(sentence.contains("no organisation \"Nobody\""), "{sentence}");
}

#[test]
fn a_report_as_a_workbook_is_corrected_and_sent_back() {
    let place = Place::with_operation();
    place.write("5w.csv", ACTIVITIES.replace(",400", ",400 kits"));
    place.ok(&with(&["--dry-run", "--report", "back.xlsx"]));
    let back = ["import", "activities", "back.xlsx", "--operation", "op", "--dry-run"];
    let said = place.ok(&back);
    assert!(said.contains("0 new, 1 changed, 5 unchanged"), "{said}");
    let said = place.ok(&["check", "5w.csv", "--report", "back.xlsx"]);
    assert!(said.contains("6 rows"), "{said}");
    let many = ["import", "areas", "adm1.geojson", "adm2.geojson", "--operation", "op"];
    let sentence = place.refused(&[&many[..], &["--report", "back.xlsx"]].concat());
    assert!(sentence.contains("one file at a time"), "{sentence}");
}

#[test]
fn quality_says_how_complete_and_timely_each_partner_is() {
    let place = Place::with_operation();
    let said = place.ok(&["quality", "--operation", "op", "--format", "csv"]);
    assert!(said.starts_with("partner,rows,complete,place"), "{said}");
    assert!(said.contains("\nBeta,3,80%,100%,100%,100%,100%,0%,1 of 1,"), "{said}");
}

#[test]
fn a_place_that_waits_is_confirmed_from_the_filled_in_review_and_remembered() {
    let place = Place::with_operation();
    let file = "partner,sector,adm1_pcode,adm2_name,reached\nAlpha,WSH,XA02,Alba,70\n";
    place.write("names.csv", file);
    let names = ["import", "activities", "names.csv", "--operation", "op"];
    place.ok(&names);
    let review = ["review", "--operation", "op", "--format", "csv"];
    let listed = place.ok(&review);
    let mut reader = csv::Reader::from_reader(listed.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|known| known == name).unwrap();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let alba = rows.iter().find(|row| &row[column("said")] == "Alba").unwrap();
    assert_eq!(&alba[column("state")], "waiting", "{listed}");
    assert!(alba[column("suggestion")].contains("XA0101"), "{listed}");
    let filled = format!("key,value,note\n{},XA0101,seen there\n", &alba[column("key")]);
    place.write("filled.csv", filled);
    let said = place.ok(&["decide", "--operation", "op", "--file", "filled.csv"]);
    assert!(said.contains("or at no area: 1 activity."), "{said}");
    assert!(place.ok(&review).contains("confirmed,place"));
    assert!(place.ok(&names).contains("Nothing changed"), "the decision holds for imports too");
    // The whole review, sent back as it is, decides nothing new.
    place.write("review.csv", place.ok(&review));
    let said = place.ok(&["decide", "--operation", "op", "--file", "review.csv"]);
    assert!(said.contains("Nothing changed"), "{said}");
    place.ok(&["rollback", "6", "--operation", "op"]);
    assert!(place.ok(&review).contains("waiting,place"));
}

#[test]
fn figures_of_areas_that_are_rolled_back_are_said_to_count_nowhere_and_count_again_later() {
    let place = Place::with_operation();
    let before = gaps(&place, &[]);
    let said = place.ok(&["rollback", "2", "--operation", "op"]);
    assert!(said.contains("or at no area: 5 activities."), "{said}");
    assert!(said.contains("until these are back: 3 figures"), "{said}");
    place.ok(&["import", "areas", "adm2.geojson", "--operation", "op"]);
    assert_eq!(gaps(&place, &[]), before);
}

#[test]
fn two_revisions_are_compared_in_rows_and_in_gaps() {
    let place = Place::with_operation();
    let corrected = ACTIVITIES.replace("ongoing,20\n", "ongoing,45\n");
    place.write("5w.csv", corrected);
    place.ok(&["import", "activities", "5w.csv", "--operation", "op"]);
    let text = place.ok(&["diff", "4", "5", "--operation", "op"]);
    let activities = text.lines().find(|line| line.starts_with("activities")).unwrap();
    assert_eq!(activities.split_whitespace().collect::<Vec<_>>()[1..], ["0", "1", "0", "5"]);
    let csv = place.ok(&["diff", "4", "5", "--operation", "op", "--format", "csv"]);
    let rows: Vec<&str> = csv.lines().filter(|line| line.starts_with("WSH,")).collect();
    assert_eq!(rows, ["WSH,XA0102,Bruma,100,100,20,45,80,55,-25,partial,partial"]);
    // What was not known before did not grow by all of it, and stands behind what is known.
    let needs = "adm1_pcode,adm2_pcode,sector,in_need,cycle_start,cycle_end\nXA01,XA0101,HEA,700,2026-01-01,2026-12-31\n";
    place.write("more.csv", needs);
    place.ok(&["import", "needs", "more.csv", "--operation", "op"]);
    let csv = place.ok(&["diff", "4", "6", "--operation", "op", "--format", "csv"]);
    let rows: Vec<&str> = csv.lines().skip(1).collect();
    assert_eq!(rows.len(), 4, "{csv}");
    assert_eq!(rows[2], "WSH,XA0102,Bruma,100,100,20,45,80,55,-25,partial,partial");
    assert_eq!(rows[3], "HEA,XA0101,Alba,-,700,-,-,-,700,-,no-data,no-report");
    let none = place.refused(&["diff", "0", "5", "--operation", "op"]);
    assert!(none.contains("there is no revision 0"), "{none}");
    let refused = place.refused(&["diff", "1", "9", "--operation", "op"]);
    assert!(refused.contains("from 1 to 6"), "{refused}");
}

/// A workbook of sheets with the same headers, of rows of an organisation and people.
fn workbook(sheets: &[(&str, &[(&str, u32)])]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let headers = ["Organisation", "Sector", "Admin 1 code", "People reached"];
    for (name, rows) in sheets {
        let to = book.add_worksheet().set_name(*name).unwrap();
        to.write_row(0, 0, headers).unwrap();
        for (at, (partner, people)) in rows.iter().enumerate() {
            let cells = [*partner, "WASH", "XA01", &people.to_string()];
            to.write_row(at as u32 + 1, 0, cells).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// The people of each row of an organisation.
fn reached(place: &Place, partner: &str) -> Vec<u32> {
    let rows = place.ok(&["export", "activities", "--operation", "op", "--format", "csv"]);
    let at = rows.lines().next().unwrap().split(',').position(|name| name == "reached").unwrap();
    let own = rows.lines().filter(|row| row.contains(partner));
    let mut people: Vec<u32> =
        own.map(|row| row.split(',').nth(at).unwrap().parse().unwrap()).collect();
    people.sort();
    people
}

#[test]
fn the_months_of_a_workbook_stay_beside_each_other_whatever_came_before() {
    let every =
        |file: &'static str| ["import", "activities", file, "--operation", "op", "--every-sheet"];
    let v1 = workbook(&[("Jan", &[("Hilfe", 100)]), ("Feb", &[("Hilfe", 200)])]);
    let v2 = [
        ("Jan", &[("Hilfe", 100)][..]),
        ("Feb", &[("Hilfe", 250), ("Mercy", 7)]),
        ("Mar", &[("Hilfe", 300)]),
    ];
    let one = "Organisation,Sector,Admin 1 code,People reached\nHilfe,WASH,XA01,100\n";
    // What was there: the month before, one month from elsewhere, nothing.
    for before in [Some(("5w_v1.xlsx", &v1[..])), Some(("jan.csv", one.as_bytes())), None] {
        let place = Place::with_operation();
        if let Some((name, bytes)) = before {
            place.write(name, bytes);
            place.ok(&every(if name == "jan.csv" { "jan.csv" } else { "5w_v1.xlsx" }));
        }
        place.write("5w_v2.xlsx", workbook(&v2));
        place.ok(&every("5w_v2.xlsx"));
        assert_eq!(reached(&place, "Hilfe"), [100, 250, 300], "{before:?}");
        assert_eq!(reached(&place, "Mercy"), [7]);
        let again = place.ok(&every("5w_v2.xlsx"));
        assert_eq!(again.matches("Nothing changed: ").count(), 3, "{again}");
        // By itself, a sheet is still that sheet.
        let sheet = ["import", "activities", "5w_v2.xlsx", "--operation", "op", "--sheet", "Mar"];
        assert!(place.ok(&sheet).contains("Nothing changed: "));
        let again = place.ok(&every("5w_v2.xlsx"));
        assert_eq!(again.matches("Nothing changed: ").count(), 3, "the sheet is not remembered");
        assert!(place.ok(&["verify"]).contains("nothing is wrong"));
    }
}

/// Imports workbooks one after the other, with every sheet, and returns the people of each row.
fn after(books: &[(&str, &[(&str, u32)])]) -> Vec<u32> {
    let place = Place::with_operation();
    let every = |file: &str| {
        place.ok(&["import", "activities", file, "--operation", "op", "--every-sheet"])
    };
    for (file, sheets) in books {
        let rows: Vec<[(&str, u32); 1]> =
            sheets.iter().map(|(_, people)| [("Hilfe", *people)]).collect();
        let sheets: Vec<_> =
            sheets.iter().zip(&rows).map(|((name, _), rows)| (*name, &rows[..])).collect();
        place.write(file, workbook(&sheets));
        every(file);
        let (people, said) = (reached(&place, "Hilfe"), every(file));
        assert!(!said.contains("Committed"), "{file} again: {said}");
        assert_eq!(reached(&place, "Hilfe"), people);
    }
    assert!(place.ok(&["verify"]).contains("nothing is wrong"));
    reached(&place, "Hilfe")
}

#[test]
fn a_figure_that_moves_from_one_sheet_to_another_is_lost_in_neither() {
    let first = ("q1.xlsx", &[("Jan", 100), ("Feb", 200)][..]);
    for (then, expected) in [
        (&[("Jan", 200), ("Feb", 250)][..], &[200, 250][..]),
        (&[("Jan", 200), ("Feb", 100)], &[100, 200]),
        (&[("Jan", 110), ("Feb", 200), ("Mar", 200)], &[110, 200]),
        (&[("Jan", 200), ("Feb", 200)], &[200]),
        // A month that only the earlier version has stays.
        (&[("Feb", 210), ("Mar", 300)], &[100, 210, 300]),
        (&[("Feb", 210)], &[100, 210]),
        // Sheets that have other names now.
        (&[("January", 100), ("February", 200)], &[100, 200]),
    ] {
        assert_eq!(after(&[first, ("q2.xlsx", then)]), expected, "{then:?}");
    }
    // The same from a file of another name, and an earlier version again.
    let more = [("Jan", 100), ("Feb", 210), ("Mar", 300)];
    assert_eq!(after(&[first, ("other.xlsx", &more)]), [100, 210, 300]);
    assert_eq!(after(&[("q2.xlsx", &more), first]), [100, 200, 300]);
}

#[test]
fn a_sheet_that_lost_a_row_is_pointed_out_with_its_name_and_others_that_are_not_read_too() {
    let place = Place::with_operation();
    let feb = ("Feb", &[("Hilfe", 200), ("Mercy", 20)][..]);
    let first = workbook(&[("Jan", &[("Hilfe", 100), ("Mercy", 10), ("Care", 1)]), feb]);
    place.write("5w_v1.xlsx", first);
    place.write("5w_v2.xlsx", workbook(&[("Jan", &[("Hilfe", 100), ("Mercy", 11)]), feb]));
    place.ok(&["import", "activities", "5w_v1.xlsx", "--operation", "op", "--every-sheet"]);
    let said =
        place.ok(&["import", "activities", "5w_v2.xlsx", "--operation", "op", "--every-sheet"]);
    assert_eq!(said.matches("It looks like a correction").count(), 1, "{said}");
    assert!(said.contains("Give --sheet \"Jan\" --replaces "), "{said}");
    let number = said.split("--replaces ").nth(1).unwrap().split(' ').next().unwrap();
    let sheet = ["import", "activities", "5w_v2.xlsx", "--operation", "op", "--sheet", "Jan"];
    place.ok(&[&sheet[..], &["--replaces", number]].concat());
    assert_eq!(reached(&place, "Care"), [0; 0]);
    assert_eq!(reached(&place, "Hilfe"), [100, 200]);
    assert_eq!(reached(&place, "Mercy"), [11, 20]);
    // One sheet that comes back under another name, as a report does.
    place.write("answer.xlsx", workbook(&[("Answer", &[("Hilfe", 105), ("Mercy", 11)])]));
    let history = place.ok(&["history", "--operation", "op"]);
    let jan = history.lines().rfind(|line| line.contains("5w_v2.xlsx, Jan")).unwrap();
    let jan = jan.split_whitespace().next().unwrap();
    let answer = ["import", "activities", "answer.xlsx", "--operation", "op", "--replaces", jan];
    place.ok(&answer);
    assert_eq!(reached(&place, "Hilfe"), [105, 200]);
    assert_eq!(reached(&place, "Mercy"), [11, 20]);
}

#[test]
fn a_row_that_two_sheets_say_stays_where_one_of_them_is_rolled_back() {
    let place = Place::with_operation();
    let jan = ("Jan", &[("Hilfe", 100), ("Care", 1)][..]);
    place.write("5w.xlsx", workbook(&[jan, ("Feb", &[("Hilfe", 100), ("Mercy", 5)])]));
    place.ok(&["import", "activities", "5w.xlsx", "--operation", "op", "--every-sheet"]);
    let history = place.ok(&["history", "--operation", "op"]);
    let number = |sheet: &str| {
        let line = history.lines().find(|line| line.contains(sheet)).unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    };
    let (jan, feb) = (number("5w.xlsx, Jan"), number("5w.xlsx, Feb"));
    let said = place.ok(&["rollback", &jan, "--operation", "op"]);
    let expected = format!(
        "Submission {jan} (5w.xlsx, Jan): 1 of its rows ends, 1 row stays as submission {feb} (5w.xlsx, Feb) says it too."
    );
    assert!(said.starts_with(&expected), "{said}");
    let history = place.ok(&["history", "--operation", "op"]);
    let rollback = history.lines().find(|line| line.contains(" rollback ")).unwrap();
    assert!(rollback.contains(" 5w.xlsx, Jan "), "{history}");
    assert_eq!(reached(&place, "Care"), [0; 0]);
    assert_eq!((reached(&place, "Hilfe"), reached(&place, "Mercy")), (vec![100], vec![5]));
    place.ok(&["rollback", &feb, "--operation", "op"]);
    assert_eq!((reached(&place, "Hilfe"), reached(&place, "Mercy")), (vec![], vec![]));
    assert!(place.ok(&["verify"]).contains("nothing is wrong"));
}

#[test]
fn every_sheet_with_the_same_headers_is_read_as_a_submission_of_its_own() {
    let place = Place::with_operation();
    let mut book = rust_xlsxwriter::Workbook::new();
    let headers = ["Organisation", "Sector", "Admin 1 code", "People reached", "Start date"];
    for (name, people) in [("Jan", "300"), ("Feb", "200"), ("Empty", ""), ("Mar", "100")] {
        let to = book.add_worksheet().set_name(name).unwrap();
        to.write_row(0, 0, headers).unwrap();
        if !people.is_empty() {
            to.write_row(1, 0, ["Hilfe", "WASH", "XA01", people, "2026-02-01"]).unwrap();
        }
    }
    place.write("months.xlsx", book.save_to_buffer().unwrap());
    let import = ["import", "activities", "months.xlsx", "--operation", "op"];
    let said = place.ok(&[&import[..], &["--dry-run"]].concat());
    let words = "The sheets \"Feb\" (1 row) and \"Mar\" (1 row) have the same headers";
    assert!(said.contains(words) && said.contains("--every-sheet"), "{said}");
    let every = [&import[..], &["--every-sheet"]].concat();
    let said = place.ok(&every);
    assert!(!said.contains("have the same headers"), "{said}");
    assert_eq!(said.matches("Committed as revision ").count(), 3, "{said}");
    assert_eq!(said.matches(": 1 new, 0 changed, 0 unchanged, 0 gone.").count(), 3, "{said}");
    assert_eq!(place.ok(&every).matches("Nothing changed: ").count(), 3);
    let history = place.ok(&["history", "--operation", "op"]);
    for sheet in ["Jan", "Feb", "Mar"] {
        assert!(history.contains(&format!("months.xlsx, {sheet} ")), "{history}");
    }
    let rows = place.ok(&["export", "activities", "--operation", "op", "--format", "csv"]);
    assert_eq!(rows.matches("Hilfe").count(), 3, "rows of one file that share an identity add");
    for wrong in [&["--sheet", "Feb"][..], &["--replaces", "last"], &["--header-row", "1"]] {
        assert!(place.refused(&[&every[..], wrong].concat()).contains("cannot be used with"));
    }
    let check = ["check", "months.xlsx", "--every-sheet"];
    for read in [&every[..], &check[..]] {
        let said = place.ok(&[read, &["--report", "back.xlsx"]].concat());
        assert!(said.contains("Sheet \"Feb\":") && said.contains("Sheet \"Mar\":"), "{said}");
        let bytes = std::fs::read(place.path("back.xlsx")).unwrap();
        let mut back: calamine::Xlsx<_> =
            calamine::Reader::new(std::io::Cursor::new(bytes)).unwrap();
        let sheets = calamine::Reader::worksheets(&mut back);
        let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Jan", "Feb", "Mar"]);
        assert!(sheets.iter().all(|(_, cells)| cells.get((1, 6)).unwrap() == "accepted"));
        place.ok(&[read, &["--report", "back.csv"]].concat());
        let back = std::fs::read_to_string(place.path("back.csv")).unwrap();
        let lines: Vec<&str> = back.lines().collect();
        assert_eq!(lines[0], "file,sheet,row,column,value,outcome,code,reason,remedy");
        assert!(lines.contains(&"months.xlsx,Feb,2,,,accepted,,,"), "{back}");
    }
    let back = ["import", "activities", "months.xlsx", "--operation", "op", "--dry-run"];
    assert!(place.ok(&back).contains("0 new, 0 changed, 1 unchanged"), "no sheet is remembered");
}
