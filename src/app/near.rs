//! Current rows that a file leaves as they are and yet seems to say again in other words: it has rows
//! that are about the same work in the same place and time but for what makes them other rows
//! (METHODS 2). Both would count.

use std::collections::HashMap;
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
    let mut sent = file.alone(|row| work(row));
    sent.par_sort_unstable_by_key(|(_, work)| *work);
    let of_work = |work: u64| {
        let first = sent.partition_point(|(_, other)| *other < work);
        let length = sent[first..].iter().take_while(|(_, other)| *other == work).count();
        &sent[first..first + length]
    };
    let mut left = current.alone(|row| work(row));
    left.retain(|(at, work)| {
        let counts = current.rows[*at].counting() == Counting::Counts;
        counts && sent.binary_search_by_key(work, |(_, work)| *work).is_ok()
    });
    left.par_sort_unstable_by_key(|(_, work)| *work);
    let works: Vec<&[(usize, u64)]> = left.chunk_by(|a, b| a.1 == b.1).collect();
    let near = |left: &&[(usize, u64)]| {
        let sent = of_work(left[0].1).iter().map(|(at, _)| &file.rows[*at]);
        let known = Groups::of(sent);
        let differs = |(at, _): &(usize, u64)| Some((*at, known.differs(current.rows[*at])?));
        left.iter().filter_map(differs).collect::<Vec<_>>()
    };
    works.par_iter().flat_map_iter(near).collect()
}

/// The groups that the file has of one piece of work, by what else tells its rows apart.
struct Groups(HashMap<u64, Vec<Group>>);

impl Groups {
    fn of<'a>(rows: impl Iterator<Item = &'a Activity>) -> Groups {
        let mut all: HashMap<u64, Vec<Group>> = HashMap::new();
        for row in rows {
            for kept in Kept::ALL {
                let groups = all.entry(kept.key(row, false)).or_default();
                if !groups.contains(&row.group) {
                    groups.push(row.group);
                }
            }
        }
        Groups(all)
    }

    /// In what the nearest of the rows differs from another one, where one is near.
    fn differs(&self, row: &Activity) -> Option<Differs> {
        Kept::ALL.into_iter().find_map(|kept| {
            let groups = self.0.get(&kept.key(row, true))?;
            let same = groups.contains(&row.group);
            let part = |group: &Group| is_part(*group, row.group) || is_part(row.group, *group);
            (same || groups.iter().any(part)).then_some(Differs {
                group: !same,
                activity_id: !kept.id,
                location: !kept.place,
                ..Differs::default()
            })
        })
    }
}

/// What is kept of an id and a place: all of it, or only whether there is one.
#[derive(Clone, Copy)]
struct Kept {
    id: bool,
    place: bool,
}

impl Kept {
    /// The nearest first.
    const ALL: [Kept; 4] = [
        Kept { id: true, place: true },
        Kept { id: false, place: true },
        Kept { id: true, place: false },
        Kept { id: false, place: false },
    ];

    /// The key of a row, or of rows that have what it lacks and lack what it has.
    fn key(self, row: &Activity, other: bool) -> u64 {
        let Kept { id, place } = self;
        let location = row.location.as_deref().map(fold_spelling).filter(|text| !text.is_empty());
        let steps = |degrees: f64| (degrees * 1000.0).round() as i32;
        let point = row.point.map(|point| (steps(point.x()), steps(point.y())));
        let point = point.filter(|_| location.is_none());
        let has_place = location.is_some() || point.is_some();
        let kind = row.activity_type.as_deref().map(fold_spelling);
        hash(&(
            (kind, id, place),
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
