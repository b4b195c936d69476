//! Names of areas, as they are compared: the words of a name without those for its level, without
//! articles, with directions and the like in one language, and the numbers as numbers.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::likeness::{Units, units};
use crate::domain::fold;
use crate::intake::vocabulary::rows;

/// What a word of a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// For the level, such as county: it is left out.
    Level,
    /// Article or other small word: it is left out.
    Small,
    /// Part of the meaning, such as north, in one spelling for all languages.
    Meaning(&'static str),
}

/// Folded words, up to three in one entry, to what they are.
static WORDS: LazyLock<HashMap<String, Word>> = LazyLock::new(|| {
    let text = include_str!("../../../data/vocabulary/place-words.csv");
    let entries = rows(text).filter_map(|row| match row[..] {
        [words, "level", ..] => Some((fold(words), Word::Level)),
        [words, "article" | "link", ..] => Some((fold(words), Word::Small)),
        [words, meaning, ..] => Some((fold(words), Word::Meaning(meaning))),
        _ => None,
    });
    entries.collect()
});

/// One spelling of a name, in the forms it is compared in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Name {
    /// Folded.
    pub whole: String,
    /// Without words for the level.
    pub plain: String,
    /// The words that distinguish, in the order of the alphabet.
    pub key: String,
    /// A misspelt word such as `Centeral` was taken for what it is most like.
    pub is_guessed: bool,
    /// Town or countryside, where the name says so.
    pub class: Option<&'static str>,
    /// Numbers, directions, single letters: whatever must agree exactly, sorted.
    pub marks: Vec<String>,
    /// The other words, in their order.
    pub tokens: Vec<(String, Units)>,
}

/// A name a cell may mean, and how surely it means that one: 1 for the cell as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Spelling {
    pub name: Name,
    pub weight: f32,
}

/// One of the names of a cell such as `Taizz / تعز`.
pub const PART: f32 = 0.97;
/// What stands in brackets is another name, or what the area belongs to.
const BRACKETED: f32 = 0.88;

/// The spellings a cell may mean: the whole, its parts where it has two languages, and what stands
/// before and in brackets. `parent` is the name of the area it lies in, which some add to it.
pub fn spellings(text: &str, parent: Option<&str>) -> Vec<Spelling> {
    let mut all: Vec<Spelling> = Vec::new();
    let parent = parent.map(fold).filter(|parent| !parent.is_empty());
    let mut add = |text: &str, weight: f32| {
        let name = Name::of(text);
        let known = all.iter().any(|known| known.name.whole == name.whole);
        if !name.whole.is_empty() && !known {
            all.push(Spelling { name, weight });
        }
    };
    add(text, 1.0);
    let (outside, inside) = brackets(text);
    if !inside.is_empty() {
        add(&outside, PART);
    }
    for part in parts(&outside) {
        add(part, PART);
    }
    for said in &inside {
        add(said, BRACKETED);
        parts(said).into_iter().for_each(|part| add(part, BRACKETED));
    }
    // `Habila - WD` is the Habila of West Darfur.
    if let Some(parent) = &parent {
        let initials: String = parent.split(' ').filter_map(|word| word.chars().next()).collect();
        let whole = fold(&outside);
        let cut = [initials.as_str(), parent.as_str()].into_iter().find_map(|end| {
            let rest = whole.strip_suffix(end)?.strip_suffix(' ')?;
            (end.chars().count() >= 2 && !rest.is_empty()).then_some(rest)
        });
        if let Some(rest) = cut {
            add(rest, PART);
        }
    }
    all
}

/// The parts of a cell in two languages.
pub fn parts(text: &str) -> Vec<&str> {
    let dashes = [" - ", " \u{2013} ", " \u{2014} "];
    let mut parts: Vec<&str> = text.split(['/', '|', '\n', ';']).collect();
    for dash in dashes {
        parts = parts.into_iter().flat_map(|part| part.split(dash)).collect();
    }
    parts.retain(|part| !part.trim().is_empty());
    if parts.len() > 1 { parts } else { Vec::new() }
}

/// What stands outside brackets, and each thing inside.
fn brackets(text: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside) = (String::new(), Vec::new());
    let mut open: Option<String> = None;
    for c in text.chars() {
        match (c, &mut open) {
            ('(' | '[', None) => open = Some(String::new()),
            (')' | ']', Some(said)) => {
                inside.push(std::mem::take(said));
                open = None;
                outside.push(' ');
            }
            (c, Some(said)) => said.push(c),
            (c, None) => outside.push(c),
        }
    }
    inside.extend(open);
    inside.retain(|said| !said.trim().is_empty());
    (outside, inside)
}

