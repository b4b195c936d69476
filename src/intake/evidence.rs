//! What the values of columns look like, before the columns are mapped.

use std::collections::HashMap;
use std::ops::{ControlFlow, RangeInclusive};

use super::columns::{Head, Mapping};
use super::fields::Field;
use super::figures::{self, Measure};
use super::personal;
use super::places::Gazetteer;
use super::report::ColumnReport;
use super::severities;
use super::table::Found;
use super::units::Counted;
use super::values::{self, Decimal, Order};
use super::vocabulary;
use crate::formats::Unreadable;
use crate::formats::sheet::{Cell, Sheet, SheetRow};

/// Rows whose values are looked at before columns are mapped.
const EVIDENCE_ROWS: usize = 400;
/// Longest text that is looked up in vocabularies.
const WORDY: usize = 120;
/// Years of ours. The Ethiopian calendar is seven to eight behind, and plans reach no further ahead;
/// two digits of a Hijri year are more.
const RECENT: RangeInclusive<i16> = 2023..=2040;
/// Different texts that are remembered while a sheet is looked at.
const REMEMBERED: usize = 50_000;

/// What some of the values of a column look like; shares of the filled cells, 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    pub filled: u32,
    /// Different values among them.
    pub distinct: u32,
    /// Known P-codes, by level 1-4.
    pub codes: [f32; 5],
    /// Known names of areas, by level 1-4.
    pub names: [f32; 5],
    pub mean_length: f32,
    /// The first of them.
    pub example: Box<str>,
    /// What the people of a part are, where only the sums of its rows say it.
    pub counts: Option<Measure>,
    /// Cells that name a population group, and all that are filled, where too few name one.
    pub few_groups: Option<(u32, u32)>,
    shares: [f32; Trait::COUNT],
}

/// What one value can be seen to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Trait {
    Sector,
    Number,
    Date,
    Status,
    SiteStatus,
    PartnerType,
    Group,
    Sex,
    Age,
    Unit,
    Modality,
    Month,
    /// Latitude and longitude in one cell.
    Coordinates,
    /// A number within -90 to 90.
    Latitude,
    /// A number within -180 to 180.
    Longitude,
    /// Letters of a country and digits, known or not.
    CodeShape,
    Email,
    Phone,
    /// A name with a title before it.
    PersonTitle,
    /// A severity in words.
    Severity,
    /// A day with the time of that day, as forms write when they are filled in.
    Moment,
    /// A moment to parts of a second, as only a clock writes.
    Clock,
    /// A day of years that other calendars have not come to.
    Recent,
    /// Shown as per cent.
    Share,
    /// A number with a sign or code of dollars.
    Dollars,
}

impl Trait {
    const COUNT: usize = Trait::Dollars as usize + 1;
}

impl Evidence {
    /// Share of the filled cells that have a trait, 0 to 1.
    pub fn share(&self, of: Trait) -> f32 {
        self.shares[of as usize]
    }

    /// So many cells and different values, for tests.
    #[cfg(test)]
    pub fn of(filled: u32, distinct: u32) -> Evidence {
        Evidence { filled, distinct, ..Evidence::default() }
    }

    /// Sets a share, for tests.
    #[cfg(test)]
    pub fn with(mut self, of: Trait, share: f32) -> Evidence {
        self.shares[of as usize] = share;
        self
    }
}

/// What a text was seen to be, once for all the cells that have it.
#[derive(Clone, Copy, Default)]
struct Seen {
    traits: u32,
    code: u8,
    names: [bool; 5],
}

