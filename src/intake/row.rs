//! A table, row by row, with its cells read as what they are. Everything a reader of one kind of
//! table needs is on [`Row`]; the report writes itself along the way.

mod apart;
mod copies;
mod days;
mod figures;
mod memo;
mod place;
mod words;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::ops::RangeInclusive;

use foldhash::fast::FixedState;

pub use self::copies::unused;
pub use self::days::{YEARS, has_quarters, plausible_days};
use self::memo::Memo;
use super::fields::Field;
use super::merged::Merged;
use super::partners::Partners;
use super::parts::{BesideTotal, Part};
use super::personal::{self, Of};
use super::places::{Gazetteer, Remark};
use super::report::Problem;
use super::sites::answers::Question;
use super::table::bands::Bands;
use super::table::strays::{Known, Strays};
use super::table::totals::Groups;
use super::titles::Around;
use super::values::{self, Style};
use super::{Kind, Options, problems};
use crate::domain::{Age, AreaIx, Day, Decided, PartnerType, Source, Text};
use crate::formats::sheet::{Cell, SheetRow, trimmed};

/// Texts without contacts that one thread remembers.
const REMEMBERED: usize = 1 << 16;

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
    /// The columns by which rows are grouped.
    pub groups: Groups,
    /// Columns that nothing is read from.
    pub unused: Vec<usize>,
    /// Columns that each count a part of the people, and which part.
    pub parts: Vec<Part>,
    /// Columns whose sum is compared with a total.
    pub beside_total: Vec<BesideTotal>,
    /// Columns of further places of the level of a field.
    pub further: Vec<(Field, usize)>,
    /// Figures in cells that are merged over rows.
    pub merged: Vec<Merged>,
    /// The row right below the headers.
    pub first_row: u32,
    /// Rows whose cells of a column of people are shown as per cent, by column.
    pub shares: Vec<(usize, &'k [u32])>,
    /// What the headers of figures say that they count, by `Field as usize`.
    pub said: Vec<Said>,
    /// Fields of people of which a row cannot say that they are households.
    pub never_households: Vec<Field>,
    /// Fields of days whose headers say months.
    pub of_months: Vec<Field>,
    /// What rows look like that are none, where there are any.
    pub strays: Option<Strays>,
    /// The column of starts has quarters.
    pub quarters: bool,
    /// Rows that say what those below them are of, where there are any.
    pub bands: Option<Bands>,
    /// The row from which on another table stands.
    pub other_table: Option<u32>,
    /// The months that the sheet is called by, or a title or the file.
    pub months: Option<Around>,
    /// The people in need are counted by IPC phase.
    pub by_phase: bool,
    /// The words of severities are of another scale.
    pub unread_severities: bool,
    /// What the header of the column of statuses asks.
    pub question: Option<Question>,
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

impl Context<'_> {
    pub fn has_months(&self, field: Field) -> bool {
        self.of_months.contains(&field)
    }
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
    /// Texts that were found to have no contacts in them, by what they are.
    clean: [HashSet<Text, FixedState>; Of::COUNT],
    /// What a text was understood as, by field: a small number, or nothing.
    words: Vec<HashMap<Box<str>, Option<u8>, FixedState>>,
    days: Memo<Option<Day>>,
    ages: Memo<Option<Age>>,
    /// The texts of the current row, put together.
    said: String,
    folded: copies::Folded,
    partners: Partners<'k>,
    /// Partners named since they were last taken, each way of naming once.
    mentions: Vec<Mention>,
    mentioned: HashSet<u64, FixedState>,
    remarks: Vec<Remark>,
    /// Texts that only rows have that are none.
    pub strange: Known,
    /// Texts that say a sum, and others of their columns.
    pub sums: Known,
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
    /// Its month is the sheet's.
    pub by_sheet: bool,
    /// Contacts that were cut out of its texts, by column.
    pub masked: Vec<(usize, u32)>,
    /// Nothing tells it from other rows of its kind: only one that is the same in every cell is its copy.
    pub nameless: bool,
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
        let context = self.reading.context;
        let Some(column) = context.column_of[field as usize] else { return Cell::Empty };
        let cell = self.cells.cell(column);
        let above = context.bands.as_ref().filter(|_| cell.is_blank());
        let above = above.and_then(|bands| bands.carried(column, self.cells.number));
        above.map_or(cell, Cell::Text)
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

    /// The same as [`kept`](Row::kept), that no other row has.
    pub fn own(&mut self, field: Field) -> Option<Text> {
        let text = self.text(field)?;
        match personal::mask_field(field, &text) {
            Some((kept, count)) => self.cut(field, kept, count).map(Text::from),
            None => Some(Text::from(text)),
        }
    }

    /// Trimmed text without the contacts and names of people in it, that rows share.
    pub fn words(&mut self, field: Field) -> Option<Text> {
        let clean = Of::field(field) as usize;
        if let Cell::Text(text) = self.cell(field)
            && let Some(known) = self.reading.clean[clean].get(trimmed(text))
        {
            return Some(known.clone());
        }
        let text = self.kept(field)?;
        Some(match self.reading.clean[clean].get(&*text) {
            Some(known) => known.clone(),
            None => self.reading.share(&text),
        })
    }

    /// Trimmed text without the contacts and names of people in it; `None` where nothing is left.
    pub fn kept(&mut self, field: Field) -> Option<Cow<'r, str>> {
        let text = self.text(field)?;
        let clean = &mut self.reading.clean[Of::field(field) as usize];
        if clean.contains(&*text) {
            return Some(text);
        }
        if let Some((kept, count)) = personal::mask_field(field, &text) {
            return self.cut(field, kept, count);
        }
        if clean.len() < REMEMBERED {
            clean.insert(Text::from(&*text));
        }
        Some(text)
    }

    /// Remarks that contacts were cut out of a text; what is left of it.
    fn cut(&mut self, field: Field, kept: String, count: u32) -> Option<Cow<'r, str>> {
        self.warn(field, "", "", problems::PERSONAL_DATA);
        if let Some(column) = self.reading.context.column_of[field as usize] {
            self.reading.verdict.masked.push((column, count));
        }
        (!personal::is_gone(&kept)).then_some(Cow::Owned(kept))
    }

    /// The text of another column of a field, without the contacts in it.
    fn kept_at(&mut self, field: Field, column: usize) -> Option<Cow<'r, str>> {
        let text = self.cells.cell(column).text().filter(|text| !values::is_nothing(text))?;
        match personal::mask_field(field, &text) {
            Some((kept, _)) => (!personal::is_gone(&kept)).then_some(Cow::Owned(kept)),
            None => Some(text),
        }
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

    /// Nothing in the row tells it from others of its kind.
    pub fn nameless(&mut self, problem: Problem) {
        self.reading.verdict.nameless = true;
        self.note("", "", problem);
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
            clean: Default::default(),
            words: vec![HashMap::default(); Field::COUNT],
            days: Memo::new(None),
            ages: Memo::new(None),
            said: String::new(),
            folded: copies::Folded::default(),
            partners,
            mentions: Vec::new(),
            mentioned: HashSet::default(),
            remarks: Vec::new(),
            strange: Known::default(),
            sums: Known::default(),
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
}
