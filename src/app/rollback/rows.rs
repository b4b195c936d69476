//! The rows of one table that end, come back or become those of another submission.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

use super::fates::{Fate, Fates, Undone};
use crate::app::changes::Compare;
use crate::domain::{Rows, Snapshot, Source};
use crate::store::{Change, Key, Repeats, Run, Versioned};

/// Rows left as they are that an answer names.
const NAMED: usize = 20;

/// Making the changes of one table after the other.
pub struct Work<'k> {
    pub known: &'k Snapshot,
    pub tables: HashMap<&'static str, Fates>,
    pub repeats: Vec<(u32, Repeats)>,
    pub rows: &'k BTreeMap<u64, Rows>,
    pub done: Undone,
}

impl Work<'_> {
    pub fn rows<T, I, K>(
        &mut self,
        current: &[&T],
        of: impl Fn(&Rows) -> &Vec<T>,
        compare: &Compare<T, I, K>,
    ) -> Change<T, K>
    where
        T: Versioned + Clone,
        I: Hash + Eq,
        K: Key,
    {
        let mut change = Change::default();
        let Some(fates) = self.tables.remove(T::TABLE.name) else { return change };
        let stand = standing(current, self.rows, of, &fates, compare);
        let hidden = self.hidden(&stand, &fates, compare);
        let mut left: Vec<(u32, String)> = Vec::new();
        for (at, Stands { key, source, now, after, passes, .. }) in stand.into_iter().enumerate() {
            match (hidden.get(&at), now, after) {
                (Some(_), Some(now), _) => {
                    self.done.ended += 1;
                    change.ended.push((compare.key)(now));
                }
                // One that waits has waited before.
                (Some(later), None, after) if fates.rows.contains_key(&key) => {
                    let what = compare.difference(None, after.as_ref()).what;
                    let by = self.by("said anew", *later);
                    left.push((source.row, format!("{what}: {by}")));
                }
                (None, now, Some(after)) => {
                    if passes {
                        *self.done.passed.entry(source.submission).or_default() += 1;
                    } else {
                        self.done.restored += 1;
                        self.done.ended += usize::from(now.is_some());
                    }
                    change.ended.extend(now.map(compare.key));
                    change.added.push(after);
                }
                _ => {}
            }
        }
        for row in current {
            if let Some(Fate::Ends) = fates.rows.get(&(compare.key)(row).text()) {
                self.done.ended += 1;
                change.ended.push((compare.key)(row));
            }
        }
        left.extend(self.left(current, &fates, compare));
        self.done.left += left.len();
        left.sort();
        let named = left.into_iter().map(|(row, what)| format!("row {row}: {what}"));
        self.done.named.extend(named);
        self.done.named.truncate(NAMED);
        change
    }

    /// Rows that would stand though a later submission said what they are about while they were not
    /// there: their position, and that submission. What it says takes their place, as it would have
    /// done had they been there.
    fn hidden<T: Versioned, I: Hash + Eq, K>(
        &self,
        stand: &[Stands<'_, T>],
        fates: &Fates,
        compare: &Compare<T, I, K>,
    ) -> HashMap<usize, u32> {
        let mut groups: HashMap<I, Vec<usize>> = HashMap::new();
        for (at, one) in stand.iter().enumerate().filter(|_| !fates.beside.is_empty()) {
            if let Some(row) = one.after.as_ref().or(one.now) {
                groups.entry((compare.identity)(row)).or_default().push(at);
            }
        }
        groups.retain(|_, group| {
            group.len() > 1 && group.iter().any(|at| fates.beside.contains_key(&stand[*at].key))
        });
        // Who says the rows of these groups.
        let rows = groups.values().flatten().map(|at| &stand[*at]);
        let mut say: HashMap<&str, Vec<u32>> =
            rows.map(|one| (one.key.as_str(), vec![one.source.submission])).collect();
        if !say.is_empty() {
            for (by, repeats) in &self.repeats {
                let runs = repeats.get(T::TABLE.name).into_iter().flatten();
                for (_, key) in runs.flat_map(Run::each) {
                    if let Some(say) = say.get_mut(key.as_str()) {
                        say.push(*by);
                    }
                }
            }
        }
        let mut hidden = HashMap::new();
        for group in groups.values() {
            for at in group {
                let one = &stand[*at];
                let Some(beside) = fates.beside.get(&one.key) else { continue };
                let others = group.iter().filter(|other| *other != at);
                let said = others.filter_map(|other| say.get(stand[*other].key.as_str())).flatten();
                let later = said.filter(|by| **by > one.source.submission && !beside.contains(*by));
                hidden.extend(later.max().map(|by| (*at, *by)));
            }
        }
        hidden
    }

    /// The rows of which later submissions decide: their row, and that in words.
    fn left<T, I, K: Key>(
        &self,
        current: &[&T],
        fates: &Fates,
        compare: &Compare<T, I, K>,
    ) -> Vec<(u32, String)> {
        let shown: HashMap<String, &T> = current
            .iter()
            .filter(|_| !fates.left.is_empty())
            .map(|row| ((compare.key)(row).text(), *row))
            .filter(|(key, _)| fates.left.contains_key(key))
            .collect();
        let left = fates.left.iter().map(|(key, (row, later))| {
            let what = match shown.get(key) {
                Some(current) => {
                    let what = compare.difference(None, Some(current)).what;
                    format!("{what}: {}", self.by("changed", *later))
                }
                None => self.by("ended", *later),
            };
            (*row, what)
        });
        left.collect()
    }

    fn by(&self, did: &str, later: u32) -> String {
        let file = self.known.submission(later).map(|one| self.known.file_of(one));
        let file = file.map(|file| format!(" ({file})")).unwrap_or_default();
        format!("{did} by submission {later}{file}")
    }
}

