//! How many people live where: our template, COD-PS as it is published, national projections, and
//! rasters of people per cell.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::fields::Field;
use super::places::Policy;
use super::read::read_table;
use super::report::{Late, Problem, Report};
use super::row::Row;
use super::{Kind, Options, Unreadable, finer, raster, strict};
use crate::domain::{Group, Population, Snapshot, Text};
use crate::formats::sniff;

const NO_PEOPLE: Problem = Problem {
    code: "no-population",
    message: "The row has no number of people.",
    remedy: "Fill the population, or leave the row out.",
};
const SUPERSEDED: Problem = Problem {
    code: "superseded",
    message: "A later row is about the same area and group: that one counts.",
    remedy: "Keep one row for each.",
};

/// Reads a file of population, a table or a raster. Of two rows about one area and group the later counts.
pub fn population(
    file_name: &str,
    bytes: &[u8],
    known: &Snapshot,
    options: &Options,
) -> Result<(Vec<Population>, Report), Unreadable> {
    if let Some(sniff::RasterFile { bytes, name }) = sniff::raster(bytes, options.sheet.as_deref())?
    {
        let (rows, mut report) = raster::population(file_name, &name, &bytes, known, options)?;
        report.remarks.extend(totals(&rows, known));
        return Ok((rows, report));
    }
    let recognised = projection(bytes, options);
    let (options, year) = match &recognised {
        Some((options, year)) => (options, Some(*year)),
        None => (options, None),
    };
    let mut read = read_table(Kind::Population, file_name, bytes, known, options, |row, rows| {
        people(row, year, rows);
    })?;
    let finer = finer::colliding(
        read.rows
            .iter()
            .map(|(row, place)| (row.source.row, (&row.area, row.group), place.as_deref())),
    );
    read.rows.retain(|(row, _)| !finer.contains(&row.source.row));
    let mut rows: Vec<Population> = read.rows.into_iter().map(|(row, _)| row).collect();
    let mut recorder = read.recorder;
    let mut losers: HashSet<(u32, Group)> = HashSet::new();
    let mut late: BTreeMap<u32, Late> =
        finer.into_iter().map(|row| (row, finer::rejection())).collect();
    let mut last: HashMap<(&Option<Text>, Group), &Population> = HashMap::with_capacity(rows.len());
    for row in &rows {
        if let Some(before) = last.insert((&row.area, row.group), row) {
            let same =
                if before.people == row.people { "the same figure" } else { "another figure" };
            losers.insert((before.source.row, before.group));
            let detail = format!("Row {}, with {same}.", row.source.row);
            late.entry(before.source.row).or_insert(Late::warning(SUPERSEDED, detail));
        }
    }
    rows.retain(|row| !losers.contains(&(row.source.row, row.group)));
    recorder.look_back(late);
    let mut report = recorder.finish();
    report.remarks.extend(totals(&rows, known));
    Ok((rows, report))
}

/// The people of a row: its total, and each column that counts a part; with the place within the area
/// that it names.
fn people(
    row: &mut Row<'_, '_>,
    year: Option<i16>,
    rows: &mut Vec<(Population, Option<Box<str>>)>,
) -> Option<()> {
    let place = row.place(Policy::Reject)?;
    let own = strict::group(row)?;
    let year = row.quantity(Field::Year).map(|year| year as i16).or(year);
    let whole = row.quantity(Field::Population);
    let parts = if row.has_parts() { row.parts(own) } else { Vec::new() };
    if whole.is_none() && parts.is_empty() {
        row.reject(Field::Population, "", "", NO_PEOPLE);
        return None;
    }
    let within = finer::place_of(row);
    let of = |group: Group, people: f64| {
        let area = place.pcode.clone();
        (Population { source: row.source(), area, group, people, year }, within.clone())
    };
    rows.extend(whole.map(|people| of(own, people)));
    rows.extend(parts.into_iter().map(|(whom, _, people)| of(whom.group, people)));
    Some(())
}

/// What the rows for everybody add up to, level by level: the figure people know by heart.
fn totals(rows: &[Population], known: &Snapshot) -> Vec<String> {
    let mut sums: BTreeMap<u8, (u32, f64)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.group == Group::ALL) {
        let level = known.areas.get(known.area_of(row.area.as_ref())).level;
        let sum = sums.entry(level).or_default();
        *sum = (sum.0 + 1, sum.1 + row.people);
    }
    let line = |(level, (areas, people)): (u8, (u32, f64))| {
        format!("Level {level}: {people:.0} people in {areas} areas.")
    };
    sums.into_iter().map(line).collect()
}

/// The year of a projection that is written in a way only population is.
pub(super) fn projection_year(bytes: &[u8]) -> Option<i16> {
    projection(bytes, &Options::default()).map(|(_, year)| year)
}

/// The projections of Mozambique's statistics office: `2022_Tot` by `adm2_source_id`.
fn projection(bytes: &[u8], options: &Options) -> Option<(Options, i16)> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let mut headers = head.split(|c: char| !c.is_alphanumeric() && c != '_');
    let code = headers.clone().find(|header| *header == "adm2_source_id")?;
    let (total, year) = headers.find_map(|header| {
        let year = header.strip_suffix("_Tot").filter(|year| year.len() == 4)?;
        Some((header, year.parse::<i16>().ok()?))
    })?;
    let mut told = options.clone();
    told.columns.push((code.to_owned(), Field::Adm2Code));
    told.columns.push((total.to_owned(), Field::Population));
    Some((told, year))
}
