//! Personal data: phones, e-mail addresses, identity numbers and names of people. Columns that hold
//! them are dropped before anything is stored; what stands in free text is cut out of it.

use std::collections::HashMap;
use std::sync::LazyLock;

mod cut;
mod offices;

use super::columns::Head;
use super::evidence::{Evidence, Trait};
use super::fields::Field;
use super::tags::split_tag;
use super::vocabulary::{List, list, normalise, question, rows};

/// Put where an e-mail address, phone number, identity number or name of a person was.
pub const REMOVED: &str = "[removed]";

static WORDS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for row in rows(include_str!("../../data/vocabulary/personal.csv")) {
        if let [word, what, ..] = row[..] {
            words.entry(normalise(word)).or_insert(what);
        }
    }
    words
});

/// Words beside which a contact is an organisation, a place or a thing and no person.
static NOT_A_PERSON: List = list("contact that is no person");

/// What personal data a column holds, by its headers, its tag or most of its values.
pub fn of_column(head: &Head, evidence: &Evidence) -> Option<&'static str> {
    let headers = || std::iter::once(&head.header).chain(&head.others);
    if let Some(what) = headers().find_map(|text| of_header(text)) {
        return Some(what);
    }
    // How many leaders there are is no name.
    let counts = evidence.filled > 0 && evidence.share(Trait::Number) > 0.5;
    if !counts && headers().any(|text| is_office(text)) {
        return Some("name of a person");
    }
    if split_tag(&head.tag).0 == "#contact" {
        return Some("contact");
    }
    let most = |of: Trait, share: f32| evidence.filled >= 3 && evidence.share(of) > share;
    if most(Trait::Email, 0.5) {
        return Some("e-mail address");
    }
    if most(Trait::PersonTitle, 0.5) {
        return Some("name of a person");
    }
    most(Trait::Phone, 0.6).then_some("phone number")
}

/// What personal data a header announces: as a whole, by one of its parts, or by a phrase in it.
fn of_header(header: &str) -> Option<&'static str> {
    let header = question(header).unwrap_or(header);
    let whole = normalise(header);
    if let Some(what) = WORDS.get(&whole) {
        return Some(what);
    }
    let tokens: Vec<&str> = whole.split(' ').collect();
    if tokens.len() > 12 || tokens.iter().any(|token| NOT_A_PERSON.contains(token)) {
        return None;
    }
    let parts = header.split(['/', '(', ')', '|', '\n', ':', '-']);
    if let Some(what) = parts.filter_map(|part| WORDS.get(&normalise(part)).copied()).next() {
        return Some(what);
    }
    // Single words such as "contact" mean too much; phrases and the names of devices do not.
    let device = |phrase: &str| {
        static DEVICES: List = list("column of numbers of persons");
        phrase.contains(' ') || DEVICES.contains(&phrase) || !phrase.is_ascii()
    };
    (1..=3.min(tokens.len())).rev().find_map(|length| {
        tokens.windows(length).find_map(|phrase| {
            let phrase = phrase.join(" ");
            WORDS.get(&phrase).filter(|_| device(&phrase)).copied()
        })
    })
}

/// Whether a header, or what stands before or in its brackets, is the office of a person.
fn is_office(header: &str) -> bool {
    let header = question(header).unwrap_or(header);
    let parts = header.split(['/', '(', ')', '|', '\n', ':']);
    std::iter::once(header).chain(parts).any(|part| offices::is_office(&normalise(part)))
}

pub fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.trim().split_once('@') else { return false };
    !name.is_empty() && host.contains('.') && !text.trim().contains(char::is_whitespace)
}

/// A phone number that stands alone in its cell.
pub fn is_phone(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.starts_with(['+', '0', '('])
        && (9..=15).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || " +-()/.".contains(c))
        && text.matches('.').count() != 1
}

/// The code of a country and then pairs of digits, `226 70 12 34 56`, as no code is written.
fn is_spaced_phone(text: &str) -> bool {
    let groups: Vec<&str> = text.trim().split(' ').collect();
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.iter().all(digits)
        && groups.split_first().is_some_and(|(country, others)| {
            country.len() == 3
                && !country.starts_with(['0', '1'])
                && (4..=5).contains(&others.len())
                && others.iter().all(|group| group.len() == 2)
        })
}

/// A name behind a title, such as `Mme Diallo`.
pub fn has_title(text: &str) -> bool {
    static TITLES: List = list("title of a person");
    let Some((title, name)) = text.trim().split_once([' ', '.']) else { return false };
    let name = name.trim_start_matches(['.', ' ']);
    TITLES.contains(&title)
        && name.chars().next().is_some_and(char::is_uppercase)
        && name.split(' ').count() <= 4
}

