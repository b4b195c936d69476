//! What a file is, by its content and never by its name.

use super::sheet::{Unreadable, Workbook, limits};
use super::{csv, json_table, spreadsheet};

/// Opens whatever holds tables: XLSX, XLS, ODS, JSON tables, delimited text.
pub fn open(bytes: &[u8]) -> Result<Workbook<'_>, Unreadable> {
    if bytes.len() > limits::FILE_BYTES {
        return Err(Unreadable::new(format!(
            "The file is larger than {} MB.",
            limits::FILE_BYTES >> 20
        )));
    }
    if let Some(what) = map_layer(bytes) {
        return Err(Unreadable::new(format!(
            "This is {what}, not a table; it is not read yet: export its table as CSV, or its boundaries as GeoJSON."
        )));
    }
    if let Some(what) = stranger(bytes) {
        return Err(Unreadable::new(format!(
            "The file is {what}, whatever its name says: send XLSX, XLS, ODS, CSV or JSON."
        )));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return spreadsheet::read_zip(bytes);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return spreadsheet::read_xls(bytes);
    }
    if looks_like_json(bytes) {
        return json_table::read(bytes);
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).trim_start().to_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Err(Unreadable::new(
            "The file is a web page, not a table: it may be a saved error or log-in page.",
        ));
    }
    if start.starts_with("<?xml") || start.starts_with("<kml") {
        return Err(Unreadable::new(
            "The file is XML, not a table: send XLSX, XLS, ODS, CSV or JSON.",
        ));
    }
    csv::read(bytes)
}

/// Why bytes are no GeoJSON, where that can be told by what else they are.
pub fn not_geojson(bytes: &[u8]) -> Option<Unreadable> {
    if let Some(what) = map_layer(bytes) {
        return Some(Unreadable::new(format!(
            "This is {what}, which is not read yet: export it as GeoJSON in WGS 84."
        )));
    }
    let table = if let Some(what) = stranger(bytes) {
        return Some(Unreadable::new(format!(
            "The file is {what}, whatever its name says: send boundaries as GeoJSON."
        )));
    } else if bytes.starts_with(b"PK\x03\x04") {
        return Some(Unreadable::new(
            "This is a spreadsheet or another zip archive, not GeoJSON: send boundaries as GeoJSON.",
        ));
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        "a spreadsheet"
    } else if looks_like_delimited(bytes) {
        "a table (CSV)"
    } else {
        return None;
    };
    Some(Unreadable::new(format!(
        "This is {table}, not boundaries: send it as activities, sites, needs or population; boundaries come as GeoJSON."
    )))
}

/// Whether bytes hold a table rather than a layer of a map: a spreadsheet, rows of JSON lists, or
/// delimited text.
pub fn is_table(bytes: &[u8]) -> bool {
    if map_layer(bytes).is_some() || stranger(bytes).is_some() {
        return false;
    }
    let signs = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.starts_with(b"PK\x03\x04")
        || bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        || signs.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
        || looks_like_delimited(bytes)
}

/// Text whose first line has several cells.
fn looks_like_delimited(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let start = start.trim_start_matches('\u{feff}').trim_start();
    let line = start.lines().next().unwrap_or_default();
    !start.starts_with(['{', '[', '<'])
        && !start.contains('\0')
        && line.contains([',', ';', '\t', '|'])
}

/// Layers of a map in formats other than GeoJSON.
fn map_layer(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"SQLite format 3\0") {
        // The application number of the file header is GPKG, GP10 or GP11.
        let is_package = bytes.get(68..70) == Some(b"GP");
        return Some(if is_package { "a GeoPackage" } else { "a database (SQLite or GeoPackage)" });
    }
    if bytes.starts_with(b"fgb\x03fgb")
        || bytes.starts_with(b"fgb") && bytes.get(4..7) == Some(b"fgb")
    {
        return Some("a FlatGeobuf");
    }
    if bytes.starts_with(&[0, 0, 0x27, 0x0a]) {
        return Some("a shapefile (.shp)");
    }
    if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| bytes.starts_with(*magic)) {
        return Some("a GeoTIFF or another image (TIFF)");
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return archived_layer(bytes);
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]);
    let start = start.trim_start_matches('\u{feff}').trim_start();
    (start.starts_with('<') && start.contains("<kml")).then_some("a KML file")
}

