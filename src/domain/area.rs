//! Administrative areas and their hierarchy.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use geo::{BoundingRect, MultiPolygon, Rect};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::derived::Derived;
use super::locate::Locator;
use super::{Point, Source, Text, fold_spelling, parents};

/// An administrative area (COD-AB): a P-code, a level 1-4 (0 is the operation), a parent, a polygon.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Area {
    /// Unique within the operation; a string, leading zeros matter.
    pub pcode: Text,
    pub name: AreaName,
    pub level: u8,
    /// P-code of the parent as its file says; the tree knows a nearer one where that came later.
    pub parent: Option<Text>,
    /// Valid, in degrees WGS 84; split at the antimeridian, never across it.
    pub geometry: Option<Arc<MultiPolygon<f64>>>,
    /// Ellipsoidal area of the polygon.
    pub area_km2: Option<f64>,
    pub source: Source,
}

/// What an area is called. It reads as the name that is shown; other names, such as that in another
/// script, are further spellings to match rows by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AreaName {
    shown: Text,
    /// Each on a line of its own.
    others: Option<Text>,
}

impl AreaName {
    /// A name and the others there are; those that say the same as one before are left out.
    pub fn new<'a>(shown: &'a str, others: impl IntoIterator<Item = &'a str>) -> AreaName {
        let mut all: Vec<&str> = Vec::new();
        let lines = std::iter::once(shown).chain(others).flat_map(str::lines).map(str::trim);
        for name in lines.filter(|name| !name.is_empty()) {
            if !all.iter().any(|known| fold_spelling(known) == fold_spelling(name)) {
                all.push(name);
            }
        }
        let (shown, others) = all.split_first().map_or(("", &all[..]), |(one, rest)| (*one, rest));
        AreaName {
            shown: shown.into(),
            others: (!others.is_empty()).then(|| others.join("\n").into()),
        }
    }

    /// The same of what is stored: the other names each on a line of its own.
    pub fn of(shown: Text, others: Option<Text>) -> AreaName {
        AreaName { shown, others }
    }

    /// The name that is shown.
    pub fn shown(&self) -> &Text {
        &self.shown
    }

    /// The names that are not shown, each on a line of its own.
    pub fn others(&self) -> Option<&Text> {
        self.others.as_ref()
    }
}

impl std::ops::Deref for AreaName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.shown
    }
}

impl std::fmt::Display for AreaName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self)
    }
}

impl<T: Into<Text>> From<T> for AreaName {
    fn from(shown: T) -> AreaName {
        AreaName { shown: shown.into(), others: None }
    }
}

/// Position of an area in the tree; parents come before their children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaIx(pub u32);

/// All areas of an operation as one tree, whose root is the operation itself, level 0.
#[derive(Debug)]
pub struct AreaTree {
    areas: Vec<Area>,
    parents: Vec<AreaIx>,
    children: Vec<Range<u32>>,
    levels: Vec<Vec<AreaIx>>,
    by_pcode: HashMap<Text, AreaIx>,
    /// The box around each polygon.
    rects: Vec<Option<Rect<f64>>>,
    boxes: Vec<RTree<GeomWithData<Rectangle<[f64; 2]>, AreaIx>>>,
    /// Per level, made when first needed.
    locators: Vec<OnceLock<Locator>>,
    /// The names and codes as the intake compares them.
    pub words: Derived,
}

impl AreaIx {
    /// The operation, level 0, the ancestor of every area.
    pub const OPERATION: AreaIx = AreaIx(0);

    pub fn at(self) -> usize {
        self.0 as usize
    }
}

impl AreaTree {
    /// Builds the tree. Of two areas with one P-code the first is kept.
    pub fn build(operation_id: &Text, operation_name: &Text, mut areas: Vec<Area>) -> AreaTree {
        areas.retain(|area| area.level > 0);
        areas.sort_by(|a, b| (a.level, &a.pcode).cmp(&(b.level, &b.pcode)));
        let mut seen: HashSet<Text> = HashSet::with_capacity(areas.len());
        areas.retain(|area| seen.insert(area.pcode.clone()));
        // Breadth first from the operation, so that the children of an area are contiguous.
        let mut below: HashMap<Option<Text>, Vec<Area>> = HashMap::new();
        let parents = parents::nearest(&areas);
        for (area, parent) in areas.into_iter().zip(parents) {
            below.entry(parent).or_default().push(area);
        }
        let root = Area {
            pcode: operation_id.clone(),
            name: operation_name.clone().into(),
            level: 0,
            parent: None,
            geometry: None,
            area_km2: None,
            source: Source::default(),
        };
        let mut tree = AreaTree {
            areas: vec![root],
            parents: vec![AreaIx::OPERATION],
            children: Vec::new(),
            levels: Vec::new(),
            by_pcode: HashMap::new(),
            rects: Vec::new(),
            boxes: Vec::new(),
            locators: Vec::new(),
            words: Derived::default(),
        };
        let mut next = 0;
        while next < tree.areas.len() {
            let key = (next > 0).then(|| tree.areas[next].pcode.clone());
            let first = tree.areas.len() as u32;
            for child in below.remove(&key).unwrap_or_default() {
                tree.areas.push(child);
                tree.parents.push(AreaIx(next as u32));
            }
            tree.children.push(first..tree.areas.len() as u32);
            next += 1;
        }
        tree.index();
        tree
    }

