//! People reached by the rows held at each area, without double counting (METHODS 4-8, 10-12, 14).
//!
//! Own rows only: `upward.rs` adds them up. One walk over the sorted columns, in parallel over
//! their bands.

use std::ops::Range;

use rayon::prelude::*;

use super::parts::{self, OfGroup};
use super::query::GapQuery;
use crate::domain::columns::{LineSum, SECTOR_SLOTS};
use crate::domain::{Columns, Group, Sector, Snapshot};

/// What the rows held at one area say of the queried sector, group and period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Held {
    /// The highest activity type's sum over lines; 0 without figures.
    pub standard: f64,
    /// The highest single row.
    pub low: f64,
    /// The sum of all rows, totals and parts not added; not cut at the population.
    pub high: f64,
    /// Whether any row that counts states people.
    pub figures: bool,
    /// Whether any of those figures were made from households.
    pub converted: bool,
    /// Rows that count.
    pub rows: u32,
    /// Of them, those that state no people.
    pub silent: u32,
    /// Lines with a row that counts.
    pub lines: u32,
    /// Lines with a planned row.
    pub planned: u32,
}

/// The answer of [`reach`].
pub(crate) struct Reach {
    /// By rank of the area.
    pub held: Vec<Held>,
    /// Rank of an area and a partner with rows that count there; by rank, each pair once.
    pub partners: Vec<(u32, u32)>,
    /// The same for planned rows.
    pub planned: Vec<(u32, u32)>,
}

/// The partners of a stretch of areas, as in [`Reach`].
#[derive(Default)]
struct Named {
    partners: Vec<(u32, u32)>,
    planned: Vec<(u32, u32)>,
}

/// Which rows a query sees, besides the sector.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub columns: &'a Columns,
    pub group: Group,
    /// Only this exact sector of its main sector; `None` for all.
    exact: Option<Sector>,
    start: i32,
    end: i32,
}

/// One line's figures in the making of a work's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineFigure {
    pub group: Group,
    /// Position in `Columns::lines`.
    pub line: usize,
    /// The highest month.
    pub standard: f64,
    /// All months.
    pub high: f64,
}

impl OfGroup for LineFigure {
    fn group(&self) -> &Group {
        &self.group
    }
}

/// The sector slots of the columns that a query for `sector` reads: of `ALL` every one.
pub(crate) fn slots(sector: Sector) -> Range<usize> {
    match sector {
        Sector::All => 0..SECTOR_SLOTS,
        one => one.main() as usize..one.main() as usize + 1,
    }
}

/// Fills a figure for every area, by rank, in parallel: `fill` gets stretches of them, each with
/// its ranks. There are more stretches than threads, because rows crowd in few areas.
pub(crate) fn by_stretch<T: Copy + Default + Send + Sync, R: Send>(
    areas: usize,
    fill: impl Fn(Range<usize>, &mut [T]) -> R + Sync,
) -> (Vec<T>, Vec<R>) {
    let step = areas.div_ceil(rayon::current_num_threads() * 32).max(64);
    let mut figures: Vec<T> = rayon::iter::repeat_n(T::default(), areas).collect();
    let rest = figures.par_chunks_mut(step).enumerate().map(|(at, figures)| {
        let first = at * step;
        fill(first..first + figures.len(), figures)
    });
    let rest = rest.collect();
    (figures, rest)
}

/// What the rows held at each area say.
pub(crate) fn reach(snapshot: &Snapshot, query: &GapQuery) -> Reach {
    let areas = snapshot.order.len();
    let mut held: Vec<Held> = rayon::iter::repeat_n(Held::default(), areas).collect();
    let mut rest = held.as_mut_slice();
    let stretches = snapshot.columns.iter().map(|band| {
        let (own, after) = std::mem::take(&mut rest).split_at_mut(band.ranks.len());
        rest = after;
        (band, own)
    });
    let stretches: Vec<_> = stretches.collect();
    let partners = snapshot.columns.partner_count();
    let seen = || Seen::new(partners);
    let named = stretches.into_par_iter().map_init(seen, |seen, (band, held)| {
        View::new(&band.columns, query).stretch(query.sector, &band.ranks, seen, held)
    });
    let named: Vec<Named> = named.collect();
    let mut reach = Reach { held, partners: vec![], planned: vec![] };
    for part in named {
        reach.partners.extend(part.partners);
        reach.planned.extend(part.planned);
    }
    reach
}

