//! One file per format, reading and writing; knows no operation and no database.

pub mod csv;
pub mod csv_write;
pub mod geojson_read;
pub mod geojson_write;
pub mod json_table;
pub mod layer;
pub mod sheet;
pub mod sniff;
pub mod spreadsheet;
pub mod xlsx_write;

pub use sheet::Unreadable;