impl Name {
    pub fn of(text: &str) -> Name {
        let whole = fold(text);
        let words = split(&whole);
        let mut kept: Vec<(&str, Option<Word>)> = Vec::new();
        let (mut at, mut is_guessed) = (0, false);
        while at < words.len() {
            let entry = (1..=3.min(words.len() - at)).rev().find_map(|count| {
                let entry = words[at..at + count].join(" ");
                WORDS.get(&entry).map(|word| (count, *word))
            });
            let guess = if entry.is_none() { misspelt(words[at]) } else { None };
            is_guessed |= guess.is_some();
            let entry = entry.or(guess.map(|word| (1, word)));
            let (count, word) = entry.map_or((1, None), |(count, word)| (count, Some(word)));
            kept.push((words[at], word));
            for more in &words[at + 1..at + count] {
                kept.push((more, Some(Word::Small)));
            }
            at += count;
        }
        // A name that is nothing but such words is made of them.
        let is_left = |word: &Option<Word>| matches!(word, None | Some(Word::Meaning(_)));
        let plain = if kept.iter().any(|(_, word)| is_left(word)) {
            let words = kept.iter().enumerate().filter(|(at, (_, word))| match word {
                Some(Word::Level) => false,
                // The `of` of `County of`.
                Some(Word::Small) => {
                    let before = at.checked_sub(1).and_then(|at| kept[at].1);
                    before != Some(Word::Level)
                }
                _ => true,
            });
            words.map(|(_, (word, _))| *word).collect::<Vec<_>>().join(" ")
        } else {
            whole.clone()
        };
        let left: Vec<(&str, Option<Word>)> =
            kept.iter().copied().filter(|(_, word)| is_left(word)).collect();
        let left = if left.is_empty() {
            kept.iter().map(|(word, _)| (*word, None)).collect()
        } else {
            left
        };
        let mut name = Name { whole: whole.clone(), plain, is_guessed, ..Name::default() };
        let count = left.len();
        for (at, (word, kind)) in left.into_iter().enumerate() {
            match kind {
                // Alone, a direction is a name of its own: it is not translated.
                Some(Word::Meaning(meaning @ ("CITY" | "URBAN" | "RURAL"))) if count > 1 => {
                    name.class = Some(meaning);
                }
                Some(Word::Meaning(meaning)) if count > 1 => name.marks.push(meaning.to_owned()),
                // The number of `Zone I` stands behind a word, though that is for the level.
                _ => name.word(word, at > 0 || !whole.starts_with(word), at + 1 == count),
            }
        }
        name.marks.sort();
        let mut key: Vec<&str> = name.marks.iter().map(String::as_str).collect();
        key.extend(name.class);
        key.extend(name.tokens.iter().map(|(token, _)| token.as_str()));
        key.sort_unstable();
        name.key = key.join(" ");
        name
    }

    /// A plain word: a number, a letter, or one to be compared by its sound.
    fn word(&mut self, word: &str, is_inner: bool, is_last: bool) {
        if word.chars().all(|c| c.is_numeric()) {
            let number = word.trim_start_matches('0');
            self.marks.push(if number.is_empty() { "0" } else { number }.to_owned());
            return;
        }
        if let Some(number) = roman(word).filter(|_| is_inner && (is_last || word.len() > 1)) {
            self.marks.push(number.to_string());
            return;
        }
        let direction = match word {
            "n" => Some("NORTH"),
            "s" => Some("SOUTH"),
            "e" => Some("EAST"),
            "w" => Some("WEST"),
            _ => None,
        };
        if let Some(direction) = direction.filter(|_| !is_inner && !is_last) {
            self.marks.push(direction.to_owned());
            return;
        }
        let token = without_article(word);
        let mut short: Vec<char> = token.chars().collect();
        short.dedup();
        if short.len() <= 2 && token.is_ascii() {
            self.marks.push(short.into_iter().collect());
        } else {
            self.tokens.push((token.to_owned(), units(token)));
        }
    }

    /// The whole without its blanks.
    pub fn joined(&self) -> String {
        self.whole.replace(' ', "")
    }

    /// Numbers alone.
    pub fn numbers(&self) -> impl Iterator<Item = &String> {
        self.marks.iter().filter(|mark| mark.starts_with(|c: char| c.is_numeric()))
    }
}

