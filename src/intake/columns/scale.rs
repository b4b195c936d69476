//! Headers that say that their column is in thousands: `Reached (in thousands)`, `PIN ('000)`,
//! `Population, en milliers`. The unit stands in brackets, behind a comma or at the end, and is all
//! that stands there; the words are `data/vocabulary/scales.csv`.

use super::Head;
use crate::intake::against;
use crate::intake::figures;
use crate::intake::vocabulary::{self, List, Scale, list, normalise};

/// A longer text is no header.
const LENGTH: usize = 200;
/// Words of a unit.
const PHRASE: usize = 5;
/// Signs of a comparison, a share or a doubt.
const OTHER_SIGNS: [char; 11] = ['<', '>', '≤', '≥', '=', '%', '±', '~', '?', '/', '≈'];
/// Words that take a unit back, or say another one.
static AGAINST: List = list("no thousands");
/// Miles are thousands beside these.
static SPANISH: List = list("spanish people");

/// The head without the words that say thousands; `None` where its own header does not say so.
pub(super) fn without_unit(head: &Head) -> Option<Head> {
    let own = || std::iter::once(&head.header).filter(|_| !head.shared).chain(&head.others);
    let mut texts = own().chain([&head.tag]);
    if texts.any(|text| figures::is_share(text)) || !own().any(|text| plain(text).is_some()) {
        return None;
    }
    let without = |text: &String| plain(text).unwrap_or_else(|| text.clone());
    Some(Head {
        header: if head.shared { head.header.clone() } else { without(&head.header) },
        others: head.others.iter().map(without).collect(),
        combined: Vec::new(),
        ..head.clone()
    })
}

/// Whether a header says that distances are in kilometres; of two measures the first is meant, as in
/// `Radius (metres, max 5 km)`.
pub(super) fn is_kilometres(header: &str) -> bool {
    static KILOMETRES: List = list("kilometres");
    static METRES: List = list("metres");
    let words = normalise(header);
    let first = words.split(' ').find(|word| KILOMETRES.contains(word) || METRES.contains(word));
    first.is_some_and(|word| KILOMETRES.contains(&word))
}

/// Whether a title says that the figures below it are in thousands; about money it does not.
pub(super) fn is_title(text: &str) -> bool {
    static MONEY: List = list("money");
    let words = words_of(text);
    let is_money = text.contains('$') || words.split(' ').any(|word| MONEY.contains(&word));
    let whole = || vocabulary::scale(&words) == Some(Scale::Behind);
    !is_money && (plain(text).is_some() || text.len() <= LENGTH && whole())
}

/// A piece of a header and whether brackets are around it.
type Piece<'t> = (&'t str, bool);

/// The words of a header without its unit, where that is thousands.
fn plain(text: &str) -> Option<String> {
    if text.len() > LENGTH {
        return None;
    }
    let pieces = pieces(text);
    let in_dollars = |piece: &str| without_dollars(&words_of(piece)).is_some();
    let is_unit = |(piece, bracketed): &Piece<'_>| {
        let zeros = piece.trim_start_matches(['\'', '\u{2019}']).starts_with('0');
        let marked = *bracketed || piece.starts_with(['\'', '\u{2019}']);
        (!zeros || marked) && !piece.contains(OTHER_SIGNS) && is_unit(piece, text)
    };
    let at = pieces.iter().skip(1).position(is_unit);
    let rest = match at {
        Some(at) => {
            let others = pieces.iter().enumerate().filter(|(other, _)| *other != at + 1);
            let mut rest: Vec<&str> = others.map(|(_, (piece, _))| *piece).collect();
            rest.extend(in_dollars(pieces[at + 1].0).then_some("USD"));
            rest.join(" ")
        }
        None => before_unit(text)?,
    };
    let words = normalise(&rest);
    let against = words.split(' ').any(|word| AGAINST.contains(&word));
    (!words.is_empty() && !against).then_some(rest)
}

