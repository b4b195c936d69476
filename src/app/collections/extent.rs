//! The box that a collection declares: no feature of it lies outside.

use super::Collection;
use super::view::View;
use crate::domain::{Point, Site};

/// Where sites and activities are, and what sites may reach.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extents {
    sites: Option<[f64; 4]>,
    activities: Option<[f64; 4]>,
    reach: Option<[f64; 4]>,
}

/// Metres that a site serves at most where it does not say.
const FAR: f64 = 50_000.0;
/// Metres of a degree of latitude, at least.
const DEGREE: f64 = 110_500.0;
/// Coordinates are written with six decimals.
const STEP: f64 = 1e6;

impl Extents {
    pub fn of(view: &View) -> Extents {
        let (sites, activities) = (&view.snapshot.sites, &view.snapshot.activities);
        let boxes = view.snapshot.areas.iter().filter_map(|(_, area)| area.geometry.as_deref());
        let corners = boxes.flat_map(|shape| shape.0.iter()).flat_map(|polygon| {
            use geo::BoundingRect;
            polygon.bounding_rect().into_iter().flat_map(|rect| [rect.min(), rect.max()])
        });
        let corners: Vec<[f64; 2]> = corners.map(|corner| [corner.x, corner.y]).collect();
        let corners = corners.iter().copied();
        let points = activities.iter().filter_map(|row| row.point);
        Extents {
            sites: around(sites.iter().filter_map(|site| site.point).map(at)),
            // Those without a point are drawn in their area.
            activities: around(corners.clone().chain(points.map(at))),
            reach: around(corners.chain(sites.iter().flat_map(reach))),
        }
    }

    /// West, south, east, north of a collection; west is above east where it crosses the
    /// antimeridian. `whole` is that of the boundaries.
    pub fn collection(&self, collection: &Collection, whole: Option<[f64; 4]>) -> Option<[f64; 4]> {
        let own = match collection.id {
            "sites" => self.sites,
            "activities" => self.activities,
            "service-areas" | "uncovered" | "shared" => self.reach,
            _ => None,
        };
        let [west, south, east, north] = own.or(whole)?;
        let (down, up) =
            (|at: f64| (at * STEP).floor() / STEP, |at: f64| (at * STEP).ceil() / STEP);
        Some([down(west), down(south), up(east), up(north)])
    }
}

fn at(point: Point) -> [f64; 2] {
    [point.x(), point.y()]
}

/// The corners of a box around what a site serves.
fn reach(site: &Site) -> Vec<[f64; 2]> {
    let Some(point) = site.point else { return Vec::new() };
    let tall = site.radius_m.unwrap_or(FAR) / DEGREE;
    let wide = tall / point.y().abs().min(89.0).to_radians().cos();
    let (x, y) = (point.x(), point.y());
    let turned = |x: f64| (x + 180.0).rem_euclid(360.0) - 180.0;
    vec![[turned(x - wide), (y - tall).max(-90.0)], [turned(x + wide), (y + tall).min(90.0)]]
}

/// The box around points, across the antimeridian where it is narrower so.
fn around(points: impl Iterator<Item = [f64; 2]>) -> Option<[f64; 4]> {
    let none = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut plain, mut turned, mut tall) = (none, none, none);
    let add = |range: &mut (f64, f64), at: f64| *range = (range.0.min(at), range.1.max(at));
    for [x, y] in points {
        add(&mut plain, x);
        add(&mut turned, if x < 0.0 { x + 360.0 } else { x });
        add(&mut tall, y);
    }
    let (west, east) = match turned.1 - turned.0 < plain.1 - plain.0 && turned.1 > 180.0 {
        true if turned.0 > 180.0 => (turned.0 - 360.0, turned.1 - 360.0),
        true => (turned.0, turned.1 - 360.0),
        false => plain,
    };
    tall.0.is_finite().then_some([west, tall.0, east, tall.1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_on_both_sides_of_the_antimeridian_have_a_narrow_box() {
        let islands = [[177.0, -18.0], [-179.5, -16.0], [178.5, -17.0]];
        assert_eq!(around(islands.into_iter()), Some([177.0, -18.0, -179.5, -16.0]));
        assert_eq!(around([[-20.0, 1.0], [30.0, 2.0]].into_iter()), Some([-20.0, 1.0, 30.0, 2.0]));
        assert_eq!(around([[-170.0, 1.0]].into_iter()), Some([-170.0, 1.0, -170.0, 1.0]));
        assert_eq!(around(std::iter::empty()), None);
    }
}
