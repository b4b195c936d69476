//! What stands of a row: what the last submission that holds says of it. Of submissions that say the
//! same one after the other it is the first one's. Where one of them does not hold any more, what
//! stands is what stands without it, in whatever order they were undone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::{Source, Submission, undone};
use crate::store::{History, Version};

/// The submissions that say something of rows: all but rollbacks.
pub struct Holding {
    by_revision: HashMap<u64, u32>,
    /// Submissions of which a part is pruned that were undone, by the revision of the rollback.
    undone_at: HashMap<u64, u32>,
    undone: BTreeSet<u32>,
    /// Those that one that holds replaces.
    replaced: BTreeSet<u32>,
}

/// What was said of one row: its versions, and who says it again.
#[derive(Debug)]
pub struct Said<'a> {
    pub versions: &'a [Version],
    repeats: Vec<Repeat>,
}

/// That a submission says what another one said first, and in which of its rows.
#[derive(Clone, Copy, Debug)]
struct Repeat {
    by: u32,
    of: u32,
    row: u32,
}

/// What stands of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// The last submission that holds and says something of it; `None` where none does.
    pub by: Option<u32>,
    /// `None` where it does not stand.
    pub row: Option<Standing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub source: Source,
    /// The submission that said it first, whether that holds or not.
    said: u32,
}

#[derive(Clone, Copy)]
enum What {
    Says(Source),
    Repeats(Repeat),
    Ends,
}

impl Holding {
    /// Those that hold once another one is undone. Of those up to the oldest revision that is kept the
    /// rows that they ended are pruned.
    pub fn after(submissions: &[Submission], undoes: u32, oldest: u64) -> Holding {
        let mut all = submissions.to_vec();
        if let Some(last) = submissions.last() {
            all.push(Submission { id: last.id + 1, undoes: Some(undoes), ..last.clone() });
        }
        let say = submissions.iter().filter(|one| one.undoes.is_none());
        let by_revision: HashMap<u64, u32> = say.map(|one| (one.revision, one.id)).collect();
        let pruned = by_revision.iter().filter(|(revision, _)| oldest > 1 && **revision <= oldest);
        let pruned: BTreeSet<u32> = pruned.map(|(_, id)| *id).collect();
        let undoes = submissions.iter().filter_map(|one| Some((one.revision, one.undoes?)));
        let undone_at = undoes.filter(|(_, id)| pruned.contains(id)).collect();
        let undone = undone(&all);
        let mut replaced = BTreeSet::new();
        for one in submissions.iter().rev() {
            if !undone.contains(&one.id) || replaced.contains(&one.id) {
                replaced.extend(one.replaces);
            }
        }
        Holding { by_revision, undone_at, undone, replaced }
    }

    pub fn holds(&self, submission: u32) -> bool {
        !self.undone.contains(&submission)
    }
}

