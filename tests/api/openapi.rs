//! The API's description of itself: its examples are answered, its schemas are what is answered, and
//! the page's types are made from it.

use serde_json::Value;

use crate::fixture::{HOME, app, ask, get};
use crate::imports::{Server, WORK};

const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web/api-schemas.json");

async fn document() -> Value {
    get("/openapi.json").await.json()
}

/// A value as it stands in an address.
fn shown(value: &Value) -> String {
    let plain = match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(shown).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    let encoded = plain.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b',' | b'-' | b'.' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

/// Every path that answers a GET without a token, each with the questions of its examples.
pub async fn examples() -> Vec<Vec<String>> {
    let document = document().await;
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(parameters) = methods["get"]["parameters"].as_array() else { continue };
        // Imports need the token, and something sent.
        // Events have no tag, and are tried in their own tests.
        if ["/imports", "/review", "/quality", "/events"]
            .iter()
            .any(|start| path.starts_with(start))
        {
            continue;
        }
        let resolved = parameters.iter().map(|one| match one["$ref"].as_str() {
            Some(name) => document.pointer(&name[1..]).unwrap_or_else(|| panic!("{name}")),
            None => one,
        });
        let (inside, behind): (Vec<_>, Vec<_>) = resolved.partition(|one| one["in"] == "path");
        let mut address = path.clone();
        for one in inside {
            let name = one["name"].as_str().unwrap();
            assert!(!one["example"].is_null(), "{path}: {name} has no example");
            address = address.replace(&format!("{{{name}}}"), &shown(&one["example"]));
        }
        let mut questions = vec![format!("{HOME}{address}")];
        for one in behind.iter().filter(|one| !one["example"].is_null()) {
            let name = one["name"].as_str().unwrap();
            questions.push(format!("{HOME}{address}?{name}={}", shown(&one["example"])));
        }
        all.push(questions);
    }
    all
}

#[tokio::test]
async fn every_example_is_answered() {
    let app = app();
    let mut asked = 0;
    for question in examples().await.concat() {
        let reply = ask(&app, "GET", &question, &[]).await;
        let fine = reply.status == 200 || (question.contains("/tiles/") && reply.status == 204);
        assert!(fine, "{question}: {} {}", reply.status, reply.text());
        asked += 1;
    }
    assert!(asked > 300, "only {asked} examples");
}

/// The eastern edge of the world is in the last column of tiles.
#[tokio::test]
async fn the_tile_of_a_feature_at_the_edge_of_the_world_is_there() {
    let mut rows = crate::fixture::rows();
    rows.sites[0].point = Some(geo::Point::new(180.0, -90.0));
    let edge = lacuna::app::App::default();
    edge.publish(lacuna::domain::Snapshot::build(rows));
    let edge = std::sync::Arc::new(edge);
    let document = ask(&edge, "GET", &format!("{HOME}/openapi.json"), &[]).await.json();
    let path = "/collections/sites/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}";
    let mut address = path.to_owned();
    let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
    for one in parameters.iter().filter(|one| one["in"] == "path") {
        let name = one["name"].as_str().unwrap();
        address = address.replace(&format!("{{{name}}}"), &shown(&one["example"]));
    }
    let tile = ask(&edge, "GET", &format!("{HOME}{address}"), &[]).await;
    assert!([200, 204].contains(&tile.status.as_u16()), "{address}: {}", tile.text());
}

#[tokio::test]
async fn what_is_told_as_it_comes_is_described() {
    let document = document().await;
    let events = &document["paths"]["/events"]["get"];
    assert!(events["responses"]["200"]["content"]["text/event-stream"].is_object(), "{events}");
    assert!(events["description"].as_str().unwrap().contains("revision"));
}

/// What of a value does not fit its schema.
fn faults(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        return faults(document, document.pointer(&name[1..]).unwrap(), value, at, found);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        faults(document, part, value, at, found);
    }
    if value.is_null() {
        if schema["nullable"] != true {
            found.push(format!("{at} is null"));
        }
        return;
    }
    let fits = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    if !fits {
        found.push(format!("{at} is {value} and not {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        found.push(format!("{at} is {value}, which is none of {}", schema["enum"]));
    }
    for (place, one) in value.as_array().into_iter().flatten().enumerate() {
        faults(document, &schema["items"], one, &format!("{at}[{place}]"), found);
    }
    let Some(properties) = schema["properties"].as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            found.push(format!("{at} has no {name}"));
        }
    }
    for (name, one) in value.as_object().into_iter().flatten() {
        match properties.get(name) {
            Some(schema) => faults(document, schema, one, &format!("{at}.{name}"), found),
            // What several schemas describe together, none describes alone.
            None if schema["additionalProperties"] != false && schema["required"].is_null() => {}
            None => found.push(format!("{at}.{name} is not described")),
        }
    }
}

