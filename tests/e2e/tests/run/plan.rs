//! What is done to the servers, in an order that a seed decides.

use std::thread;
use std::time::Duration;

use cachefn_conformance::Random;
use cachefn_e2e::clock::{SECOND, now};
use cachefn_e2e::model::Fault;

use crate::fleet::Fleet;

/// One thing that happens to servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A master dies, its replica takes over if there is one, it comes back empty.
    Kill,
    /// A master stands still for so short a time that nobody takes over.
    Pause,
    /// A master stands still for long enough that its replica takes over, and goes on.
    Stop,
    /// A master closes every connection of a client.
    ClientKill,
    /// A master is emptied by somebody else.
    Flush,
}

const ALL: [Kind; 5] = [Kind::ClientKill, Kind::Flush, Kind::Pause, Kind::Kill, Kind::Stop];

/// Breaks and repairs until it is time to leave the processes alone; each kind once before any comes
/// again, one at a time.
pub(crate) fn carry_out(fleet: &Fleet, random: &mut Random, until: u64) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut waiting: Vec<Kind> = Vec::new();
    loop {
        if waiting.is_empty() {
            waiting = ALL.to_vec();
            // What is promised then is more than what is promised amid faults.
            let settling = if faults.is_empty() { 0 } else { SETTLING };
            thread::sleep(Duration::from_nanos(settling + QUIET));
        }
        thread::sleep(Duration::from_millis(random.below(1_000)));
        if now() >= until {
            return faults;
        }
        let kind = waiting.swap_remove(random.below(waiting.len() as u64) as usize);
        faults.push(break_and_repair(fleet, random, kind));
    }
}

fn break_and_repair(fleet: &Fleet, random: &mut Random, kind: Kind) -> Fault {
    let masters = fleet.masters();
    let index = masters[random.below(masters.len() as u64) as usize];
    let node = &fleet.nodes()[index];
    let began = now();
    match kind {
        Kind::Kill => {
            node.kill();
            fleet.wait_for_takeover();
            node.restart();
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
    fleet.wait_until_ok();
    // Whoever took over may have lacked the last writes.
    let loses_writes = masters != fleet.masters();
    let what = format!("{kind:?} of node {index}");
    let fault = Fault { began, ended: now(), what, loses_writes };
    println!("{} for {:.1} s", fault.what, (fault.ended - began) as f64 / SECOND as f64);
    fault
}

/// How long all is well before each row of faults, and at the end.
pub(crate) const QUIET: u64 = 4 * SECOND;
/// How long after a fault all connections are there again: their attempts are two seconds apart at most.
pub(crate) const SETTLING: u64 = 4 * SECOND;
