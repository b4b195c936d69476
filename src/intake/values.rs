//! Numbers and dates as people write them. A column decides once how its cells are read.

use crate::formats::sheet::{Cell, blank, trimmed};

mod angles;
mod dates;

pub use self::angles::{angle, coordinates, pair};
pub use self::dates::day;
use self::dates::{ascii_digits, three_numbers};

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
    /// One comma and three digits behind it, as `1,500`.
    commaed: u32,
    /// Thousands written in another way than with dots: `1,234` and `1500`.
    other_thousands: u32,
    serials: u32,
    written_dates: u32,
    /// Days that are whole, and how many of them are the first of a month, by either order.
    whole_days: u32,
    first_days: [u32; 2],
    /// Days that either order makes another one of: `01/05/2024`.
    either_order: u32,
}

/// How a column is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    pub decimal: Decimal,
    pub order: Order,
    pub dots: Dots,
    /// Some commas are decimal signs, and three digits stand behind others.
    pub commas_doubtful: bool,
    /// Most cells of the column of dates are plain numbers: days as a spreadsheet counts them.
    pub serials: bool,
    /// Its figures are in thousands.
    pub thousands: bool,
    /// Every day of the column is the first of a month.
    pub first_days: bool,
    /// Some days are another one in the other order, and none says which it is.
    pub either_order: bool,
    /// Some days can only be read in this order.
    pub settled_order: bool,
}

impl Style {
    /// The figure of a cell, in full where the column is in thousands.
    #[inline]
    pub fn figure(&self, cell: Cell<'_>) -> Option<f64> {
        let number = number(cell, self.decimal)?;
        Some(if self.thousands { in_full(number) } else { number })
    }

    /// Whether the sign in a figure of this column may be one of thousands or of decimals.
    pub fn is_doubtful(&self, text: &str) -> bool {
        self.dots == Dots::Ambiguous && may_be_thousands(text, '.')
            || self.commas_doubtful && may_be_thousands(text, ',')
    }
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
        self.commaed += other.commaed;
        self.other_thousands += other.other_thousands;
        self.serials += other.serials;
        self.whole_days += other.whole_days;
        self.first_days[0] += other.first_days[0];
        self.first_days[1] += other.first_days[1];
        self.either_order += other.either_order;
        self.written_dates += other.written_dates;
    }

    /// Takes a cell of a column of numbers into account.
    pub fn see_number(&mut self, cell: Cell<'_>) {
        let Cell::Text(text) = cell else { return };
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        let plain = ascii_digits(text);
        let text = plain.as_deref().unwrap_or(text);
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
        if let Cell::Text(text) = cell
            && let Some(plain) = ascii_digits(text)
        {
            return self.see_people(Cell::Text(&plain));
        }
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
                self.commaed += u32::from(may_be_thousands(text, ','));
                self.see_number(cell);
            }
            0 => self.other_thousands += u32::from(text.len() > 3 && is_whole(text)),
            1 if may_be_thousands(text, '.') => self.dotted += 1,
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
            if let [b'-', day @ ..] = text.as_bytes().get(7..10).unwrap_or_default() {
                self.whole_days += 1;
                self.first_days.iter_mut().for_each(|days| *days += u32::from(day == b"01"));
            }
            return self.written_dates += 1;
        }
        let read = |order| dates::whole_day(cell, order);
        let days = (read(Order::DayFirst), read(Order::MonthFirst));
        if let Some(day) = days.0.or(days.1) {
            let other = days.1.unwrap_or(day);
            self.whole_days += 1;
            self.first_days[0] += u32::from(day.ymd().2 == 1);
            self.first_days[1] += u32::from(other.ymd().2 == 1);
            self.either_order += u32::from(day != other && days.0.is_some());
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
        self.style_in(None)
    }

    /// The same, where another column of days says in which order they are written: it holds where
    /// this one does not say it.
    pub fn style_in(&self, order: Option<Order>) -> Style {
        let commas = self.commas > self.points.max(self.commaed);
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
        let settled_order = self.days_first + self.months_first > 0;
        let order = match order.filter(|_| !settled_order) {
            Some(order) => order,
            None if self.months_first > 2 * self.days_first => Order::MonthFirst,
            None => Order::DayFirst,
        };
        let first_days = self.first_days[usize::from(order == Order::MonthFirst)];
        Style {
            decimal,
            dots,
            commas_doubtful: commas && self.commaed > 0,
            serials: self.serials > self.written_dates,
            thousands: false,
            order,
            first_days: self.whole_days > 0 && first_days == self.whole_days,
            either_order: self.either_order > 0 && !settled_order,
            settled_order,
        }
    }

    /// Whether most cells are written in an order; without that it is the usual one.
    pub fn most_are(&self, order: Order) -> bool {
        match order {
            Order::DayFirst => self.days_first > self.months_first,
            Order::MonthFirst => self.months_first > self.days_first,
        }
    }

    /// Whether cells of the column contradict each other about day and month.
    pub fn is_mixed(&self) -> bool {
        self.days_first > 0 && self.months_first > 0
    }
}

