//! One name against the areas it may be: equal first, then alike.

use std::collections::HashMap;
use std::sync::Arc;

use super::likeness::{Unit, distance};
use super::names::{Name, PART, Spelling, spellings};
use crate::domain::{AreaIx, AreaName, AreaTree};

/// A match this sure is used; below it somebody has to confirm it.
pub const USED: f32 = 0.9;
/// A match less sure than this is not worth a look.
pub const SUGGESTED: f32 = 0.7;
/// Candidates that a name is shown with.
const CANDIDATES: usize = 5;
/// Comparisons of spellings in one file; beyond them only equal names are found.
const COMPARISONS: u64 = 2_000_000;

const WHOLE: f32 = 1.0;
const PLAIN: f32 = 0.98;
const KEY: f32 = 0.96;
/// Only blanks and signs within the name differ.
const JOINED: f32 = 0.97;
/// Letters of a name that is compared without its blanks.
const JOINED_LETTERS: usize = 5;
/// A word of the key was misspelt.
const GUESSED: f32 = 0.97;
/// The most that likeness alone gives.
const ALIKE: f32 = 0.94;
/// The name says town or countryside and the area does not.
const CLASSED: f32 = 0.9;
/// Just below what is used: a person decides.
const DOUBTFUL: f32 = 0.89;
/// One name has all words of the other.
const CONTAINS: f32 = 0.78;
/// One has all words of the other, and a direction or number more.
const MARKED: f32 = 0.72;
/// How much surer the best must be than the next.
const MARGIN: f32 = 0.035;

/// An area that a name may mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub area: AreaIx,
    /// 0 to 1.
    pub confidence: f32,
    /// It lies outside the area the row names above it: never used until confirmed.
    pub is_outside: bool,
}

/// What a name was found to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hit {
    /// Sure enough to be used.
    pub used: Option<(AreaIx, f32)>,
    /// The best first; where something is used, it and its rivals.
    pub candidates: Vec<Candidate>,
}

/// The names of a tree, ready to be looked up and compared.
#[derive(Debug)]
pub struct Names<'k> {
    tree: &'k AreaTree,
    forms: Arc<Forms>,
    /// Comparisons left: a file of made-up names must not take hours.
    comparisons: u64,
}

/// The names of every area in the forms they are compared in.
#[derive(Debug)]
pub struct Forms {
    spellings: Vec<Vec<Spelling>>,
    /// By level and form; with how surely the area has that name.
    whole: Index,
    plain: Index,
    key: Index,
    joined: Index,
}

type Index = HashMap<(u8, Box<str>), Vec<(AreaIx, f32)>>;

/// An area with an equal name.
#[derive(Clone, Copy, Debug)]
struct Equal {
    area: AreaIx,
    confidence: f32,
    /// Position of the spelling that is equal.
    spelling: usize,
}

impl Forms {
    pub fn of(tree: &AreaTree) -> Forms {
        let mut forms = Forms {
            spellings: Vec::with_capacity(tree.len()),
            whole: Index::new(),
            plain: Index::new(),
            key: Index::new(),
            joined: Index::new(),
        };
        for (ix, area) in tree.iter() {
            let all = match ix {
                AreaIx::OPERATION => Vec::new(),
                _ => of_area(&area.name),
            };
            for Spelling { name, weight } in &all {
                let at = |form: &str| (area.level, Box::from(form));
                forms.whole.entry(at(&name.whole)).or_default().push((ix, *weight));
                forms.plain.entry(at(&name.plain)).or_default().push((ix, *weight));
                forms.key.entry(at(&name.key)).or_default().push((ix, *weight));
                forms.joined.entry(at(&name.joined())).or_default().push((ix, *weight));
            }
            forms.spellings.push(all);
        }
        forms
    }
}

/// The spellings of all names of an area. One in the script of the name that is shown gives way to
/// an area that is shown by it.
fn of_area(name: &AreaName) -> Vec<Spelling> {
    let mut all = spellings(name, None);
    for other in name.others().into_iter().flat_map(|others| others.lines()) {
        let most = if is_latin(other) == is_latin(name) { PART } else { 1.0 };
        for Spelling { name, weight } in spellings(other, None) {
            if !all.iter().any(|known| known.name.whole == name.whole) {
                all.push(Spelling { name, weight: weight.min(most) });
            }
        }
    }
    all
}

