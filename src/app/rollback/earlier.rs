//! What comes back when a submission is undone: rows as they were before it, but none of those that
//! are undone too, whatever the order in which that was said.

use std::collections::HashSet;
use std::hash::Hash;

use crate::app::changes::Compare;
use crate::app::identity::{
    ACTIVITIES, AREAS, DECISIONS, NEEDS, PARTNERS, POPULATIONS, SITES, decision_identity,
    need_identity, partner_identity, population_identity,
};
use crate::app::import::ImportError;
use crate::domain::{Rows, Snapshot, Submission, undone};
use crate::store::Store;

/// The rows that a submission ended, where those of submissions that are undone are replaced by what
/// these had ended in their turn.
pub async fn without_undone(
    store: &Store,
    known: &Snapshot,
    undoes: u32,
    mut ended: Rows,
) -> Result<Rows, ImportError> {
    let mut submissions = known.submissions.clone();
    if let Some(last) = submissions.last().cloned() {
        // Undoing a rollback makes what it undid hold again.
        submissions.push(Submission { id: last.id + 1, undoes: Some(undoes), ..last });
    }
    // The newest first: what one of them replaced may be of another one.
    for id in undone(&submissions).into_iter().rev() {
        let Some(one) = known.submission(id).filter(|_| has(&ended, id)) else { continue };
        let operation = &known.operation.id;
        let Some((_, before)) = store.revision(operation, one.revision).await? else { continue };
        ended = Rows {
            areas: instead(ended.areas, before.areas, id, &AREAS, AREAS.key),
            partners: instead(ended.partners, before.partners, id, &PARTNERS, partner_identity),
            activities: instead(
                ended.activities,
                before.activities,
                id,
                &ACTIVITIES,
                ACTIVITIES.key,
            ),
            sites: instead(ended.sites, before.sites, id, &SITES, SITES.key),
            needs: instead(ended.needs, before.needs, id, &NEEDS, need_identity),
            populations: instead(
                ended.populations,
                before.populations,
                id,
                &POPULATIONS,
                population_identity,
            ),
            decisions: instead(
                ended.decisions,
                before.decisions,
                id,
                &DECISIONS,
                decision_identity,
            ),
            ..ended
        };
    }
    Ok(ended)
}

/// Whether a row is of a submission.
fn has(rows: &Rows, id: u32) -> bool {
    fn any<T, I, K>(rows: &[T], id: u32, compare: &Compare<T, I, K>) -> bool {
        rows.iter().any(|row| (compare.source)(row).submission == id)
    }
    any(&rows.areas, id, &AREAS)
        || any(&rows.partners, id, &PARTNERS)
        || any(&rows.activities, id, &ACTIVITIES)
        || any(&rows.sites, id, &SITES)
        || any(&rows.needs, id, &NEEDS)
        || any(&rows.populations, id, &POPULATIONS)
        || any(&rows.decisions, id, &DECISIONS)
}

/// The rows, where those of a submission are replaced by what they replaced.
fn instead<T, I, K, S: Hash + Eq>(
    rows: Vec<T>,
    before: Vec<T>,
    id: u32,
    compare: &Compare<T, I, K>,
    key: impl Fn(&T) -> S,
) -> Vec<T> {
    let own = |row: &T| (compare.source)(row).submission == id;
    let (gone, mut rows): (Vec<T>, Vec<T>) = rows.into_iter().partition(own);
    let keys: HashSet<S> = gone.iter().map(&key).collect();
    rows.extend(before.into_iter().filter(|row| !own(row) && keys.contains(&key(row))));
    rows
}
