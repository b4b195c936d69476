//! Words to codes: sector, status, partner type, groups and modality in English, French, Spanish,
//! Portuguese and Arabic. The words are data: `data/vocabulary/*.csv`, each with its source.

mod files;
mod folding;

use std::sync::LazyLock;

pub use self::files::{List, list, rows};
use self::files::{Words, code, words};
pub use self::folding::{folded, normalise, question};
use super::figures::{self, Figure};
use super::units::Counted;
use crate::domain::{
    Age, Disability, Group, PartnerType, PopulationGroup, Sector, Sex, SiteStatus, Status,
};

macro_rules! vocabulary {
    ($name:ident, $file:literal) => {
        static $name: LazyLock<Words> =
            LazyLock::new(|| words(include_str!(concat!("../../data/vocabulary/", $file, ".csv"))));
    };
}

vocabulary!(SECTORS, "sectors");
vocabulary!(PARTNER_TYPES, "partner-types");
vocabulary!(STATUSES, "statuses");
vocabulary!(SITE_STATUSES, "site-statuses");
vocabulary!(GROUPS, "groups");
vocabulary!(SEXES, "sexes");
vocabulary!(AGES, "ages");
vocabulary!(DISABILITIES, "disabilities");
vocabulary!(MODALITIES, "modalities");
vocabulary!(UNITS, "units");
vocabulary!(MONTHS, "months");
vocabulary!(QUANTITIES, "quantities");
vocabulary!(TOTALS, "totals");
vocabulary!(SCALES, "scales");
vocabulary!(SEVERITIES, "severities");
vocabulary!(SPANS, "spans");
vocabulary!(FIGURES, "figures");
vocabulary!(STRAYS, "strays");

/// Where the word of a sum stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// Before or behind the name of what is summed, or alone.
    Beside,
    /// Only alone: `Sum`.
    Alone,
    /// Only alone, and not where it says whom a row is about: `Tous`.
    Named,
    /// Only alone, and never the name of an organisation: `All partners`.
    Partners,
}

/// Where words that say thousands stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Only by themselves, in brackets or behind a comma: `thousands`.
    Alone,
    /// At the end of a header as well: `in thousands`.
    Behind,
    /// By themselves, in a Spanish header: `miles`.
    Spanish,
}

/// What a word says of a severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeverityWord {
    /// 1 to 5.
    Phase(u8),
    /// It is of another scale, or beside it stands a number that is not its own.
    Other,
}

/// What a word says of the figure of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FigureWord {
    Targeted,
    Reached,
    /// In need, a baseline: neither.
    Other,
}

/// The time in which people are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// From the beginning until now.
    Beginning,
    /// Before the month or period that the file is about.
    Before,
    /// That month or period.
    Period,
}

/// What a text is in a row of a form that is no row of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrayWord {
    Example,
    Instruction,
}

/// Whether a text is an example, alone or before what it shows, or says what is to be written.
pub fn stray_word(text: &str) -> Option<StrayWord> {
    let words = normalise(text);
    let says = |words: &str, code: &str| STRAYS.exact.get(words).is_some_and(|known| known == code);
    let shows = |start: &str| says(start, "before") || says(start, "example");
    // `Example: ACTED` shows one and `Example NGO` is none, but `Example Foundation` is one.
    let marked = text.split_once([':', '=', '-', ')', '.', '\u{2013}']);
    let is_marked = marked.is_some_and(|(start, _)| shows(&normalise(start)));
    let mut starts = words.match_indices(' ').map(|(at, _)| words.split_at(at)).take(2);
    let is_none = |(start, rest): (&str, &str)| {
        says(start, "before") && start.contains(' ') || shows(start) && says(&rest[1..], "kind")
    };
    if shows(&words) || is_marked || starts.any(is_none) {
        return Some(StrayWord::Example);
    }
    says(&words, "instruction").then_some(StrayWord::Instruction)
}

