//! What the values of a column say of it, beside or against its words.

use super::Candidate;
use crate::intake::Kind;
use crate::intake::evidence::{Evidence, Trait};
use crate::intake::fields::{Field, Role};

pub(super) fn by_values(kind: Kind, evidence: &Evidence, add: &mut impl FnMut(Field, f32, String)) {
    let percent = |share: f32| format!("{:.0} % of its values are", share * 100.);
    // Of one or two values all must be codes that nothing else looks like.
    if evidence.filled < 3 && evidence.share(Trait::CodeShape) == 1.0 {
        let level = (1..=4u8).find(|level| evidence.codes[usize::from(*level)] == 1.0);
        let field = level.and_then(Field::area_code).filter(|field| kind.accepts(*field));
        if let (Some(field), Some(level)) = (field, level) {
            add(field, 0.96, format!("{} P-codes of level {level}", percent(1.0)));
        }
    }
    if evidence.filled < 3 {
        return;
    }
    for level in 1..=4u8 {
        let (codes, names) =
            (evidence.codes[usize::from(level)], evidence.names[usize::from(level)]);
        if let Some(field) =
            Field::area_code(level).filter(|field| kind.accepts(*field) && codes >= 0.6)
        {
            add(field, 0.96, format!("{} P-codes of level {level}", percent(codes)));
        }
        let best = evidence.names.iter().all(|other| *other <= names);
        if let Some(field) =
            Field::area_name(level).filter(|field| kind.accepts(*field) && names >= 0.7 && best)
        {
            add(field, 0.6, format!("{} names of areas of level {level}", percent(names)));
        }
    }
    // Of several levels, each by itself too few: a code is looked up at any of them.
    let levels: Vec<u8> =
        (1..=4).filter(|level| evidence.codes[usize::from(*level)] > 0.0).collect();
    let codes: f32 = levels.iter().map(|level| evidence.codes[usize::from(*level)]).sum();
    let most = levels.iter().any(|level| evidence.codes[usize::from(*level)] >= 0.6);
    let deepest = levels.last().copied().and_then(Field::area_code);
    if let Some(field) = deepest.filter(|field| codes >= 0.6 && !most && kind.accepts(*field)) {
        let levels = levels.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
        add(field, 0.9, format!("{} P-codes of levels {levels}", percent(codes)));
    }
    let status = if kind == Kind::Sites { Trait::SiteStatus } else { Trait::Status };
    let signs: [(Field, Trait, f32, f32, &str); 10] = [
        (Field::Coordinates, Trait::Coordinates, 0.8, 0.97, "latitude and longitude"),
        (Field::Sector, Trait::Sector, 0.7, 0.6, "sectors"),
        (Field::PartnerType, Trait::PartnerType, 0.8, 0.56, "types of organisations"),
        (Field::Status, status, 0.8, 0.56, "statuses"),
        (Field::PopulationGroup, Trait::Group, 0.8, 0.54, "groups of people"),
        (Field::Sex, Trait::Sex, 0.8, 0.55, "sexes"),
        (Field::Age, Trait::Age, 0.8, 0.53, "ages"),
        (Field::Unit, Trait::Unit, 0.9, 0.52, "units"),
        (Field::Modality, Trait::Modality, 0.9, 0.52, "modalities"),
        (Field::Month, Trait::Month, 0.9, 0.52, "months"),
    ];
    for (field, of, floor, confidence, what) in signs {
        let share = evidence.share(of);
        // One word over and over, such as "total", proves little.
        let varied = evidence.distinct > 1 || matches!(field, Field::Coordinates | Field::Status);
        if share >= floor && varied && kind.accepts(field) {
            add(field, confidence, format!("{} {what}", percent(share)));
        }
    }
}

/// What countries call their levels differs ("district" is level 1 or 2 or 3): where the values are
/// names of another level, they decide.
pub(super) fn correct_level(evidence: &Evidence, found: &mut [Candidate]) {
    let Some(level) = (1..=4usize).max_by(|a, b| evidence.names[*a].total_cmp(&evidence.names[*b]))
    else {
        return;
    };
    let Some(right) = Field::area_name(level as u8).filter(|_| evidence.names[level] >= 0.5) else {
        return;
    };
    for candidate in found {
        let named = (1..=4u8).find(|level| Field::area_name(*level) == Some(candidate.field));
        let Some(named) = named.filter(|_| candidate.confidence < 0.9) else { continue };
        if evidence.names[usize::from(named)] + 0.3 < evidence.names[level] {
            candidate.field = right;
            candidate.reason =
                format!("{}, and its values are names of level {level}", candidate.reason);
        }
    }
}

/// What is left of a column of coordinates that cannot be read: where nothing else is, it stays, and
/// every row says that it is none.
const UNREADABLE: f32 = 0.4;

/// Why a column of figures without a figure is not used.
pub const NO_NUMBER: &str = "none of its values is a number";

/// Different answers to a question.
const ANSWERS: u32 = 2;

