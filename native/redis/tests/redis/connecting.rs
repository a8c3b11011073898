//! What is said about urls, logins, databases and certificates that are wrong.

use std::time::Duration;

use cachefn_core::{Error, ErrorKind, Storage};
use cachefn_redis::{Builder, Redis};
use cachefn_servers::Server;

use crate::support::{get, server, set};

/// The error of an attempt that must not work, which never shows the password.
async fn refused(builder: Builder) -> Error {
    let shown = format!("{builder:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
    let error = builder.connect().await.expect_err("it cannot connect");
    let mut texts = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        texts += &format!(" {inner} {inner:?}");
        cause = inner.source();
    }
    assert!(!texts.contains("s3cret"), "{texts}");
    assert_eq!(error.operation(), "connect", "{error}");
    error
}

async fn is_config(builder: Builder, says: &str) {
    let error = refused(builder).await;
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    assert!(error.to_string().contains(says), "{error}");
}

#[tokio::test]
async fn h_35_a_url_that_cannot_be_used_is_told_without_its_password() {
    for url in ["", "127.0.0.1", "http://:s3cret@127.0.0.1/", "redis//x", "s3cret"] {
        is_config(Redis::builder(url), "a url begins with redis://").await;
    }
    for url in [
        "redis://:s3cret@127.0.0.1/database",
        "redis://:s3cret@127.0.0.1:99999999/",
        "redis://:s3cret@/",
        "redis://:s3cret@127.0.0.1/?protocol=9",
        "redis://:s3cret@0.0.0.0/",
    ] {
        is_config(Redis::builder(url), "the url cannot be used").await;
    }
    is_config(Redis::builder("redis://127.0.0.1/#insecure"), "certificates are always").await;
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    let builder = || Redis::builder(server().url());
    is_config(builder().prefix(""), "the prefix is empty").await;
    is_config(builder().connections(0), "connections is 0").await;
    is_config(builder().timeout(Duration::ZERO), "a timeout is 0").await;
    is_config(builder().username("app"), "without a password").await;
    is_config(Redis::cluster(Vec::<String>::new()), "there is no url").await;
    is_config(Redis::sentinel(Vec::<String>::new(), "mymaster"), "there is no url").await;
    is_config(Redis::cluster(["redis://127.0.0.1/1"]), "only the database 0").await;
    is_config(Redis::cluster(["redis://127.0.0.1/"]).database(2), "only the database 0").await;
    is_config(Redis::cluster(["unix:///none.sock"]), "unix socket").await;
    is_config(Redis::cluster(["redis://127.0.0.1/"]).prefix("{a}"), "braces").await;
}

#[tokio::test]
async fn h_35_wrong_logins_are_settings_and_right_ones_work() {
    let server = Server::builder()
        .password("s3cret-admin")
        .acl("user app on >s3cret ~cache:* +@all -set")
        .start();
    let plain = format!("redis://127.0.0.1:{}/", server.port());
    is_config(Redis::builder(plain.as_str()), "asks for a password").await;
    is_config(Redis::builder(plain.as_str()).password("s3cret-no"), "WRONGPASS").await;
    is_config(Redis::builder(server.url_for("app", "s3cret-no")), "WRONGPASS").await;
    let url = server.url_for("app", "s3cret");
    let storage = Redis::builder(url).prefix("cache").connect().await.unwrap().storage();
    assert_eq!(get(&storage, b"name").await.unwrap(), None);
    let error = set(&storage, b"name", "s3cret value").await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Config, "set"));
    let text = error.to_string();
    assert!(text.contains("'set'") && text.contains("ACL") && !text.contains("s3cret"), "{text}");
    // Of another prefix.
    let url = server.url_for("app", "s3cret");
    let storage = Redis::builder(url).prefix("other").connect().await.unwrap().storage();
    let error = storage.delete(b"name").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    // Settings are stronger than the url.
    let redis = Redis::builder(server.url_for("app", "wrong")).password("s3cret").connect().await;
    assert!(redis.is_ok(), "{redis:?}");
}

