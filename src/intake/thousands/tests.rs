#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::super::{Options, Report, activities, needs, returned};
use crate::domain::{Activity, Area, Group, Operation, Population, Rows, Snapshot};
use crate::intake::Field;

fn known(population: Option<f64>) -> Snapshot {
    let operation = Operation::new("op", "Op");
    let mut rows = Rows::empty(operation);
    let area = |pcode: &str, level: u8, parent: Option<&str>| Area {
        pcode: pcode.into(),
        name: pcode.into(),
        level,
        parent: parent.map(Into::into),
        ..Area::default()
    };
    rows.areas = vec![area("A1", 1, None), area("A101", 2, Some("A1"))];
    rows.populations = population
        .map(|people| Population {
            area: Some("A101".into()),
            group: Group::ALL,
            people,
            ..Population::default()
        })
        .into_iter()
        .collect();
    Snapshot::build(rows)
}

fn read_as(text: &str, known: &Snapshot, options: &Options) -> (Vec<Activity>, Report) {
    let (intake, report) = activities("5w.csv", text.as_bytes(), known, options).unwrap();
    (intake.activities, report)
}

fn reached(text: &str) -> (Vec<Option<f64>>, Report) {
    let (rows, report) = read_as(text, &known(None), &Options::default());
    (rows.iter().map(|row| row.reached).collect(), report)
}

fn said(report: &Report, words: &str) -> bool {
    report.remarks.iter().any(|remark| remark.contains(words))
}

#[test]
fn figures_of_a_column_in_thousands_are_read_in_full_and_the_report_says_so() {
    for header in [
        "Reached (in thousands)",
        "Reached ('000)",
        "People reached '000",
        "\"People reached, in 1,000s\"",
        "Personnes atteintes (en milliers)",
        "Personas alcanzadas (miles)",
        "Pessoas alcançadas em milhares",
        "عدد المستفيدين (بالآلاف)",
    ] {
        let text = format!(
            "partner,sector,district,{header}\na,WSH,X,1.5\nb,WSH,Y,12.25\nc,WSH,Z,1\nd,WSH,V,0.1\n"
        );
        let (found, report) = reached(&text);
        let full = [1500.0, 12_250.0, 1000.0, 100.0].map(Some);
        assert_eq!(found, full, "{header} {:?}", report.columns);
        assert!(said(&report, "so 1.5 is read as 1500"), "{:?}", report.remarks);
        assert!(report.columns[3].reason.contains("multiplied by 1,000"));
    }
    let decimals = "Partenaire;Secteur;Personnes atteintes (milliers)\na;EHA;1,5\nb;EHA;12,125\n";
    assert_eq!(reached(decimals).0, [Some(1500.0), Some(12_125.0)]);
    let parts = "partner,sector,Women reached (thousands),Men reached (thousands)\na,WSH,1.5,2\n";
    assert_eq!(reached(parts).0, [Some(1500.0), Some(2000.0)]);
    let text = "partner,sector,Women reached ('000),Men reached ('000),Reached ('000)\na,WSH,0.5,0.7,1.1\n";
    let (found, report) = reached(text);
    assert_eq!(found, [Some(1200.0)]);
    assert!(!said(&report, "is :"), "{:?}", report.remarks);
    let text = "partner,sector,Budget (thousands),Reached\na,WSH,1.5,7\n";
    let (rows, _) = read_as(text, &known(None), &Options::default());
    assert_eq!((rows[0].budget_usd, rows[0].reached), (Some(1500.0), Some(7.0)));
}

#[test]
fn budgets_in_thousands_of_dollars_are_multiplied_or_not_used() {
    let budget = |header: &str| {
        let text = format!("partner,sector,{header},Reached\na,WSH,100,7\n");
        let (rows, report) = read_as(&text, &known(None), &Options::default());
        (rows[0].budget_usd, report.columns[2].reason.clone())
    };
    for header in [
        "Budget ('000 USD)",
        "Budget in thousand USD",
        "Budget (thousands of US$)",
        "Budget (US$ '000)",
        "Budget en milliers de dollars",
        "Presupuesto (miles de USD)",
        "Orçamento (milhares de USD)",
        "الميزانية (ألف دولار)",
    ] {
        let (found, reason) = budget(header);
        assert_eq!(found, Some(100_000.0), "{header} {reason}");
    }
    for header in ["\"Budget (USD 1,000)\"", "Budget (kUSD)", "Budget USD thousands planned"] {
        let (found, reason) = budget(header);
        assert_eq!(found, None, "{header}");
        assert!(reason.contains("in thousands"), "{header} {reason}");
    }
    for header in ["Budget SOS Sahel", "Budget for COP"] {
        assert_eq!(budget(header).0, Some(100.0), "{header}");
    }
}

