//! Borders as people draw them: the outline of an area, each edge of a cell bent at random.
//!
//! The bend is a function of the edge alone, so every area on either side, at every level, gets the
//! same vertices. A bent edge stays inside the two triangles between the edge and the two atoms
//! beside it (cut at 60 % of the way); these triangles of different edges never overlap, so borders
//! cannot cross. All of it is checked in whole numbers.

use super::divide::Level;
use super::mesh::{Mesh, Spot};
use super::rng::{Rng, mix2};

/// Walks round the areas of one level.
#[derive(Debug)]
pub struct Outliner<'a> {
    mesh: &'a Mesh,
    level: &'a Level,
    /// Each edge is split in two this many times.
    detail: u8,
    /// The edges already walked, one bit per direction.
    walked: Vec<u8>,
}

impl<'a> Outliner<'a> {
    pub fn new(mesh: &'a Mesh, level: &'a Level, detail: u8) -> Outliner<'a> {
        Outliner { mesh, level, detail, walked: vec![0; mesh.len()] }
    }

    /// The closed rings of an area: the outer one first, counter-clockwise, then its holes,
    /// clockwise. To be asked once per area.
    pub fn rings(&mut self, area: usize) -> Vec<Vec<Spot>> {
        let mut rings = Vec::new();
        for atom in self.level.atoms(area) {
            let atom = *atom as usize;
            for k in 0..6 {
                if self.is_border(atom, k) && self.walked[atom] & (1 << k) == 0 {
                    rings.push(self.walk(atom, k));
                }
            }
        }
        if let Some(outer) = rings.iter().position(|ring| doubled_area(ring) > 0) {
            rings.swap(0, outer);
        }
        rings
    }

    fn is_border(&self, atom: usize, k: usize) -> bool {
        self.level.of_atom[self.mesh.neighbour(atom, k)] != self.level.of_atom[atom]
    }

    fn walk(&mut self, atom: usize, k: usize) -> Vec<Spot> {
        let mut ring = Vec::new();
        let (mut at, mut side) = (atom, k);
        loop {
            self.walked[at] |= 1 << side;
            self.edge(at, side, &mut ring);
            let next = (side + 1) % 6;
            if self.is_border(at, next) {
                side = next;
            } else {
                at = self.mesh.neighbour(at, next);
                side = (side + 5) % 6;
            }
            if (at, side) == (atom, k) {
                break;
            }
        }
        ring.push(ring[0]);
        ring
    }

    /// Appends the edge that faces neighbour `k`, without its end.
    fn edge(&self, atom: usize, k: usize, ring: &mut Vec<Spot>) {
        let beside = self.mesh.neighbour(atom, k);
        let start = self.mesh.corner(atom, (k + 5) % 6);
        let end = self.mesh.corner(atom, k);
        ring.push(start);
        if atom < beside {
            let bent = self.bend(start, end, atom, beside);
            ring.extend(bent);
        } else {
            let bent = self.bend(end, start, beside, atom);
            ring.extend(bent.into_iter().rev());
        }
    }

    /// The vertices between the two ends of the edge of atoms `left` and `right`.
    fn bend(&self, start: Spot, end: Spot, left: usize, right: usize) -> Vec<Spot> {
        let apex = |atom: usize| {
            let spot = self.mesh.spot(atom);
            let toward = |a: i32, b: i32, p: i32| ((a + b) / 2 * 2 + (p * 3)) / 5;
            (toward(start.0, end.0, spot.0), toward(start.1, end.1, spot.1))
        };
        let (left_apex, right_apex) = (apex(left), apex(right));
        let seed = mix2(self.mesh.seed, left as u64, right as u64);
        for swing in [0.62, 0.4, 0.24, 0.12] {
            let mut rng = Rng::new(seed, "bend");
            let mut line = vec![start];
            displace(start, end, swing, self.detail, &mut rng, &mut line);
            if stays_inside(&line, left_apex, right_apex) {
                line.remove(0);
                line.pop();
                return line;
            }
        }
        Vec::new()
    }
}

/// Appends the way from `start` to `end`, its middle pushed aside, then the middles of the halves.
fn displace(start: Spot, end: Spot, swing: f64, depth: u8, rng: &mut Rng, line: &mut Vec<Spot>) {
    if depth == 0 {
        line.push(end);
        return;
    }
    let (dx, dy) = (f64::from(end.0 - start.0), f64::from(end.1 - start.1));
    let (aside, along) = (swing * (rng.unit() - 0.5), 0.5 + 0.2 * (rng.unit() - 0.5));
    let middle =
        (start.0 + (dx * along - dy * aside) as i32, start.1 + (dy * along + dx * aside) as i32);
    displace(start, middle, swing, depth - 1, rng, line);
    displace(middle, end, swing, depth - 1, rng, line);
}

