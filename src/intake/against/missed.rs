//! Headers about those who were not reached, are to be reached, or were reached before. The same
//! words may only say which of the people are meant, `(not previously reached)`, or where they are,
//! `in remaining camps`: then the rest of the header decides.

use std::ops::Range;

use super::{BEHIND, PHRASE, Word, said};
use crate::intake::fields::Field;
use crate::intake::figures::{self, Measure, Role};
use crate::intake::vocabulary::{self, List, list, normalise};

const MISSED: &str = "counts those who were not reached: not used";
const BEFORE: &str = "counts people of an earlier time: not used";
/// Marks between the parts of a header.
const MARKS: [char; 10] = ['(', ')', '[', ']', ',', ';', ':', '\n', '|', '،'];
/// Words of `not yet reached before`, at most.
const NEWLY: usize = 4;
static YET: List = list("not yet");
/// `over` is a plus sign.
static AND: List = list("and");

/// What a header of the response says of its figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// They are the people of the field.
    Plain,
    /// They are those, and it says which of them.
    Which,
    Against(&'static str),
}

pub(super) fn of_header(field: Field, header: &str) -> Says {
    let header = vocabulary::question(header).unwrap_or(header);
    let parts: Vec<String> =
        header.split(MARKS).map(|part| normalise(&figures::signs_to_words(part))).collect();
    let mut text = Text::of(&parts);
    let Some(why) = text.speaks_against(field) else { return Says::Plain };
    text.set_aside();
    match text.speaks_against(field) {
        None if text.names_measure() => Says::Which,
        other => Says::Against(other.unwrap_or(why)),
    }
}

/// A header word by word.
struct Text<'t> {
    tokens: Vec<&'t str>,
    /// The part that each word is in.
    parts: Vec<usize>,
    known: Vec<(Range<usize>, Word)>,
    /// Words that only say which people are meant, or where they are.
    aside: Vec<bool>,
}

impl<'t> Text<'t> {
    fn of(parts: &'t [String]) -> Text<'t> {
        let words = |(at, part): (usize, &'t String)| {
            part.split(' ').filter(|token| !token.is_empty()).map(move |token| (token, at))
        };
        let (tokens, parts): (Vec<&str>, Vec<usize>) =
            parts.iter().enumerate().flat_map(words).unzip();
        let known = said(&tokens);
        let aside = vec![false; tokens.len()];
        Text { tokens, parts, known, aside }
    }

    fn speaks_against(&self, field: Field) -> Option<&'static str> {
        let of_reached = matches!(field, Field::Reached | Field::HouseholdsReached);
        let is_missed = |(at, word): &(Range<usize>, Word)| match word {
            Word::Missed | Word::Unreached => true,
            Word::Ahead => of_reached,
            Word::Not => self.is_whom(at.end),
            _ => false,
        };
        let open = || self.known.iter().filter(|(at, _)| !self.aside[at.start]);
        if open().any(is_missed) {
            return Some(MISSED);
        }
        open().any(|(_, word)| *word == Word::Before).then_some(BEFORE)
    }

    /// Whether people or a figure are named from here on: `not yet | reached`.
    fn is_whom(&self, from: usize) -> bool {
        let after = self.tokens[from..].iter().position(|token| !YET.contains(token));
        let Some(next) = after.map(|after| &self.tokens[from + after..]) else { return false };
        let role = |length: usize| figures::role_of(&next[..length].join(" "));
        let role = (1..=PHRASE.min(next.len())).rev().find_map(role);
        matches!(role, Some(Role::Measure(_) | Role::People))
            || ["covered", "couverts", "received", "receiving", "recu"].contains(&next[0])
    }

    fn is_measure(&self, at: usize) -> bool {
        let role = self.tokens.get(at).and_then(|token| figures::role_of(token));
        let role = role.or_else(|| self.is_need(at).then_some(Role::Measure(Measure::InNeed)));
        matches!(
            role,
            Some(Role::Measure(
                Measure::Reached | Measure::Targeted | Measure::InNeed | Measure::Affected
            ))
        )
    }

    /// `In need`, which is known by both words.
    fn is_need(&self, at: usize) -> bool {
        let pair = self.tokens.get(at..at + 2).map(|pair| pair.join(" "));
        let role = pair.and_then(|pair| figures::role_of(&pair));
        role == Some(Role::Measure(Measure::InNeed))
    }

    /// Whether what is not set aside says that people are reached or targeted.
    fn names_measure(&self) -> bool {
        (0..self.tokens.len()).any(|at| !self.aside[at] && self.is_measure(at))
    }

    fn set_aside(&mut self) {
        let all = 0..self.known.len();
        let found: Vec<Range<usize>> = all
            .flat_map(|which| {
                let (at, word) = &self.known[which];
                let around = match word {
                    Word::Before | Word::Earlier => self.newly(at),
                    Word::Apart => Some(at.start..self.end_of_part(at.start)),
                    Word::Missed | Word::Unreached => self.somewhere(at),
                    _ => None,
                };
                [around, self.with_current(at).filter(|_| *word == Word::Before)]
            })
            .flatten()
            .collect();
        for range in found {
            self.aside[range].fill(true);
        }
    }

