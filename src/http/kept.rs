//! Answers that are kept: who makes them, how many at once, and who waits for whom.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use moka::sync::Cache;
use tokio::sync::{OwnedMutexGuard, Semaphore};

use super::conditional::Key;
use super::problem::Problem;
use super::stored::{Effort, Encoding, Rendered, Stored};

/// Answers of one sort, with the work of making them.
pub(crate) struct Kept {
    answers: Cache<Key, Arc<Rendered>>,
    /// Permits for work on the processor.
    work: Arc<Semaphore>,
    /// One for each answer that is being made.
    making: Mutex<HashMap<Key, Weak<tokio::sync::Mutex<Made>>>>,
}

/// What became of an answer, once somebody has made it: for those who waited, also where it is too
/// large to be kept.
pub(crate) type Made = Option<Result<Arc<Rendered>, Problem>>;

impl Kept {
    pub fn new(answers: Cache<Key, Arc<Rendered>>, permits: usize) -> Kept {
        let work = Arc::new(Semaphore::new(permits));
        Kept { answers, work, making: Mutex::default() }
    }

    pub fn get(&self, key: &Key) -> Option<Arc<Rendered>> {
        self.answers.get(key)
    }

    /// An answer in an encoding, rendered by whoever asks first while others wait for it.
    pub async fn made(
        self: &Arc<Kept>,
        key: Key,
        encoding: Encoding,
        effort: Effort,
        render: impl FnOnce() -> Result<Rendered, Problem> + Send + 'static,
    ) -> Result<Stored, Problem> {
        let mut turn = self.turn(key).await;
        let kept = self.clone();
        let made = move || {
            let known = turn.take().or_else(|| kept.get(&key).map(Ok));
            let rendered = known.unwrap_or_else(|| {
                let rendered = Arc::new(render()?);
                kept.answers.insert(key, rendered.clone());
                Ok(rendered)
            });
            *turn = Some(rendered.clone());
            rendered?.made(encoding, effort)
        };
        self.work(made).await?
    }

    /// Waits until nobody else makes this answer. Who waits holds no permit: many requests for one
    /// slow answer keep none of the others back.
    async fn turn(&self, key: Key) -> OwnedMutexGuard<Made> {
        let turn = {
            let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
            match making.get(&key).and_then(Weak::upgrade) {
                Some(turn) => turn,
                None => {
                    making.retain(|_, turn| turn.strong_count() > 0);
                    let turn = Arc::default();
                    making.insert(key, Arc::downgrade(&turn));
                    turn
                }
            }
        };
        turn.lock_owned().await
    }

    /// Runs work on the processor off the async threads. Its permit is held until it has ended, also
    /// when nobody waits for it any more.
    pub async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = self.work.clone().acquire_owned().await.map_err(|_| Problem::busy())?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            job()
        });
        done.await.map_err(|failed| {
            tracing::error!(%failed, "work on an answer failed");
            Problem::internal()
        })
    }
}