/// Whether a line is simple and lies strictly inside the triangles over its two ends.
fn stays_inside(line: &[Spot], left: Spot, right: Spot) -> bool {
    let (start, end) = (line[0], line[line.len() - 1]);
    let within = |p: Spot, apex: Spot| {
        let sign = turn(start, end, apex).signum();
        turn(start, end, p) * sign >= 0
            && turn(end, apex, p) * sign > 0
            && turn(apex, start, p) * sign > 0
    };
    let inner = &line[1..line.len() - 1];
    if !inner.iter().all(|p| within(*p, left) || within(*p, right)) {
        return false;
    }
    // A step from one triangle into the other must pass between the ends.
    let steps: Vec<(Spot, Spot)> = line.windows(2).map(|step| (step[0], step[1])).collect();
    let crosses_well = |(a, b): &(Spot, Spot)| {
        let sides = turn(start, end, *a).signum() * turn(start, end, *b).signum();
        sides >= 0 || turn(*a, *b, start).signum() * turn(*a, *b, end).signum() < 0
    };
    if !steps.iter().all(crosses_well) || steps.iter().any(|(a, b)| a == b) {
        return false;
    }
    for (at, first) in steps.iter().enumerate() {
        if let Some(next) = steps.get(at + 1) {
            let back = i64::from(next.1.0 - next.0.0) * i64::from(first.1.0 - first.0.0)
                + i64::from(next.1.1 - next.0.1) * i64::from(first.1.1 - first.0.1);
            if turn(first.0, first.1, next.1) == 0 && back <= 0 {
                return false;
            }
        }
        if steps.iter().skip(at + 2).any(|second| meet(first, second)) {
            return false;
        }
    }
    true
}

/// Whether two steps touch or cross.
fn meet(first: &(Spot, Spot), second: &(Spot, Spot)) -> bool {
    let apart = |step: &(Spot, Spot), a: Spot, b: Spot| {
        let (one, other) = (turn(step.0, step.1, a).signum(), turn(step.0, step.1, b).signum());
        one * other > 0
    };
    // Two steps on one straight line count as meeting: such a bend is drawn anew.
    !apart(first, second.0, second.1) && !apart(second, first.0, first.1)
}

/// Twice the area of the triangle a, b, c: positive where it runs counter-clockwise.
fn turn(a: Spot, b: Spot, c: Spot) -> i64 {
    i64::from(b.0 - a.0) * i64::from(c.1 - a.1) - i64::from(b.1 - a.1) * i64::from(c.0 - a.0)
}

/// Twice the signed area of a closed ring.
pub fn doubled_area(ring: &[Spot]) -> i64 {
    let Some(first) = ring.first() else { return 0 };
    ring.windows(2).map(|step| turn(*first, step[0], step[1])).sum()
}

#[cfg(test)]
mod tests {
    use super::super::divide::divide;
    use super::*;

    #[test]
    fn the_areas_of_the_children_add_to_the_area_of_the_parent_exactly() {
        let mesh = Mesh::new(3, 1200, 0.5);
        let levels = divide(&mesh, &[3, 14], &vec![1.0; mesh.len()]);
        let area = |level: usize, area: usize, outliner: &mut Outliner| -> (u32, i64) {
            let rings = outliner.rings(area);
            (levels[level].parents[area], rings.iter().map(|ring| doubled_area(ring)).sum())
        };
        let mut upper = Outliner::new(&mesh, &levels[0], 3);
        let mut lower = Outliner::new(&mesh, &levels[1], 3);
        let mut sums = [0; 3];
        for child in 0..14 {
            let (parent, size) = area(1, child, &mut lower);
            assert!(size > 0);
            sums[parent as usize] += size;
        }
        for (parent, sum) in sums.iter().enumerate() {
            assert_eq!(area(0, parent, &mut upper).1, *sum);
        }
    }

    #[test]
    fn a_line_that_crosses_itself_or_leaves_its_triangles_is_refused() {
        let (left, right) = ((50, 60), (50, -60));
        assert!(stays_inside(&[(0, 0), (40, 20), (60, -10), (100, 0)], left, right));
        assert!(!stays_inside(&[(0, 0), (40, 59), (60, 0), (100, 0)], left, right));
        assert!(!stays_inside(&[(0, 0), (60, 5), (60, -5), (30, 10), (100, 0)], left, right));
    }
}
