//! The imports described: what is sent, what is answered, and that both need the token.

use serde_json::{Value, json};

use crate::domain::Sector;
use crate::intake::Kind;

/// Every path of imports with its operations.
pub(super) fn paths() -> Vec<(&'static str, Value)> {
    let id = json!({
        "name": "importId",
        "in": "path",
        "required": true,
        "description": "Id of a draft (d-…), or the number of a committed submission.",
        "schema": {"type": "string"},
    });
    let on_one = |mut entry: Value| {
        if let Some(parameters) = entry["parameters"].as_array_mut() {
            parameters.insert(0, id.clone());
        }
        entry
    };
    let file = json!({"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}, "required": true});
    let change =
        json!({"content": {"application/json": {"schema": change_schema()}}, "required": true});
    let decisions =
        json!({"content": {"application/json": {"schema": decisions_schema()}}, "required": true});
    let with_body = |mut entry: Value, body: &Value| {
        entry["requestBody"] = body.clone();
        entry
    };
    let mut report = query(
        "f",
        "json; csv: every reason, row by row; xlsx: the rows as they were sent, with a column of reasons.",
        "string",
    );
    report["schema"] = json!({"type": "string", "enum": ["json", "csv", "xlsx"]});
    vec![
        (
            "/imports",
            json!({
                "get": entry("imports", "Every import: drafts, then what is committed", vec![], "200"),
                "post": with_body(entry("send-import", "Send a file: it becomes a draft, which changes nothing", sending(), "201"), &file),
            }),
        ),
        (
            "/imports/{importId}",
            json!({
                "get": on_one(entry("import", "One import: how it was read, what it would change", vec![], "200")),
                "patch": on_one(with_body(entry("change-import", "Have a draft read in another way; what cannot be is refused and leaves it as it was", vec![], "200"), &change)),
                "delete": on_one(entry("drop-import", "Drop a draft", vec![], "204")),
            }),
        ),
        (
            "/imports/{importId}/copy",
            json!({"post": on_one(entry("copy-import", "Have another sheet of the same file read too, as a draft of its own", vec![query("sheet", "Name of the sheet.", "string")], "201"))}),
        ),
        (
            "/imports/{importId}/commit",
            json!({"post": on_one(entry("commit-import", "Make a draft part of the operation", vec![], "200"))}),
        ),
        (
            "/imports/{importId}/rollback",
            json!({"post": on_one(entry("roll-back-import", "Undo a committed import: a new revision", vec![], "200"))}),
        ),
        (
            "/review",
            json!({
                "get": entry("review", "Names that wait for somebody's word", vec![], "200"),
                "post": with_body(entry("decide", "Say what names are: one revision", vec![], "200"), &decisions),
            }),
        ),
        (
            "/quality",
            json!({"get": entry("quality", "How complete and how timely each partner's reports are", vec![], "200")}),
        ),
        (
            "/imports/{importId}/report",
            json!({"get": on_one(entry("import-report", "What became of every row", vec![report], "200"))}),
        ),
    ]
}

/// How a request shows the token.
pub(super) fn security_schemes() -> Value {
    json!({"token": {"type": "http", "scheme": "bearer", "description": "LACUNA_TOKEN, or as the server printed it at its start."}})
}

fn entry(id: &str, summary: &str, parameters: Vec<Value>, status: &str) -> Value {
    let refused = json!({"$ref": "#/components/responses/Problem"});
    let answer = match status {
        "204" => json!({"description": summary}),
        _ => {
            json!({"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}})
        }
    };
    let mut responses = json!({"400": refused, "401": refused, "404": refused, "409": refused, "410": refused, "413": refused, "422": refused});
    responses[status] = answer;
    json!({
        "operationId": id,
        "summary": summary,
        "tags": ["Imports"],
        "security": [{"token": []}],
        "parameters": parameters,
        "responses": responses,
    })
}

fn query(name: &str, description: &str, kind: &str) -> Value {
    let schema = match kind {
        "string" => json!({"type": kind, "minLength": 1}),
        // Rows, submissions and levels are all counted from 1.
        "integer" => json!({"type": kind, "minimum": 1}),
        kind => json!({"type": kind}),
    };
    json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema})
}

/// The parameters of a file that is sent.
fn sending() -> Vec<Value> {
    let mut file = query("file", "Name of the file.", "string");
    file["required"] = json!(true);
    let mut column = query(
        "column",
        "HEADER=FIELD: what a column is; may be repeated. HEADER= leaves the column out.",
        "string",
    );
    column["schema"] = json!({"type": "array", "items": column["schema"]});
    let kinds: Vec<&str> = Kind::TABLE.iter().map(|(_, name)| *name).collect();
    let mut kind =
        query("kind", "What it is; found out from the content where it is left out.", "string");
    kind["schema"] = json!({"type": "string", "enum": kinds});
    let mut level = query("level", "Level of areas, 1 to 4.", "integer");
    level["schema"]["maximum"] = json!(4);
    let sectors: Vec<&str> = Sector::TABLE.iter().map(|(_, code, _)| *code).collect();
    let mut sector = query("sector", "The sector of rows that name none.", "string");
    sector["schema"] = json!({"type": "string", "enum": sectors});
    vec![
        file,
        kind,
        query("sheet", "Sheet that holds the table.", "string"),
        query("header_row", "Row number of the header as a spreadsheet shows it.", "integer"),
        column,
        sector,
        query("cycle", "Planning cycle of needs: a year or a period.", "string"),
        level,
        query(
            "replaces",
            "Number of the submission that the file corrects: its rows that the file lacks end.",
            "integer",
        ),
        query("name", "Name of the operation.", "string"),
        query("household_size", "People of an average household.", "number"),
        query("commit", "true commits at once.", "boolean"),
    ]
}

fn decisions_schema() -> Value {
    json!({
        "type": "object",
        "required": ["decisions"],
        "properties": {
            "decisions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["kind", "key"],
                    "properties": {
                        "kind": {"type": "string", "enum": ["place", "partner"]},
                        "key": {"type": "string", "minLength": 1},
                        "value": {"type": "string", "nullable": true, "description": "P-code or id of the partner; null where none of the suggestions is right."},
                        "undo": {"type": "boolean", "enum": [true], "description": "In place of a value: what was decided holds no longer, and the name waits again."},
                        "note": {"type": "string", "nullable": true},
                    },
                },
            },
        },
    })
}

fn change_schema() -> Value {
    let open = |kind: &str| json!({"type": kind, "nullable": true});
    json!({
        "type": "object",
        "properties": {
            "kind": open("string"),
            "sheet": open("string"),
            "header_row": open("integer"),
            "sector": open("string"),
            "cycle": open("string"),
            "level": open("integer"),
            "replaces": open("integer"),
            "columns": {
                "type": "object",
                "description": "Header or letters to field; null leaves the column out, auto finds it out again.",
                "additionalProperties": open("string"),
            },
        },
    })
}
