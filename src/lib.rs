//! Lacuna: who is covered, who is not, who is covered twice, and how sure are we?
//!
//! Import direction: `domain <- {analysis, formats <- intake <- simulate, store} <- app <- http <- main`.
//! Analysis, formats and store never import each other; only intake stands on formats, and simulate
//! takes the columns of our templates from it. `sqlite_file`, which formats and store write with,
//! knows nothing of ours.
//! `tests/tidy.rs` enforces it.

pub mod analysis;
pub mod app;
pub mod config;
pub mod domain;
pub mod formats;
pub mod http;
pub mod intake;
pub mod simulate;
mod sqlite_file;
pub mod store;
