//! The JSON encoding.

use geo::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon,
    Point, Polygon,
};
use serde_json::{Map, Value};

use super::build::{self, Build, End, Typed};
use super::expr::{Arithmetic, Comparison, Expr};
use super::spatial::Relation;
use super::temporal::TimeRelation;
use super::wkt::Tag;
use super::words::Folding;
use super::{DEPTH, Refused, TOKENS};

pub fn read(text: &str, build: Build<'_>) -> Result<Expr, Refused> {
    // Deep nesting is refused by the reader itself, before it is worked on.
    let written: Value = serde_json::from_str(text).map_err(|bad| {
        Refused(format!(
            "at line {}, column {}: it is not JSON that can be read ({})",
            bad.line(),
            bad.column(),
            cause(&bad)
        ))
    })?;
    let mut reader = Reader { build, path: vec!["$".to_owned()], count: 0 };
    let made = reader.part(&written).and_then(build::condition);
    match made {
        Ok(root) => Ok(root.expr),
        Err(reason) => Err(Refused(format!("at {}: {reason}", reader.path.concat()))),
    }
}

fn cause(bad: &serde_json::Error) -> String {
    let words = bad.to_string();
    words.split(" at line ").next().unwrap_or_default().to_owned()
}

struct Reader<'c> {
    build: Build<'c>,
    /// Where it reads; where it stopped, after a refusal.
    path: Vec<String>,
    count: usize,
}

type Read<T = Typed> = Result<T, String>;

