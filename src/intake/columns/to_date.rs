//! People counted from the beginning beside those of the month: `Reached this month`, `Reached to
//! date`. One of them is read, as any column of a field, and they are never added. METHODS does not
//! say which of them `reached` is: the report names both, and the sender can say.

use super::{Assigned, Candidate, Head, TOLD, title};
use crate::intake::fields::Field;
use crate::intake::vocabulary::{self, Span, normalise};
use crate::intake::{Kind, figures, headers};

/// Words that are read together at most.
const PHRASE: usize = 4;
/// A longer text is no header.
const LENGTH: usize = 200;
const FIELDS: [Field; 4] =
    [Field::Reached, Field::Targeted, Field::HouseholdsReached, Field::HouseholdsTargeted];

/// What there is to say of columns of the same people, of which one is read. `free` is whether a
/// column is nothing else.
pub(super) fn tell(
    kind: Kind,
    heads: &[Head],
    assigned: &Assigned,
    free: impl Fn(usize) -> bool,
    notes: &mut [String],
) -> Vec<String> {
    let mut remarks = Vec::new();
    for field in FIELDS.into_iter().filter(|_| kind == Kind::Activities) {
        let Some(used) = assigned.column_of[field as usize] else { continue };
        let of_used = span(&heads[used]);
        for (at, head) in heads.iter().enumerate() {
            if assigned.taken[at].is_some() || !free(at) || !counts(kind, head, field) {
                continue;
            }
            let time = match (of_used, span(head)) {
                (Some(Span::Period) | None, Some(Span::Beginning)) => "from the beginning",
                (Some(Span::Period) | None, Some(Span::Before)) => "of the time before",
                (Some(Span::Beginning), Some(Span::Period | Span::Before) | None) => {
                    "of a part of that time"
                }
                _ => continue,
            };
            let kept = title(&heads[used]);
            notes[at] = format!("counts the people of column {kept} {time}: not used");
            remarks.push(format!(
                "Columns {kept} and {} count the same people over different times and are never added: the first is read as {}, the second is not. Say that the second is {} where it is the one that is meant.",
                title(head),
                field.words(),
                field.name()
            ));
        }
    }
    remarks
}

/// Whether a header surely counts people over some time: `Reached to date` is no day.
pub(super) fn is_figure(head: &Head) -> bool {
    let figure = || figures::of_header(&without_span(&head.header));
    of_text(&head.header).is_some()
        && figure().is_some_and(|figure| figure.measure.is_some() || figure.people)
}

/// Whether a header is about all the people of a field.
fn counts(kind: Kind, head: &Head, field: Field) -> bool {
    let rest = without_span(&head.header);
    let figure = figures::of_header(&rest);
    let is_field = |text: &str| headers::lookup(kind, text).iter().any(|(of, _)| *of == field);
    !figures::is_share(&head.header)
        && !figure.is_some_and(|figure| figure.is_part())
        && (is_field(&head.header) || is_field(&rest))
}

/// Of columns of people one of the time before the month or period is the last that is meant.
pub(super) fn prefer_later(heads: &[Head], candidates: &mut [Candidate]) {
    for candidate in candidates.iter_mut().filter(|one| one.confidence < TOLD) {
        if candidate.field.counts_people() && span(&heads[candidate.column]) == Some(Span::Before) {
            candidate.confidence *= 0.9;
        }
    }
}

/// Whether a text says that people are counted from the beginning.
pub(super) fn is_from_beginning(text: &str) -> bool {
    of_text(text) == Some(Span::Beginning)
}

/// Whether a text says over which time people are counted.
pub(super) fn says_time(text: &str) -> bool {
    of_text(text).is_some()
}

/// Whether a text names people or a measure of them, whatever time it says.
pub(super) fn names_people(text: &str) -> bool {
    let figure = figures::of_header(&without_span(text));
    figure.is_some_and(|figure| figure.measure.is_some() || figure.people)
}

pub(super) fn span(head: &Head) -> Option<Span> {
    of_text(&head.header).or_else(|| of_text(&head.group))
}

fn of_text(text: &str) -> Option<Span> {
    let words = normalise(short(text));
    let said: Vec<Span> = phrases(&words).filter_map(|(.., span)| span).collect();
    let beginning = said.contains(&Span::Beginning).then_some(Span::Beginning);
    beginning.or(said.first().copied())
}

/// The words of a header that say no time.
fn without_span(text: &str) -> String {
    let words = normalise(short(text));
    let rest = phrases(&words).filter(|(_, span)| span.is_none()).map(|(phrase, _)| phrase);
    rest.collect::<Vec<_>>().join(" ")
}

/// The words of a folded text, those that say a time together.
fn phrases(words: &str) -> impl Iterator<Item = (String, Option<Span>)> {
    let tokens: Vec<&str> = words.split(' ').filter(|token| !token.is_empty()).collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let longest = PHRASE.min(tokens.len() - at);
        let known = (1..=longest).rev().find_map(|length| {
            let phrase = tokens[at..at + length].join(" ");
            Some((length, vocabulary::span(&phrase)?, phrase))
        });
        match known {
            Some((length, span, phrase)) => {
                found.push((phrase, Some(span)));
                at += length;
            }
            None => {
                found.push((tokens[at].to_owned(), None));
                at += 1;
            }
        }
    }
    found.into_iter()
}

fn short(text: &str) -> &str {
    if text.len() > LENGTH { "" } else { text }
}
