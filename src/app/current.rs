//! The snapshots follow the database: what others commit is read and published, operations are
//! loaded when they are asked for, and go when the memory is needed.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use geo::CoordsIter;

use super::commit::step;
use super::identity::{
    ACTIVITIES, AREAS, NEEDS, POPULATIONS, SITES, decision_identity, partner_identity,
};
use super::import::check_id;
use super::replica::Replica;
use super::{App, Listed};
use crate::domain::{Area, Revision, Rows, Snapshot, Text};
use crate::store::{Change, Changes, Store, StoreError};

/// Revisions behind above which an operation is read anew instead of brought up to date.
const FOLLOWED: u64 = 200;

/// Damages of the past that are said: more are found by whoever looks at these.
const SAID: usize = 1000;

/// How often who waits for others looks whether the database is still there.
const AWAY: Duration = Duration::from_millis(100);

/// How long after a commit its table of gaps may begin to be written.
const GAPS: Duration = Duration::from_secs(1);

/// How long after it could not be written it is tried again.
const GAPS_AGAIN: Duration = Duration::from_secs(15);

impl App {
    /// Follows the database until the program ends, and keeps what is written for others up to date.
    pub async fn follow(self: Arc<App>) {
        for operation in self.listed().keys() {
            self.gaps_are_due(operation);
        }
        let gaps = async {
            loop {
                let done = self.keep_due_gaps().await;
                tokio::time::sleep(if done { GAPS } else { GAPS_AGAIN }).await;
            }
        };
        tokio::join!(self.follow_revisions(), self.look_for_replica(), gaps);
    }

