//! A table, row by row, with its cells read as what they are. Everything a reader of one kind of
//! table needs is on [`Row`]; the report writes itself along the way.

mod memo;
mod place;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::RangeInclusive;

use foldhash::fast::FixedState;

use self::memo::Memo;
use super::fields::{Field, Role};
use super::partners::Partners;
use super::parts::{Part, Whom};
use super::personal;
use super::places::{Gazetteer, Remark};
use super::report::Problem;
use super::units::{self, Counted};
use super::values::{self, Decimal, Dots, Style};
use super::{Kind, Options, problems, vocabulary};
use crate::domain::{
    Age, AreaIx, Day, Decided, Disability, Group, PartnerType, Point, PopulationGroup, Sector, Sex,
    Source, Status, Text, fold, fold_spelling,
};
use crate::formats::sheet::{Cell, SheetRow, trimmed};

/// No figure of people can be higher; the world has about 8 billion.
const EVERYBODY: f64 = 1e10;
/// Sums of shares of people differ by less.
const ROUNDING: f64 = 1e-6;
/// Days of activities and sites lie in these years.
pub const YEARS: RangeInclusive<i16> = 1990..=2100;

/// Days that an activity or a site can have.
pub fn plausible_days() -> RangeInclusive<Day> {
    let day = |year, month, day, open| Day::from_ymd(year, month, day).unwrap_or(Day(open));
    day(*YEARS.start(), 1, 1, i32::MIN)..=day(*YEARS.end(), 12, 31, i32::MAX)
}

/// What all rows of a table share.
#[derive(Debug)]
pub struct Context<'k> {
    pub kind: Kind,
    /// Column by `Field as usize`.
    pub column_of: Vec<Option<usize>>,
    /// The fields there are, and their columns.
    pub mapped: Vec<(Field, usize)>,
    /// The same by column.
    pub fields: Vec<Option<Field>>,
    /// Columns that nothing is read from.
    pub unused: Vec<usize>,
    /// Columns that each count a part of the people, and which part.
    pub parts: Vec<Part>,
    /// Columns whose sum is compared with the total of a field.
    pub beside_total: Vec<(Field, usize)>,
    /// What the headers of figures say that they count, by `Field as usize`.
    pub said: Vec<Said>,
    /// The people in need are counted by IPC phase.
    pub by_phase: bool,
    /// Columns before those that an earlier report added.
    pub width: usize,
    /// How the cells of a field are written, by `Field as usize`.
    pub styles: Vec<Style>,
    pub options: &'k Options,
    /// Which partner another one is.
    pub decided: Decided,
    /// The year of dates that name none, where the sender said one.
    pub year: Option<i16>,
    /// The year in the file's name, where the sender said none.
    pub file_year: Option<i16>,
    /// Days that an activity or a site can have.
    pub days: RangeInclusive<Day>,
}

/// What the header of a column of figures says that it counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Said {
    /// People, beneficiaries.
    People,
    /// People, beside a column of quantities that a unit belongs to.
    PeopleNotUnits,
    /// Figures of whatever the row says: `Value`.
    Whatever,
    #[default]
    Nothing,
}

/// The partner of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Who {
    pub id: Text,
    /// The id its file gave, where a decision made it another partner's.
    pub reported_as: Option<Text>,
}

/// One row of a table, with its cells by field.
pub struct Row<'r, 'k> {
    pub(super) cells: SheetRow<'r>,
    pub(super) reading: &'r mut Reading<'k>,
}

/// What one thread that reads rows remembers from row to row, and what there is to say of the
/// current one.
#[derive(Debug)]
pub struct Reading<'k> {
    pub context: &'k Context<'k>,
    pub verdict: Verdict,
    gazetteer: Gazetteer<'k>,
    texts: HashSet<Text, FixedState>,
    /// Texts that were found to have no contacts in them.
    clean: HashSet<Text, FixedState>,
    /// What a text was understood as, by field: a small number, or nothing.
    words: Vec<HashMap<Box<str>, Option<u8>, FixedState>>,
    days: Memo<Option<Day>>,
    ages: Memo<Option<Age>>,
    /// The texts of the current row, put together.
    said: String,
    partners: Partners<'k>,
    /// Partners named since they were last taken, each way of naming once.
    mentions: Vec<Mention>,
    mentioned: HashSet<u64, FixedState>,
    remarks: Vec<Remark>,
}

