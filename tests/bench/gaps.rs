//! The main query and the snapshot at 1,000,000 rows, made up in memory.
//!
//! `cargo bench --bench gaps`

use std::hint::black_box;
use std::sync::LazyLock;

use divan::{Bencher, counter::ItemsCount};
use lacuna::analysis::{Basis, GapQuery, gaps, lines};
use lacuna::domain::{
    Activity, Area, AreaIx, Columns, Day, Group, Need, Operation, Period, Population,
    PopulationGroup, Rows, Sector, Snapshot, Source, Status, Text,
};

const ROWS: usize = 1_000_000;
const SECTORS: [Sector; 10] = [
    Sector::Ccm,
    Sector::Edu,
    Sector::Fsc,
    Sector::Hea,
    Sector::Nut,
    Sector::Pro,
    Sector::ProCpn,
    Sector::ProGbv,
    Sector::Shl,
    Sector::Wsh,
];

static MADE_6_000: LazyLock<Rows> = LazyLock::new(|| made(&[20, 400, 6_000]));
static AREAS_6_000: LazyLock<Snapshot> = LazyLock::new(|| Snapshot::build(MADE_6_000.clone()));
static AREAS_50_000: LazyLock<Snapshot> =
    LazyLock::new(|| Snapshot::build(made(&[20, 400, 6_000, 50_000])));

fn main() {
    let before = resident_mb();
    let rows = LazyLock::force(&MADE_6_000);
    let made = resident_mb();
    println!("{} rows: {} MB", rows.activities.len(), made - before);
    LazyLock::force(&AREAS_6_000);
    println!("snapshot with a second copy of the rows: {} MB more", resident_mb() - made);
    let sum = |count: fn(&Columns) -> usize| {
        AREAS_6_000.columns.iter().map(|band| count(&band.columns)).sum::<usize>()
    };
    println!(
        "columns: {} MB in {} bands; {} areas and sectors, {} types, {} works, {} lines",
        sum(bytes) >> 20,
        sum(|_| 1),
        sum(|columns| columns.held.len() - 1),
        sum(|columns| columns.types.len() - 1),
        sum(|columns| columns.works.len() - 1),
        sum(|columns| columns.lines.len() - 1)
    );
    divan::main();
}

#[divan::bench(sample_count = 5)]
fn snapshot_of_1_000_000_rows(bencher: Bencher) {
    bencher
        .with_inputs(|| MADE_6_000.clone())
        .counter(ItemsCount::new(ROWS))
        .bench_values(Snapshot::build);
}

#[divan::bench(args = ["WSH", "WSH in March", "WSH idp", "PRO-GBV", "ALL", "ALL in March"])]
fn areas_6_000_level_3(bencher: Bencher, asked: &str) {
    let query = query(asked, 3);
    bencher.bench(|| gaps(black_box(&AREAS_6_000), &query));
}

#[divan::bench(args = ["WSH", "ALL"])]
fn areas_6_000_level_0(bencher: Bencher, asked: &str) {
    let query = query(asked, 0);
    bencher.bench(|| gaps(black_box(&AREAS_6_000), &query));
}

#[divan::bench(args = ["WSH", "WSH in March", "ALL", "ALL in March"])]
fn areas_50_000_level_4(bencher: Bencher, asked: &str) {
    let query = query(asked, 4);
    bencher.bench(|| gaps(black_box(&AREAS_50_000), &query));
}

#[divan::bench(args = [1, 2, 3])]
fn lines_behind_one_area(bencher: Bencher, level: u8) {
    let (snapshot, query) = (&*AREAS_6_000, query("ALL", 0));
    let area = snapshot.areas.level(level).first().copied().unwrap_or(AreaIx::OPERATION);
    bencher.bench(|| lines(black_box(snapshot), &query, area, 0..1000));
}

fn query(asked: &str, level: u8) -> GapQuery {
    let code = asked.split(' ').next().unwrap_or_default();
    let mut group = Group::ALL;
    if asked.ends_with("idp") {
        group.population = PopulationGroup::Idp;
    }
    let march = Period::new(Day::from_ymd(2026, 3, 1), Day::from_ymd(2026, 3, 31));
    GapQuery {
        level,
        sector: Sector::from_code(code).unwrap_or(Sector::All),
        period: if asked.ends_with("March") { march } else { Period::ALWAYS },
        group,
        basis: Basis::InNeed,
    }
}

