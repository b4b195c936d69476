//! Which revision an answer is of: every answer about an operation says it, and it can be asked for
//! by number, by time, or to be no older than one that was seen.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::app::collections::params::{self, ParameterKind};
use crate::app::collections::{BadParameter, Parameter, View};
use crate::app::import::{ImportError, check_id};
use crate::domain::Snapshot;

use super::Server;
use super::extract::Ask;
use super::problem::Problem;

/// The revision an answer is of.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("lacuna-revision");

/// How long an answer waits for the revision it must not be older than.
const WAIT: Duration = Duration::from_secs(5);

pub(crate) const REVISION: Parameter = Parameter {
    name: "revision",
    description: "Number of a revision: the answer is as it was then, to the digit. One that was pruned is answered with 410.",
    kind: ParameterKind::Integer { minimum: 1, maximum: u32::MAX },
    default: None,
};

pub(crate) const AS_OF: Parameter = Parameter {
    name: "as-of",
    description: "A time such as 2026-07-01T12:00:00Z, or a day, which means its end in UTC: the answer is of the last revision until then.",
    kind: ParameterKind::Text,
    default: None,
};

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
    request: Request,
    next: Next,
) -> Response {
    let Some(operation) = operation(request.uri().path()).map(str::to_owned) else {
        return next.run(request).await;
    };
    let least = match least(&request) {
        Ok(least) => least,
        Err(problem) => return problem.into_response(),
    };
    if let Err(problem) = ready(&server, &operation, least).await {
        return problem.into_response();
    }
    let mut response = next.run(request).await;
    // An answer that is made from a snapshot says itself which one.
    if !response.headers().contains_key(HEADER)
        && let Some(snapshot) = server.app.snapshot(&operation)
    {
        show(response.headers_mut(), &snapshot);
    }
    response
}

async fn ready(server: &Server, operation: &str, least: Option<u64>) -> Result<(), Problem> {
    let app = &server.app;
    if app.listed().contains_key(operation) {
        app.load(operation).await.map_err(away)?;
    }
    // What no operation can be called will not come.
    let Some(least) = least.filter(|least| *least > 0 && check_id(operation).is_ok()) else {
        return Ok(());
    };
    if app.reaches(operation, least, WAIT).await.map_err(away)? {
        return Ok(());
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

/// Says which revision an answer is of.
pub(crate) fn show(headers: &mut HeaderMap, snapshot: &Snapshot) {
    headers.insert(HEADER, HeaderValue::from(snapshot.revision.number));
}

/// The operation as it was at the revision or time that is asked for; `None` where it is asked for
/// as it is.
pub(crate) async fn past(ask: &Ask, operation: &str) -> Result<Option<Arc<View>>, Problem> {
    if !ask.query.contains("revision=") && !ask.query.contains("as-of=") {
        return Ok(None);
    }
    let pairs = ask.pairs()?;
    let given = |parameter: &Parameter| {
        pairs.iter().find(|(name, _)| name == parameter.name).map(|(_, value)| value.as_str())
    };
    for parameter in [&REVISION, &AS_OF] {
        if given(parameter).is_some_and(|value| value.trim().is_empty()) {
            return Err(BadParameter::new(parameter.name, params::NO_VALUE).into());
        }
    }
    let app = &ask.server.app;
    let Some(current) = app.snapshot(operation) else { return Ok(None) };
    let number = match (given(&REVISION), given(&AS_OF)) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(BadParameter::new(AS_OF.name, "give a revision or a time, not both").into());
        }
        (Some(number), None) => {
            let known = number.parse().ok().filter(|number: &u64| *number > 0);
            known.ok_or_else(|| no_revision(number, &current))?
        }
        (None, Some(time)) => as_of(time, &current)?,
    };
    if number == current.revision.number {
        return Ok(None);
    }
    let view = ask.server.view(operation).ok();
    let found = app.at(operation, number, view).await.map_err(away)?;
    found.map(Some).ok_or_else(|| no_revision(&number.to_string(), &current))
}

fn no_revision(given: &str, current: &Snapshot) -> Problem {
    let number = current.revision.number;
    let given: String = given.chars().take(20).collect();
    let reason = format!("there is no revision {given}; they are numbered from 1 to {number}");
    BadParameter::new(REVISION.name, reason).into()
}

/// The last revision that was committed until a time.
fn as_of(given: &str, current: &Snapshot) -> Result<u64, Problem> {
    let bad = |reason: String| BadParameter::new(AS_OF.name, reason);
    let day = |text: &str| {
        let end = text.parse::<jiff::civil::Date>().ok()?.at(23, 59, 59, 999_999_999);
        Some(end.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    // A plus sign in a URL arrives as a blank.
    let text = given.trim().replace(' ', "+");
    let time = text.parse::<Timestamp>().ok().or_else(|| day(&text));
    let time = time.ok_or_else(|| {
        bad("give a time such as 2026-07-01T12:00:00Z, or a day such as 2026-07-01".to_owned())
    })?;
    let made = current.submissions.iter();
    let until = made.filter(|one| one.at.parse::<Timestamp>().is_ok_and(|at| at <= time));
    let first = current.submissions.first().map_or("", |one| &one.at);
    let found = until.map(|one| one.revision).max();
    Ok(found
        .ok_or_else(|| bad(format!("nothing was committed until then; the first was {first}")))?)
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
