//! Reported rows.

use std::borrow::Cow;

use crate::domain::activity::Status;
use crate::domain::{AreaIx, Period, Sector};
use crate::formats::layer::{
    Field, FieldKind, Geometry, GeometryKind, Layer, Matched, Rows, Value, Want,
};

use super::params::{Parameter, ParameterKind};
use super::{
    BadParameter, Collection, Params, View, area_name, day, matching, own, partner_name, pcode,
    within,
};

pub const DEF: Collection = Collection {
    id: "activities",
    title: "Activities",
    description: "Reported rows: who does what, where, when, for whom. A row without a point of its own is drawn inside its area; located_by says which.",
    geometry: GeometryKind::Point,
    fields: FIELDS,
    parameters: &[own::SECTOR, own::PARTNER, own::AREA, STATUS],
    kinds: &["activities"],
    open,
};

const STATUS: Parameter = Parameter {
    name: "status",
    description: "Status of the row.",
    kind: ParameterKind::Choice(|| Status::TABLE.iter().map(|(_, code)| *code).collect()),
    default: None,
};

const FIELDS: &[Field] = &[
    Field::new("activity_id", FieldKind::Text, "The partner's own code of the activity")
        .hxl("#activity+code"),
    Field::new("partner", FieldKind::Text, "Id of the reporting partner"),
    Field::new("partner_name", FieldKind::Text, "Reporting partner").hxl("#org+name"),
    Field::new("implementing_partner", FieldKind::Text, "Implementing partner")
        .hxl("#org+impl+name"),
    Field::new("donor", FieldKind::Text, "Donor").hxl("#org+funding+name"),
    Field::new("sector", FieldKind::Text, "Cluster code").hxl("#sector+cluster+code"),
    Field::new("activity_type", FieldKind::Text, "Type of activity").hxl("#activity+type"),
    Field::new("description", FieldKind::Text, "Description").hxl("#activity+description"),
    Field::new("area", FieldKind::Text, "P-code of the finest known area; null where none is")
        .hxl("#adm+code"),
    Field::new("area_name", FieldKind::Text, "Name of that area").hxl("#adm+name"),
    Field::new("location", FieldKind::Text, "Named location within the area").hxl("#loc+name"),
    Field::new("located_by", FieldKind::Text, "Where the row is held: point, area or operation"),
    Field::new("start_date", FieldKind::Date, "First day").hxl("#date+start"),
    Field::new("end_date", FieldKind::Date, "Last day").hxl("#date+end"),
    Field::new("status", FieldKind::Text, "planned, ongoing, completed, suspended or cancelled")
        .hxl("#status"),
    Field::new("modality", FieldKind::Text, "Modality").hxl("#modality"),
    Field::new("population_group", FieldKind::Text, "Population group").hxl("#beneficiary+group"),
    Field::new("sex", FieldKind::Text, "Sex").hxl("#beneficiary+sex"),
    Field::new("age", FieldKind::Text, "Band of completed years").hxl("#beneficiary+age"),
    Field::new("disability", FieldKind::Text, "Disability").hxl("#beneficiary+disability"),
    Field::new("targeted", FieldKind::Number, "People targeted, as stated")
        .unit("people")
        .hxl("#targeted+ind"),
    Field::new("reached", FieldKind::Number, "People reached, as stated")
        .unit("people")
        .hxl("#reached+ind"),
    Field::new("households_targeted", FieldKind::Number, "Households targeted, as stated")
        .unit("households")
        .hxl("#targeted+hh"),
    Field::new("households_reached", FieldKind::Number, "Households reached, as stated")
        .unit("households")
        .hxl("#reached+hh"),
    Field::new("budget_usd", FieldKind::Number, "Budget").unit("USD").hxl("#value+budget+usd"),
    Field::new("file", FieldKind::Text, "The imported file it stands in"),
    Field::new("row", FieldKind::Integer, "Row of that file"),
];

struct Activities<'a>(&'a View);