/// What there is to say of a row besides what was read.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub notes: Vec<RowNote>,
    pub rejected: bool,
    /// Level the row is placed at, once it is.
    pub level: Option<u8>,
    /// Its dates took the year of the file's name.
    pub yearless: bool,
    /// Contacts that were cut out of its texts, by column.
    pub masked: Vec<(usize, u32)>,
    /// It names an area of a level without boundaries: that level, and the one it is held at.
    pub without_boundaries: Option<(u8, u8)>,
}

/// A remark for the report.
#[derive(Clone, Debug)]
pub struct RowNote {
    pub column: Option<usize>,
    pub value: Box<str>,
    pub detail: Box<str>,
    pub problem: Problem,
    pub rejects: bool,
}

/// A way a row names a partner.
#[derive(Clone, Debug)]
pub struct Mention {
    pub row: u32,
    pub name: Box<str>,
    pub acronym: Option<Box<str>>,
    pub kind: Option<PartnerType>,
}

impl<'r> Row<'r, '_> {
    /// Row number in the file, as a spreadsheet shows it.
    pub fn row_number(&self) -> u32 {
        self.cells.number
    }

    /// The row as a source; the store fills in the submission.
    pub fn source(&self) -> Source {
        Source { submission: 0, row: self.cells.number }
    }

    /// Whether the table has a column of this field at all.
    pub fn has(&self, field: Field) -> bool {
        self.reading.context.column_of[field as usize].is_some()
    }

    /// The cell of a field; empty where there is no such column.
    pub fn cell(&self, field: Field) -> Cell<'r> {
        match self.reading.context.column_of[field as usize] {
            Some(column) => self.cells.cell(column),
            None => Cell::Empty,
        }
    }

    /// Trimmed text; `None` where blank. A failed formula is nothing, and warned about.
    pub fn text(&mut self, field: Field) -> Option<Cow<'r, str>> {
        match self.cell(field) {
            Cell::Error(error) => {
                self.warn(field, error, "", problems::FAILED_FORMULA);
                None
            }
            cell => {
                let text = cell.text().filter(|text| !values::is_nothing(text))?;
                if values::is_failed(&text) {
                    self.warn(field, &text, "", problems::FAILED_FORMULA);
                    return None;
                }
                Some(text)
            }
        }
    }

    /// Trimmed text that no other row has.
    pub fn own(&mut self, field: Field) -> Option<Text> {
        self.text(field).map(Text::from)
    }

    /// Trimmed text that rows share.
    pub fn shared(&mut self, field: Field) -> Option<Text> {
        let text = self.text(field)?;
        Some(self.reading.share(&text))
    }

    /// Trimmed text without the contacts and names of people in it, that rows share.
    pub fn words(&mut self, field: Field) -> Option<Text> {
        if let Cell::Text(text) = self.cell(field)
            && let Some(known) = self.reading.clean.get(trimmed(text))
        {
            return Some(known.clone());
        }
        match self.kept(field)? {
            Cow::Owned(text) => Some(self.reading.share(&text)),
            Cow::Borrowed(text) => {
                let new: Text = text.into();
                self.reading.clean.insert(new.clone());
                Some(new)
            }
        }
    }

    /// Trimmed text without the contacts and names of people in it.
    pub fn kept(&mut self, field: Field) -> Option<Cow<'r, str>> {
        let text = self.text(field)?;
        let masked = match field {
            Field::Name | Field::Location | Field::Partner | Field::ImplementingPartner => {
                personal::mask_name(&text)
            }
            _ => personal::mask(&text),
        };
        let Some((kept, count)) = masked else { return Some(text) };
        self.warn(field, "", "", problems::PERSONAL_DATA);
        if let Some(column) = self.reading.context.column_of[field as usize] {
            self.reading.verdict.masked.push((column, count));
        }
        Some(Cow::Owned(kept))
    }

    /// Whether the table counts parts of everybody in columns of their own.
    pub fn has_parts(&self) -> bool {
        !self.reading.context.parts.is_empty()
    }

    /// Whether the table counts the people in need by IPC phase.
    pub fn is_by_phase(&self) -> bool {
        self.reading.context.by_phase
    }

    /// Whether it counts the people in need of several sectors in columns of their own.
    pub fn has_sectors(&self) -> bool {
        self.reading.context.parts.iter().any(|part| part.whom.sector.is_some())
    }

    /// The figures of the columns that each count a part, by their groups within the row's own, in
    /// the order of the columns. Blank cells are left out.
    pub fn parts(&mut self, own: Group) -> Vec<(Whom, Field, f64)> {
        let mut found = Vec::new();
        for at in 0..self.reading.context.parts.len() {
            let Part { column, field, whom } = self.reading.context.parts[at];
            if let Some(figure) = self.quantity_in(field, column) {
                let whom = Whom { group: within(own, whom.group), ..whom };
                found.push((whom, field, figure));
            }
        }
        found
    }

    /// A number that is zero or more; anything else is unknown and warned about, a dash is blank.
    pub fn quantity(&mut self, field: Field) -> Option<f64> {
        let column = self.reading.context.column_of[field as usize]?;
        self.quantity_in(field, column)
    }

    /// The figure of a field: its total or the sum of its parts, whichever is larger (METHODS 12).
    pub fn larger(&mut self, field: Field) -> Option<f64> {
        let total = self.quantity(field);
        let decimal = self.reading.context.styles[field as usize].decimal;
        let columns = self.reading.context.beside_total.iter();
        let columns = columns.filter(|(of, _)| *of == field).map(|(_, column)| *column);
        let figures = columns.filter_map(|column| values::number(self.cells.cell(column), decimal));
        let figures = figures.filter(|figure| (0.0..=EVERYBODY).contains(figure));
        let sum = figures.reduce(|sum, figure| sum + figure).filter(|sum| *sum <= EVERYBODY);
        let Some(sum) = sum else { return total };
        match total {
            Some(total) if sum <= total + ROUNDING => Some(total),
            Some(total) => {
                let detail = format!("The parts add up to {sum}, the total is {total}.");
                self.warn(field, &total.to_string(), &detail, problems::PARTS_DIFFER);
                Some(sum)
            }
            None => {
                let detail = format!("The parts add up to {sum}.");
                self.warn(field, "", &detail, problems::NO_TOTAL);
                Some(sum)
            }
        }
    }

    fn quantity_in(&mut self, field: Field, column: usize) -> Option<f64> {
        let cell = self.cells.cell(column);
        if cell == Cell::Empty {
            return None;
        }
        let Style { decimal, dots, .. } = self.reading.context.styles[field as usize];
        match values::number(cell, decimal) {
            Some(number) if field.counts_people() && number > EVERYBODY => {
                let text = cell.text().unwrap_or_default();
                self.warn_at(column, &text, "", problems::TOO_MANY);
                None
            }
            Some(number) if number >= 0.0 => {
                if let (Dots::Ambiguous, Cell::Text(text)) = (dots, cell)
                    && values::is_dotted(text)
                {
                    let detail = format!("{text} may mean {}.", text.trim().replace('.', ""));
                    self.warn_at(column, text, &detail, problems::THOUSANDS_OR_DECIMALS);
                }
                Some(number)
            }
            Some(number) => {
                self.warn_at(column, &number.to_string(), "", problems::NEGATIVE);
                None
            }
            None if cell.is_blank() || values::is_dash(cell) => None,
            None => {
                let text = cell.text().unwrap_or_default();
                self.warn_at(column, &text, "", problems::NOT_A_NUMBER);
                None
            }
        }
    }

    /// A day; of an end date that names only a month, the last day.
    pub fn day(&mut self, field: Field) -> Option<Day> {
        let cell = self.cell(field);
        if cell == Cell::Empty {
            return None;
        }
        let last = matches!(field, Field::End | Field::CycleEnd);
        let serials = self.reading.context.styles[field as usize].serials;
        let day = self.read_day(field, cell, last);
        if let (Some(day), Kind::Activities | Kind::Sites) = (day, self.reading.context.kind)
            && (!self.reading.context.days.contains(&day)
                || (values::serial(cell).is_some() && !serials))
        {
            let text = cell.text().unwrap_or_default();
            self.warn(field, &text, &format!("It would be {day}."), problems::IMPLAUSIBLE_DATE);
            return None;
        }
        if day.is_none() && !cell.is_blank() && !values::is_dash(cell) {
            let text = cell.text().unwrap_or_default();
            self.warn(field, &text, "", problems::NOT_A_DATE);
        }
        day
    }

    /// The day a cell says, plausible or not; nothing is remarked.
    pub fn said_day(&mut self, field: Field) -> Option<Day> {
        let last = matches!(field, Field::End | Field::CycleEnd);
        self.reading.day(field, self.cell(field), last, self.reading.context.year)
    }

    /// A cell as a day, written as the column of a field does; a year of the file's name that
    /// stands in is remembered for the report.
    pub fn read_day(&mut self, field: Field, cell: Cell<'_>, last: bool) -> Option<Day> {
        let own = self.reading.day(field, cell, last, self.reading.context.year);
        let Some(named) = self.reading.context.file_year.filter(|_| own.is_none()) else {
            return own;
        };
        let day = self.reading.day(field, cell, last, Some(named));
        self.reading.verdict.yearless |= day.is_some();
        day
    }

    /// The sector of the row: its own, else the one the sender said.
    pub fn sector(&mut self) -> Option<Sector> {
        let said = self.reading.context.options.sector;
        let Some(text) = self.text(Field::Sector) else {
            let misses = said.is_none() && self.has(Field::Sector);
            if misses && self.reading.context.kind == Kind::Activities {
                self.warn(Field::Sector, "", "", problems::NO_SECTOR);
            }
            return said;
        };
        let read = |text: &str| vocabulary::sector_of_cell(text).map(|sector| sector as u8);
        let found = self.reading.word(Field::Sector, &text, read);
        if found.is_none() {
            let known = vocabulary::sectors(&text);
            let known: Vec<&str> = known.into_iter().map(Sector::code).collect();
            let detail = match known.as_slice() {
                [] => String::new(),
                [one] => format!("It names {one}, and something that is not known."),
                _ => format!(
                    "It names {}: give each its own row, as a row has one sector.",
                    known.join(" and ")
                ),
            };
            self.warn(Field::Sector, &text, &detail, problems::UNKNOWN_SECTOR);
        }
        found.map(|at| Sector::TABLE[usize::from(at)].0).or(said)
    }

    pub fn status(&mut self) -> Option<Status> {
        let found = self.word(Field::Status, problems::UNKNOWN_STATUS, |text| {
            vocabulary::status(text).map(|status| status as u8)
        });
        found.map(|at| Status::TABLE[usize::from(at)].0)
    }

    /// The people the row is about. A group named in words nobody knows is everybody, and warned
    /// about: it neither makes nor loses people.
    pub fn group(&mut self) -> Group {
        let population = self.word(Field::PopulationGroup, problems::UNKNOWN_GROUP, |text| {
            vocabulary::population_group(text).map(|group| group as u8)
        });
        let sex = self.word(Field::Sex, problems::UNKNOWN_SEX, |text| {
            vocabulary::sex(text).map(|sex| sex as u8)
        });
        let disability = self.word(Field::Disability, problems::UNKNOWN_DISABILITY, |text| {
            vocabulary::disability(text).map(|disability| disability as u8)
        });
        Group {
            population: population
                .map_or(PopulationGroup::All, |at| PopulationGroup::TABLE[usize::from(at)].0),
            sex: sex.map_or(Sex::All, |at| Sex::TABLE[usize::from(at)].0),
            age: self.age(),
            disability: disability
                .map_or(Disability::All, |at| Disability::TABLE[usize::from(at)].0),
        }
    }

    fn age(&mut self) -> Age {
        let Some(text) = self.text(Field::Age) else { return Age::ALL };
        let key = FixedState::default().hash_one(&*text);
        self.reading.ages.get(key, || vocabulary::age(&text)).unwrap_or_else(|| {
            self.warn(Field::Age, &text, "", problems::UNKNOWN_AGE);
            Age::ALL
        })
    }

    /// A text of a vocabulary as a small number, remembered for the rows to come.
    pub fn word(
        &mut self,
        field: Field,
        unknown: Problem,
        read: impl Fn(&str) -> Option<u8>,
    ) -> Option<u8> {
        let text = self.text(field)?;
        let found = self.reading.word(field, &text, read);
        if found.is_none() {
            self.warn(field, &text, "", unknown);
        }
        found
    }

    /// The partner a field names; the partner is remembered. An acronym that the file or the
    /// operation explains is the partner it stands for, and one that somebody decided about the
    /// partner it was said to be.
    pub fn partner(&mut self, field: Field) -> Option<Who> {
        let mut name = self.kept(field);
        let mut acronym = None;
        if field == Field::Partner {
            acronym = self.text(Field::PartnerAcronym);
            if name.is_none() {
                name = acronym.clone();
            }
        }
        let name = name?;
        let kind = match field {
            Field::Partner => self
                .word(Field::PartnerType, problems::UNKNOWN_PARTNER_TYPE, |text| {
                    vocabulary::partner_type(text).map(|kind| kind as u8)
                })
                .map(|at| PartnerType::TABLE[usize::from(at)].0),
            _ => None,
        };
        let row = self.row_number();
        let reported = self.reading.partner(&name, acronym.as_deref(), kind, row);
        let (id, reported_as) = self.reading.context.decided.partner(&reported, &None);
        if reported_as.is_some() {
            self.reading.partner(&id, None, None, row);
        }
        Some(Who { id, reported_as })
    }

    /// Coordinates that can be a place: (0, 0) and latitude 95 are none, and warned about.
    pub fn point(&mut self) -> Option<Point> {
        let (lat, lon) = match (self.cell(Field::Latitude), self.cell(Field::Longitude)) {
            (Cell::Empty, Cell::Empty) => self.coordinates()?,
            _ => (self.degrees(Field::Latitude)?, self.degrees(Field::Longitude)?),
        };
        let field = if self.has(Field::Latitude) { Field::Latitude } else { Field::Coordinates };
        let said = || format!("{lat}, {lon}");
        if lat == 0.0 && lon == 0.0 {
            self.warn(field, &said(), "", problems::NULL_ISLAND);
            return None;
        }
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            let swapped = (-90.0..=90.0).contains(&lon) && (-180.0..=180.0).contains(&lat);
            let detail = match swapped {
                true => "Latitude and longitude may be swapped.",
                false if lat.abs() > 1000.0 || lon.abs() > 1000.0 => {
                    "Metres of a projection, such as UTM, are not read."
                }
                false => "",
            };
            self.warn(field, &said(), detail, problems::NOT_COORDINATES);
            return None;
        }
        Some(Point::new(lon, lat))
    }

    fn degrees(&mut self, field: Field) -> Option<f64> {
        let cell = self.cell(field);
        let decimal = self.reading.context.styles[field as usize].decimal;
        let of = |text: &str| values::angle(text, field == Field::Latitude);
        let number = values::number(cell, decimal)
            .or_else(|| values::number(cell, Decimal::Comma))
            .or_else(|| of(&cell.text()?));
        if number.is_none() && !cell.is_blank() && !values::is_dash(cell) {
            let text = cell.text().unwrap_or_default();
            self.warn(field, &text, "", problems::NOT_COORDINATES);
        }
        number
    }

    fn coordinates(&mut self) -> Option<(f64, f64)> {
        let text = self.text(Field::Coordinates)?;
        let pair = values::pair(&text);
        if pair.is_none() {
            self.warn(Field::Coordinates, &text, "", problems::NOT_COORDINATES);
        }
        pair
    }

    /// The row turned out to belong to a finer area than [`place`](Row::place) found.
    pub fn moved(&mut self, area: AreaIx) {
        let level = self.reading.gazetteer.tree().get(area).level;
        self.reading.verdict.level = Some(level);
    }

    /// Warns about a cell.
    pub fn warn(&mut self, field: Field, value: &str, detail: &str, problem: Problem) {
        let column = self.reading.context.column_of[field as usize];
        self.reading.verdict.note(column, value, detail, problem, false);
    }

    fn warn_at(&mut self, column: usize, value: &str, detail: &str, problem: Problem) {
        self.reading.verdict.note(Some(column), value, detail, problem, false);
    }

    /// Warns about the row as a whole.
    pub fn note(&mut self, value: &str, detail: &str, problem: Problem) {
        self.reading.verdict.note(None, value, detail, problem, false);
    }

    /// Rejects the row because of a cell.
    pub fn reject(&mut self, field: Field, value: &str, detail: &str, problem: Problem) {
        let column = self.reading.context.column_of[field as usize];
        self.reading.verdict.note(column, value, detail, problem, true);
    }

    /// The unit of the row and what it counts, where it says so.
    pub fn unit(&mut self) -> Option<(Cow<'r, str>, Counted)> {
        let text = self.text(Field::Unit)?;
        let read = |text: &str| units::of_unit(text).map(|counts| counts as u8);
        let found = self.reading.word(Field::Unit, &text, read)?;
        Some((text, Counted::from_number(found)))
    }

    /// The indicator of the row and what it clearly counts.
    pub fn indicator(&mut self) -> Option<(Cow<'r, str>, Counted)> {
        if let Some(text) = self.text(Field::ActivityType) {
            let read = |text: &str| units::of_indicator(text).map(|counts| counts as u8);
            if let Some(found) = self.reading.word(Field::ActivityType, &text, read) {
                return Some((text, Counted::from_number(found)));
            }
        }
        // Descriptions are too many to be remembered.
        let text = self.text(Field::Description)?;
        let found = units::of_indicator(&text)?;
        Some((text, found))
    }

    /// What the header of a figure says of it.
    pub fn header_says(&self, field: Field) -> Said {
        self.reading.context.said[field as usize]
    }

    /// How help was given: a code of the vocabulary, else as written.
    pub fn modality(&mut self) -> Option<Text> {
        let text = self.kept(Field::Modality)?;
        let codes = vocabulary::MODALITY_CODES;
        let read = |text: &str| {
            let code = vocabulary::modality(text)?;
            Some(codes.iter().position(|known| *known == code)? as u8)
        };
        let found = self.reading.word(Field::Modality, &text, read);
        Some(self.share(found.map_or(&*text, |at| codes[usize::from(at)])))
    }

    pub fn is_rejected(&self) -> bool {
        self.reading.verdict.rejected
    }

    /// One copy of a text for all rows.
    pub fn share(&mut self, text: &str) -> Text {
        self.reading.share(text)
    }
}

