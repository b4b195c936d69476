//! What is fuzzed: every reader, through the same functions that an import calls. The targets of
//! libFuzzer and the test that replays the corpus share this one list.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::sync::{Once, OnceLock};

use lacuna::analysis::measure;
use lacuna::app::plan;
use lacuna::domain::{Operation, Rows, Snapshot, Standards};
use lacuna::formats::features::Budget;
use lacuna::formats::geotiff::Raster;
use lacuna::formats::sheet::{SheetRow, Workbook};
use lacuna::formats::{Unreadable, sniff, xls_stream};
use lacuna::intake::{self, Kind, Options};

/// A reader and what it is given.
pub struct Entry {
    pub name: &'static str,
    run: fn(&[u8]),
}

pub const ENTRIES: &[Entry] = &[
    Entry { name: "csv", run: table },
    Entry { name: "json_table", run: table },
    Entry { name: "xlsx", run: xlsx },
    Entry { name: "xls", run: xls },
    Entry { name: "ods", run: ods },
    Entry { name: "archive", run: archive },
    Entry { name: "geojson", run: layers },
    Entry { name: "topojson", run: layers },
    Entry { name: "shapefile", run: archive },
    Entry { name: "geopackage", run: layers },
    Entry { name: "kml", run: layers },
    Entry { name: "flatgeobuf", run: layers },
    Entry { name: "geotiff", run: geotiff },
    Entry { name: "import", run: import },
];

/// Runs one entry. Whatever the bytes are, it returns, soon.
pub fn run(name: &str, bytes: &[u8]) {
    let entry = ENTRIES.iter().find(|entry| entry.name == name);
    entry.map(|entry| (entry.run)(bytes)).unwrap_or_else(|| panic!("there is no entry {name}"));
}

/// The same for libFuzzer, which ends at any panic, also at those of other people's parsers that
/// our readers catch and turn into a refusal: only what comes out of the entry counts.
#[allow(dead_code, reason = "the test of the corpus does without")]
pub fn fuzz(name: &str, bytes: &[u8]) {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))));
    run(name, bytes);
}

fn table(bytes: &[u8]) {
    let _ = sniff::open(bytes).and_then(|book| visit(&book));
}

/// Looks at every cell, from the first row and in parts.
fn visit(book: &Workbook<'_>) -> Result<(), Unreadable> {
    for sheet in &book.sheets {
        let (mut whole, mut together) = (0, 0);
        let length = |row: SheetRow<'_>| {
            let texts = row.cells().filter_map(|cell| cell.text());
            row.number as usize + texts.map(|text| text.len()).sum::<usize>()
        };
        sheet.visit(1, |row| {
            whole += length(row);
            ControlFlow::Continue(())
        })?;
        for part in sheet.parts(1, 7)? {
            sheet.visit_part(&part, |row| {
                together += length(row);
                ControlFlow::Continue(())
            })?;
        }
        assert_eq!(together, whole, "the parts are not the whole");
    }
    Ok(())
}

fn layers(bytes: &[u8]) {
    let read = sniff::layers(bytes, Budget::default());
    let _ = read.and_then(|layers| visit(&layers.workbook()?));
}

/// Whatever an archive holds, as tables, as layers and as a raster.
fn archive(bytes: &[u8]) {
    let bytes = zipped(&parts(bytes), &[]);
    table(&bytes);
    layers(&bytes);
    let _ = sniff::raster(&bytes, None);
}

fn geotiff(bytes: &[u8]) {
    let Ok(raster) = Raster::open(bytes) else { return };
    let _ = raster.crs.to_wgs84(raster.position_of(0.0, 0.0));
    // Reading a raster takes as long as it is large, whatever its bytes are.
    if u64::from(raster.width) * u64::from(raster.height) < 1 << 22 {
        let _ = raster.read(|_| Ok(()));
    }
}

fn xlsx(bytes: &[u8]) {
    let fixed: &[(&str, &str)] = &[
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="A" sheetId="1" r:id="r1"/><sheet name="B" sheetId="2" r:id="r2"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>"#,
        ),
    ];
    table(&zipped(&parts(bytes), fixed));
}

fn ods(bytes: &[u8]) {
    let fixed: &[(&str, &str)] = &[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
    ];
    table(&zipped(&parts(bytes), fixed));
}

