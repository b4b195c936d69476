//! Rows of people that name a place within their area: a camp, a village. Where several rows say
//! figures of one area, none of those is the figure of the area (METHODS 3).

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::fields::Field;
use super::problems;
use super::report::Late;
use super::row::Row;
use super::vocabulary::{self, normalise};

/// The place within its area that a row names, folded; `Total` is none.
pub fn place_of(row: &mut Row<'_, '_>) -> Option<Box<str>> {
    let text = normalise(&row.text(Field::Location)?);
    let is_place = !text.is_empty() && vocabulary::total(&text).is_none();
    is_place.then(|| text.into())
}

/// The rows that name a place within an area of which other rows say figures as well; each comes as
/// its number, what it says figures of, and its place.
pub fn colliding<'r, K: Hash + Eq>(
    rows: impl Iterator<Item = (u32, K, Option<&'r str>)>,
) -> BTreeSet<u32> {
    let mut named: HashMap<K, (Option<&str>, bool, Vec<u32>)> = HashMap::new();
    for (row, key, place) in rows {
        let (first, several, finer) = named.entry(key).or_insert((place, false, Vec::new()));
        *several |= *first != place;
        finer.extend(place.map(|_| row));
    }
    let several = named.into_values().filter(|(_, several, _)| *several);
    several.flat_map(|(_, _, rows)| rows).collect()
}

/// Why such a row does not count.
pub fn rejection() -> Late {
    Late::rejection(problems::FINER_PLACE)
}
