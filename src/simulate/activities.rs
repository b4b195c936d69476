//! `activities.csv`: for each area and sector the rows that add to what the plan says.

use std::io::Write;

use super::Error;
use super::breakdown::{self, split};
use super::land::Land;
use super::names::word;
use super::partners::{DONORS, Partners};
use super::plan::{Cell, Plan, SECTORS, SERVICES, SUB_SECTORS, Situation};
use super::rng::Rng;
use super::rows::{Figures, Rows, Work};
use super::sites::peopled_atom;

/// Of 100 rows this many are held at a province or district, the finer place unknown.
const COARSE_PERCENT: u64 = 6;

/// Writes exactly `count` rows.
pub fn write(
    land: &Land,
    plan: &Plan,
    partners: &Partners,
    count: u64,
    out: impl Write,
    step: &mut dyn FnMut(u64),
) -> Result<(), Error> {
    let mut author = Author {
        land,
        plan,
        partners,
        rng: Rng::new(land.mesh.seed, "activities"),
        rows: Rows::new(land, partners, count, out)?,
        taken: Vec::new(),
        numbers: vec![0; SECTORS.len()],
    };
    let originals = author.rows.originals();
    let coarse = originals * COARSE_PERCENT / 100;
    let quotas = author.quotas(originals - coarse);
    for (area, of_area) in quotas.chunks(SECTORS.len()).enumerate() {
        for (sector, quota) in of_area.iter().enumerate() {
            author.cell(sector, area, *quota)?;
            step(*quota);
        }
    }
    author.coarse(coarse)?;
    step(count - originals + coarse);
    author.rows.finish()
}

struct Author<'a, W: Write> {
    land: &'a Land,
    plan: &'a Plan,
    partners: &'a Partners,
    rng: Rng,
    rows: Rows<'a, W>,
    /// Partner, type and place of the lines of the current cell: no two lines share them.
    taken: Vec<(usize, &'static str, usize)>,
    numbers: Vec<u32>,
}

