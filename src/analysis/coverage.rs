//! Per area: what is within reach of a site, what is not, and what two partners or more serve.
//!
//! covered = the area's own polygon within the union of the service areas; uncovered = the rest
//! of it; shared = the part within the service areas of two partners or more. People inside =
//! population times share of the polygon, at the lowest areas with a figure, added upward
//! (METHODS 25-27). Example: a district of 200 km2 and 10,000 people, of which circles cover
//! 50 km2, has 150 km2 uncovered and 7,500 people in it.

use std::collections::HashMap;
use std::sync::Arc;

use geo::{MultiPolygon, Polygon, unary_union};
use rayon::prelude::*;

use super::overlay::{Cutter, Parts, Pieces};
use super::service_areas::{ServiceAreas, SpaceQuery, service_areas};
use crate::domain::{AreaIx, AreaTree, Snapshot, Standards};

/// The figures of one area. `None` is unknown, never zero: an area without polygon has no areas,
/// one without population figures at or below it has no people.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaCoverage {
    pub area: AreaIx,
    /// Sites that serve and stand inside.
    pub sites: u32,
    pub area_km2: Option<f64>,
    pub covered_km2: Option<f64>,
    pub uncovered_km2: Option<f64>,
    /// Within the service areas of two partners or more; never above covered.
    pub shared_km2: Option<f64>,
    /// People living in covered, uncovered, shared.
    pub people_covered: Option<f64>,
    pub people_uncovered: Option<f64>,
    pub people_shared: Option<f64>,
    /// People in need by the same shares.
    pub in_need_covered: Option<f64>,
    pub in_need_uncovered: Option<f64>,
    pub method: Method,
    /// `None` where it is empty, or geometry was not asked for; so the next two.
    pub covered: Option<Arc<MultiPolygon<f64>>>,
    pub uncovered: Option<Arc<MultiPolygon<f64>>>,
    pub shared: Option<Arc<MultiPolygon<f64>>>,
}

/// How people were placed within an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Evenly over the polygon of the lowest area with a figure.
    AreaShare,
}

impl Method {
    pub fn code(self) -> &'static str {
        match self {
            Method::AreaShare => "area share",
        }
    }
}

/// Whether the answer carries polygons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Detail {
    Figures,
    Geometry,
}

/// People in need per area, from the gap figures of the same query; asked at the query's level
/// and below, where the lowest areas that have an answer count.
pub type InNeed<'a> = &'a (dyn Fn(AreaIx) -> Option<f64> + Sync);

/// One answer per area of the level, by P-code, with polygons.
pub fn coverage(
    snapshot: &Snapshot,
    standards: &Standards,
    query: &SpaceQuery,
    in_need: InNeed,
) -> Vec<AreaCoverage> {
    let serving = service_areas(snapshot, standards, query);
    coverage_by(snapshot, &serving, query, in_need, Detail::Geometry)
}

