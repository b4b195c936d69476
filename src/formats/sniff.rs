//! What a file is, by its content and never by its name; and the tables, layers or raster in it,
//! whether it is one or an archive of some.

mod archived;

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use archived::{layers_of, tables_of};

use super::archive::{Archive, File};
use super::features::{Budget, Layers};
use super::sheet::{Unreadable, Workbook, limits};
use super::{
    csv, flatgeobuf, geojson_read, geopackage, geotiff, json_table, kml, shapefile, spreadsheet,
    topojson,
};

/// Archives inside one another.
const DEPTH: u8 = 2;

/// What bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    Empty,
    /// A zip archive: perhaps a spreadsheet.
    Zip,
    /// A legacy Excel workbook.
    Xls,
    Json,
    GeoJson,
    TopoJson,
    /// A `.shp`, which needs the files beside it.
    Shapes,
    /// A SQLite file: perhaps a GeoPackage.
    Sqlite,
    Kml,
    FlatGeobuf,
    Tiff,
    WebPage,
    Xml,
    /// A file people send by mistake: what it is.
    Stranger(&'static str),
    /// Text, or nothing that is known.
    Other,
}

/// Opens whatever holds tables: spreadsheets, JSON tables, delimited text, the attribute tables of
/// map layers, and archives of these.
pub fn open(bytes: &[u8]) -> Result<Workbook<'_>, Unreadable> {
    weigh(bytes)?;
    match content(bytes) {
        Content::Zip => {
            let mut archive = Archive::open(bytes)?;
            match archive.is_document() {
                true => spreadsheet::read_zip(bytes, &mut archive.left),
                false => tables_of(&mut archive, &mut Budget::default(), DEPTH),
            }
        }
        Content::Other => csv::read(bytes),
        content => table(bytes, content, &mut Budget::default()),
    }
}

/// Reads whatever holds map layers, in WGS 84: GeoJSON, TopoJSON, GeoPackage, KML, FlatGeobuf, and
/// archives of these or of shapefiles.
pub fn layers(bytes: &[u8], budget: Budget) -> Result<Layers, Unreadable> {
    weigh(bytes)?;
    let mut budget = budget;
    match content(bytes) {
        Content::Zip => {
            let mut archive = Archive::open(bytes)?;
            match archive.is_document() {
                true => Err(not_layers("a spreadsheet or another office document")),
                false => layers_of(&mut archive, &mut budget, DEPTH),
            }
        }
        content => layer(bytes, content, &mut budget),
    }
}

/// A GeoTIFF, out of an archive or not.
#[derive(Debug, PartialEq)]
pub struct RasterFile<'a> {
    pub bytes: Cow<'a, [u8]>,
    /// Its own name, where it was in an archive.
    pub name: String,
}

/// The bytes of the GeoTIFF that a file is, or that its archive holds; `None` where there is none.
/// Of several in an archive the one is taken that is `wanted`, or whose name alone speaks of population.
pub fn raster<'a>(
    bytes: &'a [u8],
    wanted: Option<&str>,
) -> Result<Option<RasterFile<'a>>, Unreadable> {
    weigh(bytes)?;
    match content(bytes) {
        Content::Tiff => Ok(Some(RasterFile { bytes: Cow::Borrowed(bytes), name: String::new() })),
        Content::Zip => {
            let mut archive = Archive::open(bytes)?;
            if archive.is_document() {
                return Ok(None);
            }
            let mut rasters = Vec::new();
            for file in archive.files.clone() {
                if archive.head(&file).is_ok_and(|head| content(&head) == Content::Tiff) {
                    rasters.push(file);
                }
            }
            if let Some(wanted) = wanted.map(str::trim) {
                rasters.retain(|file| {
                    file.name().eq_ignore_ascii_case(wanted)
                        || file.stem().eq_ignore_ascii_case(wanted)
                });
            }
            let speaks = |file: &&File| {
                let name = file.name().to_lowercase();
                ["pop", "ppp", "people"].iter().any(|word| name.contains(word))
            };
            let chosen = match rasters.as_slice() {
                [] => return Ok(None),
                [only] => only,
                several => {
                    let mut speaking = several.iter().filter(speaks);
                    match (speaking.next(), speaking.next()) {
                        (Some(one), None) => one,
                        _ => {
                            let names: Vec<_> = several.iter().take(6).map(File::name).collect();
                            return Err(Unreadable(format!(
                                "The zip holds {} rasters ({}): send the one of population alone, or name it.",
                                several.len(),
                                names.join(", ")
                            )));
                        }
                    }
                }
            };
            let bytes = Cow::Owned(archive.read(chosen)?);
            Ok(Some(RasterFile { bytes, name: chosen.name().to_owned() }))
        }
        _ => Ok(None),
    }
}

