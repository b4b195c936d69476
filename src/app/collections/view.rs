//! A snapshot with what its readers derive from it once and share: indexes, texts, answers.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use geo::{MultiPolygon, Rect};
use moka::sync::Cache;

use crate::analysis::coverage::{AreaCoverage, coverage};
use crate::analysis::gaps::{self, Gaps};
use crate::analysis::service_areas::{ServiceAreas, SpaceQuery, service_areas, sites_that_serve};
use crate::analysis::{Basis, GapQuery};
use crate::domain::layered::Layer;
use crate::domain::{
    Activity, AreaIx, Group, Period, Point, Sector, Site, Snapshot, Standards, Text,
};
use crate::formats::geojson_write::Grid;
use crate::formats::layer::{Geometry, Want};

use super::Collection;
use super::borders::{self, Borders};
use super::extent::Extents;
use super::frame::Frame;
use super::located::Located;
use super::space::{Space, answers};
use super::summary::{Summary, summary};
use crate::app::tiles::Mosaic;

/// One operation at one revision, ready to be read. Everything in it is made when first asked for.
pub struct View {
    pub snapshot: Arc<Snapshot>,
    pub standards: Standards,
    kept: Kept,
    files: HashMap<u32, Text>,
    areas_by_pcode: OnceLock<Vec<AreaIx>>,
    /// The activities of the overlay.
    changed: Located,
    partner_work: OnceLock<Vec<PartnerWork>>,
    summary: OnceLock<Summary>,
    extents: OnceLock<Extents>,
    gaps: Cache<GapQuery, Arc<Gaps>>,
    filtered: Cache<String, Arc<Vec<u32>>>,
}

/// What the views of following revisions share, as long as what it was made from is the same.
#[derive(Clone, Default)]
struct Kept {
    borders: Arc<Borders>,
    /// The activities of the base.
    activities: Arc<Located>,
    sites: Arc<Located>,
    needs: Arc<OnceLock<Vec<NeedKey>>>,
    populations: Arc<OnceLock<Vec<Option<f64>>>>,
    space: Arc<Space>,
}

/// A need row under its id.
#[derive(Debug)]
pub struct NeedKey {
    pub id: String,
    /// Position in `Snapshot::needs`.
    pub position: usize,
    pub area: AreaIx,
}

/// What a partner reported.
#[derive(Clone, Debug, Default)]
pub struct PartnerWork {
    pub rows: i64,
    /// In the order of the codes.
    pub sectors: Vec<Sector>,
}

/// What is filtered is what is written: a point is found where an answer said it is.
fn written(point: Point) -> Point {
    Grid::FULL.position(point.0).into()
}

impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "View of {} at {}", self.snapshot.operation.id, self.snapshot.revision.number)
    }
}

impl View {
    pub fn new(snapshot: Arc<Snapshot>, standards: Standards) -> View {
        View::with(snapshot, standards, Kept::default())
    }

    /// A view beside another of the same operation, where there is one.
    pub fn beside(other: Option<&View>, snapshot: Snapshot, standards: Standards) -> View {
        match other {
            Some(other) => other.next(Arc::new(snapshot), standards),
            None => View::new(Arc::new(snapshot), standards),
        }
    }

    /// The view after this one: what rows gave is taken over where they are the same.
    pub fn next(&self, snapshot: Arc<Snapshot>, standards: Standards) -> View {
        fn shared<T: Default>(same: bool, known: &Arc<T>) -> Arc<T> {
            if same { known.clone() } else { Arc::default() }
        }
        let (old, new) = (&self.snapshot, &snapshot);
        let mut kept = Kept::default();
        if borders::alike(&old.areas, &new.areas) {
            let known = &self.kept;
            kept.borders = known.borders.clone();
            kept.activities =
                shared(new.activities.shares_base(&old.activities), &known.activities);
            kept.sites = shared(Arc::ptr_eq(&new.sites, &old.sites), &known.sites);
            kept.needs = shared(Arc::ptr_eq(&new.needs, &old.needs), &known.needs);
            kept.populations =
                shared(Arc::ptr_eq(&new.populations, &old.populations), &known.populations);
            let same_space = Arc::ptr_eq(&new.sites, &old.sites)
                && Arc::ptr_eq(&new.needs, &old.needs)
                && Arc::ptr_eq(&new.populations, &old.populations)
                && self.standards == standards;
            kept.space = shared(same_space, &known.space);
        }
        View::with(snapshot, standards, kept)
    }

