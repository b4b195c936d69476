//! What a file changes: its rows against the current ones, by the identity of each kind of row.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

use super::near::{Differs, Near, Side};
use super::sheets::{Relation, Sheets};
use crate::domain::Source;
use crate::store::{Change, Repeat};

/// Examples of each kind of difference.
const EXAMPLES: usize = 5;

/// How the rows of a file compare with what was known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of an identity that was unknown.
    pub new: usize,
    /// Rows that replace a current one.
    pub changed: usize,
    /// Rows that say what was known.
    pub unchanged: usize,
    /// Current rows that a corrected file or set of rows no longer has.
    pub gone: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { new, changed, unchanged, gone } = self;
        write!(f, "{new} new, {changed} changed, {unchanged} unchanged and {gone} gone rows")
    }
}

/// What happens to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happens {
    New,
    Changed,
    Gone,
}

/// One row that an import adds, changes or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub happens: Happens,
    /// Row of the file; of a row that goes, the row of the file it came with.
    pub row: u32,
    /// What tells the row from others, in words.
    pub what: String,
    /// Name of a field, its text before and after; of a row that changes only those that differ.
    pub fields: Vec<(&'static str, String, String)>,
}

/// The texts of a row's fields, those that tell it from others first.
pub type Fields = Vec<(&'static str, String)>;

/// How rows of one kind are told apart.
pub struct Compare<T, I, K> {
    /// Rows with equal identity are about the same thing (METHODS 2).
    pub identity: fn(&T) -> I,
    /// Whether two rows say the same, wherever they came from.
    pub same: fn(&T, &T) -> bool,
    /// The store's key of a current row.
    pub key: fn(&T) -> K,
    /// Gives a new row the number of the row it replaces.
    pub adopt: fn(&mut T, &T),
    pub source: fn(&T) -> Source,
    /// Makes a row that of another submission, which says the same.
    pub pass: fn(&mut T, Source),
    pub fields: fn(&T) -> Fields,
    /// Finds current rows that a file has in other words.
    pub near: Near<T>,
}

/// What a file changes.
#[derive(Debug)]
pub struct Compared<T, K> {
    pub change: Change<T, K>,
    pub counts: Counts,
    /// Some of the differences of each kind.
    pub differences: Vec<Difference>,
    /// Rows that say what another sheet of the same file says.
    pub beside: usize,
    /// By submission what the file has of its current rows.
    pub shared: BTreeMap<u32, Shared>,
}

/// What a file has of the current rows of a submission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    pub all: usize,
    /// Those that the file has too, changed or not.
    pub found: usize,
    /// Others that it seems to have in other words, and what differs.
    pub near: usize,
    pub differs: Differs,
}

