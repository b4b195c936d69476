//! The ground that areas are made of: a jittered triangular lattice of atoms inside an irregular
//! coast, and its dual cells. Whole-number coordinates, so that a border is the same to the last
//! digit on both of its sides and at every level.
//!
//! Every atom has six neighbours, counter-clockwise from the east. The corner between neighbours k
//! and k + 1 is inside the triangle they form with the atom. So the cell of an atom is
//! star-shaped around it, and exactly three cells meet in every corner: rings made of whole cells
//! never touch themselves.

use super::rng::{Rng, fraction, mix2, noise};

/// A position in units of 0.00001 degree.
pub type Spot = (i32, i32);

/// Units per degree.
pub const PER_DEGREE: f64 = 100_000.0;

/// The middle of the invented country: open ocean, so that nobody takes it for a real one.
const MIDDLE: (f64, f64) = (66.5, -12.5);

/// Atoms outside the coast.
pub const SEA: u32 = u32::MAX;

#[derive(Debug)]
pub struct Mesh {
    pub seed: u64,
    columns: usize,
    rows: usize,
    /// Distance of neighbouring atoms, in units.
    spacing: i64,
    spots: Vec<Spot>,
    /// Which atoms are land.
    pub land: Vec<bool>,
    /// The finest area of each atom, once the land is divided.
    pub finest: Vec<u32>,
}

impl Mesh {
    /// A country of about `target` atoms and `square_degrees`.
    pub fn new(seed: u64, target: usize, square_degrees: f64) -> Mesh {
        let atom = square_degrees * PER_DEGREE * PER_DEGREE / target as f64;
        let spacing = (atom / 0.866).sqrt() as i64;
        let columns = (target as f64 / 0.42).sqrt() as usize + 8;
        let rows = (columns as f64 * 1.08) as usize + 8;
        let mut mesh = Mesh {
            seed,
            columns,
            rows,
            spacing,
            spots: Vec::new(),
            land: Vec::new(),
            finest: vec![SEA; columns * rows],
        };
        mesh.spots = (0..columns * rows).map(|atom| mesh.place(atom)).collect();
        mesh.land = mesh.coast(target);
        mesh
    }

    pub fn len(&self) -> usize {
        self.spots.len()
    }

    /// Distance of neighbouring atoms, in units.
    pub fn spacing(&self) -> i64 {
        self.spacing
    }

    /// Ground that is land, in square units, about.
    pub fn land_units(&self) -> f64 {
        let atoms = self.land.iter().filter(|land| **land).count() as f64;
        atoms * (self.spacing * self.spacing) as f64 * 0.866
    }

    pub fn spot(&self, atom: usize) -> Spot {
        self.spots[atom]
    }

    /// The neighbour in direction `k` (0-5). Atoms of the outermost rows have none and are sea.
    pub fn neighbour(&self, atom: usize, k: usize) -> usize {
        let odd = (atom / self.columns) & 1;
        match k {
            0 => atom + 1,
            1 => atom + self.columns + odd,
            2 => atom + self.columns + odd - 1,
            3 => atom - 1,
            4 => atom - self.columns + odd - 1,
            _ => atom - self.columns + odd,
        }
    }

    /// The corner of the atom's cell between its neighbours `k` and `k + 1`: always inside the
    /// triangle of the three. Where one of them lies in another finest area than the two others,
    /// the corner stands halfway to it, which takes the zigzag of the lattice out of borders.
    pub fn corner(&self, atom: usize, k: usize) -> Spot {
        let atoms = [atom, self.neighbour(atom, k), self.neighbour(atom, (k + 1) % 6)];
        let [a, b, c] = atoms.map(|atom| self.finest[atom]);
        let alone = match (a == b, b == c, c == a) {
            (false, true, false) => Some(atoms[0]),
            (false, false, true) => Some(atoms[1]),
            (true, false, false) => Some(atoms[2]),
            _ => None,
        };
        let sum = |axis: fn(Spot) -> i32| {
            let three: i32 = atoms.iter().map(|atom| axis(self.spots[*atom])).sum();
            match alone {
                Some(atom) => (three + axis(self.spots[atom])).div_euclid(4),
                None => three.div_euclid(3),
            }
        };
        (sum(|spot| spot.0), sum(|spot| spot.1))
    }

    /// The position of an atom in the country: about -1..1 both ways, north up.
    pub fn relative(&self, spot: Spot) -> (f64, f64) {
        let half = self.columns as f64 * self.spacing as f64 / 2.0;
        let x = f64::from(spot.0) - MIDDLE.0 * PER_DEGREE;
        let y = f64::from(spot.1) - MIDDLE.1 * PER_DEGREE;
        (x / half, y / half)
    }

