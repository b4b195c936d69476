//! The place of a row (METHODS 3): its finest known area by code, then by repaired code, then by
//! name within its known parent; by the point only where none of these is known. What somebody
//! decided comes before all of them. A wrong match is worse than none: a name is never looked for
//! outside its parent, only suggested, and what is not sure waits until it is confirmed.

pub(super) mod codes;
pub mod countries;
mod likeness;
mod matching;
mod names;
mod points;

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;

use self::codes::Cores;
pub use self::matching::Candidate;
use self::matching::{Forms, Hit, Names};
pub use self::points::Slip;
use crate::domain::{
    AreaIx, AreaTree, Decision, DecisionKind, PlaceMethod, Placed, Point, SaidPlace, Text, fold,
};

/// A match by name less sure than this is told in the report: all but words for the level and the
/// names of a cell in two languages.
const TOLD_BELOW: f32 = 0.97;

/// What happens to a row whose finer code no boundary knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Activities and sites: held at the coarser known area, with a warning.
    Coarser,
    /// Needs and population: rejected, as several rows would collide there.
    Reject,
}

/// Where a row is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub area: AreaIx,
    /// P-code; `None` is the operation.
    pub pcode: Option<Text>,
    /// What was said, and how the area was found.
    pub placed: Placed,
    pub point: Option<Point>,
}

/// What a row says about its place; levels 1-4 at positions 0-3.
#[derive(Clone, Debug, Default)]
pub struct Said<'a> {
    pub codes: [Option<Cow<'a, str>>; 4],
    pub names: [Option<Cow<'a, str>>; 4],
    pub point: Option<Point>,
}

/// Something to tell about a place; `level` says which column it is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// No boundary has the code; `by_name` is the area that the name beside it gave.
    UnknownCode {
        level: u8,
        by_name: Option<Text>,
    },
    NoBoundaries {
        level: u8,
    },
    Repaired {
        level: u8,
        to: Text,
    },
    NearName {
        level: u8,
        to: AreaIx,
        confidence: f32,
    },
    UnknownName {
        level: u8,
    },
    /// There are areas it may be, but none that is sure enough to be used.
    Waits {
        level: u8,
        candidates: Arc<[Candidate]>,
    },
    /// The name beside the code is that of another area, or of none and nothing like its own.
    NameDisagrees {
        level: u8,
        named: Option<AreaIx>,
    },
    /// The code of a coarser level is that of an area the finer one does not lie in.
    CodesDisagree {
        level: u8,
        said: AreaIx,
    },
    Disagrees {
        area: Text,
        km: f64,
        slip: Option<Slip>,
    },
    /// The point lies in no area at all.
    Outside {
        slip: Option<Slip>,
    },
    Nothing,
}

/// One word of a row about its place, where it is not simply what the boundaries say.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Under which a decision about it is kept.
    pub key: Text,
    pub level: u8,
    /// As written.
    pub said: Text,
    pub is_code: bool,
    /// The area it was said to lie in, where that is known.
    pub parent: Option<AreaIx>,
    pub outcome: Outcome,
    pub candidates: Vec<Candidate>,
}

/// What became of a word about a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// Matched, but not to the letter; the confidence is below 1.
    Used(AreaIx),
    /// Not used: somebody has to say what it is.
    Waits,
    /// Somebody said what it is.
    Confirmed(AreaIx),
    /// Somebody said that it is none of those suggested.
    Dismissed,
}

/// What the words of a row were found to mean; the point is not in it.
#[derive(Clone, Debug)]
pub struct Resolved {
    said: Option<Arc<SaidPlace>>,
    found: Option<(AreaIx, PlaceMethod, f32)>,
    remarks: Vec<Remark>,
    /// Every word that was not simply what the boundaries say.
    pub matches: Vec<Match>,
}

/// The words of a row, wherever they are kept.
#[derive(Clone, Copy, Debug)]
struct Words<'a> {
    codes: [Option<&'a str>; 4],
    names: [Option<&'a str>; 4],
}

/// What names were found to be, by their words.
type Hits = HashMap<Box<str>, Hit, FixedState>;

/// Names, codes, decisions and earlier answers over an area tree.
#[derive(Debug)]
pub struct Gazetteer<'k> {
    tree: &'k AreaTree,
    names: Names<'k>,
    cores: Arc<Cores>,
    /// Every area of some level has its polygon: a point that lies in none lies outside.
    has_shapes: bool,
    /// The country that all areas are of, where their codes say so.
    country: Option<&'static str>,
    /// By key of the decision; `None` for what was dismissed.
    decided: Arc<HashMap<Box<str>, Option<AreaIx>>>,
    hits: HashMap<(Option<AreaIx>, u8), Hits, FixedState>,
    /// By a hash of the words: the whole of a long file says few different things.
    resolved: HashMap<u64, Resolved, FixedState>,
}

