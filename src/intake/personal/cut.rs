//! Where in a free text contacts, identity numbers and names of people stand. Figures, dates, codes
//! and coordinates stay: a number needs the shape of a phone number, or a word that says it is one.

mod accounts;
mod births;
mod documents;
mod people;
mod phones;
mod roles;
mod words;

use self::accounts::accounts;
use self::births::births;
use self::documents::{bank_accounts, documents};
use self::people::{bracketed, people, plainly_announced};
use self::phones::{bare, phones};
use self::roles::by_office;
use self::words::{BEFORE_NAME, LINKS, PHONE, REACH, ROLES, TITLES};
use super::Of;
use crate::intake::vocabulary::folded;

/// Signs that a written phone number has at most.
const LONGEST: usize = 32;
/// How far before a number the word may stand that says whose number it is, in signs.
const NEAR: usize = 48;

/// Whether a text is worth a closer look: most have neither a number that is long enough nor a word
/// that announces a person.
pub fn may_hold(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits >= 6 || text.contains(['@', ':']) || text.contains(".me/") || text.contains(".com/") {
        return true;
    }
    let other_digits = || text.chars().filter(|c| digit(*c).is_some()).count();
    if !text.is_ascii() && other_digits() >= 6 {
        return true;
    }
    let has_at = || text.contains("at)") || text.contains("AT)") || text.contains("at]");
    let has_person = |word: &str| {
        TITLES.contains(&word)
            || BEFORE_NAME.contains(&word)
            || ROLES.iter().any(|role| word.eq_ignore_ascii_case(role))
            || word.eq_ignore_ascii_case("focal")
    };
    has_at() || text.split(|c: char| !c.is_alphanumeric()).any(has_person)
}

/// What is to be cut out of a text, as ranges of its bytes, some of them over others.
pub fn of(text: &str, what: Of) -> Vec<(usize, usize)> {
    let text = Written::new(text);
    let mut found = emails(&text);
    found.extend(accounts(&text));
    found.extend(phones(&text));
    let numberless = match what {
        Of::NumberlessName | Of::NumberlessText => true,
        // A place that is nothing but digits is a code.
        Of::Name => text.signs.iter().any(|sign| sign.is_alphabetic()),
        _ => false,
    };
    if numberless {
        found.extend(bare(&text));
    }
    if what == Of::Header {
        return found.into_iter().map(|(from, to)| (text.byte(from), text.byte(to))).collect();
    }
    found.extend(documents(&text));
    found.extend(bank_accounts(&text));
    if matches!(what, Of::Name | Of::NumberlessName) {
        found.extend(bracketed(&text));
    }
    let is_text = matches!(what, Of::Text | Of::NumberlessText);
    if is_text {
        found.extend(plainly_announced(&text));
    }
    let by_office = by_office(&text, &found);
    found.extend(births(&text));
    found.extend(by_office);
    found.extend(people(&text, is_text));
    found.into_iter().map(|(from, to)| (text.byte(from), text.byte(to))).collect()
}

/// A text as signs with all digits as those of ASCII, and as words.
struct Written {
    signs: Vec<char>,
    bytes: Vec<usize>,
    words: Vec<Word>,
}

/// A run of letters and digits, and what it is in plain letters.
struct Word {
    from: usize,
    to: usize,
    plain: String,
}

impl Written {
    fn new(text: &str) -> Written {
        let signs: Vec<char> = text.chars().map(|c| digit(c).unwrap_or(c)).collect();
        let bytes = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut words = Vec::new();
        let mut at = 0;
        while at < signs.len() {
            let from = at;
            while at < signs.len() && signs[at].is_alphanumeric() {
                at += 1;
            }
            if at > from {
                let written: String = signs[from..at].iter().collect();
                words.push(Word { from, to: at, plain: folded(&written) });
            } else {
                at += 1;
            }
        }
        Written { signs, bytes, words }
    }

