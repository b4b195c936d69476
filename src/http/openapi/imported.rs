//! Answers about imports, the review and the quality of reports described.

use serde_json::{Value, json};

use super::shapes::{
    Member, boolean, has, integer, list, map, may, nullable, number, object, one_of, refers, text,
    told,
};
use crate::intake::Kind;
use crate::intake::review::ReviewState;

/// Every schema, by name.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("Imports", object(vec![has("imports", list(refers("ImportSummary")))])),
        ("ImportSummary", object(summary())),
        ("Import", object(summary().into_iter().chain(reading()).chain(comparison()).collect())),
        ("ImportChange", change()),
        ("ImportCounts", counts()),
        ("ImportColumn", column()),
        ("ImportIssue", issue()),
        ("ImportDifference", difference()),
        ("ImportReport", report()),
        ("RolledBack", rolled_back()),
        ("Review", review()),
        ("ReviewItem", review_item()),
        ("Decisions", decisions()),
        ("Decided", decided()),
        ("Quality", quality()),
    ]
}

/// The kinds of files.
pub(super) fn kinds() -> Vec<&'static str> {
    Kind::TABLE.iter().map(|(_, name)| *name).collect()
}

/// An import in a list: a draft has what is under way, a committed one what became of it.
fn summary() -> Vec<Member> {
    let states = ["reading", "ready", "committing", "committed", "failed"];
    let steps = ["opening", "reading", "comparing", "writing", "done"];
    let of_submission = kinds().into_iter().chain(["rollback", "review"]).collect::<Vec<_>>();
    let changes = ["new", "changed", "unchanged", "gone"].map(|name| has(name, integer())).to_vec();
    let offered = object(vec![has("header", text()), has("values", list(text()))]);
    vec![
        has("id", told(text(), "Of a draft d-…, of a committed one its number")),
        has("state", one_of(&states)),
        has("at", text()),
        has("file", text()),
        has("revision", nullable(integer())),
        has("submission", nullable(integer())),
        has("links", list(refers("Link"))),
        may("kind", one_of(&of_submission)),
        may("sheet", told(nullable(text()), "The sheet that was read")),
        may("step", one_of(&steps)),
        may("rows_done", integer()),
        may("share", told(nullable(number()), "Of the rows that are done, 0 to 1")),
        may("asked_sheet", told(nullable(text()), "The sheet that its sender named")),
        may(
            "alike",
            told(list(text()), "Sheets of the file with the same headers, which stay out"),
        ),
        may("bytes", integer()),
        may("outdated", told(boolean(), "The operation has changed since the file was read")),
        may("error", nullable(text())),
        may(
            "offered",
            told(
                list(offered),
                "What a file of boundaries has that does not say which of it is the P-code",
            ),
        ),
        may(
            "nothing_accepted",
            told(nullable(text()), "Every row was rejected: why there is nothing to commit"),
        ),
        may("counts", refers("ImportCounts")),
        may("changes", object(changes)),
        may("replaces", told(nullable(integer()), "The submission that it corrected")),
        may("undoes", told(nullable(integer()), "The submission that it undid")),
        may("decisions", told(nullable(integer()), "Made at once, where it is no file")),
        may("rows_current", told(integer(), "Rows of it that are in use")),
        may("rolled_back", told(nullable(integer()), "The revision that undid it")),
    ]
}

/// How a file was read.
fn reading() -> Vec<Member> {
    let sheet = object(vec![
        has("name", text()),
        has("rows", nullable(integer())),
        has("chosen", boolean()),
        has("reason", text()),
    ]);
    let field = object(vec![has("name", text()), has("doc", text())]);
    let row = object(vec![has("row", integer()), has("cells", list(text()))]);
    vec![
        may("format", text()),
        may("sheets", list(sheet)),
        may("header_row", nullable(integer())),
        may("hxl_row", nullable(integer())),
        may("first_row", integer()),
        may("choice", told(text(), "Why this sheet and this row were taken")),
        may("columns", list(refers("ImportColumn"))),
        may("fields", told(list(field), "What a column of this kind of file may be")),
        may("preview", list(row)),
        may("placed", told(list(integer()), "Rows by level; level 0 is the operation")),
        may("issues", list(refers("ImportIssue"))),
        may("remarks", list(text())),
        may("dropped_personal", list(text())),
    ]
}