/// What bytes are; the head of a file is enough but for JSON.
pub fn content(bytes: &[u8]) -> Content {
    if bytes.is_empty() {
        return Content::Empty;
    }
    if [b"PK\x03\x04", b"PK\x05\x06"].iter().any(|magic| bytes.starts_with(*magic)) {
        return Content::Zip;
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Content::Xls;
    }
    if bytes.starts_with(b"SQLite format 3\0") {
        return Content::Sqlite;
    }
    if flatgeobuf::is_one(bytes) {
        return Content::FlatGeobuf;
    }
    if shapefile::is_shapes(bytes) {
        return Content::Shapes;
    }
    if geotiff::is_tiff(bytes) {
        return Content::Tiff;
    }
    if let Some(what) = stranger(bytes) {
        return Content::Stranger(what);
    }
    if looks_like_json(bytes) {
        return json(bytes);
    }
    let start = start(bytes, 2048).to_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Content::WebPage;
    }
    if start.starts_with('<') && start.contains("<kml") {
        return Content::Kml;
    }
    if start.starts_with("<?xml") { Content::Xml } else { Content::Other }
}

/// Whether bytes hold a table rather than a layer of a map: a spreadsheet, lists in JSON, or
/// delimited text.
pub fn is_table(bytes: &[u8]) -> bool {
    match content(bytes) {
        Content::Zip => Archive::open(bytes).is_ok_and(|archive| archive.is_document()),
        Content::Xls => true,
        Content::Json => {
            let signs = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            signs.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
        }
        Content::Other => looks_like_delimited(bytes),
        _ => false,
    }
}

fn weigh(bytes: &[u8]) -> Result<(), Unreadable> {
    if bytes.len() > limits::FILE_BYTES {
        return Err(Unreadable(format!(
            "The file is larger than {} MB.",
            limits::FILE_BYTES >> 20
        )));
    }
    Ok(())
}

/// A table that owns what it holds.
fn table(
    bytes: &[u8],
    content: Content,
    budget: &mut Budget,
) -> Result<Workbook<'static>, Unreadable> {
    let refuse = |sentence: &str| Err(Unreadable::new(sentence));
    match content {
        Content::Xls => spreadsheet::read_xls(bytes),
        Content::Json => json_table::read(bytes),
        Content::Empty => refuse("The file is empty."),
        Content::Tiff => refuse(
            "This is a GeoTIFF or another image (TIFF), not a table: only population is read from a raster.",
        ),
        Content::Stranger(what) => Err(Unreadable(format!(
            "The file is {what}, whatever its name says: send XLSX, XLS, ODS, CSV or JSON."
        ))),
        // Programs save tables as web pages under the names of spreadsheets.
        Content::WebPage if bytes.windows(6).any(|tag| tag.eq_ignore_ascii_case(b"<table")) => {
            refuse(
                "The file is a web page with a table in it, whatever its name says: open it in a spreadsheet program and save it as XLSX.",
            )
        }
        Content::WebPage => {
            refuse("The file is a web page, not a table: it may be a saved error or log-in page.")
        }
        Content::Xml => refuse("The file is XML, not a table: send XLSX, XLS, ODS, CSV or JSON."),
        _ => layer(bytes, content, budget)?.workbook(),
    }
}

