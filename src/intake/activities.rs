//! Rows of a 3W, 4W or 5W to activities and their partners.

mod everywhere;

use super::fields::Field;
use super::parts::Whom;
use super::places::Policy;
use super::read::read_table;
use super::report::Report;
use super::review;
use super::row::{Row, Said};
use super::slice::Slice;
use super::units::Counted;
use super::vocabulary::{self, FigureWord};
use super::{Kind, Options, Unreadable, problems, values};
use crate::domain::{Activity, Day, Partner, Snapshot};

/// What a file of activities holds.
#[derive(Debug)]
pub struct Intake {
    pub activities: Vec<Activity>,
    /// Every partner the rows name, by id.
    pub partners: Vec<Partner>,
}

/// Reads a file of activities.
pub fn activities(
    file_name: &str,
    bytes: &[u8],
    known: &Snapshot,
    options: &Options,
) -> Result<(Intake, Report), Unreadable> {
    let mut read = read_table(Kind::Activities, file_name, bytes, known, options, |row, read| {
        if let Some(activity) = activity(row) {
            let first = read.len();
            by_part(row, activity, read);
            as_said(row, &mut read[first..]);
        }
    })?;
    let sums = everywhere::sums(&read.rows, known);
    read.rows.retain(|row| !sums.contains_key(&row.source.row));
    read.recorder.look_back(sums);
    let mut report = read.recorder.finish();
    let reporting = read.rows.iter().map(|row| row.reported_as.as_ref().unwrap_or(&row.partner));
    report.remarks.extend(review::waiting(known, &read.partners, reporting));
    Ok((Intake { activities: read.rows, partners: read.partners }, report))
}

fn activity(row: &mut Row<'_, '_>) -> Option<Activity> {
    let implementer = row.partner(Field::ImplementingPartner);
    let (partner, implementing_partner) = match (row.partner(Field::Partner), implementer) {
        (Some(partner), implementer) => (partner, implementer),
        (None, Some(implementer)) => {
            row.warn(Field::Partner, "", "", problems::IMPLEMENTER_REPORTS);
            (implementer, None)
        }
        (None, None) => {
            row.reject(Field::Partner, "", "", problems::NO_PARTNER);
            return None;
        }
    };
    // Decisions are about those that report: the implementer stays as it was named.
    let implementing_partner = implementing_partner.map(|who| who.reported_as.unwrap_or(who.id));
    let place = row.place(Policy::Coarser)?;
    let (start, end) = period(row);
    // What is said of the order of two dates holds for implausible ones too.
    let said_start = start.or_else(|| row.said_day(Field::Start));
    let said_end = end.or_else(|| row.said_day(Field::End));
    if let (Some(start), Some(end)) = (said_start, said_end)
        && end < start
    {
        row.warn(
            Field::End,
            &end.to_string(),
            &format!("Starts {start}."),
            problems::END_BEFORE_START,
        );
    }
    let mut targeted = row.larger(Field::Targeted);
    let mut reached = row.larger(Field::Reached);
    let mut households_targeted = row.larger(Field::HouseholdsTargeted);
    let mut households_reached = row.larger(Field::HouseholdsReached);
    let figures = [
        (Field::Targeted, &mut targeted, &mut households_targeted),
        (Field::Reached, &mut reached, &mut households_reached),
    ];
    for (field, people, households) in figures {
        sort_out(row, field, people, households);
    }
    Some(Activity {
        id: 0,
        source: row.source(),
        activity_id: row.own(Field::ActivityId),
        partner: partner.id,
        implementing_partner,
        donor: row.words(Field::Donor),
        sector: row.sector(),
        activity_type: row.words(Field::ActivityType),
        description: row.words(Field::Description),
        area: place.pcode,
        reported_as: partner.reported_as,
        placed: place.placed,
        location: row.words(Field::Location),
        point: place.point,
        start,
        end,
        status: row.status(),
        modality: row.modality(),
        group: row.group(),
        targeted,
        reached,
        households_targeted,
        households_reached,
        budget_usd: row.quantity(Field::BudgetUsd),
    })
}

