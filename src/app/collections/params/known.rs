//! Parameters that every collection takes, or nearly.

use super::{MAX_LIMIT, Parameter, ParameterKind};
use crate::app::filter::Language;
use crate::formats::geojson_write::Grid;
use crate::formats::reference::CRS84;

pub const BBOX: Parameter = Parameter {
    name: "bbox",
    description: "Only features that meet this box: west, south, east, north in degrees (or six numbers with heights, which are ignored). West above east crosses the antimeridian. Features without a geometry are in every box.",
    kind: ParameterKind::Numbers,
    default: None,
};

pub const DATETIME: Parameter = Parameter {
    name: "datetime",
    description: "A day (2026-07-01) or a period (2026-07-01/2026-09-30, .. for an open end). Both ends are inside.",
    kind: ParameterKind::Text,
    default: None,
};

pub const LIMIT: Parameter = Parameter {
    name: "limit",
    description: "Features per page. Above the maximum the maximum is taken.",
    kind: ParameterKind::Integer { minimum: 1, maximum: MAX_LIMIT as u32 },
    default: Some("1000"),
};

pub const NEXT: Parameter = Parameter {
    name: "next",
    description: "Where the page begins, as given by the \"next\" link of the page before.",
    kind: ParameterKind::Text,
    default: None,
};

pub const PROPERTIES: Parameter = Parameter {
    name: "properties",
    description: "Only these properties, comma-separated.",
    kind: ParameterKind::Names,
    default: None,
};

pub const SKIP_GEOMETRY: Parameter = Parameter {
    name: "skipGeometry",
    description: "Leave geometry out.",
    kind: ParameterKind::Boolean,
    default: Some("false"),
};

pub const ZOOM: Parameter = Parameter {
    name: "zoom",
    description: "Generalise polygons for display at this zoom of a web map; neighbours keep their common border.",
    kind: ParameterKind::Integer { minimum: 0, maximum: Grid::MAX_ZOOM as u32 },
    default: None,
};

pub const CRS: Parameter = Parameter {
    name: "crs",
    description: "The reference system of the coordinates in the answer, as a URI that the collection lists. Axes are in its own order.",
    kind: ParameterKind::Text,
    default: Some(CRS84),
};

pub const BBOX_CRS: Parameter = Parameter {
    name: "bbox-crs",
    description: "The reference system of bbox, as a URI that the collection lists.",
    kind: ParameterKind::Text,
    default: Some(CRS84),
};

pub const FILTER: Parameter = Parameter {
    name: "filter",
    description: "Only features for which this CQL2 expression is true, such as level = 2 AND name LIKE 'S%'. The queryables say what may be named.",
    kind: ParameterKind::Text,
    default: None,
};

pub const FILTER_LANG: Parameter = Parameter {
    name: "filter-lang",
    description: "The encoding of filter.",
    kind: ParameterKind::Choice(|| Language::TABLE.iter().map(|(_, code)| *code).collect()),
    default: Some("cql2-text"),
};

pub const FILTER_CRS: Parameter = Parameter {
    name: "filter-crs",
    description: "The reference system of the shapes in filter, as a URI that the collection lists.",
    kind: ParameterKind::Text,
    default: Some(CRS84),
};

pub const FORMAT: Parameter = Parameter {
    name: "f",
    description: "The format of the answer.",
    kind: ParameterKind::Choice(|| vec!["json"]),
    default: Some("json"),
};

/// Of what is also a page for people.
pub const PAGE_FORMAT: Parameter = Parameter {
    name: "f",
    description: "The format of the answer: for programs or for people. Without it the Accept header decides.",
    kind: ParameterKind::Choice(|| vec!["json", "html"]),
    default: Some("json"),
};
