//! Boundaries.
mod shape;
mod validity;