/// Leaves in a figure of people only people: households are never people (METHODS 7), and kits or
/// tonnes are neither. The unit says it, else the indicator, unless the header names people itself.
fn sort_out(
    row: &mut Row<'_, '_>,
    field: Field,
    people: &mut Option<f64>,
    households: &mut Option<f64>,
) {
    let (Some(figure), said) = (*people, row.header_says(field)) else { return };
    let of_people = matches!(said, Said::People | Said::PeopleNotUnits);
    let unit = row.unit();
    let indicator = if unit.is_some() || of_people { None } else { row.indicator() };
    let counts = match (&unit, &indicator) {
        (Some((_, Counted::Things)), _) if said == Said::PeopleNotUnits => return,
        (Some((_, Counted::Households)), _) if !row.may_be_households(field) => return,
        (Some((_, counts)), _) | (None, Some((_, counts))) => *counts,
        (None, None) if said == Said::Whatever => Counted::Things,
        (None, None) => return,
    };
    match counts {
        Counted::People => return,
        Counted::Households => *households = households.or(Some(figure)),
        Counted::Things => {
            let what = match (unit, indicator) {
                (Some((unit, _)), _) => format!("{figure} {unit} are not people: not counted."),
                (None, Some((text, _))) => {
                    format!("\"{text}\" counts no people: {figure} is not counted.")
                }
                (None, None) => "Neither unit nor indicator says that it counts people.".to_owned(),
            };
            row.warn(field, &figure.to_string(), &what, problems::NOT_PEOPLE);
        }
    }
    *people = None;
}

/// A row whose figures stand in columns by sex, age or group, by month or by sector gives one activity
/// for each of them, and one for everybody where the row has a figure of everybody too. A row without
/// figures gives one.
fn by_part(row: &mut Row<'_, '_>, whole: Activity, activities: &mut Vec<Activity>) {
    if !row.has_parts() {
        activities.push(whole);
        return;
    }
    let first = activities.len();
    let figures =
        [whole.targeted, whole.reached, whole.households_targeted, whole.households_reached];
    if figures.iter().any(Option::is_some) {
        activities.push(whole.clone());
    }
    let figures = row.parts(whole.group);
    for (whom, field, figure) in &figures {
        let Whom { slice, group } = *whom;
        // A month or sector with zeros only was not reported on.
        let is_same =
            |(other, _, figure): &&(Whom, Field, f64)| other.slice == slice && *figure > 0.0;
        if slice != Slice::WHOLE && !figures.iter().any(|one| is_same(&one)) {
            continue;
        }
        let Some((start, end)) = row.days_of(slice, (whole.start, whole.end)) else {
            row.warn(*field, &slice.to_string(), "", problems::NO_YEAR);
            continue;
        };
        let sector = slice.sector.or(whole.sector);
        let known = activities[first..].iter().position(|part| {
            (part.group, part.sector, part.start, part.end) == (group, sector, start, end)
        });
        let at = first
            + known.unwrap_or_else(|| {
                let none = Activity { group, sector, start, end, ..whole.clone() };
                let none = Activity { targeted: None, reached: None, ..none };
                let budget_usd = whole.budget_usd.filter(|_| activities.len() == first);
                activities.push(Activity {
                    households_targeted: None,
                    households_reached: None,
                    budget_usd,
                    ..none
                });
                activities.len() - first - 1
            });
        let part = &mut activities[at];
        let (people, households) = match field {
            Field::Targeted => (&mut part.targeted, &mut part.households_targeted),
            Field::Reached => (&mut part.reached, &mut part.households_reached),
            Field::HouseholdsTargeted => {
                part.households_targeted = Some(*figure);
                continue;
            }
            Field::HouseholdsReached => {
                part.households_reached = Some(*figure);
                continue;
            }
            _ => continue,
        };
        *people = Some(*figure);
        if slice != Slice::WHOLE && group == whole.group {
            sort_out(row, *field, people, households);
        }
    }
    if activities.len() == first {
        activities.push(whole);
    }
}

/// Where a column says of each row what its one figure is, the figure is that: it is never reached
/// because other rows are.
fn as_said(row: &mut Row<'_, '_>, activities: &mut [Activity]) {
    let (targeted, reached) = (row.has_figures(TARGETED), row.has_figures(REACHED));
    if !row.has(Field::Figure) || targeted && reached {
        return;
    }
    let said = row.text(Field::Figure);
    let word = said.as_deref().and_then(vocabulary::figure_word);
    let mut unsaid = false;
    for one in activities {
        let people = one.targeted.take().or(one.reached.take());
        let households = one.households_targeted.take().or(one.households_reached.take());
        match word {
            Some(FigureWord::Targeted) => {
                (one.targeted, one.households_targeted) = (people, households);
            }
            Some(FigureWord::Reached) => {
                (one.reached, one.households_reached) = (people, households);
            }
            Some(FigureWord::Other) | None => unsaid |= people.or(households).is_some(),
        }
    }
    if unsaid {
        let said = said.unwrap_or_default();
        row.warn(Field::Figure, &said, "", problems::FIGURE_UNSAID);
    }
}

