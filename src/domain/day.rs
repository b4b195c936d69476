//! Days and periods. Dates are civil days, both ends inside (METHODS 5); no times, no zones.

use std::fmt;

/// A civil day, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// A calendar month, as months since 1970-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

/// A stretch of days, both ends inside; a missing bound is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Period {
    pub start: Option<Day>,
    pub end: Option<Day>,
}

/// Microseconds of a day.
pub const DAY_MICROS: i64 = 86_400_000_000;

/// A text that is not a date or period, with what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotADate {
    #[error(
        "\"{0}\" is not a date: write 2026-07-01, or a period as 2026-07-01/2026-09-30 with .. for an open end"
    )]
    Unreadable(String),
    #[error("the period \"{0}\" ends before it starts: write the earlier day first")]
    Reversed(String),
}

impl Day {
    /// The day of a year, month (1-12) and day of month, or `None` where the calendar has none.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Day> {
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        Some(Day::from_date(date))
    }

    /// Year, month (1-12), day of month.
    pub fn ymd(self) -> (i16, i8, i8) {
        let date = self.date();
        (date.year(), date.month(), date.day())
    }

    /// The calendar month this day is in.
    pub fn month(self) -> Month {
        let (year, month, _) = self.ymd();
        Month((i32::from(year) - 1970) * 12 + i32::from(month) - 1)
    }

    fn from_date(date: jiff::civil::Date) -> Day {
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        Day((date - epoch).get_days())
    }

    fn date(self) -> jiff::civil::Date {
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        // From the first day of year 0 to the last of year 9999.
        epoch.saturating_add(jiff::Span::new().days(i64::from(self.0.clamp(-719_528, 2_932_896))))
    }
}

/// A moment such as `2026-07-01T12:00:00Z` (RFC 3339), of any year that has four digits: its day in
/// UTC, and the microseconds of that day.
pub fn moment(text: &str) -> Option<(Day, i64)> {
    let has_form = |at: usize, sign: u8| text.as_bytes().get(at) == Some(&sign);
    let (dashes, t) =
        (has_form(4, b'-') && has_form(7, b'-'), has_form(10, b'T') || has_form(10, b't'));
    let pieces = jiff::fmt::temporal::Pieces::parse(text).ok().filter(|_| dashes && t)?;
    let (time, offset) = (pieces.time()?, pieces.to_numeric_offset()?);
    let since = time - jiff::civil::Time::midnight();
    let micros = since.total(jiff::Unit::Microsecond).ok()? as i64;
    let micros = micros - i64::from(offset.seconds()) * 1_000_000;
    let days = i32::try_from(micros.div_euclid(DAY_MICROS)).ok()?;
    Some((Day(Day::from_date(pieces.date()).0 + days), micros.rem_euclid(DAY_MICROS)))
}

impl Month {
    /// Its last day.
    pub fn last_day(self) -> Day {
        let next = self.0.saturating_add(1);
        let year = 1970 + next.div_euclid(12);
        let first = i16::try_from(year).ok();
        let first = first.and_then(|year| Day::from_ymd(year, next.rem_euclid(12) as i8 + 1, 1));
        first.map_or(Day(i32::MAX), |first| Day(first.0 - 1))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, _) = self.last_day().ymd();
        write!(f, "{year:04}-{month:02}")
    }
}

impl std::str::FromStr for Day {
    type Err = NotADate;

