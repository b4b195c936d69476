//! What operators do with a database as a whole: check it, bring its tables up to date, open one that
//! is damaged or of a newer version.

use std::fs;
use std::process::Output;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnectOptions;

use super::Place;

/// Changes the database behind the program's back.
pub fn behind_its_back(place: &Place, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(place.path("test.sqlite"));
    let done = async {
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    };
    tokio::runtime::Runtime::new().unwrap().block_on(done);
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

/// What a check says of a database in which something is wrong.
fn wrong(place: &Place, more: &[&str]) -> String {
    let output = place.run(&[&["verify"], more].concat());
    let (found, errors) = said(&output);
    assert!(!errors.contains("panicked"), "{errors}");
    assert_eq!(output.status.code(), Some(1), "{found}\n{errors}");
    assert!(errors.contains("wrong with the database"), "{errors}");
    found
}

#[test]
fn a_plausible_figure_that_was_changed_and_a_row_that_was_deleted_are_found() {
    let place = Place::with_operation();
    behind_its_back(&place, "update activities set reached = reached + 1 where activity = 2");
    let text = wrong(&place, &[]);
    let words = "Fault, op, activities: 1 x What a revision wrote is not what the table has of it.";
    assert!(text.contains(words), "{text}");
    assert!(text.contains("revision 4: submission 4 added "), "{text}");
    assert!(text.contains("some of them are others now"), "{text}");
    behind_its_back(&place, "update activities set reached = reached - 1 where activity = 2");
    assert!(place.ok(&["verify"]).contains("nothing is wrong"));
    behind_its_back(&place, "delete from activities where activity = 2");
    assert!(wrong(&place, &[]).contains(" rows, and there are "));
}

/// Names and bytes of everything in the folder.
fn files(place: &Place) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let entries = fs::read_dir(place.folder.path()).unwrap();
    let file = |entry: fs::DirEntry| (entry.file_name(), fs::read(entry.path()).unwrap());
    let mut files: Vec<_> = entries.map(|entry| file(entry.unwrap())).collect();
    files.sort();
    files
}

#[test]
fn a_database_in_good_order_is_said_to_be_also_while_it_is_served() {
    let place = Place::with_operation();
    assert_eq!(place.ok(&["verify"]), "Checked op (revision 4): nothing is wrong.\n");
    place.ok(&["rollback", "2", "--operation", "op"]);
    let server = place.serve();
    let text = place.ok(&["verify", "--operation", "op"]);
    assert!(text.starts_with("Remark, op, needs: 3 x A figure is of an area"), "{text}");
    assert!(text.contains("(row 2 of submission 3)"), "{text}");
    assert!(text.ends_with("Checked op (revision 5): nothing is wrong, 1 remarked.\n"), "{text}");
    let log = server.stop();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
    assert!(place.refused(&["verify", "--operation", "other"]).contains("there is: op"));
}

#[test]
fn a_backup_is_one_whole_file_that_reading_does_not_change() {
    let place = Place::with_operation();
    place.ok(&["backup", "copy.backup"]);
    let named = |files: Vec<(std::ffi::OsString, Vec<u8>)>| {
        let own = |(name, _): &(std::ffi::OsString, _)| name.to_string_lossy().starts_with("copy");
        files.into_iter().filter(own).collect::<Vec<_>>()
    };
    let before = named(files(&place));
    assert_eq!(before.len(), 1, "one file, without a log or a part beside it");
    place.ok(&["verify", "--database", "copy.backup"]);
    let back = place.ok(&["restore", "copy.backup", "--database", "new.sqlite"]);
    assert!(back.contains(" rows came back from copy.backup."), "{back}");
    assert!(named(files(&place)) == before, "the backup was changed");
    let same = |database| place.ok(&["gaps", "--operation", "op", "--database", database]);
    assert_eq!(same("new.sqlite"), same("test.sqlite"));

    // A file of nothing, as a backup that was cut off, is none.
    fs::write(place.path("cut.backup"), "").unwrap();
    place.refused(&["verify", "--database", "cut.backup"]);
    let sentence = place.refused(&["restore", "cut.backup", "--database", "other.sqlite"]);
    assert!(sentence.contains("there is no operation in"), "{sentence}");
}

#[test]
fn a_check_leaves_tables_of_an_older_version_as_they_are_and_says_so() {
    let place = Place::with_operation();
    // Made as if the last step had not been run: a check knows only what is written down.
    behind_its_back(&place, "delete from _sqlx_migrations where version = 8");
    let before = files(&place);
    let sentence = place.refused(&["verify"]);
    assert!(sentence.contains("lack step 8 (names)"), "{sentence}");
    assert!(sentence.contains("lacuna migrate"), "{sentence}");
    assert_eq!(files(&place), before);
    assert!(place.refused(&["verify", "--database", "none.sqlite"]).contains("no database"));
}

