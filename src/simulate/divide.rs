//! Divides the land into nested areas: every area is one connected piece of its parent, and the
//! children of an area fill it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::mesh::{Mesh, SEA};
use super::rng::{Rng, fraction, mix2, noise};

/// The areas of one level, in the order of their parents.
#[derive(Debug)]
pub struct Level {
    /// The area of each atom, `SEA` outside the coast.
    pub of_atom: Vec<u32>,
    /// The parent of each area, a position in the level above; 0 at the first level.
    pub parents: Vec<u32>,
    /// Where the atoms of each area begin in `atoms`, and the end.
    starts: Vec<u32>,
    atoms: Vec<u32>,
}

impl Level {
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    pub fn atoms(&self, area: usize) -> &[u32] {
        &self.atoms[self.starts[area] as usize..self.starts[area + 1] as usize]
    }

    fn new(of_atom: Vec<u32>, parents: Vec<u32>) -> Level {
        let mut starts = vec![0u32; parents.len() + 1];
        for area in of_atom.iter().filter(|area| **area != SEA) {
            starts[*area as usize + 1] += 1;
        }
        for area in 0..parents.len() {
            starts[area + 1] += starts[area];
        }
        let mut next = starts.clone();
        let mut atoms = vec![0; starts[parents.len()] as usize];
        for (atom, area) in of_atom.iter().enumerate().filter(|(_, area)| **area != SEA) {
            atoms[next[*area as usize] as usize] = atom as u32;
            next[*area as usize] += 1;
        }
        Level { of_atom, parents, starts, atoms }
    }
}

/// Divides the land into `counts` areas per level. `weight` draws areas: where it is high they are
/// small and many.
pub fn divide(mesh: &Mesh, counts: &[u32], weight: &[f32]) -> Vec<Level> {
    let mut rng = Rng::new(mesh.seed, "divide");
    let step: Vec<u32> = (0..mesh.len())
        .map(|atom| {
            let (x, y) = mesh.relative(mesh.spot(atom));
            // Rough ground and rivers: borders follow what is costly to cross, and a little chance
            // per atom keeps them off the lattice's own directions.
            let rough = ((noise(mesh.seed ^ 0xd1f, x * 7.0, y * 7.0) - 0.3) * 2.5).clamp(0.0, 1.0);
            let chance = fraction(mix2(mesh.seed, atom as u64, 0x57e9));
            8 + (rough * rough * 110.0 + chance * 34.0) as u32
        })
        .collect();
    let country = mesh.land.iter().map(|land| if *land { 0 } else { SEA }).collect();
    let mut above = Level::new(country, vec![0]);
    let mut levels = Vec::new();
    for count in counts {
        let level = divide_once(mesh, &above, *count as usize, weight, &step, &mut rng);
        levels.push(std::mem::replace(&mut above, level));
    }
    levels.push(above);
    levels.remove(0);
    levels
}

fn divide_once(
    mesh: &Mesh,
    above: &Level,
    count: usize,
    weight: &[f32],
    step: &[u32],
    rng: &mut Rng,
) -> Level {
    let of_parent = |parent: usize| -> f64 {
        above.atoms(parent).iter().map(|atom| f64::from(weight[*atom as usize])).sum()
    };
    let weights: Vec<f64> = (0..above.len()).map(of_parent).collect();
    let room = |parent: usize| above.atoms(parent).len();
    let shares = apportion(&weights, count, &(0..above.len()).map(room).collect::<Vec<_>>());

    let mut taken = vec![false; mesh.len()];
    let mut seeds = Vec::with_capacity(count);
    let mut parents = Vec::with_capacity(count);
    for (parent, share) in shares.iter().enumerate() {
        parents.extend(std::iter::repeat_n(parent as u32, *share));
        draw_seeds(above.atoms(parent), *share, weight, &mut taken, rng, &mut seeds);
    }
    // Each round of moving the seeds to the middle of what they got evens out shapes and sizes.
    let mut level = Level::new(grow(mesh, above, &seeds, step), parents);
    for _ in 0..2 {
        for (area, seed) in seeds.iter_mut().enumerate() {
            *seed = middle(mesh, level.atoms(area));
        }
        level = Level::new(grow(mesh, above, &seeds, step), level.parents);
    }
    level
}

