//! What `uncovered` and `shared` have in common: the same figures per area, another polygon.

use std::borrow::Cow;
use std::sync::Arc;

use geo::MultiPolygon;

use crate::analysis::coverage::AreaCoverage;
use crate::analysis::service_areas::SpaceQuery;
use crate::analysis::{Basis, GapQuery, lowest_need_level};
use crate::domain::{Group, Period, Sector};
use crate::formats::layer::{
    Field, FieldKind, Geometry, Layer, Matched, Member, Rows, Value, Want,
};

use super::borders::write_alone;
use super::{BadParameter, Collection, Parameter, Params, View, in_box, matching, own};

pub const PARAMETERS: &[Parameter] = &[own::LEVEL, own::SECTOR_OF_FIGURE];

pub const KINDS: &[&str] = &["areas", "sites", "population", "needs"];

const fn km2(name: &'static str, description: &'static str) -> Field {
    Field::new(name, FieldKind::Number, description).unit("km2")
}

const fn people(name: &'static str, description: &'static str) -> Field {
    Field::new(name, FieldKind::Number, description).unit("people")
}

pub const FIELDS: &[Field] = &[
    Field::new("pcode", FieldKind::Text, "P-code").hxl("#adm+code").always(),
    Field::new("name", FieldKind::Text, "Name").hxl("#adm+name").always(),
    Field::new("level", FieldKind::Integer, "Administrative level; 0 is the operation")
        .hxl("#meta+level")
        .always(),
    km2("area_km2", "Ellipsoidal area of the polygon").hxl("#indicator+area+km2"),
    km2("covered_km2", "Of that, within reach of a site").hxl("#indicator+area+covered"),
    km2("uncovered_km2", "Of that, out of reach of every site").hxl("#indicator+area+uncovered"),
    km2("shared_km2", "Of that, within reach of the sites of two partners or more")
        .hxl("#indicator+area+shared"),
    Field::new("share_covered", FieldKind::Number, "Covered / area")
        .hxl("#indicator+area+covered+ratio")
        .unit("fraction"),
    people("population", "People who live here").hxl("#population"),
    people("people_covered", "People within reach of a site").hxl("#population+covered"),
    people("people_uncovered", "People out of reach of every site").hxl("#population+uncovered"),
    people("people_shared", "People within reach of the sites of two partners or more")
        .hxl("#population+shared"),
    people("in_need", "People in need").hxl("#inneed"),
    people("in_need_uncovered", "People in need out of reach, by the same shares")
        .hxl("#inneed+uncovered"),
    Field::new("sites", FieldKind::Integer, "Sites that serve and stand inside")
        .hxl("#indicator+loc+num")
        .unit("sites")
        .always(),
    Field::new(
        "method",
        FieldKind::Text,
        "How people were placed: area share, evenly over the polygon",
    )
    .hxl("#meta+method"),
];

/// The polygon that a collection draws.
pub type Choose = fn(&AreaCoverage) -> Option<&Arc<MultiPolygon<f64>>>;

struct Cover<'a> {
    view: &'a View,
    areas: Arc<Vec<AreaCoverage>>,
    choose: Choose,
}

pub fn open<'a>(
    view: &'a View,
    params: &Params,
    collection: &'static Collection,
    choose: Choose,
) -> Result<Layer<'a>, BadParameter> {
    let sector = params.sector()?.unwrap_or(Sector::All);
    let (period, bbox) = (params.period()?, params.bbox()?);
    let group = Group::ALL;
    let level = match params.level(view)? {
        Some(level) => level,
        None => {
            let needs = GapQuery { level: 0, sector, period, group, basis: Basis::InNeed };
            lowest_need_level(&view.snapshot, &needs)
        }
    };
    let areas = view.coverage(&SpaceQuery { level, sector, period, group });
    let matched = match &bbox {
        None => Matched::All(areas.len()),
        Some(bbox) => {
            let meets = |row: usize| in_box(bbox, choose(&areas[row]).map(|shape| &**shape));
            matching(0..areas.len() as u32, meets)
        }
    };
    let datetime = match period == Period::ALWAYS {
        true => Value::Null,
        false => Value::Text(period.to_string().into()),
    };
    let asked = vec![
        ("level", Value::Integer(level.into())),
        ("sector", Value::Text(sector.code().into())),
        ("datetime", datetime),
    ];
    let mut layer = collection.layer(Cover { view, areas, choose }, matched);
    layer.members = vec![("query", Member::Record(asked))];
    Ok(layer)
}

impl<'a> Rows<'a> for Cover<'a> {
    fn len(&self) -> usize {
        self.areas.len()
    }

    fn id(&self, row: usize) -> Cow<'a, str> {
        Cow::Borrowed(&self.view.snapshot.areas.get(self.areas[row].area).pcode)
    }

    fn geometry(&self, row: usize, want: Want) -> Geometry {
        match (want, (self.choose)(&self.areas[row])) {
            (Want::Nothing, _) | (_, None) => Geometry::None,
            (Want::Shape, Some(shape)) => Geometry::MultiPolygon(shape.clone()),
            (Want::GeoJson(grid), Some(shape)) => Geometry::GeoJson(write_alone(shape, grid)),
        }
    }

    fn values(&self, row: usize, out: &mut Vec<Value<'a>>) {
        let cover = &self.areas[row];
        let area = self.view.snapshot.areas.get(cover.area);
        let sum = |a: Option<f64>, b: Option<f64>| Value::number(a.zip(b).map(|(a, b)| a + b));
        let share = cover.covered_km2.zip(cover.area_km2.filter(|area| *area > 0.0));
        out.extend([
            Value::Text(Cow::Borrowed(&area.pcode)),
            Value::Text(Cow::Borrowed(&area.name)),
            Value::Integer(area.level.into()),
            Value::number(cover.area_km2),
            Value::number(cover.covered_km2),
            Value::number(cover.uncovered_km2),
            Value::number(cover.shared_km2),
            Value::number(share.map(|(covered, area)| covered / area)),
            sum(cover.people_covered, cover.people_uncovered),
            Value::number(cover.people_covered),
            Value::number(cover.people_uncovered),
            Value::number(cover.people_shared),
            sum(cover.in_need_covered, cover.in_need_uncovered),
            Value::number(cover.in_need_uncovered),
            Value::Integer(cover.sites.into()),
            Value::Text(Cow::Borrowed(cover.method.code())),
        ]);
    }
}
