//! Names that wait for somebody's word, and what is said about them.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::import::ImportError;
use crate::app::review::Word;
use crate::domain::{Decision, DecisionKind, Source};
use crate::intake::review::{self, ReviewItem, ReviewState};

use super::conditional::Kind;
use super::extract::Ask;
use super::landing::bytes;
use super::links::JSON;
use super::problem::Problem;

/// Everything there is to look at: what waits first, then by people and rows.
pub(crate) async fn items(ask: Ask, Path(operation): Path<String>) -> Result<Response, Problem> {
    ask.writes()?;
    let view = ask.view(&operation).await?;
    ask.answer_once_of(view.snapshot.clone(), Kind::fresh(JSON), move |ask| {
        ask.only_format()?;
        let items = review::items(&view.snapshot);
        let waiting = items.iter().filter(|item| item.state == ReviewState::Waits).count();
        bytes(&json!({
            "revision": view.snapshot.revision.number,
            "waiting": waiting,
            "items": items.iter().map(described).collect::<Vec<_>>(),
        }))
    })
    .await
}

/// Makes decisions, all of them as one revision.
pub(crate) async fn decide(
    ask: Ask,
    Path(operation): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let at = (ask.writes()?.now)();
    ask.only_format()?;
    let words = words(&body)?;
    let app = ask.server.app.clone();
    // It goes on when nobody waits for it any more.
    let work = tokio::spawn(async move { app.decide(&operation, words, at).await });
    let done = work.await.map_err(|_| ImportError::Stopped)??;
    ask.answer_once(Kind::fresh(JSON), move |_| {
        bytes(&json!({
            "decisions": done.decisions,
            "activities_moved": done.settled.activities_moved,
            "sites_moved": done.settled.sites_moved,
            "partners": done.settled.partners,
            "said": done.in_words(),
            "revision": done.committed.as_ref().map(|revision| revision.number),
        }))
    })
    .await
}

fn described(item: &ReviewItem) -> Value {
    let candidates = item.candidates.iter().map(|one| {
        json!({
            "value": &*one.value,
            "name": &*one.name,
            "parent": one.parent.as_deref(),
            "confidence": one.confidence,
            "method": one.method,
        })
    });
    json!({
        "kind": item.kind,
        "key": &*item.key,
        "said": &*item.said,
        "where": item.within.as_deref(),
        "level": item.level,
        "is_code": item.is_code,
        "rows": item.rows,
        "people": item.people,
        "candidates": candidates.collect::<Vec<_>>(),
        "state": item.state.code(),
    })
}

fn words(body: &[u8]) -> Result<Vec<Word>, Problem> {
    const SHAPE: &str = "Send {\"decisions\": [{\"kind\": \"place\", \"key\": …, \"value\": …}]}, with kinds place and partner, keys as they are listed, and null where none of the suggestions is right; or \"undo\": true in place of a value, for a name that is to wait again.";
    let refused = || Problem::new(StatusCode::BAD_REQUEST, "Bad decisions", SHAPE);
    let body: Value = serde_json::from_slice(body).map_err(|_| refused())?;
    let all = body.get("decisions").and_then(Value::as_array).ok_or_else(refused)?;
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
    all.iter()
        .map(|one| {
            let kind = text(one, "kind").and_then(|kind| DecisionKind::from_code(&kind));
            let kind = kind.ok_or_else(refused)?;
            let key = text(one, "key").ok_or_else(refused)?.into();
            let value = match (one.get("value"), one.get("undo")) {
                (None, Some(Value::Bool(true))) => return Ok(Word::Undone(kind, key)),
                (_, Some(_)) => return Err(refused()),
                (Some(Value::Null), None) => None,
                (Some(Value::String(value)), None) => Some(value.as_str().into()),
                _ => return Err(refused()),
            };
            let note = match one.get("note") {
                None | Some(Value::Null) => None,
                Some(Value::String(note)) => Some(note.as_str().into()),
                _ => return Err(refused()),
            };
            Ok(Word::Is(Decision { kind, key, value, note, source: Source::default() }))
        })
        .collect()
}
