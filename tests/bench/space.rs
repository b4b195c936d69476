//! Spatial work at the size of a large operation: sites into areas, and what circles cover.
//!
//! `cargo bench --bench space`. With `LACUNA_BENCH_OUT=DIR` the same shapes and points are written
//! there as text and as figures, for `tests/bench/space_geos.py` to do the same work by GEOS.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use lacuna::analysis::coverage::{Detail, coverage_by};
use lacuna::analysis::service_areas::{ServiceAreas, SpaceQuery, service_areas};
use lacuna::domain::{
    Area, Group, Operation, Period, Point, Rows, Sector, Site, Snapshot, Standards,
};

const SOUTH_WEST: (f64, f64) = (31.0, -24.0);
const SIDE: f64 = 8.0;

fn main() {
    if let Ok(directory) = std::env::var("LACUNA_BENCH_OUT") {
        write_out(&directory);
    }
    divan::main();
}

fn query() -> SpaceQuery {
    SpaceQuery { level: 1, sector: Sector::All, period: Period::ALWAYS, group: Group::ALL }
}

/// 6,000 areas of about 250 corners and 10,000 sites.
fn districts() -> &'static (Snapshot, ServiceAreas) {
    static MADE: OnceLock<(Snapshot, ServiceAreas)> = OnceLock::new();
    MADE.get_or_init(|| {
        let snapshot = snapshot(areas(75, 80, 6), sites(10_000));
        let serving = service_areas(&snapshot, &Standards::default(), &query());
        (snapshot, serving)
    })
}

/// 50,000 areas of about 32 corners.
fn wards() -> &'static Snapshot {
    static MADE: OnceLock<Snapshot> = OnceLock::new();
    MADE.get_or_init(|| snapshot(areas(200, 250, 3), Vec::new()))
}

fn points() -> &'static [Point] {
    static MADE: OnceLock<Vec<Point>> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut dice = Dice(11);
        let mut place = || dice.share() * SIDE;
        (0..1_000_000).map(|_| Point::new(SOUTH_WEST.0 + place(), SOUTH_WEST.1 + place())).collect()
    })
}

#[divan::bench(sample_count = 5)]
fn circles_of_10_000_sites(bencher: divan::Bencher) {
    let (snapshot, _) = districts();
    bencher.bench_local(|| service_areas(snapshot, &Standards::default(), &query()));
}

#[divan::bench(sample_count = 3)]
fn coverage_of_6_000_areas_with_polygons(bencher: divan::Bencher) {
    let (snapshot, serving) = districts();
    bencher.bench_local(|| coverage_by(snapshot, serving, &query(), &|_| None, Detail::Geometry));
}

#[divan::bench(sample_count = 3)]
fn coverage_of_6_000_areas_figures_only(bencher: divan::Bencher) {
    let (snapshot, serving) = districts();
    bencher.bench_local(|| coverage_by(snapshot, serving, &query(), &|_| None, Detail::Figures));
}

/// Every site is a partner's, here the same: nothing is shared, as in the peers' job.
#[divan::bench(sample_count = 3)]
fn coverage_of_6_000_areas_by_one_partner(bencher: divan::Bencher) {
    let (snapshot, serving) = districts();
    let mut serving = serving.clone();
    serving.areas.iter_mut().for_each(|area| area.partner = 0);
    bencher.bench_local(|| coverage_by(snapshot, &serving, &query(), &|_| None, Detail::Geometry));
}

#[divan::bench(sample_count = 5)]
fn a_million_points_into_6_000_areas(bencher: divan::Bencher) {
    let areas = &districts().0.areas;
    areas.locate(1, points()[0]);
    bencher.bench_local(|| areas.locate_all(1, points()));
}

#[divan::bench(sample_count = 5)]
fn a_million_points_into_50_000_areas(bencher: divan::Bencher) {
    let areas = &wards().areas;
    areas.locate(1, points()[0]);
    bencher.bench_local(|| areas.locate_all(1, points()));
}

#[divan::bench(sample_count = 3)]
fn preparing_50_000_areas_for_points(bencher: divan::Bencher) {
    bencher
        .with_inputs(|| {
            snapshot(wards().areas.iter().map(|(_, area)| area.clone()).collect(), Vec::new())
        })
        .bench_local_values(|fresh| fresh.areas.locate(1, points()[0]));
}

fn snapshot(areas: Vec<Area>, sites: Vec<Site>) -> Snapshot {
    let mut rows = Rows::empty(Operation::new("bench", "Bench"));
    rows.areas = areas;
    rows.sites = sites;
    Snapshot::build(rows)
}

