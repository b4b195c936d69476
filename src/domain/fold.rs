//! Folding of names, so that spellings of the same thing compare equal.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, no diacritics, every run of anything but letters and digits one space, none at the
/// ends. `"  São\u{a0}Tomé-II "` becomes `"sao tome ii"`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return without_signs(text.chars().map(|c| c.to_ascii_lowercase()), text.len());
    }
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c));
    without_signs(plain.flat_map(char::to_lowercase), text.len())
}

fn without_signs(text: impl Iterator<Item = char>, length: usize) -> String {
    let mut folded = String::with_capacity(length);
    let mut gap = false;
    for c in text {
        if c.is_alphanumeric() {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.push(c);
        } else if c != '\'' && c != '\u{2019}' {
            gap = true;
        }
    }
    folded
}

/// Lower case, no diacritics, every run of blanks one space, none at the ends; punctuation stays,
/// because "Bairro 1/2" and "Bairro 1.2" may be two places (METHODS 3). `"  São\u{a0}Tomé-II "`
/// becomes `"sao tome-ii"`.
pub fn fold_spelling(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        if word.is_ascii() {
            folded.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            let plain = word.nfkd().filter(|c| !is_combining_mark(*c));
            folded.extend(plain.flat_map(char::to_lowercase));
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_diacritics_blanks_and_punctuation_do_not_matter() {
        assert_eq!(fold("  São\u{a0}Tomé-II "), "sao tome ii");
        assert_eq!(fold("Bu'ale"), fold("Buale"));
        assert_eq!(fold("تعز"), "تعز");
        assert_eq!(fold(" -- "), "");
    }

    #[test]
    fn a_spelling_keeps_its_punctuation() {
        assert_eq!(fold_spelling("  São\u{a0}Tomé-II "), "sao tome-ii");
        assert_eq!(fold_spelling("BAIRRO\t 1/2"), "bairro 1/2");
        assert_eq!(fold_spelling(" \u{a0} "), "");
    }
}
