//! What a figure is asked for: a figure is a pure function of (snapshot, query).

use crate::domain::{Group, Period, Sector};

/// The main query. Every field is resolved: defaults are filled in before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GapQuery {
    pub level: u8,
    pub sector: Sector,
    pub period: Period,
    pub group: Group,
    pub basis: Basis,
}

/// What gaps are measured against (METHODS 21).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Basis {
    /// People in need.
    #[default]
    InNeed,
    /// The needs' target.
    Targeted,
}

impl Basis {
    pub const TABLE: &'static [(Basis, &'static str)] =
        &[(Basis::InNeed, "in-need"), (Basis::Targeted, "targeted")];

    pub fn code(self) -> &'static str {
        Basis::TABLE[self as usize].1
    }

    pub fn from_code(code: &str) -> Option<Basis> {
        Basis::TABLE.iter().find(|(_, known)| *known == code).map(|(basis, _)| *basis)
    }
}
