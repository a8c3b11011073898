//! The layer before a router of axum, over connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use axum::Router;
use axum::body::Body;
use axum::http::header::CACHE_CONTROL;
use axum::routing::{get, post};
use cachefn::http::HttpCache;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server that ends with its test.
struct Server {
    address: SocketAddr,
    asked: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve() -> Server {
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    let page = move || async move {
        let number = count.fetch_add(1, Relaxed);
        ([(CACHE_CONTROL, "max-age=60")], format!("page {number}"))
    };
    let pieces = || async {
        let pieces = ["a", "b", "c"].map(Ok::<_, std::io::Error>);
        ([(CACHE_CONTROL, "max-age=60")], Body::from_stream(futures_util::stream::iter(pieces)))
    };
    let cache = HttpCache::builder("pages").cache_status("pages").build().unwrap();
    let app = Router::new()
        .route("/page", get(page))
        .route("/pieces", get(pieces))
        .route("/change", post(async || [("content-location", "/page")]))
        .layer(cache.layer());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Server { address, asked, task }
}

/// Sends these bytes, and reads until the server hangs up.
async fn send(server: &Server, bytes: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

async fn ask(server: &Server, line: &str, headers: &str) -> String {
    let request =
        format!("{line} HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n{headers}\r\n");
    send(server, &request).await
}

#[tokio::test]
async fn a_page_is_made_once_for_all_connections() {
    let server = serve().await;
    let first = ask(&server, "GET /page", "").await;
    let second = ask(&server, "GET /page", "").await;
    assert!(first.ends_with("\r\n\r\npage 0") && second.ends_with("\r\n\r\npage 0"), "{second}");
    assert!(first.contains("cache-status: pages; fwd=uri-miss; stored"), "{first}");
    // A second may pass between the two.
    assert!(second.contains("cache-status: pages; hit; ttl="), "{second}");
    assert!(second.contains("\r\nage: ") && second.contains("content-length: 6"), "{second}");
    assert_eq!(server.asked.load(Relaxed), 1);
}

#[tokio::test]
async fn head_over_a_connection_has_the_length_and_no_body() {
    let server = serve().await;
    ask(&server, "GET /page", "").await;
    let got = ask(&server, "HEAD /page", "").await;
    assert!(got.contains("content-length: 6") && got.ends_with("\r\n\r\n"), "{got}");
    assert_eq!(server.asked.load(Relaxed), 1);
}

#[tokio::test]
async fn two_requests_on_one_connection_get_their_own_answers() {
    let server = serve().await;
    let bytes = "GET /page HTTP/1.1\r\nhost: example.com\r\n\r\n\
                 GET /pieces HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n";
    let got = send(&server, bytes).await;
    assert_eq!(got.matches("HTTP/1.1 200").count(), 2, "{got}");
    assert!(got.contains("page 0"), "{got}");
}

#[tokio::test]
async fn pieces_of_a_stream_are_one_body_from_the_cache() {
    let server = serve().await;
    let first = ask(&server, "GET /pieces", "").await;
    assert!(first.contains("stored"), "{first}");
    let second = ask(&server, "GET /pieces", "").await;
    assert!(second.contains("content-length: 3") && second.ends_with("\r\n\r\nabc"), "{second}");
}

#[tokio::test]
async fn a_change_over_a_connection_invalidates_what_it_names() {
    let server = serve().await;
    ask(&server, "GET /page", "").await;
    ask(&server, "POST /change", "content-length: 0\r\n").await;
    assert!(ask(&server, "GET /page", "").await.ends_with("page 1"));
}

#[tokio::test]
async fn a_get_that_smuggles_another_request_leaves_nothing() {
    let server = serve().await;
    let both = "content-length: 5\r\ntransfer-encoding: chunked\r\n";
    let got = ask(&server, "GET /page", &format!("{both}\r\n0\r\n")).await;
    assert!(!got.contains("stored"), "{got}");
    let length = ask(&server, "GET /page", "content-length: 4\r\n\r\nabcd").await;
    assert!(!length.contains("stored"), "{length}");
    let clean = ask(&server, "GET /page", "").await;
    assert!(clean.contains("fwd=uri-miss; stored"), "{clean}");
}

#[tokio::test]
async fn a_request_of_the_old_protocol_without_a_host_passes() {
    let server = serve().await;
    for _ in 0..2 {
        let got = send(&server, "GET /page HTTP/1.0\r\n\r\n").await;
        assert!(got.contains("fwd=bypass; detail=target"), "{got}");
    }
    assert_eq!(server.asked.load(Relaxed), 2);
}
