//! Commands about what was imported: its history, rollback, decisions, remembered mappings.

use anyhow::{Context, Result, bail};
use lacuna::app::prune::Policy;
use lacuna::app::review::Word;
use lacuna::domain::{Decision, DecisionKind, Source};
use lacuna::formats::{csv_write, layer};
use lacuna::intake::review::{ReviewCandidate, ReviewState};

use super::{open, read, snapshot, view, write_output};
use crate::{args, print};

pub async fn history(operation: &str, database: &args::Database) -> Result<()> {
    let app = open(database).await?;
    let mut text = print::history(&*snapshot(&app, operation).await?);
    for one in app.prunings(operation).await? {
        text.push_str(&print::pruning(&one));
    }
    write_output(None, text.as_bytes())
}

pub async fn diff(
    (before, after): (u64, u64),
    operation: &str,
    database: &args::Database,
    format: args::TableFormat,
) -> Result<()> {
    let app = open(database).await?;
    let newest = snapshot(&app, operation).await?.revision.number;
    let missing =
        |number| format!("there is no revision {number}; they are numbered from 1 to {newest}");
    let one = app.at(operation, before, None).await?.with_context(|| missing(before))?;
    let other =
        app.at(operation, after, Some(one.clone())).await?.with_context(|| missing(after))?;
    let diff = lacuna::app::diff::diff(&one.snapshot, &other.snapshot);
    if format == args::TableFormat::Table {
        let counts = diff.rows.iter().map(|(kind, counts)| {
            let numbers = [counts.new, counts.changed, counts.gone, counts.unchanged];
            let numbers = numbers.iter().map(usize::to_string);
            [(*kind).to_owned()].into_iter().chain(numbers).collect()
        });
        let header = ["rows", "new", "changed", "gone", "unchanged"];
        write_output(None, print::table(&header, &counts.collect::<Vec<_>>()).as_bytes())?;
        if diff.gaps.is_empty() {
            say!("No figure of any area changed.");
            return Ok(());
        }
        say!("");
    }
    let header = [
        "sector",
        "pcode",
        "name",
        "in need before",
        "in need",
        "reached before",
        "reached",
        "gap before",
        "gap",
        "gap grew",
        "status before",
        "status",
    ];
    let published = |figure: f64| layer::published(figure).to_string();
    let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), published);
    let rows = diff.gaps.iter().map(|one| {
        let (before, after) = (one.before.as_ref(), one.after.as_ref());
        vec![
            one.sector.to_string(),
            one.pcode.to_string(),
            one.name.to_string(),
            figure(before.and_then(|one| one.in_need)),
            figure(after.and_then(|one| one.in_need)),
            figure(before.and_then(|one| one.reached)),
            figure(after.and_then(|one| one.reached)),
            figure(before.and_then(|one| one.gap)),
            figure(after.and_then(|one| one.gap)),
            figure(one.grew()),
            before.map_or("-", |one| one.status.code()).to_owned(),
            after.map_or("-", |one| one.status.code()).to_owned(),
        ]
    });
    listed(&header, &rows.collect::<Vec<_>>(), format)
}

pub async fn prune(args: args::Prune) -> Result<()> {
    let policy = match (args.policy.keep_revisions, args.policy.before) {
        (Some(count), _) => Policy::Newest(count),
        (None, Some(day)) => Policy::Since(day.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp()),
        (None, None) => bail!("give --keep-revisions or --before"),
    };
    let app = open(&args.database).await?;
    snapshot(&app, &args.operation).await?;
    let who = args.by.trim();
    let done = app.prune(&args.operation, &policy, who, crate::now(), args.dry_run).await?;
    match done {
        Some(done) => print!("{}", print::pruned(&done, args.dry_run)),
        None => println!("No revision is older than those to be kept: nothing was removed."),
    }
    app.close().await;
    Ok(())
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
    say!("{}", done.in_words());
    for row in &done.rows.named {
        say!("  {row}");
    }
    match &done.committed {
        Some(revision) => say!("Committed as revision {}.", revision.number),
        None if dry_run => say!("Dry run, nothing was written."),
        None => say!("Nothing changed."),
    }
    app.close().await;
    Ok(())
}

pub async fn quality(
    operation: &str,
    database: &args::Database,
    past: &args::Past,
    format: args::TableFormat,
) -> Result<()> {
    let app = open(database).await?;
    let scores = lacuna::analysis::quality(&view(&app, operation, past).await?.snapshot);
    let header = [
        "partner",
        "rows",
        "complete",
        "place",
        "date",
        "sector",
        "figure",
        "group",
        "months",
        "days late",
    ];
    let share = |share: f64| format!("{:.0}%", share * 100.0);
    let rows = scores.iter().map(|one| {
        vec![
            one.name.to_string(),
            one.rows.to_string(),
            share(one.completeness),
            share(one.with_place),
            share(one.with_date),
            share(one.with_sector),
            share(one.with_figure),
            share(one.with_group),
            format!("{} of {}", one.months, one.months_of_operation),
            one.days_late.map_or("-".to_owned(), |days| days.to_string()),
        ]
    });
    listed(&header, &rows.collect::<Vec<_>>(), format)
}

