//! Numbers and dates as people write them. A column decides once how its cells are read.

use crate::domain::Day;
use crate::formats::sheet::{Cell, blank, trimmed};

use super::vocabulary;

mod angles;

pub use self::angles::angle;

/// The sign before the decimals in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decimal {
    #[default]
    Point,
    Comma,
}

/// Which comes first in `03/04/2019`, in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    DayFirst,
    MonthFirst,
}

/// What the cells of a column say about how to read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    commas: u32,
    points: u32,
    days_first: u32,
    months_first: u32,
    /// One dot and three digits behind it, as `1.500`: a thousand and a half, or one and a half.
    dotted: u32,
    /// Several dots, as `1.234.567`.
    grouped: u32,
    /// Thousands written in another way than with dots: `1,234` and `1500`.
    other_thousands: u32,
    serials: u32,
    written_dates: u32,
}

/// How a column is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    pub decimal: Decimal,
    pub order: Order,
    pub dots: Dots,
    /// Most cells of the column of dates are plain numbers: days as a spreadsheet counts them.
    pub serials: bool,
}

/// What a dot with three digits behind it is in a column of people or households.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dots {
    /// The column has none, or its other cells leave no doubt.
    #[default]
    Clear,
    /// Every one is a thousands sign: `1.500` is 1500.
    Thousands,
    /// Other cells speak for either: read as decimals, row by row with a warning.
    Ambiguous,
}

impl Habits {
    /// Adds what other cells of the same column said.
    pub fn add(&mut self, other: &Habits) {
        self.commas += other.commas;
        self.points += other.points;
        self.days_first += other.days_first;
        self.months_first += other.months_first;
        self.dotted += other.dotted;
        self.grouped += other.grouped;
        self.other_thousands += other.other_thousands;
        self.serials += other.serials;
        self.written_dates += other.written_dates;
    }

    /// Takes a cell of a column of numbers into account.
    pub fn see_number(&mut self, cell: Cell<'_>) {
        let Cell::Text(text) = cell else { return };
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        let digits_after = |mark: char| text.trim().rsplit_once(mark).map(|(_, tail)| tail.len());
        match (text.rfind(','), text.rfind('.')) {
            (Some(comma), Some(point)) if comma > point => self.commas += 1,
            (Some(_), Some(_)) => self.points += 1,
            // 1,234 may be a thousand or not: it says nothing.
            (Some(_), None) if digits_after(',') != Some(3) => self.commas += 1,
            (None, Some(_)) if digits_after('.') != Some(3) => self.points += 1,
            _ => {}
        }
    }

    /// Takes a cell of a column of people or households into account, who are rarely in parts.
    pub fn see_people(&mut self, cell: Cell<'_>) {
        let text = match cell {
            // Most figures are nothing but digits.
            Cell::Text(text) if is_whole(text) => {
                return self.other_thousands += u32::from(text.len() > 3);
            }
            Cell::Text(text) => trimmed(text),
            // A true number is no text: its own fraction is a decimal.
            Cell::Number(number) if number.fract() != 0.0 => return self.points += 1,
            _ => return,
        };
        let is_number = number(Cell::Text(text), Decimal::Point).is_some();
        if text.contains(',') && text.contains('.') {
            return self.see_number(cell);
        }
        match text.matches('.').count() {
            0 if !is_number => self.see_number(cell),
            0 if text.contains(',') => {
                self.other_thousands += 1;
                self.see_number(cell);
            }
            0 => self.other_thousands += u32::from(text.len() > 3 && is_whole(text)),
            1 if is_dotted(text) => self.dotted += 1,
            1 if is_number => self.points += 1,
            _ => self.grouped += u32::from(is_number),
        }
    }

    /// Takes a cell of a column of dates into account.
    pub fn see_date(&mut self, cell: Cell<'_>) {
        // Most dates begin with the year, and say nothing of day and month.
        if let Cell::Text(text) = cell
            && let [b'1'..=b'9', year @ .., b'-'] =
                text.as_bytes().first_chunk::<5>().map_or(&[][..], |start| start)
            && year.iter().all(u8::is_ascii_digit)
        {
            return self.written_dates += 1;
        }
        let is_serial = serial(cell).is_some();
        self.serials += u32::from(is_serial);
        self.written_dates += u32::from(!is_serial && !cell.is_blank());
        let Cell::Text(text) = cell else { return };
        // Of a range the first day shows how the column is written.
        let first = text.split(" - ").next().unwrap_or(text);
        let Some([first, second, _]) = three_numbers(first) else { return };
        match (first, second) {
            (13..=31, 1..=12) => self.days_first += 1,
            (1..=12, 13..=31) => self.months_first += 1,
            _ => {}
        }
    }