/// What a text is, from which what is personal is cut out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A title such as `Dr` announces a person.
    Text,
    /// Places and organisations are called after people, as `Dr. Tsegay IDP` is, so a title alone
    /// says nothing.
    Name,
    /// The same, and no long number is part of it.
    NumberlessName,
    /// A donor: a text, and no long number is part of it.
    NumberlessText,
    /// Its digits are its own.
    Code,
    /// Of a column: contacts only, as `Leader: Men reached` is not a name.
    Header,
}

impl Of {
    /// How many there are of texts of cells.
    pub const COUNT: usize = Of::Header as usize;

    /// What the texts of a field are.
    pub fn field(field: Field) -> Of {
        use Field::{ImplementingPartner, Location, Name, Partner, PartnerAcronym};
        match field {
            Field::ActivityId | Field::SiteId => Of::Code,
            Name | Location => Of::Name,
            Partner | ImplementingPartner | PartnerAcronym => Of::NumberlessName,
            Field::Donor => Of::NumberlessText,
            field if (1..=4).any(|level| Field::area_code(level) == Some(field)) => Of::Code,
            field if field.is_area() => Of::NumberlessName,
            _ => Of::Text,
        }
    }
}

/// The text without the contacts, identity numbers and names of people in it, and how many there
/// were; `None` where there are none.
pub fn mask(text: &str) -> Option<(String, u32)> {
    without(text, Of::Text)
}

/// The same of a header.
pub fn mask_header(text: String) -> String {
    without(&text, Of::Header).map_or(text, |(kept, _)| kept)
}

/// The same of a cell of a field.
pub fn mask_field(field: Field, text: &str) -> Option<(String, u32)> {
    without(text, Of::field(field))
}

/// Whether nothing is left of a text but the marks of what was cut out.
pub fn is_gone(kept: &str) -> bool {
    !kept.replace(REMOVED, "").contains(char::is_alphanumeric)
}

fn without(text: &str, what: Of) -> Option<(String, u32)> {
    let is_plain = |c: char| c.is_alphanumeric() || "-_/. ".contains(c);
    let is_code = || text.chars().all(is_plain) && !is_spaced_phone(text);
    if !cut::may_hold(text) || what == Of::Code && is_code() {
        return None;
    }
    let mut found = cut::of(text, what);
    if found.is_empty() {
        return None;
    }
    found.sort_unstable();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    let mut count = 0;
    for (start, end) in found {
        if start < at {
            // Two readings of one number.
            at = at.max(end);
            continue;
        }
        out.push_str(&text[at..start]);
        out.push_str(REMOVED);
        at = end;
        count += 1;
    }
    out.push_str(&text[at..]);
    Some((if what == Of::NumberlessName { without_empty_brackets(&out) } else { out }, count))
}

/// A name without brackets that hold nothing but what was cut out: `NRC ([removed] [removed])` is NRC.
fn without_empty_brackets(name: &str) -> String {
    let mut kept = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, within, behind)) = rest.split_once('(').and_then(|(before, open)| {
        open.split_once(')').map(|(within, behind)| (before, within, behind))
    }) {
        if within.contains(REMOVED) && is_gone(within) && !is_gone(before) {
            kept.push_str(before.trim_end());
        } else {
            kept.push_str(&rest[..rest.len() - behind.len()]);
        }
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_announce_personal_data_and_organisations_are_none() {
        for header in [
            "Focal point",
            "Contact person (name)",
            "Phone #",
            "Nom du point focal",
            "group_org/focal_point_name",
            "Correo electrónico",
        ] {
            assert!(of_header(header).is_some(), "{header}");
        }
        for header in [
            "Focal point organisation",
            "Mobile clinic",
            "Contact tracing",
            "Name",
            "Beneficiaries",
        ] {
            assert_eq!(of_header(header), None, "{header}");
        }
    }

    #[test]
    fn a_code_that_is_written_as_a_phone_number_is_one() {
        assert_eq!(without("226 70 12 34 56", Of::Code), Some((REMOVED.to_owned(), 1)));
        for code in ["226-70-123456", "NRC 001 002", "226 701 234 567", "12-345-678", "0701234567"]
        {
            assert_eq!(without(code, Of::Code), None, "{code}");
        }
    }

    #[test]
    fn a_title_tells_that_a_cell_is_a_name() {
        assert!(has_title("Mme. Diallo") && has_title("Mr Ali Hassan"));
        assert!(!has_title("DR Congo") && !has_title("Mopti"));
    }
}
