//! Vector tiles of any layer, for any question: Web Mercator, simplified for the zoom, cut to the
//! tile.

pub mod archive;
mod clip;
pub mod grid;
mod mosaic;

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use geo::Rect;
use i_overlay::i_float::int::point::IntPoint;
use i_overlay::i_shape::int::shape::IntContour;

use super::collections::params::{BBOX, DATETIME};
use super::collections::{BadParameter, Collection, Params, View, find};
use crate::formats::layer::{FieldKind, Geometry, GeometryKind, Layer, Value, Want};
use crate::formats::mvt::{EXTENT, Kind, LayerWriter};

pub use grid::{Address, MAX_ZOOM, NoTile};
pub use mosaic::{Mosaic, generalised};

use clip::Window;
use grid::{BUFFER, EDGE};
use mosaic::{Box2, SIMPLIFIED};

/// Bytes of a tile's points, before compression. Beyond it points are left out, those first that
/// share their pixel with most others; polygons are never left out.
pub const POINT_BYTES: usize = 500_000;

/// Units of a pixel of a tile that is shown at 512 pixels.
const PIXEL: i32 = EXTENT / 512;

/// A tile of a layer; empty where nothing is.
pub fn tile(
    view: &View,
    collection: &'static Collection,
    params: &Params,
    address: Address,
) -> Result<Vec<u8>, BadParameter> {
    let fields = params.fields(collection)?;
    let fields = fields.unwrap_or_else(|| (0..collection.fields.len()).collect());
    let names = fields.iter().filter_map(|field| Some(collection.fields.get(*field)?.name));
    // The feature's own id is a property too: the format's ids are numbers.
    let has_id = names.clone().any(|name| name == "id");
    let keys = (!has_id).then_some("id").into_iter().chain(names).collect();
    let mut tile = Drawing {
        address,
        fields,
        has_id,
        values: Vec::new(),
        writer: LayerWriter::new(collection.id, keys),
    };
    match collection.geometry {
        GeometryKind::None => {}
        GeometryKind::Point => {
            let [west, south, east, north] = address.degrees();
            let bbox = format!("{west},{south},{east},{north}");
            let layer = collection.read(view, &params.with(BBOX.name, bbox))?;
            tile.points(&layer);
        }
        GeometryKind::MultiPolygon => {
            let layer = collection.read(view, params)?;
            tile.polygons(view, &layer, params);
        }
    }
    Ok(tile.writer.finish())
}

/// A tile that is being drawn.
struct Drawing<'a> {
    address: Address,
    fields: Vec<usize>,
    has_id: bool,
    values: Vec<Value<'a>>,
    writer: LayerWriter<'a>,
}

impl<'a> Drawing<'a> {
    fn points(&mut self, layer: &Layer<'a>) {
        let (origin, shift) = (self.address.origin(), self.address.shift());
        let world = EXTENT << self.address.zoom;
        let mut found: Vec<(u32, usize, IntPoint)> = Vec::new();
        let mut in_pixel: HashMap<IntPoint, u32, RandomState> = HashMap::default();
        for position in 0..layer.matched.len() {
            let row = layer.matched.row(position);
            let Geometry::Point(at) = layer.rows.geometry(row, Want::Shape) else { continue };
            let at = grid::coarse(grid::project(at.0), shift);
            let mut own = IntPoint::new(at.x - origin.x, at.y - origin.y);
            // The buffer of a tile at the antimeridian lies on its other side.
            if own.x > world / 2 + EXTENT {
                own.x -= world;
            } else if own.x < EXTENT - world / 2 - EXTENT {
                own.x += world;
            }
            let seen = -BUFFER..=EXTENT + BUFFER;
            if !seen.contains(&own.x) || !seen.contains(&own.y) {
                continue;
            }
            let pixel = IntPoint::new(own.x.div_euclid(PIXEL), own.y.div_euclid(PIXEL));
            let before = in_pixel.entry(pixel).or_default();
            found.push((*before, row, own));
            *before += 1;
        }
        // The first point of every pixel, then the second of each: if the tile gets too big, no
        // place is lost before a crowd is thinned. Else the rows keep their order.
        // Fewer never get so big.
        let crowded = found.len() > POINT_BYTES / 200;
        if crowded {
            found.sort_by_key(|(before, row, _)| (*before, *row));
        }
        for (_, row, at) in found {
            if crowded && self.writer.len() > POINT_BYTES {
                break;
            }
            self.writer.point(at);
            self.feature(layer, row, Kind::Point);
        }
    }

    fn polygons(&mut self, view: &View, layer: &Layer<'a>, params: &Params) {
        let Some(first) = (!layer.matched.is_empty()).then(|| layer.matched.row(0)) else { return };
        let world = self.world();
        if layer.rows.area(first).is_none() {
            let own = own_mosaic(view, layer, params);
            let shown = layer.matched.among(own.near(&world));
            for row in (0..shown.len()).map(|position| shown.row(position)) {
                self.polygon(&own, row, layer, row, &world);
            }
            return;
        }
        let [west, south, east, north] = self.address.degrees();
        let seen = Rect::new((west, south), (east, north));
        let shown = layer.matched.among(layer.rows.near(&[seen]).unwrap_or_default());
        for row in (0..shown.len()).map(|position| shown.row(position)) {
            let Some(area) = layer.rows.area(row) else { continue };
            let level = view.snapshot.areas.get(area).level;
            if let Some(mosaic) = view.mosaic_of_level(level) {
                self.polygon(mosaic, view.level_position(area), layer, row, &world);
            }
        }
    }

