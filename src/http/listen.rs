//! Connections: HTTP/1.1, and HTTP/2 for those who begin with it ("prior knowledge", RFC 9113
//! section 3.3). The old way of upgrading from one to the other is gone from that standard.

use std::future::{Future, ready};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use futures_util::future::Either;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::Service;

use super::{Server, hot, public, unread};

/// The longest that a request's head may take to arrive, and that a connection may be silent.
const SILENCE: Duration = Duration::from_secs(75);

/// The longest that requests may take to end once the server is to.
const LAST: Duration = Duration::from_secs(120);

/// Requests of one HTTP/2 connection at once.
const STREAMS: u32 = 128;

/// Bytes of a request's head, a little more than the longest URL.
const HEAD_BYTES: u32 = 64 * 1024;

/// Answers requests until `shutdown` is done, then finishes the ones it has begun.
pub(super) async fn listen(
    router: Router,
    server: Arc<Server>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(SILENCE);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(SILENCE)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES);
    let begun = GracefulShutdown::new();
    let (open, closing) = watch::channel(());
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let (stream, peer) = match accepted {
            Ok(connection) => connection,
            Err(failed) => {
                // Often there are too many files open: that passes.
                tracing::warn!(%failed, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (builder, router, watcher) = (builder.clone(), router.clone(), begun.watcher());
        let server = server.clone();
        let mut closing = closing.clone();
        tokio::spawn(async move {
            tokio::select! {
                speaks = speaks(&stream) => if !speaks { return },
                _ = closing.changed() => return,
            }
            let service = service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
                public::strip(&server, request.uri_mut());
                match hot::again(&server, &request) {
                    Some(response) => Either::Left(ready(Ok(response))),
                    None => Either::Right(router.clone().call(request)),
                }
            });
            let (stream, left) = unread::watch(stream);
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            let ended = watcher.watch(connection).await;
            let unread = ended
                .as_ref()
                .err()
                .is_some_and(|failed| failed.downcast_ref().is_some_and(hyper::Error::is_parse));
            if let Err(failed) = ended {
                tracing::trace!(failed, "a connection ended early");
            }
            if let Ok(left) = left.await
                && let Err(failed) = left.finish(unread).await
            {
                tracing::trace!(%failed, "a refusal was not sent");
            }
        });
    }
    server.ending.send_replace(true);
    drop((listener, open));
    // A file that is being imported ends; who stopped reading an answer is not waited for.
    let _ = tokio::time::timeout(LAST, begun.shutdown()).await;
    Ok(())
}

/// Whether anything arrives in time.
async fn speaks(stream: &TcpStream) -> bool {
    // Small answers must not wait for a full packet.
    let _ = stream.set_nodelay(true);
    matches!(tokio::time::timeout(SILENCE, stream.readable()).await, Ok(Ok(())))
}
