//! What the scenario says: which sectors need what where, and how each place is doing.

use super::land::Land;
use super::rng::Rng;

/// A sector with needs: its code, the usual share of affected people in need of it, what partners
/// do in it.
#[derive(Debug)]
pub struct SectorPlan {
    pub code: &'static str,
    pub share: f64,
    pub activity_types: &'static [&'static str],
}

pub const SECTORS: &[SectorPlan] = &[
    SectorPlan {
        code: "CCM",
        share: 0.25,
        activity_types: &["Site management", "Site planning", "Information desks"],
    },
    SectorPlan {
        code: "EDU",
        share: 0.35,
        activity_types: &["Temporary learning spaces", "School kits", "Teacher training"],
    },
    SectorPlan {
        code: "FSC",
        share: 0.8,
        activity_types: &["General food distribution", "Seeds and tools", "Food vouchers"],
    },
    SectorPlan {
        code: "HEA",
        share: 0.6,
        activity_types: &["Mobile clinics", "Vaccination", "Medicines supply", "Referrals"],
    },
    SectorPlan {
        code: "NUT",
        share: 0.3,
        activity_types: &["Screening", "Treatment of acute malnutrition", "Feeding counselling"],
    },
    SectorPlan {
        code: "PRO",
        share: 0.45,
        activity_types: &["Protection monitoring", "Legal assistance", "Awareness raising"],
    },
    SectorPlan {
        code: "SHL",
        share: 0.4,
        activity_types: &["Shelter kits", "Non-food item kits", "Shelter repair"],
    },
    SectorPlan {
        code: "WSH",
        share: 0.7,
        activity_types: &["Water supply", "Latrines", "Hygiene kits", "Hygiene promotion"],
    },
];

/// Sub-sectors with needs of their own: sector they belong to, code, share of its people in need,
/// what partners do.
pub const SUB_SECTORS: &[(&str, &str, f64, &str)] = &[
    ("PRO", "PRO-CPN", 0.5, "Child-friendly spaces"),
    ("PRO", "PRO-GBV", 0.35, "Safe spaces for women and girls"),
];

/// Sectors that work without need figures.
pub const SERVICES: &[(&str, &str)] = &[
    ("MPC", "Multi-purpose cash transfers"),
    ("LOG", "Common transport and storage"),
    ("TEL", "Shared connectivity"),
    ("ERY", "Debris removal"),
];

/// How the work stands in one area and sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    /// No need figures exist.
    NoData,
    NoNeed,
    NoReport,
    PlannedOnly,
    /// Activity without figures.
    Present,
    Unreached,
    Partial,
    Exceeded,
    Met,
}

/// One need area x sector.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub situation: Situation,
    pub in_need: u64,
    pub targeted: u64,
    /// People its partners will report, counted by METHODS 10.
    pub reached: u64,
}

#[derive(Debug)]
pub struct Plan {
    /// Position of the level that has need figures.
    pub level: usize,
    /// Per sector, then per area of that level.
    pub cells: Vec<Vec<Cell>>,
    /// Affected people per area.
    pub affected: Vec<u64>,
}

/// Percent of the areas in each situation; the rest is partial.
const MIX: &[(Situation, f64)] = &[
    (Situation::NoReport, 15.0),
    (Situation::PlannedOnly, 5.0),
    (Situation::Present, 5.0),
    (Situation::Unreached, 3.0),
    (Situation::Exceeded, 7.0),
    (Situation::Met, 4.0),
];

/// From this many areas on every situation is sure to appear in every sector.
const ENOUGH_AREAS: usize = 16;

impl Plan {
    pub fn new(land: &Land) -> Plan {
        // Need figures stand one level above the finest, as district figures do above wards.
        let level = if land.levels.len() > 2 { land.finest() - 1 } else { land.finest() };
        let seed = land.mesh.seed;
        let mut rng = Rng::new(seed, "plan");
        let (people, harm) = (&land.people[level], &land.harm[level]);
        let affected: Vec<u64> = people
            .iter()
            .zip(harm)
            .map(|(people, harm)| (*people as f64 * (0.08 + 0.84 * harm)) as u64)
            .collect();
        let count = people.len();
        let mut order: Vec<usize> = (0..count).collect();
        rng.shuffle(&mut order);
        let mut unknown = vec![false; count];
        // Where few live, figures are missing first: the towns are always counted.
        order
            .sort_by_key(|area| people[*area] > people.iter().sum::<u64>() / count as u64 * 7 / 10);
        order.iter().take(quota(count, 4.0)).for_each(|area| unknown[*area] = true);

        let mut cells = Vec::new();
        for sector in SECTORS {
            let situations = situations(harm, &unknown, &mut rng);
            let cell = |(area, situation): (usize, &Situation)| {
                let share = (sector.share * rng.between(0.75, 1.15)).min(0.96);
                let mut in_need = ((affected[area] as f64 * share) as u64).max(25);
                if *situation == Situation::NoNeed {
                    in_need = 0;
                }
                let unit = rng.unit();
                let part = match situation {
                    Situation::Partial | Situation::NoData => {
                        0.03 + 0.9 * unit * (0.4 + 0.6 * unit)
                    }
                    Situation::Exceeded => 1.05 + 0.5 * unit * unit,
                    Situation::Met => 1.0,
                    _ => 0.0,
                };
                let targeted = (in_need as f64 * rng.between(0.45, 0.95)) as u64;
                let reached = (in_need as f64 * part) as u64;
                Cell { situation: *situation, in_need, targeted, reached }
            };
            cells.push(situations.iter().enumerate().map(cell).collect());
        }
        Plan { level, cells, affected }
    }

    /// Whether the area has need rows.
    pub fn is_known(&self, area: usize) -> bool {
        self.cells[0][area].situation != Situation::NoData
    }
}

fn quota(areas: usize, percent: f64) -> usize {
    let least = usize::from(areas >= ENOUGH_AREAS);
    ((areas as f64 * percent / 100.0 + 0.5) as usize).max(least)
}

fn situations(harm: &[f64], unknown: &[bool], rng: &mut Rng) -> Vec<Situation> {
    let mut situations = vec![Situation::Partial; harm.len()];
    let mut open: Vec<(f64, usize)> = Vec::new();
    for area in 0..harm.len() {
        if unknown[area] {
            situations[area] = Situation::NoData;
        } else {
            open.push((harm[area] + rng.between(0.0, 0.25), area));
        }
    }
    // Nobody is in need where the storm hardly came.
    open.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (_, area) in open.drain(..quota(harm.len(), 6.0).min(open.len())) {
        situations[area] = Situation::NoNeed;
    }
    let mut open: Vec<usize> = open.into_iter().map(|(_, area)| area).collect();
    open.sort_unstable();
    rng.shuffle(&mut open);
    for (situation, percent) in MIX {
        let count = quota(harm.len(), *percent).min(open.len());
        open.drain(..count).for_each(|area| situations[area] = *situation);
    }
    situations
}
