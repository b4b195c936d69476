//! The parts of an expression, put together: what both encodings share. Each function takes parts
//! that were read and refuses what does not fit, in words without a place; the reader knows that.

use std::sync::Arc;

use geo::{Coord, Geometry, LineString, Point, Rect, coord};

use super::expr::{Arithmetic, Bound, Comparison, Expr, Kind, List, Scalar};
use super::prepared::Prepared;
use super::spatial::{Placed, Relation, Shape, is_sound};
use super::temporal::{Instant, Interval, TimeRelation};
use super::words::{Folding, Pattern, normal};
use super::{Column, DEPTH, LIST, VERTICES, evaluate};
use crate::app::collections::Bbox;
use crate::app::collections::params::{closest, quoted, shown};
use crate::formats::reference::Reference;

/// Characters of a pattern of LIKE.
const PATTERN: usize = 500;

/// A part with its type.
#[derive(Clone, Debug)]
pub struct Typed {
    pub expr: Expr,
    pub kind: Kind,
    /// How many parts stand in one another.
    depth: usize,
}

/// An end of an interval as it was written.
pub enum End {
    Text(String),
    Part(Typed),
}

pub struct Build<'c> {
    columns: &'c [Column<'c>],
    reference: &'c Reference,
    vertices: usize,
}

type Built = Result<Typed, String>;

impl<'c> Build<'c> {
    pub fn new(columns: &'c [Column<'c>], reference: &'c Reference) -> Build<'c> {
        Build { columns, reference, vertices: 0 }
    }

    pub fn property(&self, name: &str) -> Built {
        let Some(position) = self.columns.iter().position(|column| column.name == name) else {
            let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
            let near = closest(name, names.iter().copied());
            let known = if near.is_empty() { quoted(&names) } else { quoted(&near) };
            return Err(format!("there is no property \"{}\"; known are {known}", shown(name)));
        };
        let kind = self.columns[position].kind;
        let expr = if kind == Kind::Geometry { Expr::Geometry } else { Expr::Property(position) };
        Ok(leaf(expr, kind))
    }

    /// Checks one position of the filter's system and counts it.
    pub fn position(&mut self, x: f64, y: f64) -> Result<Coord<f64>, String> {
        self.vertices += 1;
        if self.vertices > VERTICES {
            return Err(format!("its shapes have more than {VERTICES} positions in all"));
        }
        let position = coord! { x: x, y: y };
        self.reference.to_wgs84(position)?;
        Ok(position)
    }

    /// A shape of positions that were checked one by one: from the filter's system to degrees.
    pub fn shape(&self, shape: Geometry<f64>) -> Built {
        if !is_sound(&shape) {
            return Err("this geometry is not valid: rings must close, not cross themselves and not be empty".to_owned());
        }
        let shape = self.reference.shape_to_wgs84(shape)?;
        Ok(leaf(Expr::Shape(Shape::new(shape)), Kind::Geometry))
    }

    pub fn bbox(&mut self, numbers: &[f64]) -> Built {
        let corners = match *numbers {
            [west, south, east, north] | [west, south, _, east, north, _] => {
                [west, south, east, north]
            }
            _ => return Err(format!("a BBOX has four numbers or six, not {}", numbers.len())),
        };
        let bbox = Bbox::between(corners, self.reference)?;
        if let Some(outline) = bbox.outline() {
            return Ok(leaf(Expr::Shape(Shape::new(outline.clone().into())), Kind::Geometry));
        }
        let mut boxes: Vec<Geometry<f64>> = bbox.parts().iter().map(of_rect).collect();
        let shape = match (boxes.pop(), boxes.pop()) {
            (Some(only), None) => only,
            (last, first) => {
                let parts = first.into_iter().chain(last).filter_map(|part| match part {
                    Geometry::Polygon(polygon) => Some(polygon),
                    _ => None,
                });
                Geometry::MultiPolygon(parts.collect())
            }
        };
        Ok(leaf(Expr::Shape(Shape::new(shape)), Kind::Geometry))
    }
}

