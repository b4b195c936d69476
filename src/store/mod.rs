//! SQL: one file per table group. Rows are versioned; a commit is one transaction and makes one
//! revision. One code for SQLite and PostgreSQL: `engine` says how.

mod activities;
mod areas;
mod batch;
mod checksums;
mod connect;
mod copy;
mod decisions;
mod dialect;
mod engine;
mod error;
mod gaps;
mod history;
mod mappings;
mod moved;
mod needs;
mod operations;
mod own_words;
mod packed;
mod partners;
mod places;
mod postgres_bulk;
mod prune;
mod repeats;
mod replica;
mod sites;
mod sqlite_append;
mod sqlite_bulk;
mod steps;
mod verify;
mod watch;

pub use batch::{Key, Versioned};
pub use checksums::{Checksums, Sum, Summed, Sums};
pub use error::StoreError;
pub use gaps::{GapRow, KeptGap};
pub use history::{About, History};
pub use own_words::OwnWords;
pub use packed::pack;
pub use prune::Pruning;
pub use repeats::{Repeat, Repeats, Run};
pub use replica::Copy;
pub use steps::Step;
pub use verify::{Kept, PackedCopy, Version};
pub use watch::Watch;

use std::fmt;
use std::sync::Arc;

use batch::Table;
use engine::{Engine, Pool, Tx};
use moved::Place;

use crate::domain::{
    Activity, Area, Decision, DecisionKind, Mapping, Need, Operation, Partner, Population,
    Revision, Rows, Site, Text,
};

/// The rows a commit adds and the current rows it ends. A changed row is ended and added again
/// under the same key.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub areas: Change<Area, Text>,
    pub partners: Change<Partner, Text>,
    pub activities: Change<Activity, u64>,
    pub sites: Change<Site, u64>,
    pub needs: Change<Need, Need>,
    pub populations: Change<Population, Population>,
    pub decisions: Change<Decision, (DecisionKind, Text)>,
}

/// Additions and endings of one table; `ended` holds keys of current rows.
#[derive(Clone, Debug)]
pub struct Change<T, K> {
    pub added: Vec<T>,
    pub ended: Vec<K>,
    /// Rows that are said again and stay as they are.
    pub repeated: Vec<Repeat<K>>,
}

/// A submission about to be committed.
#[derive(Clone, Debug, Default)]
pub struct NewSubmission {
    pub id: u32,
    pub kind: Text,
    pub file_name: Text,
    pub sha256: Text,
    /// RFC 3339, UTC.
    pub at: Text,
    /// The row report, as JSON.
    pub report: String,
    /// The submission whose rows a corrected file replaces.
    pub replaces: Option<u32>,
    /// The submission that a rollback undoes.
    pub undoes: Option<u32>,
    /// The sheet of the file that was read.
    pub sheet: Option<Text>,
    /// What was corrected of its reading, to be remembered.
    pub mapping: Option<Mapping>,
}

/// An operation as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub operation: Operation,
    /// Its newest one.
    pub revision: Revision,
    /// The oldest revision that can be made again: 1 unless older ones were pruned.
    pub oldest: u64,
}

/// A database with every operation in it.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
    /// `None` where it is no file.
    place: Option<Place>,
    /// Whether it is of a command that imports and ends.
    alone: bool,
}

/// The right to make the next revision of an operation: until it is used or dropped nobody else,
/// in no other program either, makes one.
pub struct Turn {
    tx: Tx,
    place: Option<Place>,
}

impl<T, K> Default for Change<T, K> {
    fn default() -> Change<T, K> {
        Change { added: Vec::new(), ended: Vec::new(), repeated: Vec::new() }
    }
}

impl<T, K> Change<T, K> {
    /// Whether the rows stay as they are.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.ended.is_empty()
    }
}

impl Changes {
    /// Rows that a commit writes.
    pub fn added(&self) -> usize {
        self.areas.added.len()
            + self.partners.added.len()
            + self.activities.added.len()
            + self.sites.added.len()
            + self.needs.added.len()
            + self.populations.added.len()
            + self.decisions.added.len()
    }

    /// What stays as it is and is said again, by table.
    fn repeats(&self) -> Repeats {
        let of = [
            (areas::TABLE, repeats::runs(&self.areas.repeated)),
            (activities::TABLE, repeats::runs(&self.activities.repeated)),
            (sites::TABLE, repeats::runs(&self.sites.repeated)),
            (needs::NEEDS, repeats::runs(&self.needs.repeated)),
            (needs::POPULATIONS, repeats::runs(&self.populations.repeated)),
            (decisions::TABLE, repeats::runs(&self.decisions.repeated)),
        ];
        let some = of.into_iter().filter(|(_, runs)| !runs.is_empty());
        some.map(|(table, runs)| (table.name.to_owned(), runs)).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
            && self.partners.is_empty()
            && self.activities.is_empty()
            && self.sites.is_empty()
            && self.needs.is_empty()
            && self.populations.is_empty()
            && self.decisions.is_empty()
    }
}

