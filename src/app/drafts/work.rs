//! What is done with a draft, off the async threads: read, shown, committed.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::watch;

use super::{Asked, Committed, Draft, DraftError, Offered, Phase};
use super::{Prepared, Reading, Sent, Status};
use crate::app::App;
use crate::app::collections::View;
use crate::app::commit::next;
use crate::app::import::{Import, ImportError, check_id};
use crate::app::plan::plan;
use crate::domain::{Revision, Rows, Snapshot, Text};
use crate::intake::{self, Kind, Progress};

/// How often a file that nobody looks at is compared anew because others committed meanwhile.
const UNSEEN: usize = 20;

/// How long reading it again may take.
const AGAIN: Duration = Duration::from_secs(3600);

impl App {
    /// Takes a file in as a draft and begins to read it.
    pub fn send(self: &Arc<App>, sent: Sent, asked: Asked) -> Result<Arc<Draft>, ImportError> {
        check_id(&sent.operation.id)?;
        let status = Status {
            phase: Phase::Failed,
            asked: asked.clone(),
            read: None,
            error: None,
            offered: Arc::default(),
            committed: None,
            bytes: sent.bytes,
        };
        let draft = Arc::new(Draft {
            id: sent.id,
            operation: sent.operation.id.clone(),
            size: status.bytes.len(),
            file_name: sent.file_name,
            at: sent.at,
            said: sent.operation,
            sent_as: asked.clone(),
            status: watch::Sender::new(status),
            reading: AtomicU64::new(0),
            written: AtomicU64::new(0),
            seen: Mutex::new(Instant::now()),
        });
        self.drafts.add(draft.clone());
        // A new draft is never busy.
        let _ = self.begin(&draft, asked, true);
        Ok(draft)
    }

    /// Takes the file of a draft in once more, to read another sheet of it in the same way.
    pub fn copy_draft(
        self: &Arc<App>,
        draft: &Draft,
        id: Text,
        sheet: &str,
        at: Text,
    ) -> Result<Arc<Draft>, DraftError> {
        let status = draft.status();
        if status.phase == Phase::Committed {
            return Err(DraftError::Committed);
        }
        let mut asked = status.asked;
        // The kind that was found holds for the sheets that are like it.
        asked.kind = status.read.map(|reading| reading.kind).or(asked.kind);
        asked.options.sheet = Some(sheet.trim().to_owned());
        asked.options.header_row = None;
        asked.options.every_sheet = true;
        asked.replaces = None;
        let sent = Sent {
            id,
            operation: draft.said.clone(),
            file_name: draft.file_name.clone(),
            bytes: status.bytes,
            at,
        };
        Ok(self.send(sent, asked)?)
    }

    /// Begins to read a draft in another way. Where that fails, it stays as it was: as it was last
    /// read, or where it never was, as it was sent.
    pub fn read_again(self: &Arc<App>, draft: &Arc<Draft>, asked: Asked) -> Result<(), DraftError> {
        self.begin(draft, asked, false)
    }

    fn begin(
        self: &Arc<App>,
        draft: &Arc<Draft>,
        mut asked: Asked,
        as_sent: bool,
    ) -> Result<(), DraftError> {
        asked.options.progress = Progress::default();
        let mut refused = None;
        draft.status.send_modify(|status| match status.phase {
            Phase::Committing => refused = Some(DraftError::Busy),
            Phase::Committed => refused = Some(DraftError::Committed),
            _ => {
                status.phase = Phase::Reading;
                status.asked = asked.clone();
                status.error = None;
            }
        });
        if let Some(refused) = refused {
            return Err(refused);
        }
        let number = draft.reading.fetch_add(1, Relaxed) + 1;
        let (app, draft) = (self.clone(), draft.clone());
        tokio::spawn(async move {
            let read = app.read_draft(&draft, asked).await;
            let offered = match &read {
                Err(ImportError::Unreadable(_)) => app.offered(&draft).await,
                _ => Arc::default(),
            };
            let mut back = None;
            draft.status.send_modify(|status| {
                if draft.reading.load(Relaxed) != number || status.phase != Phase::Reading {
                    return;
                }
                match read {
                    Ok(reading) => {
                        status.phase = Phase::Ready;
                        status.read = Some(Arc::new(reading));
                    }
                    Err(error) => {
                        status.error = Some(Arc::new(error));
                        match &status.read {
                            Some(before) => {
                                status.phase = Phase::Ready;
                                status.asked = before.asked.clone();
                            }
                            // A correction came before the file was read as it was sent.
                            None if !as_sent => back = status.error.clone(),
                            None => status.phase = Phase::Failed,
                        }
                    }
                }
                status.offered = offered;
            });
            app.drafts.make_room();
            if back.is_some() && app.begin(&draft, draft.sent_as.clone(), true).is_ok() {
                draft.status.send_modify(|status| status.error = back);
            }
        });
        Ok(())
    }

