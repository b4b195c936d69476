//! Use cases for HTTP and CLI alike: import, query, export, publish a new snapshot.

pub mod changes;
pub mod collections;
mod commit;
pub mod content;
pub mod current;
pub mod demo;
pub mod diff;
pub mod drafts;
pub mod earlier;
pub mod export;
pub mod filter;
mod gap_table;
mod identity;
pub mod import;
mod looking_back;
mod near;
pub mod past;
pub mod plan;
pub mod prune;
pub mod query;
mod replica;
mod reports;
pub mod review;
pub mod rollback;
mod seam;
pub mod settle;
mod sheets;
pub mod styles;
pub mod tiles;
mod unplaced;
pub mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::domain::{Revision, Rows, Snapshot, Standards, Text};
pub use crate::store::Listed;
use crate::store::{Store, StoreError};

/// The running application: the current snapshot of every operation that is asked for. Reads touch
/// nothing else.
#[derive(Debug)]
pub struct App {
    pub standards: Standards,
    /// `None` in tests that publish snapshots of their own.
    store: Option<Store>,
    /// A copy of the database, for reads.
    replica: Option<replica::Replica>,
    published: ArcSwap<BTreeMap<Text, Arc<Held>>>,
    /// Every operation of the database, loaded or not.
    listed: ArcSwap<BTreeMap<Text, Listed>>,
    /// Bytes that snapshots may take together; `None` is any.
    memory_bytes: Option<u64>,
    /// Counts on while the database is followed: the time by which snapshots grow old.
    clock: AtomicU64,
    /// Whether the database answered when it was last asked.
    reachable: AtomicBool,
    /// Held while an operation is read, so that nobody reads it twice at a time.
    reading: tokio::sync::Mutex<()>,
    /// The operation that is being committed to by this process.
    committing: Mutex<Option<Text>>,
    /// Operations of which a revision could not be read, and which one.
    unreadable: Mutex<BTreeMap<Text, u64>>,
    /// What the log said of revisions of the past that could not be read.
    said_damaged: Mutex<BTreeSet<String>>,
    /// Operations whose table of gaps may be behind.
    gaps_due: Mutex<BTreeSet<Text>>,
    /// Revisions of the past that were asked for.
    past: looking_back::LookingBack,
    pub drafts: drafts::Drafts,
    imports: import::Durations,
    /// Counts on whenever an operation may be answered from another revision.
    changes: tokio::sync::watch::Sender<u64>,
    /// Held while a change is made, so that changes follow one another.
    writing: tokio::sync::Mutex<()>,
    /// `None` where every change is published at once.
    deferred: Option<Deferred>,
}

/// A snapshot in memory.
#[derive(Debug)]
struct Held {
    snapshot: Arc<Snapshot>,
    /// When it was last asked for, by the clock of the application.
    asked: AtomicU64,
}

/// A commit of this process, until its snapshot is published or it has failed.
struct Committing<'a>(&'a App);

impl Drop for Committing<'_> {
    fn drop(&mut self) {
        *self.0.committing.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Default for App {
    fn default() -> App {
        App {
            standards: Standards::default(),
            store: None,
            replica: None,
            published: ArcSwap::default(),
            listed: ArcSwap::default(),
            memory_bytes: None,
            clock: AtomicU64::new(0),
            reachable: AtomicBool::new(true),
            reading: tokio::sync::Mutex::default(),
            committing: Mutex::default(),
            unreadable: Mutex::default(),
            said_damaged: Mutex::default(),
            gaps_due: Mutex::default(),
            past: looking_back::LookingBack::default(),
            drafts: drafts::Drafts::default(),
            imports: import::Durations::default(),
            changes: tokio::sync::watch::Sender::default(),
            writing: tokio::sync::Mutex::default(),
            deferred: None,
        }
    }
}

/// The snapshot after the last change, not made yet.
#[derive(Default)]
struct Deferred(Mutex<Option<Box<dyn FnOnce() -> Snapshot + Send>>>);

impl std::fmt::Debug for Deferred {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deferred")
    }
}

impl App {
    /// Opens a database that is there; no operation is loaded yet.
    pub async fn open(database: &str, standards: Standards) -> Result<App, StoreError> {
        let store = Some(Store::open(database).await?);
        Ok(App { standards, store, ..App::default() })
    }

    /// Opens a database, making it where there is none.
    pub async fn create(database: &str, standards: Standards) -> Result<App, StoreError> {
        let store = Some(Store::create(database).await?);
        Ok(App { standards, store, ..App::default() })
    }

