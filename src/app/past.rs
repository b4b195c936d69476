//! The past as it is asked for: by the number of a revision or by a time, over HTTP and on the command
//! line alike.

use std::sync::Arc;

use jiff::Timestamp;

use super::App;
use super::collections::params::{self, ParameterKind, shown};
use super::collections::{BadParameter, Parameter, View};
use crate::domain::Snapshot;
use crate::store::StoreError;

pub const REVISION: Parameter = Parameter {
    name: "revision",
    description: "Number of a revision: the answer is as it was then, to the digit. One that was pruned is answered with 410.",
    kind: ParameterKind::Integer { minimum: 1, maximum: u32::MAX },
    default: None,
};

pub const AS_OF: Parameter = Parameter {
    name: "as-of",
    description: "A time such as 2026-07-01T12:00:00Z, or a day, which means its end in UTC: the answer is of the last revision until then.",
    kind: ParameterKind::Text,
    default: None,
};

/// Which state of an operation is asked for; nothing is as it is now.
#[derive(Clone, Copy, Debug, Default)]
pub struct Then<'a> {
    pub revision: Option<&'a str>,
    pub as_of: Option<&'a str>,
}

/// Why there is no such state.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    #[error(transparent)]
    Asked(#[from] BadParameter),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<'a> Then<'a> {
    /// What these pairs ask for, whatever else they say.
    pub fn of(pairs: &'a [(String, String)]) -> Then<'a> {
        let given = |parameter: &Parameter| {
            let found = pairs.iter().find(|(name, _)| name == parameter.name);
            found.map(|(_, value)| value.as_str())
        };
        Then { revision: given(&REVISION), as_of: given(&AS_OF) }
    }

    pub fn is_now(&self) -> bool {
        self.revision.is_none() && self.as_of.is_none()
    }

    /// The number of the revision; `None` where nothing is asked for.
    pub fn number(&self, current: &Snapshot) -> Result<Option<u64>, BadParameter> {
        for (parameter, given) in [(&REVISION, self.revision), (&AS_OF, self.as_of)] {
            if given.is_some_and(|value| value.trim().is_empty()) {
                return Err(BadParameter::new(parameter.name, params::NO_VALUE));
            }
        }
        match (self.revision, self.as_of) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => {
                Err(BadParameter::new(AS_OF.name, "give a revision or a time, not both"))
            }
            (Some(number), None) => {
                let known = number.parse().ok().filter(|number: &u64| *number > 0);
                known.map(Some).ok_or_else(|| no_revision(number, current))
            }
            (None, Some(time)) => as_of(time, current).map(Some),
        }
    }
}

impl App {
    /// The operation as it was then; `None` where that is as it is now. `view` is of what it is now.
    pub async fn then(
        &self,
        current: &Snapshot,
        then: Then<'_>,
        view: Option<Arc<View>>,
    ) -> Result<Option<Arc<View>>, PastError> {
        let Some(number) = then.number(current)? else { return Ok(None) };
        if number == current.revision.number {
            return Ok(None);
        }
        let found = self.at(&current.operation.id, number, view).await?;
        Ok(Some(found.ok_or_else(|| no_revision(&number.to_string(), current))?))
    }
}

fn no_revision(given: &str, current: &Snapshot) -> BadParameter {
    let number = current.revision.number;
    let given = shown(given);
    let reason = format!("there is no revision {given}; they are numbered from 1 to {number}");
    BadParameter::new(REVISION.name, reason)
}

/// The last revision that was committed until a time.
fn as_of(given: &str, current: &Snapshot) -> Result<u64, BadParameter> {
    let bad = |reason: String| BadParameter::new(AS_OF.name, reason);
    let day = |text: &str| {
        let end = text.parse::<jiff::civil::Date>().ok()?.at(23, 59, 59, 999_999_999);
        Some(end.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    // A plus sign in a URL arrives as a blank.
    let text = given.trim().replace(' ', "+");
    let time = text.parse::<Timestamp>().ok().or_else(|| day(&text));
    let time = time.ok_or_else(|| {
        bad("give a time such as 2026-07-01T12:00:00Z, or a day such as 2026-07-01".to_owned())
    })?;
    let made = current.submissions.iter();
    let until = made.filter(|one| one.at.parse::<Timestamp>().is_ok_and(|at| at <= time));
    let first = current.submissions.first().map_or("", |one| &one.at);
    let found = until.map(|one| one.revision).max();
    found.ok_or_else(|| bad(format!("nothing was committed until then; the first was {first}")))
}
