//! Undoing a submission: what it added or changed ends, what it ended comes back, as a new
//! revision. Rows that later submissions have changed since are left as they are, and named.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

mod earlier;
mod later;

pub use self::later::SaidAgain;
use super::App;
use super::changes::Compare;
use super::identity::{
    ACTIVITIES, AREAS, DECISIONS, NEEDS, PARTNERS, POPULATIONS, SITES, decision_identity,
    need_identity, partner_identity, population_identity,
};
use super::import::ImportError;
use super::plan::next_submission;
use super::settle::{Settled, settle};
use super::words::{counted, grouped};
use crate::domain::{Area, Revision, Rows, Snapshot, Source, Submission, Text, undone};
use crate::store::{Change, Changes, NewSubmission, Turn};

/// Rows left as they are that an answer names.
const NAMED: usize = 20;

/// What a rollback did, or would do.
#[derive(Clone, Debug)]
pub struct RolledBack {
    pub submission: Submission,
    /// Rows of the submission that end.
    pub ended: usize,
    /// Rows that it had ended or changed, and that come back as they were.
    pub restored: usize,
    /// Rows that later submissions changed since: they stay as they are.
    pub left: usize,
    /// The first of those, in words.
    pub named: Vec<String>,
    /// Its file, as it is called in the history.
    pub file: String,
    /// Later submissions that said rows of it again: these end with it.
    pub said_again: Vec<SaidAgain>,
    pub settled: Settled,
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
        if undone(&known.submissions).contains(&submission) {
            return Err(ImportError::AlreadyUndone(submission));
        }
        let (added, ended) = store.revision(operation, one.revision).await?.ok_or_else(missing)?;
        let ended = earlier::without_undone(store, &known, submission, ended).await?;
        let said_again = later::said_again(store, &known, &one).await?;
        let undo = tokio::task::spawn_blocking(move || {
            let (changes, done) = undo(&known, one, added, ended);
            (known, changes, done)
        });
        let (known, changes, mut done) = undo.await.map_err(|_| ImportError::Stopped)?;
        done.said_again = said_again;
        // What later submissions changed is undone with them, if ever: this one is, from now on.
        if dry_run || changes.is_empty() && done.left == 0 {
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

fn undo(
    known: &Snapshot,
    submission: Submission,
    added: Rows,
    ended: Rows,
) -> (Changes, RolledBack) {
    let mut undo = Undo { known, ended: 0, restored: 0, left: 0, named: Vec::new() };
    let mut changes = Changes::default();
    let areas: Vec<&Area> = known.areas.iter().skip(1).map(|(_, area)| area).collect();
    changes.areas = undo.rows(&areas, added.areas, ended.areas, &AREAS, AREAS.key);
    let current: Vec<_> = known.activities.iter().collect();
    changes.activities =
        undo.rows(&current, added.activities, ended.activities, &ACTIVITIES, ACTIVITIES.key);
    let current: Vec<_> = known.sites.iter().collect();
    changes.sites = undo.rows(&current, added.sites, ended.sites, &SITES, SITES.key);
    let current: Vec<_> = known.needs.iter().collect();
    changes.needs = undo.rows(&current, added.needs, ended.needs, &NEEDS, need_identity);
    let current: Vec<_> = known.populations.iter().collect();
    changes.populations = undo.rows(
        &current,
        added.populations,
        ended.populations,
        &POPULATIONS,
        population_identity,
    );
    let current: Vec<_> = known.decisions.iter().collect();
    changes.decisions =
        undo.rows(&current, added.decisions, ended.decisions, &DECISIONS, decision_identity);
    let settled = settle(known, &mut changes, true);
    let Undo { ended: gone, restored, left, named, .. } = undo;

    // Organisations are no figures: they go with the last row that names them.
    let used = used_partners(known, &changes);
    let mut partners = Undo { known, ended: 0, restored: 0, left: 0, named: Vec::new() };
    let of_rows = added.partners.into_iter();
    let returning: HashSet<_> = ended.partners.iter().map(partner_identity).collect();
    let of_rows = of_rows.filter(|one| returning.contains(&one.id) || !used.contains(&one.id));
    let current: Vec<_> = known.partners.iter().collect();
    changes.partners =
        partners.rows(&current, of_rows.collect(), ended.partners, &PARTNERS, partner_identity);

    let done = RolledBack {
        file: known.file_of(&submission),
        submission,
        ended: gone,
        restored,
        left,
        named,
        said_again: Vec::new(),
        settled,
        committed: None,
    };
    (changes, done)
}

struct Undo<'k> {
    known: &'k Snapshot,
    ended: usize,
    restored: usize,
    left: usize,
    named: Vec<String>,
}

impl Undo<'_> {
    /// The change that undoes what a revision did to one table. `key` tells its current rows apart.
    fn rows<T, I, K, S: Hash + Eq>(
        &mut self,
        current: &[&T],
        added: Vec<T>,
        ended: Vec<T>,
        compare: &Compare<T, I, K>,
        key: impl Fn(&T) -> S,
    ) -> Change<T, K> {
        let mut change = Change::default();
        let wanted: HashSet<S> = added.iter().chain(&ended).map(&key).collect();
        if wanted.is_empty() {
            return change;
        }
        let pairs = current.iter().map(|row| (key(row), *row));
        let now: HashMap<S, &T> = pairs.filter(|(key, _)| wanted.contains(key)).collect();
        let mut before: HashMap<S, T> = ended.into_iter().map(|row| (key(&row), row)).collect();
        let source = |row: &T| -> Source { (compare.source)(row) };
        for row in added {
            let key = key(&row);
            let replaced = before.remove(&key);
            // A row that was only settled anew is settled again, by what holds then.
            if replaced.as_ref().is_some_and(|before| source(before) == source(&row)) {
                continue;
            }
            match now.get(&key) {
                Some(current) if source(current) == source(&row) => {
                    self.ended += 1;
                    self.restored += usize::from(replaced.is_some());
                    change.ended.push((compare.key)(current));
                    change.added.extend(replaced);
                }
                current => self.leave(&row, current.copied(), compare),
            }
        }
        let mut gone: Vec<(S, T)> = before.into_iter().collect();
        gone.sort_by_key(|(_, row)| source(row));
        for (key, row) in gone {
            match now.get(&key) {
                None => {
                    self.restored += 1;
                    change.added.push(row);
                }
                current => self.leave(&row, current.copied(), compare),
            }
        }
        change
    }