    /// Reads `2026-07-01`, or the day in UTC of a moment such as `2026-07-01T12:00:00Z` (RFC 3339).
    fn from_str(text: &str) -> Result<Day, NotADate> {
        let bad = || NotADate::Unreadable(text.to_owned());
        let date = match text.split_once(['T', 't']) {
            // GDAL asks for a day as `2026-07-01T`.
            None | Some((_, "")) => text.trim_end_matches(['T', 't']).parse().map_err(|_| bad())?,
            Some(_) => {
                let (day, _) = moment(text).ok_or_else(bad)?;
                return Ok(day);
            }
        };
        // Forms of a date that only other standards have.
        if text.as_bytes().get(4) != Some(&b'-') { Err(bad()) } else { Ok(Day::from_date(date)) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Period {
    /// The whole of time.
    pub const ALWAYS: Period = Period { start: None, end: None };

    pub fn new(start: Option<Day>, end: Option<Day>) -> Period {
        Period { start, end }
    }

    /// The calendar year.
    pub fn year(year: i16) -> Option<Period> {
        Some(Period {
            start: Some(Day::from_ymd(year, 1, 1)?),
            end: Some(Day::from_ymd(year, 12, 31)?),
        })
    }

    /// First and last day as plain numbers, open ends at the extremes; an end before its start
    /// counts as the start day (METHODS 5).
    pub fn bounds(&self) -> (i32, i32) {
        let start = self.start.map_or(i32::MIN, |day| day.0);
        let end = self.end.map_or(i32::MAX, |day| day.0);
        (start, end.max(start))
    }

    /// Whether the two share a day.
    pub fn meets(&self, other: &Period) -> bool {
        let (a_start, a_end) = self.bounds();
        let (b_start, b_end) = other.bounds();
        a_start <= b_end && b_start <= a_end
    }
}

impl std::str::FromStr for Period {
    type Err = NotADate;

    /// Reads OGC `datetime`: a day, or `start/end` where `..` or nothing is an open end.
    fn from_str(text: &str) -> Result<Period, NotADate> {
        let bad = || NotADate::Unreadable(text.to_owned());
        let Some((start, end)) = text.split_once('/') else {
            let day = text.parse()?;
            return Ok(Period::new(Some(day), Some(day)));
        };
        let bound = |part: &str| match part {
            "" | ".." => Ok(None),
            day => day.parse().map(Some).map_err(|_| bad()),
        };
        let (start, end): (Option<Day>, Option<Day>) = (bound(start)?, bound(end)?);
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            return Err(NotADate::Reversed(text.to_owned()));
        }
        // QGIS writes an open end as the first or last day that there is.
        let is_first = |day: &Day| day.ymd() <= (1, 1, 1);
        let is_last = |day: &Day| day.ymd() >= (9999, 12, 31);
        Ok(Period::new(start.filter(|day| !is_first(day)), end.filter(|day| !is_last(day))))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.start {
            Some(day) => write!(f, "{day}/")?,
            None => write!(f, "../")?,
        }
        match self.end {
            Some(day) => write!(f, "{day}"),
            None => write!(f, ".."),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_written_the_same() {
        for text in
            ["1970-01-01", "2024-02-29", "1899-12-31", "2026-11-21", "0000-01-01", "9999-12-31"]
        {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        assert_eq!("1970-01-02".parse::<Day>().unwrap(), Day(1));
        assert!("2023-02-29".parse::<Day>().is_err());
    }

    #[test]
    fn a_moment_is_on_its_day_in_utc_and_what_is_no_moment_is_refused() {
        let day = |text: &str| text.parse::<Day>().ok().map(|day| day.to_string());
        let first = Some("2026-02-01".to_owned());
        assert_eq!(day("2026-02-01T23:59:59.5Z"), first);
        assert_eq!(day("2026-02-02T00:30:00+02:00"), first);
        assert_eq!(day("2026-02-01T"), first);
        for bad in [
            "2026-02-01Tgarbage",
            "2026-02-01T25:99:00Z",
            "2026-02-01T00:00:00",
            "2026-02-01T00:00:00+99:00",
            "20260201",
            "2026-02-01TT",
            "2026-02-01T00:00:00Z and more",
            "",
        ] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_moment_may_be_of_any_year_with_four_digits() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for year in ["0000-01-01", "0001-01-01", "1969-12-31", "9999-12-31"] {
            assert_eq!(day(&format!("{year}T00:00:00Z")), day(year));
            assert_eq!(day(&format!("{year}T23:59:59.999999Z")), day(year));
        }
        assert_eq!(day("9999-12-31T23:00:00-02:00").0, day("9999-12-31").0 + 1);
        assert_eq!(moment("1970-01-01T01:00:00.5+01:00"), Some((Day(0), 500_000)));
        assert_eq!(moment("1969-12-31T23:59:59Z"), Some((Day(-1), DAY_MICROS - 1_000_000)));
    }

    #[test]
    fn the_first_and_the_last_day_there_is_are_open_ends() {
        let period = |text: &str| text.parse::<Period>().unwrap();
        assert_eq!(period("2026-07-01/9999-12-31T00:00:00Z"), period("2026-07-01/.."));
        assert_eq!(period("0001-01-01T00:00:00Z/2026-07-01"), period("../2026-07-01"));
        assert_eq!(period("0000-01-01/9999-12-31T23:59:59Z"), Period::ALWAYS);
        assert!("9999-12-31T00:00:00Z/0001-01-01".parse::<Period>().is_err());
    }

    #[test]
    fn months_are_calendar_months() {
        let january: Day = "2026-01-31".parse().unwrap();
        let february: Day = "2026-02-01".parse().unwrap();
        assert_eq!(january.month().0 + 1, february.month().0);
    }

    #[test]
    fn both_ends_of_a_period_are_inside_and_a_missing_one_is_open() {
        let july: Period = "2026-07-01/2026-07-31".parse().unwrap();
        let last_day: Period = "2026-07-31".parse().unwrap();
        let until_june: Period = "../2026-06-30".parse().unwrap();
        assert!(july.meets(&last_day));
        assert!(!july.meets(&until_june));
        assert!(july.meets(&Period::ALWAYS));
        assert!("2026-08-01/2026-07-01".parse::<Period>().is_err());
    }

    #[test]
    fn an_end_before_its_start_counts_on_the_start_day() {
        let wrong = Period::new(Some(Day(10)), Some(Day(5)));
        assert_eq!(wrong.bounds(), (10, 10));
    }
}
