//! Humanitarian needs overviews as published (METHODS 18). They give every figure several times:
//! as a total, as an older kind of total, by parts of a sector, by groups of people.

use std::collections::{HashMap, HashSet};

use super::{Cell, Entry, Verdicts, add_up, supersede};
use crate::domain::{
    Age, Disability, Group, Need, Period, PopulationGroup, Sector, Sex, Text, fold,
};
use crate::intake::fields::Field;
use crate::intake::report::Late;
use crate::intake::{Problem, Row, vocabulary};

pub(super) const REMARK: &str = "HNO file: the total of each area and sector is read, and its groups as groups; caseloads are added; \"reached\" is expected reach, not delivery, and is not used.";

const UNREAD_CATEGORY: Problem = Problem {
    code: "unread-category",
    message: "The category is not one group of people that is known: the row is not used.",
    remedy: "Nothing needs doing where the total of the area is there.",
};
const PART_OF_OVERALL: Problem = Problem {
    code: "part-of-overall",
    message: "The row is a part of the \"(overall)\" figure of its sector: not added to it.",
    remedy: "Nothing needs doing.",
};
const OLDER_TOTAL: Problem = Problem {
    code: "older-total",
    message: "The blank category is an older form of total, and the total itself is there: not used.",
    remedy: "Nothing needs doing.",
};
const NOT_PEOPLE: Problem = Problem {
    code: "not-people",
    message: "The figure does not count people.",
    remedy: "Nothing needs doing.",
};

/// What caused the need; different causes add.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Caseload {
    Conflict,
    Disaster,
    Unsaid,
}

/// What an HNO row says besides its cell and figures.
#[derive(Clone, Debug)]
pub(super) struct Part {
    description: String,
    caseload: Caseload,
    overall: bool,
    blank_category: bool,
}

impl Part {
    /// Reads category and description; `None` where the row cannot be used, which is then said.
    pub(super) fn read(row: &mut Row<'_, '_>, sector: Sector) -> Option<(Group, Part)> {
        let category = row.text(Field::Category).unwrap_or_default();
        let written = row.text(Field::Description).unwrap_or_default();
        let description = fold(&written);
        if sector == Sector::Log && counts_things(&written) {
            row.reject(Field::Description, &written, "", NOT_PEOPLE);
            return None;
        }
        let Some(group) = group(&category) else {
            row.warn(Field::Category, &category, "", UNREAD_CATEGORY);
            return None;
        };
        let part = Part {
            caseload: Caseload::of(&description),
            overall: description.split(' ').any(|word| word == "overall"),
            blank_category: category.is_empty(),
            description,
        };
        Some((group, part))
    }
}

impl Caseload {
    fn of(description: &str) -> Caseload {
        // "Disater" is how one plan spells it.
        let disaster = |word: &str| {
            ["disaster", "disasters", "disater", "nd", "floods", "flood", "cyclone", "drought"]
                .contains(&word)
        };
        let mut words = description.split(' ');
        if words.clone().any(disaster) {
            Caseload::Disaster
        } else if words.any(|word| word.starts_with("conflict")) {
            Caseload::Conflict
        } else {
            Caseload::Unsaid
        }
    }
}

/// Logistics plans count kilometres and tonnes in the column of people.
fn counts_things(description: &str) -> bool {
    let description = description.to_lowercase();
    ["%", "length", "cargo", "tonne", "kilomet"].iter().any(|word| description.contains(word))
}

