//! Spellings of organisations to partners.

mod likeness;

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;

pub use self::likeness::{Pair, pairs};
use crate::domain::{Partner, PartnerType, Snapshot, Source, Text, fold};

/// The partners that a file names, over those the operation knows.
#[derive(Debug)]
pub struct Partners<'k> {
    known: &'k Snapshot,
    /// Folded acronym to the name it stands for in this file.
    acronyms: HashMap<String, String>,
    spellings: HashMap<Box<str>, Spelling, FixedState>,
    found: BTreeMap<Text, Partner>,
}

/// The partner of a spelling, and whether its acronym and type are known by now.
#[derive(Debug)]
struct Spelling {
    id: Text,
    has_acronym: bool,
    has_kind: bool,
}

impl<'k> Partners<'k> {
    pub fn new(known: &'k Snapshot, acronyms: HashMap<String, String>) -> Partners<'k> {
        Partners { known, acronyms, spellings: HashMap::default(), found: BTreeMap::new() }
    }

    /// Every partner the rows named, by id.
    pub fn into_found(self) -> Vec<Partner> {
        self.found.into_values().collect()
    }

    /// Id of the partner of a spelling; what the row says besides is remembered. An acronym that
    /// the file explains is the partner it stands for.
    pub fn id(
        &mut self,
        name: &str,
        acronym: Option<&str>,
        kind: Option<PartnerType>,
        row: u32,
    ) -> Text {
        let id = match self.spellings.get(name) {
            Some(known)
                if (acronym.is_none() || known.has_acronym)
                    && (kind.is_none() || known.has_kind) =>
            {
                return known.id.clone();
            }
            Some(known) => known.id.clone(),
            None => self.id_of(name),
        };
        let partner = self.found.entry(id.clone()).or_insert_with(|| {
            let known = self.known.partner(&id).map(|at| self.known.partners[at].clone());
            known.unwrap_or_else(|| Partner {
                id: id.clone(),
                name: name.into(),
                acronym: None,
                kind: None,
                source: Source { submission: 0, row },
            })
        });
        // An acronym alone is a poor name: the first full spelling replaces it.
        if fold(&partner.name) != *id && fold(name) == *id {
            partner.name = name.into();
        }
        if partner.acronym.is_none() {
            partner.acronym = acronym.filter(|acronym| fold(acronym) != *id).map(Into::into);
        }
        partner.kind = partner.kind.or(kind);
        // An acronym that is the name itself is as good as known.
        let known = Spelling {
            id: id.clone(),
            has_acronym: partner.acronym.is_some() || acronym.is_some(),
            has_kind: partner.kind.is_some(),
        };
        self.spellings.insert(name.into(), known);
        id
    }

    fn id_of(&self, name: &str) -> Text {
        let folded = fold(name);
        let full = self.acronyms.get(&folded).unwrap_or(&folded);
        // A name of signs only folds to nothing; it stays what it is.
        let id = if full.is_empty() { name } else { full };
        match self.found.get_key_value(id) {
            Some((known, _)) => known.clone(),
            None => id.into(),
        }
    }
}
