//! An expression that was read: every name is a column, every type fits.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::prepared::Prepared;
use super::spatial::{Relation, Shape};
use super::temporal::{Instant, TimeRelation};
use super::words::{Folding, Pattern};

/// The type of a column or of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Boolean,
    Date,
    Timestamp,
    Interval,
    Geometry,
}

impl Kind {
    /// With its article, for a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Text => "a text",
            Kind::Number => "a number",
            Kind::Boolean => "true or false",
            Kind::Date => "a date",
            Kind::Timestamp => "a timestamp",
            Kind::Interval => "an interval",
            Kind::Geometry => "a geometry",
        }
    }

    pub fn is_instant(self) -> bool {
        matches!(self, Kind::Date | Kind::Timestamp)
    }
}

/// A single value; `Null` is an unknown one.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'a> {
    Null,
    Text(Cow<'a, str>),
    Number(f64),
    Boolean(bool),
    Instant(Instant),
}

#[derive(Clone, Debug)]
pub enum Expr {
    Literal(Scalar<'static>),
    Property(usize),
    /// The geometry of the record.
    Geometry,
    Shape(Shape),
    Interval(Bound, Bound),
    Folded(Folding, Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    Like(Box<Expr>, Pattern),
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    In(Box<Expr>, List),
    IsNull(Box<Expr>),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// How the geometry of the record lies to a shape.
    Spatial(Relation, Arc<Prepared>),
    /// True unless the record has no geometry; else false.
    OfItself(bool),
    Temporal(TimeRelation, Box<Expr>, Box<Expr>),
}

/// An end of an interval.
#[derive(Clone, Debug)]
pub enum Bound {
    /// Written as `..`.
    Open,
    At(Box<Expr>),
}

/// What stands behind IN: literals are looked up, the rest is compared.
#[derive(Clone, Debug, Default)]
pub struct List {
    pub texts: HashSet<String>,
    /// Ascending.
    pub numbers: Vec<f64>,
    pub others: Vec<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Unequal,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
}

impl Comparison {
    pub const TABLE: &'static [(Comparison, &'static str)] = &[
        (Comparison::Equal, "="),
        (Comparison::Unequal, "<>"),
        (Comparison::Less, "<"),
        (Comparison::Greater, ">"),
        (Comparison::LessOrEqual, "<="),
        (Comparison::GreaterOrEqual, ">="),
    ];

    pub fn from_sign(sign: &str) -> Option<Comparison> {
        Comparison::TABLE.iter().find(|(_, known)| *known == sign).map(|(found, _)| *found)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    /// The whole part of a quotient.
    WholeQuotient,
    Power,
}

impl Arithmetic {
    pub const TABLE: &'static [(Arithmetic, &'static str)] = &[
        (Arithmetic::Add, "+"),
        (Arithmetic::Subtract, "-"),
        (Arithmetic::Multiply, "*"),
        (Arithmetic::Divide, "/"),
        (Arithmetic::Modulo, "%"),
        (Arithmetic::WholeQuotient, "div"),
        (Arithmetic::Power, "^"),
    ];

    pub fn from_sign(sign: &str) -> Option<Arithmetic> {
        let same = |known: &str| known.eq_ignore_ascii_case(sign);
        Arithmetic::TABLE.iter().find(|(_, known)| same(known)).map(|(found, _)| *found)
    }

    /// `None` where there is no such number, as behind a division by zero.
    pub fn of(self, a: f64, b: f64) -> Option<f64> {
        let result = match self {
            Arithmetic::Add => a + b,
            Arithmetic::Subtract => a - b,
            Arithmetic::Multiply => a * b,
            Arithmetic::Divide => a / b,
            Arithmetic::Modulo => a % b,
            Arithmetic::WholeQuotient => (a / b).trunc(),
            Arithmetic::Power => a.powf(b),
        };
        result.is_finite().then_some(result)
    }
}
