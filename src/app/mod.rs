//! Use cases for HTTP and CLI alike: import, query, export, publish a new snapshot.

pub mod asked;
pub mod changes;
pub mod collections;
mod commit;
pub mod demo;
pub mod drafts;
pub mod earlier;
pub mod export;
pub mod filter;
mod identity;
pub mod import;
pub mod plan;
pub mod query;
mod reports;
pub mod review;
pub mod rollback;
pub mod settle;
pub mod styles;
pub mod tiles;
mod words;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::domain::{Snapshot, Standards, Text};
use crate::store::{Store, StoreError};

/// The running application: the current snapshot of every operation. Reads touch nothing else.
#[derive(Debug, Default)]
pub struct App {
    pub standards: Standards,
    /// `None` in tests that publish snapshots of their own.
    store: Option<Store>,
    published: ArcSwap<BTreeMap<Text, Arc<Snapshot>>>,
    pub drafts: drafts::Drafts,
    /// Held while a change is made, so that changes follow one another.
    writing: tokio::sync::Mutex<()>,
    /// `None` where every change is published at once.
    deferred: Option<Deferred>,
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
    pub fn deferring(self) -> App {
        App { deferred: Some(Deferred::default()), ..self }
    }

    /// Loads every operation of the database.
    pub async fn load_all(&self) -> Result<(), StoreError> {
        if let Some(store) = &self.store {
            for operation in store.operations().await? {
                self.load(&operation).await?;
            }
        }
        Ok(())
    }

    /// The current snapshot of one operation, from the database where it is not loaded yet.
    pub async fn load(&self, operation: &str) -> Result<Option<Arc<Snapshot>>, StoreError> {
        self.publish_deferred();
        if let (None, Some(store)) = (self.snapshot(operation), &self.store)
            && let Some(rows) = store.rows(operation).await?
        {
            self.publish(Snapshot::build(rows));
        }
        Ok(self.snapshot(operation))
    }

    /// The current snapshot of every operation, by operation id.
    pub fn operations(&self) -> Arc<BTreeMap<Text, Arc<Snapshot>>> {
        self.published.load_full()
    }

    /// The current snapshot of one operation.
    pub fn snapshot(&self, operation: &str) -> Option<Arc<Snapshot>> {
        self.published.load().get(operation).cloned()
    }

    /// Makes a snapshot the current one of its operation.
    pub fn publish(&self, snapshot: Snapshot) {
        let snapshot = Arc::new(snapshot);
        self.published.rcu(|published| {
            let mut next = BTreeMap::clone(published);
            next.insert(snapshot.operation.id.clone(), snapshot.clone());
            next
        });
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

    /// Ends every connection to the database, so that its file is complete on disk.
    pub async fn close(&self) {
        if let Some(store) = &self.store {
            store.close().await;
        }
    }
}