/// The words of a folded text, letters and digits apart.
fn split(folded: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        let mut start = 0;
        let mut before: Option<bool> = None;
        for (at, c) in word.char_indices() {
            let digit = c.is_ascii_digit();
            if before.is_some_and(|before| before != digit) {
                words.push(&word[start..at]);
                start = at;
            }
            before = Some(digit);
        }
        words.push(&word[start..]);
    }
    words
}

/// The direction or the like that a long word is but one letter away from.
fn misspelt(word: &str) -> Option<Word> {
    const LONG: usize = 6;
    if word.len() < LONG || !word.is_ascii() {
        return None;
    }
    let near = LONG_MEANINGS.iter().filter(|(known, _)| {
        known.as_bytes()[..2] == word.as_bytes()[..2]
            && known.len().abs_diff(word.len()) <= 1
            && strsim::osa_distance(known, word) == 1
    });
    let mut meanings: Vec<&'static str> = near.map(|(_, meaning)| *meaning).collect();
    meanings.dedup();
    match meanings[..] {
        [one] => Some(Word::Meaning(one)),
        _ => None,
    }
}

/// Meanings by their words of six letters or more, by meaning.
static LONG_MEANINGS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let long = WORDS.iter().filter_map(|(word, kind)| match kind {
        Word::Meaning(meaning) if word.len() >= 6 && word.is_ascii() => {
            Some((word.as_str(), *meaning))
        }
        _ => None,
    });
    let mut long: Vec<_> = long.collect();
    long.sort_by_key(|(word, meaning)| (*meaning, *word));
    long
});

/// `Elgirba` is `El Girba`, `Assalaya` is `As Salaya`: the article written in one with its word.
fn without_article(word: &str) -> &str {
    if let Some(rest) = word.strip_prefix("\u{627}\u{644}") {
        return if rest.chars().count() >= 2 { rest } else { word };
    }
    let bytes = word.as_bytes();
    if bytes.len() < 6 || !word.is_ascii() || !matches!(bytes[0], b'a' | b'e') {
        return word;
    }
    let vowel = |byte: u8| b"aeiou".contains(&byte);
    if bytes[1] == b'l' && !vowel(bytes[2]) && bytes[2] != b'l' {
        return &word[2..];
    }
    if bytes[1] == bytes[2] && b"drstnz".contains(&bytes[1]) { &word[2..] } else { word }
}

/// Roman numerals up to 20.
fn roman(word: &str) -> Option<usize> {
    const ROMAN: &[&str] = &[
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv",
        "xv", "xvi", "xvii", "xviii", "xix", "xx",
    ];
    ROMAN.iter().position(|known| *known == word).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, plain: &str, key: &str) {
        let name = Name::of(text);
        assert_eq!((name.plain.as_str(), name.key.as_str()), (plain, key), "{text}");
    }

    #[test]
    fn words_for_the_level_articles_and_directions_are_told_from_names() {
        check("County of Bor", "bor", "bor");
        check("Bujumbura Mairie", "bujumbura mairie", "CITY bujumbura");
        check("North Darfur State", "north darfur", "NORTH darfur");
        check("Al-Shamal Darfur", "al shamal darfur", "NORTH darfur");
        check("Zone II", "ii", "2");
        check("Hodan Zone II", "hodan ii", "2 hodan");
        check("Zone 02", "02", "2");
        check("Nord-Kivu", "nord kivu", "NORTH kivu");
        check("N. Kordofan", "n kordofan", "NORTH kordofan");
        check("Province", "province", "province");
        check("Northern", "northern", "northern");
        check("Centeral Darfur", "centeral darfur", "CENTRAL darfur");
        check("Umm Badda", "umm badda", "badda um");
        check("محافظة تعز", "تعز", "تعز");
        check("Khashm Elgirba", "khashm elgirba", "girba khashm");
    }

    #[test]
    fn a_cell_may_have_several_names() {
        let all = |text: &str, parent: Option<&str>| -> Vec<(String, f32)> {
            let all = spellings(text, parent).into_iter();
            all.map(|spelling| (spelling.name.whole, spelling.weight)).collect()
        };
        let names = all("Taizz / تعز", None);
        assert_eq!(names[1..], [("taizz".into(), 0.97), ("تعز".into(), 0.97)]);
        let names = all("Habila-WD", Some("West Darfur"));
        assert_eq!(names, [("habila wd".into(), 1.0), ("habila".into(), 0.97)]);
        let names = all("Salam (Kosti)", None);
        assert_eq!(names[1..], [("salam".into(), 0.97), ("kosti".into(), 0.88)]);
    }
}