/// What a draft is beside what is there.
fn comparison() -> Vec<Member> {
    let kind =
        object(vec![has("kind", one_of(&kinds())), has("score", number()), has("reason", text())]);
    let asked = object(vec![
        has("kind", nullable(one_of(&kinds()))),
        has("sheet", nullable(text())),
        has("header_row", nullable(integer())),
        has("columns", map(nullable(text()))),
        has("sector", nullable(text())),
        has("cycle", nullable(text())),
        has("level", nullable(integer())),
        has("replaces", nullable(integer())),
    ]);
    let earlier = object(vec![
        has("submission", integer()),
        has("file", text()),
        has("at", text()),
        has("shared", told(integer(), "Rows that both have")),
        has("near", told(integer(), "Rows that both have in other words")),
        has("differs", told(list(text()), "What differs in those")),
        has("missing", told(integer(), "Rows of it that this file lacks")),
    ]);
    vec![
        may("kind_reason", text()),
        may("kinds", list(kind)),
        may("base", told(integer(), "The revision that it was compared with")),
        may("asked", told(asked, "What its sender said about it")),
        may("differences", told(list(refers("ImportDifference")), "Some of the rows")),
        may(
            "earlier",
            told(nullable(earlier), "The submission that it looks like a correction of"),
        ),
    ]
}

fn counts() -> Value {
    object(vec![
        has("rows", integer()),
        has("accepted", integer()),
        has("accepted_with_warnings", integer()),
        has("rejected", integer()),
        has("copies", told(integer(), "Exact copies of an earlier row, which count once")),
    ])
}

fn column() -> Value {
    object(vec![
        has("index", told(integer(), "From 0")),
        has("letters", text()),
        has("header", text()),
        has("tag", text()),
        has("field", told(nullable(text()), "What it was taken for")),
        has("group", told(text(), "The group whose part it counts; empty where it is no part")),
        has("confidence", told(number(), "0 to 1")),
        has("reason", text()),
        has("personal", told(boolean(), "It looks like personal data: nothing of it is kept")),
        has("values", list(text())),
    ])
}

fn issue() -> Value {
    let example = object(vec![
        has("row", integer()),
        has("column", text()),
        has("value", text()),
        has("detail", text()),
    ]);
    object(vec![
        has("code", text()),
        has("message", told(text(), "What is wrong, in a sentence")),
        has("remedy", told(text(), "What would be right")),
        has("count", integer()),
        has("rejects", boolean()),
        has("examples", list(example)),
    ])
}

/// A row that is new, changes or goes.
fn difference() -> Value {
    let field = object(vec![has("field", text()), has("before", text()), has("after", text())]);
    object(vec![
        has("happens", one_of(&["new", "changed", "gone"])),
        has("row", integer()),
        has("what", text()),
        has("fields", list(field)),
    ])
}

/// The report as a file of its own: the reading, and every row.
fn report() -> Value {
    let column = object(vec![
        has("index", integer()),
        has("letters", text()),
        has("header", text()),
        has("tag", text()),
        has("field", nullable(text())),
        has("group", text()),
        has("confidence", number()),
        has("reason", text()),
        has("numbers", told(boolean(), "It is not used and holds numbers")),
        has("personal", boolean()),
        may("holds", told(text(), "What a column that is not used holds")),
    ]);
    let sheet = object(vec![
        has("name", text()),
        has("rows", nullable(integer())),
        has("chosen", boolean()),
        has("reason", text()),
        may("alike", boolean()),
    ]);
    let outcomes = ["accepted", "accepted-with-warnings", "rejected"];
    let stretch = object(vec![
        has("from", integer()),
        has("to", integer()),
        has("outcome", one_of(&outcomes)),
    ]);
    let note = object(vec![
        has("row", integer()),
        has("column", told(nullable(integer()), "Position in `columns`")),
        has("issue", told(integer(), "Position in `issues`")),
        has("value", text()),
        has("detail", text()),
    ]);
    object(vec![
        has("file", text()),
        has("kind", text()),
        has("format", text()),
        has("sheet", text()),
        has("header_row", nullable(integer())),
        has("hxl_row", nullable(integer())),
        has("first_row", integer()),
        has("choice", text()),
        has("sheets", list(sheet)),
        has("columns", list(column)),
        has("dropped_personal", list(text())),
        has("counts", refers("ImportCounts")),
        has("placed", list(integer())),
        has("remarks", list(text())),
        has("issues", list(refers("ImportIssue"))),
        has("outcomes", told(list(stretch), "Rows `from` to `to`, both inside")),
        has("notes", list(note)),
    ])
}