    fn index(&mut self) {
        let deepest = self.areas.iter().map(|area| area.level).max().unwrap_or(0);
        self.levels = vec![Vec::new(); usize::from(deepest) + 1];
        let mut boxes = vec![Vec::new(); usize::from(deepest) + 1];
        for (position, area) in self.areas.iter().enumerate() {
            let ix = AreaIx(position as u32);
            self.levels[usize::from(area.level)].push(ix);
            if position > 0 {
                self.by_pcode.insert(area.pcode.clone(), ix);
            }
            let rect = area.geometry.as_ref().and_then(|shape| shape.bounding_rect());
            self.rects.push(rect);
            let Some(rect) = rect else { continue };
            let (min, max) = (rect.min(), rect.max());
            let rectangle = Rectangle::from_corners([min.x, min.y], [max.x, max.y]);
            boxes[usize::from(area.level)].push(GeomWithData::new(rectangle, ix));
        }
        for ixs in &mut self.levels {
            ixs.sort_by(|a, b| self.areas[a.at()].pcode.cmp(&self.areas[b.at()].pcode));
        }
        self.boxes = boxes.into_iter().map(RTree::bulk_load).collect();
        self.locators = self.levels.iter().map(|_| OnceLock::new()).collect();
    }

    /// Number of areas, the operation included.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Whether there is no area but the operation.
    pub fn is_empty(&self) -> bool {
        self.areas.len() == 1
    }

    pub fn get(&self, ix: AreaIx) -> &Area {
        &self.areas[ix.at()]
    }