impl Verdict {
    /// Takes a remark down; one that rejects rejects the row.
    pub fn note(
        &mut self,
        column: Option<usize>,
        value: &str,
        detail: &str,
        problem: Problem,
        rejects: bool,
    ) {
        self.rejected |= rejects;
        let (value, detail) = (super::report::clip(value).into(), detail.into());
        self.notes.push(RowNote { column, value, detail, problem, rejects });
    }
}

impl<'k> Reading<'k> {
    pub fn new(context: &'k Context<'k>, gazetteer: Gazetteer<'k>, partners: Partners<'k>) -> Self {
        Reading {
            context,
            verdict: Verdict::default(),
            gazetteer,
            texts: HashSet::default(),
            clean: HashSet::default(),
            words: vec![HashMap::default(); Field::COUNT],
            days: Memo::new(None),
            ages: Memo::new(None),
            said: String::new(),
            partners,
            mentions: Vec::new(),
            mentioned: HashSet::default(),
            remarks: Vec::new(),
        }
    }

    /// The ways in which rows named partners since the last call.
    pub fn take_mentions(&mut self) -> Vec<Mention> {
        self.mentioned.clear();
        std::mem::take(&mut self.mentions)
    }

    fn partner(
        &mut self,
        name: &str,
        acronym: Option<&str>,
        kind: Option<PartnerType>,
        row: u32,
    ) -> Text {
        if self.mentioned.insert(FixedState::default().hash_one((name, acronym, kind))) {
            let (name, acronym) = (name.into(), acronym.map(Into::into));
            self.mentions.push(Mention { row, name, acronym, kind });
        }
        self.partners.id(name, acronym, kind, row)
    }

