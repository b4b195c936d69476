//! What the columns beside a column say of it, once each has its field.

use super::{Assigned, Candidate, Head};
use crate::intake::evidence::{Evidence, Trait};
use crate::intake::fields::Field;
use crate::intake::{Kind, figures, headers, vocabulary};

/// A zone is of any level; between a column of level 1 and one of level 3 it is of level 2.
pub(super) fn between_levels(
    kind: Kind,
    heads: &[Head],
    notes: &[String],
    assigned: &mut Assigned,
) {
    let level = |candidate: &Option<Candidate>| {
        let field = candidate.as_ref()?.field;
        (1..=4u8).find(|n| [Field::area_name(*n), Field::area_code(*n)].contains(&Some(field)))
    };
    let is_vague =
        |at: usize| matches!(headers::noun(&heads[at].header).as_str(), "zone" | "zona" | "zones");
    for (at, head) in heads.iter().enumerate() {
        if !is_vague(at) || assigned.taken[at].is_some() || !notes[at].is_empty() {
            continue;
        }
        let (before, behind) = assigned.taken.split_at(at);
        let above =
            before.iter().enumerate().rev().find_map(|(at, known)| Some((at, level(known)?)));
        let below = behind.iter().find_map(level);
        let (Some((left, above)), Some(below)) = (above, below) else { continue };
        let middle = match below.saturating_sub(above) {
            2 => above + 1,
            // Its name or code, found just now.
            1 if is_vague(left) => above,
            _ => continue,
        };
        let is_code = headers::is_code(&head.header);
        let field = if is_code { Field::area_code(middle) } else { Field::area_name(middle) };
        let Some(field) = field.filter(|field| kind.accepts(*field)) else { continue };
        if assigned.column_of[field as usize].is_none() {
            assigned.column_of[field as usize] = Some(at);
            let reason = format!("header \"{}\", between the levels beside it", head.header);
            assigned.taken[at] = Some(Candidate { column: at, field, confidence: 0.6, reason });
        }
    }
}

/// A period says when only where no column of months or of last days does.
pub(super) fn periods_give_way(heads: &[Head], notes: &mut [String], assigned: &mut Assigned) {
    static PERIODS: vocabulary::List = vocabulary::list("period");
    let Some(at) = assigned.column_of[Field::Start as usize] else { return };
    let words = vocabulary::normalise(&heads[at].header);
    let is_period = words.split(' ').any(|word| PERIODS.contains(&word));
    let is_vague = assigned.taken[at].as_ref().is_some_and(|known| known.confidence < 0.55);
    let better =
        [Field::Month, Field::End].into_iter().find_map(|field| assigned.column_of[field as usize]);
    let Some(better) = better.filter(|_| is_period && is_vague) else { return };
    notes[at] = format!("a period, beside column {}: not used", super::title(&heads[better]));
    assigned.column_of[Field::Start as usize] = None;
    assigned.taken[at] = None;
}

/// Some forms have one column for both: where what is done is named only by its sector, that
/// column is the sector.
pub(super) fn sectors_as_activities<'e>(
    kind: Kind,
    seen: &impl Fn(usize) -> &'e Evidence,
    assigned: &mut Assigned,
) {
    let column = |field: Field| assigned.column_of[field as usize];
    let (None, Some(at)) = (column(Field::Sector), column(Field::ActivityType)) else { return };
    let evidence = seen(at);
    let sectors = evidence.share(Trait::Sector) >= 0.7 && evidence.distinct > 1;
    if !kind.accepts(Field::Sector) || evidence.filled < 3 || !sectors {
        return;
    }
    assigned.column_of[Field::ActivityType as usize] = None;
    assigned.column_of[Field::Sector as usize] = Some(at);
    if let Some(candidate) = &mut assigned.taken[at] {
        candidate.field = Field::Sector;
        candidate.confidence = 0.7;
        candidate.reason = format!("{}, but its values are sectors", candidate.reason);
    }
}

/// Of several columns of a figure under headers of their own, such as quarters, the one under
/// `Total` comes first.
pub(super) fn prefer_totals(heads: &[Head], candidates: &mut [Candidate]) {
    let is_total = |head: &Head| {
        let words = vocabulary::normalise(&head.group);
        words.split(' ').any(|word| figures::role_of(word) == Some(figures::Role::Total))
    };
    for candidate in candidates {
        if candidate.field.counts_people() && is_total(&heads[candidate.column]) {
            candidate.confidence += 0.002;
        }
    }
}

