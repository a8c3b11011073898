//! Real requests to a real server: what the cache keeps from the table, over a restart of the service.

use std::net::SocketAddr;
use std::path::Path;

use example_axum::{Service, client::ask};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

async fn serve(file: &Path) -> (SocketAddr, Service, JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (server, service) = (listener.local_addr().unwrap(), Service::open(file).unwrap());
    let serving = axum::serve(listener, service.clone().router());
    (server, service, tokio::spawn(serving.into_future()))
}

async fn stats(server: SocketAddr) -> String {
    ask(server, "GET", "/stats", "").await.unwrap().1
}

#[tokio::test]
async fn h_07_many_requests_for_one_profile_read_the_table_once_and_a_new_service_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profiles.db");
    let (server, service, serving) = serve(&file).await;
    let clients: Vec<_> =
        (0..50).map(|_| tokio::spawn(ask(server, "GET", "/users/7", ""))).collect();
    for client in clients {
        let (status, body) = client.await.unwrap().unwrap();
        assert_eq!((status, &*body), (200, r#"{"id":7,"name":"user 7"}"#));
    }
    assert!(stats(server).await.ends_with("loads: 1, reads of the table: 1\n"));
    service.close().await.unwrap();
    serving.abort();
    drop(service);
    let _ = serving.await;

    let (server, service, serving) = serve(&file).await;
    let (status, body) = ask(server, "GET", "/users/7", "").await.unwrap();
    assert_eq!((status, &*body), (200, r#"{"id":7,"name":"user 7"}"#));
    let told = stats(server).await;
    assert_eq!(told, "hits: 1, of them from the file: 1, loads: 0, reads of the table: 0\n");
    service.close().await.unwrap();
    serving.abort();
}

#[tokio::test]
async fn s_18_a_name_that_was_changed_is_read_anew_and_nobody_is_remembered_as_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (server, _service, serving) = serve(&folder.path().join("profiles.db")).await;
    let loading = tokio::spawn(ask(server, "GET", "/users/7", ""));
    let (status, _) = ask(server, "PUT", "/users/7/name", "Ada").await.unwrap();
    assert_eq!(status, 204);
    loading.await.unwrap().unwrap();
    let (_, body) = ask(server, "GET", "/users/7", "").await.unwrap();
    assert_eq!(body, r#"{"id":7,"name":"Ada"}"#);
    let reads = stats(server).await;
    for _ in 0..2 {
        assert_eq!(ask(server, "GET", "/users/5000", "").await.unwrap().0, 404);
    }
    let count = |told: &str| told.trim().rsplit(' ').next().unwrap().parse::<u32>().unwrap();
    assert_eq!(count(&stats(server).await), count(&reads) + 1);
    serving.abort();
}
