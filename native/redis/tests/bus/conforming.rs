//! The suite that every bus must pass, for both ways, in every topology, on two executors.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn_conformance::{BusOptions, Outcome, check_bus};
use cachefn_core::{Bus, Runtime};
use cachefn_redis::{Builder, Redis};
use cachefn_servers::{Cluster, Proxy, Sentinels, Server};
use cachefn_tokio::TokioRuntime;

use crate::support::{CHECK_EVERY, Way};

/// A machine may have much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// Each place is a prefix of its own, and each connection to it that of another process.
async fn conforms<R: Runtime + Clone>(
    way: Way,
    runtime: &R,
    builder: impl Fn(u32) -> Builder + Send + Sync,
    options: BusOptions,
) {
    let connect = |place: u32| {
        let (builder, runtime) = (builder(place), runtime.clone());
        let builder = builder.prefix(format!("cache:{place}")).connect_timeout(PATIENCE);
        async move {
            let redis = builder.connect().await?;
            let bus: Arc<dyn Bus> = match way {
                Way::Channel => Arc::new(redis.bus(runtime).check_every(CHECK_EVERY)),
                Way::Tracking => Arc::new(redis.tracking(runtime).check_every(CHECK_EVERY)),
            };
            Ok(bus)
        }
    };
    let report =
        check_bus(connect, options.runtime(runtime.clone()).in_order().patience(PATIENCE)).await;
    report.assert();
    let is_left = |outcome: &Outcome| matches!(outcome, Outcome::NotTried(_));
    let left = report.cases().iter().filter(|case| is_left(&case.outcome)).count();
    assert!(left == 0 || left == 4, "what is not tried are losses, in some topologies: {report}");
}

/// One whose commands may take long, where nothing is to be noticed by their silence.
fn patient(builder: Builder) -> Builder {
    builder.timeout(PATIENCE)
}

async fn both_conform(builder: impl Fn(u32) -> Builder + Send + Sync) {
    let runtime = TokioRuntime::current().unwrap();
    for way in Way::ALL {
        conforms(way, &runtime, |place| patient(builder(place)), BusOptions::new()).await;
    }
}

/// A proxy for each place, which loses its connections.
#[derive(Clone)]
struct Proxies(Arc<Mutex<BTreeMap<u32, Proxy>>>, u16);

impl Proxies {
    fn before(server: &Server) -> Self {
        Proxies(Arc::default(), server.port())
    }

    fn with<T>(&self, place: u32, act: impl FnOnce(&Proxy) -> T) -> T {
        let mut all = self.0.lock().unwrap();
        act(all.entry(place).or_insert_with(|| Proxy::to(self.1)))
    }

    /// Options that lose connections this way.
    fn options(&self, lose: fn(&Proxy)) -> BusOptions {
        let (losing, mending) = (self.clone(), self.clone());
        BusOptions::new().breaks(
            move |place| losing.with(place, lose),
            move |place| mending.with(place, Proxy::pass),
        )
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s_35_one_server_is_a_bus_whose_connections_are_cut() {
    let server = Server::start();
    let runtime = TokioRuntime::current().unwrap();
    for way in Way::ALL {
        let proxies = Proxies::before(&server);
        let builder = |place| patient(Redis::builder(proxies.with(place, Proxy::url)));
        conforms(way, &runtime, builder, proxies.options(Proxy::drop_all)).await;
    }
}

#[tokio::test]
async fn h_38_one_server_is_a_bus_whose_packets_vanish() {
    let server = Server::start();
    let runtime = TokioRuntime::current().unwrap();
    for way in Way::ALL {
        let proxies = Proxies::before(&server);
        let builder = |place| Redis::builder(proxies.with(place, Proxy::url));
        let options = proxies.options(Proxy::black_hole);
        conforms(way, &runtime, builder, options.only("loss")).await;
    }
}

#[tokio::test]
async fn s_35_one_server_with_three_connections_is_a_bus() {
    let server = Server::start();
    both_conform(|_| Redis::builder(server.url()).connections(3)).await;
}

#[tokio::test]
async fn s_35_the_master_of_sentinels_is_a_bus() {
    let sentinels = Sentinels::start();
    both_conform(|_| Redis::sentinel(sentinels.urls(), sentinels.master_name())).await;
}

#[tokio::test]
async fn s_35_a_cluster_is_a_bus() {
    let cluster = Cluster::start();
    both_conform(|_| Redis::cluster(cluster.urls())).await;
}

/// What a user may need to do no more than this crate does, for a bus alone.
#[cfg(feature = "tls")]
const ACL: &str = "user app on >s3cret resetchannels resetkeys &cache:* ~cache:* -@all +@connection \
                   +publish +subscribe +getrange";

/// A server with TLS and that user, and its authority's certificate.
#[cfg(feature = "tls")]
fn secured() -> (Server, Vec<u8>) {
    let server = Server::builder().tls().acl(ACL).start();
    let ca = std::fs::read(server.ca()).expect("the authority's certificate");
    (server, ca)
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn h_35_a_server_with_tls_and_an_acl_is_a_bus() {
    let (server, ca) = secured();
    let url = server.tls_url("app", "s3cret");
    both_conform(|_| Redis::builder(url.as_str()).ca_certificate(ca.clone())).await;
}

#[cfg(feature = "smol")]
#[test]
fn s_35_one_server_is_a_bus_on_smol() {
    let server = Server::start();
    smol::block_on(async {
        for way in Way::ALL {
            let proxies = Proxies::before(&server);
            let builder = |place| patient(Redis::builder(proxies.with(place, Proxy::url)));
            let options = proxies.options(Proxy::drop_all);
            conforms(way, &crate::on_smol::Smol::default(), builder, options).await;
        }
    });
}

#[cfg(feature = "smol-tls")]
#[test]
fn h_35_a_server_with_tls_and_an_acl_is_a_bus_on_smol() {
    let (server, ca) = secured();
    let url = server.tls_url("app", "s3cret");
    smol::block_on(async {
        for way in Way::ALL {
            let builder = |_| patient(Redis::builder(url.as_str()).ca_certificate(ca.clone()));
            conforms(way, &crate::on_smol::Smol::default(), builder, BusOptions::new()).await;
        }
    });
}
