//! One process that cannot hear what another one says, while that one is well.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cachefn_core::{Cache, EntryOptions, Postcard};
use cachefn_e2e::suite::Case;
use cachefn_e2e::table::Row;
use cachefn_redis::Redis;
use cachefn_servers::{Proxy, Server};
use cachefn_tokio::TokioRuntime;

use crate::caches::{TIMEOUT, run};

pub(crate) const CASES: &[Case] = &[
    ("h_38_s_35_a_process_whose_packets_are_lost", || {
        cut_off("every packet of one process lost", Proxy::black_hole)
    }),
    ("h_38_s_35_a_process_whose_connections_are_half_open", || {
        cut_off("half-open connections of one process", Proxy::half_open)
    }),
    ("h_38_s_35_a_process_whose_connections_are_cut", || {
        cut_off("connections of one process cut", Proxy::cut)
    }),
    ("h_38_s_35_a_process_whose_connections_are_refused", || {
        cut_off("connections of one process refused", Proxy::drop_all)
    }),
];

/// What the other process says is acknowledged; this one may go on with its memory until the bound that it
/// declares, and never returns to it. Nobody repairs anything meanwhile.
fn cut_off(fault: &str, break_it: fn(&Proxy)) -> Row {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    run(async {
        let (here, there) = (open(&redis.url()).await, open(&proxy.url()).await);
        let truth = AtomicU64::new(1);
        for cache in [&here, &there] {
            assert_eq!(call(cache, &truth).await, 1);
        }
        break_it(&proxy);
        truth.store(2, Ordering::SeqCst);
        here.invalidate_by_tag("numbers").await.expect("this process reaches the server");
        assert_eq!(call(&here, &truth).await, 2);
        let mut older = 0;
        while call(&there, &truth).await == 1 {
            older += 1;
            assert!(older < 3_000, "what was missed is never made up for");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for _ in 0..50 {
            assert_eq!(call(&there, &truth).await, 2);
        }
        proxy.pass();
        for round in 3..8 {
            truth.store(round, Ordering::SeqCst);
            here.invalidate_by_tag("numbers").await.expect("this process reaches the server");
            while call(&there, &truth).await < round {
                older += 1;
                assert!(older < 3_000, "what is told is not heard");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        let calls =
            format!("answered, {older} of them by memory, until stale_while_lost has passed");
        Row::new(fault).calls(calls).explicit("succeed in the other process").lost("nothing")
    })
}

async fn open(url: &str) -> Cache<u32, u64> {
    let runtime = TokioRuntime::current().expect("tokio runs");
    let redis = Redis::builder(url).timeout(TIMEOUT).connect().await.expect("a server");
    let builder = Cache::builder("numbers").storage(redis.storage()).codec(Postcard);
    let builder = builder.bus(redis.bus(runtime.clone())).runtime(runtime);
    builder.stale_while_lost(Duration::from_secs(1)).build().expect("a cache")
}

async fn call(cache: &Cache<u32, u64>, truth: &AtomicU64) -> u64 {
    let options = EntryOptions::new().tags(["numbers"]);
    let fetch = async || truth.load(Ordering::SeqCst);
    let call = cache.get_or_fetch_with(&7, options, |_| fetch());
    tokio::time::timeout(Duration::from_secs(30), call).await.expect("a call returns")
}
