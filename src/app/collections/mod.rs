//! Every collection an operation answers with: one file and one line each. HTTP, CLI, OpenAPI and
//! the tests walk the registry.

mod activities;
mod areas;
pub mod bbox;
mod borders;
mod cover;
mod extent;
mod filtered;
mod foremost;
mod frame;
mod gaps;
mod located;
mod needs;
pub mod params;
mod partners;
mod service_areas;
mod shared;
mod sites;
mod space;
pub mod summary;
mod uncovered;
pub mod view;

use geo::{BoundingRect, Intersects, MultiPolygon, Rect};

use crate::domain::{AreaIx, Snapshot, Submission, undone};
use crate::formats::layer::{Field, GeometryKind, Layer, Matched, Member, Value};

pub use bbox::Bbox;
pub use filtered::{GEOMETRY, is_queryable};
pub use foremost::{LOOKED_AT, foremost};
pub use params::{BadParameter, Parameter, Params};
pub use view::View;

/// The registry, in the order in which a reader meets them.
pub const COLLECTIONS: &[&Collection] = &[
    // What was imported.
    &areas::DEF,
    &partners::DEF,
    &activities::DEF,
    &sites::DEF,
    &needs::DEF,
    // What follows from it.
    &gaps::DEF,
    &service_areas::DEF,
    &uncovered::DEF,
    &shared::DEF,
];

/// A layer that can be asked for.
pub struct Collection {
    pub id: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub geometry: GeometryKind,
    pub fields: &'static [Field],
    /// Its own parameters, beside the common ones.
    pub parameters: &'static [Parameter],
    /// Which kinds of imported file its features come from.
    pub kinds: &'static [&'static str],
    /// The rows that its own parameters, `bbox` and `datetime` ask for. Behind [`Collection::read`],
    /// which filters them too.
    open: for<'a> fn(&'a View, &Params) -> Result<Layer<'a>, BadParameter>,
}

impl std::fmt::Debug for Collection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Collection {}", self.id)
    }
}

/// The collection of this id.
pub fn find(id: &str) -> Option<&'static Collection> {
    COLLECTIONS.iter().copied().find(|collection| collection.id == id)
}

impl Collection {
    /// Every parameter of its items, own ones first.
    pub fn item_parameters(&self) -> Vec<&Parameter> {
        let mut all: Vec<&Parameter> = self.parameters.iter().collect();
        all.extend([&params::BBOX, &params::DATETIME, &params::LIMIT, &params::NEXT]);
        all.extend([&params::PROPERTIES, &params::SKIP_GEOMETRY, &params::PAGE_FORMAT]);
        all.extend([&params::CRS, &params::BBOX_CRS]);
        all.extend([&params::FILTER, &params::FILTER_LANG, &params::FILTER_CRS]);
        if self.geometry == GeometryKind::MultiPolygon {
            all.push(&params::ZOOM);
        }
        all.extend(self.field_parameters());
        all
    }

    /// Every parameter of an export: those of its items, without paging and what its format says.
    pub fn export_parameters(&self) -> Vec<&Parameter> {
        let mut all = self.item_parameters();
        all.retain(|one| !["limit", "next", "f", "crs", "zoom"].contains(&one.name));
        all
    }

    /// Every parameter of its tiles: those that say which features, and what they say.
    pub fn tile_parameters(&self) -> Vec<&Parameter> {
        let mut all = self.item_parameters();
        let others = ["bbox", "bbox-crs", "crs", "limit", "next", "f", "skipGeometry", "zoom"];
        all.retain(|parameter| !others.contains(&parameter.name));
        all
    }

    /// Every parameter that one feature takes: those that change what it says.
    pub fn item_parameters_of_one(&self) -> Vec<&Parameter> {
        let own = self.parameters.iter();
        let common =
            [&params::PROPERTIES, &params::SKIP_GEOMETRY, &params::PAGE_FORMAT, &params::CRS];
        let mut all: Vec<&Parameter> = own.chain([&params::DATETIME]).chain(common).collect();
        if self.geometry == GeometryKind::MultiPolygon {
            all.push(&params::ZOOM);
        }
        all
    }

