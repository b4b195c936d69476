//! Requests whose head cannot be read, as they stand on the wire: each is refused in words that
//! arrive, also while it is still being sent.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fixture::app;

const GOOD: &str = "GET /api/delta/conformance HTTP/1.1\r\nHost: x\r\n\r\n";

async fn serve() -> (SocketAddr, tokio::sync::oneshot::Sender<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(async {
        let stopped = async {
            let _ = stopped.await;
        };
        lacuna::http::serve(app(), Default::default(), listener, stopped).await.unwrap();
    });
    (address, stop)
}

/// One answer of a connection: its head and its body.
#[derive(Debug)]
struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn read(stream: &mut TcpStream) -> Answer {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        Answer { head, body }
    }

    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    /// Checks that it is a refusal in words, with all that other refusals have.
    fn refused(&self, status: &str) -> String {
        assert_eq!(self.status(), status, "{}", self.head);
        for part in [
            "content-type: application/problem+json\r\n",
            "connection: close\r\n",
            "cache-control: no-store\r\n",
            "access-control-allow-origin: *\r\n",
            "\r\ndate: ",
        ] {
            assert_eq!(self.head.matches(part).count(), 1, "{part} in {}", self.head);
        }
        let problem: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem["status"].to_string(), status);
        problem["detail"].as_str().unwrap().to_owned()
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// The one answer to all of these bytes, behind which the connection ends without a fault.
fn sent(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = connect(address);
    stream.write_all(bytes).unwrap();
    let answer = Answer::read(&mut stream);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest));
    answer
}

/// A question with a filter of so many elements.
fn long(elements: usize) -> Vec<u8> {
    let list = vec!["%27abcdef%27"; elements].join(",");
    let path = "/api/delta/collections/areas/items?filter=name%20IN%20(";
    format!("GET {path}{list}) HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes()
}

async fn blocking(test: impl FnOnce(SocketAddr) + Send + 'static) {
    let (address, _stop) = serve().await;
    let test = move || {
        test(address);
        let mut stream = connect(address);
        stream.write_all(GOOD.as_bytes()).unwrap();
        assert_eq!(Answer::read(&mut stream).status(), "200", "the server is there after it");
    };
    tokio::task::spawn_blocking(test).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_that_is_too_long_is_refused_in_words() {
    blocking(|address| {
        assert_eq!(
            sent(address, GOOD.replace("Host", "Connection: close\r\nHost").as_bytes()).status(),
            "200"
        );
        // Longer than a URL may be, than a head may be, and than what a socket takes at once.
        for elements in [6_000, 100_000, 800_000] {
            let begun = Instant::now();
            let detail = sent(address, &long(elements)).refused("400");
            assert!(detail.contains("63488 bytes"), "{detail}");
            assert!(begun.elapsed() < Duration::from_secs(5), "{elements}: {:?}", begun.elapsed());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_before_a_refusal_arrives_whole() {
    blocking(|address| {
        let mut stream = connect(address);
        for _ in 0..3 {
            stream.write_all(GOOD.as_bytes()).unwrap();
            assert_eq!(Answer::read(&mut stream).status(), "200");
        }
        stream.write_all(&long(100_000)).unwrap();
        Answer::read(&mut stream).refused("400");
        // The same without waiting.
        let mut stream = connect(address);
        stream.write_all(&[GOOD.as_bytes(), &long(100_000)].concat()).unwrap();
        assert_eq!(Answer::read(&mut stream).status(), "200");
        assert_eq!(Answer::read(&mut stream).status(), "400");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_sends_slowly_is_answered_while_sending() {
    blocking(|address| {
        let mut stream = connect(address);
        let bytes = long(100_000);
        let (first, rest) = bytes.split_at(500_000);
        for part in first.chunks(50_000) {
            stream.write_all(part).unwrap();
            std::thread::sleep(Duration::from_millis(20));
        }
        Answer::read(&mut stream).refused("400");
        for part in rest.chunks(100_000) {
            std::thread::sleep(Duration::from_millis(20));
            stream.write_all(part).unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_are_too_large_or_too_many_are_refused_in_words() {
    blocking(|address| {
        let large = format!("Cookie: {}\r\nHost", "x".repeat(600_000));
        let many = (0..150).map(|at| format!("X-{at}: 1\r\n")).collect::<String>() + "Host";
        for headers in [large, many] {
            let detail = sent(address, GOOD.replace("Host", &headers).as_bytes()).refused("431");
            assert!(detail.contains("headers"), "{detail}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_refused_in_words() {
    blocking(|address| {
        for bad in [
            GOOD.replace("conformance", "conformance?filter=a>1"),
            GOOD.replace("conformance", "conformance?filter=a b"),
            GOOD.replace("Host:", "Ho st:"),
            GOOD.replace("HTTP/1.1", "HTTP/9"),
            "\u{16}\u{3}\u{1}\0\u{5}hello, is this TLS?\r\n\r\n".to_owned(),
        ] {
            let detail = sent(address, bad.as_bytes()).refused("400");
            assert!(detail.contains("%20"), "{bad}: {detail}");
        }
    })
    .await;
}
