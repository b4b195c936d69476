//! What schemas are put together from.

use serde_json::{Map, Value, json};

/// A member that every answer has, or (`true`) that may be missing.
pub(super) type Member = (&'static str, Value, bool);

pub(super) fn refers(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

pub(super) fn object(members: Vec<Member>) -> Value {
    let required: Vec<&str> =
        members.iter().filter(|(_, _, may)| !may).map(|(name, ..)| *name).collect();
    let properties: Map<String, Value> =
        members.into_iter().map(|(name, schema, _)| (name.to_owned(), schema)).collect();
    match required.is_empty() {
        // A list of none is no list of what is required (OpenAPI 3.0).
        true => json!({"type": "object", "minProperties": 0, "properties": properties}),
        false => json!({"type": "object", "required": required, "properties": properties}),
    }
}

pub(super) fn has(name: &'static str, schema: Value) -> Member {
    (name, schema, false)
}

pub(super) fn may(name: &'static str, schema: Value) -> Member {
    (name, schema, true)
}

pub(super) fn told(mut schema: Value, description: &str) -> Value {
    schema["description"] = json!(description);
    schema
}

pub(super) fn nullable(mut schema: Value) -> Value {
    schema["nullable"] = json!(true);
    // A list of values holds of null, too (OpenAPI 3.0.3).
    if let Some(codes) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        codes.push(Value::Null);
    }
    schema
}

pub(super) fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

pub(super) fn text() -> Value {
    json!({"type": "string"})
}

pub(super) fn integer() -> Value {
    json!({"type": "integer"})
}

pub(super) fn number() -> Value {
    json!({"type": "number"})
}

pub(super) fn boolean() -> Value {
    json!({"type": "boolean"})
}

pub(super) fn one_of(codes: &[&str]) -> Value {
    json!({"type": "string", "enum": codes})
}

/// An object whose members are not known before.
pub(super) fn map(values: Value) -> Value {
    json!({"type": "object", "additionalProperties": values})
}
