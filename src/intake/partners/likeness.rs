//! Which partners may be one organisation under two spellings. Nothing is merged by it: somebody
//! confirms each pair, once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use crate::domain::{Partner, fold};
use crate::intake::vocabulary::{List, list};

/// Words of names that tell no organisation from another, in the languages of the files.
static LEGAL: List = list("any organisation");
static SMALL: List = list("small word of a name");
/// A pair less sure than this is not suggested.
const SUGGESTED: f32 = 0.7;
/// Names that a country ends before it is taken for the one everybody works in.
const LOCAL_NAMES: usize = 3;
/// Partners that share a word and are compared with one another; a word of more says nothing.
const COMPARED: usize = 60;

/// Two partners that may be one.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Positions in the list, the lower first.
    pub partners: (usize, usize),
    /// 0 to 1.
    pub confidence: f32,
    pub reason: &'static str,
}

/// A partner as it is compared.
struct Shape {
    /// Folded words that tell it from others, in their order.
    core: Vec<String>,
    /// The legal words left out.
    legal: Vec<String>,
    /// Acronyms the partner states, or its name where that is one.
    acronyms: Vec<String>,
    /// First letters of its words, with and without small and legal ones.
    initials: Vec<String>,
    /// The name is one short word.
    is_acronym: bool,
}

/// Pairs of partners that may be one organisation, the surest first.
pub fn pairs(partners: &[Partner]) -> Vec<Pair> {
    let shapes: Vec<Shape> = partners.iter().map(Shape::of).collect();
    let local = local_words(&shapes);
    let mut found: BTreeMap<(usize, usize), (f32, &'static str)> = BTreeMap::new();
    let mut add = |a: usize, b: usize, confidence: f32, reason: &'static str| {
        if a == b || confidence < SUGGESTED {
            return;
        }
        let best = found.entry((a.min(b), a.max(b))).or_insert((confidence, reason));
        if confidence > best.0 {
            *best = (confidence, reason);
        }
    };
    by_acronym(&shapes, &mut add);
    let mut by_core: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_word: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, shape) in shapes.iter().enumerate() {
        let mut sorted = shape.core.clone();
        sorted.sort();
        for key in HashSet::from([sorted.concat(), shape.core.concat()]) {
            by_core.entry(key).or_default().push(at);
        }
        for word in shape.core.iter().filter(|word| word.len() >= 3) {
            by_word.entry(word).or_default().push(at);
        }
        // A misspelt only word shares none: its beginning has to do.
        if let [only] = shape.core.as_slice()
            && let Some(start) = only.get(..4)
        {
            by_word.entry(start).or_default().push(at);
        }
    }
    for same in by_core.into_values().filter(|same| same.len() > 1) {
        for (at, a) in same.iter().enumerate() {
            for b in &same[at + 1..] {
                let (x, y) = (&shapes[*a], &shapes[*b]);
                let holds = |all: &Shape, some: &Shape| {
                    some.legal.iter().all(|word| all.legal.contains(word))
                };
                let sure = if holds(x, y) || holds(y, x) { 0.95 } else { 0.8 };
                // Names that state two acronyms are perhaps two organisations.
                let known = !x.acronyms.is_empty() && !y.acronyms.is_empty();
                let differ = known && !x.acronyms.iter().any(|one| y.acronyms.contains(one));
                let is_short = x.core.concat().len() < 4;
                let sure = if differ && !x.is_acronym && !y.is_acronym { 0.75 } else { sure };
                add(*a, *b, if is_short { sure - 0.1 } else { sure }, "the same words");
            }
        }
    }
    for some in by_word.into_values().filter(|some| (2..=COMPARED).contains(&some.len())) {
        for (at, a) in some.iter().enumerate() {
            for b in &some[at + 1..] {
                let (x, y) = (&shapes[*a].core, &shapes[*b].core);
                if is_misspelt(x, y) {
                    add(*a, *b, 0.85, "nearly the same spelling");
                } else if is_local_branch(x, y, &local) || is_local_branch(y, x, &local) {
                    add(*a, *b, 0.75, "the same words and a place where many work");
                }
            }
        }
    }
    let found = found.into_iter();
    let mut pairs: Vec<Pair> = found
        .map(|(partners, (confidence, reason))| Pair { partners, confidence, reason })
        .collect();
    pairs.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.partners.cmp(&b.partners)));
    pairs
}