    /// Most cells decide; where none does, day before month, as most of the world writes. A column
    /// that contradicts itself is month first only where that is clear, by more than two to one.
    pub fn style(&self) -> Style {
        let commas = self.commas > self.points;
        let dots = match self.dotted {
            0 => Dots::Clear,
            _ if commas => Dots::Clear,
            _ if self.points == 0 && (self.other_thousands == 0 || self.grouped > 0) => {
                Dots::Thousands
            }
            _ => Dots::Ambiguous,
        };
        let decimal =
            if commas || dots == Dots::Thousands { Decimal::Comma } else { Decimal::Point };
        Style {
            decimal,
            dots,
            serials: self.serials > self.written_dates,
            order: if self.months_first > 2 * self.days_first {
                Order::MonthFirst
            } else {
                Order::DayFirst
            },
        }
    }

    /// Whether cells of the column contradict each other about day and month.
    pub fn is_mixed(&self) -> bool {
        self.days_first > 0 && self.months_first > 0
    }
}

fn is_whole(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is one to three digits that do not begin with zero, a dot and three digits.
pub fn is_dotted(text: &str) -> bool {
    trimmed(text).split_once('.').is_some_and(|(whole, tail)| {
        (1..=3).contains(&whole.len())
            && !whole.starts_with('0')
            && tail.len() == 3
            && is_whole(whole)
            && is_whole(tail)
    })
}

/// The plain number of a cell in a column of dates; eight digits are a day written together.
pub fn serial(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(number),
        Cell::Text(text) => {
            let text = trimmed(text);
            // 01.2022 is a month, however much it looks like a number.
            (text.len() != 8 && is_whole(text)).then(|| text.parse().ok()).flatten()
        }
        _ => None,
    }
}

/// A number, or `None` where the cell has none that is clear.
pub fn number(cell: Cell<'_>, decimal: Decimal) -> Option<f64> {
    let text = match cell {
        Cell::Number(number) => return number.is_finite().then_some(number),
        Cell::Text(text) => trimmed(text),
        _ => return None,
    };
    let plain = !text.is_empty() && text.len() < 16 && text.bytes().all(|b| b.is_ascii_digit());
    if plain {
        return text.parse::<u64>().ok().map(|whole| whole as f64);
    }
    // The usual case of coordinates: digits, one point, perhaps a sign.
    let digits = text.strip_prefix('-').unwrap_or(text);
    if decimal == Decimal::Point
        && digits.split_once('.').is_some_and(|(whole, tail)| {
            !whole.is_empty() && !tail.is_empty() && is_whole(whole) && is_whole(tail)
        })
    {
        return text.parse().ok().filter(|number: &f64| number.is_finite());
    }
    written_number(text, decimal)
}

fn written_number(text: &str, decimal: Decimal) -> Option<f64> {
    // No number has two decimal signs: 1.234.567 is grouped, whatever the column does.
    let several = !text.contains(',') && text.matches('.').count() > 1;
    let decimal = if several { Decimal::Comma } else { decimal };
    let mut ascii = String::with_capacity(text.len());
    let mut groups = Vec::new();
    for c in text.chars() {
        let thousands = match decimal {
            Decimal::Point => ',',
            Decimal::Comma => '.',
        };
        match c {
            '0'..='9' | '-' | '+' | 'e' | 'E' => ascii.push(c),
            // Arabic-Indic digits, eastern and western.
            '\u{660}'..='\u{669}' => ascii.push(char::from(b'0' + (c as u32 - 0x660) as u8)),
            '\u{6f0}'..='\u{6f9}' => ascii.push(char::from(b'0' + (c as u32 - 0x6f0) as u8)),
            '\u{66b}' => ascii.push('.'),
            '\'' | '\u{2019}' | '\u{66c}' => groups.push(ascii.len()),
            c if c == thousands => groups.push(ascii.len()),
            '.' | ',' => ascii.push('.'),
            c if blank(c) => groups.push(ascii.len()),
            _ => return None,
        }
    }
    let whole = ascii.find(['.', 'e', 'E']).unwrap_or(ascii.len());
    // Groups of thousands have three digits each; `12 5` or `1,25` is not one number.
    let mut ends = groups.iter().copied().chain([whole]);
    let mut last = ends.next()?;
    for end in ends {
        if last == 0 || end != last + 3 {
            return None;
        }
        last = end;
    }
    let number: f64 = ascii.parse().ok()?;
    number.is_finite().then_some(number)
}

