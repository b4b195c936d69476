//! Areas in the making: own figures added upward, and gaps made at the gap areas (METHODS 13, 19-21).

use rayon::prelude::*;

use super::gaps::GapFigure;
use super::need::{NeedFigure, Needs};
use super::query::Basis;
use super::reach::Held;
use super::status::{GapStatus, exceeds};
use crate::domain::{AreaIx, Snapshot};

/// One area in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
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
    /// The highest severity, and the PIN living there where it is known.
    severity_max: Option<(f64, Option<f64>)>,
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
pub(super) struct Own<'a> {
    pub snapshot: &'a Snapshot,
    pub basis: Basis,
    pub held: &'a [Held],
    pub needs: &'a Needs,
    pub populations: Vec<Option<f64>>,
}

impl Own<'_> {
    /// Every area with those below in it, by `AreaIx`. Left out is the lowest layer, most of all
    /// areas: they have nothing below, and [`Own::node`] makes them when they are asked for.
    pub fn add_upward(&self) -> Vec<Node> {
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
    pub fn node(&self, ix: AreaIx, nodes: &[Node]) -> Node {
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
            (Some((a, at_a)), Some((b, at_b))) if a == b => Some((a, plus(at_a, at_b))),
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
                self.severity_max = Some((severity, need.in_need));
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

    pub fn figure(&self, area: AreaIx, basis: Basis) -> GapFigure {
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
            severity_max_in_need: self.severity_max.and_then(|(_, people)| people),
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

/// What gaps are measured against.
pub(super) fn base(basis: Basis, in_need: Option<f64>, targeted: Option<f64>) -> Option<f64> {
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
