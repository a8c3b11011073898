//! What lies in the server: emptied, evicted, full, read only, of a wrong type, scripts forgotten.

use cachefn_e2e::suite::Case;
use cachefn_e2e::table::Row;
use cachefn_servers::Server;

use crate::caches::{Caches, KEYS, Seen, run};

pub(crate) const CASES: &[Case] = &[
    ("h_35_s_28_a_flushall_from_outside", flushed),
    ("h_35_s_28_everything_evicted_piece_by_piece", evicted),
    ("h_35_s_19_no_memory_left_to_write", out_of_memory),
    ("h_35_s_19_a_server_that_is_made_a_replica", read_only),
    ("h_35_s_19_a_master_without_its_replicas", no_replicas),
    ("h_28_h_35_other_types_under_our_names", wrong_type),
    ("h_28_h_35_garbage_under_our_names", garbage),
    ("h_35_s_19_scripts_that_are_forgotten", scripts),
];

fn flushed() -> Row {
    let redis = Server::start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        redis.cli(&["FLUSHALL"]);
        let seen = caches.live().await;
        seen.all_succeeded();
        redis.cli(&["FLUSHALL"]);
        let lost = caches.recover().await;
        assert_eq!(lost, KEYS as usize - 1);
        seen.row("FLUSHALL", lost)
    })
}

/// Whatever leaves first, records or tokens: what is left is valid or not found.
fn evicted() -> Row {
    let redis = Server::builder().conf("maxmemory-policy allkeys-random").start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        let used: u64 = redis.info("used_memory").parse().expect("a number");
        let limit = (used + (64 << 10)).to_string();
        let mut seen = Seen::default();
        for round in 0..10 {
            redis.cli(&["CONFIG", "SET", "maxmemory", &limit]);
            // More than there is room for, from another program.
            for number in 0..200 {
                let name = format!("other:{round}:{number}");
                let _ = redis.try_cli(&["SET", &name, &"x".repeat(2_000)]);
            }
            seen.add(&caches.live().await);
        }
        assert_ne!(redis.info("evicted_keys"), "0");
        redis.cli(&["CONFIG", "SET", "maxmemory", "0"]);
        let lost = caches.recover().await;
        seen.row("maxmemory: evicted at random, ten times", lost)
    })
}

fn out_of_memory() -> Row {
    let redis = Server::builder().conf("maxmemory-policy noeviction").start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        redis.cli(&["CONFIG", "SET", "maxmemory", "1"]);
        let seen = caches.live().await;
        seen.failed_as(&["unavailable"]);
        redis.cli(&["CONFIG", "SET", "maxmemory", "0"]);
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("OOM: no memory to write, nothing evicted", lost)
    })
}

fn read_only() -> Row {
    let (redis, other) = (Server::start(), Server::start());
    run(async {
        let caches = Caches::at(&redis.url()).await;
        redis.cli(&["REPLICAOF", "127.0.0.1", &other.port().to_string()]);
        let seen = caches.live().await;
        seen.failed_as(&["unavailable", "timeout"]);
        redis.cli(&["REPLICAOF", "NO", "ONE"]);
        let lost = caches.recover().await;
        seen.row("READONLY: made a replica of an empty server", lost)
    })
}

fn no_replicas() -> Row {
    let redis = Server::start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        redis.cli(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
        let seen = caches.live().await;
        seen.failed_as(&["unavailable"]);
        redis.cli(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("NOREPLICAS: too few replicas to write", lost)
    })
}

fn wrong_type() -> Row {
    let redis = Server::start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        let names = redis.cli(&["KEYS", "*"]);
        assert!(names.lines().count() > KEYS as usize);
        for name in names.lines() {
            redis.cli(&["DEL", name]);
            redis.cli(&["RPUSH", name, "not ours"]);
        }
        let seen = caches.live().await;
        let lost = caches.recover().await;
        assert_eq!(lost, 0, "a call writes over what is not ours");
        seen.row("lists under all our names", lost)
    })
}

fn garbage() -> Row {
    let redis = Server::start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        for name in redis.cli(&["KEYS", "*"]).lines() {
            redis.cli(&["SET", name, "not ours"]);
        }
        let seen = caches.live().await;
        let lost = caches.recover().await;
        seen.row("other texts under all our names", lost)
    })
}

fn scripts() -> Row {
    let redis = Server::start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        let mut seen = Seen::default();
        for _ in 0..3 {
            redis.cli(&["SCRIPT", "FLUSH"]);
            seen.add(&caches.live().await);
        }
        seen.all_succeeded();
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("SCRIPT FLUSH (NOSCRIPT)", lost)
    })
}
