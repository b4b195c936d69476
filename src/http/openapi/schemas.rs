//! Answers described: what programs, and the types of our own page, are made from.

use serde_json::{Map, Value, json};

use super::imported;
use super::shapes::{
    Member, boolean, has, integer, list, may, nullable, number, object, refers, text, told,
};
use crate::app::collections::{COLLECTIONS, Collection};
use crate::formats::layer::GeometryKind;
use crate::http::collections::field_schema;

/// Every schema there is, by name.
pub(super) fn schemas() -> Map<String, Value> {
    let mut all = Map::new();
    let mut put = |name: &str, schema: Value| {
        all.insert(name.to_owned(), schema);
    };
    put(
        "Link",
        object(vec![
            has("rel", text()),
            has("type", text()),
            has("title", text()),
            has("href", text()),
        ]),
    );
    put("Operations", object(vec![has("operations", list(refers("OperationRef")))]));
    put("OperationRef", object(operation_members(vec![has("name", text())])));
    put("Operation", operation());
    put(
        "Source",
        object(vec![
            has("file", text()),
            has("kind", text()),
            has("at", text()),
            has("revision", integer()),
        ]),
    );
    put("Feature", object(feature()));
    put("OneFeature", object(feature().into_iter().chain(about()).collect()));
    put("FeatureCollection", feature_collection());
    for collection in COLLECTIONS {
        put(&properties_name(collection), properties(collection));
    }
    for (name, schema) in imported::schemas() {
        put(name, schema);
    }
    put("Lines", lines());
    put("Line", line());
    put("LineRow", line_row());
    put("Problem", problem());
    all
}

/// `GapsProperties`, `ServiceAreasProperties`.
pub(super) fn properties_name(collection: &Collection) -> String {
    let words = collection.id.split('-');
    let title = |word: &str| word[..1].to_uppercase() + &word[1..];
    format!("{}Properties", words.map(title).collect::<String>())
}

/// What is answered with features of a collection.
pub(super) fn items(collection: &Collection) -> Value {
    let one = of("Feature", collection);
    let features =
        json!({"type": "object", "properties": {"features": {"type": "array", "items": one}}});
    json!({"allOf": [refers("FeatureCollection"), features]})
}

/// What is answered with one feature of a collection.
pub(super) fn one(collection: &Collection) -> Value {
    of("OneFeature", collection)
}

/// A feature whose properties are those of a collection.
fn of(feature: &str, collection: &Collection) -> Value {
    let own = json!({"type": "object", "properties": {"properties": refers(&properties_name(collection))}});
    json!({"allOf": [refers(feature), own]})
}

fn properties(collection: &Collection) -> Value {
    let members = collection.fields.iter().map(|field| {
        let mut schema = field_schema(field);
        if field.nullable {
            schema = nullable(schema);
        }
        (field.name, schema, false)
    });
    let mut schema = object(members.collect());
    schema["description"] = json!(collection.description);
    // All of them are there but where `properties` asks for fewer; there are no others.
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("required");
    }
    schema["additionalProperties"] = json!(false);
    schema
}

fn operation_members(more: Vec<Member>) -> Vec<Member> {
    let mut members = vec![has("id", text())];
    members.extend(more);
    members.extend([
        has("note", nullable(text())),
        has("revision", integer()),
        has("revised_at", text()),
        has("links", list(refers("Link"))),
    ]);
    members
}

fn operation() -> Value {
    let level = object(vec![has("level", integer()), has("name", text()), has("count", integer())]);
    let sector = object(vec![
        has("code", text()),
        has("name", text()),
        has("activities", integer()),
        has("needs", integer()),
    ]);
    let months = object(vec![has("first", text()), has("last", text())]);
    let bbox = json!({
        "type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4,
        "description": "West, south, east, north in degrees; west is above east across the antimeridian.",
    });
    object(operation_members(vec![
        has("title", text()),
        has("description", text()),
        has("bbox", nullable(bbox)),
        has("levels", list(level)),
        has("lowest_need_level", integer()),
        has("sectors", list(sector)),
        has("months", told(nullable(months), "First and last month of activities, as 2026-01")),
        has("groups", list(text())),
    ]))
}

