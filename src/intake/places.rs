//! The place of a row (METHODS 3): its finest known area by code, then by repaired code, then by
//! name within its known parent; by the point only where none of these is known. A wrong match is
//! worse than none: a name is never looked for outside its parent, only suggested.

use std::borrow::Cow;
use std::collections::HashMap;

use geo::{Closest, ClosestPoint, Distance, Haversine, Intersects};

use crate::domain::{Area, AreaIx, AreaTree, PlaceMethod, Placed, Point, Text, fold};

/// Comparisons of spellings in one file; beyond them only equal names are found.
const COMPARISONS: u64 = 5_000_000;

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
    /// How it was found; the words themselves are filled in by the reader of the row.
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
    UnknownCode { level: u8, suggestion: Option<Text> },
    NoBoundaries { level: u8 },
    Repaired { level: u8, to: Text },
    NearName { level: u8, to: Text, confidence: f32 },
    UnknownName { level: u8, suggestion: Option<Text> },
    Disagrees { area: Text, km: f64 },
    Nothing,
}

/// What texts were found to be, and how well.
type Seen<T> = HashMap<Box<str>, Option<(AreaIx, T)>>;

/// Names, repaired codes and earlier answers over an area tree.
#[derive(Debug)]
pub struct Gazetteer<'k> {
    tree: &'k AreaTree,
    folded: Vec<String>,
    by_name: HashMap<(u8, String), Vec<AreaIx>>,
    /// By level and code without prefix and leading zeros; `None` where several share it.
    by_core: HashMap<(u8, String), Option<AreaIx>>,
    prefix: HashMap<u8, Option<String>>,
    /// Comparisons of spellings left: a file of made-up names must not take hours.
    comparisons: u64,
    names_seen: HashMap<(AreaIx, u8), Seen<f32>>,
    codes_seen: HashMap<u8, Seen<bool>>,
}

impl<'k> Gazetteer<'k> {
    pub fn new(tree: &'k AreaTree) -> Gazetteer<'k> {
        let folded: Vec<_> = tree.iter().map(|(_, area)| fold(&area.name)).collect();
        let mut by_name: HashMap<(u8, String), Vec<AreaIx>> = HashMap::new();
        let mut by_core: HashMap<(u8, String), Option<AreaIx>> = HashMap::new();
        let mut prefix: HashMap<u8, Option<String>> = HashMap::new();
        for (ix, area) in tree.iter().skip(1) {
            by_name.entry((area.level, plain_name(&folded[ix.at()]))).or_default().push(ix);
            let (letters, core) = split_code(&area.pcode);
            by_core.entry((area.level, core)).and_modify(|known| *known = None).or_insert(Some(ix));
            let same = |known: &mut Option<String>| {
                if known.as_deref() != Some(&letters) {
                    *known = None;
                }
            };
            prefix.entry(area.level).and_modify(same).or_insert(Some(letters.clone()));
        }
        let (names_seen, codes_seen) = Default::default();
        let comparisons = COMPARISONS;
        Gazetteer { tree, folded, by_name, by_core, prefix, comparisons, names_seen, codes_seen }
    }

    pub fn tree(&self) -> &'k AreaTree {
        self.tree
    }

