//! Numbers of the documents and bank accounts of people, behind a word that says what they are.

use super::phones::{is_dated, is_year};
use super::words::{ACCOUNT, BANK, DOCUMENT, LINKS, THINGS};
use super::{Written, is_blank};

/// Between a word and its number, in signs.
const BESIDE: usize = 24;

/// What a word says of the number behind it.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    /// That it is of a document of a person.
    Document,
    /// That it may be one.
    Perhaps,
    /// `C.C.`, of a citizen.
    Citizen,
    /// That it is of a bank account.
    Account,
}

/// Numbers behind a word such as `passport`.
pub(super) fn documents(text: &Written) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for at in 0..text.words.len() {
        let Some(says) = says(text, at) else { continue };
        let links = text.words[at + 1..].iter().take_while(|word| {
            LINKS.contains(&word.plain.as_str())
                || word.plain == "id"
                || says == Says::Account && BANK.contains(&word.plain.as_str())
        });
        let Some(first) = text.words.get(at + 1 + links.count()) else { continue };
        if first.from - text.words[at].to > BESIDE {
            continue;
        }
        let part = |c: &&char| c.is_alphanumeric() || "-/.".contains(**c);
        let run = text.signs[first.from..].iter().take_while(part).count();
        let mut end = first.from + run;
        while end > first.from && !text.signs[end - 1].is_alphanumeric() {
            end -= 1;
        }
        let value: String = text.signs[first.from..end].iter().collect();
        if is_number(&value, says) {
            found.push((first.from, end));
        }
    }
    found
}

fn says(text: &Written, at: usize) -> Option<Says> {
    let word = &text.words[at];
    let before = at.checked_sub(1).map(|before| &text.words[before]);
    let is_before = |plain: &str| before.is_some_and(|before| before.plain == plain);
    if DOCUMENT.contains(&word.plain.as_str()) || word.plain == "card" && is_before("id") {
        return Some(Says::Document);
    }
    if ACCOUNT.contains(&word.plain.as_str()) {
        let near = before.into_iter().chain(text.words.get(at + 1));
        return near
            .map(|word| word.plain.as_str())
            .any(|word| BANK.contains(&word) || matches!(word, "no" | "number" | "numero"))
            .then_some(Says::Account);
    }
    let written: String = text.signs[word.from..word.to].iter().collect();
    let of_thing = before.is_some_and(|before| THINGS.contains(&before.plain.as_str()));
    match written.as_str() {
        "ID" | "Id" | "carte" | "Carte" | "card" if !of_thing => Some(Says::Perhaps),
        "C" if before.is_some_and(|before| {
            text.signs[before.from..word.from] == ['C', '.'] && text.sign(word.to) == Some('.')
        }) =>
        {
            Some(Says::Citizen)
        }
        _ => None,
    }
}

fn is_number(value: &str, says: Says) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    let groups: Vec<String> = value.split(['-', '/', '.']).map(str::to_owned).collect();
    match says {
        Says::Document => {
            let long = digits >= 6 && (10..=20).contains(&value.len());
            let plain = value.bytes().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
            digits >= 5 && letters <= 3 && !(is_dated(&groups) && groups.len() <= 3)
                || long && plain
        }
        Says::Perhaps => {
            let year_first = groups.first().is_some_and(|group| is_year(group));
            let dated = year_first || is_dated(&groups[..1]);
            digits >= 7 && letters == 0 && (!dated || begins_with_birth(&groups))
        }
        Says::Citizen => (7..=10).contains(&digits) && letters == 0 && !is_dated(&groups),
        Says::Account => digits >= 8 && letters <= 4 && !is_dated(&groups),
    }
}

/// A day that is long ago and a few digits, as in `19900101-1234`.
fn begins_with_birth(groups: &[String]) -> bool {
    let [day, number] = groups else { return false };
    let year = day.get(..4).and_then(|year| year.parse::<u16>().ok());
    day.len() == 8 && (4..=5).contains(&number.len()) && year.is_some_and(|year| year <= 2015)
}

/// Numbers of international bank accounts (IBAN, ISO 13616): in groups of four or behind a word of
/// banks where their check digits are right, and whatever stands behind `IBAN`.
pub(super) fn bank_accounts(text: &Written) -> Vec<(usize, usize)> {
    (0..text.words.len()).filter_map(|at| bank_account(text, at)).collect()
}

