//! One file per format, reading and writing; knows no operation and no database.

pub mod about;
pub mod archive;
pub mod crs;
pub mod csv;
pub mod csv_write;
pub mod dbf;
pub mod features;
pub mod flatgeobuf;
pub mod flatgeobuf_write;
mod geojson_geometry;
pub mod geojson_read;
pub mod geojson_write;
pub mod geopackage;
pub mod geopackage_write;
pub mod geotiff;
pub mod guard;
pub mod json;
pub mod json_table;
pub mod kml;
pub mod layer;
pub mod mvt;
pub mod ods;
pub mod pmtiles;
pub mod reference;
mod rtree_write;
pub mod shapefile;
pub mod sheet;
pub mod sniff;
pub mod spreadsheet;
pub mod sqlite_read;
pub mod topojson;
pub mod wkb_read;
pub mod xls_stream;
pub mod xlsx_layer;
pub mod xlsx_write;

pub use sheet::Unreadable;

pub use crate::sqlite_file::Output;
