//! The text encoding, read by descent: OR, AND, NOT, comparison, sum, product, power, in this order
//! of binding. Conditions and values share one grammar, as in the standard; types are checked as the
//! parts are put together.

use super::build::{self, Build, End, Typed};
use super::expr::{Arithmetic, Comparison, Expr};
use super::lexer::{self, Token};
use super::spatial::Relation;
use super::temporal::TimeRelation;
use super::words::Folding;
use super::{DEPTH, Refused, wkt};

/// Words that are never a property, unless in double quotes.
const RESERVED: &[&str] = &["AND", "OR", "NOT", "IN", "IS", "LIKE", "BETWEEN", "NULL", "DIV"];

pub(super) struct Parser<'t> {
    text: &'t str,
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
    pub build: Build<'t>,
}

type Read<T = Typed> = Result<T, Refused>;

pub fn read(text: &str, build: Build<'_>) -> Read<Expr> {
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser { text, tokens, at: 0, depth: 0, build };
    let root = parser.or()?;
    if *parser.peek() != Token::End {
        return Err(parser.unexpected("AND, OR or the end"));
    }
    let root = build::condition(root).map_err(|reason| parser.refused_at(0, &reason))?;
    Ok(root.expr)
}

impl Parser<'_> {
    pub fn peek(&self) -> &Token {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> &Token {
        self.tokens.get(self.at + by).map_or(&Token::End, |(token, _)| token)
    }

    pub fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    /// The byte where the next token begins.
    pub fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.len(), |(_, place)| *place)
    }

    pub fn refused_at(&self, place: usize, reason: &str) -> Refused {
        lexer::refused(self.text, place, reason)
    }

    pub fn unexpected(&self, wanted: &str) -> Refused {
        let found = self.peek().words();
        self.refused_at(self.place(), &format!("here stands {found} where {wanted} should"))
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(found) if found.eq_ignore_ascii_case(word))
    }

    /// Takes a keyword, where it comes next.
    fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    /// Takes a sign, where it comes next.
    pub fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(one) if *one == sign);
        self.at += usize::from(found);
        found
    }

    pub fn expect(&mut self, sign: &str) -> Read<()> {
        match self.sign(sign) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("\"{sign}\""))),
        }
    }

    fn or(&mut self) -> Read {
        let place = self.place();
        let mut parts = vec![self.and()?];
        while self.word("OR") {
            parts.push(self.and()?);
        }
        self.joined(place, parts, build::or)
    }

    fn and(&mut self) -> Read {
        let place = self.place();
        let mut parts = vec![self.not()?];
        while self.word("AND") {
            parts.push(self.not()?);
        }
        self.joined(place, parts, build::and)
    }

    fn joined(
        &self,
        place: usize,
        mut parts: Vec<Typed>,
        join: fn(Vec<Typed>) -> Result<Typed, String>,
    ) -> Read {
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            last => {
                parts.extend(last);
                join(parts).map_err(|reason| self.refused_at(place, &reason))
            }
        }
    }

    fn not(&mut self) -> Read {
        let place = self.place();
        let mut count = 0;
        while self.word("NOT") {
            count += 1;
            if count > DEPTH {
                return Err(self.too_deep(place));
            }
        }
        let mut part = self.comparison()?;
        for _ in 0..count {
            part = build::not(part).map_err(|reason| self.refused_at(place, &reason))?;
        }
        Ok(part)
    }

    fn too_deep(&self, place: usize) -> Refused {
        self.refused_at(
            place,
            &format!("parentheses and NOT stand in one another more than {DEPTH} deep"),
        )
    }

    fn comparison(&mut self) -> Read {
        let place = self.place();
        let left = self.sum()?;
        let made = if let Token::Sign(sign) = *self.peek()
            && let Some(comparison) = Comparison::from_sign(sign)
        {
            self.at += 1;
            let right = self.sum()?;
            if matches!(self.peek(), Token::Sign(next) if Comparison::from_sign(next).is_some()) {
                return Err(self.unexpected("AND, OR or the end"));
            }
            build::compare(comparison, left, right)
        } else if self.word("IS") {
            let negated = self.word("NOT");
            if !self.word("NULL") {
                return Err(self.unexpected("NULL"));
            }
            negate(negated, build::is_null(left))
        } else {
            let negated = self.is_word("NOT");
            self.at += usize::from(negated);
            if self.word("LIKE") {
                let pattern = self.primary()?;
                negate(negated, build::like(left, &pattern))
            } else if self.word("BETWEEN") {
                let low = self.sum()?;
                if !self.word("AND") {
                    return Err(self.unexpected("AND"));
                }
                let high = self.sum()?;
                negate(negated, build::between(left, low, high))
            } else if self.word("IN") {
                let mut values = Vec::new();
                self.expect("(")?;
                loop {
                    values.push(self.sum()?);
                    if !self.sign(",") {
                        break;
                    }
                }
                self.expect(")")?;
                negate(negated, build::is_in(left, values))
            } else if negated {
                return Err(self.unexpected("LIKE, BETWEEN or IN"));
            } else {
                return Ok(left);
            }
        };
        made.map_err(|reason| self.refused_at(place, &reason))
    }

    fn sum(&mut self) -> Read {
        self.chain(&["+", "-"], Parser::product)
    }

    fn product(&mut self) -> Read {
        self.chain(&["*", "/", "%", "div"], Parser::power)
    }

    /// Parts with signs of one rank between them, from left to right.
    fn chain(&mut self, signs: &[&str], part: fn(&mut Self) -> Read) -> Read {
        let place = self.place();
        let mut left = part(self)?;
        loop {
            let sign = match self.peek() {
                Token::Sign(sign) => *sign,
                Token::Word(word) if word.eq_ignore_ascii_case("div") => "div",
                _ => return Ok(left),
            };
            let Some(arithmetic) = Arithmetic::from_sign(sign).filter(|_| signs.contains(&sign))
            else {
                return Ok(left);
            };
            self.at += 1;
            let right = part(self)?;
            left = build::arithmetic(arithmetic, left, right)
                .map_err(|reason| self.refused_at(place, &reason))?;
        }
    }

    /// Powers bind from right to left.
    fn power(&mut self) -> Read {
        let place = self.place();
        let mut parts = vec![self.primary()?];
        while self.sign("^") {
            parts.push(self.primary()?);
        }
        let Some(mut right) = parts.pop() else { return Err(self.unexpected("a value")) };
        while let Some(left) = parts.pop() {
            right = build::arithmetic(Arithmetic::Power, left, right)
                .map_err(|reason| self.refused_at(place, &reason))?;
        }
        Ok(right)
    }

    fn primary(&mut self) -> Read {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.too_deep(self.place()));
        }
        let read = self.primary_within();
        self.depth -= 1;
        read
    }

    fn primary_within(&mut self) -> Read {
        let place = self.place();
        let made = match self.peek().clone() {
            Token::Sign("(") => {
                self.at += 1;
                let inner = self.or()?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Sign("+") => {
                self.at += 1;
                return self.primary();
            }
            Token::Sign("-") => {
                self.at += 1;
                let (zero, part) = (build::number(0.0), self.primary()?);
                zero.and_then(|zero| build::arithmetic(Arithmetic::Subtract, zero, part))
            }
            Token::Number(number) => {
                self.at += 1;
                build::number(number)
            }
            Token::Text(text) => {
                self.at += 1;
                Ok(build::text(text))
            }
            Token::Name(name) => {
                self.at += 1;
                self.build.property(&name)
            }
            Token::Word(word) => return self.word_of_value(&word, place),
            Token::Sign(_) | Token::End => return Err(self.unexpected("a property or a value")),
        };
        made.map_err(|reason| self.refused_at(place, &reason))
    }

    fn word_of_value(&mut self, word: &str, place: usize) -> Read {
        if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word)) {
            return Err(self.unexpected("a property or a value"));
        }
        if let Some(shape) = wkt::Tag::from_name(word).filter(|_| self.begins_shape()) {
            self.at += 1;
            return wkt::read(self, shape, place);
        }
        let made = if *self.ahead(1) == Token::Sign("(") {
            self.at += 2;
            let made = self.function(word, place)?;
            self.expect(")")?;
            made
        } else {
            self.at += 1;
            match () {
                () if word.eq_ignore_ascii_case("true") => Ok(build::boolean(true)),
                () if word.eq_ignore_ascii_case("false") => Ok(build::boolean(false)),
                () => self.build.property(word),
            }
        };
        made.map_err(|reason| self.refused_at(place, &reason))
    }

    /// Whether behind the name of a shape its positions begin.
    fn begins_shape(&self) -> bool {
        match self.ahead(1) {
            Token::Sign("(") => true,
            Token::Word(word) => ["Z", "EMPTY"].iter().any(|tag| tag.eq_ignore_ascii_case(word)),
            _ => false,
        }
    }

    /// What stands inside the parentheses of a function.
    fn function(&mut self, name: &str, place: usize) -> Read<Result<Typed, String>> {
        if let Some(folding) = Folding::from_name(name) {
            let part = self.sum()?;
            return Ok(build::folded(folding, part));
        }
        if let Some(relation) = Relation::from_name(name) {
            let (a, b) = self.two()?;
            return Ok(build::spatial(relation, a, b));
        }
        if let Some(relation) = TimeRelation::from_name(name) {
            let (a, b) = self.two()?;
            return Ok(build::temporal(relation, a, b));
        }
        match () {
            () if name.eq_ignore_ascii_case("date") => self.literal_of(build::date),
            () if name.eq_ignore_ascii_case("timestamp") => self.literal_of(build::timestamp),
            () if name.eq_ignore_ascii_case("interval") => {
                let start = self.end_of_interval()?;
                self.expect(",")?;
                let end = self.end_of_interval()?;
                Ok(build::interval(start, end))
            }
            () => {
                let known = "CASEI, ACCENTI, DATE, TIMESTAMP, INTERVAL, S_INTERSECTS and its kin, T_INTERSECTS and its kin";
                let shown = crate::app::collections::params::shown(name);
                Err(self.refused_at(
                    place,
                    &format!("there is no function \"{shown}\"; known are {known}"),
                ))
            }
        }
    }

    fn two(&mut self) -> Read<(Typed, Typed)> {
        let first = self.sum()?;
        self.expect(",")?;
        Ok((first, self.sum()?))
    }

    fn literal_of(
        &mut self,
        make: fn(&str) -> Result<Typed, String>,
    ) -> Read<Result<Typed, String>> {
        match self.peek().clone() {
            Token::Text(text) => {
                self.at += 1;
                Ok(make(&text))
            }
            _ => Err(self.unexpected("a text in single quotes")),
        }
    }

    fn end_of_interval(&mut self) -> Read<End> {
        match self.peek().clone() {
            Token::Text(text) => {
                self.at += 1;
                Ok(End::Text(text))
            }
            _ => self.sum().map(End::Part),
        }
    }
}

fn negate(negated: bool, made: Result<Typed, String>) -> Result<Typed, String> {
    if negated { made.and_then(build::not) } else { made }
}
