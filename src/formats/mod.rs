//! One file per format, reading and writing; knows no operation and no database.

pub mod csv_write;
pub mod geojson_write;
pub mod layer;
