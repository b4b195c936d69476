//! Between formats and domain: find the table, map columns, normalise, match, report.

pub mod areas;
