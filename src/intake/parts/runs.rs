//! What the same parts count that stand in a table twice: `Targeted, Male, Female, Reached, Male,
//! Female`. Their totals stand before or behind them, all on the same side.

use crate::intake::Kind;
use crate::intake::columns::Head;
use crate::intake::fields::Field;
use crate::intake::figures::{self, Figure, Measure};

/// The measures of parts that do not say one themselves, by column, where they stand in two runs of
/// columns or more and each has a total beside it.
pub(super) fn measures(
    kind: Kind,
    heads: &[Head],
    found: &[(usize, Figure)],
    column_of: &[Option<usize>],
) -> Vec<(usize, Measure)> {
    if kind != Kind::Activities {
        return Vec::new();
    }
    let mut runs: Vec<Vec<usize>> = Vec::new();
    for (at, _) in found.iter().filter(|(_, figure)| figure.measure.is_none()) {
        match runs.last_mut().filter(|run| run.last().is_some_and(|last| last + 1 == *at)) {
            Some(run) => run.push(*at),
            None => runs.push(vec![*at]),
        }
    }
    if runs.len() < 2 {
        return Vec::new();
    }
    let is_part = |at: usize| found.iter().any(|(part, _)| *part == at);
    let total_at = |at: Option<usize>| {
        let at = at.filter(|at| !is_part(*at))?;
        let field =
            |fields: [Field; 2]| fields.iter().any(|of| column_of[*of as usize] == Some(at));
        let said = || figures::of_header(&heads.get(at)?.header).filter(|said| !said.is_part());
        match () {
            _ if field([Field::Reached, Field::HouseholdsReached]) => Some(Measure::Reached),
            _ if field([Field::Targeted, Field::HouseholdsTargeted]) => Some(Measure::Targeted),
            _ => said()?.measure,
        }
    };
    let before = |run: &Vec<usize>| total_at(run.first()?.checked_sub(1));
    let behind = |run: &Vec<usize>| total_at(run.last().map(|at| at + 1));
    let all = |side: &dyn Fn(&Vec<usize>) -> Option<Measure>| {
        runs.iter().map(side).collect::<Option<Vec<Measure>>>()
    };
    let Some(measures) = all(&before).or_else(|| all(&behind)) else { return Vec::new() };
    let pairs = runs.iter().zip(measures);
    pairs.flat_map(|(run, measure)| run.iter().map(move |at| (*at, measure))).collect()
}
