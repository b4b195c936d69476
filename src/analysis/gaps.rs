//! The main query: per area, who is in need, who is reached, who is not, and how sure.
//!
//! `need.rs` and `reach.rs` give each area's own figures; here they are added upward, and gaps are
//! made at the gap areas: per branch, the lowest areas with a figure of the base (METHODS 19).
//!
//! By hand: one district, PIN 1,000; latrines 300 and 200, hygiene kits 400. Reached 500 (400 to
//! 900), gap 500 (100 to 600).

use std::ops::Range;

use rayon::prelude::*;

use super::need::{self, NeedFigure, Needs};
use super::query::{Basis, GapQuery};
use super::reach::{self, Held};
pub use super::status::GapStatus;
use super::status::exceeds;
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
    let partners = snapshot.columns.partner_count;
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

/// People in need of every area as the rows about that very area say it, nothing added upward; by
/// `AreaIx`. `query.level` and `query.basis` are not read.
pub fn own_in_need(snapshot: &Snapshot, query: &GapQuery) -> Vec<Option<f64>> {
    let needs = need::needs(snapshot, query);
    snapshot.areas.iter().map(|(ix, _)| needs.figures[snapshot.order.rank(ix)].in_need).collect()
}

/// How many people of the queried group live in each area (METHODS 13), by `AreaIx`;
/// `query.level` and `query.basis` are not read.
pub fn populations(snapshot: &Snapshot, query: &GapQuery) -> Vec<Option<f64>> {
    let needs = need::needs(snapshot, query);
    let people = need::populations(snapshot, query, &needs);
    snapshot.areas.iter().map(|(ix, _)| people[snapshot.order.rank(ix)]).collect()
}

/// One area in the making.
#[derive(Clone, Debug, Default)]
struct Node {
    // Of the area and all below it.
    reached: f64,
    low: f64,
    high: f64,
    held: Held,
    in_need: Upward,
    targeted: Upward,
    affected: Upward,
    /// Present at gap areas and above.
    gap: Option<Gap>,
    split: Option<Split>,
    severity: Option<f64>,
    severity_max: Option<(f64, f64)>,
    // Of rows held at this very area, and at the areas above it.
    place_unknown: Option<f64>,
    place_unknown_above: Option<f64>,
    high_above: f64,
}

/// A need figure on its way up: the sum from below where anything below has one, else the own.
#[derive(Clone, Copy, Debug, Default)]
struct Upward {
    own: Option<f64>,
    below: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    gap: f64,
    /// Before what is reached at the areas above is taken off.
    low: f64,
    high: f64,
}

/// PIN in three (METHODS 21).
#[derive(Clone, Copy, Debug, Default)]
struct Split {
    reached: f64,
    targeted_not_reached: f64,
    never_targeted: f64,
}

/// What the rows about each very area say, by rank.
struct Own<'a> {
    snapshot: &'a Snapshot,
    basis: Basis,
    held: &'a [Held],
    needs: &'a Needs,
    populations: Vec<Option<f64>>,
}

impl Own<'_> {
    /// Every area with those below in it, by `AreaIx`. Left out is the lowest layer, most of all
    /// areas: they have nothing below, and [`Own::node`] makes them when they are asked for.
    fn add_upward(&self) -> Vec<Node> {
        let areas = &self.snapshot.areas;
        let mut layers = areas.layers();
        let lowest = layers.pop().map_or(0, |layer| layer.start);
        let mut nodes = vec![Node::default(); lowest];
        for layer in layers.iter().rev() {
            let (above, below) = nodes.split_at_mut(layer.end);
            let above = above[layer.clone()].par_iter_mut().with_min_len(8).enumerate();
            above.for_each(|(at, node)| {
                let ix = AreaIx((layer.start + at) as u32);
                for child in areas.children(ix).rev() {
                    match below.get(child.at() - layer.end) {
                        Some(child) => node.take(child),
                        None => node.take(&self.lowest(child)),
                    }
                }
                self.close(ix, node);
            });
        }
        for at in 1..nodes.len() {
            let parent = areas.parent(AreaIx(at as u32));
            let (above, below) = nodes.split_at_mut(at);
            below[0].stand_below(&above[parent.at()], self.held(parent));
        }
        nodes
    }

    /// The area with all below and above it; `nodes` is from [`Own::add_upward`].
    fn node(&self, ix: AreaIx, nodes: &[Node]) -> Node {
        if let Some(node) = nodes.get(ix.at()) {
            return node.clone();
        }
        let mut node = self.lowest(ix);
        let parent = self.snapshot.areas.parent(ix);
        if let Some(above) = nodes.get(parent.at()) {
            node.stand_below(above, self.held(parent));
        }
        node
    }

    /// An area with nothing below it.
    fn lowest(&self, ix: AreaIx) -> Node {
        let mut node = Node::default();
        self.close(ix, &mut node);
        node
    }

    fn close(&self, ix: AreaIx, node: &mut Node) {
        let rank = self.snapshot.order.rank(ix);
        let (need, people) = (&self.needs.figures[rank], self.populations[rank]);
        node.close(self.basis, &self.held[rank], need, people);
    }

    fn held(&self, ix: AreaIx) -> &Held {
        &self.held[self.snapshot.order.rank(ix)]
    }
}