/// Latitude and longitude in one text: `-12.3, 40.5`, `12.3 N / 40.5 E`, `12,3; 40,5`,
/// `14°31'52"N 4°05'37"W`, `POINT(40.5 -12.3)`; in range or not.
pub fn pair(text: &str) -> Option<(f64, f64)> {
    let text = trimmed(text);
    if text.len() > 80 {
        return None;
    }
    if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("point")) {
        let inner = text[5..].trim().strip_prefix('(')?.strip_suffix(')')?;
        let (x, y) = inner.trim().split_once(' ')?;
        return Some((y.trim().parse().ok()?, x.trim().parse().ok()?));
    }
    let cut = |marks: &[char]| -> Option<(f64, f64)> {
        let mut parts = text
            .split(|c: char| marks.contains(&c) || "()[]°".contains(c))
            .map(|part| part.trim_matches(blank))
            .filter(|part| !part.is_empty());
        let (lat, lon) = (degrees(&mut parts, "NS")?, degrees(&mut parts, "EWO")?);
        parts.next().is_none().then_some((lat, lon))
    };
    cut(&[',', ';', ' ', '/', '|', '\t'])
        .or_else(|| cut(&[';', ' ', '/', '|', '\t']))
        .or_else(|| angles::angles(text))
}

/// One number of degrees, its letter before or behind it or a part of its own.
fn degrees<'t>(parts: &mut impl Iterator<Item = &'t str>, letters: &str) -> Option<f64> {
    let is_letter = |c: char| letters.contains(c.to_ascii_uppercase());
    let south_west = |c: char| "SWO".contains(c.to_ascii_uppercase());
    let mut part = parts.next()?;
    let letter = part.chars().find(|c| is_letter(*c));
    if part.chars().count() == 1 && letter.is_some() {
        part = parts.next()?;
    }
    let number = part.trim_matches(is_letter).trim().replace(',', ".");
    let number: f64 = number.parse().ok()?;
    let number = if letter.is_some_and(south_west) { -number.abs() } else { number };
    number.is_finite().then_some(number)
}

/// Degrees in one text that can be a place and are no list of small numbers.
pub fn coordinates(text: &str) -> Option<(f64, f64)> {
    let (lat, lon) = pair(text)?;
    let fits =
        lat.abs() <= 90.0 && lon.abs() <= 180.0 && (lat.fract() != 0.0 || lon.fract() != 0.0);
    fits.then_some((lat, lon))
}

/// Whether a cell says that there is nothing to say: `-`, `–`, `.`.
pub fn is_dash(cell: Cell<'_>) -> bool {
    let Cell::Text(text) = cell else { return false };
    text.chars().all(|c| blank(c) || "-.–—_".contains(c))
}

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
    if !text.is_ascii()
        && let Some(plain) = ascii_digits(text)
    {
        return day(Cell::Text(&plain), order, last, year);
    }
    let bytes = text.as_bytes();
    if bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' {
        // The usual case first: 2026-07-01, with or without a time.
        let digits = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
        let (y, m, d) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
        let rest = bytes.get(10);
        if rest.is_none_or(|byte| matches!(byte, b' ' | b'T')) {
            return plausible(Day::from_ymd(y, m as i8, d as i8)?);
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
    let (from, to) = MARKS.iter().find_map(|mark| text.split_once(mark))?;
    // Each side is written out, so that `7 - 14 June` is left to words.
    let written = |side: &str| three_numbers(side).is_some();
    if !written(from) || !written(to) {
        return None;
    }
    day(Cell::Text(if last { to } else { from }), order, last, year)
}

