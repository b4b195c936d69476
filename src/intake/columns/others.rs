//! `Others reached` beside the people of groups: a group of its own, and never the total of everybody.

use super::{Candidate, Head, TOLD, title};
use crate::domain::{Group, PopulationGroup};
use crate::intake::Kind;
use crate::intake::figures::{self, Figure};
use crate::intake::vocabulary::{self, List, list, normalise};

/// Words for people beside groups who are in none that is known.
static OUTSIDE: List = list("people outside groups");

/// Reads columns of other groups as one beside population groups, and takes those of people whom no
/// group names out of the candidates for a total.
pub(super) fn set_apart(
    kind: Kind,
    heads: &[Head],
    candidates: &mut Vec<Candidate>,
    parts: &mut Vec<(usize, Figure)>,
    notes: &mut [String],
) -> Vec<String> {
    if kind != Kind::Activities || parts.is_empty() {
        return Vec::new();
    }
    let is_group = |(_, part): &(usize, Figure)| part.group.population != PopulationGroup::All;
    let has_groups = parts.iter().any(is_group);
    let mut left = Vec::new();
    for (at, head) in heads.iter().enumerate() {
        let is_people = |one: &Candidate| {
            one.column == at && one.field.counts_people() && one.confidence < TOLD
        };
        let is_part = parts.iter().any(|(part, _)| *part == at);
        let below = !head.group.is_empty() && figures::of_header(&head.group).is_some();
        let beside = || {
            let near = |(part, _): &(usize, Figure)| part.abs_diff(at) == 1;
            is_bare(&head.header) && parts.iter().any(near)
        };
        if is_part || !(below || beside() || candidates.iter().any(is_people)) {
            continue;
        }
        let other = other_group(head).or_else(|| host_families(head)).filter(|_| has_groups);
        if other.is_none() && !names_outside(&head.header) {
            continue;
        }
        let Some(field) = candidates.iter().find(|one| is_people(one)).map(|one| one.field) else {
            match other {
                Some(other) => parts.push((at, other)),
                None if is_bare(&head.header) => OF_NO_GROUP.clone_into(&mut notes[at]),
                None => {}
            }
            continue;
        };
        candidates.retain(|one| !is_people(one));
        match other {
            Some(other) => parts.push((at, other)),
            None => {
                OF_NO_GROUP.clone_into(&mut notes[at]);
                left.push(format!(
                    "Column {} counts people who are in none of the groups beside it: {} is without them.",
                    title(head),
                    field.words()
                ));
            }
        }
    }
    parts.sort_by_key(|(at, _)| *at);
    left
}

/// What a header of another group counts: `Others reached`, or `Other` below `People reached`.
fn other_group(head: &Head) -> Option<Figure> {
    let words = normalise(&head.header);
    let (other, rest): (Vec<&str>, Vec<&str>) = words.split(' ').partition(|word| is_other(word));
    if other.is_empty() {
        return None;
    }
    let own = match rest.is_empty() {
        true => Figure::default(),
        false => figures::of_header(&rest.join(" ")).filter(|own| !own.is_part())?,
    };
    let above = figures::of_header(&head.group).unwrap_or_default();
    let group = Group { population: PopulationGroup::Other, ..Group::ALL };
    let households = own.households || above.households;
    Some(Figure { measure: own.measure.or(above.measure), households, group, ..own })
}

const OF_NO_GROUP: &str = "counts people of no group that is known: not used";

/// Whether a header says nothing but that others are counted: `Others`, `Autres`.
pub fn is_bare(header: &str) -> bool {
    let words = normalise(header);
    let is_outside = |word: &str| OUTSIDE.contains(&word) || is_other(word);
    !words.is_empty() && words.split(' ').all(is_outside)
}

fn is_other(word: &str) -> bool {
    vocabulary::population_group(word) == Some(PopulationGroup::Other)
}

/// `Host families` below `People reached`: their people, and no households.
fn host_families(head: &Head) -> Option<Figure> {
    static HOSTS: List = list("host families");
    let words = normalise(&head.header);
    let above =
        figures::of_header(&head.group).filter(|above| above.people && !above.households)?;
    let group = Group { population: PopulationGroup::Host, ..Group::ALL };
    HOSTS.contains(&words.as_str()).then_some(Figure { group, word: None, ..above })
}

fn names_outside(header: &str) -> bool {
    let words = normalise(header);
    words.split(' ').any(|word| OUTSIDE.contains(&word) || is_other(word))
}
