//! `data/standards.csv`: cited planning figures, built in and replaceable.

use crate::domain::{Sector, Standard, Standards};
use crate::formats::Unreadable;

const BUILT_IN: &str = include_str!("../../data/standards.csv");

/// The table that comes with the program.
pub fn built_in() -> Standards {
    // A test reads the same text, so that it cannot be broken here.
    parse(BUILT_IN).unwrap_or_default()
}

/// Reads a table of standards: columns type, sector, name, radius_m (metres, blank where none is
/// citable), citation.
pub fn parse(text: &str) -> Result<Standards, Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let refuse =
        |error: csv::Error| Unreadable::new(format!("The standards cannot be read: {error}."));
    let headers = reader.headers().map_err(refuse)?.clone();
    let column = |name: &str| {
        let found = headers.iter().position(|header| header.eq_ignore_ascii_case(name));
        found.ok_or_else(|| Unreadable::new(format!("The standards have no column {name}.")))
    };
    let (kind, sector, name) = (column("type")?, column("sector")?, column("name")?);
    let (radius, citation) = (column("radius_m")?, column("citation")?);
    let mut standards = Vec::new();
    for (position, row) in reader.records().enumerate() {
        let row = row.map_err(refuse)?;
        let wrong = |what: &str, value: &str| {
            let line = position + 2;
            Unreadable::new(format!("Line {line} of the standards: \"{value}\" is not {what}."))
        };
        let cell = |at: usize| row.get(at).unwrap_or_default();
        let radius_m = match cell(radius) {
            "" => None,
            text => match text.parse::<f64>() {
                Ok(metres) if metres > 0.0 && metres <= 1_000_000.0 => Some(metres),
                _ => return Err(wrong("a radius in metres", text)),
            },
        };
        if cell(kind).is_empty() {
            return Err(wrong("a type", ""));
        }
        standards.push(Standard {
            kind: cell(kind).into(),
            sector: Sector::from_code(cell(sector))
                .ok_or_else(|| wrong("a sector", cell(sector)))?,
            name: cell(name).into(),
            radius_m,
            citation: cell(citation).into(),
        });
    }
    Ok(Standards(standards))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_is_complete_and_cited() {
        let standards = parse(BUILT_IN).unwrap();
        assert_eq!(standards.0, built_in().0);
        assert!(standards.0.iter().all(|standard| !standard.citation.is_empty()));
        assert_eq!(standards.radius_m("water-point", None), Some(500.0));
        assert_eq!(standards.radius_m("health-post", Some(Sector::Hea)), Some(5000.0));
        assert_eq!(standards.radius_m("distribution-point", Some(Sector::Fsc)), None);
        assert_eq!(standards.sector("camp"), Some(Sector::Ccm));
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let text = "type,sector,name,radius_m,citation\nwell,WSH,Well,far,\n";
        assert!(parse(text).unwrap_err().0.contains("Line 2"));
        assert!(parse("type,sector\n").unwrap_err().0.contains("name"));
    }
}
