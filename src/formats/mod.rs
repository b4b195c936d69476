//! One file per format, reading and writing; knows no operation and no database.

pub mod geojson_read;
pub mod layer;
