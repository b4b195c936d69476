//! Whether the table of gaps, which programs read that know nothing of Lacuna, has what follows from the
//! rows.

use std::collections::HashMap;

use super::rules::{GAPS_ALTERED, GAPS_MISSING, Rule};
use super::{Finding, Findings, Named};
use crate::app::gap_table;
use crate::domain::{Snapshot, Text};
use crate::store::{GapRow, Kept, KeptGap};

/// Figures are sums, of which the order is nobody's promise.
const SAME: f64 = 1e-9;

/// What is wrong with the table, where it shows the newest revision or nothing.
pub(super) fn check(kept: Kept) -> Vec<Finding> {
    let Some(stored) = kept.gaps else { return Vec::new() };
    if kept.gaps_revision.is_some_and(|shown| shown != kept.rows.revision.number) {
        return Vec::new();
    }
    let snapshot = Snapshot::build(kept.rows);
    let mut to = Findings { operation: Some(&snapshot.operation.id), found: Vec::new() };
    let follow = gap_table::rows(&snapshot);
    if stored.is_empty() && !follow.is_empty() {
        let says = format!("{} rows follow from what the operation has", follow.len());
        add(&mut to, &GAPS_MISSING, String::new(), says);
        return to.found;
    }
    let key = |one: &KeptGap| (one.sector.clone(), one.pcode.clone());
    let mut stored: HashMap<(Text, Text), &KeptGap> =
        stored.iter().map(|one| (key(one), one)).collect();
    for row in &follow {
        let says = match stored.remove(&(row.sector.code().into(), row.pcode.clone())) {
            None => Some("it is not there".to_owned()),
            Some(one) => difference(row, one),
        };
        if let Some(says) = says {
            add(&mut to, &GAPS_ALTERED, format!("{} in {}", row.sector, row.pcode), says);
        }
    }
    let mut beyond: Vec<_> = stored.into_keys().collect();
    beyond.sort();
    for (sector, pcode) in beyond {
        let says = "nothing is known of it".to_owned();
        add(&mut to, &GAPS_ALTERED, format!("{sector} in {pcode}"), says);
    }
    to.found
}

fn add(to: &mut Findings<'_>, rule: &Rule, key: String, says: String) {
    to.add(Some("gaps"), rule, || Named { key, source: None, says });
}

/// The first column that is otherwise.
fn difference(row: &GapRow, kept: &KeptGap) -> Option<String> {
    if *kept.status != *row.status {
        return Some(format!("status {}, and {} follows", kept.status, row.status));
    }
    if kept.level != i64::from(row.level) {
        return Some(format!("level {}, and {} follows", kept.level, row.level));
    }
    let shown = |figure: Option<f64>| figure.map_or("null".to_owned(), |figure| figure.to_string());
    for ((name, is), should) in GapRow::FIGURES.iter().zip(kept.figures).zip(row.figures) {
        if !same(is, should) {
            return Some(format!("{name} {}, and {} follows", shown(is), shown(should)));
        }
    }
    for ((name, is), should) in GapRow::COUNTS.iter().zip(kept.counts).zip(row.counts) {
        if is != i64::from(should) {
            return Some(format!("{name} {is}, and {should} follows"));
        }
    }
    None
}

fn same(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            (one - other).abs() <= SAME * one.abs().max(other.abs()).max(1.0)
        }
        (one, other) => one.is_none() && other.is_none(),
    }
}
