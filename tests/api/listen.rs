//! Connections: both versions of HTTP at one address, asked by curl.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::fixture::app;

async fn serve() -> (String, tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let home = format!("http://{}/api/delta", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let server = tokio::spawn(async {
        let stopped = async {
            let _ = stopped.await;
        };
        lacuna::http::serve(app(), Default::default(), listener, stopped).await.unwrap();
    });
    (home, stop, server)
}

/// What curl prints, or nothing where it is not installed.
async fn curl(arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("curl");
    command.args(["-sS", "--noproxy", "*", "--max-time", "60"]).args(arguments);
    match tokio::task::spawn_blocking(move || command.output()).await.unwrap() {
        Err(_) => {
            eprintln!("skipped: curl is not installed");
            None
        }
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
    }
}

const SAYS: &str = "%{http_version} %{response_code} %{size_download}";

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_spoken_to_those_who_begin_with_it() {
    let (home, _stop, _server) = serve().await;
    let items = format!("{home}/collections/gaps/items");
    let ask = |arguments: &[&str]| {
        let all = [&["-o", "/dev/null", "-w", SAYS], arguments].concat();
        let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
        async move { curl(&all.iter().map(String::as_str).collect::<Vec<_>>()).await }
    };
    let Some(old) = ask(&["--http1.1", &items]).await else { return };
    let Some(new) = ask(&["--http2-prior-knowledge", &items]).await else { return };
    assert!(old.starts_with("1.1 200 ") && new.starts_with("2 200 "), "{old} {new}");
    assert_eq!(old[8..], new[6..]);
    // Links begin with the host that was asked, which has another name in HTTP/2.
    let page = curl(&["--http2-prior-knowledge", &items]).await.unwrap();
    assert!(page.contains(&format!("\"href\":\"{items}\"")), "{page}");
    // A filter nearly as long as a URL may be arrives.
    let filter = format!("filter=name IN ({})", vec!["'abcdefghi'"; 3_000].join(","));
    let long = ask(&["--http2-prior-knowledge", "-G", "--data-urlencode", &filter, &items]).await;
    assert!(long.unwrap().starts_with("2 200 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_http_1_1_says_http_2_says_too() {
    let (home, _stop, _server) = serve().await;
    let items = format!("{home}/collections/gaps/items?level=1");
    let new = ["--http2-prior-knowledge", "-D", "-", "-o", "/dev/null"];
    let ask = |more: &[&str]| {
        let all: Vec<String> = [&new, more].concat().into_iter().map(str::to_owned).collect();
        async move { curl(&all.iter().map(String::as_str).collect::<Vec<_>>()).await }
    };
    let Some(head) = ask(&["-I", &items]).await else { return };
    let header = |reply: &str, name: &str| {
        let line = reply.lines().find(|line| line.starts_with(&format!("{name}: ")));
        line.map(|line| line[name.len() + 2..].trim().to_owned()).unwrap_or_default()
    };
    let plain = ask(&[&items]).await.unwrap();
    assert_eq!(header(&head, "content-length"), header(&plain, "content-length"));
    assert_eq!(header(&plain, "vary"), "accept, accept-encoding");
    assert_eq!(header(&plain, "access-control-allow-origin"), "*");
    let tag = header(&plain, "etag");
    let known = ask(&["-H", &format!("If-None-Match: {tag}"), &items]).await.unwrap();
    assert!(known.starts_with("HTTP/2 304"), "{known}");
    let options = ask(&["-X", "OPTIONS", &items]).await.unwrap();
    assert!(options.starts_with("HTTP/2 204"), "{options}");
    assert_eq!(header(&options, "allow"), "GET, HEAD, OPTIONS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_says_nothing_does_not_hold_up_the_end() {
    let (home, stop, server) = serve().await;
    let address = home.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let silent = tokio::net::TcpStream::connect(&address).await.unwrap();
    let begun = Instant::now();
    drop(stop);
    tokio::time::timeout(Duration::from_secs(20), server).await.unwrap().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20));
    drop(silent);
}

/// An answer that is given again is the same, to the letter, as when it was worked out, and not
/// after the operation has changed.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_given_again_is_the_same_until_the_data_change() {
    let app = app();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let home = format!("http://{}/api/delta/collections", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = app.clone();
    tokio::spawn(async {
        let stopped = async {
            let _ = stopped.await;
        };
        lacuna::http::serve(served, Default::default(), listener, stopped).await.unwrap();
    });
    let items = format!("{home}/gaps/items");
    let ask = |more: &[&str]| {
        let all = [&["-i", "-H", "X-Request-Id: one"], more, &[items.as_str()]].concat();
        let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
        async move {
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            let reply = curl(&all).await?;
            let without_date = reply.lines().filter(|line| !line.starts_with("date:"));
            Some(without_date.collect::<Vec<_>>().join("\n"))
        }
    };
    let Some(first) = ask(&[]).await else { return };
    assert!(first.contains("x-request-id: one"), "{first}");
    assert_eq!(ask(&[]).await.unwrap(), first);
    let other = ask(&["-H", "Host: elsewhere.test"]).await.unwrap();
    assert!(other.contains("http://elsewhere.test/api") && !first.contains("elsewhere"));
    let page = ask(&["-H", "Accept: text/html"]).await.unwrap();
    assert!(page.contains("<!doctype html>"), "{page}");
    let head = ask(&["-I"]).await.unwrap();
    assert!(head.contains("200 OK") && !head.contains("features"), "{head}");
    let tag = first.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let known = ask(&["-H", &format!("If-None-Match: {tag}")]).await.unwrap();
    assert!(known.contains("304") && !known.contains("content-length"), "{known}");

    let mut rows = crate::fixture::rows();
    rows.revision.number += 1;
    app.publish(lacuna::domain::Snapshot::build(rows));
    let next = ask(&[]).await.unwrap();
    assert!(next.contains("\"revision\":4") && first.contains("\"revision\":3"), "{next}");
    drop(stop);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_for_revisions_does_not_keep_the_server_from_ending() {
    let (home, stop, server) = serve().await;
    let events = format!("{home}/events");
    let listening =
        tokio::spawn(
            async move { curl(&["-N", "-H", "Accept: text/event-stream", &events]).await },
        );
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(20), server).await.unwrap().unwrap();
    let Some(told) = listening.await.unwrap() else { return };
    assert!(told.contains("event: revision"), "{told}");
}
