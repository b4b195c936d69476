//! The keys by which activity rows are sorted into columns: texts become numbers, places and months
//! too, and rows are compared by two wide numbers.

use std::collections::HashMap;

use rayon::prelude::*;

use super::columns::{Mark, NO_MONTH, slot};
use super::{Activity, AreaTree, Group, Point, Preorder, Sector, fold_spelling};

/// One row with the key it is sorted by.
pub(super) struct Keyed {
    /// Sector slot, area rank, exact sector, activity type, partner.
    pub what: u128,
    /// Place, group, month.
    pub whom: u128,
    pub reached: f64,
    pub start: i32,
    pub end: i32,
    pub activity: u32,
    pub sector: Option<Sector>,
    pub group: Group,
    pub mark: Mark,
}

/// The rows in the order of [`super::columns`], and the number of partners.
pub(super) fn sorted(
    activities: &[Activity],
    areas: &AreaTree,
    order: &Preorder,
    household_size: Option<f64>,
) -> (Vec<Keyed>, usize) {
    let household_size = household_size.filter(|size| size.is_finite() && *size > 0.0);
    let ((types, locations), (partners, ranks)) = rayon::join(
        || {
            rayon::join(
                || numbered(activities, |row| row.activity_type.as_deref(), fold_spelling),
                || numbered(activities, |row| row.location.as_deref(), fold_spelling),
            )
        },
        || {
            rayon::join(
                || numbered(activities, |row| Some(&row.partner), str::to_owned),
                || area_ranks(activities, areas, order),
            )
        },
    );
    let mut keyed: Vec<Keyed> = (0..activities.len())
        .into_par_iter()
        .map(|at| {
            let row = &activities[at];
            let (start, end) = row.period().bounds();
            let (reached, converted) = people(row, household_size);
            let month = row.start.map_or(NO_MONTH, |day| day.month().0);
            let exact = row.sector.map_or(u8::MAX, |sector| sector as u8);
            let slot = slot(row.sector.map(Sector::main)) as u128;
            let month_key = (month as u32) ^ (1 << 31);
            Keyed {
                what: slot << 120
                    | u128::from(ranks[at]) << 88
                    | u128::from(exact) << 80
                    | u128::from(types[at]) << 48
                    | u128::from(partners[at]) << 16,
                whom: u128::from(place(row, locations[at])) << 64
                    | u128::from(row.group.key()) << 32
                    | u128::from(month_key),
                reached,
                start,
                end,
                activity: at as u32,
                sector: row.sector,
                group: row.group,
                mark: Mark { counting: row.counting(), converted },
            }
        })
        .collect();
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
    let partner_count = partners.iter().max().map_or(0, |most| *most as usize + 1);
    (keyed, partner_count)
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

/// Numbers for the texts of a column, which sort as the texts' keys do. Texts with the same key
/// share a number; a missing text, or an empty key, is 0.
fn numbered<'a>(
    rows: &'a [Activity],
    text: impl Fn(&'a Activity) -> Option<&'a str>,
    key: impl Fn(&str) -> String + Sync,
) -> Vec<u32> {
    let mut known: HashMap<&str, u32> = HashMap::new();
    let mut texts: Vec<&str> = Vec::new();
    let mut numbers: Vec<u32> = Vec::with_capacity(rows.len());
    let mut last = ("", 0_u32);
    for row in rows {
        let Some(text) = text(row) else {
            numbers.push(0);
            continue;
        };
        if last.1 == 0 || last.0 != text {
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
    let (mut number, mut before) = (0, "");
    for at in sorted {
        let key = keys[at as usize].as_str();
        if key != before {
            (number, before) = (number + 1, key);
        }
        final_numbers[at as usize + 1] = number;
    }
    for number in &mut numbers {
        *number = final_numbers[*number as usize];
    }
    numbers
}

fn area_ranks(rows: &[Activity], areas: &AreaTree, order: &Preorder) -> Vec<u32> {
    let rank = |row: &Activity| {
        let area = row.area.as_ref().and_then(|pcode| areas.by_pcode(pcode));
        area.map_or(0, |ix| order.rank(ix) as u32)
    };
    rows.par_iter().map(rank).collect()
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
