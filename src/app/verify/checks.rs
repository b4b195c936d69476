//! Whether the rules hold of what is kept of an operation.

use std::collections::{BTreeMap, HashMap, HashSet};

use geo::{CoordsIter, MultiPolygon};
use serde::de::IgnoredAny;

use super::rules::*;
use super::{Findings, Named};
use crate::domain::{Activity, Period, Point, Rows, Source, Submission};
use crate::intake::areas::validity;
use crate::store::{Kept, OwnWords, Version};

pub(super) fn check(kept: &Kept, to: &mut Findings<'_>) {
    for (table, why) in &kept.unreadable {
        to.add(Some(table), &UNREADABLE, || whole(why.clone()));
    }
    submissions(kept, to);
    versions(kept, to);
    own_words(kept, to);
    repeats(kept, to);
    sums(kept, to);
    prunings(kept, to);
    copy(kept, to);
    // Where a table is missing, rows would seem to name what is not there.
    if kept.unreadable.is_empty() {
        references(&kept.rows, to);
    }
    figures(&kept.rows, to);
    shapes(&kept.rows, to);
}

/// About no row in particular.
fn whole(says: String) -> Named {
    Named { key: String::new(), source: None, says }
}

fn submissions(kept: &Kept, to: &mut Findings<'_>) {
    const TABLE: Option<&str> = Some("submissions");
    let Rows { revision, submissions, .. } = &kept.rows;
    if kept.unreadable.iter().any(|(table, _)| *table == "submissions") {
        return;
    }
    let named = |one: &Submission, says: String| Named {
        key: one.id.to_string(),
        source: None,
        says: format!("{} of {}: {says}", one.kind, one.file_name),
    };
    let mut made: HashMap<u64, u32> = HashMap::new();
    let known: HashSet<u32> = submissions.iter().map(|one| one.id).collect();
    for one in submissions {
        *made.entry(one.revision).or_default() += 1;
        if one.revision > revision.number {
            let (is, newest) = (one.revision, revision.number);
            let says = || format!("revision {is}, and the newest is {newest}");
            to.add(TABLE, &SUBMISSION_AHEAD, || named(one, says()));
        }
        for other in [one.replaces, one.undoes].into_iter().flatten() {
            if other >= one.id || !known.contains(&other) {
                to.add(TABLE, &SUBMISSION_LINK, || named(one, format!("submission {other}")));
            }
        }
        // What people decide and undo comes without a file.
        let without_file = ["review", "rollback"].contains(&&*one.kind) && one.sha256.is_empty();
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let whole = one.sha256.len() == 64 && one.sha256.bytes().all(hexadecimal);
        if !whole && !without_file {
            to.add(TABLE, &CHECKSUM, || named(one, format!("\"{}\"", one.sha256)));
        }
    }
    for number in 1..=revision.number {
        let count = made.get(&number).copied().unwrap_or_default();
        if count != 1 {
            let says = format!("{count} submissions made it");
            let key = format!("revision {number}");
            to.add(TABLE, &SUBMISSION_HOLE, || Named { key, source: None, says });
        }
    }
    let mut order: Vec<&Submission> = submissions.iter().collect();
    order.sort_by_key(|one| one.revision);
    let mut before: Option<(jiff::Timestamp, &Submission)> = None;
    for one in order {
        let Ok(at) = one.at.parse::<jiff::Timestamp>() else {
            to.add(TABLE, &SUBMISSION_TIME, || named(one, format!("\"{}\"", one.at)));
            continue;
        };
        if let Some((then, earlier)) = before.filter(|(then, _)| at < *then) {
            let says = format!("{at}, and submission {} before it {then}", earlier.id);
            to.add(TABLE, &CLOCK, || named(one, says));
        }
        before = Some((at, one));
    }
    for (id, report) in &kept.reports {
        if let Err(error) = serde_json::from_str::<IgnoredAny>(report) {
            let (key, says) = (id.to_string(), error.to_string());
            to.add(TABLE, &REPORT, || Named { key, source: None, says });
        }
    }
}

