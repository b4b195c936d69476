//! Answers with a tag: 304 before any work, rendered once off the async threads, compressed once,
//! and in parts where a reader asks for them.

use std::sync::Arc;

use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tempfile::SpooledTempFile;

use crate::app::collections::View;
use crate::domain::Snapshot;
use crate::formats::{pmtiles, xlsx_layer};

use super::Server;
use super::extract::{Ask, Form};
use super::hot::{Of, Whole};
use super::kept::Kept;
use super::links::HTML_UTF8;
use super::problem::Problem;
use super::revision;
use super::stored::{Encoding, Rendered, Stored, spool};

pub(crate) use super::stored::Effort;

/// What caches may do with most answers: ask each time whether it is still the same.
pub(crate) const FRESH: &str = "public, no-cache";
/// What they may do with an answer of a revision that was named by its number: it stays as it is. For a
/// day, as one that was pruned, or lost with its database, should not go on elsewhere for long.
pub(crate) const PUBLISHED: &str = "public, max-age=86400";

/// What is compressed already, and would only grow.
const PACKED: [&str; 2] = [pmtiles::MEDIA, xlsx_layer::MEDIA];

const CONTENT_CRS: HeaderName = HeaderName::from_static("content-crs");

/// What an answer depends on: revision, address, links' base, media type.
pub(crate) type Key = [u8; 12];

/// What an answer is, beside its bytes.
#[derive(Clone)]
pub(crate) struct Kind {
    pub media: &'static str,
    /// The name under which a browser saves it.
    pub file_name: Option<String>,
    /// Whether parts of it may be asked for.
    pub ranges: bool,
    pub cache_control: &'static str,
    pub effort: Effort,
    /// The request's headers that the answer depends on.
    pub vary: &'static str,
    /// The reference system of the coordinates, as a URI; `None` where there are none.
    pub crs: Option<String>,
}

impl Kind {
    /// An answer that must be asked for again each time, and then is mostly 304.
    pub fn fresh(media: &'static str) -> Kind {
        Kind {
            media,
            file_name: None,
            ranges: false,
            cache_control: FRESH,
            effort: if PACKED.contains(&media) { Effort::None } else { Effort::Quick },
            vary: "accept-encoding",
            crs: None,
        }
    }

    /// The same of what is also a page for people: `media` is what programs get.
    pub fn page(form: Form, media: &'static str) -> Kind {
        let media = if form == Form::Html { HTML_UTF8 } else { media };
        Kind { vary: "accept, accept-encoding", ..Kind::fresh(media) }
    }
}

impl Ask {
    /// Answers about one operation.
    pub async fn answer(
        self,
        view: Arc<View>,
        kind: Kind,
        render: impl FnOnce(&View, &Ask) -> Result<Vec<u8>, Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        if self.draft().is_some() {
            return self.answer_once(kind, move |ask| render(&view, ask)).await;
        }
        let kind = self.held(kind);
        let (stamp, of, snapshot) = (stamp(&view), Of::view(&view), view.snapshot.clone());
        let mut response = self.answer_at(&stamp, kind, move |ask| render(&view, ask)).await?;
        revision::show(response.headers_mut(), &snapshot);
        response.extensions_mut().insert(of);
        Ok(response)
    }

    /// An answer of a revision that is named may be kept by whoever gets it.
    fn held(&self, kind: Kind) -> Kind {
        match self.names_revision() {
            true => Kind { cache_control: PUBLISHED, ..kind },
            false => kind,
        }
    }

    /// Answers one who may see what others may not: nothing of it is kept anywhere.
    pub async fn answer_once(
        self,
        kind: Kind,
        render: impl FnOnce(&Ask) -> Result<Vec<u8>, Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        self.once(|server| &server.kept, kind, move |ask| render(ask).map(Rendered::new)).await
    }

    /// The same of one revision, which the answer says.
    pub async fn answer_once_of(
        self,
        snapshot: Arc<Snapshot>,
        kind: Kind,
        render: impl FnOnce(&Ask) -> Result<Vec<u8>, Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        let mut response = self.answer_once(kind, render).await?;
        revision::show(response.headers_mut(), &snapshot);
        Ok(response)
    }

    fn encoding(&self, effort: Effort) -> Encoding {
        if effort == Effort::None { Encoding::Plain } else { negotiated(&self.headers) }
    }

    async fn once(
        self,
        kept: fn(&Server) -> &Arc<Kept>,
        kind: Kind,
        render: impl FnOnce(&Ask) -> Result<Rendered, Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        let encoding = self.encoding(kind.effort);
        let server = self.server.clone();
        let job = move || render(&self)?.made(encoding, Effort::Quick);
        let stored = kept(&server).work(job).await??;
        let kind = Kind { cache_control: "no-store, private", ranges: false, ..kind };
        Ok(respond(&stored, encoding, None, &kind))
    }

