//! What a file is about, found out from its content.

use super::plan::check;
use crate::domain::{Snapshot, Standards};
use crate::intake::{Kind, Options, Unreadable};

/// How well a file reads as one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct KindScore {
    pub kind: Kind,
    /// 0 to 1.
    pub score: f32,
    pub reason: String,
}

/// The kinds a file may be, the likeliest first; never empty.
pub fn kinds(
    file_name: &str,
    bytes: &[u8],
    known: &Snapshot,
    standards: &Standards,
    options: &Options,
) -> Result<Vec<KindScore>, Unreadable> {
    let options = Options { progress: Default::default(), ..options.clone() };
    let mut refused = None;
    let mut found = Vec::new();
    for (kind, name) in Kind::TABLE {
        match check(*kind, file_name, bytes, known, standards, &options) {
            Ok(report) => {
                let good = report.counts.rows - report.counts.rejected;
                let understood = report.columns.iter().filter(|column| column.field.is_some());
                let columns = understood.count();
                let rows = report.counts.rows.max(1);
                found.push(KindScore {
                    kind: *kind,
                    score: (good as f32 / rows as f32)
                        * (columns as f32 / report.columns.len().max(1) as f32),
                    reason: format!(
                        "read as {name}, {good} of {rows} rows are good and {columns} columns are understood"
                    ),
                });
            }
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    match (found.is_empty(), refused) {
        (true, Some(refusal)) => Err(refusal),
        _ => Ok(found),
    }
}
