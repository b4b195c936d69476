//! Points that serve people.

use super::{Day, Period, Placed, Point, Sector, Source, Text};

/// A distribution point, water point, health facility, school, camp.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Site {
    /// Given by the store when the site is first kept, never reused; 0 before that.
    pub id: u64,
    pub source: Source,
    /// The reporter's own code.
    pub site_id: Option<Text>,
    pub name: Option<Text>,
    /// A type code of `data/standards.csv` where one was recognised, else as written.
    pub kind: Option<Text>,
    pub sector: Option<Sector>,
    /// Id of the partner that runs it.
    pub partner: Option<Text>,
    /// The id its file gave, where a decision made it another partner's.
    pub reported_as: Option<Text>,
    /// P-code of the finest known area.
    pub area: Option<Text>,
    /// What the row said of its area, and how that was understood.
    pub placed: Placed,
    pub point: Option<Point>,
    /// `None` where the file does not say; such a site serves.
    pub status: Option<SiteStatus>,
    pub capacity_people: Option<f64>,
    pub radius_m: Option<f64>,
    pub start: Option<Day>,
    pub end: Option<Day>,
    pub sensitivity: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SiteStatus {
    Functional,
    Partial,
    Closed,
}

impl Site {
    /// The days the site is open.
    pub fn period(&self) -> Period {
        Period::new(self.start, self.end)
    }

    /// Whether its status lets it serve (METHODS 25).
    pub fn serves(&self) -> bool {
        self.status != Some(SiteStatus::Closed)
    }
}

impl SiteStatus {
    pub const TABLE: &'static [(SiteStatus, &'static str)] = &[
        (SiteStatus::Functional, "functional"),
        (SiteStatus::Partial, "partial"),
        (SiteStatus::Closed, "closed"),
    ];

    pub fn code(self) -> &'static str {
        SiteStatus::TABLE[self as usize].1
    }

    pub fn from_code(code: &str) -> Option<SiteStatus> {
        let found = SiteStatus::TABLE.iter().find(|(_, known)| known.eq_ignore_ascii_case(code));
        found.map(|(status, _)| *status)
    }
}
