//! The tenant, its revisions and submissions, and the rows that make a snapshot.

use std::collections::BTreeSet;

use super::{Activity, Area, Decision, Mapping, Need, Partner, Population, Site, Text};

/// One response to one crisis in one place; everything belongs to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Lower-case letters, digits and hyphens; part of every URL.
    pub id: Text,
    pub name: Text,
    /// A sentence for the page, such as "Exercise scenario: made-up data".
    pub note: Option<Text>,
    /// People per household, where the operation states one (METHODS 7).
    pub household_size: Option<f64>,
}

impl Operation {
    /// One of which nothing else is known.
    pub fn new(id: impl Into<Text>, name: impl Into<Text>) -> Operation {
        Operation { id: id.into(), name: name.into(), note: None, household_size: None }
    }
}

/// A number that grows with each committed change of an operation; 0 is the empty operation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Revision {
    pub number: u64,
    /// When it was committed: RFC 3339, UTC.
    pub at: Text,
}

/// Where a row came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// Number of the submission within the operation; 0 before it is committed.
    pub submission: u32,
    /// Row number in the file as a spreadsheet shows it, or the feature's position from 1.
    pub row: u32,
}

/// One imported file or request.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    pub id: u32,
    /// What was in it: activities, sites, needs, population or areas; review for decisions,
    /// rollback for what undid another one.
    pub kind: Text,
    pub file_name: Text,
    /// Hexadecimal SHA-256 of the bytes.
    pub sha256: Text,
    /// When it was committed: RFC 3339, UTC.
    pub at: Text,
    /// The revision it made.
    pub revision: u64,
    /// The submission it corrects: rows of that one that its file did not have ended.
    pub replaces: Option<u32>,
    /// The submission it undid.
    pub undoes: Option<u32>,
    /// The sheet of the file that was read; `None` where it has none, or that was not kept yet.
    pub sheet: Option<Text>,
}

impl Submission {
    /// How many decisions were made at once; `None` where it is a file or a rollback.
    pub fn decisions(&self) -> Option<usize> {
        // In place of a file's name stands `1,200 decisions`.
        let (count, _) = self.file_name.split_once(' ').filter(|_| *self.kind == *"review")?;
        count.replace(',', "").parse().ok()
    }
}

/// The submissions that were rolled back, and whose rollback was not rolled back itself.
pub fn undone(submissions: &[Submission]) -> BTreeSet<u32> {
    let mut undone = BTreeSet::new();
    // What undoes comes after what it undoes.
    for one in submissions.iter().rev() {
        if !undone.contains(&one.id) {
            undone.extend(one.undoes);
        }
    }
    undone
}

/// Every current row of an operation, as the store reads it.
#[derive(Clone, Debug)]
pub struct Rows {
    pub operation: Operation,
    pub revision: Revision,
    pub submissions: Vec<Submission>,
    pub areas: Vec<Area>,
    pub partners: Vec<Partner>,
    pub activities: Vec<Activity>,
    pub sites: Vec<Site>,
    pub needs: Vec<Need>,
    pub populations: Vec<Population>,
    pub decisions: Vec<Decision>,
    pub mappings: Vec<Mapping>,
}

impl Rows {
    /// An operation without rows.
    pub fn empty(operation: Operation) -> Rows {
        Rows {
            operation,
            revision: Revision::default(),
            submissions: Vec::new(),
            areas: Vec::new(),
            partners: Vec::new(),
            activities: Vec::new(),
            sites: Vec::new(),
            needs: Vec::new(),
            populations: Vec::new(),
            decisions: Vec::new(),
            mappings: Vec::new(),
        }
    }
}
