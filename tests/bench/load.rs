//! Ten minutes of 64 readers and 4 writers on one server: errors, waiting times, memory.
//! `cargo bench --bench load`, on PostgreSQL with `tests/postgres cargo bench --bench load`;
//! LACUNA_BENCH_SECONDS and LACUNA_BENCH_LINES for another length and size.
//!
//! Each writer corrects its own lines again and again, so that the operation keeps its size and the
//! server should keep its own. No reader may see an older revision than it has seen before.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

const READERS: usize = 64;
const WRITERS: usize = 4;
const TOKEN: &str = "a-token-for-the-benchmark";
/// Lines that a writer corrects at a time.
const LINES: usize = 100;

/// What many clients waited for, and what they were refused.
#[derive(Default)]
struct Seen {
    waited: Mutex<Vec<Duration>>,
    errors: Mutex<Vec<String>>,
}

fn main() {
    let from_env = |name: &str, usual: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let length = Duration::from_secs(from_env("LACUNA_BENCH_SECONDS", 600));
    let lines = from_env("LACUNA_BENCH_LINES", 200_000).to_string();
    let folder = tempfile::tempdir().unwrap();
    let database = std::env::var("LACUNA_TEST_POSTGRES").unwrap_or("bench.sqlite".into());
    let lacuna = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lacuna"));
        command.args(arguments).current_dir(folder.path()).env("LACUNA_DATABASE", &database);
        command
    };
    let run = |arguments: &[&str]| {
        let output = lacuna(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let size = ["--areas", "10/100/1000", "--lines", &lines, "--sites", "2000", "--out", "data"];
    run(&[&["simulate"], &size[..]].concat());
    for (kind, file) in [
        ("areas", "adm1.geojson"),
        ("areas", "adm2.geojson"),
        ("areas", "adm3.geojson"),
        ("population", "population.csv"),
        ("needs", "needs.csv"),
        ("sites", "sites.csv"),
        ("activities", "activities.csv"),
    ] {
        run(&["import", kind, &format!("data/{file}"), "--operation", "bench"]);
    }
    let activities = fs::read_to_string(folder.path().join("data/activities.csv")).unwrap();
    let mut serve = lacuna(&["serve", "--listen", "127.0.0.1:0", "--token", TOKEN]);
    let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let address = first.trim().trim_start_matches("Lacuna is at ").to_owned();

    let areas = agent().get(format!("{address}/api/bench/collections/areas/items?level=1&limit=1"));
    let areas: serde_json::Value = areas.call().unwrap().body_mut().read_json().unwrap();
    let area = areas["features"][0]["id"].as_str().unwrap().to_owned();
    let (reads, writes, ended) = (Seen::default(), Seen::default(), AtomicBool::new(false));
    let begin = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // One thread for all of them, as they are to take little of the server's processors.
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let readers = (0..READERS).map(|number| read(number, &address, &area, &reads, &ended));
            runtime.block_on(futures_util::future::join_all(readers));
        });
        for number in 0..WRITERS {
            let (address, writes, ended) = (&address, &writes, &ended);
            let activities = &activities;
            scope.spawn(move || write(number, address, activities, writes, ended));
        }
        while begin.elapsed() < length {
            std::thread::sleep(Duration::from_secs(60).min(length - begin.elapsed()));
            println!("{:.0} s: {}", begin.elapsed().as_secs_f64(), memory(child.id()));
        }
        ended.store(true, Relaxed);
    });
    reads.tell("reads", begin.elapsed());
    writes.tell("imports of 100 lines", begin.elapsed());
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Asks for figures, features, tiles and lines, one after the other, over one connection.
async fn read(number: usize, address: &str, area: &str, seen: &Seen, ended: &AtomicBool) {
    let host = address.trim_start_matches("http://");
    let mut connection = BufStream::new(TcpStream::connect(host).await.unwrap());
    let sectors = ["ALL", "WSH", "FSC", "HEA", "EDU", "SHL"];
    let mut last = 0_u64;
    for turn in number.. {
        if ended.load(Relaxed) {
            return;
        }
        let (sector, month) = (sectors[turn % sectors.len()], 1 + turn / 7 % 12);
        let path = match turn % 7 {
            0 => format!("/collections/gaps/items?level=2&sector={sector}&skipGeometry=true"),
            1 => format!(
                "/collections/gaps/items?level=3&sector={sector}&datetime=2025-01-01/2026-{month:02}-20&skipGeometry=true"
            ),
            2 => format!("/collections/activities/items?sector={sector}&limit=50"),
            3 => "/collections/areas/items?level=2&limit=100".to_owned(),
            4 => format!("/collections/gaps/items/{area}/lines?sector={sector}&limit=20"),
            5 => "/collections/gaps/tiles/WebMercatorQuad/0/0/0?level=2".to_owned(),
            _ => String::new(),
        };
        let start = Instant::now();
        match ask(&mut connection, host, &path).await {
            Ok((200 | 204, revision)) if revision >= last => last = revision,
            other => {
                seen.error(format!("{path}: {other:?} after revision {last}"));
                connection = BufStream::new(TcpStream::connect(host).await.unwrap());
            }
        }
        seen.waited.lock().unwrap().push(start.elapsed());
    }
}

