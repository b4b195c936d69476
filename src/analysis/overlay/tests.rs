use geo::{MultiPolygon, Polygon, Validation, polygon};
use proptest::prelude::*;

use super::*;

const SIDE: usize = 5;

/// The cell of a chessboard on the equator.
fn cell(number: usize) -> Polygon<f64> {
    let (x, y) = ((number % SIDE) as f64 / 10.0, (number / SIDE) as f64 / 10.0);
    let (x2, y2) = ((number % SIDE + 1) as f64 / 10.0, (number / SIDE + 1) as f64 / 10.0);
    polygon![(x: x, y: y), (x: x2, y: y), (x: x2, y: y2), (x: x, y: y2)]
}

fn served(partner: u32, cell: Polygon<f64>) -> ServiceArea {
    let area_km2 = polygon_area_km2(&cell);
    let polygon = cell.into();
    ServiceArea { site: 0, partner, radius_m: 1.0, from_standard: false, polygon, area_km2 }
}

fn area(polygons: &[Polygon<f64>]) -> f64 {
    polygons.iter().map(polygon_area_km2).sum()
}

/// The parts of the board where each partner serves some cells of it, and what they must be.
fn assert_parts(cells: &[Vec<bool>]) {
    let has = |partner: &Vec<bool>, number: usize| partner.get(number) == Some(&true);
    let own = |partner: usize| (0..SIDE * SIDE).filter(move |number| has(&cells[partner], *number));
    let areas = (0..cells.len())
        .flat_map(|partner| own(partner).map(move |number| served(partner as u32, cell(number))));
    let pieces = Pieces::build(&areas.collect::<Vec<_>>());
    let side = SIDE as f64 / 10.0;
    let board = polygon![(x: 0., y: 0.), (x: side, y: 0.), (x: side, y: side), (x: 0., y: side)];
    let total = polygon_area_km2(&board);
    let parts = Cutter::new().parts(&MultiPolygon::from(board), &pieces, true);
    let with = |least: usize| -> f64 {
        let covers = |number: &usize| cells.iter().filter(|one| has(one, *number)).count() >= least;
        (0..SIDE * SIDE).filter(covers).map(|number| polygon_area_km2(&cell(number))).sum()
    };
    let near = |found: f64, wanted: f64, what: &str| {
        assert!((found - wanted).abs() < total * 1e-6, "{what}: {found} km2, not {wanted}");
    };
    near(parts.covered_km2, with(1), "covered");
    near(parts.uncovered_km2, total - with(1), "uncovered");
    near(parts.shared_km2, with(2), "shared");
    near(area(&parts.covered), with(1), "polygons of covered");
    near(area(&parts.uncovered), total - with(1), "polygons of uncovered");
    near(area(&parts.shared), with(2), "polygons of shared");
    for polygons in [parts.covered, parts.uncovered, parts.shared] {
        let shape = MultiPolygon::new(polygons);
        assert!(shape.is_valid(), "{shape:?}");
    }
}

/// Seven cells around a gap that a corner alone closes: the gap is a hole and no part of what the
/// partner serves.
#[test]
fn a_gap_that_touches_the_border_at_a_corner_is_not_covered() {
    let around = [1, 2, 5, 7, 10, 11, 12];
    let ring: Vec<bool> = (0..SIDE * SIDE).map(|number| around.contains(&number)).collect();
    assert_parts(std::slice::from_ref(&ring));
    assert_parts(&[ring, vec![true; SIDE * SIDE]]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..Default::default() })]

    /// Cells meet at sides and corners in every way there is.
    #[test]
    fn the_parts_of_a_chessboard_are_its_cells(
        cells in prop::collection::vec(prop::collection::vec(any::<bool>(), SIDE * SIDE), 1..4),
    ) {
        assert_parts(&cells);
    }
}
