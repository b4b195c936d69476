//! What the words of a header say against its figures: they count things, people who were not reached
//! or were reached before, millions, or money that is no US dollars. The words are
//! `data/vocabulary/against.csv` and the nouns of `units.csv`.

mod missed;
mod money;
mod several;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use self::missed::Says;
use super::fields::Field;
use super::figures::{self, Measure, Role};
use super::units::{self, Counted};
use super::vocabulary::{self, List, list, normalise, rows};

/// A longer text is no header.
const LENGTH: usize = 200;
/// Words that are looked up together at most.
const PHRASE: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// Those who were not reached: `remaining`.
    Missed,
    /// The same in a word of their own, `unreached`.
    Unreached,
    /// Those who are to be reached.
    Ahead,
    /// The same before a word of people or figures: `not`.
    Not,
    /// Another time than that of the row.
    Before,
    /// The same only beside a not: `not reached before`.
    Earlier,
    /// The time of the row.
    Current,
    /// Worked out of people, and no number of them: `density`.
    Derived,
    /// Only some of the population: `rural`.
    Some,
    /// What stands behind is left out, or counted too: `excluding`, `incl.`, `since`.
    Apart,
    /// Says nothing, though a word of it does: `gap filled`.
    Nothing,
    Thousands,
    Millions,
    /// Things, whether one or many are named.
    Collective,
    /// Before a capacity that is none for people.
    Store,
    /// People, though the last word of it is a thing: `vulnerable groups`.
    Whom,
    Dollars,
    Currency,
    /// The code of one that is a word or a name as well: `SOS`.
    Code,
}

static WORDS: LazyLock<HashMap<String, Word>> = LazyLock::new(|| {
    let word = |code: &str| {
        Some(match code {
            "missed" => Word::Missed,
            "unreached" => Word::Unreached,
            "ahead" => Word::Ahead,
            "earlier" => Word::Earlier,
            "current" => Word::Current,
            "apart" => Word::Apart,
            "derived" => Word::Derived,
            "some" => Word::Some,
            "nothing" => Word::Nothing,
            "not" => Word::Not,
            "before" => Word::Before,
            "thousands" => Word::Thousands,
            "millions" => Word::Millions,
            "collective" => Word::Collective,
            "store" => Word::Store,
            "whom" => Word::Whom,
            "usd" => Word::Dollars,
            "currency" => Word::Currency,
            "code" => Word::Code,
            _ => return None,
        })
    };
    let all = rows(include_str!("../../data/vocabulary/against.csv"));
    let entry = |row: Vec<&str>| {
        let [words, code, ..] = row[..] else { return None };
        Some((normalise(words), word(code)?))
    };
    all.filter_map(entry).collect()
});

/// Words behind which a header no longer says what it counts: `reached in camps`.
static BEHIND: List = list("header no longer counts");
/// Words between those who keep things and the things.
static OF: List = list("of");
/// Words of a capacity that do not say for what.
static CAPACITY: List = list("capacity");
/// Times are no things: `reached (3 months)`.
static TIMES: List = list("times");

/// Why a column under this header is not the field that its other words name; `None` where nothing
/// speaks against it.
pub fn of_header(field: Field, header: &str) -> Option<&'static str> {
    if header.is_empty() || header.len() > LENGTH {
        return None;
    }
    let words = normalise(&figures::signs_to_words(header));
    let tokens: Vec<&str> = words.split(' ').filter(|token| !token.is_empty()).collect();
    let said = said(&tokens);
    let has = |word: Word| said.iter().any(|(_, known)| *known == word);
    if field == Field::BudgetUsd {
        let money = header.contains(['€', '£', '¥', '₦', '₹'])
            || has(Word::Currency)
            || money::names_currency(header);
        return match () {
            _ if has(Word::Millions) => Some("in millions: not used, write figures in full"),
            _ if money && !has(Word::Dollars) && !header.contains('$') => {
                Some("an amount that is not in US dollars: not used")
            }
            _ if has(Word::Thousands) || money::in_zeros(&tokens) => {
                Some("in thousands, and not clear of what: not used, write figures in full")
            }
            _ => None,
        };
    }
    if field == Field::RadiusM {
        static TIMES: List = list("other measures");
        let other = tokens.iter().any(|token| TIMES.contains(token));
        return other.then_some("in another measure than metres or kilometres: not used");
    }
    if !field.counts_people() {
        return None;
    }
    if has(Word::Derived) {
        return Some("is worked out of other figures, and no number of people: not used");
    }
    if field == Field::Population && has(Word::Some) {
        return Some("counts only a part of the population: not used");
    }
    if let Some(why) = several::of_header(field, header) {
        return Some(why);
    }
    if (is_of_response(field) || is_of_people(field))
        && let Says::Against(why) = missed::of_header(field, header)
    {
        return Some(why);
    }
    if has(Word::Millions) {
        return Some("in millions: not used, write figures in full");
    }
    let things = counts_things(field, header, &tokens);
    things.then_some("counts something other than people: not used")
}

