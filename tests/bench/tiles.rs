//! Vector tiles, rendered and served, nothing cached and cached: `cargo bench --bench tiles`.
//!
//! A made-up operation of 16/400/6,400 areas whose borders are shared (1.6 million vertices at the
//! deepest level) and 100,000 sites. "Rendered" is one thread without HTTP; "first" also prepares
//! the shapes of that zoom. "Served" is one connection on the loopback, with a client that takes
//! gzip. Comparisons with other servers belong beside this file.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Instant;

use geo::{Coord, LineString, MultiPolygon, Point, Polygon};
use lacuna::app::App;
use lacuna::app::collections::{Params, View, find};
use lacuna::app::tiles::{Address, grid, tile};
use lacuna::domain::{
    Area, Group, Need, Operation, Period, Revision, Rows, Sector, Site, SiteStatus, Snapshot,
    Source, Text,
};

/// Areas along a side, of each level: nested.
const PER_SIDE: [usize; 3] = [4, 20, 80];
/// Points of each border between two corners of the deepest level.
const BENDS: usize = 64;
const SITES: usize = 100_000;
/// Degrees of a side of the country, and its south-west corner.
const SIDE: f64 = 20.0;
const CORNER: [f64; 2] = [20.0, -8.0];

fn main() {
    let begun = Instant::now();
    let snapshot = Snapshot::build(made());
    println!("snapshot: {:.1} s", begun.elapsed().as_secs_f64());
    let view = View::new(Arc::new(snapshot), Default::default());
    for (name, collection, query) in LAYERS {
        for zoom in [4, 6, 8, 10, 12, 14] {
            rendered(&view, name, collection, query, zoom);
        }
    }
    served();
}

/// A name, a collection and its parameters.
type Asked = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const LAYERS: &[Asked] = &[
    ("gaps, level 2, all fields", "gaps", &[("level", "2"), ("sector", "WSH")]),
    (
        "gaps, level 3, 3 fields",
        "gaps",
        &[("level", "3"), ("sector", "WSH"), ("properties", "pcode,gap,status")],
    ),
    ("areas, level 3, all fields", "areas", &[("level", "3")]),
    ("sites", "sites", &[]),
];

/// The tiles of a zoom that meet the country, spread over it, at most so many.
fn addresses(zoom: u8, most: usize) -> Vec<Address> {
    let number = |units: i32| ((i64::from(units) + (1 << 30)) >> (31 - u32::from(zoom))) as u32;
    let [west, south] = CORNER;
    let low = grid::project(Coord { x: west + 0.1, y: south + SIDE - 0.1 });
    let high = grid::project(Coord { x: west + SIDE - 0.1, y: south + 0.1 });
    let all: Vec<Address> = (number(low.y)..=number(high.y))
        .flat_map(|row| {
            (number(low.x)..=number(high.x)).map(move |column| Address { zoom, column, row })
        })
        .collect();
    let step = (all.len() / most).max(1);
    all.into_iter().step_by(step).take(most).collect()
}

fn rendered(view: &View, name: &str, collection: &str, query: &[(&str, &str)], zoom: u8) {
    let collection = find(collection).unwrap();
    let pairs = query.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    let params = Params::parse(pairs, &collection.tile_parameters()).unwrap();
    let addresses = addresses(zoom, 400);
    let all = || {
        let begun = Instant::now();
        let sizes: Vec<usize> = addresses
            .iter()
            .map(|address| tile(view, collection, &params, *address).unwrap().len())
            .collect();
        (addresses.len() as f64 / begun.elapsed().as_secs_f64(), sizes)
    };
    let (first, _) = all();
    let (mut warm, mut sizes) = all();
    for _ in 0..2 {
        let (again, same) = all();
        (warm, sizes) = (warm.max(again), same);
    }
    println!(
        "rendered  {name:28} zoom {zoom:2}  {:4} tiles  first {first:8.0}/s  then {warm:8.0}/s  mean {:7} bytes  largest {:7}",
        addresses.len(),
        sizes.iter().sum::<usize>() / sizes.len(),
        sizes.iter().max().unwrap(),
    );
}

fn served() {
    let app = App::default();
    app.publish(Snapshot::build(made()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(lacuna::http::serve(
        Arc::new(app),
        Default::default(),
        listener,
        std::future::pending(),
    ));
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::with_capacity(1 << 20, stream);
    let home = "/api/bench/collections/gaps/tiles/WebMercatorQuad";
    for zoom in [6, 8, 10] {
        let tiles = addresses(zoom, 400);
        // Another period each time: another answer, but the same shapes.
        for (name, day) in
            [("first", "2026-01-01"), ("new", "2026-01-02"), ("cached", "2026-01-02")]
        {
            let mut times = Vec::new();
            let mut bytes = 0;
            for Address { zoom, row, column } in &tiles {
                let url =
                    format!("{home}/{zoom}/{row}/{column}?level=2&sector=WSH&datetime={day}/..");
                let begun = Instant::now();
                bytes += get(&mut stream, &url);
                times.push(begun.elapsed().as_secs_f64());
            }
            times.sort_by(f64::total_cmp);
            let total: f64 = times.iter().sum();
            println!(
                "served    gaps, level 2, {name:6} zoom {zoom:2}  {:8.0}/s  p50 {:.3} ms  p99 {:.3} ms  mean {} bytes",
                times.len() as f64 / total,
                times[times.len() / 2] * 1e3,
                times[times.len() * 99 / 100] * 1e3,
                bytes / times.len(),
            );
        }
    }
}

/// Bytes of the body as they travel.
fn get(stream: &mut BufReader<TcpStream>, url: &str) -> usize {
    let request = format!("GET {url} HTTP/1.1\r\nhost: bench\r\naccept-encoding: gzip\r\n\r\n");
    stream.get_mut().write_all(request.as_bytes()).unwrap();
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line).unwrap();
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    length
}

/// A number from -1 to 1 that looks random and is the same each time.
fn noise(seed: u64) -> f64 {
    let mixed = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed >> 33) % 2000) as f64 / 1000.0 - 1.0
}

