//! Several servers and commands on one database, on SQLite and on PostgreSQL: what one commits the
//! others show, nobody sees half of it, and what is killed leaves nothing behind.

use std::fs::File;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use sqlx::Connection;

use super::{Place, Server};

pub const TOKEN: &str = "a-token-for-the-tests";
const ITEMS: &str = "/api/op/collections/activities/items?limit=1";
/// Rows of each file: an import that is half there shows by their number.
const ROWS: u64 = 25;

/// A place with an empty database of each kind.
pub fn places() -> Vec<Place> {
    let mut places = vec![Place::new()];
    let Ok(server) = std::env::var("LACUNA_TEST_POSTGRES") else {
        eprintln!("skipped on PostgreSQL: LACUNA_TEST_POSTGRES is not set, tests/postgres sets it");
        return places;
    };
    let folder = Place::new();
    let schema = folder.folder.path().file_name().unwrap().to_str().unwrap();
    let schema: String = schema.chars().filter(char::is_ascii_alphanumeric).collect();
    let schema = format!("cli_{}", schema.to_lowercase());
    let made = async {
        let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
        let sql = sqlx::AssertSqlSafe(format!("create schema {schema}"));
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    };
    tokio::runtime::Runtime::new().unwrap().block_on(made);
    let joint = if server.contains('?') { '&' } else { '?' };
    let database = format!("{server}{joint}options=-csearch_path%3D{schema},public");
    places.push(Place { database, ..folder });
    places
}

/// A file of rows that no other file has.
pub fn rows(file: u64, count: u64) -> String {
    let head = "activity_id,partner,sector,activity_type,adm1_name,start_date,status,reached\n";
    let row = |n: u64| format!("{file}-{n},Alpha,WSH,latrines,North,2026-03-01,ongoing,{n}\n");
    head.to_owned() + &(0..count).map(row).collect::<String>()
}

pub fn serve(place: &Place) -> Server {
    place.server(&["serve", "--listen", "127.0.0.1:0", "--token", TOKEN])
}

pub fn agent() -> ureq::Agent {
    let builder = ureq::Agent::config_builder().http_status_as_error(false);
    builder.timeout_global(Some(Duration::from_secs(60))).build().into()
}

fn send(server: &Server, file: u64) {
    let url = format!("{}/api/op/imports?file={file}.csv&commit=true", server.address);
    let request = agent().post(url).header("authorization", format!("Bearer {TOKEN}"));
    let mut answer = request.send(rows(file, ROWS)).unwrap();
    let body = answer.body_mut().read_to_string().unwrap();
    assert!(answer.status().is_success(), "{}: {body}", answer.status());
}

/// The revision a server answers with, and how many rows there are at it.
fn seen(server: &Server, least: u64) -> (u64, u64) {
    let url = format!("{}{ITEMS}", server.address);
    let mut answer =
        agent().get(url).header("lacuna-min-revision", least.to_string()).call().unwrap();
    let revision = answer.headers()["lacuna-revision"].to_str().unwrap().parse().unwrap();
    let body = answer.body_mut().read_to_string().unwrap();
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    (revision, json["numberMatched"].as_u64().unwrap())
}

#[test]
fn no_client_sees_an_older_revision_than_before_or_half_an_import() {
    for place in places() {
        place.write("0.csv", rows(0, ROWS));
        place.ok(&["import", "activities", "0.csv", "--operation", "op"]);
        let servers = [serve(&place), serve(&place)];
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for reader in 0..2 {
                let (servers, ended) = (&servers, &ended);
                scope.spawn(move || {
                    let (mut last, mut turn) = (0, reader);
                    while !ended.load(Relaxed) {
                        let (revision, rows) = seen(&servers[turn % 2], last);
                        assert!(revision >= last, "{revision} after {last}");
                        assert_eq!(rows, revision * ROWS, "half an import");
                        (last, turn) = (revision, turn + 1);
                    }
                });
            }
            // Two streams of imports, one through each server, at the same time.
            let stream = |server: usize| {
                let servers = &servers;
                move || (0..5).for_each(|file| send(&servers[server], file * 2 + server as u64 + 1))
            };
            let streams = [scope.spawn(stream(0)), scope.spawn(stream(1))];
            let done = streams.map(|stream| stream.join());
            ended.store(true, Relaxed);
            done.into_iter().for_each(|stream| stream.unwrap());
        });
        assert_eq!(seen(&servers[0], 11), (11, 11 * ROWS));
        // What the command line imports, both show by themselves.
        place.write("12.csv", rows(12, ROWS));
        place.ok(&["import", "activities", "12.csv", "--operation", "op"]);
        let begun = Instant::now();
        while servers.iter().any(|server| seen(server, 0).0 < 12) {
            assert!(begun.elapsed() < Duration::from_secs(10), "never seen");
            std::thread::sleep(Duration::from_millis(20));
        }
        eprintln!("seen after {} ms", begun.elapsed().as_millis());
        for server in servers {
            let log = server.stop();
            assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
        }
    }
}

