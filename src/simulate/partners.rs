//! Invented organisations: a few large ones that are nearly everywhere, many small local ones.

use std::collections::HashSet;

use super::land::Land;
use super::names::{COUNTRY, word};
use super::plan::SECTORS;
use super::rng::Rng;

#[derive(Debug)]
pub struct Partner {
    pub name: String,
    pub acronym: String,
    pub kind: &'static str,
}

#[derive(Debug)]
pub struct Partners {
    pub list: Vec<Partner>,
    /// Who works in a sector and a region, the most active first: `sector * regions + region`.
    eligible: Vec<Vec<u32>>,
    regions: usize,
    provinces: usize,
}

/// Donors, named so that nobody takes them for a real one.
pub const DONORS: &[&str] = &[
    "Exercise Pooled Fund",
    "Exercise Donor A",
    "Exercise Donor B",
    "Exercise Donor C",
    "Exercise Private Appeal",
];

const TURNS: &[&str] = &[
    "UN", "INGO", "NNGO", "LNGO", "GOV", "RCRC", "CBO", "INGO", "LNGO", "INGO", "NNGO", "UN",
    "LNGO", "CBO", "INGO", "NNGO", "LNGO", "GOV", "INGO", "CBO", "LNGO", "NNGO", "INGO", "LNGO",
];
/// What an agency or ministry is for, and the sector (a position in `SECTORS`) that makes it.
const UN_TASKS: &[(&str, usize)] = &[
    ("Food", 2),
    ("Shelter", 6),
    ("Children", 1),
    ("Water", 7),
    ("Health", 3),
    ("Migration", 0),
    ("Nutrition", 4),
    ("Protection", 5),
];
const MINISTRIES: &[(&str, usize)] = &[
    ("Health", 3),
    ("Water and Energy", 7),
    ("Education", 1),
    ("Social Affairs", 5),
    ("Agriculture", 2),
    ("Public Works", 6),
];
const INGO: &[&str] = &["International", "Relief Alliance", "Aid Worldwide", "Health Mission"];
const NNGO: &[&str] = &["National Relief Association", "Rural Development Network", "Trust"];
const LNGO: &[&str] = &["Community Action", "Youth Initiative", "Development Association"];
const CBO: &[&str] = &["Women's Savings Group", "Water Users Committee", "Farmers' Circle"];

/// More regions than this are not told apart, to keep the table of who works where small.
const MOST_REGIONS: usize = 40;

impl Partners {
    pub fn new(land: &Land, rows: u64) -> Partners {
        let mut rng = Rng::new(land.mesh.seed, "partners");
        let count = ((14.0 + 0.55 * (rows as f64).sqrt()) as usize).min(600);
        let provinces = land.levels[0].len();
        let regions = provinces.min(MOST_REGIONS);
        let mut eligible = vec![Vec::new(); SECTORS.len() * regions];
        let (mut names, mut acronyms) = (HashSet::new(), HashSet::new());
        let mut list = Vec::with_capacity(count);
        for number in 0..count {
            let kind = TURNS[number % TURNS.len()];
            let round = number / TURNS.len();
            let province = rng.below(provinces);
            let home = &land.names[0][province];
            let mut first = if number < SECTORS.len() { number } else { rng.below(SECTORS.len()) };
            let mut name = match kind {
                "UN" => {
                    let (task, sector) = UN_TASKS[(round * 2 + usize::from(number % 24 > 0)) % 8];
                    first = sector;
                    format!("UN Exercise Agency for {task}")
                }
                "INGO" => format!("{} {}", word(&mut rng), rng.pick(INGO)),
                "NNGO" => format!("{} {}", word(&mut rng), rng.pick(NNGO)),
                "LNGO" => format!("{} {}", word(&mut rng), rng.pick(LNGO)),
                "CBO" => format!("{} {}", word(&mut rng), rng.pick(CBO)),
                "RCRC" if round == 0 => format!("{COUNTRY} Red Crescent"),
                "RCRC" => format!("{COUNTRY} Red Crescent, {home} Branch"),
                _ if round < 3 => {
                    let at = round * 2 + usize::from(number % TURNS.len() > 4);
                    let (task, sector) = MINISTRIES[at];
                    first = sector;
                    format!("{COUNTRY} Ministry of {task}")
                }
                _ => format!("{home} Provincial Disaster Office"),
            };
            while !names.insert(name.clone()) {
                name = format!("{name} {}", word(&mut rng));
            }
            let initials = initials(&name);
            let mut acronym = initials.clone();
            for copy in 2.. {
                if acronyms.insert(acronym.clone()) {
                    break;
                }
                acronym = format!("{initials}{copy}");
            }
            list.push(Partner { name, acronym, kind });

            let (sectors, reach) = match kind {
                "UN" => (3, regions),
                "INGO" => (3, 1 + regions / 2),
                "RCRC" => (4, regions),
                "GOV" => (1, regions),
                "NNGO" => (2, 1 + regions / 3),
                _ => (1 + rng.below(2), 1),
            };
            for sector in (0..sectors).map(|step| (first + step * 3) % SECTORS.len()) {
                for step in 0..reach {
                    let region = (province * regions / provinces + step) % regions;
                    let of_place: &mut Vec<u32> = &mut eligible[sector * regions + region];
                    if !of_place.contains(&(number as u32)) {
                        of_place.push(number as u32);
                    }
                }
            }
        }
        Partners { list, eligible, regions, provinces }
    }

    /// A partner of a sector in a province; the first of the list get most of the work.
    pub fn draw(&self, sector: usize, province: usize, rng: &mut Rng) -> usize {
        let region = province * self.regions / self.provinces;
        let here = &self.eligible[sector * self.regions + region];
        if here.is_empty() {
            rng.skewed(self.list.len())
        } else {
            here[rng.skewed(here.len())] as usize
        }
    }

    /// A national or local partner that could implement another's work.
    pub fn draw_implementing(
        &self,
        sector: usize,
        province: usize,
        rng: &mut Rng,
    ) -> Option<usize> {
        let mut tries = (0..6).map(|_| self.draw(sector, province, rng));
        tries.find(|at| matches!(self.list[*at].kind, "NNGO" | "LNGO" | "CBO"))
    }
}

fn initials(name: &str) -> String {
    let words = name.split([' ', ',']).filter(|word| !matches!(*word, "" | "of" | "for" | "and"));
    words.filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}