    /// The same for a command that may end after its last change: the snapshot after a change is
    /// made only when the operation is loaded again.
    pub async fn deferring(mut self) -> Result<App, StoreError> {
        if let Some(store) = self.store.take() {
            self.store = Some(store.alone().await?);
        }
        Ok(App { deferred: Some(Deferred::default()), ..self })
    }

    /// The same with a budget of memory for snapshots.
    pub fn within(self, memory_bytes: Option<u64>) -> App {
        App { memory_bytes, ..self }
    }

    /// Loads every operation of the database that can be read.
    pub async fn load_all(&self) -> Result<(), StoreError> {
        self.refresh().await?;
        for (operation, listed) in self.listed().iter() {
            let loaded = self.load(operation).await.map(|_| ());
            self.apart(operation, listed.revision.number, loaded)?;
        }
        Ok(())
    }

    /// The current snapshot of one operation, from the database where it is not loaded yet.
    pub async fn load(&self, operation: &str) -> Result<Option<Arc<Snapshot>>, StoreError> {
        self.publish_deferred();
        if let Some(snapshot) = self.snapshot(operation) {
            return Ok(Some(snapshot));
        }
        let _reading = self.reading.lock().await;
        if let Some(snapshot) = self.snapshot(operation) {
            return Ok(Some(snapshot));
        }
        let Some(rows) = self.rows(operation).await? else { return Ok(None) };
        // Not before it was read: what is in memory is all there is while the database is away.
        self.make_room(App::weight_of(&rows));
        let built = tokio::task::spawn_blocking(move || Snapshot::build(rows)).await;
        let corrupt = |_| StoreError::Corrupt { table: "operations", value: operation.into() };
        Ok(Some(self.publish(built.map_err(corrupt)?)))
    }

    /// The same of an operation that is known: the database is asked about no other.
    pub async fn load_listed(&self, operation: &str) -> Result<Option<Arc<Snapshot>>, StoreError> {
        match self.listed().contains_key(operation) {
            true => self.load(operation).await,
            false => Ok(None),
        }
    }

    /// The rows of an operation that is listed may come from a copy; what others have made
    /// meanwhile only the database knows.
    async fn rows(&self, operation: &str) -> Result<Option<Rows>, StoreError> {
        let listed = self.listed().get(operation).map(|one| one.revision.number);
        match (listed, &self.store) {
            (Some(listed), _) => {
                let rows = async |store: Store| store.rows(operation).await;
                self.read(operation, listed, rows).await
            }
            (None, Some(store)) => store.rows(operation).await,
            (None, None) => Ok(None),
        }
    }

    /// Every operation there is, by id, whether it is loaded or not.
    pub fn listed(&self) -> Arc<BTreeMap<Text, Listed>> {
        self.listed.load_full()
    }

    /// The current snapshot of every operation that is loaded.
    pub fn loaded(&self) -> Vec<Arc<Snapshot>> {
        self.published.load().values().map(|held| held.snapshot.clone()).collect()
    }

    /// The current snapshot of one operation, where it is loaded: it may leave the memory at any
    /// moment. Who needs it takes what [`App::load`] gave.
    pub fn snapshot(&self, operation: &str) -> Option<Arc<Snapshot>> {
        let published = self.published.load();
        let held = published.get(operation)?;
        let now = self.clock.load(Relaxed);
        // Written only when it changes, so that many readers do not get in each other's way.
        if held.asked.load(Relaxed) != now {
            held.asked.store(now, Relaxed);
        }
        Some(held.snapshot.clone())
    }

    /// Whether a snapshot is the current one of its operation.
    pub fn holds(&self, snapshot: &Arc<Snapshot>) -> bool {
        self.peek(&snapshot.operation.id).is_some_and(|one| Arc::ptr_eq(&one, snapshot))
    }

    /// The same without its being asked for.
    fn peek(&self, operation: &str) -> Option<Arc<Snapshot>> {
        self.published.load().get(operation).map(|held| held.snapshot.clone())
    }

