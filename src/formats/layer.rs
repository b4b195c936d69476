//! A layer as every writer takes it: typed fields with units, and features.

use std::borrow::Cow;
use std::sync::Arc;

use geo::{MultiPolygon, Point};

/// One property of a layer. One type per property, always.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: FieldKind,
    pub unit: Option<&'static str>,
    pub description: &'static str,
    /// The HXL tag of the column, where there is one.
    pub hxl: Option<&'static str>,
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

#[derive(Clone, Debug)]
pub enum Geometry {
    None,
    Point(Point<f64>),
    MultiPolygon(Arc<MultiPolygon<f64>>),
}

/// One feature; `values` stand in the order of the layer's fields.
#[derive(Clone, Debug)]
pub struct Feature<'a> {
    pub id: Cow<'a, str>,
    pub geometry: Geometry,
    pub values: Vec<Value<'a>>,
}
