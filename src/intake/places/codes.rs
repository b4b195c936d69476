//! P-codes that are written in another way than the boundaries do.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::{AreaIx, AreaTree};
use crate::intake::vocabulary::rows;

/// ISO 3166-1: the two and the three letters of each country, either way.
pub(super) static COUNTRIES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let text = include_str!("../../../data/vocabulary/countries.csv");
    let pairs = rows(text).filter_map(|row| match row[..] {
        [two, three, ..] => Some([(two, three), (three, two)]),
        _ => None,
    });
    pairs.flatten().collect()
});

/// The areas by what is left of their codes without prefix and leading zeros.
#[derive(Debug, Default)]
pub struct Cores(HashMap<(u8, String), Vec<(String, AreaIx)>>);

impl Cores {
    pub fn of(tree: &AreaTree) -> Cores {
        let mut cores = Cores::default();
        for (ix, area) in tree.iter().skip(1) {
            let (letters, core) = split(&area.pcode);
            cores.0.entry((area.level, core)).or_default().push((letters, ix));
        }
        cores
    }

    /// The one area whose code this may be: with another case, other signs, without leading zeros
    /// or prefix, or with the other ISO prefix of the same country.
    pub fn repaired(&self, level: u8, code: &str) -> Option<AreaIx> {
        let (letters, core) = split(code);
        if core.is_empty() {
            return None;
        }
        let known = self.0.get(&(level, core))?;
        let mut related = known.iter().filter(|(known, _)| is_related(&letters, known));
        match (related.next(), related.next()) {
            (Some((_, ix)), None) => Some(*ix),
            _ => None,
        }
    }
}

/// Whether a code is that of the country whose areas these are, in two or three letters, and of no
/// area.
pub fn is_country_of(tree: &AreaTree, code: &str) -> bool {
    // Two or three letters: most codes need not be looked up.
    if !(2..=3).contains(&code.len()) {
        return false;
    }
    let Some(other) = COUNTRIES.get(code) else { return false };
    let is_own = |pcode: &str| pcode.starts_with(code) || pcode.starts_with(other);
    tree.by_pcode(code).is_none() && tree.iter().nth(1).is_some_and(|(_, area)| is_own(&area.pcode))
}

/// The one code of a cell and the name beside it: `MZ0901 - Buzi`, `[MZ0901] Buzi`, `MZ0901_Buzi`.
pub fn beside_name(text: &str, is_code: impl Fn(&str) -> bool) -> Option<(&str, String)> {
    const SIGNS: &[char] =
        &['_', ':', '(', ')', '[', ']', '|', '/', ',', ';', '\u{2013}', '\u{2014}'];
    let is_sign = |c: char| c.is_whitespace() || SIGNS.contains(&c);
    let only = |dash: bool| {
        let mut codes = text.split(|c| is_sign(c) || dash && c == '-').filter(|one| is_code(one));
        let first = codes.next()?;
        codes.next().is_none().then_some(first)
    };
    // The dash is a sign of some codes.
    let code = only(false).or_else(|| only(true))?;
    let (before, after) = text.split_once(code)?;
    let plain = |part: &str| part.trim_matches(|c| is_sign(c) || c == '-').to_owned();
    let name = [plain(before), plain(after)].join(" ").trim().to_owned();
    name.contains(char::is_alphabetic).then_some((code, name))
}

/// Whether a code may have these letters for those: none, the same, or the other ISO prefix.
fn is_related(said: &str, known: &str) -> bool {
    let swapped = |cut: usize| {
        let (country, rest) = said.split_at_checked(cut)?;
        Some(format!("{}{rest}", COUNTRIES.get(country)?))
    };
    said.is_empty()
        || said == known
        || [2, 3].into_iter().any(|cut| swapped(cut).as_deref() == Some(known))
}

/// Letters before the first digit, and the rest without leading zeros; blanks and signs left out.
fn split(code: &str) -> (String, String) {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let digits = plain.find(|c: char| c.is_ascii_digit()).unwrap_or(plain.len());
    (plain[..digits].to_owned(), plain[digits..].trim_start_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefixes_of_one_country_are_related_and_those_of_neighbours_are_not() {
        for (said, known) in
            [("MZ", "MOZ"), ("MOZ", "MZ"), ("NG", "NGA"), ("IRQG", "IQG"), ("", "MZ")]
        {
            assert!(is_related(said, known), "{said} {known}");
        }
        for (said, known) in [("NG", "NER"), ("NE", "NGA"), ("XX", "MZ"), ("MZG", "MZ")] {
            assert!(!is_related(said, known), "{said} {known}");
        }
        assert_eq!(split("ht0131-10"), ("HT".to_owned(), "13110".to_owned()));
    }
}