fn versions(kept: &Kept, to: &mut Findings<'_>) {
    let newest = kept.rows.revision.number as i64;
    let submissions = kept.rows.submissions.iter();
    let made: HashMap<i64, i64> =
        submissions.map(|one| (i64::from(one.id), one.revision as i64)).collect();
    let knows_submissions = kept.unreadable.iter().all(|(table, _)| *table != "submissions");
    let mut before: Option<&Version> = None;
    for one in &kept.versions {
        let table = Some(one.table);
        let span = |one: &Version| match one.to_revision {
            Some(to) => format!("from revision {} to {to}", one.from_revision),
            None => format!("from revision {} on", one.from_revision),
        };
        let named = |says: String| Named {
            key: one.key.clone(),
            source: u32::try_from(one.submission)
                .ok()
                .zip(u32::try_from(one.row).ok())
                .map(|(submission, row)| Source { submission, row }),
            says,
        };
        if one.to_revision.is_some_and(|to| to <= one.from_revision) {
            to.add(table, &VERSION_ORDER, || named(span(one)));
        }
        let last = one.to_revision.unwrap_or(one.from_revision).max(one.from_revision);
        if one.from_revision < 1 || last > newest {
            let says = format!("{}, and the newest is {newest}", span(one));
            to.add(table, &VERSION_AHEAD, || named(says));
        }
        let earlier = before.filter(|other| other.table == one.table && other.key == one.key);
        if let Some(earlier) = earlier
            && earlier.to_revision.is_none_or(|to| to > one.from_revision)
        {
            to.add(table, &VERSION_TWICE, || {
                named(format!("{}, and {}", span(earlier), span(one)))
            });
        }
        let came = made.get(&one.submission);
        if knows_submissions && came.is_none_or(|came| *came > one.from_revision) {
            to.add(table, &NO_SUBMISSION, || named(span(one)));
        }
        before = Some(one);
    }
}

/// What submissions say again must have been there when they came.
fn repeats(kept: &Kept, to: &mut Findings<'_>) {
    if !kept.unreadable.is_empty() {
        return;
    }
    // Of each row that is said again: where, at which revision, and whose it was.
    type Again = Vec<(Source, i64, u32)>;
    let mut again: BTreeMap<(&str, String), Again> = BTreeMap::new();
    for (by, repeats) in &kept.repeats {
        let one = kept.rows.submissions.iter().find(|one| one.id == *by);
        // What an older one says again may be pruned.
        let Some(one) = one.filter(|one| kept.oldest == 1 || one.revision > kept.oldest) else {
            continue;
        };
        for (table, runs) in repeats.iter().flatten() {
            for run in runs {
                for (row, key) in run.each() {
                    let said = again.entry((table.as_str(), key)).or_default();
                    let source = Source { submission: *by, row };
                    said.push((source, one.revision as i64, run.of));
                }
            }
        }
    }
    for one in &kept.versions {
        let Some(said) = again.get_mut(&(one.table, one.key.clone())) else { continue };
        said.retain(|(_, revision, of)| {
            let stood = one.from_revision < *revision
                && one.to_revision.is_none_or(|ended| ended > *revision);
            !(stood && one.submission == i64::from(*of))
        });
    }
    for ((table, key), said) in again {
        for (source, _, of) in said {
            to.add(Some("submissions"), &REPEATS, || Named {
                key: format!("{table} {key}"),
                source: Some(source),
                says: format!("a row of submission {of}"),
            });
        }
    }
}