    fn with(snapshot: Arc<Snapshot>, standards: Standards, kept: Kept) -> View {
        let submissions = snapshot.submissions.iter();
        let files = submissions.map(|one| (one.id, one.file_name.clone())).collect();
        View {
            snapshot,
            standards,
            kept,
            files,
            areas_by_pcode: OnceLock::new(),
            changed: Located::default(),
            partner_work: OnceLock::new(),
            summary: OnceLock::new(),
            extents: OnceLock::new(),
            gaps: answers(64, |_, gaps: &Arc<Gaps>| {
                gaps.figures.len() * size_of::<gaps::GapFigure>()
            }),
            filtered: answers(64, |question: &String, rows: &Arc<Vec<u32>>| {
                question.len() + rows.len() * 4 + 256
            }),
        }
    }

    /// The name of the file a submission came in.
    pub fn file(&self, submission: u32) -> Option<&str> {
        self.files.get(&submission).map(|name| &**name)
    }

    /// Every area but the operation, by P-code.
    pub fn areas_by_pcode(&self) -> &[AreaIx] {
        self.areas_by_pcode.get_or_init(|| {
            let areas = &self.snapshot.areas;
            let mut order: Vec<AreaIx> = areas.iter().skip(1).map(|(ix, _)| ix).collect();
            order.sort_by(|a, b| areas.get(*a).pcode.cmp(&areas.get(*b).pcode));
            order
        })
    }

    /// The polygon of an area; of the operation, its coarsest areas joined.
    pub fn shape(&self, ix: AreaIx) -> Option<&Arc<MultiPolygon<f64>>> {
        self.kept.borders.shape(&self.snapshot.areas, ix)
    }

    /// The box around the polygon of an area.
    pub fn rect(&self, ix: AreaIx) -> Option<Rect<f64>> {
        self.kept.borders.rect(&self.snapshot.areas, ix)
    }

    /// The polygon of an area as a writer wants it.
    pub fn geometry(&self, ix: AreaIx, want: Want) -> Geometry {
        self.kept.borders.geometry(&self.snapshot.areas, ix, want)
    }

    /// How far an area reaches, and where its name goes; none for the operation.
    pub fn frame(&self, ix: AreaIx) -> Option<Frame> {
        self.kept.borders.frame(&self.snapshot.areas, ix)
    }

    /// A point inside an area; none for the operation.
    pub fn interior_point(&self, ix: AreaIx) -> Option<Point> {
        self.kept.borders.interior_point(&self.snapshot.areas, ix)
    }

    /// Makes the points and boxes of areas, before they are asked for in a parallel loop. What is
    /// made once and in parallel must not be asked for the first time in one: whoever makes it may
    /// be given a part of the loop to do meanwhile, which then waits for itself.
    pub fn prepare_points(&self) {
        let _ = (self.frame(AreaIx::OPERATION), self.interior_point(AreaIx::OPERATION));
    }

    /// The position of an area among those of its level.
    pub fn level_position(&self, ix: AreaIx) -> usize {
        self.kept.borders.level_position(&self.snapshot.areas, ix)
    }

    /// The polygons of a level as tiles draw them, made once.
    pub fn mosaic_of_level(&self, level: u8) -> Option<&Arc<Mosaic>> {
        self.kept.borders.mosaic(&self.snapshot.areas, level)
    }

    /// People of all groups in an area, of the latest year, where a table says.
    pub fn population(&self, ix: AreaIx) -> Option<f64> {
        let people = self.kept.populations.get_or_init(|| {
            let mut found: Vec<Option<(Option<i16>, f64)>> = vec![None; self.snapshot.areas.len()];
            for row in self.snapshot.populations.iter().filter(|row| row.group == Group::ALL) {
                let place = match &row.area {
                    None => AreaIx::OPERATION,
                    Some(pcode) => match self.snapshot.areas.by_pcode(pcode) {
                        Some(ix) => ix,
                        None => continue,
                    },
                };
                if let Some(known) = found.get_mut(place.at())
                    && known.is_none_or(|(year, _)| year <= row.year)
                {
                    *known = Some((row.year, row.people));
                }
            }
            found.into_iter().map(|known| known.map(|(_, people)| people)).collect()
        });
        people.get(ix.at()).copied().flatten()
    }