/// `1,000's` is `1,000s`.
fn words_of(text: &str) -> String {
    normalise(&text.replace("'s", "s").replace("\u{2019}s", "s"))
}

/// What stands beside dollars in a unit: the thousands of `thousands of US$`.
fn without_dollars(words: &str) -> Option<String> {
    static LITTLE: List = list("beside thousands of dollars");
    let is_dollars = |word: &str| against::is_dollars(word);
    if !words.split(' ').any(is_dollars) {
        return None;
    }
    let rest = words.split(' ').filter(|word| !is_dollars(word) && !LITTLE.contains(word));
    Some(rest.collect::<Vec<_>>().join(" "))
}

fn is_unit(piece: &str, header: &str) -> bool {
    let words = words_of(piece);
    if let Some(rest) = without_dollars(&words) {
        return vocabulary::scale(&rest).is_some();
    }
    match vocabulary::scale(&words) {
        Some(Scale::Alone | Scale::Behind) => true,
        Some(Scale::Spanish) => normalise(header).split(' ').any(|word| SPANISH.contains(&word)),
        None => false,
    }
}

/// What stands before a unit at the end of a header, as in `Population en milliers`.
fn before_unit(text: &str) -> Option<String> {
    let words = words_of(text);
    let tokens: Vec<&str> = words.split(' ').filter(|token| !token.is_empty()).collect();
    let longest = PHRASE.min(tokens.len().saturating_sub(1));
    let behind = |length: usize| tokens[tokens.len() - length..].join(" ");
    let known = |length: &usize| {
        let phrase = behind(*length);
        match without_dollars(&phrase) {
            Some(rest) => vocabulary::scale(&rest).is_some(),
            None => vocabulary::scale(&phrase) == Some(Scale::Behind),
        }
    };
    let signs = text.contains(['<', '>', '≤', '≥', '=', '±', '~', '?', '≈']);
    let rest = match (1..=longest).rev().find(known).filter(|_| !signs) {
        Some(length) => {
            let usd = without_dollars(&behind(length)).map_or("", |_| " usd");
            format!("{}{usd}", tokens[..tokens.len() - length].join(" "))
        }
        None => before_zeros(text).filter(|_| !signs)?.to_owned(),
    };
    // Behind a number, or a word that may be a "no", it is no unit.
    let last = normalise(&rest);
    let last = last.trim_end_matches(" usd").rsplit(' ').next()?;
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    (!is_number && last != "no" && last != "n").then_some(rest)
}

/// What stands before `'000` and a blank before it.
fn before_zeros(text: &str) -> Option<&str> {
    const ZEROS: [&str; 6] = ["'000", "\u{2019}000", "'000s", "\u{2019}000s", "000s", "000's"];
    let text = text.trim();
    let before = ZEROS.iter().filter_map(|zeros| text.strip_suffix(zeros));
    before.filter(|before| before.ends_with(char::is_whitespace)).map(str::trim_end).next()
}

