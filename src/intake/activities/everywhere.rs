//! Rows about `All districts` of an area that are the sums of rows about some of these.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{Activity, AreaIx, Day, Group, Sector, Snapshot, Status, Text};
use crate::intake::problems;
use crate::intake::report::Late;
use crate::intake::vocabulary::{List, list, normalise};

/// Sums differ by less.
const ROUNDING: f64 = 1e-6;
/// A text of more words is no name of all places.
const WORDS: usize = 4;

/// Words before the places that are all meant: `all districts`.
static EVERY: List = list("before places that are all meant");

/// Targeted and reached, people and households.
type Figures = [Option<f64>; 4];
/// Who did what when for whom.
type Work<'r> =
    (&'r Text, Option<Sector>, Option<&'r Text>, Group, (Option<Day>, Option<Day>), Option<Status>);

/// The rows that name every place within their area, and whose figures are exactly what other rows of
/// the same work add up to there.
pub(super) fn sums(rows: &[Activity], known: &Snapshot) -> BTreeMap<u32, Late> {
    let mut sums: HashMap<(Work<'_>, AreaIx), (Figures, Vec<&Activity>)> = HashMap::new();
    for row in rows.iter().filter(|row| names_every(row, known)) {
        let area = known.area_of(row.area.as_ref());
        sums.entry((work(row), area)).or_default().1.push(row);
    }
    if sums.is_empty() {
        return BTreeMap::new();
    }
    for row in rows.iter().filter(|row| !names_every(row, known)) {
        for above in known.areas.ancestors(known.area_of(row.area.as_ref())) {
            let Some((sum, _)) = sums.get_mut(&(work(row), above)) else { continue };
            for (sum, figure) in sum.iter_mut().zip(figures(row)) {
                *sum = figure.map_or(*sum, |figure| Some(sum.unwrap_or(0.0) + figure));
            }
        }
    }
    let found = sums.values().flat_map(|(sum, rows)| {
        rows.iter().filter(|row| is_sum(figures(row), *sum)).map(|row| row.source.row)
    });
    found.map(|row| (row, Late::rejection(problems::TOTAL_ROW))).collect()
}

fn work(row: &Activity) -> Work<'_> {
    let days = (row.start, row.end);
    (&row.partner, row.sector, row.activity_type.as_ref(), row.group, days, row.status)
}

fn figures(row: &Activity) -> Figures {
    [row.targeted, row.reached, row.households_targeted, row.households_reached]
}

fn is_sum(own: Figures, sum: Figures) -> bool {
    let same = |(own, sum): (Option<f64>, Option<f64>)| match (own, sum) {
        (Some(own), Some(sum)) => (own - sum).abs() <= ROUNDING * own.abs().max(1.0),
        (own, sum) => own.is_none() && sum.is_none(),
    };
    own.iter().flatten().any(|figure| *figure > 0.0) && own.into_iter().zip(sum).all(same)
}

/// Whether the finest place that a row names is all of those within the area it is held at.
fn names_every(row: &Activity, known: &Snapshot) -> bool {
    let Some(said) = &row.placed.said else { return false };
    let finest = said.names.iter().enumerate().rev();
    let finest = finest.filter_map(|(at, name)| Some((at + 1, name.as_ref()?))).next();
    let Some((level, name)) = finest else { return false };
    let held = known.areas.get(known.area_of(row.area.as_ref())).level;
    if usize::from(held) >= level {
        return false;
    }
    let name = normalise(name);
    let mut words = name.split(' ');
    words.next().is_some_and(|first| EVERY.contains(&first)) && words.count() < WORDS
}