fn is_latin(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_alphabetic())
}

impl<'k> Names<'k> {
    pub fn new(tree: &'k AreaTree, forms: Arc<Forms>) -> Names<'k> {
        Names { tree, forms, comparisons: COMPARISONS }
    }

    /// The same names for another thread.
    pub fn fresh(&self) -> Names<'k> {
        Names::new(self.tree, self.forms.clone())
    }

    /// Whether an area of the level has this name, or one of the names of this cell.
    pub fn knows(&self, spellings: &[Spelling], level: u8) -> bool {
        spellings.iter().any(|spelling| {
            self.forms.plain.contains_key(&(level, spelling.name.plain.as_str().into()))
        })
    }

    /// The area of a level that a name means within `parent`; without a known parent there are
    /// only suggestions (METHODS 3).
    pub fn find(&mut self, parent: Option<AreaIx>, level: u8, text: &str) -> Hit {
        let above = parent.filter(|ix| *ix != AreaIx::OPERATION);
        let said = spellings(text, above.map(|ix| &*self.tree.get(ix).name));
        let equal = self.equal(level, &said);
        let is_inside = |one: &Equal| parent.is_some_and(|top| self.tree.is_within(one.area, top));
        let (inside, outside): (Vec<Equal>, Vec<Equal>) = equal.into_iter().partition(is_inside);
        let mut candidates: Vec<Candidate> = inside
            .iter()
            .map(|one| Candidate { area: one.area, confidence: one.confidence, is_outside: false })
            .collect();
        // Cells such as `Buzi / Dondo` name two areas, not one in two languages.
        if let Some(best) = inside.first().filter(|best| best.spelling > 0) {
            let names_another = |one: &Equal| {
                one.spelling > 0
                    && one.spelling != best.spelling
                    && !inside.iter().any(|other| other.spelling == one.spelling)
            };
            if outside.iter().any(names_another) {
                candidates[0].confidence = candidates[0].confidence.min(DOUBTFUL);
            }
        }
        if let (true, Some(top)) = (candidates.is_empty(), parent) {
            candidates = match self.joined(top, level, &said) {
                Some(one) => vec![one],
                None => self.alike(top, level, &said),
            };
            // A name that is right elsewhere is not misspelt here: the parent may be wrong.
            if outside.iter().any(|one| one.spelling == 0)
                && let Some(best) = candidates.first_mut()
            {
                best.confidence = best.confidence.min(DOUBTFUL);
            }
        }
        let second = candidates.get(1).map_or(0.0, |second| second.confidence);
        let margin = if inside.is_empty() { MARGIN } else { 0.01 };
        let mut used = None;
        if let Some(best) = candidates.first_mut() {
            if best.confidence - second < margin {
                best.confidence = best.confidence.min(DOUBTFUL);
            }
            if best.confidence >= USED {
                used = Some((best.area, best.confidence));
            }
        }
        for one in candidates.iter_mut().skip(1) {
            one.confidence = one.confidence.min(DOUBTFUL);
        }
        if used.is_none() {
            let other = |one: &Equal| Candidate {
                area: one.area,
                confidence: SUGGESTED.max(one.confidence - 0.2),
                is_outside: true,
            };
            candidates.extend(outside.iter().map(other));
        }
        candidates.truncate(CANDIDATES);
        Hit { used, candidates }
    }

    /// Whether a name is that of another area and nothing like this one's.
    pub fn is_another(&self, ix: AreaIx, text: &str) -> Option<AreaIx> {
        let level = self.tree.get(ix).level;
        let parent = self.tree.parent(ix);
        let above = Some(parent).filter(|ix| *ix != AreaIx::OPERATION);
        let said = spellings(text, above.map(|ix| &*self.tree.get(ix).name));
        let equal = self.equal(level, &said);
        if equal.is_empty() || equal.iter().any(|one| one.area == ix) {
            return None;
        }
        let alike =
            said.iter().flat_map(|a| self.forms.spellings[ix.at()].iter().map(move |b| (a, b)));
        if alike.map(|(a, b)| like(&a.name, &b.name)).any(|likeness| likeness >= SUGGESTED) {
            return None;
        }
        let near = equal.iter().find(|one| self.tree.parent(one.area) == parent);
        Some(near.or(equal.first())?.area)
    }

