use super::*;

/// Submissions one after the other, each with the revision of its number; a number is what it undoes.
fn submissions(undo: &[Option<u32>]) -> Vec<Submission> {
    let one = |(id, undoes): (u32, &Option<u32>)| Submission {
        id,
        kind: "activities".into(),
        file_name: "file".into(),
        sha256: "".into(),
        at: "2026-07-01T00:00:00Z".into(),
        revision: u64::from(id),
        replaces: None,
        undoes: *undoes,
        sheet: None,
    };
    (1..).zip(undo).map(one).collect()
}

fn version(submission: i64, from_revision: i64, to_revision: Option<i64>) -> Version {
    let (table, key) = ("activities", "7".to_owned());
    Version { table, key, from_revision, to_revision, submission, row: 10 + submission }
}

/// Of one row: who stands, and in which of its rows.
fn stands(
    versions: &[Version],
    repeats: &[(u32, u32, u32)],
    undo: &[Option<u32>],
    undoes: u32,
) -> Option<(u32, u32)> {
    let repeats = repeats.iter().map(|(by, of, row)| Repeat { by: *by, of: *of, row: *row });
    let said = Said { versions, repeats: repeats.collect() };
    let stands = said.stands(&Holding::after(&submissions(undo), undoes, 1));
    stands.row.map(|one| (one.source.submission, one.source.row))
}

#[test]
fn the_last_that_holds_and_says_something_of_a_row_decides() {
    let none = [None; 3];
    // The second changed what the first said.
    let changed = [version(1, 1, Some(2)), version(2, 2, None)];
    assert_eq!(stands(&changed, &[], &none, 2), Some((1, 11)));
    assert_eq!(stands(&changed, &[], &none, 1), Some((2, 12)));
    // The second ended it; undone, the first stands.
    let ended = [version(1, 1, Some(2))];
    assert_eq!(stands(&ended, &[], &none, 3), None);
    assert_eq!(stands(&ended, &[], &none, 2), Some((1, 11)));
    assert_eq!(stands(&ended, &[], &none, 1), None);
    // Both undone, whichever came first.
    let undone = [version(1, 1, Some(2)), version(2, 2, Some(4))];
    assert_eq!(stands(&undone, &[], &[None, None, None, Some(2)], 1), None);
    assert_eq!(stands(&undone, &[], &[None, None, None, Some(2)], 4), Some((2, 12)));
}

#[test]
fn a_row_that_several_say_is_the_first_ones_that_holds() {
    let one = [version(1, 1, None)];
    let again = [(2, 1, 52), (3, 1, 53)];
    assert_eq!(stands(&one, &again, &[None; 4], 4), Some((1, 11)));
    assert_eq!(stands(&one, &again, &[None; 4], 1), Some((2, 52)));
    assert_eq!(stands(&one, &again, &[None; 4], 2), Some((1, 11)));
    // The first was undone: it passed on to the second. A fifth says that again.
    let mut second = version(2, 4, None);
    second.row = 52;
    let passed = [version(1, 1, Some(4)), second];
    let again = [(2, 1, 52), (3, 1, 53), (5, 2, 55)];
    let undo = [None, None, None, Some(1), None];
    assert_eq!(stands(&passed, &again, &undo, 2), Some((3, 53)));
    assert_eq!(stands(&passed, &again, &undo, 3), Some((2, 52)));
    assert_eq!(stands(&passed, &again, &undo, 4), Some((1, 11)));
}

#[test]
fn what_was_said_again_and_changed_since_is_said_again_where_the_change_is_undone() {
    // The second says it too, the third changed it.
    let changed = [version(1, 1, Some(3)), version(3, 3, None)];
    let again = [(2, 1, 52)];
    assert_eq!(stands(&changed, &again, &[None; 3], 3), Some((1, 11)));
    assert_eq!(stands(&changed, &again, &[None, None, None, Some(1)], 3), Some((2, 52)));
    // A fourth says what the first did, after the third: it is the first of them there.
    let back = [version(1, 1, Some(3)), version(3, 3, Some(4)), version(4, 4, None)];
    assert_eq!(stands(&back, &again, &[None; 4], 4), Some((3, 13)));
    assert_eq!(stands(&back, &again, &[None; 4], 3), Some((4, 14)));
}

#[test]
fn boundaries_that_move_a_row_say_nothing_of_it() {
    let moved = [version(1, 1, Some(2)), version(1, 2, None)];
    assert_eq!(stands(&moved, &[], &[None; 2], 2), Some((1, 11)));
    assert_eq!(stands(&moved, &[], &[None; 2], 1), None);
}
