//! A table read in parts, and put together in the order of its rows.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use foldhash::fast::FixedState;

use super::{EXAMPLES, Read};
use crate::domain::words::grouped;
use crate::formats::Unreadable;
use crate::formats::sheet::{Part, Sheet, SheetRow};
use crate::intake::partners::Partners;
use crate::intake::report::{ColumnReport, Recorder, Report};
use crate::intake::row::{self, Context, Mention, Reading, Row, Verdict};
use crate::intake::table::{numbering, totals};
use crate::intake::{Problem, problems};

/// Rows below the headers among which one may number the columns.
const NUMBERED: u32 = 3;

/// What one part of a table was read as.
pub(super) struct Piece<T> {
    rows: Vec<T>,
    outcomes: Vec<Outcome>,
    mentions: Vec<Mention>,
}

/// What became of one row of a part.
struct Outcome {
    row: u32,
    /// The same for exact copies; `None` of rows that say nothing.
    fingerprint: Option<u64>,
    /// The same where the cells that nothing is read from are, too.
    unused: u32,
    verdict: Verdict,
    /// How many it added to the rows of its part.
    gave: u32,
}

pub(super) fn piece<T>(
    sheet: &Sheet<'_>,
    part: &Part,
    reading: &mut Reading<'_>,
    each: &impl Fn(&mut Row<'_, '_>, &mut Vec<T>),
) -> Result<Piece<T>, Unreadable> {
    let (mut rows, mut outcomes) = (Vec::new(), Vec::new());
    sheet.visit_part(part, |cells| {
        if cells.is_blank() {
            return ControlFlow::Continue(());
        }
        let before = rows.len();
        let fingerprint = match says_nothing(cells, reading) {
            Some((problem, detail)) => {
                reading.verdict.note(None, "", &detail, problem, true);
                None
            }
            None => {
                each(&mut Row { cells, reading }, &mut rows);
                Some(reading.fingerprint(cells))
            }
        };
        let verdict = std::mem::take(&mut reading.verdict);
        let gave = (rows.len() - before) as u32;
        let unused = row::unused(reading.context, cells);
        let fingerprint = match verdict.nameless {
            true => fingerprint.map(|known| known.rotate_left(1) ^ unused),
            false => fingerprint,
        };
        let unused = unused as u32;
        outcomes.push(Outcome { row: cells.number, fingerprint, unused, verdict, gave });
        reading.context.options.progress.step();
        ControlFlow::Continue(())
    })?;
    Ok(Piece { rows, outcomes, mentions: reading.take_mentions() })
}

/// Why a row is no row of data.
fn says_nothing(cells: SheetRow<'_>, reading: &mut Reading<'_>) -> Option<(Problem, String)> {
    let context = reading.context;
    let problem = |problem| Some((problem, String::new()));
    if let Some(header) = context.other_table.filter(|header| cells.number > *header) {
        return Some((problems::OTHER_TABLE, format!("Its header is row {header}.")));
    }
    if context.mapped.iter().all(|(_, column)| cells.cell(*column).is_blank()) {
        return problem(problems::NOTHING_MAPPED);
    }
    if cells.number < context.first_row + NUMBERED && numbering::is_numbering(cells, context.width)
    {
        return problem(problems::NUMBERING_ROW);
    }
    if totals::is_total_row(cells, context.width, &context.fields) {
        return problem(problems::TOTAL_ROW);
    }
    if context.groups.is_sum(cells, &mut reading.sums) {
        return problem(problems::TOTAL_ROW);
    }
    let strays = context.strays.as_ref()?;
    let found = strays.of_row(cells, strays.title_of(cells), &mut reading.strange)?;
    let is_carried = context.bands.as_ref().is_some_and(|bands| bands.is_carried(cells.number));
    let detail = if is_carried { "It is read for the rows below it." } else { "" };
    Some((found.problem(), detail.to_owned()))
}

/// The table as far as its parts have been put together.
pub(super) struct Whole<'k, T> {
    context: &'k Context<'k>,
    recorder: Recorder,
    partners: Partners<'k>,
    rows: Vec<T>,
    /// Parts put together so far.
    pub(super) parts: usize,
    /// Row number and unused cells of the first of each fingerprint.
    seen: HashMap<u64, (u32, u32), FixedState>,
    /// Copies that differ from the first in cells that nothing is read from.
    almost: u32,
    yearless: u32,
    /// Rows whose month is the sheet's.
    by_sheet: u32,
    /// Contacts that were cut out of texts, by column.
    masked: BTreeMap<usize, u32>,
    /// Rows that name an area of a level without boundaries, and the levels they are held at.
    without_boundaries: BTreeMap<u8, (u32, BTreeSet<u8>)>,
}

