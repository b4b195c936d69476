//! What a filter takes, known before it is asked of anything; and where it can be true at all.

use geo::Rect;

use super::Filter;
use super::expr::{Bound, Expr};
use super::prepared::Prepared;
use super::spatial::Relation;

/// Steps of one question: some hundredths of a microsecond each, so a second or two in all.
pub const WORK: usize = 200_000_000;

/// Steps of a look at a record's geometry.
const LOOK: usize = 10;
/// Steps of a text whose letters are folded.
const FOLD: usize = 8;

impl Filter {
    /// Steps that it takes at most for each record, but for the corners of polygons.
    pub fn steps(&self) -> usize {
        of(&self.0)
    }

    /// Steps that it takes at most for a polygon of which the box and the number of corners are
    /// known.
    pub fn steps_of_polygon(&self, rect: &Rect<f64>, corners: usize) -> usize {
        let mut steps: usize = 0;
        each_shape(&self.0, &mut |relation, shape| {
            steps = steps.saturating_add(shape.steps(relation, rect, corners));
        });
        steps
    }

    /// Whether so many shapes touch one of its own that what it found is not to be used.
    pub fn is_exhausted(&self) -> bool {
        let mut found = false;
        each_shape(&self.0, &mut |_, shape| found |= shape.is_exhausted());
        found
    }

    /// Whether it asks for the geometry.
    pub fn is_spatial(&self) -> bool {
        let mut found = false;
        each_shape(&self.0, &mut |_, _| found = true);
        found
    }

    /// Boxes outside of which it is true of nothing; `None` where it may be true anywhere.
    pub fn boxes(&self) -> Option<Vec<Rect<f64>>> {
        boxes(&self.0)
    }
}

fn boxes(expr: &Expr) -> Option<Vec<Rect<f64>>> {
    match expr {
        Expr::Spatial(Relation::Disjoint, _) => None,
        Expr::Spatial(_, shape) => Some(shape.rects().to_vec()),
        // Any of them is right; the least is best.
        Expr::And(parts) => {
            let size = |boxes: &Vec<Rect<f64>>| -> f64 {
                boxes.iter().map(|one| one.width() * one.height()).sum()
            };
            let all = parts.iter().filter_map(boxes);
            all.min_by(|a, b| size(a).total_cmp(&size(b)))
        }
        Expr::Or(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(boxes).collect();
            Some(all?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn each_shape(expr: &Expr, see: &mut impl FnMut(Relation, &Prepared)) {
    if let Expr::Spatial(relation, shape) = expr {
        see(*relation, shape);
    }
    below(expr, &mut |part| each_shape(part, see));
}

fn of(expr: &Expr) -> usize {
    let own = match expr {
        Expr::Spatial(..) | Expr::OfItself(_) | Expr::Geometry => LOOK,
        Expr::Folded(..) => FOLD,
        Expr::Like(_, pattern) => 1 + pattern.len(),
        _ => 1,
    };
    let mut steps = own;
    below(expr, &mut |part| steps = steps.saturating_add(of(part)));
    steps
}

/// The parts right below a part.
fn below(expr: &Expr, see: &mut dyn FnMut(&Expr)) {
    match expr {
        Expr::Literal(_)
        | Expr::Property(_)
        | Expr::Geometry
        | Expr::Shape(_)
        | Expr::Spatial(..)
        | Expr::OfItself(_) => {}
        Expr::Interval(start, end) => {
            for bound in [start, end] {
                if let Bound::At(part) = bound {
                    see(part);
                }
            }
        }
        Expr::Folded(_, part) | Expr::Like(part, _) | Expr::IsNull(part) | Expr::Not(part) => {
            see(part);
        }
        Expr::Arithmetic(_, a, b) | Expr::Compare(_, a, b) | Expr::Temporal(_, a, b) => {
            see(a);
            see(b);
        }
        Expr::Between(part, low, high) => [part, low, high].into_iter().for_each(|part| see(part)),
        Expr::In(part, list) => {
            see(part);
            list.others.iter().for_each(see);
        }
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(see),
    }
}
