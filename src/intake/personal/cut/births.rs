//! Days of birth, and the names before them: `Amélia Chissano born 12/03/1990`.

use super::roles::is_role;
use super::words::{BIRTH, BORN, LINKS, NOT_PEOPLE};
use super::{Word, Written};

pub(super) fn births(text: &Written) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, word) in text.words.iter().enumerate() {
        let (sure, born) =
            (BIRTH.contains(&word.plain.as_str()), BORN.contains(&word.plain.as_str()));
        if !sure && !born {
            continue;
        }
        let Some(day) = day(text, at + 1) else { continue };
        let name = name_before(text, at);
        // Many are born on a day: without a name it is nobody's.
        if sure || name.is_some() {
            found.push(day);
            found.extend(name);
        }
    }
    found
}

/// The day that a word is followed by, with no more than small words between.
fn day(text: &Written, first: usize) -> Option<(usize, usize)> {
    let rest = text.words.get(first..)?;
    let at = rest.iter().position(|word| !LINKS.contains(&word.plain.as_str()))?;
    let from = rest.get(at).filter(|_| at <= 2)?.from;
    let part = |c: &&char| c.is_ascii_digit() || matches!(c, '/' | '-' | '.');
    let mut end = from + text.signs[from..].iter().take_while(part).count();
    while end > from && !text.signs[end - 1].is_ascii_digit() {
        end -= 1;
    }
    let written: String = text.signs[from..end].iter().collect();
    let mut lengths: Vec<usize> = written.split(['/', '-', '.']).map(str::len).collect();
    lengths.sort_unstable();
    matches!(lengths[..], [1..=2, 1..=2, 2 | 4]).then_some((from, end))
}

/// Two words or more with capitals right before a word, which can be a name.
fn name_before(text: &Written, at: usize) -> Option<(usize, usize)> {
    let is_name = |word: &&Word| {
        text.signs[word.from].is_uppercase()
            && !text.signs[word.from..word.to].iter().any(char::is_ascii_digit)
            && !is_role(word)
    };
    let mut next = text.words.get(at)?.from;
    let mut name: Vec<&Word> = Vec::new();
    for word in text.words[..at].iter().rev().take_while(is_name) {
        if !text.signs[word.to..next].iter().all(|c| matches!(c, ' ' | '-' | '\'' | ',')) {
            break;
        }
        next = word.from;
        name.push(word);
    }
    let no_person = name.iter().any(|word| NOT_PEOPLE.contains(&word.plain.as_str()));
    (name.len() >= 2 && !no_person).then_some((name.last()?.from, name.first()?.to))
}