/// Whether folded words begin as a note does that needs no colon: `last updated 3 march`.
pub fn opens_note(words: &str) -> bool {
    let starts = words.match_indices(' ').map(|(at, _)| &words[..at]).take(4);
    let opens = |start: &str| STRAYS.exact.get(start).is_some_and(|code| code == "opens");
    starts.chain([words]).any(opens)
}

/// Whether a folded word begins a note: `Source`.
pub fn is_note(word: &str) -> bool {
    STRAYS.exact.get(word).is_some_and(|code| code == "note")
}

/// What a text says of the figure of its row, as a whole.
pub fn figure_word(text: &str) -> Option<FigureWord> {
    FIGURES.get(&normalise(text)).map(|code| match code.as_str() {
        "targeted" => FigureWord::Targeted,
        "reached" => FigureWord::Reached,
        _ => FigureWord::Other,
    })
}

pub fn sector(text: &str) -> Option<Sector> {
    Sector::from_code(text).or_else(|| Sector::from_code(code(&SECTORS, text)?))
}

/// The sector of a cell, which may name the cluster before its area of responsibility, as in
/// `Protection: Child Protection`: the narrower one is meant.
pub fn sector_of_cell(text: &str) -> Option<Sector> {
    sector(text).or_else(|| {
        let named = sectors(text);
        let narrow = named.iter().copied().find(|sector| sector.main() != *sector)?;
        let only = named.iter().all(|sector| *sector == narrow || *sector == narrow.main());
        (named.len() == 2 && only).then_some(narrow)
    })
}

/// The sector that words of a header name as a whole.
pub fn sector_words(words: &str) -> Option<Sector> {
    Sector::from_code(SECTORS.exact.get(words)?)
}

/// Every sector that the parts of a text name, such as both of `WASH; Health`, each once.
pub fn sectors(text: &str) -> Vec<Sector> {
    let mut found = Vec::new();
    let marks = ['/', '(', ')', '|', '\n', ':', ';', ',', '&', '+', '\u{2013}'];
    let parts = text.split(marks).flat_map(|part| part.split(" - "));
    for part in parts.flat_map(|part| part.split(" and ")) {
        if let Some(sector) = sector(part.trim()).filter(|sector| !found.contains(sector)) {
            found.push(sector);
        }
    }
    found
}

pub fn partner_type(text: &str) -> Option<PartnerType> {
    PartnerType::from_code(text).or_else(|| PartnerType::from_code(code(&PARTNER_TYPES, text)?))
}

pub fn status(text: &str) -> Option<Status> {
    Status::from_code(code(&STATUSES, text)?)
}

pub fn site_status(text: &str) -> Option<SiteStatus> {
    SiteStatus::from_code(code(&SITE_STATUSES, text)?)
}

/// The group a text names; `None` where it names none that is known.
pub fn population_group(text: &str) -> Option<PopulationGroup> {
    PopulationGroup::from_code(code(&GROUPS, text)?)
}

/// The group that words of a header name as a whole; "other" alone is too little to be one.
pub fn population_words(words: &str) -> Option<PopulationGroup> {
    let group = PopulationGroup::from_code(GROUPS.exact.get(words)?)?;
    (group != PopulationGroup::Other).then_some(group)
}

pub fn sex(text: &str) -> Option<Sex> {
    Sex::from_code(code(&SEXES, text)?)
}

/// A band of ages: `0-4`, `60+`, `5 - 17 years`, or a word such as `children`.
pub fn age(text: &str) -> Option<Age> {
    let is_lived = |age: &Age| age.from <= OLDEST && (age.to <= OLDEST || age.to == Age::OPEN);
    read_age(text).filter(is_lived)
}

/// Nobody is older.
const OLDEST: u8 = 120;

