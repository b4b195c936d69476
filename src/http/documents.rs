//! Documents of imports, as JSON, and their reports as files.

use serde_json::{Map, Value, json};

use crate::app::changes::{Difference, Happens};
use crate::app::drafts::{Draft, Offered, Phase, Reading, Status};
use crate::app::rollback::RolledBack;
use crate::domain::{Snapshot, Submission};
use crate::formats::xlsx_layer;
use crate::intake::{FIELDS, Kind, Report, returned};

use super::extract::Ask;
use super::links::{self, link};
use super::problem::Problem;
use crate::app::collections::params::FORMAT;
use crate::app::collections::{BadParameter, Parameter};

/// Where imports of an operation are.
pub(crate) struct Place<'a> {
    pub base: &'a str,
    pub operation: &'a str,
}

impl Place<'_> {
    pub fn import(&self, id: &str) -> String {
        format!("{}/imports/{}", links::operation(self.base, self.operation), links::encoded(id))
    }
}

/// A draft in a list.
pub(crate) fn short_draft(place: &Place<'_>, draft: &Draft, status: &Status, now: u64) -> Value {
    let (rows, total) = draft.rows();
    let share = match status.phase {
        Phase::Ready | Phase::Committed => Some(1.0),
        _ => total.map(|total| (rows as f64 / total.max(1) as f64).min(1.0)),
    };
    let step = match status.phase {
        Phase::Reading if total.is_none() => "opening",
        Phase::Reading => "reading",
        Phase::Committing if rows == 0 => "comparing",
        Phase::Committing => "writing",
        _ => "done",
    };
    let committed = status.committed;
    let mut document = json!({
        "id": &*draft.id,
        "state": match status.phase {
            Phase::Reading => "reading",
            Phase::Ready => "ready",
            Phase::Committing => "committing",
            Phase::Committed => "committed",
            Phase::Failed => "failed",
        },
        "step": step,
        "rows_done": rows,
        "share": share,
        "at": &*draft.at,
        "file": draft.file_name,
        "asked_sheet": status.asked.options.sheet,
        "bytes": draft.size,
        "outdated": status.is_outdated(now),
        "error": status.error.as_ref().map(|error| error.to_string()),
        "revision": committed.map(|committed| committed.revision),
        "submission": committed.and_then(|committed| committed.submission),
        "links": links_of(place, &draft.id, committed.is_none()),
    });
    if status.phase == Phase::Failed {
        document["offered"] = offered(&status.offered);
    }
    if let Some(reading) = &status.read {
        document["nothing_accepted"] = json!(reading.nothing_accepted());
        let changes = &reading.counts;
        document["kind"] = json!(reading.kind.name());
        // A copy is one of those sheets: the first draft offers them.
        let offers = !reading.asked.options.every_sheet;
        let alike = reading.report.sheets.iter().filter(|sheet| sheet.alike && offers);
        document["sheet"] = json!(reading.report.sheet);
        document["alike"] = alike.map(|sheet| sheet.name.as_str()).collect();
        document["counts"] = json!(reading.report.counts);
        document["changes"] = json!({
            "new": changes.new,
            "changed": changes.changed,
            "unchanged": changes.unchanged,
            "gone": changes.gone,
        });
    }
    document
}

/// Properties of a file of boundaries that does not say which of them is the P-code.
pub(crate) fn offered(columns: &[Offered]) -> Value {
    columns.iter().map(|one| json!({"header": one.header, "values": one.values})).collect()
}

/// A draft, whole.
pub(crate) fn draft(place: &Place<'_>, draft: &Draft, status: &Status, now: u64) -> Value {
    let mut document = short_draft(place, draft, status, now);
    if let (Some(reading), Value::Object(members)) = (&status.read, &mut document) {
        members.extend(of_report(reading.kind, &reading.report));
        members.extend(of_reading(reading));
    }
    document
}

