//! What a row said about its place, and how it was understood.
//!
//! A row keeps its own words. Its area is worked out from them, and worked out again when
//! boundaries or decisions change, so that nothing has to be sent twice.

use std::sync::Arc;

use super::Text;

/// The words of a row about its place; levels 1-4 at positions 0-3. Rows share equal ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SaidPlace {
    /// P-codes, trimmed, as written.
    pub codes: [Option<Text>; 4],
    /// Names, trimmed, as written.
    pub names: [Option<Text>; 4],
}

impl SaidPlace {
    /// Whether the row named no area at all.
    pub fn is_empty(&self) -> bool {
        self.codes.iter().chain(&self.names).all(Option::is_none)
    }
}

/// How the area of a row was found (METHODS 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlaceMethod {
    /// Held at the operation.
    #[default]
    None,
    /// By the P-code as the boundaries have it.
    Code,
    /// By a P-code with another case, prefix or number of zeros.
    RepairedCode,
    /// By the name within its known parent.
    Name,
    /// By a name spelled nearly alike within its known parent.
    NearName,
    /// By the point alone.
    Point,
    /// By somebody's decision.
    Decision,
}

impl PlaceMethod {
    pub const TABLE: &'static [(PlaceMethod, &'static str)] = &[
        (PlaceMethod::None, "none"),
        (PlaceMethod::Code, "code"),
        (PlaceMethod::RepairedCode, "repaired-code"),
        (PlaceMethod::Name, "name"),
        (PlaceMethod::NearName, "near-name"),
        (PlaceMethod::Point, "point"),
        (PlaceMethod::Decision, "decision"),
    ];

    pub fn code(self) -> &'static str {
        PlaceMethod::TABLE[self as usize].1
    }

    pub fn from_code(code: &str) -> Option<PlaceMethod> {
        PlaceMethod::TABLE.iter().find(|(_, known)| *known == code).map(|(method, _)| *method)
    }
}

/// What a row said about its place, and how its area was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    /// `None` where the row named no area.
    pub said: Option<Arc<SaidPlace>>,
    pub method: PlaceMethod,
    /// Whole per cent, 0 to 100.
    pub confidence: u8,
}
