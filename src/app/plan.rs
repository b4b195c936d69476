//! What an import would do, worked out against the current snapshot before anything is written.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::changes::{Compare, Counts, Difference, Shared, changes};
use super::earlier::{Earlier, earlier, unknown};
use super::identity::{ACTIVITIES, AREAS, NEEDS, POPULATIONS, SITES};
use super::import::{Import, ImportError};
use super::settle::settle;
use super::sheets::Sheets;
use crate::analysis::measure;
use crate::domain::words::counted;
use crate::domain::{
    Area, Mapping, Operation, Partner, Snapshot, Source, Standards, Submission, Text,
};
use crate::intake::{self, Kind, Options, Report, Unreadable};
use crate::store::{Change, Changes, NewSubmission};

/// How many times the rows of a file an operation has, for them to be few.
const FEW: usize = 20;

/// A change ready to be committed.
#[derive(Debug)]
pub(super) struct Plan {
    pub operation: Operation,
    pub submission: NewSubmission,
    pub changes: Changes,
    pub counts: Counts,
    pub report: Report,
    /// Some of the rows that are new, change or go.
    pub differences: Vec<Difference>,
    /// The submission that the file looks like a correction of.
    pub earlier: Option<Earlier>,
}

impl Plan {
    /// Whether there is anything to commit: rows, or other words about the operation itself. A file
    /// of which every row was rejected leaves nothing, whatever its kind: not the names of partners
    /// that its rows had, and no submission.
    pub fn is_needed(&self, known: &Snapshot) -> bool {
        !self.report.counts.nothing_accepted()
            && (!self.changes.is_empty() || self.operation != known.operation)
    }

    /// Adds remarks to the report, the one that is kept too.
    pub fn remark(&mut self, remarks: Vec<String>) {
        if !remarks.is_empty() {
            self.report.remarks.extend(remarks);
            self.submission.report = kept(&self.report);
        }
    }
}

