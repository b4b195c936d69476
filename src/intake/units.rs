//! What the figures of a row count: people, households or something else, by its unit or by the
//! words of its indicator. Words are `data/vocabulary/units.csv`.

use super::figures::{self, Role};
use super::vocabulary::{self, List, list, normalise};

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Counted {
    People,
    Households,
    /// Kits, tonnes, per cent: never people.
    Things,
}

impl Counted {
    /// The other way of `as u8`.
    pub fn from_number(number: u8) -> Counted {
        match number {
            0 => Counted::People,
            1 => Counted::Households,
            _ => Counted::Things,
        }
    }
}

/// Words of an indicator that are looked at: a longer one is a description.
const WORDS: usize = 40;
/// Words that are looked up together at most.
const PHRASE: usize = 3;

/// What an indicator begins with where it counts something.
static COUNTERS: List = list("counter");

/// Little words between a counter and what it counts.
static ARTICLES: List = list("article");

/// Words behind which an indicator says for whom, where and how, and no longer what it counts.
static BEHIND: List = list("indicator no longer counts");

/// Times are no things: `children of 6-59 months`.
static TIMES: List = list("times");

/// What a unit says the figures count; `None` where it says nothing. Whatever is not known as
/// people or households is something else.
pub fn of_unit(text: &str) -> Option<Counted> {
    let words = normalise(&figures::signs_to_words(text));
    if !words.chars().any(char::is_alphabetic) {
        return None;
    }
    let words = counted(&words).unwrap_or(&words);
    let known = vocabulary::unit(words).or_else(|| vocabulary::unit(text));
    known.or_else(|| of_words(words)).or(Some(Counted::Things))
}

/// What an indicator counts, such as `# of latrines constructed` or `Number of HHs receiving seeds`;
/// `None` where its words do not say it clearly.
pub fn of_indicator(text: &str) -> Option<Counted> {
    if !may_count(text) {
        return None;
    }
    let words = normalise(&figures::signs_to_words(text));
    let first = words.split(' ').find(|word| !ARTICLES.contains(word))?;
    if matches!(figures::role_of(first), Some(Role::Share)) {
        return Some(Counted::Things);
    }
    let measured = measure_in_brackets(text).then_some(Counted::Things);
    measured.or_else(|| of_words(counted(&words)?))
}

/// A cheap look at the beginning, as descriptions are many.
fn may_count(text: &str) -> bool {
    let first = text.trim_start().chars().next();
    first.is_some_and(|first| "#%nNtTqQcCpPvVaArRعكن".contains(first))
        || text.trim_end().ends_with(')')
}

/// `(MT)` or `(m3)` behind an indicator.
fn measure_in_brackets(text: &str) -> bool {
    let Some((_, last)) = text.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('('))
    else {
        return false;
    };
    vocabulary::is_measure(&figures::signs_to_words(last))
}

/// What stands behind the words that begin a count.
fn counted(words: &str) -> Option<&str> {
    let behind = |start: &&str| words.strip_prefix(*start).and_then(|rest| rest.strip_prefix(' '));
    COUNTERS.iter().filter_map(behind).min_by_key(|rest| rest.len())
}

/// What the words up to the first that says for whom, where or how name. The last name counts:
/// `household latrines` are latrines, `school children` children.
pub fn of_words(words: &str) -> Option<Counted> {
    let tokens: Vec<&str> = words.split(' ').collect();
    if tokens.len() > WORDS {
        return None;
    }
    let mut found = None;
    let mut at = 0;
    while at < tokens.len() {
        let longest = PHRASE.min(tokens.len() - at);
        let named = (1..=longest).rev().find_map(|length| {
            let phrase = tokens[at..at + length].join(" ");
            Some((length, noun(&phrase)?))
        });
        match named {
            // Children of 6-59 months.
            Some((length, Counted::Things))
                if found.is_some()
                    && (0..length).all(|word| TIMES.contains(&tokens[at + word])) =>
            {
                at += length;
            }
            Some((length, counts)) => {
                found = Some(counts);
                at += length;
            }
            None if found.is_some() && BEHIND.contains(&tokens[at]) => break,
            None => at += 1,
        }
    }
    found
}

fn noun(phrase: &str) -> Option<Counted> {
    if BEHIND.contains(&phrase) {
        return None;
    }
    // Arabic writes its article on the word.
    let bare = phrase.strip_prefix("ال").unwrap_or(phrase);
    if let Some(unit) = vocabulary::unit_words(phrase).or_else(|| vocabulary::unit_words(bare)) {
        return Some(unit);
    }
    match figures::role_of(phrase) {
        Some(Role::People | Role::Who(..) | Role::Ages(_) | Role::Disability(_))
            if phrase.len() > 2 =>
        {
            Some(Counted::People)
        }
        Some(Role::Households) => Some(Counted::Households),
        _ => vocabulary::population_words(phrase).map(|_| Counted::People),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Counted::{Households, People, Things};

    #[test]
    fn a_unit_that_is_neither_people_nor_households_is_something_else() {
        for (text, counts) in [
            ("Individuals", Some(People)),
            ("# people", Some(People)),
            ("Personnes déplacées", Some(People)),
            ("Household members", Some(People)),
            ("PLW", Some(People)),
            ("الأفراد", Some(People)),
            ("HHs", Some(Households)),
            ("Number of households", Some(Households)),
            ("Ménages", Some(Households)),
            ("m3", Some(Things)),
            ("MT", Some(Things)),
            ("%", Some(Things)),
            ("Boreholes", Some(Things)),
            ("Water points", Some(Things)),
            ("Kits familiaux", Some(Things)),
            ("Household kits", Some(Things)),
            ("gadgets", Some(Things)),
            ("-", None),
            ("12", None),
            ("", None),
        ] {
            assert_eq!(of_unit(text), counts, "{text}");
        }
    }

    #[test]
    fn an_indicator_counts_what_it_clearly_names() {
        for (text, counts) in [
            ("# of children 6-59 months with SAM newly admitted for treatment", Some(People)),
            ("# of latrines constructed", Some(Things)),
            ("# of emergency latrines constructed", Some(Things)),
            ("Number of hygiene kits distributed to people", Some(Things)),
            ("Number of household latrines built", Some(Things)),
            ("% of water points functional", Some(Things)),
            ("Percentage of people with access to water", Some(Things)),
            ("Quantity of seeds distributed (MT)", Some(Things)),
            ("Nombre de points d'eau réhabilités", Some(Things)),
            ("Número de letrinas construidas", Some(Things)),
            ("عدد المراكز", Some(Things)),
            ("# of HHs receiving seeds", Some(Households)),
            ("Nombre de ménages ayant reçu des kits", Some(Households)),
            ("# of people reached with safe water", Some(People)),
            ("# of school children receiving kits", Some(People)),
            ("# of water point committee members trained", Some(People)),
            ("Nombre de personnes ayant accès aux latrines", Some(People)),
            ("Number of displaced latrine users", Some(People)),
            ("# of things nobody knows", None),
            ("Latrines", None),
            ("Kit distribution", None),
            ("Number 1 priority", None),
        ] {
            assert_eq!(of_indicator(text), counts, "{text}");
        }
    }
}