/// Words and tags are copied from form to form: where the values cannot be what they say, the
/// column is something else.
pub(super) fn doubt(kind: Kind, evidence: &Evidence, found: &mut [Candidate]) {
    if let Some((named, filled)) = evidence.few_groups {
        for candidate in found {
            candidate.confidence = 0.0;
            candidate.reason = format!(
                "{}, but only {named} of its {filled} cells name a population group",
                candidate.reason
            );
        }
        return;
    }
    if evidence.filled < 3 {
        return;
    }
    let numbers = evidence.share(Trait::Number);
    let counts =
        found.iter().any(|one| one.field.counts_people() && one.confidence >= super::NAMED);
    for candidate in found {
        let level = (1..=4u8).find(|level| Field::area_name(*level) == Some(candidate.field));
        if let Some(code) = level.and_then(Field::area_code)
            && evidence.share(Trait::CodeShape) >= 0.9
            && evidence.names.iter().all(|share| *share < 0.1)
        {
            candidate.field = code;
            candidate.reason = format!("{}, and its values look like P-codes", candidate.reason);
            continue;
        }
        let (factor, but) = match (candidate.field, candidate.field.role()) {
            (Field::Latitude, _) if evidence.share(Trait::Latitude) < 0.3 => {
                (UNREADABLE, "its values are no latitudes")
            }
            (Field::Longitude, _) if evidence.share(Trait::Longitude) < 0.3 => {
                (UNREADABLE, "its values are no longitudes")
            }
            (Field::Coordinates, _) if evidence.share(Trait::Coordinates) < 0.2 => {
                (0.3, "its values are no coordinates")
            }
            (_, Role::Date)
                if evidence.share(Trait::Clock) >= 0.9
                    || evidence.share(Trait::Moment) >= 0.9
                        && evidence.distinct * 10 >= evidence.filled * 9 =>
            {
                (0.2, "its values are the moments at which forms were filled in")
            }
            // `100-200` below `People reached` is how many, and not how old they are.
            (Field::Age, _) if counts && candidate.confidence < super::NAMED => {
                (0.0, "its header says that it counts people")
            }
            // Words are less than the figures of another column, and more than nothing.
            (Field::Severity, _)
                if numbers < 0.5 && numbers + evidence.share(Trait::Severity) >= 0.5 =>
            {
                candidate.confidence = super::USED + 0.1 * candidate.confidence;
                continue;
            }
            (field, Role::Number)
                if field.counts_people() && evidence.share(Trait::Share) >= 0.5 =>
            {
                (0.2, "its cells are shown as per cent")
            }
            (Field::BudgetUsd, _) if numbers + evidence.share(Trait::Dollars) >= 0.2 => continue,
            (_, Role::Number) if numbers == 0.0 => (0.2, NO_NUMBER),
            (_, Role::Number) if numbers < 0.2 => (0.4, "few of its values are numbers"),
            (_, Role::Date) if evidence.share(Trait::Date) < 0.1 => {
                (0.4, "few of its values are dates")
            }
            (Field::Status, _)
                if kind == Kind::Activities && evidence.share(Trait::Status) < 0.05 =>
            {
                (0.4, "none of its values is a status")
            }
            (Field::PartnerType, _) if evidence.share(Trait::PartnerType) < 0.2 => {
                (0.5, "few of its values are types of organisations")
            }
            (Field::Sector, _)
                if evidence.share(Trait::Sector) == 0.0 && evidence.distinct > 40 =>
            {
                (0.5, "none of its values is a sector")
            }
            (Field::Status, _) if evidence.share(Trait::Date) >= 0.5 => {
                (0.2, "its values are dates")
            }
            (field, Role::Text | Role::Code)
                if numbers < 0.5 && evidence.share(Trait::Date) > 0.8 && names_something(field) =>
            {
                (0.3, "its values are dates")
            }
            (Field::Month, _)
                if evidence.share(Trait::Date).max(evidence.share(Trait::Month)) < 0.1
                    && numbers < 0.5 =>
            {
                (0.4, "none of its values is a month")
            }
            // Answers to a question are numbers too: `Functional (1=yes, 0=no)`.
            (Field::Status, _) if kind == Kind::Sites && evidence.distinct <= ANSWERS => continue,
            (field, Role::Text | Role::Code) if numbers > 0.9 && names_something(field) => {
                (0.4, "its values are numbers")
            }
            (field, Role::Text)
                if evidence.share(Trait::Coordinates) > 0.8 && field != Field::Coordinates =>
            {
                (0.4, "its values are coordinates")
            }
            _ => continue,
        };
        candidate.confidence *= factor;
        candidate.reason = format!("{}, but {but}", candidate.reason);
    }
}

/// Fields whose values are words and never figures.
fn names_something(field: Field) -> bool {
    matches!(
        field,
        Field::Partner
            | Field::PartnerAcronym
            | Field::PartnerType
            | Field::ImplementingPartner
            | Field::Donor
            | Field::Sector
            | Field::ActivityType
            | Field::Description
            | Field::Location
            | Field::Name
            | Field::Adm1Name
            | Field::Adm2Name
            | Field::Adm3Name
            | Field::Adm4Name
            | Field::Status
            | Field::Modality
            | Field::PopulationGroup
            | Field::Sex
            | Field::Disability
            | Field::Unit
    )
}
