//! Undoing a submission, as a new revision: what stands then is what stands without it. Rows that later
//! submissions say too become theirs; of those that later ones changed nothing changes, and they are
//! named.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

mod fates;
mod partners;
mod rows;
mod said;

use self::fates::Plan;
pub use self::fates::Undone;
use super::App;
use super::import::ImportError;
use super::plan::next_submission;
use crate::domain::words::{counted, grouped};
use crate::domain::{Revision, Snapshot, Submission, Text, undone};
use crate::intake::Kind;
use crate::store::{About, NewSubmission, Repeats, Turn};

/// What a rollback did, or would do.
#[derive(Clone, Debug)]
pub struct RolledBack {
    pub submission: Submission,
    /// Its file, as it is called in the history.
    pub file: String,
    pub rows: Undone,
    /// The submissions that rows pass on to, as they are called in the history.
    pub passed: Vec<(u32, String, usize)>,
    /// Later submissions of which it is not kept whether they say rows of it too.
    pub unknown: Vec<u32>,
    /// The revision it made; `None` where nothing changed or nothing was to be written.
    pub committed: Option<Revision>,
}

impl App {
    /// Undoes a submission of any kind, a rollback included. `dry_run` only says what it would do.
    pub async fn rollback(
        self: &Arc<App>,
        operation: &str,
        submission: u32,
        dry_run: bool,
        at: Text,
    ) -> Result<RolledBack, ImportError> {
        let mut attempt = self.attempt().await?;
        loop {
            let turn = attempt.turn.take();
            let done = self.rollback_once(operation, submission, dry_run, &at, turn).await;
            if !attempt.again(operation, &done).await? {
                return done;
            }
        }
    }

    async fn rollback_once(
        &self,
        operation: &str,
        submission: u32,
        dry_run: bool,
        at: &Text,
        turn: Option<Turn>,
    ) -> Result<RolledBack, ImportError> {
        let store = self.store.as_ref().ok_or(ImportError::NoDatabase)?;
        let missing = || ImportError::NoOperation(operation.into());
        let known = self.current(operation).await?.ok_or_else(missing)?;
        let one = known.submission(submission).cloned();
        let one = one.ok_or(ImportError::NoSubmission(submission))?;
        let undone = undone(&known.submissions);
        if undone.contains(&submission) {
            return Err(ImportError::AlreadyUndone(submission));
        }
        store.can_be_undone(operation, one.revision).await?;
        let chain = chain(&known, one);
        let base = chain.last().map_or(submission, |base| base.id);
        // What a replaced file says again counts where the one in its place does not hold.
        let mut submissions = BTreeSet::from([base]);
        let replaced = |id: &u32| known.submission(*id)?.replaces.filter(|replaced| replaced < id);
        while let Some(next) = submissions.first().and_then(replaced) {
            submissions.insert(next);
        }
        // Rows that wait for others are among those that vanished with what was undone.
        let was = |one: &&Submission| one.undoes.is_some() || undone.contains(&one.id);
        let vanished = known.submissions.iter().filter(was).map(|one| one.revision).collect();
        let revisions = chain.iter().map(|one| one.revision).collect();
        let about = About { revisions, vanished, submissions, undone };
        let history = store.history(operation, &about).await?.ok_or_else(missing)?;
        let unknown = unknown(&known, base, &history.repeats);
        let planned = tokio::task::spawn_blocking(move || {
            let plan = Plan::of(&known, &chain, &about, history);
            (known, chain, plan)
        });
        let (known, chain, plan) = planned.await.map_err(|_| ImportError::Stopped)?;
        let says_nothing = !plan.said_anything;
        let mut rows = BTreeMap::new();
        for revision in plan.needs() {
            rows.insert(revision, store.added(operation, revision).await?.ok_or_else(missing)?);
        }
        let undo = tokio::task::spawn_blocking(move || {
            let (changes, rows) = plan.changes(&known, &rows);
            (known, changes, rows)
        });
        let (known, changes, rows) = undo.await.map_err(|_| ImportError::Stopped)?;
        let one = chain.into_iter().next().ok_or(ImportError::NoSubmission(submission))?;
        let passed = rows.passed.iter().map(|(to, rows)| {
            let file = known.submission(*to).map(|one| known.file_of(one)).unwrap_or_default();
            (*to, file, *rows)
        });
        let mut done = RolledBack {
            file: known.file_of(&one),
            submission: one,
            passed: passed.collect(),
            unknown: if rows.ended > 0 { unknown } else { Vec::new() },
            rows,
            committed: None,
        };
        // What later submissions changed is undone with them, if ever: this one is, from now on.
        if dry_run || says_nothing {
            return Ok(done);
        }
        let submission = NewSubmission {
            id: next_submission(&known),
            kind: "rollback".into(),
            file_name: done.submission.file_name.clone(),
            sha256: "".into(),
            at: at.clone(),
            report: "{}".into(),
            replaces: None,
            undoes: Some(done.submission.id),
            sheet: None,
            mapping: None,
        };
        let operation = known.operation.clone();
        let committed = self.commit(turn, known, operation, submission, changes, &|_| ()).await;
        done.committed = Some(committed?);
        Ok(done)
    }
}

