//! Imports over HTTP: a file becomes a draft, is read and compared, corrected and committed.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::Value;

use crate::app::collections::BadParameter;
use crate::app::drafts::asked::{Asked, NAMES};
use crate::app::drafts::{Draft, DraftError, Phase, Sent};
use crate::app::import::{ImportError, Said};
use crate::domain::{Snapshot, Submission, undone};

use super::conditional::Kind;
use super::documents::{self, Place};
use super::extract::{Ask, DRAFT};
use super::links::JSON;
use super::problem::Problem;
use super::revision;

/// How long an answer waits for a reading that may be quick.
const QUICK: Duration = Duration::from_secs(1);
/// How long a sender may be silent.
const SILENCE: Duration = Duration::from_secs(60);
/// How long a caller waits who wants it committed at once.
const WHOLE: Duration = Duration::from_secs(3600);
/// Characters of a file's name.
const NAME_LENGTH: usize = 200;
/// Why nothing else is asked for with a draft.
const NOT_COMMITTED: &str = "an import that is not committed is only as it is";

/// Every import of an operation: drafts, then what is committed, the newest first.
pub(crate) async fn list(ask: Ask, Path(operation): Path<String>) -> Result<Response, Problem> {
    ask.writes()?;
    let (app, known) = (ask.server.app.clone(), known(&ask, &operation).await?);
    let now = ask.now(&operation).ok();
    let is_now =
        known.as_ref().map(|one| one.revision.number) == now.map(|one| one.revision.number);
    let of = known.clone();
    let answered = ask.answer_once(Kind::fresh(JSON), move |ask| {
        ask.only_format()?;
        let place = Place { base: &ask.base, operation: &operation };
        let current = known.as_ref().map_or(0, |known| known.revision.number);
        let mut imports = Vec::new();
        // What is not committed is of no revision.
        for draft in app.drafts.of(&operation).into_iter().filter(|_| is_now) {
            let status = draft.status();
            // What is committed is listed as that.
            if status.committed.is_none_or(|committed| committed.submission.is_none()) {
                imports.push(documents::short_draft(&place, &draft, &status, current));
            }
        }
        let submissions = known.as_ref().map_or(&[][..], |known| &known.submissions);
        let mut submissions: Vec<&Submission> = submissions.iter().collect();
        submissions.sort_by_key(|submission| std::cmp::Reverse(submission.id));
        let counts = known.as_deref().map(Snapshot::rows_in_use).unwrap_or_default();
        for one in submissions {
            let mut document = documents::short(&place, one);
            document["rows_current"] = counts.get(&one.id).copied().unwrap_or(0).into();
            document["rolled_back"] =
                known.as_deref().and_then(|known| undoing(known, one.id)).into();
            imports.push(document);
        }
        super::landing::bytes(&serde_json::json!({"imports": imports}))
    });
    Ok(shows(answered.await?, of.as_deref()))
}

/// An answer with the revision it is of.
fn shows(mut response: Response, known: Option<&Snapshot>) -> Response {
    if let Some(known) = known {
        revision::show(response.headers_mut(), known);
    }
    response
}

/// The operation as it is, or was at the revision that is asked for; `None` where it has none yet.
async fn known(ask: &Ask, operation: &str) -> Result<Option<Arc<Snapshot>>, Problem> {
    ask.without(&[&DRAFT], "an import is asked for by its own address")?;
    let past = revision::past(ask, operation).await?;
    let past = past.map(|view| view.snapshot.clone());
    Ok(past.or_else(|| ask.now(operation).ok()))
}

/// Takes a file in. The answer waits a moment for its reading, or for all of it to be committed
/// where that is asked for.
pub(crate) async fn send(
    ask: Ask,
    Path(operation): Path<String>,
    body: Body,
) -> Result<Response, Problem> {
    let writes = ask.writes()?.clone();
    let wanted = Wanted::of(&ask)?;
    let bytes = received(&ask.headers, body, ask.server.upload_bytes).await?;
    if bytes.is_empty() {
        let detail = "The request has no body: send the bytes of the file, as curl does with --data-binary @FILE.";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "No file", detail));
    }
    let at = (writes.now)();
    let id = writes.token.id(ask.server.sent.fetch_add(1, Relaxed), &at);
    let sent = Sent {
        id: format!("d-{id}").into(),
        operation: Said {
            name: wanted.name.map(Into::into),
            household_size: wanted.household_size,
            ..Said::of(operation.as_str())
        },
        file_name: wanted.file,
        bytes,
        at,
    };
    let app = ask.server.app.clone();
    let draft = app.send(sent, wanted.asked)?;
    if wanted.commit && draft.settled(WHOLE).await.phase != Phase::Failed {
        let committed = app.commit_unseen(&draft, (writes.now)()).await;
        if let Err(DraftError::NothingAccepted(_)) = committed {
            app.drafts.remove(&operation, &draft.id);
        }
        committed?;
    }
    created(ask, operation, draft).await
}