/// The text with the digits of Arabic and Persian as those of ASCII; `None` where it has none.
fn ascii_digits(text: &str) -> Option<String> {
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
fn three_numbers(text: &str) -> Option<[i32; 3]> {
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
        Some(number) if *number >= 1900 => numbers.pop(),
        // `14/June/19` and `Mar-19`: a second number, or one that stands behind the month.
        Some(number)
            if *number < 100 && (numbers.len() == 2 && !text.contains("-") || is_tail(text)) =>
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

/// What programs write where there is nothing: `NULL`, R's `NA`, a dash.
#[inline]
pub fn is_nothing(text: &str) -> bool {
    const NOTHING: &[&str] = &["n/a", "null", "nan", "\\n", "-", "--", "_", ".", "no data"];
    text.len() <= 7
        && text.starts_with(['n', 'N', '\\', '-', '_', '.'])
        && (text == "NA" || NOTHING.iter().any(|nothing| text.eq_ignore_ascii_case(nothing)))
}

/// What a spreadsheet shows for a formula that failed, also where it was saved as text.
#[inline]
pub fn is_failed(text: &str) -> bool {
    const FAILED: &[&str] =
        &["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#CALC!", "#SPILL!"];
    text.starts_with('#') && FAILED.contains(&text)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn read(text: &str, decimal: Decimal) -> Option<f64> {
        number(Cell::Text(text), decimal)
    }

    fn date(text: &str) -> Option<String> {
        day(Cell::Text(text), Order::DayFirst, false, None).map(|day| day.to_string())
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value) in [
            ("1200", 1200.),
            (" 1 200 ", 1200.),
            ("1,200.5", 1200.5),
            ("1'200", 1200.),
            ("٣٤", 34.),
            ("-3", -3.),
            ("1\u{a0}234\u{202f}567", 1_234_567.),
        ] {
            assert_eq!(read(text, Decimal::Point), Some(value), "{text}");
        }
        assert_eq!(read("1.234,5", Decimal::Comma), Some(1234.5));
        assert_eq!(read("146313,5", Decimal::Comma), Some(146_313.5));
        for text in ["21 Kits", "NA", "#VALUE!", "12 5", "1,25", "", "-", "inf", "nan", "1.2.3"] {
            assert_eq!(read(text, Decimal::Point), None, "{text}");
        }
    }

    #[test]
    fn a_column_decides_its_decimal_mark_and_its_day_month_order() {
        let mut habits = Habits::default();
        habits.see_number(Cell::Text("1,234"));
        assert_eq!(habits.style().decimal, Decimal::Point);
        habits.see_number(Cell::Text("12,5"));
        assert_eq!(habits.style().decimal, Decimal::Comma);
        let mut habits = Habits::default();
        habits.see_date(Cell::Text("03/04/2019"));
        habits.see_date(Cell::Text("04/25/2019"));
        let order = habits.style().order;
        assert_eq!(order, Order::MonthFirst);
        let fourth = day(Cell::Text("03/04/2019"), order, false, None).unwrap();
        assert_eq!(fourth.to_string(), "2019-03-04");
    }

    fn people(cells: &[&str]) -> Style {
        let mut habits = Habits::default();
        cells.iter().for_each(|text| habits.see_people(Cell::Text(text)));
        habits.style()
    }

    #[test]
    fn dots_before_three_digits_are_thousands_where_nothing_speaks_against_it() {
        let style = people(&["1.500", "2.250", "12.000", "800", ""]);
        assert_eq!((style.dots, style.decimal), (Dots::Thousands, Decimal::Comma));
        assert_eq!(read("12.000", style.decimal), Some(12_000.0));
        assert_eq!(people(&["1.500", "1.234.567", "2500"]).dots, Dots::Thousands);
        for cells in [["1.500", "2.5"], ["1.500", "1,250"], ["1.500", "2500"], ["1.500", "0.250"]] {
            let style = people(&cells);
            assert_eq!((style.dots, style.decimal), (Dots::Ambiguous, Decimal::Point), "{cells:?}");
        }
        assert_eq!(people(&["1.5", "2"]).dots, Dots::Clear);
        assert_eq!(people(&["1.500", "1.234,5"]).decimal, Decimal::Comma);
        assert_eq!(read("1.234.567", Decimal::Point), Some(1_234_567.0));
    }

    #[test]
    fn coordinates_in_one_cell_are_read_as_people_write_them() {
        for (text, expected) in [
            ("-12.5, 40.25", Some((-12.5, 40.25))),
            ("4.85 31.6", Some((4.85, 31.6))),
            ("4,85; 31,6", Some((4.85, 31.6))),
            ("4.85N, 31.6W", Some((4.85, -31.6))),
            ("(4.85° S / 31.6° E)", Some((-4.85, 31.6))),
            ("POINT(31.6 4.85)", Some((4.85, 31.6))),
            ("3, 4", None),
            ("4.85", None),
            ("95.1, 3.2", None),
            ("12 villages", None),
        ] {
            assert_eq!(coordinates(text), expected, "{text}");
        }
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
        ] {
            assert_eq!(date(text).as_deref(), Some(iso), "{text}");
        }
        for text in ["15-21 June", "6/31/2019", "05/072020", "January", "00:00:00", "x"] {
            assert_eq!(date(text), None, "{text}");
        }
        for (text, end) in [
            ("Jan 1-Dec 31, 2021", "2021-12-31"),
            ("01/02/2022 - 31/03/2022", "2022-03-31"),
            ("Q2 2022", "2022-06-30"),
            ("2022", "2022-12-31"),
            ("janvier - mars 2022", "2022-03-31"),
        ] {
            let last = day(Cell::Text(text), Order::DayFirst, true, None);
            assert_eq!(last.map(|day| day.to_string()).as_deref(), Some(end), "{text}");
        }
        let january = day(Cell::Text("January"), Order::DayFirst, true, Some(2022)).unwrap();
        assert_eq!(january.to_string(), "2022-01-31");
    }
}
