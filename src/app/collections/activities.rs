//! Reported rows.

use std::borrow::Cow;

use geo::Rect;

use crate::domain::activity::Status;
use crate::domain::{Activity, Age, AreaIx, Period, Sector};
use crate::formats::layer::{
    Field, FieldKind, Geometry, GeometryKind, Layer, Matched, Rows, Value, Want,
};

use super::bbox::Bbox;
use super::params::{Parameter, ParameterKind};
use super::{
    BadParameter, Collection, Params, View, area_name, day, matching, own, partner_name, pcode,
    with_nowhere, within,
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
    kind: ParameterKind::Choice(statuses),
    default: None,
};

fn statuses() -> Vec<&'static str> {
    Status::TABLE.iter().map(|(_, code)| *code).collect()
}

/// A field and where a row has it.
type Column = (Field, for<'a> fn(Row<'a>) -> Value<'a>);

/// A row as the fields read it.
#[derive(Clone, Copy)]
struct Row<'a> {
    view: &'a View,
    activity: &'a Activity,
    area: AreaIx,
}

/// Each field beside its value, so that a filter can ask for one alone.
const COLUMNS: [Column; 27] = [
    (
        Field::new("activity_id", FieldKind::Text, "The partner's own code of the activity")
            .hxl("#activity+code"),
        |row| Value::text(row.activity.activity_id.as_deref()),
    ),
    (
        Field::new("partner", FieldKind::Text, "Id of the reporting partner").hxl("#meta+org+id"),
        |row| Value::Text(Cow::Borrowed(&row.activity.partner)),
    ),
    (Field::new("partner_name", FieldKind::Text, "Reporting partner").hxl("#org+name"), |row| {
        partner_name(row.view, Some(&row.activity.partner))
    }),
    (
        Field::new("implementing_partner", FieldKind::Text, "Implementing partner")
            .hxl("#org+impl+name"),
        |row| partner_name(row.view, row.activity.implementing_partner.as_ref()),
    ),
    (Field::new("donor", FieldKind::Text, "Donor").hxl("#org+funding+name"), |row| {
        Value::text(row.activity.donor.as_deref())
    }),
    (
        Field::new("sector", FieldKind::Text, "Cluster code")
            .codes(own::sectors)
            .hxl("#sector+cluster+code"),
        |row| Value::text(row.activity.sector.map(Sector::code)),
    ),
    (
        Field::new("activity_type", FieldKind::Text, "Type of activity").hxl("#activity+type"),
        |row| Value::text(row.activity.activity_type.as_deref()),
    ),
    (
        Field::new("description", FieldKind::Text, "Description").hxl("#activity+description"),
        |row| Value::text(row.activity.description.as_deref()),
    ),
    (
        Field::new("area", FieldKind::Text, "P-code of the finest known area; null where none is")
            .hxl("#adm+code"),
        |row| pcode(row.view, row.area),
    ),
    (Field::new("area_name", FieldKind::Text, "Name of that area").hxl("#adm+name"), |row| {
        area_name(row.view, row.area)
    }),
    (
        Field::new("location", FieldKind::Text, "Named location within the area").hxl("#loc+name"),
        |row| Value::text(row.activity.location.as_deref()),
    ),
    (
        Field::new(
            "located_by",
            FieldKind::Text,
            "Where the row is held: point, area or operation",
        )
        .hxl("#meta+place")
        .codes(|| vec!["point", "area", "operation"]),
        |row| {
            Value::Text(Cow::Borrowed(match row.activity.point {
                Some(_) => "point",
                None if row.area == AreaIx::OPERATION => "operation",
                None => "area",
            }))
        },
    ),
    (Field::new("start_date", FieldKind::Date, "First day").hxl("#date+start"), |row| {
        day(row.activity.start)
    }),
    (Field::new("end_date", FieldKind::Date, "Last day").hxl("#date+end"), |row| {
        day(row.activity.end)
    }),
    (
        Field::new(
            "status",
            FieldKind::Text,
            "planned, ongoing, completed, suspended or cancelled",
        )
        .codes(statuses)
        .hxl("#status"),
        |row| Value::text(row.activity.status.map(Status::code)),
    ),
    (Field::new("modality", FieldKind::Text, "Modality").hxl("#modality"), |row| {
        Value::text(row.activity.modality.as_deref())
    }),
    (
        Field::new("population_group", FieldKind::Text, "Population group")
            .codes(own::groups)
            .hxl("#beneficiary+group"),
        |row| Value::Text(Cow::Borrowed(row.activity.group.population.code())),
    ),
    (
        Field::new("sex", FieldKind::Text, "Sex of the people")
            .codes(own::sexes)
            .hxl("#beneficiary+sex"),
        |row| Value::Text(Cow::Borrowed(row.activity.group.sex.code())),
    ),
    (
        Field::new("age", FieldKind::Text, "Band of completed years").hxl("#beneficiary+age"),
        |row| {
            Value::Text(match row.activity.group.age == Age::ALL {
                true => Cow::Borrowed("all"),
                false => Cow::Owned(row.activity.group.age.to_string()),
            })
        },
    ),
    (
        Field::new("disability", FieldKind::Text, "Disability")
            .codes(own::disabilities)
            .hxl("#beneficiary+disability"),
        |row| Value::Text(Cow::Borrowed(row.activity.group.disability.code())),
    ),
    (
        Field::new("targeted", FieldKind::Number, "People targeted, as stated")
            .unit("people")
            .hxl("#targeted+ind"),
        |row| Value::number(row.activity.targeted),
    ),
    (
        Field::new("reached", FieldKind::Number, "People reached, as stated")
            .unit("people")
            .hxl("#reached+ind"),
        |row| Value::number(row.activity.reached),
    ),
    (
        Field::new("households_targeted", FieldKind::Number, "Households targeted, as stated")
            .unit("households")
            .hxl("#targeted+hh"),
        |row| Value::number(row.activity.households_targeted),
    ),
    (
        Field::new("households_reached", FieldKind::Number, "Households reached, as stated")
            .unit("households")
            .hxl("#reached+hh"),
        |row| Value::number(row.activity.households_reached),
    ),
    (
        Field::new("budget_usd", FieldKind::Number, "Budget").unit("USD").hxl("#value+budget+usd"),
        |row| Value::number(row.activity.budget_usd),
    ),
    (
        Field::new("file", FieldKind::Text, "The imported file it stands in").hxl("#meta+source"),
        |row| Value::text(row.view.file(row.activity.source.submission)),
    ),
    (Field::new("row", FieldKind::Integer, "Row of that file").hxl("#meta+source+row"), |row| {
        Value::Integer(row.activity.source.row.into())
    }),
];