/// A box; one without width or height is a line or a point.
fn of_rect(rect: &Rect<f64>) -> Geometry<f64> {
    match (rect.width() > 0.0, rect.height() > 0.0) {
        (true, true) => rect.to_polygon().into(),
        (false, false) => Point::from(rect.min()).into(),
        _ => LineString::from(vec![rect.min(), rect.max()]).into(),
    }
}

fn leaf(expr: Expr, kind: Kind) -> Typed {
    Typed { expr, kind, depth: 1 }
}

/// A part above others.
fn above(expr: Expr, kind: Kind, below: usize) -> Built {
    if below >= DEPTH {
        return Err(format!("its parts stand in one another more than {DEPTH} deep"));
    }
    Ok(Typed { expr, kind, depth: below + 1 })
}

impl Typed {
    fn is_literal(&self) -> bool {
        matches!(self.expr, Expr::Literal(_))
    }

    fn text(&self) -> Option<&str> {
        match &self.expr {
            Expr::Literal(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn boxed(self) -> Box<Expr> {
        Box::new(self.expr)
    }
}

pub fn number(number: f64) -> Built {
    if !number.is_finite() {
        return Err("this number is too large".to_owned());
    }
    Ok(leaf(Expr::Literal(Scalar::Number(number)), Kind::Number))
}

pub fn text(text: String) -> Typed {
    leaf(Expr::Literal(Scalar::Text(normal(&text).into_owned().into())), Kind::Text)
}

pub fn boolean(yes: bool) -> Typed {
    leaf(Expr::Literal(Scalar::Boolean(yes)), Kind::Boolean)
}

fn instant(instant: Instant) -> Typed {
    let kind = match instant {
        Instant::Day(_) => Kind::Date,
        Instant::Moment(_) => Kind::Timestamp,
    };
    leaf(Expr::Literal(Scalar::Instant(instant)), kind)
}

pub fn date(text: &str) -> Built {
    let bad = || format!("\"{}\" is not a date; write it as 2026-07-01", shown(text));
    Instant::date(text).map(instant).ok_or_else(bad)
}

pub fn timestamp(text: &str) -> Built {
    let bad =
        || format!("\"{}\" is not a timestamp; write it as 2026-07-01T12:00:00Z", shown(text));
    Instant::timestamp(text).map(instant).ok_or_else(bad)
}

pub fn interval(start: End, end: End) -> Built {
    let bound = |end: End| match end {
        End::Text(text) if text == ".." => Ok((Bound::Open, 1)),
        End::Text(text) => {
            let read = Instant::read(&text).ok_or_else(|| {
                let text = shown(&text);
                format!("\"{text}\" is no end of an interval; write 2026-07-01, 2026-07-01T12:00:00Z or ..")
            })?;
            Ok((Bound::At(Box::new(instant(read).expr)), 1))
        }
        End::Part(part) if part.kind.is_instant() => {
            let depth = part.depth;
            Ok((Bound::At(part.boxed()), depth))
        }
        End::Part(part) => {
            Err(format!("an interval ends at a date or timestamp, not at {}", part.kind.words()))
        }
    };
    let ((start, a), (end, b)) = (bound(start)?, bound(end)?);
    let literal = |bound: &Bound| match bound {
        Bound::Open => None,
        Bound::At(expr) => match **expr {
            Expr::Literal(Scalar::Instant(instant)) => Some(instant),
            _ => None,
        },
    };
    if let (Some(first), Some(last)) = (literal(&start), literal(&end))
        && TimeRelation::After.holds(&Interval::at(first), &Interval::at(last))
    {
        return Err("this interval ends before it starts; write the earlier end first".to_owned());
    }
    above(Expr::Interval(start, end), Kind::Interval, a.max(b))
}

pub fn folded(folding: Folding, part: Typed) -> Built {
    if part.kind != Kind::Text {
        return Err(format!("CASEI and ACCENTI take a text, not {}", part.kind.words()));
    }
    match part.text() {
        Some(literal) => Ok(text(folding.of(literal))),
        None => {
            let depth = part.depth;
            above(Expr::Folded(folding, part.boxed()), Kind::Text, depth)
        }
    }
}

pub fn arithmetic(sign: Arithmetic, a: Typed, b: Typed) -> Built {
    for part in [&a, &b] {
        if part.kind != Kind::Number {
            return Err(format!("only numbers can be computed with, not {}", part.kind.words()));
        }
    }
    let (folds, depth) = (a.is_literal() && b.is_literal(), a.depth.max(b.depth));
    let expr = Expr::Arithmetic(sign, a.boxed(), b.boxed());
    match folds {
        true => match evaluate::literal(&expr) {
            Scalar::Number(figure) => number(figure),
            _ => Err("this has no result that is a number".to_owned()),
        },
        false => above(expr, Kind::Number, depth),
    }
}

/// Makes two parts comparable: a text that was written beside a date is read as one.
fn alike(a: Typed, b: Typed) -> Result<(Typed, Typed), String> {
    let read = |text: &Typed| -> Option<Built> {
        let text = text.text()?;
        let bad = || format!("\"{}\" is not a date; write DATE('2026-07-01')", shown(text));
        Some(Instant::read(text).map(instant).ok_or_else(bad))
    };
    let (a, b) = match (a.kind.is_instant(), b.kind.is_instant()) {
        (true, false) => match read(&b) {
            Some(b) => (a, b?),
            None => (a, b),
        },
        (false, true) => match read(&a) {
            Some(a) => (a?, b),
            None => (a, b),
        },
        _ => (a, b),
    };
    if let Some(found) =
        [a.kind, b.kind].iter().find(|kind| matches!(kind, Kind::Geometry | Kind::Interval))
    {
        let instead = if *found == Kind::Geometry {
            "S_EQUALS or S_INTERSECTS"
        } else {
            "T_EQUALS or T_INTERSECTS"
        };
        return Err(format!("{} is compared with {instead}", found.words()));
    }
    if a.kind == b.kind || (a.kind.is_instant() && b.kind.is_instant()) {
        return Ok((a, b));
    }
    let hint = match (a.kind, b.kind) {
        (Kind::Text, _) | (_, Kind::Text) => "; a text stands in single quotes, a number without",
        _ => "",
    };
    Err(format!("{} cannot be compared with {}{hint}", a.kind.words(), b.kind.words()))
}

pub fn compare(sign: Comparison, a: Typed, b: Typed) -> Built {
    let (a, b) = alike(a, b)?;
    let depth = a.depth.max(b.depth);
    above(Expr::Compare(sign, a.boxed(), b.boxed()), Kind::Boolean, depth)
}

pub fn like(part: Typed, pattern: &Typed) -> Built {
    let Some(pattern) = pattern.text() else {
        return Err("behind LIKE stands a pattern in single quotes".to_owned());
    };
    if part.kind != Kind::Text {
        return Err(format!("LIKE is asked of a text, not of {}", part.kind.words()));
    }
    let length = pattern.chars().count();
    if length > PATTERN {
        return Err(format!("this pattern has {length} characters; at most {PATTERN} are read"));
    }
    let (pattern, depth) = (Pattern::new(pattern), part.depth);
    above(Expr::Like(part.boxed(), pattern), Kind::Boolean, depth)
}

pub fn between(part: Typed, low: Typed, high: Typed) -> Built {
    let (part, low) = alike(part, low)?;
    let (part, high) = alike(part, high)?;
    let depth = part.depth.max(low.depth).max(high.depth);
    above(Expr::Between(part.boxed(), low.boxed(), high.boxed()), Kind::Boolean, depth)
}

pub fn is_in(part: Typed, values: Vec<Typed>) -> Built {
    if values.len() > LIST {
        return Err(format!("this list has {} values; at most {LIST} are read", values.len()));
    }
    let (mut list, mut depth) = (List::default(), part.depth);
    let mut part = part;
    for value in values {
        let (same, value) = alike(part, value)?;
        part = same;
        depth = depth.max(value.depth);
        match value.expr {
            Expr::Literal(Scalar::Text(text)) => {
                list.texts.insert(text.into_owned());
            }
            Expr::Literal(Scalar::Number(number)) => list.numbers.push(number + 0.0),
            other => list.others.push(other),
        }
    }
    list.numbers.sort_by(f64::total_cmp);
    above(Expr::In(part.boxed(), list), Kind::Boolean, depth)
}

pub fn is_null(part: Typed) -> Built {
    let depth = part.depth;
    above(Expr::IsNull(part.boxed()), Kind::Boolean, depth)
}

pub fn not(part: Typed) -> Built {
    let depth = part.depth;
    above(Expr::Not(condition(part)?.boxed()), Kind::Boolean, depth)
}

pub fn and(parts: Vec<Typed>) -> Built {
    joined(parts, Expr::And)
}

pub fn or(parts: Vec<Typed>) -> Built {
    joined(parts, Expr::Or)
}

fn joined(parts: Vec<Typed>, join: fn(Vec<Expr>) -> Expr) -> Built {
    let depth = parts.iter().map(|part| part.depth).max().unwrap_or(0);
    let parts: Result<Vec<Expr>, String> =
        parts.into_iter().map(|part| condition(part).map(|part| part.expr)).collect();
    above(join(parts?), Kind::Boolean, depth)
}

/// What can be true: the whole expression, and all that AND, OR and NOT join.
pub fn condition(part: Typed) -> Built {
    match part.kind {
        Kind::Boolean => Ok(part),
        kind => {
            Err(format!("here stands {} where a condition should, such as level = 2", kind.words()))
        }
    }
}

pub fn spatial(relation: Relation, a: Typed, b: Typed) -> Built {
    for part in [&a, &b] {
        if part.kind != Kind::Geometry {
            return Err(format!(
                "a spatial function takes two geometries, not {}",
                part.kind.words()
            ));
        }
    }
    let prepared = |shape: Shape| Prepared::new(shape).ok_or("this geometry is empty");
    // At most one side is of the record; what is not is worked out here.
    let expr = match (a.expr, b.expr) {
        (Expr::Shape(a), Expr::Shape(b)) => {
            let holds = prepared(b)?.holds(relation, &Placed::new(a));
            Expr::Literal(holds.map_or(Scalar::Null, Scalar::Boolean))
        }
        (Expr::Shape(shape), _) => Expr::Spatial(relation.turned(), Arc::new(prepared(shape)?)),
        (_, Expr::Shape(shape)) => Expr::Spatial(relation, Arc::new(prepared(shape)?)),
        _ => Expr::OfItself(relation.of_itself()),
    };
    above(expr, Kind::Boolean, 1)
}

pub fn temporal(relation: TimeRelation, a: Typed, b: Typed) -> Built {
    for part in [&a, &b] {
        if part.kind.is_instant() && !relation.takes_instants() {
            return Err("this function is about intervals; write INTERVAL(start,end), or use T_BEFORE, T_AFTER, T_INTERSECTS, T_DISJOINT or T_EQUALS".to_owned());
        }
        if !part.kind.is_instant() && part.kind != Kind::Interval {
            let kind = part.kind.words();
            return Err(format!(
                "a temporal function takes dates, timestamps or intervals, not {kind}; write DATE('2026-07-01')"
            ));
        }
    }
    let depth = a.depth.max(b.depth);
    above(Expr::Temporal(relation, a.boxed(), b.boxed()), Kind::Boolean, depth)
}
