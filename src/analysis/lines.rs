//! The lines and rows behind one area's `reached`, with what each one gave to it.
//!
//! `reached` of an area is a sum over the areas at and below it of what is held there, and of each
//! of those the figure is that of one sector and one activity type. So every line either gives its
//! highest month or nothing, and the contributions of all lines add up to `reached`.

use std::cmp::Ordering;
use std::ops::Range;

use super::parts;
use super::query::GapQuery;
use super::reach::{self, LineFigure, View};
use crate::domain::activity::Counting;
use crate::domain::columns::{LineSum, NO_MONTH};
use crate::domain::{Activity, AreaIx, Columns, Group, Month, Sector, Snapshot, Text};

/// A page of the lines behind a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// Largest contribution first.
    pub lines: Vec<Line>,
    /// How many lines there are in all.
    pub total: usize,
    /// What all of them gave together: the area's `reached`, 0 where that is unknown.
    pub contributions: f64,
}

/// The rows of one partner, sector, activity type, place and group within the period (METHODS 4).
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub partner: Text,
    pub sector: Option<Sector>,
    pub activity_type: Option<Text>,
    /// Where the line is held.
    pub area: AreaIx,
    /// As the first row writes it.
    pub location: Option<Text>,
    pub group: Group,
    /// Months with rows that count, earliest first; rows without a month come first.
    pub months: Vec<LineMonth>,
    /// People of the highest month; `None` where no row that counts states any.
    pub standard: Option<f64>,
    /// People of all months.
    pub high: Option<f64>,
    /// Whether the line is part of the area's `reached`.
    pub counted_in_standard: bool,
    /// People it gave to the area's `reached`.
    pub contribution: f64,
    pub why: Why,
    pub rows: Vec<LineRow>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineMonth {
    /// `None` for rows without a readable start date.
    pub month: Option<Month>,
    /// People; `None` where no row of the month states any.
    pub reached: Option<f64>,
    pub rows: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineRow {
    /// Number of the activity.
    pub activity: u64,
    /// People, converted from households where the operation states their size.
    pub reached: Option<f64>,
    /// Whether the row is part of the area's `reached`.
    pub counts: bool,
    pub why: Why,
}

/// Why a line or row counts in `reached`, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Why {
    Counts,
    OtherMonth,
    PartOfTotal,
    TotalOfParts,
    OtherType,
    OtherSector,
    NoFigure,
    Planned,
    Cancelled,
}

impl Why {
    /// Code and sentence.
    pub const TABLE: &'static [(Why, &'static str, &'static str)] = &[
        (Why::Counts, "counts", "It counts."),
        (
            Why::OtherMonth,
            "other-month",
            "Another month of the line was higher, and a line counts with its highest month.",
        ),
        (
            Why::PartOfTotal,
            "part-of-total",
            "It is about a part of a group whose larger total the same partner reported here.",
        ),
        (
            Why::TotalOfParts,
            "total-of-parts",
            "It is a total, and its parts reported by the same partner here add up to more.",
        ),
        (
            Why::OtherType,
            "other-type",
            "Another activity type reached more people here, and the same people may get both.",
        ),
        (
            Why::OtherSector,
            "other-sector",
            "Another sector reached more people here, and the same people may be served by both.",
        ),
        (Why::NoFigure, "no-figure", "No people reached are stated."),
        (Why::Planned, "planned", "It is planned: nobody is reached yet."),
        (Why::Cancelled, "cancelled", "It was cancelled."),
    ];

    pub fn code(self) -> &'static str {
        Why::TABLE[self as usize].1
    }

    pub fn sentence(self) -> &'static str {
        Why::TABLE[self as usize].2
    }
}

/// A line before it is written out.
struct Found<'a> {
    columns: &'a Columns,
    line: u32,
    slot: u8,
    rank: u32,
    contribution: f64,
    why: Why,
}