fn feature() -> Vec<Member> {
    vec![
        has("type", json!({"type": "string", "enum": ["Feature"]})),
        has("id", text()),
        has("geometry", nullable(json!({"type": "object"}))),
        has("properties", json!({"type": "object"})),
    ]
}

/// What an answer of features says of itself, all of them or one.
fn about() -> Vec<Member> {
    vec![
        has("links", list(refers("Link"))),
        has("operation", text()),
        has("collection", text()),
        has("revision", integer()),
        may("revised_at", text()),
        may("query", told(json!({"type": "object"}), "The question, its defaults filled in")),
        may(
            "derived",
            told(
                boolean(),
                "Need figures are the highest sector's, as there are no intersectoral ones",
            ),
        ),
        may(
            "need_cycles",
            told(text(), "Planning cycles of the need figures, with commas between"),
        ),
        may("rule", told(text(), "How the figures were counted")),
        may("sites_without_radius", integer()),
        may("sites_without_point", integer()),
        may("sites_not_drawn", list(json!({"type": "object"}))),
    ]
}

fn feature_collection() -> Value {
    let mut members = vec![
        has("type", json!({"type": "string", "enum": ["FeatureCollection"]})),
        has("numberMatched", integer()),
        has("numberReturned", integer()),
    ];
    members.extend(about());
    members
        .extend([has("sources", list(refers("Source"))), has("features", list(refers("Feature")))]);
    object(members)
}

fn lines() -> Value {
    let area = object(vec![has("pcode", text()), has("name", text()), has("level", integer())]);
    object(vec![
        has("operation", text()),
        has("revision", integer()),
        has("area", area),
        has("query", json!({"type": "object"})),
        has("figures", json!({"type": "object"})),
        has("rule", text()),
        has("total", told(integer(), "Lines in all; `lines` has those of this page")),
        has("contributions", told(number(), "What all lines gave together")),
        has("lines", list(refers("Line"))),
        has("links", list(refers("Link"))),
    ])
}

fn line() -> Value {
    let month = object(vec![
        has("month", nullable(text())),
        has("reached", nullable(number())),
        has("rows", integer()),
    ]);
    object(vec![
        has("partner", text()),
        has("partner_name", text()),
        has("sector", nullable(text())),
        has("activity_type", nullable(text())),
        has("area", nullable(text())),
        has("area_name", nullable(text())),
        has("location", nullable(text())),
        has("group", text()),
        has("sex", text()),
        has("age", text()),
        has("disability", text()),
        has("months", list(month)),
        has("standard", nullable(number())),
        has("high", nullable(number())),
        has("counted_in_standard", boolean()),
        has("contribution", told(number(), "People it gave to the reached figure")),
        has("why", told(text(), "In a sentence")),
        has("why_code", told(text(), "As a code that stays")),
        has("rows", list(refers("LineRow"))),
    ])
}

fn line_row() -> Value {
    object(vec![
        has("id", text()),
        has("activity_id", nullable(text())),
        has("file", nullable(text())),
        has("row", integer()),
        has("reached", nullable(number())),
        has("targeted", nullable(number())),
        has("start_date", nullable(text())),
        has("end_date", nullable(text())),
        has("status", nullable(text())),
        has("counts", boolean()),
        has("why", told(text(), "In a sentence")),
        has("why_code", told(text(), "As a code that stays")),
    ])
}

fn problem() -> Value {
    let column = object(vec![has("header", text()), has("values", list(text()))]);
    object(vec![
        has("type", text()),
        has("title", text()),
        has("status", integer()),
        has("detail", text()),
        may("parameter", told(text(), "The parameter to blame")),
        may("request_id", text()),
        may(
            "columns",
            told(
                list(column),
                "Of a file that does not say which of its properties is the P-code: what it has",
            ),
        ),
    ])
}

/// Whether a collection's features are asked for at one level, and found by their P-code.
pub(super) fn is_of_areas(collection: &Collection) -> bool {
    collection.geometry == GeometryKind::MultiPolygon
        && collection.parameters.iter().any(|parameter| parameter.name == "level")
}
