//! What somebody has to look at: names and codes of places that wait or were matched by likeness,
//! partners that may be one, and what was decided about them, so that it can be undone.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::partners::{self, Pair};
use super::places::{Candidate, Gazetteer, Outcome};
use crate::domain::{
    AreaIx, Decided, Decision, DecisionKind, Partner, PlaceMethod, Placed, SaidPlace, Snapshot,
    Text,
};

/// One word of the files that somebody decides about once, for all rows that use it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewItem {
    /// `place` or `partner`.
    pub kind: &'static str,
    /// Of the decision about it.
    pub key: Text,
    /// As written.
    pub said: Text,
    /// The area it was said to lie in; nothing for codes and partners.
    pub within: Option<Text>,
    /// Level of the place.
    pub level: Option<u8>,
    /// Whether it is a P-code.
    pub is_code: bool,
    pub rows: usize,
    /// Sum of the people reached that its rows state.
    pub people: f64,
    /// The best first. What is used, or was confirmed, is the first.
    pub candidates: Vec<ReviewCandidate>,
    pub state: ReviewState,
}

/// What it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewCandidate {
    /// P-code of the area, or id of the partner.
    pub value: Text,
    pub name: Text,
    /// Name of the area above.
    pub parent: Option<Text>,
    /// 0 to 1.
    pub confidence: f32,
    /// How it was found, such as `near-name`, `outside` or `the first letters`.
    pub method: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewState {
    /// Not used until somebody decides.
    Waits,
    /// Used, and less than sure.
    Used,
    /// Somebody said what it is.
    Confirmed,
    /// Somebody said that it is none of those suggested.
    Dismissed,
}

impl ReviewState {
    pub const TABLE: &'static [(ReviewState, &'static str)] = &[
        (ReviewState::Waits, "waiting"),
        (ReviewState::Used, "used"),
        (ReviewState::Confirmed, "confirmed"),
        (ReviewState::Dismissed, "dismissed"),
    ];

    pub fn code(self) -> &'static str {
        ReviewState::TABLE[self as usize].1
    }
}

/// Everything there is to look at: what waits first, then by people and rows.
pub fn items(snapshot: &Snapshot) -> Vec<ReviewItem> {
    let mut items = places(snapshot);
    items.extend(partners_of(snapshot));
    items.sort_by(|a, b| {
        let most = b.people.total_cmp(&a.people).then(b.rows.cmp(&a.rows));
        a.state.cmp(&b.state).then(most).then_with(|| a.key.cmp(&b.key))
    });
    items
}

/// How much of a snapshot depends on one thing.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    rows: usize,
    people: f64,
}

impl Weight {
    fn add(&mut self, people: Option<f64>) {
        self.rows += 1;
        self.people += people.unwrap_or_default();
    }
}

fn places(snapshot: &Snapshot) -> Vec<ReviewItem> {
    // Rows share their words, so that equal ones are mostly one address.
    let mut weights: HashMap<usize, (&Arc<SaidPlace>, Weight)> = HashMap::new();
    let activities = snapshot.activities.iter().map(|row| (&row.placed, row.reached));
    let sites = snapshot.sites.iter().map(|row| (&row.placed, None));
    for (Placed { said, .. }, people) in activities.chain(sites) {
        let Some(said) = said else { continue };
        let known = weights.entry(Arc::as_ptr(said) as usize);
        known.or_insert((said, Weight::default())).1.add(people);
    }
    let tree = &snapshot.areas;
    let name = |ix: AreaIx| (ix != AreaIx::OPERATION).then(|| tree.get(ix).name.shown().clone());
    let candidate = |ix: AreaIx, confidence: f32, method: &'static str| ReviewCandidate {
        value: tree.get(ix).pcode.clone(),
        name: tree.get(ix).name.shown().clone(),
        parent: name(tree.parent(ix)),
        confidence,
        method,
    };
    let mut gazetteer = Gazetteer::new(tree, &snapshot.decisions);
    let mut items: BTreeMap<Text, ReviewItem> = BTreeMap::new();
    for (said, weight) in weights.into_values() {
        for one in &gazetteer.resolved_again(said).matches {
            let item = items.entry(one.key.clone()).or_insert_with(|| ReviewItem {
                kind: DecisionKind::Place.code(),
                key: one.key.clone(),
                said: one.said.clone(),
                within: one.parent.and_then(name),
                level: Some(one.level),
                is_code: one.is_code,
                rows: 0,
                people: 0.0,
                candidates: match one.outcome {
                    Outcome::Confirmed(ix) => {
                        vec![candidate(ix, 1.0, PlaceMethod::Decision.code())]
                    }
                    _ => {
                        let all = one.candidates.iter();
                        all.map(|of| candidate(of.area, of.confidence, method(of, one.is_code)))
                            .collect()
                    }
                },
                state: match one.outcome {
                    Outcome::Waits => ReviewState::Waits,
                    Outcome::Used(_) => ReviewState::Used,
                    Outcome::Confirmed(_) => ReviewState::Confirmed,
                    Outcome::Dismissed => ReviewState::Dismissed,
                },
            });
            // The same spelling in another case or with other blanks is one thing to decide; the
            // first in the order of the alphabet is shown, whichever was met first.
            if one.said < item.said {
                item.said = one.said.clone();
            }
            item.rows += weight.rows;
            item.people += weight.people;
        }
    }
    items.into_values().collect()
}

fn method(candidate: &Candidate, is_code: bool) -> &'static str {
    match candidate {
        Candidate { is_outside: true, .. } => "outside",
        _ if is_code => PlaceMethod::RepairedCode.code(),
        Candidate { confidence, .. } if *confidence >= 0.97 => PlaceMethod::Name.code(),
        _ => PlaceMethod::NearName.code(),
    }
}