/// A corner of the deepest areas.
fn corner(x: usize, y: usize) -> Coord<f64> {
    let step = SIDE / PER_SIDE[2] as f64;
    let at = |place: usize, seed: usize| (place as f64 + 0.2 * noise(seed as u64)) * step;
    Coord { x: CORNER[0] + at(x, x * 131 + y * 17), y: CORNER[1] + at(y, x * 57 + y * 311) }
}

/// The border between two neighbouring corners, the same from both sides, without its end.
fn border(a: (usize, usize), b: (usize, usize), points: &mut Vec<Coord<f64>>) {
    let (from, to) = if b < a { (b, a) } else { (a, b) };
    let (start, end) = (corner(from.0, from.1), corner(to.0, to.1));
    let bend = SIDE / PER_SIDE[2] as f64 / BENDS as f64 * 0.6;
    let at = |step: usize| {
        let part = step as f64 / BENDS as f64;
        let bend = if step == 0 || step == BENDS { 0.0 } else { bend };
        let seed = ((from.0 * 811 + from.1) * 811 + to.0 * 3 + to.1 * 7) * 1009 + step;
        // Slow waves and rough edges.
        let wave =
            (part * 9.0 + seed as f64 % 1.0).sin() * bend * 5.0 * (part * (1.0 - part) * 4.0);
        Coord {
            x: start.x + (end.x - start.x) * part + bend * noise(seed as u64) + wave,
            y: start.y + (end.y - start.y) * part + bend * noise(seed as u64 * 3 + 1) + wave,
        }
    };
    match b < a {
        true => points.extend((1..=BENDS).rev().map(at)),
        false => points.extend((0..BENDS).map(at)),
    }
}

/// The area whose sides are so many of the deepest areas' long.
fn shape(x: usize, y: usize, span: usize) -> MultiPolygon<f64> {
    let (left, low, right, high) = (x * span, y * span, (x + 1) * span, (y + 1) * span);
    let mut ring = Vec::new();
    (left..right).for_each(|at| border((at, low), (at + 1, low), &mut ring));
    (low..high).for_each(|at| border((right, at), (right, at + 1), &mut ring));
    (left..right).rev().for_each(|at| border((at + 1, high), (at, high), &mut ring));
    (low..high).rev().for_each(|at| border((left, at + 1), (left, at), &mut ring));
    MultiPolygon::new(vec![Polygon::new(LineString::new(ring), Vec::new())])
}

fn made() -> Rows {
    let operation = Operation::new("bench", "Bench");
    let mut rows = Rows::empty(operation);
    rows.revision = Revision { number: 1, at: "2026-01-01T00:00:00Z".into() };
    let source = || Source { submission: 1, row: 1 };
    for (level, sides) in PER_SIDE.into_iter().enumerate() {
        let code = |level: usize, x: usize, y: usize| -> Text {
            format!("X{}{x:03}{y:03}", level + 1).into()
        };
        let span = PER_SIDE[2] / sides;
        for at in 0..sides * sides {
            let (x, y) = (at % sides, at / sides);
            let above = (level > 0).then(|| {
                let ratio = sides / PER_SIDE[level - 1];
                code(level - 1, x / ratio, y / ratio)
            });
            rows.areas.push(Area {
                pcode: code(level, x, y),
                name: format!("Area {x} {y}").into(),
                level: level as u8 + 1,
                parent: above,
                geometry: Some(Arc::new(shape(x, y, span))),
                area_km2: Some(1.0),
                source: source(),
            });
            if level == 1 {
                rows.needs.push(Need {
                    source: source(),
                    area: Some(code(level, x, y)),
                    sector: Sector::Wsh,
                    group: Group::ALL,
                    cycle: Period::year(2026).unwrap(),
                    in_need: Some((at * 37 % 9000) as f64),
                    targeted: Some((at * 17 % 5000) as f64),
                    severity: Some(3.0),
                    ..Need::default()
                });
            }
        }
    }
    for number in 0..SITES as u64 {
        let at = |seed: u64, low: f64| low + (noise(seed) + 1.0) / 2.0 * SIDE;
        rows.sites.push(Site {
            id: number + 1,
            source: source(),
            site_id: Some(format!("S{number}").into()),
            name: Some(format!("Water point {number}").into()),
            kind: Some("water point".into()),
            sector: Some(Sector::Wsh),
            placed: Default::default(),
            point: Some(Point::new(at(number * 2, CORNER[0]), at(number * 2 + 1, CORNER[1]))),
            status: Some(SiteStatus::Functional),
            capacity_people: Some((number % 900) as f64),
            radius_m: Some(500.0),
            ..Site::default()
        });
    }
    rows
}