    /// Makes a snapshot the current one of its operation, unless a newer one is. Returns that.
    pub fn publish(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        let snapshot = Arc::new(snapshot);
        let (id, revision) = (&snapshot.operation.id, &snapshot.revision);
        let oldest = self.listed().get(id).map_or(1, |listed| listed.oldest);
        let (operation, revision) = (snapshot.operation.clone(), revision.clone());
        self.list(Listed { operation, revision, oldest });
        let revision = &snapshot.revision;
        let mut current = snapshot.clone();
        self.published.rcu(|published| {
            let mut next = BTreeMap::clone(published);
            let newer = |held: &&Arc<Held>| held.snapshot.revision.number > revision.number;
            current = match published.get(id).filter(newer) {
                Some(held) => held.snapshot.clone(),
                None => {
                    let asked = AtomicU64::new(self.clock.load(Relaxed));
                    next.insert(id.clone(), Arc::new(Held { snapshot: snapshot.clone(), asked }));
                    snapshot.clone()
                }
            };
            next
        });
        self.changes.send_modify(|count| *count += 1);
        current
    }

    /// Drops all that is known of an operation.
    fn forget(&self, operation: &str) {
        self.published.rcu(|published| {
            let mut next = BTreeMap::clone(published);
            next.remove(operation);
            next
        });
        self.listed.rcu(|listed| {
            let mut next = BTreeMap::clone(listed);
            next.remove(operation);
            next
        });
        self.past.forget();
        self.changes.send_modify(|count| *count += 1);
    }

    /// The revision that an operation is answered from, or will be once it is loaded.
    pub fn answered(&self, operation: &str) -> Option<Revision> {
        let loaded = self.peek(operation).map(|snapshot| snapshot.revision.clone());
        loaded.or_else(|| self.listed().get(operation).map(|one| one.revision.clone()))
    }

    /// Tells whenever an operation may be answered from another revision.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Keeps what the database says of an operation.
    fn list(&self, one: Listed) {
        let newer = |known: &Listed| {
            known.revision.number > one.revision.number
                || known.oldest >= one.oldest
                    && (&known.revision, &known.operation) == (&one.revision, &one.operation)
        };
        if self.listed.load().get(&one.operation.id).is_some_and(newer) {
            return;
        }
        self.listed.rcu(|listed| {
            let mut next = BTreeMap::clone(listed);
            if !listed.get(&one.operation.id).is_some_and(newer) {
                next.insert(one.operation.id.clone(), one.clone());
            }
            next
        });
        self.changes.send_modify(|count| *count += 1);
    }

    /// The operation that this process commits to just now.
    fn committing(&self) -> Option<Text> {
        self.committing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn committing_to(&self, operation: &Text) -> Committing<'_> {
        let mut committing = self.committing.lock().unwrap_or_else(PoisonError::into_inner);
        *committing = Some(operation.clone());
        Committing(self)
    }

    fn gaps_are_due(&self, operation: &Text) {
        if self.store.as_ref().is_some_and(Store::keeps_gaps) {
            let mut due = self.gaps_due.lock().unwrap_or_else(PoisonError::into_inner);
            due.insert(operation.clone());
        }
    }

    /// Writes the tables of gaps that may be behind. Those that could not be written stay due; false
    /// where there are any.
    pub async fn keep_due_gaps(&self) -> bool {
        let due = || self.gaps_due.lock().unwrap_or_else(PoisonError::into_inner);
        let mut failed = BTreeSet::new();
        loop {
            let Some(operation) = due().pop_first() else { break };
            if let Err(error) = self.keep_gaps(&operation).await {
                tracing::warn!(%operation, %error, "the table of the gaps was not written");
                failed.insert(operation);
            }
        }
        let done = failed.is_empty();
        due().extend(failed);
        done
    }

    /// Publishes the snapshot after a change, made by `next` now or when it is asked for.
    async fn publish_next(
        &self,
        next: impl FnOnce() -> Snapshot + Send + 'static,
    ) -> Result<(), import::ImportError> {
        if let Some(Deferred(deferred)) = &self.deferred {
            *deferred.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(next));
            return Ok(());
        }
        let next = tokio::task::spawn_blocking(next);
        self.publish(next.await.map_err(|_| import::ImportError::Stopped)?);
        Ok(())
    }

    fn publish_deferred(&self) {
        let Some(Deferred(deferred)) = &self.deferred else { return };
        let next = deferred.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(next) = next {
            self.publish(next());
        }
    }

    /// Writes what is due or was begun, then ends every connection to the database, so that its file
    /// is complete on disk.
    pub async fn close(&self) {
        for snapshot in self.loaded() {
            self.gaps_are_due(&snapshot.operation.id);
        }
        self.keep_due_gaps().await;
        let replica = self.replica.iter().map(|replica| &replica.store);
        for store in self.store.iter().chain(replica) {
            store.close().await;
        }
    }
}