/// Names that are another's acronym, or its first letters.
fn by_acronym(shapes: &[Shape], add: &mut impl FnMut(usize, usize, f32, &'static str)) {
    let mut stated: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut initials: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, shape) in shapes.iter().enumerate() {
        for acronym in &shape.acronyms {
            stated.entry(acronym).or_default().push(at);
        }
        let distinct: HashSet<&String> = shape.initials.iter().collect();
        for letters in distinct.into_iter().filter(|letters| letters.len() >= 3) {
            initials.entry(letters).or_default().push(at);
        }
    }
    for (at, shape) in shapes.iter().enumerate() {
        for acronym in &shape.acronyms {
            let others = |all: &HashMap<&str, Vec<usize>>| -> Vec<usize> {
                let same = all.get(acronym.as_str()).into_iter().flatten().copied();
                same.filter(|other| {
                    *other != at && (shape.is_acronym || !shapes[*other].is_acronym)
                })
                .collect()
            };
            let same = others(&stated);
            for other in &same {
                // Two full names with one acronym are often two organisations.
                let sure = match (shape.is_acronym, same.len()) {
                    (true, 1) => 0.95,
                    (true, _) => 0.75,
                    (false, _) if is_part(&shape.core, &shapes[*other].core) => 0.75,
                    (false, _) => 0.0,
                };
                add(at, *other, sure, "the acronym");
            }
            if !shape.is_acronym {
                continue;
            }
            let same: Vec<usize> =
                others(&initials).into_iter().filter(|other| !shapes[*other].is_acronym).collect();
            // What states another acronym goes by that one.
            let free = |other: &&usize| shapes[**other].acronyms.is_empty();
            for other in same.iter().filter(free) {
                let sure = match (same.len(), acronym.len()) {
                    (1, 4..) => 0.88,
                    (1, _) => 0.82,
                    _ => 0.7,
                };
                add(at, *other, sure, "the first letters");
            }
        }
    }
}

impl Shape {
    fn of(partner: &Partner) -> Shape {
        let name = partner.name.trim();
        let (outside, inside) = match behind_acronym(name) {
            Some((acronym, full)) => (full, Some(acronym)),
            None => split_brackets(name),
        };
        let words: Vec<String> = words(&outside);
        let is_acronym = matches!(words.as_slice(), [only] if is_short(only, &outside));
        let mut acronyms: Vec<String> = Vec::new();
        let stated = partner.acronym.as_deref().into_iter().chain(inside.as_deref());
        for text in stated.chain(is_acronym.then_some(outside.as_str())) {
            let letters: String = fold(text).split(' ').collect();
            let is_one = text.split_whitespace().count() == 1 && letters.len() <= 10;
            if is_one && letters.len() >= 2 && !acronyms.contains(&letters) {
                acronyms.push(letters);
            }
        }
        let is_legal = |word: &String| LEGAL.contains(&word.as_str());
        let is_small = |word: &String| SMALL.contains(&word.as_str());
        let mut core: Vec<String> =
            words.iter().filter(|word| !is_legal(word) && !is_small(word)).cloned().collect();
        if core.is_empty() {
            core = words.clone();
        }
        let first = |kept: &dyn Fn(&String) -> bool| -> String {
            words.iter().filter(|word| kept(word)).filter_map(|word| word.chars().next()).collect()
        };
        // `Caritas / CRS` is two names, not one with these first letters.
        let initials = if words.len() < 2 || name.contains('/') {
            Vec::new()
        } else {
            vec![
                first(&|_| true),
                first(&|word| !is_small(word)),
                // The `contre` of ACF, and not its `la`.
                first(&|word| !is_small(word) || word.len() > 2),
                first(&|word| !is_small(word) && !is_legal(word)),
            ]
        };
        let legal = words.iter().filter(|word| is_legal(word)).cloned().collect();
        // One spelling of organise and organize, of honour and honor alone is not worth a rule.
        for word in core.iter_mut().filter(|word| word.len() >= 6) {
            *word = word.replace('z', "s");
        }
        Shape { core, legal, acronyms, initials, is_acronym }
    }
}

