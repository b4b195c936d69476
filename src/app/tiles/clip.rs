//! Polygons cut to a tile.
//!
//! The sides of the window run between whole units, so no point ever lies on one. A ring that
//! crosses it falls into chains, from where it comes in to where it leaves; from there the border
//! of the piece follows the window's side to the next chain, with the inside on the same hand.

use i_overlay::i_float::int::point::IntPoint;
use i_overlay::i_shape::int::shape::{IntContour, IntShapes};

use super::grid::doubled_area;
use super::mosaic::{closed, valid};

/// What a tile shows, and how its units are counted.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Half units, in the units of the shapes.
    pub min: [f64; 2],
    pub max: [f64; 2],
    /// The tile's corner in the units of the shapes, and how many of those make one of its own.
    pub origin: [f64; 2],
    pub unit: f64,
    /// Own units to which the cut is rounded.
    pub low: i32,
    pub high: i32,
}

type At = [f64; 2];

struct Chain {
    /// Where it begins and ends on the window's sides, counted along them; it begins nowhere where
    /// its ring began inside.
    entry: Option<f64>,
    exit: f64,
    points: Vec<At>,
}

impl Window {
    fn has(&self, at: At) -> bool {
        (0..2).all(|axis| self.min[axis] < at[axis] && at[axis] < self.max[axis])
    }

    fn own(&self, at: At) -> IntPoint {
        let unit = |axis: usize| {
            let own = ((at[axis] - self.origin[axis]) / self.unit + 0.5).floor() as i32;
            own.clamp(self.low, self.high)
        };
        IntPoint::new(unit(0), unit(1))
    }

    /// The window's corners, in the order in which its sides are counted.
    fn corners(&self) -> [At; 4] {
        let ([x, y], [x2, y2]) = (self.min, self.max);
        [[x, y], [x2, y], [x2, y2], [x, y2]]
    }

    /// Length of the way along the sides to each corner, and around.
    fn ways(&self) -> [f64; 5] {
        let (w, h) = (self.max[0] - self.min[0], self.max[1] - self.min[1]);
        [0.0, w, w + h, w + h + w, 2.0 * (w + h)]
    }

    /// How far along the sides a point of a side is.
    fn along(&self, side: usize, at: At) -> f64 {
        let way = self.ways()[side];
        match side {
            0 => way + at[0] - self.min[0],
            1 => way + at[1] - self.min[1],
            2 => way + self.max[0] - at[0],
            _ => way + self.max[1] - at[1],
        }
    }

    /// Whether a line may have a part inside: it does not lie beyond one side.
    fn passes(&self, a: At, b: At) -> bool {
        (0..2).all(|axis| {
            a[axis].max(b[axis]) > self.min[axis] && a[axis].min(b[axis]) < self.max[axis]
        })
    }

    /// The part of a line inside: for each end the place where it crosses a side, or nothing where
    /// the end itself is inside (Liang and Barsky, "A new concept and method for line clipping",
    /// 1984).
    fn part(&self, a: At, b: At) -> Option<[Option<(f64, At)>; 2]> {
        let (mut begin, mut end) = ((0.0, None), (1.0, None));
        let way = [b[0] - a[0], b[1] - a[1]];
        // Side 0 is at the least y, 1 at the greatest x, 2 at the greatest y, 3 at the least x.
        let sides = [
            (0, -way[1], a[1] - self.min[1]),
            (1, way[0], self.max[0] - a[0]),
            (2, way[1], self.max[1] - a[1]),
            (3, -way[0], a[0] - self.min[0]),
        ];
        for (side, speed, room) in sides {
            if speed == 0.0 {
                if room < 0.0 {
                    return None;
                }
                continue;
            }
            let at = room / speed;
            if speed < 0.0 && at > begin.0 {
                begin = (at, Some(side));
            } else if speed > 0.0 && at < end.0 {
                end = (at, Some(side));
            }
        }
        if begin.0 >= end.0 {
            return None;
        }
        let crossing = |(at, side): (f64, Option<usize>)| {
            let side = side?;
            let mut point = [a[0] + at * way[0], a[1] + at * way[1]];
            match side {
                0 => point[1] = self.min[1],
                1 => point[0] = self.max[0],
                2 => point[1] = self.max[1],
                _ => point[0] = self.min[0],
            }
            for (axis, one) in point.iter_mut().enumerate() {
                *one = one.clamp(self.min[axis], self.max[axis]);
            }
            Some((self.along(side, point), point))
        };
        Some([crossing(begin), crossing(end)])
    }
}

