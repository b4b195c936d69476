//! One function per command: arguments in, one use case, words out.

mod backup;
mod cycle;
mod publish;
mod verify;

use std::collections::VecDeque;
use std::fs;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use indicatif::{ProgressBar, ProgressStyle};
use lacuna::app::collections::{self, COLLECTIONS, Collection, Params, View, params};
use lacuna::app::content::Content;
use lacuna::app::import::{Import, Outcome, Said};
use lacuna::app::past::{AS_OF, REVISION, Then};
use lacuna::app::query::gap_query;
use lacuna::app::{App, demo, earlier, export};
use lacuna::config::Config;
use lacuna::domain::{Operation, Period, Rows, Sector, Snapshot};
use lacuna::intake::{self, Field, Kind, Options, Report};
use lacuna::store::StoreError;
use lacuna::{http, simulate};
use tokio::task::JoinSet;

use crate::args::{self, Cli, Command, GapsFormat};
use crate::print;

/// A server that was told to end waits so long for its database.
const CLOSING: Duration = Duration::from_secs(20);

pub async fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Demo { config } => demo_operation(&config).await,
        Command::Serve { database, read_database, config } => {
            // Files can be imported on the page, so there need not be a database yet.
            let standards = intake::standards::built_in();
            let mut app = App::create(&database.database, standards).await?;
            if let Some(replica) = &read_database {
                app = app.reading_from(replica).await?;
            }
            let app = Arc::new(app.within(config.memory_mb.map(|size| size << 20)));
            // What is asked for first should not wait; the others are loaded when they are.
            match config.memory_mb {
                None => app.load_all().await?,
                Some(_) => app.refresh().await?,
            }
            let mut beside = JoinSet::new();
            beside.spawn(app.clone().follow());
            let packing = app.clone();
            beside.spawn(async move { packing.pack_activities().await });
            serve(app, &config, beside).await
        }
        Command::Import(args) => import(args).await,
        Command::Check(args) => check(args).await,
        Command::Gaps(args) => gaps(args).await,
        Command::Quality { operation, database, past, format } => {
            cycle::quality(&operation, &database, &past, format).await
        }
        Command::Mappings { operation, database, forget } => {
            cycle::mappings(&operation, &database, forget).await
        }
        Command::Review { operation, database, format } => {
            cycle::review(&operation, &database, format).await
        }
        Command::Decide(args) => cycle::decide(args).await,
        Command::History { operation, database } => cycle::history(&operation, &database).await,
        Command::Diff { before, after, operation, database, format } => {
            cycle::diff((before, after), &operation, &database, format).await
        }
        Command::Rollback { submission, operation, database, dry_run } => {
            cycle::rollback(submission, &operation, &database, dry_run).await
        }
        Command::Prune(args) => cycle::prune(args).await,
        Command::Backup { file, database } => backup::backup(&file, &database).await,
        Command::Restore { file, database } => backup::restore(&file, &database).await,
        Command::Verify { database, operation, format } => {
            verify::verify(&database, operation.as_deref(), format).await
        }
        Command::Migrate { database, dry_run } => verify::migrate(&database, dry_run).await,
        Command::Export(args) => export_layer(args).await,
        Command::Publish(args) => publish::publish(args).await,
        Command::Simulate(args) => simulate_operation(&args),
        Command::Template { kind, output } => {
            write_output(output.as_deref(), intake::template(kind).as_bytes())
        }
    }
}

async fn open(database: &args::Database) -> Result<Arc<App>> {
    Ok(Arc::new(App::open(&database.database, intake::standards::built_in()).await?))
}

/// The snapshot of one operation, or an error that names the ones there are.
async fn snapshot(app: &App, operation: &str) -> Result<Arc<Snapshot>> {
    if let Some(snapshot) = app.load(operation).await? {
        return Ok(snapshot);
    }
    app.refresh().await?;
    let known: Vec<_> = app.listed().keys().map(|id| id.to_string()).collect();
    match known.is_empty() {
        true => bail!("the database has no operation yet: import areas first"),
        false => bail!("there is no operation \"{operation}\"; there is: {}", known.join(", ")),
    }
}