impl<'a> View<'a> {
    pub fn new(columns: &'a Columns, query: &GapQuery) -> View<'a> {
        let (start, end) = query.period.bounds();
        let exact = (query.sector != query.sector.main()).then_some(query.sector);
        View { columns, group: query.group, exact, start, end }
    }

    /// Whether the row's days meet the period.
    pub fn meets(&self, row: usize) -> bool {
        self.columns.meets(row, self.start, self.end)
    }

    /// Whether any row's days meet the period.
    pub fn meets_line(&self, line: usize) -> bool {
        self.columns.meets_line(line, self.start, self.end)
    }

    /// Whether the query is about this activity type (METHODS 8).
    pub fn sees_type(&self, kind: usize) -> bool {
        self.exact.is_none() || self.exact == self.columns.types[kind].sector
    }

    /// Fills in the figures of the areas with these ranks, and names the partners there.
    fn stretch(
        &self,
        sector: Sector,
        ranks: &Range<usize>,
        seen: &mut Seen,
        areas: &mut [Held],
    ) -> Named {
        let mut cursors: Vec<Range<usize>> = slots(sector)
            .map(|slot| self.columns.at_ranks(self.columns.of_slot(slot), ranks))
            .filter(|held| !held.is_empty())
            .collect();
        let mut named = Named::default();
        let mut lines = Vec::new();
        for (rank, area) in ranks.clone().zip(areas) {
            for cursor in &mut cursors {
                let first = self.columns.held[cursor.start].rank as usize;
                if cursor.start == cursor.end || first != rank {
                    continue;
                }
                let held = self.held(cursor.start, rank as u32, &mut lines, seen, &mut named);
                *area = area.highest(&held);
                cursor.start += 1;
            }
        }
        named
    }

    /// The figures of one main sector at one area.
    fn held(
        &self,
        held: usize,
        rank: u32,
        lines: &mut Vec<LineFigure>,
        seen: &mut Seen,
        named: &mut Named,
    ) -> Held {
        let (mut sum, mut high) = (Held::default(), 0.0);
        for kind in self.columns.types_of(held).filter(|kind| self.sees_type(*kind)) {
            let mut standard = 0.0;
            for work in self.columns.works_of(kind) {
                let (before, planned_before) = (sum.lines, sum.planned);
                let (work_standard, work_high) = self.people(work, lines, |line| sum.add(line));
                standard += work_standard;
                high += work_high;
                let partner = self.columns.works[work].partner;
                if sum.lines > before && seen.first(partner, rank, Seen::COUNTS) {
                    named.partners.push((rank, partner));
                }
                if sum.planned > planned_before && seen.first(partner, rank, Seen::PLANNED) {
                    named.planned.push((rank, partner));
                }
            }
            sum.standard = sum.standard.max(standard);
        }
        sum.high = high;
        sum
    }

    /// Standard and high of a work; `each` sees every line's sum.
    fn people(
        &self,
        work: usize,
        lines: &mut Vec<LineFigure>,
        mut each: impl FnMut(&LineSum),
    ) -> (f64, f64) {
        let of_work = self.columns.lines_of(work);
        // Most works have one line, which is then neither a total nor a part.
        if of_work.len() == 1 {
            if !self.sees_line(of_work.start) {
                return (0.0, 0.0);
            }
            let sum = self.line(of_work.start);
            each(&sum);
            return (sum.standard, sum.high);
        }
        self.work(work, lines, each);
        (parts::larger(lines, |line| line.standard), parts::larger(lines, |line| line.high))
    }

    /// Whether the query is about this line's group.
    fn sees_line(&self, line: usize) -> bool {
        self.group == Group::ALL || self.group.sees(&self.columns.lines[line].group)
    }

    /// The lines of a work that have figures, into `lines`; `each` sees every line's sum.
    pub fn work(&self, work: usize, lines: &mut Vec<LineFigure>, mut each: impl FnMut(&LineSum)) {
        lines.clear();
        for line in self.columns.lines_of(work) {
            if !self.sees_line(line) {
                continue;
            }
            let sum = self.line(line);
            each(&sum);
            if sum.rows > sum.silent {
                let group = self.columns.lines[line].group;
                let LineSum { standard, high, .. } = sum;
                lines.push(LineFigure { group, line, standard, high });
            }
        }
    }

    /// What the rows of a line within the period say.
    pub fn line(&self, line: usize) -> LineSum {
        self.columns.sum(line, self.start, self.end)
    }
}

impl Held {
    fn add(&mut self, line: &LineSum) {
        self.low = self.low.max(line.low);
        self.rows += line.rows;
        self.silent += line.silent;
        self.figures |= line.rows > line.silent;
        self.converted |= line.converted;
        self.lines += u32::from(line.rows > 0);
        self.planned += u32::from(line.planned);
    }

    /// Adds the rows and lines of another area, not its people.
    pub fn count(&mut self, other: &Held) {
        self.figures |= other.figures;
        self.converted |= other.converted;
        self.rows += other.rows;
        self.silent += other.silent;
        self.lines += other.lines;
        self.planned += other.planned;
    }

    /// Two sectors at one area: the higher of each figure (METHODS 14), all rows and lines.
    fn highest(&self, other: &Held) -> Held {
        Held {
            standard: self.standard.max(other.standard),
            low: self.low.max(other.low),
            high: self.high.max(other.high),
            figures: self.figures || other.figures,
            converted: self.converted || other.converted,
            rows: self.rows + other.rows,
            silent: self.silent + other.silent,
            lines: self.lines + other.lines,
            planned: self.planned + other.planned,
        }
    }
}

/// The area at which each partner was seen last, so that each is named once per area.
struct Seen {
    at: Vec<[u32; 2]>,
}

impl Seen {
    const COUNTS: usize = 0;
    const PLANNED: usize = 1;

    fn new(partners: usize) -> Seen {
        Seen { at: vec![[u32::MAX; 2]; partners] }
    }

    fn first(&mut self, partner: u32, rank: u32, what: usize) -> bool {
        std::mem::replace(&mut self.at[partner as usize][what], rank) != rank
    }
}
