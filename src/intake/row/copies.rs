//! Which rows are exact copies of one another (METHODS 1).

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;

use super::{Context, Reading};
use crate::domain::{fold, fold_spelling};
use crate::formats::sheet::{Cell, SheetRow};
use crate::intake::fields::{Field, Role};
use crate::intake::values;

impl Reading<'_> {
    /// A hash of every mapped cell after normalising: the same for exact copies (METHODS 1).
    /// Numbers, days and words of vocabularies are what they mean. Two words for one sector stay two:
    /// they may tell pieces of work apart.
    pub fn fingerprint(&mut self, cells: SheetRow<'_>) -> u64 {
        let context = self.context;
        let mut hasher = FixedState::default().build_hasher();
        self.said.clear();
        // The same words below `WASH` and below `Health` are no copies.
        if let Some(above) = context.bands.as_ref().and_then(|bands| bands.above(cells.number)) {
            self.said.push_str(above);
        }
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
                        self.say(*field, &text, &mut hasher);
                    }
                    self.said.push(CELL_END);
                }
            }
        }
        fold_cells(&mut self.said, &mut self.folded);
        hasher.write(self.said.as_bytes());
        hasher.finish()
    }

    /// Puts a text to those of its row, as far as it is compared as a text.
    fn say(&mut self, field: Field, text: &str, hasher: &mut impl Hasher) {
        match field {
            // Another id is another row, also where only its case differs (METHODS 2).
            Field::ActivityId => hasher.write(text.as_bytes()),
            // With and without diacritics is one place (METHODS 3).
            Field::Location if !text.is_ascii() => self.said.push_str(&fold(text)),
            field if MEANT.contains(&field) => match self.words[field as usize].get(text) {
                Some(Some(code)) => hasher.write(&[field as u8, *code]),
                _ => self.said.push_str(text),
            },
            _ => self.said.push_str(text),
        }
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

/// Fields whose words are looked up: what was found is compared.
const MEANT: [Field; 5] =
    [Field::Status, Field::PopulationGroup, Field::Sex, Field::Disability, Field::PartnerType];

/// Cells that had to be made alike, and what they are then: most cells of a long file repeat others.
pub(super) type Folded = HashMap<Box<str>, Box<str>, FixedState>;

/// How many are remembered.
const REMEMBERED: usize = 1 << 12;

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
fn fold_cells(cells: &mut String, known: &mut Folded) {
    // Without an early end, so that many bytes are looked at at once.
    let is_plain = |text: &str| {
        let bytes = text.as_bytes();
        let next = bytes.get(1..).unwrap_or_default();
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
            } else if let Some(alike) = known.get(cell) {
                folded.push_str(alike);
            } else {
                let alike = match cell.is_ascii() {
                    true => fold_spelling(cell),
                    false => [FOLDED, &fold(cell), "\u{1f}"].concat(),
                };
                folded.push_str(&alike);
                if known.len() < REMEMBERED {
                    known.insert(cell.into(), alike.into());
                }
            }
        }
        *cells = folded;
    }
    cells.make_ascii_lowercase();
}

/// Before a cell that was written in more than ASCII.
const FOLDED: &str = "\u{1e}";
