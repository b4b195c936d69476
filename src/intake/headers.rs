//! What the words of a header say a column is: `data/vocabulary/headers.csv` and `header-words.csv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Kind;
use super::against::{self, Unit};
use super::fields::{self, Field};
use super::figures::{self, Attribute, Figure, Measure, Role};
use super::sites::answers;
use super::vocabulary::{List, list, normalise, question, rows};

/// Field and confidence of the best header words, for the search for the header row.
pub fn words(kind: Kind, header: &str) -> Option<(Field, f32)> {
    let found = lookup(kind, header);
    found.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Words to fields with the confidence each deserves; longest entry in words.
static HEADERS: LazyLock<HashMap<String, Vec<(Field, f32)>>> = LazyLock::new(|| {
    let mut headers: HashMap<String, Vec<(Field, f32)>> = HashMap::new();
    for row in rows(include_str!("../../data/vocabulary/headers.csv")) {
        let [words, field, weight, ..] = row[..] else { continue };
        let (Some(field), Ok(weight)) = (Field::from_name(field), weight.parse()) else { continue };
        let entry = headers.entry(normalise(words)).or_default();
        if !entry.iter().any(|(known, _)| *known == field) {
            entry.push((field, weight));
        }
    }
    for def in super::fields::FIELDS {
        let entry = headers.entry(normalise(def.name)).or_default();
        entry.retain(|(known, _)| *known != def.field);
        entry.push((def.field, 1.0));
    }
    headers
});

/// Fields of a header: as a whole, its parts, word by word, or a known phrase within it.
pub fn lookup(kind: Kind, header: &str) -> Vec<(Field, f32)> {
    let whole = normalise(header);
    let exact = accepted(kind, &whole, 1.0);
    if !exact.is_empty() {
        return exact;
    }
    if let Some(last) = question(header) {
        let found = lookup(kind, last);
        if !found.is_empty() {
            return found;
        }
    }
    if let Some(rest) = without_yes_no(header) {
        // Yes and no are no names, places or figures.
        let found = lookup(kind, &rest);
        let is_status = |(field, _): &(Field, f32)| *field == Field::Status;
        return found.into_iter().filter(|one| kind == Kind::Sites && is_status(one)).collect();
    }
    if let Some((_, rest)) = whole.split_once(' ').filter(|(first, _)| asks_when(first)) {
        let found = phrases(kind, rest).into_iter();
        return found.filter(|(field, _)| field.role() == fields::Role::Date).collect();
    }
    if let Some(found) = asked_where(kind, &whole) {
        return found;
    }
    let figure = figures::of_header(header);
    let whole_figure = figure.filter(|figure| !figure.is_part());
    // A header in two languages, or with an explanation: "Governorate - المحافظة".
    let parts = header.split(['/', '(', ')', '|', '\n', ':']).flat_map(|part| part.split(" - "));
    let mut found: Vec<(Field, f32)> = Vec::new();
    let unit = against::in_brackets(header);
    let mut households = unit == Some(Unit::Households);
    for part in parts.filter(|part| part.len() < header.len()) {
        let key = normalise(part);
        households = households || is_households(&key);
        let known = accepted(kind, &key, 0.95);
        match of_attribute(kind, &key) {
            Some(attribute) if known.is_empty() => found.extend(attribute),
            _ => found.extend(known),
        }
    }
    let measured = whole_figure.and_then(|figure| figure.field(kind, None));
    // `Annual target (individuals)` is none of those reached.
    let measured = measured.or_else(|| match figures::measures(header)[..] {
        [measure @ Measure::Targeted] if figure.is_none() => {
            Figure { measure: Some(measure), households, ..Figure::default() }.field(kind, None)
        }
        _ => None,
    });
    if !found.is_empty() {
        // The whole says more than its parts: `Beneficiaries (plan)`, `HH reached (individuals)`, and
        // so does its one measure: `Quarterly target (individuals)`.
        let measures = figures::measures(header);
        let measure = measures.first().filter(|first| measures.iter().all(|one| one == *first));
        let one = measure.and_then(|measure| {
            let figure = Figure { measure: Some(*measure), ..Figure::default() };
            figure.field(kind, None)
        });
        let says = |(field, weight): (Field, f32)| match (measured, one) {
            (Some(measured), _) if field.counts_people() => (measured, weight),
            (None, Some(one)) if field == Field::Reached => (one, weight),
            _ => (field, weight),
        };
        let mut known: Vec<(Field, f32)> = Vec::new();
        for (field, weight) in found.into_iter().map(says) {
            match known.iter_mut().find(|(other, _)| *other == field) {
                Some((_, other)) => *other = other.max(weight),
                None => known.push((field, weight)),
            }
        }
        return if households { of_households(known) } else { known };
    }
    if figure.is_some() {
        // A part of everybody is a column of its own kind; see `figures`.
        let whole = measured.filter(|_| !NAMES.contains(&whole.as_str()));
        let counted = || whole_figure.and_then(|figure| number_of(kind, figure, header));
        return whole.map(|field| (field, 0.9)).or_else(counted).into_iter().collect();
    }
    if let Some(found) = of_attribute(kind, &whole) {
        return found;
    }
    let mut found = phrases(kind, &whole);
    if matches!(kind, Kind::Needs | Kind::Population) {
        // `Displacement site` counts those who live there, and names none.
        found.retain(|(field, _)| *field != Field::Location);
    }
    if whole.split(' ').any(is_households) { of_households(found) } else { found }
}

/// Whether a question begins with this word that a day answers.
fn asks_when(word: &str) -> bool {
    ["when", "quand", "cuando", "quando", "متي"].contains(&word)
}

/// Where a question asks for a place: `In which state did the activity take place?`.
fn asked_where(kind: Kind, whole: &str) -> Option<Vec<(Field, f32)>> {
    static IN: List = list("asks for a place");
    let rest = IN.iter().find_map(|words| whole.strip_prefix(words)?.strip_prefix(' '))?;
    let is_place = |(field, _): &(Field, f32)| field.is_area() || *field == Field::Location;
    let places = |found: Vec<(Field, f32)>| -> Vec<(Field, f32)> {
        found.into_iter().filter(is_place).collect()
    };
    let noun = rest.split(' ').next().unwrap_or_default();
    let named = places(accepted(kind, noun, 0.95));
    Some(if named.is_empty() { places(phrases(kind, rest)) } else { named })
}

/// Words of figures that alone may be a name.
const NAMES: &[&str] = &["plan", "plans", "planning"];

/// `No. of beneficiaries`, `Nº de hogares`: what the words beside the number name.
fn number_of(kind: Kind, figure: Figure, header: &str) -> Option<(Field, f32)> {
    if figure.measure.is_some() || !(figure.people || figure.households) {
        return None;
    }
    let key = normalise(&figures::signs_to_words(header));
    let says = |token: &&str| !matches!(figures::role_of(token), Some(Role::Noise | Role::Total));
    let thing = key.split(' ').filter(says).collect::<Vec<_>>().join(" ");
    let found = accepted(kind, &thing, 0.95).into_iter().filter(|(field, _)| field.counts_people());
    found.filter(|_| thing != key).max_by(|a, b| a.1.total_cmp(&b.1))
}

/// A question without the answers that it names: `Functional (Y/N)`.
fn without_yes_no(header: &str) -> Option<String> {
    let (before, rest) = header.split_once(['(', '['])?;
    let (named, behind) = rest.split_once([')', ']'])?;
    answers::are_answers(named).then(|| format!("{before} {behind}"))
}

fn is_households(words: &str) -> bool {
    matches!(figures::role_of(words), Some(Role::Households))
}

/// What a header counts where it says that it counts households: `Reached (HH)`, never people.
pub(super) fn of_households(found: Vec<(Field, f32)>) -> Vec<(Field, f32)> {
    let of_households = |(field, weight)| match field {
        Field::Reached | Field::HouseholdsReached => Some((Field::HouseholdsReached, weight)),
        Field::Targeted | Field::HouseholdsTargeted => Some((Field::HouseholdsTargeted, weight)),
        field => (!Field::counts_people(field)).then_some((field, weight)),
    };
    found.into_iter().filter_map(of_households).collect()
}

/// Whether a header as a whole is known as a field.
pub fn is_exact(kind: Kind, field: Field, header: &str) -> bool {
    accepted(kind, &normalise(header), 1.0).iter().any(|(known, _)| *known == field)
}

/// Whether a header as a whole is known as something other than a figure of people.
pub fn is_word(kind: Kind, header: &str) -> bool {
    let found = accepted(kind, &normalise(header), 1.0);
    found.iter().any(|(field, _)| !field.counts_people())
}

/// Whether a column is one that a form service adds about the form itself, such as Kobo's
/// `_validation_status`.
pub fn is_of_form(header: &str) -> bool {
    const OWN: &[&str] = &[
        "_id",
        "_uuid",
        "_index",
        "_status",
        "_notes",
        "_tags",
        "_version",
        "__version__",
        "_submission_time",
        "_submitted_by",
        "_validation_status",
        "_parent_index",
        "_parent_table_name",
        "_submission__id",
        "_submission__uuid",
        "_submission__submission_time",
        "_submission__validation_status",
        "_submission__notes",
        "_submission__status",
        "_submission__submitted_by",
        "_submission__tags",
    ];
    OWN.contains(&header.trim())
}

/// Who runs a site is nobody who reports work.
static OF_SITES: List = list("runs a site");

/// What the whole of a text is known as in a kind of table.
fn accepted(kind: Kind, key: &str, factor: f32) -> Vec<(Field, f32)> {
    let known = |key: &str| -> Vec<(Field, f32)> {
        if kind != Kind::Sites && OF_SITES.contains(&key) {
            return Vec::new();
        }
        let entries = HEADERS.get(key).map(Vec::as_slice).unwrap_or_default();
        let fit = entries.iter().filter(|(field, _)| kind.accepts(*field));
        fit.map(|(field, weight)| (*field, weight * factor)).collect()
    };
    let found = known(key);
    if !found.is_empty() {
        return found;
    }
    // One word for what many words are used for: `Reporting org`.
    let canonical = |word| match word {
        "org" | "orgs" | "organisation" | "organisations" | "organizations" | "entity" => {
            "organization"
        }
        other => other,
    };
    let other = key.split(' ').map(canonical).collect::<Vec<_>>().join(" ");
    // And `PiN` is one word, however it is written.
    let joined = || key.replace(' ', "");
    match other != key {
        true => known(&other),
        false if key.len() <= 6 => known(&joined()),
        false => Vec::new(),
    }
}

/// A header of a thing and what of it stands below, such as `ID Province`, `Acronyme cluster` or
/// `Type_organisation`; `None` where it is none. An empty list is an answer too: the number of an
/// organisation is not its name.
fn of_attribute(kind: Kind, key: &str) -> Option<Vec<(Field, f32)>> {
    let tokens: Vec<&str> = key.split(' ').collect();
    if tokens.len() < 2 || tokens.len() > 6 {
        return None;
    }
    let mut attribute = None;
    let mut rest = Vec::new();
    for token in tokens {
        match figures::role_of(token) {
            Some(Role::Of(found)) if attribute.is_none_or(|known| known == found) => {
                attribute = Some(found);
            }
            // The Spanish "nombre" is a name, the French one a number.
            Some(Role::Noise) if token == "nombre" && attribute.is_none() => {
                attribute = Some(Attribute::Name);
            }
            Some(Role::Noise | Role::Total) => {}
            _ => rest.push(token),
        }
    }
    let attribute = attribute?;
    let thing = rest.join(" ");
    let entries = HEADERS.get(&thing)?;
    let fields = entries.iter().filter_map(|(thing, weight)| {
        let field = attribute_of(attribute, *thing)?;
        let sure = match (*thing, attribute) {
            (Field::ImplementingPartner, Attribute::Type | Attribute::Acronym) => 0.7,
            // A name says more than its short form.
            (Field::Sector, Attribute::Acronym | Attribute::Code) => 0.97,
            _ => 1.0,
        };
        kind.accepts(field).then_some((field, (weight * 0.98).max(0.8) * sure))
    });
    Some(fields.collect())
}

/// What a header with an attribute is about: `Type of implementing organisation` is about the
/// implementing organisation.
pub fn thing(kind: Kind, header: &str) -> Option<Field> {
    accepted(kind, &noun(header), 1.0).first().map(|(field, _)| *field)
}

/// Whether a header says that codes stand below, and not of what.
pub fn is_bare_code(header: &str) -> bool {
    let key = normalise(header);
    matches!(figures::role_of(&key), Some(Role::Of(Attribute::Code))) && key != "id" && key != "ids"
}

/// Whether a header says that codes of something stand below, as `Zone p-code` does.
pub fn is_code(header: &str) -> bool {
    let key = normalise(header);
    let says = |token| matches!(figures::role_of(token), Some(Role::Of(Attribute::Code)));
    key.split(' ').any(says)
}

/// A header without the words that say what of a thing stands below: `ID ZS` and `ZS` are both `zs`.
pub fn noun(header: &str) -> String {
    let key = normalise(header).replace(" p code", " code");
    let says = |token: &&str| {
        !matches!(figures::role_of(token), Some(Role::Of(_) | Role::Noise | Role::Total))
    };
    key.split(' ').filter(says).collect::<Vec<_>>().join(" ")
}

/// The field of a code, name, acronym or type of what a field is about.
fn attribute_of(attribute: Attribute, thing: Field) -> Option<Field> {
    let level = (1..=4u8).find(|level| {
        Field::area_name(*level) == Some(thing) || Field::area_code(*level) == Some(thing)
    });
    match (attribute, thing) {
        (Attribute::Code, _) if level.is_some() => Field::area_code(level?),
        (Attribute::Name, _) if level.is_some() => Field::area_name(level?),
        (Attribute::Name, Field::Partner) => Some(Field::Partner),
        (Attribute::Acronym, Field::Partner | Field::PartnerAcronym) => Some(Field::PartnerAcronym),
        (Attribute::Type, Field::Partner) => Some(Field::PartnerType),
        (Attribute::Name, Field::ImplementingPartner) => Some(Field::ImplementingPartner),
        // Of the partner only where no other organisation reports; see `columns`.
        (Attribute::Type, Field::ImplementingPartner) => Some(Field::PartnerType),
        (Attribute::Acronym, Field::ImplementingPartner) => Some(Field::PartnerAcronym),
        (Attribute::Name | Attribute::Acronym, Field::Donor) => Some(Field::Donor),
        (Attribute::Code | Attribute::Name | Attribute::Acronym, Field::Sector) => {
            Some(Field::Sector)
        }
        (Attribute::Name | Attribute::Type, Field::ActivityType) => Some(Field::ActivityType),
        (Attribute::Code, Field::ActivityType | Field::ActivityId) => Some(Field::ActivityId),
        (Attribute::Code, Field::Name | Field::SiteId | Field::Location) => Some(Field::SiteId),
        (Attribute::Type, Field::Name | Field::SiteType | Field::Location) => Some(Field::SiteType),
        (Attribute::Name, Field::Name) => Some(Field::Name),
        (Attribute::Name, Field::Location) => Some(Field::Location),
        (Attribute::Name, Field::Month | Field::Status | Field::Modality) => Some(thing),
        (Attribute::Type, Field::PopulationGroup | Field::Modality | Field::Unit) => Some(thing),
        _ => None,
    }
}

/// `Local` is a place in Portuguese and says of what, behind a noun: `ONG local`.
fn is_adjective(tokens: &[&str], key: &str) -> bool {
    let before = || tokens.iter().position(|token| *token == key)?.checked_sub(1);
    key == "local"
        && before().is_some_and(|at| !["do", "de", "da", "nome", "o"].contains(&tokens[at]))
}

/// The longest known phrases within a header that nothing else explains.
fn phrases(kind: Kind, whole: &str) -> Vec<(Field, f32)> {
    let mut found: Vec<(Field, f32)> = Vec::new();
    let tokens: Vec<&str> = whole.split(' ').collect();
    if tokens.len() > 8 {
        return Vec::new();
    }
    for length in (1..tokens.len().min(6)).rev() {
        for phrase in tokens.windows(length) {
            let key = phrase.join(" ");
            // The attribute of a thing nobody knows says nothing.
            let attribute = matches!(figures::role_of(&key), Some(Role::Of(_)));
            if key.chars().count() < 4 || attribute || is_adjective(&tokens, &key) {
                continue;
            }
            let factor = 0.5 + 0.35 * length as f32 / tokens.len() as f32;
            let phrase = accepted(kind, &key, factor);
            found.extend(phrase.into_iter().filter(|(_, weight)| *weight >= 0.5));
        }
        if !found.is_empty() {
            return found;
        }
    }
    found
}
