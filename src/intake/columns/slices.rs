//! The same figure in a column for each month, quarter, year or sector: `Reached in January`, `Reached
//! in February`, or `Reached` below the name of each sector. Of activities each such column is read as
//! a row of its own. Where a column is of a round or of months that nobody can date, none is the
//! figure and their sum counts people twice: they are not read.

mod about;
mod parted;
mod settle;
mod unnamed;

use std::collections::BTreeMap;

use self::about::By;
pub(super) use self::about::{About, is_period, of_head};
pub(in crate::intake) use self::about::{months_named, without_period};
pub use self::settle::settle;
use super::{Candidate, Head, TOLD, names_some, of_column};
use crate::domain::{Group, Sector};
use crate::intake::evidence::Evidence;
use crate::intake::fields::Field;
use crate::intake::figures::{Figure, Measure};
use crate::intake::parts::{self, Resolved, Whom};
use crate::intake::slice::{Months, Slice};
use crate::intake::{Kind, Options};

/// The columns of one month or sector; positions are those of the heads.
#[derive(Debug, Default)]
struct Sliced {
    wholes: Vec<(usize, Field)>,
    parts: Vec<(usize, Figure)>,
}

/// The columns that are read as rows of their own, and what there is to say of all of them.
#[derive(Debug, Default)]
pub(super) struct Slices {
    columns: BTreeMap<Slice, Sliced>,
    pub remarks: Vec<String>,
}

/// What columns of one figure differ in.
struct Columns {
    field: Field,
    is_part: bool,
    by: By,
    /// They are of all people until then.
    to_date: bool,
    /// Positions in the heads, what the headers say, and what of it can be read.
    columns: Vec<(usize, String, Option<Slice>)>,
}

/// What figure a column counts where its head alone does not say it, and the head to read it by: what
/// stands beside a period or sector may be clear where the whole is not.
pub(super) fn plainly<'h>(
    kind: Kind,
    (head, about): (&'h Head, Option<&'h About>),
    evidence: &Evidence,
    figure: Option<Figure>,
) -> (Option<Figure>, &'h Head) {
    let about = about.filter(|_| kind == Kind::Activities);
    let plain = about.map(|about| &about.plain).filter(|plain| !plain.header.is_empty());
    let Some(plain) = plain else { return (figure, head) };
    let of_plain = about::figure(kind, plain, evidence);
    if of_plain.is_some_and(|figure| figure.is_part()) {
        return (of_plain, plain);
    }
    if figure.is_some() {
        return (figure, head);
    }
    let (own, doubt) = of_column(kind, 0, head, evidence);
    let is_clear = match of_plain {
        Some(_) => !own.iter().any(|one| one.field.counts_people()),
        None => own.is_empty() && doubt.is_empty(),
    };
    if is_clear { (of_plain, plain) } else { (None, head) }
}

/// Takes figures that stand in a column for each period or sector out of the candidates and parts.
/// `about` says of which each head is.
pub(super) fn set_apart(
    kind: Kind,
    (heads, about): (&[Head], &[Option<About>]),
    options: &Options,
    candidates: &mut Vec<Candidate>,
    parts: &mut Vec<(usize, Figure)>,
    notes: &mut [String],
) -> Slices {
    let mut found = of_heads(kind, about, candidates, parts);
    let mut slices = Slices::default();
    if found.is_empty() {
        return slices;
    }
    if kind == Kind::Needs {
        found.iter_mut().for_each(|one| one.leave_cycle(options));
    }
    let monthly = || found.iter().filter(|one| !one.to_date);
    let is_read = kind == Kind::Activities
        && monthly().all(|one| one.is_readable(options, candidates))
        && slices.take(monthly(), kind, parts);
    for one in &found {
        let is_one = |column: usize| one.columns.iter().any(|(at, ..)| *at == column);
        match one.is_part {
            true => parts.retain(|(at, _)| !is_one(*at)),
            false => candidates.retain(|other| !is_one(other.column)),
        }
        for (at, which, _) in one.columns.iter().filter(|_| !is_read || one.to_date) {
            let by = one.by.word();
            let of =
                if one.to_date { "from the beginning until" } else { &format!("of one {by} only") };
            notes[*at] = format!("{} {of} ({which}): not used", one.field.words());
        }
    }
    if !is_read {
        slices = Slices::default();
    }
    for sliced in slices.columns.values_mut() {
        sliced.parts.sort_by_key(|(at, _)| *at);
    }
    slices.remarks = remarks(kind, heads, &found, is_read, candidates, parts);
    slices
}

