//! Revisions of the past, made again from the database. Each takes as much memory as the operation
//! does now: few are kept, fewer are made at a time, and who waits for others does not wait long.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::App;
use super::collections::View;
use crate::domain::{Snapshot, Text};
use crate::store::{Store, StoreError};

/// Revisions that are kept.
const KEPT: u64 = 3;

/// Revisions that are made at a time, each of another operation.
const AT_ONCE: usize = 2;

/// How long one that is asked for waits for others.
const PATIENCE: Duration = Duration::from_secs(10);

/// Revisions that were asked for, and the making of others.
#[derive(Debug)]
pub(super) struct LookingBack {
    kept: Cache<(Text, u64), Arc<View>>,
    /// Permits to make one.
    pub permits: Arc<Semaphore>,
    /// Of each operation of which one is being made.
    turns: Mutex<HashMap<Text, Weak<tokio::sync::Mutex<()>>>>,
    pub patience: Duration,
}

impl Default for LookingBack {
    fn default() -> LookingBack {
        LookingBack {
            kept: Cache::new(KEPT),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            turns: Mutex::default(),
            patience: PATIENCE,
        }
    }
}

impl LookingBack {
    pub fn forget(&self) {
        self.kept.invalidate_all();
    }

    /// Held by who makes a revision of this operation.
    pub fn turn(&self, operation: &Text) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(operation).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(operation.clone(), Arc::downgrade(&turn));
        turn
    }
}

impl App {
    /// An operation as it was at a revision; `None` where there was no such revision, an error where
    /// it was pruned. What is the same as in `current`, the view of what it is now, is shared with it.
    pub async fn at(
        &self,
        operation: &str,
        revision: u64,
        current: Option<Arc<View>>,
    ) -> Result<Option<Arc<View>>, StoreError> {
        let oldest = self.listed().get(operation).map_or(1, |listed| listed.oldest);
        // The first one has number 1.
        if revision == 0 {
            return Ok(None);
        }
        if revision < oldest {
            return Err(StoreError::Pruned { revision, oldest });
        }
        let key = (Text::from(operation), revision);
        let past = &self.past;
        if let Some(view) = past.kept.get(&key) {
            return Ok(Some(view));
        }
        let until = Instant::now() + past.patience;
        let turn = self.free(until, past.turn(&key.0).lock_owned()).await?;
        if let Some(view) = past.kept.get(&key) {
            return Ok(Some(view));
        }
        let permit = self.free(until, past.permits.clone().acquire_owned()).await?;
        let rows_at = async |store: Store| store.rows_at(operation, revision).await;
        let Some(rows) = self.read(operation, revision, rows_at).await? else { return Ok(None) };
        let (standards, kept) = (self.standards.clone(), past.kept.clone());
        let making = move || {
            let view = Arc::new(View::beside(current.as_deref(), Snapshot::build(rows), standards));
            kept.insert(key, view.clone());
            // Not before, also where nobody waits for it any more.
            drop((turn, permit));
            view
        };
        let corrupt = |_| StoreError::Corrupt { table: "operations", value: operation.into() };
        Ok(Some(tokio::task::spawn_blocking(making).await.map_err(corrupt)?))
    }

    /// What others have to let go of, where they do so in time.
    async fn free<T>(
        &self,
        until: Instant,
        others: impl Future<Output = T>,
    ) -> Result<T, StoreError> {
        let free = self.after_others(timeout_at(until, others)).await?;
        free.map_err(|_| StoreError::Busy)
    }
}
