#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;
use std::sync::Arc;

use geo::Rect;
use tiff::encoder::{TiffEncoder, colortype::Gray32Float};
use tiff::tags::Tag;

use super::*;
use crate::domain::{Area, Operation, Rows as Table};

/// Four by four cells of a degree each from 10 east, 4 north, every cell its number from 0.
fn raster(west: f64, values: impl Fn(usize) -> f32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = TiffEncoder::new(Cursor::new(&mut bytes)).unwrap();
    let mut image = encoder.new_image::<Gray32Float>(4, 4).unwrap();
    let tags = image.encoder();
    tags.write_tag(Tag::ModelPixelScaleTag, &[1.0, 1.0, 0.0][..]).unwrap();
    tags.write_tag(Tag::ModelTiepointTag, &[0.0, 0.0, 0.0, west, 4.0, 0.0][..]).unwrap();
    tags.write_tag(Tag::GdalNodata, "-9999").unwrap();
    image.write_data(&(0..16).map(values).collect::<Vec<_>>()).unwrap();
    bytes
}

fn area(pcode: &str, parent: Option<&str>, x: (f64, f64), y: (f64, f64)) -> Area {
    let polygon = Rect::new((x.0, y.0), (x.1, y.1)).to_polygon();
    Area {
        pcode: pcode.into(),
        name: pcode.into(),
        level: if parent.is_some() { 2 } else { 1 },
        parent: parent.map(Into::into),
        geometry: Some(Arc::new(polygon.into())),
        ..Area::default()
    }
}

fn snapshot(areas: Vec<Area>, populations: Vec<Population>) -> Snapshot {
    let operation = Operation::new("op", "op");
    Snapshot::build(Table { areas, populations, ..Table::empty(operation) })
}

fn check(bytes: &[u8], known: &Snapshot) -> (Vec<(String, f64)>, Report) {
    let (rows, report) = population("ppp_2020.tif", "", bytes, known, &Options::default()).unwrap();
    assert!(rows.iter().all(|row| row.year == Some(2020)));
    let rows = rows.into_iter().map(|row| (row.area.unwrap().to_string(), row.people)).collect();
    (rows, report)
}

#[test]
fn people_are_counted_by_the_share_of_each_cell() {
    // The upper left cell's lower right quarter, and so on around the corner of four cells.
    let known = snapshot(vec![area("A", None, (10.5, 11.5), (2.5, 3.5))], Vec::new());
    let (rows, report) = check(&raster(10.0, |at| at as f32), &known);
    let expected = (0.0 + 1.0 + 4.0 + 5.0) / 4.0;
    assert_eq!(rows, [("A".to_owned(), expected)]);
    let remarks = report.remarks.join(" ");
    assert!(
        remarks.contains("120 people in 16 cells: 2 of them in the areas, 118 (97.9 %)"),
        "{remarks}"
    );
}

#[test]
fn the_finest_areas_get_figures_and_a_parent_only_where_they_leave_it_open() {
    let mut areas = vec![
        area("A", None, (10., 12.), (0., 4.)),
        area("B", None, (12., 14.), (0., 4.)),
        area("A1", Some("A"), (10., 12.), (2., 4.)),
        area("A2", Some("A"), (10., 12.), (0., 2.)),
        area("B1", Some("B"), (12., 14.), (2., 4.)),
        area("B2", Some("B"), (12., 14.), (0., 2.)),
    ];
    areas[5].geometry = None;
    let (rows, _) = check(&raster(10.0, |_| 1.0), &snapshot(areas, Vec::new()));
    let expected = [("B", 8.0), ("A1", 4.0), ("A2", 4.0), ("B1", 4.0)];
    assert_eq!(rows, expected.map(|(code, people)| (code.to_owned(), people)));
}

#[test]
fn missing_and_negative_cells_are_nobody_and_areas_beyond_the_raster_are_unknown() {
    let known = snapshot(
        vec![
            area("A", None, (10., 14.), (0., 4.)),
            area("B", None, (13., 15.), (0., 1.)),
            area("C", None, (50., 51.), (0., 1.)),
        ],
        Vec::new(),
    );
    let bytes = raster(10.0, |at| match at {
        0 => -9999.0,
        1 => f32::NAN,
        2 => -3.0,
        3 => f32::INFINITY,
        _ => 10.0,
    });
    let (rows, report) = check(&bytes, &known);
    assert_eq!(rows, [("A".to_owned(), 120.0), ("B".to_owned(), 10.0)]);
    assert_eq!((report.count("outside-raster"), report.count("partly-outside-raster")), (1, 1));
    assert!(report.remarks.iter().any(|remark| remark.contains("1 cells are below zero")));
    let far = snapshot(vec![area("C", None, (50., 51.), (0., 1.))], Vec::new());
    let refusal = population("x.tif", "", &bytes, &far, &Options::default()).unwrap_err();
    assert!(refusal.0.contains("another place"), "{refusal}");
    let none = snapshot(Vec::new(), Vec::new());
    let refusal = population("x.tif", "", &bytes, &none, &Options::default()).unwrap_err();
    assert!(refusal.0.contains("import boundaries first"), "{refusal}");
}

#[test]
fn a_raster_that_counts_longitudes_to_360_meets_areas_west_of_greenwich() {
    let known = snapshot(vec![area("A", None, (-11., -10.), (1., 2.))], Vec::new());
    let (rows, _) = check(&raster(348.0, |at| at as f32), &known);
    assert_eq!(rows, [("A".to_owned(), 9.0)]);
}

#[test]
fn figures_that_are_known_otherwise_and_densities_are_warned_about() {
    let areas = vec![area("A", None, (10., 12.), (0., 4.)), area("B", None, (12., 14.), (0., 4.))];
    let known_people = |code: &str, people| Population {
        source: Source::default(),
        area: Some(code.into()),
        group: Group::ALL,
        people,
        year: Some(2019),
    };
    let bytes = raster(10.0, |at| if at % 4 < 2 { 1000.0 } else { 100.0 });
    let swapped = vec![known_people("A", 800.0), known_people("B", 8000.0)];
    let (_, report) = check(&bytes, &snapshot(areas.clone(), swapped));
    let remarks = report.remarks.join(" ");
    assert!(
        remarks.contains("2 of 2 areas") && remarks.contains("A (A): 8000, not 800"),
        "{remarks}"
    );
    assert!(!remarks.contains("Check the unit"), "{remarks}");
    let (_, report) = check(&bytes, &snapshot(areas.clone(), vec![known_people("A", 1e6)]));
    assert!(report.remarks.iter().any(|remark| remark.contains("Check the unit and the year")));
    // 50 people in cells of 12,000 km2 are not people.
    let (_, report) = check(&raster(10.0, |_| 50.0), &snapshot(areas, Vec::new()));
    assert!(
        report.remarks.iter().any(|remark| remark.contains("look like people per km²")),
        "{:?}",
        report.remarks
    );
}
