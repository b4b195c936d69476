//! What goes wrong outside the program: what it says then, what goes on, and that it recovers by itself.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::servers::{TOKEN, agent, places, rows, serve};
use super::{Place, Server};

/// Status and body of an import.
fn import(server: &Server, file: u64, count: u64) -> (u16, String) {
    let url = format!("{}/api/op/imports?file={file}.csv&commit=true", server.address);
    let request = agent().post(url).header("authorization", format!("Bearer {TOKEN}"));
    let mut answer = request.send(rows(file, count)).unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

fn imported(server: &Server, file: u64, count: u64) {
    let (status, body) = import(server, file, count);
    assert!((200..300).contains(&status), "{status}: {body}");
}

/// Rows that are read.
fn count(server: &Server) -> u64 {
    let items = server.json("/api/op/collections/activities/items?limit=1");
    items["numberMatched"].as_u64().unwrap()
}

/// The status of an answer, and what it says of the database.
fn says(server: &Server, known: Option<&str>) -> (u16, Option<String>) {
    let mut request = agent().get(format!("{}/api/op/collections/areas/items", server.address));
    if let Some(tag) = known {
        request = request.header("if-none-match", tag);
    }
    let answer = request.call().unwrap();
    let database = answer.headers().get("lacuna-database");
    let database = database.map(|says| says.to_str().unwrap().to_owned());
    (answer.status().as_u16(), database)
}

const SERVE: [&str; 5] = ["serve", "--listen", "127.0.0.1:0", "--token", TOKEN];

const SMALL: &str = "mount -t tmpfs -o size=8m tmpfs disk";
/// With the database of the test, and nobody can write to it.
const READ_ONLY: &str =
    "mount -t tmpfs tmpfs disk && cp test.sqlite disk && mount -o remount,ro disk";

/// The program on a disk of its own, in the folder `disk`, which ends with it; `None` where nothing
/// can be mounted.
fn on_own_disk(place: &Place, mount: &str) -> Option<Command> {
    fs::create_dir_all(place.path("disk")).unwrap();
    let with = |user: &[&str], then: String| {
        let mut command = Command::new("unshare");
        command.arg("--mount").args(user).args(["sh", "-c", &then, env!("CARGO_BIN_EXE_lacuna")]);
        command.current_dir(place.folder.path());
        command
    };
    let users: [&[&str]; 2] = [&[], &["--map-root-user"]];
    let can = |user: &&&[&str]| {
        let tried = with(user, format!("{mount} 2>/dev/null")).output();
        tried.is_ok_and(|tried| tried.status.success())
    };
    let user = users.iter().find(can)?;
    Some(with(user, format!("{mount} && exec \"$0\" \"$@\"")))
}

#[test]
fn a_full_disk_refuses_imports_in_words_and_room_is_all_it_needs() {
    let place = Place::new();
    let Some(mut command) = on_own_disk(&place, SMALL) else {
        eprintln!("skipped: no disk of its own can be mounted here");
        return;
    };
    command.args(SERVE).env("LACUNA_DATABASE", "disk/test.sqlite").env_remove("RUST_LOG");
    command.env("LACUNA_LOG_FORMAT", "json");
    let server = Server::begin(command);
    imported(&server, 0, 25);
    // The disk as the server sees it.
    let disk = format!("/proc/{}/root{}", server.child.id(), place.path("disk").display());
    let filler = format!("{disk}/filler");

    fs::write(&filler, vec![0; 7 << 20]).unwrap();
    let refused = |file, rows| {
        let (status, body) = import(&server, file, rows);
        assert_eq!(status, 507, "{body}");
        assert!(body.contains("The disk of the database is full"), "{body}");
        assert_eq!(count(&server), 25, "reads go on");
    };
    refused(1, 60_000);
    // To the last byte.
    assert!(fs::write(&filler, vec![0; 16 << 20]).is_err());
    refused(2, 4_000);
    refused(2, 60_000);
    fs::remove_file(&filler).unwrap();
    for file in 3..6 {
        imported(&server, file, 4_000);
    }
    assert_eq!(count(&server), 25 + 3 * 4_000);
    // The log says which request it was, in lines that a program reads.
    let log = server.stop();
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let failed = lines.filter(|line| line["status"] == 507 && line["request_id"].is_string());
    assert_eq!(failed.count(), 3, "{log}");
}

#[test]
fn a_database_on_a_medium_that_nobody_can_write_to_is_read() {
    let place = Place::with_operation();
    let Some(mut command) = on_own_disk(&place, READ_ONLY) else {
        eprintln!("skipped: no disk of its own can be mounted here");
        return;
    };
    let run = |words: &[&str]| {
        let mut command = on_own_disk(&place, READ_ONLY).unwrap();
        let output = command.args(words).args(["--database", "disk/test.sqlite"]).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    for read in [&["gaps", "--operation", "op"][..], &["history", "--operation", "op"], &["verify"]]
    {
        assert!(run(read).0, "{:?}", run(read));
    }
    place.write("more.csv", rows(0, 25));
    let (done, said) = run(&["import", "activities", "more.csv", "--operation", "op"]);
    assert!(!done && said.contains("readonly"), "{said}");
    command.args(SERVE).env("LACUNA_DATABASE", "disk/test.sqlite");
    let server = Server::begin(command);
    let areas = server.json("/api/op/collections/areas/items");
    assert!(areas["numberMatched"].as_u64().unwrap() > 0);
    let (status, body) = import(&server, 1, 25);
    assert_eq!(status, 503, "{body}");
    assert!(body.contains("where nothing can be written"), "{body}");
    server.stop();
}

#[test]
fn a_full_disk_of_postgresql_is_said_as_that_and_room_is_all_it_needs() {
    let Some(place) = places().into_iter().nth(1) else { return };
    let server = serve(&place);
    imported(&server, 0, 25);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let statement = |sql: String| {
        runtime.block_on(async {
            let mut connection = PgConnection::connect(&place.database).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        });
    };
    // What PostgreSQL raises where a file of its cannot grow.
    let full =
        "raise exception 'could not extend file: No space left on device' using errcode = '53100'";
    statement(format!(
        "create function full_disk() returns trigger language plpgsql as $$ begin {full}; end $$"
    ));
    for (file, table) in (1..).zip(["activities", "submissions"]) {
        statement(format!(
            "create trigger full_disk before insert on {table} execute function full_disk()"
        ));
        let (status, body) = import(&server, file, 4_000);
        assert_eq!(status, 507, "{table}: {body}");
        assert!(body.contains("The disk of the database is full"), "{body}");
        assert_eq!(count(&server), 25 + (file - 1) * 4_000, "reads go on");
        statement(format!("drop trigger full_disk on {table}"));
        imported(&server, file, 4_000);
        assert_eq!(count(&server), 25 + file * 4_000);
    }
    server.stop();
}

#[test]
fn a_database_that_goes_away_leaves_the_reads_and_is_found_again() {
    let Ok(url) = std::env::var("LACUNA_TEST_POSTGRES") else {
        eprintln!("skipped: LACUNA_TEST_POSTGRES is not set, tests/postgres sets it");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let name = format!("faults_{}", std::process::id());
    let statement = |url: &str, sql: String| {
        runtime.block_on(async {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
    };
    statement(&url, format!("create database {name}"));
    let mut place = Place::new();
    place.database = with_database(&url, &name);
    statement(&place.database, "create extension if not exists postgis".to_owned());
    let cut =
        format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
    let server = place.server(&SERVE);
    imported(&server, 0, 25);
    // As it was asked for first, and as it is given again.
    for _ in 0..2 {
        assert_eq!(says(&server, None), (200, None));
    }

    // Every connection is cut in the middle of imports: each is whole or refused.
    let mut total = 25;
    for file in 1..6 {
        let (status, body) = std::thread::scope(|scope| {
            let import = scope.spawn(|| import(&server, file, 8_000));
            std::thread::sleep(Duration::from_millis(60 * file));
            statement(&url, cut.clone());
            import.join().unwrap()
        });
        match status {
            200..300 => total += 8_000,
            _ => assert_eq!(status, 503, "{body}"),
        }
        let begun = Instant::now();
        while server.json("/health/ready")["database"] != "there" {
            assert!(begun.elapsed() < Duration::from_secs(20), "not found again");
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(count(&server), total, "half an import");
    }

    // Nobody is let in for a while.
    statement(&url, format!("alter database {name} allow_connections false"));
    statement(&url, cut);
    let begun = Instant::now();
    while server.json("/health/ready")["database"] != "away" {
        assert!(begun.elapsed() < Duration::from_secs(20), "not noticed");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(count(&server), total, "reads go on");
    let away = Some("away".to_owned());
    for _ in 0..2 {
        assert_eq!(says(&server, None), (200, away.clone()));
        assert_eq!(says(&server, Some("*")), (304, away.clone()));
    }
    let (status, body) = import(&server, 10, 25);
    assert_eq!(status, 503, "{body}");
    assert!(body.contains("The database does not answer"), "{body}");
    statement(&url, format!("alter database {name} allow_connections true"));
    let begun = Instant::now();
    while server.json("/health/ready")["database"] != "there" {
        assert!(begun.elapsed() < Duration::from_secs(20), "not found again");
        std::thread::sleep(Duration::from_millis(50));
    }
    for _ in 0..2 {
        assert_eq!(says(&server, None), (200, None), "said no more");
        assert_eq!(says(&server, Some("*")), (304, None));
    }
    imported(&server, 10, 25);
    assert_eq!(count(&server), total + 25);
    server.stop();
    statement(&url, format!("drop database {name} with (force)"));
}

#[test]
fn what_no_database_can_keep_or_ask_for_is_a_refusal_and_no_failure() {
    // Letters that no database makes shorter.
    let letter = |state: &mut u64| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + ((*state >> 33) % 26) as u8)
    };
    let mut state = 7;
    let long: String = (0..3_000).map(|_| letter(&mut state)).collect();
    for place in places() {
        let server = serve(&place);
        imported(&server, 0, 25);
        let token = format!("Bearer {TOKEN}");
        let sent = |method: &str, path: &str, body: &str| -> (u16, String) {
            let url = format!("{}{path}", server.address);
            let mut answer = match method {
                "GET" => agent().get(url).header("authorization", &token).call(),
                _ => agent().post(url).header("authorization", &token).send(body),
            }
            .unwrap();
            (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
        };
        for operation in ["op%00", "no%00such", &long, "OP"] {
            for (method, rest) in [
                ("GET", "?min-revision=1"),
                ("GET", "/collections/areas/items?revision=1"),
                ("GET", "/imports/1/report"),
                ("POST", "/imports/1/rollback"),
                ("POST", "/imports?file=a.csv&commit=true"),
            ] {
                let path = format!("/api/{operation}{rest}");
                let (status, body) = sent(method, &path, &rows(1, 1));
                assert!([400, 404].contains(&status), "{method} {path:.60}: {status} {body:.200}");
            }
        }
        for query in ["file=a%00.csv", "file=a.csv&name=%00", "file=a.csv&sheet=%00"] {
            let (status, body) = sent("POST", &format!("/api/op/imports?{query}"), &rows(1, 1));
            assert_eq!(status, 400, "{query}: {body}");
        }
        for item in ["items/%00", "items?partner=%00", &format!("items/{long}")] {
            let (status, body) = sent("GET", &format!("/api/op/collections/areas/{item}"), "");
            assert!([400, 404].contains(&status), "{item:.60}: {status} {body:.200}");
        }
        for (key, note) in [("n\\u0000", "x"), ("n r c", "\\u0000"), (&*long, "x")] {
            let decision = format!(
                "{{\"decisions\":[{{\"kind\":\"partner\",\"key\":\"{key}\",\"value\":\"alpha\",\"note\":\"{note}\"}}]}}"
            );
            let (status, body) = sent("POST", "/api/op/review", &decision);
            assert_eq!(status, 422, "{key:.60}: {body}");
        }
        // What a file says is its sender's: on SQLite it may be kept.
        for file in [rows(2, 1).replace("Alpha", &long), rows(2, 1).replace("latrines", "l\0")] {
            let (status, body) = sent("POST", "/api/op/imports?file=a.csv&commit=true", &file);
            assert!(status < 500, "{status}: {body}");
        }
        let log = server.stop();
        assert!(!log.contains("ERROR"), "{log}");
    }
}

/// A database's address with another database of the same server.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').map_or((url, ""), |(left, right)| (left, right));
    let (server, _) = address.rsplit_once('/').unwrap();
    let joint = if options.is_empty() { "" } else { "?" };
    format!("{server}/{name}{joint}{options}")
}