    fn byte(&self, at: usize) -> usize {
        self.bytes.get(at).or(self.bytes.last()).copied().unwrap_or(0)
    }

    fn sign(&self, at: usize) -> Option<char> {
        self.signs.get(at).copied()
    }

    /// Whether a colon stands at a place, perhaps behind a blank.
    fn has_colon(&self, at: usize) -> bool {
        let blanks = self.signs[at.min(self.signs.len())..].iter().take_while(|c| is_blank(c));
        self.sign(at + blanks.count()) == Some(':')
    }

    /// The words before a place, the nearest first, as far as they are near and nothing ends there.
    fn before(&self, at: usize) -> impl Iterator<Item = &Word> {
        let first = self.words.partition_point(|word| word.to <= at);
        let near = self.words[..first].iter().rev();
        near.take_while(move |word| {
            at - word.from <= NEAR
                && !self.signs[word.to..at].iter().any(|sign| matches!(sign, ';' | '\n'))
        })
    }
}

fn is_blank(c: &char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}')
}

fn digit(c: char) -> Option<char> {
    let of = |zero: u32| char::from_digit((c as u32).checked_sub(zero)?, 10);
    of(0x660).or_else(|| of(0x6f0))
}

/// `a.b@c.org`, `a.b (at) c.org` and `a.b[at]c(dot)org`.
fn emails(text: &Written) -> Vec<(usize, usize)> {
    let part = |c: &char| c.is_ascii_alphanumeric() || "._%+-".contains(*c);
    let mut found = Vec::new();
    for at in 0..text.signs.len() {
        let rest = &text.signs[at..];
        let Some((sign, loose)) = at_sign(rest) else { continue };
        let back = &text.signs[..at];
        let gap = back.iter().rev().take_while(|c| loose && is_blank(c)).count();
        let name = back[..at - gap].iter().rev().take_while(|c| part(c)).count();
        let mut end = at + sign;
        end += text.signs[end..].iter().take_while(|c| loose && is_blank(c)).count();
        let host = end;
        loop {
            end += text.signs[end..].iter().take_while(|c| part(c)).count();
            let rest: String = text.signs[end..].iter().take(5).collect();
            match rest.to_ascii_lowercase().as_str() {
                "(dot)" | "[dot]" => end += 5,
                _ => break,
            }
        }
        while end > host && matches!(text.signs[end - 1], '.' | '-') {
            end -= 1;
        }
        let dotted = text.signs[host..end].iter().any(|c| matches!(c, '.' | '(' | '['));
        if name > 0 && dotted {
            found.push((at - gap - name, end));
        }
    }
    found
}

/// How many signs `@`, `(at)` or `[at]` has at the start of a text, and whether blanks may be beside.
fn at_sign(rest: &[char]) -> Option<(usize, bool)> {
    match rest {
        ['@', ..] => Some((1, false)),
        ['(', 'a' | 'A', 't' | 'T', ')', ..] | ['[', 'a' | 'A', 't' | 'T', ']', ..] => {
            Some((4, true))
        }
        _ => None,
    }
}

/// What a word before a number says of it.
#[derive(Clone, Copy, Default, PartialEq)]
enum Named {
    #[default]
    No,
    /// That it is the number of a thing.
    OfThing,
    /// Somewhere before it, by a word that has other meanings too.
    Perhaps,
    /// Somewhere before it.
    Near,
    /// Right before it, by a word that has other meanings too.
    Beside,
    Surely,
}

fn named(text: &Written, at: usize) -> Named {
    let mut beside = true;
    for word in text.before(at) {
        let plain = word.plain.as_str();
        match (PHONE.contains(&plain), REACH.contains(&plain), beside) {
            (true, _, true) => return Named::Surely,
            (true, _, false) => return Named::Near,
            (_, true, true) => return Named::Beside,
            (_, true, false) => return Named::Perhaps,
            _ => beside &= LINKS.contains(&plain),
        }
    }
    Named::No
}

