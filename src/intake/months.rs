//! Months and quarters in the name of a sheet or the header of a column: `Jan`, `janv.-23`,
//! `Reached Q1 2024`, `2024-03-01`.

use super::values::{self, Order};
use super::vocabulary::{self, normalise};
use crate::domain::{Day, Period};
use crate::formats::sheet::Cell;

/// Some months on end, of a year that may have to be found elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Months {
    pub year: Option<i16>,
    /// 1-12.
    pub first: i8,
    /// `first` or a later one.
    pub last: i8,
}

/// Months in a text, and the other words of it, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub months: Months,
    pub rest: String,
}

/// A text with more words is no header of a month.
const WORDS: usize = 12;

impl Months {
    /// The days of these months; `None` where no year is known.
    pub fn period(self, year: Option<i16>) -> Option<Period> {
        let year = self.year.or(year)?;
        let first = Day::from_ymd(year, self.first, 1)?;
        let last = (28..=31).rev().find_map(|day| Day::from_ymd(year, self.last, day))?;
        Some(Period::new(Some(first), Some(last)))
    }

    /// Whether some month is of both.
    pub fn overlap(self, other: Months) -> bool {
        self.year == other.year && self.first <= other.last && other.first <= self.last
    }

    pub fn is_one(self) -> bool {
        self.first == self.last
    }
}

impl std::fmt::Display for Months {
    /// `2024-03` and `2024-01/03`; without its year `month 3`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year}-{:02}", self.first)?,
            None => write!(f, "month {}", self.first)?,
        }
        if self.is_one() { Ok(()) } else { write!(f, "/{:02}", self.last) }
    }
}

/// The months that a text names.
pub fn named(text: &str) -> Option<Named> {
    if let Some(months) = first_day(text) {
        return Some(Named { months, rest: String::new() });
    }
    let words = normalise(text);
    // `202403` is `2024 03`.
    let parted = words.split(' ').flat_map(|token| match token.split_at_checked(4) {
        Some((year, month)) if token.len() == 6 && full_year(year).is_some() => [year, month],
        _ => [token, ""],
    });
    let tokens: Vec<&str> = parted.filter(|token| !token.is_empty()).collect();
    if tokens.is_empty() || tokens.len() > WORDS {
        return None;
    }
    let mut free = vec![true; tokens.len()];
    let (first, last) = by_name(&tokens, &mut free)
        .or_else(|| by_part(&tokens, &mut free))
        .or_else(|| by_number(&tokens, &mut free))?;
    let year = year(&tokens, &mut free);
    let rest = tokens.iter().zip(&free).filter(|(_, free)| **free).map(|(token, _)| *token);
    let rest = rest.collect::<Vec<_>>().join(" ");
    Some(Named { months: Months { year, first, last }, rest })
}

/// The year that a text names beside other words: `Reached 2024`.
pub fn year_of(text: &str) -> Option<i16> {
    let words = normalise(text);
    let mut years = words.split(' ').filter_map(full_year);
    years.next().filter(|_| years.next().is_none())
}

/// A date for a month, as a spreadsheet has it in a header: its first day, or its number.
fn first_day(text: &str) -> Option<Months> {
    let text = text.trim();
    if text.contains(char::is_alphabetic) && !text.contains([':', 'T']) {
        return None;
    }
    let is_serial = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_date = text.len() >= 8 && text.contains(['-', '/', '.']);
    if !is_serial && !is_date {
        return None;
    }
    let read = |order| values::day(Cell::Text(text), order, false, None);
    let (year, month, day) = read(Order::DayFirst)?.ymd();
    let is_last = || read(Order::DayFirst).is_some_and(|day| Day(day.0 + 1).ymd().2 == 1);
    // Of `01/02/2024` and `02/01/2024` the one is the first of a month either way round.
    let fits = day == 1 || is_last();
    let other = || read(Order::MonthFirst).map(Day::ymd).filter(|(.., day)| *day == 1);
    let (year, month) = match fits {
        true => (year, month),
        false => other().map(|(year, month, _)| (year, month))?,
    };
    Some(Months { year: Some(year), first: month, last: month })
}

/// By the names of months; of two the second ends what the first begins.
fn by_name(tokens: &[&str], free: &mut [bool]) -> Option<(i8, i8)> {
    let mut found: Vec<i8> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let pair = tokens.get(at + 1).map(|next| format!("{} {next}", tokens[at]));
        let (length, month) = match pair.and_then(|pair| vocabulary::month(&pair)) {
            Some(month) => (2, Some(month)),
            None => (1, vocabulary::month(tokens[at])),
        };
        if let Some(month) = month {
            found.push(month);
            free[at..at + length].fill(false);
        }
        at += length;
    }
    match found[..] {
        [one] => Some((one, one)),
        // `Mars / March` is one month in two languages.
        [first, last] if first <= last => Some((first, last)),
        _ => {
            free.fill(true);
            None
        }
    }
}