fn partners_of(snapshot: &Snapshot) -> Vec<ReviewItem> {
    let mut weights: HashMap<&str, Weight> = HashMap::new();
    for row in snapshot.activities.iter() {
        let reported = row.reported_as.as_ref().unwrap_or(&row.partner);
        weights.entry(reported).or_default().add(row.reached);
    }
    for row in snapshot.sites.iter() {
        if let Some(partner) = row.reported_as.as_ref().or(row.partner.as_ref()) {
            weights.entry(partner).or_default().add(None);
        }
    }
    let weight = |id: &str| weights.get(id).copied().unwrap_or_default();
    let known = &snapshot.partners;
    let named = |id: &Text| match snapshot.partner(id) {
        Some(at) => known[at].name.clone(),
        None => id.clone(),
    };
    let item = |id: &Text, state: ReviewState, candidates: Vec<ReviewCandidate>| {
        let Weight { rows, people } = weight(id);
        ReviewItem {
            kind: DecisionKind::Partner.code(),
            key: id.clone(),
            said: named(id),
            within: None,
            level: None,
            is_code: false,
            rows,
            people,
            candidates,
            state,
        }
    };
    let mut items: BTreeMap<Text, ReviewItem> = BTreeMap::new();
    for decision in snapshot.decisions.iter().filter(|one| one.kind == DecisionKind::Partner) {
        let candidates = decision.value.iter().map(|value| ReviewCandidate {
            value: value.clone(),
            name: named(value),
            parent: None,
            confidence: 1.0,
            method: PlaceMethod::Decision.code(),
        });
        let state = match decision.value {
            Some(_) => ReviewState::Confirmed,
            None => ReviewState::Dismissed,
        };
        items.insert(decision.key.clone(), item(&decision.key, state, candidates.collect()));
    }
    for Undecided { minor, major, confidence, reason } in
        undecided(known, &snapshot.decisions, |id| weight(id).rows)
    {
        let entry = items.entry(minor.id.clone());
        let entry = entry.or_insert_with(|| item(&minor.id, ReviewState::Waits, Vec::new()));
        entry.candidates.push(ReviewCandidate {
            value: major.id.clone(),
            name: major.name.clone(),
            parent: None,
            confidence,
            method: reason,
        });
    }
    items.into_values().collect()
}

/// Two organisations that may be one, of which nobody has said so or not.
struct Undecided<'p> {
    minor: &'p Partner,
    /// The one that more rows use, of two the one whose name says more.
    major: &'p Partner,
    confidence: f32,
    reason: &'static str,
}

/// The pairs that wait, the surest first. `rows` is how many rows report as one.
fn undecided<'p>(
    partners: &'p [Partner],
    decisions: &[Decision],
    rows: impl Fn(&str) -> usize,
) -> Vec<Undecided<'p>> {
    let decided = Decided::new(decisions);
    let said: HashMap<&str, bool> = decisions
        .iter()
        .filter(|one| one.kind == DecisionKind::Partner)
        .map(|one| (&*one.key, one.value.is_some()))
        .collect();
    let mut found = Vec::new();
    for Pair { partners: (a, b), confidence, reason } in partners::pairs(partners) {
        let (a, b) = (&partners[a], &partners[b]);
        let rank = |one: &Partner| (rows(&one.id), one.name.len());
        let (minor, major) = if rank(a) < rank(b) { (a, b) } else { (b, a) };
        // No row would change by a decision about an organisation that reports none. A pair may have
        // been judged from either end.
        let waits = rows(&minor.id) > 0
            && !said.contains_key(&*minor.id)
            && said.get(&*major.id) != Some(&false)
            && decided.partner(&major.id, &None).0 != minor.id;
        if waits {
            found.push(Undecided { minor, major, confidence, reason });
        }
    }
    found
}

/// That organisations which a file names may be others under another name. `reporting` is the one
/// of each row.
pub fn waiting<'r>(
    snapshot: &'r Snapshot,
    named: &[Partner],
    reporting: impl Iterator<Item = &'r Text>,
) -> Option<String> {
    let mut rows: HashMap<&str, usize> = HashMap::new();
    let sites =
        snapshot.sites.iter().filter_map(|row| row.reported_as.as_ref().or(row.partner.as_ref()));
    for id in sites.chain(reporting) {
        *rows.entry(id).or_default() += 1;
    }
    let rows = |id: &str| snapshot.tally().reported_as(id) + rows.get(id).copied().unwrap_or(0);
    let others = snapshot.partners.iter().filter(|one| named.iter().all(|new| new.id != one.id));
    let all: Vec<Partner> = others.chain(named).cloned().collect();
    let pairs = undecided(&all, &snapshot.decisions, rows);
    let ids: HashSet<&str> = named.iter().map(|one| &*one.id).collect();
    let of_file =
        pairs.iter().filter(|pair| ids.contains(&*pair.minor.id) || ids.contains(&*pair.major.id));
    let minor: HashSet<&str> = of_file.map(|pair| &*pair.minor.id).collect();
    let (organisations, they) = match minor.len() {
        0 => return None,
        1 => ("1 organisation".to_owned(), "it waits in the review (lacuna review) and counts"),
        count => {
            (format!("{count} organisations"), "they wait in the review (lacuna review) and count")
        }
    };
    Some(format!(
        "{organisations} may be another one under another name; {they} apart until confirmed."
    ))
}

#[cfg(test)]
mod tests;