/// One import: a draft, or a committed one by its number.
pub(crate) async fn one(
    ask: Ask,
    Path((operation, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    ask.writes()?;
    let app = ask.server.app.clone();
    if let Some(draft) = app.drafts.find(&operation, &id) {
        ask.only_now(NOT_COMMITTED)?;
        return shown(ask, operation, draft).await;
    }
    let known = known(&ask, &operation).await?;
    let submission = submission(known.as_deref(), &id)?;
    let report = app.report(&operation, submission.id).await?.unwrap_or_default();
    let answered = ask.answer_once(Kind::fresh(JSON), move |ask| {
        ask.only_format()?;
        let place = Place { base: &ask.base, operation: &operation };
        super::landing::bytes(&documents::committed(&place, &submission, &report))
    });
    Ok(shows(answered.await?, known.as_deref()))
}

/// Has a draft read in another way, and answers once it is: what fails is refused, and leaves it as
/// it was.
pub(crate) async fn change(
    ask: Ask,
    Path((operation, id)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Problem> {
    let draft = draft(&ask, &operation, &id)?;
    ask.only_format()?;
    let mut asked = draft.status().asked;
    let refused = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "Bad change", detail);
    let changes: Value = serde_json::from_slice(&body).map_err(|_| {
        refused("The body is not JSON: send an object such as {\"kind\": \"needs\"}.")
    })?;
    let Value::Object(changes) = changes else {
        return Err(refused("The body is not a JSON object such as {\"kind\": \"needs\"}."));
    };
    // What is said about the table comes before what is said about its columns.
    for (name, value) in changes.iter().filter(|(name, _)| *name != "columns") {
        asked.set(name, text(name, value)?.as_deref())?;
    }
    if let Some(columns) = changes.get("columns") {
        let Value::Object(columns) = columns else {
            return Err(refused(
                "\"columns\" is an object such as {\"Beneficiaries\": \"reached\"}.",
            ));
        };
        for (header, field) in columns {
            asked.set_column(header, text("columns", field)?.as_deref())?;
        }
    }
    ask.server.app.read_again(&draft, asked)?;
    let status = draft.settled(WHOLE).await;
    match status.error {
        Some(error) if status.phase != Phase::Reading => {
            draft.told();
            Err(Problem { columns: status.offered, ..Problem::from(&*error) })
        }
        _ => shown(ask, operation, draft).await,
    }
}

/// Has another sheet of a draft's file read, as a draft of its own.
pub(crate) async fn copy(
    ask: Ask,
    Path((operation, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let writes = ask.writes()?.clone();
    let first = draft(&ask, &operation, &id)?;
    let bad = |name: &str, reason: &str| Problem::from(BadParameter::new(name, reason));
    let mut sheet = None;
    for (name, value) in ask.pairs()? {
        match name.as_str() {
            "sheet" => sheet = Some(value),
            name => return Err(bad(name, "known is sheet")),
        }
    }
    let sheet = sheet.filter(|sheet| !sheet.trim().is_empty());
    let sheet = sheet.ok_or_else(|| bad("sheet", "give the name of a sheet of the file"))?;
    let at = (writes.now)();
    let id = writes.token.id(ask.server.sent.fetch_add(1, Relaxed), &at);
    let copy = ask.server.app.copy_draft(&first, format!("d-{id}").into(), &sheet, at)?;
    created(ask, operation, copy).await
}

/// The answer to a new draft, once its reading is done or takes longer than a moment. One that cannot
/// be read is refused and leaves nothing.
async fn created(ask: Ask, operation: String, draft: Arc<Draft>) -> Result<Response, Problem> {
    let status = draft.settled(QUICK).await;
    if let (Phase::Failed, Some(error)) = (status.phase, status.error) {
        ask.server.app.drafts.remove(&operation, &draft.id);
        return Err(Problem { columns: status.offered, ..Problem::from(&*error) });
    }
    let location = Place { base: &ask.base, operation: &operation }.import(&draft.id);
    let mut response = shown(ask, operation, draft).await?;
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Makes a draft part of the operation.
pub(crate) async fn commit(
    ask: Ask,
    Path((operation, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let draft = draft(&ask, &operation, &id)?;
    ask.only_format()?;
    let at = (ask.writes()?.now)();
    ask.server.app.commit_draft(&draft, at).await?;
    shown(ask, operation, draft).await
}

/// Undoes a committed submission, as a new revision.
pub(crate) async fn rollback(
    ask: Ask,
    Path((operation, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let at = (ask.writes()?.now)();
    ask.only_format()?;
    let app = ask.server.app.clone();
    let submission = submission(ask.now(&operation).ok().as_deref(), &id)?.id;
    // It goes on when nobody waits for it any more.
    let undo = tokio::spawn(async move { app.rollback(&operation, submission, false, at).await });
    let done = undo.await.map_err(|_| ImportError::Stopped)??;
    ask.answer_once(Kind::fresh(JSON), move |_| {
        super::landing::bytes(&documents::rolled_back(&done))
    })
    .await
}

/// The revision that undid a submission, where none undid that one.
fn undoing(known: &Snapshot, submission: u32) -> Option<u64> {
    let undone = undone(&known.submissions);
    let by = |one: &&Submission| one.undoes == Some(submission) && !undone.contains(&one.id);
    known.submissions.iter().rfind(by).map(|one| one.revision)
}

/// Forgets a draft.
pub(crate) async fn discard(
    ask: Ask,
    Path((operation, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let draft = draft(&ask, &operation, &id)?;
    if draft.status().phase == Phase::Committing {
        return Err(Problem::conflict("It is being committed now."));
    }
    ask.server.app.drafts.remove(&operation, &draft.id);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The whole report of an import.
pub(crate) async fn report(
    ask: Ask,
    Path((operation, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    ask.writes()?;
    let format = documents::report_format(&ask)?;
    let app = ask.server.app.clone();
    let kind = |file: &str| Kind {
        file_name: format.extension.map(|extension| documents::report_name(file, extension)),
        ..Kind::fresh(format.media)
    };
    if let Some(draft) = app.drafts.find(&operation, &id) {
        ask.only_now(NOT_COMMITTED)?;
        let Some(reading) = draft.settled(QUICK).await.read else {
            return Err(Problem::conflict("The file is not read yet."));
        };
        let (kind, bytes) = (kind(&draft.file_name), draft.bytes());
        return ask.answer_once(kind, move |_| (format.write)(&reading.report, &bytes)).await;
    }
    let known = known(&ask, &operation).await?;
    let submission = submission(known.as_deref(), &id)?;
    let report = app.report(&operation, submission.id).await?.unwrap_or_default();
    let kind = kind(&submission.file_name);
    let answered = ask.answer_once(kind, move |_| (format.write)(&report, &[]));
    Ok(shows(answered.await?, known.as_deref()))
}

/// What the query of a sent file says.
struct Wanted {
    file: String,
    asked: Asked,
    commit: bool,
    name: Option<String>,
    household_size: Option<f64>,
}

impl Wanted {
    fn of(ask: &Ask) -> Result<Wanted, Problem> {
        let mut wanted = Wanted {
            file: String::new(),
            asked: Asked::default(),
            commit: false,
            name: None,
            household_size: None,
        };
        let pairs = ask.pairs()?;
        let bad = |name: &str, reason: &str| Problem::from(BadParameter::new(name, reason));
        for (name, value) in &pairs {
            match name.as_str() {
                "file" => wanted.file = named(value),
                "commit" => {
                    wanted.commit = value
                        .parse()
                        .map_err(|_| bad(name, "give true to commit at once, or false"))?;
                }
                "name" if value.trim().is_empty() || value.chars().count() > NAME_LENGTH => {
                    return Err(bad(name, "give the operation's name, at most 200 characters"));
                }
                "name" => wanted.name = Some(value.trim().to_owned()),
                "household_size" => {
                    let size = value.parse().ok().filter(|size| (1.0..=30.0).contains(size));
                    let refused = || bad(name, "give the people of an average household, 1 to 30");
                    wanted.household_size = Some(size.ok_or_else(refused)?);
                }
                "column" => {}
                name if NAMES.contains(&name) => wanted.asked.set(name, Some(value))?,
                name => {
                    let known = "file, column, commit, name, household_size";
                    let known = format!("known are {known}, {}", NAMES.join(", "));
                    return Err(bad(name, &known));
                }
            }
        }
        for (_, value) in pairs.iter().filter(|(name, _)| name == "column") {
            let split = value.rsplit_once('=');
            let (header, field) =
                split.ok_or_else(|| bad("column", "write HEADER=FIELD, such as Total=reached"))?;
            wanted.asked.set_column(header, Some(field))?;
        }
        if wanted.file.is_empty() {
            return Err(bad("file", "give the name of the file, such as file=4w.xlsx"));
        }
        Ok(wanted)
    }
}

/// A file's name without folders and signs that no name has.
fn named(value: &str) -> String {
    let name = value.rsplit(['/', '\\']).next().unwrap_or(value);
    name.chars().filter(|c| !c.is_control()).take(NAME_LENGTH).collect::<String>().trim().to_owned()
}

/// A member of a change as text: null leaves it open again.
fn text(name: &str, value: &Value) -> Result<Option<String>, BadParameter> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(BadParameter::new(name, "give a text, a number or null")),
    }
}

/// The bytes of a body, within the budget. A sender who is silent for long has gone away.
async fn received(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        let detail = format!(
            "The file has more than {} MB: send a smaller one, or start the server with a larger --upload-mb.",
            most >> 20
        );
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "File too large", detail)
    };
    let said = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let said: usize = said.and_then(|length| length.parse().ok()).unwrap_or(0);
    if said > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(said);
    let mut stream = body.into_data_stream();
    loop {
        let piece = tokio::time::timeout(SILENCE, stream.next()).await.map_err(|_| {
            let detail = "Nothing more of the file came for a minute; send it again.";
            Problem::new(StatusCode::REQUEST_TIMEOUT, "Too slow", detail)
        })?;
        match piece {
            None => return Ok(bytes.into()),
            Some(Ok(piece)) if bytes.len() + piece.len() > most => return Err(too_large()),
            Some(Ok(piece)) => bytes.extend_from_slice(&piece),
            Some(Err(_)) => {
                let detail = "The file did not come whole; send it again.";
                return Err(Problem::new(StatusCode::BAD_REQUEST, "File cut short", detail));
            }
        }
    }
}

fn draft(ask: &Ask, operation: &str, id: &str) -> Result<Arc<Draft>, Problem> {
    ask.writes()?;
    let found = ask.server.app.drafts.find(operation, id);
    let known = ask.now(operation).ok();
    found.ok_or_else(|| match submission(known.as_deref(), id) {
        Ok(_) => Problem::conflict("It is committed already: only a draft can be changed."),
        Err(_) => Problem::no_draft(id),
    })
}

fn submission(known: Option<&Snapshot>, id: &str) -> Result<Submission, Problem> {
    let number = id.parse().ok();
    let found = known.and_then(|known| known.submission(number?).cloned());
    found.ok_or_else(|| Problem::no_draft(id))
}

/// The document of a draft as it is now.
async fn shown(ask: Ask, operation: String, draft: Arc<Draft>) -> Result<Response, Problem> {
    let current = ask.server.app.answered(&operation).map_or(0, |current| current.number);
    ask.answer_once(Kind::fresh(JSON), move |ask| {
        let place = Place { base: &ask.base, operation: &operation };
        super::landing::bytes(&documents::draft(&place, &draft, &draft.status(), current))
    })
    .await
}

/// How complete and how timely each partner's reports are.
pub(crate) async fn quality(ask: Ask, Path(operation): Path<String>) -> Result<Response, Problem> {
    ask.writes()?;
    let view = ask.view(&operation).await?;
    ask.answer_once_of(view.snapshot.clone(), Kind::fresh(JSON), move |ask| {
        ask.only_format()?;
        super::landing::bytes(&documents::quality(&view.snapshot))
    })
    .await
}
