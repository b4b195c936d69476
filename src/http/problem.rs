//! Refusals: `application/problem+json` (RFC 9457). Each says what is wrong and what would be right.
//! To people they are a page, which the guard makes.

use std::sync::Arc;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, VARY};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::collections::params::shown;
use crate::app::collections::{BadParameter, COLLECTIONS};
use crate::app::drafts::{DraftError, Offered};
use crate::app::import::ImportError;
use crate::domain::Text;

use super::documents::offered;

/// Why a request was not answered.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: StatusCode,
    pub title: &'static str,
    pub detail: String,
    /// The parameter to blame.
    pub parameter: Option<String>,
    pub request_id: Option<Box<str>>,
    /// What the file has, where its sender has to say what of it is what.
    pub columns: Arc<Vec<Offered>>,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether the log has said so before, and need not again.
    pub logged: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<serde_json::Value>,
}

impl Problem {
    pub fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Problem {
        Problem {
            status,
            title,
            detail: detail.into(),
            parameter: None,
            request_id: None,
            columns: Arc::default(),
            headers: Vec::new(),
            logged: false,
        }
    }

    pub fn not_found(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "Not found", detail)
    }

    pub fn no_operation<'a>(id: &str, known: impl Iterator<Item = &'a Text>) -> Problem {
        let known: Vec<&str> = known.map(|id| &**id).take(50).collect();
        let detail = match known.is_empty() {
            true => {
                format!("There is no operation \"{}\"; nothing has been imported yet.", shown(id))
            }
            false => {
                format!("There is no operation \"{}\"; known are {}.", shown(id), known.join(", "))
            }
        };
        Problem::not_found(detail)
    }

    pub fn no_collection(id: &str) -> Problem {
        let known: Vec<&str> = COLLECTIONS.iter().map(|collection| collection.id).collect();
        let known = known.join(", ");
        Problem::not_found(format!("There is no collection \"{}\"; known are {known}.", shown(id)))
    }

    pub fn no_feature(id: &str, collection: &str) -> Problem {
        let id = shown(id);
        Problem::not_found(format!(
            "There is no feature \"{id}\" in the collection \"{collection}\"."
        ))
    }

    pub fn no_draft(id: &str) -> Problem {
        Problem::not_found(format!(
            "There is no import \"{}\": a file that is not committed is dropped after a while, or when the server ends; send it again.",
            shown(id)
        ))
    }

    /// A file that cannot be read, or not be read so.
    pub fn unreadable(sentence: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "File not understood", sentence)
    }

    pub fn conflict(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::CONFLICT, "Not now", detail)
    }

    /// The database does not answer: what is in memory can still be read, but not this.
    pub fn away(error: &dyn std::fmt::Display) -> Problem {
        tracing::error!(%error, "the database does not answer");
        let detail = "The database does not answer now; what is in memory can still be read.";
        let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Database away", detail);
        problem.headers.push((RETRY_AFTER, HeaderValue::from_static("5")));
        problem
    }

    /// Another program has the database, or a table of it, for itself.
    pub fn locked(error: &dyn std::fmt::Display) -> Problem {
        tracing::error!(%error, "the database is locked");
        let detail = "Another program has the database locked, and did not let go in time: nothing \
                      was written. What is in memory can still be read. Send the same again once \
                      that program is done.";
        let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Database locked", detail);
        problem.headers.push((RETRY_AFTER, HeaderValue::from_static("5")));
        problem
    }

    /// What is stored of an operation cannot be read, now or later.
    pub fn damaged(operation: Option<&str>) -> Problem {
        let whose = match operation {
            Some(operation) => format!("What is stored of operation \"{}\"", shown(operation)),
            None => "What is stored of this operation".to_owned(),
        };
        let detail = format!(
            "{whose} cannot be read: run lacuna verify on the server's database. It says what is wrong, and what to do. Other operations are answered."
        );
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Stored data damaged", detail)
    }

    /// The database would not wait as long as this took.
    pub fn late(error: &dyn std::fmt::Display) -> Problem {
        tracing::error!(%error, "the database gave up waiting");
        let detail = "The database gave up waiting for another import, or a limit of time that it \
                      is set to is too short: nothing was written. Send the same again.";
        let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Not in time", detail);
        problem.headers.push((RETRY_AFTER, HeaderValue::from_static("5")));
        problem
    }

    /// The database can only be read.
    pub fn read_only(error: &dyn std::fmt::Display) -> Problem {
        tracing::error!(%error, "the database can only be read");
        let detail = "The database is where nothing can be written: nothing was. It can be read.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Database only read", detail)
    }

    /// The database has no room: reads go on.
    pub fn full(error: &dyn std::fmt::Display) -> Problem {
        tracing::error!(%error, "the disk of the database is full");
        let detail = "The disk of the database is full: nothing was written. Make room there, and \
                      send the same again.";
        Problem::new(StatusCode::INSUFFICIENT_STORAGE, "Disk full", detail)
    }

    pub fn busy() -> Problem {
        let detail = "More is being asked than can be answered now; try again in a moment.";
        let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Busy", detail);
        problem.headers.push((RETRY_AFTER, HeaderValue::from_static("2")));
        problem
    }

    /// What went wrong is in the log under the request's id.
    pub fn internal() -> Problem {
        let detail = "The server failed at this request. Its log says more under the request id.";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal error", detail)
    }
}

