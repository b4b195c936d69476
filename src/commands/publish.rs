//! `lacuna publish`: an operation as a folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use lacuna::http::published::{self, Published};

use crate::args;

/// The folders of a published folder: in these, and only in these, files of an earlier time go.
const OWN: &[&str] = &["data", "page", "styles", "tables", "tiles"];

pub async fn publish(args: args::Publish) -> Result<()> {
    let app = super::open(&args.database).await?;
    super::snapshot(&app, &args.operation).await?;
    let folder = &args.folder;
    let again = folder.join("data/operation.js").is_file();
    let filled = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if filled && !again {
        bail!("{} has other files in it: name a new or an empty folder", folder.display());
    }
    let bar = super::progress(&folder.display().to_string());
    let mut written = BTreeSet::new();
    let mut write = |name: &str, bytes: &[u8]| {
        let file = folder.join(name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&file, bytes)?;
        written.insert(file);
        bar.inc(1);
        Ok(())
    };
    let done = published::publish(app.clone(), &args.operation, &mut write).await;
    bar.finish_and_clear();
    let done = done.with_context(|| format!("{} was not published", args.operation))?;
    if again {
        for own in OWN {
            tidy(&folder.join(own), &written)?;
        }
    }
    app.close().await;
    say!("{}", words(folder, &done));
    Ok(())
}

fn words(folder: &Path, done: &Published) -> String {
    let Published { files, bytes, sectors, months } = done;
    let megabytes = *bytes as f64 / 1e6;
    format!(
        "{}: {files} files, {megabytes:.1} MB, {sectors} sectors, the whole operation and {months} months.\nOpen {} in a browser.",
        folder.display(),
        folder.join("index.html").display(),
    )
}

/// Removes what an earlier time wrote and this one did not.
fn tidy(folder: &Path, written: &BTreeSet<PathBuf>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            tidy(&path, written)?;
            // Only where nothing is left in it.
            let _ = fs::remove_dir(&path);
        } else if !written.contains(&path) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}
