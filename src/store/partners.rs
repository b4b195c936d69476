//! Organisations.

use super::StoreError;
use super::batch::{self, Columns, Plain, Table, Texts, Values, Versioned};
use super::engine::Record;
use super::places::Words;
use crate::domain::{Partner, PartnerType};

pub const TABLE: Table = Table {
    name: "partners",
    key: &[("partner", false)],
    columns: &["partner", "submission", "row", "name", "acronym", "type"],
};

impl Versioned for Partner {
    const TABLE: &'static Table = &TABLE;

    fn reader(_words: &Words) -> impl FnMut(&dyn Record) -> Result<Partner, StoreError> {
        let mut texts = Texts::default();
        move |row: &dyn Record| {
            Ok(Partner {
                id: texts.get(row, 0)?,
                source: batch::source(row, 1)?,
                name: texts.get(row, 3)?,
                acronym: texts.opt(row, 4)?,
                kind: batch::code_opt(TABLE.name, row, 5, PartnerType::from_code)?,
            })
        }
    }
}

impl Columns<Partner> for Plain {
    fn fill(&self, values: &mut impl Values, partner: &Partner) {
        values.text(&partner.id);
        values.source(partner.source);
        values.text(&partner.name);
        values.text(partner.acronym.as_ref());
        values.code(partner.kind.map(PartnerType::code));
    }
}
