//! A QGIS project of an operation: every layer by its address, grouped, drawn as the map draws it.
//!
//! Layers that are a question (gaps of a sector, areas of a level) are FlatGeobuf by address, whose
//! types are written and whose index finds what is in view; the reported rows are OGC API - Features,
//! which QGIS pages through, but where they have nothing to draw yet: QGIS before 3.44 takes the kind of
//! geometry from features there.

use std::fmt::Write;

use super::qml::{escaped, symbology};
use super::{label, rules};
use crate::app::collections::{BadParameter, Collection, LOOKED_AT, Params, View, find, foremost};
use crate::domain::Sector;
use crate::formats::layer::{Geometry, GeometryKind, Layer, Want};

const WGS84: &str = "<spatialrefsys nativeFormat=\"Wkt\"><wkt>GEOGCRS[\"WGS 84\",DATUM[\"World Geodetic System 1984\",ELLIPSOID[\"WGS 84\",6378137,298.257223563,LENGTHUNIT[\"metre\",1]]],PRIMEM[\"Greenwich\",0,ANGLEUNIT[\"degree\",0.0174532925199433]],CS[ellipsoidal,2],AXIS[\"geodetic latitude (Lat)\",north,ORDER[1],ANGLEUNIT[\"degree\",0.0174532925199433]],AXIS[\"geodetic longitude (Lon)\",east,ORDER[2],ANGLEUNIT[\"degree\",0.0174532925199433]],ID[\"EPSG\",4326]]</wkt><proj4>+proj=longlat +datum=WGS84 +no_defs</proj4><srsid>3452</srsid><srid>4326</srid><authid>EPSG:4326</authid><description>WGS 84</description><projectionacronym>longlat</projectionacronym><ellipsoidacronym>EPSG:7030</ellipsoidacronym><geographicflag>true</geographicflag></spatialrefsys>";

/// EPSG:3832, which has no seam at the antimeridian.
const PACIFIC: &str = "<spatialrefsys nativeFormat=\"Wkt\"><wkt>PROJCRS[\"WGS 84 / PDC Mercator\",BASEGEOGCRS[\"WGS 84\",DATUM[\"World Geodetic System 1984\",ELLIPSOID[\"WGS 84\",6378137,298.257223563,LENGTHUNIT[\"metre\",1]]],PRIMEM[\"Greenwich\",0,ANGLEUNIT[\"degree\",0.0174532925199433]],ID[\"EPSG\",4326]],CONVERSION[\"Pacific Disaster Center Mercator\",METHOD[\"Mercator (variant A)\",ID[\"EPSG\",9804]],PARAMETER[\"Latitude of natural origin\",0,ANGLEUNIT[\"degree\",0.0174532925199433]],PARAMETER[\"Longitude of natural origin\",150,ANGLEUNIT[\"degree\",0.0174532925199433]],PARAMETER[\"Scale factor at natural origin\",1,SCALEUNIT[\"unity\",1]],PARAMETER[\"False easting\",0,LENGTHUNIT[\"metre\",1]],PARAMETER[\"False northing\",0,LENGTHUNIT[\"metre\",1]]],CS[Cartesian,2],AXIS[\"(E)\",east,ORDER[1],LENGTHUNIT[\"metre\",1]],AXIS[\"(N)\",north,ORDER[2],LENGTHUNIT[\"metre\",1]],ID[\"EPSG\",3832]]</wkt><proj4>+proj=merc +lon_0=150 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs</proj4><srid>3832</srid><authid>EPSG:3832</authid><description>WGS 84 / PDC Mercator</description><projectionacronym>merc</projectionacronym><ellipsoidacronym>EPSG:7030</ellipsoidacronym><geographicflag>false</geographicflag></spatialrefsys>";

/// How QGIS reaches a layer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Features,
    FlatGeobuf,
}

