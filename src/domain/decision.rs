//! What a person decided about a doubtful match. It is remembered and used from then on.

use super::{Source, Text};

/// One decision; the latest of a kind and key holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub kind: DecisionKind,
    /// What it is about. A place by code: `2|code|MZ0117`; by name: `2|MZ01|folded name`, with the
    /// P-code of the area it was said to lie in, empty for the operation. A partner: its id as
    /// reported.
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
