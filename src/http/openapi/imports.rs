//! The imports described: what is sent, what is answered, and that both need the token.

use serde_json::{Value, json};

use super::{imported, shapes::refers};
use crate::domain::Sector;
use crate::formats::xlsx_layer;
use crate::http::links::CSV;

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
    let change = json!({"content": {"application/json": {"schema": refers("ImportChange")}}, "required": true});
    let decisions =
        json!({"content": {"application/json": {"schema": refers("Decisions")}}, "required": true});
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
    let mut whole = on_one(entry(
        "import-report",
        "ImportReport",
        "What became of every row",
        vec![report],
        "200",
    ));
    let files = &mut whole["responses"]["200"]["content"];
    files[CSV] = json!({"schema": {"type": "string"}});
    files[xlsx_layer::MEDIA] = json!({"schema": {"type": "string", "format": "binary"}});
    vec![
        (
            "/imports",
            json!({
                "get": entry("imports", "Imports", "Every import: drafts, then what is committed", vec![], "200"),
                "post": with_body(entry("send-import", "Import", "Send a file: it becomes a draft, which changes nothing", sending(), "201"), &file),
            }),
        ),
        (
            "/imports/{importId}",
            json!({
                "get": on_one(entry("import", "Import", "One import: how it was read, what it would change", vec![], "200")),
                "patch": on_one(with_body(entry("change-import", "Import", "Have a draft read in another way; what cannot be is refused and leaves it as it was", vec![], "200"), &change)),
                "delete": on_one(entry("drop-import", "", "Drop a draft", vec![], "204")),
            }),
        ),
        (
            "/imports/{importId}/copy",
            json!({"post": on_one(entry("copy-import", "Import", "Have another sheet of the same file read too, as a draft of its own", vec![query("sheet", "Name of the sheet.", "string")], "201"))}),
        ),
        (
            "/imports/{importId}/commit",
            json!({"post": on_one(entry("commit-import", "Import", "Make a draft part of the operation", vec![], "200"))}),
        ),
        (
            "/imports/{importId}/rollback",
            json!({"post": on_one(entry("roll-back-import", "RolledBack", "Undo a committed import: a new revision", vec![], "200"))}),
        ),
        (
            "/review",
            json!({
                "get": entry("review", "Review", "Names that wait for somebody's word", vec![], "200"),
                "post": with_body(entry("decide", "Decided", "Say what names are: one revision", vec![], "200"), &decisions),
            }),
        ),
        (
            "/quality",
            json!({"get": entry("quality", "Quality", "How complete and how timely each partner's reports are", vec![], "200")}),
        ),
        ("/imports/{importId}/report", json!({"get": whole})),
    ]
}

/// How a request shows the token.
pub(super) fn security_schemes() -> Value {
    json!({"token": {"type": "http", "scheme": "bearer", "description": "LACUNA_TOKEN, or as the server printed it at its start."}})
}

/// `schema` is the name of what is answered, empty where nothing is.
fn entry(id: &str, schema: &str, summary: &str, parameters: Vec<Value>, status: &str) -> Value {
    let refused = json!({"$ref": "#/components/responses/Problem"});
    let mut answer = json!({"description": summary});
    if !schema.is_empty() {
        answer["content"] = json!({"application/json": {"schema": refers(schema)}});
    }
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
    let mut kind =
        query("kind", "What it is; found out from the content where it is left out.", "string");
    kind["schema"] = json!({"type": "string", "enum": imported::kinds()});
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
