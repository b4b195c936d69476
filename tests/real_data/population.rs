//! COD-PS and a national projection.

use lacuna::domain::{Group, Population, Snapshot};
use lacuna::intake::{self, Options, Report};

use crate::{assert_complete, file, mozambique, name_of, snapshot, south_sudan};

fn import(path: &str, known: &Snapshot) -> Option<(Vec<Population>, Report)> {
    let bytes = file(path)?;
    let read = intake::population(name_of(path), &bytes, known, &Options::default()).unwrap();
    assert_complete(&read.1);
    Some(read)
}

fn check(path: &str, known: &Snapshot, areas: usize, people: f64) {
    let Some((rows, report)) = import(path, known) else { return };
    let all: Vec<_> = rows.iter().filter(|row| row.group == Group::ALL).collect();
    assert_eq!(all.len(), areas, "{path}");
    assert_eq!(all.iter().map(|row| row.people).sum::<f64>(), people, "{path}");
    assert!(rows.iter().all(|row| row.area.is_some() && row.year.is_some()));
    assert_eq!(report.counts.rejected, 0, "{path}");
}

#[test]
fn only_all_sexes_and_ages_make_the_population() {
    let Some(moz) = mozambique() else { return };
    check("mozambique/population/cod_ps_adm1_MOZ.csv", moz, 11, 35_163_992.0);
    check("mozambique/population/cod_ps_adm2_MOZ.csv", moz, 155, 35_163_992.0);
    let Some(ssd) = south_sudan() else { return };
    check("south-sudan/population/cod_ps_adm1_SSD.csv", ssd, 10, 12_394_970.0);
    check("south-sudan/population/cod_ps_adm2_SSD.csv", ssd, 78, 12_394_970.0);
    let Some(com) = snapshot(&["comoros/boundaries/com_adm1_codtopo.geojson"]) else { return };
    check("comoros/population/cod_ps_adm1_COM.csv", &com, 3, 758_311.0);
}

#[test]
fn the_national_projection_has_one_district_twice() {
    let Some(moz) = mozambique() else { return };
    let path = "mozambique/population/moz-pop-projc-2022-INE.json";
    let Some((rows, report)) = import(path, moz) else { return };
    assert_eq!((rows.len(), report.counts.rows), (156, 157));
    assert_eq!(report.count("superseded") + report.counts.copies, 1);
    assert!(rows.iter().all(|row| row.year == Some(2022) && row.group == Group::ALL));
}
