//! Health facilities and displacement sites.

use lacuna::domain::{Sector, Site, Snapshot};
use lacuna::intake::{self, Options, Report, standards};

use crate::{assert_complete, file, mozambique, name_of, south_sudan};

fn import(path: &str, known: &Snapshot) -> Option<(Vec<Site>, Report)> {
    let bytes = file(path)?;
    let standards = standards::built_in();
    let read = intake::sites(name_of(path), &bytes, known, &standards, &Options::default());
    let (sites, report) = read.unwrap();
    assert_complete(&report);
    Some((sites.sites, report))
}

#[test]
fn facilities_of_mozambique_are_sites() {
    let Some(moz) = mozambique() else { return };
    let path = "mozambique/sites/who_kwtrp_health_facilities_MOZ.csv";
    let Some((sites, report)) = import(path, moz) else { return };
    assert_eq!((sites.len(), report.counts.rejected), (1579, 0));
    let held = sites.iter().filter(|site| site.area.as_deref().is_some_and(|code| code.len() == 6));
    assert_eq!(report.placed[2] as usize, held.count());
    let inside = sites.iter().filter_map(|site| site.point);
    assert_eq!(inside.filter(|point| moz.areas.locate(2, *point).is_some()).count(), 1571);
    assert!(report.remarks.iter().any(|remark| remark.starts_with("1571 of 1579 points")));
    assert!(sites.iter().all(|site| site.sector == Some(Sector::Hea) && site.area.is_some()));
}

#[test]
fn facilities_without_coordinates_are_listed() {
    let Some(ssd) = south_sudan() else { return };
    let path = "south-sudan/sites/who_kwtrp_health_facilities_SSD.csv";
    let Some((sites, report)) = import(path, ssd) else { return };
    // One of the 13 rows without coordinates is an exact copy of another and counts once.
    assert_eq!((report.counts.rows, report.counts.copies, sites.len()), (1747, 1, 1746));
    assert_eq!(report.count("no-coordinates"), 12);
    assert!(sites.iter().all(|site| site.kind.is_some()));
}

#[test]
fn displacement_sites_join_by_county_code() {
    let Some(ssd) = south_sudan() else { return };
    let path = "south-sudan/sites/dtm_south_sudan_baseline_assessment_round_11.xlsx";
    let Some((sites, report)) = import(path, ssd) else { return };
    assert_eq!(report.sheet, "MT R11 Baseline locations");
    assert_eq!((sites.len(), report.counts.rejected), (3335, 0));
    assert!(sites.iter().all(|site| site.area.as_deref().is_some_and(|code| code.len() == 6)));
    assert_eq!(report.count("point-outside-area"), 28);
    let camps = sites.iter().filter(|site| site.kind.as_deref() == Some("camp")).count();
    assert_eq!(camps, 152);
}
