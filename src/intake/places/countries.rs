//! Countries as cells name them, and the one that areas are of.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::codes::COUNTRIES;
use crate::domain::{AreaTree, fold};
use crate::intake::vocabulary::rows;

/// Names of countries and their two letters, the usual English name first.
static NAMES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let all = rows(include_str!("../../../data/vocabulary/country-cells.csv"));
    let pairs = all.filter_map(|row| match row[..] {
        [name, two, ..] => Some((name, two)),
        _ => None,
    });
    pairs.collect()
});

static BY_NAME: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| NAMES.iter().map(|(name, two)| (fold(name), *two)).collect());

/// The two letters of the country that a cell names, by code or name.
pub fn of_cell(text: &str) -> Option<&'static str> {
    let text = text.trim();
    of_code(text).or_else(|| {
        let outside = text.split('(').next().unwrap_or(text);
        [text, outside].into_iter().find_map(|name| BY_NAME.get(&fold(name)).copied())
    })
}

/// The two letters of the country with two or three letters.
fn of_code(code: &str) -> Option<&'static str> {
    let (own, other) = COUNTRIES.get_key_value(code)?;
    Some(if own.len() == 2 { *own } else { *other })
}

/// The country that the codes of all areas of the highest level begin with, in two letters.
pub fn of_areas(tree: &AreaTree) -> Option<&'static str> {
    let level = (1..=tree.deepest()).find(|level| !tree.level(*level).is_empty())?;
    let country = |pcode: &str| {
        let letters = pcode.bytes().take_while(u8::is_ascii_uppercase).count();
        let of = |count: usize| of_code(pcode.get(..count.min(letters))?);
        of(3).filter(|_| letters == 3).or_else(|| of(2).filter(|_| letters >= 2))
    };
    let mut all = tree.level(level).iter().map(|ix| country(&tree.get(*ix).pcode));
    let first = all.next()??;
    all.all(|one| one == Some(first)).then_some(first)
}

/// The name of a country, as it stands in a sentence.
pub fn name(two: &str) -> String {
    match NAMES.iter().find(|(_, known)| *known == two) {
        Some((name, _)) => format!("{name} ({two})"),
        None => two.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_known_by_its_codes_and_names() {
        for text in ["MZ", "MOZ", "Mozambique", "Moçambique ", "MOZAMBIQUE (MZ)"] {
            assert_eq!(of_cell(text), Some("MZ"), "{text}");
        }
        for text in ["Congo", "No", "Mozambique; Malawi", ""] {
            assert_eq!(of_cell(text), None, "{text}");
        }
        assert_eq!(name("ZW"), "Zimbabwe (ZW)");
    }
}