/// By quarters and halves of a year.
fn by_part(tokens: &[&str], free: &mut [bool]) -> Option<(i8, i8)> {
    const QUARTERS: &[&str] =
        &["q", "t", "tr", "trim", "qtr", "quarter", "trimestre", "trimester", "ربع"];
    const HALVES: &[&str] = &["semestre", "semester", "sem"];
    const ENDINGS: &[&str] = &["st", "nd", "rd", "th", "er", "e", "eme", "o", "ere"];
    for (at, token) in tokens.iter().enumerate() {
        let months = match *token {
            token if QUARTERS.contains(&token) => 3,
            token if HALVES.contains(&token) => 6,
            _ => continue,
        };
        let number = |at: usize| {
            let number: i8 = tokens.get(at)?.parse().ok()?;
            (1..=12 / months).contains(&number).then_some((at, number))
        };
        let before = at.checked_sub(1).filter(|at| !ENDINGS.contains(&tokens[*at]));
        let before = before.or(at.checked_sub(2));
        let Some((digit, number)) = number(at + 1).or_else(|| number(before?)) else { continue };
        let (from, to) = (digit.min(at), digit.max(at));
        free[from..=to].fill(false);
        return Some(((number - 1) * months + 1, number * months));
    }
    None
}

/// By numbers: `2024-03` and `03/2024`.
fn by_number(tokens: &[&str], free: &mut [bool]) -> Option<(i8, i8)> {
    let at = tokens.iter().position(|token| full_year(token).is_some())?;
    let month = |at: usize| {
        let token = tokens.get(at).filter(|token| token.len() <= 2)?;
        let month: i8 = token.parse().ok()?;
        (1..=12).contains(&month).then_some((at, month))
    };
    let (beside, month) = month(at + 1).or_else(|| month(at.checked_sub(1)?))?;
    free[beside] = false;
    Some((month, month))
}

/// A year of four digits anywhere, or of two behind the months.
fn year(tokens: &[&str], free: &mut [bool]) -> Option<i16> {
    if let Some(at) = tokens.iter().position(|token| full_year(token).is_some()) {
        free[at] = false;
        return full_year(tokens[at]);
    }
    let behind = free.iter().rposition(|free| !free)? + 1;
    let token = tokens.get(behind).filter(|token| token.len() == 2)?;
    let short: i16 = token.parse().ok().filter(|short| (10..=40).contains(short))?;
    free[behind] = false;
    Some(2000 + short)
}

fn full_year(token: &str) -> Option<i16> {
    token.parse().ok().filter(|year| token.len() == 4 && (1990..=2100).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_quarters_are_known_as_people_write_them() {
        for (text, expected) in [
            ("Jan", "month 1 | "),
            ("janv.-23", "2023-01 | "),
            ("Février 2024", "2024-02 | "),
            ("Reached Jan 2024", "2024-01 | reached"),
            ("Beneficiarios Mayo", "month 5 | beneficiarios"),
            ("Março", "month 3 | "),
            ("كانون الثاني 2024", "2024-01 | "),
            ("Q1", "month 1/03 | "),
            ("T2 2024", "2024-04/06 | "),
            ("4th quarter 2023", "2023-10/12 | "),
            ("Trimestre 3", "month 7/09 | "),
            ("2024-01-01", "2024-01 | "),
            ("2024-01-01 00:00:00", "2024-01 | "),
            ("31/03/2024", "2024-03 | "),
            ("45292", "2024-01 | "),
            ("2024-03", "2024-03 | "),
            ("5W_Response_202403", "2024-03 | 5 w response"),
            ("5W March 2024", "2024-03 | 5 w"),
            ("Jan-Mar 2024", "2024-01/03 | "),
            ("Jan - 24 - Women", "2024-01 | women"),
            ("Women", "- | -"),
            ("Reached 2024", "- | -"),
            ("Total", "- | -"),
            ("12345", "- | -"),
        ] {
            let found = named(text);
            let found = found.map(|named| format!("{} | {}", named.months, named.rest));
            assert_eq!(found.unwrap_or_else(|| "- | -".to_owned()), expected, "{text}");
        }
    }
}