fn read_age(text: &str) -> Option<Age> {
    if let Some(age) = Age::from_code(text) {
        return Some(age);
    }
    let signs = ['<', '>', '\u{2264}', '\u{2265}'];
    let plain: String = text.chars().filter(|c| c.is_ascii_digit() || "-+".contains(*c)).collect();
    if let Some(to) = text.trim().strip_prefix('\u{2264}') {
        return Age::from_code(&format!("0-{}", to.trim()));
    }
    let months = in_months(text);
    let said = figures::of_header(months.as_deref().unwrap_or(text));
    let only_age = |figure: Figure| {
        let age = figure.group.age;
        (figure == Figure { group: Group { age, ..Group::ALL }, ..Figure::default() }
            && age != Age::ALL)
            .then_some(age)
    };
    // Months and bounds are never years and bands.
    let years = months.is_none() && !text.contains(signs);
    said.and_then(only_age)
        .or_else(|| Age::from_code(&plain).filter(|_| years))
        .or_else(|| Age::from_code(code(&AGES, text)?))
}

/// The same with the word for months that figures know, where an age is in months.
fn in_months(text: &str) -> Option<String> {
    static MONTHS: List = list("months of age");
    let words = normalise(text);
    let is_month = |word: &str| MONTHS.contains(&word);
    let digits = words.contains(|c: char| c.is_ascii_digit());
    (digits && words.split(' ').any(is_month)).then(|| {
        let signs = figures::signs_to_words(text);
        let words = normalise(&signs);
        let word = |word| if is_month(word) { "months" } else { word };
        words.split(' ').map(word).collect::<Vec<_>>().join(" ")
    })
}

pub fn disability(text: &str) -> Option<Disability> {
    Disability::from_code(code(&DISABILITIES, text)?)
}

/// Every code that [`modality`] gives.
pub const MODALITY_CODES: [&str; 5] = ["in-kind", "cash", "voucher", "service", "mixed"];

/// One of [`MODALITY_CODES`].
pub fn modality(text: &str) -> Option<&'static str> {
    code(&MODALITIES, text)
}

/// What a unit counts; `None` where it is not known.
pub fn unit(text: &str) -> Option<Counted> {
    code(&UNITS, text).map(counted)
}

/// What folded words count as a whole.
pub fn unit_words(words: &str) -> Option<Counted> {
    UNITS.exact.get(words).map(|code| counted(code))
}

/// What folded words count as a whole: `individuals`, `keepers` of things, `households`, `things` or
/// `measure`.
pub fn unit_code(words: &str) -> Option<&'static str> {
    UNITS.exact.get(words).map(String::as_str)
}

/// Whether a text is a unit of measure, such as tonnes.
pub fn is_measure(text: &str) -> bool {
    code(&UNITS, text) == Some("measure")
}

fn counted(code: &str) -> Counted {
    match code {
        "individuals" | "keepers" => Counted::People,
        "households" => Counted::Households,
        _ => Counted::Things,
    }
}

/// Whether a header says that figures stand below, and not of what: `Quantity`, `Value`.
pub fn is_quantity(header: &str) -> bool {
    QUANTITIES.exact.contains_key(&normalise(header))
}

/// Whether it does not even say that something was achieved.
pub fn is_bare_quantity(header: &str) -> bool {
    QUANTITIES.exact.get(&normalise(header)).is_some_and(|code| code != "achieved")
}

/// Whether a header says that quantities of things stand below: `Quantity distributed`.
pub fn names_quantity(header: &str) -> bool {
    let is = |word: &str| QUANTITIES.exact.get(word).is_some_and(|code| code == "quantity");
    normalise(header).split(' ').any(is)
}

/// Where folded words say that a row sums others: beside the name of what it sums, or alone.
pub fn total(words: &str) -> Option<Total> {
    TOTALS.exact.get(words).map(|place| match place.as_str() {
        "beside" => Total::Beside,
        "named" => Total::Named,
        "partners" => Total::Partners,
        _ => Total::Alone,
    })
}

