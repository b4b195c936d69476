//! Examples that are true of the operation they stand in: asked as they are, each is answered.

use serde_json::{Map, Value, json};

use crate::app::collections::{COLLECTIONS, Collection, Params, View};
use crate::app::tiles::grid;
use crate::formats::layer::{Field, FieldKind, Geometry, GeometryKind, Want};
use crate::formats::reference::CRS84;

use super::schemas::is_of_areas;

/// The zoom of the tile that is shown.
const ZOOM: u32 = 6;

/// Puts an example at every parameter that is described in its place.
pub(super) fn put(view: &View, paths: &mut Map<String, Value>) {
    for collection in COLLECTIONS {
        let home = format!("/collections/{}/", collection.id);
        let own = Own::of(view, collection);
        for (path, methods) in paths.iter_mut().filter(|(path, _)| path.starts_with(&home)) {
            let Some(parameters) = methods["get"]["parameters"].as_array_mut() else { continue };
            for parameter in parameters {
                let name = parameter["name"].as_str().unwrap_or("");
                if let Some(example) = own.example(view, path, name) {
                    parameter["example"] = example;
                }
            }
        }
    }
}

/// An example of a parameter that is described once for all collections.
pub(super) fn shared(view: &View, name: &str) -> Option<Value> {
    let summary = view.summary();
    match name {
        "bbox" => summary.bbox.map(|bbox| json!(bbox)),
        "datetime" => {
            let (first, _) = summary.months.as_ref()?;
            Some(json!(format!("{first}-01/..")))
        }
        "limit" => Some(json!(10)),
        "skipGeometry" => Some(json!(true)),
        "crs" | "bbox-crs" | "filter-crs" => Some(json!(CRS84)),
        "filter-lang" => Some(json!("cql2-text")),
        _ => None,
    }
}

/// What the examples of a collection are made of.
struct Own {
    collection: &'static Collection,
    /// A feature that is there.
    id: Option<String>,
    tile: Option<[u32; 2]>,
}

impl Own {
    fn of(view: &View, collection: &'static Collection) -> Own {
        // Figures of areas are dear, and their ids are known without them.
        let (id, point) = if is_of_areas(collection) {
            let first = view.areas_by_pcode().first().copied();
            let point = first.and_then(|ix| view.frame(ix)).map(|frame| frame.name_at);
            (first.map(|ix| view.snapshot.areas.get(ix).pcode.to_string()), point)
        } else {
            let layer = collection.read(view, &Params::default()).ok();
            let layer = layer.filter(|layer| !layer.matched.is_empty());
            let row = layer.as_ref().map(|layer| (layer, layer.matched.row(0)));
            let point = row.and_then(|(layer, row)| match layer.rows.geometry(row, Want::Shape) {
                Geometry::Point(at) => Some(at),
                Geometry::MultiPolygon(shape) => geo::InteriorPoint::interior_point(&*shape),
                _ => None,
            });
            (row.map(|(layer, row)| layer.rows.id(row).into_owned()), point)
        };
        // The eastern and the southern edge of the world are in the last tiles.
        let number = |units: i32| {
            let number = (i64::from(units) + i64::from(grid::EDGE)) >> (31 - ZOOM);
            number.clamp(0, (1 << ZOOM) - 1) as u32
        };
        let tile = point.map(|at| grid::project(at.0)).map(|at| [number(at.x), number(at.y)]);
        Own { collection, id, tile }
    }

    fn example(&self, view: &View, path: &str, name: &str) -> Option<Value> {
        let fields = self.collection.fields;
        let tile = |at: usize| self.tile.map(|tile| json!(tile[at]));
        match name {
            "featureId" => self.id.as_ref().map(|id| json!(id)),
            "tileMatrix" => self.tile.map(|_| json!(ZOOM)),
            "tileCol" => tile(0),
            "tileRow" => tile(1),
            "properties" => Some(fields.iter().take(2).map(|field| json!(field.name)).collect()),
            "filter" => fields.iter().find_map(expression).map(Value::String),
            "level" => {
                let levels = &view.summary().levels;
                // A feature is asked for at its own level.
                let one = path.contains("{featureId}");
                let level = levels.iter().map(|level| level.level).filter(|level| *level > 0).min();
                level.filter(|_| !one).map(|level| json!(level))
            }
            "sector" => Some(json!("ALL")),
            "group" | "sex" | "disability" => Some(json!("all")),
            "age" => Some(json!("all")),
            "basis" => Some(json!("in-need")),
            "zoom" => Some(json!(8)),
            "maxzoom" => Some(json!(3)),
            "hxl" => Some(json!(true)),
            "f" => Some(json!("json")),
            _ => None,
        }
        .filter(|_| self.collection.geometry != GeometryKind::None || name != "zoom")
    }
}

/// An expression about a property, which some feature may fit.
fn expression(field: &Field) -> Option<String> {
    match field.kind {
        FieldKind::Number | FieldKind::Integer => Some(format!("{} > 0", field.name)),
        FieldKind::Text if field.name == "name" => Some("name LIKE '%a%'".to_owned()),
        _ => None,
    }
}