impl Store {
    /// Opens a database, creating it where there is none, and brings its tables up to date.
    /// `url` is a file path, `sqlite://path`, `sqlite::memory:` or `postgres://user@host/name`; only
    /// files are created.
    pub async fn create(url: &str) -> Result<Store, StoreError> {
        Ok(Store::over(connect::connect(url, connect::Purpose::Make).await?))
    }

    /// Opens a database that is there, and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Store, StoreError> {
        Ok(Store::over(connect::connect(url, connect::Purpose::Use).await?))
    }

    fn over(pool: Pool) -> Store {
        Store { place: Place::of(&pool), pool, alone: false }
    }

    /// Opens a database that is there, whose tables are up to date, and changes nothing of it.
    pub async fn look(url: &str) -> Result<Store, StoreError> {
        let pool = connect::reach(url, connect::Purpose::Look).await?;
        let why = match steps::due(&pool, url).await {
            Ok(due) => match due.into_iter().next() {
                None => return Ok(Store::over(pool)),
                Some(first) => connect::older(url, first),
            },
            Err(error) => error,
        };
        pool.close().await;
        Err(why)
    }

    /// The same for a command that imports and ends: quicker where nobody else uses the database.
    pub async fn alone(self) -> Result<Store, StoreError> {
        let pool = match self.pool {
            Engine::Sqlite(pool) if self.place.is_some() => {
                Engine::Sqlite(connect::alone(pool).await?)
            }
            pool => pool,
        };
        Ok(Store { pool, alone: true, ..self })
    }

    /// Every operation as it is now, by id.
    pub async fn operations(&self) -> Result<Vec<Listed>, StoreError> {
        self.is_in_place()?;
        let listed = operations::all(&self.pool);
        match &self.pool {
            Engine::Sqlite(_) => listed.await,
            Engine::Postgres(pool) => connect::heard(pool, listed).await,
        }
    }

    /// Refuses where the file that was opened is not in its place any more.
    fn is_in_place(&self) -> Result<(), StoreError> {
        self.place.as_ref().map_or(Ok(()), Place::check)
    }

    /// An operation as it is now; `None` where there is no such operation.
    pub async fn operation(&self, operation: &str) -> Result<Option<Listed>, StoreError> {
        self.is_in_place()?;
        operations::get(&mut self.pool.read().await?, &operation.into()).await
    }

    /// The newest revision of an operation; `None` where there is no such operation.
    pub async fn newest(&self, operation: &str) -> Result<Option<Revision>, StoreError> {
        Ok(self.operation(operation).await?.map(|listed| listed.revision))
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.pool, Engine::Postgres(_))
    }

    /// Hears of commits that others make.
    pub fn watch(&self) -> Watch {
        Watch::new(self.pool.clone())
    }

    /// Every current row of an operation; `None` where there is no such operation.
    pub async fn rows(&self, operation: &str) -> Result<Option<Rows>, StoreError> {
        let (pool, operation) = (self.pool.clone(), operation.to_owned());
        to_the_end(async move {
            // One transaction, so that all tables are read at one revision.
            read(&mut pool.read_soon().await?, &operation, Versions::Current).await
        })
        .await
    }

    /// What changed after a revision: the current rows that began since, and the rows that were
    /// current then and have ended; `None` where there is no such operation, or what has ended since
    /// was pruned.
    pub async fn since(
        &self,
        operation: &str,
        number: u64,
    ) -> Result<Option<(Rows, Rows)>, StoreError> {
        let (pool, operation) = (self.pool.clone(), operation.to_owned());
        to_the_end(async move {
            let mut tx = pool.read_soon().await?;
            match prune::kept(&mut tx, &Text::from(&*operation), number).await {
                Err(StoreError::Pruned { .. }) => return Ok(None),
                kept => kept?,
            }
            let began = read(&mut tx, &operation, Versions::Since(number)).await?;
            let ended = read(&mut tx, &operation, Versions::EndedSince(number)).await?;
            Ok(began.zip(ended))
        })
        .await
    }

    /// Every row that was current at a revision, with the operation and its submissions as they were
    /// then; `None` where there was no such revision, an error where it was pruned.
    pub async fn rows_at(&self, operation: &str, number: u64) -> Result<Option<Rows>, StoreError> {
        let (pool, operation) = (self.pool.clone(), operation.to_owned());
        to_the_end(async move {
            let mut tx = pool.read_soon().await?;
            prune::kept(&mut tx, &Text::from(&*operation), number).await?;
            let Some(mut rows) = read(&mut tx, &operation, Versions::At(number)).await? else {
                return Ok(None);
            };
            rows.submissions.retain(|one| one.revision <= number);
            let Some(last) = rows.submissions.iter().find(|one| one.revision == number) else {
                return Ok(None);
            };
            rows.revision = Revision { number, at: last.at.clone() };
            if let Some(then) = operations::at(&mut tx, &rows.operation.id, number).await? {
                rows.operation = then;
            }
            Ok(Some(rows))
        })
        .await
    }

    /// Waits for the right to make the next revision of an operation.
    pub async fn turn(&self, operation: &Text) -> Result<Turn, StoreError> {
        self.is_in_place()?;
        let mut tx = self.pool.write().await?;
        operations::hold(&mut tx, operation).await?;
        Ok(Turn { tx, place: self.place.clone() })
    }

    /// The revision that a copy of the activities was packed at; `None` where there is none.
    pub async fn packed_revision(&self, operation: &str) -> Result<Option<u64>, StoreError> {
        packed::revision(&mut self.pool.read().await?, &operation.into()).await
    }

    /// Keeps a copy of the activities of a revision, as [`pack`] made it, to start from.
    pub async fn keep_packed(
        &self,
        operation: &Text,
        revision: u64,
        pieces: Vec<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.write().await?;
        packed::write(&mut tx, operation, revision, pieces).await?;
        tx.commit().await
    }

    /// The stored row report of a submission, as JSON.
    pub async fn report(
        &self,
        operation: &str,
        submission: u32,
    ) -> Result<Option<String>, StoreError> {
        operations::report(&mut self.pool.read().await?, operation, submission).await
    }

    /// How the sources of an operation are read.
    pub async fn mappings(&self, operation: &str) -> Result<Vec<Mapping>, StoreError> {
        mappings::read(&mut self.pool.read().await?, &operation.into()).await
    }

    /// Forgets how a source is read; false where there is no mapping of this number.
    pub async fn forget_mapping(&self, operation: &str, mapping: u32) -> Result<bool, StoreError> {
        self.is_in_place()?;
        let mut tx = self.pool.write().await?;
        let operation = operation.into();
        operations::hold(&mut tx, &operation).await?;
        let was_there = mappings::forget(&mut tx, &operation, mapping).await?;
        tx.commit().await?;
        Ok(was_there)
    }

    /// The first numbers never used for a row of an operation: (activities, sites).
    pub async fn next_numbers(&self, operation: &str) -> Result<(u64, u64), StoreError> {
        let mut tx = self.pool.read().await?;
        let operation = operation.into();
        let activities = activities::next_number(&mut tx, &operation).await?;
        let sites = sites::next_number(&mut tx, &operation).await?;
        Ok((activities, sites))
    }

    /// Makes a database that nobody has open one file that can be read where nothing can be written.
    pub async fn seal(url: &str) -> Result<(), StoreError> {
        connect::seal(url).await
    }

    /// Ends every connection, so that the file is complete on disk.
    pub async fn close(&self) {
        self.pool.close().await;
        if self.alone {
            connect::shared(&self.pool).await;
        }
    }
}