/// Compares the rows of a file with the current ones. Rows that share an identity are replaced
/// together; within them, rows that say the same stay as they are. Identities that the file does
/// not name stay, but for the rows of the submissions that the file replaces: those end. Of several
/// sheets of a workbook no row takes the place of another sheet's, and rows that say the same count
/// once: they are rows of one file.
pub fn changes<T: Sync, I: Hash, K>(
    current: &[&T],
    mut rows: Vec<T>,
    replaces: &[u32],
    sheets: &Sheets,
    compare: &Compare<T, I, K>,
) -> Compared<T, K> {
    if current.is_empty() {
        // Nothing to compare with: the identities of a million rows need not be worked out.
        let counts = Counts { new: rows.len(), ..Counts::default() };
        let examples = rows.iter().take(EXAMPLES);
        let differences = examples.map(|row| compare.difference(None, Some(row))).collect();
        let change = Change { added: rows, ..Change::default() };
        return Compared { change, counts, differences, beside: 0, shared: BTreeMap::new() };
    }
    let (mut ended, mut repeated, mut beside) = (Vec::new(), Vec::new(), 0);
    let mut counts = Counts::default();
    let mut differences = Vec::new();
    let mut unchanged = vec![false; rows.len()];
    let mut named = vec![false; current.len()];
    let mut is_new = vec![false; rows.len()];

    let known = by_identity(current, |row| (compare.identity)(row));
    let sent = by_identity(&rows, |row| (compare.identity)(row));
    let mut rest = known.as_slice();
    for sent in sent.chunk_by(|a, b| a.0 == b.0) {
        rest = &rest[rest.partition_point(|known| known.0 < sent[0].0)..];
        let length = rest.iter().take_while(|known| known.0 == sent[0].0).count();
        let mut old: Vec<&T> = Vec::with_capacity(length);
        for (_, at) in &rest[..length] {
            named[*at as usize] = true;
            old.push(current[*at as usize]);
        }
        let mut new: Vec<usize> = sent.iter().map(|(_, at)| *at as usize).collect();
        if old.is_empty() {
            new.iter().for_each(|at| is_new[*at] = true);
        }
        let relation = |row: &T| sheets.relation((compare.source)(row).submission);
        // What this sheet said itself is found first.
        old.retain(|row| relation(row).is_compared());
        old.sort_by_key(|row| relation(row));
        let mut known = Alike::of(&old, compare);
        new.retain(|at| {
            let Some(same) = known.take(&rows[*at], compare) else { return true };
            counts.unchanged += 1;
            unchanged[*at] = relation(same).stays();
            beside += usize::from(relation(same) == Relation::Beside);
            if unchanged[*at] {
                let (row, of) =
                    ((compare.source)(&rows[*at]).row, (compare.source)(same).submission);
                repeated.push(Repeat { row, of, key: (compare.key)(same) });
            } else {
                (compare.adopt)(&mut rows[*at], same);
                ended.push((compare.key)(same));
            }
            false
        });
        old = known.rest();
        old.retain(|row| relation(row).is_replaced());
        for (at, replaced) in new.iter().zip(&old) {
            counts.changed += 1;
            if counts.changed <= EXAMPLES {
                differences.push(compare.difference(Some(replaced), Some(&rows[*at])));
            }
            (compare.adopt)(&mut rows[*at], replaced);
        }
        for at in new.iter().skip(old.len()) {
            counts.new += 1;
            if counts.new <= EXAMPLES {
                differences.push(compare.difference(None, Some(&rows[*at])));
            }
        }
        let replaced = old.iter().take(new.len()).map(|row| (compare.key)(row));
        ended.extend(replaced);
        for gone in old.into_iter().skip(new.len()).filter(|row| relation(row).ends()) {
            counts.gone += 1;
            if counts.gone <= EXAMPLES {
                differences.push(compare.difference(Some(gone), None));
            }
            ended.push((compare.key)(gone));
        }
    }

    let mut shared: BTreeMap<u32, Shared> = BTreeMap::new();
    for (row, named) in current.iter().zip(&named) {
        let submission = (compare.source)(row).submission;
        let one = shared.entry(submission).or_default();
        one.all += 1;
        one.found += usize::from(*named);
        if !named && replaces.contains(&submission) {
            counts.gone += 1;
            if counts.gone <= EXAMPLES {
                differences.push(compare.difference(Some(row), None));
            }
            ended.push((compare.key)(row));
        }
    }
    if replaces.is_empty() {
        named.iter_mut().for_each(|named| *named = !*named);
        let (current_side, file) =
            (Side { rows: current, alone: &named }, Side { rows: &rows, alone: &is_new });
        for (at, differs) in (compare.near)(current_side, file) {
            let one = shared.entry((compare.source)(current[at]).submission).or_default();
            (one.near, one.differs) = (one.near + 1, one.differs.or(differs));
        }
    }
    differences.sort_by_key(|one| (one.happens, one.row));
    let mut stays = unchanged.into_iter();
    rows.retain(|_| !stays.next().unwrap_or_default());
    repeated.sort_by_key(|one| one.row);
    let change = Change { added: rows, ended, repeated };
    Compared { change, counts, differences, beside, shared }
}

