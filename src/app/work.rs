//! Work on the processors for changes. It has threads of its own: beside those of answers, of which
//! busy readers always have more waiting, every loop of an import waited for its turn again.

use std::sync::LazyLock;

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::task::{JoinError, spawn_blocking};

/// None where the system gives no threads: then changes share those of answers.
static THREADS: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    let threads = ThreadPoolBuilder::new().num_threads(rayon::current_num_threads());
    threads.thread_name(|number| format!("changes-{number}")).build().ok()
});

/// Runs a job off the async threads; its parallel loops run on the threads of changes.
pub(super) async fn work<T: Send + 'static>(
    job: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    let run = || match &*THREADS {
        Some(threads) => threads.install(job),
        None => job(),
    };
    spawn_blocking(run).await
}
