//! The words of the project as types: what an operation consists of, and the snapshot that every
//! read uses. No async, no serde, no SQL.

pub mod activity;
pub mod area;
pub mod bands;
pub mod cells;
pub mod columns;
pub mod day;
pub mod decision;
pub mod derived;
pub mod fold;
pub mod group;
pub mod layered;
mod locate;
pub mod mapping;
pub mod need;
pub mod need_table;
pub mod operation;
mod parents;
pub mod partner;
pub mod place;
pub mod preorder;
mod row_keys;
pub mod sector;
pub mod site;
pub mod snapshot;
pub mod standard;
pub mod tally;
pub mod words;

pub use activity::{Activity, ActivityIdentity, Status};
pub use area::{Area, AreaIx, AreaName, AreaTree};
pub use bands::Bands;
pub use columns::Columns;
pub use day::{Day, Month, NotADate, Period};
pub use decision::{Decided, Decision, DecisionKind};
pub use fold::{fold, fold_spelling};
pub use group::{Age, Disability, Group, PopulationGroup, Sex};
pub use layered::{Layered, Numbered};
pub use mapping::Mapping;
pub use need::{Need, Population};
pub use need_table::NeedTable;
pub use operation::{Operation, Revision, Rows, Source, Submission, undone};
pub use partner::{Partner, PartnerScope, PartnerType};
pub use place::{PlaceMethod, Placed, SaidPlace};
pub use preorder::Preorder;
pub use sector::Sector;
pub use site::{Site, SiteStatus};
pub use snapshot::Snapshot;
pub use standard::{Standard, Standards};
pub use tally::Tally;

/// Text that many rows share: names, codes, types.
pub type Text = arcstr::ArcStr;

/// A position in degrees, WGS 84.
pub type Point = geo::Point<f64>;
