//! Whether a file looks like a correction of one that was sent before.

use std::collections::BTreeMap;

use super::changes::Shared;
use crate::domain::{Snapshot, Submission, Text, fold};
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
    /// Its current rows that the file seems to have in other words: both stay and count unless the
    /// file replaces it.
    pub near: usize,
    /// The fields in which those differ.
    pub differs: Vec<&'static str>,
    /// Its other current rows, which the file lacks: they stay unless the file replaces it.
    pub missing: usize,
    /// The sheet that was compared, where the file has others like it.
    pub sheet: Option<Text>,
}

/// The submission of a kind that a file looks like a correction of: it has at least half of that
/// one's rows, or some of them under the same name apart from its date or as a report that came
/// back (`returned`), whose corrections change what rows are known by; and it lacks others, or
/// there would be nothing to point out. Rows that it has in other words are rows that it has, and
/// they stay beside them. `shared` holds, by submission, what the file has of its current rows.
pub(super) fn earlier(
    known: &Snapshot,
    kind: Kind,
    file_name: &str,
    returned: bool,
    shared: &BTreeMap<u32, Shared>,
) -> Option<Earlier> {
    let name = undated(file_name);
    // The level of boundaries is in their number: names without numbers say nothing of them.
    let named_alike = |one: &Submission| kind != Kind::Areas && undated(&one.file_name) == name;
    let of = |one: &Submission| shared.get(&one.id).copied().unwrap_or_default();
    let alike = |one: &&Submission| {
        let Shared { all, found, near, .. } = of(one);
        let has = found + near;
        found < all && (has * 2 >= all || has > 0 && (returned || named_alike(one)))
    };
    let has = |one: &Submission| of(one).found + of(one).near;
    let best = known.holding(kind.name()).filter(alike).max_by_key(|one| (has(one), one.id))?;
    let Shared { all, found, near, differs } = of(best);
    Some(Earlier {
        submission: best.id,
        file: best.file_name.clone(),
        at: best.at.clone(),
        shared: found,
        near,
        differs: differs.names(),
        missing: all - found - near,
        sheet: None,
    })
}

/// What to say of a report that came back and has no row of any submission, where rows of its kind
/// are there: whatever it corrects would stay beside it.
pub(super) fn unknown(known: &Snapshot, kind: Kind) -> Option<String> {
    let last = last(known, kind)?;
    Some(format!(
        "This is a report that came back, and none of its rows is known as it is now: if it corrects a submission (the last one is {last}), say that it replaces it, or the rows of before stay beside the new ones."
    ))
}

/// The latest submission of a kind that was not rolled back.
pub fn last(known: &Snapshot, kind: Kind) -> Option<u32> {
    known.holding(kind.name()).next_back().map(|one| one.id)
}

/// A file's name without its ending and whatever tells one month or version from the next.
pub(super) fn undated(file_name: &str) -> String {
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
    use crate::domain::{Operation, Rows};

    #[test]
    fn a_report_that_came_back_corrects_the_submission_that_it_shares_a_row_with() {
        let operation = Operation::new("op", "Op");
        let sent = Submission {
            id: 3,
            kind: "activities".into(),
            file_name: "v1.xlsx".into(),
            sha256: "".into(),
            at: "2026-01-01T00:00:00Z".into(),
            revision: 3,
            replaces: None,
            undoes: None,
            sheet: None,
        };
        let rows = Rows { submissions: vec![sent], ..Rows::empty(operation) };
        let known = Snapshot::build(rows);
        let shared = Shared { all: 5, found: 2, ..Shared::default() };
        let shared = BTreeMap::from([(3, shared)]);
        let found = |returned| {
            let found = earlier(&known, Kind::Activities, "report.xlsx", returned, &shared)?;
            Some((found.submission, found.shared, found.missing))
        };
        assert_eq!((found(false), found(true)), (None, Some((3, 2, 3))));
        assert!(unknown(&known, Kind::Activities).is_some_and(|said| said.contains("one is 3")));
        assert_eq!(unknown(&known, Kind::Sites), None);
    }

    #[test]
    fn names_of_two_months_or_versions_are_the_same_without_their_dates() {
        for name in ["5W_Mozambique_2026-03.xlsx", "5w mozambique April 2026 v2 FINAL.csv"] {
            assert_eq!(undated(name), "w mozambique", "{name}");
        }
        assert_ne!(undated("sites_2026.csv"), undated("activities_2026.csv"));
    }
}
