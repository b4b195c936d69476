//! What an area's figures amount to, in one word (METHODS 23).

use super::reach::Held;

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

    /// The first that fits. `base` is the PIN, or the target where that is what is asked about;
    /// `held`, `reached` and `gap` are of the area and all below it.
    pub(crate) fn of(base: Option<f64>, held: &Held, reached: f64, gap: f64) -> GapStatus {
        let Some(base) = base else { return GapStatus::NoData };
        if base <= 0.0 {
            return GapStatus::NoNeed;
        }
        if held.rows == 0 {
            let planned = held.planned > 0;
            return if planned { GapStatus::PlannedOnly } else { GapStatus::NoReport };
        }
        if !held.figures {
            return GapStatus::Present;
        }
        if reached <= 0.0 {
            return GapStatus::Unreached;
        }
        match (exceeds(gap, 0.0), exceeds(reached, base)) {
            (true, _) => GapStatus::Partial,
            (false, true) => GapStatus::Exceeded,
            (false, false) => GapStatus::Met,
        }
    }
}

/// Whether one number of people is above another by more than the last digits of a sum of
/// decimals: 0.1 + 0.2 is not above 0.3.
pub(crate) fn exceeds(people: f64, than: f64) -> bool {
    people - than > 1e-9 * than.abs().max(1.0)
}
