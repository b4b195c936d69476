//! How far the reading of a file has come, for whoever waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Shared by the reading and those who watch it.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// Rows read so far, and the rows there are once they have been counted.
    pub fn rows(&self) -> (u64, Option<u64>) {
        let total = self.0.total.load(Relaxed);
        (self.0.done.load(Relaxed), (total > 0).then_some(total))
    }

    /// The rows have been counted; reading them begins.
    pub fn begin(&self, total: u64) {
        self.0.done.store(0, Relaxed);
        self.0.total.store(total, Relaxed);
    }

    /// Another row was read.
    pub fn step(&self) {
        self.0.done.fetch_add(1, Relaxed);
    }
}