/// Whether a header says which of the people of a field it counts, such as `incl. previous months`:
/// a plain one beside it is the surer.
pub fn says_which(field: Field, header: &str) -> bool {
    let short = !header.is_empty() && header.len() <= LENGTH;
    short && is_of_response(field) && missed::of_header(field, header) == Says::Which
}

/// Whether a text is about people who were not reached, or at another time.
pub fn counts_missed(text: &str) -> bool {
    let is_against = matches!(missed::of_header(Field::Targeted, text), Says::Against(_));
    text.len() <= LENGTH && is_against
}

/// Whether a word is one of US dollars.
pub fn is_dollars(word: &str) -> bool {
    WORDS.get(word) == Some(&Word::Dollars)
}

fn is_of_response(field: Field) -> bool {
    matches!(
        field,
        Field::Reached | Field::Targeted | Field::HouseholdsReached | Field::HouseholdsTargeted
    )
}

fn is_of_people(field: Field) -> bool {
    matches!(field, Field::InNeed | Field::Affected | Field::Population)
}

/// The known words among those of a header, and where they stand.
fn said(tokens: &[&str]) -> Vec<(Range<usize>, Word)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let longest = PHRASE.min(tokens.len() - at);
        let known = (1..=longest)
            .rev()
            .find_map(|length| Some((length, *WORDS.get(&tokens[at..at + length].join(" "))?)));
        found.extend(known.map(|(length, word)| (at..at + length, word)));
        at += known.map_or(1, |(length, _)| length);
    }
    found
}

fn counts_things(field: Field, header: &str, tokens: &[&str]) -> bool {
    match in_brackets(header) {
        Some(Unit::Measure) => return true,
        Some(Unit::Things) => return !tokens.iter().any(|token| is_people(token)),
        Some(Unit::People | Unit::Households) => return false,
        None => {}
    }
    // Such as host communities.
    if figures::of_header(header).is_some_and(|figure| figure.is_part()) {
        return false;
    }
    let of_capacity = field == Field::CapacityPeople;
    let end = tokens.iter().position(|token| BEHIND.contains(token)).unwrap_or(tokens.len());
    let mut rest: Vec<&str> = Vec::new();
    for (at, token) in tokens[..end].iter().enumerate() {
        match figures::role_of(token) {
            // `Éleveurs de bétail`, or in Arabic; in English the last word counts.
            _ if is_keeper(token)
                && (!token.is_ascii()
                    || tokens.get(at + 1).is_some_and(|next| OF.contains(next))) =>
            {
                return false;
            }
            Some(Role::Measure(Measure::Population | Measure::Severity)) => return false,
            Some(Role::Measure(_) | Role::Noise | Role::Total) => continue,
            _ if is_people(token) => return false,
            _ if of_capacity && CAPACITY.contains(token) => continue,
            _ => rest.push(token),
        }
    }
    if counts_cases(&rest) || said(&rest).iter().any(|(_, word)| *word == Word::Whom) {
        return false;
    }
    let store = |token: &&str| WORDS.get(*token) == Some(&Word::Store);
    if of_capacity && rest.first().is_some_and(store) {
        return true;
    }
    let longest = PHRASE.min(rest.len());
    let last = (1..=longest).rev().map(|length| rest[rest.len() - length..].join(" "));
    let first = (1..=longest).rev().map(|length| rest[..length].join(" "));
    last.chain(first)
        .find_map(|phrase| Some((vocabulary::unit_code(&phrase)?, phrase)))
        .is_some_and(|(code, phrase)| match code {
            "things" => is_many(&phrase),
            "measure" => !TIMES.contains(&phrase.as_str()),
            _ => false,
        })
}

