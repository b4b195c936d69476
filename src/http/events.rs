//! New revisions of an operation, told as they come (server-sent events, HTML standard section 9.2).

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, StreamExt};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::extract::Ask;
use super::problem::Problem;
use crate::app::App;
use crate::domain::Revision;

pub(super) const MEDIA: &str = "text/event-stream";

/// Listeners of one server at once.
pub(super) const LISTENERS: usize = 4096;

/// How often a silent listener gets a line that says nothing, so that no proxy ends it.
const ALIVE: Duration = Duration::from_secs(15);

/// One listener.
struct Listener {
    app: Arc<App>,
    operation: String,
    changes: watch::Receiver<u64>,
    /// Whether the server is to end.
    ending: watch::Receiver<bool>,
    told: Option<u64>,
    _place: OwnedSemaphorePermit,
}

/// The revision that is answered from, at once and whenever it is another one. It ends with the
/// server; a browser connects again by itself. Who did not ask for events by name is told the first one
/// only: whoever tries each path of the OpenAPI document would wait for their end.
pub(crate) async fn events(
    ask: Ask,
    Path(operation): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    ask.only_now("the revisions that come are told, and no others")?;
    ask.params(&[])?;
    let server = &ask.server;
    let app = server.app.clone();
    if app.answered(&operation).is_none() {
        return Err(Problem::no_operation(&operation, app.listed().keys()));
    }
    let place = server.listeners.clone().try_acquire_owned().map_err(|_| Problem::busy())?;
    let (changes, ending) = (app.changes(), server.ending.subscribe());
    let listener = Listener { app, operation, changes, ending, told: None, _place: place };
    let listens = ask.headers.get_all(header::ACCEPT).iter().any(|accept| {
        accept.to_str().is_ok_and(|accept| accept.to_ascii_lowercase().contains(MEDIA))
    });
    let told = stream::unfold(listener, |mut listener| async {
        let revision = listener.next().await?;
        let data = json!({"revision": revision.number, "at": &*revision.at}).to_string();
        let event = Event::default().event("revision").id(revision.number.to_string()).data(data);
        Some((event, listener))
    });
    let told = told.take(if listens { usize::MAX } else { 1 });
    let told = told.map(Ok::<Event, Infallible>);
    let told = Sse::new(told).keep_alive(KeepAlive::new().interval(ALIVE));
    Ok(([(header::VARY, "accept")], told))
}

impl Listener {
    /// Waits for a revision that was not told; `None` where there will be none.
    async fn next(&mut self) -> Option<Revision> {
        loop {
            let revision = self.app.answered(&self.operation)?;
            if self.told != Some(revision.number) {
                self.told = Some(revision.number);
                return Some(revision);
            }
            tokio::select! {
                changed = self.changes.changed() => changed.ok()?,
                _ = self.ending.wait_for(|ends| *ends) => return None,
            }
        }
    }
}