/// The lines at and below `area`, from the one that gave most; of them only the `page` is written
/// out, so that memory stays bounded. `query.level` is not read.
pub fn lines(snapshot: &Snapshot, query: &GapQuery, area: AreaIx, page: Range<usize>) -> Lines {
    let ranks = snapshot.order.subtree(snapshot.order.rank(area));
    let mut found = Vec::new();
    for band in snapshot.columns.over(&ranks) {
        let view = View::new(&band.columns, query);
        let ranks = ranks.start.max(band.ranks.start)..ranks.end.min(band.ranks.end);
        let of_slot =
            |slot| (slot as u8, view.columns.at_ranks(view.columns.of_slot(slot), &ranks));
        let mut cursors: Vec<(u8, Range<usize>)> =
            reach::slots(query.sector).map(of_slot).collect();
        for rank in ranks.clone() {
            held_at(&view, rank as u32, &mut cursors, &mut found);
        }
    }
    let total = found.len();
    let contributions = found.iter().map(|found| found.contribution).sum();
    let order = |a: &Found, b: &Found| {
        let by_people = b.contribution.partial_cmp(&a.contribution).unwrap_or(Ordering::Equal);
        let place = |one: &Found| (one.slot, one.rank, one.line);
        by_people.then(a.why.cmp(&b.why)).then(place(a).cmp(&place(b)))
    };
    let page = page.start.min(total)..page.end.min(total).max(page.start.min(total));
    if page.end < total {
        // Only what comes before the end of the page is put in order.
        found.select_nth_unstable_by(page.end, order);
    }
    found[..page.end].sort_unstable_by(order);
    let lines = found[page].iter().map(|found| written(snapshot, query, found)).collect();
    Lines { lines, total, contributions }
}

/// Judges every line held at one area.
fn held_at<'a>(
    view: &View<'a>,
    rank: u32,
    cursors: &mut [(u8, Range<usize>)],
    found: &mut Vec<Found<'a>>,
) {
    let first = found.len();
    let mut best: Option<(f64, Range<usize>)> = None;
    for (slot, cursor) in cursors {
        if cursor.start == cursor.end || view.columns.held[cursor.start].rank != rank {
            continue;
        }
        let from = found.len();
        let standard = sector_at(view, cursor.start, (*slot, rank), found);
        cursor.start += 1;
        if let Some(standard) = standard
            && best.as_ref().is_none_or(|(highest, _)| standard > *highest)
        {
            best = Some((standard, from..found.len()));
        }
    }
    let winner = best.map_or(0..0, |(_, lines)| lines);
    demote(found, first, &winner, Why::OtherSector);
}

/// Judges every line of one sector held at one area; its standard figure.
fn sector_at<'a>(
    view: &View<'a>,
    held: usize,
    place: (u8, u32),
    found: &mut Vec<Found<'a>>,
) -> Option<f64> {
    let first = found.len();
    let mut best: Option<(f64, Range<usize>)> = None;
    let mut figures: Vec<LineFigure> = Vec::new();
    for kind in view.columns.types_of(held).filter(|kind| view.sees_type(*kind)) {
        let from = found.len();
        let mut standard: Option<f64> = None;
        for work in view.columns.works_of(kind) {
            view.work(work, &mut figures, |_| ());
            if !figures.is_empty() {
                let sum = parts::larger(&figures, |line| line.standard);
                standard = Some(standard.unwrap_or(0.0) + sum);
            }
            work_at(view, work, place, &figures, found);
        }
        if let Some(standard) = standard
            && best.as_ref().is_none_or(|(highest, _)| standard > *highest)
        {
            best = Some((standard, from..found.len()));
        }
    }
    let winner = best.as_ref().map_or(0..0, |(_, lines)| lines.clone());
    demote(found, first, &winner, Why::OtherType);
    best.map(|(standard, _)| standard)
}

/// Judges the lines of one partner, activity type and place among themselves.
fn work_at<'a>(
    view: &View<'a>,
    work: usize,
    (slot, rank): (u8, u32),
    figures: &[LineFigure],
    found: &mut Vec<Found<'a>>,
) {
    let mut marks = vec![false; figures.len()];
    parts::chosen(figures, |line| line.standard, &mut marks);
    for line in view.columns.lines_of(work) {
        let group = &view.columns.lines[line].group;
        let in_period = || view.meets_line(line);
        if !view.group.sees(group) || !in_period() {
            continue;
        }
        let figure = figures.iter().position(|figure| figure.line == line);
        let (contribution, why) = match figure {
            Some(at) if marks[at] => (figures[at].standard, Why::Counts),
            Some(_) if is_total_of_chosen(group, figures, &marks) => (0.0, Why::TotalOfParts),
            Some(_) => (0.0, Why::PartOfTotal),
            None => (0.0, silence(&view.line(line))),
        };
        let (columns, line) = (view.columns, line as u32);
        found.push(Found { columns, line, slot, rank, contribution, why });
    }
}

