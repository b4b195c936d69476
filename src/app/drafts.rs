//! Drafts: files that were sent and read but not committed. They live in memory, within a budget;
//! nothing of them is in the database or in what others see.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::{Semaphore, watch};

use super::App;
use super::asked::Asked;
use super::changes::{Counts, Difference};
use super::collections::View;
use super::commit::next;
use super::earlier::Earlier;
use super::import::{Import, ImportError, check_id};
use super::plan::{Plan, plan};
use crate::domain::{Operation, Revision, Rows, Snapshot, Text};
use crate::intake::{self, Kind, KindScore, Progress, Report};

/// What all drafts may take together.
mod limits {
    use std::time::Duration;

    pub const DRAFTS: usize = 32;
    /// Bytes of their files.
    pub const BYTES: usize = 1 << 30;
    /// Drafts whose rows are kept beside their files.
    pub const PREPARED: usize = 4;
    /// Files that are read at once.
    pub const READINGS: usize = 2;
    /// Since it was last looked at.
    pub const AGE: Duration = Duration::from_secs(12 * 3600);
}

/// A file as it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Nobody can guess it.
    pub id: Text,
    pub operation: Text,
    /// The operation's name, where the sender gives it one.
    pub name: Option<Text>,
    /// People per household, where the sender says it.
    pub household_size: Option<f64>,
    pub file_name: String,
    pub bytes: Bytes,
    /// RFC 3339, UTC.
    pub at: Text,
}

/// A file that was sent, and what has become of it so far.
#[derive(Debug)]
pub struct Draft {
    pub id: Text,
    pub operation: Text,
    pub file_name: String,
    /// Bytes of the file.
    pub size: usize,
    pub at: Text,
    name: Option<Text>,
    household_size: Option<f64>,
    status: watch::Sender<Status>,
    /// Counts the readings: what an earlier one finds is of no use any more.
    reading: AtomicU64,
    /// Rows that a commit has written so far.
    written: AtomicU64,
    seen: Mutex<Instant>,
}

#[derive(Clone, Debug)]
pub struct Status {
    pub phase: Phase,
    /// How the reading under way, or the last one, was asked for.
    pub asked: Asked,
    /// The last reading that succeeded; what is asked for may be newer.
    pub read: Option<Arc<Reading>>,
    /// Why the last thing that was asked could not be done, in a sentence.
    pub error: Option<String>,
    pub committed: Option<Committed>,
    /// Gone once committed: the rows are in the database then.
    bytes: Bytes,
}

impl Status {
    /// The file; empty once it is committed.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// What the commit of a draft made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// `None` where the file said nothing new.
    pub submission: Option<u32>,
    /// The operation's revision after it.
    pub revision: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Reading,
    Ready,
    Committing,
    Committed,
    /// It could not be read at all.
    Failed,
}

/// What one reading of a file gave.
#[derive(Debug)]
pub struct Reading {
    pub asked: Asked,
    pub kind: Kind,
    /// What the content speaks for, the likeliest first; empty where the sender said the kind.
    pub kinds: Vec<KindScore>,
    pub report: Report,
    pub counts: Counts,
    /// Some of the rows that are new, change or go.
    pub differences: Vec<Difference>,
    /// The submission that the file looks like a correction of.
    pub earlier: Option<Earlier>,
    /// The revision it was compared with.
    pub base: u64,
    prepared: Mutex<Prepared>,
}

/// The rows of a reading, as they are wanted.
#[derive(Debug, Default)]
enum Prepared {
    Plan(Box<Plan>),
    View(Arc<View>),
    /// Given up to make room: the file is read again when they are wanted.
    #[default]
    Dropped,
}

#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error("the file is still being read; wait until it is")]
    Busy,
    #[error("{0}")]
    Failed(String),
    #[error("the file is committed already: send it again to import it again")]
    Committed,
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Every draft of one server, the oldest first.
#[derive(Debug)]
pub struct Drafts {
    all: Mutex<VecDeque<Arc<Draft>>>,
    readings: Arc<Semaphore>,
}

impl Default for Drafts {
    fn default() -> Drafts {
        Drafts { all: Mutex::default(), readings: Arc::new(Semaphore::new(limits::READINGS)) }
    }
}