    /// What a text of a vocabulary means as a small number; each text is looked up once.
    fn word(&mut self, field: Field, text: &str, read: impl Fn(&str) -> Option<u8>) -> Option<u8> {
        let words = &mut self.words[field as usize];
        if let Some(found) = words.get(text) {
            return *found;
        }
        let found = read(text);
        words.insert(text.into(), found);
        found
    }

    fn share(&mut self, text: &str) -> Text {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let new: Text = text.into();
        self.texts.insert(new.clone());
        new
    }

    /// The day of a cell, written as the column of a field does.
    fn day(&mut self, field: Field, cell: Cell<'_>, last: bool, year: Option<i16>) -> Option<Day> {
        let order = self.context.styles[field as usize].order;
        match cell {
            Cell::Text(text) => {
                let key = FixedState::default().hash_one((text, field as u8, last, year));
                self.days.get(key, || values::day(cell, order, last, year))
            }
            cell => values::day(cell, order, last, year),
        }
    }

    /// A hash of every mapped cell after normalising: the same for exact copies (METHODS 1).
    /// Numbers and days are what they mean.
    pub fn fingerprint(&mut self, cells: SheetRow<'_>) -> u64 {
        let context = self.context;
        let mut hasher = FixedState::default().build_hasher();
        self.said.clear();
        for (field, column) in &context.mapped {
            let cell = cells.cell(*column);
            match self.figure(*field, cell) {
                Some(figure) => {
                    // With its column: the same figure in another one is no copy.
                    hasher.write_usize(*column);
                    hasher.write_u64(figure);
                }
                None => {
                    if let Some(text) = cell.text() {
                        self.said.push_str(&text);
                    }
                    self.said.push(CELL_END);
                }
            }
        }
        fold_cells(&mut self.said);
        hasher.write(self.said.as_bytes());
        hasher.finish()
    }

