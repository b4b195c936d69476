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

fn looks_like_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut signs = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    match (signs.next(), signs.next()) {
        (Some(b'{'), Some(b'"' | b'}')) => true,
        (Some(b'['), Some(b'[' | b'{' | b']')) => true,
        _ => false,
    }
}

/// Files people send by mistake.
fn stranger(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n", "an image (PNG)"),
        (b"\xff\xd8\xff", "an image (JPEG)"),
        (b"GIF8", "an image (GIF)"),
        (b"BM", "an image (BMP)"),
        (b"II*\0", "an image (TIFF)"),
        (b"MM\0*", "an image (TIFF)"),
        (b"%PDF", "a PDF document"),
        (b"SQLite format 3\0", "a database (SQLite or GeoPackage)"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"Rar!", "a RAR archive"),
        (b"\x7fELF", "a program"),
        (b"{\\rtf", "a text document (RTF)"),
        (b"fgb\x03fgb", "a map layer (FlatGeobuf)"),
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
    fn a_column_called_bmi_is_not_an_image() {
        assert!(open(b"BMI,partner\n1,a\n").is_ok());
    }
}
