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

/// Reads can be answered. Snapshots are published before the server listens, so this is so from
/// the first request on; with how many operations, the answer says.
pub(crate) async fn ready(State(server): State<Arc<Server>>) -> Json<Value> {
    Json(json!({"status": "ready", "operations": server.app.operations().len()}))
}
