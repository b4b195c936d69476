//! After boundaries or decisions change, the rows they are about get new versions in the same
//! revision.

use std::collections::HashSet;
use std::sync::Arc;

use super::commit::apply;
use super::identity::{AREAS, decision_identity};
use crate::domain::words::counted;
use crate::domain::{Area, AreaTree, Snapshot, Text};
use crate::intake::Again;
use crate::store::{Change, Changes};

/// How many rows were settled anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Activities and sites that are held at another area than before.
    pub activities_moved: usize,
    pub sites_moved: usize,
    /// Rows that are another partner's than before.
    pub partners: usize,
    /// Need and population figures of areas that end: nothing takes their place.
    pub figures_without_area: usize,
}

impl Settled {
    pub fn in_words(&self) -> Option<String> {
        let Settled { activities_moved, sites_moved, partners, figures_without_area } = *self;
        let some = |count: usize, one| (count > 0).then(|| counted(count, one));
        let moved = [some(activities_moved, "activity"), some(sites_moved, "site")];
        let moved = moved.into_iter().flatten().collect::<Vec<_>>().join(" and ");
        let moved = (!moved.is_empty()).then(|| {
            format!(
                "Held elsewhere now, where their own words or points say, or at no area: {moved}."
            )
        });
        let changed = some(partners, "row");
        let changed = changed.map(|rows| format!("Another partner's now: {rows}."));
        let silent = some(figures_without_area, "figure").map(|figures| {
            format!(
                "Of areas that end, and counted nowhere until these are back: {figures} of need or population."
            )
        });
        let said: Vec<String> = moved.into_iter().chain(changed).chain(silent).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }
}

/// The areas as they are after a change of them.
pub(super) fn areas_after(known: &Snapshot, change: &Change<Area, Text>) -> Arc<AreaTree> {
    if change.is_empty() {
        return known.areas.clone();
    }
    let areas = known.areas.iter().skip(1).map(|(_, area)| area);
    let areas = apply(areas, change.clone(), AREAS.key, Text::clone);
    Arc::new(AreaTree::build(&known.operation.id, &known.operation.name, areas))
}

/// Places the current rows, and those that the changes add, by the areas and decisions as they are
/// after the changes. Rows that belong elsewhere are ended and added again under their number.
/// Where neither areas nor decisions change, only rows that come back from an earlier revision are
/// to be looked at: `returning`.
pub(super) fn settle(known: &Snapshot, changes: &mut Changes, returning: bool) -> Settled {
    let mut settled = Settled::default();
    let all = !changes.areas.is_empty() || !changes.decisions.is_empty();
    if !all && !returning {
        return settled;
    }
    let decisions =
        apply(known.decisions.iter(), changes.decisions.clone(), decision_identity, Clone::clone);
    let tree = areas_after(known, &changes.areas);
    if !changes.areas.ended.is_empty() {
        let ends = |area: &Option<Text>| {
            area.as_ref().is_some_and(|pcode| {
                known.areas.by_pcode(pcode).is_some() && tree.by_pcode(pcode).is_none()
            })
        };
        settled.figures_without_area = known.needs.iter().filter(|row| ends(&row.area)).count()
            + known.populations.iter().filter(|row| ends(&row.area)).count();
    }
    let mut again = Again::new(&tree, &decisions);
    let many = if all { usize::MAX } else { 0 };
    rows(
        known.activities.iter().take(many),
        &mut changes.activities,
        |row| row.id,
        |before| {
            let after = again.activity(before)?;
            settled.activities_moved += usize::from(before.area != after.area);
            settled.partners += usize::from(before.partner != after.partner);
            Some(after)
        },
    );
    rows(
        known.sites.iter().take(many),
        &mut changes.sites,
        |row| row.id,
        |before| {
            let after = again.site(before)?;
            settled.sites_moved += usize::from(before.area != after.area);
            settled.partners += usize::from(before.partner != after.partner);
            Some(after)
        },
    );
    settled
}

fn rows<'a, T: 'a>(
    known: impl Iterator<Item = &'a T>,
    change: &mut Change<T, u64>,
    id: fn(&T) -> u64,
    mut settle: impl FnMut(&T) -> Option<T>,
) {
    for row in &mut change.added {
        if let Some(after) = settle(row) {
            *row = after;
        }
    }
    let gone: HashSet<u64> = change.ended.iter().copied().collect();
    for row in known.filter(|row| !gone.contains(&id(row))) {
        if let Some(after) = settle(row) {
            change.ended.push(id(row));
            change.added.push(after);
        }
    }
}

#[cfg(test)]
mod tests;
