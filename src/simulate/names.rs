//! Invented names. Nothing here names a real place or organisation on purpose.

use std::collections::HashSet;

use super::rng::Rng;

/// The invented country and its code, one that ISO 3166 leaves to users for ever.
pub const COUNTRY: &str = "Velanoa";
pub const COUNTRY_CODE: &str = "XV";

const STARTS: &[&str] = &[
    "ba", "be", "cha", "da", "do", "e", "fa", "ga", "ha", "ho", "i", "ja", "ka", "ke", "ki", "la",
    "lo", "lu", "ma", "me", "mi", "mo", "na", "ne", "nga", "no", "o", "pa", "ra", "ri", "sa", "se",
    "sho", "so", "ta", "te", "to", "u", "va", "ve", "wa", "ya", "yo", "za", "zo",
];
const MIDDLES: &[&str] = &[
    "la", "le", "li", "lo", "lu", "ma", "me", "mi", "mo", "mu", "na", "ne", "ni", "no", "nu", "ra",
    "re", "ri", "ro", "ru", "sa", "se", "ta", "te", "to", "va", "ve", "vi", "da", "de", "nda",
    "mba", "nga", "lé", "rú", "zi", "ho", "ka", "ku", "ya",
];
const ENDS: &[&str] = &[
    "ra", "ro", "ri", "na", "no", "ni", "la", "le", "li", "mo", "ma", "me", "ta", "te", "to", "va",
    "ve", "sa", "se", "ndo", "nga", "mbe", "lan", "ran", "mar", "nor", "vel", "tal", "ren", "lis",
    "sha", "ya", "ka", "ke", "ko", "zi", "né", "sé", "ria",
];
const SECOND_WORDS: &[&str] =
    &["North", "South", "East", "West", "Centre", "Upper", "Lower", "New"];

/// A name of at least six letters: shorter ones too often are words of some language.
pub fn word(rng: &mut Rng) -> String {
    let mut name = String::from(rng.pick(STARTS));
    let middles = if name.len() == 1 { 1 + rng.below(2) } else { rng.below(5) / 2 };
    for _ in 0..middles.min(2) {
        name.push_str(rng.pick(MIDDLES));
    }
    let end = rng.pick(ENDS);
    while name.len() + end.len() < 6 {
        name.push_str(rng.pick(MIDDLES));
    }
    name.push_str(end);
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

/// Names of areas: unique within a parent, a few on purpose the same as one elsewhere.
#[derive(Debug, Default)]
pub struct PlaceNames {
    given: Vec<String>,
}

impl PlaceNames {
    /// Names for all children of one parent.
    pub fn siblings(&mut self, count: usize, rng: &mut Rng) -> Vec<String> {
        let mut seen = HashSet::new();
        let mut names: Vec<String> = Vec::with_capacity(count);
        while names.len() < count {
            let drawn = rng.unit();
            let name = match (drawn, self.given.is_empty(), names.last()) {
                (..0.04, false, _) => self.given[rng.below(self.given.len())].clone(),
                (..0.10, _, Some(last)) if !last.contains(' ') => compound(last.as_str(), rng),
                _ => word(rng),
            };
            if seen.insert(name.clone()) {
                names.push(name);
            }
        }
        self.given.extend(names.iter().filter(|name| !name.contains(' ')).take(40).cloned());
        names
    }
}

fn compound(name: &str, rng: &mut Rng) -> String {
    match rng.pick(SECOND_WORDS) {
        before @ ("Upper" | "Lower" | "New") => format!("{before} {name}"),
        after => format!("{name} {after}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_within_a_parent_and_some_come_back_elsewhere() {
        let mut rng = Rng::new(7, "names");
        let mut places = PlaceNames::default();
        let mut all = HashSet::new();
        let mut repeated = 0;
        for _ in 0..30 {
            let names = places.siblings(20, &mut rng);
            assert_eq!(names.iter().collect::<HashSet<_>>().len(), 20);
            repeated += names.into_iter().filter(|name| !all.insert(name.clone())).count();
        }
        assert!(repeated > 3, "{repeated}");
    }
}
