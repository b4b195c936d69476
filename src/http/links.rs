//! Addresses in answers.

use serde_json::{Value, json};

/// Text as it may stand in a path segment or a query value.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Pairs as a query string.
pub(crate) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter();
    let pairs: Vec<String> =
        pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}

pub(crate) fn operation(base: &str, id: &str) -> String {
    format!("{base}/api/{}", encoded(id))
}

pub(crate) fn collection(base: &str, operation_id: &str, id: &str) -> String {
    format!("{}/collections/{id}", operation(base, operation_id))
}

pub(crate) fn link(rel: &str, kind: &str, title: &str, href: String) -> Value {
    json!({"rel": rel, "type": kind, "title": title, "href": href})
}

/// In links; the answers themselves name their encoding.
pub(crate) const HTML: &str = "text/html";
pub(crate) const HTML_UTF8: &str = "text/html; charset=utf-8";
pub(crate) const JSON: &str = "application/json";
pub(crate) const GEOJSON: &str = "application/geo+json";
pub(crate) const SCHEMA: &str = "application/schema+json";
pub(crate) const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";
pub(crate) const CSV: &str = "text/csv; charset=utf-8; header=present";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_with_odd_characters_stay_one_segment() {
        assert_eq!(encoded("a/b c?ü+"), "a%2Fb%20c%3F%C3%BC%2B");
        assert_eq!(query([("a", "1,2"), ("b", "x")]), "a=1%2C2&b=x");
    }
}
