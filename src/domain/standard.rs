//! Cited planning figures: `data/standards.csv`.

use super::{Sector, Text};

/// How far a type of site serves.
#[derive(Clone, Debug, PartialEq)]
pub struct Standard {
    /// Type code of the site, as in `Site::kind`.
    pub kind: Text,
    /// The sector the figure is for; sites of the type without a sector get it too.
    pub sector: Sector,
    pub name: Text,
    /// `None` where no citable figure exists: the site is then listed as having no radius.
    pub radius_m: Option<f64>,
    /// Where the figure is published.
    pub citation: Text,
}

/// The table of standards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standards(pub Vec<Standard>);

impl Standards {
    /// Radius in metres for a type of site: the row of its sector, else the type's first row.
    pub fn radius_m(&self, kind: &str, sector: Option<Sector>) -> Option<f64> {
        let of_kind = || self.0.iter().filter(|standard| &*standard.kind == kind);
        let exact = sector.and_then(|sector| of_kind().find(|standard| standard.sector == sector));
        match (sector, exact) {
            (_, Some(standard)) => standard.radius_m,
            (None, None) => of_kind().next().and_then(|standard| standard.radius_m),
            (Some(_), None) => None,
        }
    }

    /// The sector a type of site belongs to when the file does not say.
    pub fn sector(&self, kind: &str) -> Option<Sector> {
        self.0.iter().find(|standard| &*standard.kind == kind).map(|standard| standard.sector)
    }
}
