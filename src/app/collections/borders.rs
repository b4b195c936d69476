//! What follows from the polygons of the areas alone. A revision that changes no area takes it over
//! from the one before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use geo::algorithm::unary_union;
use geo::{BoundingRect, InteriorPoint, MultiPolygon, Rect};
use rayon::prelude::*;

use super::frame::{Frame, frame};
use crate::app::tiles::{Mosaic, generalised};
use crate::domain::{Area, AreaIx, AreaTree, Point};
use crate::formats::geojson_write::{Grid, multi_polygon};
use crate::formats::layer::{Geometry, Want};

/// A shape and the box around it.
type Boxed = (Arc<MultiPolygon<f64>>, Rect<f64>);
type Written = Arc<[OnceLock<Arc<[u8]>>]>;

/// Everything in it is made when first asked for, of the tree that it is always asked with.
#[derive(Default)]
pub struct Borders {
    operation: OnceLock<Option<Boxed>>,
    frames: OnceLock<Vec<Option<Frame>>>,
    interior_points: OnceLock<Vec<Option<Point>>>,
    level_positions: OnceLock<Vec<u32>>,
    mosaics: [OnceLock<Arc<Mosaic>>; 5],
    written: Mutex<HashMap<Grid, Written>>,
}

/// Whether two trees have the same areas with the same polygons at the same places.
pub fn alike(a: &AreaTree, b: &AreaTree) -> bool {
    let same_shape = |a: &Area, b: &Area| match (&a.geometry, &b.geometry) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
        (None, None) => true,
        _ => false,
    };
    let same = |a: &Area, b: &Area| a.level == b.level && a.pcode == b.pcode && same_shape(a, b);
    a.len() == b.len() && a.iter().zip(b.iter()).all(|((_, a), (_, b))| same(a, b))
}

impl Borders {
    fn operation(&self, tree: &AreaTree) -> Option<&Boxed> {
        let joined = || {
            let shape = (1..=tree.deepest()).find_map(|level| {
                let shapes = tree.level(level).iter();
                let shapes: Vec<_> =
                    shapes.filter_map(|ix| tree.get(*ix).geometry.as_deref()).collect();
                (!shapes.is_empty()).then(|| unary_union(shapes))
            })?;
            let rect = shape.bounding_rect()?;
            Some((Arc::new(shape), rect))
        };
        self.operation.get_or_init(joined).as_ref()
    }

