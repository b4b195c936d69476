//! The published abstract tests of OGC API - Features and CQL2, asked of the router over HTTP: one
//! test for each requirement, each walking every collection that the server itself lists.

mod core;
mod cql2;
mod crs;
mod fiji;
mod filter;
mod html;

use axum::Router;
use serde_json::Value;

use crate::fixture::{HOME, Reply, app, through};

/// A client that knows nothing but the address of the landing page.
pub struct Client(Router);

impl Client {
    pub fn new() -> Client {
        Client(lacuna::http::router(app(), &Default::default()))
    }

    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
        let is_whole = ["/api", "/qgis"].iter().any(|start| path.starts_with(start));
        let url = if is_whole { path.to_owned() } else { format!("{HOME}{path}") };
        through(self.0.clone(), method, &url, headers).await
    }

    /// An answer that must be there.
    pub async fn get(&self, path: &str) -> Reply {
        let reply = self.ask("GET", path, &[]).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply
    }

    /// A question that must be refused, and how.
    pub async fn refused(&self, path: &str) -> Value {
        let reply = self.ask("GET", path, &[]).await;
        assert_eq!(reply.status, 400, "{path}: {}", reply.text());
        assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
        reply.json()
    }

    /// The collections as they are listed.
    pub async fn collections(&self) -> Vec<Value> {
        self.get("/collections").await.json()["collections"].as_array().unwrap().clone()
    }

    /// Ids of the features that a question about a collection finds.
    pub async fn ids(&self, collection: &str, pairs: &[(&str, &str)]) -> Vec<String> {
        self.get(&items(collection, pairs)).await.ids()
    }

    /// Ids of the features without a geometry: every box finds them (fc-bbox-response C).
    pub async fn ids_of_nowhere(&self, collection: &str) -> Vec<String> {
        let page = self.get(&items(collection, &[("limit", "10000")])).await.json();
        let features = page["features"].as_array().unwrap().iter();
        let nowhere = features.filter(|feature| feature["geometry"].is_null());
        nowhere.map(|feature| feature["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// The address of the features of a collection.
pub fn items(collection: &str, pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    format!("/collections/{collection}/items?{}", pairs.join("&"))
}

pub fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let one = |byte: u8| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// The address of a link, without the server's name.
pub fn href<'v>(links: &'v Value, rel: &str, kind: &str) -> Option<&'v str> {
    let found = links.as_array()?.iter().find(|link| {
        link["rel"] == rel && link["type"].as_str().is_some_and(|known| known.starts_with(kind))
    })?;
    found["href"].as_str()?.strip_prefix("http://lacuna.test")
}

pub fn id(collection: &Value) -> &str {
    collection["id"].as_str().unwrap()
}
