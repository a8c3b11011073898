//! No listener, no cost: the instructions of a hit, counted by valgrind, are the same whether its cache is
//! observed or traced, or not.

use std::env;
use std::process::Command;
use std::sync::Arc;

use cachefn::telemetry::{LoadSpans, observe};
use cachefn::{Cache, MemoryCache};

/// What the process that is measured does: so many hits of a cache that is watched in this way.
#[test]
fn hits() {
    let Ok(order) = env::var(ORDER) else {
        // Run with all the others, it shows that each way hits.
        for watched in ["nobody", "observed", "traced", "listened"] {
            assert_eq!([memory(watched, 10), awaited(watched, 10)], [10; 2]);
        }
        return;
    };
    let (what, times) = order.split_once(' ').unwrap();
    let (face, watched) = what.split_once('/').unwrap();
    let times = times.parse().unwrap();
    let hits = if face == "memory" { memory(watched, times) } else { awaited(watched, times) };
    assert_eq!(hits, times);
}

fn memory(watched: &str, times: u64) -> u64 {
    let cache = Arc::new(MemoryCache::<u64, u64>::builder().build().unwrap());
    cache.set(7, 7).unwrap();
    let _observation = (watched == "observed").then(|| observe(&cache, "numbers"));
    let _subscription = (watched == "listened").then(|| cache.subscribe(|_| ()));
    (0..times).map(|_| u64::from(cache.get(&7).is_some())).sum()
}

fn awaited(watched: &str, times: u64) -> u64 {
    let mut builder = Cache::<u64, u64>::builder("numbers");
    if watched == "traced" {
        builder = builder.tracer(LoadSpans::new("numbers"));
    }
    let cache = builder.build().unwrap();
    pollster::block_on(async {
        cache.set(7, 7).await.unwrap();
        let _observation = (watched == "observed").then(|| observe(&cache, "numbers"));
        let _subscription = (watched == "listened").then(|| cache.subscribe(|_| ()));
        for _ in 0..times {
            assert_eq!(cache.get_or_fetch(&7, async || 8).await, 7);
        }
    });
    cache.stats().hits
}

/// Instructions of one hit: the difference of two runs, so that all else falls out.
fn instructions(what: &str) -> f64 {
    let count = |times: u64| {
        let valgrind = env::var_os("VALGRIND").unwrap_or_else(|| "valgrind".into());
        let mut command = Command::new(valgrind);
        command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
        command.arg(env::current_exe().unwrap()).args(["--exact", "cost::hits"]);
        command.arg("--test-threads=1").env(ORDER, format!("{what} {times}"));
        let output = command.output().expect("valgrind, which counts instructions, is installed");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{what}: {told}");
        let counted =
            told.lines().find_map(|line| line.split_once("Collected : ")).expect("a count");
        counted.1.trim().parse::<u64>().unwrap()
    };
    (count(3 * HITS) as f64 - count(HITS) as f64) / (2 * HITS) as f64
}

#[test]
fn s_42_a_hit_of_an_observed_or_traced_cache_executes_the_instructions_of_any_other() {
    for face in ["memory", "awaited"] {
        let [nobody, observed, traced, listened] = ["nobody", "observed", "traced", "listened"]
            .map(|watched| instructions(&format!("{face}/{watched}")));
        println!(
            "{face}: {nobody:.1} instructions a hit, {observed:.1} observed, {traced:.1} traced, {listened:.1} with a \
             listener"
        );
        assert!(nobody > 10.0, "{face}: {nobody} instructions are no hit");
        // What a program does once differs by a little from run to run, as its random seeds do.
        assert!((observed - nobody).abs() < 1.0, "{face}: {nobody} without and {observed} with");
        assert!((traced - nobody).abs() < 1.0, "{face}: {nobody} without and {traced} traced");
        assert!(listened > nobody + 50.0, "{face}: a listener is seen in {listened}");
    }
}

const ORDER: &str = "CACHEFN_TEST_HITS";
const HITS: u64 = 5_000;
