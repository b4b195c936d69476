//! CQL2 (OGC 21-065r2), the language of the parameter `filter`: read from text or from JSON, typed
//! against named columns, then asked of one record after another.
//!
//! It knows nothing of HTTP and nothing of layers. Both encodings make the same tree through
//! [`build`], which refuses what does not fit together; so a tree that exists can be evaluated.
//! Everything a stranger can make large is bounded here before it is worked on.

mod build;
mod evaluate;
mod expr;
mod json;
mod lexer;
mod prepared;
mod spatial;
mod steps;
mod temporal;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests;
mod text;
mod wkt;
mod words;

use crate::formats::reference::Reference;
use expr::Expr;

pub use expr::{Kind, Scalar};
pub use spatial::{Placed, Shape};
pub use steps::WORK;
pub use temporal::Instant;

/// Bytes of an expression.
pub const BYTES: usize = 60_000;
/// How deep parentheses, NOT and operators may stand in one another.
pub const DEPTH: usize = 64;
/// Words, signs and literals of an expression.
pub const TOKENS: usize = 30_000;
/// Values of one IN.
pub const LIST: usize = 5_000;
/// Corners of all shapes of an expression.
pub const VERTICES: usize = 1_000;

/// What an expression may name.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    pub name: &'a str,
    pub kind: Kind,
}

/// One thing that is asked. A column is its position in the columns that the filter was read with.
pub trait Record {
    fn value(&self, column: usize) -> Scalar<'_>;

    /// `None` where it has no geometry.
    fn shape(&self) -> Option<Placed>;
}

/// How an expression is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Text,
    Json,
}

impl Language {
    pub const TABLE: &'static [(Language, &'static str)] =
        &[(Language::Text, "cql2-text"), (Language::Json, "cql2-json")];

    pub fn from_code(code: &str) -> Option<Language> {
        Language::TABLE.iter().find(|(_, known)| *known == code).map(|(language, _)| *language)
    }
}

/// Why an expression is not taken: where it is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// An expression that is true or false of a record, or unknown.
#[derive(Clone, Debug)]
pub struct Filter(Expr);

impl Filter {
    /// Reads an expression. Its shapes are in the system `reference`.
    pub fn read(
        written: &str,
        language: Language,
        columns: &[Column<'_>],
        reference: &Reference,
    ) -> Result<Filter, Refused> {
        if written.len() > BYTES {
            let bytes = written.len();
            return Err(Refused(format!("it has {bytes} bytes; at most {BYTES} are read")));
        }
        let build = build::Build::new(columns, reference);
        let root = match language {
            Language::Text => text::read(written, build),
            Language::Json => json::read(written, build),
        };
        root.map(Filter)
    }

    /// True where a column is this value.
    pub fn equals(column: usize, value: Scalar<'static>) -> Filter {
        let property = Box::new(Expr::Property(column));
        Filter(Expr::Compare(expr::Comparison::Equal, property, Box::new(Expr::Literal(value))))
    }

    /// True where all of them are.
    pub fn all(filters: impl IntoIterator<Item = Filter>) -> Option<Filter> {
        let parts: Vec<Expr> = filters.into_iter().map(|filter| filter.0).collect();
        (!parts.is_empty()).then_some(Filter(Expr::And(parts)))
    }

    /// Whether it is true of a record; what is unknown is not.
    pub fn keeps(&self, record: &impl Record) -> bool {
        evaluate::truth(&self.0, record) == Some(true)
    }
}
