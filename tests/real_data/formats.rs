//! Map layers of every format, as they come: what each file is found to be, and what becomes of it.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Command;

use geo::Area as _;
use lacuna::domain::{Area, AreaTree};
use lacuna::formats::features::{Budget, Geometry};
use lacuna::formats::geojson_write::Grid;
use lacuna::formats::sniff;
use lacuna::intake::areas::validity::check;
use lacuna::intake::{self, Options, Report, Unreadable};

use crate::{assert_complete, empty, file, name_of};

/// Boundary files that are accepted: path, format, areas, level, polygons repaired.
const AREAS: &[(&str, &str, usize, u8, u32)] = &[
    ("messy/boundaries/hti_adm2_codtopo.geojson", "GeoJSON", 140, 2, 0),
    ("messy/boundaries/hti_adm3_codtopo.topojson", "TopoJSON", 570, 3, 9),
    ("messy/boundaries/irq_adm1_codtopo.geojson", "GeoJSON", 18, 1, 0),
    ("messy/boundaries/irq_adm2_codtopo.geojson", "GeoJSON", 101, 2, 0),
    ("messy/boundaries/irq_adm3_codtopo.geojson", "GeoJSON", 294, 3, 0),
    ("messy/boundaries/kdn_adm2_codtopo.geojson", "GeoJSON", 19, 2, 0),
    ("messy/boundaries/lake_chad_4countries_adm2.geojson", "GeoJSON", 81, 2, 0),
    ("messy/boundaries/mli_adm2_codtopo.geojson", "GeoJSON", 50, 2, 0),
    ("messy/boundaries/sdn_adm2_codtopo.geojson", "GeoJSON", 172, 2, 0),
    ("messy/boundaries/tcd_adm2_codtopo.geojson", "GeoJSON", 70, 2, 0),
    ("messy/boundaries/tcd_adm3_codtopo.geojson", "GeoJSON", 10, 3, 0),
    ("messy/boundaries/vut_adm1_codtopo.geojson", "GeoJSON", 6, 1, 0),
    ("messy/boundaries/yem_adm1_codtopo.geojson", "GeoJSON", 22, 1, 0),
    ("messy/boundaries/yem_adm2_codtopo.topojson", "TopoJSON", 335, 2, 83),
];

/// Files that are refused as boundaries, and a part of the sentence.
const NO_AREAS: &[(&str, &str)] = &[
    ("africa-raster/afripop2020.tif", "a raster and not boundaries"),
    ("comoros/population/com_ppp_2020_UNadj.tif", "a raster and not boundaries"),
    ("comoros/roads/osm_roads.gpkg", "The features are lines, not polygons"),
    ("comoros/sites/osm_health.gpkg", "The features are points, not polygons"),
    (
        "messy/boundaries/antimeridian_fji.geo.json",
        "hold a P-code: say which of these does, and the level: cca2",
    ),
    ("messy/boundaries/antimeridian_rus.geo.json", "hold a P-code"),
    (
        "messy/boundaries/lka_bnd_adm2_prism.json",
        "hold a P-code: say which of these does, and the level: province_n, district_n",
    ),
    (
        "messy/boundaries/syr_adm4_codtopo.geojson",
        "This is a saved server error, not GeoJSON: 400, Failed to execute query.",
    ),
    ("messy/raster/accessmod_demo.zip", "hold a P-code"),
    ("messy/raster/ahrtal_affected_municipalities.gpkg", "the level: id, name, Kreis"),
    ("messy/raster/ahrtal_affected_places.gpkg", "The features are points"),
    ("messy/vector/ghsl_tiles_mollweide.shp.zip", "the level: tile_id, left, top, right, bottom"),
    ("messy/vector/gisrestlayer_test.kml", "The features are lines"),
    ("messy/vector/gisrestlayer_test2_lines.shp.zip", "The features are lines"),
    ("messy/vector/ken_disaster_inventory_points.shp.zip", "The features are points"),
    ("messy/vector/trans-african-highway.kml", "The features are lines"),
    ("messy/hxl_parser/input-zip-invalid.zip", "This is a spreadsheet"),
];

/// Layers as they are read: path, format, layer, features, how many of them are points, polygons.
const LAYERS: &[(&str, &str, &str, usize, usize, usize)] = &[
    ("comoros/roads/osm_roads.gpkg", "GeoPackage", "roads", 4378, 0, 0),
    ("comoros/sites/osm_health.gpkg", "GeoPackage", "health", 70, 70, 0),
    ("messy/boundaries/eth_adm3_codtopo.topojson", "TopoJSON", "geom", 981, 0, 981),
    ("messy/boundaries/vut_adm2_codtopo.topojson", "TopoJSON", "geom", 66, 0, 66),
    ("messy/raster/ahrtal_affected_municipalities.gpkg", "GeoPackage", "municipalities", 20, 0, 20),
    (
        "messy/vector/ghsl_tiles_mollweide.shp.zip",
        "Shapefile",
        "GHSL2_0_MWD_L1_tile_schema_land",
        375,
        0,
        316,
    ),
    ("messy/vector/gisrestlayer_test.kml", "KML", "for_ag.kml", 2, 0, 0),
    ("messy/vector/gisrestlayer_test2_lines.shp.zip", "Shapefile", "test2", 233, 0, 0),
    (
        "messy/vector/ken_disaster_inventory_points.shp.zip",
        "Shapefile",
        "National_Natural_Disaster_Inventory",
        1371,
        1370,
        0,
    ),
    ("messy/vector/trans-african-highway.kml", "KML", "", 100, 0, 0),
];