fn words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A single word that is written as an acronym is.
fn is_short(word: &str, written: &str) -> bool {
    let capitals = written.chars().filter(|c| c.is_uppercase()).count();
    word.len() <= 10 && (capitals * 2 > word.len() || word.len() <= 4)
}

/// The acronym before or behind a dash, and the full name with these first letters: `NRC - Norwegian
/// Refugee Council`.
fn behind_acronym(name: &str) -> Option<(String, String)> {
    let dashes = [" - ", " \u{2013} ", " \u{2014} ", ": "];
    let (a, b) = dashes.iter().find_map(|dash| name.split_once(dash))?;
    [(a, b), (b, a)].into_iter().find_map(|(acronym, full)| {
        let letters = fold(acronym);
        let words = words(full);
        let of = |small: bool| -> String {
            let kept = words.iter().filter(|word| small || !SMALL.contains(&word.as_str()));
            kept.filter_map(|word| word.chars().next()).collect()
        };
        let fits = words.len() > 1 && letters.len() > 1 && [of(true), of(false)].contains(&letters);
        fits.then(|| (acronym.trim().to_owned(), full.trim().to_owned()))
    })
}

/// What stands outside brackets, and the last thing inside.
fn split_brackets(name: &str) -> (String, Option<String>) {
    let Some((before, rest)) = name.split_once('(') else { return (name.to_owned(), None) };
    let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
    let capitals = inside.chars().filter(|c| c.is_uppercase()).count();
    let is_acronym = !inside.contains(' ') && capitals * 2 > inside.chars().count();
    // A country in brackets is a section of its own, not another name.
    if before.trim().is_empty() || !is_acronym {
        return (name.to_owned(), None);
    }
    (format!("{before} {after}"), Some(inside.to_owned()))
}

/// Countries that several names end with: where everybody works.
fn local_words(shapes: &[Shape]) -> HashSet<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for shape in shapes.iter().filter(|shape| shape.core.len() > 1) {
        if let Some(last) = shape.core.last().filter(|last| COUNTRIES.contains(last.as_str())) {
            *counts.entry(last).or_default() += 1;
        }
    }
    let often = counts.into_iter().filter(|(_, count)| *count >= LOCAL_NAMES);
    often.map(|(word, _)| word.to_owned()).collect()
}

/// Words for countries, as the names of their branches have them.
static COUNTRIES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    static LISTED: List = list("country in a name");
    let words = LISTED.iter().map(|word| fold(word));
    words.map(|word| if word.len() >= 6 { word.replace('z', "s") } else { word }).collect()
});

/// Whether `long` is `short` with the country everybody works in behind it.
fn is_local_branch(short: &[String], long: &[String], local: &HashSet<String>) -> bool {
    let told = short.iter().map(String::len).sum::<usize>() >= 4;
    told && long.len() == short.len() + 1
        && long.starts_with(short)
        && local.contains(&long[short.len()])
}

/// Whether one name has all words of the other.
fn is_part(a: &[String], b: &[String]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.iter().all(|word| long.contains(word))
}