/// One layer of the project.
struct Entry {
    id: String,
    name: String,
    collection: &'static Collection,
    reach: Reach,
    parameters: Vec<(&'static str, String)>,
    shown: bool,
}

struct Group {
    name: &'static str,
    entries: Vec<Entry>,
}

/// The project as a file. `home` is the operation's address, such as
/// `http://127.0.0.1:8080/api/demo`.
pub fn project(view: &View, home: &str) -> Result<String, BadParameter> {
    let mut groups = groups(view);
    for entry in groups.iter_mut().flat_map(|group| &mut group.entries) {
        let layer = entry.collection.read(view, &entry.params()?)?;
        if !shows_its_types(&layer) {
            entry.reach = Reach::FlatGeobuf;
        }
    }
    let name = escaped(&view.snapshot.operation.name);
    let extent = view.summary().bbox;
    let (drawn_in, units, extent) = match extent {
        Some(bbox) if bbox[0] > bbox[2] => (PACIFIC, "meters", Some(in_the_pacific(bbox))),
        extent => (WGS84, "degrees", extent),
    };
    let mut out = format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis projectname=\"{name}\" version=\"3.22.0\">\n<homePath path=\"\"/>\n<title>{name}</title>\n<projectCrs>{drawn_in}</projectCrs>\n<layer-tree-group>\n"
    );
    for group in &groups {
        let title = group.name;
        line(
            &mut out,
            &format!("<layer-tree-group name=\"{title}\" expanded=\"1\" checked=\"Qt::Checked\">"),
        );
        for entry in &group.entries {
            let shown = if entry.shown { "Qt::Checked" } else { "Qt::Unchecked" };
            line(
                &mut out,
                &format!(
                    "<layer-tree-layer id=\"{}\" name=\"{}\" providerKey=\"{}\" source=\"{}\" checked=\"{shown}\" expanded=\"0\"/>",
                    entry.id,
                    escaped(&entry.name),
                    entry.provider(),
                    escaped(&entry.source(home)),
                ),
            );
        }
        out.push_str("</layer-tree-group>\n");
    }
    out.push_str(
        "</layer-tree-group>\n<mapcanvas name=\"theMapCanvas\" annotationsVisible=\"1\">\n",
    );
    line(&mut out, &format!("<units>{units}</units>"));
    if let Some([west, south, east, north]) = extent {
        line(
            &mut out,
            &format!(
                "<extent><xmin>{west}</xmin><ymin>{south}</ymin><xmax>{east}</xmax><ymax>{north}</ymax></extent>"
            ),
        );
    }
    line(
        &mut out,
        &format!("<destinationsrs>{drawn_in}</destinationsrs>\n</mapcanvas>\n<projectlayers>"),
    );
    for entry in groups.iter().flat_map(|group| &group.entries) {
        map_layer(&mut out, view, home, entry)?;
    }
    // Without this word QGIS reads no reference system.
    out.push_str("</projectlayers>\n<properties><SpatialRefSys><ProjectionsEnabled type=\"int\">1</ProjectionsEnabled></SpatialRefSys></properties>\n</qgis>\n");
    Ok(out)
}

/// Whether QGIS finds the kind of a layer's geometry, and its fields, in the features it looks at.
fn shows_its_types(layer: &Layer<'_>) -> bool {
    let first = (0..layer.matched.len().min(LOOKED_AT)).map(|at| layer.matched.row(at));
    let mut rows = foremost(layer).into_iter().chain(first).take(LOOKED_AT);
    let shown = |row| !matches!(layer.rows.geometry(row, Want::Shape), Geometry::None);
    rows.any(|row| layer.geometry == GeometryKind::None || shown(row))
}

fn groups(view: &View) -> Vec<Group> {
    let of = |id: &str, shown: bool| {
        let collection = find(id)?;
        let reach = match collection.kinds == ["areas", "population"] || shown_by_question(id) {
            true => Reach::FlatGeobuf,
            false => Reach::Features,
        };
        let (name, parameters) = (collection.title.to_owned(), Vec::new());
        Some(Entry { id: layer_id(id), name, collection, reach, parameters, shown })
    };
    let with = |entry: Entry, name: String, id: String, parameters| Entry {
        id,
        name,
        parameters,
        ..entry
    };
    let summary = view.summary();
    let needed = summary.sectors.iter().filter(|one| one.needs > 0 && one.sector != Sector::All);
    let sectors = std::iter::once(Sector::All).chain(needed.map(|one| one.sector));
    let gaps = sectors.filter_map(|sector| {
        let code = sector.code();
        let name = format!("Gaps, {} ({code})", sector.name());
        let asked = vec![("sector", code.to_owned())];
        Some(with(
            of("gaps", sector == Sector::All)?,
            name,
            layer_id(&format!("gaps_{code}")),
            asked,
        ))
    });
    let levels = (1..=view.snapshot.areas.deepest()).filter_map(|level| {
        let asked = vec![("level", level.to_string())];
        Some(with(
            of("areas", false)?,
            format!("Areas, level {level}"),
            layer_id(&format!("areas_{level}")),
            asked,
        ))
    });
    let named =
        |ids: &[(&str, bool)]| ids.iter().filter_map(|(id, shown)| of(id, *shown)).collect();
    vec![
        Group { name: "Sites", entries: named(&[("sites", true), ("service-areas", false)]) },
        Group {
            name: "Reported",
            entries: named(&[("activities", false), ("partners", false), ("needs", false)]),
        },
        Group { name: "Coverage", entries: named(&[("uncovered", false), ("shared", false)]) },
        Group { name: "Gaps", entries: gaps.collect() },
        Group { name: "Boundaries", entries: levels.collect() },
    ]
}

/// QGIS gives a layer whose id is no longer than ten characters another one, under which its tree of
/// layers does not find it.
fn layer_id(name: &str) -> String {
    format!("lacuna_layer_{}", name.replace('-', "_"))
}