impl Node {
    /// Adds a finished child.
    fn take(&mut self, child: &Node) {
        self.reached += child.reached;
        self.low += child.low;
        self.high += child.high;
        self.held.count(&child.held);
        self.in_need.take(&child.in_need);
        self.targeted.take(&child.targeted);
        self.affected.take(&child.affected);
        if let Some(gap) = child.gap {
            let sum = self.gap.get_or_insert_default();
            sum.gap += gap.gap;
            sum.low += gap.low;
            sum.high += gap.high;
        }
        if let Some(split) = child.split {
            let sum = self.split.get_or_insert_default();
            sum.reached += split.reached;
            sum.targeted_not_reached += split.targeted_not_reached;
            sum.never_targeted += split.never_targeted;
        }
        self.severity_max = match (self.severity_max, child.severity_max) {
            (Some((a, at_a)), Some((b, at_b))) if a == b => Some((a, at_a + at_b)),
            (Some((a, at_a)), Some((b, _))) if a > b => Some((a, at_a)),
            (known, None) => known,
            (_, higher) => higher,
        };
    }

    /// Adds the area's own figures to those of its children, which are all taken.
    fn close(&mut self, basis: Basis, own: &Held, need: &NeedFigure, population: Option<f64>) {
        self.reached += own.standard;
        self.low = self.low.max(own.low);
        self.high += own.high;
        // The cut never goes below standard, which may itself be above the population.
        if let Some(people) = population {
            self.high = self.high.min(people).max(self.reached);
        }
        self.held.count(own);

        self.in_need.own = need.in_need;
        self.targeted.own = need.targeted;
        self.affected.own = need.affected;
        if let (None, Some(pin)) = (self.in_need.below, need.in_need) {
            self.split = Some(Split::of(pin, self.targeted.figure(), self.reached));
        }
        if self.in_need.below.is_none() {
            self.severity = need.severity;
            if let Some(severity) = need.severity {
                self.severity_max = Some((severity, need.in_need.unwrap_or(0.0)));
            }
        }

        let base_of = |read: fn(&Upward) -> Option<f64>| {
            base(basis, read(&self.in_need), read(&self.targeted))
        };
        if base_of(|figure| figure.below).is_some() {
            // Need areas lie below: what is held here was reached at some of them, or at none.
            self.place_unknown = own.figures.then_some(own.standard);
            if let Some(gap) = &mut self.gap {
                gap.low = (gap.low - own.high).max(0.0);
            }
        } else if let Some(base) = base_of(|figure| figure.own) {
            let silent = self.held.rows > 0 && !self.held.figures;
            self.gap = Some(Gap {
                gap: (base - self.reached).max(0.0),
                // Partners who state no figure may have reached everyone.
                low: if silent { 0.0 } else { (base - self.high).max(0.0) },
                high: (base - self.low).max(0.0),
            });
        }
    }

    /// Adds what is held at the areas above.
    fn stand_below(&mut self, parent: &Node, held: &Held) {
        self.high_above = parent.high_above + held.high;
        self.place_unknown_above = plus(parent.place_unknown_above, parent.place_unknown);
    }

    fn figure(&self, area: AreaIx, basis: Basis) -> GapFigure {
        let known = |people: f64| self.held.figures.then_some(people);
        let (in_need, targeted) = (self.in_need.figure(), self.targeted.figure());
        let base = base(basis, in_need, targeted);
        let reached = known(self.reached);
        let gap = self.gap;
        GapFigure {
            area,
            in_need,
            in_need_published: self.in_need.published(),
            targeted,
            affected: self.affected.figure(),
            population: None,
            severity: self.severity,
            severity_max: self.severity_max.map(|(severity, _)| severity),
            severity_max_in_need: self.severity_max.map(|(_, people)| people),
            reached,
            reached_low: known(self.low),
            reached_high: known(self.high),
            reached_converted: self.held.converted,
            reached_place_unknown: self.place_unknown,
            reached_place_unknown_above: self.place_unknown_above,
            gap: gap.map(|gap| gap.gap),
            gap_low: gap.map(|gap| (gap.low - self.high_above).max(0.0)),
            gap_high: gap.map(|gap| gap.high),
            coverage: reached.zip(base.filter(|base| *base > 0.0)).map(|(part, base)| part / base),
            pin_reached: self.split.map(|split| split.reached),
            pin_targeted_not_reached: self.split.map(|split| split.targeted_not_reached),
            pin_never_targeted: self.split.map(|split| split.never_targeted),
            rows_without_figures: self.held.silent,
            partners: 0,
            activities: self.held.lines,
            partners_planned: 0,
            activities_planned: self.held.planned,
            status: GapStatus::of(base, &self.held, self.reached, gap.map_or(0.0, |gap| gap.gap)),
            over_need: reached.zip(in_need).is_some_and(|(reached, pin)| exceeds(reached, pin)),
            over_population: false,
        }
    }
}

impl Upward {
    fn take(&mut self, child: &Upward) {
        self.below = plus(self.below, child.figure());
    }

    fn figure(&self) -> Option<f64> {
        self.below.or(self.own)
    }

    /// The own figure, where the sum from below replaced a different one.
    fn published(&self) -> Option<f64> {
        let (own, below) = (self.own?, self.below?);
        // Sums of decimal figures differ in their last digits; that is no other figure.
        (exceeds(own, below) || exceeds(below, own)).then_some(own)
    }
}

impl Split {
    fn of(pin: f64, targeted: Option<f64>, reached: f64) -> Split {
        let reached = reached.min(pin);
        let targeted_not_reached = (targeted.unwrap_or(0.0).min(pin) - reached).max(0.0);
        Split {
            reached,
            targeted_not_reached,
            never_targeted: pin - reached - targeted_not_reached,
        }
    }
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

/// What gaps are measured against.
fn base(basis: Basis, in_need: Option<f64>, targeted: Option<f64>) -> Option<f64> {
    match basis {
        Basis::InNeed => in_need,
        Basis::Targeted => targeted,
    }
}

/// A sum of figures that may be unknown; unknown only where all are.
fn plus(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}
