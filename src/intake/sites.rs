//! Points that serve people: our template, lists of facilities, site assessments.

pub mod answers;
mod types;

use super::again;
use super::fields::Field;
use super::places::Policy;
use super::read::read_table;
use super::report::{ColumnReport, Problem, Report};
use super::review;
use super::row::Row;
use super::units::Counted;
use super::{Kind, Options, Unreadable, problems};
use crate::domain::{Partner, Sector, Site, SiteStatus, Snapshot, Standards, Text};

const NO_POINT: Problem = Problem {
    code: "no-coordinates",
    message: "The site has no point: it is listed, but not drawn, and covers nobody.",
    remedy: "Give latitude and longitude in degrees.",
};
const NO_NAME: Problem = Problem {
    code: "no-name",
    message: "The site has no name, id or point: nothing tells it from another one.",
    remedy: "Name the site, or say which column its name is.",
};
const UNKNOWN_STATUS: Problem = Problem {
    code: "unknown-site-status",
    message: "The status is not known: the site counts as serving.",
    remedy: "Use functional, partial or closed.",
};
const UNKNOWN_TYPE: Problem = Problem {
    code: "unknown-site-type",
    message: "The type of site is not known: it is kept as written and has no standard radius.",
    remedy: "Use a type that the standards name, such as water-point, or give the site its own radius.",
};
const NO_RADIUS: Problem = Problem {
    code: "bad-radius",
    message: "The radius is not a distance: the standard of the type is used where there is one.",
    remedy: "Write metres, more than 0 and at most 1,000,000.",
};
const END_BEFORE_START: Problem = super::problems::END_BEFORE_START;

/// What a file of sites holds.
#[derive(Debug)]
pub struct SiteIntake {
    pub sites: Vec<Site>,
    /// Every partner the rows name, by id.
    pub partners: Vec<Partner>,
}

/// Reads a file of sites. A site that names no sector gets the one its type belongs to.
pub fn sites(
    file_name: &str,
    bytes: &[u8],
    known: &Snapshot,
    standards: &Standards,
    options: &Options,
) -> Result<(SiteIntake, Report), Unreadable> {
    let read = read_table(Kind::Sites, file_name, bytes, known, options, |row, read| {
        read.extend(site(row, known, standards));
    })?;
    let finer = read.rows.iter().filter(|(_, finer)| *finer).count();
    let mut sites: Vec<Site> = read.rows.into_iter().map(|(site, _)| site).collect();
    let mut report = read.recorder.finish();
    let sectors = by_header(&report.columns, standards);
    if let Some((sector, remark)) =
        sectors.filter(|_| sites.iter().any(|site| site.sector.is_none()))
    {
        sites.iter_mut().for_each(|site| site.sector = site.sector.or(Some(sector)));
        report.remarks.push(remark);
    }
    report.remarks.extend(without_sector(&sites));
    report.remarks.extend(located(&sites, known));
    let reporting =
        sites.iter().filter_map(|site| site.reported_as.as_ref().or(site.partner.as_ref()));
    report.remarks.extend(review::waiting(known, &read.partners, reporting));
    if finer > 0 {
        report.remarks.push(format!(
            "{finer} sites name an area and their point lies in a finer one within it: held there."
        ));
    }
    Ok((SiteIntake { sites, partners: read.partners }, report))
}

/// A site, and whether its point says more than the area it names.
fn site(row: &mut Row<'_, '_>, known: &Snapshot, standards: &Standards) -> Option<(Site, bool)> {
    let place = row.place(Policy::Coarser)?;
    if place.point.is_none() {
        row.note("", "", NO_POINT);
    }
    let site_id = row.words(Field::SiteId);
    let name = row.words(Field::Name).or_else(|| row.words(Field::Location));
    if site_id.is_none() && name.is_none() && place.point.is_none() {
        row.nameless(NO_NAME);
    }
    let kind = kind(row);
    let standard = kind.as_deref().and_then(|kind| standards.sector(kind));
    let (start, end) = (row.day(Field::Start), row.day(Field::End));
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        row.warn(Field::End, &end.to_string(), &format!("Starts {start}."), END_BEFORE_START);
    }
    let within = again::finer(&known.areas, place.area, place.point);
    if let Some(ix) = within {
        row.moved(ix);
    }
    let partner = row.partner(Field::Partner);
    let site = Site {
        id: 0,
        source: row.source(),
        site_id,
        name,
        sector: row.sector().or(standard),
        kind,
        partner: partner.as_ref().map(|who| who.id.clone()),
        area: within.map_or(place.pcode, |ix| Some(known.areas.get(ix).pcode.clone())),
        placed: place.placed,
        reported_as: partner.and_then(|who| who.reported_as),
        point: place.point,
        status: status(row),
        capacity_people: capacity(row),
        radius_m: radius(row),
        start,
        end,
        sensitivity: row.words(Field::Sensitivity),
    };
    Some((site, within.is_some()))
}