    /// What a file of boundaries has that could not be read.
    async fn offered(self: &Arc<App>, draft: &Arc<Draft>) -> Arc<Vec<Offered>> {
        let bytes = draft.bytes();
        let found = tokio::task::spawn_blocking(move || super::offered::offered(&bytes));
        Arc::new(found.await.unwrap_or_default())
    }

    /// The operation as it would be after the commit of a draft. What is the same as in `current`,
    /// the view of what it is now, is shared with it.
    pub async fn draft_view(
        self: &Arc<App>,
        draft: &Arc<Draft>,
        current: Option<Arc<View>>,
    ) -> Result<Arc<View>, DraftError> {
        let shared = current;
        loop {
            let status = draft.settled(Duration::from_secs(600)).await;
            let reading = match (status.phase, status.read, status.error) {
                (Phase::Ready, Some(reading), _) => reading,
                (Phase::Failed, _, Some(error)) => return Err(DraftError::Failed(error)),
                (Phase::Committed, ..) => return Err(DraftError::Committed),
                _ => return Err(DraftError::Busy),
            };
            let known = self.load_listed(&draft.operation).await.map_err(ImportError::Store)?;
            let current = known.as_ref().map_or(0, |known| known.revision.number);
            let known = self.known(draft, known);
            let (app, at) = (self.clone(), draft.at.clone());
            let (based, shared) = (reading.clone(), shared.clone());
            let view = tokio::task::spawn_blocking(move || {
                if based.base != current {
                    return None;
                }
                let mut prepared = based.prepared.lock().unwrap_or_else(PoisonError::into_inner);
                let view = match std::mem::take(&mut *prepared) {
                    Prepared::Plan(plan) => {
                        let revision = Revision { number: current + 1, at };
                        let plan = *plan;
                        let after =
                            next(&known, plan.operation, revision, plan.submission, plan.changes);
                        Arc::new(View::beside(shared.as_deref(), after, app.standards.clone()))
                    }
                    Prepared::View(view) => view,
                    Prepared::Dropped => return None,
                };
                *prepared = Prepared::View(view.clone());
                Some(view)
            });
            match view.await.map_err(|_| ImportError::Stopped)? {
                Some(view) => return Ok(view),
                // The rows were given up, or the operation has moved: the file is read again.
                None => self.read_again(draft, reading.asked.clone())?,
            }
        }
    }

    /// Commits a draft, by the same way as every import. It is compared anew with what is known
    /// then, and refused where it would change anything else than what was shown. The commit goes
    /// on when nobody waits for it any more.
    pub async fn commit_draft(
        self: &Arc<App>,
        draft: &Arc<Draft>,
        at: Text,
    ) -> Result<(), DraftError> {
        let mut begun = Err(DraftError::Busy);
        draft.status.send_modify(|status| match (status.phase, &status.read) {
            (Phase::Ready, Some(reading)) => {
                if let Some(why) = reading.nothing_accepted() {
                    begun = Err(DraftError::NothingAccepted(why));
                    return;
                }
                begun = Ok((reading.clone(), status.bytes.clone()));
                status.phase = Phase::Committing;
                status.error = None;
            }
            (Phase::Committed, _) => begun = Err(DraftError::Committed),
            (Phase::Failed, _) => {
                begun = Err(status.error.clone().map_or(DraftError::Busy, DraftError::Failed));
            }
            _ => {}
        });
        let (reading, bytes) = begun?;
        draft.written.store(0, Relaxed);
        let (app, draft) = (self.clone(), draft.clone());
        let commit = tokio::spawn(async move {
            let done = app.commit_reading(&draft, &reading, bytes, at).await.map_err(Arc::new);
            let moved = done.as_ref().is_err_and(|error| matches!(**error, ImportError::Moved(_)));
            draft.status.send_modify(|status| match &done {
                Ok(committed) => {
                    status.phase = Phase::Committed;
                    status.committed = Some(*committed);
                    status.bytes = Bytes::new();
                    *reading.prepared.lock().unwrap_or_else(PoisonError::into_inner) =
                        Prepared::Dropped;
                }
                Err(error) => {
                    status.phase = Phase::Ready;
                    status.error = Some(error.clone());
                }
            });
            if moved {
                let error = draft.status().error;
                if app.read_again(&draft, reading.asked.clone()).is_ok() {
                    draft.status.send_modify(|status| status.error = error);
                }
            }
            done.map(|_| ())
        });
        commit.await.map_err(|_| ImportError::Stopped)?.map_err(DraftError::Failed)
    }

