//! The main query: who is in need, who is reached, who is not, and how sure.

use std::borrow::Cow;
use std::sync::Arc;

use geo::Rect;

use crate::analysis::gaps::{GapFigure, GapStatus, Gaps as Figures};
use crate::analysis::{Basis, GapQuery, cycles, rule};
use crate::app::query::gap_query;
use crate::domain::{AreaIx, Period};
use crate::formats::layer::{
    Field, FieldKind, Geometry, GeometryKind, Layer, Matched, Member, Rows, Value, Want,
};

use super::params::{Parameter, ParameterKind};
use super::{
    BadParameter, Collection, Params, View, area_name, areas_meeting, areas_near, own, pcode,
    rows_of,
};

pub const DEF: Collection = Collection {
    id: "gaps",
    title: "Gaps",
    description: "People in need, reached and not reached by area, with honest bounds. Partners' rows are never simply added: of one line of work the highest month counts, partners with the same type of activity add, then the highest type counts; places add. Without parameters: the lowest level with need figures, all sectors, all time, all people, against people in need.",
    geometry: GeometryKind::MultiPolygon,
    fields: FIELDS,
    parameters: &[
        own::LEVEL,
        own::SECTOR_OF_FIGURE,
        own::GROUP,
        own::SEX,
        own::AGE,
        own::DISABILITY,
        BASIS,
    ],
    kinds: &["areas", "activities", "needs", "population", "sites"],
    open,
};

const BASIS: Parameter = Parameter {
    name: "basis",
    description: "What gaps are measured against: people in need, or the needs' target.",
    kind: ParameterKind::Choice(|| Basis::TABLE.iter().map(|(_, code)| *code).collect()),
    default: Some("in-need"),
};

const PEOPLE: Field = Field::new("", FieldKind::Number, "").unit("people");

const fn people(name: &'static str, description: &'static str) -> Field {
    Field { name, description, ..PEOPLE }
}

const fn count(name: &'static str, unit: &'static str, description: &'static str) -> Field {
    Field::new(name, FieldKind::Integer, description).unit(unit).always()
}

