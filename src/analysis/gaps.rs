//! The main query: per area, who is in need, who is reached, who is not, and how sure.

use crate::domain::AreaIx;

/// The answer to a gap query: one figure per area of the level, by P-code.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaps {
    pub figures: Vec<GapFigure>,
    /// PIN and target are the highest sector's per area, because the query has no intersectoral
    /// need rows (METHODS 14).
    pub derived: bool,
}

/// The figures of one area; people unless said otherwise. `None` is unknown, never zero.
#[derive(Clone, Debug, PartialEq)]
pub struct GapFigure {
    pub area: AreaIx,
    pub in_need: Option<f64>,
    /// A published figure of this very area that differs from the sum from below (METHODS 20).
    pub in_need_published: Option<f64>,
    pub targeted: Option<f64>,
    pub affected: Option<f64>,
    pub population: Option<f64>,
    /// 1-5; only at gap areas.
    pub severity: Option<f64>,
    pub severity_max: Option<f64>,
    /// PIN living at `severity_max`.
    pub severity_max_in_need: Option<f64>,
    pub reached: Option<f64>,
    pub reached_low: Option<f64>,
    pub reached_high: Option<f64>,
    /// Some of the reached figures were converted from households.
    pub reached_converted: bool,
    pub reached_place_unknown: Option<f64>,
    pub reached_place_unknown_above: Option<f64>,
    pub gap: Option<f64>,
    pub gap_low: Option<f64>,
    pub gap_high: Option<f64>,
    /// Reached / base: a fraction, not clipped.
    pub coverage: Option<f64>,
    pub pin_reached: Option<f64>,
    pub pin_targeted_not_reached: Option<f64>,
    pub pin_never_targeted: Option<f64>,
    pub rows_without_figures: u32,
    /// Distinct reporting partners in the area and below.
    pub partners: u32,
    /// Lines.
    pub activities: u32,
    pub partners_planned: u32,
    pub activities_planned: u32,
    pub status: GapStatus,
    /// Reached above PIN.
    pub over_need: bool,
    /// Reached above the population.
    pub over_population: bool,
}

/// METHODS 23, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum GapStatus {
    /// The need is unknown.
    NoData,
    /// Nobody is in need.
    NoNeed,
    /// Nobody reported.
    NoReport,
    PlannedOnly,
    /// Partners are active and none states a figure.
    Present,
    /// Reported zero.
    Unreached,
    Partial,
    Exceeded,
    Met,
}

impl GapStatus {
    /// Code and what it says to a reader.
    pub const TABLE: &'static [(GapStatus, &'static str, &'static str)] = &[
        (GapStatus::NoData, "no-data", "The need is unknown"),
        (GapStatus::NoNeed, "no-need", "Nobody is in need"),
        (GapStatus::NoReport, "no-report", "Nobody reported work here"),
        (GapStatus::PlannedOnly, "planned-only", "Work is only planned"),
        (GapStatus::Present, "present", "Partners are active, none stated people reached"),
        (GapStatus::Unreached, "unreached", "Partners reported that nobody was reached"),
        (GapStatus::Partial, "partial", "Some of the need is reached"),
        (GapStatus::Exceeded, "exceeded", "More people reported reached than counted"),
        (GapStatus::Met, "met", "The need is reached"),
    ];

    pub fn code(self) -> &'static str {
        GapStatus::TABLE[self as usize].1
    }
}
