//! What a header or HXL tag of a column of figures counts: the measure, households or people, and of
//! which group, as in `Niñas de 5 a 19 años alcanzadas`, `# of IDP households reached`, `F_80Plus`
//! or `#reached+m+children`. Read word by word; one word that is not understood is enough for no.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Kind;
use super::against::{self, Unit};
use super::fields::Field;
use super::vocabulary::{self, List, list, normalise, question, rows};
use crate::domain::{Age, Disability, Group, PopulationGroup, Sector, Sex};

/// Words of a header that are read together at most.
const PHRASE: usize = 4;
/// A header with more words is a sentence.
const WORDS: usize = 16;

/// What a word of a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Measure(Measure),
    People,
    Households,
    /// Says nothing about whom.
    Noise,
    /// Says that everybody is counted: `Total women` are girls, too.
    Total,
    /// Belongs to an age, such as `years`; by itself it is about something else.
    Years,
    Months,
    /// `to`, between two ages.
    To,
    Under,
    Over,
    /// Sex, and the age that the word alone says.
    Who(Sex, Option<Word>),
    Ages(Word),
    Disability(Disability),
    /// A share of something, and no number of people.
    Share,
    /// What of a thing a header names: its code, name, acronym or type.
    Of(Attribute),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    Reached,
    Targeted,
    InNeed,
    Affected,
    Population,
    Severity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Code,
    Name,
    Acronym,
    Type,
}

/// An age in a word. What grown-ups are depends on the bands beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Infant,
    Child,
    Adult,
    /// Women and men: everybody of that sex, unless girls and boys are counted apart.
    Grown,
    Elder,
}

/// What a header of figures says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figure {
    pub measure: Option<Measure>,
    pub households: bool,
    /// People or beneficiaries are named.
    pub people: bool,
    pub group: Group,
    /// An age that only a word says.
    pub word: Option<Word>,
    /// It says that it is a total.
    pub total: bool,
    /// The sector, in the header of a table of needs.
    pub sector: Option<Sector>,
}

impl Figure {
    /// Whether it counts a part of everybody.
    pub fn is_part(&self) -> bool {
        self.group != Group::ALL || self.word.is_some() || self.sector.is_some()
    }

    /// The part of what the header above names: `Male` below `IDPs reached`.
    pub fn of(self, above: Figure) -> Figure {
        let group = self.group.within(above.group);
        let own = (self.group.age, self.word);
        let said = (above.group.age, above.word);
        let (age, word) = match own {
            // Of `Women` below `0-17` and `Elderly` the age is said above.
            (Age::ALL, None | Some(Word::Grown)) if said != (Age::ALL, None) => said,
            own => own,
        };
        let sector = self.sector.or(above.sector);
        Figure { group: Group { age, ..group }, word, sector, ..self }
    }

    /// The field the figure belongs to in a kind of table, where the measure is said or given.
    pub fn field(&self, kind: Kind, measure: Option<Measure>) -> Option<Field> {
        let field = match (self.measure.or(measure)?, self.households) {
            (Measure::Reached, false) => Field::Reached,
            (Measure::Reached, true) => Field::HouseholdsReached,
            (Measure::Targeted, false) => Field::Targeted,
            (Measure::Targeted, true) => Field::HouseholdsTargeted,
            (Measure::InNeed, false) => Field::InNeed,
            (Measure::Affected, false) => Field::Affected,
            (Measure::Population, false) => Field::Population,
            (Measure::Severity, false) => Field::Severity,
            (_, true) => return None,
        };
        kind.accepts(field).then_some(field)
    }
}

/// The word's age, where grown-ups begin at `adult`.
pub fn age_of(word: Word, adult: u8) -> Age {
    match word {
        Word::Infant => Age { from: 0, to: 1 },
        Word::Child => Age { from: 0, to: adult - 1 },
        Word::Adult => Age { from: adult, to: Age::ADULTS.to },
        Word::Grown => Age { from: adult, to: Age::OPEN },
        Word::Elder => Age::ELDERLY,
    }
}