#[cfg(test)]
mod tests {
    use super::super::{Of, mask};

    #[test]
    fn places_that_are_called_after_people_keep_their_names() {
        for name in ["Dr. Tsegay Adwa", "Sr. Maria Luz", "O.T.M. Posto de Saúde", "Mme Curie"] {
            assert_eq!(super::super::without(name, Of::Name), None, "{name}");
        }
        for text in ["Dr. Tsegay IDP Adwa", "O.T.M. Casa Verde"] {
            assert_eq!(mask(text), None, "{text}");
        }
        let (kept, _) =
            super::super::without("Bloc 4, resp. Fritz Louis", Of::Name).unwrap_or_default();
        assert_eq!(kept, "Bloc 4, resp. [removed]");
    }

    #[test]
    fn contacts_in_free_text_are_cut_out_of_it() {
        for (text, kept) in [
            (
                "Ask amina.d@ngo.example.org, or call +252 61 555 0101.",
                "Ask [removed], or call [removed].",
            ),
            ("Camp 4 (0612345678)", "Camp 4 ([removed])"),
            ("tel: 77 123 45 67 8", "tel: [removed]"),
            ("Bloc 4, 509 37 12 34 56", "Bloc 4, [removed]"),
            ("tél 37 12 34 56", "tél [removed]"),
            ("Appeler au 3456-7890", "Appeler au [removed]"),
            ("(211) 92 333 4450", "[removed]"),
            ("ECHO (0923.333.449)", "ECHO ([removed])"),
            ("٠٩٢٢٣٣٣٤٥٢ اتصل", "[removed] اتصل"),
            ("0922333444 / 0922333445", "[removed] / [removed]"),
            ("0922333444, Juba", "[removed], Juba"),
            ("a.deng (at) care.example", "[removed]"),
            ("ask 310-555-1234", "ask [removed]"),
            ("a.deng[at]care(dot)example", "[removed]"),
        ] {
            assert_eq!(mask(text).map(|(text, _)| text).as_deref(), Some(kept), "{text}");
        }
    }

    #[test]
    fn documents_and_names_of_people_are_cut_out_too() {
        for (text, kept) in [
            ("Passport R00123456; ID 1-23-456789-0", "Passport [removed]; ID [removed]"),
            ("carte d'identité no 003-456-789-1", "carte d'identité no [removed]"),
            ("carte 01-01-99-1985-03-00123", "carte [removed]"),
            ("Mr. Gatluak Riek Machar supervised", "Mr. [removed] supervised"),
            ("Appeler Mme Rose-Laure Pierre au 3456-7890", "Appeler Mme [removed] au [removed]"),
            ("(resp. Fritz Louis 509 37 12 34 56)", "(resp. [removed] [removed])"),
            ("Focal point: Amina Diallo", "Focal point: [removed]"),
            ("M. Diallo", "M. [removed]"),
        ] {
            assert_eq!(mask(text).map(|(text, _)| text).as_deref(), Some(kept), "{text}");
        }
    }

