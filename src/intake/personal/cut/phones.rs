//! Phone numbers in a free text.

use super::words::NUMBERED;
use super::{LONGEST, Named, Written, is_blank, named};

pub(super) fn phones(text: &Written) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(sign) = text.sign(at) {
        let behind = at.checked_sub(1).and_then(|before| text.sign(before));
        let joined = behind.is_some_and(|c| c.is_alphanumeric() || "-/._,".contains(c));
        let starts = sign.is_ascii_digit() || matches!(sign, '+' | '(');
        if !starts || joined {
            at += 1;
            continue;
        }
        match phone(text, at) {
            Some(end) => {
                found.push((at, end));
                at = end;
            }
            // A number before another one, as in "Camp 4 (0612…)", is not part of it.
            None if sign == '(' => at += 1,
            None => {
                let rest = &text.signs[at + 1..];
                at += 1 + rest.iter().take_while(|c| c.is_ascii_digit()).count();
            }
        }
    }
    found
}

/// Numbers of nine digits or more by themselves, which no name of an area or organisation has.
pub(super) fn bare(text: &Written) -> Vec<(usize, usize)> {
    let is_number = |word: &&super::Word| {
        let signs = &text.signs[word.from..word.to];
        let joins = |at: Option<usize>| {
            let sign = at.and_then(|at| text.sign(at));
            sign.is_some_and(|c| matches!(c, '-' | '/' | '_' | '.' | ','))
        };
        (9..=15).contains(&signs.len())
            && signs.iter().all(char::is_ascii_digit)
            && !joins(word.from.checked_sub(1))
            && !is_numbered(text, word.from)
    };
    text.words.iter().filter(is_number).map(|word| (word.from, word.to)).collect()
}

/// Whether a number is that of a thing: `Block 0123456789`.
fn is_numbered(text: &Written, at: usize) -> bool {
    text.before(at).next().is_some_and(|word| {
        NUMBERED.contains(&word.plain.as_str()) && text.signs[word.to..at].iter().all(is_blank)
    })
}

/// Where a phone number ends that begins here: the longest run of digits and the signs between them
/// that can be one.
fn phone(text: &Written, at: usize) -> Option<usize> {
    let part = |c: &&char| c.is_ascii_digit() || " \u{a0}+-()/.".contains(**c);
    let run = text.signs[at..].iter().take(LONGEST).take_while(part).count();
    let named = if is_numbered(text, at) { Named::OfThing } else { named(text, at) };
    let ends = (at..at + run).rev().filter(|last| {
        let next = text.sign(last + 1);
        text.signs[*last].is_ascii_digit() && next.is_none_or(|c| !c.is_ascii_digit())
    });
    let mut whole = true;
    for last in ends {
        let next = (text.sign(last + 1), text.sign(last + 2));
        let goes_on = match next {
            (Some(',' | '-' | '.'), Some(c)) => c.is_ascii_digit(),
            (Some(c), _) => c.is_alphanumeric(),
            _ => false,
        };
        if !goes_on && is_phone(&text.signs[at..=last], named, whole) {
            return Some(last + 1);
        }
        whole = false;
    }
    None
}

/// Whether signs are a phone number; `whole` says that no further digits stand behind them.
fn is_phone(signs: &[char], named: Named, whole: bool) -> bool {
    let groups: Vec<String> = signs
        .split(|c| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .map(|group| group.iter().collect())
        .collect();
    let digits: usize = groups.iter().map(String::len).sum();
    let Some((lead, first)) = signs.first().zip(groups.first()) else { return false };
    if !(7..=15).contains(&digits) {
        return false;
    }
    let points = signs.iter().filter(|c| **c == '.').count();
    if *lead == '+' {
        return digits >= 9 && points != 1;
    }
    if points == 1 || is_dated(&groups) {
        return false;
    }
    let others = &groups[1..];
    let thousands = !others.is_empty() && first.len() <= 3 && others.iter().all(|g| g.len() == 3);
    if *lead == '(' {
        let closed = signs.iter().position(|c| *c == ')').is_some_and(|at| at <= 6);
        return closed && first.len() <= 4 && !is_year(first) && digits >= 9;
    }
    if *lead == '0' && digits >= 9 && !(named == Named::OfThing && groups.len() == 1) {
        return true;
    }
    // As it is written in North America: 310-555-1234.
    let lengths: Vec<usize> = groups.iter().map(String::len).collect();
    let is_area = |group: &String| !group.starts_with(['0', '1']);
    if lengths == [3, 3, 4]
        && signs.iter().all(|c| c.is_ascii_digit() || *c == '-')
        && groups[..2].iter().all(is_area)
    {
        return true;
    }
    let several = groups.len() > 1 && !thousands && groups.iter().all(|group| group.len() > 1);
    let said = match named {
        Named::Surely => true,
        Named::Near => digits >= 9 || (digits == 8 && several),
        Named::Beside => digits >= 9 || (digits >= 7 && several) || (digits == 8 && !thousands),
        Named::Perhaps => digits >= 8 && several,
        Named::No | Named::OfThing => false,
    };
    // With the code of a country before it, in groups that no figure has: 509 37 12 34 56.
    let of_country = whole
        && first.len() == 3
        && first.starts_with(|c| ('2'..='9').contains(&c))
        && others.len() >= 3
        && others.iter().all(|group| (2..=4).contains(&group.len()) && !is_year(group))
        && (10..=13).contains(&digits)
        && !thousands;
    said || of_country
}

pub(super) fn is_year(group: &str) -> bool {
    group.len() == 4 && group.parse().is_ok_and(|year: u16| (1990..=2100).contains(&year))
}

/// Whether the numbers hold a day, or are years.
pub(super) fn is_dated(groups: &[String]) -> bool {
    let small = |group: &String| group.parse().is_ok_and(|day: u32| (1..=31).contains(&day));
    let is_day = |three: &[String]| match three {
        [a, b, c] => {
            small(b) && ((is_year(a) && small(c)) || (small(a) && is_year(c) && a.len() <= 2))
        }
        _ => false,
    };
    let joined = |group: &String| {
        group.len() == 8
            && group.get(..4).is_some_and(is_year)
            && group[4..].parse().is_ok_and(|md: u16| (101..=1231).contains(&md))
    };
    groups.windows(3).any(is_day)
        || groups.iter().all(|group| is_year(group))
        || groups.iter().any(joined)
}