/// An export of indicators has one column of figures, called `Quantity` or `Value`, whatever they
/// count: where no other column has those reached and units or indicators say what is counted, it
/// does.
pub(super) fn quantities<'e>(
    kind: Kind,
    heads: &[Head],
    seen: &impl Fn(usize) -> &'e Evidence,
    notes: &[String],
    figures: &[(usize, figures::Figure)],
    assigned: &mut Assigned,
) {
    let has = |field: Field| assigned.column_of[field as usize].is_some();
    let figure = [Field::Reached, Field::HouseholdsReached].into_iter().any(has);
    let is_indicator = |head: &Head| {
        let found = headers::lookup(kind, &head.header);
        found.iter().any(|(field, _)| *field == Field::ActivityType)
            && found.iter().any(|(field, _)| *field == Field::Description)
    };
    let says_what = has(Field::Unit) || heads.iter().any(is_indicator);
    if kind != Kind::Activities || figure || !figures.is_empty() || !says_what {
        return;
    }
    let fits = |at: &usize| {
        let numbers = seen(*at).filled < 3 || seen(*at).share(Trait::Number) >= 0.7;
        let free = assigned.taken[*at].is_none() && notes[*at].is_empty();
        free && numbers && vocabulary::is_quantity(&heads[*at].header)
    };
    let Some(at) = (0..heads.len()).find(fits) else { return };
    let reason = format!("header \"{}\", of what unit or indicator say", heads[at].header);
    assigned.column_of[Field::Reached as usize] = Some(at);
    assigned.taken[at] =
        Some(Candidate { column: at, field: Field::Reached, confidence: 0.6, reason });
}

/// A column called only `P-code` is that of the area named before it. A column that nothing explains
/// and that is full of what P-codes look like is one too, where no boundaries are known that could
/// tell and no other column has codes: two digits a level, as most countries have it.
pub(super) fn by_shape<'e>(
    kind: Kind,
    heads: &[Head],
    seen: &impl Fn(usize) -> &'e Evidence,
    notes: &[String],
    figures: &[(usize, figures::Figure)],
    assigned: &mut Assigned,
) {
    let mut coded = (1..=4u8).filter_map(Field::area_code);
    let has_codes = coded.any(|field| assigned.column_of[field as usize].is_some());
    for (at, note) in notes.iter().enumerate() {
        let evidence = seen(at);
        let free = assigned.taken[at].is_none()
            && note.is_empty()
            && figures.iter().all(|(part, _)| *part != at);
        if !free || evidence.filled > 2 && evidence.share(Trait::CodeShape) < 0.9 {
            continue;
        }
        let named = at.checked_sub(1).and_then(|before| assigned.taken[before].as_ref());
        let named = (1..=4u8)
            .find(|level| named.is_some_and(|known| Field::area_name(*level) == Some(known.field)))
            .filter(|_| headers::is_bare_code(&heads[at].header));
        let shaped = !has_codes && evidence.filled >= 5 && evidence.distinct > 1;
        let length = ((evidence.mean_length - 2.0) / 2.0).floor().clamp(1.0, 4.0) as u8;
        let Some(level) = named.or(shaped.then_some(length)) else { continue };
        let Some(field) = Field::area_code(level).filter(|field| kind.accepts(*field)) else {
            continue;
        };
        if assigned.column_of[field as usize].is_none() {
            let (confidence, reason) = match named {
                Some(_) => (0.75, "codes of the area named in the column before"),
                None => (0.5, "its values look like P-codes, and their length says the level"),
            };
            let reason = reason.to_owned();
            assigned.column_of[field as usize] = Some(at);
            assigned.taken[at] = Some(Candidate { column: at, field, confidence, reason });
        }
    }
}

/// Headers of acronym and name stand the wrong way round in some files; their lengths tell.
pub(super) fn swap_acronyms(evidence: &[Evidence], assigned: &mut Assigned) {
    let (name, short) = (Field::Partner as usize, Field::PartnerAcronym as usize);
    let Assigned { taken, column_of, .. } = assigned;
    let (Some(names), Some(shorts)) = (column_of[name], column_of[short]) else { return };
    if evidence.len() <= names.max(shorts) {
        return;
    }
    if evidence[shorts].mean_length <= 2.0 * evidence[names].mean_length {
        return;
    }
    column_of.swap(name, short);
    for (at, field) in [(names, Field::PartnerAcronym), (shorts, Field::Partner)] {
        if let Some(candidate) = &mut taken[at] {
            candidate.field = field;
            candidate.confidence = 0.7;
            candidate.reason = format!("{}, but its values say otherwise", candidate.reason);
        }
    }
}
