//! OGC API - Tiles: every layer as vector tiles, and the descriptions that clients start from.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::collections::params::{PAGE_FORMAT, ParameterKind};
use crate::app::collections::{Collection, Parameter, Params, View};
use crate::app::export::attribution;
use crate::app::tiles::{self, Address, MAX_ZOOM, NoTile};
use crate::formats::layer::GeometryKind;
use crate::formats::mvt;

use super::conditional::Kind;
use super::extract::{self, Ask};
use super::html;
use super::landing::written;
use super::links::{self, HTML, JSON, link};
use super::problem::Problem;

/// The one tile matrix set there is.
const QUAD: &str = "WebMercatorQuad";
const QUAD_URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
const MERCATOR: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
const TILING_SCHEME: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";
pub(crate) const TILING_SCHEMES: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes";
pub(crate) const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";

/// The formats of a tileset, which is TileJSON as well.
pub(crate) const SET_FORMAT: Parameter =
    Parameter { kind: ParameterKind::Choice(|| vec!["json", "tilejson", "html"]), ..PAGE_FORMAT };

/// The zoom beyond which a map draws the tiles of this one larger: its unit is 30 cm.
const DRAWN_ZOOM: u8 = 14;

/// A unit of the coarsest tile matrix, as the standard states it: metres of a pixel of 256, and
/// the scale for pixels of 0.28 mm.
const CELL_SIZE: f64 = 156_543.033_928_041;
const SCALE: f64 = 559_082_264.028_717_8;
const HALF_WORLD: f64 = 20_037_508.342_789_244;

/// The ways in which a layer is tiled: one.
pub(crate) async fn tilesets(
    ask: Ask,
    Path((operation, collection)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = drawn(&collection)?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, JSON), move |view, ask| {
        let params = asked(view, collection, ask, &PAGE_FORMAT)?;
        let home = home(view, collection, ask);
        let query = query(&params);
        let own = format!("{home}/tiles{query}");
        let document = json!({
            "links": [
                link("self", JSON, "This page", own.clone()),
                link("alternate", HTML, "This page for people", html::html_of(&own)),
                link(TILING_SCHEMES, JSON, "Tile matrix sets", matrix_sets_url(view, ask)),
            ],
            "tilesets": [{
                "title": collection.title,
                "dataType": "vector",
                "crs": MERCATOR,
                "tileMatrixSetURI": QUAD_URI,
                "links": tileset_links(view, collection, ask, &query),
            }],
        });
        written(form, &document, |document| html::tilesets(view, collection, ask, &query, document))
    })
    .await
}

/// One tileset: the standard's metadata and TileJSON in one document, as their members have no
/// name in common but those that mean the same.
pub(crate) async fn tileset(
    ask: Ask,
    Path((operation, collection, set)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = drawn(&collection)?;
    known_set(&set)?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, JSON), move |view, ask| {
        let params = asked(view, collection, ask, &SET_FORMAT)?;
        let document = described(view, collection, ask, &params)?;
        written(form, &document, |document| {
            html::tileset(view, collection, ask, &query(&params), document)
        })
    })
    .await
}

/// One tile.
pub(crate) async fn tile(
    ask: Ask,
    Path((operation, collection, set, zoom, row, column)): Path<(
        String,
        String,
        String,
        String,
        String,
        String,
    )>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = drawn(&collection)?;
    known_set(&set)?;
    let column = column.strip_suffix(".mvt").unwrap_or(&column);
    let address = Address::parse(&zoom, &row, column)?;
    // A tile has no links in it: it is the same whatever the server is called.
    let ask = Ask { base: String::new(), ..ask };
    ask.answer(view, Kind::fresh(mvt::MEDIA), move |view, ask| {
        let params = ask.params(&collection.tile_parameters())?;
        Ok(tiles::tile(view, collection, &params, address)?)
    })
    .await
}

