//! The columns of an operation in bands of areas: a revision makes only those anew in which rows
//! changed, and shares the others with the one before.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::row_keys::{self, Keys};
use super::{Activity, AreaTree, Columns, Layered, Preorder, Sector, Text};

/// The most rows of a band, unless one area alone has more.
const BAND: usize = 8192;

/// The bands, by the ranks of their areas. Every area is in one.
#[derive(Debug, Default)]
pub struct Bands {
    bands: Vec<Arc<Band>>,
    /// Numbers of the partners that rows have or had, from 0; they stay as long as areas do.
    partners: Arc<HashMap<Text, u32>>,
}

/// The rows held at some areas that follow each other in rank.
#[derive(Debug)]
pub struct Band {
    pub ranks: Range<usize>,
    pub columns: Columns,
}

/// What rows are placed and counted by.
#[derive(Clone, Copy)]
pub struct By<'a> {
    pub areas: &'a AreaTree,
    pub order: &'a Preorder,
    /// People per household, where the operation states one (METHODS 7).
    pub household_size: Option<f64>,
}

impl Bands {
    pub fn build(activities: &Layered<Activity>, by: By) -> Bands {
        let rows: Vec<&Activity> = activities.iter().collect();
        let mut partners: Vec<&Text> = Vec::new();
        let mut known: HashSet<&str> = HashSet::new();
        for row in &rows {
            if partners.last().is_none_or(|last| **last != row.partner)
                && known.insert(&row.partner)
            {
                partners.push(&row.partner);
            }
        }
        let partners = partners.into_iter().cloned().zip(0..).collect();
        let bands = bands(&rows, 0..by.order.len(), by, &partners);
        Bands { bands, partners: Arc::new(partners) }
    }

