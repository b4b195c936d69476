//! Need and population rows whose area no boundary knew are rejected (METHODS 3) and not kept. When
//! boundaries come that know them, the import of those says which files to send again.

use std::sync::Arc;

use super::App;
use super::import::ImportError;
use super::plan::Plan;
use super::settle::areas_after;
use crate::domain::words::grouped;
use crate::domain::{Snapshot, Submission, undone};
use crate::intake::{Gazetteer, Kind, Report, rejected_places};

impl App {
    /// Adds to the report of boundaries which earlier files have rejected rows that these would
    /// place. The other plans stay as they are.
    pub(super) async fn name_unplaced(
        self: &Arc<App>,
        mut plan: Plan,
        known: &Arc<Snapshot>,
    ) -> Result<Plan, ImportError> {
        if plan.changes.areas.added.is_empty() {
            return Ok(plan);
        }
        let store = self.store.as_ref().ok_or(ImportError::NoDatabase)?;
        let mut reports = Vec::new();
        for submission in standing(&known.submissions) {
            let report = store.report(&known.operation.id, submission.id).await?;
            reports.extend(report.map(|report| (submission.clone(), report)));
        }
        let known = known.clone();
        let named = tokio::task::spawn_blocking(move || {
            let remarks = remarks(&plan, &known, &reports);
            plan.remark(remarks);
            plan
        });
        named.await.map_err(|_| ImportError::Stopped)
    }
}

/// The submissions of needs and population that no later one stands for, as one that replaces them
/// or is of the same file does.
fn standing(submissions: &[Submission]) -> impl Iterator<Item = &Submission> {
    let undone = undone(submissions);
    let stays = move |one: &Submission| !undone.contains(&one.id);
    let rejects = [Kind::Needs, Kind::Population].map(Kind::name);
    submissions.iter().filter(move |one| {
        let stands_for_it = |later: &Submission| {
            let same_file = later.sha256 == one.sha256 && later.kind == one.kind;
            later.id > one.id && stays(later) && (later.replaces == Some(one.id) || same_file)
        };
        rejects.contains(&&*one.kind) && stays(one) && !submissions.iter().any(stands_for_it)
    })
}

/// A sentence for each submission with rows that the areas after the plan know and those before it
/// do not.
fn remarks(plan: &Plan, known: &Snapshot, reports: &[(Submission, String)]) -> Vec<String> {
    if reports.is_empty() {
        return Vec::new();
    }
    let tree = areas_after(known, &plan.changes.areas);
    let before = Gazetteer::new(&known.areas, &known.decisions);
    let after = Gazetteer::new(&tree, &known.decisions);
    let remark = |(submission, report): &(Submission, String)| {
        let report: Report = serde_json::from_str(report).ok()?;
        let knows = |by: &Gazetteer<'_>, words: &[(u8, &str)]| {
            words.iter().all(|(level, word)| by.has(word, *level))
        };
        let rows = rejected_places(&report);
        let count = rows.values().filter(|row| !knows(&before, row) && knows(&after, row)).count();
        let (id, file) = (submission.id, &submission.file_name);
        let (rows, they) = if count == 1 { ("row was", "it") } else { ("rows were", "them") };
        (count > 0).then(|| {
            format!(
                "Submission {id} ({file}, {}): {} {rows} rejected because no boundary knew the area, and these boundaries know {they}. Import that file again after these.",
                submission.kind,
                grouped(count as i64),
            )
        })
    };
    reports.iter().filter_map(remark).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::sync::Arc;

    use crate::app::App;
    use crate::app::import::{Import, Said};
    use crate::intake::{Kind, Options, Report};

    const PROVINCES: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"adm1_pcode":"XA01","adm1_name":"North"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}}]}"#;
    const DISTRICTS: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"adm1_pcode":"XA01","adm2_pcode":"XA0101","adm2_name":"Alba"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,2],[0,2],[0,0]]]}}]}"#;
    const NEEDS: &str = "adm1_pcode,adm2_pcode,sector,in_need,cycle_start,cycle_end
XA01,,WSH,900,2026-01-01,2026-12-31
XA01,XA0101,WSH,500,2026-01-01,2026-12-31
XA01,xa-0101,HEA,400,2026-01-01,2026-12-31
XA01,XA0109,WSH,400,2026-01-01,2026-12-31
";

    async fn imported(app: &Arc<App>, kind: Kind, name: &str, text: &str) -> (Report, Report) {
        let import = Import {
            operation: Said::of("op"),
            kind,
            file_name: name.into(),
            content: text.to_owned().into(),
            options: Options::default(),
            replaces: None,
            dry_run: false,
            expected: None,
            at: "2026-07-01T00:00:00Z".into(),
        };
        let shown = app.import(import, &|_| ()).await.unwrap().report;
        let last = app.snapshot("op").unwrap().submissions.last().unwrap().id;
        (shown, app.report("op", last).await.unwrap().unwrap())
    }

    fn said(report: &Report) -> Vec<&String> {
        report.remarks.iter().filter(|remark| remark.contains("Import that file again")).collect()
    }

    #[tokio::test]
    async fn boundaries_name_the_files_whose_rejected_rows_they_know() {
        let app = Arc::new(App::create("sqlite::memory:", Default::default()).await.unwrap());
        let (report, _) = imported(&app, Kind::Areas, "adm1.geojson", PROVINCES).await;
        assert!(said(&report).is_empty(), "{:?}", report.remarks);
        let (report, _) = imported(&app, Kind::Needs, "needs.csv", NEEDS).await;
        assert_eq!(report.counts.rejected, 3, "{:?}", report.issues);
        let (shown, stored) = imported(&app, Kind::Areas, "adm2.geojson", DISTRICTS).await;
        // A code that is still unknown is not promised; one that needs repair is.
        let sentence = "Submission 2 (needs.csv, needs): 2 rows were rejected because no boundary knew the area, and these boundaries know them. Import that file again after these.";
        assert_eq!(said(&shown), [sentence]);
        assert_eq!(said(&stored), [sentence]);
        let (report, _) = imported(&app, Kind::Needs, "needs.csv", NEEDS).await;
        assert_eq!(report.counts.rejected, 1, "{:?}", report.issues);
        assert_eq!(app.snapshot("op").unwrap().needs.len(), 3);
        // What was sent again, or was known before, is not named once more.
        let renamed = DISTRICTS.replace("Alba", "Alva");
        let (report, _) = imported(&app, Kind::Areas, "adm2.geojson", &renamed).await;
        assert!(said(&report).is_empty(), "{:?}", report.remarks);
    }
}
