//! Which counting rules an answer followed, in sentences.

use super::query::{Basis, GapQuery};
use crate::domain::Sector;

const STANDARD: &str = "Reached: in each area the lines of each activity type are added, each with \
    its highest month, and the highest type counts; areas are added upward.";
const HIGHEST_SECTOR: &str = "All sectors: where rows are held, the highest sector counts.";
const DERIVED: &str = "People in need and targets are the highest sector's in each area, as there \
    are no intersectoral figures.";
const IN_NEED: &str = "Gap: people in need less reached, at the lowest areas with people in need, \
    added upward.";
const TARGETED: &str = "Gap: the target less reached, at the lowest areas with a target, added \
    upward.";

/// The rules behind an answer, as one paragraph; `derived` is that of the answer.
pub fn rule(query: &GapQuery, derived: bool) -> String {
    let all = (query.sector == Sector::All).then_some(HIGHEST_SECTOR);
    let gap = match query.basis {
        Basis::InNeed => IN_NEED,
        Basis::Targeted => TARGETED,
    };
    let sentences = [Some(STANDARD), all, derived.then_some(DERIVED), Some(gap)];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
