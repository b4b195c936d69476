//! Import of one file: read, compare with what is known, commit in one transaction, publish.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::App;
use super::changes::{Counts, Difference};
use super::content::{Content, NotRead};
use super::earlier::Earlier;
use super::plan::plan;
use crate::domain::{Operation, Revision, Rows, Snapshot, Text};
use crate::intake::{Kind, Options, Report, Unreadable};
use crate::store::{StoreError, Turn, Written};

/// One file to import.
#[derive(Clone, Debug)]
pub struct Import {
    pub operation: Said,
    pub kind: Kind,
    pub file_name: String,
    pub content: Content,
    pub options: Options,
    /// The submission that the file corrects: rows of it that the file no longer has end.
    pub replaces: Option<u32>,
    /// Report what would change, and change nothing.
    pub dry_run: bool,
    /// What somebody was shown that it would change: it must still be so.
    pub expected: Option<Counts>,
    /// The time of the commit: RFC 3339, UTC.
    pub at: Text,
}

/// What somebody says about an operation, which is created where it is new. What is not said stays
/// as it is at the moment of the commit.
#[derive(Clone, Debug)]
pub struct Said {
    pub id: Text,
    pub name: Option<Text>,
    pub note: Option<Text>,
    /// People per household.
    pub household_size: Option<f64>,
}

impl Said {
    /// Nothing but which operation it is.
    pub fn of(id: impl Into<Text>) -> Said {
        Said { id: id.into(), name: None, note: None, household_size: None }
    }

    /// The operation after it, from what is known of it; a new one without a name is called by its
    /// id.
    pub fn after(&self, known: Option<&Operation>) -> Operation {
        let name = self.name.as_ref().or(known.map(|known| &known.name)).unwrap_or(&self.id);
        let note = self.note.as_ref().or(known.and_then(|known| known.note.as_ref()));
        Operation {
            id: self.id.clone(),
            name: name.clone(),
            note: note.cloned(),
            household_size: self.household_size.or(known.and_then(|known| known.household_size)),
        }
    }
}

/// What an import did, or with `dry_run` would do.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub report: Report,
    pub counts: Counts,
    /// Some of the rows that are new, change or go.
    pub differences: Vec<Difference>,
    /// The submission that the file looks like a correction of; reported, never applied by itself.
    pub earlier: Option<Earlier>,
    /// The revision it made; `None` where nothing changed or it was a dry run.
    pub committed: Option<Revision>,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    NotRead(#[from] NotRead),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(
        "operation id \"{0}\" must be 1 to 64 lower-case letters, digits and hyphens, such as floods-2026"
    )]
    BadOperation(String),
    #[error("there is no operation \"{0}\"")]
    NoOperation(Text),
    #[error("there is no submission {0}")]
    NoSubmission(u32),
    #[error("submission {0} is rolled back already")]
    AlreadyUndone(u32),
    #[error("{0}")]
    BadDecision(String),
    #[error(
        "submission {submission} is no import of {kind} that can be replaced{}",
        .last.map(|last| format!("; the last one is {last}")).unwrap_or_default()
    )]
    NotReplaceable { submission: u32, kind: &'static str, last: Option<u32> },
    #[error(
        "no row of the file is accepted (it has {rows}), and it would end the {ends} that submission {submission} left: nothing was written. Look at the file with lacuna check; to take a submission back, roll it back"
    )]
    ReplacesByNothing { submission: u32, rows: u32, ends: usize },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "the operation was changed meanwhile: the file now makes {0}, and not what was shown; look at it again"
    )]
    Moved(Counts),
    #[error("there is no database to import into")]
    NoDatabase,
    #[error("the import stopped unexpectedly; nothing was written")]
    Stopped,
}

impl ImportError {
    /// Whether somebody else's change came between; the same import may well succeed later.
    pub fn is_conflict(&self) -> bool {
        matches!(
            self,
            ImportError::Moved(_)
                | ImportError::AlreadyUndone(_)
                | ImportError::Store(StoreError::Conflict { .. })
        )
    }
}

impl App {
    /// Imports one file. Nothing is written unless all of it is; the same file again changes
    /// nothing and makes no revision. `written` is told how many rows reached the database.
    pub async fn import(
        self: &Arc<App>,
        import: Import,
        written: Written<'_>,
    ) -> Result<Outcome, ImportError> {
        check_id(&import.operation.id)?;
        let (begun, kind, dry_run) = (Instant::now(), import.kind, import.dry_run);
        let done = self.import_in_turn(import, written).await;
        if !dry_run {
            let outcome = if done.is_ok() { "done" } else { "refused" };
            self.imports.count((kind.name(), outcome), begun.elapsed());
        }
        done
    }

    async fn import_in_turn(
        self: &Arc<App>,
        import: Import,
        written: Written<'_>,
    ) -> Result<Outcome, ImportError> {
        let mut attempt = self.attempt().await?;
        loop {
            let done = self.import_once(import.clone(), attempt.turn.take(), written).await;
            if !attempt.again(&import.operation.id, &done).await? {
                return done;
            }
        }
    }

    /// Imports since the program began, by kind and outcome.
    pub fn imports(&self) -> BTreeMap<(&'static str, &'static str), Imports> {
        self.imports.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn import_once(
        self: &Arc<App>,
        import: Import,
        turn: Option<Turn>,
        written: Written<'_>,
    ) -> Result<Outcome, ImportError> {
        let (expected, dry_run) = (import.expected, import.dry_run);
        let store = self.store.as_ref().ok_or(ImportError::NoDatabase)?;
        let known = match self.current(&import.operation.id).await? {
            Some(snapshot) => snapshot,
            None => Arc::new(Snapshot::build(Rows::empty(import.operation.after(None)))),
        };
        let numbers = store.next_numbers(&import.operation.id).await?;

        let app = self.clone();
        let plan = tokio::task::spawn_blocking(move || {
            plan(import, &known, &app.standards, numbers).map(|plan| (plan, known))
        });
        let (plan, known) = plan.await.map_err(|_| ImportError::Stopped)??;
        let plan = self.name_unplaced(plan, &known).await?;
        if let Some(expected) = expected
            && expected != plan.counts
        {
            return Err(ImportError::Moved(plan.counts));
        }
        let committed = match dry_run || !plan.is_needed(&known) {
            true => None,
            false => {
                let (operation, submission) = (plan.operation, plan.submission);
                Some(self.commit(turn, known, operation, submission, plan.changes, written).await?)
            }
        };
        let (report, counts) = (plan.report, plan.counts);
        let (differences, earlier) = (plan.differences, plan.earlier);
        Ok(Outcome { report, counts, differences, earlier, committed })
    }
}

/// Imports of one kind that ended in one way: how many, and how long they took together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Imports {
    pub count: u64,
    pub took: Duration,
}

/// Imports since the program began, by kind and outcome.
#[derive(Debug, Default)]
pub(super) struct Durations(Mutex<BTreeMap<(&'static str, &'static str), Imports>>);

impl Durations {
    fn count(&self, what: (&'static str, &'static str), took: Duration) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = all.entry(what).or_default();
        (one.count, one.took) = (one.count + 1, one.took + took);
    }
}

/// Refuses what no operation can be called.
pub fn check_id(id: &str) -> Result<(), ImportError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = (1..=64).contains(&id.len()) && id.chars().all(fits) && !id.starts_with('-');
    if good { Ok(()) } else { Err(ImportError::BadOperation(id.to_owned())) }
}