    fn end_of_part(&self, at: usize) -> usize {
        at + self.parts[at..].iter().take_while(|part| **part == self.parts[at]).count()
    }

    /// `Not previously reached`, `previously unreached`: new ones.
    fn newly(&self, before: &Range<usize>) -> Option<Range<usize>> {
        let nots =
            self.known.iter().filter(|(_, word)| matches!(word, Word::Not | Word::Unreached));
        nots.map(|(not, _)| not.start.min(before.start)..not.end.max(before.end))
            .filter(|both| both.len() <= NEWLY && both.end <= self.end_of_part(both.start))
            .map(|both| {
                let more =
                    (both.end..self.end_of_part(both.start)).take_while(|at| self.is_measure(*at));
                both.start..both.end + more.count()
            })
            .next()
    }

    /// `Previous + current`: all of them.
    fn with_current(&self, before: &Range<usize>) -> Option<Range<usize>> {
        let current = self.known.iter().filter(|(_, word)| *word == Word::Current);
        current
            .map(|(current, _)| {
                let first = before.end.min(current.end);
                (
                    first..before.start.max(current.start),
                    before.start.min(current.start),
                    before.end.max(current.end),
                )
            })
            .find(|(between, from, to)| {
                let joined = match &self.tokens[between.start.min(between.end)..between.end] {
                    [] => true,
                    [one] => AND.contains(one),
                    _ => false,
                };
                joined && *to <= self.end_of_part(*from)
            })
            .map(|(_, from, to)| from..to)
    }

    /// `Reached in remaining camps`: where they were reached.
    fn somewhere(&self, missed: &Range<usize>) -> Option<Range<usize>> {
        let end = self.end_of_part(missed.start);
        let names_place = |at: usize| {
            let is_known = self.known.iter().any(|(known, _)| known.contains(&at));
            let token = self.tokens[at];
            !is_known && figures::role_of(token).is_none() && !BEHIND.contains(&token)
        };
        let is_where = |at: &usize| {
            let token = self.tokens[*at];
            BEHIND.contains(&token)
                && !["to", "per", "from", "for"].contains(&token)
                && self.parts[*at] == self.parts[missed.start]
                && (0..*at).any(|before| self.is_measure(before))
                && (at + 1..end).any(names_place)
        };
        (0..missed.start).find(is_where).map(|at| at..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_against(field: Field, header: &str) -> bool {
        matches!(of_header(field, header), Says::Against(_))
    }

    #[test]
    fn words_that_say_which_people_or_where_do_not_speak_against_them() {
        for header in [
            "New beneficiaries reached (not previously reached)",
            "New people reached this month (not reached before)",
            "Newly reached people (previously unreached)",
            "Newly reached people previously unreached",
            "People reached (excluding previously reached)",
            "People reached since last report",
            "Reached (incl. previous months)",
            "Cumulative reached (previous + current)",
            "Cumulative reached (current and previous)",
            "Total reached incl. previously reached",
            "Nouveaux bénéficiaires atteints (non atteints précédemment)",
            "Personnes atteintes (y compris mois précédents)",
            "Personas alcanzadas (anterior y actual)",
            "Personas alcanzadas (no alcanzadas anteriormente)",
            "Pessoas alcançadas (anterior e atual)",
            "People reached in remaining camps",
            "Personnes atteintes dans les camps restants",
            "Gap filled people reached",
        ] {
            assert!(!is_against(Field::Reached, header), "{header}");
        }
    }

    #[test]
    fn those_who_were_missed_or_reached_before_stay_so_whatever_else_is_said() {
        for header in [
            "People not reached before",
            "People not previously reached",
            "Beneficiaries (not previously reached)",
            "Excluding previously reached",
            "People previously reached (incl. returnees)",
            "Actual reached (previous month)",
            "Reached in previous month",
            "People reached (remaining)",
            "People reached (gap)",
            "Gap in people reached",
            "Remaining people reached in camps",
            "Reached - not reached in camps",
            "People not reached since last report",
            "People not reached (previous and current)",
            "Still to be reached",
            "People yet to be reached",
            "People that remain to be reached",
            "Not (yet) reached",
        ] {
            assert!(is_against(Field::Reached, header), "{header}");
        }
        for header in ["People to be reached", "Personnes à atteindre", "Personas a alcanzar"] {
            assert!(is_against(Field::Reached, header), "{header}");
            assert_eq!(of_header(Field::Targeted, header), Says::Plain, "{header}");
        }
        assert!(is_against(Field::Targeted, "Remaining to be reached"));
        for header in [
            "Not in need",
            "People not in need",
            "People in need not targeted",
            "Remaining people in need",
            "Personnes dans le besoin non ciblées",
        ] {
            assert!(is_against(Field::InNeed, header), "{header}");
        }
        for header in ["People in need", "No. of people in need", "PIN (incl. previous cycle)"] {
            assert!(!is_against(Field::InNeed, header), "{header}");
        }
    }
}