    /// The rows that a question is about, with all that every collection understands: its own
    /// parameters, then filters.
    pub fn read<'a>(
        &'static self,
        view: &'a View,
        params: &Params,
    ) -> Result<Layer<'a>, BadParameter> {
        params.fitting_references(view)?;
        let filter = filtered::filter(self, params)?;
        let mut layer = (self.open)(view, params)?;
        if let Some(filter) = filter {
            layer.matched = filtered::kept(view, &layer, &filter, params)?;
        }
        Ok(layer)
    }

    /// The imported files behind its features: name, kind, when. One that was rolled back gave none of
    /// them.
    pub fn sources(&self, snapshot: &Snapshot) -> Member {
        let own = self.submissions(snapshot).into_iter();
        let text = |text: &str| Value::Text(text.to_owned().into());
        Member::Records(
            own.map(|one| {
                vec![
                    ("file", text(&one.file_name)),
                    ("kind", text(&one.kind)),
                    ("at", text(&one.at)),
                    ("revision", Value::Integer(one.revision as i64)),
                ]
            })
            .collect(),
        )
    }

    /// The same as they were sent.
    pub fn submissions<'s>(&self, snapshot: &'s Snapshot) -> Vec<&'s Submission> {
        let undone = undone(&snapshot.submissions);
        let own = snapshot.submissions.iter().filter(|one| self.kinds.contains(&&*one.kind));
        own.filter(|one| !undone.contains(&one.id)).collect()
    }

    fn layer<'a>(
        &'static self,
        rows: impl crate::formats::layer::Rows<'a> + 'a,
        matched: Matched,
    ) -> Layer<'a> {
        let (name, geometry, fields) = (self.id, self.geometry, self.fields);
        Layer { name, geometry, fields, rows: Box::new(rows), matched, members: Vec::new() }
    }
}

/// The rows that pass, of candidates in ascending order.
fn matching(candidates: impl Iterator<Item = u32>, pass: impl Fn(usize) -> bool) -> Matched {
    Matched::Some(candidates.filter(|row| pass(*row as usize)).collect())
}

/// The rows in a box, and those that are nowhere: a box asks for both (OGC API - Features, Part 1,
/// fc-bbox-response). Ascending, as both lists are.
fn with_nowhere(mut near: Vec<u32>, nowhere: Vec<u32>) -> Vec<u32> {
    if !nowhere.is_empty() {
        near.extend(nowhere);
        // Two ascending lists, which a stable sort merges.
        near.sort();
    }
    near
}

/// Which areas are `top` or below it, by their position; asked once, looked up for every row.
fn within(snapshot: &Snapshot, top: AreaIx) -> Vec<bool> {
    let mut inside = vec![false; snapshot.areas.len()];
    // Parents come before their children, so one pass is enough.
    for (ix, _) in snapshot.areas.iter() {
        let above = ix != AreaIx::OPERATION && inside[snapshot.areas.parent(ix).at()];
        inside[ix.at()] = ix == top || above;
    }
    inside
}

/// The areas of a level, or of all of them, whose own boxes meet these, or may where they are written.
fn areas_near(view: &View, level: Option<u8>, boxes: &[Rect<f64>]) -> Vec<AreaIx> {
    // Writing moves a corner by half a millionth of a degree at most.
    const STEP: geo::Coord<f64> = geo::Coord { x: 1e-6, y: 1e-6 };
    let boxes = boxes.iter().map(|one| Rect::new(one.min() - STEP, one.max() + STEP));
    let boxes = &boxes.collect::<Vec<_>>();
    let tree = &view.snapshot.areas;
    let levels = level.map_or(0..=tree.deepest(), |level| level..=level);
    let mut found: Vec<AreaIx> = levels
        .flat_map(|level| boxes.iter().flat_map(move |one| tree.in_box(level, one)))
        .collect();
    let meets = |rect: Rect<f64>| boxes.iter().any(|one| one.intersects(&rect));
    // The operation's polygon is made only where it is asked for.
    if level == Some(0) && view.rect(AreaIx::OPERATION).is_some_and(meets) {
        found.push(AreaIx::OPERATION);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The areas of a level, or of all of them, whose polygons meet the box, and those without one.
fn areas_meeting(view: &View, level: Option<u8>, bbox: &Bbox) -> Vec<AreaIx> {
    let mut found = areas_near(view, level, bbox.boxes());
    found.retain(|ix| match (view.shape(*ix), view.rect(*ix)) {
        (Some(shape), Some(rect)) => bbox.meets(shape, &rect),
        _ => false,
    });
    let tree = &view.snapshot.areas;
    let levels = level.map_or(1..=tree.deepest(), |level| level..=level);
    let nowhere = |ix: &&AreaIx| tree.get(**ix).geometry.is_none();
    found.extend(levels.flat_map(|level| tree.level(level).iter().filter(nowhere)));
    if level == Some(0) && view.shape(AreaIx::OPERATION).is_none() {
        found.push(AreaIx::OPERATION);
    }
    found
}

/// Whether a shape meets the box, or there is none.
fn in_box(bbox: &Bbox, shape: Option<&MultiPolygon<f64>>) -> bool {
    let Some(shape) = shape else { return true };
    shape.bounding_rect().is_none_or(|rect| bbox.meets(shape, &rect))
}

/// The rows of some areas, ascending.
fn rows_of(areas: Vec<AreaIx>, row: impl Fn(AreaIx) -> Option<usize>) -> Vec<u32> {
    let mut rows: Vec<u32> = areas.into_iter().filter_map(|ix| Some(row(ix)? as u32)).collect();
    rows.sort_unstable();
    rows
}

/// P-code of an area as a value; null for the operation.
fn pcode(view: &View, ix: AreaIx) -> Value<'_> {
    let known = ix != AreaIx::OPERATION;
    Value::text(known.then(|| &*view.snapshot.areas.get(ix).pcode))
}

/// Name of an area as a value; null for the operation.
fn area_name(view: &View, ix: AreaIx) -> Value<'_> {
    let known = ix != AreaIx::OPERATION;
    Value::text(known.then(|| &*view.snapshot.areas.get(ix).name))
}