fn areas(path: &str, known: &AreaTree) -> Option<Result<(Vec<Area>, Report), Unreadable>> {
    let bytes = file(path)?;
    Some(intake::areas(name_of(path), &bytes, known, &Options::default()))
}

#[test]
fn boundaries_of_every_format_are_accepted_and_repaired() {
    for (path, format, count, level, repaired) in AREAS {
        let Some(read) = areas(path, &empty().areas) else { return };
        let (areas, report) = read.unwrap();
        assert_complete(&report);
        let own = areas.iter().filter(|area| area.level == *level && area.geometry.is_some());
        assert_eq!((own.count(), report.format.as_str()), (*count, *format), "{path}");
        assert_eq!((report.counts.rejected, report.count("repaired")), (0, *repaired), "{path}");
        let shapes = areas.iter().filter_map(|area| Some((area, area.geometry.as_ref()?)));
        let invalid = shapes.filter(|(_, shape)| check(&Grid::FULL.snapped(shape)).is_err());
        let invalid: Vec<&str> = invalid.map(|(area, _)| &*area.pcode).collect();
        assert!(invalid.is_empty(), "{path}: not valid as they are written: {invalid:?}");
    }
}

#[test]
fn what_holds_no_boundaries_is_refused_with_the_right_sentence() {
    for (path, part) in NO_AREAS {
        let Some(read) = areas(path, &empty().areas) else { return };
        let refusal = read.err().map(|refusal| refusal.0).unwrap_or_default();
        assert!(refusal.contains(part) && !refusal.contains('\n'), "{path}: {refusal}");
    }
}

#[test]
fn layers_have_the_features_that_gdal_counts() {
    for (path, format, name, features, points, polygons) in LAYERS {
        let Some(bytes) = file(path) else { return };
        let read = sniff::layers(&bytes, Budget::default()).unwrap();
        assert_eq!((read.format, read.layers.len()), (*format, 1), "{path}");
        let layer = &read.layers[0];
        assert!(name.is_empty() || layer.name == *name, "{path}: {}", layer.name);
        let count =
            |is: fn(&Geometry) -> bool| layer.features.iter().filter(|f| is(&f.geometry)).count();
        let counts = (
            layer.features.len(),
            count(|geometry| matches!(geometry, Geometry::Point(_))),
            count(|geometry| matches!(geometry, Geometry::Polygons(_))),
        );
        assert_eq!(counts, (*features, *points, *polygons), "{path}");
        // Corners of the outermost tiles lie beyond the globe.
        let bad = if path.contains("mollweide") { 375 - 316 } else { 0 };
        assert_eq!(count(|geometry| matches!(geometry, Geometry::Bad(_))), bad, "{path}");
    }
}

#[test]
fn the_tiles_of_mollweide_cover_the_globe() {
    let Some(bytes) = file("messy/vector/ghsl_tiles_mollweide.shp.zip") else { return };
    let read = sniff::layers(&bytes, Budget::default()).unwrap();
    let layer = &read.layers[0];
    assert!(layer.note.contains("World Mollweide"), "{}", layer.note);
    let (mut west, mut east) = (f64::MAX, f64::MIN);
    for feature in &layer.features {
        if let Geometry::Polygons(polygons) = &feature.geometry {
            for at in polygons.iter().flat_map(|polygon| &polygon.exterior().0) {
                (west, east) = (west.min(at.x), east.max(at.x));
                assert!(at.y.abs() <= 90.0);
            }
        }
    }
    assert!(west < -170.0 && east > 170.0, "{west} {east}");
}

#[test]
fn a_part_of_a_country_and_several_countries_are_remarked_upon() {
    let none = empty();
    let Some(Ok((adm2, _))) = areas("messy/boundaries/tcd_adm2_codtopo.geojson", &none.areas)
    else {
        return;
    };
    let known = AreaTree::build(&"test".into(), &"Test".into(), adm2);
    let Some(Ok((_, report))) = areas("messy/boundaries/tcd_adm3_codtopo.geojson", &known) else {
        return;
    };
    let remarks = report.remarks.join(" ");
    assert!(remarks.contains("of 70 areas of level 2 have areas of level 3"), "{remarks}");
    let Some(Ok((_, report))) =
        areas("messy/boundaries/lake_chad_4countries_adm2.geojson", &none.areas)
    else {
        return;
    };
    let remarks = report.remarks.join(" ");
    assert!(remarks.contains("4 countries by their P-codes"), "{remarks}");
}