#[tokio::test]
async fn answers_are_what_their_schemas_say() {
    let document = document().await;
    let mut questions = vec![
        ("/".to_owned(), "/".to_owned()),
        (
            "/collections/gaps/items?properties=pcode,gap".to_owned(),
            "/collections/gaps/items".to_owned(),
        ),
        (
            "/collections/areas/items/01?properties=name&skipGeometry=true".to_owned(),
            "/collections/areas/items/{featureId}".to_owned(),
        ),
        (
            "/collections/gaps/items/0101/lines".to_owned(),
            "/collections/gaps/items/{featureId}/lines".to_owned(),
        ),
    ];
    for collection in lacuna::app::collections::COLLECTIONS {
        let items = format!("/collections/{}/items", collection.id);
        questions.push((items.clone(), items));
    }
    for (question, path) in questions {
        let answer = get(if question == "/" { "" } else { &question }).await.json();
        let content = &document["paths"][&path]["get"]["responses"]["200"]["content"];
        let schema = ["application/json", "application/geo+json"]
            .iter()
            .map(|media| &content[media]["schema"])
            .find(|schema| !schema.is_null());
        let mut found = Vec::new();
        faults(&document, schema.unwrap(), &answer, &path, &mut found);
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
    let refused = get("/collections/gaps/items?sector=nothing").await;
    let mut found = Vec::new();
    let schema = &document["components"]["schemas"]["Problem"];
    faults(&document, schema, &refused.json(), "problem", &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Everything a sender is answered, from the first list to the report of what was undone.
#[tokio::test]
async fn answers_about_imports_are_what_their_schemas_say() {
    let server = Server::with_operation().await;
    let decided = server.send("file=work.csv", WORK).await["id"].as_str().unwrap().to_owned();
    let unclear = "Organisation,Sector,Province,People served,Start\nHilfe,WASH,Nort,3,2026-02-01\nMercy,WASH,XA02,201,2026-02-01\n";
    let draft = server.send("file=two.csv&column=People%20served%3Dreached", unclear).await;
    let draft = format!("imports/{}", draft["id"].as_str().unwrap());
    let other = r#"{"sector": "WSH", "columns": {"Start": null}}"#;
    let steps: Vec<(&str, String, &str, &str)> = vec![
        ("PATCH", draft.clone(), "/imports/{importId}", other),
        ("GET", draft.clone(), "/imports/{importId}", ""),
        ("POST", format!("imports/{decided}/commit"), "/imports/{importId}/commit", ""),
        ("GET", "imports".into(), "/imports", ""),
        ("POST", format!("{draft}/commit"), "/imports/{importId}/commit", ""),
        ("GET", "imports/3".into(), "/imports/{importId}", ""),
        ("GET", "imports/1".into(), "/imports/{importId}", ""),
        ("GET", "imports/3/report".into(), "/imports/{importId}/report", ""),
        ("GET", "review".into(), "/review", ""),
        ("GET", "quality".into(), "/quality", ""),
        ("POST", "imports/3/rollback".into(), "/imports/{importId}/rollback", ""),
        ("POST", "review".into(), "/review", r#"{"decisions": []}"#),
        ("GET", "imports".into(), "/imports", ""),
        ("GET", "imports/1".into(), "/imports/{importId}", ""),
    ];
    let document = server.ask("GET", "delta/openapi.json", "").await.json();
    let mut found = Vec::new();
    for (method, question, path, body) in steps {
        let answer = server.ask(method, &format!("delta/{question}"), body).await;
        assert!(answer.status.is_success(), "{method} {question}: {}", answer.text());
        let described = &document["paths"][path][method.to_lowercase()]["responses"]["200"];
        let schema = &described["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path} says nothing of its answer");
        faults(&document, schema, &answer.json(), &format!("{method} {question}"), &mut found);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let unknown = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"x\":\"A\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}]}";
    let refused = server.ask("POST", "delta/imports?file=a.geojson&kind=areas", unknown).await;
    assert!(refused.json()["columns"].is_array(), "{}", refused.text());
    faults(
        &document,
        &document["components"]["schemas"]["Problem"],
        &refused.json(),
        "",
        &mut found,
    );
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn no_schema_has_an_empty_list_of_what_is_required() {
    fn empty<'a>(value: &'a Value, path: &str, found: &mut Vec<String>) {
        let members = value.as_object().into_iter().flatten();
        let members = members.map(|(name, value)| (name.clone(), value));
        let items = value.as_array().into_iter().flatten().enumerate();
        let items = items.map(|(at, value): (usize, &'a Value)| (at.to_string(), value));
        for (name, value) in members.chain(items) {
            if name == "required" && value.as_array().is_some_and(Vec::is_empty) {
                found.push(path.to_owned());
            }
            empty(value, &format!("{path}/{name}"), found);
        }
    }
    let mut found = Vec::new();
    empty(&document().await, "", &mut found);
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn the_page_is_typed_by_these_schemas() {
    let schemas = &document().await["components"]["schemas"];
    let now = serde_json::to_string_pretty(schemas).unwrap() + "\n";
    let kept = std::fs::read_to_string(SCHEMAS).unwrap_or_default();
    if kept != now {
        std::fs::write(SCHEMAS, now).unwrap();
        panic!(
            "web/api-schemas.json was out of date and is new now: run `node types.mjs` in web/ and look at both"
        );
    }
}
