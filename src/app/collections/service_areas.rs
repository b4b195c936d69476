//! Where sites serve.

use std::borrow::Cow;
use std::sync::Arc;

use crate::analysis::service_areas::{ServiceArea, ServiceAreas as Found, SpaceQuery};
use crate::domain::{Group, Sector, Site, Text};
use crate::formats::layer::{
    Field, FieldKind, Geometry, GeometryKind, Layer, Matched, Member, Rows, Value, Want,
};

use super::borders::write_alone;
use super::{BadParameter, Collection, Params, View, in_box, matching, own, partner_name, within};

pub const DEF: Collection = Collection {
    id: "service-areas",
    title: "Service areas",
    description: "Geodesic circles around the functional sites that are open in the period, with their own radius or the planning standard of their type.",
    geometry: GeometryKind::MultiPolygon,
    fields: FIELDS,
    parameters: &[own::SECTOR_OF_FIGURE, own::AREA],
    kinds: &["sites"],
    open,
};

const FIELDS: &[Field] = &[
    Field::new("site_id", FieldKind::Text, "The reporter's own code of the site").hxl("#loc+code"),
    Field::new("name", FieldKind::Text, "Name of the site").hxl("#loc+name"),
    Field::new("type", FieldKind::Text, "Type of the site").hxl("#loc+type"),
    Field::new("sector", FieldKind::Text, "Cluster code of the site")
        .codes(own::sectors)
        .hxl("#sector+cluster+code"),
    Field::new("partner_name", FieldKind::Text, "Partner that runs it").hxl("#org+name"),
    Field::new("radius_m", FieldKind::Number, "How far it serves")
        .hxl("#capacity+radius+m")
        .unit("m"),
    Field::new("radius_from_standard", FieldKind::Boolean, "The radius is a planning standard")
        .hxl("#meta+radius+standard"),
    Field::new("area_km2", FieldKind::Number, "Ellipsoidal area of the circle")
        .hxl("#indicator+area+km2")
        .unit("km2"),
];

/// Sites that cannot be drawn are named up to this many.
const NAMED: usize = 100;

struct ServiceAreas<'a> {
    view: &'a View,
    found: Arc<Found>,
    /// Positions in `found`, in the order of the sites.
    order: Vec<usize>,
}

fn open<'a>(view: &'a View, params: &Params) -> Result<Layer<'a>, BadParameter> {
    let sector = params.sector()?.unwrap_or(Sector::All);
    let (period, bbox) = (params.period()?, params.bbox()?);
    let area = params.area("area", view)?.map(|top| within(&view.snapshot, top));
    let level = view.snapshot.areas.deepest();
    let found = view.service_areas(&SpaceQuery { level, sector, period, group: Group::ALL });

    let mut order: Vec<usize> = (0..found.areas.len()).collect();
    order.sort_by_key(|position| found.areas[*position].site);
    let pass = |row: usize| {
        let service = &found.areas[order[row]];
        area.as_ref().is_none_or(|inside| inside[view.site_areas()[service.site].at()])
            && bbox.as_ref().is_none_or(|bbox| in_box(bbox, Some(&service.polygon)))
    };
    let matched = match area.is_some() || bbox.is_some() {
        true => matching(0..order.len() as u32, pass),
        false => Matched::All(order.len()),
    };
    let count = |sites: &[usize]| Member::Integer(sites.len() as i64);
    let without = [("no radius", &found.without_radius), ("no point", &found.without_point)];
    let named = without.iter().flat_map(|(reason, sites)| {
        sites.iter().take(NAMED).map(|position| named(&view.snapshot.sites[*position], reason))
    });
    let members = vec![
        ("sites_without_radius", count(&found.without_radius)),
        ("sites_without_point", count(&found.without_point)),
        ("sites_not_drawn", Member::Records(named.collect())),
    ];
    let mut layer = DEF.layer(ServiceAreas { view, found, order }, matched);
    layer.members = members;
    Ok(layer)
}

fn named(site: &Site, reason: &'static str) -> Vec<(&'static str, Value<'static>)> {
    let text = |text: &Option<Text>| {
        text.as_ref().map_or(Value::Null, |text| Value::Text(text.to_string().into()))
    };
    vec![
        ("id", Value::Text(site.id.to_string().into())),
        ("name", text(&site.name)),
        ("type", text(&site.kind)),
        ("reason", Value::Text(reason.into())),
    ]
}

impl<'a> ServiceAreas<'a> {
    fn service(&self, row: usize) -> &ServiceArea {
        &self.found.areas[self.order[row]]
    }

    fn site(&self, row: usize) -> &'a Site {
        &self.view.snapshot.sites[self.service(row).site]
    }
}

impl<'a> Rows<'a> for ServiceAreas<'a> {
    fn len(&self) -> usize {
        self.order.len()
    }

    fn id(&self, row: usize) -> Cow<'a, str> {
        Cow::Owned(self.site(row).id.to_string())
    }

    fn find(&self, id: &str) -> Result<usize, usize> {
        // Ids are numbers and sort as such.
        let Ok(id) = id.parse::<u64>() else { return Err(self.len()) };
        let sites = &self.view.snapshot.sites;
        self.order.binary_search_by_key(&id, |at| sites[self.found.areas[*at].site].id)
    }

    fn geometry(&self, row: usize, want: Want) -> Geometry {
        let polygon = &self.service(row).polygon;
        match want {
            Want::Nothing => Geometry::None,
            Want::Shape => Geometry::MultiPolygon(Arc::new(polygon.clone())),
            Want::GeoJson(grid) => Geometry::GeoJson(write_alone(polygon, grid)),
        }
    }

    fn values(&self, row: usize, out: &mut Vec<Value<'a>>) {
        let (service, site) = (self.service(row), self.site(row));
        out.extend([
            Value::text(site.site_id.as_deref()),
            Value::text(site.name.as_deref()),
            Value::text(site.kind.as_deref()),
            Value::text(site.sector.map(Sector::code)),
            partner_name(self.view, site.partner.as_ref()),
            Value::number(Some(service.radius_m)),
            Value::Boolean(service.from_standard),
            Value::number(Some(service.area_km2)),
        ]);
    }
}
