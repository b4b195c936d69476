//! GeoPackage 1.3 (OGC 12-128r17), written straight to pages: one layer with its spatial index, its
//! style for QGIS, and what is to be said about it.

use std::convert::Infallible;
use std::io;

use geo::{BoundingRect, Rect};

use super::about::About;
use super::geojson_write::Style;
use super::layer::{Field, FieldKind, Geometry, GeometryKind, Layer, Value, Want};
use super::rtree_write;
use crate::domain::Day;
use crate::sqlite_file::{Database, Output, Value as Cell};

/// "GPKG", and the version of the standard.
const APPLICATION: u32 = 0x4750_4B47;
const VERSION: u32 = 10_300;

const WGS84: i64 = 4326;
const WGS84_WKT: &str = r#"GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]"#;

const GEOMETRY: &str = "geom";

/// Writes a whole layer.
pub fn write_layer(
    out: &mut dyn Output,
    layer: &Layer<'_>,
    style: &Style,
    about: &About<'_>,
) -> io::Result<()> {
    let drawn = style.draws(layer);
    let fields = about.fields(layer, style);
    let mut database = Database::new(out);
    let name = layer.name;
    let (extent, boxes) = rows(&mut database, layer, &fields, style);
    reference_systems(&mut database, style);
    let system = i64::from(style.epsg().0);
    let at = about.text("revised_at").unwrap_or("1970-01-01T00:00:00Z");
    let at = format!("{}.000Z", at.trim_end_matches('Z').split('.').next().unwrap_or(at));
    let side = |pick: fn(&Rect<f64>) -> f64| {
        extent.as_ref().map_or(Cell::Null, |one| Cell::Real(pick(one)))
    };
    let kind = if drawn { "features" } else { "attributes" };
    let contents = [
        Cell::Text(name),
        Cell::Text(kind),
        Cell::Text(about.title),
        Cell::Text(about.description),
        Cell::Text(&at),
        side(|one| one.min().x),
        side(|one| one.min().y),
        side(|one| one.max().x),
        side(|one| one.max().y),
        if drawn { Cell::Integer(system) } else { Cell::Integer(0) },
    ];
    database.small_table("gpkg_contents", CONTENTS, &[&contents]);
    database.index("gpkg_contents", 1, vec![(vec![name], 1)]);
    database.index("gpkg_contents", 2, vec![(vec![about.title], 1)]);
    let columns = match layer.geometry {
        GeometryKind::Point => "POINT",
        _ => "MULTIPOLYGON",
    };
    let column = [
        Cell::Text(name),
        Cell::Text(GEOMETRY),
        Cell::Text(columns),
        Cell::Integer(system),
        Cell::Integer(0),
        Cell::Integer(0),
    ];
    let columns: &[&[Cell<'_>]] = if drawn { &[&column] } else { &[] };
    database.small_table("gpkg_geometry_columns", GEOMETRY_COLUMNS, columns);
    let keys = |key: Vec<&'static str>| if drawn { vec![(key, 1)] } else { Vec::new() };
    database.index("gpkg_geometry_columns", 1, keys(vec![name, GEOMETRY]));
    database.index("gpkg_geometry_columns", 2, keys(vec![name]));
    extensions(&mut database, name, drawn);
    metadata(&mut database, layer, about, &at);
    if let (true, Some(qml)) = (drawn, about.qml) {
        let row = [
            Cell::Null,
            Cell::Text(""),
            Cell::Text(""),
            Cell::Text(name),
            Cell::Text(GEOMETRY),
            Cell::Text(name),
            Cell::Text(qml),
            Cell::Text(""),
            Cell::Integer(1),
            Cell::Text(about.title),
            Cell::Text(""),
            Cell::Null,
            Cell::Text(&at),
        ];
        database.small_table("layer_styles", LAYER_STYLES, &[&row]);
    }
    if drawn {
        rtree_write::write(&mut database, &format!("rtree_{name}_{GEOMETRY}"), boxes);
        triggers(&mut database, name);
    }
    database.finish(APPLICATION, VERSION)
}

/// The number of a row, and the box around its shape.
type Boxed = (i64, Rect<f64>);

/// The layer's own table, and the box around it and each of its shapes.
fn rows(
    database: &mut Database<'_>,
    layer: &Layer<'_>,
    fields: &[usize],
    style: &Style,
) -> (Option<Rect<f64>>, Vec<Boxed>) {
    let drawn = style.draws(layer);
    let system = style.epsg().0;
    let chosen: Vec<&Field> = fields.iter().filter_map(|at| layer.fields.get(*at)).collect();
    let with_id = !chosen.iter().any(|field| field.name == "id");
    let mut columns = vec!["fid INTEGER PRIMARY KEY NOT NULL".to_owned()];
    if drawn {
        let kind = if layer.geometry == GeometryKind::Point { "POINT" } else { "MULTIPOLYGON" };
        columns.push(format!("{GEOMETRY} {kind}"));
    }
    if with_id {
        columns.push("id TEXT".to_owned());
    }
    columns.extend(chosen.iter().map(|field| format!("\"{}\" {}", field.name, column(field.kind))));
    let statement = format!("CREATE TABLE \"{}\" ({})", layer.name, columns.join(", "));

    let mut boxes = Vec::new();
    let Ok(()) = database.table(layer.name, &statement, |table| {
        let (mut values, mut blob) = (Vec::new(), Vec::new());
        for position in 0..layer.matched.len() {
            let row = layer.matched.row(position);
            let number = position as i64 + 1;
            let id = layer.rows.id(row);
            values.clear();
            layer.rows.values(row, &mut values);
            blob.clear();
            if drawn {
                let shape = style.placed(layer.rows.geometry(row, Want::Shape));
                boxes.extend(geometry(&mut blob, &shape, system).map(|around| (number, around)));
            }
            let dates: Vec<Option<String>> = fields
                .iter()
                .map(|at| match values.get(*at) {
                    Some(Value::Date(days)) => Some(Day(*days).to_string()),
                    _ => None,
                })
                .collect();
            let mut cells = vec![Cell::Null];
            if drawn {
                cells.push(if blob.is_empty() { Cell::Null } else { Cell::Blob(&blob) });
            }
            if with_id {
                cells.push(Cell::Text(&id));
            }
            let found = fields.iter().zip(&dates).filter_map(|(at, date)| {
                Some(match (date, values.get(*at)?) {
                    (Some(date), _) => Cell::Text(date),
                    (None, value) => cell(value),
                })
            });
            cells.extend(found);
            table.row(number, &cells);
        }
        Ok::<(), Infallible>(())
    });
    let extent = boxes.iter().map(|(_, one)| *one).reduce(|a, b| {
        Rect::new(
            geo::coord! { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
            geo::coord! { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
        )
    });
    (extent, boxes)
}

fn column(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "TEXT",
        FieldKind::Integer => "INTEGER",
        FieldKind::Number => "DOUBLE",
        FieldKind::Boolean => "BOOLEAN",
        FieldKind::Date => "DATE",
    }
}

fn cell<'c>(value: &'c Value<'_>) -> Cell<'c> {
    match value {
        Value::Text(text) => Cell::Text(text),
        Value::Integer(whole) => Cell::Integer(*whole),
        Value::Number(figure) if figure.is_finite() => Cell::Real(*figure),
        Value::Boolean(yes) => Cell::Integer((*yes).into()),
        Value::Null | Value::Number(_) | Value::Date(_) => Cell::Null,
    }
}

/// A geometry with its head and its box, and the box; nothing where there is none.
fn geometry(out: &mut Vec<u8>, shape: &Geometry, system: u32) -> Option<Rect<f64>> {
    let rect = match shape {
        Geometry::None | Geometry::GeoJson(_) => return None,
        Geometry::Point(at) => Rect::new(at.0, at.0),
        Geometry::MultiPolygon(shape) => shape.bounding_rect()?,
    };
    // Little end first, with a box of two dimensions.
    out.extend_from_slice(b"GP\0\x03");
    out.extend_from_slice(&system.to_le_bytes());
    for side in [rect.min().x, rect.max().x, rect.min().y, rect.max().y] {
        out.extend_from_slice(&side.to_le_bytes());
    }
    let options = wkb::writer::WriteOptions::default();
    // A Vec takes every write.
    let _ = match shape {
        Geometry::Point(at) => wkb::writer::write_point(out, at, &options),
        Geometry::MultiPolygon(shape) => wkb::writer::write_multi_polygon(out, &**shape, &options),
        Geometry::None | Geometry::GeoJson(_) => Ok(()),
    };
    Some(rect)
}

fn reference_systems(database: &mut Database<'_>, style: &Style) {
    fn row<'r>(
        name: &'r str,
        id: i64,
        organisation: &'r str,
        definition: &'r str,
    ) -> [Cell<'r>; 6] {
        [
            Cell::Text(name),
            Cell::Null,
            Cell::Text(organisation),
            Cell::Integer(id),
            Cell::Text(definition),
            Cell::Null,
        ]
    }
    let statement = "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)";
    let (code, named) = style.epsg();
    let code = i64::from(code);
    let wkt = style.reference.as_ref().and_then(|one| one.wkt()).filter(|_| code != WGS84);
    let mut systems = vec![
        (-1, row("Undefined Cartesian SRS", -1, "NONE", "undefined")),
        (0, row("Undefined geographic SRS", 0, "NONE", "undefined")),
        (WGS84, row("WGS 84", WGS84, "EPSG", WGS84_WKT)),
    ];
    systems.extend(wkt.map(|wkt| (code, row(&named, code, "EPSG", wkt))));
    // The table's rows stand in the order of its key.
    systems.sort_by_key(|(number, _)| *number);
    let Ok(()) = database.table("gpkg_spatial_ref_sys", statement, |table| {
        for (number, row) in &systems {
            table.row(*number, row);
        }
        Ok::<(), Infallible>(())
    });
}

fn extensions(database: &mut Database<'_>, name: &str, drawn: bool) {
    let index = [
        Cell::Text(name),
        Cell::Text(GEOMETRY),
        Cell::Text("gpkg_rtree_index"),
        Cell::Text("http://www.geopackage.org/spec120/#extension_rtree"),
        Cell::Text("write-only"),
    ];
    let about = |table| {
        [
            Cell::Text(table),
            Cell::Null,
            Cell::Text("gpkg_metadata"),
            Cell::Text("http://www.geopackage.org/spec120/#extension_metadata"),
            Cell::Text("read-write"),
        ]
    };
    let (one, two) = (about("gpkg_metadata"), about("gpkg_metadata_reference"));
    // Without the constraint that no two rows are the same: there is nobody to add any.
    let statement = "CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL)";
    let mut rows: Vec<&[Cell<'_>]> = vec![&one, &two];
    if drawn {
        rows.push(&index);
    }
    database.small_table("gpkg_extensions", statement, &rows);
}

/// What the file says about itself, as JSON.
fn metadata(database: &mut Database<'_>, layer: &Layer<'_>, about: &About<'_>, at: &str) {
    let mut text = Vec::new();
    about.json(&mut text, layer);
    let text = String::from_utf8_lossy(&text);
    let statement = "CREATE TABLE gpkg_metadata (id INTEGER PRIMARY KEY NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '')";
    let row = [
        Cell::Null,
        Cell::Text("dataset"),
        Cell::Text("https://www.rfc-editor.org/rfc/rfc8259"),
        Cell::Text("application/json"),
        Cell::Text(&text),
    ];
    database.small_table("gpkg_metadata", statement, &[&row]);
    let statement = "CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER, timestamp DATETIME NOT NULL, md_file_id INTEGER NOT NULL, md_parent_id INTEGER, CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id))";
    let row = [
        Cell::Text("table"),
        Cell::Text(layer.name),
        Cell::Null,
        Cell::Null,
        Cell::Text(at),
        Cell::Integer(1),
        Cell::Null,
    ];
    database.small_table("gpkg_metadata_reference", statement, &[&row]);
}

/// The triggers that keep the index right when the file is edited, as the standard's annex F.3
/// names and defines them.
fn triggers(database: &mut Database<'_>, table: &str) {
    let tree = format!("rtree_{table}_{GEOMETRY}");
    let has =
        |row: &str| format!("({row}.{GEOMETRY} NOT NULL AND NOT ST_IsEmpty({row}.{GEOMETRY}))");
    let has_none = |row: &str| format!("({row}.{GEOMETRY} ISNULL OR ST_IsEmpty({row}.{GEOMETRY}))");
    let insert = format!(
        "INSERT OR REPLACE INTO \"{tree}\" VALUES (NEW.fid, ST_MinX(NEW.{GEOMETRY}), ST_MaxX(NEW.{GEOMETRY}), ST_MinY(NEW.{GEOMETRY}), ST_MaxY(NEW.{GEOMETRY}));"
    );
    let delete = |which: &str| format!("DELETE FROM \"{tree}\" WHERE id {which};");
    let old = delete("= OLD.fid");
    let both = delete("IN (OLD.fid, NEW.fid)");
    let all = [
        ("insert", "AFTER INSERT", has("NEW"), insert.clone()),
        (
            "update1",
            "AFTER UPDATE OF geom",
            format!("OLD.fid = NEW.fid AND {}", has("NEW")),
            insert.clone(),
        ),
        (
            "update2",
            "AFTER UPDATE OF geom",
            format!("OLD.fid = NEW.fid AND {}", has_none("NEW")),
            old.clone(),
        ),
        (
            "update3",
            "AFTER UPDATE",
            format!("OLD.fid != NEW.fid AND {}", has("NEW")),
            format!("{old} {insert}"),
        ),
        ("update4", "AFTER UPDATE", format!("OLD.fid != NEW.fid AND {}", has_none("NEW")), both),
        ("delete", "AFTER DELETE", format!("OLD.{GEOMETRY} NOT NULL"), old.clone()),
    ];
    for (name, when, only, what) in all {
        let name = format!("{tree}_{name}");
        let statement =
            format!("CREATE TRIGGER \"{name}\" {when} ON \"{table}\" WHEN {only} BEGIN {what} END");
        database.statement("trigger", &name, table, &statement);
    }
}

const CONTENTS: &str = "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))";

const GEOMETRY_COLUMNS: &str = "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))";

/// As QGIS makes and looks for it.
const LAYER_STYLES: &str = "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)";

#[cfg(test)]
mod tests;