fn is_keeper(token: &str) -> bool {
    vocabulary::unit_code(token) == Some("keepers")
}

/// Cases of something are people: `Cas de malnutrition`, `GBV cases`. What English cases hold may be
/// biscuits.
fn counts_cases(rest: &[&str]) -> bool {
    let [first, .., last] = rest else { return false };
    let is_thing = |token: &&str| vocabulary::unit_code(token).is_some();
    match (*first, *last) {
        ("cas" | "casos", _) => !rest[1..].iter().any(is_thing),
        (_, "cas" | "casos" | "cases") => !rest[..rest.len() - 1].iter().any(is_thing),
        _ => false,
    }
}

/// One thing before a figure may only say where it is: `School target`.
fn is_many(phrase: &str) -> bool {
    let is_many = |word: &str| word.ends_with(['s', 'x']) || !word.is_ascii();
    phrase.split(' ').any(is_many) || WORDS.get(phrase) == Some(&Word::Collective)
}

fn is_people(token: &str) -> bool {
    use Role::{Ages, Disability, Households, People, Who};
    let role = figures::role_of(token);
    let is_thing = vocabulary::unit_code(token) == Some("things");
    !is_thing && matches!(role, Some(People | Households | Who(..) | Ages(_) | Disability(_)))
        || matches!(vocabulary::unit_code(token), Some("individuals" | "households"))
        || !is_thing && vocabulary::population_words(token).is_some()
}

/// What stands in brackets, or behind a comma, a colon or a dash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    People,
    Households,
    Things,
    Measure,
}

/// The unit that a header has in brackets or at its end, as in `Target (MT)`; `None` where there is
/// none or two disagree.
pub fn in_brackets(header: &str) -> Option<Unit> {
    if header.len() > LENGTH {
        return None;
    }
    let marks = ['(', ')', '[', ']', '|', '\n', ',', ':', ';', '–', '—'];
    let pieces = header.split(marks).flat_map(|piece| piece.split(" - "));
    let mut found = None;
    for piece in pieces.skip(1) {
        let words = normalise(&figures::signs_to_words(piece));
        let little = |word: &&str| {
            let noise = matches!(figures::role_of(word), Some(Role::Noise | Role::Total));
            !noise && !["in", "en", "em", "of", "des", "per"].contains(word)
        };
        let words = words.split(' ').filter(little).collect::<Vec<_>>().join(" ");
        let Some(unit) = unit_of(&words) else { continue };
        if found.is_some_and(|other| other != unit) {
            return None;
        }
        found = Some(unit);
    }
    found
}

