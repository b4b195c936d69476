//! Reads from a copy that follows the database, such as a streaming replica. Which revision there is
//! the database says, as long as it answers; what that revision has is read from the copy where it
//! has got that far, and from the database else. So answers are never older than without a copy.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use super::App;
use crate::domain::Revision;
use crate::store::{Copy, Store, StoreError};

/// Pauses in which the copy may still get the revision that is wanted, milliseconds.
const PAUSES: [u64; 5] = [0, 25, 50, 75, 100];

/// How often a copy that was away is looked for.
const AGAIN: Duration = Duration::from_secs(1);

/// How often it is looked whether one that is there still answers, and is a copy.
const STILL: Duration = Duration::from_secs(2);

/// A copy of the database, and what is known of it.
#[derive(Debug)]
pub(super) struct Replica {
    pub store: Store,
    url: String,
    /// Whether it answered, and is a copy.
    there: AtomicBool,
    /// Whether it lacked a revision for longer than the pauses.
    behind: AtomicBool,
}

impl App {
    /// The same with reads from a copy of its database. A copy that is away, or behind, is one that
    /// is read from later; only one of another database is refused.
    pub async fn reading_from(self, url: &str) -> Result<App, StoreError> {
        let Some(database) = &self.store else { return Ok(self) };
        if !database.is_postgres() {
            return Err(StoreError::NoReplica);
        }
        let (there, behind) = (AtomicBool::new(true), AtomicBool::new(false));
        let replica = Replica { store: Store::replica(url)?, url: url.to_owned(), there, behind };
        replica.look(database).await?;
        Ok(App { replica: Some(replica), ..self })
    }

    /// Whether the read database answered when it was last asked; `None` where there is none.
    pub fn replica_is_there(&self) -> Option<bool> {
        self.replica.as_ref().map(Replica::is_there)
    }

    /// Looks for the copy as long as it is away, and whether it is one as long as it is there.
    pub(super) async fn look_for_replica(&self) {
        let (Some(replica), Some(database)) = (&self.replica, &self.store) else { return };
        loop {
            let is_there = replica.is_there();
            tokio::time::sleep(if is_there { STILL } else { AGAIN }).await;
            if is_there {
                if let Err(error) = replica.store.operations().await {
                    replica.failed(&error);
                    continue;
                }
                // Whether the database answers is found by who asks it.
                let found = replica.store.copy_of(database, &replica.url).await;
                if let Ok(Copy::Differs(why)) = found {
                    replica.failed(&StoreError::NoCopy(why));
                }
            } else if let Err(error) = replica.look(database).await {
                // Who is no copy any more was said to be so.
                tracing::debug!(%error, "the read database is not used");
            }
        }
    }

    /// Reads what is about a revision of an operation, or a later one: from the copy where it has it.
    pub(super) async fn read<T, F>(
        &self,
        operation: &str,
        revision: u64,
        read: impl Fn(Store) -> F,
    ) -> Result<Option<T>, StoreError>
    where
        F: Future<Output = Result<Option<T>, StoreError>>,
    {
        self.read_from(self.replica.as_ref(), operation, revision, read).await
    }

    /// The same from this copy, where one is given.
    pub(super) async fn read_from<T, F>(
        &self,
        replica: Option<&Replica>,
        operation: &str,
        revision: u64,
        read: impl Fn(Store) -> F,
    ) -> Result<Option<T>, StoreError>
    where
        F: Future<Output = Result<Option<T>, StoreError>>,
    {
        let Some(database) = &self.store else { return Ok(None) };
        let known = self.listed().get(operation).map(|listed| listed.revision.clone());
        if let Some(replica) = replica
            && replica.has(operation, revision, database, known).await
        {
            match read(replica.store.clone()).await {
                Ok(found) => return Ok(found),
                Err(pruned) if pruned.is_pruned() => return Err(pruned),
                // The database has what it copied; who reads it there hears of it.
                Err(damage) if damage.is_damage() => {}
                Err(error) => replica.failed(&error),
            }
        }
        read(database.clone()).await
    }
}

impl Replica {
    /// Whether it answered when it was last asked, and is a copy.
    pub fn is_there(&self) -> bool {
        self.there.load(Relaxed)
    }

    /// Whether it has a revision of an operation, now or in a moment.
    async fn has(
        &self,
        operation: &str,
        revision: u64,
        database: &Store,
        known: Option<Revision>,
    ) -> bool {
        for pause in PAUSES {
            if !self.is_there() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
            match self.store.newest(operation).await {
                Ok(Some(newest)) if newest.number >= revision => {
                    if !follows(&newest, operation, database, known).await {
                        let what = format!("its revision {} is another one", newest.number);
                        self.failed(&StoreError::NoCopy(what));
                        return false;
                    }
                    if self.behind.swap(false, Relaxed) {
                        tracing::info!("the read database has caught up");
                    }
                    return true;
                }
                // One that is known to be behind is not waited for.
                Ok(_) if self.behind.load(Relaxed) => return false,
                Ok(_) => {}
                Err(error) => self.failed(&error),
            }
        }
        if !self.behind.swap(true, Relaxed) {
            tracing::warn!(
                operation,
                revision,
                "the read database is behind; what it lacks is read from the database itself"
            );
        }
        false
    }

    /// Said once: the database itself is read.
    pub fn failed(&self, error: &StoreError) {
        if self.there.swap(false, Relaxed) {
            tracing::warn!(%error, "the read database is away; the database itself is read");
        }
    }

    /// Finds out whether it can be read from.
    async fn look(&self, database: &Store) -> Result<(), StoreError> {
        let was_there = self.is_there();
        let found = match self.store.copy_of(database, &self.url).await {
            Ok(Copy::Differs(why)) => {
                self.there.store(false, Relaxed);
                return Err(StoreError::NoCopy(why));
            }
            Err(newer @ StoreError::Newer { .. }) => return Err(newer),
            Ok(found) => found,
            Err(error) => {
                self.failed(&error);
                return Ok(());
            }
        };
        self.there.store(found == Copy::Follows, Relaxed);
        match found {
            Copy::Lacks(what) if was_there => tracing::warn!(
                "the tables of the read database lack {what} yet; the database itself is read"
            ),
            Copy::Follows if !was_there => tracing::info!("the read database is there again"),
            _ => {}
        }
        Ok(())
    }
}

/// Whether the newest revision of a copy is one of the database, of which one is known. A copy that
/// became a database of its own has others; while the database is away nobody can tell.
async fn follows(
    newest: &Revision,
    operation: &str,
    database: &Store,
    known: Option<Revision>,
) -> bool {
    match known.filter(|known| known.number == newest.number) {
        Some(known) => known.at == newest.at,
        None => {
            let made = database.committed_at(&operation.into(), newest.number).await;
            made.map_or(true, |made| made.as_ref() == Some(&newest.at))
        }
    }
}