/// Splits `total` among weights: at least 1 each, at most a quarter of the room (all of it where
/// that does not suffice). The shares add to the total wherever the room allows it.
fn apportion(weights: &[f64], total: usize, room: &[usize]) -> Vec<usize> {
    let mut shares = vec![1; weights.len()];
    let mut left = total.saturating_sub(weights.len());
    for divisor in [4, 1] {
        while left > 0 {
            let cap = |at: usize| (room[at] / divisor).max(1);
            let open: Vec<usize> = (0..weights.len()).filter(|at| shares[*at] < cap(*at)).collect();
            if open.is_empty() {
                break;
            }
            let sum: f64 = open.iter().map(|at| weights[*at]).sum();
            let before = left;
            for at in &open {
                let fair = (before as f64 * weights[*at] / sum) as usize;
                let more = fair.min(cap(*at) - shares[*at]).min(left);
                shares[*at] += more;
                left -= more;
            }
            if left == before || left < open.len() {
                // What rounding left over goes to the areas with the least for their weight.
                let mut thin = open;
                thin.retain(|at| shares[*at] < cap(*at));
                let need = |at: &usize| weights[*at] / shares[*at] as f64;
                thin.sort_by(|a, b| need(b).total_cmp(&need(a)).then(a.cmp(b)));
                for at in thin.into_iter().take(left) {
                    shares[at] += 1;
                    left -= 1;
                }
            }
        }
    }
    shares
}

fn draw_seeds(
    atoms: &[u32],
    count: usize,
    weight: &[f32],
    taken: &mut [bool],
    rng: &mut Rng,
    seeds: &mut Vec<u32>,
) {
    let mut sum = 0.0;
    let sums: Vec<f64> = atoms
        .iter()
        .map(|atom| {
            sum += f64::from(weight[*atom as usize]);
            sum
        })
        .collect();
    for _ in 0..count {
        let mut at = 0;
        for _ in 0..20 {
            let drawn = rng.between(0.0, sum);
            at = sums.partition_point(|sum| *sum <= drawn).min(atoms.len() - 1);
            if !taken[atoms[at] as usize] {
                break;
            }
        }
        while taken[atoms[at] as usize] {
            at = (at + 1) % atoms.len();
        }
        taken[atoms[at] as usize] = true;
        seeds.push(atoms[at]);
    }
}

/// Grows all seeds at once over the land of their parents; the cheapest way decides (Dijkstra).
fn grow(mesh: &Mesh, above: &Level, seeds: &[u32], step: &[u32]) -> Vec<u32> {
    let mut of_atom = vec![SEA; mesh.len()];
    let mut cost = vec![u32::MAX; mesh.len()];
    let mut queue = BinaryHeap::new();
    for (area, seed) in seeds.iter().enumerate() {
        of_atom[*seed as usize] = area as u32;
        cost[*seed as usize] = 0;
        queue.push(Reverse((0, *seed)));
    }
    while let Some(Reverse((so_far, atom))) = queue.pop() {
        let atom = atom as usize;
        if so_far > cost[atom] {
            continue;
        }
        for k in 0..6 {
            let beside = mesh.neighbour(atom, k);
            if above.of_atom[beside] != above.of_atom[atom] {
                continue;
            }
            let then = so_far + step[beside];
            if then < cost[beside] {
                cost[beside] = then;
                of_atom[beside] = of_atom[atom];
                queue.push(Reverse((then, beside as u32)));
            }
        }
    }
    of_atom
}

fn middle(mesh: &Mesh, atoms: &[u32]) -> u32 {
    let spots = || atoms.iter().map(|atom| mesh.spot(*atom as usize));
    let n = atoms.len().max(1) as i64;
    let x = spots().map(|spot| i64::from(spot.0)).sum::<i64>() / n;
    let y = spots().map(|spot| i64::from(spot.1)).sum::<i64>() / n;
    let far = |atom: &u32| {
        let spot = mesh.spot(*atom as usize);
        let (dx, dy) = (i64::from(spot.0) - x, i64::from(spot.1) - y);
        (dx * dx + dy * dy, *atom)
    };
    atoms.iter().copied().min_by_key(far).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_to_the_total_and_nobody_gets_more_than_its_room() {
        let shares = apportion(&[1.0, 5.0, 100.0], 12, &[40, 40, 20]);
        assert_eq!(shares.iter().sum::<usize>(), 12);
        assert!(shares[2] <= 5 && shares[0] >= 1 && shares[1] > shares[0], "{shares:?}");
        assert_eq!(apportion(&[1.0, 1.0], 6, &[3, 3]), [3, 3]);
    }

    #[test]
    fn every_atom_of_land_lies_in_an_area_of_every_level_and_parents_agree() {
        let mesh = Mesh::new(7, 900, 0.5);
        let levels = divide(&mesh, &[2, 9], &vec![1.0; mesh.len()]);
        assert_eq!(levels.iter().map(Level::len).collect::<Vec<_>>(), [2, 9]);
        for atom in 0..mesh.len() {
            let (first, second) = (levels[0].of_atom[atom], levels[1].of_atom[atom]);
            assert_eq!(first != SEA, mesh.land[atom]);
            assert_eq!(second != SEA, mesh.land[atom]);
            if second != SEA {
                assert_eq!(levels[1].parents[second as usize], first);
            }
        }
        assert!((0..9).all(|area| !levels[1].atoms(area).is_empty()));
    }
}
