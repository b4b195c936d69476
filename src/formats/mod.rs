//! One file per format, reading and writing; knows no operation and no database.

pub mod layer;