/// One operation as it is, or as it was where that is asked for.
async fn view(app: &App, operation: &str, past: &args::Past) -> Result<Arc<View>> {
    let current = snapshot(app, operation).await?;
    let then = Then { revision: past.revision.as_deref(), as_of: past.as_of.as_deref() };
    let found = app.then(&current, then, None).await?;
    Ok(found.unwrap_or_else(|| Arc::new(View::new(current, app.standards.clone()))))
}

async fn demo_operation(config: &Config) -> Result<()> {
    let folder = tempfile::tempdir().context("a folder for the throwaway database")?;
    let file = folder.path().join("demo.sqlite");
    let database = file.to_str().context("the temporary folder's name is not text")?;
    let app = Arc::new(App::create(database, intake::standards::built_in()).await?);
    demo::load(&app, crate::now()).await?;
    serve(app, config, JoinSet::new()).await
}

/// Serves until it is told to stop. What runs beside it ends before the database is closed.
async fn serve(app: Arc<App>, config: &Config, mut beside: JoinSet<()>) -> Result<()> {
    let secret = match &config.token {
        Some(secret) => secret.trim().to_owned(),
        None => new_secret()?,
    };
    if secret.len() < http::Token::LENGTH || !secret.chars().all(|c| c.is_ascii_graphic()) {
        let least = http::Token::LENGTH;
        bail!("the token must have at least {least} letters, digits and signs, and no blanks");
    }
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = format!("http://{}", listener.local_addr()?);
    say!("Lacuna is at {address}");
    // What people open is where the proxy has it.
    let address = config.public_url.clone().unwrap_or(address);
    match &config.token {
        // What was given is not written down once more, as in the journal of a service.
        Some(_) => say!("  {address}/#token=… with the token that was given"),
        None => say!("  {address}/#token={secret}"),
    }
    say!("    the page with the right to import: for you, and for those you trust with it");
    let operations = app.listed();
    match operations.keys().next() {
        None => say!("There is no operation yet: import on the page, or with lacuna import"),
        Some(operation) => {
            let api = format!("{address}/api/{operation}");
            say!("  {address}/?operation={operation}");
            say!("  {api}/collections/gaps/items?sector=WSH");
            say!("  {api}/collections/gaps/export.csv?level=1");
        }
    }
    let writes = http::Writes { token: http::Token::new(&secret), now: crate::now };
    let settings = http::Settings {
        limits: config.limits.clone(),
        writes: Some(writes),
        public_url: config.public_url.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
    };
    http::serve(app.clone(), settings, listener, stopped()).await?;
    // A database that does not answer keeps no server from ending.
    let closing = async {
        beside.shutdown().await;
        app.close().await;
    };
    let _ = tokio::time::timeout(CLOSING, closing).await;
    Ok(())
}

/// A token that nobody can guess.
fn new_secret() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("random numbers for the token")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Resolves at Ctrl-C or a request to terminate; the server then finishes what it is doing.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}