/// Current rows of one identity, to be taken one by one by rows that say the same. A careless file
/// may have a hundred thousand of them, so they are looked up by what they say.
struct Alike<'a, T> {
    rows: Vec<Option<&'a T>>,
    /// Positions by a hash of the fields, the last first; few rows are looked through.
    by_fields: HashMap<u64, Vec<usize>>,
}

/// Rows that are looked through one by one.
const FEW: usize = 32;

impl<'a, T> Alike<'a, T> {
    fn of<I, K>(rows: &[&'a T], compare: &Compare<T, I, K>) -> Alike<'a, T> {
        let mut by_fields: HashMap<u64, Vec<usize>> = HashMap::new();
        if rows.len() > FEW {
            for (at, row) in rows.iter().enumerate().rev() {
                by_fields.entry(said(*row, compare)).or_default().push(at);
            }
        }
        Alike { rows: rows.iter().copied().map(Some).collect(), by_fields }
    }

    /// Takes the first row that says the same as this one; `None` where none is left.
    fn take<I, K>(&mut self, row: &T, compare: &Compare<T, I, K>) -> Option<&'a T> {
        let found = if self.rows.len() > FEW {
            let known = self.by_fields.get_mut(&said(row, compare));
            known.and_then(|known| {
                known.pop_if(|at| self.rows[*at].is_some_and(|known| (compare.same)(known, row)))
            })
        } else {
            let same = |known: &Option<&T>| known.is_some_and(|known| (compare.same)(known, row));
            self.rows.iter().position(same)
        };
        self.rows[found?].take()
    }

    /// The rows that nothing took.
    fn rest(self) -> Vec<&'a T> {
        self.rows.into_iter().flatten().collect()
    }
}

fn said<T, I, K>(row: &T, compare: &Compare<T, I, K>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (compare.fields)(row).hash(&mut hasher);
    hasher.finish()
}