const FIELDS: &[Field] = &[
    Field::new("pcode", FieldKind::Text, "P-code").hxl("#adm+code").always(),
    Field::new("name", FieldKind::Text, "Name").hxl("#adm+name").always(),
    Field::new("level", FieldKind::Integer, "Administrative level; 0 is the operation")
        .hxl("#meta+level")
        .always(),
    Field::new("parent", FieldKind::Text, "P-code of the area above").hxl("#adm+parent+code"),
    Field::new("parent_name", FieldKind::Text, "Name of the area above").hxl("#adm+parent+name"),
    Field::new("sector", FieldKind::Text, "Cluster code of the query")
        .codes(own::sectors)
        .hxl("#sector+cluster+code")
        .always(),
    Field::new(
        "status",
        FieldKind::Text,
        "no-data, no-need, no-report, planned-only, present, unreached, partial, exceeded or met",
    )
    .codes(|| GapStatus::TABLE.iter().map(|(_, code, _)| *code).collect())
    .hxl("#status")
    .always(),
    Field::new("status_text", FieldKind::Text, "The status in words").hxl("#status+text").always(),
    people("in_need", "People in need; above the gap areas the sum from below").hxl("#inneed"),
    people("in_need_published", "A published figure of this area that differs from the sum")
        .hxl("#inneed+published"),
    people("targeted", "People the plan targets").hxl("#targeted"),
    people("affected", "People affected").hxl("#affected"),
    people("population", "People who live here").hxl("#population"),
    Field::new("severity", FieldKind::Number, "Severity; only where needs were published")
        .unit("class 1-5")
        .hxl("#severity"),
    Field::new("severity_max", FieldKind::Number, "The highest severity here and below")
        .hxl("#severity+max")
        .unit("class 1-5"),
    people("severity_max_in_need", "People in need living at the highest severity")
        .hxl("#inneed+severity+max"),
    people("reached", "People reached, standard figure; null where nobody stated any")
        .hxl("#reached"),
    people("reached_low", "People reached, if partners served the same people").hxl("#reached+min"),
    people("reached_high", "People reached, if every row was about other people: at most the population where that is known, but never below reached")
        .hxl("#reached+max"),
    Field::new(
        "reached_converted",
        FieldKind::Boolean,
        "Some figures were converted from households",
    )
    .hxl("#meta+reached+converted")
    .always(),
    people("reached_place_unknown", "Reached here, but where below is unknown")
        .hxl("#reached+place+unknown"),
    people("reached_place_unknown_above", "The same of the areas above; may lie here or elsewhere")
        .hxl("#reached+place+unknown+above"),
    people("gap", "People in need and not reached").hxl("#indicator+gap+num"),
    people("gap_low", "The gap, if reached is at its high bound").hxl("#indicator+gap+min"),
    people("gap_high", "The gap, if reached is at its low bound").hxl("#indicator+gap+max"),
    Field::new("coverage", FieldKind::Number, "Reached / need; not clipped")
        .hxl("#indicator+coverage+ratio")
        .unit("fraction"),
    people("pin_reached", "People in need and reached").hxl("#indicator+inneed+reached"),
    people("pin_targeted_not_reached", "People in need, targeted and not reached")
        .hxl("#indicator+inneed+targeted+unreached"),
    people("pin_never_targeted", "People in need whom nobody planned for")
        .hxl("#indicator+inneed+untargeted"),
    count("rows_without_figures", "rows", "Active rows that state no people reached")
        .hxl("#indicator+rows+unknown"),
    count("partners", "partners", "Distinct partners whose rows count, here and below")
        .hxl("#indicator+org+num"),
    count("activities", "lines", "Lines of work, here and below").hxl("#indicator+activity+num"),
    count("partners_planned", "partners", "Distinct partners with planned work")
        .hxl("#indicator+org+planned"),
    count("activities_planned", "lines", "Planned lines of work")
        .hxl("#indicator+activity+planned"),
    count("sites", "sites", "Sites of the sector that serve in the period, here and below")
        .hxl("#indicator+loc+num"),
    Field::new("over_need", FieldKind::Boolean, "Reached is above people in need")
        .hxl("#meta+reached+overneed")
        .always(),
    Field::new("over_population", FieldKind::Boolean, "Reached is above the population")
        .hxl("#meta+reached+overpopulation")
        .always(),
    Field::new("area_km2", FieldKind::Number, "Ellipsoidal area of the polygon")
        .hxl("#indicator+area+km2")
        .unit("km2"),
];

/// The cycles the need figures are of, such as `2026-01-01/2026-12-31`, with commas between.
fn need_cycles(view: &View, query: &GapQuery) -> String {
    let cycles = cycles(&view.snapshot, query);
    cycles.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

struct Gaps<'a> {
    view: &'a View,
    query: GapQuery,
    figures: Arc<Figures>,
    /// By position in the area tree.
    sites: Arc<Vec<u32>>,
}

fn open<'a>(view: &'a View, params: &Params) -> Result<Layer<'a>, BadParameter> {
    let query = gap_query(view, params)?;
    let bbox = params.bbox()?;
    let figures = view.gaps(&query);
    let matched = match bbox {
        None => Matched::All(figures.figures.len()),
        Some(bbox) => {
            let areas = areas_meeting(view, Some(query.level), &bbox);
            Matched::Some(rows_of(areas, |ix| Some(view.level_position(ix))))
        }
    };
    let members = vec![
        ("query", asked(&query)),
        ("derived", Member::Boolean(figures.derived)),
        ("need_cycles", Member::Text(need_cycles(view, &query))),
        ("rule", Member::Text(rule(&query, figures.derived))),
    ];
    let sites = view.sites_below(query.sector, query.period);
    let mut layer = DEF.layer(Gaps { view, query, figures, sites }, matched);
    layer.members = members;
    Ok(layer)
}

