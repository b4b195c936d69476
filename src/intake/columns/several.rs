//! Several columns for places of one level, as `District 1`, `District 2` and `District 3` are. A row
//! that fills more than one is about all of them.

use super::{Head, title};
use crate::intake::Kind;
use crate::intake::fields::Field;
use crate::intake::headers::lookup;
use crate::intake::report::ColumnReport;
use crate::intake::vocabulary::normalise;

/// The first of such columns with the others, as positions in the heads.
pub(super) fn places(
    kind: Kind,
    heads: &[Head],
    is_said: impl Fn(&Head) -> bool,
) -> Vec<(usize, Vec<usize>)> {
    let mut found: Vec<(String, usize, Vec<usize>)> = Vec::new();
    for (at, head) in heads.iter().enumerate() {
        let header = normalise(&head.header);
        let (noun, number) = match header.rsplit_once(' ') {
            Some((noun, number)) if matches!(number.as_bytes(), [b'1'..=b'9']) => (noun, number),
            _ => (header.as_str(), "1"),
        };
        let Some(field) = place(kind, noun) else { continue };
        // The number of `Admin 2` is that of its level.
        let is_level = lookup(kind, &head.header)
            .iter()
            .any(|(other, _)| *other != field && Field::is_area(*other));
        if is_level || head.shared || is_said(head) {
            continue;
        }
        match found.iter_mut().find(|(known, ..)| known == noun) {
            Some((.., others)) if number == (others.len() + 2).to_string() => others.push(at),
            None if number == "1" => found.push((noun.to_owned(), at, Vec::new())),
            _ => {}
        }
    }
    let found = found.into_iter().filter(|(.., others)| !others.is_empty());
    found.map(|(_, first, others)| (first, others)).collect()
}

/// The field of the areas that a noun names.
fn place(kind: Kind, noun: &str) -> Option<Field> {
    let found = lookup(kind, noun).into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    found.map(|(field, _)| field).filter(|field| field.is_area() && *field != Field::Country)
}

/// The further columns, each with the field of its first one, which they are told to be beside.
pub(super) fn further(
    heads: &[Head],
    several: &[(usize, Vec<usize>)],
    column_of: &[Option<usize>],
    columns: &mut [ColumnReport],
) -> Vec<(Field, usize)> {
    let mut further = Vec::new();
    for (first, others) in several {
        let levels = (1..=4).flat_map(|level| [Field::area_code(level), Field::area_name(level)]);
        let field = levels.flatten().find(|field| column_of[*field as usize] == Some(*first));
        for at in others {
            let Some(field) = field else {
                columns[*at].reason = format!("as column {}: not used", title(&heads[*first]));
                continue;
            };
            let confidence = columns[*first].confidence;
            let column = &mut columns[*at];
            column.field = Some(field.name().to_owned());
            column.confidence = confidence;
            column.reason = format!("a further place beside column {}", title(&heads[*first]));
            further.push((field, heads[*at].index));
        }
    }
    further
}
