//! Which area an area lies in, where boundaries came in any order: districts may be there before
//! their provinces are, and municipalities before their districts.

use std::cell::OnceCell;
use std::collections::HashMap;

use geo::InteriorPoint;

use super::locate::Locator;
use super::{Area, Text};

/// The parent of every area: what it says, unless an area of a level between the two is there that
/// it lies in, by the beginning of its P-code, else by a point inside. `None` is the operation.
pub(super) fn nearest(areas: &[Area]) -> Vec<Option<Text>> {
    let level_of: HashMap<&str, u8> = areas.iter().map(|one| (&*one.pcode, one.level)).collect();
    let longest = areas.iter().map(|area| area.pcode.len()).max().unwrap_or(0);
    let levels: [Level<'_>; 5] = std::array::from_fn(|at| Level::of(areas, at as u8));
    let parent = |area: &Area| {
        let coarser = |code: &&Text| level_of.get(&***code).is_some_and(|l| *l < area.level);
        let said = area.parent.as_ref().filter(coarser);
        let top = said.map_or(0, |code| level_of[&**code]);
        let point = OnceCell::new();
        let lies = |level: u8| {
            let level_areas = &levels[usize::from(level)];
            if level_areas.areas.is_empty() {
                return None;
            }
            let code: &str = &area.pcode;
            let cuts = (1..code.len().min(longest + 1)).rev();
            let mut cuts = cuts.filter(|cut| code.is_char_boundary(*cut)).map(|cut| &code[..cut]);
            if let Some(code) = cuts.find(|code| level_of.get(code) == Some(&level)) {
                return Some(code.into());
            }
            let inside = || area.geometry.as_ref().and_then(|shape| shape.interior_point());
            level_areas.around((*point.get_or_init(inside))?)
        };
        // Nothing lies between an area and a parent of the next level.
        (top + 1..area.level).rev().find_map(lies).or_else(|| said.cloned())
    };
    areas.iter().map(parent).collect()
}

/// The areas of a level, and their prepared polygons once a point has been looked for.
struct Level<'a> {
    areas: Vec<&'a Area>,
    locator: OnceCell<Locator>,
}

impl<'a> Level<'a> {
    fn of(areas: &'a [Area], level: u8) -> Level<'a> {
        let areas = areas.iter().filter(|area| area.level == level).collect();
        Level { areas, locator: OnceCell::new() }
    }

    fn around(&self, point: geo::Point) -> Option<Text> {
        let shapes = || Locator::build(self.areas.iter().map(|area| area.geometry.as_deref()));
        let found = self.locator.get_or_init(shapes).locate(point)?;
        self.areas.get(found as usize).map(|area| area.pcode.clone())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::sync::Arc;

    use geo::polygon;

    use super::*;
    use crate::domain::AreaTree;

    fn area(pcode: &str, level: u8, parent: Option<&str>, x: f64, width: f64) -> Area {
        let square = polygon![
            (x: x, y: 0.), (x: x + width, y: 0.), (x: x + width, y: 1.), (x: x, y: 1.)
        ];
        Area {
            pcode: pcode.into(),
            name: pcode.into(),
            level,
            parent: parent.map(Into::into),
            geometry: Some(Arc::new(square.into())),
            ..Area::default()
        }
    }

    fn parent(areas: &[Area], of: &str) -> String {
        let tree = AreaTree::build(&"op".into(), &"Operation".into(), areas.to_vec());
        tree.get(tree.parent(tree.by_pcode(of).unwrap())).pcode.to_string()
    }

    #[test]
    fn an_area_lies_in_the_district_that_came_after_it() {
        let province = area("P1", 1, None, 0., 4.);
        let posto = |parent| area("P10203", 3, parent, 2.2, 0.5);
        for said in [None, Some("P1"), Some("elsewhere")] {
            let mut areas = vec![posto(said), province.clone()];
            assert_eq!(parent(&areas, "P10203"), "P1", "{said:?}");
            // By its code, and where that does not say it, by where it lies.
            areas.push(area("P102", 2, Some("P1"), 2., 1.));
            assert_eq!(parent(&areas, "P10203"), "P102", "{said:?}");
            areas[2] = area("other", 2, Some("P1"), 2., 1.);
            assert_eq!(parent(&areas, "P10203"), "other", "{said:?}");
            areas[2] = area("other", 2, Some("P1"), 3., 1.);
            assert_eq!(parent(&areas, "P10203"), "P1", "{said:?}");
        }
    }

    #[test]
    fn what_an_area_says_wins_where_nothing_lies_between() {
        let areas = [
            area("P1", 1, None, 0., 4.),
            area("P2", 1, None, 4., 4.),
            area("P101", 2, Some("P2"), 0., 1.),
        ];
        assert_eq!(parent(&areas, "P101"), "P2");
    }
}
