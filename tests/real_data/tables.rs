//! Every table of the data folder: what it is taken for, where its table is found, what its columns
//! are taken for, what becomes of its rows and how many are located; or why it is refused.
//!
//! Boundaries are loaded first where there are any. A line that no longer holds is printed as it is
//! now, ready to be compared.

use std::collections::{BTreeMap, BTreeSet};

use lacuna::domain::Snapshot;
use lacuna::intake::{self, Options, Report};
use rayon::prelude::*;

use super::{empty, file, name_of, snapshot};

struct Table {
    path: &'static str,
    /// Boundary files, coarsest first.
    areas: &'static [&'static str],
    /// Kind, sheet, rows, columns; or the refusal.
    expected: &'static [&'static str],
}

const fn table(
    path: &'static str,
    areas: &'static [&'static str],
    expected: &'static [&'static str],
) -> Table {
    Table { path, areas, expected }
}

const MOZ: &[&str] = &[
    "mozambique/boundaries/moz_adm1_codtopo_simplified.geojson",
    "mozambique/boundaries/moz_adm2_codtopo_simplified.geojson",
];
const SSD: &[&str] = &[
    "south-sudan/boundaries/ssd_adm1_codtopo.geojson",
    "south-sudan/boundaries/ssd_adm2_codtopo.geojson",
];
const COM: &[&str] = &[
    "comoros/boundaries/com_adm1_codtopo.geojson",
    "comoros/boundaries/com_adm2_codtopo.geojson",
    "comoros/boundaries/com_adm3_codtopo.geojson",
];
const IRQ: &[&str] = &[
    "messy/boundaries/irq_adm1_codtopo.geojson",
    "messy/boundaries/irq_adm2_codtopo.geojson",
    "messy/boundaries/irq_adm3_codtopo.geojson",
];
const HTI: &[&str] = &["messy/boundaries/hti_adm2_codtopo.geojson"];
const MLI: &[&str] = &["messy/boundaries/mli_adm2_codtopo.geojson"];
const SDN: &[&str] = &["messy/boundaries/sdn_adm2_codtopo.geojson"];
const YEM: &[&str] =
    &["messy/boundaries/yem_adm1_codtopo.geojson", "messy/boundaries/yem_adm2_codtopo.topojson"];
const ETH: &[&str] = &["messy/boundaries/eth_adm3_codtopo.topojson"];

/// What is expected of each file. Lines: kind; sheet and header, tag and first row; rows, accepted,
/// with warnings, rejected, copies and rows placed by level; columns; personal data.
const TABLES: &[Table] = &[
    table("messy/activities/cod_3w_janvier_2022.xlsx", &[], &[]),
    table("messy/activities/eth_4w_february_2022.xlsx", ETH, &[]),
    table("messy/activities/hnd_345w.csv", &[], &[]),
    table("messy/activities/hti_3w_2020.xlsx", HTI, &[]),
    table("messy/activities/irq_3w_jan_apr_2022.xlsx", IRQ, &[]),
    table("messy/activities/mli_5w_mar2022.xlsx", MLI, &[]),
    table("messy/activities/nga_3w_august_2021.xlsx", &[], &[]),
    table("messy/activities/sdn_3w_2021.xlsx", SDN, &[]),
    table("messy/activities/som_3w_all_clusters_march_2022.xlsx", &[], &[]),
    table("messy/activities/ukr_5w_round12_2022.xlsx", &[], &[]),
    table("messy/activities/yem_education_5w_2019.xlsx", YEM, &[]),
    table("messy/gazetteers/download-afg-adminboundaries-tabulardata.xlsx", &[], &[]),
    table("messy/gazetteers/download-arm-gazetteer-2019.xlsx", &[], &[]),
    table("messy/gazetteers/download-mkd-admn.xls", &[], &[]),
    table("messy/hxl_parser/input-broken.xlsx", &[], &[]),
    table("messy/hxl_parser/input-fuzzy.csv", &[], &[]),
    table("messy/hxl_parser/input-merged.xlsx", &[], &[]),
    table("messy/hxl_parser/input-multiple-headers.csv", &[], &[]),
    table("messy/hxl_parser/input-quality.xls", &[], &[]),
    table("messy/hxl_parser/input-valid-latin1.csv", &[], &[]),
    table("messy/hxl_parser/input-valid-nested.json", &[], &[]),
    table("messy/hxl_parser/input-valid-xlsx.NOEXT", &[], &[]),
    table("messy/hxl_parser/input-valid.ssv", &[], &[]),
    table("messy/needs/afg_hpc_needs_api_2024.csv", &[], &[]),
    table("messy/needs/hpc_api_plan1188_responsemonitoring.json", &[], &[]),
    table("messy/population/download-cod-admpop-adm2-2020.csv", &[], &[]),
    table("messy/population/download-vct-admpop-2022.xlsx", &[], &[]),
    table(
        "mozambique/activities/20190731_ocha_moz_response_tracking_matrix_consolidated_20190909.xlsx",
        MOZ,
        &[],
    ),
    table("mozambique/needs/hno_2024_MOZ.csv", MOZ, &[]),
    table("mozambique/needs/hno_2025_MOZ.csv", MOZ, &[]),
    table("mozambique/population/cod_ps_adm1_MOZ.csv", MOZ, &[]),
    table("mozambique/population/cod_ps_adm2_MOZ.csv", MOZ, &[]),
    table("mozambique/population/moz-pop-projc-2022-INE.json", MOZ, &[]),
    table("mozambique/sites/ors_demo_idai_health_sites.csv", MOZ, &[]),
    table("mozambique/sites/who_kwtrp_health_facilities_MOZ.csv", MOZ, &[]),
    table("south-sudan/activities/ss_20220520_3w_op_january_march_2022.xlsx", SSD, &[]),
    table("south-sudan/needs/hno_2024_SSD.csv", SSD, &[]),
    table("south-sudan/needs/hno_2025_SSD.csv", SSD, &[]),
    table("south-sudan/needs/ssd-ipc-2022-03.json", SSD, &[]),
    table("south-sudan/population/cod_ps_adm1_SSD.csv", SSD, &[]),
    table("south-sudan/population/cod_ps_adm2_SSD.csv", SSD, &[]),
    table("south-sudan/sites/dtm_south_sudan_baseline_assessment_round_11.xlsx", SSD, &[]),
    table("south-sudan/sites/sfssd_moh_facilities_32states_SSD.csv", SSD, &[]),
    table("south-sudan/sites/who_kwtrp_health_facilities_SSD.csv", SSD, &[]),
    table("comoros/population/cod_ps_adm1_COM.csv", COM, &[]),
    table("comoros/sites/who_kwtrp_health_facilities_COM.csv", COM, &[]),
];