    #[test]
    fn accounts_are_cut_out_and_other_addresses_stay() {
        for (text, kept) in [
            ("Ask on https://wa.me/258841234567", "Ask on [removed]"),
            ("Telegram @ana_silva / fb.com/ana.silva", "Telegram [removed] / [removed]"),
            ("(www.facebook.com/ana.silva), Beira", "([removed]), Beira"),
            ("skype: live:john.doe", "skype: [removed]"),
            ("Telegram: ana_silva.", "Telegram: [removed]."),
        ] {
            assert_eq!(mask(text).map(|(text, _)| text).as_deref(), Some(kept), "{text}");
        }
        for text in [
            "https://www.unhcr.org/mz",
            "see @ngo on the radio",
            "fb.com",
            "wa.me/",
            "Facebook: www.ngo.example",
            "Signal: strong, 12.5 km",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_behind_an_office_is_cut_where_nothing_says_that_it_is_no_person() {
        for (text, kept) in [
            ("Responsável: João Carlos Macuácua", "Responsável: [removed]"),
            ("Chefe da aldeia: João Tembe", "Chefe da aldeia: [removed]"),
            ("Camp (chef : Sr. João Tembe)", "Camp (chef : Sr. [removed])"),
            (
                "Camp Nduta (manager: Asha Mwinyi 0841234567)",
                "Camp Nduta (manager: [removed] [removed])",
            ),
            (
                "Beneficiaria: Rosa Elena Mendoza Vera CI 0912345678",
                "Beneficiaria: [removed] CI [removed]",
            ),
            ("chef Jean Dupont +33 6 12 34 56 78", "chef [removed] [removed]"),
            ("Beneficiary Amélia Chissano born 12/03/1990", "Beneficiary [removed] born [removed]"),
            ("survivor, DOB 12/03/2009", "survivor, DOB [removed]"),
        ] {
            assert_eq!(mask(text).map(|(text, _)| text).as_deref(), Some(kept), "{text}");
        }
        for text in [
            "Camp manager: Visão Mundial",
            "Beneficiary: Escola Primária",
            "Responsável: Ministério da Saúde",
            "Responsable: Croix Rouge",
            "Leader: World Vision Mozambique",
            "Chief: Direcção Provincial",
            "Babies born 12/03/2024",
            "Distribution: 12/03/2024",
            "Il ne 12/03/2024",
            "Community Leader Training: Block A",
            "Supervisor: Distribution Team",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
    }

    #[test]
    fn a_long_number_is_no_part_of_the_name_of_an_area_or_organisation() {
        let cut = |text: &str| super::super::without(text, Of::NumberlessName);
        let (kept, count) = cut("Bairro do Sr. António Guterres 841234567").unwrap_or_default();
        assert_eq!((kept.as_str(), count), ("Bairro do Sr. António Guterres [removed]", 1));
        for name in ["Zone 12", "Block 1234567", "MZ0901-841234567"] {
            assert_eq!(cut(name), None, "{name}");
        }
        for (what, text, kept) in [
            (Of::Name, "Casa de Joao Silva 841234567", Some("Casa de Joao Silva [removed]")),
            (Of::Name, "EPC 1 (841234567)", Some("EPC 1 ([removed])")),
            (Of::Name, "841234567", None),
            (Of::Name, "Block 0123456789", None),
            (Of::Name, "Bairro 3", None),
            (Of::NumberlessText, "841234567", Some("[removed]")),
            (Of::NumberlessText, "ECHO 841234567", Some("ECHO [removed]")),
            (Of::NumberlessText, "Mme Curie", Some("Mme [removed]")),
            (Of::NumberlessText, "CERF 2026", None),
        ] {
            let cut = super::super::without(text, what).map(|(kept, _)| kept);
            assert_eq!(cut.as_deref(), kept, "{text}");
        }
    }

    #[test]
    fn figures_days_codes_places_and_organisations_stay() {
        for text in [
            "12000 people in 15 villages, 2021-07-01 to 2021-12-31",
            "-12.345678, 34.567890",
            "0.123456789 0.987654321",
            "HT0118-0123456789",
            "1 234 567 890 litres",
            "see @ngo on the radio",
            "Village 3",
            "distribution of 250 000 kits",
            "Call for proposals 2024-2025",
            "HT0131-10",
            "Block 0123456789",
            "100-200-3000 kits",
            "12.5 km",
            "Contact tracing of 1 200 000 people",
            "call for 1200000 kits",
            "01/03/2024 12:30",
            "01.03.2024 - 31.03.2024",
            "Project ID 12345678",
            "ID HT0131-10",
            "Budget 150 000 000 SSP",
            "DR Congo, MS sector",
            "Dr. Noor Hospital",
            "Contact: Norwegian Refugee Council",
            "10 M. Water",
            "resp. 10 and 20",
            "look (at) it",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
    }
}
