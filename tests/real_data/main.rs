//! The real files of `../shared/data`, as they are. Each test skips, visibly, where the folder is
//! absent.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod activities;
mod areas;
mod formats;
mod needs;
mod places;
mod population;
mod raster;
mod returned;
mod sites;
mod tables;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use lacuna::domain::{AreaTree, Operation, Rows, Snapshot};
use lacuna::intake::{self, Options, Report};

/// The bytes of a file of the data folder, or `None` where it is not there.
fn file(path: &str) -> Option<Vec<u8>> {
    let whole = format!(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/{}"), path);
    match std::fs::read(&whole) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            eprintln!("skipped: {path} is not there");
            None
        }
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn empty() -> Snapshot {
    Snapshot::build(Rows::empty(Operation::new("test", "Test")))
}

/// A snapshot with the areas of boundary files, imported one after the other.
fn snapshot(paths: &[&str]) -> Option<Snapshot> {
    let mut rows = Rows::empty(empty().operation);
    for path in paths {
        let known = AreaTree::build(&"test".into(), &"Test".into(), rows.areas.clone());
        let bytes = file(path)?;
        let (areas, _) = intake::areas(name_of(path), &bytes, &known, &Options::default()).unwrap();
        rows.areas.extend(areas);
    }
    Some(Snapshot::build(rows))
}

/// Built once for all tests of this binary.
fn mozambique() -> Option<&'static Snapshot> {
    static ONCE: LazyLock<Option<Snapshot>> = LazyLock::new(|| {
        snapshot(&[
            "mozambique/boundaries/moz_adm1_codtopo_simplified.geojson",
            "mozambique/boundaries/moz_adm2_codtopo_simplified.geojson",
        ])
    });
    ONCE.as_ref()
}

/// Built once for all tests of this binary.
fn south_sudan() -> Option<&'static Snapshot> {
    static ONCE: LazyLock<Option<Snapshot>> = LazyLock::new(|| {
        snapshot(&[
            "south-sudan/boundaries/ssd_adm1_codtopo.geojson",
            "south-sudan/boundaries/ssd_adm2_codtopo.geojson",
        ])
    });
    ONCE.as_ref()
}

/// Every row ended in exactly one outcome.
fn assert_complete(report: &Report) {
    let counts = report.counts;
    assert_eq!(counts.rows, counts.accepted + counts.accepted_with_warnings + counts.rejected);
    let told: u32 = report.outcomes.iter().map(|stretch| stretch.to - stretch.from + 1).sum();
    assert_eq!(told, counts.rows);
}

/// A folder of the shared data, or a visible skip.
fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(folder);
    if !path.exists() {
        eprintln!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}