/// A committed submission in a list.
pub(crate) fn short(place: &Place<'_>, submission: &Submission) -> Value {
    let id = submission.id.to_string();
    json!({
        "id": id,
        "state": "committed",
        "kind": &*submission.kind,
        "file": &*submission.file_name,
        "sheet": submission.sheet.as_deref(),
        "at": &*submission.at,
        "revision": submission.revision,
        "submission": submission.id,
        "replaces": submission.replaces,
        "undoes": submission.undoes,
        "decisions": submission.decisions(),
        "links": links_of(place, &id, false),
    })
}

/// The score of every partner, the least complete first.
pub(crate) fn quality(snapshot: &Snapshot) -> Value {
    let partners = crate::analysis::quality(snapshot).into_iter().map(|one| {
        json!({
            "partner": &*one.partner,
            "name": &*one.name,
            "rows": one.rows,
            "completeness": one.completeness,
            "with_place": one.with_place,
            "with_date": one.with_date,
            "with_sector": one.with_sector,
            "with_figure": one.with_figure,
            "with_group": one.with_group,
            "months": one.months,
            "months_of_operation": one.months_of_operation,
            "days_late": one.days_late,
        })
    });
    json!({
        "operation": &*snapshot.operation.id,
        "revision": snapshot.revision.number,
        "partners": partners.collect::<Vec<_>>(),
    })
}

/// What a rollback did.
pub(crate) fn rolled_back(done: &RolledBack) -> Value {
    json!({
        "submission": done.submission.id,
        "ended": done.rows.ended,
        "restored": done.rows.restored,
        "passed": done.rows.passed,
        "left": done.rows.left,
        "left_rows": done.rows.named,
        "said": done.in_words(),
        "revision": done.committed.as_ref().map(|revision| revision.number),
    })
}

/// A committed submission, whole.
pub(crate) fn committed(place: &Place<'_>, submission: &Submission, report: &Report) -> Value {
    let mut document = short(place, submission);
    if let (Some(kind), Value::Object(members)) = (Kind::from_name(&submission.kind), &mut document)
    {
        members.insert("counts".to_owned(), json!(report.counts));
        members.extend(of_report(kind, report));
    }
    document
}

/// How a file was read.
fn of_reading(reading: &Reading) -> Map<String, Value> {
    let reason = reading.kinds.first().map_or("you said so", |kind| &kind.reason);
    let kinds = reading
        .kinds
        .iter()
        .map(|kind| json!({"kind": kind.kind.name(), "score": kind.score, "reason": kind.reason}));
    let options = &reading.asked.options;
    let told = options.columns.iter().map(|(header, field)| (header, Some(field.name())));
    let told = told.chain(options.unused.iter().map(|header| (header, None)));
    members(json!({
        "kind_reason": reason,
        "kinds": kinds.collect::<Vec<_>>(),
        "base": reading.base,
        "asked": {
            "kind": reading.asked.kind.map(Kind::name),
            "sheet": options.sheet,
            "header_row": options.header_row,
            "columns": told.map(|(header, field)| (header.clone(), json!(field))).collect::<Map<_, _>>(),
            "sector": options.sector.map(|sector| sector.code()),
            "cycle": options.cycle.map(|cycle| cycle.to_string()),
            "level": options.level,
            "replaces": reading.asked.replaces,
        },
        "differences": reading.differences.iter().map(difference).collect::<Vec<_>>(),
        "earlier": reading.earlier.as_ref().map(|earlier| json!({
            "submission": earlier.submission,
            "file": &*earlier.file,
            "at": &*earlier.at,
            "shared": earlier.shared,
            "near": earlier.near,
            "differs": earlier.differs,
            "missing": earlier.missing,
        })),
    }))
}

/// A row that is new, changes or goes: its fields before and after.
fn difference(one: &Difference) -> Value {
    let fields = one.fields.iter();
    let fields = fields
        .map(|(name, before, after)| json!({"field": name, "before": before, "after": after}));
    json!({
        "happens": match one.happens {
            Happens::New => "new",
            Happens::Changed => "changed",
            Happens::Gone => "gone",
        },
        "row": one.row,
        "what": one.what,
        "fields": fields.collect::<Vec<_>>(),
    })
}