impl<'k> Gazetteer<'k> {
    /// A decision for an area that the tree does not have is as if it were not made.
    pub fn new(tree: &'k AreaTree, decisions: &[Decision]) -> Gazetteer<'k> {
        let mut decided = HashMap::new();
        for decision in decisions.iter().filter(|decision| decision.kind == DecisionKind::Place) {
            let area = decision.value.as_ref().map(|value| tree.by_pcode(value));
            match area {
                None => decided.insert(Box::from(&*decision.key), None),
                Some(Some(ix)) => decided.insert(Box::from(&*decision.key), Some(ix)),
                Some(None) => decided.remove(&*decision.key),
            };
        }
        let words = tree.words.get(|| (Arc::new(Forms::of(tree)), Arc::new(Cores::of(tree))));
        let (forms, cores) = (&words.0, words.1.clone());
        let (hits, resolved) = Default::default();
        let is_drawn = |ix: &AreaIx| tree.get(*ix).geometry.is_some();
        let has_shapes = (1..=tree.deepest())
            .map(|level| tree.level(level))
            .any(|areas| !areas.is_empty() && areas.iter().all(is_drawn));
        let (names, decided) = (Names::new(tree, forms.clone()), Arc::new(decided));
        let country = countries::of_areas(tree);
        Gazetteer { tree, names, cores, has_shapes, country, decided, hits, resolved }
    }

    /// The same, for another thread that reads rows.
    pub fn fresh(&self) -> Gazetteer<'k> {
        let (cores, decided) = (self.cores.clone(), self.decided.clone());
        let (hits, resolved) = Default::default();
        Gazetteer {
            tree: self.tree,
            names: self.names.fresh(),
            cores,
            has_shapes: self.has_shapes,
            country: self.country,
            decided,
            hits,
            resolved,
        }
    }

