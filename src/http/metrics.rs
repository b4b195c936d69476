//! What the server says about itself, for Prometheus, as OpenMetrics text: requests since it began,
//! and what it holds at this moment.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::Server;
use super::problem::Problem;
use crate::app::App;
use crate::app::import::Imports;

const MEDIA: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the classes of durations (s).
const SECONDS: [f64; 12] =
    [0.0005, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

type Label = (&'static str, &'static str);

/// Requests since the server began.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<[Label; 2], Counter>,
    seconds: Family<[Label; 1], Histogram, fn() -> Histogram>,
}

impl Metrics {
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("lacuna");
        let requests = Family::default();
        let help = "Requests that were answered, by what was asked for and the class of the status";
        registry.register("requests", help, requests.clone());
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let seconds = Family::new_with_constructor(histogram);
        let help = "From the head of a request to the head of its answer";
        registry.register_with_unit("request", help, Unit::Seconds, seconds.clone());
        Metrics { registry, requests, seconds }
    }

    /// Counts an answer.
    pub fn answered(&self, asked: &'static str, status: StatusCode, took: Duration) {
        let class = match status.as_u16() / 100 {
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.requests.get_or_create(&[("asked", asked), ("status", class)]).inc();
        self.seconds.get_or_create(&[("asked", asked)]).observe(took.as_secs_f64());
    }
}

/// What a path asks for, in one word of few.
pub(crate) fn asked(path: &str) -> &'static str {
    let mut parts = path.split('/').skip(1);
    let mut next = || parts.next().unwrap_or_default();
    match (next(), next(), next(), next(), next()) {
        ("health" | "metrics", ..) => "probes",
        ("api", _, "imports", ..) => "imports",
        ("api", _, "review", ..) => "review",
        ("api", _, "quality", ..) => "quality",
        ("api", _, "events", ..) => "events",
        ("api", _, "collections", _, "items") => match (next(), next()) {
            ("", _) => "items",
            (_, "lines") => "lines",
            _ => "item",
        },
        ("api", _, "collections", _, "tiles") => "tiles",
        ("api", _, "collections", _, export) if export.starts_with("export.") => "exports",
        ("api", ..) => "documents",
        _ => "page",
    }
}

pub(crate) async fn metrics(
    State(server): State<Arc<Server>>,
) -> Result<impl IntoResponse, Problem> {
    let mut out = String::new();
    let written = text::encode_registry(&mut out, &server.metrics.registry)
        .and_then(|()| write_now(&mut out, &server))
        .and_then(|()| text::encode_eof(&mut out));
    written.map_err(|_| Problem::internal())?;
    Ok(([(header::CONTENT_TYPE, MEDIA)], out))
}

/// What is held at this moment.
fn write_now(out: &mut String, server: &Server) -> fmt::Result {
    let app = &server.app;
    let mut registry = Registry::with_prefix("lacuna");
    let listed = app.listed();
    number(&mut registry, "operations", "Operations of the database", listed.len());
    let is_up = usize::from(app.database_is_there());
    number(&mut registry, "database_up", "Whether the database answered last", is_up);
    if let Some(is_up) = app.replica_is_there() {
        let help = "Whether the read database answered last";
        number(&mut registry, "read_database_up", help, usize::from(is_up));
    }
    if let Some(bytes) = resident_bytes() {
        number(&mut registry, "resident_bytes", "Memory the process has", bytes);
    }

    let of_operation = Family::<Vec<(&str, String)>, Gauge>::default;
    let (revision, behind, rows, bytes) =
        (of_operation(), of_operation(), of_operation(), of_operation());
    for snapshot in app.loaded() {
        let id = snapshot.operation.id.to_string();
        let label = vec![("operation", id.clone())];
        let number = snapshot.revision.number;
        let newest = listed.get(&*id).map_or(number, |one| one.revision.number);
        revision.get_or_create(&label).set(signed(number));
        behind.get_or_create(&label).set(signed(newest.saturating_sub(number)));
        bytes.get_or_create(&label).set(signed(App::weight(&snapshot)));
        for (table, count) in [
            ("areas", snapshot.areas.len() - 1),
            ("partners", snapshot.partners.len()),
            ("activities", snapshot.activities.len()),
            ("sites", snapshot.sites.len()),
            ("needs", snapshot.needs.len()),
            ("population", snapshot.populations.len()),
        ] {
            let label = vec![("operation", id.clone()), ("table", table.into())];
            rows.get_or_create(&label).set(signed(count as u64));
        }
    }
    registry.register("revision", "Revision that is answered from", revision);
    registry.register("revisions_behind", "Revisions the database is ahead of it", behind);
    registry.register("rows", "Current rows in memory", rows);
    registry.register("snapshot_bytes", "Memory a snapshot takes, estimated", bytes);

    let kept = of_operation();
    for (id, view) in server.views.load().iter() {
        let label = vec![("operation", id.to_string())];
        kept.get_or_create(&label).set(signed(view.kept_bytes()));
    }
    let help = "Memory of figures and shapes that answers are made from, estimated";
    registry.register("kept_bytes", help, kept);
    let help = "Memory of rendered answers, which cache-mb bounds";
    let bytes = server.kept.bytes().saturating_add(server.hot.weighted_size());
    number(&mut registry, "answer_bytes", help, usize::try_from(bytes).unwrap_or(usize::MAX));

    let of_kind = Family::<Vec<(&str, String)>, Counter>::default;
    let imports = of_kind();
    let seconds =
        Family::<Vec<(&str, String)>, Counter<f64, std::sync::atomic::AtomicU64>>::default();
    for ((kind, outcome), Imports { count, took }) in app.imports() {
        let label = vec![("kind", kind.to_owned()), ("outcome", outcome.to_owned())];
        imports.get_or_create(&label).inc_by(count);
        seconds.get_or_create(&label).inc_by(took.as_secs_f64());
    }
    registry.register("imports", "Imports that were to be committed", imports);
    let help = "From the file to the snapshot after it, together";
    registry.register_with_unit("import", help, Unit::Seconds, seconds);
    text::encode_registry(out, &registry)
}

fn number(registry: &mut Registry, name: &str, help: &str, value: usize) {
    let gauge = Gauge::<i64>::default();
    gauge.set(signed(value as u64));
    registry.register(name, help, gauge);
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Memory the process has, where the system says it as Linux does.
fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn every_path_is_of_one_of_a_few_kinds() {
        for (path, kind) in [
            ("/", "page"),
            ("/assets/x.js", "page"),
            ("/metrics", "probes"),
            ("/health/ready", "probes"),
            ("/api", "documents"),
            ("/api/op", "documents"),
            ("/api/op/collections/gaps", "documents"),
            ("/api/op/collections/gaps/items", "items"),
            ("/api/op/collections/gaps/items/", "items"),
            ("/api/op/collections/gaps/items/MZ01", "item"),
            ("/api/op/collections/gaps/items/MZ01/lines", "lines"),
            ("/api/op/collections/gaps/tiles/WebMercatorQuad/1/2/3", "tiles"),
            ("/api/op/collections/gaps/export.csv", "exports"),
            ("/api/op/imports/3/commit", "imports"),
        ] {
            assert_eq!(asked(path), kind, "{path}");
        }
    }
}