/// As `coverage`, from service areas that are at hand, with polygons or without.
pub fn coverage_by(
    snapshot: &Snapshot,
    serving: &ServiceAreas,
    query: &SpaceQuery,
    in_need: InNeed,
    detail: Detail,
) -> Vec<AreaCoverage> {
    let tree = &snapshot.areas;
    let population = population(snapshot, query);
    let has_shape = |ix: AreaIx| tree.get(ix).geometry.is_some();
    let people =
        lowest(tree, query.level, |ix| population.get(&ix).copied().filter(|_| has_shape(ix)));
    let need = lowest(tree, query.level, |ix| in_need(ix).filter(|_| has_shape(ix)));

    // Each area is cut once, the deepest answer first asked for: with polygons at the level
    // itself, for its shares only below.
    let top: Vec<AreaIx> = if query.level == 0 {
        // The operation has no polygon of its own: it is all the areas right below it.
        tree.children(AreaIx::OPERATION).collect()
    } else {
        tree.level(query.level).to_vec()
    };
    let mut wanted: Vec<(AreaIx, bool)> =
        top.iter().map(|ix| (*ix, detail == Detail::Geometry)).collect();
    wanted.extend(people.keys().chain(need.keys()).map(|ix| (*ix, false)));
    wanted.sort_by_key(|(ix, geometry)| (*ix, !geometry));
    wanted.dedup_by_key(|(ix, _)| *ix);
    let pieces = Pieces::build(&serving.areas);
    let cut: Vec<_> = wanted
        .par_iter()
        .with_max_len(16)
        .map_init(Cutter::new, |cutter, (ix, geometry)| {
            let shape = tree.get(*ix).geometry.as_deref()?;
            Some(cutter.parts(shape, &pieces, *geometry))
        })
        .collect();
    let mut parts: HashMap<AreaIx, Parts> =
        wanted.iter().zip(cut).filter_map(|((ix, _), parts)| Some((*ix, parts?))).collect();

    let people = added_upward(tree, people, &parts);
    let need = added_upward(tree, need, &parts);
    let sites = sites_inside(snapshot, serving, query);
    let answer = |ix: AreaIx, parts: Option<Parts>| {
        let mut answer = AreaCoverage {
            area: ix,
            sites: sites.get(&ix).copied().unwrap_or(0),
            area_km2: None,
            covered_km2: None,
            uncovered_km2: None,
            shared_km2: None,
            people_covered: people.get(&ix).map(|people| people.covered),
            people_uncovered: people.get(&ix).map(|people| people.uncovered),
            people_shared: people.get(&ix).map(|people| people.shared),
            in_need_covered: need.get(&ix).map(|people| people.covered),
            in_need_uncovered: need.get(&ix).map(|people| people.uncovered),
            method: Method::AreaShare,
            covered: None,
            uncovered: None,
            shared: None,
        };
        if let Some(parts) = parts {
            answer.area_km2 = Some(parts.covered_km2 + parts.uncovered_km2);
            answer.covered_km2 = Some(parts.covered_km2);
            answer.uncovered_km2 = Some(parts.uncovered_km2);
            answer.shared_km2 = Some(parts.shared_km2);
            answer.covered = shape(parts.covered);
            answer.uncovered = shape(parts.uncovered);
            answer.shared = shape(parts.shared);
        }
        answer
    };
    if query.level == 0 {
        let all: Vec<Parts> = top.iter().filter_map(|ix| parts.remove(ix)).collect();
        let all = (!all.is_empty()).then(|| joined(all));
        return vec![answer(AreaIx::OPERATION, all)];
    }
    top.iter().map(|ix| answer(*ix, parts.remove(ix))).collect()
}

/// People by where they live.
#[derive(Clone, Copy, Default)]
struct Inside {
    covered: f64,
    uncovered: f64,
    shared: f64,
}

/// The population of exactly the query's group; of several figures for one area the latest.
fn population(snapshot: &Snapshot, query: &SpaceQuery) -> HashMap<AreaIx, f64> {
    let of_group = snapshot.populations.iter().filter(|row| row.group == query.group);
    let mut rows: Vec<_> = of_group
        .filter_map(|row| Some((snapshot.areas.by_pcode(row.area.as_ref()?)?, row)))
        .collect();
    rows.sort_by_key(|(_, row)| (row.year, row.source));
    rows.into_iter().map(|(ix, row)| (ix, row.people)).collect()
}

/// Per branch from a level down, the lowest areas that have a figure.
fn lowest(
    tree: &AreaTree,
    level: u8,
    figure: impl Fn(AreaIx) -> Option<f64>,
) -> HashMap<AreaIx, f64> {
    let mut found = HashMap::new();
    let mut known = vec![false; tree.len()];
    // Children come after their parents.
    for position in (1..tree.len()).rev() {
        let ix = AreaIx(position as u32);
        if tree.get(ix).level < level {
            continue;
        }
        if !known[position]
            && let Some(figure) = figure(ix)
        {
            found.insert(ix, figure);
            known[position] = true;
        }
        known[tree.parent(ix).at()] |= known[position];
    }
    found
}