impl Drafts {
    /// The drafts of an operation, the newest first.
    pub fn of(&self, operation: &str) -> Vec<Arc<Draft>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().rev().filter(|draft| *draft.operation == *operation).cloned().collect()
    }

    pub fn find(&self, operation: &str, id: &str) -> Option<Arc<Draft>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut own = all.iter().filter(|draft| *draft.operation == *operation);
        let found = own.find(|draft| *draft.id == *id).cloned();
        if let Some(draft) = &found {
            *draft.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        found
    }

    /// Forgets a draft; false where there is none.
    pub fn remove(&self, operation: &str, id: &str) -> bool {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.len();
        all.retain(|draft| *draft.operation != *operation || *draft.id != *id);
        all.len() < before
    }

    /// Takes a draft in, and drops the oldest ones that are too many with it.
    fn add(&self, draft: Arc<Draft>) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|draft| draft.idle() < limits::AGE);
        all.push_back(draft);
        let bytes = |all: &VecDeque<Arc<Draft>>| -> usize {
            all.iter().map(|draft| draft.status.borrow().bytes.len()).sum()
        };
        while all.len() > 1 && (all.len() > limits::DRAFTS || bytes(&all) > limits::BYTES) {
            all.pop_front();
        }
    }

    /// Gives up the rows of all but the drafts that were looked at last.
    fn make_room(&self) {
        let mut all: Vec<_> = {
            let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.iter().cloned().collect()
        };
        all.sort_by_key(|draft| draft.idle());
        for draft in all.iter().skip(limits::PREPARED) {
            if let Some(reading) = &draft.status.borrow().read {
                *reading.prepared.lock().unwrap_or_else(PoisonError::into_inner) =
                    Prepared::Dropped;
            }
        }
    }
}

impl Draft {
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// How far the work under way has come: rows done, and the rows there are where that is known.
    pub fn rows(&self) -> (u64, Option<u64>) {
        let status = self.status.borrow();
        match status.phase {
            Phase::Committing => {
                let counts = status.read.as_ref().map(|reading| reading.counts);
                let rows = counts.map(|counts| (counts.new + counts.changed) as u64);
                (self.written.load(Relaxed), rows.filter(|rows| *rows > 0))
            }
            _ => status.asked.options.progress.rows(),
        }
    }

    /// The file itself; nothing once it is committed.
    pub fn bytes(&self) -> Bytes {
        self.status.borrow().bytes.clone()
    }

    /// Waits until nothing is being done with it, at most this long.
    pub async fn settled(&self, longest: Duration) -> Status {
        let mut watched = self.status.subscribe();
        let busy = |status: &Status| matches!(status.phase, Phase::Reading | Phase::Committing);
        let _ = tokio::time::timeout(longest, watched.wait_for(|status| !busy(status))).await;
        self.status()
    }

    fn idle(&self) -> Duration {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// The operation as a commit would leave it.
    fn operation_after(&self, known: Option<&Operation>) -> Operation {
        let name = || known.map(|known| known.name.clone());
        Operation {
            id: self.operation.clone(),
            name: self.name.clone().or_else(name).unwrap_or_else(|| self.operation.clone()),
            note: known.and_then(|known| known.note.clone()),
            household_size: self.household_size.or(known.and_then(|known| known.household_size)),
        }
    }
}

impl Status {
    /// Whether the operation has changed since the file was compared with it.
    pub fn is_outdated(&self, current: u64) -> bool {
        self.phase == Phase::Ready && self.read.as_ref().is_some_and(|read| read.base != current)
    }
}

impl App {
    /// Takes a file in as a draft and begins to read it.
    pub fn send(self: &Arc<App>, sent: Sent, asked: Asked) -> Result<Arc<Draft>, ImportError> {
        check_id(&sent.operation)?;
        let status = Status {
            phase: Phase::Failed,
            asked: asked.clone(),
            read: None,
            error: None,
            committed: None,
            bytes: sent.bytes,
        };
        let draft = Arc::new(Draft {
            id: sent.id,
            operation: sent.operation,
            size: status.bytes.len(),
            file_name: sent.file_name,
            at: sent.at,
            name: sent.name,
            household_size: sent.household_size,
            status: watch::Sender::new(status),
            reading: AtomicU64::new(0),
            written: AtomicU64::new(0),
            seen: Mutex::new(Instant::now()),
        });
        self.drafts.add(draft.clone());
        // A new draft is never busy.
        let _ = self.read_again(&draft, asked);
        Ok(draft)
    }

