//! Population from rasters.

use lacuna::domain::{Population, Rows, Snapshot};
use lacuna::intake::{self, Field, Options, Report};

use crate::{empty, file, name_of, snapshot};

const COMOROS: &[&str] = &[
    "comoros/boundaries/com_adm1_codtopo.geojson",
    "comoros/boundaries/com_adm2_codtopo.geojson",
    "comoros/boundaries/com_adm3_codtopo.geojson",
];

fn import(path: &str, known: &Snapshot, options: &Options) -> Option<(Vec<Population>, Report)> {
    let bytes = file(path)?;
    Some(intake::population(name_of(path), &bytes, known, options).unwrap())
}

fn people(rows: &[Population], code: &str) -> f64 {
    let of =
        rows.iter().filter(|row| row.area.as_deref().is_some_and(|area| area.starts_with(code)));
    of.map(|row| row.people).sum()
}

#[test]
fn the_islands_of_the_comoros_have_the_people_that_another_reader_finds() {
    let Some(known) = snapshot(COMOROS) else { return };
    let path = "comoros/population/com_ppp_2020_UNadj.tif";
    let Some((rows, report)) = import(path, &known, &Options::default()) else { return };
    eprintln!("{:#?}", report.remarks);
    assert_eq!((rows.len(), report.counts.rejected), (55, 0));
    assert!(rows.iter().all(|row| row.year == Some(2020)));
    // Their reader counts a cell whole or not at all; exact shares differ where the coast cuts cells.
    for (code, expected) in [("KM1", 63_617.0), ("KM2", 438_140.0), ("KM3", 321_581.0)] {
        let found = people(&rows, code);
        eprintln!("{code} {found}");
        assert!((found - expected).abs() < 0.01 * expected, "{code}: {found}, not {expected}");
    }
    assert!(
        report.remarks.iter().any(|remark| remark.contains("869595 people")),
        "{:?}",
        report.remarks
    );
    // Any level gives the same where the boundaries are the same.
    let level = Options { level: Some(1), ..Options::default() };
    let Some((coarse, _)) = import(path, &known, &level) else { return };
    for code in ["KM1", "KM2", "KM3"] {
        let (fine, coarse) = (people(&rows, code), people(&coarse, code));
        assert!((fine - coarse).abs() < 1e-3 * coarse, "{code}: {fine} and {coarse}");
    }
}

#[test]
fn islands_whose_figures_are_swapped_are_named() {
    let Some(mut known) = snapshot(COMOROS) else { return };
    let table = "comoros/population/cod_ps_adm1_COM.csv";
    let Some((populations, _)) = import(table, &known, &Options::default()) else { return };
    let areas = known.areas.iter().skip(1).map(|(_, area)| area.clone()).collect();
    known = Snapshot::build(Rows { areas, populations, ..Rows::empty(known.operation.clone()) });
    let path = "comoros/population/com_ppp_2020_UNadj.tif";
    let Some((_, report)) = import(path, &known, &Options::default()) else { return };
    let remarks = report.remarks.join(" ");
    assert!(remarks.contains("2 of 3 areas have more than twice or less than half"), "{remarks}");
    assert!(!remarks.contains("Check the unit"), "{remarks}");
}

#[test]
fn a_raster_of_densities_is_warned_about_with_and_without_known_figures() {
    let Some(ssd) = snapshot(&["south-sudan/boundaries/ssd_adm1_codtopo.geojson"]) else { return };
    let path = "africa-raster/afripop2020.tif";
    let Some((_, report)) = import(path, &ssd, &Options::default()) else { return };
    let remarks = report.remarks.join(" ");
    assert!(remarks.contains("look like people per km²"), "{remarks}");
    let table = "south-sudan/population/cod_ps_adm1_SSD.csv";
    let Some((populations, _)) = import(table, &ssd, &Options::default()) else { return };
    let areas = ssd.areas.iter().skip(1).map(|(_, area)| area.clone()).collect();
    let ssd = Snapshot::build(Rows { areas, populations, ..Rows::empty(ssd.operation.clone()) });
    let Some((_, report)) = import(path, &ssd, &Options::default()) else { return };
    let remarks = report.remarks.join(" ");
    assert!(remarks.contains("must not be summed"), "{remarks}");
}

#[test]
fn the_towns_of_the_ahr_valley_are_counted() {
    let Some(bytes) = file("messy/raster/ahrtal_affected_municipalities.gpkg") else { return };
    let mut options = Options { level: Some(1), ..Options::default() };
    options.columns.push(("id".into(), Field::Pcode));
    options.columns.push(("name".into(), Field::Name));
    let none = empty();
    let (areas, _) = intake::areas("ahr.gpkg", &bytes, &none.areas, &options).unwrap();
    assert_eq!(areas.len(), 20);
    let known = Snapshot::build(Rows { areas, ..Rows::empty(none.operation.clone()) });
    let path = "messy/raster/ahrtal_wpop_ahrvalley.tif";
    let Some((rows, report)) = import(path, &known, &Options::default()) else { return };
    let total: f64 = rows.iter().map(|row| row.people).sum();
    eprintln!("{total} {:#?}", report.remarks);
    assert_eq!(rows.len(), 20);
    // The municipalities of the district have some 130,000 people.
    assert!((50_000.0..300_000.0).contains(&total), "{total}");
    assert!(!report.remarks.join(" ").contains("look like"));
}

#[test]
fn of_an_archive_of_rasters_the_sender_names_one_in_another_system() {
    let Some(bytes) = file("messy/raster/accessmod_demo.zip") else { return };
    let none = empty();
    let refusal = intake::population("demo.zip", &bytes, &none, &Options::default()).unwrap_err();
    assert!(refusal.0.contains("7 rasters"), "{refusal}");
    // Two cells' worth of a square in the middle of the demo, in degrees.
    let square = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"adm1_pcode":"X","adm1_name":"x"},
        "geometry":{"type":"Polygon","coordinates":[[[-103.80,44.40],[-103.70,44.40],[-103.70,44.48],[-103.80,44.48],[-103.80,44.40]]]}}]}"#;
    let (areas, _) =
        intake::areas("x.geojson", square.as_bytes(), &none.areas, &Options::default()).unwrap();
    let known = Snapshot::build(Rows { areas, ..Rows::empty(none.operation.clone()) });
    let named = Options { sheet: Some("population__demo".into()), ..Options::default() };
    let (rows, report) = intake::population("demo.zip", &bytes, &known, &named).unwrap();
    eprintln!("{rows:?} {:#?}", report.remarks);
    assert!(report.format.contains("UTM zone 13N") && report.format.contains("mean shift"));
    assert!(rows[0].people > 0.0 && rows[0].year.is_none());
}