/// Status and revision of an answer that was read to its end.
async fn ask(
    connection: &mut BufStream<TcpStream>,
    host: &str,
    path: &str,
) -> std::io::Result<(u16, u64)> {
    let request =
        format!("GET /api/bench{path} HTTP/1.1\r\nhost: {host}\r\naccept-encoding: gzip\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    connection.flush().await?;
    let (mut status, mut length, mut revision) = (0, 0, 0);
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim().to_ascii_lowercase().split_once(' ') {
            None => break,
            Some(("content-length:", bytes)) => length = bytes.parse().unwrap_or(0),
            Some(("lacuna-revision:", number)) => revision = number.parse().unwrap_or(0),
            Some(("http/1.1", words)) => status = words[..3].parse().unwrap_or(0),
            Some(("transfer-encoding:", _)) => return Err(std::io::ErrorKind::Unsupported.into()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await?;
    Ok((status, revision))
}

/// Corrects its own lines, again and again.
fn write(number: usize, address: &str, activities: &str, seen: &Seen, ended: &AtomicBool) {
    let mut lines = activities.lines();
    let header = lines.next().unwrap();
    let reached = header.split(',').position(|name| name == "reached").unwrap();
    let plain =
        |line: &&str| !line.contains('"') && line.split(',').all(|cell| cell != "households");
    let own: Vec<&str> =
        lines.skip(1).filter(plain).skip(number).step_by(WRITERS).take(LINES).collect();
    let agent = agent();
    for turn in 0_usize.. {
        if ended.load(Relaxed) {
            return;
        }
        let mut file = format!("{header}\n");
        for (at, line) in own.iter().enumerate() {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            cells[reached] = (turn * 7 + at).to_string();
            file += &cells.join(",");
            file.push('\n');
        }
        let url =
            format!("{address}/api/bench/imports?file={number}.csv&kind=activities&commit=true");
        let start = Instant::now();
        let request = agent.post(url).header("authorization", format!("Bearer {TOKEN}"));
        match request.send(file) {
            Ok(answer) if answer.status().is_success() => {}
            Ok(mut answer) => {
                let body = answer.body_mut().read_to_string().unwrap_or_default();
                seen.error(format!("import: {} {body}", answer.status()));
            }
            Err(error) => seen.error(format!("import: {error}")),
        }
        seen.waited.lock().unwrap().push(start.elapsed());
        std::thread::sleep(Duration::from_millis(500));
    }
}

impl Seen {
    fn error(&self, text: String) {
        self.errors.lock().unwrap().push(text);
    }

    fn tell(self, name: &str, length: Duration) {
        let mut waited = self.waited.into_inner().unwrap();
        waited.sort();
        let at =
            |share: f64| waited[((waited.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!(
            "{name}: {} ({:.1} a second), p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
            waited.len(),
            waited.len() as f64 / length.as_secs_f64(),
            at(0.5),
            at(0.99),
            at(1.0),
        );
        let errors = self.errors.into_inner().unwrap();
        println!("  {} errors {:?}", errors.len(), &errors[..errors.len().min(5)]);
        assert!(errors.is_empty());
    }
}

fn agent() -> ureq::Agent {
    let builder = ureq::Agent::config_builder().http_status_as_error(false);
    builder.timeout_global(Some(Duration::from_secs(120))).build().into()
}

/// What the server takes of memory now, and took at most.
fn memory(process: u32) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let lines =
        status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"));
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(", ")
}
