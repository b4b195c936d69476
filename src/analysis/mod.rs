//! Pure functions over a snapshot: what is reached, what is missing, where, and how sure.

pub mod circle;
pub mod coverage;
pub mod gaps;
pub mod lines;
pub mod measure;
mod need;
mod overlay;
mod parts;
pub mod quality;
pub mod query;
mod reach;
pub mod rule;
pub mod service_areas;
mod status;
mod upward;

pub use gaps::{GapFigure, GapStatus, Gaps, gaps, lowest_need_level, populations};
pub use lines::{Line, LineMonth, LineRow, Lines, Why, lines};
pub use need::cycles;
pub use quality::{PartnerQuality, quality};
pub use query::{Basis, GapQuery};
pub use rule::rule;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests;
