//! Administrative areas.

use std::borrow::Cow;

use geo::Rect;

use crate::domain::AreaIx;
use crate::formats::layer::{
    Field, FieldKind, Geometry, GeometryKind, Layer, Matched, Rows, Value, Want,
};

use super::params::{Parameter, ParameterKind};
use super::{
    BadParameter, Collection, Params, View, areas_meeting, areas_near, matching, own, pcode,
    rows_of,
};

pub const DEF: Collection = Collection {
    id: "areas",
    title: "Administrative areas",
    description: "The boundaries (COD-AB) that everything is counted by. Boundaries and names imply no endorsement.",
    geometry: GeometryKind::MultiPolygon,
    fields: FIELDS,
    parameters: &[own::LEVEL, PARENT],
    kinds: &["areas", "population"],
    open,
};

const PARENT: Parameter = Parameter {
    name: "parent",
    description: "P-code: only the areas directly below this one.",
    kind: ParameterKind::Text,
    default: None,
};

const FIELDS: &[Field] = &[
    Field::new("pcode", FieldKind::Text, "P-code, unique within the operation")
        .hxl("#adm+code")
        .always(),
    Field::new("name", FieldKind::Text, "Name").hxl("#adm+name").always(),
    Field::new("level", FieldKind::Integer, "Administrative level; 0 is the operation")
        .hxl("#meta+level")
        .always(),
    Field::new("parent", FieldKind::Text, "P-code of the area above; null under the operation")
        .hxl("#adm+parent+code"),
    Field::new("area_km2", FieldKind::Number, "Ellipsoidal area of the polygon")
        .hxl("#indicator+area+km2")
        .unit("km2"),
    Field::new("population", FieldKind::Number, "People of all groups; null if no table says")
        .unit("people")
        .hxl("#population"),
    degrees("longitude", "Of a point inside its largest part, where its name goes on a map")
        .hxl("#geo+lon"),
    degrees("latitude", "Of the same point").hxl("#geo+lat"),
    degrees("name_width", "Degrees of longitude that are free there").hxl("#meta+name+width"),
    degrees("west", "Western end of it; above the eastern one across the antimeridian")
        .hxl("#geo+lon+min"),
    degrees("south", "Southern end of it").hxl("#geo+lat+min"),
    degrees("east", "Eastern end of it").hxl("#geo+lon+max"),
    degrees("north", "Northern end of it").hxl("#geo+lat+max"),
];

const fn degrees(name: &'static str, description: &'static str) -> Field {
    Field::new(name, FieldKind::Number, description).unit("degrees")
}

/// Where a name goes, to 10 m.
fn roughly(degrees: f64) -> f64 {
    (degrees * 1e4).round() / 1e4
}

/// A side of an area, as its corners are written.
fn side(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

struct Areas<'a> {
    view: &'a View,
    /// By P-code.
    areas: Cow<'a, [AreaIx]>,
    /// The one level they are of.
    level: Option<u8>,
}

fn open<'a>(view: &'a View, params: &Params) -> Result<Layer<'a>, BadParameter> {
    let (level, parent) = (params.level(view)?, params.area("parent", view)?);
    let bbox = params.bbox()?;
    params.period()?;
    let tree = &view.snapshot.areas;
    let operation = [AreaIx::OPERATION];
    let areas = match level {
        None => Cow::Borrowed(view.areas_by_pcode()),
        // The operation has no place among the P-codes.
        Some(0) => Cow::Owned(operation.to_vec()),
        Some(level) => Cow::Borrowed(tree.level(level)),
    };
    let rows = Areas { view, areas, level };
    let mut matched = match bbox {
        None => Matched::All(rows.len()),
        Some(bbox) => {
            let found = areas_meeting(view, level, &bbox);
            Matched::Some(rows_of(found, |ix| rows.row_of(ix)))
        }
    };
    if let Some(parent) = parent {
        let below =
            |row: usize| rows.areas[row] != parent && tree.parent(rows.areas[row]) == parent;
        matched = match matched {
            Matched::All(count) => matching(0..count as u32, below),
            Matched::Some(rows) => matching(rows.into_iter(), below),
        };
    }
    Ok(DEF.layer(rows, matched))
}

impl Areas<'_> {
    fn row_of(&self, ix: AreaIx) -> Option<usize> {
        self.find(&self.view.snapshot.areas.get(ix).pcode).ok()
    }
}

impl<'a> Rows<'a> for Areas<'a> {
    fn len(&self) -> usize {
        self.areas.len()
    }

    fn id(&self, row: usize) -> Cow<'a, str> {
        Cow::Borrowed(&self.view.snapshot.areas.get(self.areas[row]).pcode)
    }

    fn geometry(&self, row: usize, want: Want) -> Geometry {
        self.view.geometry(self.areas[row], want)
    }

    fn area(&self, row: usize) -> Option<AreaIx> {
        Some(self.areas[row])
    }

    fn near(&self, boxes: &[Rect<f64>]) -> Option<Vec<u32>> {
        let found = areas_near(self.view, self.level, boxes);
        Some(rows_of(found, |ix| self.row_of(ix)))
    }

    fn values(&self, row: usize, out: &mut Vec<Value<'a>>) {
        let (view, ix) = (self.view, self.areas[row]);
        let area = view.snapshot.areas.get(ix);
        out.extend([
            Value::Text(Cow::Borrowed(&area.pcode)),
            Value::Text(Cow::Borrowed(&area.name)),
            Value::Integer(area.level.into()),
            pcode(view, view.snapshot.areas.parent(ix)),
            Value::number(area.area_km2),
            Value::number(view.population(ix)),
        ]);
        let frame = view.frame(ix);
        let place = frame.map(|frame| [frame.name_at.x(), frame.name_at.y(), frame.name_width]);
        let place = |at: usize| Value::number(place.map(|place| roughly(place[at])));
        out.extend((0..3).map(place));
        out.extend((0..4).map(|at| Value::number(frame.map(|frame| side(frame.bbox[at])))));
    }
}