static ROLES: LazyLock<HashMap<String, Role>> = LazyLock::new(|| {
    let mut roles = HashMap::new();
    for row in rows(include_str!("../../data/vocabulary/header-words.csv")) {
        let [words, name, ..] = row[..] else { continue };
        if let Some(role) = role(name) {
            roles.entry(normalise(words)).or_insert(role);
        }
    }
    roles
});

fn role(name: &str) -> Option<Role> {
    Some(match name {
        "reached" => Role::Measure(Measure::Reached),
        "targeted" => Role::Measure(Measure::Targeted),
        "in_need" => Role::Measure(Measure::InNeed),
        "affected" => Role::Measure(Measure::Affected),
        "population" => Role::Measure(Measure::Population),
        "severity" => Role::Measure(Measure::Severity),
        "people" => Role::People,
        "households" => Role::Households,
        "noise" => Role::Noise,
        "total" => Role::Total,
        "years" => Role::Years,
        "months" => Role::Months,
        "range" => Role::To,
        "under" => Role::Under,
        "over" => Role::Over,
        "girl" => Role::Who(Sex::Female, Some(Word::Child)),
        "boy" => Role::Who(Sex::Male, Some(Word::Child)),
        "woman" => Role::Who(Sex::Female, Some(Word::Grown)),
        "man" => Role::Who(Sex::Male, Some(Word::Grown)),
        "female" => Role::Who(Sex::Female, None),
        "male" => Role::Who(Sex::Male, None),
        "older woman" => Role::Who(Sex::Female, Some(Word::Elder)),
        "child" => Role::Ages(Word::Child),
        "adult" => Role::Ages(Word::Adult),
        "elder" => Role::Ages(Word::Elder),
        "infant" => Role::Ages(Word::Infant),
        "disabled" => Role::Disability(Disability::With),
        "not disabled" => Role::Disability(Disability::Without),
        "share" => Role::Share,
        "code" => Role::Of(Attribute::Code),
        "name" => Role::Of(Attribute::Name),
        "acronym" => Role::Of(Attribute::Acronym),
        "type" => Role::Of(Attribute::Type),
        _ => return None,
    })
}

/// The role of a word or phrase of a header, after normalising.
pub fn role_of(words: &str) -> Option<Role> {
    ROLES.get(words).copied()
}

/// Whether a header or tag says that shares stand below: `% reached`, `#targeted+pct`.
pub fn is_share(text: &str) -> bool {
    let words = normalise(&signs_to_words(text));
    words.split(' ').any(|word| matches!(role_of(word), Some(Role::Share)))
}

/// Whether a header that is not understood names people with disabilities behind a word such as
/// `not`: those it counts are the others.
pub fn leaves_out_disabled(text: &str) -> bool {
    static WITHOUT: List = list("without");
    let words = normalise(&signs_to_words(text));
    let mut behind = words.split(' ').skip_while(|word| !WITHOUT.contains(word)).skip(1);
    let names = |word| matches!(role_of(word), Some(Role::Disability(_)));
    behind.any(names) && of_header(text).is_none()
}

/// The measures that the words of a text name, whatever else they say.
pub fn measures(text: &str) -> Vec<Measure> {
    let words = normalise(&signs_to_words(text));
    let tokens: Vec<&str> = words.split(' ').collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let longest = PHRASE.min(tokens.len() - at);
        let known = (1..=longest)
            .rev()
            .find_map(|length| Some((length, role_of(&tokens[at..at + length].join(" "))?)));
        if let Some((_, Role::Measure(measure))) = known {
            found.push(measure);
        }
        at += known.map_or(1, |(length, _)| length);
    }
    found
}

/// Reads a header; `None` where a word of it is not about a figure of people.
pub fn of_header(text: &str) -> Option<Figure> {
    in_unit(text, read(&normalise(&signs_to_words(text)), false)?)
}

/// `HH reached (individuals)` counts the people of households.
fn in_unit(text: &str, figure: Figure) -> Option<Figure> {
    let of_people = figure.households && against::in_brackets(text) == Some(Unit::People);
    Some(Figure { households: figure.households && !of_people, ..figure })
}

/// Reads a header of a kind of table: in one of needs, `WASH PIN` is the figure of a sector.
pub fn of_header_in(kind: Kind, text: &str) -> Option<Figure> {
    in_unit(text, read(&normalise(&signs_to_words(text)), kind == Kind::Needs)?)
}

