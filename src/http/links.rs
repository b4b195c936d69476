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

/// Where a page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Behind {
    /// The feature that it begins behind: the first page behind none.
    pub last: String,
    /// Features that the first page began with, whatever their ids: they are not shown again.
    pub shown: Vec<String>,
}

impl Behind {
    /// As a "next" link says it: with a sum at its end, so that what was not given out is known,
    /// whichever features are there by then.
    pub fn said(&self, collection_id: &str) -> String {
        let ids: Vec<&str> =
            std::iter::once(&self.last).chain(&self.shown).map(|id| &**id).collect();
        let ids = ids.join("\n");
        let sum = Sha256::digest(format!("{collection_id}\n{ids}"));
        let sum: String = sum.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("{ids}.{sum}")
    }

    /// `None` where no link said so.
    pub fn read(collection_id: &str, given: &str) -> Option<Behind> {
        let (ids, _) = given.rsplit_once('.')?;
        let mut ids = ids.split('\n').map(str::to_owned);
        let behind = Behind { last: ids.next()?, shown: ids.collect() };
        (behind.said(collection_id) == given).then_some(behind)
    }
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
        for (last, shown) in
            [("0101", &[][..]), ("a.b", &["b", "c.d"][..]), ("", &[""][..]), ("\u{dc}", &[][..])]
        {
            let shown = shown.iter().map(|id| (*id).to_owned()).collect();
            let behind = Behind { last: last.to_owned(), shown };
            let said = behind.said("areas");
            assert_eq!(Behind::read("areas", &said), Some(behind));
            assert_eq!(Behind::read("sites", &said), None);
        }
        assert_eq!(
            ["0101", "0101.", "0101.00000000", ""].map(|bad| Behind::read("a", bad)),
            [None, None, None, None]
        );
    }

    #[test]
    fn ids_with_odd_characters_stay_one_segment() {
        assert_eq!(encoded("a/b c?ü+"), "a%2Fb%20c%3F%C3%BC%2B");
        assert_eq!(query([("a", "1,2"), ("b", "x")]), "a=1%2C2&b=x");
    }
}
