//! Whether a file looks like a correction of one that was sent before.

use std::collections::BTreeMap;

use crate::domain::{Snapshot, Submission, Text, fold, undone};
use crate::intake::Kind;

/// A submission that a file looks like a correction of. It is only pointed out: the sender says
/// whether the file replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub submission: u32,
    pub file: Text,
    /// RFC 3339, UTC.
    pub at: Text,
    /// Its current rows that the file has too, changed or not.
    pub shared: usize,
    /// Its current rows that the file lacks: they stay unless the file replaces it.
    pub missing: usize,
}

/// The submission of a kind that a file looks like a correction of: it has at least half of that
/// one's rows, or some of them under the same name apart from its date; and it lacks others, or
/// there would be nothing to point out. `shared` holds, by submission, its current rows and those
/// of them that the file has.
pub(super) fn earlier(
    known: &Snapshot,
    kind: Kind,
    file_name: &str,
    shared: &BTreeMap<u32, (usize, usize)>,
) -> Option<Earlier> {
    let undone = undone(&known.submissions);
    let name = undated(file_name);
    // The level of boundaries is in their number: names without numbers say nothing of them.
    let named_alike = |one: &Submission| kind != Kind::Areas && undated(&one.file_name) == name;
    let alike = |one: &&Submission| {
        let (all, found) = shared.get(&one.id).copied().unwrap_or_default();
        *one.kind == *kind.name()
            && !undone.contains(&one.id)
            && found < all
            && (found * 2 >= all || named_alike(one) && found > 0)
    };
    let found = |one: &Submission| shared.get(&one.id).copied().unwrap_or_default();
    let best = known.submissions.iter().filter(alike).max_by_key(|one| (found(one).1, one.id))?;
    let (all, found) = found(best);
    Some(Earlier {
        submission: best.id,
        file: best.file_name.clone(),
        at: best.at.clone(),
        shared: found,
        missing: all - found,
    })
}

/// The latest submission of a kind that was not rolled back.
pub fn last(known: &Snapshot, kind: Kind) -> Option<u32> {
    let undone = undone(&known.submissions);
    let good = |one: &&Submission| *one.kind == *kind.name() && !undone.contains(&one.id);
    known.submissions.iter().rfind(good).map(|one| one.id)
}

/// A file's name without its ending and whatever tells one month or version from the next.
fn undated(file_name: &str) -> String {
    const WORDS: &[&str] = &["final", "corrected", "copy", "new", "rev", "v", "version", "update"];
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let plain: String = stem.chars().map(|c| if c.is_ascii_digit() { ' ' } else { c }).collect();
    let folded = fold(&plain);
    let words = folded
        .split(' ')
        .filter(|word| !WORDS.contains(word) && crate::intake::vocabulary::month(word).is_none());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_two_months_or_versions_are_the_same_without_their_dates() {
        for name in ["5W_Mozambique_2026-03.xlsx", "5w mozambique April 2026 v2 FINAL.csv"] {
            assert_eq!(undated(name), "w mozambique", "{name}");
        }
        assert_ne!(undated("sites_2026.csv"), undated("activities_2026.csv"));
    }
}
