//! What tells the rows of each kind apart between two imports (METHODS 2), and their fields in
//! words.

use super::changes::{Compare, Fields};
use super::near;
use crate::domain::{
    Activity, ActivityIdentity, Area, Decision, DecisionKind, Group, Need, Partner, Period,
    Population, Sector, Site, SiteStatus, Status, Text, fold,
};

pub const AREAS: Compare<Area, Text, Text> = Compare {
    identity: |area| area.pcode.clone(),
    same: |a, b| *a == Area { source: a.source, ..b.clone() },
    key: |area| area.pcode.clone(),
    adopt: |_, _| (),
    source: |area| area.source,
    pass: |area, source| area.source = source,
    fields: |area| {
        vec![
            ("pcode", area.pcode.to_string()),
            ("name", area.name.to_string()),
            (
                "other_names",
                area.name.others().map(|all| all.replace('\n', " / ")).unwrap_or_default(),
            ),
            ("level", area.level.to_string()),
            ("parent", text(&area.parent)),
            ("area_km2", area.area_km2.map(|size| format!("{size:.3}")).unwrap_or_default()),
        ]
    },
    near: near::none,
};

pub const ACTIVITIES: Compare<Activity, ActivityIdentity, u64> = Compare {
    identity: Activity::identity,
    same: |a, b| *a == Activity { id: a.id, source: a.source, ..b.clone() },
    key: |activity| activity.id,
    adopt: |activity, replaced| activity.id = replaced.id,
    source: |activity| activity.source,
    pass: |activity, source| activity.source = source,
    fields: activity_fields,
    near: near::activities,
};

pub const SITES: Compare<Site, String, u64> = Compare {
    identity: site_identity,
    same: |a, b| *a == Site { id: a.id, source: a.source, ..b.clone() },
    key: |site| site.id,
    adopt: |site, replaced| site.id = replaced.id,
    source: |site| site.source,
    pass: |site, source| site.source = source,
    fields: site_fields,
    near: near::sites,
};

pub const NEEDS: Compare<Need, NeedIdentity, Need> = Compare {
    identity: need_identity,
    same: |a, b| *a == Need { source: a.source, ..b.clone() },
    key: Need::clone,
    adopt: |_, _| (),
    source: |need| need.source,
    pass: |need, source| need.source = source,
    fields: |need| {
        vec![
            ("area", text(&need.area)),
            ("sector", need.sector.to_string()),
            ("group", group(&need.group)),
            ("cycle", need.cycle.to_string()),
            ("population", figure(need.population)),
            ("affected", figure(need.affected)),
            ("in_need", figure(need.in_need)),
            ("targeted", figure(need.targeted)),
            ("severity", figure(need.severity)),
        ]
    },
    near: near::none,
};

pub const POPULATIONS: Compare<Population, PopulationIdentity, Population> = Compare {
    identity: population_identity,
    same: |a, b| *a == Population { source: a.source, ..b.clone() },
    key: Population::clone,
    adopt: |_, _| (),
    source: |population| population.source,
    pass: |population, source| population.source = source,
    fields: |population| {
        vec![
            ("area", text(&population.area)),
            ("group", group(&population.group)),
            ("year", population.year.map(|year| year.to_string()).unwrap_or_default()),
            ("people", population.people.to_string()),
        ]
    },
    near: near::none,
};

pub const PARTNERS: Compare<Partner, Text, Text> = Compare {
    identity: partner_identity,
    same: |a, b| *a == Partner { source: a.source, ..b.clone() },
    key: partner_identity,
    adopt: |_, _| (),
    source: |partner| partner.source,
    pass: |partner, source| partner.source = source,
    fields: |partner| vec![("name", partner.name.to_string())],
    near: near::none,
};

pub const DECISIONS: Compare<Decision, (DecisionKind, Text), (DecisionKind, Text)> = Compare {
    identity: decision_identity,
    same: |a, b| *a == Decision { source: a.source, ..b.clone() },
    key: decision_identity,
    adopt: |_, _| (),
    source: |decision| decision.source,
    pass: |decision, source| decision.source = source,
    fields: |decision| {
        vec![
            ("kind", decision.kind.code().to_owned()),
            ("key", decision.key.to_string()),
            ("value", text(&decision.value)),
        ]
    },
    near: near::none,
};

