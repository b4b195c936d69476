//! Headers of several measures. What is left of one without the other, or their quotient, is no number
//! of people; of `People in need reached` the innermost is counted.

use super::{BEHIND, said};
use crate::intake::fields::Field;
use crate::intake::figures::{self, Measure, Role};
use crate::intake::vocabulary::{List, list, normalise};

const COMPUTED: &str = "is worked out of two figures, and no number of people: not used";
const INNER: &str = "names two figures, and counts only some of the people of the first: not used";
/// Words that are looked up together at most.
const PHRASE: usize = 4;

/// Words between two figures of which one is taken from the other.
static LESS: List = list("between two figures");

/// Why a header of several measures is not about the field that one of them names.
pub(super) fn of_header(field: Field, header: &str) -> Option<&'static str> {
    if is_computed(header) {
        return Some(COMPUTED);
    }
    let own = match field {
        Field::Population => Measure::Population,
        Field::Affected => Measure::Affected,
        Field::InNeed => Measure::InNeed,
        _ => return None,
    };
    named(header).into_iter().any(|other| depth(other) > depth(own)).then_some(INNER)
}

/// Of the people of one measure only some are those of the next.
fn depth(measure: Measure) -> u8 {
    match measure {
        Measure::Severity => 0,
        Measure::Population => 1,
        Measure::Affected => 2,
        Measure::InNeed => 3,
        Measure::Targeted => 4,
        Measure::Reached => 5,
    }
}

/// Whether two figures of different measures stand on both sides of a sign: `Target - reached`.
fn is_computed(header: &str) -> bool {
    let operand = |text: &str| {
        let figure = figures::of_header(text)?;
        figure.measure.filter(|measure| *measure != Measure::Severity)
    };
    header.split(['(', ')', '[', ']', '=', ',', ';', ':', '\n']).any(|part| {
        let signs =
            ['-', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}', '\u{2212}', '/', '\u{f7}'];
        let sides: Vec<Option<Measure>> =
            part.split(signs).flat_map(by_words).map(|side| operand(&side)).collect();
        let differ = |pair: &[Option<Measure>]| match pair {
            [Some(first), Some(second)] => first != second,
            _ => false,
        };
        sides.windows(2).any(differ)
    })
}

/// The texts between words such as `minus`.
fn by_words(text: &str) -> Vec<String> {
    let words = normalise(&figures::signs_to_words(text));
    let words: Vec<&str> = words.split(' ').collect();
    words.split(|word| LESS.contains(word)).map(|side| side.join(" ")).collect()
}

/// The measures that a header names before it says where: `in target areas`.
fn named(header: &str) -> Vec<Measure> {
    let words = normalise(&figures::signs_to_words(header));
    let tokens: Vec<&str> = words.split(' ').filter(|token| !token.is_empty()).collect();
    let aside = said(&tokens);
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let longest = PHRASE.min(tokens.len() - at);
        let role = |length: usize| figures::role_of(&tokens[at..at + length].join(" "));
        match (1..=longest).rev().find_map(|length| Some((length, role(length)?))) {
            Some((length, Role::Measure(measure))) => {
                if !aside.iter().any(|(range, _)| range.contains(&at)) {
                    found.push(measure);
                }
                at += length;
            }
            _ if BEHIND.contains(&tokens[at]) => break,
            Some((length, _)) => at += length,
            None => at += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worked_out_of_two_figures_is_no_number_of_people() {
        for header in [
            "Target - reached",
            "Difference (Target-Reached)",
            "Reached/Target",
            "Gap = Target \u{2013} Reached",
            "Target minus reached",
            "PIN - Targeted",
            "Cible moins atteints",
            "Reached vs target",
        ] {
            assert_eq!(of_header(Field::Reached, header), Some(COMPUTED), "{header}");
        }
        for header in [
            "Reached - men",
            "Reached/assisted",
            "Beneficiaries/Reached",
            "Atteints / Reached",
            "Target group - reached",
            "Targeted people reached",
            "Reached - target group IDPs",
        ] {
            assert_eq!(of_header(Field::Reached, header), None, "{header}");
        }
    }

    #[test]
    fn of_several_measures_the_innermost_is_counted() {
        for (field, header) in [
            (Field::InNeed, "People in need reached"),
            (Field::InNeed, "People in need targeted"),
            (Field::Affected, "Affected people in need"),
            (Field::Population, "Affected population"),
            (Field::Population, "Target population"),
        ] {
            assert_eq!(of_header(field, header), Some(INNER), "{header}");
        }
        for (field, header) in [
            (Field::InNeed, "People in need"),
            (Field::InNeed, "Affected population in need"),
            (Field::InNeed, "People in need in targeted areas"),
            (Field::Affected, "Affected population"),
            (Field::Targeted, "People in need targeted"),
            (Field::Reached, "People in need reached"),
            (Field::Population, "Total population"),
            (Field::Population, "Population in affected districts"),
        ] {
            assert_eq!(of_header(field, header), None, "{header}");
        }
    }
}