    /// Begins to read a draft in another way. Where that fails, it stays as it was.
    pub fn read_again(
        self: &Arc<App>,
        draft: &Arc<Draft>,
        mut asked: Asked,
    ) -> Result<(), DraftError> {
        asked.options.progress = Progress::default();
        let mut refused = None;
        draft.status.send_modify(|status| match status.phase {
            Phase::Committing => refused = Some(DraftError::Busy),
            Phase::Committed => refused = Some(DraftError::Committed),
            _ => {
                status.phase = Phase::Reading;
                status.asked = asked.clone();
                status.error = None;
            }
        });
        if let Some(refused) = refused {
            return Err(refused);
        }
        let number = draft.reading.fetch_add(1, Relaxed) + 1;
        let (app, draft) = (self.clone(), draft.clone());
        tokio::spawn(async move {
            let read = app.read_draft(&draft, asked).await;
            draft.status.send_modify(|status| {
                if draft.reading.load(Relaxed) != number || status.phase != Phase::Reading {
                    return;
                }
                match read {
                    Ok(reading) => {
                        status.phase = Phase::Ready;
                        status.read = Some(Arc::new(reading));
                    }
                    Err(error) => {
                        status.error = Some(error.to_string());
                        status.phase = Phase::Failed;
                        if let Some(before) = &status.read {
                            status.phase = Phase::Ready;
                            status.asked = before.asked.clone();
                        }
                    }
                }
            });
            app.drafts.make_room();
        });
        Ok(())
    }

    /// The operation as it would be after the commit of a draft.
    pub async fn draft_view(self: &Arc<App>, draft: &Arc<Draft>) -> Result<Arc<View>, DraftError> {
        loop {
            let status = draft.settled(Duration::from_secs(600)).await;
            let reading = match (status.phase, status.read, status.error) {
                (Phase::Ready, Some(reading), _) => reading,
                (Phase::Failed, _, Some(error)) => return Err(DraftError::Failed(error)),
                (Phase::Committed, ..) => return Err(DraftError::Committed),
                _ => return Err(DraftError::Busy),
            };
            let known = self.snapshot(&draft.operation);
            let current = known.as_ref().map_or(0, |known| known.revision.number);
            let known = self.known(draft, known);
            let (app, at) = (self.clone(), draft.at.clone());
            let based = reading.clone();
            let view = tokio::task::spawn_blocking(move || {
                if based.base != current {
                    return None;
                }
                let mut prepared = based.prepared.lock().unwrap_or_else(PoisonError::into_inner);
                let view = match std::mem::take(&mut *prepared) {
                    Prepared::Plan(plan) => {
                        let revision = Revision { number: current + 1, at };
                        let plan = *plan;
                        let after =
                            next(&known, plan.operation, revision, plan.submission, plan.changes);
                        Arc::new(View::new(Arc::new(after), app.standards.clone()))
                    }
                    Prepared::View(view) => view,
                    Prepared::Dropped => return None,
                };
                *prepared = Prepared::View(view.clone());
                Some(view)
            });
            match view.await.map_err(|_| ImportError::Stopped)? {
                Some(view) => return Ok(view),
                // The rows were given up, or the operation has moved: the file is read again.
                None => self.read_again(draft, reading.asked.clone())?,
            }
        }
    }