/// Reads a file and compares it with what is known. `numbers` are the first numbers never used for
/// an activity and a site.
pub(super) fn plan(
    import: Import,
    known: &Snapshot,
    standards: &Standards,
    numbers: (u64, u64),
) -> Result<Plan, ImportError> {
    let Import { operation, kind, file_name, content, options, at, replaces, .. } = import;
    let bytes = content.read()?;
    // A large file is read meanwhile.
    let hashing = std::thread::spawn({
        let bytes = bytes.clone();
        move || -> String {
            Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
        }
    });
    let hashed = LazyCell::new(|| hashing.join().ok());
    let sha256 = || hashed.as_deref().ok_or(ImportError::Stopped);
    let sheets_of = |report: &Report, found: &Found| {
        let of = |sha256| Sheets::of(known, kind, &file_name, sha256, report, &found.replaces);
        sha256().map(of)
    };
    let operation = operation.after(Some(&known.operation));
    let id = next_submission(known);
    let source = |source: &mut Source| source.submission = id;
    let mut found = Found { replaces: family(known, kind, replaces)?, ..Found::default() };
    let mut changes = Changes::default();
    let mut report = match kind {
        Kind::Areas => {
            let (mut areas, report) = intake::areas(&file_name, &bytes, &known.areas, &options)?;
            for area in &mut areas {
                source(&mut area.source);
                area.area_km2 = area.geometry.as_ref().map(|shape| measure::area_km2(shape));
            }
            let current: Vec<&Area> = known.areas.iter().skip(1).map(|(_, area)| area).collect();
            changes.areas = found.compare(&current, areas, &AREAS);
            report
        }
        Kind::Activities => {
            let (read, report) = intake::activities(&file_name, &bytes, known, &options)?;
            drop(bytes);
            let mut rows = read.activities;
            rows.iter_mut().for_each(|row| source(&mut row.source));
            found.sheets = sheets_of(&report, &found)?;
            // Of a few rows only those of their places are looked at, and the others counted.
            let few = found.replaces.is_empty() && rows.len() * FEW < known.activities.len();
            let current = match few {
                true => known.alike(&rows),
                false => known.activities.iter().collect(),
            };
            changes.activities = found.compare(&current, rows, &ACTIVITIES);
            if few {
                for (submission, shared) in &mut found.shared {
                    let rows = known.tally().submissions().get(submission);
                    shared.all = rows.map_or(0, |rows| *rows as usize);
                }
            }
            number(&mut changes.activities.added, numbers.0, |row| &mut row.id);
            changes.partners = partner_changes(known, read.partners, id);
            report
        }
        Kind::Sites => {
            let (read, report) = intake::sites(&file_name, &bytes, known, standards, &options)?;
            let mut rows = read.sites;
            rows.iter_mut().for_each(|row| source(&mut row.source));
            changes.sites = found.compare(&references(&known.sites), rows, &SITES);
            number(&mut changes.sites.added, numbers.1, |row| &mut row.id);
            changes.partners = partner_changes(known, read.partners, id);
            report
        }
        Kind::Needs => {
            let (mut rows, report) = intake::needs(&file_name, &bytes, known, &options)?;
            rows.iter_mut().for_each(|row| source(&mut row.source));
            changes.needs = found.compare(&references(&known.needs), rows, &NEEDS);
            report
        }
        Kind::Population => {
            let (mut rows, report) = intake::population(&file_name, &bytes, known, &options)?;
            rows.iter_mut().for_each(|row| source(&mut row.source));
            changes.populations =
                found.compare(&references(&known.populations), rows, &POPULATIONS);
            report
        }
    };
    let read = &report.counts;
    if let Some(submission) = replaces.filter(|_| read.accepted + read.accepted_with_warnings == 0)
    {
        let (rows, ends) = (read.rows, found.counts.gone);
        return Err(ImportError::ReplacesByNothing { submission, rows, ends });
    }
    let sheets = match kind {
        Kind::Activities => std::mem::take(&mut found.sheets),
        _ => sheets_of(&report, &found)?,
    };
    let sha256 = sha256()?;
    report.remarks.extend(sent_before(known, kind, sha256, &found, &sheets));
    if found.beside > 0 {
        let rows = counted(found.beside, "row");
        report.remarks.push(format!(
            "{rows} of this sheet and of another one of the file are the same in everything: they count once. If they are of different months, give the sheets dates."
        ));
    }
    report.remarks.extend(settle(known, &mut changes, false).in_words());
    let returned = report.columns.iter().any(|column| intake::returned::is_own(&column.header));
    let earlier = match replaces {
        Some(_) => None,
        None => {
            found.shared.retain(|submission, _| !sheets.is_another(*submission));
            let sheet = sheet_of(&report).filter(|_| sheets.several());
            let found = earlier(known, kind, &file_name, returned, &found.shared);
            found.map(|found| Earlier { sheet, ..found })
        }
    };
    let shares = found.counts.unchanged + found.counts.changed > 0;
    if returned && replaces.is_none() && !shares {
        report.remarks.extend(unknown(known, kind));
    }
    let mapping = intake::remembered::of_report(kind, known, &options, &report);
    let last = known.mappings.iter().map(|mapping| mapping.id).max().unwrap_or(0);
    let mapping = mapping.map(|mapping| Mapping { id: last + 1, at: at.clone(), ..mapping });
    let submission = NewSubmission {
        id,
        kind: kind.name().into(),
        file_name: file_name.into(),
        sha256: sha256.into(),
        at,
        report: kept(&report),
        replaces,
        undoes: None,
        sheet: sheet_of(&report),
        mapping,
    };
    let Found { counts, differences, .. } = found;
    Ok(Plan { operation, submission, changes, counts, report, differences, earlier })
}

/// A report as it is stored.
fn kept(report: &Report) -> String {
    serde_json::to_string(report).unwrap_or_default()
}

fn sheet_of(report: &Report) -> Option<Text> {
    Some(report.sheet.as_str()).filter(|sheet| !sheet.is_empty()).map(Text::from)
}

/// What the comparison of a file found besides the changes.
#[derive(Default)]
struct Found {
    replaces: Vec<u32>,
    sheets: Sheets,
    /// Rows that say what another sheet of the same file says.
    beside: usize,
    counts: Counts,
    differences: Vec<Difference>,
    shared: BTreeMap<u32, Shared>,
}

