//! What changed between two revisions of an operation: in its rows, and in its gaps.

use std::collections::HashMap;
use std::hash::Hash;

use super::changes::Counts;
use super::identity::{
    ACTIVITIES, AREAS, DECISIONS, NEEDS, PARTNERS, POPULATIONS, SITES, need_identity,
    population_identity,
};
use crate::analysis::gaps::{GapFigure, GapStatus, gaps, lowest_need_level};
use crate::analysis::{Basis, GapQuery};
use crate::domain::{Group, Period, Sector, Snapshot, Text};

/// What one revision has otherwise than another.
#[derive(Debug)]
pub struct Diff {
    /// By kind of row.
    pub rows: Vec<(&'static str, Counts)>,
    /// The areas and sectors whose figures differ, the largest change of the gap first, those of
    /// which it is not known last.
    pub gaps: Vec<GapChange>,
}

/// The figures of an area and sector in two revisions: all time, all people, against people in need.
#[derive(Debug)]
pub struct GapChange {
    pub sector: Sector,
    pub pcode: Text,
    pub name: Text,
    pub before: Option<Figures>,
    pub after: Option<Figures>,
}

/// Some figures of the main query; people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    pub in_need: Option<f64>,
    pub reached: Option<f64>,
    pub gap: Option<f64>,
    pub status: GapStatus,
}

impl GapChange {
    /// By how much the gap grew; `None` where one of the two is not known.
    pub fn grew(&self) -> Option<f64> {
        Some(self.after?.gap? - self.before?.gap?)
    }
}

/// Compares two revisions. Gaps are those of the lowest level with need figures in the later one.
pub fn diff(before: &Snapshot, after: &Snapshot) -> Diff {
    let areas = |one: &Snapshot| one.areas.iter().skip(1).map(|(_, area)| area.clone()).collect();
    let (old, new): (Vec<_>, Vec<_>) = (areas(before), areas(after));
    let rows = vec![
        ("areas", counts(old.iter(), new.iter(), AREAS.key, AREAS.same)),
        (
            "partners",
            counts(before.partners.iter(), after.partners.iter(), PARTNERS.key, PARTNERS.same),
        ),
        (
            "activities",
            counts(
                before.activities.iter(),
                after.activities.iter(),
                ACTIVITIES.key,
                ACTIVITIES.same,
            ),
        ),
        ("sites", counts(before.sites.iter(), after.sites.iter(), SITES.key, SITES.same)),
        ("needs", counts(before.needs.iter(), after.needs.iter(), need_identity, NEEDS.same)),
        (
            "population",
            counts(
                before.populations.iter(),
                after.populations.iter(),
                population_identity,
                POPULATIONS.same,
            ),
        ),
        (
            "decisions",
            counts(before.decisions.iter(), after.decisions.iter(), DECISIONS.key, DECISIONS.same),
        ),
    ];
    let mut gaps: Vec<GapChange> =
        Sector::TABLE.iter().flat_map(|(sector, ..)| changed(before, after, *sector)).collect();
    let size = |one: &GapChange| one.grew().map_or(-1.0, f64::abs);
    gaps.sort_by(|a, b| size(b).total_cmp(&size(a)));
    Diff { rows, gaps }
}

fn counts<'a, T: 'a, K: Hash + Eq>(
    before: impl Iterator<Item = &'a T>,
    after: impl Iterator<Item = &'a T>,
    key: impl Fn(&T) -> K,
    same: impl Fn(&T, &T) -> bool,
) -> Counts {
    let mut old: HashMap<K, &T> = before.map(|row| (key(row), row)).collect();
    let mut counts = Counts::default();
    for row in after {
        match old.remove(&key(row)) {
            None => counts.new += 1,
            Some(known) if same(known, row) => counts.unchanged += 1,
            Some(_) => counts.changed += 1,
        }
    }
    counts.gone = old.len();
    counts
}

fn changed(before: &Snapshot, after: &Snapshot, sector: Sector) -> Vec<GapChange> {
    let (group, basis, period) = (Group::ALL, Basis::InNeed, Period::ALWAYS);
    let mut query = GapQuery { level: 0, sector, period, group, basis };
    query.level = lowest_need_level(after, &query);
    let of = |snapshot: &Snapshot| -> HashMap<Text, (Text, Figures)> {
        let figures = gaps(snapshot, &query).figures;
        let read = |figure: &GapFigure| {
            let area = snapshot.areas.get(figure.area);
            let GapFigure { in_need, reached, gap, status, .. } = *figure;
            (
                area.pcode.clone(),
                (area.name.shown().clone(), Figures { in_need, reached, gap, status }),
            )
        };
        figures.iter().map(read).collect()
    };
    let (mut old, new) = (of(before), of(after));
    let mut changes = Vec::new();
    for (pcode, (name, figures)) in new {
        let known = old.remove(&pcode).map(|(_, figures)| figures);
        if known != Some(figures) {
            changes.push(GapChange { sector, pcode, name, before: known, after: Some(figures) });
        }
    }
    let gone = old.into_iter().map(|(pcode, (name, figures))| GapChange {
        sector,
        pcode,
        name,
        before: Some(figures),
        after: None,
    });
    changes.extend(gone);
    // An area that came or went, of which nothing is known, changes no figure.
    let silent = |one: &Option<Figures>| {
        one.is_none_or(|one| one.in_need.is_none() && one.reached.is_none())
    };
    changes.retain(|one| !(silent(&one.before) && silent(&one.after)));
    changes.sort_by(|a, b| a.pcode.cmp(&b.pcode));
    changes
}
