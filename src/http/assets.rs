//! The page and its files, embedded.

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::conditional::{Encoding, gzip, negotiated, zstd};
use super::problem::Problem;

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

const FALLBACK: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Lacuna</title>\
<h1>Lacuna</h1><p>The web page was not built into this program. Install Node and build it again \
with <code>cargo build</code>; or use the <a href=\"/api\">API</a>.</p></html>";

/// A file of the page; `/` is `index.html`. What is under `/assets/` carries its hash in its name
/// and never changes.
pub(crate) async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    let page = path == "/";
    let Some(found) = found(name) else {
        if page && (method == Method::GET || method == Method::HEAD) {
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            return (kind, FALLBACK).into_response();
        }
        if !page {
            return Problem::not_found(
                "There is nothing at this address; the API begins at /api, the page at /.",
            )
            .into_response();
        }
        return not_allowed();
    };
    if method != Method::GET && method != Method::HEAD {
        return not_allowed();
    }
    let immutable = name.starts_with("assets/");
    respond(name, &found, &headers, immutable)
}

fn found(name: &str) -> Option<EmbeddedFile> {
    let compressed = name.ends_with(".br") || name.ends_with(".gz");
    if compressed { None } else { Dist::get(name) }
}

fn not_allowed() -> Response {
    let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
    response
}

fn respond(name: &str, file: &EmbeddedFile, asked: &HeaderMap, immutable: bool) -> Response {
    let (bytes, encoding) = variant(name, file, asked);
    let hash: String =
        file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{hash}{}\"", encoding.map(|name| format!("-{name}")).unwrap_or_default());
    let same = asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let mut response = match same.is_some_and(|tags| tags.contains(&tag)) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Response::new(Body::from(bytes)),
    };
    let headers = response.headers_mut();
    let mut insert = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    insert(header::CONTENT_TYPE, media(name));
    insert(header::ETAG, &tag);
    insert(header::VARY, "accept-encoding");
    let cache = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    insert(header::CACHE_CONTROL, cache);
    if let Some(encoding) = encoding {
        insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

/// The bytes to send: a variant made by the web build where there is one, else compressed now.
fn variant(
    name: &str,
    file: &EmbeddedFile,
    asked: &HeaderMap,
) -> (std::borrow::Cow<'static, [u8]>, Option<&'static str>) {
    let accepts = |encoding: &str| {
        let lists = asked.get_all(header::ACCEPT_ENCODING).iter();
        lists.filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).any(|one| {
            let (name, weight) = one.split_once(";q=").unwrap_or((one, "1"));
            name.trim() == encoding && weight.trim().parse().unwrap_or(0.0) > 0.0
        })
    };
    for (encoding, extension) in [("br", "br"), ("gzip", "gz")] {
        if accepts(encoding)
            && let Some(ready) = Dist::get(&format!("{name}.{extension}"))
        {
            return (ready.data, Some(encoding));
        }
    }
    let text =
        media(name).starts_with("text/") || name.ends_with(".json") || name.ends_with(".svg");
    match negotiated(asked) {
        Encoding::Gzip if text => (gzip(&file.data).to_vec().into(), Some("gzip")),
        Encoding::Zstd if text => (zstd(&file.data).to_vec().into(), Some("zstd")),
        _ => (file.data.clone(), None),
    }
}

fn media(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "pbf" => "application/x-protobuf",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
