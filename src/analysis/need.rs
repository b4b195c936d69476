//! What people need in each area, as the need rows say it (METHODS 12, 14, 17), and how many
//! people live there (METHODS 13). Own figures only: `upward.rs` adds them up.

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;

use super::parts::{self, OfGroup};
use super::query::GapQuery;
use super::reach;
use crate::domain::need_table::NeedRow;
use crate::domain::{Day, Group, Period, Sector, Snapshot};

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

impl OfGroup for NeedRow {
    fn group(&self) -> &Group {
        &self.group
    }
}

/// The need figures of every area.
pub(crate) fn needs(snapshot: &Snapshot, query: &GapQuery) -> Needs {
    let areas = 0..snapshot.order.len();
    let may_state = !snapshot.need_table.cells(query.sector, &areas).is_empty();
    if query.sector != Sector::All || may_state {
        let (figures, any) = of_sectors(snapshot, query, &[query.sector]);
        if query.sector != Sector::All || any {
            return Needs { figures, derived: false };
        }
    }
    let sectors: Vec<Sector> = Sector::TABLE.iter().map(|(sector, ..)| *sector).collect();
    let (mut figures, any) = of_sectors(snapshot, query, &sectors);
    for figure in &mut figures {
        figure.severity = None;
    }
    Needs { figures, derived: any }
}

/// The planning cycles whose figures answer the query, the earliest first. More than one where the
/// latest cycle that meets the period is not the same everywhere (METHODS 17): such figures are of
/// different years, and a reader must be told.
pub fn cycles(snapshot: &Snapshot, query: &GapQuery) -> Vec<Period> {
    let everywhere = 0..snapshot.order.len();
    let of_sectors = |sectors: &[Sector]| {
        let mut found = BTreeSet::new();
        let mut seen = Vec::new();
        for sector in sectors {
            for at in snapshot.need_table.cells(*sector, &everywhere) {
                let cycle = choose_cycle(snapshot.need_table.cell(at).1, query, &mut seen);
                found.extend(cycle.first().map(|row| row.cycle));
            }
        }
        found
    };
    let mut found = of_sectors(&[query.sector]);
    if query.sector == Sector::All && found.is_empty() {
        found = of_sectors(&Sector::TABLE.iter().map(|(sector, ..)| *sector).collect::<Vec<_>>());
    }
    let bound = |day: i32, open: i32| Some(Day(day)).filter(|day| day.0 != open);
    found
        .into_iter()
        .map(|(start, end)| Period::new(bound(start, i32::MIN), bound(end, i32::MAX)))
        .collect()
}

/// Per area the highest of each figure over the sectors, and whether there is any row for them.
fn of_sectors(
    snapshot: &Snapshot,
    query: &GapQuery,
    sectors: &[Sector],
) -> (Vec<NeedFigure>, bool) {
    let (figures, stated) = reach::by_stretch(snapshot.order.len(), |ranks, figures| {
        stretch(snapshot, query, sectors, &ranks, figures)
    });
    (figures, stated.contains(&true))
}

