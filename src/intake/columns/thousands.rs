//! Columns whose own header says thousands: they are mapped by its other words, and never take the
//! place of a column that has the same figures in full.

use super::{Candidate, Head, Mapping, of_column, scale, title};
use crate::intake::Kind;
use crate::intake::evidence::Evidence;
use crate::intake::fields::Field;
use crate::intake::figures::Figure;
use crate::intake::parts;

/// How much less sure than one in full a column in thousands is.
const LESS: f32 = 0.95;

#[derive(Debug, Default)]
pub(super) struct Thousands {
    /// The heads without their unit, by position, where they say thousands.
    plain: Vec<Option<Head>>,
    candidates: Vec<Candidate>,
    parts: Vec<(usize, Figure)>,
    /// Columns that the sender named, whose headers say thousands.
    said: Vec<usize>,
}

impl Thousands {
    pub fn find(heads: &[Head], said: impl Fn(&Head) -> bool) -> Thousands {
        let mut found = Thousands::default();
        for (at, head) in heads.iter().enumerate() {
            let plain = scale::without_unit(head);
            if plain.is_some() && said(head) {
                found.said.push(at);
            }
            found.plain.push(plain.filter(|_| !said(head)));
        }
        found
    }

    /// Takes down what a column may be by the words beside its unit.
    pub fn see(&mut self, kind: Kind, at: usize, evidence: &Evidence) {
        let Some(plain) = &self.plain[at] else { return };
        if let Some(part) = parts::of_column(kind, plain, evidence).filter(Figure::is_part) {
            self.parts.push((at, part));
            return;
        }
        let (found, _) = of_column(kind, at, plain, evidence);
        let found = found.into_iter().filter(|candidate| fits(candidate.field));
        self.candidates
            .extend(found.map(|one| Candidate { confidence: one.confidence * LESS, ..one }));
    }

    /// Adds what was taken down to the other columns, where none of them may be the same in full.
    pub fn settle(
        &mut self,
        kind: Kind,
        candidates: &mut Vec<Candidate>,
        figures: &mut Vec<(usize, Figure)>,
    ) {
        let full = candidates.iter().filter(|one| self.plain[one.column].is_none());
        let full: Vec<Field> = full.map(|one| one.field).collect();
        let found = std::mem::take(&mut self.candidates);
        candidates.extend(found.into_iter().filter(|one| !full.contains(&one.field)));
        let has_full = |(_, figure): &(usize, Figure)| match figure.field(kind, None) {
            Some(field) => full.contains(&field),
            None => full.iter().any(|field| field.counts_people()),
        };
        if figures.is_empty() && !self.parts.iter().any(has_full) {
            let is_part = |at: usize| self.parts.iter().any(|(part, _)| *part == at);
            candidates.retain(|one| !is_part(one.column));
            figures.append(&mut self.parts);
        }
    }

    /// The fields whose columns all say thousands; those of which only some do are told.
    pub fn fields(&self, heads: &[Head], mapping: &Mapping) -> (Vec<Field>, Vec<String>) {
        let place = |index: usize| heads.iter().position(|head| head.index == index);
        let says = |index: &usize| place(*index).is_some_and(|at| self.plain[at].is_some());
        let named = |index: usize| place(index).map(|at| title(&heads[at])).unwrap_or_default();
        let (mut fields, mut remarks) = (Vec::new(), Vec::new());
        for field in crate::intake::FIELDS.iter().map(|def| def.field).filter(|one| fits(*one)) {
            let columns = mapping.columns_of(field);
            match (columns.iter().copied().find(says), columns.iter().find(|at| !says(at))) {
                (Some(_), None) => fields.push(field),
                (Some(one), Some(other)) => remarks.push(format!(
                    "The header of column {} says thousands, and that of column {} beside it does not: both are read as they are written.",
                    named(one),
                    named(*other)
                )),
                (None, _) => {}
            }
        }
        let told = self.said.iter().filter(|at| {
            let field = mapping.columns[**at].field.as_deref().and_then(Field::from_name);
            field.is_some_and(fits)
        });
        remarks.extend(told.map(|at| {
            format!(
                "You said what column {} is: its figures are read as they are written, although its header says thousands.",
                title(&heads[*at])
            )
        }));
        (fields, remarks)
    }
}

/// Whether the figures of a field may be in thousands.
fn fits(field: Field) -> bool {
    field.counts_people() || field == Field::BudgetUsd
}
