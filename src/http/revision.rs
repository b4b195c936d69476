//! Which revision an answer is of: every answer about an operation says it, and it can be asked for
//! by number, by time, or to be no older than one that was seen.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::app::collections::params::ParameterKind;
use crate::app::collections::{BadParameter, Parameter, View};
use crate::app::import::{ImportError, check_id};
use crate::app::past::{PastError, Then};
use crate::domain::Snapshot;

use super::Server;
use super::extract::{self, Ask};
use super::problem::Problem;

/// The revision an answer is of.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("lacuna-revision");

/// How long an answer waits for the revision it must not be older than.
const WAIT: Duration = Duration::from_secs(5);

pub(crate) const MIN_REVISION: Parameter = Parameter {
    name: "min-revision",
    description: "The answer must not be older than this revision, which another server may have told of; a server that does not learn of it in time answers 503. The header Lacuna-Min-Revision says the same.",
    kind: ParameterKind::Integer { minimum: 0, maximum: u32::MAX },
    default: None,
};

pub(crate) const MIN_HEADER: HeaderName = HeaderName::from_static("lacuna-min-revision");

/// Before an answer about an operation: the operation is in memory, and not older than it must be.
pub(crate) async fn prepare(
    State(server): State<Arc<Server>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(operation) = operation(request.uri().path()).map(str::to_owned) else {
        return next.run(request).await;
    };
    let least = match least(&request).and_then(|least| writes_now(&request).map(|()| least)) {
        Ok(least) => least,
        Err(problem) => return problem.into_response(),
    };
    match ready(&server, &operation, least).await {
        // Whatever leaves the memory meanwhile, this request has it.
        Ok(Some(loaded)) => drop(request.extensions_mut().insert(loaded)),
        Ok(None) => {}
        Err(problem) => return problem.into_response(),
    }
    let mut response = next.run(request).await;
    // An answer that is made from a snapshot says itself which one.
    if !response.headers().contains_key(HEADER)
        && let Some(revision) = server.app.answered(&operation)
    {
        response.headers_mut().insert(HEADER, HeaderValue::from(revision.number));
    }
    response
}

/// The operation as it is, where there is one of this name.
async fn ready(
    server: &Server,
    operation: &str,
    least: Option<u64>,
) -> Result<Option<Arc<Snapshot>>, Problem> {
    let app = &server.app;
    let loaded = app.load_listed(operation).await;
    let loaded = loaded.map_err(|error| unread(app, operation, error))?;
    // What no operation can be called will not come.
    let Some(least) = least.filter(|least| *least > 0 && check_id(operation).is_ok()) else {
        return Ok(loaded);
    };
    if let Some(reached) = app.reaches(operation, least, WAIT).await.map_err(away)? {
        return Ok(Some(reached));
    }
    let detail = format!(
        "This server has not seen revision {least} of \"{operation}\" yet; try again in a moment."
    );
    let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Not yet", detail);
    problem.headers.push((RETRY_AFTER, HeaderValue::from_static("1")));
    Err(problem)
}

/// The operation that a path is about.
pub(crate) fn operation(path: &str) -> Option<&str> {
    let of_api = path.strip_prefix("/api/").and_then(|rest| rest.split('/').next());
    let of_qgis = || path.strip_prefix("/qgis/").and_then(|file| file.strip_suffix(".qgs"));
    of_api.or_else(of_qgis).filter(|id| !id.is_empty())
}

/// The revision that an answer must not be older than.
fn least(request: &Request) -> Result<Option<u64>, Problem> {
    let query = request.uri().query().unwrap_or("");
    let given = query.split('&').filter_map(|pair| pair.split_once('='));
    let given =
        given.filter(|(name, _)| *name == MIN_REVISION.name).map(|(_, value)| value).next_back();
    let header = request.headers().get(MIN_HEADER).map(|value| value.to_str().unwrap_or("?"));
    let Some(given) = given.or(header) else { return Ok(None) };
    let number = given.trim().trim_matches('"').parse();
    Ok(Some(number.map_err(|_| BadParameter::new(MIN_REVISION.name, "give a whole number"))?))
}

/// Refuses to write into the past, or into what a draft would make of the operation.
fn writes_now(request: &Request) -> Result<(), Problem> {
    let query = request.uri().query().unwrap_or("");
    if request.method().is_safe() || query.is_empty() {
        return Ok(());
    }
    extract::without(
        &extract::pairs(query)?,
        &extract::NOT_NOW,
        "changes are of the operation as it is now",
    )
}

/// Says which revision an answer is of.
pub(crate) fn show(headers: &mut HeaderMap, snapshot: &Snapshot) {
    headers.insert(HEADER, HeaderValue::from(snapshot.revision.number));
}

/// Whether a query may ask for the past; most do not, and need not be taken apart for it.
pub(crate) fn is_asked(query: &str) -> bool {
    query.contains("revision=") || query.contains("as-of=")
}

/// The operation as it was at the revision or time that is asked for; `None` where it is asked for
/// as it is.
pub(crate) async fn past(ask: &Ask, operation: &str) -> Result<Option<Arc<View>>, Problem> {
    if !is_asked(&ask.query) {
        return Ok(None);
    }
    let pairs = ask.pairs()?;
    let then = Then::of(&pairs);
    if then.is_now() {
        return Ok(None);
    }
    let app = &ask.server.app;
    let current = ask.now(operation)?;
    let view = ask.server.view(current.clone());
    let found = app.then(&current, then, Some(view)).await;
    found.map_err(|error| match error {
        PastError::Asked(bad) => bad.into(),
        PastError::Store(error) => unread(app, operation, error),
    })
}

/// Why an operation, or a revision of it, was not read: that it is damaged the log says once.
fn unread(app: &App, operation: &str, error: impl Into<ImportError>) -> Problem {
    match error.into() {
        ImportError::Store(damage) if damage.is_damage() => {
            app.say_damaged(operation, &damage);
            Problem { logged: true, ..Problem::damaged(Some(operation)) }
        }
        error => Problem::from(error),
    }
}

/// What the database could not do.
fn away(error: impl Into<ImportError>) -> Problem {
    Problem::from(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operation_is_found_in_the_path() {
        assert_eq!(operation("/api/idai/collections/gaps/items"), Some("idai"));
        assert_eq!(operation("/api/idai"), Some("idai"));
        assert_eq!(operation("/qgis/idai.qgs"), Some("idai"));
        assert_eq!(operation("/api/"), None);
        assert_eq!(operation("/health/live"), None);
    }
}