/// An old workbook, or the stream of records within one.
fn xls(bytes: &[u8]) {
    match bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        true => table(bytes),
        false => table(&xls_stream::container("Workbook", bytes)),
    }
}

/// The whole way of an import, by every kind: the first byte chooses it.
fn import(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let (known, standards) = known();
    let options = Options::default();
    let _ = intake::kinds(bytes, known, &options);
    let kind = Kind::TABLE[usize::from(*first) % Kind::TABLE.len()].0;
    let Ok(report) = plan::check(kind, "5w 2024.csv", bytes, known, standards, &options) else {
        return;
    };
    assert!(report.counts.rejected <= report.counts.rows, "{:?}", report.counts);
    let _ = report.to_csv();
    if kind != Kind::Areas {
        return;
    }
    // What the areas become once they are committed.
    let Ok((areas, _)) = intake::areas("adm.geojson", bytes, &known.areas, &options) else {
        return;
    };
    for area in areas.iter().filter_map(|area| area.geometry.as_ref()) {
        assert!(measure::area_km2(area) >= 0.0);
    }
    let _ = Snapshot::build(Rows { areas, ..Rows::empty(known.operation.clone()) });
}

/// A small operation that files are matched against.
fn known() -> (&'static Snapshot, &'static Standards) {
    static KNOWN: OnceLock<(Snapshot, Standards)> = OnceLock::new();
    let (known, standards) = KNOWN.get_or_init(|| {
        let operation =
            Operation { id: "op".into(), name: "Op".into(), note: None, household_size: Some(5.0) };
        let empty = Snapshot::build(Rows::empty(operation.clone()));
        let square = |number: u32, name: &str| {
            let (x, y) = (number % 2, number / 2);
            format!(
                r#"{{"type":"Feature","properties":{{"ADM1_PCODE":"XA0{y}","ADM1_EN":"Province {y}","ADM2_PCODE":"XA0{y}0{x}","ADM2_EN":"{name}"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{x}.9,{y}],[{x}.9,{y}.9],[{x},{y}.9],[{x},{y}]]]}}}}"#
            )
        };
        let squares = [square(0, "Buzi"), square(1, "Beira"), square(2, "Dondo"), square(3, "Buzi")];
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, squares.join(","));
        let options = Options::default();
        let areas = intake::areas("adm2.geojson", text.as_bytes(), &empty.areas, &options);
        let areas = areas.map_or_else(|refusal| panic!("{refusal}"), |(areas, _)| areas);
        let known = Snapshot::build(Rows { areas, ..Rows::empty(operation) });
        assert!(known.areas.len() > 4, "the areas of the test are there");
        (known, intake::standards::built_in())
    });
    (known, standards)
}

/// Parts of an archive in one text: a line `==== NAME` begins each. So that a mutation of one part
/// stays one, whatever it does to lengths and checksums.
fn parts(bytes: &[u8]) -> Vec<(String, &[u8])> {
    const MARK: &[u8] = b"==== ";
    let starts: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes[*at..].starts_with(MARK) && (*at == 0 || bytes[at - 1] == b'\n'))
        .collect();
    let mut parts = Vec::new();
    for (position, start) in starts.iter().enumerate() {
        // The line break before the next mark belongs to the mark.
        let end = starts.get(position + 1).map_or(bytes.len(), |next| next - 1);
        let part = bytes.get(start + MARK.len()..end).unwrap_or_default();
        let line = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        let name = String::from_utf8_lossy(&part[..line]).into_owned();
        parts.push((name, part.get(line + 1..).unwrap_or_default()));
    }
    parts
}

/// An archive of parts, and of the fixed ones that are not among them.
fn zipped(parts: &[(String, &[u8])], fixed: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let missing = fixed.iter().filter(|(name, _)| parts.iter().all(|(known, _)| known != name));
    let missing = missing.map(|(name, text)| (*name, text.as_bytes()));
    let given = parts.iter().map(|(name, bytes)| (name.as_str(), *bytes));
    for (name, bytes) in missing.chain(given) {
        // A name that comes twice is no archive that anybody could write.
        if writer.start_file(name, stored).is_ok() {
            let _ = writer.write_all(bytes);
        }
    }
    writer.finish().map(Cursor::into_inner).unwrap_or_default()
}
