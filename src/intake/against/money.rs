//! Budgets in other money, or in thousands that only their zeros say.

use super::{BEHIND, WORDS, Word};
use crate::intake::figures;
use crate::intake::vocabulary::{List, list, normalise};

/// Words behind the code of a currency; any other is a name: `SOS Sahel`.
static MONEY: List = list("money behind a currency");

/// Whether a code that is also a name stands as a currency: `Budget (COP)`, and not `Budget for COP`.
pub(super) fn names_currency(header: &str) -> bool {
    let marks = ['(', ')', '[', ']', ',', ';', ':', '/', '|', '\n'];
    let in_part = |part: &str| {
        let words = normalise(part);
        let tokens: Vec<&str> = words.split(' ').collect();
        let is_code = |at: &usize| WORDS.get(tokens[*at]) == Some(&Word::Code);
        (0..tokens.len()).filter(is_code).any(|at| {
            let before = at.checked_sub(1).map(|before| tokens[before]);
            let is_for = before.is_some_and(|word| {
                ["for", "pour", "para", "por", "by", "par", "of"].contains(&word)
            });
            let of_money = |word: &&str| {
                MONEY.contains(word)
                    || BEHIND.contains(word)
                    || WORDS.contains_key(*word)
                    || figures::role_of(word).is_some()
                    || word.bytes().all(|byte| byte.is_ascii_digit())
            };
            !is_for && tokens.get(at + 1).is_none_or(of_money)
        })
    };
    header.split(marks).any(in_part)
}

/// Whether words say thousands by zeros alone: `USD 1,000`, and no `10,000`.
pub(super) fn in_zeros(tokens: &[&str]) -> bool {
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    tokens.iter().enumerate().any(|(at, token)| match *token {
        "1000" => true,
        "000" => at == 0 || tokens[at - 1] == "1" || !is_number(tokens[at - 1]),
        _ => false,
    })
}