async fn import(args: args::Import) -> Result<()> {
    if args.replaces.is_some() && args.files.len() > 1 {
        bail!("--replaces takes one file at a time");
    }
    if args.every_sheet && args.kind == Kind::Areas {
        bail!("--every-sheet is for tables: name the sheet or layer of boundaries with --sheet");
    }
    let workbook = args.report.as_deref().is_some_and(is_workbook);
    if workbook && args.files.len() > 1 {
        bail!("a report as a workbook takes one file at a time");
    }
    // Only a workbook shows the file again: else it is let go once it has been read.
    let shown = args.files.first().filter(|_| workbook).map(|file| read(file)).transpose()?;
    // What the report needs must be there before anything is committed.
    if let Some(file) = &args.report {
        fs::File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let standards = intake::standards::built_in();
    let app = match (args.dry_run, App::open(&args.database.database, standards.clone()).await) {
        (true, Err(StoreError::Missing(_))) => App::create("sqlite::memory:", standards).await?,
        (false, Err(StoreError::Missing(_))) => {
            App::create(&args.database.database, standards).await?
        }
        (_, app) => app?,
    };
    let app = Arc::new(app.deferring().await?);
    let mut reports = Vec::new();
    let imported = import_each(&app, &args, shown.as_ref(), &mut reports).await;
    // Those that went in are told of also where a later one did not.
    write_report(args.report.as_deref(), shown.as_deref().unwrap_or_default(), &reports)?;
    app.close().await;
    imported?;
    // The program ends: its memory goes back as a whole, faster than row by row.
    std::mem::forget(app);
    if reports.iter().any(|report| report.counts.nothing_accepted()) {
        bail!("every row of a file was rejected: the report above says why");
    }
    Ok(())
}

/// Imports file by file and, where every sheet is asked for, sheet by sheet.
async fn import_each(
    app: &Arc<App>,
    args: &args::Import,
    shown: Option<&Bytes>,
    reports: &mut Vec<Report>,
) -> Result<()> {
    let options = Options { every_sheet: args.every_sheet, ..options(&args.reading)? };
    let mut waiting: VecDeque<(&PathBuf, Option<String>)> =
        args.files.iter().map(|file| (file, None)).collect();
    while let Some((file, sheet)) = waiting.pop_front() {
        let on_disk = || Content::File(file.clone());
        let known = app.load(&args.operation).await?;
        let replaces = match (args.replaces, &known) {
            (Some(args::Replaces::Number(number)), _) => Some(number),
            (Some(args::Replaces::Last), Some(known)) => earlier::last(known, args.kind),
            _ => None,
        };
        if args.replaces.is_some() && replaces.is_none() {
            let kind = args.kind.name();
            bail!("there is no import of {kind} yet that {} could replace", file.display());
        }
        let operation = Said {
            name: args.name.as_deref().map(Into::into),
            household_size: args.household_size,
            ..Said::of(args.operation.as_str())
        };
        let import = Import {
            operation,
            kind: args.kind,
            file_name: file_name(file),
            content: shown.cloned().map_or_else(on_disk, Content::Held),
            options: Options { sheet: sheet.clone().or(options.sheet.clone()), ..options.clone() },
            replaces,
            dry_run: args.dry_run,
            expected: None,
            at: crate::now(),
        };
        let bar = progress(&import.file_name);
        let written = |rows: usize| bar.inc(rows as u64);
        let outcome = app.import(import, &written).await;
        bar.finish_and_clear();
        let outcome = outcome.with_context(|| match &sheet {
            Some(sheet) => format!("sheet \"{sheet}\" of {} was not imported", file.display()),
            None => format!("{} was not imported", file.display()),
        })?;
        if args.every_sheet && sheet.is_none() {
            alike(&outcome.report).rev().for_each(|sheet| waiting.push_front((file, Some(sheet))));
        }
        print_report(&outcome.report, sheet.as_deref());
        if args.dry_run {
            print::out(print::differences(&outcome.differences));
        }
        say!("{}", verdict(&outcome, args.dry_run));
        if let Some(earlier) = &outcome.earlier {
            say!("{}", print::earlier(earlier));
        }
        reports.push(outcome.report);
    }
    Ok(())
}

/// The other sheets with the headers of the one that was read.
fn alike(report: &Report) -> impl DoubleEndedIterator<Item = String> {
    report.sheets.iter().filter(|sheet| sheet.alike).map(|sheet| sheet.name.clone())
}

fn print_report(report: &Report, sheet: Option<&str>) {
    if let Some(sheet) = sheet {
        say!("\nSheet \"{sheet}\":");
    }
    print::out(print::report(report));
}

/// What became of the file, in a sentence.
fn verdict(outcome: &Outcome, dry_run: bool) -> String {
    let (counts, counts_of) = (&outcome.counts, &outcome.report.counts);
    let rows = format!(
        "{} new, {} changed, {} unchanged, {} gone",
        counts.new, counts.changed, counts.unchanged, counts.gone
    );
    match (&outcome.committed, dry_run) {
        (Some(revision), _) => format!("Committed as revision {}: {rows}.", revision.number),
        (None, _) if counts_of.nothing_accepted() => {
            format!(
                "Nothing was imported and nothing of the file is kept: all {} rows were rejected. Correct them and send the file again; --report FILE writes down why, row by row.",
                counts_of.rows
            )
        }
        (None, true) => format!("Dry run, nothing was written: {rows}."),
        (None, false) => format!("Nothing changed: {rows}."),
    }
}

async fn check(args: args::Check) -> Result<()> {
    let known = match &args.operation {
        Some(operation) => snapshot(&*open(&args.database).await?, operation).await?,
        None => {
            let (id, name) = ("check".into(), "Check".into());
            let operation = Operation { id, name, note: None, household_size: None };
            Arc::new(Snapshot::build(Rows::empty(operation)))
        }
    };
    let (bytes, name, options) =
        (read(&args.file)?, file_name(&args.file), options(&args.reading)?);
    let kind = match args.kind {
        Some(kind) => kind,
        None => {
            let kinds = intake::kinds(&bytes, &known, &options)?;
            let likeliest = kinds.first().context("a file has a kind")?;
            say!("Taken as {}: {}.", likeliest.kind.name(), likeliest.reason);
            likeliest.kind
        }
    };
    let options = Options { every_sheet: args.every_sheet, ..options };
    let standards = intake::standards::built_in();
    let mut reports = Vec::new();
    let mut waiting = VecDeque::from([None]);
    while let Some(sheet) = waiting.pop_front() {
        let options = Options { sheet: sheet.clone().or(options.sheet.clone()), ..options.clone() };
        let report = lacuna::app::plan::check(kind, &name, &bytes, &known, &standards, &options)?;
        if args.every_sheet && sheet.is_none() {
            waiting.extend(alike(&report).map(Some));
        }
        print_report(&report, sheet.as_deref());
        reports.push(report);
    }
    write_report(args.report.as_deref(), &bytes, &reports)
}

async fn gaps(args: args::Gaps) -> Result<()> {
    let app = open(&args.database).await?;
    let view = view(&app, &args.operation, &args.past).await?;
    let params = [
        ("level", args.level),
        ("sector", args.sector),
        ("datetime", args.datetime),
        ("group", args.group),
        ("sex", args.sex),
        ("age", args.age),
        ("disability", args.disability),
        ("basis", args.basis),
    ];
    let collection = collections::find("gaps").context("gaps is a collection")?;
    let params = params.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let params = Params::parse(params, &collection.export_parameters())?;
    let output = args.output.as_deref();
    match args.format {
        GapsFormat::Table => {
            write_output(output, print::gaps(&view, &gap_query(&view, &params)?).as_bytes())
        }
        GapsFormat::Csv => write_layer(output, &view, collection, "csv", &params),
        GapsFormat::Geojson => write_layer(output, &view, collection, "geojson", &params),
    }
}

async fn export_layer(args: args::Export) -> Result<()> {
    let known = || {
        let ids: Vec<_> = COLLECTIONS.iter().map(|collection| collection.id).collect();
        format!("there is no collection \"{}\"; there is: {}", args.collection, ids.join(", "))
    };
    let collection = collections::find(&args.collection).with_context(known)?;
    let pair = |param: &String| {
        let (name, value) = param
            .split_once('=')
            .with_context(|| format!("\"{param}\" is no parameter: write NAME=VALUE"))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    let mut params = args.params.iter().map(pair).collect::<Result<Vec<_>>>()?;
    // As in the API they may stand among the others, too.
    let mut past = args.past.clone();
    for (parameter, to) in [(&REVISION, &mut past.revision), (&AS_OF, &mut past.as_of)] {
        let given = params.extract_if(.., |(name, _)| name == parameter.name).last();
        *to = given.map(|(_, value)| value).or(to.take());
    }
    let format = export::format(&args.format);
    let known = format.map_or(collection.export_parameters(), |one| one.all_parameters(collection));
    let params = Params::parse(params, &known)?;
    let app = open(&args.database).await?;
    let view = view(&app, &args.operation, &past).await?;
    write_layer(args.output.as_deref(), &view, collection, &args.format, &params)
}

fn write_layer(
    output: Option<&Path>,
    view: &View,
    collection: &'static Collection,
    format: &str,
    params: &Params,
) -> Result<()> {
    let fitting = export::format(format).filter(|format| format.holds(collection));
    let format = fitting.with_context(|| {
        let known = export::FORMATS.iter().filter(|format| format.holds(collection));
        let known: Vec<_> = known.map(|format| format.extension).collect();
        format!(
            "there is no format \"{format}\" of {}; there is: {}",
            collection.id,
            known.join(", ")
        )
    })?;
    let mut spool = tempfile::spooled_tempfile(1 << 20);
    export::export(view, collection, format, params, &mut spool)?;
    spool.rewind()?;
    copy_output(output, &mut spool)
}

fn simulate_operation(args: &args::Simulate) -> Result<()> {
    let params = simulate::Params {
        name: args.name.clone(),
        areas: args.areas.parse()?,
        lines: args.lines,
        sites: args.sites,
        seed: args.seed,
        detail: None,
    };
    let bar = progress("simulate");
    let summary = simulate::write(&params, &args.out, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    print::out(print::simulated(&summary?));
    Ok(())
}

fn options(args: &args::Reading) -> Result<Options> {
    let (mut columns, mut unused) = (Vec::new(), Vec::new());
    for text in &args.columns {
        let (header, field) = text
            .rsplit_once('=')
            .with_context(|| format!("\"{text}\" is no column: write HEADER=FIELD"))?;
        let header = header.trim().to_owned();
        if field.trim().is_empty() {
            unused.push(header);
            continue;
        }
        let field = Field::from_name(field).with_context(|| {
            let known: Vec<_> = intake::FIELDS.iter().map(|known| known.name).collect();
            format!("there is no field \"{field}\"; there is: {}", known.join(", "))
        })?;
        columns.push((header, field));
    }
    let sector = |code: &String| {
        let known = Sector::TABLE.iter().map(|(_, code, _)| *code);
        let unknown = || format!("sector {}", params::not_known("sector", code, known));
        Sector::from_code(code).with_context(unknown)
    };
    let cycle = |text: &String| match text.parse::<i16>().ok().and_then(Period::year) {
        Some(year) => Ok(year),
        None => text.parse::<Period>().context("--cycle takes a year or a period"),
    };
    if args.level.is_some_and(|level| !(1..=4).contains(&level)) {
        bail!("--level takes 1 to 4");
    }
    Ok(Options {
        sheet: args.sheet.clone(),
        header_row: args.header_row,
        columns,
        unused,
        sector: args.sector.as_ref().map(sector).transpose()?,
        cycle: args.cycle.as_ref().map(cycle).transpose()?,
        level: args.level,
        ..Options::default()
    })
}

fn progress(name: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(name.to_owned());
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {msg}  {human_pos} rows written  {elapsed}")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// The bytes of a file, which is looked at before it is read: one that is too large takes no memory.
fn read(file: &Path) -> Result<Bytes> {
    Ok(Content::File(file.to_owned()).read()?)
}

fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

fn is_workbook(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"))
}

/// Writes what became of the rows; `bytes` is the file that a workbook shows again.
fn write_report(file: Option<&Path>, bytes: &[u8], reports: &[Report]) -> Result<()> {
    let Some(file) = file.filter(|_| !reports.is_empty()) else { return Ok(()) };
    let written = match (is_workbook(file), reports) {
        (true, _) => intake::returned::workbook(bytes, &reports.iter().collect::<Vec<_>>())?,
        (false, [report]) => report.to_csv().into_bytes(),
        (false, reports) => Report::all_to_csv(reports).into_bytes(),
    };
    fs::write(file, written).with_context(|| format!("cannot write {}", file.display()))
}

fn write_output(file: Option<&Path>, bytes: &[u8]) -> Result<()> {
    copy_output(file, &mut &bytes[..])
}

fn copy_output(file: Option<&Path>, from: &mut impl Read) -> Result<()> {
    match file {
        Some(file) => {
            let written = fs::File::create(file).and_then(|mut to| std::io::copy(from, &mut to));
            written.map(|_| ()).with_context(|| format!("cannot write {}", file.display()))
        }
        None => match std::io::copy(from, &mut std::io::stdout()) {
            // A reader that has seen enough, such as head, is no error.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            done => Ok(done.map(|_| ())?),
        },
    }
}