/// Reads to the end, also where nobody waits for it any more: a connection that is left in the midst
/// of a copy is good for nothing afterwards, and would go back to the others.
async fn to_the_end<T: Send + 'static>(
    reading: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::spawn(reading).await {
        Ok(read) => read.map_err(StoreError::of_reading),
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The program ends.
            Err(_) => Err(sqlx::Error::PoolClosed.into()),
        },
    }
}

impl Turn {
    /// Writes changes as the next revision, in one transaction or not at all. `base` is the
    /// revision the changes were made against: number 0 creates the operation. The numbers of new
    /// activities and sites are part of `changes`, so the base must still hold: it does where
    /// it was read after this turn began.
    pub async fn commit(
        self,
        operation: &Operation,
        base: &Revision,
        submission: &NewSubmission,
        changes: &Changes,
        written: Written<'_>,
    ) -> Result<Revision, StoreError> {
        let mut tx = self.tx;
        let revision = Revision { number: base.number + 1, at: submission.at.clone() };
        if !operations::advance(&mut tx, operation, base, &revision).await? {
            let base = base.number;
            return Err(StoreError::Conflict { operation: operation.id.clone(), base });
        }
        let stamp = Stamp { operation: &operation.id, revision: revision.number };
        if let Some(mapping) = &submission.mapping {
            // Most commits have none, and the stack is small.
            Box::pin(mappings::add(&mut tx, &operation.id, mapping)).await?;
        }
        let wrote = write(&mut tx, stamp, changes, written).await?;
        // Last: a page of a file of SQLite that changes twice, before and after many others, has it
        // write the checksums of the others again.
        let repeats = changes.repeats();
        operations::add_submission(&mut tx, stamp, operation, submission, &wrote, &repeats).await?;
        watch::announce(&mut tx, &operation.id).await?;
        self.place.as_ref().map_or(Ok(()), Place::check)?;
        tx.commit().await?;
        Ok(revision)
    }
}

