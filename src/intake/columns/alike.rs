//! The same header below groups that nobody knows, as `Individuals` below `Camp` and `Out of camp`:
//! none of the columns is the whole, and the first is not because it is the first.

use super::{Candidate, Head, TOLD, names_some, slices, to_date};
use crate::intake::figures::{self, Figure, Measure, Role};
use crate::intake::vocabulary::{normalise, sector_words};
use crate::intake::{Kind, headers};

/// Takes such columns out of the candidates and parts.
pub(super) fn set_apart(
    kind: Kind,
    heads: &[Head],
    candidates: &mut Vec<Candidate>,
    parts: &mut Vec<(usize, Figure)>,
    notes: &mut [String],
) -> Option<String> {
    let groups: Vec<Option<String>> = heads.iter().map(|head| unknown_group(kind, head)).collect();
    let is_people = |one: &Candidate| one.field.counts_people() && one.confidence < TOLD;
    let differ = |a: usize, b: usize| {
        let same = normalise(&heads[a].header) == normalise(&heads[b].header);
        same && groups[a].is_some() && differ_in_unknown(kind, &heads[a], &heads[b])
    };
    let mut left: Vec<usize> = Vec::new();
    for one in candidates.iter().filter(|one| is_people(one)) {
        let other = |other: &Candidate| other.field == one.field && is_people(other);
        if candidates.iter().any(|two| other(two) && differ(one.column, two.column)) {
            left.push(one.column);
        }
    }
    // Beside those of a group another group is no total of them.
    let is_beside = |one: &Candidate| {
        let is_part = |(at, figure): &&(usize, Figure)| {
            figure.field(kind, Some(Measure::Reached)) == Some(one.field)
                && normalise(&heads[*at].header) == normalise(&heads[one.column].header)
        };
        groups[one.column].is_some() && parts.iter().any(|part| is_part(&part))
    };
    left.extend(
        candidates.iter().filter(|one| is_people(one) && is_beside(one)).map(|one| one.column),
    );
    for (at, figure) in parts.iter() {
        // What says no measure below such a group is not of that of another.
        let is_like = |two: &Figure| {
            let same = two.measure == figure.measure || figure.measure.is_none();
            same && two.households == figure.households
        };
        if parts.iter().any(|(other, two)| is_like(two) && differ(*at, *other)) {
            left.push(*at);
        }
    }
    left.sort_unstable();
    left.dedup();
    let first = left.first()?;
    for at in &left {
        let group = groups[*at].as_deref().unwrap_or_default();
        notes[*at] = format!("of \"{group}\" only, which is not understood: not used");
    }
    candidates.retain(|one| !is_people(one) || !left.contains(&one.column));
    parts.retain(|(at, _)| !left.contains(at));
    Some(format!(
        "Columns {} stand below groups that are not understood, such as \"{}\". None of them counts everybody, and none is used: say which one does, or send a row for each group.",
        names_some(heads, &left),
        groups[*first].as_deref().unwrap_or_default()
    ))
}

/// The groups above a column that are of no figure that is known.
fn unknown_group(kind: Kind, head: &Head) -> Option<String> {
    let unknown: Vec<String> =
        above(head).filter(|text| !is_known(kind, text)).map(str::to_owned).collect();
    (!unknown.is_empty()).then(|| unknown.join(" "))
}

/// Whether all groups in which one column differs from another are unknown.
fn differ_in_unknown(kind: Kind, head: &Head, other: &Head) -> bool {
    let (own, others): (Vec<&str>, Vec<&str>) = (above(head).collect(), above(other).collect());
    let mut pairs = own.iter().zip(&others).filter(|(one, two)| normalise(one) != normalise(two));
    let mut differs = false;
    let unknown = pairs.all(|(one, _)| {
        differs = true;
        !is_known(kind, one)
    });
    own.len() == others.len() && differs && unknown
}

/// The groups above a column, the outermost first.
fn above(head: &Head) -> impl Iterator<Item = &str> {
    let group = Some(head.group.as_str()).filter(|_| head.levels.is_empty());
    let all = head.levels.iter().rev().map(String::as_str).chain(group);
    all.filter(|text| !text.is_empty())
}

fn is_known(kind: Kind, text: &str) -> bool {
    let words = normalise(text);
    words.split(' ').any(|word| figures::role_of(word) == Some(Role::Total))
        || figures::of_header(text).is_some()
        || to_date::says_time(text)
        || slices::is_period(text)
        || headers::lookup(kind, text).iter().any(|(field, _)| field.counts_people())
        || kind == Kind::Needs && sector_words(&words).is_some()
}
