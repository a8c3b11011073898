//! The suite that every storage must pass, against real servers in every topology, on two executors.

use cachefn_conformance::{Options, check};
use cachefn_redis::{Builder, Redis};
use cachefn_servers::{Cluster, Sentinels, Server};

/// Each place is a prefix of its own.
async fn conforms(builder: impl Fn() -> Builder + Send + Sync) {
    let open = |place: u32| {
        let builder = builder().prefix(format!("cache:{place}"));
        async move { Ok(builder.connect().await?.storage()) }
    };
    check(open, Options::new()).await.assert();
}

fn on_tokio(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test);
}

#[test]
fn one_server_is_a_storage_on_tokio() {
    let server = Server::start();
    on_tokio(conforms(|| Redis::builder(server.url())));
}

#[test]
fn one_server_is_a_storage_with_three_connections() {
    let server = Server::start();
    on_tokio(conforms(|| Redis::builder(server.url()).connections(3)));
}

#[test]
fn the_master_of_sentinels_is_a_storage_on_tokio() {
    let sentinels = Sentinels::start();
    on_tokio(conforms(|| Redis::sentinel(sentinels.urls(), sentinels.master_name())));
}

#[test]
fn a_cluster_is_a_storage_on_tokio() {
    let cluster = Cluster::start();
    on_tokio(conforms(|| Redis::cluster(cluster.urls())));
}

#[cfg(feature = "smol")]
#[test]
fn one_server_is_a_storage_on_smol() {
    let server = Server::builder().unix_socket().start();
    smol::block_on(conforms(|| Redis::builder(server.socket_url())));
}

#[cfg(feature = "smol")]
#[test]
fn the_master_of_sentinels_is_a_storage_on_smol() {
    let sentinels = Sentinels::start();
    smol::block_on(conforms(|| Redis::sentinel(sentinels.urls(), sentinels.master_name())));
}

#[cfg(feature = "smol")]
#[test]
fn a_cluster_is_a_storage_on_smol() {
    let cluster = Cluster::start();
    smol::block_on(conforms(|| Redis::cluster(cluster.urls())));
}

/// What a user may need to do no more than this crate does.
#[cfg(feature = "tls")]
const ACL: &str = "user app on >s3cret resetchannels resetkeys ~cache:* -@all +@connection +get +set +mget \
                   +unlink +pexpire +persist +pttl +scan +eval +evalsha";

#[cfg(feature = "tls")]
#[test]
fn a_server_with_tls_and_an_acl_is_a_storage_on_tokio() {
    let server = Server::builder().tls().acl(ACL).start();
    let ca = std::fs::read(server.ca()).expect("the authority's certificate");
    let url = server.tls_url("app", "s3cret");
    on_tokio(conforms(|| Redis::builder(url.as_str()).ca_certificate(ca.clone())));
}

#[cfg(feature = "smol-tls")]
#[test]
fn a_server_with_tls_and_an_acl_is_a_storage_on_smol() {
    let server = Server::builder().tls().acl(ACL).start();
    let ca = std::fs::read(server.ca()).expect("the authority's certificate");
    let url = server.tls_url("app", "s3cret");
    smol::block_on(conforms(|| Redis::builder(url.as_str()).ca_certificate(ca.clone())));
}