/// What makes two need figures of the same cell.
pub type NeedIdentity = (Option<Text>, Sector, Group, Period);
/// What makes two population figures of the same people.
pub type PopulationIdentity = (Option<Text>, Group, Option<i16>);

/// A site is known by its code; without one, by its name, type and place.
fn site_identity(site: &Site) -> String {
    if let Some(id) = &site.site_id {
        return format!("#{id}");
    }
    let name = site.name.as_deref().map(fold).unwrap_or_default();
    let point = site.point.map(|point| format!("{:.3} {:.3}", point.x(), point.y()));
    let (kind, area) = (site.kind.as_deref(), site.area.as_deref());
    format!("{name}|{}|{}|{}", kind.unwrap_or(""), area.unwrap_or(""), point.unwrap_or_default())
}

pub fn need_identity(need: &Need) -> NeedIdentity {
    (need.area.clone(), need.sector, need.group, need.cycle)
}

pub fn population_identity(population: &Population) -> PopulationIdentity {
    (population.area.clone(), population.group, population.year)
}

pub fn partner_identity(partner: &Partner) -> Text {
    partner.id.clone()
}

pub fn decision_identity(decision: &Decision) -> (DecisionKind, Text) {
    (decision.kind, decision.key.clone())
}

fn activity_fields(row: &Activity) -> Fields {
    vec![
        ("partner", row.partner.to_string()),
        ("sector", row.sector.map(|sector| sector.to_string()).unwrap_or_default()),
        ("activity_type", text(&row.activity_type)),
        ("area", text(&row.area)),
        ("start_date", row.start.map(|day| day.to_string()).unwrap_or_default()),
        ("activity_id", text(&row.activity_id)),
        ("location", text(&row.location)),
        ("coordinates", point(row.point)),
        ("group", group(&row.group)),
        ("end_date", row.end.map(|day| day.to_string()).unwrap_or_default()),
        ("status", row.status.map(Status::code).unwrap_or_default().to_owned()),
        ("implementing_partner", text(&row.implementing_partner)),
        ("donor", text(&row.donor)),
        ("description", text(&row.description)),
        ("modality", text(&row.modality)),
        ("targeted", figure(row.targeted)),
        ("reached", figure(row.reached)),
        ("households_targeted", figure(row.households_targeted)),
        ("households_reached", figure(row.households_reached)),
        ("budget_usd", figure(row.budget_usd)),
        ("place_found_by", row.placed.method.code().to_owned()),
    ]
}

fn site_fields(row: &Site) -> Fields {
    vec![
        ("site_id", text(&row.site_id)),
        ("name", text(&row.name)),
        ("type", text(&row.kind)),
        ("area", text(&row.area)),
        ("sector", row.sector.map(|sector| sector.to_string()).unwrap_or_default()),
        ("partner", text(&row.partner)),
        ("coordinates", point(row.point)),
        ("status", row.status.map(SiteStatus::code).unwrap_or_default().to_owned()),
        ("capacity_people", figure(row.capacity_people)),
        ("radius_m", figure(row.radius_m)),
        ("start_date", row.start.map(|day| day.to_string()).unwrap_or_default()),
        ("end_date", row.end.map(|day| day.to_string()).unwrap_or_default()),
        ("sensitivity", text(&row.sensitivity)),
        ("place_found_by", row.placed.method.code().to_owned()),
    ]
}

fn text(text: &Option<Text>) -> String {
    text.as_deref().unwrap_or_default().to_owned()
}

fn figure(figure: Option<f64>) -> String {
    figure.map(|figure| figure.to_string()).unwrap_or_default()
}

fn point(point: Option<crate::domain::Point>) -> String {
    point.map(|point| format!("{}, {}", point.y(), point.x())).unwrap_or_default()
}

/// The group in words; nothing for everybody.
fn group(group: &Group) -> String {
    if *group == Group::ALL { String::new() } else { group.to_string() }
}
