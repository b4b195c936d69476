//! The architecture, checked: imports run one way, the clock is read in one place, the top level
//! holds what README says and nothing else.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each layer and the layers it may use: `domain <- {analysis, formats <- intake <- simulate, store}
/// <- app <- http <- main`. `sqlite_file` knows nothing of ours, as if it were a library.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("sqlite_file", &[]),
    ("analysis", &["domain"]),
    ("formats", &["domain", "sqlite_file"]),
    ("intake", &["domain", "formats"]),
    ("store", &["domain", "sqlite_file"]),
    ("simulate", &["domain", "intake"]),
    ("app", &["domain", "analysis", "formats", "intake", "store", "simulate"]),
    ("http", &["domain", "analysis", "formats", "intake", "app"]),
];

#[test]
fn imports_run_with_the_layers_never_against_them() {
    let mut against = Vec::new();
    for (layer, allowed) in LAYERS {
        for file in rust_files(&root().join("src").join(layer)) {
            let text = fs::read_to_string(&file).unwrap();
            for (number, line) in text.lines().enumerate() {
                for used in modules_used(line) {
                    let known = LAYERS.iter().any(|(name, _)| *name == used);
                    if known && used != *layer && !allowed.contains(&used) {
                        against.push(format!("{}:{}: {used}", file.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(against.is_empty(), "imports against the layers:\n{}", against.join("\n"));
}

#[test]
fn every_folder_of_src_is_a_layer() {
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // The commands are main's own.
        if path.is_dir() && name != "commands" {
            assert!(LAYERS.iter().any(|(layer, _)| *layer == name), "src/{name} is no layer");
        }
    }
}

#[test]
fn only_main_reads_the_clock() {
    for file in rust_files(&root().join("src")) {
        if file.ends_with("main.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        for clock in ["SystemTime::now", "Timestamp::now", "Zoned::now"] {
            assert!(!text.contains(clock), "{}: {clock}", file.display());
        }
    }
}

#[test]
fn domain_knows_no_async_no_serde_no_sql() {
    for file in rust_files(&root().join("src/domain")) {
        let text = fs::read_to_string(&file).unwrap();
        for word in ["async fn", "serde", "sqlx"] {
            let used = text
                .lines()
                .any(|line| !line.trim_start().starts_with("//") && line.contains(word));
            assert!(!used, "{}: {word}", file.display());
        }
    }
}

#[test]
fn every_list_of_words_is_used_and_every_one_used_has_words() {
    let text = fs::read_to_string(root().join("data/vocabulary/lists.csv")).unwrap();
    let given: BTreeSet<&str> =
        text.lines().skip(1).filter_map(|line| Some(line.split_once(',')?.0)).collect();
    let mut used = BTreeSet::new();
    for file in rust_files(&root().join("src/intake")) {
        let text = fs::read_to_string(&file).unwrap();
        let named = text.split("list(\"").skip(1).filter_map(|rest| rest.split_once("\")"));
        used.extend(named.map(|(name, _)| name.to_owned()));
    }
    assert!(given.iter().eq(used.iter()), "given: {given:?}\nused: {used:?}");
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| {
        let entries = fs::read_dir(root().join("migrations").join(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, postgres);
}

#[test]
fn the_top_level_holds_only_what_it_should() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "data",
        "migrations",
        "src",
        "target",
        "tests",
        "web",
    ];
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.starts_with('.') || allowed.contains(&name.as_str()), "top level: {name}");
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The modules that a line names behind `crate::`, braces of a `use` included.
fn modules_used(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or(line);
    let word =
        |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            used.extend(list.split(',').map(|item| &item.trim()[..word(item.trim())]));
        } else {
            used.push(&rest[..word(rest)]);
        }
    }
    used
}
