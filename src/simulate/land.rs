//! The invented country: its areas with names and P-codes, where its people live, and how hard
//! the invented storm hit each place.

use super::divide::{Level, divide};
use super::mesh::{Mesh, Spot};
use super::names::{COUNTRY_CODE, PlaceNames};
use super::rng::{Rng, noise};

#[derive(Debug)]
pub struct Land {
    pub mesh: Mesh,
    pub levels: Vec<Level>,
    /// P-codes and names, per level and area.
    pub codes: Vec<Vec<String>>,
    pub names: Vec<Vec<String>>,
    /// Children of each area: positions in the level below, from-to.
    pub children: Vec<Vec<(u32, u32)>>,
    /// People per level and area; the children's add to the parent's.
    pub people: Vec<Vec<u64>>,
    /// How hard the storm hit, 0-1, per level and area.
    pub harm: Vec<Vec<f64>>,
    /// Splits of each edge of a cell.
    pub detail: u8,
    pub density: Density,
}

/// Where people live: towns in a countryside.
#[derive(Debug)]
pub struct Density {
    seed: u64,
    towns: Vec<Town>,
}

#[derive(Debug)]
struct Town {
    x: f64,
    y: f64,
    size: f64,
    reach: f64,
}

impl Land {
    /// `counts` areas per level; `detail` as in `Params`.
    pub fn new(seed: u64, counts: &[u32], detail: Option<u8>) -> Land {
        let finest = f64::from(*counts.last().unwrap_or(&1));
        let per_area = if finest <= 1000.0 { 56.0 } else { 24.0 };
        let atoms = (finest * per_area).max(3000.0);
        let mut mesh = Mesh::new(seed, atoms as usize, 2.2 * (finest / 150.0).sqrt());
        let density = Density::new(&mesh, finest);
        let at = |atom: usize| {
            let (x, y) = mesh.relative(mesh.spot(atom));
            if mesh.land[atom] { density.at(x, y) as f32 } else { 0.0 }
        };
        let people: Vec<f32> = (0..mesh.len()).map(at).collect();
        let weight: Vec<f32> = people.iter().map(|people| 0.5 + people.min(3.0)).collect();
        let levels = divide(&mesh, counts, &weight);
        mesh.finest = levels.last().map_or_else(Vec::new, |level| level.of_atom.clone());
        let detail = detail.unwrap_or(if finest <= 1000.0 { 2 } else { 1 });

        let mut land = Land {
            codes: Vec::new(),
            names: Vec::new(),
            children: Vec::new(),
            people: Vec::new(),
            harm: Vec::new(),
            mesh,
            levels,
            detail,
            density,
        };
        land.list_children();
        land.name_areas();
        land.settle(&people);
        land.strike();
        land
    }

    /// Position of the finest level.
    pub fn finest(&self) -> usize {
        self.levels.len() - 1
    }

    /// The ancestor of an area at a coarser level, both as positions.
    pub fn ancestor(&self, mut level: usize, mut area: usize, above: usize) -> usize {
        while level > above {
            area = self.levels[level].parents[area] as usize;
            level -= 1;
        }
        area
    }

    fn list_children(&mut self) {
        for (level, below) in self.levels.iter().zip(self.levels.iter().skip(1)) {
            let parents = &below.parents;
            let first = |area: usize| parents.partition_point(|p| (*p as usize) < area) as u32;
            let ranges = (0..level.len()).map(|area| (first(area), first(area + 1)));
            self.children.push(ranges.collect());
        }
    }

    fn name_areas(&mut self) {
        let mut rng = Rng::new(self.mesh.seed, "names");
        let mut places = PlaceNames::default();
        let top = vec![(0, self.levels[0].len() as u32)];
        for level in 0..self.levels.len() {
            let families = if level == 0 { &top } else { &self.children[level - 1] };
            let most = families.iter().map(|(from, to)| to - from).max().unwrap_or(1);
            let width = most.to_string().len().max(2);
            let (mut codes, mut names) = (Vec::new(), Vec::new());
            for (parent, (from, to)) in families.iter().enumerate() {
                let stem = match level {
                    0 => COUNTRY_CODE,
                    _ => self.codes[level - 1][parent].as_str(),
                };
                codes.extend((1..=to - from).map(|number| format!("{stem}{number:0width$}")));
                names.extend(places.siblings((to - from) as usize, &mut rng));
            }
            self.codes.push(codes);
            self.names.push(names);
        }
    }

