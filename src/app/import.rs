//! Import of one file: read, compare with what is known, commit in one transaction, publish.

use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::App;
use super::changes::{Compare, Counts, apply, changes};
use crate::analysis::measure;
use crate::domain::{
    Activity, ActivityIdentity, Area, Group, Need, Operation, Partner, Period, Population,
    Revision, Rows, Sector, Site, Snapshot, Source, Standards, Submission, Text, fold,
};
use crate::intake::{self, Kind, Options, Report, Unreadable};
use crate::store::{Change, Changes, NewSubmission, StoreError, Written};

/// One file to import.
#[derive(Clone, Debug)]
pub struct Import {
    /// Created where it is new; its name and household size replace what was known.
    pub operation: Operation,
    pub kind: Kind,
    pub file_name: String,
    pub bytes: Bytes,
    pub options: Options,
    /// Report what would change, and change nothing.
    pub dry_run: bool,
    /// What somebody was shown that it would change: it must still be so.
    pub expected: Option<Counts>,
    /// The time of the commit: RFC 3339, UTC.
    pub at: Text,
}

/// What an import did, or with `dry_run` would do.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub report: Report,
    pub counts: Counts,
    /// The revision it made; `None` where nothing changed or it was a dry run.
    pub committed: Option<Revision>,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(
        "operation id \"{0}\" must be 1 to 64 lower-case letters, digits and hyphens, such as floods-2026"
    )]
    BadOperation(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "the operation was changed meanwhile: the file now makes {0}, and not what was shown; look at it again"
    )]
    Moved(Counts),
    #[error("there is no database to import into")]
    NoDatabase,
    #[error("the import stopped unexpectedly; nothing was written")]
    Stopped,
}

impl ImportError {
    /// Whether somebody else's change came between; the same import may well succeed later.
    pub fn is_conflict(&self) -> bool {
        matches!(self, ImportError::Moved(_) | ImportError::Store(StoreError::Conflict { .. }))
    }
}

impl App {
    /// Imports one file. Nothing is written unless all of it is; the same file again changes
    /// nothing and makes no revision. `written` is told how many rows reached the database.
    pub async fn import(
        self: &Arc<App>,
        import: Import,
        written: Written<'_>,
    ) -> Result<Outcome, ImportError> {
        check_id(&import.operation.id)?;
        let expected = import.expected;
        let store = self.store.as_ref().ok_or(ImportError::NoDatabase)?;
        let _writing = self.writing.lock().await;
        let known = match self.load(&import.operation.id).await? {
            Some(snapshot) => snapshot,
            None => Arc::new(Snapshot::build(Rows::empty(import.operation.clone()))),
        };
        let numbers = store.next_numbers(&import.operation.id).await?;

        let app = self.clone();
        let plan = tokio::task::spawn_blocking(move || {
            plan(import, &known, &app.standards, numbers).map(|plan| (plan, known))
        });
        let (plan, known) = plan.await.map_err(|_| ImportError::Stopped)??;
        if let Some(expected) = expected
            && expected != plan.counts
        {
            return Err(ImportError::Moved(plan.counts));
        }
        if plan.dry_run || !plan.is_needed(&known) {
            return Ok(Outcome { report: plan.report, counts: plan.counts, committed: None });
        }

        let base = known.revision.number;
        let revision =
            store.commit(&plan.operation, base, &plan.submission, &plan.changes, written).await?;
        let committed = Some(revision.clone());
        let outcome = Outcome { report: plan.report, counts: plan.counts, committed };
        let next = tokio::task::spawn_blocking(move || {
            next(&known, plan.operation, revision, plan.submission, plan.changes)
        });
        self.publish(next.await.map_err(|_| ImportError::Stopped)?);
        Ok(outcome)
    }
}

/// An import ready to be committed.
#[derive(Debug)]
pub(super) struct Plan {
    pub operation: Operation,
    pub submission: NewSubmission,
    pub changes: Changes,
    pub counts: Counts,
    pub report: Report,
    dry_run: bool,
}

