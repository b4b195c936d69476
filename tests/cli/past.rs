//! Figures of the past on the command line; stored data that cannot be read, in words; the table of gaps
//! of a database that came back.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::servers::{agent, places};
use super::upkeep::behind_its_back;
use super::{Place, Server, operation};

#[test]
fn a_figure_of_the_past_comes_out_on_the_command_line_as_it_was_and_as_over_http() {
    for place in places() {
        operation::import_all(&place);
        let of = |command: &[&str], more: &[&str]| {
            place.ok(&[command, &["--operation", "op"], more].concat())
        };
        let gaps = |more: &[&str]| of(&["gaps"], more);
        let rows = |more: &[&str]| of(&["export", "activities", "--format", "csv"], more);
        let quality = |more: &[&str]| of(&["quality"], more);
        let before = (gaps(&[]), rows(&[]), quality(&[]));
        place.ok(&["rollback", "4", "--operation", "op"]);
        let then: [&[&str]; 2] = [&["--revision", "4"], &["--revision=4"]];
        for then in then {
            assert_eq!((gaps(then), rows(then), quality(then)), before);
        }
        assert_ne!(rows(&[]), before.1);
        assert_eq!(rows(&["-p", "revision=4"]), before.1);
        assert_eq!(rows(&["-p", "as-of=2999-01-01"]), rows(&[]));
        assert_eq!(gaps(&["--as-of", "2999-01-01"]), gaps(&[]));
        let server = place.serve();
        let over_http = server.get("/api/op/collections/activities/export.csv?revision=4");
        assert_eq!(over_http, (200, before.1));
        server.stop();

        for command in [&["gaps"][..], &["export", "gaps"], &["quality"]] {
            for (more, words) in [
                (&["--revision", "9"][..], "there is no revision 9; they are numbered from 1 to 5"),
                (&["--revision", "x"], "there is no revision x"),
                (&["--as-of", "2001-01-01"], "nothing was committed until then"),
                (&["--as-of", "yesterday"], "give a time such as"),
                (&["--as-of", "2001-01-01", "--revision", "1"], "cannot be used with"),
            ] {
                let refused = place.refused(&[command, &["--operation", "op"], more].concat());
                assert!(refused.contains(words), "{command:?} {more:?}: {refused}");
            }
        }
        let both =
            ["export", "gaps", "--operation", "op", "-p", "revision=4", "-p", "as-of=2001-01-01"];
        assert!(place.refused(&both).contains("not both"));
        place.ok(&["prune", "--operation", "op", "--keep-revisions", "1"]);
        let refused = place.refused(&["gaps", "--operation", "op", "--revision", "4"]);
        assert!(refused.contains("revision 4 was pruned; the oldest kept is 5"), "{refused}");
    }
}

/// Lines of a log that say that something failed.
fn failures(server: Server) -> Vec<String> {
    let log = server.stop();
    log.lines().filter(|line| line.contains("ERROR")).map(str::to_owned).collect()
}

#[test]
fn stored_data_that_cannot_be_read_are_said_to_be_with_their_place_and_what_to_do() {
    let place = Place::with_operation();
    let (gaps, now) = (["gaps", "--operation", "op"], "/api/op/collections/gaps/items");
    let then = format!("{now}?revision=4");
    let refused = |server: &Server, path: &str| {
        let (status, body) = server.get(path);
        assert_eq!(status, 503, "{path}: {body}");
        assert!(body.contains("What is stored of operation \\\"op\\\" cannot be read"), "{body}");
        assert!(body.contains("lacuna verify"), "{body}");
    };
    place.ok(&["rollback", "4", "--operation", "op"]);
    // What only the past has.
    behind_its_back(&place, "update activities set status = 'of the future' where activity = 2");
    let server = place.serve();
    for _ in 0..3 {
        refused(&server, &then);
        assert_eq!(server.get(now).0, 200);
    }
    let said = failures(server);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].contains("activities") && said[0].contains("lacuna verify"), "{said:?}");

    behind_its_back(&place, "update areas set name = cast(x'ff' as text) where pcode = 'XA01'");
    let server = place.serve();
    for _ in 0..3 {
        refused(&server, now);
    }
    assert_eq!(server.json("/health/ready")["unreadable"][0], "op");
    let said = failures(server);
    assert_eq!(said.len(), 1, "{said:#?}");
    let place_and_remedy = "what the table areas has of operation op cannot be read";
    for arguments in [&gaps[..], &["backup", "copy.backup"]] {
        let sentence = place.refused(arguments);
        assert!(sentence.contains(place_and_remedy), "{arguments:?}: {sentence}");
        assert!(sentence.contains("lacuna verify says what is wrong"), "{sentence}");
    }
}

#[test]
fn a_database_that_came_back_has_its_table_of_gaps_and_a_check_looks_at_it() {
    let places = places();
    let [_, place] = &places[..] else { return };
    let from = Place::with_operation();
    from.ok(&["backup", "op.backup"]);
    let backup = from.path("op.backup").to_str().unwrap().to_owned();
    place.ok(&["restore", &backup]);
    let sql = |sql: &'static str| {
        let done = async {
            let mut connection = PgConnection::connect(&place.database).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut connection)
                .await
                .unwrap()
                .rows_affected()
        };
        tokio::runtime::Runtime::new().unwrap().block_on(done)
    };
    let good = "Checked op (revision 4): nothing is wrong.\n";
    assert_eq!(place.ok(&["verify"]), good);
    assert!(sql("update gaps set gap = gap where sector = 'WSH'") > 3, "nothing was written");
    for (change, words) in [
        (
            "update gaps set gap = gap + 1 where sector = 'WSH' and pcode = 'XA01'",
            "WSH in XA01: gap 81, and 80 follows",
        ),
        (
            "update gaps set status = 'covered' where sector = 'WSH' and pcode = 'XA02'",
            "status covered, and partial follows",
        ),
        (
            "delete from gaps where sector = 'WSH' and pcode = 'XA02'",
            "WSH in XA02: it is not there",
        ),
    ] {
        sql(change);
        let output = place.run(&["verify"]);
        let found = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{found}");
        let fault = "Fault, op, gaps: 1 x The table of gaps has other figures";
        assert!(found.contains(fault) && found.contains(words), "{found}");
        sql("delete from gaps");
        let found = place.ok(&["verify"]);
        assert!(found.contains("Remark, op, gaps: 1 x The table of gaps has nothing"), "{found}");
        // As it says, a server writes it.
        let server = place.serve();
        assert_eq!(server.get("/api/op").0, 200);
        server.stop();
        assert_eq!(place.ok(&["verify"]), good);
    }
}

#[test]
fn the_log_says_of_which_request_the_cause_of_a_failure_is() {
    for format in ["text", "json"] {
        let place = Place::with_operation();
        let serve = ["serve", "--listen", "127.0.0.1:0", "--log-format", format];
        let server = place.server(&serve);
        behind_its_back(&place, "alter table activities rename to elsewhere");
        let url = format!("{}/api/op/collections/gaps/items?revision=3", server.address);
        let answer = agent().get(url).header("x-request-id", "the-one-42").call().unwrap();
        assert_eq!(answer.status(), 500);
        let said = failures(server);
        assert_eq!(said.len(), 2, "{said:#?}");
        assert!(said[0].contains("no such table"), "{said:#?}");
        assert!(said.iter().all(|line| line.contains("the-one-42")), "{said:#?}");
    }
}