/// A submission, and where it is a rollback what that undoes, and so on.
fn chain(known: &Snapshot, one: Submission) -> Vec<Submission> {
    let mut chain = vec![one];
    while let Some(next) = chain.last().and_then(|last| known.submission(last.undoes?)) {
        chain.push(next.clone());
    }
    chain
}

/// The later imports that hold and of which it was not kept what they say again.
fn unknown(known: &Snapshot, base: u32, repeats: &[(u32, Option<Repeats>)]) -> Vec<u32> {
    let kind = known.submission(base).map(|base| &base.kind);
    let undone = undone(&known.submissions);
    let is_later = |id: &u32| {
        let one = known.submission(*id);
        *id > base && !undone.contains(id) && one.is_some_and(|one| Some(&one.kind) == kind)
    };
    repeats.iter().filter(|(_, kept)| kept.is_none()).map(|(id, _)| *id).filter(is_later).collect()
}

/// What is said of boundaries that stay because later ones say something of them, too.
const COMPLETED: &str = " What those did not say themselves, such as borders beneath names, they have kept: where it is wrong, undo them as well and send their files again.";

impl RolledBack {
    /// What it did, in words.
    pub fn in_words(&self) -> String {
        let RolledBack { submission, file, rows, .. } = self;
        let Undone { ended, restored, left, .. } = rows;
        let id = submission.id;
        let verb = |count: usize, one: &'static str, many| if count == 1 { one } else { many };
        let mut did = Vec::new();
        if *ended > 0 {
            let (rows, end) = (grouped(*ended as i64), verb(*ended, "ends", "end"));
            did.push(format!("{rows} of its rows {end}"));
        }
        if *restored > 0 {
            let (rows, come) = (counted(*restored, "row"), verb(*restored, "comes", "come"));
            did.push(format!("{rows} {come} back as before it"));
        }
        for (to, file, rows) in &self.passed {
            let (stay, them) = (verb(*rows, "stays", "stay"), verb(*rows, "it", "them"));
            let rows = counted(*rows, "row");
            did.push(format!("{rows} {stay} as submission {to} ({file}) says {them} too"));
        }
        if did.is_empty() {
            did.push("no row changes".to_owned());
        }
        let what = match submission.undoes {
            Some(undoes) => format!("Rollback {id} of submission {undoes}"),
            None => format!("Submission {id}"),
        };
        let mut text = format!("{what} ({file}): {}.", did.join(", "));
        if *left > 0 {
            let (rows, were) = (counted(*left, "row"), verb(*left, "was", "were"));
            text.push_str(&format!(
                " {rows} {were} changed by later submissions: what they say now stays."
            ));
            if *submission.kind == *Kind::Areas.name() {
                text.push_str(COMPLETED);
            }
        }
        if !self.unknown.is_empty() {
            let later = self.unknown.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            text.push_str(&format!(
                " Whether later submissions ({later}) say them too was not kept when they came: send the files again that do."
            ));
        }
        if let Some(settled) = rows.settled.in_words() {
            text.push(' ');
            text.push_str(&settled);
        }
        text
    }
}

#[cfg(test)]
mod tests;
