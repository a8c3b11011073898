//! Connections that lose every packet without a word: what a caller waits for then, and how often.

use std::sync::{Arc, Mutex};

use cachefn_core::{BoxFuture, Claim, Error, ErrorKind, Leases, Token};
use cachefn_servers::Proxy;

use super::*;
use crate::common::until;

/// Leases that write down how each call ended, and after which of them packets begin to vanish.
#[derive(Clone)]
struct Watched {
    leases: cachefn_redis::RedisLeases,
    proxy: Arc<Proxy>,
    /// After this call.
    silent_after: &'static str,
    ends: Arc<Mutex<Vec<String>>>,
}

impl Watched {
    fn ends<T>(&self, call: &'static str, end: Result<T, Error>) -> Result<T, Error> {
        let how = end.as_ref().map_or_else(|error| error.kind().to_string(), |_| "ok".into());
        self.ends.lock().unwrap().push(format!("{call} {how}"));
        if call == self.silent_after {
            self.proxy.black_hole();
        }
        end
    }

    fn all(&self) -> Vec<String> {
        self.ends.lock().unwrap().clone()
    }
}

impl Leases for Watched {
    fn acquire<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<Claim, Error>> {
        Box::pin(async move { self.ends("acquire", self.leases.acquire(name, lease, life).await) })
    }
    fn take<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.ends("take", self.leases.take(name, lease, life).await) })
    }
    fn renew<'a>(
        &'a self,
        name: &'a [u8],
        lease: Token,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move { self.ends("renew", self.leases.renew(name, lease, life).await) })
    }
    fn release<'a>(&'a self, name: &'a [u8], lease: Token) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move { self.ends("release", self.leases.release(name, lease).await) })
    }
    fn revoke<'a>(&'a self, names: &'a [&'a [u8]]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.ends("revoke", self.leases.revoke(names).await) })
    }
    fn released<'a>(&'a self, name: &'a [u8]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.ends("released", self.leases.released(name).await) })
    }
}

async fn watched(server: &Server, silent_after: &'static str) -> Watched {
    let proxy = Arc::new(Proxy::to(server.port()));
    let builder = Redis::builder(proxy.url()).timeout(ms(300));
    let leases = builder.connect().await.unwrap().leases();
    Watched { leases, proxy, silent_after, ends: Arc::default() }
}

/// A call that hangs for longer than any time limit of it, under whatever load, fails.
async fn in_time<T>(call: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, call).await.expect("it waits for no more than its time limits")
}

#[tokio::test]
async fn s_19_a_leader_waits_for_one_time_limit_when_packets_vanish_before_it_stores() {
    let (storage, server) = (Server::start(), Server::start());
    // For each moment, what the caller has waited for.
    for (silent_after, waited) in [
        ("acquire", &["acquire ok", "renew timeout"][..]),
        ("renew", &["acquire ok", "renew ok", "release timeout"]),
    ] {
        let leases = watched(&server, silent_after).await;
        let redis = connect(&storage).await;
        let builder = Cache::<u32, u64>::builder(silent_after).storage(redis.storage());
        let builder = builder.codec(Postcard).runtime(TokioRuntime::current().unwrap());
        // Neither the lease's life nor the end of a connection, which nobody tells, is waited for.
        let cache = builder.leases(leases.clone()).lease_time(ms(3_600_000)).build().unwrap();
        assert_eq!(in_time(cache.get_or_fetch(&1, async || 7)).await, 7);
        assert_eq!(leases.all(), waited, "after {silent_after}");
        assert_eq!(cache.stats().lease_failures, 1);
        assert_eq!(in_time(cache.get(&1)).await, Ok(Some(7)), "memory has it");
    }
}

#[tokio::test]
async fn h_35_every_call_over_a_connection_that_loses_all_packets_ends_by_its_time_limit() {
    let server = Server::start();
    let token = Token([7; 16]);
    for call in ["acquire", "take", "renew", "release", "revoke", "released"] {
        let Watched { leases, proxy, .. } = watched(&server, "nothing").await;
        assert!(leases.acquire(b"n:1", token, ms(60_000)).await.is_ok());
        proxy.black_hole();
        let end = in_time(async {
            match call {
                "acquire" => leases.acquire(b"n:1", token, ms(60_000)).await.map(drop),
                "take" => leases.take(b"n:1", token, ms(60_000)).await,
                "renew" => leases.renew(b"n:1", token, ms(60_000)).await.map(drop),
                "release" => leases.release(b"n:1", token).await.map(drop),
                "revoke" => leases.revoke(&[b"n:1"]).await,
                _ => leases.released(b"n:1").await,
            }
        });
        let error = end.await.expect_err(call);
        assert!(matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Unavailable), "{error}");
        assert_eq!(error.operation(), call);
        // And when packets arrive again, so do answers.
        proxy.pass();
        until("it answers", async || {
            leases.acquire(b"n:1", token, ms(60_000)).await == Ok(Claim::Held)
        })
        .await;
    }
}