/// What was said of every row of a history, in its order: by table and key.
pub fn by_row(history: &History) -> Vec<((&'static str, &str), Said<'_>)> {
    let rows = history.versions.chunk_by(|a, b| a.table == b.table && a.key == b.key);
    let mut said: Vec<_> = rows
        .map(|versions| {
            let row = (versions[0].table, versions[0].key.as_str());
            (row, Said { versions, repeats: Vec::new() })
        })
        .collect();
    let places = said.iter().map(|(row, _)| *row).zip(0..);
    let places: HashMap<(&str, &str), usize> = places.collect();
    for (by, repeats) in &history.repeats {
        for (table, runs) in repeats.iter().flatten() {
            for run in runs {
                for (row, key) in run.each() {
                    if let Some(at) = places.get(&(table.as_str(), key.as_str())) {
                        said[*at].1.repeats.push(Repeat { by: *by, of: run.of, row });
                    }
                }
            }
        }
    }
    said
}

impl Said<'_> {
    /// The version that is there now.
    pub fn current(&self) -> Option<&Version> {
        self.versions.iter().rfind(|one| one.to_revision.is_none())
    }

    /// Whether it stood and said the same when a revision came.
    pub fn stood_at(&self, revision: u64, standing: Standing) -> bool {
        let revision = revision as i64;
        self.versions.iter().filter(|one| self.says(one, standing)).any(|one| {
            one.from_revision < revision && one.to_revision.is_none_or(|to| to >= revision)
        })
    }

    /// Whether it stood, then did not, and then perhaps again.
    pub fn has_gaps(&self) -> bool {
        self.current().is_none()
            || self.versions.windows(2).any(|two| two[0].to_revision != Some(two[1].from_revision))
    }

    /// Whether one of some revisions began or ended it, or one of some submissions says it.
    pub fn concerns(&self, revisions: &BTreeSet<u64>, submissions: &BTreeSet<u32>) -> bool {
        self.repeats.iter().any(|repeat| submissions.contains(&repeat.by))
            || self.versions.iter().any(|one| {
                submissions.contains(&(one.submission as u32))
                    || [Some(one.from_revision), one.to_revision]
                        .into_iter()
                        .flatten()
                        .any(|revision| revisions.contains(&(revision as u64)))
            })
    }

    /// The row of a submission that says it and not only says it again, or that ended it.
    pub fn own(&self, submission: u32, revision: u64) -> Option<u32> {
        if self.repeats.iter().any(|repeat| repeat.by == submission) {
            return None;
        }
        let is_own = |one: &&Version| one.submission == i64::from(submission);
        let says = self.versions.iter().find(is_own);
        let ended = |one: &&Version| one.to_revision == Some(revision as i64);
        let says =
            says.or_else(|| self.versions.iter().find(ended).filter(|_| self.ends(revision)));
        says.map(|one| one.row as u32)
    }

    /// Whether a revision ended it and put nothing in its place.
    fn ends(&self, revision: u64) -> bool {
        let revision = revision as i64;
        self.versions.iter().any(|one| one.to_revision == Some(revision))
            && self.versions.iter().all(|one| one.from_revision != revision)
    }

    /// Whether a revision began it where nothing was.
    fn begins(&self, revision: u64) -> bool {
        let revision = revision as i64;
        self.versions.iter().any(|one| one.from_revision == revision)
            && self.versions.iter().all(|one| one.to_revision != Some(revision))
    }

    /// The submission that said first what one says.
    fn first(&self, mut submission: u32) -> u32 {
        // Each is before the last: this ends.
        let before =
            |one: u32| self.repeats.iter().find(|repeat| repeat.by == one && repeat.of < one);
        while let Some(repeat) = before(submission) {
            submission = repeat.of;
        }
        submission
    }

    /// Everything that was said of it, by submission.
    fn all(&self, holding: &Holding) -> BTreeMap<u32, What> {
        let mut all = BTreeMap::new();
        // What came back where a submission was undone had ended with it.
        for revision in self.versions.iter().map(|one| one.from_revision as u64) {
            if let Some(by) = holding.undone_at.get(&revision)
                && self.begins(revision)
            {
                all.insert(*by, What::Ends);
            }
        }
        for revision in self.versions.iter().filter_map(|one| one.to_revision) {
            if let Some(by) = holding.by_revision.get(&(revision as u64))
                && self.ends(revision as u64)
            {
                all.insert(*by, What::Ends);
            }
        }
        for one in self.versions {
            let source = Source { submission: one.submission as u32, row: one.row as u32 };
            all.insert(source.submission, What::Says(source));
        }
        for repeat in &self.repeats {
            // What replaces a file says it instead.
            match holding.replaced.contains(&repeat.by) {
                true => all.remove(&repeat.by),
                false => all.insert(repeat.by, What::Repeats(*repeat)),
            };
        }
        all
    }

    /// What stands of it where these submissions hold.
    pub fn stands(&self, holding: &Holding) -> Stands {
        let mut stands = Stands { by: None, row: None };
        for (by, what) in self.all(holding).into_iter().filter(|(by, _)| holding.holds(*by)) {
            stands.by = Some(by);
            stands.row = match what {
                What::Ends => None,
                What::Says(source) => Some(Standing { source, said: by }),
                What::Repeats(Repeat { of, row, .. }) => {
                    let said = self.first(of);
                    let same = stands.row.filter(|standing| standing.said == said);
                    let source = Source { submission: by, row };
                    same.or(Some(Standing { source, said }))
                }
            };
        }
        stands
    }

    /// Whether a version says what stands.
    pub fn says(&self, version: &Version, standing: Standing) -> bool {
        self.first(version.submission as u32) == standing.said
    }

    /// The last version that says what stands.
    pub fn version(&self, standing: Standing) -> Option<&Version> {
        self.versions.iter().rfind(|one| self.says(one, standing))
    }
}

#[cfg(test)]
mod tests;