fn unit_of(words: &str) -> Option<Unit> {
    match (figures::role_of(words), vocabulary::unit_code(words)) {
        _ if words.split(' ').any(|word| TIMES.contains(&word)) => None,
        (Some(Role::People), _) | (_, Some("individuals")) => Some(Unit::People),
        (Some(Role::Households), _) | (_, Some("households")) => Some(Unit::Households),
        (_, Some("measure")) => Some(Unit::Measure),
        (_, Some("things")) => Some(Unit::Things),
        (None, None) if units::of_words(words) == Some(Counted::Things) => {
            words.split(' ').all(|word| !is_people(word)).then_some(Unit::Things)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_not_people() {
        for header in [
            "Livestock reached",
            "Animals reached",
            "Schools targeted",
            "Number of schools reached",
            "Schools reached with kits",
            "Health facilities reached",
            "Number of HF targeted",
            "Villages reached",
            "Sites targeted",
            "Communities reached",
            "Primary schools reached",
            "MT reached",
            "Target (MT)",
            "Target (kits)",
            "Reached - MT",
            "Beneficiaries (MT)",
            "Écoles ciblées",
            "Animaux atteints",
            "Cible (tonnes)",
            "Escuelas alcanzadas",
            "Escolas alcançadas",
            "المدارس المستهدفة",
            "Goats reached",
            "Savings groups reached",
            "Cases reached",
            "Cases of kits reached",
            "Cas de kits atteints",
            "Farms targeted",
            "House owner kits reached",
        ] {
            assert!(of_header(Field::Reached, header).is_some(), "{header}");
        }
        for header in [
            "Reached",
            "People reached in camps",
            "Reached in camps",
            "Reached through schools",
            "People reached (schools)",
            "School children reached",
            "Beneficiaries reached with kits",
            "Reached (HH)",
            "Household members reached",
            "Target group",
            "School target",
            "IDPs in sites",
            "Reached (3 months)",
            "Personnes atteintes",
            "Teachers trained",
            "Host communities reached",
            "Distribution beneficiaries",
            "Livestock keepers reached",
            "Livestock herders targeted",
            "Poultry keepers reached",
            "Goat owners targeted",
            "Business owners reached",
            "Farm owners targeted",
            "Village inhabitants reached",
            "Éleveurs de bétail atteints",
            "Propietarios de ganado alcanzados",
            "Criadores de gado alcançados",
            "Ganaderos alcanzados",
            "مربو الماشية المستهدفون",
            "Cas traités atteints",
            "Cas de malnutrition atteints",
            "GBV cases reached",
            "Vulnerable groups reached",
            "Groupes vulnérables atteints",
        ] {
            assert_eq!(of_header(Field::Reached, header), None, "{header}");
        }
    }

    #[test]
    fn a_capacity_for_goods_is_none_for_people() {
        for header in [
            "Capacity (m2)",
            "Capacity (MT)",
            "Capacity (litres)",
            "Tank capacity (L)",
            "Capacity (tents)",
            "Capacity (beds)",
            "Bed capacity",
            "Storage capacity",
            "Capacité (lits)",
        ] {
            assert!(of_header(Field::CapacityPeople, header).is_some(), "{header}");
        }
        for header in
            ["Max capacity", "Capacity (pupils)", "Site capacity (individuals)", "School capacity"]
        {
            assert_eq!(of_header(Field::CapacityPeople, header), None, "{header}");
        }
    }

    #[test]
    fn those_who_were_not_reached_or_before_are_not_reached() {
        for header in [
            "Not reached",
            "Not yet reached",
            "Non-beneficiaries reached",
            "Unreached",
            "Remaining to be reached",
            "Gap (target - reached)",
            "Previously reached",
            "Reached last month",
            "Bénéficiaires non atteints",
            "Atteints le mois dernier",
            "Personas no alcanzadas",
            "Pessoas não alcançadas",
            "لم يتم الوصول إليهم",
            "No alcanzados",
            "No. no alcanzados",
            "Nº de personas no alcanzadas",
            "No. of people not reached",
            "Personas no. alcanzadas",
        ] {
            let says = of_header(Field::Reached, header).is_some();
            assert!(says || header.starts_with("لم"), "{header}");
        }
        for header in [
            "No. reached",
            "Reached (not in thousands)",
            "Non-food items beneficiaries",
            "Nº de beneficiarios",
            "Nº beneficiarios alcanzados",
            "No. alcanzados",
            "Nº alcanzados",
            "N° alcanzados",
            "N.º alcanzados",
            "No. asistidos",
            "no. atendidos",
            "Nº beneficiários alcançados",
        ] {
            assert_eq!(of_header(Field::Reached, header), None, "{header}");
        }
    }

    #[test]
    fn other_money_and_millions_are_not_used() {
        for header in [
            "Budget (SSP)",
            "Budget en FCFA",
            "Budget €",
            "Budget (local currency)",
            "Total budget in million USD",
            "Budget (SOS)",
            "Budget COP",
            "Budget in COP",
            "COP budget",
            "Budget COP 2024",
            "Budget (COP) total",
            "Budget (USD 1,000)",
            "Budget (kUSD)",
            "Budget in thousands of CHF",
        ] {
            assert!(of_header(Field::BudgetUsd, header).is_some(), "{header}");
        }
        for header in [
            "Budget",
            "Budget (USD)",
            "Budget US$",
            "Total budget (USD)",
            "Budget SOS Sahel",
            "Budget for COP",
            "Budget (over 10,000 USD)",
        ] {
            assert_eq!(of_header(Field::BudgetUsd, header), None, "{header}");
        }
        assert!(of_header(Field::InNeed, "PIN (in millions)").is_some());
    }
}