    /// The place of a row, with everything there is to say about it.
    pub fn place(&mut self, said: &Said<'_>, remarks: &mut Vec<Remark>) -> Place {
        let mut found: Option<(AreaIx, PlaceMethod, f32)> = None;
        let mut unknown: Vec<u8> = Vec::new();
        for level in (1..=4u8).rev() {
            let Some(code) = &said.codes[usize::from(level) - 1] else { continue };
            match self.code(level, code) {
                Some((ix, true)) => found = Some((ix, PlaceMethod::Code, 1.0)),
                Some((ix, false)) => {
                    remarks.push(Remark::Repaired { level, to: self.area(ix).pcode.clone() });
                    found = Some((ix, PlaceMethod::RepairedCode, 0.9));
                }
                None => unknown.push(level),
            }
            if found.is_some() {
                break;
            }
        }
        let from_code = found.map_or(AreaIx::OPERATION, |(ix, _, _)| ix);
        let mut unknown_name = None;
        let by_name = self.names(said, from_code, &mut unknown_name);
        if let Some((ix, confidence)) = by_name {
            let level = self.area(ix).level;
            let method = if confidence < 1.0 { PlaceMethod::NearName } else { PlaceMethod::Name };
            if confidence < 1.0 {
                let to = self.area(ix).name.clone();
                remarks.push(Remark::NearName { level, to, confidence });
            }
            found = Some((ix, method, confidence));
        }
        let here = found.map_or(0, |(ix, _, _)| self.area(ix).level);
        let has_boundaries = |level: u8| !self.tree.level(level).is_empty();
        let mut no_boundaries = unknown.iter().filter(|level| !has_boundaries(**level));
        if let Some(level) = no_boundaries.next() {
            remarks.push(Remark::NoBoundaries { level: *level });
        }
        for level in unknown.iter().copied().filter(|level| has_boundaries(*level)) {
            let name = said.names[usize::from(level) - 1].as_deref();
            let name = name.filter(|_| here < level);
            let suggestion = name.and_then(|name| self.suggestion(level, name));
            remarks.push(Remark::UnknownCode { level, suggestion });
        }
        if let Some(level) = unknown_name.filter(|level| !unknown.contains(level)) {
            let name = said.names[usize::from(level) - 1].as_deref();
            let suggestion = name.and_then(|name| self.suggestion(level, name));
            remarks.push(Remark::UnknownName { level, suggestion });
        }
        if let (None, Some(point)) = (found, said.point) {
            found = self.tree.locate_deepest(point).map(|ix| (ix, PlaceMethod::Point, 0.8));
        } else if let (Some((ix, _, _)), Some(point)) = (found, said.point) {
            let area = self.area(ix);
            if let Some(km) = km_outside(area, point) {
                remarks.push(Remark::Disagrees { area: area.pcode.clone(), km });
            }
        }
        let Some((area, method, confidence)) = found else {
            if remarks.is_empty() {
                remarks.push(Remark::Nothing);
            }
            let area = AreaIx::OPERATION;
            return Place { area, pcode: None, placed: Placed::default(), point: said.point };
        };
        let pcode = Some(self.area(area).pcode.clone());
        let confidence = (confidence * 100.0).round() as u8;
        let placed = Placed { said: None, method, confidence };
        Place { area, pcode, placed, point: said.point }
    }

