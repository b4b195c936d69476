//! METHODS read aloud: the same figures as the engine's, slowly, row by row, with maps. It shares
//! nothing with the engine but the domain's words.

use std::collections::{BTreeMap, BTreeSet};

use super::reference_parts::{most, plus, sum, total_else_parts, total_or_parts};
use crate::analysis::{Basis, GapFigure, GapQuery, GapStatus};
use crate::domain::activity::Counting;
use crate::domain::{Activity, AreaIx, Group, Need, Sector, Snapshot, fold_spelling};

/// Rule 4: partner, exact sector, type and place; the group makes it a line.
type Work = (String, Option<Sector>, String, String);

/// The figures of one area.
pub fn reference(snapshot: &Snapshot, query: &GapQuery, area: AreaIx) -> GapFigure {
    let world = World { snapshot, query };
    let people = world.reached(area);
    let base = world.upward(area, |area| world.base(area));
    let gap = world.gap(area);
    let low_left = world.gap_low(area).map(|low| {
        let above = snapshot.areas.ancestors(area).map(|above| world.held(above).2.unwrap_or(0.));
        above.fold(low, |left, off| (left - off).max(0.))
    });
    let pin = |area| world.need(area, |need| need.in_need);
    let in_need = world.upward(area, pin);
    let targeted = world.upward(area, |area| world.need(area, |need| need.targeted));
    let population = world.population(area);
    let pin_below = world.below(area).any(|below| pin(below).is_some());
    let split = world.split(area);
    let severest = world.severities(area);
    let severity_max = severest.iter().map(|(severity, _)| *severity).reduce(f64::max);
    let rows: Vec<&Activity> = world.rows_within(area);
    let active: Vec<&&Activity> =
        rows.iter().filter(|row| row.counting() == Counting::Counts).collect();
    let planned: Vec<&&Activity> =
        rows.iter().filter(|row| row.counting() == Counting::Planned).collect();
    let partners = |rows: &[&&Activity]| {
        rows.iter().map(|row| row.partner.clone()).collect::<BTreeSet<_>>().len() as u32
    };
    let lines = |rows: &[&&Activity]| {
        let key = |row: &&&Activity| (world.area(row), world.work(row), row.group);
        rows.iter().map(key).collect::<BTreeSet<_>>().len() as u32
    };
    let needy_below = |area| world.below(area).any(|below| world.base(below).is_some());
    let unknown = |area| if needy_below(area) { world.held(area).0 } else { None };
    let status = match base {
        None => GapStatus::NoData,
        Some(0.) => GapStatus::NoNeed,
        Some(_) if active.is_empty() && planned.is_empty() => GapStatus::NoReport,
        Some(_) if active.is_empty() => GapStatus::PlannedOnly,
        Some(base) => match people.0 {
            None => GapStatus::Present,
            Some(0.) => GapStatus::Unreached,
            Some(_) if gap.is_some_and(|gap| gap.0 > 0.) => GapStatus::Partial,
            Some(people) if people > base => GapStatus::Exceeded,
            Some(_) => GapStatus::Met,
        },
    };
    GapFigure {
        area,
        in_need,
        in_need_published: pin(area).filter(|own| pin_below && Some(*own) != in_need),
        targeted,
        affected: world.upward(area, |area| world.need(area, |need| need.affected)),
        population,
        severity: if pin_below { None } else { world.severity(area) },
        severity_max,
        severity_max_in_need: severity_max.and_then(|most| {
            sum(severest.iter().filter(|(severity, _)| *severity == most).map(|(_, pin)| *pin))
        }),
        reached: people.0,
        reached_low: people.1,
        reached_high: people.2,
        reached_converted: active.iter().any(|row| world.people(row).is_some_and(|p| p.1)),
        reached_place_unknown: unknown(area),
        reached_place_unknown_above: sum(snapshot.areas.ancestors(area).map(unknown)),
        gap: gap.map(|gap| gap.0),
        gap_low: low_left,
        gap_high: gap.map(|gap| gap.1),
        coverage: match (people.0, base) {
            (Some(people), Some(base)) if base > 0. => Some(people / base),
            _ => None,
        },
        pin_reached: split.map(|split| split[0]),
        pin_targeted_not_reached: split.map(|split| split[1]),
        pin_never_targeted: split.map(|split| split[2]),
        rows_without_figures: active.iter().filter(|row| world.people(row).is_none()).count()
            as u32,
        partners: partners(&active),
        activities: lines(&active),
        partners_planned: partners(&planned),
        activities_planned: lines(&planned),
        status,
        over_need: people.0.zip(in_need).is_some_and(|(people, pin)| people > pin),
        over_population: people.0.zip(population).is_some_and(|(people, all)| people > all),
    }
}