    fn leave<T, I, K>(&mut self, row: &T, current: Option<&T>, compare: &Compare<T, I, K>) {
        self.left += 1;
        if self.named.len() >= NAMED {
            return;
        }
        let what = compare.difference(None, Some(row)).what;
        let number = (compare.source)(row).row;
        let later = match current.map(|row| (compare.source)(row).submission) {
            Some(later) => {
                let file = self.known.submission(later).map(|one| self.known.file_of(one));
                let file = file.map(|file| format!(" ({file})"));
                format!("changed by submission {later}{}", file.unwrap_or_default())
            }
            None => "ended by a later submission".to_owned(),
        };
        self.named.push(format!("row {number}: {what}: {later}"));
    }
}

/// Every partner that rows name after the changes.
fn used_partners(known: &Snapshot, changes: &Changes) -> HashSet<Text> {
    let mut used = HashSet::new();
    let mut name = |partner: Option<&Text>| {
        if let Some(partner) = partner.filter(|partner| !used.contains(*partner)) {
            used.insert(partner.clone());
        }
    };
    let gone: HashSet<u64> = changes.activities.ended.iter().copied().collect();
    let kept = known.activities.iter().filter(|row| !gone.contains(&row.id));
    for row in kept.chain(&changes.activities.added) {
        name(Some(&row.partner));
        name(row.reported_as.as_ref());
        name(row.implementing_partner.as_ref());
    }
    let gone: HashSet<u64> = changes.sites.ended.iter().copied().collect();
    let kept = known.sites.iter().filter(|row| !gone.contains(&row.id));
    for row in kept.chain(&changes.sites.added) {
        name(row.partner.as_ref());
        name(row.reported_as.as_ref());
    }
    used
}

impl RolledBack {
    /// What it did, in words.
    pub fn in_words(&self) -> String {
        let RolledBack { submission, file, ended, restored, left, .. } = self;
        let id = submission.id;
        let verb = |count: usize, one: &'static str, many| if count == 1 { one } else { many };
        let mut did = Vec::new();
        if *ended > 0 {
            let (rows, end) = (grouped(*ended as u64), verb(*ended, "ends", "end"));
            did.push(format!("{rows} of its rows {end}"));
        }
        if *restored > 0 {
            let (rows, come) = (counted(*restored, "row"), verb(*restored, "comes", "come"));
            did.push(format!("{rows} {come} back as before it"));
        }
        if did.is_empty() {
            did.push("no row changes".to_owned());
        }
        let mut text = format!("Submission {id} ({file}): {}.", did.join(", "));
        if *left > 0 {
            let (rows, were) = (counted(*left, "row"), verb(*left, "was", "were"));
            text.push_str(&format!(
                " {rows} {were} changed by later submissions: what they say now stays."
            ));
        }
        // Which rows a later file said again is not kept, only how many: they may be among those left.
        let most = if *left > 0 { "Up to " } else { "" };
        for SaidAgain { submission, file, rows } in self.said_again.iter().filter(|_| *ended > 0) {
            let rows = *rows.min(ended);
            let (were, end, them) =
                if rows == 1 { ("was", "ends", "it") } else { ("were", "end", "them") };
            text.push_str(&format!(
                " {most}{} of it {were} in submission {submission} ({file}) too, unchanged, and {end} as well: send that again to have {them} back.",
                counted(rows, "row"),
            ));
        }
        if let Some(settled) = self.settled.in_words() {
            text.push(' ');
            text.push_str(&settled);
        }
        text
    }
}

#[cfg(test)]
#[path = "rollback/tests.rs"]
mod tests;
