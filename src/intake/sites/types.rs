//! Words for types of sites, in English, French, Portuguese, Spanish and Arabic, to the type codes
//! of `data/standards.csv`.

use std::sync::LazyLock;

use crate::domain::fold;
use crate::intake::vocabulary::rows;

/// The beginning of a word of the cell, or all of it, and the type it names. The first that fits
/// counts, so the particular stands before the general.
static TYPES: LazyLock<Vec<(String, &'static str)>> = LazyLock::new(|| {
    let of_row = |row: Vec<&'static str>| {
        let [word, code, place, ..] = row[..] else { return None };
        let end = if place == "whole" { " " } else { "" };
        Some((format!(" {word}{end}"), code))
    };
    rows(include_str!("../../../data/vocabulary/site-types.csv")).filter_map(of_row).collect()
});

/// The type code a text names, where it names one.
pub(super) fn code(text: &str) -> Option<&'static str> {
    let folded = format!(" {} ", fold(text));
    let is_named = |code: &str| folded.contains(&format!(" {} ", code.replace('-', " ")));
    let named = TYPES.iter().find(|(_, code)| is_named(code));
    named.or_else(|| TYPES.iter().find(|(word, _)| folded.contains(word))).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::standards::built_in;

    #[test]
    fn every_type_is_in_the_table_of_standards_and_back() {
        let standards = built_in();
        let kinds: Vec<_> = standards.0.iter().map(|standard| &*standard.kind).collect();
        assert!(TYPES.iter().all(|(_, code)| kinds.contains(code)));
        assert!(kinds.iter().all(|kind| TYPES.iter().any(|(_, code)| code == kind)));
        assert!(TYPES.iter().all(|(_, kind)| code(kind) == Some(kind)));
    }

    #[test]
    fn words_of_real_files_are_known() {
        for (text, expected) in [
            ("Centro de Saúde Rural II", Some("health-centre")),
            ("Posto de Saúde", Some("health-post")),
            ("Hospital Distrital", Some("hospital")),
            ("Centre Hospitalier Régional", Some("hospital")),
            ("Primary Health Care Unit", Some("health-post")),
            ("Primary Health Care Centre", Some("health-centre")),
            ("Dispensaire", Some("health-post")),
            ("Displacement Site", Some("camp")),
            ("Host Community", Some("host-community")),
            ("Wellness", None),
            ("Deep well", Some("water-point")),
            ("Food distribution point", Some("distribution-point")),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }
}
