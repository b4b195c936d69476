//! Whether a database is sound: its files, and what it holds of each operation.

mod checks;
mod gaps;
mod rules;

use crate::domain::{Source, Text};
use crate::formats::guard::guarded;
use crate::store::{Kept, Store, StoreError};

use rules::{DAMAGED, Rule, UNREADABLE};

/// Rows of one finding that are named.
const NAMED: usize = 20;

/// What a check looked at, and what it found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// The operations that were read, each with its revision.
    pub operations: Vec<(Text, u64)>,
    pub findings: Vec<Finding>,
}

/// Something that is not as it should be, of one or more rows of a table.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Whether it is wrong. If not it is a remark: worth knowing, and it happens in good order.
    pub fault: bool,
    /// `None` where it is about the database as a whole.
    pub operation: Option<Text>,
    /// `None` where it is about no table.
    pub table: Option<&'static str>,
    /// What is the matter, as a sentence.
    pub what: &'static str,
    /// What to do about it, as a sentence.
    pub remedy: &'static str,
    /// Rows that it is true of.
    pub count: usize,
    /// The first of those.
    pub named: Vec<Named>,
}

/// One row of a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// What tells it from other rows of its table.
    pub key: String,
    /// The submission that brought it and its row there, where it came from a file.
    pub source: Option<Source>,
    /// What it says.
    pub says: String,
}

/// Why there was nothing to check.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no operation \"{0}\"; there is: {1}")]
    NoOperation(String, String),
}

impl Verified {
    pub fn faults(&self) -> usize {
        self.findings.iter().filter(|one| one.fault).count()
    }

    pub fn remarks(&self) -> usize {
        self.findings.len() - self.faults()
    }

    /// Keeps what the database said of itself, or an error that means damage.
    fn damage(
        &mut self,
        rule: &Rule,
        operation: Option<&Text>,
        said: impl IntoIterator<Item = String>,
    ) {
        let mut findings = Findings { operation, found: Vec::new() };
        for says in said {
            findings.add(None, rule, || Named { key: String::new(), source: None, says });
        }
        self.findings.extend(findings.found);
    }
}

/// Checks a database, which may be served meanwhile: all operations, or one of them.
pub async fn verify(database: &str, operation: Option<&str>) -> Result<Verified, VerifyError> {
    let mut verified = Verified::default();
    let store = match Store::look(database).await {
        Err(error) if error.is_damage() => {
            verified.damage(&DAMAGED, None, [error.to_string()]);
            return Ok(verified);
        }
        store => store?,
    };
    let checked = checked(&store, operation, &mut verified).await;
    store.close().await;
    checked.map(|()| verified)
}

async fn checked(
    store: &Store,
    operation: Option<&str>,
    verified: &mut Verified,
) -> Result<(), VerifyError> {
    verified.damage(&DAMAGED, None, store.self_check().await?);
    let known = match store.operations().await {
        Err(error) if error.is_damage() => {
            verified.damage(&UNREADABLE, None, [format!("operations: {error}")]);
            return Ok(());
        }
        known => known?,
    };
    let mut ids: Vec<Text> = known.into_iter().map(|listed| listed.operation.id).collect();
    if let Some(wanted) = operation {
        if !ids.iter().any(|id| **id == *wanted) {
            return Err(VerifyError::NoOperation(wanted.to_owned(), ids.join(", ")));
        }
        ids.retain(|id| **id == *wanted);
    }
    for id in ids {
        let kept = match store.kept(&id).await {
            Err(error) if error.is_damage() => {
                verified.damage(&UNREADABLE, Some(&id), [error.to_string()]);
                continue;
            }
            kept => kept?,
        };
        let Some(kept) = kept else { continue };
        verified.operations.push((id.clone(), kept.rows.revision.number));
        // Rows that no version ever wrote may be anything.
        let work = tokio::task::spawn_blocking(move || {
            let mut found = guarded(|| check(&kept))?;
            // What follows from rows that are wrong says nothing more.
            if found.iter().all(|one| !one.fault) {
                found.extend(guarded(|| gaps::check(kept)).unwrap_or_default());
            }
            Some(found)
        });
        match work.await.ok().flatten() {
            Some(found) => verified.findings.extend(found),
            None => verified.damage(&UNREADABLE, Some(&id), ["its rows".to_owned()]),
        }
    }
    Ok(())
}

/// Everything but the table of gaps that is not as it should be in what is kept of an operation.
pub fn check(kept: &Kept) -> Vec<Finding> {
    let mut findings = Findings { operation: Some(&kept.rows.operation.id), found: Vec::new() };
    checks::check(kept, &mut findings);
    findings.found.sort_by_key(|one| !one.fault);
    findings.found
}

/// Findings about one operation, or about the database.
struct Findings<'o> {
    operation: Option<&'o Text>,
    found: Vec<Finding>,
}

impl Findings<'_> {
    /// Counts a row for which a rule does not hold, and names it where it is among the first.
    fn add(&mut self, table: Option<&'static str>, rule: &Rule, row: impl FnOnce() -> Named) {
        let known = |one: &Finding| one.table == table && one.what == rule.what;
        let at = self.found.iter().position(known).unwrap_or_else(|| {
            self.found.push(Finding {
                fault: rule.fault,
                operation: self.operation.cloned(),
                table,
                what: rule.what,
                remedy: rule.remedy,
                count: 0,
                named: Vec::new(),
            });
            self.found.len() - 1
        });
        let finding = &mut self.found[at];
        finding.count += 1;
        if finding.named.len() < NAMED {
            finding.named.push(row());
        }
    }
}

#[cfg(test)]
mod tests;
