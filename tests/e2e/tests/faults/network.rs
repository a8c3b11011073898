//! The way to the server: slow, cut, silent.

use std::time::Duration;

use cachefn_e2e::suite::Case;
use cachefn_e2e::table::Row;
use cachefn_servers::{Proxy, Server};

use crate::caches::{Caches, Seen, TIMEOUT, run};

pub(crate) const CASES: &[Case] = &[
    ("h_35_s_19_a_black_hole", black_hole),
    ("h_35_s_19_half_open_connections", half_open),
    ("h_35_s_19_replies_slower_than_the_time_limit", slow),
    ("h_35_s_19_replies_within_the_time_limit", slowish),
    ("h_35_s_19_connections_that_are_refused", refused),
    ("h_35_s_19_connections_cut_in_the_middle_of_a_reply", cut),
];

fn black_hole() -> Row {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    run(async {
        let caches = Caches::at(&proxy.url()).await;
        proxy.black_hole();
        let seen = caches.live().await;
        seen.failed_as(&["timeout", "unavailable"]);
        assert_eq!(seen.succeeded, 0);
        proxy.pass();
        let lost = caches.recover().await;
        seen.row("every packet lost, arriving late", lost)
    })
}

fn half_open() -> Row {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    run(async {
        let caches = Caches::at(&proxy.url()).await;
        proxy.half_open();
        let seen = caches.live().await;
        // Nobody repairs anything: connections that do not answer must be given up.
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("half-open connections", lost)
    })
}

fn slow() -> Row {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    run(async {
        let caches = Caches::at(&proxy.url()).await;
        proxy.delay(10 * TIMEOUT);
        let seen = caches.live().await;
        seen.failed_as(&["timeout", "unavailable"]);
        assert_eq!(seen.succeeded, 0);
        proxy.pass();
        let lost = caches.recover().await;
        seen.row("replies slower than the time limit", lost)
    })
}

fn slowish() -> Row {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    run(async {
        let caches = Caches::at(&proxy.url()).await;
        proxy.delay(Duration::from_millis(20));
        let seen = caches.live().await;
        proxy.pass();
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("replies 20 ms late", lost)
    })
}

fn refused() -> Row {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    run(async {
        let caches = Caches::at(&proxy.url()).await;
        proxy.drop_all();
        let seen = caches.live().await;
        seen.failed_as(&["unavailable", "timeout"]);
        assert_eq!(seen.succeeded, 0);
        proxy.pass();
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("connections cut, new ones refused", lost)
    })
}

fn cut() -> Row {
    let redis = Server::start();
    let proxy = Proxy::to(redis.port());
    run(async {
        let caches = Caches::at(&proxy.url()).await;
        let mut seen = Seen::default();
        for bytes in [0, 1, 5, 40, 300] {
            proxy.cut_after(bytes);
            seen.add(&caches.live().await);
        }
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("connections cut in the middle of a reply", lost)
    })
}
