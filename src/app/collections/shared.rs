//! Where two partners or more serve.

use crate::formats::layer::GeometryKind;

use super::{Collection, cover};

pub const DEF: Collection = Collection {
    id: "shared",
    title: "Shared",
    description: "The part of each area that sites of two partners or more reach: co-presence, not yet a fault. An area without such a part has no geometry.",
    geometry: GeometryKind::MultiPolygon,
    fields: cover::FIELDS,
    parameters: cover::PARAMETERS,
    kinds: cover::KINDS,
    open: |view, params| cover::open(view, params, &DEF, |area| area.shared.as_ref()),
};
