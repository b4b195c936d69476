//! The route table, and what every request passes through.

mod assets;
mod collections;
mod conditional;
mod documents;
mod events;
mod export;
mod extract;
mod guard;
mod health;
mod hot;
mod html;
mod imports;
mod items;
mod kept;
mod landing;
mod lines;
mod links;
mod listen;
mod metrics;
mod openapi;
mod problem;
mod public;
pub mod published;
mod review;
mod revision;
mod stored;
mod styles;
mod tiles;
mod token;
mod unread;

use std::collections::BTreeMap;
use std::future::{Future, ready};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn_with_state, map_request};
use axum::routing::{get, post};
use moka::sync::Cache;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::app::App;
use crate::app::collections::View;
use crate::config::{Limits, Network};
use crate::domain::{Snapshot, Text};

pub use problem::Problem;
pub use token::Token;

/// Bytes of a request body, but of a file that is sent to be imported.
const BODY_LIMIT: usize = 64 * 1024;

/// How a server answers.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub limits: Limits,
    /// `None`: nothing can be written.
    pub writes: Option<Writes>,
    /// What links begin with; `None` is the host that was asked.
    pub public_url: Option<String>,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: Vec<Network>,
}

/// What writing needs.
#[derive(Clone, Debug)]
pub struct Writes {
    pub token: Token,
    /// The time as RFC 3339, UTC.
    pub now: fn() -> Text,
}

/// Every URL there is.
pub fn router(app: Arc<App>, settings: &Settings) -> Router {
    let server = Arc::new(Server::new(app, settings));
    let routes = routes(server.clone());
    let strip = move |mut request: Request| {
        public::strip(&server, request.uri_mut());
        ready(request)
    };
    // What a layer does to an address, routes of the same router do not see.
    Router::new().fallback_service(routes).layer(map_request(strip))
}

fn routes(server: Arc<Server>) -> Router {
    let changed = get(imports::one).patch(imports::change).delete(imports::discard);
    // Files are as long as their own budget says; decisions may be many.
    let send = post(imports::send).get(imports::list);
    let decide = get(review::items).post(review::decide);
    let uploads = Router::new()
        .route("/api/{operation}/imports", send)
        .route("/api/{operation}/review", decide);
    let routes = Router::new()
        // Probes
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        // Operations
        .route("/api", get(landing::operations))
        .route("/api/{operation}", get(landing::landing))
        .route("/api/{operation}/conformance", get(landing::conformance))
        .route("/api/{operation}/openapi.json", get(openapi::document))
        .route("/api/{operation}/docs", get(openapi::docs))
        // Collections
        .route("/api/{operation}/collections", get(collections::all))
        .route("/api/{operation}/collections/{collection}", get(collections::one))
        .route("/api/{operation}/collections/{collection}/schema", get(collections::schema))
        .route("/api/{operation}/collections/{collection}/queryables", get(collections::queryables))
        // Features
        .route("/api/{operation}/collections/{collection}/items", get(items::items))
        .route("/api/{operation}/collections/{collection}/items/{id}", get(items::item))
        .route("/api/{operation}/collections/{collection}/items/{id}/lines", get(lines::lines))
        .route("/api/{operation}/collections/{collection}/{export}", get(export::export))
        // Tiles
        .route("/api/{operation}/tileMatrixSets", get(tiles::matrix_sets))
        .route("/api/{operation}/tileMatrixSets/{set}", get(tiles::matrix_set))
        .route("/api/{operation}/collections/{collection}/tiles", get(tiles::tilesets))
        .route("/api/{operation}/collections/{collection}/tiles/{set}", get(tiles::tileset))
        .route(
            "/api/{operation}/collections/{collection}/tiles/{set}/{zoom}/{row}/{column}",
            get(tiles::tile),
        )
        // Styles
        .route("/api/{operation}/collections/{collection}/styles", get(styles::all))
        .route("/api/{operation}/collections/{collection}/styles/{style}", get(styles::one))
        .route("/qgis/{file}", get(styles::qgis))
        // Imports
        .route("/api/{operation}/imports/{id}", changed)
        .route("/api/{operation}/imports/{id}/copy", post(imports::copy))
        .route("/api/{operation}/imports/{id}/commit", post(imports::commit))
        .route("/api/{operation}/imports/{id}/rollback", post(imports::rollback))
        .route("/api/{operation}/imports/{id}/report", get(imports::report))
        .route("/api/{operation}/quality", get(imports::quality))
        .route("/api/{operation}/events", get(events::events))
        // Pages without a script, the page and its files
        .route("/pages.css", get(html::style))
        .fallback(assets::file)
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .merge(uploads)
        .layer(CatchPanicLayer::custom(guard::panicked))
        .with_state(server.clone());
    // The methods of a route are written on its answer when it leaves the routes: the guard must
    // stand behind that to see them.
    Router::new()
        .fallback_service(routes)
        .layer(from_fn_with_state(server.clone(), revision::prepare))
        .layer(from_fn_with_state(server, guard::guard))
}

