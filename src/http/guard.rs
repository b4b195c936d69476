//! What every request passes: an id, budgets, headers for safety, OPTIONS, and one shape of refusal.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::conditional::{FRESH, PUBLISHED};
use super::extract::{self, Form};
use super::links::HTML_UTF8;
use super::problem::Problem;
use super::{Server, hot, html, metrics, public, revision};

/// Bytes of path and query: a little more than the longest filter, a little less than the server
/// below this one reads at all.
const URL_LIMIT: usize = 62 * 1024;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Says "away" while answers are of the last revision that this server learned of.
const DATABASE: HeaderName = HeaderName::from_static("lacuna-database");
const CSP: &str = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; \
     child-src 'self' blob:; object-src 'none'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

pub(crate) async fn guard(
    State(server): State<Arc<Server>>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let id = request_id(request.headers());
    let key = hot::key(&server, &request);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let url_bytes = request.uri().path_and_query().map_or(0, |url| url.as_str().len());
    let is_past = request.uri().query().is_some_and(revision::is_asked);
    let preflight = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let reader = Reader::of(&server, &request);
    // What the log says of this request on the way says which one it is.
    let span = tracing::error_span!("request", request_id = id);
    let answered = |request| next.run(request).instrument(span);

    let response = match server.in_flight.try_acquire() {
        Err(_) => Problem::busy().into_response(),
        Ok(_) if url_bytes > URL_LIMIT => url_too_long().into_response(),
        // No name has it in it, and PostgreSQL no text.
        Ok(_) if path.contains("%00") => {
            Problem::not_found("No address has a NUL character in it.").into_response()
        }
        // A file takes as long as it takes to send and to read, or to read again; its silence is
        // watched there.
        Ok(_permit) if method == Method::POST || method == Method::PATCH => answered(request).await,
        Ok(_permit) => match tokio::time::timeout(server.timeout, answered(request)).await {
            Ok(response) => response,
            Err(_) => {
                let detail = match is_past {
                    true => {
                        "The revision could not be read in time, or the answer took too long: ask again in a moment, or for less, with bbox or limit."
                    }
                    false => "The answer took too long; ask for less, with bbox or limit.",
                };
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Too slow", detail).into_response()
            }
        },
    };
    let mut response = match method == Method::OPTIONS {
        true => options(response, preflight),
        false => response,
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        response = as_problem(response, &id);
        if let Some(reader) = reader {
            response = reader.page(&server, response);
        }
    }
    let logged = response.extensions().get::<Problem>().is_some_and(|problem| problem.logged);
    if response.status().is_server_error() && !logged {
        tracing::error!(%method, path, request_id = id, status = response.status().as_u16(), "failed");
    } else {
        tracing::debug!(%method, path, request_id = id, status = response.status().as_u16());
    }
    // HEAD is given the length of the empty body that it has.
    if response.status() == StatusCode::NO_CONTENT {
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    dress(response.headers_mut(), &path);
    if let Some(key) = key {
        hot::keep(&server, key, &mut response);
    }
    of_now(&server, response.headers_mut(), &path, &id);
    server.metrics.answered(metrics::asked(&path), response.status(), begun.elapsed());
    response
}

/// Said with the number that the API describes, not 414: mostly it is a filter with a long list.
pub(crate) fn url_too_long() -> Problem {
    let detail = format!(
        "The URL has more than {URL_LIMIT} bytes. Ask for a range, a pattern or a box instead of a long list, or for fewer values at a time."
    );
    Problem::new(StatusCode::BAD_REQUEST, "URL too long", detail)
}

/// A person who asks, in a browser.
struct Reader {
    path: String,
    base: String,
}

impl Reader {
    fn of(server: &Server, request: &Request) -> Option<Reader> {
        let (uri, headers) = (request.uri(), request.headers());
        let people = extract::form(uri.query().unwrap_or(""), headers) == Form::Html;
        let base = || public::base(server, uri, headers, request.extensions());
        people.then(|| Reader { path: uri.path().to_owned(), base: base() })
    }

    /// A refusal as a page, with all that its headers say.
    fn page(self, server: &Server, mut response: Response) -> Response {
        let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
        let listed = server.app.listed();
        let operation = revision::operation(&self.path).and_then(|id| listed.get(id));
        let operation = operation.map(|one| (&*one.operation.id, &*one.operation.name));
        let page = html::problem(&self.base, operation, &problem);
        let (mut parts, _) = response.into_parts();
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML_UTF8));
        parts.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(page))
    }
}

