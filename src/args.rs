//! The arguments of every command, with examples.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use lacuna::config::Config;
use lacuna::intake::Kind;

/// Who is covered, who is not, who is covered twice, and how sure are we?
#[derive(Debug, Parser)]
#[command(name = "lacuna", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    /// How the log on standard error is written: for people, or one JSON object a line.
    #[arg(
        long,
        global = true,
        env = "LACUNA_LOG_FORMAT",
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

const EXAMPLES: &str = "Examples:
  lacuna demo
  lacuna import areas adm1.geojson adm2.geojson --operation floods-2026
  lacuna import activities 5w.xlsx --operation floods-2026 --dry-run
  lacuna gaps --operation floods-2026 --level 2 --sector WSH
  lacuna serve --database lacuna.sqlite --listen 127.0.0.1:8080";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Load the demo operation into a throwaway database and serve its map.
    Demo {
        #[command(flatten)]
        config: Config,
    },
    /// Serve the operations of a database: the web map and the API.
    Serve {
        #[command(flatten)]
        database: Database,
        /// A copy of the PostgreSQL database that follows it, such as a streaming replica: rows are
        /// read from it where it has them, so that the database itself is left to those who write.
        #[arg(long, env = "LACUNA_READ_DATABASE", value_name = "URL")]
        read_database: Option<String>,
        #[command(flatten)]
        config: Config,
    },
    /// Import files into an operation, which is created when it is new.
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(Import),
    /// Report what an import of a file would do with its rows, without any database.
    Check(Check),
    /// Print the gaps of an operation: the same figures as the API's main query.
    #[command(after_help = GAPS_EXAMPLES)]
    Gaps(Gaps),
    /// Say how complete and how timely each partner's reports are.
    Quality {
        #[arg(long, value_name = "ID")]
        operation: String,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        past: Past,
        #[arg(long, default_value = "table")]
        format: TableFormat,
    },
    /// List how the files of known sources are read, as it was corrected, or forget one of these.
    Mappings {
        #[arg(long, value_name = "ID")]
        operation: String,
        #[command(flatten)]
        database: Database,
        /// Number of the mapping to forget.
        #[arg(long, value_name = "N")]
        forget: Option<u32>,
    },
    /// List doubtful places and organisations: what waits first, then what was matched by likeness
    /// and what was decided.
    Review {
        #[arg(long, value_name = "ID")]
        operation: String,
        #[command(flatten)]
        database: Database,
        /// As CSV it can be filled in and given to `lacuna decide --file`.
        #[arg(long, default_value = "table")]
        format: TableFormat,
    },
    /// Decide what doubtful places and organisations are; rows that are there follow.
    #[command(after_help = DECIDE_EXAMPLES)]
    Decide(Decide),
    /// List the submissions of an operation: what was imported, decided and rolled back.
    History {
        #[arg(long, value_name = "ID")]
        operation: String,
        #[command(flatten)]
        database: Database,
    },
    /// Say what changed between two revisions: in rows, and in gaps.
    Diff {
        /// Number of the earlier revision, as `lacuna history` lists it.
        #[arg(value_name = "A")]
        before: u64,
        /// Number of the later one.
        #[arg(value_name = "B")]
        after: u64,
        #[arg(long, value_name = "ID")]
        operation: String,
        #[command(flatten)]
        database: Database,
        #[arg(long, default_value = "table")]
        format: TableFormat,
    },
    /// Undo a submission: what it added ends, what it ended comes back, as a new revision.
    Rollback {
        /// Number of the submission, as `lacuna history` lists it.
        #[arg(value_name = "N")]
        submission: u32,
        #[arg(long, value_name = "ID")]
        operation: String,
        #[command(flatten)]
        database: Database,
        /// Report what would change, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Remove what only older revisions had, for good; revisions that are kept stay as they are, to
    /// the digit. Submissions, their reports and a note of what was removed stay, too.
    #[command(after_help = PRUNE_EXAMPLES)]
    Prune(Prune),
    /// Copy a whole database, every revision of it, to a new SQLite file; it may be served meanwhile.
    Backup {
        /// The file, which must not be there yet.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        database: Database,
    },
    /// Copy a backup into an empty database: a new file, or PostgreSQL.
    Restore {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        database: Database,
    },
    /// Check a database, which may be served meanwhile: its files, what its rows name, figures,
    /// boundaries, checksums and copies. Ends with 1 where anything is wrong.
    Verify {
        #[command(flatten)]
        database: Database,
        /// Only this operation, instead of all.
        #[arg(long, value_name = "ID")]
        operation: Option<String>,
        #[arg(long, default_value = "text")]
        format: VerifyFormat,
    },
    /// Bring the tables of a database up to date, as every command does that opens it, and say which
    /// steps that took.
    Migrate {
        #[command(flatten)]
        database: Database,
        /// Say which steps it would take, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write a whole collection to a file.
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(Export),
    /// Write an operation's map into a folder that works from any web host or a USB stick, without
    /// a server.
    #[command(after_help = PUBLISH_EXAMPLES)]
    Publish(Publish),
    /// Make a made-up operation of any size, for exercises and benchmarks.
    Simulate(Simulate),
    /// Print an empty template: a header row and an HXL row.
    Template {
        /// activities, sites, needs, population or areas.
        #[arg(value_parser = kind)]
        kind: Kind,
        /// Write to this file instead of the terminal.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct Database {
    /// Database: a file path, sqlite://path or postgres://user@host/name.
    #[arg(long, env = "LACUNA_DATABASE", default_value = "lacuna.sqlite", value_name = "URL")]
    pub database: String,
}

/// Which state of an operation is asked for; without these as it is now.
#[derive(Clone, Debug, Default, Args)]
pub struct Past {
    /// As it was at this revision, a number that `lacuna history` lists.
    #[arg(long, value_name = "N", conflicts_with = "as_of")]
    pub revision: Option<String>,
    /// As it was at this time: 2026-07-01T12:00:00Z, or a day, which means its end in UTC.
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
}

/// What a file holds, as an argument.
fn kind(name: &str) -> Result<Kind, String> {
    Kind::from_name(name).ok_or_else(|| {
        let known: Vec<_> = Kind::TABLE.iter().map(|(_, name)| *name).collect();
        format!("give one of {}", known.join(", "))
    })
}

/// The submission that a file corrects.
#[derive(Clone, Copy, Debug)]
pub enum Replaces {
    /// The last one of the kind.
    Last,
    Number(u32),
}

fn replaces(text: &str) -> Result<Replaces, String> {
    match (text, text.parse()) {
        ("last", _) => Ok(Replaces::Last),
        (_, Ok(number)) => Ok(Replaces::Number(number)),
        _ => Err("give the number of a submission, or last".to_owned()),
    }
}

/// People per household, as an argument.
fn household_size(text: &str) -> Result<f64, String> {
    let size = text.parse::<f64>().ok().filter(|size| (1.0..=30.0).contains(size));
    size.ok_or_else(|| "give the people of an average household, 1 to 30".to_owned())
}

const IMPORT_EXAMPLES: &str = "Examples:
  lacuna import areas adm1.geojson adm2.geojson --operation idai --name 'Cyclone Idai'
  lacuna import areas moz_adm_shp.zip --operation idai
  lacuna import population moz_ppp_2020.tif --operation idai
  lacuna import activities 4w.xlsx --operation idai --sheet Data_Entry --report rows.csv
  lacuna import activities 4w_corrected.xlsx --operation idai --replaces last --dry-run
  lacuna import needs hno_2024_MOZ.csv --operation idai
  lacuna import sites facilities.csv --operation idai --sector HEA --column 'Facility n=name'";

#[derive(Debug, Args)]
pub struct Import {
    /// activities, sites, needs, population or areas.
    #[arg(value_parser = kind)]
    pub kind: Kind,
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Id of the operation: lower-case letters, digits and hyphens.
    #[arg(long, value_name = "ID")]
    pub operation: String,
    /// Name of the operation, as people say it.
    #[arg(long)]
    pub name: Option<String>,
    /// People per household, so that households count as people (marked converted).
    #[arg(long, value_name = "PEOPLE", value_parser = household_size, allow_negative_numbers = true)]
    pub household_size: Option<f64>,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub reading: Reading,
    /// Read every sheet that has the same headers as the one that is found, each as a submission of
    /// its own: such as the months or the provinces of a workbook.
    #[arg(long, conflicts_with_all = ["sheet", "header_row", "replaces"])]
    pub every_sheet: bool,
    /// The submission that the file corrects: a number of `lacuna history`, or last. Rows of it
    /// that the file no longer has end.
    #[arg(long, value_name = "N", value_parser = replaces)]
    pub replaces: Option<Replaces>,
    /// Report what would change, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Write the outcome of every row, with its reasons, to this file: a list as CSV, or, where its
    /// name ends in .xlsx, the rows as they came with the reasons behind them, ready to correct.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// How a file is read, where that cannot be left to the import.
#[derive(Debug, Args)]
pub struct Reading {
    /// Sheet, map layer or raster of an archive that holds the data.
    #[arg(long)]
    pub sheet: Option<String>,
    /// Row number of the header, as a spreadsheet shows it.
    #[arg(long, value_name = "N")]
    pub header_row: Option<u32>,
    /// A column's meaning, as HEADER=FIELD, or HEADER= where it is nothing; may be repeated.
    #[arg(long = "column", value_name = "HEADER=FIELD")]
    pub columns: Vec<String>,
    /// Sector of rows that name none.
    #[arg(long, value_name = "CODE")]
    pub sector: Option<String>,
    /// Level of the areas, 1 to 4, where their columns do not say; or that a raster is summed over.
    #[arg(long, value_name = "N")]
    pub level: Option<u8>,
    /// Cycle of need figures, as a year or 2026-01-01/2026-12-31.
    #[arg(long, value_name = "PERIOD")]
    pub cycle: Option<String>,
}

#[derive(Debug, Args)]
pub struct Check {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// activities, sites, needs, population or areas; found out from the content by default.
    #[arg(long, value_parser = kind)]
    pub kind: Option<Kind>,
    /// Places and partners are matched against this operation of the database, if given.
    #[arg(long, value_name = "ID")]
    pub operation: Option<String>,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub reading: Reading,
    /// Look at every sheet that has the same headers as the one that is found.
    #[arg(long, conflicts_with_all = ["sheet", "header_row"])]
    pub every_sheet: bool,
    /// Write the outcome of every row, with its reasons, to this file: a list as CSV, or, where its
    /// name ends in .xlsx, the rows as they came with the reasons behind them, ready to correct.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

const DECIDE_EXAMPLES: &str = "Examples:
  lacuna decide --operation idai 'n r c=norwegian refugee council' '2|MZ01|ancuabi=MZ0101'
  lacuna decide --operation idai 'n r c='
  lacuna decide --operation idai 'n r c=undo'
  lacuna decide --operation idai --file decided.csv

A key with nothing behind the sign is none of those suggested; undo takes back what was decided
before, and the name waits again. A file has the columns key and value, and may have a note; rows
without a value are passed over, the value none says that none of the suggestions is right.";

#[derive(Debug, Args)]
pub struct Decide {
    #[arg(long, value_name = "ID")]
    pub operation: String,
    #[command(flatten)]
    pub database: Database,
    /// What is decided: the key of an item of the review, and the P-code or organisation it is.
    #[arg(value_name = "KEY=VALUE", required_unless_present = "file")]
    pub decisions: Vec<String>,
    /// A CSV file of decisions, such as a filled-in review.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

const PRUNE_EXAMPLES: &str = "Examples:
  lacuna prune --operation idai --keep-revisions 20 --dry-run
  lacuna prune --operation idai --before 2026-01-01

A revision that was pruned can be asked for no more, and what it changed cannot be rolled back:
make a backup before.";

#[derive(Debug, Args)]
pub struct Prune {
    #[arg(long, value_name = "ID")]
    pub operation: String,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub policy: PrunePolicy,
    /// Who is written down as having asked for it.
    #[arg(long, env = "USER", default_value = "unknown", value_name = "NAME")]
    pub by: String,
    /// Say what would be removed, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Which revisions are kept.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct PrunePolicy {
    /// Keep the newest N revisions.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub keep_revisions: Option<u64>,
    /// Keep every revision that was the newest at the start of this day (UTC) or later.
    #[arg(long, value_name = "DATE")]
    pub before: Option<jiff::civil::Date>,
}

const GAPS_EXAMPLES: &str = "Examples:
  lacuna gaps --operation idai --level 2 --sector WSH
  lacuna gaps --operation idai --datetime 2019-03-01/2019-05-31 --format csv -o gaps.csv
  lacuna gaps --operation idai --revision 12";

#[derive(Debug, Args)]
pub struct Gaps {
    #[arg(long, value_name = "ID")]
    pub operation: String,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub past: Past,
    /// Administrative level, 0 (the operation) to 4; by default the lowest with need figures.
    #[arg(long)]
    pub level: Option<String>,
    /// Sector code; ALL by default.
    #[arg(long)]
    pub sector: Option<String>,
    /// A day, or start/end with .. for an open end; everything by default.
    #[arg(long)]
    pub datetime: Option<String>,
    /// Population group: all, host, idp, refugee, returnee.
    #[arg(long)]
    pub group: Option<String>,
    /// all, female, male.
    #[arg(long)]
    pub sex: Option<String>,
    /// all, or a band as 0-17 or 60+.
    #[arg(long)]
    pub age: Option<String>,
    /// all, with, without.
    #[arg(long)]
    pub disability: Option<String>,
    /// What gaps are measured against: in-need or targeted.
    #[arg(long)]
    pub basis: Option<String>,
    #[arg(long, default_value = "table")]
    pub format: GapsFormat,
    /// Write to this file instead of the terminal.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    Table,
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GapsFormat {
    Table,
    Csv,
    Geojson,
}

const EXPORT_EXAMPLES: &str = "Examples:
  lacuna export activities --operation idai --format csv -o activities.csv
  lacuna export gaps --operation idai -p level=1 -p sector=WSH -o gaps.geojson
  lacuna export gaps --operation idai --format gpkg -o gaps.gpkg
  lacuna export activities --operation idai --as-of 2026-07-01 --format csv";

#[derive(Debug, Args)]
pub struct Export {
    /// Id of the collection, as in the API: areas, partners, activities, sites, needs, gaps …
    pub collection: String,
    #[arg(long, value_name = "ID")]
    pub operation: String,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub past: Past,
    /// geojson, fgb, gpkg, csv, xlsx or pmtiles.
    #[arg(long, default_value = "geojson")]
    pub format: String,
    /// A parameter of the collection, as in the API; may be repeated.
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    pub params: Vec<String>,
    /// Write to this file instead of the terminal.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

const PUBLISH_EXAMPLES: &str = "Examples:
  lacuna publish idai-map --operation idai

The folder has the page, the gaps of every sector over the whole operation and in each of the last 36
months with work, down to the lowest level with need figures, as tables too, and a README.txt. It has
no rows of partners and no points of sites. The same revision makes the same bytes.";

#[derive(Debug, Args)]
pub struct Publish {
    /// Folder to write to; made where there is none. It must be empty, or one published before.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    #[arg(long, value_name = "ID")]
    pub operation: String,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Debug, Args)]
pub struct Simulate {
    /// Number of areas per level, coarsest first.
    #[arg(long, default_value = "3/20/120", value_name = "N/N/N")]
    pub areas: String,
    /// Number of activity rows.
    #[arg(long, default_value_t = 5000)]
    pub lines: u64,
    #[arg(long, default_value_t = 300)]
    pub sites: u64,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// What the scenario is called.
    #[arg(long, default_value = "Exercise")]
    pub name: String,
    /// Folder to write to.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

impl Command {
    pub fn is_server(&self) -> bool {
        matches!(self, Command::Demo { .. } | Command::Serve { .. })
    }
}
