//! All tiles of a layer, for a file that needs no server.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use geo::{BoundingRect, Coord, Point};
use i_overlay::i_float::int::point::IntPoint;

use super::grid::{self, Address, BUFFER};
use super::mosaic::Box2;
use crate::app::collections::params::ParameterKind;
use crate::app::collections::{BadParameter, Collection, Parameter, Params, View};
use crate::formats::layer::{Geometry, Layer, Want};
use crate::formats::mvt::EXTENT;
use crate::formats::pmtiles::Tile;

/// The deepest zoom that a file has.
const DEEPEST: u8 = 14;

/// Tiles at the deepest zoom, beyond which a file ends a zoom earlier.
pub const MOST: usize = 2_000;

pub const MAXZOOM: Parameter = Parameter {
    name: "maxzoom",
    description: "The deepest zoom in the file; without it the deepest that has at most 2000 tiles. A map draws the last ones larger.",
    kind: ParameterKind::Integer { minimum: 0, maximum: DEEPEST as u32 },
    default: None,
};

/// Every tile of a layer that has something in it, to the deepest zoom that is asked for.
pub fn tiles(
    view: &View,
    collection: &'static Collection,
    layer: &Layer<'_>,
    params: &Params,
) -> Result<Vec<Tile>, BadParameter> {
    let boxes = boxes(layer);
    let asked = params.integer(MAXZOOM.name, 0, DEEPEST.into())?;
    let mut addresses = Vec::new();
    for zoom in 0..=asked.map_or(DEEPEST, |zoom| zoom as u8) {
        match covering(&boxes, zoom) {
            Some(found) => addresses.extend(found),
            None if asked.is_some() => {
                let reason = format!(
                    "at zoom {zoom} these are more than {MOST} tiles; give at most {}, or ask for fewer features",
                    zoom.saturating_sub(1)
                );
                return Err(BadParameter::new(MAXZOOM.name, reason));
            }
            None => break,
        }
    }
    let draw = |address: &Address| {
        let Address { zoom, column, row } = *address;
        let plain = super::tile(view, collection, params, *address)?;
        Ok((!plain.is_empty()).then(|| Tile::new(zoom, column, row, &plain)))
    };
    // What a tile is drawn from is made when it is first asked for, by parallel loops: whoever waits
    // in one may be given another tile to draw, which would wait for what its own thread makes. These
    // threads are given nothing else to do.
    let next = AtomicUsize::new(0);
    let some = || {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, Relaxed);
            let Some(address) = addresses.get(at) else { return made };
            made.push((at, draw(address)));
        }
    };
    let mut made = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
        let ended = threads.into_iter().map(|thread| thread.join());
        ended.flat_map(|made| made.unwrap_or_else(|panic| resume_unwind(panic))).collect::<Vec<_>>()
    });
    made.sort_unstable_by_key(|(at, _)| *at);
    made.into_iter().filter_map(|(_, tile)| tile.transpose()).collect()
}

/// The boxes of the parts of a layer's features, in world units.
fn boxes(layer: &Layer<'_>) -> Vec<Box2> {
    let mut boxes = Vec::new();
    for position in 0..layer.matched.len() {
        match layer.rows.geometry(layer.matched.row(position), Want::Shape) {
            Geometry::Point(Point(at)) => boxes.push(around(at, at)),
            Geometry::MultiPolygon(shape) => {
                let rects = shape.0.iter().filter_map(BoundingRect::bounding_rect);
                boxes.extend(rects.map(|rect| around(rect.min(), rect.max())));
            }
            _ => {}
        }
    }
    boxes
}

fn around(low: Coord<f64>, high: Coord<f64>) -> Box2 {
    let (north_west, south_east) = (
        grid::project(Coord { x: low.x, y: high.y }),
        grid::project(Coord { x: high.x, y: low.y }),
    );
    Box2 { min: north_west, max: south_east }
}

/// The tiles of a zoom that show any of the boxes; none where they are too many.
fn covering(boxes: &[Box2], zoom: u8) -> Option<Vec<Address>> {
    let shift = grid::shift(zoom);
    let last = (1i64 << zoom) - 1;
    // The number of the tile at a place, which is so much further on than the edge of the tile.
    let number = |at: i32, further: i32| {
        let further = i64::from(further) << shift;
        let units = i64::from(at) + i64::from(grid::EDGE) + further;
        units.div_euclid(i64::from(EXTENT) << shift).clamp(0, last) as u32
    };
    let range = |low: i32, high: i32| number(low, -BUFFER)..=number(high, BUFFER);
    let mut found = BTreeSet::new();
    for Box2 { min: IntPoint { x: west, y: north }, max: IntPoint { x: east, y: south } } in boxes {
        for row in range(*north, *south) {
            for column in range(*west, *east) {
                found.insert((row, column));
                if found.len() > MOST {
                    return None;
                }
            }
        }
    }
    Some(found.into_iter().map(|(row, column)| Address { zoom, column, row }).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> Coord<f64> {
        Coord { x, y }
    }

    #[test]
    fn a_place_is_in_one_tile_of_each_zoom_and_near_an_edge_in_two() {
        let inside = [around(at(31.0, -18.0), at(31.0, -18.0))];
        for zoom in 0..=DEEPEST {
            assert!(covering(&inside, zoom).unwrap().len() <= 2, "{zoom}");
        }
        let tile = |column, row| Address { zoom: 3, column, row };
        assert_eq!(covering(&inside, 3).unwrap(), [tile(4, 4)]);
        // On the meridian of Greenwich, far from any other edge.
        let edge = [around(at(0.0, 20.0), at(0.0, 20.0))];
        assert_eq!(covering(&edge, 3).unwrap(), [tile(3, 3), tile(4, 3)]);
    }

    #[test]
    fn the_whole_world_is_covered_until_it_is_too_much() {
        let world = [around(at(-180.0, -85.0), at(180.0, 85.0))];
        assert_eq!(covering(&world, 5).unwrap().len(), 1024);
        assert_eq!(covering(&world, 6), None);
    }
}
