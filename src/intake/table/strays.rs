//! Rows below the header that are no rows of data: a title, the header again, the header of another
//! table, examples and what forms say is to be written. Words are `data/vocabulary/strays.csv`.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use crate::formats::sheet::{Cell, SheetRow};
use crate::intake::fields::{Field, Role};
use crate::intake::headers::words;
use crate::intake::report::Problem;
use crate::intake::vocabulary::{self, FigureWord, List, StrayWord, list, normalise};
use crate::intake::{Kind, figures, problems};

use super::Found;

/// In a table of fewer columns one cell may be a row.
const COLUMNS: usize = 4;
/// Different headers that make a row of headers.
const HEADERS: usize = 3;
/// A name of an organisation has fewer words.
const SENTENCE: usize = 12;
/// A text of which a header is only a part is below: `Agency for Food`.
const CONFIDENT: f32 = 0.6;
/// Texts that are remembered.
const REMEMBERED: usize = 10_000;
/// Rows below the header among which a form shows how to fill it in.
const SHOWN: u32 = 4;
/// Words of titles that say nothing of the figures below.
static NEUTRAL: List = list("neutral in a title");
/// Words of figures by which organisations are called.
const NAMES: &[&str] = &["plan", "reach"];

/// What a row is that is no row of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stray {
    /// One cell with something in it.
    Title,
    /// The header of the table again.
    Header,
    /// The header of another table.
    OtherHeader,
    Example,
    /// What is to be written: `Select from list`.
    Instruction,
}

impl Stray {
    pub fn problem(self) -> Problem {
        match self {
            Stray::Title => problems::TITLE_ROW,
            Stray::Header => problems::HEADER_ROW,
            Stray::OtherHeader => problems::OTHER_HEADER,
            Stray::Example => problems::EXAMPLE_ROW,
            Stray::Instruction => problems::INSTRUCTION_ROW,
        }
    }
}

/// Whether a text of the column that gives rows away may stand in a row that is none.
pub type Known = HashMap<Box<str>, bool, FixedState>;

/// What is needed to know them in a table.
#[derive(Clone, Debug, Default)]
pub struct Strays {
    kind: Option<Kind>,
    /// Folded headers by column, and the groups above them.
    headers: Vec<[String; 2]>,
    /// What is read of each column.
    fields: Vec<Option<Field>>,
    /// The column of organisations, in which every such row has something.
    key: usize,
    mapped: usize,
    /// Rows that may show how the form is filled in end before this one.
    shown: u32,
    /// What stands above the header says of its figures.
    title: Vec<FigureWord>,
    /// Rows with one cell above rows of headers.
    pub titles: Vec<u32>,
}

impl Strays {
    /// Only tables of activities have organisations, whose names tell such rows from others.
    pub fn of(kind: Kind, found: &Found, mapped: &[(Field, usize)]) -> Strays {
        let heads = &found.heads;
        let key = mapped.iter().find(|(field, _)| *field == Field::Partner);
        let Some((_, key)) = key.filter(|_| kind == Kind::Activities) else {
            return Strays::default();
        };
        let width = heads.iter().map(|head| head.index + 1).max().unwrap_or(0);
        let mut headers = vec![[const { String::new() }; 2]; width];
        for head in heads {
            headers[head.index] = [&head.header, &head.group].map(|text| normalise(text));
        }
        let mut fields = vec![None; width];
        for (field, column) in mapped.iter().filter(|(_, column)| *column < width) {
            fields[*column] = Some(*field);
        }
        let title = heads.first().map(|head| figure_words(&head.group)).unwrap_or_default();
        Strays {
            kind: Some(kind),
            headers,
            fields,
            key: *key,
            mapped: mapped.len(),
            shown: found.first_row + SHOWN,
            title,
            titles: Vec::new(),
        }
    }

    /// What a row is, where it is no row of data.
    pub fn of_row(
        &self,
        row: SheetRow<'_>,
        title: Option<(usize, &str)>,
        known: &mut Known,
    ) -> Option<Stray> {
        let kind = self.kind?;
        if self.tells_titles()
            && let Some((column, text)) = title
            && (column != self.key || is_note(text) || self.titles.contains(&row.number))
        {
            return Some(Stray::Title);
        }
        if row.number < self.shown {
            return self.look(kind, row);
        }
        let Cell::Text(text) = row.cell(self.key) else { return None };
        match known.get(text) {
            Some(false) => return None,
            Some(true) => {}
            None => {
                let may_be = vocabulary::stray_word(text).is_some()
                    || words(kind, text).is_some_and(|(_, confidence)| confidence > CONFIDENT)
                    || self.is_header(self.key, &normalise(text));
                if known.len() < REMEMBERED {
                    known.insert(text.into(), may_be);
                }
                if !may_be {
                    return None;
                }
            }
        }
        self.look(kind, row)
    }