impl<'k, T> Whole<'k, T> {
    /// `rows` is how many there may be.
    pub(super) fn new(
        context: &'k Context<'k>,
        report: Report,
        partners: Partners<'k>,
        rows: usize,
    ) -> Self {
        Whole {
            context,
            recorder: Recorder::new(report, EXAMPLES),
            partners,
            rows: Vec::new(),
            parts: 0,
            seen: HashMap::with_capacity_and_hasher(rows, FixedState::default()),
            almost: 0,
            yearless: 0,
            by_sheet: 0,
            masked: BTreeMap::new(),
            without_boundaries: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, piece: Piece<T>) {
        self.parts += 1;
        for Mention { row, name, acronym, kind } in piece.mentions {
            self.partners.id(&name, acronym.as_deref(), kind, row);
        }
        let mut copies = Vec::new();
        for (at, outcome) in piece.outcomes.iter().enumerate() {
            if !self.close(outcome) {
                copies.push(at);
            }
        }
        if copies.is_empty() {
            return self.rows.extend(piece.rows);
        }
        let mut copies = copies.into_iter().peekable();
        let mut rows = piece.rows.into_iter();
        for (at, outcome) in piece.outcomes.iter().enumerate() {
            let mut given = rows.by_ref().take(outcome.gave as usize);
            match copies.next_if_eq(&at) {
                Some(_) => given.by_ref().for_each(drop),
                None => self.rows.extend(given),
            }
        }
    }

    /// Counts a row under its outcome; false where it is an exact copy of an accepted one. A copy
    /// of what is rejected is no better than it and is rejected again.
    fn close(&mut self, outcome: &Outcome) -> bool {
        let Outcome { row, fingerprint, verdict, unused, .. } = outcome;
        if let Some(fingerprint) = fingerprint.filter(|_| !verdict.rejected) {
            match self.seen.entry(fingerprint) {
                Entry::Vacant(free) => {
                    free.insert((*row, *unused));
                }
                Entry::Occupied(first) => {
                    let (first, of_first) = *first.get();
                    self.almost += u32::from(of_first != *unused);
                    self.recorder.copy(*row, first, problems::COPY);
                    verdict.level.into_iter().for_each(|level| self.recorder.placed(level));
                    self.recorder.close(*row);
                    return false;
                }
            }
        }
        for note in &verdict.notes {
            let (column, value, detail) = (note.column, &note.value, &note.detail);
            match note.rejects {
                true => self.recorder.reject(*row, column, value, detail, note.problem),
                false => self.recorder.warn(*row, column, value, detail, note.problem),
            }
        }
        verdict.level.into_iter().for_each(|level| self.recorder.placed(level));
        self.yearless += u32::from(verdict.yearless);
        self.by_sheet += u32::from(verdict.by_sheet);
        for (column, count) in &verdict.masked {
            *self.masked.entry(*column).or_default() += count;
        }
        if let Some((level, held)) = verdict.without_boundaries {
            let (rows, levels) = self.without_boundaries.entry(level).or_default();
            *rows += 1;
            levels.insert(held);
        }
        self.recorder.close(*row);
        true
    }

    pub(super) fn finish(mut self) -> Read<T> {
        let remarks = self.remarks_of_all();
        self.recorder.report.remarks.extend(remarks);
        let partners = self.partners.into_found();
        Read { rows: self.rows, recorder: self.recorder, partners }
    }

    /// What is said once about the file instead of in every row.
    fn remarks_of_all(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        for (level, (rows, held)) in &self.without_boundaries {
            let held: Vec<String> = held
                .iter()
                .rev()
                .map(|level| match level {
                    0 => "the operation".to_owned(),
                    level => format!("level {level}"),
                })
                .collect();
            let held = held.join(" or ");
            let (name, are, move_) = match rows {
                1 => ("1 row names".to_owned(), "it is", "moves"),
                rows => (format!("{} rows name", grouped(*rows)), "they are", "move"),
            };
            remarks.push(format!(
                "{name} an area of level {level}; no boundaries of level {level} are known: {are} held at {held}, and {move_} there once these boundaries are imported."
            ));
        }
        if self.almost > 0 {
            let (almost, copies) = (self.almost, self.recorder.report.counts.copies);
            let differ = match (almost, copies) {
                (1, 1) => "The row that repeats an earlier one differs".to_owned(),
                _ => format!(
                    "{} of the {} rows that repeat an earlier one differ",
                    grouped(almost),
                    grouped(copies)
                ),
            };
            remarks.push(format!(
                "{differ} from it in a column that is not used: if that column tells pieces of work apart, say what it is."
            ));
        }
        for (column, count) in &self.masked {
            let report = self.recorder.report.columns.iter().find(|report| report.index == *column);
            let title = report.map(ColumnReport::title).unwrap_or_default();
            let count = grouped(*count);
            remarks.push(format!(
                "{count} contacts, identity numbers or names of people were cut out of the texts in column {title}."
            ));
        }
        if let Some((months, who)) = self.context.months.filter(|_| self.by_sheet > 0) {
            let (rows, are) = match self.by_sheet {
                1 => ("1 row has".to_owned(), "it is"),
                rows => (format!("{} rows have", grouped(rows)), "they are"),
            };
            remarks.push(format!("{rows} no date: {are} of {months}, {who}."));
        }
        if let Some(year) = self.context.file_year.filter(|_| self.yearless > 0) {
            let rows = match self.yearless {
                1 => "1 row has".to_owned(),
                rows => format!("{} rows have", grouped(rows)),
            };
            remarks.push(format!(
                "{rows} dates without a year: read as {year}, from the file's name."
            ));
        }
        remarks
    }
}
