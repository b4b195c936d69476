//! Real files that nobody on this project wrote, read as they are. Skips visibly where the folder
//! of shared data is absent.

mod activities;

use std::path::{Path, PathBuf};

/// A folder of the shared data, or a visible skip.
fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(folder);
    if !path.exists() {
        eprintln!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}
