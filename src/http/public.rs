//! The address under which people know this server: what links begin with, and the path of it that
//! a proxy may leave in front of ours.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::header::HOST;
use axum::http::{Extensions, HeaderMap, Uri};

use super::Server;

/// First segments of our own paths: a proxy before us that has such a path has to take it off, as
/// nobody could tell whether it did.
const OURS: [&str; 5] = ["api", "assets", "health", "metrics", "qgis"];

/// What links begin with: the address the server is told to have, else the host that was asked and
/// the path that was taken off, as a proxy that is trusted says them. No slash at its end.
pub(crate) fn base(
    server: &Server,
    uri: &Uri,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> String {
    if let Some(url) = &server.public_url {
        return url.clone();
    }
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let is_trusted =
        peer.is_some_and(|peer| server.trusted_proxies.iter().any(|one| one.has(peer)));
    // The last of several is what the proxy itself added.
    let forwarded = |name: &str| {
        let value = headers.get(name).filter(|_| is_trusted)?.to_str().ok()?;
        value.rsplit(',').next().map(str::trim)
    };
    let authority = uri.authority().map(|authority| authority.as_str());
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).or(authority);
    // The host is repeated in links: only what a host may look like.
    let plain = |host: &&str| {
        (1..=255).contains(&host.len())
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
    };
    let host = forwarded("x-forwarded-host").or(host).filter(plain).unwrap_or("localhost");
    let scheme = forwarded("x-forwarded-proto").filter(|scheme| *scheme == "https");
    let path = forwarded("x-forwarded-prefix").and_then(plain_path).unwrap_or("");
    format!("{}://{host}{path}", scheme.unwrap_or("http"))
}

/// A path that links may have before ours: `/gaps` of `/gaps/`.
fn plain_path(text: &str) -> Option<&str> {
    let path = text.trim_end_matches('/');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let is_plain = path.len() <= 255 && path.bytes().all(plain);
    (is_plain && path.starts_with('/') && !path.contains("//")).then_some(path)
}

/// The path of an address that links begin with: `/gaps` of `https://example.org/gaps`, or nothing.
pub(crate) fn root(base: &str) -> &str {
    let host = base.find("://").map_or(0, |at| at + 3);
    base.get(host..).and_then(|rest| Some(&rest[rest.find('/')?..])).unwrap_or("")
}

/// Makes one address of those that mean the same: without the path of the public address, where a
/// proxy left it there, and without a slash at the end of what the API has.
pub(crate) fn strip(server: &Server, uri: &mut Uri) {
    strip_root(server, uri);
    let Some(asked) = uri.path_and_query() else { return };
    let path = asked.path().trim_end_matches('/');
    if path.len() == asked.path().len() || (path != "/api" && !path.starts_with("/api/")) {
        return;
    }
    let query = asked.query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = format!("{path}{query}");
    replace(uri, &path);
}

fn replace(uri: &mut Uri, path: &str) {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = path.parse().ok();
    if let Ok(replaced) = Uri::from_parts(parts) {
        *uri = replaced;
    }
}

fn strip_root(server: &Server, uri: &mut Uri) {
    let Some(root) = server.public_url.as_deref().map(root).filter(|root| !root.is_empty()) else {
        return;
    };
    let first = root.split('/').nth(1).unwrap_or("");
    let Some(rest) = uri.path_and_query().and_then(|path| path.as_str().strip_prefix(root)) else {
        return;
    };
    let rest = match rest.bytes().next() {
        Some(b'/') => rest.to_owned(),
        None | Some(b'?') => format!("/{rest}"),
        // `/gapsize` is not below `/gaps`.
        Some(_) => return,
    };
    if OURS.contains(&first) {
        return;
    }
    replace(uri, &rest);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::App;
    use crate::http::Settings;

    #[test]
    fn a_path_before_everything_is_kept() {
        assert_eq!(["http://a", "https://a.test/gaps", ""].map(root), ["", "/gaps", ""]);
    }

    fn stripped(public_url: &str, path: &str) -> String {
        let settings = Settings { public_url: Some(public_url.to_owned()), ..Default::default() };
        let server = Server::new(Arc::new(App::default()), &settings);
        let mut uri: Uri = path.parse().unwrap();
        strip(&server, &mut uri);
        uri.to_string()
    }

    #[test]
    fn the_path_of_the_public_address_may_be_there_or_not() {
        let of = |path| stripped("https://a.test/gaps/map", path);
        assert_eq!(of("/gaps/map/api/x?y=1"), "/api/x?y=1");
        assert_eq!([of("/gaps/map"), of("/gaps/map/"), of("/gaps/map?x")], ["/", "/", "/?x"]);
        assert_eq!([of("/api/x"), of("/gaps/maps/x")], ["/api/x", "/gaps/maps/x"]);
        assert_eq!(of("http://a.test/gaps/map/api"), "http://a.test/api");
        assert_eq!(stripped("https://a.test", "/gaps"), "/gaps");
        assert_eq!(
            [of("/gaps/map/api/x/?y=/"), of("/api/"), of("/x/")],
            ["/api/x?y=/", "/api", "/x/"]
        );
        // An operation may be called "api".
        assert_eq!(stripped("https://a.test/api", "/api/api"), "/api/api");
    }
}