/// Layers in a zip archive, by the names in its directory.
fn archived_layer(bytes: &[u8]) -> Option<&'static str> {
    const ENDINGS: &[(&str, &str)] = &[
        (".shp", "a shapefile (zipped)"),
        (".gpkg", "a GeoPackage (zipped)"),
        (".kml", "a KMZ file"),
        (".fgb", "a FlatGeobuf (zipped)"),
        (".tif", "a GeoTIFF or another image (zipped)"),
    ];
    let mut rest = bytes;
    while let Some(at) = rest.windows(4).position(|window| window == b"PK\x01\x02") {
        rest = &rest[at..];
        let length = match rest.get(28..30) {
            Some([low, high]) => usize::from(u16::from_le_bytes([*low, *high])),
            _ => return None,
        };
        let name = String::from_utf8_lossy(rest.get(46..46 + length)?).to_lowercase();
        let found = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
        if let Some((_, what)) = found {
            return Some(what);
        }
        rest = &rest[4..];
    }
    None
}

fn looks_like_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut signs = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    matches!(
        (signs.next(), signs.next()),
        (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'[' | b'{' | b']'))
    )
}

/// Files people send by mistake.
fn stranger(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n", "an image (PNG)"),
        (b"\xff\xd8\xff", "an image (JPEG)"),
        (b"GIF8", "an image (GIF)"),
        (b"BM", "an image (BMP)"),
        (b"%PDF", "a PDF document"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"Rar!", "a RAR archive"),
        (b"\x7fELF", "a program"),
        (b"{\\rtf", "a text document (RTF)"),
    ];
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some("an image (WebP)");
    }
    // Two letters are too few to tell a bitmap from a column called BMI.
    let bitmap = |magic: &[u8]| magic == b"BM" && bytes.get(6..10) != Some(&[0; 4]);
    let found = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic) && !bitmap(magic));
    found.map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> String {
        open(bytes).err().map(|refusal| refusal.0).unwrap_or_default()
    }

    #[test]
    fn an_image_renamed_to_a_table_is_refused_in_one_sentence() {
        assert!(refusal(b"\x89PNG\r\n\x1a\n....").contains("an image (PNG)"));
        assert!(refusal(b"%PDF-1.7").contains("a PDF document"));
        assert!(refusal(b"<!DOCTYPE html><html>").contains("web page"));
        assert!(refusal(b"").contains("empty"));
        assert!(refusal(&[0, 1, 2, 3, 0, 0, 5, 6, 7, 0, 0, 1, 2]).contains("neither"));
    }

    #[test]
    fn layers_that_are_not_read_are_refused_by_name_as_tables_and_as_areas() {
        let mut package = b"SQLite format 3\0".to_vec();
        package.resize(68, 0);
        package.extend(b"GPKG....");
        let mut zipped = b"PK\x03\x04....PK\x01\x02".to_vec();
        zipped.resize(8 + 28, 0);
        zipped.extend([9, 0]);
        zipped.resize(8 + 46, 0);
        zipped.extend(b"areas.SHP");
        for (bytes, name) in [
            (package, "GeoPackage"),
            (zipped, "shapefile"),
            (b"fgb\x03fgb\x00".to_vec(), "FlatGeobuf"),
            (vec![0, 0, 0x27, 0x0a, 0, 0], "shapefile"),
            (b"II*\0....".to_vec(), "GeoTIFF"),
            (b"<?xml version='1.0'?>\n<kml xmlns='x'>".to_vec(), "KML"),
            (b"\x89PNG\r\n\x1a\n".to_vec(), "PNG"),
        ] {
            assert!(refusal(&bytes).contains(name), "{name}: {}", refusal(&bytes));
            let areas = not_geojson(&bytes).map(|refusal| refusal.0).unwrap_or_default();
            assert!(areas.contains(name) && areas.contains("GeoJSON"), "{name}: {areas}");
        }
        let table = not_geojson(b"pcode,name\nA,b\n").map(|refusal| refusal.0);
        assert!(table.unwrap_or_default().starts_with("This is a table (CSV)"));
        assert_eq!(not_geojson(b"{\"type\":\"FeatureCollection\"}"), None);
    }

    #[test]
    fn a_column_called_bmi_is_not_an_image() {
        assert!(open(b"BMI,partner\n1,a\n").is_ok());
    }
}
