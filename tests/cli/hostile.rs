//! Files made to do harm: each is refused with a sentence that says what is wrong with it, within
//! seconds and some hundred MB. What they are made of is repeated bytes, so that they are small here.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use flate2::{Compress, Compression, FlushCompress};

use super::Place;

/// As long as one file may take, the program not optimised and other tests beside it.
const PATIENCE: Duration = Duration::from_secs(90);

/// Checks one file: its refusal has these words, and takes no more than so many MB at the peak.
fn refused(kind: &str, name: &str, bytes: &[u8], words: &str, most_mb: u64) {
    let place = Place::new();
    place.write(name, bytes);
    let sentence = check(&place, kind, name, most_mb, false);
    assert!(sentence.contains(words), "{name}: {sentence}");
    assert!(sentence.len() < 600, "one clear sentence, not a dump: {sentence}");
}

/// Runs `lacuna check` on a file; gives what it said.
fn check(place: &Place, kind: &str, name: &str, most_mb: u64, is_fine: bool) -> String {
    let mut command = place.command(&["check", name, "--kind", kind]);
    if place.path(&place.database).exists() {
        command.args(["--operation", "op"]);
    }
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kb = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kb = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak_kb = peak_kb.max(kb.unwrap_or(0));
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{name} took more than {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let (took, peak_mb) = (begun.elapsed().as_secs_f64(), peak_kb >> 10);
    let errors = String::from_utf8(output.stderr).unwrap();
    println!("{name}: {took:.1} s, {peak_mb} MB: {}", errors.trim());
    assert_eq!(output.status.success(), is_fine, "{name}: {errors}");
    assert!(!errors.contains("panicked"), "{name}: {errors}");
    assert!(peak_mb <= most_mb, "{name} took {peak_mb} MB");
    errors
}

/// A part of an archive.
#[derive(Clone)]
struct Part {
    deflated: Vec<u8>,
    size: u32,
    checksum: u32,
}

/// A start and a piece many times over, deflated as one stream without deflating it so often. Nobody
/// gets to its checksum.
fn repeated(start: &[u8], piece: &[u8], times: usize) -> Part {
    let mut deflater = Compress::new(Compression::best(), false);
    let mut part = |bytes: &[u8], flush: FlushCompress| {
        let mut out = Vec::with_capacity(bytes.len() + 1024);
        deflater.compress_vec(bytes, &mut out, flush).unwrap();
        out
    };
    let mut deflated = part(start, FlushCompress::Full);
    // What comes behind a full flush does not look back, so that it may come again.
    deflated.extend(part(piece, FlushCompress::Full).repeat(times));
    deflated.extend(part(b"", FlushCompress::Finish));
    Part { deflated, size: (start.len() + times * piece.len()) as u32, checksum: 0 }
}

/// More than may be unpacked, of one line again and again.
fn endless(start: &str, line: &str) -> Part {
    let piece = line.repeat((1 << 20) / line.len());
    repeated(start.as_bytes(), piece.as_bytes(), 1100)
}

/// A part as it should be.
fn sound(bytes: &[u8]) -> Part {
    let mut checksum = flate2::Crc::new();
    checksum.update(bytes);
    Part { checksum: checksum.sum(), ..repeated(bytes, b"", 0) }
}

/// A zip archive of parts.
fn archive(parts: &[(&str, &Part)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, part) in parts {
        let at = bytes.len() as u32;
        // Version, flags, method and time; checksum; sizes; lengths of name and remarks.
        let mut head = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        head.extend(
            [part.checksum, part.deflated.len() as u32, part.size].map(u32::to_le_bytes).concat(),
        );
        head.extend([name.len() as u16, 0].map(u16::to_le_bytes).concat());
        bytes.extend([b"PK\x03\x04", head.as_slice(), name.as_bytes(), &part.deflated].concat());
        directory.extend([b"PK\x01\x02\x14\0", head.as_slice(), &[0; 10]].concat());
        directory.extend([&at.to_le_bytes(), name.as_bytes()].concat());
    }
    let place = [directory.len() as u32, bytes.len() as u32].map(u32::to_le_bytes).concat();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([parts.len() as u16; 2].map(u16::to_le_bytes).concat());
    bytes.extend([&place[..], &[0, 0]].concat());
    bytes
}

#[test]
fn a_bomb_in_a_zip_and_bombs_in_bombs_are_refused() {
    let table = endless("Organisation,Sector\n", "UNICEF,WASH\n");
    let bomb = archive(&[("5w.csv", &table)]);
    assert!(bomb.len() < 4 << 20, "it is small: {}", bomb.len());
    refused("activities", "bomb.zip", &bomb, "unpacks to more than 1024 MB", 1600);
    let inner = sound(&bomb);
    let names: Vec<String> = (0..100).map(|at| format!("{at}.zip")).collect();
    let nested: Vec<_> = names.iter().map(|name| (name.as_str(), &inner)).collect();
    refused("activities", "nested.zip", &archive(&nested), "unpacks to more than 1024 MB", 1600);
    let kml = endless("<kml><Placemark><name>", "aaaaaaaaaaaaaaaa");
    let bomb = archive(&[("doc.kml", &kml)]);
    refused("areas", "bomb.kmz", &bomb, "unpacks to more", 1600);
    let inner = sound(&bomb);
    let nested: Vec<_> = names.iter().map(|name| (name.as_str(), &inner)).collect();
    refused("areas", "layers.zip", &archive(&nested), "unpacks to more than 1024 MB", 1600);
    let many: Vec<String> = (0..20_000).map(|at| format!("{at}.csv")).collect();
    let nothing = sound(b"");
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), &nothing)).collect();
    refused("activities", "many.zip", &archive(&many), "more than 10000 files", 200);
}

