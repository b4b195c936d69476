//! Names of people in a text, behind what announces them.

use super::roles::names_no_person;
use super::words::{
    BEFORE_NAME, HOMES, NOT_PEOPLE, OF, PARTICLES, ROLES, THING_AFTER, THING_BEFORE, TITLES,
};
use super::{Word, Written, is_blank};
use crate::intake::personal::offices::{self, Role};

/// Names behind a title or a role: `Mme Rose-Laure Pierre`, `focal point: John Deng`.
pub(super) fn people(text: &Written, titles: bool) -> Vec<(usize, usize)> {
    let is_thing = |word: &Word| NOT_PEOPLE.contains(&word.plain.as_str());
    if text.words.iter().any(is_thing) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, word) in text.words.iter().enumerate() {
        let written: String = text.signs[word.from..word.to].iter().collect();
        let mark = text.sign(word.to);
        let before = at.checked_sub(1).map(|before| text.words[before].plain.as_str());
        let after = text.words.get(at + 1).map(|word| word.plain.as_str());
        let counted = before.is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        // The last letter of `O.T.M.` is no title.
        let is_short = word.from > 0 && text.sign(word.from - 1) == Some('.');
        let title = match written.as_str() {
            _ if !titles && !is_home(text, at) => false,
            "M" => mark == Some('.') && !counted && !is_short,
            written => TITLES.contains(&written),
        };
        let point = word.plain == "focal" && matches!(before, Some("point" | "punto" | "ponto"))
            || matches!(word.plain.as_str(), "point" | "person") && before == Some("focal");
        let role = (point || ROLES.contains(&word.plain.as_str()))
            && (text.has_colon(word.to) || (word.plain == "resp" && mark == Some('.')));
        if !title && !role || after.is_none() {
            continue;
        }
        // A title may stand between the role and the name: that one is found by itself.
        if let Some((from, to, count)) = name(text, at + 1)
            && count >= if title { 1 } else { 2 }
            && (title || !names_no_person(text, from, to))
            && !(title && names_a_thing(text, at, to))
        {
            found.push((from, to));
        }
    }
    found
}

/// Whether a title stands behind a home: `House of Mr. …`, which is a person's in a place's name too.
fn is_home(text: &Written, at: usize) -> bool {
    let mut before = text.words[..at].iter().rev();
    let home = before.by_ref().take(3).find(|word| !OF.contains(&word.plain.as_str()));
    home.is_some_and(|word| HOMES.contains(&word.plain.as_str()))
}

/// Whether a title and the name that ends at a place are those of a thing: `Mr. Price Mall`, `Stade
/// Dr. Issoufou`.
fn names_a_thing(text: &Written, title: usize, to: usize) -> bool {
    let mut before = text.words[..title].iter().rev();
    let called = before.find(|word| !OF.contains(&word.plain.as_str()));
    let last = text.words.iter().rfind(|word| word.to <= to);
    let next = text.words.iter().find(|word| word.from >= to);
    let next = next.filter(|next| text.signs[to..next.from].iter().all(is_blank));
    called.is_some_and(|word| THING_BEFORE.contains(&word.plain.as_str()))
        || [last, next].into_iter().flatten().any(|word| THING_AFTER.contains(&word.plain.as_str()))
}

/// Two words or more right behind a role in small letters, `imam Oumar Kane`, or `contact person`.
pub(super) fn plainly_announced(text: &Written) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, word) in text.words.iter().enumerate() {
        let is_small = text.signs[word.from].is_lowercase();
        let announces = is_small && BEFORE_NAME.contains(&word.plain.as_str());
        let announces = announces || is_contact(text, at);
        if !announces || is_of_place(text, at) {
            continue;
        }
        let Some((from, to, count)) = name(text, at + 1) else { continue };
        let beside = text.signs[word.to..from].iter().all(is_blank);
        if count >= 2 && beside && !names_no_person(text, from, to) && !is_thing_behind(text, to) {
            found.push((from, to));
        }
    }
    found
}

/// Whether the word ends `contact person` or the same in other languages. A focal point is often of a
/// theme.
fn is_contact(text: &Written, at: usize) -> bool {
    let plain = |back: usize| at.checked_sub(back).map(|at| text.words[at].plain.as_str());
    let is_person = |word: &str| matches!(word, "person" | "persona" | "pessoa" | "personne");
    let is_contact = |word: &str| ROLES.contains(&word);
    let (Some(last), Some(before)) = (plain(0), plain(1)) else { return false };
    is_person(last) && is_contact(before)
        || is_contact(last) && before == "de" && plain(2).is_some_and(is_person)
}

/// Whether a role is that of a place's name: `Camp of chief …`.
fn is_of_place(text: &Written, at: usize) -> bool {
    let plain = |back: usize| at.checked_sub(back).map(|at| text.words[at].plain.as_str());
    plain(1).is_some_and(|word| OF.contains(&word))
        && plain(2).is_some_and(|word| {
            NOT_PEOPLE.contains(&word) || offices::of_word(word) == Some(Role::Thing)
        })
}

fn is_thing_behind(text: &Written, to: usize) -> bool {
    let next = text.words.iter().find(|word| word.from >= to);
    let next = next.filter(|next| text.signs[to..next.from].iter().all(is_blank));
    next.is_some_and(|word| {
        let plain = word.plain.as_str();
        THING_AFTER.contains(&plain) || NOT_PEOPLE.contains(&plain)
    })
}

