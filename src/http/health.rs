//! Probes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Server;

/// The process answers.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({"status": "live"}))
}

/// Reads can be answered: from the first request on, and also while the database is away or has an
/// operation that cannot be read, which the answer says.
pub(crate) async fn ready(State(server): State<Arc<Server>>) -> Json<Value> {
    let database = if server.app.database_is_there() { "there" } else { "away" };
    let operations = server.app.listed().len();
    let unreadable = server.app.unreadable();
    let unreadable: Vec<&str> = unreadable.iter().map(|id| &**id).collect();
    let mut ready = json!({
        "status": "ready",
        "operations": operations,
        "database": database,
        "unreadable": unreadable,
    });
    if let Some(there) = server.app.replica_is_there() {
        ready["read_database"] = if there { "there" } else { "away" }.into();
    }
    Json(ready)
}