    /// Whether a name has nothing of this area's. Names in another script cannot be compared.
    pub fn is_unlike(&self, ix: AreaIx, text: &str) -> bool {
        if !is_latin(text) || !is_latin(&self.tree.get(ix).name) {
            return false;
        }
        let above = Some(self.tree.parent(ix)).filter(|ix| *ix != AreaIx::OPERATION);
        let said = spellings(text, above.map(|ix| &*self.tree.get(ix).name));
        let own = &self.forms.spellings[ix.at()];
        let is_like = |a: &Spelling| {
            own.iter().any(|b| a.name.whole == b.name.whole || like(&a.name, &b.name) >= SUGGESTED)
        };
        !said.iter().any(is_like)
            && !self.equal(self.tree.get(ix).level, &said).iter().any(|one| one.area == ix)
    }

    /// The areas of a level with an equal name, the surest first, each once.
    fn equal(&self, level: u8, said: &[Spelling]) -> Vec<Equal> {
        let mut found: Vec<Equal> = Vec::new();
        for (position, Spelling { name, weight }) in said.iter().enumerate() {
            let key = if name.is_guessed { KEY * GUESSED } else { KEY };
            let forms = [
                (&self.forms.whole, &name.whole, WHOLE),
                (&self.forms.plain, &name.plain, PLAIN),
                (&self.forms.key, &name.key, key),
            ];
            for (index, form, sure) in forms {
                for (area, own) in index.get(&(level, form.as_str().into())).into_iter().flatten() {
                    let confidence = sure * weight.min(*own);
                    match found.iter_mut().find(|known| known.area == *area) {
                        Some(known) if known.confidence >= confidence => {}
                        Some(known) => (known.confidence, known.spelling) = (confidence, position),
                        None => found.push(Equal { area: *area, confidence, spelling: position }),
                    }
                }
            }
        }
        found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.area.cmp(&b.area)));
        found
    }

    /// The one area of a level below `top` whose name has the same letters and digits.
    fn joined(&self, top: AreaIx, level: u8, said: &[Spelling]) -> Option<Candidate> {
        let mut found: Option<(AreaIx, f32)> = None;
        for Spelling { name, weight } in said {
            let joined = name.joined();
            if joined.chars().filter(|c| c.is_alphabetic()).count() < JOINED_LETTERS {
                continue;
            }
            let known = self.forms.joined.get(&(level, joined.into()));
            for (area, own) in known.into_iter().flatten() {
                if !self.tree.is_within(*area, top) {
                    continue;
                }
                let weight = weight.min(*own);
                match found {
                    Some((other, _)) if other != *area => return None,
                    Some((_, known)) if known >= weight => {}
                    _ => found = Some((*area, weight)),
                }
            }
        }
        let (area, weight) = found?;
        Some(Candidate { area, confidence: JOINED * weight, is_outside: false })
    }

    /// The areas of a level below `top` with a name like it, the likest first.
    fn alike(&mut self, top: AreaIx, level: u8, said: &[Spelling]) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        let mut below = vec![top];
        while let Some(top) = below.pop() {
            for ix in self.tree.children(top) {
                if self.tree.get(ix).level < level {
                    below.push(ix);
                }
                if self.tree.get(ix).level != level || self.comparisons == 0 {
                    continue;
                }
                self.comparisons -= 1;
                let own = &self.forms.spellings[ix.at()];
                let pairs = said.iter().flat_map(|a| own.iter().map(move |b| (a, b)));
                let likeness = pairs.map(|(a, b)| {
                    like(&a.name, &b.name) * if a.weight.min(b.weight) < 0.9 { 0.9 } else { 1.0 }
                });
                let confidence = likeness.fold(0.0, f32::max);
                if confidence >= SUGGESTED {
                    found.push(Candidate { area: ix, confidence, is_outside: false });
                }
            }
        }
        found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.area.cmp(&b.area)));
        found
    }
}

