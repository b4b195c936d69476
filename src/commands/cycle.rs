//! Commands about what was imported: its history, rollback, decisions, remembered mappings.

use anyhow::{Context, Result, bail};
use lacuna::domain::{Decision, DecisionKind, Source};

use super::{open, read, snapshot, write_output};
use crate::{args, print};

pub async fn history(operation: &str, database: &args::Database) -> Result<()> {
    let app = open(database).await?;
    let text = print::history(&*snapshot(&app, operation).await?);
    write_output(None, text.as_bytes())
}

pub async fn rollback(
    submission: u32,
    operation: &str,
    database: &args::Database,
    dry_run: bool,
) -> Result<()> {
    let app = open(database).await?;
    snapshot(&app, operation).await?;
    let done = app.rollback(operation, submission, dry_run, crate::now()).await?;
    println!("{}", done.in_words());
    for row in &done.named {
        println!("  {row}");
    }
    match &done.committed {
        Some(revision) => println!("Committed as revision {}.", revision.number),
        None if dry_run => println!("Dry run, nothing was written."),
        None => println!("Nothing changed."),
    }
    app.close().await;
    Ok(())
}

pub async fn mappings(
    operation: &str,
    database: &args::Database,
    forget: Option<u32>,
) -> Result<()> {
    let app = open(database).await?;
    snapshot(&app, operation).await?;
    if let Some(number) = forget
        && !app.forget_mapping(operation, number).await?
    {
        bail!("there is no mapping {number}: lacuna mappings lists them");
    }
    let text = print::mappings(&*snapshot(&app, operation).await?);
    write_output(None, text.as_bytes())?;
    app.close().await;
    Ok(())
}

pub async fn decide(args: args::Decide) -> Result<()> {
    let mut decisions = Vec::new();
    if let Some(file) = &args.file {
        decisions = from_file(&read(file)?).with_context(|| format!("{}", file.display()))?;
    }
    for text in &args.decisions {
        let (key, value) = text
            .rsplit_once('=')
            .with_context(|| format!("\"{text}\" is no decision: write KEY=VALUE"))?;
        decisions.push(decision(key, value, None));
    }
    let app = open(&args.database).await?;
    snapshot(&app, &args.operation).await?;
    let done = app.decide(&args.operation, decisions, crate::now()).await?;
    println!("{}", done.in_words());
    match &done.committed {
        Some(revision) => println!("Committed as revision {}.", revision.number),
        None => println!("Nothing changed."),
    }
    app.close().await;
    Ok(())
}

/// The decisions of a CSV file: key, value and note, whatever else it has.
fn from_file(bytes: &[u8]) -> Result<Vec<Decision>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader.headers()?.clone();
    let column = |name: &str| header.iter().position(|known| known.trim() == name);
    let (Some(key), Some(value)) = (column("key"), column("value")) else {
        bail!("the file needs the columns key and value, as lacuna review --format csv writes it");
    };
    let note = column("note");
    let mut decisions = Vec::new();
    for row in reader.records() {
        let row = row?;
        let cell = |at: usize| row.get(at).map(str::trim).unwrap_or_default();
        if !cell(key).is_empty() && !cell(value).is_empty() {
            decisions.push(decision(cell(key), cell(value), note.map(cell)));
        }
    }
    Ok(decisions)
}

/// A place's key begins with its level; every other is a partner's.
fn decision(key: &str, value: &str, note: Option<&str>) -> Decision {
    let level = key.split_once('|').and_then(|(level, _)| level.parse::<u8>().ok());
    let kind = if level.is_some() { DecisionKind::Place } else { DecisionKind::Partner };
    let value = Some(value.trim()).filter(|value| !value.is_empty() && *value != "none");
    Decision {
        kind,
        key: key.trim().into(),
        value: value.map(Into::into),
        note: note.filter(|note| !note.is_empty()).map(Into::into),
        source: Source::default(),
    }
}
