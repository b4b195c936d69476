//! Requests whose head cannot be read: too long, or not HTTP. Nobody knows what was asked, so the
//! library that reads heads answers by itself, with a number and no words, and hangs up; one who is
//! still sending then finds the connection cut and never sees the answer. Here its answer is held
//! back until the connection has ended. If it ended for that reason, ours goes in its place, and
//! what still comes is read and dropped for a while.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::guard;
use super::problem::Problem;

/// The most that is read and dropped behind a refusal, and for how long.
const DROPPED_BYTES: u64 = 64 * 1024 * 1024;
const DROPPED_FOR: Duration = Duration::from_secs(10);

/// A connection that gives back what of it is left, where an answer was held back.
pub(super) struct Watched {
    stream: Option<TcpStream>,
    held: Vec<u8>,
    /// Whether a line has ended since something was last written.
    line_ended: bool,
    back: Option<oneshot::Sender<Left>>,
}

/// A connection whose last answer was held back.
pub(super) struct Left {
    stream: TcpStream,
    held: Vec<u8>,
    line_ended: bool,
}

/// Watches a connection; what is left of it, if anything, is there when it is dropped.
pub(super) fn watch(stream: TcpStream) -> (Watched, oneshot::Receiver<Left>) {
    let (back, left) = oneshot::channel();
    let held = Vec::new();
    (Watched { stream: Some(stream), held, line_ended: false, back: Some(back) }, left)
}

impl Left {
    /// Sends the answer that was held back, or, where the head could not be read, one in words.
    pub async fn finish(mut self, is_unread: bool) -> io::Result<()> {
        if !is_unread {
            self.stream.write_all(&self.held).await?;
            return self.stream.shutdown().await;
        }
        let answer = self.in_words().await;
        self.stream.write_all(&answer).await?;
        self.stream.shutdown().await?;
        // A connection that is closed before all was read is cut, and the answer lost.
        let mut rest = self.stream.take(DROPPED_BYTES);
        let mut sink = tokio::io::sink();
        let dropped = tokio::io::copy(&mut rest, &mut sink);
        let _ = tokio::time::timeout(DROPPED_FOR, dropped).await;
        Ok(())
    }

    async fn in_words(&self) -> Vec<u8> {
        let held = String::from_utf8_lossy(&self.held);
        let status = held.split(' ').nth(1).unwrap_or_default();
        let mut response = problem(status, self.line_ended).into_response();
        // Pages of other hosts may read what is said under /api, and this may have been asked there.
        guard::dress(response.headers_mut(), "/api");
        let (mut parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
        parts.headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        let mut answer = format!("HTTP/1.1 {}\r\n", parts.status).into_bytes();
        for date in held.split("\r\n").filter(|line| line.starts_with("date:")) {
            answer.extend_from_slice(date.as_bytes());
            answer.extend_from_slice(b"\r\n");
        }
        for (name, value) in &parts.headers {
            answer.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        answer.extend_from_slice(b"\r\n");
        answer.extend_from_slice(&body);
        answer
    }
}

/// What is wrong with a head that was refused with this status.
fn problem(status: &str, line_ended: bool) -> Problem {
    match status {
        "414" => guard::url_too_long(),
        "431" if !line_ended => guard::url_too_long(),
        "431" => Problem::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "Headers too large",
            "There are more than 100 headers, or more than about 400,000 bytes of them. Send fewer or shorter ones, cookies among them.",
        ),
        _ => Problem::new(
            StatusCode::BAD_REQUEST,
            "Not HTTP",
            "The first line or a header of this request cannot be read. In a URL a space is written %20, \" %22, < %3C and > %3E.",
        ),
    }
}

/// Whether this may be an answer of the library's own: a refusal without a body, and the last.
fn may_be_bare(bytes: &[u8]) -> bool {
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    bytes.starts_with(b"HTTP/1.1 4")
        && bytes.len() < 256
        && bytes.ends_with(b"\r\n\r\n")
        && has(b"\r\nconnection: close\r\n")
        && has(b"\r\ncontent-length: 0\r\n")
}

fn gone() -> io::Error {
    io::ErrorKind::NotConnected.into()
}

impl Watched {
    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(gone)
    }

    /// Writes what was held back, as it was not the last.
    fn poll_held(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.held.is_empty() {
            let stream = self.stream.as_mut().ok_or_else(gone)?;
            let written = ready!(Pin::new(stream).poll_write(cx, &self.held))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.held.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let (false, Some(stream), Some(back)) =
            (self.held.is_empty(), self.stream.take(), self.back.take())
        {
            let held = std::mem::take(&mut self.held);
            // Where nobody waits for it, it is closed.
            let _ = back.send(Left { stream, held, line_ended: self.line_ended });
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(self.stream()?.poll_read(cx, buffer))?;
        if !self.line_ended {
            self.line_ended = buffer.filled()[before..].contains(&b'\n');
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_held(cx))?;
        if may_be_bare(bytes) {
            self.held = bytes.to_vec();
            return Poll::Ready(Ok(bytes.len()));
        }
        self.line_ended = false;
        self.stream()?.poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [bytes] = slices {
            return self.poll_write(cx, bytes);
        }
        ready!(self.poll_held(cx))?;
        self.line_ended = false;
        self.stream()?.poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(TcpStream::is_write_vectored)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.held.is_empty() { self.stream()?.poll_shutdown(cx) } else { Poll::Ready(Ok(())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_without_words_that_ends_the_connection_is_held_back() {
        let bare = "HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\ndate: Mon\r\n\r\n";
        assert!(may_be_bare(bare.as_bytes()));
        for other in [
            bare.replace("414", "204"),
            bare.replace("connection: close\r\n", ""),
            bare.replace("length: 0", "length: 10"),
            format!("{bare}{{}}"),
            format!("{{}}{bare}"),
            String::new(),
        ] {
            assert!(!may_be_bare(other.as_bytes()), "{other}");
        }
    }
}
