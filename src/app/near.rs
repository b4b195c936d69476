//! Current rows that a file leaves as they are and yet seems to say again in other words: it has rows
//! that are about the same work in the same place and time but for what makes them other rows
//! (METHODS 2). Both would count.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

use crate::domain::activity::Counting;
use crate::domain::{Activity, Group, Site, fold, fold_spelling};

/// In what a row of the file differs from the current one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Differs {
    pub group: bool,
    pub activity_id: bool,
    pub location: bool,
    pub coordinates: bool,
}

impl Differs {
    pub fn or(self, other: Differs) -> Differs {
        Differs {
            group: self.group || other.group,
            activity_id: self.activity_id || other.activity_id,
            location: self.location || other.location,
            coordinates: self.coordinates || other.coordinates,
        }
    }

    /// The fields, by their names.
    pub fn names(self) -> Vec<&'static str> {
        let Differs { group, activity_id, location, coordinates } = self;
        let all = [
            (group, "group"),
            (activity_id, "activity_id"),
            (location, "location"),
            (coordinates, "coordinates"),
        ];
        all.into_iter().filter(|(differs, _)| *differs).map(|(_, name)| name).collect()
    }
}

/// Rows of one side, and which of them have an identity that the other side lacks.
pub struct Side<'a, T> {
    pub rows: &'a [T],
    pub alone: &'a [bool],
}

impl<T: Sync> Side<'_, T> {
    /// The rows that stand alone: their positions and what is worked out of them.
    fn alone<K: Send>(&self, of: impl Fn(&T) -> K + Sync) -> Vec<(usize, K)> {
        let all = self.rows.par_iter().zip(self.alone).enumerate();
        all.filter(|(_, (_, alone))| **alone).map(|(at, (row, _))| (at, of(row))).collect()
    }
}

/// Positions of the current rows that the file has in other words.
pub type Near<T> = fn(Side<'_, &T>, Side<'_, T>) -> Vec<(usize, Differs)>;

pub fn none<T>(_: Side<'_, &T>, _: Side<'_, T>) -> Vec<(usize, Differs)> {
    Vec::new()
}

/// Activities that differ only in group, where one is part of the other; in having an activity id or
/// none; or in having a location (or coordinates) or none. Rows that do not count are left out.
pub fn activities(current: Side<'_, &Activity>, file: Side<'_, Activity>) -> Vec<(usize, Differs)> {
    let work = |row: &Activity| hash(&(&row.partner, row.sector, &row.area, row.start));
    let sent = file.alone(|row| work(row));
    let works: HashSet<u64> = sent.iter().map(|(_, work)| *work).collect();
    let mut left = current.alone(|row| work(row));
    left.retain(|(at, work)| {
        works.contains(work) && current.rows[*at].counting() == Counting::Counts
    });
    let left_works: HashSet<u64> = left.iter().map(|(_, work)| *work).collect();

    // The groups that the file has by what else tells its rows apart.
    let mut groups: HashMap<u64, Vec<Group>> = HashMap::new();
    for (at, work) in sent.iter().filter(|(_, work)| left_works.contains(work)) {
        let row = &file.rows[*at];
        for (id, place) in [(true, true), (true, false), (false, true), (false, false)] {
            let groups = groups.entry(Kept { id, place }.key(row, *work, false)).or_default();
            if !groups.contains(&row.group) {
                groups.push(row.group);
            }
        }
    }
    let differs = |(at, work): &(usize, u64)| {
        let row = current.rows[*at];
        [(true, true), (false, true), (true, false), (false, false)].into_iter().find_map(
            |(id, place)| {
                let groups = groups.get(&Kept { id, place }.key(row, *work, true))?;
                let same = groups.contains(&row.group);
                let part = |group: &Group| is_part(*group, row.group) || is_part(row.group, *group);
                let (activity_id, location) = (!id, !place);
                (same || groups.iter().any(part)).then_some((
                    *at,
                    Differs { group: !same, activity_id, location, ..Differs::default() },
                ))
            },
        )
    };
    left.iter().filter_map(differs).collect()
}

/// What is kept of an id and a place: all of it, or only whether there is one.
struct Kept {
    id: bool,
    place: bool,
}

impl Kept {
    /// The key of a row, or of rows that have what it lacks and lack what it has.
    fn key(self, row: &Activity, work: u64, other: bool) -> u64 {
        let Kept { id, place } = self;
        let location = row.location.as_deref().map(fold_spelling).filter(|text| !text.is_empty());
        let steps = |degrees: f64| (degrees * 1000.0).round() as i32;
        let point = row.point.map(|point| (steps(point.x()), steps(point.y())));
        let point = point.filter(|_| location.is_none());
        let has_place = location.is_some() || point.is_some();
        let kind = row.activity_type.as_deref().map(fold_spelling);
        hash(&(
            (work, kind, id, place),
            id.then_some(&row.activity_id),
            !id && row.activity_id.is_some() != other,
            place.then_some((location, point)),
            !place && has_place != other,
        ))
    }
}

/// Whether a group says all that another one does, and more.
fn is_part(fine: Group, coarse: Group) -> bool {
    fine != coarse && coarse.within(fine) == fine
}

/// Sites without an id that have another point now, under a name, type and area of which both sides
/// have one.
pub fn sites(current: Side<'_, &Site>, file: Side<'_, Site>) -> Vec<(usize, Differs)> {
    let place = |site: &Site| {
        let name = site.name.as_deref().map(fold).filter(|name| !name.is_empty());
        let name = name.filter(|_| site.site_id.is_none());
        name.map(|name| hash(&(name, &site.kind, &site.area)))
    };
    let mut sent: HashMap<u64, (usize, bool)> = HashMap::new();
    for (row, alone) in file.rows.iter().zip(file.alone) {
        if let Some(place) = place(row) {
            let (count, is_alone) = sent.entry(place).or_default();
            (*count, *is_alone) = (*count + 1, *alone);
        }
    }
    let mut known: HashMap<u64, (usize, usize)> = HashMap::new();
    for (at, row) in current.rows.iter().enumerate() {
        if let Some(place) = place(row) {
            let (count, first) = known.entry(place).or_default();
            (*count, *first) = (*count + 1, if *count == 0 { at } else { *first });
        }
    }
    let moved = |(place, (count, at)): (u64, (usize, usize))| {
        let one = count == 1 && current.alone[at] && sent.get(&place) == Some(&(1, true));
        one.then_some((at, Differs { coordinates: true, ..Differs::default() }))
    };
    known.into_iter().filter_map(moved).collect()
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Age, Sex};

    #[test]
    fn men_are_part_of_all_and_boys_of_men_but_women_are_not() {
        let men = Group { sex: Sex::Male, ..Group::ALL };
        let women = Group { sex: Sex::Female, ..Group::ALL };
        let boys = Group { age: Age { from: 0, to: 17 }, ..men };
        let parts = [(men, Group::ALL), (boys, Group::ALL), (boys, men)];
        assert!(parts.iter().all(|(fine, coarse)| is_part(*fine, *coarse)));
        for (fine, coarse) in [(men, men), (Group::ALL, men), (women, men), (boys, women)] {
            assert!(!is_part(fine, coarse), "{fine} {coarse}");
        }
    }
}
