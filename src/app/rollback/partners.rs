//! What becomes of organisations.

use std::collections::HashSet;

use super::said::{Said, Standing};
use crate::app::identity::partner_identity;
use crate::domain::{Partner, Snapshot, Text};
use crate::store::{Change, Changes};

/// What is known of an organisation.
pub struct PartnerFate {
    current: Option<Partner>,
    /// As the submissions that hold say.
    stands: Option<Partner>,
    /// As the last submission of all said.
    last: Partner,
}

impl PartnerFate {
    /// `None` where there is no version of it.
    pub fn of(
        versions: &[Partner],
        said: &Said<'_>,
        stands: Option<Standing>,
    ) -> Option<PartnerFate> {
        let all = || versions.iter().zip(said.versions);
        Some(PartnerFate {
            current: all().rfind(|(_, one)| one.to_revision.is_none()).map(|(row, _)| row.clone()),
            stands: stands
                .and_then(|standing| all().rfind(|(_, one)| said.says(one, standing)))
                .map(|(row, _)| row.clone()),
            last: versions.last()?.clone(),
        })
    }

    /// An organisation is no figure: one that nobody says goes with the last row that names it.
    pub fn change(self, used: &HashSet<Text>, change: &mut Change<Partner, Text>) {
        let PartnerFate { current, stands, last } = self;
        let id = last.id.clone();
        let is_used = used.contains(&id);
        let wanted = match (&current, stands) {
            (_, Some(stands)) => Some(stands),
            (Some(_), None) if is_used => return,
            (None, None) if is_used => Some(last),
            _ => None,
        };
        let source = |partner: &Partner| partner.source.submission;
        if current.as_ref().map(source) == wanted.as_ref().map(source) {
            return;
        }
        change.ended.extend(current.as_ref().map(partner_identity));
        change.added.extend(wanted);
    }
}

/// Every partner that rows name after the changes.
pub fn used_partners(known: &Snapshot, changes: &Changes) -> HashSet<Text> {
    let mut used = HashSet::new();
    let mut name = |partner: Option<&Text>| {
        if let Some(partner) = partner.filter(|partner| !used.contains(*partner)) {
            used.insert(partner.clone());
        }
    };
    let gone: HashSet<u64> = changes.activities.ended.iter().copied().collect();
    let kept = known.activities.iter().filter(|row| !gone.contains(&row.id));
    for row in kept.chain(&changes.activities.added) {
        name(Some(&row.partner));
        name(row.reported_as.as_ref());
        name(row.implementing_partner.as_ref());
    }
    let gone: HashSet<u64> = changes.sites.ended.iter().copied().collect();
    let kept = known.sites.iter().filter(|row| !gone.contains(&row.id));
    for row in kept.chain(&changes.sites.added) {
        name(row.partner.as_ref());
        name(row.reported_as.as_ref());
    }
    used
}