    /// Draws the row whose polygon is this shape, where the tile shows it.
    fn polygon(
        &mut self,
        mosaic: &Mosaic,
        shape: usize,
        layer: &Layer<'a>,
        row: usize,
        world: &Box2,
    ) {
        let Some(bounds) = mosaic.bounds(shape).filter(|bounds| bounds.meets(world)) else {
            return;
        };
        self.shape(mosaic, shape, world.holds(&bounds));
        if self.writer.has_geometry() {
            self.feature(layer, row, Kind::Polygon);
        }
    }

    /// Draws a shape, as far as the tile shows it.
    fn shape(&mut self, mosaic: &Mosaic, shape: usize, whole: bool) {
        let origin = self.address.origin();
        if self.address.zoom > SIMPLIFIED {
            let unit = 1i32 << self.address.shift();
            let origin =
                [f64::from(origin.x) * f64::from(unit), f64::from(origin.y) * f64::from(unit)];
            let window = window(origin, f64::from(unit));
            let cut = clip::clip(mosaic.rings(shape), &window);
            self.rings(cut.iter().flatten(), IntPoint::ZERO);
            return;
        }
        let shapes = mosaic.shape(shape, self.address.zoom);
        if whole {
            self.rings(shapes.iter().flatten(), origin);
            return;
        }
        let window = window([f64::from(origin.x), f64::from(origin.y)], 1.0);
        let rings = shapes.iter().flatten().map(|ring| &ring[..]);
        let cut = clip::clip(rings, &window);
        self.rings(cut.iter().flatten(), IntPoint::ZERO);
    }

    fn rings<'r>(&mut self, rings: impl Iterator<Item = &'r IntContour<i32>>, origin: IntPoint) {
        for ring in rings {
            let own = |at: &IntPoint| IntPoint::new(at.x - origin.x, at.y - origin.y);
            self.writer.ring(ring.iter().map(own));
        }
    }

    fn feature(&mut self, layer: &Layer<'a>, row: usize, kind: Kind) {
        let id = layer.rows.id(row);
        let number = feature_id(&id);
        self.values.clear();
        layer.rows.values(row, &mut self.values);
        let id = (!self.has_id).then_some(Value::Text(id));
        let (values, fields) = (&mut self.values, &self.fields);
        let chosen = fields.iter().map(|field| match values.get_mut(*field) {
            Some(value) => std::mem::replace(value, Value::Null),
            None => Value::Null,
        });
        self.writer.feature(kind, number, id.into_iter().chain(chosen));
    }

    /// What the tile shows, in world units, a little more rather than less.
    fn world(&self) -> Box2 {
        let (origin, shift) = (self.address.origin(), self.address.shift());
        let unit = 1i64 << shift;
        let at = |number: i32| {
            (i64::from(number) * unit).clamp((-EDGE / 2 * 3).into(), (EDGE / 2 * 3).into()) as i32
        };
        let (low, high) = (-BUFFER - 1, EXTENT + BUFFER + 1);
        Box2 {
            min: IntPoint::new(at(origin.x + low), at(origin.y + low)),
            max: IntPoint::new(at(origin.x + high), at(origin.y + high)),
        }
    }
}

/// The tile at this origin with its buffer, in the units of its shapes, of which `unit` make one
/// of its own.
fn window(origin: [f64; 2], unit: f64) -> Window {
    let (low, high) = (f64::from(-BUFFER) * unit - 0.5, f64::from(EXTENT + BUFFER) * unit + 0.5);
    Window {
        min: origin.map(|at| at + low),
        max: origin.map(|at| at + high),
        origin,
        unit,
        low: -BUFFER,
        high: EXTENT + BUFFER,
    }
}

/// The polygons of an answer that has its own: all its rows, whatever is left out of it. They follow
/// from the collection's own parameters and the period alone.
fn own_mosaic(view: &View, layer: &Layer<'_>, params: &Params) -> Arc<Mosaic> {
    let own = find(layer.name).map_or(&[][..], |collection| collection.parameters);
    let decides = |name: &str| name == DATETIME.name || own.iter().any(|one| one.name == name);
    let asked = params.pairs().iter().filter(|(name, _)| decides(name));
    let mut asked: Vec<String> = asked.map(|(name, value)| format!("{name}={value}")).collect();
    asked.sort();
    view.mosaic(format!("{}?{}", layer.name, asked.join("&")), || {
        let shapes = (0..layer.rows.len()).map(|row| layer.rows.geometry(row, Want::Shape));
        let shapes: Vec<_> = shapes
            .map(|shape| match shape {
                Geometry::MultiPolygon(shape) => Some(shape),
                _ => None,
            })
            .collect();
        Mosaic::build(shapes.iter().map(Option::as_deref))
    })
}

/// The kind of a property, as descriptions of tiles name it.
pub fn json_kind(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text | FieldKind::Date => "String",
        FieldKind::Integer | FieldKind::Number => "Number",
        FieldKind::Boolean => "Boolean",
    }
}

/// A feature's number: that of its id where it is one, else a hash of the id (FNV-1a), in the 53
/// bits that a browser can count.
pub fn feature_id(id: &str) -> u64 {
    const LARGEST: u64 = (1 << 53) - 1;
    let plain =
        id.parse().ok().filter(|number: &u64| *number <= LARGEST && number.to_string() == id);
    plain.unwrap_or_else(|| {
        let mixed = id.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        (mixed >> 53 ^ mixed) & LARGEST
    })
}

#[cfg(test)]
mod tests;