/// A made-up operation: rows crowd in few areas, a tenth is held at coarser levels, every line is
/// reported for a few months.
fn made(counts: &[usize]) -> Rows {
    let mut random = Random(7);
    let operation = Operation {
        id: "bench".into(),
        name: "Benchmark".into(),
        note: None,
        household_size: Some(5.0),
    };
    let mut rows = Rows::empty(operation);
    let mut levels: Vec<Vec<Text>> = Vec::new();
    for (depth, count) in counts.iter().enumerate() {
        let mut level = Vec::with_capacity(*count);
        for at in 0..*count {
            let pcode: Text = format!("X{depth}{at:05}").into();
            let parent = depth.checked_sub(1).map(|above| {
                let above: &Vec<Text> = &levels[above];
                above[at * above.len() / count].clone()
            });
            rows.areas.push(Area {
                pcode: pcode.clone(),
                name: pcode.clone().into(),
                level: depth as u8 + 1,
                parent,
                ..Area::default()
            });
            level.push(pcode);
        }
        levels.push(level);
    }
    let names = |kind: &str, count: usize| -> Vec<Text> {
        (0..count).map(|at| format!("{kind} {at}").into()).collect()
    };
    let (partners, types, places) =
        (names("partner", 300), names("type", 60), names("Village", 20_000));
    while rows.activities.len() < ROWS {
        line(&mut rows.activities, &mut random, &levels, &partners, &types, &places);
    }
    for pcode in levels.last().into_iter().flatten() {
        let people = (random.below(90_000) + 1_000) as f64;
        rows.populations.push(Population {
            source: Source::default(),
            area: Some(pcode.clone()),
            group: Group::ALL,
            people,
            year: Some(2026),
        });
        for sector in SECTORS {
            rows.needs.push(Need {
                area: Some(pcode.clone()),
                sector,
                group: Group::ALL,
                cycle: Period::year(2026).unwrap_or(Period::ALWAYS),
                population: Some(people),
                in_need: Some((people * 0.4).round()),
                targeted: Some((people * 0.3).round()),
                severity: Some((random.below(5) + 1) as f64),
                ..Need::default()
            });
        }
    }
    rows
}

fn line(
    rows: &mut Vec<Activity>,
    random: &mut Random,
    levels: &[Vec<Text>],
    partners: &[Text],
    types: &[Text],
    places: &[Text],
) {
    let depth = match random.below(100) {
        0..2 => 0,
        2..10 => 1,
        _ => levels.len() - 1,
    };
    let level = &levels[depth];
    // The product of two even draws is small more often than not.
    let area = &level[random.below(level.len()) * (random.below(1000) + 1) / 1000];
    let sector = random.below(SECTORS.len());
    let mut group = Group::ALL;
    if random.below(4) == 0 {
        group.population = PopulationGroup::TABLE[random.below(5)].0;
    }
    let first = random.below(12);
    let status = match random.below(20) {
        0 => Status::Planned,
        1 => Status::Cancelled,
        _ => Status::Ongoing,
    };
    let partner = &partners[random.below(partners.len()) * (random.below(1000) + 1) / 1000];
    let kind = &types[sector * 6 + random.below(6)];
    let location = (random.below(3) > 0).then(|| places[random.below(places.len())].clone());
    for month in first..(first + random.below(5) + 1).min(12) {
        let silent = random.below(10) == 0;
        rows.push(Activity {
            id: rows.len() as u64 + 1,
            partner: partner.clone(),
            sector: Some(SECTORS[sector]),
            activity_type: Some(kind.clone()),
            area: Some(area.clone()),
            location: location.clone(),
            start: Day::from_ymd(2026, month as i8 + 1, 1),
            end: Day::from_ymd(2026, month as i8 + 1, 28),
            status: Some(status),
            group,
            targeted: Some(500.0),
            reached: (!silent).then(|| (random.below(2_000) + 1) as f64),
            ..Activity::default()
        });
    }
}

/// A linear congruential generator: the same operation every time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        ((self.0 >> 33) as usize) % end
    }
}

fn bytes(columns: &Columns) -> usize {
    size_of_val(&columns.starts[..])
        + size_of_val(&columns.ends[..])
        + size_of_val(&columns.months[..])
        + size_of_val(&columns.reached[..])
        + size_of_val(&columns.marks[..])
        + size_of_val(&columns.activities[..])
        + size_of_val(&columns.lines[..])
        + size_of_val(&columns.totals[..])
        + size_of_val(&columns.works[..])
        + size_of_val(&columns.types[..])
        + size_of_val(&columns.held[..])
}

/// Resident memory of this process, 0 where the system does not say.
fn resident_mb() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    kb.unwrap_or(0) >> 10
}