/// The tile matrix sets there are.
pub(crate) async fn matrix_sets(
    ask: Ask,
    Path(operation): Path<String>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, JSON), move |view, ask| {
        ask.only_page_format()?;
        let home = matrix_sets_url(view, ask);
        let document = json!({
            "links": [
                link("self", JSON, "This page", home.clone()),
                link("alternate", HTML, "This page for people", html::html_of(&home)),
            ],
            "tileMatrixSets": [{
                "id": QUAD,
                "title": "Web Mercator",
                "uri": QUAD_URI,
                "crs": MERCATOR,
                "links": [link("self", JSON, "Web Mercator", format!("{home}/{QUAD}"))],
            }],
        });
        written(form, &document, |document| html::matrix_sets(view, ask, document))
    })
    .await
}

pub(crate) async fn matrix_set(
    ask: Ask,
    Path((operation, set)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    known_set(&set)?;
    let form = ask.form();
    ask.answer(view, Kind::page(form, JSON), move |view, ask| {
        ask.only_page_format()?;
        written(form, &definition(), |document| html::matrix_set(view, ask, document))
    })
    .await
}

/// The collection, where it can be drawn.
fn drawn(id: &str) -> Result<&'static Collection, Problem> {
    let collection = extract::collection(id)?;
    match collection.geometry {
        GeometryKind::None => Err(Problem::not_found(format!(
            "The collection \"{id}\" has no geometry, and so no tiles."
        ))),
        _ => Ok(collection),
    }
}

fn known_set(set: &str) -> Result<(), Problem> {
    if set == QUAD {
        return Ok(());
    }
    let set = crate::app::collections::params::shown(set);
    Err(Problem::not_found(format!("There is no tile matrix set \"{set}\"; known is {QUAD}.")))
}

impl From<NoTile> for Problem {
    fn from(refused: NoTile) -> Problem {
        let status = match refused {
            NoTile::NotANumber(_) => StatusCode::BAD_REQUEST,
            NoTile::TooDeep(_) | NoTile::Outside { .. } => StatusCode::NOT_FOUND,
        };
        Problem::new(status, "No such tile", format!("{refused}."))
    }
}

/// The question of a tileset: one that cannot be answered is refused here, not first at its tiles.
fn asked(
    view: &View,
    collection: &'static Collection,
    ask: &Ask,
    format: &Parameter,
) -> Result<Params, Problem> {
    let mut known = collection.tile_parameters();
    known.push(format);
    let params = ask.params(&known)?;
    params.one_of_codes(format)?;
    collection.read(view, &params)?;
    params.fields(collection)?;
    Ok(params)
}

/// The question, to be asked of every tile.
fn query(params: &Params) -> String {
    let given = params.pairs().iter().filter(|(name, _)| name != "f");
    let query = links::query(given.map(|(name, value)| (name.as_str(), value.as_str())));
    if query.is_empty() { query } else { format!("?{query}") }
}

fn home(view: &View, collection: &Collection, ask: &Ask) -> String {
    links::collection(&ask.base, &view.snapshot.operation.id, collection.id)
}

fn matrix_sets_url(view: &View, ask: &Ask) -> String {
    format!("{}/tileMatrixSets", links::operation(&ask.base, &view.snapshot.operation.id))
}

fn tileset_links(view: &View, collection: &Collection, ask: &Ask, query: &str) -> Vec<Value> {
    let home = home(view, collection, ask);
    let tileset = format!("{home}/tiles/{QUAD}");
    let template = format!("{tileset}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}{query}");
    let mut item = link("item", mvt::MEDIA, "A tile", template);
    item["templated"] = json!(true);
    let own = format!("{tileset}{query}");
    vec![
        link("self", JSON, collection.title, own.clone()),
        link("alternate", HTML, "The tileset for people", html::html_of(&own)),
        item,
        link(
            TILING_SCHEME,
            JSON,
            "The tile matrix set",
            format!("{}/{QUAD}", matrix_sets_url(view, ask)),
        ),
        link("http://www.opengis.net/def/rel/ogc/1.0/geodata", JSON, "The collection", home),
    ]
}

