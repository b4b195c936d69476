#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::super::archive::made;
use super::super::dbf;
use super::super::features::Geometry;
use super::*;

const GEOJSON: &[u8] = br#"{"features":[{"type":"Feature","properties":{"name":"A"},"geometry":{"type":"Point","coordinates":[1,2]}}],"type":"FeatureCollection"}"#;
const KML: &[u8] = b"<?xml version='1.0'?><kml xmlns='x'><Placemark><name>A</name><Point><coordinates>1,2</coordinates></Point></Placemark></kml>";

fn table_refusal(bytes: &[u8]) -> String {
    open(bytes).err().map(|refusal| refusal.0).unwrap_or_default()
}

fn layer_refusal(bytes: &[u8]) -> String {
    layers(bytes, Budget::default()).err().map(|refusal| refusal.0).unwrap_or_default()
}

#[test]
fn an_image_renamed_to_a_table_is_refused_in_one_sentence() {
    assert!(table_refusal(b"\x89PNG\r\n\x1a\n....").contains("an image (PNG)"));
    assert!(table_refusal(b"%PDF-1.7").contains("a PDF document"));
    assert!(table_refusal(b"var data = [\n {\"org\": \"A\"}]").contains("JavaScript"));
    assert!(!table_refusal(b"var name,org\n1,2\n").contains("JavaScript"));
    assert!(table_refusal(b"<!DOCTYPE html><html>").contains("web page"));
    let page = b"<html><body><TABLE border=1><tr><td>Organization</td></tr></TABLE></body></html>";
    assert!(table_refusal(page).contains("save it as XLSX"));
    assert!(table_refusal(b"").contains("empty"));
    assert!(table_refusal(&[0, 1, 2, 3, 0, 0, 5, 6, 7, 0, 0, 1, 2]).contains("neither"));
}

#[test]
fn what_holds_no_layer_is_refused_by_name() {
    for (bytes, name) in [
        (&b"II*\0...."[..], "raster"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"pcode,name\nA,b\n", "a table (CSV)"),
        (b"SQLite format 3\0", "SQLite"),
        (&[0, 0, 0x27, 0x0a, 0, 0], ".shp"),
        (b"fgb\x03fgb\x00", "FlatGeobuf"),
        (b"<?xml version='1.0'?><gpx/>", "XML but no KML"),
        (b"<html>", "web page"),
        (b"", "empty"),
    ] {
        let refusal = layer_refusal(bytes);
        assert!(refusal.contains(name) && !refusal.contains('\n'), "{name}: {refusal}");
    }
    let pdf = made(&[("readme.txt", b"hello"), ("map.pdf", b"%PDF")]);
    assert!(layer_refusal(&pdf).contains("readme.txt, map.pdf"), "{}", layer_refusal(&pdf));
    assert!(table_refusal(&pdf).contains("no spreadsheet"), "{}", table_refusal(&pdf));
    let raster = made(&[("pop.tif", b"II*\0....")]);
    assert!(layer_refusal(&raster).contains("raster"));
}

