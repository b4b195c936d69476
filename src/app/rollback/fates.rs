//! What happens to each row of which something was said, where a submission is undone.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::partners::{PartnerFate, used_partners};
use super::rows::Work;
use super::said::{Holding, Standing, by_row};
use crate::app::identity::{ACTIVITIES, AREAS, DECISIONS, NEEDS, POPULATIONS, SITES};
use crate::app::settle::{Settled, settle};
use crate::domain::{Area, Partner, Rows, Snapshot, Source, Submission};
use crate::store::{About, Change, Changes, History, Repeats, Versioned};

/// What happens to the rows of which something was said, by the names of the tables.
#[derive(Default)]
pub struct Plan {
    tables: HashMap<&'static str, Fates>,
    partners: Vec<PartnerFate>,
    /// What the submissions that hold say again.
    repeats: Vec<(u32, Repeats)>,
    /// Whether the submission said anything of any row.
    pub said_anything: bool,
}

/// What happens to the rows of a table, by key.
#[derive(Default)]
pub struct Fates {
    pub rows: HashMap<String, Fate>,
    /// Rows of which it said something new and that stay as they are: its row, and the later submission
    /// that decides.
    pub left: HashMap<String, (u32, u32)>,
    /// Rows that are said and do not stand, because a later submission said them anew.
    pub waiting: HashMap<String, Back>,
    /// Of rows that did not stand all the time, the submissions that came while they did: these left
    /// them beside what they said.
    pub beside: HashMap<String, HashSet<u32>>,
}

pub enum Fate {
    /// It ends, and nothing takes its place.
    Ends,
    /// It becomes a row of another submission, which says it too.
    Passes(Source),
    Back(Back),
}

/// A row as it was when a version of it began.
pub struct Back {
    pub from_revision: u64,
    pub source: Source,
}

/// What a plan comes to.
#[derive(Clone, Debug, Default)]
pub struct Undone {
    /// Rows that end.
    pub ended: usize,
    /// Rows that are again as they were.
    pub restored: usize,
    /// Rows that become those of another submission, which says them too, by submission.
    pub passed: BTreeMap<u32, usize>,
    /// Rows of which a later submission decides: they stay as they are.
    pub left: usize,
    /// The first of those, in words.
    pub named: Vec<String>,
    pub settled: Settled,
}

impl Plan {
    /// What happens where the first submission of a chain is undone: what each of the others is undone
    /// by stands before it.
    pub fn of(known: &Snapshot, chain: &[Submission], about: &About, history: History) -> Plan {
        let (Some(undoes), Some(base)) = (chain.first(), chain.last()) else {
            return Plan::default();
        };
        let holding = Holding::after(&known.submissions, undoes.id, history.oldest);
        let again = history.repeats.iter().find(|(by, _)| *by == base.id);
        let again = again.and_then(|(_, repeats)| repeats.as_ref());
        let says_again = again.is_some_and(|again| !again.is_empty());
        let mut plan = Plan { said_anything: says_again, ..Plan::default() };
        let mut at = 0;
        for ((table, key), said) in by_row(&history) {
            let stands = said.stands(&holding);
            let concerned = said.concerns(&about.revisions, &about.submissions);
            plan.said_anything |= concerned;
            if table == Partner::TABLE.name {
                let versions = &history.partners[at..at + said.versions.len()];
                at += versions.len();
                plan.partners.extend(PartnerFate::of(versions, &said, stands.row));
                continue;
            }
            let fates = plan.tables.entry(table).or_default();
            let back = |standing: Standing| {
                let from_revision = said.version(standing)?.from_revision as u64;
                Some(Back { from_revision, source: standing.source })
            };
            let beside = |standing: Standing| {
                let came = known.submissions.iter();
                let came = came.filter(|one| said.stood_at(one.revision, standing));
                (key.to_owned(), came.map(|one| one.id).collect())
            };
            fates.beside.extend(stands.row.filter(|_| said.has_gaps()).map(beside));
            match (said.current(), stands.row) {
                (None, Some(standing)) if !concerned => {
                    fates.waiting.extend(back(standing).map(|back| (key.to_owned(), back)));
                }
                _ if !concerned => {}
                (now, standing)
                    if now.map(|now| now.submission)
                        == standing.map(|one| i64::from(one.source.submission)) =>
                {
                    let later = stands.by.filter(|by| *by > base.id);
                    let own = said.own(base.id, base.revision).zip(later);
                    fates.left.extend(own.map(|own| (key.to_owned(), own)));
                }
                (_, None) => {
                    fates.rows.insert(key.to_owned(), Fate::Ends);
                }
                (Some(now), Some(standing)) if said.says(now, standing) => {
                    fates.rows.insert(key.to_owned(), Fate::Passes(standing.source));
                }
                (_, Some(standing)) => {
                    fates.beside.extend([beside(standing)]);
                    let back = back(standing).map(Fate::Back);
                    fates.rows.extend(back.map(|back| (key.to_owned(), back)));
                }
            }
        }
        let repeats = history.repeats.into_iter().filter(|(by, _)| holding.holds(*by));
        plan.repeats = repeats.filter_map(|(by, repeats)| Some((by, repeats?))).collect();
        plan
    }

    /// The revisions whose rows are to be read, because they come back.
    pub fn needs(&self) -> BTreeSet<u64> {
        let mut needs = BTreeSet::new();
        for fates in self.tables.values() {
            for fate in fates.rows.values() {
                if let Fate::Back(back) = fate {
                    needs.insert(back.from_revision);
                }
            }
            needs.extend(fates.waiting.values().map(|back| back.from_revision));
        }
        needs
    }

    /// The changes that it comes to. `rows` are what the revisions added that it needs.
    pub fn changes(self, known: &Snapshot, rows: &BTreeMap<u64, Rows>) -> (Changes, Undone) {
        let (tables, repeats, done) = (self.tables, self.repeats, Undone::default());
        let mut work = Work { known, tables, repeats, rows, done };
        let areas: Vec<&Area> = known.areas.iter().skip(1).map(|(_, area)| area).collect();
        let mut changes = Changes {
            areas: work.rows(&areas, |rows| &rows.areas, &AREAS),
            activities: work.rows(
                &known.activities.iter().collect::<Vec<_>>(),
                |rows| &rows.activities,
                &ACTIVITIES,
            ),
            sites: work.rows(&known.sites.iter().collect::<Vec<_>>(), |rows| &rows.sites, &SITES),
            needs: work.rows(&known.needs.iter().collect::<Vec<_>>(), |rows| &rows.needs, &NEEDS),
            populations: work.rows(
                &known.populations.iter().collect::<Vec<_>>(),
                |rows| &rows.populations,
                &POPULATIONS,
            ),
            decisions: work.rows(
                &known.decisions.iter().collect::<Vec<_>>(),
                |rows| &rows.decisions,
                &DECISIONS,
            ),
            partners: Change::default(),
        };
        let mut done = work.done;
        done.settled = settle(known, &mut changes, true);
        let used = used_partners(known, &changes);
        for partner in self.partners {
            partner.change(&used, &mut changes.partners);
        }
        (changes, done)
    }
}
