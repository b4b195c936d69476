//! Where rows are: the area each is held at, and an index of their points.

use std::sync::OnceLock;

use geo::Rect;
use rstar::primitives::GeomWithData;
use rstar::{AABB, Envelope, RTree};

use crate::domain::{AreaIx, Point};

/// An index of the points, and the places of the rows that have one and of those that have none,
/// ascending.
struct Points {
    index: RTree<GeomWithData<[f64; 2], u32>>,
    all: Vec<u32>,
    none: Vec<u32>,
}

/// Of some rows, by their place among them. Each part is made when it is first asked for.
#[derive(Default)]
pub(super) struct Located {
    areas: OnceLock<Vec<AreaIx>>,
    points: OnceLock<Points>,
}

impl Located {
    /// The area each row is held at.
    pub fn areas<T>(&self, rows: &[T], area: impl Fn(&T) -> AreaIx) -> &[AreaIx] {
        self.areas.get_or_init(|| rows.iter().map(area).collect())
    }

    fn points(&self, rows: usize, point: impl Fn(usize) -> Option<Point>) -> &Points {
        self.points.get_or_init(|| {
            let (mut entries, mut none) = (Vec::new(), Vec::new());
            for (place, at) in (0..rows).zip(0..) {
                match point(place) {
                    Some(point) => entries.push(GeomWithData::new([point.x(), point.y()], at)),
                    None => none.push(at),
                }
            }
            let all = entries.iter().map(|entry| entry.data).collect();
            Points { index: RTree::bulk_load(entries), all, none }
        })
    }

    /// Places of the rows that have no point, ascending.
    pub fn nowhere(&self, rows: usize, point: impl Fn(usize) -> Option<Point>) -> &[u32] {
        &self.points(rows, point).none
    }

    /// Places of the rows in some boxes, ascending.
    pub fn inside(
        &self,
        rows: usize,
        point: impl Fn(usize) -> Option<Point>,
        boxes: &[Rect<f64>],
    ) -> Vec<u32> {
        let Points { index, all, .. } = self.points(rows, point);
        let envelope = |one: &Rect<f64>| {
            let (min, max) = (one.min(), one.max());
            AABB::from_corners([min.x, min.y], [max.x, max.y])
        };
        if boxes.iter().any(|one| envelope(one).contains_envelope(&index.root().envelope())) {
            return all.clone();
        }
        let found = boxes.iter().flat_map(|one| {
            let envelope = envelope(one);
            index.locate_in_envelope(&envelope).map(|entry| entry.data).collect::<Vec<_>>()
        });
        let mut places: Vec<u32> = found.collect();
        places.sort_unstable();
        // A point on the antimeridian may be in both halves.
        places.dedup();
        places
    }
}