fn of_report(kind: Kind, report: &Report) -> Map<String, Value> {
    let preview = &report.preview;
    let columns = report.columns.iter().enumerate().map(|(at, column)| {
        json!({
            "index": column.index,
            "letters": column.letters,
            "header": column.header,
            "tag": column.tag,
            "field": column.field,
            "group": column.group,
            "confidence": column.confidence,
            "reason": column.reason,
            "personal": column.personal,
            "values": preview.values.get(at).map_or(&[][..], Vec::as_slice),
        })
    });
    let fields = FIELDS.iter().filter(|known| kind.accepts(known.field));
    let sheets = report.sheets.iter();
    let rows = preview.rows.iter();
    members(json!({
        "format": report.format,
        "sheets": sheets
            .map(|sheet| json!({"name": sheet.name, "rows": sheet.rows, "chosen": sheet.chosen, "reason": sheet.reason}))
            .collect::<Vec<_>>(),
        "sheet": report.sheet,
        "header_row": report.header_row,
        "hxl_row": report.hxl_row,
        "first_row": report.first_row,
        "choice": report.choice,
        "columns": columns.collect::<Vec<_>>(),
        "fields": fields.map(|known| json!({"name": known.name, "doc": known.doc})).collect::<Vec<_>>(),
        "preview": rows.map(|row| json!({"row": row.row, "cells": row.cells})).collect::<Vec<_>>(),
        "placed": report.placed,
        "issues": report.issues,
        "remarks": report.remarks,
        "dropped_personal": report.dropped_personal,
    }))
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn links_of(place: &Place<'_>, id: &str, draft: bool) -> Value {
    let own = place.import(id);
    let report = format!("{own}/report");
    let mut all = vec![
        link("self", links::JSON, "This import", own.clone()),
        link("alternate", links::CSV, "The report, row by row", format!("{report}?f=csv")),
    ];
    if draft {
        all.push(link("edit", links::JSON, "Commit it (POST)", format!("{own}/commit")));
        let gaps = links::collection(place.base, place.operation, "gaps");
        let href = format!("{gaps}/items?draft={}", links::encoded(id));
        all.push(link("preview", links::GEOJSON, "The gaps after its commit", href));
    }
    json!(all)
}

/// How a report is written.
pub(crate) struct ReportFormat {
    name: &'static str,
    pub media: &'static str,
    /// Ending of a file that is saved, where it is one.
    pub extension: Option<&'static str>,
    /// Takes the bytes of the file too; none where it is not there any more.
    pub write: fn(&Report, &[u8]) -> Result<Vec<u8>, Problem>,
}

const REPORTS: &[ReportFormat] = &[
    ReportFormat {
        name: "json",
        media: links::JSON,
        extension: None,
        write: |report, _| serde_json::to_vec(report).map_err(not_written),
    },
    ReportFormat {
        name: "csv",
        media: "text/csv; charset=utf-8",
        extension: Some("csv"),
        write: |report, _| Ok(report.to_csv().into_bytes()),
    },
    ReportFormat {
        name: "xlsx",
        media: xlsx_layer::MEDIA,
        extension: Some("xlsx"),
        write: |report, bytes| returned::workbook(bytes, &[report]).map_err(not_written),
    },
];

fn not_written(failed: impl std::fmt::Display) -> Problem {
    tracing::error!(%failed, "a report could not be written");
    Problem::internal()
}

/// The format of a report that is asked for.
pub(crate) fn report_format(ask: &Ask) -> Result<&'static ReportFormat, Problem> {
    const F: Parameter = Parameter { description: "The format of the report.", ..FORMAT };
    let params = ask.params(&[&F])?;
    let wanted = params.get("f").unwrap_or("json");
    REPORTS.iter().find(|format| format.name == wanted).ok_or_else(|| {
        let known: Vec<_> = REPORTS.iter().map(|format| format.name).collect();
        BadParameter::new("f", format!("give one of {}", known.join(", "))).into()
    })
}

/// The name under which a report is saved.
pub(crate) fn report_name(file: &str, extension: &str) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    format!("{}-report.{extension}", stem.chars().map(plain).collect::<String>())
}
