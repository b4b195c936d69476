//! Where sites serve: geodesic circles around those that are open in the period (METHODS 25, 26).

use std::collections::HashMap;

use geo::MultiPolygon;
use rayon::prelude::*;

use super::circle::geodesic_circle;
use super::measure::area_km2;
use crate::domain::{Group, Period, Sector, Site, Snapshot, Standards};

/// What a spatial figure is asked for. Every field is resolved: defaults are filled in before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpaceQuery {
    pub level: u8,
    pub sector: Sector,
    pub period: Period,
    /// Whose population is counted inside; service areas do not depend on it.
    pub group: Group,
}

/// Every service area that a query sees, and the sites that should serve and have none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceAreas {
    /// In the order of their geometry, never of the rows: by longitude, latitude, radius, partner.
    pub areas: Vec<ServiceArea>,
    /// Positions in `snapshot.sites` of sites that serve at a place nobody knows.
    pub without_point: Vec<usize>,
    /// Positions of sites that serve, of which neither the file nor a standard says how far.
    pub without_radius: Vec<usize>,
    /// Positions of sites that serve from a point outside every area of the level. They are in
    /// `areas` too where they have a radius: a circle may reach inside.
    pub outside: Vec<usize>,
}

/// Where one site serves.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceArea {
    /// Position in `snapshot.sites`.
    pub site: usize,
    /// Number of the partner within this answer; a site without partner has one of its own.
    pub partner: u32,
    pub radius_m: f64,
    /// The radius is a planning standard, not the site's own.
    pub from_standard: bool,
    pub polygon: MultiPolygon<f64>,
    pub area_km2: f64,
}

/// Sites that serve: functional, partial or of unstated status, open on a day of the period, and
/// of the sector (`ALL` sees any, a main sector sees its sub-sectors; a site whose file names no
/// sector has that of its type's standard).
pub fn sites_that_serve<'a>(
    snapshot: &'a Snapshot,
    standards: &'a Standards,
    query: &'a SpaceQuery,
) -> impl Iterator<Item = (usize, &'a Site)> {
    let sees = |site: &Site| {
        let by_kind = || site.kind.as_ref().and_then(|kind| standards.sector(kind));
        let sector = site.sector.or_else(by_kind);
        query.sector.sees(sector)
    };
    snapshot
        .sites
        .iter()
        .enumerate()
        .filter(move |(_, site)| site.serves() && site.period().meets(&query.period) && sees(site))
}

/// How far a site serves in metres, and whether a standard says so: its own radius where that is
/// a length, else the standard of its type and sector.
pub fn radius_m(site: &Site, standards: &Standards) -> Option<(f64, bool)> {
    let own = site.radius_m.filter(|radius| radius.is_finite() && *radius > 0.0);
    let by_standard = || {
        let radius = standards.radius_m(site.kind.as_ref()?, site.sector)?;
        Some((radius, true))
    };
    own.map(|radius| (radius, false)).or_else(by_standard)
}

