//! Which planning cycle figures are for (METHODS 17).

use crate::domain::{Day, Period};
use crate::intake::fields::Field;
use crate::intake::{Options, Row};

/// The cycle of rows that name none: the calendar year in the file's name, else the sender's
/// (METHODS 17); where the two differ the report says so.
pub(super) fn of_file(
    file_name: &str,
    options: &Options,
    remarks: &mut Vec<String>,
) -> Option<Period> {
    let told = options.cycle.and_then(whole);
    let named = year_in(file_name).and_then(Period::year);
    match (told, named) {
        (Some(told), Some(named)) if told != named => remarks.push(format!(
            "Rows that name no cycle are for {named}, from the file's name, and not for {told} as you said: rename the file to change that."
        )),
        (_, Some(named)) => {
            remarks.push(format!("Rows that name no cycle are for {named}, from the file's name."))
        }
        _ => {}
    }
    named.or(told)
}

/// The cycle of a row: its own where it has one, a missing bound filled to the calendar year.
pub(super) fn of_row(row: &mut Row<'_, '_>, from_file: Option<Period>) -> Option<Period> {
    let own = Period::new(row.day(Field::CycleStart), row.day(Field::CycleEnd));
    whole(own).or(from_file)
}

/// Both bounds; `None` where there is neither, or the end is before the start.
fn whole(period: Period) -> Option<Period> {
    let (start, end) = match (period.start, period.end) {
        (None, None) => return None,
        (Some(start), None) => (start, Day::from_ymd(start.ymd().0, 12, 31)?),
        (None, Some(end)) => (Day::from_ymd(end.ymd().0, 1, 1)?, end),
        (Some(start), Some(end)) => (start, end),
    };
    (start <= end).then_some(Period { start: Some(start), end: Some(end) })
}

/// The one year in a name: four digits, alone, of this or the last century.
pub(in crate::intake) fn year_in(name: &str) -> Option<i16> {
    let runs = name.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 4);
    let mut years =
        runs.filter_map(|run| run.parse::<i16>().ok()).filter(|y| (1950..2100).contains(y));
    let year = years.next()?;
    years.all(|other| other == year).then_some(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_stands_alone_in_the_name() {
        assert_eq!(year_in("hno_2024_MOZ.csv"), Some(2024));
        assert_eq!(year_in("ssd-ipc-2022-03.json"), Some(2022));
        assert_eq!(year_in("needs_20240131.csv"), None);
        assert_eq!(year_in("needs_2023_2024.csv"), None);
        assert_eq!(year_in("needs.csv"), None);
    }

    #[test]
    fn the_year_in_the_name_of_the_file_comes_first_and_a_differing_word_is_said() {
        let options = Options { cycle: Period::year(2025), ..Options::default() };
        let mut remarks = Vec::new();
        let cycle = of_file("hno_2024.csv", &options, &mut remarks);
        assert_eq!(cycle, Period::year(2024));
        assert!(remarks[0].contains("as you said"), "{remarks:?}");
        let cycle = of_file("hno.csv", &options, &mut remarks);
        assert_eq!(cycle, Period::year(2025));
    }

    #[test]
    fn a_missing_bound_is_filled_to_the_calendar_year() {
        let start = Day::from_ymd(2026, 3, 1);
        let filled = whole(Period::new(start, None));
        assert_eq!(
            filled.map(|period| period.to_string()).as_deref(),
            Some("2026-03-01/2026-12-31")
        );
        assert_eq!(whole(Period::ALWAYS), None);
    }
}