    /// People of the finest areas by density, then upward.
    fn settle(&mut self, density: &[f32]) {
        let level = &self.levels[self.finest()];
        let sum = |area: usize| -> f64 {
            level.atoms(area).iter().map(|atom| f64::from(density[*atom as usize])).sum()
        };
        let sums: Vec<f64> = (0..level.len()).map(sum).collect();
        let total: f64 = sums.iter().sum();
        let people = 19_000.0 * level.len() as f64 / (level.len() as f64 / 150.0).sqrt().max(1.0);
        let finest = sums.iter().map(|sum| 140 + (sum / total * people) as u64).collect();
        self.people = vec![Vec::new(); self.levels.len()];
        let last = self.finest();
        self.people[last] = finest;
        for level in (0..last).rev() {
            let below = &self.people[level + 1];
            let sum = |(from, to): &(u32, u32)| below[*from as usize..*to as usize].iter().sum();
            self.people[level] = self.children[level].iter().map(sum).collect();
        }
    }

    /// A storm came in from the south-east and crossed the country.
    fn strike(&mut self) {
        let (from, to) = ((1.1, -0.75), (-0.5, 0.85));
        for level in &self.levels {
            let harm = (0..level.len()).map(|area| {
                let (x, y) = self.mesh.relative(middle(&self.mesh, level.atoms(area)));
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let along = ((x - from.0) * dx + (y - from.1) * dy) / (dx * dx + dy * dy);
                let along = along.clamp(0.0, 1.0);
                let (ox, oy) = (x - from.0 - along * dx, y - from.1 - along * dy);
                let far = (ox * ox + oy * oy).sqrt();
                let rough = 0.35 * (noise(self.mesh.seed ^ 0x57, x * 4.0, y * 4.0) - 0.5);
                (1.05 - far * 1.1 - along * 0.25 + rough).clamp(0.02, 1.0)
            });
            self.harm.push(harm.collect());
        }
    }
}

impl Density {
    fn new(mesh: &Mesh, areas: f64) -> Density {
        let mut rng = Rng::new(mesh.seed, "towns");
        let count = (5.0 + 1.4 * areas.sqrt()) as usize;
        let mut towns = Vec::with_capacity(count);
        while towns.len() < count {
            let atom = rng.below(mesh.len());
            if mesh.land[atom] {
                let (x, y) = mesh.relative(mesh.spot(atom));
                let rank = towns.len() as f64 + 1.0;
                let reach = rng.between(0.35, 0.75) / areas.sqrt() + 0.03 / rank;
                towns.push(Town {
                    x,
                    y,
                    size: rng.between(8.0, 20.0) / (1.0 + rank * 0.12),
                    reach,
                });
            }
        }
        Density { seed: mesh.seed, towns }
    }

    /// People per unit of ground at a relative position; only ratios mean something.
    pub fn at(&self, x: f64, y: f64) -> f64 {
        let wild = noise(self.seed ^ 0xde, x * 5.0 + 20.0, y * 5.0);
        let town = |town: &Town| {
            let (dx, dy) = ((x - town.x) / town.reach, (y - town.y) / town.reach);
            let far = 1.0 + dx * dx + dy * dy;
            town.size / (far * far)
        };
        0.06 + 2.2 * wild * wild * wild + self.towns.iter().map(town).sum::<f64>()
    }
}

/// The mean position of atoms.
fn middle(mesh: &Mesh, atoms: &[u32]) -> Spot {
    let n = atoms.len().max(1) as i64;
    let spots = || atoms.iter().map(|atom| mesh.spot(*atom as usize));
    let x = spots().map(|spot| i64::from(spot.0)).sum::<i64>() / n;
    let y = spots().map(|spot| i64::from(spot.1)).sum::<i64>() / n;
    (x as i32, y as i32)
}