#[test]
fn points_of_a_layer_become_sites() {
    let none = empty();
    for (path, rows, located) in [
        ("comoros/sites/osm_health.gpkg", 70, 70),
        ("messy/raster/ahrtal_affected_places.gpkg", 35, 35),
        ("messy/vector/ken_disaster_inventory_points.shp.zip", 1371, 1370),
    ] {
        let Some(bytes) = file(path) else { return };
        let standards = intake::standards::built_in();
        let (read, report) =
            intake::sites(name_of(path), &bytes, &none, &standards, &Options::default()).unwrap();
        assert_complete(&report);
        assert_eq!((report.counts.rows, report.counts.rejected), (rows, 0), "{path}");
        let points = read.sites.iter().filter(|site| site.point.is_some()).count() as u32;
        assert!(points + report.counts.copies >= located, "{path}: {points} located");
        assert_eq!(report.column("latitude").unwrap().header, "latitude", "{path}");
    }
}

#[test]
fn boundaries_are_no_sites() {
    for path in [
        "comoros/boundaries/com_adm1_codtopo.geojson",
        "mozambique/boundaries/moz_adm2_codtopo_simplified.geojson",
    ] {
        let Some(bytes) = file(path) else { return };
        let standards = intake::standards::built_in();
        let refusal =
            intake::sites(name_of(path), &bytes, &empty(), &standards, &Options::default())
                .unwrap_err();
        assert!(refusal.0.contains("import boundaries as areas"), "{path}: {refusal}");
    }
}

/// Converts a layer with GDAL, where that is installed.
fn converted(path: &str, name: &str, options: &[&str]) -> Option<Vec<u8>> {
    let source = format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/{}"), path);
    file(path)?;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join(name);
    let run = Command::new("ogr2ogr").args(options).arg(&target).arg(source).output();
    let Ok(run) = run else {
        eprintln!("skipped: ogr2ogr is not there");
        return None;
    };
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    if !name.ends_with(".shp") {
        return Some(std::fs::read(target).unwrap());
    }
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let inside = format!("layers/{}", entry.file_name().to_str().unwrap());
        zip.start_file(inside, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&std::fs::read(entry.path()).unwrap()).unwrap();
    }
    Some(zip.finish().unwrap().into_inner())
}

#[test]
fn what_gdal_writes_in_any_format_and_system_is_the_same_areas() {
    let path = "comoros/boundaries/com_adm2_codtopo.geojson";
    let none = empty();
    let Some(Ok((expected, _))) = areas(path, &none.areas) else { return };
    let sizes = |areas: &[Area]| -> BTreeMap<String, f64> {
        let size = |area: &Area| area.geometry.as_ref().unwrap().unsigned_area();
        let own = areas.iter().filter(|area| area.level == 2);
        own.map(|area| (area.pcode.to_string(), size(area))).collect()
    };
    let expected = sizes(&expected);
    for (name, format, options) in [
        ("a.shp", "Shapefile", &["-t_srs", "EPSG:32738"][..]),
        ("a.shp", "Shapefile", &["-t_srs", "ESRI:54009"]),
        ("a.shp", "Shapefile", &["-t_srs", "EPSG:3857"]),
        ("a.gpkg", "GeoPackage", &["-t_srs", "EPSG:32738"]),
        ("a.gpkg", "GeoPackage", &["-t_srs", "EPSG:2989"]),
        ("a.gpkg", "GeoPackage", &[]),
        ("a.fgb", "FlatGeobuf", &["-nlt", "PROMOTE_TO_MULTI", "-t_srs", "EPSG:32738"]),
        ("a.fgb", "FlatGeobuf", &["-nlt", "PROMOTE_TO_MULTI"]),
        ("a.kml", "KML", &[]),
        ("a.geojson", "GeoJSON", &["-t_srs", "EPSG:6933", "-lco", "RFC7946=NO"]),
    ] {
        let Some(bytes) = converted(path, name, options) else { return };
        let (areas, report) = intake::areas(name, &bytes, &none.areas, &Options::default())
            .unwrap_or_else(|refusal| panic!("{name} {options:?}: {refusal}"));
        assert!(report.format.starts_with(format), "{name}: {}", report.format);
        let found = sizes(&areas);
        assert_eq!(found.len(), expected.len(), "{name} {options:?}");
        for (code, size) in &expected {
            let close = (found[code] - size).abs() < 1e-4 * size;
            assert!(close, "{name} {options:?} {code}: {} and {size}", found[code]);
        }
    }
}