    /// Commits a draft, by the same way as every import. It is compared anew with what is known
    /// then, and refused where it would change anything else than what was shown. The commit goes
    /// on when nobody waits for it any more.
    pub async fn commit_draft(
        self: &Arc<App>,
        draft: &Arc<Draft>,
        at: Text,
    ) -> Result<(), DraftError> {
        let mut begun = Err(DraftError::Busy);
        draft.status.send_modify(|status| match (status.phase, &status.read) {
            (Phase::Ready, Some(reading)) => {
                begun = Ok((reading.clone(), status.bytes.clone()));
                status.phase = Phase::Committing;
                status.error = None;
            }
            (Phase::Committed, _) => begun = Err(DraftError::Committed),
            (Phase::Failed, _) => {
                begun = Err(DraftError::Failed(status.error.clone().unwrap_or_default()));
            }
            _ => {}
        });
        let (reading, bytes) = begun?;
        draft.written.store(0, Relaxed);
        let (app, draft) = (self.clone(), draft.clone());
        let commit = tokio::spawn(async move {
            let done = app.commit_reading(&draft, &reading, bytes, at).await;
            let moved = matches!(done, Err(ImportError::Moved(_)));
            draft.status.send_modify(|status| match &done {
                Ok(committed) => {
                    status.phase = Phase::Committed;
                    status.committed = Some(*committed);
                    status.bytes = Bytes::new();
                    *reading.prepared.lock().unwrap_or_else(PoisonError::into_inner) =
                        Prepared::Dropped;
                }
                Err(error) => {
                    status.phase = Phase::Ready;
                    status.error = Some(error.to_string());
                }
            });
            if moved {
                let error = draft.status().error;
                if app.read_again(&draft, reading.asked.clone()).is_ok() {
                    draft.status.send_modify(|status| status.error = error);
                }
            }
            done.map(|_| ())
        });
        Ok(commit.await.map_err(|_| ImportError::Stopped)??)
    }

    async fn commit_reading(
        self: &Arc<App>,
        draft: &Draft,
        reading: &Reading,
        bytes: Bytes,
        at: Text,
    ) -> Result<Committed, ImportError> {
        let known = self.snapshot(&draft.operation);
        let import = Import {
            operation: draft.operation_after(known.as_ref().map(|known| &known.operation)),
            kind: reading.kind,
            file_name: draft.file_name.clone(),
            bytes,
            options: reading.asked.options.clone(),
            replaces: reading.asked.replaces,
            dry_run: false,
            expected: Some(reading.counts),
            at,
        };
        let written = |rows: usize| {
            draft.written.fetch_add(rows as u64, Relaxed);
        };
        let outcome = self.import(import, &written).await?;
        let after = self.snapshot(&draft.operation);
        let submissions = after.as_ref().map_or(&[][..], |after| &after.submissions);
        let revision = outcome.committed.as_ref().map(|revision| revision.number);
        let made = submissions.iter().find(|one| Some(one.revision) == revision);
        let current = after.as_ref().map_or(0, |after| after.revision.number);
        let submission = made.map(|one| one.id);
        Ok(Committed { submission, revision: revision.unwrap_or(current) })
    }

    /// What a draft is compared with: the operation, or an empty one where it is new.
    fn known(&self, draft: &Draft, known: Option<Arc<Snapshot>>) -> Arc<Snapshot> {
        known.unwrap_or_else(|| Arc::new(Snapshot::build(Rows::empty(draft.operation_after(None)))))
    }

    async fn read_draft(
        self: &Arc<App>,
        draft: &Arc<Draft>,
        asked: Asked,
    ) -> Result<Reading, ImportError> {
        let _permit = self.drafts.readings.acquire().await.map_err(|_| ImportError::Stopped)?;
        let known = self.load(&draft.operation).await?;
        let base = known.as_ref().map_or(0, |known| known.revision.number);
        let operation = draft.operation_after(known.as_ref().map(|known| &known.operation));
        let known = self.known(draft, known);
        let numbers = match &self.store {
            Some(store) => store.next_numbers(&draft.operation).await?,
            None => return Err(ImportError::NoDatabase),
        };
        let bytes = draft.status.borrow().bytes.clone();
        let (app, file_name, at) = (self.clone(), draft.file_name.clone(), draft.at.clone());
        let read = tokio::task::spawn_blocking(move || {
            let (kind, kinds) = match asked.kind {
                Some(kind) => (kind, Vec::new()),
                None => {
                    let found = intake::kinds(&bytes, &known, &asked.options)?;
                    (found[0].kind, found)
                }
            };
            let options = asked.options.clone();
            let import = Import {
                operation,
                kind,
                file_name,
                bytes,
                options,
                replaces: asked.replaces,
                dry_run: true,
                expected: None,
                at,
            };
            let mut plan = plan(import, &known, &app.standards, numbers)?;
            let (report, counts) = (std::mem::take(&mut plan.report), plan.counts);
            let differences = std::mem::take(&mut plan.differences);
            let earlier = plan.earlier.take();
            let prepared = Mutex::new(Prepared::Plan(Box::new(plan)));
            Ok(Reading { asked, kind, kinds, report, counts, differences, earlier, base, prepared })
        });
        read.await.map_err(|_| ImportError::Stopped)?
    }
}
