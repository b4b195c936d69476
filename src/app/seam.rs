//! The meridian at which degrees begin and end: -180 and 180 are the same.

use geo::{Coord, Line, Rect, coord};

/// The other name of a position on that meridian.
pub fn other_side(at: Coord<f64>) -> Option<Coord<f64>> {
    (at.x.abs() == 180.0).then(|| coord! { x: -at.x, y: at.y })
}

/// What a line has on that meridian, by its other name: all of it, or an end.
pub fn other_sides(line: &Line<f64>) -> impl Iterator<Item = Line<f64>> + use<> {
    let (start, end) = (other_side(line.start), other_side(line.end));
    let along = start.zip(end).filter(|(start, end)| start.x == end.x);
    let whole = along.map(|(start, end)| Line::new(start, end));
    let ends = [start, end].map(|end| end.filter(|_| whole.is_none()));
    whole.into_iter().chain(ends.into_iter().flatten().map(|end| Line::new(end, end)))
}

/// The sides of a box that lie on that meridian, by their other name.
pub fn sides(rect: &Rect<f64>) -> impl Iterator<Item = Rect<f64>> + use<> {
    let (min, max) = (rect.min(), rect.max());
    let side = move |x: f64| Rect::new(coord! { x: -x, y: min.y }, coord! { x: -x, y: max.y });
    [min.x, max.x].into_iter().filter(|x| x.abs() == 180.0).map(side)
}

/// Whether both come to that meridian, from different sides.
pub fn faces(a: &Rect<f64>, b: &Rect<f64>) -> bool {
    let meet = |west: &Rect<f64>, east: &Rect<f64>| {
        west.max().x == 180.0
            && east.min().x == -180.0
            && west.min().y <= east.max().y
            && east.min().y <= west.max().y
    };
    meet(a, b) || meet(b, a)
}