/// Whether a text in ASCII begins with the first word of a sum or ends with the last one, whatever is
/// around its letters and behind or before that word.
pub fn may_be_total(text: &str) -> bool {
    /// First words by their first letter, last words by their last one.
    type Ends = [[Vec<&'static str>; 26]; 2];
    static ENDS: LazyLock<Ends> = LazyLock::new(|| {
        let mut ends = Ends::default();
        let letters = |sum: &&String| sum.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b' '));
        for sum in TOTALS.exact.keys().filter(letters) {
            let (first, last) = (sum.split(' ').next(), sum.rsplit(' ').next());
            let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
            let bytes = (first.bytes().next(), last.bytes().last());
            if let (Some(begin), Some(end)) = bytes {
                ends[0][usize::from(begin - b'a')].push(first);
                ends[1][usize::from(end - b'a')].push(last);
            }
        }
        ends
    });
    let text = text.as_bytes();
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic();
    let Some(from) = text.iter().position(is_letter) else { return false };
    let text = &text[from..text.iter().rposition(is_letter).map_or(from, |last| last + 1)];
    let words =
        |end: usize, letter: u8| ENDS[end][usize::from(letter.to_ascii_lowercase() - b'a')].iter();
    let begins = |word: &&str| {
        text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    let ends = |word: &&str| {
        let from = text.len().checked_sub(word.len());
        from.is_some_and(|from| text[from..].eq_ignore_ascii_case(word.as_bytes()))
    };
    words(0, text[0]).any(begins) || words(1, text[text.len() - 1]).any(ends)
}

/// Whether a sum may begin with this letter of ASCII.
pub fn begins_total(first: u8) -> bool {
    static FIRST: LazyLock<[bool; 256]> = LazyLock::new(|| {
        let mut first = [false; 256];
        for sum in TOTALS.exact.keys().filter(|sum| total(sum) == Some(Total::Beside)) {
            let byte = sum.bytes().next().unwrap_or_default();
            first[usize::from(byte)] = true;
            first[usize::from(byte.to_ascii_uppercase())] = true;
        }
        first
    });
    FIRST[usize::from(first)]
}

/// Where folded words that say thousands stand.
pub fn scale(words: &str) -> Option<Scale> {
    SCALES.exact.get(words).map(|place| match place.as_str() {
        "behind" => Scale::Behind,
        "spanish" => Scale::Spanish,
        _ => Scale::Alone,
    })
}

/// What folded words say of a severity.
pub fn severity_word(words: &str) -> Option<SeverityWord> {
    let code = SEVERITIES.exact.get(words)?;
    Some(code.parse().map_or(SeverityWord::Other, SeverityWord::Phase))
}

/// The time in which folded words say that people are counted; `None` where they say none.
pub fn span(words: &str) -> Option<Span> {
    SPANS.exact.get(words).map(|code| match code.as_str() {
        "cumulative" => Span::Beginning,
        "before" => Span::Before,
        _ => Span::Period,
    })
}

/// Whether a text between two days says that they are the ends of a range: `to`, `au`, a dash.
pub fn joins_days(text: &str) -> bool {
    static JOINS: List = list("between two days");
    text.chars().all(|c| "-/\u{2013}\u{2014}".contains(c)) || JOINS.contains(&&*normalise(text))
}

/// The month of this name, 1-12.
pub fn month(word: &str) -> Option<i8> {
    MONTHS.exact.get(&folded(word))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_that_nobody_lives_to_are_none() {
        assert_eq!(age("100-200"), None);
        assert_eq!(age("60-120"), Some(Age { from: 60, to: 120 }));
        assert_eq!(age("60+"), Some(Age::ELDERLY));
    }

    #[test]
    fn a_cluster_named_before_its_area_of_responsibility_gives_way_to_it() {
        assert_eq!(sector_of_cell("Protection: Child Protection"), Some(Sector::ProCpn));
        assert_eq!(sector_of_cell("GBV (Protection)"), Some(Sector::ProGbv));
        assert_eq!(sector_of_cell("GBV / Child Protection"), None);
        assert_eq!(sector_of_cell("Health: Child Protection"), None);
    }

    #[test]
    fn every_sum_in_ascii_may_be_one_whatever_stands_beside_it() {
        for sum in TOTALS.exact.keys().filter(|sum| sum.is_ascii()) {
            for text in
                [sum.clone(), format!("({} CARE 2", sum.to_uppercase()), format!("7 A{sum}:")]
            {
                assert!(may_be_total(&text), "{text}");
            }
        }
        for text in ["", "12", "-", "WSH-000017", "Save the Children"] {
            assert!(!may_be_total(text), "{text}");
        }
    }

    #[test]
    fn sectors_are_known_in_five_languages() {
        for (text, sector) in [
            ("WASH", Sector::Wsh),
            ("Água, Saneamento e Higiene", Sector::Wsh),
            ("Abrigo/ Artigos não alimentares", Sector::Shl),
            ("Coordenação e Gestão de Campos", Sector::Ccm),
            ("Sécurité alimentaire", Sector::Fsc),
            ("Educación", Sector::Edu),
            ("الصحة", Sector::Hea),
            ("الصحه", Sector::Hea),
            ("صحة", Sector::Hea),
            ("pro-gbv", Sector::ProGbv),
        ] {
            assert_eq!(super::sector(text), Some(sector), "{text}");
        }
        for (text, sector) in [
            ("Camp Coordination & Camp Management", Sector::Ccm),
            ("Early Recovery & Livelihoods", Sector::Ery),
            ("Agua, Saneamiento e Higiene", Sector::Wsh),
        ] {
            assert_eq!(super::sector(text), Some(sector), "{text}");
        }
        assert_eq!(super::sector("de la"), None);
        assert_eq!(super::sector("Coordenação"), None);
    }

    #[test]
    fn every_code_of_the_files_is_known() {
        assert!(SECTORS.exact.values().all(|code| Sector::from_code(code).is_some()));
        assert!(PARTNER_TYPES.exact.values().all(|code| PartnerType::from_code(code).is_some()));
        assert!(STATUSES.exact.values().all(|code| Status::from_code(code).is_some()));
        assert!(SITE_STATUSES.exact.values().all(|code| SiteStatus::from_code(code).is_some()));
        assert!(GROUPS.exact.values().all(|code| PopulationGroup::from_code(code).is_some()));
        assert!(SEXES.exact.values().all(|code| Sex::from_code(code).is_some()));
        assert!(AGES.exact.values().all(|code| Age::from_code(code).is_some()));
        assert!(DISABILITIES.exact.values().all(|code| Disability::from_code(code).is_some()));
    }

    #[test]
    fn ages_in_months_and_with_bounds_are_years() {
        for (text, code) in [
            ("6-59 months", "0-4"),
            ("6 - 59 mois", "0-4"),
            ("0-23m", "0-1"),
            ("24-59 M", "2-4"),
            ("<5", "0-4"),
            ("under 5", "0-4"),
            ("U5", "0-4"),
            ("moins de 5 ans", "0-4"),
            ("<18", "0-17"),
            ("\u{2264} 17", "0-17"),
            ("\u{2265}18", "18+"),
            ("18+", "18+"),
            ("60 and above", "60+"),
            ("0-17 years", "0-17"),
            ("Children (0-17)", "0-17"),
            ("5 - 17 years", "5-17"),
            ("Adults", "18-59"),
        ] {
            assert_eq!(age(text).map(|age| age.to_string()).as_deref(), Some(code), "{text}");
        }
        for text in ["<5-17", "6-59 months boys", "m", "May 5"] {
            assert_eq!(age(text), None, "{text}");
        }
    }

    #[test]
    fn status_and_group_words_are_read_in_parts() {
        assert_eq!(status("On-going"), Some(Status::Ongoing));
        assert_eq!(status("concluído"), Some(Status::Completed));
        let group = population_group("Displaced population/População deslocada");
        assert_eq!(group, Some(PopulationGroup::Idp));
        assert_eq!(modality("em espécie (in-kind)"), Some("in-kind"));
        for (word, code) in &MODALITIES.exact {
            assert!(MODALITY_CODES.contains(&code.as_str()), "{word} is {code}");
        }
        assert_eq!(month("Março"), Some(3));
    }
}
