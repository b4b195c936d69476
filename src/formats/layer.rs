//! A layer as every writer takes it: typed fields with units, and rows in the order of their ids.

use std::borrow::Cow;
use std::sync::Arc;

use geo::{MultiPolygon, Point, Rect};

use super::geojson_write::Grid;
use crate::domain::AreaIx;

/// One property of a layer. One type per property, always.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: FieldKind,
    pub unit: Option<&'static str>,
    pub description: &'static str,
    /// The HXL tag of the column, where there is one.
    pub hxl: Option<&'static str>,
    /// Every value there can be, where they are codes.
    pub codes: Option<fn() -> Vec<&'static str>>,
    /// Whether a feature may have none.
    pub nullable: bool,
}

impl Field {
    /// A field without unit, that a feature may have no value of.
    pub const fn new(name: &'static str, kind: FieldKind, description: &'static str) -> Field {
        Field { name, kind, unit: None, description, hxl: None, codes: None, nullable: true }
    }

    pub const fn unit(mut self, unit: &'static str) -> Field {
        self.unit = Some(unit);
        self
    }

    /// One of these codes, always.
    pub const fn codes(mut self, codes: fn() -> Vec<&'static str>) -> Field {
        self.codes = Some(codes);
        self
    }

    /// Every feature has it.
    pub const fn always(mut self) -> Field {
        self.nullable = false;
        self
    }

    pub const fn hxl(mut self, tag: &'static str) -> Field {
        self.hxl = Some(tag);
        self
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Integer,
    Number,
    Boolean,
    Date,
}

/// The one geometry family of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeometryKind {
    None,
    Point,
    MultiPolygon,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
}

impl<'a> Value<'a> {
    pub fn text(text: Option<&'a str>) -> Value<'a> {
        text.map_or(Value::Null, |text| Value::Text(Cow::Borrowed(text)))
    }

    pub fn number(number: Option<f64>) -> Value<'a> {
        number.map_or(Value::Null, |figure| Value::Number(published(figure)))
    }
}

/// A figure as every answer, export and filter has it: without the noise of binary fractions, nine
/// decimals being below any unit in use.
pub fn published(figure: f64) -> f64 {
    if figure.abs() < 9e6 { (figure * 1e9).round() / 1e9 } else { figure }
}

/// A shape in degrees, WGS 84.
#[derive(Clone, Debug)]
pub enum Geometry {
    None,
    Point(Point<f64>),
    MultiPolygon(Arc<MultiPolygon<f64>>),
    /// Already written as GeoJSON; only handed to a writer that asked with `Want::GeoJson`.
    GeoJson(Arc<[u8]>),
}

/// What a writer wants of a geometry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    Nothing,
    Shape,
    /// GeoJSON text on this grid, where the layer keeps it; else the shape.
    GeoJson(Grid),
}

/// The rows behind a layer. A row is a number; rows stand in the ascending order of their ids,
/// so a page can begin behind any id, also one that is gone.
pub trait Rows<'a>: Send + Sync {
    /// Number of rows, filtered or not.
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn id(&self, row: usize) -> Cow<'a, str>;

    /// The row of this id, else the row before which it would stand.
    fn find(&self, id: &str) -> Result<usize, usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.id(middle).as_ref().cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }

    fn geometry(&self, _row: usize, _want: Want) -> Geometry {
        Geometry::None
    }

    /// The area whose polygon the row has; none where it has one of its own, or a point.
    fn area(&self, _row: usize) -> Option<AreaIx> {
        None
    }

    /// The rows whose geometry may meet one of the boxes, ascending; `None` where no index knows.
    fn near(&self, _boxes: &[Rect<f64>]) -> Option<Vec<u32>> {
        None
    }

    /// Pushes one value per field, in the order of the fields.
    fn values(&self, row: usize, out: &mut Vec<Value<'a>>);

    /// The value of one field. Layers of many rows make it alone, for filters.
    fn value(&self, row: usize, field: usize) -> Value<'a> {
        let mut values = Vec::new();
        self.values(row, &mut values);
        if field < values.len() { values.swap_remove(field) } else { Value::Null }
    }
}

/// Which rows of a layer are in the answer, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matched {
    All(usize),
    Some(Vec<u32>),
}

impl Matched {
    pub fn len(&self) -> usize {
        match self {
            Matched::All(count) => *count,
            Matched::Some(rows) => rows.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a position of the answer; only for positions below `len`.
    pub fn row(&self, position: usize) -> usize {
        match self {
            Matched::All(_) => position,
            Matched::Some(rows) => rows[position] as usize,
        }
    }

    /// Those of some rows, ascending, that are in the answer.
    pub fn among(&self, rows: Vec<u32>) -> Matched {
        Matched::Some(match self {
            Matched::All(count) => {
                rows.into_iter().filter(|row| (*row as usize) < *count).collect()
            }
            Matched::Some(own) => {
                rows.into_iter().filter(|row| own.binary_search(row).is_ok()).collect()
            }
        })
    }

    /// The first position whose row is `row` or later.
    pub fn position_from(&self, row: usize) -> usize {
        match self {
            Matched::All(count) => row.min(*count),
            Matched::Some(rows) => rows.partition_point(|known| (*known as usize) < row),
        }
    }
}

/// A member of the answer that is about all of it: the resolved query, the rule, the sources.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    Text(String),
    Boolean(bool),
    Integer(i64),
    /// Names and values.
    Record(Vec<(&'static str, Value<'static>)>),
    Records(Vec<Vec<(&'static str, Value<'static>)>>),
    /// The URN of the system that the coordinates beside it are in, as GeoJSON named it before
    /// RFC 7946 and its readers still know it.
    Crs(String),
}

/// An answer: rows of one layer, with their fields.
pub struct Layer<'a> {
    pub name: &'static str,
    pub geometry: GeometryKind,
    pub fields: &'static [Field],
    pub rows: Box<dyn Rows<'a> + 'a>,
    pub matched: Matched,
    pub members: Vec<(&'static str, Member)>,
}

impl std::fmt::Debug for Layer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Layer {} of {} rows", self.name, self.matched.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Letters;

    impl Rows<'static> for Letters {
        fn len(&self) -> usize {
            3
        }

        fn id(&self, row: usize) -> Cow<'static, str> {
            Cow::Borrowed(["b", "d", "f"][row])
        }

        fn values(&self, _row: usize, _out: &mut Vec<Value<'static>>) {}
    }

    #[test]
    fn an_id_that_is_gone_is_found_before_its_successor() {
        let found: Vec<_> = ["a", "b", "c", "f", "g"].map(|id| Letters.find(id)).into();
        assert_eq!(found, [Err(0), Ok(0), Err(1), Ok(2), Err(3)]);
        assert_eq!(Matched::Some(vec![0, 2]).position_from(1), 1);
        assert_eq!(Matched::All(3).position_from(9), 3);
    }
}