    async fn follow_revisions(&self) {
        let Some(store) = &self.store else { return };
        let mut watch = store.watch();
        loop {
            watch.wait().await;
            self.clock.fetch_add(1, Relaxed);
            match self.refresh().await {
                Ok(()) => {
                    if !self.reachable.swap(true, Relaxed) {
                        tracing::info!("the database is there again");
                    }
                }
                Err(error) => {
                    // Said once: reads go on from what is in memory.
                    if self.reachable.swap(false, Relaxed) {
                        tracing::warn!(%error, "the database is away; answers are of the last known revision");
                    }
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
            self.make_room(0);
        }
    }

    /// Whether the database answered when it was last asked.
    pub fn database_is_there(&self) -> bool {
        self.reachable.load(Relaxed)
    }

    /// Looks what the database has, and brings every loaded operation up to date.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let Some(store) = &self.store else { return Ok(()) };
        match (store.operations().await, &self.replica) {
            (Ok(known), _) => {
                self.follow_back(&known).await?;
                self.follow_to(known).await
            }
            (Err(error), None) => Err(error),
            (Err(error), Some(replica)) => {
                // What the copy still got, and what of it nobody asked for before.
                if replica.is_there()
                    && let Ok(known) = replica.store.operations().await
                {
                    self.follow_to(known).await?;
                }
                Err(error)
            }
        }
    }

    /// Drops what the database has no more, or has otherwise: it was put back to a backup, or a copy
    /// of it that had not got everything took its place.
    async fn follow_back(&self, known: &[Listed]) -> Result<(), StoreError> {
        for operation in self.listed().keys() {
            let stored = known.iter().find(|one| one.operation.id == *operation);
            let stored = stored.map(|one| &one.revision);
            if self.answered(operation).is_some_and(|own| is_gone(&own, stored)) {
                self.follow_back_to_stored(operation).await?;
            }
        }
        Ok(())
    }

    /// The same of one operation, which is looked up anew: what this program committed since may be
    /// why the database seemed to lack it. It is read again when it is asked for.
    async fn follow_back_to_stored(&self, operation: &str) -> Result<(), StoreError> {
        let (Some(store), Some(own)) = (&self.store, self.answered(operation)) else {
            return Ok(());
        };
        let stored = store.newest(operation).await?;
        if is_gone(&own, stored.as_ref()) {
            let (had, at) = (own.number, &own.at);
            let has = stored.map_or(0, |stored| stored.number);
            tracing::error!(operation, had, %at, has, "the database has gone back: it lacks this revision, or has another one of its number; it is read anew");
            self.forget(operation);
            self.load(operation).await?;
        }
        Ok(())
    }

    /// Brings every loaded operation to what is known of it.
    async fn follow_to(&self, known: Vec<Listed>) -> Result<(), StoreError> {
        let mut behind = Vec::new();
        for listed in known {
            let (id, revision) = (listed.operation.id.clone(), &listed.revision);
            let loaded = self.peek(&id);
            // What could not be read is not read again every moment, but when somebody asks for it.
            let failed = self.failed_to_read(&id) == Some(revision.number);
            let loaded = loaded.filter(|loaded| loaded.revision.number < revision.number);
            if let Some(loaded) = loaded.filter(|_| !failed) {
                behind.push((loaded, revision.number));
            }
            self.list(listed);
        }
        for (loaded, newest) in behind {
            let id = loaded.operation.id.clone();
            // A commit of this process publishes its own snapshot.
            if self.committing().as_ref() != Some(&id) {
                let done = self.catch_up(loaded, newest, self.replica.as_ref()).await;
                self.apart(&id, newest, done.map(drop))?;
            }
        }
        Ok(())
    }

    /// An operation that is damaged keeps no other back: it is said once of each of its revisions.
    pub(super) fn apart(
        &self,
        operation: &Text,
        revision: u64,
        done: Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some(error) = done.as_ref().err().filter(|error| error.is_damage()) else {
            return done;
        };
        self.say_unreadable(operation, revision, error);
        Ok(())
    }

    fn say_unreadable(&self, operation: &Text, revision: u64, error: &StoreError) {
        let mut unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        if unreadable.insert(operation.clone(), revision) != Some(revision) {
            tracing::error!(%operation, revision, %error, "this operation cannot be read, others go on; lacuna verify names the rows");
        }
    }

    /// Says once that what somebody asked for is damaged: an operation as it is now, or as it was.
    pub fn say_damaged(&self, operation: &str, error: &StoreError) {
        let newest = self.listed().get(operation).map(|one| one.revision.number);
        if let (None, Some(newest)) = (self.peek(operation), newest) {
            return self.say_unreadable(&operation.into(), newest, error);
        }
        let mut said = self.said_damaged.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() < SAID && said.insert(format!("{operation}: {error}")) {
            tracing::error!(operation, %error, "a revision of the past cannot be read; lacuna verify names the rows");
        }
    }

    /// The revision of an operation that could not be read when it was last tried.
    fn failed_to_read(&self, operation: &Text) -> Option<u64> {
        let unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        unreadable.get(operation).copied()
    }

    /// Operations whose newest revision could not be read; one that was read before is answered as
    /// it was.
    pub fn unreadable(&self) -> Vec<Text> {
        let unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |id: &Text| self.peek(id).map_or(0, |snapshot| snapshot.revision.number);
        unreadable
            .iter()
            .filter(|(id, number)| read(id) < **number)
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// The snapshot of one operation as the database has it now: what a write is worked out against.
    pub async fn current(&self, operation: &str) -> Result<Option<Arc<Snapshot>>, StoreError> {
        // What no operation can be called is not asked for.
        if check_id(operation).is_err() {
            return Ok(None);
        }
        let Some(known) = self.load(operation).await? else { return Ok(None) };
        let Some(store) = &self.store else { return Ok(Some(known)) };
        let stored = store.newest(operation).await?;
        if is_gone(&known.revision, stored.as_ref()) {
            self.follow_back_to_stored(operation).await?;
            return self.load(operation).await;
        }
        let stored = stored.map_or(0, |stored| stored.number);
        if known.revision.number < stored {
            return self.catch_up(known, stored, None).await.map(Some);
        }
        let mappings = store.mappings(operation).await?;
        if mappings != known.mappings {
            // Another server forgot one: no figure depends on it, so it made no revision.
            return Ok(Some(self.publish(known.with_mappings(mappings))));
        }
        Ok(Some(self.snapshot(operation).unwrap_or(known)))
    }

    /// Waits until an operation is at a revision or beyond; `None` where it is not in time.
    pub async fn reaches(
        &self,
        operation: &str,
        revision: u64,
        within: Duration,
    ) -> Result<Option<Arc<Snapshot>>, StoreError> {
        let there = |one: &Arc<Snapshot>| one.revision.number >= revision;
        let mut changes = self.changes();
        let reached = async {
            let mut asked = false;
            loop {
                let mut known = self.snapshot(operation);
                // The database is asked once; who follows it publishes what comes later.
                if !known.as_ref().is_some_and(there) && (known.is_none() || !asked) {
                    known = self.current(operation).await?;
                    asked = true;
                }
                let known = known.filter(there);
                if known.is_some() || changes.changed().await.is_err() {
                    return Ok(known);
                }
            }
        };
        let late = |_| Ok(self.snapshot(operation).filter(there));
        tokio::time::timeout(within, reached).await.unwrap_or_else(late)
    }

    /// Waits for others that ask the database, for as long as it is known to be there: where it does not
    /// answer them nobody waits for it anew, one after the other.
    pub(super) async fn after_others<T>(
        &self,
        others: impl Future<Output = T>,
    ) -> Result<T, StoreError> {
        let gone = async {
            while self.database_is_there() {
                tokio::time::sleep(AWAY).await;
            }
        };
        tokio::select! {
            biased;
            one = others => Ok(one),
            () = gone => Err(StoreError::Away),
        }
    }

    /// Brings an operation that was loaded to a revision that there is, or a later one: by what
    /// changed since where that is little, else anew.
    async fn catch_up(
        &self,
        known: Arc<Snapshot>,
        newest: u64,
        replica: Option<&Replica>,
    ) -> Result<Arc<Snapshot>, StoreError> {
        let operation = &*known.operation.id.clone();
        let _one = self.reading.lock().await;
        // It may have been brought there meanwhile, or have left the memory.
        let known = self.peek(operation).unwrap_or(known);
        let number = known.revision.number;
        if newest <= number {
            return Ok(known);
        }
        let since = match newest - number <= FOLLOWED {
            true => {
                let since = async |store: Store| store.since(operation, number).await;
                self.read_from(replica, operation, newest, since).await?
            }
            false => None,
        };
        // What is known may be of a past that the database does not have.
        let follows = |began: &Rows| began.submissions.starts_with(&known.submissions);
        let next = if let Some((began, ended)) = since.filter(|(began, _)| follows(began)) {
            let known = known.clone();
            tokio::task::spawn_blocking(move || followed(&known, began, ended)).await
        } else {
            let rows = async |store: Store| store.rows(operation).await;
            let Some(rows) = self.read_from(replica, operation, newest, rows).await? else {
                return Ok(known);
            };
            tokio::task::spawn_blocking(move || Snapshot::build(rows)).await
        };
        let Ok(next) = next else { return Ok(known) };
        tracing::info!(operation, revision = next.revision.number, "followed the database");
        Ok(self.publish(next))
    }

    /// Drops the snapshots that were not asked for the longest, until the others fit the budget beside
    /// what is coming. Where nothing is, the one asked for last stays, however large it is.
    pub(super) fn make_room(&self, coming: u64) {
        let Some(budget) = self.memory_bytes else { return };
        self.published.rcu(|published| {
            let mut all: Vec<_> = published.iter().collect();
            all.sort_by_key(|(_, held)| std::cmp::Reverse(held.asked.load(Relaxed)));
            let mut bytes = coming;
            let kept = all.into_iter().enumerate().filter(|(place, (_, held))| {
                bytes += App::weight(&held.snapshot);
                coming == 0 && *place == 0 || bytes <= budget
            });
            let kept = kept.map(|(_, (id, held))| (id.clone(), held.clone()));
            kept.collect::<BTreeMap<Text, _>>()
        });
    }

    /// Bytes that a snapshot takes, as measured on made-up operations: texts are shared and counted
    /// with the rows.
    pub fn weight(snapshot: &Snapshot) -> u64 {
        let figures = snapshot.needs.len() + snapshot.populations.len();
        let areas = snapshot.areas.iter().map(|(_, area)| area);
        weight(snapshot.activities.len(), snapshot.sites.len(), figures, areas)
    }

    /// The same of what will be one.
    pub(super) fn weight_of(rows: &Rows) -> u64 {
        let figures = rows.needs.len() + rows.populations.len();
        weight(rows.activities.len(), rows.sites.len(), figures, rows.areas.iter())
    }
}

fn weight<'a>(
    activities: usize,
    sites: usize,
    figures: usize,
    areas: impl Iterator<Item = &'a Area>,
) -> u64 {
    let of_areas = areas.map(|area| {
        let vertices = area.geometry.as_ref().map_or(0, |shape| shape.coords_count());
        1_500 + vertices * 48
    });
    let bytes = activities * 600 + sites * 500 + figures * 250 + of_areas.sum::<usize>();
    bytes as u64
}

/// Whether a revision is none of the database, of which the newest is known.
fn is_gone(own: &Revision, stored: Option<&Revision>) -> bool {
    let Some(stored) = stored else { return own.number > 0 };
    stored.number < own.number || stored.number == own.number && stored.at != own.at
}

/// The snapshot after what changed: the rows that began since and those that ended.
fn followed(known: &Snapshot, began: Rows, ended: Rows) -> Snapshot {
    fn change<T, K>(added: Vec<T>, ended: Vec<T>, key: impl Fn(&T) -> K) -> Change<T, K> {
        Change { added, ended: ended.iter().map(key).collect(), repeated: Vec::new() }
    }
    let changes = Changes {
        areas: change(began.areas, ended.areas, AREAS.key),
        partners: change(began.partners, ended.partners, partner_identity),
        activities: change(began.activities, ended.activities, ACTIVITIES.key),
        sites: change(began.sites, ended.sites, SITES.key),
        needs: change(began.needs, ended.needs, NEEDS.key),
        populations: change(began.populations, ended.populations, POPULATIONS.key),
        decisions: change(began.decisions, ended.decisions, decision_identity),
    };
    let Rows { operation, revision, submissions, mappings, .. } = began;
    known.next(step(known, operation, revision, (submissions, mappings), changes))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod stepwise;
