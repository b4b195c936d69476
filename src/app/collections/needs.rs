//! People in need, as published.

use std::borrow::Cow;

use crate::domain::{AreaIx, Period, PopulationGroup, Sector};
use crate::formats::layer::{Field, FieldKind, GeometryKind, Layer, Matched, Rows, Value};

use super::{
    BadParameter, Collection, Parameter, Params, View, area_name, day, matching, own, pcode, within,
};

pub const DEF: Collection = Collection {
    id: "needs",
    title: "Needs",
    description: "People in need, targeted, affected and severity by area, sector and group, as published for a cycle.",
    geometry: GeometryKind::None,
    fields: FIELDS,
    parameters: &[SECTOR, own::AREA, own::LEVEL, GROUP],
    kinds: &["needs"],
    open,
};

const SECTOR: Parameter = Parameter {
    description: "Cluster code of the row, exactly; ALL is the intersectoral figure.",
    ..own::SECTOR
};

const GROUP: Parameter =
    Parameter { description: "Population group of the row, exactly.", default: None, ..own::GROUP };

const FIELDS: &[Field] = &[
    Field::new("area", FieldKind::Text, "P-code; null is the whole operation").hxl("#adm+code"),
    Field::new("area_name", FieldKind::Text, "Name of that area").hxl("#adm+name"),
    Field::new("level", FieldKind::Integer, "Administrative level; 0 is the operation")
        .hxl("#meta+level"),
    Field::new("sector", FieldKind::Text, "Cluster code; ALL is intersectoral")
        .codes(own::sectors)
        .hxl("#sector+cluster+code"),
    Field::new("population_group", FieldKind::Text, "Population group")
        .codes(own::groups)
        .hxl("#beneficiary+group"),
    Field::new("sex", FieldKind::Text, "Sex of the people")
        .codes(own::sexes)
        .hxl("#beneficiary+sex"),
    Field::new("age", FieldKind::Text, "Band of completed years").hxl("#beneficiary+age"),
    Field::new("disability", FieldKind::Text, "Disability")
        .codes(own::disabilities)
        .hxl("#beneficiary+disability"),
    Field::new("cycle_start", FieldKind::Date, "First day of the cycle").hxl("#date+start"),
    Field::new("cycle_end", FieldKind::Date, "Last day of the cycle").hxl("#date+end"),
    Field::new("population", FieldKind::Number, "Population").unit("people").hxl("#population"),
    Field::new("affected", FieldKind::Number, "People affected").unit("people").hxl("#affected"),
    Field::new("in_need", FieldKind::Number, "People in need").unit("people").hxl("#inneed"),
    Field::new("targeted", FieldKind::Number, "People targeted").unit("people").hxl("#targeted"),
    Field::new("severity", FieldKind::Number, "Severity, 1 (minimal) to 5 (catastrophic)")
        .unit("class 1-5")
        .hxl("#severity"),
    Field::new("file", FieldKind::Text, "The imported file it stands in").hxl("#meta+source"),
    Field::new("row", FieldKind::Integer, "Row of that file").hxl("#meta+source+row"),
];

struct Needs<'a>(&'a View);

fn open<'a>(view: &'a View, params: &Params) -> Result<Layer<'a>, BadParameter> {
    let keys = view.needs();
    let tree = &view.snapshot.areas;
    let (sector, level) = (params.sector()?, params.level(view)?);
    let area = params.area("area", view)?.map(|top| within(&view.snapshot, top));
    let codes = PopulationGroup::TABLE.iter().map(|(_, code)| *code);
    let group = params.choice("group", PopulationGroup::from_code, codes)?;
    let period = params.period()?;
    // No row has a shape, and a box is of rows without one, too; a bad one is refused nevertheless.
    params.bbox()?;

    let pass = |row: usize| {
        let key = &keys[row];
        let need = &view.snapshot.needs[key.position];
        sector.is_none_or(|sector| need.sector == sector)
            && level.is_none_or(|level| tree.get(key.area).level == level)
            && group.is_none_or(|group| need.group.population == group)
            && area.as_ref().is_none_or(|inside| inside[key.area.at()])
            && need.cycle.meets(&period)
    };
    let filtered = sector.is_some() || level.is_some() || group.is_some() || area.is_some();
    let matched = match filtered || period != Period::ALWAYS {
        true => matching(0..keys.len() as u32, pass),
        false => Matched::All(keys.len()),
    };
    Ok(DEF.layer(Needs(view), matched))
}

impl<'a> Rows<'a> for Needs<'a> {
    fn len(&self) -> usize {
        self.0.needs().len()
    }

    fn id(&self, row: usize) -> Cow<'a, str> {
        Cow::Borrowed(&self.0.needs()[row].id)
    }

    fn values(&self, row: usize, out: &mut Vec<Value<'a>>) {
        let view = self.0;
        let key = &view.needs()[row];
        let need = &view.snapshot.needs[key.position];
        let level = match key.area {
            AreaIx::OPERATION => 0,
            area => view.snapshot.areas.get(area).level,
        };
        out.extend([
            pcode(view, key.area),
            area_name(view, key.area),
            Value::Integer(level.into()),
            Value::Text(Cow::Borrowed(Sector::code(need.sector))),
            Value::Text(Cow::Borrowed(need.group.population.code())),
            Value::Text(Cow::Borrowed(need.group.sex.code())),
            Value::Text(need.group.age.to_string().into()),
            Value::Text(Cow::Borrowed(need.group.disability.code())),
            day(need.cycle.start),
            day(need.cycle.end),
            Value::number(need.population),
            Value::number(need.affected),
            Value::number(need.in_need),
            Value::number(need.targeted),
            Value::number(need.severity),
            Value::text(view.file(need.source.submission)),
            Value::Integer(need.source.row.into()),
        ]);
    }
}