    /// The bands after a change of the rows `before`, where areas and household size stay.
    pub fn next(
        &self,
        before: &Layered<Activity>,
        ended: &[u64],
        after: &Layered<Activity>,
        added: &[u64],
        by: By,
    ) -> Bands {
        let rank = |row: &Activity| row_keys::rank(row, by);
        let gone = ended.iter().filter_map(|number| before.numbered(*number));
        let come: Vec<&Activity> =
            added.iter().filter_map(|number| after.numbered(*number)).collect();
        let ranks = gone.map(rank).chain(come.iter().map(|row| rank(row)));
        let touched: BTreeSet<usize> = ranks.map(|rank| self.band_of(rank)).collect();
        if touched.len() * 2 > self.bands.len() + 1 {
            return Bands::build(after, by);
        }
        let mut partners = self.partners.clone();
        for row in &come {
            if !partners.contains_key(&row.partner) {
                let number = partners.len() as u32;
                Arc::make_mut(&mut partners).insert(row.partner.clone(), number);
            }
        }
        let gone: HashSet<u64> = ended.iter().chain(added).copied().collect();
        let mut next = Vec::with_capacity(self.bands.len() + touched.len());
        for (at, band) in self.bands.iter().enumerate() {
            if !touched.contains(&at) {
                next.push(band.clone());
                continue;
            }
            let numbers = band.columns.activities.iter();
            let kept = numbers.filter(|number| !gone.contains(number));
            let mut rows: Vec<&Activity> =
                kept.filter_map(|number| after.numbered(*number)).collect();
            rows.extend(come.iter().filter(|row| band.ranks.contains(&rank(row))));
            next.extend(bands(&rows, band.ranks.clone(), by, &partners));
        }
        Bands { bands: next, partners }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Band> {
        self.bands.iter().map(|band| &**band)
    }

    /// The bands that any of the ranks is in.
    pub fn over(&self, ranks: &Range<usize>) -> impl Iterator<Item = &Band> {
        let (start, end) = (ranks.start, ranks.end);
        let first = self.bands.partition_point(|band| band.ranks.end <= start);
        self.bands[first..]
            .iter()
            .map(|band| &**band)
            .take_while(move |band| band.ranks.start < end)
    }

    /// The numbers of the rows of the main sectors and areas that any of these rows is held at,
    /// ascending.
    pub fn held_with(&self, rows: &[Activity], by: By) -> Vec<u64> {
        let of_row = |row: &Activity| {
            let rank = row_keys::rank(row, by);
            (rank, row.sector.map(Sector::main))
        };
        let places: BTreeSet<(usize, Option<Sector>)> = rows.iter().map(of_row).collect();
        let mut numbers = Vec::new();
        for (rank, sector) in places {
            let columns = &self.bands[self.band_of(rank)].columns;
            let held = columns.at_ranks(columns.of_sector(sector), &(rank..rank + 1));
            numbers.extend(&columns.activities[columns.rows_of_held(held)]);
        }
        numbers.sort_unstable();
        numbers
    }

    /// Partners are numbered from 0 to this.
    pub fn partner_count(&self) -> usize {
        self.partners.len()
    }

    fn band_of(&self, rank: usize) -> usize {
        self.bands.partition_point(|band| band.ranks.end <= rank)
    }
}

/// The bands of areas with these ranks, and the rows held there.
fn bands(
    rows: &[&Activity],
    ranks: Range<usize>,
    by: By,
    partners: &HashMap<Text, u32>,
) -> Vec<Arc<Band>> {
    let of_rows: Vec<u32> = rows.par_iter().map(|row| row_keys::rank(row, by) as u32).collect();
    let mut counts = vec![0_usize; ranks.len()];
    for rank in &of_rows {
        counts[*rank as usize - ranks.start] += 1;
    }
    let (mut starts, mut of_rank) = (vec![ranks.start], vec![0_u32; ranks.len()]);
    // Parts of what has to be divided have room to grow, or each would be divided again and again.
    let most = if rows.len() > BAND { BAND / 2 } else { BAND };
    let mut held = 0;
    for (at, count) in counts.into_iter().enumerate() {
        if held > 0 && held + count > most {
            starts.push(ranks.start + at);
            held = 0;
        }
        held += count;
        of_rank[at] = starts.len() as u32 - 1;
    }
    let keys = Keys { rows, ranks: &of_rows, first: ranks.start, bands: &of_rank, by, partners };
    let keyed = keys.sorted();
    let mut rest = keyed.as_slice();
    let mut parts = Vec::with_capacity(starts.len());
    for (at, start) in starts.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(ranks.end);
        let (own, after) = rest.split_at(rest.partition_point(|row| row.band() <= at as u32));
        rest = after;
        parts.push((*start..end, own));
    }
    let made = parts
        .into_par_iter()
        .map(|(ranks, keyed)| Arc::new(Band { ranks, columns: Columns::from_sorted(keyed) }));
    made.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Area, Day, Group};
    use proptest::prelude::*;

    fn tree() -> AreaTree {
        let area = |number: usize| {
            let pcode: Text = format!("X{number:02}").into();
            Area { name: pcode.clone().into(), pcode, level: 1, ..Area::default() }
        };
        AreaTree::build(&"op".into(), &"op".into(), (0..40).map(area).collect())
    }

    fn row(id: u64, said: u32) -> Activity {
        let sectors = [Some(Sector::Wsh), Some(Sector::Fsc), Some(Sector::ProGbv), None];
        Activity {
            id,
            partner: format!("p{}", said % 7).into(),
            sector: sectors[said as usize % 4],
            activity_type: Some(format!("T{}", said % 3).into()),
            area: (said % 41 < 40).then(|| format!("X{:02}", said % 41).into()),
            location: said.is_multiple_of(5).then(|| format!("place {}", said % 2).into()),
            start: Some(Day(said as i32 % 400)),
            reached: (!said.is_multiple_of(6)).then_some(f64::from(said % 100)),
            households_reached: Some(2.0),
            group: Group::ALL,
            ..Activity::default()
        }
    }

    /// Every row in the order of the columns, with what is around it; partners by name.
    fn spelled(bands: &Bands, rows: &Layered<Activity>) -> Vec<String> {
        let mut spelled = Vec::new();
        for band in bands.iter() {
            let columns = &band.columns;
            for held in 0..columns.held.len() - 1 {
                for kind in columns.types_of(held) {
                    for work in columns.works_of(kind) {
                        for line in columns.lines_of(work) {
                            let total = &columns.totals[line];
                            for row in columns.rows_of(line) {
                                let number = columns.activities[row];
                                let partner = rows.numbered(number).map(|row| row.partner.clone());
                                let partner = partner.unwrap_or_default();
                                assert_eq!(bands.partners[&partner], columns.works[work].partner);
                                spelled.push(format!(
                                    "{} {number} {partner} {total:?} {:?}",
                                    columns.held[held].rank, columns.reached[row],
                                ));
                            }
                        }
                    }
                }
            }
        }
        spelled
            .sort_by_key(|text| text.split(' ').next().and_then(|rank| rank.parse::<u32>().ok()));
        spelled
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn bands_after_any_changes_are_those_that_are_built_whole(
            steps in prop::collection::vec(
                (prop::collection::vec(1_u64..20_000, 0..4), prop::collection::vec(0_u32..9_999, 0..4)),
                1..6,
            ),
        ) {
            let tree = tree();
            let order = Preorder::build(&tree);
            let by = By { areas: &tree, order: &order, household_size: Some(5.0) };
            // Enough rows for a few bands.
            let mut rows: Layered<Activity> =
                (1..=20_000).map(|id| row(id, id as u32 * 7)).collect::<Vec<_>>().into();
            let mut bands = Bands::build(&rows, by);
            prop_assert!(bands.bands.len() > 2);
            let mut last = 20_000;
            for (ended, said) in steps {
                let ended: Vec<u64> =
                    ended.into_iter().filter(|number| rows.numbered(*number).is_some()).collect();
                // The first of those that end changes, the others go; others come.
                let mut added = Vec::new();
                for said in said {
                    let id = match ended.first() {
                        Some(id) if added.is_empty() => *id,
                        _ => { last += 1; last }
                    };
                    added.push(row(id, said));
                }
                let numbers: Vec<u64> = added.iter().map(|row| row.id).collect();
                let after = rows.changed(&ended, added);
                bands = bands.next(&rows, &ended, &after, &numbers, by);
                rows = after;
            }
            let whole = Bands::build(&rows, by);
            prop_assert_eq!(spelled(&bands, &rows), spelled(&whole, &rows));
            prop_assert_eq!(bands.iter().map(|band| band.ranks.len()).sum::<usize>(), order.len());
        }
    }

    #[test]
    fn a_change_makes_only_its_own_band_anew() {
        let tree = tree();
        let order = Preorder::build(&tree);
        let by = By { areas: &tree, order: &order, household_size: None };
        let rows: Layered<Activity> =
            (1..=60_000).map(|id| row(id, id as u32)).collect::<Vec<_>>().into();
        let bands = Bands::build(&rows, by);
        let changed = Activity { reached: Some(1e6), partner: "new".into(), ..row(77, 77) };
        let after = rows.changed(&[77], vec![changed]);
        let next = bands.next(&rows, &[77], &after, &[77], by);
        let anew = next.bands.iter().zip(&bands.bands).filter(|(a, b)| !Arc::ptr_eq(a, b)).count();
        assert_eq!((anew, next.bands.len()), (1, bands.bands.len()));
        assert_eq!(next.partner_count(), bands.partner_count() + 1);
    }
}
