//! Addresses in answers.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What needs no sign in an address (RFC 3986, 2.3).
const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Text as it may stand in a path segment or a query value.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &PLAIN).to_string()
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

/// The operation as a project of QGIS.
pub(crate) fn qgis(base: &str, id: &str) -> String {
    format!("{base}/qgis/{}.qgs", encoded(id))
}

pub(crate) fn collection(base: &str, operation_id: &str, id: &str) -> String {
    format!("{}/collections/{id}", operation(base, operation_id))
}

/// Said of a `next` that no link had.
pub(crate) const NOT_GIVEN_OUT: &str =
    "it is not one that was given out; follow the \"next\" link of the page before, as it is";

/// Where the page behind a feature begins, as a "next" link says it: with a sum at its end, so that
/// what was not given out is known, whichever features are there by then.
pub(crate) fn behind(collection_id: &str, id: &str) -> String {
    let sum = Sha256::digest(format!("{collection_id}\n{id}"));
    let sum: String = sum.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{id}.{sum}")
}

/// The feature that a page begins behind; `None` where no link said so.
pub(crate) fn last_of_page<'a>(collection_id: &str, given: &'a str) -> Option<&'a str> {
    let (id, _) = given.rsplit_once('.')?;
    (behind(collection_id, id) == given).then_some(id)
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
pub(crate) const CSV: &str = "text/csv; charset=utf-8";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_was_not_given_out_is_known() {
        for id in ["0101", "a.b", "", "Ü"] {
            assert_eq!(last_of_page("areas", &behind("areas", id)), Some(id));
            assert_eq!(last_of_page("sites", &behind("areas", id)), None);
        }
        assert_eq!(
            ["0101", "0101.", "0101.00000000", ""].map(|bad| last_of_page("a", bad)),
            [None; 4]
        );
    }

    #[test]
    fn ids_with_odd_characters_stay_one_segment() {
        assert_eq!(encoded("a/b c?ü+"), "a%2Fb%20c%3F%C3%BC%2B");
        assert_eq!(query([("a", "1,2"), ("b", "x")]), "a=1%2C2&b=x");
    }
}