fn open<'a>(view: &'a View, params: &Params) -> Result<Layer<'a>, BadParameter> {
    let rows = &view.snapshot.activities;
    let sector = params.sector()?.filter(|sector| *sector != Sector::All);
    let partner = params.partner(view)?;
    let area = params.area("area", view)?.map(|top| within(&view.snapshot, top));
    let codes = Status::TABLE.iter().map(|(_, code)| *code);
    let status = params.choice("status", Status::from_code, codes)?;
    let (bbox, period) = (params.bbox()?, params.period()?);

    let pass = |row: usize| {
        let activity = &rows[row];
        let sees =
            |asked: Sector| activity.sector.is_some_and(|own| own == asked || own.main() == asked);
        sector.is_none_or(sees)
            && partner.is_none_or(|partner| activity.partner == *partner)
            && status.is_none_or(|status| activity.status == Some(status))
            && area.as_ref().is_none_or(|inside| inside[view.activity_areas()[row].at()])
            && (period == Period::ALWAYS || activity.period().meets(&period))
    };
    let filtered = sector.is_some() || partner.is_some() || status.is_some() || area.is_some();
    let matched = match bbox {
        Some(bbox) => matching(view.activities_in(&bbox).into_iter(), pass),
        None if filtered || period != Period::ALWAYS => matching(0..rows.len() as u32, pass),
        None => Matched::All(rows.len()),
    };
    Ok(DEF.layer(Activities(view), matched))
}

impl<'a> Rows<'a> for Activities<'a> {
    fn len(&self) -> usize {
        self.0.snapshot.activities.len()
    }

    fn id(&self, row: usize) -> Cow<'a, str> {
        Cow::Owned(self.0.snapshot.activities[row].id.to_string())
    }

    fn find(&self, id: &str) -> Result<usize, usize> {
        // Ids are numbers and sort as such.
        let Ok(id) = id.parse::<u64>() else { return Err(self.len()) };
        self.0.snapshot.activities.binary_search_by_key(&id, |activity| activity.id)
    }

    fn geometry(&self, row: usize, want: Want) -> Geometry {
        match want {
            Want::Nothing => Geometry::None,
            _ => self.0.activity_point(row).map_or(Geometry::None, Geometry::Point),
        }
    }

    fn values(&self, row: usize, out: &mut Vec<Value<'a>>) {
        let view = self.0;
        let activity = &view.snapshot.activities[row];
        let area = view.activity_areas()[row];
        let located_by = match activity.point {
            Some(_) => "point",
            None if area == AreaIx::OPERATION => "operation",
            None => "area",
        };
        let group = &activity.group;
        let age = match group.age == crate::domain::Age::ALL {
            true => Cow::Borrowed("all"),
            false => Cow::Owned(group.age.to_string()),
        };
        out.extend([
            Value::text(activity.activity_id.as_deref()),
            Value::Text(Cow::Borrowed(&activity.partner)),
            partner_name(view, Some(&activity.partner)),
            partner_name(view, activity.implementing_partner.as_ref()),
            Value::text(activity.donor.as_deref()),
            Value::text(activity.sector.map(Sector::code)),
            Value::text(activity.activity_type.as_deref()),
            Value::text(activity.description.as_deref()),
            pcode(view, area),
            area_name(view, area),
            Value::text(activity.location.as_deref()),
            Value::Text(Cow::Borrowed(located_by)),
            day(activity.start),
            day(activity.end),
            Value::text(activity.status.map(Status::code)),
            Value::text(activity.modality.as_deref()),
            Value::Text(Cow::Borrowed(group.population.code())),
            Value::Text(Cow::Borrowed(group.sex.code())),
            Value::Text(age),
            Value::Text(Cow::Borrowed(group.disability.code())),
            Value::number(activity.targeted),
            Value::number(activity.reached),
            Value::number(activity.households_targeted),
            Value::number(activity.households_reached),
            Value::number(activity.budget_usd),
            Value::text(view.file(activity.source.submission)),
            Value::Integer(activity.source.row.into()),
        ]);
    }
}
