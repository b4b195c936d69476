//! HNO files and an IPC table.

use lacuna::domain::{Group, Need, Sector, Snapshot};
use lacuna::intake::{self, Options, Report};

use crate::{assert_complete, file, mozambique, name_of, south_sudan};

fn import(path: &str, known: &Snapshot) -> Option<(Vec<Need>, Report)> {
    let bytes = file(path)?;
    let read = intake::needs(name_of(path), &bytes, known, &Options::default()).unwrap();
    assert_complete(&read.1);
    Some(read)
}

#[test]
fn caseloads_of_a_district_are_added_and_parts_of_the_overall_figure_are_not() {
    let Some(moz) = mozambique() else { return };
    let Some((needs, _)) = import("mozambique/needs/hno_2024_MOZ.csv", moz) else { return };
    let ancuabe = |sector: Sector| {
        let here =
            |need: &&Need| need.area.as_deref() == Some("MZ0101") && need.group == Group::ALL;
        needs.iter().filter(here).find(|need| need.sector == sector).unwrap()
    };
    // Conflict 85,709 and natural disaster 330; the latter without a target.
    assert_eq!(ancuabe(Sector::Edu).in_need, Some(86_039.0));
    assert_eq!(ancuabe(Sector::Edu).targeted, Some(72_853.0));
    // Health has groups only, and only their targets.
    let health = |need: &&Need| need.area.is_some() && need.sector == Sector::Hea;
    assert!(
        needs.iter().filter(health).all(|need| need.group != Group::ALL && need.in_need.is_none())
    );
}

/// PIN of everybody over the areas of a sector.
fn sum(needs: &[Need], sector: Sector) -> f64 {
    let needs = needs.iter().filter(|need| need.sector == sector && need.group == Group::ALL);
    needs.filter(|need| need.area.is_some()).filter_map(|need| need.in_need).sum()
}

#[test]
fn the_overviews_of_mozambique_add_up_to_what_was_published() {
    let Some(moz) = mozambique() else { return };
    for (path, year, rows, all) in [
        ("mozambique/needs/hno_2024_MOZ.csv", 2024, 8563, 2_252_980.0),
        ("mozambique/needs/hno_2025_MOZ.csv", 2025, 2622, 1_305_029.0),
    ] {
        let Some((needs, report)) = import(path, moz) else { return };
        assert_eq!(report.counts.rows, rows, "{path}");
        assert_eq!(sum(&needs, Sector::All), all, "{path}");
        assert_eq!(report.count("no-sector"), 1);
        assert_eq!(report.count("unread-category"), 0);
        assert_eq!(report.counts.rejected, 1);
        assert!(needs.iter().all(|need| need.cycle.start.unwrap().ymd() == (year, 1, 1)));
        let whole = |need: &&Need| {
            need.area.is_none() && need.sector == Sector::All && need.group == Group::ALL
        };
        assert_eq!(needs.iter().filter(whole).count(), 1);
    }
}

#[test]
fn abyei_is_unknown_under_its_code_and_only_suggested_by_its_name() {
    let Some(ssd) = south_sudan() else { return };
    for (path, rejected, all) in [
        ("south-sudan/needs/hno_2024_SSD.csv", 189, 8_546_984.0),
        ("south-sudan/needs/hno_2025_SSD.csv", 171, 9_290_086.0),
    ] {
        let Some((needs, report)) = import(path, ssd) else { return };
        assert_eq!(report.count("unknown-pcode"), rejected, "{path}");
        let issue = report.issues.iter().find(|issue| issue.code == "unknown-pcode").unwrap();
        assert_eq!(issue.examples[0].value, "SS001");
        let waits = report.issues.iter().find(|issue| issue.code == "name-not-sure").unwrap();
        assert!(waits.examples[0].detail.contains("SS0807"), "{:?}", waits.examples[0]);
        assert!(needs.iter().all(|need| need.area.as_deref() != Some("SS0807")));
        // With the row of Abyei, which is not used, the counties add up to what was published.
        let text = String::from_utf8(file(path).unwrap()).unwrap();
        let abyei =
            text.lines().find(|line| line.contains(",SS001,") && line.contains(",ALL,total,"));
        let abyei: f64 = abyei.unwrap().split(',').nth(11).unwrap().parse().unwrap();
        assert_eq!(sum(&needs, Sector::All) + abyei, all, "{path}");
    }
}

#[test]
fn ipc_phases_are_needs_of_food_security() {
    let Some(ssd) = south_sudan() else { return };
    let Some((needs, report)) = import("south-sudan/needs/ssd-ipc-2022-03.json", ssd) else {
        return;
    };
    assert_eq!((needs.len(), report.counts.rejected), (78, 0));
    let juba = needs.iter().find(|need| need.area.as_deref() == Some("SS0101")).unwrap();
    assert_eq!(
        (juba.sector, juba.in_need, juba.severity),
        (Sector::Fsc, Some(261_354.0), Some(3.0))
    );
    assert_eq!(juba.cycle.to_string(), "2022-01-01/2022-12-31");
}
