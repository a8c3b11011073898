//! Starts the servers and the processes, breaks the ones and reads the diaries of the others.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;
use std::{env, fs, process, thread};

use cachefn_conformance::Random;
use cachefn_e2e::clock::{SECOND, now};
use cachefn_e2e::diary::{self, Entry};
use cachefn_e2e::model::{Bounds, Verdict, check};
use cachefn_e2e::table::Row;
use cachefn_e2e::truth::Truth;
use cachefn_servers::{Cluster, Server};

use crate::fleet::Fleet;
use crate::life::{KEYS, Life, STALE_WHILE_LOST, TIMEOUT, TTL};
use crate::plan;

pub(crate) fn over_one_server() -> Row {
    run(&Fleet::One(Box::new(Server::start())), "one server")
}

pub(crate) fn over_a_cluster() -> Row {
    run(&Fleet::Cluster(Cluster::start()), "a Cluster")
}

fn run(fleet: &Fleet, name: &str) -> Row {
    let seed = cachefn_e2e::seed::seed_or(8_160);
    let seconds = if env::var_os("CACHEFN_LONG").is_some() { 180 } else { 30 };
    println!("{name}: seed {seed}, {seconds} s");
    let folder = Folder::new();
    let until = now() + seconds * SECOND;
    let urls = fleet.urls();
    let life = Life { number: 0, seed, urls, folder: folder.0.clone(), until };
    Truth::create(&life.truth(), KEYS).expect("a file for the truth");
    let lives: Vec<Life> = (0..PROCESSES).map(|number| Life { number, ..life.clone() }).collect();
    let mut processes: Vec<Running> = lives.iter().map(Running::start).collect();

    let faults = plan::carry_out(fleet, &mut Random(seed), until - plan::SETTLING - plan::QUIET);
    for running in &mut processes {
        running.wait();
    }
    let diaries: Vec<Vec<Entry>> = lives
        .iter()
        .map(|life| {
            diary::read(&life.diary()).unwrap_or_else(|error| panic!("read a diary: {error}"))
        })
        .collect();
    let verdict = check(&diaries, &faults, BOUNDS);
    println!("{verdict}");
    if let Some(Entry::End { words, .. }) = diaries[0].last() {
        println!("process 0: {words}");
    }
    assert!(verdict.faults.is_empty(), "seed {seed}: {} faults, above", verdict.faults.len());
    means_something(&verdict, seconds);
    let kinds: BTreeSet<&str> =
        faults.iter().filter_map(|fault| fault.what.split(' ').next()).collect();
    let sizes: Vec<String> = diaries.iter().map(|diary| growth(diary)).collect();
    println!("memory: {}", sizes.join(", "));
    row(name, &verdict, faults.len(), kinds.len())
}

/// A run in which nothing happened would prove nothing.
fn means_something(verdict: &Verdict, seconds: u64) {
    assert!(verdict.calls > 100 * seconds, "few calls: {verdict}");
    assert!(verdict.acknowledged > seconds, "few invalidations: {verdict}");
    assert!(verdict.fetched > 0 && verdict.fetched < verdict.calls, "no cache: {verdict}");
}

/// How the memory of a process changed; it must not grow without end.
fn growth(diary: &[Entry]) -> String {
    let size = |entry: &Entry| match entry {
        Entry::Size { resident, .. } => Some(*resident),
        _ => None,
    };
    let sizes: Vec<u64> = diary.iter().filter_map(size).collect();
    let quarter = sizes.len() / 4;
    let mean = |part: &[u64]| part.iter().sum::<u64>() / part.len().max(1) as u64;
    // The first part is when everything is made that stays.
    let (before, after) = (mean(&sizes[quarter..2 * quarter]), mean(&sizes[3 * quarter..]));
    assert!(after < before + before / 4 + MARGIN, "memory grows from {before} to {after} bytes");
    format!("{} to {} MiB", before >> 20, after >> 20)
}

fn row(name: &str, verdict: &Verdict, faults: usize, kinds: usize) -> Row {
    let Verdict { calls, fetched, acknowledged, lost_in_failover, overtaken, .. } = verdict;
    let refused: u64 = verdict.refused.iter().map(|(_, count)| count).sum();
    let lost = format!(
        "{lost_in_failover} calls saw what a failover brought back, {overtaken} what was loading when its key was deleted"
    );
    Row::new(format!("{name}, eight processes: {faults} faults of {kinds} kinds"))
        .calls(format!("{calls} answered, {fetched} fetched"))
        .explicit(format!("{acknowledged} invalidations acknowledged, {refused} refused"))
        .lost(lost)
}

/// A process of ours, which ends with this value.
struct Running(Child);

impl Running {
    fn start(life: &Life) -> Self {
        Running(life.command().spawn().expect("this program can be started again"))
    }

    fn wait(&mut self) {
        for _ in 0..6_000 {
            if let Some(status) = self.0.try_wait().expect("it is our child") {
                assert!(status.success(), "a process ended with {status}");
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("a process does not end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = env::temp_dir().join(format!("cachefn-e2e-{}-{}", process::id(), now()));
        fs::create_dir_all(&path).expect("a folder for diaries");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const PROCESSES: u64 = 8;
/// A silent connection to the bus is noticed after a second and a command's time; two more are for a busy
/// machine.
const BOUNDS: Bounds = Bounds {
    elsewhere: STALE_WHILE_LOST + SECOND + TIMEOUT + 2 * SECOND,
    quiet: 2 * SECOND,
    settling: plan::SETTLING,
    life: TTL,
    replication: SECOND,
};
/// What an allocator may keep, in bytes.
const MARGIN: u64 = 8 << 20;
