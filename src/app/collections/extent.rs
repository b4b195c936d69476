//! The box and the period that a collection declares: no feature of it lies outside.

use super::Collection;
use super::summary::around;
use super::view::View;
use crate::analysis::service_areas::radius_m;
use crate::domain::{Day, Period, Point};

/// Of the collections whose features are not within the boundaries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extents {
    sites: Option<[f64; 4]>,
    activities: Option<[f64; 4]>,
    service_areas: Option<[f64; 4]>,
    times: Times,
}

/// Of the collections whose features have days.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    sites: Option<Period>,
    activities: Option<Period>,
    needs: Option<Period>,
}

/// Metres of a degree of latitude, at least.
const DEGREE: f64 = 110_500.0;
/// Coordinates are written with six decimals.
const STEP: f64 = 1e6;

impl Extents {
    pub fn of(view: &View) -> Extents {
        let (sites, activities) = (&view.snapshot.sites, view.snapshot.activities.len());
        let at = |point: Point| [point.x(), point.y(), point.x(), point.y()];
        let worked = (0..activities).filter_map(|row| view.activity_point(row));
        let circles = sites.iter().filter_map(|site| {
            let (radius, _) = radius_m(site, &view.standards)?;
            Some((site.point?, radius))
        });
        let reached = circles.flat_map(|(point, radius)| reach(point, radius));
        let times = Times {
            sites: throughout(sites.iter().map(|site| site.period())),
            activities: throughout(view.snapshot.activities.iter().map(|row| row.period())),
            needs: throughout(view.snapshot.needs.iter().map(|need| need.cycle)),
        };
        Extents {
            times,
            sites: around(sites.iter().filter_map(|site| site.point).map(at).collect()),
            activities: around(worked.map(at).collect()),
            service_areas: around(reached.collect()),
        }
    }

    /// West, south, east, north of a collection; west is above east where it crosses the
    /// antimeridian. `whole` is that of the boundaries.
    pub fn collection(&self, collection: &Collection, whole: Option<[f64; 4]>) -> Option<[f64; 4]> {
        let own = match collection.id {
            "sites" => self.sites,
            "activities" => self.activities,
            "service-areas" => self.service_areas,
            _ => None,
        };
        let [west, south, east, north] = own.or(whole)?;
        let (down, up) =
            (|at: f64| (at * STEP).floor() / STEP, |at: f64| (at * STEP).ceil() / STEP);
        Some([down(west), down(south), up(east), up(north)])
    }

    /// From the first day of a collection's features to the last.
    pub fn period(&self, collection: &Collection) -> Option<Period> {
        match collection.id {
            "sites" => self.times.sites,
            "activities" => self.times.activities,
            "needs" => self.times.needs,
            _ => None,
        }
    }
}

/// The period around periods: open at an end where one of them is; none where that is all of time.
/// Rows without any date say nothing.
fn throughout(periods: impl Iterator<Item = Period>) -> Option<Period> {
    let dated = periods.filter(|one| one.start.or(one.end).is_some());
    let bounds = dated.map(|one| one.bounds());
    let (start, end) = bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let day = |number: i32, open: i32| (number != open).then_some(Day(number));
    let period = Period::new(day(start, i32::MIN), day(end, i32::MAX));
    (period != Period::ALWAYS).then_some(period)
}

/// Boxes around the circle that a site serves, two where it crosses the antimeridian.
fn reach(point: Point, radius_m: f64) -> Vec<[f64; 4]> {
    let tall = radius_m / DEGREE;
    // How far a circle reaches east and west on a ball; all around where a pole is inside.
    let side = tall.to_radians().sin() / point.y().to_radians().cos();
    let holds_pole = point.y().abs() + tall >= 90.0 || side >= 1.0;
    let wide = if holds_pole { 180.0 } else { side.asin().to_degrees() };
    let (west, east) = (point.x() - wide, point.x() + wide);
    let (south, north) = ((point.y() - tall).max(-90.0), (point.y() + tall).min(90.0));
    let sides = match () {
        _ if wide >= 180.0 => vec![(-180.0, 180.0)],
        _ if west < -180.0 => vec![(west + 360.0, 180.0), (-180.0, east)],
        _ if east > 180.0 => vec![(west, 180.0), (-180.0, east - 360.0)],
        _ => vec![(west, east)],
    };
    sides.into_iter().map(|(west, east)| [west, south, east, north]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_open_where_one_of_its_rows_is() {
        let of = |all: &[&str]| {
            let periods = all.iter().filter_map(|text| text.parse::<Period>().ok());
            throughout(periods).map(|period| period.to_string())
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            of(&["2026-02-01/2026-03-01", "2026-01-01", "../.."]),
            some("2026-01-01/2026-03-01")
        );
        assert_eq!(of(&["2026-02-01/..", "2026-01-01"]), some("2026-01-01/.."));
        assert_eq!(of(&["../2026-02-01"]), some("../2026-02-01"));
        assert_eq!((of(&["../.."]), of(&[])), (None, None));
        assert_eq!(of(&["../2026-02-01", "2026-01-01/.."]), None);
    }

    #[test]
    fn a_circle_across_the_antimeridian_is_in_two_boxes() {
        let reach = |x| {
            let boxes = reach(Point::new(x, 0.0), DEGREE);
            boxes
                .into_iter()
                .map(|one| one.map(|side| (side * 1e6).round() / 1e6))
                .collect::<Vec<_>>()
        };
        assert_eq!(reach(10.0), [[9.0, -1.0, 11.0, 1.0]]);
        assert_eq!(reach(179.5), [[178.5, -1.0, 180.0, 1.0], [-180.0, -1.0, -179.5, 1.0]]);
        assert_eq!(reach(-180.0), [[179.0, -1.0, 180.0, 1.0], [-180.0, -1.0, -179.0, 1.0]]);
    }

    #[test]
    fn a_circle_around_a_pole_is_all_around_it() {
        assert_eq!(reach(Point::new(179.0, 89.0), DEGREE * 2.0), [[-180.0, 87.0, 180.0, 90.0]]);
        // Beside the pole it reaches further east than its own parallel says.
        let [west, _, east, _] = reach(Point::new(0.0, 87.0), DEGREE * 2.0)[0];
        assert!(east - west > 2.0 * 38.0 && east - west < 2.0 * 45.0, "{west} {east}");
    }
}