/// Answers requests until `shutdown` is done, then finishes the ones it has begun.
pub async fn serve(
    app: Arc<App>,
    settings: Settings,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let server = Arc::new(Server::new(app, &settings));
    listen::listen(routes(server.clone()), server, listener, shutdown).await
}

/// What every handler shares.
pub(crate) struct Server {
    app: Arc<App>,
    views: ArcSwap<BTreeMap<Text, Arc<View>>>,
    kept: Arc<kept::Kept>,
    /// Whole layers, in temporary files where they are long. They are made beside the other
    /// answers: maps and figures do not wait for them.
    files: Arc<kept::Kept>,
    /// Answers as they left, by all that was asked.
    hot: Cache<hot::Key, Arc<hot::Hot>>,
    in_flight: Semaphore,
    /// The longest an answer may take.
    timeout: Duration,
    /// Bytes of a file that is sent.
    upload_bytes: usize,
    writes: Option<Writes>,
    public_url: Option<String>,
    trusted_proxies: Vec<Network>,
    /// Counts the files that were sent.
    sent: AtomicU64,
    metrics: metrics::Metrics,
    /// Permits to listen for revisions.
    listeners: Arc<Semaphore>,
    /// Becomes true when the server is to end.
    ending: watch::Sender<bool>,
}

impl Server {
    fn new(app: Arc<App>, settings: &Settings) -> Server {
        let limits = &settings.limits;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let weight = |_: &conditional::Key, rendered: &Arc<stored::Rendered>| rendered.weight();
        let disk_kb = limits.disk_mb << 10;
        let weight_on_disk = move |_: &conditional::Key, rendered: &Arc<stored::Rendered>| {
            rendered.weight_on_disk(disk_kb)
        };
        let kept = Cache::builder().max_capacity(limits.cache_mb << 20).weigher(weight).build();
        let files = Cache::builder().max_capacity(disk_kb).weigher(weight_on_disk).build();
        Server {
            app,
            views: ArcSwap::default(),
            // A few more permits than there are cores.
            kept: Arc::new(kept::Kept::new(kept, cores * 2)),
            files: Arc::new(kept::Kept::new(files, cores)),
            hot: Cache::builder()
                .max_capacity(limits.cache_mb << 18)
                .weigher(|key: &hot::Key, hot: &Arc<hot::Hot>| {
                    hot.weight().saturating_add(u32::try_from(key.len()).unwrap_or(u32::MAX))
                })
                .build(),
            in_flight: Semaphore::new(limits.concurrency.min(Semaphore::MAX_PERMITS)),
            timeout: Duration::from_secs(limits.timeout_s),
            upload_bytes: usize::try_from(limits.upload_mb << 20).unwrap_or(usize::MAX),
            writes: settings.writes.clone(),
            public_url: settings.public_url.clone(),
            trusted_proxies: settings.trusted_proxies.clone(),
            sent: AtomicU64::new(0),
            metrics: metrics::Metrics::new(),
            listeners: Arc::new(Semaphore::new(events::LISTENERS)),
            ending: watch::Sender::new(false),
        }
    }

    /// The view of a snapshot. It is shared as long as that is the current one of its operation.
    fn view(&self, snapshot: Arc<Snapshot>) -> Arc<View> {
        let operation = &*snapshot.operation.id;
        let current = |views: &BTreeMap<Text, Arc<View>>| {
            let known = views.get(operation);
            known.filter(|view| Arc::ptr_eq(&view.snapshot, &snapshot)).cloned()
        };
        if let Some(view) = current(&self.views.load()) {
            return view;
        }
        let standards = self.app.standards.clone();
        let fresh = match self.views.load().get(operation) {
            Some(before) => before.next(snapshot.clone(), standards),
            None => View::new(snapshot.clone(), standards),
        };
        let fresh = Arc::new(fresh);
        // What left the memory meanwhile is for one answer only.
        if !self.app.holds(&snapshot) {
            return fresh;
        }
        let mut chosen = fresh.clone();
        self.views.rcu(|views| match current(views) {
            // Another request was first; two views would do all their work twice.
            Some(view) => {
                chosen = view;
                BTreeMap::clone(views)
            }
            None => {
                chosen = fresh.clone();
                let mut next = BTreeMap::clone(views);
                // What was dropped from memory must not live on here.
                next.retain(|_, view| self.app.holds(&view.snapshot));
                next.insert(snapshot.operation.id.clone(), fresh.clone());
                next
            }
        });
        chosen
    }
}