/// Reads an HXL tag such as `#targeted+f+age_0_4`, or `#inneed+wash` of a table of needs.
pub fn of_tag(kind: Kind, tag: &str) -> Option<Figure> {
    let plain: String = tag.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.strip_prefix('#')?.to_lowercase();
    let mut attributes = plain.split('+');
    let name = match attributes.next()? {
        "beneficiary" => "reached",
        "inneed" => "in need",
        other @ ("reached" | "targeted" | "affected" | "population") => other,
        _ => return None,
    };
    let rest: Vec<&str> = attributes.filter(|attribute| *attribute != "i").collect();
    read(&normalise(&format!("{name} {}", rest.join(" "))), kind == Kind::Needs)
}

/// `<5`, `60+` and `Nº` as words, which folding would lose or read as others.
pub fn signs_to_words(text: &str) -> String {
    let text = question(text).unwrap_or(text);
    let mut out = String::with_capacity(text.len() + 8);
    let mut skipped = 0;
    for (at, c) in text.char_indices() {
        if skipped > 0 {
            skipped -= 1;
            continue;
        }
        if matches!(c, 'n' | 'N')
            && let Some(length) = number_sign(&text[..at], &text[at..])
        {
            out.push_str(" number ");
            skipped = length - 1;
            continue;
        }
        match c {
            '<' | '\u{2264}' => out.push_str(" under "),
            '>' | '\u{2265}' | '+' => out.push_str(" over "),
            '%' => out.push_str(" percent "),
            '#' | '\u{2116}' => out.push_str(" number "),
            c => out.push(c),
        }
    }
    out
}

/// The letters and signs of a number sign that a text begins with: `Nº`, `N.°` or the `No.` before
/// something. A `no.` in the middle of a sentence may be a no.
fn number_sign(before: &str, text: &str) -> Option<usize> {
    if before.chars().next_back().is_some_and(char::is_alphanumeric) {
        return None;
    }
    let signs = ["\u{ba}", "\u{b0}", ".\u{ba}", ".\u{b0}"];
    if let Some(sign) = signs.iter().find(|sign| text[1..].starts_with(**sign)) {
        return Some(1 + sign.chars().count());
    }
    let rest = text
        .strip_prefix("No.")
        .or_else(|| text.strip_prefix("no.").filter(|_| !before.contains(char::is_alphanumeric)))?;
    rest.trim_start().chars().next()?.is_alphanumeric().then_some(3)
}

/// What a phrase of a header is.
enum Said {
    Role(Role),
    Group(PopulationGroup),
    Sector(Sector),
}

