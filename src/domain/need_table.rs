//! Need and population rows, sorted for the gap query.

use std::cmp::Reverse;
use std::ops::Range;

use super::{AreaTree, Group, Need, Population, Preorder, Sector};

/// Need rows by sector, area, cycle (latest first) and group, and headcounts by group and area.
#[derive(Debug, Default)]
pub struct NeedTable {
    /// Positions in `Snapshot::needs`; of several rows for one cell and cycle only the latest
    /// (METHODS 17).
    rows: Vec<u32>,
    /// Rows of one sector and area; the last entry is a sentinel.
    cells: Vec<NeedCell>,
    /// The entries of `cells` of each sector.
    sectors: Vec<Range<usize>>,
    headcounts: Vec<Headcount>,
    /// Whether any need row states a population.
    pub states_population: bool,
}

#[derive(Clone, Copy, Debug)]
struct NeedCell {
    first: u32,
    rank: u32,
}

/// People of a group in the area of a rank, from the population table.
#[derive(Clone, Copy, Debug)]
pub struct Headcount {
    pub group: Group,
    pub rank: u32,
    pub people: f64,
}

impl NeedTable {
    /// Rows that name an area which no boundary has are left out: their figures belong to no
    /// place that is known, and not to the operation either.
    pub fn build(
        needs: &[Need],
        populations: &[Population],
        areas: &AreaTree,
        order: &Preorder,
    ) -> NeedTable {
        let rank_of = |pcode: Option<&str>| match pcode {
            None => Some(0),
            Some(pcode) => areas.by_pcode(pcode).map(|ix| order.rank(ix) as u32),
        };
        let mut rows: Vec<(u32, u32)> = Vec::with_capacity(needs.len());
        for (at, need) in needs.iter().enumerate() {
            if let Some(rank) = rank_of(need.area.as_deref()) {
                rows.push((rank, at as u32));
            }
        }
        let cell = |(rank, at): &(u32, u32)| {
            let need = &needs[*at as usize];
            (need.sector, *rank, Reverse(need.cycle.bounds()), need.group)
        };
        rows.sort_unstable_by(|a, b| {
            let later =
                |at: u32| Reverse((needs[at as usize].source, figures(&needs[at as usize])));
            cell(a).cmp(&cell(b)).then_with(|| later(a.1).cmp(&later(b.1)))
        });
        rows.dedup_by(|b, a| cell(a) == cell(b));

        let mut table = NeedTable {
            headcounts: headcounts(populations, rank_of),
            states_population: needs.iter().any(|need| need.population.is_some()),
            ..NeedTable::default()
        };
        let mut slots = vec![0_usize; Sector::TABLE.len() + 1];
        let mut before = None;
        for (rank, at) in rows {
            let sector = needs[at as usize].sector;
            if before != Some((sector, rank)) {
                table.cells.push(NeedCell { first: table.rows.len() as u32, rank });
                slots[sector as usize + 1] = table.cells.len();
                before = Some((sector, rank));
            }
            table.rows.push(at);
        }
        table.cells.push(NeedCell { first: table.rows.len() as u32, rank: u32::MAX });
        for at in 1..slots.len() {
            slots[at] = slots[at].max(slots[at - 1]);
        }
        table.sectors = slots.windows(2).map(|pair| pair[0]..pair[1]).collect();
        table
    }

    /// Per area with need rows of the sector: its rank, and its rows as positions in
    /// `Snapshot::needs`, by cycle (latest first) and group.
    pub fn of_sector(&self, sector: Sector) -> impl Iterator<Item = (usize, &[u32])> {
        let cells = self.sectors.get(sector as usize).cloned().unwrap_or(0..0);
        cells.map(|at| {
            let (cell, next) = (self.cells[at], self.cells[at + 1]);
            (cell.rank as usize, &self.rows[cell.first as usize..next.first as usize])
        })
    }

    /// The population table's figures for exactly this group, by rank.
    pub fn headcounts(&self, group: &Group) -> &[Headcount] {
        let from = self.headcounts.partition_point(|count| count.group < *group);
        let to = self.headcounts.partition_point(|count| count.group <= *group);
        &self.headcounts[from..to]
    }
}

/// A need row's figures as something that can be ordered.
fn figures(need: &Need) -> [u64; 5] {
    let bits = |figure: Option<f64>| figure.map_or(u64::MAX, f64::to_bits);
    let Need { population, affected, in_need, targeted, severity, .. } = need;
    [bits(*population), bits(*affected), bits(*in_need), bits(*targeted), bits(*severity)]
}

/// One figure per group and area: of the latest year, then the latest row.
fn headcounts(
    populations: &[Population],
    rank_of: impl Fn(Option<&str>) -> Option<u32>,
) -> Vec<Headcount> {
    let mut counts = Vec::with_capacity(populations.len());
    for row in populations.iter().filter(|row| row.people.is_finite() && row.people >= 0.0) {
        if let Some(rank) = rank_of(row.area.as_deref()) {
            let later = Reverse((row.year, row.source, row.people.to_bits()));
            counts.push((row.group, rank, later, row.people));
        }
    }
    counts.sort_unstable_by_key(|(group, rank, later, _)| (*group, *rank, *later));
    counts.dedup_by_key(|(group, rank, ..)| (*group, *rank));
    let plain = |(group, rank, _, people)| Headcount { group, rank, people };
    counts.into_iter().map(plain).collect()
}
