//! The keys by which activity rows are sorted into columns: texts become numbers, places and months
//! too, and rows are compared by two wide numbers.

use std::collections::HashMap;

use rayon::prelude::*;

use super::bands::By;
use super::columns::{Mark, NO_MONTH, slot};
use super::{Activity, Group, Point, Sector, Text, fold_spelling};

/// One row with the key it is sorted by.
pub(super) struct Keyed {
    /// Band, sector slot, area rank, exact sector, activity type, partner.
    what: u128,
    /// Place, group, month.
    whom: u128,
    pub reached: f64,
    pub start: i32,
    pub end: i32,
    /// Number of the activity.
    pub activity: u64,
    /// Number of the partner.
    pub partner: u32,
    pub sector: Option<Sector>,
    pub group: Group,
    pub mark: Mark,
}

/// Where each part of a key begins, in bits.
const BAND: u32 = 104;
const SLOT: u32 = 96;
const RANK: u32 = 64;
const EXACT: u32 = 56;
const TYPE: u32 = 28;

impl Keyed {
    pub fn band(&self) -> u32 {
        (self.what >> BAND) as u32
    }

    pub fn slot(&self) -> usize {
        (self.what >> SLOT) as u8 as usize
    }

    pub fn rank(&self) -> u32 {
        (self.what >> RANK) as u32
    }

    pub fn month(&self) -> i32 {
        (self.whom as u32 ^ (1 << 31)) as i32
    }

    /// Whether two rows are of one main sector and held at one area.
    pub fn same_held(&self, other: &Keyed) -> bool {
        self.what >> RANK == other.what >> RANK
    }

    /// Whether they are also of one sector and activity type,
    pub fn same_type(&self, other: &Keyed) -> bool {
        self.what >> TYPE == other.what >> TYPE
    }

    /// and of one partner and place,
    pub fn same_work(&self, other: &Keyed) -> bool {
        self.what == other.what && self.whom >> 64 == other.whom >> 64
    }

    /// and for one group.
    pub fn same_line(&self, other: &Keyed) -> bool {
        self.what == other.what && self.whom >> 32 == other.whom >> 32
    }
}

/// Rows, and what their keys are made from.
pub(super) struct Keys<'a> {
    pub rows: &'a [&'a Activity],
    /// Rank of the area of each row.
    pub ranks: &'a [u32],
    /// The band of each rank from `first` on.
    pub bands: &'a [u32],
    pub first: usize,
    pub by: By<'a>,
    /// Numbers of the partners.
    pub partners: &'a HashMap<Text, u32>,
}

/// The rank of the area a row is held at.
pub(super) fn rank(row: &Activity, by: By) -> usize {
    let area = row.area.as_ref().and_then(|pcode| by.areas.by_pcode(pcode));
    area.map_or(0, |ix| by.order.rank(ix))
}

impl Keys<'_> {
    /// The rows in the order of [`super::columns`], by band.
    pub fn sorted(&self) -> Vec<Keyed> {
        let household_size = self.by.household_size;
        let household_size = household_size.filter(|size| size.is_finite() && *size > 0.0);
        let rows = self.rows;
        let ((types, locations), partners) = rayon::join(
            || {
                rayon::join(
                    || numbered(rows, |row| row.activity_type.as_ref(), fold_spelling).0,
                    || numbered(rows, |row| row.location.as_ref(), fold_spelling).0,
                )
            },
            || numbered(rows, |row| Some(&row.partner), str::to_owned),
        );
        let (partners, names) = partners;
        let number = |name: &str| self.partners.get(name).copied().unwrap_or_default();
        let names = names.into_iter().map(|name| number(name));
        let numbers: Vec<u32> = std::iter::once(number("")).chain(names).collect();
        let keyed = rows.par_iter().enumerate().map(|(at, row)| {
            let (start, end) = row.period().bounds();
            let (reached, converted) = people(row, household_size);
            let month = row.start.map_or(NO_MONTH, |day| day.month().0);
            let exact = row.sector.map_or(u8::MAX, |sector| sector as u8);
            let slot = slot(row.sector.map(Sector::main)) as u128;
            let month_key = (month as u32) ^ (1 << 31);
            let rank = self.ranks[at];
            Keyed {
                what: u128::from(self.bands[rank as usize - self.first]) << BAND
                    | slot << SLOT
                    | u128::from(rank) << RANK
                    | u128::from(exact) << EXACT
                    | u128::from(types[at]) << TYPE
                    | u128::from(partners[at]),
                whom: u128::from(place(row, locations[at])) << 64
                    | u128::from(row.group.key()) << 32
                    | u128::from(month_key),
                reached,
                start,
                end,
                activity: row.id,
                partner: numbers[partners[at] as usize],
                sector: row.sector,
                group: row.group,
                mark: Mark { counting: row.counting(), converted },
            }
        });
        let mut keyed: Vec<Keyed> = keyed.collect();
        // The figure is part of the key so that sums do not depend on the order of import.
        keyed.par_sort_unstable_by(|a, b| {
            (a.what, a.whom, a.reached.to_bits(), a.start, a.end, a.activity).cmp(&(
                b.what,
                b.whom,
                b.reached.to_bits(),
                b.start,
                b.end,
                b.activity,
            ))
        });
        keyed
    }
}