struct World<'a> {
    snapshot: &'a Snapshot,
    query: &'a GapQuery,
}

impl World<'_> {
    fn below(&self, area: AreaIx) -> impl Iterator<Item = AreaIx> {
        let areas = &self.snapshot.areas;
        areas.iter().map(|(ix, _)| ix).filter(move |ix| *ix != area && areas.is_within(*ix, area))
    }

    fn area(&self, row: &Activity) -> AreaIx {
        let known = row.area.as_ref().and_then(|pcode| self.snapshot.areas.by_pcode(pcode));
        known.unwrap_or(AreaIx::OPERATION)
    }

    fn work(&self, row: &Activity) -> Work {
        let place = match (&row.location, row.point) {
            (Some(location), _) => fold_spelling(location),
            (None, Some(point)) => format!("{:.3} {:.3}", point.x(), point.y()),
            (None, None) => String::new(),
        };
        let kind = row.activity_type.as_deref().map(fold_spelling).unwrap_or_default();
        (row.partner.to_string(), row.sector, kind, place)
    }

    /// Rule 7.
    fn people(&self, row: &Activity) -> Option<(f64, bool)> {
        let household = || Some(row.households_reached? * self.snapshot.operation.household_size?);
        row.reached.map(|people| (people, false)).or_else(|| Some((household()?, true)))
    }

    /// Rows of the query (rules 5, 8, 12, 14), whatever their status.
    fn rows_within(&self, top: AreaIx) -> Vec<&Activity> {
        let asked = self.query.sector;
        let of_sector = |row: &Activity| {
            asked == Sector::All
                || row.sector == Some(asked)
                || row.sector.is_some_and(|sector| sector.main() == asked)
        };
        let rows = self.snapshot.activities.iter();
        rows.filter(|row| self.snapshot.areas.is_within(self.area(row), top))
            .filter(|row| row.period().meets(&self.query.period))
            .filter(|row| of_sector(row) && self.query.group.sees(&row.group))
            .collect()
    }

    /// Rules 4, 6, 10, 11, 12, 14: standard, low and high of rows held at this very area.
    fn held(&self, area: AreaIx) -> (Option<f64>, Option<f64>, Option<f64>) {
        let mut sectors: BTreeMap<Option<Sector>, Vec<(&Activity, f64)>> = BTreeMap::new();
        for row in self.rows_within(area) {
            if self.area(row) == area
                && row.counting() == Counting::Counts
                && let Some((people, _)) = self.people(row)
            {
                sectors.entry(row.sector.map(Sector::main)).or_default().push((row, people));
            }
        }
        let low = |rows: &Vec<(&Activity, f64)>| rows.iter().map(|row| row.1).reduce(f64::max);
        (
            most(sectors.values().map(|rows| self.standard(rows))),
            most(sectors.values().map(low)),
            most(sectors.values().map(|rows| self.high(rows))),
        )
    }

    fn standard(&self, rows: &[(&Activity, f64)]) -> Option<f64> {
        type Months = BTreeMap<Option<i32>, f64>;
        let mut works: BTreeMap<Work, BTreeMap<Group, Months>> = BTreeMap::new();
        for (row, people) in rows {
            let groups = works.entry(self.work(row)).or_default();
            let months = groups.entry(row.group).or_default();
            *months.entry(row.start.map(|day| day.month().0)).or_default() += people;
        }
        let mut types: BTreeMap<(Option<Sector>, String), f64> = BTreeMap::new();
        for ((_, sector, kind, _), groups) in works {
            let highest = |months: &Months| months.values().copied().reduce(f64::max).unwrap();
            let lines = groups.iter().map(|(group, months)| (*group, highest(months))).collect();
            *types.entry((sector, kind)).or_default() += total_or_parts(lines);
        }
        types.into_values().reduce(f64::max)
    }

    fn high(&self, rows: &[(&Activity, f64)]) -> Option<f64> {
        let mut works: BTreeMap<Work, BTreeMap<Group, f64>> = BTreeMap::new();
        for (row, people) in rows {
            *works.entry(self.work(row)).or_default().entry(row.group).or_default() += people;
        }
        sum(works.into_values().map(|lines| Some(total_or_parts(lines.into_iter().collect()))))
    }

    /// Rule 13.
    fn reached(&self, area: AreaIx) -> (Option<f64>, Option<f64>, Option<f64>) {
        let own = self.held(area);
        let children: Vec<_> =
            self.snapshot.areas.children(area).map(|child| self.reached(child)).collect();
        let standard = plus(own.0, sum(children.iter().map(|child| child.0)));
        let low = most([own.1, sum(children.iter().map(|child| child.1))]);
        let high = plus(own.2, sum(children.iter().map(|child| child.2)));
        let cut = high.map(|high| match self.population(area) {
            Some(people) => high.min(people).max(standard.unwrap()),
            None => high,
        });
        (standard, low, cut)
    }

    /// Rule 13, second half.
    fn population(&self, area: AreaIx) -> Option<f64> {
        let here = |pcode: &Option<crate::domain::Text>| match pcode {
            None => area == AreaIx::OPERATION,
            Some(pcode) => self.snapshot.areas.by_pcode(pcode) == Some(area),
        };
        let table = self.snapshot.populations.iter();
        let table = table.filter(|row| here(&row.area) && row.group == self.query.group);
        let latest = table.max_by_key(|row| (row.year, row.source)).map(|row| row.people);
        let of = |sector| self.sector_need(area, sector, |need| need.population);
        let largest = || most(Sector::TABLE.iter().map(|(sector, ..)| of(*sector)));
        let from_children = || {
            let children = self.snapshot.areas.children(area);
            if children.len() == 0 {
                return None;
            }
            children.map(|child| self.population(child)).sum::<Option<f64>>()
        };
        latest
            .or_else(|| of(self.query.sector))
            .or_else(|| of(Sector::All))
            .or_else(largest)
            .or_else(from_children)
    }

    /// Rules 12 and 17 for one area and exact sector: rows of the one cycle.
    fn cycle(&self, area: AreaIx, sector: Sector) -> Vec<&Need> {
        let here = |need: &&Need| match &need.area {
            None => area == AreaIx::OPERATION,
            Some(pcode) => self.snapshot.areas.by_pcode(pcode) == Some(area),
        };
        let rows: Vec<&Need> = self.snapshot.needs.iter().filter(here).collect();
        let mut rows: Vec<&Need> = rows
            .into_iter()
            .filter(|need| need.sector == sector && need.cycle.meets(&self.query.period))
            .filter(|need| self.query.group.sees(&need.group))
            .collect();
        let whole = rows.iter().filter(|need| need.group == self.query.group);
        let latest = whole.map(|need| need.cycle.bounds()).max();
        let latest = latest.or_else(|| rows.iter().map(|need| need.cycle.bounds()).max());
        rows.retain(|need| Some(need.cycle.bounds()) == latest);
        rows.sort_by_key(|need| need.source);
        let mut by_group: BTreeMap<Group, &Need> = BTreeMap::new();
        for need in rows {
            by_group.insert(need.group, need);
        }
        by_group.into_values().collect()
    }

    fn sector_need(
        &self,
        area: AreaIx,
        sector: Sector,
        read: impl Fn(&Need) -> Option<f64>,
    ) -> Option<f64> {
        let cycle = self.cycle(area, sector);
        let states = |need: &Need| need.in_need.or(need.targeted).or(need.affected).is_some();
        if let Some(whole) = cycle.iter().find(|need| need.group == self.query.group)
            && states(whole)
        {
            return read(whole);
        }
        total_else_parts(cycle.iter().map(|need| (need.group, read(need))).collect())
    }

    /// Rule 14: whether PIN and target have to be the highest sector's.
    fn derived(&self) -> bool {
        let mut areas = self.snapshot.areas.iter();
        self.query.sector == Sector::All
            && !areas.any(|(area, _)| !self.cycle(area, Sector::All).is_empty())
    }

    fn need(&self, area: AreaIx, read: impl Fn(&Need) -> Option<f64> + Copy) -> Option<f64> {
        if self.derived() {
            return most(Sector::TABLE.iter().map(|(of, ..)| self.sector_need(area, *of, read)));
        }
        self.sector_need(area, self.query.sector, read)
    }

    fn severity(&self, area: AreaIx) -> Option<f64> {
        if self.derived() {
            return None;
        }
        let cycle = self.cycle(area, self.query.sector);
        let exact = cycle.iter().find(|need| need.group == self.query.group);
        let parts = || most(cycle.iter().map(|need| need.severity));
        exact.and_then(|need| need.severity).or_else(parts)
    }

    /// Severities of the lowest areas with people in need, and of areas without any around them.
    fn severities(&self, area: AreaIx) -> Vec<(f64, Option<f64>)> {
        let pin = |area| self.need(area, |need| need.in_need);
        if !self.below(area).any(|below| pin(below).is_some())
            && let Some(severity) = self.severity(area)
        {
            return vec![(severity, pin(area))];
        }
        self.snapshot.areas.children(area).flat_map(|child| self.severities(child)).collect()
    }

    fn base(&self, area: AreaIx) -> Option<f64> {
        match self.query.basis {
            Basis::InNeed => self.need(area, |need| need.in_need),
            Basis::Targeted => self.need(area, |need| need.targeted),
        }
    }

    /// Rules 19 and 20: the sum of the lowest figures at or below.
    fn upward(&self, area: AreaIx, own: impl Fn(AreaIx) -> Option<f64> + Copy) -> Option<f64> {
        let lowest = |ix: &AreaIx| !self.below(*ix).any(|below| own(below).is_some());
        sum(self.below(area).chain([area]).filter(lowest).map(own))
    }

    fn gap_areas(&self, area: AreaIx) -> Vec<AreaIx> {
        let known = |ix: &AreaIx| self.base(*ix).is_some();
        let lowest = |ix: &AreaIx| known(ix) && !self.below(*ix).any(|below| known(&below));
        self.below(area).chain([area]).filter(lowest).collect()
    }

    fn gap(&self, area: AreaIx) -> Option<(f64, f64)> {
        let gaps = self.gap_areas(area).into_iter().map(|ix| {
            let (base, reached) = (self.base(ix).unwrap(), self.reached(ix));
            let less = |people: Option<f64>| (base - people.unwrap_or(0.)).max(0.);
            (less(reached.0), less(reached.1))
        });
        gaps.reduce(|a, b| (a.0 + b.0, a.1 + b.1))
    }

    /// Before what is held above the area is taken off.
    fn gap_low(&self, area: AreaIx) -> Option<f64> {
        let gap_areas = self.gap_areas(area);
        if gap_areas == [area] {
            let reached = self.reached(area);
            let rows = self.rows_within(area);
            let active = rows.iter().any(|row| row.counting() == Counting::Counts);
            if active && reached.0.is_none() {
                return Some(0.);
            }
            return Some((self.base(area).unwrap() - reached.2.unwrap_or(0.)).max(0.));
        }
        let children = self.snapshot.areas.children(area).map(|child| self.gap_low(child));
        Some((sum(children)? - self.held(area).2.unwrap_or(0.)).max(0.))
    }

    /// Rule 21: made where people in need are counted lowest, whatever the basis.
    fn split(&self, area: AreaIx) -> Option<[f64; 3]> {
        let pin = |area| self.need(area, |need| need.in_need);
        let known = |ix: &AreaIx| pin(*ix).is_some();
        let lowest = |ix: &AreaIx| known(ix) && !self.below(*ix).any(|below| known(&below));
        let areas = self.below(area).chain([area]).filter(lowest);
        let splits = areas.map(|ix| {
            let pin = pin(ix).unwrap();
            let target = self.upward(ix, |ix| self.need(ix, |need| need.targeted)).unwrap_or(0.);
            let reached = self.reached(ix).0.unwrap_or(0.).min(pin);
            let waiting = (target.min(pin) - reached).max(0.);
            [reached, waiting, pin - reached - waiting]
        });
        splits.reduce(|a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]])
    }
}
