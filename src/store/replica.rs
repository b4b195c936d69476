//! A copy of the database that follows it, such as a streaming replica: only read from.

use std::time::Duration;

use super::engine::Engine;
use super::{Listed, Store, StoreError, connect, operations, steps};
use crate::domain::Text;

/// How long a read waits for a connection to the copy: the database itself can be asked instead.
const WAIT: Duration = Duration::from_secs(2);

/// What a copy is good for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copy {
    /// It can be read from, as far as it has got.
    Follows,
    /// Its tables are not brought up to date yet; they will be, once it has followed that far.
    Lacks(String),
    /// It is of something else, for this reason.
    Differs(String),
}

impl Store {
    /// A copy of a PostgreSQL database to read from; nothing is connected to yet.
    pub fn replica(url: &str) -> Result<Store, StoreError> {
        Ok(Store::over(Engine::Postgres(connect::lazily(url, WAIT)?)))
    }

    /// Whether this is a copy of a database. What counts is what it holds, not how it follows: a
    /// streaming replica, a logical one of all tables, or either behind a pooler.
    pub async fn copy_of(&self, database: &Store, url: &str) -> Result<Copy, StoreError> {
        let due = steps::due(&self.pool, url).await?;
        if due.first().is_some_and(|first| first.number == 1) {
            return Ok(Copy::Differs("it has no tables of Lacuna".to_owned()));
        }
        if let Some(first) = due.first() {
            return Ok(Copy::Lacks(format!("step {} ({})", first.number, first.name)));
        }
        // The copy first, so that it can only be behind.
        let copied = self.operations().await?;
        let known = database.operations().await?;
        for Listed { operation, revision, .. } in copied {
            let id = &operation.id;
            let newest = known.iter().find(|one| one.operation.id == *id).map(|one| &one.revision);
            let Some(newest) = newest else {
                let why = format!("it has an operation \"{id}\", which the database has not");
                return Ok(Copy::Differs(why));
            };
            let made = match newest.number == revision.number {
                true => Some(newest.at.clone()),
                false => database.committed_at(id, revision.number).await?,
            };
            if made.as_ref() != Some(&revision.at) {
                let why = format!("its revision {} of \"{id}\" is another one", revision.number);
                return Ok(Copy::Differs(why));
            }
        }
        Ok(Copy::Follows)
    }

    /// When a revision was committed; `None` where there is none of this number.
    pub async fn committed_at(
        &self,
        operation: &Text,
        number: u64,
    ) -> Result<Option<Text>, StoreError> {
        let submissions = operations::submissions(&mut self.pool.read().await?, operation).await?;
        Ok(submissions.into_iter().find(|one| one.revision == number).map(|one| one.at))
    }
}
