//! Sentinels: masters that go, and Sentinels that go.

use cachefn_e2e::suite::Case;
use cachefn_e2e::table::Row;
use cachefn_redis::Redis;
use cachefn_servers::Sentinels;

use crate::caches::{Caches, TIMEOUT, run};

pub(crate) const CASES: &[Case] = &[
    ("h_35_s_19_a_master_under_sentinels_that_is_killed", killed),
    ("h_35_s_19_a_master_under_sentinels_that_stands_still", stopped),
    ("h_35_s_19_a_failover_by_order", ordered),
    ("h_35_s_19_sentinels_that_are_all_gone", without_sentinels),
];

async fn caches(fleet: &Sentinels) -> Caches {
    let connect = || async {
        let builder = Redis::sentinel(fleet.urls(), fleet.master_name()).timeout(TIMEOUT);
        builder.connect().await.unwrap_or_else(|error| panic!("{error}"))
    };
    let caches = Caches::over(&connect().await, &connect().await).await;
    // What the replicas do not have, a failover loses.
    assert_eq!(fleet.master().cli(&["WAIT", "2", "5000"]), "2");
    caches
}

fn killed() -> Row {
    let fleet = Sentinels::start();
    run(async {
        let caches = caches(&fleet).await;
        let old = fleet.kill_master();
        let seen = caches.live().await;
        seen.failed_as(&["unavailable", "timeout"]);
        assert_eq!(seen.succeeded, 0);
        // Nobody repairs anything: the Sentinels do.
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        assert_ne!(fleet.master().port(), old.port());
        seen.row("Sentinel: the master killed, a replica promoted", lost)
    })
}

fn stopped() -> Row {
    let fleet = Sentinels::start();
    run(async {
        let caches = caches(&fleet).await;
        let old = fleet.master();
        old.stop();
        let mut seen = caches.live().await;
        seen.failed_as(&["unavailable", "timeout"]);
        fleet.wait_for_failover(old.port());
        // It thinks that it is the master for a moment, and holds connections.
        old.cont();
        seen.add(&caches.live().await);
        let lost = caches.recover().await;
        fleet.wait_until_complete();
        assert_eq!(caches.recover().await, 0);
        seen.row("Sentinel: the master stopped, and back as a replica", lost)
    })
}

fn ordered() -> Row {
    let fleet = Sentinels::start();
    run(async {
        let caches = caches(&fleet).await;
        fleet.fail_over();
        let seen = caches.live().await;
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("Sentinel: another master by order", lost)
    })
}

fn without_sentinels() -> Row {
    let fleet = Sentinels::start();
    run(async {
        let caches = caches(&fleet).await;
        fleet.sentinels().iter().for_each(cachefn_servers::Server::kill);
        let seen = caches.live().await;
        seen.all_succeeded();
        // The way is known; nobody needs to be asked.
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("Sentinel: all Sentinels killed", lost)
    })
}
