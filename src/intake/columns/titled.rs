//! Columns of people that say no measure themselves, below a title or on a sheet that says one.

use super::{Candidate, Head, TOLD, names_some};
use crate::intake::Kind;
use crate::intake::figures::{self, Figure};
use crate::intake::tags;
use crate::intake::titles::Titled;
use crate::intake::vocabulary::normalise;

/// Gives such columns the measure of the title, or takes them out where it says none that is ours;
/// what there is to say of it.
pub(super) fn settle(
    kind: Kind,
    heads: &[Head],
    titled: Option<&Titled>,
    candidates: &mut Vec<Candidate>,
    parts: &mut Vec<(usize, Figure)>,
    notes: &mut [String],
) -> Option<String> {
    let Titled { title, measure } = titled?;
    let mut columns: Vec<usize> = Vec::new();
    let is_open = |at: usize| says_none(kind, &heads[at], title);
    let whole = |households| Figure { measure: *measure, households, ..Figure::default() };
    candidates.retain_mut(|one| {
        if !one.field.counts_people() || one.confidence >= TOLD || !is_open(one.column) {
            return true;
        }
        let field = whole(one.field.counts_households()).field(kind, None);
        if field != Some(one.field) {
            columns.push(one.column);
        }
        one.field = field.unwrap_or(one.field);
        field.is_some()
    });
    parts.retain_mut(|(at, figure)| {
        if figure.measure.is_some() || !is_open(*at) {
            return true;
        }
        figure.measure = *measure;
        let is_read = figure.field(kind, None).is_some();
        columns.push(*at);
        is_read
    });
    columns.sort_unstable();
    columns.dedup();
    let is_read = measure.and_then(|_| whole(false).field(kind, None));
    if is_read.is_none() {
        for at in &columns {
            notes[*at] = format!("below \"{title}\", and says nothing itself: not used");
        }
    }
    let (named, do_not, they) = match columns.len() {
        0 => return None,
        1 => ("Column", "does not say what it counts", "it is"),
        _ => ("Columns", "do not say what they count", "they are"),
    };
    let named = format!("{named} {}", names_some(heads, &columns));
    Some(match is_read {
        Some(field) => {
            format!("{named} {do_not}. \"{title}\" does: {they} read as {}.", field.words())
        }
        None => format!(
            "{named} {do_not}, and \"{title}\" says something else than is read here: {they} not used. Say what {they}."
        ),
    })
}

/// Whether neither a header nor a group other than the title nor a tag names a measure.
fn says_none(kind: Kind, head: &Head, title: &str) -> bool {
    let is_other = |text: &&String| normalise(text) != normalise(title);
    let above = head.levels.iter().chain([&head.group]).filter(is_other);
    let mut texts = std::iter::once(&head.header).chain(&head.others).chain(above);
    let of_tag = tags::of_tag(kind, &head.tag).0;
    texts.all(|text| figures::measures(text).is_empty())
        && !of_tag.iter().any(|field| field.counts_people())
}