/// People a row says were reached, NaN for none, and whether they were households.
fn people(row: &Activity, household_size: Option<f64>) -> (f64, bool) {
    let stated = |figure: Option<f64>| figure.filter(|people| people.is_finite() && *people >= 0.0);
    if let Some(people) = stated(row.reached) {
        // Adding zero makes a negative zero a plain one, which matters to the order of rows.
        return (people + 0.0, false);
    }
    match (stated(row.households_reached), household_size) {
        (Some(households), Some(size)) => (households * size + 0.0, true),
        _ => (f64::NAN, false),
    }
}

/// The place within the area: the named location, else the point to 0.001 degree, else none.
fn place(row: &Activity, location: u32) -> u64 {
    if location > 0 {
        return 1 << 62 | u64::from(location);
    }
    row.point.map_or(0, point_key)
}

fn point_key(point: Point) -> u64 {
    let step = |degrees: f64| ((degrees * 1000.0).round() as i64 + 1_000_000) as u64 & 0x3f_ffff;
    2 << 62 | step(point.y()) << 32 | step(point.x())
}

/// Numbers from 1 for the texts of a column, which sort as the texts' keys do, and a text of each.
/// Texts with the same key share a number; a missing text, or an empty key, is 0.
fn numbered<'a>(
    rows: &[&'a Activity],
    text: impl Fn(&'a Activity) -> Option<&'a Text>,
    key: impl Fn(&str) -> String + Sync,
) -> (Vec<u32>, Vec<&'a Text>) {
    let mut known: HashMap<&str, u32> = HashMap::new();
    let mut texts: Vec<&Text> = Vec::new();
    let mut numbers: Vec<u32> = Vec::with_capacity(rows.len());
    let mut last = ("", 0_u32);
    for row in rows {
        let Some(text) = text(row) else {
            numbers.push(0);
            continue;
        };
        if last.1 == 0 || last.0 != &**text {
            let number = *known.entry(text).or_insert_with(|| {
                texts.push(text);
                texts.len() as u32
            });
            last = (text, number);
        }
        numbers.push(last.1);
    }
    let keys: Vec<String> = texts.par_iter().map(|text| key(text)).collect();
    let mut sorted: Vec<u32> = (0..texts.len() as u32).collect();
    sorted.par_sort_unstable_by(|a, b| keys[*a as usize].cmp(&keys[*b as usize]));
    let mut final_numbers = vec![0_u32; texts.len() + 1];
    let (mut ordered, mut before) = (Vec::new(), "");
    for at in sorted {
        let key = keys[at as usize].as_str();
        if key != before {
            ordered.push(texts[at as usize]);
            before = key;
        }
        final_numbers[at as usize + 1] = ordered.len() as u32;
    }
    for number in &mut numbers {
        *number = final_numbers[*number as usize];
    }
    (numbers, ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_near_the_corners_of_the_world_stay_apart() {
        let at = |lon: f64, lat: f64| point_key(Point::new(lon, lat));
        let corners = [at(-180., -90.), at(180., 90.), at(-180., 90.), at(0., 0.), at(0.001, 0.)];
        for (position, place) in corners.iter().enumerate() {
            assert!(!corners[..position].contains(place), "{position}");
        }
        assert_eq!(at(0.0001, 0.), at(-0.0001, 0.));
    }
}