/// What is said beside the rows must be what was written.
fn own_words(kept: &Kept, to: &mut Findings<'_>) {
    if kept.unreadable.iter().any(|(table, _)| *table == "submissions") {
        return;
    }
    let OwnWords { submissions, mappings, operation } = &kept.own;
    let table = Some("submissions");
    for (id, holds) in submissions {
        let one = kept.rows.submissions.iter().find(|one| one.id == *id);
        let says = || one.map(|one| format!("{} of {}", one.kind, one.file_name));
        let named =
            || Named { key: id.to_string(), source: None, says: says().unwrap_or_default() };
        match holds {
            Some(true) => {}
            Some(false) => to.add(table, &SUBMISSION_ALTERED, named),
            None => to.add(table, &SUBMISSION_NOT_HASHED, named),
        }
    }
    let table = Some("mappings");
    match mappings {
        None => to.add(table, &MAPPING_NOT_HASHED, || whole("no hashes were kept".to_owned())),
        Some(wrong) => {
            for (number, says) in wrong {
                let (key, says) = (format!("mapping {number}"), (*says).to_owned());
                to.add(table, &MAPPING_ALTERED, || Named { key, source: None, says });
            }
        }
    }
    for what in operation {
        to.add(Some("operations"), &OPERATION_ALTERED, || whole((*what).to_owned()));
    }
}

fn sums(kept: &Kept, to: &mut Findings<'_>) {
    for one in &kept.revisions {
        let named = |says: String| Named {
            key: format!("revision {}", one.revision),
            source: None,
            says: format!("submission {} {says}", one.submission),
        };
        if one.wrote.is_none() {
            to.add(Some("submissions"), &NOT_SUMMED, || named("has none".to_owned()));
        }
        for (table, wrote, found) in one.differing() {
            if kept.unreadable.iter().any(|(known, _)| *known == table) {
                continue;
            }
            for (did, wrote, found) in
                [("added", wrote.added, found.added), ("ended", wrote.ended, found.ended)]
            {
                if wrote != found {
                    let is = match wrote.rows == found.rows {
                        true => "some of them are others now".to_owned(),
                        false => format!("there are {} of them", found.rows),
                    };
                    let says = format!("{did} {} rows, and {is}", wrote.rows);
                    to.add(Some(table), &ALTERED, || named(says));
                }
            }
        }
    }
}

fn prunings(kept: &Kept, to: &mut Findings<'_>) {
    let Kept { oldest, prunings, .. } = kept;
    let (oldest, newest) = (*oldest, kept.rows.revision.number);
    let said = prunings.iter().map(|one| one.oldest).max().unwrap_or(1);
    let read = kept.unreadable.iter().all(|(table, _)| *table != "prunings");
    if read && said != oldest || oldest > newest {
        let says =
            format!("{oldest} is the oldest, {said} was written down, {newest} is the newest");
        to.add(Some("prunings"), &PRUNED, || whole(says));
    }
    let versions = kept.versions.iter().filter(|_| oldest > 1);
    for (one, ended) in versions.filter_map(|one| Some((one, one.to_revision?))) {
        if ended <= oldest as i64 {
            let says = format!("it ended at revision {ended}, and {oldest} is the oldest kept");
            let key = one.key.clone();
            to.add(Some(one.table), &NOT_PRUNED, || Named { key, source: None, says });
        }
    }
}

/// What stands beside the rows and is made from them.
fn copy(kept: &Kept, to: &mut Findings<'_>) {
    let Rows { revision, activities, .. } = &kept.rows;
    let newest = revision.number;
    let table = Some("packed_activities");
    if let Some(copy) = &kept.copy {
        let readable = kept.unreadable.iter().all(|(table, _)| *table != "activities");
        let says = match &copy.rows {
            None => Some("it cannot be unpacked".to_owned()),
            Some(_) if copy.revision > newest => {
                Some(format!("it is of revision {}, and the newest is {newest}", copy.revision))
            }
            // One that is older than what is kept is not used.
            Some(rows) if copy.revision >= kept.oldest && readable && rows != activities => {
                let same = rows.iter().zip(activities).take_while(|(copy, row)| copy == row);
                let first = same.count();
                let number = |row: Option<&Activity>| {
                    row.map_or("none".to_owned(), |row| format!("activity {}", row.id))
                };
                let (has, is) = (number(rows.get(first)), number(activities.get(first)));
                Some(format!("the first that differs is {has}, in the table {is}"))
            }
            Some(_) => None,
        };
        if let Some(says) = says {
            to.add(table, &COPY, || whole(says));
        }
    }
    if kept.changed_words > 0 {
        let says = format!("{} of them", kept.changed_words);
        to.add(Some("said_places"), &WORDS, || whole(says));
    }
    if let Some(shown) = kept.gaps_revision.filter(|shown| *shown != newest) {
        let rule = if shown < newest { &GAPS_BEHIND } else { &GAPS_AHEAD };
        let says = format!("it shows {shown}, and the newest is {newest}");
        to.add(Some("gaps"), rule, || whole(says));
    }
}

