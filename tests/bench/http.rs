//! The main query over HTTP, and features by box, at a million rows: `cargo bench --bench http`.
//!
//! One connection, kept open, on the loopback; times are from the first byte sent to the last one
//! received, in milliseconds. "New" questions were never asked before, "again" ones were. The rows
//! can be fewer: `LACUNA_BENCH_ROWS=100000`.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use geo::{LineString, MultiPolygon, Point, Polygon};
use lacuna::app::App;
use lacuna::domain::{
    Activity, Area, Day, Group, Need, Operation, Period, Revision, Rows, Sector, Snapshot, Source,
    Status, Text,
};

/// Areas of each level: nested squares, 20 x 15 at the deepest of one part above.
const PER_SIDE: [usize; 3] = [4, 5, 4];

fn main() {
    let rows: usize = std::env::var("LACUNA_BENCH_ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(1_000_000);
    let begun = Instant::now();
    let snapshot = Snapshot::build(made(rows));
    let counts: Vec<usize> = (1..=3).map(|level| snapshot.areas.level(level).len()).collect();
    println!("snapshot of {rows} rows, areas {counts:?}: {:.1} s", begun.elapsed().as_secs_f64());
    let app = App::default();
    app.publish(snapshot);

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let (app, limits) = (Arc::new(app), Default::default());
    runtime.spawn(lacuna::http::serve(app, limits, listener, std::future::pending()));
    let mut client = Client::new(address);

    let gaps = "/api/bench/collections/gaps/items";
    let day = |number: usize| Day(20_454 + number as i32).to_string();
    // Geometry is written once for a revision; the first question pays for it.
    client.get(&format!("{gaps}?level=2"), "zstd");
    client.get(&format!("{gaps}?level=3&zoom=6"), "zstd");
    for (name, count, question) in [
        ("gaps, level 2, new, no geometry", 300, "level=2&sector=WSH&skipGeometry=true&datetime="),
        ("gaps, level 2, new", 300, "level=2&sector=WSH&datetime="),
        ("gaps, level 3, new, no geometry", 100, "level=3&sector=WSH&skipGeometry=true&datetime="),
        ("gaps, level 3, new, zoom 6", 100, "level=3&sector=WSH&zoom=6&datetime="),
        ("gaps, level 2, ALL, new", 300, "level=2&datetime="),
    ] {
        let ask = |number: usize| format!("{gaps}?{question}{}/{}", day(number), day(number + 90));
        run(&mut client, name, count, ask);
    }
    run(&mut client, "gaps, level 2, again", 2000, |_| format!("{gaps}?level=2&sector=WSH"));
    let features = "/api/bench/collections/activities/items";
    run(&mut client, "activities by box, new", 200, |number| {
        let west = 20.0 + number as f64 * 0.01;
        format!("{features}?bbox={west},0,{},20&limit=1000", west + 0.5)
    });
    run(&mut client, "activities, pages", 200, |number| {
        format!("{features}?limit={}", 1000 + number)
    });
    run(&mut client, "a thing that is not there", 1000, |_| "/api/bench/nothing".to_owned());
}

fn run(client: &mut Client, name: &str, count: usize, question: impl Fn(usize) -> String) {
    let mut times = Vec::with_capacity(count);
    let mut bytes = 0;
    for number in 0..count {
        let question = question(number);
        let begun = Instant::now();
        bytes += client.get(&question, "zstd");
        times.push(begun.elapsed());
    }
    times.sort();
    let at = |share: f64| ms(times[((count as f64 * share) as usize).min(count - 1)]);
    let total: Duration = times.iter().sum();
    println!(
        "{name:34} p50 {:8.3}  p99 {:8.3}  {:7.0}/s  {:8} bytes",
        at(0.5),
        at(0.99),
        count as f64 / total.as_secs_f64(),
        bytes / count
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    fn new(address: std::net::SocketAddr) -> Client {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream: BufReader::with_capacity(1 << 20, stream) }
    }

    /// Bytes of the body as they travel.
    fn get(&mut self, url: &str, encoding: &str) -> usize {
        let request =
            format!("GET {url} HTTP/1.1\r\nhost: bench\r\naccept-encoding: {encoding}\r\n\r\n");
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        length
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

fn made(count: usize) -> Rows {
    let text = |text: String| Text::from(text);
    let operation = Operation::new("bench", "Bench");
    let mut rows = Rows::empty(operation);
    rows.revision = Revision { number: 1, at: "2026-01-01T00:00:00Z".into() };
    let mut deepest = Vec::new();
    areas(&mut rows.areas, &mut deepest, None, 1, [20.0, 0.0], 20.0);

    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let partners: Vec<Text> = (0..400).map(|number| text(format!("partner {number}"))).collect();
    let kinds: Vec<Text> = (0..12).map(|number| text(format!("type {number}"))).collect();
    let sectors = [Sector::Wsh, Sector::Hea, Sector::Shl, Sector::Fsc, Sector::Edu, Sector::Pro];
    for number in 0..count {
        let (area, [x, y]) = &deepest[dice.below(deepest.len())];
        rows.activities.push(Activity {
            id: number as u64 + 1,
            source: Source { submission: 1, row: number as u32 + 2 },
            partner: partners[dice.below(partners.len())].clone(),
            sector: Some(sectors[dice.below(sectors.len())]),
            activity_type: Some(kinds[dice.below(kinds.len())].clone()),
            area: Some(area.clone()),
            point: Some(Point::new(*x, *y)),
            start: Some(Day(20_454 + dice.below(365) as i32)),
            status: Some(Status::Ongoing),
            reached: Some(dice.below(2000) as f64),
            ..Activity::default()
        });
    }
    for (area, _) in &deepest {
        for sector in sectors {
            rows.needs.push(Need {
                source: Source { submission: 1, row: 1 },
                area: Some(area.clone()),
                sector,
                group: Group::ALL,
                cycle: Period::year(2026).unwrap(),
                in_need: Some(dice.below(50_000) as f64),
                targeted: Some(dice.below(30_000) as f64),
                severity: Some(3.0),
                ..Need::default()
            });
        }
    }
    rows
}

/// Squares within squares, each side bent by a hundred points.
fn areas(
    all: &mut Vec<Area>,
    deepest: &mut Vec<(Text, [f64; 2])>,
    parent: Option<&Text>,
    level: u8,
    [west, south]: [f64; 2],
    size: f64,
) {
    let sides = PER_SIDE[usize::from(level) - 1];
    let step = size / sides as f64;
    for number in 0..sides * sides {
        let (x, y) =
            (west + (number % sides) as f64 * step, south + (number / sides) as f64 * step);
        let pcode: Text = format!("{}{number:02}", parent.map_or("X", |parent| &**parent)).into();
        all.push(Area {
            pcode: pcode.clone(),
            name: format!("Area {pcode}").into(),
            level,
            parent: parent.cloned(),
            geometry: Some(Arc::new(MultiPolygon::new(vec![square(x, y, step)]))),
            area_km2: Some(1.0),
            source: Source { submission: 1, row: 1 },
        });
        match usize::from(level) < PER_SIDE.len() {
            true => areas(all, deepest, Some(&pcode), level + 1, [x, y], step),
            false => deepest.push((pcode, [x + step / 2.0, y + step / 2.0])),
        }
    }
}

fn square(x: f64, y: f64, size: f64) -> Polygon<f64> {
    let bent = |part: f64, at: f64| (part * 40.0 + at).sin() * size * 0.01;
    let parts = (0..62).map(|part| f64::from(part) / 62.0);
    let mut ring: Vec<[f64; 2]> = Vec::new();
    ring.extend(parts.clone().map(|part| [x + part * size, y + bent(part, y)]));
    ring.extend(parts.clone().map(|part| [x + size + bent(part, x), y + part * size]));
    ring.extend(parts.clone().map(|part| [x + size - part * size, y + size + bent(part, y)]));
    ring.extend(parts.map(|part| [x + bent(part, x), y + size - part * size]));
    Polygon::new(LineString::from(ring), Vec::new())
}