    /// The polygon of an area; of the operation, its coarsest areas joined.
    pub fn shape<'t>(
        &'t self,
        tree: &'t AreaTree,
        ix: AreaIx,
    ) -> Option<&'t Arc<MultiPolygon<f64>>> {
        match ix {
            AreaIx::OPERATION => self.operation(tree).map(|(shape, _)| shape),
            ix => tree.get(ix).geometry.as_ref(),
        }
    }

    /// The box around the polygon of an area.
    pub fn rect(&self, tree: &AreaTree, ix: AreaIx) -> Option<Rect<f64>> {
        match ix {
            AreaIx::OPERATION => self.operation(tree).map(|(_, rect)| *rect),
            ix => tree.rect(ix),
        }
    }

    /// The polygon of an area as a writer wants it; its text is written once for each grid.
    pub fn geometry(&self, tree: &AreaTree, ix: AreaIx, want: Want) -> Geometry {
        match (want, self.shape(tree, ix)) {
            (Want::Nothing, _) | (_, None) => Geometry::None,
            (Want::Shape, Some(shape)) => Geometry::MultiPolygon(shape.clone()),
            (Want::GeoJson(grid), Some(shape)) => {
                let written = self.written(tree, grid);
                let Some(place) = written.get(ix.at()) else { return Geometry::None };
                let text = || match self.simplified(tree, ix, grid) {
                    Some(simple) => write(&simple, grid),
                    None => write(shape, grid),
                };
                Geometry::GeoJson(place.get_or_init(text).clone())
            }
        }
    }

    /// The polygon of an area with the points that a map of this grid shows, neighbours alike.
    fn simplified(&self, tree: &AreaTree, ix: AreaIx, grid: Grid) -> Option<MultiPolygon<f64>> {
        let zoom = (0..=Grid::MAX_ZOOM).rev().find(|zoom| Grid::zoom(*zoom) == grid)?;
        let mosaic = self.mosaic(tree, tree.get(ix).level)?;
        let simple = mosaic.degrees(self.level_position(tree, ix), zoom)?;
        (grid != Grid::FULL && !simple.0.is_empty()).then_some(simple)
    }

    fn written(&self, tree: &AreaTree, grid: Grid) -> Written {
        let mut all = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || (0..tree.len()).map(|_| OnceLock::new()).collect();
        all.entry(grid).or_insert_with(fresh).clone()
    }

    /// How far an area reaches, and where its name goes; none for the operation.
    pub fn frame(&self, tree: &AreaTree, ix: AreaIx) -> Option<Frame> {
        let frames = self.frames.get_or_init(|| {
            let areas: Vec<_> = tree.iter().collect();
            let of = |(_, area): (AreaIx, &Area)| frame(area.geometry.as_deref()?);
            areas.into_par_iter().map(of).collect()
        });
        frames.get(ix.at()).copied().flatten()
    }

    /// A point inside an area; none for the operation.
    pub fn interior_point(&self, tree: &AreaTree, ix: AreaIx) -> Option<Point> {
        let points = self.interior_points.get_or_init(|| {
            let areas: Vec<_> = tree.iter().collect();
            let inside = |(_, area): (AreaIx, &Area)| {
                area.geometry.as_ref().and_then(|shape| shape.interior_point())
            };
            areas.into_par_iter().map(inside).collect()
        });
        points.get(ix.at()).copied().flatten()
    }

    /// The position of an area among those of its level.
    pub fn level_position(&self, tree: &AreaTree, ix: AreaIx) -> usize {
        let positions = self.level_positions.get_or_init(|| {
            let mut positions = vec![0; tree.len()];
            for level in 0..=tree.deepest() {
                for (position, ix) in tree.level(level).iter().enumerate() {
                    positions[ix.at()] = position as u32;
                }
            }
            positions
        });
        positions.get(ix.at()).map_or(0, |position| *position as usize)
    }

    /// The polygons of a level as tiles draw them.
    pub fn mosaic(&self, tree: &AreaTree, level: u8) -> Option<&Arc<Mosaic>> {
        let place = self.mosaics.get(usize::from(level))?;
        Some(place.get_or_init(|| {
            let areas = tree.level(level).iter();
            Arc::new(Mosaic::build(areas.map(|ix| self.shape(tree, *ix).map(|shape| &**shape))))
        }))
    }
}

/// A polygon as GeoJSON text.
pub fn write(shape: &MultiPolygon<f64>, grid: Grid) -> Arc<[u8]> {
    let mut text = Vec::new();
    multi_polygon(&mut text, shape, grid);
    text.into()
}

/// The text of a shape that has no neighbours which it must meet.
pub fn write_alone(shape: &MultiPolygon<f64>, grid: Grid) -> Arc<[u8]> {
    if grid == Grid::FULL {
        return write(shape, grid);
    }
    let simple = generalised(shape, grid);
    // Of one that vanishes a small box is written.
    write(if simple.0.is_empty() { shape } else { &simple }, grid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Text;

    fn tree(name: &str, side: f64) -> AreaTree {
        let square = Rect::new((0.0, 0.0), (side, 1.0)).to_polygon();
        let area = Area {
            pcode: "A".into(),
            name: name.into(),
            level: 1,
            geometry: Some(Arc::new(square.into())),
            ..Area::default()
        };
        AreaTree::build(&Text::from("op"), &Text::from("Operation"), vec![area])
    }

    #[test]
    fn trees_are_alike_when_their_polygons_are() {
        assert!(alike(&tree("old name", 1.0), &tree("new name", 1.0)));
        assert!(!alike(&tree("a", 1.0), &tree("a", 2.0)));
        let none = AreaTree::build(&Text::from("op"), &Text::from("Operation"), Vec::new());
        assert!(!alike(&tree("a", 1.0), &none));
    }
}