    /// Whether a column has this header, or stands below a group of this name.
    fn is_header(&self, column: usize, folded: &str) -> bool {
        self.headers.get(column).is_some_and(|own| own.iter().any(|own| own == folded))
    }

    fn look(&self, kind: Kind, row: SheetRow<'_>) -> Option<Stray> {
        let is_example = |column: usize| {
            let text = row.cell(column).text();
            text.is_some_and(|text| vocabulary::stray_word(&text) == Some(StrayWord::Example))
        };
        if is_example(self.key) || row.number < self.shown && is_example(0) {
            return Some(Stray::Example);
        }
        // Most rows have figures and days, which such rows have few of.
        let cells = || row.cells().enumerate().filter(|(_, cell)| !cell.is_blank());
        let (filled, figures) = cells().fold((0, 0), |(filled, figures), (_, cell)| {
            (filled + 1, figures + usize::from(!is_worded(cell)))
        });
        if figures * 3 > filled {
            return None;
        }
        let (mut same, mut named, mut told, mut agrees) = (0, 0, 0, true);
        let mut fields: HashSet<Field> = HashSet::new();
        for (column, cell) in cells() {
            let Cell::Text(text) = cell else { continue };
            let is_same = self.is_header(column, &normalise(text));
            same += usize::from(is_same);
            told += usize::from(vocabulary::stray_word(text) == Some(StrayWord::Instruction));
            let found = words(kind, text).map(|(field, _)| field);
            named += usize::from(found.is_some());
            fields.extend(found);
            agrees &= is_same || self.agrees(column, text, found);
        }
        let is_header = same >= 2 && same * 3 >= filled * 2
            || fields.len() >= HEADERS && named * 3 >= filled * 2;
        match is_header {
            true if agrees => Some(Stray::Header),
            true => Some(Stray::OtherHeader),
            false => (told >= 2 && told * 2 >= filled).then_some(Stray::Instruction),
        }
    }

    /// Whether a header in other words means what the column is read as.
    fn agrees(&self, column: usize, text: &str, found: Option<Field>) -> bool {
        match self.fields.get(column).copied().flatten() {
            Some(own) => {
                let is_part = || figures::of_header(text).is_some_and(|figure| figure.is_part());
                found == Some(own) && (own.role() != Role::Number || !is_part())
            }
            None => found.is_none_or(|field| !self.fields.contains(&Some(field))),
        }
    }

    /// Whether rows of one text are told from organisations that say no more.
    pub fn tells_titles(&self) -> bool {
        self.kind.is_some() && self.mapped >= COLUMNS
    }

    /// The one text of a row that has nothing else.
    pub fn title_of<'r>(&self, row: SheetRow<'r>) -> Option<(usize, &'r str)> {
        let cells = row.cells().take(self.headers.len()).enumerate();
        let mut cells = cells.filter(|(_, cell)| !cell.is_blank());
        match (cells.next(), cells.next()) {
            (Some((column, Cell::Text(text))), None) => Some((column, text)),
            _ => None,
        }
    }

    /// Whether a row begins another table, `above` being the title in the row before it.
    pub fn parts(&self, stray: Stray, above: Option<&(usize, String)>) -> bool {
        let title = above.filter(|(column, _)| *column <= self.key);
        let title = title.map(|(_, text)| figure_words(text));
        // The same headers below `Planned` and below `Reached` are not of the same figures.
        stray == Stray::OtherHeader
            || stray == Stray::Header && title.is_some_and(|title| title != self.title)
    }
}

/// Whether a cell begins with something else than a figure.
fn is_worded(cell: Cell<'_>) -> bool {
    let Cell::Text(text) = cell else { return false };
    !text.trim_start().starts_with(|sign: char| sign.is_ascii_digit() || sign == '-')
}

/// Whether a text that stands alone is a note on the table and no organisation.
pub fn is_note(text: &str) -> bool {
    let text = text.trim();
    let folded = normalise(text);
    let words = folded.split(' ').count();
    text.starts_with(['*', '\u{2020}', '\u{b9}', '\u{b2}', '\u{b3}'])
        || text.contains(':') && vocabulary::is_note(folded.split(' ').next().unwrap_or_default())
        || vocabulary::opens_note(&folded)
        || words >= SENTENCE
        || !NAMES.contains(&&*folded) && vocabulary::figure_word(text).is_some()
}

/// What a title says of the figures below it, where it says nothing else: not `Plan International`.
fn figure_words(title: &str) -> Vec<FigureWord> {
    let folded = normalise(title);
    let mut found = Vec::new();
    for word in folded.split(' ').filter(|_| !NAMES.contains(&&*folded)) {
        match vocabulary::figure_word(word) {
            Some(figure) => found.push(figure),
            None if word.chars().count() <= 3 || NEUTRAL.contains(&word) => {}
            None if word.bytes().all(|byte| byte.is_ascii_digit()) => {}
            None => return Vec::new(),
        }
    }
    found.sort_by_key(|word| *word as u8);
    found.dedup();
    found
}