fn rolled_back() -> Value {
    object(vec![
        has("submission", integer()),
        has("ended", told(integer(), "Rows that are not there any more")),
        has("restored", told(integer(), "Rows that are as they were before")),
        has(
            "passed",
            told(
                map(integer()),
                "Rows that other submissions say too and that became theirs, by submission",
            ),
        ),
        has(
            "left",
            told(integer(), "Rows of which a later submission decides: they stay as they are"),
        ),
        has("left_rows", told(list(text()), "The first of those")),
        has("said", told(text(), "In a sentence")),
        has("revision", nullable(integer())),
    ])
}

fn review() -> Value {
    object(vec![
        has("revision", integer()),
        has("waiting", integer()),
        has("items", list(refers("ReviewItem"))),
    ])
}

/// A name that somebody decides about once, for all rows that use it.
fn review_item() -> Value {
    let candidate = object(vec![
        has("value", told(text(), "P-code, or id of a partner")),
        has("name", text()),
        has("parent", nullable(text())),
        has("confidence", number()),
        has("method", text()),
    ]);
    let states: Vec<&str> = ReviewState::TABLE.iter().map(|(_, code)| *code).collect();
    object(vec![
        has("kind", one_of(&["place", "partner"])),
        has("key", text()),
        has("said", text()),
        has("where", told(nullable(text()), "The area it was said to lie in")),
        has("level", nullable(integer())),
        has("is_code", boolean()),
        has("rows", integer()),
        has("people", nullable(number())),
        has("candidates", list(candidate)),
        has("state", one_of(&states)),
    ])
}

fn decisions() -> Value {
    let value = told(
        nullable(text()),
        "P-code or id of the partner; null where none of the suggestions is right",
    );
    let undo = json!({"type": "boolean", "enum": [true], "description": "In place of a value: what was decided holds no longer, and the name waits again"});
    let mut key = text();
    key["minLength"] = json!(1);
    let word = object(vec![
        has("kind", one_of(&["place", "partner"])),
        has("key", key),
        may("value", value),
        may("undo", undo),
        may("note", nullable(text())),
    ]);
    object(vec![has("decisions", list(word))])
}

fn decided() -> Value {
    object(vec![
        has("decisions", integer()),
        has("activities_moved", integer()),
        has("sites_moved", integer()),
        has("partners", integer()),
        has("said", told(text(), "In a sentence")),
        has("revision", nullable(integer())),
    ])
}

fn quality() -> Value {
    let share = || told(number(), "0 to 1");
    let partner = object(vec![
        has("partner", text()),
        has("name", text()),
        has("rows", integer()),
        has("completeness", share()),
        has("with_place", share()),
        has("with_date", share()),
        has("with_sector", share()),
        has("with_figure", share()),
        has("with_group", share()),
        has("months", integer()),
        has("months_of_operation", integer()),
        has("days_late", nullable(number())),
    ]);
    object(vec![
        has("operation", text()),
        has("revision", integer()),
        has("partners", list(partner)),
    ])
}

/// How a draft is to be read; null leaves open again what was said.
fn change() -> Value {
    let columns = told(
        map(nullable(text())),
        "Header or letters to field; null leaves the column out, auto finds it out again",
    );
    object(vec![
        may("kind", nullable(one_of(&kinds()))),
        may("sheet", nullable(text())),
        may("header_row", nullable(integer())),
        may("sector", nullable(text())),
        may("cycle", nullable(text())),
        may("level", nullable(integer())),
        may("replaces", nullable(integer())),
        may("columns", columns),
    ])
}