fn is_total_of_chosen(group: &Group, figures: &[LineFigure], marks: &[bool]) -> bool {
    let mut chosen = figures.iter().zip(marks).filter(|(_, mark)| **mark);
    chosen.any(|(figure, _)| group.sees(&figure.group))
}

/// Why a line without figures does not count.
fn silence(sum: &LineSum) -> Why {
    match (sum.rows > 0, sum.planned) {
        (true, _) => Why::NoFigure,
        (false, true) => Why::Planned,
        (false, false) => Why::Cancelled,
    }
}

/// Lines from `first` on that would count, but are not in `winner`, do not.
fn demote(found: &mut [Found], first: usize, winner: &Range<usize>, why: Why) {
    for (position, line) in found.iter_mut().enumerate().skip(first) {
        if !winner.contains(&position) && line.why == Why::Counts {
            (line.contribution, line.why) = (0.0, why);
        }
    }
}

fn written(snapshot: &Snapshot, query: &GapQuery, found: &Found) -> Line {
    let (columns, view) = (found.columns, &View::new(found.columns, query));
    let rows: Vec<usize> =
        columns.rows_of(found.line as usize).filter(|row| view.meets(*row)).collect();
    let months = months(view, &rows);
    let sum = view.line(found.line as usize);
    let stated = |people: f64| (sum.rows > sum.silent).then_some(people);
    // Months are in order, so of equally high ones the first counts.
    let highest = months.iter().find(|month| month.reached == stated(sum.standard));
    let highest = highest.map(|month| month.month);
    let row = |row: &usize| {
        let people = columns.reached[*row];
        let month = month_of(columns.months[*row]);
        let why = match columns.marks[*row].counting {
            Counting::Planned => Why::Planned,
            Counting::Cancelled => Why::Cancelled,
            Counting::Counts if people.is_nan() => Why::NoFigure,
            Counting::Counts if found.why == Why::Counts && highest != Some(month) => {
                Why::OtherMonth
            }
            Counting::Counts => found.why,
        };
        LineRow {
            activity: columns.activities[*row],
            reached: (!people.is_nan()).then_some(people),
            counts: why == Why::Counts,
            why,
        }
    };
    let rows: Vec<LineRow> = rows.iter().map(row).collect();
    let first = rows.first().and_then(|row| snapshot.activity(row.activity));
    let said = |text: fn(&Activity) -> &Option<Text>| first.and_then(|row| text(row).clone());
    Line {
        partner: first.map(|row| row.partner.clone()).unwrap_or_default(),
        sector: first.and_then(|row| row.sector),
        activity_type: said(|row| &row.activity_type),
        area: snapshot.order.area(found.rank as usize),
        location: said(|row| &row.location),
        group: columns.lines[found.line as usize].group,
        months,
        standard: stated(sum.standard),
        high: stated(sum.high),
        counted_in_standard: found.why == Why::Counts,
        contribution: found.contribution,
        why: found.why,
        rows,
    }
}

fn months(view: &View, rows: &[usize]) -> Vec<LineMonth> {
    let mut months: Vec<LineMonth> = Vec::new();
    for row in rows.iter().copied() {
        if view.columns.marks[row].counting != Counting::Counts {
            continue;
        }
        let month = month_of(view.columns.months[row]);
        if months.last().is_none_or(|last| last.month != month) {
            months.push(LineMonth { month, reached: None, rows: 0 });
        }
        let Some(last) = months.last_mut() else { continue };
        last.rows += 1;
        let people = view.columns.reached[row];
        if !people.is_nan() {
            last.reached = Some(last.reached.unwrap_or(0.0) + people);
        }
    }
    months
}

fn month_of(month: i32) -> Option<Month> {
    (month != NO_MONTH).then_some(Month(month))
}