fn read(normalised: &str, sectors: bool) -> Option<Figure> {
    let tokens: Vec<&str> = normalised.split(' ').filter(|token| !token.is_empty()).collect();
    if tokens.is_empty() || tokens.len() > WORDS {
        return None;
    }
    let mut figure = Figure::default();
    let (mut ages, mut bound, mut months, mut years) = (Vec::new(), None, false, false);
    let mut at = 0;
    while at < tokens.len() {
        if ages_in_months(&ages) && tokens[at] == "m" && figure.group.sex != Sex::All {
            // Boys 0-59m: their sex is said already.
            (months, at) = (true, at + 1);
            continue;
        }
        if let Ok(number) = tokens[at].parse::<u16>() {
            ages.push(number);
            at += 1;
            continue;
        }
        let longest = PHRASE.min(tokens.len() - at);
        let (length, role) = (1..=longest).rev().find_map(|length| {
            let phrase = tokens[at..at + length].join(" ");
            if let Some(role) = role_of(&phrase) {
                return Some((length, Said::Role(role)));
            }
            if let Some(group) = vocabulary::population_words(&phrase) {
                return Some((length, Said::Group(group)));
            }
            let sector = vocabulary::sector_words(&phrase).filter(|_| sectors)?;
            Some((length, Said::Sector(sector)))
        })?;
        if at > 0
            && tokens[at - 1] == "no"
            && matches!(role, Said::Group(_))
            && is_spanish(tokens[at])
        {
            return None;
        }
        at += length;
        match role {
            Said::Group(PopulationGroup::All) => figure.people = true,
            Said::Group(group) if figure.group.population == PopulationGroup::All => {
                figure.group.population = group;
            }
            Said::Group(_) => return None,
            Said::Sector(sector) => match figure.sector {
                None => figure.sector = Some(sector),
                Some(_) => return None,
            },
            Said::Role(Role::Measure(Measure::Population)) if figure.measure.is_some() => {
                figure.people = true;
            }
            Said::Role(Role::Measure(measure)) => match figure.measure {
                None | Some(Measure::Population) => figure.measure = Some(measure),
                Some(known) if known == measure => {}
                Some(_) => return None,
            },
            Said::Role(Role::People) => figure.people = true,
            Said::Role(Role::Households) => figure.households = true,
            Said::Role(Role::Noise | Role::To) => {}
            Said::Role(Role::Total) => figure.total = true,
            Said::Role(Role::Years) => years = true,
            Said::Role(Role::Months) => months = true,
            Said::Role(role @ (Role::Under | Role::Over)) => bound = Some(role),
            Said::Role(Role::Who(sex, word)) => {
                if figure.group.sex != Sex::All && figure.group.sex != sex {
                    return None;
                }
                figure.group.sex = sex;
                figure.word = figure.word.or(word);
            }
            Said::Role(Role::Ages(word)) => match figure.word {
                // "Adult women", "female children", "elderly men".
                None | Some(Word::Grown) => figure.word = Some(word),
                Some(known) if known == word => {}
                Some(_) => return None,
            },
            Said::Role(Role::Disability(disability)) => {
                let known = figure.group.disability;
                if known != Disability::All && known != disability {
                    return None;
                }
                figure.group.disability = disability;
            }
            Said::Role(Role::Of(_) | Role::Share) => return None,
        }
    }
    if let Some(age) = band(&ages, bound, months)? {
        figure.group.age = age;
        figure.word = None;
    } else if years || months || bound.is_some() {
        return None;
    }
    Some(figure)
}

/// Whether a word is one before which `no` is a no, and no number: `no refugiados`.
fn is_spanish(word: &str) -> bool {
    ["ado", "ados", "ada", "adas"].iter().any(|end| word.ends_with(end))
}

/// Whether a band is one of those that are counted in months.
fn ages_in_months(ages: &[u16]) -> bool {
    matches!(ages, [0 | 6 | 12 | 24, 23 | 59] | [0, 5 | 11])
}

