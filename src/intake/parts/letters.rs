//! Columns called by one letter of a sex or age: what `F`, `G`, `H` and `M` stand for depends on
//! the letters beside them. `H, F, G, Fi` is French, `H, M` Spanish or Portuguese, `M, F, B, G`
//! English.

use crate::intake::columns::Head;
use crate::intake::figures::{Role, role_of};
use crate::intake::vocabulary::normalise;

/// Headers with the letter written out, by position in the heads; `None` where there is no letter
/// or it stands for itself.
pub fn spelled(heads: &[Head]) -> Vec<Option<String>> {
    let found: Vec<Option<(Vec<String>, usize)>> =
        heads.iter().map(|head| letter(head, true)).collect();
    let letters: Vec<Option<&str>> =
        found.iter().map(|found| found.as_ref().map(|(tokens, at)| tokens[*at].as_str())).collect();
    let has = |any: &[&str]| letters.iter().flatten().any(|letter| any.contains(letter));
    let girl = ["fi", "fl", "fil"];
    let word = |at: usize, letter: &str| -> Option<&'static str> {
        Some(match letter {
            "h" if has(&["f", "m", "g"]) => "hommes",
            // The second of `H, F, G, F`.
            "f" if has(&["g"]) && has(&["h"]) && letters[..at].contains(&Some("g")) => "filles",
            "f" if has(&["h", "g"]) => "femmes",
            "f" | "w" if has(&["m"]) && has(&["b"]) => "women",
            "w" if has(&["m"]) => "women",
            "m" if has(&["h"]) && !has(&["f"]) => "mujeres",
            "m" if has(&["w", "b"]) => "men",
            "b" if has(&["g"]) => "boys",
            "g" if has(&["b"]) => "girls",
            "g" | "ga" if has(&["h"]) || has(&girl) => "garcons",
            letter if girl.contains(&letter) && has(&["g", "ga", "h"]) => "filles",
            _ => return None,
        })
    };
    let spell = |(at, found): (usize, &Option<(Vec<String>, usize)>)| {
        let (tokens, position) = found.as_ref()?;
        let word = word(at, &tokens[*position])?;
        let mut tokens = tokens.clone();
        word.clone_into(&mut tokens[*position]);
        Some(tokens.join(" "))
    };
    found.iter().enumerate().map(spell).collect()
}

/// Whether a header is one letter of a sex, and nothing else says whom it counts.
pub fn is_letter(head: &Head) -> bool {
    letter(head, false).is_some()
}

/// The words of a header and which of them is a letter, where the others say nothing of whom, or no more
/// than an age: `Personnes âgées (H)`.
fn letter(head: &Head, ages: bool) -> Option<(Vec<String>, usize)> {
    const LETTERS: [&str; 10] = ["h", "f", "m", "w", "g", "b", "fi", "fl", "fil", "ga"];
    let words = normalise(&head.header);
    let tokens: Vec<String> = words.split(' ').map(str::to_owned).collect();
    let mut letters =
        tokens.iter().enumerate().filter(|(_, token)| LETTERS.contains(&token.as_str()));
    let (Some((at, _)), None) = (letters.next(), letters.next()) else { return None };
    let says_nothing = |token: &str| match role_of(token) {
        Some(Role::Noise | Role::Total | Role::Measure(_) | Role::People) => true,
        Some(Role::Ages(_)) => ages,
        _ => false,
    };
    let others = tokens.iter().enumerate().filter(|(other, _)| *other != at);
    others.into_iter().all(|(_, token)| says_nothing(token)).then_some((tokens, at))
}
