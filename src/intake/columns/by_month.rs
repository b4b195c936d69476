//! Columns that each count the people of one month or quarter, such as `Jan` to `Dec`. A row of such
//! a table becomes one record for each month that has a figure; a total beside them is not added.

use super::{Assigned, Head, TOLD, title};
use crate::intake::evidence::{Evidence, Trait};
use crate::intake::fields::Field;
use crate::intake::figures::{self, Figure, Measure};
use crate::intake::months::{self, Months};
use crate::intake::{Kind, headers, returned};

/// Columns of months that are named in a sentence.
const NAMED: usize = 12;
/// How far sums may differ that were rounded.
const ROUNDED: f64 = 0.01;

/// What the columns of months are; positions are those of the heads.
#[derive(Debug, Default)]
pub(super) struct ByMonth {
    pub columns: Vec<Column>,
    pub notes: Vec<(usize, String)>,
    pub remarks: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub at: usize,
    pub field: Field,
    pub figure: Figure,
    pub months: Months,
}

impl ByMonth {
    /// Looks over the columns that the sender says nothing of. `year` is whether months that name
    /// none have one.
    pub fn find<'e>(
        kind: Kind,
        heads: &[Head],
        seen: &impl Fn(usize) -> &'e Evidence,
        said: impl Fn(&Head) -> bool,
        year: bool,
    ) -> ByMonth {
        let mut found = ByMonth::default();
        if kind != Kind::Activities {
            return found;
        }
        let numbered = heads.iter().enumerate().filter(|(_, head)| !said(head));
        let all: Vec<(usize, Figure, Months)> = numbered
            .filter_map(|(at, head)| of_head(kind, head, seen(at)).map(|(f, m)| (at, f, m)))
            .collect();
        let mut said = all.iter().filter_map(|(_, figure, _)| figure.measure);
        let default = said.next().filter(|first| said.all(|other| other == *first));
        let default = default.unwrap_or(Measure::Reached);
        let column = |(at, figure, months): &(usize, Figure, Months)| {
            let field = figure.field(kind, Some(default))?;
            Some(Column { at: *at, field, figure: *figure, months: *months })
        };
        let mut columns: Vec<Column> = all.iter().filter_map(column).collect();
        // The finer ones first: quarters beside their months are sums.
        columns.sort_by_key(|column| (column.months.last - column.months.first, column.at));
        for column in columns {
            let same = |other: &&Column| {
                let alike = other.field == column.field && other.figure == column.figure;
                alike && other.months.overlap(column.months)
            };
            match found.columns.iter().find(same) {
                Some(other) => {
                    let other = title(&heads[other.at]);
                    let note = format!("of the same months as column {other}: not used");
                    found.notes.push((column.at, note));
                }
                None => found.columns.push(column),
            }
        }
        found.columns.sort_by_key(|column| column.at);
        found.doubt(heads, seen, year || has_year(kind, heads));
        found
    }

    /// Leaves out what cannot be people by month.
    fn doubt<'e>(&mut self, heads: &[Head], seen: &impl Fn(usize) -> &'e Evidence, year: bool) {
        let mut months: Vec<Months> = self.columns.iter().map(|column| column.months).collect();
        months.dedup();
        let yearless = months.iter().any(|months| months.year.is_none());
        let turns = months.windows(2).any(|pair| pair[1] < pair[0] && pair[1].year.is_none());
        months.sort();
        months.dedup();
        let filled: u32 = self.columns.iter().map(|column| seen(column.at).filled).sum();
        let largest = self.columns.iter().map(|column| seen(column.at).largest);
        let largest = largest.fold(0.0, f64::max);
        if months.len() < 2 {
            *self = ByMonth::default();
        } else if filled > 0 && largest <= 1.0 {
            self.leave(
                "a month in which something is planned or done, and no number of people: not used",
            );
        } else if yearless && (!year || turns) {
            let why = match turns {
                true => "run over the end of a year and do not name it",
                false => "do not name their year, and nothing else does",
            };
            self.remarks.push(format!(
                "Columns {} are months that {why}: they are not read. Write the year into the headers or the name of the file, or say it (--cycle 2026-01-01/2026-12-31).",
                self.titles(heads)
            ));
            self.leave("a month of a year that is not known: not used");
        }
    }

    fn leave(&mut self, note: &str) {
        let left = self.columns.drain(..).map(|column| (column.at, note.to_owned()));
        self.notes.extend(left);
    }

    pub fn has(&self, at: usize) -> bool {
        self.columns.iter().any(|column| column.at == at)
    }

    /// Settles what the months are to the columns beside them: a total of the same people is left
    /// out; months that cannot add up to it are.
    pub fn settle<'e>(
        &mut self,
        heads: &[Head],
        seen: &impl Fn(usize) -> &'e Evidence,
        assigned: &mut Assigned,
        parts: &mut Vec<(usize, Figure)>,
    ) {
        let mut fields: Vec<Field> = self.columns.iter().map(|column| column.field).collect();
        fields.sort();
        fields.dedup();
        for field in fields {
            let Some(total) = assigned.column_of[field as usize] else { continue };
            let told = assigned.taken[total].as_ref().is_some_and(|one| one.confidence >= TOLD);
            let name = title(&heads[total]);
            if told || !self.adds_up(field, seen, seen(total)) {
                let note = match told {
                    true => format!("you said that column {name} is {}: not used", field.words()),
                    false => format!("the months do not add up to column {name}: not used"),
                };
                let (left, kept) = self.columns.iter().partition(|column| column.field == field);
                self.columns = kept;
                let left: Vec<Column> = left;
                self.notes.extend(left.into_iter().map(|column| (column.at, note.clone())));
                continue;
            }
            assigned.column_of[field as usize] = None;
            assigned.taken[total] = None;
            let note = "the total of the months beside it: not added to them, not used";
            self.notes.push((total, note.to_owned()));
        }
        if self.columns.is_empty() {
            return;
        }
        let measures: Vec<Option<Measure>> = vec![None, self.columns[0].figure.measure];
        parts.retain(|(at, figure)| {
            let left = measures.contains(&figure.measure);
            if left {
                let note = "counts a part of the people of all months beside it: not used";
                self.notes.push((*at, note.to_owned()));
            }
            !left
        });
        for (at, head) in heads.iter().enumerate() {
            let figure = figures::of_header(&head.header);
            let is_sum = figure.is_some_and(|figure| figure.measure.is_none() && figure.total);
            if is_sum && assigned.taken[at].is_none() && !self.has(at) {
                self.notes.push((at, "a sum of the months beside it: not used".to_owned()));
            }
        }
        let fields: Vec<String> = {
            let mut fields: Vec<Field> = self.columns.iter().map(|column| column.field).collect();
            fields.sort();
            fields.dedup();
            fields.into_iter().map(Field::words).collect()
        };
        self.remarks.push(format!(
            "Columns {} are months or quarters: each row gives one record for each of them that has a figure of {}, and the record is of that time. Totals beside them are not added.",
            self.titles(heads),
            fields.join(" and ")
        ));
    }

    /// Whether a total can be that of the months: nobody is counted more often than in all of them
    /// together, or less than in the largest.
    fn adds_up<'e>(
        &self,
        field: Field,
        seen: &impl Fn(usize) -> &'e Evidence,
        total: &Evidence,
    ) -> bool {
        let of_field = self.columns.iter().filter(|column| column.field == field);
        let sums: Vec<f64> = of_field.map(|column| seen(column.at).sum).collect();
        let (all, largest) = (sums.iter().sum::<f64>(), sums.iter().copied().fold(0.0, f64::max));
        total.filled == 0
            || total.sum >= largest * (1.0 - ROUNDED) && total.sum <= all * (1.0 + ROUNDED)
    }

    fn titles(&self, heads: &[Head]) -> String {
        let all: Vec<String> = self.columns.iter().map(|column| title(&heads[column.at])).collect();
        let more = all.len().saturating_sub(NAMED);
        let named = all[..all.len() - more].join(", ");
        if more > 0 { format!("{named} and {more} more") } else { named }
    }
}

