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

/// Decisions made at once.
const MOST: usize = 100_000;

/// What decisions changed.
#[derive(Clone, Debug)]
pub struct Reviewed {
    /// Decisions that were not known like this.
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
    /// A decision takes the place of an earlier one of its key; with no value it takes that one
    /// back, and says that none of the suggestions is right.
    pub async fn decide(
        self: &Arc<App>,
        operation: &str,
        decisions: Vec<Decision>,
        at: Text,
    ) -> Result<Reviewed, ImportError> {
        let mut attempt = self.attempt().await?;
        loop {
            let turn = attempt.turn.take();
            let done = self.decide_once(operation, decisions.clone(), &at, turn).await;
            if !attempt.again(operation, &done).await? {
                return done;
            }
        }
    }

    async fn decide_once(
        &self,
        operation: &str,
        decisions: Vec<Decision>,
        at: &Text,
        turn: Option<Turn>,
    ) -> Result<Reviewed, ImportError> {
        let known = self.current(operation).await?;
        let known = known.ok_or_else(|| ImportError::NoOperation(operation.into()))?;
        let work = tokio::task::spawn_blocking(move || {
            let mut changes = Changes::default();
            let (decisions, repeated) = checked(&known, decisions)?;
            let count = decisions.len();
            changes.decisions.repeated = repeated;
            let replaced = known.decisions.iter().map(decision_identity);
            let new: std::collections::HashSet<_> =
                decisions.iter().map(decision_identity).collect();
            changes.decisions.ended = replaced.filter(|key| new.contains(key)).collect();
            changes.decisions.added = decisions;
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

/// Decisions that are known already.
type Repeated = Vec<Repeat<(DecisionKind, Text)>>;

/// The decisions that are new, each about something that can be and with a value that is there; and
/// those that are known.
fn checked(
    known: &Snapshot,
    decisions: Vec<Decision>,
) -> Result<(Vec<Decision>, Repeated), ImportError> {
    if decisions.len() > MOST {
        let most = format!("more than {MOST} decisions at once: send them in parts");
        return Err(ImportError::BadDecision(most));
    }
    let submission = next_submission(known);
    let mut new: Vec<Decision> = Vec::new();
    let mut repeated = Repeated::new();
    for (at, mut decision) in decisions.into_iter().enumerate() {
        decision.source = Source { submission, row: at as u32 + 1 };
        check(known, &mut decision)?;
        let same = |one: &&Decision| decision_identity(one) == decision_identity(&decision);
        let current = known.decisions.iter().find(same);
        let says_nothing_new = |one: &Decision| {
            one.value == decision.value && (decision.note.is_none() || one.note == decision.note)
        };
        if let Some(current) = current.filter(|one| says_nothing_new(one)) {
            let (key, row) = (decision_identity(current), decision.source.row);
            new.retain(|one| decision_identity(one) != key);
            repeated.push(Repeat { row, of: current.source.submission, key });
            continue;
        }
        repeated.retain(|one: &Repeat<_>| one.key != decision_identity(&decision));
        // The last of a key holds.
        new.retain(|one| decision_identity(one) != decision_identity(&decision));
        new.push(decision);
    }
    Ok((new, repeated))
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