impl Plan {
    /// Whether there is anything to commit: rows, or other words about the operation itself.
    fn is_needed(&self, known: &Snapshot) -> bool {
        !self.changes.is_empty() || self.operation != known.operation
    }
}

pub(super) fn check_id(id: &str) -> Result<(), ImportError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = (1..=64).contains(&id.len()) && id.chars().all(fits) && !id.starts_with('-');
    if good { Ok(()) } else { Err(ImportError::BadOperation(id.to_owned())) }
}

pub(super) fn plan(
    import: Import,
    known: &Snapshot,
    standards: &Standards,
    numbers: (u64, u64),
) -> Result<Plan, ImportError> {
    let Import { operation, kind, file_name, bytes, options, dry_run, at, .. } = import;
    let sha256 =
        Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let id = known.submissions.iter().map(|submission| submission.id).max().unwrap_or(0) + 1;
    let source = |source: &mut Source| source.submission = id;
    let same_file = |one: &&Submission| *one.sha256 == *sha256 && *one.kind == *kind.name();
    let again: Vec<u32> = known.submissions.iter().filter(same_file).map(|one| one.id).collect();
    let mut changes = Changes::default();
    let (counts, report) = match kind {
        Kind::Areas => {
            let (mut areas, mut report) =
                intake::areas(&file_name, &bytes, &known.areas, &options)?;
            for area in &mut areas {
                source(&mut area.source);
                area.area_km2 = area.geometry.as_ref().map(|shape| measure::area_km2(shape));
            }
            let current: Vec<&Area> = known.areas.iter().skip(1).map(|(_, area)| area).collect();
            let (change, counts) = self::changes(&current, areas, &again, &AREAS);
            let placed = known.activities.len() + known.sites.len();
            if counts.new > 0 && placed > 0 {
                report.remarks.push(format!(
                    "{placed} activities and sites keep the places they had: import their files again to place them in the new areas."
                ));
            }
            changes.areas = change;
            (counts, report)
        }
        Kind::Activities => {
            let (found, report) = intake::activities(&file_name, &bytes, known, &options)?;
            drop(bytes);
            let mut rows = found.activities;
            rows.iter_mut().for_each(|row| source(&mut row.source));
            let (mut change, counts) =
                self::changes(&references(&known.activities), rows, &again, &ACTIVITIES);
            number(&mut change.added, numbers.0, |row| &mut row.id);
            changes.activities = change;
            changes.partners = partner_changes(known, found.partners, id);
            (counts, report)
        }
        Kind::Sites => {
            let (found, report) = intake::sites(&file_name, &bytes, known, standards, &options)?;
            let mut rows = found.sites;
            rows.iter_mut().for_each(|row| source(&mut row.source));
            let (mut change, counts) =
                self::changes(&references(&known.sites), rows, &again, &SITES);
            number(&mut change.added, numbers.1, |row| &mut row.id);
            changes.sites = change;
            changes.partners = partner_changes(known, found.partners, id);
            (counts, report)
        }
        Kind::Needs => {
            let (mut rows, report) = intake::needs(&file_name, &bytes, known, &options)?;
            rows.iter_mut().for_each(|row| source(&mut row.source));
            let (change, counts) = self::changes(&references(&known.needs), rows, &again, &NEEDS);
            changes.needs = change;
            (counts, report)
        }
        Kind::Population => {
            let (mut rows, report) = intake::population(&file_name, &bytes, known, &options)?;
            rows.iter_mut().for_each(|row| source(&mut row.source));
            let (change, counts) =
                self::changes(&references(&known.populations), rows, &again, &POPULATIONS);
            changes.populations = change;
            (counts, report)
        }
    };
    let submission = NewSubmission {
        id,
        kind: kind.name().into(),
        file_name: file_name.into(),
        sha256: sha256.into(),
        at,
        report: serde_json::to_string(&report).unwrap_or_default(),
        replaces: None,
        undoes: None,
    };
    Ok(Plan { operation, submission, changes, counts, report, dry_run })
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

/// The snapshot after a commit, from the one before: the database is not read again.
pub(super) fn next(
    known: &Snapshot,
    operation: Operation,
    revision: Revision,
    submission: NewSubmission,
    changes: Changes,
) -> Snapshot {
    let mut submissions = known.submissions.clone();
    submissions.push(Submission {
        id: submission.id,
        kind: submission.kind,
        file_name: submission.file_name,
        sha256: submission.sha256,
        at: submission.at,
        revision: revision.number,
        replaces: submission.replaces,
        undoes: submission.undoes,
    });
    let areas = known.areas.iter().skip(1).map(|(_, area)| area);
    Snapshot::build(Rows {
        operation,
        revision,
        submissions,
        areas: apply(areas, changes.areas, AREAS.key, Text::clone),
        partners: apply(known.partners.iter(), changes.partners, |row| row.id.clone(), Text::clone),
        activities: apply(known.activities.iter(), changes.activities, ACTIVITIES.key, u64::clone),
        sites: apply(known.sites.iter(), changes.sites, SITES.key, u64::clone),
        decisions: apply(
            known.decisions.iter(),
            changes.decisions,
            |row| (row.kind, row.key.clone()),
            |key| key.clone(),
        ),
        needs: apply(known.needs.iter(), changes.needs, need_identity, need_identity),
        populations: apply(
            known.populations.iter(),
            changes.populations,
            population_identity,
            population_identity,
        ),
    })
}

const AREAS: Compare<Area, Text, Text> = Compare {
    identity: |area| area.pcode.clone(),
    same: |a, b| *a == Area { source: a.source, ..b.clone() },
    key: |area| area.pcode.clone(),
    adopt: |_, _| (),
    source: None,
};

const ACTIVITIES: Compare<Activity, ActivityIdentity, u64> = Compare {
    identity: Activity::identity,
    same: |a, b| *a == Activity { id: a.id, source: a.source, ..b.clone() },
    key: |activity| activity.id,
    adopt: |activity, replaced| activity.id = replaced.id,
    source: Some(|activity| activity.source),
};

const SITES: Compare<Site, String, u64> = Compare {
    identity: site_identity,
    same: |a, b| *a == Site { id: a.id, source: a.source, ..b.clone() },
    key: |site| site.id,
    adopt: |site, replaced| site.id = replaced.id,
    source: Some(|site| site.source),
};

const NEEDS: Compare<Need, NeedIdentity, Need> = Compare {
    identity: need_identity,
    same: |a, b| *a == Need { source: a.source, ..b.clone() },
    key: Need::clone,
    adopt: |_, _| (),
    source: None,
};

const POPULATIONS: Compare<Population, PopulationIdentity, Population> = Compare {
    identity: population_identity,
    same: |a, b| *a == Population { source: a.source, ..b.clone() },
    key: Population::clone,
    adopt: |_, _| (),
    source: None,
};

type NeedIdentity = (Option<Text>, Sector, Group, Period);
type PopulationIdentity = (Option<Text>, Group, Option<i16>);

/// A site is known by its code; without one, by its name, type and place.
fn site_identity(site: &Site) -> String {
    if let Some(id) = &site.site_id {
        return format!("#{id}");
    }
    let name = site.name.as_deref().map(fold).unwrap_or_default();
    let point = site.point.map(|point| format!("{:.3} {:.3}", point.x(), point.y()));
    let (kind, area) = (site.kind.as_deref(), site.area.as_deref());
    format!("{name}|{}|{}|{}", kind.unwrap_or(""), area.unwrap_or(""), point.unwrap_or_default())
}

fn need_identity(need: &Need) -> NeedIdentity {
    (need.area.clone(), need.sector, need.group, need.cycle)
}

fn population_identity(population: &Population) -> PopulationIdentity {
    (population.area.clone(), population.group, population.year)
}
