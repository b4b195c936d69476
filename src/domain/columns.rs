//! The reported rows as columns, sorted so that one query is one walk over neighbouring memory.
//!
//! Rows are sorted by (main sector, area, exact sector, activity type, partner, place, group,
//! month). Five tables of runs lie over the columns, each entry naming the first entry of the
//! table below; the last entry of each is a sentinel:
//!
//! `held` (rows of one main sector held at one area) > `types` > `works` (partner and place) >
//! `lines` (METHODS 4) > rows.

use std::ops::Range;

use rayon::prelude::*;

use super::activity::Counting;
use super::row_keys::Keyed;
use super::{Group, Sector};

/// Main sectors, and one more for rows without a sector.
pub const SECTOR_SLOTS: usize = Sector::TABLE.len() + 1;

/// The month of rows without a readable start date.
pub const NO_MONTH: i32 = i32::MIN;

/// The activity rows held at some areas, sorted; see the module.
#[derive(Debug, Default)]
pub struct Columns {
    /// First and last day of each row, open ends at the extremes.
    pub starts: Vec<i32>,
    pub ends: Vec<i32>,
    /// Calendar month of the start date, or [`NO_MONTH`].
    pub months: Vec<i32>,
    /// People reached; NaN where the row states none.
    pub reached: Vec<f64>,
    pub marks: Vec<Mark>,
    /// Number of each row among the activities.
    pub activities: Vec<u64>,
    pub lines: Vec<LineRun>,
    /// What all rows of each line say; a query whose period holds a whole line reads no rows.
    pub totals: Vec<LineTotal>,
    pub works: Vec<WorkRun>,
    pub types: Vec<TypeRun>,
    pub held: Vec<HeldRun>,
    /// The entries of `held` of each sector slot.
    sectors: Vec<Range<usize>>,
}

/// What a row counts as, and whether its figure was made from households.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub counting: Counting,
    pub converted: bool,
}

/// Rows of one line: partner x sector x activity type x place x group.
#[derive(Clone, Copy, Debug)]
pub struct LineRun {
    pub first: u32,
    pub group: Group,
}

/// What the rows of one line within a period say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LineSum {
    /// People of the highest month (METHODS 4).
    pub standard: f64,
    /// People of all months.
    pub high: f64,
    /// People of the highest single row.
    pub low: f64,
    /// Rows that count.
    pub rows: u32,
    /// Of them, those that state no people.
    pub silent: u32,
    /// Whether any row is planned.
    pub planned: bool,
    /// Whether any figure was made from households.
    pub converted: bool,
}

/// The sum of all rows of a line, and the first and last day of any of them.
#[derive(Clone, Copy, Debug)]
pub struct LineTotal {
    pub sum: LineSum,
    pub start: i32,
    pub end: i32,
}

/// Lines of one partner, activity type and place, which differ by group alone.
#[derive(Clone, Copy, Debug)]
pub struct WorkRun {
    pub first: u32,
    pub partner: u32,
}

/// Works of one exact sector and activity type.
#[derive(Clone, Copy, Debug)]
pub struct TypeRun {
    pub first: u32,
    pub sector: Option<Sector>,
}

/// Activity types of one main sector, held at one area.
#[derive(Clone, Copy, Debug)]
pub struct HeldRun {
    pub first: u32,
    pub rank: u32,
}

impl Columns {
    /// Rows in the order above.
    pub(super) fn from_sorted(keyed: &[Keyed]) -> Columns {
        let mut columns = Columns::with_capacity(keyed.len());
        let mut slots = [0_usize; SECTOR_SLOTS + 1];
        let mut before: Option<&Keyed> = None;
        for row in keyed {
            if !before.is_some_and(|before| before.same_held(row)) {
                let first = columns.types.len() as u32;
                columns.held.push(HeldRun { first, rank: row.rank() });
                slots[row.slot() + 1] = columns.held.len();
            }
            if !before.is_some_and(|before| before.same_type(row)) {
                let first = columns.works.len() as u32;
                columns.types.push(TypeRun { first, sector: row.sector });
            }
            if !before.is_some_and(|before| before.same_work(row)) {
                let first = columns.lines.len() as u32;
                columns.works.push(WorkRun { first, partner: row.partner });
            }
            if !before.is_some_and(|before| before.same_line(row)) {
                let first = columns.reached.len() as u32;
                columns.lines.push(LineRun { first, group: row.group });
            }
            columns.starts.push(row.start);
            columns.ends.push(row.end);
            columns.months.push(row.month());
            columns.reached.push(row.reached);
            columns.marks.push(row.mark);
            columns.activities.push(row.activity);
            before = Some(row);
        }
        for at in 1..slots.len() {
            slots[at] = slots[at].max(slots[at - 1]);
        }
        columns.sectors = slots.windows(2).map(|pair| pair[0]..pair[1]).collect();
        columns.close();
        columns
    }