    /// Answers with what `render` makes. `stamp` says which revision it is made from: as long as
    /// it stays, so does the answer.
    pub async fn answer_at(
        self,
        stamp: &str,
        kind: Kind,
        render: impl FnOnce(&Ask) -> Result<Vec<u8>, Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        let render = move |ask: &Ask| render(ask).map(Rendered::new);
        self.answer_from(|server| &server.kept, stamp, kind, render).await
    }

    /// Answers with a file that `render` writes: what is long is never in memory as a whole.
    pub async fn answer_file(
        self,
        view: Arc<View>,
        kind: Kind,
        render: impl FnOnce(&View, &Ask, &mut SpooledTempFile) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        let written = move |view: &View, ask: &Ask| {
            let mut file = spool();
            render(view, ask, &mut file)?;
            let stored = Stored::of(file).map_err(|failed| {
                tracing::error!(%failed, "a file could not be written");
                Problem::internal()
            })?;
            Ok(Rendered::of(stored))
        };
        if self.draft().is_some() {
            return self.once(|server| &server.files, kind, move |ask| written(&view, ask)).await;
        }
        let (kind, stamp, snapshot) = (self.held(kind), stamp(&view), view.snapshot.clone());
        let render = move |ask: &Ask| written(&view, ask);
        let mut response = self.answer_from(|server| &server.files, &stamp, kind, render).await?;
        revision::show(response.headers_mut(), &snapshot);
        Ok(response)
    }

    async fn answer_from(
        self,
        kept: fn(&Server) -> &Arc<Kept>,
        stamp: &str,
        kind: Kind,
        render: impl FnOnce(&Ask) -> Result<Rendered, Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        let key = key([stamp, &self.path, &self.query, &self.base, kind.media]);
        let ranged = kind.ranges && self.headers.contains_key(header::RANGE);
        // A part is of the plain bytes: parts of compressed ones could not be put together.
        let encoding = if ranged { Encoding::Plain } else { self.encoding(kind.effort) };
        let tag = tag(&key, encoding);
        if matches(&self.headers, &tag) {
            return Ok(not_modified(&tag, &kind));
        }
        let headers = ranged.then(|| self.headers.clone());
        let server = self.server.clone();
        let ready = kept(&server).get(&key).and_then(|rendered| rendered.ready(encoding));
        let stored = match ready {
            Some(stored) => stored,
            None => kept(&server).made(key, encoding, kind.effort, move || render(&self)).await?,
        };
        let whole = respond(&stored, encoding, Some(&tag), &kind);
        Ok(match headers {
            Some(headers) => part(whole, &headers, &stored),
            None => whole,
        })
    }
}

fn respond(stored: &Stored, encoding: Encoding, tag: Option<&str>, kind: &Kind) -> Response {
    let size = stored.len();
    if size == 0 {
        let mut response = StatusCode::NO_CONTENT.into_response();
        common(response.headers_mut(), tag, kind);
        return response;
    }
    let mut response = Response::new(stored.body(0..size));
    if let Stored::Memory(bytes) = stored {
        response.extensions_mut().insert(Whole(bytes.clone()));
    }
    let headers = response.headers_mut();
    common(headers, tag, kind);
    insert(headers, header::CONTENT_TYPE, kind.media);
    headers.insert(header::CONTENT_LENGTH, size.into());
    match encoding {
        Encoding::Plain => {}
        Encoding::Gzip => insert(headers, header::CONTENT_ENCODING, "gzip"),
        Encoding::Zstd => insert(headers, header::CONTENT_ENCODING, "zstd"),
    }
    if let Some(name) = &kind.file_name {
        insert(headers, header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""));
    }
    response
}

fn not_modified(tag: &str, kind: &Kind) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    common(response.headers_mut(), Some(tag), kind);
    response
}

