//! What people decide about doubtful matches: one revision for all decisions made together, in
//! which the rows they are about get their new place or partner.

use std::sync::Arc;

use super::App;
use super::identity::decision_identity;
use super::import::ImportError;
use super::plan::next_submission;
use super::settle::{Settled, settle};
use crate::domain::words::counted;
use crate::domain::{Decision, DecisionKind, Revision, Snapshot, Source, Text, fold};
use crate::intake::review::{ReviewItem, items};
use crate::store::{Changes, NewSubmission, Repeat, Turn};

/// What is said of a name: what it is, or that what was said of it holds no longer.
#[derive(Clone, Debug)]
pub enum Word {
    Is(Decision),
    /// The name waits again, as if nobody had said anything.
    Undone(DecisionKind, Text),
}

impl From<Decision> for Word {
    fn from(decision: Decision) -> Word {
        Word::Is(decision)
    }
}

/// Words said at once.
const MOST: usize = 100_000;

/// What decisions changed.
#[derive(Clone, Debug)]
pub struct Reviewed {
    /// Decisions that were not known like this, and those that were undone.
    pub decisions: usize,
    pub settled: Settled,
    /// The revision they made; `None` where nothing was new.
    pub committed: Option<Revision>,
}

impl App {
    /// What there is to decide about an operation, and what was decided; `None` where there is no
    /// such operation.
    pub async fn review(
        self: &Arc<App>,
        operation: &str,
    ) -> Result<Option<Vec<ReviewItem>>, ImportError> {
        let Some(known) = self.load(operation).await? else { return Ok(None) };
        let items = tokio::task::spawn_blocking(move || items(&known));
        Ok(Some(items.await.map_err(|_| ImportError::Stopped)?))
    }

    /// Makes decisions part of an operation: later imports use them, and rows that are there move.
    /// A decision takes the place of an earlier one of its key; with no value it says that none of
    /// the suggestions is right. One that is undone leaves its name to wait again.
    pub async fn decide(
        self: &Arc<App>,
        operation: &str,
        words: Vec<Word>,
        at: Text,
    ) -> Result<Reviewed, ImportError> {
        let mut attempt = self.attempt().await?;
        loop {
            let turn = attempt.turn.take();
            let done = self.decide_once(operation, words.clone(), &at, turn).await;
            if !attempt.again(operation, &done).await? {
                return done;
            }
        }
    }

    async fn decide_once(
        &self,
        operation: &str,
        words: Vec<Word>,
        at: &Text,
        turn: Option<Turn>,
    ) -> Result<Reviewed, ImportError> {
        let known = self.current(operation).await?;
        let known = known.ok_or_else(|| ImportError::NoOperation(operation.into()))?;
        let work = tokio::task::spawn_blocking(move || {
            let mut changes = Changes::default();
            let Checked { new, undone, repeated } = checked(&known, words)?;
            let count = new.len() + undone.len();
            changes.decisions.repeated = repeated;
            let replaced = known.decisions.iter().map(decision_identity);
            let ending: std::collections::HashSet<_> =
                new.iter().map(decision_identity).chain(undone).collect();
            changes.decisions.ended = replaced.filter(|key| ending.contains(key)).collect();
            changes.decisions.added = new;
            let settled = settle(&known, &mut changes, false);
            Ok::<_, ImportError>((known, changes, count, settled))
        });
        let (known, changes, decisions, settled) =
            work.await.map_err(|_| ImportError::Stopped)??;
        let mut done = Reviewed { decisions, settled, committed: None };
        if decisions == 0 {
            return Ok(done);
        }
        let submission = NewSubmission {
            id: next_submission(&known),
            kind: "review".into(),
            file_name: counted(decisions, "decision").into(),
            sha256: "".into(),
            at: at.clone(),
            report: "{}".into(),
            replaces: None,
            undoes: None,
            sheet: None,
            mapping: None,
        };
        let operation = known.operation.clone();
        let committed = self.commit(turn, known, operation, submission, changes, &|_| ()).await;
        done.committed = Some(committed?);
        Ok(done)
    }
}