/// A row, for who looks at it.
struct Spot<'a> {
    table: &'static str,
    key: &'a dyn Fn() -> String,
    source: Source,
}

impl Spot<'_> {
    fn wrong(&self, to: &mut Findings<'_>, rule: &Rule, says: impl FnOnce() -> String) {
        to.add(Some(self.table), rule, || Named {
            key: (self.key)(),
            source: Some(self.source),
            says: says(),
        });
    }

    fn figures(&self, to: &mut Findings<'_>, figures: &[(&str, Option<f64>)]) {
        for (name, figure) in figures {
            let Some(figure) = figure else { continue };
            if !figure.is_finite() {
                self.wrong(to, &NO_NUMBER, || format!("{name} {figure}"));
            } else if *figure < 0.0 {
                self.wrong(to, &NEGATIVE, || format!("{name} {figure}"));
            }
        }
    }

    fn period(&self, to: &mut Findings<'_>, rule: &Rule, period: Period) {
        if let (Some(start), Some(end)) = (period.start, period.end)
            && end < start
        {
            self.wrong(to, rule, || format!("{start} to {end}"));
        }
    }

    fn position(&self, to: &mut Findings<'_>, point: Option<Point>) {
        if let Some(point) = point
            && !on_globe(point.0)
        {
            self.wrong(to, &POSITION, || {
                format!("longitude {}, latitude {}", point.x(), point.y())
            });
        }
    }
}

fn on_globe(at: geo::Coord<f64>) -> bool {
    (-180.0..=180.0).contains(&at.x) && (-90.0..=90.0).contains(&at.y)
}

fn references(rows: &Rows, to: &mut Findings<'_>) {
    let partners: HashSet<&str> = rows.partners.iter().map(|one| &*one.id).collect();
    let levels: HashMap<&str, u8> = rows.areas.iter().map(|one| (&*one.pcode, one.level)).collect();
    let is_area = |pcode: &str| levels.contains_key(pcode) || *pcode == *rows.operation.id;
    for row in &rows.activities {
        let key = || format!("activity {}", row.id);
        let spot = Spot { table: "activities", key: &key, source: row.source };
        for partner in [Some(&row.partner), row.implementing_partner.as_ref()] {
            let missing = partner.filter(|partner| !partners.contains(&***partner));
            if let Some(partner) = missing {
                spot.wrong(to, &NO_PARTNER, || format!("\"{partner}\""));
            }
        }
        if let Some(area) = row.area.as_ref().filter(|area| !is_area(area)) {
            spot.wrong(to, &NO_AREA, || area.to_string());
        }
    }
    for row in &rows.sites {
        let key = || format!("site {}", row.id);
        let spot = Spot { table: "sites", key: &key, source: row.source };
        if let Some(partner) = row.partner.as_ref().filter(|one| !partners.contains(&***one)) {
            spot.wrong(to, &NO_PARTNER, || format!("\"{partner}\""));
        }
        if let Some(area) = row.area.as_ref().filter(|area| !is_area(area)) {
            spot.wrong(to, &NO_AREA, || area.to_string());
        }
    }
    let needs = rows.needs.iter().map(|row| ("needs", &row.area, row.source));
    let populations = rows.populations.iter().map(|row| ("populations", &row.area, row.source));
    for (table, area, source) in needs.chain(populations) {
        if let Some(area) = area.as_ref().filter(|area| !is_area(area)) {
            let key = || area.to_string();
            Spot { table, key: &key, source }.wrong(to, &FIGURE_WITHOUT_AREA, || area.to_string());
        }
    }
    for area in &rows.areas {
        let key = || area.pcode.to_string();
        let spot = Spot { table: "areas", key: &key, source: area.source };
        if !(1..=4).contains(&area.level) {
            spot.wrong(to, &LEVEL, || format!("level {}", area.level));
        }
        if let Some(parent) = area.parent.as_ref().filter(|parent| !is_area(parent)) {
            spot.wrong(to, &NO_PARENT, || parent.to_string());
        }
    }
}

