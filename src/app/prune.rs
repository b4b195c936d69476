//! Removing what only older revisions had, when somebody asks for it. Every revision that is kept is
//! made again to the digit; submissions, their reports and a note of what was removed stay.

use super::App;
use super::import::ImportError;
use crate::domain::{Snapshot, Text};
use crate::store::Pruning;

/// Which revisions are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The newest ones, so many; at least the newest itself.
    Newest(u64),
    /// Every one that was the newest at a moment or after it.
    Since(jiff::Timestamp),
}

/// What was removed, or would be.
#[derive(Clone, Debug)]
pub struct Pruned {
    /// The oldest revision that is kept, and the newest.
    pub oldest: u64,
    pub newest: u64,
    /// Rows by table.
    pub removed: Vec<(&'static str, u64)>,
}

impl Policy {
    fn oldest(&self, known: &Snapshot) -> u64 {
        let newest = known.revision.number;
        match self {
            Policy::Newest(count) => newest.saturating_sub(count.saturating_sub(1)).max(1),
            Policy::Since(moment) => {
                let made = known.submissions.iter();
                let before = made
                    .filter(|one| one.at.parse::<jiff::Timestamp>().is_ok_and(|at| at < *moment));
                before.map(|one| one.revision).max().unwrap_or(1)
            }
        }
    }
}

impl std::fmt::Display for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Policy::Newest(count) => write!(f, "the newest {count} revisions are kept"),
            Policy::Since(moment) => write!(f, "revisions since {moment} are kept"),
        }
    }
}

impl App {
    /// Removes the rows that only revisions before those kept had; `None` where all of these are
    /// pruned already, or there are none. `dry_run` only counts them.
    pub async fn prune(
        &self,
        operation: &str,
        policy: &Policy,
        who: &str,
        at: Text,
        dry_run: bool,
    ) -> Result<Option<Pruned>, ImportError> {
        let store = self.store.as_ref().ok_or(ImportError::NoDatabase)?;
        let missing = || ImportError::NoOperation(operation.into());
        let _writing = self.writing.lock().await;
        // A commit of somebody else that comes meanwhile only adds a revision that is kept.
        self.refresh().await?;
        let known = self.current(operation).await?.ok_or_else(missing)?;
        let (oldest, newest) = (policy.oldest(&known), known.revision.number);
        if oldest <= self.listed().get(operation).map_or(1, |listed| listed.oldest) {
            return Ok(None);
        }
        let policy = policy.to_string().as_str().into();
        let pruning = Pruning { oldest, at, who: who.into(), policy, removed: 0 };
        let id = Text::from(operation);
        let removed = store.turn(&id).await?.prune(&id, &pruning, dry_run).await?;
        if !dry_run {
            self.refresh().await?;
        }
        Ok(Some(Pruned { oldest, newest, removed }))
    }

    /// What was removed of an operation, the first time first.
    pub async fn prunings(&self, operation: &str) -> Result<Vec<Pruning>, ImportError> {
        let store = self.store.as_ref().ok_or(ImportError::NoDatabase)?;
        Ok(store.prunings(operation).await?)
    }
}

#[cfg(test)]
mod tests;
