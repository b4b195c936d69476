//! A change becomes a revision: one transaction, then the next snapshot.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{MutexGuard, Notify};

use super::App;
use super::identity::{
    AREAS, SITES, decision_identity, need_identity, partner_identity, population_identity,
};
use super::import::ImportError;
use crate::domain::snapshot::Step;
use crate::domain::{Mapping, Operation, Revision, Snapshot, Submission, Text};
use crate::store::{Change, Changes, NewSubmission, Store, StoreError, Turn, Written, pack};

/// A change being worked out against an operation as it is now. Where another program's commit
/// comes between, it is worked out once more, while nobody else can commit.
pub(super) struct Attempt<'a> {
    pub turn: Option<Turn>,
    is_last: bool,
    store: &'a Store,
    _writing: MutexGuard<'a, ()>,
}

impl Attempt<'_> {
    /// Whether the change is to be worked out again, now that nobody comes between.
    pub async fn again<T>(
        &mut self,
        operation: &str,
        done: &Result<T, ImportError>,
    ) -> Result<bool, ImportError> {
        let conflicts = matches!(done, Err(ImportError::Store(StoreError::Conflict { .. })));
        if self.is_last || !conflicts {
            return Ok(false);
        }
        self.turn = Some(self.store.turn(&operation.into()).await?);
        self.is_last = true;
        Ok(true)
    }
}

impl App {
    /// Begins a change of an operation: no other is made by this program until it ends.
    pub(super) async fn attempt(&self) -> Result<Attempt<'_>, ImportError> {
        let store = self.store.as_ref().ok_or(ImportError::NoDatabase)?;
        let _writing = self.after_others(self.writing.lock()).await?;
        Ok(Attempt { store, turn: None, is_last: false, _writing })
    }

    /// Writes a change as the next revision and publishes the snapshot after it. The caller holds
    /// an [`Attempt`], whose turn this uses, so that `known` is the current snapshot.
    pub(super) async fn commit(
        &self,
        turn: Option<Turn>,
        known: Arc<Snapshot>,
        operation: Operation,
        mut submission: NewSubmission,
        changes: Changes,
        written: Written<'_>,
    ) -> Result<Revision, ImportError> {
        submission.at = dated(&known.revision.at, submission.at);
        let store = self.store.as_ref().ok_or(ImportError::NoDatabase)?;
        let base = known.revision.clone();
        let changes = Arc::new(changes);
        // Packed by one processor while the other copies the rows that were handed over.
        let (total, handed_over) = (changes.added(), Arc::new(Notify::new()));
        let packing = is_much(&known, &changes).then(|| {
            let (known, changes) = (known.clone(), changes.clone());
            let handed_over = handed_over.clone();
            tokio::spawn(async move {
                handed_over.notified().await;
                tokio::task::spawn_blocking(move || pack_after(&known, &changes)).await
            })
        });
        let rows = AtomicUsize::new(0);
        let counting = |count: usize| {
            written(count);
            if rows.fetch_add(count, Ordering::Relaxed) + count >= total {
                handed_over.notify_one();
            }
        };
        let _committing = self.committing_to(&operation.id);
        let turn = match turn {
            Some(turn) => turn,
            None => store.turn(&operation.id).await?,
        };
        let revision = turn.commit(&operation, &base, &submission, &changes, &counting).await;
        handed_over.notify_one();
        let revision = revision?;
        self.gaps_are_due(&operation.id);
        let (id, made) = (operation.id.clone(), revision.clone());
        let keeping = async {
            if let Some(packing) = packing
                && let Ok(Ok(pieces)) = packing.await
            {
                self.keep_packed(&id, &made, pieces).await;
            }
        };
        let next = move || {
            let changes = Arc::unwrap_or_clone(changes);
            next(&known, operation, revision, submission, changes)
        };
        let ((), published) = tokio::join!(keeping, self.publish_next(next));
        published?;
        Ok(made)
    }

    /// Packs the activities of every large operation whose packed copy is missing or old, so that
    /// the next start is a fast one.
    pub async fn pack_activities(&self) {
        for snapshot in self.loaded() {
            let (Some(store), true) = (&self.store, snapshot.activities.len() >= WORTH_PACKING)
            else {
                continue;
            };
            let packed = store.packed_revision(&snapshot.operation.id).await;
            if packed.is_ok_and(|packed| packed == Some(snapshot.revision.number)) {
                continue;
            }
            let rows = snapshot.clone();
            let packing = tokio::task::spawn_blocking(move || pack(rows.activities.iter()));
            if let Ok(pieces) = packing.await {
                self.keep_packed(&snapshot.operation.id, &snapshot.revision, pieces).await;
            }
        }
    }

    /// Without a packed copy everything works, and a start takes longer.
    async fn keep_packed(&self, operation: &Text, revision: &Revision, pieces: Vec<Vec<u8>>) {
        let Some(store) = &self.store else { return };
        if let Err(error) = store.keep_packed(operation, revision.number, pieces).await {
            tracing::warn!(%operation, %error, "the activities were not packed");
        }
    }
}

