//! Days, months, quarters and years as people write them.

use super::Order;
use crate::domain::Day;
use crate::formats::sheet::{Cell, trimmed};
use crate::intake::vocabulary;

/// A day, or `None` where the cell has none that fits the column's order. `last` asks for the last
/// day of a month or range where the cell has no more than that. `year` stands in where none is
/// written.
pub fn day(cell: Cell<'_>, order: Order, last: bool, year: Option<i16>) -> Option<Day> {
    let text = match cell {
        Cell::Date(day) => return plausible(day),
        Cell::Number(number) => {
            return whole_year(number, last).or_else(|| excel_serial(number));
        }
        Cell::Text(text) => trimmed(text),
        _ => return None,
    };
    if let Some(plain) = ascii_digits(text) {
        return day(Cell::Text(&plain), order, last, year);
    }
    let bytes = text.as_bytes();
    if bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' {
        // The usual case first: 2026-07-01, with or without a time.
        let digits = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
        let (y, m, d) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
        let rest = bytes.get(10);
        if rest.is_none_or(|byte| matches!(byte, b' ' | b'T')) {
            if is_of_other_calendar(text) {
                return None;
            }
            let first = || plausible(Day::from_ymd(y, m as i8, d as i8)?);
            return match rest.and_then(|_| behind_day(&text[10..])) {
                None => first(),
                Some(to) if last => day(Cell::Text(to?), order, last, year),
                Some(to) => to.and_then(|_| first()),
            };
        }
    }
    if let Some(numbers) = three_numbers(text) {
        return from_three(numbers, order);
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        return match bytes.len() {
            8 => {
                let (y, md) = (text[..4].parse().ok()?, text[4..].parse::<i16>().ok()?);
                plausible(Day::from_ymd(y, (md / 100) as i8, (md % 100) as i8)?)
            }
            5 => excel_serial(text.parse().ok()?),
            4 => whole_year(text.parse().ok()?, last),
            _ => None,
        };
    }
    if let Some((y, m)) = year_and_month(text) {
        return month_day(y, m, last);
    }
    if let Some((y, quarter)) = year_and_quarter(text) {
        return month_day(y, quarter * 3 - if last { 0 } else { 2 }, last);
    }
    range(text, order, last, year).or_else(|| worded(text, last, year))
}

/// The day of a cell that names day, month and year, in figures.
pub(super) fn whole_day(cell: Cell<'_>, order: Order) -> Option<Day> {
    match cell {
        Cell::Date(day) => Some(day),
        Cell::Number(number) => excel_serial(number),
        Cell::Text(text) => from_three(three_numbers(text)?, order),
        _ => None,
    }
}

/// The first or last day of a year that is all a cell says.
fn whole_year(number: f64, last: bool) -> Option<Day> {
    let is_year = number.fract() == 0.0 && (1990.0..=2100.0).contains(&number);
    is_year.then(|| month_day(number as i16, if last { 12 } else { 1 }, last)).flatten()
}

/// `Q1 2022`, `2022-Q1`, `T1 2022`, `1st quarter 2022`, `Trimestre 1 2022`.
fn year_and_quarter(text: &str) -> Option<(i16, i8)> {
    if text.len() > 32 {
        return None;
    }
    let (mut year, mut quarter, mut named) = (None, None, false);
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let lower = word.to_lowercase();
        let digits = lower.trim_matches(|c: char| c.is_alphabetic());
        let letters = lower.trim_matches(|c: char| c.is_ascii_digit());
        match (digits.parse::<i16>(), letters) {
            (Ok(number @ 1990..=2100), "") => year = Some(number),
            (Ok(number @ 1..=4), "q" | "t" | "tr" | "trim") => {
                quarter = Some(number as i8);
                named = true;
            }
            (Ok(number @ 1..=4), "" | "st" | "nd" | "rd" | "th" | "er" | "eme" | "e" | "o") => {
                quarter = Some(number as i8);
            }
            (Err(_), "quarter" | "trimestre" | "trim" | "qtr" | "q" | "الربع") => named = true,
            (Err(_), "of" | "de" | "du" | "del" | "do") => {}
            _ => return None,
        }
    }
    year.zip(quarter).filter(|_| named)
}