/// How surely two names that are not equal are one, 0 where they are not.
fn like(said: &Name, known: &Name) -> f32 {
    // Numbers must agree: "Zone 1" is never "Zone 2".
    if !said.numbers().eq(known.numbers()) {
        return 0.0;
    }
    let mut most: f32 = match (said.class, known.class) {
        (a, b) if a == b => ALIKE,
        (Some("CITY"), Some("URBAN")) | (Some("URBAN"), Some("CITY")) => ALIKE,
        // A table that parts a district calls one part urban: that is not the district.
        (Some("URBAN"), None) => DOUBTFUL,
        (Some(_), None) => CLASSED,
        (None, Some(_)) => CONTAINS,
        _ => return 0.0,
    };
    if said.marks != known.marks {
        let holds = |all: &[String], some: &[String]| some.iter().all(|mark| all.contains(mark));
        if !holds(&said.marks, &known.marks) && !holds(&known.marks, &said.marks) {
            return 0.0;
        }
        most = MARKED;
    }
    if said.tokens.is_empty() || known.tokens.is_empty() {
        let same = said.tokens.len() == known.tokens.len()
            || !said.marks.is_empty() && said.marks == known.marks;
        return if same {
            most.min(if said.tokens.len() == known.tokens.len() { ALIKE } else { MARKED })
        } else {
            0.0
        };
    }
    let in_order = said.tokens.len() == known.tokens.len();
    let mut likeness = if in_order { together(said, known) } else { 0.0 };
    if !in_order {
        likeness = joined(said, known);
        if likeness < USED {
            likeness = if contains(said, known) || contains(known, said) { CONTAINS } else { 0.0 };
        }
    }
    likeness.min(most)
}

/// Word by word; in the order of the alphabet where the order differs.
fn together(said: &Name, known: &Name) -> f32 {
    let pairs = |sorted: bool| {
        let mut tokens = [said.tokens.iter().collect::<Vec<_>>(), known.tokens.iter().collect()];
        if sorted {
            tokens.iter_mut().for_each(|tokens| tokens.sort_by(|a, b| a.0.cmp(&b.0)));
        }
        let [a, b] = tokens;
        let (mut cost, mut length, mut most) = (0.0, 0, 1.0_f32);
        for ((_, a), (_, b)) in a.into_iter().zip(b) {
            let longest = a.len().max(b.len());
            let apart = distance(a, b);
            if 1.0 - apart.cost / (longest as f32) < 0.75 {
                return 0.0;
            }
            if apart.is_bold {
                most = DOUBTFUL;
            }
            (cost, length) = (cost + apart.cost, length + longest);
        }
        (1.0 - cost / length as f32).min(most)
    };
    let straight = pairs(false);
    if straight > 0.0 || said.tokens.len() == 1 { straight } else { pairs(true) }
}

/// As one word: `Belet Weyne` and `Beletweyne`.
fn joined(said: &Name, known: &Name) -> f32 {
    let join = |name: &Name| -> Vec<Unit> {
        let joined: String = name.tokens.iter().map(|(token, _)| token.as_str()).collect();
        super::likeness::units(&joined)
    };
    let (a, b) = (join(said), join(known));
    let apart = distance(&a, &b);
    let likeness = 1.0 - apart.cost / a.len().max(b.len()) as f32;
    if apart.is_bold || a.len() < 5 { likeness.min(DOUBTFUL) } else { likeness }
}

/// Whether each word of the shorter name is one of the longer.
fn contains(long: &Name, short: &Name) -> bool {
    short.tokens.len() < long.tokens.len()
        && short.tokens.iter().all(|(_, a)| {
            long.tokens.iter().any(|(_, b)| {
                let apart = distance(a, b);
                !apart.is_bold && 1.0 - apart.cost / a.len().max(b.len()) as f32 >= USED
            })
        })
}
