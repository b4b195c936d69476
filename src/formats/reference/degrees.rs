//! Shapes that a question writes in metres, in degrees: straight edges bend, longitudes jump.

use geo::{
    BooleanOps, BoundingRect, Coord, Densify, Euclidean, Geometry, GeometryCollection, Length,
    LineString, MapCoords, MultiLineString, MultiPolygon, Polygon, Rect, Translate, coord,
};

use super::Reference;

/// Metres of an edge that stays straight, at least: of one of 1 km the bend is some centimetres.
const PIECE: f64 = 1_000.0;
/// Pieces that all edges of a part have at most, about.
const PIECES: f64 = 2_000.0;

type Turned<T> = Result<T, String>;

impl Reference {
    /// A shape of this system in longitudes and latitudes of WGS 84, in parts where it crosses the
    /// antimeridian.
    pub fn shape_to_wgs84(&self, shape: Geometry<f64>) -> Turned<Geometry<f64>> {
        if self.is_in_degrees() {
            return shape.try_map_coords(|at| self.to_wgs84(at));
        }
        Ok(match shape {
            Geometry::LineString(line) => self.lines(&[line])?.into(),
            Geometry::MultiLineString(lines) => self.lines(&lines.0)?.into(),
            Geometry::Polygon(polygon) => self.polygons_to_wgs84(&[polygon])?.into(),
            Geometry::MultiPolygon(polygons) => self.polygons_to_wgs84(&polygons.0)?.into(),
            Geometry::GeometryCollection(parts) => {
                let parts = parts.into_iter().map(|part| self.shape_to_wgs84(part));
                Geometry::GeometryCollection(GeometryCollection(parts.collect::<Turned<_>>()?))
            }
            points => points.try_map_coords(|at| self.to_wgs84(at))?,
        })
    }

    fn lines(&self, lines: &[LineString<f64>]) -> Turned<MultiLineString<f64>> {
        let piece = piece(lines.iter());
        let whole: Turned<Vec<_>> = lines.iter().map(|line| self.line(line, piece, None)).collect();
        let whole = MultiLineString(whole?);
        Ok(match is_in_the_world(&whole) {
            true => whole,
            false => TURNS
                .iter()
                .flat_map(|turn| world().to_polygon().clip(&whole.translate(*turn, 0.0), false))
                .collect(),
        })
    }

    /// The same of polygons of a system in metres.
    pub fn polygons_to_wgs84(&self, polygons: &[Polygon<f64>]) -> Turned<MultiPolygon<f64>> {
        let rings =
            polygons.iter().flat_map(|one| std::iter::once(one.exterior()).chain(one.interiors()));
        let piece = piece(rings);
        let mut parts = Vec::new();
        for polygon in polygons {
            let exterior = self.line(polygon.exterior(), piece, None)?;
            let start = exterior.0.first().copied();
            let holes = polygon.interiors().iter().map(|hole| self.line(hole, piece, start));
            let holes = holes.collect::<Turned<Vec<_>>>()?;
            if !exterior.is_closed() || !holes.iter().all(LineString::is_closed) {
                return Err("this shape goes around a pole; give it in degrees".to_owned());
            }
            let whole = Polygon::new(exterior, holes);
            match is_in_the_world(&whole) {
                true => parts.push(whole),
                false => parts.extend(TURNS.iter().flat_map(|turn| {
                    whole.translate(*turn, 0.0).intersection(&world().to_polygon())
                })),
            }
        }
        Ok(MultiPolygon(parts))
    }

    /// A line with its bends; longitudes go on beyond the antimeridian, from a start if there is one.
    fn line(
        &self,
        line: &LineString<f64>,
        piece: f64,
        start: Option<Coord<f64>>,
    ) -> Turned<LineString<f64>> {
        let mut before = start;
        let bent = Euclidean.densify(line, piece).into_iter().map(|at| {
            let mut at = self.to_wgs84(at)?;
            if let Some(before) = before {
                at.x += ((before.x - at.x) / 360.0).round() * 360.0;
            }
            before = Some(at);
            Ok(at)
        });
        bent.collect::<Turned<Vec<_>>>().map(LineString)
    }
}

/// How long the pieces of lines are.
fn piece<'a>(lines: impl Iterator<Item = &'a LineString<f64>>) -> f64 {
    let whole: f64 = lines.map(|line| Euclidean.length(line)).sum();
    PIECE.max(whole / PIECES)
}

const TURNS: [f64; 3] = [-360.0, 0.0, 360.0];

/// A hair wider than the world, so that what lies on the antimeridian is in both parts.
fn world() -> Rect<f64> {
    Rect::new(coord! { x: -180.000_001, y: -90.0 }, coord! { x: 180.000_001, y: 90.0 })
}

fn is_in_the_world(shape: &impl BoundingRect<f64, Output = Option<Rect<f64>>>) -> bool {
    shape.bounding_rect().is_none_or(|rect| rect.min().x >= -180.0 && rect.max().x <= 180.0)
}
