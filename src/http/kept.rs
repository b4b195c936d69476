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

    /// Bytes of the answers, estimated.
    pub fn bytes(&self) -> u64 {
        self.answers.weighted_size()
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
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            span.in_scope(job)
        });
        done.await.map_err(|failed| {
            tracing::error!(%failed, "work on an answer failed");
            Problem::internal()
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::sync::mpsc;
    use std::time::Duration;

    use axum::http::HeaderMap;
    use tempfile::SpooledTempFile;

    use super::*;
    use crate::app::App;
    use crate::app::collections::View;
    use crate::app::import::Said;
    use crate::domain::{Rows, Snapshot};
    use crate::http::conditional::Kind;
    use crate::http::extract::Ask;
    use crate::http::{Server, Settings};

    fn ask(server: &Arc<Server>, path: &str) -> Ask {
        let (server, path) = (server.clone(), path.to_owned());
        let (query, base) = (String::new(), String::new());
        Ask { server, headers: HeaderMap::new(), path, query, base, loaded: None }
    }

    fn server() -> Arc<Server> {
        Arc::new(Server::new(Arc::new(App::default()), &Settings::default()))
    }

    /// A small question is answered although others have begun work that ends only with this test.
    async fn is_answered(server: &Arc<Server>) {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let small = ask(server, "/small")
            .answer_at("1", Kind::fresh("text/plain"), |_| Ok(b"small".to_vec()));
        let small = tokio::time::timeout(Duration::from_secs(20), small).await;
        assert_eq!(small.unwrap().unwrap().status(), 200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_who_wait_for_one_slow_answer_keep_nobody_back() {
        let (server, made) = (server(), Arc::new(AtomicUsize::new(0)));
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let slow = (0..100).map(|_| {
            let (held, made) = (held.clone(), made.clone());
            let slow = move |_: &Ask| {
                made.fetch_add(1, Relaxed);
                let _ = held.lock().unwrap().recv();
                Ok(b"slow".to_vec())
            };
            let asked = ask(&server, "/slow");
            tokio::spawn(asked.answer_at("1", Kind::fresh("text/plain"), slow))
        });
        let slow: Vec<_> = slow.collect();
        is_answered(&server).await;
        drop(release);
        for one in slow {
            assert_eq!(one.await.unwrap().unwrap().status(), 200);
        }
        assert_eq!(made.load(Relaxed), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn slow_files_leave_the_other_answers_alone() {
        let server = server();
        let snapshot = Snapshot::build(Rows::empty(Said::of("op").after(None)));
        let view = Arc::new(View::new(Arc::new(snapshot), Default::default()));
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let slow = (0..100).map(|n| {
            let held = held.clone();
            let slow = move |_: &View, _: &Ask, _: &mut SpooledTempFile| {
                let _ = held.lock().unwrap().recv();
                Ok(())
            };
            let asked = ask(&server, &format!("/file-{n}"));
            tokio::spawn(asked.answer_file(view.clone(), Kind::fresh("text/plain"), slow))
        });
        let slow: Vec<_> = slow.collect();
        is_answered(&server).await;
        drop(release);
        for one in slow {
            assert_eq!(one.await.unwrap().unwrap().status(), 204);
        }
    }
}