/// The figures that several columns have, each of another period or sector, and those that one column
/// has beside them.
fn of_heads(
    kind: Kind,
    about: &[Option<About>],
    candidates: &[Candidate],
    parts: &[(usize, Figure)],
) -> Vec<Columns> {
    // What stands beside the period or sector tells figures apart: `Men reached`.
    type Key<'k> = (Field, bool, By, bool, &'k str);
    let mut found: BTreeMap<Key<'_>, Vec<(usize, String, Option<Slice>)>> = BTreeMap::new();
    let mut see = |field: Field, is_part: bool, at: usize| {
        if let Some(About { by, which, slice, to_date, rest, .. }) = &about[at] {
            let columns = found.entry((field, is_part, *by, *to_date, rest)).or_default();
            if !columns.iter().any(|(known, ..)| *known == at) {
                columns.push((at, which.clone(), *slice));
            }
        }
    };
    for one in candidates.iter().filter(|one| one.field.counts_people()) {
        see(one.field, false, one.column);
    }
    for (at, figure) in parts {
        if let Some(field) = figure.field(kind, Some(Measure::Reached)) {
            see(field, true, *at);
        }
    }
    let all = found.into_iter().map(|((field, is_part, by, to_date, _), mut columns)| {
        columns.sort_by_key(|(at, ..)| *at);
        Columns { field, is_part, by, to_date, columns }
    });
    let (several, alone): (Vec<_>, Vec<_>) = all.partition(|one| one.columns.len() > 1);
    let mut several: Vec<Columns> =
        several.into_iter().filter(|one| one.differ() && !one.is_settled(candidates)).collect();
    let slices: Vec<Slice> =
        several.iter().flat_map(|one| &one.columns).filter_map(|(.., slice)| *slice).collect();
    let is_beside = |one: &Columns| {
        let slice = one.columns.first().and_then(|(.., slice)| *slice);
        slice.is_some_and(|slice| slices.contains(&slice)) && !one.is_settled(candidates)
    };
    several.extend(alone.into_iter().filter(is_beside));
    several
}

impl Columns {
    fn differ(&self) -> bool {
        let mut said: Vec<&String> = self.columns.iter().map(|(_, which, _)| which).collect();
        said.sort();
        said.windows(2).all(|pair| pair[0] != pair[1])
    }

    /// Whether the sender said which column has the figure, and not that several have.
    fn is_settled(&self, candidates: &[Candidate]) -> bool {
        let told = |one: &&Candidate| one.field == self.field && one.confidence >= TOLD;
        let is_here = |one: &Candidate| self.columns.iter().any(|(at, ..)| *at == one.column);
        let told: Vec<bool> = candidates.iter().filter(told).map(is_here).collect();
        told.len() == 1 || told.contains(&false)
    }

    /// Whether every column can be read as a row of its own.
    fn is_readable(&self, options: &Options, candidates: &[Candidate]) -> bool {
        let slices: Option<Vec<Slice>> = self.columns.iter().map(|(.., slice)| *slice).collect();
        let Some(slices) = slices else { return false };
        let is_here = |column: usize| self.columns.iter().any(|(at, ..)| *at == column);
        let has =
            |field: Field| candidates.iter().any(|one| one.field == field && !is_here(one.column));
        if has(Field::Sector) && slices.iter().any(|slice| slice.sector.is_some()) {
            return false;
        }
        // Those of each sector follow one another.
        let mut by_sector: BTreeMap<Option<Sector>, Vec<Months>> = BTreeMap::new();
        for slice in &slices {
            let Some(months) = slice.months else { return true };
            by_sector.entry(slice.sector).or_default().push(months);
        }
        let months = by_sector.values().flatten().copied();
        is_dated(months, options, has)
            && !has(Field::Month)
            && by_sector.values().all(|all| all.windows(2).all(follow))
    }

    /// Leaves those of the year that the needs are said to be of.
    fn leave_cycle(&mut self, options: &Options) {
        let cycle = options.cycle.and_then(|cycle| cycle.start).map(|day| day.ymd().0);
        let Some(year) = options.named_year.or(cycle) else { return };
        let is_of_year = |slice: &Option<Slice>| {
            slice.and_then(|slice| slice.months).is_some_and(|months| months.are_year(year))
        };
        self.columns.retain(|(.., slice)| !is_of_year(slice));
    }
}

