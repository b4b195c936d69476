//! Every table of the data folder: what it is taken for, where its table is found, what its columns
//! are taken for, what becomes of its rows and how many are located; or why it is refused.
//!
//! Boundaries are loaded first where there are any. A line that no longer holds is printed as it is
//! now, ready to be compared.

use std::collections::BTreeMap;

use lacuna::domain::Snapshot;
use lacuna::intake::{self, Options, Report};

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
    table(
        "messy/activities/cod_3w_janvier_2022.xlsx",
        &[],
        &[
            "activities",
            "DATA-FINAL: header 1, tags -, data 2",
            "5339 rows: 2116 accepted, 3223 warned, 0 rejected, 3219 copies; placed [5339]",
            "A activity_id, B description, C start_date, D end_date, E adm1_pcode, F adm1_name, G adm2_pcode, H adm2_name, I adm3_pcode, J adm3_name, L sector, M partner_type, O partner_acronym, P partner, R targeted",
        ],
    ),
    table(
        "messy/activities/eth_4w_february_2022.xlsx",
        ETH,
        &[
            "activities",
            "Eth_4Ws_February_2022: header 1, tags 2, data 3",
            "7900 rows: 4831 accepted, 3060 warned, 9 rejected, 1740 copies; placed [1284, 0, 0, 6607]",
            "A month, B status, C donor, D partner, E partner_type, F implementing_partner, I adm1_name, J adm2_name, K adm3_name, L location, M adm3_pcode, O sector, P activity_type",
        ],
    ),
    table(
        "messy/activities/hnd_345w.csv",
        &[],
        &[
            "activities",
            "-: header 1, tags 2, data 3",
            "2730 rows: 1996 accepted, 734 warned, 0 rejected, 90 copies; placed [2730]",
            "F donor, G partner, H partner_type, I country, K adm1_pcode, L adm1_name, M adm2_pcode, N adm2_name, O adm3_pcode, P adm3_name, R location, S sector, U activity_id, V activity_type, W description, Y unit, AA start_date, AB end_date, AC status, AE modality, AJ reached, AK households_reached",
        ],
    ),
    table(
        "messy/activities/hti_3w_2020.xlsx",
        HTI,
        &[
            "activities",
            "Sheet2: header 1, tags 2, data 3",
            "11376 rows: 9852 accepted, 1524 warned, 0 rejected, 1524 copies; placed [0, 0, 11376]",
            "A sector, E partner, F partner_acronym, I partner_type, K adm1_pcode, L adm1_name, N adm2_pcode, O adm2_name",
        ],
    ),
    table(
        "messy/activities/irq_3w_jan_apr_2022.xlsx",
        IRQ,
        &[
            "activities",
            "3W longtable Jan-Apr 2022 : header 1, tags 2, data 3",
            "4839 rows: 4785 accepted, 54 warned, 0 rejected, 54 copies; placed [0, 0, 0, 4839]",
            "A month, B adm1_pcode, C adm1_name, D adm2_pcode, E adm2_name, F adm3_pcode, G adm3_name, H location, K sector, L population_group, N partner_acronym, O partner, P partner_type",
        ],
    ),
    table(
        "messy/activities/mli_5w_mar2022.xlsx",
        MLI,
        &[
            "activities",
            "ML_5W: header 1, tags 2, data 3",
            "22805 rows: 1228 accepted, 21577 warned, 0 rejected, 21441 copies; placed [462, 0, 22343]",
            "A partner_acronym, B adm1_pcode, C adm1_name, D adm2_pcode, E adm2_name",
        ],
    ),
    table(
        "messy/activities/nga_3w_august_2021.xlsx",
        &[],
        &[
            "activities",
            "august_3ws: header 1, tags 2, data 3",
            "4648 rows: 1834 accepted, 2814 warned, 0 rejected, 2812 copies; placed [4648]",
            "A partner_acronym, B partner, C partner_type, E sector, F activity_type, G status, H adm1_name, I adm1_pcode, J adm2_name, K adm2_pcode, O month, P year",
        ],
    ),
    table(
        "messy/activities/sdn_3w_2021.xlsx",
        SDN,
        &[
            "activities",
            "2020 3Ws compiled: header 1, tags 2, data 3",
            "2773 rows: 594 accepted, 2179 warned, 0 rejected, 31 copies; placed [35, 359, 2379]",
            "A adm1_name, B adm2_name, C sector, D partner_type, E partner",
        ],
    ),
    table(
        "messy/activities/som_3w_all_clusters_march_2022.xlsx",
        &[],
        &[
            "activities",
            "Data: header 1, tags 2, data 3",
            "31085 rows: 1975 accepted, 29110 warned, 0 rejected, 29110 copies; placed [31085]",
            "A sector, B partner, C partner_type, D adm1_name, E adm2_name",
        ],
    ),
    table(
        "messy/activities/ukr_5w_round12_2022.xlsx",
        &[],
        &[
            "Sheet \"Num_of_Orgs_by_Oblast\" is a matrix of places by clusters, a summary: send the list it was made from, one row for each organisation, activity and place.",
        ],
    ),
    table(
        "messy/activities/yem_education_5w_2019.xlsx",
        YEM,
        &[
            "activities",
            "YHRP Dataset ( Jan-June ): header 1, tags 2, data 3",
            "4728 rows: 243 accepted, 4485 warned, 0 rejected, 4325 copies; placed [0, 165, 4563]",
            "A partner, B partner_acronym, C adm1_name, D adm1_pcode, E adm2_name",
        ],
    ),
    table(
        "messy/gazetteers/download-afg-adminboundaries-tabulardata.xlsx",
        &[],
        &[
            "This is a list of places (a gazetteer): names and codes without shapes. Import the boundaries themselves as areas: their names and codes come with them.",
        ],
    ),
    table(
        "messy/gazetteers/download-arm-gazetteer-2019.xlsx",
        &[],
        &[
            "This is a list of places (a gazetteer): names and codes without shapes. Import the boundaries themselves as areas: their names and codes come with them.",
        ],
    ),
    table(
        "messy/gazetteers/download-mkd-admn.xls",
        &[],
        &[
            "No column tells what this table is about: it would name an organisation (activities), people in need (needs), people (population) or coordinates (sites). It begins with: FID, SHN0, SHN2, SHN1, Name012, Name012_E, Name012_L. Say what it is, which row has the headers, or what the columns are.",
        ],
    ),
    table(
        "messy/hxl_parser/input-broken.xlsx",
        &[],
        &[
            "needs",
            "Sheet1: header 1, tags 2, data 3",
            "6431 rows: 0 accepted, 0 warned, 6431 rejected, 0 copies; placed [6431]",
            "A country, C year, D cycle_start, H affected",
        ],
    ),
    table(
        "messy/hxl_parser/input-fuzzy.csv",
        &[],
        &[
            "activities",
            "-: header 2, tags 3, data 4",
            "4 rows: 4 accepted, 0 warned, 0 rejected, 0 copies; placed [4]",
            "B sector, C activity_type, D partner, G country, H adm1_name, targeted of all/male/all/all and all/female/all/all",
        ],
    ),
    table(
        "messy/hxl_parser/input-merged.xlsx",
        &[],
        &[
            "activities",
            "input-valid: header 2, tags 3, data 4",
            "4 rows: 4 accepted, 0 warned, 0 rejected, 0 copies; placed [4]",
            "B sector, C activity_type, D partner, G country, H adm1_name, I start_date, targeted of all/male/all/all and all/female/all/all",
        ],
    ),
    table(
        "messy/hxl_parser/input-multiple-headers.csv",
        &[],
        &[
            "activities",
            "-: header 2, tags 3, data 4",
            "2 rows: 2 accepted, 0 warned, 0 rejected, 0 copies; placed [2]",
            "A partner, C adm1_name",
        ],
    ),
    table(
        "messy/hxl_parser/input-quality.xls",
        &[],
        &[
            "activities",
            "input-quality-hxl: header 2, tags 3, data 4",
            "4 rows: 4 accepted, 0 warned, 0 rejected, 0 copies; placed [4]",
            "B sector, C activity_type, D partner, G country, H adm1_name, I start_date, targeted of all/male/all/all and all/female/all/all",
        ],
    ),
    table(
        "messy/hxl_parser/input-valid-latin1.csv",
        &[],
        &[
            "activities",
            "-: header 2, tags 3, data 4",
            "4 rows: 4 accepted, 0 warned, 0 rejected, 0 copies; placed [4]",
            "B sector, C activity_type, D partner, G country, H adm1_name, I start_date, targeted of all/male/all/all and all/female/all/all",
        ],
    ),
    table(
        "messy/hxl_parser/input-valid-nested.json",
        &[],
        &[
            "activities",
            "results: header -, tags 1, data 2",
            "4 rows: 4 accepted, 0 warned, 0 rejected, 0 copies; placed [4]",
            "B sector, C activity_type, D partner, H adm1_name, I start_date, targeted of all/female/all/all and all/male/all/all",
        ],
    ),
    table(
        "messy/hxl_parser/input-valid-xlsx.NOEXT",
        &[],
        &[
            "activities",
            "input-valid: header 2, tags 3, data 4",
            "4 rows: 4 accepted, 0 warned, 0 rejected, 0 copies; placed [4]",
            "B sector, C activity_type, D partner, G country, H adm1_name, I start_date, targeted of all/male/all/all and all/female/all/all",
        ],
    ),
    table(
        "messy/hxl_parser/input-valid.ssv",
        &[],
        &[
            "activities",
            "-: header 2, tags 3, data 4",
            "4 rows: 4 accepted, 0 warned, 0 rejected, 0 copies; placed [4]",
            "B sector, C activity_type, D partner, G country, H adm1_name, I start_date, targeted of all/male/all/all and all/female/all/all",
        ],
    ),
    table(
        "messy/needs/afg_hpc_needs_api_2024.csv",
        &[],
        &[
            "needs",
            "-: header 1, tags -, data 2",
            "931 rows: 13 accepted, 2 warned, 916 rejected, 0 copies; placed [15]",
            "A adm1_pcode, B adm1_name, C adm2_pcode, D adm2_name, E description, F sector, G category, H population, I in_need, J targeted, K affected, L reached, M info",
        ],
    ),
    table(
        "messy/needs/hpc_api_plan1188_responsemonitoring.json",
        &[],
        &[
            "No column tells what this table is about: it would name an organisation (activities), people in need (needs), people (population) or coordinates (sites). It begins with: planClusters, globalClusterId, globalClusterCode, globalClusterName, globalClusterType. Say what it is, which row has the headers, or what the columns are.",
        ],
    ),
    table(
        "messy/population/download-cod-admpop-adm2-2020.csv",
        &[],
        &[
            "population",
            "-: header 1, tags -, data 2",
            "189 rows: 0 accepted, 0 warned, 189 rejected, 0 copies; placed []",
            "A adm2_name, B adm2_pcode, C adm1_name, D adm1_pcode, E country, U population, population in 14 parts",
        ],
    ),
    table(
        "messy/population/download-vct-admpop-2022.xlsx",
        &[],
        &[
            "population",
            "vct_admpop_adm0_2022: header 1, tags -, data 2",
            "1 rows: 1 accepted, 0 warned, 0 rejected, 0 copies; placed [1]",
            "A year, B country, G population, population in 53 parts",
        ],
    ),
    table(
        "mozambique/activities/20190731_ocha_moz_response_tracking_matrix_consolidated_20190909.xlsx",
        MOZ,
        &[
            "activities",
            "Data_Entry: header 6, tags 8, data 9",
            "8391 rows: 8128 accepted, 263 warned, 0 rejected, 0 copies; placed [83, 120, 8188]",
            "A activity_id, D partner, E partner_type, F implementing_partner, H sector, I activity_type, J description, L modality, M adm1_name, N adm1_pcode, O adm2_name, P adm2_pcode, Q adm3_name, R adm3_pcode, S adm4_name, T adm4_pcode, U location, V households_targeted, W targeted, X households_reached, Y reached, AA start_date, AB end_date, AC status",
        ],
    ),
    table(
        "mozambique/needs/hno_2024_MOZ.csv",
        MOZ,
        &[
            "needs",
            "-: header 1, tags 2, data 3",
            "8563 rows: 7337 accepted, 1225 warned, 1 rejected, 0 copies; placed [122, 0, 8441]",
            "A country, B adm1_pcode, C adm1_name, D adm2_pcode, E adm2_name, F adm3_pcode, G adm3_name, H description, I sector, J category, K population, L in_need, M targeted, N affected, O reached, P info",
        ],
    ),
    table(
        "mozambique/needs/hno_2025_MOZ.csv",
        MOZ,
        &[
            "needs",
            "-: header 1, tags 2, data 3",
            "2622 rows: 2598 accepted, 23 warned, 1 rejected, 0 copies; placed [220, 0, 2402]",
            "A country, B adm1_pcode, C adm1_name, D adm2_pcode, E adm2_name, F adm3_pcode, G adm3_name, H description, I sector, J category, K population, L in_need, M targeted, N affected, O reached, P info",
        ],
    ),
    table(
        "mozambique/population/cod_ps_adm1_MOZ.csv",
        MOZ,
        &[
            "population",
            "-: header 1, tags -, data 2",
            "594 rows: 594 accepted, 0 warned, 0 rejected, 0 copies; placed [0, 594]",
            "B country, C adm1_pcode, D adm1_name, E adm2_pcode, F adm2_name, G adm3_pcode, H adm3_name, I adm4_pcode, J adm4_name, K population_group, L sex, M age, N age_min, O age_max, P population, Q year",
        ],
    ),
    table(
        "mozambique/population/cod_ps_adm2_MOZ.csv",
        MOZ,
        &[
            "population",
            "-: header 1, tags -, data 2",
            "8370 rows: 8370 accepted, 0 warned, 0 rejected, 0 copies; placed [0, 0, 8370]",
            "B country, C adm1_pcode, D adm1_name, E adm2_pcode, F adm2_name, G adm3_pcode, H adm3_name, I adm4_pcode, J adm4_name, K population_group, L sex, M age, N age_min, O age_max, P population, Q year",
        ],
    ),
    table(
        "mozambique/population/moz-pop-projc-2022-INE.json",
        MOZ,
        &[
            "population",
            "DataList: header 1, tags -, data 2",
            "157 rows: 156 accepted, 1 warned, 0 rejected, 0 copies; placed [0, 0, 157]",
            "B adm2_pcode, C population",
        ],
    ),
    table(
        "mozambique/sites/ors_demo_idai_health_sites.csv",
        MOZ,
        &[
            "sites",
            "-: header 1, tags -, data 2",
            "19 rows: 19 accepted, 0 warned, 0 rejected, 0 copies; placed [0, 0, 19]",
            "A site_id, B longitude, C latitude",
        ],
    ),
    table(
        "mozambique/sites/who_kwtrp_health_facilities_MOZ.csv",
        MOZ,
        &[
            "sites",
            "-: header 1, tags -, data 2",
            "1579 rows: 1538 accepted, 41 warned, 0 rejected, 0 copies; placed [0, 8, 1571]",
            "A country, B adm1_name, C name, D type, F latitude, G longitude",
        ],
    ),
    table(
        "south-sudan/activities/ss_20220520_3w_op_january_march_2022.xlsx",
        SSD,
        &[
            "activities",
            "January to March: header -, tags 1, data 2",
            "2782 rows: 2780 accepted, 2 warned, 0 rejected, 2 copies; placed [0, 0, 2782]",
            "A partner_acronym, B partner, C partner_type, D sector, E adm1_name, F adm1_pcode, G adm2_name, H adm2_pcode, I start_date",
        ],
    ),
    table(
        "south-sudan/needs/hno_2024_SSD.csv",
        SSD,
        &[
            "needs",
            "-: header 1, tags 2, data 3",
            "16000 rows: 13902 accepted, 1908 warned, 190 rejected, 0 copies; placed [224, 0, 15587]",
            "A country, B adm1_pcode, C adm1_name, D adm2_pcode, E adm2_name, F adm3_pcode, G adm3_name, H description, I sector, J category, K population, L in_need, M targeted, N affected, O reached, P info",
        ],
    ),
    table(
        "south-sudan/needs/hno_2025_SSD.csv",
        SSD,
        &[
            "needs",
            "-: header 1, tags 2, data 3",
            "12957 rows: 10838 accepted, 1939 warned, 180 rejected, 0 copies; placed [218, 0, 12568]",
            "A country, B adm1_pcode, C adm1_name, D adm2_pcode, E adm2_name, F adm3_pcode, G adm3_name, H description, I sector, J category, K population, L in_need, M targeted, N affected, O reached, P info",
        ],
    ),
    table(
        "south-sudan/needs/ssd-ipc-2022-03.json",
        SSD,
        &[
            "needs",
            "DataList: header 1, tags -, data 2",
            "78 rows: 78 accepted, 0 warned, 0 rejected, 0 copies; placed [0, 0, 78]",
            "A adm2_pcode, B severity, M in_need",
        ],
    ),
    table(
        "south-sudan/population/cod_ps_adm1_SSD.csv",
        SSD,
        &[
            "population",
            "-: header 1, tags -, data 2",
            "150 rows: 150 accepted, 0 warned, 0 rejected, 0 copies; placed [0, 150]",
            "B country, C adm1_pcode, D adm1_name, E adm2_pcode, F adm2_name, G adm3_pcode, H adm3_name, I adm4_pcode, J adm4_name, K population_group, L sex, M age, N age_min, O age_max, P population, Q year",
        ],
    ),
    table(
        "south-sudan/population/cod_ps_adm2_SSD.csv",
        SSD,
        &[
            "population",
            "-: header 1, tags -, data 2",
            "1170 rows: 1170 accepted, 0 warned, 0 rejected, 0 copies; placed [0, 0, 1170]",
            "B country, C adm1_pcode, D adm1_name, E adm2_pcode, F adm2_name, G adm3_pcode, H adm3_name, I adm4_pcode, J adm4_name, K population_group, L sex, M age, N age_min, O age_max, P population, Q year",
        ],
    ),
    table(
        "south-sudan/sites/dtm_south_sudan_baseline_assessment_round_11.xlsx",
        SSD,
        &[
            "sites",
            "MT R11 Baseline locations: header 1, tags -, data 2",
            "3335 rows: 3307 accepted, 28 warned, 0 rejected, 0 copies; placed [0, 0, 3335]",
            "A adm1_pcode, B adm1_name, C adm2_pcode, D adm2_name, E adm3_pcode, F adm3_name, G site_id, H name, K type, L latitude, M longitude, N status",
        ],
    ),
    table(
        "south-sudan/sites/sfssd_moh_facilities_32states_SSD.csv",
        SSD,
        &[
            "sites",
            "-: header 1, tags -, data 2",
            "2889 rows: 64 accepted, 2825 warned, 0 rejected, 0 copies; placed [365, 15, 2509]",
            "A site_id, B name, C type, E adm3_name, F adm2_name, G adm1_name, H status, P coordinates",
        ],
    ),
    table(
        "south-sudan/sites/who_kwtrp_health_facilities_SSD.csv",
        SSD,
        &[
            "sites",
            "-: header 1, tags -, data 2",
            "1747 rows: 1727 accepted, 20 warned, 0 rejected, 1 copies; placed [0, 20, 1727]",
            "A country, B adm1_name, C name, D type, F latitude, G longitude",
        ],
    ),
    table(
        "comoros/population/cod_ps_adm1_COM.csv",
        COM,
        &[
            "population",
            "-: header 1, tags -, data 2",
            "171 rows: 171 accepted, 0 warned, 0 rejected, 0 copies; placed [0, 171]",
            "B country, C adm1_pcode, D adm1_name, E adm2_pcode, F adm2_name, G adm3_pcode, H adm3_name, I adm4_pcode, J adm4_name, K population_group, L sex, M age, N age_min, O age_max, P population, Q year",
        ],
    ),
    table(
        "comoros/sites/who_kwtrp_health_facilities_COM.csv",
        COM,
        &[
            "sites",
            "-: header 1, tags -, data 2",
            "66 rows: 63 accepted, 3 warned, 0 rejected, 0 copies; placed [0, 4, 0, 62]",
            "A country, B adm1_name, C name, D type, F latitude, G longitude",
        ],
    ),
];

