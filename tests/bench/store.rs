//! Writing and reading a million activity rows: `cargo bench --bench store`; on PostgreSQL too with
//! `tests/postgres cargo bench --bench store`.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::sync::Arc;
use std::time::Instant;

use lacuna::domain::{
    Activity, Day, Operation, PlaceMethod, Placed, Revision, SaidPlace, Sector, Snapshot, Source,
    Status,
};
use lacuna::store::{Change, Changes, NewSubmission, Store};

fn main() {
    let rows: u64 = std::env::var("LACUNA_BENCH_ROWS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bench.sqlite");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!("SQLite");
    runtime.block_on(measure(file.to_str().unwrap(), rows));
    if let Ok(address) = std::env::var("LACUNA_TEST_POSTGRES") {
        println!("PostgreSQL");
        runtime.block_on(measure(&address, rows));
    }
}

async fn measure(database: &str, rows: u64) {
    let store = Store::create(database).await.unwrap();
    let said: Vec<_> = (0..6_000)
        .map(|area| {
            let code = |text: String| Some(text.into());
            let codes =
                [code(format!("XA{}", area / 300)), code(format!("XA{area:04}")), None, None];
            Arc::new(SaidPlace { codes, ..SaidPlace::default() })
        })
        .collect();
    let added: Vec<_> = (1..=rows).map(|id| activity(id, &said)).collect();
    let activities = Change { added, ..Change::default() };
    let changes = Changes { activities, ..Changes::default() };
    let operation = Operation::new("bench", "Bench");
    let submission = NewSubmission {
        id: 1,
        kind: "activities".into(),
        file_name: "bench.csv".into(),
        sha256: "00".into(),
        at: "2026-01-01T00:00:00Z".into(),
        report: "{}".into(),
        ..NewSubmission::default()
    };

    let start = Instant::now();
    let turn = store.turn(&operation.id).await.unwrap();
    let base = Revision { number: 0, at: "".into() };
    turn.commit(&operation, &base, &submission, &changes, &|_| ()).await.unwrap();
    println!("commit of {rows} rows: {:.2} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let read = store.rows("bench").await.unwrap().unwrap();
    println!("read of {} rows: {:.2} s", read.activities.len(), start.elapsed().as_secs_f64());
    let start = Instant::now();
    let snapshot = Snapshot::build(read);
    println!("snapshot: {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!(snapshot.activities.len() as u64, rows);
}

fn activity(id: u64, said: &[Arc<SaidPlace>]) -> Activity {
    let sectors = [Sector::Wsh, Sector::Shl, Sector::Hea, Sector::Fsc];
    Activity {
        id,
        source: Source { submission: 1, row: id as u32 },
        activity_id: Some(format!("A-{id}").into()),
        partner: format!("partner {}", id % 200).into(),
        placed: Placed {
            said: Some(said[(id % 6_000) as usize].clone()),
            method: PlaceMethod::Code,
            confidence: 100,
        },
        donor: Some("Donor".into()),
        sector: Some(sectors[(id % 4) as usize]),
        activity_type: Some(format!("type {}", id % 12).into()),
        area: Some(format!("XA{:04}", id % 6_000).into()),
        start: Some(Day(20_500 + (id % 365) as i32)),
        end: Some(Day(20_530 + (id % 365) as i32)),
        status: Some(Status::Ongoing),
        modality: Some("in-kind".into()),
        targeted: Some(100.0),
        reached: Some((id % 1_000) as f64),
        ..Activity::default()
    }
}
