//! 3W and 4W workbooks.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use lacuna::domain::{
    Activity, Area, Operation, Revision, Rows, Sector, Snapshot, activity::Counting, fold,
    fold_spelling,
};
use lacuna::intake::{self, Intake, Options, Report};

use super::shared;

/// Areas with code, name and parent only: enough to place rows that have codes and names.
fn areas(path: &Path, level: u8, code: &str, name: &str, parent: Option<&str>) -> Vec<Area> {
    let text = std::fs::read_to_string(path).unwrap();
    let layer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let features = layer["features"].as_array().unwrap();
    let area = |feature: &serde_json::Value| {
        let text = |key: &str| feature["properties"][key].as_str().unwrap_or_default().to_owned();
        Area {
            pcode: text(code).into(),
            name: text(name).into(),
            level,
            parent: parent.map(|key| text(key).into()),
            ..Area::default()
        }
    };
    features.iter().map(area).collect()
}

fn snapshot(areas: Vec<Area>) -> Snapshot {
    let operation = Operation::new("op", "Operation");
    let revision = Revision::default();
    Snapshot::build(Rows { revision, areas, ..Rows::empty(operation) })
}

fn read(folder: &Path, known: &Snapshot, options: &Options) -> (Intake, Report) {
    let file = std::fs::read_dir(folder.join("activities")).unwrap().next().unwrap().unwrap();
    let bytes = std::fs::read(file.path()).unwrap();
    intake::activities(&file.file_name().to_string_lossy(), &bytes, known, options).unwrap()
}

fn mozambique() -> Option<(Intake, Report, Snapshot)> {
    let folder = shared("mozambique")?;
    let file = |level| folder.join(format!("boundaries/moz_adm{level}_codtopo_simplified.geojson"));
    let mut known = areas(&file(1), 1, "#adm1+code+v_pcode", "#adm1+i_pt+name", None);
    let parent = Some("#adm1+code+v_pcode");
    known.extend(areas(&file(2), 2, "#adm2+code+v_pcode", "#adm2+i_pt+name", parent));
    let known = snapshot(known);
    let (intake, report) = read(&folder, &known, &Options::default());
    Some((intake, report, known))
}

#[test]
fn the_mozambique_4w_is_read_as_it_is() {
    let Some((intake, report, _)) = mozambique() else { return };
    eprintln!("{}", report.choice);
    for column in &report.columns {
        let (field, letters) = (column.field.as_deref().unwrap_or("-"), &column.letters);
        eprintln!(
            "{letters:3} {field:22} {:.2} {:?} {}",
            column.confidence, column.header, column.reason
        );
    }
    for issue in &report.issues {
        eprintln!("{:6} {} {:?}", issue.count, issue.code, issue.examples.first());
    }
    assert_eq!(report.sheet, "Data_Entry");
    assert_eq!((report.header_row, report.hxl_row, report.first_row), (Some(6), Some(8), 9));
    assert_eq!(report.counts.rows, 8391);
    assert_eq!(report.counts.rejected, 0);
    assert_eq!(intake.activities.len(), 8391);
    assert_eq!(report.placed, [83, 120, 8188]);
    assert_eq!(report.count("unknown-pcode"), 42);
    assert_eq!(report.count("no-boundaries-of-level"), 0);
    let remark = "5,087 rows name an area of level 3; no boundaries of level 3 are known";
    assert!(report.remarks.iter().any(|said| said.starts_with(remark)), "{:?}", report.remarks);
    assert_eq!(report.count("no-place"), 83);
    assert_eq!(report.count("end-before-start"), 83);
    assert_eq!(report.count("implausible-date"), 24);
    let lead = report.column("partner").unwrap();
    assert_eq!(lead.header, "Lead Organization");
    assert!(lead.reason.contains("words win"), "{}", lead.reason);
    for (row, value) in [(3928, "21 Kits"), (4136, "NA"), (974, "#VALUE!")] {
        let note = report.notes.iter().find(|note| note.row == row && &*note.value == value);
        let note = note.unwrap_or_else(|| panic!("row {row}, {value}"));
        assert_eq!(report.columns[usize::from(note.column.unwrap())].letters, "Y");
    }
    assert!(intake.activities.iter().all(|activity| activity.sector.is_some()));
    let csv = report.to_csv();
    let rows: std::collections::BTreeSet<_> = csv
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next()?.parse::<u32>().ok())
        .collect();
    assert!((9..=8399).all(|row| rows.contains(&row)), "every row is in the CSV report");
}

