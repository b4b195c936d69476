//! The whole path at size, with the built binary: simulate, import, serve, the main query's latency
//! over HTTP, and edits of one line. `cargo bench --bench path`, on PostgreSQL with
//! `tests/postgres cargo bench --bench path`; LACUNA_BENCH_LINES for another size.
//!
//! Every request asks for another period, so that no answer can come from a cache.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 2;
const REQUESTS: usize = 1_000;
const EDITS: usize = 50;
const TOKEN: &str = "a-token-for-the-benchmark";

fn main() {
    let lines = std::env::var("LACUNA_BENCH_LINES").unwrap_or("1000000".into());
    let folder = tempfile::tempdir().unwrap();
    let database = std::env::var("LACUNA_TEST_POSTGRES").unwrap_or("bench.sqlite".into());
    let lacuna = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lacuna"));
        command.args(arguments).current_dir(folder.path()).env("LACUNA_DATABASE", &database);
        command
    };
    let timed = |name: &str, arguments: &[&str]| {
        let start = Instant::now();
        let output = lacuna(arguments).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let seconds = start.elapsed().as_secs_f64();
        println!("{name}: {seconds:.2} s");
        seconds
    };

    let size = ["--areas", "20/400/6000", "--lines", &lines, "--sites", "10000", "--out", "data"];
    timed("simulate", &[&["simulate"], &size[..]].concat());
    let bytes = fs::metadata(folder.path().join("data/activities.csv")).unwrap().len();
    for (kind, file) in [
        ("areas", "adm1.geojson"),
        ("areas", "adm2.geojson"),
        ("areas", "adm3.geojson"),
        ("population", "population.csv"),
        ("needs", "needs.csv"),
        ("sites", "sites.csv"),
        ("activities", "activities.csv"),
    ] {
        let file = format!("data/{file}");
        let seconds =
            timed(&format!("import {file}"), &["import", kind, &file, "--operation", "bench"]);
        if kind == "activities" {
            let rows: f64 = lines.parse().unwrap();
            println!("  {:.0} rows/s, file of {:.0} MB", rows / seconds, bytes as f64 / 1e6);
        }
    }

    let served = || {
        let start = Instant::now();
        let mut serve = lacuna(&["serve", "--listen", "127.0.0.1:0", "--token", TOKEN]);
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        println!("start: {:.2} s", start.elapsed().as_secs_f64());
        (child, first.trim().trim_start_matches("Lacuna is at ").to_owned())
    };
    let (mut child, address) = served();
    for (name, query) in [
        ("WSH, level 2", "level=2&sector=WSH&skipGeometry=true"),
        ("ALL, level 2", "level=2&sector=ALL&skipGeometry=true"),
        ("WSH, level 3", "level=3&sector=WSH&skipGeometry=true&limit=10000"),
    ] {
        load(name, &address, query);
    }
    let activities = fs::read_to_string(folder.path().join("data/activities.csv")).unwrap();
    edits(&address, &address, &activities);
    let (mut other, beside) = served();
    println!("through one server, seen through another:");
    edits(&address, &beside, &activities);
    other.kill().unwrap();
    other.wait().unwrap();
    if let Ok(status) = fs::read_to_string(format!("/proc/{}/status", child.id())) {
        for line in
            status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"))
        {
            println!("{line}");
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Files of one line that changes the people reached of a known one: how long each takes to be
/// committed, and then to be seen in every collection through this server or another.
fn edits(address: &str, beside: &str, activities: &str) {
    let mut lines = activities.lines();
    let header = lines.next().unwrap();
    let plain =
        |line: &&str| !line.contains('"') && line.split(',').all(|cell| cell != "households");
    let lines: Vec<&str> = lines.skip(1).filter(plain).step_by(997).take(EDITS + 1).collect();
    let position = |name: &str| header.split(',').position(|column| column == name).unwrap();
    let (lat, lon, reached) = (position("latitude"), position("longitude"), position("reached"));
    let point = lines.iter().find_map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        Some((cells[lon].parse::<f64>().ok()?, cells[lat].parse::<f64>().ok()?))
    });
    let (x, y) = point.unwrap();
    let small = format!("activities/items?bbox={x},{y},{},{}&limit=100", x + 0.5, y + 0.5);
    let agent = ureq::Agent::new_with_defaults();
    let (mut committed, mut followed, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    let mut each: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for (number, line) in lines.iter().enumerate() {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let differs = usize::from(address != beside);
        cells[reached] = (1_000 + 2 * number + differs).to_string();
        let url = format!("{address}/api/bench/imports?file=edit.csv&kind=activities&commit=true");
        let start = Instant::now();
        let request = agent.post(url).header("authorization", format!("Bearer {TOKEN}"));
        let mut answer = request.send(format!("{header}\n{}\n", cells.join(","))).unwrap();
        let made = start.elapsed();
        let document: serde_json::Value = answer.body_mut().read_json().unwrap();
        let revision = document["revision"].as_u64().unwrap();
        let start = Instant::now();
        let landing = format!("{beside}/api/bench");
        while revision_of(&agent.get(&landing).call().unwrap()) < revision {
            std::thread::sleep(Duration::from_millis(1));
        }
        let known = start.elapsed();
        for path in [
            "areas/items?limit=10",
            "partners/items?limit=10",
            "activities/items?limit=100",
            "activities/items?bbox=-180,-90,180,90&limit=100",
            &small,
            "activities/items?sector=WSH&limit=100",
            "sites/items?limit=10",
            "needs/items?limit=10",
            "gaps/items?level=2&sector=WSH&skipGeometry=true",
            "gaps/items?level=3&sector=ALL&skipGeometry=true&limit=100",
            "service-areas/items?limit=10",
            "uncovered/items?limit=10",
        ] {
            let url = format!("{beside}/api/bench/collections/{path}");
            let asked = Instant::now();
            let mut answer = agent.get(url).call().unwrap();
            assert!(revision_of(&answer) >= revision);
            answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
            if number > 0 {
                each.entry(path).or_default().push(asked.elapsed());
            }
        }
        // The first one makes what later revisions share.
        if number > 0 {
            committed.push(made);
            followed.push(known);
            shown.push(start.elapsed());
        }
    }
    spread("edit of one line, sent to committed", committed);
    spread("edit of one line, committed to known", followed);
    spread("edit of one line, committed to seen in twelve answers of every collection", shown);
    for (path, times) in each {
        spread(&format!("  {path}"), times);
    }
}

fn revision_of<T>(answer: &ureq::http::Response<T>) -> u64 {
    answer.headers()["lacuna-revision"].to_str().unwrap().parse().unwrap()
}

fn spread(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("{name}: p50 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.99));
}

/// Clients that ask one after the other, and the spread of what they waited.
fn load(name: &str, address: &str, query: &str) {
    let next = AtomicUsize::new(0);
    let waited = Mutex::new(Vec::with_capacity(REQUESTS));
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let agent = ureq::Agent::new_with_defaults();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= REQUESTS {
                        return;
                    }
                    let (month, day) = (1 + number % 12, 1 + number / 12 % 28);
                    let year = 2026 + number / (12 * 28);
                    let period = format!("2026-01-01/{year}-{month:02}-{day:02}");
                    let url = format!(
                        "{address}/api/bench/collections/gaps/items?{query}&datetime={period}"
                    );
                    let start = Instant::now();
                    let mut answer = agent.get(&url).call().unwrap();
                    let body =
                        answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
                    assert!(body.len() > 1_000);
                    waited.lock().unwrap().push(start.elapsed());
                }
            });
        }
    });
    spread(&format!("{name}, {CLIENTS} clients"), waited.into_inner().unwrap());
}