/// What a column counts, and of which months: by its header, or by the months above it.
fn of_head(kind: Kind, head: &Head, evidence: &Evidence) -> Option<(Figure, Months)> {
    let numbers = evidence.filled == 0 || evidence.share(Trait::Number) >= 0.7;
    let texts = || std::iter::once(&head.header).chain(&head.others);
    if !numbers || returned::is_own(&head.header) || texts().any(|text| figures::is_share(text)) {
        return None;
    }
    let figure = |text: &str| match text {
        "" => Some(Figure::default()),
        words => figures::of_header(words),
    };
    let own = (!head.shared).then(|| texts().find_map(|text| months::named(text))).flatten();
    let above = months::named(&head.group);
    let (figure, months) = match (own, above) {
        (Some(own), _) => {
            let above = figures::of_header(&head.group);
            let other = headers::lookup(kind, &head.group);
            let other =
                other.iter().any(|(field, weight)| *weight >= 0.6 && !field.counts_people());
            let own_figure = figure(&own.rest)?;
            if own_figure.measure.is_none() && above.is_none() && other {
                return None;
            }
            let measure = own_figure.measure.or(above.and_then(|above| above.measure));
            let households = own_figure.households || above.is_some_and(|above| above.households);
            let year = own.months.year.or_else(|| months::year_of(&head.group));
            let figure = Figure { measure, households, ..own_figure };
            (figure, Months { year, ..own.months })
        }
        (None, Some(above)) => {
            figure(&above.rest)?;
            let own = figures::of_header(&head.header)?;
            (own, above.months)
        }
        (None, None) => return None,
    };
    let tagged = figures::of_tag(kind, &head.tag);
    let measure = figure.measure.or(tagged.and_then(|tagged| tagged.measure));
    // What is said of them besides makes no other column of the same people.
    Some((Figure { measure, people: false, total: false, ..figure }, months))
}

/// Whether a column says the year of each row.
fn has_year(kind: Kind, heads: &[Head]) -> bool {
    heads
        .iter()
        .any(|head| headers::words(kind, &head.header).is_some_and(|(f, _)| f == Field::Year))
}
