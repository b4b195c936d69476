//! Where no site serves.

use crate::formats::layer::GeometryKind;

use super::{Collection, cover};

pub const DEF: Collection = Collection {
    id: "uncovered",
    title: "Uncovered",
    description: "The part of each area that no functional site of the sector reaches in the period, with the people there. An area that is covered whole has no geometry.",
    geometry: GeometryKind::MultiPolygon,
    fields: cover::FIELDS,
    parameters: cover::PARAMETERS,
    kinds: cover::KINDS,
    open: |view, params| cover::open(view, params, &DEF, |area| area.uncovered.as_ref()),
};