fn figures(rows: &Rows, to: &mut Findings<'_>) {
    for row in &rows.activities {
        let key = || format!("activity {}", row.id);
        let spot = Spot { table: "activities", key: &key, source: row.source };
        let people = [
            ("targeted", row.targeted),
            ("reached", row.reached),
            ("households_targeted", row.households_targeted),
            ("households_reached", row.households_reached),
        ];
        spot.figures(to, &people);
        // Money may be given back.
        let budget = row.budget_usd.filter(|budget| !budget.is_finite());
        spot.figures(to, &[("budget_usd", budget)]);
        spot.period(to, &DATES, row.period());
        spot.position(to, row.point);
    }
    for row in &rows.sites {
        let key = || format!("site {}", row.id);
        let spot = Spot { table: "sites", key: &key, source: row.source };
        spot.figures(to, &[("capacity_people", row.capacity_people), ("radius_m", row.radius_m)]);
        spot.period(to, &DATES, row.period());
        spot.position(to, row.point);
    }
    for row in &rows.needs {
        let area = row.area.as_deref().unwrap_or("the operation");
        let key = || format!("{area}, {}, {}, {}", row.sector, row.group, row.cycle);
        let spot = Spot { table: "needs", key: &key, source: row.source };
        let people = [
            ("population", row.population),
            ("affected", row.affected),
            ("in_need", row.in_need),
            ("targeted", row.targeted),
        ];
        spot.figures(to, &people);
        if let Some(severity) = row.severity.filter(|one| !(1.0..=5.0).contains(one)) {
            spot.wrong(to, &SEVERITY, || format!("severity {severity}"));
        }
        spot.period(to, &CYCLE, row.cycle);
    }
    for row in &rows.populations {
        let area = row.area.as_deref().unwrap_or("the operation");
        let key = || format!("{area}, {}", row.group);
        let spot = Spot { table: "populations", key: &key, source: row.source };
        spot.figures(to, &[("people", Some(row.people))]);
    }
}

fn shapes(rows: &Rows, to: &mut Findings<'_>) {
    for area in &rows.areas {
        let key = || area.pcode.to_string();
        let spot = Spot { table: "areas", key: &key, source: area.source };
        spot.figures(to, &[("area_km2", area.area_km2)]);
        let Some(shape) = area.geometry.as_deref() else { continue };
        if let Some(beyond) = shape.coords_iter().find(|at| !on_globe(*at)) {
            spot.wrong(to, &SHAPE_BEYOND, || {
                format!("longitude {}, latitude {}", beyond.x, beyond.y)
            });
        } else if let Some(why) = invalid(shape) {
            spot.wrong(to, &SHAPE, || why);
        }
    }
}

/// Why a shape is not valid. Its coordinates are numbers.
fn invalid(shape: &MultiPolygon<f64>) -> Option<String> {
    let rings = shape.iter().flat_map(|part| part.interiors().iter().chain([part.exterior()]));
    for ring in rings {
        if ring.0.len() < 4 || !ring.is_closed() {
            return Some("a ring has less than four positions, or is not closed".to_owned());
        }
    }
    if shape.0.is_empty() {
        return Some("it is empty".to_owned());
    }
    validity::check(shape).err().map(|why| why.to_string())
}
