//! People in need: our template, HNO files as they are published (METHODS 17 and 18), IPC tables.

pub(super) mod cycle;
mod hno;
mod intersectoral;
mod ipc;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use super::fields::Field;
use super::places::Policy;
use super::read::read_table;
use super::report::{ColumnReport, Late, Problem, Recorder, Report};
use super::row::Row;
use super::{Kind, Options, Unreadable, finer, problems, strict};
use crate::domain::{Group, Need, Period, Sector, Snapshot, Source, Text};

const NO_SECTOR: Problem = Problem {
    code: "no-sector",
    message: "The row names no sector: its figures cannot be placed.",
    remedy: "Give the cluster code, or ALL where the figure is intersectoral.",
};
const NO_CYCLE: Problem = Problem {
    code: "no-cycle",
    message: "The row does not say which planning cycle it is for.",
    remedy: "Fill cycle_start and cycle_end.",
};
const NO_FIGURES: Problem = Problem {
    code: "no-figures",
    message: "The row has no figure.",
    remedy: "Nothing needs doing where the figure is unknown.",
};
const SUPERSEDED: Problem = Problem {
    code: "superseded",
    message: "A later row is about the same area, sector, group and cycle: that one counts.",
    remedy: "Keep one row for each.",
};
const NO_PLACES: Problem = Problem {
    code: "no-places",
    message: "No column says where, and other rows give other figures of the same sector, group and cycle: they are of places that are not known.",
    remedy: "Give each row the P-code of its area, or say which column has it.",
};
const OTHER_PHASE: Problem = Problem {
    code: "other-phase",
    message: "The row counts the people of another phase than 3+: it is not used.",
    remedy: "Nothing needs doing.",
};

/// Minimal to catastrophic.
const SEVERITY: std::ops::RangeInclusive<f64> = 1.0..=5.0;

/// What only the file as a whole says of its rows.
#[derive(Clone, Copy)]
struct How {
    /// The cycle of rows that say none.
    from_file: Option<Period>,
    /// A row for each IPC phase.
    by_phase: bool,
}

/// What a row says of one place, sector, group and cycle.
#[derive(Clone, Debug)]
struct Entry {
    row: u32,
    cell: Cell,
    /// The place within the area that it names.
    place: Option<Box<str>>,
    figures: Figures,
    /// What an HNO file says besides.
    hno: Option<hno::Part>,
}

/// What two figures must not share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Cell {
    area: Option<Text>,
    sector: Sector,
    group: Group,
    cycle: Period,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Figures {
    population: Option<f64>,
    affected: Option<f64>,
    in_need: Option<f64>,
    targeted: Option<f64>,
    severity: Option<f64>,
}

/// Why rows that were read do not count, by row.
type Verdicts = BTreeMap<u32, Late>;

/// Reads a file of needs. The cycle of a row is its own, else the calendar year in the file's name,
/// else the one the sender said; without any of these the file is refused with the question.
pub fn needs(
    file_name: &str,
    bytes: &[u8],
    known: &Snapshot,
    options: &Options,
) -> Result<(Vec<Need>, Report), Unreadable> {
    let mut remarks = Vec::new();
    let long = ipc::recognise(bytes, options);
    let (by_phase, asked) = (long.is_some(), options);
    if by_phase {
        remarks.push(ipc::REMARK.to_owned());
    }
    let options = &long.unwrap_or_else(|| options.clone());
    let from_file = cycle::of_file(file_name, options, &mut remarks);
    let how = How { from_file, by_phase };
    let (mut entries, mut recorder, asks) = read(file_name, bytes, known, options, how)?;
    if asks {
        return Err(Unreadable::new(
            "The file does not say which planning cycle its figures are for: name it, such as --cycle 2026-01-01/2026-12-31.",
        ));
    }
    let published = entries.iter().any(|entry| entry.hno.is_some());
    let finer = finer::colliding(entries.iter().map(Entry::named));
    entries.retain(|entry| !finer.contains(&entry.row));
    let (mut needs, mut verdicts) =
        if published { hno::settle(&entries) } else { settle(&entries) };
    verdicts.extend(finer.into_iter().map(|row| (row, finer::rejection())));
    let field = |column: &ColumnReport| column.field.as_deref().and_then(Field::from_name);
    if !recorder.report.columns.iter().filter_map(field).any(Field::is_area) {
        reject_placeless(&entries, &mut needs, &mut verdicts);
    }
    recorder.look_back(verdicts);
    let mut report = recorder.finish();
    if published {
        remarks.push(hno::REMARK.to_owned());
    }
    if by_phase {
        let said = asked.columns.iter().map(|(name, _)| name).chain(&asked.unused);
        ipc::explain(&mut report, &said.map(String::as_str).collect::<Vec<_>>());
    }
    report.remarks.extend(intersectoral::unclear(&report.columns));
    report.remarks.extend(intersectoral::without_need(&needs));
    report.remarks.extend(remarks);
    Ok((needs, report))
}