    /// Every area, parents before children, the operation first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (AreaIx, &Area)> {
        self.areas.iter().enumerate().map(|(position, area)| (AreaIx(position as u32), area))
    }

    /// The box around the polygon of an area.
    pub fn rect(&self, ix: AreaIx) -> Option<Rect<f64>> {
        self.rects.get(ix.at()).copied().flatten()
    }

    pub fn by_pcode(&self, pcode: &str) -> Option<AreaIx> {
        self.by_pcode.get(pcode).copied()
    }

    /// The parent; the operation is its own.
    pub fn parent(&self, ix: AreaIx) -> AreaIx {
        self.parents[ix.at()]
    }

    /// The children, which are contiguous.
    pub fn children(
        &self,
        ix: AreaIx,
    ) -> impl DoubleEndedIterator<Item = AreaIx> + ExactSizeIterator + use<> {
        let Range { start, end } = self.children[ix.at()];
        (start..end).map(AreaIx)
    }

    /// The areas by their distance from the operation, itself first: those of one distance are
    /// contiguous, and those of the last one have nothing below.
    pub fn layers(&self) -> Vec<Range<usize>> {
        let mut layers = vec![];
        let mut layer = 0..1;
        while !layer.is_empty() {
            let below = layer.end..self.children[layer.end - 1].end as usize;
            layers.push(std::mem::replace(&mut layer, below));
        }
        layers
    }

    /// The areas above, nearest first, the operation last.
    pub fn ancestors(&self, ix: AreaIx) -> impl Iterator<Item = AreaIx> + use<'_> {
        let step = |ix: &AreaIx| (*ix != AreaIx::OPERATION).then(|| self.parent(*ix));
        std::iter::successors(step(&ix), step)
    }

    /// Whether `ix` is `top` or lies below it.
    pub fn is_within(&self, ix: AreaIx, top: AreaIx) -> bool {
        ix == top || self.ancestors(ix).any(|above| above == top)
    }

    /// The deepest level that has areas.
    pub fn deepest(&self) -> u8 {
        (self.levels.len() - 1) as u8
    }

    /// The areas of a level, by P-code; level 0 is the operation.
    pub fn level(&self, level: u8) -> &[AreaIx] {
        self.levels.get(usize::from(level)).map_or(&[], Vec::as_slice)
    }

    /// The areas of a level whose bounding box meets the rectangle.
    pub fn in_box(&self, level: u8, rect: &Rect<f64>) -> impl Iterator<Item = AreaIx> + use<'_> {
        let (min, max) = (rect.min(), rect.max());
        let envelope = AABB::from_corners([min.x, min.y], [max.x, max.y]);
        let index = self.boxes.get(usize::from(level));
        index
            .into_iter()
            .flat_map(move |index| index.locate_in_envelope_intersecting(&envelope))
            .map(|found| found.data)
    }

    /// The area of a level that contains the point; of several that share the border there, the
    /// first by P-code.
    pub fn locate(&self, level: u8, point: Point) -> Option<AreaIx> {
        let found = self.locator(level)?.locate(point)?;
        self.level(level).get(found as usize).copied()
    }

    /// `locate` for many points at once, in parallel, in the order of the points.
    pub fn locate_all(&self, level: u8, points: &[Point]) -> Vec<Option<AreaIx>> {
        let Some(locator) = self.locator(level) else { return vec![None; points.len()] };
        let ixs = self.level(level);
        let found = locator.locate_all(points);
        found.into_iter().map(|found| ixs.get(found? as usize).copied()).collect()
    }

    /// The prepared polygons of a level, made when first asked for: many snapshots never are.
    fn locator(&self, level: u8) -> Option<&Locator> {
        let locator = self.locators.get(usize::from(level))?;
        Some(locator.get_or_init(|| {
            let ixs = self.level(level).iter();
            Locator::build(ixs.map(|ix| self.get(*ix).geometry.as_deref()))
        }))
    }

    /// The deepest area that contains the point.
    pub fn locate_deepest(&self, point: Point) -> Option<AreaIx> {
        (1..=self.deepest()).rev().find_map(|level| self.locate(level, point))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use geo::polygon;

    fn area(pcode: &str, level: u8, parent: Option<&str>) -> Area {
        Area {
            pcode: pcode.into(),
            name: pcode.into(),
            level,
            parent: parent.map(Into::into),
            ..Area::default()
        }
    }

    fn tree(areas: Vec<Area>) -> AreaTree {
        AreaTree::build(&"op".into(), &"Operation".into(), areas)
    }

    #[test]
    fn parents_come_before_children_and_children_are_contiguous() {
        let tree = tree(vec![
            area("B1", 2, Some("B")),
            area("A2", 2, Some("A")),
            area("B", 1, None),
            area("A1", 2, Some("A")),
            area("A", 1, None),
        ]);
        for (ix, area) in tree.iter().skip(1) {
            assert!(tree.parent(ix) < ix, "{}", area.pcode);
            assert!(tree.children(tree.parent(ix)).any(|child| child == ix));
        }
        let b1 = tree.by_pcode("B1").unwrap();
        let above: Vec<_> = tree.ancestors(b1).map(|ix| tree.get(ix).pcode.to_string()).collect();
        assert_eq!(above, ["B", "op"]);
    }

    #[test]
    fn an_area_with_an_unknown_parent_hangs_under_the_operation() {
        let tree = tree(vec![area("X1", 2, Some("nowhere"))]);
        assert_eq!(tree.parent(tree.by_pcode("X1").unwrap()), AreaIx::OPERATION);
        assert_eq!(tree.level(2).len(), 1);
        assert!(tree.level(7).is_empty());
    }

    #[test]
    fn a_point_is_located_in_the_deepest_area_around_it() {
        let mut big = area("A", 1, None);
        let square = polygon![(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 0., y: 4.)];
        big.geometry = Some(Arc::new(square.into()));
        let mut small = area("A1", 2, Some("A"));
        let square = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 1.)];
        small.geometry = Some(Arc::new(square.into()));
        let tree = tree(vec![big, small]);
        let at =
            |x, y| tree.locate_deepest(Point::new(x, y)).map(|ix| tree.get(ix).pcode.to_string());
        assert_eq!(at(0.5, 0.5).as_deref(), Some("A1"));
        assert_eq!(at(3., 3.).as_deref(), Some("A"));
        assert_eq!(at(9., 9.), None);
        let found = tree.locate_all(1, &[Point::new(9., 9.), Point::new(4., 4.)]);
        assert_eq!(found, [None, tree.by_pcode("A")]);
        assert_eq!(tree.locate_all(7, &[Point::new(1., 1.)]), [None]);
    }
}
