//! Totals and parts for the reference (METHODS 12): every way is tried.

use std::collections::BTreeMap;

use crate::domain::{Age, Disability, Group, PopulationGroup, Sex};

/// Rule 12 over population group, then sex, age, disability.
pub fn total_or_parts(lines: Vec<(Group, f64)>) -> f64 {
    fn by(lines: Vec<(Group, f64)>, dimension: usize) -> f64 {
        if lines.is_empty() || dimension == 4 {
            return lines.iter().map(|line| line.1).sum();
        }
        let (total, parts): (Vec<_>, Vec<_>) =
            lines.into_iter().partition(|(group, _)| is_all(group, dimension));
        let mut by_value: BTreeMap<u32, Vec<(Group, f64)>> = BTreeMap::new();
        for line in parts {
            by_value.entry(value(&line.0, dimension)).or_default().push(line);
        }
        let parts: Vec<(Age, f64)> = by_value
            .into_values()
            .map(|lines| (lines[0].0.age, by(lines, dimension + 1)))
            .collect();
        let sum = match dimension {
            2 => best_ages(&parts),
            _ => parts.iter().map(|part| part.1).sum(),
        };
        by(total, dimension + 1).max(sum)
    }
    by(lines, 0)
}

pub fn total_else_parts(rows: Vec<(Group, Option<f64>)>) -> Option<f64> {
    fn by(rows: Vec<(Group, Option<f64>)>, dimension: usize) -> Option<f64> {
        if rows.is_empty() || dimension == 4 {
            return sum(rows.into_iter().map(|row| row.1));
        }
        let (total, parts): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|(group, _)| is_all(group, dimension));
        if let Some(total) = by(total, dimension + 1) {
            return Some(total);
        }
        let mut by_value: BTreeMap<u32, Vec<(Group, Option<f64>)>> = BTreeMap::new();
        for row in parts {
            by_value.entry(value(&row.0, dimension)).or_default().push(row);
        }
        let parts: Vec<(Age, f64)> = by_value
            .into_values()
            .filter_map(|rows| Some((rows[0].0.age, by(rows, dimension + 1)?)))
            .collect();
        if parts.is_empty() {
            return None;
        }
        if dimension != 2 {
            return Some(parts.iter().map(|part| part.1).sum());
        }
        let holds = |a: &Age, b: &Age| a != b && a.from <= b.from && a.to >= b.to;
        let widest: Vec<_> = parts
            .iter()
            .filter(|part| !parts.iter().any(|other| holds(&other.0, &part.0)))
            .copied()
            .collect();
        Some(best_ages(&widest))
    }
    by(rows, 0)
}

/// The best sum over bands of which no two overlap: every choice is tried.
fn best_ages(parts: &[(Age, f64)]) -> f64 {
    let apart = |a: &Age, b: &Age| a.to < b.from || b.to < a.from;
    let mut best = 0.;
    for choice in 0..1_u32 << parts.len() {
        let taken: Vec<_> =
            (0..parts.len()).filter(|at| choice >> at & 1 == 1).map(|at| parts[at]).collect();
        let clash = |at: usize| taken[..at].iter().any(|other| !apart(&other.0, &taken[at].0));
        if !(0..taken.len()).any(clash) {
            best = f64::max(best, taken.iter().map(|part| part.1).sum());
        }
    }
    best
}

fn is_all(group: &Group, dimension: usize) -> bool {
    match dimension {
        0 => group.population == PopulationGroup::All,
        1 => group.sex == Sex::All,
        2 => group.age == Age::ALL,
        _ => group.disability == Disability::All,
    }
}

fn value(group: &Group, dimension: usize) -> u32 {
    match dimension {
        0 => group.population as u32,
        1 => group.sex as u32,
        2 => u32::from(group.age.from) * 1000 + u32::from(group.age.to),
        _ => group.disability as u32,
    }
}

pub fn plus(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    sum([a, b])
}

pub fn sum(figures: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    figures.into_iter().flatten().reduce(|a, b| a + b)
}

pub fn most(figures: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    figures.into_iter().flatten().reduce(f64::max)
}
