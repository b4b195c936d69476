//! Use cases for HTTP and CLI alike: import, query, export, publish a new snapshot.

pub mod collections;
pub mod query;

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::domain::{Snapshot, Standards, Text};

/// The running application: the current snapshot of every operation. Reads touch nothing else.
#[derive(Debug, Default)]
pub struct App {
    pub standards: Standards,
    published: ArcSwap<BTreeMap<Text, Arc<Snapshot>>>,
}

impl App {
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
}