impl Reader<'_> {
    /// Reads something one step further down.
    fn at<T>(&mut self, step: String, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.path.push(step);
        let made = read(self)?;
        self.path.pop();
        Ok(made)
    }

    fn part(&mut self, value: &Value) -> Read {
        self.count += 1;
        if self.count > TOKENS {
            return Err(format!("there are more than {TOKENS} parts"));
        }
        if self.path.len() > 2 * DEPTH {
            return Err(format!("parts stand in one another more than {DEPTH} deep"));
        }
        match value {
            Value::Bool(yes) => Ok(build::boolean(*yes)),
            Value::Number(number) => build::number(number.as_f64().unwrap_or(f64::INFINITY)),
            Value::String(text) => Ok(build::text(text.clone())),
            Value::Object(members) => self.object(members),
            Value::Null => Err("null is no value; ask with the operator isNull".to_owned()),
            Value::Array(_) => Err("a list stands only behind the operator in".to_owned()),
        }
    }

    fn object(&mut self, members: &Map<String, Value>) -> Read {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        if let Some(op) = text("op") {
            let args = members.get("args").and_then(Value::as_array);
            let args = args.ok_or("\"args\" should be a list")?;
            return self.operation(op, args);
        }
        if let Some(name) = text("property") {
            return self.build.property(name);
        }
        if let Some(date) = text("date") {
            return build::date(date);
        }
        if let Some(moment) = text("timestamp") {
            return build::timestamp(moment);
        }
        if let Some(ends) = members.get("interval") {
            let [start, end] = ends.as_array().map_or(&[][..], Vec::as_slice) else {
                return Err("an interval has two ends".to_owned());
            };
            let start = self.at(".interval[0]".to_owned(), |reader| reader.end(start))?;
            let end = self.at(".interval[1]".to_owned(), |reader| reader.end(end))?;
            return build::interval(start, end);
        }
        if let Some(numbers) = members.get("bbox").filter(|_| !members.contains_key("type")) {
            let numbers: Option<Vec<f64>> =
                numbers.as_array().and_then(|all| all.iter().map(Value::as_f64).collect());
            return self.build.bbox(&numbers.ok_or("a bbox is a list of numbers")?);
        }
        if text("type").is_some() {
            let shape = self.shape(members, true)?;
            return self.build.shape(shape);
        }
        Err("here stands an object that is none of op, property, date, timestamp, interval, bbox or a GeoJSON geometry".to_owned())
    }

    fn operation(&mut self, op: &str, args: &[Value]) -> Read {
        let is = |name: &str| op.eq_ignore_ascii_case(name);
        if is("in") {
            let [part, Value::Array(values)] = args else {
                return Err("in takes a value and a list".to_owned());
            };
            let part = self.argument(0, part)?;
            let read = |(position, value)| {
                self.at(format!(".args[1][{position}]"), |reader: &mut Self| reader.part(value))
            };
            let values: Read<Vec<Typed>> = values.iter().enumerate().map(read).collect();
            return build::is_in(part, values?);
        }
        let mut parts = Vec::with_capacity(args.len());
        for (position, argument) in args.iter().enumerate() {
            parts.push(self.argument(position, argument)?);
        }
        if is("and") || is("or") {
            if parts.len() < 2 {
                return Err(format!("{op} joins two conditions or more"));
            }
            return if is("and") { build::and(parts) } else { build::or(parts) };
        }
        let count = parts.len();
        let mut parts = parts.into_iter();
        match (parts.next(), parts.next(), parts.next(), count) {
            (Some(a), None, None, 1) => self.with_one(op, a),
            (Some(a), Some(b), None, 2) => self.with_two(op, a, b),
            (Some(a), Some(b), Some(c), 3) if is("between") => build::between(a, b, c),
            _ => Err(unknown(op, count)),
        }
    }

    fn with_one(&self, op: &str, a: Typed) -> Read {
        match Folding::from_name(op) {
            Some(folding) => build::folded(folding, a),
            None if op.eq_ignore_ascii_case("not") => build::not(a),
            None if op.eq_ignore_ascii_case("isNull") => build::is_null(a),
            None => Err(unknown(op, 1)),
        }
    }

    fn with_two(&self, op: &str, a: Typed, b: Typed) -> Read {
        if let Some(sign) = Comparison::from_sign(op) {
            return build::compare(sign, a, b);
        }
        if let Some(sign) = Arithmetic::from_sign(op) {
            return build::arithmetic(sign, a, b);
        }
        if let Some(relation) = Relation::from_name(op) {
            return build::spatial(relation, a, b);
        }
        if let Some(relation) = TimeRelation::from_name(op) {
            return build::temporal(relation, a, b);
        }
        match op.eq_ignore_ascii_case("like") {
            true => build::like(a, &b),
            false => Err(unknown(op, 2)),
        }
    }

    fn argument(&mut self, position: usize, value: &Value) -> Read {
        self.at(format!(".args[{position}]"), |reader| reader.part(value))
    }

    fn end(&mut self, value: &Value) -> Read<End> {
        match value {
            Value::String(text) => Ok(End::Text(text.clone())),
            other => self.part(other).map(End::Part),
        }
    }

    fn shape(&mut self, members: &Map<String, Value>, collections: bool) -> Read<Geometry<f64>> {
        let name = members.get("type").and_then(Value::as_str).unwrap_or_default();
        let known = Tag::TABLE.iter().find(|(_, known)| *known == name).map(|(tag, _)| *tag);
        let coordinates = members.get("coordinates").unwrap_or(&Value::Null);
        Ok(match known {
            Some(Tag::Point) => Point::from(self.position(coordinates)?).into(),
            Some(Tag::LineString) => self.line(coordinates)?.into(),
            Some(Tag::Polygon) => self.polygon(coordinates)?.into(),
            Some(Tag::MultiPoint) => {
                let points: Vec<Coord<f64>> = self.each(coordinates, Self::position)?;
                MultiPoint::from(points).into()
            }
            Some(Tag::MultiLineString) => {
                MultiLineString::new(self.each(coordinates, Self::line)?).into()
            }
            Some(Tag::MultiPolygon) => {
                MultiPolygon::new(self.each(coordinates, Self::polygon)?).into()
            }
            Some(Tag::Collection) if collections => {
                let parts = members.get("geometries").and_then(Value::as_array);
                let parts = parts.ok_or("\"geometries\" should be a list")?;
                let read = |part: &Value| match part {
                    Value::Object(members) => self.shape(members, false),
                    _ => Err("a geometry is an object".to_owned()),
                };
                let parts: Read<Vec<Geometry<f64>>> = parts.iter().map(read).collect();
                Geometry::GeometryCollection(GeometryCollection::new_from(parts?))
            }
            _ => return Err("\"type\" should be Point, LineString, Polygon, a Multi form of these or GeometryCollection".to_owned()),
        })
    }

    fn each<T>(&mut self, list: &Value, read: fn(&mut Self, &Value) -> Read<T>) -> Read<Vec<T>> {
        let list = list.as_array().ok_or("\"coordinates\" are nested lists of numbers")?;
        list.iter().map(|one| read(self, one)).collect()
    }

    fn position(&mut self, numbers: &Value) -> Read<Coord<f64>> {
        let numbers = self.each(numbers, |_, number| {
            number.as_f64().ok_or_else(|| "a position is a list of numbers".to_owned())
        })?;
        match numbers[..] {
            [x, y] | [x, y, _] => self.build.position(x, y),
            _ => Err("a position has two or three numbers".to_owned()),
        }
    }

    fn line(&mut self, list: &Value) -> Read<LineString<f64>> {
        let positions = self.each(list, Self::position)?;
        match positions.len() {
            0 | 1 => Err("a line has two positions or more".to_owned()),
            _ => Ok(LineString::new(positions)),
        }
    }

    fn polygon(&mut self, list: &Value) -> Read<Polygon<f64>> {
        let rings = self.each(list, Self::line)?;
        if rings.iter().any(|ring| ring.0.len() < 4 || !ring.is_closed()) {
            return Err(
                "a ring has four positions or more, and the last is the first again".to_owned()
            );
        }
        let mut rings = rings.into_iter();
        let exterior = rings.next().ok_or("a polygon has a ring")?;
        Ok(Polygon::new(exterior, rings.collect()))
    }
}

fn unknown(op: &str, count: usize) -> String {
    let op = crate::app::collections::params::shown(op);
    format!(
        "there is no operator \"{op}\" with {count} arguments; known are and, or, not, =, <>, <, >, <=, >=, like, between, in, isNull, casei, accenti, +, -, *, /, %, div, ^, s_intersects and its kin, t_intersects and its kin"
    )
}