    fn area(&self, ix: AreaIx) -> &'k Area {
        self.tree.get(ix)
    }

    /// The area of a code, and whether it stands in the tree as it is.
    fn code(&mut self, level: u8, code: &str) -> Option<(AreaIx, bool)> {
        let code = code.trim();
        if let Some(ix) = self.tree.by_pcode(code) {
            return Some((ix, true));
        }
        if let Some(known) = self.codes_seen.get(&level).and_then(|seen| seen.get(code)) {
            return *known;
        }
        let repaired = self.repaired(level, code).map(|ix| (ix, false));
        self.codes_seen.entry(level).or_default().insert(code.into(), repaired);
        repaired
    }

    /// A code with another case, without its prefix or leading zeros, or with the other ISO prefix
    /// of the same country.
    fn repaired(&self, level: u8, code: &str) -> Option<AreaIx> {
        let (letters, core) = split_code(code);
        if core.is_empty() {
            return None;
        }
        let known = self.prefix.get(&level)?.as_deref()?;
        let related = letters.is_empty()
            || letters == known
            || (letters.len() != known.len()
                && (2..=3).contains(&letters.len())
                && (2..=3).contains(&known.len())
                && letters[..1] == known[..1]);
        if !related {
            return None;
        }
        self.by_core.get(&(level, core)).copied().flatten()
    }

    /// The finest area whose name is known below `top`, each name within the one above it.
    fn names(
        &mut self,
        said: &Said<'_>,
        top: AreaIx,
        unknown: &mut Option<u8>,
    ) -> Option<(AreaIx, f32)> {
        let mut here = top;
        let mut found = None;
        let mut gap = false;
        for level in self.area(top).level + 1..=self.tree.deepest().min(4) {
            let Some(name) = &said.names[usize::from(level) - 1] else {
                // Below the operation itself only the first level has a known parent.
                gap = gap || (here == AreaIx::OPERATION && !self.tree.level(level).is_empty());
                continue;
            };
            // A level whose code was given and is unknown has no name that would be safer.
            let within = if gap { None } else { self.name(here, level, name) };
            match within {
                Some((ix, confidence)) => {
                    let so_far = found.map_or(1.0, |(_, confidence): (AreaIx, f32)| confidence);
                    found = Some((ix, confidence.min(so_far)));
                    here = ix;
                }
                None => {
                    if unknown.is_none() {
                        *unknown = Some(level);
                    }
                    gap = true;
                }
            }
        }
        found
    }

    fn name(&mut self, parent: AreaIx, level: u8, name: &str) -> Option<(AreaIx, f32)> {
        let seen = self.names_seen.get(&(parent, level));
        if let Some(known) = seen.and_then(|seen| seen.get(name)) {
            return *known;
        }
        let found = self.name_within(parent, level, name);
        self.names_seen.entry((parent, level)).or_default().insert(name.into(), found);
        found
    }

    fn name_within(&mut self, parent: AreaIx, level: u8, name: &str) -> Option<(AreaIx, f32)> {
        let spellings = spellings(name);
        for spelling in &spellings {
            let known = self.by_name.get(&(level, spelling.clone()));
            let mut within =
                known.into_iter().flatten().filter(|ix| self.tree.is_within(**ix, parent));
            match (within.next(), within.next()) {
                (Some(ix), None) => return Some((*ix, 1.0)),
                (Some(_), Some(_)) => return None,
                _ => {}
            }
        }
        let mut scored: Vec<(f32, AreaIx)> = Vec::new();
        let mut below = vec![parent];
        while let Some(top) = below.pop() {
            for ix in self.tree.children(top) {
                if self.area(ix).level < level {
                    below.push(ix);
                }
                if self.area(ix).level != level || self.comparisons == 0 {
                    continue;
                }
                self.comparisons -= 1;
                let known = plain_name(&self.folded[ix.at()]);
                let alike = spellings.iter().map(|spelling| similarity(spelling, &known));
                scored.push((alike.fold(0.0, f32::max), ix));
            }
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (best, ix) = *scored.first()?;
        let second = scored.get(1).map_or(0.0, |(score, _)| *score);
        (best >= 0.85 && best - second >= 0.1).then_some((ix, best))
    }

    /// An area of this name anywhere, if there is exactly one: to be confirmed, never used.
    fn suggestion(&self, level: u8, name: &str) -> Option<Text> {
        spellings(name).iter().find_map(|spelling| {
            match self.by_name.get(&(level, spelling.clone())).map(Vec::as_slice) {
                Some([ix]) => Some(self.area(*ix).pcode.clone()),
                _ => None,
            }
        })
    }

    /// Share of texts that are codes and names of each level, for the mapping of columns.
    pub fn knows(&self, text: &str) -> (Option<u8>, [bool; 5]) {
        let code = self.tree.by_pcode(text.trim()).map(|ix| self.area(ix).level);
        let mut names = [false; 5];
        let spellings = spellings(text);
        for level in 1..=4u8 {
            let known = |spelling: &String| self.by_name.contains_key(&(level, spelling.clone()));
            names[usize::from(level)] = spellings.iter().any(known);
        }
        (code, names)
    }
}