type Key = (DecisionKind, Text);

/// What a set of words changes.
#[derive(Default)]
struct Checked {
    /// Decisions that are new, each about something that can be and with a value that is there.
    new: Vec<Decision>,
    /// Of what is known, what holds no longer and nothing takes the place of.
    undone: Vec<Key>,
    /// Decisions that are known already.
    repeated: Vec<Repeat<Key>>,
}

fn checked(known: &Snapshot, words: Vec<Word>) -> Result<Checked, ImportError> {
    if words.len() > MOST {
        let most = format!("more than {MOST} decisions at once: send them in parts");
        return Err(ImportError::BadDecision(most));
    }
    let submission = next_submission(known);
    let mut done = Checked::default();
    for (at, word) in words.into_iter().enumerate() {
        let key = match &word {
            Word::Is(decision) => decision_identity(decision),
            Word::Undone(kind, key) => (*kind, key.clone()),
        };
        // The last of a key holds.
        done.new.retain(|one| decision_identity(one) != key);
        done.undone.retain(|one| *one != key);
        done.repeated.retain(|one| one.key != key);
        let current = known.decisions.iter().find(|one| decision_identity(one) == key);
        let Word::Is(mut decision) = word else {
            done.undone.extend(current.map(|_| key));
            continue;
        };
        decision.source = Source { submission, row: at as u32 + 1 };
        check(known, &mut decision)?;
        let says_nothing_new = |one: &&Decision| {
            one.value == decision.value && (decision.note.is_none() || one.note == decision.note)
        };
        match current.filter(says_nothing_new) {
            Some(same) => {
                let (row, of) = (decision.source.row, same.source.submission);
                done.repeated.push(Repeat { row, of, key });
            }
            None => done.new.push(decision),
        }
    }
    Ok(done)
}

/// Bytes of a key that every database can keep.
const KEY_BYTES: usize = 2_000;

fn check(known: &Snapshot, decision: &mut Decision) -> Result<(), ImportError> {
    let refuse = |reason: String| Err(ImportError::BadDecision(reason));
    let key = decision.key.to_string();
    let has_nul = |text: &Text| text.contains('\0');
    let texts = [Some(&decision.key), decision.value.as_ref(), decision.note.as_ref()];
    if texts.into_iter().flatten().any(has_nul) {
        return refuse("a key, value or note has a NUL character in it".to_owned());
    }
    if key.len() > KEY_BYTES {
        return refuse(format!("a key has {} bytes; at most {KEY_BYTES} can be kept", key.len()));
    }
    let Some(value) = decision.value.clone() else { return Ok(()) };
    match decision.kind {
        DecisionKind::Place => {
            let level = key.split_once('|').and_then(|(level, _)| level.parse::<u8>().ok());
            let Some(level) = level.filter(|level| (1..=4).contains(level)) else {
                return refuse(format!(
                    "\"{key}\" is no key of a place: take it from lacuna review"
                ));
            };
            match known.areas.by_pcode(&value) {
                None => refuse(format!("{key}: no boundary has the P-code \"{value}\"")),
                Some(ix) if known.areas.get(ix).level > level => refuse(format!(
                    "{key}: {value} is an area of level {}, finer than what was said",
                    known.areas.get(ix).level
                )),
                Some(_) => Ok(()),
            }
        }
        DecisionKind::Partner => {
            let there = |id: &str| known.partner(id).map(|at| known.partners[at].id.clone());
            let Some(partner) = there(&value).or_else(|| there(&fold(&value))) else {
                return refuse(format!("{key}: there is no organisation \"{value}\""));
            };
            // To say that it is itself takes back what was decided before.
            decision.value = (partner != decision.key).then_some(partner);
            Ok(())
        }
    }
}

impl Reviewed {
    /// What the decisions changed, in words.
    pub fn in_words(&self) -> String {
        let settled = self.settled.in_words().unwrap_or("No row is concerned.".to_owned());
        format!("{}. {settled}", counted(self.decisions, "decision"))
    }
}

#[cfg(test)]
mod tests;
