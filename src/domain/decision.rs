//! What a person decided about a doubtful match. It is remembered and used from then on.

use std::collections::HashMap;

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

/// Which partner another one is, as decided.
#[derive(Clone, Debug, Default)]
pub struct Decided(HashMap<Text, Text>);

impl Decided {
    pub fn new(decisions: &[Decision]) -> Decided {
        let partners = decisions.iter().filter(|one| one.kind == DecisionKind::Partner);
        Decided(partners.filter_map(|one| Some((one.key.clone(), one.value.clone()?))).collect())
    }

    /// The partner of a row and, where that is by decision, the id its file gave. `partner` and
    /// `reported_as` are what the row had. Decisions follow one another; those that go round in a
    /// circle hold only once.
    pub fn partner(&self, partner: &Text, reported_as: &Option<Text>) -> (Text, Option<Text>) {
        if self.0.is_empty() && reported_as.is_none() {
            return (partner.clone(), None);
        }
        let reported = reported_as.as_ref().unwrap_or(partner);
        let mut here = reported;
        for _ in 0..self.0.len() {
            match self.0.get(here) {
                Some(next) if next != reported => here = next,
                _ => break,
            }
        }
        let moved = (here != reported).then(|| reported.clone());
        (here.clone(), moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(decisions: &[(&str, Option<&str>)], reported: &str, partner: &str) {
        let decision = |(key, value): &(&str, Option<&str>)| Decision {
            kind: DecisionKind::Partner,
            key: (*key).into(),
            value: value.map(Into::into),
            note: None,
            source: Source::default(),
        };
        let decided = Decided::new(&decisions.iter().map(decision).collect::<Vec<_>>());
        let (found, reported_as) = decided.partner(&reported.into(), &None);
        assert_eq!(&*found, partner);
        assert_eq!(reported_as.is_some(), partner != reported);
        let again = decided.partner(&found, &reported_as);
        assert_eq!(again, (found, reported_as), "what was decided stays decided");
    }

    #[test]
    fn decisions_about_partners_follow_one_another_and_end_in_a_circle() {
        check(&[("nrc", Some("norwegian refugee council"))], "nrc", "norwegian refugee council");
        check(&[("a", Some("b")), ("b", Some("c"))], "a", "c");
        check(&[("a", Some("b")), ("b", Some("a"))], "a", "b");
        check(&[("a", None)], "a", "a");
    }
}