/// 1 for equal names; one wrong letter in ten is 0.9. Short names must be equal.
fn similarity(a: &str, b: &str) -> f32 {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    if short < 5 || long - short > long / 4 {
        return 0.0;
    }
    // Names that differ in a number are different places: "Zone 1", "Zone 2".
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if digits(a) != digits(b) {
        return 0.0;
    }
    strsim::normalized_damerau_levenshtein(a, b) as f32
}

/// The folded spellings a cell may mean: the whole, and its parts where it has two languages.
fn spellings(name: &str) -> Vec<String> {
    let mut all = vec![plain_name(&fold(name))];
    let parts = name.split(['/', '(', ')', '|']).flat_map(|part| part.split(" - "));
    for part in parts.map(|part| plain_name(&fold(part))) {
        if !part.is_empty() && !all.contains(&part) {
            all.push(part);
        }
    }
    all.retain(|spelling| !spelling.is_empty());
    all
}

/// A folded name without the word for its level at either end.
fn plain_name(folded: &str) -> String {
    const LEVELS: &[&str] = &[
        "county",
        "state",
        "province",
        "provincia",
        "district",
        "distrito",
        "region",
        "governorate",
        "department",
        "departement",
        "departamento",
        "commune",
        "municipality",
    ];
    let mut name = folded;
    for level in LEVELS {
        if let Some(rest) = name.strip_suffix(level).and_then(|rest| rest.strip_suffix(' ')) {
            name = rest;
        }
        for link in [" of ", " de ", " du ", " d ", " do ", " da "] {
            let start = format!("{level}{link}");
            if let Some(rest) = name.strip_prefix(start.as_str()) {
                name = rest;
            }
        }
    }
    name.to_owned()
}

/// Letters before the first digit, and the rest without leading zeros; blanks and signs left out.
fn split_code(code: &str) -> (String, String) {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let digits = plain.find(|c: char| c.is_ascii_digit()).unwrap_or(plain.len());
    (plain[..digits].to_owned(), plain[digits..].trim_start_matches('0').to_owned())
}

