//! What an expression is of a record. True, false, or unknown where a value that matters is.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Record;
use super::expr::{Bound, Comparison, Expr, List, Scalar};
use super::spatial::Placed;
use super::temporal::{self, Instant, Interval};
use super::words::{self, normal};

/// Whether a condition holds; `None` is unknown.
pub fn truth(expr: &Expr, record: &impl Record) -> Option<bool> {
    match expr {
        Expr::Compare(sign, a, b) => compared(*sign, &value(a, record), &value(b, record)),
        Expr::And(parts) => {
            let mut all = Some(true);
            for part in parts {
                match truth(part, record) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => all = None,
                }
            }
            all
        }
        Expr::Or(parts) => {
            let mut any = Some(false);
            for part in parts {
                match truth(part, record) {
                    Some(false) => {}
                    Some(true) => return Some(true),
                    None => any = None,
                }
            }
            any
        }
        Expr::Not(part) => truth(part, record).map(|yes| !yes),
        Expr::IsNull(part) => Some(is_null(part, record)),
        Expr::Like(part, pattern) => match value(part, record) {
            Scalar::Text(text) => Some(pattern.matches(&text)),
            _ => None,
        },
        Expr::Between(part, low, high) => {
            let part = value(part, record);
            let from = compared(Comparison::GreaterOrEqual, &part, &value(low, record));
            let to = compared(Comparison::LessOrEqual, &part, &value(high, record));
            match (from, to) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            }
        }
        Expr::In(part, list) => is_in(&value(part, record), list, record),
        Expr::Spatial(relation, shape) => shape.holds(*relation, &record.shape()?),
        Expr::OfItself(holds) => record.shape().map(|_| *holds),
        Expr::Temporal(relation, a, b) => {
            Some(relation.holds(&interval(a, record)?, &interval(b, record)?))
        }
        _ => match value(expr, record) {
            Scalar::Boolean(yes) => Some(yes),
            _ => None,
        },
    }
}

/// The value of a part that names no column.
pub fn literal(expr: &Expr) -> Scalar<'_> {
    struct Nothing;
    impl Record for Nothing {
        fn value(&self, _column: usize) -> Scalar<'_> {
            Scalar::Null
        }

        fn shape(&self) -> Option<Placed> {
            None
        }
    }
    match value(expr, &Nothing) {
        Scalar::Number(number) => Scalar::Number(number),
        _ => Scalar::Null,
    }
}

fn value<'r>(expr: &'r Expr, record: &'r impl Record) -> Scalar<'r> {
    match expr {
        Expr::Literal(Scalar::Text(text)) => Scalar::Text(Cow::Borrowed(text)),
        Expr::Literal(known) => known.clone(),
        Expr::Property(column) => record.value(*column),
        Expr::Folded(folding, part) => match value(part, record) {
            Scalar::Text(text) => Scalar::Text(folding.of(&text).into()),
            _ => Scalar::Null,
        },
        Expr::Arithmetic(sign, a, b) => match (value(a, record), value(b, record)) {
            (Scalar::Number(a), Scalar::Number(b)) => {
                sign.of(a, b).map_or(Scalar::Null, Scalar::Number)
            }
            _ => Scalar::Null,
        },
        // Neither is a single value.
        Expr::Geometry | Expr::Shape(_) | Expr::Interval(..) => Scalar::Null,
        condition => truth(condition, record).map_or(Scalar::Null, Scalar::Boolean),
    }
}

fn order(a: &Scalar<'_>, b: &Scalar<'_>) -> Option<Ordering> {
    match (a, b) {
        (Scalar::Text(a), Scalar::Text(b)) => Some(words::compare(a, b)),
        (Scalar::Number(a), Scalar::Number(b)) => a.partial_cmp(b),
        (Scalar::Boolean(a), Scalar::Boolean(b)) => Some(a.cmp(b)),
        (Scalar::Instant(a), Scalar::Instant(b)) => Some(temporal::compare(*a, *b)),
        _ => None,
    }
}

fn compared(sign: Comparison, a: &Scalar<'_>, b: &Scalar<'_>) -> Option<bool> {
    let order = order(a, b)?;
    Some(match sign {
        Comparison::Equal => order.is_eq(),
        Comparison::Unequal => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::Greater => order.is_gt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::GreaterOrEqual => order.is_ge(),
    })
}

fn is_in(part: &Scalar<'_>, list: &List, record: &impl Record) -> Option<bool> {
    let known = match part {
        Scalar::Null => return None,
        Scalar::Text(text) => list.texts.contains(&*normal(text)),
        Scalar::Number(number) => {
            list.numbers.binary_search_by(|known| known.total_cmp(&(number + 0.0))).is_ok()
        }
        _ => false,
    };
    if known {
        return Some(true);
    }
    let mut found = Some(false);
    for other in &list.others {
        match compared(Comparison::Equal, part, &value(other, record)) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => found = None,
        }
    }
    found
}

fn is_null(part: &Expr, record: &impl Record) -> bool {
    match part {
        Expr::Geometry => record.shape().is_none(),
        Expr::Shape(_) => false,
        Expr::Interval(..) => interval(part, record).is_none(),
        part => value(part, record) == Scalar::Null,
    }
}

fn instant(expr: &Expr, record: &impl Record) -> Option<Instant> {
    match value(expr, record) {
        Scalar::Instant(instant) => Some(instant),
        _ => None,
    }
}

/// An end that is unknown is open, as everywhere here: work without a last day goes on. With both
/// unknown, so is the interval.
fn interval(expr: &Expr, record: &impl Record) -> Option<Interval> {
    let Expr::Interval(start, end) = expr else { return instant(expr, record).map(Interval::at) };
    let at = |bound: &Bound| match bound {
        Bound::Open => None,
        Bound::At(expr) => instant(expr, record),
    };
    let is_written_open = matches!((start, end), (Bound::Open, Bound::Open));
    let found = Interval { start: at(start), end: at(end) };
    (is_written_open || found.start.is_some() || found.end.is_some()).then_some(found)
}