/// Figures times the shares of their areas, for those areas and all above them.
fn added_upward(
    tree: &AreaTree,
    figures: HashMap<AreaIx, f64>,
    parts: &HashMap<AreaIx, Parts>,
) -> HashMap<AreaIx, Inside> {
    // In the order of the tree, so that sums do not depend on the order of a map.
    let mut figures: Vec<_> = figures.into_iter().collect();
    figures.sort_by_key(|(ix, _)| *ix);
    let mut added: HashMap<AreaIx, Inside> = HashMap::new();
    for (ix, people) in figures {
        let Some(parts) = parts.get(&ix) else { continue };
        let total = parts.covered_km2 + parts.uncovered_km2;
        if total <= 0.0 {
            continue;
        }
        let uncovered = people * (parts.uncovered_km2 / total);
        let inside = Inside {
            covered: people - uncovered,
            uncovered,
            shared: people * (parts.shared_km2 / total),
        };
        for above in std::iter::once(ix).chain(tree.ancestors(ix)) {
            let sum = added.entry(above).or_default();
            sum.covered += inside.covered;
            sum.uncovered += inside.uncovered;
            sum.shared += inside.shared;
        }
    }
    added
}

/// How many of the sites that serve stand in each area of the level.
fn sites_inside(
    snapshot: &Snapshot,
    serving: &ServiceAreas,
    query: &SpaceQuery,
) -> HashMap<AreaIx, u32> {
    let without_radius = serving.without_radius.iter().copied();
    let with_point = serving.areas.iter().map(|area| area.site).chain(without_radius);
    let points: Vec<_> = with_point.filter_map(|site| snapshot.sites.get(site)?.point).collect();
    let mut inside = HashMap::new();
    if query.level == 0 {
        inside.insert(AreaIx::OPERATION, points.len() as u32);
        return inside;
    }
    for found in snapshot.areas.locate_all(query.level, &points).into_iter().flatten() {
        *inside.entry(found).or_insert(0) += 1;
    }
    inside
}

/// The parts of neighbouring areas as those of one.
fn joined(all: Vec<Parts>) -> Parts {
    let mut joined = Parts::default();
    for parts in all {
        joined.covered_km2 += parts.covered_km2;
        joined.uncovered_km2 += parts.uncovered_km2;
        joined.shared_km2 += parts.shared_km2;
        joined.covered.extend(parts.covered);
        joined.uncovered.extend(parts.uncovered);
        joined.shared.extend(parts.shared);
    }
    for polygons in [&mut joined.covered, &mut joined.uncovered, &mut joined.shared] {
        *polygons = unary_union(polygons.iter()).0;
    }
    joined
}

