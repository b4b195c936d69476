//! Columns that ask whether a site is open, and are answered yes or no.

use std::ops::Range;

use crate::domain::SiteStatus;
use crate::intake::vocabulary::{self, List, list, normalise};

/// A header with one of these asks nothing.
static STATUS: List = list("status");
static YES: List = list("yes");
static NO: List = list("no");
/// A letter that stands for yes beside an `n`.
static LETTERS: List = list("letter for yes");
static PARTLY: List = list("partly");
static OR: List = list("or");
static NOT: List = list("not");
static CLOSED: List = list("closed");
/// Words between a negation and what it negates, at most.
const BETWEEN: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    Open,
    Closed,
    /// Which of the two: a yes is no answer.
    Which,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Partly,
}

/// What the header of a column of statuses asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    asks: Asks,
    /// The numbers that stand for yes, no and partly.
    codes: [Option<u32>; 3],
}

/// The question of a header; `None` where it asks nothing.
pub fn question(header: &str) -> Option<Question> {
    let words = normalise(header);
    if words.is_empty() || STATUS.iter().any(|word| words.contains(word)) {
        return None;
    }
    let tokens: Vec<&str> = words.split(' ').collect();
    let answers = answers(&tokens);
    let rest = match &answers {
        Some(at) => [&tokens[..at.start], &tokens[at.end..]].concat(),
        None => tokens.clone(),
    };
    let states = states(&rest);
    let both = states.contains(&true) && states.contains(&false);
    let asks = match states.first() {
        None | Some(true) => Asks::Open,
        Some(false) if both => Asks::Which,
        Some(false) => Asks::Closed,
    };
    let digit = |token: &&str| token.len() == 1 && token.bytes().all(|byte| byte.is_ascii_digit());
    let codes = match answers {
        Some(at) => codes(&tokens[at]),
        // `0 = functional, 1 = closed`.
        None if both && rest.iter().any(digit) => [None; 3],
        None => [Some(1), Some(0), None],
    };
    Some(Question { asks, codes })
}

/// Whether a text is nothing but the answers to a question: `Y/N`, `oui ou non`, `1=yes, 0=no`.
pub fn are_answers(text: &str) -> bool {
    let words = normalise(text);
    let tokens: Vec<&str> = words.split(' ').collect();
    answers(&tokens).is_some_and(|at| at.len() == tokens.len())
}

/// Where the answers stand that a header names: a yes and a no, with little between them.
fn answers(tokens: &[&str]) -> Option<Range<usize>> {
    let is_number = |token: &str| token.bytes().all(|byte| byte.is_ascii_digit());
    let belongs = |token: &&str| {
        [&YES, &NO, &LETTERS, &PARTLY, &OR].iter().any(|words| words.contains(token))
            || *token == "n"
            || is_number(token)
    };
    let is_yes = |at: usize| {
        let next = tokens[at + 1..].iter().find(|token| !is_number(token));
        YES.contains(&tokens[at]) || LETTERS.contains(&tokens[at]) && next == Some(&"n")
    };
    let yes = (0..tokens.len()).find(|at| is_yes(*at))?;
    let before = tokens[..yes].iter().rev().take_while(|token| belongs(token)).count();
    let behind = tokens[yes..].iter().take_while(|token| belongs(token)).count();
    let found = yes - before..yes + behind;
    let is_no = |token: &&str| NO.contains(token) || *token == "n";
    tokens[found.clone()].iter().any(is_no).then_some(found)
}

/// The numbers that stand beside answers; none where it is not clear beside which.
fn codes(tokens: &[&str]) -> [Option<u32>; 3] {
    let number = |(at, token): (usize, &&str)| Some((at, token.parse::<u32>().ok()?));
    let numbers: Vec<(usize, u32)> = tokens.iter().enumerate().filter_map(number).collect();
    if numbers.is_empty() {
        return [Some(1), Some(0), None];
    }
    let named = tokens.iter().enumerate().filter_map(|(at, token)| Some((at, answer(token)?)));
    let mut codes = [None; 3];
    for ((at, number), (beside, answer)) in numbers.into_iter().zip(named) {
        if at.abs_diff(beside) != 1 || codes[answer as usize].is_some() {
            return [None; 3];
        }
        codes[answer as usize] = Some(number);
    }
    codes
}

/// Whether each state that a question names is that of an open site, in their order.
fn states(tokens: &[&str]) -> Vec<bool> {
    let state = |at: usize| -> Option<bool> {
        let token = tokens.get(at)?;
        if CLOSED.contains(token) {
            return Some(false);
        }
        let is_open = vocabulary::site_status(token) == Some(SiteStatus::Functional);
        (is_open && answer(token).is_none()).then_some(true)
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if NOT.contains(&tokens[at]) {
            // `Open or not` is a question about open.
            let negated =
                (at + 1..tokens.len().min(at + 2 + BETWEEN)).find(|at| state(*at).is_some());
            match negated.and_then(|at| Some((at, state(at)?))) {
                Some((other, open)) => {
                    found.push(!open);
                    at = other;
                }
                None if at + 1 < tokens.len() => found.push(false),
                None => {}
            }
        } else if let Some(open) = state(at) {
            found.push(open);
        }
        at += 1;
    }
    found
}

fn answer(word: &str) -> Option<Answer> {
    match word {
        "y" | "s" => Some(Answer::Yes),
        "n" => Some(Answer::No),
        _ if YES.contains(&word) => Some(Answer::Yes),
        _ if NO.contains(&word) => Some(Answer::No),
        _ if PARTLY.contains(&word) => Some(Answer::Partly),
        _ => None,
    }
}

/// The status that a cell says, as an answer or in words of its own.
pub fn status(question: Option<Question>, text: &str) -> Option<SiteStatus> {
    let in_words = || vocabulary::site_status(text);
    let words = normalise(text);
    let (first, rest) = words.split_once(' ').unwrap_or((&words, ""));
    let begins = answer(first);
    if begins.is_some() && rest.split(' ').any(|word| PARTLY.contains(&word)) {
        return Some(SiteStatus::Partial);
    }
    let Some(Question { asks, codes }) = question else { return in_words() };
    let coded = words.parse::<u32>().ok().and_then(|number| {
        let at = codes.iter().position(|code| *code == Some(number))?;
        Some([Answer::Yes, Answer::No, Answer::Partly][at])
    });
    let whole = (rest.is_empty() && first == "o").then_some(Answer::Yes);
    let whole = coded.or(whole).or(begins.filter(|_| rest.is_empty()));
    match (whole, asks) {
        (Some(Answer::Partly), _) => Some(SiteStatus::Partial),
        (Some(_), Asks::Which) => None,
        (Some(answer), asks) => Some(match (answer == Answer::Yes) == (asks == Asks::Open) {
            true => SiteStatus::Functional,
            false => SiteStatus::Closed,
        }),
        // `Yes (since May)`.
        (None, Asks::Closed) if begins == Some(Answer::Yes) => Some(SiteStatus::Closed),
        (None, Asks::Which) if begins.is_some() => None,
        (None, _) => in_words(),
    }
}
