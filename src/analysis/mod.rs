//! Pure functions over a snapshot: what is reached, what is missing, where, and how sure.

pub mod gaps;
pub mod query;

pub use query::{Basis, GapQuery};