fn shape(polygons: Vec<Polygon<f64>>) -> Option<Arc<MultiPolygon<f64>>> {
    (!polygons.is_empty()).then(|| Arc::new(MultiPolygon::new(polygons)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::analysis::measure::area_km2;
    use crate::analysis::service_areas::tests::{area, query, rows, site, snapshot};
    use crate::domain::{Area, Group, Population, Sector, Site, Source};
    use geo::{BooleanOps, LineString, Validation, polygon};
    use proptest::prelude::*;

    fn square(west: f64, south: f64, side: f64) -> MultiPolygon<f64> {
        polygon![
            (x: west, y: south), (x: west + side, y: south),
            (x: west + side, y: south + side), (x: west, y: south + side)]
        .into()
    }

    fn run(areas: Vec<Area>, sites: Vec<Site>) -> Vec<AreaCoverage> {
        let snapshot = snapshot(areas, sites);
        coverage(&snapshot, &Standards::default(), &query(Sector::Wsh), &|_| None)
    }

    fn of_partner(mut site: Site, partner: &str) -> Site {
        site.partner = Some(partner.into());
        site
    }

    fn check_invariants(found: &AreaCoverage) -> Result<(), TestCaseError> {
        let (area, covered) = (found.area_km2.unwrap(), found.covered_km2.unwrap());
        let (uncovered, shared) = (found.uncovered_km2.unwrap(), found.shared_km2.unwrap());
        prop_assert!((covered + uncovered - area).abs() <= 1e-9 * area);
        prop_assert!(shared >= 0.0 && shared <= covered && covered <= area && uncovered >= 0.0);
        let parts =
            [(&found.covered, covered), (&found.uncovered, uncovered), (&found.shared, shared)];
        for (shape, figure) in parts {
            let measured = shape.as_ref().map_or(0.0, |shape| area_km2(shape));
            prop_assert!((measured - figure).abs() <= 1e-8 * area, "{} {}", measured, figure);
            if let Some(shape) = shape {
                prop_assert!(shape.is_valid(), "{:?}", shape);
            }
        }
        let empty = Arc::new(MultiPolygon::new(Vec::new()));
        let part = |shape: &Option<Arc<MultiPolygon>>| shape.as_ref().unwrap_or(&empty).clone();
        let (covered, uncovered) = (part(&found.covered), part(&found.uncovered));
        prop_assert!(area_km2(&covered.intersection(&*uncovered)) <= 1e-8 * area);
        prop_assert!(area_km2(&part(&found.shared).difference(&*covered)) <= 1e-8 * area);
        Ok(())
    }

    #[test]
    fn a_circle_inside_covers_its_own_area() {
        let found =
            run(vec![area("A", 1, None, square(0., 0., 0.1))], vec![site(0.05, 0.05, 1_000.)]);
        assert!((found[0].covered_km2.unwrap() / std::f64::consts::PI - 1.0).abs() < 1e-4);
        assert_eq!(found[0].shared_km2, Some(0.0));
        assert_eq!(found[0].shared, None);
        assert_eq!(found[0].sites, 1);
        check_invariants(&found[0]).unwrap();
    }

    #[test]
    fn an_area_nobody_serves_keeps_its_polygon_and_one_served_whole_has_nothing_left() {
        let areas =
            vec![area("A", 1, None, square(0., 0., 0.1)), area("B", 1, None, square(5., 0., 0.1))];
        let found = run(areas, vec![site(0.05, 0.05, 20_000.)]);
        assert_eq!((found[0].uncovered_km2, &found[0].uncovered), (Some(0.0), &None));
        assert_eq!(found[1].uncovered.as_deref(), Some(&square(5., 0., 0.1)));
        assert_eq!((found[1].covered_km2, &found[1].covered), (Some(0.0), &None));
    }

    #[test]
    fn two_sites_of_one_partner_share_nothing_and_those_of_two_do() {
        let sites = |second: &str| {
            let one = of_partner(site(0.05, 0.05, 1_000.), "a");
            vec![one, of_partner(site(0.055, 0.05, 1_000.), second)]
        };
        let areas = || vec![area("A", 1, None, square(0., 0., 0.1))];
        let (alone, both) = (run(areas(), sites("a")), run(areas(), sites("b")));
        assert_eq!(alone[0].shared_km2, Some(0.0));
        // The lens of two circles of 1 km whose centres are 556.6 m apart.
        let half = 0.556_6_f64 / 2.0;
        let lens = 2.0 * half.acos() - 2.0 * half * (1.0 - half * half).sqrt();
        assert!((both[0].shared_km2.unwrap() / lens - 1.0).abs() < 5e-3);
        let difference = alone[0].covered_km2.unwrap() - both[0].covered_km2.unwrap();
        assert!(difference.abs() < 1e-6);
        check_invariants(&both[0]).unwrap();
    }

    #[test]
    fn sites_without_partner_share_with_each_other_even_at_one_place() {
        let sites = vec![site(0.05, 0.05, 1_000.), site(0.05, 0.05, 1_000.)];
        let found = run(vec![area("A", 1, None, square(0., 0., 0.1))], sites);
        assert!((found[0].shared_km2.unwrap() - found[0].covered_km2.unwrap()).abs() < 1e-6);
    }

    #[test]
    fn an_area_within_the_circles_of_two_partners_is_shared_whole() {
        let sites = ["a", "b", "b"].map(|id| of_partner(site(0.05, 0.05, 20_000.), id)).to_vec();
        let found = run(vec![area("A", 1, None, square(0., 0., 0.1))], sites);
        assert_eq!(found[0].shared_km2, found[0].area_km2);
        assert_eq!(found[0].shared, found[0].covered);
        check_invariants(&found[0]).unwrap();
    }

    #[test]
    fn an_area_split_at_the_antimeridian_is_served_from_both_sides() {
        let mut parts = square(179.9, -17., 0.1);
        parts.0.extend(square(-180., -17., 0.1));
        let fiji = run(vec![area("A", 1, None, parts)], vec![site(180., -16.95, 2_000.)]);
        let circle = std::f64::consts::PI * 4.0;
        assert!((fiji[0].covered_km2.unwrap() / circle - 1.0).abs() < 1e-4);
        check_invariants(&fiji[0]).unwrap();
        let covered = fiji[0].covered.as_ref().unwrap();
        assert_eq!(covered.0.len(), 2);
    }

    #[test]
    fn an_area_at_the_pole_is_covered_by_a_circle_around_it() {
        let cap =
            polygon![(x: -180., y: 89.), (x: 180., y: 89.), (x: 180., y: 90.), (x: -180., y: 90.)];
        let found = run(vec![area("A", 1, None, cap.into())], vec![site(20., 89.99, 20_000.)]);
        let circle = std::f64::consts::PI * 400.0;
        assert!((found[0].covered_km2.unwrap() / circle - 1.0).abs() < 1e-4);
        check_invariants(&found[0]).unwrap();
    }

    #[test]
    fn people_are_counted_at_the_lowest_areas_with_a_figure_and_added_upward() {
        let areas = vec![
            area("A", 1, None, square(0., 0., 0.2)),
            area("A1", 2, Some("A"), square(0., 0., 0.1)),
            area("A2", 2, Some("A"), square(0.1, 0.1, 0.1)),
        ];
        // A1 is served whole, and so a quarter of A.
        let mut rows = rows(areas, vec![site(0.05, 0.05, 7_900.)]);
        let people = |pcode: &str, people, year| Population {
            source: Source::default(),
            area: Some(pcode.into()),
            group: Group::ALL,
            people,
            year: Some(year),
        };
        rows.populations = vec![
            people("A1", 300.0, 2025),
            people("A1", 200.0, 2022),
            people("A2", 100.0, 2025),
            people("A", 9_999.0, 2025),
        ];
        let snapshot = Snapshot::build(rows);
        let a = snapshot.areas.by_pcode("A").unwrap();
        let need = |ix| (ix == a).then_some(80.0);
        let mut query = query(Sector::Wsh);
        let found = &coverage(&snapshot, &Standards::default(), &query, &need)[0];
        let a2 = square(0.1, 0.1, 0.1);
        let reaching = 100.0 - found.people_uncovered.unwrap();
        assert!(found.people_covered.unwrap() - 300.0 - reaching < 1e-9);
        assert!(reaching > 0.0 && reaching < 2.0, "{reaching} of {}", area_km2(&a2));
        let share = found.uncovered_km2.unwrap() / found.area_km2.unwrap();
        assert!((found.in_need_uncovered.unwrap() - 80.0 * share).abs() < 1e-9);

        query.level = 0;
        let all = &coverage(&snapshot, &Standards::default(), &query, &need)[0];
        assert_eq!(all.area, AreaIx::OPERATION);
        assert_eq!(all.people_uncovered, found.people_uncovered);
        assert_eq!(all.covered_km2, found.covered_km2);

        query.level = 2;
        let below = coverage(&snapshot, &Standards::default(), &query, &need);
        assert_eq!(below[0].people_uncovered, Some(0.0));
        assert_eq!(below[0].in_need_uncovered, None);
    }

    #[test]
    fn figures_are_the_same_with_polygons_and_without() {
        let sites = vec![site(0.05, 0.05, 3_000.), site(0.07, 0.02, 4_000.)];
        let snapshot = snapshot(vec![area("A", 1, None, square(0., 0., 0.1))], sites);
        let query = query(Sector::Wsh);
        let serving = service_areas(&snapshot, &Standards::default(), &query);
        let by = |detail| coverage_by(&snapshot, &serving, &query, &|_| None, detail).remove(0);
        let (mut with, without) = (by(Detail::Geometry), by(Detail::Figures));
        (with.covered, with.uncovered, with.shared) = (None, None, None);
        assert_eq!(with, without);
    }

    /// An irregular area around (0.05, 0.05), sometimes with a hole.
    fn shapes() -> impl Strategy<Value = MultiPolygon<f64>> {
        let spokes = proptest::collection::vec(0.01..0.06f64, 3..40);
        (spokes, any::<bool>()).prop_map(|(spokes, hole)| {
            let ring = |share: f64| {
                let step = std::f64::consts::TAU / spokes.len() as f64;
                LineString::from_iter(spokes.iter().enumerate().map(|(k, length)| {
                    let (sine, cosine) = (k as f64 * step).sin_cos();
                    (0.05 + length * share * cosine, 0.05 + length * share * sine)
                }))
            };
            let holes = if hole { vec![ring(0.3)] } else { Vec::new() };
            Polygon::new(ring(1.0), holes).into()
        })
    }

    fn sites() -> impl Strategy<Value = Vec<Site>> {
        let one = (-5i32..105, -5i32..105, 1u32..20, 0usize..4);
        let one = one.prop_map(|(x, y, radius, partner)| {
            // On a lattice, so that some stand at one place and some are hidden.
            let point = |step: i32| f64::from(step / 5) * 0.005;
            let mut site = site(point(x), point(y), f64::from(radius) * 100.0);
            site.partner = ["a", "b", "c"].get(partner).map(|id| (*id).into());
            site
        });
        proptest::collection::vec(one, 0..25)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn covered_and_uncovered_add_up_and_shared_is_covered(shape in shapes(), sites in sites()) {
            prop_assume!(shape.is_valid());
            check_invariants(&run(vec![area("A", 1, None, shape)], sites)[0])?;
        }

        #[test]
        fn the_order_of_sites_never_matters(
            shape in shapes(),
            (sites, shuffled) in sites().prop_flat_map(|sites| {
                (Just(sites.clone()), Just(sites).prop_shuffle())
            }),
        ) {
            let areas = || vec![area("A", 1, None, shape.clone())];
            prop_assert_eq!(run(areas(), sites), run(areas(), shuffled));
        }

        #[test]
        fn a_larger_radius_never_uncovers(shape in shapes(), sites in sites(), factor in 1.0..3.0f64) {
            let mut larger = sites.clone();
            for site in &mut larger {
                site.radius_m = site.radius_m.map(|radius| radius * factor);
            }
            let before = run(vec![area("A", 1, None, shape.clone())], sites).remove(0);
            let after = run(vec![area("A", 1, None, shape)], larger).remove(0);
            let tolerance = 1e-9 * before.area_km2.unwrap();
            prop_assert!(after.covered_km2.unwrap() >= before.covered_km2.unwrap() - tolerance);
        }

        #[test]
        fn the_figures_agree_with_plain_set_operations(shape in shapes(), sites in sites()) {
            prop_assume!(shape.is_valid());
            let snapshot = snapshot(vec![area("A", 1, None, shape.clone())], sites);
            let serving = service_areas(&snapshot, &Standards::default(), &query(Sector::Wsh));
            let union = unary_union(serving.areas.iter().map(|area| &area.polygon));
            let expected = area_km2(&shape.difference(&union));
            let query = query(Sector::Wsh);
            let found = coverage_by(&snapshot, &serving, &query, &|_| None, Detail::Figures);
            let difference = (found[0].uncovered_km2.unwrap() - expected).abs();
            prop_assert!(difference <= 1e-7 * found[0].area_km2.unwrap(), "{}", difference);

            let mut by_partner = std::collections::BTreeMap::<u32, Vec<_>>::new();
            for area in &serving.areas {
                by_partner.entry(area.partner).or_default().push(&area.polygon);
            }
            let unions: Vec<_> = by_partner.into_values().map(unary_union).collect();
            let pairs = unions.iter().enumerate().flat_map(|(k, one)| {
                unions[..k].iter().map(move |other| one.intersection(other))
            });
            let twice = unary_union(pairs.collect::<Vec<_>>().iter());
            let expected = area_km2(&shape.intersection(&twice));
            let difference = (found[0].shared_km2.unwrap() - expected).abs();
            prop_assert!(difference <= 1e-7 * found[0].area_km2.unwrap(), "{}", difference);
        }
    }
}