/// The band that numbers and bounds say; an inner `None` where there are none, an outer one where
/// they are no band.
fn band(ages: &[u16], bound: Option<Role>, months: bool) -> Option<Option<Age>> {
    let years = |age: u16| u8::try_from(if months { age / 12 } else { age }).ok();
    let plausible = |age: u8| age <= 120;
    let age = match (ages, bound) {
        ([], _) => return Some(None),
        ([from, to], None) => Age { from: years(*from)?, to: years(*to)? },
        ([to], Some(Role::Under)) => {
            let to =
                if months { years(to.checked_sub(1)?)? } else { years(*to)?.checked_sub(1)? };
            Age { from: 0, to }
        }
        ([from], Some(Role::Over)) => Age { from: years(*from)?, to: Age::OPEN },
        _ => return None,
    };
    let right =
        age.from <= age.to && plausible(age.from) && (plausible(age.to) || age.to == Age::OPEN);
    right.then_some(Some(age))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<String> {
        let figure = if crate::intake::tags::is_tag(text) {
            of_tag(Kind::Activities, text)
        } else {
            of_header(text)
        };
        let figure = figure?;
        let word = figure.word.map(|word| format!(" {word:?}")).unwrap_or_default();
        let measure = figure.measure.map_or("-".to_owned(), |measure| format!("{measure:?}"));
        let unit = if figure.households { " households" } else { "" };
        Some(format!("{measure}{unit} {}{word}", figure.group))
    }

    #[test]
    fn figures_of_groups_are_read_in_five_languages_and_as_tags() {
        for (text, expected) in [
            ("Number of people reached", "Reached all/all/all/all"),
            ("Nombre de bénéficiaires ciblés", "Targeted all/all/all/all"),
            ("# HH reached", "Reached households all/all/all/all"),
            ("Girls (0-17) reached", "Reached all/female/0-17/all"),
            ("Niñas menor de 5 años", "- all/female/0-4/all"),
            ("Mujeres de 20 a 59 años", "- all/female/20-59/all"),
            ("Hombres mayores de 60 años", "- all/male/60+/all"),
            ("Men 60+", "- all/male/60+/all"),
            ("Boys <5", "- all/male/0-4/all"),
            ("6-59 months", "- all/all/0-4/all"),
            ("Boys 0-59m", "- all/male/0-4/all"),
            ("Girls 6-23m", "- all/female/0-1/all"),
            ("Men 18-59", "- all/male/18-59/all"),
            ("Femmes", "- all/female/all/all Grown"),
            ("Older men", "- all/male/all/all Elder"),
            ("Adultas mayores", "- all/female/all/all Elder"),
            ("Meninas alcançadas", "Reached all/female/all/all Child"),
            ("IDP households targeted", "Targeted households idp/all/all/all"),
            ("Persons with disability reached", "Reached all/all/all/with"),
            ("Reached persons without disabilities", "Reached all/all/all/without"),
            ("Reached: non-PwD", "Reached all/all/all/without"),
            ("Personnes non handicapées atteintes", "Reached all/all/all/without"),
            ("Mujeres sin discapacidad", "- all/female/all/without Grown"),
            ("Pessoas sem deficiência alcançadas", "Reached all/all/all/without"),
            ("أشخاص بدون إعاقة", "- all/all/all/without"),
            ("المستهدف", "Targeted all/all/all/all"),
            ("تم الوصول", "Reached all/all/all/all"),
            ("نساء", "- all/female/all/all Grown"),
            ("Nº beneficiarios alcanzados", "Reached all/all/all/all"),
            ("No. alcanzados", "Reached all/all/all/all"),
            ("Beneficiarios no desplazados alcanzados", "Reached host/all/all/all"),
            ("Non-displaced people reached", "Reached host/all/all/all"),
            ("Personnes non déplacées atteintes", "Reached host/all/all/all"),
            ("Pessoas não deslocadas alcançadas", "Reached host/all/all/all"),
            ("F_80Plus", "- all/female/80+/all"),
            ("T_00_04", "- all/all/0-4/all"),
            ("M_adulte", "- all/male/all/all Adult"),
            ("T_TL", "- all/all/all/all"),
            ("#targeted+f", "Targeted all/female/all/all"),
            ("#reached + m +children", "Reached all/male/all/all Child"),
            ("#inneed+idps+age_0_4", "InNeed idp/all/0-4/all"),
            ("#population+f+age_80_plus", "Population all/female/80+/all"),
        ] {
            assert_eq!(said(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn headers_of_needs_name_sectors_and_those_of_activities_do_not() {
        let said = |text: &str| {
            let figure = match crate::intake::tags::is_tag(text) {
                true => of_tag(Kind::Needs, text),
                false => of_header_in(Kind::Needs, text),
            };
            figure.map(|figure| (figure.sector.map(Sector::code), figure.measure))
        };
        for (text, sector, measure) in [
            ("WASH", "WSH", None),
            ("Health PiN", "HEA", Some(Measure::InNeed)),
            ("People in need - Food Security", "FSC", Some(Measure::InNeed)),
            ("Education: personnes ciblées", "EDU", Some(Measure::Targeted)),
            ("Severity WASH", "WSH", Some(Measure::Severity)),
            ("#inneed+wash", "WSH", Some(Measure::InNeed)),
        ] {
            assert_eq!(said(text), Some((Some(sector), measure)), "{text}");
        }
        assert_eq!(said("Health facilities"), None);
        assert_eq!(said("WASH and Health"), None);
        assert_eq!(of_header("WASH"), None);
        assert_eq!(of_header_in(Kind::Activities, "WASH PIN"), None);
    }

    #[test]
    fn a_word_that_is_not_understood_makes_no_figure() {
        for text in [
            "Women groups trained",
            "Pregnant and lactating women",
            "Target group",
            "Cost planned",
            "Planned year",
            "% of women reached",
            "Men and women",
            "Reached vs target",
            "Sex",
            "5",
            "#org+name",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