fn read(
    file_name: &str,
    bytes: &[u8],
    known: &Snapshot,
    options: &Options,
    how: How,
) -> Result<(Vec<Entry>, Recorder, bool), Unreadable> {
    let asks = AtomicBool::new(false);
    let read = read_table(Kind::Needs, file_name, bytes, known, options, |row, entries| {
        read_row(row, how, &asks, entries);
    })?;
    Ok((read.rows, read.recorder, asks.into_inner()))
}

/// Reads what a row says: its own figures, and those of each column that counts a part.
fn read_row(
    row: &mut Row<'_, '_>,
    how: How,
    asks: &AtomicBool,
    entries: &mut Vec<Entry>,
) -> Option<()> {
    let place = row.place(Policy::Reject)?;
    // Beside columns of sectors, one without is about all of them together.
    let all = !row.has(Field::Sector) && row.has_sectors();
    let unsaid = if row.is_by_phase() { Some(Sector::Fsc) } else { all.then_some(Sector::All) };
    let Some(sector) = row.sector().or(unsaid) else {
        if !row.is_rejected() {
            let said = row.text(Field::Sector).unwrap_or_default();
            let said =
                if said.is_empty() { row.text(Field::Info).unwrap_or_default() } else { said };
            row.reject(Field::Sector, &said, "", NO_SECTOR);
        }
        return None;
    };
    if how.by_phase && !row.text(Field::Category).is_some_and(|phase| ipc::is_in_need(&phase)) {
        row.note("", "", OTHER_PHASE);
        return None;
    }
    let published = row.has(Field::Category) && !how.by_phase;
    let hno = published.then(|| hno::Part::read(row, sector));
    let (group, hno) = match hno {
        None => (strict::group(row)?, None),
        Some(None) => return None,
        Some(Some((group, part))) => (group, Some(part)),
    };
    let Some(cycle) = cycle::of_row(row, how.from_file) else {
        if row.has(Field::CycleStart) || row.has(Field::CycleEnd) {
            row.reject(Field::CycleStart, "", "", NO_CYCLE);
        } else {
            asks.store(true, Ordering::Relaxed);
        }
        return None;
    };
    let figures = Figures {
        population: row.quantity(Field::Population),
        affected: row.quantity(Field::Affected),
        in_need: row.quantity(Field::InNeed),
        targeted: row.quantity(Field::Targeted),
        severity: severity(row),
    };
    let mut read: Vec<(Sector, Group, Figures)> = Vec::new();
    if figures != Figures::default() {
        read.push((sector, group, figures));
    }
    // The rows of a published overview each have a category: it is no table of parts.
    if row.has_parts() && hno.is_none() {
        for (whom, field, figure) in row.parts(group) {
            let (sector, group) = (whom.slice.sector.unwrap_or(sector), whom.group);
            let known = read.iter().position(|part| (part.0, part.1) == (sector, group));
            let at = known.unwrap_or_else(|| {
                read.push((sector, group, Figures::default()));
                read.len() - 1
            });
            // Columns of phases are of the same people's need, side by side.
            let before = read[at].2.in_need.filter(|_| row.is_by_phase()).unwrap_or(0.0);
            read[at].2.set(field, before + figure);
        }
    }
    if read.is_empty() {
        row.note("", "", NO_FIGURES);
        return None;
    }
    let (number, place_within) = (row.row_number(), finer::place_of(row));
    entries.extend(read.into_iter().map(|(sector, group, figures)| {
        let cell = Cell { area: place.pcode.clone(), sector, group, cycle };
        Entry { row: number, cell, place: place_within.clone(), figures, hno: hno.clone() }
    }));
    Some(())
}