/// What a sample of each column looks like: the first rows of delimited text, rows from all of a
/// spreadsheet.
pub fn evidence(
    sheet: &Sheet<'_>,
    found: &Found,
    gazetteer: &Gazetteer<'_>,
) -> Result<Vec<Evidence>, Unreadable> {
    let mut evidence = vec![Evidence::default(); found.heads.len()];
    let mut distinct: Vec<HashMap<Box<str>, ()>> = vec![HashMap::new(); found.heads.len()];
    let mut seen: HashMap<Box<str>, Seen> = HashMap::new();
    let mut take = |row: SheetRow<'_>| {
        for (at, head) in found.heads.iter().enumerate() {
            let cell = row.cell(head.index);
            let Some(text) = cell.text().filter(|text| !values::is_nothing(text)) else { continue };
            let known = match seen.get(&*text) {
                Some(known) => *known,
                None => {
                    let new = look(cell, &text, gazetteer);
                    if seen.len() < REMEMBERED {
                        seen.insert(Box::from(&*text), new);
                    }
                    new
                }
            };
            let evidence = &mut evidence[at];
            if evidence.filled == 0 {
                evidence.example = Box::from(&*text);
            }
            evidence.filled += 1;
            evidence.mean_length += text.chars().count() as f32;
            evidence.codes[usize::from(known.code)] += f32::from(u8::from(known.code > 0));
            for (share, is_known) in evidence.names.iter_mut().zip(known.names) {
                *share += f32::from(u8::from(is_known));
            }
            for (at, share) in evidence.shares.iter_mut().enumerate() {
                *share += (known.traits >> at & 1) as f32;
            }
            if !distinct[at].contains_key(&*text) {
                distinct[at].insert(Box::from(&*text), ());
            }
        }
    };
    // Files are often sorted: a spreadsheet is sampled evenly, delimited text from its start.
    let step = sheet.rows().map_or(1, |rows| rows.div_ceil(EVIDENCE_ROWS)).max(1);
    let (mut passed, mut taken) = (0, 0);
    sheet.visit(found.first_row, |row| {
        if passed % step == 0 {
            take(row);
            taken += 1;
        }
        passed += 1;
        if taken < EVIDENCE_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    for ((evidence, distinct), head) in evidence.iter_mut().zip(distinct).zip(&found.heads) {
        // Of all rows, as a share of those that were looked at.
        let all = sheet.rows().unwrap_or(0) as f32;
        let shown = sheet.shares(head.index).len() as f32 * taken as f32 / all.max(1.0);
        evidence.shares[Trait::Share as usize] = shown.min(evidence.filled as f32);
        evidence.distinct = distinct.len() as u32;
        let filled = evidence.filled.max(1) as f32;
        let shares = evidence.codes.iter_mut().chain(&mut evidence.names);
        shares.chain(&mut evidence.shares).for_each(|share| *share /= filled);
        evidence.mean_length /= filled;
    }
    Ok(evidence)
}

fn look(cell: Cell<'_>, text: &str, gazetteer: &Gazetteer<'_>) -> Seen {
    let mut traits = 0u32;
    let mut set = |of: Trait, is: bool| traits |= u32::from(is) << of as u32;
    let number =
        values::number(cell, Decimal::Point).or_else(|| values::number(cell, Decimal::Comma));
    set(Trait::Number, number.is_some());
    let dollars = Cell::Text(values::without_dollars(text));
    let dollars = [Decimal::Point, Decimal::Comma].map(|mark| values::number(dollars, mark));
    set(Trait::Dollars, number.is_none() && dollars.iter().any(Option::is_some));
    let degrees = |is_latitude| number.or_else(|| values::angle(text, is_latitude));
    set(Trait::Latitude, degrees(true).is_some_and(|degrees| degrees.abs() <= 90.0));
    set(Trait::Longitude, degrees(false).is_some_and(|degrees| degrees.abs() <= 180.0));
    let plain_number = number.is_some() && !matches!(cell, Cell::Date(_));
    let read = |order| values::day(cell, order, false, Some(2000));
    let day = read(Order::DayFirst).or_else(|| read(Order::MonthFirst));
    set(Trait::Date, day.is_some());
    set(Trait::Recent, day.is_some_and(|day| RECENT.contains(&day.ymd().0)));
    set(Trait::Moment, is_moment(text));
    set(Trait::Clock, is_moment(text) && is_clock(text));
    set(Trait::Phone, personal::is_phone(text));
    if !plain_number && text.len() <= WORDY {
        set(Trait::Sector, vocabulary::sector(text).is_some());
        set(Trait::Status, vocabulary::status(text).is_some());
        set(Trait::SiteStatus, vocabulary::site_status(text).is_some());
        set(Trait::PartnerType, vocabulary::partner_type(text).is_some());
        set(Trait::Group, vocabulary::population_group(text).is_some());
        set(Trait::Sex, vocabulary::sex(text).is_some());
        set(Trait::Age, vocabulary::age(text).is_some());
        let unit = vocabulary::unit(text);
        set(Trait::Unit, unit.is_some_and(|unit| unit != Counted::Things));
        set(Trait::Modality, vocabulary::modality(text).is_some());
        set(Trait::Severity, severities::read(text).is_some());
        set(Trait::Month, vocabulary::month(text).is_some());
        set(Trait::Coordinates, values::coordinates(text).is_some());
        set(Trait::CodeShape, is_code_shaped(text));
        set(Trait::Email, personal::is_email(text));
        set(Trait::PersonTitle, personal::has_title(text));
    }
    let (code, names) = gazetteer.knows(text);
    Seen { traits, code: code.unwrap_or(0).min(4), names }
}

/// A day and a time that is not midnight: `2019-07-18T15:47:36.297000+00:00`.
fn is_moment(text: &str) -> bool {
    let Some((_, time)) = text.split_once(['T', ' ']) else { return false };
    let parts: Vec<&str> = time.splitn(3, ':').collect();
    let [hours, minutes, rest] = parts[..] else { return false };
    let two = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = rest.get(..2).filter(|seconds| two(seconds));
    let is_midnight = hours == "00" && minutes == "00" && seconds == Some("00");
    two(hours) && two(minutes) && seconds.is_some() && !is_midnight
}

/// Whether a moment has parts of a second that are not zero: `09:12:33.123+02:00`.
fn is_clock(text: &str) -> bool {
    let parts = text.split_once('.').map(|(_, parts)| parts).unwrap_or_default();
    parts.chars().take_while(char::is_ascii_digit).any(|c| c != '0')
}

/// Two or three letters, then digits, as P-codes are: `CD7402ZS01`, `MZ0101`, `IQG01Q01`.
pub fn is_code_shaped(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (2..=3).contains(&letters)
        && digits >= 2
        && text.len() <= 20
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Parts that do not say what they count add up to a total: where that is another one than they were
/// taken to belong to, their evidence says so from now on; whether it does. `Targeted, Male, Female,
/// Reached` are the men and women of those targeted where the rows add up so.
pub fn doubts_parts(
    sheet: &Sheet<'_>,
    found: &Found,
    mapping: &Mapping,
    evidence: &mut [Evidence],
) -> Result<bool, Unreadable> {
    let totals = [(Field::Targeted, Measure::Targeted), (Field::Reached, Measure::Reached)];
    let says_itself = |head: &Head| {
        let said =
            [&head.header, &head.group].into_iter().filter_map(|text| figures::of_header(text));
        !head.tag.is_empty() || said.into_iter().any(|said| said.measure.is_some())
    };
    let mut doubted = false;
    for ((field, _), (other, measure)) in [(totals[1], totals[0]), (totals[0], totals[1])] {
        let (Some(total), Some(other)) =
            (mapping.column_of[field as usize], mapping.column_of[other as usize])
        else {
            continue;
        };
        let parts = mapping.beside_total.iter().filter(|one| one.total == total);
        let parts: Vec<usize> = parts.map(|one| one.column).collect();
        let heads =
            || found.heads.iter().enumerate().filter(|(_, head)| parts.contains(&head.index));
        let is_open = |at: usize| evidence.get(at).is_some_and(|seen| seen.counts.is_none());
        if parts.is_empty() || heads().any(|(at, head)| says_itself(head) || !is_open(at)) {
            continue;
        }
        let (mut rows, mut own, mut others) = (0u32, 0u32, 0u32);
        sheet.visit(found.first_row, |row| {
            let number = |at: usize| values::number(row.cell(at), Decimal::Point);
            let sum = parts.iter().filter_map(|at| number(*at)).reduce(|sum, one| sum + one);
            if let (Some(sum), Some(of_other)) = (sum, number(other)) {
                rows += 1;
                others += u32::from(of_other == sum);
                own += u32::from(number(total) == Some(sum));
            }
            ControlFlow::Continue(())
        })?;
        if rows > 0 && others * 10 >= rows * 9 && own * 2 < rows {
            for at in heads().map(|(at, _)| at).collect::<Vec<_>>() {
                if let Some(seen) = evidence.get_mut(at) {
                    seen.counts = Some(measure);
                }
            }
            doubted = true;
        }
    }
    Ok(doubted)
}

/// A column of free text about people is no population group: were its few known words taken for
/// groups, their rows would leave the totals. Where most of the cells of the column that is mapped to
/// groups name none, its evidence says so from now on; whether it does.
pub fn doubts_groups(
    sheet: &Sheet<'_>,
    found: &Found,
    mapping: &Mapping,
    evidence: &mut [Evidence],
) -> Result<bool, Unreadable> {
    let is_unsure = |report: &ColumnReport| report.confidence < 1.0;
    let column = mapping.column_of[Field::PopulationGroup as usize].filter(|column| {
        mapping.columns.iter().any(|report| report.index == *column && is_unsure(report))
    });
    let at = found.heads.iter().position(|head| Some(head.index) == column);
    let (Some(column), Some(evidence)) = (column, at.and_then(|at| evidence.get_mut(at))) else {
        return Ok(false);
    };
    let mut known: HashMap<Box<str>, bool> = HashMap::new();
    let (mut filled, mut named) = (0u32, 0u32);
    sheet.visit(found.first_row, |row| {
        if let Some(text) = row.cell(column).text() {
            filled += 1;
            let is_known = match known.get(&*text) {
                Some(is_known) => *is_known,
                None => {
                    let is_known = vocabulary::population_group(&text).is_some();
                    if known.len() < 10_000 {
                        known.insert(Box::from(&*text), is_known);
                    }
                    is_known
                }
            };
            named += u32::from(is_known);
        }
        ControlFlow::Continue(())
    })?;
    if named * 2 >= filled || evidence.few_groups.is_some() {
        return Ok(false);
    }
    evidence.few_groups = Some((named, filled));
    Ok(true)
}
