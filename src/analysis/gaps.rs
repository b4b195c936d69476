//! The main query: per area, who is in need, who is reached, who is not, and how sure.
//!
//! `need.rs` and `reach.rs` give each area's own figures; here they are added upward, and gaps are
//! made at the gap areas: per branch, the lowest areas with a figure of the base (METHODS 19).
//!
//! By hand: one district, PIN 1,000; latrines 300 and 200, hygiene kits 400. Reached 500 (400 to
//! 900), gap 500 (100 to 600).

use super::need::{self, NeedFigure, Needs};
use super::query::{Basis, GapQuery};
use super::reach::{self, Held};
pub use super::status::GapStatus;
use super::status::exceeds;
use crate::domain::{AreaIx, Preorder, Snapshot};

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
    let nodes = add_upward(&snapshot.order, query.basis, &reach.held, &needs, &populations);
    let mut level: Vec<usize> =
        snapshot.areas.level(query.level).iter().map(|ix| snapshot.order.rank(*ix)).collect();
    level.sort_unstable();
    let mut active = Distinct::new(&reach.partners, snapshot.columns.partner_count);
    let mut planned = Distinct::new(&reach.planned, snapshot.columns.partner_count);
    let mut figures: Vec<GapFigure> = Vec::with_capacity(level.len());
    for rank in level {
        let subtree = snapshot.order.subtree(rank);
        let mut figure = nodes[rank].figure(snapshot.order.area(rank), query.basis);
        figure.population = populations[rank];
        figure.over_population = figure
            .reached
            .zip(figure.population)
            .is_some_and(|(reached, people)| exceeds(reached, people));
        figure.partners = active.in_ranks(&subtree);
        figure.partners_planned = planned.in_ranks(&subtree);
        figures.push(figure);
    }
    let pcode = |figure: &GapFigure| &snapshot.areas.get(figure.area).pcode;
    figures.sort_by(|a, b| pcode(a).cmp(pcode(b)));
    Gaps { figures, derived: needs.derived }
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

/// Every area's figures by rank, with those of all areas below in them.
fn add_upward(
    order: &Preorder,
    basis: Basis,
    held: &[Held],
    needs: &Needs,
    populations: &[Option<f64>],
) -> Vec<Node> {
    let mut nodes = vec![Node::default(); held.len()];
    for rank in (0..nodes.len()).rev() {
        nodes[rank].close(basis, &held[rank], &needs.figures[rank], populations[rank]);
        if let Some(parent) = order.parent(rank) {
            let (above, below) = nodes.split_at_mut(rank);
            above[parent].take(&below[0]);
        }
    }
    for rank in 1..nodes.len() {
        let Some(parent) = order.parent(rank) else { continue };
        let above = &nodes[parent];
        let high_above = above.high_above + held[parent].high;
        let place_unknown_above = plus(above.place_unknown_above, above.place_unknown);
        nodes[rank].high_above = high_above;
        nodes[rank].place_unknown_above = place_unknown_above;
    }
    nodes
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

/// Counts distinct partners over stretches of ranks that are asked for in ascending order.
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

    fn in_ranks(&mut self, ranks: &std::ops::Range<usize>) -> u32 {
        self.asked += 1;
        let mut count = 0;
        while let Some((rank, partner)) = self.pairs.get(self.next) {
            if *rank as usize >= ranks.end {
                break;
            }
            self.next += 1;
            if *rank as usize >= ranks.start && self.seen[*partner as usize] != self.asked {
                self.seen[*partner as usize] = self.asked;
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