const FIELDS: &[Field] = &{
    let mut fields = [COLUMNS[0].0; COLUMNS.len()];
    let mut at = 0;
    while at < fields.len() {
        fields[at] = COLUMNS[at].0;
        at += 1;
    }
    fields
};

struct Activities<'a>(&'a View);

fn open<'a>(view: &'a View, params: &Params) -> Result<Layer<'a>, BadParameter> {
    let rows = &view.snapshot.activities;
    let sector = params.sector()?.filter(|sector| *sector != Sector::All);
    let partner = params.partner(view)?;
    let area = params.area("area", view)?.map(|top| within(&view.snapshot, top));
    let codes = Status::TABLE.iter().map(|(_, code)| *code);
    let status = params.choice("status", Status::from_code, codes)?;
    let (bbox, period) = (params.bbox()?, params.period()?);
    let outlined = bbox.as_ref().filter(|bbox| bbox.outline().is_some());

    let pass = |row: usize, activity: &Activity| {
        let has = |bbox: &Bbox| view.activity_point(row).is_none_or(|point| bbox.has(&point));
        sector.is_none_or(|asked| asked.sees(activity.sector))
            && outlined.is_none_or(has)
            && partner.is_none_or(|partner| activity.partner == *partner)
            && status.is_none_or(|status| activity.status == Some(status))
            && area.as_ref().is_none_or(|inside| inside[view.activity_area(row).at()])
            && (period == Period::ALWAYS || activity.period().meets(&period))
    };
    let filtered = sector.is_some()
        || partner.is_some()
        || status.is_some()
        || area.is_some()
        || outlined.is_some()
        || period != Period::ALWAYS;
    let near = bbox.as_ref().map(|bbox| view.activities_in(bbox.boxes()));
    let near = near.map(|near| with_nowhere(near, view.activities_nowhere()));
    let matched = match near {
        Some(near) if filtered => matching(near.into_iter(), |row| pass(row, &rows[row])),
        Some(near) => Matched::Some(near),
        None if filtered => {
            let found =
                rows.iter().zip(0..).filter(|(activity, row)| pass(*row as usize, activity));
            Matched::Some(found.map(|(_, row)| row).collect())
        }
        None => Matched::All(rows.len()),
    };
    Ok(DEF.layer(Activities(view), matched))
}

impl<'a> Activities<'a> {
    fn row(&self, row: usize) -> Row<'a> {
        let view = self.0;
        Row { view, activity: &view.snapshot.activities[row], area: view.activity_area(row) }
    }
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
        self.0.snapshot.activities.find(id)
    }

    fn geometry(&self, row: usize, want: Want) -> Geometry {
        match want {
            Want::Nothing => Geometry::None,
            _ => self.0.activity_point(row).map_or(Geometry::None, Geometry::Point),
        }
    }

    fn near(&self, boxes: &[Rect<f64>]) -> Option<Vec<u32>> {
        Some(self.0.activities_in(boxes))
    }

    fn values(&self, row: usize, out: &mut Vec<Value<'a>>) {
        let row = self.row(row);
        out.extend(COLUMNS.iter().map(|(_, value)| value(row)));
    }

    fn value(&self, row: usize, field: usize) -> Value<'a> {
        COLUMNS.get(field).map_or(Value::Null, |(_, value)| value(self.row(row)))
    }
}
