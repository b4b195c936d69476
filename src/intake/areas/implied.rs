//! Coarser areas that a boundary file names and nobody has sent: each row of a file of districts
//! has the code and name of its province. They hold rows and lend their names, and are drawn once
//! their own boundaries come.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{Above, Found};
use crate::domain::{Area, AreaTree, Source, Text};

/// The areas that only the rows below them name, by level and code.
///
/// A code that the rows give two levels, or two names that are not the same, is left out: it is no
/// name to match by.
pub(super) fn areas(found: &[Found], known: &AreaTree, remarks: &mut Vec<String>) -> Vec<Area> {
    let own: HashMap<&str, u8> =
        found.iter().map(|found| (&*found.area.pcode, found.area.level)).collect();
    let mut named: HashMap<Text, Option<Area>> = HashMap::new();
    for Found { area, above } in found {
        for (at, one) in above.iter().enumerate() {
            let Above { level: Some(level), code, name: Some(name) } = one else { continue };
            let drawn = known.by_pcode(code).is_some_and(|ix| {
                let known = known.get(ix);
                known.geometry.is_some() || known.level != *level
            });
            if drawn || own.contains_key(&**code) {
                continue;
            }
            match named.entry(code.clone()) {
                Entry::Vacant(free) => {
                    let parent = above[at + 1..].first().map(|above| above.code.clone());
                    free.insert(Some(Area {
                        pcode: code.clone(),
                        name: name.clone(),
                        level: *level,
                        parent,
                        geometry: None,
                        area_km2: None,
                        source: Source { submission: 0, row: area.source.row },
                    }));
                }
                Entry::Occupied(mut known) => {
                    let same = known.get().as_ref().is_some_and(|known| {
                        known.level == *level
                            && crate::domain::fold(&known.name) == crate::domain::fold(name)
                    });
                    if !same {
                        known.insert(None);
                    }
                }
            }
        }
    }
    let mut areas: Vec<Area> = named.into_values().flatten().collect();
    areas.sort_by(|a, b| (a.level, &a.pcode).cmp(&(b.level, &b.pcode)));
    for level in 1..=4 {
        let count = areas.iter().filter(|area| area.level == level).count();
        if count > 0 {
            remarks.push(format!(
                "{count} areas of level {level} are known by the names their parts give them: they are not drawn until boundaries of level {level} are imported."
            ));
        }
    }
    areas
}