/// A row that stands if no later submission said it anew.
struct Stands<'k, T> {
    key: String,
    source: Source,
    /// As it is now, where it is there.
    now: Option<&'k T>,
    /// As it becomes, where that is another row.
    after: Option<T>,
    /// Whether only the submission is another one.
    passes: bool,
}

/// The rows that would stand of what the submission said something about.
fn standing<'k, T: Clone, I: Hash + Eq, K: Key>(
    current: &[&'k T],
    rows: &BTreeMap<u64, Rows>,
    of: impl Fn(&Rows) -> &Vec<T>,
    fates: &Fates,
    compare: &Compare<T, I, K>,
) -> Vec<Stands<'k, T>> {
    let key = |row: &T| (compare.key)(row).text();
    let passed = |row: &T, source: Source| {
        let mut row = row.clone();
        (compare.pass)(&mut row, source);
        row
    };
    // Rows that were away may have to wait for others about the same.
    let mut concerned: HashSet<I> = HashSet::new();
    let mut replaced: HashMap<String, &T> = HashMap::new();
    for row in current {
        let key = key(row);
        if fates.beside.contains_key(&key) {
            concerned.insert((compare.identity)(row));
        }
        if let Some(Fate::Back(_)) = fates.rows.get(&key) {
            replaced.insert(key, row);
        }
    }
    let mut stand = Vec::new();
    for (from_revision, rows) in rows {
        for row in of(rows) {
            let key = key(row);
            let one = match fates.rows.get(&key) {
                Some(Fate::Back(one)) => one,
                _ => match fates.waiting.get(&key) {
                    Some(one) => one,
                    None => continue,
                },
            };
            if one.from_revision != *from_revision {
                continue;
            }
            if fates.beside.contains_key(&key) {
                concerned.insert((compare.identity)(row));
            }
            stand.push(Stands {
                source: one.source,
                now: replaced.get(&key).copied(),
                after: Some(passed(row, one.source)),
                passes: false,
                key,
            });
        }
    }
    for row in current {
        let key = key(row);
        let passes = match fates.rows.get(&key) {
            None if !concerned.is_empty() && concerned.contains(&(compare.identity)(row)) => None,
            Some(Fate::Passes(source)) => Some(*source),
            _ => continue,
        };
        stand.push(Stands {
            key,
            source: passes.unwrap_or((compare.source)(row)),
            now: Some(row),
            after: passes.map(|source| passed(row, source)),
            passes: passes.is_some(),
        });
    }
    stand
}
