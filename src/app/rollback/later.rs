//! What ends with a submission though later ones said it too: rows that a file says again unchanged stay
//! those of the submission that said them first.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::app::import::ImportError;
use crate::domain::{Snapshot, Submission, undone};
use crate::store::Store;

/// What is read of a report that was kept.
#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    said_again: BTreeMap<u32, usize>,
}

/// A later submission that said rows of an earlier one again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidAgain {
    pub submission: u32,
    /// As it is called in the history.
    pub file: String,
    pub rows: usize,
}

/// The later submissions that hold and said rows of one again.
pub async fn said_again(
    store: &Store,
    known: &Snapshot,
    one: &Submission,
) -> Result<Vec<SaidAgain>, ImportError> {
    let undone = undone(&known.submissions);
    let later = |other: &&Submission| {
        other.id > one.id && other.kind == one.kind && !undone.contains(&other.id)
    };
    let mut found = Vec::new();
    for other in known.submissions.iter().filter(later) {
        let report = store.report(&known.operation.id, other.id).await?;
        let kept = report.and_then(|report| serde_json::from_str::<Kept>(&report).ok());
        if let Some(rows) = kept.and_then(|kept| kept.said_again.get(&one.id).copied()) {
            found.push(SaidAgain { submission: other.id, file: known.file_of(other), rows });
        }
    }
    Ok(found)
}