/// A panic is a fault of ours: nothing of it is sent.
pub(crate) fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    tracing::error!(cause = text, "a handler panicked");
    Problem::internal().into_response()
}

/// A route that has no OPTIONS of its own is answered 405 with its methods: that is the answer.
fn options(response: Response, preflight: bool) -> Response {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let Some(allow) = allowed(&response) else { return response };
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    if preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, allow.clone());
        let asked = HeaderValue::from_static(
            "accept, authorization, content-type, if-none-match, lacuna-min-revision, range, x-request-id",
        );
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    }
    headers.insert(header::ALLOW, allow);
    answer
}

/// The methods that a route has, OPTIONS among them.
fn allowed(response: &Response) -> Option<HeaderValue> {
    let own = response.headers().get(header::ALLOW)?.to_str().ok()?;
    let methods = own.split(',').map(str::trim).chain(["OPTIONS"]);
    HeaderValue::from_str(&methods.collect::<Vec<_>>().join(", ")).ok()
}

/// Refusals of the framework in the one shape; our own get the id of the request.
fn as_problem(response: Response, id: &str) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let own = kind.is_some_and(|kind| kind == "application/problem+json");
    let internal = response.status() == StatusCode::INTERNAL_SERVER_ERROR;
    if own && !internal {
        return response;
    }
    let status = response.status();
    let mut problem = match status {
        _ if internal => Problem::internal(),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(status, "Method not allowed", "The Allow header says which methods are.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(status, "Body too large", "Such a long body is not read at this address.")
        }
        StatusCode::RANGE_NOT_SATISFIABLE => {
            Problem::new(status, "Range not satisfiable", "The Content-Range header says the size.")
        }
        _ => Problem::new(
            status,
            status.canonical_reason().unwrap_or("Refused"),
            "The request could not be read.",
        ),
    };
    if status.is_server_error() {
        problem.request_id = Some(id.into());
    }
    let mut answer = problem.into_response();
    if let Some(allow) = allowed(&response) {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    for name in [header::CONTENT_RANGE, header::ACCEPT_RANGES] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    // What the framework wrote is dropped with its length.
    drop(response.map(|_| Body::empty()));
    answer
}

/// What an answer says of the moment it leaves, kept or not: which request it is to, and of an
/// operation whether the database is away, so that there may be newer revisions.
pub(crate) fn of_now(server: &Server, headers: &mut HeaderMap, path: &str, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    if !server.app.database_is_there() && revision::operation(path).is_some() {
        headers.insert(DATABASE, HeaderValue::from_static("away"));
        // It must not be said any longer than it is so.
        if headers.get(header::CACHE_CONTROL).is_some_and(|kept| kept == PUBLISHED) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FRESH));
        }
    }
}

/// What every answer says to browsers.
pub(crate) fn dress(headers: &mut HeaderMap, path: &str) {
    let fixed = HeaderValue::from_static;
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::REFERRER_POLICY, fixed("no-referrer"));
    headers.insert(header::CONTENT_SECURITY_POLICY, fixed(CSP));
    if path == "/api" || path.starts_with("/api/") || path.starts_with("/qgis/") {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, fixed("*"));
        let exposed = fixed(
            "etag, content-crs, content-range, accept-ranges, content-disposition, location, retry-after, lacuna-revision, lacuna-database, x-request-id",
        );
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

/// The caller's id where it is harmless in a log, else one that this process gives once.
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let harmless = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    match given.filter(harmless) {
        Some(id) => id.to_owned(),
        None => format!("{:x}-{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)),
    }
}