/// Kilometres from a point to an area it lies outside of; `None` inside, or without a polygon.
fn km_outside(area: &Area, point: Point) -> Option<f64> {
    let shape = area.geometry.as_ref()?;
    if shape.intersects(&point) {
        return None;
    }
    match shape.closest_point(&point) {
        Closest::SinglePoint(near) | Closest::Intersection(near) => {
            Some(Haversine.distance(point, near) / 1000.0)
        }
        Closest::Indeterminate => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Source;
    use geo::polygon;

    fn area(pcode: &str, name: &str, parent: Option<&str>, x: f64) -> Area {
        let square = polygon![(x: x, y: 0.), (x: x + 1., y: 0.), (x: x + 1., y: 1.), (x: x, y: 1.)];
        Area {
            pcode: pcode.into(),
            name: name.into(),
            level: if parent.is_some() { 2 } else { 1 },
            parent: parent.map(Into::into),
            geometry: Some(std::sync::Arc::new(square.into())),
            area_km2: None,
            source: Source::default(),
        }
    }

    fn tree() -> AreaTree {
        let areas = vec![
            area("MZ01", "Cabo Delgado", None, 0.),
            area("MZ02", "Gaza", None, 10.),
            area("MZ0101", "Ancuabe", Some("MZ01"), 0.),
            area("MZ0102", "Springfield", Some("MZ01"), 1.),
            area("MZ0201", "Springfield", Some("MZ02"), 10.),
            area("MZ0202", "Abyei Region", Some("MZ02"), 11.),
        ];
        AreaTree::build(&"op".into(), &"Operation".into(), areas)
    }

    fn said<'a>(codes: &[(usize, &'a str)], names: &[(usize, &'a str)]) -> Said<'a> {
        let mut said = Said::default();
        for (level, code) in codes {
            said.codes[level - 1] = Some(Cow::Borrowed(*code));
        }
        for (level, name) in names {
            said.names[level - 1] = Some(Cow::Borrowed(*name));
        }
        said
    }

    fn check(said: &Said<'_>, pcode: Option<&str>, method: PlaceMethod) -> Vec<Remark> {
        let tree = tree();
        let mut remarks = Vec::new();
        let place = Gazetteer::new(&tree).place(said, &mut remarks);
        assert_eq!((place.pcode.as_deref(), place.placed.method), (pcode, method), "{said:?}");
        remarks
    }

    #[test]
    fn the_finest_known_code_is_the_place() {
        assert_eq!(
            check(&said(&[(1, "MZ01"), (2, "MZ0101")], &[]), Some("MZ0101"), PlaceMethod::Code),
            []
        );
        let remarks = check(
            &said(&[(1, "MZ01"), (2, "MZ0117")], &[(2, "Pemba")]),
            Some("MZ01"),
            PlaceMethod::Code,
        );
        assert_eq!(remarks, [Remark::UnknownCode { level: 2, suggestion: None }]);
        let remarks =
            check(&said(&[(2, "MZ0101"), (3, "MZ010101")], &[]), Some("MZ0101"), PlaceMethod::Code);
        assert_eq!(remarks, [Remark::NoBoundaries { level: 3 }]);
    }

    #[test]
    fn codes_are_repaired_and_said_to_be() {
        for code in ["101", "0101", "MOZ0101", "mz0101", "MZ 0101", "MZ101"] {
            let remarks =
                check(&said(&[(2, code)], &[]), Some("MZ0101"), PlaceMethod::RepairedCode);
            assert_eq!(remarks, [Remark::Repaired { level: 2, to: "MZ0101".into() }]);
        }
        check(&said(&[(2, "XX0101")], &[]), None, PlaceMethod::None);
    }

    #[test]
    fn a_name_is_looked_for_within_its_parent_only() {
        check(&said(&[(1, "MZ02")], &[(2, "springfield")]), Some("MZ0201"), PlaceMethod::Name);
        check(
            &said(&[], &[(1, "CABO  Delgado Province"), (2, "Springfield / سبرينغفيلد")]),
            Some("MZ0102"),
            PlaceMethod::Name,
        );
        let remarks =
            check(&said(&[(1, "MZ02")], &[(2, "Ancuabe")]), Some("MZ02"), PlaceMethod::Code);
        assert_eq!(remarks, [Remark::UnknownName { level: 2, suggestion: Some("MZ0101".into()) }]);
        let remarks = check(&said(&[], &[(2, "Ancuabe")]), None, PlaceMethod::None);
        assert_eq!(remarks, [Remark::UnknownName { level: 2, suggestion: Some("MZ0101".into()) }]);
    }

    #[test]
    fn a_near_spelling_within_the_parent_is_taken_and_said() {
        let remarks = check(
            &said(&[(1, "MZ01")], &[(2, "Springfeild")]),
            Some("MZ0102"),
            PlaceMethod::NearName,
        );
        assert!(matches!(remarks[..], [Remark::NearName { level: 2, .. }]), "{remarks:?}");
        check(&said(&[(1, "MZ01")], &[(2, "Ancuabe 2")]), Some("MZ01"), PlaceMethod::Code);
    }

    #[test]
    fn the_point_decides_only_where_nothing_else_does() {
        let mut row = said(&[], &[]);
        row.point = Some(Point::new(0.5, 0.5));
        check(&row, Some("MZ0101"), PlaceMethod::Point);
        let mut row = said(&[(2, "MZ0101")], &[]);
        row.point = Some(Point::new(2.0, 0.5));
        let remarks = check(&row, Some("MZ0101"), PlaceMethod::Code);
        assert!(
            matches!(remarks[..], [Remark::Disagrees { km, .. }] if (km - 111.2).abs() < 0.5),
            "{remarks:?}"
        );
    }

    #[test]
    fn a_row_without_any_place_is_held_at_the_operation() {
        assert_eq!(check(&said(&[], &[]), None, PlaceMethod::None), [Remark::Nothing]);
    }
}
