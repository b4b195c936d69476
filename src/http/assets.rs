//! The page and its files, embedded.

use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::conditional::{Effort, FRESH, Kind};
use super::extract::Ask;
use super::problem::Problem;
use super::public::root;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/web"]
#[allow_missing = true]
struct Dist;

const FALLBACK: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Lacuna</title>\
<h1>Lacuna</h1><p>The web page was not built into this program. Install Node and build it again \
with <code>cargo build</code>; or use the <a href=\"/api\">API</a>.</p></html>";

/// Where addresses of this server begin in the page.
const ADDRESSES: [&str; 2] = [" href=\"/", " src=\"/"];

/// A file of the page; `/` is `index.html`. A file with its hash in its name never changes.
pub(crate) async fn file(ask: Ask, method: Method) -> Result<Response, Problem> {
    let page = ask.path == "/";
    let name = if page { "index.html" } else { ask.path.trim_start_matches('/') }.to_owned();
    let found = match Dist::get(&name) {
        Some(found) => Some(found),
        None if page => None,
        None => {
            let detail = "There is nothing at this address; the API begins at /api, the page at /.";
            return Err(Problem::not_found(detail));
        }
    };
    if method != Method::GET && method != Method::HEAD {
        return Ok((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET,HEAD")]).into_response());
    }
    let (stamp, data) = match found {
        Some(found) => (format!("{:x?}", found.metadata.sha256_hash()), found.data),
        None => ("no page".to_owned(), FALLBACK.as_bytes().into()),
    };
    let (media, packed) = media(&name);
    let kind = Kind {
        effort: if packed { Effort::None } else { Effort::Thorough },
        cache_control: match is_hashed(&name) {
            true => "public, max-age=31536000, immutable",
            false => FRESH,
        },
        ..Kind::fresh(media)
    };
    // A file is the same whatever is asked behind it, and but for the page wherever it is.
    let base = if name == "index.html" { root(&ask.base).to_owned() } else { String::new() };
    let ask = Ask { base, query: String::new(), ..ask };
    ask.answer_at(&stamp, kind, move |ask| {
        if ask.base.is_empty() {
            return Ok(data.into_owned());
        }
        Ok(below(&String::from_utf8_lossy(&data), &ask.base).into_bytes())
    })
    .await
}

/// The page where everything is below a path; its script learns of it by `data-root`.
fn below(page: &str, root: &str) -> String {
    let page = page.replacen("<html ", &format!("<html data-root=\"{root}\" "), 1);
    ADDRESSES.iter().fold(page, |page, begin| {
        page.replace(begin, &format!("{}{root}/", begin.trim_end_matches('/')))
    })
}

/// Names as the bundler makes them: `main-S7DG4DBO.js`.
fn is_hashed(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.split('.').next().unwrap_or(file);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 8
            && hash.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// Media type, and whether the bytes are compressed already.
fn media(name: &str) -> (&'static str, bool) {
    match name.rsplit('.').next().unwrap_or("") {
        "html" => ("text/html; charset=utf-8", false),
        "js" | "mjs" => ("text/javascript; charset=utf-8", false),
        "css" => ("text/css; charset=utf-8", false),
        "json" | "map" => ("application/json", false),
        "webmanifest" => ("application/manifest+json", false),
        "svg" => ("image/svg+xml", false),
        "png" => ("image/png", true),
        "ico" => ("image/x-icon", false),
        "woff2" => ("font/woff2", true),
        "pbf" => ("application/x-protobuf", false),
        "txt" => ("text/plain; charset=utf-8", false),
        _ => ("application/octet-stream", true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_below_a_path_asks_there_for_everything_of_its_own() {
        let page = r#"<html lang="en"><link href="/a.css"><a href="https://b.test/c"><script src="/d.js"></script>"#;
        let below = below(page, "/gaps");
        assert!(
            below.starts_with(r#"<html data-root="/gaps" lang="en"><link href="/gaps/a.css">"#)
        );
        assert!(below.contains(r#""https://b.test/c""#) && below.contains(r#"src="/gaps/d.js""#));
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_good() {
        assert!(is_hashed("assets/main-S7DG4DBO.js"));
        assert!(!is_hashed("assets/icon.svg"));
        assert!(!is_hashed("index.html"));
        assert!(!is_hashed("assets/half-sentence.js"));
    }
}