#[test]
fn every_table_is_read_as_it_is_or_refused_with_the_right_sentence() {
    let mut known: BTreeMap<&[&str], Option<Snapshot>> = BTreeMap::new();
    for Table { areas, .. } in TABLES {
        known
            .entry(areas)
            .or_insert_with(|| if areas.is_empty() { Some(empty()) } else { snapshot(areas) });
    }
    let mut wrong = String::new();
    for table in TABLES {
        let (Some(bytes), Some(known)) = (file(table.path), &known[table.areas]) else { continue };
        let found = read(table.path, &bytes, known);
        if found != table.expected {
            let lines = found.iter().map(|line| format!("            {line:?},\n"));
            wrong.push_str(&format!("{}:\n{}", table.path, lines.collect::<String>()));
        }
    }
    assert!(wrong.is_empty(), "these are read otherwise now:\n{wrong}");
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
    let mapped =
        || report.columns.iter().filter_map(|column| Some((column, column.field.as_deref()?)));
    let whole = mapped().filter(|(column, _)| column.group.is_empty());
    let mut columns: Vec<String> =
        whole.map(|(column, field)| format!("{} {field}", column.letters)).collect();
    let mut parts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (column, field) in mapped().filter(|(column, _)| !column.group.is_empty()) {
        parts.entry(field).or_default().push(&column.group);
    }
    columns.extend(parts.iter().map(|(field, groups)| match groups.len() {
        0..=8 => format!("{field} of {}", groups.join(" and ")),
        many => format!("{field} in {many} parts"),
    }));
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
