//! The files of `data/vocabulary`, each line with its source.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::OnceLock;

use super::folding::normalise;

/// A vocabulary: folded words to a code.
#[derive(Debug, Default)]
pub struct Words {
    pub exact: HashMap<String, String>,
    /// The same without little words such as "and"; `None` where two entries are then the same.
    loose: HashMap<String, Option<String>>,
}

/// Words that stand for one thing: those of a name in `lists.csv`, folded as they are there.
pub struct List {
    name: &'static str,
    words: OnceLock<Vec<&'static str>>,
}

/// The list of this name.
pub const fn list(name: &'static str) -> List {
    List { name, words: OnceLock::new() }
}

impl Deref for List {
    type Target = [&'static str];

    fn deref(&self) -> &Self::Target {
        self.words.get_or_init(|| {
            let all = rows(include_str!("../../../data/vocabulary/lists.csv"));
            let own = all.filter(|row| row.first() == Some(&self.name));
            own.filter_map(|row| row.get(1).copied()).collect()
        })
    }
}

/// Words that change nothing about what a name means.
static LITTLE: List = list("little word");

/// The rows of a vocabulary file without its header.
pub fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}

/// The vocabulary of a file with words and their codes in its first two columns.
pub fn words(text: &'static str) -> Words {
    let mut words = Words::default();
    for row in rows(text) {
        let [word, code, ..] = row[..] else { continue };
        let word = normalise(word);
        let loose = without_little(&word);
        if !loose.is_empty() {
            let kept = words.loose.entry(loose).or_insert_with(|| Some(code.to_owned()));
            if kept.as_deref().is_some_and(|kept| kept != code) {
                *kept = None;
            }
        }
        words.exact.entry(word).or_insert_with(|| code.to_owned());
    }
    words
}

fn without_little(words: &str) -> String {
    let kept: Vec<&str> = words.split(' ').filter(|word| !LITTLE.contains(word)).collect();
    kept.join(" ")
}

impl Words {
    /// The code of folded words, with or without the little ones.
    pub fn get(&self, words: &str) -> Option<&String> {
        self.exact.get(words).or_else(|| self.loose.get(&without_little(words))?.as_ref())
    }
}

/// The code of a text: as a whole, without a leading number, or by its parts where all known ones
/// agree, as in `Displaced population/População deslocada`.
pub fn code(words: &'static Words, text: &str) -> Option<&'static str> {
    let whole = normalise(text);
    if let Some(code) = words.get(&whole) {
        return Some(code);
    }
    let unnumbered = whole.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    if let Some(code) = words.get(unnumbered) {
        return Some(code);
    }
    let parts =
        text.split(['/', '(', ')', '|', '\n', ':', '\u{2013}']).flat_map(|part| part.split(" - "));
    let mut found = None;
    for part in parts {
        let Some(code) = words.get(&normalise(part)) else { continue };
        match found {
            Some(other) if other != code => return None,
            _ => found = Some(code),
        }
    }
    found.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without its capital a title is no title.
    const AS_WRITTEN: &[&str] = &["title of a person", "title before a name"];

    #[test]
    fn the_words_of_lists_are_folded_as_the_texts_are_that_they_are_looked_up_for() {
        let all = rows(include_str!("../../../data/vocabulary/lists.csv"));
        for row in all {
            let [list, word, source, ..] = row[..] else { panic!("{row:?}") };
            assert!(!source.is_empty(), "{word} has no source");
            let folded = normalise(word);
            assert!(AS_WRITTEN.contains(&list) || word == folded, "{list}: {word}, {folded}");
        }
    }
}
