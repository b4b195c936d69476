//! Offices that people hold, as headers and texts name them: `Village chief`, `Régulo`, `Chef de
//! site`. A header that is one is of names of people; `Camp management agency` is not.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::intake::vocabulary::{List, list};

/// What a word is in the name of an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Who holds it: chief, leader.
    Office,
    /// Where: village, camp.
    Thing,
    /// Who pays or works, which has an office only for its contacts.
    Organisation,
    /// Says nothing: name, of.
    Small,
}

static OFFICES: List = list("office of a person");
static CONTACTS: List = list("contact of an organisation");
static THINGS: List = list("place with an office");
static ORGANISATIONS: List = list("organisation with a contact");
static SMALL: List = list("word beside an office");

/// What a folded word is in the name of an office.
pub fn of_word(word: &str) -> Option<Role> {
    let roles = [
        (&OFFICES, Role::Office),
        (&CONTACTS, Role::Office),
        (&THINGS, Role::Thing),
        (&ORGANISATIONS, Role::Organisation),
        (&SMALL, Role::Small),
    ];
    roles.into_iter().find(|(words, _)| words.contains(&word)).map(|(_, role)| role)
}

/// Whether folded words are the office of a person, of a place or beside an organisation.
pub fn is_office(words: &str) -> bool {
    let tokens: Vec<&str> = words.split(' ').collect();
    let Some(roles) = tokens.iter().map(|token| of_word(token)).collect::<Option<Vec<Role>>>()
    else {
        return false;
    };
    let has = |role: Role| roles.contains(&role);
    if !has(Role::Organisation) {
        return has(Role::Office) && has(Role::Thing);
    }
    // `Contact partner` is a partner, `Partner contact` and `Contact du partenaire` are people.
    let last = |role: Role| roles.iter().rposition(|one| *one == role);
    let of =
        tokens.iter().zip(&roles).any(|(token, role)| *role == Role::Small && token.len() <= 3);
    let only_contacts = || {
        tokens
            .iter()
            .zip(&roles)
            .all(|(token, role)| *role != Role::Office || CONTACTS.contains(token))
    };
    has(Role::Office) && only_contacts() && (last(Role::Office) > last(Role::Organisation) || of)
}

/// The name of a country, which no person has.
pub fn is_country(word: &str) -> bool {
    static NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        static LISTED: List = list("country in a name");
        LISTED.iter().copied().collect()
    });
    NAMES.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::vocabulary::normalise;

    #[test]
    fn offices_of_people_are_told_from_organisations_and_figures() {
        for header in [
            "Village chief",
            "Site chief",
            "Camp leader",
            "Community leader",
            "Chef de village",
            "Chef de site",
            "Líder de la comunidad",
            "Location focal person",
            "Site supervisor name",
            "Camp Coordinator",
            "Village elder",
            "Name of Village Head",
            "Site owner",
            "Donor contact",
            "Implementing partner focal point",
            "Contact du bailleur",
            "رئيس المخيم",
            "مدير الموقع",
            "Chefe da aldeia",
            "Responsável do centro",
        ] {
            assert!(is_office(&normalise(header)), "{header}");
        }
        for header in [
            "Camp management agency",
            "Lead agency",
            "Cluster lead",
            "Coordination",
            "Contact partner",
            "Partenaire responsable",
            "Parceiro responsável",
            "Community leaders",
            "Community leaders trained",
            "Village",
            "Site name",
            "Nom du village",
            "Site",
            "Donor",
            "Point",
        ] {
            assert!(!is_office(&normalise(header)), "{header}");
        }
    }
}