    /// What the rows of a line that meet the days from `start` to `end` say.
    pub fn sum(&self, line: usize, start: i32, end: i32) -> LineSum {
        match self.totals[line].within(start, end) {
            Some(true) => self.totals[line].sum,
            Some(false) => LineSum::default(),
            None => self.sum_rows(line, start, end),
        }
    }

    /// Whether any row of a line meets the days from `start` to `end`.
    pub fn meets_line(&self, line: usize, start: i32, end: i32) -> bool {
        let any = || self.rows_of(line).any(|row| self.meets(row, start, end));
        self.totals[line].within(start, end).unwrap_or_else(any)
    }

    /// Rows add within the month; the highest month counts (METHODS 4).
    fn sum_rows(&self, line: usize, start: i32, end: i32) -> LineSum {
        let mut sum = LineSum::default();
        let (mut month, mut in_month) = (0, 0.0);
        for row in self.rows_of(line) {
            if !self.meets(row, start, end) {
                continue;
            }
            let mark = self.marks[row];
            match mark.counting {
                Counting::Cancelled => continue,
                Counting::Planned => {
                    sum.planned = true;
                    continue;
                }
                Counting::Counts => sum.rows += 1,
            }
            let people = self.reached[row];
            if people.is_nan() {
                sum.silent += 1;
                continue;
            }
            if self.months[row] != month {
                (month, in_month) = (self.months[row], 0.0);
            }
            in_month += people;
            sum.high += people;
            sum.standard = sum.standard.max(in_month);
            sum.low = sum.low.max(people);
            sum.converted |= mark.converted;
        }
        sum
    }

    /// Whether the row's days meet those from `start` to `end`.
    pub fn meets(&self, row: usize, start: i32, end: i32) -> bool {
        self.starts[row] <= end && start <= self.ends[row]
    }

    fn total(&self, line: usize) -> LineTotal {
        let rows = self.rows_of(line);
        let start = self.starts[rows.clone()].iter().min().copied().unwrap_or(i32::MAX);
        let end = self.ends[rows].iter().max().copied().unwrap_or(i32::MIN);
        LineTotal { sum: self.sum_rows(line, i32::MIN, i32::MAX), start, end }
    }

    fn with_capacity(rows: usize) -> Columns {
        Columns {
            starts: Vec::with_capacity(rows),
            ends: Vec::with_capacity(rows),
            months: Vec::with_capacity(rows),
            reached: Vec::with_capacity(rows),
            marks: Vec::with_capacity(rows),
            activities: Vec::with_capacity(rows),
            ..Columns::default()
        }
    }

    /// Adds the sentinels and the totals.
    fn close(&mut self) {
        self.held.push(HeldRun { first: self.types.len() as u32, rank: u32::MAX });
        self.types.push(TypeRun { first: self.works.len() as u32, sector: None });
        self.works.push(WorkRun { first: self.lines.len() as u32, partner: 0 });
        self.lines.push(LineRun { first: self.reached.len() as u32, group: Group::ALL });
        self.held.shrink_to_fit();
        self.types.shrink_to_fit();
        self.works.shrink_to_fit();
        self.lines.shrink_to_fit();
        let lines = 0..self.lines.len() - 1;
        self.totals = lines.into_par_iter().map(|line| self.total(line)).collect();
    }

    /// The entries of `held` of a main sector, `None` for rows without one; by rank of the area.
    pub fn of_sector(&self, main: Option<Sector>) -> Range<usize> {
        self.of_slot(slot(main))
    }

    /// The entries of `held` of a slot below [`SECTOR_SLOTS`].
    pub fn of_slot(&self, slot: usize) -> Range<usize> {
        self.sectors.get(slot).cloned().unwrap_or(0..0)
    }

    /// Of the entries `among`, those held at areas with these ranks.
    pub fn at_ranks(&self, among: Range<usize>, ranks: &Range<usize>) -> Range<usize> {
        let runs = &self.held[among.clone()];
        let from = runs.partition_point(|run| (run.rank as usize) < ranks.start);
        let to = runs.partition_point(|run| (run.rank as usize) < ranks.end);
        among.start + from..among.start + to
    }

    pub fn types_of(&self, held: usize) -> Range<usize> {
        self.held[held].first as usize..self.held[held + 1].first as usize
    }