/// A workbook of these parts.
fn workbook(parts: &[(&str, &Part)]) -> Vec<u8> {
    let book =
        sound(br#"<workbook><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>"#);
    let rels = sound(br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#);
    let top = sound(br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#);
    let fixed =
        [("_rels/.rels", &top), ("xl/workbook.xml", &book), ("xl/_rels/workbook.xml.rels", &rels)];
    archive(&[&fixed[..], parts].concat())
}

#[test]
fn a_workbook_that_stands_for_more_than_it_is_is_refused() {
    const SHEET: &str = "xl/worksheets/sheet1.xml";
    let sheet =
        sound(b"<worksheet><sheetData><row><c t=\"s\"><v>0</v></c></row></sheetData></worksheet>");
    let texts = endless("<sst>", "<si><t>aaaaaaaa</t></si>");
    let bomb = workbook(&[(SHEET, &sheet), ("xl/sharedStrings.xml", &texts)]);
    refused("activities", "texts.xlsx", &bomb, "unpacks to more than 1024 MB", 200);
    let texts = repeated(b"<sst>", "<si/>".repeat(1 << 18).as_bytes(), 300);
    let bomb = workbook(&[(SHEET, &sheet), ("xl/sharedStrings.xml", &texts)]);
    refused("activities", "many-texts.xlsx", &bomb, "more texts", 200);
    let texts = sound(b"<sst uniqueCount=\"9000000000000\"><si><t>a</t></si></sst>");
    let bomb = workbook(&[(SHEET, &sheet), ("xl/sharedStrings.xml", &texts)]);
    refused("activities", "room.xlsx", &bomb, "9000000000000 texts", 200);
    let cell = repeated(b"<worksheet><sheetData><row><c t=\"str\"><v>", &[b'x'; 1 << 20], 900);
    refused(
        "activities",
        "cell.xlsx",
        &workbook(&[(SHEET, &cell)]),
        "longer than 1048576 bytes",
        200,
    );
    let far = sound(b"<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData></worksheet>");
    refused(
        "activities",
        "far.xlsx",
        &workbook(&[(SHEET, &far)]),
        "larger than 5000000 rows by 2000 columns",
        200,
    );
    let laughs = sound(b"<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><worksheet><sheetData><row><c t=\"str\"><v>&c;</v></c></row></sheetData></worksheet>");
    refused("activities", "laughs.xlsx", &workbook(&[(SHEET, &laughs)]), "c", 200);
    let deep = format!("<worksheet><sheetData>{}", "<row><c><is><t>".repeat(100_000));
    let deep = sound(deep.as_bytes());
    refused("activities", "deep.xlsx", &workbook(&[(SHEET, &deep)]), "broken", 200);
}

#[test]
fn merged_cells_over_the_whole_sheet_are_read_in_time() {
    let row = |row: usize| {
        format!(
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"str\"><v>Organisation</v></c><c r=\"B{row}\" t=\"str\"><v>Sector</v></c></row>"
        )
    };
    let rows: String = (1..20_000).map(row).collect();
    let merges = "<mergeCell ref=\"A1:XFD1048576\"/>".repeat(100_000);
    let sheet = format!(
        "<worksheet><sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>"
    );
    let book = workbook(&[("xl/worksheets/sheet1.xml", &sound(sheet.as_bytes()))]);
    let place = Place::new();
    place.write("merged.xlsx", &book);
    check(&place, "activities", "merged.xlsx", 300, true);
}

#[test]
fn an_old_workbook_that_goes_in_circles_or_spans_a_country_is_refused() {
    use lacuna::formats::xls_stream::container;
    let record = |kind: u16, data: &[u8]| {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    };
    let number = |row: u16, column: u16| {
        let place = [row.to_le_bytes(), column.to_le_bytes(), [0; 2]].concat();
        record(0x203, &[&place[..], &1f64.to_le_bytes()].concat())
    };
    let sheet = [&12u32.to_le_bytes()[..], &[0, 0, 1, 0], b"A"].concat();
    let head = [record(0x85, &sheet), record(0x0a, &[])].concat();
    let at = (head.len() as u32).to_le_bytes();
    let head = [record(0x85, &[&at[..], &sheet[4..]].concat()), record(0x0a, &[])].concat();
    let far = [head, number(0, 0), number(65_535, 65_535), record(0x0a, &[])].concat();
    refused("activities", "far.xls", &container("Workbook", &far), "span more than", 200);
    // One long text that many cells have.
    let long = [&[0; 8][..], &60_000u16.to_le_bytes(), &[0], &[b'x'; 60_000]].concat();
    let begin = |at: u32| {
        let sheet = record(0x85, &[&at.to_le_bytes()[..], &sheet[4..]].concat());
        [sheet, record(0xfc, &long), record(0x0a, &[])].concat()
    };
    let mut copies = begin(begin(0).len() as u32);
    for row in 0..=u16::MAX {
        copies.extend(record(0xfd, &[&row.to_le_bytes()[..], &[0; 8]].concat()));
    }
    copies.extend(record(0x0a, &[]));
    refused(
        "activities",
        "copies.xls",
        &container("Workbook", &copies),
        "have more than 256 MB",
        200,
    );
    let mut circles = container("Workbook", &[0; 9000]);
    // The sector behind the stream is its directory, and the next one says what follows it.
    let directory = 9000usize.div_ceil(512);
    let table = 512 * (directory + 2) + 4 * directory;
    circles[table..table + 4].copy_from_slice(&(directory as u32).to_le_bytes());
    refused("activities", "circles.xls", &circles, "go in circles", 200);
}

#[test]
fn a_table_of_millions_of_columns_is_refused() {
    let head = b"ab,".repeat(1_000_000);
    refused("activities", "million.csv", &head, "More than 2000 columns", 300);
    refused("activities", "ten-million.csv", &head.repeat(10), "More than 2000 columns", 900);
}

#[test]
fn a_quote_without_an_end_and_a_cell_without_an_end_are_refused_by_the_limit_of_a_cell() {
    let limit = lacuna::formats::sheet::limits::CELL_BYTES;
    let words = format!("longer than {limit} bytes");
    let mut text = b"Organisation,Sector\nUNICEF,\"".to_vec();
    text.resize(100 << 20, b'x');
    refused("activities", "quote.csv", &text, &words, 700);
    let place = Place::new();
    // As large as a file may be and one byte more: it is refused before it is read.
    let file = File::create(place.path("sparse.csv")).unwrap();
    file.set_len(lacuna::formats::sheet::limits::FILE_BYTES as u64 + 1).unwrap();
    let sentence = check(&place, "activities", "sparse.csv", 100, false);
    assert!(sentence.contains("larger than 2048 MB"), "{sentence}");
}

#[test]
fn stray_quotes_do_not_make_a_line_take_for_ever() {
    // Cells that begin with a quote whose end is looked for to the end of a long line.
    let line = format!("{}\"{}x\n", "\"\"x,".repeat(1900), "\"\"".repeat(400_000));
    let text = format!("Organisation,Sector\n{}", line.repeat(3));
    let place = Place::new();
    place.write("stray.csv", text);
    check(&place, "activities", "stray.csv", 300, true);
}

#[test]
fn a_polygon_of_millions_of_vertices_is_refused_before_memory_goes() {
    let place = Place::new();
    let mut file = File::create(place.path("vertices.geojson")).unwrap();
    write!(file, r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[["#).unwrap();
    let piece = b"[0,0],[1,0],".repeat(1 << 16);
    for _ in 0..400 {
        file.write_all(&piece).unwrap();
    }
    drop(file);
    let sentence = check(&place, "areas", "vertices.geojson", 1500, false);
    assert!(sentence.contains("more vertices than are allowed"), "{sentence}");
}

#[test]
fn json_that_takes_more_memory_than_it_has_bytes_is_refused() {
    let list =
        |start: &str, piece: &str| [start.as_bytes(), piece.repeat(20_000_000).as_bytes()].concat();
    refused("activities", "lists.json", &list("[[]", ",[]"), "more than 5000000 values", 600);
    let properties =
        list(r#"{"type":"FeatureCollection","features":[{"properties":{"a":1"#, r#","a":1"#);
    refused("areas", "properties.geojson", &properties, "more values than are allowed", 1700);
    let inner = list(r#"{"type":"FeatureCollection","features":[{"properties":{"a":[0"#, ",0");
    refused("areas", "inner.geojson", &inner, "cannot be read", 200);
    let objects = list(r#"{"type":"Topology","objects":{"a":{"geometries":[{}"#, ",{}");
    refused("areas", "objects.topojson", &objects, "3000000 objects", 600);
}

#[test]
fn nesting_without_an_end_is_refused() {
    let collections = r#"{"type":"GeometryCollection","geometries":["#.repeat(50_000);
    let layer = format!(r#"{{"features":[{{"geometry":{collections}"#);
    refused("areas", "deep.geojson", layer.as_bytes(), "recursion limit", 200);
    let topology = r#"{"geometries":["#.repeat(50_000);
    let topology = format!(r#"{{"type":"Topology","objects":{{"a":{topology}"#);
    refused("areas", "deep.topojson", topology.as_bytes(), "recursion limit", 200);
    refused("activities", "deep.json", "[[".repeat(500_000).as_bytes(), "recursion limit", 200);
    let kml = format!("<kml>{}", "<Folder>".repeat(500_000));
    refused("areas", "deep.kml", kml.as_bytes(), "nested too deeply", 200);
}

#[test]
fn entities_of_entities_are_never_resolved() {
    let entities: String = (1..20)
        .map(|at| format!("<!ENTITY e{at} \"{}\">", format!("&e{};", at - 1).repeat(10)))
        .collect();
    let kml = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE kml [<!ENTITY e0 \"ha\">{entities}]><kml><Placemark><name>&e19;</name><Point><coordinates>1,2</coordinates></Point></Placemark></kml>"
    );
    let place = Place::new();
    place.write("laughs.kml", kml);
    let sentence = check(&place, "areas", "laughs.kml", 200, false);
    assert!(!sentence.contains("ha"), "{sentence}");
}

#[test]
fn arcs_that_are_used_again_and_again_are_refused_by_their_vertices() {
    let arc = "[0,0],".repeat(100_000);
    let uses = "0,".repeat(1000);
    let text = format!(
        r#"{{"type":"Topology","objects":{{"a":{{"type":"Polygon","properties":{{}},"arcs":[[{uses}0]]}}}},"arcs":[[{arc}[1,1]]]}}"#
    );
    refused("areas", "arcs.topojson", text.as_bytes(), "more vertices than are allowed", 800);
}

#[test]
fn pages_that_lead_to_one_another_are_refused() {
    let mut tree = vec![0; 4096];
    tree[..16].copy_from_slice(b"SQLite format 3\0");
    tree[16..18].copy_from_slice(&512u16.to_be_bytes());
    // The first page is an inner one whose only child is itself.
    tree[100] = 5;
    tree[108..112].copy_from_slice(&1u32.to_be_bytes());
    refused("areas", "tree.gpkg", &tree, "SQLite file is broken", 200);
    // A row of 3,300 bytes that runs over to a page that runs over to itself.
    tree[16..18].copy_from_slice(&1024u16.to_be_bytes());
    tree[100] = 13;
    tree[103..105].copy_from_slice(&1u16.to_be_bytes());
    tree[108..110].copy_from_slice(&200u16.to_be_bytes());
    tree[200..204].copy_from_slice(&[0x99, 0x64, 1, 2]);
    tree[443..447].copy_from_slice(&2u32.to_be_bytes());
    tree[1024..1028].copy_from_slice(&2u32.to_be_bytes());
    refused("areas", "overflow.gpkg", &tree, "SQLite", 200);
}

/// A TIFF of these tags, all short enough to stand in the directory; where the next one is.
fn tiff(tags: &[(u16, u16, u32, u32)], next: u32) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend((tags.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in tags {
        bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        bytes.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend(next.to_le_bytes());
    bytes.resize(1024, 0);
    bytes
}

#[test]
fn rasters_that_are_larger_than_their_bytes_are_refused() {
    let with = |width: u32, height: u32, across: u32, down: u32| {
        let tags = [
            (256, 4, 1, width),
            (257, 4, 1, height),
            (258, 3, 1, 32),
            (259, 3, 1, 8),
            (262, 3, 1, 1),
            (277, 3, 1, 1),
            (322, 4, 1, across),
            (323, 4, 1, down),
            (324, 4, 1, 512),
            (325, 4, 1, 400),
            (339, 3, 1, 3),
        ];
        tiff(&tags, 0)
    };
    let check =
        |name: &str, bytes: &[u8], words: &str| refused("population", name, bytes, words, 300);
    check("wide.tif", &with(1 << 31, 1, 1 << 31, 16), "one piece that is too large");
    check("huge.tif", &with(u32::MAX, u32::MAX, 1 << 30, 1 << 30), "cannot be read");
    check("crumbs.tif", &with(60_000_000, 1, 1, 1), "inconsistent sizes");
    check("circle.tif", &tiff(&[(256, 4, 1, 1)], 8), "a cycle in the list of IFDs");
    check("picture.tif", &with(256, 256, 256, 256), "no place on the globe");
}

/// A raster of bytes at the tiny operation: of one tile that has so many bands, deflated as these
/// bytes, which are said to be so many.
fn one_tile(side: u32, bands: u32, said: u32, data: &[u8]) -> Vec<u8> {
    let tags = [
        (256, 4, 1, side),
        (257, 4, 1, side),
        (258, 3, 1, 8),
        (259, 3, 1, 8),
        (262, 3, 1, 1),
        (277, 3, 1, bands),
        (284, 3, 1, 1),
        (322, 4, 1, side),
        (323, 4, 1, side),
        (324, 4, 1, 1024),
        (325, 4, 1, said),
        (33550, 12, 3, 600),
        (33922, 12, 6, 640),
    ];
    let mut bytes = tiff(&tags, 0);
    let cell = 2.0 / f64::from(side);
    let numbers = [cell, cell, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0, 1.0, 0.0];
    for (at, number) in [600, 608, 616, 624, 632, 640, 648, 656, 664, 672, 680].iter().zip(numbers)
    {
        bytes[*at..at + 8].copy_from_slice(&f64::to_le_bytes(number));
    }
    bytes.extend([0x78, 0x9c]);
    bytes.extend(data);
    bytes
}

/// Checks a file against the tiny operation: its refusal has these words.
fn refused_there(place: &Place, kind: &str, name: &str, bytes: &[u8], words: &str) {
    place.write(name, bytes);
    let sentence = check(place, kind, name, 300, false);
    assert!(sentence.contains(words), "{name}: {sentence}");
}

#[test]
fn strips_and_tiles_that_say_they_are_enormous_are_not_believed() {
    let place = Place::with_operation();
    let check = |name: &str, bytes: &[u8], words: &str| {
        refused_there(&place, "population", name, bytes, words);
    };
    let zeros = repeated(b"", &[0; 1 << 20], 1000).deflated;
    let bands = one_tile(1024, 1000, zeros.len() as u32 + 2, &zeros);
    assert!(bands.len() < 4 << 20, "it is small: {}", bands.len());
    check("bands.tif", &bands, "1000 bands side by side");
    check("tile.tif", &one_tile(8192, 2, 1 << 20, &zeros), "2 bands side by side");
    check("long.tif", &one_tile(256, 1, u32::MAX, b""), "cannot be read");
    check("short.tif", &one_tile(4096, 1, 1 << 30, b""), "cannot be read");
    // What is small enough is read, whatever follows it.
    place.write("more.tif", one_tile(1024, 1, zeros.len() as u32 + 2, &zeros));
    self::check(&place, "population", "more.tif", 300, true);
}

#[test]
fn features_that_say_they_are_enormous_are_not_believed() {
    let place = Place::with_operation();
    place.ok(&["export", "areas", "--operation", "op", "--format", "fgb", "-o", "areas.fgb"]);
    let sound = std::fs::read(place.path("areas.fgb")).unwrap();
    let head = 12 + u32::from_le_bytes(sound[8..12].try_into().unwrap()) as usize;
    let at = sound[..head].windows(8).position(|eight| eight == 5u64.to_le_bytes()).unwrap();
    for (name, features) in [("all.fgb", u64::MAX), ("many.fgb", 1 << 40), ("more.fgb", 100_000)] {
        let mut bent = sound.clone();
        bent[at..at + 8].copy_from_slice(&features.to_le_bytes());
        refused_there(&place, "areas", name, &bent, "longer than the file");
    }
    // Five boxes and the one around them come before the first feature.
    let first = head + 6 * 40;
    for (name, length) in [("longest.fgb", u32::MAX), ("long.fgb", 1 << 30)] {
        let mut bent = sound.clone();
        bent[first..first + 4].copy_from_slice(&length.to_le_bytes());
        refused_there(&place, "areas", name, &bent, "longer than the file");
    }
}

#[test]
fn lengths_that_lie_are_not_believed() {
    let mut shp = vec![0, 0, 0x27, 0x0a];
    shp.resize(28, 0);
    shp.extend(1000u32.to_le_bytes());
    shp.extend(5u32.to_le_bytes());
    shp.resize(100, 0);
    shp.extend([0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 5, 0, 0, 0]);
    let zipped = archive(&[("a.shp", &sound(&shp)), ("a.dbf", &sound(&[0xff; 64]))]);
    refused("areas", "shapes.zip", &zipped, "broken", 200);
    let mut layer = b"fgb\x03fgb\0".to_vec();
    layer.extend(u32::MAX.to_le_bytes());
    layer.resize(200, 0);
    refused("areas", "head.fgb", &layer, "longer than the file", 200);
}

#[test]
fn shapes_that_cross_themselves_without_an_end_are_named() {
    let corners: String = (0..4000)
        .map(|at| format!("[{},{}],", at % 2 * 20, f64::from(at * 7919 % 4000) / 200.0))
        .collect();
    let layer = format!(
        r#"{{"features":[{{"type":"Feature","properties":{{"adm1_pcode":"XA01","adm1_name":"Scribble"}},"geometry":{{"type":"Polygon","coordinates":[[{corners}[0,0]]]}}}}]}}"#
    );
    let place = Place::new();
    place.write("scribble.geojson", layer);
    check(&place, "areas", "scribble.geojson", 300, true);
}
