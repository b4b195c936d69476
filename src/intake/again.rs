//! Where rows belong, worked out again from their own words when boundaries or decisions change.
//! Nothing has to be sent twice.

use std::collections::HashMap;
use std::sync::Arc;

use super::places::{Gazetteer, Place};
use crate::domain::{
    Activity, AreaIx, AreaTree, Decided, Decision, PlaceMethod, Placed, Point, SaidPlace, Site,
    Text,
};

/// The areas and decisions that rows are placed by.
pub struct Again<'k> {
    gazetteer: Gazetteer<'k>,
    decided: Decided,
    /// Places of words without a point, by the address of the shared words.
    seen: HashMap<usize, Place>,
}

impl<'k> Again<'k> {
    pub fn new(tree: &'k AreaTree, decisions: &[Decision]) -> Again<'k> {
        let gazetteer = Gazetteer::new(tree, decisions);
        Again { gazetteer, decided: Decided::new(decisions), seen: HashMap::new() }
    }

    /// The row with its partner and place as they are now; `None` where they are what they were.
    pub fn activity(&mut self, row: &Activity) -> Option<Activity> {
        let place = self.place(&row.placed, &row.area, row.point);
        let (area, placed) = match &place {
            Some(place) => (&place.pcode, &place.placed),
            None => (&row.area, &row.placed),
        };
        let (partner, reported_as) = self.decided.partner(&row.partner, &row.reported_as);
        let stays = *area == row.area
            && *placed == row.placed
            && partner == row.partner
            && reported_as == row.reported_as;
        let (area, placed) = (area.clone(), placed.clone());
        (!stays).then(|| Activity { area, placed, partner, reported_as, ..row.clone() })
    }

    /// The site with its partner and place as they are now; `None` where they are what they were.
    pub fn site(&mut self, row: &Site) -> Option<Site> {
        let place = self.place(&row.placed, &row.area, row.point);
        let (area, placed) = match &place {
            Some(place) => {
                let tree = self.gazetteer.tree();
                let finer = finer(tree, place.area, row.point);
                let finer = finer.map(|ix| tree.get(ix).pcode.clone());
                (finer.or(place.pcode.clone()), place.placed.clone())
            }
            None => (row.area.clone(), row.placed.clone()),
        };
        let (partner, reported_as) = match &row.partner {
            Some(partner) => {
                let (partner, reported_as) = self.decided.partner(partner, &row.reported_as);
                (Some(partner), reported_as)
            }
            None => (None, None),
        };
        let stays = area == row.area
            && placed == row.placed
            && partner == row.partner
            && reported_as == row.reported_as;
        (!stays).then(|| Site { area, placed, partner, reported_as, ..row.clone() })
    }

    /// The place of a row by its words and point; `None` where there is nothing to place it by. A
    /// row that was kept before words were has an area and no method: it stays where it is.
    fn place(
        &mut self,
        placed: &Placed,
        area: &Option<Text>,
        point: Option<Point>,
    ) -> Option<Place> {
        let Some(said) = &placed.said else {
            let old = area.is_some() && placed.method == PlaceMethod::None;
            point.filter(|_| !old)?;
            return Some(self.gazetteer.place_again(&SaidPlace::default(), point));
        };
        let mut place = match (point, self.seen.get(&(Arc::as_ptr(said) as usize))) {
            (None, Some(known)) => known.clone(),
            _ => self.gazetteer.place_again(said, point),
        };
        if point.is_none() {
            self.seen.insert(Arc::as_ptr(said) as usize, place.clone());
        }
        place.placed.said = Some(said.clone());
        Some(place)
    }
}

/// The finer area a site belongs to: its code or name stays where its point contradicts it, and a
/// point inside the area says more.
pub fn finer(tree: &AreaTree, area: AreaIx, point: Option<Point>) -> Option<AreaIx> {
    let within = tree.locate_deepest(point?)?;
    let finer = area != AreaIx::OPERATION && within != area && tree.is_within(within, area);
    finer.then_some(within)
}