/// What the window shows of a polygon, or of several that do not overlap: valid polygons in the
/// tile's own units, outer rings first.
pub fn clip<'r>(rings: impl Iterator<Item = &'r [IntPoint]>, window: &Window) -> IntShapes<i32> {
    let mut chains = Vec::new();
    let (mut outers, mut holes) = (Vec::new(), Vec::new());
    let mut corner_inside = false;
    for ring in rings {
        if let Some(whole) = cut(ring, window, &mut chains, &mut corner_inside) {
            if doubled_area(ring) > 0 { outers.push(whole) } else { holes.push(whole) }
        }
    }
    if !chains.is_empty() {
        join(chains, window, &mut outers);
    } else if corner_inside {
        outers.push(window.corners().to_vec());
    }
    let own = |points: Vec<At>| {
        let mut ring: IntContour<i32> = points.into_iter().map(|at| window.own(at)).collect();
        closed(&mut ring).then_some(ring)
    };
    let outers: Vec<IntContour<i32>> = outers.into_iter().filter_map(own).collect();
    let holes: Vec<IntContour<i32>> = holes.into_iter().filter_map(own).collect();
    let is_plain = outers.len() <= 1 || holes.is_empty();
    let rings: Vec<IntContour<i32>> = outers.into_iter().chain(holes).collect();
    // Rounding may have moved a cut over another line, and several pieces must find their holes.
    if window.unit > 1.0 || !is_plain || !rings.iter().all(|ring| is_sound(ring, &rings, window)) {
        return valid(&rings);
    }
    match rings.first().is_some_and(|first| doubled_area(first) > 0) && holes_follow(&rings) {
        true => vec![rings],
        false => rings.into_iter().map(|ring| vec![ring]).collect(),
    }
}

/// Whether all rings but the first are holes.
fn holes_follow(rings: &[IntContour<i32>]) -> bool {
    rings.iter().skip(1).all(|ring| doubled_area(ring) < 0)
}

/// Cuts a ring into chains; a ring that is inside whole is given back.
fn cut(
    ring: &[IntPoint],
    window: &Window,
    chains: &mut Vec<Chain>,
    corner_inside: &mut bool,
) -> Option<Vec<At>> {
    let at = |position: usize| {
        let point = ring[position % ring.len()];
        [f64::from(point.x), f64::from(point.y)]
    };
    let [corner_x, corner_y] = window.min;
    let mut head: Option<Chain> = None;
    let mut a = at(0);
    let mut a_inside = window.has(a);
    let mut current = a_inside.then(|| Chain { entry: None, exit: 0.0, points: vec![a] });
    for position in 1..=ring.len() {
        let b = at(position);
        let b_inside = window.has(b);
        if (a[1] > corner_y) != (b[1] > corner_y)
            && corner_x < (b[0] - a[0]) * (corner_y - a[1]) / (b[1] - a[1]) + a[0]
        {
            *corner_inside = !*corner_inside;
        }
        if a_inside && b_inside {
            if let Some(chain) = &mut current {
                chain.points.push(b);
            }
        } else if let Some([entry, exit]) = window.passes(a, b).then(|| window.part(a, b)).flatten()
        {
            if let Some((along, point)) = entry {
                current = Some(Chain { entry: Some(along), exit: 0.0, points: vec![point] });
            }
            if let Some(mut chain) = current.take() {
                match exit {
                    None => {
                        chain.points.push(b);
                        current = Some(chain);
                    }
                    Some((along, point)) => {
                        chain.points.push(point);
                        chain.exit = along;
                        match chain.entry {
                            None => head = Some(chain),
                            Some(_) => chains.push(chain),
                        }
                    }
                }
            }
        }
        (a, a_inside) = (b, b_inside);
    }
    match (current, head) {
        // The ring came back in before it ended: its end and its beginning are one chain.
        (Some(mut tail), Some(head)) => {
            tail.points.extend(head.points.into_iter().skip(1));
            tail.exit = head.exit;
            chains.push(tail);
            None
        }
        (Some(mut whole), None) => {
            whole.points.pop();
            Some(whole.points)
        }
        _ => None,
    }
}