fn layer(bytes: &[u8], content: Content, budget: &mut Budget) -> Result<Layers, Unreadable> {
    match content {
        Content::GeoJson | Content::Json => geojson_read::read(bytes, budget),
        Content::TopoJson => topojson::read(bytes, budget),
        Content::Sqlite => geopackage::read(bytes, budget),
        Content::Kml => kml::read(bytes, budget),
        Content::FlatGeobuf => flatgeobuf::read(bytes, budget),
        Content::Shapes => Err(Unreadable::new(
            "This is the .shp of a shapefile alone: send a zip with its .shp, .dbf and .prj.",
        )),
        Content::Empty => Err(Unreadable::new("The file is empty.")),
        Content::Tiff => Err(Unreadable::new(
            "This is a GeoTIFF or another image (TIFF), a raster and not boundaries: send it as population, and boundaries as polygons.",
        )),
        Content::Stranger(what) => Err(Unreadable(format!(
            "The file is {what}, whatever its name says: {LAYERS_COME_AS}."
        ))),
        Content::WebPage => Err(Unreadable(format!(
            "The file is a web page, not boundaries: it may be a saved error or log-in page; {LAYERS_COME_AS}."
        ))),
        Content::Xml => Err(Unreadable(format!("The file is XML but no KML: {LAYERS_COME_AS}."))),
        Content::Xls => Err(not_layers("a spreadsheet")),
        Content::Other if looks_like_delimited(bytes) => Err(not_layers("a table (CSV)")),
        Content::Zip | Content::Other => {
            Err(Unreadable(format!("The file is no map layer that is known: {LAYERS_COME_AS}.")))
        }
    }
}

const LAYERS_COME_AS: &str =
    "boundaries come as GeoJSON, TopoJSON, zipped shapefile, GeoPackage, KML or FlatGeobuf";

fn not_layers(what: &str) -> Unreadable {
    Unreadable(format!(
        "This is {what}, not boundaries: send it as activities, sites, needs or population; {LAYERS_COME_AS}."
    ))
}

/// The first letters of a text, without a byte order mark.
fn start(bytes: &[u8], most: usize) -> String {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(most)]);
    start.trim_start_matches('\u{feff}').trim_start().to_owned()
}

/// Text whose first line has several cells.
fn looks_like_delimited(bytes: &[u8]) -> bool {
    let (start, _) = csv::decode(&bytes[..bytes.len().min(4096)]);
    let start = start.trim_start_matches('\u{feff}').trim_start();
    let line = start.lines().next().unwrap_or_default();
    !start.starts_with(['{', '<', '%'])
        && !start.contains('\0')
        && !line.starts_with("PROJCS[")
        && !line.starts_with("GEOGCS[")
        && line.contains([',', ';', '\t', '|'])
}

fn looks_like_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut signs = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    matches!(
        (signs.next(), signs.next()),
        (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'[' | b'{' | b']'))
    )
}

/// Which JSON: the members of its top level tell, wherever in the file they stand.
fn json(bytes: &[u8]) -> Content {
    #[derive(Deserialize)]
    struct Probe {
        #[serde(rename = "type")]
        kind: Option<String>,
        features: Option<IgnoredAny>,
        geometry: Option<IgnoredAny>,
        arcs: Option<IgnoredAny>,
    }
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    if !text.trim_start().starts_with('{') {
        return Content::Json;
    }
    match serde_json::from_str::<Probe>(&text) {
        Ok(probe) => match probe.kind.as_deref() {
            Some("Topology") => Content::TopoJson,
            Some("FeatureCollection" | "Feature") => Content::GeoJson,
            _ if probe.arcs.is_some() => Content::TopoJson,
            None if probe.features.is_some() && probe.geometry.is_none() => Content::GeoJson,
            _ => Content::Json,
        },
        // A file that is cut off, or only the head of one.
        Err(_) => {
            let start = start(bytes, 4096);
            match () {
                () if start.contains("\"Topology\"") => Content::TopoJson,
                () if start.contains("\"FeatureCollection\"") => Content::GeoJson,
                () => Content::Json,
            }
        }
    }
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
    // Maps on the web keep their data as `var data = [{…}];`.
    let script = start(bytes, 200);
    let is_set =
        || script.split_once('=').is_some_and(|(_, set)| set.trim_start().starts_with(['[', '{']));
    if ["var ", "let ", "const "].iter().any(|word| script.starts_with(word)) && is_set() {
        return Some("a script (JavaScript) around a list");
    }
    // Two letters are too few to tell a bitmap from a column called BMI.
    let bitmap = |magic: &[u8]| magic == b"BM" && bytes.get(6..10) != Some(&[0; 4]);
    let found = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic) && !bitmap(magic));
    found.map(|(_, what)| *what)
}

#[cfg(test)]
mod tests;