/// A box across the antimeridian in metres of [`PACIFIC`], in which it is one piece: Mercator on the
/// ellipsoid around 150 degrees east.
fn in_the_pacific([west, south, east, north]: [f64; 4]) -> [f64; 4] {
    const AXIS: f64 = 6_378_137.0;
    const ECCENTRICITY: f64 = 0.081_819_190_842_622;
    let x = |longitude: f64| AXIS * (longitude - 150.0).rem_euclid(360.0).to_radians();
    let y = |latitude: f64| {
        let sine = latitude.clamp(-85.0, 85.0).to_radians().sin();
        AXIS * (sine.atanh() - ECCENTRICITY * (ECCENTRICITY * sine).atanh())
    };
    [x(west), y(south), x(east), y(north)]
}

/// Whether a layer is figures made for a question, rather than rows that were sent.
fn shown_by_question(id: &str) -> bool {
    ["gaps", "service-areas", "uncovered", "shared"].contains(&id)
}

impl Entry {
    fn provider(&self) -> &'static str {
        match self.reach {
            Reach::Features => "OAPIF",
            Reach::FlatGeobuf => "ogr",
        }
    }

    fn source(&self, home: &str) -> String {
        let id = self.collection.id;
        match self.reach {
            Reach::Features => format!(
                " pagingEnabled='true' restrictToRequestBBOX='1' srsname='OGC:CRS84' typename='{id}' url='{home}'"
            ),
            Reach::FlatGeobuf => format!("/vsicurl/{}", self.address(home)),
        }
    }

    fn params(&self) -> Result<Params, BadParameter> {
        let pairs = self.parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        Params::parse(pairs, &self.collection.export_parameters())
    }

    fn address(&self, home: &str) -> String {
        let pairs = self.parameters.iter().map(|(name, value)| format!("{name}={value}"));
        let query = pairs.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{home}/collections/{}/export.fgb{mark}{query}", self.collection.id)
    }

    /// What the layer is, and how to ask for another part of it.
    fn description(&self, home: &str) -> String {
        let collection = self.collection;
        let mut text = format!("{}\n\n", collection.description);
        match self.reach {
            Reach::FlatGeobuf => {
                let address = self.address(home);
                let _ = writeln!(
                    text,
                    "Source: {address}\nTo see something else, change the source of the layer: these parameters can be added to its address."
                );
            }
            Reach::Features => {
                let _ = writeln!(
                    text,
                    "Source: {home}/collections/{}\nFilter it in QGIS. These parameters can be used in its address under export.geojson:",
                    collection.id
                );
            }
        }
        for parameter in collection.export_parameters() {
            let default =
                parameter.default.map(|one| format!(" Default: {one}.")).unwrap_or_default();
            let _ = writeln!(text, "- {}: {}{default}", parameter.name, parameter.description);
        }
        text
    }
}

fn map_layer(out: &mut String, view: &View, home: &str, entry: &Entry) -> Result<(), BadParameter> {
    let collection = entry.collection;
    let (geometry, kind, number) = match collection.geometry {
        GeometryKind::None => ("No geometry", "NoGeometry", 4),
        GeometryKind::Point => ("Point", "Point", 0),
        GeometryKind::MultiPolygon => ("Polygon", "MultiPolygon", 2),
    };
    let description = escaped(&entry.description(home));
    let (id, name) = (&entry.id, escaped(&entry.name));
    line(
        out,
        &format!(
            "<maplayer type=\"vector\" geometry=\"{geometry}\" wkbType=\"{kind}\" labelsEnabled=\"0\" styleCategories=\"AllStyleCategories\">"
        ),
    );
    line(out, &format!("<id>{id}</id>\n<datasource>{}</datasource>", escaped(&entry.source(home))));
    line(out, &format!("<layername>{name}</layername>\n<abstract>{description}</abstract>"));
    line(out, &format!("<srs>{WGS84}</srs>"));
    line(
        out,
        &format!(
            "<resourceMetadata><identifier>{id}</identifier><type>dataset</type><title>{name}</title><abstract>{description}</abstract></resourceMetadata>"
        ),
    );
    line(out, &format!("<provider encoding=\"UTF-8\">{}</provider>", entry.provider()));
    let layer = collection.read(view, &entry.params()?)?;
    symbology(out, &rules(&layer), label(collection.id));
    out.push_str("<fieldConfiguration>\n");
    line(out, "</fieldConfiguration>\n<aliases>");
    for (position, field) in collection.fields.iter().enumerate() {
        let unit = field.unit.map(|unit| format!(" ({unit})")).unwrap_or_default();
        let alias = format!("{}{unit}", field.name.replace('_', " "));
        line(
            out,
            &format!(
                "<alias field=\"{}\" index=\"{position}\" name=\"{}\"/>",
                field.name,
                escaped(&alias)
            ),
        );
    }
    line(out, &format!("</aliases>\n<layerGeometryType>{number}</layerGeometryType>\n</maplayer>"));
    Ok(())
}

fn line(out: &mut String, text: &str) {
    // A String takes every write.
    let _ = writeln!(out, "{text}");
}