/// Prints a list as it is wanted.
fn listed(header: &[&str], rows: &[Vec<String>], format: args::TableFormat) -> Result<()> {
    let text = match format {
        args::TableFormat::Table => print::table(header, rows),
        args::TableFormat::Csv => {
            let mut text = header.join(",") + "\n";
            for row in rows {
                let cells: Vec<_> = row.iter().map(|cell| csv_write::text(cell)).collect();
                text += &(cells.join(",") + "\n");
            }
            text
        }
    };
    write_output(None, text.as_bytes())
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

pub async fn review(
    operation: &str,
    database: &args::Database,
    format: args::TableFormat,
) -> Result<()> {
    let app = open(database).await?;
    snapshot(&app, operation).await?;
    let items = app.review(operation).await?.unwrap_or_default();
    let header =
        ["state", "kind", "key", "said", "within", "rows", "people", "suggestion", "value", "note"];
    let rows = items.iter().map(|item| {
        let suggestion = |one: &ReviewCandidate| {
            let parent = one.parent.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
            let (value, name) = (&one.value, &one.name);
            format!("{value} ({name}{parent}: {} {:.0}%)", one.method, one.confidence * 100.0)
        };
        let suggestions: Vec<String> = item.candidates.iter().take(3).map(suggestion).collect();
        // What is decided stands in the column that decides.
        let value = match (item.state, item.candidates.first()) {
            (ReviewState::Confirmed, Some(first)) => first.value.to_string(),
            (ReviewState::Dismissed, _) => "none".to_owned(),
            _ => String::new(),
        };
        vec![
            item.state.code().to_owned(),
            item.kind.to_owned(),
            item.key.to_string(),
            item.said.to_string(),
            item.within.as_deref().unwrap_or_default().to_owned(),
            item.rows.to_string(),
            print::people(item.people),
            suggestions.join("; "),
            value,
            String::new(),
        ]
    });
    listed(&header, &rows.collect::<Vec<_>>(), format)
}

pub async fn decide(args: args::Decide) -> Result<()> {
    let mut words = Vec::new();
    if let Some(file) = &args.file {
        words = from_file(&read(file)?).with_context(|| format!("{}", file.display()))?;
    }
    for text in &args.decisions {
        let (key, value) = text
            .rsplit_once('=')
            .with_context(|| format!("\"{text}\" is no decision: write KEY=VALUE"))?;
        words.push(word(key, value, None));
    }
    let app = open(&args.database).await?;
    snapshot(&app, &args.operation).await?;
    let done = app.decide(&args.operation, words, crate::now()).await?;
    say!("{}", done.in_words());
    match &done.committed {
        Some(revision) => say!("Committed as revision {}.", revision.number),
        None => say!("Nothing changed."),
    }
    app.close().await;
    Ok(())
}

/// The decisions of a CSV file: key, value and note, whatever else it has.
fn from_file(bytes: &[u8]) -> Result<Vec<Word>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader.headers()?.clone();
    let column = |name: &str| header.iter().position(|known| known.trim() == name);
    let (Some(key), Some(value)) = (column("key"), column("value")) else {
        bail!("the file needs the columns key and value, as lacuna review --format csv writes it");
    };
    let note = column("note");
    let mut words = Vec::new();
    for row in reader.records() {
        let row = row?;
        let cell = |at: usize| row.get(at).map(str::trim).unwrap_or_default();
        if !cell(key).is_empty() && !cell(value).is_empty() {
            words.push(word(cell(key), cell(value), note.map(cell)));
        }
    }
    Ok(words)
}

/// A place's key begins with its level; every other is a partner's.
fn word(key: &str, value: &str, note: Option<&str>) -> Word {
    let level = key.split_once('|').and_then(|(level, _)| level.parse::<u8>().ok());
    let kind = if level.is_some() { DecisionKind::Place } else { DecisionKind::Partner };
    let key = key.trim().into();
    let value = match value.trim() {
        "undo" => return Word::Undone(kind, key),
        "" | "none" => None,
        value => Some(value.into()),
    };
    let note = note.filter(|note| !note.is_empty()).map(Into::into);
    Word::Is(Decision { kind, key, value, note, source: Source::default() })
}