    pub fn tree(&self) -> &'k AreaTree {
        self.tree
    }

    /// The place of a row, with everything there is to say about it.
    pub fn place(&mut self, said: &Said<'_>, remarks: &mut Vec<Remark>) -> Place {
        let words = Words {
            codes: said.codes.each_ref().map(|code| code.as_deref()),
            names: said.names.each_ref().map(|name| name.as_deref()),
        };
        let tree = self.tree;
        let resolved = self.resolved(words);
        remarks.extend_from_slice(&resolved.remarks);
        let place = at(tree, resolved, said.point);
        if let (Some((ix, ..)), Some(point)) = (resolved.found, said.point)
            && let Some((km, slip)) = points::outside(tree, ix, point)
        {
            remarks.push(Remark::Disagrees { area: tree.get(ix).pcode.clone(), km, slip });
        }
        if let (AreaIx::OPERATION, Some(point), true) = (place.area, said.point, self.has_shapes)
            && let Some(slip) = points::outside_all(tree, point)
        {
            remarks.push(Remark::Outside { slip });
        }
        if place.area == AreaIx::OPERATION && remarks.is_empty() {
            remarks.push(Remark::Nothing);
        }
        place
    }

    /// The place of a row that was read before, from what it said: boundaries or decisions may
    /// have changed. Rows that share their words are worked out once.
    pub fn place_again(&mut self, said: &SaidPlace, point: Option<Point>) -> Place {
        let tree = self.tree;
        at(tree, self.resolved_again(said), point)
    }

    /// What the words of a row mean, for the review of its matches.
    pub fn resolved_again(&mut self, said: &SaidPlace) -> &Resolved {
        self.resolved(Words {
            codes: said.codes.each_ref().map(|code| code.as_deref()),
            names: said.names.each_ref().map(|name| name.as_deref()),
        })
    }

    /// Whether a text is the code of an area, and of which level; and of which levels it is a name.
    pub fn knows(&self, text: &str) -> (Option<u8>, [bool; 5]) {
        let code = self.tree.by_pcode(text.trim()).map(|ix| self.tree.get(ix).level);
        let spellings = names::spellings(text, None);
        let mut named = [false; 5];
        for level in 1..=4u8 {
            named[usize::from(level)] = self.names.knows(&spellings, level);
        }
        (code, named)
    }

    /// Whether a text is the code of an area of a level, as it stands or to be repaired, or a name.
    pub fn has(&self, text: &str, level: u8) -> bool {
        let (code, named) = self.knows(text);
        code.is_some()
            || named[usize::from(level)]
            || self.cores.repaired(level, text.trim()).is_some()
    }

    /// The code and the name of a cell that has both, as `MZ0901 - Buzi` and `Buzi (MZ0901)` do.
    /// A name has a number more often than a code: in a column of names the code has letters, too.
    pub fn code_and_name<'t>(
        &self,
        level: u8,
        text: &'t str,
        is_name: bool,
    ) -> Option<(&'t str, String)> {
        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
        if !has_digit || text.len() > LONGEST || self.tree.by_pcode(text.trim()).is_some() {
            return None;
        }
        let is_code = |token: &str| {
            let digits = token.bytes().filter(u8::is_ascii_digit).count();
            let letters = token.bytes().filter(u8::is_ascii_alphabetic).count();
            let known = || match self.tree.by_pcode(token) {
                Some(ix) => self.tree.get(ix).level == level,
                None => self.cores.repaired(level, token).is_some(),
            };
            digits >= 2 && digits + letters >= 4 && (letters > 0 || !is_name) && known()
        };
        codes::beside_name(text, is_code)
    }

    /// The country, in two letters, that the codes of all areas begin with.
    pub fn country(&self) -> Option<&'static str> {
        self.country
    }

    fn resolved(&mut self, words: Words<'_>) -> &Resolved {
        let hash = FixedState::default().hash_one((words.codes, words.names));
        if !self.resolved.contains_key(&hash) {
            let new = self.resolve(words);
            self.resolved.insert(hash, new);
        }
        &self.resolved[&hash]
    }

    fn resolve(&mut self, words: Words<'_>) -> Resolved {
        let text = |word: Option<&str>| word.map(Text::from);
        let said = SaidPlace { codes: words.codes.map(text), names: words.names.map(text) };
        let mut reading = Reading { words, remarks: Vec::new(), matches: Vec::new() };
        let (mut found, unknown) = self.by_codes(&mut reading);
        let top = found.map_or(AreaIx::OPERATION, |(ix, ..)| ix);
        let code_level = self.tree.get(top).level;
        let (by_name, unknown_name) = self.by_names(top, &mut reading);
        found = by_name.or(found);
        let here = found.map_or(0, |(ix, ..)| self.tree.get(ix).level);
        let has_boundaries = |level: u8| !self.tree.level(level).is_empty();
        let is_told = |remark: &Remark| matches!(remark, Remark::NoBoundaries { .. });
        if let Some(level) = unknown.iter().copied().find(|level| !has_boundaries(*level))
            && !reading.remarks.iter().any(is_told)
        {
            reading.remarks.push(Remark::NoBoundaries { level });
        }
        // The same of a row that has names only.
        let named = (1..=4u8).rev().find(|level| words.names[usize::from(*level) - 1].is_some());
        if let Some(level) = named.filter(|level| *level > self.tree.deepest())
            && words.codes.iter().all(Option::is_none)
            && !reading.remarks.iter().any(is_told)
        {
            reading.remarks.push(Remark::NoBoundaries { level });
        }
        for level in unknown.iter().copied().filter(|level| has_boundaries(*level)) {
            let by_name = found.filter(|_| here >= level).map(|(ix, ..)| self.tree.get(ix));
            let by_name = by_name.map(|area| area.pcode.clone());
            if by_name.is_none() {
                self.unknown_code(level, &mut reading);
            }
            reading.remarks.push(Remark::UnknownCode { level, by_name });
        }
        // One remark is enough: once the coarsest is confirmed, the finer ones may be known.
        let waits = |one: &&Match| {
            !one.is_code && one.outcome == Outcome::Waits && !one.candidates.is_empty()
        };
        if let Some(one) = reading.matches.iter().find(waits) {
            // What is wrong may be the name above it, of which nothing is known.
            if let Some(above) = unknown_name.filter(|above| *above < one.level) {
                reading.remarks.push(Remark::UnknownName { level: above });
            }
            let (level, candidates) = (one.level, one.candidates.as_slice().into());
            reading.remarks.push(Remark::Waits { level, candidates });
        } else if let Some(level) = unknown_name.filter(|level| !unknown.contains(level)) {
            reading.remarks.push(Remark::UnknownName { level });
        }
        if code_level > 0 {
            self.disagreements(top, &mut reading);
        }
        let said = (!said.is_empty()).then(|| Arc::new(said));
        Resolved { said, found, remarks: reading.remarks, matches: reading.matches }
    }

    /// The finest area that a code gives, and the levels finer than it whose code is not known.
    fn by_codes(&self, reading: &mut Reading<'_>) -> (Option<(AreaIx, PlaceMethod, f32)>, Vec<u8>) {
        let mut unknown = Vec::new();
        for level in (1..=4u8).rev() {
            let Some(code) = reading.words.codes[usize::from(level) - 1] else { continue };
            let code = code.trim();
            let key = Decision::code_key(level, code);
            let outcome = match self.decided.get(key.as_str()) {
                Some(Some(ix)) => Some(Outcome::Confirmed(*ix)),
                Some(None) => Some(Outcome::Dismissed),
                None => match self.tree.by_pcode(code) {
                    Some(ix) => return (Some((ix, PlaceMethod::Code, 1.0)), unknown),
                    None => {
                        // A code that needs repair says nothing against the name beside it.
                        let name = reading.words.names[usize::from(level) - 1];
                        let fits =
                            |ix: &AreaIx| !name.is_some_and(|name| self.names.is_unlike(*ix, name));
                        self.cores.repaired(level, code).filter(fits).map(Outcome::Used)
                    }
                },
            };
            let Some(outcome) = outcome else {
                unknown.push(level);
                continue;
            };
            let found = match outcome {
                Outcome::Confirmed(ix) => Some((ix, PlaceMethod::Decision, 1.0)),
                Outcome::Used(ix) => {
                    let to = self.tree.get(ix).pcode.clone();
                    reading.remarks.push(Remark::Repaired { level, to });
                    Some((ix, PlaceMethod::RepairedCode, REPAIRED))
                }
                _ => None,
            };
            let used = found.filter(|_| matches!(outcome, Outcome::Used(_)));
            let candidates =
                used.map(|(area, ..)| Candidate { area, confidence: REPAIRED, is_outside: false });
            reading.matches.push(Match {
                key: key.as_str().into(),
                level,
                said: code.into(),
                is_code: true,
                parent: None,
                outcome,
                candidates: candidates.into_iter().collect(),
            });
            if found.is_some() {
                return (found, unknown);
            }
            unknown.push(level);
        }
        (None, unknown)
    }

    /// A code that nothing else helped to place waits for somebody to say what it is.
    fn unknown_code(&self, level: u8, reading: &mut Reading<'_>) {
        let Some(code) = reading.words.codes[usize::from(level) - 1] else { return };
        let key = Decision::code_key(level, code);
        if reading.matches.iter().any(|one| *one.key == *key) {
            return;
        }
        let named = reading.matches.iter().find(|one| one.level == level && !one.is_code);
        let candidates = named.map(|one| one.candidates.clone()).unwrap_or_default();
        reading.matches.push(Match {
            key: key.as_str().into(),
            level,
            said: code.trim().into(),
            is_code: true,
            parent: None,
            outcome: Outcome::Waits,
            candidates,
        });
    }

    /// The finest area whose name is known below `top`, each name within the one above it, and the
    /// first level whose name is not.
    fn by_names(
        &mut self,
        top: AreaIx,
        reading: &mut Reading<'_>,
    ) -> (Option<(AreaIx, PlaceMethod, f32)>, Option<u8>) {
        let mut here = top;
        let mut found: Option<(AreaIx, PlaceMethod, f32)> = None;
        let mut unknown = None;
        // What the row says of the parent, where that is not an area that is known.
        let mut gap: Option<String> = None;
        for level in self.tree.get(top).level + 1..=self.tree.deepest().min(4) {
            let Some(name) = reading.words.names[usize::from(level) - 1] else {
                // Below the operation itself only the first level has a known parent.
                if here == AreaIx::OPERATION && !self.tree.level(level).is_empty() {
                    gap.get_or_insert_default();
                }
                continue;
            };
            if self.tree.level(level).is_empty() {
                reading.remarks.push(Remark::NoBoundaries { level });
                gap.get_or_insert_with(|| format!("~{}", fold(name)));
                continue;
            }
            // A decided area may be of a finer level than its column.
            if self.tree.get(here).level >= level {
                continue;
            }
            let parent = gap.is_none().then_some(here);
            let above = match &gap {
                Some(said) => said.clone(),
                None if here == AreaIx::OPERATION => String::new(),
                None => self.tree.get(here).pcode.to_string(),
            };
            let key = Decision::name_key(level, &above, name);
            let (outcome, hit) = match self.decided.get(key.as_str()) {
                Some(Some(ix)) => (Outcome::Confirmed(*ix), Hit::default()),
                Some(None) => (Outcome::Dismissed, Hit::default()),
                None => {
                    let hit = self.hit(parent, level, name);
                    let used = hit.used.map_or(Outcome::Waits, |(ix, _)| Outcome::Used(ix));
                    (used, hit)
                }
            };
            let so_far = found.map_or(1.0, |(.., confidence)| confidence);
            let next = match outcome {
                Outcome::Confirmed(ix) => Some((ix, PlaceMethod::Decision, so_far)),
                Outcome::Used(ix) => {
                    let confidence = hit.used.map_or(0.0, |(_, confidence)| confidence);
                    let method = if confidence < TOLD_BELOW {
                        reading.remarks.push(Remark::NearName { level, to: ix, confidence });
                        PlaceMethod::NearName
                    } else {
                        PlaceMethod::Name
                    };
                    // Where the parent was found by likeness, so was this.
                    let near = matches!(found, Some((_, PlaceMethod::NearName, _)));
                    let method = if near { PlaceMethod::NearName } else { method };
                    Some((ix, method, confidence.min(so_far)))
                }
                Outcome::Waits | Outcome::Dismissed => None,
            };
            if !matches!(hit.used, Some((_, 1.0))) {
                reading.matches.push(Match {
                    key: key.as_str().into(),
                    level,
                    said: name.into(),
                    is_code: false,
                    parent,
                    outcome,
                    candidates: hit.candidates,
                });
            }
            match next {
                Some((ix, ..)) => {
                    (found, here, gap) = (next, ix, None);
                }
                None => {
                    unknown = unknown.or(Some(level));
                    gap.get_or_insert_with(|| format!("~{}", fold(name)));
                }
            }
        }
        (found, unknown)
    }

    fn hit(&mut self, parent: Option<AreaIx>, level: u8, name: &str) -> Hit {
        let seen = self.hits.get(&(parent, level));
        if let Some(known) = seen.and_then(|seen| seen.get(name)) {
            return known.clone();
        }
        let hit = self.names.find(parent, level, name);
        self.hits.entry((parent, level)).or_default().insert(name.into(), hit.clone());
        hit
    }

    /// Whether a coarser name of a row is that of an area this one lies in.
    fn is_vouched(&self, ix: AreaIx, words: Words<'_>) -> bool {
        self.tree.ancestors(ix).any(|above| {
            let level = usize::from(self.tree.get(above).level);
            let name = level.checked_sub(1).and_then(|at| words.names[at]);
            name.is_some_and(|name| !self.names.is_unlike(above, name))
        })
    }

    /// What the rest of the row says against the area that its code gave.
    fn disagreements(&self, found: AreaIx, reading: &mut Reading<'_>) {
        let level = self.tree.get(found).level;
        let decided = |ix: &AreaIx| {
            let confirmed = |one: &Match| one.outcome == Outcome::Confirmed(*ix);
            reading.matches.iter().any(confirmed)
        };
        if decided(&found) {
            return;
        }
        if let Some(name) = reading.words.names[usize::from(level) - 1] {
            let named = self.names.is_another(found, name);
            // Spellings differ: where the area above is the one named, a strange name is no news.
            let is_strange =
                || !self.is_vouched(found, reading.words) && self.names.is_unlike(found, name);
            if named.is_some() || is_strange() {
                reading.remarks.push(Remark::NameDisagrees { level, named });
            }
        }
        for coarser in 1..level {
            let code = reading.words.codes[usize::from(coarser) - 1];
            let said = code.and_then(|code| self.tree.by_pcode(code.trim()));
            if let Some(said) = said.filter(|said| !self.tree.is_within(found, *said)) {
                reading.remarks.push(Remark::CodesDisagree { level: coarser, said });
                return;
            }
        }
    }
}

/// A longer cell is no code with a name.
const LONGEST: usize = 120;
/// Sureness of a repaired code.
const REPAIRED: f32 = 0.9;

/// What is found out while the words of one row are read.
struct Reading<'a> {
    words: Words<'a>,
    remarks: Vec<Remark>,
    matches: Vec<Match>,
}

/// The place that words and a point give: the point decides only where the words do not.
fn at(tree: &AreaTree, resolved: &Resolved, point: Option<Point>) -> Place {
    let by_point = |point| tree.locate_deepest(point).map(|ix| (ix, PlaceMethod::Point, BY_POINT));
    let found = resolved.found.or_else(|| point.and_then(by_point));
    let (area, method, confidence) = found.unwrap_or((AreaIx::OPERATION, PlaceMethod::None, 0.0));
    let confidence = (confidence * 100.0).round() as u8;
    let placed = Placed { said: resolved.said.clone(), method, confidence };
    let pcode = (area != AreaIx::OPERATION).then(|| tree.get(area).pcode.clone());
    Place { area, pcode, placed, point }
}

/// Sureness of a place that only its point gives.
const BY_POINT: f32 = 0.8;

#[cfg(test)]
mod tests;
