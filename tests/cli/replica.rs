//! A server that reads from a hot standby: what it answers while the standby lags or is away, and
//! while the primary is.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::servers::{TOKEN, agent, rows};
use super::{Place, Server};

/// The programs of PostgreSQL; `None`, said visibly, where a standby cannot be made.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    let found = folders.filter(|bin| bin.join("pg_basebackup").exists()).max();
    if found.is_none() {
        eprintln!("skipped: pg_basebackup is not installed");
    }
    found
}

/// A program of PostgreSQL, which refuses to run as root.
fn program(path: &Path) -> Command {
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = match root {
        false => Command::new(path),
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(path);
            command
        }
    };
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn runs(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// A PostgreSQL, stopped by its own process id at the end.
struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Cluster {
    fn new(bin: &Path, folder: PathBuf) -> Cluster {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Cluster { bin: bin.to_owned(), folder, port, child: None }
    }

    fn program(&self, name: &str) -> Command {
        program(&self.bin.join(name))
    }

    fn start(&mut self) {
        let mut command = self.program("postgres");
        command.arg("-D").arg(&self.folder);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "wal_level=replica",
            "fsync=off",
            "full_page_writes=off",
            &format!("port={}", self.port),
        ] {
            command.args(["-c", setting]);
        }
        self.child = Some(command.spawn().unwrap());
        let port = self.port.to_string();
        let begun = Instant::now();
        let ready = || {
            let mut command = self.program("pg_isready");
            command.args(["--quiet", "--host=127.0.0.1", "--port", &port]);
            command.status().unwrap().success()
        };
        while !ready() {
            assert!(begun.elapsed() < Duration::from_secs(60), "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Cuts all connections and ends.
    fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        let _ = child.wait();
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://lacuna@127.0.0.1:{}/{database}", self.port)
    }

    /// The first number that a statement answers, if any.
    fn asked(&self, database: &str, sql: &str) -> Option<i64> {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut connection = PgConnection::connect(&self.url(database)).await.unwrap();
            let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
            let row = query.fetch_optional(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            row.and_then(|row| row.try_get(0).ok())
        })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A primary with an empty database, and a standby that follows it.
fn clusters(place: &Place) -> Option<(Cluster, Cluster)> {
    let bin = programs()?;
    let folder = place.path("clusters");
    std::fs::create_dir(&folder).unwrap();
    if program(Path::new("true")).status().is_ok_and(|done| !done.success()) {
        eprintln!("skipped: PostgreSQL cannot be run as somebody else");
        return None;
    }
    // The folder above is its maker's alone.
    for folder in [place.folder.path(), &folder] {
        runs(Command::new("chmod").arg("755").arg(folder));
    }
    let _ = Command::new("chown").arg("postgres:").arg(&folder).stderr(Stdio::null()).status();
    let mut primary = Cluster::new(&bin, folder.join("primary"));
    let mut initdb = primary.program("initdb");
    initdb.args(["--username=lacuna", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
    runs(initdb.arg("--no-sync").arg("--pgdata").arg(&primary.folder));
    primary.start();
    for database in ["lacuna", "other"] {
        primary.asked("postgres", &format!("create database {database}"));
        primary.asked(database, "create extension postgis");
    }
    let mut standby = Cluster::new(&bin, folder.join("standby"));
    let mut copy = standby.program("pg_basebackup");
    copy.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--username=lacuna"]);
    copy.args(["--host=127.0.0.1", "--port", &primary.port.to_string(), "--pgdata"]);
    runs(copy.arg(&standby.folder));
    standby.start();
    Some((primary, standby))
}

/// Status, revision, what is said of the database, and the rows of an answer.
fn seen(server: &Server, query: &str) -> (u16, u64, Option<String>, u64) {
    let url = format!("{}/api/op/collections/activities/items?limit=1{query}", server.address);
    let mut answer = agent().get(url).call().unwrap();
    let header = |name: &str| Some(answer.headers().get(name)?.to_str().unwrap().to_owned());
    let revision = header("lacuna-revision").map_or(0, |number| number.parse().unwrap());
    let (status, database) = (answer.status().as_u16(), header("lacuna-database"));
    let json: serde_json::Value =
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    (status, revision, database, json["numberMatched"].as_u64().unwrap_or(0))
}

fn send(server: &Server, file: u64) -> u16 {
    let url = format!("{}/api/op/imports?file={file}.csv&commit=true", server.address);
    let request = agent().post(url).header("authorization", format!("Bearer {TOKEN}"));
    request.send(rows(file, 25)).unwrap().status().as_u16()
}

/// Waits until something is so.
fn until(what: &str, so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(40), "never: {what}");
        std::thread::sleep(Duration::from_millis(25));
    }
    eprintln!("{what} after {} ms", begun.elapsed().as_millis());
}

#[test]
fn reads_come_from_a_standby_and_are_never_older_than_without_it() {
    let mut place = Place::new();
    let Some((mut primary, mut standby)) = clusters(&place) else { return };
    place.database = primary.url("lacuna");
    let import = |file: u64| {
        let name = format!("{file}.csv");
        place.write(&name, rows(file, 25));
        place.ok(&["import", "activities", &name, "--operation", "op"]);
    };
    for file in 1..=2 {
        import(file);
    }
    let replica = standby.url("lacuna");
    let arguments =
        ["serve", "--listen", "127.0.0.1:0", "--token", TOKEN, "--read-database", &replica];
    let server = place.server(&arguments);
    assert_eq!(seen(&server, ""), (200, 2, None, 50));
    let readers = "select count(*) from pg_stat_activity where application_name = 'lacuna'";
    assert!(standby.asked("lacuna", readers).unwrap() > 0, "the standby is not read");
    // What it commits itself it shows at once, and what others commit, soon.
    assert_eq!(send(&server, 3), 201);
    assert_eq!(seen(&server, ""), (200, 3, None, 75));
    import(4);
    assert_eq!(seen(&server, "&min-revision=4"), (200, 4, None, 100));

    // The standby stays behind: nobody is answered from it.
    standby.asked("lacuna", "select pg_wal_replay_pause()");
    import(5);
    assert_eq!(seen(&server, "&min-revision=5"), (200, 5, None, 125));
    assert_eq!(send(&server, 6), 201);
    import(7);
    until("a commit is seen while the standby is behind", || seen(&server, "").1 == 7);
    assert_eq!(seen(&server, "").3, 175);
    assert_eq!(seen(&server, "&revision=6"), (200, 6, None, 150), "of the past, which it lacks");
    standby.asked("lacuna", "select pg_wal_replay_resume()");
    let reached = "select revision from operations";
    until("the standby has it all", || standby.asked("lacuna", reached) == Some(7));
    import(8);
    until("a commit is seen", || seen(&server, "") == (200, 8, None, 200));

    // The standby is away, and comes back.
    standby.stop();
    import(9);
    assert_eq!(seen(&server, "&min-revision=9"), (200, 9, None, 225));
    assert_eq!(seen(&server, "&revision=1"), (200, 1, None, 25));
    assert_eq!(send(&server, 10), 201);
    assert_eq!(seen(&server, ""), (200, 10, None, 250));
    let ready = |what: &str| server.json("/health/ready")[what].as_str().map(str::to_owned);
    assert_eq!(ready("read_database").as_deref(), Some("away"));
    standby.start();
    until("the standby is found", || ready("read_database").as_deref() == Some("there"));
    until("the standby has it all", || standby.asked("lacuna", reached) == Some(10));

    // The primary is away: what is there is read, also what nobody asked for yet.
    let second = place.server(&[&arguments[..], &["--memory-mb", "64"]].concat());
    primary.stop();
    until("its absence is noticed", || ready("database").as_deref() == Some("away"));
    let away = Some("away".to_owned());
    assert_eq!(seen(&server, ""), (200, 10, away.clone(), 250));
    assert_eq!(seen(&server, "&revision=4"), (200, 4, away.clone(), 100));
    assert_eq!(seen(&server, "&min-revision=10"), (200, 10, away.clone(), 250));
    assert_eq!(seen(&server, "&min-revision=11").0, 503);
    // An operation that this one has not loaded yet.
    let second = (seen(&second, ""), second.stop()).0;
    assert_eq!((second.0, second.1, second.3), (200, 10, 250));
    let report = agent().get(format!("{}/api/op/imports/1/report", server.address));
    let report = report.header("authorization", format!("Bearer {TOKEN}")).call().unwrap();
    assert_eq!(report.status(), 200);
    assert_eq!(send(&server, 11), 503);
    primary.start();
    until("the primary is found", || ready("database").as_deref() == Some("there"));
    assert_eq!(send(&server, 11), 201);
    assert_eq!(seen(&server, ""), (200, 11, None, 275));
    until("the standby has it all", || standby.asked("lacuna", reached) == Some(11));
    let log = server.stop();
    for (words, times) in [
        ("the read database is behind", 1),
        ("the read database has caught up", 1),
        ("the read database is away", 1),
        ("the read database is there again", 1),
        ("the database is away", 1),
        ("the database is there again", 1),
    ] {
        assert_eq!(log.matches(words).count(), times, "{words}: {log}");
    }
    // Without a standby at the start there is a server, too.
    standby.stop();
    let server = place.server(&arguments);
    assert_eq!(seen(&server, ""), (200, 11, None, 275));
    assert!(server.stop().contains("the read database is away"));

    // What is no copy of the database is refused.
    let other = Place { database: primary.url("other"), folder: tempfile::tempdir().unwrap() };
    let refused = |place: &Place, url: &str| {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--read-database", url];
        place.refused(&serve)
    };
    let said = refused(&place, &other.database);
    assert!(said.contains("no copy of the database: it has no tables of Lacuna"), "{said}");
    other.write("1.csv", rows(1, 25));
    other.ok(&["import", "activities", "1.csv", "--operation", "another"]);
    let said = refused(&place, &other.database);
    assert!(said.contains("operation \"another\", which the database has not"), "{said}");
    other.ok(&["import", "activities", "1.csv", "--operation", "op"]);
    other.database.clone_into(&mut place.database);
    let said = refused(&place, &primary.url("lacuna"));
    assert!(said.contains("its revision 11 of \"op\" is another one"), "{said}");
    let said = refused(&Place::new(), &primary.url("lacuna"));
    assert!(said.contains("a SQLite file is read where it is"), "{said}");
    let said = refused(&place, "copy.sqlite");
    assert!(said.contains("a copy of a PostgreSQL database"), "{said}");
}

#[test]
fn a_standby_that_became_a_database_of_its_own_is_read_no_more() {
    let mut place = Place::new();
    let Some((primary, standby)) = clusters(&place) else { return };
    place.database = primary.url("lacuna");
    let import = |place: &Place, file: u64, count: u64| {
        let name = format!("{file}.csv");
        place.write(&name, rows(file, count));
        place.ok(&["import", "activities", &name, "--operation", "op"]);
    };
    for file in 1..=3 {
        import(&place, file, 25);
    }
    let copy = Place { database: standby.url("lacuna"), folder: tempfile::tempdir().unwrap() };
    let reached = "select revision from operations";
    until("the standby has it all", || standby.asked("lacuna", reached) == Some(3));
    let server = place.server(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--token",
        TOKEN,
        "--read-database",
        &copy.database,
    ]);
    assert_eq!(seen(&server, "&revision=2"), (200, 2, None, 50));
    standby.asked("lacuna", "select pg_promote()");
    import(&place, 4, 25);
    import(&place, 5, 25);
    until("both are seen", || seen(&server, "").1 == 5);
    // Its own revision 4 has rows that the database never had.
    import(&copy, 9, 40);
    assert_eq!(seen(&server, "&revision=4"), (200, 4, None, 100));
    let is_away = || server.json("/health/ready")["read_database"] == "away";
    until("the copy is left alone", is_away);
    std::thread::sleep(Duration::from_secs(3));
    assert!(is_away());
    let log = server.stop();
    assert!(log.contains("the read database is no copy of the database: its revision 4"), "{log}");
    assert_eq!(log.matches("the read database is away").count(), 1, "{log}");
}