/// Whether every word is the same but for a letter in long ones, and one at least is not.
fn is_misspelt(a: &[String], b: &[String]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut differ = 0;
    for (x, y) in a.iter().zip(b) {
        if x == y {
            continue;
        }
        differ += 1;
        let allowed = match x.len().min(y.len()) {
            0..6 => 0,
            6..10 => 1,
            _ => 2,
        };
        let goes_on = x.starts_with(y.as_str()) || y.starts_with(x.as_str());
        let plural = x.len().abs_diff(y.len()) == 1 && (x.ends_with('s') != y.ends_with('s'));
        let digits = x.chars().chain(y.chars()).any(|c| c.is_numeric());
        let first = x.chars().next() == y.chars().next();
        if digits || !first || goes_on && !plural || strsim::osa_distance(x, y) > allowed {
            return false;
        }
    }
    differ > 0 && differ <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partner(name: &str, acronym: Option<&str>) -> Partner {
        Partner {
            id: fold(name).as_str().into(),
            name: name.into(),
            acronym: acronym.map(Into::into),
            ..Partner::default()
        }
    }

    fn found(names: &[&str]) -> Vec<(String, String)> {
        let partners: Vec<Partner> = names.iter().map(|name| partner(name, None)).collect();
        let name = |at: usize| partners[at].name.to_string();
        let pairs = pairs(&partners).into_iter();
        pairs.map(|pair| (name(pair.partners.0), name(pair.partners.1))).collect()
    }

    #[test]
    fn two_spellings_of_one_organisation_are_suggested() {
        for (a, b) in [
            ("NRC", "Norwegian Refugee Council"),
            ("NRC", "Norwegian Refugee Council (NRC)"),
            ("IOM", "International Organization for Migration"),
            ("UNHCR", "United Nations High Commissioner for Refugees (UNHCR)"),
            ("Plan International", "Plan"),
            ("ActionAid", "Action Aid International"),
            ("World Vision Int.", "World Vision Int"),
            ("Kulima", "KULIMA NGO"),
            ("Fundação Micaia", "Micaia Foundation"),
            ("Oikos Cooperação", "Cooperação Oikos"),
            ("Médecins du Monde", "Medecins du monde"),
            ("Welthungerhilfe", "Welthungerhife"),
            ("Childrens Rights Group", "Children Rights Group"),
            ("Danish Refugee Council", "Danish Refugee Counsil"),
            ("HelpAge Organisation", "HelpAge Organization"),
            ("NRC - Norwegian Refugee Council", "Norwegian Refugee Council"),
            ("NRC - Norwegian Refugee Council", "NRC"),
            ("ACF", "Action Contre la Faim"),
            ("Islamic Relief", "Islamic Relief Worldwide"),
        ] {
            assert_eq!(found(&[a, b]).len(), 1, "{a} / {b}");
        }
    }

    #[test]
    fn two_organisations_are_not() {
        for (a, b) in [
            ("MSF-F", "MSF-B"),
            ("MSF", "MSF-B"),
            ("Save the Children", "Save the Children Sweden"),
            ("Save the Children Norway", "Save the Children Sweden"),
            ("CARE Niger", "CARE Nigeria"),
            ("Red Cross Mali", "Red Cross Malawi"),
            ("Ministry of Health", "Ministry of Education"),
            ("Islamic Relief", "Catholic Relief Services"),
            ("World Vision", "World Relief"),
            ("Danish Refugee Council", "Norwegian Refugee Council"),
            ("Action Against Hunger", "Action Aid"),
            ("District Council 1", "District Council 2"),
            ("WFP", "WHO"),
            ("IRC", "IRW"),
            ("Women Hope", "Women Home"),
            ("DPOPHRH-S", "DPOPHRH-Z"),
            (
                "Vétérinaires sans Frontières (Switzerland)",
                "Vétérinaires sans Frontières (Germany)",
            ),
            ("African Relief & Development (ARD)", "Agency for Relief and Development (ARD)"),
            ("CCM", "Caritas /CRS Mozambique"),
            ("Action for Relief (AFR)", "Action for Relief and Development (ARD)"),
        ] {
            assert_eq!(found(&[a, b]), [], "{a} / {b}");
        }
    }

    #[test]
    fn an_acronym_of_two_is_less_sure_and_the_country_of_all_says_little() {
        let partners = [
            partner("NRC", None),
            partner("Norwegian Refugee Council", None),
            partner("National Relief Committee", None),
        ];
        assert!(pairs(&partners).iter().all(|pair| pair.confidence < 0.8));
        let names = ["CARE Mozambique", "CARE", "Oxfam Mozambique", "Plan Mozambique"];
        assert_eq!(found(&names), [("CARE Mozambique".to_owned(), "CARE".to_owned())]);
    }
}