const TARGETED: [Field; 2] = [Field::Targeted, Field::HouseholdsTargeted];
const REACHED: [Field; 2] = [Field::Reached, Field::HouseholdsReached];

/// Start and end of a row: its own, else those of the month that stands above it or is the sheet's.
fn period(row: &mut Row<'_, '_>) -> (Option<Day>, Option<Day>) {
    let only_year = ![Field::Start, Field::End, Field::Month].into_iter().any(|of| row.has(of));
    let year = values::number(row.cell(Field::Year), values::Decimal::Point);
    let year = year.filter(|year| only_year && year.fract() == 0.0).map(|year| year as i16);
    let says_day = |of: Field| !row.cell(of).is_blank() && (of != Field::Year || year.is_none());
    let is_dated = [Field::Start, Field::End, Field::Month, Field::Year].into_iter().any(says_day);
    let around = if is_dated { None } else { row.days_around(year) };
    around.map_or_else(|| own_period(row), |(start, end)| (Some(start), Some(end)))
}

/// Start and end; where a table has only months, the month's first and last day.
fn own_period(row: &mut Row<'_, '_>) -> (Option<Day>, Option<Day>) {
    let dated = row.has(Field::Start) || row.has(Field::End);
    if !dated && !row.has(Field::Month) && row.has(Field::Year) {
        // A table of one figure a year.
        let year = row.cell(Field::Year);
        return (
            values::day(year, values::Order::DayFirst, false, None),
            values::day(year, values::Order::DayFirst, true, None),
        );
    }
    if let Some(quarter) = row.quarter() {
        return quarter;
    }
    if dated || !row.has(Field::Month) {
        let (start, mut end) = (row.day(Field::Start), row.day(Field::End));
        if start.is_some() && !row.has(Field::End) {
            // A month says its last day as well, and a range its other end.
            end = row.read_day(Field::Start, row.cell(Field::Start), true);
            end = end.filter(|end| Some(*end) != start);
            end = end.or_else(|| row.month_end(Field::Start, start));
        }
        end = row.month_end(Field::End, end).or(end);
        return (start, end);
    }
    let Some(month) = row.text(Field::Month) else { return (None, None) };
    let year = values::number(row.cell(Field::Year), values::Decimal::Point);
    let number = values::number(row.cell(Field::Month), values::Decimal::Point);
    let number = number.filter(|number| (1.0..=12.0).contains(number) && number.fract() == 0.0);
    let month = numbered_month(&month).map_or(month.clone(), |name| name.to_owned().into());
    let text = match (year, number) {
        (Some(year), Some(number)) => format!("{year}-{number:02}"),
        (Some(year), None) => format!("{month} {year}"),
        (None, _) => month.into_owned(),
    };
    let cell = crate::formats::sheet::Cell::Text(&text);
    let end = row.read_day(Field::Month, cell, true);
    let start = row.read_day(Field::Month, cell, false);
    let end = row.month_end(Field::Month, start).filter(|_| end == start).or(end);
    if start.is_none() {
        row.warn(Field::Month, &text, "", problems::NOT_A_DATE);
    }
    (start, end)
}

/// The name of a month that its number stands before: `1. January`, `04 April`.
fn numbered_month(text: &str) -> Option<&str> {
    let name = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: i8 = text[..text.len() - name.len()].parse().ok()?;
    let name = name.trim_start_matches(|c: char| !c.is_alphanumeric());
    (vocabulary::month(name) == Some(number)).then_some(name)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod span_tests;

#[cfg(test)]
mod held_tests;

#[cfg(test)]
mod stray_tests;

#[cfg(test)]
mod level_tests;

#[cfg(test)]
mod slice_tests;

#[cfg(test)]
mod parts_tests;

#[cfg(test)]
mod title_tests;

#[cfg(test)]
mod when_tests;