/// How often is killed: `LACUNA_KILLS` says it, a few times is the short form.
fn kills() -> u64 {
    std::env::var("LACUNA_KILLS").map_or(6, |text| text.parse().unwrap())
}

/// Moments to kill at, in no order, between the start of an import and soon after its end, however
/// long imports take just now: about a third of them are after it.
struct Moments {
    number: u64,
    longest: Duration,
}

impl Moments {
    fn of(import: Duration) -> Moments {
        Moments { number: 0, longest: import * 3 / 2 }
    }

    fn next(&mut self) -> Duration {
        self.number = (self.number * 7919 + 37) % 1009;
        self.longest * self.number as u32 / 1009
    }

    fn was(&mut self, acknowledged: bool) {
        self.longest = self.longest.mul_f64(if acknowledged { 0.7 } else { 1.2 });
    }
}

#[test]
fn a_kill_at_any_moment_leaves_whole_imports_and_loses_none() {
    let kills = kills();
    for place in places() {
        place.write("0.csv", rows(0, 100 * ROWS));
        let begun = Instant::now();
        place.ok(&["import", "activities", "0.csv", "--operation", "op"]);
        let mut moments = Moments::of(begun.elapsed());
        let mut acknowledged = 1;
        for file in 1..=kills {
            let name = format!("{file}.csv");
            place.write(&name, rows(file, 100 * ROWS));
            let out = place.path("out");
            let mut command = place.command(&["import", "activities", &name, "--operation", "op"]);
            command.stdout(File::create(&out).unwrap()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            std::thread::sleep(moments.next());
            let _ = child.kill();
            let _ = child.wait();
            let is_said = std::fs::read_to_string(&out).unwrap().contains("Committed");
            acknowledged += u64::from(is_said);
            moments.was(is_said);
        }
        let server = serve(&place);
        let (revision, rows) = seen(&server, 0);
        assert!(revision >= acknowledged, "{acknowledged} were acknowledged, {revision} are there");
        assert_eq!(rows, revision * 100 * ROWS, "half an import");
        assert!(kills < 20 || (2..kills).contains(&revision), "no moment was during an import");
        eprintln!("{kills} killed, {acknowledged} acknowledged, {revision} whole");
        assert!(place.ok(&["verify"]).contains("nothing is wrong"));
        let log = server.stop();
        assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
    }
}

#[test]
fn a_server_that_is_killed_loses_no_import_that_it_acknowledged() {
    const WRITERS: u64 = 2;
    let kills = kills();
    for place in places() {
        place.write("0.csv", rows(0, 40 * ROWS));
        let begun = Instant::now();
        place.ok(&["import", "activities", "0.csv", "--operation", "op"]);
        let mut moments = Moments::of(begun.elapsed());
        let (acknowledged, next) = (AtomicU64::new(1), AtomicU64::new(1));
        for _ in 0..kills {
            let mut server = serve(&place);
            let (url, before) = (server.address.clone(), acknowledged.load(Relaxed));
            std::thread::scope(|scope| {
                for _ in 0..WRITERS {
                    scope.spawn(|| {
                        let agent = agent();
                        loop {
                            let file = next.fetch_add(1, Relaxed);
                            let url = format!("{url}/api/op/imports?file={file}.csv&commit=true");
                            let request =
                                agent.post(url).header("authorization", format!("Bearer {TOKEN}"));
                            // Killed before it answered.
                            let Ok(answer) = request.send(rows(file, 40 * ROWS)) else { return };
                            assert_eq!(answer.status(), 201);
                            acknowledged.fetch_add(1, Relaxed);
                        }
                    });
                }
                std::thread::sleep(moments.next());
                server.child.kill().unwrap();
                server.child.wait().unwrap();
            });
            moments.was(acknowledged.load(Relaxed) > before);
        }
        let acknowledged = acknowledged.into_inner();
        let server = serve(&place);
        let (revision, rows) = seen(&server, 0);
        assert!(revision >= acknowledged, "{acknowledged} were acknowledged, {revision} are there");
        // Of each writer one at most was there before it could be told.
        assert!(revision <= acknowledged + kills * WRITERS, "{acknowledged}, {revision}");
        assert_eq!(rows, revision * 40 * ROWS, "half an import");
        assert!(kills < 20 || revision > 1, "no import was whole");
        eprintln!("{kills} servers killed, {acknowledged} acknowledged, {revision} whole");
        assert!(place.ok(&["verify"]).contains("nothing is wrong"));
        let log = server.stop();
        assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
    }
}
