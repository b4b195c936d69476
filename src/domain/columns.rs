//! The reported rows as columns, sorted so that one query is one walk over neighbouring memory.
//!
//! Rows are sorted by (main sector, area, exact sector, activity type, partner, place, group,
//! month). Five tables of runs lie over the columns, each entry naming the first entry of the
//! table below; the last entry of each is a sentinel:
//!
//! `held` (rows of one main sector held at one area) > `types` > `works` (partner and place) >
//! `lines` (METHODS 4) > rows.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::activity::Counting;
use super::{Activity, AreaTree, Group, Preorder, Sector, fold_spelling};

/// Main sectors, and one more for rows without a sector.
pub const SECTOR_SLOTS: usize = Sector::TABLE.len() + 1;

/// The month of rows without a readable start date.
pub const NO_MONTH: i32 = i32::MIN;

/// Every activity row of an operation, sorted; see the module.
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
    /// Position of each row in `Snapshot::activities`.
    pub activities: Vec<u32>,
    pub lines: Vec<LineRun>,
    pub works: Vec<WorkRun>,
    pub types: Vec<TypeRun>,
    pub held: Vec<HeldRun>,
    /// The entries of `held` of each sector slot.
    sectors: Vec<Range<usize>>,
    /// Partners are numbered from 0 to this.
    pub partner_count: usize,
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

/// One row with the key it is sorted by.
struct Keyed {
    /// Sector slot, area rank, exact sector, activity type, partner.
    what: u128,
    /// Place, group, month.
    whom: u128,
    reached: f64,
    start: i32,
    end: i32,
    activity: u32,
    sector: Option<Sector>,
    group: Group,
    mark: Mark,
}

impl Columns {
    /// Sorts the rows. Households become people only with a household size (METHODS 7); a figure
    /// that is negative or not a number is none.
    pub fn build(
        activities: &[Activity],
        areas: &AreaTree,
        order: &Preorder,
        household_size: Option<f64>,
    ) -> Columns {
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
        Columns::from_sorted(&keyed, partner_count)
    }

    fn from_sorted(keyed: &[Keyed], partner_count: usize) -> Columns {
        let mut columns = Columns { partner_count, ..Columns::with_capacity(keyed.len()) };
        let mut slots = [0_usize; SECTOR_SLOTS + 1];
        let mut before: Option<&Keyed> = None;
        for row in keyed {
            let same = |shift: u32| before.is_some_and(|b| b.what >> shift == row.what >> shift);
            let same_held = same(88);
            let same_type = same(48);
            let same_work = same(16) && before.is_some_and(|b| b.whom >> 64 == row.whom >> 64);
            let same_line = same_work && before.is_some_and(|b| b.whom >> 32 == row.whom >> 32);
            if !same_held {
                let rank = (row.what >> 88) as u32;
                columns.held.push(HeldRun { first: columns.types.len() as u32, rank });
                slots[(row.what >> 120) as usize + 1] = columns.held.len();
            }
            if !same_type {
                let first = columns.works.len() as u32;
                columns.types.push(TypeRun { first, sector: row.sector });
            }
            if !same_work {
                let (first, partner) = (columns.lines.len() as u32, (row.what >> 16) as u32);
                columns.works.push(WorkRun { first, partner });
            }
            if !same_line {
                let first = columns.reached.len() as u32;
                columns.lines.push(LineRun { first, group: row.group });
            }
            columns.starts.push(row.start);
            columns.ends.push(row.end);
            columns.months.push((row.whom as u32 ^ (1 << 31)) as i32);
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

    /// Adds the sentinels.
    fn close(&mut self) {
        self.held.push(HeldRun { first: self.types.len() as u32, rank: u32::MAX });
        self.types.push(TypeRun { first: self.works.len() as u32, sector: None });
        self.works.push(WorkRun { first: self.lines.len() as u32, partner: 0 });
        self.lines.push(LineRun { first: self.reached.len() as u32, group: Group::ALL });
        self.held.shrink_to_fit();
        self.types.shrink_to_fit();
        self.works.shrink_to_fit();
        self.lines.shrink_to_fit();
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

    pub fn rows_of(&self, line: usize) -> Range<usize> {
        self.lines[line].first as usize..self.lines[line + 1].first as usize
    }
}

fn slot(main: Option<Sector>) -> usize {
    main.map_or(SECTOR_SLOTS - 1, |sector| sector as usize)
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
    let Some(point) = row.point else { return 0 };
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