#[test]
fn the_mozambique_4w_gives_the_reference_figures_of_people_reached() {
    let Some((intake, _, known)) = mozambique() else { return };
    let figures = standard(&intake.activities, &known);
    let expected = [
        ("CCM", 51_807.0),
        ("EDU", 146_313.5),
        ("FSC", 3_173_688.0),
        ("HEA", 1_185_068.0),
        ("NUT", 640_320.2),
        ("PRO", 39_987.0),
        ("SHL", 650_935.0),
        ("WSH", 2_896_200.0),
        ("ALL", 5_249_483.0),
    ];
    for (sector, reached) in expected {
        eprintln!("{sector} {reached} {:?}", figures.get(sector));
    }
    for (sector, reached) in expected {
        let found = figures[sector];
        assert!((found - reached).abs() < 0.51, "{sector}: {found} is not {reached}");
    }
}

/// Standard reached of the operation by sector (METHODS 3, 4, 6, 8, 10, 12-14), written anew and
/// plainly, so that it checks what the rows say and nothing else.
fn standard(activities: &[Activity], known: &Snapshot) -> BTreeMap<&'static str, f64> {
    type Line = (u32, Sector, (Sector, String), String, String, u32);
    let mut months: HashMap<(Line, Option<i32>), f64> = HashMap::new();
    for row in activities.iter().filter(|row| row.counting() == Counting::Counts) {
        let (Some(sector), Some(reached)) = (row.sector, row.reached) else { continue };
        let area = known.area_of(row.area.as_ref()).0;
        let kind = (sector, fold(row.activity_type.as_deref().unwrap_or_default()));
        let place = fold_spelling(row.location.as_deref().unwrap_or_default());
        let line = (area, sector.main(), kind, row.partner.to_string(), place, row.group.key());
        let month = row.start.map(|day| day.month().0);
        *months.entry((line, month)).or_default() += reached;
    }
    let mut lines: HashMap<Line, f64> = HashMap::new();
    for ((line, _), reached) in months {
        let highest = lines.entry(line).or_default();
        *highest = highest.max(reached);
    }
    // group=all: the reported total or the sum of its parts.
    let mut wholes: HashMap<_, (f64, f64)> = HashMap::new();
    for ((area, sector, kind, partner, place, group), reached) in lines {
        let whole = wholes.entry((area, sector, kind, partner, place)).or_default();
        let all = group == lacuna::domain::Group::ALL.key();
        if all { whole.0 += reached } else { whole.1 += reached }
    }
    let mut types: HashMap<_, f64> = HashMap::new();
    for ((area, sector, kind, _, _), (total, parts)) in wholes {
        *types.entry((area, sector, kind)).or_default() += total.max(parts);
    }
    let mut held: HashMap<(u32, Sector), f64> = HashMap::new();
    for ((area, sector, _), reached) in types {
        let highest = held.entry((area, sector)).or_default();
        *highest = highest.max(reached);
    }
    let (mut figures, mut all): (BTreeMap<_, f64>, HashMap<u32, f64>) = Default::default();
    for ((area, sector), reached) in held {
        *figures.entry(sector.code()).or_default() += reached;
        let highest = all.entry(area).or_default();
        *highest = highest.max(reached);
    }
    figures.insert("ALL", all.values().sum());
    figures
}

#[test]
fn the_south_sudan_3w_without_a_human_header_is_read_as_it_is() {
    let Some(folder) = shared("south-sudan") else { return };
    let file = |level| folder.join(format!("boundaries/ssd_adm{level}_codtopo.geojson"));
    let mut known = areas(&file(1), 1, "admin1Pcode", "admin1Name", None);
    known.extend(areas(&file(2), 2, "admin2Pcode", "admin2Name", Some("admin1Pcode")));
    let known = snapshot(known);
    let (intake, report) = read(&folder, &known, &Options::default());
    // The months have no year; the name of the file has.
    assert!(report.remarks.iter().any(|remark| remark.contains("read as 2022")));
    assert!(intake.activities.iter().all(|row| row.start.is_some() && row.end.is_some()));
    for column in &report.columns {
        let (field, letters) = (column.field.as_deref().unwrap_or("-"), &column.letters);
        eprintln!(
            "{letters:3} {field:22} {:.2} {:?} {}",
            column.confidence, column.tag, column.reason
        );
    }
    for issue in &report.issues {
        eprintln!("{:6} {} {:?}", issue.count, issue.code, issue.examples.first());
    }
    eprintln!("{:?} {:?}", report.counts, report.placed);
    assert_eq!((report.header_row, report.hxl_row, report.first_row), (None, Some(1), 2));
    assert_eq!(report.counts.rows, 2782);
    assert_eq!(report.counts.rejected, 0);
    assert_eq!(intake.activities.len() as u32 + report.counts.copies, 2782);
    assert_eq!(report.placed, [0, 0, 2782]);
    assert!(intake.activities.iter().all(|row| row.reached.is_none() && row.targeted.is_none()));
    assert_eq!(report.column("sector").unwrap().header, "Name");
    assert_eq!(report.column("partner").unwrap().tag, "#org+reporting+name");
}