fn common(headers: &mut HeaderMap, tag: Option<&str>, kind: &Kind) {
    if let Some(tag) = tag {
        insert(headers, header::ETAG, tag);
    }
    insert(headers, header::VARY, kind.vary);
    if let Some(crs) = &kind.crs {
        insert(headers, CONTENT_CRS, &format!("<{crs}>"));
    }
    insert(headers, header::CACHE_CONTROL, kind.cache_control);
    if kind.ranges {
        insert(headers, header::ACCEPT_RANGES, "bytes");
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// One part of a whole answer, where one is asked for and can be given.
fn part(response: Response, asked: &HeaderMap, stored: &Stored) -> Response {
    let Some(range) = asked.get(header::RANGE).and_then(|range| range.to_str().ok()) else {
        return response;
    };
    // A part of another version is of no use: then the whole is sent.
    if asked
        .get(header::IF_RANGE)
        .is_some_and(|tag| response.headers().get(header::ETAG) != Some(tag))
    {
        return response;
    }
    let size = stored.len();
    match asked_range(range, size) {
        Asked::Whole => response,
        Asked::Part(first, last) => {
            let (mut parts, _) = response.into_parts();
            parts.status = StatusCode::PARTIAL_CONTENT;
            insert(
                &mut parts.headers,
                header::CONTENT_RANGE,
                &format!("bytes {first}-{last}/{size}"),
            );
            parts.headers.insert(header::CONTENT_LENGTH, (last + 1 - first).into());
            Response::from_parts(parts, stored.body(first..last + 1))
        }
        Asked::Nothing => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            insert(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size}"));
            response
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    Part(u64, u64),
    Nothing,
}

/// One range in bytes; what is not one, or several, is answered whole, as RFC 9110 allows.
fn asked_range(range: &str, size: u64) -> Asked {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|one| one.split_once('-'))
    else {
        return Asked::Whole;
    };
    let number = |text: &str| text.trim().parse::<u64>();
    match (first.trim(), last.trim()) {
        ("", tail) => match number(tail) {
            Ok(0) => Asked::Nothing,
            Ok(_) if size == 0 => Asked::Nothing,
            Ok(count) => Asked::Part(size.saturating_sub(count), size - 1),
            Err(_) => Asked::Whole,
        },
        (first, last) => match (number(first), number(last)) {
            (Ok(first), _) if first >= size => Asked::Nothing,
            (Ok(first), Err(_)) if last.is_empty() => Asked::Part(first, size - 1),
            (Ok(first), Ok(last)) if first <= last => Asked::Part(first, last.min(size - 1)),
            _ => Asked::Whole,
        },
    }
}

/// Which revision a view shows. The time is in it because a database may be made anew.
fn stamp(view: &View) -> String {
    let snapshot = &view.snapshot;
    let (operation, revision) = (&snapshot.operation.id, &snapshot.revision);
    format!("{operation} {} {}", revision.number, revision.at)
}

fn key(parts: [&str; 5]) -> Key {
    let mut hash = Sha256::new();
    for part in [env!("CARGO_PKG_VERSION")].into_iter().chain(parts) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut key = Key::default();
    key.copy_from_slice(&hash.finalize()[..12]);
    key
}

fn tag(key: &Key, encoding: Encoding) -> String {
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    match encoding {
        Encoding::Plain => format!("\"{hex}\""),
        Encoding::Gzip => format!("\"{hex}-gzip\""),
        Encoding::Zstd => format!("\"{hex}-zstd\""),
    }
}

pub(crate) fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let given = headers.get_all(header::IF_NONE_MATCH).iter();
    given.filter_map(|value| value.to_str().ok()).any(|list| {
        let tags = list.split(',').map(str::trim);
        tags.map(|one| one.strip_prefix("W/").unwrap_or(one)).any(|one| one == "*" || one == tag)
    })
}

/// The encoding the caller likes best; of equals zstd, which is quicker.
fn negotiated(headers: &HeaderMap) -> Encoding {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut best = (0.0, Encoding::Plain);
    for one in lists.filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')) {
        let (name, weight) = one.split_once(";q=").unwrap_or((one, "1"));
        let weight = weight.trim().parse().unwrap_or(0.0);
        let encoding = match name.trim() {
            "zstd" => Encoding::Zstd,
            "gzip" | "x-gzip" => Encoding::Gzip,
            _ => continue,
        };
        if weight > best.0 || (weight > 0.0 && weight == best.0 && encoding == Encoding::Zstd) {
            best = (weight, encoding);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(list: &'static str) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(list));
        negotiated(&headers)
    }

    #[test]
    fn the_encoding_is_the_one_the_caller_likes_best() {
        assert_eq!(accepting("gzip, deflate, br, zstd"), Encoding::Zstd);
        assert_eq!(accepting("zstd;q=0.5, gzip"), Encoding::Gzip);
        assert_eq!(accepting("gzip;q=0"), Encoding::Plain);
        assert_eq!(accepting("br"), Encoding::Plain);
    }

    #[test]
    fn ranges_are_cut_to_the_size() {
        assert_eq!(asked_range("bytes=0-3", 10), Asked::Part(0, 3));
        assert_eq!(asked_range("bytes=4-", 10), Asked::Part(4, 9));
        assert_eq!(asked_range("bytes=-3", 10), Asked::Part(7, 9));
        assert_eq!(asked_range("bytes=5-99", 10), Asked::Part(5, 9));
        assert_eq!(asked_range("bytes=10-", 10), Asked::Nothing);
        assert_eq!(asked_range("bytes=0-1,3-4", 10), Asked::Whole);
        assert_eq!(asked_range("lines=0-1", 10), Asked::Whole);
        assert_eq!(asked_range("bytes=-3", 0), Asked::Nothing);
    }
}