#[test]
fn every_table_is_read_as_it_is_or_refused_with_the_right_sentence() {
    let folders: BTreeSet<&[&str]> = TABLES.iter().map(|table| table.areas).collect();
    let known: BTreeMap<&[&str], Option<Snapshot>> = folders
        .into_par_iter()
        .map(|areas| (areas, if areas.is_empty() { Some(empty()) } else { snapshot(areas) }))
        .collect();
    let otherwise = |table: &Table| {
        let (bytes, known) = (file(table.path)?, known[table.areas].as_ref()?);
        let found = read(table.path, &bytes, known);
        let lines = found.iter().map(|line| format!("            {line:?},\n"));
        (found != table.expected).then(|| format!("{}:\n{}", table.path, lines.collect::<String>()))
    };
    let wrong: Vec<String> = TABLES.par_iter().filter_map(otherwise).collect();
    assert!(wrong.is_empty(), "these are read otherwise now:\n{}", wrong.concat());
}

/// A file as the lines of the table.
fn read(path: &str, bytes: &[u8], known: &Snapshot) -> Vec<String> {
    let kinds = match intake::kinds(bytes, known, &Options::default()) {
        Ok(kinds) => kinds,
        Err(refusal) => return vec![refusal.0],
    };
    let kind = kinds[0].kind;
    let standards = intake::standards::built_in();
    let options = Options::default();
    let report = lacuna::app::plan::check(kind, name_of(path), bytes, known, &standards, &options);
    match report {
        Ok(report) => {
            if std::env::var_os("LACUNA_SHOW").is_some() {
                show(&report);
            }
            lines(&report)
        }
        Err(refusal) => vec![kind.name().to_owned(), refusal.0],
    }
}

fn lines(report: &Report) -> Vec<String> {
    super::assert_complete(report);
    let row = |row: Option<u32>| row.map_or("-".to_owned(), |row| row.to_string());
    let sheet = if report.sheet.is_empty() { "-" } else { &report.sheet };
    let counts = &report.counts;
    let columns = report.columns.iter().filter_map(|column| {
        let field = column.field.as_deref()?;
        let group = if column.group.is_empty() { "" } else { " " };
        Some(format!("{} {field}{group}{}", column.letters, column.group))
    });
    let columns: Vec<String> = columns.collect();
    let mut lines = vec![
        report.kind.clone(),
        format!(
            "{sheet}: header {}, tags {}, data {}",
            row(report.header_row),
            row(report.hxl_row),
            report.first_row
        ),
        format!(
            "{} rows: {} accepted, {} warned, {} rejected, {} copies; placed {:?}",
            counts.rows,
            counts.accepted,
            counts.accepted_with_warnings,
            counts.rejected,
            counts.copies,
            report.placed
        ),
        columns.join(", "),
    ];
    if !report.dropped_personal.is_empty() {
        lines.push(format!("dropped {}", report.dropped_personal.join(", ")));
    }
    lines
}

/// The whole of a report, to be read by a person.
fn show(report: &Report) {
    eprintln!("=== {} as {}: {}", report.file, report.kind, report.choice);
    for sheet in &report.sheets {
        eprintln!("  sheet {:?} {:?} {} {}", sheet.name, sheet.rows, sheet.chosen, sheet.reason);
    }
    for remark in &report.remarks {
        eprintln!("  {remark}");
    }
    for (at, column) in report.columns.iter().enumerate() {
        let field = column.field.as_deref().unwrap_or("-");
        eprintln!(
            "  {:3} {:22} {:.2} {:?} {:?} {} | {:?}",
            column.letters,
            field,
            column.confidence,
            column.header,
            column.tag,
            column.reason,
            report.preview.values.get(at)
        );
    }
    for issue in &report.issues {
        let weight = if issue.rejects { "rejected" } else { "warned" };
        eprintln!("  {:6} {weight} {} {:?}", issue.count, issue.code, issue.examples.first());
        if issue.code.starts_with("unknown-") && !issue.code.contains("place") {
            let at = report.issues.iter().position(|other| other.code == issue.code).unwrap();
            let of = report.notes.iter().filter(|note| usize::from(note.issue) == at);
            let values: std::collections::BTreeSet<&str> = of.map(|note| &*note.value).collect();
            eprintln!("         {:?}", values.into_iter().take(40).collect::<Vec<_>>());
        }
    }
}