/// Two days with a dash or a word between them, each of which can be read by itself.
fn range(text: &str, order: Order, last: bool, year: Option<i16>) -> Option<Day> {
    const MARKS: &[&str] =
        &[" - ", " – ", " — ", "–", " to ", " au ", " al ", " a ", " à ", " até ", " حتى "];
    const BETWEEN_MONTHS: &[&str] = &["/", "-", " and ", " et ", " y ", " e "];
    let months = |mark: &&str| {
        let (from, to) = text.split_once(*mark)?;
        Some((month_of_year(from)?, month_of_year(to)?))
    };
    let halves = |mark: &&str| {
        // The middle one of `Jan-24-Mar-24`.
        let middle = text.match_indices(*mark).map(|(at, _)| at).nth(1)?;
        let (from, to) = (&text[..middle], &text[middle + mark.len()..]);
        Some((month_of_year(from)?, month_of_year(to)?))
    };
    let marks = || MARKS.iter().chain(BETWEEN_MONTHS);
    if let Some((from, to)) = marks().find_map(months).or_else(|| marks().find_map(halves)) {
        let (y, m) = if last { to } else { from };
        return month_day(y, m, last);
    }
    // Each side is written out, so that `7 - 14 June` is left to words.
    let written = |side: &&str| three_numbers(side).is_some() || is_worded_day(side);
    let sides = MARKS.iter().chain(&["-", "/"]).filter_map(|mark| text.split_once(mark));
    let (from, to) = sides.into_iter().find(|(from, to)| written(from) && written(to))?;
    day(Cell::Text(if last { to } else { from }), order, last, year)
}

/// What stands behind a day that is no time of that day: the other end of a range, where it is a
/// day as well.
fn behind_day(tail: &str) -> Option<Option<&str>> {
    let has_digits = tail.contains(|c: char| c.is_ascii_digit());
    if !has_digits || tail.contains(':') {
        return None;
    }
    let to = tail.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mark = tail[..tail.len() - to.len()].trim();
    let is_range = mark.is_empty() || vocabulary::joins_days(mark);
    Some(three_numbers(to).filter(|_| is_range).map(|_| to))
}

/// Whether a text is a day, a month's name and a year: `1 Jan 2025`.
fn is_worded_day(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (mut numbers, mut months) = (Vec::new(), 0);
    for word in words {
        match word.parse::<i16>() {
            Ok(number) => numbers.push(number),
            Err(_) => months += usize::from(vocabulary::month(word).is_some()),
        }
    }
    matches!(numbers[..], [1..=31, 1990..=2100] | [1990..=2100, 1..=31]) && months == 1
}