impl Slices {
    /// Puts the columns together by what they are of; false where two columns would be the same.
    fn take<'c>(
        &mut self,
        found: impl Iterator<Item = &'c Columns>,
        kind: Kind,
        parts: &[(usize, Figure)],
    ) -> bool {
        for one in found {
            for (at, _, slice) in &one.columns {
                let Some(slice) = slice else { return false };
                let of = self.columns.entry(*slice).or_default();
                let figure = parts.iter().find(|(part, _)| part == at).map(|(_, figure)| *figure);
                let is_new = match figure.filter(|_| one.is_part) {
                    Some(figure) => {
                        let is_new = of.parts.iter().all(|(_, known)| *known != figure);
                        of.parts.push((*at, figure));
                        is_new
                    }
                    None => {
                        let is_new = of.wholes.iter().all(|(_, known)| *known != one.field);
                        of.wholes.push((*at, one.field));
                        is_new
                    }
                };
                if !is_new || !kind.accepts(one.field) {
                    return false;
                }
            }
        }
        true
    }

    /// Whether a column is one of them.
    pub fn has(&self, at: usize) -> bool {
        let mut all = self.columns.values();
        all.any(|one| {
            one.wholes.iter().any(|(whole, _)| *whole == at)
                || one.parts.iter().any(|(part, _)| *part == at)
        })
    }

    /// Adds the columns to those of parts.
    pub fn resolve(
        &self,
        kind: Kind,
        (heads, about): (&[Head], &[Option<About>]),
        resolved: &mut Resolved,
    ) {
        let first = |sliced: &Sliced| {
            let wholes = sliced.wholes.iter().map(|(at, _)| *at);
            wholes.chain(sliced.parts.iter().map(|(at, _)| *at)).min()
        };
        let mut in_order: Vec<_> = self.columns.iter().collect();
        in_order.sort_by_key(|(_, sliced)| first(sliced));
        for (slice, sliced) in in_order {
            let mut column_of = vec![None; Field::COUNT];
            for (at, field) in &sliced.wholes {
                column_of[*field as usize] = Some(*at);
            }
            // A total beside them is one of the same period or sector.
            let here = heads.iter().zip(about).map(|(head, about)| match about {
                Some(about) if about.slice == Some(*slice) => about.plain.clone(),
                _ => Head { index: head.index, ..Head::default() },
            });
            let here: Vec<Head> = here.collect();
            let own = parts::resolve(kind, &here, &sliced.parts, &mut column_of);
            let whole = Some(Whom::all(*slice));
            let wholes = sliced.wholes.iter().map(|(at, field)| (*at, *field, 0.85, whole));
            resolved.used.extend(wholes);
            resolved.used.extend(own.used.into_iter().map(|(at, field, sure, whom)| {
                let group = whom.map_or(Group::ALL, |whom| whom.group);
                (at, field, sure, Some(Whom { slice: *slice, group }))
            }));
            resolved.beside_total.extend(own.beside_total);
            resolved.notes.extend(own.notes);
        }
    }
}

/// Whether the year of months is known: they say it, or the sender, the file or the rows do.
fn is_dated(
    mut months: impl Iterator<Item = Months>,
    options: &Options,
    has: impl Fn(Field) -> bool,
) -> bool {
    options.cycle.is_some()
        || options.named_year.is_some()
        || [Field::Year, Field::Start, Field::End].into_iter().any(has)
        || months.all(|months| months.year.is_some())
}

/// Whether the second of two comes after the first and is as long.
fn follow(pair: &[Months]) -> bool {
    pair[0].year.is_some() == pair[1].year.is_some()
        && pair[0].count() == pair[1].count()
        && pair[0].is_before(&pair[1])
}

/// That columns are rows of their own.
fn sentence(heads: &[Head], columns: &[usize], field: Field, by: By) -> String {
    let (named, field, by) = (names_some(heads, columns), field.words(), by.word());
    format!(
        "Columns {named} are {field} of one {by} each: a row is read as one for each {by} that it has a figure of."
    )
}

/// What there is to say of the columns of each figure.
fn remarks(
    kind: Kind,
    heads: &[Head],
    found: &[Columns],
    is_read: bool,
    candidates: &[Candidate],
    parts: &[(usize, Figure)],
) -> Vec<String> {
    let mut by_field: BTreeMap<(Field, By), Vec<usize>> = BTreeMap::new();
    for one in found.iter().filter(|one| !one.to_date) {
        let columns = one.columns.iter().map(|(at, ..)| *at);
        by_field.entry((one.field, one.by)).or_default().extend(columns);
    }
    let mut remarks = Vec::new();
    for one in found.iter().filter(|one| one.to_date) {
        let columns: Vec<usize> = one.columns.iter().map(|(at, ..)| *at).collect();
        remarks.push(format!(
            "Columns {} count the people of {} from the beginning until different times. They hold the same people, and none of them is used: say which one counts.",
            names_some(heads, &columns),
            one.field.words()
        ));
    }
    for ((field, by), mut columns) in by_field {
        let is_left = |(_, figure): &(usize, Figure)| {
            figure.field(kind, Some(Measure::Reached)) == Some(field)
        };
        let has_total =
            candidates.iter().any(|one| one.field == field) || parts.iter().any(is_left);
        if has_total && !is_read {
            continue;
        }
        columns.sort_unstable();
        if is_read {
            remarks.push(sentence(heads, &columns, field, by));
            continue;
        }
        let named = names_some(heads, &columns);
        let field = field.words();
        remarks.push(match by {
            By::Period => format!(
                "Columns {named} give the figure of {field} period by period. They are not added up, because the same people may be in several, and none of them is used: say which one counts, or send a row for each period with its dates."
            ),
            By::Sector => format!(
                "Columns {named} give the figure of {field} sector by sector. They are not added up, because the same people may be in several, and none of them is used: say which one counts, or send a row for each sector."
            ),
        });
    }
    remarks
}