/// The group of a category such as `Children - Female - IDP`; total and blank are everybody.
/// `None` where a part of it is not known, or says the same thing twice.
fn group(category: &str) -> Option<Group> {
    let mut group = Group::ALL;
    if category.is_empty() || fold(category) == "total" {
        return Some(group);
    }
    for part in category.split(" - ") {
        if let Some(sex) = vocabulary::sex(part).filter(|sex| *sex != Sex::All) {
            let before = std::mem::replace(&mut group.sex, sex);
            (before == Sex::All).then_some(())?;
        } else if let Some(age) = vocabulary::age(part).filter(|age| *age != Age::ALL) {
            let before = std::mem::replace(&mut group.age, age);
            (before == Age::ALL).then_some(())?;
        } else if let Some(people) =
            vocabulary::population_group(part).filter(|people| *people != PopulationGroup::All)
        {
            let before = std::mem::replace(&mut group.population, people);
            (before == PopulationGroup::All).then_some(())?;
        } else if let Some(with) =
            vocabulary::disability(part).filter(|with| *with != Disability::All)
        {
            let before = std::mem::replace(&mut group.disability, with);
            (before == Disability::All).then_some(())?;
        } else {
            return None;
        }
    }
    Some(group)
}

type Caseloads = (Option<Text>, Sector, Period, Caseload);

/// Chooses the rows that count and adds their caseloads.
pub(super) fn settle(entries: &[Entry]) -> (Vec<Need>, Verdicts) {
    let mut verdicts = Verdicts::new();
    let with_part = || entries.iter().filter_map(|entry| Some((entry, entry.hno.as_ref()?)));
    let mut totals: HashSet<Caseloads> = HashSet::new();
    for (entry, part) in with_part() {
        if entry.cell.group == Group::ALL && !part.blank_category {
            totals.insert(key(&entry.cell, part));
        }
    }
    let is_older = |entry: &Entry, part: &Part| {
        part.blank_category && totals.contains(&key(&entry.cell, part))
    };
    let mut overall: HashSet<Caseloads> = HashSet::new();
    for (entry, part) in with_part() {
        if part.overall && !is_older(entry, part) {
            overall.insert(key(&entry.cell, part));
        }
    }
    let mut last: HashMap<(&Cell, &str), &Entry> = HashMap::new();
    for (entry, part) in with_part() {
        if is_older(entry, part) {
            verdicts.insert(entry.row, Late::warning(OLDER_TOTAL, String::new()));
        } else if !part.overall && overall.contains(&key(&entry.cell, part)) {
            verdicts.insert(entry.row, Late::warning(PART_OF_OVERALL, String::new()));
        } else if let Some(before) = last.insert((&entry.cell, &part.description), entry) {
            supersede(before, entry, &mut verdicts);
        }
    }
    let counts = |entry: &&Entry| !verdicts.contains_key(&entry.row);
    let needs = add_up(entries.iter().filter(counts));
    (needs, verdicts)
}

fn key(cell: &Cell, part: &Part) -> Caseloads {
    (cell.area.clone(), cell.sector, cell.cycle, part.caseload)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn categories_are_groups_only_where_every_part_is_known() {
        for (category, expected) in [
            ("total", "all/all/all/all"),
            ("", "all/all/all/all"),
            ("Children - Female - IDP", "idp/female/0-17/all"),
            ("Elderly - Male - Host Communities", "host/male/60+/all"),
            ("Female - Returnees - Children 0-4yrs", "returnee/female/0-4/all"),
            ("Male - IDP - Children 5-19 yrs", "idp/male/5-19/all"),
            ("Adult - Female - Refugees", "refugee/female/18-59/all"),
            ("Male", "all/male/all/all"),
            ("Returnees", "returnee/all/all/all"),
        ] {
            assert_eq!(group(category).unwrap().to_string(), expected, "{category}");
        }
        assert_eq!(group("Teachers"), None);
        assert_eq!(group("Female - Male"), None);
    }

    #[test]
    fn the_cause_is_in_the_description() {
        for (text, caseload) in [
            ("Protection (overall)  Natural Disasters Response", Caseload::Disaster),
            ("Education Natural Disater", Caseload::Disaster),
            ("Camp Coordination and Camp Management (CCCM) - ND", Caseload::Disaster),
            ("Shelter/NFIs -Conflict", Caseload::Conflict),
            ("Camp Coordination (CCCM)  - Conflicts", Caseload::Conflict),
            ("General Protection", Caseload::Unsaid),
        ] {
            assert_eq!(Caseload::of(&fold(text)), caseload, "{text}");
        }
    }
}
