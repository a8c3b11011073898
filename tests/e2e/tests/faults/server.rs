//! The server itself: it dies, stands still, starts slowly.

use std::time::Duration;

use cachefn_e2e::suite::Case;
use cachefn_e2e::table::Row;
use cachefn_servers::Server;

use crate::caches::{Caches, run};

pub(crate) const CASES: &[Case] = &[
    ("h_35_s_19_a_server_that_is_killed_and_starts_empty", killed),
    ("h_35_s_19_a_server_that_restarts_empty_at_once", restarted),
    ("h_35_s_19_a_server_that_stands_still", stopped),
    ("h_35_s_19_a_server_that_a_script_keeps_busy", busy),
    ("h_35_s_19_a_server_that_is_loading", loading),
    ("h_35_s_19_connections_that_the_server_kills", client_kill),
];

fn killed() -> Row {
    let redis = Server::start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        redis.kill();
        let seen = caches.live().await;
        seen.failed_as(&["unavailable", "timeout"]);
        assert_eq!(seen.succeeded, 0);
        redis.restart();
        let lost = caches.recover().await;
        assert_eq!(lost, 15);
        seen.row("kill -9, then an empty start", lost)
    })
}

fn restarted() -> Row {
    let redis = Server::start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        redis.restart();
        let seen = caches.live().await;
        let lost = caches.recover().await;
        seen.row("a restart with an empty data set", lost)
    })
}

fn stopped() -> Row {
    let redis = Server::start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        redis.stop();
        let seen = caches.live().await;
        seen.failed_as(&["timeout", "unavailable"]);
        assert_eq!(seen.succeeded, 0);
        redis.cont();
        let lost = caches.recover().await;
        seen.row("SIGSTOP, then SIGCONT", lost)
    })
}

fn busy() -> Row {
    let redis = Server::builder().conf("busy-reply-threshold 100").start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        std::thread::scope(|scope| {
            // It never ends by itself, and other clients hear BUSY after a tenth of a second.
            scope.spawn(|| redis.try_cli(&["EVAL", "while true do end", "0"]));
            let mut seen = None;
            tokio::task::block_in_place(|| {
                let handle = tokio::runtime::Handle::current();
                seen = Some(handle.block_on(async {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    caches.live().await
                }));
            });
            let seen = seen.expect("it was set");
            seen.failed_as(&["unavailable", "timeout"]);
            assert_eq!(seen.succeeded, 0);
            redis.cli(&["SCRIPT", "KILL"]);
            let handle = tokio::runtime::Handle::current();
            let lost = tokio::task::block_in_place(|| handle.block_on(caches.recover()));
            assert_eq!(lost, 0);
            seen.row("BUSY: a script that does not end", lost)
        })
    })
}

fn loading() -> Row {
    let redis = Server::builder()
        .conf("key-load-delay 3000\nloading-process-events-interval-bytes 1024")
        .start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        redis.cli(&["DEBUG", "POPULATE", "3000", "other", "100"]);
        redis.cli(&["SAVE"]);
        redis.begin();
        // From the first answer on it says that it is loading.
        let mut is_loading = false;
        for _ in 0..500 {
            match redis.try_cli(&["GET", "a"]) {
                Err(error) if error.starts_with("LOADING") => {
                    is_loading = true;
                    break;
                }
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
        assert!(is_loading, "the server does not say that it loads");
        let seen = caches.live().await;
        seen.failed_as(&["unavailable", "timeout"]);
        assert_eq!(seen.succeeded, 0);
        let lost = caches.recover().await;
        assert_eq!(lost, 0, "it was saved");
        seen.row("LOADING after a restart with saved data", lost)
    })
}

fn client_kill() -> Row {
    let redis = Server::start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        let mut seen = crate::caches::Seen::default();
        for _ in 0..5 {
            redis.cli(&["CLIENT", "KILL", "TYPE", "normal"]);
            seen.add(&caches.live().await);
        }
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("CLIENT KILL, five times", lost)
    })
}
