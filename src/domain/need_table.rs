//! Need and population rows, sorted for the gap query.

use std::cmp::Reverse;
use std::ops::Range;

use super::{AreaTree, Group, Need, Population, Preorder, Sector};

/// Need rows by sector, area, cycle (latest first) and group, and headcounts by group and area.
#[derive(Debug, Default)]
pub struct NeedTable {
    /// Of several rows for one cell and cycle only the latest (METHODS 17).
    rows: Vec<NeedRow>,
    /// Rows of one sector and area; the last entry is a sentinel.
    cells: Vec<NeedCell>,
    /// The entries of `cells` of each sector.
    sectors: Vec<Range<usize>>,
    headcounts: Vec<Headcount>,
    /// By rank: whether any need row of the area states a population.
    states_population: Vec<bool>,
}

/// The figures of one need row; NaN where it states none.
#[derive(Clone, Copy, Debug)]
pub struct NeedRow {
    pub group: Group,
    /// First and last day of the cycle.
    pub cycle: (i32, i32),
    pub in_need: f64,
    pub targeted: f64,
    pub affected: f64,
    pub population: f64,
    pub severity: f64,
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
            states_population: vec![false; order.len()],
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
            let row = NeedRow::of(&needs[at as usize]);
            table.states_population[rank as usize] |= !row.population.is_nan();
            table.rows.push(row);
        }
        table.cells.push(NeedCell { first: table.rows.len() as u32, rank: u32::MAX });
        for at in 1..slots.len() {
            slots[at] = slots[at].max(slots[at - 1]);
        }
        table.sectors = slots.windows(2).map(|pair| pair[0]..pair[1]).collect();
        table
    }

    /// The areas among `ranks` with need rows of exactly this sector, as entries for
    /// [`NeedTable::cell`]; by rank.
    pub fn cells(&self, sector: Sector, ranks: &Range<usize>) -> Range<usize> {
        let among = self.sectors.get(sector as usize).cloned().unwrap_or(0..0);
        let cells = &self.cells[among.clone()];
        let from = cells.partition_point(|cell| (cell.rank as usize) < ranks.start);
        let to = cells.partition_point(|cell| (cell.rank as usize) < ranks.end);
        among.start + from..among.start + to
    }

    /// Rank of an area, and its rows of a sector by cycle (latest first) and group.
    pub fn cell(&self, at: usize) -> (usize, &[NeedRow]) {
        let (cell, next) = (self.cells[at], self.cells[at + 1]);
        (cell.rank as usize, &self.rows[cell.first as usize..next.first as usize])
    }

    /// Whether any need row of the area, of any sector, states a population.
    pub fn states_population(&self, rank: usize) -> bool {
        self.states_population[rank]
    }

    /// The population table's figures for exactly this group, by rank.
    pub fn headcounts(&self, group: &Group) -> &[Headcount] {
        let from = self.headcounts.partition_point(|count| count.group < *group);
        let to = self.headcounts.partition_point(|count| count.group <= *group);
        &self.headcounts[from..to]
    }
}

impl NeedRow {
    fn of(need: &Need) -> NeedRow {
        let stated = |figure: Option<f64>| match figure {
            // Adding zero makes a negative zero a plain one.
            Some(figure) if figure.is_finite() && figure >= 0.0 => figure + 0.0,
            _ => f64::NAN,
        };
        NeedRow {
            group: need.group,
            cycle: need.cycle.bounds(),
            in_need: stated(need.in_need),
            targeted: stated(need.targeted),
            affected: stated(need.affected),
            population: stated(need.population),
            severity: stated(need.severity),
        }
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::{Period, Source};

    #[test]
    fn of_rows_for_one_cell_and_cycle_the_later_one_stays_in_whatever_order_they_come() {
        let need = |row: u32, year: i16, people: f64| Need {
            source: Source { submission: 1, row },
            sector: Sector::Wsh,
            group: Group::ALL,
            cycle: Period::year(year).unwrap(),
            in_need: Some(people),
            severity: Some(f64::NAN),
            ..Need::default()
        };
        let mut needs = vec![need(1, 2025, 5.0), need(3, 2026, 9.0), need(2, 2026, 7.0)];
        let areas = AreaTree::build(&"op".into(), &"op".into(), vec![]);
        let order = Preorder::build(&areas);
        for _ in 0..2 {
            let table = NeedTable::build(&needs, &[], &areas, &order);
            let cells = table.cells(Sector::Wsh, &(0..1));
            assert_eq!(cells.len(), 1);
            let (rank, rows) = table.cell(cells.start);
            let people: Vec<f64> = rows.iter().map(|row| row.in_need).collect();
            assert_eq!((rank, people), (0, vec![9.0, 5.0]));
            assert!(rows.iter().all(|row| row.severity.is_nan()));
            assert!(table.cells(Sector::Hea, &(0..1)).is_empty());
            needs.reverse();
        }
    }
}
