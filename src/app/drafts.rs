//! Drafts: files that were sent and read but not committed. They live in memory, within a budget;
//! nothing of them is in the database or in what others see.

pub mod asked;
mod offered;
mod work;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::{Semaphore, watch};

use self::asked::Asked;
use super::changes::{Counts, Difference};
use super::collections::View;
use super::earlier::Earlier;
use super::import::{ImportError, Said};
use super::plan::Plan;
use crate::domain::Text;
use crate::domain::words::grouped;
use crate::intake::{Kind, KindScore, Report};

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
    pub operation: Said,
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
    said: Said,
    /// How it was first asked for: where a correction fails before any reading succeeded, this holds again.
    sent_as: Asked,
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
    pub error: Option<Arc<ImportError>>,
    /// What a file of boundaries has, where it does not say which of it is the P-code.
    pub offered: Arc<Vec<Offered>>,
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

/// A property of a file that could not be read, so that its sender can say what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    pub header: String,
    /// A few different values.
    pub values: Vec<String>,
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

impl Reading {
    /// Why there is nothing to commit, where every row was rejected: in a sentence.
    pub fn nothing_accepted(&self) -> Option<String> {
        let counts = &self.report.counts;
        if !counts.nothing_accepted() {
            return None;
        }
        let rejecting = self.report.issues.iter().filter(|issue| issue.rejects);
        let why = rejecting.max_by_key(|issue| issue.count).map_or("", |issue| &issue.message);
        let rows = match counts.rows {
            1 => "The only row was rejected".to_owned(),
            rows => format!("All {} rows were rejected", grouped(rows)),
        };
        Some(format!("{rows}, so there is nothing to commit. {why}").trim_end().to_owned())
    }
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
    Failed(Arc<ImportError>),
    #[error("the file is committed already: send it again to import it again")]
    Committed,
    /// Why, in a sentence.
    #[error("{0}")]
    NothingAccepted(String),
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
        // Drafts of several sheets share one file.
        let bytes = |all: &VecDeque<Arc<Draft>>| -> usize {
            let files = all.iter().map(|draft| draft.status.borrow().bytes.clone());
            let files: HashMap<_, _> = files.map(|file| (file.as_ptr(), file.len())).collect();
            files.values().sum()
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
                // Whoever holds it is looking at it.
                if let Ok(mut prepared) = reading.prepared.try_lock() {
                    *prepared = Prepared::Dropped;
                }
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

    /// Forgets why the last thing could not be done, once its sender was told: a draft that stays as
    /// it was has nothing wrong with it.
    pub fn told(&self) {
        self.status.send_if_modified(|status| {
            let heard = status.phase == Phase::Ready && status.error.is_some();
            if heard {
                status.error = None;
            }
            heard
        });
    }
}

impl Status {
    /// Whether the operation has changed since the file was compared with it.
    pub fn is_outdated(&self, current: u64) -> bool {
        self.phase == Phase::Ready && self.read.as_ref().is_some_and(|read| read.base != current)
    }
}
