//! Organisations.

use std::borrow::Cow;

use crate::formats::layer::{Field, FieldKind, GeometryKind, Layer, Matched, Rows, Value};

use super::{BadParameter, Collection, Params, View};

pub const DEF: Collection = Collection {
    id: "partners",
    title: "Partners",
    description: "Organisations that report activities or run sites.",
    geometry: GeometryKind::None,
    fields: FIELDS,
    parameters: &[],
    kinds: &["activities", "sites"],
    open,
};

const FIELDS: &[Field] = &[
    Field::new("id", FieldKind::Text, "The folded name, by which rows refer to it")
        .hxl("#meta+org+id")
        .always(),
    Field::new("name", FieldKind::Text, "Name as first reported").hxl("#org+name").always(),
    Field::new("acronym", FieldKind::Text, "Acronym").hxl("#org+acronym"),
    Field::new("type", FieldKind::Text, "Type code: UN, INGO, NNGO, LNGO, RCRC, GOV and so on")
        .hxl("#org+type"),
    Field::new("scope", FieldKind::Text, "local, national or international, as the type implies")
        .hxl("#meta+org+scope"),
    Field::new("activities", FieldKind::Integer, "Activity rows it reported")
        .hxl("#indicator+activity+num")
        .unit("rows")
        .always(),
    Field::new("sectors", FieldKind::Text, "Sectors of those rows, comma-separated codes")
        .hxl("#meta+org+sectors"),
];

struct Partners<'a>(&'a View);

fn open<'a>(view: &'a View, params: &Params) -> Result<Layer<'a>, BadParameter> {
    // Organisations stand nowhere and at no time: boxes and periods leave them all in.
    params.bbox()?;
    params.period()?;
    let matched = Matched::All(view.snapshot.partners.len());
    Ok(DEF.layer(Partners(view), matched))
}

impl<'a> Rows<'a> for Partners<'a> {
    fn len(&self) -> usize {
        self.0.snapshot.partners.len()
    }

    fn id(&self, row: usize) -> Cow<'a, str> {
        Cow::Borrowed(&self.0.snapshot.partners[row].id)
    }

    fn values(&self, row: usize, out: &mut Vec<Value<'a>>) {
        let partner = &self.0.snapshot.partners[row];
        let work = self.0.partner_work().get(row);
        let sectors = work.map_or(&[][..], |work| &work.sectors);
        let sectors: Vec<&str> = sectors.iter().map(|sector| sector.code()).collect();
        let scope = partner.kind.and_then(|kind| kind.scope());
        out.extend([
            Value::Text(Cow::Borrowed(&partner.id)),
            Value::Text(Cow::Borrowed(&partner.name)),
            Value::text(partner.acronym.as_deref()),
            Value::text(partner.kind.map(|kind| kind.code())),
            scope.map_or(Value::Null, |scope| Value::Text(scope.to_string().into())),
            Value::Integer(work.map_or(0, |work| work.rows)),
            Value::Text(sectors.join(",").into()),
        ]);
    }
}
