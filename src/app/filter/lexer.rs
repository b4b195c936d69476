//! CQL2 text, cut into words, signs and literals.

use super::{Refused, TOKENS};

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A keyword or the name of a property.
    Word(String),
    /// A name in double quotes: always a property.
    Name(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
    End,
}

impl Token {
    /// As it was written, for a sentence.
    pub fn words(&self) -> String {
        use crate::app::collections::params::shown;
        match self {
            Token::Word(word) => format!("\"{}\"", shown(word)),
            Token::Name(name) => format!("the name \"{}\"", shown(name)),
            Token::Text(text) => format!("the text '{}'", shown(text)),
            Token::Number(number) => format!("the number {number}"),
            Token::Sign(sign) => format!("\"{sign}\""),
            Token::End => "the end".to_owned(),
        }
    }
}

/// Longer signs first.
const SIGNS: &[&str] =
    &["<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%", "^"];

/// Where a byte of the text is, as a person counts.
pub fn refused(text: &str, byte: usize, reason: &str) -> Refused {
    let before = text.get(..byte).unwrap_or(text);
    Refused(format!("at character {}: {reason}", before.chars().count() + 1))
}

/// The tokens, each with the byte where it begins; the last is the end.
pub fn tokens(text: &str) -> Result<Vec<(Token, usize)>, Refused> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        if found.len() >= TOKENS {
            return Err(refused(
                text,
                at,
                &format!("there are more than {TOKENS} words and signs"),
            ));
        }
        let rest = &text[at..];
        let (token, length) = match c {
            '\'' => quoted(rest, '\'').map(|(text, length)| (Token::Text(text), length)),
            '"' => quoted(rest, '"').map(|(name, length)| (Token::Name(name), length)),
            c if begins_word(c) => {
                let length = rest.find(|c| !is_in_word(c)).unwrap_or(rest.len());
                Ok((Token::Word(rest[..length].to_owned()), length))
            }
            c if c.is_ascii_digit() || c == '.' => number(rest),
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => Ok((Token::Sign(sign), sign.len())),
                None if rest.starts_with("!=") => Err("write <> for \"is not equal\"".to_owned()),
                None => Err(format!("{c:?} means nothing here; a text stands in single quotes")),
            },
        }
        .map_err(|reason| refused(text, at, &reason))?;
        found.push((token, at));
        at += length;
    }
    found.push((Token::End, text.len()));
    Ok(found)
}

fn begins_word(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == ':'
}

fn is_in_word(c: char) -> bool {
    begins_word(c)
        || c.is_ascii_digit()
        || matches!(c, '.' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// What stands between quotes, with its length. A quote inside is doubled, or behind a backslash.
fn quoted(rest: &str, quote: char) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match c {
            c if c == quote && next == Some(quote) => {
                text.push(quote);
                characters.next();
            }
            c if c == quote => return Ok((text, at + 1)),
            // All other backslashes stand for themselves, and in LIKE make the next character plain.
            '\\' if quote == '\'' && next == Some('\'') => {
                text.push('\'');
                characters.next();
            }
            c => text.push(c),
        }
    }
    Err(match quote {
        '\'' => {
            "this text has no end; close it with a single quote, and double those inside".to_owned()
        }
        _ => "this name has no end; close it with a double quote".to_owned(),
    })
}

fn number(rest: &str) -> Result<(Token, usize), String> {
    let bytes = rest.as_bytes();
    let digits = |from: usize| {
        let count = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        from + count
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    let bad = || "this is not a number; write it as 3.14, a date as DATE('2026-07-01')".to_owned();
    if rest[end..].chars().next().is_some_and(is_in_word) {
        return Err(bad());
    }
    let figure: f64 = rest[..end].parse().map_err(|_| bad())?;
    if !figure.is_finite() {
        return Err("this number is too large".to_owned());
    }
    Ok((Token::Number(figure), end))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn only(text: &str) -> Token {
        tokens(text).unwrap().swap_remove(0).0
    }

    #[test]
    fn quotes_inside_texts_are_doubled_or_behind_a_backslash() {
        assert_eq!(only("'it''s'"), Token::Text("it's".into()));
        assert_eq!(only(r"'it\'s'"), Token::Text("it's".into()));
        assert_eq!(only(r"'\a\n\\\_'"), Token::Text(r"\a\n\\\_".into()));
        assert_eq!(only("\"date\""), Token::Name("date".into()));
    }

    #[test]
    fn numbers_are_read_whole_or_not_at_all() {
        for (text, number) in
            [("1", 1.0), (".5", 0.5), ("2.", 2.0), ("1e3", 1000.0), ("1.5E-1", 0.15)]
        {
            assert_eq!(only(text), Token::Number(number));
        }
        for bad in ["1e999", "2026abc", ".", "1.2.3", "1e", "#", "a != b", "'open"] {
            assert!(tokens(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn places_are_counted_in_characters() {
        let refusal = tokens("name = 'é' # 1").unwrap_err().0;
        assert!(refusal.starts_with("at character 12:"), "{refusal}");
    }
}
