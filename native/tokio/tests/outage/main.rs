//! Many writes while a server is away: all of them are there afterwards, and memory had a bound.

#[path = "../../../redis/tests/common/mod.rs"]
mod common;

use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{Keep, Put, Storage};
use cachefn_redis::Redis;
use cachefn_servers::Server;
use cachefn_tokio::{Durability, Guarded, Log, Outbox, TokioRuntime};
use common::until;

const WRITES: usize = 50_000;
const BOUND: usize = 4 << 20;

#[test]
fn h_37_fifty_thousand_writes_while_redis_is_gone_are_all_there_afterwards() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio.block_on(async {
        let redis = Redis::connect(server.url()).await.unwrap();
        let runtime = TokioRuntime::current().unwrap();
        let guarded = Guarded::builder(redis.storage(), runtime.clone());
        let guarded = guarded.probe_every(Duration::from_millis(50)).build().unwrap();
        let health = guarded.health();
        let log = Log::builder(folder.path()).durability(Durability::EachBatch).open().unwrap();
        let outbox = Outbox::new(guarded, runtime).health(&health).log(log).max_bytes(BOUND);
        let outbox = outbox.build().await.unwrap();
        server.kill();
        let name = |number: usize| format!("n:{number}");
        for number in 0..WRITES {
            let record = Bytes::from(format!("{number:0100}"));
            outbox.set(name(number).as_bytes(), record, Keep::default()).await.unwrap();
            let pending = outbox.pending();
            assert!(pending.bytes <= BOUND && pending.dropped == 0, "{pending:?}");
        }
        let pending = outbox.pending();
        assert!(pending.entries == WRITES && pending.on_disk > WRITES / 2, "{pending:?}");
        server.restart();
        // A set that waits for its turn behind all others.
        let last = Put { name: b"n:last", record: "last".into(), keep: Keep::default() };
        outbox.set_many(vec![last]).await.unwrap();
        until("what waits is in the server that is back", async || {
            outbox.flush().await.is_ok() && outbox.pending().entries == 0
        })
        .await;
        for first in (0..WRITES).step_by(1_000) {
            let names: Vec<String> = (first..first + 1_000).map(name).collect();
            let names: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
            let found = redis.storage().get_many(&names).await.unwrap();
            for (number, found) in (first..).zip(found) {
                let record = found.map(|found| found.record);
                assert_eq!(record, Some(Bytes::from(format!("{number:0100}"))), "{number}");
            }
        }
    });
}