    /// The area an activity is held at.
    pub fn activity_area(&self, position: usize) -> AreaIx {
        let kept = self.snapshot.activities.locate(position);
        let area = kept.and_then(|(layer, at)| self.areas_of(layer).get(at).copied());
        area.unwrap_or(AreaIx::OPERATION)
    }

    /// Where a site is, as it is written.
    pub fn site_point(&self, position: usize) -> Option<Point> {
        self.snapshot.sites.get(position)?.point.map(written)
    }

    /// Where an activity is drawn, as it is written: its own point, else inside its area.
    pub fn activity_point(&self, position: usize) -> Option<Point> {
        let (layer, at) = self.snapshot.activities.locate(position)?;
        self.point_of(layer, at)
    }

    /// Positions of the activities in some boxes, ascending.
    pub fn activities_in(&self, boxes: &[Rect<f64>]) -> Vec<u32> {
        self.activities_where(|located, count, point| located.inside(count, point, boxes))
    }

    /// Positions of the activities that are drawn nowhere, ascending.
    pub fn activities_nowhere(&self) -> Vec<u32> {
        self.activities_where(|located, count, point| located.nowhere(count, point).to_vec())
    }

    fn activities_where(
        &self,
        places: impl Fn(&Located, usize, &dyn Fn(usize) -> Option<Point>) -> Vec<u32>,
    ) -> Vec<u32> {
        let rows = &self.snapshot.activities;
        let found = |layer| {
            let (count, point) = (rows.layer(layer).len(), |at| self.point_of(layer, at));
            rows.positions(layer, places(self.located(layer), count, &point))
        };
        let mut positions: Vec<u32> = found(Layer::Base).chain(found(Layer::Overlay)).collect();
        // Two ascending lists, which a stable sort merges.
        positions.sort();
        positions
    }

    fn located(&self, layer: Layer) -> &Located {
        match layer {
            Layer::Base => &self.kept.activities,
            Layer::Overlay => &self.changed,
        }
    }

    fn areas_of(&self, layer: Layer) -> &[AreaIx] {
        let rows = self.snapshot.activities.layer(layer);
        let area = |row: &Activity| self.snapshot.area_of(row.area.as_ref());
        self.located(layer).areas(rows, area)
    }

    fn point_of(&self, layer: Layer, at: usize) -> Option<Point> {
        let own = self.snapshot.activities.layer(layer).get(at)?.point;
        own.or_else(|| self.interior_point(*self.areas_of(layer).get(at)?)).map(written)
    }

    /// The area each site is held at, in the order of the sites.
    pub fn site_areas(&self) -> &[AreaIx] {
        let area = |row: &Site| self.snapshot.area_of(row.area.as_ref());
        self.kept.sites.areas(&self.snapshot.sites, area)
    }

    /// Positions of the sites in some boxes, ascending.
    pub fn sites_in(&self, boxes: &[Rect<f64>]) -> Vec<u32> {
        let count = self.snapshot.sites.len();
        self.kept.sites.inside(count, |at| self.site_point(at), boxes)
    }

    /// Positions of the sites without a point, ascending.
    pub fn sites_nowhere(&self) -> Vec<u32> {
        self.kept.sites.nowhere(self.snapshot.sites.len(), |at| self.site_point(at)).to_vec()
    }

    /// The need rows by id.
    pub fn needs(&self) -> &[NeedKey] {
        self.kept.needs.get_or_init(|| {
            let snapshot = &self.snapshot;
            let numbered = snapshot.needs.iter().enumerate();
            let mut keys: Vec<NeedKey> = numbered
                .map(|(position, need)| {
                    let area = snapshot.area_of(need.area.as_ref());
                    let code = need.area.as_deref().unwrap_or(&snapshot.operation.id);
                    let group = match need.group == Group::ALL {
                        true => "all".to_owned(),
                        false => need.group.to_string().replace('/', "-"),
                    };
                    let cycle = need.cycle.start.map(|day| day.to_string()).unwrap_or_default();
                    let id = format!("{code}.{}.{group}.{cycle}", need.sector);
                    NeedKey { id, position, area }
                })
                .collect();
            keys.sort_by(|a, b| (&a.id, a.position).cmp(&(&b.id, b.position)));
            // Rows of one cell must still have ids of their own.
            let mut copies = 0;
            for at in 1..keys.len() {
                let first = &keys[at - 1 - copies].id;
                copies = if keys[at].id == *first { copies + 1 } else { 0 };
                if copies > 0 {
                    keys[at].id = format!("{}.{}", keys[at].id, copies + 1);
                }
            }
            keys.sort_by(|a, b| a.id.cmp(&b.id));
            keys
        })
    }

