//! Instants and intervals, and how they lie to one another.

use crate::domain::day::{DAY_MICROS, moment};

/// A moment, to the microsecond, or a whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instant {
    /// Microseconds since 1970-01-01T00:00:00Z.
    Moment(i64),
    /// Days since 1970-01-01.
    Day(i32),
}

impl Instant {
    /// Reads a day as `2026-07-01`.
    pub fn date(text: &str) -> Option<Instant> {
        let has_form = text.len() == 10 && text.as_bytes().get(4) == Some(&b'-');
        let date: jiff::civil::Date = text.parse().ok().filter(|_| has_form)?;
        let days = date - jiff::civil::Date::constant(1970, 1, 1);
        Some(Instant::Day(days.get_days()))
    }

    /// Reads a moment as `2026-07-01T12:00:00Z`, also with a fraction or another offset.
    pub fn timestamp(text: &str) -> Option<Instant> {
        let (day, micros) = moment(text)?;
        Some(Instant::Moment(i64::from(day.0) * DAY_MICROS + micros))
    }

    /// Either of the two.
    pub fn read(text: &str) -> Option<Instant> {
        Instant::date(text).or_else(|| Instant::timestamp(text))
    }

    /// The day it is on (UTC).
    fn day(self) -> i64 {
        match self {
            Instant::Moment(micros) => micros.div_euclid(DAY_MICROS),
            Instant::Day(day) => i64::from(day),
        }
    }
}

/// By moment; where one is a day, by day.
pub fn compare(a: Instant, b: Instant) -> std::cmp::Ordering {
    match (a, b) {
        (Instant::Moment(a), Instant::Moment(b)) => a.cmp(&b),
        _ => a.day().cmp(&b.day()),
    }
}

/// From an instant to another, both inside; `None` is an open end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub start: Option<Instant>,
    pub end: Option<Instant>,
}

impl Interval {
    pub fn at(instant: Instant) -> Interval {
        Interval { start: Some(instant), end: Some(instant) }
    }

    fn has_day(&self) -> bool {
        [self.start, self.end].iter().any(|end| matches!(end, Some(Instant::Day(_))))
    }

    /// First and last as plain numbers: days or microseconds.
    fn bounds(&self, days: bool) -> (i64, i64) {
        let number = |instant: Instant| match (days, instant) {
            (false, Instant::Moment(micros)) => micros,
            _ => instant.day(),
        };
        (self.start.map_or(i64::MIN, number), self.end.map_or(i64::MAX, number))
    }
}

/// How two intervals may lie (Allen, as OWL-Time defines it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeRelation {
    After,
    Before,
    Disjoint,
    Equals,
    Intersects,
    Contains,
    During,
    FinishedBy,
    Finishes,
    Meets,
    MetBy,
    OverlappedBy,
    Overlaps,
    StartedBy,
    Starts,
}

impl TimeRelation {
    pub const TABLE: &'static [(TimeRelation, &'static str)] = &[
        (TimeRelation::After, "t_after"),
        (TimeRelation::Before, "t_before"),
        (TimeRelation::Disjoint, "t_disjoint"),
        (TimeRelation::Equals, "t_equals"),
        (TimeRelation::Intersects, "t_intersects"),
        (TimeRelation::Contains, "t_contains"),
        (TimeRelation::During, "t_during"),
        (TimeRelation::FinishedBy, "t_finishedBy"),
        (TimeRelation::Finishes, "t_finishes"),
        (TimeRelation::Meets, "t_meets"),
        (TimeRelation::MetBy, "t_metBy"),
        (TimeRelation::OverlappedBy, "t_overlappedBy"),
        (TimeRelation::Overlaps, "t_overlaps"),
        (TimeRelation::StartedBy, "t_startedBy"),
        (TimeRelation::Starts, "t_starts"),
    ];

    pub fn from_name(name: &str) -> Option<TimeRelation> {
        let same = |known: &str| known.eq_ignore_ascii_case(name);
        TimeRelation::TABLE.iter().find(|(_, known)| same(known)).map(|(found, _)| *found)
    }

    /// Whether an instant may stand in it; the others are about intervals only.
    pub fn takes_instants(self) -> bool {
        use TimeRelation::*;
        matches!(self, After | Before | Disjoint | Equals | Intersects)
    }

    pub fn holds(self, a: &Interval, b: &Interval) -> bool {
        use TimeRelation::*;
        // Where one side knows only days, days are compared.
        let days = a.has_day() || b.has_day();
        let ((a_start, a_end), (b_start, b_end)) = (a.bounds(days), b.bounds(days));
        match self {
            After => a_start > b_end,
            Before => a_end < b_start,
            Disjoint => a_start > b_end || a_end < b_start,
            Equals => a_start == b_start && a_end == b_end,
            Intersects => a_start <= b_end && a_end >= b_start,
            Contains => a_start < b_start && a_end > b_end,
            During => a_start > b_start && a_end < b_end,
            FinishedBy => a_start < b_start && a_end == b_end,
            Finishes => a_start > b_start && a_end == b_end,
            Meets => a_end == b_start,
            MetBy => a_start == b_end,
            OverlappedBy => a_start > b_start && a_start < b_end && a_end > b_end,
            Overlaps => a_start < b_start && a_end > b_start && a_end < b_end,
            StartedBy => a_start == b_start && a_end > b_end,
            Starts => a_start == b_start && a_end < b_end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_dates_and_times_are_read() {
        assert_eq!(Instant::date("1970-01-02"), Some(Instant::Day(1)));
        assert_eq!(Instant::read("1970-01-01T01:00:00.5+01:00"), Some(Instant::Moment(500_000)));
        let last = Instant::read("9999-12-31T00:00:00Z");
        assert!(last.is_some_and(|last| compare(last, Instant::Day(20_000)).is_gt()));
        for bad in
            ["2026-02-30", "2026-7-1", "20260701", "2026", "today", "", "1970-01-01T25:00:00Z"]
        {
            assert_eq!(Instant::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_moment_is_compared_with_a_day_as_its_day() {
        let noon = Instant::Moment(DAY_MICROS + DAY_MICROS / 2);
        assert!(compare(noon, Instant::Day(1)).is_eq() && compare(noon, Instant::Day(2)).is_lt());
    }
}
