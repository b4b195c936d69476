//! Accounts of people at services that carry messages: links to them, and names behind an `@`.

use super::Written;
use super::words::{ACCOUNTS, MESSENGERS};

pub(super) fn accounts(text: &Written) -> Vec<(usize, usize)> {
    let links = (0..text.words.len()).filter_map(|at| link(text, at));
    let handles = text.signs.iter().enumerate().filter(|(_, sign)| **sign == '@');
    let named = (0..text.words.len()).filter_map(|at| account(text, at));
    links.chain(handles.filter_map(|(at, _)| handle(text, at))).chain(named).collect()
}

/// `live:john.doe` behind the name of a service and a colon: a word with signs within that no plain word
/// has.
fn account(text: &Written, at: usize) -> Option<(usize, usize)> {
    let service = &text.words[at];
    let colon = MESSENGERS.contains(&service.plain.as_str()) && text.has_colon(service.to);
    let first = text.words.get(at + 1).filter(|_| colon)?;
    let part = |c: &&char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
    let mut end = first.from + text.signs[first.from..].iter().take_while(part).count();
    while end > first.to && !text.signs[end - 1].is_alphanumeric() {
        end -= 1;
    }
    let signs = &text.signs[first.from..end];
    let is_account = signs.len() >= 5
        && signs[0].is_alphabetic()
        && signs.iter().any(|c| matches!(c, '_' | '.' | ':'))
        && first.plain != "www"
        && text.sign(end) != Some('/');
    is_account.then_some((first.from, end))
}

/// `https://wa.me/258…`, from its beginning to the blank behind it.
fn link(text: &Written, at: usize) -> Option<(usize, usize)> {
    let is_host = |host: &&str| {
        let mut words = text.words[at..].iter();
        let mut parts = host.split(' ').peekable();
        std::iter::from_fn(|| Some((parts.next()?, parts.peek().is_none()))).all(
            |(part, is_last)| {
                let sign = if is_last { '/' } else { '.' };
                words
                    .next()
                    .is_some_and(|word| word.plain == part && text.sign(word.to) == Some(sign))
            },
        )
    };
    let host = ACCOUNTS.iter().find(|host| is_host(host))?;
    let is_out =
        |c: &char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | '"' | '<' | '>');
    let slash = text.words[at + host.split(' ').count() - 1].to;
    let named = text.signs[slash + 1..].iter().take_while(|c| !is_out(c)).count();
    let from = text.words[at].from;
    let before = text.signs[..from].iter().rev().take_while(|c| !is_out(c)).count();
    (named > 0).then_some((from - before, slash + 1 + named))
}

/// `@ana_silva` behind the name of a service.
fn handle(text: &Written, at: usize) -> Option<(usize, usize)> {
    let word = text.before(at).next()?;
    let is_gap = text.signs[word.to..at].iter().all(|c| c.is_whitespace() || *c == ':');
    let part = |c: &&char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let mut end = at + 1 + text.signs[at + 1..].iter().take_while(part).count();
    while text.signs[end - 1] == '.' {
        end -= 1;
    }
    (is_gap && end > at + 1 && MESSENGERS.contains(&word.plain.as_str())).then_some((at, end))
}