#[test]
fn needs_in_thousands_are_people() {
    let read = |text: &str, population| {
        let (needs, report) =
            needs("needs_2024.csv", text.as_bytes(), &known(population), &Options::default())
                .unwrap();
        (needs.iter().map(|need| need.in_need).collect::<Vec<_>>(), report)
    };
    let text = "adm2_pcode,sector,PIN ('000)\nA101,WSH,1.5\nA101,HEA,12\n";
    assert_eq!(read(text, None).0, [Some(1500.0), Some(12_000.0)]);
    assert_eq!(read(text, Some(20_000.0)).0, [Some(1500.0), Some(12_000.0)]);
    let text = "adm2_pcode,severity,WASH PIN (thousands),Health PIN (thousands)\nA101,,2,2\n";
    assert_eq!(read(text, None).0, [Some(2000.0), Some(2000.0)]);
    // People already, where no more than 20,000 live.
    let text = "adm2_pcode,sector,PIN (thousands)\nA101,WSH,1500\nA101,HEA,900\n";
    let (found, report) = read(text, Some(20_000.0));
    assert_eq!(found, [Some(1500.0), Some(900.0)]);
    assert!(said(&report, "looks like people already"), "{:?}", report.remarks);
    let text = "adm2_pcode,sector,PIN (thousands),Population\nA101,WSH,1500.5,20000\n";
    assert_eq!(read(text, None).0, [Some(1500.5)]);
    let text = "adm2_pcode,sector,PIN (thousands)\nA101,WSH,150000.5\n";
    assert_eq!(read(text, None).0, [Some(150_000.5)]);
}

#[test]
fn what_says_thousands_elsewhere_multiplies_nothing() {
    for text in [
        // A title, a group, another column, a second row of figures.
        "All figures in thousands,,\npartner,sector,Reached\na,WSH,12\n",
        ",,People (thousands),\npartner,sector,Reached,Targeted\na,WSH,12,13\n",
        "partner,sector,Reached,Budget (thousands)\na,WSH,12,5\n",
        "partner,sector,Reached,Cost in thousands\na,WSH,12,5\n",
        "partner,sector,Reached,Unit\na,WSH,12,people\n",
        "partner,sector,People reached (not in thousands)\na,WSH,12\n",
        "partner,sector,People reached (camps >1000)\na,WSH,12\n",
        "partner,sector,\"People reached (of 5,000)\"\na,WSH,12\n",
        "partner,sector,Reached (thousands?)\na,WSH,12\n",
        // The same in full beside it, or parts in full.
        "partner,sector,Reached (thousands),Reached\na,WSH,0,12\n",
        "partner,sector,Reached,Reached (thousands)\na,WSH,12,0\n",
        "partner,sector,Beneficiaries reached,People reached in thousands\na,WSH,12,0\n",
        "partner,sector,Reached,Women (thousands),Men (thousands)\na,WSH,12,1,1\n",
    ] {
        let (found, report) = reached(text);
        assert_eq!(found, [Some(12.0)], "{text} {:?} {:?}", report.columns, report.remarks);
        assert!(!report.columns.iter().any(|column| {
            column.field.as_deref() == Some("reached") && column.reason.contains("multiplied")
        }));
    }
    let text = "partner,sector,Reached (thousands),Women,Men\na,WSH,25,12480,12510\n";
    let (found, report) = reached(text);
    assert_eq!(found, [Some(24_990.0)], "{:?}", report.remarks);
    assert!(said(&report, "both are read as they are written"), "{:?}", report.remarks);
}

#[test]
fn figures_that_are_people_already_stay_as_they_are() {
    for (cells, figures) in [
        (["12000", "350"], [12_000.0, 350.0]),
        (["\"12,000\"", "350"], [12_000.0, 350.0]),
        (["12.500", "1.250"], [12_500.0, 1250.0]),
        (["\"12,500\"", "\"1,250\""], [12_500.0, 1250.0]),
        (["1000", "2000"], [1000.0, 2000.0]),
        (["150000.5", "1"], [150_000.5, 1.0]),
        (["1 500", "300"], [1500.0, 300.0]),
    ] {
        let rows = format!("a,WSH,{}\nb,WSH,{}\n", cells[0], cells[1]);
        let (found, report) = reached(&format!("partner,sector,Reached (thousands)\n{rows}"));
        assert_eq!(found, figures.map(Some), "{cells:?}");
        assert_eq!(found, reached(&format!("partner,sector,Reached\n{rows}")).0, "{cells:?}");
        assert!(said(&report, "not multiplied"), "{:?}", report.remarks);
    }
    let text = "partner,sector,Reached (thousands),Targeted\na,WSH,800,1000\nb,WSH,90,100\n";
    assert_eq!(reached(text).0, [Some(800.0), Some(90.0)]);
}