#[tokio::test]
async fn databases_are_chosen_and_those_that_are_not_there_refused() {
    let url = |database: u32| format!("{}{database}", server().url());
    is_config(Redis::builder(url(99)), "redis at 127.0.0.1").await;
    let one = Redis::builder(url(3)).prefix("databases").connect().await.unwrap().storage();
    let other = Redis::builder(url(4)).prefix("databases").connect().await.unwrap().storage();
    set(&one, b"name", "of 3").await.unwrap();
    assert_eq!(get(&other, b"name").await.unwrap(), None);
    let same = Redis::builder(url(4)).database(3).prefix("databases").connect().await.unwrap();
    assert_eq!(get(&same.storage(), b"name").await.unwrap().as_deref(), Some("of 3"));
}

#[tokio::test]
async fn h_35_a_server_that_is_not_there_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // It accepts and never answers.
    let silent = Redis::builder(format!("redis://:s3cret@127.0.0.1:{port}/"))
        .connect_timeout(Duration::from_millis(100));
    let error = refused(silent).await;
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Timeout, true), "{error}");
    drop(listener);
    let error = refused(Redis::builder(format!("redis://:s3cret@127.0.0.1:{port}/"))).await;
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(error.to_string().starts_with(&format!("connect: redis at 127.0.0.1:{port}: ")));
    let error = refused(Redis::builder("unix:///nowhere/redis.sock")).await;
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    let error = refused(Redis::cluster([format!("redis://127.0.0.1:{port}/")])).await;
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    let error = refused(Redis::sentinel([format!("redis://127.0.0.1:{port}/")], "m")).await;
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
}

#[tokio::test]
async fn a_server_of_another_topology_is_a_setting() {
    let sentinel = Redis::sentinel([server().url()], "mymaster");
    is_config(sentinel, "unknown command").await;
    let error = refused(Redis::cluster([server().url()])).await;
    assert!(error.to_string().contains("cluster support disabled"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Config);
    let node = &crate::support::cluster().nodes()[0];
    let storage = Redis::connect(node.url()).await.unwrap().storage();
    let mut told = 0;
    for number in 0..20 {
        if let Err(error) = set(&storage, format!("name:{number}").as_bytes(), "record").await {
            assert!(error.to_string().contains("use Redis::cluster"), "{error}");
            assert_eq!(error.kind(), ErrorKind::Config);
            told += 1;
        }
    }
    assert!(told > 0);
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn h_35_certificates_are_verified() {
    let server = Server::builder().tls().conf("tls-auth-clients yes").start();
    let url = server.url();
    let ca = std::fs::read(server.ca()).unwrap();
    let (certificate, key) = server.client_certificate();
    let (certificate, key) = (std::fs::read(certificate).unwrap(), std::fs::read(key).unwrap());
    let with_ca = || Redis::builder(url.as_str()).ca_certificate(ca.clone());
    let redis = with_ca().client_certificate(certificate.clone(), key.clone()).connect().await;
    assert!(redis.is_ok(), "{redis:?}");
    // Nobody knows that authority.
    let unknown = Redis::builder(url.as_str()).client_certificate(certificate.clone(), key.clone());
    is_config(unknown, "certificate").await;
    is_config(with_ca().client_certificate("s3cret", "s3cret"), "redis at").await;
    is_config(Redis::builder(url.as_str()).ca_certificate("s3cret"), "redis at").await;
    let plain = Redis::builder(url.replace("rediss", "redis")).ca_certificate(ca.clone());
    is_config(plain, "does not begin with rediss://").await;
    // The certificate is for localhost.
    let other = Server::builder().tls_for("DNS:redis.example").start();
    let ca = std::fs::read(other.ca()).unwrap();
    is_config(Redis::builder(other.url()).ca_certificate(ca), "certificate").await;
    // Without the certificate that it asks for.
    let error = refused(with_ca()).await;
    assert!(matches!(error.kind(), ErrorKind::Config | ErrorKind::Unavailable), "{error}");
}

#[cfg(not(feature = "smol"))]
#[test]
fn without_an_executor_there_is_an_error_and_no_panic() {
    let connecting = std::pin::pin!(Redis::connect(server().url()));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = connecting.poll(&mut context) else {
        panic!("it must fail at once")
    };
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}