fn kind(row: &mut Row<'_, '_>) -> Option<Text> {
    let text = row.kept(Field::SiteType)?;
    if let Some(code) = types::code(&text) {
        return Some(row.share(code));
    }
    row.warn(Field::SiteType, &text, "", UNKNOWN_TYPE);
    Some(row.share(&text))
}

/// How many people; of litres and households nobody knows for how many (METHODS 7).
fn capacity(row: &mut Row<'_, '_>) -> Option<f64> {
    let capacity = row.quantity(Field::CapacityPeople)?;
    match row.unit() {
        None | Some((_, Counted::People)) => Some(capacity),
        Some((unit, _)) => {
            let what = format!("It is in {unit}.");
            let figure = capacity.to_string();
            row.warn(Field::CapacityPeople, &figure, &what, problems::NOT_PEOPLE);
            None
        }
    }
}

fn status(row: &mut Row<'_, '_>) -> Option<SiteStatus> {
    let question = row.question();
    let found = row.word(Field::Status, UNKNOWN_STATUS, |text| {
        answers::status(question, text).map(|status| status as u8)
    });
    found.map(|at| SiteStatus::TABLE[usize::from(at)].0)
}

fn radius(row: &mut Row<'_, '_>) -> Option<f64> {
    let radius = row.quantity(Field::RadiusM)?;
    if radius > 0.0 && radius <= 1_000_000.0 {
        return Some(radius);
    }
    row.warn(Field::RadiusM, &radius.to_string(), "", NO_RADIUS);
    None
}

/// The sector of all sites of a file without types, where the header of their names says the type, as
/// `School name` does. A `Camp name` may be that of the camp they are in.
fn by_header(columns: &[ColumnReport], standards: &Standards) -> Option<(Sector, String)> {
    let of = |field: Field| columns.iter().find(|one| one.field.as_deref() == Some(field.name()));
    let name = of(Field::Name).filter(|_| of(Field::SiteType).is_none())?;
    let kind = types::code(&name.header)?;
    let sector = standards.sector(kind).filter(|sector| *sector != Sector::Ccm)?;
    let remark = format!(
        "No column is the type of the sites; column {} ({}) says that they are of the type {kind}: where no other is said, their sector is {}.",
        name.letters,
        name.title(),
        sector.code()
    );
    Some((sector, remark))
}

/// How many sites are of no sector that is known.
fn without_sector(sites: &[Site]) -> Option<String> {
    let count = sites.iter().filter(|site| site.sector.is_none()).count();
    (count > 0).then(|| {
        format!(
            "Sites that have neither a sector nor a type that belongs to one: {count} of {}. They count only where no sector is asked for. Give each its type or sector; where all are of one sector, say it, such as --sector EDU.",
            sites.len()
        )
    })
}

/// How many points lie in the areas: a file of another country shows here.
fn located(sites: &[Site], known: &Snapshot) -> Option<String> {
    let deepest = known.areas.deepest();
    if deepest == 0 {
        return None;
    }
    let points = sites.iter().filter_map(|site| site.point);
    let (count, inside) = points.fold((0, 0), |(count, inside), point| {
        let found = known.areas.locate(deepest, point).is_some();
        (count + 1, inside + u32::from(found))
    });
    Some(format!("{inside} of {count} points lie inside an area of level {deepest}."))
}

#[cfg(test)]
mod tests;
