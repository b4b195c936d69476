//! Commands about a database as a whole: is it sound, and are its tables up to date?

use anyhow::{Result, bail};
use lacuna::app::verify;
use lacuna::store::{Step, Store};

use super::write_output;
use crate::{args, print};

pub async fn verify(
    database: &args::Database,
    operation: Option<&str>,
    format: args::VerifyFormat,
) -> Result<()> {
    let verified = verify::verify(&database.database, operation).await?;
    let text = match format {
        args::VerifyFormat::Text => print::verified(&verified),
        args::VerifyFormat::Json => format!("{:#}\n", print::verified_json(&verified)),
    };
    write_output(None, text.as_bytes())?;
    match verified.faults() {
        0 => Ok(()),
        1 => bail!("something is wrong with the database"),
        faults => bail!("{faults} things are wrong with the database"),
    }
}

pub async fn migrate(database: &args::Database, dry_run: bool) -> Result<()> {
    let steps = match dry_run {
        true => Store::steps_due(&database.database).await?,
        false => Store::migrate(&database.database).await?,
    };
    let would = if dry_run { "would run" } else { "was run" };
    for Step { number, name } in &steps {
        say!("Step {number} ({name}) {would}.");
    }
    match (steps.is_empty(), dry_run) {
        (true, _) => say!("The tables are up to date."),
        (false, true) => say!("Dry run, nothing was changed."),
        (false, false) => say!("The tables are up to date now."),
    }
    Ok(())
}
