//! Whole databases, copied out and in.

use std::path::Path;

use anyhow::{Context, Result, bail};
use lacuna::store::Store;

use crate::args;

pub async fn backup(file: &Path, database: &args::Database) -> Result<()> {
    if file.exists() {
        bail!("{} is there already: a backup is a file of its own", file.display());
    }
    let from = Store::open(&database.database).await?;
    let result = copied(&from, file).await;
    if result.is_err() {
        // Half a backup is worse than none.
        let _ = std::fs::remove_file(file);
    }
    say!("{} rows are in {}.", result?, file.display());
    Ok(())
}

async fn copied(from: &Store, file: &Path) -> Result<u64> {
    let to = Store::create(name(file)?).await?;
    let rows = from.copy_into(&to).await;
    to.close().await;
    Ok(rows?)
}

pub async fn restore(file: &Path, database: &args::Database) -> Result<()> {
    let from = Store::open(name(file)?).await?;
    let to = Store::create(&database.database).await?;
    let rows = from.copy_into(&to).await?;
    to.close().await;
    say!("{rows} rows came back from {}.", file.display());
    Ok(())
}

fn name(file: &Path) -> Result<&str> {
    file.to_str().context("the file's name is not text")
}