#[test]
fn what_is_wrong_is_named_with_its_row_and_what_to_do() {
    let place = Place::with_operation();
    behind_its_back(
        &place,
        "update activities set partner = 'nobody', reached = -5 where activity = 2;
         update areas set geometry = x'0106000000FFFFFFFF' where pcode = 'XA0101';
         delete from submissions where submission = 3;",
    );
    let text = wrong(&place, &[]);
    for words in [
        "Fault, op, areas: 1 x What is stored cannot be read.",
        "Fault, op, activities: 1 x A figure of people, or a measure, is negative.",
        "    activity 2 (row 3 of submission 4): reached -5\n",
        "Fault, op, submissions: 1 x A revision has no submission",
        "  What to do: Correct the row in its file",
        "\nChecked op (revision 4): ",
    ] {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
    behind_its_back(&place, "update areas set geometry = null where pcode = 'XA0101';");
    let json: serde_json::Value =
        serde_json::from_str(&wrong(&place, &["--format", "json"])).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let partner = findings.iter().find(|one| one["rows"][0]["says"] == "\"nobody\"").unwrap();
    assert_eq!(partner["operation"], "op");
    assert_eq!((&partner["table"], &partner["fault"]), (&"activities".into(), &true.into()));
    assert_eq!(partner["rows"][0]["row"], 3);
    assert_eq!(json["faults"], findings.iter().filter(|one| one["fault"] == true).count());
}

#[test]
fn a_file_that_was_overwritten_or_cut_off_is_said_to_be_damaged() {
    let place = Place::with_operation();
    let whole = fs::read(place.path("test.sqlite")).unwrap();
    let pages = whole.len() / 4096;
    let overwritten = |from: usize, to: usize, with: u8| {
        let mut bytes = whole.clone();
        bytes[from * 4096..to * 4096].fill(with);
        bytes
    };
    let damaged = [
        overwritten(pages / 2, pages / 2 + 4, 0xAA),
        overwritten(pages / 3, pages, 0x0D),
        overwritten(2, pages, 0),
        overwritten(0, 1, 0xAA),
        whole[..whole.len() / 2].to_vec(),
        whole[..5000].to_vec(),
        b"PK this is no database at all".to_vec(),
    ];
    let put = |bytes: &[u8]| {
        // What an earlier command left of its own is not of this file.
        for beside in ["test.sqlite-wal", "test.sqlite-shm"] {
            let _ = fs::remove_file(place.path(beside));
        }
        place.write("test.sqlite", bytes);
    };
    for (number, bytes) in damaged.iter().enumerate() {
        put(bytes);
        let text = wrong(&place, &[]);
        assert!(text.contains("Fault, the database: "), "{number}: {text}");
        assert!(text.contains("restore the last backup"), "{number}: {text}");
        // Whatever other commands make of it, they end with an answer.
        for arguments in [
            &["gaps", "--operation", "op"][..],
            &["history", "--operation", "op"],
            &["migrate", "--dry-run"],
        ] {
            let (_, errors) = said(&place.run(arguments));
            assert!(!errors.contains("panicked"), "{number} {arguments:?}: {errors}");
        }
    }
    // Any single page.
    for page in (0..pages).step_by(pages / 20 + 1) {
        put(&overwritten(page, page + 1, 0x5A));
        let output = place.run(&["verify"]);
        let (found, errors) = said(&output);
        assert!(!errors.contains("panicked"), "page {page}: {errors}");
        let is_free = found.contains("nothing is wrong");
        assert_eq!(output.status.code(), Some(i32::from(!is_free)), "page {page}: {found}{errors}");
        assert!(!is_free || page > 0, "page {page}: {found}");
    }
}

#[test]
fn revisions_are_pruned_when_somebody_asks_and_what_is_kept_stays_to_the_byte() {
    let place = Place::with_operation();
    place.ok(&["rollback", "4", "--operation", "op"]);
    let server = place.serve();
    let then = "/api/op/collections/activities/export.csv?revision=4";
    let (was, gaps) = (server.get(then), place.ok(&["gaps", "--operation", "op"]));
    assert_eq!(was.0, 200, "{}", was.1);
    assert_eq!(server.get("/api/op?revision=1").0, 200);
    let prune = |more: &[&str]| place.ok(&[&["prune", "--operation", "op"], more].concat());
    for policy in [&["--keep-revisions", "9"], &["--before", "2020-01-01"]] {
        assert!(prune(policy).starts_with("No revision is older than those to be kept"));
    }
    let text = prune(&["--keep-revisions", "1", "--dry-run"]);
    assert!(text.starts_with("Revisions 5 to 5 are kept. "), "{text}");
    assert!(text.contains(" of activities") && text.ends_with("nothing was removed.\n"), "{text}");
    assert_eq!(server.get("/api/op?revision=1").0, 200);

    let text = prune(&["--keep-revisions", "2", "--by", "Ada"]);
    assert!(text.starts_with("Revisions 4 to 5 are kept. "), "{text}");
    assert_eq!(server.get(then), was);
    let begun = std::time::Instant::now();
    let gone = loop {
        let answer = server.get("/api/op?revision=1");
        if answer.0 != 200 {
            break answer;
        }
        assert!(begun.elapsed().as_secs() < 20, "never gone");
    };
    assert_eq!(gone.0, 410, "{}", gone.1);
    assert!(gone.1.contains("Revision 1 was pruned; the oldest kept is 4."), "{}", gone.1);
    assert_eq!(place.ok(&["gaps", "--operation", "op"]), gaps);
    let text = place.ok(&["history", "--operation", "op"]);
    assert!(text.contains("5w.csv") && text.contains(" by Ada, the newest 2 revisions"), "{text}");
    assert!(text.ends_with("The oldest revision is 4.\n"), "{text}");
    let refused = place.refused(&["diff", "3", "5", "--operation", "op"]);
    assert!(refused.contains("revision 3 was pruned; the oldest kept is 4"), "{refused}");
    let refused = place.refused(&["rollback", "4", "--operation", "op"]);
    assert!(refused.contains("rolled back already"), "{refused}");
    let refused = place.refused(&["rollback", "3", "--operation", "op"]);
    assert!(refused.contains("only what came after revision 4 can"), "{refused}");
    place.ok(&["rollback", "5", "--operation", "op"]);
    assert!(place.ok(&["verify"]).contains("nothing is wrong"));
    assert!(place.refused(&["prune", "--operation", "op"]).contains("--keep-revisions"));
    let log = server.stop();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}

#[test]
fn a_dry_run_of_a_migration_names_the_steps_and_changes_nothing() {
    let place = Place::new();
    let refused = place.refused(&["migrate", "--dry-run"]);
    assert!(refused.contains("there is no database test.sqlite"), "{refused}");
    assert_eq!(files(&place), []);
    place.write("test.sqlite", "");
    let before = files(&place);
    let text = place.ok(&["migrate", "--dry-run"]);
    assert!(text.starts_with("Step 1 (operations) would run.\nStep 2 (cycle) would"), "{text}");
    assert!(text.ends_with("Dry run, nothing was changed.\n"), "{text}");
    assert_eq!(files(&place), before);
    let text = place.ok(&["migrate"]);
    assert!(text.starts_with("Step 1 (operations) was run.\nStep 2 (cycle) was"), "{text}");
    let before = files(&place);
    assert_eq!(place.ok(&["migrate", "--dry-run"]), "The tables are up to date.\n");
    assert_eq!(files(&place), before);
    assert_eq!(place.ok(&["migrate"]), "The tables are up to date.\n");
    assert_eq!(place.ok(&["verify"]), "Checked no operation: nothing is wrong.\n");
}

#[test]
fn a_database_of_a_newer_version_is_refused_by_every_command_and_left_as_it_is() {
    let place = Place::with_operation();
    behind_its_back(
        &place,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (4000, 'later', true, x'00', 0)",
    );
    let before = files(&place);
    for arguments in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["import", "needs", "needs.csv", "--operation", "op"],
        &["import", "needs", "needs.csv", "--operation", "op", "--dry-run"],
        &["check", "5w.csv", "--operation", "op"],
        &["gaps", "--operation", "op"],
        &["quality", "--operation", "op"],
        &["mappings", "--operation", "op"],
        &["review", "--operation", "op"],
        &["decide", "--operation", "op", "beta=Alpha"],
        &["history", "--operation", "op"],
        &["diff", "1", "2", "--operation", "op"],
        &["rollback", "4", "--operation", "op"],
        &["prune", "--operation", "op", "--keep-revisions", "1"],
        &["backup", "copy.sqlite"],
        &["restore", "test.sqlite", "--database", "new.sqlite"],
        &["export", "gaps", "--operation", "op"],
        &["publish", "folder", "--operation", "op"],
        &["verify"],
        &["migrate"],
        &["migrate", "--dry-run"],
    ] {
        let sentence = place.refused(arguments);
        assert!(sentence.contains("newer version of Lacuna"), "{arguments:?}: {sentence}");
        assert!(sentence.contains("step 4000"), "{arguments:?}: {sentence}");
        assert!(sentence.contains("Use the newer lacuna"), "{arguments:?}: {sentence}");
    }
    assert_eq!(files(&place), before);
}