/// A month's name and its year, and nothing else: `Jan-24`, `janv. 2024`, `2024 March`. Two digits
/// are a year where a dash or apostrophe joins them to the month.
fn month_of_year(text: &str) -> Option<(i16, i8)> {
    let text = trimmed(text);
    let is_part = |c: char| !c.is_alphanumeric();
    let mut words = text.split(is_part).filter(|word| !word.is_empty());
    let (first, second) = (words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let month = vocabulary::month(first).or_else(|| vocabulary::month(second))?;
    let digits =
        [first, second].into_iter().find(|word| word.bytes().all(|b| b.is_ascii_digit()))?;
    let year: i16 = digits.parse().ok()?;
    match digits.len() {
        4 => Some((year, month)),
        2 if digits == second && is_tail(text) => Some((2000 + year, month)),
        _ => None,
    }
}

/// Whether a date says that it is of another calendar: `2016-07-05 E.C.`, `1445-09-01 AH`.
pub(super) fn is_of_other_calendar(text: &str) -> bool {
    let tail = text.trim_end().rsplit(' ').next().unwrap_or_default();
    let letters: String = tail.chars().filter(|c| c.is_alphabetic()).collect();
    tail.chars().all(|c| c.is_alphabetic() || c == '.')
        && ["ec", "ethc", "eth", "ah", "هـ", "ه"].contains(&letters.to_lowercase().as_str())
}

/// The text with the digits of Arabic and Persian as those of ASCII; `None` where it has none.
pub(super) fn ascii_digits(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let digit = |c: char| match c as u32 {
        code @ 0x660..=0x669 => Some(char::from(b'0' + (code - 0x660) as u8)),
        code @ 0x6f0..=0x6f9 => Some(char::from(b'0' + (code - 0x6f0) as u8)),
        _ => None,
    };
    let has = text.chars().any(|c| digit(c).is_some());
    has.then(|| text.chars().map(|c| digit(c).unwrap_or(c)).collect())
}

/// `2022-01` and `01/2022`.
fn year_and_month(text: &str) -> Option<(i16, i8)> {
    let (a, b) = text.split_once(['-', '/', '.'])?;
    let (a, b) = (a.trim(), b.trim());
    match (a.len(), b.len()) {
        (4, 1..=2) => Some((a.parse().ok()?, b.parse().ok()?)),
        (1..=2, 4) => Some((b.parse().ok()?, a.parse().ok()?)),
        _ => None,
    }
}

/// Three numbers with one kind of separator, a time behind them cut off.
pub(super) fn three_numbers(text: &str) -> Option<[i32; 3]> {
    let text = trimmed(text);
    let date = match text.split_once([' ', 'T']) {
        Some((date, time)) if time.contains(':') => date,
        Some(_) => return None,
        None => text,
    };
    let separator = date.find(['/', '-', '.'])?;
    let mark = date[separator..].chars().next()?;
    let mut parts = date.split(mark);
    let mut next = || {
        let part = parts.next()?.trim();
        (part.len() <= 4).then(|| part.parse::<u16>().ok()).flatten().map(i32::from)
    };
    let three = [next()?, next()?, next()?];
    parts.next().is_none().then_some(three)
}

fn from_three(numbers: [i32; 3], order: Order) -> Option<Day> {
    let (y, m, d) = match (numbers, order) {
        ([y, m, d], _) if y > 31 => (y, m, d),
        ([d, m, y], Order::DayFirst) => (y, m, d),
        ([m, d, y], Order::MonthFirst) => (y, m, d),
    };
    let y = if y < 100 { 2000 + y } else { y };
    plausible(Day::from_ymd(y.try_into().ok()?, m.try_into().ok()?, d.try_into().ok()?)?)
}

/// Dates with a month's name, and ranges of days: `15 March 2019`, `Mar-19`, `7-14 June 2019`.
fn worded(text: &str, last: bool, year: Option<i16>) -> Option<Day> {
    let (mut numbers, mut months) = (Vec::new(), Vec::new());
    let is_part = |c: char| !c.is_alphanumeric();
    for word in text.split(is_part).filter(|word| !word.is_empty()) {
        let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
        if let Ok(number) = digits.parse::<i16>() {
            numbers.push(number);
        } else if let Some(month) = vocabulary::month(word) {
            months.push(month);
        } else if !matches!(word, "de" | "of" | "to" | "a" | "au" | "al" | "del" | "le" | "the") {
            return None;
        }
    }
    let month = match (months.as_slice(), last) {
        ([one], _) => *one,
        ([from, _], false) => *from,
        ([_, to], true) => *to,
        _ => return None,
    };
    let written = match numbers.last() {
        // `Jan 24 to Mar 24` may be days or years; `1 Jan to 31 Mar` is days.
        Some(number) if months.len() == 2 && numbers.len() == 2 && *number < 1900 => {
            if numbers[0] == numbers[1] {
                return None;
            }
            None
        }
        Some(number) if *number >= 1900 => numbers.pop(),
        // `14/June/19` and `Mar-19`: a second number, or one that stands behind the month.
        Some(number)
            if *number < 100
                && (numbers.len() == 2 && !text.contains("-")
                    || numbers.len() == 3 && months.len() == 2
                    || is_tail(text)) =>
        {
            numbers.pop().map(|short| 2000 + short)
        }
        _ => None,
    };
    let y = written.or(year)?;
    match (numbers.as_slice(), last) {
        ([], _) => month_day(y, month, last),
        ([d], _) => plausible(Day::from_ymd(y, month, i8::try_from(*d).ok()?)?),
        ([from, _], false) => plausible(Day::from_ymd(y, month, i8::try_from(*from).ok()?)?),
        ([_, to], true) => plausible(Day::from_ymd(y, month, i8::try_from(*to).ok()?)?),
        _ => None,
    }
}

/// Whether a text ends in a dash, slash or apostrophe and two digits, as `Mar-19` does.
fn is_tail(text: &str) -> bool {
    let mut signs = text.chars().rev();
    let digits = signs.by_ref().take(2).filter(char::is_ascii_digit).count();
    digits == 2 && signs.next().is_some_and(|c| "-/'".contains(c))
}

fn month_day(year: i16, month: i8, last: bool) -> Option<Day> {
    if !last {
        return plausible(Day::from_ymd(year, month, 1)?);
    }
    plausible((28..=31).rev().find_map(|day| Day::from_ymd(year, month, day))?)
}

/// Days as Excel counts them, from 1900; only numbers that fall between 1950 and 2100.
fn excel_serial(serial: f64) -> Option<Day> {
    (18_264.0..73_051.0).contains(&serial).then(|| Day(serial.floor() as i32 - 25_569))
}

fn plausible(day: Day) -> Option<Day> {
    let (year, _, _) = day.ymd();
    (1900..=2200).contains(&year).then_some(day)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<String> {
        day(Cell::Text(text), Order::DayFirst, false, None).map(|day| day.to_string())
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (text, iso) in [
            ("2019-04-12", "2019-04-12"),
            ("2019-04-12 00:00:00", "2019-04-12"),
            ("28/03/19", "2019-03-28"),
            ("14/June/19", "2019-06-14"),
            ("7-14 June 2019", "2019-06-07"),
            ("15 de março de 2019", "2019-03-15"),
            ("March 15, 2019", "2019-03-15"),
            ("Mar-19", "2019-03-01"),
            ("2022-01", "2022-01-01"),
            ("20190331", "2019-03-31"),
            ("43555", "2019-03-31"),
            ("Jan 1-Dec 31, 2021", "2021-01-01"),
            ("01/02/2022 - 31/03/2022", "2022-02-01"),
            ("Q2 2022", "2022-04-01"),
            ("2022-Q1", "2022-01-01"),
            ("1er trimestre 2022", "2022-01-01"),
            ("2022", "2022-01-01"),
            ("janvier - mars 2022", "2022-01-01"),
            ("15 de enero de 2022", "2022-01-15"),
            ("مارس 2022", "2022-03-01"),
            ("١٥/٠٣/٢٠٢٢", "2022-03-15"),
            ("2022-03-15T00:00:00Z", "2022-03-15"),
            ("15-janv.-22", "2022-01-15"),
            ("Jan-24 to Mar-24", "2024-01-01"),
            ("Nov-23 to Jan-24", "2023-11-01"),
            ("Jul-22 - Sep-22", "2022-07-01"),
            ("Oct-25/Dec-25", "2025-10-01"),
            ("Oct-25-Dec-25", "2025-10-01"),
            ("Nov 2023 - Jan 2024", "2023-11-01"),
            ("janv. 2024 à mars 2024", "2024-01-01"),
            ("1 Jan to 31 Mar 24", "2024-01-01"),
            ("2025-01-01 (start)", "2025-01-01"),
        ] {
            assert_eq!(date(text).as_deref(), Some(iso), "{text}");
        }
        for text in [
            "15-21 June",
            "6/31/2019",
            "05/072020",
            "January",
            "00:00:00",
            "x",
            "Jan 24 to Mar 24",
            "1 Jan to 31 Mar",
            "2016-07-05 E.C.",
            "1445-09-01 AH",
            "2025-01-01 or 2025-02-01",
            "2025-01-01 week 3",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        for (text, end) in [
            ("Jan 1-Dec 31, 2021", "2021-12-31"),
            ("01/02/2022 - 31/03/2022", "2022-03-31"),
            ("Q2 2022", "2022-06-30"),
            ("2022", "2022-12-31"),
            ("janvier - mars 2022", "2022-03-31"),
            ("Jan-24 to Mar-24", "2024-03-31"),
            ("Nov-23 to Jan-24", "2024-01-31"),
            ("Oct-25/Dec-25", "2025-12-31"),
            ("Nov 2023 - Feb 2024", "2024-02-29"),
        ] {
            let last = day(Cell::Text(text), Order::DayFirst, true, None);
            assert_eq!(last.map(|day| day.to_string()).as_deref(), Some(end), "{text}");
        }
        for text in [
            "2025-01-01 to 2025-01-31",
            "2025-01-01 - 2025-01-31",
            "2025-01-01 au 2025-01-31",
            "2025-01-01 2025-01-31",
            "2025-01-01/2025-01-31",
            "1 Jan 2025 - 31 Jan 2025",
            "01.01.2025-31.01.2025",
            "01/01/2025–31/01/2025",
        ] {
            let read = |last| day(Cell::Text(text), Order::DayFirst, last, None);
            let days = [read(false), read(true)].map(|day| day.map(|day| day.to_string()));
            assert_eq!(days.map(Option::unwrap_or_default), ["2025-01-01", "2025-01-31"], "{text}");
        }
        let january = day(Cell::Text("January"), Order::DayFirst, true, Some(2022)).unwrap();
        assert_eq!(january.to_string(), "2022-01-31");
    }
}
