//! HXL tags to fields: `data/vocabulary/tags.csv`. The order of attributes and stray blanks do not
//! matter.

use std::sync::LazyLock;

use super::Kind;
use super::fields::Field;
use super::vocabulary::rows;

/// Whether a cell is an HXL tag, such as `#adm1 +code`, and not a failed formula's `#VALUE!`.
pub fn is_tag(text: &str) -> bool {
    let text = text.trim();
    if text.contains(['!', '/']) || text == "#NAME?" {
        return false;
    }
    let mut signs = text.chars();
    signs.next() == Some('#')
        && signs.next().is_some_and(|c| c.is_ascii_alphabetic())
        && text.chars().count() < 80
}

/// The fields of a tag for a kind of table, the likeliest first, and how closely the tag fits.
pub fn of_tag(kind: Kind, tag: &str) -> (Vec<Field>, usize) {
    let (name, attributes) = split_tag(tag);
    let mut best: Option<(usize, &[Field])> = None;
    for pattern in TAGS.iter().filter(|pattern| pattern.name == name) {
        let fits = pattern.with.iter().all(|attribute| attributes.iter().any(|a| a == attribute))
            && !pattern.without.iter().any(|attribute| attributes.iter().any(|a| a == attribute));
        let useful = pattern.fields.iter().any(|field| kind.accepts(*field));
        let weight = pattern.with.len();
        if fits && useful && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, &pattern.fields));
        }
    }
    let (weight, fields) = best.unwrap_or_default();
    let mut fields: Vec<_> = fields.iter().copied().filter(|field| kind.accepts(*field)).collect();
    // `#loc+name` is the name of a site in a list of sites, a location elsewhere.
    fields.sort_by_key(|field| !kind.template().contains(field));
    (fields, weight)
}

struct TagPattern {
    name: &'static str,
    with: Vec<&'static str>,
    without: Vec<&'static str>,
    fields: Vec<Field>,
}

static TAGS: LazyLock<Vec<TagPattern>> = LazyLock::new(|| {
    let pattern = |row: Vec<&'static str>| {
        let [text, fields, ..] = row[..] else { return None };
        let end = text.find(['+', '-']).unwrap_or(text.len());
        let (mut with, mut without) = (Vec::new(), Vec::new());
        let mut rest = &text[end..];
        while let Some(sign) = rest.chars().next() {
            let tail = &rest[1..];
            let stop = tail.find(['+', '-']).unwrap_or(tail.len());
            if sign == '+' {
                with.push(&tail[..stop])
            } else {
                without.push(&tail[..stop])
            }
            rest = &tail[stop..];
        }
        let fields = fields.split('|').filter_map(Field::from_name).collect();
        Some(TagPattern { name: &text[..end], with, without, fields })
    };
    rows(include_str!("../../data/vocabulary/tags.csv")).filter_map(pattern).collect()
});

/// Name and attributes of a tag, in lower case.
pub fn split_tag(tag: &str) -> (String, Vec<String>) {
    let plain: String =
        tag.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let mut parts = plain.split('+').map(str::to_owned);
    let name = parts.next().unwrap_or_default();
    (name, parts.filter(|part| !part.is_empty()).collect())
}