fn bank_account(text: &Written, first: usize) -> Option<(usize, usize)> {
    let from = text.words.get(first)?.from;
    let begins = |signs: &[char]| match signs {
        [a, b, c, d, ..] => {
            [a, b].iter().all(|c| c.is_ascii_uppercase())
                && [c, d].iter().all(|c| c.is_ascii_digit())
        }
        _ => false,
    };
    let joined = from.checked_sub(1).and_then(|at| text.sign(at));
    if !begins(&text.signs[from..]) || joined.is_some_and(|c| matches!(c, '-' | '/' | '_')) {
        return None;
    }
    let before =
        |list: &[&str]| text.before(from).take(3).any(|word| list.contains(&word.plain.as_str()));
    let named = before(&["iban"]);
    let of_bank = named || before(&BANK);
    let (mut value, mut last, mut found) = (String::new(), from, None);
    for (groups, word) in text.words[first..].iter().enumerate() {
        let signs = &text.signs[word.from..word.to];
        let gap = &text.signs[last..word.from];
        let joins = groups == 0 || gap.len() == 1 && gap.iter().all(is_blank) && signs.len() <= 4;
        if !joins || !signs.iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) {
            break;
        }
        value.extend(signs);
        last = word.to;
        let checked = (groups >= 3 || of_bank) && has_check_digits(&value);
        if (15..=34).contains(&value.len()) && (named || checked) {
            found = Some((from, last));
        }
        if signs.len() < 4 {
            break;
        }
    }
    found
}

/// The rest of the digits by 97, the first four behind the others and letters from 10 on, is 1.
fn has_check_digits(value: &str) -> bool {
    let (first, others) = value.split_at_checked(4).unwrap_or((value, ""));
    let digits = others.chars().chain(first.chars());
    let rest = digits.filter_map(|c| c.to_digit(36)).fold(0, |rest, digit| {
        if digit < 10 { (rest * 10 + digit) % 97 } else { (rest * 100 + digit) % 97 }
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use crate::intake::personal::mask;

    #[test]
    fn documents_of_many_countries_are_cut_out() {
        for (text, kept) in [
            ("CNIC 42101-1234567-1", "CNIC [removed]"),
            ("Tazkira 1234-5678-90123", "Tazkira [removed]"),
            ("CURP PEGJ900101HDFRRN09", "CURP [removed]"),
            ("C.C. 52345678", "C.C. [removed]"),
            ("C.C. 52.345.678 de Bogotá", "C.C. [removed] de Bogotá"),
            ("ID No: 19900101-1234", "ID No: [removed]"),
            ("Beneficiary ID card B1234567", "Beneficiary ID card [removed]"),
            ("паспорт МЕ123456", "паспорт [removed]"),
            ("ІПН 1234567890", "ІПН [removed]"),
        ] {
            assert_eq!(mask(text).map(|(text, _)| text).as_deref(), Some(kept), "{text}");
        }
        for text in [
            "ID No: 20260101-1234",
            "Project ID card 4 of 5",
            "ID card registration 5000",
            "C.C. 150 kits",
            "c.c. 52345678",
            "Identity documents: 12500 people",
            "Passport to learning 2026",
            "паспорти для 12500 осіб",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
    }

    #[test]
    fn accounts_at_banks_are_cut_out_whole() {
        for (text, kept) in [
            ("bank account 1234567890123", "bank account [removed]"),
            ("compte bancaire no 12345678901", "compte bancaire no [removed]"),
            ("cuenta bancaria: 0102030405", "cuenta bancaria: [removed]"),
            ("Account no. 12345678", "Account no. [removed]"),
            ("IBAN CH93 0076 2011 6238 5295 7", "IBAN [removed]"),
            ("to CH93 0076 2011 6238 5295 7, paid", "to [removed], paid"),
            ("IBAN: GB29NWBK60161331926819.", "IBAN: [removed]."),
            ("IBAN GB00 NWBK 6016 1331 9268 10 of Ali", "IBAN [removed] of Ali"),
        ] {
            assert_eq!(mask(text).map(|(text, _)| text).as_deref(), Some(kept), "{text}");
        }
        for text in [
            "on account of 12345678 people",
            "Bank account opened for 1200 households",
            "BF56 BF57 BF58 BF59",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
    }
}
