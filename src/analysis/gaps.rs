//! The main query: per area, who is in need, who is reached, who is not, and how sure.
//!
//! `need.rs` and `reach.rs` give each area's own figures. `upward.rs` adds them upward and makes
//! gaps at the gap areas: per branch, the lowest areas with a figure of the base (METHODS 19).
//!
//! By hand: one district, PIN 1,000; latrines 300 and 200, hygiene kits 400. Reached 500 (400 to
//! 900), gap 500 (100 to 600).

use std::ops::Range;

use rayon::prelude::*;

use super::need;
use super::query::GapQuery;
use super::reach;
pub use super::status::GapStatus;
use super::status::exceeds;
use super::upward::{Own, base};
use crate::domain::{AreaIx, Snapshot};

/// The answer to a gap query: one figure per area of the level, by P-code.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaps {
    pub figures: Vec<GapFigure>,
    /// PIN and target are the highest sector's per area, because the query has no intersectoral
    /// need rows (METHODS 14).
    pub derived: bool,
}

/// The figures of one area; people unless said otherwise. `None` is unknown, never zero.
#[derive(Clone, Debug, PartialEq)]
pub struct GapFigure {
    pub area: AreaIx,
    pub in_need: Option<f64>,
    /// A published figure of this very area that differs from the sum from below (METHODS 20).
    pub in_need_published: Option<f64>,
    pub targeted: Option<f64>,
    pub affected: Option<f64>,
    pub population: Option<f64>,
    /// 1-5; only at gap areas.
    pub severity: Option<f64>,
    pub severity_max: Option<f64>,
    /// PIN living at `severity_max`.
    pub severity_max_in_need: Option<f64>,
    pub reached: Option<f64>,
    pub reached_low: Option<f64>,
    pub reached_high: Option<f64>,
    /// Some of the reached figures were converted from households.
    pub reached_converted: bool,
    pub reached_place_unknown: Option<f64>,
    pub reached_place_unknown_above: Option<f64>,
    pub gap: Option<f64>,
    pub gap_low: Option<f64>,
    pub gap_high: Option<f64>,
    /// Reached / base: a fraction, not clipped.
    pub coverage: Option<f64>,
    pub pin_reached: Option<f64>,
    pub pin_targeted_not_reached: Option<f64>,
    pub pin_never_targeted: Option<f64>,
    pub rows_without_figures: u32,
    /// Distinct reporting partners in the area and below.
    pub partners: u32,
    /// Lines.
    pub activities: u32,
    pub partners_planned: u32,
    pub activities_planned: u32,
    pub status: GapStatus,
    /// Reached above PIN.
    pub over_need: bool,
    /// Reached above the population.
    pub over_population: bool,
}

/// The figures of every area of the level, by P-code; level 0 is the operation, one figure.
pub fn gaps(snapshot: &Snapshot, query: &GapQuery) -> Gaps {
    let (reach, (needs, populations)) = rayon::join(
        || reach::reach(snapshot, query),
        || {
            let needs = need::needs(snapshot, query);
            let populations = need::populations(snapshot, query, &needs);
            (needs, populations)
        },
    );
    let own = Own { snapshot, basis: query.basis, held: &reach.held, needs: &needs, populations };
    let nodes = own.add_upward();
    let partners = snapshot.columns.partner_count();
    let level = snapshot.areas.level(query.level).par_iter().with_min_len(64);
    let figures = level.map_init(
        || [Distinct::new(&reach.partners, partners), Distinct::new(&reach.planned, partners)],
        |[active, planned], ix| {
            let subtree = snapshot.order.subtree(snapshot.order.rank(*ix));
            let mut figure = own.node(*ix, &nodes).figure(*ix, query.basis);
            figure.population = own.populations[subtree.start];
            figure.over_population = figure
                .reached
                .zip(figure.population)
                .is_some_and(|(reached, people)| exceeds(reached, people));
            figure.partners = active.in_ranks(&subtree);
            figure.partners_planned = planned.in_ranks(&subtree);
            figure
        },
    );
    Gaps { figures: figures.collect(), derived: needs.derived }
}

/// The lowest level at which any area has a figure of the query's base (`query.level` is not
/// read); the lowest level of all where none has.
pub fn lowest_need_level(snapshot: &Snapshot, query: &GapQuery) -> u8 {
    let needs = need::needs(snapshot, query);
    let known = needs.figures.iter().enumerate();
    let levels = known
        .filter(|(_, figure)| base(query.basis, figure.in_need, figure.targeted).is_some())
        .map(|(rank, _)| snapshot.areas.get(snapshot.order.area(rank)).level);
    levels.max().unwrap_or_else(|| snapshot.areas.deepest())
}

/// How many people of the queried group live in each area (METHODS 13), by `AreaIx`;
/// `query.level` and `query.basis` are not read.
pub fn populations(snapshot: &Snapshot, query: &GapQuery) -> Vec<Option<f64>> {
    let needs = need::needs(snapshot, query);
    let people = need::populations(snapshot, query, &needs);
    snapshot.areas.iter().map(|(ix, _)| people[snapshot.order.rank(ix)]).collect()
}

/// Counts distinct partners over stretches of ranks.
struct Distinct<'a> {
    pairs: &'a [(u32, u32)],
    next: usize,
    seen: Vec<u32>,
    asked: u32,
}

impl<'a> Distinct<'a> {
    fn new(pairs: &'a [(u32, u32)], partners: usize) -> Distinct<'a> {
        Distinct { pairs, next: 0, seen: vec![0; partners], asked: 0 }
    }

    fn in_ranks(&mut self, ranks: &Range<usize>) -> u32 {
        let rank_of = |pair: &(u32, u32)| pair.0 as usize;
        // By P-code, neighbours mostly follow each other in rank too: no search then.
        let (before, next) = self.pairs.split_at(self.next);
        let follows = before.last().is_none_or(|pair| rank_of(pair) < ranks.start)
            && next.first().is_none_or(|pair| rank_of(pair) >= ranks.start);
        if !follows {
            self.next = self.pairs.partition_point(|pair| rank_of(pair) < ranks.start);
        }
        let pairs = &self.pairs[self.next..];
        self.asked += 1;
        let mut count = 0;
        for (rank, partner) in pairs {
            if *rank as usize >= ranks.end {
                break;
            }
            self.next += 1;
            if std::mem::replace(&mut self.seen[*partner as usize], self.asked) != self.asked {
                count += 1;
            }
        }
        count
    }
}