impl From<BadParameter> for Problem {
    fn from(bad: BadParameter) -> Problem {
        let detail = bad.to_string();
        let problem = Problem::new(StatusCode::BAD_REQUEST, "Bad parameter", detail);
        Problem { parameter: Some(bad.name), ..problem }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Problem {
        Problem::from(&error)
    }
}

impl From<&ImportError> for Problem {
    fn from(error: &ImportError) -> Problem {
        match error {
            _ if error.is_conflict() => Problem::conflict(sentence(error)),
            ImportError::Unreadable(sentence) => Problem::unreadable(sentence.0.clone()),
            ImportError::NoOperation(_) | ImportError::NoSubmission(_) => {
                Problem::new(StatusCode::NOT_FOUND, "Not found", sentence(error))
            }
            ImportError::NotReplaceable { .. }
            | ImportError::ReplacesByNothing { .. }
            | ImportError::BadDecision(_) => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "Not possible", sentence(error))
            }
            ImportError::BadOperation(_) => {
                Problem::new(StatusCode::BAD_REQUEST, "Bad operation", sentence(error))
            }
            ImportError::NoDatabase => {
                let detail = "This server has no database: it takes no imports.";
                Problem::new(StatusCode::FORBIDDEN, "Read only", detail)
            }
            ImportError::Store(pruned) if pruned.is_pruned() => {
                Problem::new(StatusCode::GONE, "Pruned", sentence(error))
            }
            ImportError::Store(unfit) if unfit.is_unfit() => {
                tracing::warn!(%error, "a text cannot be kept");
                let detail = "The database cannot keep a text of it: one has a NUL character in it, \
                              or a P-code, key or name of an organisation is too long (about 2,700 \
                              bytes). Nothing was written.";
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "Not possible", detail)
            }
            ImportError::Store(busy) if busy.is_busy() => {
                Problem { detail: sentence(error), ..Problem::busy() }
            }
            ImportError::Store(locked) if locked.is_locked() => Problem::locked(locked),
            ImportError::Store(damage) if damage.is_damage() => {
                tracing::error!(%error, "what is stored cannot be read");
                Problem::damaged(damage.damaged_operation().map(|operation| &**operation))
            }
            ImportError::Store(late) if late.is_late() => Problem::late(late),
            ImportError::Store(away) if away.is_away() => Problem::away(away),
            ImportError::Store(full) if full.is_full() => Problem::full(full),
            ImportError::Store(failed) if failed.is_read_only() => Problem::read_only(failed),
            ImportError::NotRead(_)
            | ImportError::Store(_)
            | ImportError::Moved(_)
            | ImportError::AlreadyUndone(_)
            | ImportError::Stopped => {
                tracing::error!(%error, "the database or an import failed");
                Problem::internal()
            }
        }
    }
}

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Problem {
        match error {
            DraftError::Busy | DraftError::Committed => Problem::conflict(sentence(&error)),
            DraftError::Failed(error) => Problem::from(&*error),
            DraftError::NothingAccepted(why) => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "Nothing to commit", why)
            }
            DraftError::Import(error) => error.into(),
        }
    }
}

/// An error as a sentence of its own.
fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), letters.as_str())
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            r#type: "about:blank",
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            parameter: self.parameter.as_deref(),
            request_id: self.request_id.as_deref(),
            columns: (!self.columns.is_empty()).then(|| offered(&self.columns)),
        };
        // Strings and a number always serialise.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // It may be put right at any time, and a page for people says the same.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, HeaderValue::from_static("accept"));
        headers.extend(self.headers.iter().cloned().map(|(name, value)| (Some(name), value)));
        response.extensions_mut().insert(self);
        response
    }
}
