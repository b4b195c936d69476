//! What a file changes: its rows against the current ones, by the identity of each kind of row.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

use crate::domain::Source;
use crate::store::Change;

/// How the rows of a file compare with what was known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of an identity that was unknown.
    pub new: usize,
    /// Rows that replace a current one.
    pub changed: usize,
    /// Rows that say what was known.
    pub unchanged: usize,
    /// Current rows that a corrected set of rows no longer has.
    pub gone: usize,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Counts { new, changed, unchanged, gone } = self;
        write!(f, "{new} new, {changed} changed, {unchanged} unchanged and {gone} gone rows")
    }
}

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
    /// Where a row came from, for kinds of which one row of a file makes one row.
    pub source: Option<fn(&T) -> Source>,
}

/// Compares the rows of a file with the current ones. Rows that share an identity are replaced
/// together; within them, rows that say the same stay as they are. Identities that the file does
/// not name stay.
///
/// `again` are the earlier submissions of this very file. What they left is compared row by row
/// first: the same row may be placed elsewhere now, because boundaries were imported meanwhile, and
/// must move and not count twice.
pub fn changes<T: Sync, I: Hash, K>(
    current: &[&T],
    mut rows: Vec<T>,
    again: &[u32],
    compare: &Compare<T, I, K>,
) -> (Change<T, K>, Counts) {
    let mut ended = Vec::new();
    let mut counts = Counts::default();
    let mut unchanged = HashSet::new();
    let mut settled = HashSet::new();
    let mut others = Cow::Borrowed(current);
    if let Some(source) = compare.source.filter(|_| !again.is_empty()) {
        let of_file = |row: &&T| again.contains(&source(row).submission);
        let mut left: HashMap<u32, &T> =
            current.iter().filter(|row| of_file(row)).map(|row| (source(row).row, *row)).collect();
        others = current.iter().copied().filter(|row| !of_file(row)).collect();
        for (at, row) in rows.iter_mut().enumerate() {
            let Some(known) = left.remove(&source(row).row) else { continue };
            settled.insert(at);
            if (compare.same)(known, row) {
                unchanged.insert(at);
            } else {
                (compare.adopt)(row, known);
                ended.push((compare.key)(known));
                counts.changed += 1;
            }
        }
        counts.gone += left.len();
        ended.extend(left.into_values().map(compare.key));
    }

    let current: &[&T] = &others;
    let known = by_identity(current, |row| (compare.identity)(row));
    let mut sent = by_identity(&rows, |row| (compare.identity)(row));
    sent.retain(|(_, at)| !settled.contains(&(*at as usize)));
    let mut rest = known.as_slice();
    for sent in sent.chunk_by(|a, b| a.0 == b.0) {
        rest = &rest[rest.partition_point(|known| known.0 < sent[0].0)..];
        let length = rest.iter().take_while(|known| known.0 == sent[0].0).count();
        let mut old: Vec<&T> = rest[..length].iter().map(|(_, at)| current[*at as usize]).collect();
        let mut new: Vec<usize> = sent.iter().map(|(_, at)| *at as usize).collect();
        new.retain(|at| match old.iter().position(|known| (compare.same)(known, &rows[*at])) {
            Some(found) => {
                old.remove(found);
                unchanged.insert(*at);
                false
            }
            None => true,
        });
        let replaced = old.len().min(new.len());
        counts.changed += replaced;
        counts.new += new.len() - replaced;
        counts.gone += old.len() - replaced;
        for (at, replaced) in new.into_iter().zip(&old) {
            (compare.adopt)(&mut rows[at], replaced);
        }
        ended.extend(old.into_iter().map(compare.key));
    }
    counts.unchanged = unchanged.len();
    let mut at = 0;
    rows.retain(|_| {
        at += 1;
        !unchanged.contains(&(at - 1))
    });
    (Change { added: rows, ended }, counts)
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

/// The current rows after a change.
pub fn apply<'a, T: Clone + 'a, K, I: Hash + Eq>(
    current: impl Iterator<Item = &'a T>,
    change: Change<T, K>,
    identity: impl Fn(&T) -> I,
    ended: impl Fn(&K) -> I,
) -> Vec<T> {
    let gone: HashSet<I> = change.ended.iter().map(ended).collect();
    let mut rows: Vec<T> = if gone.is_empty() {
        current.cloned().collect()
    } else {
        current.filter(|row| !gone.contains(&identity(row))).cloned().collect()
    };
    if rows.is_empty() {
        return change.added;
    }
    rows.extend(change.added);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (identity, figure, number)
    type Row = (char, i32, u32);

    fn check(current: &[Row], rows: &[Row], added: &[Row], ended: &[u32], counts: [usize; 4]) {
        let compare = Compare {
            identity: |row: &Row| row.0,
            same: |a, b| a.1 == b.1,
            key: |row| row.2,
            adopt: |row, replaced| row.2 = replaced.2,
            source: None,
        };
        let current: Vec<&Row> = current.iter().collect();
        let (change, found) = changes(&current, rows.to_vec(), &[], &compare);
        assert_eq!(change.added, added);
        assert_eq!(change.ended, ended);
        assert_eq!([found.new, found.changed, found.unchanged, found.gone], counts);
    }

    #[test]
    fn the_same_rows_again_change_nothing() {
        let rows = [('a', 1, 7), ('a', 1, 8), ('b', 2, 9)];
        check(&rows, &[('a', 1, 0), ('b', 2, 0), ('a', 1, 0)], &[], &[], [0, 0, 3, 0]);
    }

    #[test]
    fn a_corrected_row_replaces_under_its_number_and_a_new_month_adds() {
        let current = [('a', 1, 7), ('b', 2, 8)];
        let added = [('a', 5, 7), ('c', 3, 0)];
        check(&current, &[('a', 5, 0), ('c', 3, 0)], &added, &[7], [1, 1, 0, 0]);
    }

    #[test]
    fn rows_that_share_an_identity_are_replaced_together() {
        let current = [('a', 1, 7), ('a', 2, 8), ('a', 3, 9)];
        check(&current, &[('a', 2, 0), ('a', 4, 0)], &[('a', 4, 7)], &[7, 9], [0, 1, 1, 1]);
    }

    /// (place, figure, submission, row of the file)
    type Placed = (char, i32, u32, u32);

    #[test]
    fn a_row_of_the_same_file_that_is_placed_elsewhere_now_moves() {
        let compare = Compare {
            identity: |row: &Placed| row.0,
            same: |a, b| a.0 == b.0 && a.1 == b.1,
            key: |row| row.3,
            adopt: |_, _| (),
            source: Some(|row| Source { submission: row.2, row: row.3 }),
        };
        let current = [('P', 5, 1, 2), ('P', 6, 1, 3), ('Q', 7, 1, 4), ('R', 8, 2, 5)];
        let current: Vec<&Placed> = current.iter().collect();
        let again = vec![('a', 5, 3, 2), ('P', 6, 3, 3), ('S', 9, 3, 6)];
        let (change, counts) = changes(&current, again, &[1], &compare);
        assert_eq!(change.added, [('a', 5, 3, 2), ('S', 9, 3, 6)]);
        assert_eq!(change.ended, [2, 4]);
        let expected = Counts { new: 1, changed: 1, unchanged: 1, gone: 1 };
        assert_eq!(counts, expected);
    }
}
