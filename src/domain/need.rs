//! What people need, and how many people there are.

use super::{Group, Period, Sector, Source, Text};

/// People in need and related figures of one area x sector x group for a cycle.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Need {
    pub source: Source,
    /// P-code; `None` is the whole operation, whose figures are never spread.
    pub area: Option<Text>,
    pub sector: Sector,
    pub group: Group,
    /// The planning cycle the figures are valid for; both bounds known.
    pub cycle: Period,
    pub population: Option<f64>,
    pub affected: Option<f64>,
    /// People in need (PIN).
    pub in_need: Option<f64>,
    pub targeted: Option<f64>,
    /// 1 (minimal) to 5 (catastrophic).
    pub severity: Option<f64>,
}

/// How many people of a group live in an area (COD-PS).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Population {
    pub source: Source,
    /// P-code; `None` is the whole operation.
    pub area: Option<Text>,
    pub group: Group,
    pub people: f64,
    /// The year the figure is for, where the file says.
    pub year: Option<i16>,
}
