//! Of which period or sector a column is, wherever that stands: in its header or in any of the groups
//! above it. What stands beside it says what is counted.

use super::parted::{Parted, is_number, is_year};
use crate::domain::Sector;
use crate::intake::columns::{Head, to_date};
use crate::intake::evidence::{Evidence, Trait};
use crate::intake::figures::{self, Figure, Measure};
use crate::intake::parts;
use crate::intake::slice::{Months, Slice, is_quarter};
use crate::intake::vocabulary::{List, list, month, normalise, sector_words};
use crate::intake::{Kind, against};

/// Longer texts are no header.
const LENGTH: usize = 200;
/// Words of the name of a sector at most.
const NAME: usize = 6;

/// What columns of the same figure are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::intake::columns) enum By {
    Period,
    Sector,
}

/// What a head says of a period or sector, and what it says besides.
#[derive(Clone, Debug)]
pub(in crate::intake::columns) struct About {
    pub by: By,
    /// The period and sector, as it says them.
    pub which: String,
    /// What can be read of that: nothing of a round, or of figures from the beginning.
    pub slice: Option<Slice>,
    /// The people are counted from the beginning until then.
    pub to_date: bool,
    /// What stands beside it.
    pub rest: String,
    /// The head without it.
    pub plain: Head,
}

/// What a head says of a period or sector; `None` where it names none. Tables of needs read sectors
/// themselves.
pub(in crate::intake::columns) fn of_head(kind: Kind, head: &Head) -> Option<About> {
    let above = || head.levels.iter().filter(|text| !text.is_empty());
    let group = Some(&head.group).filter(|group| !group.is_empty() && above().next().is_none());
    let texts = || std::iter::once(&head.header).chain(group).chain(above());
    if texts().map(String::len).sum::<usize>() > LENGTH {
        return None;
    }
    let folded: Vec<String> =
        texts().map(|text| normalise(&figures::signs_to_words(text))).collect();
    let mut parted: Vec<Parted<'_>> = folded.iter().map(|text| Parted::of(text)).collect();
    // `01` below `2026` is a month.
    if let [first, second, ..] = &mut parted[..]
        && let ([number], true, [year], true) =
            (&first.rest[..], first.period.is_empty(), &second.period[..], second.rest.is_empty())
        && is_number(number)
        && number.len() <= 2
        && is_year(year)
    {
        first.period.append(&mut first.rest);
    }
    let sector = if kind == Kind::Activities { take_sector(&mut parted) } else { None };
    let periods = || parted.iter().map(|one| &one.period).filter(|period| !period.is_empty());
    let has_period = periods().next().is_some();
    if !has_period && sector.is_none() {
        return None;
    }
    let is_fiscal = folded.iter().any(|text| Months::is_fiscal(&words(text)));
    let months = months(periods()).filter(|_| !is_fiscal);
    let to_date = has_period && counts_to_date(&folded, &parted);
    let is_read = !to_date && has_period == months.is_some();
    let rest: Vec<String> = parted.iter().map(|one| one.rest.join(" ")).collect();
    let said = periods().flatten().copied().chain(sector.map(Sector::code));
    Some(About {
        by: if has_period { By::Period } else { By::Sector },
        which: said.collect::<Vec<_>>().join(" "),
        slice: is_read.then_some(Slice { months, sector }),
        to_date,
        rest: rest.iter().filter(|rest| !rest.is_empty()).cloned().collect::<Vec<_>>().join(" "),
        plain: plain(head, texts(), &folded, &rest),
    })
}

/// Whether a text is the name of a period.
pub(in crate::intake::columns) fn is_period(text: &str) -> bool {
    let folded = normalise(text);
    let parted = Parted::of(&folded);
    parted.rest.is_empty() && !parted.period.is_empty()
}

/// What a text says besides the period that it names.
pub(in crate::intake) fn without_period(text: &str) -> String {
    Parted::of(&normalise(&figures::signs_to_words(text))).rest.join(" ")
}

/// The month, or months within a year, that a text names by their names: a day of one is none, and
/// figures until then are of more.
pub(in crate::intake) fn months_named(text: &str) -> Option<Months> {
    let folded = normalise(&figures::signs_to_words(text));
    let Parted { period, .. } = Parted::of(&folded);
    let is_named = period.iter().any(|word| month(word).is_some() || is_quarter(word));
    let months = Months::of_words(&period)?;
    let is_sure = is_named
        && text.len() <= LENGTH
        && months.year.is_some()
        && months.count() < 12
        && !Months::is_fiscal(&words(&folded))
        && !to_date::is_from_beginning(text);
    is_sure.then_some(months)
}

