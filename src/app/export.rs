//! Whole layers as files, for the API's exports and the command line alike.

use std::io::{self, BufWriter, Write as _};
use std::sync::Arc;

use super::collections::params::{self, ParameterKind};
use super::collections::{BadParameter, Collection, Parameter, Params, View};
use super::tiles::archive::MAXZOOM;
use super::{styles, tiles};
use crate::formats::about::About;
use crate::formats::geojson_write::{self, Style};
use crate::formats::layer::{GeometryKind, Layer, Matched, Member, Value};
use crate::formats::{Output, csv_write, flatgeobuf_write, geopackage_write, pmtiles, xlsx_layer};

/// Bytes that are gathered before they are written to a file.
const BUFFER: usize = 256 * 1024;

/// A layer that is to be written whole, with what is to be said about it.
struct Job<'j, 'v> {
    view: &'j View,
    collection: &'static Collection,
    layer: &'j Layer<'v>,
    style: &'j Style,
    about: &'j About<'j>,
    params: &'j Params,
}

type Write = fn(&mut File<'_>, &Job<'_, '_>) -> Result<(), ExportError>;

/// Where a file is written: much of it soon leaves memory again.
pub type File<'f> = dyn Output + Send + 'f;

/// A format that a layer is written in.
pub struct Format {
    /// Name of the format and ending of its files.
    pub extension: &'static str,
    pub media: &'static str,
    /// Parameters that only this format takes.
    pub parameters: &'static [Parameter],
    /// Whether it holds tiles, of what can be drawn, rather than features.
    pub tiles: bool,
    write: Write,
}

/// What formats take that have a place for coordinates of any system.
const CRS: Parameter = Parameter {
    description: "The reference system of the coordinates in the file, as a URI that the collection lists. Longitude or easting comes first in each.",
    ..params::CRS
};

const LIMIT: Parameter = Parameter {
    description: "Features in the file at most; without it all of them.",
    kind: ParameterKind::Integer { minimum: 1, maximum: u32::MAX },
    default: None,
    ..params::LIMIT
};

const HXL: Parameter = Parameter {
    name: "hxl",
    description: "Put the HXL tags of the columns in a row under the header.",
    kind: ParameterKind::Boolean,
    default: Some("false"),
};

/// Every format there is.
pub const FORMATS: &[Format] = &[
    Format {
        extension: "geojson",
        media: "application/geo+json",
        parameters: &[LIMIT, CRS, params::ZOOM],
        tiles: false,
        write: |out, job| {
            Ok(geojson_write::write_layer(&mut &mut *out, job.layer, job.style, job.about.members)?)
        },
    },
    Format {
        extension: "fgb",
        media: "application/vnd.flatgeobuf",
        parameters: &[LIMIT, CRS],
        tiles: false,
        write: |out, job| {
            let mut out = BufWriter::with_capacity(BUFFER, out);
            flatgeobuf_write::write_layer(&mut out, job.layer, job.style, job.about)?;
            Ok(out.flush()?)
        },
    },
    Format {
        extension: "gpkg",
        media: "application/geopackage+sqlite3",
        parameters: &[LIMIT, CRS],
        tiles: false,
        write: |out, job| {
            Ok(geopackage_write::write_layer(&mut &mut *out, job.layer, job.style, job.about)?)
        },
    },
    Format {
        extension: "csv",
        media: "text/csv; charset=utf-8",
        parameters: &[LIMIT, HXL],
        tiles: false,
        write: |out, job| {
            let hxl = job.params.boolean("hxl")?.unwrap_or(false);
            let fields = job.style.fields.as_deref();
            Ok(csv_write::write_layer(&mut &mut *out, job.layer, fields, hxl)?)
        },
    },
    Format {
        extension: "xlsx",
        media: xlsx_layer::MEDIA,
        parameters: &[LIMIT],
        tiles: false,
        write: |out, job| {
            let layer = job.layer;
            if layer.matched.len() > xlsx_layer::MOST_ROWS {
                let reason = format!(
                    "a sheet has room for {} rows and these are {}; ask for fewer, or take another format",
                    xlsx_layer::MOST_ROWS,
                    layer.matched.len()
                );
                return Err(BadParameter::new("limit", reason).into());
            }
            Ok(xlsx_layer::write_layer(&mut &mut *out, layer, job.style, job.about)
                .map_err(io::Error::other)?)
        },
    },
    Format {
        extension: "pmtiles",
        media: pmtiles::MEDIA,
        parameters: &[MAXZOOM],
        tiles: true,
        write: |out, job| {
            let made = tiles::archive::tiles(job.view, job.collection, job.layer, job.params)?;
            let bounds = job.view.extent(job.collection).unwrap_or([-180.0, -85.0, 180.0, 85.0]);
            let last = made.iter().map(|tile| tile.zoom).max().unwrap_or(0);
            Ok(pmtiles::write(&mut &mut *out, made, &about_tiles(job, last), bounds)?)
        },
    },
];

/// What a file of tiles says about itself: as its readers know it, and all that other files say.
fn about_tiles(job: &Job<'_, '_>, last: u8) -> Vec<u8> {
    let mut about = Vec::new();
    job.about.json(&mut about, job.layer);
    let about: serde_json::Value = serde_json::from_slice(&about).unwrap_or_default();
    let chosen = job.about.fields(job.layer, job.style);
    let fields = chosen.iter().filter_map(|position| job.layer.fields.get(*position));
    let fields = fields.map(|field| (field.name.to_owned(), tiles::json_kind(field.kind).into()));
    let fields: serde_json::Map<String, serde_json::Value> =
        [("id".to_owned(), "String".into())].into_iter().chain(fields).collect();
    let metadata = serde_json::json!({
        "name": job.about.title,
        "description": job.about.description,
        "attribution": attribution(job.view, job.collection),
        "type": "overlay",
        "vector_layers": [{
            "id": job.layer.name,
            "description": job.about.description,
            "minzoom": 0,
            "maxzoom": last,
            "fields": fields,
        }],
        "lacuna": about,
    });
    metadata.to_string().into_bytes()
}

/// What holds for every file: nobody here can grant more than the sources do.
const LICENCE: &str = "The licences of the imported files apply; they are named under sources. Boundaries and names imply no endorsement.";

/// Files that an attribution names.
const NAMED: usize = 3;

/// Whose the features of a map are, short enough to stand on it, as HTML: the operation, the files they
/// come from, and their licence.
pub fn attribution(view: &View, collection: &Collection) -> String {
    let snapshot = &view.snapshot;
    let mut files: Vec<&str> = Vec::new();
    for one in collection.submissions(snapshot) {
        if !files.contains(&&*one.file_name) {
            files.push(&one.file_name);
        }
    }
    let mut sources = files[..files.len().min(NAMED)].join(", ");
    if files.len() > NAMED {
        sources += &format!(" and {} more", files.len() - NAMED);
    }
    let from = if sources.is_empty() { String::new() } else { format!(" ({sources})") };
    styles::qml::escaped(&format!(
        "{}{from}. The licences of these files apply.",
        snapshot.operation.name
    ))
}

impl Format {
    /// Every parameter of an export of a collection in this format.
    pub fn all_parameters<'p>(&'p self, collection: &'p Collection) -> Vec<&'p Parameter> {
        let mut all =
            if self.tiles { collection.tile_parameters() } else { collection.export_parameters() };
        let fits = |one: &&Parameter| match one.name {
            "crs" => collection.geometry != GeometryKind::None,
            "zoom" => collection.geometry == GeometryKind::MultiPolygon,
            _ => true,
        };
        all.extend(self.parameters.iter().filter(fits));
        all
    }

    /// Whether it can hold a collection.
    pub fn holds(&self, collection: &Collection) -> bool {
        !self.tiles || collection.geometry != GeometryKind::None
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Parameter(#[from] BadParameter),
    #[error("the layer could not be written: {0}")]
    Write(#[from] io::Error),
}

/// The format of this name.
pub fn format(extension: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.extension == extension)
}

/// Writes a whole layer, with its operation, revision, parameters and sources inside where the format has
/// a place for them.
pub fn export(
    view: &View,
    collection: &'static Collection,
    format: &Format,
    params: &Params,
    out: &mut File<'_>,
) -> Result<(), ExportError> {
    let mut layer = collection.read(view, params)?;
    let mut style = style(collection, params)?;
    style.reference = style.reference.and_then(|reference| reference.of_files()).map(Arc::new);
    if let Some(limit) = params.limit()? {
        layer.matched = match layer.matched {
            Matched::All(count) => Matched::All(count.min(limit)),
            Matched::Some(mut rows) => {
                rows.truncate(limit);
                Matched::Some(rows)
            }
        };
    }
    let mut members = vec![
        // The name that GDAL and QGIS show.
        ("name", Member::Text(collection.id.to_owned())),
        ("numberMatched", Member::Integer(layer.matched.len() as i64)),
    ];
    members.extend(about(view, collection));
    if let Some(note) = &view.snapshot.operation.note {
        members.push(("note", Member::Text(note.to_string())));
    }
    members.push(("parameters", Member::Record(given(&format.all_parameters(collection), params))));
    members.append(&mut layer.members);
    if let Some(reference) = &style.reference {
        members.push(("crs", Member::Crs(reference.urn())));
    }
    members.push(("sources", collection.sources(&view.snapshot)));
    members.push(("licence", Member::Text(LICENCE.to_owned())));
    let qml = styles::qml::document(&styles::rules(&layer), styles::label(layer.name));
    let about = About {
        title: collection.title,
        description: collection.description,
        members: &members,
        qml: Some(&qml),
    };
    let job = Job { view, collection, layer: &layer, style: &style, about: &about, params };
    (format.write)(out, &job)
}

/// How features are written, as far as the parameters say.
pub fn style(collection: &Collection, params: &Params) -> Result<Style, BadParameter> {
    let grid = params.grid()?.filter(|_| collection.geometry != GeometryKind::None);
    let reference = params.reference("crs")?;
    let reference = (!reference.is_crs84()).then(|| Arc::new(reference));
    Ok(Style { grid, fields: params.fields(collection)?, reference })
}

/// What every answer of features says about itself.
pub fn about(view: &View, collection: &Collection) -> Vec<(&'static str, Member)> {
    let snapshot = &view.snapshot;
    let text = |text: &str| Member::Text(text.to_owned());
    let mut about = vec![
        ("operation", text(&snapshot.operation.id)),
        ("collection", text(collection.id)),
        ("revision", Member::Integer(snapshot.revision.number as i64)),
    ];
    if !snapshot.revision.at.is_empty() {
        about.push(("revised_at", text(&snapshot.revision.at)));
    }
    about
}

/// The parameters as they were given.
fn given(known: &[&Parameter], params: &Params) -> Vec<(&'static str, Value<'static>)> {
    let names = known.iter().map(|parameter| parameter.name);
    let pairs = names.filter_map(|name| Some((name, params.get(name)?.to_owned())));
    pairs.map(|(name, value)| (name, Value::Text(value.into()))).collect()
}
