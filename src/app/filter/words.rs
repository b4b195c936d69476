//! Texts: how they compare, CASEI and ACCENTI, and the patterns of LIKE.

use std::borrow::Cow;
use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;

/// What makes spellings of one word the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folding {
    Case,
    Accents,
}

impl Folding {
    pub fn from_name(name: &str) -> Option<Folding> {
        match () {
            () if name.eq_ignore_ascii_case("casei") => Some(Folding::Case),
            () if name.eq_ignore_ascii_case("accenti") => Some(Folding::Accents),
            () => None,
        }
    }

    pub fn of(self, text: &str) -> String {
        match self {
            Folding::Case if text.is_ascii() => text.to_ascii_lowercase(),
            // By way of upper case, so that ß is ss and every sigma is the same.
            Folding::Case => {
                text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
            }
            Folding::Accents if text.is_ascii() => text.to_owned(),
            Folding::Accents => {
                let mut plain = String::with_capacity(text.len());
                for c in text.nfd().filter(|c| !is_accent(*c)) {
                    match LETTERS.iter().find(|(letter, _)| *letter == c) {
                        Some((_, letters)) => plain.push_str(letters),
                        None => plain.push(c),
                    }
                }
                // What has no accents is put together again: syllables of Korean, for one.
                plain.nfc().collect()
            }
        }
    }
}

/// Marks that a word is the same word without. Vowel signs of Indian scripts are not among them.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        // Points of Hebrew, signs of Arabic.
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}'
        | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Letters that Unicode does not take apart.
const LETTERS: &[(char, &str)] = &[
    ('ø', "o"),
    ('Ø', "O"),
    ('đ', "d"),
    ('Đ', "D"),
    ('ð', "d"),
    ('Ð', "D"),
    ('ł', "l"),
    ('Ł', "L"),
    ('ħ', "h"),
    ('Ħ', "H"),
    ('ŧ', "t"),
    ('Ŧ', "T"),
    ('ı', "i"),
    ('æ', "ae"),
    ('Æ', "AE"),
    ('œ', "oe"),
    ('Œ', "OE"),
    ('þ', "th"),
    ('Þ', "Th"),
    ('ß', "ss"),
];

/// The one spelling of a text whose letters may be put together in several ways.
pub fn normal(text: &str) -> Cow<'_, str> {
    match text.is_ascii() || unicode_normalization::is_nfc(text) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().collect()),
    }
}

/// By code point.
pub fn compare(a: &str, b: &str) -> Ordering {
    normal(a).cmp(&normal(b))
}

/// A pattern of LIKE: `%` is any characters, `_` is one, a backslash before either makes it plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Part>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Is(char),
}

impl Pattern {
    pub fn new(pattern: &str) -> Pattern {
        let mut parts = Vec::new();
        let pattern = normal(pattern);
        let mut characters = pattern.chars();
        while let Some(c) = characters.next() {
            let part = match c {
                '%' => Part::Any,
                '_' => Part::One,
                '\\' => Part::Is(characters.next().unwrap_or('\\')),
                c => Part::Is(c),
            };
            if part != Part::Any || parts.last() != Some(&Part::Any) {
                parts.push(part);
            }
        }
        Pattern(parts)
    }

    /// Number of its characters.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether all of the text is as the pattern says. Only the last `%` is ever tried again, so the
    /// work is at most the product of the two lengths.
    pub fn matches(&self, text: &str) -> bool {
        let parts = &self.0;
        let text = normal(text);
        let mut rest = text.chars();
        let mut at = 0;
        // Where to go on when what follows the last % does not fit.
        let mut again: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            if parts.get(at) == Some(&Part::Any) {
                at += 1;
                again = Some((at, rest.clone()));
                continue;
            }
            let mut ahead = rest.clone();
            let fits = match (parts.get(at), ahead.next()) {
                (None, None) => return true,
                (Some(Part::One), Some(_)) => true,
                (Some(Part::Is(wanted)), Some(c)) => *wanted == c,
                _ => false,
            };
            if fits {
                (at, rest) = (at + 1, ahead);
                continue;
            }
            let Some((from, mut behind)) = again else { return false };
            if behind.next().is_none() {
                return false;
            }
            (at, rest) = (from, behind.clone());
            again = Some((from, behind));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        let matches = |pattern, text| Pattern::new(pattern).matches(text);
        for (pattern, text) in
            [("%", ""), ("B_r%", "Berlin"), ("%lin", "Berlin"), ("%e%i%", "Berlin"), ("", "")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("B_r", "Berlin"), ("_%", ""), ("", "a"), ("b%", "Berlin")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        assert!(matches(r"100\%", "100%") && !matches(r"100\%", "1000"));
        assert!(matches(r"a\\b", r"a\b") && matches("a\\", "a\\"));
        assert!(matches("caf_", "cafe\u{301}"));
    }

    #[test]
    fn a_pattern_of_many_wildcards_is_not_exponential() {
        let begun = std::time::Instant::now();
        let pattern = Pattern::new(&"%a".repeat(5_000));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(4_000))));
        assert!(!Pattern::new(&format!("{}b", "%a".repeat(20))).matches(&"a".repeat(4_000)));
        assert!(begun.elapsed().as_secs() < 2);
    }

    #[test]
    fn spellings_fold_to_one() {
        assert_eq!(Folding::Case.of("STRASSE"), Folding::Case.of("Straße"));
        assert_eq!(Folding::Case.of("ΟΔΟΣ"), Folding::Case.of("Οδος"));
        assert_eq!(Folding::Accents.of("København débárquér"), "Kobenhavn debarquer");
        assert_eq!(Folding::Accents.of("हिन्दी 한국"), "हिन्दी 한국");
    }
}
