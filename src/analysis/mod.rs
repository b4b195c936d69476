//! Pure functions over a snapshot: what is reached, what is missing, where, and how sure.

pub mod circle;
pub mod coverage;
pub mod gaps;
pub mod measure;
mod overlay;
pub mod query;
pub mod service_areas;

pub use query::{Basis, GapQuery};
