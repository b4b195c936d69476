//! What a file changes: its rows against the current ones, by the identity of each kind of row.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

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
}

/// Compares the rows of a file with the current ones. Rows that share an identity are replaced
/// together; within them, rows that say the same stay as they are. Identities that the file does
/// not name stay.
pub fn changes<'a, T: Clone + 'a, I: Hash + Eq, K>(
    current: impl Iterator<Item = &'a T>,
    rows: Vec<T>,
    compare: &Compare<T, I, K>,
) -> (Change<T, K>, Counts) {
    let mut groups: HashMap<I, usize> = HashMap::with_capacity(rows.len());
    let mut sets: Vec<(Vec<&T>, Vec<T>)> = Vec::new();
    for row in rows {
        let set = *groups.entry((compare.identity)(&row)).or_insert_with(|| {
            sets.push((Vec::new(), Vec::new()));
            sets.len() - 1
        });
        sets[set].1.push(row);
    }
    for row in current {
        if let Some(set) = groups.get(&(compare.identity)(row)) {
            sets[*set].0.push(row);
        }
    }

    let mut change = Change::default();
    let mut counts = Counts::default();
    for (mut old, mut new) in sets {
        new.retain(|row| match old.iter().position(|known| (compare.same)(known, row)) {
            Some(found) => {
                old.remove(found);
                counts.unchanged += 1;
                false
            }
            None => true,
        });
        let mut old = old.into_iter();
        for mut row in new {
            match old.next() {
                Some(replaced) => {
                    (compare.adopt)(&mut row, replaced);
                    change.ended.push((compare.key)(replaced));
                    counts.changed += 1;
                }
                None => counts.new += 1,
            }
            change.added.push(row);
        }
        for gone in old {
            change.ended.push((compare.key)(gone));
            counts.gone += 1;
        }
    }
    (change, counts)
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
        };
        let (change, found) = changes(current.iter(), rows.to_vec(), &compare);
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
}
