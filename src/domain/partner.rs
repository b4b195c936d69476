//! Organisations.

use std::fmt;

use super::{Source, Text};

/// An organisation that reports activities or runs sites.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Partner {
    /// The folded name, the key under which rows refer to it.
    pub id: Text,
    pub name: Text,
    pub acronym: Option<Text>,
    pub kind: Option<PartnerType>,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PartnerType {
    Un,
    InternationalNgo,
    NationalNgo,
    LocalNgo,
    RedCross,
    Government,
    Community,
    Academic,
    Private,
    Other,
}

/// How near to the people served an organisation is rooted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartnerScope {
    Local,
    National,
    International,
}

impl PartnerType {
    pub const TABLE: &'static [(PartnerType, &'static str, &'static str)] = &[
        (PartnerType::Un, "UN", "United Nations"),
        (PartnerType::InternationalNgo, "INGO", "International NGO"),
        (PartnerType::NationalNgo, "NNGO", "National NGO"),
        (PartnerType::LocalNgo, "LNGO", "Local NGO"),
        (PartnerType::RedCross, "RCRC", "Red Cross and Red Crescent Movement"),
        (PartnerType::Government, "GOV", "Government"),
        (PartnerType::Community, "CBO", "Community-based organisation"),
        (PartnerType::Academic, "ACA", "Academic"),
        (PartnerType::Private, "PRI", "Private sector"),
        (PartnerType::Other, "OTH", "Other"),
    ];

    pub fn code(self) -> &'static str {
        PartnerType::TABLE[self as usize].1
    }

    pub fn name(self) -> &'static str {
        PartnerType::TABLE[self as usize].2
    }

    pub fn from_code(code: &str) -> Option<PartnerType> {
        let found =
            PartnerType::TABLE.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(code));
        found.map(|(kind, _, _)| *kind)
    }

    /// The scope that follows from the type, where one does.
    pub fn scope(self) -> Option<PartnerScope> {
        match self {
            PartnerType::Un | PartnerType::InternationalNgo => Some(PartnerScope::International),
            PartnerType::NationalNgo | PartnerType::Government | PartnerType::RedCross => {
                Some(PartnerScope::National)
            }
            PartnerType::LocalNgo | PartnerType::Community => Some(PartnerScope::Local),
            PartnerType::Academic | PartnerType::Private | PartnerType::Other => None,
        }
    }
}

impl fmt::Display for PartnerScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PartnerScope::Local => "local",
            PartnerScope::National => "national",
            PartnerScope::International => "international",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (position, (kind, code, _)) in PartnerType::TABLE.iter().enumerate() {
            assert_eq!(*kind as usize, position);
            assert_eq!(PartnerType::from_code(code), Some(*kind));
        }
    }
}