    /// A random spot well inside the cell of an atom: nearer to the atom than any bent border.
    pub fn spot_within(&self, atom: usize, rng: &mut Rng) -> Spot {
        let k = rng.below(6);
        let (p, a, b) = (self.spots[atom], self.corner(atom, k), self.corner(atom, (k + 1) % 6));
        let (s, t) = (rng.between(0.0, 0.17), rng.between(0.0, 0.17));
        let along =
            |p: i32, a: i32, b: i32| p + (f64::from(a - p) * s + f64::from(b - p) * t) as i32;
        (along(p.0, a.0, b.0), along(p.1, a.1, b.1))
    }

    fn place(&self, atom: usize) -> Spot {
        let (column, row) = ((atom % self.columns) as i64, (atom / self.columns) as i64);
        let jitter = |axis| {
            let unit = fraction(mix2(self.seed, atom as u64, axis)) - 0.5;
            (unit * 0.52 * self.spacing as f64) as i64
        };
        let x = column * self.spacing + (row & 1) * self.spacing / 2 + jitter(1);
        let y = row * self.spacing * 866 / 1000 + jitter(2);
        let left = (MIDDLE.0 * PER_DEGREE) as i64 - self.columns as i64 * self.spacing / 2;
        let bottom = (MIDDLE.1 * PER_DEGREE) as i64 - self.rows as i64 * self.spacing * 433 / 1000;
        ((left + x) as i32, (bottom + y) as i32)
    }

    /// The atoms that are land: the highest of a hilly island, in one piece and without lakes.
    fn coast(&self, target: usize) -> Vec<bool> {
        let height = |atom: usize| {
            if self.is_edge(atom) {
                return f64::MIN;
            }
            let (x, y) = self.relative(self.spots[atom]);
            let far = x * x * 1.15 + y * y * 1.05 + 0.35 * x * y;
            let coarse = noise(self.seed ^ 0xc0a5, x * 1.7 + 3.0, y * 1.7 + 5.0);
            let fine = noise(self.seed ^ 0xf1e1, x * 6.0, y * 6.0);
            1.9 * coarse + 0.75 * fine - 1.15 * far
        };
        let heights: Vec<f64> = (0..self.len()).map(height).collect();
        let mut sorted = heights.clone();
        let wanted = target.min(sorted.len() - 1);
        sorted.select_nth_unstable_by(wanted, |a, b| b.total_cmp(a));
        let water = sorted[wanted];
        let mut land: Vec<bool> = heights.iter().map(|height| *height > water).collect();

        let mut piece = vec![false; self.len()];
        let mut largest = Vec::new();
        for start in 0..self.len() {
            if land[start] && !piece[start] {
                let found = self.flood(start, &mut piece, |atom| land[atom]);
                if found.len() > largest.len() {
                    largest = found;
                }
            }
        }
        land.fill(false);
        largest.iter().for_each(|atom| land[*atom] = true);
        let mut sea = vec![false; self.len()];
        for start in 0..self.len() {
            if self.is_edge(start) && !sea[start] {
                self.flood(start, &mut sea, |atom| !land[atom]);
            }
        }
        sea.iter().map(|sea| !sea).collect()
    }

    fn is_edge(&self, atom: usize) -> bool {
        let (column, row) = (atom % self.columns, atom / self.columns);
        column < 2 || row < 2 || column + 2 >= self.columns || row + 2 >= self.rows
    }

    fn flood(&self, start: usize, seen: &mut [bool], inside: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut found = vec![start];
        seen[start] = true;
        let mut next = 0;
        while next < found.len() {
            let atom = found[next];
            next += 1;
            let (column, row) = (atom % self.columns, atom / self.columns);
            if column == 0 || row == 0 || column + 1 == self.columns || row + 1 == self.rows {
                continue;
            }
            for k in 0..6 {
                let beside = self.neighbour(atom, k);
                if !seen[beside] && inside(beside) {
                    seen[beside] = true;
                    found.push(beside);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_the_land_is_in_one_piece_away_from_the_edge_of_the_mesh() {
        for seed in 0..12 {
            let mesh = Mesh::new(seed, 2000, 1.0);
            let land = || (0..mesh.len()).filter(|atom| mesh.land[*atom]);
            assert!((1700..2200).contains(&land().count()), "{seed}: {}", land().count());
            assert!(land().all(|atom| !mesh.is_edge(atom)));
        }
    }
}
