//! Names behind the office that a person holds: `Chefe da aldeia: João Tembe`.

use super::people::name;
use super::words::{BENEFICIARY, LEADERS, NAME, NO_NAME, NOT_PEOPLE, ROLES, SMALL, TITLES};
use super::{Word, Written};
use crate::intake::personal::offices::{self, Role};

/// Words of an office before its colon at most.
const WORDS: usize = 5;
/// Between a name and a number that is beside it, in signs.
const BESIDE: usize = 8;

/// The names that offices announce: with a colon those of leaders, and of anybody where a contact or
/// number that is cut out, one of `cut`, is beside the name. Managers are often organisations.
pub(super) fn by_office(text: &Written, cut: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, word) in text.words.iter().enumerate() {
        let colon = text.has_colon(word.to);
        let leads = colon && is_office_of_leader(text, at);
        let named = if colon { named(text, at) } else { None };
        let announces = leads || named.is_some() || is_role(word) || colon && is_office(text, at);
        if !announces {
            continue;
        }
        // A title may stand between the office and the name.
        let next = text.words.get(at + 1);
        let is_title = |word: &Word| {
            let written: String = text.signs[word.from..word.to].iter().collect();
            TITLES.contains(&written.as_str())
        };
        let first = at + 1 + usize::from(next.is_some_and(is_title));
        let Some((from, to, count)) = name(text, first) else { continue };
        let is_beside = cut.iter().any(|(start, _)| (to..=to + BESIDE).contains(start));
        let enough = named.is_some_and(|least| count >= least);
        if (leads && count >= 2 || enough || is_beside) && !names_no_person(text, from, to) {
            found.push((from, to));
        }
    }
    found
}

/// A word that says who somebody is.
pub(super) fn is_role(word: &Word) -> bool {
    let plain = word.plain.as_str();
    BENEFICIARY.contains(&plain) || offices::of_word(plain) == Some(Role::Office)
}

/// How many words a name must have behind words that say `name`, of nothing but a person: contacts are
/// often organisations.
fn named(text: &Written, at: usize) -> Option<usize> {
    let words = || office(text, at).map(|word| word.plain.as_str());
    let is_name = words().any(|word| NAME.contains(&word));
    let is_place = words().any(|word| offices::of_word(word) == Some(Role::Thing));
    if !is_name || is_place {
        return None;
    }
    let one = words().any(|word| BENEFICIARY.contains(&word) || LEADERS.contains(&word));
    let two = words().any(|word| ROLES.contains(&word) || word == "focal");
    if one { Some(1) } else { two.then_some(2) }
}

/// The words that end at a place, as far back as they are those of an office.
fn office(text: &Written, at: usize) -> impl Iterator<Item = &Word> {
    let mut next = text.words[at].to;
    text.words[..=at].iter().rev().take(WORDS).take_while(move |word| {
        let gap = text.signs.get(word.to..next).unwrap_or_default();
        next = word.from;
        let says =
            offices::of_word(&word.plain).is_some() || BENEFICIARY.contains(&word.plain.as_str());
        says && gap.iter().all(|c| matches!(c, ' ' | '\'' | '’'))
    })
}

fn is_office(text: &Written, at: usize) -> bool {
    office(text, at).any(is_role)
}

fn is_office_of_leader(text: &Written, at: usize) -> bool {
    office(text, at).any(|word| LEADERS.contains(&word.plain.as_str()))
}

/// Whether a name has a word of organisations or places.
pub(super) fn names_no_person(text: &Written, from: usize, to: usize) -> bool {
    let within = text.words.iter().filter(|word| from <= word.from && word.to <= to);
    let mut words = within.map(|word| word.plain.as_str());
    words.any(|word| {
        let is_thing = offices::of_word(word) == Some(Role::Thing);
        is_thing
            || [&NOT_PEOPLE, &NO_NAME].iter().any(|words| words.contains(&word))
            || SMALL.contains(&word) && word.len() > 3
            || offices::is_country(word)
    })
}