/// Fills in the figures of the areas with these ranks; whether there is any row for them.
fn stretch(
    snapshot: &Snapshot,
    query: &GapQuery,
    sectors: &[Sector],
    ranks: &Range<usize>,
    figures: &mut [NeedFigure],
) -> bool {
    let (mut any, mut seen) = (false, Vec::new());
    for sector in sectors {
        for at in snapshot.need_table.cells(*sector, ranks) {
            let (rank, rows) = snapshot.need_table.cell(at);
            let cycle = choose_cycle(rows, query, &mut seen);
            if !cycle.is_empty() {
                figures[rank - ranks.start].raise(&figure(cycle, &query.group));
                any = true;
            }
        }
    }
    any
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
    let lacking: Vec<usize> = (0..people.len())
        .filter(|rank| people[*rank].is_none() && snapshot.need_table.states_population(*rank))
        .collect();
    let found: Vec<Option<f64>> = lacking
        .par_iter()
        .with_min_len(64)
        .map(|rank| {
            needs.figures[*rank].population.or_else(|| of_any_sector(snapshot, query, *rank))
        })
        .collect();
    for (rank, found) in lacking.into_iter().zip(found) {
        people[rank] = found;
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

/// The population that need rows of `ALL` state, else the largest of any sector.
fn of_any_sector(snapshot: &Snapshot, query: &GapQuery, rank: usize) -> Option<f64> {
    let mut seen = Vec::new();
    let mut largest = None;
    for (sector, ..) in Sector::TABLE {
        for at in snapshot.need_table.cells(*sector, &(rank..rank + 1)) {
            let cycle = choose_cycle(snapshot.need_table.cell(at).1, query, &mut seen);
            let population = total(cycle, &query.group, |row| row.population);
            if *sector == Sector::All && population.is_some() {
                return population;
            }
            largest = larger(largest, population);
        }
    }
    largest
}

/// Of one area's rows of a sector, those about people the query sees, of one cycle that meets the
/// period: the latest with a row about exactly the group, else the latest that has parts of it
/// (METHODS 12, 17). A later row about one part says nothing of the others.
fn choose_cycle<'a>(
    rows: &'a [NeedRow],
    query: &GapQuery,
    seen: &'a mut Vec<NeedRow>,
) -> &'a [NeedRow] {
    seen.clear();
    let (start, end) = query.period.bounds();
    // Rows come by cycle, the latest first.
    let cycles = || {
        let cycles = rows.chunk_by(|a, b| a.cycle == b.cycle);
        cycles.filter(move |cycle| cycle[0].cycle.0 <= end && start <= cycle[0].cycle.1)
    };
    let is_whole = |row: &NeedRow| row.group == query.group;
    if query.group == Group::ALL {
        // The row about everybody comes first in its cycle.
        let whole = cycles().find(|cycle| is_whole(&cycle[0]));
        return whole.or_else(|| cycles().next()).unwrap_or_default();
    }
    let sees = |row: &&NeedRow| query.group.sees(&row.group);
    let whole = cycles().find(|cycle| cycle.iter().any(is_whole));
    let chosen = whole.or_else(|| cycles().find(|cycle| cycle.iter().any(|row| sees(&row))));
    seen.extend(chosen.unwrap_or_default().iter().filter(sees));
    seen
}

/// The figures of the row about exactly the group, else the sum of the parts' (METHODS 12).
/// Severity is not a number of people: of parts it is the highest, never a sum or a mean.
fn figure(cycle: &[NeedRow], group: &Group) -> NeedFigure {
    let own = cycle.iter().find(|row| row.group == *group);
    let own = own.map(|row| row.severity).filter(|severity| !severity.is_nan());
    let severities = cycle.iter().map(|row| row.severity).filter(|severity| !severity.is_nan());
    NeedFigure {
        in_need: total(cycle, group, |row| row.in_need),
        targeted: total(cycle, group, |row| row.targeted),
        affected: total(cycle, group, |row| row.affected),
        population: total(cycle, group, |row| row.population),
        severity: own.or_else(|| severities.reduce(f64::max)),
    }
}

/// Where the row about exactly the group states needs, what it leaves blank is unknown: the parts
/// that state it may be some of them.
fn total(cycle: &[NeedRow], group: &Group, read: fn(&NeedRow) -> f64) -> Option<f64> {
    let known = |row: &NeedRow| Some(read(row)).filter(|people| !people.is_nan());
    let states_needs = |row: &&NeedRow| {
        let needs = [row.in_need, row.targeted, row.affected];
        row.group == *group && needs.iter().any(|people| !people.is_nan())
    };
    match cycle.iter().find(states_needs) {
        Some(whole) => known(whole),
        None => parts::total_else_parts(cycle, known),
    }
}

impl NeedFigure {
    fn raise(&mut self, other: &NeedFigure) {
        self.in_need = larger(self.in_need, other.in_need);
        self.targeted = larger(self.targeted, other.targeted);
        self.affected = larger(self.affected, other.affected);
        self.population = larger(self.population, other.population);
        self.severity = larger(self.severity, other.severity);
    }
}

/// The larger of two figures, of which either may be unknown.
fn larger(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}