/// The head of what stands beside a period or sector, group by group.
fn plain<'t>(
    head: &Head,
    texts: impl Iterator<Item = &'t String>,
    folded: &[String],
    rest: &[String],
) -> Head {
    let left = texts.zip(folded).zip(rest).map(|((text, folded), rest)| {
        // As it is written, where nothing was taken out of it.
        let as_is = words(folded).join(" ") == *rest;
        if as_is { text.clone() } else { rest.clone() }
    });
    let left: Vec<String> = left.collect();
    let is_own = !left[0].is_empty();
    let is_as_it_was = left[0] == head.header;
    let mut left = left.into_iter().filter(|text| !text.is_empty());
    let mut plain = Head {
        index: head.index,
        header: left.next().unwrap_or_default(),
        shared: head.shared && is_own,
        tag: head.tag.clone(),
        ..Head::default()
    };
    if is_as_it_was {
        plain.others.clone_from(&head.others);
    }
    plain.levels = left.collect();
    let outermost_first: Vec<&str> = plain.levels.iter().rev().map(String::as_str).collect();
    plain.group = outermost_first.join(" ");
    if !plain.group.is_empty() {
        let group = plain.group.clone();
        plain.combine(&group);
    }
    plain
}

/// Whether a head says that people are counted from the beginning until its period: the text that
/// names the period does, or one that names people and no period of its own.
fn counts_to_date(folded: &[String], parted: &[Parted<'_>]) -> bool {
    let first = parted.iter().position(|one| !one.period.is_empty());
    folded.iter().zip(parted).enumerate().any(|(at, (text, one))| {
        let of_figure = one.period.is_empty() && to_date::names_people(text);
        (Some(at) == first || of_figure) && to_date::is_from_beginning(text)
    })
}

/// The months of all periods of a head, the innermost first: a quarter is one of its year.
fn months<'p>(mut periods: impl Iterator<Item = &'p Vec<&'p str>>) -> Option<Months> {
    let mut words = periods.next()?.clone();
    let mut outer = Vec::new();
    for period in periods {
        match period[..] {
            [year] if is_year(year) && !words.iter().any(|word| is_year(word)) => words.push(year),
            _ => outer.push(period),
        }
    }
    let own = Months::of_words(&words)?;
    outer.into_iter().try_fold(own, |own, outer| {
        let outer = Months::of_words(outer)?;
        own.within(outer).or_else(|| outer.within(own))
    })
}

/// Takes the sector out of what the header and groups of a column say; `None` where they name none,
/// or several.
fn take_sector(parted: &mut [Parted<'_>]) -> Option<Sector> {
    let mut found: Option<Sector> = None;
    let mut left = Vec::new();
    for (at, one) in parted.iter().enumerate() {
        let Some((sector, rest)) = without_sector(&one.rest) else { continue };
        match found {
            // Of a cluster and its area of responsibility the narrower is meant.
            Some(known) if known == sector || known.main() == sector => {}
            Some(known) if sector.main() == known => found = Some(sector),
            Some(_) => return None,
            None => found = Some(sector),
        }
        left.push((at, rest));
    }
    for (at, rest) in left {
        parted[at].rest = rest;
    }
    found
}

/// The sector that words name and the others, where these are what is counted: `women reached with
/// health`.
fn without_sector<'t>(words: &[&'t str]) -> Option<(Sector, Vec<&'t str>)> {
    static BESIDE: List = list("beside a sector");
    if let Some(sector) = sector_words(&words.join(" ")) {
        return Some((sector, Vec::new()));
    }
    if words.is_empty() || figures::of_header(&words.join(" ")).is_some() {
        return None;
    }
    let longest = NAME.min(words.len());
    (1..=longest).rev().find_map(|length| {
        (0..=words.len() - length).find_map(|at| {
            let sector = sector_words(&words[at..at + length].join(" "))?;
            let before = match &words[..at] {
                [kept @ .., last] if BESIDE.contains(last) => kept,
                all => all,
            };
            let rest = [before, &words[at + length..]].concat();
            figures::of_header(&rest.join(" ")).map(|_| (sector, rest))
        })
    })
}

fn words(text: &str) -> Vec<&str> {
    text.split(' ').filter(|word| !word.is_empty()).collect()
}

/// What figure of people a head without its period or sector counts: beside these `Plan` is no name,
/// and people who are named are those reached.
pub(in crate::intake::columns) fn figure(
    kind: Kind,
    plain: &Head,
    evidence: &Evidence,
) -> Option<Figure> {
    if let Some(figure) = parts::of_column(kind, plain, evidence) {
        return Some(figure);
    }
    let own = figures::of_header(&plain.header).filter(|own| !own.is_part())?;
    let is_number = evidence.filled < 3 || evidence.share(Trait::Number) >= 0.7;
    let measure = own.measure.or((own.people || own.households).then_some(Measure::Reached))?;
    let figure = Figure { measure: Some(measure), ..own };
    let field = figure.field(kind, None).filter(|_| is_number)?;
    against::of_header(field, &plain.header).is_none().then_some(figure)
}