impl Found {
    fn compare<T: Sync, I: std::hash::Hash, K>(
        &mut self,
        current: &[&T],
        rows: Vec<T>,
        compare: &Compare<T, I, K>,
    ) -> Change<T, K> {
        let found = changes(current, rows, &self.replaces, &self.sheets, compare);
        self.counts = found.counts;
        self.differences = found.differences;
        self.shared = found.shared;
        self.beside = found.beside;
        found.change
    }
}

/// That the very file is a submission already, where it does not replace that one and yet makes new
/// rows or changes some.
fn sent_before(
    known: &Snapshot,
    kind: Kind,
    sha256: &str,
    found: &Found,
    sheets: &Sheets,
) -> Option<String> {
    let counts = found.counts;
    let same = |one: &&Submission| *one.sha256 == *sha256 && !sheets.is_another(one.id);
    let before = known.holding(kind.name()).rfind(same)?;
    if counts.new + counts.changed == 0 || found.replaces.contains(&before.id) {
        return None;
    }
    let (id, file, revision) = (before.id, &before.file_name, before.revision);
    let new = counted(counts.new, "new row");
    let changed = counted(counts.changed, "changed row");
    Some(format!(
        "this very file was imported before, as submission {id} ({file}, revision {revision}), and now makes {new} and {changed}: it is read in another way, or the rows have changed since; if it was read wrongly then, let this reading replace submission {id}"
    ))
}

/// The number of the next submission.
pub(super) fn next_submission(known: &Snapshot) -> u32 {
    known.submissions.iter().map(|submission| submission.id).max().unwrap_or(0) + 1
}

/// The submission that a file replaces, with those that one replaced before: what they left and
/// the new file lacks ends.
fn family(known: &Snapshot, kind: Kind, replaces: Option<u32>) -> Result<Vec<u32>, ImportError> {
    let mut family = Vec::new();
    let Some(first) = replaces else { return Ok(family) };
    if known.holding(kind.name()).all(|one| one.id != first) {
        return Err(ImportError::NotReplaceable {
            submission: first,
            kind: kind.name(),
            last: super::earlier::last(known, kind),
        });
    }
    let mut next = Some(first);
    while let Some(one) = next.filter(|one| !family.contains(one)) {
        family.push(one);
        next = known.submission(one).and_then(|one| one.replaces);
    }
    Ok(family)
}

/// What an import would say about a file's rows; nothing is compared and nothing is written.
pub fn check(
    kind: Kind,
    file_name: &str,
    bytes: &[u8],
    known: &Snapshot,
    standards: &Standards,
    options: &Options,
) -> Result<Report, Unreadable> {
    Ok(match kind {
        Kind::Areas => intake::areas(file_name, bytes, &known.areas, options)?.1,
        Kind::Activities => intake::activities(file_name, bytes, known, options)?.1,
        Kind::Sites => intake::sites(file_name, bytes, known, standards, options)?.1,
        Kind::Needs => intake::needs(file_name, bytes, known, options)?.1,
        Kind::Population => intake::population(file_name, bytes, known, options)?.1,
    })
}

fn references<T>(rows: &[T]) -> Vec<&T> {
    rows.iter().collect()
}

/// Rows that replace none get the next numbers.
fn number<T>(rows: &mut [T], first: u64, id: impl Fn(&mut T) -> &mut u64) {
    let unnumbered = rows.iter_mut().map(id).filter(|id| **id == 0);
    unnumbered.zip(first..).for_each(|(id, number)| *id = number);
}

/// A partner's name stays as first written; what a later file knows besides is added.
fn partner_changes(
    known: &Snapshot,
    partners: Vec<Partner>,
    submission: u32,
) -> Change<Partner, Text> {
    let mut change = Change::default();
    for mut partner in partners {
        partner.source.submission = submission;
        let Some(current) = known.partner(&partner.id).map(|at| &known.partners[at]) else {
            change.added.push(partner);
            continue;
        };
        let mut merged = current.clone();
        merged.acronym = merged.acronym.or(partner.acronym);
        merged.kind = merged.kind.or(partner.kind);
        if merged != *current {
            merged.source = partner.source;
            change.ended.push(merged.id.clone());
            change.added.push(merged);
        }
    }
    change
}