/// A figure in thousands in full, without what floating point adds.
pub fn in_full(thousands: f64) -> f64 {
    (thousands * 1e9).round() / 1e6
}

fn is_whole(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is one to three digits that do not begin with zero, a sign and three digits.
fn may_be_thousands(text: &str, sign: char) -> bool {
    let plain = ascii_digits(text);
    trimmed(plain.as_deref().unwrap_or(text)).split_once(sign).is_some_and(|(whole, tail)| {
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

/// A sum of dollars without the sign that says so.
pub fn without_dollars(text: &str) -> &str {
    let text = text.trim();
    let sign = |mark: &&str| {
        let (start, end) = (text.get(..mark.len()), text.len().checked_sub(mark.len()));
        let end = end.and_then(|at| text.get(at..));
        match (start, end) {
            (Some(start), _) if start.eq_ignore_ascii_case(mark) => Some(&text[mark.len()..]),
            (_, Some(end)) if end.eq_ignore_ascii_case(mark) => {
                Some(&text[..text.len() - mark.len()])
            }
            _ => None,
        }
    };
    ["US$", "USD", "$"].iter().find_map(sign).map_or(text, str::trim)
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

/// Whether a cell says that there is nothing to say: `-`, `–`, `.`.
pub fn is_dash(cell: Cell<'_>) -> bool {
    let Cell::Text(text) = cell else { return false };
    text.chars().all(|c| blank(c) || "-.–—_".contains(c))
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

    #[test]
    fn a_sum_of_dollars_may_say_so_in_its_cell() {
        for text in ["USD 12,500", "$12,500", "12,500 USD", "US$ 12,500", "12,500", "12,500 usd"] {
            assert_eq!(without_dollars(text), "12,500", "{text}");
        }
        assert_eq!(without_dollars("12,500 MZN"), "12,500 MZN");
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
    fn commas_before_three_digits_are_thousands_unless_most_commas_are_not() {
        let style = people(&["1,234", "12,345", "950", "4,5"]);
        assert_eq!((style.decimal, style.is_doubtful("1,234")), (Decimal::Point, false));
        assert_eq!(style.figure(Cell::Text("12,345")), Some(12_345.0));
        assert_eq!(style.figure(Cell::Text("4,5")), None);
        assert_eq!(people(&["12,345", "1,2"]).decimal, Decimal::Point);
        let style = people(&["1,2", "3,5", "12,345"]);
        assert_eq!((style.decimal, style.is_doubtful("12,345")), (Decimal::Comma, true));
        assert!(!people(&["1,2", "3,5"]).commas_doubtful);
    }

    #[test]
    fn figures_in_arabic_digits_are_read_as_the_same_figures_in_others() {
        let figures = |cells: &[&str]| {
            let style = people(cells);
            let read = |text: &&str| style.figure(Cell::Text(text));
            cells.iter().map(read).collect::<Vec<_>>()
        };
        let full = [Some(1500.0), Some(12_000.0), Some(900.0)];
        for cells in
            [["١,٥٠٠", "١٢,٠٠٠", "٩٠٠"], ["١.٥٠٠", "١٢.٠٠٠", "٩٠٠"], ["١٬٥٠٠", "١٢٬٠٠٠", "٩٠٠"]]
        {
            assert_eq!(figures(&cells), full, "{cells:?}");
        }
        assert_eq!(figures(&["۱,۵۰۰"]), [Some(1500.0)]);
        assert_eq!(figures(&["١٫٥", "٢"]), [Some(1.5), Some(2.0)]);
    }
}
