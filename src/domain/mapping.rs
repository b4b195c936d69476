//! How the files of a source are read, as somebody corrected it once.

use std::collections::BTreeSet;

use super::Text;

/// Corrections of how a table is read. They belong to a source, which is recognised by the headers
/// of its table; figures do not depend on them once they are imported, so they are not versioned.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// Number within the operation; 0 before it is kept.
    pub id: u32,
    /// The kind of table: activities, sites, needs or population.
    pub kind: Text,
    /// The file it was made for.
    pub file_name: Text,
    /// When that file was committed: RFC 3339, UTC.
    pub at: Text,
    /// The table's headers, normalised.
    pub headers: BTreeSet<String>,
    pub sheet: Option<String>,
    /// As a spreadsheet shows it.
    pub header_row: Option<u32>,
    /// Headers and the names of their fields; `None` is a column that is left out.
    pub columns: Vec<(String, Option<String>)>,
}

impl Mapping {
    /// Whether a table with these headers is of the same source: four headers in five are common
    /// to both.
    pub fn fits(&self, headers: &BTreeSet<String>) -> bool {
        let common = self.headers.intersection(headers).count();
        let most = self.headers.len().max(headers.len());
        most > 0 && common * 5 >= most * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_known_by_four_headers_in_five() {
        let set = |text: &str| text.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
        let mapping = Mapping {
            id: 1,
            kind: "activities".into(),
            file_name: "a.csv".into(),
            at: "".into(),
            headers: set("a b c d e"),
            sheet: None,
            header_row: None,
            columns: vec![],
        };
        assert!(mapping.fits(&set("a b c d e")) && mapping.fits(&set("a b c d x")));
        assert!(!mapping.fits(&set("a b c")) && !mapping.fits(&set("a b c d e f g")));
        let nothing = Mapping { headers: BTreeSet::new(), ..mapping };
        assert!(!nothing.fits(&BTreeSet::new()));
    }
}
