//! How complete and how timely each partner's reports are. It says what to ask a partner for, and
//! is no judgement of its work.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::activity::Counting;
use crate::domain::{Activity, Day, Group, Month, Snapshot, Text};

/// The reports of one partner: its rows of activities that are not cancelled.
#[derive(Clone, Debug, PartialEq)]
pub struct PartnerQuality {
    /// Id of the partner.
    pub partner: Text,
    pub name: Text,
    pub rows: usize,
    /// Share of the rows that are held at an area, and not at the operation; 0 to 1, as all shares.
    pub with_place: f64,
    /// Share of the rows whose start date is known.
    pub with_date: f64,
    /// Share of the rows whose sector is known.
    pub with_sector: f64,
    /// Share of the rows that state people or households, targeted or reached.
    pub with_figure: f64,
    /// Share of the rows that say which people: a population group, sex, age or disability.
    pub with_group: f64,
    /// The mean of the five shares. A partner of 4 rows, all with place, date, sector and figure,
    /// 2 of them with a group: (1 + 1 + 1 + 1 + 0.5) / 5 = 0.9.
    pub completeness: f64,
    /// Months in which work of the partner began that is not only planned.
    pub months: usize,
    /// Months from the first to the last in which work of any partner began, both inside.
    pub months_of_operation: usize,
    /// Days from the end of a month to the day its first rows were imported; the median of the
    /// months, 0 where that was before the month's end. Unknown without any month. Of two months
    /// reported after 5 and 15 days: 10.
    pub days_late: Option<f64>,
}

/// Every partner with rows, the least complete first.
pub fn quality(snapshot: &Snapshot) -> Vec<PartnerQuality> {
    let sent: BTreeMap<u32, Day> = snapshot
        .submissions
        .iter()
        .filter_map(|one| Some((one.id, one.at.get(..10)?.parse().ok()?)))
        .collect();
    let mut partners: BTreeMap<&Text, Tally> = BTreeMap::new();
    let mut all_months = BTreeSet::new();
    for row in snapshot.activities.iter().filter(|row| row.counting() != Counting::Cancelled) {
        let tally = partners.entry(&row.partner).or_default();
        tally.add(row);
        if let Some(start) = row.start.filter(|_| row.counting() == Counting::Counts) {
            all_months.insert(start.month());
            let first = tally.months.entry(start.month()).or_insert(None);
            let sent = sent.get(&row.source.submission).copied();
            *first = first.iter().copied().chain(sent).min();
        }
    }
    let (first, last) = (all_months.first(), all_months.last());
    let span = first.zip(last).map_or(0, |(first, last)| (last.0 - first.0 + 1) as usize);
    let of_partner = |(id, tally): (&Text, Tally)| {
        let known = snapshot.partner(id).map(|at| &snapshot.partners[at]);
        tally.score(id.clone(), known.map_or(id, |known| &known.name).clone(), span)
    };
    let mut scores: Vec<PartnerQuality> = partners.into_iter().map(of_partner).collect();
    scores.sort_by(|a, b| a.completeness.total_cmp(&b.completeness).then(b.rows.cmp(&a.rows)));
    scores
}

#[derive(Default)]
struct Tally {
    rows: usize,
    /// Rows with place, date, sector, figure, group.
    with: [usize; 5],
    /// The day its first rows were imported, by month.
    months: BTreeMap<Month, Option<Day>>,
}

impl Tally {
    fn add(&mut self, row: &Activity) {
        self.rows += 1;
        let figures = [row.targeted, row.reached, row.households_targeted, row.households_reached];
        let has = [
            row.area.is_some(),
            row.start.is_some(),
            row.sector.is_some(),
            figures.iter().any(Option::is_some),
            row.group != Group::ALL,
        ];
        for (count, has) in self.with.iter_mut().zip(has) {
            *count += usize::from(has);
        }
    }

    fn score(self, partner: Text, name: Text, months_of_operation: usize) -> PartnerQuality {
        let shares = self.with.map(|count| count as f64 / self.rows.max(1) as f64);
        let [with_place, with_date, with_sector, with_figure, with_group] = shares;
        let late = self
            .months
            .iter()
            .filter_map(|(month, sent)| Some((sent.as_ref()?.0 - month.last_day().0).max(0)));
        PartnerQuality {
            partner,
            name,
            rows: self.rows,
            with_place,
            with_date,
            with_sector,
            with_figure,
            with_group,
            completeness: shares.iter().sum::<f64>() / 5.0,
            months: self.months.len(),
            months_of_operation,
            days_late: median(late.collect()),
        }
    }
}

fn median(mut days: Vec<i32>) -> Option<f64> {
    days.sort_unstable();
    let middle = days.len() / 2;
    let upper = f64::from(*days.get(middle)?);
    let lower = if days.len().is_multiple_of(2) { f64::from(days[middle - 1]) } else { upper };
    Some((lower + upper) / 2.0)
}