/// When a revision was made: always after the one it follows, whatever the clock says, so that the
/// order of times is that of the numbers, and the time of one never comes to mean a later one.
fn dated(before: &Text, now: Text) -> Text {
    let time = |text: &Text| text.parse::<jiff::Timestamp>().ok();
    let behind = time(before).zip(time(&now)).map(|(before, now)| before.duration_since(now));
    if behind.is_some_and(|behind| behind > SKEW) {
        tracing::warn!(%now, %before, "the clock is behind the last revision, which dates the next");
    }
    let next = || Some(time(before)?.checked_add(TICK).ok()?.to_string().into());
    let is_after = behind.is_none_or(|behind| behind.is_negative());
    if is_after { now } else { next().unwrap_or_else(|| before.clone()) }
}

/// Between two revisions of one moment.
const TICK: jiff::SignedDuration = jiff::SignedDuration::from_millis(1);

/// How far the clocks of servers may differ without a word.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);

/// The packed activities as they are after a change.
fn pack_after(known: &Snapshot, changes: &Changes) -> Vec<Vec<u8>> {
    let change = &changes.activities;
    let ended: HashSet<u64> = change.ended.iter().copied().collect();
    let kept = known.activities.iter().filter(|row| !ended.contains(&row.id));
    pack(kept.chain(&change.added))
}

/// Activities from which reading a packed copy is worth keeping one.
const WORTH_PACKING: usize = 20_000;

/// Whether a change leaves many activities of which many are not as they were packed.
fn is_much(known: &Snapshot, changes: &Changes) -> bool {
    let change = &changes.activities;
    let rows = known.activities.len() + change.added.len() - change.ended.len();
    rows >= WORTH_PACKING && 10 * (change.added.len() + change.ended.len()) >= rows
}

impl App {
    /// Forgets how the files of a source are read; false where there is no such mapping.
    pub async fn forget_mapping(&self, operation: &str, mapping: u32) -> Result<bool, ImportError> {
        let store = self.store.as_ref().ok_or(ImportError::NoDatabase)?;
        let _writing = self.writing.lock().await;
        let found = store.forget_mapping(operation, mapping).await?;
        self.current(operation).await?;
        Ok(found)
    }
}

/// The snapshot after a commit, from the one before: the database is not read again.
pub(super) fn next(
    known: &Snapshot,
    operation: Operation,
    revision: Revision,
    submission: NewSubmission,
    changes: Changes,
) -> Snapshot {
    let mut mappings = known.mappings.clone();
    if let Some(mapping) = submission.mapping {
        mappings.retain(|one| (&one.kind, &one.headers) != (&mapping.kind, &mapping.headers));
        mappings.push(mapping);
    }
    let mut submissions = known.submissions.clone();
    submissions.push(Submission {
        id: submission.id,
        kind: submission.kind,
        file_name: submission.file_name,
        sha256: submission.sha256,
        at: submission.at,
        revision: revision.number,
        replaces: submission.replaces,
        undoes: submission.undoes,
        sheet: submission.sheet,
    });
    known.next(step(known, operation, revision, (submissions, mappings), changes))
}

/// What changes leave of the rows of a snapshot.
pub(super) fn step(
    known: &Snapshot,
    operation: Operation,
    revision: Revision,
    (submissions, mappings): (Vec<Submission>, Vec<Mapping>),
    changes: Changes,
) -> Step {
    let Changes { areas, partners, activities, sites, needs, populations, decisions } = changes;
    let tree = known.areas.iter().skip(1).map(|(_, area)| area);
    Step {
        operation,
        revision,
        submissions,
        mappings,
        areas: after(tree, areas, AREAS.key, Text::clone),
        partners: after(known.partners.iter(), partners, partner_identity, Text::clone),
        sites: after(known.sites.iter(), sites, SITES.key, u64::clone),
        needs: after(known.needs.iter(), needs, need_identity, need_identity),
        populations: after(
            known.populations.iter(),
            populations,
            population_identity,
            population_identity,
        ),
        decisions: after(known.decisions.iter(), decisions, decision_identity, Clone::clone),
        ended: activities.ended,
        added: activities.added,
    }
}

/// The current rows after a change; `None` where it changes none.
fn after<'a, T: Clone + 'a, K, I: Hash + Eq>(
    current: impl Iterator<Item = &'a T>,
    change: Change<T, K>,
    identity: impl Fn(&T) -> I,
    ended: impl Fn(&K) -> I,
) -> Option<Vec<T>> {
    (!change.is_empty()).then(|| apply(current, change, identity, ended))
}

/// The current rows after a change.
pub(super) fn apply<'a, T: Clone + 'a, K, I: Hash + Eq>(
    current: impl Iterator<Item = &'a T>,
    change: Change<T, K>,
    identity: impl Fn(&T) -> I,
    ended: impl Fn(&K) -> I,
) -> Vec<T> {
    let gone: HashSet<I> = change.ended.iter().map(ended).collect();
    let mut rows: Vec<T> = if gone.is_empty() {
        current.cloned().collect()
    } else {
        current.filter(|row| !gone.contains(&identity(row))).cloned().collect()
    };
    if rows.is_empty() {
        return change.added;
    }
    rows.extend(change.added);
    rows
}
