//! Points that serve people.

use std::borrow::Cow;

use geo::Rect;

use crate::domain::{Period, Sector, SiteStatus, fold};
use crate::formats::layer::{
    Field, FieldKind, Geometry, GeometryKind, Layer, Matched, Rows, Value, Want,
};

use super::params::{Parameter, ParameterKind};
use super::{
    BadParameter, Collection, Params, View, area_name, day, matching, own, partner_name, pcode,
    with_nowhere, within,
};

pub const DEF: Collection = Collection {
    id: "sites",
    title: "Sites",
    description: "Points that serve people: distribution points, water points, health facilities, schools, camps.",
    geometry: GeometryKind::Point,
    fields: FIELDS,
    parameters: &[own::SECTOR, own::PARTNER, own::AREA, TYPE],
    kinds: &["sites"],
    open,
};

const TYPE: Parameter = Parameter {
    name: "type",
    description: "Type of the sites, in any spelling of case and accents.",
    kind: ParameterKind::Text,
    default: None,
};

const FIELDS: &[Field] = &[
    Field::new("site_id", FieldKind::Text, "The reporter's own code").hxl("#loc+code"),
    Field::new("name", FieldKind::Text, "Name").hxl("#loc+name"),
    Field::new("type", FieldKind::Text, "Type of site").hxl("#loc+type"),
    Field::new("sector", FieldKind::Text, "Cluster code")
        .codes(own::sectors)
        .hxl("#sector+cluster+code"),
    Field::new("partner", FieldKind::Text, "Id of the partner that runs it").hxl("#meta+org+id"),
    Field::new("partner_name", FieldKind::Text, "Partner that runs it").hxl("#org+name"),
    Field::new("area", FieldKind::Text, "P-code of the finest known area").hxl("#adm+code"),
    Field::new("area_name", FieldKind::Text, "Name of that area").hxl("#adm+name"),
    Field::new("status", FieldKind::Text, "functional, partial or closed; null serves")
        .codes(|| SiteStatus::TABLE.iter().map(|(_, code)| *code).collect())
        .hxl("#status"),
    Field::new("capacity_people", FieldKind::Number, "People it can serve")
        .unit("people")
        .hxl("#capacity+ind"),
    Field::new("radius_m", FieldKind::Number, "How far it serves, as stated")
        .unit("m")
        .hxl("#capacity+radius+m"),
    Field::new("start_date", FieldKind::Date, "First day open").hxl("#date+start"),
    Field::new("end_date", FieldKind::Date, "Last day open").hxl("#date+end"),
    Field::new("file", FieldKind::Text, "The imported file it stands in").hxl("#meta+source"),
    Field::new("row", FieldKind::Integer, "Row of that file").hxl("#meta+source+row"),
];

struct Sites<'a>(&'a View);

fn open<'a>(view: &'a View, params: &Params) -> Result<Layer<'a>, BadParameter> {
    let sites = &view.snapshot.sites;
    let sector = params.sector()?.filter(|sector| *sector != Sector::All);
    let partner = params.partner(view)?;
    let area = params.area("area", view)?.map(|top| within(&view.snapshot, top));
    let kind = params.get("type").map(fold);
    let (bbox, period) = (params.bbox()?, params.period()?);

    let pass = |row: usize| {
        let site = &sites[row];
        sector.is_none_or(|asked| asked.sees(site.sector))
            && partner.is_none_or(|partner| site.partner.as_ref() == Some(partner))
            && kind
                .as_ref()
                .is_none_or(|kind| site.kind.as_ref().is_some_and(|own| fold(own) == *kind))
            && area.as_ref().is_none_or(|inside| inside[view.site_areas()[row].at()])
            && (period == Period::ALWAYS || site.period().meets(&period))
    };
    let filtered = sector.is_some() || partner.is_some() || kind.is_some() || area.is_some();
    let matched = match bbox {
        Some(bbox) => {
            let has = |row: usize| view.site_point(row).is_none_or(|point| bbox.has(&point));
            let near = with_nowhere(view.sites_in(bbox.boxes()), view.sites_nowhere());
            matching(near.into_iter(), |row| has(row) && pass(row))
        }
        None if filtered || period != Period::ALWAYS => matching(0..sites.len() as u32, pass),
        None => Matched::All(sites.len()),
    };
    Ok(DEF.layer(Sites(view), matched))
}

impl<'a> Rows<'a> for Sites<'a> {
    fn len(&self) -> usize {
        self.0.snapshot.sites.len()
    }

    fn id(&self, row: usize) -> Cow<'a, str> {
        Cow::Owned(self.0.snapshot.sites[row].id.to_string())
    }

    fn find(&self, id: &str) -> Result<usize, usize> {
        // Ids are numbers and sort as such.
        let Ok(id) = id.parse::<u64>() else { return Err(self.len()) };
        self.0.snapshot.sites.binary_search_by_key(&id, |site| site.id)
    }

    fn geometry(&self, row: usize, want: Want) -> Geometry {
        match want {
            Want::Nothing => Geometry::None,
            _ => self.0.site_point(row).map_or(Geometry::None, Geometry::Point),
        }
    }

    fn near(&self, boxes: &[Rect<f64>]) -> Option<Vec<u32>> {
        Some(self.0.sites_in(boxes))
    }

    fn values(&self, row: usize, out: &mut Vec<Value<'a>>) {
        let view = self.0;
        let site = &view.snapshot.sites[row];
        let area = view.site_areas()[row];
        out.extend([
            Value::text(site.site_id.as_deref()),
            Value::text(site.name.as_deref()),
            Value::text(site.kind.as_deref()),
            Value::text(site.sector.map(Sector::code)),
            Value::text(site.partner.as_deref()),
            partner_name(view, site.partner.as_ref()),
            pcode(view, area),
            area_name(view, area),
            Value::text(site.status.map(SiteStatus::code)),
            Value::number(site.capacity_people),
            Value::number(site.radius_m),
            day(site.start),
            day(site.end),
            Value::text(view.file(site.source.submission)),
            Value::Integer(site.source.row.into()),
        ]);
    }
}