impl Entry {
    /// Its row, what it says figures of, and the place within.
    fn named(&self) -> (u32, &Cell, Option<&str>) {
        (self.row, &self.cell, self.place.as_deref())
    }
}

impl Figures {
    fn set(&mut self, field: Field, figure: f64) {
        match field {
            Field::Population => self.population = Some(figure),
            Field::Affected => self.affected = Some(figure),
            Field::InNeed => self.in_need = Some(figure),
            Field::Targeted => self.targeted = Some(figure),
            Field::Severity => self.severity = Some(figure).filter(|one| SEVERITY.contains(one)),
            _ => {}
        }
    }
}

fn severity(row: &mut Row<'_, '_>) -> Option<f64> {
    let severity = row.quantity(Field::Severity)?;
    if !SEVERITY.contains(&severity) {
        row.warn(Field::Severity, &severity.to_string(), "", problems::BAD_SEVERITY);
        return None;
    }
    Some(severity)
}

/// Of rows about the same the last counts.
fn settle(entries: &[Entry]) -> (Vec<Need>, Verdicts) {
    let mut verdicts = Verdicts::new();
    let mut last: HashMap<&Cell, &Entry> = HashMap::new();
    for entry in entries {
        if let Some(before) = last.insert(&entry.cell, entry) {
            supersede(before, entry, &mut verdicts);
        }
    }
    let mut kept: Vec<&Entry> = last.into_values().collect();
    kept.sort_by_key(|entry| entry.row);
    (kept.into_iter().map(|entry| need(&entry.cell, entry.row, entry.figures)).collect(), verdicts)
}

/// Rows that say different figures of the same, in a table of which no column says where, are about
/// places that are not known: none of them is the figure of the operation.
fn reject_placeless(entries: &[Entry], needs: &mut Vec<Need>, verdicts: &mut Verdicts) {
    let mut known: HashMap<&Cell, Figures> = HashMap::new();
    let mut several: HashSet<&Cell> = HashSet::new();
    for Entry { cell, figures, .. } in entries {
        if known.entry(cell).or_insert(*figures) != figures {
            several.insert(cell);
        }
    }
    for entry in entries.iter().filter(|entry| several.contains(&entry.cell)) {
        verdicts.insert(entry.row, Late::rejection(NO_PLACES));
    }
    needs.retain(|need| verdicts.get(&need.source.row).is_none_or(|late| !late.rejects));
}

fn supersede(before: &Entry, after: &Entry, verdicts: &mut Verdicts) {
    let same = if before.figures == after.figures {
        "with the same figures"
    } else {
        "with other figures"
    };
    let detail = format!("Row {}, {same}.", after.row);
    verdicts.insert(before.row, Late::warning(SUPERSEDED, detail));
}

fn need(cell: &Cell, row: u32, figures: Figures) -> Need {
    let Cell { area, sector, group, cycle } = cell.clone();
    let Figures { population, affected, in_need, targeted, severity } = figures;
    let source = Source { submission: 0, row };
    Need { source, area, sector, group, cycle, population, affected, in_need, targeted, severity }
}

/// Sums by cell, in the order of the cells' first rows.
fn add_up<'e>(entries: impl Iterator<Item = &'e Entry>) -> Vec<Need> {
    let mut position: HashMap<&Cell, u32> = HashMap::new();
    let mut sums: BTreeMap<u32, (&Cell, Figures)> = BTreeMap::new();
    for entry in entries {
        let first = *position.entry(&entry.cell).or_insert(entry.row);
        let (_, sum) = sums.entry(first).or_insert((&entry.cell, Figures::default()));
        sum.affected = add(sum.affected, entry.figures.affected);
        sum.in_need = add(sum.in_need, entry.figures.in_need);
        sum.targeted = add(sum.targeted, entry.figures.targeted);
        // The same people live there, whatever befalls them.
        sum.population = larger(sum.population, entry.figures.population);
        sum.severity = larger(sum.severity, entry.figures.severity);
    }
    sums.into_iter().map(|(row, (cell, figures))| need(cell, row, figures)).collect()
}

fn add(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

fn larger(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests;
