//! What people need in each area, as the need rows say it (METHODS 12, 14, 17), and how many
//! people live there (METHODS 13). Own figures only: `gaps.rs` adds upward.

use super::parts::{self, OfGroup};
use super::query::GapQuery;
use crate::domain::{Group, Need, Sector, Snapshot};

/// The need figures of one area for the queried sector, group and period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct NeedFigure {
    pub in_need: Option<f64>,
    pub targeted: Option<f64>,
    pub affected: Option<f64>,
    pub population: Option<f64>,
    pub severity: Option<f64>,
}

/// The answer of [`needs`].
pub(crate) struct Needs {
    /// By rank of the area.
    pub figures: Vec<NeedFigure>,
    /// Made from the sectors, as there are no intersectoral rows (METHODS 14).
    pub derived: bool,
}

impl OfGroup for &Need {
    fn group(&self) -> &Group {
        &self.group
    }
}

/// The need figures of every area.
pub(crate) fn needs(snapshot: &Snapshot, query: &GapQuery) -> Needs {
    let mut figures = vec![NeedFigure::default(); snapshot.order.len()];
    let mut found = false;
    each_area(snapshot, query, query.sector, |rank, figure| {
        found = true;
        figures[rank] = figure;
    });
    if found || query.sector != Sector::All {
        return Needs { figures, derived: false };
    }
    for (sector, ..) in Sector::TABLE {
        each_area(snapshot, query, *sector, |rank, figure| {
            found = true;
            let highest = &mut figures[rank];
            highest.in_need = larger(highest.in_need, figure.in_need);
            highest.targeted = larger(highest.targeted, figure.targeted);
            highest.affected = larger(highest.affected, figure.affected);
            highest.population = larger(highest.population, figure.population);
        });
    }
    Needs { figures, derived: found }
}

/// How many people of the queried group live in each area, by rank: the table's figure for exactly
/// that group, else the need row's of the queried sector, else of `ALL`, else the largest, else
/// the sum of the children's where all are known (METHODS 13).
pub(crate) fn populations(
    snapshot: &Snapshot,
    query: &GapQuery,
    needs: &Needs,
) -> Vec<Option<f64>> {
    let mut people = vec![None; snapshot.order.len()];
    for count in snapshot.need_table.headcounts(&query.group) {
        people[count.rank as usize] = Some(count.people);
    }
    if snapshot.need_table.states_population {
        for (known, need) in people.iter_mut().zip(&needs.figures) {
            *known = known.or(need.population);
        }
        if people.contains(&None) && !needs.derived {
            from_other_sectors(snapshot, query, &mut people);
        }
    }
    let mut below = vec![(0.0, true); people.len()];
    for rank in (0..people.len()).rev() {
        let has_children = snapshot.order.subtree(rank).len() > 1;
        let (sum, all_known) = below[rank];
        if people[rank].is_none() && has_children && all_known {
            people[rank] = Some(sum);
        }
        if let Some(parent) = snapshot.order.parent(rank) {
            below[parent].0 += people[rank].unwrap_or(0.0);
            below[parent].1 &= people[rank].is_some();
        }
    }
    people
}

/// Fills the areas without a figure from need rows of `ALL`, then of whichever sector says most.
fn from_other_sectors(snapshot: &Snapshot, query: &GapQuery, people: &mut [Option<f64>]) {
    if query.sector != Sector::All {
        each_area(snapshot, query, Sector::All, |rank, figure| {
            people[rank] = people[rank].or(figure.population);
        });
    }
    let mut largest = vec![None; people.len()];
    for (sector, ..) in Sector::TABLE {
        each_area(snapshot, query, *sector, |rank, figure| {
            if people[rank].is_none() {
                largest[rank] = larger(largest[rank], figure.population);
            }
        });
    }
    for (known, largest) in people.iter_mut().zip(largest) {
        *known = known.or(largest);
    }
}

/// Calls `each` with the rank and figures of every area that has rows of exactly this sector in a
/// cycle that meets the period, about people the query sees.
fn each_area(
    snapshot: &Snapshot,
    query: &GapQuery,
    sector: Sector,
    mut each: impl FnMut(usize, NeedFigure),
) {
    let mut cycle: Vec<&Need> = Vec::new();
    for (rank, rows) in snapshot.need_table.of_sector(sector) {
        cycle.clear();
        for at in rows {
            let need = &snapshot.needs[*at as usize];
            // Rows come by cycle, the latest first: the first cycle with a row is the one.
            let bounds = need.cycle.bounds();
            if cycle.first().is_some_and(|first| first.cycle.bounds() != bounds) {
                break;
            }
            if query.group.sees(&need.group) && need.cycle.meets(&query.period) {
                cycle.push(need);
            }
        }
        if !cycle.is_empty() {
            each(rank, figure(&cycle, &query.group));
        }
    }
}

/// The figures of the row about exactly the group where it states them, else the sum of the parts'.
/// Severity is not a number of people: of parts it is the highest, never a sum or a mean.
fn figure(cycle: &[&Need], group: &Group) -> NeedFigure {
    let total = |read: fn(&Need) -> Option<f64>| {
        parts::total_else_parts(cycle, |need| read(need).filter(|people| people.is_finite()))
    };
    let own = cycle.iter().find(|need| need.group == *group);
    let parts = cycle.iter().filter_map(|need| need.severity).reduce(f64::max);
    NeedFigure {
        in_need: total(|need| need.in_need),
        targeted: total(|need| need.targeted),
        affected: total(|need| need.affected),
        population: total(|need| need.population),
        severity: own.and_then(|need| need.severity).or(parts),
    }
}

/// The larger of two figures, of which either may be unknown.
fn larger(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}
