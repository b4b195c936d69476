//! Columns that ask whether a site is open, and are answered yes or no.

use crate::intake::headers;
use crate::intake::vocabulary::normalise;

/// Words of a header that a yes closes the site under.
const CLOSED: &[&str] = &[
    "closed", "non", "not", "ferme", "fermee", "cerrado", "fechado", "no", "nao", "مغلق", "غير",
    "لا",
];

/// Whether a yes under this header opens the site; `None` where the header asks nothing.
pub fn asks_open(header: &str) -> Option<bool> {
    if header.is_empty() {
        return None;
    }
    let question = headers::without_yes_no(header);
    let words = normalise(question.as_deref().unwrap_or(header));
    if ["status", "statut", "etat", "estado", "حاله"].iter().any(|word| words.contains(word)) {
        return None;
    }
    Some(!words.split(' ').any(|word| CLOSED.contains(&word)))
}

/// What an answer says; `None` where it is neither yes nor no.
pub fn yes(text: &str) -> Option<bool> {
    match normalise(text).as_str() {
        "y" | "yes" | "oui" | "o" | "si" | "s" | "sim" | "true" | "1" | "نعم" => Some(true),
        "n" | "no" | "non" | "nao" | "false" | "0" | "لا" => Some(false),
        _ => None,
    }
}
