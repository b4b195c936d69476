//! Whole databases, copied out and in.

use std::path::Path;

use anyhow::{Context, Result, bail};
use lacuna::app::App;
use lacuna::intake;
use lacuna::store::{Store, StoreError};

use crate::args;

pub async fn backup(file: &Path, database: &args::Database) -> Result<()> {
    if file.exists() {
        bail!("{} is there already: a backup is a file of its own", file.display());
    }
    // It is the way back from an upgrade: nothing is brought up to date for it.
    let from = match Store::look(&database.database).await {
        Err(older @ StoreError::Older { .. }) => {
            return Err(older)
                .context("back it up with the lacuna that it is of, before this one changes it");
        }
        from => from?,
    };
    // Half a backup is worse than none: it has its name once it is whole.
    let part = format!("{}.part", name(file)?);
    remove(&part);
    let copied = copied(&from, &part).await;
    let named = copied.and_then(|rows| {
        std::fs::rename(&part, file).with_context(|| file.display().to_string())?;
        Ok(rows)
    });
    if named.is_err() {
        remove(&part);
    }
    say!("{} rows are in {}.", named?, file.display());
    Ok(())
}

async fn copied(from: &Store, part: &str) -> Result<u64> {
    let to = Store::create(part).await?;
    let rows = from.copy_into(&to).await;
    to.close().await;
    let rows = rows?;
    Store::seal(part).await?;
    // What is on the disk stays there when the power goes.
    std::fs::File::open(part).and_then(|file| file.sync_all()).context(part.to_owned())?;
    Ok(rows)
}

/// What a backup that was killed left.
fn remove(part: &str) {
    for file in [part.to_owned(), format!("{part}-wal"), format!("{part}-shm")] {
        let _ = std::fs::remove_file(file);
    }
}

pub async fn restore(file: &Path, database: &args::Database) -> Result<()> {
    let file_name = name(file)?;
    // A backup stays as it is, unless its tables are those of an older version.
    let from = match Store::look(file_name).await {
        Err(StoreError::Older { .. }) => Store::open(file_name).await?,
        from => from?,
    };
    let to = Store::create(&database.database).await?;
    let rows = from.copy_into(&to).await;
    from.close().await;
    to.close().await;
    say!("{} rows came back from {}.", rows?, file.display());
    if let Err(error) = with_gaps(&database.database).await {
        tracing::warn!(%error, "the table of gaps was not written: a server that starts writes it");
    }
    Ok(())
}

/// Writes the table of gaps, which a backup does not have, one operation after the other.
async fn with_gaps(database: &str) -> Result<(), StoreError> {
    let app = App::open(database, intake::standards::built_in()).await?.within(Some(0));
    let kept = app.keep_all_gaps().await;
    app.close().await;
    kept
}

fn name(file: &Path) -> Result<&str> {
    file.to_str().context("the file's name is not text")
}
