//! Pure functions over a snapshot: what is reached, what is missing, where, and how sure.

pub mod circle;
pub mod gaps;
pub mod measure;
pub mod query;
pub mod service_areas;

pub use query::{Basis, GapQuery};