#[test]
fn a_large_figure_is_full_whatever_else_is_known() {
    let many = known(Some(5_000_000.0));
    for (cells, figures) in [
        (["12000.5", "350"], [12_000.5, 350.0]),
        (["1500", "20"], [1500.0, 20.0]),
        (["1000.5", "0.5"], [1000.5, 0.5]),
    ] {
        let text = format!(
            "partner,sector,adm2_pcode,Reached (thousands)\na,WSH,A101,{}\nb,WSH,A101,{}\n",
            cells[0], cells[1]
        );
        for known in [&known(None), &many] {
            let (rows, report) = read_as(&text, known, &Options::default());
            let found: Vec<_> = rows.iter().map(|row| row.reached).collect();
            assert_eq!(found, figures.map(Some), "{cells:?} {:?}", report.remarks);
        }
    }
    for (cell, figure) in [("10000", 10_000.0), ("1200.5", 1_200.5), ("999", 999_000.0)] {
        let text = format!("adm2_pcode,sector,PIN (thousands)\nA101,WSH,{cell}\nA101,HEA,5\n");
        let (needs, report) =
            needs("needs_2024.csv", text.as_bytes(), &many, &Options::default()).unwrap();
        assert_eq!(needs[0].in_need, Some(figure), "{:?}", report.remarks);
    }
}

#[test]
fn a_figure_is_compared_with_a_wider_one_as_that_is_written() {
    for (rows, figures) in [
        ("A101;WSH;120;500.000\nA101;HEA;80;500.000\n", [120_000.0, 80_000.0]),
        ("A101;WSH;1500;5.000\nA101;HEA;900;5.000\n", [1500.0, 900.0]),
        // Dots that may be either are compared with nothing.
        ("A101;WSH;120;500.000\nA101;HEA;2;12000.5\n", [120_000.0, 2000.0]),
    ] {
        let text = format!("adm2_pcode;sector;PIN (000s);Population\n{rows}");
        let (needs, report) =
            needs("needs_2024.csv", text.as_bytes(), &known(None), &Options::default()).unwrap();
        let found: Vec<_> = needs.iter().map(|need| need.in_need).collect();
        assert_eq!(found, figures.map(Some), "{rows} {:?}", report.remarks);
    }
    // The wider figures are in thousands too.
    let text =
        "adm2_pcode,sector,Targeted ('000),PIN ('000),Population ('000)\nA101,WSH,1.2,1.5,5\n";
    let (needs, report) =
        needs("needs_2024.csv", text.as_bytes(), &known(None), &Options::default()).unwrap();
    let figures = (needs[0].targeted, needs[0].in_need, needs[0].population);
    let full = (Some(1200.0), Some(1500.0), Some(5000.0));
    assert_eq!(figures, full, "{:?}", report.remarks);
}

#[test]
fn money_that_is_full_already_is_not_called_people() {
    let text = "partner,sector,Budget USD (thousands),Reached\na,WSH,255000,7\n";
    let (rows, report) = read_as(text, &known(None), &Options::default());
    assert_eq!(rows[0].budget_usd, Some(255_000.0));
    assert!(said(&report, "255000 looks like a full figure already"), "{:?}", report.remarks);
    assert!(!said(&report, "people already"), "{:?}", report.remarks);
}

#[test]
fn the_sender_undoes_it_by_saying_what_the_column_is_and_a_returned_report_keeps_it() {
    let text = "partner,sector,Reached (thousands)\na,WSH,12.5\nb,WSH,1\n";
    let columns = vec![("Reached (thousands)".to_owned(), Field::Reached)];
    let told = Options { columns, ..Options::default() };
    let (rows, report) = read_as(text, &known(None), &told);
    assert_eq!(rows[0].reached, Some(12.5));
    assert!(said(&report, "read as they are written, although"), "{:?}", report.remarks);
    let (_, report) = reached(text);
    let back = returned::workbook(text.as_bytes(), &[&report]).unwrap();
    let (intake, again) = activities("5w.xlsx", &back, &known(None), &Options::default()).unwrap();
    let found: Vec<_> = intake.activities.iter().map(|row| row.reached).collect();
    assert_eq!(found, [Some(12_500.0), Some(1000.0)]);
    assert_eq!(again.counts, report.counts);
}

#[test]
fn a_title_above_the_table_says_thousands_for_all_its_people() {
    let (rows, report) =
        reached("3W figures (en milliers),,\npartner,sector,reached\na,WSH,1.5\nb,WSH,12\n");
    assert_eq!(rows, [Some(1500.0), Some(12_000.0)], "{:?}", report.remarks);
    let said = |report: &Report, words: &str| report.remarks.iter().any(|one| one.contains(words));
    assert!(said(&report, "as a title above the table says, so 1.5 is read as 1500"));
    let (rows, report) =
        reached("Figures in thousands,,\npartner,sector,reached\na,WSH,1500\nb,WSH,12.5\n");
    assert_eq!(rows, [Some(1500.0), Some(12.5)]);
    assert!(
        said(&report, "a title above the table says thousands, but 1500"),
        "{:?}",
        report.remarks
    );
    for title in [
        "Budget (in thousands USD),,",
        "Budget (in thousands),,",
        "Thousands reached in 2024,,",
        "Plan,(in thousands),x",
    ] {
        let (rows, _) = reached(&format!("{title}\npartner,sector,reached\na,WSH,1.5\nb,WSH,12\n"));
        assert_eq!(rows, [Some(1.5), Some(12.0)], "{title}");
    }
}
