//! GeoPackages, reading: every layer of features, and tables without geometry.

use std::collections::HashMap;

use super::crs::Crs;
use super::features::{Budget, Feature, Geometry, Layer, Layers, Property};
use super::sheet::Unreadable;
use super::sqlite_read::{Database, Table, Value};
use super::wkb_read;

/// A layer that the package lists: its geometry column and reference system.
struct Listed {
    table: String,
    column: Option<String>,
    system: i64,
}

/// Reads every layer in WGS 84.
pub fn read(bytes: &[u8], budget: &mut Budget) -> Result<Layers, Unreadable> {
    let package = Database::open(bytes)?;
    let tables = package.tables()?;
    let table = |name: &str| tables.iter().find(|table| table.name.eq_ignore_ascii_case(name));
    let Some(geometries) = table("gpkg_geometry_columns") else {
        return Err(Unreadable::new(
            "This is an SQLite database without map layers, not a GeoPackage: export its layer as GeoPackage, GeoJSON or CSV.",
        ));
    };
    let mut listed = listed(&package, geometries)?;
    if let Some(contents) = table("gpkg_contents") {
        attributes(&package, contents, &mut listed)?;
    }
    let systems = match table("gpkg_spatial_ref_sys") {
        Some(systems) => self::systems(&package, systems)?,
        None => HashMap::new(),
    };
    let mut layers = Vec::new();
    let mut notes = Vec::new();
    for listed in listed {
        let Some(table) = table(&listed.table) else {
            notes.push(format!(
                "layer {} is a view, which is not read: export it as a layer of its own",
                listed.table
            ));
            continue;
        };
        let mut layer = layer(&package, table, listed.column.as_deref(), budget)?;
        if listed.column.is_some() && !matches!(listed.system, 0 | -1 | 4326) {
            let known = systems.get(&listed.system);
            let crs = match known {
                Some(wkt) => {
                    Crs::from_wkt(wkt).or_else(|refusal| of_code(listed.system).ok_or(refusal))
                }
                None => of_code(listed.system).ok_or_else(|| {
                    Unreadable(format!(
                        "The GeoPackage does not say what its reference system {} is.",
                        listed.system
                    ))
                }),
            };
            layer.to_wgs84(&crs?);
        }
        layers.push(layer);
    }
    if layers.is_empty() {
        return Err(Unreadable::new("The GeoPackage has no layers of features."));
    }
    Ok(Layers { format: "GeoPackage", layers, notes })
}

fn of_code(code: i64) -> Option<Crs> {
    Crs::from_epsg(u32::try_from(code).ok()?).ok()
}

fn listed(package: &Database<'_>, table: &Table) -> Result<Vec<Listed>, Unreadable> {
    let at = |name: &str| table.column(name).unwrap_or(usize::MAX);
    let (name, column, system) = (at("table_name"), at("column_name"), at("srs_id"));
    let mut listed = Vec::new();
    package.rows(table, &mut |_, row| {
        let text = |at: usize| row.get(at).and_then(Value::text).map(str::to_owned);
        if let (Some(table), Some(column)) = (text(name), text(column)) {
            let system = row.get(system).and_then(Value::integer).unwrap_or(0);
            listed.push(Listed { table, column: Some(column), system });
        }
        Ok(())
    })?;
    Ok(listed)
}

/// Adds tables without geometry.
fn attributes(
    package: &Database<'_>,
    contents: &Table,
    listed: &mut Vec<Listed>,
) -> Result<(), Unreadable> {
    let at = |name: &str| contents.column(name).unwrap_or(usize::MAX);
    let (name, kind) = (at("table_name"), at("data_type"));
    package.rows(contents, &mut |_, row| {
        let text = |at: usize| row.get(at).and_then(Value::text);
        if let (Some(table), Some("attributes")) = (text(name), text(kind)) {
            listed.push(Listed { table: table.to_owned(), column: None, system: 0 });
        }
        Ok(())
    })
}

/// WKT by number.
fn systems(package: &Database<'_>, table: &Table) -> Result<HashMap<i64, String>, Unreadable> {
    let at = |name: &str| table.column(name).unwrap_or(usize::MAX);
    let (number, definition) = (at("srs_id"), at("definition"));
    let is_own = table.columns.get(number).is_some_and(|column| column.is_row_number);
    let mut systems = HashMap::new();
    package.rows(table, &mut |row_number, row| {
        let number =
            if is_own { Some(row_number) } else { row.get(number).and_then(Value::integer) };
        if let (Some(number), Some(wkt)) = (number, row.get(definition).and_then(Value::text)) {
            systems.insert(number, wkt.to_owned());
        }
        Ok(())
    })?;
    Ok(systems)
}

fn layer(
    package: &Database<'_>,
    table: &Table,
    geometry: Option<&str>,
    budget: &mut Budget,
) -> Result<Layer, Unreadable> {
    let mut layer = Layer { name: table.name.clone(), ..Layer::default() };
    let geometry = geometry.and_then(|name| table.column(name));
    let mut fields = Vec::with_capacity(table.columns.len());
    for (at, column) in table.columns.iter().enumerate() {
        // The number of a row is a key of the package, not a property.
        let is_property = Some(at) != geometry && !column.is_row_number;
        fields.push(if is_property { Some(layer.fields.field(&column.name)?) } else { None });
    }
    let mut features = Vec::new();
    package.rows(table, &mut |_, row| {
        budget.feature()?;
        let mut feature = Feature { properties: Vec::new(), geometry: Geometry::None };
        for (at, value) in row.iter().enumerate() {
            if Some(at) == geometry {
                feature.geometry = match value {
                    Value::Blob(bytes) => shape(bytes, budget)?,
                    Value::Null => Geometry::None,
                    _ => Geometry::Bad("its geometry is not one".into()),
                };
            } else if let Some(field) = fields.get(at).copied().flatten() {
                match value {
                    Value::Null | Value::Blob(_) => {}
                    Value::Integer(whole) => {
                        feature.properties.push((field, Property::Whole(*whole)));
                    }
                    Value::Real(number) if number.is_finite() => {
                        feature.properties.push((field, Property::Number(*number)));
                    }
                    Value::Real(_) => {}
                    Value::Text(text) => {
                        feature.properties.push((field, Property::Text(text.to_string())));
                    }
                }
            }
        }
        budget.values(feature.properties.len())?;
        features.push(feature);
        Ok(())
    })?;
    layer.features = features;
    Ok(layer)
}

/// A geometry behind its GeoPackage head: magic, version, flags, system, and perhaps an envelope.
fn shape(bytes: &[u8], budget: &mut Budget) -> Result<Geometry, Unreadable> {
    let envelope = match bytes.get(3).map(|flags| flags >> 1 & 7) {
        Some(0) => 0,
        Some(1) => 32,
        Some(2 | 3) => 48,
        Some(4) => 64,
        _ => return Ok(Geometry::Bad("its geometry has no head".into())),
    };
    match bytes.get(8 + envelope..) {
        Some(wkb) if bytes.starts_with(b"GP") => wkb_read::read(wkb, budget),
        _ => Ok(Geometry::Bad("its geometry is cut short".into())),
    }
}

#[cfg(test)]
mod tests;
