//! How many activities there are of each kind, counted on from one revision to the next.

use std::collections::{BTreeMap, HashMap};

use super::{Activity, Day, PopulationGroup, Sector, Text};

/// Numbers of activity rows, cancelled and planned ones too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// By partner and exact sector, `None` for rows without one.
    partners: HashMap<Text, BTreeMap<Option<Sector>, u32>>,
    /// By the name that rows gave and the partner that it was decided to be.
    renamed: BTreeMap<(Text, Text), u32>,
    groups: [u32; PopulationGroup::TABLE.len()],
    submissions: BTreeMap<u32, u32>,
    /// By the day the work begins, or ends where only that is known.
    begins: BTreeMap<Day, u32>,
    ends: BTreeMap<Day, u32>,
}

impl Tally {
    pub fn of<'a>(rows: impl Iterator<Item = &'a Activity>) -> Tally {
        let mut tally = Tally::default();
        rows.for_each(|row| tally.add(row));
        tally
    }

    pub fn add(&mut self, row: &Activity) {
        if !self.partners.contains_key(&row.partner) {
            self.partners.insert(row.partner.clone(), BTreeMap::new());
        }
        if let Some(sectors) = self.partners.get_mut(&row.partner) {
            *sectors.entry(row.sector).or_default() += 1;
        }
        if let Some(named) = &row.reported_as {
            *self.renamed.entry((named.clone(), row.partner.clone())).or_default() += 1;
        }
        self.groups[row.group.population as usize] += 1;
        *self.submissions.entry(row.source.submission).or_default() += 1;
        if let Some(day) = row.start.or(row.end) {
            *self.begins.entry(day).or_default() += 1;
        }
        if let Some(day) = row.end {
            *self.ends.entry(day).or_default() += 1;
        }
    }

    /// Takes off a row that was added.
    pub fn take(&mut self, row: &Activity) {
        if let Some(sectors) = self.partners.get_mut(&row.partner) {
            less(sectors, row.sector);
            if sectors.is_empty() {
                self.partners.remove(&row.partner);
            }
        }
        if let Some(named) = &row.reported_as {
            less(&mut self.renamed, (named.clone(), row.partner.clone()));
        }
        let group = &mut self.groups[row.group.population as usize];
        *group = group.saturating_sub(1);
        less(&mut self.submissions, row.source.submission);
        if let Some(day) = row.start.or(row.end) {
            less(&mut self.begins, day);
        }
        if let Some(day) = row.end {
            less(&mut self.ends, day);
        }
    }

    /// Rows of a partner by exact sector, in the order of the codes, rows without one first.
    pub fn of_partner(&self, partner: &str) -> impl Iterator<Item = (Option<Sector>, u32)> {
        let sectors = self.partners.get(partner).into_iter().flatten();
        sectors.map(|(sector, rows)| (*sector, *rows))
    }

    /// Rows that were sent in a name, whoever it was decided to be.
    pub fn reported_as(&self, id: &str) -> usize {
        let own: u32 = self.of_partner(id).map(|(_, rows)| rows).sum();
        let renamed = self.renamed.iter().filter(|((named, partner), _)| named != partner);
        renamed.fold(own as usize, |rows, ((named, partner), count)| match () {
            _ if &**named == id => rows + *count as usize,
            _ if &**partner == id => rows.saturating_sub(*count as usize),
            () => rows,
        })
    }

    /// Rows of an exact sector.
    pub fn of_sector(&self, sector: Sector) -> usize {
        let rows = self.partners.values().filter_map(|sectors| sectors.get(&Some(sector)));
        rows.map(|rows| *rows as usize).sum()
    }

    /// Rows for a population group.
    pub fn of_group(&self, group: PopulationGroup) -> usize {
        self.groups[group as usize] as usize
    }

    /// Rows of each submission.
    pub fn submissions(&self) -> &BTreeMap<u32, u32> {
        &self.submissions
    }

    /// Days on which work begins, or ends where only that is known, and how many rows say so.
    pub fn begins(&self) -> &BTreeMap<Day, u32> {
        &self.begins
    }

    /// Days on which work ends.
    pub fn ends(&self) -> &BTreeMap<Day, u32> {
        &self.ends
    }
}

fn less<K: Ord>(counts: &mut BTreeMap<K, u32>, key: K) {
    if let std::collections::btree_map::Entry::Occupied(mut count) = counts.entry(key) {
        match *count.get() {
            0 | 1 => drop(count.remove()),
            more => *count.get_mut() = more - 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Source;

    #[test]
    fn a_row_taken_off_leaves_what_was_counted_before_it() {
        let row = |partner: &str, sector, submission, day| Activity {
            partner: partner.into(),
            sector,
            source: Source { submission, row: 1 },
            start: Some(Day(day)),
            end: Some(Day(day + 1)),
            ..Activity::default()
        };
        let kept = [row("a", Some(Sector::Wsh), 1, 10), row("b", None, 1, 11)];
        let gone = row("a", Some(Sector::Fsc), 2, 10);
        let mut tally = Tally::of(kept.iter().chain([&gone]));
        assert_eq!(tally.of_partner("a").count(), 2);
        assert_eq!((tally.of_sector(Sector::Fsc), tally.begins()[&Day(10)]), (1, 2));
        let renamed =
            Activity { reported_as: Some("c".into()), ..row("a", Some(Sector::Wsh), 1, 10) };
        tally.add(&renamed);
        assert_eq!(["a", "b", "c", "d"].map(|id| tally.reported_as(id)), [2, 1, 1, 0]);
        tally.take(&renamed);
        tally.take(&gone);
        assert_eq!(tally, Tally::of(kept.iter()));
        assert_eq!(tally.submissions(), &BTreeMap::from([(1, 2)]));
    }
}