    /// Commits a draft that nobody looks at before: where others committed meanwhile, what it makes
    /// now is what was asked for.
    pub async fn commit_unseen(
        self: &Arc<App>,
        draft: &Arc<Draft>,
        at: Text,
    ) -> Result<(), DraftError> {
        let moved = |error: &ImportError| matches!(error, ImportError::Moved(_));
        for _ in 0..UNSEEN {
            match self.commit_draft(draft, at.clone()).await {
                Err(DraftError::Failed(error)) if moved(&error) => {}
                done => return done,
            }
            // It is read again already.
            draft.settled(AGAIN).await;
        }
        self.commit_draft(draft, at).await
    }

    async fn commit_reading(
        self: &Arc<App>,
        draft: &Draft,
        reading: &Reading,
        bytes: Bytes,
        at: Text,
    ) -> Result<Committed, ImportError> {
        let import = Import {
            operation: draft.said.clone(),
            kind: reading.kind,
            file_name: draft.file_name.clone(),
            content: bytes.into(),
            options: reading.asked.options.clone(),
            replaces: reading.asked.replaces,
            dry_run: false,
            expected: Some(reading.counts),
            at,
        };
        let written = |rows: usize| {
            draft.written.fetch_add(rows as u64, Relaxed);
        };
        let outcome = self.import(import, &written).await?;
        // It is written: what cannot be looked up now is no failure.
        let after = self.load_listed(&draft.operation).await.unwrap_or_default();
        let submissions = after.as_ref().map_or(&[][..], |after| &after.submissions);
        let revision = outcome.committed.as_ref().map(|revision| revision.number);
        let made = submissions.iter().find(|one| Some(one.revision) == revision);
        let current = self.answered(&draft.operation).map_or(0, |current| current.number);
        let submission = made.map(|one| one.id);
        Ok(Committed { submission, revision: revision.unwrap_or(current) })
    }

    /// What a draft is compared with: the operation, or an empty one where it is new.
    fn known(&self, draft: &Draft, known: Option<Arc<Snapshot>>) -> Arc<Snapshot> {
        known.unwrap_or_else(|| Arc::new(Snapshot::build(Rows::empty(draft.said.after(None)))))
    }

    async fn read_draft(
        self: &Arc<App>,
        draft: &Arc<Draft>,
        asked: Asked,
    ) -> Result<Reading, ImportError> {
        let _permit = self.drafts.readings.acquire().await.map_err(|_| ImportError::Stopped)?;
        let known = self.current(&draft.operation).await?;
        let base = known.as_ref().map_or(0, |known| known.revision.number);
        let known = self.known(draft, known);
        let numbers = match &self.store {
            Some(store) => store.next_numbers(&draft.operation).await?,
            None => return Err(ImportError::NoDatabase),
        };
        let bytes = draft.status.borrow().bytes.clone();
        let (app, operation) = (self.clone(), draft.said.clone());
        let (file_name, at) = (draft.file_name.clone(), draft.at.clone());
        let read = tokio::task::spawn_blocking(move || {
            let (kind, kinds) = match asked.kind {
                Some(kind) => (kind, Vec::new()),
                None => {
                    let found = intake::kinds(&bytes, &known, &asked.options)?;
                    let first = found.first().map_or(Kind::Activities, |first| first.kind);
                    (first, found)
                }
            };
            let options = asked.options.clone();
            let import = Import {
                operation,
                kind,
                file_name,
                content: bytes.into(),
                options,
                replaces: asked.replaces,
                dry_run: true,
                expected: None,
                at,
            };
            let plan = plan(import, &known, &app.standards, numbers)?;
            Ok::<_, ImportError>((plan, known, asked, kind, kinds))
        });
        let (plan, known, asked, kind, kinds) = read.await.map_err(|_| ImportError::Stopped)??;
        let mut plan = self.name_unplaced(plan, &known).await?;
        let (report, counts) = (std::mem::take(&mut plan.report), plan.counts);
        let differences = std::mem::take(&mut plan.differences);
        let earlier = plan.earlier.take();
        let prepared = Mutex::new(Prepared::Plan(Box::new(plan)));
        Ok(Reading { asked, kind, kinds, report, counts, differences, earlier, base, prepared })
    }
}
