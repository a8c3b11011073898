//! What is done to the Cluster, in an order that a seed decides.

use std::thread;
use std::time::Duration;

use cachefn_e2e::clock::{SECOND, now};
use cachefn_e2e::model::Fault;
use cachefn_e2e::random::Random;
use cachefn_servers::Cluster;

/// One thing that happens to servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A master dies, its replica takes over, it comes back empty.
    Kill,
    /// A master stands still for so short a time that nobody takes over.
    Pause,
    /// A master stands still until its replica has taken over, and goes on.
    Stop,
    /// A master closes every connection of a client.
    ClientKill,
    /// A master is emptied by somebody else.
    Flush,
}

fn masters(cluster: &Cluster) -> Vec<usize> {
    let nodes = cluster.nodes().iter().enumerate();
    nodes.filter(|(_, node)| node.info("role") == "master").map(|(index, _)| index).collect()
}

const ALL: [Kind; 5] = [Kind::ClientKill, Kind::Flush, Kind::Pause, Kind::Kill, Kind::Stop];

/// Breaks and repairs until it is time to leave the processes alone; each kind once before any comes
/// again, one at a time.
pub(crate) fn carry_out(cluster: &Cluster, random: &mut Random, until: u64) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut waiting: Vec<Kind> = Vec::new();
    loop {
        thread::sleep(Duration::from_millis(300 + random.below(1_000)));
        if waiting.is_empty() {
            waiting = ALL.to_vec();
        }
        if now() >= until {
            return faults;
        }
        let kind = waiting.swap_remove(random.below(waiting.len() as u64) as usize);
        faults.push(break_and_repair(cluster, random, kind));
    }
}

fn break_and_repair(cluster: &Cluster, random: &mut Random, kind: Kind) -> Fault {
    let masters = masters(cluster);
    let index = *random.pick(&masters);
    let node = &cluster.nodes()[index];
    let began = now();
    match kind {
        Kind::Kill => {
            cluster.kill(index);
            cluster.wait_until_ok();
            cluster.restart(index);
        }
        Kind::Pause => {
            node.stop();
            thread::sleep(Duration::from_millis(300 + random.below(900)));
            node.cont();
        }
        Kind::Stop => {
            node.stop();
            thread::sleep(Duration::from_millis(4_000 + random.below(1_500)));
            node.cont();
        }
        Kind::ClientKill => drop(node.cli(&["CLIENT", "KILL", "TYPE", "normal"])),
        Kind::Flush => drop(node.cli(&["FLUSHALL"])),
    }
    cluster.wait_until_ok();
    // Whoever took over may have lacked the last writes.
    let loses_writes = masters != self::masters(cluster);
    let fault =
        Fault { began, ended: now(), what: format!("{kind:?} of node {index}"), loses_writes };
    println!("{} for {:.1} s", fault.what, (fault.ended - began) as f64 / SECOND as f64);
    fault
}
