//! How a line's people are split: into uneven parts, by sex, age and disability.

use super::rng::Rng;
use super::rows::{Figures, Work};

/// Sex, age, disability, and their share of a line's people.
type Share = (&'static str, &'static str, &'static str, f64);

/// Into how many parts a line of so many rows breaks each month down; it divides the rows.
pub fn parts(rows: usize, rng: &mut Rng) -> usize {
    match rows {
        _ if !rng.chance(30.0) => 1,
        4 | 8 => 4,
        2 | 6 => 2,
        _ => 1,
    }
}

/// The figures of one month: the whole, or its parts by sex, age or disability, which add to it.
pub fn figures(work: &Work, peak: u64, parts: usize, rng: &mut Rng) -> Vec<Figures> {
    let targeted = (peak as f64 * rng.between(0.9, 1.5)) as u64 + 5;
    let whole = Figures {
        targeted: (!rng.chance(8.0)).then_some(targeted),
        reached: Some(peak),
        households: work.id.is_multiple_of(9).then_some(peak / 5),
        ..Figures::default()
    };
    if parts == 1 {
        return vec![whole];
    }
    let female = rng.between(0.48, 0.6);
    let disability = parts == 2 && rng.chance(30.0);
    let child = 0.52;
    let shares: &[Share] = match (parts, disability) {
        (2, true) => &[("all", "all", "with", 0.14), ("all", "all", "without", 0.86)],
        (2, false) => &[("female", "all", "all", female), ("male", "all", "all", 1.0 - female)],
        _ => &[
            ("female", "0-17", "all", female * child),
            ("female", "18+", "all", female * (1.0 - child)),
            ("male", "0-17", "all", (1.0 - female) * child),
            ("male", "18+", "all", (1.0 - female) * (1.0 - child)),
        ],
    };
    let (mut reached_left, mut targeted_left) = (peak, targeted);
    let last = shares.len() - 1;
    let part = |(at, (sex, age, disability, share)): (usize, &Share)| {
        let of = |all: u64, left: &mut u64| {
            let part = if at == last { *left } else { (all as f64 * share) as u64 };
            *left -= part;
            Some(part)
        };
        let reached = of(peak, &mut reached_left);
        let targeted = of(targeted, &mut targeted_left);
        Figures { sex, age, disability, targeted, reached, households: None }
    };
    shares.iter().enumerate().map(part).collect()
}

/// Splits a total into `count` uneven parts; with `twin` the first two are equal. Without a twin
/// the parts add to the total, with one to it or slightly less.
pub fn split(total: u64, count: usize, twin: bool, rng: &mut Rng) -> Vec<u64> {
    if count == 0 {
        return Vec::new();
    }
    let mut weights: Vec<f64> = (0..count).map(|_| 0.15 + rng.unit() * rng.unit()).collect();
    if twin {
        weights[1] = weights[0];
    }
    let sum: f64 = weights.iter().sum();
    let mut parts: Vec<u64> =
        weights.iter().map(|weight| (total as f64 * weight / sum) as u64).collect();
    let rest = total - parts.iter().sum::<u64>().min(total);
    if !twin {
        parts[0] += rest;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_to_the_total_and_twins_are_equal() {
        let mut rng = Rng::new(1, "split");
        assert_eq!(split(1001, 4, false, &mut rng).iter().sum::<u64>(), 1001);
        let twins = split(1001, 3, true, &mut rng);
        assert_eq!(twins[0], twins[1]);
        assert!((995..=1001).contains(&twins.iter().sum::<u64>()));
        assert!(split(5, 0, false, &mut rng).is_empty());
    }
}
