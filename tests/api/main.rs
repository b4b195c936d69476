//! The HTTP contract, one file for each group of URLs, over a small operation made by hand.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod collections;
mod conformance;
mod events;
mod export;
mod fixture;
mod gdal;
mod grid;
mod imports;
mod items;
mod landing;
mod lines;
mod listen;
mod memory;
mod metrics;
mod openapi;
mod page;
mod past;
mod published;
mod refusals;
mod revisions;
mod routes;
mod styles;
mod tiles;
mod unread;
mod work;
