//! What an operation has, for its landing page and for whoever fills in a choice.

use crate::analysis::{Basis, GapQuery, lowest_need_level};
use crate::domain::{Day, Group, Period, PopulationGroup, Sector, Tally};

use super::View;

#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// West, south, east, north; west is above east where it crosses the antimeridian.
    pub bbox: Option<[f64; 4]>,
    pub levels: Vec<Level>,
    pub lowest_need_level: u8,
    /// `ALL` first, then those that occur.
    pub sectors: Vec<SectorCount>,
    /// First and last month of activities, such as `2026-01`.
    pub months: Option<(String, String)>,
    /// Population groups that occur in activities or needs; `all` always.
    pub groups: Vec<PopulationGroup>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    pub level: u8,
    pub name: String,
    pub areas: usize,
}

/// Rows of a sector; of `ALL`, rows of any.
#[derive(Clone, Debug, PartialEq)]
pub struct SectorCount {
    pub sector: Sector,
    pub activities: usize,
    pub needs: usize,
}

pub fn summary(view: &View) -> Summary {
    let snapshot = &view.snapshot;
    let tally = snapshot.tally();
    let (mut needs, mut needed) = ([0; Sector::TABLE.len()], [false; PopulationGroup::TABLE.len()]);
    for row in snapshot.needs.iter() {
        needed[row.group.population as usize] = true;
        needs[row.sector as usize] += 1;
    }
    needs[Sector::All as usize] = snapshot.needs.len();

    let sectors = Sector::TABLE.iter().map(|(sector, _, _)| *sector);
    let counted = sectors.map(|sector| SectorCount {
        sector,
        activities: match sector {
            Sector::All => snapshot.activities.len(),
            one => tally.of_sector(one),
        },
        needs: needs[sector as usize],
    });
    let occurs =
        |one: &SectorCount| one.sector == Sector::All || one.activities > 0 || one.needs > 0;
    let levels = (0..=snapshot.areas.deepest()).map(|level| Level {
        level,
        name: match level {
            0 => "Operation".to_owned(),
            level => format!("ADM{level}"),
        },
        areas: snapshot.areas.level(level).len(),
    });
    let everything = GapQuery {
        level: 0,
        sector: Sector::All,
        period: Period::ALWAYS,
        group: Group::ALL,
        basis: Basis::InNeed,
    };
    let known = PopulationGroup::TABLE.iter().map(|(group, _)| *group);
    let is_used = |group: &PopulationGroup| {
        *group == PopulationGroup::All || needed[*group as usize] || tally.of_group(*group) > 0
    };
    Summary {
        bbox: extent(view),
        levels: levels.filter(|level| level.areas > 0).collect(),
        lowest_need_level: lowest_need_level(snapshot, &everything),
        sectors: counted.filter(occurs).collect(),
        months: months(tally),
        groups: known.filter(is_used).collect(),
    }
}

/// From the first start to the last day. A date more than ten years from the middle one is taken
/// for a slip of the pen, which must not stretch a choice of months to a century.
fn months(tally: &Tally) -> Option<(String, String)> {
    let mut before = tally.begins().values().map(|rows| *rows as usize).sum::<usize>() / 2;
    let (median, _) = tally.begins().iter().find(|(_, rows)| {
        let is_there = before < **rows as usize;
        before = before.saturating_sub(**rows as usize);
        is_there
    })?;
    let near = |day: &&Day| (day.0 - median.0).abs() <= 3653;
    let first = *tally.begins().keys().find(near)?;
    let ends = tally.ends().keys().rev().find(near).copied();
    let last = tally.begins().keys().rev().find(near).copied().max(ends)?;
    let month = |day: Day| {
        let (year, month, _) = day.ymd();
        format!("{year:04}-{month:02}")
    };
    Some((month(first), month(last)))
}

/// The smallest box around every area, else around every site and activity.
fn extent(view: &View) -> Option<[f64; 4]> {
    use geo::BoundingRect;
    let tree = &view.snapshot.areas;
    let shapes = tree.iter().filter_map(|(_, area)| area.geometry.as_deref());
    let rects = shapes.flat_map(|shape| shape.0.iter()).filter_map(BoundingRect::bounding_rect);
    let mut boxes: Vec<[f64; 4]> =
        rects.map(|rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y]).collect();
    if boxes.is_empty() {
        let sites = view.snapshot.sites.iter().filter_map(|site| site.point);
        let points = sites.chain(view.snapshot.activities.iter().filter_map(|row| row.point));
        boxes = points.map(|at| [at.x(), at.y(), at.x(), at.y()]).collect();
    }
    around(boxes)
}

/// The box around boxes, on the side of the globe where they are: the widest stretch of longitude
/// without any is left out.
pub(super) fn around(mut boxes: Vec<[f64; 4]>) -> Option<[f64; 4]> {
    let south = boxes.iter().map(|one| one[1]).min_by(f64::total_cmp)?;
    let north = boxes.iter().map(|one| one[3]).max_by(f64::total_cmp)?;
    boxes.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let first = boxes.first()?[0];
    let mut reach = boxes.first()?[2];
    let mut widest = (0.0, first, first);
    for one in &boxes {
        if one[0] - reach > widest.0 {
            widest = (one[0] - reach, one[0], reach);
        }
        reach = reach.max(one[2]);
    }
    let (west, east) = match first + 360.0 - reach >= widest.0 {
        true => (first, reach),
        false => (widest.1, widest.2),
    };
    Some([west, south, east, north])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_of_islands_on_both_sides_of_the_antimeridian_is_narrow() {
        let islands = vec![[177.0, -19.0, 180.0, -16.0], [-180.0, -18.0, -179.0, -17.0]];
        assert_eq!(around(islands), Some([177.0, -19.0, -179.0, -16.0]));
        let country = vec![[30.0, -26.0, 35.0, -20.0], [38.0, -12.0, 40.0, -10.0]];
        assert_eq!(around(country), Some([30.0, -26.0, 40.0, -10.0]));
    }
}