    /// What a cell of a column of figures or days means, as bits.
    fn figure(&mut self, field: Field, cell: Cell<'_>) -> Option<u64> {
        let context = self.context;
        match field.role() {
            _ if cell == Cell::Empty => None,
            Role::Number | Role::Degrees => {
                let decimal = context.styles[field as usize].decimal;
                values::number(cell, decimal).map(f64::to_bits)
            }
            Role::Date => {
                let day = self.day(field, cell, false, context.year.or(context.file_year));
                day.map(|day| f64::from(day.0).to_bits())
            }
            Role::Text | Role::Code => None,
        }
    }
}

/// Between the cells of a row that are put together.
const CELL_END: char = '\u{1f}';

/// A hash of the cells that nothing is read from, as they are.
pub fn unused(context: &Context<'_>, cells: SheetRow<'_>) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for column in &context.unused {
        cells.cell(*column).text().hash(&mut hasher);
    }
    hasher.finish()
}

/// Makes cells alike that differ in case, blanks and, where they are written in more than ASCII,
/// diacritics and signs only. With and without diacritics stays two.
fn fold_cells(cells: &mut String) {
    // Without an early end, so that many bytes are looked at at once.
    let is_plain = |text: &str| {
        let (bytes, next) = (text.as_bytes(), text.as_bytes().iter().skip(1));
        let is_odd = |byte: &u8| *byte > b'~' || *byte < b' ' && *byte != CELL_END as u8;
        let is_gap = |(one, next): (&u8, &u8)| *one == b' ' && *next == b' ';
        !bytes.iter().fold(false, |odd, byte| odd | is_odd(byte))
            && !bytes.iter().zip(next).fold(false, |odd, pair| odd | is_gap(pair))
    };
    if !is_plain(cells) {
        let mut folded = String::with_capacity(cells.len());
        for cell in cells.split_inclusive(CELL_END) {
            if is_plain(cell) {
                folded.push_str(cell);
            } else if cell.is_ascii() {
                folded.push_str(&fold_spelling(cell));
            } else {
                folded.extend([FOLDED, &fold(cell), "\u{1f}"]);
            }
        }
        *cells = folded;
    }
    cells.make_ascii_lowercase();
}

/// Before a cell that was written in more than ASCII.
const FOLDED: &str = "\u{1e}";

/// A part within a group: what the part does not say, the group does.
fn within(own: Group, part: Group) -> Group {
    Group {
        population: match part.population {
            PopulationGroup::All => own.population,
            said => said,
        },
        sex: if part.sex == Sex::All { own.sex } else { part.sex },
        age: if part.age == Age::ALL { own.age } else { part.age },
        disability: match part.disability {
            Disability::All => own.disability,
            said => said,
        },
    }
}
