//! How headers and words are folded before they are looked up.

use crate::domain::fold;

/// Folds a header or word and parts letters from digits and camelCase: `admin2Pcode` becomes
/// `admin 2 pcode`.
pub fn normalise(text: &str) -> String {
    let mut parted = String::with_capacity(text.len() + 8);
    let (mut before, mut letters) = (' ', 0);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        // The apostrophe of `d'organisation` or `Jan'26` parts two words, that of `Bu'ale` does not.
        let before_digit = chars.peek().is_some_and(char::is_ascii_digit);
        if matches!(c, '\'' | '\u{2019}') && (letters == 1 || before_digit) {
            parted.push(' ');
        }
        letters = if c.is_alphabetic() { letters + 1 } else { 0 };
        let camel = before.is_lowercase() && c.is_uppercase();
        let digits = before.is_ascii_digit() != c.is_ascii_digit()
            && before.is_alphanumeric()
            && c.is_alphanumeric();
        if camel || digits {
            parted.push(' ');
        }
        parted.push(c);
        before = c;
    }
    folded(&parted)
}

/// The same of a word that is not to be parted.
pub fn folded(word: &str) -> String {
    let folded = fold(word);
    if folded.is_ascii() { folded } else { plain_arabic(folded) }
}

/// The last part of a header that is the path of a question in a form, as `group_a/org_name` is.
pub fn question(header: &str) -> Option<&str> {
    let (path, last) = header.trim().rsplit_once('/')?;
    let first = path.split('/').next()?;
    let is_group = first.contains('_') || ["group", "begin", "section"].contains(&first);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    (is_group && !last.is_empty() && header.trim().bytes().all(plain)).then_some(last)
}

/// Arabic words as people type them in haste are the same as those written with care: `ه` for `ة`,
/// `ي` for `ى`, stretched letters, and with or without the article. (Forms of alef are one after
/// folding.) For headers and vocabularies only: two places may differ in nothing else.
fn plain_arabic(folded: String) -> String {
    if !folded.chars().any(|c| ('\u{620}'..='\u{64a}').contains(&c)) {
        return folded;
    }
    let word = |word: &str| {
        let plain = word.chars().filter(|c| *c != 'ـ').map(|c| match c {
            'ة' => 'ه',
            'ى' => 'ي',
            c => c,
        });
        let plain: String = plain.collect();
        match plain.strip_prefix("ال") {
            Some(bare) if bare.chars().count() >= 3 => bare.to_owned(),
            _ => plain,
        }
    };
    folded.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parted_where_their_writing_changes() {
        assert_eq!(normalise("admin2Pcode"), "admin 2 pcode");
        assert_eq!(normalise("Type d'organisation"), "type d organisation");
        assert_eq!(normalise("Bu'ale"), "buale");
    }

    #[test]
    fn the_path_of_a_question_ends_in_what_it_asks() {
        assert_eq!(question("group_a/beneficiaries_total"), Some("beneficiaries_total"));
        assert_eq!(question("begin_group/loc/admin1"), Some("admin1"));
        for header in ["Province/District", "target/reached", "Men / women_total", "org_name"] {
            assert_eq!(question(header), None, "{header}");
        }
    }

    #[test]
    fn arabic_typed_in_haste_is_the_same_as_written_with_care() {
        assert_eq!(normalise("المنظمه"), normalise("المنظمة"));
        assert_eq!(normalise("إسم المنظمه"), normalise("اسم المنظمة"));
        assert_eq!(normalise("مستشفي"), normalise("المستشفى"));
        assert_ne!(normalise("الله"), normalise("له"));
    }
}