/// A lattice of areas whose shared borders are broken lines of 2^depth pieces.
fn areas(columns: i32, rows: i32, depth: u32) -> Vec<Area> {
    let step = (SIDE / f64::from(columns), SIDE / f64::from(rows));
    let corner = |column: i32, row: i32| {
        let mut dice = Dice((column as u64) << 20 ^ row as u64 ^ 0x5eed);
        let mut moved = |at: i32, step: f64| (f64::from(at) + 0.2 * (dice.share() - 0.5)) * step;
        let (x, y) = (moved(column, step.0), moved(row, step.1));
        Coord { x: SOUTH_WEST.0 + x, y: SOUTH_WEST.1 + y }
    };
    let mut borders: HashMap<(i32, i32, bool), Vec<Coord<f64>>> = HashMap::new();
    let mut border = |column: i32, row: i32, upward: bool| {
        let made = borders.entry((column, row, upward)).or_insert_with(|| {
            let end = if upward { corner(column, row + 1) } else { corner(column + 1, row) };
            let mut dice =
                Dice((column as u64) << 24 ^ (row as u64) << 4 ^ u64::from(upward) ^ 0xb0de);
            broken(corner(column, row), end, depth, &mut dice)
        });
        made.clone()
    };
    let mut made = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let mut ring = border(column, row, false);
            ring.extend(&border(column + 1, row, true)[1..]);
            ring.extend(border(column, row + 1, false).iter().rev().skip(1));
            ring.extend(border(column, row, true).iter().rev().skip(1));
            let shape: MultiPolygon = Polygon::new(LineString(ring), Vec::new()).into();
            made.push(Area {
                pcode: format!("BN{row:03}{column:03}").into(),
                name: "Area".into(),
                level: 1,
                geometry: Some(Arc::new(shape)),
                ..Area::default()
            });
        }
    }
    made
}

/// A line broken at its middle, moved aside by up to a twelfth, and so on in its halves.
fn broken(from: Coord<f64>, to: Coord<f64>, depth: u32, dice: &mut Dice) -> Vec<Coord<f64>> {
    if depth == 0 {
        return vec![from, to];
    }
    let aside = 0.16 * (dice.share() - 0.5);
    let middle = Coord {
        x: (from.x + to.x) / 2.0 - aside * (to.y - from.y),
        y: (from.y + to.y) / 2.0 + aside * (to.x - from.x),
    };
    let mut line = broken(from, middle, depth - 1, dice);
    line.extend(&broken(middle, to, depth - 1, dice)[1..]);
    line
}

/// Sites crowd around 200 towns; radii as in the planning standards.
fn sites(count: u64) -> Vec<Site> {
    let mut dice = Dice(7);
    let towns: Vec<_> = (0..200).map(|_| (dice.share() * SIDE, dice.share() * SIDE)).collect();
    let mut made = Vec::new();
    for id in 1..=count {
        let town = towns[(dice.share() * dice.share() * 200.0) as usize];
        let spread = if dice.share() < 0.3 { SIDE } else { 0.2 };
        let mut near = |at: f64| (at + spread * (dice.share() - 0.5)).clamp(0.0, SIDE);
        let at = Point::new(SOUTH_WEST.0 + near(town.0), SOUTH_WEST.1 + near(town.1));
        let radius_m = [500.0, 1_000.0, 2_500.0, 5_000.0, 10_000.0][(dice.share() * 5.0) as usize];
        made.push(Site {
            id,
            partner: Some(format!("partner {}", (dice.share() * 40.0) as u32).into()),
            point: Some(at),
            radius_m: Some(radius_m),
            ..Site::default()
        });
    }
    made
}

/// A small generator of numbers that look random (splitmix64).
struct Dice(u64);

impl Dice {
    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn write_out(directory: &str) {
    let lines = |shapes: Vec<&MultiPolygon<f64>>| {
        let mut text = String::new();
        for shape in shapes {
            for at in shape.iter().flat_map(|polygon| polygon.exterior().coords()) {
                let _ = write!(text, "{:?} {:?} ", at.x, at.y);
            }
            text.push('\n');
        }
        text
    };
    let shapes = |snapshot: &'static Snapshot| {
        let ixs = snapshot.areas.level(1).iter();
        lines(ixs.filter_map(|ix| snapshot.areas.get(*ix).geometry.as_deref()).collect())
    };
    let (snapshot, serving) = districts();
    let began = Instant::now();
    let found = coverage_by(snapshot, serving, &query(), &|_| None, Detail::Geometry);
    println!("coverage with polygons, once: {:?}", began.elapsed());
    let mut figures = String::new();
    for area in found {
        // In degrees too, which GEOS measures.
        let degrees = area.uncovered.map_or(0.0, |shape| geo::Area::unsigned_area(&*shape));
        let shared = area.shared.map_or(0.0, |shape| geo::Area::unsigned_area(&*shape));
        let _ = writeln!(figures, "{degrees:?} {shared:?}");
    }
    let mut places = String::new();
    for at in points() {
        let _ = writeln!(places, "{:?} {:?}", at.x(), at.y());
    }
    let mut inside = String::new();
    for found in wards().areas.locate_all(1, points()) {
        let level = wards().areas.level(1);
        let place = found.and_then(|ix| {
            level
                .binary_search_by_key(&&wards().areas.get(ix).pcode, |ix| {
                    &wards().areas.get(*ix).pcode
                })
                .ok()
        });
        let _ = writeln!(inside, "{}", place.map_or(-1, |place| place as i64));
    }
    let circles = lines(serving.areas.iter().map(|area| &area.polygon).collect());
    for (name, text) in [
        ("districts.txt", shapes(snapshot)),
        ("wards.txt", shapes(wards())),
        ("circles.txt", circles),
        ("uncovered.txt", figures),
        ("points.txt", places),
        ("inside.txt", inside),
    ] {
        let path = std::path::Path::new(directory).join(name);
        if let Err(error) = std::fs::write(&path, text) {
            println!("{}: {error}", path.display());
        }
    }
}
