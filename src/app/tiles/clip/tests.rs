use super::*;

fn window() -> Window {
    Window { min: [-64.5; 2], max: [4160.5; 2], origin: [0.0; 2], unit: 1.0, low: -64, high: 4160 }
}

fn points(ring: &[[i32; 2]]) -> Vec<IntPoint> {
    ring.iter().map(|[x, y]| IntPoint::new(*x, *y)).collect()
}

fn areas(rings: &[&[[i32; 2]]]) -> Vec<i64> {
    let rings: Vec<Vec<IntPoint>> = rings.iter().map(|ring| points(ring)).collect();
    let cut = clip(rings.iter().map(|ring| &ring[..]), &window());
    cut.iter().flatten().map(|ring| doubled_area(ring) / 2).collect()
}

const WHOLE: i64 = 4224 * 4224;

#[test]
fn what_is_inside_stays_and_what_is_outside_goes() {
    assert_eq!(areas(&[&[[0, 0], [10, 0], [10, 10], [0, 10]]]), [100]);
    assert_eq!(areas(&[&[[-500, 0], [-400, 0], [-400, 10], [-500, 10]]]), [0i64; 0]);
    // Around a corner of the window, without meeting it.
    assert_eq!(areas(&[&[[-200, -90], [-90, -200], [-200, -200]]]), [0i64; 0]);
}

#[test]
fn a_polygon_around_the_window_fills_it() {
    let far = [[-9000, -9000], [9000, -9000], [9000, 9000], [-9000, 9000]];
    assert_eq!(areas(&[&far]), [WHOLE]);
    // But for its hole.
    assert_eq!(areas(&[&far, &[[0, 0], [0, 10], [10, 10], [10, 0]]]), [WHOLE, -100]);
    // The window lies in the hole.
    let hole = [[-8000, -8000], [-8000, 8000], [8000, 8000], [8000, -8000]];
    assert_eq!(areas(&[&far, &hole]), [0i64; 0]);
}

#[test]
fn a_corner_is_cut_out() {
    assert_eq!(areas(&[&[[4000, 4000], [9000, 4000], [9000, 9000], [4000, 9000]]]), [160 * 160]);
    assert_eq!(areas(&[&[[-900, -900], [100, -900], [100, 100], [-900, 100]]]), [164 * 164]);
    // A band across.
    assert_eq!(areas(&[&[[-900, 0], [9000, 0], [9000, 100], [-900, 100]]]), [4224 * 100]);
    // All but a corner: four corners of the window are passed but one.
    let all = [[-900, 5000], [-900, -900], [5000, -900], [5000, 3000], [3000, 5000]];
    let [area] = areas(&[&all])[..] else { unreachable!() };
    assert!(area < WHOLE && area > WHOLE - 340 * 340 / 2);
}

#[test]
fn a_comb_falls_into_its_teeth() {
    let comb =
        [[-900, 0], [50, 0], [50, 10], [-700, 10], [-700, 20], [50, 20], [50, 30], [-900, 30]];
    assert_eq!(areas(&[&comb]), [114 * 10, 114 * 10]);
    // Beginning inside changes nothing.
    let turned = [comb[2], comb[3], comb[4], comb[5], comb[6], comb[7], comb[0], comb[1]];
    let mut found = areas(&[&turned]);
    found.sort();
    assert_eq!(found, [114 * 10, 114 * 10]);
}

#[test]
fn pieces_find_their_holes() {
    let comb =
        [[-900, 0], [50, 0], [50, 10], [-700, 10], [-700, 20], [50, 20], [50, 30], [-900, 30]];
    let hole = [[10, 2], [10, 8], [20, 8], [20, 2]];
    let rings = [points(&comb), points(&hole)];
    let cut = clip(rings.iter().map(|ring| &ring[..]), &window());
    let counts: Vec<usize> = cut.iter().map(Vec::len).collect();
    assert_eq!(counts.iter().sum::<usize>(), 3);
    assert!(counts.contains(&2));
}

#[test]
fn lines_that_share_more_than_an_end_clash() {
    let line = |ends: [i32; 4]| (IntPoint::new(ends[0], ends[1]), IntPoint::new(ends[2], ends[3]));
    let check = |a, b| clash(line(a), line(b));
    assert!(check([0, 0, 10, 10], [0, 10, 10, 0]));
    assert!(!check([0, 0, 10, 0], [10, 0, 10, 10]));
    assert!(!check([0, 0, 10, 0], [10, 0, 20, 0]), "runs on");
    assert!(check([0, 0, 10, 0], [10, 0, 5, 0]), "turns back");
    assert!(check([0, 0, 10, 0], [5, 0, 5, 9]), "touches");
    assert!(!check([0, 0, 10, 0], [0, 1, 10, 1]));
}