/// A name and a number in brackets of which nothing else is: `(Jean Ouedraogo 70123456)`.
pub(super) fn bracketed(text: &Written) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, word) in text.words.iter().enumerate() {
        let opens = word.from.checked_sub(1).and_then(|at| text.sign(at)) == Some('(');
        let Some((from, to, count)) = name_behind(text, at, word.from).filter(|_| opens) else {
            continue;
        };
        let Some(length) = text.signs[to..].iter().position(|c| *c == ')') else { continue };
        let number = &text.signs[to..to + length];
        let digits = number.iter().filter(|c| c.is_ascii_digit()).count();
        let plain =
            number.iter().all(|c| c.is_ascii_digit() || is_blank(c) || "+-.,:/".contains(*c));
        if count >= 2 && plain && (8..=15).contains(&digits) && !names_no_person(text, from, to) {
            let first = to + number.iter().take_while(|c| !c.is_ascii_digit()).count();
            found.extend([(from, to), (first, to + length)]);
        }
    }
    found
}

/// The words from one on that can be a name: where they stand and how many they are.
pub(super) fn name(text: &Written, first: usize) -> Option<(usize, usize, usize)> {
    name_behind(text, first, text.words.get(first.checked_sub(1)?)?.to)
}

/// The same behind a place.
fn name_behind(text: &Written, first: usize, mut last: usize) -> Option<(usize, usize, usize)> {
    let from = text.words.get(first)?.from;
    let (mut to, mut count) = (from, 0);
    for (at, word) in text.words[first..].iter().enumerate().take(6) {
        let gap = &text.signs[last..word.from];
        let joins = match at {
            0 => gap.iter().all(|c| matches!(c, ' ' | '.' | ':' | '\u{a0}')),
            _ => gap.len() <= 2 && gap.iter().all(|c| matches!(c, ' ' | '-' | '\'' | '’')),
        };
        let signs = &text.signs[word.from..word.to];
        let is_capital = signs.first().is_some_and(|c| c.is_uppercase());
        let is_short = signs.iter().all(|c| c.is_uppercase()) && signs.len() < 4;
        if !joins || signs.iter().any(char::is_ascii_digit) {
            break;
        }
        last = word.to;
        if is_capital && !is_short {
            to = word.to;
            count += 1;
        } else if !PARTICLES.contains(&word.plain.as_str()) || at == 0 {
            break;
        }
    }
    (count > 0).then_some((from, to, count))
}

#[cfg(test)]
mod tests {
    use crate::intake::personal::{Of, mask, without};

    #[test]
    fn names_behind_what_plainly_announces_them_are_cut_out() {
        for (text, kept) in [
            ("name of beneficiary: Amina Hassan", "name of beneficiary: [removed]"),
            ("Survivor name: Amina", "Survivor name: [removed]"),
            ("Nom du bénéficiaire : Awa Ba", "Nom du bénéficiaire : [removed]"),
            ("contact person Fatoumata Diallo", "contact person [removed]"),
            ("Persona de contacto Ana Ruiz", "Persona de contacto [removed]"),
            ("with chief Amadou Bello.", "with chief [removed]."),
            ("imam Oumar Kane", "imam [removed]"),
            ("señor alcalde Pedro Gómez", "señor alcalde [removed]"),
            ("Mme la maire Awa Ba", "Mme la maire [removed]"),
        ] {
            assert_eq!(mask(text).map(|(text, _)| text).as_deref(), Some(kept), "{text}");
        }
        for text in [
            "Camp of chief Amadou Bello",
            "Village of chief Amadou",
            "Chief Albert Luthuli",
            "Chief Executive Office",
            "chief Medical Officers",
            "imam Ali Rida Mosque",
            "imam training",
            "Focal Point Training",
            "focal point Child Safeguarding",
            "chef Service Technique",
            "contact person Norwegian Refugee Council",
            "Contact point B",
            "Beneficiary location name: Kaya",
            "Name of site: Kaya",
            "Beneficiaries: Women and Girls",
            "Contact name: Oxfam",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
    }

    #[test]
    fn things_that_are_called_after_people_keep_their_names() {
        for text in [
            "Mr. Price Mall",
            "Distribution at Dr. John Garang Memorial",
            "Stade Dr. Issoufou Joseph",
            "Marché de Mme Thérèse",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
        let (kept, _) = mask("Mr. Ali Hassan at the market").unwrap_or_default();
        assert_eq!(kept, "Mr. [removed] at the market");
    }

    #[test]
    fn a_home_and_a_name_with_a_number_in_brackets_are_of_a_person_in_any_text() {
        for (text, what, kept) in [
            ("House of Mr. Alassane Ouattara", Of::Name, "House of Mr. [removed]"),
            ("Casa de la Sra. Ana Ruiz", Of::Name, "Casa de la Sra. [removed]"),
            ("NRC (Jean Ouedraogo 70123456)", Of::NumberlessName, "NRC"),
            ("Camp 4 (Awa Ba, 70 12 34 56)", Of::Name, "Camp 4 ([removed], [removed])"),
        ] {
            let cut = without(text, what).map(|(text, _)| text);
            assert_eq!(cut.as_deref(), Some(kept), "{text}");
        }
        for (text, what) in [
            ("Village of M. Traoré", Of::Name),
            ("Maison Mère", Of::Name),
            ("ONG 1234567", Of::NumberlessName),
            ("Plan (World Vision 12345678)", Of::NumberlessName),
            ("NRC (Burkina 2026)", Of::NumberlessName),
            ("Local NGO (Fatou Ba)", Of::NumberlessName),
        ] {
            assert_eq!(without(text, what), None, "{text}");
        }
    }
}
