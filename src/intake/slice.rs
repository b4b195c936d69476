//! What a column of figures holds of its row where the row has one for each month, quarter, year or
//! sector.

use std::fmt;

use crate::domain::{Day, Month, Sector};
use crate::intake::vocabulary::{List, list, month, normalise};

/// The sector or months that a column is about; the row says what it leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slice {
    pub months: Option<Months>,
    pub sector: Option<Sector>,
}

/// Calendar months one after the other, within a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Months {
    /// `None` where the row, the sender or the file says it.
    pub year: Option<i16>,
    first: i8,
    last: i8,
}

impl Slice {
    /// The whole row.
    pub const WHOLE: Slice = Slice { months: None, sector: None };
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.months, self.sector) {
            (Some(months), Some(sector)) => write!(f, "{months} {}", sector.code()),
            (Some(months), None) => months.fmt(f),
            (None, Some(sector)) => f.write_str(sector.code()),
            (None, None) => Ok(()),
        }
    }
}

/// Whether a word is a quarter that a number follows.
pub fn is_quarter(word: &str) -> bool {
    QUARTERS.contains(&word)
}

/// Words of a year that does not begin in January.
static FISCAL: List = list("fiscal year");
/// Words for a quarter that a number follows.
static QUARTERS: List = list("quarter");

impl Months {
    /// What the words of a header name; `None` where they name a day, a round or nothing sure.
    pub fn of_words(words: &[&str]) -> Option<Months> {
        let full = |word: &str| {
            let year = word.parse::<i16>().ok().filter(|_| word.len() == 4)?;
            (1990..2100).contains(&year).then_some(year)
        };
        // `Jan-26`; a lower number is a day.
        let short = |word: &str| {
            let year = word.parse::<i16>().ok().filter(|_| word.len() == 2)?;
            (20..=35).contains(&year).then_some(2000 + year)
        };
        let (words, year) = match words {
            [first, rest @ ..] if full(first).is_some() => (rest, full(first)),
            [rest @ .., last] if full(last).is_some() => (rest, full(last)),
            [rest @ .., last] if !rest.is_empty() && short(last).is_some() => (rest, short(last)),
            words => (words, None),
        };
        let number = |word: &str| word.parse::<i8>().ok();
        let is_quarter = |word: &str| QUARTERS.contains(&word) && (year.is_some() || word != "t");
        let (first, last) = match *words {
            [] => (1, 12),
            [one] => {
                let at = month(one).or_else(|| number(one).filter(|_| year.is_some()))?;
                (at, at)
            }
            [one, at] if is_quarter(one) => {
                let at = number(at).filter(|at| (1..=4).contains(at))?;
                (3 * at - 2, 3 * at)
            }
            [one, other] if month(one).is_some() => (month(one)?, month(other)?),
            [one, day] => {
                // The first or the last day of a month stands for it.
                let at = number(one)?;
                let months = Months { year, first: at, last: at };
                let (first, last) = months.days(year?)?;
                let day = Day::from_ymd(year?, at, number(day)?)?;
                (day == first || day == last).then_some((at, at))?
            }
            _ => return None,
        };
        (1 <= first && first <= last && last <= 12).then_some(Months { year, first, last })
    }

    /// The month, or months within a year, that a whole text names: `Jan 2025`, `March`.
    pub fn of_text(text: &str) -> Option<Months> {
        let words = normalise(text);
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        let named = words.iter().any(|word| month(word).is_some() || word.len() == 4);
        let short = words.len() <= 3 && named;
        Months::of_words(&words).filter(|months| short && months.count() < 12)
    }

    /// Whether words around a period say that its year does not begin in January.
    pub fn is_fiscal(words: &[&str]) -> bool {
        words.iter().any(|word| FISCAL.contains(word))
    }

    /// How many months.
    pub fn count(&self) -> i8 {
        self.last - self.first + 1
    }

    /// Its first and last day in a year, where it says none itself.
    pub fn days(&self, year: i16) -> Option<(Day, Day)> {
        let year = self.year.unwrap_or(year);
        let last = Day::from_ymd(year, self.last, 1)?;
        Some((Day::from_ymd(year, self.first, 1)?, Month::last_day(last.month())))
    }

    /// The same, where they are in others: the month of a year.
    pub fn within(self, outer: Months) -> Option<Months> {
        let same = self.year.is_none() || outer.year.is_none() || self.year == outer.year;
        let is_in = same && outer.first <= self.first && self.last <= outer.last;
        is_in.then_some(Months { year: self.year.or(outer.year), ..self })
    }

    /// Whether they are all of a year.
    pub fn are_year(&self, year: i16) -> bool {
        self.year == Some(year) && self.count() == 12
    }

    /// Whether all of it comes before another.
    pub fn is_before(&self, other: &Months) -> bool {
        (self.year, self.last) < (other.year, other.first)
    }
}

impl fmt::Display for Months {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let name = |at: i8| NAMES[(at.clamp(1, 12) - 1) as usize];
        match (self.first, self.last, self.year) {
            (1, 12, Some(year)) => return write!(f, "{year}"),
            (first, last, _) if first == last => f.write_str(name(first))?,
            (first, last, _) => write!(f, "{} to {}", name(first), name(last))?,
        }
        self.year.map_or(Ok(()), |year| write!(f, " {year}"))
    }
}
