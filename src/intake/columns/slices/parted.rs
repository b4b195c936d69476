//! The words of a header beside a period, and those of the period.

use crate::intake::figures::{self, Role};
use crate::intake::slice::is_quarter;
use crate::intake::vocabulary::{List, list, month};

/// Words for a period that a number follows.
static COUNTED: List = list("numbered period");

/// The words of a folded text.
pub(super) struct Parted<'t> {
    pub rest: Vec<&'t str>,
    /// Those of a period, a quarter as its word and its number; none where nothing says when.
    pub period: Vec<&'t str>,
}

impl<'t> Parted<'t> {
    pub fn of(text: &'t str) -> Parted<'t> {
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        let (mut rest, mut period): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        let (mut says_when, mut at) = (false, 0);
        // Whether the word before is one of the rest.
        let mut beside = false;
        while at < words.len() {
            let (word, next) = (words[at], words.get(at + 1).copied().unwrap_or_default());
            if let Some((length, quarter)) = quarter(&words[at..]) {
                says_when = true;
                period.extend(quarter);
                (at, beside) = (at + length, false);
                continue;
            }
            // The year behind `by month` does not count months.
            let is_counted = COUNTED.contains(&word) && is_number(next) && !is_year(next);
            if is_counted && !is_quarter(word) {
                says_when = true;
                period.push(word);
            } else if let Some((year, month)) = year_and_month(word) {
                says_when = true;
                period.extend([year, month]);
            } else if is_number(word) && word.len() <= 2 && is_year(next) {
                says_when = true;
                // `S1 2025` is no January, and `31/01/2025` a day.
                period.extend(rest.pop_if(|before| beside && is_counted_by(before)));
                period.push(word);
            } else if month(word).is_some() {
                says_when = true;
                period.extend(rest.pop_if(|_| beside && is_day(&words[..at])));
                period.push(word);
            } else if is_year(word) || is_number(word) && !period.is_empty() {
                says_when |= is_year(word);
                period.push(word);
            } else {
                rest.push(word);
            }
            beside = rest.last() == Some(&word);
            at += 1;
        }
        if says_when { Parted { rest, period } } else { Parted { rest: words, period: Vec::new() } }
    }
}

/// A quarter that words begin with, and how many they are: `Q1`, `trimestre II`, `1er trimestre`,
/// `first quarter`.
fn quarter<'t>(words: &[&'t str]) -> Option<(usize, [&'t str; 2])> {
    let is_short =
        |word: Option<&&str>| word.is_some_and(|word| is_number(word) && word.len() <= 2);
    match *words {
        [word, number, ..] if is_quarter(word) && is_number(number) => {
            // Ages: `T 0-4`.
            (!is_short(words.get(2))).then_some((2, [word, number]))
        }
        [word, number, ..] if is_quarter(word) && word.len() > 1 && roman(number).is_some() => {
            Some((2, [word, roman(number)?]))
        }
        [number, word, ..] if is_named_quarter(word) && !is_short(words.get(2)) => {
            Some((2, [word, ordinal(number)?]))
        }
        [number, ending, word, ..]
            if is_named_quarter(word) && ENDINGS.contains(&ending) && !is_short(words.get(3)) =>
        {
            Some((3, [word, digit(number)?]))
        }
        _ => None,
    }
}

/// Letters behind the number of an ordinal: `1er`, `2nd`, `3\u{ba}`.
static ENDINGS: List = list("ordinal ending");
static FIRST: List = list("first");
static SECOND: List = list("second");
static THIRD: List = list("third");
static FOURTH: List = list("fourth");

fn is_named_quarter(word: &str) -> bool {
    is_quarter(word) && word.len() > 1
}

fn digit(word: &str) -> Option<&'static str> {
    ["1", "2", "3", "4"].into_iter().find(|digit| *digit == word)
}

fn roman(word: &str) -> Option<&'static str> {
    let at = ["i", "ii", "iii", "iv"].iter().position(|roman| *roman == word)?;
    ["1", "2", "3", "4"].get(at).copied()
}

fn ordinal(word: &str) -> Option<&'static str> {
    let lists = [&FIRST, &SECOND, &THIRD, &FOURTH];
    let named = || lists.iter().position(|list| list.contains(&word));
    let at = || ["1", "2", "3", "4"].get(named()?).copied();
    digit(word).or_else(|| roman(word)).or_else(at)
}

/// `202501`
fn year_and_month(word: &str) -> Option<(&str, &str)> {
    let (year, month) = word.split_at_checked(4).filter(|_| is_number(word) && word.len() == 6)?;
    let is_month = (1..=12).contains(&month.parse::<u8>().ok()?);
    (is_year(year) && is_month).then_some((year, month))
}

/// Whether a number behind a word, before a year, is not that of a month: it counts what the word
/// names, or the word is a day.
fn is_counted_by(word: &str) -> bool {
    static BEFORE: List = list("before a month");
    if is_number(word) {
        return word.len() <= 2 && word.trim_start_matches('0') != "1";
    }
    !BEFORE.contains(&word)
        && !matches!(
            figures::role_of(word),
            Some(
                Role::Measure(_) | Role::People | Role::Households | Role::Who(..) | Role::Ages(_)
            )
        )
}

/// Whether words end with a day, before a month: `at 31`. Another number is an age.
fn is_day(words: &[&str]) -> bool {
    static BEFORE: List = list("before a day");
    let [before @ .., day] = words else { return false };
    let is_day = is_number(day) && day.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day));
    is_day && before.last().is_none_or(|word| BEFORE.contains(word))
}

pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|c| c.is_ascii_digit())
}

pub(super) fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1990..2100).contains(&year))
}