impl<T, I, K> Compare<T, I, K> {
    /// How a row differs from the one it replaces; a row that is new or goes has only one side.
    pub fn difference(&self, before: Option<&T>, after: Option<&T>) -> Difference {
        let texts = |row: Option<&T>| row.map(self.fields).unwrap_or_default();
        let (old, new) = (texts(before), texts(after));
        let happens = match (before, after) {
            (None, _) => Happens::New,
            (_, None) => Happens::Gone,
            _ => Happens::Changed,
        };
        let said = if new.is_empty() { &old } else { &new };
        let words = said.iter().map(|(_, text)| text.as_str()).filter(|text| !text.is_empty());
        let what = words.take(5).collect::<Vec<_>>().join(", ");
        let text = |texts: &Fields, at: usize| {
            texts.get(at).map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let fields = said.iter().enumerate();
        let fields = fields.map(|(at, (name, _))| (*name, text(&old, at), text(&new, at)));
        let fields = fields.filter(|(_, before, after)| before != after).collect();
        let row = after.or(before).map(|row| (self.source)(row).row).unwrap_or_default();
        Difference { happens, row, what, fields }
    }
}

/// Identity and position of every row, sorted. An identity is kept as a fingerprint of 128 bits, so
/// that a million rows take 32 MB; that two of them meet by chance is less likely than a fault of
/// the memory they are in.
fn by_identity<T: Sync, I: Hash>(
    rows: &[T],
    identity: impl Fn(&T) -> I + Sync,
) -> Vec<(u128, u32)> {
    let fingerprint = |row: &T| {
        let identity = identity(row);
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, &identity).hash(&mut hasher);
            u128::from(hasher.finish())
        };
        half(0) << 64 | half(1)
    };
    let mut sorted: Vec<(u128, u32)> =
        rows.par_iter().enumerate().map(|(at, row)| (fingerprint(row), at as u32)).collect();
    sorted.par_sort_unstable();
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::near;

    /// (identity, figure, number, submission)
    type Row = (char, i32, u32, u32);

    const COMPARE: Compare<Row, char, u32> = Compare {
        identity: |row| row.0,
        same: |a, b| a.1 == b.1,
        key: |row| row.2,
        adopt: |row, replaced| row.2 = replaced.2,
        source: |row| Source { submission: row.3, row: row.2 },
        pass: |row, source| row.3 = source.submission,
        fields: |row| vec![("name", row.0.to_string()), ("figure", row.1.to_string())],
        near: near::none,
    };

    fn check(current: &[Row], rows: &[Row], added: &[Row], ended: &[u32], counts: [usize; 4]) {
        let found = compared(current, rows, &[]);
        assert_eq!(found.change.added, added);
        assert_eq!(found.change.ended, ended);
        let Counts { new, changed, unchanged, gone } = found.counts;
        assert_eq!([new, changed, unchanged, gone], counts);
    }

    fn compared(current: &[Row], rows: &[Row], replaces: &[u32]) -> Compared<Row, u32> {
        let current: Vec<&Row> = current.iter().collect();
        changes(&current, rows.to_vec(), replaces, &Sheets::default(), &COMPARE)
    }

    #[test]
    fn the_same_rows_again_change_nothing() {
        let rows = [('a', 1, 7, 1), ('a', 1, 8, 1), ('b', 2, 9, 1)];
        let again = [('a', 1, 0, 2), ('b', 2, 0, 2), ('a', 1, 0, 2)];
        check(&rows, &again, &[], &[], [0, 0, 3, 0]);
    }

    #[test]
    fn a_corrected_row_replaces_under_its_number_and_a_new_month_adds() {
        let current = [('a', 1, 7, 1), ('b', 2, 8, 1)];
        let added = [('a', 5, 7, 2), ('c', 3, 0, 2)];
        check(&current, &[('a', 5, 0, 2), ('c', 3, 0, 2)], &added, &[7], [1, 1, 0, 0]);
    }

    #[test]
    fn rows_that_share_an_identity_are_replaced_together() {
        let current = [('a', 1, 7, 1), ('a', 2, 8, 1), ('a', 3, 9, 1)];
        let added = [('a', 4, 7, 2)];
        check(&current, &[('a', 2, 0, 2), ('a', 4, 0, 2)], &added, &[7, 9], [0, 1, 1, 1]);
    }

    #[test]
    fn very_many_rows_of_one_identity_are_compared_in_good_time() {
        let current: Vec<Row> = (0..50_000).map(|n| ('a', n, n as u32 + 1, 1)).collect();
        let again: Vec<Row> = (5..50_005).rev().map(|n| ('a', n, 0, 2)).collect();
        let found = compared(&current, &again, &[]);
        assert_eq!((found.counts.unchanged, found.counts.changed), (49_995, 5));
        assert_eq!((found.change.added.len(), found.change.ended.len()), (5, 5));
    }

    #[test]
    fn rows_of_the_file_that_is_replaced_end_where_the_new_one_lacks_them() {
        let current = [('a', 1, 7, 1), ('b', 2, 8, 1), ('c', 3, 9, 2)];
        let found = compared(&current, &[('a', 1, 0, 3)], &[1]);
        assert_eq!((found.change.added.len(), found.change.ended), (0, vec![8]));
        assert_eq!((found.counts.unchanged, found.counts.gone), (1, 1));
        let shared = |all, found| Shared { all, found, ..Shared::default() };
        assert_eq!(found.shared, BTreeMap::from([(1, shared(2, 1)), (2, shared(1, 0))]));
    }

    #[test]
    fn differences_show_a_row_before_and_after() {
        let found = compared(&[('a', 1, 7, 1)], &[('a', 5, 0, 2), ('b', 6, 0, 2)], &[]);
        let figure = |before: &str, after: &str| ("figure", before.to_owned(), after.to_owned());
        assert_eq!(found.differences[0].what, "b, 6");
        assert_eq!(found.differences[0].fields[1], figure("", "6"));
        assert_eq!(found.differences[1].fields, [figure("1", "5")]);
        assert_eq!(found.differences[1].happens, Happens::Changed);
    }
}