    pub fn works_of(&self, kind: usize) -> Range<usize> {
        self.types[kind].first as usize..self.types[kind + 1].first as usize
    }

    pub fn lines_of(&self, work: usize) -> Range<usize> {
        self.works[work].first as usize..self.works[work + 1].first as usize
    }

    /// The rows of neighbouring entries of `held`.
    pub fn rows_of_held(&self, held: Range<usize>) -> Range<usize> {
        let first = |held: usize| {
            let kind = self.held[held].first as usize;
            let work = self.types[kind].first as usize;
            self.lines[self.works[work].first as usize].first as usize
        };
        first(held.start)..first(held.end)
    }

    pub fn rows_of(&self, line: usize) -> Range<usize> {
        self.lines[line].first as usize..self.lines[line + 1].first as usize
    }
}

impl LineTotal {
    /// Whether all rows lie in the days from `start` to `end`, or none does; unknown between.
    fn within(&self, start: i32, end: i32) -> Option<bool> {
        if start <= self.start && self.end <= end {
            return Some(true);
        }
        (self.end < start || end < self.start).then_some(false)
    }
}

/// The slot of a main sector, `None` for rows without one.
pub(super) fn slot(main: Option<Sector>) -> usize {
    main.map_or(SECTOR_SLOTS - 1, |sector| sector as usize)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::bands::{Bands, By};
    use crate::domain::{Activity, AreaTree, Day, Preorder, Text};

    fn row(partner: &str, sector: Option<Sector>, kind: &str, location: &str) -> Activity {
        Activity {
            partner: partner.into(),
            sector,
            activity_type: Some(kind.into()),
            location: (!location.is_empty()).then(|| Text::from(location)),
            reached: Some(1.0),
            ..Activity::default()
        }
    }

    /// Rows are numbered from 0.
    fn built(rows: &[Activity]) -> Bands {
        let areas = AreaTree::build(&"op".into(), &"op".into(), vec![]);
        let order = Preorder::build(&areas);
        let numbered = rows.iter().zip(0..).map(|(row, id)| Activity { id, ..row.clone() });
        let by = By { areas: &areas, order: &order, household_size: None };
        Bands::build(&numbered.collect::<Vec<_>>().into(), by)
    }

    fn columns(bands: &Bands) -> &Columns {
        &bands.iter().next().unwrap().columns
    }

    #[test]
    fn rows_are_found_again_through_every_table_of_runs() {
        let (wsh, gbv) = (Some(Sector::Wsh), Some(Sector::ProGbv));
        let mut later = row("a", wsh, "kits", "x");
        later.start = Some(Day(40));
        let rows = [
            later,
            row("b", wsh, "Kits ", "X"),
            row("a", wsh, "KITS", " x"),
            row("a", gbv, "kits", ""),
            row("a", Some(Sector::Pro), "kits", ""),
            row("a", None, "kits", ""),
        ];
        let bands = built(&rows);
        let columns = columns(&bands);
        let of = |held: Range<usize>| -> Vec<u64> {
            held.flat_map(|held| columns.types_of(held))
                .flat_map(|kind| columns.works_of(kind))
                .flat_map(|work| columns.lines_of(work))
                .flat_map(|line| columns.rows_of(line))
                .map(|row| columns.activities[row])
                .collect()
        };
        // One line of partner a, the row without a month first, then partner b.
        assert_eq!(of(columns.of_sector(wsh)), [2, 0, 1]);
        assert_eq!(of(columns.of_sector(Some(Sector::Pro))), [4, 3]);
        assert_eq!(of(columns.of_sector(None)), [5]);
        assert!(columns.of_sector(Some(Sector::Hea)).is_empty());
        assert_eq!(columns.types_of(columns.of_sector(wsh).start).len(), 1);
        assert_eq!(columns.types_of(columns.of_sector(Some(Sector::Pro)).start).len(), 2);
        assert_eq!(bands.partner_count(), 2);
    }

    #[test]
    fn an_operation_without_rows_has_empty_columns() {
        let bands = built(&[]);
        let columns = columns(&bands);
        assert!((0..SECTOR_SLOTS).all(|slot| columns.of_slot(slot).is_empty()));
        assert_eq!((columns.held.len(), bands.partner_count()), (1, 0));
    }

    #[test]
    fn a_figure_that_is_no_number_of_people_is_none() {
        for (stated, people) in [(f64::INFINITY, None), (-3.0, None), (0.0, Some(0.0))] {
            let mut row = row("a", None, "", "");
            row.reached = Some(stated);
            let figure = columns(&built(&[row])).reached[0];
            assert_eq!((!figure.is_nan()).then_some(figure), people);
        }
    }
}
