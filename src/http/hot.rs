//! Answers that were given before and still hold, given again before anything else is looked at: no
//! route, no parameter, no work. What an answer depends on is its key, to the letter; it holds as
//! long as the snapshot it was made from is the current one.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Instant;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{self, HeaderMap};
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use bytes::Bytes;

use crate::app::collections::View;
use crate::domain::{Snapshot, Text};

use super::{Server, conditional, guard, metrics, revision};

/// All of a request that its answer depends on.
pub(crate) type Key = Box<[u8]>;

/// An answer as it left.
pub(crate) struct Hot {
    headers: HeaderMap,
    bytes: Bytes,
    of: Of,
}

/// The snapshot that an answer was made from, whose memory it does not hold.
#[derive(Clone)]
pub(crate) struct Of {
    operation: Text,
    snapshot: Weak<Snapshot>,
}

/// The bytes of an answer, where they are in memory.
#[derive(Clone)]
pub(crate) struct Whole(pub Bytes);

/// Headers that an answer may depend on; what they say is no question of trust here, as who is
/// trusted stands in the key too.
const ASKED: [header::HeaderName; 3] = [header::HOST, header::ACCEPT, header::ACCEPT_ENCODING];
const FORWARDED: [&str; 3] = ["x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix"];

impl Of {
    pub fn view(view: &View) -> Of {
        let snapshot = &view.snapshot;
        Of { operation: snapshot.operation.id.clone(), snapshot: Arc::downgrade(snapshot) }
    }
}

impl Hot {
    /// Bytes it takes.
    pub fn weight(&self) -> u32 {
        u32::try_from(self.bytes.len() + 4096).unwrap_or(u32::MAX)
    }
}

/// The key of a request, where its answer may be given again.
pub(crate) fn key<B>(server: &Server, request: &Request<B>) -> Option<Key> {
    let headers = request.headers();
    // Whoever names a revision may have to wait for it.
    let own = [header::RANGE, header::AUTHORIZATION, revision::MIN_HEADER];
    let own = own.iter().any(|name| headers.contains_key(name));
    if request.method() != Method::GET || own {
        return None;
    }
    let uri = request.uri();
    let mut key = Vec::with_capacity(256);
    let mut add = |part: &[u8]| {
        key.extend_from_slice(part);
        // No part has this in it.
        key.push(b'\n');
    };
    add(uri.path_and_query()?.as_str().as_bytes());
    add(uri.authority().map_or("", |authority| authority.as_str()).as_bytes());
    for name in &ASKED {
        headers.get_all(name).iter().for_each(|value| add(value.as_bytes()));
        add(b"");
    }
    if !server.trusted_proxies.is_empty() {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let trusted =
            peer.is_some_and(|peer| server.trusted_proxies.iter().any(|one| one.has(peer)));
        for name in FORWARDED.iter().filter(|_| trusted) {
            headers.get_all(*name).iter().for_each(|value| add(value.as_bytes()));
            add(b"");
        }
    }
    Some(key.into())
}

/// Keeps an answer that is leaving, where it says what it was made from.
pub(crate) fn keep(server: &Server, key: Key, response: &mut Response) {
    let (of, whole) = {
        let extensions = response.extensions_mut();
        (extensions.remove::<Of>(), extensions.remove::<Whole>())
    };
    if let (StatusCode::OK, Some(of), Some(Whole(bytes))) = (response.status(), of, whole) {
        let headers = response.headers().clone();
        server.hot.insert(key, Arc::new(Hot { headers, bytes, of }));
    }
}

/// The answer to a request, where it was given before and still holds.
pub(crate) fn again<B>(server: &Server, request: &Request<B>) -> Option<Response> {
    let begun = Instant::now();
    let key = key(server, request)?;
    let hot = server.hot.get(&key)?;
    let current = server.app.snapshot(&hot.of.operation)?;
    if !std::ptr::eq(hot.of.snapshot.as_ptr(), Arc::as_ptr(&current)) {
        server.hot.invalidate(&key);
        return None;
    }
    let tag = hot.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let mut response = match tag.is_some_and(|tag| conditional::matches(request.headers(), tag)) {
        false => {
            let mut response = Response::new(Body::from(hot.bytes.clone()));
            *response.headers_mut() = hot.headers.clone();
            response
        }
        true => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.headers_mut() = hot.headers.clone();
            for of_body in [
                header::CONTENT_TYPE,
                header::CONTENT_LENGTH,
                header::CONTENT_ENCODING,
                header::CONTENT_DISPOSITION,
            ] {
                response.headers_mut().remove(of_body);
            }
            response
        }
    };
    let (path, id) = (request.uri().path(), guard::request_id(request.headers()));
    guard::of_now(server, response.headers_mut(), path, &id);
    let asked = metrics::asked(path);
    server.metrics.answered(asked, response.status(), begun.elapsed());
    Some(response)
}