    /// What each partner reported, in the order of the partners.
    pub fn partner_work(&self) -> &[PartnerWork] {
        self.partner_work.get_or_init(|| {
            let tally = self.snapshot.tally();
            let work = self.snapshot.partners.iter().map(|partner| {
                let mut work = PartnerWork::default();
                for (sector, rows) in tally.of_partner(&partner.id) {
                    work.rows += i64::from(rows);
                    work.sectors.extend(sector);
                }
                work
            });
            work.collect()
        })
    }

    /// What the operation has.
    pub fn summary(&self) -> &Summary {
        self.summary.get_or_init(|| summary(self))
    }

    /// The box that a collection declares: west, south, east, north.
    pub fn extent(&self, collection: &Collection) -> Option<[f64; 4]> {
        self.extents().collection(collection, self.summary().bbox)
    }

    /// The period that a collection declares, where its features have days.
    pub fn period(&self, collection: &Collection) -> Option<Period> {
        self.extents().period(collection)
    }

    fn extents(&self) -> &Extents {
        self.extents.get_or_init(|| Extents::of(self))
    }

    /// Bytes of what was worked out and is kept for the next question, estimated.
    pub fn kept_bytes(&self) -> u64 {
        self.gaps.weighted_size() + self.filtered.weighted_size() + self.kept.space.bytes()
    }

    /// The rows that a question finds, worked out once for all of its pages.
    pub fn filtered(
        &self,
        question: String,
        find: impl FnOnce() -> Option<Vec<u32>>,
    ) -> Option<Arc<Vec<u32>>> {
        self.filtered.optionally_get_with(question, || find().map(Arc::new))
    }

    /// The gap figures, computed once for each query.
    pub fn gaps(&self, query: &GapQuery) -> Arc<Gaps> {
        let compute = || Arc::new(gaps::gaps(&self.snapshot, query));
        self.gaps.get_with(query.clone(), compute)
    }

    /// Sites of a sector that serve in a period (METHODS 25), in each area and below, by the area's
    /// position in the tree.
    pub fn sites_below(&self, sector: Sector, period: Period) -> Arc<Vec<u32>> {
        self.kept.space.sites_below.get_with((sector, period), || {
            let tree = &self.snapshot.areas;
            let mut counts = vec![0; tree.len()];
            let query = SpaceQuery { level: 1, sector, period, group: Group::ALL };
            for (site, _) in sites_that_serve(&self.snapshot, &self.standards, &query) {
                counts[self.site_areas()[site].at()] += 1;
            }
            // Children come after their parents.
            for position in (1..counts.len()).rev() {
                counts[tree.parent(AreaIx(position as u32)).at()] += counts[position];
            }
            Arc::new(counts)
        })
    }

    /// The polygons of an answer as tiles draw them, made once. `key` says which answer.
    pub fn mosaic(&self, key: String, build: impl FnOnce() -> Mosaic) -> Arc<Mosaic> {
        self.kept.space.mosaics.get_with(key, || Arc::new(build()))
    }

    /// The service areas, computed once for each query.
    pub fn service_areas(&self, query: &SpaceQuery) -> Arc<ServiceAreas> {
        let compute = || Arc::new(service_areas(&self.snapshot, &self.standards, query));
        self.kept.space.service_areas.get_with(query.clone(), compute)
    }

    /// Covered, uncovered and shared, computed once for each query.
    pub fn coverage(&self, query: &SpaceQuery) -> Arc<Vec<AreaCoverage>> {
        self.kept.space.coverage.get_with(query.clone(), || {
            let mut in_need = HashMap::new();
            for level in query.level..=self.snapshot.areas.deepest() {
                let SpaceQuery { sector, period, group, .. } = query.clone();
                let needs = GapQuery { level, sector, period, group, basis: Basis::InNeed };
                let gaps = self.gaps(&needs);
                let known = gaps.figures.iter();
                in_need.extend(known.filter_map(|one| Some((one.area, one.in_need?))));
            }
            let of = |area: AreaIx| in_need.get(&area).copied();
            Arc::new(coverage(&self.snapshot, &self.standards, query, &of))
        })
    }
}
