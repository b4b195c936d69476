//! Between formats and domain: find the table, map columns, normalise, match, report.
//!
//! Dirty data is not an error: every row ends in the report as accepted, accepted with warnings or
//! rejected. Only a file that cannot be read at all is an `Err`, with one sentence.

pub mod activities;
pub mod again;
mod against;
pub mod areas;
pub mod columns;
mod evidence;
pub mod fields;
pub mod figures;
mod finer;
mod gazetteers;
pub mod headers;
pub mod kinds;
mod merged;
pub mod needs;
mod partners;
pub mod parts;
pub mod personal;
pub mod places;
pub mod population;
pub mod preview;
pub mod problems;
mod profile;
pub mod progress;
mod raster;
pub mod read;
pub mod remembered;
pub mod report;
pub mod returned;
pub mod review;
pub mod row;
mod severities;
pub mod sites;
pub mod slice;
pub mod standards;
pub mod strict;
pub mod table;
pub mod tags;
pub mod template;
mod thousands;
pub mod titles;
mod told_by_rows;
mod units;
mod unplaced;
pub mod unused;
pub mod values;
pub mod vocabulary;

pub use activities::{Intake, activities};
pub use again::Again;
pub use areas::areas;
pub use fields::{FIELDS, Field, FieldDef, Role};
pub use kinds::{KindScore, kinds};
pub use needs::needs;
pub use places::{Gazetteer, Place, Policy};
pub use population::population;
pub use preview::Preview;
pub use progress::Progress;
pub use read::{Read, read_table};
pub use report::{Problem, Report};
pub use row::Row;
pub use sites::{SiteIntake, sites};
pub use template::template;
pub use unplaced::rejected_places;

pub use crate::formats::Unreadable;

use crate::domain::{Period, Sector};

/// What a table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Activities,
    Sites,
    Needs,
    Population,
    Areas,
}

/// What the sender says about a file; everything is found out where left open.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Name of the sheet.
    pub sheet: Option<String>,
    /// Row number of the header as a spreadsheet shows it.
    pub header_row: Option<u32>,
    /// Columns by header or letters, and what they are.
    pub columns: Vec<(String, Field)>,
    /// Columns by header or letters that are to be left out.
    pub unused: Vec<String>,
    /// The sector of rows that name none.
    pub sector: Option<Sector>,
    /// The planning cycle of needs; its year is the year of dates without one.
    pub cycle: Option<Period>,
    /// The year in the name of the file; of dates without one where nothing else says it.
    pub named_year: Option<i16>,
    /// What a title above the table or the name of the sheet says of its figures.
    pub titled: Option<titles::Titled>,
    /// The level of areas.
    pub level: Option<u8>,
    /// The sheets with the same headers are read beside this one: nothing of them stays out, and
    /// none of them is the one to take next time.
    pub every_sheet: bool,
    /// Told how far the reading has come.
    pub progress: Progress,
}

impl Kind {
    pub const TABLE: &'static [(Kind, &'static str)] = &[
        (Kind::Activities, "activities"),
        (Kind::Sites, "sites"),
        (Kind::Needs, "needs"),
        (Kind::Population, "population"),
        (Kind::Areas, "areas"),
    ];

    pub fn name(self) -> &'static str {
        Kind::TABLE[self as usize].1
    }

    pub fn from_name(name: &str) -> Option<Kind> {
        let found = Kind::TABLE.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
        found.map(|(kind, _)| *kind)
    }
}
