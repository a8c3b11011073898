//! A Cluster: nodes that go, slots that move.

use cachefn_e2e::suite::Case;
use cachefn_e2e::table::Row;
use cachefn_redis::Redis;
use cachefn_servers::{Cluster, Server};

use crate::caches::{Caches, Seen, TIMEOUT, run};

pub(crate) const CASES: &[Case] = &[
    ("h_35_s_19_a_node_that_is_killed", killed),
    ("h_35_s_19_a_node_that_stands_still", stopped),
    ("h_35_s_19_most_nodes_killed", down),
    ("h_35_s_19_slots_that_are_moving", moving),
    ("h_35_s_19_slots_that_have_moved", moved),
    ("h_35_s_28_a_flushall_of_one_node", flushed),
    ("h_35_s_19_connections_that_every_node_kills", client_kill),
];

async fn caches(cluster: &Cluster) -> Caches {
    let connect = || async {
        let builder = Redis::cluster(cluster.urls()).timeout(TIMEOUT);
        builder.connect().await.unwrap_or_else(|error| panic!("{error}"))
    };
    let caches = Caches::over(&connect().await, &connect().await).await;
    for master in cluster.masters() {
        assert_eq!(master.cli(&["WAIT", "1", "5000"]), "1");
    }
    caches
}

fn killed() -> Row {
    let cluster = Cluster::start();
    run(async {
        let caches = caches(&cluster).await;
        cluster.kill(0);
        let mut seen = caches.live().await;
        seen.failed_as(&["unavailable", "timeout"]);
        cluster.wait_until_ok();
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        cluster.restart(0);
        seen.add(&caches.live().await);
        cluster.wait_until_ok();
        assert_eq!(caches.recover().await, 0);
        seen.row("Cluster: a node killed, its replica promoted", lost)
    })
}

fn stopped() -> Row {
    let cluster = Cluster::start();
    run(async {
        let caches = caches(&cluster).await;
        let node = &cluster.nodes()[1];
        node.stop();
        let mut seen = caches.live().await;
        seen.failed_as(&["unavailable", "timeout"]);
        // The replica takes over meanwhile.
        let lost = caches.recover().await;
        node.cont();
        seen.add(&caches.live().await);
        cluster.wait_until_ok();
        assert_eq!(caches.recover().await, 0);
        seen.row("Cluster: a node stopped, and back as a replica", lost)
    })
}

fn down() -> Row {
    let cluster = Cluster::start();
    run(async {
        let caches = caches(&cluster).await;
        // With most masters and their replicas nobody can promote anybody.
        let gone = [0, 1, 3, 4];
        gone.into_iter().for_each(|index| cluster.kill(index));
        let seen = caches.live().await;
        seen.failed_as(&["unavailable", "timeout"]);
        gone.into_iter().for_each(|index| cluster.restart(index));
        cluster.wait_until_ok();
        let lost = caches.recover().await;
        seen.row("CLUSTERDOWN: two of three nodes and replicas", lost)
    })
}

/// The slots of all names that are there at a node.
fn used_slots(node: &Server) -> Vec<String> {
    let slot = |name: &str| node.cli(&["CLUSTER", "KEYSLOT", name]);
    let mut slots: Vec<String> = node.cli(&["KEYS", "*"]).lines().map(slot).collect();
    slots.sort();
    slots.dedup();
    slots
}

/// Begins to move a slot, with half of what is in it.
fn begin_move(cluster: &Cluster, slot: &str, from: usize, to: usize) {
    let (source, target) = (&cluster.nodes()[from], &cluster.nodes()[to]);
    target.cli(&["CLUSTER", "SETSLOT", slot, "IMPORTING", &cluster.id(from)]);
    source.cli(&["CLUSTER", "SETSLOT", slot, "MIGRATING", &cluster.id(to)]);
    let count = source.cli(&["CLUSTER", "COUNTKEYSINSLOT", slot]);
    let half = count.parse::<usize>().expect("a number").div_ceil(2).to_string();
    migrate(source, target, slot, &half);
}

fn migrate(source: &Server, target: &Server, slot: &str, count: &str) {
    let port = target.port().to_string();
    for name in source.cli(&["CLUSTER", "GETKEYSINSLOT", slot, count]).lines() {
        source.cli(&["MIGRATE", "127.0.0.1", &port, name, "0", "5000"]);
    }
}

fn end_move(cluster: &Cluster, slot: &str, from: usize, to: usize) {
    let (source, target) = (&cluster.nodes()[from], &cluster.nodes()[to]);
    migrate(source, target, slot, "1000000");
    let id = cluster.id(to);
    for node in [target, source] {
        node.cli(&["CLUSTER", "SETSLOT", slot, "NODE", &id]);
    }
}

fn moving() -> Row {
    let cluster = Cluster::start();
    run(async {
        let caches = caches(&cluster).await;
        let slots = used_slots(&cluster.nodes()[0]);
        assert!(!slots.is_empty());
        slots.iter().for_each(|slot| begin_move(&cluster, slot, 0, 1));
        let mut seen = caches.live().await;
        slots.iter().for_each(|slot| end_move(&cluster, slot, 0, 1));
        seen.add(&caches.live().await);
        cluster.wait_until_ok();
        let lost = caches.recover().await;
        seen.row("ASK: slots half moved, then moved", lost)
    })
}

fn moved() -> Row {
    let cluster = Cluster::start();
    run(async {
        let caches = caches(&cluster).await;
        let mut seen = Seen::default();
        for (from, to) in [(0, 1), (1, 2), (2, 0)] {
            let slots = used_slots(&cluster.nodes()[from]);
            for slot in &slots {
                begin_move(&cluster, slot, from, to);
                end_move(&cluster, slot, from, to);
            }
            seen.add(&caches.live().await);
        }
        seen.all_succeeded();
        cluster.wait_until_ok();
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("MOVED: all slots in use moved, three times", lost)
    })
}

fn flushed() -> Row {
    let cluster = Cluster::start();
    run(async {
        let caches = caches(&cluster).await;
        let mut seen = Seen::default();
        for node in &cluster.nodes()[..3] {
            node.cli(&["FLUSHALL"]);
            seen.add(&caches.live().await);
            // Tokens are on every node; without those of one the others must not be useless.
            caches.calls().await;
            assert_eq!(caches.calls().await.fetched, 0, "what is kept is not found");
        }
        seen.all_succeeded();
        // What was kept under a token that a node has lost goes when the next one is written beside it.
        let lost = caches.recover().await;
        seen.row("FLUSHALL of one node after the other", lost)
    })
}

fn client_kill() -> Row {
    let cluster = Cluster::start();
    run(async {
        let caches = caches(&cluster).await;
        let mut seen = Seen::default();
        for _ in 0..3 {
            for node in cluster.nodes() {
                node.cli(&["CLIENT", "KILL", "TYPE", "normal"]);
            }
            seen.add(&caches.live().await);
        }
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("CLIENT KILL at every node, three times", lost)
    })
}