/// The pieces between brackets, commas, colons, dashes and lines. A comma between digits is in a
/// number.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut start, mut open) = (Vec::new(), 0, false);
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for (position, (at, c)) in chars.iter().enumerate() {
        let before = position.checked_sub(1).map(|before| chars[before].1);
        let behind = || chars[position + 1..].iter().map(|(_, c)| *c).find(|c| *c != ' ');
        let in_number = || before.is_some_and(char_is_digit) && behind().is_some_and(char_is_digit);
        let ends = match c {
            '(' | ')' | '[' | ']' | '\n' | '|' => true,
            ',' | ';' | ':' | '،' => !in_number(),
            '-' | '–' | '—' => {
                before == Some(' ') && chars.get(position + 1).is_some_and(|(_, c)| *c == ' ')
            }
            _ => false,
        };
        if ends {
            let bracketed = open && matches!(c, ')' | ']');
            pieces.push((text[start..*at].trim(), bracketed));
            (start, open) = (at + c.len_utf8(), matches!(c, '(' | '['));
        }
    }
    pieces.push((text[start..].trim(), false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}

fn char_is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_thousands_in_brackets_behind_a_comma_or_at_its_end() {
        for (text, rest) in [
            ("People reached (thousands)", "People reached"),
            ("Reached (in thousands)", "Reached"),
            ("PIN ('000)", "PIN"),
            ("PIN '000", "PIN"),
            ("PIN (000)", "PIN"),
            ("People in need (000s)", "People in need"),
            ("People in need (000's)", "People in need"),
            ("People reached, in 1,000s", "People reached"),
            ("People reached in 1,000s", "people reached"),
            ("Population x1000", "population"),
            ("Population (x 1,000)", "Population"),
            ("Targeted - thousands", "Targeted"),
            ("PIN (people, thousands)", "PIN people"),
            ("Personnes atteintes (en milliers)", "Personnes atteintes"),
            ("Population, en milliers de personnes", "Population"),
            ("Población (miles)", "Población"),
            ("Personas alcanzadas en miles", "personas alcanzadas"),
            ("População (em milhares)", "População"),
            ("Pessoas em milhares", "pessoas"),
            ("عدد المستفيدين (بالآلاف)", "عدد المستفيدين"),
            ("المستفيدون (ألف)", "المستفيدون"),
            ("Budget ('000 USD)", "Budget USD"),
            ("Budget (USD 000s)", "Budget USD"),
            ("Budget in thousand USD", "budget usd"),
            ("Budget (thousands of US$)", "Budget USD"),
            ("Budget en milliers de dollars", "budget usd"),
            ("Presupuesto (miles de USD)", "Presupuesto USD"),
            ("Orçamento (milhares de dólares)", "Orçamento USD"),
            ("الميزانية (ألف دولار)", "الميزانية USD"),
        ] {
            assert_eq!(plain(text).as_deref(), Some(rest), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_thousands_is_none() {
        for text in [
            "Reached",
            "People reached (not in thousands)",
            "People reached, not in thousands",
            "People reached not in thousands",
            "Personnes atteintes, pas en milliers",
            "Personas alcanzadas (no en miles)",
            "Personas alcanzadas no en miles",
            "Camps of >1000",
            "Sites with people (>1000)",
            "Households (> x1000)",
            "People reached (5,000)",
            "People reached, 5,000",
            "People reached > 5,000",
            "People reached of 5 000s",
            "5,000 people",
            "Reached out of 5'000",
            "Women 1000 days",
            "1000 Hills",
            "People within 5 miles",
            "Distance (miles)",
            "People reached (miles)",
            "Thousands of people reached",
            "Thousands",
            "(in thousands)",
            "People reached (thousands?)",
            "People reached (thousands) (units)",
            "People reached (units, not thousands)",
            "% of thousands",
            "PIN (in millions)",
            "Rate per 1000",
            "Deaths (per 1,000)",
            "Reached (per thousand)",
            "Cases /1000",
            "Mil Cruces",
            "Reached - 000",
            "Code 000",
            "Budget over 5 000 USD",
            "Budget (5,000 USD)",
            "Budget (thousand EUR)",
            "Budget not in thousand USD",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    #[test]
    fn only_the_own_header_of_a_column_says_it() {
        let head = Head {
            header: "People reached".to_owned(),
            group: "All figures (in thousands)".to_owned(),
            combined: vec!["People reached (in thousands)".to_owned()],
            ..Head::default()
        };
        assert_eq!(without_unit(&head), None);
        let shared = Head { header: "Reached (thousands)".to_owned(), shared: true, ..head };
        assert_eq!(without_unit(&shared), None);
        let second = Head { others: vec!["Atteints (en milliers)".to_owned()], ..shared };
        assert_eq!(
            without_unit(&second).map(|head| head.others),
            Some(vec!["Atteints".to_owned()])
        );
        let share = Head { header: "% reached (thousands)".to_owned(), ..Head::default() };
        assert_eq!(without_unit(&share), None);
    }
}
