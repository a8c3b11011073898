//! What is written while a server is away waits, and goes there afterwards.

use cachefn_e2e::suite::Case;
use cachefn_e2e::table::Row;
use cachefn_redis::Redis;
use cachefn_servers::Server;
use cachefn_tokio::{Guarded, Outbox, TokioRuntime};

use crate::caches::{Caches, TIMEOUT, run};

pub(crate) const CASES: &[Case] = &[
    ("h_16_s_36_an_outbox_before_a_server_that_stands_still", || {
        away("SIGSTOP, with an outbox", Server::stop, Server::cont)
    }),
    ("h_16_s_36_an_outbox_before_a_server_that_starts_empty", || {
        away("kill -9 and an empty start, with an outbox", Server::kill, Server::restart)
    }),
];

fn away(fault: &str, break_it: fn(&Server), repair: fn(&Server)) -> Row {
    let redis = Server::start();
    run(async {
        let connect = || async {
            let builder = Redis::builder(redis.url()).timeout(TIMEOUT);
            builder.connect().await.expect("a server")
        };
        let runtime = TokioRuntime::current().expect("tokio runs");
        let guarded = Guarded::new(connect().await.storage(), runtime.clone());
        let health = guarded.health();
        let outbox =
            Outbox::new(guarded, runtime).health(&health).build().await.expect("an outbox");
        let caches = Caches::over_storages(outbox.clone(), connect().await.storage()).await;
        break_it(&redis);
        let seen = caches.live().await;
        // Reads of what nobody has written fail as the storage does; no write and no invalidation does.
        seen.failed_as(&["unavailable", "timeout"]);
        assert_eq!(seen.succeeded, WRITES, "{seen:?}");
        assert!(outbox.pending().entries > 0);
        repair(&redis);
        for _ in 0..600 {
            if outbox.pending().entries == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(outbox.pending().entries, 0, "what waits goes to the server when it is back");
        // What was acknowledged meanwhile holds in the other process.
        assert!(caches.finds_what_was_set().await, "none of what waited is lost");
        let lost = caches.recover().await;
        seen.row(fault, lost)
    })
}

/// Of the explicit operations, those that change something.
const WRITES: usize = 5;