fn described(
    view: &View,
    collection: &Collection,
    ask: &Ask,
    params: &Params,
) -> Result<Value, Problem> {
    let (home, query) = (home(view, collection, ask), query(params));
    let dimension = if collection.geometry == GeometryKind::Point { 0 } else { 2 };
    let chosen = params.fields(collection)?;
    let chosen = chosen.unwrap_or_else(|| (0..collection.fields.len()).collect());
    let fields = chosen.iter().filter_map(|position| collection.fields.get(*position));
    let kinds = fields.map(|field| (field.name.to_owned(), json!(tiles::json_kind(field.kind))));
    let kinds: serde_json::Map<String, Value> =
        [("id".to_owned(), json!("String"))].into_iter().chain(kinds).collect();
    let mut schema = super::collections::feature_schema(collection, &format!("{home}/schema"));
    if let Some(properties) = schema["properties"].as_object_mut() {
        let is_field = |name: &str| collection.fields.iter().any(|field| field.name == name);
        properties.retain(|name, _| kinds.contains_key(name) || !is_field(name));
    }
    let mut about = json!({
        "title": collection.title,
        "description": collection.description,
        "dataType": "vector",
        "crs": MERCATOR,
        "tileMatrixSetURI": QUAD_URI,
        "tileMatrixSetLimits": limits(view, collection),
        "links": tileset_links(view, collection, ask, &query),
        "layers": [{
            "id": collection.id,
            "title": collection.title,
            "description": collection.description,
            "dataType": "vector",
            "geometryDimension": dimension,
            "propertiesSchema": {"type": "object", "properties": schema["properties"]},
        }],
        "tilejson": "3.0.0",
        "attribution": attribution(view, collection),
        "name": collection.title,
        "scheme": "xyz",
        "tiles": [format!("{home}/tiles/{QUAD}/{{z}}/{{y}}/{{x}}{query}")],
        "minzoom": 0,
        "maxzoom": DRAWN_ZOOM,
        "vector_layers": [{
            "id": collection.id,
            "description": collection.description,
            "minzoom": 0,
            "maxzoom": DRAWN_ZOOM,
            "fields": kinds,
        }],
    });
    if let Some([west, south, east, north]) = view.extent(collection) {
        // TileJSON has no box across the antimeridian.
        about["bounds"] = if west <= east {
            json!([west, south, east, north])
        } else {
            json!([-180, south, 180, north])
        };
        about["boundingBox"] = json!({
            "lowerLeft": [west, south],
            "upperRight": [east, north],
            "crs": CRS84,
        });
    }
    Ok(about)
}

/// Where tiles can be at each zoom.
fn limits(view: &View, collection: &Collection) -> Vec<Value> {
    let bbox = view.extent(collection).unwrap_or([-180.0, -90.0, 180.0, 90.0]);
    let [west, south, east, north] = bbox;
    let (west, east) = if west <= east { (west, east) } else { (-180.0, 180.0) };
    let corners = [
        tiles::grid::project(geo::Coord { x: west, y: north }),
        tiles::grid::project(geo::Coord { x: east, y: south }),
    ];
    let limits = (0..=MAX_ZOOM).map(|zoom| {
        let [first, last] = corners.map(|at| {
            let number = |units: i32| {
                let number =
                    (i64::from(units) + i64::from(tiles::grid::EDGE)) >> (31 - u32::from(zoom));
                number.clamp(0, (1 << zoom) - 1)
            };
            [number(at.x), number(at.y)]
        });
        json!({
            "tileMatrix": zoom.to_string(),
            "minTileRow": first[1],
            "maxTileRow": last[1],
            "minTileCol": first[0],
            "maxTileCol": last[0],
        })
    });
    limits.collect()
}

/// The tile matrix set as OGC 17-083r4, annex D.1 defines it, as deep as there are tiles.
fn definition() -> Value {
    let matrices = (0..=MAX_ZOOM).map(|zoom| {
        let side = 1u32 << zoom;
        json!({
            "id": zoom.to_string(),
            "scaleDenominator": SCALE / f64::from(side),
            "cellSize": CELL_SIZE / f64::from(side),
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-HALF_WORLD, HALF_WORLD],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": side,
            "matrixHeight": side,
        })
    });
    json!({
        "id": QUAD,
        "title": "Google Maps Compatible for the World",
        "uri": QUAD_URI,
        "crs": MERCATOR,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrices.collect::<Vec<_>>(),
    })
}
