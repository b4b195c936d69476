//! Shapes in CQL2 text: WKT and BBOX, out of the tokens of the expression.

use geo::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon,
    Point, Polygon,
};

use super::Refused;
use super::build::Typed;
use super::lexer::Token;
use super::text::Parser;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
    Collection,
    Bbox,
}

impl Tag {
    pub const TABLE: &'static [(Tag, &'static str)] = &[
        (Tag::Point, "Point"),
        (Tag::LineString, "LineString"),
        (Tag::Polygon, "Polygon"),
        (Tag::MultiPoint, "MultiPoint"),
        (Tag::MultiLineString, "MultiLineString"),
        (Tag::MultiPolygon, "MultiPolygon"),
        (Tag::Collection, "GeometryCollection"),
        (Tag::Bbox, "BBOX"),
    ];

    pub fn from_name(name: &str) -> Option<Tag> {
        let same = |known: &str| known.eq_ignore_ascii_case(name);
        Tag::TABLE.iter().find(|(_, known)| same(known)).map(|(tag, _)| *tag)
    }
}

type Read<T> = Result<T, Refused>;

/// Reads what stands behind the name of a shape.
pub fn read(parser: &mut Parser<'_>, tag: Tag, place: usize) -> Read<Typed> {
    let made = match tag {
        Tag::Bbox => {
            let numbers = list(parser, number)?;
            parser.build.bbox(&numbers)
        }
        tag => {
            let shape = geometry(parser, tag)?;
            parser.build.shape(shape)
        }
    };
    made.map_err(|reason| parser.refused_at(place, &reason))
}

fn geometry(parser: &mut Parser<'_>, tag: Tag) -> Read<Geometry<f64>> {
    if matches!(parser.peek(), Token::Word(word) if word.eq_ignore_ascii_case("Z")) {
        parser.next();
    }
    Ok(match tag {
        Tag::Point => point(parser)?.into(),
        Tag::LineString => line(parser)?.into(),
        Tag::Polygon => polygon(parser)?.into(),
        Tag::MultiPoint => {
            // With parentheses around each point, or without.
            let one = |parser: &mut Parser<'_>| match *parser.peek() == Token::Sign("(") {
                true => point(parser),
                false => position(parser).map(Point::from),
            };
            MultiPoint::new(list(parser, one)?).into()
        }
        Tag::MultiLineString => MultiLineString::new(list(parser, line)?).into(),
        Tag::MultiPolygon => MultiPolygon::new(list(parser, polygon)?).into(),
        Tag::Collection => {
            Geometry::GeometryCollection(GeometryCollection::new_from(list(parser, member)?))
        }
        Tag::Bbox => return Err(parser.unexpected("a geometry")),
    })
}

/// A shape inside a collection; collections do not stand in one another.
fn member(parser: &mut Parser<'_>) -> Read<Geometry<f64>> {
    let tag = match parser.peek() {
        Token::Word(word) => Tag::from_name(word),
        _ => None,
    };
    match tag.filter(|tag| !matches!(tag, Tag::Collection | Tag::Bbox)) {
        Some(tag) => {
            parser.next();
            geometry(parser, tag)
        }
        None => Err(parser.unexpected("POINT, LINESTRING, POLYGON or one of their MULTI forms")),
    }
}

/// Parts with commas between, in parentheses.
fn list<T>(
    parser: &mut Parser<'_>,
    mut one: impl FnMut(&mut Parser<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    parser.expect("(")?;
    let mut parts = vec![one(parser)?];
    while parser.sign(",") {
        parts.push(one(parser)?);
    }
    parser.expect(")")?;
    Ok(parts)
}

fn point(parser: &mut Parser<'_>) -> Read<Point<f64>> {
    parser.expect("(")?;
    let position = position(parser)?;
    parser.expect(")")?;
    Ok(position.into())
}

fn line(parser: &mut Parser<'_>) -> Read<LineString<f64>> {
    let place = parser.place();
    let positions = list(parser, position)?;
    if positions.len() < 2 {
        return Err(parser.refused_at(place, "a line has two positions or more"));
    }
    Ok(LineString::new(positions))
}

fn polygon(parser: &mut Parser<'_>) -> Read<Polygon<f64>> {
    let ring = |parser: &mut Parser<'_>| {
        let place = parser.place();
        let positions: Vec<Coord<f64>> = list(parser, position)?;
        if positions.len() < 4 || positions.first() != positions.last() {
            let reason = "a ring has four positions or more, and the last is the first again";
            return Err(parser.refused_at(place, reason));
        }
        Ok(LineString::new(positions))
    };
    let mut rings = list(parser, ring)?.into_iter();
    let exterior = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
    Ok(Polygon::new(exterior, rings.collect()))
}

/// Two numbers, and a height that is not used.
fn position(parser: &mut Parser<'_>) -> Read<Coord<f64>> {
    let place = parser.place();
    let (x, y) = (number(parser)?, number(parser)?);
    if !matches!(parser.peek(), Token::Sign("," | ")")) {
        number(parser)?;
    }
    parser.build.position(x, y).map_err(|reason| parser.refused_at(place, &reason))
}

fn number(parser: &mut Parser<'_>) -> Read<f64> {
    let sign = if parser.sign("-") { -1.0 } else { 1.0 };
    if sign > 0.0 {
        parser.sign("+");
    }
    match *parser.peek() {
        Token::Number(number) => {
            parser.next();
            Ok(sign * number)
        }
        _ => Err(parser.unexpected("a number")),
    }
}
