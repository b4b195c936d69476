//! Which area an area belongs to: by the code its row names, else by its own code, else by where
//! it lies.

use std::collections::{HashMap, HashSet};

use geo::InteriorPoint;

use super::Found;
use crate::domain::{Area, AreaTree, Text};

/// Gives every area its parent, and says in the remarks how parents were found.
pub(super) fn resolve(
    found: Vec<Found>,
    implied: &[Area],
    known: &AreaTree,
    remarks: &mut Vec<String>,
) -> Vec<Area> {
    let mut levels: HashMap<Text, u8> = HashMap::new();
    for (_, area) in known.iter().skip(1) {
        levels.insert(area.pcode.clone(), area.level);
    }
    for area in found.iter().map(|found| &found.area).chain(implied) {
        levels.insert(area.pcode.clone(), area.level);
    }
    let longest = levels.keys().map(|code| code.len()).max().unwrap_or(0);
    let own: Vec<Area> = found.iter().map(|found| found.area.clone()).collect();
    let mut around: Option<AreaTree> = None;
    let mut tally = [0u32; 5];
    let mut areas = Vec::with_capacity(found.len());
    for Found { mut area, above } in found {
        if area.level == 1 {
            // It lies in the operation; that needs no words.
            areas.push(area);
            continue;
        }
        let above: Vec<Text> = above.into_iter().map(|above| above.code).collect();
        let coarser = |code: &Text| levels.get(code).is_some_and(|level| *level < area.level);
        let named = above.iter().find(|code| coarser(code)).cloned();
        let (parent, how) = if let Some(parent) = named {
            (Some(parent), 0)
        } else if let Some(parent) = above.into_iter().find(|code| !levels.contains_key(code)) {
            // The coarser level may well be imported next: the code links them then.
            (Some(parent), 3)
        } else if let Some(parent) = by_prefix(&area, longest, &levels) {
            (Some(parent), 1)
        } else {
            let tree = around.get_or_insert_with(|| with(known, &own));
            match by_place(&area, tree) {
                Some(parent) => (Some(parent), 2),
                None => (None, 4),
            }
        };
        tally[how] += 1;
        area.parent = parent;
        areas.push(area);
    }
    let words = [
        "named by the file",
        "found by the beginning of their P-code",
        "found by where the area lies",
        "named by the file, not imported yet: import the coarser level too",
        "not known: these areas lie directly under the operation",
    ];
    for (count, words) in tally.into_iter().zip(words).filter(|(count, _)| *count > 0) {
        remarks.push(format!("Parents of {count} areas: {words}."));
    }
    areas
}

/// The longest code of a coarser area that this one's begins with.
fn by_prefix(area: &Area, longest: usize, levels: &HashMap<Text, u8>) -> Option<Text> {
    let code = &area.pcode;
    let cuts = (1..code.len().min(longest + 1)).rev().filter(|cut| code.is_char_boundary(*cut));
    cuts.filter_map(|cut| levels.get_key_value(&code[..cut]))
        .find(|(_, level)| **level < area.level)
        .map(|(code, _)| code.clone())
}

/// The nearest coarser area around a point within this one.
fn by_place(area: &Area, tree: &AreaTree) -> Option<Text> {
    if (1..area.level).all(|level| tree.level(level).is_empty()) {
        return None;
    }
    let point = area.geometry.as_ref()?.interior_point()?;
    let around = (1..area.level).rev().find_map(|level| tree.locate(level, point))?;
    Some(tree.get(around).pcode.clone())
}

fn with(known: &AreaTree, own: &[Area]) -> AreaTree {
    let root = known.get(crate::domain::AreaIx::OPERATION);
    let all = known.iter().skip(1).map(|(_, area)| area.clone());
    AreaTree::build(&root.pcode, root.name.shown(), own.iter().cloned().chain(all).collect())
}

/// What the hierarchy leaves open: levels that only some of the areas above have.
pub(super) fn gaps(areas: &[Area], known: &AreaTree) -> Vec<String> {
    let mut remarks = Vec::new();
    for level in 2..=4u8 {
        let parents: HashSet<&Text> = areas
            .iter()
            .filter(|area| area.level == level)
            .filter_map(|area| area.parent.as_ref())
            .collect();
        let own = areas.iter().filter(|area| area.level == level - 1).map(|area| &area.pcode);
        let before = known.level(level - 1).iter().map(|ix| &known.get(*ix).pcode);
        let above: HashSet<&Text> = own.chain(before).collect();
        // Another file may hold the rest, or may have brought it already.
        let known_below =
            |code: &&&Text| known.by_pcode(code).is_some_and(|ix| known.children(ix).len() > 0);
        let covered =
            above.iter().filter(|code| parents.contains(**code) || known_below(code)).count();
        if !parents.is_empty() && covered < above.len() {
            remarks.push(format!(
                "Only {covered} of {} areas of level {} have areas of level {level} below them: figures of the others stay at level {}.",
                above.len(),
                level - 1,
                level - 1
            ));
        }
    }
    remarks
}