/// The service areas of a query. Circles are the same at every level: it says only of which areas
/// those in `outside` are none.
pub fn service_areas(
    snapshot: &Snapshot,
    standards: &Standards,
    query: &SpaceQuery,
) -> ServiceAreas {
    let mut answer = ServiceAreas::default();
    let mut placed = Vec::new();
    for (position, site) in sites_that_serve(snapshot, standards, query) {
        match site.point.filter(|at| at.x().is_finite() && at.y().abs() <= 90.0) {
            None => answer.without_point.push(position),
            Some(at) => placed.push((position, site, at)),
        }
    }
    let points: Vec<_> = placed.iter().map(|(_, _, at)| *at).collect();
    let found = snapshot.areas.locate_all(query.level.max(1), &points);
    let outside = placed.iter().zip(&found).filter(|(_, area)| area.is_none());
    answer.outside = outside.map(|((position, _, _), _)| *position).collect();

    let made: Vec<_> = placed
        .par_iter()
        .map(|(position, site, at)| {
            let (radius_m, from_standard) = radius_m(site, standards).ok_or(*position)?;
            let polygon = geodesic_circle(*at, radius_m).ok_or(*position)?;
            let area_km2 = area_km2(&polygon);
            let (site, partner) = (*position, 0);
            Ok((*at, ServiceArea { site, partner, radius_m, from_standard, polygon, area_km2 }))
        })
        .collect();
    let mut circles = Vec::with_capacity(made.len());
    for circle in made {
        match circle {
            Ok(circle) => circles.push(circle),
            Err(position) => answer.without_radius.push(position),
        }
    }
    let name = |area: &ServiceArea| snapshot.sites[area.site].partner.as_deref();
    circles.sort_by(|(a_at, a), (b_at, b)| {
        let place = a_at.x().total_cmp(&b_at.x()).then(a_at.y().total_cmp(&b_at.y()));
        place.then(a.radius_m.total_cmp(&b.radius_m)).then_with(|| name(a).cmp(&name(b)))
    });
    let mut numbers = HashMap::new();
    let mut next = 0;
    for (_, mut area) in circles {
        let mut new = || {
            next += 1;
            next - 1
        };
        area.partner = match name(&area) {
            Some(partner) => *numbers.entry(partner).or_insert_with(new),
            None => new(),
        };
        answer.areas.push(area);
    }
    answer
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
pub(super) mod tests {
    use super::*;
    use crate::domain::{Area, Operation, Point, Rows, SiteStatus, Source, Standard, Standards};
    use geo::polygon;
    use std::sync::Arc;

    pub fn site(lon: f64, lat: f64, radius_m: f64) -> Site {
        Site {
            id: 0,
            kind: Some("water-point".into()),
            sector: Some(Sector::Wsh),
            point: Some(Point::new(lon, lat)),
            radius_m: Some(radius_m),
            ..Site::default()
        }
    }

    pub fn area(pcode: &str, level: u8, parent: Option<&str>, shape: MultiPolygon<f64>) -> Area {
        Area {
            pcode: pcode.into(),
            name: pcode.into(),
            level,
            parent: parent.map(Into::into),
            area_km2: Some(area_km2(&shape)),
            geometry: Some(Arc::new(shape)),
            source: Source::default(),
        }
    }

    pub fn snapshot(areas: Vec<Area>, sites: Vec<Site>) -> Snapshot {
        Snapshot::build(rows(areas, sites))
    }

    pub fn rows(areas: Vec<Area>, mut sites: Vec<Site>) -> Rows {
        for (number, site) in sites.iter_mut().enumerate() {
            site.id = number as u64 + 1;
        }
        let mut rows = Rows::empty(Operation::new("op", "Operation"));
        rows.areas = areas;
        rows.sites = sites;
        rows
    }

    pub fn query(sector: Sector) -> SpaceQuery {
        SpaceQuery { level: 1, sector, period: Period::ALWAYS, group: Group::ALL }
    }

    fn standards() -> Standards {
        let standard = |kind: &str, sector, radius_m| Standard {
            kind: kind.into(),
            sector,
            name: kind.into(),
            radius_m,
            citation: "test".into(),
        };
        Standards(vec![
            standard("water-point", Sector::Wsh, Some(500.0)),
            standard("safe-space", Sector::ProGbv, None),
        ])
    }

    fn seen(sites: Vec<Site>, query: &SpaceQuery) -> Vec<usize> {
        let snapshot = snapshot(Vec::new(), sites);
        sites_that_serve(&snapshot, &standards(), query).map(|(position, _)| position).collect()
    }

    #[test]
    fn closed_sites_and_sites_of_another_time_or_sector_do_not_serve() {
        let open = site(0.0, 0.0, 100.0);
        let mut closed = open.clone();
        closed.status = Some(SiteStatus::Closed);
        let mut partial = open.clone();
        partial.status = Some(SiteStatus::Partial);
        let mut ended = open.clone();
        ended.end = Some("2026-06-30".parse().unwrap());
        let mut school = open.clone();
        school.sector = Some(Sector::Edu);
        let mut wash = query(Sector::Wsh);
        wash.period = "2026-07-01/2026-09-30".parse().unwrap();
        assert_eq!(seen(vec![open, closed, partial, ended, school], &wash), [0, 2]);
    }

    #[test]
    fn a_main_sector_sees_its_sub_sectors_and_all_sees_any() {
        let mut safe_space = site(0.0, 0.0, 100.0);
        safe_space.sector = Some(Sector::ProGbv);
        let mut unsaid = site(0.0, 0.0, 100.0);
        unsaid.sector = None;
        let mut unknown = unsaid.clone();
        unknown.kind = None;
        let sites = vec![safe_space, unsaid, unknown];
        assert_eq!(seen(sites.clone(), &query(Sector::Pro)), [0]);
        assert_eq!(seen(sites.clone(), &query(Sector::ProGbv)), [0]);
        assert!(seen(sites.clone(), &query(Sector::ProCpn)).is_empty());
        assert_eq!(seen(sites.clone(), &query(Sector::Wsh)), [1]);
        assert_eq!(seen(sites, &query(Sector::All)), [0, 1, 2]);
    }

    #[test]
    fn the_radius_is_its_own_else_the_standards_else_the_site_is_listed() {
        let own = site(1.0, 0.0, 250.0);
        let mut standard = site(0.0, 0.0, 0.0);
        standard.radius_m = None;
        let mut zero = site(2.0, 0.0, 0.0);
        zero.sector = None;
        let mut none = standard.clone();
        none.kind = Some("kiosk".into());
        let mut nowhere = own.clone();
        nowhere.point = None;
        let snapshot = snapshot(Vec::new(), vec![own, standard, zero, none, nowhere]);
        let found = service_areas(&snapshot, &standards(), &query(Sector::All));
        let radii: Vec<_> =
            found.areas.iter().map(|area| (area.site, area.radius_m, area.from_standard)).collect();
        assert_eq!(radii, [(1, 500.0, true), (0, 250.0, false), (2, 500.0, true)]);
        assert_eq!(found.without_radius, [3]);
        assert_eq!(found.without_point, [4]);
        let expected_km2 = std::f64::consts::PI * 0.0625;
        assert!((found.areas[1].area_km2 / expected_km2 - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_site_outside_every_area_is_reported_not_dropped() {
        let square = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 1.)];
        let sites = vec![site(0.5, 0.5, 100.0), site(1.001, 0.5, 500.0)];
        let snapshot = snapshot(vec![area("A", 1, None, square.into())], sites);
        let found = service_areas(&snapshot, &standards(), &query(Sector::Wsh));
        assert_eq!(found.outside, [1]);
        assert_eq!(found.areas.len(), 2);
    }

    #[test]
    fn a_site_without_partner_is_a_partner_of_its_own() {
        let mut sites: Vec<_> = (0..4).map(|n| site(f64::from(n), 0.0, 100.0)).collect();
        sites[2].partner = Some("a".into());
        sites[3].partner = Some("a".into());
        let found = service_areas(&snapshot(Vec::new(), sites), &standards(), &query(Sector::All));
        let partners: Vec<_> = found.areas.iter().map(|area| area.partner).collect();
        assert_eq!(partners, [0, 1, 2, 2]);
    }
}