impl By {
    fn word(self) -> &'static str {
        match self {
            By::Period => "period",
            By::Sector => "sector",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(header: &str, group: &str) -> Head {
        Head { header: header.into(), group: group.into(), ..Head::default() }
    }

    #[test]
    fn a_period_is_told_from_what_is_counted() {
        let of = |header: &str, group: &str| {
            let About { rest, which, slice, .. } = of_head(Kind::Activities, &head(header, group))?;
            let months = slice.map(|slice| slice.to_string()).unwrap_or_default();
            Some((rest, which, months))
        };
        let said = |rest: &str, period: &str, months: &str| {
            Some((rest.to_owned(), period.to_owned(), months.to_owned()))
        };
        for (header, group, expected) in [
            ("Jan-26", "People reached", said("people reached", "jan 26", "January 2026")),
            ("Reached in Feb", "", said("reached in", "feb", "February")),
            ("Reached Q1 2026", "", said("reached", "q 1 2026", "January to March 2026")),
            ("Atteints - Trimestre 2", "", said("atteints", "trimestre 2", "April to June")),
            (
                "Alcanzados ene-mar 2026",
                "",
                said("alcanzados", "ene mar 2026", "January to March 2026"),
            ),
            ("Targeted 2025", "", said("targeted", "2025", "2025")),
            ("2026-02-01", "People reached", said("people reached", "2026 02 01", "February 2026")),
            ("2026-02-28", "People reached", said("people reached", "2026 02 28", "February 2026")),
            ("02/2026", "People reached", said("people reached", "02 2026", "February 2026")),
            // Days, rounds and years that begin in another month are no months.
            ("2026-02-03", "People reached", said("people reached", "2026 02 03", "")),
            ("Reached Jan 5", "", said("reached", "jan 5", "")),
            ("Reached round 2", "", said("reached", "round 2", "")),
            ("Reached T1", "", said("reached", "t 1", "")),
            ("Reached FY26 Q1", "", said("reached fy 26", "q 1", "")),
        ] {
            assert_eq!(of(header, group), expected, "{header}");
        }
        for header in ["Reached", "Reached 0-5", "Women reached", "Phase total reached"] {
            assert_eq!(of(header, ""), None, "{header}");
        }
    }

    fn check(headers: &[&str], left: &[usize], words: &str) {
        let heads: Vec<Head> = headers.iter().map(|header| head(header, "")).collect();
        let one = |column| Candidate {
            column,
            field: Field::Reached,
            confidence: 0.7,
            reason: String::new(),
        };
        let mut candidates: Vec<Candidate> = (0..heads.len()).map(one).collect();
        let mut notes = vec![String::new(); heads.len()];
        let (options, mut parts) = (Options::default(), Vec::new());
        let about: Vec<_> = heads.iter().map(|head| of_head(Kind::Activities, head)).collect();
        let slices = set_apart(
            Kind::Activities,
            (&heads, &about),
            &options,
            &mut candidates,
            &mut parts,
            &mut notes,
        );
        assert_eq!(candidates.iter().map(|one| one.column).collect::<Vec<_>>(), left);
        let said = slices.remarks;
        assert_eq!(said.first().is_some_and(|said| said.contains(words)), !words.is_empty());
        assert!(said.len() <= 1 && slices.columns.is_empty());
    }

    #[test]
    fn no_month_is_taken_for_the_whole() {
        check(&["Reached January", "Reached February"], &[], "not added up");
        check(&["Reached Jan", "Reached Feb", "Reached"], &[2], "");
        // One alone says of when the figure is.
        check(&["Reached January"], &[0], "");
        check(&["Reached in 2026", "Reached"], &[0, 1], "");
        check(&["Reached round 1", "Assisted round 2"], &[0, 1], "");
    }
}
