//! A writer that starts a file with the columns of our template and their HXL tags.

use std::io::Write;

use crate::intake::Kind;

/// A CSV writer that has written the header row and the HXL row.
pub fn start<W: Write>(out: W, kind: Kind) -> csv::Result<csv::Writer<W>> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(kind.template().iter().map(|field| field.def().name))?;
    csv.write_record(kind.template().iter().map(|field| field.def().hxl))?;
    Ok(csv)
}
