//! What a person decided about a doubtful match. It is remembered and used from then on.

use super::{Source, Text, fold};

/// One decision; the latest of a kind and key holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub kind: DecisionKind,
    /// What it is about. A place by code: `2|code|MZ0117`; by name: `2|MZ01|folded name`, with the
    /// P-code of the area it was said to lie in, empty for the operation, and `~` with the folded
    /// name where that area is not known. A partner: its id as reported.
    pub key: Text,
    /// The P-code, or the id of the partner it is; `None` where it is none of those suggested.
    pub value: Option<Text>,
    pub note: Option<Text>,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DecisionKind {
    Place,
    Partner,
}

impl Decision {
    /// The key of a P-code that stands in a column of a level.
    pub fn code_key(level: u8, code: &str) -> String {
        format!("{level}|code|{}", code.trim())
    }

    /// The key of a name of a level within what `parent` says; see [`key`](Decision::key).
    pub fn name_key(level: u8, parent: &str, name: &str) -> String {
        format!("{level}|{parent}|{}", fold(name))
    }
}

impl DecisionKind {
    pub const TABLE: &'static [(DecisionKind, &'static str)] =
        &[(DecisionKind::Place, "place"), (DecisionKind::Partner, "partner")];

    pub fn code(self) -> &'static str {
        DecisionKind::TABLE[self as usize].1
    }

    pub fn from_code(code: &str) -> Option<DecisionKind> {
        DecisionKind::TABLE.iter().find(|(_, known)| *known == code).map(|(kind, _)| *kind)
    }
}
