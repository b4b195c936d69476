//! What was fuzzed, again: every seed, every input of the corpus and every one that once broke a
//! reader goes through the same entries as the fuzzer's, within bounds of time and memory.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

#[path = "fuzz/entries.rs"]
mod entries;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// For one input of at most 64 kB, not optimised, beside other tests.
const PATIENCE: Duration = Duration::from_secs(20);
/// All of them, one after the other in this process.
const PEAK_MB: u64 = 1024;

#[test]
fn every_input_of_the_corpus_is_survived_in_bounded_time_and_memory() {
    let mut inputs = 0;
    for entry in entries::ENTRIES {
        for folder in ["seeds", "found"] {
            for file in files(&folder_of(folder).join(entry.name)) {
                replay(entry.name, &file.display().to_string(), &fs::read(&file).unwrap());
                inputs += 1;
            }
        }
        let Ok(corpus) = fs::File::open(folder_of("corpus").join(format!("{}.zip", entry.name)))
        else {
            continue;
        };
        let mut corpus = zip::ZipArchive::new(corpus).unwrap();
        for at in 0..corpus.len() {
            let mut bytes = Vec::new();
            let mut file = corpus.by_index(at).unwrap();
            file.read_to_end(&mut bytes).unwrap();
            replay(entry.name, &format!("corpus/{}.zip, input {at}", entry.name), &bytes);
            inputs += 1;
        }
    }
    assert!(inputs > 40, "{inputs} inputs are too few to be all");
    if let Some(peak) = peak_mb() {
        println!("{inputs} inputs, {peak} MB at the peak");
        assert!(peak < PEAK_MB, "{peak} MB at the peak");
    }
}

#[test]
fn every_entry_has_a_target_and_seeds() {
    let manifest = fs::read_to_string(folder_of("Cargo.toml")).unwrap();
    for entry in entries::ENTRIES {
        assert!(manifest.contains(&format!("name = \"{}\"", entry.name)), "{}", entry.name);
        assert!(!files(&folder_of("seeds").join(entry.name)).is_empty(), "{}", entry.name);
    }
}

fn replay(entry: &str, input: &str, bytes: &[u8]) {
    let begun = Instant::now();
    let run = std::panic::catch_unwind(|| entries::run(entry, bytes));
    assert!(run.is_ok(), "{entry} panicked at {input}");
    let took = begun.elapsed();
    assert!(took < PATIENCE, "{entry} took {took:?} for {input}");
}

fn folder_of(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(name)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The most memory that this process has had, where the system tells.
fn peak_mb() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb >> 10)
}