#[test]
fn a_layer_is_told_by_its_content_and_gives_a_table_too() {
    let shp = shapefile::made(
        1,
        [1., 2., 1., 2.],
        &[[&1u32.to_le_bytes()[..], &1f64.to_le_bytes(), &2f64.to_le_bytes()].concat()],
    );
    let dbf = dbf::made(&[("name", b'C', 3)], &[b"A"]);
    let index = [&shp[..100], &[0, 0, 0, 50, 0, 0, 0, 10]].concat();
    let zipped = made(&[
        ("x/a.shp", &shp),
        ("x/a.shx", &index),
        ("x/a.dbf", &dbf),
        ("x/readme.txt", b"hello, you"),
    ]);
    let topo = br#"{"type":"Topology","objects":{"o":{"type":"Point","properties":{"name":"A"},"coordinates":[1,2]}},"arcs":[]}"#;
    for (bytes, format) in [
        (GEOJSON, "GeoJSON"),
        (KML, "KML"),
        (topo, "TopoJSON"),
        (&zipped, "Shapefile"),
        (&made(&[("any.bin", GEOJSON)]), "GeoJSON"),
        (&made(&[("doc.kml", KML), ("files/icon.png", b"\x89PNG\r\n")]), "KML"),
        (&made(&[("inner.zip", &zipped)]), "Shapefile"),
    ] {
        let read = layers(bytes, Budget::default()).unwrap();
        assert_eq!((read.format, read.layers.len()), (format, 1));
        let feature = &read.layers[0].features[0];
        assert_eq!(feature.geometry, Geometry::Point(geo::Point::new(1., 2.)), "{format}");
        let book = open(bytes).unwrap();
        let sheet = book.sheets.iter().find(|sheet| sheet.rows() == Some(2)).unwrap();
        let mut cells = Vec::new();
        sheet
            .visit(1, |row| {
                cells.extend(row.cells().map(|cell| cell.text().unwrap_or_default().into_owned()));
                std::ops::ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!(cells, ["2", "1", "A"], "{format}");
    }
}

#[test]
fn a_zip_of_tables_is_a_workbook_of_their_names() {
    let bytes = made(&[
        ("d/one.csv", b"a,b\n1,2\n"),
        ("d/two.csv", b"c;d\n1;2\n"),
        ("d/x.png", b"\x89PNG\r\n"),
    ]);
    let book = open(&bytes).unwrap();
    let names: Vec<_> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["one", "two"]);
    assert!(book.note.contains("zipped one.csv"), "{}", book.note);
}

#[test]
fn of_several_rasters_the_one_of_population_is_taken() {
    let one = made(&[("dem.tif", b"II*\0a"), ("population.tif", b"II*\0b")]);
    let RasterFile { bytes, name } = raster(&one, None).unwrap().unwrap();
    assert_eq!((&*bytes, name.as_str()), (&b"II*\0b"[..], "population.tif"));
    let two = made(&[("dem.tif", b"II*\0a"), ("roads.tif", b"II*\0b")]);
    assert!(raster(&two, None).unwrap_err().0.contains("dem.tif, roads.tif"));
    assert_eq!(raster(GEOJSON, None).unwrap(), None);
    let named = raster(&two, Some("Roads")).unwrap().unwrap();
    assert_eq!(named.name, "roads.tif");
}

#[test]
fn a_column_called_bmi_is_not_an_image() {
    assert!(open(b"BMI,partner\n1,a\n").is_ok());
}

/// Bytes changed one by one, as a broken disk or a hostile hand would: whatever comes of it, it ends.
#[test]
fn files_bent_anywhere_are_survived() {
    let shp = shapefile::made(
        5,
        [0., 0., 4., 4.],
        &[shapefile::polygon_record(&[&[(0., 0.), (0., 4.), (4., 4.), (0., 0.)]])],
    );
    let dbf = dbf::made(&[("pcode", b'C', 3), ("n", b'N', 4)], &[b"A1    7"]);
    let zipped =
        made(&[("a.shp", &shp), ("a.dbf", &dbf), ("a.prj", b"GEOGCS[\"x\"]"), ("b.kml", KML)]);
    let topo = br#"{"type":"Topology","objects":{"o":{"type":"Polygon","arcs":[[0,-1]]}},"arcs":[[[0,0],[1,1]]],"transform":{"scale":[1,1],"translate":[0,0]}}"#;
    for bytes in [&zipped[..], GEOJSON, KML, topo] {
        for at in 0..bytes.len() {
            for with in [0x00, 0x5d, 0xff, bytes[at] ^ 0x01] {
                let mut bent = bytes.to_vec();
                bent[at] = with;
                let _ = layers(&bent, Budget::default());
                let _ = open(&bent);
            }
            let _ = layers(&bytes[..at], Budget::default());
        }
    }
}