/// Name of a partner by its id; the id itself where no partner has it.
fn partner_name<'a>(view: &'a View, id: Option<&'a crate::domain::Text>) -> Value<'a> {
    let known = id.and_then(|id| view.snapshot.partner(id));
    let name = known.and_then(|position| view.snapshot.partners.get(position));
    Value::text(name.map(|partner| &*partner.name).or(id.map(|id| &**id)))
}

fn day<'a>(day: Option<crate::domain::Day>) -> Value<'a> {
    day.map_or(Value::Null, |day| Value::Date(day.0))
}

/// Parameters that several collections own.
mod own {
    use super::params::{Parameter, ParameterKind};
    use crate::domain::{Disability, PopulationGroup, Sector, Sex};

    pub const LEVEL: Parameter = Parameter {
        name: "level",
        description: "Administrative level of the areas; 0 is the operation as a whole.",
        kind: ParameterKind::Integer { minimum: 0, maximum: 4 },
        default: None,
    };
    pub const SECTOR: Parameter = Parameter {
        name: "sector",
        description: "Cluster code. A main sector sees its sub-sectors; ALL sees any.",
        kind: ParameterKind::Choice(sectors),
        default: None,
    };
    /// As a figure takes it, which is always of some sector.
    pub const SECTOR_OF_FIGURE: Parameter = Parameter { default: Some("ALL"), ..SECTOR };
    pub const PARTNER: Parameter = Parameter {
        name: "partner",
        description: "Reporting partner: id, name or acronym.",
        kind: ParameterKind::Text,
        default: None,
    };
    pub const AREA: Parameter = Parameter {
        name: "area",
        description: "P-code: only what is in this area or below it.",
        kind: ParameterKind::Text,
        default: None,
    };
    pub const GROUP: Parameter = Parameter {
        name: "group",
        description: "Population group.",
        kind: ParameterKind::Choice(groups),
        default: Some("all"),
    };
    pub const SEX: Parameter = Parameter {
        name: "sex",
        description: "Sex.",
        kind: ParameterKind::Choice(sexes),
        default: Some("all"),
    };
    pub const AGE: Parameter = Parameter {
        name: "age",
        description: "Band of completed years, both ends inside, such as 0-4 or 60+.",
        kind: ParameterKind::Text,
        default: Some("all"),
    };
    pub const DISABILITY: Parameter = Parameter {
        name: "disability",
        description: "Disability.",
        kind: ParameterKind::Choice(disabilities),
        default: Some("all"),
    };

    pub fn sectors() -> Vec<&'static str> {
        Sector::TABLE.iter().map(|(_, code, _)| *code).collect()
    }

    pub fn groups() -> Vec<&'static str> {
        PopulationGroup::TABLE.iter().map(|(_, code)| *code).collect()
    }

    pub fn sexes() -> Vec<&'static str> {
        Sex::TABLE.iter().map(|(_, code)| *code).collect()
    }

    pub fn disabilities() -> Vec<&'static str> {
        Disability::TABLE.iter().map(|(_, code)| *code).collect()
    }
}