/// Joins chains along the window's sides.
fn join(mut chains: Vec<Chain>, window: &Window, outers: &mut Vec<Vec<At>>) {
    let place = |chain: &Chain| chain.entry.unwrap_or(0.0);
    chains.sort_by(|a, b| place(a).total_cmp(&place(b)));
    let ways = window.ways();
    let (around, corners) = (ways[4], window.corners());
    let mut used = vec![false; chains.len()];
    for start in 0..chains.len() {
        if used[start] {
            continue;
        }
        let mut ring = Vec::new();
        let mut at = start;
        loop {
            used[at] = true;
            ring.extend_from_slice(&chains[at].points);
            let exit = chains[at].exit;
            let behind = chains.partition_point(|chain| place(chain) <= exit);
            let next = if behind < chains.len() { behind } else { 0 };
            let entry = place(&chains[next]);
            let to = if behind < chains.len() { entry } else { entry + around };
            // At most once around: the corners on the way, counted on after a full round.
            for (position, way) in ways[..4].iter().chain(ways[..4].iter()).enumerate() {
                let way = if position < 4 { *way } else { way + around };
                if exit < way && way < to {
                    ring.push(corners[position % 4]);
                }
            }
            if next == start || used[next] {
                break;
            }
            at = next;
        }
        outers.push(ring);
    }
}

/// Whether no line that was cut meets another one, but at their common end.
fn is_sound(ring: &IntContour<i32>, rings: &[IntContour<i32>], window: &Window) -> bool {
    let at_side =
        |at: IntPoint| [at.x, at.y].iter().any(|one| *one == window.low || *one == window.high);
    let lines = |ring: &IntContour<i32>| {
        let next = ring.iter().cycle().skip(1);
        ring.iter().copied().zip(next.copied()).collect::<Vec<_>>()
    };
    let cut = lines(ring).into_iter().filter(|(a, b)| at_side(*a) || at_side(*b));
    let cut: Vec<_> = cut.collect();
    if cut.is_empty() {
        return true;
    }
    let all: Vec<_> = rings.iter().flat_map(lines).collect();
    cut.iter().all(|one| all.iter().all(|other| one == other || !clash(*one, *other)))
}

type Line = (IntPoint, IntPoint);

/// Whether two lines have a point in common that is not an end of one and the beginning of the other.
fn clash((a, b): Line, (c, d): Line) -> bool {
    if a.x.max(b.x) < c.x.min(d.x)
        || c.x.max(d.x) < a.x.min(b.x)
        || a.y.max(b.y) < c.y.min(d.y)
        || c.y.max(d.y) < a.y.min(b.y)
    {
        return false;
    }
    let side = |a: IntPoint, b: IntPoint, c: IntPoint| {
        let (x, y) = (i64::from(b.x - a.x), i64::from(b.y - a.y));
        (x * i64::from(c.y - a.y) - y * i64::from(c.x - a.x)).signum()
    };
    let (of_c, of_d) = (side(a, b, c), side(a, b, d));
    let (of_a, of_b) = (side(c, d, a), side(c, d, b));
    if of_c == 0 && of_d == 0 {
        // In line: they may share one end, and then must run on.
        let ahead = |a: IntPoint, b: IntPoint, c: IntPoint| {
            i64::from(b.x - a.x) * i64::from(c.x - b.x)
                + i64::from(b.y - a.y) * i64::from(c.y - b.y)
                > 0
        };
        return !(b == c && ahead(a, b, d) || d == a && ahead(c, d, b));
    }
    if b == c || d == a {
        return false;
    }
    of_c != of_d && of_a != of_b
}

#[cfg(test)]
mod tests;