/// The query with its defaults filled in.
pub fn asked(query: &GapQuery) -> Member {
    let text = |text: &str| Value::Text(text.to_owned().into());
    let datetime = match query.period == Period::ALWAYS {
        true => Value::Null,
        false => text(&query.period.to_string()),
    };
    Member::Record(vec![
        ("level", Value::Integer(query.level.into())),
        ("sector", text(query.sector.code())),
        ("datetime", datetime),
        ("group", text(query.group.population.code())),
        ("sex", text(query.group.sex.code())),
        ("age", text(&query.group.age.to_string())),
        ("disability", text(query.group.disability.code())),
        ("basis", text(query.basis.code())),
    ])
}

impl Gaps<'_> {
    fn figure(&self, row: usize) -> &GapFigure {
        &self.figures.figures[row]
    }
}

impl<'a> Rows<'a> for Gaps<'a> {
    fn len(&self) -> usize {
        self.figures.figures.len()
    }

    fn id(&self, row: usize) -> Cow<'a, str> {
        Cow::Borrowed(&self.view.snapshot.areas.get(self.figure(row).area).pcode)
    }

    fn geometry(&self, row: usize, want: Want) -> Geometry {
        self.view.geometry(self.figure(row).area, want)
    }

    fn area(&self, row: usize) -> Option<AreaIx> {
        Some(self.figure(row).area)
    }

    fn near(&self, boxes: &[Rect<f64>]) -> Option<Vec<u32>> {
        let areas = areas_near(self.view, Some(self.query.level), boxes);
        // The figures are those of all areas of the level, in their order.
        Some(rows_of(areas, |ix| Some(self.view.level_position(ix))))
    }

    fn values(&self, row: usize, out: &mut Vec<Value<'a>>) {
        let (view, figure) = (self.view, self.figure(row));
        let tree = &view.snapshot.areas;
        let area = tree.get(figure.area);
        let parent = tree.parent(figure.area);
        let words = GapStatus::TABLE.get(figure.status as usize).map(|(_, _, words)| *words);
        let count = |count: u32| Value::Integer(count.into());
        out.extend([
            Value::Text(Cow::Borrowed(&area.pcode)),
            Value::Text(Cow::Borrowed(&area.name)),
            Value::Integer(area.level.into()),
            pcode(view, parent),
            area_name(view, parent),
            Value::Text(Cow::Borrowed(self.query.sector.code())),
            Value::Text(Cow::Borrowed(figure.status.code())),
            Value::text(words),
            Value::number(figure.in_need),
            Value::number(figure.in_need_published),
            Value::number(figure.targeted),
            Value::number(figure.affected),
            Value::number(figure.population),
            Value::number(figure.severity),
            Value::number(figure.severity_max),
            Value::number(figure.severity_max_in_need),
            Value::number(figure.reached),
            Value::number(figure.reached_low),
            Value::number(figure.reached_high),
            Value::Boolean(figure.reached_converted),
            Value::number(figure.reached_place_unknown),
            Value::number(figure.reached_place_unknown_above),
            Value::number(figure.gap),
            Value::number(figure.gap_low),
            Value::number(figure.gap_high),
            Value::number(figure.coverage),
            Value::number(figure.pin_reached),
            Value::number(figure.pin_targeted_not_reached),
            Value::number(figure.pin_never_targeted),
            count(figure.rows_without_figures),
            count(figure.partners),
            count(figure.activities),
            count(figure.partners_planned),
            count(figure.activities_planned),
            count(self.sites.get(figure.area.at()).copied().unwrap_or(0)),
            Value::Boolean(figure.over_need),
            Value::Boolean(figure.over_population),
            Value::number(area.area_km2),
        ]);
    }
}