impl<W: Write> Author<'_, W> {
    /// How many rows each area x sector gets: one where anything happens, the rest very unevenly.
    fn quotas(&mut self, total: u64) -> Vec<u64> {
        let areas = self.land.levels[self.plan.level].len();
        let mut weights = Vec::with_capacity(areas * SECTORS.len());
        let mut active = 0;
        for area in 0..areas {
            let luck = self.rng.unit();
            for of_sector in &self.plan.cells {
                let unit = self.rng.unit();
                let weight = match of_sector[area].situation {
                    // One in six of these areas has a cancelled row, which is as good as none.
                    Situation::NoReport if unit < 0.16 => 0.0,
                    Situation::NoReport | Situation::NoNeed => -1.0,
                    Situation::PlannedOnly | Situation::Present | Situation::Unreached => {
                        0.3 * unit
                    }
                    Situation::Met => 1.0 + unit,
                    _ => 0.2 + 6.0 * luck * luck * luck * unit * unit + 0.8 * unit,
                };
                active += u64::from(weight >= 0.0);
                weights.push(weight);
            }
        }
        let each = u64::from(total >= active && active > 0);
        let rest = total - each * active;
        let sum: f64 = weights.iter().map(|weight| weight.max(0.0)).sum();
        let (mut so_far, mut given) = (0.0, 0);
        let mut quotas: Vec<u64> = Vec::with_capacity(weights.len());
        for weight in &weights {
            so_far += weight.max(0.0);
            let until = if sum > 0.0 { (so_far / sum * rest as f64) as u64 } else { 0 };
            quotas.push(if *weight >= 0.0 { each } else { 0 } + until.saturating_sub(given));
            given = given.max(until);
        }
        // Rounding may leave a row or two over.
        let busy = (0..quotas.len()).max_by_key(|at| quotas[*at]).unwrap_or(0);
        quotas[busy] += rest - given.min(rest);
        quotas
    }

    fn cell(&mut self, sector: usize, area: usize, quota: u64) -> Result<(), Error> {
        let cell = self.plan.cells[sector][area];
        self.taken.clear();
        let mut left = quota as usize;
        match cell.situation {
            Situation::NoReport | Situation::NoNeed => {
                for _ in 0..left {
                    let work = self.work(sector, area, None);
                    self.report(&work, 1, "cancelled", &[Figures::target(120)])?;
                }
            }
            Situation::PlannedOnly => {
                while left > 0 {
                    let months = left.min(1 + self.rng.skewed(3));
                    self.planned(sector, area, cell, months)?;
                    left -= months;
                }
            }
            Situation::Present => {
                while left > 0 {
                    let months = left.min(1 + self.rng.skewed(5));
                    let work = self.work(sector, area, None);
                    let households = self.rng.chance(35.0).then(|| 20 + self.rng.below(400) as u64);
                    let silent = Figures { households, ..Figures::default() };
                    self.report(&work, months, "", &[silent])?;
                    left -= months;
                }
            }
            Situation::Unreached => {
                while left > 0 {
                    let months = left.min(1 + self.rng.skewed(3));
                    let work = self.work(sector, area, None);
                    let targeted = Some(50 + self.rng.below(2000) as u64);
                    let none = Figures { targeted, reached: Some(0), ..Figures::default() };
                    self.report(&work, months, "", &[none])?;
                    left -= months;
                }
            }
            _ => self.delivery(sector, area, cell, left)?,
        }
        Ok(())
    }

    /// Rows of a place where people were reached: the lines of the first activity type add to the
    /// plan's figure, those of any other type to less.
    fn delivery(
        &mut self,
        sector: usize,
        area: usize,
        cell: Cell,
        rows: usize,
    ) -> Result<(), Error> {
        let exact = cell.situation == Situation::Met;
        let mut left = rows;
        if left >= 6 && self.rng.chance(40.0) {
            self.planned(sector, area, cell, 1)?;
            left -= 1;
        }
        if left >= 5 && self.rng.chance(35.0) {
            let households = self.rng.chance(60.0).then(|| 10 + self.rng.below(300) as u64);
            let work = self.work(sector, area, None);
            self.report(&work, 1, "", &[Figures { households, ..Figures::default() }])?;
            left -= 1;
        }
        if left >= 6 && self.rng.chance(15.0) {
            let work = self.work(sector, area, None);
            self.report(&work, 1, "cancelled", &[Figures::target(cell.targeted / 8)])?;
            left -= 1;
        }
        let mut lengths = Vec::new();
        let mut twin = false;
        while left > 0 {
            twin |= lengths.len() == 1 && !exact && left >= lengths[0] && self.rng.chance(18.0);
            let drawn = 1 + self.rng.skewed(9);
            let length = if twin && lengths.len() == 1 { lengths[0] } else { left.min(drawn) };
            lengths.push(length);
            left -= length;
        }
        let types = SECTORS[sector].activity_types;
        let first = self.rng.below(types.len());
        // Lines of one type add exactly; the others follow the first about every second time.
        let mut of_first = |at: usize| at == 0 || exact || twin && at == 1 || self.rng.chance(45.0);
        let of_first: Vec<bool> = (0..lengths.len()).map(&mut of_first).collect();
        let firsts = of_first.iter().filter(|of_first| **of_first).count();
        let others = lengths.len() - firsts;
        let other_total = (cell.reached as f64 * self.rng.between(0.1, 0.6)) as u64;
        let mut parts = split(cell.reached, firsts, twin, &mut self.rng).into_iter();
        let mut other_parts = split(other_total, others, false, &mut self.rng).into_iter();
        for (at, length) in lengths.into_iter().enumerate() {
            if twin && at == 1 {
                continue;
            }
            let (kind, peak) = if of_first[at] {
                (types[first], parts.next())
            } else {
                let other = (first + 1 + self.rng.below(types.len() - 1)) % types.len();
                (types[other], other_parts.next())
            };
            let peak = peak.unwrap_or(0);
            let mut work = self.work(sector, area, Some(kind));
            if !of_first[at] {
                self.sub_sector(&mut work, sector);
            }
            let before = self.rng.clone();
            self.line_rows(&work, peak, length, exact)?;
            if twin && at == 0 {
                // Its implementer reports the same delivery once more.
                let after = std::mem::replace(&mut self.rng, before);
                let again = self.reported_again(work, sector, area);
                self.line_rows(&again, parts.next().unwrap_or(0), length, exact)?;
                self.rng = after;
            }
        }
        Ok(())
    }

    fn line_rows(&mut self, work: &Work, peak: u64, rows: usize, exact: bool) -> Result<(), Error> {
        let parts = if exact { 1 } else { breakdown::parts(rows, &mut self.rng) };
        let figures = breakdown::figures(work, peak, parts, &mut self.rng);
        self.report(work, rows / parts, "", &figures)
    }

    /// The same work as its implementer reports it, under a code of its own.
    fn reported_again(&mut self, lead: Work, sector: usize, area: usize) -> Work {
        let province = self.land.ancestor(self.plan.level, area, 0);
        let mut chance = Rng::new(u64::from(lead.id), lead.sector);
        let implementing = lead.implementing.unwrap_or_else(|| {
            let drawn = (0..20).map(|_| self.partners.draw(sector, province, &mut chance));
            drawn.into_iter().find(|partner| *partner != lead.partner).unwrap_or(0)
        });
        self.taken.push((implementing, lead.kind, lead.level << 32 | lead.area));
        Work { partner: implementing, implementing: None, id: lead.id + 500_000, ..lead }
    }

    fn planned(
        &mut self,
        sector: usize,
        area: usize,
        cell: Cell,
        months: usize,
    ) -> Result<(), Error> {
        let work = self.work(sector, area, None);
        let targeted = (cell.in_need as f64 * self.rng.between(0.05, 0.4)) as u64 + 10;
        self.report(&work, months, "planned", &[Figures::target(targeted)])
    }

    /// Rows whose province or district is all that is known of the place.
    fn coarse(&mut self, mut left: u64) -> Result<(), Error> {
        while left > 0 {
            let months = left.min(1 + self.rng.skewed(4) as u64);
            let sector = self.rng.below(SECTORS.len());
            let deepest = if self.plan.level > 1 && self.rng.chance(35.0) { 1 } else { 0 };
            let area = self.rng.below(self.land.levels[deepest].len());
            let province = self.land.ancestor(deepest, area, 0);
            let mut work = self.line(sector, province);
            (work.level, work.area) = (deepest, area);
            if self.rng.chance(35.0) {
                (work.sector, work.kind) = self.rng.pick(SERVICES);
            }
            let reached = 40 + self.rng.skewed(2600) as u64;
            let silent = self.rng.chance(12.0);
            let figures = Figures {
                targeted: Some(reached + self.rng.below(400) as u64),
                reached: (!silent).then_some(reached),
                ..Figures::default()
            };
            self.report(&work, months as usize, "", &[figures])?;
            left -= months;
        }
        Ok(())
    }

    fn sub_sector(&mut self, work: &mut Work, sector: usize) {
        let code = SECTORS[sector].code;
        let mut subs = SUB_SECTORS.iter().filter(|(main, ..)| *main == code);
        let skipped = self.rng.below(4);
        if let Some((_, code, _, kind)) = subs.nth(skipped) {
            (work.sector, work.kind) = (code, kind);
        }
    }

    /// A new line in a need area that no other line of the cell equals.
    fn work(&mut self, sector: usize, area: usize, kind: Option<&'static str>) -> Work {
        let province = self.land.ancestor(self.plan.level, area, 0);
        let mut work = self.line(sector, province);
        for _ in 0..30 {
            work.kind = kind.unwrap_or(work.kind);
            (work.level, work.area) = (self.plan.level, area);
            if self.plan.level < self.land.finest() && !self.rng.chance(15.0) {
                let (from, to) = self.land.children[self.plan.level][area];
                work.level += 1;
                work.area = from as usize + self.rng.skewed((to - from) as usize);
            }
            let key = (work.partner, work.kind, work.level << 32 | work.area);
            if !self.taken.contains(&key) {
                self.taken.push(key);
                break;
            }
            work.partner = match self.taken.len() {
                ..6 => self.partners.draw(sector, province, &mut self.rng),
                _ => self.rng.below(self.partners.list.len()),
            };
        }
        work.implementing = work.implementing.filter(|partner| *partner != work.partner);
        if work.level == self.land.finest() {
            if self.rng.chance(22.0) {
                work.location = Some(word(&mut self.rng));
            }
            if self.rng.chance(14.0) {
                let atom = peopled_atom(self.land, work.area, &mut self.rng);
                work.spot = Some(self.land.mesh.spot_within(atom, &mut self.rng));
            }
        }
        work
    }

    fn line(&mut self, sector: usize, province: usize) -> Work {
        let rng = &mut self.rng;
        self.numbers[sector] += 1;
        let plan = &SECTORS[sector];
        let group = match rng.unit() {
            ..0.74 => "all",
            ..0.85 => "idp",
            ..0.93 => "host",
            _ => "returnee",
        };
        let modality = match plan.code {
            "FSC" | "SHL" if rng.chance(30.0) => "cash and vouchers",
            "PRO" | "HEA" | "EDU" | "CCM" => "services",
            _ => "in kind",
        };
        Work {
            id: self.numbers[sector],
            partner: self.partners.draw(sector, province, rng),
            implementing: rng
                .chance(26.0)
                .then(|| self.partners.draw_implementing(sector, province, rng))
                .flatten(),
            donor: rng.chance(55.0).then(|| rng.pick(DONORS)),
            sector: plan.code,
            kind: rng.pick(plan.activity_types),
            level: 0,
            area: province,
            location: None,
            spot: None,
            modality,
            group,
        }
    }

    fn report(
        &mut self,
        work: &Work,
        months: usize,
        status: &'static str,
        parts: &[Figures],
    ) -> Result<(), Error> {
        self.rows.report(work, months, status, parts, &mut self.rng)
    }
}