/// Writes the changes of every table, and returns the sums of those that changed.
async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    changes: &Changes,
    written: Written<'_>,
) -> Result<Checksums, StoreError> {
    let wrote = [
        (areas::TABLE, batch::write(tx, stamp, &changes.areas, written).await?),
        (partners::TABLE, batch::write(tx, stamp, &changes.partners, written).await?),
        (activities::TABLE, activities::write(tx, stamp, &changes.activities, written).await?),
        (sites::TABLE, sites::write(tx, stamp, &changes.sites, written).await?),
        (needs::NEEDS, batch::write(tx, stamp, &changes.needs, written).await?),
        (needs::POPULATIONS, batch::write(tx, stamp, &changes.populations, written).await?),
        (decisions::TABLE, decisions::write(tx, stamp, &changes.decisions).await?),
    ];
    let changed = wrote.into_iter().filter(|(_, sums)| *sums != Sums::default());
    Ok(changed.map(|(table, sums)| (table.name.to_owned(), sums)).collect())
}

async fn read(
    tx: &mut Tx,
    operation: &str,
    versions: Versions,
) -> Result<Option<Rows>, StoreError> {
    let operation = Text::from(operation);
    // What is damaged is said with its place.
    let of = |table| {
        let operation = operation.clone();
        move |error: StoreError| error.of(&operation, table)
    };
    let found = operations::get(tx, &operation).await.map_err(of("operations"))?;
    let Some(Listed { operation, revision, oldest }) = found else { return Ok(None) };
    let id = &operation.id;
    let words = Arc::new(places::words(tx, id).await.map_err(of("said_places"))?);
    let activities = match versions {
        Versions::Current => packed::activities(tx, id, oldest..=revision.number, &words).await,
        _ => activities::read(tx, id, versions, &words).await,
    };
    let activities = activities.map_err(of("activities"))?;
    Ok(Some(Rows {
        submissions: operations::submissions(tx, id).await.map_err(of("submissions"))?,
        areas: batch::read(tx, id, versions, &words).await.map_err(of("areas"))?,
        partners: batch::read(tx, id, versions, &words).await.map_err(of("partners"))?,
        activities,
        sites: batch::read(tx, id, versions, &words).await.map_err(of("sites"))?,
        needs: batch::read(tx, id, versions, &words).await.map_err(of("needs"))?,
        populations: batch::read(tx, id, versions, &words).await.map_err(of("populations"))?,
        decisions: batch::read(tx, id, versions, &words).await.map_err(of("decisions"))?,
        mappings: mappings::read(tx, id).await.map_err(of("mappings"))?,
        operation,
        revision,
    }))
}

/// The tables of versioned rows.
const VERSIONED: &[Table] = &[
    areas::TABLE,
    partners::TABLE,
    activities::TABLE,
    sites::TABLE,
    needs::NEEDS,
    needs::POPULATIONS,
    decisions::TABLE,
];

/// Which versions of rows are read, as a condition of SQL.
#[derive(Clone, Copy)]
enum Versions {
    All,
    Current,
    /// Those a revision added.
    Added(u64),
    /// The current ones that are newer than a revision.
    Since(u64),
    /// Those that were current at a revision and are so no more.
    EndedSince(u64),
    /// Those that were current at a revision.
    At(u64),
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Versions::All => f.write_str("true"),
            Versions::Current => f.write_str("to_revision is null"),
            Versions::Added(revision) => write!(f, "from_revision = {revision}"),
            Versions::Since(revision) => {
                write!(f, "to_revision is null and from_revision > {revision}")
            }
            Versions::EndedSince(revision) => {
                write!(f, "from_revision <= {revision} and to_revision > {revision}")
            }
            Versions::At(revision) => write!(
                f,
                "from_revision <= {revision} and (to_revision is null or to_revision > {revision})"
            ),
        }
    }
}

/// Which operation and revision a write belongs to.
#[derive(Clone, Copy)]
struct Stamp<'a> {
    operation: &'a Text,
    revision: u64,
}

/// Called with the number of rows that were just written, for a progress bar.
pub type Written<'a> = &'a (dyn Fn(usize) + Sync);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
pub(crate) mod databases;
#[cfg(test)]
mod tests;
